use std::collections::BTreeSet;

use super::{Design, History};
use crate::Error;
use crate::geo::{SyntheticControl, Weighting};

/// Which sets of regions are looked at.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers; checked where it is used")]
pub struct Search {
    /// How many regions are treated.
    pub size: usize,
    /// Regions that must be treated.
    pub with: Vec<String>,
    /// Regions that must not be.
    pub without: Vec<String>,
    /// How many sets, those that are followed best, the design is tried with; 5.
    pub tried: usize,
    /// The power of the smallest lift; 0.8.
    pub power: f64,
}

impl Search {
    /// Sets of so many regions.
    pub fn of(size: usize) -> Self {
        Self { size, with: Vec::new(), without: Vec::new(), tried: 5, power: 0.8 }
    }

    /// Sets of regions, the best first: by the smallest lift they show with the power that is asked for. Sets that show none come last.
    ///
    /// # Formula
    /// From each region a set is made of it, those that must be in it, and the regions that correlate with it most. Of these sets those whose mean is followed best by a synthetic control of
    /// the others (gap before over the treated mean) are tried with the design.
    ///
    /// Cost: regions² × days for correlations, a synthetic control a region, and `tried` times [`Design::power`].
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a size that leaves no region over, or is smaller than what must be in; [`Error::Unit`] for a name that is not there; those of [`Design::power`].
    pub fn run(&self, history: &History, design: &Design) -> Result<Vec<Candidate>, Error> {
        let regions = history.regions();
        let place = |name: &String| {
            let place = regions.iter().position(|region| region == name);
            place.ok_or_else(|| Error::Unit { unit: name.clone(), what: "is not in the history" })
        };
        let with = self.with.iter().map(place).collect::<Result<BTreeSet<_>, _>>()?;
        let without = self.without.iter().map(place).collect::<Result<BTreeSet<_>, _>>()?;
        let free: Vec<usize> = (0..regions.len()).filter(|place| !without.contains(place)).collect();
        if self.size == 0 || self.size < with.len() || self.size > free.len() || self.size >= regions.len() {
            return Err(Error::range(
                "size",
                "room for the regions that must be in, and a region left over",
                self.size,
            ));
        }
        if let Some(both) = with.intersection(&without).next() {
            return Err(Error::Unit { unit: regions[*both].clone(), what: "must be treated, and must not" });
        }
        let mut sets = BTreeSet::new();
        for &anchor in &free {
            let mut others: Vec<(f64, usize)> = (free.iter().filter(|other| **other != anchor))
                .map(|&other| (correlation(history.row(anchor), history.row(other)), other))
                .collect();
            others.sort_by(|one, two| two.0.total_cmp(&one.0).then(one.1.cmp(&two.1)));
            let mut set = with.clone();
            for next in std::iter::once(anchor).chain(others.into_iter().map(|(_, other)| other)) {
                if set.len() >= self.size {
                    break;
                }
                set.insert(next);
            }
            sets.insert(set);
        }
        let mut fitted = Vec::with_capacity(sets.len());
        for set in sets {
            let treated: Vec<String> = set.iter().map(|place| regions[*place].clone()).collect();
            let panel = history.turned(&treated, 1, 0)?;
            let control = SyntheticControl::new(&panel, Weighting { demeaned: true, ridge: None })?;
            let base = control.actual().iter().sum::<f64>() / control.actual().len() as f64;
            let gap = if base > 0.0 { control.rmspe_before() / base } else { f64::MAX };
            fitted.push((gap, treated));
        }
        fitted.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut candidates = Vec::new();
        for (gap, treated) in fitted.into_iter().take(self.tried) {
            let power = design.power(history, &treated)?;
            let detectable = match power.detectable(self.power) {
                Err(Error::NotFound { .. }) => None,
                found => Some(found?),
            };
            let per_lift = power.base() * (treated.len() * design.days) as f64;
            candidates.push(Candidate {
                treated,
                gap,
                detectable,
                false_alarms: power.of(0.0),
                bias: power.bias(),
                per_lift,
            });
        }
        let size = |candidate: &Candidate| candidate.detectable.map_or(f64::INFINITY, f64::abs);
        candidates.sort_by(|one, other| size(one).total_cmp(&size(other)).then(one.gap.total_cmp(&other.gap)));
        Ok(candidates)
    }
}

fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let n = one.len() as f64;
    let (x, y) = (one.iter().sum::<f64>() / n, other.iter().sum::<f64>() / n);
    let [mut both, mut xx, mut yy] = [0.0; 3];
    for (a, b) in one.iter().zip(other) {
        both += (a - x) * (b - y);
        xx += (a - x) * (a - x);
        yy += (b - y) * (b - y);
    }
    let correlation = both / xx.sqrt() / yy.sqrt();
    if correlation.is_finite() { correlation } else { 0.0 }
}

/// A set of regions to treat.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Candidate {
    treated: Vec<String>,
    gap: f64,
    detectable: Option<f64>,
    false_alarms: f64,
    bias: f64,
    per_lift: f64,
}

impl Candidate {
    /// Their names.
    pub fn treated(&self) -> &[String] {
        &self.treated
    }

    /// How far a synthetic control of the others is from them on a day, over their mean.
    pub fn gap(&self) -> f64 {
        self.gap
    }

    /// The smallest lift that is found with the power that was asked for; none where no lift is.
    pub fn detectable(&self) -> Option<f64> {
        self.detectable
    }

    /// The share of places of the history where the test found an effect, and there was none.
    pub fn false_alarms(&self) -> f64 {
        self.false_alarms
    }

    /// [`Power::bias`](super::Power::bias).
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// What the campaign has to cost for the smallest lift, if one more of the outcome costs so much; a saving, below zero, for a cut.
    pub fn spend(&self, cost_per_incremental: f64) -> Option<f64> {
        self.detectable.map(|lift| lift * self.per_lift * cost_per_incremental).filter(|spend| spend.is_finite())
    }
}
