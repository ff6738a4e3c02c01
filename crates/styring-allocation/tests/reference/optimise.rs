//! The optima: `concave_optimum`, `target_modes`, and what comes with them.

use serde::Deserialize;
use styring_allocation::Error;
use styring_allocation::optimise::{Choice, Draws, Goal, Group, Hold, Plan, Problem};
use styring_response::Curve;
use styring_testkit::reference::{Check, Reference};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Channel {
    curve: Curve,
    min: f64,
    max: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fixed {
    FixedBudget,
}

/// Names whose order is that of the channels backwards, so that nothing rests on places.
fn name(index: usize) -> String {
    format!("channel {:03}", 999 - index)
}

fn choices(channels: Vec<Channel>) -> impl Iterator<Item = Choice> {
    let choice = |(index, channel): (usize, Channel)| {
        Choice::new(name(index), channel.curve).at_least(channel.min).at_most(channel.max)
    };
    channels.into_iter().enumerate().map(choice)
}

fn problem(channels: Vec<Channel>) -> Problem {
    Problem::new(choices(channels)).expect("a problem")
}

fn spends(plan: &Plan) -> Vec<f64> {
    plan.channels.iter().map(|channel| channel.spend).collect()
}

fn check_certificate(plan: &Plan, most: f64, check: &mut Check) {
    if !(0.0..=most).contains(&plan.certificate.gap) {
        check.fail(format!("gap {:e}", plan.certificate.gap));
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Optimum {
    #[serde(rename = "mode")]
    _mode: Fixed,
    total: f64,
    channels: Vec<Channel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedOptimum {
    allocation: Vec<f64>,
    response: f64,
    shadow_price: f64,
    status: Vec<String>,
}

#[test]
fn concave_optimum() {
    Reference::new("allocation", "concave_optimum").run(|input: Optimum, expected: ExpectedOptimum, check| {
        let plan = problem(input.channels).solve(Goal::Spend(input.total)).expect("a plan");
        check.floats("allocation", &spends(&plan), &expected.allocation);
        check.float("response", plan.response, expected.response);
        check.float("shadow_price", plan.shadow_price.expect("a price"), expected.shadow_price);
        let status: Vec<&str> = plan
            .channels
            .iter()
            .map(|channel| match channel.held_by {
                Hold::Nothing => "interior",
                Hold::Minimum => "lower",
                Hold::Maximum => "upper",
                Hold::Fixed => "fixed",
                _ => "?",
            })
            .collect();
        check.equal("status", &status, &expected.status.iter().map(String::as_str).collect());
        check_certificate(&plan, 1e-12, check);
    });
}

#[derive(Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
enum Mode {
    TargetRoas { target_roas: f64, channels: Vec<Channel> },
    TargetCpa { target_cpa: f64, channels: Vec<Channel> },
    TargetMroas { target_mroas: f64, channels: Vec<Channel> },
    MaxProfit { margin: f64, channels: Vec<Channel> },
    MinSpendForResponse { response_at_least: f64, channels: Vec<Channel> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedMode {
    feasible: bool,
    allocation: Option<Vec<f64>>,
    spend: Option<f64>,
    response: Option<f64>,
    threshold_marginal: Option<f64>,
    binding: Option<String>,
    profit: Option<f64>,
    best_slack: Option<f64>,
    best_slack_allocation: Option<Vec<f64>>,
}

#[test]
fn target_modes() {
    Reference::new("allocation", "target_modes").run(|input: Mode, expected: ExpectedMode, check| {
        let (goal, channels, binding) = match input {
            Mode::TargetRoas { target_roas, channels } => (Goal::Roas(target_roas), channels, "target"),
            Mode::TargetCpa { target_cpa, channels } => (Goal::Cpa(target_cpa), channels, "target"),
            Mode::TargetMroas { target_mroas, channels } => (Goal::MarginalRoas(target_mroas), channels, "marginal"),
            Mode::MaxProfit { margin, channels } => (Goal::Profit { margin }, channels, "marginal"),
            Mode::MinSpendForResponse { response_at_least, channels } => {
                (Goal::Response(response_at_least), channels, "response")
            }
        };
        let got = problem(channels).solve(goal);
        check.equal("feasible", &got.is_ok(), &expected.feasible);
        match (got, goal) {
            (Ok(plan), _) => {
                check.floats("allocation", &spends(&plan), &expected.allocation.expect("spends"));
                check.float("spend", plan.spend, expected.spend.expect("a spend"));
                check.float("response", plan.response, expected.response.expect("a response"));
                let price = expected.threshold_marginal.expect("a price");
                let got = plan.shadow_price.expect("a price");
                if (got - price).abs() > 1e-7 * price {
                    check.fail(format!("threshold_marginal: got {got:e}, expected {price:e}"));
                }
                check.equal("binding", &binding, &expected.binding.as_deref().unwrap_or_default());
                if let (Some(profit), Goal::Profit { margin }) = (expected.profit, goal) {
                    check.float("response.profit", plan.profit(margin), profit);
                }
                check_certificate(&plan, 1e-12, check);
            }
            (Err(Error::OutOfReach { best, spend, .. }), _) => {
                check.float("best_slack", best, expected.best_slack.expect("a slack"));
                let at: f64 = expected.best_slack_allocation.expect("spends").iter().sum();
                check.float("best_slack_spend", spend, at);
            }
            (Err(other), _) => check.fail(other),
        }
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OffOrMinimum {
    #[serde(rename = "mode")]
    _mode: Fixed,
    min_spend_or_zero: bool,
    total: f64,
    channels: Vec<Channel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedOffOrMinimum {
    allocation: Vec<f64>,
    active: Vec<usize>,
    response: f64,
    runner_up_response: f64,
}

#[test]
fn min_spend_or_zero() {
    Reference::new("allocation", "min_spend_or_zero").run(
        |input: OffOrMinimum, expected: ExpectedOffOrMinimum, check| {
            assert!(input.min_spend_or_zero);
            let problem = Problem::new(choices(input.channels).map(Choice::or_off)).expect("a problem");
            let plan = problem.solve(Goal::Spend(input.total)).expect("a plan");
            check.floats("allocation", &spends(&plan), &expected.allocation);
            check.float("response", plan.response, expected.response);
            let active: Vec<usize> =
                (0..plan.channels.len()).filter(|index| plan.channels[*index].held_by != Hold::Off).collect();
            check.equal("active", &active, &expected.active);
            if plan.response <= expected.runner_up_response {
                check.fail("no better than the second best");
            }
            check_certificate(&plan, 1e-9, check);
        },
    );
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bent {
    #[serde(rename = "mode")]
    _mode: Fixed,
    s_shaped: bool,
    total: f64,
    channels: Vec<Channel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedSShaped {
    response: f64,
    upper_bound: f64,
    example_allocation: Vec<f64>,
    #[serde(rename = "slsqp_even_start_response")]
    local: f64,
    #[serde(rename = "slsqp_random_start_hit_rate")]
    _hit_rate: f64,
    #[serde(rename = "bnb_nodes")]
    _nodes: usize,
}

#[test]
fn sshaped_optimum() {
    Reference::new("allocation", "sshaped_optimum").run(|input: Bent, expected: ExpectedSShaped, check| {
        assert!(input.s_shaped);
        let plan = problem(input.channels).solve(Goal::Spend(input.total)).expect("a plan");
        check.float("response", plan.response, expected.response);
        check.equal("length of allocation", &plan.channels.len(), &expected.example_allocation.len());
        for (what, holds) in [
            ("above the bound", plan.response <= expected.upper_bound * (1.0 + 1e-9)),
            ("the bound is below the optimum", plan.certificate.bound >= expected.response * (1.0 - 1e-12)),
            ("below a local optimum", plan.response >= expected.local * (1.0 - 1e-9)),
            ("the total is not kept", (plan.spend - input.total).abs() <= 1e-12 * input.total),
        ] {
            if !holds {
                check.fail(what);
            }
        }
        check_certificate(&plan, 1e-9, check);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Grouped {
    #[serde(rename = "mode")]
    _mode: Fixed,
    total: f64,
    channels: Vec<Channel>,
    groups: Vec<GroupInput>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupInput {
    members: Vec<usize>,
    min: f64,
    max: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedGrouped {
    allocation: Vec<f64>,
    response: f64,
    group_status: Vec<String>,
}

#[test]
fn group_bounds() {
    Reference::new("allocation", "group_bounds").run(|input: Grouped, expected: ExpectedGrouped, check| {
        let group = |(index, group): (usize, GroupInput)| {
            Group::new(format!("group {index}"), group.members.into_iter().map(name))
                .at_least(group.min)
                .at_most(group.max)
        };
        let grouped = input.groups.into_iter().enumerate().map(group).try_fold(problem(input.channels), Problem::group);
        let plan = grouped.expect("a problem").solve(Goal::Spend(input.total)).expect("a plan");
        check.floats("allocation", &spends(&plan), &expected.allocation);
        check.float("response", plan.response, expected.response);
        let status: Vec<&str> = plan
            .groups
            .iter()
            .map(|group| match group.held_by {
                Hold::Nothing => "free",
                Hold::Minimum => "min",
                Hold::Maximum => "max",
                _ => "?",
            })
            .collect();
        check.equal("group_status", &status, &expected.group_status.iter().map(String::as_str).collect());
        check_certificate(&plan, 1e-12, check);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Churn {
    #[serde(rename = "mode")]
    _mode: Fixed,
    total: f64,
    channels: Vec<Present>,
    max_moved: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Present {
    curve: Curve,
    current: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedChurn {
    allocation: Vec<f64>,
    response: f64,
    current_response: f64,
    moved: f64,
    limit_binds: bool,
}

/// Any spend from nothing to the present total.
fn present(channels: Vec<Present>) -> Problem {
    let total: f64 = channels.iter().map(|channel| channel.current).sum();
    let choice = |(index, channel): (usize, Present)| {
        Choice::new(name(index), channel.curve).now(channel.current).at_most(total)
    };
    Problem::new(channels.into_iter().enumerate().map(choice)).expect("a problem")
}

#[test]
fn churn_limit() {
    Reference::new("allocation", "churn_limit").run(|input: Churn, expected: ExpectedChurn, check| {
        let current: f64 = input.channels.iter().map(|channel| channel.curve.value(channel.current)).sum();
        let problem = present(input.channels).move_at_most(input.max_moved).expect("a problem");
        let plan = problem.solve(Goal::Spend(input.total)).expect("a plan");
        check.floats("allocation", &spends(&plan), &expected.allocation);
        check.float("response", plan.response, expected.response);
        check.float("response.current", current, expected.current_response);
        let moved = plan.moved.expect("present spends");
        check.float("moved", moved, expected.moved);
        check.equal("limit_binds", &(moved >= input.max_moved * (1.0 - 1e-9)), &expected.limit_binds);
        if moved > input.max_moved * (1.0 + 1e-12) {
            check.fail(format!("{moved} moved of {}", input.max_moved));
        }
        check_certificate(&plan, 1e-10, check);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadroomInput {
    channels: Vec<Present>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedHeadroom {
    current_response: f64,
    best_response: f64,
    response_uplift: f64,
    cpa_change: f64,
    min_spend_same_response: f64,
    spend_saving: f64,
    current_marginal: Vec<f64>,
    best_marginal: f64,
    moved: f64,
}

#[test]
fn headroom() {
    Reference::new("allocation", "headroom").run(|input: HeadroomInput, expected: ExpectedHeadroom, check| {
        let headroom = present(input.channels).headroom().expect("headroom");
        let cheapest = headroom.cheapest.as_ref().expect("a response");
        for (what, got, expected) in [
            ("current_response", Some(headroom.response), expected.current_response),
            ("best_response", Some(headroom.best.response), expected.best_response),
            ("response_uplift", headroom.uplift, expected.response_uplift),
            ("cpa_change", headroom.cpa_change, expected.cpa_change),
            ("min_spend_same_response", Some(cheapest.spend), expected.min_spend_same_response),
            ("spend_saving", headroom.saving, expected.spend_saving),
            ("best_marginal", headroom.best.shadow_price, expected.best_marginal),
            ("moved", Some(headroom.moved), expected.moved),
        ] {
            check.float(what, got.expect(what), expected);
        }
        let marginals: Vec<f64> =
            headroom.channels.iter().map(|channel| channel.marginal.expect("a marginal")).collect();
        check.floats("current_marginal", &marginals, &expected.current_marginal);
        check_certificate(&headroom.best, 1e-12, check);
        check_certificate(cheapest, 1e-12, check);
    });
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum FixedUnits {
    FixedBudgetUnits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WholeUnits {
    #[serde(rename = "mode")]
    _mode: FixedUnits,
    unit: f64,
    units: u32,
    channels: Vec<Channel>,
}

/// The plan in whole units.
fn in_units(input: WholeUnits, check: &mut Check) -> (Problem, Plan, Vec<u32>) {
    let problem = problem(input.channels);
    let plan = problem.solve_in_units(input.units, input.unit).expect("a plan");
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let taken: Vec<u32> = plan.channels.iter().map(|channel| (channel.spend / input.unit).round() as u32).collect();
    check.equal("sum of units", &taken.iter().sum(), &input.units);
    (problem, plan, taken)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedConcaveUnits {
    units: Vec<u32>,
    response: f64,
    continuous_bound: f64,
}

#[test]
fn integer_concave() {
    Reference::new("allocation", "integer_concave").run(|input: WholeUnits, expected: ExpectedConcaveUnits, check| {
        let (problem, plan, taken) = in_units(input, check);
        check.equal("units", &taken, &expected.units);
        check.float("response", plan.response, expected.response);
        let continuous = problem.solve(plan.goal).expect("a plan");
        // DIFFERENCE: the file has the dual bound as its search left it, up to 4e-9 above the optimum it bounds.
        if !(expected.continuous_bound * (1.0 - 1e-8)..=expected.continuous_bound * (1.0 + 1e-12))
            .contains(&continuous.response)
        {
            check.fail(format!("continuous: got {}, expected {}", continuous.response, expected.continuous_bound));
        }
        check.equal("no better than any amounts", &(plan.response <= continuous.response * (1.0 + 1e-12)), &true);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedUnits {
    response: f64,
    example_units: Vec<u32>,
}

#[test]
fn unit_grid_optimum() {
    Reference::new("allocation", "unit_grid_optimum").run(|input: WholeUnits, expected: ExpectedUnits, check| {
        let (_, plan, taken) = in_units(input, check);
        check.float("response", plan.response, expected.response);
        check.equal("number of channels", &taken.len(), &expected.example_units.len());
    });
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PosteriorMean {
    PosteriorMean,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Posterior {
    #[serde(rename = "mode")]
    _mode: Fixed,
    #[serde(rename = "objective")]
    _objective: PosteriorMean,
    total: f64,
    channels: Vec<Drawn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drawn {
    draws: Vec<Curve>,
    min: f64,
    max: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedPosterior {
    allocation: Vec<f64>,
    mean_response: f64,
    sd_response: f64,
    cvar10_response: f64,
    prob_better_than_even: f64,
    plug_in_mean_response: f64,
}

#[test]
fn posterior_mean_optimum() {
    Reference::new("allocation", "posterior_mean_optimum").run(
        |input: Posterior, expected: ExpectedPosterior, check| {
            let choice = |(index, channel): (usize, Drawn)| {
                let draws = Draws::new(channel.draws).expect("draws");
                Choice::drawn(name(index), draws).at_least(channel.min).at_most(channel.max)
            };
            let count = input.channels.len();
            let problem = Problem::new(input.channels.into_iter().enumerate().map(choice)).expect("a problem");
            let plan = problem.solve(Goal::Spend(input.total)).expect("a plan");
            check.floats("allocation", &spends(&plan), &expected.allocation);
            let outlook = problem.outlook(plan.spends()).expect("an outlook");
            check.float("response.mean", outlook.mean(), expected.mean_response);
            check.float("response.of_plan", plan.response, expected.mean_response);
            check.float("other.sd", outlook.sd().expect("draws"), expected.sd_response);
            check.float("other.cvar", outlook.cvar(0.1).expect("a share"), expected.cvar10_response);
            let even =
                problem.outlook((0..count).map(|index| (name(index), input.total / count as f64))).expect("an outlook");
            let better = outlook.over(&even).expect("as many draws").share_above(0.0);
            check.float("other.better", better, expected.prob_better_than_even);
            let plug_in = problem.plug_in().expect("one family").solve(Goal::Spend(input.total)).expect("a plan");
            let mean = problem.outlook(plug_in.spends()).expect("an outlook").mean();
            check.float("other.plug_in", mean, expected.plug_in_mean_response);
            check_certificate(&plan, 1e-12, check);
        },
    );
}
