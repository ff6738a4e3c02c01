//! Probabilities and k+ against lists of them.

use styring_reach::ExposureDistribution;
use styring_testkit::reference::Check;

pub(crate) fn pmf(check: &mut Check, got: &[f64], expected: &[f64]) {
    check.equal("length of pmf", &got.len(), &expected.len());
    for (k, (got, expected)) in got.iter().zip(expected).enumerate() {
        check.float(&format!("pmf {k}"), *got, *expected);
    }
}

/// The numbers from one exposure upward.
pub(crate) fn k_plus(check: &mut Check, got: impl Fn(u32) -> f64, expected: &[f64]) {
    for (k, expected) in (1..).zip(expected) {
        check.float(&format!("k_plus {k}"), got(k), *expected);
    }
}

/// A distribution with all that is said of one.
pub(crate) struct Whole<'a> {
    pub(crate) pmf: &'a [f64],
    pub(crate) k_plus: &'a [f64],
    pub(crate) reach: f64,
    pub(crate) mean: f64,
    pub(crate) average_frequency: f64,
}

pub(crate) fn whole(check: &mut Check, got: &ExposureDistribution, expected: &Whole<'_>) {
    pmf(check, got.pmf(), expected.pmf);
    check.equal("length of k_plus", &(expected.k_plus.len() as u64), &got.listed());
    k_plus(check, |k| got.k_plus(k.into()).expect("listed"), expected.k_plus);
    check.float("reach", got.reach(), expected.reach);
    check.float("mean", got.mean(), expected.mean);
    check.float("average_frequency", got.average_frequency().value().expect("reach"), expected.average_frequency);
}
