//! The models, held against 50-digit references and published fits.
#![allow(clippy::expect_used, clippy::panic, non_snake_case)]

use std::collections::BTreeMap;

use serde::Deserialize;
use styring_ltv::{
    BgBb, BgNbd, Error, Fit, GammaGamma, Histories, History, Horizon, Identified, MbgNbd, ParetoNbd, PeriodHistory,
    PurchaseModel, Renewals, ShiftedBetaGeometric, Spending,
};
use styring_testkit::reference::{Check, Reference};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Value {
    value: f64,
}

fn compare(check: &mut Check, what: &str, got: Result<f64, Error>, expected: f64) {
    match got {
        Ok(got) => check.float(what, got, expected),
        Err(fault) => check.fail(format!("{what}: {fault}")),
    }
}

/// A customer in continuous time; a new one has no history.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Purchases {
    r#fn: String,
    params: BTreeMap<String, f64>,
    #[serde(rename = "params_name")]
    _params_name: String,
    x: Option<u32>,
    t_x: Option<f64>,
    T: Option<f64>,
    t: Option<f64>,
    n: Option<usize>,
    delta: Option<f64>,
}

fn model<M: PurchaseModel>(params: &BTreeMap<String, f64>) -> Result<M, Error> {
    assert_eq!(params.len(), 4, "{params:?}");
    M::from_parameters(M::parameter_names().map(|name| params[name]))
}

fn continuous<M: PurchaseModel<History = History>>(file: &str) {
    Reference::new("metrics", file).run(|input: Purchases, expected: Value, check: &mut Check| {
        let got = || -> Result<f64, Error> {
            let model: M = model(&input.params)?;
            let history = match (input.x, input.t_x, input.T) {
                (Some(x), Some(last), Some(age)) => History::new(x, last, age)?,
                (None, None, None) => History::NEW,
                _ => panic!("half a history"),
            };
            let ahead = || input.t.expect("a time ahead");
            Ok(match input.r#fn.as_str() {
                "log_likelihood" => model.log_likelihood(&history),
                "p_alive" => model.p_alive(&history),
                "p_alive_at" => model.future(&history, ahead())?.p_alive,
                "expected_purchases" | "expected_purchases_new" => model.future(&history, ahead())?.mean,
                "pmf_future" | "pmf_new" => model.counts(&history, ahead())?.probability(input.n.expect("a count")),
                "dert" => model.discounted(&history, Horizon::Infinite, input.delta.expect("a rate"))?,
                unknown => panic!("unknown fn {unknown}"),
            })
        };
        compare(check, &input.r#fn, got(), expected.value);
    });
}

#[test]
fn ltv_bg_nbd() {
    continuous::<BgNbd>("ltv_bg_nbd");
}

#[test]
fn ltv_mbg_nbd() {
    continuous::<MbgNbd>("ltv_mbg_nbd");
}

#[test]
fn ltv_pareto_nbd() {
    continuous::<ParetoNbd>("ltv_pareto_nbd");
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Periods {
    r#fn: String,
    params: BTreeMap<String, f64>,
    #[serde(rename = "params_name")]
    _params_name: String,
    x: Option<u32>,
    t_x: Option<u32>,
    n: u32,
    m: Option<f64>,
    d: Option<f64>,
}

#[test]
fn ltv_bg_bb() {
    Reference::new("metrics", "ltv_bg_bb").run(|input: Periods, expected: Value, check| {
        let got = || -> Result<f64, Error> {
            let model: BgBb = model(&input.params)?;
            if input.r#fn == "expected_purchases_new" {
                return Ok(model.future(&PeriodHistory::NEW, input.n.into())?.mean);
            }
            let history = PeriodHistory::new(input.x.expect("purchases"), input.t_x.expect("the last"), input.n)?;
            let ahead = || input.m.expect("periods ahead");
            Ok(match input.r#fn.as_str() {
                "log_likelihood" => model.log_likelihood(&history),
                "p_alive_at" => model.future(&history, ahead())?.p_alive,
                "expected_purchases" => model.future(&history, ahead())?.mean,
                "dert" => model.discounted(&history, Horizon::Infinite, input.d.expect("a rate"))?,
                unknown => panic!("unknown fn {unknown}"),
            })
        };
        compare(check, &input.r#fn, got(), expected.value);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spent {
    r#fn: String,
    params: BTreeMap<String, f64>,
    #[serde(rename = "params_name")]
    _params_name: String,
    x: u32,
    mean_value: f64,
}

fn spend_model(params: &BTreeMap<String, f64>) -> Result<GammaGamma, Error> {
    assert_eq!(params.len(), 3, "{params:?}");
    GammaGamma::new(params["p"], params["q"], params["v"])
}

#[test]
fn ltv_gamma_gamma() {
    Reference::new("metrics", "ltv_gamma_gamma").run(|input: Spent, expected: Value, check| {
        let got = || -> Result<f64, Error> {
            let model = spend_model(&input.params)?;
            let spending = Spending::new(input.x, input.mean_value)?;
            match input.r#fn.as_str() {
                "log_likelihood" => Ok(model.log_likelihood(&spending)),
                "expected_mean_value" => model.mean_value(&spending),
                unknown => panic!("unknown fn {unknown}"),
            }
        };
        compare(check, &input.r#fn, got(), expected.value);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscriptions {
    r#fn: String,
    params: Option<BTreeMap<String, f64>>,
    #[serde(rename = "params_name")]
    _params_name: Option<String>,
    #[serde(rename = "dataset")]
    _dataset: Option<String>,
    t: Option<u32>,
    n: Option<u32>,
    d: Option<f64>,
    active: Option<Vec<u64>>,
}

#[test]
fn ltv_sbg() {
    // What is expected stands under the name of its quantity.
    Reference::new("metrics", "ltv_sbg").run(|input: Subscriptions, expected: BTreeMap<String, f64>, check| {
        let got = || -> Result<Vec<(&str, f64)>, Error> {
            let renewals = || Renewals::of(input.active.as_ref().expect("subscribers"));
            if input.r#fn == "fit" {
                let fit = ShiftedBetaGeometric::fit(&renewals()?)?;
                let [alpha, beta] = fit.model.parameters();
                let next = input.active.as_ref().and_then(|active| u32::try_from(active.len()).ok()).expect("few");
                return Ok(vec![
                    ("alpha", alpha),
                    ("beta", beta),
                    ("log_likelihood", fit.estimates.log_likelihood),
                    ("next_retention", fit.model.retention(next)),
                ]);
            }
            let params = input.params.as_ref().expect("parameters");
            assert_eq!(params.len(), 2, "{params:?}");
            let model = ShiftedBetaGeometric::new(params["alpha"], params["beta"])?;
            let rate = || input.d.expect("a rate");
            let value = match input.r#fn.as_str() {
                "curve" => {
                    let t = input.t.expect("a renewal");
                    let retention = ("retention", model.retention(t));
                    return Ok(vec![("survival", model.survival(t)), ("churn_pmf", model.churn(t)), retention]);
                }
                "log_likelihood" => model.log_likelihood(&renewals()?),
                "discounted_lifetime" => model.discounted_lifetime(rate())?,
                "discounted_residual_lifetime" => {
                    model.discounted_residual_lifetime(input.n.expect("a renewal"), rate())?
                }
                unknown => panic!("unknown fn {unknown}"),
            };
            Ok(vec![("value", value)])
        };
        match got() {
            Ok(got) => {
                check.equal("quantities", &got.len(), &expected.len());
                for (what, value) in got {
                    match expected.get(what) {
                        Some(expected) => check.float(what, value, *expected),
                        None => check.fail(format!("{what} is not expected")),
                    }
                }
            }
            Err(fault) => check.fail(fault),
        }
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FitInput {
    r#fn: String,
    model: String,
    #[serde(rename = "dataset")]
    _dataset: String,
    csv: String,
    n: f64,
    #[serde(rename = "note")]
    _note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FitAnswer {
    log_likelihood: f64,
    params: Option<BTreeMap<String, f64>>,
    se_log_params: Option<BTreeMap<String, f64>>,
    #[serde(default)]
    boundary: bool,
    #[serde(rename = "params_at_stop")]
    _params_at_stop: Option<BTreeMap<String, f64>>,
    mean_dropout_probability_below: Option<f64>,
}

#[test]
fn ltv_fit() {
    let file = Reference::new("metrics", "ltv_fit");
    file.run(|input: FitInput, expected: FitAnswer, check| {
        assert_eq!(input.r#fn, "fit");
        let path = file.beside(&input.csv).expect("data beside the cases");
        let rows: Vec<Vec<f64>> = csv::Reader::from_path(path)
            .expect("data")
            .records()
            .map(|row| row.expect("a row").iter().map(|cell| cell.parse().expect("a number")).collect())
            .collect();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let whole = |value: f64| value as u32;
        let times =
            || Histories::group(rows.iter().map(|row| History::new(whole(row[0]), row[1], row[2]).expect("a history")));
        let estimates = match input.model.as_str() {
            "bg_nbd" => BgNbd::fit(&times()).map(of),
            "mbg_nbd" => MbgNbd::fit(&times()).map(of),
            "pareto_nbd" => ParetoNbd::fit(&times()).map(of),
            "bg_bb" => {
                let counted = rows.iter().map(|row| {
                    let history = PeriodHistory::new(whole(row[0]), whole(row[1]), whole(row[2]));
                    (history.expect("a history"), row[3])
                });
                BgBb::fit(&Histories::group_weighted(counted).expect("weights")).map(of)
            }
            "gamma_gamma" => {
                let spending = |row: &Vec<f64>| Spending::new(whole(row[0]), row[1]).expect("spending");
                GammaGamma::fit(&Histories::group(rows.iter().map(spending))).map(of)
            }
            unknown => panic!("unknown model {unknown}"),
        };
        check.equal("rows", &(rows.len() as f64), &input.n);
        let estimates = match estimates {
            Ok(estimates) => estimates,
            Err(fault) => return check.fail(fault),
        };
        check.float("log_likelihood", estimates.log_likelihood, expected.log_likelihood);
        for (name, value) in expected.params.iter().flatten() {
            check.float(&format!("params.{name}"), estimates.value(name).expect("a parameter"), *value);
        }
        for (name, se) in expected.se_log_params.iter().flatten() {
            let found = estimates.parameters.iter().find(|found| found.name == name).expect("a parameter");
            match found.se_log {
                Some(found) => check.float(&format!("se_log_params.{name}"), found, *se),
                None => check.fail(format!("{name} is not determined")),
            }
        }
        check.equal("boundary", &(estimates.identified != Identified::Fully), &expected.boundary);
        if let Some(most) = expected.mean_dropout_probability_below {
            let (a, b) = estimates.value("a").zip(estimates.value("b")).expect("chances to drop out");
            check.equal("hardly any dropout", &(a / (a + b) < most), &true);
            check.equal("said so", &matches!(estimates.identified, Identified::NoDropout(_)), &true);
        }
    });
}

fn of<M>(fit: Fit<M>) -> styring_ltv::Estimates {
    fit.estimates
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Worth {
    r#fn: String,
    model: String,
    params: BTreeMap<String, f64>,
    #[serde(rename = "cdnow_customer_id")]
    _customer: u64,
    x: u32,
    t_x: f64,
    T: f64,
    spend_params: Option<BTreeMap<String, f64>>,
    mean_value: Option<f64>,
    months: Option<u32>,
    period_length: Option<f64>,
    discount_per_period: Option<f64>,
    horizon: Option<f64>,
    delta: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorthAnswer {
    value: f64,
    expected_mean_value: Option<f64>,
}

#[test]
fn ltv_clv() {
    Reference::new("metrics", "ltv_clv").run(|input: Worth, expected: WorthAnswer, check| {
        let got = match input.model.as_str() {
            "bg_nbd" => worth::<BgNbd>(&input, &expected, check),
            "mbg_nbd" => worth::<MbgNbd>(&input, &expected, check),
            "pareto_nbd" => worth::<ParetoNbd>(&input, &expected, check),
            unknown => panic!("unknown model {unknown}"),
        };
        compare(check, "value", got, expected.value);
    });
}

fn worth<M: PurchaseModel<History = History>>(
    input: &Worth,
    expected: &WorthAnswer,
    check: &mut Check,
) -> Result<f64, Error> {
    let model: M = model(&input.params)?;
    let history = History::new(input.x, input.t_x, input.T)?;
    match input.r#fn.as_str() {
        "clv_monthly" => {
            let spend = spend_model(input.spend_params.as_ref().expect("parameters of spending"))?;
            let mean = spend.mean_value(&Spending::new(input.x, input.mean_value.expect("a mean"))?)?;
            check.float("expected_mean_value", mean, expected.expected_mean_value.expect("a mean"));
            let (length, rate) = (input.period_length.expect("a length"), input.discount_per_period.expect("a rate"));
            Ok(mean * model.discounted_by_period(&history, length, input.months.expect("months"), rate)?)
        }
        "discounted_expected_purchases" => {
            let horizon = Horizon::Within(input.horizon.expect("a horizon"));
            model.discounted(&history, horizon, input.delta.expect("a rate"))
        }
        unknown => panic!("unknown fn {unknown}"),
    }
}
