use styring_money::Exact;

use crate::{Evidence, Reading, Scores};

/// The founding score in both readings; `None` without spend, zero without results.
pub(super) struct ExactScores {
    literal: Option<Exact>,
    budget_scaled: Option<Exact>,
}

impl ExactScores {
    /// `min(results / goal, cap) × quality × results / spend`.
    pub(super) fn of(evidence: &Evidence, attainment_cap: Option<&Exact>) -> Self {
        let with_goal = |goal: &Exact| {
            let attainment = evidence.results.checked_div(goal)?;
            let attainment = attainment_cap.map_or(attainment.clone(), |cap| attainment.min(cap.clone()));
            let per_unit = evidence.results.checked_div(evidence.spend.amount())?;
            Some(&(&attainment * &evidence.quality) * &per_unit)
        };
        Self {
            literal: with_goal(&evidence.goal),
            budget_scaled: with_goal(&(&evidence.goal * &evidence.budget_scale)),
        }
    }

    pub(super) fn read(&self, reading: Reading) -> Option<&Exact> {
        match reading {
            Reading::Literal => self.literal.as_ref(),
            Reading::BudgetScaled => self.budget_scaled.as_ref(),
        }
    }

    pub(super) fn shown(&self) -> Scores {
        Scores {
            literal: self.literal.as_ref().map(Exact::to_f64),
            budget_scaled: self.budget_scaled.as_ref().map(Exact::to_f64),
        }
    }
}
