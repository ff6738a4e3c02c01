//! Caps: decisions in the order in which they are asked for.

use std::collections::BTreeMap;

use serde::Deserialize;
use styring_reach::cap::{Caps, Decision, Identity, Impression, Linked, Next, Options, Rules};
use styring_testkit::reference::{Check, Reference};

/// What the rules and the log try. All of them run alike; one that is not here is a deviation.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Boundary,
    MultiWindow,
    Campaign,
    OutOfOrder,
    Identity,
    Household,
    Weighted,
    Calendar,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(rename = "kind")]
    _kind: Kind,
    rules: Rules,
    ops: Vec<Op>,
    #[serde(default)]
    identity_mode: Mode,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum Mode {
    #[default]
    Presented,
    Linked,
}

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
enum Op {
    Request(Shown),
    Check(Shown),
    Observe(Shown),
    Link(Link),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    t: i64,
    ids: Vec<String>,
    channel: Option<String>,
    campaign: Option<String>,
    household: Option<String>,
    weight: Option<f64>,
    impression_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    #[serde(rename = "t")]
    _t: Option<i64>,
    ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    results: Vec<Answer>,
    summary: Summary,
}

/// What an op answers, each its own part. A time that is null, and one that is left out because the answer is yes, are both none.
#[derive(Deserialize, Debug, PartialEq, Default)]
#[serde(deny_unknown_fields)]
struct Answer {
    allow: Option<bool>,
    blocked_by: Option<Vec<String>>,
    next_allowed_at: Option<i64>,
    recorded: Option<bool>,
    ok: Option<bool>,
}

#[derive(Deserialize, Debug, PartialEq, Default)]
#[serde(deny_unknown_fields)]
struct Summary {
    delivered: u32,
    denied: u32,
    by_channel: BTreeMap<String, Counts>,
}

#[derive(Deserialize, Debug, PartialEq, Default)]
#[serde(deny_unknown_fields)]
struct Counts {
    delivered: u32,
    denied: u32,
}

impl Shown {
    fn impression(&self) -> Impression<'_> {
        let mut impression = Impression::of(&self.ids, self.t).expect("a time");
        if let Some(channel) = &self.channel {
            impression = impression.channel(channel);
        }
        if let Some(campaign) = &self.campaign {
            impression = impression.campaign(campaign);
        }
        if let Some(household) = &self.household {
            impression = impression.household(household.as_str());
        }
        if let Some(weight) = self.weight {
            impression = impression.weighing(weight).expect("a weight");
        }
        if let Some(id) = &self.impression_id {
            impression = impression.impression_id(id.as_str());
        }
        impression
    }
}

fn answer(caps: &Caps, decision: &Decision) -> Answer {
    let next_allowed_at = match decision.next_allowed() {
        Some(Next::At(at)) => Some(at),
        Some(Next::Never) | None => None,
    };
    assert_eq!(decision.allowed(), decision.next_allowed().is_none());
    Answer {
        allow: Some(decision.allowed()),
        blocked_by: Some(decision.blocked_by(caps.rules()).map(str::to_owned).collect()),
        next_allowed_at,
        ..Answer::default()
    }
}

#[test]
fn fcap_decisions() {
    Reference::new("segments", "fcap_decisions").run(|input: Input, expected: Expected, check: &mut Check| {
        let identity = match input.identity_mode {
            Mode::Presented => Identity::Presented,
            Mode::Linked => Identity::LINKED,
        };
        let mut caps = Caps::with(input.rules, Options::default().identity(identity));
        let mut summary = Summary::default();
        check.equal("number of results", &input.ops.len(), &expected.results.len());
        for (index, (op, expected)) in input.ops.iter().zip(&expected.results).enumerate() {
            let got = match op {
                Op::Request(shown) => {
                    let decision = caps.request(&shown.impression());
                    let of_channel = summary.by_channel.entry(shown.channel.clone().unwrap_or_default()).or_default();
                    if decision.allowed() {
                        summary.delivered += 1;
                        of_channel.delivered += 1;
                    } else {
                        summary.denied += 1;
                        of_channel.denied += 1;
                    }
                    answer(&caps, &decision)
                }
                Op::Check(shown) => {
                    let decision = caps.check(&shown.impression());
                    answer(&caps, &decision)
                }
                Op::Observe(shown) => Answer { recorded: Some(caps.observe(&shown.impression())), ..Answer::default() },
                Op::Link(link) => {
                    Answer { ok: Some(!matches!(caps.link(&link.ids), Linked::TooMany(_))), ..Answer::default() }
                }
            };
            check.equal(&format!("op {index}"), &got, expected);
        }
        check.equal("summary", &summary, &expected.summary);
    });
}
