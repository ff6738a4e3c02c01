//! `looks.csv`: one line per look and treatment.

use styring_playbook::{TestDecision, Tested};

use crate::Error;
use crate::csv_text::Table;

pub(super) fn csv(tested: &Tested) -> Result<String, Error> {
    let mut table = Table::new(&[
        "until",
        "treatment",
        "users_control",
        "users_treatment",
        "effect",
        "low",
        "high",
        "p_value",
        "strength",
        "bound",
        "decision",
    ])?;
    let name = |arm: usize| tested.arms.get(arm).map_or("", |arm| arm.name.as_str());
    let number = |value: Option<f64>| {
        value.filter(|value| value.is_finite()).map_or_else(String::new, |value| value.to_string())
    };
    for look in &tested.looks {
        let day = look.day.map_or_else(String::new, |day| day.to_string());
        let users = |arm: usize| look.users.get(arm).map_or_else(String::new, ToString::to_string);
        for (read, compared) in tested.treatments.iter().zip(&look.compared) {
            let ends = compared.held.map(|held| held.set.ends());
            table.row(&[
                &day,
                name(read.arm),
                &users(0),
                &users(read.arm),
                &number(compared.estimate),
                &number(ends.map(|ends| ends.0)),
                &number(ends.map(|ends| ends.1)),
                &number(compared.held.map(|held| held.p_value)),
                &number(compared.held.map(|held| held.strength)),
                &number(compared.held.map(|held| held.bound)),
                decided(look.decision),
            ])?;
        }
    }
    table.finish()
}

pub(super) fn decided(decision: TestDecision) -> &'static str {
    match decision {
        TestDecision::Continue => "continue",
        TestDecision::Winner { .. } => "winner",
        TestDecision::Loser => "loser",
        TestDecision::Futile => "futile",
        TestDecision::NotShown => "not_shown",
        TestDecision::Invalid(_) => "invalid",
    }
}
