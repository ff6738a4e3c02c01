use styring_money::Exact;

use crate::{Fact, Facts, Ratio};

/// Different people reached, as deduplicated by whoever counted them, for one period and one set of channels.
///
/// Two reaches cannot be added: the same person may be in both. There is no `+`, on purpose.
///
/// ```compile_fail
/// use styring_metrics::Reach;
/// let both = Reach::new(1000) + Reach::new(2000);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Reach(u64);

impl Reach {
    /// This many people.
    pub fn new(people: u64) -> Self {
        Self(people)
    }

    /// How many people.
    pub fn people(self) -> u64 {
        self.0
    }

    /// Average frequency: impressions / reach. The facts must be of the same period and channels as the reach.
    ///
    /// ```
    /// use styring_metrics::{Facts, Outcome, Reach, Row};
    /// use styring_money::Currency;
    ///
    /// let mut facts = Facts::zero(Currency::NOK);
    /// facts.add(&Row { impressions: Some(7_000), ..Row::default() })?;
    /// assert_eq!(Reach::new(2_000).frequency(&facts).number(), Outcome::Value(3.5));
    /// # Ok::<(), styring_metrics::Error>(())
    /// ```
    pub fn frequency(self, facts: &Facts) -> Ratio {
        match facts.get(Fact::Impressions) {
            Some(impressions) => Ratio::new(impressions.clone(), Exact::from(self.0)),
            None => Ratio::missing(),
        }
    }
}
