//! Reading results from an export, by the mapping in the plan.

mod blanks;
mod cell_spec;
mod cells;
mod checks;
pub(crate) mod columns;
mod copies;
mod dates;
mod findings;
mod groups;
mod impressions;
pub(crate) mod lines;
mod members;
mod names;
mod orders;
mod outcomes;
mod reader;
mod regions;
mod rows;
mod spec;
mod table;
mod times;

pub use cell_spec::CellSpec;
pub use findings::{
    Fault, Findings, Ignored, Oddity, OutsidePeriod, Rejection, RejectionKind, SetAside, TableFindings,
};
pub use impressions::{ImpressionFindings, ImpressionSpec, Seen, read_impressions};
pub use members::{MemberFindings, MemberSpec, read_members};
pub use names::{NameSpec, read_names};
pub use orders::{OrderFindings, OrderSpec, Orders, read_orders};
pub use outcomes::{OutcomeSpec, Outcomes, read_outcomes};
pub use reader::{DailyIngested, Ingested, Rejects, Strict, read, read_days};
pub use regions::{RegionDay, RegionSpec, read_regions};
pub use spec::{CheckSpec, DateSpec, Duplicates, FactSpec, IgnoreSpec, PeriodSpec, SourceSpec, TextSpec, Unit};
pub use table::{Delimiter, TableSpec};
