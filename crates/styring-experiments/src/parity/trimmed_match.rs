//! Google's `trimmed_match`, where it answers otherwise than [`geo::trimmed_match`](crate::geo::trimmed_match).

use crate::geo::trimmed_match::TrimmedMatch;
use crate::student_pivot::critical;
use crate::{Error, Hypothesis, Level};

/// The interval as that program gives it: a side without an end is given the end estimate ± 3 z se.
///
/// Fails where the spend hardly differs between the regions of pairs: the data then contradict no return on that side, and an end that looks like one of an interval is made up.
///
/// # Errors
///
/// Those of [`TrimmedMatch::readout`].
pub fn interval(matched: &TrimmedMatch, level: Level) -> Result<(f64, f64), Error> {
    let (low, high) = matched.set(Hypothesis::two_sided().at(level))?.ends();
    let reach = 3.0 * critical(level.alpha() / 2.0, f64::INFINITY)? * matched.standard_error();
    let or = |end: f64, instead: f64| if end.is_finite() { end } else { instead };
    Ok((or(low, matched.estimate() - reach), or(high, matched.estimate() + reach)))
}
