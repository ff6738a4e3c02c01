use super::contrast::{Contrast, Part};
use crate::{Error, Joint, Moments};

/// Both arms of a part of the population that was known before the experiment: a platform, a country, a class of customers.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Stratum {
    /// Those of the stratum in the control.
    pub control: Moments,
    /// Those in the treatment.
    pub treatment: Moments,
}

/// Means compared within strata and put together by the strata's shares of everybody in the experiment.
///
/// # Formula
/// Σ p_k (t_k − c_k) with p_k = n_k / n. Variance Σ p_k² (s²_tk / n_tk + s²_ck / n_ck), and, as the shares are a sample's, Var_p(t_k − c_k) / n (Miratrix, Sekhon, Yu 2013).
///
/// Each stratum needs two units or more in either arm; join smaller ones.
///
/// # Errors
///
/// [`Error::TooFew`] without strata, or with fewer than two values in an arm of one.
///
/// ```
/// use styring_experiments::{Level, Moments, means::{Contrast, Stratum, post_stratified}};
///
/// let of = |n, mean, variance| Moments::from_summary(n, [mean], [[variance]]);
/// let strata = [
///     Stratum { control: of(900, 500.0, 40_000.0)?, treatment: of(600, 520.0, 41_000.0)? }, // returning
///     Stratum { control: of(2_100, 40.0, 900.0)?, treatment: of(2_400, 42.0, 950.0)? },     // new
/// ];
/// let readout = post_stratified(&strata)?.difference(Level::P95)?;
/// assert!((readout.estimate().unwrap_or(0.0) - (0.25 * 20.0 + 0.75 * 2.0)).abs() < 1e-9);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn post_stratified(strata: &[Stratum]) -> Result<Contrast, Error> {
    let sizes: Vec<f64> = strata.iter().map(|stratum| (stratum.control.n() + stratum.treatment.n()) as f64).collect();
    let all: f64 = sizes.iter().sum();
    let shares: Vec<f64> = sizes.iter().map(|size| size / all).collect();
    let ([control, treatment], [one, other]) = within(strata, &shares)?;
    let mut between = Part { covariance: [0.0; 3], degrees: all - 1.0 };
    for (stratum, share) in strata.iter().zip(&shares) {
        let (c, t) = (stratum.control.mean(0) - control, stratum.treatment.mean(0) - treatment);
        for (sum, product) in between.covariance.iter_mut().zip([c * c, c * t, t * t]) {
            *sum += share * product / all;
        }
    }
    Contrast::new("post-stratification", [control, treatment], &[one, other, between])
}

/// Means compared within strata and put together by shares that are known: of the whole customer base, of the plan. What stands for another population than the sample's.
///
/// # Formula
/// Σ p_k (t_k − c_k), with variance Σ p_k² (s²_tk / n_tk + s²_ck / n_ck). The shares are divided by their sum.
///
/// # Errors
///
/// Those of [`post_stratified`]; [`Error::Lengths`] unless there is a share for every stratum; [`Error::OutOfRange`] for a share below zero, or if all are zero.
pub fn stratified(strata: &[Stratum], shares: &[f64]) -> Result<Contrast, Error> {
    if strata.len() != shares.len() {
        return Err(Error::Lengths { what: "strata and their shares", first: strata.len(), second: shares.len() });
    }
    if let Some(share) = shares.iter().find(|share| !(**share >= 0.0 && share.is_finite())) {
        return Err(Error::range("share", "0 or above", share));
    }
    let all: f64 = shares.iter().sum();
    if !(all > 0.0 && all.is_finite()) {
        return Err(Error::range("sum of shares", "above 0", all));
    }
    let shares: Vec<f64> = shares.iter().map(|share| share / all).collect();
    let (values, parts) = within(strata, &shares)?;
    Contrast::new("stratified", values, &parts)
}

/// Weighted means of both arms, and what each adds to the uncertainty.
fn within(strata: &[Stratum], shares: &[f64]) -> Result<([f64; 2], [Part; 2]), Error> {
    if strata.is_empty() {
        return Err(Error::TooFew { what: "strata", needed: 1, given: 0 });
    }
    let (mut values, mut variances, mut squares) = ([0.0; 2], [0.0; 2], [0.0; 2]);
    let arm_variance = |arm: &Joint<1>, share: f64| {
        if arm.n() < 2 {
            return Err(Error::TooFew { what: "values of a stratum in an arm", needed: 2, given: arm.n() });
        }
        Ok(share * share * arm.variance(0)? / arm.n() as f64)
    };
    for (stratum, &share) in strata.iter().zip(shares) {
        for (place, arm) in [&stratum.control, &stratum.treatment].into_iter().enumerate() {
            values[place] += share * arm.mean(0);
            variances[place] += arm_variance(arm, share)?;
        }
    }
    // Satterthwaite within an arm, in shares of the variance lest squares underflow.
    for (stratum, &share) in strata.iter().zip(shares) {
        for (place, arm) in [&stratum.control, &stratum.treatment].into_iter().enumerate() {
            if variances[place] > 0.0 {
                squares[place] += (arm_variance(arm, share)? / variances[place]).powi(2) / (arm.n() - 1) as f64;
            }
        }
    }
    let degrees = squares.map(|square| if square > 0.0 { 1.0 / square } else { 1.0 });
    let parts = [
        Part { covariance: [variances[0], 0.0, 0.0], degrees: degrees[0] },
        Part { covariance: [0.0, 0.0, variances[1]], degrees: degrees[1] },
    ];
    Ok((values, parts))
}
