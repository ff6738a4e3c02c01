//! The waterfall, and the negative list of every segment.

use super::cover::{self, Cover};
use super::windows;
use super::{NestedWindow, Role};
use crate::Error;
use crate::overlap::{Count, Mask, Regions, Sampling, bits, distinct};

/// A segment in the order of priority.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Segment {
    name: String,
    role: Role,
    window: Option<NestedWindow>,
}

impl Segment {
    /// One that is advertised to.
    pub fn target(name: impl Into<String>) -> Self {
        Self { name: name.into(), role: Role::Target, window: None }
    }

    /// One that nobody advertises to, such as customers of the last 30 days.
    pub fn exclude_only(name: impl Into<String>) -> Self {
        Self { name: name.into(), role: Role::ExcludeOnly, window: None }
    }

    /// With its window among its kin, so that the order is checked.
    #[must_use]
    pub fn within(self, window: NestedWindow) -> Self {
        Self { window: Some(window), ..self }
    }

    /// The name of its set.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is advertised to.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Its window, if it has one.
    pub fn window(&self) -> Option<&NestedWindow> {
        self.window.as_ref()
    }
}

/// Which higher lists a segment excludes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Mode {
    /// Every higher one. Safe where lists change daily: one that shares nobody today may tomorrow.
    #[default]
    AllHigher,
    /// Those that share enough people with the segment today.
    Overlapping(Threshold),
    /// The fewest that remove all overlap; of several such lists of lists, the one with the highest priorities first.
    Minimal,
    /// At most so many, each time the one that removes most of the overlap that is left; for platforms that limit the number.
    Greedy {
        /// How many lists at most.
        max_exclusions: usize,
    },
}

/// How much overlap counts: at least `max(1, min_count)` people, and at least `min_share` of the segment.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Unchecked"))]
pub struct Threshold {
    min_count: u64,
    min_share: f64,
}

impl Threshold {
    /// At least so many people, and at least this share of the segment.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the share is not from 0 to 1.
    pub fn new(min_count: u64, min_share: f64) -> Result<Self, Error> {
        if !(0.0..=1.0).contains(&min_share) {
            return Err(Error::OutOfRange {
                field: "min_share",
                expected: "from 0 to 1",
                value: min_share.to_string(),
            });
        }
        Ok(Self { min_count, min_share })
    }

    /// People at least.
    pub fn min_count(self) -> u64 {
        self.min_count
    }

    /// Share of the segment at least.
    pub fn min_share(self) -> f64 {
        self.min_share
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    min_count: u64,
    min_share: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Unchecked> for Threshold {
    type Error = Error;

    fn try_from(threshold: Unchecked) -> Result<Self, Error> {
        Self::new(threshold.min_count, threshold.min_share)
    }
}

/// How negative lists are made.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "options, to be built with `..Default::default()`")]
pub struct PlanOptions {
    /// Which higher lists are excluded.
    pub mode: Mode,
    /// Leave out a list all of whose people are in another excluded list, 7 days where 14 days are excluded too. Off by default: it rests on today's members, unless
    /// the larger list contains the smaller by its making.
    pub drop_implied: bool,
    /// How long [`Mode::Minimal`] may search per segment, in patterns looked at; 2²⁶ by default, a fraction of a second.
    pub work: u64,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self { mode: Mode::AllHigher, drop_implied: false, work: 1 << 26 }
    }
}

impl From<Mode> for PlanOptions {
    fn from(mode: Mode) -> Self {
        Self { mode, ..Self::default() }
    }
}

/// Who is advertised to where, so that each person is in one segment: the waterfall, and the lists that make it so.
///
/// Segments come in priority, highest first. A person belongs to the first segment that has them: `net_i = |S_i \ (S_1 ∪ … ∪ S_{i−1})|`. On a platform this is done by excluding higher
/// lists from lower ones; [`Mode`] says which. What still overlaps after that is counted again from the members, and stands on every line as `residual`.
///
/// ```
/// use styring_segments::exclusions::{Mode, Plan, Segment};
/// use styring_segments::overlap::{Audiences, SortedIds};
///
/// let audiences = Audiences::new([
///     ("Ekskluder – Kjøpt – 30 dager", (0..2_000).collect::<SortedIds>()),
///     ("Retarget – Forlatt kurv – 7 dager", (1_500..6_000).collect()),
///     ("Prospect – Løpesko – Oslo", (0..100_000).step_by(3).collect()),
/// ])?;
/// let priority = [
///     Segment::exclude_only("Ekskluder – Kjøpt – 30 dager"),
///     Segment::target("Retarget – Forlatt kurv – 7 dager"),
///     Segment::target("Prospect – Løpesko – Oslo"),
/// ];
/// let plan = Plan::new(&audiences.regions()?, &priority, Mode::AllHigher)?;
/// let prospect = &plan.lines[2];
/// assert_eq!((prospect.gross, prospect.removed, prospect.net), (33_334, 2_000, 31_334));
/// assert_eq!(prospect.exclude.len(), 2);
/// assert!(plan.lines.iter().all(|line| line.residual == 0));
/// # Ok::<(), styring_segments::Error>(())
/// ```
///
/// Of sketches, all of it works on the sample: the counts have bounds, and a residual of 0 is 0 in the sample, with the upper bound beside it. Lists that
/// are the fewest in the sample may be too few for all; use [`Mode::AllHigher`] there.
///
/// Cost: segments × regions; [`Mode::Minimal`] searches within [`PlanOptions::work`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(bound(serialize = "C: serde::Serialize, C::Ratio: serde::Serialize")))]
#[non_exhaustive]
pub struct Plan<C: Count> {
    /// One line per segment, in priority.
    pub lines: Vec<PlanLine<C>>,
    /// People in any segment: the nets add up to it.
    pub union: C,
    /// What a person should look at.
    pub findings: Vec<Finding<C>>,
}

/// What is done with one segment.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(bound(serialize = "C: serde::Serialize, C::Ratio: serde::Serialize")))]
#[non_exhaustive]
pub struct PlanLine<C: Count> {
    /// The segment.
    pub name: String,
    /// Whether it is advertised to. One that is not has no negative list.
    pub role: Role,
    /// People in it.
    pub gross: C,
    /// Of these, people in no higher segment.
    pub net: C,
    /// Of these, people in a higher segment.
    pub removed: C,
    /// The lists to exclude: in priority; of [`Mode::Greedy`], in the order they were picked.
    pub exclude: Vec<Excluded<C>>,
    /// Lists that were left out because another one contains them.
    pub implied: Vec<Implied>,
    /// People of the segment who are still in a higher one after the exclusions, counted again from the members.
    pub residual: C,
    /// Whether the lists are the fewest possible.
    pub proof: Proof,
}

/// A list that a segment excludes.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(bound(serialize = "C: serde::Serialize, C::Ratio: serde::Serialize")))]
#[non_exhaustive]
pub struct Excluded<C: Count> {
    /// The list.
    pub name: String,
    /// People of the segment in it.
    pub overlap: C,
    /// These, of the segment.
    pub share: C::Ratio,
    /// People of the segment that no other list excluded here would remove.
    pub alone: C,
}

/// A list that need not be excluded, since another one is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[allow(clippy::exhaustive_structs, reason = "two names")]
pub struct Implied {
    /// The list.
    pub name: String,
    /// The excluded list that has all of its people.
    pub by: String,
}

/// Whether there can be fewer exclusions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "kind", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Proof {
    /// Nobody asked: the mode is not [`Mode::Minimal`].
    NotAsked,
    /// There are no fewer that remove all overlap of the members that were counted.
    Fewest,
    /// The search ended before it was proven; the list is the greedy one.
    NotProven {
        /// Fewer than this are not enough.
        at_least: usize,
    },
}

/// What a person should look at before the plan goes out.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "kind", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Finding<C> {
    /// A longer window has priority over a shorter one of its group, and takes its people.
    LongBeforeShort {
        /// The longer one.
        long: String,
        /// The shorter one.
        short: String,
    },
    /// A shorter window has people whom the next longer one of its group does not have: one of the two is not what its name says.
    NotNested {
        /// The shorter one.
        short: String,
        /// The longer one.
        long: String,
        /// People in the shorter and not in the longer.
        outside: C,
    },
    /// Nobody is left of a segment that is advertised to.
    NothingLeft {
        /// The segment.
        name: String,
    },
    /// The exclusions leave an overlap.
    Overlaps {
        /// The segment.
        name: String,
        /// People still in a higher one.
        residual: C,
    },
}

impl<C: Count> Plan<C> {
    /// The plan for segments in priority, highest first.
    ///
    /// # Errors
    /// [`Error::ExclusionOnly`] if no segment is advertised to: platforms refuse exclusions without an inclusion. [`Error::UnknownName`], [`Error::Repeated`] or
    /// [`Error::NotInOrder`] if the segments are not the sets of the regions, each once.
    pub fn new(regions: &Regions<C>, priority: &[Segment], options: impl Into<PlanOptions>) -> Result<Self, Error> {
        let options = options.into();
        distinct(priority.iter().map(Segment::name))?;
        let places: Vec<usize> =
            priority.iter().map(|segment| regions.bit(segment.name())).collect::<Result<_, _>>()?;
        if let Some(name) =
            regions.names().iter().enumerate().find(|(bit, _)| !places.contains(bit)).map(|(_, name)| name)
        {
            return Err(Error::NotInOrder { name: name.clone() });
        }
        if !priority.iter().any(|segment| segment.role == Role::Target) {
            return Err(Error::ExclusionOnly);
        }
        let ranked = Ranked::new(regions, &places);
        let lines: Vec<PlanLine<C>> = (0..priority.len()).map(|rank| ranked.line(priority, rank, &options)).collect();
        let mut findings = windows::findings(regions, priority, &places);
        for line in lines.iter().filter(|line| line.role == Role::Target) {
            if line.net.to_f64() == 0.0 {
                findings.push(Finding::NothingLeft { name: line.name.clone() });
            }
            if line.residual.to_f64() > 0.0 {
                findings.push(Finding::Overlaps { name: line.name.clone(), residual: line.residual });
            }
        }
        Ok(Self { lines, union: regions.union(), findings })
    }
}

/// The regions, with bit `i` for the segment of rank `i`.
struct Ranked<'a, C: Count> {
    regions: &'a Regions<C>,
    masks: Vec<(Mask, u64)>,
}

impl<'a, C: Count> Ranked<'a, C> {
    fn new(regions: &'a Regions<C>, places: &[usize]) -> Self {
        let by_rank =
            |mask: Mask| places.iter().enumerate().fold(0, |out, (rank, bit)| out | (mask >> bit & 1) << rank);
        let masks = regions.masks().iter().map(|(mask, count)| (by_rank(*mask), *count)).collect();
        Self { regions, masks }
    }

    fn counted(&self, which: impl Fn(Mask) -> bool) -> u64 {
        self.masks.iter().filter(|(mask, _)| which(*mask)).map(|(_, count)| count).sum()
    }

    fn line(&self, priority: &[Segment], rank: usize, options: &PlanOptions) -> PlanLine<C> {
        let segment = &priority[rank];
        let own = 1 << rank;
        let higher: Mask = own - 1;
        let gross = self.counted(|mask| mask & own != 0);
        let net = self.counted(|mask| mask & own != 0 && mask & higher == 0);
        // The members to be removed, by the higher lists that they are in.
        let overlap: Vec<(Mask, u64)> = self
            .masks
            .iter()
            .filter(|(mask, _)| mask & own != 0 && mask & higher != 0)
            .map(|(mask, count)| (mask & higher, *count))
            .collect();
        let (picked, proof) = match segment.role {
            Role::Target => self.pick(&overlap, gross, rank, options),
            Role::ExcludeOnly => (Vec::new(), Proof::NotAsked),
        };
        let (kept, implied) =
            if options.drop_implied { self.without_implied(&picked, priority) } else { (picked, Vec::new()) };
        let excluded = kept.iter().fold(0, |mask: Mask, list| mask | 1 << list);
        let sum = |which: &dyn Fn(Mask) -> bool| -> u64 {
            overlap.iter().filter(|(mask, _)| which(*mask)).map(|(_, count)| count).sum()
        };
        let tell = |counted| self.regions.tell(counted);
        let exclude = kept.iter().map(|list| {
            let bit = 1 << list;
            let shared = sum(&|mask| mask & bit != 0);
            Excluded {
                name: priority[*list].name.clone(),
                overlap: tell(shared),
                share: self.regions.part(shared, gross),
                alone: tell(sum(&|mask| mask & excluded == bit)),
            }
        });
        // With all higher lists excluded nothing can be left, whatever a sample does not show.
        let residual =
            if excluded == higher { C::of(0, Sampling::ALL) } else { tell(sum(&|mask| mask & excluded == 0)) };
        let removed = if higher == 0 { C::of(0, Sampling::ALL) } else { tell(gross - net) };
        PlanLine {
            name: segment.name.clone(),
            role: segment.role,
            gross: tell(gross),
            net: tell(net),
            removed,
            exclude: exclude.collect(),
            implied,
            residual,
            proof,
        }
    }

    /// The ranks of the lists to exclude, in their order.
    fn pick(&self, overlap: &[(Mask, u64)], gross: u64, rank: usize, options: &PlanOptions) -> (Vec<usize>, Proof) {
        match options.mode {
            Mode::AllHigher => ((0..rank).collect(), Proof::NotAsked),
            Mode::Overlapping(threshold) => {
                let enough = |list: &usize| {
                    let shared: u64 =
                        overlap.iter().filter(|(mask, _)| mask >> list & 1 == 1).map(|(_, count)| count).sum();
                    shared > 0
                        && self.regions.tell(shared).to_f64() >= threshold.min_count as f64
                        && shared as f64 / gross as f64 >= threshold.min_share
                };
                ((0..rank).filter(enough).collect(), Proof::NotAsked)
            }
            Mode::Greedy { max_exclusions } => (greedy(overlap, max_exclusions), Proof::NotAsked),
            Mode::Minimal => {
                let patterns: Vec<Mask> = overlap.iter().map(|(mask, _)| *mask).collect();
                let fallback = needed(&patterns, &greedy(overlap, usize::MAX));
                let Cover { lists, proof } = cover::fewest(&patterns, fallback, options.work);
                (bits(lists).collect(), proof)
            }
        }
    }

    /// Lists that another of the lists contains are left out; of equal ones, the one of lower priority. A list without people is not taken to be inside another.
    fn without_implied(&self, picked: &[usize], priority: &[Segment]) -> (Vec<usize>, Vec<Implied>) {
        let inside = |list: usize, other: usize| {
            list != other
                && self.counted(|mask| mask >> list & 1 == 1) > 0
                && self.counted(|mask| mask >> list & 1 == 1 && mask >> other & 1 == 0) == 0
        };
        let implied =
            |list: usize| picked.iter().any(|other| inside(list, *other) && (!inside(*other, list) || *other < list));
        let kept: Vec<usize> = picked.iter().copied().filter(|list| !implied(*list)).collect();
        let name = |rank: usize| priority[rank].name.clone();
        let dropped = picked.iter().filter(|list| implied(**list)).filter_map(|list| {
            let by = kept.iter().find(|other| inside(*list, **other))?;
            Some(Implied { name: name(*list), by: name(*by) })
        });
        let dropped = dropped.collect();
        (kept, dropped)
    }
}

/// Each time the list that has most of the people who are left; ties to the higher priority.
fn greedy(overlap: &[(Mask, u64)], most: usize) -> Vec<usize> {
    let mut left: Vec<(Mask, u64)> = overlap.to_vec();
    let mut picked = Vec::new();
    while picked.len() < most && !left.is_empty() {
        let mut by_list = [0_u64; 64];
        for (mask, count) in &left {
            bits(*mask).for_each(|list| by_list[list] += count);
        }
        let best = (0..64).fold(0, |best, list| if by_list[list] > by_list[best] { list } else { best });
        picked.push(best);
        left.retain(|(mask, _)| mask >> best & 1 == 0);
    }
    picked
}

/// A list of lists without those that later ones made needless.
fn needed(patterns: &[Mask], lists: &[usize]) -> Mask {
    let all = lists.iter().fold(0, |mask: Mask, list| mask | 1 << list);
    lists.iter().rev().fold(all, |kept, list| {
        let without = kept & !(1 << list);
        if patterns.iter().all(|pattern| pattern & without != 0) { without } else { kept }
    })
}
