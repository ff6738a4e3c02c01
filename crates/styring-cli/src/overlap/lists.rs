//! Audiences as they come: tables of ids, bitmaps, sketches.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use styring_segments::overlap::{Audiences, IdMap, RoaringIds, RoaringIds64, ThetaSketch};

use crate::Error;
use crate::job::Job;
use crate::source::{self, MemberFindings, MemberSpec};

/// Audiences of one engine.
pub(super) enum Lists {
    Bitmaps(Audiences<RoaringIds>),
    Bitmaps64(Audiences<RoaringIds64>),
    Sketches(Audiences<ThetaSketch>),
}

/// The audiences, and what was found on the way.
pub(crate) struct Read {
    pub(super) lists: Lists,
    pub(crate) inputs: Vec<Input>,
}

/// A file that was read.
pub(crate) struct Input {
    pub(crate) file: String,
    pub(crate) form: Form,
    /// The audience it is; none of a table that names several.
    pub(crate) audience: Option<String>,
    /// Of a table.
    pub(crate) table: Option<TableFound>,
}

/// What was found in a table.
pub(crate) struct TableFound {
    pub(crate) findings: MemberFindings,
    /// Rows with an id that its audience had already.
    pub(crate) repeated: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Form {
    Table,
    Roaring,
    Theta,
}

impl Form {
    fn of(path: &Path) -> Self {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("roaring") => Self::Roaring,
            Some("theta") => Self::Theta,
            _ => Self::Table,
        }
    }
}

impl Lists {
    /// In the order in which they were read.
    pub(super) fn names(&self) -> Vec<String> {
        fn owned<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
            names.map(str::to_owned).collect()
        }
        match self {
            Self::Bitmaps(audiences) => owned(audiences.names()),
            Self::Bitmaps64(audiences) => owned(audiences.names()),
            Self::Sketches(audiences) => owned(audiences.names()),
        }
    }
}

/// Reads all files, and keeps the rows that are set aside in a file without a name.
pub(super) fn read(spec: &MemberSpec, jobs: &[Job<'_>]) -> Result<(Read, Option<File>), Error> {
    let files = files(spec, jobs)?;
    let mut inputs = Vec::new();
    let mut rejected = Vec::new();
    let lists = if files.iter().any(|file| file.form == Form::Theta) {
        let mut sketches = Vec::new();
        for file in files {
            let sketch = file.bytes(ThetaSketch::from_bytes)?;
            sketches.extend(file.audience.clone().map(|audience| (audience, sketch)));
            inputs.push(file.read(None));
        }
        Lists::Sketches(Audiences::new(sketches)?)
    } else {
        // Ids beside bitmaps are the numbers in them; else text, numbered as it comes.
        let numbers = files.iter().any(|file| file.form == Form::Roaring);
        let spec = MemberSpec { numbers, ..spec.clone() };
        let mut members = Members { numbers, ..Members::default() };
        for file in files {
            let found = if let (Form::Roaring, Some(audience)) = (file.form, &file.audience) {
                members.add(audience, file.bytes(bitmap)?)?;
                None
            } else {
                let (found, aside) = file.table(&spec, &mut members)?;
                rejected.extend(aside.map(|aside| (found.findings.name.clone(), aside)));
                Some(found)
            };
            inputs.push(file.read(found));
        }
        if members.sets.is_empty() {
            let name = jobs.iter().map(Job::name).collect::<Vec<_>>().join(", ");
            let rows = inputs.iter().flat_map(|input| &input.table).map(|table| table.findings.rows).sum();
            return Err(Error::NothingRead { name, what: "id", rows, first: None });
        }
        members.finish()?
    };
    let rejected = match jobs {
        [_] => rejected.into_iter().next().map(|(_, rows)| rows),
        [job, ..] => job.together(rejected)?,
        [] => None,
    };
    Ok((Read { lists, inputs }, rejected))
}

/// A file to be read.
struct ListFile<'a> {
    job: &'a Job<'a>,
    form: Form,
    audience: Option<String>,
}

/// Finds what cannot be meant before a file is opened.
fn files<'a>(spec: &MemberSpec, jobs: &'a [Job<'a>]) -> Result<Vec<ListFile<'a>>, Error> {
    let mut files: Vec<ListFile<'a>> = Vec::new();
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for job in jobs {
        let form = Form::of(job.input);
        let stem = || match job.input.to_str() {
            Some("-") => job.name(),
            _ => job.input.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        };
        let audience = (form != Form::Table || spec.segment.is_none()).then(stem);
        if let Some(audience) = &audience
            && let Some(first) = taken.insert(audience.clone(), job.name())
        {
            return Err(Error::SameAudience { audience: audience.clone(), first, second: job.name() });
        }
        files.push(ListFile { job, form, audience });
    }
    let sketch = files.iter().find(|file| file.form == Form::Theta);
    let list = files.iter().find(|file| file.form != Form::Theta);
    match (sketch, list) {
        (Some(sketch), Some(list)) => Err(Error::SketchBesideList { sketch: sketch.job.name(), list: list.job.name() }),
        _ => Ok(files),
    }
}

impl ListFile<'_> {
    fn bytes<T>(&self, read: impl Fn(&[u8]) -> Result<T, styring_segments::Error>) -> Result<T, Error> {
        let (set, _) = self.job.read(|mut input, name, _| {
            let mut bytes = Vec::new();
            input.read_to_end(&mut bytes).map_err(|fault| Error::Read { name: name.to_owned(), fault })?;
            read(&bytes).map_err(|fault| Error::AudienceBytes { name: name.to_owned(), fault: Box::new(fault) })
        })?;
        Ok(set)
    }

    fn table(&self, spec: &MemberSpec, members: &mut Members) -> Result<(TableFound, Option<File>), Error> {
        // An audience without members is one; rows that are all set aside are not.
        if let Some(audience) = &self.audience {
            members.place(audience)?;
        }
        let segment = spec.segment.clone().filter(|_| self.audience.is_none());
        let spec = MemberSpec { segment, ..spec.clone() };
        let (found, rejected) = self.job.read(|input, name, rejects| {
            let mut repeated = 0;
            let findings = source::read_members(input, name, &spec, rejects, |segment, id| {
                let audience = segment.or(self.audience.as_deref()).unwrap_or_default();
                repeated += u64::from(!members.insert(audience, id)?);
                Ok(())
            })?;
            Ok(TableFound { findings, repeated })
        })?;
        let findings = &found.findings;
        if findings.rows > 0 && findings.used == 0 {
            let first = findings.set_aside.first_rejections.first().cloned().map(Box::new);
            return Err(Error::NothingRead { name: findings.name.clone(), what: "id", rows: findings.rows, first });
        }
        Ok((found, rejected))
    }

    fn read(self, table: Option<TableFound>) -> Input {
        Input { file: self.job.name(), form: self.form, audience: self.audience, table }
    }
}

/// A bitmap of either width.
enum Bitmap {
    Narrow(RoaringIds),
    Wide(RoaringIds64),
}

/// The two forms begin differently: no bytes are both.
fn bitmap(bytes: &[u8]) -> Result<Bitmap, styring_segments::Error> {
    match RoaringIds::from_bytes(bytes) {
        Ok(narrow) => Ok(Bitmap::Narrow(narrow)),
        Err(fault) => RoaringIds64::from_bytes(bytes).map(Bitmap::Wide).map_err(|_| fault),
    }
}

/// Who is in which list.
#[derive(Default)]
struct Members {
    /// Whether ids are numbers.
    numbers: bool,
    /// Numbers for ids that are text.
    ids: IdMap<Box<str>>,
    sets: Vec<(String, Bitmap)>,
    places: BTreeMap<String, usize>,
}

impl Members {
    fn add(&mut self, audience: &str, set: Bitmap) -> Result<(), Error> {
        if self.places.insert(audience.to_owned(), self.sets.len()).is_some() {
            return Err(styring_segments::Error::Repeated { what: "set", value: audience.to_owned() }.into());
        }
        self.sets.push((audience.to_owned(), set));
        Ok(())
    }

    /// Where an audience of a table stands.
    fn place(&mut self, audience: &str) -> Result<usize, Error> {
        if let Some(place) = self.places.get(audience) {
            return Ok(*place);
        }
        let set = if self.numbers { Bitmap::Wide(RoaringIds64::new()) } else { Bitmap::Narrow(RoaringIds::new()) };
        self.add(audience, set)?;
        Ok(self.sets.len() - 1)
    }

    /// Says whether they were not in it before.
    fn insert(&mut self, audience: &str, id: &str) -> Result<bool, Error> {
        let place = self.place(audience)?;
        let set = self.sets.get_mut(place).map(|(_, set)| set);
        Ok(match set {
            Some(Bitmap::Narrow(set)) if !self.numbers => set.insert(self.ids.number(id.into())?),
            // A row whose id is no number has been set aside.
            Some(set) => id.parse().is_ok_and(|id| set.insert(id)),
            None => false,
        })
    }

    /// In bitmaps of 32-bit ids if all fit.
    fn finish(self) -> Result<Lists, Error> {
        let narrow = self.sets.iter().all(|(_, set)| match set {
            Bitmap::Narrow(_) => true,
            Bitmap::Wide(set) => set.max().is_none_or(|id| u32::try_from(id).is_ok()),
        });
        if narrow {
            let sets = self.sets.into_iter().map(|(name, set)| (name, set.narrow()));
            return Ok(Lists::Bitmaps(Audiences::new(sets)?));
        }
        let sets = self.sets.into_iter().map(|(name, set)| (name, set.wide()));
        Ok(Lists::Bitmaps64(Audiences::new(sets)?))
    }
}

impl Bitmap {
    fn insert(&mut self, id: u64) -> bool {
        match self {
            Self::Narrow(set) => u32::try_from(id).is_ok_and(|id| set.insert(id)),
            Self::Wide(set) => set.insert(id),
        }
    }

    /// Without ids that do not fit.
    fn narrow(self) -> RoaringIds {
        match self {
            Self::Narrow(set) => set,
            Self::Wide(set) => set.ids().filter_map(|id| u32::try_from(id).ok()).collect(),
        }
    }

    fn wide(self) -> RoaringIds64 {
        match self {
            Self::Narrow(set) => set.ids().map(u64::from).collect(),
            Self::Wide(set) => set,
        }
    }
}
