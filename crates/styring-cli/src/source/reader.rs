//! Streaming rows into groups.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, Hasher};
use std::io::{BufRead, BufReader, Read};

use csv::ByteRecord;
use encoding_rs_io::DecodeReaderBytesBuilder;
use foldhash::fast::FixedState;
use styring_metrics::{Fact, Facts, RollUp};
use styring_money::Exact;
use styring_playbook::{Group, Plan, Span};

use super::cells::{Cells, Numbers};
use super::checks::Checks;
use super::columns::Header;
use super::dates::{Days, When};
use super::findings::{Fault, Findings, Ignored, Oddity, OutsidePeriod, Rejection, RejectionKind};
use super::groups::Dimension;
use super::lines::{Counted, Lines};
use super::spec::{Duplicates, FactSpec, IgnoreSpec, SourceSpec};
use crate::Error;

/// How many rejections are kept word for word; all of them are counted, and all go to [`Rejects`].
const KEPT_REJECTIONS: usize = 20;
/// How many rows are searched for exact copies that are only to be reported; memory grows with these.
const ROWS_SEARCHED_FOR_COPIES: u64 = 250_000;
/// How much is read at a time. These bytes, and as many that are kept to count lines by, must fit in the second-level cache of a small machine: four times as much takes
/// a tenth more time.
const BUFFER: usize = 1 << 16;
/// How much of a cell stands in a message.
const SHOWN: usize = 200;

/// Where rows go that are set aside.
pub trait Rejects {
    /// The column names come before any row.
    ///
    /// # Errors
    /// If they cannot be kept; reading stops.
    fn header(&mut self, columns: &ByteRecord) -> Result<(), Error>;

    /// A row that is set aside.
    ///
    /// # Errors
    /// If it cannot be kept, or if no row may be set aside; reading stops.
    fn row(&mut self, rejection: &Rejection, row: &ByteRecord) -> Result<(), Error>;
}

/// Sets nothing aside: the first row that cannot be used ends the reading. Holds the name of the file, for the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Strict<'a>(pub &'a str);

impl Rejects for Strict<'_> {
    fn header(&mut self, _: &ByteRecord) -> Result<(), Error> {
        Ok(())
    }

    fn row(&mut self, rejection: &Rejection, _: &ByteRecord) -> Result<(), Error> {
        Err(Error::Row { name: self.0.to_owned(), rejection: Box::new(rejection.clone()) })
    }
}

/// What was read.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ingested {
    /// The results by group.
    pub facts: RollUp<Group>,
    /// The days they cover.
    pub span: Span,
    /// What was found on the way.
    pub findings: Findings,
}

/// Reads results, row by row, by the mapping of the plan.
///
/// Memory is proportional to the number of groups (week × channel × segment × creative), not of rows. Exact copies that are only reported are searched for among the
/// first 250 000 rows, and the findings say so where there are more; where copies are set aside, eight bytes are kept of every row.
///
/// # Errors
/// A file without header, a column the plan names and the file lacks, a file of which no row can be used, and whatever `rejects` answers.
pub fn read(
    input: impl Read,
    name: &str,
    spec: &SourceSpec,
    plan: &Plan,
    rejects: &mut dyn Rejects,
) -> Result<Ingested, Error> {
    let unreadable = |fault: std::io::Error| Error::Read { name: name.to_owned(), fault };
    let (input, recoded) = decoded(input, &spec.encoding).map_err(unreadable)?;
    let mut input = BufReader::with_capacity(BUFFER, input);
    for _ in 0..spec.skip_lines {
        if !skip_line(&mut input).map_err(unreadable)? {
            break;
        }
    }
    let lines = Lines::default();
    let mut table = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(spec.delimiter).unwrap_or(b','))
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(BUFFER)
        .from_reader(Counted::new(input, lines.clone()));
    let unreadable = |fault: csv::Error| Error::Read { name: name.to_owned(), fault: std::io::Error::other(fault) };
    let mut record = ByteRecord::new();
    if !table.read_byte_record(&mut record).map_err(unreadable)? {
        return Err(Error::NoHeader { name: name.to_owned() });
    }
    rejects.header(&record)?;
    let mut ingest = Ingest::new(name, spec, plan, &record, recoded)?;
    loop {
        lines.finish(table.position().byte());
        if !table.read_byte_record(&mut record).map_err(unreadable)? {
            return ingest.finish();
        }
        let start = record.position().map_or(0, csv::Position::byte);
        ingest.row(&record, &|| lines.at(start) + spec.skip_lines, rejects)?;
    }
}

/// Reads past a line, however it ends; answers whether there was one.
fn skip_line(input: &mut impl BufRead) -> std::io::Result<bool> {
    let mut any = false;
    loop {
        let buffer = input.fill_buf()?;
        let (length, end) = (buffer.len(), memchr::memchr2(b'\n', b'\r', buffer));
        let is_return = end.is_some_and(|end| buffer[end] == b'\r');
        input.consume(end.map_or(length, |end| end + 1));
        any |= length > 0;
        if is_return && input.fill_buf()?.first() == Some(&b'\n') {
            input.consume(1);
        }
        if end.is_some() || length == 0 {
            return Ok(any);
        }
    }
}

/// The input as UTF-8, and whether it was something else. A byte order mark overrides the encoding of the plan; UTF-8 passes through untouched.
fn decoded<'a>(mut input: impl Read + 'a, encoding: &str) -> std::io::Result<(Box<dyn Read + 'a>, bool)> {
    let mut start = Vec::new();
    input.by_ref().take(3).read_to_end(&mut start)?;
    let (marked, length) = encoding_rs::Encoding::for_bom(&start).unzip();
    let encoding = marked.or_else(|| encoding_rs::Encoding::for_label(encoding.as_bytes()));
    let rest = std::io::Cursor::new(start.split_off(length.unwrap_or(0))).chain(input);
    Ok(match encoding {
        Some(other) if other != encoding_rs::UTF_8 => {
            (Box::new(DecodeReaderBytesBuilder::new().encoding(Some(other)).build(rest)), true)
        }
        _ => (Box::new(rest), false),
    })
}

struct Ingest<'a> {
    header: Header<'a>,
    spec: &'a SourceSpec,
    plan: &'a Plan,
    days: Days,
    dimensions: [Dimension; 3],
    /// The channels of the plan by their number in the file.
    channels: HashMap<u32, Result<String, RejectionKind>, FixedState>,
    numbers: Numbers,
    cells: Cells,
    checks: Checks,
    ignore: Vec<(usize, &'a IgnoreSpec, u64)>,
    places: HashMap<[u32; 4], usize, FixedState>,
    last_place: Option<([u32; 4], usize)>,
    groups: Vec<([u32; 4], Facts)>,
    texts: TextOddities,
    copies: Copies,
    extra: Vec<(Exact, u64)>,
    findings: Findings,
}

/// The line of the row at hand, counted only when it is asked for.
pub(super) type Line<'a> = &'a dyn Fn() -> u64;

const DIMENSIONS: [&str; 3] = ["channel", "segment", "creative"];

impl<'a> Ingest<'a> {
    fn new(
        name: &'a str,
        spec: &'a SourceSpec,
        plan: &'a Plan,
        header: &ByteRecord,
        recoded: bool,
    ) -> Result<Self, Error> {
        let header = Header::new(name, header)?;
        let days = Days::new(spec, &header)?;
        let ignore = spec
            .ignore
            .iter()
            .map(|rule| Ok((header.place(&rule.column, "rows to ignore")?, rule, 0)))
            .collect::<Result<Vec<_>, Error>>()?;
        let texts = [Some(&spec.channel), spec.segment.as_ref(), spec.creative.as_ref()];
        let [channel, segment, creative] = texts;
        let dimension = |text, purpose| Dimension::new(text, purpose, spec, &header, recoded);
        let dimensions = [
            dimension(channel, DIMENSIONS[0])?,
            dimension(segment, DIMENSIONS[1])?,
            dimension(creative, DIMENSIONS[2])?,
        ];
        let numbers = Numbers::new(spec, plan, &header)?;
        Ok(Self {
            days,
            dimensions,
            channels: HashMap::default(),
            cells: numbers.cells(),
            checks: Checks::new(spec, plan, numbers.extra()),
            ignore,
            places: HashMap::default(),
            last_place: None,
            groups: Vec::new(),
            texts: TextOddities::default(),
            copies: Copies::new(spec.duplicates),
            extra: vec![(Exact::ZERO, 0); numbers.extra().len()],
            findings: Findings {
                name: name.to_owned(),
                rows: 0,
                used: 0,
                ignored: Vec::new(),
                outside: None,
                rejected: BTreeMap::new(),
                first_rejections: Vec::new(),
                oddities: Vec::new(),
                extra: BTreeMap::new(),
                extra_missing: BTreeMap::new(),
                assumptions: assumptions(spec, plan),
            },
            header,
            numbers,
            spec,
            plan,
        })
    }

    fn row(&mut self, record: &ByteRecord, line: Line<'_>, rejects: &mut dyn Rejects) -> Result<(), Error> {
        self.findings.rows += 1;
        match self.try_row(record, line) {
            Ok(()) => Ok(()),
            Err((place, kind)) => {
                let rejection = self.rejection(record, line(), place, kind);
                rejects.row(&rejection, record)?;
                let column = rejection.column.as_ref().map_or("row", |(name, _)| name.as_str());
                let fault = format!("{column}: {}", rejection.kind.summary());
                let first = Fault { rows: 0, first_line: rejection.line };
                self.findings.rejected.entry(fault).or_insert(first).rows += 1;
                if self.findings.first_rejections.len() < KEPT_REJECTIONS {
                    self.findings.first_rejections.push(rejection);
                }
                Ok(())
            }
        }
    }

    /// Uses a row, ignores it by a rule, or says why it cannot be used.
    fn try_row(&mut self, record: &ByteRecord, line: Line<'_>) -> Result<(), (Option<usize>, RejectionKind)> {
        if record.len() != self.header.len() {
            let spans_lines = spans_lines(record);
            let (found, expected) = (record.len(), self.header.len());
            return Err((None, RejectionKind::CellCount { found, expected, spans_lines }));
        }
        for (place, rule, rows) in &mut self.ignore {
            if record[*place].trim_ascii_start().starts_with(rule.starts_with.as_bytes()) {
                *rows += 1;
                return Ok(());
            }
        }
        let days = &mut self.days;
        let when = days.of(record, self.plan).map_err(|kind| (days.column(), kind))?;
        let mut key = [0_u32; 4];
        for (dimension, slot) in self.dimensions.iter_mut().zip(&mut key[1..]) {
            let column = dimension.column();
            let (number, text) = dimension.of(record);
            if let Some(fault) = &text.fault {
                return Err((column, fault.clone()));
            }
            *slot = number;
        }
        self.find_channel(key[1]).map_err(|kind| (self.dimensions[0].column(), kind))?;
        self.numbers.read(record, &mut self.cells).map_err(|(place, kind)| (Some(place), kind))?;
        let copy = self.copies.is_copy(record);
        if copy && self.spec.duplicates == Duplicates::Reject {
            return Err((None, RejectionKind::Duplicate));
        }
        self.use_row(record, when, key, copy, line).map_err(|_| (None, RejectionKind::NotACount))
    }

    /// Whether the plan has the channel of this number; asked once for each.
    fn find_channel(&mut self, number: u32) -> Result<(), RejectionKind> {
        let known = self.channels.entry(number).or_insert_with(|| {
            let name = &self.dimensions[0].text(number).name;
            let channel = self.plan.channel_called(name).map(|channel| channel.name.clone());
            channel.ok_or(if name.is_empty() { RejectionKind::Missing } else { RejectionKind::UnknownChannel })
        });
        known.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn use_row(
        &mut self,
        record: &ByteRecord,
        when: When,
        mut key: [u32; 4],
        copy: bool,
        line: Line<'_>,
    ) -> Result<(), styring_metrics::Error> {
        let cells = self.cells.known(Fact::ALL.len()).map(|(slot, number)| (Fact::ALL[slot], number));
        match when {
            When::Before => {
                let outside = self.findings.outside.get_or_insert_with(|| OutsidePeriod {
                    facts: Facts::zero(self.plan.campaign.currency),
                    first_line: line(),
                });
                return outside.facts.add_cells(cells);
            }
            When::Week(week) => key[0] = week,
        }
        let place = match self.last_place {
            Some((last, place)) if last == key => place,
            _ => {
                let new = self.groups.len();
                let place = *self.places.entry(key).or_insert(new);
                if place == new {
                    self.groups.push((key, Facts::zero(self.plan.campaign.currency)));
                }
                self.last_place = Some((key, place));
                place
            }
        };
        self.groups[place].1.add_cells(cells)?;
        self.days.note_used();
        self.findings.used += 1;
        for (index, (sum, missing)) in self.extra.iter_mut().enumerate() {
            match self.cells.get(Fact::ALL.len() + index) {
                Some(number) => *sum += number,
                None => *missing += 1,
            }
        }
        self.checks.look(&self.cells, line);
        self.texts.look_for_lines(record, line);
        for (index, dimension) in self.dimensions.iter().enumerate() {
            self.texts.look(index, dimension.text(key[index + 1]), line);
        }
        self.copies.note(copy, line);
        Ok(())
    }

    fn rejection(&self, record: &ByteRecord, line: u64, place: Option<usize>, kind: RejectionKind) -> Rejection {
        let cell = place.and_then(|place| record.get(place)).map(|cell| String::from_utf8_lossy(cell).into_owned());
        let is_date = place.is_some() && place == self.days.column();
        let mut value = if is_date { self.days.text() } else { cell.unwrap_or_default() };
        if let Some((end, _)) = value.char_indices().nth(SHOWN) {
            value.truncate(end);
            value.push('…');
        }
        Rejection { line, column: place.map(|place| (self.header.name(place).to_owned(), place + 1)), value, kind }
    }

    fn finish(mut self) -> Result<Ingested, Error> {
        let span = self.days.span().filter(|_| self.findings.used > 0);
        let Some(span) = span else {
            return Err(Error::NothingUsable {
                name: self.findings.name,
                rows: self.findings.rows,
                outside: self.findings.outside.map_or(0, |outside| outside.facts.rows()),
                ignored: self.ignore.iter().map(|(_, _, rows)| rows).sum(),
                first: self.findings.first_rejections.into_iter().next().map(Box::new),
            });
        };
        let mut facts = RollUp::new(self.plan.campaign.currency);
        for ([week, channel, segment, creative], group) in &self.groups {
            let [channels, segments, creatives] = &self.dimensions;
            let text = |dimension: &Dimension, number: &u32| dimension.text(*number).name.clone();
            let channel = text(channels, channel);
            let channel = self.plan.channel_called(&channel).map_or(channel, |planned| planned.name.clone());
            let key =
                Group { week: *week, channel, segment: text(segments, segment), creative: text(creatives, creative) };
            facts.group(key).merge(group)?;
        }
        let findings = &mut self.findings;
        findings.ignored = self
            .ignore
            .iter()
            .map(|(_, rule, rows)| Ignored {
                rule: format!("{} begins with {:?}", rule.column, rule.starts_with),
                rows: *rows,
            })
            .collect();
        findings.oddities = self.checks.found();
        findings.oddities.extend(self.texts.found(self.spec));
        findings.oddities.extend(self.copies.found());
        if self.copies.gave_up() {
            findings
                .assumptions
                .push(format!("Exact copies were searched for in the first {ROWS_SEARCHED_FOR_COPIES} rows only."));
        }
        for (name, (sum, missing)) in self.numbers.extra().iter().zip(self.extra) {
            findings.extra.insert(name.clone(), sum);
            findings.extra_missing.insert(name.clone(), missing);
        }
        Ok(Ingested { facts, span, findings: self.findings })
    }
}

fn assumptions(spec: &SourceSpec, plan: &Plan) -> Vec<String> {
    let mut assumptions = Vec::new();
    if let Some(FactSpec::Assumed(assumed)) = spec.facts.get(&Fact::Revenue) {
        let currency = plan.campaign.currency;
        assumptions.push(format!(
            "Revenue is not in the file: every order is assumed to bring {currency} {}.",
            assumed.per_order
        ));
    }
    if let Some(period) = &spec.period {
        assumptions.push(format!(
            "The rows carry no dates: all are taken to be of {} to {}, and are judged as one period.",
            period.first, period.last
        ));
    }
    if let Some(FactSpec::Detailed(detail)) = spec.facts.get(&Fact::Revenue)
        && let Some(vat) = detail.vat.as_ref().filter(|vat| **vat != styring_metrics::VatRate::ZERO)
    {
        let vat = &Exact::from(vat.clone()) * &Exact::from(100);
        assumptions.push(format!("Revenue in the file includes {vat} % VAT, which was taken out."));
    }
    if !spec.empty_is_zero.is_empty() {
        let facts: Vec<&str> = spec.empty_is_zero.iter().map(|fact| fact.name()).collect();
        assumptions.push(format!("An empty cell means zero for {}.", facts.join(", ")));
    }
    assumptions
}

/// Blanks around names, names that are missing, and cells with line ends in them.
#[derive(Default)]
struct TextOddities {
    spanning: Option<(u64, u64)>,
    padded: [Option<(u64, u64)>; 3],
    missing: [Option<(u64, u64)>; 3],
}

impl TextOddities {
    /// A quote that is never closed swallows rows up to the next quote.
    fn look_for_lines(&mut self, record: &ByteRecord, line: Line<'_>) {
        if spans_lines(record) {
            let (rows, _) = self.spanning.get_or_insert_with(|| (0, line()));
            *rows += 1;
        }
    }

    fn look(&mut self, dimension: usize, text: &super::groups::Text, line: Line<'_>) {
        for (flag, counts) in [(text.padded, &mut self.padded), (text.missing, &mut self.missing)] {
            if flag {
                let (rows, _) = counts[dimension].get_or_insert_with(|| (0, line()));
                *rows += 1;
            }
        }
    }

    fn found(&self, spec: &SourceSpec) -> Vec<Oddity> {
        let mapped = [true, spec.segment.is_some(), spec.creative.is_some()];
        let spanning = self.spanning.map(|(rows, first_line)| Oddity {
            name: "a cell runs over several lines; a quote that is never closed would hide rows".to_owned(),
            contradiction: true,
            rows,
            first_line,
        });
        let mut found: Vec<Oddity> = spanning.into_iter().collect();
        for (index, name) in DIMENSIONS.iter().enumerate().filter(|(index, _)| mapped[*index]) {
            for (what, counts) in [
                (format!("blanks around the {name}"), &self.padded),
                (format!("no {name}, or a part of it missing"), &self.missing),
            ] {
                if let Some((rows, first_line)) = counts[index] {
                    found.push(Oddity { name: what, contradiction: false, rows, first_line });
                }
            }
        }
        found
    }
}

fn spans_lines(record: &ByteRecord) -> bool {
    memchr::memchr2(b'\n', b'\r', record.as_slice()).is_some()
}

/// Exact copies of earlier rows, by a fingerprint of 64 bits.
struct Copies {
    /// In how many rows they are searched for.
    limit: u64,
    seen: HashSet<u64, FixedState>,
    asked: u64,
    rows: u64,
    first_line: u64,
}

impl Copies {
    fn new(duplicates: Duplicates) -> Self {
        let limit = match duplicates {
            Duplicates::Report => ROWS_SEARCHED_FOR_COPIES,
            Duplicates::Reject => u64::MAX,
        };
        Self { limit, seen: HashSet::default(), asked: 0, rows: 0, first_line: 0 }
    }

    fn gave_up(&self) -> bool {
        self.asked > self.limit
    }

    fn is_copy(&mut self, record: &ByteRecord) -> bool {
        self.asked += 1;
        if self.gave_up() {
            return false;
        }
        let mut hasher = FixedState::default().build_hasher();
        hasher.write(record.as_slice());
        // So that "1","23" and "12","3" differ.
        let lengths =
            record.iter().fold(0_u64, |lengths, cell| lengths.wrapping_mul(31).wrapping_add(cell.len() as u64));
        hasher.write_u64(lengths);
        !self.seen.insert(hasher.finish())
    }

    fn note(&mut self, copy: bool, line: Line<'_>) {
        if copy {
            if self.rows == 0 {
                self.first_line = line();
            }
            self.rows += 1;
        }
    }

    fn found(&self) -> Option<Oddity> {
        (self.rows > 0).then(|| Oddity {
            name: "exact copies of an earlier row, counted all the same".to_owned(),
            contradiction: false,
            rows: self.rows,
            first_line: self.first_line,
        })
    }
}
