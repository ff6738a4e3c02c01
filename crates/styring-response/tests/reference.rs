//! The reference cases of this crate.
#![allow(clippy::expect_used)]

use serde::Deserialize;
use styring_response::{Curve, Family};
use styring_testkit::reference::{Number, Reference};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Values {
    curve: Curve,
    spend: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct At {
    response: f64,
    marginal: Number,
    average: Number,
}

#[test]
fn curve_values() {
    Reference::new("allocation", "curve_values").run(|Values { curve, spend }: Values, expected: Vec<At>, check| {
        check.equal("spends", &spend.len(), &expected.len());
        for (x, at) in spend.into_iter().zip(expected) {
            check.float(&format!("response to {x}"), curve.value(x), at.response);
            check.number(&format!("marginal at {x}"), curve.marginal(x), at.marginal);
            check.number(&format!("average at {x}"), curve.average(x), at.average);
        }
    });
}

#[derive(Deserialize)]
#[serde(tag = "kind", content = "params", rename_all = "snake_case", deny_unknown_fields)]
enum Kind {
    Hill { b: f64, s: f64, k: f64 },
    MichaelisMenten { b: f64, k: f64 },
    Logistic { b: f64, l: f64 },
    Tanh { b: f64, c: f64 },
    Power { b: f64, s: f64 },
    Log { b: f64, k: f64 },
}

impl Kind {
    fn curve(self) -> Curve {
        let family = match self {
            Self::Hill { b: a, s, k } => Family::Hill { a, s, k },
            Self::MichaelisMenten { b: a, k } => Family::MichaelisMenten { a, k },
            Self::Logistic { b: a, l: lam } => Family::Logistic { a, lam },
            Self::Tanh { b, c } => Family::Tanh { b, c },
            Self::Power { b: a, s: p } => Family::Power { a, p },
            Self::Log { b: a, k: c } => Family::Log { a, c },
        };
        Curve::new(family).expect("a curve")
    }
}

#[derive(Deserialize)]
struct Calculus {
    #[serde(flatten)]
    kind: Kind,
    x: Vec<f64>,
    inverse_of: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedCalculus {
    y: Vec<f64>,
    marginal: Vec<f64>,
    average: Vec<f64>,
    inverse: f64,
}

#[test]
fn curve_calculus_own() {
    Reference::new("attribution", "curve_calculus_own").run(
        |Calculus { kind, x, inverse_of }: Calculus, expected: ExpectedCalculus, check| {
            let curve = kind.curve();
            let of = |f: &dyn Fn(f64) -> Option<f64>| x.iter().map(|x| f(*x).expect("a value")).collect::<Vec<_>>();
            check.floats("y", &of(&|x| Some(curve.value(x))), &expected.y);
            check.floats("marginal", &of(&|x| curve.marginal(x)), &expected.marginal);
            check.floats("average", &of(&|x| curve.average(x)), &expected.average);
            check.float("inverse", curve.spend_for(inverse_of).expect("a spend"), expected.inverse);
        },
    );
}

#[path = "reference/adstock.rs"]
mod adstock;
#[path = "reference/fit.rs"]
mod fit;
