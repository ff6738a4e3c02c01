use nalgebra::{DMatrix, DVector};

use crate::Error;

/// Weights with what the simplex left over explained by ridge regression: w + (B′B + λI)⁻¹ B′(a − Bw), with the donors B (days × donors, row by row in `donors`) less their mean of each day
/// (Ben-Michael, Feller and Rothstein 2021). They sum to 1 still, and may be negative.
pub(crate) fn augmented(target: &[f64], donors: &[Vec<f64>], weights: &[f64], lambda: f64) -> Result<Vec<f64>, Error> {
    if !(lambda > 0.0 && lambda.is_finite()) {
        return Err(Error::range("ridge", "above 0", lambda));
    }
    let (n, days) = (donors.len(), target.len());
    let mut left = target.to_vec();
    for (donor, weight) in donors.iter().zip(weights) {
        for (left, value) in left.iter_mut().zip(donor) {
            *left -= weight * value;
        }
    }
    let means: Vec<f64> = (0..days).map(|day| donors.iter().map(|donor| donor[day]).sum::<f64>() / n as f64).collect();
    let centred = DMatrix::from_fn(days, n, |day, donor| donors[donor][day] - means[day]);
    let left = DVector::from_vec(left);
    let what = Error::Collinear { what: "donors under so small a ridge" };
    // The smaller of two systems that have one solution.
    let change = if n <= days {
        let mut matrix = centred.tr_mul(&centred);
        add(&mut matrix, lambda);
        matrix.cholesky().ok_or(what)?.solve(&centred.tr_mul(&left))
    } else {
        let mut matrix = &centred * centred.transpose();
        add(&mut matrix, lambda);
        centred.tr_mul(&matrix.cholesky().ok_or(what)?.solve(&left))
    };
    Ok(weights.iter().zip(&change).map(|(weight, change)| weight + change).collect())
}

fn add(matrix: &mut DMatrix<f64>, lambda: f64) {
    for i in 0..matrix.nrows() {
        matrix[(i, i)] += lambda;
    }
}
