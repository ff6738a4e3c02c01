//! The event catalogue: what it refuses, what an audit finds, and what changes between versions.
#![allow(clippy::unwrap_used)]

use chrono::NaiveDate;
use proptest::prelude::*;
use styring_segments::Error;
use styring_segments::events::{Audit, Catalogue, Code, Event, EventKind, Property, PropertyKind};

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 1).unwrap()
}

fn shop() -> Catalogue {
    Catalogue::new([
        Event::new("purchase", EventKind::Macro)
            .owner("nettbutikk")
            .with(Property::required("value", PropertyKind::Number))
            .with(Property::required("currency", PropertyKind::Text).one_of(["NOK", "SEK"]))
            .with(Property::optional("items", PropertyKind::Integer))
            .with(Property::optional("delivery_day", PropertyKind::Day))
            .with(Property::optional("is_gift", PropertyKind::Boolean)),
        Event::new("add_to_cart", EventKind::Micro).alias("addToCart"),
        Event::new("cart_add", EventKind::Micro).deprecated(day(), Some("add_to_cart")),
        Event::new("video_50", EventKind::Quality),
    ])
    .unwrap()
}

/// Code, event, property, how many of how many.
fn found(audit: &Audit<'_>) -> Vec<(Code, String, Option<String>, u64, u64)> {
    let told = |finding: &styring_segments::events::Finding| {
        (
            finding.code(),
            finding.event().to_owned(),
            finding.property().map(ToOwned::to_owned),
            finding.count(),
            finding.of(),
        )
    };
    audit.findings().iter().map(told).collect()
}

#[test]
fn values_are_held_against_their_kinds() {
    let catalogue = shop();
    let mut audit = Audit::new(&catalogue);
    let good =
        [("value", "499.00"), ("currency", "NOK"), ("items", "2"), ("delivery_day", "2026-12-01"), ("is_gift", "true")];
    audit.see("purchase", good);
    audit.see("add_to_cart", []);
    audit.see("video_50", []);
    assert!(audit.findings().is_empty() && audit.is_clean());
    for (property, value) in [
        ("value", "mye"),
        ("value", "NaN"),
        ("value", "inf"),
        ("items", "2.5"),
        ("delivery_day", "1.12.2026"),
        ("is_gift", "ja"),
    ] {
        let mut audit = Audit::new(&catalogue);
        let changed = good.map(|(name, right)| (name, if name == property { value } else { right }));
        audit.see("purchase", changed);
        let wrong = audit.findings().into_iter().find(|finding| finding.code() == Code::WrongKind).unwrap();
        assert_eq!((wrong.property(), wrong.example()), (Some(property), Some(value)));
        assert!(!audit.is_clean());
    }
}

#[test]
fn what_arrives_under_other_names_is_known() {
    let catalogue = shop();
    let mut audit = Audit::new(&catalogue);
    audit.see_times("addToCart", 40, []);
    audit.see_times("cart_add", 7, []);
    audit.see_times("Add To Cart", 2, []);
    audit.see_times("prchase", 3, []);
    audit.see_times("newsletter_signup", 1, []);
    let fixes: Vec<_> = audit
        .findings()
        .iter()
        .map(|finding| (finding.code(), finding.event().to_owned(), finding.fix().map(ToOwned::to_owned)))
        .collect();
    let told = |code, event: &str, fix: Option<&str>| (code, event.to_owned(), fix.map(ToOwned::to_owned));
    assert_eq!(
        fixes,
        [
            told(Code::UnknownEvent, "Add To Cart", Some("add_to_cart")),
            told(Code::UnknownEvent, "newsletter_signup", None),
            told(Code::UnknownEvent, "prchase", Some("purchase")),
            told(Code::Alias, "addToCart", Some("add_to_cart")),
            told(Code::Deprecated, "cart_add", Some("add_to_cart")),
            told(Code::NeverSeen, "purchase", None),
            told(Code::NeverSeen, "video_50", None),
        ]
    );
}

#[test]
fn an_address_is_found_and_not_shown() {
    let catalogue = shop();
    let mut audit = Audit::new(&catalogue);
    for value in
        ["ola@nordmann.no", "mailto:ola@nordmann.no", "/kasse?epost=ola%40nordmann.no&x=1", "<ola@nordmann.no>"]
    {
        audit.see("purchase", [("value", "1"), ("currency", value), ("note", value)]);
    }
    let findings = audit.findings();
    let said: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(
        said.contains(&"E_PERSONAL_VALUE purchase.currency: looks like an e-mail address in 4 of 4".to_owned()),
        "{said:?}"
    );
    assert!(
        said.contains(&"E_PERSONAL_VALUE purchase.note: looks like an e-mail address in 4 of 4".to_owned()),
        "{said:?}"
    );
    assert!(said.iter().all(|line| !line.contains("nordmann")), "{said:?}");
    for innocent in ["2 @ 499", "@styring", "pris@", "lørdag", "a@b"] {
        let mut audit = Audit::new(&catalogue);
        audit.see("video_50", [("note", innocent)]);
        assert!(audit.findings().iter().all(|finding| finding.code() != Code::PersonalValue), "{innocent}");
    }
}

#[test]
fn what_does_not_hold_is_refused() {
    let event = |name: &str| Event::new(name, EventKind::Micro);
    let refused = |events: Vec<Event>, event: &str, words: &str| match Catalogue::new(events) {
        Err(Error::Event { event: named, problem }) => {
            assert!(named == event && problem.contains(words), "{named}: {problem}");
        }
        other => panic!("{other:?}"),
    };
    refused(vec![event("AddToCart")], "AddToCart", "snake_case");
    refused(vec![event("page_view")], "page_view", "page_view");
    refused(vec![event("a"), event("a")], "a", "names a too");
    refused(vec![event("a"), event("b").alias("a")], "b", "a names a too");
    refused(
        vec![
            event("a")
                .with(Property::required("x", PropertyKind::Text))
                .with(Property::optional("x", PropertyKind::Text)),
        ],
        "a",
        "comes twice",
    );
    refused(
        vec![event("a").with(Property::required("x", PropertyKind::Integer).one_of(["1", "to"]))],
        "a",
        "\"to\" is no value",
    );
    refused(vec![event("a").deprecated(day(), Some("b"))], "a", "replacement b");
    refused(vec![event("a").deprecated(day(), Some("b")), event("b").deprecated(day(), None)], "a", "replacement b");
}

#[test]
fn versions_are_compared() {
    let old = shop();
    assert_eq!(old.changes_since(&old), []);
    let new = Catalogue::new([
        Event::new("purchase", EventKind::Macro)
            .owner("salg")
            .with(Property::required("value", PropertyKind::Number))
            .with(Property::required("currency", PropertyKind::Text).one_of(["NOK"]))
            .with(Property::required("items", PropertyKind::Number))
            .with(Property::optional("is_gift", PropertyKind::Boolean))
            .with(Property::optional("coupon", PropertyKind::Text)),
        Event::new("cart_addition", EventKind::Micro).alias("add_to_cart").alias("addToCart"),
        Event::new("video_50", EventKind::Micro).deprecated(day(), None),
        Event::new("video_75", EventKind::Quality),
    ])
    .unwrap();
    let said: Vec<String> = new.changes_since(&old).iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "safe:   purchase belongs to \"salg\", did to \"nettbutikk\"",
            "breaks: purchase.currency allows only NOK",
            "breaks: purchase.items is number, was integer",
            "breaks: purchase.items is required now",
            "safe:   purchase.coupon is new",
            "breaks: purchase.delivery_day is gone",
            "breaks: cart_addition was add_to_cart",
            "breaks: video_50 is micro, was quality",
            "safe:   video_50 is deprecated since 2026-10-01",
            "safe:   video_75 is new",
            "breaks: cart_add is gone",
        ]
    );
}

#[cfg(feature = "serde")]
#[test]
fn a_file_holds_a_catalogue_and_is_checked() {
    let text = r#"
        [[events]]
        name = "purchase"
        kind = "macro"
        owner = "nettbutikk"
        properties = [{ name = "value", kind = "number", required = true }, { name = "currency", kind = "text", one_of = ["NOK"] }]

        [[events]]
        name = "cart_add"
        kind = "micro"
        deprecated_since = "2026-10-01"
        replaced_by = "add_to_cart"

        [[events]]
        name = "add_to_cart"
        kind = "micro"
        aliases = ["addToCart"]
    "#;
    let read: Catalogue = toml::from_str(text).unwrap();
    assert_eq!(read.event("addToCart").unwrap().name(), "add_to_cart");
    let written = toml::to_string(&read).unwrap();
    assert_eq!(toml::from_str::<Catalogue>(&written).unwrap(), read);
    let json = serde_json::to_string(&shop()).unwrap();
    assert_eq!(serde_json::from_str::<Catalogue>(&json).unwrap(), shop());
    let fault = toml::from_str::<Catalogue>(&text.replace("\"addToCart\"", "\"purchase\"")).unwrap_err().to_string();
    assert!(fault.contains("purchase names purchase too"), "{fault}");
    assert!(toml::from_str::<Catalogue>(&text.replace("owner =", "ovner =")).is_err());
}

/// Name, how often, properties.
type Arrival = (String, u64, Vec<(String, String)>);

fn arrivals() -> impl Strategy<Value = Vec<Arrival>> {
    let name = proptest::sample::select(vec!["purchase", "addToCart", "cart_add", "prchase", "video_50"])
        .prop_map(ToOwned::to_owned);
    let property =
        (proptest::sample::select(vec!["value", "currency", "items", "odd"]), "(NOK|1|2.5|x{1,3}|a@b.no| )?");
    let properties = proptest::collection::vec(property.prop_map(|(name, value)| (name.to_owned(), value)), 0..4);
    proptest::collection::vec((name, 1_u64..5, properties), 0..30)
}

fn audit<'a>(catalogue: &'a Catalogue, arrivals: &[Arrival]) -> Audit<'a> {
    let mut audit = Audit::new(catalogue);
    for (name, times, properties) in arrivals {
        audit.see_times(name, *times, properties.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    }
    audit
}

proptest! {
    #[test]
    fn parts_in_any_order_are_the_whole(events in arrivals(), cut in 0_usize..30) {
        let catalogue = shop();
        let whole = audit(&catalogue, &events);
        let (one, other) = events.split_at(cut.min(events.len()));
        let (mut forth, mut back) = (audit(&catalogue, one), audit(&catalogue, other));
        let first = forth.clone();
        forth.merge(&back).unwrap();
        back.merge(&first).unwrap();
        prop_assert_eq!(&forth, &whole);
        prop_assert_eq!(&back, &whole);
        let mut alone = whole.clone();
        alone.merge(&Audit::new(&catalogue)).unwrap();
        prop_assert_eq!(&alone, &whole);
        prop_assert!(found(&whole).iter().all(|(_, _, _, count, of)| count <= of));
        prop_assert_eq!(whole.counts().map(|(_, count)| count).sum::<u64>(), events.iter().map(|(_, times, _)| times).sum::<u64>());
    }

    #[test]
    fn no_text_panics(name in "\\PC{0,20}", property in "\\PC{0,10}", value in "\\PC{0,30}") {
        let catalogue = shop();
        let mut audit = Audit::new(&catalogue);
        audit.see(&name, [(property.as_str(), value.as_str()), ("value", value.as_str())]);
        audit.see("purchase", [(property.as_str(), value.as_str()), ("value", value.as_str())]);
        let _ = (audit.findings(), Catalogue::new([Event::new(name, EventKind::Macro)]));
    }
}

#[test]
fn audits_of_two_catalogues_do_not_mix() {
    let (ours, other) = (shop(), Catalogue::new([Event::new("lead", EventKind::Macro)]).unwrap());
    assert!(matches!(Audit::new(&ours).merge(&Audit::new(&other)), Err(Error::Event { .. })));
}
