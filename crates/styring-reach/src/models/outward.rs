/// Probabilities of 0 to n from the ratios P(k + 1)/P(k), built outward from the mode and divided by their sum: nothing overflows, and no logarithm costs digits.
pub(super) fn probabilities(n: u32, mode: u32, ratio: impl Fn(f64) -> f64) -> Vec<f64> {
    let mode = mode.min(n) as usize;
    let mut weights = vec![0.0; n as usize + 1];
    weights[mode] = 1.0;
    for k in mode + 1..weights.len() {
        weights[k] = weights[k - 1] * ratio((k - 1) as f64);
    }
    for k in (0..mode).rev() {
        weights[k] = weights[k + 1] / ratio(k as f64);
    }
    // Small ones first, from both ends.
    let sum = weights[..mode].iter().sum::<f64>() + weights[mode..].iter().rev().sum::<f64>();
    weights.iter().map(|weight| weight / sum).collect()
}

/// Binomial probabilities; `p` from 0 to 1.
pub(super) fn binomial(n: u32, p: f64) -> Vec<f64> {
    if p <= 0.0 || p >= 1.0 {
        let sure = if p <= 0.0 { 0 } else { n as usize };
        return (0..=n as usize).map(|k| if k == sure { 1.0 } else { 0.0 }).collect();
    }
    let n_real = f64::from(n);
    // Between 0 and n, by p between 0 and 1.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let mode = ((n_real + 1.0) * p) as u32;
    probabilities(n, mode, |k| (n_real - k) / (k + 1.0) * (p / (1.0 - p)))
}
