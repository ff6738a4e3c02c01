//! Structural time series: the local level, given and fitted, and what packages make of it.

use serde::Deserialize;
use styring_experiments::Level;
use styring_experiments::geo::local_level::{LocalLevel, Trend, Variances};
use styring_experiments::parity::causal_impact::{PRIOR_LEVEL_SD, causal_impact};
use styring_testkit::reference::Reference;

/// From days × controls to controls × days.
fn columns(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let controls = rows.first().map_or(0, Vec::len);
    (0..controls).map(|place| rows.iter().map(|row| row[place]).collect()).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Structural {
    y: Vec<f64>,
    x: Vec<f64>,
    n_pre: usize,
    trend: String,
    params: Parameters,
    initial_state: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    sigma2_irregular: f64,
    sigma2_level: f64,
    #[serde(default)]
    sigma2_trend: f64,
    beta: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StructuralExpected {
    forecast_mean: Vec<f64>,
    forecast_se: Vec<f64>,
    cum_effect: f64,
    cum_se: f64,
}

#[test]
fn structural_ts_counterfactual() {
    Reference::new("experiments", "structural_ts_counterfactual").run(
        |input: Structural, expected: StructuralExpected, check| {
            let trend = match input.trend.as_str() {
                "local level" => Trend::Level,
                "local linear trend" => Trend::Linear,
                other => return check.fail(format!("unknown trend {other}")),
            };
            let begins = "approximate diffuse, mean 0 variance 1e6";
            check.equal("initial_state", &input.initial_state.as_str(), &begins);
            let Parameters { sigma2_irregular: noise, sigma2_level: level, sigma2_trend: slope, beta } = input.params;
            let series = LocalLevel::new(&input.y, &[input.x], input.n_pre).unwrap().with_trend(trend).unwrap();
            let forecast = series.given(Variances { noise, level, slope }, Some(&[beta])).unwrap();
            check.floats("forecast_mean", forecast.expected(), &expected.forecast_mean);
            check.floats("forecast_se", forecast.standard_errors(), &expected.forecast_se);
            let effect = forecast.effect(Level::P95).unwrap();
            check.float("cum_effect", effect.estimate().unwrap(), expected.cum_effect);
            check.float("cum_se", effect.standard_error().unwrap(), expected.cum_se);
        },
    );
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kalman {
    y: Vec<f64>,
    x: Vec<Vec<f64>>,
    t0: usize,
    var_eps: f64,
    var_eta: f64,
    beta: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KalmanExpected {
    loglik_burn1: f64,
    forecast_mean: Vec<f64>,
    forecast_var: Vec<f64>,
    cumulative_effect: f64,
    cumulative_sd: f64,
}

#[test]
fn local_level_kalman() {
    Reference::new("attribution", "local_level_kalman").run(|input: Kalman, expected: KalmanExpected, check| {
        let series = LocalLevel::new(&input.y, &columns(&input.x), input.t0).unwrap();
        let variances = Variances { noise: input.var_eps, level: input.var_eta, slope: 0.0 };
        let forecast = series.given(variances, Some(&input.beta)).unwrap();
        check.float("loglik_burn1", forecast.log_likelihood(), expected.loglik_burn1);
        check.floats("forecast_mean", forecast.expected(), &expected.forecast_mean);
        let squares: Vec<f64> = forecast.standard_errors().iter().map(|error| error * error).collect();
        check.floats("forecast_var", &squares, &expected.forecast_var);
        let effect = forecast.effect(Level::P95).unwrap();
        check.float("cumulative_effect", effect.estimate().unwrap(), expected.cumulative_effect);
        check.float("cumulative_sd", effect.standard_error().unwrap(), expected.cumulative_sd);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mle {
    y: Vec<f64>,
    x: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MleExpected {
    loglik: f64,
    var_eps: f64,
    var_eta: f64,
    beta: Vec<f64>,
}

#[test]
fn local_level_mle() {
    Reference::new("attribution", "local_level_mle").run(|mut input: Mle, expected: MleExpected, check| {
        // All days are before; one more, of any value, for the series to have a campaign.
        let days = input.y.len();
        input.y.push(0.0);
        input.x.push(vec![0.0; expected.beta.len()]);
        let fit = LocalLevel::new(&input.y, &columns(&input.x), days).unwrap().fit().unwrap();
        // Higher is better.
        check.float("loglik", fit.log_likelihood().min(expected.loglik), expected.loglik);
        check.float("var_eps", fit.variances().noise, expected.var_eps);
        check.float("var_eta", fit.variances().level, expected.var_eta);
        check.floats("beta", fit.coefficients(), &expected.beta);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Impact {
    y: Vec<f64>,
    x: Vec<Vec<f64>>,
    t0: usize,
    alpha: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImpactMle {
    average_effect: f64,
    cumulative_effect: f64,
    average_predicted: f64,
    average_effect_ci95: [f64; 2],
}

#[test]
fn causalimpact_mle() {
    Reference::new("attribution", "causalimpact_mle").run(|input: Impact, expected: ImpactMle, check| {
        check.equal("alpha", &input.alpha, &None);
        let series = LocalLevel::new(&input.y, &columns(&input.x), input.t0).unwrap();
        let total = series.effect(Level::P95).unwrap();
        check.float("cumulative_effect", total.estimate().unwrap(), expected.cumulative_effect);
        let average = series.average(Level::P95).unwrap();
        check.float("average_effect", average.estimate().unwrap(), expected.average_effect);
        let counterfactual = series.counterfactual().unwrap();
        let predicted = counterfactual.iter().sum::<f64>() / counterfactual.len() as f64;
        check.float("average_predicted", predicted, expected.average_predicted);
        let (low, high) = average.set().ends();
        check.floats("average_effect_ci95", &[low, high], &expected.average_effect_ci95);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_field_names, reason = "as in the file")]
struct ImpactExpected {
    average_effect: f64,
    average_lower: f64,
    average_upper: f64,
}

fn impact(file: &str) {
    Reference::new("attribution", file).run(|input: Impact, expected: ImpactExpected, check| {
        let level = Level::from_alpha(input.alpha.unwrap()).unwrap();
        let effect = causal_impact(&input.y, &columns(&input.x), input.t0, PRIOR_LEVEL_SD, level).unwrap();
        check.float("average_effect", effect.estimate().unwrap(), expected.average_effect);
        let (low, high) = effect.set().ends();
        check.float("average_lower", low, expected.average_lower);
        check.float("average_upper", high, expected.average_upper);
    });
}

#[test]
fn causalimpact_bsts() {
    impact("causalimpact_bsts");
}

#[test]
fn causalimpact_tfp() {
    impact("causalimpact_tfp");
}
