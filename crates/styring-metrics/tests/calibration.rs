//! What the effect score promises about its own uncertainty, shown by simulation with fixed seeds.
#![allow(clippy::expect_used)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Gamma, Poisson};
use styring_metrics::{Delivery, EffectScore, EffectScoring, Quality, ScoreWeights, Target};
use styring_money::{Currency, Exact, Rounding, Unrounded};

const PRIOR: f64 = 3.0;
const TARGET_COST: f64 = 400.0;
const DRAWS: u32 = 20_000;

fn score(scoring: &EffectScoring, results: f64, expected: f64) -> EffectScore {
    let exact = |value: f64| Exact::try_from(value).expect("finite");
    let nok = |value: f64| Unrounded::new(exact(value), Currency::NOK);
    let delivery = Delivery {
        results: exact(results),
        spend: nok(expected * TARGET_COST),
        quality: Quality::given(0.8).expect("a weight"),
    };
    let target = Target { results: exact(expected), cost_per_result: nok(TARGET_COST) };
    scoring.score(&delivery, &target).expect("valid input")
}

/// Weights (0, 0, 1): the score is the efficiency itself, so that coverage can be read off.
fn efficiency_only(level: f64) -> EffectScoring {
    let weights = ScoreWeights { attainment: 0.0, quality: 0.0, efficiency: 1.0 };
    EffectScoring::new(weights, PRIOR, level).expect("valid scoring")
}

fn covers(score: &EffectScore, truth: f64) -> bool {
    score.interval().is_some_and(|(low, high)| (low..=high).contains(&truth))
}

#[test]
fn intervals_cover_at_their_level_when_channels_vary_as_the_prior_says() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for (expected, level) in [(2.0, 0.9), (10.0, 0.9), (10.0, 0.8), (200.0, 0.9)] {
        let scoring = efficiency_only(level);
        // Channels whose true efficiency varies around the target by the prior's own spread.
        let truths = Gamma::new(PRIOR, 1.0 / PRIOR).expect("a gamma");
        let hits = (0..DRAWS)
            .filter(|_| {
                let truth = truths.sample(&mut rng);
                let results = Poisson::new(truth * expected).map_or(0.0, |p| p.sample(&mut rng));
                covers(&score(&scoring, results, expected), truth)
            })
            .count();
        let coverage = hits as f64 / f64::from(DRAWS);
        let error = (level * (1.0 - level) / f64::from(DRAWS)).sqrt();
        println!("expected {expected}: nominal {level}, covered {coverage:.4} ± {error:.4}");
        assert!((coverage - level).abs() < 4.0 * error, "expected {expected}: covered {coverage}");
    }
}

#[test]
fn the_probability_of_beating_is_calibrated() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let scoring = EffectScoring::default();
    let truths = Gamma::new(PRIOR, 1.0 / PRIOR).expect("a gamma");
    let mut bins = [(0_u32, 0_u32, 0.0_f64); 10];
    for _ in 0..2 * DRAWS {
        let sizes = [8.0, 40.0];
        let drawn = sizes.map(|expected| {
            let truth = truths.sample(&mut rng);
            let results = Poisson::new(truth * expected).map_or(0.0, |p| p.sample(&mut rng));
            (truth, score(&scoring, results, expected))
        });
        let [(truth_a, a), (truth_b, b)] = drawn;
        let said = a.probability_above(&b).expect("both have spend");
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let bin = &mut bins[((said * 10.0) as usize).min(9)];
        bin.0 += 1;
        bin.1 += u32::from(truth_a > truth_b);
        bin.2 += said;
    }
    for (count, wins, said) in bins {
        let (observed, said) = (f64::from(wins) / f64::from(count), said / f64::from(count));
        let error = (said * (1.0 - said) / f64::from(count)).sqrt();
        println!("said {said:.3}, was {observed:.3} ± {error:.3} ({count} pairs)");
        assert!((observed - said).abs() < 4.0 * error, "said {said}, was {observed}");
    }
}

/// What the interval does at one fixed truth: a credible interval promises coverage on average over the prior only. The figures stand in `docs/effect-score.md`.
#[test]
fn coverage_at_a_fixed_truth_is_as_documented() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let scoring = efficiency_only(0.9);
    for (truth, expected, documented) in [
        (1.0, 5.0, 0.941),
        (1.0, 100.0, 0.897),
        (0.5, 20.0, 0.908),
        (2.0, 20.0, 0.872),
        (0.25, 20.0, 0.864),
        (0.25, 100.0, 0.883),
    ] {
        let results = Poisson::new(truth * expected).expect("a rate");
        let hits = (0..DRAWS).filter(|_| covers(&score(&scoring, results.sample(&mut rng), expected), truth)).count();
        let coverage = hits as f64 / f64::from(DRAWS);
        let error = (coverage * (1.0 - coverage) / f64::from(DRAWS)).sqrt();
        println!("truth {truth}, expected {expected}: covered {coverage:.3} ± {error:.3}");
        let deviation: f64 = coverage - documented;
        assert!(deviation.abs() < 4.0 * error + 0.0005, "truth {truth}, expected {expected}: covered {coverage}");
    }
}

/// What the limits of matured figures keep of their promise. Clicks of 45 days at 5 kroner, 3 % of which convert in the end, a third of them on the day and the rest within 30; judged on the last day,
/// for the clicks of the last 14 days. "The rate doubles" means: for the clicks of the last week. The figures stand in `docs/evidence.md`.
mod maturity {
    use chrono::{Days, NaiveDate};
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;
    use rand_distr::{Distribution, Gamma, Poisson};
    use styring_metrics::{
        ClickCohorts, Confidence, ConversionWindow, Fact, Kpi, Limits, Maturity, MaturityMethod, Row,
    };
    use styring_money::{Currency, Exact, Money};

    const WINDOW: u32 = 30;
    const DAYS: u32 = 45;
    const RATE: f64 = 0.03;
    const COST_PER_CLICK: i128 = 5;
    const METHODS: [MaturityMethod; 2] = [MaturityMethod::ChainLadder, MaturityMethod::PooledRate(Fact::Clicks)];

    #[derive(Debug, Clone, Copy)]
    enum World {
        Steady,
        /// Twice the rate for the clicks of the last week.
        Doubles,
        /// The rate of every day is drawn anew, with a standard deviation of 40 % of its mean.
        Restless,
    }

    struct Drawn {
        maturity: Maturity,
        /// Of the last 14 days: what was due, and what came in the end; the latter also by day.
        due: f64,
        came: f64,
        by_day: Vec<(NaiveDate, f64)>,
        spend: f64,
    }

    fn delays() -> Vec<f64> {
        let raw: Vec<f64> =
            (0..WINDOW).map(|lag| if lag == 0 { 1.6 } else { libm::pow(f64::from(lag), -0.9) }).collect();
        let sum: f64 = raw.iter().sum();
        raw.iter().map(|weight| weight / sum).collect()
    }

    fn draw(world: World, clicks_a_day: f64, rng: &mut ChaCha8Rng) -> Option<Drawn> {
        let first = NaiveDate::from_ymd_opt(2026, 1, 5)?;
        let until = first + Days::new(u64::from(DAYS) - 1);
        let restless = Gamma::new(6.25, 1.0 / 6.25).ok()?;
        let mut cohorts = ClickCohorts::new(Fact::Conversions, Currency::NOK).ok()?;
        let (mut due, mut came, mut spend, mut by_day) = (0.0, 0.0, 0.0, Vec::new());
        let delays = delays();
        for (age, day) in (0..DAYS).rev().zip(first.iter_days()) {
            let clicks = Poisson::new(clicks_a_day).ok()?.sample(rng);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let whole = clicks as u64;
            let paid = Money::from_minor(i128::from(whole) * COST_PER_CLICK * 100, Currency::NOK).ok();
            cohorts.add_day(day, &Row { spend: paid, clicks: Some(whole), ..Row::default() }).ok()?;
            let rate = RATE
                * match world {
                    World::Steady => 1.0,
                    World::Doubles => {
                        if age < 7 {
                            2.0
                        } else {
                            1.0
                        }
                    }
                    World::Restless => restless.sample(rng),
                };
            let mut final_count = 0.0;
            for (lag, part) in delays.iter().enumerate() {
                let mean = clicks * rate * part;
                let count: f64 = if mean > 0.0 { Poisson::new(mean).ok()?.sample(rng) } else { 0.0 };
                final_count += count;
                if count == 0.0 {
                    continue;
                }
                cohorts.add(day, day + Days::new(lag as u64), &Exact::try_from(count).ok()?).ok()?;
            }
            if age < 14 {
                due += clicks * rate;
                came += final_count;
                spend += clicks * COST_PER_CLICK as f64;
                by_day.push((day, final_count));
            }
        }
        let maturity = cohorts.maturity(until, ConversionWindow::days(WINDOW)).ok()?;
        let maturity = maturity.clicked(until - Days::new(13), until).ok()?;
        Some(Drawn { maturity, due, came, by_day, spend })
    }

    fn holds(limits: &Limits, truth: f64) -> bool {
        limits.low.is_none_or(|low| low <= truth) && limits.high.is_none_or(|high| truth <= high)
    }

    #[derive(Default, Clone, Copy)]
    struct Tally {
        asked: u32,
        held: u32,
    }

    impl Tally {
        fn add(&mut self, held: bool) {
            self.asked += 1;
            self.held += u32::from(held);
        }

        fn share(self) -> f64 {
            f64::from(self.held) / f64::from(self.asked)
        }
    }

    impl std::fmt::Display for Tally {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            let share = self.share();
            write!(f, "{share:.3} ± {:.3}", (share * (1.0 - share) / f64::from(self.asked)).sqrt())
        }
    }

    /// What came of one method.
    #[derive(Default)]
    struct Kept {
        /// Coverage of the CPA that was due, of the results of the 14 days together, and of each of them alone.
        cost: Tally,
        all: Tally,
        each: Tally,
        /// Matured results over those due, summed over the draws.
        over_due: f64,
    }

    /// Both methods; coverage of `F` at the first age, give or take 1.645 standard errors; what a dashboard shows, over what was due.
    fn measure(world: World, clicks: f64, draws: u32) -> ([Kept; 2], Tally, f64) {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let level = Confidence::two_sided(0.9).expect("a level");
        let mut kept = [Kept::default(), Kept::default()];
        let (mut share, mut shown) = (Tally::default(), 0.0);
        let first_day = delays()[0];
        for _ in 0..draws {
            let drawn = draw(world, clicks, &mut rng).expect("a triangle");
            let shows = drawn.maturity.as_observed(Kpi::Cvr).expect("a ratio");
            shown += shows.numerator().expect("known").to_f64() / drawn.due / f64::from(draws);
            if let Ok(completion) = drawn.maturity.completion(0) {
                share.add((completion.share - first_day).abs() <= 1.645 * completion.se);
            }
            for (method, kept) in METHODS.into_iter().zip(&mut kept) {
                // Of very few clicks, nothing may be known of the delay: an answer, but not one with limits.
                let Ok(cost) = drawn.maturity.kpi(Kpi::Cpa, method, level) else { continue };
                kept.cost.add(holds(&cost.limits, drawn.spend / drawn.due));
                kept.over_due += cost.matured.value().map_or(0.0, |cost| drawn.spend / cost / drawn.due);
                if let Ok(all) = drawn.maturity.matured(method, level) {
                    kept.all.add(holds(&all.limits, drawn.came));
                }
                for ((_, one), (_, came)) in drawn.maturity.each(method, level).iter().zip(&drawn.by_day) {
                    if let Ok(one) = one {
                        kept.each.add(holds(&one.limits, *came));
                    }
                }
            }
        }
        println!("{world:?}, {clicks} clicks a day: as observed {shown:.2} of what was due; F(0) {share}");
        for (method, kept) in METHODS.iter().zip(&kept) {
            println!(
                "    {method:?}: matured {:.3} of what was due; CPA {}, 14 days {}, a day {} ({} of {draws} answered, {} days)",
                kept.over_due / f64::from(kept.cost.asked),
                kept.cost,
                kept.all,
                kept.each,
                kept.cost.asked,
                kept.each.asked
            );
        }
        (kept, share, shown)
    }

    /// 200 draws: a coverage of 0.9 has a Monte-Carlo error of ± 0.021, of days ± 0.006.
    #[test]
    fn matured_limits_keep_their_promise() {
        for (world, clicks) in
            [(World::Steady, 50.0), (World::Steady, 200.0), (World::Restless, 200.0), (World::Doubles, 200.0)]
        {
            let ([ladder, pooled], share, shown) = measure(world, clicks, 200);
            assert!(shown < 0.75, "a dashboard shows {shown}");
            assert!((ladder.over_due / f64::from(ladder.cost.asked) - 1.0).abs() < 0.05);
            for (what, kept, least) in [
                ("CPA", ladder.cost, 0.87),
                ("14 days", ladder.all, 0.84),
                ("a day", ladder.each, 0.90),
                ("F", share, 0.84),
            ] {
                assert!(kept.share() > least, "{world:?}: {what} {kept}");
            }
            if !matches!(world, World::Doubles) {
                for (what, kept, least) in
                    [("CPA", pooled.cost, 0.85), ("14 days", pooled.all, 0.84), ("a day", pooled.each, 0.90)]
                {
                    assert!(kept.share() > least, "{world:?}: pooled {what} {kept}");
                }
            }
        }
    }

    /// When the rate moves, the pooled rate is wrong and the chain ladder is not: 100 draws, ± 0.03 and ± 0.05.
    #[test]
    fn a_pooled_rate_does_not_follow() {
        let ([ladder, pooled], _, _) = measure(World::Doubles, 2000.0, 100);
        assert!(ladder.cost.share() > 0.8 && pooled.cost.share() < 0.7, "{} {}", ladder.cost, pooled.cost);
        assert!(pooled.over_due / f64::from(pooled.cost.asked) < 0.96);
    }

    /// The table of `docs/evidence.md`.
    #[test]
    #[ignore = "a minute without optimisation"]
    fn matured_limits_in_full() {
        for world in [World::Steady, World::Restless, World::Doubles] {
            for clicks in [10.0, 50.0, 200.0, 2000.0] {
                let ([ladder, _], ..) = measure(world, clicks, 1000);
                assert!(ladder.cost.share() > 0.86 && ladder.all.share() > 0.84);
            }
        }
    }
}

/// What the chance of reaching a goal promises: of goals said to be reached with 30 %, 30 % are. A week that sells three times as much on Saturdays as on Sundays, with noise of 30 %; 40 days of
/// which 19 have passed, and whose last week sells half as much again.
#[test]
fn the_chance_of_a_goal_is_calibrated_under_seasonality() {
    use rand_distr::Normal;
    use styring_metrics::{DailyValues, Direction, Progress};
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let week = [8, 9, 10, 10, 12, 18, 6];
    let weight = |day: usize| if day < 33 { 2 * week[day % 7] } else { 3 * week[day % 7] };
    let weights: Vec<Exact> = (0..40).map(|day| Exact::from(weight(day))).collect();
    let noise = Normal::new(5.0, 1.5).expect("a normal");
    // Targets from where the days so far point, a few of their own standard deviations up or down: whoever sets one knows no more than they say.
    let aims = Normal::new(0.0, 1.0).expect("a normal");
    let mut bins = [(0_u32, 0_u32, 0.0_f64); 5];
    // Squared errors of the chance by weekday, and of the one that takes all days for alike.
    let (mut seasonal_error, mut plain_error) = (0.0, 0.0);
    let draws = 3000;
    for _ in 0..draws {
        let values: Vec<Exact> = (0..40)
            .map(|day| {
                Exact::try_from(f64::from(weight(day)) * Distribution::<f64>::sample(&noise, &mut rng))
                    .expect("finite")
                    .round(1, Rounding::HalfEven)
            })
            .collect();
        let (before, after) = values.split_at(19);
        let (mut weighted, mut plain) = (DailyValues::default(), DailyValues::default());
        for (value, weight) in before.iter().zip(&weights) {
            weighted.add_weighted(value, weight).expect("open days");
            plain.add(value);
        }
        let actual: Exact = before.iter().sum();
        let left: f64 = (19..40).map(|day| f64::from(weight(day))).sum();
        let (mean, variance) = (weighted.mean().expect("days").to_f64(), weighted.variance().expect("days").to_f64());
        let aim = actual.to_f64() + left * mean + aims.sample(&mut rng) * variance.sqrt() * 180.0;
        let target = Exact::try_from(aim).expect("finite").round(1, Rounding::HalfEven);
        let reached = &actual + &after.iter().sum::<Exact>() >= target;
        let progress = Progress::seasonal(target.clone(), &weights, 19, actual.clone()).expect("a pace");
        let said = progress.probability(&weighted, Direction::Raise).expect("a chance");
        let straight = Progress::straight(target, 40, 19, actual).expect("a pace");
        let naive = straight.probability(&plain, Direction::Raise).expect("a chance");
        let truth = f64::from(u8::from(reached));
        seasonal_error += (said - truth).powi(2) / f64::from(draws);
        plain_error += (naive - truth).powi(2) / f64::from(draws);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let bin = &mut bins[((said * 5.0) as usize).min(4)];
        *bin = (bin.0 + 1, bin.1 + u32::from(reached), bin.2 + said);
    }
    for (count, reached, said) in bins {
        let (observed, said) = (f64::from(reached) / f64::from(count), said / f64::from(count));
        let error = (said * (1.0 - said) / f64::from(count)).sqrt();
        println!("said {said:.3}, was {observed:.3} ± {error:.3} ({count} goals)");
        assert!((observed - said).abs() < 4.0 * error, "said {said}, was {observed}");
    }
    println!("squared error: by weight {seasonal_error:.3}, all days alike {plain_error:.3}");
    assert!(seasonal_error < 0.75 * plain_error);
}

/// Channels of unequal size whose true rates vary, and what is said of them.
mod shrinkage {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;
    use rand_distr::{Beta, Binomial, Distribution, Gamma, Poisson};
    use styring_metrics::{Confidence, Exposed, RatePrior, SharePrior};

    const SIZES: [f64; 12] = [400.0, 700.0, 1e3, 1500.0, 2e3, 3e3, 4e3, 5e3, 7e3, 1e4, 15e3, 2e4];

    fn come(mean: f64, rng: &mut ChaCha8Rng) -> f64 {
        if mean > 0.0 { Poisson::new(mean).map_or(0.0, |count| count.sample(rng)) } else { 0.0 }
    }

    /// Shares of all limits that hold the truth, at 90 %.
    fn rates(groups: usize, shape: Option<f64>, draws: usize, rng: &mut ChaCha8Rng) -> (f64, f64) {
        let level = Confidence::two_sided(0.9).expect("a level");
        let (mut held, mut asked) = (0_u32, 0_u32);
        for _ in 0..draws {
            let sizes = SIZES.iter().step_by(12 / groups).take(groups);
            let drawn: Vec<(f64, Exposed)> = sizes
                .map(|exposure| {
                    let truth = 0.002
                        * shape
                            .map_or(1.0, |shape| Gamma::new(shape, 1.0 / shape).map_or(1.0, |rate| rate.sample(rng)));
                    (truth, Exposed { results: come(truth * exposure, rng), exposure: *exposure })
                })
                .collect();
            let seen: Vec<Exposed> = drawn.iter().map(|(_, group)| *group).collect();
            let Ok(prior) = RatePrior::fit(&seen) else { continue };
            for (truth, group) in &drawn {
                let limits = prior.limits(group, level).expect("limits");
                asked += 1;
                held += u32::from(
                    limits.low.is_some_and(|low| low <= *truth) && limits.high.is_some_and(|high| *truth <= high),
                );
            }
        }
        let share = f64::from(held) / f64::from(asked);
        (share, (share * (1.0 - share) / f64::from(asked)).sqrt())
    }

    #[test]
    fn shrunk_limits_hold_on_average() {
        let mut rng = ChaCha8Rng::seed_from_u64(13);
        for (groups, shape) in [(12, Some(8.0)), (12, Some(2.0)), (12, None), (4, Some(8.0)), (4, None)] {
            let (share, error) = rates(groups, shape, 9_600 / groups, &mut rng);
            println!(
                "{groups} channels, spread {:?}: 90 % limits hold {share:.3} ± {error:.3}",
                shape.map(|shape: f64| 1.0 / shape.sqrt())
            );
            assert!((0.87..0.98).contains(&share), "{groups} {shape:?}: {share}");
        }
        let level = Confidence::two_sided(0.9).expect("a level");
        for (groups, weight) in [(12, 40.0), (12, 400.0), (4, 40.0)] {
            let shares = Beta::new(0.1 * weight, 0.9 * weight).expect("a beta");
            let (mut held, mut asked) = (0_u32, 0_u32);
            for _ in 0..9_600 / groups {
                let sizes = SIZES.iter().step_by(12 / groups).take(groups);
                let drawn: Vec<(f64, Exposed)> = sizes
                    .map(|size| {
                        let (truth, trials): (f64, f64) = (shares.sample(&mut rng), (size / 10.0).floor());
                        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                        let successes = Binomial::new(trials as u64, truth).map_or(0, |count| count.sample(&mut rng));
                        (truth, Exposed { results: successes as f64, exposure: trials })
                    })
                    .collect();
                let seen: Vec<Exposed> = drawn.iter().map(|(_, group)| *group).collect();
                let prior = SharePrior::fit(&seen).expect("successes");
                for (truth, group) in &drawn {
                    let limits = prior.limits(group, level).expect("limits");
                    asked += 1;
                    held += u32::from(
                        limits.low.is_some_and(|low| low <= *truth) && limits.high.is_some_and(|high| *truth <= high),
                    );
                }
            }
            let share = f64::from(held) / f64::from(asked);
            println!("{groups} creatives, a prior of {weight} trials: 90 % limits hold {share:.3}");
            assert!((0.87..0.97).contains(&share), "{groups} {weight}: {share}");
        }
    }

    /// What a month is worth whose budget goes to the channel with the highest rate, of 12 with a spread of 35 %: by raw rates, and by shrunk ones.
    #[test]
    fn shrunk_ranking_picks_better_channels() {
        let mut rng = ChaCha8Rng::seed_from_u64(17);
        let rates = Gamma::new(8.0, 0.002 / 8.0).expect("a gamma");
        let (mut raw, mut shrunk, mut best) = (0.0, 0.0, 0.0);
        let draws = 3000;
        for _ in 0..draws {
            let drawn: Vec<(f64, Exposed)> = SIZES
                .iter()
                .map(|exposure| {
                    let truth = rates.sample(&mut rng);
                    (truth, Exposed { results: come(truth * exposure, &mut rng), exposure: *exposure })
                })
                .collect();
            let seen: Vec<Exposed> = drawn.iter().map(|(_, group)| *group).collect();
            let prior = RatePrior::fit(&seen).expect("results");
            let pick = |score: &dyn Fn(&Exposed) -> f64| {
                drawn.iter().max_by(|(_, a), (_, b)| score(a).total_cmp(&score(b))).map_or(0.0, |(truth, _)| *truth)
            };
            raw += pick(&|group| group.results / group.exposure) / 0.002 / f64::from(draws);
            shrunk += pick(&|group| prior.shrunk(group).expect("a rate")) / 0.002 / f64::from(draws);
            best += drawn.iter().map(|(truth, _)| *truth).fold(0.0, f64::max) / 0.002 / f64::from(draws);
        }
        println!(
            "true rate of the channel picked, over the mean: raw {raw:.3}, shrunk {shrunk:.3}, the best {best:.3}"
        );
        assert!(shrunk > raw + 0.04 && shrunk < best);
    }

    /// Two months of 12 channels whose rates wander by a fifth from one to the next, the second with a tenth of the exposure so far: squared errors of what is said of it.
    #[test]
    fn last_months_learning_carries_over() {
        let mut rng = ChaCha8Rng::seed_from_u64(19);
        let rates = Gamma::new(8.0, 0.002 / 8.0).expect("a gamma");
        let wander = Gamma::new(25.0, 1.0 / 25.0).expect("a gamma");
        let [mut raw, mut anew, mut common, mut carried] = [0.0; 4];
        for _ in 0..1500 {
            let months: Vec<(f64, Exposed, Exposed)> = SIZES
                .iter()
                .map(|exposure| {
                    let before = rates.sample(&mut rng);
                    let truth = before * wander.sample(&mut rng);
                    let first = Exposed { results: come(before * exposure, &mut rng), exposure: *exposure };
                    let second =
                        Exposed { results: come(truth * exposure / 10.0, &mut rng), exposure: exposure / 10.0 };
                    (truth, first, second)
                })
                .collect();
            let (first, second): (Vec<Exposed>, Vec<Exposed>) = months.iter().map(|(_, a, b)| (*a, *b)).unzip();
            let (Ok(learned), Ok(fresh)) = (RatePrior::fit(&first), RatePrior::fit(&second)) else { continue };
            for (truth, before, now) in &months {
                let off = |said: f64| ((said - truth) / 0.002).powi(2);
                raw += off(now.results / now.exposure);
                anew += off(fresh.shrunk(now).expect("a rate"));
                common += off(learned.shrunk(now).expect("a rate"));
                let own = learned.learned(before).and_then(|own| own.fade(0.5)).expect("a prior");
                carried += off(own.shrunk(now).expect("a rate"));
            }
        }
        println!(
            "squared error over raw: this month's prior {:.3}, last month's {:.3}, last month's own {:.3}",
            anew / raw,
            common / raw,
            carried / raw
        );
        assert!(carried < 0.85 * common && common < raw && carried < 0.6 * anew);
    }
}

/// The cost per incremental result, with a factor from a holdout and a count: 90 % limits of what was due.
#[test]
fn incremental_results_carry_both_uncertainties() {
    use rand_distr::Normal;
    use styring_metrics::{Confidence, Incrementality};
    let mut rng = ChaCha8Rng::seed_from_u64(23);
    let level = Confidence::two_sided(0.9).expect("a level");
    for (factor, error, mean) in
        [(0.4, 0.09, 4.0), (0.4, 0.09, 20.0), (0.4, 0.09, 400.0), (0.1, 0.09, 20.0), (1.2, 0.02, 20.0)]
    {
        let measured = Normal::new(factor, error).expect("a normal");
        let counts = Poisson::new(mean).expect("a count");
        let (mut held, mut alone) = (0_u32, 0_u32);
        let draws = 4000;
        for _ in 0..draws {
            let (seen, count): (f64, f64) = (measured.sample(&mut rng), counts.sample(&mut rng));
            let measured = Incrementality::new(seen, seen - 1.645 * error, seen + 1.645 * error).expect("a factor");
            let truth = factor * mean;
            let holds = |limits: styring_metrics::Limits| {
                u32::from(limits.low.is_some_and(|low| low <= truth) && limits.high.is_some_and(|high| truth <= high))
            };
            held += holds(measured.due(count, level).expect("limits").limits);
            alone += holds(measured.apply(count).expect("limits").limits);
        }
        let share = f64::from(held) / f64::from(draws);
        println!(
            "factor {factor} ± {error}, {mean} results: both {share:.3}, the factor's alone {:.3} (± 0.005)",
            f64::from(alone) / f64::from(draws)
        );
        assert!(share > 0.885, "{factor} {mean}: {share}");
    }
}
