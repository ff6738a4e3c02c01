//! Estimates of a policy from the log of another, by hand and from real logs.

use serde::Deserialize;
use styring_allocation::Error;
use styring_allocation::off_policy::{Estimator, Logged, OffPolicy, Refusal, Row, Settings};
use styring_testkit::data;
use styring_testkit::reference::{Check, Reference};

#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    Log(Log),
    OpenBandit(OpenBandit),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Log {
    action: Vec<usize>,
    reward: Vec<f64>,
    propensity: Vec<f64>,
    policy: Vec<Vec<f64>>,
    reward_model: Vec<Vec<f64>>,
    clip: f64,
    switch_tau: f64,
    dr_os_lambda: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenBandit {
    obd_log: String,
    position: String,
    n_actions: u32,
    evaluation_policy: String,
    on_policy_log: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    Log(ExpectedLog),
    OpenBandit(ExpectedOpenBandit),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedLog {
    ips: f64,
    dm: f64,
    dr: f64,
    snips: f64,
    sndr: f64,
    ess: f64,
    clipped_ips: f64,
    switch_dr: f64,
    dr_os: f64,
    ips_se: f64,
    dr_se: f64,
    replay: Option<f64>,
    replay_n: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedOpenBandit {
    n: u64,
    ips: f64,
    snips: f64,
    ess: f64,
    max_weight: f64,
    logged_ctr: f64,
    on_policy_ctr: f64,
    on_policy_n: u64,
}

#[test]
fn off_policy() {
    Reference::new("allocation", "off_policy").run(|input: Input, expected: Expected, check| {
        let done = match (input, expected) {
            (Input::Log(log), Expected::Log(expected)) => by_hand(&log, &expected, check),
            (Input::OpenBandit(log), Expected::OpenBandit(expected)) => open_bandit(&log, &expected, check),
            _ => {
                check.fail("another expectation than the input's");
                Ok(())
            }
        };
        if let Err(fault) = done {
            check.fail(fault);
        }
    });
}

fn by_hand(log: &Log, expected: &ExpectedLog, check: &mut Check) -> Result<(), Error> {
    let settings =
        Settings { clip: log.clip, switch: log.switch_tau, shrink: log.dr_os_lambda, ..Settings::without_limits() };
    let mut sums = OffPolicy::new(settings)?;
    for place in 0..log.action.len() {
        sums.add(&Logged::of(&Row {
            action: log.action[place],
            reward: log.reward[place],
            propensity: log.propensity[place],
            policy: &log.policy[place],
            model: Some(&log.reward_model[place]),
        })?)?;
    }
    let of = |check: &mut Check, what: &str, estimator: Estimator, expected: f64| match sums.estimate(estimator) {
        Ok(estimate) => check.float(what, estimate.value(), expected),
        Err(refusal) => check.fail(format!("{what}: {refusal}")),
    };
    of(check, "ips", Estimator::Ips, expected.ips);
    of(check, "dm", Estimator::DirectMethod, expected.dm);
    of(check, "dr", Estimator::DoublyRobust, expected.dr);
    of(check, "snips", Estimator::Snips, expected.snips);
    of(check, "sndr", Estimator::SelfNormalisedDoublyRobust, expected.sndr);
    of(check, "clipped_ips", Estimator::ClippedIps, expected.clipped_ips);
    of(check, "switch_dr", Estimator::SwitchDoublyRobust, expected.switch_dr);
    of(check, "dr_os", Estimator::ShrunkDoublyRobust, expected.dr_os);
    for (what, estimator, expected) in
        [("ips_se", Estimator::Ips, expected.ips_se), ("dr_se", Estimator::DoublyRobust, expected.dr_se)]
    {
        let error = sums.estimate(estimator).ok().and_then(|estimate| estimate.standard_error());
        check.float(what, error.unwrap_or(0.0), expected);
    }
    check.float("ess", sums.weights().map_or(0.0, |weights| weights.ess), expected.ess);
    match (sums.estimate(Estimator::Replay), expected.replay) {
        (Ok(replay), Some(expected_value)) => {
            check.float("replay", replay.value(), expected_value);
            check.equal("replay_n", &Some(replay.rows()), &expected.replay_n);
        }
        (Err(Refusal::LeftToChance { .. }), None) => {}
        (got, expected) => check.fail(format!("replay: got {got:?}, expected {expected:?}")),
    }
    Ok(())
}

/// Clicks and propensities of a log at a position; `None` where the data are not there.
fn clicks(name: &str, position: &str) -> Option<Vec<(f64, f64)>> {
    let path = data::file(&format!("open_bandit_small/{name}"))?;
    let text = std::fs::read_to_string(path).expect("a readable log");
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().expect("a head");
    let column = |name: &str| head.iter().position(|cell| *cell == name).expect("a column");
    let (place, click, propensity) = (column("position"), column("click"), column("propensity_score"));
    let kept = lines.filter(|cells| position == "all" || cells[place] == position);
    let number = |cell: &str| cell.parse::<f64>().expect("a number");
    Some(kept.map(|cells| (number(cells[click]), number(cells[propensity]))).collect())
}

fn open_bandit(input: &OpenBandit, expected: &ExpectedOpenBandit, check: &mut Check) -> Result<(), Error> {
    check.equal("policy", &input.evaluation_policy.as_str(), &"uniform 1/n_actions");
    let logs = (clicks(&input.obd_log, &input.position), clicks(&input.on_policy_log, &input.position));
    let (Some(rows), Some(on_policy)) = logs else {
        return Ok(());
    };
    let evaluate = |rows: &[(f64, f64)], settings: Settings| -> Result<OffPolicy, Error> {
        let mut log = OffPolicy::new(settings)?;
        for (reward, propensity) in rows {
            let (reward, propensity) = (*reward, *propensity);
            let policy_probability = 1.0 / f64::from(input.n_actions);
            log.add(&Logged { reward, propensity, policy_probability, model: None })?;
        }
        Ok(log)
    };
    let log = evaluate(&rows, Settings::without_limits())?;
    let value = |estimator| log.estimate(estimator).map_or(f64::NAN, |estimate| estimate.value());
    check.equal("n", &log.rows(), &expected.n);
    check.float("ips", value(Estimator::Ips), expected.ips);
    check.float("snips", value(Estimator::Snips), expected.snips);
    let weights = log.weights().expect("rows");
    check.float("ess", weights.ess, expected.ess);
    check.float("max_weight", weights.largest, expected.max_weight);
    check.float("logged_ctr", log.logged().map_or(f64::NAN, |logged| logged.value()), expected.logged_ctr);
    // By default the log is refused where its weights say so.
    let refused =
        matches!(evaluate(&rows, Settings::default())?.estimate(Estimator::Snips), Err(Refusal::Worthless { .. }));
    let sum = weights.mean * expected.n as f64;
    check.equal("refused", &refused, &(expected.ess < 100.0 || expected.max_weight / sum > 0.05));
    // The uniform log's own clicks are the truth.
    let truth = evaluate(&on_policy, Settings::default())?;
    check.equal("on_policy_n", &truth.rows(), &expected.on_policy_n);
    let ctr = truth.logged().map_or(f64::NAN, |logged| logged.value());
    check.float("on_policy_ctr", ctr, expected.on_policy_ctr);
    if !refused
        && let (Ok(snips), Ok(logged)) = (log.estimate(Estimator::Snips), truth.logged())
        && let (Some(error), Some(other)) = (snips.standard_error(), logged.standard_error())
    {
        let z = (snips.value() - ctr) / error.hypot(other);
        println!(
            "{} {}: SNIPS {:.5} ± {error:.5}, truth {ctr:.5} ± {other:.5}, z {z:.2}",
            input.obd_log,
            input.position,
            snips.value()
        );
    }
    Ok(())
}
