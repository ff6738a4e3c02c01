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
    /// From the money underneath.
    #[error(transparent)]
    Money(#[from] styring_money::Error),
    /// From the special functions underneath.
    #[error(transparent)]
    Special(#[from] styring_special::Error),
}
