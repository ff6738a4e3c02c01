//! The report of a test by regions: what it says, what it says where there is nothing to say, that its charts hold, and that it is a page.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::sync::LazyLock;

use chrono::{Days, NaiveDate};
use common::{check_page, check_svg, check_terminal, not_numbers, parse, readable};
use styring_experiments::geo::Weighting;
use styring_experiments::{Language, Level};
use styring_money::Exact;
use styring_playbook::{GeoMethod, GeoSpend, GeoTested, GeoTestedSpec, RegionDays};
use styring_report::charts::{self, NARROW, WIDE};
use styring_report::{GeoReport, Source};

const WIDTHS: [u32; 6] = [0, NARROW, 420, 560, WIDE, 1400];

struct Test {
    tested: GeoTested,
    spec: GeoTestedSpec,
    value: String,
    source: Source,
}

impl Test {
    fn report(&self) -> GeoReport<'_> {
        GeoReport {
            tested: &self.tested,
            spec: &self.spec,
            value: &self.value,
            language: Language::English,
            source: &self.source,
        }
    }

    fn page(&self) -> String {
        readable(&self.report().html().unwrap())
    }
}

fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 8, 18).unwrap() + Days::new(offset)
}

/// So many regions and days, the first `treated` of them with an effect over the last days.
fn test(
    (names, days): (&[String], u64),
    (treated, with, effect): (usize, u64, i64),
    change: impl FnOnce(&mut GeoTestedSpec),
) -> Test {
    let mut rows = RegionDays::default();
    for (region, name) in (0_u64..).zip(names) {
        for offset in 0..days {
            let noise = (1_000 * region + offset).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 60;
            let on = usize::try_from(region).unwrap() < treated && offset >= days - with;
            let value = 60 + 3 * region + 5 * (offset % 7) + noise;
            let value = value.cast_signed() + if on { effect } else { 0 };
            rows.add(name, day(offset), Exact::from(value), Some(if on { 500.into() } else { Exact::ZERO }));
        }
    }
    let mut spec = GeoTestedSpec::new(names[..treated].to_vec(), day(days - with));
    change(&mut spec);
    let tested = GeoTested::of(&rows, &spec).unwrap();
    let rows = names.len() as u64 * days;
    let source = Source { name: "panel.csv".to_owned(), rows, used: rows, ..Source::default() };
    Test { tested, spec, value: "orders".to_owned(), source }
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|place| format!("Region {place}")).collect()
}

static TESTS: LazyLock<Vec<(&str, Test)>> = LazyLock::new(|| {
    let odd: Vec<String> = [
        "<b>Ås & Ski</b>\u{202e} and St. Hanshaugen",
        "A region with a name that goes on and on for no reason at all",
        "c",
        "d",
        "e",
        "f",
    ]
    .map(str::to_owned)
    .to_vec();
    let with_spend = |spec: &mut GeoTestedSpec| spec.spend = GeoSpend::Rows;
    let did = |spec: &mut GeoTestedSpec| (spec.method, spec.spend) = (GeoMethod::Did, GeoSpend::Total(9_000.0));
    let tbr = |spec: &mut GeoTestedSpec| (spec.method, spec.spend) = (GeoMethod::Tbr, GeoSpend::Rows);
    let value = "<i>omsetning</i>, and more words than any chart has room for, in kroner without VAT".to_owned();
    let named = Test { value, ..test((&odd, 50), (1, 7, 30), with_spend) };
    vec![
        ("usual", test((&names(16), 70), (2, 14, 20), with_spend)),
        ("nothing", test((&names(16), 70), (2, 14, 0), with_spend)),
        ("less", test((&names(16), 70), (2, 14, -20), with_spend)),
        ("did", test((&names(20), 90), (3, 21, 10), did)),
        ("tbr", test((&names(6), 300), (1, 100, 9), tbr)),
        ("two regions", test((&names(2), 30), (1, 7, 20), |_| {})),
        ("one day", test((&names(8), 20), (1, 1, 40), |_| {})),
        ("many regions", test((&names(60), 100), (7, 14, 10), |spec| spec.level = Level::P95)),
        (
            "ridge",
            test((&names(9), 60), (1, 14, 10), |spec| {
                spec.weighting = Weighting { demeaned: false, ridge: Some(50.0) }
            }),
        ),
        ("odd names", named),
    ]
});

fn of(name: &str) -> &'static Test {
    &TESTS.iter().find(|(own, _)| *own == name).unwrap().1
}

#[test]
fn every_test_gives_a_whole_page_that_needs_nothing_else() {
    for (name, test) in TESTS.iter() {
        let html = test.report().html().unwrap();
        check_page(&html);
        assert!(not_numbers(&html).is_empty(), "{name}");
        for section in ["course", "effect", "cost", "methods", "placebos", "weights", "read", "how"] {
            assert_eq!(html.matches(&format!("<section id=\"{section}\">")).count(), 1, "{name}: {section}");
        }
        assert_eq!(test.report().html().unwrap(), html, "{name}: the same input, the same bytes");
        assert!(!html.contains("<b>Ås") && !html.contains("<i>") && !html.contains('\u{202e}'), "{name}");
    }
}

#[test]
fn no_label_lies_on_another_and_none_leaves_the_frame() {
    for (name, test) in TESTS.iter() {
        let (tested, value) = (&test.tested, test.value.as_str());
        for width in WIDTHS {
            let drawn = [
                charts::counterfactual(tested, value, width),
                charts::daily_effect(tested, value, 0.9, width),
                charts::running_effect(tested, value, 0.9, width),
            ];
            let placebos = tested.placebos.is_ok().then(|| charts::placebos(tested, width));
            for (place, svg) in drawn.into_iter().chain(placebos).enumerate() {
                check_svg(&format!("{name}, chart {place}"), width, &svg.unwrap());
            }
        }
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (name, test) in TESTS.iter() {
        check_terminal(name, |width| test.report().terminal(width));
    }
}

#[test]
fn the_first_sentence_is_plain_in_either_language() {
    let said = |name: &str, language| readable(&GeoReport { language, ..of(name).report() }.headline());
    let english = said("usual", Language::English);
    assert!(english.starts_with("The treatment had an effect on orders in Region 0 and Region 1: "), "{english}");
    assert!(
        english.contains(" more over 14 days than there would have been (+") && english.ends_with('.'),
        "{english}"
    );
    assert!(english.contains("; 90 % sure of ") && english.contains(", p = 0."), "{english}");
    let norwegian = said("usual", Language::Norwegian);
    assert!(norwegian.starts_with("Tiltaket virket på orders i Region 0 og Region 1: "), "{norwegian}");
    assert!(norwegian.contains("; 90 % sikkert ") && norwegian.contains(", p = 0,"), "{norwegian}");
    assert!(norwegian.ends_with('.') && !norwegian.contains("0."), "{norwegian}");
    assert!(said("less", Language::English).contains(" less over 14 days than there would have been (−"));
    assert!(said("less", Language::Norwegian).contains(" mindre på 14 dager enn"));
    assert!(
        said("nothing", Language::English).starts_with("It is not clear that the treatment had an effect on orders")
    );
    assert!(said("nothing", Language::Norwegian).starts_with("Det er ikke klart at tiltaket virket på orders"));
    assert!(said("many regions", Language::English).contains("in 7 regions: "));
    // Names are names in either language.
    let odd = said("odd names", Language::Norwegian);
    assert!(odd.contains(" i <b>Ås & Ski</b>\u{fffd} and St. Hanshaugen: "), "{odd}");
    let page = GeoReport { language: Language::Norwegian, ..of("usual").report() }.html().unwrap();
    assert!(page.contains("<p class=\"headline\" lang=\"nb\">Tiltaket virket"));
}

#[test]
fn a_cost_is_never_below_zero() {
    assert!(of("usual").page().contains("Each extra unit of orders cost "));
    let nothing = of("nothing").page();
    assert!(nothing.contains("it is not clear that there is any"), "{nothing}");
    assert!(
        of("less").page().contains("There is no cost of one more unit of orders: with the treatment there were fewer")
    );
    assert!(of("two regions").page().contains("No spend was given"));
    for (name, test) in TESTS.iter() {
        let page = test.page();
        let large =
            page.split("<dt>Cost of each extra</dt>").find(|rest| rest.trim_start().starts_with("<dd class=\"large"));
        assert!(large.is_none_or(|rest| !rest[..rest.find("</div>").unwrap()].contains('−')), "{name}");
    }
}

#[test]
fn where_there_is_nothing_to_say_it_says_so() {
    let page = of("two regions").page();
    assert!(page.contains("There are no placebos: donors: 2 or more are needed, there are 1."), "{page}");
    assert!(page.contains("There is one region to compare with"));
    assert!(of("did").page().contains("exact if the treated regions were drawn at random"));
    assert!(of("one day").page().contains("The smallest p-value") || of("one day").tested.found.smallest_p < Some(0.1));
    assert!(of("ridge").page().contains("a ridge regression for what its weights leave over"));
}

#[test]
fn the_numbers_of_the_page_are_those_of_the_test() {
    let test = of("usual");
    let html = test.report().html().unwrap();
    let page = parse(&html);
    let caption = |table: &roxmltree::Node<'_, '_>| {
        table
            .descendants()
            .find(|node| node.has_tag_name("caption"))
            .map(|node| node.descendants().filter_map(|node| node.text()).collect::<String>())
    };
    let rows = |begins: &str| {
        let tables = page.descendants().filter(|node| node.has_tag_name("table"));
        let table = tables.into_iter().find(|table| caption(table).is_some_and(|text| text.trim().starts_with(begins)));
        let bodies = table.unwrap().descendants().filter(|node| node.has_tag_name("tbody"));
        bodies.flat_map(|body| body.children()).filter(|node| node.has_tag_name("tr")).count()
    };
    assert_eq!(rows("Extra orders in all, by every method"), 5);
    assert_eq!(rows("Placebos"), 15);
    let listed = test.tested.weights.iter().filter(|weight| weight.weight >= 0.0005).count();
    assert_eq!(rows("What each region counts for"), listed);
    assert_eq!(html.matches("<svg").count(), 8);
}
