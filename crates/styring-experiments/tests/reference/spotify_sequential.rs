use serde::Deserialize;
use styring_experiments::parity::spotify::{
    Question, powered_effect, sample_size, sequential_bounds, ztest_trajectory,
};
use styring_experiments::{Alternative, Counts, Level};
use styring_testkit::reference::Reference;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoundsInput {
    information: Vec<f64>,
    alpha: f64,
    rho: f64,
    sides: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoundsExpected {
    upper: Vec<f64>,
    alpha_spent: Vec<f64>,
}

#[test]
fn sp_sequential_bounds() {
    Reference::new("experiments", "sp_sequential_bounds").run(|input: BoundsInput, expected: BoundsExpected, check| {
        let level = Level::from_alpha(input.alpha).expect("a level");
        let alternative = super::group_sequential::alternative(input.sides);
        let bounds = sequential_bounds(&input.information, level, alternative, input.rho).expect("bounds");
        check.equal("upper", &bounds.len(), &expected.upper.len());
        check.equal("alpha_spent", &bounds.len(), &expected.alpha_spent.len());
        for (look, (bound, (upper, spent))) in
            bounds.iter().zip(expected.upper.iter().zip(&expected.alpha_spent)).enumerate()
        {
            let before = look.checked_sub(1).map_or(0.0, |before| input.information[before]);
            // DIFFERENCE: after a short step the peer's grid of trapezoids is too coarse for its own tolerance: 3.87006 where Simpson's rule on 6001 nodes gives 3.8709827355 (case 010, third look), 2.72243 for
            // 2.7219373742 (016, last). Ours agrees with the latter to 1e-10. Without the fine grid all that can be asked is a thousandth.
            if input.information[look] - before < 0.02 && (bound.upper - upper).abs() < 1e-3 {
                check.float("alpha_spent", bound.spent, *spent);
                continue;
            }
            check.float("upper", bound.upper, *upper);
            check.float("alpha_spent", bound.spent, *spent);
        }
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrajectoryInput {
    looks_success_total_per_variant: Vec<Vec<(u64, u64)>>,
    final_expected_sample_size_total: u64,
    interval: f64,
    correction: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrajectoryExpected {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    date: usize,
    level_2: String,
    difference: f64,
    ci_lower: f64,
    ci_upper: f64,
    #[serde(rename = "adjusted ci_lower")]
    adjusted_lower: f64,
    #[serde(rename = "adjusted ci_upper")]
    adjusted_upper: f64,
    is_significant: bool,
}

#[test]
fn sp_ztest_trajectories() {
    Reference::new("experiments", "sp_ztest_trajectories").run(
        |input: TrajectoryInput, expected: TrajectoryExpected, check| {
            check.equal("correction", &input.correction.as_str(), &"bonferroni");
            let counts = |(successes, trials): &(u64, u64)| Counts::new(*successes, *trials).expect("counts");
            let looks: Vec<Vec<Counts>> =
                input.looks_success_total_per_variant.iter().map(|look| look.iter().map(counts).collect()).collect();
            let level = Level::new(input.interval).expect("a level");
            let rows = ztest_trajectory(&looks, input.final_expected_sample_size_total, level).expect("a trajectory");
            check.equal("rows", &rows.len(), &expected.rows.len());
            for expected in &expected.rows {
                let this = rows
                    .iter()
                    .find(|row| row.look + 1 == expected.date && format!("v{}", row.treatment) == expected.level_2);
                let Some(row) = this else {
                    check.fail(format!("no row for {} {}", expected.date, expected.level_2));
                    continue;
                };
                check.float("difference", row.difference, expected.difference);
                check.float("ci_lower", row.interval.ends().0, expected.ci_lower);
                check.float("ci_upper", row.interval.ends().1, expected.ci_upper);
                check.float("adjusted ci_lower", row.adjusted.ends().0, expected.adjusted_lower);
                check.float("adjusted ci_upper", row.adjusted.ends().1, expected.adjusted_upper);
                check.equal("is_significant", &row.significant, &expected.is_significant);
            }
        },
    );
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SizeInput {
    binary: bool,
    avg: f64,
    var: f64,
    mde_relative: f64,
    weights: Vec<f64>,
    power: f64,
    confidence: f64,
    preferred_direction: Option<String>,
    correction: String,
    n_for_powered_effect: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SizeExpected {
    total_sample_size: f64,
    powered_effect: f64,
}

#[test]
fn sp_sample_size() {
    Reference::new("experiments", "sp_sample_size").run(|input: SizeInput, expected: SizeExpected, check| {
        check.equal("correction", &input.correction.as_str(), &"bonferroni");
        let question = Question {
            binary: input.binary,
            average: input.avg,
            variance: input.var,
            relative_effect: input.mde_relative,
            weights: &input.weights,
            power: input.power,
            level: Level::new(input.confidence).expect("a level"),
            alternative: match input.preferred_direction.as_deref() {
                None => Alternative::TwoSided,
                Some("increase") => Alternative::Greater,
                Some("decrease") => Alternative::Less,
                Some(other) => panic!("preferred direction {other}"),
            },
        };
        check.float("total_sample_size", sample_size(&question).expect("a size"), expected.total_sample_size);
        let effect = powered_effect(&question, input.n_for_powered_effect).expect("an effect");
        check.float("powered_effect", effect, expected.powered_effect);
    });
}
