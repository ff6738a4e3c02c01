//! The maximum of a likelihood: Newton's method in a trust region, over the logarithms of parameters.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

use crate::Error;

/// A value with its gradient and its matrix of second derivatives.
#[derive(Debug, Clone)]
pub(crate) struct Quadratic {
    pub(crate) value: f64,
    pub(crate) gradient: DVector<f64>,
    pub(crate) hessian: DMatrix<f64>,
}

impl Quadratic {
    pub(crate) fn zero(size: usize) -> Self {
        Self { value: 0.0, gradient: DVector::zeros(size), hessian: DMatrix::zeros(size, size) }
    }

    /// Less `RIDGE/2 · |at|²`.
    fn with_ridge(mut self, at: &DVector<f64>) -> Self {
        self.value -= RIDGE / 2.0 * at.norm_squared();
        self.gradient -= at * RIDGE;
        for index in 0..at.len() {
            self.hessian[(index, index)] -= RIDGE;
        }
        self
    }
}

/// Where a likelihood rises forever along a direction, or is flat along it, this much curvature picks one of the points that are as good as the supremum. A
/// thousandth of a standard error is lost where a direction has a standard error above 10⁴ in its logarithm, and nothing that can be measured elsewhere.
const RIDGE: f64 = 1e-7;

/// Steps: seven to twelve on ordinary data, up to fifty along a ridge to the boundary.
const STEPS: u32 = 300;

/// Where a likelihood is largest.
#[derive(Debug, Clone)]
pub(crate) struct Maximum {
    pub(crate) point: DVector<f64>,
    pub(crate) value: f64,
    pub(crate) hessian: DMatrix<f64>,
}

impl Quadratic {
    /// The maximum a last step away, which is so short that the quadratic model needs no check. The ridge is taken off the value.
    fn after(self, point: &DVector<f64>, step: &DVector<f64>, gain: f64) -> Maximum {
        let point = point + step;
        Maximum { value: self.value + gain + RIDGE / 2.0 * point.norm_squared(), point, hessian: self.hessian }
    }
}

/// A gain below which a Newton step is taken without looking where it led. Such a step is a thirtieth of a standard error; its own error is of the second order, a thousandth.
pub(crate) const CLOSE: f64 = 5e-4;

/// The same where a step more costs next to nothing.
pub(crate) const CLOSEST: f64 = 1e-8;

/// The same where only a place to begin is looked for.
pub(crate) const ROUGHLY: f64 = 0.2;

/// Finds the maximum from `start`, to within `close` in value before a last step. `at` must be smooth and give `None` where it cannot be evaluated.
pub(crate) fn maximum(
    model: &'static str,
    start: DVector<f64>,
    close: f64,
    mut at: impl FnMut(&DVector<f64>) -> Option<Quadratic>,
) -> Result<Maximum, Error> {
    let lost = || Error::NotSettled { model, steps: 0 };
    let mut point = start;
    let mut here = at(&point).ok_or_else(lost)?.with_ridge(&point);
    let mut radius = 1.0;
    for _ in 0..STEPS {
        let eigen = SymmetricEigen::new(-&here.hessian);
        let step = step_within(&eigen, &here.gradient, radius);
        let gain = here.gradient.dot(&step) + step.dot(&(&here.hessian * &step)) / 2.0;
        // Sums of logarithms are no better than this.
        let noise = 1e-15 * here.value.abs();
        if (gain <= close && step.norm() < 0.1) || gain <= noise.max(1e-10) {
            return Ok(here.after(&point, &step, gain));
        }
        let next = &point + &step;
        let Some(there) = at(&next).map(|there| there.with_ridge(&next)) else {
            // As near to the end of the range as matters: the likelihood rises beyond it.
            if step.norm() < 1e-3 {
                return Ok(here.after(&point, &(step * 0.0), 0.0));
            }
            radius = step.norm() / 4.0;
            continue;
        };
        let ratio = (there.value - here.value) / gain;
        let length = step.norm();
        if ratio < 0.25 {
            if gain < 16.0 * noise {
                return Ok(here.after(&point, &(step * 0.0), 0.0));
            }
            radius = length / 4.0;
        } else if ratio > 0.75 && length > 0.99 * radius {
            radius = (2.0 * radius).min(4.0);
        }
        if ratio > 1e-4 {
            point = next;
            here = there;
        }
        if radius < 1e-12 {
            return Ok(here.after(&point, &(step * 0.0), 0.0));
        }
    }
    Err(Error::NotSettled { model, steps: STEPS })
}

/// The best step of the quadratic model no longer than `radius` (Moré and Sorensen 1983, by the eigenvalues of the negative Hessian).
fn step_within(eigen: &SymmetricEigen<f64, nalgebra::Dyn>, gradient: &DVector<f64>, radius: f64) -> DVector<f64> {
    let along = eigen.eigenvectors.transpose() * gradient;
    let least = eigen.eigenvalues.min();
    let step = |shift: f64| {
        let parts = along.iter().zip(eigen.eigenvalues.iter());
        DVector::from_iterator(along.len(), parts.map(|(part, value)| part / (value + shift).max(1e-300)))
    };
    if least > 0.0 {
        let newton = step(0.0);
        if newton.norm() <= radius {
            return &eigen.eigenvectors * newton;
        }
    }
    let (mut low, mut high) = ((-least).max(0.0), (-least).max(0.0) + along.norm() / radius + 1e-300);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        let end = if step(middle).norm() > radius { &mut low } else { &mut high };
        *end = middle;
        if high - low <= 1e-3 * high {
            break;
        }
    }
    &eigen.eigenvectors * step(high)
}

#[cfg(test)]
mod tests {
    use super::{CLOSE, Quadratic, maximum};
    use nalgebra::{DMatrix, DVector};

    #[test]
    fn climbs_a_curved_ridge() {
        // −(1−x)² − 100 (y−x²)², Rosenbrock's valley turned over
        let top = maximum("valley", DVector::from_vec(vec![-1.2, 1.0]), CLOSE, |p| {
            let (x, y) = (p[0], p[1]);
            let bend = y - x * x;
            Some(Quadratic {
                value: -(1.0 - x).powi(2) - 100.0 * bend * bend,
                gradient: DVector::from_vec(vec![2.0 * (1.0 - x) + 400.0 * x * bend, -200.0 * bend]),
                hessian: DMatrix::from_row_slice(
                    2,
                    2,
                    &[-2.0 + 400.0 * bend - 800.0 * x * x, 400.0 * x, 400.0 * x, -200.0],
                ),
            })
        })
        .expect("a maximum");
        assert!((top.point[0] - 1.0).abs() < 1e-3 && (top.point[1] - 1.0).abs() < 1e-3, "{top:?}");
        assert!(top.value > -1e-6);
    }
}
