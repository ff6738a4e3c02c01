//! Time-based regression, trimmed match, and local levels.

use serde::Deserialize;
use styring_experiments::geo::tbr::{Noise, Tbr};
use styring_experiments::geo::tbr_design::{Diagnostics, Plan, Required};
use styring_experiments::geo::trimmed_match::{Pair, Trim, TrimmedMatch};
use styring_experiments::parity::trimmed_match;
use styring_experiments::{Hypothesis, Level};
use styring_testkit::reference::{Number, Reference};

fn level(level: f64) -> Level {
    Level::new(level).unwrap()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GeoTbr {
    control: Vec<f64>,
    treatment: Vec<f64>,
    treatment_cost: Vec<f64>,
    n_pre: usize,
    n_test: usize,
    n_cooldown: usize,
    level: f64,
    tails: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GeoTbrExpected {
    alpha: f64,
    beta: f64,
    sigma2: f64,
    df: f64,
    cum_estimate: Vec<f64>,
    cum_scale: Vec<f64>,
    cum_lower: Vec<f64>,
    cum_upper: Vec<f64>,
    prob_positive: Vec<f64>,
    incremental_cost: f64,
    incremental_response: f64,
    iroas: f64,
    iroas_lower: f64,
    iroas_upper: f64,
}

#[test]
fn geo_tbr() {
    Reference::new("experiments", "geo_tbr").run(|input: GeoTbr, expected: GeoTbrExpected, check| {
        check.equal("days", &input.control.len(), &(input.n_pre + input.n_test + input.n_cooldown));
        check.equal("days", &expected.cum_estimate.len(), &(input.n_test + input.n_cooldown));
        let hypothesis =
            if input.tails == 2 { Hypothesis::two_sided() } else { Hypothesis::greater() }.at(level(input.level));
        let tbr = Tbr::new(&input.control, &input.treatment, input.n_pre).unwrap();
        check.float("alpha", tbr.intercept(), expected.alpha);
        check.float("beta", tbr.slope(), expected.beta);
        check.float("sigma2", tbr.residual_deviation().powi(2), expected.sigma2);
        check.float("df", tbr.degrees(), expected.df);
        check.equal("days after", &tbr.days(), &expected.cum_scale.len());
        for (day, readout) in tbr.course(Noise::Independent, hypothesis).unwrap().iter().enumerate() {
            check.float("cum_estimate", readout.estimate().unwrap(), expected.cum_estimate[day]);
            check.float("cum_scale", readout.standard_error().unwrap(), expected.cum_scale[day]);
            check.float("cum_lower", readout.set().ends().0, expected.cum_lower[day]);
            check.float("cum_upper", readout.set().ends().1, expected.cum_upper[day]);
            let none = tbr.effect_after(day + 1, Noise::Independent, Hypothesis::greater()).unwrap();
            check.float("prob_positive", 1.0 - none.p_value(), expected.prob_positive[day]);
        }
        let cost: f64 = input.treatment_cost.iter().skip(input.n_pre).sum();
        check.float("incremental_cost", cost, expected.incremental_cost);
        check.float(
            "incremental_response",
            *tbr.effect(Noise::Independent, hypothesis).unwrap().estimate().as_ref().unwrap(),
            expected.incremental_response,
        );
        let iroas = tbr.iroas(cost, Noise::Independent, hypothesis).unwrap();
        check.float("iroas", iroas.estimate().unwrap(), expected.iroas);
        check.float("iroas_lower", iroas.set().ends().0, expected.iroas_lower);
        check.float("iroas_upper", iroas.set().ends().1, expected.iroas_upper);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TbrInput {
    control: Vec<f64>,
    treatment: Vec<f64>,
    n_pre: usize,
    incremental_cost: f64,
    level: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TbrExpected {
    alpha: f64,
    beta: f64,
    sigma: f64,
    cumulative_effect: Vec<f64>,
    scale: Vec<f64>,
    lower_1tail: Vec<f64>,
    lower_2tail: Vec<f64>,
    upper_2tail: Vec<f64>,
    prob_positive_last: f64,
    iroas: f64,
    iroas_ci_2tail: [f64; 2],
}

#[test]
fn tbr() {
    Reference::new("attribution", "tbr").run(|input: TbrInput, expected: TbrExpected, check| {
        let tbr = Tbr::new(&input.control, &input.treatment, input.n_pre).unwrap();
        let (one, two) = (Hypothesis::greater().at(level(input.level)), Hypothesis::two_sided().at(level(input.level)));
        check.float("alpha", tbr.intercept(), expected.alpha);
        check.float("beta", tbr.slope(), expected.beta);
        check.float("sigma", tbr.residual_deviation(), expected.sigma);
        check.equal("days after", &tbr.days(), &expected.cumulative_effect.len());
        for day in 0..tbr.days() {
            let above = tbr.effect_after(day + 1, Noise::Independent, one).unwrap();
            let both = tbr.effect_after(day + 1, Noise::Independent, two).unwrap();
            check.float("cumulative_effect", both.estimate().unwrap(), expected.cumulative_effect[day]);
            check.float("scale", both.standard_error().unwrap(), expected.scale[day]);
            check.float("lower_1tail", above.set().ends().0, expected.lower_1tail[day]);
            check.number("upper_1tail", Some(above.set().ends().1), Number(Some(f64::INFINITY)));
            check.float("lower_2tail", both.set().ends().0, expected.lower_2tail[day]);
            check.float("upper_2tail", both.set().ends().1, expected.upper_2tail[day]);
        }
        let last = tbr.effect(Noise::Independent, one).unwrap();
        check.float("prob_positive_last", 1.0 - last.p_value(), expected.prob_positive_last);
        let iroas = tbr.iroas(input.incremental_cost, Noise::Independent, two).unwrap();
        check.float("iroas", iroas.estimate().unwrap(), expected.iroas);
        check.float("iroas_ci_2tail", iroas.set().ends().0, expected.iroas_ci_2tail[0]);
        check.float("iroas_ci_2tail", iroas.set().ends().1, expected.iroas_ci_2tail[1]);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MdeInput {
    n_pre: u32,
    m: u32,
    sigma: f64,
    xbar: f64,
    sxx: f64,
    xtest: f64,
    alpha: f64,
    power: f64,
    effect: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MdeExpected {
    scale: f64,
    power_at_effect: f64,
    mde: f64,
}

#[test]
fn tbr_mde() {
    Reference::new("attribution", "tbr_mde").run(|input: MdeInput, expected: MdeExpected, check| {
        let plan = Plan {
            days_before: input.n_pre,
            days: input.m,
            deviation: input.sigma,
            control_mean: input.xbar,
            control_squares: input.sxx,
            control_expected: input.xtest,
        };
        let level = Level::from_alpha(input.alpha).unwrap();
        check.float("scale", plan.standard_error().unwrap(), expected.scale);
        check.float("power_at_effect", plan.power(input.effect, level).unwrap(), expected.power_at_effect);
        check.float("mde", plan.detectable(level, input.power).unwrap(), expected.mde);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DesignInput {
    x: Vec<f64>,
    y: Vec<f64>,
    n_test: u32,
    iroas: f64,
    sig_level: f64,
    power_level: f64,
    flevel: f64,
    test_mean_x: f64,
    test_mean_y: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DesignExpected {
    corr: f64,
    required_impact: f64,
    budget: f64,
    a: f64,
    b: f64,
    sigma: f64,
    bb_test_ok: bool,
    dw_stat: f64,
    dw_ok: bool,
    tbr_estimate: f64,
    tbr_cihw: f64,
}

#[test]
fn geo_tbr_design() {
    Reference::new("experiments", "geo_tbr_design").run(|input: DesignInput, expected: DesignExpected, check| {
        let before = Diagnostics::new(&input.x, &input.y).unwrap();
        let required = Required {
            days: input.n_test,
            level: level(input.sig_level),
            power: input.power_level,
            control_level: level(input.flevel),
        };
        check.float("corr", before.correlation(), expected.corr);
        check.float("required_impact", before.required_impact(required).unwrap(), expected.required_impact);
        check.float("budget", before.budget(required, input.iroas).unwrap(), expected.budget);
        check.float("a", before.intercept(), expected.a);
        check.float("b", before.slope(), expected.b);
        check.float("sigma", before.residual_deviation(), expected.sigma);
        check.equal("bb_test_ok", &before.is_stable(), &expected.bb_test_ok);
        check.float("dw_stat", before.durbin_watson(), expected.dw_stat);
        check.equal("dw_ok", &before.is_free_of_autocorrelation(), &expected.dw_ok);
        let (estimate, reach) =
            before.expected(input.n_test, input.test_mean_x, input.test_mean_y, required.level).unwrap();
        check.float("tbr_estimate", estimate, expected.tbr_estimate);
        check.float("tbr_cihw", reach, expected.tbr_cihw);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MatchInput {
    delta_response: Vec<f64>,
    delta_spend: Vec<f64>,
    max_trim_rate: f64,
    trim_rate: f64,
    confidence: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MatchExpected {
    estimate: f64,
    std_error: f64,
    trim_rate: f64,
    ci: [f64; 2],
    candidates: Vec<[f64; 3]>,
}

fn pairs(response: &[f64], cost: &[f64]) -> Vec<Pair> {
    assert_eq!(response.len(), cost.len());
    response.iter().zip(cost).map(|(&response, &cost)| Pair { response, cost }).collect()
}

#[test]
fn geo_trimmed_match() {
    Reference::new("experiments", "geo_trimmed_match").run(|input: MatchInput, expected: MatchExpected, check| {
        let trim = if input.trim_rate < 0.0 { Trim::UpTo(input.max_trim_rate) } else { Trim::Rate(input.trim_rate) };
        let matched = trimmed_match::matched(&pairs(&input.delta_response, &input.delta_spend), trim).unwrap();
        check.float("estimate", matched.estimate(), expected.estimate);
        check.float("std_error", matched.standard_error(), expected.std_error);
        check.float("trim_rate", matched.rate(), expected.trim_rate);
        let (low, high) = trimmed_match::interval(&matched, level(input.confidence)).unwrap();
        check.float("ci", low, expected.ci[0]);
        check.float("ci", high, expected.ci[1]);
        let candidates = matched.candidates().iter().map(|one| [one.rate, one.estimate, one.standard_error]);
        check.equal("candidates", &matched.candidates().len(), &expected.candidates.len());
        for (got, expected) in candidates.zip(&expected.candidates) {
            for (got, expected) in got.into_iter().zip(expected) {
                check.float("candidates", got, *expected);
            }
        }
    });
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OwnTrim {
    Rate(f64),
    Named(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnMatchInput {
    delta_response: Vec<f64>,
    delta_cost: Vec<f64>,
    trim: OwnTrim,
    confidence: f64,
    max_trim_rate: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnMatchExpected {
    iroas: f64,
    std_error: f64,
    trim_rate: f64,
    ci: [Number; 2],
}

#[test]
fn trimmed_match_own() {
    Reference::new("attribution", "trimmed_match_own").run(
        |input: OwnMatchInput, expected: OwnMatchExpected, check| {
            let trim = match &input.trim {
                OwnTrim::Rate(rate) => Trim::Rate(*rate),
                OwnTrim::Named(name) => {
                    check.equal("trim", &name.as_str(), &"auto");
                    Trim::UpTo(input.max_trim_rate)
                }
            };
            let matched = TrimmedMatch::new(&pairs(&input.delta_response, &input.delta_cost), trim).unwrap();
            let readout = matched.readout(level(input.confidence)).unwrap();
            check.float("iroas", matched.estimate(), expected.iroas);
            check.float("std_error", matched.standard_error(), expected.std_error);
            check.float("trim_rate", matched.rate(), expected.trim_rate);
            let (low, high) = readout.set().ends();
            check.number("ci", Some(low), expected.ci[0]);
            check.number("ci", Some(high), expected.ci[1]);
        },
    );
}
