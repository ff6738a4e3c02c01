//! The laws of metrics.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use proptest::prelude::*;
use styring_metrics::{
    Better, BreakEven, Delivery, EffectScore, EffectScoring, Fact, Facts, Frequency, FrequencyBand, Kpi,
    MeasuredVisibility, Outcome, Quality, Ratio, RollUp, Row, ScoreWeights, Target, Visibility, rank,
};
use styring_money::{Currency, Exact, Money, Sign, Unrounded};
use styring_testkit::strategies::{exact, money, money_of};

fn count() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![1 => Just(None), 2 => Just(Some(0)), 6 => (0..1_000_000_u64).prop_map(Some), 1 => any::<u64>().prop_map(Some)]
}

fn result() -> impl Strategy<Value = Option<Exact>> {
    prop_oneof![
        1 => Just(None),
        2 => Just(Some(Exact::ZERO)),
        6 => (-20_i64..2_000).prop_map(|n| Some(n.into())),
        1 => exact().prop_map(Some),
    ]
}

fn amount() -> impl Strategy<Value = Option<Money>> {
    prop_oneof![1 => Just(None), 1 => Just(Some(Money::zero(Currency::NOK))), 6 => money_of(Currency::NOK).prop_map(Some)]
}

fn row() -> impl Strategy<Value = Row> {
    let counts = prop::collection::vec(count(), 11);
    let results = prop::collection::vec(result(), 4);
    let amounts = prop::collection::vec(amount(), 4);
    (counts, results, amounts).prop_map(|(c, r, a)| Row {
        spend: a[0],
        revenue: a[1],
        cost_of_goods: a[2],
        other_variable_cost: a[3],
        impressions: c[0],
        measurable: c[1],
        viewable: c[2],
        av_measurable: c[3],
        avoc: c[4],
        video_starts: c[5],
        first_quartile: c[6],
        midpoint: c[7],
        third_quartile: c[8],
        completes: c[9],
        clicks: c[10],
        leads: r[0].clone(),
        orders: r[1].clone(),
        conversions: r[2].clone(),
        new_customers: r[3].clone(),
    })
}

fn facts_of(rows: &[Row]) -> Facts {
    let mut facts = Facts::zero(Currency::NOK);
    for row in rows {
        facts.add(row).unwrap();
    }
    facts
}

fn merged(left: &Facts, right: &Facts) -> Facts {
    let mut sum = left.clone();
    sum.merge(right).unwrap();
    sum
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    // Facts are a commutative monoid.

    #[test]
    fn merging_commutes_associates_and_has_an_identity(
        a in prop::collection::vec(row(), 0..4), b in prop::collection::vec(row(), 0..4), c in prop::collection::vec(row(), 0..4),
    ) {
        let (fa, fb, fc) = (facts_of(&a), facts_of(&b), facts_of(&c));
        prop_assert_eq!(merged(&fa, &fb), merged(&fb, &fa));
        prop_assert_eq!(merged(&merged(&fa, &fb), &fc), merged(&fa, &merged(&fb, &fc)));
        prop_assert_eq!(merged(&fa, &Facts::zero(Currency::NOK)), fa.clone());
        // Adding row by row is merging.
        let all: Vec<Row> = [a, b, c].concat();
        prop_assert_eq!(facts_of(&all), merged(&merged(&fa, &fb), &fc));
    }

    #[test]
    fn a_fact_is_missing_iff_some_row_did_not_know_it(rows in prop::collection::vec(row(), 0..6)) {
        let facts = facts_of(&rows);
        let unknown = rows.iter().filter(|row| row.clicks.is_none()).count() as u64;
        prop_assert_eq!(facts.missing_rows(Fact::Clicks), unknown);
        prop_assert_eq!(facts.get(Fact::Clicks).is_none(), unknown > 0);
        let known: Exact = rows.iter().filter_map(|row| row.clicks).map(Exact::from).sum();
        prop_assert_eq!(facts.sum_where_known(Fact::Clicks), &known);
    }

    #[test]
    fn currencies_never_mix(spend in money()) {
        let mut facts = Facts::zero(Currency::NOK);
        let before = facts.clone();
        let outcome = facts.add(&Row { spend: Some(spend), impressions: Some(1), ..Row::default() });
        prop_assert_eq!(outcome.is_ok(), spend.currency() == Currency::NOK);
        if outcome.is_err() {
            prop_assert_eq!(&facts, &before);
        }
        if spend.currency() != Currency::NOK {
            prop_assert!(facts.merge(&Facts::zero(spend.currency())).is_err());
            let spent = facts_of(&[Row { spend: Some(Money::zero(Currency::NOK)), ..Row::default() }]);
            prop_assert!(spent.mer(spend).is_err());
        }
    }

    // Rolling up in any way gives the same total.

    #[test]
    fn every_roll_up_has_the_same_total(rows in prop::collection::vec((0..4_u8, 0..3_u8, row()), 0..12), cut in 0..12_usize) {
        let mut fine = RollUp::new(Currency::NOK);
        for (week, channel, row) in &rows {
            fine.add((*week, *channel), row).unwrap();
        }
        let plain: Vec<Row> = rows.iter().map(|(_, _, row)| row.clone()).collect();
        prop_assert_eq!(fine.total().unwrap(), facts_of(&plain));
        let coarse = fine.coarsen(|(_, channel)| *channel).unwrap();
        prop_assert_eq!(coarse.total().unwrap(), facts_of(&plain));
        let (left, right) = rows.split_at(cut.min(rows.len()));
        let mut pieces = RollUp::new(Currency::NOK);
        for part in [right, left] {
            let mut piece = RollUp::new(Currency::NOK);
            for (week, channel, row) in part {
                piece.add((*week, *channel), row).unwrap();
            }
            pieces.merge(piece).unwrap();
        }
        prop_assert_eq!(pieces, fine);
    }

    // Ratios are never NaN, infinite or silently zero.

    #[test]
    fn every_kpi_is_a_finite_value_or_says_why_not(rows in prop::collection::vec(row(), 0..4)) {
        let facts = facts_of(&rows);
        for kpi in Kpi::ALL {
            let ratio = facts.kpi(kpi);
            prop_assert_eq!(ratio.currency().is_some(), kpi.is_amount());
            match ratio.number() {
                Outcome::Value(value) => {
                    prop_assert!(value.is_finite());
                    prop_assert!(!ratio.denominator().unwrap().is_zero());
                }
                Outcome::NoDenominator(sign) => {
                    prop_assert!(sign != Sign::Zero);
                    prop_assert!(ratio.denominator().unwrap().is_zero());
                }
                Outcome::Undefined => prop_assert!(ratio.numerator().unwrap().is_zero()),
                Outcome::Missing => prop_assert!(ratio.numerator().is_none()),
            }
        }
    }

    #[test]
    fn a_merged_ratio_lies_between_its_parts(parts in prop::collection::vec((0..1_000_000_i64, 1..10_000_i64), 1..10)) {
        let rows: Vec<Row> = parts.iter().map(|(spend, orders)| Row {
            spend: Money::from_minor((*spend).into(), Currency::NOK).ok(),
            orders: Some((*orders).into()),
            ..Row::default()
        }).collect();
        let of = |rows: &[Row]| facts_of(rows).kpi(Kpi::Cpo).outcome().value().unwrap();
        let each: Vec<Exact> = rows.iter().map(|row| of(std::slice::from_ref(row))).collect();
        let all = of(&rows);
        prop_assert!(each.iter().min().unwrap() <= &all && &all <= each.iter().max().unwrap());
    }

    #[test]
    fn what_brought_nothing_never_ranks_best(costs in prop::collection::vec((0..1000_i64, 0..5_i64), 1..12)) {
        let ratios: Vec<(usize, Ratio)> = costs.iter().enumerate()
            .map(|(index, (spend, results))| (index, Ratio::new((*spend).into(), (*results).into()))).collect();
        let ranking = rank(ratios, Better::Lower);
        prop_assert_eq!(ranking.ranked.len() + ranking.unranked.len(), costs.len());
        let fruitless = |index: usize| costs[index].1 == 0;
        let first_fruitless = ranking.ranked.iter().position(|(index, _)| fruitless(*index)).unwrap_or(ranking.ranked.len());
        for (place, (index, ratio)) in ranking.ranked.iter().enumerate() {
            prop_assert_eq!(fruitless(*index), place >= first_fruitless);
            if let Some((_, next)) = ranking.ranked.get(place + 1).filter(|_| place + 1 < first_fruitless) {
                prop_assert!(ratio.outcome().value() <= next.outcome().value());
            }
        }
        for (index, _) in &ranking.unranked {
            prop_assert_eq!(costs[*index], (0, 0));
        }
    }

    // Quality is a bounded weight.

    #[test]
    fn quality_stays_in_its_bounds(
        measurable in any::<u64>(), part in 0.0..=1.0_f64, benchmark in 0.01..=1.0_f64, prior in 0.0..5000.0_f64, cap in 1.0..2.0_f64,
        people in prop::collection::vec((0..60_u32, any::<u64>()), 0..12), low in 1.0..4.0_f64, more in 0.0..10.0_f64,
    ) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let seen = ((measurable as f64 * part) as u64).min(measurable);
        let visibility = Visibility::Measured(MeasuredVisibility { measurable, seen, benchmark, prior_impressions: prior, cap });
        let band = FrequencyBand { low, high: low + more };
        let quality = Quality::new(&visibility, &Frequency::Histogram(people.clone()), band).unwrap();
        prop_assert!((0.0..=cap).contains(&quality.visibility_weight()));
        prop_assert!((0.0..=1.0).contains(&quality.frequency_weight()));
        if let Some(mean) = quality.frequency() {
            prop_assert!(mean >= 1.0 - 1e-9);
            // Knowing only the mean never punishes harder than knowing the whole histogram.
            let by_mean = Quality::new(&visibility, &Frequency::Average(mean), band).unwrap();
            prop_assert!(by_mean.frequency_weight() >= quality.frequency_weight() - 1e-9);
            prop_assert!(by_mean.frequency_mean_only() && !quality.frequency_mean_only());
        }
    }

    #[test]
    fn no_number_makes_quality_panic(numbers in prop::collection::vec(any::<f64>(), 6), counts in (any::<u64>(), any::<u64>())) {
        let visibility = Visibility::Measured(MeasuredVisibility {
            measurable: counts.0, seen: counts.1, benchmark: numbers[0], prior_impressions: numbers[1], cap: numbers[2],
        });
        let band = FrequencyBand { low: numbers[3], high: numbers[4] };
        if let Ok(quality) = Quality::new(&visibility, &Frequency::Average(numbers[5]), band) {
            prop_assert!(quality.weight().is_finite() && quality.weight() >= 0.0);
        }
    }

    // The effect score.

    #[test]
    fn a_score_is_finite_ordered_and_antisymmetric(a in delivery(), b in delivery(), weights in exponents()) {
        let scoring = EffectScoring::new(weights, 3.0, 0.9).unwrap();
        let (a, b) = (score(&scoring, &a), score(&scoring, &b));
        for score in [&a, &b] {
            match (score.point(), score.interval()) {
                (Some(point), Some((low, high))) => {
                    prop_assert!(point.is_finite() && point >= 0.0);
                    prop_assert!(low.is_finite() && high.is_finite() && 0.0 <= low && low <= high);
                    let shrunk = score.shrunk().unwrap();
                    prop_assert!(shrunk.is_finite());
                    if let Some(parts) = score.contributions() {
                        let sum = parts.attainment + parts.visibility + parts.frequency + parts.efficiency;
                        prop_assert!((sum.exp() / point - 1.0).abs() < 1e-9);
                    }
                }
                (None, None) => {}
                _ => prop_assert!(false, "a point and an interval come together"),
            }
        }
        if a.point().is_some() && b.point().is_some() {
            let (ab, ba) = (a.probability_above(&b).unwrap(), b.probability_above(&a).unwrap());
            prop_assert!((0.0..=1.0).contains(&ab));
            prop_assert!((ab + ba - 1.0).abs() < 1e-9);
            prop_assert!((a.probability_above(&a).unwrap() - 0.5).abs() < 1e-9);
        } else {
            prop_assert!(a.probability_above(&b).is_err());
        }
    }

    #[test]
    fn more_results_for_the_same_money_never_score_lower(results in 0..500_i64, more in 1..500_i64, spend in 1..10_000_000_i64) {
        let scoring = EffectScoring::default();
        let of = |results: i64| score(&scoring, &(results.into(), spend, 1.0));
        let (less, more) = (of(results), of(results + more));
        prop_assert!(less.point() < more.point());
        prop_assert!(less.interval().unwrap().0 < more.interval().unwrap().0);
        prop_assert!(more.probability_above(&less).unwrap() > 0.5);
    }

    #[cfg(feature = "serde")]
    #[test]
    fn stored_facts_come_back(rows in prop::collection::vec(row(), 0..4)) {
        let facts = facts_of(&rows);
        let text = serde_json::to_string(&facts).unwrap();
        prop_assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), facts);
        for row in rows {
            let text = serde_json::to_string(&row).unwrap();
            prop_assert_eq!(serde_json::from_str::<Row>(&text).unwrap(), row);
        }
    }
}

fn delivery() -> impl Strategy<Value = (Exact, i64, f64)> {
    let results = prop_oneof![
        Just(Exact::ZERO),
        (0..3_000_i64).prop_map(Exact::from),
        (0..100_000_i64).prop_map(|n| Exact::new(n.into(), 2))
    ];
    let spend = prop_oneof![1 => Just(0_i64), 9 => 1..100_000_000_i64];
    let quality = prop_oneof![1 => Just(0.0), 9 => 0.0..1.5_f64];
    (results, spend, quality)
}

fn exponents() -> impl Strategy<Value = ScoreWeights> {
    let weight = || prop::sample::select(vec![0.0, 0.5, 1.0, 2.0]);
    (weight(), weight(), weight()).prop_map(|(attainment, quality, efficiency)| ScoreWeights {
        attainment,
        quality,
        efficiency,
    })
}

fn score(scoring: &EffectScoring, (results, spend, quality): &(Exact, i64, f64)) -> EffectScore {
    let spend = Money::from_minor((*spend).into(), Currency::NOK).unwrap();
    let delivery =
        Delivery { results: results.clone(), spend: spend.into(), quality: Quality::given(*quality).unwrap() };
    let target = Target { results: 100.into(), cost_per_result: Unrounded::new(450.into(), Currency::NOK) };
    scoring.score(&delivery, &target).unwrap()
}

#[test]
fn facts_are_listed_in_the_order_of_the_enum() {
    // `Facts` finds a tally by this number.
    for (place, fact) in Fact::ALL.into_iter().enumerate() {
        assert_eq!(fact as usize, place);
    }
    let names: std::collections::BTreeSet<_> = Fact::ALL.iter().map(|fact| fact.name()).collect();
    assert_eq!(names.len(), Fact::ALL.len());
}

#[cfg(feature = "serde")]
#[test]
fn stored_facts_that_contradict_themselves_are_refused() {
    let text = r#"{"currency":"NOK","rows":2,"tallies":{"clicks":{"sum":"5","known_rows":3}}}"#;
    let fault = serde_json::from_str::<Facts>(text).unwrap_err();
    assert!(fault.to_string().contains("clicks: known in 3 of 2 rows"), "{fault}");
}

#[test]
fn bad_input_names_its_field() {
    let scoring = EffectScoring::default();
    let nok = |amount: i64| Unrounded::new(amount.into(), Currency::NOK);
    let target = Target { results: 10.into(), cost_per_result: nok(5) };
    let delivery = |results: i64, spend: i64| Delivery {
        results: results.into(),
        spend: nok(spend),
        quality: Quality::given(1.0).unwrap(),
    };
    for (delivery, target, word) in [
        (delivery(-1, 5), target.clone(), "results"),
        (delivery(1, -5), target.clone(), "spend"),
        (delivery(1, 5), Target { results: 0.into(), ..target.clone() }, "target results"),
        (delivery(1, 5), Target { cost_per_result: nok(0), ..target.clone() }, "target cost per result"),
    ] {
        let fault = scoring.score(&delivery, &target).unwrap_err().to_string();
        assert!(fault.contains(word), "{fault}");
    }
    let euros = Target { cost_per_result: Unrounded::new(5.into(), Currency::EUR), ..target };
    assert!(scoring.score(&delivery(1, 5), &euros).is_err());
    for (prior, level) in [(0.0, 0.9), (f64::NAN, 0.9), (3.0, 1.0), (3.0, f64::NAN)] {
        assert!(EffectScoring::new(ScoreWeights::default(), prior, level).is_err());
    }
}

#[test]
fn a_fact_in_two_cells_is_known_once() {
    let mut facts = Facts::zero(Currency::NOK);
    facts.add_cells([(Fact::Clicks, Exact::from(1)), (Fact::Clicks, Exact::from(2))]).unwrap();
    assert_eq!(facts.get(Fact::Clicks), Some(&Exact::from(3)));
    facts.add(&Row::default()).unwrap();
    assert_eq!((facts.get(Fact::Clicks), facts.missing_rows(Fact::Clicks)), (None, 1));
}

#[test]
fn a_row_that_is_refused_leaves_no_group() {
    let mut channels = RollUp::new(Currency::NOK);
    let euros = Row { spend: "EUR 1.00".parse().ok(), ..Row::default() };
    assert!(channels.add("VG", &euros).is_err());
    assert!(channels.is_empty());
    assert!(channels.merge(RollUp::new(Currency::EUR)).is_err());
}

#[test]
fn nobody_is_met_less_than_once() {
    let band = FrequencyBand { low: 1.0, high: 5.0 };
    let quality = |mean| Quality::new(&Visibility::NotApplicable, &Frequency::Average(mean), band);
    assert!((quality(0.0).unwrap().weight() - 1.0).abs() < f64::EPSILON);
    assert_eq!(quality(0.0).unwrap().frequency(), None);
    assert!(quality(0.5).unwrap_err().to_string().contains("0.5"));
    assert!((quality(1.0).unwrap().weight() - 1.0).abs() < f64::EPSILON);
}

#[test]
fn returns_that_outweigh_sales_never_break_even() {
    let nok = |amount: i64| Money::from_minor(i128::from(amount) * 100, Currency::NOK).ok();
    for (revenue, goods) in [(-10, -30), (0, -5), (0, 5), (-10, 5)] {
        let mut facts = Facts::zero(Currency::NOK);
        let zero = nok(0);
        let row = Row { revenue: nok(revenue), cost_of_goods: nok(goods), other_variable_cost: zero, ..Row::default() };
        facts.add(&row).unwrap();
        assert_eq!(facts.break_even_roas(), BreakEven::Never, "{revenue} {goods}");
    }
}

#[test]
fn a_score_has_no_infinity_at_the_ends_of_its_range() {
    let tiny: Exact = format!("0.{}1", "0".repeat(400)).parse().unwrap();
    let quality = Quality::given(1.0).unwrap();
    let nok = |amount: Exact| Unrounded::new(amount, Currency::NOK);
    let target = Target { results: 100.into(), cost_per_result: nok(450.into()) };
    let scoring = EffectScoring::default();
    let delivery = Delivery { results: 5.into(), spend: nok(tiny.clone()), quality };
    assert!(scoring.score(&delivery, &target).unwrap_err().to_string().contains("spend"));
    let delivery = Delivery { results: 5.into(), spend: nok(100.into()), quality };
    let target = Target { results: tiny, ..target };
    assert!(scoring.score(&delivery, &target).unwrap_err().to_string().contains("target results"));
}

#[cfg(feature = "serde")]
#[test]
fn stored_data_come_back() {
    fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }
    let mut roll_up = RollUp::new(Currency::NOK);
    let row = Row { spend: "NOK 12.50".parse().ok(), orders: Some(3.into()), ..Row::default() };
    roll_up.add(("VG".to_owned(), 3), &row).unwrap();
    assert_eq!(again(&roll_up), roll_up);
    let ratio = roll_up.total().unwrap().kpi(Kpi::Cpo);
    assert_eq!(again(&ratio), ratio);
    let frequency = Frequency::Histogram(vec![(1, 20), (2, 3)]);
    assert_eq!(again(&frequency), frequency);
    let scoring = EffectScoring::default();
    assert_eq!(again(&scoring), scoring);
    let wrong = serde_json::to_string(&scoring).unwrap().replace("0.9", "1.9");
    assert!(serde_json::from_str::<EffectScoring>(&wrong).unwrap_err().to_string().contains("level"));
}
