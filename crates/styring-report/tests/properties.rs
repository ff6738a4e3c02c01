//! Laws: whatever the facts, the report is well-formed, says no NaN, and fits.

mod common;

use std::collections::BTreeMap;

use chrono::Days;
use common::{Launch, parse};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::json;
use styring_metrics::{Frequency, RollUp, Row};
use styring_money::{Currency, Exact, Money};
use styring_playbook::{Group, Plan, Results, Review, Span};
use styring_report::charts;
use unicode_width::UnicodeWidthStr;

/// Names as exports have them: long, empty, with signs that mean something to HTML, XML and terminals.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => "[A-Za-zæøåÆØÅ0-9 /–&-]{0,40}",
        1 => "\\PC{0,12}",
        1 => prop::sample::select(vec![
            "<script>alert(1)</script>", "]]>", "{{ 7 * 7 }}", "a\u{0}b\u{1b}[31m\r\n", "\u{202e}", "日本語の名前", "👩‍👩‍👧", "NOK 5000", "</svg>",
        ]).prop_map(str::to_owned),
    ]
}

fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![2 => Just(0), 6 => 0..500_000_i64, 1 => 0..4_000_000_000_000_i64, 1 => Just(1)]
}

fn count() -> impl Strategy<Value = Option<u64>> {
    prop::option::weighted(0.7, prop_oneof![1 => Just(0), 4 => 0..2_000_000_u64, 1 => Just(u64::MAX)])
}

fn result() -> impl Strategy<Value = Exact> {
    prop_oneof![
        3 => Just(Exact::ZERO),
        5 => (0..2_000_i64).prop_map(Exact::from),
        1 => (-20..20_i64).prop_map(Exact::from),
        2 => (0..20_000_i128, 0..6_u8).prop_map(|(n, places)| Exact::new(n, places)),
    ]
}

prop_compose! {
    fn row(currency: Currency)(
        spend in amount(), counts in prop::array::uniform9(count()), results in result(),
        revenue in prop::option::of(amount()), goods in prop::option::of(amount())
    ) -> Row {
        let money = |minor: i64| Money::from_minor(i128::from(minor), currency).ok();
        Row {
            spend: money(spend),
            impressions: counts[0], measurable: counts[1], viewable: counts[2], av_measurable: counts[3], avoc: counts[4],
            video_starts: counts[5], completes: counts[6], clicks: counts[7], first_quartile: counts[8],
            orders: Some(results),
            revenue: revenue.and_then(money), cost_of_goods: goods.and_then(money), other_variable_cost: goods.and_then(money),
            ..Row::default()
        }
    }
}

/// What a launch is made of, before a plan or a review may refuse it.
#[derive(Debug, Clone)]
struct Draft {
    currency: Currency,
    names: Vec<String>,
    parts: Vec<String>,
    rows: Vec<(usize, u32, usize, Row)>,
    frequency: Vec<(usize, u32, Frequency)>,
    weeks: u32,
    days: u32,
    dated: bool,
    spec: serde_json::Value,
}

fn frequency() -> impl Strategy<Value = Frequency> {
    prop_oneof![
        Just(Frequency::Unmeasured),
        (0.0..30.0_f64).prop_map(Frequency::Average),
        prop::collection::vec((0..20_u32, 0..10_000_u64), 0..5).prop_map(Frequency::Histogram),
    ]
}

fn visibility() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        Just(json!({"seen": "not-applicable"})),
        (0.01..1.0_f64).prop_map(|benchmark| json!({"seen": "viewable", "benchmark": benchmark})),
        (0.01..1.0_f64).prop_map(|benchmark| json!({"seen": "audible-visible", "benchmark": benchmark})),
    ]
}

fn channel() -> impl Strategy<Value = serde_json::Value> {
    (1..5_000_i64, 1..90_000_i64, visibility(), prop::option::of(-1.0..1.0_f64)).prop_map(
        |(goal, target, seen, lift)| {
            json!({
                "goal_per_week": goal, "target_cost": target, "visibility": seen,
                "lift": lift.map(|lower| json!({"lower": lower, "measured": "2025-09-02", "source": "holdout"}))
            })
        },
    )
}

fn draft() -> impl Strategy<Value = Draft> {
    let currency = prop::sample::select(vec![Currency::NOK, Currency::JPY, Currency::USD]);
    let sizes = (1..8_usize, 1..12_u32, 1..=7_u32, any::<bool>());
    (currency, sizes).prop_flat_map(|(currency, (channels, weeks, days, dated))| {
        let policy = (
            prop::sample::select(vec!["literal", "budget-scaled"]),
            prop::sample::select(vec!["replay", "as-spent"]),
            0..4_000_000_i64,
            prop::array::uniform3(prop::sample::select(vec![0.0, 0.5, 1.0, 3.0])),
            prop::sample::select(vec![0.001, 3.0, 50.0]),
            prop::sample::select(vec![0.5, 0.9, 0.999]),
        );
        let rows = prop::collection::vec((0..channels, 1..=weeks, 0..4_usize, row(currency)), 0..40);
        (
            prop::collection::vec(name(), channels),
            prop::collection::vec(name(), 4),
            rows,
            prop::collection::vec((0..channels, 1..=weeks, frequency()), 0..10),
            prop::collection::vec(channel(), channels),
            policy,
        )
            .prop_map(move |(names, parts, rows, frequency, mut channels, policy)| {
                let (reading, current, per_week, weights, prior, level) = policy;
                let names: Vec<String> = names.iter().enumerate().map(|(place, name)| format!("{name}{place}")).collect();
                for (channel, name) in channels.iter_mut().zip(&names) {
                    channel["name"] = json!(name);
                }
                let spec = json!({
                    "campaign": {"name": parts[0], "currency": currency.code(), "first_day": "2025-09-01", "result": "orders"},
                    "budget": {"per_week": per_week, "current": current},
                    "rhythm": {"reading": reading, "frequency_cap": 4.0,
                        "raise": {"weeks": [3, 4, 5, 6, 7, 8], "step": 0.1, "target_roas": 1}},
                    "score": {"weights": {"attainment": weights[0], "quality": weights[1], "efficiency": weights[2]},
                        "prior_results": prior, "level": level},
                    "channels": channels
                });
                Draft { currency, names, parts, rows, frequency, weeks, days, dated, spec }
            })
    })
}

impl Draft {
    /// `None` where plan or review refuse, as they should.
    fn launch(&self) -> Option<Launch> {
        let plan = Plan::new(serde_json::from_value(self.spec.clone()).ok()?).ok()?;
        let mut facts = RollUp::new(self.currency);
        for (channel, week, part, row) in &self.rows {
            let group = Group {
                week: if self.dated { *week } else { self.weeks },
                channel: self.names[*channel].clone(),
                segment: self.parts[*part].clone(),
                creative: self.parts[3 - *part].clone(),
            };
            facts.add(group, row).ok()?;
        }
        let first = plan.campaign.first_day;
        let last = first + Days::new(u64::from(self.weeks - 1) * 7 + u64::from(self.days) - 1);
        let span = if self.dated { Span::Until(last) } else { Span::Period { first, last } };
        let frequency: BTreeMap<_, _> = self
            .frequency
            .iter()
            .map(|(channel, week, met)| ((self.names[*channel].clone(), *week), met.clone()))
            .collect();
        let review = Review::new(&plan, &Results { facts, frequency, span }).ok()?;
        Some(Launch { plan, review, source: common::source() })
    }
}

fn harmless(text: &str) -> Result<(), TestCaseError> {
    prop_assert!(!text.contains("<script"));
    prop_assert!(text.chars().all(|sign| sign == '\n' || !sign.is_control()));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_the_facts_the_page_is_a_page_and_says_no_nan(draft in draft()) {
        let Some(launch) = draft.launch() else { return Ok(()) };
        // Names may say what they like.
        let mut names: Vec<&String> = draft.names.iter().chain(&draft.parts).filter(|name| name.len() > 1).collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let silent = |text: &str| names.iter().fold(text.to_owned(), |text, name| text.replace(name.as_str(), " "));
        let html = launch.report().html().map_err(|error| TestCaseError::fail(error.to_string()))?;
        harmless(&html)?;
        let document = parse(&html);
        for text in document.descendants().filter_map(|node| node.text()) {
            let silent = silent(text);
            prop_assert!(common::not_numbers(&silent).is_empty(), "{}", text);
        }
        for chart in [charts::budget, charts::score, charts::spend, charts::cost] {
            let svg = chart(&launch.plan, &launch.review, charts::NARROW).map_err(|error| TestCaseError::fail(error.to_string()))?;
            harmless(&svg)?;
            let svg = parse(&svg);
            for node in svg.descendants() {
                for attribute in node.attributes().filter(|attribute| attribute.name() != "aria-label") {
                    prop_assert!(common::not_numbers(attribute.value()).is_empty(), "{:?}", attribute);
                }
            }
        }
        prop_assert_eq!(html, launch.report().html().unwrap_or_default());
    }

    #[test]
    fn whatever_the_facts_the_terminal_is_not_too_narrow(draft in draft(), width in 0..160_u16) {
        let Some(launch) = draft.launch() else { return Ok(()) };
        let text = launch.report().terminal(width);
        harmless(&text.replace("<script", ""))?;
        for line in text.lines() {
            prop_assert!(line.width() <= usize::from(width.max(20)), "{}: {:?}", width, line);
        }
    }
}

/// The properties above say something only if most drafts become launches.
#[test]
fn most_drafts_become_launches() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let launches = (0..200).filter(|_| draft().new_tree(&mut runner).unwrap().current().launch().is_some()).count();
    assert!(launches > 120, "{launches} of 200");
}
