use styring_money::{Exact, Money, Unrounded};

use super::Policy;
use crate::{Channel, Decision, Error, Evidence, History, Reading, Rhythm, Seed};

/// What the rhythm ranks channels by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum WeeklyScore {
    /// The article's: attainment of the goal × results per spend, in the reading of the rhythm.
    #[default]
    Article,
    /// Results per spend alone.
    InverseCpa,
}

/// The founding rhythm as a policy: [`Rhythm`] over a window of the history.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Weekly {
    /// The rhythm.
    pub rhythm: Rhythm,
    /// What it ranks by.
    pub score: WeeklyScore,
    /// Weeks that count; 2.
    pub window: usize,
    /// Whether lift factors are applied.
    pub calibrated: bool,
}

impl Weekly {
    /// A rhythm by a score, over two weeks.
    pub fn new(rhythm: Rhythm, score: WeeklyScore) -> Self {
        Self { rhythm, score, window: 2, calibrated: false }
    }

    fn channels(&self, history: &History) -> Result<Vec<Channel>, Error> {
        let exact = |field, name: &str, value: f64| {
            Exact::try_from(value).map_err(|_| Error::out_of_range(field, Some(name), "a finite number", value))
        };
        history
            .channels
            .iter()
            .map(|track| {
                let from = track.weeks.len().saturating_sub(self.window);
                let window = &track.weeks[from..];
                let factor = track.lift.filter(|_| self.calibrated).map_or(1.0, |lift| lift.factor);
                let spend = Money::sum(window.iter().map(|week| week.spend), history.currency)?;
                let budgets = Money::sum(window.iter().map(|week| week.budget), history.currency)?;
                let opening = track.weeks.first().map_or(Exact::ZERO, |week| Exact::from(week.budget.amount()));
                let weeks = Exact::from(window.len() as u64);
                let results =
                    exact("results", &track.name, factor * window.iter().map(|week| week.results).sum::<f64>())?;
                let one_or = |value: Exact| if value.is_zero() { Exact::ONE } else { value };
                let (goal, scale) = match self.score {
                    WeeklyScore::Article => {
                        let goal = &exact("goal", &track.name, track.goal)? * &weeks;
                        let scale = Exact::from(budgets.amount()).checked_div(&(&opening * &weeks));
                        (goal, scale.unwrap_or(Exact::ONE))
                    }
                    // An attainment of one leaves results over spend.
                    WeeklyScore::InverseCpa => (one_or(results.clone()), Exact::ONE),
                };
                Ok(Channel {
                    name: track.name.clone(),
                    budget: track.weeks.last().map_or(Money::zero(history.currency), |week| week.budget),
                    guardrail: track.guardrail.clone(),
                    evidence: Evidence {
                        spend: Unrounded::from(spend),
                        results,
                        goal,
                        budget_scale: one_or(scale),
                        frequency: window.last().and_then(|week| week.frequency),
                        ..Evidence::none(Exact::ONE, history.currency)
                    },
                })
            })
            .collect()
    }
}

impl Policy for Weekly {
    fn name(&self) -> String {
        let score = match (self.score, self.rhythm.reading) {
            (WeeklyScore::Article, Reading::Literal) => "article score",
            (WeeklyScore::Article, Reading::BudgetScaled) => "budget-scaled",
            (WeeklyScore::InverseCpa, _) => "1/CPA",
        };
        let lift = if self.calibrated { ", lift" } else { "" };
        format!("rhythm {} {score}{lift}", self.rhythm.move_share)
    }

    fn next(&self, total: Money, history: &History, _: Seed) -> Result<Decision, Error> {
        history.check()?;
        if history.weeks() == 0 {
            let channels: Vec<_> =
                history.channels.iter().map(|track| (track.name.as_str(), &track.guardrail)).collect();
            return self.rhythm.opening(total, &channels);
        }
        let week = u32::try_from(history.weeks() + 1).unwrap_or(u32::MAX);
        self.rhythm.next_with_total(week, total, &self.channels(history)?)
    }
}
