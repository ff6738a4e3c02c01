//! Incomplete gamma and beta functions, the normal and Student's t, and their inverses, accurate at marketing volumes.
//!
//! They are the distribution functions and quantiles behind most intervals and tests: gamma, chi-squared and
//! Poisson; beta, binomial, F and Student's t. The conversion rate of ten million visitors asks for
//! Beta(120 000, 9 880 000), where common routines lose most of their digits or do not return.
//!
//! ```
//! use styring_special::{Split, beta_inc, beta_inc_inv, gamma_inc};
//!
//! // 120 000 conversions of 10 million visitors: how sure is it that the rate is above 1.19 %?
//! let (a, b) = (120_000.0, 9_880_000.0);
//! let rate_below = beta_inc(a, b, Split::from_lower(0.0119)?)?;
//! assert!((rate_below.upper() - 0.998_200_3).abs() < 1e-7);
//!
//! // The rate that is exceeded with 97.5 % certainty.
//! let rate = beta_inc_inv(a, b, Split::from_lower(0.025)?)?.lower();
//! assert!((rate - 0.011_932_605_950_76).abs() < 1e-14);
//!
//! // The p-value of chi-squared = 1000 with one degree of freedom.
//! assert!((gamma_inc(0.5, 500.0)?.upper() / 1.795_832_784_8e-219 - 1.0).abs() < 1e-10);
//! # Ok::<(), styring_special::Error>(())
//! ```
//!
//! # Map
//! | | answers |
//! |---|---|
//! | [`gamma_inc`] | P(a, x) and Q(a, x), the regularised incomplete gamma functions |
//! | [`gamma_inc_inv`] | the x at which they take given values |
//! | [`beta_inc`] | I_x(a, b) and 1 − I_x(a, b), the regularised incomplete beta function |
//! | [`beta_inc_inv`] | the x, and 1 − x, at which they take given values |
//! | [`normal`], [`normal_inv`] | the standard normal distribution and its quantile, in both tails |
//! | [`student`], [`student_inv`] | Student's t for any degrees of freedom, and its quantile |
//! | [`noncentral_student`] | the noncentral t, for the power of t tests |
//! | [`Split`] | one, in two parts: a probability and its complement, x and 1 − x |
//! | [`Error`] | why there is no number |
//!
//! Inside, one method a file: `uniform` (large shapes near the mean), `small_shape` (shapes below one near
//! zero), `continued_fraction` (most of the rest) and `quantile` (the root finder); `deviance` and `log_gamma`
//! hold the factors they share.
//!
//! # Accuracy
//! Worst relative error of either tail, for shapes from 1e-12 to 1e15 (and a few at the ends of the range), against
//! the 1467 high-precision values in `tests/golden` and 6900 more of another seed:
//!
//! | smaller tail | gamma | beta |
//! |---|---|---|
//! | 1e-3 and more | 5e-15 | 6e-15 |
//! | down to 1e-20 | 2e-14 | 3e-14 |
//! | down to 1e-300 | 3e-13 | 4e-13 |
//!
//! It does not grow with the shapes.
//!
//! The inputs are taken as exact. A caller's own rounding can cost more: half a unit in the last place of x
//! moves the tail by 1e-16 times |d ln tail / d ln x|, and that slope reaches 4e5 at shapes of 1e8. For a
//! quantile it is the other way round, the error of the tail divided by the slope is the error of x: with large
//! shapes x is right to its last digit, and with a shape a below one, where x goes like tail^(1/a), a tail
//! rounded to 1e-16 does not determine x better than to 1e-16 / a.
//!
//! The functions are monotone to the error above, not to the last bit: where the method changes, a neighbouring
//! result may step back by that much.
//!
//! # Range and cost
//! Shapes from 1e-100 to 1e100 and every x; other shapes are an [`Error`]. Results below 1e-308 lose digits
//! and end at 0.
//!
//! No cost grows with a shape. In millions of random calls no series or continued fraction took more than 80
//! terms (the cap is 250, and an error), and the uniform expansion has 34 coefficients at most, the fewer the
//! larger the shapes. A quantile takes 4 or 5 evaluations, up to 8 in the far tails, and at most 110; more than 10 were met
//! only where x is below 1e-308 (40), or a distribution narrower than the gap between neighbouring numbers (65).
//!
//! All functions are pure, and with `libm` their bits are the same on every platform.

mod beta;
mod continued_fraction;
mod deviance;
mod error;
mod gamma;
mod log_gamma;
mod noncentral;
mod normal;
mod quantile;
mod small_shape;
mod split;
mod student;
mod uniform;

pub use beta::{beta_inc, beta_inc_inv};
pub use error::Error;
pub use gamma::{gamma_inc, gamma_inc_inv};
pub use noncentral::noncentral_student;
pub use normal::{normal, normal_inv};
pub use split::Split;
pub use student::{student, student_inv};
