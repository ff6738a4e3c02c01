//! gbstats 0.8.0: the power of an experiment that is running, of the relative effect of a share.
//!
//! Where it fails: the standard error is that of the delta method around the rates seen so far, so it is too small where few have converted; and the sequential version takes the width of the interval at the end, not the best of all looks.

use crate::group_sequential::walk::{tails, upper_quantile};
use crate::{Counts, Error, Level};

/// What GrowthBook asks of a running experiment.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Settings {
    /// The relative effect that is to be found.
    pub target_effect: f64,
    /// The power that is to be had for all goals together.
    pub target_power: f64,
    /// How many metrics are goals.
    pub goals: u32,
    /// How many arms there are, the control included.
    pub variations: u32,
    /// The error of all tests or of one.
    pub level: Level,
    /// Whether the error is divided by the number of goals times that of arms less the control (Bonferroni).
    pub corrected: bool,
    /// The sample size for which sequential intervals are tuned; none for fixed ones. Not used with a prior.
    pub sequential: Option<f64>,
    /// Mean and variance of a prior on the relative effect.
    pub prior: Option<(f64, f64)>,
}

/// A running experiment: what has been seen, and what is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MidExperiment {
    settings: Settings,
    visitors: f64,
    variance: f64,
    /// The error of one test, both sides.
    alpha: f64,
}

impl MidExperiment {
    /// From the counts of both arms so far.
    ///
    /// # Errors
    ///
    /// [`Error::ZeroBase`] without conversions of the control, [`Error::NoSpread`] if all of an arm converted or none, [`Error::OutOfRange`] for a setting outside its range.
    pub fn new(control: Counts, treatment: Counts, settings: Settings) -> Result<Self, Error> {
        let (Some(base), Some(rate)) = (control.rate(), treatment.rate()) else {
            return Err(Error::TooFew { what: "trials in an arm", needed: 1, given: 0 });
        };
        if control.successes() == 0 {
            return Err(Error::ZeroBase { what: "the rate of the control" });
        }
        let (spread, base_spread) = (rate * (1.0 - rate), base * (1.0 - base));
        if spread <= 0.0 || base_spread <= 0.0 {
            return Err(Error::NoSpread { what: "conversion in an arm" });
        }
        if !(settings.target_power > 0.0 && settings.target_power < 1.0) {
            return Err(Error::range("target_power", "between 0 and 1", settings.target_power));
        }
        if !settings.target_effect.is_finite() {
            return Err(Error::range("target_effect", "a number", settings.target_effect));
        }
        if settings.goals == 0 || settings.variations < 2 {
            return Err(Error::range(
                "goals and variations",
                "1 and 2 or more",
                settings.goals.min(settings.variations),
            ));
        }
        if let Some(tuned) = settings.sequential.filter(|tuned| !(*tuned > 0.0 && tuned.is_finite())) {
            return Err(Error::range("sequential", "above 0 and finite", tuned));
        }
        let unfit = |(mean, variance): &(f64, f64)| !(mean.is_finite() && *variance > 0.0 && variance.is_finite());
        if let Some((mean, variance)) = settings.prior.filter(unfit) {
            return Err(Error::range("prior", "a mean, and a variance above 0", format!("{mean}, {variance}")));
        }
        let (n, m) = (control.trials() as f64, treatment.trials() as f64);
        let ratio = rate / base;
        let variance = (spread / m + ratio * ratio * base_spread / n) / (base * base);
        let all = f64::from(settings.variations - 1) * f64::from(settings.goals);
        let tests = if settings.corrected { all } else { 1.0 };
        Ok(Self { settings, visitors: n + m, variance, alpha: settings.level.alpha() / tests })
    }

    /// The standard error of the relative effect so far.
    pub fn se(&self) -> f64 {
        self.variance.sqrt()
    }

    /// The power after 1 + `more` times the visitors there are, `more` ≥ 0.
    pub fn power(&self, more: f64) -> f64 {
        let more = if more > 0.0 { more } else { 0.0 };
        let variance = self.variance / (1.0 + more);
        let sd = variance.sqrt();
        let effect = self.settings.target_effect.abs();
        let z = upper_quantile(self.alpha / 2.0);
        let (width, shift) = match (self.settings.prior, self.settings.sequential) {
            (Some((mean, prior)), _) => (z * variance * (1.0 / prior + 1.0 / variance).sqrt(), variance * mean / prior),
            (None, Some(tuned)) => {
                let n = self.visitors * (1.0 + more);
                // gbstats keeps the sum of squares of now, and the visitors of then.
                (mixture_width(n, tuned, self.alpha) * (self.visitors * self.variance / n).sqrt(), 0.0)
            }
            (None, None) => (z * sd, 0.0),
        };
        tails((width - shift - effect) / sd).0 + tails((width + shift + effect) / sd).0
    }

    /// The power that each goal needs for all to have the target: target^(1/goals).
    pub fn adjusted_power(&self) -> f64 {
        libm::pow(self.settings.target_power, 1.0 / f64::from(self.settings.goals))
    }

    /// How many times the visitors there are must come in addition, found as GrowthBook finds it: by doubling, and halving until the power is within 1e-5. 0 if there is power enough.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if 2^27 times are not enough, or it does not settle.
    pub fn scaling_factor(&self) -> Result<f64, Error> {
        let goal = self.adjusted_power();
        if self.power(0.0) > goal {
            return Ok(0.0);
        }
        let mut more = 1.0;
        for _ in 0..27 {
            if self.power(more) >= goal {
                break;
            }
            more *= 2.0;
        }
        let mut excess = self.power(more) - goal;
        if excess < 0.0 {
            return Err(Error::NotFound { what: "a number of visitors with that power", steps: 27 });
        }
        let (mut low, mut high) = (0.0, more);
        for _ in 0..100 {
            if excess > 0.0 {
                high = more;
            } else {
                low = more;
            }
            more = 0.5 * (low + high);
            excess = self.power(more) - goal;
            if excess.abs() < 1e-5 {
                return Ok(more);
            }
        }
        Err(Error::NotFound { what: "a number of visitors with that power", steps: 100 })
    }

    /// The visitors that must come in addition; none if there is power enough.
    ///
    /// # Errors
    ///
    /// As [`MidExperiment::scaling_factor`].
    pub fn additional_visitors(&self) -> Result<Option<f64>, Error> {
        let factor = self.scaling_factor()?;
        Ok((factor > 0.0).then_some(factor * self.visitors))
    }
}

/// The half width of GrowthBook's asymptotic confidence sequence, in standard errors, at n visitors if tuned for `tuned`.
pub(crate) fn mixture_width(n: f64, tuned: f64, alpha: f64) -> f64 {
    let rho2 = (-2.0 * libm::log(alpha) + libm::log1p(-2.0 * libm::log(alpha))) / tuned;
    let v = n * rho2;
    (2.0 * (v + 1.0) / v * (0.5 * libm::log1p(v) - libm::log(alpha))).sqrt()
}
