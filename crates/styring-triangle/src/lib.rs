//! Development triangles: how much a young cohort will have brought when it is as old as the oldest, and how sure that is.
//!
//! Customers of June have bought for six months, those of November for one; clicks of last week have not converted yet. What older cohorts went on to do says what the
//! young ones will: the chain ladder, with the standard errors of Mack (1993), which assume no distribution and fit nothing but ratios of sums.
//!
//! ```
//! use styring_triangle::{ChainLadder, Triangle};
//!
//! // Margin per monthly cohort, cumulative by months since the first order.
//! let triangle = Triangle::from_cumulative([
//!     ("June", vec![100_000.0, 180_000.0, 225_000.0]),
//!     ("July", vec![120_000.0, 210_000.0]),
//!     ("August", vec![90_000.0]),
//! ])?;
//! let ladder = ChainLadder::fit(triangle);
//! let august = ladder.project(&"August", 2)?; // when it is as old as June is now
//! assert_eq!(august.value().round(), 199_432.0);
//! assert!(august.se().is_some_and(|se| se > 1_000.0));
//! let known = ladder.completion(0)?; // the share of the oldest age's value that is there from the start
//! assert!((known.share() - 0.4513).abs() < 1e-4);
//! # Ok::<(), styring_triangle::Error>(())
//! ```
//!
//! # Modules by what you look for
//!
//! - Adding up what came, by cohort and age, exact and mergeable: [`Increments`].
//! - Cumulative values, each cohort as far as it has been observed: [`Triangle`].
//! - Factors, projections at any age, totals with covariance, completion: [`ChainLadder`], [`Step`], [`Projection`], [`Completion`].
//! - Why there is no error: [`NoError`], [`Spread`]; why there is no answer: [`Error`].
//!
//! Nothing is said beyond the oldest age that has been observed: a tail is an assumption, not a measurement.
//!
//! # Features
//!
//! `serde`: every public data type.

mod completion;
mod error;
mod increments;
mod ladder;
mod projection;
mod triangle;

pub use completion::Completion;
pub use error::Error;
pub use increments::Increments;
pub use ladder::{ChainLadder, Spread, Step};
pub use projection::{MackError, NoError, Projection};
pub use triangle::Triangle;
