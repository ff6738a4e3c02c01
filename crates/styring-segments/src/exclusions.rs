//! Negative lists: who is taken out of which segment, so that each person is in one.

mod cover;
mod plan;
mod platforms;
mod sentences;
mod windows;

pub use plan::{Excluded, Finding, Implied, Mode, Plan, PlanLine, PlanOptions, Proof, Segment, Threshold};
pub use platforms::{ExclusionRow, ListLimits, PlatformPlan, PlatformProblem, list_limits};
pub use windows::NestedWindow;

/// Whether a segment is advertised to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "it is, or it is not")]
pub enum Role {
    /// It is.
    Target,
    /// It only takes people out of other segments.
    ExcludeOnly,
}
