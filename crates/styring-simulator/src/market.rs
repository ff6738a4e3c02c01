use styring_allocation::History;
use styring_money::Money;

use crate::Error;

/// A market in which a policy is measured: it shows a history, takes budgets, and knows what they caused.
///
/// A market of your own is one `impl`. What a policy sees is the history; what a league measures is what [`play`](Self::play) answers, which no policy ever sees. Chance belongs to the market and may hang on the week and the
/// channel, not on what was decided: then all policies meet the same luck.
///
/// ```
/// use styring_allocation::{History, Observed, Track};
/// use styring_money::{Currency, Money};
/// use styring_simulator::{Error, Market};
///
/// /// Two channels; the first is always twice as good.
/// struct TwoToOne(History);
///
/// impl Market for TwoToOne {
///     fn weeks(&self) -> usize {
///         4
///     }
///     fn total(&self) -> Money {
///         Money::from_minor(1_000_00, Currency::NOK).unwrap_or(Money::zero(Currency::NOK))
///     }
///     fn history(&self) -> &History {
///         &self.0
///     }
///     fn play(&mut self, budgets: &[Money]) -> Result<Vec<f64>, Error> {
///         let mut caused = Vec::new();
///         for ((track, budget), rate) in self.0.channels.iter_mut().zip(budgets).zip([0.0002, 0.0001]) {
///             let results = rate * budget.to_minor()? as f64;
///             let (value, frequency) = (None, None);
///             track.weeks.push(Observed { budget: *budget, spend: *budget, results, value, frequency, completion: 1.0 });
///             caused.push(results);
///         }
///         Ok(caused)
///     }
///     fn best(&self) -> Result<Vec<f64>, Error> {
///         Ok(vec![1.0, 0.0])
///     }
/// }
/// ```
pub trait Market {
    /// How many weeks it has.
    fn weeks(&self) -> usize;

    /// What there is to divide each week.
    fn total(&self) -> Money;

    /// The channels and what was seen of them so far.
    fn history(&self) -> &History;

    /// Plays the next week with a budget for each channel, writes what is seen of it to the history, and answers the results that each channel caused (their expectation, where chance is added).
    ///
    /// # Errors
    ///
    /// Another number of budgets than of channels, or a budget below zero.
    fn play(&mut self, budgets: &[Money]) -> Result<Vec<f64>, Error>;

    /// Shares of the total that would cause most next week, guardrails aside, for one who knows the truth.
    ///
    /// # Errors
    ///
    /// A truth that cannot be played.
    fn best(&self) -> Result<Vec<f64>, Error>;
}

impl<M: Market + ?Sized> Market for Box<M> {
    fn weeks(&self) -> usize {
        (**self).weeks()
    }

    fn total(&self) -> Money {
        (**self).total()
    }

    fn history(&self) -> &History {
        (**self).history()
    }

    fn play(&mut self, budgets: &[Money]) -> Result<Vec<f64>, Error> {
        (**self).play(budgets)
    }

    fn best(&self) -> Result<Vec<f64>, Error> {
        (**self).best()
    }
}
