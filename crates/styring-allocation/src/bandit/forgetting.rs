use std::collections::VecDeque;

use super::{Plays, Posterior};
use crate::Error;

/// Plays of arms whose rates drift, each weighing the factor γ of the one after it; the newest weighs 1.
///
/// Order matters, so there is no merge.
///
/// ```
/// use styring_allocation::bandit::Discounted;
///
/// let mut plays = Discounted::new(2, 0.9)?;
/// for (arm, reward) in [(0, 1.0), (0, 1.0), (1, 1.0), (0, 0.0)] {
///     plays.play(arm, reward)?;
/// }
/// assert!((plays.plays(0)?.count() - (1.0 + 0.81 + 0.729)).abs() < 1e-12);
/// assert!(plays.ucb(1, 0.6)? > plays.ucb(0, 0.6)?);
/// # Ok::<(), styring_allocation::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredDiscounted"))]
pub struct Discounted {
    factor: f64,
    arms: Vec<Plays>,
}

/// The last plays of arms whose rates drift; older ones are forgotten.
///
/// Order matters, so there is no merge.
///
/// ```
/// use styring_allocation::bandit::Windowed;
///
/// let mut plays = Windowed::new(2, 3)?;
/// for (arm, reward) in [(1, 1.0), (0, 1.0), (0, 0.0), (0, 1.0)] {
///     plays.play(arm, reward)?;
/// }
/// assert_eq!(plays.plays(0)?.count(), 3.0);
/// assert_eq!(plays.ucb(1, 0.6)?, None); // its one play is forgotten: it is tried again
/// # Ok::<(), styring_allocation::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredWindowed"))]
pub struct Windowed {
    arms: usize,
    window: usize,
    recent: VecDeque<(usize, f64)>,
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredDiscounted {
    factor: f64,
    arms: Vec<Plays>,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredDiscounted> for Discounted {
    type Error = Error;

    fn try_from(stored: StoredDiscounted) -> Result<Self, Error> {
        Ok(Self { arms: stored.arms, ..Self::new(1, stored.factor)? })
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredWindowed {
    arms: usize,
    window: usize,
    recent: VecDeque<(usize, f64)>,
}

#[cfg(feature = "serde")]
impl TryFrom<StoredWindowed> for Windowed {
    type Error = Error;

    fn try_from(stored: StoredWindowed) -> Result<Self, Error> {
        let mut windowed = Self::new(stored.arms, stored.window)?;
        stored.recent.into_iter().try_for_each(|(arm, reward)| windowed.play(arm, reward))?;
        Ok(windowed)
    }
}

impl Discounted {
    /// No plays yet of so many arms.
    ///
    /// # Errors
    ///
    /// [`Error::NoChannels`] without arms, [`Error::OutOfRange`] for a factor that is not above 0 and at most 1.
    pub fn new(arms: usize, factor: f64) -> Result<Self, Error> {
        check_arms(arms)?;
        if !(factor > 0.0 && factor <= 1.0) {
            return Err(Error::out_of_range("discount factor", None, "above 0 and at most 1", factor));
        }
        Ok(Self { factor, arms: vec![Plays::new(0.0, 0.0)?; arms] })
    }

    /// One play of an arm, and its reward from 0 to 1.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an arm that is not there or a reward outside 0 to 1; nothing is counted then.
    pub fn play(&mut self, arm: usize, reward: f64) -> Result<(), Error> {
        check_play(arm, self.arms.len(), reward)?;
        for (other, plays) in self.arms.iter_mut().enumerate() {
            let (one, gain) = if other == arm { (1.0, reward) } else { (0.0, 0.0) };
            let count = self.factor * plays.count() + one;
            // Rounding may put a sum of rewards of 1 a last digit above its count.
            *plays = Plays::new(count, (self.factor * plays.reward() + gain).min(count))?;
        }
        Ok(())
    }

    /// The discounted plays of an arm.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an arm that is not there.
    pub fn plays(&self, arm: usize) -> Result<Plays, Error> {
        self.arms.get(arm).copied().ok_or_else(|| no_arm(arm))
    }

    /// Discounted UCB: x̄ᵢ + 2 √(ξ ln N / Nᵢ) of discounted means and counts, N = Σ Nᵢ (Garivier and Moulines 2011, rewards up to 1; ξ above ½). `None` without a play.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an arm that is not there, or a ξ below zero.
    pub fn ucb(&self, arm: usize, xi: f64) -> Result<Option<f64>, Error> {
        check_xi(xi)?;
        let all: f64 = self.arms.iter().map(|plays| plays.count()).sum();
        Ok(self.plays(arm)?.optimistic(4.0 * xi * libm::log(all.max(1.0))))
    }

    /// Discounted Thompson: Beta(1 + Σ γᵏ r, 1 + Σ γᵏ (1 − r)).
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an arm that is not there.
    pub fn posterior(&self, arm: usize) -> Result<Posterior, Error> {
        let plays = self.plays(arm)?;
        Posterior::beta(1.0, 1.0)?.after_trials(plays.reward(), plays.count())
    }
}

impl Windowed {
    /// No plays yet of so many arms; the last `window` plays will count.
    ///
    /// # Errors
    ///
    /// [`Error::NoChannels`] without arms, [`Error::OutOfRange`] for a window of nothing.
    pub fn new(arms: usize, window: usize) -> Result<Self, Error> {
        check_arms(arms)?;
        if window == 0 {
            return Err(Error::out_of_range("window", None, "at least one play", window));
        }
        Ok(Self { arms, window, recent: VecDeque::new() })
    }

    /// One play of an arm, and its reward from 0 to 1.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an arm that is not there or a reward outside 0 to 1; nothing is counted then.
    pub fn play(&mut self, arm: usize, reward: f64) -> Result<(), Error> {
        check_play(arm, self.arms, reward)?;
        if self.recent.len() == self.window {
            self.recent.pop_front();
        }
        self.recent.push_back((arm, reward));
        Ok(())
    }

    /// The plays of an arm within the window. The cost grows with the window.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an arm that is not there.
    pub fn plays(&self, arm: usize) -> Result<Plays, Error> {
        if arm >= self.arms {
            return Err(no_arm(arm));
        }
        let of_arm = self.recent.iter().filter(|(played, _)| *played == arm);
        let (count, reward) = of_arm.fold((0.0, 0.0), |(count, sum), (_, reward)| (count + 1.0, sum + reward));
        Plays::new(count, f64::min(reward, count))
    }

    /// Sliding-window UCB: x̄ᵢ + √(ξ ln min(t, window) / nᵢ) over the window (Garivier and Moulines 2011, rewards up to 1). `None` without a play in the window.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an arm that is not there, or a ξ below zero.
    pub fn ucb(&self, arm: usize, xi: f64) -> Result<Option<f64>, Error> {
        check_xi(xi)?;
        let seen = self.recent.len().max(1) as f64;
        Ok(self.plays(arm)?.optimistic(xi * libm::log(seen)))
    }
}

fn check_arms(arms: usize) -> Result<(), Error> {
    if arms == 0 { Err(Error::NoChannels) } else { Ok(()) }
}

fn check_play(arm: usize, arms: usize, reward: f64) -> Result<(), Error> {
    if arm >= arms {
        return Err(no_arm(arm));
    }
    if !(0.0..=1.0).contains(&reward) {
        return Err(Error::out_of_range("reward", None, "from 0 to 1", reward));
    }
    Ok(())
}

fn check_xi(xi: f64) -> Result<(), Error> {
    if xi >= 0.0 && xi.is_finite() { Ok(()) } else { Err(Error::out_of_range("ξ", None, "zero or above", xi)) }
}

fn no_arm(arm: usize) -> Error {
    Error::out_of_range("arm", None, "one of the arms", arm)
}
