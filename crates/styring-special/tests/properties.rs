//! Laws of the incomplete functions, on shapes and arguments of every size.

use proptest::prelude::*;
use styring_special::{Error, Split, beta_inc, beta_inc_inv, gamma_inc, gamma_inc_inv};

/// Twice the worst error seen against the golden values.
const CLOSE: f64 = 5e-13;

/// Any bit pattern: NaN, infinities, negative, subnormal and huge numbers.
fn any_bits() -> impl Strategy<Value = f64> {
    any::<u64>().prop_map(f64::from_bits)
}

fn shape() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-3.0..8.0).prop_map(|exponent: f64| 10_f64.powf(exponent)),
        (1_u32..400).prop_map(|half| f64::from(half) / 2.0)
    ]
}

/// A gamma variable's argument, mostly where both tails are worth a look.
fn gamma_point() -> impl Strategy<Value = (f64, f64)> {
    let near = (shape(), -15.0..15.0).prop_map(|(a, z): (f64, f64)| (a, (a + z * a.sqrt()).abs()));
    let far = (shape(), -30.0..9.0).prop_map(|(a, exponent): (f64, f64)| (a, 10_f64.powf(exponent)));
    prop_oneof![near, far]
}

fn split() -> impl Strategy<Value = Split> {
    let far = (-290.0..0.0, any::<bool>()).prop_map(|(exponent, low): (f64, bool)| {
        let part = 10_f64.powf(exponent);
        if low { Split::from_lower(part) } else { Split::from_upper(part) }
    });
    let even = (0.001..0.999).prop_map(Split::from_lower);
    prop_oneof![far, even].prop_filter_map("a part of one", Result::ok)
}

/// A beta variable's argument, mostly near the mean.
fn beta_point() -> impl Strategy<Value = (f64, f64, Split)> {
    let near = (shape(), shape(), -15.0..15.0).prop_filter_map("an argument", |(a, b, z): (f64, f64, f64)| {
        let odds = a / b * (z * (1.0 / a + 1.0 / b).sqrt()).exp();
        Some((a, b, Split::from_ratio(odds, 1.0).ok()?))
    });
    prop_oneof![near, (shape(), shape(), split())]
}

fn smaller(tails: Split) -> f64 {
    tails.lower().min(tails.upper())
}

/// The relative difference of two tails, zero if both are too small to have all their digits.
fn difference(one: f64, other: f64) -> f64 {
    if one.max(other) < 1e-300 { 0.0 } else { (one - other).abs() / one.max(other) }
}

fn in_order(below: Split, above: Split) -> bool {
    below.lower() <= above.lower() * (1.0 + CLOSE) && above.upper() <= below.upper() * (1.0 + CLOSE)
}

fn is_a_split_of_one(tails: Split) -> bool {
    let part = 0.0..=1.0;
    part.contains(&tails.lower()) && part.contains(&tails.upper()) && tails.lower() + tails.upper() - 1.0 == 0.0
}

/// An error of the caller's making, not one of ours.
fn refuses_input(error: &Error) -> bool {
    !matches!(error, Error::Unsettled { .. })
}

/// |d ln tail / d ln r| of the smaller tail, from two points a small factor apart.
fn steepness(step: f64, below: Split, above: Split) -> f64 {
    let change =
        if below.lower() < below.upper() { above.lower() / below.lower() } else { below.upper() / above.upper() };
    change.ln() / step
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tails_are_parts_of_one((a, x) in gamma_point(), (b, c, y) in beta_point()) {
        prop_assert!(is_a_split_of_one(gamma_inc(a, x)?));
        prop_assert!(is_a_split_of_one(beta_inc(b, c, y)?));
    }

    #[test]
    fn gamma_increases((a, x) in gamma_point(), step in -16.0..0.0) {
        prop_assert!(in_order(gamma_inc(a, x)?, gamma_inc(a, x * (1.0 + 10_f64.powf(step)))?));
    }

    #[test]
    fn beta_increases((a, b, x) in beta_point(), step in -16.0..0.0) {
        let further = Split::from_ratio(x.lower() * (1.0 + 10_f64.powf(step)), x.upper())?;
        // Rounding may have moved it backwards.
        prop_assume!(further.lower() > x.lower() || further.upper() < x.upper());
        prop_assert!(in_order(beta_inc(a, b, x)?, beta_inc(a, b, further)?));
    }

    #[test]
    fn beta_is_its_mirror_image((a, b, x) in beta_point()) {
        let (direct, mirrored) = (beta_inc(a, b, x)?, beta_inc(b, a, x.swapped())?.swapped());
        prop_assert!(difference(smaller(direct), smaller(mirrored)) < CLOSE);
    }

    /// P(a+1, x) = P(a, x) − x^a e^−x / Γ(a+1)
    #[test]
    fn gamma_recurrence(a in 0.01..60.0, x in 0.01..100.0) {
        let step = libm::exp(a * libm::log(x) - x - libm::lgamma(a + 1.0));
        let (here, next) = (gamma_inc(a, x)?, gamma_inc(a + 1.0, x)?);
        prop_assert!(difference(here.lower(), next.lower() + step) < CLOSE);
        prop_assert!(difference(next.upper(), here.upper() + step) < CLOSE);
    }

    /// I_x(a+1, b) = I_x(a, b) − x^a y^b / (a B(a, b))
    #[test]
    fn beta_recurrence(a in 0.01..60.0, b in 0.01..60.0, x in 0.001..0.999) {
        let log_beta = libm::lgamma(a + 1.0) + libm::lgamma(b) - libm::lgamma(a + b);
        let step = libm::exp(a * libm::log(x) + b * libm::log1p(-x) - log_beta);
        let x = Split::from_lower(x)?;
        let (here, next) = (beta_inc(a, b, x)?, beta_inc(a + 1.0, b, x)?);
        prop_assert!(difference(here.lower(), next.lower() + step) < CLOSE);
        prop_assert!(difference(next.upper(), here.upper() + step) < CLOSE);
    }

    /// A binomial tail, summed.
    #[test]
    fn beta_is_a_binomial_tail(k in 1_u32..40, failures in 0_u32..40, x in 0.01..0.99) {
        let n = k + failures;
        let (mut chance, mut sum) = (libm::pow(x, f64::from(n)), 0.0);
        for successes in (k..=n).rev() {
            sum += chance;
            chance *= f64::from(successes) / f64::from(n - successes + 1) * (1.0 - x) / x;
        }
        let tail = beta_inc(f64::from(k), f64::from(n - k + 1), Split::from_lower(x)?)?.lower();
        prop_assert!(difference(tail, sum) < CLOSE);
    }

    /// As b grows with b x held, beta turns into gamma.
    #[test]
    fn beta_tends_to_gamma(a in 0.01..50.0, x in 0.01..100.0) {
        let b = 1e18;
        let (beta, gamma) = (beta_inc(a, b, Split::from_lower(x / b)?)?, gamma_inc(a, x)?);
        prop_assert!(difference(beta.lower(), gamma.lower()) < CLOSE);
        prop_assert!(difference(beta.upper(), gamma.upper()) < CLOSE);
    }

    #[test]
    fn gamma_quantile_round_trip(a in shape(), p in split()) {
        let x = gamma_inc_inv(a, p)?;
        prop_assume!(x > 1e-290);
        let back = gamma_inc(a, x)?;
        let steep = steepness(2e-9, gamma_inc(a, x * (1.0 - 1e-9))?, gamma_inc(a, x * (1.0 + 1e-9))?);
        let rounding = 1e-15 * steep;
        let error = difference(p.lower(), back.lower()).max(difference(p.upper(), back.upper()));
        prop_assert!(error < CLOSE + rounding, "x = {x:e}, steepness {steep:e}, error {error:e}");
    }

    #[test]
    fn beta_quantile_round_trip(a in shape(), b in shape(), p in split()) {
        let x = beta_inc_inv(a, b, p)?;
        prop_assume!(smaller(x) > 1e-290);
        let back = beta_inc(a, b, x)?;
        let beside = |step: f64| beta_inc(a, b, Split::from_ratio(x.lower() * (1.0 + step), x.upper())?);
        let steep = steepness(2e-9, beside(-1e-9)?, beside(1e-9)?);
        let rounding = 1e-15 * steep;
        let error = difference(p.lower(), back.lower()).max(difference(p.upper(), back.upper()));
        prop_assert!(error < CLOSE + rounding, "x = {x:?}, steepness {steep:e}, error {error:e}");
    }

    #[test]
    fn whatever_the_bits_no_panic_and_no_nan(a in any_bits(), b in any_bits(), x in any_bits(), y in any_bits()) {
        for a in [a, a.abs(), 1.5] {
            match gamma_inc(a, x) {
                Ok(tails) => prop_assert!(is_a_split_of_one(tails)),
                Err(error) => prop_assert!(refuses_input(&error)),
            }
            let splits = [Split::from_lower(x), Split::from_upper(x), Split::from_ratio(x, y), Split::from_ratio(x.abs(), y.abs())];
            for split in splits.into_iter().flatten() {
                prop_assert!(is_a_split_of_one(split));
                match gamma_inc_inv(a, split) {
                    Ok(x) => prop_assert!(x >= 0.0 && x.is_finite()),
                    Err(error) => prop_assert!(refuses_input(&error)),
                }
                for b in [b, b.abs(), 0.5] {
                    for tails in [beta_inc(a, b, split), beta_inc_inv(a, b, split)] {
                        match tails {
                            Ok(tails) => prop_assert!(is_a_split_of_one(tails)),
                            Err(error) => prop_assert!(refuses_input(&error)),
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn refusals_name_the_argument() {
    let message = |error: Result<Split, Error>| error.err().map(|error| error.to_string());
    assert_eq!(message(gamma_inc(0.0, 1.0)).as_deref(), Some("shape a must lie in 1e-100..=1e100, got 0e0"));
    assert_eq!(message(gamma_inc(1.0, -2.5)).as_deref(), Some("x must be 0 or more, got -2.5e0"));
    assert_eq!(message(Split::from_lower(f64::NAN)).as_deref(), Some("lower must lie in 0..=1, got NaN"));
    assert_eq!(message(Split::from_ratio(0.0, 0.0)).as_deref(), Some("lower and upper must not both be 0"));
    let half = Split::from_ratio(1.0, 1.0);
    assert_eq!(
        message(half.and_then(|half| beta_inc(1.0, f64::INFINITY, half))).as_deref(),
        Some("shape b must lie in 1e-100..=1e100, got inf")
    );
    let quantile = Split::from_lower(1.0).and_then(|one| gamma_inc_inv(2.0, one));
    assert_eq!(quantile, Err(Error::Unbounded { name: "p", value: 0.0 }));
}

#[test]
fn ends_of_the_domain() -> Result<(), Error> {
    let (none, all) = (Split::from_lower(0.0)?, Split::from_lower(1.0)?);
    assert_eq!((gamma_inc(2.0, 0.0)?, gamma_inc(2.0, f64::INFINITY)?), (none, all));
    assert_eq!((beta_inc(2.0, 3.0, none)?, beta_inc(2.0, 3.0, all)?), (none, all));
    assert_eq!((beta_inc_inv(2.0, 3.0, none)?, beta_inc_inv(2.0, 3.0, all)?), (none, all));
    assert!(gamma_inc_inv(2.0, none)? == 0.0);
    // Below the range of f64: 0, not an error.
    assert_eq!(gamma_inc(2.0, 1e4)?, all);
    assert!(gamma_inc_inv(1e-3, Split::from_lower(1e-2)?)? == 0.0);
    Ok(())
}
