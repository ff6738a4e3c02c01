//! Google's `trimmed_match`, where it answers otherwise than [`geo::trimmed_match`](crate::geo::trimmed_match).

use crate::geo::trimmed_match::{Pair, Trim, TrimmedMatch};
use crate::student_pivot::critical;
use crate::{Error, Hypothesis, Level};

/// The match with as many pairs left out as that program leaves out: ⌈n·rate⌉ in binary arithmetic, also of the rates i/n that it tries itself.
///
/// Fails where n·(i/n) is rounded to above i: of 25 pairs, the rate 7/25 leaves out 8 at each end.
///
/// # Errors
///
/// Those of [`TrimmedMatch::new`].
pub fn matched(pairs: &[Pair], trim: Trim) -> Result<TrimmedMatch, Error> {
    let n = pairs.len() as f64;
    // Which rates are in range, and which are tried, is the same there.
    let exact = TrimmedMatch::new(pairs, trim)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most half the number of pairs")]
    let rates: Vec<(f64, usize)> =
        exact.candidates().iter().map(|one| (one.rate, libm::ceil(n * one.rate) as usize)).collect();
    TrimmedMatch::of(pairs, &rates)
}

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
