//! Context signals: when, where, on what, in which weather and beside which content an ad was shown.
//!
//! A [`Context`] holds what is known of one moment; a [`Condition`] is a rule over it that says yes, no, or what would have to be known. The same types stand in segment names: every
//! [`Signal`] prints in one way and reads back from it.
//!
//! ```
//! use chrono::NaiveDate;
//! use styring_segments::signals::{Condition, Context, Daypart, Device, Sky, Truth};
//!
//! // Umbrellas on the screens of Oslo in the morning rush when it rains.
//! let umbrellas = Condition::all([
//!     Condition::Device(Device::Dooh),
//!     Condition::Within("Oslo".into()),
//!     Condition::Time("hverdager 07–09".parse::<Daypart>()?),
//!     Condition::Sky(Sky::Rain),
//! ]);
//! let mut now = Context {
//!     time: NaiveDate::from_ymd_opt(2026, 11, 25).and_then(|day| day.and_hms_opt(8, 15, 0)), // a Wednesday
//!     place: Some(["Norge", "Oslo", "Grünerløkka"].into_iter().collect()),
//!     device: Some(Device::Dooh),
//!     ..Context::default()
//! };
//! assert_eq!(umbrellas.holds(&now).to_string(), "unknown: sky is not given");
//! now.sky = Some(Sky::Rain);
//! assert_eq!(umbrellas.holds(&now), Truth::Yes);
//! assert_eq!(umbrellas.to_string(), "DOOH og i Oslo og hverdager 07–09 og regn");
//! # Ok::<(), styring_segments::Error>(())
//! ```

mod condition;
mod context;
mod daypart;
mod named;
mod place;
mod range;
mod signal;

pub use condition::{Condition, Truth};
pub use context::Context;
pub use daypart::{Daypart, Days, Hours};
pub use named::{Device, Sky};
pub use place::{Place, Spot};
pub use range::Degrees;
pub use signal::{Signal, SignalKind};
