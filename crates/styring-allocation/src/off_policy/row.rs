use crate::Error;

/// One decision of the log, and what the new policy and a model say of it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Row<'a> {
    /// What was chosen: a place in `policy`.
    pub action: usize,
    /// What it brought.
    pub reward: f64,
    /// The probability with which the log's policy chose it.
    pub propensity: f64,
    /// The probability of every action under the new policy, in this decision's circumstances. They add up to 1.
    pub policy: &'a [f64],
    /// What a model expects of every action in these circumstances; it must not have seen this row's reward, or estimates look better than they are.
    pub model: Option<&'a [f64]>,
}

/// What estimates need of a decision.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Logged {
    /// What the decision brought.
    pub reward: f64,
    /// The probability with which the log's policy chose what it chose.
    pub propensity: f64,
    /// That with which the new policy would have chosen it.
    pub policy_probability: f64,
    /// What a model expects, if there is one.
    pub model: Option<Prediction>,
}

/// What a model expects of a decision.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Prediction {
    /// The reward of the action that was chosen: q(a).
    pub of_action: f64,
    /// The mean reward under the new policy: Σ π(k) q(k).
    pub of_policy: f64,
}

impl Logged {
    /// What estimates need of a row with all its probabilities.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an action that is not there, probabilities outside 0 to 1 or that do not add up to 1 (within 1e-6), and as [`OffPolicy::add`](super::OffPolicy::add); [`Error::LengthMismatch`] for a model of other actions.
    pub fn of(row: &Row) -> Result<Self, Error> {
        let Some(policy_probability) = row.policy.get(row.action).copied() else {
            return Err(Error::out_of_range("action", None, "one of the policy's", row.action));
        };
        row.policy.iter().try_for_each(|p| check_probability("probability of the policy", *p))?;
        let sum: f64 = row.policy.iter().sum();
        if (sum - 1.0).abs() > 1e-6 {
            return Err(Error::out_of_range("sum of the policy's probabilities", None, "1", sum));
        }
        let model = row.model.map(|model| prediction(row, model)).transpose()?;
        let logged = Self { reward: row.reward, propensity: row.propensity, policy_probability, model };
        logged.check()?;
        Ok(logged)
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        check_reward("reward", self.reward)?;
        if !(1e-15..=1.0).contains(&self.propensity) {
            return Err(Error::out_of_range("propensity", None, "from 1e-15 to 1", self.propensity));
        }
        check_probability("probability of the policy", self.policy_probability)?;
        self.model.map_or(Ok(()), |model| {
            check_reward("prediction of the action", model.of_action)?;
            check_reward("prediction of the policy", model.of_policy)
        })
    }
}

fn prediction(row: &Row, model: &[f64]) -> Result<Prediction, Error> {
    let expected = row.policy.len();
    match model.get(row.action) {
        Some(of_action) if model.len() == expected => {
            let of_policy = row.policy.iter().zip(model).map(|(p, q)| p * q).sum();
            Ok(Prediction { of_action: *of_action, of_policy })
        }
        _ => Err(Error::LengthMismatch { what: "predictions", got: model.len(), expected }),
    }
}

fn check_probability(field: &'static str, value: f64) -> Result<(), Error> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(Error::out_of_range(field, None, "from 0 to 1", value)) }
}

fn check_reward(field: &'static str, value: f64) -> Result<(), Error> {
    if (-1e100..=1e100).contains(&value) {
        Ok(())
    } else {
        Err(Error::out_of_range(field, None, "from -1e100 to 1e100", value))
    }
}
