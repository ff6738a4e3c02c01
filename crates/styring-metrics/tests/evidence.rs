//! The laws of limits, stop rules and goals.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::float_cmp)]

use proptest::prelude::*;
use styring_metrics::{
    Change, Confidence, DailyValues, Direction, Exposed, Fact, Facts, Frequency, Goal, Incrementality, Kpi, Margin,
    Measure, Order, OrderValues, Outcome, Progress, QualityPrice, RateMethod, RatePrior, Row, SharePrior, StopDecision,
    StopRule, cheap_reach, cost_limits, count_limits, rate_limits,
};
use styring_money::{Currency, Exact};

fn two_sided(level: f64) -> Confidence {
    Confidence::two_sided(level).unwrap()
}

proptest! {
    #[test]
    fn limits_hold_the_point_and_widen_with_the_level(
        count in prop_oneof![Just(0.0), 0.1..1e6_f64], spend in 0.0..1e9_f64, level in 0.5..0.99_f64,
    ) {
        let narrow = count_limits(count, two_sided(level)).unwrap();
        let wide = count_limits(count, two_sided(level + 0.005)).unwrap();
        prop_assert!(narrow.low.unwrap() <= count && count <= narrow.high.unwrap());
        prop_assert!(wide.low <= narrow.low && narrow.high <= wide.high);
        let costs = cost_limits(spend, count, two_sided(level)).unwrap();
        prop_assert_eq!(costs.high.is_none(), count == 0.0);
        // One-sided limits are those of the two-sided interval with twice the tail.
        let lower = count_limits(count, Confidence::lower(1.0 - (1.0 - level) / 2.0).unwrap()).unwrap();
        prop_assert!((lower.low.unwrap() - narrow.low.unwrap()).abs() <= 1e-9 * count && lower.high.is_none());
    }

    #[test]
    fn rates_stay_between_nothing_and_all(
        trials in 1..100_000_u32, part in 0.0..=1.0_f64, level in 0.5..0.999_f64, method in 0..3_usize,
    ) {
        let method = [RateMethod::Wilson, RateMethod::ClopperPearson, RateMethod::Jeffreys][method];
        let trials = f64::from(trials);
        let successes = (trials * part).floor();
        let limits = rate_limits(successes, trials, method, two_sided(level)).unwrap();
        let (low, high) = (limits.low.unwrap(), limits.high.unwrap());
        prop_assert!(0.0 <= low && low <= successes / trials && successes / trials <= high && high <= 1.0);
        let mirrored = rate_limits(trials - successes, trials, method, two_sided(level)).unwrap();
        prop_assert!((mirrored.low.unwrap() - (1.0 - high)).abs() < 1e-9);
    }

    #[test]
    fn orders_merge_in_any_order(orders in prop::collection::vec((0..1_000_000_u32, -50_000..50_000_i32), 0..40), cut in 0..40_usize) {
        let of = |orders: &[(u32, i32)]| {
            let mut all = OrderValues::default();
            for (revenue, margin) in orders {
                let cm2 = Exact::new((*margin).into(), 2);
                all.add(&Order { revenue: Exact::new((*revenue).into(), 2), cm1: cm2.clone(), cm2 });
            }
            all
        };
        let (first, second) = orders.split_at(cut.min(orders.len()));
        let (mut ab, mut ba) = (of(first), of(second));
        ab.merge(&of(second));
        ba.merge(&of(first));
        prop_assert_eq!(&ab, &ba);
        prop_assert_eq!(&ab, &of(&orders));
        prop_assert!(ab.effective_count() <= orders.len() as f64 * (1.0 + 1e-12));
        for kpi in [Kpi::Roas, Kpi::Acos, Kpi::Aov, Kpi::Poas, Kpi::Cm1Rate, Kpi::Cm2Rate, Kpi::Cm3Rate, Kpi::BreakEvenRoas, Kpi::BreakEvenCpo] {
            if let Ok(limits) = ab.limits(kpi, 500.0, two_sided(0.9)) {
                prop_assert!(limits.low.is_none_or(f64::is_finite) && limits.high.is_none_or(f64::is_finite), "{} {:?}", kpi, limits);
                prop_assert!(limits.low.unwrap_or(f64::MIN) <= limits.high.unwrap_or(f64::MAX), "{} {:?}", kpi, limits);
            }
        }
    }

    #[test]
    fn days_merge_in_any_order(values in prop::collection::vec(-1_000_000..1_000_000_i32, 0..60), cut in 0..60_usize) {
        let of = |values: &[i32]| {
            let mut all = DailyValues::default();
            for value in values {
                all.add(&Exact::new((*value).into(), 2));
            }
            all
        };
        let (first, second) = values.split_at(cut.min(values.len()));
        let (mut ab, mut ba) = (of(first), of(second));
        ab.merge(&of(second));
        ba.merge(&of(first));
        prop_assert_eq!(&ab, &of(&values));
        prop_assert_eq!(&ab, &ba);
        prop_assert!(ab.variance().is_none_or(|variance| variance >= Exact::ZERO));
    }

    #[test]
    fn a_goal_reads_back_in_both_languages(
        scope in prop::sample::select(vec!["", "e-commerce", "netthandelens", "the shop's"]),
        measure in prop::sample::select(measures()), raise in any::<bool>(), kind in 0..3_u8,
        amount in 0..10_000_000_u32, places in 0..4_u8, days in 1..1000_u32,
    ) {
        let amount = Exact::new(i128::from(amount), places);
        let change = match kind {
            0 => Change::Percent(amount.shift_point(-2)),
            1 => Change::By(amount),
            _ => Change::To(amount),
        };
        let direction = if raise { Direction::Raise } else { Direction::Lower };
        let goal = Goal { scope: scope.to_owned(), measure, direction, change, days, currency: None };
        prop_assert_eq!(goal.to_string().parse::<Goal>().unwrap(), goal.clone(), "{}", goal);
        let norwegian = goal.to_norwegian();
        prop_assert_eq!(norwegian.parse::<Goal>().unwrap(), goal, "{}", norwegian);
    }

    #[test]
    fn a_rule_reads_back(kpi in prop::sample::select(Kpi::ALL.to_vec()), threshold in 0..100_000_u32, places in 0..4_u8) {
        prop_assume!(kpi.better().is_some());
        let threshold = Exact::new(i128::from(threshold), places);
        let threshold = if kpi.is_share() { threshold.shift_point(-5) } else { threshold };
        let rule = StopRule { kpi, threshold, currency: None };
        prop_assert_eq!(rule.to_string().parse::<StopRule>().unwrap(), rule.clone(), "{}", rule);
        prop_assert_eq!(rule.to_norwegian().parse::<StopRule>().unwrap(), rule.clone(), "{}", rule.to_norwegian());
    }

    #[test]
    fn no_sentence_panics(text in "\\PC{0,60}", near in "(øke|raise|senke)? ?[a-zæøå %]{0,20} (by|med|til)? ?[0-9,. %kr]{0,8} (på|in)? ?[0-9]{0,12} (dager|weeks|uker)?") {
        for text in [text, near] {
            let _ = text.parse::<Goal>();
            let _ = text.parse::<StopRule>();
        }
    }

    #[test]
    fn what_is_undecided_is_decided_by_what_is_missing(count in 0..200_u32, spend in 1.0..20_000.0_f64, level in 0.6..0.99_f64) {
        let rule = StopRule { kpi: Kpi::Cpc, threshold: 25.into(), currency: None };
        let count = f64::from(count);
        if let StopDecision::Undecided { more: Some(more) } = rule.check_cost(spend, count, level).unwrap().decision {
            let part = 1.0 + more / spend;
            let later = rule.check_cost(spend * part, count * part, level).unwrap();
            prop_assert!(is_decided(later.decision));
            let sooner = 1.0 + 0.999 * more / spend;
            let sooner = rule.check_cost(spend * sooner, count * sooner, level).unwrap();
            prop_assert!(!is_decided(sooner.decision));
        }
    }

    #[test]
    fn pace_adds_up(target in 1..1_000_000_i64, actual in 0..1_000_000_i64, days in 1..120_u32, part in 0.0..=1.0_f64) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let elapsed = (f64::from(days) * part) as u32;
        let progress = Progress::straight(target.into(), days, elapsed, actual.into()).unwrap();
        let left = Exact::from(days - elapsed);
        if let Outcome::Value(per_day) = progress.required_per_day().outcome() {
            prop_assert_eq!(&(&per_day * &left) + &actual.into(), target.into());
        } else {
            prop_assert_eq!(elapsed, days);
        }
        let weights: Vec<Exact> = (0..days).map(|day| Exact::from(day % 7)).collect();
        if days > 1 {
            let whole = Progress::seasonal(target.into(), &weights, days, actual.into()).unwrap();
            prop_assert_eq!(whole.expected_to_date(), target.into());
            // What every day must bring adds up to what is missing.
            let seasonal = Progress::seasonal(target.into(), &weights, elapsed, actual.into()).unwrap();
            let required = (elapsed..days).map(|day| seasonal.required_on(day).unwrap().outcome().value());
            if let Some(required) = required.collect::<Option<Vec<Exact>>>().filter(|required| !required.is_empty()) {
                prop_assert_eq!(required.iter().sum::<Exact>(), Exact::from(target - actual));
            }
            prop_assert!(seasonal.required_on(days).is_none() && (elapsed == 0 || seasonal.required_on(elapsed - 1).is_none()));
        }
        prop_assert_eq!(progress.required_on(elapsed).is_some(), elapsed < days);
    }

    #[test]
    fn an_even_season_is_no_season(values in prop::collection::vec(-1_000_000..1_000_000_i64, 2..40), left in 0..40_usize, target in any::<i32>(), weight in 1..1000_i64) {
        let (mut plain, mut weighted) = (DailyValues::default(), DailyValues::default());
        for value in &values {
            plain.add(&(*value).into());
            weighted.add_weighted(&(*value).into(), &weight.into()).unwrap();
        }
        // A closed day changes nothing.
        weighted.add_weighted(&Exact::ZERO, &Exact::ZERO).unwrap();
        prop_assert_eq!(weighted.count(), plain.count());
        let (days, elapsed) = (u32::try_from(values.len() + left).unwrap(), u32::try_from(values.len()).unwrap());
        let actual = Exact::from(values.iter().sum::<i64>());
        let straight = Progress::straight(target.into(), days, elapsed, actual.clone()).unwrap();
        let seasonal = Progress::seasonal(target.into(), &vec![weight.into(); days as usize], elapsed, actual).unwrap();
        for direction in [Direction::Raise, Direction::Lower] {
            let (one, other) = (straight.probability(&plain, direction).unwrap(), seasonal.probability(&weighted, direction).unwrap());
            prop_assert!((one - other).abs() < 1e-9, "{} {}", one, other);
        }
        // Days without their weights are other days.
        prop_assert_eq!(seasonal.probability(&plain, Direction::Raise).is_err(), weight != 1);
    }
}

fn is_decided(decision: StopDecision) -> bool {
    !matches!(decision, StopDecision::Undecided { .. })
}

fn measures() -> Vec<Measure> {
    let kpis = Kpi::ALL.into_iter().map(Measure::Kpi);
    let margins = [Margin::Cm1, Margin::Cm2, Margin::Cm3].map(Measure::Margin);
    let sums = Fact::ALL.into_iter().map(Measure::Sum);
    kpis.chain(margins).chain(sums).collect()
}

#[test]
fn every_measure_has_words_of_its_own() {
    for measure in measures() {
        for name in [measure.english(), measure.norwegian()] {
            assert_eq!(Measure::called(&name.to_uppercase()), Some(measure), "{name:?}");
        }
    }
}

#[test]
fn sentences_that_are_not_understood_name_the_words() {
    for (text, words) in [
        ("", "a verb"),
        ("Forbedre omsetning med 12 % på 90 dager", "\"Forbedre\""),
        ("Øke trivsel med 12 % på 90 dager", "\"trivsel\""),
        ("Øke omsetning med tolv på 90 dager", "\"tolv\""),
        ("Øke omsetning med 12 % på nitti dager", "\"nitti\""),
        ("Øke omsetning med 12 % på 90 år", "\"år\""),
        ("Øke omsetning til 12 % på 90 dager", "\"12 %\""),
        ("Øke omsetning med -12 % på 90 dager", "\"-12 %\""),
        ("Øke omsetning 12 % på 90 dager", "med 12 %"),
        ("Raise revenue by 12 %", "days"),
        // The word, and not the phrase it stands in.
        ("Raise e-commerce happiness by 12 % in 90 days", "\"happiness\" is not"),
        ("Raise the shop's revenue strongly by 12 % in 90 days", "\"strongly\" is not"),
        ("Øke netthandelens dekningbidrag med 12 % på 90 dager", "did you mean \"dekningsbidrag\""),
        (
            "Lower conversoin rate by 2 % in 3 weeks",
            "\"conversoin\" is not understood; did you mean \"conversion rate\"",
        ),
        (
            "Raise contribution margn by 2 % in 3 weeks",
            "\"margn\" is not understood; did you mean \"contribution margin\"",
        ),
        ("Raise by 12 % in 90 days", "\"by\" is not"),
        ("Raise revenue 12 % in 90 days", "\"12\" is not"),
        ("Øke omsetning med tolv prosent på 90 dager", "\"tolv\" is not"),
        ("Øke omsetning med 12 % på 90", "\"90\" is not"),
        ("Øke omsetning med 12 % på 40000 dager", "\"40000\" is not"),
        ("Lower CPA to 12 % in 90 days", "\"12 %\" is not"),
        ("Raise revenue by 5 percentage points in 90 days", "\"5 percentage points\" is not"),
        ("Raise viewability to 5 percentage points in 90 days", "\"5 percentage points\" is not"),
        ("Raise", "\"Raise\" is not"),
    ] {
        let fault = text.parse::<Goal>().unwrap_err().to_string();
        assert!(fault.contains(words), "{fault}");
    }
    for (text, words) in [
        ("CPC 25", "a rule such as"),
        ("CPC < 25", "a cost is bad when it is high"),
        ("completion > 25 %", "a rate is bad when it is low"),
        ("lykke > 25", "\"lykke\""),
        ("CPC > mye", "\"mye\""),
        ("CPC > -1", "zero or above"),
        ("completion < 25", "at most 100 %"),
        ("klikpris > 25", "\"klikpris\" is not understood; did you mean \"klikkpris\""),
        ("orders < 3", "\"orders\""),
        ("break-even ROAS < 3", "\"break-even ROAS\""),
    ] {
        let fault = text.parse::<StopRule>().unwrap_err().to_string();
        assert!(fault.contains(words), "{fault}");
    }
    let goal: Goal = "Senk nettbutikkens kostnad per ny kunde til kr 1 250 innen 6 uker.".parse().unwrap();
    assert_eq!((goal.direction, goal.days, goal.scope.as_str()), (Direction::Lower, 42, "nettbutikkens"));
    assert_eq!((goal.measure, goal.change), (Measure::Kpi(Kpi::Cac), Change::To(1250.into())));
}

#[test]
fn goals_are_read_as_people_write_them() {
    let read = |text: &str| text.parse::<Goal>().unwrap_or_else(|fault| panic!("{fault}"));
    let decimal = |text: &str| text.parse::<Exact>().unwrap();
    for (text, measure, direction, change, days) in [
        (
            "Øk omsetningen med 12 prosent i løpet av 90 dager",
            Measure::Sum(Fact::Revenue),
            Direction::Raise,
            Change::Percent(decimal("0.12")),
            90,
        ),
        (
            "raise revenue to 2.5 million over the next 12 weeks",
            Measure::Sum(Fact::Revenue),
            Direction::Raise,
            Change::To(2_500_000.into()),
            84,
        ),
        (
            "Øke omsetningen til kr 2,5 millioner i løpet av de neste 12 ukene.",
            Measure::Sum(Fact::Revenue),
            Direction::Raise,
            Change::To(2_500_000.into()),
            84,
        ),
        (
            "Øke dekningsbidraget med 250 000 kroner på 90 dager",
            Measure::Margin(Margin::Cm3),
            Direction::Raise,
            Change::By(250_000.into()),
            90,
        ),
        (
            "Øke dekningsbidraget med kr 250 tusen på 90 dager",
            Measure::Margin(Margin::Cm3),
            Direction::Raise,
            Change::By(250_000.into()),
            90,
        ),
        (
            "Raise viewability to 70 % in 30 days",
            Measure::Kpi(Kpi::Viewability),
            Direction::Raise,
            Change::To(decimal("0.7")),
            30,
        ),
        (
            "Øke synligheten med 5 prosentpoeng på 30 dager",
            Measure::Kpi(Kpi::Viewability),
            Direction::Raise,
            Change::By(decimal("0.05")),
            30,
        ),
        (
            "Raise conversion rate by 0.5 percentage points within 6 weeks",
            Measure::Kpi(Kpi::Cvr),
            Direction::Raise,
            Change::By(decimal("0.005")),
            42,
        ),
        ("Raise ROAS to 400 % in 30 days", Measure::Kpi(Kpi::Roas), Direction::Raise, Change::To(4.into()), 30),
        (
            "Kutt kostnad per lead med kr 50 innen 4 uker",
            Measure::Kpi(Kpi::Cpl),
            Direction::Lower,
            Change::By(50.into()),
            28,
        ),
        (
            "Reduce CPA by 10 % in 30 days",
            Measure::Kpi(Kpi::Cpa),
            Direction::Lower,
            Change::Percent(decimal("0.1")),
            30,
        ),
        (
            "Redusere annonsekostnad til 100 000 på 30 dager",
            Measure::Sum(Fact::Spend),
            Direction::Lower,
            Change::To(100_000.into()),
            30,
        ),
    ] {
        let goal = read(text);
        assert_eq!(
            (goal.measure, goal.direction, &goal.change, goal.days),
            (measure, direction, &change, days),
            "{text}"
        );
        assert_eq!(read(&goal.to_string()), goal);
        assert_eq!(read(&goal.to_norwegian()), goal);
    }
}

#[test]
fn goals_are_written_and_aimed() {
    let read = |text: &str| text.parse::<Goal>().unwrap_or_else(|fault| panic!("{fault}"));
    let decimal = |text: &str| text.parse::<Exact>().unwrap();
    let goal = read("Øke synligheten med 5 prosentpoeng på 30 dager");
    assert_eq!(goal.to_string(), "Raise viewability by 5 percentage points in 30 days");
    assert_eq!(goal.to_norwegian(), "Øke synlighet med 5 prosentpoeng på 30 dager");
    assert_eq!(goal.target(&decimal("0.6")).unwrap(), decimal("0.65"));
    assert_eq!(read("Raise viewability to 70 % in 30 days").to_string(), "Raise viewability to 70 % in 30 days");
    assert_eq!(read("Cut CPA by 10 % in 30 days").target(&300.into()).unwrap(), 270.into());
    assert_eq!(read("Cut CPA by 40 in 30 days").target(&300.into()).unwrap(), 260.into());
    assert!(read("Cut CPA by 110 % in 30 days").target(&300.into()).unwrap_err().to_string().contains("110 %"));
    let euros = read("Øke omsetningen med EUR 5000 på 30 dager");
    assert!(euros.in_currency(Currency::EUR).is_ok() && euros.in_currency(Currency::NOK).is_err());
    assert!(read("Øke omsetningen med kr 5000 på 30 dager").in_currency(Currency::SEK).is_ok());
    assert!("Øke ordrer med kr 300 på 30 dager".parse::<Goal>().is_err());
    let fault = read("Cut CPA by 10 % in 30 days").progress(270.into(), 3, 280.into()).unwrap_err();
    assert!(fault.to_string().contains("not CPA"), "{fault}");
}

#[test]
fn rules_are_read_as_people_write_them() {
    let read = |text: &str| text.parse::<StopRule>().unwrap_or_else(|fault| panic!("{fault}"));
    for (one, other) in [
        ("CPC > kr 25", "CPC above 25"),
        ("CPC > kr 25", "stopp hvis klikkpris er over 25 kroner"),
        ("CPC > kr 25", "Stop when cost per click is above 25"),
        ("completion < 25 %", "fullføring under 25 prosent"),
        ("completion < 25 %", "Fullføringsgrad lavere enn 0,25"),
        ("viewability<0.5", "synlighet under 50 %"),
        ("ROAS < 2.5", "annonseavkastning < 250 %"),
        ("CPM > EUR 2,50", "tusenpris over EUR 2.5"),
    ] {
        assert_eq!(read(one), read(other), "{one} / {other}");
    }
    assert_eq!(read("CPM > EUR 2,50").currency, Some(Currency::EUR));
    assert_eq!(read("CPC > kr 25").to_norwegian(), "klikkpris > kr 25");
    assert_eq!(read("completion < 25 %").to_norwegian(), "fullføringsgrad < 25 %");
    assert_eq!(read("ROAS < 200 %").to_string(), "ROAS < 2");
}

#[test]
fn a_rule_on_returns_is_held_against_orders() {
    let of = |count: i64| {
        let mut orders = OrderValues::default();
        for order in 0..count {
            let revenue = Exact::from([900, 450, 1300, 600, 750][usize::try_from(order % 5).unwrap()]);
            let cm2 = revenue.checked_div(&2.into()).unwrap();
            orders.add(&Order { cm1: cm2.clone(), revenue, cm2 });
        }
        orders
    };
    // A ROAS of 2, a POAS of 1, an ACoS of a half, whatever their number.
    let check = |rule: &str, count: i64| {
        rule.parse::<StopRule>().unwrap().check_orders(&of(count), 400.0 * count as f64, 0.95).unwrap()
    };
    for rule in ["ROAS < 3", "POAS < 1.5", "ACoS > 33 %"] {
        let few = check(rule, 5);
        assert_eq!(few.point_breach, Some(true), "{rule}");
        let StopDecision::Undecided { more: Some(more) } = few.decision else { panic!("{rule}: {few:?}") };
        assert_eq!(check(rule, 100).decision, StopDecision::Stop, "{rule}");
        // What was missing decides, to the order.
        let enough = 5.0 * (1.0 + more / 2000.0);
        #[allow(clippy::cast_possible_truncation)]
        let (before, after) = ((enough / 5.0).floor() as i64 * 5, (enough / 5.0).ceil() as i64 * 5);
        assert!(
            !is_decided(check(rule, before).decision) && is_decided(check(rule, after).decision),
            "{rule} {enough}"
        );
    }
    assert_eq!(check("ROAS < 1.5", 100).decision, StopDecision::Keep);
    assert_eq!(check("AOV < 700", 200).decision, StopDecision::Keep);
    // Spend and no order at all: no upper limit of what an order may bring, so nothing is shown.
    let nothing = "ROAS < 2".parse::<StopRule>().unwrap().check_orders(&OrderValues::default(), 500.0, 0.95).unwrap();
    assert_eq!((nothing.point, nothing.decision), (Some(0.0), StopDecision::Undecided { more: None }));
    assert!("CPC > 2".parse::<StopRule>().unwrap().check_orders(&of(5), 500.0, 0.95).is_err());
}

#[test]
fn a_rule_is_held_against_merged_facts() {
    let mut facts = Facts::zero(Currency::NOK);
    let spend = "NOK 3000.00".parse().ok();
    facts.add(&Row { spend, clicks: Some(80), impressions: Some(50_000), ..Row::default() }).unwrap();
    let check = |rule: &str| rule.parse::<StopRule>().unwrap().check(&facts, 0.95).unwrap();
    assert_eq!(check("CPC > kr 25").decision, StopDecision::Stop);
    assert_eq!(check("CPC > kr 60").decision, StopDecision::Keep);
    assert!(matches!(check("CPC > kr 37").decision, StopDecision::Undecided { more: Some(_) }));
    // CPM is 60 kroner: per thousand, as it is written.
    assert_eq!(check("CPM > kr 61").point, Some(60.0));
    let fault = |rule: &str| rule.parse::<StopRule>().unwrap().check(&facts, 0.95).unwrap_err().to_string();
    assert!(fault("ROAS < 2").contains("value of every order"));
    assert!(fault("CPC > EUR 2").contains("EUR and NOK"));
    let pearson = facts.limits_by(Kpi::Ctr, RateMethod::ClopperPearson, two_sided(0.9)).unwrap();
    let wilson = facts.limits(Kpi::Ctr, two_sided(0.9)).unwrap();
    assert!(pearson.low < wilson.low && pearson.high > wilson.high);
    assert!(
        "completion < 25 %"
            .parse::<StopRule>()
            .unwrap()
            .check(&facts, 0.95)
            .unwrap_err()
            .to_string()
            .contains("missing")
    );
}

/// Exact coverage of the limits at small true values, by adding up the probabilities of all outcomes: no simulation, no error.
#[test]
fn limits_keep_their_promise_at_small_counts() {
    for mean in [0.2_f64, 0.7, 1.5, 3.0, 6.5, 12.0, 40.0] {
        let mut probability = libm::exp(-mean);
        let mut covered = 0.0;
        for count in 0..200_u32 {
            let limits = count_limits(f64::from(count), two_sided(0.95)).unwrap();
            if limits.low.unwrap() <= mean && mean <= limits.high.unwrap() {
                covered += probability;
            }
            probability *= mean / f64::from(count + 1);
        }
        assert!(covered >= 0.95, "Garwood covers {covered} at {mean}");
        // A limit alone keeps its promise by itself, and so do costs, which are spend over counts.
        let mut probability = libm::exp(-mean);
        let (mut above, mut below, mut costs) = (0.0, 0.0, 0.0);
        let (lower, upper) = (Confidence::lower(0.95).unwrap(), Confidence::upper(0.95).unwrap());
        for count in 0..200_u32 {
            let count = f64::from(count);
            above += probability * f64::from(u8::from(count_limits(count, lower).unwrap().low.unwrap() <= mean));
            below += probability * f64::from(u8::from(count_limits(count, upper).unwrap().high.unwrap() >= mean));
            let cost = cost_limits(1000.0, count, two_sided(0.95)).unwrap();
            let holds = cost.low.unwrap() <= 1000.0 / mean && cost.high.is_none_or(|high| 1000.0 / mean <= high);
            costs += probability * f64::from(u8::from(holds));
            probability *= mean / (count + 1.0);
        }
        assert!(above >= 0.95 && below >= 0.95 && costs >= 0.95, "{above} {below} {costs} at {mean}");
    }
    let coverage = |method, rate: f64, trials: u32| {
        let mut probability = libm::pow(1.0 - rate, f64::from(trials));
        let mut covered = 0.0;
        for successes in 0..=trials {
            let limits = rate_limits(f64::from(successes), f64::from(trials), method, two_sided(0.95)).unwrap();
            if limits.low.unwrap() <= rate && rate <= limits.high.unwrap() {
                covered += probability;
            }
            probability *= f64::from(trials - successes) / f64::from(successes + 1) * rate / (1.0 - rate);
        }
        covered
    };
    let (mut wilson, mut jeffreys, mut cells) = (0.0, 0.0, 0.0);
    for trials in [10, 40, 200] {
        for rate in [0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9] {
            let exact = coverage(RateMethod::ClopperPearson, rate, trials);
            assert!(exact >= 0.95, "Clopper-Pearson covers {exact} at {rate} of {trials}");
            wilson += coverage(RateMethod::Wilson, rate, trials);
            jeffreys += coverage(RateMethod::Jeffreys, rate, trials);
            cells += 1.0;
        }
    }
    let (wilson, jeffreys): (f64, f64) = (wilson / cells, jeffreys / cells);
    println!("mean coverage of 95 %: Wilson {wilson:.4}, Jeffreys {jeffreys:.4}");
    assert!((wilson - 0.95).abs() < 0.02 && (jeffreys - 0.95).abs() < 0.02);
}

#[test]
fn the_chance_of_a_goal_is_that_of_students_t() {
    // 20 of 30 days, mean 100, standard deviation 10, and 1000 more to go: as likely as not.
    let mut days = DailyValues::default();
    for day in 0..20 {
        days.add(&Exact::from(if day % 2 == 0 { 90 } else { 110 }));
    }
    let at = |target: i64| {
        let progress = Progress::straight(target.into(), 30, 20, 2000.into()).unwrap();
        progress.probability(&days, Direction::Raise).unwrap()
    };
    assert!((at(3000) - 0.5).abs() < 1e-12);
    // s = 10·√(20/19), scale = s·√(10 + 100/20): t = 1 at 39.736 below; P(T₁₉ ≤ 1) = 0.835 063.
    let scale = (100.0 * 20.0 / 19.0_f64 * 15.0).sqrt();
    assert!((scale - 39.736).abs() < 1e-3);
    let progress = Progress::straight(Exact::try_from(3000.0 - scale).unwrap(), 30, 20, 2000.into()).unwrap();
    assert!((progress.probability(&days, Direction::Raise).unwrap() - 0.835_061_6).abs() < 1e-6);
    assert!((progress.probability(&days, Direction::Lower).unwrap() - 0.164_938_4).abs() < 1e-6);
    assert!(at(10_000) < 1e-6);
    let few = Progress::straight(3000.into(), 30, 1, 100.into()).unwrap();
    assert!(few.probability(&days, Direction::Raise).is_err());
}

proptest! {
    #[test]
    fn shrinkage_lies_between_the_group_and_all(
        groups in prop::collection::vec((0..500_u32, 1.0..50_000.0_f64), 2..20), order in any::<bool>(),
    ) {
        let mut groups: Vec<Exposed> =
            groups.into_iter().map(|(results, exposure)| Exposed { results: results.into(), exposure }).collect();
        prop_assume!(groups.iter().any(|group| group.results > 0.0));
        let prior = RatePrior::fit(&groups).unwrap();
        for group in &groups {
            let (own, shrunk) = (group.results / group.exposure, prior.shrunk(group).unwrap());
            let (low, high) = (own.min(prior.mean()), own.max(prior.mean()));
            prop_assert!(low * (1.0 - 1e-9) <= shrunk && shrunk <= high * (1.0 + 1e-9));
        }
        if order {
            groups.reverse();
        }
        let again = RatePrior::fit(&groups).unwrap();
        prop_assert!((again.mean() - prior.mean()).abs() <= 1e-9 * prior.mean());
    }

    #[test]
    fn shrunk_limits_hold_the_shrunk_rate(
        groups in prop::collection::vec((0..500_u32, prop_oneof![1.0..50_000.0_f64, Just(1e15), Just(1e-15)]), 2..9), level in 0.5..0.999_f64, part in 1e-9..=1.0_f64,
    ) {
        let groups: Vec<Exposed> =
            groups.into_iter().map(|(results, exposure)| Exposed { results: results.into(), exposure }).collect();
        let Ok(prior) = RatePrior::fit(&groups) else { return Ok(()) };
        for group in &groups {
            for prior in [prior, prior.learned(group).unwrap(), prior.fade(part).unwrap()] {
                let (rate, limits) = (prior.shrunk(group).unwrap(), prior.limits(group, two_sided(level)));
                // Rates a thousand orders of magnitude apart may have no shape: an error, never a NaN.
                if let Ok(limits) = limits {
                    let (low, high) = (limits.low.unwrap(), limits.high.unwrap());
                    prop_assert!(low.is_finite() && high.is_finite() && low <= high && low <= rate * (1.0 + 1e-9), "{:?} {}", limits, rate);
                }
            }
        }
        let shares: Vec<Exposed> = groups.iter().map(|group| Exposed { results: group.results, exposure: group.exposure.max(group.results).max(1.0) }).collect();
        let prior = SharePrior::fit(&shares).unwrap();
        for group in &shares {
            for prior in [prior, prior.learned(group).unwrap(), prior.fade(part).unwrap()] {
                let (share, own) = (prior.shrunk(group).unwrap(), group.results / group.exposure);
                prop_assert!(own.min(prior.mean()) * (1.0 - 1e-9) <= share && share <= own.max(prior.mean()) * (1.0 + 1e-9));
                if let Ok(limits) = prior.limits(group, two_sided(level)) {
                    let (low, high) = (limits.low.unwrap(), limits.high.unwrap());
                    prop_assert!(0.0 <= low && low <= high && high <= 1.0, "{:?} {}", limits, share);
                }
            }
        }
    }

    #[test]
    fn both_uncertainties_are_more_than_one(factor in -2.0..2.0_f64, down in 0.0..1.0_f64, up in 0.0..1.0_f64, count in 0..500_u32, spend in 1.0..1e6_f64) {
        let measured = Incrementality::new(factor, factor - down, factor + up).unwrap();
        let count = f64::from(count);
        let (both, alone) = (measured.due(count, two_sided(0.9)).unwrap(), measured.apply(count).unwrap());
        prop_assert_eq!(both.point, alone.point);
        prop_assert!(both.limits.low.unwrap() <= alone.limits.low.unwrap() + 1e-9);
        prop_assert!(both.limits.high.unwrap() >= alone.limits.high.unwrap() - 1e-9);
        prop_assert!(factor - down < 0.0 || both.limits.low.unwrap() >= 0.0);
        let cost = measured.cost_due(spend, count, two_sided(0.9)).unwrap();
        prop_assert_eq!(cost.point.is_some(), both.point > 0.0);
        prop_assert!(cost.limits.low.unwrap_or(0.0) <= cost.limits.high.unwrap_or(f64::MAX));
        let upper = measured.cost_due(spend, count, Confidence::upper(0.95).unwrap()).unwrap();
        prop_assert_eq!(upper.limits.low, None);
        match (upper.limits.high, cost.limits.high) {
            (Some(one), Some(two)) => prop_assert!((one / two - 1.0).abs() < 1e-9),
            (one, two) => prop_assert_eq!(one, two),
        }
    }

    #[test]
    fn cheap_reach_is_warned_of(channels in prop::collection::vec((1.0..100.0_f64, 0.05..=1.0_f64, 0.05..=1.0_f64), 0..8)) {
        let channels: Vec<(usize, QualityPrice)> = channels.into_iter().enumerate()
            .map(|(at, (cpm, seen, inside))| (at, QualityPrice::new(cpm, seen, inside).unwrap())).collect();
        let warnings = cheap_reach(channels.clone());
        for warning in &warnings {
            prop_assert!(warning.cheap_price.cpm() < warning.better_price.cpm() && warning.cheap_price.price() > warning.better_price.price());
        }
        // Whoever is best per useful contact is never warned of.
        if let Some((best, _)) = channels.iter().min_by(|(_, a), (_, b)| a.price().total_cmp(&b.price())) {
            prop_assert!(warnings.iter().all(|warning| warning.cheap != *best));
        }
    }

    #[test]
    fn useful_contacts_never_cost_less_than_contacts(cpm in 0.0..500.0_f64, seen in 0.01..=1.0_f64, inside in 0.01..=1.0_f64) {
        let price = QualityPrice::new(cpm, seen, inside).unwrap();
        prop_assert!(price.price() >= cpm && !price.beats_cheaper(&price));
    }
}

/// With rates truly spread as a gamma, the shrunk rates are nearer to the truth than the raw ones, and by about as much as theory says.
#[test]
fn shrinkage_pays() {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;
    use rand_distr::{Distribution, Gamma, Poisson};
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let (shape, exposure) = (8.0, 4_000.0);
    let rates = Gamma::new(shape, 0.001 / shape).unwrap();
    let (mut raw, mut shrunk) = (0.0, 0.0);
    for _ in 0..400 {
        let truth: Vec<f64> = (0..12).map(|_| rates.sample(&mut rng)).collect();
        let groups: Vec<Exposed> = truth
            .iter()
            .map(|rate| Exposed { results: Poisson::new(rate * exposure).unwrap().sample(&mut rng), exposure })
            .collect();
        if groups.iter().all(|group| group.results == 0.0) {
            continue;
        }
        let prior = RatePrior::fit(&groups).unwrap();
        for (group, truth) in groups.iter().zip(&truth) {
            raw += (group.results / exposure - truth).powi(2);
            shrunk += (prior.shrunk(group).unwrap() - truth).powi(2);
        }
    }
    // The true prior is worth 8 / 0.001 = 8000 of exposure, and would leave a third of the error; with 12 groups to learn it from it is more.
    let ratio: f64 = shrunk / raw;
    println!("squared error of shrunk over raw rates: {ratio:.3}");
    assert!((0.3..0.55).contains(&ratio), "{ratio}");
}

#[test]
fn an_effect_that_may_be_nothing_has_no_upper_cost() {
    let factor = Incrementality::new(0.2, -0.1, 0.5).unwrap();
    let cost = factor.cost(1000.0, 10.0).unwrap();
    assert_eq!((cost.point, cost.limits.high), (Some(500.0), None));
    assert!(Incrementality::new(0.2, 0.3, 0.5).is_err() && Incrementality::new(f64::NAN, 0.0, 0.5).is_err());
}

#[test]
fn a_quality_price_needs_what_it_measures() {
    let mut facts = Facts::zero(Currency::NOK);
    let spend = "NOK 4000.00".parse().ok();
    let row =
        Row { spend, impressions: Some(100_000), measurable: Some(90_000), viewable: Some(72_000), ..Row::default() };
    facts.add(&row).unwrap();
    let people = Frequency::Histogram(vec![(0, 70_000), (2, 20_000), (12, 5_000)]);
    let measured = QualityPrice::measured(&facts, &people, 6).unwrap();
    assert!((measured.quality() - 0.56).abs() < 1e-12 && !measured.frequency_mean_only());
    // The mean alone, four contacts, says that nobody was met too often.
    let mean = QualityPrice::measured(&facts, &Frequency::Average(4.0), 6).unwrap();
    assert!(mean.frequency_mean_only() && mean.price() < measured.price());
    let fault = |frequency: &Frequency, cap| QualityPrice::measured(&facts, frequency, cap).unwrap_err().to_string();
    assert!(fault(&Frequency::Unmeasured, 6).contains("frequency"));
    assert!(fault(&Frequency::Histogram(vec![]), 6).contains("frequency"));
    assert!(fault(&people, 0).contains("cap"));
    facts.add(&Row { viewable: None, ..row }).unwrap();
    assert!(QualityPrice::measured(&facts, &people, 6).unwrap_err().to_string().contains("viewable"));
}

#[cfg(feature = "serde")]
#[test]
fn priors_and_rules_read_back() {
    let groups = [(3.0, 100.0), (9.0, 100.0), (30.0, 200.0)].map(|(results, exposure)| Exposed { results, exposure });
    let (rate, share) = (RatePrior::fit(&groups).unwrap(), SharePrior::fit(&groups).unwrap());
    let (rate_text, share_text) = (serde_json::to_string(&rate).unwrap(), serde_json::to_string(&share).unwrap());
    assert!((serde_json::from_str::<RatePrior>(&rate_text).unwrap().mean() / rate.mean() - 1.0).abs() < 1e-12);
    assert!((serde_json::from_str::<SharePrior>(&share_text).unwrap().mean() / share.mean() - 1.0).abs() < 1e-12);
    assert!(
        serde_json::from_str::<RatePrior>(
            r#"{"results":0,"exposure":0,"alike":false,"doubt":{"mean2":0,"weight2":1}}"#
        )
        .is_err()
    );
    assert!(
        serde_json::from_str::<SharePrior>(
            r#"{"successes":3,"trials":2,"alike":false,"doubt":{"mean2":0,"weight2":1}}"#
        )
        .is_err()
    );
    let rule: StopRule = "CPM > EUR 2,50".parse().unwrap();
    assert_eq!(serde_json::from_str::<StopRule>(&serde_json::to_string(&rule).unwrap()).unwrap(), rule);
    assert!(serde_json::from_str::<StopRule>(r#"{"kpi":"cpc","threshold":"25"}"#).is_ok());
}

#[test]
fn every_kpi_has_limits_or_says_what_they_need() {
    let mut facts = Facts::zero(Currency::NOK);
    let money = |amount: i64| styring_money::Money::from_minor(i128::from(amount) * 100, Currency::NOK).ok();
    let row = Row {
        spend: money(3000),
        impressions: Some(50_000),
        measurable: Some(45_000),
        viewable: Some(30_000),
        av_measurable: Some(40_000),
        avoc: Some(9_000),
        video_starts: Some(20_000),
        first_quartile: Some(15_000),
        midpoint: Some(12_000),
        third_quartile: Some(9_000),
        completes: Some(8_000),
        clicks: Some(80),
        leads: Some(9.into()),
        orders: Some(4.into()),
        // More than clicks: seen, and bought later.
        conversions: Some(100.into()),
        new_customers: Some(0.into()),
        revenue: money(8000),
        cost_of_goods: money(3000),
        other_variable_cost: money(500),
    };
    facts.add(&row).unwrap();
    for kpi in Kpi::ALL {
        match facts.limits(kpi, two_sided(0.9)) {
            Ok(limits) => {
                let value = facts.kpi(kpi).number().value();
                let below = value.is_none_or(|value| limits.low.unwrap() <= value);
                assert!(below && value.is_none_or(|value| value <= limits.high.unwrap()), "{kpi} {limits:?}");
            }
            Err(fault) => assert!(fault.to_string().contains("value of every order"), "{kpi}: {fault}"),
        }
    }
    assert_eq!(facts.limits(Kpi::Cac, two_sided(0.9)).unwrap().high, None);
    assert!(facts.limits(Kpi::Ctr, Confidence::upper(0.9).unwrap()).unwrap().low.is_none());
}

/// Coverage of the limits of value ratios by simulation: orders of log-normal value with a standard deviation of one or two means, and a margin rate that varies; 1000 campaigns, of
/// 60 orders 500 and of 400 orders 300, so that the Monte-Carlo error is ± 1, ± 1.4 and ± 1.7 points.
#[test]
fn limits_of_values_keep_their_promise_roughly() {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;
    use rand_distr::{Distribution, LogNormal, Normal, Poisson};
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let rates = Normal::new(0.4, 0.1).unwrap();
    for (variation, mean, campaigns, floor) in [
        (1.0_f64, 6.0, 1000, 0.84),
        (1.0, 15.0, 1000, 0.85),
        (1.0, 60.0, 500, 0.85),
        (1.0, 400.0, 300, 0.86),
        (2.0, 15.0, 1000, 0.80),
        (2.0, 60.0, 500, 0.82),
    ] {
        let spread = libm::log(1.0 + variation * variation).sqrt();
        let values = LogNormal::new(libm::log(500.0) - spread * spread / 2.0, spread).unwrap();
        let spend = mean * 100.0;
        let mut covered = [0; 6];
        for _ in 0..campaigns {
            let mut orders = OrderValues::default();
            let count: f64 = Poisson::new(mean).unwrap().sample(&mut rng);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            for _ in 0..count.max(2.0) as u32 {
                let (revenue, rate): (f64, f64) = (values.sample(&mut rng), rates.sample(&mut rng));
                let round = |value: f64| Exact::new((value * 100.0) as i128, 2);
                orders.add(&Order { revenue: round(revenue), cm1: Exact::ZERO, cm2: round(revenue * rate) });
            }
            let truths = [
                (Kpi::Roas, 5.0),
                (Kpi::Aov, 500.0),
                (Kpi::Cm2Rate, 0.4),
                (Kpi::Poas, 2.0),
                (Kpi::BreakEvenCpo, 200.0),
                (Kpi::BreakEvenRoas, 2.5),
            ];
            for ((kpi, truth), covered) in truths.into_iter().zip(&mut covered) {
                let limits = orders.limits(kpi, spend, two_sided(0.9)).unwrap();
                *covered += u32::from(limits.low.unwrap() <= truth && truth <= limits.high.unwrap());
            }
        }
        let share = covered.map(|covered| f64::from(covered) / f64::from(campaigns));
        println!(
            "90 % limits, {mean} orders that vary by {variation}: ROAS {:.3}, AOV {:.3}, CM2 rate {:.3}, POAS {:.3}, break-even CPO {:.3}, ROAS {:.3}",
            share[0], share[1], share[2], share[3], share[4], share[5]
        );
        assert!(share.iter().all(|share| *share > floor), "{mean}: {share:?}");
    }
}

/// Margins of both signs: no limit is thrown away because the sum happens to be small.
#[test]
fn limits_of_mixed_margins_may_lie_below_zero() {
    let mut orders = OrderValues::default();
    for margin in [900, -700, 400, -650, 300, 20] {
        orders.add(&Order { revenue: 2000.into(), cm1: margin.into(), cm2: margin.into() });
    }
    for kpi in [Kpi::Poas, Kpi::BreakEvenCpo, Kpi::Cm2Rate, Kpi::Cm3Rate] {
        let limits = orders.limits(kpi, 500.0, two_sided(0.9)).unwrap();
        assert!(limits.low.unwrap() < 0.0 && limits.high.unwrap() > 0.0, "{kpi} {limits:?}");
    }
    let one_sided = orders.limits(Kpi::Aov, 500.0, Confidence::upper(0.9).unwrap()).unwrap();
    assert_eq!((one_sided.low, one_sided.high), (None, Some(2000.0))); // all alike
}
