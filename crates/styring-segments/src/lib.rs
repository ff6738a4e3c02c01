//! Audience segments: names that parse back, overlap, negative lists, the event catalogue, customer keys and signals.
//!
//! ```
//! use styring_segments::Language;
//! use styring_segments::exclusions::{Mode, NestedWindow, Plan, Segment};
//! use styring_segments::naming::SchemeSpec;
//! use styring_segments::overlap::{Audiences, SortedIds};
//!
//! // Names as people write them, in one form.
//! let scheme = SchemeSpec::norsk().scheme()?;
//! let week = scheme.parse("retarget - forlatt kurv - siste 7 dager").name().cloned().ok_or("no name")?;
//! let prospect = scheme.parse_strict("Prospect – Løpesko – Oslo")?;
//! assert_eq!(week.as_str(), "Retarget – Forlatt kurv – 7 dager");
//!
//! // Who is in both, told in both directions.
//! let cart: SortedIds = (1_000..4_000).collect();
//! let runners: SortedIds = (0..90_000).step_by(3).collect();
//! let audiences = Audiences::new([(week.as_str(), cart), (prospect.as_str(), runners)])?;
//! let pair = &audiences.pairs()?.pairs[0];
//! assert_eq!((pair.intersection, pair.share_of_a.value()?, pair.share_of_b.value()?), (1_000, 1.0 / 3.0, 1.0 / 30.0));
//!
//! // Each person in one segment, the sharper one first.
//! let hours = week.window().and_then(|window| window.hours()).ok_or("no window")?;
//! let priority = [
//!     Segment::target(week.as_str()).within(NestedWindow::new("Forlatt kurv", u64::from(hours))?),
//!     Segment::target(prospect.as_str()),
//! ];
//! let plan = Plan::new(&audiences.regions()?, &priority, Mode::AllHigher)?;
//! assert_eq!((plan.lines[1].net, plan.lines[1].residual), (29_000, 0));
//! println!("{}", plan.lines[1].sentence(Language::Norwegian));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Modules by what you look for
//!
//! - [`naming`]: schemes as data, reading and building names, windows, platform limits and registers, near duplicates, reports on lists.
//! - [`overlap`]: sets of people, exact or sketched; pairs, regions, reach in an order, what may be published.
//! - [`exclusions`]: the waterfall and its negative lists, with what is left proven.
//! - [`events`]: the tracking plan, held against what arrives and against its last version.
//! - `keys` (feature `keys`): e-mail and phone hashed as platforms require; ids for joins of your own.
//! - [`signals`]: when, where, on what, in which weather and beside what, in names and in rules.
//! - Why there is no answer: [`Error`].
//!
//! # Features
//!
//! None is on by default, and exact overlap, names, events and signals need none.
//!
//! | feature | adds |
//! |---|---|
//! | `serde` | every public data type; schemes, catalogues and limits are checked as they are read |
//! | `roaring` | bitmaps as sets, and the Roaring format byte for byte |
//! | `sketch` | theta sketches as sets, HLL and CPC as counters, and the DataSketches formats byte for byte |
//! | `keys` | customer keys |

mod error;
pub mod events;
pub mod exclusions;
#[cfg(feature = "keys")]
pub mod keys;
mod language;
pub mod naming;
pub mod overlap;
pub mod signals;

pub use error::Error;
pub use language::Language;
