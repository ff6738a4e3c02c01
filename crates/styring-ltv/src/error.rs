use chrono::NaiveDate;
use styring_money::Currency;

/// What can go wrong with customers and their value.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number or a day outside its range.
    #[error("{field} must be {expected}, not {value}")]
    OutOfRange {
        /// Which number.
        field: &'static str,
        /// The range.
        expected: &'static str,
        /// What was given.
        value: String,
    },
    /// Two currencies met where one was needed.
    #[error("{field}: currency mismatch: {left} and {right}")]
    CurrencyMismatch {
        /// Where.
        field: &'static str,
        /// The currency that was there.
        left: Currency,
        /// The currency that came.
        right: Currency,
    },
    /// A customer ordered before the day of acquisition.
    #[error("an order of {day} is from before its customer was acquired on {acquired}")]
    OrderBeforeAcquisition {
        /// The day of the order.
        day: NaiveDate,
        /// The day of the acquisition.
        acquired: NaiveDate,
    },
    /// There are orders of customers of whom nothing else is known.
    #[error("{customers} customers have orders, but no day of acquisition")]
    NotAcquired {
        /// How many.
        customers: u64,
    },
    /// A cohort brought nothing until an age, or lost.
    #[error(
        "cohort {cohort} had a margin of {margin} at age {age}; a projection multiplies, and needs margins above zero"
    )]
    MarginNotPositive {
        /// The cohort.
        cohort: String,
        /// The age in days.
        age: u32,
        /// The margin in major units.
        margin: String,
    },
    /// A mean or a variance that a distribution does not have.
    #[error("{quantity} does not exist: {reason}")]
    DoesNotExist {
        /// What was asked for.
        quantity: &'static str,
        /// Why there is none.
        reason: &'static str,
    },
    /// Too little to fit a model to.
    #[error("{model} cannot be fitted: {reason}")]
    CannotFit {
        /// The model.
        model: &'static str,
        /// What is lacking.
        reason: &'static str,
    },
    /// The search for the best parameters still moved at its last step. No data are known that lead here.
    #[error("the fit of {model} had not settled after {steps} steps")]
    NotSettled {
        /// The model.
        model: &'static str,
        /// The steps that were taken.
        steps: u32,
    },
    /// From the money underneath.
    #[error(transparent)]
    Money(#[from] styring_money::Error),
    /// From the special functions underneath.
    #[error(transparent)]
    Special(#[from] styring_special::Error),
    /// From the triangles underneath.
    #[error(transparent)]
    Triangle(#[from] styring_triangle::Error),
}
