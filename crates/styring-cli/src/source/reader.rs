//! Streaming rows into groups.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use chrono::{Days as DayCount, NaiveDate};
use csv::ByteRecord;
use foldhash::fast::FixedState;
use styring_metrics::{Fact, Facts, RollUp};
use styring_money::Exact;
use styring_playbook::{DayGroup, Group, Plan, Span};

use super::cells::{Cells, Numbers};
use super::checks::Checks;
use super::columns::Header;
use super::copies::{Copies, ROWS_SEARCHED_FOR_COPIES};
use super::dates::Days;
use super::findings::{Findings, Ignored, Oddity, OutsidePeriod, Rejection, RejectionKind, SetAside};
use super::groups::Dimension;
use super::spec::{Duplicates, FactSpec, IgnoreSpec, SourceSpec};
use super::table::{Delimiter, Layout, Line, Table, spans_lines};
use crate::Error;

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
    let Summed { groups, findings, last_day } = sum(input, name, spec, plan, Grain::Weeks, rejects)?;
    let period = spec.period.map(|period| Span::Period { first: period.first, last: period.last });
    let mut facts = RollUp::new(plan.campaign.currency);
    for (SummedGroup { time: week, channel, segment, creative }, sums) in groups {
        facts.group(Group { week, channel, segment, creative }).merge(&sums)?;
    }
    Ok(Ingested { facts, span: period.unwrap_or(Span::Until(last_day)), findings })
}

/// The results by day.
#[derive(Debug)]
#[non_exhaustive]
pub struct DailyIngested {
    /// The results by day and channel, those of days before the campaign too.
    pub facts: RollUp<DayGroup>,
    /// What was found on the way.
    pub findings: Findings,
}

/// Reads the same results day by day. Rows are used and set aside as by [`read`], but days before the campaign are results like any other: history. A day more than ten
/// years before it is a typing error, as one more than ten years after it is.
///
/// Memory is proportional to the number of days and channels.
///
/// # Errors
/// As [`read`]. Results without dates, which the plan gives a period, cannot be told apart by day: all lie on the last day of the period.
pub fn read_days(
    input: impl Read,
    name: &str,
    spec: &SourceSpec,
    plan: &Plan,
    rejects: &mut dyn Rejects,
) -> Result<DailyIngested, Error> {
    let Summed { groups, findings, .. } = sum(input, name, spec, plan, Grain::Days, rejects)?;
    let mut facts = RollUp::new(plan.campaign.currency);
    for (SummedGroup { time, channel, .. }, sums) in groups {
        facts.group(DayGroup { day: day_of(plan, time), channel }).merge(&sums)?;
    }
    Ok(DailyIngested { facts, findings })
}

fn sum(
    input: impl Read,
    name: &str,
    spec: &SourceSpec,
    plan: &Plan,
    grain: Grain,
    rejects: &mut dyn Rejects,
) -> Result<Summed, Error> {
    let SourceSpec { delimiter, encoding, skip_lines, .. } = spec;
    let layout = Layout { delimiter: Delimiter::Sign(*delimiter), encoding, skip_lines: *skip_lines };
    let mut table = Table::open(input, name, layout)?;
    if !table.advance()? {
        return Err(Error::NoHeader { name: name.to_owned() });
    }
    rejects.header(table.row())?;
    let mut ingest = Ingest::new(name, spec, plan, grain, table.row(), table.is_recoded())?;
    while table.advance()? {
        ingest.row(table.row(), &|| table.line(), rejects)?;
    }
    ingest.finish()
}

/// What results are told apart by in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grain {
    /// By week of the campaign; days before it lie outside.
    Weeks,
    /// By day, and by nothing else but the channel.
    Days,
}

/// Sums by group, before they are given the keys of a grain.
struct Summed {
    groups: Vec<(SummedGroup, Facts)>,
    last_day: NaiveDate,
    findings: Findings,
}

struct SummedGroup {
    /// The week, or the day by [`number_of`].
    time: u32,
    channel: String,
    segment: String,
    creative: String,
}

/// Ten years, in days: as far as [`Plan::week_of`] reaches.
const TEN_YEARS: u32 = 522 * 7;

/// A day as a number, for a key: from ten years before the campaign to ten years after it.
fn number_of(plan: &Plan, day: NaiveDate) -> Option<u32> {
    let days = (day - plan.campaign.first_day).num_days() + i64::from(TEN_YEARS);
    u32::try_from(days).ok().filter(|number| *number < 2 * TEN_YEARS)
}

fn day_of(plan: &Plan, number: u32) -> NaiveDate {
    let first = plan.campaign.first_day;
    let (before, after) = (TEN_YEARS.saturating_sub(number), number.saturating_sub(TEN_YEARS));
    let day = first.checked_sub_days(DayCount::new(before.into()));
    day.and_then(|day| day.checked_add_days(DayCount::new(after.into()))).unwrap_or(first)
}

struct Ingest<'a> {
    header: Header<'a>,
    spec: &'a SourceSpec,
    plan: &'a Plan,
    grain: Grain,
    /// None for results without dates.
    days: Option<Days>,
    /// When the last row was: exports are sorted by day.
    last_when: Option<When>,
    last_day: Option<NaiveDate>,
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

const DIMENSIONS: [&str; 3] = ["channel", "segment", "creative"];

impl<'a> Ingest<'a> {
    fn new(
        name: &'a str,
        spec: &'a SourceSpec,
        plan: &'a Plan,
        grain: Grain,
        header: &ByteRecord,
        recoded: bool,
    ) -> Result<Self, Error> {
        let header = Header::new(name, header)?;
        let days = spec.date.as_ref().map(|date| Days::new(date, &header)).transpose()?;
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
            grain,
            days,
            last_when: None,
            last_day: None,
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
                set_aside: SetAside::default(),
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
                let days = self.days.as_ref().filter(|days| place.is_some() && place == days.column());
                let rejection = self.header.rejection(record, line(), place, days.map(Days::text), kind);
                rejects.row(&rejection, record)?;
                self.findings.set_aside.note(rejection);
                Ok(())
            }
        }
    }

    /// When a row was: its day if it has one, and its week or day as a number; no number before the campaign.
    fn when(&mut self, record: &ByteRecord) -> Result<When, (Option<usize>, RejectionKind)> {
        let Some(days) = &mut self.days else {
            let last = self.spec.period.map_or(self.plan.campaign.first_day, |period| period.last);
            let time = When::time(self.plan, self.grain, last).map_err(|kind| (None, kind))?;
            return Ok(When { day: last, time });
        };
        let day = days.of(record).map_err(|kind| (days.column(), kind))?;
        if let Some(last) = self.last_when.filter(|last| last.day == day) {
            return Ok(last);
        }
        let time = When::time(self.plan, self.grain, day).map_err(|kind| (days.column(), kind))?;
        Ok(*self.last_when.insert(When { day, time }))
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
        let when = self.when(record)?;
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
        let Some(time) = when.time else {
            let outside = self.findings.outside.get_or_insert_with(|| OutsidePeriod {
                facts: Facts::zero(self.plan.campaign.currency),
                first_line: line(),
            });
            return outside.facts.add_cells(cells);
        };
        key[0] = time;
        let group = if self.grain == Grain::Weeks { key } else { [time, key[1], 0, 0] };
        let place = match self.last_place {
            Some((last, place)) if last == group => place,
            _ => {
                let new = self.groups.len();
                let place = *self.places.entry(group).or_insert(new);
                if place == new {
                    self.groups.push((group, Facts::zero(self.plan.campaign.currency)));
                }
                self.last_place = Some((group, place));
                place
            }
        };
        self.groups[place].1.add_cells(cells)?;
        self.last_day = self.last_day.max(Some(when.day));
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

    fn finish(mut self) -> Result<Summed, Error> {
        let Some(last_day) = self.last_day else {
            return Err(Error::NothingUsable {
                name: self.findings.name,
                rows: self.findings.rows,
                outside: self.findings.outside.map_or(0, |outside| outside.facts.rows()),
                ignored: self.ignore.iter().map(|(_, _, rows)| rows).sum(),
                first: self.findings.set_aside.first_rejections.into_iter().next().map(Box::new),
            });
        };
        let [channels, segments, creatives] = &self.dimensions;
        let text = |dimension: &Dimension, number: u32| dimension.text(number).name.clone();
        let named = |([time, channel, segment, creative], facts): ([u32; 4], Facts)| {
            let channel = text(channels, channel);
            let channel = self.plan.channel_called(&channel).map_or(channel, |planned| planned.name.clone());
            let (segment, creative) = (text(segments, segment), text(creatives, creative));
            (SummedGroup { time, channel, segment, creative }, facts)
        };
        let groups = self.groups.into_iter().map(named).collect();
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
        Ok(Summed { groups, last_day, findings: self.findings })
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

/// When a row was.
#[derive(Debug, Clone, Copy)]
struct When {
    day: NaiveDate,
    /// The week or day; none before the campaign.
    time: Option<u32>,
}

impl When {
    fn time(plan: &Plan, grain: Grain, day: NaiveDate) -> Result<Option<u32>, RejectionKind> {
        match grain {
            Grain::Weeks if day < plan.campaign.first_day => Ok(None),
            Grain::Weeks => plan.week_of(day).map(Some).ok_or(RejectionKind::FarDay),
            Grain::Days => number_of(plan, day).map(Some).ok_or(RejectionKind::FarDay),
        }
    }
}
