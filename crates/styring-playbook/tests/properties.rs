//! The laws of a review, for any results.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use serde_json::json;
use styring_metrics::{Fact, RollUp, Row};
use styring_money::{Currency, Money};
use styring_playbook::{Group, Plan, PlanSpec, Results, Review, Span};

const NAMES: [&str; 4] = ["VG", "TV 2", "Schibsted", "DOOH Oslo"];

#[derive(Debug, Clone)]
struct Week {
    spend: i64,
    orders: i64,
    revenue: i64,
}

fn week() -> impl Strategy<Value = Week> {
    let spend = prop_oneof![4 => 0..20_000_000_i64, 1 => Just(0), 1 => -100_000..0_i64, 1 => 0..i64::MAX / 4];
    let orders = prop_oneof![4 => 0..500_i64, 1 => Just(0), 1 => -20..0_i64];
    (spend, orders, 0..90_000_000_i64).prop_map(|(spend, orders, revenue)| Week { spend, orders, revenue })
}

fn spec() -> impl Strategy<Value = PlanSpec> {
    let rhythm = (
        prop::sample::select(vec!["literal", "budget-scaled"]),
        prop::sample::select(vec!["replay", "as-spent"]),
        0..=100_u32,
        0..4_u32,
        1..5_u32,
        prop::option::of(0..60_u32),
    );
    let channel = (1..400_u32, 1..2000_u32, 0..40_000_i64, prop::option::of(0..80_u32));
    (rhythm, prop::collection::vec(channel, NAMES.len()), any::<bool>()).prop_map(|(rhythm, channels, raise)| {
        let (reading, current, move_share, opening, window, growth) = rhythm;
        let channels: Vec<_> = std::iter::zip(NAMES, channels)
            .map(|(name, (goal, cost, min, step))| {
                json!({
                    "name": name, "goal_per_week": goal, "target_cost": cost, "min": min,
                    "largest_step": step.map(|step| f64::from(step) / 100.0),
                    "lift": {"lower": 0.01, "measured": "2025-09-02", "source": "holdout"}
                })
            })
            .collect();
        let raise = raise.then(|| json!({"weeks": [4, 6], "step": 0.2, "target_roas": 1, "max_total": 250_000}));
        serde_json::from_value(json!({
            "campaign": {"name": "x", "currency": "NOK", "first_day": "2025-09-01", "result": "orders"},
            "budget": {"per_week": 200_000, "current": current},
            "rhythm": {
                "reading": reading, "move_share": f64::from(move_share) / 100.0, "opening_weeks": opening,
                "window_weeks": window, "growth_cap": growth.map(|growth| f64::from(growth) / 100.0), "raise": raise
            },
            "channels": channels
        }))
        .unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_week_conserves_its_total_and_keeps_its_bounds(
        spec in spec(),
        weeks in prop::collection::vec(prop::collection::vec(week(), NAMES.len()), 1..8),
        days in 1..=7_u64,
    ) {
        let plan = Plan::new(spec).unwrap();
        let mut facts = RollUp::new(Currency::NOK);
        for (week, channels) in (1..).zip(&weeks) {
            for (channel, of_week) in NAMES.iter().zip(channels) {
                let amount = |minor: i64| Money::from_minor(minor.into(), Currency::NOK).ok();
                let row = Row {
                    spend: amount(of_week.spend),
                    orders: Some(of_week.orders.into()),
                    revenue: amount(of_week.revenue),
                    ..Row::default()
                };
                facts.add(Group { week, channel: (*channel).to_owned(), ..Group::default() }, &row).unwrap();
            }
        }
        let last = (weeks.len() as u64 - 1) * 7 + days - 1;
        let span = Span::Until(NaiveDate::from_ymd_opt(2025, 9, 1).unwrap() + Days::new(last));
        let results = Results { facts, frequency: BTreeMap::new(), span };
        let review = Review::new(&plan, &results).unwrap();

        let sum = |budgets: &[Money]| Money::sum(budgets.iter().copied(), Currency::NOK).unwrap();
        let decision = &review.decision;
        prop_assert_eq!(decision.total_after, decision.total_before.checked_add(decision.raised).unwrap());
        for (week, budgets) in &review.budgets {
            let grown = sum(budgets).amount() - plan.per_week.amount();
            let raises = plan.rhythm.raise.as_ref();
            let may_have_grown = raises.is_some_and(|raise| raise.weeks.iter().any(|raised| raised <= week));
            prop_assert!(grown.is_zero() || (may_have_grown && grown.is_sign_positive()), "week {}", week);
            for (planned, budget) in plan.channels.iter().zip(budgets) {
                // Where the budget is what was spent, the week that ends may lie outside the bounds; the next may not.
                prop_assert!(*week <= review.last_week || budget.amount() >= planned.guardrail.min.amount());
            }
        }
        prop_assert_eq!(&sum(&review.budgets[&decision.week]), &decision.total_after);

        // The parts are the whole, and the whole is the file.
        for fact in [Fact::Spend, Fact::Orders, Fact::Revenue] {
            let total = results.facts.total().unwrap();
            let channels: styring_money::Exact = review.channels.iter().filter_map(|c| c.total.get(fact).cloned()).sum();
            let creatives: styring_money::Exact = review.creatives.iter().filter_map(|c| c.total.get(fact).cloned()).sum();
            prop_assert_eq!(Some(&channels), total.get(fact));
            prop_assert_eq!(Some(&creatives), total.get(fact));
        }
        // The same input, the same bits.
        let again = Review::new(&plan, &results).unwrap();
        prop_assert_eq!(format!("{review:?}"), format!("{again:?}"));
    }

    #[test]
    fn a_plan_survives_its_own_text(spec in spec()) {
        let text = serde_json::to_string(&spec).unwrap();
        prop_assert_eq!(serde_json::from_str::<PlanSpec>(&text).unwrap(), spec);
    }
}
