use chrono::NaiveDate;
use serde::Serialize;

/// What a reader must know before believing a test of regions. Serialised with a `code`; `Display` says it in a sentence.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum GeoNote {
    /// The counterfactual does not follow the treated regions before the treatment.
    PoorFit {
        /// The share of the ups and downs before that it explains.
        explained: f64,
    },
    /// Few regions to compare with.
    FewControls {
        /// How many.
        controls: usize,
    },
    /// Few days before the treatment.
    FewDaysBefore {
        /// Days before.
        before: usize,
        /// Days with the treatment.
        with: usize,
    },
    /// No more days before than regions to weigh, so that many weights fit alike.
    ManyWeights {
        /// Days before.
        before: usize,
        /// Regions to weigh.
        controls: usize,
    },
    /// The test cannot be as sure as is asked for, whatever the data.
    CannotReject {
        /// The smallest p-value that there is.
        smallest: f64,
        /// What it would have to be below.
        alpha: f64,
    },
    /// No effect that is the same every day fits, so that the interval is the estimate alone.
    Uneven,
    /// Days on which no region has a row.
    DaysMissing {
        /// How many.
        days: usize,
        /// The first.
        first: NaiveDate,
    },
    /// The treated regions are a large part of the whole.
    LargeTreated {
        /// Their share of the value before the treatment.
        share: f64,
    },
    /// The methods do not agree on whether there is an effect.
    MethodsDisagree {
        /// How many see one.
        seen_by: usize,
        /// Of how many.
        methods: usize,
    },
    /// The regions were chosen as far as anybody knows, and the test is exact for regions drawn at random.
    DrawnAtRandom,
    /// The treated regions spent no more than they would have.
    NoExtraSpend {
        /// What they spent more: zero or less.
        spend: f64,
    },
}

fn percent(share: f64) -> String {
    let places = usize::from(share < 0.1);
    format!("{:.places$} %", share * 100.0)
}

impl std::fmt::Display for GeoNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::PoorFit { explained } if *explained <= 0.0 => {
                write!(
                    f,
                    "Before the treatment the counterfactual is no nearer to the treated regions than their own mean: do not trust it."
                )
            }
            Self::PoorFit { explained } => write!(
                f,
                "Before the treatment the counterfactual explains only {} of the ups and downs of the treated regions.",
                percent(*explained)
            ),
            Self::FewControls { controls: 1 } => {
                write!(
                    f,
                    "There is one region to compare with; whatever else happened there counts as the treatment's doing."
                )
            }
            Self::FewControls { controls } => write!(
                f,
                "There are only {controls} regions to compare with; some fifteen or more are needed to see how far regions drift apart."
            ),
            Self::FewDaysBefore { before, with } => write!(
                f,
                "There are {before} days before the treatment and {with} with it; weigh by at least four weeks, and twice as long as the treatment."
            ),
            Self::ManyWeights { before, controls } => write!(
                f,
                "There are no more days before ({before}) than regions to weigh ({controls}): many weights fit alike, and this is one of them."
            ),
            Self::CannotReject { smallest, alpha } => write!(
                f,
                "The smallest p-value that this test has here is {smallest:.3}, and it takes one below {alpha:.3}: it cannot show an effect, however large."
            ),
            Self::Uneven => write!(
                f,
                "No effect that is the same every day fits: days with the treatment are further from their counterfactual than other days, whichever effect is taken off. The interval is the \
                 estimate alone, and says nothing of how sure it is."
            ),
            Self::DaysMissing { days: 1, first } => {
                write!(f, "No region has a row of {first}; it is left out, as if the days around it were neighbours.")
            }
            Self::DaysMissing { days, first } => write!(
                f,
                "No region has a row of {days} days, {first} the first; they are left out, as if the days around them were neighbours."
            ),
            Self::LargeTreated { share } => write!(
                f,
                "The treated regions had {} of the whole before the treatment: what follows them so closely may be moved by the treatment too.",
                percent(*share)
            ),
            Self::MethodsDisagree { seen_by, methods } => write!(
                f,
                "{seen_by} of the {methods} methods tell an effect from none, the others do not: the answer depends on the method."
            ),
            Self::DrawnAtRandom => {
                write!(
                    f,
                    "The p-value and the interval are exact if the treated regions were drawn at random, and hold for no others."
                )
            }
            Self::NoExtraSpend { spend } => write!(
                f,
                "The treated regions did not spend more than they would have (the difference is {spend:.2}), so there is no cost of what was brought."
            ),
        }
    }
}
