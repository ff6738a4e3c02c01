//! What audiences have in common, in numbers that are ready to be shown: exact, estimated with bounds, or withheld.

use serde::{Serialize, Serializer};
use styring_segments::Language;
use styring_segments::exclusions::{Finding, Mode, Plan, PlanLine, PlanOptions, Role, Segment};
use styring_segments::overlap::{
    Added, AudienceSet, Audiences, Count, Estimate, EstimatedRatio, Mask, NoRatio, Pair, Ratio, Region, Regions,
    ReleasedRegions, UpSetOptions,
};

use crate::Error;

/// A number of people as it may be shown.
///
/// Serialises as a number where it is exact, as `null` where it is withheld, and otherwise as the estimate with its bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "counted, estimated, or not to be told")]
pub enum People {
    /// Everybody was counted.
    Exact(u64),
    /// A sample was.
    About(Estimate),
    /// It is small, or would give a small number away.
    Withheld,
}

/// A part of a whole as it may be shown.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::exhaustive_enums, reason = "known, known within bounds, or not")]
pub enum Share {
    /// Everybody was counted.
    Exact(f64),
    /// A sample was.
    About {
        /// The share.
        value: f64,
        /// The lower bound.
        lower: f64,
        /// The upper bound.
        upper: f64,
        /// Whether the value may stand without its bounds.
        usable: bool,
    },
    /// There is nobody to take a share of.
    Nobody,
    /// Nobody of the whole is in the sample.
    NotSampled,
    /// One of the two numbers is withheld.
    Withheld,
}

impl People {
    /// The number, if there is one that can stand for itself.
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Exact(people) => Some(people.to_f64()),
            Self::About(estimate) => estimate.usable().then(|| estimate.value()),
            Self::Withheld => None,
        }
    }

    /// The bounds: of an exact number the number itself.
    pub fn bounds(self) -> Option<(f64, f64)> {
        match self {
            Self::Exact(people) => Some((people.to_f64(), people.to_f64())),
            Self::About(estimate) => Some((estimate.lower(), estimate.upper())),
            Self::Withheld => None,
        }
    }
}

impl Share {
    /// The share, if there is one that can stand for itself.
    pub fn value(self) -> Option<f64> {
        match self {
            Self::Exact(value) | Self::About { value, usable: true, .. } => Some(value),
            _ => None,
        }
    }

    /// The bounds: of an exact share the share itself.
    pub fn bounds(self) -> Option<(f64, f64)> {
        match self {
            Self::Exact(value) => Some((value, value)),
            Self::About { lower, upper, .. } => Some((lower, upper)),
            _ => None,
        }
    }
}

impl Serialize for People {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exact(people) => people.serialize(serializer),
            Self::About(estimate) => estimate.serialize(serializer),
            Self::Withheld => serializer.serialize_none(),
        }
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct About {
            value: f64,
            lower: f64,
            upper: f64,
            usable: bool,
        }
        match *self {
            Self::Exact(value) => value.serialize(serializer),
            Self::About { value, lower, upper, usable } => About { value, lower, upper, usable }.serialize(serializer),
            Self::Nobody | Self::NotSampled | Self::Withheld => serializer.serialize_none(),
        }
    }
}

/// What an engine counts in, as it is shown: `u64` or [`Estimate`].
pub trait Told: Count {
    /// Whether the numbers are estimates.
    const SKETCHED: bool;

    /// As a number of people.
    fn people(self) -> People;

    /// As a share.
    fn share(ratio: Self::Ratio) -> Share;

    /// What may be published of regions.
    ///
    /// # Errors
    /// Of estimates: only numbers that were counted can be held back for being small.
    fn released(regions: &Regions<Self>, least: u64) -> Result<ReleasedRegions, Error>;
}

impl Told for u64 {
    const SKETCHED: bool = false;

    fn people(self) -> People {
        People::Exact(self)
    }

    fn share(ratio: Ratio) -> Share {
        ratio.value().map_or(Share::Nobody, Share::Exact)
    }

    fn released(regions: &Regions<Self>, least: u64) -> Result<ReleasedRegions, Error> {
        Ok(regions.release(least)?)
    }
}

impl Told for Estimate {
    const SKETCHED: bool = true;

    fn people(self) -> People {
        People::About(self)
    }

    fn share(ratio: EstimatedRatio) -> Share {
        match ratio.value() {
            Ok(share) => {
                Share::About { value: share.value, lower: share.lower, upper: share.upper, usable: share.usable }
            }
            Err(NoRatio::NoSample) => Share::NotSampled,
            Err(_) => Share::Nobody,
        }
    }

    fn released(_: &Regions<Self>, least: u64) -> Result<ReleasedRegions, Error> {
        let field = "least".to_owned();
        Err(Error::Series {
            field,
            expected: "absent for sketches, whose numbers are estimates",
            value: least.to_string(),
        })
    }
}

/// What is asked of audiences.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct OverlapSpec<'a> {
    /// The segments in priority, highest first: every audience, once.
    pub priority: &'a [Segment],
    /// How negative lists are made.
    pub options: PlanOptions,
    /// How many regions are listed at most; the largest.
    pub top: usize,
    /// Numbers of people from 1 to below this are withheld, and what they could be computed from.
    pub least: Option<u64>,
}

/// What audiences have in common, and who is taken out of which.
///
/// With [`OverlapSpec::least`], a number stands here only if [`Regions::release`] publishes it, or if it is a sum of exclusive regions that are published: whatever stands here can be computed
/// from that one table, so that its guarantee holds for all of them together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Overlap {
    /// Whether the numbers are estimates, made of sketches.
    pub sketched: bool,
    /// Below this, numbers are withheld.
    pub least: Option<u64>,
    /// Which lists of higher priority are excluded.
    pub mode: Mode,
    /// The audiences in priority, with their sizes.
    pub sets: Vec<Set>,
    /// People in any audience.
    pub union: People,
    /// The largest regions by the people in exactly these audiences. Those whose number is withheld come after all others, in the order of the audiences: their place would tell between which numbers theirs lies.
    pub regions: Vec<Area>,
    /// How many regions with people are not listed.
    pub regions_left_out: usize,
    /// People in the regions that are not listed.
    pub people_left_out: People,
    /// Every pair, the one of higher priority first.
    pub pairs: Vec<Both>,
    /// Who is left of each segment, and what it excludes.
    pub lines: Vec<Line>,
    /// What each audience adds to those before it, in priority.
    pub added: Vec<Step>,
    /// The same, when the one that adds most always comes next. Empty if a number in it is withheld, which the order would tell something of.
    pub added_greedily: Vec<Step>,
    /// What a person should look at before the lists go out.
    pub findings: Vec<Remark>,
}

/// An audience and its size.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Set {
    /// The audience.
    pub name: String,
    /// People in it.
    pub size: People,
    /// People in no other.
    pub only: People,
}

/// People by the audiences they are in.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Area {
    /// Places in [`Overlap::sets`].
    pub places: Vec<usize>,
    /// The audiences.
    pub sets: Vec<String>,
    /// People in exactly these.
    pub exclusive: People,
    /// People in at least these.
    pub inclusive: People,
}

/// How two audiences overlap.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Both {
    /// The first.
    pub a: String,
    /// The second.
    pub b: String,
    /// People in the first.
    pub size_a: People,
    /// People in the second.
    pub size_b: People,
    /// People in both.
    pub intersection: People,
    /// People in either.
    pub union: People,
    /// In both, of the first.
    pub share_of_a: Share,
    /// In both, of the second.
    pub share_of_b: Share,
    /// In both, of either.
    pub jaccard: Share,
    /// In both, of the smaller.
    pub overlap_coefficient: Share,
}

/// What is done with a segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Line {
    /// The segment.
    pub name: String,
    /// Whether it is advertised to.
    pub role: Role,
    /// People in it.
    pub gross: People,
    /// Of these, people in no segment of higher priority.
    pub net: People,
    /// Of these, people in one.
    pub removed: People,
    /// The lists to exclude.
    pub exclude: Vec<Taken>,
    /// People who are still in a segment of higher priority after the exclusions.
    pub residual: People,
    /// What is done and why; without numbers where one of them is withheld.
    pub said: Said,
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(clippy::exhaustive_structs, reason = "the languages there are")]
pub struct Said {
    /// In English.
    pub english: String,
    /// In Norwegian.
    pub norwegian: String,
}

/// A list that is taken out of a segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Taken {
    /// The list.
    pub name: String,
    /// People of the segment in it.
    pub overlap: People,
    /// These, of the segment.
    pub share: Share,
    /// People of the segment whom no other list excluded here would take out.
    pub alone: People,
}

/// What an audience adds to those before it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// The audience.
    pub name: String,
    /// People in it and in none before.
    pub new: People,
    /// People in it who were in one before.
    pub duplicated: People,
    /// People in it or in one before.
    pub cumulative: People,
}

/// What a person should look at.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Remark {
    /// Its kind: `long_before_short`, `not_nested`, `nothing_left`, `overlaps`.
    pub kind: &'static str,
    /// In words.
    #[serde(flatten)]
    pub said: Said,
}

impl Overlap {
    /// What audiences have in common, of one engine.
    ///
    /// # Errors
    /// [`Error::Segments`] if the priority is not of these audiences, if there are more than 64, or if numbers are to be withheld of more than 256 regions; [`Error::Series`] if they are to be
    /// withheld of sketches.
    pub fn of<S>(audiences: &Audiences<S>, spec: &OverlapSpec<'_>) -> Result<Self, Error>
    where
        S: AudienceSet + Clone,
        S::Count: Told,
    {
        let ranked: Vec<(&str, S)> = spec
            .priority
            .iter()
            .map(|segment| {
                let set = audiences.get(segment.name()).cloned();
                let unknown = || styring_segments::Error::UnknownName { name: segment.name().to_owned() };
                Ok((segment.name(), set.ok_or_else(unknown)?))
            })
            .collect::<Result<_, styring_segments::Error>>()?;
        let ranked = Audiences::new(ranked)?;
        if let Some(name) = audiences.names().find(|name| ranked.get(name).is_none()) {
            return Err(styring_segments::Error::NotInOrder { name: name.to_owned() }.into());
        }
        let regions = ranked.regions()?;
        let plan = Plan::new(&regions, spec.priority, spec.options)?;
        let pairs = ranked.pairs()?;
        let released = spec.least.map(|least| S::Count::released(&regions, least)).transpose()?;
        let gate = Gate { masks: regions.masks().iter().map(|(mask, _)| *mask).collect(), released };
        let sizes: Vec<People> =
            pairs.sizes.iter().enumerate().map(|(place, set)| gate.size(place, set.size)).collect();
        let names: Vec<String> = ranked.names().map(str::to_owned).collect();
        let only = regions.only_in();
        let sets = names.iter().zip(&sizes).zip(only).enumerate().map(|(place, ((name, size), only))| Set {
            name: name.clone(),
            size: *size,
            only: gate.told(|mask| mask == 1 << place, only.size),
        });
        let listed = Listed::of(&gate, &regions, spec.top);
        let place = |name: &str| names.iter().position(|known| known == name).unwrap_or(0);
        let greedily = regions.added_greedily();
        let greedy_order: Vec<usize> = greedily.iter().map(|step| place(&step.name)).collect();
        let greedily = Some(steps(&gate, &greedily, &greedy_order)).filter(|steps| steps.iter().all(Step::is_told));
        let in_priority: Vec<usize> = (0..names.len()).collect();
        let order: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(Self {
            sketched: S::Count::SKETCHED,
            least: spec.least,
            mode: spec.options.mode,
            sets: sets.collect(),
            union: gate.told(|_| true, regions.union()),
            regions: listed.regions,
            regions_left_out: listed.left_out,
            people_left_out: listed.people_left_out,
            pairs: pairs.pairs.iter().map(|pair| both(&gate, pair, (place(&pair.a), place(&pair.b)), &sizes)).collect(),
            lines: plan.lines.iter().enumerate().map(|(rank, line)| told_line(&gate, line, rank, &place)).collect(),
            added: steps(&gate, &regions.added(&order)?, &in_priority),
            added_greedily: greedily.unwrap_or_default(),
            findings: plan.findings.iter().map(|finding| remark(finding, spec.least.is_some())).collect(),
        })
    }
}

impl Step {
    fn is_told(&self) -> bool {
        ![self.new, self.duplicated, self.cumulative].contains(&People::Withheld)
    }
}

/// The regions that are listed, and what is known of the others.
struct Listed {
    regions: Vec<Area>,
    left_out: usize,
    people_left_out: People,
}

impl Listed {
    fn of<C: Told>(gate: &Gate, regions: &Regions<C>, top: usize) -> Self {
        let all = gate.released.is_none();
        let shown = regions.up_set(UpSetOptions { top: if all { top } else { usize::MAX }, ..UpSetOptions::default() });
        let area = |region: &Region<C>| {
            let own = region.mask;
            Area {
                places: (0..regions.names().len()).filter(|place| has(own, *place)).collect(),
                sets: region.sets.clone(),
                exclusive: gate.told(|mask| mask == own, region.exclusive),
                inclusive: gate.told(|mask| mask & own == own, region.inclusive),
            }
        };
        let mut listed: Vec<Area> = shown.regions.iter().map(area).collect();
        if all {
            return Self {
                regions: listed,
                left_out: shown.regions_left_out,
                people_left_out: shown.people_left_out.people(),
            };
        }
        let withheld = |area: &Area| area.exclusive == People::Withheld;
        let in_order = |area: &Area| withheld(area).then(|| (area.places.len(), area.places.clone()));
        listed.sort_by_cached_key(|area| (withheld(area), in_order(area)));
        let beyond = listed.split_off(top.min(listed.len()));
        let sum = beyond.iter().try_fold(0, |sum, area| match area.exclusive {
            People::Exact(people) => Some(sum + people),
            _ => None,
        });
        Self { regions: listed, left_out: beyond.len(), people_left_out: sum.map_or(People::Withheld, People::Exact) }
    }
}

fn has(mask: Mask, place: usize) -> bool {
    mask >> place & 1 == 1
}

/// Lets numbers through that may be shown.
struct Gate {
    /// The regions that occur.
    masks: Vec<Mask>,
    released: Option<ReleasedRegions>,
}

impl Gate {
    /// A sum of the exclusive regions that `which` says yes to: shown if all of them are, or if the sum is one that is published as such.
    fn told<C: Told>(&self, which: impl Fn(Mask) -> bool, count: C) -> People {
        let Some(released) = &self.released else { return count.people() };
        let covers = |other: &dyn Fn(Mask) -> bool| self.masks.iter().all(|mask| which(*mask) == other(*mask));
        let mut inside = released.regions.iter().filter(|region| which(region.mask));
        let summed = inside.all(|region| region.exclusive.is_some());
        let published = || {
            let sizes = released.sets.iter().enumerate().map(|(place, set)| (1 << place, set.size));
            let inclusive = released.regions.iter().map(|region| (region.mask, region.inclusive));
            let all = std::iter::once((0, released.union));
            sizes.chain(inclusive).chain(all).any(|(own, told)| told.is_some() && covers(&|mask| mask & own == own))
        };
        if summed || published() { count.people() } else { People::Withheld }
    }

    /// The same of a sum that follows from others by adding and subtracting: withholding it would hide nothing where these are shown.
    fn told_or_follows<C: Told>(&self, which: impl Fn(Mask) -> bool, count: C, from: &[People]) -> People {
        let told = self.told(which, count);
        let small = |people: People| match (people, &self.released) {
            (People::Exact(people), Some(released)) => (1..released.least).contains(&people),
            _ => false,
        };
        if told == People::Withheld && !from.contains(&People::Withheld) && !small(count.people()) {
            return count.people();
        }
        told
    }

    fn size<C: Told>(&self, place: usize, size: C) -> People {
        self.told(|mask| has(mask, place), size)
    }
}

/// A share of two numbers that are both shown.
fn share_of<C: Told>(ratio: C::Ratio, of: [People; 2]) -> Share {
    if of.contains(&People::Withheld) { Share::Withheld } else { C::share(ratio) }
}

fn both<C: Told>(gate: &Gate, pair: &Pair<C>, (a, b): (usize, usize), sizes: &[People]) -> Both {
    let intersection = gate.told(|mask| has(mask, a) && has(mask, b), pair.intersection);
    let (size_a, size_b) = (sizes[a], sizes[b]);
    let from = [size_a, size_b, intersection];
    let union = gate.told_or_follows(|mask| has(mask, a) || has(mask, b), pair.union, &from);
    Both {
        a: pair.a.clone(),
        b: pair.b.clone(),
        size_a,
        size_b,
        intersection,
        union,
        share_of_a: share_of::<C>(pair.share_of_a, [intersection, size_a]),
        share_of_b: share_of::<C>(pair.share_of_b, [intersection, size_b]),
        jaccard: share_of::<C>(pair.jaccard, [intersection, union]),
        overlap_coefficient: match (size_a, size_b) {
            // Which of the two is the smaller is as much as a number.
            (People::Withheld, _) | (_, People::Withheld) => Share::Withheld,
            _ => share_of::<C>(pair.overlap_coefficient, [intersection, size_a]),
        },
    }
}

fn told_line<C: Told>(gate: &Gate, line: &PlanLine<C>, rank: usize, place: &dyn Fn(&str) -> usize) -> Line {
    let higher: Mask = (1 << rank) - 1;
    let lists: Vec<usize> = line.exclude.iter().map(|list| place(&list.name)).collect();
    let excluded = lists.iter().fold(0, |mask: Mask, list| mask | 1 << list);
    let gross = gate.size(rank, line.gross);
    let taken = line.exclude.iter().zip(&lists).map(|(list, at)| {
        let overlap = gate.told(|mask| has(mask, rank) && has(mask, *at), list.overlap);
        Taken {
            name: list.name.clone(),
            overlap,
            share: share_of::<C>(list.share, [overlap, gross]),
            alone: gate.told(|mask| has(mask, rank) && mask & excluded == 1 << at, list.alone),
        }
    });
    let exclude: Vec<Taken> = taken.collect();
    let net = gate.told(|mask| has(mask, rank) && mask & higher == 0, line.net);
    let removed = gate.told_or_follows(|mask| has(mask, rank) && mask & higher != 0, line.removed, &[gross, net]);
    let residual = gate.told(|mask| has(mask, rank) && mask & higher != 0 && mask & excluded == 0, line.residual);
    let all_told = [gross, net, removed, residual].into_iter().chain(exclude.iter().map(|list| list.overlap));
    let said = if all_told.into_iter().any(|people| people == People::Withheld) {
        without_numbers(line)
    } else {
        Said { english: line.sentence(Language::English), norwegian: line.sentence(Language::Norwegian) }
    };
    Line { name: line.name.clone(), role: line.role, gross, net, removed, exclude, residual, said }
}

/// What is done with a segment of which a number is withheld.
fn without_numbers<C: Told>(line: &PlanLine<C>) -> Said {
    let names: Vec<&str> = line.exclude.iter().map(|list| list.name.as_str()).collect();
    let (name, lists) = (&line.name, names.join(", "));
    let [english, norwegian] = match (line.role, lists.is_empty()) {
        (Role::ExcludeOnly, _) => {
            ["It is only taken out of other segments.".to_owned(), "Den trekkes bare fra andre segmenter.".to_owned()]
        }
        (_, true) => ["There is nothing to exclude.".to_owned(), "Det er ingenting å ekskludere.".to_owned()],
        (_, false) => [format!("Exclude: {lists}."), format!("Ekskluder: {lists}.")],
    };
    Said {
        english: format!("{name}: some of its numbers are withheld. {english}"),
        norwegian: format!("{name}: noen av tallene er holdt tilbake. {norwegian}"),
    }
}

fn steps<C: Told>(gate: &Gate, added: &[Added<C>], places: &[usize]) -> Vec<Step> {
    let mut before: Mask = 0;
    let mut last = People::Exact(0);
    let step = |(step, place): (&Added<C>, &usize)| {
        let earlier = before;
        before |= 1 << place;
        let size = gate.told(|mask| has(mask, *place), step.size);
        let new = gate.told(|mask| has(mask, *place) && mask & earlier == 0, step.new);
        let duplicated =
            gate.told_or_follows(|mask| has(mask, *place) && mask & earlier != 0, step.duplicated, &[size, new]);
        let cumulative = gate.told_or_follows(|mask| mask & before != 0, step.cumulative, &[last, new]);
        last = cumulative;
        Step { name: step.name.clone(), new, duplicated, cumulative }
    };
    added.iter().zip(places).map(step).collect()
}

fn remark<C: Told>(finding: &Finding<C>, hidden: bool) -> Remark {
    let said = Said { english: finding.sentence(Language::English), norwegian: finding.sentence(Language::Norwegian) };
    let (kind, hushed) = match finding {
        Finding::LongBeforeShort { .. } => ("long_before_short", None),
        Finding::NothingLeft { .. } => ("nothing_left", None),
        Finding::NotNested { short, long, .. } => (
            "not_nested",
            Some(Said {
                english: format!(
                    "There are people in {short} who are not in {long}, which should contain it: one of the two is not what its name says."
                ),
                norwegian: format!(
                    "Det er personer i {short} som ikke er i {long}, som skulle inneholde den: én av dem er ikke det navnet sier."
                ),
            }),
        ),
        Finding::Overlaps { name, .. } => (
            "overlaps",
            Some(Said {
                english: format!("There are people in {name} who are still in a segment of higher priority."),
                norwegian: format!("Det er personer i {name} som fortsatt er i et segment med høyere prioritet."),
            }),
        ),
        _ => ("other", None),
    };
    Remark { kind, said: if hidden { hushed.unwrap_or(said) } else { said } }
}

impl Said {
    /// In this language.
    pub fn in_language(&self, language: Language) -> &str {
        if language == Language::Norwegian { &self.norwegian } else { &self.english }
    }
}
