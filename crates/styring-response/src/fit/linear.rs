/// The inverse of a small symmetric matrix of which one triangle need not be trusted more than the other; none if it is next to singular.
pub(super) fn inverse(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let n = matrix.len();
    let scales: Vec<f64> = (0..n).map(|i| matrix[i][i].sqrt()).collect();
    if !scales.iter().all(|scale| *scale > 0.0 && scale.is_finite()) {
        return None;
    }
    // In units of the diagonal, by Gauss and Jordan.
    let mut work: Vec<Vec<f64>> = (0..n)
        .map(|i| {
            let left = (0..n).map(|j| matrix[i][j] / scales[i] / scales[j]);
            left.chain((0..n).map(|j| f64::from(u8::from(i == j)))).collect()
        })
        .collect();
    for pivot in 0..n {
        let best = (pivot..n).max_by(|i, j| work[*i][pivot].abs().total_cmp(&work[*j][pivot].abs()))?;
        work.swap(pivot, best);
        let value = work[pivot][pivot];
        if value.is_nan() || value.abs() < 1e-12 {
            return None;
        }
        for entry in &mut work[pivot] {
            *entry /= value;
        }
        let row = work[pivot].clone();
        for (i, other) in work.iter_mut().enumerate() {
            if i != pivot {
                let factor = other[pivot];
                for (entry, from) in other.iter_mut().zip(&row) {
                    *entry -= factor * from;
                }
            }
        }
    }
    Some((0..n).map(|i| (0..n).map(|j| work[i][n + j] / scales[i] / scales[j]).collect()).collect())
}
