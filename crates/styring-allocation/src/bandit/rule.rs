//! Gauss–Legendre integration on −1 … 1, of a function and of its integral up to each place.

/// How many places a panel has.
pub(super) const PLACES: usize = 20;

/// A number for every place of a panel.
pub(super) type AtPlaces = [f64; PLACES];

/// The places above zero and their weights (Abramowitz and Stegun, table 25.4).
const HALF: [(f64, f64); PLACES / 2] = [
    (0.076_526_521_133_497_33, 0.152_753_387_130_725_85),
    (0.227_785_851_141_645_08, 0.149_172_986_472_603_75),
    (0.373_706_088_715_419_56, 0.142_096_109_318_382_05),
    (0.510_867_001_950_827_1, 0.131_688_638_449_176_63),
    (0.636_053_680_726_515, 0.118_194_531_961_518_42),
    (0.746_331_906_460_150_8, 0.101_930_119_817_240_44),
    (0.839_116_971_822_218_8, 0.083_276_741_576_704_75),
    (0.912_234_428_251_326, 0.062_672_048_334_109_06),
    (0.963_971_927_277_913_8, 0.040_601_429_800_386_94),
    (0.993_128_599_185_094_9, 0.017_614_007_139_152_118),
];

/// Where the function is taken, in rising order.
pub(super) const NODES: AtPlaces = mirrored(true);

/// What each value weighs in the integral.
const WEIGHTS: AtPlaces = mirrored(false);

/// `CUMULATIVE[l][k]` is what the value at place l weighs in the integral from −1 to place k.
const CUMULATIVE: [AtPlaces; PLACES] = cumulative();

const fn mirrored(nodes: bool) -> AtPlaces {
    let mut all = [0.0; PLACES];
    let mut i = 0;
    while i < PLACES / 2 {
        let (node, weight) = HALF[i];
        all[PLACES / 2 + i] = if nodes { node } else { weight };
        all[PLACES / 2 - 1 - i] = if nodes { -node } else { weight };
        i += 1;
    }
    all
}

/// The polynomial through the values is Σ wₗ fₗ Σₘ (m + ½) Pₘ(xₗ) Pₘ(x), and ∫ Pₘ = (Pₘ₊₁ − Pₘ₋₁) / (2m + 1).
const fn cumulative() -> [AtPlaces; PLACES] {
    let mut legendre = [[0.0; PLACES + 1]; PLACES];
    let mut k = 0;
    while k < PLACES {
        let x = NODES[k];
        legendre[k][0] = 1.0;
        legendre[k][1] = x;
        let mut m = 1;
        let mut order = 1.0;
        while m < PLACES {
            legendre[k][m + 1] =
                ((2.0 * order + 1.0) * x * legendre[k][m] - order * legendre[k][m - 1]) / (order + 1.0);
            m += 1;
            order += 1.0;
        }
        k += 1;
    }
    let mut matrix = [[0.0; PLACES]; PLACES];
    let mut l = 0;
    while l < PLACES {
        let mut k = 0;
        while k < PLACES {
            let mut sum = 0.5 * (NODES[k] + 1.0);
            let mut m = 1;
            while m < PLACES {
                sum += 0.5 * legendre[l][m] * (legendre[k][m + 1] - legendre[k][m - 1]);
                m += 1;
            }
            matrix[l][k] = WEIGHTS[l] * sum;
            k += 1;
        }
        l += 1;
    }
    matrix
}

/// The integral from −1 to 1.
pub(super) fn integral(values: &AtPlaces) -> f64 {
    values.iter().zip(&WEIGHTS).map(|(value, weight)| value * weight).sum()
}

/// The integral from −1 up to each place.
pub(super) fn up_to_places(values: &AtPlaces) -> AtPlaces {
    let mut sums = [0.0; PLACES];
    for (value, column) in values.iter().zip(&CUMULATIVE) {
        for (sum, weight) in sums.iter_mut().zip(column) {
            *sum += value * weight;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::{AtPlaces, NODES, PLACES, integral, up_to_places};

    #[test]
    fn powers_are_integrated_exactly() {
        for power in 0..i32::try_from(PLACES).unwrap() {
            let values: AtPlaces = NODES.map(|x| x.powi(power));
            let next = power + 1;
            let whole = (1.0 - (-1.0_f64).powi(next)) / f64::from(next);
            assert!((integral(&values) - whole).abs() < 1e-14, "{power}");
            for (sum, x) in up_to_places(&values).iter().zip(NODES) {
                let expected = (x.powi(next) - (-1.0_f64).powi(next)) / f64::from(next);
                assert!((sum - expected).abs() < 1e-14, "{power} up to {x}");
            }
        }
    }
}
