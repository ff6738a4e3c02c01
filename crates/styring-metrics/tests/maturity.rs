//! The laws of results that are still coming.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::float_cmp)]

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use styring_metrics::{
    ClickCohorts, Confidence, ConversionWindow, Dating, Error, ErrorBasis, Fact, Kpi, Limits, MaturityMethod, Outcome,
    Period, Row, cost_limits, count_limits,
};
use styring_money::{Currency, Exact, Money};

const LADDER: MaturityMethod = MaturityMethod::ChainLadder;
const POOLED: MaturityMethod = MaturityMethod::PooledRate(Fact::Clicks);

fn day(offset: u64) -> NaiveDate {
    // A Monday.
    NaiveDate::from_ymd_opt(2026, 6, 1).unwrap() + Days::new(offset)
}

fn level() -> Confidence {
    Confidence::two_sided(0.9).unwrap()
}

fn row(clicks: u64) -> Row {
    let spend = Money::from_minor(i128::from(clicks) * 500, Currency::NOK).ok();
    Row { spend, clicks: Some(clicks), ..Row::default() }
}

/// Rows of a day and its clicks; results by day, lag and count.
type Rows = Vec<(u64, u64)>;
type Results = Vec<(u64, u32, Exact)>;

fn of(rows: &Rows, results: &Results) -> ClickCohorts {
    let mut cohorts = ClickCohorts::new(Fact::Conversions, Currency::NOK).unwrap();
    for (at, clicks) in rows {
        cohorts.add_day(day(*at), &row(*clicks)).unwrap();
    }
    for (at, lag, count) in results {
        cohorts.add_lagged(Dating::Click, day(*at), *lag, Period::Day, count).unwrap();
    }
    cohorts
}

fn rows() -> impl Strategy<Value = Rows> {
    prop::collection::vec((0..30_u64, prop_oneof![Just(0), 1..2000_u64]), 0..40)
}

fn results() -> impl Strategy<Value = Results> {
    let lag = prop_oneof![6 => 0..12_u32, 1 => any::<u32>()];
    let count = prop_oneof![
        6 => (0..30_i128).prop_map(|count| Exact::new(count, 0)),
        2 => (0..3000_i128).prop_map(|count| Exact::new(count, 2)),
        1 => Just(Exact::new(1, 30)),
        1 => Just(Exact::new(i128::MAX, 0)),
    ];
    prop::collection::vec((0..30_u64, lag, count), 0..80)
}

fn windows() -> impl Strategy<Value = ConversionWindow> {
    let period = || prop::sample::select(vec![Period::Day, Period::Week]);
    (0..25_u32, period(), period()).prop_map(|(days, cohorts, lags)| ConversionWindow { days, cohorts, lags })
}

fn sound(limits: &Limits) {
    assert!(limits.low.is_none_or(f64::is_finite) && limits.high.is_none_or(f64::is_finite), "{limits:?}");
    assert!(limits.low.unwrap_or(0.0) <= limits.high.unwrap_or(f64::MAX), "{limits:?}");
}

proptest! {
    #[test]
    fn cohorts_merge_in_any_order(rows in rows(), results in results(), cut in 0..40_usize) {
        let whole = of(&rows, &results);
        let (some, rest) = rows.split_at(cut.min(rows.len()));
        let (early, late) = results.split_at((2 * cut).min(results.len()));
        let (first, second) = (of(&some.to_vec(), &late.to_vec()), of(&rest.to_vec(), &early.to_vec()));
        let mut one = first.clone();
        one.merge(second.clone()).unwrap();
        let mut other = second;
        other.merge(first).unwrap();
        prop_assert_eq!(&one, &whole);
        prop_assert_eq!(&other, &whole);
        one.merge(ClickCohorts::new(Fact::Conversions, Currency::NOK).unwrap()).unwrap();
        prop_assert_eq!(&one, &whole);
    }

    #[test]
    fn nothing_panics_and_nothing_is_infinite(
        rows in rows(), results in results(), window in windows(), until in 0..60_u64, at in 0..30_u32, per in prop::sample::select(Fact::ALL.to_vec()),
    ) {
        let cohorts = of(&rows, &results);
        let Ok(maturity) = cohorts.maturity(day(until), window) else { return Ok(()) };
        for age in 0..30 {
            if let Ok(completion) = maturity.completion(age) {
                prop_assert!((0.0..=1.0).contains(&completion.share) && completion.se.is_finite() && completion.se >= 0.0);
            }
        }
        let some = maturity.older_than(at).unwrap_or_else(|_| maturity.clone());
        for method in [LADDER, POOLED, MaturityMethod::PooledRate(per)] {
            for confidence in [level(), Confidence::upper(0.95).unwrap(), Confidence::lower(0.6).unwrap()] {
                for kpi in Kpi::ALL {
                    if let Ok(answer) = some.kpi(kpi, method, confidence) {
                        prop_assert!(matches!(kpi, Kpi::Cpa | Kpi::Cvr));
                        prop_assert!(answer.matured.value().is_none_or(f64::is_finite));
                        prop_assert!(answer.completion.is_none_or(|share| share > 0.0 && share <= 1.0 + 1e-9));
                        sound(&answer.limits);
                    }
                }
                for (_, answer) in some.each(method, confidence) {
                    if let Ok(answer) = answer {
                        prop_assert!(answer.value.is_finite() && answer.value >= answer.as_observed.to_f64() * (1.0 - 1e-12));
                        sound(&answer.limits);
                    }
                }
            }
        }
    }

    #[test]
    fn what_has_had_its_time_is_as_observed(rows in rows(), counts in prop::collection::vec((0..30_u64, 0..6_u32, 0..9_i64), 1..60)) {
        let counts: Results = counts.into_iter().map(|(at, lag, count)| (at, lag, count.into())).collect();
        let mut rows = rows;
        rows.extend((0..30).map(|at| (at, 10)));
        let maturity = of(&rows, &counts).maturity(day(32), ConversionWindow::days(6)).unwrap();
        let old = maturity.older_than(6).unwrap();
        let observed = old.as_observed(Kpi::Cpa).unwrap();
        let (spend, count) = (observed.numerator().unwrap().to_f64(), observed.denominator().unwrap().to_f64());
        for method in [LADDER, POOLED] {
            let Ok(cost) = old.kpi(Kpi::Cpa, method, level()) else { continue };
            prop_assert_eq!(&cost.as_observed, &observed);
            match (cost.matured, observed.number()) {
                (Outcome::Value(a), Outcome::Value(b)) => prop_assert!((a - b).abs() <= 1e-9 * b),
                (a, b) => prop_assert_eq!(a, b),
            }
            let garwood = cost_limits(spend, count, level()).unwrap();
            prop_assert!((cost.limits.low.unwrap() / garwood.low.unwrap() - 1.0).abs() < 1e-9);
            prop_assert_eq!(cost.limits.high.is_some(), garwood.high.is_some());
            if let Ok(all) = old.matured(method, level()) {
                prop_assert_eq!(all.limits, Limits { low: Some(count), high: Some(count) });
            }
        }
        // The factors are those of all cohorts, whichever are looked at.
        prop_assert_eq!(old.completion(0), maturity.completion(0));
    }

    #[test]
    fn younger_cohorts_are_less_complete(counts in prop::collection::vec((0..30_u64, 0..6_u32, 1..9_i64), 1..60)) {
        let counts: Results = counts.into_iter().map(|(at, lag, count)| (at, lag, count.into())).collect();
        let rows = (0..30).map(|at| (at, 100)).collect();
        let maturity = of(&rows, &counts).maturity(day(29), ConversionWindow::days(6)).unwrap();
        let shares: Vec<f64> = (0..6).filter_map(|age| Some(maturity.completion(age).ok()?.share)).collect();
        prop_assert!(shares.windows(2).all(|pair| pair[0] <= pair[1]) && shares.last() == Some(&1.0));
    }
}

/// Sixty days of 100 clicks; of each day's clicks 4 convert at once, 2 after a day and 2 after ten; but the youngest days have what they can have by then.
fn steady() -> ClickCohorts {
    let mut cohorts = of(&(0..60).map(|at| (at, 100)).collect(), &Vec::new());
    for at in 0..60 {
        for (lag, count) in [(0, 4), (1, 2), (10, 2)] {
            cohorts.add(day(at), day(at + lag), &count.into()).unwrap();
        }
    }
    cohorts
}

#[test]
fn the_future_is_unknown_and_not_nothing() {
    let cohorts = steady();
    let maturity = cohorts.maturity(day(59), ConversionWindow::days(30)).unwrap();
    for (age, share) in [(0, 0.5), (1, 0.75), (9, 0.75), (10, 1.0), (29, 1.0)] {
        assert!((maturity.completion(age).unwrap().share - share).abs() < 1e-12, "{age}");
    }
    // All cohorts develop alike: Mack's error is none, and what was due is met to the digit.
    let last = maturity.clicked(day(50), day(59)).unwrap();
    let ladder = last.kpi(Kpi::Cpa, LADDER, level()).unwrap();
    assert_eq!(ladder.as_observed.number().value().map(f64::round), Some(86.0)); // 5000 over 58
    assert!(matches!(ladder.matured, Outcome::Value(cost) if (cost - 62.5).abs() < 1e-9));
    assert_eq!((ladder.basis, ladder.left_out), (ErrorBasis::Mack, 0));
    let pooled = last.kpi(Kpi::Cvr, POOLED, level()).unwrap();
    assert!(matches!(pooled.matured, Outcome::Value(rate) if (rate - 0.08).abs() < 1e-12));
    assert!((pooled.completion.unwrap() - 58.0 / 80.0).abs() < 1e-12);
    // What comes is a count: of the 22 that are missing, give or take a few.
    let to_come = last.matured(POOLED, level()).unwrap();
    assert!(to_come.limits.low.unwrap() > 58.0 && to_come.limits.high.unwrap() < 95.0, "{:?}", to_come.limits);
    assert_eq!((to_come.value.round(), to_come.as_observed.to_f64()), (80.0, 58.0));
}

#[test]
fn either_end_of_a_delay_will_do() {
    let mut cohorts = of(&(0..60).map(|at| (at, 100)).collect(), &Vec::new());
    for at in 0..60 {
        for (lag, count) in [(0, 4), (1, 2), (10, 2)] {
            let booked = day(at + u64::from(lag));
            cohorts.add_lagged(Dating::Conversion, booked, lag, Period::Day, &count.into()).unwrap();
        }
    }
    assert_eq!(cohorts, steady());
    let fault = cohorts.add(day(3), day(2), &1.into()).unwrap_err();
    assert!(fault.to_string().contains("on or after the day of the click"), "{fault}");
    assert!(cohorts.add(day(3), day(3), &(-1).into()).is_err());
    assert!(cohorts.add_lagged(Dating::Conversion, day(0), u32::MAX, Period::Week, &1.into()).is_err());
    assert!(cohorts.add_lagged(Dating::Conversion, NaiveDate::MIN, 1, Period::Day, &1.into()).is_err());
}

#[test]
fn weeks_hold_whole_weeks_only() {
    let window = ConversionWindow { days: 30, cohorts: Period::Week, lags: Period::Week };
    // Day 59 is a Thursday: the running week has no whole age behind it, the one before has none either until Sunday's clicks are seven days old.
    let maturity = steady().maturity(day(59), window).unwrap();
    assert_eq!(maturity.cohorts().last(), Some((day(56), day(62))));
    for (age, share) in [(0, 0.75), (1, 1.0), (4, 1.0)] {
        assert!((maturity.completion(age).unwrap().share - share).abs() < 1e-12, "{age}");
    }
    assert!(maturity.completion(5).is_err());
    let ladder = maturity.kpi(Kpi::Cpa, LADDER, level()).unwrap();
    assert_eq!(ladder.left_out, 2);
    assert!(matches!(ladder.matured, Outcome::Value(cost) if (cost - 62.5).abs() < 1e-9));
    assert!(
        matches!(maturity.kpi(Kpi::Cpa, POOLED, level()).unwrap().matured, Outcome::Value(cost) if (cost - 62.5).abs() < 1e-9)
    );
    let young = maturity.clicked(day(49), day(62)).unwrap();
    assert_eq!(young.kpi(Kpi::Cpa, LADDER, level()), Err(Error::TooYoung));
    assert_eq!(young.matured(POOLED, level()), Err(Error::TooYoung));
    // Weekly delays are the same figures.
    let mut weekly = of(&(0..60).map(|at| (at, 100)).collect(), &Vec::new());
    for at in 0..60 {
        for (lag, count) in [(0, 6), (1, 2)] {
            weekly.add_lagged(Dating::Click, day(at), lag, Period::Week, &count.into()).unwrap();
        }
    }
    let lags = ConversionWindow { cohorts: Period::Day, ..window };
    let (weekly, daily) = (weekly.maturity(day(59), lags).unwrap(), steady().maturity(day(59), lags).unwrap());
    assert_eq!(weekly.completion(0), daily.completion(0));
}

#[test]
fn young_cohorts_without_a_result_have_an_answer_beside_the_ladder() {
    let mut cohorts = steady();
    for at in 60..63 {
        cohorts.add_day(day(at), &row(100)).unwrap();
    }
    let maturity = cohorts.maturity(day(62), ConversionWindow::days(30)).unwrap();
    let young = maturity.each(LADDER, level());
    assert_eq!(young.last().unwrap().1, Err(Error::NothingYet));
    // 600 clicks' worth of results are in of the last ten days, at the pooled rate; three days have given nothing.
    let pooled = maturity.each(POOLED, level());
    let (_, last) = pooled.last().unwrap();
    let last = last.as_ref().unwrap();
    assert_eq!(last.as_observed, Exact::ZERO);
    assert!(last.value > 3.0 && last.limits.low == Some(1.0) && last.limits.high.unwrap() >= 7.0, "{last:?}");
    // Only those three: no result, no upper limit, and a lower one that says what the least cost may be.
    let three = maturity.clicked(day(60), day(62)).unwrap();
    for method in [LADDER, POOLED] {
        let cost = three.kpi(Kpi::Cpa, method, level()).unwrap();
        assert_eq!(cost.matured, Outcome::NoDenominator(styring_money::Sign::Positive));
        assert_eq!(cost.limits.high, None);
        assert!(cost.limits.low.is_some_and(|low| low > 100.0), "{cost:?}");
    }
    assert_eq!(three.matured(LADDER, level()), Err(Error::NothingYet));
    assert_eq!(three.matured(POOLED, level()).unwrap().value, 0.0);
    // With a pooled rate it is as with any count: no result of what is in, 3 · 100 clicks of which 0.5 to 0.75 are.
    let used = 300.0 * (0.5 + 0.75 + 0.75) / 3.0;
    let most = count_limits(0.0, level()).unwrap().high.unwrap() * 300.0 / used;
    let rate = three.kpi(Kpi::Cvr, POOLED, level()).unwrap();
    assert!((rate.limits.high.unwrap() - most / 300.0).abs() < 1e-9);
}

#[test]
fn what_is_not_known_is_said() {
    let empty = ClickCohorts::new(Fact::Orders, Currency::NOK).unwrap();
    let window = ConversionWindow::days(30);
    let (window_days, observed_days) = (30, 0);
    assert_eq!(empty.maturity(day(3), window), Err(Error::WindowNotReached { window_days, observed_days }));
    assert!(ClickCohorts::new(Fact::Revenue, Currency::NOK).is_err());
    let young = steady().maturity(day(20), window).unwrap_err();
    assert_eq!(young, Error::WindowNotReached { window_days, observed_days: 21 });
    assert!(young.to_string().contains("30 days; the oldest for 21"), "{young}");
    assert!(steady().maturity(day(20), ConversionWindow::days(21)).is_ok());
    assert!(steady().maturity(day(20), ConversionWindow::days(0)).is_err());

    // Nothing has converted at all.
    let none = of(&(0..40).map(|at| (at, 100)).collect(), &Vec::new()).maturity(day(39), window).unwrap();
    assert_eq!(none.completion(0), Err(Error::NothingConverted { lag_days: 1 }));
    assert_eq!(none.completion(29).unwrap().share, 1.0);
    assert!(none.older_than(29).unwrap().kpi(Kpi::Cpa, LADDER, level()).unwrap().limits.low.is_some());
    assert!(matches!(none.kpi(Kpi::Cpa, POOLED, level()), Err(Error::NothingConverted { .. })));
    assert!(none.as_observed(Kpi::Cpa).unwrap().outcome() == Outcome::NoDenominator(styring_money::Sign::Positive));

    // Results of a day that nobody gave the spend of.
    let mut stray = steady();
    stray.add(day(61), day(61), &1.into()).unwrap();
    let stray = stray.maturity(day(61), window).unwrap();
    assert!(stray.kpi(Kpi::Cpa, LADDER, level()).unwrap_err().to_string().contains("spend"));
    assert_eq!(stray.as_observed(Kpi::Cpa).unwrap().outcome(), Outcome::Missing);
    assert!(stray.clicked(day(0), day(60)).unwrap().kpi(Kpi::Cpa, LADDER, level()).is_ok());

    let fault = stray.kpi(Kpi::Cpo, LADDER, level()).unwrap_err();
    assert!(fault.to_string().contains("CPO"), "{fault}");
    assert!(stray.older_than(1000).is_err() && stray.clicked(day(500), day(600)).is_err());
    let fault =
        steady().maturity(day(59), window).unwrap().kpi(Kpi::Cpa, MaturityMethod::PooledRate(Fact::Leads), level());
    assert!(fault.unwrap_err().to_string().contains("leads"));
    let mut other = ClickCohorts::new(Fact::Leads, Currency::NOK).unwrap();
    assert!(other.merge(steady()).is_err());
    assert!(other.add_day(day(0), &Row { spend: "SEK 1.00".parse().ok(), ..Row::default() }).is_err());
}

#[test]
fn what_the_platform_says_of_results_is_not_used_twice() {
    let mut cohorts = of(&Vec::new(), &Vec::new());
    for at in 0..10 {
        cohorts.add_day(day(at), &Row { conversions: Some(50.into()), ..row(100) }).unwrap();
        cohorts.add(day(at), day(at), &5.into()).unwrap();
    }
    let maturity = cohorts.maturity(day(9), ConversionWindow::days(3)).unwrap();
    assert_eq!(maturity.as_observed(Kpi::Cvr).unwrap().number(), Outcome::Value(0.05));
}

#[cfg(feature = "serde")]
#[test]
fn cohorts_read_back() {
    let text = serde_json::to_string(&steady()).unwrap();
    assert_eq!(serde_json::from_str::<ClickCohorts>(&text).unwrap(), steady());
    assert!(serde_json::from_str::<ClickCohorts>(&text.replace("\"conversions\"", "\"revenue\"")).is_err());
    let maturity = steady().maturity(day(59), ConversionWindow::days(30)).unwrap();
    let cost = serde_json::to_string(&maturity.kpi(Kpi::Cpa, LADDER, level()).unwrap()).unwrap();
    assert!(cost.contains("\"matured\":{\"status\":\"value\""), "{cost}");
}
