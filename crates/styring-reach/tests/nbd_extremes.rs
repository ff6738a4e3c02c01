//! The negative binomial distribution where common routines lose their digits, against 60-digit arithmetic.
#![allow(clippy::unwrap_used, clippy::unreadable_literal, clippy::excessive_precision)]

use styring_reach::Nbd;

/// Mean, shape, k, P(k), P(X ≥ k) where it could be summed.
const GOLDEN: &[(f64, f64, u32, f64, Option<f64>)] = &[
    (0.5, 1e6, 12, 3.091590462550041e-13, Some(3.21489206692482e-13)),
    (3.0, 1e9, 40, 7.4186001420703485e-31, Some(8.0031004339121461e-31)),
    (1000.0, 0.02, 5000, 3.4954418407742602e-6, Some(0.036082302834215388)),
    (50.0, 1e-6, 300, 3.3332751731614058e-9, None),
    (1e-6, 1e-6, 3, 4.1666700285521663e-8, Some(6.8147248550418203e-8)),
    (1e-9, 2.5, 2, 6.9999999874000009e-19, Some(6.9999999916000009e-19)),
    (1e5, 1e5, 102_000, 4.4047182711838851e-8, Some(4.2937718179551916e-6)),
    (200.0, 0.001, 10, 9.9061642435960035e-5, None),
    (10.0, 0.5, 400, 2.0579275236423353e-11, Some(4.2210632835371838e-10)),
    (1e-12, 1e-12, 5, 6.2500000000086885e-15, Some(1.0855513893295199e-14)),
    (7.0, 7e8, 3, 0.052129252848257184, Some(0.97036383556095052)),
    (1e6, 50.0, 1_000_000, 2.816179912630026e-6, Some(0.48119309261228081)),
    (30.0, 3.0, 0, 0.00075131480090157776, Some(1.0)),
];

#[test]
fn extremes() {
    let mut worst = [0.0_f64; 2];
    for (mean, shape, k, pmf, at_least) in GOLDEN {
        let nbd = Nbd::new(*mean, *shape).unwrap();
        let listed = nbd.distribution(*k).unwrap();
        let got = listed.pmf()[*k as usize];
        let error = (got / pmf - 1.0).abs();
        worst[0] = worst[0].max(error);
        assert!(error < 1e-12, "pmf({mean}, {shape}, {k}) = {got:e}, not {pmf:e}");
        if let Some(at_least) = at_least {
            let got = nbd.k_plus(*k).unwrap();
            let error = (got / at_least - 1.0).abs();
            worst[1] = worst[1].max(error);
            assert!(error < 1e-12, "k+({mean}, {shape}, {k}) = {got:e}, not {at_least:e}");
        }
        let sum: f64 = listed.pmf().iter().rev().fold(listed.beyond(), |sum, p| sum + p);
        assert!((sum - 1.0).abs() < 1e-12, "{mean} {shape} {k}: {sum}");
    }
    println!("worst relative errors: pmf {:.1e}, k+ {:.1e}", worst[0], worst[1]);
}
