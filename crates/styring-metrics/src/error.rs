use styring_money::Currency;

/// What can go wrong with metrics.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
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
    /// More rows than a `u64` counts.
    #[error("more rows than can be counted")]
    TooManyRows,
    /// A number outside its range.
    #[error("{field} must be {expected}, not {value}")]
    OutOfRange {
        /// Which number.
        field: &'static str,
        /// The range.
        expected: &'static str,
        /// The number that was given.
        value: String,
    },
    /// A sentence with a part that was not understood.
    #[error("{part:?} is not understood; expected {expected} (in {text:?})")]
    Unread {
        /// The sentence.
        text: String,
        /// The part.
        part: String,
        /// What could have stood there.
        expected: &'static str,
    },
    /// A word that is nearly one of the trade's.
    #[error("{word:?} is not understood; did you mean {nearest:?}? (in {text:?})")]
    Misspelt {
        /// The sentence.
        text: String,
        /// The word.
        word: String,
        /// The name of a number that it may have been meant for.
        nearest: &'static str,
    },
    /// Totals do not say how a value varies.
    #[error("the limits of {kpi} need the value of every order, not only their sum; see OrderValues")]
    NeedsOrderValues {
        /// The KPI.
        kpi: crate::Kpi,
    },
    /// A ratio of counts was asked for as an amount.
    #[error("the ratio is a number, not an amount of money")]
    NotAnAmount,
    /// Facts from outside that contradict themselves.
    #[error("{fact}: known in {known} of {rows} rows")]
    InconsistentFacts {
        /// The fact.
        fact: crate::Fact,
        /// Rows that are said to know it.
        known: u64,
        /// Rows in all.
        rows: u64,
    },
    /// No clicks are old enough for their window to be over.
    #[error(
        "no clicks have been observed for the whole conversion window of {window_days} days; the oldest for {observed_days}"
    )]
    WindowNotReached {
        /// The window that was asked for.
        window_days: u32,
        /// How long the oldest cohort has been observed.
        observed_days: u32,
    },
    /// Nothing says how late results come.
    #[error(
        "clicks that have been observed for more than {lag_days} days have brought nothing: how late results come is not known"
    )]
    NothingConverted {
        /// The age after which nothing has been seen.
        lag_days: u32,
    },
    /// The chain ladder multiplies, and nothing multiplied is nothing.
    #[error("nothing has come of these clicks yet, so that the chain ladder says nothing of them; a pooled rate does")]
    NothingYet,
    /// Clicks of which no age is over.
    #[error("these clicks have not been observed for one whole lag yet")]
    TooYoung,
    /// From the money underneath.
    #[error(transparent)]
    Money(#[from] styring_money::Error),
    /// From the special functions underneath.
    #[error(transparent)]
    Special(#[from] styring_special::Error),
    /// From the chain ladder underneath.
    #[error(transparent)]
    Triangle(#[from] styring_triangle::Error),
}
