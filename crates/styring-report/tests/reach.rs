//! The report of reach: what it says, what it says where there is nothing to say, that its charts hold, and that it is a page.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "helpers of tests")]

mod common;

use std::sync::LazyLock;

use chrono_tz::Tz;
use common::{check_page, check_svg, check_terminal, not_numbers, parse, readable, rows};
use proptest::prelude::*;
use styring_playbook::{Contacts, Reached, ReachedSpec};
use styring_reach::Overexposure;
use styring_reach::cap::{Calendar, CalendarUnit, Per, Rule, Rules, Window};
use styring_report::charts::{self, NARROW, WIDE};
use styring_report::{ReachReport, Source};

const WIDTHS: [u32; 6] = [0, NARROW, 420, 560, WIDE, 1400];
const FIRST: i64 = 1_756_720_800; // 1 September 2025, noon in Oslo

struct Log {
    reached: Reached,
    spec: ReachedSpec,
    source: Source,
}

impl Log {
    fn report(&self) -> ReachReport<'_> {
        ReachReport { reached: &self.reached, spec: &self.spec, zone: Tz::Europe__Oslo, source: &self.source }
    }

    fn page(&self) -> String {
        readable(&self.report().html().unwrap())
    }
}

fn log(people: u64, channels: &[&str], change: impl FnOnce(&mut ReachedSpec)) -> Log {
    let mut contacts = Contacts::new();
    for person in 0..people {
        for shown in 0..=person * person % 997 / 60 {
            let channel = channels[((person + shown * shown) % channels.len() as u64) as usize];
            contacts.add(&format!("p{person}"), channel, FIRST + (7_200 * shown + person).cast_signed());
        }
    }
    let mut spec = ReachedSpec { universe: Some(people * 2), ..ReachedSpec::default() };
    change(&mut spec);
    let rows = contacts.len() as u64;
    let reached = Reached::of(&contacts.into_log(), &spec).unwrap();
    Log { reached, spec, source: Source { name: "log.csv".to_owned(), rows, used: rows, ..Source::default() } }
}

const USUAL: [&str; 5] = ["VG", "TV 2", "Schibsted", "YouTube", "Acast"];

/// Every kind of rule, with names that are long or would act.
fn odd_rules() -> Rules {
    let day = Window::Calendar(Calendar::new(CalendarUnit::Day, 1, "Europe/Oslo").unwrap());
    let rules = [
        Rule::new("a", 2.0, day).unwrap(),
        Rule::new(
            "<script>alert(1)</script> and a name that goes on and on for no reason at all",
            0.5,
            Window::Lifetime,
        )
        .unwrap(),
        Rule::new("household", 1.0, Window::hours(36).unwrap()).unwrap().per(Per::Household),
        Rule::new("spring", 1.0, Window::rolling(90).unwrap()).unwrap().for_campaigns(["spring"]).unwrap(),
        Rule::new("radio", 0.0, Window::Lifetime).unwrap().on_channels(["Radio", "VG"]).unwrap(),
        Rule::new("clicks", 1.0, Window::Lifetime).unwrap().counting("click"),
    ];
    Rules::new(rules).unwrap()
}

static LOGS: LazyLock<Vec<(&str, Log)>> = LazyLock::new(|| {
    let many: Vec<String> = (0..14).map(|place| format!("Channel number {place} with a long name & more")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    vec![
        ("usual", log(1_200, &USUAL, |spec| spec.overexposure = Overexposure::new(4, 2, 86_400).unwrap())),
        ("no universe", log(300, &USUAL, |spec| spec.universe = None)),
        ("everybody", log(300, &USUAL, |spec| spec.universe = Some(300))),
        ("one person", log(1, &["VG"], |_| {})),
        ("two channels", log(90, &["VG", "<b>TV & 2</b>\u{202e}"], |spec| spec.order = Some(vec!["VG".to_owned()]))),
        ("many channels", log(400, &many, |_| {})),
        ("odd rules", log(300, &USUAL, |spec| spec.caps = odd_rules())),
        ("no rules", log(300, &USUAL, |spec| spec.caps = Rules::default())),
    ]
});

#[test]
fn every_log_gives_a_whole_page_that_needs_nothing_else() {
    for (name, log) in LOGS.iter() {
        let html = log.report().html().unwrap();
        check_page(&html);
        for section in ["frequency", "channels", "caps", "overexposed", "universe", "read", "how"] {
            assert_eq!(html.matches(&format!("<section id=\"{section}\">")).count(), 1, "{name}: {section}");
        }
        assert_eq!(log.report().html().unwrap(), html, "{name}: the same input, the same bytes");
        assert!(!html.contains("<script") && !html.contains("<b>TV") && !html.contains('\u{202e}'), "{name}");
    }
}

#[test]
fn no_label_lies_on_another_and_none_leaves_the_frame() {
    for (name, log) in LOGS.iter() {
        let reached = &log.reached;
        let reach = reached.reach.count();
        let caps: Vec<_> = reached.caps.iter().chain([&reached.all_caps]).collect();
        let fit = reached.universe.as_ref().and_then(|universe| universe.fit.as_ref().ok());
        for width in WIDTHS {
            let drawn = [
                charts::contacts(&reached.frequencies, width),
                charts::k_plus(&reached.frequencies, fit, width),
                charts::channel_reach(&reached.channels, reach, width),
                charts::added_reach("Added", &reached.in_order, reach, width),
                charts::added_reach("Added", &reached.greedily, reach, width),
                charts::channels_met(&reached.by_number_of_channels, width),
                charts::caps(&caps, reach, width),
            ];
            let curve = fit.map(|fit| charts::reach_curve(fit, (reached.impressions, reach), 0.9, width));
            for (place, svg) in drawn.into_iter().chain(curve).enumerate() {
                check_svg(&format!("{name}, chart {place}"), width, &svg.unwrap());
            }
        }
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (name, log) in LOGS.iter() {
        check_terminal(name, |width| log.report().terminal(width));
    }
}

#[test]
fn the_numbers_of_the_page_are_those_of_the_log() {
    let (_, log) = &LOGS[0];
    let reached = &log.reached;
    let html = log.report().html().unwrap();
    let number = |text: &str| text.replace(' ', "").parse::<u64>().unwrap();
    let frequencies = rows(&html, "People by number of impressions");
    let people: u64 = frequencies.iter().map(|row| number(&row[1])).sum();
    assert_eq!((people, number(&frequencies[0][3])), (1_200, 1_200));
    for (k, row) in (1..).zip(&frequencies) {
        assert_eq!(number(&row[3]), reached.frequencies.k_plus(k).count());
    }
    let channels = rows(&html, "Channels, the widest first");
    for (channel, row) in reached.channels.iter().zip(&channels) {
        assert_eq!((row[0].as_str(), number(&row[1])), (channel.name.as_str(), channel.reach.count()));
        assert_eq!((number(&row[3]), number(&row[5])), (channel.only_here.count(), channel.impressions));
    }
    assert_eq!(number(&channels[5][5]), reached.impressions);
    let greedily = rows(&html, "What each channel adds to those before it. The largest gain next");
    assert_eq!(greedily.iter().map(|row| number(&row[1])).sum::<u64>(), 1_200);
    let caps = rows(&html, "What each cap by itself");
    for (cap, row) in reached.caps.iter().chain([&reached.all_caps]).zip(&caps) {
        assert_eq!((number(&row[4]), number(&row[6]), number(&row[7])), (cap.above, cap.people, cap.shown));
        assert_eq!(number(&row[8]), cap.reach_kept.count());
    }
    assert_eq!(rows(&html, "Who saw too much").len(), 20);
    assert!(reached.overexposed.len() > 20);
    let page = log.page();
    assert!(page.contains(&format!("And {} more people", reached.overexposed.len() - 20)));
    assert!(page.contains("1 200 people reached, "));
    assert!(page.contains("Of 2 400 people who could be reached, 1 200 were (50.0 %)."));
    let more = rows(&html, "Fewer and more impressions");
    assert_eq!((more.len(), number(&more[1][1])), (5, reached.impressions));
}

#[test]
fn where_there_is_nothing_to_say_it_says_so() {
    let page = |name: &str| LOGS.iter().find(|(own, _)| *own == name).unwrap().1.page();
    assert!(page("no universe").contains("No universe was given"));
    assert!(page("one person").contains("People differ no more than chance makes them"));
    assert!(page("one person").contains("There is one channel"));
    assert!(page("one person").contains("Nobody had at least 15 impressions"));
    assert!(page("no rules").contains("No cap was given."));
    for note in [
        "The cap household counts by household, which the log does not name: it removed nothing here.",
        "The cap spring is for campaigns, which the log does not name: it removed nothing here.",
        "The cap clicks counts another event than impressions, which the log does not hold: it removed nothing here.",
        "The cap radio names Radio, which the log does not hold.",
        "1 calendar day (Europe/Oslo)",
        "36 hours",
    ] {
        assert!(page("odd rules").contains(note), "{note}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_the_log_the_page_holds(
        rows in prop::collection::vec((0..40_u32, "\\PC{0,12}", -100_000_000..4_000_000_000_i64), 1..80), more in prop::option::of(0..1_000_000_000_u64)
    ) {
        let mut contacts = Contacts::new();
        for (person, channel, time) in &rows {
            // Few channels, so that some meet.
            contacts.add(&person.to_string(), &channel.chars().take(1).collect::<String>(), *time);
        }
        let all = contacts.into_log();
        let spec = ReachedSpec { universe: more.map(|more| all.people() as u64 + more), ..ReachedSpec::default() };
        let reached = Reached::of(&all, &spec).unwrap();
        prop_assert_eq!(reached.impressions, rows.len() as u64);
        let source = Source::default();
        let html = ReachReport { reached: &reached, spec: &spec, zone: Tz::UTC, source: &source }.html().unwrap();
        prop_assert!(not_numbers(&html).is_empty(), "{:?}", not_numbers(&html));
        parse(&html);
    }
}
