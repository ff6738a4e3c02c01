//! Integrals: Gauss–Legendre over panels, and expectations over a beta distribution.

// Positive abscissas and weights of Gauss–Legendre rules on −1..1 (DLMF 3.5; computed to 40 digits).

const FOUR: [(f64, f64); 2] =
    [(0.339_981_043_584_856_26, 0.652_145_154_862_546_1), (0.861_136_311_594_052_6, 0.347_854_845_137_453_85)];
const SIX: [(f64, f64); 3] = [
    (0.238_619_186_083_196_9, 0.467_913_934_572_691_04),
    (0.661_209_386_466_264_5, 0.360_761_573_048_138_6),
    (0.932_469_514_203_152, 0.171_324_492_379_170_36),
];
const EIGHT: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_27),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_48),
    (0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
];
const SIXTEEN: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_58),
    (0.458_016_777_657_227_37, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_8, 0.149_595_988_816_576_74),
    (0.755_404_408_355_003, 0.124_628_971_255_533_88),
    (0.865_631_202_387_831_8, 0.095_158_511_682_492_79),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_894),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_096),
];
const TWELVE: [(f64, f64); 6] = [
    (0.125_233_408_511_468_9, 0.249_147_045_813_402_8),
    (0.367_831_498_998_180_2, 0.233_492_536_538_354_8),
    (0.587_317_954_286_617_5, 0.203_167_426_723_065_92),
    (0.769_902_674_194_304_7, 0.160_078_328_543_346_22),
    (0.904_117_256_370_474_9, 0.106_939_325_995_318_43),
    (0.981_560_634_246_719_2, 0.047_175_336_386_511_83),
];

/// How many digits an integral shall have.
#[allow(unreachable_pub, reason = "in the signature of a sealed trait")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// Enough to find where to begin.
    Six,
    /// Enough to tell likelihoods apart while they are maximised.
    Nine,
    /// All that the terms around it have.
    Twelve,
}

/// Half a rule, the other half being its mirror image.
pub(crate) type Rule = &'static [(f64, f64)];

/// The most powers of e that a rule carries, the widest panel, and the rule.
type Reach = (f64, f64, Rule);

// n nodes are off by k^(2n) (n!)⁴ / ((2n+1) (2n)!³) on an exponential over k powers of e, and by ρ^(−2n) on a pole at a distance of π, with ρ that of the ellipse through it.
const SIX_DIGITS: [Reach; 3] = [(2.5, 1.6, &FOUR), (6.4, 2.5, &SIX), (14.0, 2.5, &TWELVE)];
const NINE_DIGITS: [Reach; 4] = [(1.0, 0.9, &FOUR), (3.6, 2.2, &SIX), (7.0, 2.5, &EIGHT), (14.0, 2.5, &TWELVE)];
const TWELVE_DIGITS: [Reach; 4] = [(0.45, 0.2, &FOUR), (2.0, 0.7, &SIX), (4.5, 1.2, &EIGHT), (9.0, 2.0, &TWELVE)];

/// The rule for an integrand over so many powers of e on a panel of this width, whose nearest pole is no nearer than π.
pub(crate) fn rule_for(digits: Digits, orders: f64, width: f64) -> Rule {
    let rules: &[Reach] = match digits {
        Digits::Six => &SIX_DIGITS,
        Digits::Nine => &NINE_DIGITS,
        Digits::Twelve => &TWELVE_DIGITS,
    };
    let fitting = rules.iter().find(|(most, widest, _)| orders <= *most && width <= *widest);
    fitting.map_or(&SIXTEEN, |(_, _, rule)| rule)
}

/// Sixteen nodes and weights on `from..to`.
pub(crate) fn gauss_sixteen(from: f64, to: f64) -> impl Iterator<Item = (f64, f64)> {
    let (middle, half) = (f64::midpoint(from, to), (to - from) / 2.0);
    SIXTEEN
        .iter()
        .flat_map(move |(at, weight)| [(middle - half * at, half * weight), (middle + half * at, half * weight)])
}

/// ∫ f over `0..end`, by panels whose ends grow by the factor 1 + `growth` in (scale + x).
///
/// For integrands whose nearest singularity is at −scale.
pub(crate) fn over_panels(end: f64, scale: f64, growth: f64, mut integrand: impl FnMut(f64) -> f64) -> f64 {
    let (mut from, mut sum) = (0.0, 0.0);
    while from < end {
        let reach = from + (scale + from) * growth;
        // A last sliver is not worth a panel of its own.
        let to = if reach > 0.8 * end { end } else { reach };
        sum += gauss_sixteen(from, to).map(|(x, weight)| weight * integrand(x)).sum::<f64>();
        from = to;
    }
    sum
}

/// A standard deviation of a logarithm below which a distribution is a point: its square is what is lost.
const POINT: f64 = 1e-9;

/// The expectation of a bounded smooth f(p) over p ~ Beta(a, b), by the trapezoidal rule in ln(p / (1 − p)), which converges geometrically.
///
/// `scale` is how fast f varies near its ends: |f′| ≤ scale · |f| there. Beyond the last nodes f is taken as constant.
#[allow(clippy::many_single_char_names, reason = "a, b, p, q, f as in every text on the beta distribution")]
pub(crate) fn beta_mean(a: f64, b: f64, scale: f64, f: impl Fn(f64, f64) -> f64) -> f64 {
    const NEGLIGIBLE: f64 = 40.0;
    let reach = NEGLIGIBLE + libm::log1p(scale);
    let width = libm::sqrt(1.0 / a + 1.0 / b);
    let (share, rest) = (1.0 / (1.0 + b / a), 1.0 / (1.0 + a / b));
    if width < POINT {
        return f(share, rest);
    }
    let step = (0.6 * width).min(0.25);
    let mode = libm::log(a / b);
    // ln(one + other·e^t) where one and other make 1: what ln(1+e^θ) grows by over the distance t from the mode.
    let grown = |one: f64, other: f64, t: f64| {
        let more = other * libm::expm1(t);
        if more > -0.5 { libm::log1p(more) } else { libm::log(one + other * libm::exp(t)) }
    };
    // ln of the density in θ = ln(p/(1−p)) over that at the mode: −a ln(1+e^−θ) − b ln(1+e^θ).
    let density = |t: f64| -a * grown(share, rest, -t) - b * grown(rest, share, t);
    let (mut mass, mut sum) = (0.0, 0.0);
    let mut add = |t: f64| {
        let weight = libm::exp(density(t));
        let (p, q) = (1.0 / (1.0 + b / a * libm::exp(-t)), 1.0 / (1.0 + a / b * libm::exp(t)));
        mass += weight * step;
        sum += weight * step * f(p, q);
        weight
    };
    add(0.0);
    let mut beyond = Vec::with_capacity(2);
    for direction in [-1.0, 1.0] {
        let mut index = 1.0;
        let (last, weight) = loop {
            let t = direction * index * step;
            let (theta, weight) = (mode + t, add(t));
            if weight < 1e-18 || theta * direction > reach.max(mode.abs() + NEGLIGIBLE) {
                break (theta, weight);
            }
            index += 1.0;
        };
        // The nodes beyond, where the density is e^(aθ) or e^(−bθ): a geometric series.
        if last.abs() > NEGLIGIBLE / 2.0 {
            let (shape, at) = if direction < 0.0 { (a, (0.0, 1.0)) } else { (b, (1.0, 0.0)) };
            beyond.push((weight * step / libm::expm1(shape * step), at));
        }
    }
    for (weight, (p, q)) in beyond {
        mass += weight;
        sum += weight * f(p, q);
    }
    sum / mass
}

/// Nodes and weights for the expectation of a smooth bounded function of a Gamma(shape, 1) variable, for shapes of at least one; as [`beta_mean`], in its logarithm.
pub(crate) fn gamma_nodes(shape: f64) -> Vec<(f64, f64)> {
    let width = 1.0 / libm::sqrt(shape);
    let mut nodes = vec![(shape, 1.0)];
    if width < POINT {
        return nodes;
    }
    let step = (0.6 * width).min(0.25);
    for direction in [-1.0, 1.0] {
        for index in 1.. {
            let t = direction * f64::from(index) * step;
            let weight = libm::exp(shape * (t - libm::expm1(t)));
            if weight < 1e-18 {
                break;
            }
            nodes.push((shape * libm::exp(t), weight));
        }
    }
    let mass: f64 = nodes.iter().map(|(_, weight)| weight).sum();
    for (_, weight) in &mut nodes {
        *weight /= mass;
    }
    nodes
}

#[cfg(test)]
mod tests {
    use super::{beta_mean, gamma_nodes, over_panels};

    #[test]
    fn means_of_beta_distributions() {
        for (a, b) in [
            (0.01, 60.0),
            (0.3, 0.9),
            (6.0, 1.5),
            (0.4, 900.0),
            (50.0, 450.0),
            (1e5, 2e5),
            (1e-3, 1e-3),
            (0.05, 7.0),
            (1e9, 3e14),
            (1e16, 2e17),
            (1e50, 1e50),
            (1e50, 1e-50),
            (1e-50, 1e50),
            (1e-50, 1e-50),
            (3e40, 2.0),
        ] {
            let mean = beta_mean(a, b, 1.0, |p, _| p);
            assert!((mean / (a / (a + b)) - 1.0).abs() < 1e-12, "{a} {b}: {mean}");
            let beyond = beta_mean(a, b, 1.0, |_, q| q);
            assert!((beyond / (b / (a + b)) - 1.0).abs() < 1e-12, "{a} {b}: {beyond}");
        }
    }

    #[test]
    fn means_of_gamma_distributions() {
        for shape in [1.0, 2.5, 1e3, 1e9, 1e17, 1e19, 1e50] {
            let nodes = gamma_nodes(shape);
            let mean: f64 = nodes.iter().map(|(node, weight)| node * weight).sum();
            assert!((mean / shape - 1.0).abs() < 1e-12, "{shape}: {mean}");
            assert!(nodes.len() < 300);
        }
    }

    #[test]
    fn panels_reach_the_end() {
        // ∫₀^99 (1+x)^−2 dx = 0.99
        let value = over_panels(99.0, 1.0, 3.0, |x| (1.0 + x).powi(-2));
        assert!((value - 0.99).abs() < 1e-13, "{value}");
    }
}
