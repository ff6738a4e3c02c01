//! What spend does: response curves with derivative and inverse.
//!
//! ```
//! use styring_response::{Curve, Shape};
//!
//! // At most 900 results a week, half of them for 40 000 kr.
//! let curve = Curve::hill(900.0, 1.0, 40_000.0)?;
//! assert_eq!(curve.value(40_000.0), 450.0);
//! assert_eq!(curve.shape(), Shape::Concave);
//! // The next krone at 40 000 buys half of what kroner buy on average.
//! let (marginal, average) = (curve.marginal(40_000.0).unwrap(), curve.average(40_000.0).unwrap());
//! assert!((marginal / average - 0.5).abs() < 1e-12);
//! // Spend until the next result costs 200 kr.
//! let spend = curve.spend_at_marginal(1.0 / 200.0).unwrap();
//! assert!((spend - 44_852.8).abs() < 0.1);
//! # Ok::<(), styring_response::Error>(())
//! ```
//!
//! # Modules by what you look for
//!
//! - A curve: [`Curve`], of a [`Family`]; whether it is concave or S-shaped: [`Shape`].
//! - What of past spend is still at work: [`Adstock`], of a [`Decay`]; going on from week to week: [`Carryover`].
//! - A curve from history, with intervals, or why there is none: [`fit`].
//! - Adstock, saturation and scaling as other programs have them: [`parity`].
//!
//! # Features
//!
//! `serde`: every public data type; a curve that is read goes through the same checks as one that is made.

mod adstock;
mod carryover;
mod curve;
mod decay;
mod error;
mod family;
pub mod fit;
pub mod parity;

pub use adstock::Adstock;
pub use carryover::Carryover;
pub use curve::{Curve, Shape};
pub use decay::Decay;
pub use error::Error;
pub use family::Family;
