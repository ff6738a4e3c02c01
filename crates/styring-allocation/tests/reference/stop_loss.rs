//! The stop-loss of the founding text.

use serde::Deserialize;
use serde_json::Value;
use styring_allocation::{Creative, StopDecision, StopLoss, StopReason, Video};
use styring_money::{Currency, Money, Share};
use styring_testkit::reference::{Reference, decimal};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    creatives: Vec<Results>,
    rule: Rule,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Results {
    spend_minor: i64,
    clicks: u64,
    video_starts: u64,
    completions: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    max_cpc_minor: i64,
    min_completion: Value,
    min_clicks: u64,
    min_starts: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    stop_reasons: Vec<Vec<String>>,
    active: Vec<usize>,
    all_stopped: bool,
}

#[test]
fn rhythm_stop_loss() {
    Reference::new("allocation", "rhythm_stop_loss").run(|input: Input, expected: Expected, check| {
        let nok = |minor: i64| Money::from_minor(minor.into(), Currency::NOK).expect("an amount");
        let rule = StopLoss {
            max_cpc: nok(input.rule.max_cpc_minor),
            min_completion: Share::new(decimal(&input.rule.min_completion).expect("a number")).expect("a share"),
            min_clicks: input.rule.min_clicks,
            min_starts: input.rule.min_starts,
        };
        let creative = |(place, results): (usize, &Results)| Creative {
            name: place.to_string(),
            spend: nok(results.spend_minor).into(),
            clicks: results.clicks,
            video: Some(Video { starts: results.video_starts, completions: results.completions }),
        };
        let creatives: Vec<Creative> = input.creatives.iter().enumerate().map(creative).collect();
        match rule.check(&creatives) {
            Err(fault) => check.fail(fault),
            Ok(checked) => {
                let word = |reason: &StopReason| match reason {
                    StopReason::Completion { .. } => "completion".to_owned(),
                    _ => "cpc".to_owned(),
                };
                let reasons: Vec<Vec<String>> =
                    checked.iter().map(|creative| creative.reasons.iter().map(word).collect()).collect();
                check.equal("stop_reasons", &reasons, &expected.stop_reasons);
                let running = |place: &usize| checked[*place].decision != StopDecision::Stop;
                let active: Vec<usize> = (0..checked.len()).filter(running).collect();
                check.equal("active", &active, &expected.active);
                check.equal("all_stopped", &active.is_empty(), &expected.all_stopped);
            }
        }
    });
}
