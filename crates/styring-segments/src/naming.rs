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
mod characters;
mod code;
mod date;
mod diagnostic;
mod fold;
mod name;
mod norsk;
mod parse;
mod scheme;
mod slug;
mod spec;
mod suggest;
mod vocabulary;
mod window;

pub use build::{Fields, Given};
pub use code::{Code, Severity};
pub use date::Date;
pub use diagnostic::{Diagnostic, Fix, Language};
pub use fold::fold;
pub use name::{Field, Label, SegmentName, Value};
pub use parse::{Parsed, Rejected};
pub use scheme::{Scheme, SchemeFault};
pub use slug::slug;
pub use spec::{Dimension, Entry, SchemeSpec};
pub use window::{Unit, Window};
