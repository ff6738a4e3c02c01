//! Means, ratios, quantiles: what the treatment changed, as a difference or a lift.
//!
//! | | from | answers |
//! |---|---|---|
//! | [`Contrast::means`], [`Contrast::pooled`] | [`Moments`](crate::Moments) per arm | Welch's and Student's t |
//! | [`Contrast::ratios`] | [`Joint<2>`](crate::Joint) per arm | ratio metrics: revenue per order |
//! | [`Contrast::paired`], [`one_sample`] | `Joint<2>`, `Moments` | paired and one-sample t |
//! | [`Cuped`] | `Joint<2>`, `Joint<4>` per arm | the same with less variance, by what was before |
//! | [`post_stratified`], [`stratified`] | [`Stratum`]s | the same within strata |
//! | [`lin`], [`ancova`], [`Rows`] | `Joint<K>` per arm, or rows | regression adjustment with any covariates |
//! | [`quantile_contrast`], [`clustered_quantile_contrast`], [`quantile`] | [`Ordered`](crate::Ordered), [`Clustered`] | medians and other quantiles |
//! | [`Cap`] | past values | a limit against values that outweigh all others |

mod cap;
mod contrast;
mod cuped;
mod quantiles;
mod regression;
mod strata;

pub use cap::Cap;
pub use contrast::{Contrast, Lift, one_sample};
pub(crate) use contrast::{Part, form};
pub use cuped::{Cuped, Slope};
pub(crate) use cuped::{Ratios, slope};
pub(crate) use quantiles::cluster_inflation;
pub use quantiles::{Clustered, clustered_quantile_contrast, quantile, quantile_contrast};
pub use regression::{Errors, Fit, Rows, ancova, lin};
pub use strata::{Stratum, post_stratified, stratified};
