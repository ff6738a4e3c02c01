//! The report of customers: what it says, what it says where there is nothing to say, that its charts hold, and that it is a page.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

mod common;

use std::sync::LazyLock;

use chrono::{Days, NaiveDate};
use common::customers::{Shop, opening, orders, shop, shop_of};
use common::{check_page, check_svg, not_numbers, parse};
use proptest::prelude::*;
use styring_ltv::TimeUnit;
use styring_money::Currency;
use styring_playbook::ModelChoice;
use styring_report::charts::{self, NARROW, WIDE};
use styring_report::{Error, Finding};
use unicode_width::UnicodeWidthStr;

const WIDTHS: [u32; 6] = [0, NARROW, 420, 560, WIDE, 1400];

/// Orders that end soon after the last customers were acquired: young cohorts are projected.
fn young() -> Shop {
    shop(900, |spec, _| {
        spec.until = opening() + Days::new(250);
        spec.calibration_end = Some(opening() + Days::new(150));
        spec.horizons = vec![180, 90];
    })
}

/// Only one model was fitted.
fn one_model() -> Shop {
    let mut shop = shop(300, |spec, _| spec.model = ModelChoice::MbgNbd);
    let model = shop.customers.model;
    shop.customers.ranking.retain(|ranked| ranked.name == model);
    shop.customers.estimates.retain(|(name, _)| *name == model);
    shop
}

/// Nothing that could be there: no cost, no channels, no holdout, no age that was asked for.
fn bare() -> Shop {
    shop(300, |spec, channels| {
        spec.cac = None;
        spec.calibration_end = None;
        spec.horizons = vec![900];
        spec.yearly_discount = 0.0;
        channels.clear();
    })
}

/// Repeat purchases that bring nothing.
fn worthless() -> Shop {
    shop_of(orders(300, |_| 0.0), |_, _| {})
}

/// All of them, made once for all tests.
static SHOPS: LazyLock<Vec<(&str, Shop)>> = LazyLock::new(|| {
    vec![
        ("shop", shop(900, |_, _| {})),
        ("young", young()),
        ("one model", one_model()),
        ("bare", bare()),
        ("worthless", worthless()),
        ("few", shop(12, |spec, _| spec.horizons = vec![1, 30])),
        ("one channel", shop(200, |_, channels| channels.values_mut().for_each(|name| "VG".clone_into(name)))),
        ("some channels", shop(200, |_, channels| channels.retain(|id, _| id.ends_with(['1', '2', '3'])))),
        ("free", shop(200, |spec, _| spec.cac = "NOK 0.00".parse().ok())),
        ("dear", shop(200, |spec, _| spec.cac = "NOK 999999999.00".parse().ok())),
        ("by day", shop(200, |spec, _| (spec.unit, spec.model) = (TimeUnit::DAY, ModelChoice::BgNbd))),
    ]
});

fn readable(text: &str) -> String {
    text.replace(['\u{202f}', '\u{a0}'], " ").replace("&#x2f;", "/").replace("&quot;", "\"").replace("&#x27;", "'")
}

fn page(shop: &Shop) -> String {
    readable(&shop.report().html().unwrap())
}

#[test]
fn every_shop_gives_a_whole_page_that_needs_nothing_else() {
    for (name, shop) in SHOPS.iter() {
        let html = shop.report().html().unwrap();
        check_page(&html);
        for section in ["value", "belief", "channels", "cohorts", "customers", "read", "how"] {
            assert_eq!(html.matches(&format!("<section id=\"{section}\">")).count(), 1, "{name}: {section}");
        }
        for cell in parse(&html).descendants().filter(|node| node.has_tag_name("td")) {
            let total = cell.parent().is_some_and(|row| row.attribute("class") == Some("total"));
            let heading = cell.ancestors().any(|node| node.has_tag_name("thead"));
            let text: String = cell.descendants().filter_map(|node| node.text()).collect();
            assert!(total || heading || !text.trim().is_empty(), "{name}");
        }
        for table in parse(&html).descendants().filter(|node| node.has_tag_name("table")) {
            let rows = table.descendants().filter(|node| node.has_tag_name("tr"));
            let rows: Vec<_> = rows.filter(|row| !matches!(row.attribute("class"), Some("part" | "below"))).collect();
            let across = |row: &roxmltree::Node<'_, '_>| -> u32 {
                let cells = row.children().filter(roxmltree::Node::is_element);
                cells.map(|cell| cell.attribute("colspan").map_or(1, |span| span.parse().unwrap())).sum()
            };
            assert!(rows.iter().all(|row| across(row) == across(&rows[0])), "{name}: {:?}", table.text());
        }
        assert_eq!(shop.report().html().unwrap(), html, "{name}: the same input, the same bytes");
    }
}

#[test]
fn no_label_lies_on_another_and_none_leaves_the_frame() {
    for (name, shop) in SHOPS.iter() {
        let (customers, spec) = (&shop.customers, &shop.spec);
        let values: Vec<f64> =
            customers.outlooks.iter().filter_map(|outlook| Some(outlook.ahead.first()?.value?.0)).collect();
        for width in WIDTHS {
            let end = customers.calibration_end;
            let drawn = [
                charts::tracking(customers.model, customers.first_day, &customers.tracking, end, width),
                charts::value_curve(&customers.curve, spec.cac.as_ref(), spec.level, &spec.horizons, width),
                charts::frequency(customers.model, &customers.frequency, width),
                charts::concentration("Expected value", &values, Some(Currency::NOK), width),
                charts::channels(&customers.channels, width),
            ];
            for (place, svg) in
                drawn.into_iter().enumerate().filter(|(place, _)| *place < 4 || !customers.channels.is_empty())
            {
                check_svg(&format!("{name}, chart {place}"), width, &svg.unwrap());
            }
            if let Ok(cohorts) = &customers.cohorts {
                check_svg(name, width, &charts::cohorts(cohorts, spec.level, width).unwrap());
            }
        }
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (name, shop) in SHOPS.iter() {
        for width in (0..=180).step_by(15) {
            let text = shop.report().terminal(width);
            for line in text.lines() {
                assert!(line.width() <= usize::from(width.max(20)), "{name}, {width}: {line:?}");
                assert_eq!(line.trim_end(), line);
            }
            assert!(not_numbers(&text).is_empty());
        }
    }
}

#[test]
fn a_wide_terminal_has_tables_whose_rows_are_as_long_as_their_headings() {
    for (name, shop) in SHOPS.iter() {
        let text = shop.report().terminal(400);
        let lines: Vec<&str> = text.lines().collect();
        let rules: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].starts_with('─')).collect();
        assert!(rules.len() >= 5, "{name}");
        for at in rules {
            let columns = |line: &str| line.split("  ").filter(|cell| !cell.trim().is_empty()).count();
            // A row of totals leaves out what has none.
            let rows =
                lines[at + 1..].iter().take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("All "));
            for row in rows.filter(|row| !row.starts_with(' ')) {
                assert_eq!(columns(row), columns(lines[at - 1]), "{name}:\n{}\n{row}", lines[at - 1]);
            }
        }
    }
}

#[test]
fn sections_stand_in_their_order_and_say_what_is_known() {
    let shop = shop(900, |_, _| {});
    let html = page(&shop);
    let mut from = 0;
    for part in [
        "Key figures",
        "Value after 90 days",
        "Value after 180 days",
        ">Payback<",
        ">LTV:CAC<",
        "Orders, next 90 days",
        "Their value, next 180 days",
        "What a customer was worth",
        "payback on day",
        "What to believe",
        "The numbers come from MBG/NBD, the best of 3 by AIC.",
        "For this test the model saw orders until 3 November 2024.",
        "calibration ends 3 November 2024",
        "What customers did after the calibration",
        "Customers by number of repeat purchases",
        "Here the correlation is",
        "Parameters with their standard errors; time in units of a week",
        "Factors are against Google Søk, the largest channel",
        "buys × ",
        "Podcast &lt;Acast&gt;",
        "Value of a customer by month of the first order, in NOK",
        "The best tenth of the customers (90) is expected to bring",
        "The 20 customers with the highest expected value in 180 days, amounts in NOK",
        "The 20 customers with most at stake",
        "4 012 rows below the header, 4 012 used, 0 set aside.",
        "How it was computed",
    ] {
        let at = html[from..].find(part).unwrap_or_else(|| panic!("{part} is not there, or too early"));
        from += at;
    }
    assert!(!html.contains("ignored by a rule of the plan"));
}

#[test]
fn figures_are_those_of_the_review() {
    let shop = shop(900, |_, _| {});
    let (html, customers) = (page(&shop), &shop.customers);
    let after_180 = customers.curve.at(180);
    let mean = after_180.age_incremental().unwrap();
    let places = mean.value().round(styring_money::Rounding::HalfEven).unwrap();
    assert!(html.contains(&format!("A customer has been worth {places} after 180 days (90 %: ")), "{places}");
    let day = customers.curve.payback_day(shop.spec.cac.as_ref().unwrap()).unwrap().unwrap();
    assert!(html.contains(&format!(">day {day}<")));
    let (actual, expected) =
        customers.holdout.iter().fold((0.0, 0.0), |sum, row| (sum.0 + row.actual, sum.1 + row.expected));
    let off = (expected / actual - 1.0) * 100.0;
    let side = if off < 0.0 { "low" } else { "high" };
    assert!(html.contains(&format!("the model was {:.1} % too {side}", off.abs())), "{off}");
    // The best come first, and the table says of them what the outlook does.
    let expected = |id: &str| {
        let outlook = customers.outlooks.iter().find(|outlook| outlook.id == id).unwrap();
        (outlook.ahead[1].value.unwrap().0, outlook.p_alive)
    };
    let table = |caption: &str| -> Vec<String> {
        let rows = html.split(caption).nth(2).unwrap().split("</table>").next().unwrap();
        rows.split("<tr>\n<th scope=\"row\">")
            .skip(1)
            .map(|row| row[row.find("kunde-").unwrap()..][..11].to_owned())
            .collect()
    };
    let best = table("highest expected value");
    assert_eq!(best.len(), 20);
    assert!(best.windows(2).all(|pair| expected(&pair[0]).0 >= expected(&pair[1]).0));
    let most = customers.outlooks.iter().map(|outlook| outlook.ahead[1].value.unwrap().0).fold(0.0, f64::max);
    assert!((expected(&best[0]).0 - most).abs() < 1e-9);
    let stake = |id: &str| {
        let (value, alive) = expected(id);
        value * (1.0 - alive)
    };
    let endangered = table("most at stake");
    assert!(endangered.windows(2).all(|pair| stake(&pair[0]) >= stake(&pair[1])));
}

#[test]
fn what_is_not_there_says_why() {
    for (shop, parts) in [
        (
            bare(),
            vec![
                "No customer has been seen for 900 days yet.",
                "No cost of acquisition was given, so there is no payback day and no LTV:CAC.",
                "The orders name no acquisition channels.",
                "Cohorts cannot be followed to 900 days: age of the oldest cohort must be at least the age to project to, not",
                "The model was not held against orders it had not seen",
                "It has seen all of them, so this says that it fits, and not that it foresees.",
                "nobody seen that long",
                "What lies ahead is not discounted.",
            ],
        ),
        (
            worthless(),
            vec![
                "What customers spend cannot be modelled, so there are expected orders and no expected values: Gamma-Gamma cannot be fitted",
                "What customers spend cannot be told",
                "cannot be told",
                "is expected to bring",
                "of the orders of the next 180 days.",
                "with the highest expected orders",
            ],
        ),
        (one_model(), vec!["The numbers come from MBG/NBD, which was held against no other model."]),
        (
            shop(200, |_, channels| channels.values_mut().for_each(|name| "VG".clone_into(name))),
            vec!["All came by VG, so there is nothing to compare.", "only one channel"],
        ),
        (
            shop(200, |_, channels| channels.retain(|id, _| id.ends_with(['1', '2', '3']))),
            vec![
                "cannot be tested, because not every customer has a channel",
                "140 customers without a channel are left out here.",
            ],
        ),
        (shop(200, |spec, _| spec.cac = "NOK 0.00".parse().ok()), vec!["costs nothing", ">day 0<"]),
        (
            shop(200, |spec, _| spec.cac = "NOK 999999999.00".parse().ok()),
            vec![">not yet<", "no payback until day 546, the last seen"],
        ),
        (
            shop(200, |spec, _| spec.model = ModelChoice::BgNbd),
            vec![
                "BG/NBD, which was asked for; the best of 3 by AIC is MBG/NBD",
                "BG/NBD lets customers leave only at a repeat purchase",
            ],
        ),
        (shop(12, |_, _| {}), vec!["repeat purchases, so every number that looks ahead is rough."]),
    ] {
        let html = page(&shop);
        let text = readable(&shop.report().terminal(100)).replace('\n', " ");
        for part in parts {
            assert!(html.contains(part), "{part}\n{}", html.split("<header>").nth(1).unwrap_or_default());
        }
        assert!(text.starts_with("Customer lifetime value"));
    }
}

#[test]
fn young_cohorts_are_projected() {
    let shop = young();
    let cohorts = shop.customers.cohorts.as_ref().unwrap();
    let svg = charts::cohorts(cohorts, 0.9, WIDE).unwrap();
    assert!(svg.contains("projected") && svg.contains("interval of 90"));
    let html = page(&shop);
    let projected = cohorts.cohorts().filter(|cohort| cohort.observed_age() < 180).count();
    assert!(projected > 2);
    assert!(html.contains("All together: NOK "));
    // The horizons were given the other way round.
    assert!(html.find("Value after 90 days").unwrap() < html.find("Value after 180 days").unwrap());
}

#[test]
fn weakly_identified_parameters_are_said_in_plain_words() {
    let mut shop = shop(300, |_, _| {});
    let model = shop.customers.model;
    let own = shop.customers.estimates.iter_mut().find(|(name, _)| *name == model).unwrap();
    own.1.parameters[2].se_log = None;
    own.1.identified = styring_ltv::Identified::Weakly(vec!["a"]);
    let html = page(&shop);
    assert!(html.contains("a of MBG/NBD could be very different and predict nearly the same"));
    assert!(html.contains(", not determined<"));
    let own = shop.customers.estimates.iter_mut().find(|(name, _)| *name == model).unwrap();
    own.1.identified = styring_ltv::Identified::NoDropout(vec!["a", "b"]);
    assert!(page(&shop).contains("Hardly anybody drops out in these orders"));
}

#[test]
fn settings_that_mean_nothing_are_refused() {
    let mut shop = shop(200, |_, _| {});
    shop.spec.cac = "EUR 20.00".parse().ok();
    assert!(matches!(shop.report().html(), Err(Error::Ltv(_))));
    assert!(readable(&shop.report().terminal(80)).contains("currency mismatch"));
    shop.spec.cac = None;
    shop.spec.level = 1.5;
    assert!(matches!(shop.report().html(), Err(Error::Ltv(_))));
    assert!(shop.report().terminal(80).contains("level"));
}

#[test]
fn what_comes_from_outside_is_harmless() {
    const EVIL: &str = "<script>alert(1)</script>\u{1b}[2J";
    let mut shop = shop(200, |_, channels| {
        for name in channels.values_mut().filter(|name| *name == "TV 2") {
            EVIL.clone_into(name);
        }
    });
    for outlook in &mut shop.customers.outlooks {
        outlook.id = format!("{EVIL}{}", outlook.id);
    }
    EVIL.clone_into(&mut shop.source.name);
    shop.source.set_aside = vec![Finding { text: EVIL.to_owned(), rows: 3, first_line: Some(7) }];
    let html = shop.report().html().unwrap();
    check_page(&html);
    assert!(!html.contains("<script") && !html.contains('\u{1b}'));
    let text = shop.report().terminal(100);
    assert!(text.chars().all(|sign| sign == '\n' || !sign.is_control()));
    assert!(text.contains("WARNING: set aside: 3 rows"));
}

fn day(offset: u64) -> NaiveDate {
    opening() + Days::new(offset)
}

#[test]
fn several_models_can_be_told_apart_without_colours() {
    let days = [day(0), day(100), day(200)];
    let models =
        [("BG/NBD", &[0.0, 90.0, 120.0][..]), ("MBG/NBD", &[0.0, 80.0, 133.0]), ("Pareto/NBD", &[0.0, 70.0, 90.0])];
    let svg = readable(&charts::tracking_of(&models, &days, &[0, 75, 120], Some(day(100)), WIDE).unwrap());
    for part in [
        "not seen by the models",
        "came: 120",
        "BG/NBD: 120, as many",
        "MBG/NBD: 133, 10.8 % more",
        "Pareto/NBD: 90.0, 25.0 % fewer",
    ] {
        assert!(svg.contains(part), "{part}");
    }
    let document = parse(&svg);
    // Dashes of different lengths: the longest of each colour.
    let longest = |colour: &str| {
        let lines = document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "line")));
        let lines = lines.filter(|node| node.attribute("stroke") == Some(colour));
        let number = |node: &roxmltree::Node<'_, '_>, name: &str| node.attribute(name).unwrap().parse::<f64>().unwrap();
        lines.map(|node| number(&node, "x2") - number(&node, "x1")).fold(0.0, f64::max)
    };
    let mut lengths = ["#0072B2", "#E69F00", "#009E73"].map(longest);
    lengths.sort_by(f64::total_cmp);
    assert!(lengths[0] < lengths[1] && lengths[1] < lengths[2], "{lengths:?}");
}

#[test]
fn series_that_do_not_belong_together_are_refused() {
    let days = [day(0), day(100)];
    let refused = |models: &[(&str, &[f64])], days: &[NaiveDate], actual: &[u64]| {
        charts::tracking_of(models, days, actual, None, WIDE).unwrap_err().to_string()
    };
    assert_eq!(
        refused(&[("BG/NBD", &[0.0])], &days, &[0, 1]),
        "BG/NBD must be as many values as days, not 1 for 2 days"
    );
    assert_eq!(refused(&[], &days, &[0]), "actual must be as many values as days, not 1 for 2 days");
    assert_eq!(refused(&[("BG/NBD", &[0.0, f64::NAN])], &days, &[0, 1]), "BG/NBD must be finite, not NaN");
    assert!(refused(&[], &[day(1), day(1)], &[0, 0]).starts_with("days must be each after the one before"));
    let refused = |values: &[f64]| charts::concentration("Value", values, None, WIDE).unwrap_err().to_string();
    assert_eq!(refused(&[1.0, -2.0]), "values must be finite and not below zero, not -2");
    assert_eq!(refused(&[f64::INFINITY]), "values must be finite and not below zero, not inf");
}

#[test]
fn nothing_to_draw_is_drawn_as_nothing() {
    for width in WIDTHS {
        for svg in [charts::tracking_of(&[], &[], &[], None, width), charts::concentration("Value", &[], None, width)] {
            let svg = svg.unwrap();
            parse(&svg);
            assert!(not_numbers(&svg).is_empty());
        }
        check_svg(
            "one day",
            width,
            &charts::tracking_of(&[("A", &[1.0])], &[day(0)], &[1], Some(day(9)), width).unwrap(),
        );
        check_svg("zeros", width, &charts::concentration("Value", &[0.0; 30], None, width).unwrap());
    }
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![5 => 0.0..1e4_f64, 1 => Just(0.0), 1 => Just(f64::MAX / 1e3), 1 => 0.0..1e-300_f64]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_the_series_the_charts_hold(
        steps in prop::collection::vec((1..200_u64, number(), 0..100_000_u64), 1..60), marked in prop::option::of(0..5000_u64),
        name in "\\PC{0,30}", width in 0..2000_u32
    ) {
        let mut at = 0;
        let days: Vec<NaiveDate> = steps.iter().map(|(step, ..)| { at += step; day(at) }).collect();
        let expected: Vec<f64> = steps.iter().map(|(_, expected, _)| *expected).collect();
        let actual: Vec<u64> = steps.iter().map(|(.., actual)| *actual).collect();
        let svg = charts::tracking_of(&[(&name, &expected), ("other", &expected)], &days, &actual, marked.map(day), width).unwrap();
        let concentration = charts::concentration(&name, &expected, Some(Currency::JPY), width).unwrap();
        for svg in [svg, concentration] {
            for attribute in parse(&svg).descendants().flat_map(|node| node.attributes()) {
                prop_assert!(attribute.name() == "aria-label" || not_numbers(attribute.value()).is_empty(), "{:?}", attribute);
            }
        }
    }
}
