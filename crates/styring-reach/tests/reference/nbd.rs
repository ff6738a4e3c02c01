//! The negative binomial distribution: probabilities, fits, curves, caps, channels.

use serde::Deserialize;
use styring_reach::{Error, IndependentChannels, Nbd, NbdCurve};
use styring_testkit::reference::Reference;

use crate::lists::{k_plus as list, pmf};

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Input {
    Nbd { mean: f64, shape: f64, k_max: u32 },
    NbdFitReach { mean: f64, reach: f64 },
    NbdCurve { universe: f64, impressions: f64, reach: f64, forecast_impressions: f64 },
    NbdCapped { mean: f64, shape: f64, cap: u32 },
    NbdChannels { channels: Vec<Channel>, channel_caps: Option<Vec<Option<u32>>>, common_cap: Option<u32> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Channel {
    mean: f64,
    shape: f64,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Expected {
    Nbd { pmf: Vec<f64>, k_plus: Vec<f64>, reach: f64, variance: f64, average_frequency: f64 },
    Fit { feasible: bool, shape: Option<f64>, k_plus: Option<Vec<f64>> },
    Curve { shape: f64, reach: f64, k_plus: Vec<f64> },
    Capped { reach: f64, capped_mean: f64, share_above_cap: f64, pmf: Vec<f64> },
    Channels { reach: f64, k_plus: Vec<f64>, p_at_least_15: f64, mean: f64 },
}

#[test]
fn reach_nbd() {
    Reference::new("segments", "reach_nbd").run(|input: Input, expected: Expected, check| match (input, expected) {
        (
            Input::Nbd { mean, shape, k_max },
            Expected::Nbd { pmf: probabilities, k_plus, reach, variance, average_frequency },
        ) => {
            let nbd = Nbd::new(mean, shape).expect("parameters");
            let got = nbd.distribution(k_max).expect("a distribution");
            pmf(check, got.pmf(), &probabilities);
            check.equal("length of k_plus", &(k_plus.len() as u64), &got.listed());
            list(check, |k| got.k_plus(k.into()).expect("listed"), &k_plus);
            list(check, |k| nbd.k_plus(k).expect("a share"), &k_plus);
            check.float("reach", nbd.reach(), reach);
            check.float("reach of the distribution", got.reach(), reach);
            check.float("variance", nbd.variance(), variance);
            check.float("average_frequency", got.average_frequency().value().expect("reach"), average_frequency);
        }
        (Input::NbdFitReach { mean, reach }, Expected::Fit { feasible, shape, k_plus }) => {
            match Nbd::from_reach(mean, reach) {
                Ok(nbd) => {
                    check.equal("feasible", &true, &feasible);
                    check.float("shape", nbd.shape(), shape.unwrap_or(f64::NAN));
                    let k_plus = k_plus.unwrap_or_default();
                    check.equal("k_plus is there", &k_plus.is_empty(), &false);
                    list(check, |k| nbd.k_plus(k).expect("a share"), &k_plus);
                }
                Err(error) => {
                    check.equal("feasible", &false, &feasible);
                    let expected = matches!(error, Error::NotOverdispersed { .. }) == (reach > 0.0 && reach < 1.0);
                    check.equal(&format!("the reason, {error}"), &expected, &true);
                    check.equal("shape", &None, &shape);
                }
            }
        }
        (
            Input::NbdCurve { universe, impressions, reach, forecast_impressions },
            Expected::Curve { shape, reach: forecast, k_plus },
        ) => {
            let curve = NbdCurve::from_reach(universe, impressions, reach).expect("a curve");
            check.float("shape", curve.shape(), shape);
            check.float("reach", curve.reach_at(forecast_impressions).expect("a reach"), forecast);
            list(check, |k| curve.k_plus_at(forecast_impressions, k).expect("a reach"), &k_plus);
        }
        (
            Input::NbdCapped { mean, shape, cap },
            Expected::Capped { reach, capped_mean, share_above_cap, pmf: probabilities },
        ) => {
            let capped = Nbd::new(mean, shape).and_then(|nbd| nbd.capped(cap)).expect("a capped distribution");
            pmf(check, capped.distribution.pmf(), &probabilities);
            check.float("reach", capped.distribution.reach(), reach);
            check.float("capped_mean", capped.distribution.mean(), capped_mean);
            check.float("share_above_cap", capped.share_above_cap().expect("exposures"), share_above_cap);
        }
        (
            Input::NbdChannels { channels, channel_caps, common_cap },
            Expected::Channels { reach, k_plus, p_at_least_15, mean },
        ) => {
            let caps = channel_caps.unwrap_or_else(|| vec![None; channels.len()]);
            check.equal("caps", &caps.len(), &channels.len());
            let plan = channels.iter().zip(caps).fold(IndependentChannels::new(), |plan, (channel, cap)| {
                plan.channel(Nbd::new(channel.mean, channel.shape).expect("parameters"), cap)
            });
            let plan = plan.common_cap(common_cap);
            let got = plan.distribution(u32::try_from(k_plus.len()).expect("a number")).expect("a distribution");
            check.float("reach", got.reach(), reach);
            list(check, |k| got.k_plus(k.into()).expect("listed"), &k_plus);
            check.float("p_at_least_15", plan.p_at_least_15().expect("a share"), p_at_least_15);
            check.float("mean", got.mean(), mean);
        }
        _ => check.fail("an expectation of another kind"),
    });
}
