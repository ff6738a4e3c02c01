//! Signals read back from what they print, and conditions against the truth tables of Kleene.
#![allow(clippy::unwrap_used)]

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike, Weekday};
use proptest::prelude::*;
use styring_segments::naming::{Code, Dimension, Entry, Fields, SchemeSpec, Value};
use styring_segments::signals::{
    Condition, Context, Daypart, Days, Degrees, Device, Hours, Signal, SignalKind, Sky, Spot, Truth,
};

fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
}

fn days() -> impl Strategy<Value = Days> {
    (1_u8..128).prop_map(|bits| {
        let week = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
        Days::of(week.into_iter().filter(|day| bits & 1 << day.num_days_from_monday() != 0)).unwrap()
    })
}

fn hours() -> impl Strategy<Value = Hours> {
    ((0_u8..24, 0_u8..60), (0_u8..24, 0_u8..60))
        .prop_filter_map("an hour that differs", |(from, to)| Hours::new(from, to).ok())
}

fn signals() -> impl Strategy<Value = Signal> {
    prop_oneof![
        (days(), proptest::option::of(hours())).prop_map(|(days, hours)| Signal::Daypart(Daypart::new(days, hours))),
        proptest::sample::select(Device::ALL).prop_map(Signal::Device),
        proptest::sample::select(Sky::ALL).prop_map(Signal::Sky),
        (proptest::option::of(-100_i8..=100), proptest::option::of(-100_i8..=100))
            .prop_filter_map("a range", |(from, below)| Degrees::new(from, below).ok().map(Signal::Temperature)),
    ]
}

fn conditions() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        signals().prop_map(Condition::from),
        Just(Condition::Within("Oslo".into())),
        Just(Condition::Programme("Nyhetene".into()))
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Condition::All),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Condition::Any),
            inner.prop_map(|condition| Condition::Not(Box::new(condition))),
        ]
    })
}

fn contexts() -> impl Strategy<Value = Context> {
    let time = proptest::option::of(
        (0_i64..14 * 1440).prop_map(|minute| at("2026-11-23 00:00") + chrono::TimeDelta::minutes(minute)),
    );
    let place = proptest::option::of(
        proptest::sample::select(vec!["Oslo", "Bergen"]).prop_map(|city| ["Norge", city].into_iter().collect()),
    );
    let device = proptest::option::of(proptest::sample::select(Device::ALL));
    let sky = proptest::option::of(proptest::sample::select(Sky::ALL));
    let celsius = proptest::option::of(-30.0..35.0);
    (time, place, device, sky, celsius).prop_map(|(time, place, device, sky, celsius)| Context {
        time,
        place,
        device,
        sky,
        celsius,
        ..Context::default()
    })
}

proptest! {
    #[test]
    fn a_signal_reads_back_from_what_it_prints(signal in signals()) {
        let printed = signal.to_string();
        prop_assert_eq!(Signal::read(signal.kind(), &printed).unwrap(), signal, "{}", printed);
        prop_assert_eq!(Signal::read(signal.kind(), &printed.to_uppercase()).unwrap(), signal, "{}", printed);
        // One word never stands for a separator of a name.
        prop_assert!(printed.split(' ').all(|word| !word.chars().all(|character| "-–—−".contains(character))), "{}", printed);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,20}", close in "(man|tir|kl|under|minst|[0-9]{1,3}|[-–+., °C]){0,8}") {
        for text in [text, close] {
            for kind in [SignalKind::Daypart, SignalKind::Device, SignalKind::Sky, SignalKind::Temperature] {
                if let Ok(signal) = Signal::read(kind, &text) {
                    prop_assert_eq!(Signal::read(kind, &signal.to_string()).unwrap(), signal);
                }
            }
        }
    }

    #[test]
    fn a_daypart_holds_minute_by_minute(days in days(), hours in hours(), minute in 0_i64..14 * 1440) {
        let time = at("2026-11-23 00:00") + chrono::TimeDelta::minutes(minute);
        // The hours as the text says them, counted from the midnight the part began after.
        let text = hours.to_string();
        let ends: Vec<i64> = text.split('–').map(|end| {
            let (hour, minute) = end.split_once('.').unwrap_or((end, "0"));
            hour.parse::<i64>().unwrap() * 60 + minute.parse::<i64>().unwrap()
        }).collect();
        let (from, to) = (ends[0], if ends[1] > ends[0] { ends[1] } else { ends[1] + 1440 });
        let now = i64::from(time.hour() * 60 + time.minute());
        let expected = [(time.weekday(), now), (time.weekday().pred(), now + 1440)].iter().any(|(day, minute)| days.contains(*day) && (from..to).contains(minute));
        prop_assert_eq!(Daypart::new(days, Some(hours)).holds(time), expected, "{} {}", text, time);
    }

    /// What is not known is unknown only where it could change the answer: filling the gaps never changes a yes or a no.
    #[test]
    fn more_knowledge_never_changes_an_answer(condition in conditions(), known in contexts(), more in contexts()) {
        let filled = Context {
            time: known.time.or(more.time), place: known.place.clone().or(more.place), device: known.device.or(more.device),
            sky: known.sky.or(more.sky), celsius: known.celsius.or(more.celsius), ..Context::default()
        };
        let answer = condition.holds(&known);
        if !matches!(answer, Truth::Unknown(_)) {
            prop_assert_eq!(condition.holds(&filled), answer);
        }
        let opposite = Condition::Not(Box::new(condition.clone())).holds(&known);
        prop_assert_eq!(Condition::Not(Box::new(Condition::Not(Box::new(condition.clone())))).holds(&known), condition.holds(&known));
        prop_assert!(opposite != condition.holds(&known) || matches!(opposite, Truth::Unknown(_)));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn files_hold_conditions(condition in conditions(), context in contexts()) {
        let json = serde_json::to_string(&condition).unwrap();
        prop_assert_eq!(serde_json::from_str::<Condition>(&json).unwrap(), condition);
        let json = serde_json::to_string(&context).unwrap();
        let back = serde_json::from_str::<Context>(&json).unwrap();
        prop_assert_eq!((back.time, back.place, back.device, back.sky), (context.time, context.place, context.device, context.sky));
    }
}

#[test]
fn people_write_it_in_many_ways() {
    for (kind, texts, printed) in [
        (SignalKind::Daypart, &["Hverdager kl. 7-10", "man-fre 07:00–10.00", "weekdays 07–10"][..], "hverdager 07–10"),
        (SignalKind::Daypart, &["lør+søn", "Helg", "sat-sun"], "helg"),
        (SignalKind::Daypart, &["fre–man", "man,fre,lør,søn"], "man+fre–søn"),
        (SignalKind::Daypart, &["22-2", "kl 22–02", "alle dager 22.00–02"], "22–02"),
        (SignalKind::Daypart, &["00–24", "0-0"], "00–24"),
        (SignalKind::Device, &["mobil", "MOBILE", "Smartphone"], "Mobil"),
        (SignalKind::Sky, &["regn", "showers"], "Regn"),
        (SignalKind::Temperature, &["under 0", "below 0 °C", "UNDER 0C"], "under 0 °C"),
        (SignalKind::Temperature, &["-5-3", "−5–3 °C"], "−5–3 °C"),
    ] {
        for text in texts {
            assert_eq!(Signal::read(kind, text).unwrap().to_string(), printed, "{text}");
        }
    }
    for (kind, text) in [
        (SignalKind::Daypart, ""),
        (SignalKind::Daypart, "25–26"),
        (SignalKind::Daypart, "7–7"),
        (SignalKind::Daypart, "mandagskos"),
        (SignalKind::Temperature, "10–0 °C"),
        (SignalKind::Temperature, "varmt"),
        (SignalKind::Sky, "flott"),
    ] {
        assert!(Signal::read(kind, text).is_err(), "{text}");
    }
}

#[test]
fn distances_are_those_of_the_globe() {
    // Oslo to Bergen: 305 km as the crow flies (GeographicLib on WGS 84 gives 305.4 for these points).
    let oslo = Spot { latitude: 59.9139, longitude: 10.7522 };
    let bergen = Spot { latitude: 60.3913, longitude: 5.3221 };
    assert!((oslo.kilometres_to(bergen) - 305.4).abs() < 1.9);
    let pole = Spot { latitude: 90.0, longitude: 0.0 };
    let quarter = pole.kilometres_to(Spot { latitude: 0.0, longitude: 77.0 });
    assert!((quarter - std::f64::consts::FRAC_PI_2 * 6371.0088).abs() < 1e-6);
    assert!(oslo.kilometres_to(oslo).abs() < 1e-9);
    assert!(
        Condition::Near { spot: oslo, kilometres: 2.0 }.holds(&Context { spot: Some(oslo), ..Context::default() })
            == Truth::Yes
    );
}

#[test]
fn a_condition_says_what_it_lacks() {
    let warm = Condition::any([Condition::Sky(Sky::Sun), Condition::Temperature("minst 20 °C".parse().unwrap())]);
    assert_eq!(warm.holds(&Context::default()).to_string(), "unknown: celsius, sky are not given");
    assert_eq!(warm.holds(&Context { celsius: Some(20.0), ..Context::default() }), Truth::Yes);
    assert_eq!(
        Condition::all([warm.clone(), Condition::Within("Oslo".into())]).to_string(),
        "(sol eller minst 20 °C) og i Oslo"
    );
    assert_eq!(Condition::Not(Box::new(warm)).to_string(), "ikke (sol eller minst 20 °C)");
    let november = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
    assert_eq!(november.weekday(), Weekday::Fri);
    let night: Daypart = "fre 22–02".parse().unwrap();
    assert!(
        night.holds(at("2026-11-28 01:30"))
            && !night.holds(at("2026-11-27 01:30"))
            && !night.holds(at("2026-11-28 02:00"))
    );
}

/// A signal is a part of a name: read in any of its forms, written in one, and back from it.
#[test]
fn names_hold_signals() {
    let stage = Dimension::vocab([Entry::new("Prospect")]);
    let scheme = SchemeSpec::new("signals")
        .dimension("stage", stage)
        .dimension("daypart", Dimension::signal(SignalKind::Daypart))
        .dimension("sky", Dimension::signal(SignalKind::Sky))
        .template("Prospect", ["daypart"], ["sky"])
        .scheme()
        .unwrap();
    let parsed = scheme.parse("prospect - man-fre kl. 7-10 - rain");
    assert_eq!(parsed.canonical(), Some("Prospect – hverdager 07–10 – Regn"));
    let codes: Vec<_> = parsed.diagnostics().iter().map(|wrong| wrong.code().as_str()).collect();
    assert_eq!(codes, ["W_SEPARATOR_VARIANT", "W_CASE", "W_SIGNAL_FORM", "W_SIGNAL_FORM"]);
    let name = scheme.parse_strict("Prospect – hverdager 07–10 – Regn").unwrap();
    assert_eq!(name.value("sky").and_then(Value::signal), Some(Signal::Sky(Sky::Rain)));
    assert_eq!(scheme.build(&Fields::from(&name)).unwrap(), name);
    let wrong = scheme.parse("Prospect – om morgenen");
    assert_eq!(wrong.diagnostics()[0].code(), Code::UnknownValue);
    assert!(scheme.build(&Fields::new().with("stage", "Prospect").with("daypart", "man-fre 7-10")).is_err());
    #[cfg(feature = "serde")]
    {
        let dimension: Dimension = serde_json::from_str(r#"{"kind": "signal", "signal": "daypart"}"#).unwrap();
        assert_eq!(dimension, Dimension::signal(SignalKind::Daypart));
    }
}
