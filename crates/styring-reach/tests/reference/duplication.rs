//! Reach of several channels or vehicles: independent, from pairs, sharp, by canonical expansion.

use serde::Deserialize;
use styring_reach::{BetaBinomial, CanonicalExpansion, Error, Overlaps, Vehicle, sainsbury};
use styring_testkit::reference::Reference;

use crate::lists::{Whole, pmf as pmf_list, whole};

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Input {
    Sainsbury { reach: Vec<f64>, insertions: Vec<u32> },
    Duplication { reach: Vec<f64>, pairs: Vec<Pair>, k: f64 },
    CanonicalExpansion { vehicles: Vec<OneVehicle>, pairs: Vec<Pair> },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    i: usize,
    j: usize,
    d: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneVehicle {
    insertions: u32,
    r1: f64,
    r2: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Expected {
    Sainsbury {
        pmf: Vec<f64>,
        k_plus: Vec<f64>,
        reach: f64,
        mean: f64,
        average_frequency: f64,
    },
    Duplication {
        feasible: bool,
        agostini_raw: f64,
        hofmans_raw: f64,
        random_duplication: f64,
        bounds: ExpectedBounds,
        sharp: Option<(f64, f64)>,
        agostini: Option<f64>,
        hofmans: Option<f64>,
    },
    CanonicalExpansion {
        reach: f64,
        rho: Vec<Rho>,
        vehicle_reach: Vec<f64>,
        mean: f64,
        smallest_cell: f64,
        pmf: Option<Vec<f64>>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedBounds {
    frechet: (f64, f64),
    bonferroni_lower: f64,
    dawson_sankoff_lower: f64,
    hunter_upper: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_field_names, reason = "named in the file")]
struct Rho {
    i: usize,
    j: usize,
    rho: f64,
}

fn of(pairs: &[Pair]) -> impl Iterator<Item = (usize, usize, f64)> {
    pairs.iter().map(|pair| (pair.i, pair.j, pair.d))
}

#[test]
fn reach_duplication() {
    Reference::new("segments", "reach_duplication").run(|input: Input, expected: Expected, check| {
        match (input, expected) {
            (
                Input::Sainsbury { reach: singles, insertions },
                Expected::Sainsbury { pmf, k_plus, reach, mean, average_frequency },
            ) => {
                check.equal("insertions", &insertions.len(), &singles.len());
                let vehicles: Vec<_> = singles.into_iter().zip(insertions).collect();
                let got = sainsbury(&vehicles).expect("a plan");
                whole(check, &got, &Whole { pmf: &pmf, k_plus: &k_plus, reach, mean, average_frequency });
            }
            (
                Input::Duplication { reach, pairs, k },
                Expected::Duplication {
                    feasible,
                    agostini_raw,
                    hofmans_raw,
                    random_duplication,
                    bounds,
                    sharp,
                    agostini,
                    hofmans,
                },
            ) => {
                let overlaps = Overlaps::new(reach, of(&pairs)).expect("shares");
                check.float("agostini_raw", overlaps.agostini_raw(k).expect("all pairs"), agostini_raw);
                check.float("hofmans_raw", overlaps.hofmans_raw().expect("all pairs"), hofmans_raw);
                check.float("random_duplication", overlaps.independent_raw(), random_duplication);
                let got = overlaps.bounds();
                check.float("frechet low", got.frechet.0, bounds.frechet.0);
                check.float("frechet high", got.frechet.1, bounds.frechet.1);
                check.float("bonferroni_lower", got.bonferroni_lower, bounds.bonferroni_lower);
                check.float("dawson_sankoff_lower", got.dawson_sankoff_lower, bounds.dawson_sankoff_lower);
                check.float("hunter_upper", got.hunter_upper, bounds.hunter_upper);
                match (overlaps.sharp(), sharp) {
                    (Ok(got), Some((low, high))) => {
                        check.equal("feasible", &true, &feasible);
                        check.float("sharp low", got.low(), low);
                        check.float("sharp high", got.high(), high);
                        check.equal("certified to 1e-9", &got.gap().is_some_and(|gap| gap < 1e-9), &true);
                        let got = overlaps.agostini(k).expect("feasible");
                        check.float("agostini", got.value(), agostini.unwrap_or(f64::NAN));
                        let got = overlaps.hofmans().expect("feasible");
                        check.float("hofmans", got.value(), hofmans.unwrap_or(f64::NAN));
                    }
                    (Err(error), None) => {
                        check.equal("feasible", &false, &feasible);
                        let named = matches!(
                            error,
                            Error::ImpossiblePair { .. } | Error::ImpossibleTriple { .. } | Error::Impossible { .. }
                        );
                        check.equal(&format!("named, {error}"), &named, &true);
                        check.equal("clamped", &(agostini, hofmans), &(None, None));
                    }
                    (got, expected) => check.fail(format!("sharp: got {got:?}, expected {expected:?}")),
                }
            }
            (
                Input::CanonicalExpansion { vehicles, pairs },
                Expected::CanonicalExpansion { reach, rho, vehicle_reach, mean, smallest_cell, pmf },
            ) => {
                let vehicles = vehicles.into_iter().map(|vehicle| Vehicle {
                    model: match vehicle.r2 {
                        Some(r2) => BetaBinomial::from_reaches(vehicle.r1, r2).expect("two reaches"),
                        None => BetaBinomial::binomial(vehicle.r1).expect("a reach"),
                    },
                    insertions: vehicle.insertions,
                });
                let plan = CanonicalExpansion::new(vehicles.collect(), of(&pairs)).expect("a plan");
                check.float("reach", plan.reach().expect("possible").raw(), reach);
                check.equal("pairs", &plan.correlations().len(), &rho.len());
                for (got, expected) in plan.correlations().iter().zip(&rho) {
                    check.equal("pair", &(got.0, got.1), &(expected.i, expected.j));
                    check.float("rho", got.2, expected.rho);
                }
                check.equal("vehicles", &plan.vehicles().len(), &vehicle_reach.len());
                for (got, expected) in plan.vehicle_reach().iter().zip(&vehicle_reach) {
                    check.float("vehicle_reach", *got, *expected);
                }
                check.float("mean", plan.mean(), mean);
                match (plan.distribution(), pmf) {
                    (Ok(got), Some(expected)) => {
                        pmf_list(check, got.pmf(), &expected);
                        check.float("smallest_cell", 0.0, smallest_cell);
                    }
                    (Err(Error::NegativeCell { probability, .. }), None) => {
                        check.float("smallest_cell", probability, smallest_cell);
                    }
                    (got, expected) => check.fail(format!("pmf: got {got:?}, expected {expected:?}")),
                }
            }
            _ => check.fail("an expectation of another kind"),
        }
    });
}

/// The figures that mediaPlanR publishes for its canonical expansion of three vehicles, 68.10 % and 65.92 %, and for five vehicles of 50 % that do not depend on each other.
#[test]
fn published_by_media_plan_r() {
    let percent = |share: f64, digits: i32| (share * 100.0 * 10_f64.powi(digits)).round() / 10_f64.powi(digits);
    let plan = |pairs: [f64; 3]| {
        let vehicle = |(r1, r2, insertions)| Vehicle { model: BetaBinomial::from_reaches(r1, r2).unwrap(), insertions };
        let vehicles = [(0.35, 0.44, 3), (0.18, 0.24, 2), (0.10, 0.15, 4)].map(vehicle).to_vec();
        CanonicalExpansion::new(vehicles, [(0, 1, pairs[0]), (0, 2, pairs[1]), (1, 2, pairs[2])]).unwrap()
    };
    for (pairs, published) in [([0.07, 0.04, 0.02], 68.10), ([0.08, 0.05, 0.03], 65.92)] {
        let plan = plan(pairs);
        assert_eq!(percent(plan.reach().unwrap().value(), 2), published);
        assert_eq!(percent(plan.distribution().unwrap().reach(), 2), published);
        assert_eq!(plan.reach().unwrap().clamped(), None);
    }

    let halves = Overlaps::new(vec![0.5; 5], (0..5).flat_map(|i| (i + 1..5).map(move |j| (i, j, 0.25)))).unwrap();
    assert_eq!(percent(halves.agostini_raw(Overlaps::AGOSTINI).unwrap(), 1), 117.6);
    let agostini = halves.agostini(Overlaps::AGOSTINI).unwrap();
    assert!((agostini.value() - 1.0).abs() < 1e-12 && agostini.clamped().is_some());
    assert_eq!(percent(sainsbury(&[(0.5, 1); 5]).unwrap().reach(), 3), 96.875);
}
