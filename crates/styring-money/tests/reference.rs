//! The reference cases of this crate.
#![allow(clippy::expect_used)]

use serde::Deserialize;
use styring_money::{Currency, Exact, Rounding, Unrounded};
use styring_testkit::reference::Reference;

#[derive(Deserialize)]
#[serde(tag = "fn", rename_all = "snake_case", deny_unknown_fields)]
enum Input {
    Round { value: Exact, minor_units: u8 },
    Allocate { total: Exact, minor_units: u8, weights: Vec<u64> },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    Rounded(Rounded),
    Parts(Parts),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rounded {
    half_even: String,
    half_up: String,
    down: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    parts: Vec<String>,
}

/// Any currency with this many minor digits.
fn currency(minor_digits: u8) -> Currency {
    ["JPY", "NOK", "KWD", "CLF"]
        .iter()
        .filter_map(|code| code.parse::<Currency>().ok())
        .find(|currency| currency.minor_digits() == minor_digits)
        .expect("a currency with these minor digits")
}

fn amount(printed: &str) -> &str {
    printed.split_once(' ').map_or(printed, |(_, amount)| amount)
}

#[test]
fn metrics_rounding() {
    Reference::new("metrics", "metrics_rounding").run(|input: Input, expected: Expected, check| {
        match (input, expected) {
            (Input::Round { value, minor_units }, Expected::Rounded(expected)) => {
                let value = Unrounded::new(value, currency(minor_units));
                for (what, rounding, expected) in [
                    ("half_even", Rounding::HalfEven, expected.half_even),
                    ("half_up", Rounding::HalfUp, expected.half_up),
                    ("down", Rounding::Down, expected.down),
                ] {
                    match value.round(rounding) {
                        Ok(got) => check.equal(what, &amount(&got.to_string()), &expected.as_str()),
                        Err(fault) => check.fail(fault),
                    }
                }
            }
            (Input::Allocate { total, minor_units, weights }, Expected::Parts(expected)) => {
                let total = Unrounded::new(total, currency(minor_units)).round(Rounding::Down);
                match total.and_then(|total| total.split(&weights)) {
                    Ok(parts) => {
                        let printed: Vec<_> = parts.iter().map(ToString::to_string).collect();
                        let got: Vec<_> = printed.iter().map(|part| amount(part)).collect();
                        check.equal("parts", &got, &expected.parts.iter().map(String::as_str).collect());
                    }
                    Err(fault) => check.fail(fault),
                }
            }
            _ => check.fail("input and expectation do not belong together"),
        }
    });
}
