//! What plans say beyond counts: windows, platforms, lists that are implied, and searches that end too soon.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use styring_segments::Error;
use styring_segments::Language;
use styring_segments::exclusions::{
    Finding, Implied, ListLimits, Mode, NestedWindow, Plan, PlanOptions, PlatformProblem, Proof, Segment,
};
use styring_segments::overlap::{Audiences, Regions, SortedIds};

fn carts() -> Regions<u64> {
    let ids = |ids: std::ops::Range<u64>| ids.collect::<SortedIds>();
    Audiences::new([("7", ids(0..100)), ("14", ids(0..300)), ("30", ids(50..900)), ("Alle", ids(0..1_000))])
        .unwrap()
        .regions()
        .unwrap()
}

fn cart(days: u64) -> Segment {
    Segment::target(days.to_string()).within(NestedWindow::new("kurv", 24 * days).unwrap())
}

#[test]
fn windows_are_checked() {
    let short_first = [cart(7), cart(14), cart(30), Segment::target("Alle")];
    let plan = Plan::new(&carts(), &short_first, Mode::AllHigher).unwrap();
    // 14 days have fifty whom 30 days do not have; 7 days are inside 14, and that is enough.
    let outside = Finding::NotNested { short: "14".into(), long: "30".into(), outside: 50 };
    assert_eq!(plan.findings, std::slice::from_ref(&outside));

    let long_first = [cart(14), cart(7), cart(30), Segment::target("Alle")];
    let plan = Plan::new(&carts(), &long_first, Mode::AllHigher).unwrap();
    let expected = [
        outside,
        Finding::LongBeforeShort { long: "14".into(), short: "7".into() },
        Finding::NothingLeft { name: "7".into() },
    ];
    assert_eq!(plan.findings, expected);
    let words = plan.sentences(Language::Norwegian);
    assert!(words.contains(&"14 står foran 7 og tar personene derfra: sett det korteste vinduet først.".to_owned()));
    assert_eq!(
        NestedWindow::new("kurv", 0).unwrap_err(),
        Error::OutOfRange { field: "hours", expected: "1 or more", value: "0".into() }
    );
}

#[test]
fn what_is_implied_can_be_left_out() {
    let priority = [cart(7), cart(14), cart(30), Segment::target("Alle")];
    let options = PlanOptions { drop_implied: true, ..PlanOptions::default() };
    let plan = Plan::new(&carts(), &priority, options).unwrap();
    let names = |line: usize| plan.lines[line].exclude.iter().map(|list| list.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names(3), ["14", "30"]);
    assert_eq!(plan.lines[3].implied, [Implied { name: "7".into(), by: "14".into() }]);
    assert_eq!(plan.lines[3].residual, 0);
    // Nobody is in an empty list today; that says nothing of tomorrow.
    let regions = Regions::from_counts(["Tom", "Stor", "Alle"], [(0b110, 5), (0b100, 5)]).unwrap();
    let plan = Plan::new(&regions, &["Tom", "Stor", "Alle"].map(Segment::target), options).unwrap();
    assert_eq!(plan.lines[2].exclude.len(), 2);
}

/// Forty lists, of which each person is in two that follow each other: every second one is enough, and no fewer.
#[test]
fn forty_lists_are_proven() {
    let names: Vec<String> = (0..41).map(|list| format!("L{list}")).collect();
    let masks = (0..39).map(|list| (0b11 << list | 1 << 40, 10));
    let regions = Regions::from_counts(names.clone(), masks).unwrap();
    let priority: Vec<Segment> = names.iter().map(Segment::target).collect();
    let plan = Plan::new(&regions, &priority, Mode::Minimal).unwrap();
    let last = plan.lines.last().unwrap();
    assert_eq!((last.exclude.len(), last.proof, last.residual), (20, Proof::Fewest, 0));
    // L0 and L1 share people: one of the two is needed, and the earlier one comes first where both do.
    assert_eq!(last.exclude[0].name, "L0");
}

/// Three lists of which each two share people need two exclusions, which a search without time cannot know.
#[test]
fn a_search_that_ends_too_soon_says_so() {
    let names = ["A", "B", "C", "Alle"];
    let regions = Regions::from_counts(names, [(0b1011, 10), (0b1101, 10), (0b1110, 10)]).unwrap();
    let priority = names.map(Segment::target);
    let proven = Plan::new(&regions, &priority, Mode::Minimal).unwrap();
    assert_eq!((proven.lines[3].exclude.len(), proven.lines[3].proof), (2, Proof::Fewest));
    let soon = Plan::new(&regions, &priority, PlanOptions { work: 1, ..Mode::Minimal.into() }).unwrap();
    let last = &soon.lines[3];
    assert_eq!((last.exclude.len(), last.residual), (2, 0));
    assert_eq!(last.proof, Proof::NotProven { at_least: 1 });
    assert!(last.sentence(Language::English).contains("it is not proven"));
}

#[test]
fn platforms_refuse() {
    let priority = [Segment::exclude_only("7"), cart(14), cart(30), Segment::target("Alle")];
    let plan = Plan::new(&carts(), &priority, Mode::AllHigher).unwrap();
    let limits = ListLimits {
        platform: "Test".into(),
        most_exclusions: Some(2),
        least_people: Some(200),
        source: "here".into(),
        as_of: "2026-11".into(),
    };
    let entered = plan.for_platform(&limits, &BTreeMap::from([("7", "a"), ("14", "b"), ("30", "c")]));
    assert_eq!(entered.rows.len(), 1 + 2 + 3);
    assert_eq!(
        entered.problems,
        [
            PlatformProblem::TooManyExclusions { segment: "Alle".into(), exclusions: 3, limit: 2 },
            PlatformProblem::TooFewPeople { list: "7".into(), people: 100, limit: 200 },
            PlatformProblem::NoId { list: "Alle".into() },
        ]
    );
}

#[cfg(all(feature = "serde", feature = "sketch", feature = "roaring"))]
#[test]
fn what_is_stored_comes_back_checked() {
    use styring_segments::overlap::{
        AudienceSet, CpcCounter, HllCounter, HllWidth, RoaringIds, ThetaBuilder, ThetaSketch,
    };

    fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }
    let regions = carts();
    assert_eq!(again(&regions), regions);
    assert!(serde_json::from_str::<Regions<u64>>(r#"{"names":["A"],"masks":[[2,5]]}"#).is_err());
    let sorted: SortedIds = (0..9).collect();
    assert_eq!(again(&sorted), sorted);
    assert!(serde_json::from_str::<SortedIds>("[2,1]").is_err());
    let bitmap: RoaringIds = (0..9_000).collect();
    assert_eq!(again(&bitmap), bitmap);
    let mut builder = ThetaBuilder::new(6).unwrap();
    builder.extend(0..9_000);
    let sketch: ThetaSketch = builder.sketch();
    assert_eq!(again(&sketch), sketch);
    assert!(sketch.cardinality().usable());
    let mut hll = HllCounter::new(8, HllWidth::Four).unwrap();
    let mut cpc = CpcCounter::new(8).unwrap();
    for id in 0..9_000 {
        hll.insert(id);
        cpc.insert(id);
    }
    assert_eq!(again(&hll).count(), hll.count());
    assert_eq!(again(&cpc).count(), cpc.count());
    let plan = Plan::new(&regions, &[cart(7), cart(14), cart(30), Segment::target("Alle")], Mode::Minimal).unwrap();
    assert!(serde_json::to_string(&plan).unwrap().contains(r#""proof":{"kind":"fewest"}"#));
}
