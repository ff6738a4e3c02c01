use crate::sequential::EValue;
use crate::sequential::beta_mixture::log_mixture;
use crate::sequential::normal_mixture::{positive, tuning_constant};
use crate::stirling::{poisson_deviance, stirling};
use crate::{ConfidenceSet, Counts, Error, Events, Level};

/// A confidence sequence for one conversion rate, exact: it holds at every look for every rate.
///
/// What the beta–binomial mixture about each rate p does not reject, with Beta(kp, k(1−p)) weights (Howard, Ramdas, McAuliffe and Sekhon 2021, with g = p and h = 1 − p). It also holds for the
/// mean of anything between 0 and 1, with the sum for the successes, but [`BettingMean`](crate::sequential::BettingMean) is narrower there.
///
/// ```
/// use styring_experiments::sequential::RateSequence;
/// use styring_experiments::{ConfidenceSet, Counts, Level};
///
/// let sequence = RateSequence::new(20_000, Level::P95)?;
/// let rate = sequence.set(Counts::new(212, 10_000)?, Level::P95);
/// assert!(rate.contains(0.0212) && !rate.contains(0.03));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateSequence {
    concentration: f64,
}

impl RateSequence {
    /// Narrowest for the level at about so many trials.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for 0.
    pub fn new(decide_at_trials: u64, level: Level) -> Result<Self, Error> {
        Self::tuned(decide_at_trials as f64, level)
    }

    /// As [`RateSequence::new`], for a number that need not be whole.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it is above 0.
    pub fn tuned(decide_at_trials: f64, level: Level) -> Result<Self, Error> {
        positive("trials at which a decision is expected", decide_at_trials)?;
        Ok(Self { concentration: (decide_at_trials / tuning_constant(level.alpha()) - 1.0).max(1e-3) })
    }

    /// The evidence against a rate.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it lies in 0 to 1.
    pub fn e_value(self, counts: Counts, rate: f64) -> Result<EValue, Error> {
        if (0.0..=1.0).contains(&rate) {
            Ok(EValue::clamped(self.log_e(counts, rate)))
        } else {
            Err(Error::range("rate", "from 0 to 1", rate))
        }
    }

    fn log_e(self, counts: Counts, rate: f64) -> f64 {
        let (successes, failures) = (counts.successes() as f64, counts.failures() as f64);
        if rate <= 0.0 {
            return if successes > 0.0 { f64::INFINITY } else { 0.0 };
        }
        if rate >= 1.0 {
            return if failures > 0.0 { f64::INFINITY } else { 0.0 };
        }
        log_mixture([rate, 1.0 - rate], self.concentration, [successes, failures])
    }

    /// The rates that are not rejected.
    pub fn set(self, counts: Counts, level: Level) -> ConfidenceSet {
        let Some(rate) = counts.rate() else { return ConfidenceSet::between(0.0, 1.0) };
        let wanted = -libm::log(level.alpha());
        let rejected = |rate: f64| self.log_e(counts, rate) > wanted;
        let low = if counts.successes() > 0 { crate::crossing::crossing(rate, 0.0, rejected) } else { 0.0 };
        let high = if counts.failures() > 0 { crate::crossing::crossing(rate, 1.0, rejected) } else { 1.0 };
        ConfidenceSet::between(low, high)
    }
}

/// A confidence sequence for events per unit of exposure, exact for Poisson streams.
///
/// What the gamma–Poisson mixture about each rate μ does not reject, with Gamma(kμ, k) weights, k the exposure at which a decision is expected over 2 ln(1/α) + ln(1 + 2 ln(1/α)).
///
/// ```
/// use styring_experiments::sequential::EventSequence;
/// use styring_experiments::{Events, Level};
///
/// let sequence = EventSequence::new(30.0, Level::P95)?; // a month of days
/// let orders = sequence.set(Events::new(412, 14.0)?, Level::P95);
/// assert!(orders.contains(28.0) && !orders.contains(36.0));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventSequence {
    concentration: f64,
}

impl EventSequence {
    /// Narrowest for the level at about this exposure.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it is above 0.
    pub fn new(decide_at_exposure: f64, level: Level) -> Result<Self, Error> {
        positive("exposure at which a decision is expected", decide_at_exposure)?;
        Ok(Self { concentration: decide_at_exposure / tuning_constant(level.alpha()) })
    }

    /// The evidence against a rate.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it is 0 or above.
    pub fn e_value(self, events: Events, rate: f64) -> Result<EValue, Error> {
        if rate >= 0.0 && rate.is_finite() {
            Ok(EValue::clamped(self.log_e(events, rate)))
        } else {
            Err(Error::range("rate", "0 or above", rate))
        }
    }

    fn log_e(self, events: Events, rate: f64) -> f64 {
        let (count, exposure) = (events.count() as f64, events.exposure());
        if rate <= 0.0 {
            return if count > 0.0 { f64::INFINITY } else { 0.0 };
        }
        let (before, expected) = (self.concentration * rate, (self.concentration + exposure) * rate);
        let shape = before + count;
        expected * poisson_deviance((count - rate * exposure) / expected)
            + 0.5 * libm::log(before / shape)
            + stirling(shape)
            - stirling(before)
    }

    /// The rates that are not rejected.
    pub fn set(self, events: Events, level: Level) -> ConfidenceSet {
        let Some(rate) = events.rate() else { return ConfidenceSet::AtLeast(0.0) };
        let wanted = -libm::log(level.alpha());
        let rejected = |rate: f64| self.log_e(events, rate) > wanted;
        let low = if events.count() > 0 { crate::crossing::crossing(rate, 0.0, rejected) } else { 0.0 };
        let mut above = 2.0 * rate + 1.0 / events.exposure();
        while !rejected(above) && above < 1e300 {
            above *= 2.0;
        }
        ConfidenceSet::between(low, crate::crossing::crossing(rate, above, rejected))
    }
}
