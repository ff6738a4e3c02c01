//! The trait of all policies.

mod belief;
mod curve;
mod even;
mod proportional;
mod rhythm;
mod settle;
mod view;

use styring_money::Money;

pub use belief::Reading as CurveReading;
pub use curve::Curves;
pub use even::Even;
pub use proportional::{Proportional, Weight};
pub use rhythm::{Weekly, WeeklyScore};
pub use settle::Rails;

use crate::{Decision, Error, History, Seed};

/// A way of dividing next week's budget.
///
/// A policy holds its settings, nothing else: what it decides follows from the history, the total and the seed. Every decision keeps the total to the minor unit and every guardrail.
///
/// ```
/// use styring_allocation::policy::Policy;
/// use styring_allocation::{Decision, Error, History, Seed};
/// use styring_money::Money;
///
/// /// Keeps what was there, whatever happens.
/// struct Still;
///
/// impl Policy for Still {
///     fn name(&self) -> String {
///         "still".to_owned()
///     }
///
///     fn next(&self, total: Money, history: &History, seed: Seed) -> Result<Decision, Error> {
///         styring_allocation::policy::Even::default().next(total, history, seed)
///     }
/// }
/// ```
pub trait Policy: Send + Sync {
    /// What to call it in a table.
    fn name(&self) -> String;

    /// The budgets of the week after the history, with the reason for each.
    ///
    /// # Errors
    ///
    /// A history that does not hold together, or guardrails that cannot hold the total.
    fn next(&self, total: Money, history: &History, seed: Seed) -> Result<Decision, Error>;
}
