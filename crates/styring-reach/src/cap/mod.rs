//! Frequency caps: who may see one more, over which channels, and when again.

#[cfg(feature = "calendar")]
mod calendar;
mod decision;
mod engine;
mod impression;
mod links;
mod log;
mod memory;
mod plan;
mod rule;
mod shared;
mod snapshot;
mod split;
mod store;
mod translate;
mod window;

#[cfg(feature = "calendar")]
pub use calendar::{Calendar, CalendarUnit};
pub use decision::{Decision, Next};
pub use engine::{Caps, Options};
pub use impression::{Id, Ids, Impression, ImpressionId, ImpressionKey, Key, Secret};
pub use links::{Identity, Linked};
pub use log::{Held, Log, LogBuf};
pub use memory::Memory;
pub use plan::Keep;
pub use rule::{Per, Rule, Rules};
pub use shared::SharedCaps;
pub use snapshot::Snapshot;
pub use split::{Goal, Split};
pub use store::Store;
pub use translate::{Fate, Placed, Platform, Slots, TimeUnit, TimeUnits, Translation};
pub use window::{Boundary, Seconds, Window};
