use styring_money::Money;

use super::even::opening;
use super::settle::{Proposal, settle};
use super::view::View;
use super::{Policy, Rails};
use crate::{Decision, Error, History, Reason, Seed};

/// What a budget is in proportion to.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Weight {
    /// Results per unit of spend, 1/CPA.
    PerSpend,
    /// That, to a power.
    Power(f64),
    /// All to the channel with the most results per spend.
    WinnerTakesAll,
}

/// Budgets in proportion to results per spend.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Proportional {
    /// What the budget is in proportion to.
    pub weight: Weight,
    /// Weeks of the even split; 2.
    pub opening_weeks: usize,
    /// Weeks that count; 2.
    pub window: usize,
    /// Whether lift factors are applied.
    pub calibrated: bool,
    /// Guardrails of the whole.
    pub rails: Rails,
}

impl Proportional {
    /// In proportion to results per spend over two weeks, without guardrails of the whole.
    pub fn new(weight: Weight) -> Self {
        Self { weight, opening_weeks: 2, window: 2, calibrated: false, rails: Rails::none() }
    }
}

impl Policy for Proportional {
    fn name(&self) -> String {
        let name = match self.weight {
            Weight::PerSpend => "score-proportional".to_owned(),
            Weight::Power(power) => format!("score-proportional^{power}"),
            Weight::WinnerTakesAll => "winner takes all".to_owned(),
        };
        if self.calibrated { format!("{name}, lift") } else { name }
    }

    fn next(&self, total: Money, history: &History, _: Seed) -> Result<Decision, Error> {
        let view = View::new(total, history, self.calibrated)?;
        if view.weeks() < self.opening_weeks {
            return settle(&view, &self.rails, opening(&view));
        }
        let minor = view.minor();
        let scores: Vec<Option<f64>> = view
            .channels
            .iter()
            .map(|seen| {
                let (spend, results) = seen.window(self.window);
                (spend > 0.0).then(|| results / spend * minor)
            })
            .collect();
        let known: Vec<f64> = scores.iter().flatten().copied().collect();
        let pool = known.iter().sum::<f64>() / known.len().max(1) as f64;
        let best = known.iter().copied().fold(0.0, f64::max);
        let weights: Vec<f64> = scores
            .iter()
            .map(|score| {
                // A channel without spend is taken for one of the pool.
                let score = score.unwrap_or(pool);
                match self.weight {
                    Weight::PerSpend => score,
                    Weight::Power(power) => libm::pow(score, power),
                    Weight::WinnerTakesAll => f64::from(u8::from(score >= best)),
                }
            })
            .collect();
        let sum: f64 = weights.iter().sum();
        if sum <= 0.0 {
            return settle(&view, &self.rails, opening(&view));
        }
        let proposals = weights
            .iter()
            .zip(&scores)
            .map(|(weight, score)| Proposal {
                target: view.total as f64 * (weight / sum),
                reasons: vec![score.map_or(Reason::NoSpend, |score| Reason::Score { score, pool })],
            })
            .collect();
        settle(&view, &self.rails, proposals)
    }
}
