//! How many standard errors limits lie from the point.

use styring_special::{Split, beta_inc_inv};

use crate::Error;
use crate::check::level;

/// The quantile of Student's t with `freedom` degrees that leaves half of what is not `confidence` beyond it.
pub(crate) fn student(confidence: f64, freedom: f64) -> Result<f64, Error> {
    level(confidence)?;
    // I(ν / (ν + t²); ν/2, 1/2) is the probability beyond ±t.
    let part = beta_inc_inv(freedom / 2.0, 0.5, Split::from_upper(confidence)?)?;
    Ok((freedom * part.upper() / part.lower()).sqrt().min(f64::MAX))
}
