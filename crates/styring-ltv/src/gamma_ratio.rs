//! ln Γ(c + d) − ln Γ(c) without the cancellation that ln Γ itself brings, and the derivatives of ln Γ.

/// B₂ₖ / (2k (2k−1)) for k = 1 … 8, of Stirling's series of ln Γ (DLMF 5.11.1).
const STIRLING: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
    1.0 / 156.0,
    -3617.0 / 122_400.0,
];

/// From here on the terms missing in [`STIRLING`], and in its second derivative, are below 2e-16.
pub(crate) const LARGE: f64 = 12.0;

/// Up to so many steps, factors are multiplied one by one.
const FEW: u32 = 16;

/// ln Γ(c + d) − ln Γ(c) and its first two derivatives **in c**, for c > 0 and d ≥ 0.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rise {
    pub(crate) value: f64,
    pub(crate) slope: f64,
    pub(crate) curve: f64,
}

impl Rise {
    /// By a whole number of steps: ln(c (c+1) … (c+n−1)).
    pub(crate) fn by(c: f64, steps: u32) -> Self {
        if steps > FEW {
            return Self::over(c, steps.into());
        }
        let (mut log, mut product) = (0.0, 1.0);
        let mut rise = Self::default();
        for step in 0..steps {
            let factor = c + f64::from(step);
            let inverse = 1.0 / factor;
            rise.slope += inverse;
            rise.curve -= inverse * inverse;
            product *= factor;
            // Parameters go from 1e-50 to 1e50: four factors stay within the range of f64.
            if step % 4 == 3 {
                log += libm::log(product);
                product = 1.0;
            }
        }
        rise.value = log + libm::log(product);
        rise
    }

    /// One step further: `factor` is c plus the steps taken.
    pub(crate) fn step(&mut self, factor: f64) {
        let inverse = 1.0 / factor;
        self.value += libm::log(factor);
        self.slope += inverse;
        self.curve -= inverse * inverse;
    }

    /// By any distance.
    pub(crate) fn over(c: f64, d: f64) -> Self {
        // Γ(c+d)/Γ(c) = Γ(c+1+d)/Γ(c+1) · c/(c+d), until Stirling's series holds.
        let (mut base, mut rise) = (c, Self::default());
        while base < LARGE {
            let (low, high) = (1.0 / base, 1.0 / (base + d));
            rise.value -= libm::log1p(d * low);
            rise.slope -= high - low;
            rise.curve += high * high - low * low;
            base += 1.0;
        }
        let (low, high) = (Tail::at(base), Tail::at(base + d));
        let log = libm::log1p(d / base);
        rise.value += (base - 0.5) * log + d * libm::log(base + d) - d + (high.value - low.value);
        rise.slope += log + (high.slope - low.slope);
        rise.curve += -d / (base * (base + d)) + (high.curve - low.curve);
        rise
    }
}

/// ln Γ(z) − (z − ½) ln z + z − ln √2π, for z of at least [`LARGE`].
pub(crate) fn stirling_rest(z: f64) -> f64 {
    Tail::at(z).value
}

/// What ln Γ(z) − (z − ½) ln z + z − ln √2π leaves, and what ψ(z) − ln z and ψ′(z) − 1/z leave.
struct Tail {
    value: f64,
    slope: f64,
    curve: f64,
}

impl Tail {
    fn at(z: f64) -> Self {
        let inverse = 1.0 / z;
        let square = inverse * inverse;
        let (mut value, mut slope, mut curve) = (0.0, 0.0, 0.0);
        for (index, c) in STIRLING.iter().enumerate().rev() {
            let odd = 2.0 * index as f64 + 1.0;
            value = value * square + c;
            slope = slope * square - c * odd;
            curve = curve * square + c * odd * (odd + 1.0);
        }
        Self {
            value: value * inverse,
            slope: (slope * inverse - 0.5) * inverse,
            curve: (curve * inverse + 0.5) * square,
        }
    }
}

/// ψ(z) and ψ′(z), the first two derivatives of ln Γ, for z > 0.
pub(crate) fn digamma_and_trigamma(z: f64) -> (f64, f64) {
    let (mut base, mut first, mut second) = (z, 0.0, 0.0);
    while base < LARGE {
        let inverse = 1.0 / base;
        first -= inverse;
        second += inverse * inverse;
        base += 1.0;
    }
    let tail = Tail::at(base);
    (first + libm::log(base) + tail.slope, second + 1.0 / base + tail.curve)
}

#[cfg(test)]
mod tests {
    use super::{Rise, digamma_and_trigamma};

    #[test]
    fn derivatives_of_log_gamma() {
        let euler = 0.577_215_664_901_532_9;
        let (first, second) = digamma_and_trigamma(1.0);
        assert!((first + euler).abs() < 1e-15);
        assert!((second - std::f64::consts::PI.powi(2) / 6.0).abs() < 2e-15);
        // ψ(100) and ψ′(100), by mpmath
        let (first, second) = digamma_and_trigamma(100.0);
        assert!((first - 4.600_161_852_738_087).abs() < 2e-15);
        assert!((second - 0.010_050_166_663_333_571).abs() < 1e-17);
    }

    #[test]
    fn steps_and_distances_agree() {
        for c in [1e-3, 0.24, 1.0, 7.7, 40.0, 1e6] {
            for steps in [0, 1, 2, 5, 16] {
                let (few, over) = (Rise::by(c, steps), Rise::over(c, steps.into()));
                assert!((few.value - over.value).abs() <= 4e-15 * (1.0 + few.value.abs()), "{c} {steps}");
                assert!((few.slope - over.slope).abs() <= 4e-15 * few.slope.abs(), "{c} {steps}");
                assert!((few.curve - over.curve).abs() <= 8e-15 * few.curve.abs(), "{c} {steps}");
            }
        }
    }

    #[test]
    fn a_huge_base_loses_nothing() {
        // ln Γ(1e15 + 0.5) − ln Γ(1e15) ≈ ½ ln 1e15
        let rise = Rise::over(1e15, 0.5);
        assert!((rise.value - 0.5 * 1e15_f64.ln()).abs() < 1e-13);
    }
}
