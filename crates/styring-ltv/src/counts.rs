use crate::Error;
use crate::check::{finite_in, level};

/// The distribution of a number of purchases: how likely none are, one, two, …
///
/// ```
/// use styring_ltv::{BgNbd, History, PurchaseModel};
///
/// let model = BgNbd::new(0.243, 4.414, 0.793, 2.426)?;
/// let counts = model.counts(&History::new(2, 30.43, 38.86)?, 39.0)?;
/// assert!((counts.probability(0) - 0.445).abs() < 1e-3); // nothing more in 39 weeks
/// assert_eq!(counts.interval(0.9)?, (0, 4));
/// # Ok::<(), styring_ltv::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::Counts"))]
pub struct Counts {
    probabilities: Vec<f64>,
}

impl Counts {
    /// With probability `alive` as in `counts`, else nothing. What `counts` leaves out of one, at its far end, is below 1e-16.
    pub(crate) fn of_alive(alive: f64, mut counts: Vec<f64>) -> Self {
        for probability in &mut counts {
            *probability *= alive;
        }
        if let Some(none) = counts.first_mut() {
            *none += 1.0 - alive;
        }
        Self { probabilities: counts }
    }

    /// The mean of several distributions, each as likely as the other.
    pub(crate) fn mean_of(all: &[Self]) -> Self {
        let longest = all.iter().map(|counts| counts.probabilities.len()).max().unwrap_or(0);
        let share = 1.0 / all.len() as f64;
        let at = |n: usize| all.iter().map(|counts| counts.probability(n) * share).sum();
        Self { probabilities: (0..longest).map(at).collect() }
    }

    /// The probability of exactly `purchases`.
    pub fn probability(&self, purchases: usize) -> f64 {
        self.probabilities.get(purchases).copied().unwrap_or(0.0)
    }

    /// The probabilities of 0, 1, 2, … purchases; beyond the last one less than 1e-16 is left.
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }

    /// The probability of at most `purchases`.
    pub fn at_most(&self, purchases: usize) -> f64 {
        self.probabilities.iter().take(purchases.saturating_add(1)).sum::<f64>().min(1.0)
    }

    /// The smallest number that is not exceeded with probability `level`.
    ///
    /// Errors: a level that is not between 0 and 1.
    pub fn quantile(&self, level: f64) -> Result<usize, Error> {
        finite_in("level", level, 0.0..=1.0, "from 0 to 1")?;
        let mut below = 0.0;
        let reaches = |probability: &f64| {
            below += probability;
            below >= level
        };
        // Rounding may leave the sum just below a level of one.
        let last = self.probabilities.len().saturating_sub(1);
        Ok(self.probabilities.iter().position(reaches).unwrap_or(last))
    }

    /// From which to which number of purchases, with equal tails: at most `(1 − level)/2` lies below and above. A count has steps, so more than `level` may lie
    /// between.
    ///
    /// Errors: a level that is not between 0 and 1.
    pub fn interval(&self, confidence: f64) -> Result<(usize, usize), Error> {
        level(confidence)?;
        let tail = (1.0 - confidence) / 2.0;
        Ok((self.quantile(tail)?, self.quantile(1.0 - tail)?))
    }

    /// The expected number.
    pub fn mean(&self) -> f64 {
        self.probabilities.iter().enumerate().map(|(n, probability)| n as f64 * probability).sum()
    }

    /// The variance.
    pub fn variance(&self) -> f64 {
        let mean = self.mean();
        self.probabilities.iter().enumerate().map(|(n, probability)| (n as f64 - mean).powi(2) * probability).sum()
    }
}

/// The negative binomial distribution of a Poisson count whose rate is gamma-distributed: `P(N = n)` and `P(N ≥ n)`.
pub(crate) struct NegativeBinomial {
    pub(crate) exactly: Vec<f64>,
    pub(crate) at_least: Vec<f64>,
}

/// Of shape k, over `odds` times the time that gave the rate's age: `P(N = n) = Γ(k+n)/Γ(k)/n! · zⁿ (1−z)^k` with z = odds/(1 + odds).
///
/// From the mode outward, and scaled to a sum of one at the end, so that nothing underflows.
///
/// Errors: more than ten million purchases would have to be told apart.
pub(crate) fn negative_binomial(shape: f64, odds: f64) -> Result<NegativeBinomial, Error> {
    const MOST: f64 = 1e7;
    let mean = shape * odds;
    let reach = mean + 15.0 * libm::sqrt(mean * (1.0 + odds)) + 50.0 / libm::log1p(1.0 / odds);
    finite_in("purchases to tell apart", reach, 0.0..=MOST, "at most ten million")?;
    let mut likely = Vec::new();
    let least = around_mode(shape, odds, &mut likely);
    let mut exactly = vec![0.0; least];
    exactly.append(&mut likely);
    let mut at_least = exactly.clone();
    for n in (1..at_least.len()).rev() {
        at_least[n - 1] += at_least[n];
    }
    Ok(NegativeBinomial { exactly, at_least })
}

/// The probabilities of [`negative_binomial`] where they are above 1e-20 of the largest, from the number that is returned on. `probabilities` is what is overwritten.
pub(crate) fn around_mode(shape: f64, odds: f64, probabilities: &mut Vec<f64>) -> usize {
    const NEGLIGIBLE: f64 = 1e-20;
    let step = odds / (1.0 + odds);
    let ratio = |n: usize| step * (shape + n as f64) / (n as f64 + 1.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "callers have checked the reach")]
    let mode = ((shape - 1.0) * odds).max(0.0) as usize;
    probabilities.clear();
    let mut weight = 1.0;
    let mut least = mode;
    while least > 0 && weight > NEGLIGIBLE {
        least -= 1;
        weight /= ratio(least);
        probabilities.push(weight);
    }
    probabilities.reverse();
    probabilities.push(1.0);
    weight = 1.0;
    for n in mode.. {
        let factor = ratio(n);
        weight *= factor;
        if weight < NEGLIGIBLE * (1.0 - factor) || weight == 0.0 {
            break;
        }
        probabilities.push(weight);
    }
    let all: f64 = probabilities.iter().sum();
    for weight in probabilities {
        *weight /= all;
    }
    least
}

#[cfg(feature = "serde")]
mod stored {
    use crate::Error;
    use crate::check::{finite_in, out_of_range};

    /// The form in files.
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Counts {
        probabilities: Vec<f64>,
    }

    impl TryFrom<Counts> for super::Counts {
        type Error = Error;

        fn try_from(Counts { probabilities }: Counts) -> Result<Self, Error> {
            for probability in &probabilities {
                finite_in("probability", *probability, 0.0..=1.0, "from 0 to 1")?;
            }
            let sum: f64 = probabilities.iter().sum();
            if (sum - 1.0).abs() > 1e-9 {
                return Err(out_of_range("sum of probabilities", "1", &sum));
            }
            Ok(Self { probabilities })
        }
    }
}
