//! A test by regions: numbers by hand, what holds of every panel, and what is refused.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use styring_experiments::geo::{Panel, Placebos, SyntheticControl, Weighting};
use styring_experiments::{ConfidenceSet, IncrementalCost, Level};
use styring_money::Exact;
use styring_playbook::{
    Error, GeoMethod, GeoNote, GeoSpend, GeoTest, GeoTested, GeoTestedSpec, RegionDays, SpendSource,
};

const METHODS: [GeoMethod; 3] = [GeoMethod::Synthetic, GeoMethod::Did, GeoMethod::Tbr];

fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 9, 1).unwrap() + Days::new(offset)
}

fn noise(seed: u64) -> u64 {
    seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 59
}

fn value(region: u64, day: u64) -> u64 {
    40 + 5 * region + 6 * (day % 7) + noise(1_000 * region + day)
}

/// Regions `r0`, `r1` …, the first `treated` of them with an effect from `from` on.
fn rows(regions: u64, days: u64, (treated, from, effect): (u64, u64, u64)) -> RegionDays {
    let mut rows = RegionDays::default();
    for region in 0..regions {
        for offset in 0..days {
            let extra = if region < treated && offset >= from { effect } else { 0 };
            rows.add(&format!("r{region}"), day(offset), (value(region, offset) + extra).into(), None);
        }
    }
    rows
}

fn spec(treated: &[&str], from: u64) -> GeoTestedSpec {
    GeoTestedSpec::new(treated.iter().map(|name| (*name).to_owned()).collect(), day(from))
}

#[test]
fn differences_by_hand() {
    // Before: treated 10, others 20 and 40; with the treatment 16, and 22 and 44: 6 − 3 a day.
    let mut rows = RegionDays::default();
    for offset in 0..6 {
        let with = u64::from(offset >= 4);
        for (region, value) in [("a", 10 + 6 * with), ("b", 20 + 2 * with), ("c", 40 + 4 * with)] {
            let spend = if region == "a" { 5 * with } else { 0 };
            rows.add(region, day(offset), value.into(), Some(spend.into()));
        }
    }
    let spec = GeoTestedSpec { method: GeoMethod::Did, spend: GeoSpend::Rows, ..spec(&["a"], 4) };
    let tested = GeoTested::of(&rows, &spec).unwrap();
    assert_eq!((tested.found.total, tested.days_before, tested.days_with, tested.controls), (6.0, 4, 2, 2));
    assert_eq!(tested.days.iter().map(|day| day.counterfactual).collect::<Vec<_>>(), [10., 10., 10., 10., 13., 13.]);
    assert_eq!(tested.days[5].running, Some(6.0));
    assert_eq!(tested.lift, Some(6.0 / 26.0));
    let cost = tested.cost.unwrap();
    assert_eq!((cost.spend, cost.source, cost.per_spend), (10.0, SpendSource::Counted, 0.6));
    // Of three choices of one region the smallest p is 2/3.
    assert_eq!(tested.found.set, ConfidenceSet::Everything);
    assert_eq!(cost.per_result, IncrementalCost::NotDistinguishable { at_least: None });
    assert!(tested.notes.iter().any(|note| matches!(note, GeoNote::CannotReject { .. })));
    assert!(tested.notes.contains(&GeoNote::FewControls { controls: 2 }));
}

#[test]
fn spend_of_both_sides_is_estimated() {
    let mut rows = RegionDays::default();
    for offset in 0..40 {
        for region in 0..12 {
            let with = u64::from(offset >= 30);
            let extra = if region == 0 { 25 * with } else { 0 };
            let spend = if region == 0 { 30 + 50 * with } else { 20 + 10 * with };
            let spend = spend + noise(7 * offset + region) % 5;
            rows.add(&format!("r{region}"), day(offset), (value(region, offset) + extra).into(), Some(spend.into()));
        }
    }
    for method in METHODS {
        // One region of twelve: the smallest p of rearranging is one sixth.
        let level = Level::new(0.8).unwrap();
        let spec = GeoTestedSpec { method, level, spend: GeoSpend::Rows, ..spec(&["r0"], 30) };
        let tested = GeoTested::of(&rows, &spec).unwrap();
        let cost = tested.cost.unwrap();
        assert_eq!((cost.source, cost.spend_error), (SpendSource::Estimated, method == GeoMethod::Tbr));
        let IncrementalCost::Known { value, low, high } = cost.per_result else { panic!("{cost:?}") };
        assert!(low < value && value < high, "{cost:?}");
        if method != GeoMethod::Tbr {
            // 50 more against 10 more of the others, ten days.
            assert!((cost.spend - 400.0).abs() < 40.0, "{cost:?}");
        }
    }
}

#[test]
fn a_saving_has_no_cost() {
    let mut rows = rows(12, 40, (0, 0, 0));
    for offset in 0..30 {
        rows.add("r0", day(offset), Exact::ZERO, Some(10.into()));
    }
    let spec = GeoTestedSpec { spend: GeoSpend::Rows, ..spec(&["r0"], 30) };
    let tested = GeoTested::of(&rows, &spec).unwrap();
    assert_eq!(tested.cost, None);
    assert!(tested.notes.contains(&GeoNote::NoExtraSpend { spend: -100.0 }));
}

#[test]
fn the_answer_is_that_of_the_library() {
    let all = rows(12, 60, (2, 50, 9));
    let tested = GeoTested::of(&all, &spec(&["r0", "r1"], 50)).unwrap();
    let row = |region: u64| {
        let effect = |offset| if region < 2 && offset >= 50 { 9 } else { 0 };
        #[allow(clippy::cast_precision_loss, reason = "small")]
        (0..60).map(|offset| (value(region, offset) + effect(offset)) as f64).collect::<Vec<f64>>()
    };
    // The order of regions is that of their names.
    let names = ["r0", "r1", "r10", "r11", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9"];
    let units = names.map(|name| (name, row(name[1..].parse().unwrap())));
    let panel = Panel::new(units, &["r0", "r1"], 50).unwrap();
    let weighting = Weighting { demeaned: true, ridge: None };
    let synthetic = SyntheticControl::new(&panel, weighting).unwrap();
    assert!((tested.found.total - synthetic.total()).abs() < 1e-9);
    assert_eq!(tested.lift.map(|lift| (lift * 1e9).round()), synthetic.lift().map(|lift| (lift * 1e9).round()));
    assert!((tested.fit.rmse - 2.0 * synthetic.rmspe_before()).abs() < 1e-9);
    assert!(tested.weights.is_sorted_by(|one, next| one.weight >= next.weight));
    assert!((tested.weights.iter().map(|weight| weight.weight).sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(tested.found.is_effect() && tested.found.set.contains(180.0), "{:?}", tested.found);
    let library = Placebos::new(&panel, weighting).unwrap().rmspe_p_value().ok();
    let placebos = tested.placebos.unwrap();
    assert_eq!((placebos.others.len(), placebos.rmspe_p), (10, library));
}

#[test]
fn a_day_that_no_region_has_is_left_out_and_said() {
    let mut all = RegionDays::default();
    for region in 0..12 {
        // No Sundays: 7 September 2025 is one.
        for offset in (0..50).filter(|offset| offset % 7 != 6) {
            all.add(&format!("r{region}"), day(offset), value(region, offset).into(), None);
        }
    }
    let tested = GeoTested::of(&all, &spec(&["r3"], 42)).unwrap();
    assert_eq!((tested.days_before, tested.days_with), (36, 7));
    let note = tested.notes.iter().find(|note| matches!(note, GeoNote::DaysMissing { .. })).unwrap();
    assert_eq!(*note, GeoNote::DaysMissing { days: 7, first: day(6) });
    assert!(note.to_string().contains("7 days, 2025-09-07 the first"));
}

#[test]
fn a_long_treatment_has_an_interval_on_some_days() {
    let spec = GeoTestedSpec { method: GeoMethod::Tbr, ..spec(&["r3"], 30) };
    let tested = GeoTested::of(&rows(6, 200, (0, 0, 0)), &spec).unwrap();
    let with = |set: fn(&styring_playbook::GeoDay) -> bool| tested.days.iter().filter(|day| set(day)).count();
    let intervals = with(|day| day.running_set.is_some());
    assert!((50..=60).contains(&intervals), "{intervals}");
    assert_eq!(intervals, with(|day| day.effect_set.is_some()));
    assert_eq!(tested.days.last().unwrap().running_set, Some(tested.found.set));
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let all = rows(5, 30, (1, 20, 3));
    let of = |change: fn(&mut GeoTestedSpec)| {
        let mut spec = spec(&["r0"], 20);
        change(&mut spec);
        GeoTested::of(&all, &spec).map(|_| ()).unwrap_err().to_string()
    };
    assert_eq!(
        of(|spec| spec.treated = vec!["R0".to_owned()]),
        "there is no region \"R0\" (did you mean \"r0\"?); there are: r0, r1, r2, r3, r4"
    );
    assert!(
        of(|spec| spec.treated = vec!["Bergen".to_owned()]).starts_with("there is no region \"Bergen\"; there are:")
    );
    assert_eq!(of(|spec| spec.treated.push("r0".to_owned())), "the name \"r0\" is there twice");
    assert_eq!(of(|spec| spec.treated.clear()), "treated must be at least one region, not none");
    assert_eq!(
        of(|spec| spec.without = vec!["r0".to_owned()]),
        "without must be regions that were not treated, not \"r0\""
    );
    assert_eq!(
        of(|spec| spec.treated = (0..5).map(|region| format!("r{region}")).collect()),
        "no other region is left to compare the treated with: there are 5 in all"
    );
    let outside =
        "which must be after the first day and not after the last; there are days from 2025-09-01 to 2025-09-30";
    assert_eq!(of(|spec| spec.from = day(0)), format!("the treatment begins on 2025-09-01, {outside}"));
    assert_eq!(of(|spec| spec.from = day(30)), format!("the treatment begins on 2025-10-01, {outside}"));
    assert_eq!(of(|spec| spec.from = day(2)), "3 or more days before the treatment are needed, there are 2");
    assert_eq!(of(|spec| spec.spend = GeoSpend::Total(0.0)), "spend must be above zero, not 0");
    assert!(matches!(GeoTested::of(&RegionDays::default(), &spec(&["r0"], 1)), Err(Error::UnknownRegion { .. })));

    let mut gap = all.clone();
    gap.add("new", day(4), 1.into(), None);
    let fault = GeoTested::of(&gap, &spec(&["r0"], 20)).unwrap_err().to_string();
    assert_eq!(
        fault,
        "\"new\" has no row of 2025-09-01, and of 28 more days that other regions have; a day without a value is no zero"
    );
    let mut without = spec(&["r0"], 20);
    without.without = vec!["new".to_owned()];
    assert!(GeoTested::of(&gap, &without).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn p_values_and_sets_agree_and_days_add_up(
        regions in 3_u64..9, before in 5_u64..30, with in 1_u64..10, treated in 1_u64..3, effect in 0_u64..30,
        level in 0.5_f64..0.99, values in prop::collection::vec(0_u64..200, 400)
    ) {
        let mut all = RegionDays::default();
        let mut backwards = RegionDays::default();
        let row = |region: u64, offset: u64| {
            let extra = if region < treated && offset >= before { effect } else { 0 };
            let index = usize::try_from(region * (before + with) + offset).unwrap() % values.len();
            (format!("r{region}"), day(offset), Exact::from(values[index] + extra + region))
        };
        let cells: Vec<_> =
            (0..regions).flat_map(|region| (0..before + with).map(move |offset| (region, offset))).collect();
        for (region, offset) in &cells {
            let (region, day, value) = row(*region, *offset);
            all.add(&region, day, value, None);
        }
        for (region, offset) in cells.iter().rev() {
            let (region, day, value) = row(*region, *offset);
            backwards.add(&region, day, value, None);
        }
        let names: Vec<String> = (0..treated).map(|region| format!("r{region}")).collect();
        for method in METHODS {
            let level = Level::new(level).unwrap();
            let spec = GeoTestedSpec { method, level, spend: GeoSpend::Total(100.0), ..GeoTestedSpec::new(names.clone(), day(before)) };
            let Ok(tested) = GeoTested::of(&all, &spec) else { continue };
            prop_assert_eq!(&tested, &GeoTested::of(&backwards, &spec).unwrap());
            for answer in &tested.answers {
                if let Ok(found) = &answer.found {
                    prop_assert_eq!(found.p_value < level.alpha(), found.is_effect(), "{:?}", answer);
                    prop_assert!(found.p_value > 0.0 || answer.test == GeoTest::TbrAutoregressive);
                    prop_assert!(found.smallest_p.is_none_or(|smallest| found.p_value >= smallest - 1e-12), "{:?}", answer);
                }
            }
            let sum: f64 = tested.days.iter().filter(|day| day.treated).map(|day| day.effect).sum();
            prop_assert!((sum - tested.found.total).abs() < 1e-6 * (1.0 + sum.abs()), "{method:?} {sum} {}", tested.found.total);
            let last = tested.days.last().unwrap();
            prop_assert!((last.running.unwrap() - sum).abs() < 1e-6 * (1.0 + sum.abs()));
            prop_assert_eq!(last.running_set, Some(tested.found.set));
            // A cost is known exactly where an effect above none is.
            let cost = tested.cost.unwrap();
            let above = tested.found.is_effect() && tested.found.set.ends().0 > 0.0;
            prop_assert_eq!(matches!(cost.per_result, IncrementalCost::Known { .. }), above);
            if let IncrementalCost::Known { value, low, high } = cost.per_result {
                prop_assert!(0.0 < low && low <= value * (1.0 + 1e-9) && value <= high * (1.0 + 1e-9));
            }
        }
    }

    #[test]
    fn shards_merge(rows in prop::collection::vec((0_u8..5, 0_u64..5, -50_i64..50, any::<bool>()), 0..60)) {
        let (mut whole, mut one, mut other) = (RegionDays::default(), RegionDays::default(), RegionDays::default());
        for (region, offset, value, first) in &rows {
            let region = format!("r{region}");
            whole.add(&region, day(*offset), (*value).into(), None);
            if *first { &mut one } else { &mut other }.add(&region, day(*offset), (*value).into(), None);
        }
        let mut merged = one.clone();
        merged.merge(&other);
        other.merge(&one);
        prop_assert_eq!(&merged, &whole);
        prop_assert_eq!(&other, &whole);
    }
}
