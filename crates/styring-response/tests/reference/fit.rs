//! Fitted curves.

use serde::Deserialize;
use std::collections::BTreeMap;
use styring_response::fit::{Fit, Form, Pairs};
use styring_testkit::reference::Reference;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Hill,
    MichaelisMenten,
    Logistic,
    Tanh,
    Power,
    Log,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    kind: Kind,
    x: Vec<f64>,
    y: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    sse: f64,
    params: BTreeMap<String, f64>,
}

#[test]
fn curve_fit() {
    Reference::new("attribution", "curve_fit").run(|data: Data, expected: Expected, check| {
        // Their letter for each of our parameters, in order.
        let (form, letters): (Form, &[&str]) = match data.kind {
            Kind::Hill => (Form::Hill, &["b", "s", "k"]),
            Kind::MichaelisMenten => (Form::MichaelisMenten, &["b", "k"]),
            Kind::Logistic => (Form::Logistic, &["b", "l"]),
            Kind::Tanh => (Form::Tanh, &["b", "c"]),
            Kind::Power => (Form::Power, &["b", "s"]),
            Kind::Log => (Form::Log, &["b", "k"]),
        };
        let pairs = Pairs::new(&data.x, &data.y).expect("pairs");
        let answer = Fit::new(form).run(&pairs).expect("a fit");
        let Some(fitted) = answer.best() else { return check.fail(format!("{answer:?}")) };
        // A lower sum of squares than theirs is no deviation.
        check.float("sse", fitted.sse().max(expected.sse), expected.sse);
        for (letter, parameter) in letters.iter().zip(fitted.parameters()) {
            let value = expected.params.get(*letter).copied().expect("a parameter");
            check.float(&format!("params.{letter}"), parameter.estimate().value(), value);
        }
        check.equal("parameters", &fitted.parameters().len(), &expected.params.len());
    });
}
