use super::Method;
use crate::geo::{Conformal, Counterfactual, Norm, Panel};
use crate::{Correction, Error, Hypothesis, Readout};

/// One of several treatments that ran at once: its name and its regions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers; checked where it is used")]
pub struct Cell {
    /// The treatment.
    pub name: String,
    /// Who got it.
    pub regions: Vec<String>,
}

/// Several treatments against the same controls, and against each other.
///
/// Each cell is read without the regions of the others. P-values are Holm's (1979) of all cells, and of all pairs: the chance of any false finding stays below α. The readouts themselves are
/// each of its own test.
///
/// ```
/// use styring_experiments::{Level, geo::Panel, geo::design::{Cell, Cells, Method}};
///
/// let noise = |i: u32| f64::from(i.wrapping_mul(2_654_435_761) >> 16) / 65_536.0 - 0.5;
/// let region = |i: u32, effect: f64| (0..60).map(|day| 50.0 + f64::from(day % 7) + 4.0 * noise(100 * i + day) + if day < 50 { 0.0 } else { effect }).collect::<Vec<_>>();
/// let panel = Panel::new((0..12).map(|i| (i.to_string(), region(i, [9.0, 9.0, 0.0, 0.0].get(i as usize).copied().unwrap_or(0.0)))), &["0"], 50)?;
/// let cell = |name: &str, regions: [&str; 2]| Cell { name: name.to_owned(), regions: regions.map(str::to_owned).to_vec() };
/// let cells = Cells::read(&panel, &[cell("search", ["0", "1"]), cell("display", ["2", "3"])], Method::default(), Level::P90)?;
/// assert!(cells.adjusted()[0] < 0.1);
/// assert!(cells.pairs()[0].1.set().contains(9.0)); // search less display
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Cells {
    effects: Vec<(String, Readout)>,
    adjusted: Vec<f64>,
    pairs: Vec<([String; 2], Readout)>,
    adjusted_pairs: Vec<f64>,
}

impl Cells {
    /// Reads all cells of a panel, whose own treated regions are not looked at but for the first day of treatment. Pairs are read by [`Conformal`] with [`Counterfactual::MeanDifference`], one
    /// cell against the other: it takes them to have moved alike before.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for no cell; [`Error::Unit`] for a region that is in two cells or not in the panel; those of [`Panel::new`] and of the method.
    pub fn read(
        panel: &Panel,
        cells: &[Cell],
        method: Method,
        hypothesis: impl Into<Hypothesis>,
    ) -> Result<Self, Error> {
        let hypothesis = hypothesis.into();
        if cells.is_empty() {
            return Err(Error::TooFew { what: "cells", needed: 1, given: 0 });
        }
        let mut seen = std::collections::BTreeSet::new();
        for region in cells.iter().flat_map(|cell| &cell.regions) {
            if !seen.insert(region) {
                return Err(Error::Unit { unit: region.clone(), what: "is in two cells" });
            }
        }
        let start = panel.first_treated();
        let mut effects = Vec::with_capacity(cells.len());
        for (place, cell) in cells.iter().enumerate() {
            let others = cells.iter().enumerate().filter(|(other, _)| *other != place);
            let others: Vec<&String> = others.flat_map(|(_, other)| &other.regions).collect();
            let own = panel.with_treatment(&cell.regions, start)?.without(&others)?;
            effects.push((cell.name.clone(), method.readout(&own, hypothesis)?));
        }
        let mut pairs = Vec::new();
        for (place, one) in cells.iter().enumerate() {
            for other in &cells[place + 1..] {
                let kept = |unit: &&String| one.regions.contains(unit) || other.regions.contains(unit);
                let out: Vec<&String> = panel.units().iter().filter(|unit| !kept(unit)).collect();
                let both = panel.with_treatment(&one.regions, start)?.without(&out)?;
                let readout = Conformal::new(&both, Counterfactual::MeanDifference, Norm::Sum).readout(hypothesis)?;
                pairs.push(([one.name.clone(), other.name.clone()], readout));
            }
        }
        let holm = |p_values: Vec<f64>| {
            Correction::Holm.adjust(&p_values, hypothesis.level()).map(|held| held.p_values().to_vec())
        };
        let adjusted = holm(effects.iter().map(|(_, readout)| readout.p_value()).collect())?;
        let adjusted_pairs = holm(pairs.iter().map(|(_, readout)| readout.p_value()).collect())?;
        Ok(Self { effects, adjusted, pairs, adjusted_pairs })
    }

    /// The effect of each cell on a region and day.
    pub fn effects(&self) -> &[(String, Readout)] {
        &self.effects
    }

    /// Their p-values, held together.
    pub fn adjusted(&self) -> &[f64] {
        &self.adjusted
    }

    /// The first cell's effect less the second's, for every two.
    pub fn pairs(&self) -> &[([String; 2], Readout)] {
        &self.pairs
    }

    /// Their p-values, held together.
    pub fn adjusted_pairs(&self) -> &[f64] {
        &self.adjusted_pairs
    }
}
