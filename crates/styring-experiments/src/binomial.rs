use styring_special::{Split, beta_inc};

use crate::Error;

/// Of so many trials: the probability of at most `successes`, and of more.
///
/// P(X ≤ k) = I_{1−p}(n − k, k + 1).
pub(crate) fn binomial(trials: usize, p: f64, successes: usize) -> Result<Split, Error> {
    if successes >= trials {
        return Ok(Split::from_upper(0.0)?);
    }
    let (n, k) = (trials as f64, successes as f64);
    Ok(beta_inc(n - k, k + 1.0, Split::from_upper(p)?)?)
}
