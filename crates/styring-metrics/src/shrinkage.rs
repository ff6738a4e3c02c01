use styring_special::{Split, beta_inc_inv, gamma_inc_inv};

use crate::check::finite_in;
use crate::{Confidence, Error, Limits};

/// One group's evidence: results over an exposure. For a rate, successes over trials; for a cost, results over spend.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Exposed {
    /// What came: orders, clicks.
    pub results: f64,
    /// What it came of, above zero: spend, impressions.
    pub exposure: f64,
}

/// How rates of groups are spread: a gamma distribution, as good as `results` results over `exposure`. It is what a group without evidence is expected to do.
///
/// A channel with three lucky orders does not outrank one with thirty: its rate is drawn toward that of all channels, the more the less it has been tried, and
/// by as much as the channels differ among themselves beyond chance.
///
/// ```
/// use styring_metrics::{Confidence, Exposed, RatePrior};
///
/// let orders = |results, exposure| Exposed { results, exposure };
/// let channels = [orders(3.0, 1_000.0), orders(30.0, 20_000.0), orders(45.0, 20_000.0), orders(22.0, 20_000.0)];
/// let prior = RatePrior::fit(&channels)?;
/// let rates: Vec<f64> = channels.iter().map(|channel| prior.shrunk(channel)).collect::<Result<_, _>>()?;
/// assert!(rates[0] < rates[2]); // not the best any more
/// let limits = prior.limits(&channels[0], Confidence::two_sided(0.9)?)?;
/// assert!(limits.low.is_some_and(|low| low < 0.002) && limits.high.is_some_and(|high| high > 0.002));
///
/// // What was learned of a channel last month is carried into this one, at half its weight.
/// let november = prior.learned(&channels[2])?.fade(0.5)?;
/// assert!(november.shrunk(&orders(0.0, 100.0))? > prior.shrunk(&orders(0.0, 100.0))?);
/// # Ok::<(), styring_metrics::Error>(())
/// ```
///
/// For shares (CTR, viewability), where results are no small part of what they come of, there is [`SharePrior`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::RatePrior"))]
pub struct RatePrior {
    results: f64,
    exposure: f64,
    /// Whether the groups differ by no more than chance, so that all get the common rate.
    alike: bool,
    doubt: Doubt,
}

/// How shares of groups are spread: a beta distribution, as good as `successes` of `trials`. What [`RatePrior`] is for rates without an end.
///
/// ```
/// use styring_metrics::{Exposed, SharePrior};
///
/// let seen = |results, exposure| Exposed { results, exposure };
/// let creatives = [seen(9.0, 10.0), seen(640.0, 1000.0), seen(720.0, 1000.0), seen(580.0, 1000.0)];
/// let prior = SharePrior::fit(&creatives)?;
/// assert!(prior.shrunk(&creatives[0])? < prior.shrunk(&creatives[2])?); // nine of ten is less than 720 of 1000
/// # Ok::<(), styring_metrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::SharePrior"))]
pub struct SharePrior {
    successes: f64,
    trials: f64,
    alike: bool,
    doubt: Doubt,
}

/// What is not known of a prior that comes from few groups (Morris 1983).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct Doubt {
    /// The variance of the common rate.
    mean2: f64,
    /// `2 / (G − 3)`: by how much of its own square the weight of the prior may be wrong.
    weight2: f64,
}

impl RatePrior {
    /// The prior from the groups themselves (empirical Bayes), by moments: the common rate `m = Σn / ΣE`, and the variance of rates beyond chance,
    ///
    /// `v = (Σ Eᵢ(rᵢ − m)² − (G − 1)·m) / (ΣE − ΣE² / ΣE)`.
    ///
    /// The prior is then `m²/v` results over `m/v`. Where `v` is not above zero the groups are alike: each is given the common rate.
    ///
    /// Source: the moment estimator of DerSimonian and Laird for Poisson rates. Errors: fewer than two groups, an exposure of zero, no results at all.
    pub fn fit(groups: &[Exposed]) -> Result<Self, Error> {
        let moments = Moments::of(groups, false)?;
        let Moments { mean, exposure, variance, doubt } = moments;
        let alike = variance.is_nan() || variance <= mean * mean * 1e-12;
        let exposure = if alike { exposure } else { mean / variance };
        Ok(Self { results: mean * exposure, exposure, alike, doubt })
    }

    /// The rate of a group, drawn toward the others: `(results + prior results) / (exposure + prior exposure)`.
    pub fn shrunk(&self, group: &Exposed) -> Result<f64, Error> {
        group.check()?;
        if self.alike {
            return Ok(self.mean());
        }
        Ok((group.results + self.results) / (group.exposure + self.exposure))
    }

    /// Limits of the rate of a group: gamma quantiles with the mean of the [shrunk](Self::shrunk) rate, and its variance with what is not known of the prior.
    ///
    /// `V = r/(E + e) + B²·(V(m) + 2/(G − 3)·(own rate − m)²)`, with `B = e/(E + e)` the weight of a prior worth the exposure `e`. Without the last two (Morris 1983, *JASA* 78) limits from few groups are too
    /// narrow. They hold on average over groups like these, and not for one that is unlike all others.
    ///
    /// Errors: as [`shrunk`](Self::shrunk).
    pub fn limits(&self, group: &Exposed, confidence: Confidence) -> Result<Limits, Error> {
        let mean = self.shrunk(group)?;
        let (weight, own) = if self.alike { (1.0, 0.0) } else { self.weigh(group) };
        let variance = own * mean + self.doubt.at(weight, group.results / group.exposure - self.mean());
        if variance <= mean * mean * 1e-24 {
            return confidence.limits(|_| Ok(mean), |_| Ok(Some(mean)));
        }
        let shape = mean * mean / variance;
        let at = |tail| -> Result<f64, Error> { Ok(gamma_inc_inv(shape, tail)? * (variance / mean)) };
        confidence.limits(|tail| at(Split::from_lower(tail)?), |tail| Ok(Some(at(Split::from_upper(tail)?)?)))
    }

    /// What is expected of a group next, now that it has been seen: its posterior, as a prior of its own. With [`fade`](Self::fade), last month's learning for this month, channel by channel.
    ///
    /// Errors: as [`shrunk`](Self::shrunk).
    pub fn learned(&self, group: &Exposed) -> Result<Self, Error> {
        group.check()?;
        if self.alike {
            return Ok(*self);
        }
        let (weight, _) = self.weigh(group);
        let doubt = self.doubt.after(weight, group.results / group.exposure - self.mean());
        Ok(Self {
            results: group.results + self.results,
            exposure: group.exposure + self.exposure,
            alike: false,
            doubt,
        })
    }

    /// The weight of the prior, and one over the exposure of both.
    fn weigh(&self, group: &Exposed) -> (f64, f64) {
        let all = group.exposure + self.exposure;
        (self.exposure / all, 1.0 / all)
    }

    /// The common rate.
    pub fn mean(&self) -> f64 {
        self.results / self.exposure
    }

    /// How much evidence of its own a group needs to weigh as much as the others: an exposure.
    pub fn exposure(&self) -> f64 {
        self.exposure
    }

    /// Whether the groups differ by no more than chance.
    pub fn alike(&self) -> bool {
        self.alike
    }

    /// The same rate at a part of its weight, from above 0 to 1: last month's learning for this month. It is a prior with a spread then, even if the groups were alike.
    pub fn fade(&self, part: f64) -> Result<Self, Error> {
        finite_in("part", part, 1e-9..=1.0, "above 0 and at most 1")?;
        Ok(Self { results: self.results * part, exposure: self.exposure * part, alike: false, doubt: self.doubt })
    }
}

impl SharePrior {
    /// The prior from the groups themselves (empirical Bayes), by moments: the common share `m = Σx / Σn`, and the variance of shares beyond chance,
    ///
    /// `v = (Σ nᵢ(pᵢ − m)² − (G − 1)·m(1 − m)) / (Σn − Σn² / Σn − (G − 1))`.
    ///
    /// The prior is then worth `m(1 − m)/v − 1` trials, of which the part `m` succeeded. Where `v` is not above zero the groups are alike: each is given the common share.
    ///
    /// Errors: fewer than two groups, no trials, no success at all, more successes than trials.
    pub fn fit(groups: &[Exposed]) -> Result<Self, Error> {
        groups.iter().try_for_each(Exposed::check_share)?;
        let Moments { mean, exposure, variance, doubt } = Moments::of(groups, true)?;
        let binomial = mean * (1.0 - mean);
        let alike = variance.is_nan() || variance <= binomial * 1e-12;
        // Shares of nothing and all would leave a prior of no weight, which is none.
        let trials = if alike { exposure } else { (binomial / variance - 1.0).max(1e-3) };
        Ok(Self { successes: mean * trials, trials, alike, doubt })
    }

    /// The share of a group, drawn toward the others: `(successes + prior successes) / (trials + prior trials)`.
    pub fn shrunk(&self, group: &Exposed) -> Result<f64, Error> {
        group.check_share()?;
        if self.alike {
            return Ok(self.mean());
        }
        Ok((group.results + self.successes) / (group.exposure + self.trials))
    }

    /// Limits of the share of a group: beta quantiles, as [`RatePrior::limits`].
    ///
    /// Errors: as [`shrunk`](Self::shrunk).
    pub fn limits(&self, group: &Exposed, confidence: Confidence) -> Result<Limits, Error> {
        let mean = self.shrunk(group)?;
        let (weight, own) = if self.alike { (1.0, 0.0) } else { self.weigh(group) };
        let binomial = mean * (1.0 - mean);
        let variance = own * binomial + self.doubt.at(weight, group.results / group.exposure - self.mean());
        if variance <= binomial * 1e-24 {
            return confidence.limits(|_| Ok(mean), |_| Ok(Some(mean)));
        }
        // A variance as large as that of nothing and all is one.
        let trials = (binomial / variance - 1.0).max(1e-3);
        let at = |tail| -> Result<f64, Error> { Ok(beta_inc_inv(mean * trials, (1.0 - mean) * trials, tail)?.lower()) };
        confidence.limits(|tail| at(Split::from_lower(tail)?), |tail| Ok(Some(at(Split::from_upper(tail)?)?)))
    }

    /// What is expected of a group next, now that it has been seen; as [`RatePrior::learned`].
    ///
    /// Errors: as [`shrunk`](Self::shrunk).
    pub fn learned(&self, group: &Exposed) -> Result<Self, Error> {
        group.check_share()?;
        if self.alike {
            return Ok(*self);
        }
        let (weight, _) = self.weigh(group);
        let doubt = self.doubt.after(weight, group.results / group.exposure - self.mean());
        Ok(Self {
            successes: group.results + self.successes,
            trials: group.exposure + self.trials,
            alike: false,
            doubt,
        })
    }

    /// The weight of the prior, and the variance of a posterior over that of one trial.
    fn weigh(&self, group: &Exposed) -> (f64, f64) {
        let all = group.exposure + self.trials;
        (self.trials / all, 1.0 / (all + 1.0))
    }

    /// The common share.
    pub fn mean(&self) -> f64 {
        self.successes / self.trials
    }

    /// How many trials of its own a group needs to weigh as much as the others.
    pub fn trials(&self) -> f64 {
        self.trials
    }

    /// Whether the groups differ by no more than chance.
    pub fn alike(&self) -> bool {
        self.alike
    }

    /// The same share at a part of its weight, from above 0 to 1; as [`RatePrior::fade`].
    pub fn fade(&self, part: f64) -> Result<Self, Error> {
        finite_in("part", part, 1e-9..=1.0, "above 0 and at most 1")?;
        Ok(Self { successes: self.successes * part, trials: self.trials * part, alike: false, doubt: self.doubt })
    }
}

impl Exposed {
    fn check(&self) -> Result<(), Error> {
        finite_in("exposure", self.exposure, 1e-15..=1e15, "above 0 and at most 1e15")?;
        finite_in("results", self.results, 0.0..=1e15, "from 0 to 1e15")
    }

    fn check_share(&self) -> Result<(), Error> {
        self.check()?;
        finite_in("successes", self.results, 0.0..=self.exposure, "from 0 to the trials")
    }
}

impl Doubt {
    /// The variance that it adds where the prior has a weight and the group lies so far from it.
    fn at(self, weight: f64, apart: f64) -> f64 {
        weight * weight * (self.mean2 + self.weight2 * apart * apart)
    }

    /// What is left of it when the group has been seen.
    fn after(self, weight: f64, apart: f64) -> Self {
        Self { mean2: self.at(weight, apart), weight2: 0.0 }
    }
}

/// What the groups say of the distribution they come from.
struct Moments {
    mean: f64,
    exposure: f64,
    variance: f64,
    doubt: Doubt,
}

impl Moments {
    /// Of Poisson rates, or of binomial shares.
    fn of(groups: &[Exposed], shares: bool) -> Result<Self, Error> {
        if groups.len() < 2 {
            return Err(Error::OutOfRange {
                field: "groups",
                expected: "at least two",
                value: groups.len().to_string(),
            });
        }
        groups.iter().try_for_each(Exposed::check)?;
        let total = |of: &dyn Fn(&Exposed) -> f64| groups.iter().map(of).sum::<f64>();
        let (results, exposure) = (total(&|group| group.results), total(&|group| group.exposure));
        finite_in("results of all groups", results, f64::MIN_POSITIVE..=1e18, "above zero")?;
        let mean = results / exposure;
        // The variance of one unit of exposure, by chance.
        let chance = if shares { mean * (1.0 - mean) } else { mean };
        let freedom = groups.len() as f64 - 1.0;
        let spread = total(&|group| {
            let apart = group.results / group.exposure - mean;
            group.exposure * apart * apart
        });
        let squares = total(&|group| group.exposure * group.exposure) / exposure;
        let room = exposure - squares - if shares { freedom } else { 0.0 };
        let variance = if room > 0.0 { (spread - freedom * chance) / room } else { 0.0 };
        let mean2 = (chance + variance.max(0.0) * squares) / exposure;
        let doubt = Doubt { mean2, weight2: 2.0 / (freedom - 2.0).max(1.0) };
        Ok(Self { mean, exposure, variance, doubt })
    }
}

#[cfg(feature = "serde")]
mod stored {
    //! Priors from outside, which may be none.

    use super::Doubt;
    use crate::Error;
    use crate::check::finite_in;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct RatePrior {
        results: f64,
        exposure: f64,
        alike: bool,
        doubt: Doubt,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct SharePrior {
        successes: f64,
        trials: f64,
        alike: bool,
        doubt: Doubt,
    }

    impl TryFrom<RatePrior> for super::RatePrior {
        type Error = Error;

        fn try_from(stored: RatePrior) -> Result<Self, Error> {
            let RatePrior { results, exposure, alike, doubt } = stored;
            finite_in("prior results", results, f64::MIN_POSITIVE..=1e300, "above zero")?;
            finite_in("prior exposure", exposure, 1e-300..=1e300, "above zero")?;
            doubt.check()?;
            Ok(Self { results, exposure, alike, doubt })
        }
    }

    impl TryFrom<SharePrior> for super::SharePrior {
        type Error = Error;

        fn try_from(stored: SharePrior) -> Result<Self, Error> {
            let SharePrior { successes, trials, alike, doubt } = stored;
            finite_in("prior trials", trials, 1e-300..=1e300, "above zero")?;
            finite_in("prior successes", successes, f64::MIN_POSITIVE..=trials, "above zero, and at most the trials")?;
            doubt.check()?;
            Ok(Self { successes, trials, alike, doubt })
        }
    }

    impl Doubt {
        fn check(&self) -> Result<(), Error> {
            finite_in("doubt of the mean", self.mean2, 0.0..=1e300, "zero or above")?;
            finite_in("doubt of the weight", self.weight2, 0.0..=2.0, "from 0 to 2")
        }
    }
}
