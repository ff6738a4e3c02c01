//! The states of one person, event by event.

use serde::Deserialize;
use styring_reach::sequence::{Sequence, SequenceState, Show, Stage};
use styring_testkit::reference::{Check, Reference};

/// How the ops were made. All of them run alike; one that is not here is a deviation.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Path,
    Random,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(rename = "kind")]
    _kind: Kind,
    config: Sequence,
    ops: Vec<Op>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Op {
    t: i64,
    event: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    results: Vec<Answer>,
    r#final: Stage,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Answer {
    state: Stage,
    show: Option<Show>,
}

#[test]
fn sequence() {
    Reference::new("segments", "sequence").run(|input: Input, expected: Expected, check: &mut Check| {
        let sequence = input.config;
        let mut state = SequenceState::default();
        check.equal("number of results", &input.ops.len(), &expected.results.len());
        for (index, (op, expected)) in input.ops.iter().zip(&expected.results).enumerate() {
            let got = if op.event == "query" {
                state = sequence.at(state, op.t);
                Answer { state: state.stage(), show: Some(sequence.show(state, op.t)) }
            } else {
                state = sequence.step(state, &op.event, op.t);
                Answer { state: state.stage(), show: None }
            };
            check.equal(&format!("op {index}"), &got, expected);
        }
        check.equal("final", &state.stage(), &expected.r#final);
    });
}
