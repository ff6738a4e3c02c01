//! Geo experiments: difference in differences, synthetic control, conformal inference, lift tests.

use std::collections::BTreeMap;

use serde::Deserialize;
use styring_experiments::geo::{
    Conformal, Counterfactual, Did, LiftTest, Norm, Panel, PanelErrors, Placebos, SyntheticControl, Weighting,
};
use styring_experiments::{Alternative, Level, Readout};
use styring_testkit::reference::{Check, Reference};

fn panel(rows: Vec<Vec<f64>>, treated: &[bool], first_treated: usize) -> Panel {
    let treated: Vec<String> =
        treated.iter().enumerate().filter(|(_, treated)| **treated).map(|(place, _)| place.to_string()).collect();
    let units = rows.into_iter().enumerate().map(|(place, row)| (place.to_string(), row));
    Panel::new(units, &treated, first_treated).unwrap()
}

fn first_treated(rows: &[Vec<f64>], treated: usize) -> Vec<bool> {
    (0..rows.len()).map(|place| place < treated).collect()
}

/// From days × donors to donors × days.
fn transposed(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    (0..rows[0].len()).map(|donor| rows.iter().map(|row| row[donor]).collect()).collect()
}

fn ends(check: &mut Check, what: &str, readout: &Readout, expected: [f64; 2]) {
    let (low, high) = readout.set().ends();
    check.float(what, low, expected[0]);
    check.float(what, high, expected[1]);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExperimentsDid {
    y: Vec<Vec<f64>>,
    treated: Vec<u8>,
    t0: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExperimentsDidExpected {
    effect: f64,
    se_ols: f64,
    se_cluster: f64,
    p_cluster_t: f64,
    ci95_cluster_t: [f64; 2],
    did_2x2_of_means: f64,
}

#[test]
fn did_panel() {
    Reference::new("experiments", "did_panel").run(|input: ExperimentsDid, expected: ExperimentsDidExpected, check| {
        let treated: Vec<bool> = input.treated.iter().map(|treated| *treated == 1).collect();
        let did = Did::new(&panel(input.y, &treated, input.t0));
        check.float("effect", did.effect(), expected.effect);
        check.float("did_2x2_of_means", did.effect(), expected.did_2x2_of_means);
        check.float("se_ols", did.standard_error(PanelErrors::Classical).unwrap(), expected.se_ols);
        check.float("se_cluster", did.standard_error(PanelErrors::Cluster).unwrap(), expected.se_cluster);
        let readout = did.readout(PanelErrors::Cluster, Level::P95).unwrap();
        check.float("p_cluster_t", readout.p_value(), expected.p_cluster_t);
        ends(check, "ci95_cluster_t", &readout, expected.ci95_cluster_t);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttributionDid {
    y: Vec<Vec<f64>>,
    n_treated: usize,
    t0: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttributionDidExpected {
    estimate: f64,
    se_classic: f64,
    se_hc1: f64,
    se_cluster: f64,
    df_resid: usize,
    ci95_classic: [f64; 2],
    ci95_hc1: [f64; 2],
    ci95_cluster: [f64; 2],
}

#[test]
fn attribution_did_panel() {
    Reference::new("attribution", "did_panel").run(|input: AttributionDid, expected: AttributionDidExpected, check| {
        let treated = first_treated(&input.y, input.n_treated);
        let did = Did::new(&panel(input.y, &treated, input.t0));
        check.float("estimate", did.effect(), expected.estimate);
        check.equal("df_resid", &did.degrees(PanelErrors::Classical), &expected.df_resid);
        for (name, errors, error, interval) in [
            ("classic", PanelErrors::Classical, expected.se_classic, expected.ci95_classic),
            ("hc1", PanelErrors::Hc1, expected.se_hc1, expected.ci95_hc1),
            ("cluster", PanelErrors::Cluster, expected.se_cluster, expected.ci95_cluster),
        ] {
            check.float(&format!("se_{name}"), did.standard_error(errors).unwrap(), error);
            ends(check, &format!("ci95_{name}"), &did.readout(errors, Level::P95).unwrap(), interval);
        }
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GeoSyntheticControl {
    treated: Vec<f64>,
    donors: Vec<Vec<f64>>,
    n_pre: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GeoSyntheticControlExpected {
    weights: Vec<f64>,
    pre_sse: f64,
    pre_rmspe: f64,
    gap_post: Vec<f64>,
    att: f64,
    rmspe_ratio: f64,
    placebo_p: f64,
    conformal_p_block: f64,
    pysyncon_pre_sse: f64,
}

#[test]
fn geo_synthetic_control() {
    Reference::new("experiments", "geo_synthetic_control").run(
        |input: GeoSyntheticControl, expected: GeoSyntheticControlExpected, check| {
            let mut rows = vec![input.treated];
            rows.extend(transposed(&input.donors));
            let treated = first_treated(&rows, 1);
            let panel = panel(rows, &treated, input.n_pre);
            let weighting = Weighting::default();
            let synthetic = SyntheticControl::new(&panel, weighting).unwrap();
            check.floats("weights", synthetic.weights(), &expected.weights);
            let sse = synthetic.l2() * synthetic.l2();
            check.float("pre_sse", sse, expected.pre_sse);
            check.float("pre_rmspe", synthetic.rmspe_before(), expected.pre_rmspe);
            check.floats("gap_post", &synthetic.gaps()[input.n_pre..], &expected.gap_post);
            check.float("att", synthetic.effect(), expected.att);
            check.number(
                "rmspe_ratio",
                synthetic.rmspe_ratio(),
                styring_testkit::reference::Number(Some(expected.rmspe_ratio)),
            );
            check.float(
                "placebo_p",
                Placebos::new(&panel, weighting).unwrap().rmspe_p_value().unwrap(),
                expected.placebo_p,
            );
            let conformal = Conformal::new(&panel, Counterfactual::Synthetic(weighting), Norm::Absolute);
            check.float(
                "conformal_p_block",
                conformal.p_value(0.0, Alternative::TwoSided).unwrap(),
                expected.conformal_p_block,
            );
            // What the peer's optimiser reached: not to be worse.
            check.equal("as good as pysyncon", &(sse <= expected.pysyncon_pre_sse * (1.0 + 1e-9)), &true);
        },
    );
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Synthetic {
    y: Vec<Vec<f64>>,
    n_treated: usize,
    t0: usize,
    demean: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SyntheticExpected {
    weights: Vec<f64>,
    counterfactual_post: Vec<f64>,
    att: f64,
    att_total: f64,
    pct_lift: f64,
    l2: f64,
    scaled_l2: f64,
    rmspe_ratio: f64,
    placebo_p: f64,
}

#[test]
fn synthetic_control() {
    Reference::new("attribution", "synthetic_control").run(|input: Synthetic, expected: SyntheticExpected, check| {
        let treated = first_treated(&input.y, input.n_treated);
        let panel = panel(input.y, &treated, input.t0);
        let weighting = Weighting { demeaned: input.demean, ridge: None };
        let synthetic = SyntheticControl::new(&panel, weighting).unwrap();
        check.floats("weights", synthetic.weights(), &expected.weights);
        check.floats("counterfactual_post", &synthetic.counterfactual()[input.t0..], &expected.counterfactual_post);
        check.float("att", synthetic.effect(), expected.att);
        check.float("att_total", synthetic.total(), expected.att_total);
        check.float("pct_lift", synthetic.lift().unwrap(), expected.pct_lift);
        check.float("l2", synthetic.l2(), expected.l2);
        check.float("scaled_l2", synthetic.scaled_l2().unwrap(), expected.scaled_l2);
        check.float("rmspe_ratio", synthetic.rmspe_ratio().unwrap(), expected.rmspe_ratio);
        check.float(
            "placebo_p",
            Placebos::new(&panel, weighting).unwrap().rmspe_p_value().unwrap(),
            expected.placebo_p,
        );
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ridge {
    y: Vec<Vec<f64>>,
    t0: usize,
    lambda: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RidgeExpected {
    weights_sc: Vec<f64>,
    weights_augmented: Vec<f64>,
    att: f64,
}

#[test]
fn augsynth_ridge() {
    Reference::new("attribution", "augsynth_ridge").run(|input: Ridge, expected: RidgeExpected, check| {
        let treated = first_treated(&input.y, 1);
        let panel = panel(input.y, &treated, input.t0);
        let weighting = Weighting { demeaned: false, ridge: Some(input.lambda) };
        let synthetic = SyntheticControl::new(&panel, weighting).unwrap();
        check.floats("weights_sc", synthetic.simplex_weights(), &expected.weights_sc);
        check.floats("weights_augmented", synthetic.weights(), &expected.weights_augmented);
        check.float("att", synthetic.effect(), expected.att);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MovingBlock {
    y: Vec<f64>,
    donors: Vec<Vec<f64>>,
    t0: usize,
    q: f64,
    alpha: f64,
    grid: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MovingBlockExpected {
    p_value_zero: f64,
    p_grid: Vec<f64>,
    ci: [f64; 2],
}

#[test]
fn conformal_moving_block() {
    Reference::new("attribution", "conformal_moving_block").run(
        |input: MovingBlock, expected: MovingBlockExpected, check| {
            let norm = match input.q {
                1.0 => Norm::Absolute,
                2.0 => Norm::Square,
                other => return check.fail(format!("no norm {other}")),
            };
            let mut rows = vec![input.y];
            rows.extend(transposed(&input.donors));
            let treated = first_treated(&rows, 1);
            let conformal = Conformal::new(&panel(rows, &treated, input.t0), Counterfactual::MeanDifference, norm);
            let p = |effect: f64| conformal.p_value(effect, Alternative::TwoSided).unwrap();
            check.float("p_value_zero", p(0.0), expected.p_value_zero);
            check.floats("p_grid", &input.grid.iter().map(|effect| p(*effect)).collect::<Vec<_>>(), &expected.p_grid);
            // The case keeps effects with p above alpha, the set those with alpha itself as well: between the two lies a level a little surer.
            let level = Level::from_alpha(input.alpha + 1e-9).unwrap();
            let set = conformal.readout(level).unwrap().set();
            let kept: Vec<f64> = input.grid.iter().copied().filter(|effect| set.contains(*effect)).collect();
            check.float("ci", kept.first().copied().unwrap(), expected.ci[0]);
            check.float("ci", kept.last().copied().unwrap(), expected.ci[1]);
        },
    );
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lift {
    b: f64,
    k: f64,
    x: f64,
    delta_x: f64,
    delta_y: f64,
    sigma: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LiftExpected {
    model_lift: f64,
    loglik: f64,
}

#[test]
fn lift_test_likelihood() {
    Reference::new("attribution", "lift_test_likelihood").run(|input: Lift, expected: LiftExpected, check| {
        let Lift { b, k, x, delta_x, delta_y, sigma } = input;
        let curve = |x: f64| b * x / (k + x);
        let model = curve(x + delta_x) - curve(x);
        check.float("model_lift", model.abs(), expected.model_lift.abs());
        check.float("loglik", LiftTest::new(delta_y, sigma).unwrap().log_likelihood(model).unwrap(), expected.loglik);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    data: String,
    treated: Vec<String>,
    #[serde(default)]
    excluded: Vec<String>,
    t0: usize,
    demean: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PublishedExpected {
    att: f64,
    incremental: f64,
    pct_lift: f64,
    l2: f64,
    scaled_l2: Option<f64>,
    weights: BTreeMap<String, f64>,
}

#[test]
fn geolift_published() {
    Reference::new("attribution", "geolift_published").run(|input: Published, expected: PublishedExpected, check| {
        let Some(path) = styring_testkit::data::file(&input.data) else { return };
        let text = std::fs::read_to_string(path).unwrap();
        let mut rows: BTreeMap<String, Vec<(String, f64)>> = BTreeMap::new();
        for line in text.lines().skip(1) {
            let [unit, value, date] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
            rows.entry(unit.to_owned()).or_default().push((date.to_owned(), value.parse().unwrap()));
        }
        let units = rows.into_iter().map(|(unit, mut days)| {
            days.sort_by(|one, other| one.0.cmp(&other.0));
            (unit, days.into_iter().map(|(_, value)| value).collect())
        });
        let panel = Panel::new(units, &input.treated, input.t0).unwrap().without(&input.excluded).unwrap();
        let weighting = Weighting { demeaned: input.demean, ridge: None };
        let synthetic = SyntheticControl::new(&panel, weighting).unwrap();
        check.float("att", synthetic.effect(), expected.att);
        check.float("incremental", synthetic.total(), expected.incremental);
        check.float("pct_lift", synthetic.lift().unwrap(), expected.pct_lift);
        check.float("l2", synthetic.l2(), expected.l2);
        if let Some(scaled) = expected.scaled_l2 {
            check.float("scaled_l2", synthetic.scaled_l2().unwrap(), scaled);
        }
        check.equal("donors", &synthetic.donors().len(), &expected.weights.len());
        for (donor, weight) in synthetic.donors().iter().zip(synthetic.weights()) {
            match expected.weights.get(donor) {
                Some(expected) => check.float("weights", *weight, *expected),
                None => check.fail(format!("{donor} is a donor")),
            }
        }
    });
}
