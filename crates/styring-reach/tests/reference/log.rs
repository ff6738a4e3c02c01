//! Truth from logs.

use std::collections::BTreeMap;

use serde::Deserialize;
use styring_reach::{ImpressionLog, Overexposure, Reach};
use styring_testkit::reference::Reference;

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Input {
    Log { events: Vec<(String, String, i64)>, window_s: u64, threshold: u64, min_channels: u64 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    reach: u64,
    impressions: u64,
    average_frequency: Option<f64>,
    frequency_histogram: BTreeMap<u64, u64>,
    k_plus: Vec<u64>,
    channels: Vec<Channel>,
    users_by_channel_count: BTreeMap<u64, u64>,
    max_in_window: BTreeMap<String, u64>,
    overexposed: Vec<String>,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_field_names, reason = "named in the file")]
struct Channel {
    channel: String,
    reach: u64,
    impressions: u64,
    only_here: u64,
}

#[test]
fn reach_from_log() {
    Reference::new("segments", "reach_from_log").run(|input: Input, expected: Expected, check| {
        let Input::Log { events, window_s, threshold, min_channels } = input;
        let truth = events.into_iter().collect::<ImpressionLog<_, _>>().into_exposures();
        check.equal("reach", &truth.reach(), &Reach::people(expected.reach));
        check.equal("impressions", &truth.impressions(), &expected.impressions);
        match (truth.average_frequency().value(), expected.average_frequency) {
            (Some(got), Some(expected)) => check.float("average_frequency", got, expected),
            (got, expected) => check.equal("average_frequency", &got, &expected),
        }
        let frequencies = truth.frequencies();
        check.equal("frequency_histogram", &frequencies.iter().collect(), &expected.frequency_histogram);
        let k_plus = (1..=frequencies.max_frequency().unwrap_or(0)).map(|k| frequencies.k_plus(k).count());
        check.equal("k_plus", &k_plus.collect(), &expected.k_plus);
        let channels = truth.by_channel().into_iter().map(|row| Channel {
            channel: row.channel.clone(),
            reach: row.reach.count(),
            impressions: row.impressions,
            only_here: row.only_here.count(),
        });
        check.equal("channels", &channels.collect(), &expected.channels);
        let numbers = truth.by_number_of_channels().into_iter().map(|(number, people)| (number, people.count()));
        check.equal("users_by_channel_count", &numbers.collect(), &expected.users_by_channel_count);
        let most = truth.max_in_window(window_s).expect("a width");
        let most = most.into_iter().map(|(person, most)| (person.clone(), most));
        check.equal("max_in_window", &most.collect(), &expected.max_in_window);
        let rule = Overexposure::new(threshold, min_channels, window_s).expect("a rule");
        let too_much = truth.overexposed(rule).into_iter().map(|found| found.person.clone());
        check.equal("overexposed", &too_much.collect(), &expected.overexposed);
    });
}
