//! Always-valid methods.

use serde::Deserialize;
use styring_experiments::sequential::{
    AnytimeRegression, BernsteinMean, BetaMixture, BettingMean, Bounds, ConversionCounts, DistributionBand,
    GammaMixture, HoeffdingMean, MixtureMean, NormalMixture, Precision, QuantileSequence, RateSequence, RunningP,
    SampleRatio, Shares, Stitching, double_stitching,
};
use styring_experiments::{ConfidenceSet, Counts, Error, Level};
use styring_testkit::reference::{Check, Number, Reference};

/// Checks a set by its two ends.
fn ends(check: &mut Check, name: &str, set: ConfidenceSet, expected: [Number; 2]) {
    let (low, high) = set.ends();
    check.number(name, Some(low), expected[0]);
    check.number(name, Some(high), expected[1]);
}

/// Notes what failed, so that every case is seen.
fn tried(check: &mut Check, result: Result<(), Error>) {
    if let Err(error) = result {
        check.fail(error);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountsInput {
    rho: Vec<f64>,
    concentration: f64,
    alpha: f64,
    conversion_increments: Vec<Vec<u64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountsExpected {
    log_bf: Vec<f64>,
    p: Vec<f64>,
    ci_share_arm1: Option<Vec<[Number; 2]>>,
    ci_rate_ratio: Option<Vec<[Number; 2]>>,
}

#[test]
fn anytime_conversion_counts_trajectories() {
    let reference = Reference::new("experiments", "anytime_conversion_counts_trajectories");
    reference.run(|input: CountsInput, expected: CountsExpected, check| {
        let result = (|| {
            let level = Level::from_alpha(input.alpha)?;
            let mut counts = ConversionCounts::with_concentration(Shares::new(&input.rho)?, input.concentration)?;
            let mut running = RunningP::default();
            check.equal("looks", &input.conversion_increments.len(), &expected.log_bf.len());
            for (look, increment) in input.conversion_increments.iter().enumerate() {
                counts.add(increment)?;
                let e_value = counts.e_value();
                check.float("log_bf", e_value.log(), expected.log_bf[look]);
                check.float("p", running.look(e_value.p_value())?, expected.p[look]);
                if let (Some(ratios), Some(shares)) = (&expected.ci_rate_ratio, &expected.ci_share_arm1) {
                    let ratio = counts.rate_ratio(1, level)?;
                    ends(check, "ci_rate_ratio", ratio, ratios[look]);
                    ends(check, "ci_share_arm1", counts.conversion_share(1, level)?, shares[look]);
                }
            }
            Ok(())
        })();
        tried(check, result);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SplitInput {
    theta0: Vec<f64>,
    concentration: f64,
    increments: Vec<Vec<u64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SplitExpected {
    log_bayes_factor: Vec<f64>,
    p: Vec<f64>,
}

#[test]
fn srm_sequential_trajectories() {
    let reference = Reference::new("experiments", "srm_sequential_trajectories");
    reference.run(|input: SplitInput, expected: SplitExpected, check| {
        let result = (|| {
            let mut split = SampleRatio::new(Shares::new(&input.theta0)?, input.concentration)?;
            // The lists may begin with the moment before the first look.
            let before = expected.p.len() - input.increments.len();
            check.equal("looks", &expected.p.len(), &expected.log_bayes_factor.len());
            if before == 1 {
                check.float("log_bayes_factor", split.e_value().log(), expected.log_bayes_factor[0]);
                check.float("p", split.p_value(), expected.p[0]);
            } else {
                check.equal("entries before the first look", &before, &0);
            }
            for (look, increment) in input.increments.iter().enumerate() {
                split.add(increment)?;
                check.float("log_bayes_factor", split.e_value().log(), expected.log_bayes_factor[before + look]);
                check.float("p", split.p_value(), expected.p[before + look]);
            }
            Ok(())
        })();
        tried(check, result);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegressionInput {
    y: Vec<f64>,
    treatment: Vec<f64>,
    covariate: Vec<f64>,
    phi: f64,
    alpha: f64,
    at_n: Vec<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegressionExpected {
    steps: Vec<RegressionStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegressionStep {
    beta: [f64; 3],
    se: [f64; 3],
    p: [f64; 3],
    ci: [Option<[f64; 2]>; 3],
}

#[test]
fn anytime_linear_regression() {
    let reference = Reference::new("experiments", "anytime_linear_regression");
    reference.run(|input: RegressionInput, expected: RegressionExpected, check| {
        let result = (|| {
            let (level, precision) = (Level::from_alpha(input.alpha)?, Precision::new(input.phi)?);
            let mut model = AnytimeRegression::new(3);
            let mut row = 0;
            check.equal("steps", &input.at_n.len(), &expected.steps.len());
            for (&until, step) in input.at_n.iter().zip(&expected.steps) {
                while row < until {
                    model.add(&[1.0, input.treatment[row], input.covariate[row]], input.y[row])?;
                    row += 1;
                }
                for column in 0..3 {
                    let coefficient = model.coefficient(column, precision)?;
                    check.float("beta", coefficient.estimate(), step.beta[column]);
                    check.float("se", coefficient.standard_error(), step.se[column]);
                    check.float("p", coefficient.e_value().p_value(), step.p[column]);
                    match (coefficient.set(level), step.ci[column]) {
                        (ConfidenceSet::Interval { low, high }, Some(expected)) => {
                            check.float("ci", low, expected[0]);
                            check.float("ci", high, expected[1]);
                        }
                        (ConfidenceSet::Everything, None) => {}
                        (set, expected) => check.fail(format!("ci: got {set}, expected {expected:?}")),
                    }
                }
            }
            Ok(())
        })();
        tried(check, result);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RateInput {
    looks: Vec<(u64, u64)>,
    alpha: f64,
    t_opt: f64,
    alpha_opt: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Intervals {
    ci: Vec<[Number; 2]>,
}

#[test]
fn cs_bernoulli_trajectories() {
    let reference = Reference::new("experiments", "cs_bernoulli_trajectories");
    reference.run(|input: RateInput, expected: Intervals, check| {
        let result = (|| {
            let level = Level::from_alpha(input.alpha)?;
            let sequence = RateSequence::tuned(input.t_opt, Level::from_alpha(input.alpha_opt)?)?;
            check.equal("looks", &input.looks.len(), &expected.ci.len());
            for (&(successes, trials), expected) in input.looks.iter().zip(&expected.ci) {
                ends(check, "ci", sequence.set(Counts::new(successes, trials)?, level), *expected);
            }
            Ok(())
        })();
        tried(check, result);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoundaryInput {
    v: Vec<f64>,
    s: Vec<f64>,
    alpha: f64,
    v_opt: f64,
    alpha_opt: f64,
    c: f64,
    one_sided: bool,
    g: f64,
    h: f64,
    poly_v_min: f64,
    poly_s: f64,
    poly_eta: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoundaryExpected {
    normal: Vec<f64>,
    normal_log_mixture: Vec<f64>,
    gamma_exponential: Vec<f64>,
    gamma_poisson: Vec<f64>,
    beta_binomial: Vec<f64>,
    poly_stitching: Vec<f64>,
}

#[test]
fn cs_boundaries() {
    let reference = Reference::new("experiments", "cs_boundaries");
    reference.run(|input: BoundaryInput, expected: BoundaryExpected, check| {
        let result = (|| {
            let (level, tuned) = (Level::from_alpha(input.alpha)?, Level::from_alpha(input.alpha_opt)?);
            let (normal, beta) = if input.one_sided {
                (
                    NormalMixture::one_sided(input.v_opt, tuned)?,
                    BetaMixture::one_sided(input.v_opt, (input.g, input.h), tuned)?,
                )
            } else {
                (NormalMixture::new(input.v_opt, tuned)?, BetaMixture::new(input.v_opt, (input.g, input.h), tuned)?)
            };
            let exponential = GammaMixture::exponential(input.v_opt, input.c, tuned)?;
            let poisson = GammaMixture::poisson(input.v_opt, input.c, tuned)?;
            let stitching = Stitching::shaped(input.poly_v_min, input.c, input.poly_s, input.poly_eta)?;
            check.equal("sums", &input.s.len(), &input.v.len());
            for (at, (&v, &s)) in input.v.iter().zip(&input.s).enumerate() {
                check.float("normal", normal.bound(v, level), expected.normal[at]);
                check.float("normal_log_mixture", normal.log_e(s, v), expected.normal_log_mixture[at]);
                check.float("gamma_exponential", exponential.bound(v, level), expected.gamma_exponential[at]);
                check.float("gamma_poisson", poisson.bound(v, level), expected.gamma_poisson[at]);
                check.float("beta_binomial", beta.bound(v, level), expected.beta_binomial[at]);
                check.float("poly_stitching", stitching.bound(v, level), expected.poly_stitching[at]);
            }
            Ok(())
        })();
        tried(check, result);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoundedInput {
    x: Vec<f64>,
    alpha: f64,
    conjmix_v_opt: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoundedExpected {
    predmix_empbern_lower: Vec<f64>,
    predmix_empbern_upper: Vec<f64>,
    conjmix_empbern_lower: Vec<f64>,
    conjmix_empbern_upper: Vec<f64>,
    predmix_hoeffding_lower: Vec<f64>,
    predmix_hoeffding_upper: Vec<f64>,
    betting_lower: Vec<f64>,
    betting_upper: Vec<f64>,
}

#[test]
fn cs_bounded_mean_trajectories() {
    let reference = Reference::new("experiments", "cs_bounded_mean_trajectories");
    reference.run(|input: BoundedInput, expected: BoundedExpected, check| {
        let result = (|| {
            let level = Level::from_alpha(input.alpha)?;
            let mut bernstein = BernsteinMean::new(Bounds::UNIT, level);
            // The peer halves the error for the two sides twice, and so spends half of what it is given; here it is given half.
            let spent = Level::from_alpha(input.alpha / 2.0)?;
            let mut mixture = MixtureMean::new(Bounds::UNIT, input.conjmix_v_opt, spent)?;
            let mut hoeffding = HoeffdingMean::new(Bounds::UNIT, level);
            let mut betting = BettingMean::new(Bounds::UNIT, level);
            for (at, &x) in input.x.iter().enumerate() {
                bernstein.add(x)?;
                mixture.add(x)?;
                hoeffding.add(x)?;
                betting.add(x)?;
                let mut both = |name: &str, set: ConfidenceSet, low: &[f64], high: &[f64]| {
                    check.float(&format!("{name}_lower"), set.ends().0, low[at]);
                    check.float(&format!("{name}_upper"), set.ends().1, high[at]);
                };
                let BoundedExpected { predmix_empbern_lower: low, predmix_empbern_upper: high, .. } = &expected;
                both("predmix_empbern", bernstein.set(), low, high);
                both(
                    "conjmix_empbern",
                    mixture.set(),
                    &expected.conjmix_empbern_lower,
                    &expected.conjmix_empbern_upper,
                );
                let BoundedExpected { predmix_hoeffding_lower: low, predmix_hoeffding_upper: high, .. } = &expected;
                both("predmix_hoeffding", hoeffding.set(), low, high);
                both("betting", betting.set(), &expected.betting_lower, &expected.betting_upper);
            }
            Ok(())
        })();
        tried(check, result);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(non_snake_case, reason = "as the file has it")]
struct QuantileInput {
    t: Vec<f64>,
    quantile_p: f64,
    alpha: f64,
    t_opt: f64,
    lil_t_min: f64,
    lil_A: f64,
    a_values: Vec<f64>,
    b_values: Vec<f64>,
    ab_t_opt: u64,
    ab_alpha_opt: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuantileExpected {
    double_stitching: Vec<f64>,
    lil: Vec<Number>,
    quantile_ab_p: f64,
}

#[test]
fn cs_quantile() {
    Reference::new("experiments", "cs_quantile").run(|input: QuantileInput, expected: QuantileExpected, check| {
        let result = (|| {
            let level = Level::from_alpha(input.alpha)?;
            let band = DistributionBand::shaped(input.lil_t_min, input.lil_A, level)?;
            for (at, &t) in input.t.iter().enumerate() {
                let bound = double_stitching(input.quantile_p, t, input.t_opt, level)?;
                check.float("double_stitching", bound, expected.double_stitching[at]);
                check.number("lil", Some(band.margin(t).unwrap_or(f64::INFINITY)), expected.lil[at]);
            }
            let tuned = Level::from_alpha(input.ab_alpha_opt)?;
            let sequence = QuantileSequence::new(input.quantile_p, input.ab_t_opt, tuned)?;
            let sorted = |values: &[f64]| {
                let mut values = values.to_vec();
                values.sort_by(f64::total_cmp);
                values
            };
            let e_value = sequence.difference_e_value(&sorted(&input.a_values), &sorted(&input.b_values))?;
            check.float("quantile_ab_p", e_value.p_value(), expected.quantile_ab_p);
            Ok(())
        })();
        tried(check, result);
    });
}
