//! The page: what it says, what it must never say, and that it is a page.
#![allow(clippy::expect_used, reason = "helpers of tests")]

mod common;

use common::{Launch, launch, parse};
use styring_report::{Error, ExtraSum, Finding, Source, WeeklyReport};

/// The page with all kinds of gap as a space, and what was escaped as it was.
fn readable(html: &str) -> String {
    html.replace(['\u{202f}', '\u{a0}'], " ").replace("&#x2f;", "/").replace("&quot;", "\"").replace("&#x27;", "'")
}

fn page(launch: &Launch) -> String {
    readable(&launch.report().html().expect("a page"))
}

#[test]
fn every_launch_gives_a_whole_page_that_needs_nothing_else() {
    let launches = [
        launch(),
        common::many(1, 1, |_| {}),
        common::many(2, 4, |_| {}),
        common::many(15, 52, |_| {}),
        common::undated(),
        common::without_spend(),
    ];
    for launch in &launches {
        common::check_page(&launch.report().html().unwrap());
    }
}

#[test]
fn no_cell_is_blank() {
    for launch in [launch(), common::without_spend(), common::undated()] {
        let html = launch.report().html().unwrap();
        for cell in parse(&html).descendants().filter(|node| node.has_tag_name("td")) {
            let total = cell.parent().is_some_and(|row| row.attribute("class") == Some("total"));
            let heading = cell.ancestors().any(|node| node.has_tag_name("thead"));
            let text: String = cell.descendants().filter_map(|node| node.text()).collect();
            assert!(total || heading || !text.trim().is_empty());
        }
    }
}

#[test]
fn the_headline_says_what_moves_and_whether_the_total_is_raised() {
    let html = page(&launch());
    let headline = html.split("<p class=\"headline\">").nth(1).unwrap().split("</p>").next().unwrap();
    assert!(
        headline.starts_with("Week 9: NOK 636 698.93, of which NOK 8 898.92 moves from 2 channels to 3."),
        "{headline}"
    );
    assert!(headline.ends_with("The total is raised by NOK 36 698.93 on VG and YouTube/CTV."), "{headline}");
    assert!(
        html.contains("The results cover 1 September 2025 to 24 October 2025 (weeks 1–8). Judged together: weeks 7–8.")
    );

    let first = page(&common::many(1, 1, |_| {}));
    assert!(
        first.contains("Nothing moves between the channels while the baseline is measured. The total is not raised.")
    );
    assert!(first.contains("The even split lasts until week 2; the first week decided by scores is week 3."));

    let undated = page(&common::undated());
    assert!(undated.contains(
        "The results cover a period of 56 days without dates, ending in week 8. Judged together: the whole period."
    ));
}

#[test]
fn every_krone_that_moves_can_be_followed() {
    let launch = launch();
    let html = page(&launch);
    for transfer in &launch.review.decision.transfers {
        assert!(html.contains(&format!("from {} to {}</li>", transfer.from, transfer.to)));
    }
    // Amounts in sentences are grouped like everywhere else.
    assert!(html.contains("it gives NOK 4 449.46."));
    assert!(html.contains("The change is limited by its minimum of NOK 40 000.00."));
    assert!(html.contains("Raised by NOK 19 103.02: ROAS 2.30 reaches 2.00"));
}

#[test]
fn what_is_not_known_is_said_in_words() {
    let html = page(&launch());
    assert!(html.contains(">no orders yet<"));
    assert!(html.contains(">not reported<"));
    assert!(html.contains(">missing in 46 of 142 rows<") || html.contains(">missing in 48 of 144 rows<"));
    assert!(html.contains("measured on 4 of 6 channels"));
    assert!(html.contains(">1, not applicable<"));
    assert!(html.contains("Spent money and brought no orders: DOOH Oslo."));

    let html = page(&common::without_spend());
    assert!(html.contains(">not in the file<"));
    assert!(html.contains(">no spend, no orders yet<"));
    assert!(html.contains(">no spend, no score<"));
    assert!(html.contains("Without spend, and so without a score: VG and TV 2."));
    assert!(html.contains("The file names no creatives."));
}

#[test]
fn what_was_set_aside_stands_at_the_top_and_with_the_file() {
    let mut launch = launch();
    let html = page(&launch);
    assert!(html.find("<aside class=\"banner\"").unwrap() < html.find("Key figures").unwrap());
    assert!(html.contains("9 of 1 412 rows could not be used and are not in these figures."));
    assert!(html.contains("line 17, column 5 (spend): \"12,5\": not a number: unexpected ',' at character 3"));
    assert!(html.contains("and 7 rows more"));
    assert!(html.contains(
        "1 412 rows below the header, 1 380 used, 9 set aside, 8 ignored by a rule of the plan, 15 outside the period."
    ));
    assert!(html.contains("video plays: 1 204 331"));
    assert!(html.contains("Revenue is assumed: NOK 899.00 per order."));

    launch.source = Source { name: "clean.csv".to_owned(), rows: 10, used: 10, ..Source::default() };
    let html = page(&launch);
    assert!(!html.contains("<aside class=\"banner\""));
    assert!(html.contains("Nothing was found to remark on."));
}

#[test]
fn what_comes_from_outside_is_harmless() {
    const EVIL: &str = "<script>alert(1)</script>\" onload='x' & \u{1b}[31m \u{202e}gp\u{0}";
    let mut launch = common::many(2, 4, |spec| spec["campaign"]["name"] = EVIL.into());
    launch.source = Source {
        name: EVIL.to_owned(),
        assumptions: vec![EVIL.to_owned()],
        set_aside: vec![Finding { text: EVIL.to_owned(), rows: 1, first_line: None }],
        first_set_aside: vec![EVIL.to_owned()],
        extra: vec![ExtraSum { name: EVIL.to_owned(), sum: 5.into(), missing_rows: 1 }],
        ..Source::default()
    };
    let html = launch.report().html().unwrap();
    let document = parse(&html);
    assert!(document.descendants().all(|node| !node.has_tag_name("script") && !node.has_attribute("onload")));
    assert!(!html.contains("<script"));
    assert!(!html.contains(['\u{1b}', '\u{202e}', '\u{0}']));
    let heading = document.descendants().find(|node| node.has_tag_name("h1")).unwrap();
    assert_eq!(heading.text(), Some("<script>alert(1)</script>\" onload='x' & \u{fffd}[31m \u{fffd}gp\u{fffd}"));
    // A creative of the launch is called like this, too.
    assert!(html.contains("Tilbud &lt;script&gt;alert(1)&lt;&#x2f;script&gt;"));
}

#[test]
fn channels_with_evil_names_are_harmless_in_charts_too() {
    let evil = "<script>alert(1)</script> & \"VG\"";
    let plan = common::plan_of(&[evil, "TV 2"], 20_000, |_| {});
    let kinds = [common::Kind { name: evil, ..common::CHANNELS[0] }, common::CHANNELS[1]];
    let results = styring_playbook::Results {
        facts: common::results(&kinds, 3, 10_000),
        frequency: common::frequency(&kinds, 3),
        span: common::until(3, 7),
    };
    let html = common::finish(plan, &results).report().html().unwrap();
    assert!(!html.contains("<script"));
    let document = parse(&html);
    let in_chart = |node: &roxmltree::Node<'_, '_>| {
        node.has_tag_name(("http://www.w3.org/2000/svg", "text")) && node.text().is_some_and(|text| text.trim() == evil)
    };
    assert!(document.descendants().any(|node| in_chart(&node)));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(launch().report().html(), launch().report().html());
    assert_eq!(launch().report().terminal(90), launch().report().terminal(90));
}

#[test]
fn a_review_of_another_plan_is_refused() {
    let (launch, other) = (launch(), common::many(2, 4, |_| {}));
    let report = WeeklyReport { plan: &other.plan, review: &launch.review, source: &launch.source };
    let expected = Error::OtherPlan { plan: None, review: Some("Schibsted".to_owned()) };
    assert_eq!(report.html(), Err(expected.clone()));
    assert_eq!(
        expected.to_string(),
        "the review is of another plan: it has Some(\"Schibsted\") where the plan has None"
    );
}

#[test]
fn one_target_for_all_is_compared_with_and_several_are_not() {
    assert!(page(&launch()).contains("below the target of NOK 450.00"));
    let html = page(&common::many(2, 4, |spec| spec["channels"][1]["target_cost"] = 300.into()));
    assert!(!html.contains("the target of"));
}

#[test]
fn other_currencies_keep_their_digits() {
    use std::collections::BTreeMap;
    use styring_metrics::{RollUp, Row};
    use styring_playbook::{Group, Results};

    let plan = common::plan_of(&["A", "B"], 9_001, |spec| spec["campaign"]["currency"] = "JPY".into());
    let mut facts = RollUp::new(plan.campaign.currency);
    let row = Row { spend: Some("JPY 4500".parse().unwrap()), orders: Some(7.into()), ..Row::default() };
    facts.add(Group { week: 1, channel: "A".to_owned(), ..Group::default() }, &row).unwrap();
    let results = Results { facts, frequency: BTreeMap::new(), span: common::until(1, 7) };
    let html = page(&common::finish(plan, &results));
    assert!(html.contains("Week 2: JPY 9 001."));
    assert!(html.contains(">643<"), "4500 / 7 in whole yen");
    assert!(html.contains(">no rows<"), "channel B has none");
}

/// A channel with three lucky orders for next to nothing, beside one with plenty of evidence.
fn lucky() -> Launch {
    use std::collections::BTreeMap;
    use styring_metrics::{RollUp, Row};
    use styring_money::Currency;
    use styring_playbook::{Group, Results};

    let plan = common::plan_of(&["Lucky", "Steady"], 200_000, |spec| spec["budget"]["current"] = "as-spent".into());
    let mut facts = RollUp::new(Currency::NOK);
    for (channel, spend, orders) in [("Lucky", "NOK 30.00", 3), ("Steady", "NOK 100000.00", 230)] {
        let row = Row { spend: spend.parse().ok(), orders: Some(orders.into()), ..Row::default() };
        facts.add(Group { week: 1, channel: channel.to_owned(), ..Group::default() }, &row).expect("one currency");
    }
    common::finish(plan, &Results { facts, frequency: BTreeMap::new(), span: common::until(1, 7) })
}

#[test]
fn a_score_with_too_little_evidence_is_marked() {
    let html = page(&lucky());
    assert!(
        html.contains("† So little evidence that the interval, which starts from the plan, does not reach the score.")
    );
    assert_eq!(html.matches(")†<").count(), 2, "in both readings");
    assert!(lucky().report().terminal(100).contains("† So little evidence"));
    assert!(!page(&launch()).contains('†'));
}

#[test]
fn budgets_that_do_not_sum_to_the_total_are_said_to() {
    let stated = common::many(2, 4, |spec| {
        spec["budget"]["current"] = "stated".into();
        spec["channels"][0]["budget"] = 50_000.into();
        spec["channels"][1]["budget"] = 70_000.into();
    });
    let html = page(&stated);
    assert!(html.contains("The plan sets the total, which was NOK 120 000.00. The total is not raised."), "{html}");
}
