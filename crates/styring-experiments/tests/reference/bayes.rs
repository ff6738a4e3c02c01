//! Bayesian answers, and what GrowthBook makes of sequences and posteriors.

use serde::Deserialize;
use styring_experiments::bayes::{BestArm, Posterior, chance_to_beat};
use styring_experiments::parity::growthbook_bayes::{Prior, bandit, effect_test};
use styring_experiments::parity::growthbook_sequential::{Arm, sequential_test};
use styring_experiments::{Alternative, Counts, Error, Level, Moments, Scale};
use styring_testkit::reference::{Check, Number, Reference};

fn tried(check: &mut Check, result: Result<(), Error>) {
    if let Err(error) = result {
        check.fail(error);
    }
}

fn mean(n: u64, sum: f64, squares: f64) -> Result<Arm, Error> {
    Ok(Arm::Mean(Moments::from_sums(n, [sum], [[squares]])?))
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Difference {
    Absolute,
    Relative,
}

impl From<Difference> for Scale {
    fn from(difference: Difference) -> Self {
        match difference {
            Difference::Absolute => Self::Difference,
            Difference::Relative => Self::Lift,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SequentialInput {
    metric: Metric,
    looks: Vec<SequentialLook>,
    difference: Difference,
    alpha: f64,
    tuning_n: f64,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Metric {
    Proportion,
    Mean,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SequentialLook {
    n_c: u64,
    n_t: u64,
    x_c: Option<u64>,
    x_t: Option<u64>,
    sum_c: Option<f64>,
    sumsq_c: Option<f64>,
    sum_t: Option<f64>,
    sumsq_t: Option<f64>,
}

impl SequentialLook {
    fn arms(&self, metric: Metric) -> Result<(Arm, Arm), Error> {
        let missing = || Error::TooFew { what: "fields of a look", needed: 2, given: 0 };
        match metric {
            Metric::Proportion => {
                let (x_c, x_t) = self.x_c.zip(self.x_t).ok_or_else(missing)?;
                Ok((Arm::Proportion(Counts::new(x_c, self.n_c)?), Arm::Proportion(Counts::new(x_t, self.n_t)?)))
            }
            Metric::Mean => {
                let of_control = self.sum_c.zip(self.sumsq_c).ok_or_else(missing)?;
                let of_treatment = self.sum_t.zip(self.sumsq_t).ok_or_else(missing)?;
                Ok((mean(self.n_c, of_control.0, of_control.1)?, mean(self.n_t, of_treatment.0, of_treatment.1)?))
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SequentialExpected {
    looks: Vec<ExpectedLook>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedLook {
    expected: f64,
    ci: [f64; 2],
    p: f64,
    stddev: f64,
    error: Option<String>,
    halfwidth: Option<f64>,
    rho: Option<f64>,
}

#[test]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of users")]
fn gb_sequential_trajectories() {
    let reference = Reference::new("experiments", "gb_sequential_trajectories");
    reference.run(|input: SequentialInput, expected: SequentialExpected, check| {
        check.equal("looks", &input.looks.len(), &expected.looks.len());
        for (look, expected) in input.looks.iter().zip(&expected.looks) {
            let result = (|| {
                let ((control, treatment), level) = (look.arms(input.metric)?, Level::from_alpha(input.alpha)?);
                let (scale, tuned_at) = (input.difference.into(), input.tuning_n as u64);
                match sequential_test(control, treatment, scale, Alternative::TwoSided, level, tuned_at) {
                    Ok(got) => {
                        check.equal("error", &expected.error, &None);
                        check.number("expected", got.readout().estimate(), Number(Some(expected.expected)));
                        let (low, high) = got.readout().set().ends();
                        check.float("ci", low, expected.ci[0]);
                        check.float("ci", high, expected.ci[1]);
                        check.float("p", got.readout().p_value(), expected.p);
                        check.float("stddev", got.standard_error(), expected.stddev);
                        check.number("halfwidth", Some(got.half_width()), Number(expected.halfwidth));
                        if let Some(rho) = expected.rho {
                            check.float("rho", got.rho(), rho);
                        }
                    }
                    // The peer's answer there is none: an effect of 0 from 0 to 0.
                    Err(Error::NoSpread { .. }) => {
                        check.equal("error", &expected.error.as_deref(), &Some("ZERO_NEGATIVE_VARIANCE"));
                        check.equal("no answer", &(expected.expected, expected.ci, expected.p), &(0.0, [0.0; 2], 1.0));
                    }
                    Err(error) => return Err(error),
                }
                Ok(())
            })();
            tried(check, result);
        }
    });
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Side {
    Greater,
    Less,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneSidedInput {
    n_c: u64,
    x_c: u64,
    n_t: u64,
    x_t: u64,
    alternative: Side,
    alpha: f64,
    tuning_n: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneSidedExpected {
    ci: [Number; 2],
    rho: f64,
    halfwidth: f64,
    point: f64,
    se: f64,
}

#[test]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of users")]
fn gb_sequential_onesided() {
    let reference = Reference::new("experiments", "gb_sequential_onesided");
    reference.run(|input: OneSidedInput, expected: OneSidedExpected, check| {
        let result = (|| {
            let control = Arm::Proportion(Counts::new(input.x_c, input.n_c)?);
            let treatment = Arm::Proportion(Counts::new(input.x_t, input.n_t)?);
            let (level, tuned_at) = (Level::from_alpha(input.alpha)?, input.tuning_n as u64);
            let alternative = match input.alternative {
                Side::Greater => Alternative::Greater,
                Side::Less => Alternative::Less,
            };
            let got = sequential_test(control, treatment, Scale::Difference, alternative, level, tuned_at)?;
            let (low, high) = got.readout().set().ends();
            check.number("ci", Some(low), expected.ci[0]);
            check.number("ci", Some(high), expected.ci[1]);
            check.float("rho", got.rho(), expected.rho);
            check.float("halfwidth", got.half_width(), expected.halfwidth);
            check.float("se", got.standard_error(), expected.se);
            check.number("point", got.readout().estimate(), Number(Some(expected.point)));
            Ok(())
        })();
        tried(check, result);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BestInput {
    means: Vec<f64>,
    sds: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BestExpected {
    prob_best: Vec<f64>,
    expected_max: f64,
    expected_regret: Vec<f64>,
}

#[test]
fn bayes_best_arm_normal() {
    let reference = Reference::new("experiments", "bayes_best_arm_normal");
    reference.run(|input: BestInput, expected: BestExpected, check| {
        let result = (|| {
            let arms = input.means.iter().zip(&input.sds).map(|(&mean, &sd)| Posterior::normal(mean, sd));
            let best = BestArm::of(&arms.collect::<Result<Vec<_>, _>>()?)?;
            check.equal("arms", &best.probabilities().len(), &expected.prob_best.len());
            check.equal("arms", &best.losses().len(), &expected.expected_regret.len());
            best.probabilities().iter().zip(&expected.prob_best).for_each(|(p, e)| check.float("prob_best", *p, *e));
            best.losses()
                .iter()
                .zip(&expected.expected_regret)
                .for_each(|(l, e)| check.float("expected_regret", *l, *e));
            check.float("expected_max", best.expected_maximum(), expected.expected_max);
            Ok(())
        })();
        tried(check, result);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BetaInput {
    x_a: u64,
    n_a: u64,
    x_b: u64,
    n_b: u64,
    prior_alpha: f64,
    prior_beta: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BetaExpected {
    prob_b_beats_a: f64,
    expected_loss_choose_a: f64,
    expected_loss_choose_b: f64,
    mean_a: f64,
    mean_b: f64,
    lift_mean: f64,
    credible95_a: [f64; 2],
    credible95_b: [f64; 2],
}

#[test]
fn bayes_beta_binomial() {
    let reference = Reference::new("experiments", "bayes_beta_binomial");
    reference.run(|input: BetaInput, expected: BetaExpected, check| {
        let result = (|| {
            let prior = Posterior::beta(input.prior_alpha, input.prior_beta)?;
            let a = prior.after_counts(Counts::new(input.x_a, input.n_a)?)?;
            let b = prior.after_counts(Counts::new(input.x_b, input.n_b)?)?;
            let best = BestArm::of(&[a, b])?;
            check.float("prob_b_beats_a", chance_to_beat(a, b)?, expected.prob_b_beats_a);
            check.float("prob_b_beats_a", best.probabilities()[1], expected.prob_b_beats_a);
            check.float("expected_loss_choose_a", best.losses()[0], expected.expected_loss_choose_a);
            check.float("expected_loss_choose_b", best.losses()[1], expected.expected_loss_choose_b);
            check.float("mean_a", a.mean(), expected.mean_a);
            check.float("mean_b", b.mean(), expected.mean_b);
            check.float("lift_mean", b.mean() - a.mean(), expected.lift_mean);
            for (name, arm, expected) in
                [("credible95_a", a, expected.credible95_a), ("credible95_b", b, expected.credible95_b)]
            {
                let (low, high) = arm.interval(Level::P95)?.ends();
                check.float(name, low, expected[0]);
                check.float(name, high, expected[1]);
            }
            Ok(())
        })();
        tried(check, result);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriorInput {
    mean: f64,
    variance: f64,
    proper: bool,
    #[serde(rename = "type")]
    of: Option<Difference>,
}

impl From<PriorInput> for Prior {
    fn from(prior: PriorInput) -> Self {
        let PriorInput { mean, variance, proper, of } = prior;
        match (proper, of) {
            (false, _) => Self::Flat,
            (true, Some(Difference::Relative)) => Self::OfLift { mean, variance },
            (true, _) => Self::OfEffect { mean, variance },
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sums {
    n: u64,
    sum: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EffectInput {
    control: Sums,
    treatment: Sums,
    difference: Difference,
    inverse: bool,
    prior: PriorInput,
    alpha: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EffectExpected {
    chance_to_win: f64,
    expected: f64,
    ci: [f64; 2],
    stddev: f64,
    risk: [f64; 2],
    error: Option<String>,
}

#[test]
fn gb_bayesian() {
    let reference = Reference::new("experiments", "gb_bayesian");
    reference.run(|input: EffectInput, expected: EffectExpected, check| {
        let result = (|| {
            let control = Arm::Proportion(Counts::new(input.control.sum, input.control.n)?);
            let treatment = Arm::Proportion(Counts::new(input.treatment.sum, input.treatment.n)?);
            let (scale, level) = (input.difference.into(), Level::from_alpha(input.alpha)?);
            match effect_test(control, treatment, scale, input.prior.into(), input.inverse, level) {
                Ok(effect) => {
                    check.equal("error", &expected.error, &None);
                    check.float("chance_to_win", effect.chance_to_win(), expected.chance_to_win);
                    check.float("expected", effect.mean(), expected.expected);
                    check.float("stddev", effect.deviation(), expected.stddev);
                    let (low, high) = effect.interval().ends();
                    check.float("ci", low, expected.ci[0]);
                    check.float("ci", high, expected.ci[1]);
                    check.float("risk", effect.risk()[0], expected.risk[0]);
                    check.float("risk", effect.risk()[1], expected.risk[1]);
                }
                // The peer's answer there is none: a chance of one half, an effect of 0.
                Err(Error::NoSpread { .. }) => {
                    check.equal("error", &expected.error.as_deref(), &Some("ZERO_NEGATIVE_VARIANCE"));
                    check.equal("no answer", &(expected.chance_to_win, expected.expected), &(0.5, 0.0));
                    check.equal("no answer", &(expected.ci, expected.risk), &([0.0; 2], [0.0; 2]));
                }
                Err(error) => return Err(error),
            }
            Ok(())
        })();
        tried(check, result);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ArmInput {
    n: u64,
    sum: f64,
    sum_squares: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BanditInput {
    arms: Vec<ArmInput>,
    prior: PriorInput,
    inverse: bool,
    min_weight: f64,
    alpha: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BanditExpected {
    posterior_mean: Vec<f64>,
    posterior_variance: Vec<f64>,
    prob_best_exact: Vec<f64>,
    prob_best_mc: Vec<f64>,
    bandit_weights: Option<Vec<f64>>,
    ci: Vec<[f64; 2]>,
}

#[test]
fn gb_bandit() {
    Reference::new("experiments", "gb_bandit").run(|input: BanditInput, expected: BanditExpected, check| {
        let result = (|| {
            let arms = input.arms.iter().map(|arm| Moments::from_sums(arm.n, [arm.sum], [[arm.sum_squares]]));
            let arms: Vec<Moments> = arms.collect::<Result<_, _>>()?;
            let level = Level::from_alpha(input.alpha)?;
            let got = bandit(&arms, input.prior.into(), input.inverse, input.min_weight, level)?;
            check.equal("arms", &got.posteriors().len(), &expected.posterior_mean.len());
            for (at, posterior) in got.posteriors().iter().enumerate() {
                check.float("posterior_mean", posterior.mean(), expected.posterior_mean[at]);
                check.float("posterior_variance", posterior.deviation().powi(2), expected.posterior_variance[at]);
                check.float("prob_best_exact", got.best()[at], expected.prob_best_exact[at]);
                check.float("prob_best_mc", got.best()[at], expected.prob_best_mc[at]);
                let (low, high) = got.intervals()[at].ends();
                check.float("ci", low, expected.ci[at][0]);
                check.float("ci", high, expected.ci[at][1]);
            }
            check.equal("weights", &got.weights().is_some(), &expected.bandit_weights.is_some());
            for (weight, expected) in got.weights().into_iter().flatten().zip(expected.bandit_weights.iter().flatten())
            {
                check.float("bandit_weights", *weight, *expected);
            }
            Ok(())
        })();
        tried(check, result);
    });
}
