//! What the effect score promises about its own uncertainty, shown by simulation with fixed seeds.
#![allow(clippy::expect_used)]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Gamma, Poisson};
use styring_metrics::{Delivery, EffectScore, EffectScoring, Quality, ScoreWeights, Target};
use styring_money::{Currency, Exact, Unrounded};

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
            for (lag, part) in delays().iter().enumerate() {
                let mean = clicks * rate * part;
                let count: f64 = if mean > 0.0 { Poisson::new(mean).ok()?.sample(rng) } else { 0.0 };
                final_count += count;
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

    /// 300 draws: a coverage of 0.9 has a Monte-Carlo error of ± 0.017, of days ± 0.005.
    #[test]
    fn matured_limits_keep_their_promise() {
        for (world, clicks) in
            [(World::Steady, 50.0), (World::Steady, 200.0), (World::Restless, 200.0), (World::Doubles, 200.0)]
        {
            let ([ladder, pooled], share, shown) = measure(world, clicks, 300);
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
                Exact::new((f64::from(weight(day)) * Distribution::<f64>::sample(&noise, &mut rng) * 10.0) as i128, 1)
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
        let target = Exact::new((aim * 10.0) as i128, 1);
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
