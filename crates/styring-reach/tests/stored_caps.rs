//! What is written down is read back as it was, and nothing is read that could not have been made.
#![cfg(all(feature = "serde", feature = "calendar"))]
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use styring_reach::Error;
use styring_reach::cap::{
    Calendar, CalendarUnit, Caps, Identity, Impression, Options, Per, Platform, Rule, Rules, Secret, Snapshot, Window,
};
use styring_reach::sequence::{Sequence, SequenceState};

fn rules() -> Rules {
    let oslo = Window::Calendar(Calendar::new(CalendarUnit::Week, 2, "Europe/Oslo").unwrap());
    Rules::common_5_7_14()
        .and([
            Rule::new("weeks", 4.5, oslo).unwrap().on_channels(["VG"]).unwrap().for_campaigns(["shoes"]).unwrap(),
            Rule::new("life", 9.0, Window::Lifetime).unwrap().per(Per::Household).counting("click"),
        ])
        .unwrap()
}

fn filled() -> Caps {
    let mut caps = Caps::with(rules(), Options::default().identity(Identity::LINKED));
    for step in 0..40 {
        let names = [["kari", "phone"], ["ola", "tablet"]][step % 2];
        let at = 1_767_225_600 + i64::try_from(step).unwrap() * 7_000;
        let id = format!("i{step}");
        let ad = Impression::of(&names[..=step % 3 / 2], at).unwrap().channel("VG").campaign("shoes");
        let ad = ad.household("home").impression_id(id.as_str()).weighing([1.0, 0.25][step % 5 / 4]).unwrap();
        caps.observe(&if step % 7 == 0 { ad.event("click") } else { ad });
    }
    caps.unlink("tablet");
    caps
}

#[test]
fn rules_in_json() {
    let written = serde_json::to_value(rules()).unwrap();
    assert_eq!(serde_json::from_value::<Rules>(written.clone()).unwrap(), rules());
    let first = json!({"id": "common-5d", "max": 3.0, "window": {"rolling_s": 432_000}, "per": "user"});
    assert_eq!(written[0], first);
    assert_eq!(written[4]["window"], json!({"lifetime": true}));
    for (field, wrong) in [
        ("max", json!(-1)),
        ("max", Value::Null),
        ("window", json!({})),
        ("window", json!({"rolling_s": 0})),
        ("window", json!({"rolling_s": 5, "lifetime": true})),
        ("window", json!({"lifetime": false})),
        ("window", json!({"calendar": {"unit": "day", "n": 0, "tz": "Europe/Oslo"}})),
        ("window", json!({"calendar": {"unit": "day", "n": 1, "tz": "Oslo"}})),
        ("channels", json!([])),
        ("per", json!("flat")),
        ("maximum", json!(3)),
    ] {
        let mut rule = first.clone();
        rule[field] = wrong;
        assert!(serde_json::from_value::<Rule>(rule.clone()).is_err(), "{rule}");
    }
    assert!(serde_json::from_value::<Rules>(json!([first, first])).is_err());
}

#[test]
fn snapshots_in_json() {
    let caps = filled();
    let text = serde_json::to_string(&caps.snapshot()).unwrap();
    assert!(!text.contains("kari"), "no name is kept");
    let read: Snapshot = serde_json::from_str(&text).unwrap();
    assert_eq!(read, caps.snapshot());
    let mut restored = Caps::restore(&read, Secret::default()).unwrap();
    assert_eq!(serde_json::to_string(&restored.snapshot()).unwrap(), text);
    let mut caps = caps;
    for hour in 0..500 {
        let ad = Impression::of("kari", 1_767_225_600 + hour * 3600).unwrap().channel("VG").campaign("shoes");
        assert_eq!(caps.request(&ad.household("home")), restored.request(&ad.household("home")));
    }
}

#[test]
fn snapshots_that_nobody_wrote() {
    let good = serde_json::to_value(filled().snapshot()).unwrap();
    let cases: [(&str, Value, &str); 9] = [
        ("/version", json!(2), "version 2"),
        ("/witness", json!(1), "another secret"),
        ("/identity", json!("presented"), "links where"),
        ("/people/0/key", json!(u64::MAX), "order of their keys"),
        ("/people/0/at/0", json!(0), "newest first"),
        ("/people/0/at/0", json!(i64::MAX), "years 1 to 9999"),
        ("/people/0/weights", json!([1.0]), "equally long"),
        ("/last_tag", json!(0), "above the last"),
        ("/recorded/0/1", json!(null), ""),
    ];
    for (place, wrong, reason) in cases {
        let mut snapshot = good.clone();
        *snapshot.pointer_mut(place).unwrap() = wrong;
        match serde_json::from_value::<Snapshot>(snapshot) {
            Ok(snapshot) => match Caps::restore(&snapshot, Secret::default()) {
                Err(Error::Snapshot { reason: got }) => {
                    assert!(!reason.is_empty() && got.contains(reason), "{place}: {got}");
                }
                other => panic!("{place}: {other:?}"),
            },
            Err(_) => assert!(reason.is_empty(), "{place}"),
        }
    }
    for (column, wrong) in [("classes", json!(7 << 28)), ("weights", json!(-1.0)), ("weights", json!(0.0))] {
        let mut snapshot = good.clone();
        let length = snapshot["people"][0]["at"].as_array().unwrap().len();
        snapshot["people"][0][column] = Value::Array(vec![wrong; length]);
        let snapshot: Snapshot = serde_json::from_value(snapshot).unwrap();
        assert!(matches!(Caps::restore(&snapshot, Secret::default()), Err(Error::Snapshot { .. })), "{column}");
    }
}

#[test]
fn sequences_and_platforms() {
    let sequence = Sequence::new(1, 3, 10, 20).unwrap().exit_on(["purchase"]).unwrap().reenter_after(5).unwrap();
    let written = serde_json::to_value(&sequence).unwrap();
    assert_eq!(serde_json::from_value::<Sequence>(written.clone()).unwrap(), sequence);
    for (field, wrong) in
        [("max_intro", json!(0)), ("exit_on", json!(["impression"])), ("rest_s", json!(u64::MAX)), ("x", json!(1))]
    {
        let mut changed = written.clone();
        changed[field] = wrong;
        assert!(serde_json::from_value::<Sequence>(changed).is_err(), "{field}");
    }
    let state = sequence.step(SequenceState::default(), "impression", 7);
    assert_eq!(serde_json::from_value::<SequenceState>(serde_json::to_value(state).unwrap()).unwrap(), state);
    assert!(size_of::<SequenceState>() <= 24);
    let dv360 = serde_json::to_value(Platform::dv360()).unwrap();
    assert_eq!(serde_json::from_value::<Platform>(dv360).unwrap(), Platform::dv360());
}
