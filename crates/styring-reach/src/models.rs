//! One model a file; all answer with an [`ExposureDistribution`](crate::ExposureDistribution).

mod beta_binomial;
mod canonical;
mod channels;
mod dirichlet;
mod nbd;
mod nbd_curve;
mod nbd_fit;
mod nbd_probability;
mod normal;
mod one_point;
mod outward;
mod root;
mod sainsbury;

pub use beta_binomial::{BetaBinomial, Insertions};
pub use canonical::{CanonicalExpansion, Vehicle};
pub use channels::IndependentChannels;
pub use dirichlet::Dirichlet;
pub use nbd::Nbd;
pub use nbd_curve::NbdCurve;
pub use nbd_fit::NbdFit;
pub use one_point::OnePointCurve;
pub use sainsbury::sainsbury;
