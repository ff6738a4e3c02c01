//! tea-tasting (1.14, 2026): means, ratios and CUPED are this crate's own [`Contrast`] with `pooled` and `normal`; only CUPED differs.
//!
//! # Where it fails
//! - **The slope of CUPED** is taken over everybody, so that the effect itself is a part of it.
//! - **The lift of CUPED** takes the overall mean before the experiment for known. Each arm's adjusted mean depends on it, and a ratio of two does not lose it as a difference does: with a
//!   lift of 50 % and a correlation of 0.9 its error is off by some per cent.
//! - **The p-value of a lift** is that of the difference, while its interval is that of the log ratio: they can disagree.

use crate::means::{Contrast, Cuped, Part, Ratios, Slope};
use crate::{Error, Joint};

/// Means adjusted by CUPED; (during, before).
///
/// # Errors
///
/// Those of [`Cuped::means`].
pub fn cuped_means(control: &Joint<2>, treatment: &Joint<2>) -> Result<Contrast, Error> {
    let cuped = Cuped::means(control, treatment, Slope::Everybody)?;
    let along = [1.0, -cuped.slope()];
    fixed_overall("CUPED", cuped, [(control, along), (treatment, along)])
}

/// Ratios adjusted by CUPED; (numerator during, denominator during, numerator before, denominator before).
///
/// # Errors
///
/// Those of [`Cuped::ratios`].
pub fn cuped_ratios(control: &Joint<4>, treatment: &Joint<4>) -> Result<Contrast, Error> {
    let cuped = Cuped::ratios(control, treatment, Slope::Everybody)?;
    let along = |arm: &Joint<4>| {
        let ratios = Ratios::of(arm)?;
        Ok::<_, Error>(std::array::from_fn(|k| ratios.during.1[k] - cuped.slope() * ratios.before.1[k]))
    };
    fixed_overall("CUPED, ratio metric", cuped, [(control, along(control)?), (treatment, along(treatment)?)])
}

/// The adjusted arms as if the overall value before were known.
fn fixed_overall<const K: usize>(
    method: &'static str,
    cuped: Cuped,
    [(control, of_control), (treatment, of_treatment)]: [(&Joint<K>, [f64; K]); 2],
) -> Result<Contrast, Error> {
    let parts = [Part::of(control, of_control, [0.0; K])?, Part::of(treatment, [0.0; K], of_treatment)?];
    Contrast::arms(method, [cuped.contrast().control(), cuped.contrast().treatment()], parts)
}
