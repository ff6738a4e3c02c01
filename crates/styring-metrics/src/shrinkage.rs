use crate::Error;
use crate::check::finite_in;

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
/// use styring_metrics::{Exposed, RatePrior};
///
/// let orders = |results, exposure| Exposed { results, exposure };
/// let channels = [orders(3.0, 1_000.0), orders(30.0, 20_000.0), orders(45.0, 20_000.0), orders(22.0, 20_000.0)];
/// let prior = RatePrior::fit(&channels)?;
/// let rates: Vec<f64> = channels.iter().map(|channel| prior.shrunk(channel)).collect::<Result<_, _>>()?;
/// assert!(rates[0] < rates[2]); // not the best any more
///
/// // What was learned last month is carried into this one, at half its weight.
/// let october = prior.fade(0.5)?;
/// assert!(october.shrunk(&orders(0.0, 100.0))? > 0.0);
/// # Ok::<(), styring_metrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct RatePrior {
    results: f64,
    exposure: f64,
    /// Whether the groups differ by no more than chance, so that all get the common rate.
    alike: bool,
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
        let spread = total(&|group| {
            let apart = group.results / group.exposure - mean;
            group.exposure * apart * apart
        });
        let by_chance = (groups.len() as f64 - 1.0) * mean;
        let room = exposure - total(&|group| group.exposure * group.exposure) / exposure;
        let variance = (spread - by_chance) / room;
        let alike = variance.is_nan() || variance <= mean * mean * 1e-12;
        let exposure = if alike { exposure } else { mean / variance };
        Ok(Self { results: mean * exposure, exposure, alike })
    }

    /// The rate of a group, drawn toward the others: `(results + prior results) / (exposure + prior exposure)`.
    pub fn shrunk(&self, group: &Exposed) -> Result<f64, Error> {
        group.check()?;
        if self.alike {
            return Ok(self.mean());
        }
        Ok((group.results + self.results) / (group.exposure + self.exposure))
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
        Ok(Self { results: self.results * part, exposure: self.exposure * part, alike: false })
    }
}

impl Exposed {
    fn check(&self) -> Result<(), Error> {
        finite_in("exposure", self.exposure, 1e-15..=1e15, "above 0 and at most 1e15")?;
        finite_in("results", self.results, 0.0..=1e15, "from 0 to 1e15")
    }
}
