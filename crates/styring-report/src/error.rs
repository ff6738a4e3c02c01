/// What can go wrong when a report is written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The review is of another plan.
    #[error("the review is of another plan: it has {review:?} where the plan has {plan:?}")]
    OtherPlan {
        /// The channel of the plan, if there is one in this place.
        plan: Option<String>,
        /// The channel of the review, if there is one in this place.
        review: Option<String>,
    },
    /// A chart could not be drawn.
    #[error("the chart could not be drawn: {reason}")]
    Chart {
        /// What the drawing library says.
        reason: String,
    },
    /// What is to be drawn does not belong together, or is no number.
    #[error("{field} must be {expected}, not {value}")]
    Series {
        /// Which series.
        field: String,
        /// What it should be.
        expected: &'static str,
        /// What was given.
        value: String,
    },
    /// The page could not be put together.
    #[error("the page could not be put together: {reason}")]
    Page {
        /// What the template engine says.
        reason: String,
    },
    /// From the metrics underneath.
    #[error(transparent)]
    Metrics(#[from] styring_metrics::Error),
    /// From the lifetime values underneath.
    #[error(transparent)]
    Ltv(#[from] styring_ltv::Error),
    /// From the segments underneath.
    #[error(transparent)]
    Segments(#[from] styring_segments::Error),
    /// From the playbook underneath.
    #[error(transparent)]
    Playbook(#[from] styring_playbook::Error),
    /// From reach underneath.
    #[error(transparent)]
    Reach(#[from] styring_reach::Error),
}
