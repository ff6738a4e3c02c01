use std::fmt;

use super::market::total;
use super::{Goal, Plan, Problem};
use crate::Error;

/// What could be gained at most by moving the same total, before anybody moves anything.
///
/// Small headroom means that no reallocation, by whatever method, can help: the lever is then the total, the creative or the price.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Headroom {
    /// What is spent now.
    pub spend: f64,
    /// The response to it.
    pub response: f64,
    /// What each channel spends and does now, in the order in which they came.
    pub channels: Vec<Present>,
    /// The best plan with the same total.
    pub best: Plan,
    /// The cheapest plan with the same response; none where there is no response to keep.
    pub cheapest: Option<Plan>,
    /// `best response / response − 1`; none without response.
    pub uplift: Option<f64>,
    /// `response / best response − 1`: the largest drop of the cost per result at the same total, zero or below; none without response.
    pub cpa_change: Option<f64>,
    /// `1 − cheapest spend / spend`: the share of the total that the same response does not need.
    pub saving: Option<f64>,
    /// What the best plan takes from channels: `Σ max(now − best, 0)`.
    pub moved: f64,
}

/// A channel as it is.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Present {
    /// Which.
    pub channel: String,
    /// What it spends now.
    pub spend: f64,
    /// Its response to that.
    pub response: f64,
    /// What its next unit would bring; none where that is without bound.
    pub marginal: Option<f64>,
}

impl Problem {
    /// What any reallocation of the present total could gain at most, inside the bounds of channels and groups; a limit on money moved does not count.
    ///
    /// ```
    /// use styring_allocation::optimise::{Choice, Problem};
    /// use styring_response::Curve;
    ///
    /// let problem = Problem::new([
    ///     Choice::new("Search", Curve::hill(900.0, 1.0, 40_000.0)?).now(10_000.0),
    ///     Choice::new("Display", Curve::hill(200.0, 1.0, 30_000.0)?).now(60_000.0),
    /// ])?;
    /// let headroom = problem.headroom()?;
    /// assert_eq!(
    ///     headroom.to_string(),
    ///     "The same total can bring at most 88.3 % more, each result 46.9 % cheaper; the same response needs 69.5 % less."
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] for a channel without a present spend; as [`solve`](Self::solve) where the present total cannot be had inside the bounds.
    pub fn headroom(&self) -> Result<Headroom, Error> {
        let now = self.now("headroom")?;
        let free = self.without_move_limit();
        let sources = self.sources();
        let response: f64 = sources.iter().zip(&now).map(|(source, now)| source.value(*now)).sum();
        let spend = total(&now);
        let best = free.solve(Goal::Spend(spend))?;
        let cheapest = if response > 0.0 { Some(free.solve(Goal::Response(response))?) } else { None };
        let mut channels: Vec<(usize, Present)> = self
            .order()
            .iter()
            .zip(sources.iter().zip(&now))
            .map(|(place, (source, now))| {
                let marginal = source.marginal(*now);
                let channel = self.channels()[*place].name().to_owned();
                let marginal = marginal.is_finite().then_some(marginal);
                (*place, Present { channel, spend: *now, response: source.value(*now), marginal })
            })
            .collect();
        channels.sort_by_key(|(place, _)| *place);
        let ratio = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
        Ok(Headroom {
            spend,
            response,
            channels: channels.into_iter().map(|(_, channel)| channel).collect(),
            uplift: ratio(best.response, response).map(|ratio| ratio - 1.0),
            cpa_change: ratio(response, best.response).map(|ratio| ratio - 1.0),
            saving: cheapest.as_ref().and_then(|plan| ratio(plan.spend, spend)).map(|ratio| 1.0 - ratio),
            moved: best.moved.unwrap_or_default(),
            best,
            cheapest,
        })
    }
}

impl fmt::Display for Headroom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(uplift), Some(cpa), Some(saving)) = (self.uplift, self.cpa_change, self.saving) else {
            return f.write_str("There is no response to compare with.");
        };
        write!(
            f,
            "The same total can bring at most {:.1} % more, each result {:.1} % cheaper; the same response needs {:.1} % less.",
            100.0 * uplift,
            -100.0 * cpa,
            100.0 * saving
        )
    }
}
