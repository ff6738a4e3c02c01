//! A launch to write reports of: six Norwegian channels over eight weeks, and variants of it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, reason = "every test file uses its part")]
#![allow(clippy::expect_used, clippy::unnecessary_wraps, reason = "made for tests and the example")]

pub mod customers;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use styring_metrics::{Frequency, RollUp, Row};
use styring_money::{Currency, Exact, Money};
use styring_playbook::{Group, Plan, Results, Review, Span};
use styring_report::{ExtraSum, Finding, Source, WeeklyReport};
use unicode_width::UnicodeWidthStr;

/// All that a report needs.
pub struct Launch {
    pub plan: Plan,
    pub review: Review,
    pub source: Source,
}

impl Launch {
    pub fn report(&self) -> WeeklyReport<'_> {
        WeeklyReport { plan: &self.plan, review: &self.review, source: &self.source }
    }
}

/// How a channel of the launch does.
#[derive(Clone, Copy)]
pub struct Kind {
    pub name: &'static str,
    /// Cost per order, in kroner; none: never an order.
    pub cost: Option<i64>,
    /// Impressions per krone.
    pub reach: i64,
    /// Viewable in thousand measurable impressions, where measured.
    pub viewable: Option<i64>,
    /// Of a thousand starts, completed and audible and visible on complete.
    pub video: Option<(i64, i64)>,
    /// Clicks in ten thousand impressions, where there are clicks.
    pub clicks: Option<i64>,
}

pub const CHANNELS: [Kind; 6] = [
    Kind { name: "VG", cost: Some(410), reach: 8, viewable: Some(700), video: None, clicks: Some(11) },
    Kind { name: "TV 2", cost: Some(520), reach: 4, viewable: Some(880), video: Some((720, 610)), clicks: Some(6) },
    Kind { name: "Schibsted", cost: Some(455), reach: 9, viewable: Some(650), video: None, clicks: Some(14) },
    Kind {
        name: "YouTube/CTV",
        cost: Some(390),
        reach: 6,
        viewable: Some(930),
        video: Some((640, 560)),
        clicks: Some(9),
    },
    Kind { name: "Acast/Bauer", cost: Some(610), reach: 3, viewable: None, video: Some((810, 0)), clicks: Some(2) },
    Kind { name: "DOOH Oslo", cost: None, reach: 12, viewable: None, video: None, clicks: None },
];

const CREATIVES: [&str; 4] =
    ["Problem – kort mobil", "Løsning – CTV", "Sosialt bevis – banner", "Tilbud <script>alert(1)</script>"];
const SEGMENTS: [&str; 3] = ["Prospect – Løpesko – Oslo", "Retarget – Forlatt kurv – 7 dager", ""];

pub fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 9, 1).expect("a day")
}

fn nok(amount: i64) -> Option<Money> {
    Some(Money::from_minor(i128::from(amount) * 100, Currency::NOK).expect("an amount"))
}

/// A plan of channels by name, each with the same goal and target cost.
pub fn plan_of(names: &[&str], per_week: i64, change: impl FnOnce(&mut Value)) -> Plan {
    let share = per_week / i64::try_from(names.len()).expect("few channels");
    let channel = |name: &&str| {
        json!({
            "name": name, "goal_per_week": (share / 450).max(1), "target_cost": 450, "min": 0,
            "visibility": {"seen": "viewable", "benchmark": 0.7}
        })
    };
    let mut spec = json!({
        "campaign": {"name": "Høstlansering løpesko", "currency": "NOK", "first_day": "2025-09-01", "result": "orders"},
        "budget": {"per_week": per_week},
        "rhythm": {"reading": "budget-scaled", "frequency_cap": 5.0},
        "channels": names.iter().map(channel).collect::<Vec<_>>()
    });
    change(&mut spec);
    Plan::new(serde_json::from_value(spec).expect("a spec")).expect("a plan")
}

/// A number from 0 to 999 that looks like chance and is always the same.
fn dice(parts: &[u64]) -> i64 {
    let mixed = parts.iter().fold(0x9E37_79B9_7F4A_7C15_u64, |mixed, part| {
        (mixed ^ part.wrapping_mul(0xBF58_476D_1CE4_E5B9)).rotate_left(23).wrapping_mul(0x94D0_49BB_1331_11EB)
    });
    i64::try_from((mixed >> 32) % 1000).expect("below 1000")
}

fn row(kind: &Kind, spend: i64, seed: &[u64]) -> Row {
    let wobble = |per_mille: i64, salt: u64| {
        let mut parts = seed.to_vec();
        parts.push(salt);
        1000 - per_mille / 2 + dice(&parts) * per_mille / 1000
    };
    let count = |n: i64| Some(u64::try_from(n.max(0)).expect("not negative"));
    let impressions = spend * kind.reach * wobble(200, 1) / 1000;
    let orders = kind.cost.map_or(0, |cost| (spend * wobble(500, 2) / 1000 + cost / 2) / cost);
    let measurable = impressions * 93 / 100;
    Row {
        spend: nok(spend),
        impressions: count(impressions),
        measurable: kind.viewable.and_then(|_| count(measurable)),
        viewable: kind.viewable.and_then(|rate| count(measurable * rate * wobble(60, 3) / 1_000_000)),
        av_measurable: kind.video.filter(|(_, avoc)| *avoc > 0).and_then(|_| count(measurable)),
        avoc: kind.video.filter(|(_, avoc)| *avoc > 0).and_then(|(_, avoc)| count(measurable * avoc / 1000)),
        video_starts: kind.video.and_then(|_| count(impressions * 96 / 100)),
        completes: kind.video.and_then(|(done, _)| count(impressions * 96 / 100 * done / 1000)),
        clicks: kind.clicks.and_then(|rate| count(impressions * rate / 10_000)),
        orders: Some(Exact::from(orders)),
        revenue: nok(orders * 899),
        cost_of_goods: nok(orders * 340),
        other_variable_cost: nok(orders * 79),
        ..Row::default()
    }
}

/// Results of these channels over these weeks, `spend` a week and channel, split over segments and creatives.
pub fn results(kinds: &[Kind], weeks: u32, spend: i64) -> RollUp<Group> {
    let mut facts = RollUp::new(Currency::NOK);
    for week in 1..=weeks {
        for (place, kind) in kinds.iter().enumerate() {
            add_week(&mut facts, kind, place, week, spend);
        }
    }
    facts
}

fn add_week(facts: &mut RollUp<Group>, kind: &Kind, place: usize, week: u32, spend: i64) {
    for part in 0..3_u64 {
        let seed = [u64::from(week), place as u64, part];
        let at = usize::try_from(part).expect("small") + place;
        let group = Group {
            week,
            channel: kind.name.to_owned(),
            segment: SEGMENTS[at % SEGMENTS.len()].to_owned(),
            creative: CREATIVES[at % CREATIVES.len()].to_owned(),
        };
        let spend = spend * (900 + dice(&seed) / 5) / 3000;
        facts.add(group, &row(kind, spend, &seed)).expect("one currency");
    }
}

pub fn until(weeks: u32, days: u32) -> Span {
    Span::Until(first_day() + Days::new(u64::from(weeks - 1) * 7 + u64::from(days) - 1))
}

pub fn source() -> Source {
    Source {
        name: "uke 36–43 (alle kanaler).csv".to_owned(),
        rows: 1_412,
        used: 1_380,
        assumptions: vec!["Revenue is assumed: NOK 899.00 per order.".to_owned()],
        set_aside: vec![
            Finding { text: "spend: not a number".to_owned(), rows: 6, first_line: Some(17) },
            Finding { text: "date: not a day".to_owned(), rows: 3, first_line: Some(230) },
        ],
        first_set_aside: vec![
            "line 17, column 5 (spend): \"12,5\": not a number: unexpected ',' at character 3".to_owned(),
            "line 18, column 5 (spend): \"<b>n/a</b>\": not a number: unexpected '<' at character 1".to_owned(),
        ],
        ignored: vec![Finding { text: "Campaign starts with \"Total\"".to_owned(), rows: 8, first_line: None }],
        outside: Some(Finding {
            text: "NOK 4 200.00 spent before 1 September 2025".to_owned(),
            rows: 15,
            first_line: Some(2),
        }),
        contradictions: vec![Finding {
            text: "more clicks than impressions".to_owned(),
            rows: 2,
            first_line: Some(88),
        }],
        oddities: vec![
            Finding { text: "conversions without clicks".to_owned(), rows: 41, first_line: Some(9) },
            Finding { text: "an exact copy of an earlier row".to_owned(), rows: 4, first_line: Some(301) },
        ],
        extra: vec![ExtraSum { name: "video plays".to_owned(), sum: 1_204_331.into(), missing_rows: 0 }],
    }
}

pub fn frequency(kinds: &[Kind], weeks: u32) -> BTreeMap<(String, u32), Frequency> {
    let mut frequency = BTreeMap::new();
    for week in 1..=weeks {
        for (place, kind) in kinds.iter().enumerate().take(4) {
            let met = if place == 1 {
                Frequency::Average(2.4)
            } else {
                Frequency::Histogram(vec![(1, 5_000), (2, 3_000), (4, 1_500 + 100 * place as u64), (9, 300)])
            };
            frequency.insert((kind.name.to_owned(), week), met);
        }
    }
    frequency
}

/// The launch of the founding text, spent as the rhythm decides: eight weeks, the last not over, DOOH without an order, weeks without results.
pub fn launch() -> Launch {
    let names: Vec<&str> = CHANNELS.iter().map(|kind| kind.name).collect();
    let plan = plan_of(&names, 600_000, |spec| {
        spec["rhythm"]["raise"] = json!({"weeks": [5, 9], "step": 0.1, "target_roas": 2, "max_total": 660_000});
        spec["channels"][0]["lift"] = json!({"lower": 0.04, "measured": "2025-10-01", "source": "holdout"});
        spec["channels"][3]["lift"] = json!({"lower": 0.02, "measured": "2025-10-01", "source": "holdout"});
        spec["channels"][1]["min"] = json!(40_000);
        spec["channels"][4]["visibility"] = json!({"seen": "not-applicable"});
        spec["channels"][5]["visibility"] = json!({"seen": "not-applicable"});
    });
    let mut results =
        Results { facts: RollUp::new(Currency::NOK), frequency: frequency(&CHANNELS, 8), span: until(1, 7) };
    let mut budgets: Vec<i64> = vec![100_000; CHANNELS.len()];
    for week in 1..=8 {
        let days = if week == 8 { 5 } else { 7 };
        for (place, kind) in CHANNELS.iter().enumerate() {
            // Two weeks in which audio brought nothing.
            let quiet = kind.name == "Acast/Bauer" && matches!(week, 3 | 6);
            let kind = Kind { cost: kind.cost.filter(|_| !quiet), ..*kind };
            add_week(&mut results.facts, &kind, place, week, budgets[place] * days / 7);
        }
        results.span = until(week, u32::try_from(days).expect("a week"));
        let decision = Review::new(&plan, &results).expect("a review").decision;
        let kroner = |money: Money| i64::try_from(money.to_minor().expect("whole") / 100).expect("small");
        budgets = decision.channels.iter().map(|channel| kroner(channel.after)).collect();
    }
    finish(plan, &results)
}

pub fn finish(plan: Plan, results: &Results) -> Launch {
    let review = Review::new(&plan, results).expect("a review");
    Launch { plan, review, source: source() }
}

/// As many channels and weeks as asked for, some with long names.
pub fn many(channels: usize, weeks: u32, change: impl FnOnce(&mut Value)) -> Launch {
    const NAMES: [&str; 15] = [
        "VG",
        "TV 2",
        "Schibsted",
        "YouTube/CTV",
        "Acast/Bauer",
        "DOOH Oslo",
        "Retarget – Forlatt kurv – 7 dager",
        "Prospect – Løpesko – Oslo",
        "Google Søk",
        "Meta (Facebook & Instagram)",
        "Snapchat",
        "Dagbladet",
        "NENT/Viaplay",
        "E-post til kundeklubben med et svært langt navn som ikke får plass",
        "TikTok",
    ];
    let kinds: Vec<Kind> = (0..channels)
        .map(|place| Kind {
            name: NAMES[place],
            cost: CHANNELS[place % 6].cost.map(|cost| cost * (1 + i64::try_from(place / 6).expect("few") * 2)),
            ..CHANNELS[place % 6]
        })
        .collect();
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
    let plan = plan_of(&names, 100_003 * i64::try_from(channels).expect("few"), change);
    let facts = results(&kinds, weeks, 96_000);
    finish(plan, &Results { facts, frequency: frequency(&kinds, weeks), span: until(weeks, 7) })
}

/// Results without dates.
pub fn undated() -> Launch {
    let names: Vec<&str> = CHANNELS.iter().map(|kind| kind.name).collect();
    let plan = plan_of(&names, 600_000, |spec| spec["budget"]["current"] = json!("as-spent"));
    let facts =
        results(&CHANNELS, 8, 96_000).coarsen(|group| Group { week: 8, ..group.clone() }).expect("one currency");
    let span = Span::Period { first: first_day(), last: first_day() + Days::new(55) };
    finish(plan, &Results { facts, frequency: BTreeMap::new(), span })
}

/// Channels that spend nothing, one of them with orders all the same.
pub fn without_spend() -> Launch {
    let plan = plan_of(&["VG", "TV 2", "Schibsted"], 30_000, |_| {});
    let mut facts = RollUp::new(Currency::NOK);
    for week in 1..=3 {
        for (channel, spend, orders) in [("VG", 0, 0), ("TV 2", 0, 3), ("Schibsted", 10_000, 0)] {
            let group = Group { week, channel: channel.to_owned(), ..Group::default() };
            facts
                .add(group, &Row { spend: nok(spend), orders: Some(Exact::from(orders)), ..Row::default() })
                .expect("one currency");
        }
    }
    finish(plan, &Results { facts, frequency: BTreeMap::new(), span: until(3, 7) })
}

/// The texts of an XML document in order, and the names of its elements and attributes looked through for what does not belong there.
pub fn parse(xml: &str) -> roxmltree::Document<'_> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
    roxmltree::Document::parse_with_options(xml, options).expect("well-formed")
}

/// What floating-point numbers are called that are none, as words of their own.
pub fn not_numbers(text: &str) -> Vec<&str> {
    let words = text.split(|sign: char| !sign.is_alphanumeric());
    words.filter(|word| ["nan", "inf", "infinity"].contains(&word.to_lowercase().as_str())).collect()
}

/// A label and the room it takes.
struct Label {
    text: String,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Label {
    fn of(node: roxmltree::Node<'_, '_>) -> Self {
        let number = |name: &str| node.attribute(name).unwrap().parse::<f64>().unwrap();
        let size = number("font-size");
        assert!(size >= 11.99, "{size} is too small to read");
        let text = node.text().unwrap_or_default().trim().to_owned();
        // Wide for every common font: Arial needs about 0.5 em a sign.
        let em = |sign: char| match sign {
            '\u{202f}' | 'i' | 'j' | 'l' | '.' | ',' | ' ' | '(' | ')' => 0.3,
            'm' | 'w' | 'W' | 'M' => 0.9,
            _ => 0.57,
        };
        let width = text.chars().map(em).sum::<f64>() * size;
        let left = match node.attribute("text-anchor") {
            Some("start") => number("x"),
            Some("middle") => number("x") - width / 2.0,
            _ => number("x") - width,
        };
        Self { text, left, right: left + width, top: number("y") - size * 0.45, bottom: number("y") + size * 0.45 }
    }

    fn touches(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// A chart is well-formed, stays inside its frame, and no label lies on another.
pub fn check_svg(name: &str, width: u32, svg: &str) {
    assert!(not_numbers(svg).is_empty());
    let document = parse(svg);
    let root = document.root_element();
    let size = |name: &str| root.attribute(name).unwrap().parse::<f64>().unwrap();
    let (wide, high) = (size("width"), size("height"));
    let texts: Vec<Label> = document
        .descendants()
        .filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")))
        .map(Label::of)
        .filter(|text| !text.text.is_empty())
        .collect();
    assert!(!texts.is_empty());
    for (index, text) in texts.iter().enumerate() {
        let inside = text.left >= 0.0 && text.right <= wide && text.top >= 0.0 && text.bottom <= high;
        assert!(inside, "{name} at {width}: {:?} leaves the frame", text.text);
        for other in &texts[index + 1..] {
            assert!(!text.touches(other), "{name} at {width}: {:?} on {:?}", text.text, other.text);
        }
    }
    let drawn = document.descendants().filter(roxmltree::Node::is_element);
    for node in drawn {
        for (key, limit) in
            [("x", wide), ("x1", wide), ("x2", wide), ("cx", wide), ("y", high), ("y1", high), ("cy", high)]
        {
            if let Some(value) = node.attribute(key) {
                let value: f64 = value.parse().unwrap();
                assert!((0.0..=limit).contains(&value), "{name} at {width}: {key} = {value}");
            }
        }
        assert!(node.attribute("id").is_none());
        assert!(node.attribute("width").is_none_or(|width| !width.starts_with('-')));
    }
}

/// A page is whole and needs nothing else: no script, no address, no id twice, no anchor into nothing, every chart with its words.
pub fn check_page(html: &str) {
    let document = parse(html);
    let mut ids = Vec::new();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        assert!(!["script", "img", "iframe", "object", "style_", "base", "form"].contains(&name), "{name}");
        for attribute in node.attributes() {
            let (key, value) = (attribute.name(), attribute.value());
            assert!(!key.starts_with("on") && key != "src" && key != "style", "{key}");
            assert!(key != "href" || value.starts_with('#') || value == "data:,", "{value}");
        }
        ids.extend(node.attribute("id"));
        if name == "th" {
            assert!(node.has_attribute("scope"));
        }
        if name == "svg" {
            assert_eq!(node.attribute("role"), Some("img"));
            assert!(node.attribute("aria-label").is_some_and(|label| !label.is_empty()));
            assert!(node.children().any(|child| child.has_tag_name(("http://www.w3.org/2000/svg", "title"))));
        }
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id stands twice");
    for anchor in document.descendants().filter_map(|node| node.attribute("href")?.strip_prefix('#')) {
        assert!(ids.contains(&anchor), "#{anchor} leads nowhere");
    }
    // The only address in the page is the name of the SVG language.
    assert_eq!(html.matches("://").count(), html.matches("http://www.w3.org/2000/svg").count());
    assert!(!html.contains("url(") && !html.contains("@import"));
    assert!(not_numbers(html).is_empty());
}

/// With all kinds of gap as a space, and slashes as they were.
pub fn readable(text: &str) -> String {
    text.replace(['\u{202f}', '\u{a0}'], " ").replace("&#x2f;", "/")
}

/// The texts of the rows of the table whose caption begins so.
pub fn rows(html: &str, caption: &str) -> Vec<Vec<String>> {
    let page = parse(html);
    let text = |node: roxmltree::Node<'_, '_>| {
        let texts: String =
            node.descendants().filter(roxmltree::Node::is_text).filter_map(|node| node.text()).collect();
        readable(texts.trim())
    };
    let table = page
        .descendants()
        .filter(|node| node.has_tag_name("table"))
        .find(|table| table.descendants().any(|node| node.has_tag_name("caption") && text(node).starts_with(caption)));
    let body = table.unwrap().descendants().filter(|node| node.has_tag_name("tbody")).flat_map(|body| body.children());
    let rows = body.filter(|node| node.has_tag_name("tr"));
    rows.map(|row| row.children().filter(roxmltree::Node::is_element).map(text).collect()).collect()
}

/// No line is wider than the terminal, whatever its width.
pub fn check_terminal(name: &str, print: impl Fn(u16) -> String) {
    for width in (0..=180).step_by(15) {
        for line in print(width).lines() {
            assert!(line.width() <= usize::from(width.max(20)), "{name}, {width}: {line:?}");
        }
    }
}
