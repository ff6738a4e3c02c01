//! Bayesian comparison of arms, by closed form or quadrature: never by draws.
//!
//! [`Posterior`] is what is known of an arm; [`BestArm`] compares several, [`chance_to_beat`], [`difference_interval`] and [`lift_interval`] two; [`thompson_weights`] and [`top_two_weights`] split the traffic of a
//! bandit or a rota of creatives.
//!
//! None of these answers is safe to stop on at the first look that pleases. To stop any time, see [`sequential`](crate::sequential).

mod best;
mod posterior;
mod quadrature;
mod weights;

pub use best::{BestArm, chance_to_beat, difference_interval, lift_interval};
pub use posterior::Posterior;
pub use weights::{thompson_weights, top_two_weights};
