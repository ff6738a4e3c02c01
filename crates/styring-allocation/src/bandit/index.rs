use crate::Error;

/// How often an arm was played and what it brought, with rewards from 0 to 1: what the indices rest on.
///
/// An index is an optimistic guess of the arm's mean: play the arm with the highest. `None` is an arm that has not been played, which comes before every index.
///
/// ```
/// use styring_allocation::bandit::Plays;
///
/// let (old, new) = (Plays::new(1_000.0, 90.0)?, Plays::new(40.0, 3.0)?);
/// let t = 1_040;
/// assert!(new.ucb1(t) > old.ucb1(t));
/// // Kullback–Leibler's bound knows that rewards are 0 or 1, and asks for less exploration.
/// let index = new.kl_ucb(t, 0.0)?.ok_or("not played")?;
/// assert!((index - 0.3181).abs() < 1e-4 && Some(index) < new.ucb1(t));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Stored"))]
pub struct Plays {
    count: f64,
    reward: f64,
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    count: f64,
    reward: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for Plays {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        Self::new(stored.count, stored.reward)
    }
}

impl Plays {
    /// So many plays that brought so much in all. Counts may be fractions: discounted ones are.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the count is from 0 to 1e15, and the reward from 0 to the count.
    pub fn new(count: f64, reward: f64) -> Result<Self, Error> {
        if !(0.0..=1e15).contains(&count) {
            return Err(Error::out_of_range("plays", None, "from 0 to 1e15", count));
        }
        if !(0.0..=count).contains(&reward) {
            return Err(Error::out_of_range("reward of all plays", None, "from 0 to the plays", reward));
        }
        Ok(Self { count, reward })
    }

    /// The plays.
    pub fn count(self) -> f64 {
        self.count
    }

    /// What they brought in all.
    pub fn reward(self) -> f64 {
        self.reward
    }

    /// The mean reward; `None` without a play.
    pub fn mean(self) -> Option<f64> {
        (self.count > 0.0).then(|| self.reward / self.count)
    }

    /// UCB1 after t plays of all arms: x̄ + √(2 ln t / n) (Auer, Cesa-Bianchi and Fischer 2002).
    pub fn ucb1(self, t: u64) -> Option<f64> {
        self.optimistic(2.0 * ln(t))
    }

    /// UCB-tuned after t plays of all arms: x̄ + √(min(¼, v) ln t / n), v = x̄(1 − x̄) + √(2 ln t / n) (the same paper; the variance is that of rewards of 0 and 1, the largest there can be with this mean).
    pub fn ucb_tuned(self, t: u64) -> Option<f64> {
        let mean = self.mean()?;
        let per_play = ln(t) / self.count;
        let variance = mean * (1.0 - mean) + (2.0 * per_play).sqrt();
        Some(mean + (per_play * variance.min(0.25)).sqrt())
    }

    /// KL-UCB after t plays of all arms: the largest q with n·kl(x̄, q) ≤ ln t + c ln ln t (Garivier and Cappé 2011, who use c = 0 in practice and c = 3 in their proof).
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a c below zero.
    pub fn kl_ucb(self, t: u64, c: f64) -> Result<Option<f64>, Error> {
        if !(c >= 0.0 && c.is_finite()) {
            return Err(Error::out_of_range("c of KL-UCB", None, "zero or above", c));
        }
        // Before the third play the logarithm of the logarithm is below zero, and would take exploration away.
        let level = ln(t) + c * libm::log(ln(t).max(1.0));
        Ok(self.mean().map(|mean| kl_bound(mean, level / self.count)))
    }

    /// x̄ + √(bonus / n).
    pub(super) fn optimistic(self, bonus: f64) -> Option<f64> {
        self.mean().map(|mean| mean + (bonus.max(0.0) / self.count).sqrt())
    }
}

fn ln(t: u64) -> f64 {
    libm::log(t.max(1) as f64)
}

/// The largest q with kl(mean, q) ≤ level, by Newton's steps from above: kl is convex and rises, so they never pass it.
fn kl_bound(mean: f64, level: f64) -> f64 {
    let miss = 1.0 - mean;
    let x_ln_x = |x: f64| if x > 0.0 { x * libm::log(x) } else { 0.0 };
    let entropy = -x_ln_x(mean) - x_ln_x(miss);
    // Two bounds: Pinsker's, and that of the second term alone.
    let pinsker = mean + (0.5 * level).sqrt();
    let other = if miss > 0.0 { -libm::expm1(-(level + entropy) / miss) } else { 1.0 };
    let mut q = pinsker.min(other);
    for _ in 0..60 {
        if q >= 1.0 || q <= mean {
            return q.clamp(mean, 1.0);
        }
        let kl = -entropy - mean * libm::log(q) - miss * libm::log1p(-q);
        let next = q - (kl - level) * q * (1.0 - q) / (q - mean);
        if next >= q - f64::EPSILON * q {
            break;
        }
        q = next;
    }
    q
}
