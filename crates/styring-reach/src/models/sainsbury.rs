use super::outward::binomial;
use crate::{Error, ExposureDistribution};

/// Exposures to vehicles that reach people at random and independently: reach = 1 − Π (1 − r_i)^n_i, and the whole distribution by convolving binomials.
///
/// Sainsbury's method, as Caffyn and Sagovsky (1963) describe it. It needs reaches alone. It takes all people of the universe to be alike: real audiences repeat and overlap more, so its reach is mostly too high.
///
/// ```
/// use styring_reach::sainsbury;
///
/// let plan = sainsbury(&[(0.3, 2), (0.4, 1), (0.2, 3)])?; // reach of one insertion, insertions
/// assert!((plan.reach() - 0.849_472).abs() < 1e-12);
/// # Ok::<(), styring_reach::Error>(())
/// ```
///
/// Cost: the square of all insertions.
///
/// Errors: a reach outside 0 to 1, more than a million insertions in all.
pub fn sainsbury(vehicles: &[(f64, u32)]) -> Result<ExposureDistribution, Error> {
    let all = vehicles.iter().fold(0_u32, |sum, (_, insertions)| sum.saturating_add(*insertions));
    let all = crate::distribution::check_listed(all)?;
    let mut plan = ExposureDistribution::unchecked(vec![1.0], 0.0, 0.0);
    for (reach, insertions) in vehicles {
        if !(0.0..=1.0).contains(reach) {
            return Err(Error::OutOfRange { field: "reach", expected: "from 0 to 1", value: reach.to_string() });
        }
        let mean = reach * f64::from(*insertions);
        let own = ExposureDistribution::unchecked(binomial(*insertions, *reach), 0.0, mean);
        plan = plan.with_independent(&own, all)?;
    }
    Ok(plan)
}
