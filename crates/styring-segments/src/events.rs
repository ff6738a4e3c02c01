//! The event catalogue (tracking plan): which events there are, what each must carry, who owns it; held against what arrives, and against its last version.
//!
//! ```
//! use styring_segments::events::{Audit, Catalogue, Code, Event, EventKind, Property, PropertyKind};
//!
//! let catalogue = Catalogue::new([
//!     Event::new("purchase", EventKind::Macro)
//!         .owner("nettbutikk")
//!         .with(Property::required("value", PropertyKind::Number))
//!         .with(Property::required("currency", PropertyKind::Text).one_of(["NOK", "SEK"])),
//!     Event::new("add_to_cart", EventKind::Micro).alias("addToCart"),
//!     Event::new("video_50", EventKind::Quality),
//! ])?;
//!
//! let mut audit = Audit::new(&catalogue);
//! audit.see("purchase", [("value", "499.00"), ("currency", "NOK")]);
//! audit.see("purchase", [("currency", "kr")]);
//! audit.see("addToCart", []);
//! audit.see("add_to_chart", []);
//!
//! let findings = audit.findings();
//! let said: Vec<_> = findings.iter().map(|finding| (finding.code(), finding.event())).collect();
//! assert_eq!(said, [
//!     (Code::UnknownEvent, "add_to_chart"),
//!     (Code::MissingProperty, "purchase"),
//!     (Code::ValueNotAllowed, "purchase"),
//!     (Code::Alias, "addToCart"),
//!     (Code::NeverSeen, "video_50"),
//! ]);
//! assert_eq!(findings[0].fix(), Some("add_to_cart"));
//! assert_eq!(findings[1].to_string(), "E_MISSING_PROPERTY purchase.value: missing in 1 of 2");
//! # Ok::<(), styring_segments::Error>(())
//! ```

mod audit;
mod catalogue;
mod change;
mod finding;
mod property;

pub use audit::Audit;
pub use catalogue::{Catalogue, Event, EventKind};
pub use change::Change;
pub use finding::{Code, Finding};
pub use property::{Property, PropertyKind};
