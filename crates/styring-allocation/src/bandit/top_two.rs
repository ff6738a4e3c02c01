use crate::Error;

/// How often to play each arm to find the best soon: top-two sampling (Russo 2020, *Operations Research* 68).
///
/// With probability β the arm that is drawn as best, otherwise the one that is drawn as best among the others: ψᵢ = aᵢ [β + (1 − β) Σ_{j≠i} aⱼ/(1 − aⱼ)], with a the probabilities to be best. They are taken in
/// proportion, so that a sum a little off one is none. Where one arm is surely the best, the others share 1 − β evenly.
///
/// # Errors
///
/// [`Error::NoChannels`] without arms; [`Error::OutOfRange`] for a probability below zero, none above it, or β not from 0 to 1.
///
/// ```
/// use styring_allocation::bandit::top_two;
///
/// let shares = top_two(&[0.9, 0.09, 0.01], 0.5)?;
/// assert!(shares[0] < 0.55 && shares[1] > 0.4);
/// # Ok::<(), styring_allocation::Error>(())
/// ```
pub fn top_two(best: &[f64], beta: f64) -> Result<Vec<f64>, Error> {
    if !(0.0..=1.0).contains(&beta) {
        return Err(Error::out_of_range("share of the best", None, "from 0 to 1", beta));
    }
    if let Some(fault) = best.iter().find(|a| !(0.0..=1.0 + 1e-9).contains(*a)) {
        return Err(Error::out_of_range("probability to be best", None, "from 0 to 1", fault));
    }
    if best.is_empty() {
        return Err(Error::NoChannels);
    }
    let sum: f64 = best.iter().sum();
    if sum <= 0.0 {
        return Err(Error::out_of_range("sum of probabilities to be best", None, "above zero", sum));
    }
    if best.len() == 1 {
        return Ok(vec![1.0]);
    }
    let mut shares = vec![0.0; best.len()];
    for (leader, led) in best.iter().map(|a| a / sum).enumerate() {
        // Summed, not subtracted from one: the others may be as improbable as 1e-300.
        let others: f64 = best.iter().enumerate().filter(|(arm, _)| *arm != leader).map(|(_, a)| a).sum();
        for (arm, (share, a)) in shares.iter_mut().zip(best).enumerate() {
            let challenge = if others > 0.0 { a / others } else { 1.0 / (best.len() - 1) as f64 };
            *share += led * if arm == leader { beta } else { (1.0 - beta) * challenge };
        }
    }
    Ok(shares)
}
