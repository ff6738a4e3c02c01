use super::Problem;
use crate::Error;

/// The response to given spends, draw by draw of the posterior.
///
/// Two outlooks of the same problem differ draw by draw: [`over`](Self::over) is the outlook of the gain.
///
/// ```
/// use styring_allocation::optimise::{Choice, Draws, Goal, Problem};
/// use styring_response::Curve;
///
/// let draws = |ceilings: [f64; 3]| -> Result<Draws, Box<dyn std::error::Error>> {
///     let curves = ceilings.map(|a| Curve::hill(a, 1.0, 40_000.0)).into_iter().collect::<Result<Vec<_>, _>>()?;
///     Ok(Draws::new(curves)?)
/// };
/// let problem = Problem::new([
///     Choice::drawn("Search", draws([800.0, 900.0, 1000.0])?).now(20_000.0),
///     Choice::drawn("Video", draws([300.0, 500.0, 1200.0])?).now(40_000.0),
/// ])?;
/// let plan = problem.solve(Goal::Spend(60_000.0))?; // the best mean over the draws
/// let gain = problem.outlook(plan.spends())?.over(&problem.outlook_now()?)?;
/// assert!(gain.mean() > 0.0);
/// // Better in two draws of three: the third has Video where it is now.
/// assert!((gain.share_above(0.0) - 2.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Outlook {
    /// In the order of the draws.
    responses: Vec<f64>,
}

impl Problem {
    /// The response to these spends in every draw. A channel that is a single curve is the same in all.
    ///
    /// Cost: one evaluation per channel and draw.
    ///
    /// # Errors
    ///
    /// [`Error::Unknown`] and [`Error::DuplicateChannel`] for names; [`Error::Missing`] for a channel without a spend; a spend that is negative or no number.
    pub fn outlook<N: AsRef<str>>(&self, spends: impl IntoIterator<Item = (N, f64)>) -> Result<Outlook, Error> {
        let mut given: Vec<Option<f64>> = vec![None; self.channels().len()];
        for (name, spend) in spends {
            let name = name.as_ref();
            let unknown = || Error::Unknown { name: name.to_owned(), of: None };
            let place = self.channels().iter().position(|choice| choice.name() == name).ok_or_else(unknown)?;
            if !(spend.is_finite() && spend >= 0.0) {
                return Err(Error::out_of_range("spend", Some(name), "zero or above and finite", spend));
            }
            if given[place].replace(spend).is_some() {
                return Err(Error::DuplicateChannel { name: name.to_owned() });
            }
        }
        let draws = self.draws();
        let mut responses = vec![0.0; draws];
        // In the order of names, so that sums are the same in whatever order channels came.
        for place in self.order() {
            let choice = &self.channels()[*place];
            let missing =
                || Error::Missing { channel: choice.name().to_owned(), what: "spend", needed_by: "an outlook" };
            let spend = given[*place].ok_or_else(missing)?;
            let curves = choice.curves();
            for (draw, response) in responses.iter_mut().enumerate() {
                *response += curves.get(draw).or(curves.first()).map_or(0.0, |curve| curve.value(spend));
            }
        }
        Ok(Outlook { responses })
    }

    /// The response to the present spends in every draw.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] for a channel without a present spend.
    pub fn outlook_now(&self) -> Result<Outlook, Error> {
        let now = self.now("an outlook")?;
        self.outlook(self.order().iter().zip(now).map(|(place, now)| (self.channels()[*place].name(), now)))
    }

    /// The same problem with every posterior replaced by the one curve at its mean parameters.
    ///
    /// What most programs optimise. The response at mean parameters is not the mean response, and its optimum is never better in the mean than that of the posterior: compare the two by [`outlook`](Self::outlook).
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for draws of different families, and for lines between points.
    pub fn plug_in(&self) -> Result<Self, Error> {
        self.with_choices(super::Choice::plug_in)
    }
}

impl Outlook {
    /// The responses in the order of the draws.
    pub fn responses(&self) -> &[f64] {
        &self.responses
    }

    /// Their mean.
    pub fn mean(&self) -> f64 {
        self.responses.iter().sum::<f64>() / self.responses.len() as f64
    }

    /// Their standard deviation, by n − 1; none of a single draw.
    pub fn sd(&self) -> Option<f64> {
        let (mean, count) = (self.mean(), self.responses.len());
        let squares: f64 = self.responses.iter().map(|response| (response - mean) * (response - mean)).sum();
        (count > 1).then(|| (squares / (count - 1) as f64).sqrt())
    }

    /// The mean of the worst `share` of the draws, rounded up to whole draws: conditional value at risk.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a share that is not above 0 and at most 1.
    pub fn cvar(&self, share: f64) -> Result<f64, Error> {
        let count = worst(share, self.responses.len())?;
        let sorted = self.sorted();
        Ok(sorted.iter().take(count).sum::<f64>() / count as f64)
    }

    /// The response that a share of the draws does not exceed, between two draws in proportion.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a share outside of 0 to 1.
    pub fn quantile(&self, share: f64) -> Result<f64, Error> {
        if !(0.0..=1.0).contains(&share) {
            return Err(Error::out_of_range("share", None, "from 0 to 1", share));
        }
        let sorted = self.sorted();
        let place = share * (sorted.len() - 1) as f64;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside the list")]
        let below = place.floor() as usize;
        let (low, high) = (sorted[below], sorted[(below + 1).min(sorted.len() - 1)]);
        Ok(low + (place - place.floor()) * (high - low))
    }

    /// The share of draws above a response; of a gain, `share_above(0.0)` is the probability that it is one.
    pub fn share_above(&self, response: f64) -> f64 {
        self.responses.iter().filter(|draw| **draw > response).count() as f64 / self.responses.len() as f64
    }

    /// What this is above another outlook, draw by draw.
    ///
    /// # Errors
    ///
    /// [`Error::LengthMismatch`] for another number of draws.
    pub fn over(&self, other: &Self) -> Result<Self, Error> {
        if self.responses.len() != other.responses.len() {
            return Err(Error::LengthMismatch {
                what: "draws",
                got: other.responses.len(),
                expected: self.responses.len(),
            });
        }
        Ok(Self { responses: self.responses.iter().zip(&other.responses).map(|(one, other)| one - other).collect() })
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.responses.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }
}

/// How many draws the worst share has.
pub(super) fn worst(share: f64, draws: usize) -> Result<usize, Error> {
    if !(share > 0.0 && share <= 1.0) {
        return Err(Error::out_of_range("share of the worst draws", None, "above 0 and at most 1", share));
    }
    // A share that is a whole number of draws but for the rounding of `f64` is that number.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to the number of draws")]
    let count = (share * draws as f64 * (1.0 - 4.0 * f64::EPSILON)).ceil() as usize;
    Ok(count.clamp(1, draws))
}
