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
//!
//! # By what you look for
//!
//! - What names may be, from a file or in code: [`SchemeSpec`], [`Dimension`], [`Entry`]; checked: [`Scheme`], or [`SchemeFault`].
//! - A text as a name: [`Scheme::parse`] mends and explains ([`Parsed`], [`Diagnostic`]), [`Scheme::parse_strict`] takes canonical forms alone.
//! - Fields as a name: [`Fields`], [`Scheme::build`]. A name with typed fields: [`SegmentName`], [`Value`], [`Window`].
//! - A list of names: [`Scheme::lint`] → [`LintReport`]; parts of it: [`Scheme::collide`], [`Scheme::near_duplicates`].
//! - What platforms take, and short names that lead back: [`PlatformLimits`], [`PlatformLimit`], [`Register`].
//! - Other spellings: [`slug()`], [`fold()`], [`event_name()`] with [`EventNameRules`].
//!
//! The law: what is built is parsed back to the same fields, and what was mended needs no mending.

mod build;
pub(crate) mod characters;
mod code;
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
pub use diagnostic::{Diagnostic, Fix};
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
