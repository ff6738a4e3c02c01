//! The reference cases of this crate.
#![allow(clippy::expect_used)]

use serde::Deserialize;
use styring_simulator::{Truth, reported};
use styring_testkit::reference::Reference;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    market: Truth,
    spend: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    incremental: Vec<Vec<f64>>,
    reported: Vec<Vec<f64>>,
    frequency: Vec<Vec<f64>>,
}

#[test]
fn market_physics() {
    Reference::new("allocation", "market_physics").run(|Input { market, spend }: Input, expected: Expected, check| {
        market.check().expect("a market");
        let mut state = market.start();
        let weeks: Vec<_> = spend.iter().map(|spend| market.play(&mut state, spend).expect("a week")).collect();
        let of = |pick: fn(&styring_simulator::Played) -> f64| -> Vec<Vec<f64>> {
            weeks.iter().map(|week| week.iter().map(pick).collect()).collect()
        };
        let claimed = of(|channel| channel.claimed);
        let late: Vec<Vec<f64>> = (0..market.channels.len())
            .map(|index| reported(&claimed.iter().map(|week| week[index]).collect::<Vec<_>>(), &market.delay))
            .collect();
        let late = (0..spend.len()).map(|week| late.iter().map(|channel| channel[week]).collect()).collect();
        let all = [
            ("incremental", of(|channel| channel.incremental), expected.incremental),
            ("reported", late, expected.reported),
            ("frequency", of(|channel| channel.frequency), expected.frequency),
        ];
        for (what, got, expected) in all {
            check.equal(what, &got.len(), &expected.len());
            for (week, (got, expected)) in got.iter().zip(&expected).enumerate() {
                check.floats(&format!("{what} of week {}", week + 1), got, expected);
            }
        }
    });
}
