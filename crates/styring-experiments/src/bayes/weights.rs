use crate::Error;

/// Shares of traffic from the probabilities to be best (Thompson 1933), with a least share for each arm: fᵢ = f + (1 − kf) pᵢ.
///
/// The floor keeps every arm learning, and the estimates of the losing arms from being of a few lucky days.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a probability below zero, or a floor that is not from 0 to 1/k; [`Error::TooFew`] without any arm.
///
/// ```
/// use styring_experiments::bayes::thompson_weights;
///
/// let weights = thompson_weights(&[0.9, 0.1, 0.0], 0.05)?;
/// assert!((weights[0] - 0.815).abs() < 1e-12 && (weights[2] - 0.05).abs() < 1e-12);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn thompson_weights(best: &[f64], floor: f64) -> Result<Vec<f64>, Error> {
    let probabilities = normalised(best)?;
    let arms = probabilities.len() as f64;
    if !(floor >= 0.0 && floor * arms <= 1.0) {
        return Err(Error::range("least share of an arm", "from 0 to 1 over the number of arms", floor));
    }
    Ok(probabilities.into_iter().map(|best| floor + (1.0 - arms * floor) * best).collect())
}

/// Shares of traffic to find the best of several creatives soon: top-two sampling (Russo 2020).
///
/// With share β the arm that is drawn as best, otherwise the one drawn as best among the others: wᵢ = pᵢ [β + (1 − β) Σ_{j≠i} pⱼ/(1 − pⱼ)]. Thompson's weights send nearly all traffic to an arm that is probably best, and
/// then take long to be sure; with β = ½ the runner-up gets as much.
///
/// # Errors
///
/// [`Error::OutOfRange`] for a probability below zero, or β not from 0 to 1; [`Error::TooFew`] with fewer than two arms.
///
/// ```
/// use styring_experiments::bayes::top_two_weights;
///
/// let weights = top_two_weights(&[0.9, 0.09, 0.01], 0.5)?;
/// assert!(weights[0] < 0.55 && weights[1] > 0.4);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn top_two_weights(best: &[f64], beta: f64) -> Result<Vec<f64>, Error> {
    let probabilities = normalised(best)?;
    if probabilities.len() < 2 {
        return Err(Error::TooFew { what: "arms", needed: 2, given: 1 });
    }
    if !(0.0..=1.0).contains(&beta) {
        return Err(Error::range("share of the best", "from 0 to 1", beta));
    }
    let arms = probabilities.len();
    let mut weights = vec![0.0; arms];
    for (leader, &led) in probabilities.iter().enumerate() {
        // Summed, not subtracted from one: the others may be as improbable as 1e-300.
        let others: f64 = probabilities.iter().enumerate().filter(|(arm, _)| *arm != leader).map(|(_, p)| p).sum();
        for (arm, (weight, &p)) in weights.iter_mut().zip(&probabilities).enumerate() {
            let challenge = if others > 0.0 { p / others } else { 1.0 / (arms - 1) as f64 };
            *weight += led * if arm == leader { beta } else { (1.0 - beta) * challenge };
        }
    }
    Ok(weights)
}

fn normalised(best: &[f64]) -> Result<Vec<f64>, Error> {
    if let Some(p) = best.iter().find(|&&p| !(p >= 0.0 && p.is_finite())) {
        return Err(Error::range("probability to be best", "0 or above", p));
    }
    let sum: f64 = best.iter().sum();
    if sum > 0.0 && sum.is_finite() {
        Ok(best.iter().map(|p| p / sum).collect())
    } else {
        Err(Error::TooFew { what: "arms that can be best", needed: 1, given: 0 })
    }
}
