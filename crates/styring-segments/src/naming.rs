//! Names of segments that parse back: schemes, parsing, building, platform limits, linting.
//!
//! ```
//! use styring_segments::naming::SchemeSpec;
//!
//! let scheme = SchemeSpec::norsk().scheme()?;
//! let parsed = scheme.parse("retarget - forlatt kurv - siste 7 dager");
//! assert_eq!(parsed.canonical(), Some("Retarget – Forlatt kurv – 7 dager"));
//! # Ok::<(), styring_segments::Error>(())
//! ```

mod build;
pub(crate) mod characters;
mod code;
mod date;
mod diagnostic;
mod duplicates;
mod event_name;
mod fold;
mod lint;
mod name;
mod norsk;
mod parse;
mod platform;
mod platforms;
mod register;
mod scheme;
mod slug;
mod spec;
pub(crate) mod suggest;
mod vocabulary;
mod window;

pub use build::{Fields, Given};
pub use code::{Code, Severity};
pub use date::Date;
pub use diagnostic::{Diagnostic, Fix, Language};
pub use duplicates::{Collisions, Near, NearDuplicates};
pub use event_name::{EventNameRules, event_name};
pub use fold::fold;
pub use lint::{LintReport, LintRow, LintSummary, LintedName, PlatformFinding, SharedPlatformName};
pub use name::{Field, Label, SegmentName, Value};
pub use parse::{Parsed, Rejected};
pub use platform::{Fit, LengthUnit, LimitStatus, PlatformLimit};
pub use platforms::PlatformLimits;
pub use register::Register;
pub use scheme::{Scheme, SchemeFault};
pub use slug::slug;
pub use spec::{Dimension, Entry, SchemeSpec};
pub use window::{Unit, Window};
