//! The report of overlap: what it says, what it withholds, that its charts hold, and that it is a page.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "helpers of tests")]

mod common;

use std::sync::LazyLock;

use common::{check_page, check_svg, check_terminal, not_numbers, parse, readable, rows};
use proptest::prelude::*;
use styring_report::charts::{self, NARROW, WIDE};
use styring_report::overlap::{Overlap, OverlapSpec, People, Share, Told};
use styring_report::{Error, OverlapReport, Source};
use styring_segments::Language;
use styring_segments::exclusions::{Mode, NestedWindow, PlanOptions, Segment, Threshold};
use styring_segments::overlap::{AudienceSet, Audiences, SortedIds, ThetaBuilder, ThetaSketch};

const WIDTHS: [u32; 6] = [0, NARROW, 420, 560, WIDE, 1400];

const NAMES: [&str; 5] = [
    "Ekskluder – Kjøpt – 30 dager",
    "Retarget – Forlatt kurv – 7 dager",
    "Retarget – Produktvisning – 14 dager",
    "Retarget – Produktvisning – 30 dager",
    "Prospect – Løpesko – Oslo",
];

/// Whether somebody is in a list: 1 in 4 have looked, the carts are among them, the buyers mostly.
fn is_in(id: u64, list: usize) -> bool {
    match list {
        0 => id.is_multiple_of(40) || id.is_multiple_of(211),
        1 => id.is_multiple_of(20),
        2 => id.is_multiple_of(8) || id.is_multiple_of(20),
        3 => id.is_multiple_of(4) || id % 500 == 7,
        _ => id.is_multiple_of(3),
    }
}

fn segments() -> Vec<Segment> {
    let window = |days: u64| NestedWindow::new("Produktvisning", 24 * days).unwrap();
    let [bought, cart, viewed_14, viewed_30, prospect] = NAMES;
    vec![
        Segment::exclude_only(bought),
        Segment::target(cart),
        Segment::target(viewed_14).within(window(14)),
        Segment::target(viewed_30).within(window(30)),
        Segment::target(prospect),
    ]
}

fn ids(people: u64, list: usize) -> SortedIds {
    (0..people).filter(|id| is_in(*id, list)).collect()
}

fn sketch(people: u64, list: usize, lg_k: u8) -> ThetaSketch {
    let mut builder = ThetaBuilder::new(lg_k).unwrap();
    (0..people).filter(|id| is_in(*id, list)).for_each(|id| builder.insert(id));
    builder.sketch()
}

struct Case {
    overlap: Overlap,
    source: Source,
    language: Language,
}

impl Case {
    fn report(&self) -> OverlapReport<'_> {
        OverlapReport { overlap: &self.overlap, source: &self.source, notes: &[], language: self.language }
    }

    fn page(&self) -> String {
        readable(&self.report().html().unwrap())
    }
}

fn case<S>(audiences: &Audiences<S>, segments: &[Segment], options: impl Into<PlanOptions>, least: Option<u64>) -> Case
where
    S: AudienceSet + Clone,
    S::Count: Told,
{
    let spec = OverlapSpec { priority: segments, options: options.into(), top: 12, least };
    let rows = if least.is_some() { 0 } else { 900 };
    let source = Source { name: "5 files".to_owned(), rows, used: rows, ..Source::default() };
    Case { overlap: Overlap::of(audiences, &spec).unwrap(), source, language: Language::English }
}

fn exact(people: u64, options: impl Into<PlanOptions>, least: Option<u64>) -> Case {
    let sets = (0..5).map(|list| (NAMES[list], ids(people, list)));
    case(&Audiences::new(sets).unwrap(), &segments(), options, least)
}

/// Names that are long, or would act.
fn odd() -> Case {
    let long = "A name that goes on and on for no reason at all, until it fits nowhere & beyond";
    let names: Vec<String> = (0..20)
        .map(|place| match place {
            0 => "<script>alert(1)</script>".to_owned(),
            1 => "<b>turned\u{202e}</b>".to_owned(),
            _ => format!("{long} {place}"),
        })
        .collect();
    let sets = names.iter().enumerate().map(|(list, name)| {
        let own: SortedIds = (0..4_000_u64).filter(|id| (id * id + list as u64).is_multiple_of(11)).collect();
        (name.as_str(), own)
    });
    let segments: Vec<Segment> = names.iter().map(Segment::target).collect();
    case(&Audiences::new(sets).unwrap(), &segments, Mode::AllHigher, None)
}

static CASES: LazyLock<Vec<(&str, Case)>> = LazyLock::new(|| {
    let sketches = |lg_k| Audiences::new((0..5).map(|list| (NAMES[list], sketch(120_000, list, lg_k)))).unwrap();
    let single = Audiences::new([(NAMES[4], ids(300, 4))]).unwrap();
    let empty = Audiences::new((0..5).map(|list| (NAMES[list], SortedIds::EMPTY))).unwrap();
    let norwegian = Case { language: Language::Norwegian, ..exact(6_000, Mode::Minimal, None) };
    vec![
        ("usual", exact(6_000, Mode::AllHigher, None)),
        ("fewest", norwegian),
        ("greedy", exact(6_000, Mode::Greedy { max_exclusions: 1 }, None)),
        ("overlapping", exact(6_000, Mode::Overlapping(Threshold::new(40, 0.02).unwrap()), None)),
        ("withheld", exact(1_200, Mode::AllHigher, Some(30))),
        ("all withheld", exact(60, Mode::Minimal, Some(1_000))),
        ("sketched", case(&sketches(12), &segments(), Mode::AllHigher, None)),
        ("small sketches", case(&sketches(6), &segments(), Mode::Minimal, None)),
        ("one", case(&single, &[Segment::target(NAMES[4])], Mode::AllHigher, None)),
        ("nobody", case(&empty, &segments(), Mode::AllHigher, None)),
        ("odd names", odd()),
    ]
});

fn named(name: &str) -> &'static Case {
    &CASES.iter().find(|(own, _)| *own == name).unwrap().1
}

#[test]
fn every_case_gives_a_whole_page_that_needs_nothing_else() {
    for (name, case) in CASES.iter() {
        let html = case.report().html().unwrap();
        check_page(&html);
        for section in ["regions", "pairs", "waterfall", "exclusions", "added", "findings", "read", "how"] {
            assert_eq!(html.matches(&format!("<section id=\"{section}\">")).count(), 1, "{name}: {section}");
        }
        assert_eq!(case.report().html().unwrap(), html, "{name}: the same input, the same bytes");
        assert!(!html.contains("<script") && !html.contains("<b>turned") && !html.contains('\u{202e}'), "{name}");
        assert!(!html.contains("INF") && not_numbers(&html).is_empty(), "{name}: {:?}", not_numbers(&html));
    }
}

#[test]
fn no_label_lies_on_another_and_none_leaves_the_frame() {
    for (name, case) in CASES.iter() {
        for width in WIDTHS {
            let overlap = &case.overlap;
            let drawn = [
                charts::up_set(overlap, width),
                charts::waterfall(&overlap.lines, width),
                charts::added("Added", &overlap.added, width),
                charts::added("Added", &overlap.added_greedily, width),
            ];
            for (place, svg) in drawn.into_iter().enumerate() {
                check_svg(&format!("{name}, chart {place}"), width, &svg.unwrap());
            }
        }
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (name, case) in CASES.iter() {
        check_terminal(name, |width| case.report().terminal(width));
    }
}

fn number(text: &str) -> u64 {
    text.replace(' ', "").parse().unwrap()
}

#[test]
fn the_numbers_of_the_page_are_those_of_the_lists() {
    let case = named("usual");
    let html = case.report().html().unwrap();
    let has = |list: usize| (0..6_000).filter(move |id| is_in(*id, list));
    let anybody = (0..6_000).filter(|id| (0..5).any(|list| is_in(*id, list))).count() as u64;

    let lines = rows(&html, "From gross to net");
    assert_eq!(lines.len(), 5);
    for (list, line) in lines.iter().enumerate() {
        let gross = has(list).count() as u64;
        let net = has(list).filter(|id| (0..list).all(|higher| !is_in(*id, higher))).count() as u64;
        assert_eq!((number(&line[1]), number(&line[2]), number(&line[3])), (gross, gross - net, net), "{line:?}");
    }
    assert_eq!(lines.iter().map(|line| number(&line[3])).sum::<u64>(), anybody, "nets add up to everybody");
    assert!(lines[1..].iter().all(|line| line[4] == "0") && lines[0][4] == "not advertised to");

    let pairs = rows(&html, "Pairs, in both directions");
    assert_eq!(pairs.len(), 10);
    let both = has(1).filter(|id| is_in(*id, 4)).count() as f64;
    let pair = pairs.iter().find(|pair| pair[0] == NAMES[1] && pair[1] == NAMES[4]).unwrap();
    assert_eq!(pair[5], format!("{:.1} %", both / has(1).count() as f64 * 100.0));
    assert_eq!(pair[6], format!("{:.1} %", both / has(4).count() as f64 * 100.0));

    let regions = rows(&html, "Who is in which of the numbered audiences");
    let prospects = regions.iter().find(|row| row[0] == "5").unwrap();
    assert_eq!(number(&prospects[1]), has(4).filter(|id| (0..4).all(|list| !is_in(*id, list))).count() as u64);
    assert_eq!(number(&prospects[2]), has(4).count() as u64);
    let listed: u64 = regions.iter().map(|row| number(&row[1])).sum();
    let People::Exact(left_out) = case.overlap.people_left_out else { panic!("{:?}", case.overlap.people_left_out) };
    assert_eq!(listed + left_out, anybody, "exclusive regions add up");

    for caption in ["What each audience adds to those above it", "The same, the one that adds most"] {
        let steps = rows(&html, caption);
        assert_eq!(steps.iter().map(|step| number(&step[1])).sum::<u64>(), anybody);
        assert_eq!(number(&steps[4][3]), anybody);
    }
    let lists = rows(&html, "Negative lists");
    assert_eq!(lists.len(), 1 + 2 + 3 + 4);
    let page = case.page();
    assert!(page.contains("10 exclusions in 4 segments: every audience of higher priority, since lists change daily."));
    assert!(page.contains("After that nobody is in two segments: counted again from the members."));
    assert!(page.contains("Exclude: Ekskluder – Kjøpt – 30 dager ("));
}

#[test]
fn each_mode_says_what_it_leaves() {
    let fewest = named("fewest");
    assert!(fewest.page().contains("Færre lister ville ikke vært nok."));
    assert!(fewest.overlap.lines.iter().all(|line| line.residual == People::Exact(0) || line.exclude.is_empty()));
    let greedy = named("greedy");
    assert!(greedy.overlap.lines.iter().all(|line| line.exclude.len() <= 1));
    assert!(greedy.page().contains("Some overlap remains, or cannot be ruled out"));
    assert!(greedy.overlap.findings.iter().any(|finding| finding.kind == "overlaps"));
    assert!(
        named("overlapping").page().contains("those of higher priority that have at least 40 of its people and 2.0 %")
    );
    // Whoever looked within 14 days did so within 30.
    assert!(greedy.overlap.findings.iter().all(|finding| finding.kind != "not_nested"));
}

#[test]
fn windows_in_the_wrong_order_are_found() {
    let mut segments = segments();
    segments.swap(2, 3);
    let sets = (0..5).map(|list| (NAMES[list], ids(6_000, list)));
    let case = case(&Audiences::new(sets).unwrap(), &segments, Mode::AllHigher, None);
    let kinds: Vec<&str> = case.overlap.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, ["long_before_short", "nothing_left"]);
    assert!(case.page().contains("put the shorter window first"));
}

/// Every number of people in it.
fn all_numbers(overlap: &Overlap) -> Vec<People> {
    let mut all = vec![overlap.union, overlap.people_left_out];
    all.extend(overlap.sets.iter().flat_map(|set| [set.size, set.only]));
    all.extend(overlap.regions.iter().flat_map(|area| [area.exclusive, area.inclusive]));
    all.extend(overlap.pairs.iter().flat_map(|pair| [pair.size_a, pair.size_b, pair.intersection, pair.union]));
    for line in &overlap.lines {
        all.extend([line.gross, line.net, line.removed, line.residual]);
        all.extend(line.exclude.iter().flat_map(|list| [list.overlap, list.alone]));
    }
    let steps = overlap.added.iter().chain(&overlap.added_greedily);
    all.extend(steps.flat_map(|step| [step.new, step.duplicated, step.cumulative]));
    all
}

#[test]
fn what_is_small_is_nowhere() {
    let case = named("withheld");
    let truth = exact(1_200, Mode::AllHigher, None).overlap;
    let least = 30;
    let small = |people: People| matches!(people, People::Exact(1..30));
    let overlap = &case.overlap;
    let told = all_numbers(overlap);
    assert!(!told.iter().any(|people| small(*people)), "{told:?}");
    assert!(told.contains(&People::Withheld) && told.iter().any(|people| matches!(people, People::Exact(_))));
    let some_small = truth.regions.iter().any(|area| small(area.exclusive));
    assert!(some_small, "the lists must hold something to withhold");
    // What is told is true.
    for (told, true_one) in overlap.sets.iter().zip(&truth.sets) {
        assert!(told.size == true_one.size || told.size == People::Withheld);
    }
    let page = case.page();
    assert!(page.contains("Numbers from 1 to 29 are withheld") && page.contains("some of its numbers are withheld"));
    assert!(!page.contains("rows below the header"));
    // The place of a withheld region would tell between which numbers its own lies.
    let first = overlap.regions.iter().position(|area| area.exclusive == People::Withheld).unwrap_or(usize::MAX);
    let tail = overlap.regions.iter().skip(first);
    let places: Vec<(usize, &[usize])> = tail.map(|area| (area.places.len(), area.places.as_slice())).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(overlap.regions.iter().skip(first).all(|area| area.exclusive == People::Withheld));
    assert_eq!(overlap.least, Some(least));
    let all = named("all withheld");
    assert!(all.overlap.sets.iter().all(|set| set.size == People::Withheld));
    assert!(all.overlap.added_greedily.is_empty());
    assert!(all.page().contains("Not told: the order follows from numbers that are withheld."));
    assert!(all.page().contains("tells something of them"), "a mode that looks at the numbers");
    assert!(all.page().contains("of people whose number is withheld"));
}

#[test]
fn sketches_have_bounds_and_say_when_they_cannot_be_used() {
    let case = named("sketched");
    for (list, set) in case.overlap.sets.iter().enumerate() {
        let truth = (0..120_000).filter(|id| is_in(*id, list)).count() as f64;
        let (lower, upper) = set.size.bounds().unwrap();
        assert!(lower <= truth && truth <= upper, "{set:?}: {truth}");
    }
    assert!(case.overlap.sketched && case.page().contains("All numbers are estimates from sketches"));
    assert!(case.page().contains("After that nobody is in two segments, whatever the sample does not show."));
    // Nobody is above the first, whatever the sample does not show.
    assert_eq!(case.overlap.lines[0].removed.bounds(), Some((0.0, 0.0)));
    assert_eq!(case.overlap.added[0].duplicated.bounds(), Some((0.0, 0.0)));
    let small = named("small sketches");
    assert!(small.page().contains("not usable"), "few samples");
    assert!(
        small.page().contains("Some overlap remains, or cannot be ruled out"),
        "the fewest in the sample may be too few"
    );
    let spec = OverlapSpec { priority: &segments(), options: Mode::AllHigher.into(), top: 5, least: Some(10) };
    let audiences = Audiences::new((0..5).map(|list| (NAMES[list], sketch(500, list, 8)))).unwrap();
    assert!(matches!(Overlap::of(&audiences, &spec), Err(Error::Series { .. })));
}

#[test]
fn where_there_is_nothing_to_say_it_says_so() {
    assert!(named("one").page().contains("There is one audience, and no pair."));
    assert!(named("one").page().contains("There is nothing to exclude."));
    let nobody = named("nobody");
    assert!(nobody.overlap.pairs.iter().all(|pair| pair.share_of_a == Share::Nobody));
    assert!(nobody.page().contains("5 audiences, 0 people."));
    assert!(!nobody.page().contains("0.0 %"), "a share of nobody is no number");
}

#[test]
fn an_order_that_is_not_of_the_audiences_is_refused() {
    let audiences = Audiences::new((0..5).map(|list| (NAMES[list], ids(100, list)))).unwrap();
    let fault = |segments: &[Segment]| {
        let spec = OverlapSpec { priority: segments, options: PlanOptions::default(), top: 5, least: None };
        Overlap::of(&audiences, &spec).unwrap_err().to_string()
    };
    assert_eq!(fault(&segments()[..4]), "\"Prospect – Løpesko – Oslo\" has no place in the order of priority");
    let mut more = segments();
    more.push(Segment::target("Radio"));
    assert_eq!(fault(&more), "no set is named \"Radio\"");
    let only: Vec<Segment> = NAMES.into_iter().map(Segment::exclude_only).collect();
    assert!(fault(&only).contains("a segment to advertise to"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_the_lists_the_page_holds(
        lists in prop::collection::vec(("\\PC{0,14}", prop::collection::btree_set(0..60_u64, 0..40)), 1..7),
        mode in prop_oneof![Just(Mode::AllHigher), Just(Mode::Minimal), (1..4_usize).prop_map(|max_exclusions| Mode::Greedy { max_exclusions })],
        least in prop::option::of(2..20_u64),
    ) {
        let names: Vec<String> = lists.iter().enumerate().map(|(place, (name, _))| format!("{name}{place}")).collect();
        let sets = names.iter().zip(&lists).map(|(name, (_, own))| (name.as_str(), own.iter().copied().collect::<SortedIds>()));
        let segments: Vec<Segment> = names.iter().map(Segment::target).collect();
        let case = case(&Audiences::new(sets).unwrap(), &segments, mode, least);
        let html = case.report().html().unwrap();
        prop_assert!(not_numbers(&html).is_empty(), "{:?}", not_numbers(&html));
        parse(&html);
        if let Some(least) = least {
            let told = all_numbers(&case.overlap);
            prop_assert!(!told.iter().any(|people| matches!(people, People::Exact(people) if (1..least).contains(people))), "{told:?}");
            // A line without a word on what is withheld has all its numbers.
            for line in &case.overlap.lines {
                let all = [line.gross, line.net, line.removed, line.residual];
                prop_assert!(!all.contains(&People::Withheld) || line.said.english.contains("withheld"), "{line:?}");
            }
        } else {
            let everybody: std::collections::BTreeSet<u64> = lists.iter().flat_map(|(_, own)| own).copied().collect();
            prop_assert_eq!(case.overlap.union, People::Exact(everybody.len() as u64));
            for line in &case.overlap.lines {
                let (People::Exact(gross), People::Exact(net), People::Exact(removed)) = (line.gross, line.net, line.removed) else { panic!("{line:?}") };
                prop_assert_eq!(gross, net + removed);
            }
        }
    }
}
