use crate::geo::tbr::{Noise, Tbr};
use crate::geo::{Conformal, Counterfactual, Did, Norm, Panel, Placebos, Weighting};
use crate::resampling::Plan;
use crate::{Alternative, ConfidenceSet, Error, Hypothesis, Level, Readout};

/// Regions day by day, while nothing was tested.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct History {
    /// Its treatment is not looked at.
    panel: Panel,
}

impl History {
    /// Regions with their values.
    ///
    /// # Errors
    ///
    /// Those of [`Panel::new`]: two regions and two days at least.
    pub fn new<N: Into<String>>(regions: impl IntoIterator<Item = (N, Vec<f64>)>) -> Result<Self, Error> {
        let regions: Vec<(String, Vec<f64>)> =
            regions.into_iter().map(|(name, values)| (name.into(), values)).collect();
        let first: Vec<String> = regions.iter().take(1).map(|(name, _)| name.clone()).collect();
        Ok(Self { panel: Panel::new(regions, &first, 1)? })
    }

    /// The days of a panel before its treatment.
    ///
    /// # Errors
    ///
    /// Those of [`History::new`].
    pub fn before(panel: &Panel) -> Result<Self, Error> {
        let days = panel.first_treated();
        Self::new(
            panel.units().iter().enumerate().map(|(place, name)| (name.clone(), panel.row(place)[..days].to_vec())),
        )
    }

    /// The names.
    pub fn regions(&self) -> &[String] {
        self.panel.units()
    }

    /// How many days.
    pub fn days(&self) -> usize {
        self.panel.days()
    }

    pub(super) fn row(&self, place: usize) -> &[f64] {
        self.panel.row(place)
    }

    /// As if these had been treated in the last days, with the history turned so that it ends at another place. The order of days is kept but for the one seam.
    pub(super) fn turned(&self, treated: &[impl AsRef<str>], days: usize, by: usize) -> Result<Panel, Error> {
        let first = self.days().saturating_sub(days);
        let units = self.regions().iter().enumerate().map(|(place, name)| {
            let mut row = self.row(place).to_vec();
            row.rotate_left(by % self.days());
            (name.clone(), row)
        });
        Panel::new(units, treated, first)
    }
}

/// How the experiment will be read.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Method {
    /// [`Did::randomisation`].
    Did,
    /// [`Conformal`], with [`Norm::Sum`]: the mean effect, also where days' effects differ, as those of a lift do.
    Conformal(Counterfactual),
    /// [`Placebos`].
    Placebos(Weighting),
    /// [`Tbr`] of both sides' totals.
    Tbr(Noise),
}

impl Default for Method {
    /// Conformal, with a synthetic control of demeaned regions: for chosen regions, and days that depend on days.
    fn default() -> Self {
        Self::Conformal(Counterfactual::Synthetic(Weighting { demeaned: true, ridge: None }))
    }
}

impl Method {
    /// The effect on a treated region and day.
    ///
    /// # Errors
    ///
    /// Those of the method.
    pub fn readout(self, panel: &Panel, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        match self {
            Self::Did => Did::new(panel)
                .randomisation(hypothesis, Plan { resamples: 1_999, exact_up_to: 20_000, ..Plan::default() }),
            Self::Conformal(counterfactual) => Conformal::new(panel, counterfactual, Norm::Sum).readout(hypothesis),
            Self::Placebos(weighting) => Placebos::new(panel, weighting)?.readout(hypothesis),
            Self::Tbr(noise) => {
                let total = |places: &[usize]| {
                    let n = places.len() as f64;
                    panel.mean(places).into_iter().map(|mean| n * mean).collect::<Vec<_>>()
                };
                let hypothesis = hypothesis.into();
                let treated = panel.treated();
                let before = panel.first_treated();
                let each = treated.len() as f64 * (panel.days() - before) as f64;
                let null = hypothesis.null().unwrap_or(0.0);
                Tbr::new(&total(&panel.controls()), &total(&treated), before)?
                    .effect(noise, hypothesis.against(null * each))
                    .map(|total| total.per(each))
            }
        }
    }
}

/// What is planned.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers; checked where it is used")]
pub struct Design {
    /// Days of the campaign.
    pub days: usize,
    /// How it will be read.
    pub method: Method,
    /// What is to be shown, against no effect. For a cut of spend: [`Hypothesis::less`].
    pub alternative: Alternative,
    /// How sure.
    pub level: Level,
    /// At how many places of the history the test is tried, evenly apart; 30. All of them are as many as there are days.
    pub places: usize,
}

impl Design {
    /// So many days, two-sided at 90 %, by [`Method::default`], at 30 places.
    pub fn days(days: usize) -> Self {
        Self { days, method: Method::default(), alternative: Alternative::TwoSided, level: Level::P90, places: 30 }
    }

    /// What the test would find with these regions treated.
    ///
    /// # Formula
    /// The history is turned, day by day in a circle, so that its last days lie at another place each time; the order of days, and with it what days have to do with each other, is kept. At
    /// each place the test is read where nothing happened. An effect moves its set by as much, so each set says which effects it would have told from none, and no test is run twice. With no
    /// effect that share is the share of false alarms, about α. Effects are lifts: on what the treated regions had at that place.
    ///
    /// Cost: so many tests as places.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for no days, no place, or fewer days before than days of the campaign; those of [`Panel::new`] and of the method.
    pub fn power(&self, history: &History, treated: &[impl AsRef<str>]) -> Result<Power, Error> {
        let all = history.days();
        for (what, given) in [("days of the campaign", self.days), ("places of the history", self.places)] {
            if given == 0 {
                return Err(Error::TooFew { what, needed: 1, given: 0 });
            }
        }
        let needed = self.days.saturating_mul(2);
        if all < needed {
            return Err(Error::TooFew { what: "days of the history", needed: needed as u64, given: all as u64 });
        }
        let hypothesis = Hypothesis::from(self.alternative).at(self.level);
        let places = self.places.min(all);
        let mut trials = Vec::with_capacity(places);
        for place in 0..places {
            let panel = history.turned(treated, self.days, place * all / places)?;
            let readout = self.method.readout(&panel, hypothesis)?;
            let after = &panel.treated_mean()[panel.first_treated()..];
            let base = after.iter().sum::<f64>() / after.len() as f64;
            if base <= 0.0 {
                return Err(Error::ZeroBase {
                    what: "the treated regions' mean at some place of the history, or less than zero,",
                });
            }
            trials.push(Trial { set: readout.set(), base, estimate: readout.estimate() });
        }
        Ok(Power { trials, cut: self.alternative == Alternative::Less })
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
struct Trial {
    set: ConfidenceSet,
    base: f64,
    estimate: Option<f64>,
}

/// How probably effects are found, by the places of a history where none was.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Power {
    trials: Vec<Trial>,
    cut: bool,
}

impl Power {
    /// The share of places where a lift would be told from none; of 0, the share of false alarms.
    pub fn of(&self, lift: f64) -> f64 {
        let found = |trial: &&Trial| !trial.set.contains(-lift * trial.base);
        self.trials.iter().filter(found).count() as f64 / self.trials.len() as f64
    }

    /// How far a share may be from the truth by the number of places: √(p(1 − p)/places), as if they were independent. Places whose days overlap are not: the truth is further.
    pub fn standard_error(&self, share: f64) -> f64 {
        (share * (1.0 - share) / self.trials.len() as f64).max(0.0).sqrt()
    }

    /// The smallest lift from which on every one is found with the probability `power`; below zero for a cut.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless 0 < power ≤ 1; [`Error::NotFound`] where no lift is found so often, because sets are not bounded.
    pub fn detectable(&self, power: f64) -> Result<f64, Error> {
        if !(power > 0.0 && power <= 1.0) {
            return Err(Error::range("power", "above 0 and at most 1", power));
        }
        // From where on a place finds the lift: its set no longer holds zero.
        let mut needed: Vec<f64> = self
            .trials
            .iter()
            .map(|trial| {
                let (low, high) = trial.set.ends();
                (if self.cut { high } else { -low }) / trial.base
            })
            .map(|lift| lift.max(0.0))
            .collect();
        needed.sort_unstable_by(f64::total_cmp);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of trials")]
        let rank = (power * needed.len() as f64 - 1e-9).ceil().max(1.0) as usize;
        let lift = needed.get(rank - 1).copied().filter(|lift| lift.is_finite());
        let lift = lift.ok_or(Error::NotFound { what: "a lift that is found so often", steps: 0 })?;
        // Just beyond the end, which the set holds itself.
        let beyond = lift * (1.0 + 1e-9) + f64::MIN_POSITIVE;
        Ok(if self.cut { -beyond } else { beyond })
    }

    /// The mean of the estimates where nothing happened, as a lift: far from zero, the regions are not followed by the others.
    pub fn bias(&self) -> f64 {
        let lifts = self.trials.iter().filter_map(|trial| trial.estimate.map(|estimate| estimate / trial.base));
        let (sum, n) = lifts.fold((0.0, 0.0), |(sum, n), lift| (sum + lift, n + 1.0));
        if n > 0.0 { sum / n } else { 0.0 }
    }

    /// What the treated regions have on a day, on average.
    pub fn base(&self) -> f64 {
        self.trials.iter().map(|trial| trial.base).sum::<f64>() / self.trials.len() as f64
    }
}
