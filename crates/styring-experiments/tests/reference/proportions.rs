use serde::Deserialize;
use styring_experiments::parity::tea_tasting_proportions;
use styring_experiments::{
    Alternative, ConfidenceSet, Counts, DifferenceMethod, Error, Hypothesis, Level, OddsRatioMethod, ProportionMethod,
    RatioMethod, Readout, TwoProportions, binomial_test,
};
use styring_testkit::reference::{Check, Number, Reference};

fn ends(check: &mut Check, name: &str, set: ConfidenceSet, expected: [Number; 2]) {
    let (low, high) = set.ends();
    check.number(name, Some(low), expected[0]);
    check.number(name, Some(high), expected[1]);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneInput {
    x: u64,
    n: u64,
    confidence: f64,
    p0: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneExpected {
    wald: [Number; 2],
    agresti_coull: [Number; 2],
    clopper_pearson: [Number; 2],
    wilson: [Number; 2],
    wilson_cc: [Number; 2],
    jeffreys: [Number; 2],
    #[serde(rename = "binom_p_two-sided")]
    two_sided: f64,
    binom_p_greater: f64,
    binom_p_less: f64,
}

#[test]
fn proportion_one_sample() {
    Reference::new("experiments", "proportion_one_sample").run(|input: OneInput, expected: OneExpected, check| {
        let counts = Counts::new(input.x, input.n).expect("counts");
        let level = Level::new(input.confidence).expect("a level");
        let methods = [
            ("wald", ProportionMethod::Wald, expected.wald),
            ("agresti_coull", ProportionMethod::AgrestiCoull, expected.agresti_coull),
            ("clopper_pearson", ProportionMethod::ClopperPearson, expected.clopper_pearson),
            ("wilson", ProportionMethod::Wilson, expected.wilson),
            ("wilson_cc", ProportionMethod::WilsonCorrected, expected.wilson_cc),
            ("jeffreys", ProportionMethod::Jeffreys, expected.jeffreys),
        ];
        for (name, method, expected) in methods {
            ends(check, name, method.interval(counts, level).expect("an interval"), expected);
        }
        let p = |alternative| binomial_test(counts, input.p0, alternative).expect("a p-value");
        check.float("binom_p_two-sided", p(Alternative::TwoSided), expected.two_sided);
        check.float("binom_p_greater", p(Alternative::Greater), expected.binom_p_greater);
        check.float("binom_p_less", p(Alternative::Less), expected.binom_p_less);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TwoInput {
    x1: u64,
    n1: u64,
    x2: u64,
    n2: u64,
    confidence: f64,
}

impl TwoInput {
    fn test(&self) -> TwoProportions {
        two(self.x1, self.n1, self.x2, self.n2)
    }
}

fn two(x1: u64, n1: u64, x2: u64, n2: u64) -> TwoProportions {
    let counts = |x, n| Counts::new(x, n).expect("counts");
    TwoProportions::new(counts(x1, n1), counts(x2, n2)).expect("two arms")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TwoExpected {
    #[serde(rename = "pooled_z_p_two-sided")]
    pooled_two_sided: Number,
    pooled_z_stat: Number,
    pooled_z_p_larger: Number,
    pooled_z_p_smaller: Number,
    ci_diff_wald: [Number; 2],
    #[serde(rename = "ci_diff_agresti-caffo")]
    ci_diff_agresti_caffo: [Number; 2],
    ci_diff_newcomb: [Number; 2],
    ci_diff_score: [Number; 2],
    ci_ratio_log: Option<[Number; 2]>,
    #[serde(rename = "ci_ratio_log-adjusted")]
    ci_ratio_log_adjusted: [Number; 2],
    ci_ratio_score: [Number; 2],
    ci_or_logit: Option<[Number; 2]>,
    #[serde(rename = "ci_or_logit-adjusted")]
    ci_or_logit_adjusted: [Number; 2],
    ci_or_score: [Number; 2],
    test_diff_wald_stat: Number,
    test_diff_wald_p: Number,
    #[serde(rename = "test_diff_agresti-caffo_stat")]
    test_diff_agresti_caffo_stat: Number,
    #[serde(rename = "test_diff_agresti-caffo_p")]
    test_diff_agresti_caffo_p: Number,
    test_diff_score_stat: Number,
    test_diff_score_p: Number,
}

/// A set where the reference has one; where it has none, a typed error or a set without an end.
fn set_or_error(check: &mut Check, name: &str, got: Result<Readout, Error>, expected: Option<[Number; 2]>) {
    match (got, expected) {
        (Ok(readout), Some(expected)) => ends(check, name, readout.set(), expected),
        (Err(Error::TooFew { .. }), None) => {}
        (got, expected) => check.fail(format!("{name}: got {got:?}, expected {expected:?}")),
    }
}

#[test]
fn proportions_two_sample() {
    Reference::new("experiments", "proportions_two_sample").run(|input: TwoInput, expected: TwoExpected, check| {
        let test = input.test();
        let level = Level::new(input.confidence).expect("a level");
        let difference = |method, hypothesis| test.difference(method, hypothesis).expect("a readout");
        let two_sided = Hypothesis::from(level);

        // Where the peer divides nothing by nothing, ours is documented: nothing differs, p = 1, and z is a typed error.
        let p = |check: &mut Check, name: &str, got: f64, expected: Number| match expected {
            Number(None) => check.equal(name, &got, &1.0),
            expected => check.number(name, Some(got), expected),
        };
        let z = |check: &mut Check, name: &str, method, expected: Number| match (test.z(method, 0.0), expected) {
            (Ok(got), Number(Some(_))) => check.number(name, Some(got), expected),
            (Err(Error::NoSpread { .. }), Number(None)) => {}
            (Err(Error::NoSpread { .. }), Number(Some(infinite))) if infinite.is_infinite() => {}
            (Ok(got), Number(None)) => check.equal(name, &got, &0.0),
            (got, expected) => check.fail(format!("{name}: got {got:?}, expected {expected:?}")),
        };
        let pooled = difference(DifferenceMethod::Pooled, two_sided);
        p(check, "pooled_z_p_two-sided", pooled.p_value(), expected.pooled_two_sided);
        z(check, "pooled_z_stat", DifferenceMethod::Pooled, expected.pooled_z_stat);
        for (name, hypothesis, expected) in [
            ("pooled_z_p_larger", Hypothesis::greater(), expected.pooled_z_p_larger),
            ("pooled_z_p_smaller", Hypothesis::less(), expected.pooled_z_p_smaller),
        ] {
            let got = difference(DifferenceMethod::Pooled, hypothesis).p_value();
            match expected {
                Number(None) => check.equal(name, &got, &0.5),
                expected => check.number(name, Some(got), expected),
            }
        }
        for (name, method, set, statistic, p_value) in [
            (
                "wald",
                DifferenceMethod::Wald,
                expected.ci_diff_wald,
                expected.test_diff_wald_stat,
                expected.test_diff_wald_p,
            ),
            (
                "agresti-caffo",
                DifferenceMethod::AgrestiCaffo,
                expected.ci_diff_agresti_caffo,
                expected.test_diff_agresti_caffo_stat,
                expected.test_diff_agresti_caffo_p,
            ),
            (
                "score",
                DifferenceMethod::Score,
                expected.ci_diff_score,
                expected.test_diff_score_stat,
                expected.test_diff_score_p,
            ),
        ] {
            let readout = difference(method, two_sided);
            ends(check, &format!("ci_diff_{name}"), readout.set(), set);
            z(check, &format!("test_diff_{name}_stat"), method, statistic);
            p(check, &format!("test_diff_{name}_p"), readout.p_value(), p_value);
        }
        let newcombe = difference(DifferenceMethod::Newcombe, two_sided);
        ends(check, "ci_diff_newcomb", newcombe.set(), expected.ci_diff_newcomb);

        let ratio = |method| test.ratio(method, two_sided);
        set_or_error(check, "ci_ratio_log", ratio(RatioMethod::Log), expected.ci_ratio_log);
        set_or_error(
            check,
            "ci_ratio_log-adjusted",
            ratio(RatioMethod::LogAdjusted),
            Some(expected.ci_ratio_log_adjusted),
        );
        set_or_error(check, "ci_ratio_score", ratio(RatioMethod::Score), Some(expected.ci_ratio_score));
        let odds = |method| test.odds_ratio(method, two_sided);
        set_or_error(check, "ci_or_logit", odds(OddsRatioMethod::Logit), expected.ci_or_logit);
        set_or_error(
            check,
            "ci_or_logit-adjusted",
            odds(OddsRatioMethod::LogitAdjusted),
            Some(expected.ci_or_logit_adjusted),
        );
        set_or_error(check, "ci_or_score", odds(OddsRatioMethod::Score), Some(expected.ci_or_score));
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExactInput {
    x1: u64,
    n1: u64,
    x2: u64,
    n2: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExactExpected {
    #[serde(rename = "fisher_p_two-sided")]
    fisher_two_sided: f64,
    fisher_p_greater: f64,
    fisher_p_less: f64,
    barnard_stat: f64,
    #[serde(rename = "barnard_p_two-sided")]
    barnard_two_sided: f64,
    barnard_p_greater: f64,
    barnard_p_less: f64,
    #[serde(rename = "boschloo_p_two-sided")]
    boschloo_two_sided: f64,
    boschloo_p_greater: f64,
    boschloo_p_less: f64,
}

#[test]
fn exact_2x2() {
    Reference::new("experiments", "exact_2x2").run(|input: ExactInput, expected: ExactExpected, check| {
        let test = two(input.x1, input.n1, input.x2, input.n2);
        check.float("fisher_p_two-sided", test.fisher(Alternative::TwoSided), expected.fisher_two_sided);
        check.float("fisher_p_greater", test.fisher(Alternative::Greater), expected.fisher_p_greater);
        check.float("fisher_p_less", test.fisher(Alternative::Less), expected.fisher_p_less);
        let barnard = |side| test.barnard(side).expect("a test");
        check.float("barnard_stat", barnard(Alternative::TwoSided).statistic(), expected.barnard_stat);
        check.float("barnard_p_two-sided", barnard(Alternative::TwoSided).p_value(), expected.barnard_two_sided);
        check.float("barnard_p_greater", barnard(Alternative::Greater).p_value(), expected.barnard_p_greater);
        check.float("barnard_p_less", barnard(Alternative::Less).p_value(), expected.barnard_p_less);
        let boschloo = |side| test.boschloo(side).expect("a test").p_value();
        check.float("boschloo_p_two-sided", boschloo(Alternative::TwoSided), expected.boschloo_two_sided);
        check.float("boschloo_p_greater", boschloo(Alternative::Greater), expected.boschloo_p_greater);
        check.float("boschloo_p_less", boschloo(Alternative::Less), expected.boschloo_p_less);
    });
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TeaInput {
    x_t: u64,
    n_t: u64,
    x_c: u64,
    n_c: u64,
    method: TeaMethod,
    correction: bool,
    equal_var: bool,
    confidence: f64,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum TeaMethod {
    Norm,
    Pearson,
    LogLikelihood,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TeaExpected {
    control: Number,
    treatment: Number,
    effect_size: Number,
    effect_size_ci_lower: Number,
    effect_size_ci_upper: Number,
    rel_effect_size: Number,
    rel_effect_size_ci_lower: Number,
    rel_effect_size_ci_upper: Number,
    pvalue: Number,
}

#[test]
fn tea_proportion() {
    Reference::new("experiments", "tea_proportion").run(|input: TeaInput, expected: TeaExpected, check| {
        let test = two(input.x_t, input.n_t, input.x_c, input.n_c);
        check.number("control", test.control().rate(), expected.control);
        check.number("treatment", test.treatment().rate(), expected.treatment);
        let estimate = |readout: Result<Readout, Error>| readout.ok().and_then(|readout| readout.estimate());
        let score = Hypothesis::default();
        check.number("effect_size", estimate(test.difference(DifferenceMethod::Score, score)), expected.effect_size);
        check.number("rel_effect_size", estimate(test.lift(RatioMethod::Score, score)), expected.rel_effect_size);
        if input.method == TeaMethod::Norm {
            let level = Level::new(input.confidence).expect("a level");
            match tea_tasting_proportions::proportion(test, input.equal_var, input.correction, level) {
                Ok((difference, set, lift)) => {
                    check.number("pvalue", Some(difference.p_value()), expected.pvalue);
                    let (low, high) = set.ends();
                    check.number("effect_size_ci_lower", Some(low), expected.effect_size_ci_lower);
                    check.number("effect_size_ci_upper", Some(high), expected.effect_size_ci_upper);
                    let (low, high) = lift.ends();
                    check.number("rel_effect_size_ci_lower", Some(low), expected.rel_effect_size_ci_lower);
                    check.number("rel_effect_size_ci_upper", Some(high), expected.rel_effect_size_ci_upper);
                }
                Err(_) => check.equal("rel_effect_size_ci_lower", &None, &expected.rel_effect_size_ci_lower.0),
            }
        } else {
            let independence = if input.method == TeaMethod::Pearson {
                test.chi_squared(input.correction)
            } else {
                test.g_test(input.correction)
            };
            check.number("pvalue", independence.ok().map(styring_experiments::Independence::p_value), expected.pvalue);
            for (name, none) in [
                ("effect_size_ci_lower", expected.effect_size_ci_lower),
                ("effect_size_ci_upper", expected.effect_size_ci_upper),
                ("rel_effect_size_ci_lower", expected.rel_effect_size_ci_lower),
                ("rel_effect_size_ci_upper", expected.rel_effect_size_ci_upper),
            ] {
                check.number(name, None, none);
            }
        }
    });
}
