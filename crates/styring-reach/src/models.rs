//! One model a file; all answer with an [`ExposureDistribution`](crate::ExposureDistribution).

mod channels;
mod nbd;
mod nbd_curve;
mod nbd_fit;
mod nbd_probability;
mod normal;
mod root;

pub use channels::IndependentChannels;
pub use nbd::Nbd;
pub use nbd_curve::NbdCurve;
pub use nbd_fit::NbdFit;
