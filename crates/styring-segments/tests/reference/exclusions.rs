//! Waterfalls and negative lists.

use std::collections::BTreeMap;

use serde::Deserialize;
use styring_segments::exclusions::{Mode, Plan, Proof, Segment, Threshold};
use styring_testkit::reference::Reference;

use crate::ordered::{Ordered, Spec};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    kind: Kind,
    mode: Kind,
    order: Vec<String>,
    sets: Ordered<Spec>,
    max_exclusions: Option<usize>,
    min_count: Option<u64>,
    min_share: Option<f64>,
}

#[derive(Deserialize, Debug, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    AllHigher,
    Overlapping,
    Minimal,
    Greedy,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    waterfall: Vec<Step>,
    union: u64,
    exclude: BTreeMap<String, Vec<String>>,
    residual_overlap: BTreeMap<String, u64>,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Step {
    name: String,
    gross: u64,
    net: u64,
    removed: u64,
}

#[test]
fn exclusions() {
    Reference::new("segments", "exclusions").run(|input: Input, expected: Expected, check| {
        check.equal("kind", &input.kind, &input.mode);
        let mode = match (input.mode, input.max_exclusions, input.min_count, input.min_share) {
            (Kind::AllHigher, None, None, None) => Mode::AllHigher,
            (Kind::Minimal, None, None, None) => Mode::Minimal,
            (Kind::Overlapping, None, count, share) => Mode::Overlapping(
                Threshold::new(count.unwrap_or_default(), share.unwrap_or_default()).expect("a threshold"),
            ),
            (Kind::Greedy, Some(max_exclusions), None, None) => Mode::Greedy { max_exclusions },
            other => return check.fail(format!("{other:?}")),
        };
        let regions = input.sets.audiences().regions().expect("regions");
        let priority: Vec<Segment> = input.order.iter().map(Segment::target).collect();
        let plan = match Plan::new(&regions, &priority, mode) {
            Ok(plan) => plan,
            Err(fault) => return check.fail(fault),
        };
        let waterfall: Vec<Step> = plan
            .lines
            .iter()
            .map(|line| Step { name: line.name.clone(), gross: line.gross, net: line.net, removed: line.removed })
            .collect();
        check.equal("waterfall", &waterfall, &expected.waterfall);
        check.equal("union", &plan.union, &expected.union);
        let exclude = |line: &styring_segments::exclusions::PlanLine<u64>| {
            line.exclude.iter().map(|list| list.name.clone()).collect()
        };
        let lists = plan.lines.iter().map(|line| (line.name.clone(), exclude(line))).collect();
        check.equal("exclude", &lists, &expected.exclude);
        let residual = plan.lines.iter().map(|line| (line.name.clone(), line.residual)).collect();
        check.equal("residual_overlap", &residual, &expected.residual_overlap);
        if mode == Mode::Minimal {
            check.equal("proven", &plan.lines.iter().all(|line| line.proof == Proof::Fewest), &true);
        }
    });
}
