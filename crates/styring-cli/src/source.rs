//! Reading results from an export, by the mapping in the plan.

mod cells;
mod checks;
pub(crate) mod columns;
mod dates;
mod findings;
mod groups;
pub(crate) mod lines;
mod reader;
mod spec;
mod table;

pub use findings::{Fault, Findings, Ignored, Oddity, OutsidePeriod, Rejection, RejectionKind, SetAside};
pub use reader::{DailyIngested, Ingested, Rejects, Strict, read, read_days};
pub use spec::{CheckSpec, DateSpec, Duplicates, FactSpec, IgnoreSpec, PeriodSpec, SourceSpec, TextSpec, Unit};
