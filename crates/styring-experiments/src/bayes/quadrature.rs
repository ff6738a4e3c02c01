//! Adaptive Gauss–Kronrod quadrature (Kronrod 1965; Piessens et al. 1983), deterministic.

const NODES: [f64; 7] = [
    0.991_455_371_120_812_6,
    0.949_107_912_342_758_5,
    0.864_864_423_359_769_1,
    0.741_531_185_599_394_4,
    0.586_087_235_467_691_1,
    0.405_845_151_377_397_2,
    0.207_784_955_007_898_47,
];
const KRONROD: [f64; 7] = [
    0.022_935_322_010_529_224,
    0.063_092_092_629_978_56,
    0.104_790_010_322_250_18,
    0.140_653_259_715_525_92,
    0.169_004_726_639_267_9,
    0.190_350_578_064_785_4,
    0.204_432_940_075_298_9,
];
const KRONROD_CENTRE: f64 = 0.209_482_141_084_727_82;
/// Of the nodes at odd places, and of the centre.
const GAUSS: [f64; 3] = [0.129_484_966_168_869_7, 0.279_705_391_489_276_7, 0.381_830_050_505_118_9];
const GAUSS_CENTRE: f64 = 0.417_959_183_673_469_4;

/// ∫ f between the first and the last of some points, none of which is in the middle of something narrow; to about eleven digits of the whole.
pub(crate) fn integral(points: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    let panels: Vec<_> = points
        .windows(2)
        .filter(|ends| ends[1] > ends[0])
        .map(|ends| (ends[0], ends[1], panel(&f, ends[0], ends[1])))
        .collect();
    let whole: f64 = panels.iter().map(|(_, _, (value, _))| value.abs()).sum();
    let tolerance = 1e-11 * whole;
    panels.into_iter().map(|(low, high, found)| refined(&f, (low, high), found, tolerance, 24)).sum()
}

fn refined(
    f: &impl Fn(f64) -> f64,
    (low, high): (f64, f64),
    (value, error): (f64, f64),
    tolerance: f64,
    depth: u32,
) -> f64 {
    let middle = 0.5 * (low + high);
    if error <= tolerance || depth == 0 || middle <= low || middle >= high {
        return value;
    }
    let (left, right) = (panel(f, low, middle), panel(f, middle, high));
    refined(f, (low, middle), left, tolerance, depth - 1) + refined(f, (middle, high), right, tolerance, depth - 1)
}

/// The integral over a panel, and how far seven points are from fifteen.
fn panel(f: &impl Fn(f64) -> f64, low: f64, high: f64) -> (f64, f64) {
    let (centre, half) = (0.5 * (low + high), 0.5 * (high - low));
    let at_centre = f(centre);
    let (mut kronrod, mut gauss) = (KRONROD_CENTRE * at_centre, GAUSS_CENTRE * at_centre);
    for (place, (node, weight)) in NODES.into_iter().zip(KRONROD).enumerate() {
        let both = f(centre - half * node) + f(centre + half * node);
        kronrod += weight * both;
        if place % 2 == 1 {
            gauss += GAUSS.get(place / 2).copied().unwrap_or(0.0) * both;
        }
    }
    let error = (200.0 * half * (kronrod - gauss)).abs();
    // The difference overstates the error of the better rule by far; its power is the usual estimate.
    let scale = (half * kronrod).abs();
    let error = if scale > 0.0 { scale * (error / scale).min(1.0) * (error / scale).min(1.0).sqrt() } else { error };
    (half * kronrod, error)
}

#[cfg(test)]
mod tests {
    use super::integral;

    #[test]
    fn a_bell_beside_a_step() {
        let bell = |x: f64| libm::exp(-0.5 * x * x);
        let whole = std::f64::consts::TAU.sqrt();
        assert!((integral(&[-12.0, 0.0, 12.0], bell) / whole - 1.0).abs() < 1e-12);
        let step = |x: f64| if x < 0.123_456 { 0.0 } else { 1.0 };
        assert!((integral(&[0.0, 1.0], step) - 0.876_544).abs() < 1e-7);
    }
}
