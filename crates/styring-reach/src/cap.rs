//! Frequency caps: who may see one more, over which channels, and when again.
//!
//! ```
//! use styring_reach::cap::{Caps, Impression, Next, Per, Rule, Rules, Window};
//!
//! let rules = Rules::common_5_7_14().and([
//!     Rule::new("acast-1d", 1.0, Window::days(1)?)?.on_channels(["Acast"])?,
//!     Rule::new("home-7d", 5.0, Window::days(7)?)?.on_channels(["CTV"])?.per(Per::Household),
//! ])?;
//! let mut caps = Caps::new(rules);
//! let now = 1_767_225_600;
//! let ad = Impression::of("kari", now)?.channel("Acast");
//! assert!(caps.request(&ad).allowed()); // and recorded
//! let again = caps.request(&ad);
//! assert_eq!(again.blocked_by(caps.rules()).collect::<Vec<_>>(), ["acast-1d"]);
//! assert_eq!(again.next_allowed(), Some(Next::At(now + 86_400)));
//! # Ok::<(), styring_reach::Error>(())
//! ```
//!
//! # What is counted
//!
//! - All rules that bind an impression must pass: those of its channel and campaign, and those of its household if it names one.
//! - A rolling window is (t − W, t]: an impression exactly W old does not count. [`Boundary::Inclusive`] is the other reading.
//! - A window has no end: what is recorded with a later stamp counts. So reports may come in any order, and none of them changes what a later one finds.
//! - A rule passes when what it counts, plus the weight of the impression, is at most its `max` (+ 10⁻⁹). A `max` of zero is never; no limit is no rule.
//! - What is denied is not counted. An impression with an id counts once, however often it is asked for or reported.
//! - `next_allowed` is the first second, not before the one asked for, at which the same impression passes if nothing more is recorded.
//!
//! # Modules by what you look for
//!
//! - Rules: [`Rule`], [`Rules`], [`Window`], `Calendar` with the feature `calendar`, [`Per`].
//! - Asking and reporting: [`Caps`], [`Impression`], [`Decision`], [`Next`]; from many threads [`SharedCaps`].
//! - Who is who: [`Key`], [`Secret`], [`Identity`], [`Linked`].
//! - Keeping: [`Snapshot`], [`Memory`], [`Store`] for a store of your own.
//! - Platforms that count for themselves: [`Platform`], [`TimeUnits`], [`Fate`]; channels without a common id: [`Split`].

mod blocks;
#[cfg(feature = "calendar")]
mod calendar;
mod decision;
mod engine;
mod entry;
mod impression;
mod links;
mod log;
mod memory;
mod plan;
mod rule;
mod shared;
mod snapshot;
mod span;
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
