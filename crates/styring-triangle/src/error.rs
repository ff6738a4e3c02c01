/// What can go wrong with triangles.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
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
    /// A triangle without a cohort that has been observed for one whole age.
    #[error("no cohort has been observed for a whole age yet")]
    NoCohorts,
    /// A cohort that came twice.
    #[error("cohort {cohort} comes twice")]
    Repeated {
        /// The cohort.
        cohort: String,
    },
    /// A cohort that is not in the triangle.
    #[error("cohort {cohort} is not in the triangle")]
    UnknownCohort {
        /// The cohort.
        cohort: String,
    },
    /// An age no cohort has reached.
    #[error("age {age} is beyond the oldest that has been observed, {oldest}")]
    AgeBeyond {
        /// The age that was asked for.
        age: u32,
        /// The oldest age observed.
        oldest: u32,
    },
    /// Nothing to multiply: the cohorts that were observed at the next age had nothing, or less, at this one.
    #[error("there is no factor from age {age}: the cohorts that have passed it stood at {base} in all")]
    NoFactor {
        /// The age the factor would start from.
        age: u32,
        /// What those cohorts had in all.
        base: f64,
    },
    /// The factors multiply to nothing, or less, so that no share of the end is complete.
    #[error("there is no completion at age {age}: the factors from there multiply to {factor}")]
    NoCompletion {
        /// The age.
        age: u32,
        /// The product.
        factor: f64,
    },
    /// An answer beyond what a floating-point number holds.
    #[error("the {what} from age {age} is too large for a number")]
    TooLarge {
        /// Which answer.
        what: &'static str,
        /// Where it started.
        age: u32,
    },
    /// From the special functions underneath.
    #[error(transparent)]
    Special(#[from] styring_special::Error),
}
