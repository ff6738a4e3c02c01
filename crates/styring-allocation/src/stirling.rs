use std::f64::consts::TAU;

/// ln Γ(a) − [(a − ½) ln a − a + ½ ln 2π]: what Stirling's formula leaves out.
pub(crate) fn stirling(a: f64) -> f64 {
    if a < 12.0 {
        return libm::lgamma(a) - ((a - 0.5) * libm::log(a) - a + 0.5 * libm::log(TAU));
    }
    let z = 1.0 / (a * a);
    (1.0 / 12.0 + z * (-1.0 / 360.0 + z * (1.0 / 1_260.0 + z * (-1.0 / 1_680.0 + z * (1.0 / 1_188.0))))) / a
}
