use styring_money::Money;

use crate::channel::minor_units;
use crate::{Error, History, Track};

/// A history in the numbers that policies calculate with: amounts in minor units, results as far as they will come.
pub(super) struct View<'a> {
    pub(super) history: &'a History,
    pub(super) total: i128,
    pub(super) channels: Vec<Seen<'a>>,
}

pub(super) struct Seen<'a> {
    pub(super) track: &'a Track,
    /// The budget of the last week.
    pub(super) budget: i128,
    pub(super) spend: Vec<f64>,
    /// As reported so far, times the lift factor.
    pub(super) results: Vec<f64>,
    /// Share of the results that is in.
    pub(super) completion: Vec<f64>,
}

impl<'a> View<'a> {
    pub(super) fn new(total: Money, history: &'a History, calibrated: bool) -> Result<Self, Error> {
        history.check()?;
        let total = minor_units("total", "the plan", total, history.currency)?;
        let channels = history
            .channels
            .iter()
            .map(|track| {
                let minor = |money: Money| minor_units("spend", &track.name, money, history.currency);
                let spend = track.weeks.iter().map(|week| minor(week.spend)).collect::<Result<Vec<_>, _>>()?;
                let factor = track.lift.filter(|_| calibrated).map_or(1.0, |lift| lift.factor);
                Ok(Seen {
                    track,
                    budget: track.weeks.last().map_or(Ok(0), |week| minor(week.budget))?,
                    spend: spend.into_iter().map(|minor| minor as f64).collect(),
                    results: track.weeks.iter().map(|week| factor * week.results).collect(),
                    completion: track.weeks.iter().map(|week| week.completion).collect(),
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Self { history, total, channels })
    }

    pub(super) fn weeks(&self) -> usize {
        self.history.weeks()
    }

    /// Minor units in one of the currency.
    pub(super) fn minor(&self) -> f64 {
        self.history.currency.minor_units().into()
    }

    /// An equal part of the total.
    pub(super) fn even(&self) -> f64 {
        self.total as f64 / self.channels.len() as f64
    }
}

impl Seen<'_> {
    /// Spend and results of the last weeks: results as far as they will come, spend weighed by how much of its results is in.
    pub(super) fn window(&self, weeks: usize) -> (f64, f64) {
        let from = self.spend.len().saturating_sub(weeks);
        let spend = self.spend[from..].iter().zip(&self.completion[from..]).map(|(spend, share)| spend * share).sum();
        (spend, self.results[from..].iter().sum())
    }
}
