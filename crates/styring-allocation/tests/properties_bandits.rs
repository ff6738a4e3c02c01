//! The laws of bandits: closed forms where there are any, sums, symmetries, bounds, and no panic.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use proptest::prelude::*;
use styring_allocation::Seed;
use styring_allocation::bandit::{BestArm, Discounted, Plays, Posterior, Thompson, Windowed, knapsack, top_two};
use styring_special::{Split, beta_inc, normal};

/// A number spread over powers of ten.
fn powers(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (low.log10()..=high.log10()).prop_map(|power| 10_f64.powf(power))
}

fn arms() -> impl Strategy<Value = Vec<Posterior>> {
    let beta = (powers(0.01, 1e7), powers(0.01, 1e7)).prop_map(|(a, b)| Posterior::beta(a, b).unwrap());
    let gamma = (powers(0.01, 1e7), powers(1e-3, 1e8)).prop_map(|(a, b)| Posterior::gamma(a, b).unwrap());
    let normal = (-1e3..1e3, powers(1e-6, 1e4)).prop_map(|(m, s)| Posterior::normal(m, s).unwrap());
    // Arms that are near each other, as most are that anyone compares.
    let near = (0.5..2.0_f64, powers(1.0, 1e5))
        .prop_map(|(rate, results)| Posterior::gamma(results, results / (0.004 * rate)).unwrap());
    prop_oneof![
        prop::collection::vec(beta, 1..9),
        prop::collection::vec(gamma, 1..9),
        prop::collection::vec(normal, 1..9),
        prop::collection::vec(near, 2..25),
    ]
}

proptest! {
    #[test]
    fn probabilities_add_up_and_losses_differ_by_means(arms in arms()) {
        let best = BestArm::of(&arms).unwrap();
        let sum: f64 = best.probabilities().iter().sum();
        prop_assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        let highest = arms.iter().map(|arm| arm.mean()).fold(f64::MIN, f64::max);
        prop_assert!(best.expected_maximum() >= highest);
        for (arm, (probability, loss)) in arms.iter().zip(best.probabilities().iter().zip(best.losses())) {
            prop_assert!((0.0..=1.0).contains(probability) && *loss >= 0.0 && loss.is_finite());
            let apart = (best.expected_maximum() - arm.mean() - loss).abs();
            prop_assert!(apart <= 1e-14 * (best.expected_maximum().abs() + highest.abs() + arm.mean().abs()));
        }
    }

    #[test]
    fn two_normals_have_a_closed_form(means in (-5.0..5.0, -5.0..5.0), deviations in (powers(1e-3, 10.0), powers(1e-3, 10.0))) {
        let arms = [Posterior::normal(means.0, deviations.0).unwrap(), Posterior::normal(means.1, deviations.1).unwrap()];
        let best = BestArm::of(&arms).unwrap();
        let s = deviations.0.hypot(deviations.1);
        let d = (means.0 - means.1).abs() / s;
        let worse = normal(-d).unwrap().lower();
        let [p, q] = [best.probabilities()[0], best.probabilities()[1]];
        prop_assert!((p.min(q) - worse).abs() < 1e-12);
        // The loss of the higher mean, E[(−N(d, 1))⁺] s, keeps its digits however small: φ(d) − d Φ(−d), by Mills' ratio where that cancels.
        let density = libm::exp(-0.5 * d * d) / std::f64::consts::TAU.sqrt();
        if d < 4.0 {
            let loss = s * (density - d * worse);
            let got = best.losses()[0].min(best.losses()[1]);
            prop_assert!((got / loss - 1.0).abs() < 1e-9, "{got} {loss} at {d}");
        }
    }

    #[test]
    fn two_gammas_have_a_closed_form(shapes in (powers(0.05, 1e6), powers(0.05, 1e6)), ratio in 0.7..1.4_f64) {
        let (a, b) = shapes;
        let (c, d) = (a, b * ratio);
        let best = BestArm::of(&[Posterior::gamma(a, c).unwrap(), Posterior::gamma(b, d).unwrap()]).unwrap();
        // X/c > Y/d: the beta share X/(X + Y) is above c/(c + d).
        let above = |a, b| beta_inc(a, b, Split::from_ratio(c, d).unwrap()).unwrap().upper();
        prop_assert!((best.probabilities()[0] - above(a, b)).abs() < 1e-10);
        let below = |a, b| beta_inc(a, b, Split::from_ratio(c, d).unwrap()).unwrap().lower();
        let maximum = a / c * above(a + 1.0, b) + b / d * below(a, b + 1.0);
        prop_assert!((best.expected_maximum() / maximum - 1.0).abs() < 1e-10);
    }

    #[test]
    fn two_betas_have_an_exact_sum(a in 1..40_u32, b in 1..200_u32, c in powers(0.05, 1e4), d in powers(0.05, 1e4)) {
        let second = Posterior::beta(c, d).unwrap();
        let best = BestArm::of(&[Posterior::beta(a.into(), b.into()).unwrap(), second]).unwrap();
        // P(Beta(a, b) > Beta(c, d)) = Σ_{i<a} B(c + i, d + b) / ((b + i) B(1 + i, b) B(c, d)).
        let ln_beta = |a: f64, b: f64| libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
        let b = f64::from(b);
        let sum: f64 = (0..a)
            .map(f64::from)
            .map(|i| libm::exp(ln_beta(c + i, d + b) - ln_beta(1.0 + i, b) - ln_beta(c, d)) / (b + i))
            .sum();
        prop_assert!((best.probabilities()[1] - (1.0 - sum)).abs() < 1e-9 || (best.probabilities()[0] - sum).abs() < 1e-9);
    }

    #[test]
    fn order_and_unit_do_not_matter(arms in prop::collection::vec((powers(0.1, 1e5), powers(1.0, 1e6)), 2..7), factor in powers(1e-9, 1e9)) {
        let gammas = |of: &dyn Fn(&(f64, f64)) -> Posterior| BestArm::of(&arms.iter().map(of).collect::<Vec<_>>()).unwrap();
        let best = gammas(&|(shape, rate)| Posterior::gamma(*shape, *rate).unwrap());
        let scaled = gammas(&|(shape, rate)| Posterior::gamma(*shape, rate * factor).unwrap());
        let reversed: Vec<Posterior> = arms.iter().rev().map(|(s, r)| Posterior::gamma(*s, *r).unwrap()).collect();
        let reversed = BestArm::of(&reversed).unwrap();
        for (place, probability) in best.probabilities().iter().enumerate() {
            prop_assert!((probability - scaled.probabilities()[place]).abs() < 1e-10);
            prop_assert!((probability - reversed.probabilities()[arms.len() - 1 - place]).abs() < 1e-10);
            let loss = best.losses()[place];
            prop_assert!((scaled.losses()[place] * factor - loss).abs() <= 1e-9 * best.expected_maximum());
        }
    }

    #[test]
    fn top_two_shares_add_up(best in prop::collection::vec(0.0..1.0_f64, 1..9), beta in 0.0..=1.0_f64) {
        let sum: f64 = best.iter().sum();
        prop_assume!(sum > 0.0);
        let best: Vec<f64> = best.iter().map(|p| p / sum).collect();
        let shares = top_two(&best, beta).unwrap();
        prop_assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(shares.iter().all(|share| (0.0..=1.0 + 1e-12).contains(share)));
    }

    #[test]
    fn indices_are_above_the_mean(count in 1..100_000_u32, part in 0.0..=1.0_f64, more in 0..1_000_000_u64, c in 0.0..4.0_f64) {
        let n = f64::from(count);
        let plays = Plays::new(n, (part * n).floor()).unwrap();
        let t = u64::from(count) + more;
        let mean = plays.mean().unwrap();
        let q = plays.kl_ucb(t, c).unwrap().unwrap();
        prop_assert!((mean..=1.0).contains(&q));
        prop_assert!(plays.kl_ucb(t, 0.0).unwrap() <= plays.ucb1(t)); // Pinsker's inequality
        prop_assert!(plays.ucb_tuned(t).unwrap() >= mean);
        // The bound is where the divergence reaches the level, unless it ends at one.
        if mean > 0.0 && mean < 1.0 && q < 1.0 - 1e-6 && q > mean + 1e-7 {
            let kl = mean * libm::log(mean / q) + (1.0 - mean) * libm::log((1.0 - mean) / (1.0 - q));
            let level = (libm::log(t as f64) + c * libm::log(libm::log(t as f64).max(1.0))) / n;
            prop_assert!((kl - level).abs() < 1e-9 * (1.0 + level), "{kl} {level}");
        }
    }

    #[test]
    fn without_forgetting_all_plays_count(plays in prop::collection::vec((0..4_usize, 0.0..=1.0_f64), 0..60)) {
        let (mut discounted, mut windowed) = (Discounted::new(4, 1.0).unwrap(), Windowed::new(4, 60).unwrap());
        for (arm, reward) in &plays {
            discounted.play(*arm, *reward).unwrap();
            windowed.play(*arm, *reward).unwrap();
        }
        for arm in 0..4 {
            let (all, recent) = (discounted.plays(arm).unwrap(), windowed.plays(arm).unwrap());
            prop_assert!((all.count() - recent.count()).abs() < 1e-12 && (all.reward() - recent.reward()).abs() < 1e-9);
        }
        prop_assert!(discounted.play(4, 0.5).is_err() && windowed.play(0, 1.5).is_err());
    }

    #[test]
    fn a_mix_keeps_budgets_and_its_bound_proves_it(
        arms in prop::collection::vec((-1.0..5.0_f64, prop::collection::vec(prop_oneof![1 => Just(0.0), 6 => 0.0..3.0_f64], 3)), 1..12),
        budgets in prop::collection::vec(prop_oneof![1 => Just(0.0), 8 => 0.0..4.0_f64], 3),
        unit in powers(1e-9, 1e9), money in powers(1e-9, 1e9),
    ) {
        let rewards: Vec<f64> = arms.iter().map(|(reward, _)| reward * unit).collect();
        let costs: Vec<Vec<f64>> = (0..3).map(|k| arms.iter().map(|(_, costs)| costs[k] * money).collect()).collect();
        let budgets: Vec<f64> = budgets.iter().map(|budget| budget * money).collect();
        let mix = knapsack(&rewards, &costs, &budgets).unwrap();
        prop_assert!(mix.shares().iter().all(|share| (0.0..=1.0).contains(share)));
        prop_assert!(mix.shares().iter().sum::<f64>() <= 1.0 + 1e-12);
        for (row, budget) in costs.iter().zip(&budgets) {
            let paid: f64 = row.iter().zip(mix.shares()).map(|(c, p)| c * p).sum();
            prop_assert!(paid <= budget + 1e-12 * money);
        }
        // Any mix is at most the bound; this one reaches it.
        prop_assert!(mix.bound() - mix.value() <= 1e-11 * 5.0 * unit, "{} {}", mix.value(), mix.bound());
        prop_assert!(mix.value() <= mix.bound() + 1e-12 * 5.0 * unit);
    }

    #[test]
    fn the_same_seed_gives_the_same_draws(arms in arms(), seed in any::<u64>()) {
        let (mut one, mut other) = (Thompson::new(Seed(seed)), Thompson::new(Seed(seed)));
        for _ in 0..5 {
            let draws = one.draw(&arms).unwrap();
            prop_assert!(draws.iter().all(|draw| draw.is_finite()));
            prop_assert_eq!(draws, other.draw(&arms).unwrap());
        }
        prop_assert!(one.pick(&arms).unwrap() < arms.len());
    }

    #[test]
    fn nothing_panics(a in any::<f64>(), b in any::<f64>(), c in any::<f64>(), d in any::<f64>(), t in any::<u64>()) {
        let made = [Posterior::beta(a, b), Posterior::gamma(a, b), Posterior::normal(a, b), Posterior::beta(c, d), Posterior::gamma(c, d), Posterior::normal(c, d)];
        let posteriors: Vec<Posterior> = made.into_iter().flatten().collect();
        for posterior in &posteriors {
            prop_assert!(posterior.mean().is_finite() && posterior.deviation().is_finite());
            let _ = (posterior.after_trials(c, d), posterior.after_results(c, d), posterior.after_estimate(c, d), posterior.interval(c));
        }
        let _ = (BestArm::of(&posteriors), top_two(&[a, b, c], d), Plays::new(a, b).map(|plays| (plays.ucb1(t), plays.kl_ucb(t, c))));
        let _ = knapsack(&[a, b], &[vec![c, d], vec![d, a]], &[b, c]);
        if let Ok(mut plays) = Discounted::new(2, a) {
            let _ = (plays.play(0, b), plays.ucb(0, c));
        }
    }
}

#[test]
fn a_narrow_arm_beside_a_flat_one_is_not_jumped_over() {
    let best =
        BestArm::of(&[Posterior::beta(1.0, 1.0).unwrap(), Posterior::beta(10_000.0, 10_000.0).unwrap()]).unwrap();
    assert!((best.probabilities()[0] - 0.5).abs() < 1e-12);
    let far = [Posterior::normal(0.0, 1e6).unwrap(), Posterior::normal(2e5, 1e-5).unwrap()];
    let expected = normal(0.2).unwrap().lower();
    assert!((BestArm::of(&far).unwrap().probabilities()[1] - expected).abs() < 1e-11);
}

#[test]
fn alike_arms_share_evenly_and_one_arm_is_best() {
    let arms = vec![Posterior::gamma(40.0, 1e4).unwrap(); 200];
    let best = BestArm::of(&arms).unwrap();
    assert!(best.probabilities().iter().all(|p| (p - 0.005).abs() < 1e-13));
    let alone = BestArm::of(&arms[..1]).unwrap();
    assert!((alone.probabilities()[0] - 1.0).abs() < 1e-12 && alone.losses()[0].abs() < 1e-15);
    assert!(BestArm::of(&[]).is_err());
}

/// Of small shapes much lies where the rate itself is smaller than any number.
#[test]
fn what_lies_below_all_numbers_counts() {
    let gamma = |shape: f64| Posterior::gamma(shape, 1.0).unwrap();
    let beta = |a: f64| Posterior::beta(a, 2.0).unwrap();
    for arms in [[gamma(0.068), gamma(0.014)], [beta(0.068), beta(0.014)], [gamma(0.2), gamma(0.01)]] {
        let best = BestArm::of(&arms).unwrap();
        let sum: f64 = best.probabilities().iter().sum();
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
    }
    // For gamma posteriors of one rate, X/(X + Y) is of a beta distribution.
    let got = BestArm::of(&[gamma(0.068), gamma(0.014)]).unwrap().probabilities()[1];
    let expected = beta_inc(0.068, 0.014, Split::from_ratio(0.5, 0.5).unwrap()).unwrap().lower();
    assert!((got - expected).abs() < 1e-12, "{got} {expected}");
}
