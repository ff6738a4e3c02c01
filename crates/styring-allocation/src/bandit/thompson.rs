use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution, Gamma, Normal};

use super::best::first_largest;
use super::posterior::{Family, Posterior, check_alike};
use crate::{Error, Seed};

/// Thompson sampling (1933): draw a rate of every arm from what is known of it, and play the arm with the highest.
///
/// An arm is played as often as it is probably the best. The draws follow from the seed; a policy keeps one of these and asks it again every time. Where only the shares are needed,
/// [`BestArm`](super::BestArm) gives them without drawing.
///
/// ```
/// use styring_allocation::Seed;
/// use styring_allocation::bandit::{Posterior, Thompson};
///
/// let arms = [Posterior::beta(61.0, 941.0)?, Posterior::beta(49.0, 953.0)?];
/// let mut thompson = Thompson::new(Seed(3));
/// let firsts = (0..1_000).filter(|_| thompson.pick(&arms) == Ok(0)).count();
/// assert!((830..930).contains(&firsts)); // P(best) is 0.88
/// # Ok::<(), styring_allocation::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Thompson(ChaCha8Rng);

impl Thompson {
    /// Begins at a seed.
    pub fn new(seed: Seed) -> Self {
        Self(seed.generator())
    }

    /// One draw of the rate of every arm.
    ///
    /// # Errors
    ///
    /// [`Error::NoChannels`] without arms, [`Error::OutOfRange`] for posteriors of several kinds.
    pub fn draw(&mut self, arms: &[Posterior]) -> Result<Vec<f64>, Error> {
        check_alike(arms)?;
        Ok(arms.iter().map(|arm| self.rate(*arm)).collect())
    }

    /// The place of the arm to play: that with the highest draw, the first of equals.
    ///
    /// # Errors
    ///
    /// As [`draw`](Self::draw).
    pub fn pick(&mut self, arms: &[Posterior]) -> Result<usize, Error> {
        Ok(first_largest(&self.draw(arms)?).0)
    }

    /// The distributions refuse nothing that a posterior allows; the mean stands in where one did.
    fn rate(&mut self, arm: Posterior) -> f64 {
        let drawn = match arm.family() {
            Family::Beta { a, b } => Beta::new(a, b).ok().map(|beta| beta.sample(&mut self.0)),
            Family::Gamma { shape, rate } => Gamma::new(shape, 1.0 / rate).ok().map(|gamma| gamma.sample(&mut self.0)),
            Family::Normal { mean, deviation } => {
                Normal::new(mean, deviation).ok().map(|normal| normal.sample(&mut self.0))
            }
        };
        drawn.filter(|rate| rate.is_finite()).unwrap_or(arm.mean())
    }
}
