//! Curves through one point, and the NBD-Dirichlet.

use serde::Deserialize;
use styring_reach::{Dirichlet, Nbd, OnePointCurve};
use styring_testkit::reference::Reference;

use crate::lists::k_plus as list;

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Input {
    OnePoint {
        impressions: f64,
        reach: f64,
        forecast_impressions: f64,
    },
    OnePointInvalid {
        impressions: f64,
        reach: f64,
        forecast_impressions: f64,
    },
    Dirichlet {
        category_mean: f64,
        category_shape: f64,
        #[serde(rename = "S")]
        strength: f64,
        shares: Vec<f64>,
    },
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Expected {
    OnePoint { max_reach: f64, reach: f64, k_plus: Vec<f64> },
    Error { error: bool },
    Dirichlet { category_reach: f64, channels: Vec<Channel>, duplication: Vec<Duplication> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Channel {
    share: f64,
    penetration: f64,
    average_frequency: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Duplication {
    i: usize,
    j: usize,
    both: f64,
    union: f64,
}

#[test]
fn reach_curves() {
    Reference::new("segments", "reach_curves").run(|input: Input, expected: Expected, check| match (input, expected) {
        (
            Input::OnePoint { impressions, reach, forecast_impressions },
            Expected::OnePoint { max_reach, reach: forecast, k_plus },
        ) => {
            let curve = OnePointCurve::new(impressions, reach).expect("a curve");
            check.float("max_reach", curve.max_reach(), max_reach);
            check.float("reach", curve.reach_at(forecast_impressions).expect("a reach"), forecast);
            list(check, |k| curve.k_plus_at(forecast_impressions, k).expect("a reach"), &k_plus);
            let universe = 2.0 * max_reach;
            let listed = u32::try_from(k_plus.len()).expect("a number");
            let got = curve.distribution_at(forecast_impressions, universe, listed).expect("a distribution");
            list(check, |k| universe * got.k_plus(k.into()).expect("listed"), &k_plus);
        }
        (Input::OnePointInvalid { impressions, reach, forecast_impressions }, Expected::Error { error }) => {
            let got = OnePointCurve::new(impressions, reach).and_then(|curve| curve.reach_at(forecast_impressions));
            check.equal("error", &got.is_err(), &error);
        }
        (
            Input::Dirichlet { category_mean, category_shape, strength, shares },
            Expected::Dirichlet { category_reach, channels, duplication },
        ) => {
            let category = Nbd::new(category_mean, category_shape).expect("parameters");
            let plan = Dirichlet::new(category, strength, shares).expect("a plan");
            check.float("category_reach", plan.category().reach(), category_reach);
            let all: Vec<usize> = (0..channels.len()).collect();
            check.equal("channels", &plan.shares().len(), &channels.len());
            check.float("reach of all", plan.reach_of(&all).expect("a reach"), category_reach);
            for (number, channel) in channels.iter().enumerate() {
                check.equal("share", &plan.shares()[number], &channel.share);
                check.float("penetration", plan.reach_of(&[number]).expect("a reach"), channel.penetration);
                let frequency = plan.average_frequency_of(&[number]).expect("channels").value().expect("reach");
                check.float("average_frequency", frequency, channel.average_frequency);
                let own = plan.distribution_of(&[number], 30).expect("a distribution");
                check.float("reach of the distribution", own.reach(), channel.penetration);
            }
            check.equal("pairs", &duplication.len(), &(channels.len() * (channels.len() - 1) / 2));
            for pair in duplication {
                check.float("both", plan.duplication(pair.i, pair.j).expect("channels"), pair.both);
                check.float("union", plan.reach_of(&[pair.i, pair.j]).expect("channels"), pair.union);
            }
        }
        _ => check.fail("an expectation of another kind"),
    });
}
