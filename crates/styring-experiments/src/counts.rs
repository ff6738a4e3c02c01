use crate::Error;

/// How many of those who could convert did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(u64, u64)", into = "(u64, u64)"))]
pub struct Counts {
    successes: u64,
    trials: u64,
}

impl Counts {
    /// `successes` of `trials`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for more successes than trials.
    pub fn new(successes: u64, trials: u64) -> Result<Self, Error> {
        if successes > trials {
            return Err(Error::range("successes", "no more than trials", format!("{successes} of {trials}")));
        }
        Ok(Self { successes, trials })
    }

    /// Who converted.
    pub fn successes(self) -> u64 {
        self.successes
    }

    /// Who did not.
    pub fn failures(self) -> u64 {
        self.trials - self.successes
    }

    /// All of them.
    pub fn trials(self) -> u64 {
        self.trials
    }

    /// The share that converted; none if there were none.
    pub fn rate(self) -> Option<f64> {
        (self.trials > 0).then(|| self.successes as f64 / self.trials as f64)
    }

    /// Adds what was counted elsewhere.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if the trials are more than fit into 64 bits.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        let trials =
            self.trials.checked_add(other.trials).ok_or_else(|| Error::range("trials", "below 2^64", "more"))?;
        *self = Self { successes: self.successes + other.successes, trials };
        Ok(())
    }
}

impl TryFrom<(u64, u64)> for Counts {
    type Error = Error;

    fn try_from((successes, trials): (u64, u64)) -> Result<Self, Error> {
        Self::new(successes, trials)
    }
}

impl From<Counts> for (u64, u64) {
    fn from(counts: Counts) -> Self {
        (counts.successes, counts.trials)
    }
}

/// How often something happened in so much exposure: hours, impressions, kroner.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(u64, f64)", into = "(u64, f64)"))]
pub struct Events {
    count: u64,
    exposure: f64,
}

impl Events {
    /// `count` events in `exposure`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the exposure is above zero and finite.
    pub fn new(count: u64, exposure: f64) -> Result<Self, Error> {
        if exposure > 0.0 && exposure.is_finite() {
            Ok(Self { count, exposure })
        } else {
            Err(Error::range("exposure", "above 0", exposure))
        }
    }

    /// How often.
    pub fn count(self) -> u64 {
        self.count
    }

    /// In how much.
    pub fn exposure(self) -> f64 {
        self.exposure
    }

    /// Events per unit of exposure; none if there was none.
    pub fn rate(self) -> Option<f64> {
        (self.exposure > 0.0).then(|| self.count as f64 / self.exposure)
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.exposure += other.exposure;
    }
}

impl TryFrom<(u64, f64)> for Events {
    type Error = Error;

    fn try_from((count, exposure): (u64, f64)) -> Result<Self, Error> {
        Self::new(count, exposure)
    }
}

impl From<Events> for (u64, f64) {
    fn from(events: Events) -> Self {
        (events.count, events.exposure)
    }
}
