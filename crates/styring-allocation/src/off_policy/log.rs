use super::moments::Moments;
use super::{Estimate, Estimator, Logged, Refusal, Weights};
use crate::Error;

/// How weights are tamed, and when a log is refused.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Settings {
    /// Clipped IPS: the largest weight, above zero; 10.
    pub clip: f64,
    /// Switch-DR: τ, the weight above which the model decides alone, zero or above; 10.
    pub switch: f64,
    /// DRos: λ, zero or above; 100. Weights far below √λ stay, those far above go to nothing.
    pub shrink: f64,
    /// The effective sample size below which weighted estimates are refused; 100.
    pub min_ess: f64,
    /// The part of all weight of one row above which they are refused; 0.05.
    pub max_weight_share: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { clip: 10.0, switch: 10.0, shrink: 100.0, min_ess: 100.0, max_weight_share: 0.05 }
    }
}

impl Settings {
    /// The default, and nothing is refused for its weights: for those who look at [`Weights`] themselves.
    pub fn without_limits() -> Self {
        Self { min_ess: 0.0, max_weight_share: 1.0, ..Self::default() }
    }

    fn check(&self) -> Result<(), Error> {
        let above_zero = self.clip > 0.0 && self.clip.is_finite();
        if !above_zero {
            return Err(Error::out_of_range("clip", None, "above zero", self.clip));
        }
        for (field, value) in [("switch", self.switch), ("shrink", self.shrink), ("least ESS", self.min_ess)] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(Error::out_of_range(field, None, "zero or above", value));
            }
        }
        if !(self.max_weight_share > 0.0 && self.max_weight_share <= 1.0) {
            let value = self.max_weight_share;
            return Err(Error::out_of_range("largest share of a weight", None, "above 0 and at most 1", value));
        }
        Ok(())
    }
}

/// A log, added up for the estimates of one policy. It grows by rows and by [merging](Self::merge); its size does not.
///
/// Estimates and their errors come from means and co-moments of (w, w r, w (r − q), v), so that rows need be seen once only.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Stored"))]
pub struct OffPolicy {
    settings: Settings,
    /// w, w r, w (r − q), v.
    joint: Moments<4>,
    reward: Moments<1>,
    clipped: Moments<1>,
    switched: Moments<1>,
    shrunk: Moments<1>,
    /// The rewards of rows that a policy without chance would have chosen as well.
    matched: Moments<1>,
    largest: f64,
    by_chance: u64,
    without_model: u64,
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    settings: Settings,
    joint: Moments<4>,
    reward: Moments<1>,
    clipped: Moments<1>,
    switched: Moments<1>,
    shrunk: Moments<1>,
    matched: Moments<1>,
    largest: f64,
    by_chance: u64,
    without_model: u64,
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for OffPolicy {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        stored.settings.check()?;
        let rows = stored.joint.count();
        for part in [stored.reward, stored.clipped, stored.switched, stored.shrunk] {
            if part.count() != rows {
                return Err(Error::out_of_range("rows of a part of the log", None, "those of all", part.count()));
            }
        }
        for count in [stored.matched.count(), stored.by_chance, stored.without_model] {
            if count > rows {
                return Err(Error::out_of_range("rows of a kind", None, "at most all rows", count));
            }
        }
        if !(stored.largest >= 0.0 && stored.largest.is_finite()) {
            return Err(Error::out_of_range("largest weight", None, "zero or above", stored.largest));
        }
        let Stored { settings, joint, reward, clipped, switched, shrunk, matched, largest, by_chance, without_model } =
            stored;
        Ok(Self { settings, joint, reward, clipped, switched, shrunk, matched, largest, by_chance, without_model })
    }
}

/// As [`OffPolicy::new`] with the default settings.
impl Default for OffPolicy {
    fn default() -> Self {
        Self::empty(Settings::default())
    }
}

impl OffPolicy {
    /// An empty log.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a setting outside its range.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        settings.check()?;
        Ok(Self::empty(settings))
    }

    fn empty(settings: Settings) -> Self {
        Self {
            settings,
            joint: Moments::default(),
            reward: Moments::default(),
            clipped: Moments::default(),
            switched: Moments::default(),
            shrunk: Moments::default(),
            matched: Moments::default(),
            largest: 0.0,
            by_chance: 0,
            without_model: 0,
        }
    }

    /// One decision more.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a propensity outside 1e-15 to 1, a probability outside 0 to 1, or a reward or prediction that is no number or beyond 1e100; nothing is added then.
    pub fn add(&mut self, row: &Logged) -> Result<(), Error> {
        row.check()?;
        let Settings { clip, switch, shrink, .. } = self.settings;
        let weight = row.policy_probability / row.propensity;
        let (of_action, of_policy) = row.model.map_or((0.0, 0.0), |model| (model.of_action, model.of_policy));
        let residual = row.reward - of_action;
        let below = if weight <= switch { weight } else { 0.0 };
        // Divided first: the square of a large weight is larger than any number.
        let shrunk = if shrink > 0.0 { weight / (weight * (weight / shrink) + 1.0) } else { 0.0 };
        self.joint.add([weight, weight * row.reward, weight * residual, of_policy]);
        self.reward.add([row.reward]);
        self.clipped.add([weight.min(clip) * row.reward]);
        self.switched.add([of_policy + below * residual]);
        self.shrunk.add([of_policy + shrunk * residual]);
        if row.policy_probability >= 1.0 {
            self.matched.add([row.reward]);
        } else if row.policy_probability > 0.0 {
            self.by_chance = self.by_chance.saturating_add(1);
        }
        if row.model.is_none() {
            self.without_model = self.without_model.saturating_add(1);
        }
        self.largest = self.largest.max(weight);
        Ok(())
    }

    /// Another part of the same log. Associative and commutative up to the last digits; an empty log of the same settings changes nothing.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a part with other settings; nothing is merged then.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.settings != other.settings {
            return Err(Error::out_of_range(
                "settings of a part",
                None,
                "those of the log",
                format!("{:?}", other.settings),
            ));
        }
        self.joint.merge(&other.joint);
        self.reward.merge(&other.reward);
        self.clipped.merge(&other.clipped);
        self.switched.merge(&other.switched);
        self.shrunk.merge(&other.shrunk);
        self.matched.merge(&other.matched);
        self.largest = self.largest.max(other.largest);
        self.by_chance = self.by_chance.saturating_add(other.by_chance);
        self.without_model = self.without_model.saturating_add(other.without_model);
        Ok(())
    }

    /// The settings.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// The rows.
    pub fn rows(&self) -> u64 {
        self.joint.count()
    }

    /// What the log's own policy brought, a decision on average: what an estimate is held against.
    ///
    /// # Errors
    ///
    /// [`Refusal::NoRows`] without rows.
    pub fn logged(&self) -> Result<Estimate, Refusal> {
        if self.rows() == 0 {
            return Err(Refusal::NoRows);
        }
        Ok(mean_of(&self.reward, self.rows() as f64))
    }

    /// How the rows weigh.
    ///
    /// # Errors
    ///
    /// [`Refusal::NoRows`] without rows, [`Refusal::NoOverlap`] where every weight is zero.
    pub fn weights(&self) -> Result<Weights, Refusal> {
        let rows = self.rows();
        if rows == 0 {
            return Err(Refusal::NoRows);
        }
        let [mean, rewarded, ..] = self.joint.means();
        if self.largest <= 0.0 {
            return Err(Refusal::NoOverlap { rows });
        }
        let sum = rows as f64 * mean;
        let (rewards, squares) = (rows as f64 * rewarded, self.joint.squares(1));
        Ok(Weights {
            rows,
            ess: sum * (sum / self.joint.squares(0)),
            largest: self.largest,
            largest_share: (self.largest / sum).min(1.0),
            effective_rewards: (squares > 0.0).then(|| rewards * (rewards / squares)),
            mean,
            mean_error: self.joint.error_of([1.0, 0.0, 0.0, 0.0]),
        })
    }

    /// The value of the policy by one estimator.
    ///
    /// # Errors
    ///
    /// [`Refusal`]: no rows, no overlap, too little or too uneven weight by the [settings](Settings), no model, or a replay of a policy with chance. The direct method is not refused for weights. Of replay the rows
    /// that match count as its effective sample.
    pub fn estimate(&self, estimator: Estimator) -> Result<Estimate, Refusal> {
        let rows = self.rows();
        if rows == 0 {
            return Err(Refusal::NoRows);
        }
        if estimator.needs_model() && self.without_model > 0 {
            return Err(Refusal::NoModel { rows: self.without_model });
        }
        let all = rows as f64;
        match estimator {
            Estimator::DirectMethod => return Ok(self.combined([0.0, 0.0, 0.0, 1.0], all)),
            Estimator::Replay => return self.replay(),
            _ => {}
        }
        let Weights { ess, largest_share, .. } = self.weights()?;
        self.judge(ess, largest_share)?;
        let [weight, rewarded, residual, modelled] = self.joint.means();
        Ok(match estimator {
            Estimator::ClippedIps => mean_of(&self.clipped, ess),
            Estimator::SwitchDoublyRobust => mean_of(&self.switched, ess),
            Estimator::ShrunkDoublyRobust => mean_of(&self.shrunk, ess),
            Estimator::DoublyRobust => self.combined([0.0, 0.0, 1.0, 1.0], ess),
            // A ratio of means, by its first derivatives: w (r − value) / w̄.
            Estimator::Snips => {
                let value = rewarded / weight;
                let error = self.joint.error_of([-value / weight, 1.0 / weight, 0.0, 0.0]);
                Estimate { value, error, rows, ess }
            }
            Estimator::SelfNormalisedDoublyRobust => {
                let ratio = residual / weight;
                let error = self.joint.error_of([-ratio / weight, 0.0, 1.0 / weight, 1.0]);
                Estimate { value: modelled + ratio, error, rows, ess }
            }
            Estimator::Ips | Estimator::DirectMethod | Estimator::Replay => self.combined([0.0, 1.0, 0.0, 0.0], ess),
        })
    }

    fn replay(&self) -> Result<Estimate, Refusal> {
        if self.by_chance > 0 {
            return Err(Refusal::LeftToChance { rows: self.by_chance });
        }
        let matches = self.matched.count();
        if matches == 0 {
            return Err(Refusal::NoOverlap { rows: self.rows() });
        }
        self.judge(matches as f64, 1.0 / matches as f64)?;
        Ok(mean_of(&self.matched, matches as f64))
    }

    fn judge(&self, ess: f64, largest_weight_share: f64) -> Result<(), Refusal> {
        if ess < self.settings.min_ess || largest_weight_share > self.settings.max_weight_share {
            return Err(Refusal::Worthless { ess, largest_weight_share });
        }
        Ok(())
    }

    /// The mean of a sum of the joint values.
    fn combined(&self, factors: [f64; 4], ess: f64) -> Estimate {
        let value = self.joint.means().iter().zip(factors).map(|(mean, factor)| mean * factor).sum();
        Estimate { value, error: self.joint.error_of(factors), rows: self.rows(), ess }
    }
}

fn mean_of(terms: &Moments<1>, ess: f64) -> Estimate {
    let [value] = terms.means();
    Estimate { value, error: terms.error_of([1.0]), rows: terms.count(), ess }
}
