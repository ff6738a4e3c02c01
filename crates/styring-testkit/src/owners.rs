//! Which crate runs which reference file.

/// One reference file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Owned {
    /// The folder.
    pub area: &'static str,
    /// The file name without its ending.
    pub file: &'static str,
    /// The crate whose `tests/reference.rs` runs it; `None` while the crate is not built.
    pub owner: Option<&'static str>,
    /// Whether the cases derive from data that may not be copied, so that they are read in place.
    pub in_place: bool,
}

/// The register. A file that is not in it makes the testkit's own test fail.
pub fn register() -> Vec<Owned> {
    let owned = |area, owner, files: &[&'static str]| {
        files.iter().map(|file| Owned { area, file, owner, in_place: IN_PLACE.contains(file) }).collect::<Vec<_>>()
    };
    [
        owned("metrics", Some("styring-money"), &["metrics_rounding"]),
        owned("metrics", Some("styring-metrics"), METRICS),
        owned("metrics", Some("styring-triangle"), &["ltv_chain_ladder"]),
        owned("metrics", Some("styring-ltv"), LTV),
        owned("allocation", Some("styring-allocation"), ALLOCATION),
        owned("allocation", Some("styring-allocation"), OPTIMISE),
        owned("allocation", Some("styring-response"), &["curve_values", "robyn_transforms"]),
        owned("allocation", Some("styring-simulator"), &["market_physics"]),
        owned("segments", Some("styring-segments"), SEGMENTS),
        owned("segments", Some("styring-reach"), REACH),
        owned("experiments", Some("styring-experiments"), EXPERIMENTS),
        owned("experiments", Some("styring-experiments"), GEO_PANELS),
        owned("attribution", Some("styring-experiments"), GEO),
        owned("attribution", Some("styring-response"), CURVES),
        owned("attribution", None, ATTRIBUTION_TO_COME),
    ]
    .concat()
}

const IN_PLACE: &[&str] = &[
    "geolift_published",
    "markov_channelattribution_data",
    "metrics_kag",
    "metrics_online_ads",
    "ltv_clv",
    "ltv_fit",
    "off_policy",
];

const METRICS: &[&str] = &[
    "metrics_ratio",
    "metrics_aggregate",
    "metrics_margin",
    "metrics_fx",
    "metrics_effect_score",
    "metrics_goal",
    "metrics_stoploss",
    "metrics_uncertainty",
    "metrics_kag",
    "metrics_online_ads",
];

const LTV: &[&str] = &[
    "ltv_bg_bb",
    "ltv_bg_nbd",
    "ltv_clv",
    "ltv_cohort",
    "ltv_fit",
    "ltv_gamma_gamma",
    "ltv_mbg_nbd",
    "ltv_pareto_nbd",
    "ltv_rfm",
    "ltv_sbg",
];

const ALLOCATION: &[&str] = &[
    "bandit_indices",
    "bandit_posterior",
    "money_rounding",
    "off_policy",
    "rhythm_move",
    "rhythm_score",
    "rhythm_stop_loss",
    "rhythm_trace",
];

const OPTIMISE: &[&str] = &[
    "churn_limit",
    "concave_optimum",
    "group_bounds",
    "headroom",
    "integer_concave",
    "min_spend_or_zero",
    "posterior_mean_optimum",
    "sshaped_optimum",
    "target_modes",
    "unit_grid_optimum",
];

const CURVES: &[&str] = &[
    "adstock_hill_meridian",
    "adstock_pymc",
    "adstock_robyn_own",
    "curve_calculus_own",
    "curve_fit",
    "saturation_pymc",
    "saturation_robyn_own",
];

const SEGMENTS: &[&str] = &[
    "exclusions",
    "names_build",
    "names_misc",
    "names_parse",
    "names_platform",
    "names_window",
    "overlap_exact",
    "roaring_interop",
    "sketch_cpc",
    "sketch_hll",
    "sketch_theta",
];

const REACH: &[&str] = &[
    "fcap_decisions",
    "fcap_translate",
    "reach_beta_binomial",
    "reach_curves",
    "reach_duplication",
    "reach_from_log",
    "reach_nbd",
    "sequence",
];

const EXPERIMENTS: &[&str] = &[
    "anytime_conversion_counts_trajectories",
    "anytime_linear_regression",
    "bayes_best_arm_normal",
    "bayes_beta_binomial",
    "bootstrap_ci",
    "cs_bernoulli_trajectories",
    "cs_boundaries",
    "cs_bounded_mean_trajectories",
    "cs_quantile",
    "exact_2x2",
    "fieller_ratio_holdout",
    "gb_bandit",
    "gb_bayesian",
    "gb_cuped",
    "gb_frequentist",
    "gb_midexperiment_power",
    "gb_poststrat",
    "gb_quantile",
    "gb_sequential_onesided",
    "gb_sequential_trajectories",
    "gs_published_tables",
    "gs_rpact_analysis_trajectories",
    "gs_rpact_designs",
    "gs_rpact_sample_size",
    "hash_assignment",
    "means_welch_student",
    "meta_analysis",
    "multiple_comparisons",
    "noninferiority_equivalence",
    "nonparametric",
    "permutation_exact",
    "poisson_rates",
    "power_sample_size",
    "proportion_one_sample",
    "proportions_two_sample",
    "quantile_one_sample",
    "regression_adjustment",
    "sample_size_published",
    "sp_sample_size",
    "sp_sequential_bounds",
    "sp_ztest_trajectories",
    "srm_fixed",
    "srm_sequential_trajectories",
    "tea_mean_ratio_cuped",
    "tea_power",
    "tea_proportion",
];

/// Experiments on geographies.
const GEO_PANELS: &[&str] = &[
    "did_panel",
    "geo_synthetic_control",
    "geo_tbr",
    "geo_tbr_design",
    "geo_trimmed_match",
    "structural_ts_counterfactual",
];

/// Of the folder of attribution: experiments on geographies.
const GEO: &[&str] = &[
    "augsynth_ridge",
    "causalimpact_bsts",
    "causalimpact_mle",
    "causalimpact_tfp",
    "conformal_moving_block",
    "did_panel",
    "geolift_published",
    "lift_test_likelihood",
    "local_level_kalman",
    "local_level_mle",
    "synthetic_control",
    "tbr",
    "tbr_mde",
    "trimmed_match_own",
];

const ATTRIBUTION_TO_COME: &[&str] = &[
    "additive_hazard_own",
    "calibration_own",
    "choose_order_channelattribution",
    "fractribution_own",
    "heuristics_channelattribution",
    "heuristics_mam1",
    "heuristics_mam2",
    "heuristics_own",
    "markov_channelattribution_data",
    "markov_exact",
    "markov_mam2",
    "markov_mc_channelattribution",
    "mmm_light_own",
    "roi_prior_meridian",
    "shao_li_own",
    "shapley_game",
    "shapley_mam2",
    "shapley_paths",
    "transition_matrix_channelattribution",
];
