//! Windows in the units of platforms.

use serde::Deserialize;
use styring_reach::cap::{TimeUnit, TimeUnits};
use styring_testkit::reference::{Check, Reference};

/// What is asked. All of them run alike; one that is not here is a deviation.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Translate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(rename = "kind")]
    _kind: Kind,
    window_s: u64,
    #[serde(rename = "platform")]
    _platform: String,
    table: TimeUnits,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Expected {
    exact: bool,
    unit: Option<TimeUnit>,
    count: Option<u32>,
    window_s: Option<u64>,
}

#[test]
fn fcap_translate() {
    Reference::new("segments", "fcap_translate").run(|input: Input, expected: Expected, check: &mut Check| {
        let got = input.table.translate(input.window_s);
        let got = Expected {
            exact: got.is_some_and(|got| got.exact()),
            unit: got.map(|got| got.unit()),
            count: got.map(|got| got.count()),
            window_s: got.map(|got| got.window_s()),
        };
        check.equal("translation", &got, &expected);
    });
}
