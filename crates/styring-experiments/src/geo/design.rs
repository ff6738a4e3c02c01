//! Before the campaign: which regions, what effect they can show, and who is drawn. After it: several cells at once, and what changed spend brought.
//!
//! Power is not assumed of a noise model: the test itself is put at every time of the history, where nothing happened, and its sets say what they would have found of an effect.
//!
//! ```
//! use styring_experiments::{Level, geo::design::{Design, History}};
//!
//! let noise = |i: u32| f64::from(i.wrapping_mul(2_654_435_761) >> 16) / 65_536.0 - 0.5;
//! let region = |i: u32| (0..60).map(|day| 100.0 + f64::from(10 * i + day % 7) + 8.0 * noise(100 * i + day)).collect::<Vec<_>>();
//! let history = History::new((0..8).map(|i| (format!("region {i}"), region(i))))?;
//! let design = Design::days(10);
//! let power = design.power(&history, &["region 2", "region 5"])?;
//! assert!(power.of(0.0) <= 0.2 && power.of(0.2) > 0.9); // of a lift of 20 %
//! let smallest = power.detectable(0.8)?;
//! assert!(power.of(smallest) >= 0.8);
//! # Ok::<(), styring_experiments::Error>(())
//! ```

mod assignment;
mod cells;
mod power;
mod search;
mod spend;

pub use assignment::stratified;
pub use cells::{Cell, Cells};
pub use power::{Design, History, Method, Power};
pub use search::{Candidate, Search};
pub use spend::SpendChange;
