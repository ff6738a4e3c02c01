//! Least squares on the simplex: the point of a convex hull that is nearest to a target (Wolfe 1976), with a certificate.

use crate::Error;

/// Weights ≥ 0 with the sum 1, and how far they are from the conditions of the optimum.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Nearest {
    pub(crate) weights: Vec<f64>,
    /// The largest violation of the Karush-Kuhn-Tucker conditions: see [`violation`](crate::geo::SyntheticControl::violation).
    pub(crate) violation: f64,
}

/// The largest violation that passes for an optimum.
const OPTIMAL: f64 = 1e-9;
/// A violation that rounding alone may show.
const ROUNDING: f64 = 1e-14;

/// The weights that minimise w′Gw, where G holds the inner products of donors less the target, row by row.
///
/// An active set grows by the donor that promises most and shrinks to what carries weight; every step lowers the distance, so it ends. Each step factors the chosen donors: |S|³/6.
pub(crate) fn nearest(gram: &[f64], n: usize) -> Result<Nearest, Error> {
    let distances: Vec<f64> = (0..n).map(|i| gram[i * n + i].sqrt()).collect();
    let mut weights = vec![0.0; n];
    let Some(first) = (0..n).min_by(|a, b| gram[a * n + a].total_cmp(&gram[b * n + b])) else {
        return Err(Error::TooFew { what: "donors", needed: 1, given: 0 });
    };
    weights[first] = 1.0;
    if distances[first] <= 0.0 || n == 1 {
        return Ok(Nearest { weights, violation: 0.0 });
    }
    let mut chosen = vec![first];
    let mut blocked = vec![false; n];
    let mut gradient = vec![0.0; n];
    let mut work = Work::default();
    let limit = u32::try_from(n).unwrap_or(u32::MAX).saturating_mul(20).saturating_add(100);
    let mut steps = 0_u32;
    loop {
        slopes(gram, n, &chosen, &weights, &mut gradient);
        let value: f64 = chosen.iter().map(|i| weights[*i] * gradient[*i]).sum();
        let far: f64 = chosen.iter().map(|i| weights[*i] * distances[*i]).sum();
        let entering = (0..n)
            .filter(|i| !blocked[*i] && weights[*i] <= 0.0)
            .min_by(|a, b| {
                ((gradient[*a] - value) / distances[*a]).total_cmp(&((gradient[*b] - value) / distances[*b]))
            })
            .filter(|i| gradient[*i] < value - ROUNDING * distances[*i] * far);
        steps += 1;
        let (Some(entering), true) = (entering, steps <= limit) else {
            let off = |i: usize| {
                let apart = value - gradient[i];
                (if weights[i] > 0.0 { apart.abs() } else { apart.max(0.0) }) / (distances[i] * far)
            };
            let violation = (0..n).map(off).fold(0.0, f64::max);
            return if violation <= OPTIMAL {
                Ok(Nearest { weights, violation })
            } else {
                Err(Error::NotFound { what: "the optimum of the weights", steps })
            };
        };
        chosen.push(entering);
        loop {
            if !work.affine(gram, n, &chosen) {
                // As far as numbers can tell it lies in the plane of the others.
                chosen.pop();
                blocked[entering] = true;
                break;
            }
            let solution = &work.solution;
            // As far towards the solution as no weight falls below zero.
            let mut reach = 1.0;
            for (place, i) in chosen.iter().enumerate() {
                if solution[place] <= 0.0 {
                    reach = f64::min(reach, weights[*i] / (weights[*i] - solution[place]));
                }
            }
            if !reach.is_finite() {
                reach = 0.0;
            }
            if reach >= 1.0 {
                for (place, i) in chosen.iter().enumerate() {
                    weights[*i] = solution[place];
                }
                break;
            }
            let mut leaving = None;
            let mut least = f64::INFINITY;
            for (place, i) in chosen.iter().enumerate() {
                weights[*i] += reach * (solution[place] - weights[*i]);
                if solution[place] <= 0.0 && weights[*i] < least {
                    (least, leaving) = (weights[*i], Some(place));
                }
            }
            let Some(leaving) = leaving else { break };
            let gone = chosen.remove(leaving);
            weights[gone] = 0.0;
            if gone == entering {
                // It leaves at once: rounding is all it promised.
                blocked[entering] = true;
                if reach <= 0.0 {
                    break;
                }
            }
            chosen.retain(|i| weights[*i] > 0.0 || *i == entering);
        }
        for weight in &mut weights {
            *weight = weight.max(0.0);
        }
        let sum: f64 = weights.iter().sum();
        for weight in &mut weights {
            *weight /= sum;
        }
        chosen.retain(|i| weights[*i] > 0.0);
    }
}

/// Gw.
fn slopes(gram: &[f64], n: usize, chosen: &[usize], weights: &[f64], gradient: &mut [f64]) {
    gradient.fill(0.0);
    for i in chosen {
        for (slope, product) in gradient.iter_mut().zip(&gram[i * n..(i + 1) * n]) {
            *slope += weights[*i] * product;
        }
    }
}

#[derive(Default)]
struct Work {
    factor: Vec<f64>,
    solution: Vec<f64>,
}

impl Work {
    /// The nearest point of the plane through the chosen donors: (G + s·11′) u = 1, over the sum of u. False where they do not span a plane of their own.
    fn affine(&mut self, gram: &[f64], n: usize, chosen: &[usize]) -> bool {
        let m = chosen.len();
        // Any s > 0 has one solution; between the smallest and the largest it drowns neither.
        let (least, most) = (chosen.iter().map(|i| gram[i * n + i]))
            .fold((f64::INFINITY, 0.0), |(least, most): (f64, f64), square| (least.min(square), most.max(square)));
        let scale = least.sqrt() * most.sqrt();
        self.factor.clear();
        self.factor.resize(m * m, 0.0);
        self.solution.clear();
        self.solution.resize(m, 0.0);
        for i in 0..m {
            let (above, row) = self.factor.split_at_mut(i * m);
            for j in 0..=i {
                let entry = gram[chosen[i] * n + chosen[j]] + scale;
                if i == j {
                    let rest = entry - row[..i].iter().map(|x| x * x).sum::<f64>();
                    if rest <= 1e-13 * entry {
                        return false;
                    }
                    row[i] = rest.sqrt();
                } else {
                    let other = &above[j * m..j * m + j];
                    let inner: f64 = row[..j].iter().zip(other).map(|(x, y)| x * y).sum();
                    row[j] = (entry - inner) / above[j * m + j];
                }
            }
        }
        for i in 0..m {
            let inner: f64 = (0..i).map(|j| self.factor[i * m + j] * self.solution[j]).sum();
            self.solution[i] = (1.0 - inner) / self.factor[i * m + i];
        }
        for i in (0..m).rev() {
            let inner: f64 = (i + 1..m).map(|j| self.factor[j * m + i] * self.solution[j]).sum();
            self.solution[i] = (self.solution[i] - inner) / self.factor[i * m + i];
        }
        let sum: f64 = self.solution.iter().sum();
        for value in &mut self.solution {
            *value /= sum;
        }
        sum.is_finite() && sum > 0.0
    }
}
