//! Beta-binomial exposures and their limits.

use serde::Deserialize;
use styring_reach::{BetaBinomial, Error, Insertions};
use styring_testkit::reference::Reference;

use crate::lists::{Whole, whole};

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Input {
    Bb { r1: f64, r2: f64, insertions: u32 },
    BbLimit { r1: f64, r2: f64, insertions: u32 },
    BbInvalid { r1: f64, r2: f64, insertions: u32 },
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Expected {
    Distribution {
        alpha: Option<f64>,
        beta: Option<f64>,
        kind: String,
        pmf: Vec<f64>,
        k_plus: Vec<f64>,
        reach: f64,
        mean: f64,
        average_frequency: f64,
    },
    Error {
        error: bool,
    },
}

#[test]
fn reach_beta_binomial() {
    Reference::new("segments", "reach_beta_binomial").run(|input: Input, expected: Expected, check| {
        match (input, expected) {
            (
                Input::Bb { r1, r2, insertions } | Input::BbLimit { r1, r2, insertions },
                Expected::Distribution { alpha, beta, kind, pmf, k_plus, reach, mean, average_frequency },
            ) => {
                let model = BetaBinomial::from_reaches(r1, r2).expect("two reaches");
                let (name, parameters) = match model.insertions() {
                    Insertions::BetaBinomial { alpha, beta } => ("beta_binomial", Some((alpha, beta))),
                    Insertions::Binomial => ("binomial", None),
                    Insertions::Polarized => ("polarized", None),
                };
                check.equal("kind", &name, &kind.as_str());
                match (parameters, alpha.zip(beta)) {
                    (Some(got), Some(expected)) => {
                        check.float("alpha", got.0, expected.0);
                        check.float("beta", got.1, expected.1);
                    }
                    (got, expected) => check.equal("parameters", &got, &expected),
                }
                let got = model.distribution(insertions).expect("a distribution");
                let expected = Whole { pmf: &pmf, k_plus: &k_plus, reach, mean, average_frequency };
                whole(check, &got, &expected);
            }
            (Input::BbInvalid { r1, r2, insertions }, Expected::Error { error }) => {
                let got = BetaBinomial::from_reaches(r1, r2).and_then(|model| model.distribution(insertions));
                check.equal("error", &matches!(got, Err(Error::OutOfRange { .. })), &error);
            }
            _ => check.fail("an expectation of another kind"),
        }
    });
}
