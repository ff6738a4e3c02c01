//! Means, ratios, CUPED, strata, regression, quantiles, ranks, resampling and meta-analysis.

use serde::Deserialize;
use styring_experiments::means::{Contrast, Cuped, Errors, Rows, Slope, Stratum, ancova, lin, quantile};
use styring_experiments::meta::{MetaAnalysis, fisher, stouffer};
use styring_experiments::parity::{growthbook, tea_tasting};
use styring_experiments::ranks::{KolmogorovSmirnov, MannWhitney, brunner_munzel};
use styring_experiments::resampling::{Bootstrap, Interval, Plan, permutation, sign_flips};
use styring_experiments::{Alternative, Counts, Error, Hypothesis, Joint, Level, Moments, Ordered, Readout, Seed};
use styring_testkit::reference::{Check, Number, Reference};

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Side {
    TwoSided,
    Greater,
    Less,
}

impl From<Side> for Alternative {
    fn from(side: Side) -> Self {
        match side {
            Side::TwoSided => Self::TwoSided,
            Side::Greater => Self::Greater,
            Side::Less => Self::Less,
        }
    }
}

fn at(alpha: f64, alternative: Alternative) -> Hypothesis {
    Hypothesis::from(alternative).at(Level::from_alpha(alpha).unwrap())
}

fn moments(n: u64, mean: f64, variance: f64) -> Moments {
    Moments::from_summary(n, [mean], [[variance]]).unwrap()
}

fn ends(check: &mut Check, what: &str, readout: &Readout, expected: [Number; 2]) {
    let (low, high) = readout.set().ends();
    check.number(what, Some(low), expected[0]);
    check.number(what, Some(high), expected[1]);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Summaries {
    n_c: u64,
    mean_c: f64,
    var_c: f64,
    n_t: u64,
    mean_t: f64,
    var_t: f64,
    confidence: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WelchStudent {
    welch_t: Number,
    #[serde(rename = "welch_p_two-sided")]
    welch_two_sided: Number,
    welch_p_greater: Number,
    welch_p_less: Number,
    welch_df: Number,
    welch_se: Number,
    welch_ci: Option<[Number; 2]>,
    student_t: Number,
    #[serde(rename = "student_p_two-sided")]
    student_two_sided: Number,
    student_p_greater: Number,
    student_p_less: Number,
    student_df: Number,
    student_se: Number,
    student_ci: Option<[Number; 2]>,
}

#[test]
fn means_welch_student() {
    Reference::new("experiments", "means_welch_student").run(|input: Summaries, expected: WelchStudent, check| {
        let control = moments(input.n_c, input.mean_c, input.var_c);
        let treatment = moments(input.n_t, input.mean_t, input.var_t);
        let welch = Contrast::means(&control, &treatment).unwrap();
        let level = Level::new(input.confidence).unwrap();
        let both = [
            (
                "welch",
                welch,
                [expected.welch_t, expected.welch_df, expected.welch_se],
                [expected.welch_two_sided, expected.welch_p_greater, expected.welch_p_less],
                expected.welch_ci,
            ),
            (
                "student",
                welch.pooled(),
                [expected.student_t, expected.student_df, expected.student_se],
                [expected.student_two_sided, expected.student_p_greater, expected.student_p_less],
                expected.student_ci,
            ),
        ];
        for (name, contrast, [t, df, se], p_values, ci) in both {
            let error = contrast.standard_error().ok();
            let named = |what: &str| format!("{name}_{what}");
            // Where nothing varies the peer has no t and no p-value, and we no answer at all.
            if t == Number(None) {
                check.equal(
                    &named("error"),
                    &contrast.difference(level),
                    &Err(Error::NoSpread { what: "what is compared" }),
                );
                continue;
            }
            check.number(&named("se"), error, se);
            check.number(&named("df"), contrast.degrees().ok(), df);
            let readout = contrast.difference(level).unwrap();
            check.number(&named("t"), readout.estimate().zip(error).map(|(effect, error)| effect / error), t);
            let names = ["p_two-sided", "p_greater", "p_less"];
            let sides = [Alternative::TwoSided, Alternative::Greater, Alternative::Less];
            for ((what, side), p) in names.into_iter().zip(sides).zip(p_values) {
                check.number(&named(what), Some(contrast.difference(side).unwrap().p_value()), p);
            }
            ends(check, &named("ci"), &readout, ci.expect("an interval"));
        }
    });
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum PeerDifference {
    Absolute,
    Relative,
}

impl From<PeerDifference> for growthbook::Difference {
    fn from(difference: PeerDifference) -> Self {
        match difference {
            PeerDifference::Absolute => Self::Absolute,
            PeerDifference::Relative => Self::Relative,
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "statistic", rename_all = "snake_case", deny_unknown_fields)]
enum Growthbook {
    Proportion { control: PeerCounts, treatment: PeerCounts, difference: PeerDifference, alternative: Side, alpha: f64 },
    Mean { control: PeerMean, treatment: PeerMean, difference: PeerDifference, alternative: Side, alpha: f64 },
    Ratio { control: PeerRatio, treatment: PeerRatio, difference: PeerDifference, alternative: Side, alpha: f64 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeerCounts {
    n: u64,
    sum: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeerMean {
    n: u64,
    #[serde(rename = "sum")]
    _sum: f64,
    #[serde(rename = "sum_squares")]
    _sum_squares: f64,
    mean: f64,
    var: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeerRatio {
    n: u64,
    m_sum: f64,
    m_ss: f64,
    d_sum: f64,
    d_ss: f64,
    md: f64,
}

impl PeerRatio {
    fn joint(&self) -> Joint<2> {
        Joint::from_sums(self.n, [self.m_sum, self.d_sum], [[self.m_ss, self.md], [self.md, self.d_ss]]).unwrap()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeerAnswer {
    expected: f64,
    ci: [Number; 2],
    p: f64,
    stddev: f64,
    error: Option<String>,
}

/// A readout of ours against an answer of GrowthBook's.
fn growthbook_answer(check: &mut Check, got: &Result<Readout, Error>, expected: &PeerAnswer) {
    match (got, expected.error.as_deref()) {
        (Err(error), Some(refusal)) => {
            let same = match error {
                Error::NoSpread { .. } | Error::TooFew { .. } => refusal == "ZERO_NEGATIVE_VARIANCE",
                Error::ZeroBase { .. } => refusal.starts_with("BASELINE"),
                _ => false,
            };
            check.equal("refusal", &same, &true);
        }
        (Ok(readout), None) => {
            check.number("expected", readout.estimate(), Number(Some(expected.expected)));
            check.float("p", readout.p_value(), expected.p);
            ends(check, "ci", readout, expected.ci);
            check.number("stddev", readout.standard_error(), Number(Some(expected.stddev)));
        }
        (got, error) => check.fail(format!("got {got:?}, expected {error:?}")),
    }
}

#[test]
fn gb_frequentist() {
    Reference::new("experiments", "gb_frequentist").run(|input: Growthbook, expected: PeerAnswer, check| {
        let got = match input {
            Growthbook::Proportion { control, treatment, difference, alternative, alpha } => {
                let counts = |arm: PeerCounts| Counts::new(arm.sum, arm.n).unwrap();
                let question = at(alpha, alternative.into());
                growthbook::proportions(counts(control), counts(treatment), difference.into(), question)
            }
            Growthbook::Mean { control, treatment, difference, alternative, alpha } => {
                let arm = |arm: PeerMean| moments(arm.n, arm.mean, arm.var);
                let question = at(alpha, alternative.into());
                growthbook::means(&arm(control), &arm(treatment), difference.into(), question)
            }
            Growthbook::Ratio { control, treatment, difference, alternative, alpha } => {
                let question = at(alpha, alternative.into());
                growthbook::ratios(&control.joint(), &treatment.joint(), difference.into(), question)
            }
        };
        growthbook_answer(check, &got, &expected);
    });
}

#[derive(Deserialize)]
#[serde(tag = "statistic", rename_all = "snake_case", deny_unknown_fields)]
enum GrowthbookCuped {
    CupedMean { control: CupedMean, treatment: CupedMean, difference: PeerDifference, alpha: f64 },
    CupedRatio { control: CupedRatio, treatment: CupedRatio, difference: PeerDifference, alpha: f64 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CupedMean {
    post: Vec<f64>,
    pre: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CupedRatio {
    num_post: Vec<f64>,
    den_post: Vec<f64>,
    num_pre: Vec<f64>,
    den_pre: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CupedAnswer {
    expected: f64,
    ci: [Number; 2],
    p: f64,
    stddev: f64,
    error: Option<String>,
    theta: f64,
}

#[test]
fn gb_cuped() {
    Reference::new("experiments", "gb_cuped").run(|input: GrowthbookCuped, expected: CupedAnswer, check| {
        let (got, theta) = match input {
            GrowthbookCuped::CupedMean { control, treatment, difference, alpha } => {
                let [c, t] =
                    [control, treatment].map(|arm| arm.post.into_iter().zip(arm.pre).map(|(y, x)| [y, x]).collect());
                let question = at(alpha, Alternative::TwoSided);
                let got = growthbook::cuped_means(&c, &t, difference.into(), question);
                (got, growthbook::cuped_mean_slope(&c, &t))
            }
            GrowthbookCuped::CupedRatio { control, treatment, difference, alpha } => {
                let [c, t] = [control, treatment].map(|arm| {
                    let before = arm.num_pre.into_iter().zip(arm.den_pre);
                    let during = arm.num_post.into_iter().zip(arm.den_post);
                    during.zip(before).map(|((y, d), (x, e))| [y, d, x, e]).collect()
                });
                let question = at(alpha, Alternative::TwoSided);
                let got = growthbook::cuped_ratios(&c, &t, difference.into(), question);
                (got, growthbook::cuped_ratio_slope(&c, &t))
            }
        };
        check.number("theta", theta.ok(), Number(Some(expected.theta)));
        let CupedAnswer { expected, ci, p, stddev, error, .. } = expected;
        growthbook_answer(check, &got, &PeerAnswer { expected, ci, p, stddev, error });
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PostStratification {
    strata: Vec<PeerStratum>,
    difference: PeerDifference,
    alpha: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeerStratum {
    control: PeerSums,
    treatment: PeerSums,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeerSums {
    n: u64,
    sum: f64,
    sum_squares: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PostStratified {
    expected: f64,
    ci: [Number; 2],
    p: f64,
    stddev: f64,
    error: Option<String>,
    applied: bool,
    unstratified: PeerAnswer,
}

#[test]
fn gb_poststrat() {
    Reference::new("experiments", "gb_poststrat").run(|input: PostStratification, expected: PostStratified, check| {
        let arm = |sums: &PeerSums| Moments::from_sums(sums.n, [sums.sum], [[sums.sum_squares]]).unwrap();
        let strata: Vec<Stratum> = input
            .strata
            .iter()
            .map(|stratum| Stratum { control: arm(&stratum.control), treatment: arm(&stratum.treatment) })
            .collect();
        let question = at(input.alpha, Alternative::TwoSided);
        let got = growthbook::post_stratified_means(&strata, input.difference.into(), question);
        check.equal("applied", &(strata.len() > 1), &expected.applied);
        let (mut control, mut treatment) = (Moments::default(), Moments::default());
        for stratum in &strata {
            control.merge(&stratum.control);
            treatment.merge(&stratum.treatment);
        }
        let plain = growthbook::means(&control, &treatment, input.difference.into(), question);
        growthbook_answer(check, &plain, &expected.unstratified);
        let PostStratified { expected, ci, p, stddev, error, .. } = expected;
        growthbook_answer(check, &got, &PeerAnswer { expected, ci, p, stddev, error });
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeerQuantiles {
    clustered: bool,
    control: PeerQuantile,
    treatment: PeerQuantile,
    difference: PeerDifference,
    alpha: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeerQuantile {
    n: u64,
    n_star: u64,
    nu: f64,
    quantile_hat: f64,
    quantile_lower: f64,
    quantile_upper: f64,
    main_sum: Option<f64>,
    main_sum_squares: Option<f64>,
    denominator_sum: Option<f64>,
    denominator_sum_squares: Option<f64>,
    main_denominator_sum_product: Option<f64>,
    n_clusters: Option<u64>,
}

impl PeerQuantile {
    fn quantile(&self, clustered: bool) -> growthbook::Quantile {
        let clusters = clustered.then(|| {
            let product = self.main_denominator_sum_product.unwrap();
            let products =
                [[self.main_sum_squares.unwrap(), product], [product, self.denominator_sum_squares.unwrap()]];
            let sums = [self.main_sum.unwrap(), self.denominator_sum.unwrap()];
            Joint::from_sums(self.n_clusters.unwrap(), sums, products).unwrap()
        });
        growthbook::Quantile {
            n: self.n,
            n_star: self.n_star,
            nu: self.nu,
            estimate: self.quantile_hat,
            lower: self.quantile_lower,
            upper: self.quantile_upper,
            clusters,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuantileAnswer {
    expected: f64,
    ci: [Number; 2],
    p: f64,
    stddev: f64,
    error: Option<String>,
    variance_a: f64,
    variance_b: f64,
}

#[test]
fn gb_quantile() {
    Reference::new("experiments", "gb_quantile").run(|input: PeerQuantiles, expected: QuantileAnswer, check| {
        let [control, treatment] = [&input.control, &input.treatment].map(|arm| arm.quantile(input.clustered));
        check.number("variance_a", control.variance().ok(), Number(Some(expected.variance_a)));
        check.number("variance_b", treatment.variance().ok(), Number(Some(expected.variance_b)));
        let question = at(input.alpha, Alternative::TwoSided);
        let got = growthbook::quantiles(&control, &treatment, input.difference.into(), question);
        let QuantileAnswer { expected, ci, p, stddev, error, .. } = expected;
        growthbook_answer(check, &got, &PeerAnswer { expected, ci, p, stddev, error });
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TeaTasting {
    metric: Metric,
    equal_var: bool,
    use_t: bool,
    alternative: Side,
    confidence: f64,
    control: TeaArm,
    treatment: TeaArm,
    order: [String; 4],
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Metric {
    Mean,
    Ratio,
    CupedMean,
    CupedRatio,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TeaArm {
    n: u64,
    mean: TeaMeans,
    cov: [[f64; 4]; 4],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TeaMeans {
    y: f64,
    d: f64,
    yc: f64,
    dc: f64,
}

impl TeaArm {
    fn of<const K: usize>(&self, places: [usize; K]) -> Joint<K> {
        let means = [self.mean.y, self.mean.d, self.mean.yc, self.mean.dc];
        Joint::from_summary(self.n, places.map(|i| means[i]), places.map(|i| places.map(|j| self.cov[i][j]))).unwrap()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TeaAnswer {
    control: f64,
    treatment: f64,
    effect_size: f64,
    effect_size_ci_lower: Number,
    effect_size_ci_upper: Number,
    rel_effect_size: f64,
    rel_effect_size_ci_lower: Number,
    rel_effect_size_ci_upper: Number,
    pvalue: f64,
    statistic: f64,
}

#[test]
fn tea_mean_ratio_cuped() {
    Reference::new("experiments", "tea_mean_ratio_cuped").run(|input: TeaTasting, expected: TeaAnswer, check| {
        check.equal("order", &input.order.join(" "), &"y d yc dc".to_owned());
        let (c, t) = (&input.control, &input.treatment);
        let contrast = match input.metric {
            Metric::Mean => Contrast::means(&c.of([0]), &t.of([0])),
            Metric::Ratio => Contrast::ratios(&c.of([0, 1]), &t.of([0, 1])),
            Metric::CupedMean => tea_tasting::cuped_means(&c.of([0, 2]), &t.of([0, 2])),
            Metric::CupedRatio => tea_tasting::cuped_ratios(&c.of([0, 1, 2, 3]), &t.of([0, 1, 2, 3])),
        }
        .unwrap();
        let contrast = if input.equal_var { contrast.pooled() } else { contrast };
        let contrast = if input.use_t { contrast } else { contrast.normal() };
        let level = Level::new(input.confidence).unwrap();
        let question = Hypothesis::from(Alternative::from(input.alternative)).at(level);
        let difference = contrast.difference(question).unwrap();
        let lift = contrast.lift(question).unwrap();
        check.float("control", contrast.control(), expected.control);
        check.float("treatment", contrast.treatment(), expected.treatment);
        check.float("effect_size", difference.estimate().unwrap(), expected.effect_size);
        ends(check, "effect_size_ci", &difference, [expected.effect_size_ci_lower, expected.effect_size_ci_upper]);
        check.float("rel_effect_size", lift.estimate().unwrap(), expected.rel_effect_size);
        ends(check, "rel_ci", &lift, [expected.rel_effect_size_ci_lower, expected.rel_effect_size_ci_upper]);
        // The peer gives the p-value of the difference for both.
        check.float("pvalue", difference.p_value(), expected.pvalue);
        check.float(
            "statistic",
            difference.estimate().unwrap() / contrast.standard_error().unwrap(),
            expected.statistic,
        );
        // Our own adjusted difference is the peer's; the lift alone differs.
        if let Metric::CupedMean = input.metric {
            let own = Cuped::means(&c.of([0, 2]), &t.of([0, 2]), Slope::Everybody).unwrap().contrast();
            let own = if input.equal_var { own.pooled() } else { own };
            let own = if input.use_t { own } else { own.normal() };
            check.float("pvalue", own.difference(question).unwrap().p_value(), expected.pvalue);
        }
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneQuantile {
    x: Vec<f64>,
    p: f64,
    q0: f64,
    confidence: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneQuantileAnswer {
    statistic: usize,
    statistic_type: u8,
    p_two_sided: f64,
    ci: [Number; 2],
    p_less: f64,
    p_greater: f64,
}

#[test]
fn quantile_one_sample() {
    Reference::new("experiments", "quantile_one_sample").run(
        |input: OneQuantile, expected: OneQuantileAnswer, check| {
            let values = Ordered::new(input.x).unwrap();
            let ask = |alternative| {
                let level = Level::new(input.confidence).unwrap();
                quantile(&values, input.p, Hypothesis::from(alternative).at(level).against(input.q0)).unwrap()
            };
            let [both, greater, less] = [Alternative::TwoSided, Alternative::Greater, Alternative::Less].map(ask);
            check.float("p_two_sided", both.p_value(), expected.p_two_sided);
            check.float("p_greater", greater.p_value(), expected.p_greater);
            check.float("p_less", less.p_value(), expected.p_less);
            // The peer reports the count of the smaller tail, and no number where the set is open.
            let (statistic, kind) = if greater.p_value() <= less.p_value() {
                (values.at_most(input.q0), 1)
            } else {
                (values.below(input.q0), 2)
            };
            check.equal("statistic", &(statistic, kind), &(expected.statistic, expected.statistic_type));
            let (low, high) = both.set().ends();
            for (end, expected) in [low, high].into_iter().zip(expected.ci) {
                check.number("ci", Some(end).filter(|end| end.is_finite()), expected);
            }
        },
    );
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TwoSamples {
    x: Vec<f64>,
    y: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nonparametric {
    u: f64,
    #[serde(rename = "asymptotic_p_two-sided")]
    asymptotic_two_sided: f64,
    asymptotic_p_greater: f64,
    asymptotic_p_less: f64,
    #[serde(rename = "exact_p_two-sided")]
    exact_two_sided: Option<f64>,
    exact_p_greater: Option<f64>,
    exact_p_less: Option<f64>,
    auc: f64,
    ks_stat: Option<f64>,
    ks_p_exact: Option<f64>,
    brunner_munzel_stat: f64,
    brunner_munzel_p: f64,
}

#[test]
fn nonparametric() {
    Reference::new("experiments", "nonparametric").run(|input: TwoSamples, expected: Nonparametric, check| {
        let (control, treatment) = (Ordered::new(input.x).unwrap(), Ordered::new(input.y).unwrap());
        let test = MannWhitney::new(&control, &treatment).unwrap();
        check.float("u", test.u(), expected.u);
        check.float("auc", test.probability(), expected.auc);
        let sides = [Alternative::TwoSided, Alternative::Greater, Alternative::Less];
        let asymptotic = [expected.asymptotic_two_sided, expected.asymptotic_p_greater, expected.asymptotic_p_less];
        for (side, p) in sides.into_iter().zip(asymptotic) {
            check.float("asymptotic_p", test.p_value(side).unwrap(), p);
        }
        let exact = [expected.exact_two_sided, expected.exact_p_greater, expected.exact_p_less];
        for (side, p) in sides.into_iter().zip(exact) {
            if let Some(p) = p {
                check.float("exact_p", test.exact_p_value(side).unwrap(), p);
                check.float("shift_p", test.shift(side).unwrap().p_value(), p);
            }
        }
        let kolmogorov_smirnov = KolmogorovSmirnov::new(&control, &treatment).unwrap();
        if let (Some(distance), Some(p)) = (expected.ks_stat, expected.ks_p_exact) {
            check.float("ks_stat", kolmogorov_smirnov.distance, distance);
            check.float("ks_p_exact", kolmogorov_smirnov.p_value, p);
        }
        // The peer was asked with the arms exchanged: its statistic falls with the treatment.
        let readout = brunner_munzel(&control, &treatment, Hypothesis::default().against(0.5)).unwrap();
        check.float("brunner_munzel_p", readout.p_value(), expected.brunner_munzel_p);
        let statistic = (0.5 - readout.estimate().unwrap()) / readout.standard_error().unwrap();
        check.float("brunner_munzel_stat", statistic, expected.brunner_munzel_stat);
    });
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Permutation {
    Arms(TwoSamples),
    Pairs(Pairs),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pairs {
    paired_differences: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PermutationAnswer {
    statistic: f64,
    #[serde(rename = "p_two-sided")]
    p_two_sided: f64,
    p_greater: f64,
    p_less: f64,
}

#[test]
fn permutation_exact() {
    Reference::new("experiments", "permutation_exact").run(|input: Permutation, expected: PermutationAnswer, check| {
        let plan = Plan { exact_up_to: 10_000_000, ..Plan::default() };
        let ask = |alternative: Alternative| match &input {
            Permutation::Arms(arms) => permutation(&arms.x, &arms.y, alternative, plan).unwrap(),
            Permutation::Pairs(pairs) => sign_flips(&pairs.paired_differences, alternative, plan).unwrap(),
        };
        let [both, greater, less] = [Alternative::TwoSided, Alternative::Greater, Alternative::Less].map(ask);
        check.float("statistic", both.estimate().unwrap(), expected.statistic);
        check.float("p_two_sided", both.p_value(), expected.p_two_sided);
        check.float("p_greater", greater.p_value(), expected.p_greater);
        check.float("p_less", less.p_value(), expected.p_less);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resampled {
    x: Vec<f64>,
    y: Vec<f64>,
    confidence: f64,
    statistic: Statistic,
}

#[derive(Deserialize, Clone, Copy)]
enum Statistic {
    #[serde(rename = "mean(y)-mean(x)")]
    Means,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Intervals {
    percentile: [Number; 2],
    basic: [Number; 2],
    #[serde(rename = "BCa")]
    bca: [Number; 2],
}

#[test]
fn bootstrap_ci() {
    Reference::new("experiments", "bootstrap_ci").run(|input: Resampled, expected: Intervals, check| {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let Statistic::Means = input.statistic;
        let bootstrap = Bootstrap::new(&input.x, &input.y, |x, y| mean(y) - mean(x), 40_000, Seed(11)).unwrap();
        let level = Level::new(input.confidence).unwrap();
        let intervals = [
            ("percentile", Interval::Percentile, expected.percentile),
            ("basic", Interval::Basic, expected.basic),
            ("BCa", Interval::Bca, expected.bca),
        ];
        for (what, interval, expected) in intervals {
            ends(check, what, &bootstrap.readout(interval, level).unwrap(), expected);
        }
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Experiments {
    effects: Vec<f64>,
    variances: Vec<f64>,
    pvalues: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pooled {
    fixed: f64,
    fixed_se: f64,
    random: f64,
    random_se: Option<f64>,
    tau2: f64,
    q: f64,
    i2: f64,
    fisher_p: f64,
    stouffer_p: f64,
}

#[test]
fn meta_analysis() {
    Reference::new("experiments", "meta_analysis").run(|input: Experiments, expected: Pooled, check| {
        let pooled = MetaAnalysis::new(&input.effects, &input.variances).unwrap();
        let degrees = (input.effects.len() - 1) as f64;
        let error = |readout: &Readout| readout.standard_error().unwrap();
        let fixed = pooled.fixed_effect(Level::P95).unwrap();
        check.float("fixed", fixed.estimate().unwrap(), expected.fixed);
        check.float("fixed_se", error(&fixed), expected.fixed_se);
        check.float("q", pooled.q(), expected.q);
        let random = pooled.random_effects(Level::P95).unwrap();
        if expected.tau2 > 0.0 {
            check.float("tau2", pooled.tau_squared(), expected.tau2);
            check.float("i2", pooled.i_squared(), expected.i2);
            check.float("random", random.estimate().unwrap(), expected.random);
            check.number("random_se", Some(error(&random)), Number(expected.random_se));
        } else {
            // DIFFERENCE: the peer leaves τ² below zero where effects differ less than their errors do, and pools with the weights 1 / (v + τ²), some below zero: effects of −0.03 to 0.02
            // come to −14.3. DerSimonian and Laird (1986) set τ² to zero, and then random effects are the fixed one. That the peer's numbers are what such weights give is checked.
            let weights: Vec<f64> = input.variances.iter().map(|variance| 1.0 / (variance + expected.tau2)).collect();
            let sum: f64 = weights.iter().sum();
            let theirs = weights.iter().zip(&input.effects).map(|(weight, effect)| weight * effect).sum::<f64>() / sum;
            check.float("random", theirs, expected.random);
            check.number("random_se", (sum > 0.0).then(|| (1.0 / sum).sqrt()), Number(expected.random_se));
            check.float("i2", 1.0 - degrees / pooled.q(), expected.i2);
            check.equal("tau2 and i2", &(pooled.tau_squared(), pooled.i_squared()), &(0.0, 0.0));
            check.float("random", random.estimate().unwrap(), expected.fixed);
            check.float("random_se", error(&random), expected.fixed_se);
        }
        check.float("fisher_p", fisher(&input.pvalues).unwrap(), expected.fisher_p);
        check.float("stouffer_p", stouffer(&input.pvalues).unwrap(), expected.stouffer_p);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Regression {
    y: Vec<f64>,
    treatment: Vec<u8>,
    covariates: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(non_snake_case)]
struct Adjusted {
    unadjusted_diff: f64,
    ancova_effect: f64,
    ancova_se_ols: f64,
    ancova_se_HC0: f64,
    ancova_se_HC1: f64,
    ancova_se_HC2: f64,
    ancova_se_HC3: f64,
    ancova_p_HC2_t: f64,
    ancova_ci95_HC2_t: [Number; 2],
    lin_effect: f64,
    lin_se_ols: f64,
    lin_se_HC0: f64,
    lin_se_HC1: f64,
    lin_se_HC2: f64,
    lin_se_HC3: f64,
    lin_p_HC2_t: f64,
    lin_ci95_HC2_t: [Number; 2],
}

/// By summaries with K − 1 covariates: ANCOVA's contrast, and Lin's.
fn by_summaries<const K: usize>(input: &Regression) -> [Contrast; 2] {
    let arm = |treated: u8| -> Joint<K> {
        input
            .y
            .iter()
            .zip(&input.treatment)
            .zip(&input.covariates)
            .filter(|((_, own), _)| **own == treated)
            .map(|((y, _), x)| std::array::from_fn(|k| if k == 0 { *y } else { x[k - 1] }))
            .collect()
    };
    [ancova(&arm(0), &arm(1)).unwrap(), lin(&arm(0), &arm(1)).unwrap()]
}

#[test]
fn regression_adjustment() {
    Reference::new("experiments", "regression_adjustment").run(|input: Regression, expected: Adjusted, check| {
        let covariates = input.covariates.first().map_or(0, Vec::len);
        let mut rows = Rows::new(covariates);
        for ((outcome, treated), values) in input.y.iter().zip(&input.treatment).zip(&input.covariates) {
            rows.add(*outcome, *treated == 1, values).unwrap();
        }
        let arm = |own: u8| -> Moments {
            input.y.iter().zip(&input.treatment).filter(|(_, t)| **t == own).map(|(y, _)| [*y]).collect()
        };
        check.float("unadjusted_diff", arm(1).mean(0) - arm(0).mean(0), expected.unadjusted_diff);
        let kinds = [Errors::Classical, Errors::Hc0, Errors::Hc1, Errors::Hc2, Errors::Hc3];
        let models = [
            (
                "ancova",
                rows.ancova().unwrap(),
                (expected.ancova_effect, expected.ancova_p_HC2_t, expected.ancova_ci95_HC2_t),
                [
                    expected.ancova_se_ols,
                    expected.ancova_se_HC0,
                    expected.ancova_se_HC1,
                    expected.ancova_se_HC2,
                    expected.ancova_se_HC3,
                ],
            ),
            (
                "lin",
                rows.lin().unwrap(),
                (expected.lin_effect, expected.lin_p_HC2_t, expected.lin_ci95_HC2_t),
                [
                    expected.lin_se_ols,
                    expected.lin_se_HC0,
                    expected.lin_se_HC1,
                    expected.lin_se_HC2,
                    expected.lin_se_HC3,
                ],
            ),
        ];
        for (model, fit, (effect, p, ci), errors) in models {
            check.float(&format!("{model}_effect"), fit.effect(), effect);
            for (kind, error) in kinds.into_iter().zip(errors) {
                check.float(&format!("{model}_{kind:?}"), fit.contrast(kind).unwrap().standard_error().unwrap(), error);
            }
            let readout = fit.contrast(Errors::default()).unwrap().difference(Level::P95).unwrap();
            check.float(&format!("{model}_p"), readout.p_value(), p);
            ends(check, &format!("{model}_ci"), &readout, ci);
        }
        // The same from summaries that merge.
        let [ancova, lin] = match covariates {
            1 => by_summaries::<2>(&input),
            2 => by_summaries::<3>(&input),
            3 => by_summaries::<4>(&input),
            4 => by_summaries::<5>(&input),
            5 => by_summaries::<6>(&input),
            more => return check.fail(format!("{more} covariates")),
        };
        check.float("ancova from summaries", ancova.treatment() - ancova.control(), expected.ancova_effect);
        check.float("ancova error from summaries", ancova.standard_error().unwrap(), expected.ancova_se_ols);
        check.float("lin from summaries", lin.treatment() - lin.control(), expected.lin_effect);
    });
}
