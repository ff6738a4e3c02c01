//! Adstock and saturation as the peers have them.

use serde::Deserialize;
use styring_response::parity::{meridian, pymc, robyn};
use styring_response::{Adstock, Curve, Error};
use styring_testkit::reference::Reference;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Carried {
    y: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "params", deny_unknown_fields)]
enum PymcAdstock {
    Geometric { alpha: f64 },
    Delayed { alpha: f64, theta: f64 },
    WeibullPdf { lam: f64, k: f64 },
    WeibullCdf { lam: f64, k: f64 },
    Binomial { alpha: f64 },
}

#[derive(Deserialize)]
struct Pymc {
    #[serde(flatten)]
    adstock: PymcAdstock,
    x: Vec<f64>,
    l_max: usize,
    normalize: bool,
}

#[test]
fn adstock_pymc() {
    Reference::new("attribution", "adstock_pymc").run(|input: Pymc, expected: Carried, check| {
        let (l_max, normalize) = (input.l_max, input.normalize);
        let adstock = match input.adstock {
            PymcAdstock::Geometric { alpha } => pymc::geometric(alpha, l_max, normalize),
            PymcAdstock::Delayed { alpha, theta } => pymc::delayed(alpha, theta, l_max, normalize),
            PymcAdstock::WeibullPdf { lam, k } => pymc::weibull_pdf(lam, k, l_max, normalize),
            PymcAdstock::WeibullCdf { lam, k } => pymc::weibull_cdf(lam, k, l_max, normalize),
            PymcAdstock::Binomial { alpha } => pymc::binomial(alpha, l_max, normalize),
        };
        match adstock.and_then(|adstock| adstock.carry(&input.x)) {
            Ok(y) => check.floats("y", &y, &expected.y),
            Err(error) => check.fail(error),
        }
    });
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
enum RobynAdstock {
    Geometric { x: Vec<f64>, theta: f64 },
    WeibullCdf { x: Vec<f64>, shape: f64, scale_quantile: f64 },
    WeibullPdf { x: Vec<f64>, shape: f64, scale_quantile: f64 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RobynCarried {
    y: Vec<f64>,
    scale_used: Option<f64>,
    weights: Option<Vec<f64>>,
}

#[test]
fn adstock_robyn_own() {
    Reference::new("attribution", "adstock_robyn_own").run(|input: RobynAdstock, expected: RobynCarried, check| {
        let (x, scale, adstock) = match input {
            RobynAdstock::Geometric { x, theta } => (x, None, robyn::geometric(theta)),
            RobynAdstock::WeibullCdf { x, shape, scale_quantile: scale } => {
                let adstock = robyn::weibull_cdf(shape, scale, x.len());
                (x, Some(scale), adstock)
            }
            RobynAdstock::WeibullPdf { x, shape, scale_quantile: scale } => {
                let adstock = robyn::weibull_pdf(shape, scale, x.len());
                (x, Some(scale), adstock)
            }
        };
        let adstock = match adstock {
            Ok(adstock) => adstock,
            Err(error) => return check.fail(error),
        };
        check.floats("y", &adstock.carry(&x).expect("spends"), &expected.y);
        if let Some(weights) = expected.weights {
            check.floats("weights", &adstock.weights(x.len()), &weights);
        }
        if let (Some(scale), Some(used)) = (scale, expected.scale_used) {
            check.float("scale_used", robyn::scale_in_periods(scale, x.len()).expect("a scale"), used);
        }
    });
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum MeridianDecay {
    Geometric,
    Binomial,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "fn", deny_unknown_fields)]
enum Meridian {
    Adstock { x: Vec<f64>, alpha: f64, max_lag: usize, n_times_output: usize, decay: MeridianDecay },
    Hill { x: Vec<f64>, ec: f64, slope: f64 },
}

#[test]
fn adstock_hill_meridian() {
    Reference::new("attribution", "adstock_hill_meridian").run(|input: Meridian, expected: Carried, check| {
        let y = match input {
            Meridian::Adstock { x, alpha, max_lag, n_times_output, decay } => {
                let adstock = match decay {
                    MeridianDecay::Geometric => meridian::geometric(alpha, max_lag, x.len()),
                    MeridianDecay::Binomial => meridian::binomial(alpha, max_lag, x.len()),
                };
                adstock.and_then(|adstock| meridian::output(&adstock, &x, n_times_output))
            }
            Meridian::Hill { x, ec, slope } => meridian::hill(ec, slope).map(|hill| values(&hill, &x)),
        };
        match y {
            Ok(y) => check.floats("y", &y, &expected.y),
            Err(error) => check.fail(error),
        }
    });
}

fn values(curve: &Curve, x: &[f64]) -> Vec<f64> {
    x.iter().map(|x| curve.value(*x)).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "params", deny_unknown_fields)]
enum Saturation {
    Logistic { lam: f64 },
    InverseScaledLogistic { lam: f64 },
    Tanh { b: f64, c: f64 },
    TanhBaselined { x0: f64, gain: f64, r: f64 },
    MichaelisMenten { alpha: f64, lam: f64 },
    Hill { slope: f64, kappa: f64 },
    HillSigmoid { sigma: f64, beta: f64, lam: f64 },
    Root { alpha: f64 },
}

impl Saturation {
    fn curve(&self) -> Result<Curve, Error> {
        match *self {
            Self::Logistic { lam } => pymc::logistic(lam),
            Self::InverseScaledLogistic { lam } => pymc::inverse_scaled_logistic(lam),
            Self::Tanh { b, c } => pymc::tanh(b, c),
            Self::TanhBaselined { x0, gain, r } => pymc::tanh_baselined(x0, gain, r),
            Self::MichaelisMenten { alpha, lam } => pymc::michaelis_menten(alpha, lam),
            Self::Hill { slope, kappa } => pymc::hill(slope, kappa),
            Self::HillSigmoid { sigma, beta, lam } => pymc::hill_sigmoid(sigma, beta, lam),
            Self::Root { alpha } => pymc::root(alpha),
        }
    }
}

#[derive(Deserialize)]
struct Saturated {
    #[serde(flatten)]
    saturation: Saturation,
    x: Vec<f64>,
}

#[test]
fn saturation_pymc() {
    Reference::new("attribution", "saturation_pymc").run(|input: Saturated, expected: Carried, check| {
        match input.saturation.curve() {
            Ok(curve) => check.floats("y", &values(&curve, &input.x), &expected.y),
            Err(error) => check.fail(error),
        }
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RobynHill {
    x: Vec<f64>,
    alpha: f64,
    gamma: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RobynSaturated {
    inflexion: f64,
    y: Vec<f64>,
}

#[test]
fn saturation_robyn_own() {
    Reference::new("attribution", "saturation_robyn_own").run(|input: RobynHill, expected: RobynSaturated, check| {
        let inflexion = robyn::inflexion_in_range(&input.x, input.gamma).expect("an inflexion");
        check.float("inflexion", inflexion, expected.inflexion);
        check.floats("y", &values(&robyn::hill(input.alpha, inflexion).expect("a curve"), &input.x), &expected.y);
    });
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RobynDecay {
    Geometric,
    WeibullCdf,
    WeibullPdf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RobynChannel {
    spend: Vec<f64>,
    adstock: RobynDecay,
    theta: Option<f64>,
    shape: Option<f64>,
    scale: Option<f64>,
    scale_in_periods: Option<f64>,
    alpha: f64,
    gamma: f64,
    coef: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RobynResponse {
    adstocked: Vec<f64>,
    inflexion: f64,
    response: Vec<f64>,
    inflation: f64,
    mean_carryover: f64,
    mean_of_responses: f64,
    response_at_mean_spend: f64,
}

impl RobynChannel {
    fn adstock(&self) -> Result<Adstock, Error> {
        let number = |value: Option<f64>| value.unwrap_or(f64::NAN);
        let (shape, scale, periods) = (number(self.shape), number(self.scale), self.spend.len());
        match self.adstock {
            RobynDecay::Geometric => robyn::geometric(number(self.theta)),
            RobynDecay::WeibullCdf => robyn::weibull_cdf(shape, scale, periods),
            RobynDecay::WeibullPdf => robyn::weibull_pdf(shape, scale, periods),
        }
    }
}

#[test]
fn robyn_transforms() {
    Reference::new("allocation", "robyn_transforms").run(|input: RobynChannel, expected: RobynResponse, check| {
        let channel = input.adstock().and_then(|it| robyn::Channel::new(it, input.alpha, input.gamma, input.coef));
        let response = match channel.and_then(|channel| channel.response(&input.spend)) {
            Ok(response) => response,
            Err(error) => return check.fail(error),
        };
        if let (Some(scale), Some(periods)) = (input.scale, input.scale_in_periods) {
            let got = robyn::scale_in_periods(scale, input.spend.len()).expect("a scale");
            check.float("scale_in_periods", got, periods);
        }
        check.floats("adstocked", response.adstocked(), &expected.adstocked);
        check.float("inflexion", response.inflexion(), expected.inflexion);
        check.floats("response", response.responses(), &expected.response);
        check.float("inflation", response.inflation(), expected.inflation);
        check.float("mean_carryover", response.mean_carryover(), expected.mean_carryover);
        check.float("mean_of_responses", response.mean(), expected.mean_of_responses);
        check.float("response_at_mean_spend", response.at_mean_spend(), expected.response_at_mean_spend);
    });
}
