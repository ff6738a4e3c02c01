//! The laws of the optimum, on random markets.
//!
//! Every market is a function of a seed: proptest draws some seeds, the long run goes through a million of them:
//! `cargo test --release -p styring-allocation --test properties_optimise -- --ignored --nocapture`.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;
use styring_allocation::Error;
use styring_allocation::optimise::{Choice, Constraint, Draws, Extrapolation, Goal, Group, Hold, Plan, Problem};
use styring_money::{Currency, Money};
use styring_response::{Curve, Family};

/// A stream of numbers from a seed (Steele, Lea and Flood's splitmix64).
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Evenly spread in the logarithm.
    fn scale(&mut self, low: f64, high: f64) -> f64 {
        libm::exp(self.between(libm::log(low), libm::log(high)))
    }

    fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count as u64).unwrap()
    }

    fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }
}

fn concave(stream: &mut Stream) -> Family {
    let a = stream.scale(10.0, 1e6);
    let size = stream.scale(1e3, 1e5);
    match stream.below(10) {
        0 => Family::Log { a, c: size },
        1 => Family::Power {
            a: stream.scale(0.1, 100.0),
            p: if stream.chance(0.1) { 1.0 } else { stream.between(0.2, 0.95) },
        },
        2 => Family::Expsat { a, c: size },
        3 => Family::Logistic { a, lam: 1.0 / size },
        4 => Family::Tanh { b: a, c: size / a },
        5 => Family::MichaelisMenten { a, k: size },
        6 => Family::Hill { a, s: stream.between(0.3, 1.0), k: size },
        7 => {
            Family::Robyn { coef: a, alpha: stream.between(0.4, 1.0), inflexion: size, carryover: size * stream.unit() }
        }
        8 => Family::Sigmoid { a, m: -size * stream.unit(), w: size },
        _ => {
            let (mut x, mut y, mut slope) = (0.0, 0.0, a / size);
            let mut points = vec![(x, y)];
            for _ in 0..=stream.below(4) {
                let width = size * stream.between(0.1, 1.0);
                (x, y) = (x + width, y + slope * width);
                slope *= stream.between(0.0, 0.9);
                points.push((x, y));
            }
            Family::PiecewiseLinear { points }
        }
    }
}

fn bent(stream: &mut Stream) -> Family {
    let a = stream.scale(10.0, 1e6);
    let size = stream.scale(1e3, 1e5);
    match stream.below(4) {
        0 => Family::Hill { a, s: stream.between(1.1, 6.0), k: size },
        1 => {
            Family::Robyn { coef: a, alpha: stream.between(1.1, 3.0), inflexion: size, carryover: size * stream.unit() }
        }
        2 => Family::Sigmoid { a, m: size, w: size * stream.between(0.1, 0.6) },
        _ => {
            let mut point = (0.0, 0.0);
            let mut points = vec![point];
            for _ in 0..=1 + stream.below(5) {
                point = (point.0 + size * stream.between(0.1, 1.0), point.1 + a * stream.unit());
                points.push(point);
            }
            Family::PiecewiseLinear { points }
        }
    }
}

/// A market, and a total that it can spend.
#[derive(Debug, Clone)]
struct Market {
    channels: Vec<Channel>,
    groups: Vec<GroupOf>,
    moves: Option<f64>,
    total: f64,
}

#[derive(Debug, Clone)]
struct Channel {
    family: Family,
    min: f64,
    max: Option<f64>,
    or_off: bool,
    now: f64,
    step: Option<(f64, f64)>,
}

#[derive(Debug, Clone)]
struct GroupOf {
    members: Vec<String>,
    min: f64,
    max: f64,
}

/// What a market may hold.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// Concave curves, bounds, groups, steps, and a limit on moves.
    Concave,
    /// Curves of every shape, channels that may be off, bounds, groups, steps.
    Bent,
}

impl Market {
    fn random(seed: u64, kind: Kind) -> Self {
        let mut stream = Stream(seed);
        let s = &mut stream;
        let count = 1 + s.below(8);
        let budget = s.scale(1e3, 1e6);
        let mut channels: Vec<Channel> = (0..count)
            .map(|_| {
                let family = if kind == Kind::Bent && s.chance(0.5) { bent(s) } else { concave(s) };
                // Whole øre, so that a plan in money can keep them.
                let share = |part: f64| (budget / count as f64 * part * 100.0).round() / 100.0;
                let now = share(s.between(0.0, 2.0));
                let min = if s.chance(0.5) { share(s.between(0.0, 0.9)) } else { 0.0 };
                let max = s.chance(0.5).then(|| min + share(s.between(0.0, 3.0)));
                let step = s.chance(0.2).then(|| (s.between(0.0, 1.0), s.between(0.0, 1.0)));
                Channel { family, min, max, or_off: kind == Kind::Bent && s.chance(0.3), now, step }
            })
            .collect();
        if s.chance(0.1) {
            // Twins, whose ties nothing decides.
            channels[count - 1] = channels[0].clone();
        }
        let range = |channel: &Channel| {
            let (down, up) = channel.step.unwrap_or((1.0, f64::INFINITY));
            let low = f64::max(if channel.or_off { 0.0 } else { channel.min }, channel.now * (1.0 - down));
            let up = if up.is_finite() { channel.now * (1.0 + up) } else { f64::INFINITY };
            (low, f64::min(channel.max.unwrap_or(2.0 * budget), up))
        };
        let sum = |channels: &[Channel]| {
            channels.iter().map(range).fold((0.0, 0.0), |(low, high), (l, h)| (low + l, high + h))
        };
        let mut groups = Vec::new();
        if count > 2 && s.chance(0.5) {
            let inside = 1 + s.below(count - 1);
            let (low, high) = sum(&channels[..inside]);
            let part = low + (high - low) * s.unit();
            let floor = s.chance(0.5);
            let members = (0..inside).map(name).collect();
            let (min, max) = if floor { (part.floor(), high.ceil() + 1.0) } else { (0.0, part.ceil() + 1.0) };
            groups.push(GroupOf { members, min, max });
            if s.chance(0.3) {
                // A group around it.
                let (low, high) = sum(&channels[..=inside]);
                let members = vec!["group 0".to_owned(), name(inside)];
                groups.push(GroupOf { members, min: 0.0, max: (low + (high - low) * s.unit()).ceil() + 1.0 });
            }
        }
        let (low, high) = sum(&channels);
        let moves = (kind == Kind::Concave && s.chance(0.3)).then(|| (budget * s.between(0.0, 0.3)).round());
        let total = match moves {
            Some(_) if s.chance(0.8) => channels.iter().map(|channel| channel.now).sum(),
            _ => low + (high - low) * s.unit() * s.unit(),
        };
        Self { channels, groups, moves, total: (total * 100.0).round() / 100.0 }
    }

    fn problem(&self, reversed: bool, money: f64, response: f64) -> Result<Problem, Error> {
        let choice = |(index, channel): (usize, &Channel)| {
            let curve = Curve::new(channel.family.clone()).unwrap();
            let scaled = money.to_bits() != 1.0_f64.to_bits() || response.to_bits() != 1.0_f64.to_bits();
            let curve = if scaled { curve.rescaled(money, response).unwrap() } else { curve };
            let choice = Choice::new(name(index), curve).at_least(channel.min * money).now(channel.now * money);
            let choice = channel.max.map_or(choice.clone(), |max| choice.at_most(max * money));
            let choice = channel.step.map_or(choice.clone(), |(down, up)| choice.step(down, up));
            if channel.or_off { choice.or_off() } else { choice }
        };
        let mut choices: Vec<Choice> = self.channels.iter().enumerate().map(choice).collect();
        if reversed {
            choices.reverse();
        }
        let mut problem = Problem::new(choices)?;
        for (index, group) in self.groups.iter().enumerate() {
            let mut members = group.members.clone();
            if reversed {
                members.reverse();
            }
            let group =
                Group::new(format!("group {index}"), members).at_least(group.min * money).at_most(group.max * money);
            problem = problem.group(group)?;
        }
        self.moves.map_or(Ok(problem.clone()), |limit| problem.move_at_most(limit * money))
    }

    fn solve(&self) -> Result<(Problem, Plan), Error> {
        let problem = self.problem(false, 1.0, 1.0)?;
        let plan = problem.solve(Goal::Spend(self.total))?;
        Ok((problem, plan))
    }

    fn bounds(&self, index: usize) -> (f64, f64) {
        let channel = &self.channels[index];
        let (mut low, mut high) = (channel.min, channel.max.unwrap_or(f64::INFINITY));
        if let Some((down, up)) = channel.step {
            low = low.max(channel.now * (1.0 - down));
            high = high.min(channel.now * (1.0 + up));
        }
        (low, high)
    }

    /// What is in a group, also of groups within.
    fn inside(&self, group: &GroupOf) -> Vec<usize> {
        let of = |member: &String| match (0..self.channels.len()).find(|index| name(*index) == *member) {
            Some(index) => vec![index],
            None => self.inside(&self.groups[0]),
        };
        group.members.iter().flat_map(of).collect()
    }

    fn keeps(&self, spends: &[f64], slack: f64) {
        let sum: f64 = spends.iter().sum();
        assert!((sum - self.total).abs() <= slack * self.total, "total {sum} for {}", self.total);
        let room = slack * self.total;
        for (index, spend) in spends.iter().enumerate() {
            let (low, high) = self.bounds(index);
            let off = self.channels[index].or_off && spend.abs() <= 0.0;
            assert!(off || (*spend >= low - room && *spend <= high + room), "{spend} not in {low}..{high}");
        }
        for group in &self.groups {
            let sum: f64 = self.inside(group).into_iter().map(|index| spends[index]).sum();
            assert!(
                sum >= group.min - room && sum <= group.max + room,
                "group {sum} not in {}..{}",
                group.min,
                group.max
            );
        }
        if let Some(limit) = self.moves {
            let moved: f64 =
                self.channels.iter().zip(spends).map(|(channel, spend)| (channel.now - spend).max(0.0)).sum();
            assert!(moved <= limit + room, "{moved} moved of {limit}");
        }
    }

    /// That no money moved between two channels, where all may, brings more.
    fn no_pair_gains(&self, spends: &[f64], response: f64, relative: f64) {
        if !self.groups.is_empty() || self.moves.is_some() {
            return;
        }
        let curves: Vec<Curve> =
            self.channels.iter().map(|channel| Curve::new(channel.family.clone()).unwrap()).collect();
        for (from, to) in (0..spends.len()).flat_map(|from| (0..spends.len()).map(move |to| (from, to))) {
            let (low, high) = (self.bounds(from).0, self.bounds(to).1);
            for part in [1e-6, 1e-3, 0.1, 1.0] {
                let amount = part * (spends[from] - low).min(high - spends[to]);
                if from == to || amount <= 0.0 || self.channels[to].or_off && spends[to] <= 0.0 {
                    continue;
                }
                let change = curves[to].value(spends[to] + amount) - curves[to].value(spends[to])
                    + curves[from].value(spends[from] - amount)
                    - curves[from].value(spends[from]);
                assert!(
                    change <= relative * response,
                    "{amount} from {from} to {to} brings {change:e} of {response:e}"
                );
            }
        }
    }
}

fn name(index: usize) -> String {
    format!("channel {index}")
}

fn spends(plan: &Plan) -> Vec<f64> {
    plan.channels.iter().map(|channel| channel.spend).collect()
}

/// The laws that hold for every market; whether there was a plan.
fn laws(market: &Market, most_gap: f64) -> bool {
    let (problem, plan) = match market.solve() {
        Ok(solved) => solved,
        Err(Error::Conflict { between, by }) => {
            assert!(by > 0.0 && !between.is_empty());
            return false;
        }
        Err(Error::NoCombination { .. }) => return false,
        Err(other) => panic!("{other}"),
    };
    let spends = spends(&plan);
    assert!(plan.certificate.gap <= most_gap, "gap {:e}", plan.certificate.gap);
    assert!(plan.certificate.bound >= plan.response);
    market.keeps(&spends, 1e-11);
    market.no_pair_gains(&spends, plan.response, most_gap);

    // The order of channels decides nothing, not a bit.
    let mut turned = market.problem(true, 1.0, 1.0).unwrap().solve(Goal::Spend(market.total)).unwrap();
    turned.channels.reverse();
    assert_eq!(plan.channels, turned.channels);
    assert_eq!(plan.response.to_bits(), turned.response.to_bits());

    // Money is conserved to the øre, and keeps what the plan keeps.
    match plan.in_money(Currency::NOK) {
        Ok(money) => {
            let minor = |amount: Money| amount.to_minor().unwrap();
            let parts: Vec<i128> = money.channels.iter().map(|(_, amount)| minor(*amount)).collect();
            assert_eq!(parts.iter().sum::<i128>(), minor(money.total));
            let whole: Vec<f64> = parts.iter().map(|part| *part as f64 / 100.0).collect();
            market.keeps(&whole, 1e-14);
            assert!(
                whole
                    .iter()
                    .zip(&spends)
                    .all(|(whole, spend)| (whole - spend).abs() <= 0.01 * (2.0 + spends.len() as f64))
            );
        }
        // Steps may end between two øre.
        Err(Error::InfeasibleBudget { .. } | Error::OutOfRange { .. }) => {
            assert!(market.channels.iter().any(|channel| channel.step.is_some()));
        }
        Err(other) => panic!("{other}"),
    }

    // More money never brings less, where spending it forces nothing.
    if market.channels.iter().all(|channel| !channel.or_off)
        && let Ok(more) = problem.solve(Goal::Spend(market.total * 1.25))
        && market.moves.is_none()
    {
        assert!(more.certificate.bound >= plan.response * (1.0 - 1e-12));
    }
    true
}

/// Units of money and of response do not matter.
fn scales(market: &Market, money: f64, response: f64, tolerance: f64) {
    let Ok((_, plan)) = market.solve() else { return };
    let scaled = market.problem(false, money, response).unwrap().solve(Goal::Spend(market.total * money));
    // What is just infeasible may be just feasible in other digits.
    let Ok(scaled) = scaled else { return };
    let near = |one: f64, other: f64, size: f64| (one - other).abs() <= tolerance * size;
    assert!(
        near(scaled.response / response, plan.response, plan.response),
        "{} {}",
        scaled.response / response,
        plan.response
    );
    // Where money is worth nothing, it lies anywhere.
    let worthless =
        |marginal: Option<f64>| marginal.is_some_and(|marginal| marginal * market.total <= 1e-9 * plan.response);
    let forced = market.moves.is_some() || !market.groups.is_empty();
    let given = plan.channels.iter().any(|channel| forced && worthless(channel.marginal));
    if worthless(plan.shadow_price) || plan.shadow_price.is_none() || given {
        return;
    }
    for (one, other) in scaled.channels.iter().zip(&plan.channels) {
        assert!(near(one.spend / money, other.spend, market.total), "{} for {}", one.spend / money, other.spend);
    }
}

/// Goals that choose the total are no worse than a plan that is known, and proven.
fn goals(market: &Market, most_gap: f64) {
    let Ok((problem, plan)) = market.solve() else { return };
    let (Some(roas), true) = (plan.roas(), plan.response > 0.0) else { return };
    let margin = 1.1 / plan.shadow_price.filter(|price| *price > 0.0).unwrap_or(roas);
    for goal in
        [Goal::Response(plan.response * 0.95), Goal::Roas(roas * 0.9), Goal::Cpa(1.2 / roas), Goal::Profit { margin }]
    {
        let found = match problem.solve(goal) {
            Ok(found) => found,
            Err(Error::Unbounded { .. }) => continue,
            Err(Error::Unsupported { .. }) if market.moves.is_some() => continue,
            // Responses that come without spend do not count towards a target where no spend reaches it.
            Err(Error::OutOfReach { best, .. }) if best >= 0.0 => continue,
            Err(other) => panic!("{goal:?} {other}"),
        };
        let free = Market { total: found.spend, ..market.clone() };
        free.keeps(&spends(&found), 1e-11);
        assert!(found.certificate.gap <= most_gap, "{goal:?} gap {:e}", found.certificate.gap);
        let kept = match goal {
            Goal::Response(wanted) => {
                found.response >= wanted * (1.0 - 1e-12) && found.spend <= plan.spend * (1.0 + most_gap)
            }
            Goal::Roas(roas) => {
                found.response >= roas * found.spend * (1.0 - 1e-12)
                    && found.response >= plan.response * (1.0 - most_gap)
            }
            Goal::Cpa(cpa) => {
                found.spend <= cpa * found.response * (1.0 + 1e-12)
                    && found.response >= plan.response * (1.0 - most_gap)
            }
            _ => found.profit(margin) >= plan.profit(margin) - most_gap * margin * found.response,
        };
        assert!(kept, "{goal:?}: {} for {}, known {} for {}", found.response, found.spend, plan.response, plan.spend);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn concave_plans_keep_what_they_must_and_are_proven(seed in any::<u64>()) {
        laws(&Market::random(seed, Kind::Concave), 1e-12);
    }

    #[test]
    fn other_plans_too(seed in any::<u64>()) {
        laws(&Market::random(seed, Kind::Bent), 1e-9);
    }

    #[test]
    fn goals_that_choose_the_total_are_met_and_proven(seed in any::<u64>()) {
        goals(&Market::random(seed, Kind::Concave), 1e-12);
        goals(&Market::random(seed, Kind::Bent), 1e-9);
    }

    #[test]
    fn units_do_not_matter(seed in any::<u64>(), money in -9.0..9.0_f64, response in -9.0..9.0_f64) {
        scales(&Market::random(seed, Kind::Concave), libm::pow(10.0, money), libm::pow(10.0, response), 1e-10);
    }

    #[test]
    fn no_grid_is_better_than_the_bound(seed in any::<u64>()) {
        let market = Market { groups: Vec::new(), ..Market::random(seed, Kind::Bent) };
        if let (Ok((problem, plan)), units) = (market.solve(), 60)
            && let Ok(grid) = problem.solve_in_units(units, market.total / f64::from(units))
        {
            prop_assert!(grid.response <= plan.certificate.bound * (1.0 + 1e-12));
        }
    }
}

/// Draws of two to four channels, and a total.
fn drawn(seed: u64) -> (Problem, f64) {
    let mut stream = Stream(seed);
    let draws = 2 + stream.below(60);
    let count = 2 + stream.below(3);
    let channels: Vec<Choice> = (0..count)
        .map(|index| {
            let (a, size) = (stream.scale(10.0, 1e3), stream.scale(1e3, 1e5));
            let draw = |stream: &mut Stream| {
                Curve::hill(a * stream.scale(0.2, 5.0), stream.between(0.4, 1.0), size * stream.scale(0.5, 2.0))
                    .unwrap()
            };
            let curves: Vec<Curve> = (0..draws).map(|_| draw(&mut stream)).collect();
            Choice::drawn(name(index), Draws::new(curves).unwrap())
        })
        .collect();
    (Problem::new(channels).unwrap(), stream.scale(1e3, 1e6))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_cautious_plan_has_the_best_worst_draws(seed in any::<u64>(), worst in 0.02..=1.0_f64) {
        let (problem, total) = drawn(seed);
        let plan = problem.solve(Goal::Cautious { total, worst }).unwrap();
        let cvar = |plan: &Plan| problem.outlook(plan.spends()).unwrap().cvar(worst).unwrap();
        let (own, mean) = (cvar(&plan), problem.solve(Goal::Spend(total)).unwrap());
        prop_assert!(plan.certificate.gap <= 1e-6, "gap {:e}", plan.certificate.gap);
        prop_assert!((plan.spend - total).abs() <= 1e-12 * total);
        prop_assert!(own >= cvar(&mean) * (1.0 - 1e-12));
        prop_assert!(own <= plan.certificate.bound);
        // Nor does any plan nearby, or far away, have better ones.
        let mut stream = Stream(seed);
        let spends = spends(&plan);
        for step in [1e-4, 1e-2, 1.0] {
            let other: Vec<f64> = spends.iter().map(|spend| spend + step * total * stream.unit()).collect();
            let sum: f64 = other.iter().sum();
            let other = other.iter().enumerate().map(|(index, spend)| (name(index), spend * total / sum));
            let other = problem.outlook(other).unwrap().cvar(worst).unwrap();
            prop_assert!(other <= plan.certificate.bound * (1.0 + 1e-12));
        }
    }

    #[test]
    fn the_mean_over_draws_beats_the_curve_at_mean_parameters(seed in any::<u64>()) {
        let (problem, total) = drawn(seed);
        let plan = problem.solve(Goal::Spend(total)).unwrap();
        let plug_in = problem.plug_in().unwrap().solve(Goal::Spend(total)).unwrap();
        let mean = |plan: &Plan| problem.outlook(plan.spends()).unwrap().mean();
        prop_assert!(plan.certificate.gap <= 1e-12);
        prop_assert!((mean(&plan) - plan.response).abs() <= 1e-12 * plan.response);
        prop_assert!(mean(&plan) >= mean(&plug_in) * (1.0 - 1e-12));
    }
}

fn log() -> Curve {
    Curve::log(100.0, 1000.0).unwrap()
}

#[test]
fn bad_numbers_name_channel_and_field() {
    let search = || Choice::new("Search", log());
    for (choice, words) in [
        (search().at_least(f64::NAN), "minimum of Search: must be zero or above and finite, not NaN"),
        (search().at_most(-1.0), "maximum of Search: must be zero or above and finite, not -1"),
        (search().at_most(f64::INFINITY), "maximum of Search: must be zero or above and finite, not inf"),
        (search().now(-5.0), "present spend of Search: must be zero or above and finite, not -5"),
        (search().seen(7.0, 7.0), "observed spend of Search: must be from less to more, not 7 to 7"),
        (search().now(1.0).step(1.5, 0.1), "step down of Search: must be at most 1, which is all, not 1.5"),
        (search().step(0.1, 0.1), "present spend of Search is missing, and is needed for a step"),
        (search().frequency_cap(1000.0, 3.0, 0.0), "CPM of Search: must be above zero, not 0"),
        (search().at_least(5.0).at_most(3.0), "infeasible by 2: the minimum 5 of Search, the maximum 3 of Search"),
        (
            search().at_least(90.0).now(50.0).step(0.2, 0.2),
            "infeasible by 30: the minimum 90 of Search, the step up to 60 of Search",
        ),
    ] {
        assert_eq!(Problem::new([choice]).unwrap_err().to_string(), words);
    }
    assert_eq!(Problem::new([]).unwrap_err(), Error::NoChannels);
    let twice = Problem::new([search(), search()]).unwrap_err();
    assert_eq!(twice, Error::DuplicateChannel { name: "Search".to_owned() });
    let uneven = [1, 2, 3].map(|count| Choice::drawn(format!("{count}"), Draws::new(vec![log(); count]).unwrap()));
    assert_eq!(
        Problem::new(uneven).unwrap_err().to_string(),
        "draws of 3: must be as many as the other channels have, not 3"
    );
    for goal in [
        Goal::Spend(f64::NAN),
        Goal::Spend(-1.0),
        Goal::Roas(0.0),
        Goal::Cpa(f64::INFINITY),
        Goal::Profit { margin: -1.0 },
    ] {
        assert!(matches!(Problem::new([search()]).unwrap().solve(goal), Err(Error::OutOfRange { .. })), "{goal:?}");
    }
}

#[test]
fn what_excludes_what_is_named_with_the_amount() {
    let channel = |name: &str| Choice::new(name, log());
    let conflict = |problem: Result<Problem, Error>, total: f64| {
        problem.and_then(|problem| problem.solve(Goal::Spend(total))).unwrap_err().to_string()
    };
    let two = || Problem::new([channel("A").at_least(300.0), channel("B").at_least(400.0).at_most(500.0)]);
    assert_eq!(conflict(two(), 500.0), "infeasible by 200: the total 500, the minimum 300 of A, the minimum 400 of B");
    let group = Group::new("G", ["A", "B"]).at_most(600.0);
    let words = "infeasible by 100: the maximum 600 of the group G, the minimum 300 of A, the minimum 400 of B";
    assert_eq!(two().unwrap().group(group).unwrap_err().to_string(), words);
    let capped = || Problem::new([channel("A").at_most(10.0), channel("B").frequency_cap(1000.0, 4.0, 10.0)]);
    assert_eq!(
        conflict(capped(), 100.0),
        "infeasible by 50: the total 100, the maximum 10 of A, the frequency cap at 40 of B"
    );
    let off = || Problem::new([channel("A").at_least(100.0).at_most(150.0).or_off(), channel("B").at_most(20.0)]);
    assert_eq!(conflict(off(), 60.0), "infeasible by 40: the total 60, off or at least 100 of A");
    let moves = Problem::new([channel("A").now(100.0).at_most(40.0), channel("B").now(50.0)])
        .and_then(|p| p.move_at_most(30.0));
    assert_eq!(
        conflict(moves, 150.0),
        "infeasible by 30: the limit 30 on money moved, the total 150, the maximum 40 of A"
    );
    let overlap = two().unwrap().group(Group::new("G", ["A"])).unwrap().group(Group::new("H", ["A", "B"]));
    assert_eq!(overlap.unwrap_err(), Error::Overlap { name: "A".to_owned() });
    let unknown = two().unwrap().group(Group::new("G", ["C"])).unwrap_err();
    assert_eq!(unknown.to_string(), "there is no channel or group \"C\", named by G");
}

#[test]
fn targets_out_of_reach_say_how_near_one_gets() {
    let problem = Problem::new([Choice::new("A", Curve::hill(100.0, 1.0, 1000.0).unwrap())]).unwrap();
    // The first krone brings 0.1.
    assert!(matches!(problem.solve(Goal::Roas(0.2)), Err(Error::OutOfReach { spend, .. }) if spend <= 0.0));
    let ceiling = problem.solve(Goal::Response(200.0)).unwrap_err();
    assert!(matches!(ceiling, Error::OutOfReach { best, .. } if (best - 100.0).abs() < 1e-9));
    let endless = Problem::new([Choice::new("A", Curve::power(2.0, 1.0).unwrap())]).unwrap();
    let error = endless.solve(Goal::Roas(1.5)).unwrap_err();
    assert_eq!(error.to_string(), "A would take money without end: give it a maximum");
}

#[test]
fn what_holds_a_spend_is_told() {
    let channel = |name: &str| Choice::new(name, log()).now(1000.0);
    let plan = Problem::new([
        channel("free").seen(100.0, 900.0),
        channel("step").step(0.5, 0.1),
        channel("cap").frequency_cap(1000.0, 3.0, 100.0),
        Choice::new("weak", Curve::log(1.0, 1000.0).unwrap()).at_least(200.0).seen(500.0, 900.0),
        Choice::new("off", Curve::log(1.0, 1000.0).unwrap()).at_least(200.0).or_off(),
        channel("fixed").at_least(700.0).at_most(700.0),
    ])
    .unwrap()
    .solve(Goal::Spend(5000.0))
    .unwrap();
    let held = |name: &str| plan.channel(name).unwrap().held_by;
    assert_eq!(
        ["free", "step", "cap", "weak", "off", "fixed"].map(held),
        [Hold::Nothing, Hold::StepUp, Hold::FrequencyCap, Hold::Minimum, Hold::Off, Hold::Fixed]
    );
    assert_eq!(plan.channel("free").unwrap().extrapolation, Some(Extrapolation::Above(900.0)));
    assert_eq!(plan.channel("weak").unwrap().extrapolation, Some(Extrapolation::Below(500.0)));
    assert_eq!(plan.channel("fixed").unwrap().extrapolation, None);
    let moved = Problem::new([channel("A").now(1000.0), channel("B").now(1001.0), channel("C").now(3000.0)]).unwrap();
    let plan = moved.move_at_most(100.0).unwrap().solve(Goal::Spend(5001.0)).unwrap();
    assert_eq!(plan.channel("B").unwrap().held_by, Hold::Nothing);
    assert!((plan.moved.unwrap() - 100.0).abs() < 1e-9);
    let conflict = Constraint::Total { amount: 1.5 };
    assert_eq!(conflict.to_string(), "the total 1.5");
}

#[test]
fn amounts_in_decimals_are_those_amounts() {
    let channel = |name: &str| Choice::new(name, log()).at_least(0.07).at_most(0.1);
    let plan = Problem::new([channel("A"), channel("B"), channel("C")]).unwrap().solve(Goal::Spend(0.3)).unwrap();
    let money = plan.in_money(Currency::NOK).unwrap();
    assert_eq!(money.total.to_string(), "NOK 0.30");
    let fixed = Problem::new([channel("A").at_most(0.07), channel("B")]).unwrap().solve(Goal::Spend(0.17)).unwrap();
    assert_eq!(fixed.in_money(Currency::NOK).unwrap().channel("A").unwrap().to_string(), "NOK 0.07");
}

/// A million markets, half of them concave.
#[test]
#[ignore = "minutes"]
fn a_million_markets() {
    let (mut plans, mut conflicts) = (0_u32, 0_u32);
    let mut failures = Vec::new();
    for seed in 0..1_000_000_u64 {
        let (kind, gap) = if seed % 2 == 0 { (Kind::Concave, 1e-12) } else { (Kind::Bent, 1e-9) };
        let market = Market::random(seed, kind);
        let held = std::panic::catch_unwind(|| {
            let planned = laws(&market, gap);
            goals(&market, gap);
            if seed % 2 == 0 {
                let mut stream = Stream(!seed);
                scales(&market, stream.scale(1e-9, 1e9), stream.scale(1e-9, 1e9), 1e-10);
            }
            planned
        });
        match held {
            Ok(true) => plans += 1,
            Ok(false) => conflicts += 1,
            Err(_) => {
                println!("FAILED {seed}");
                failures.push(seed);
            }
        }
    }
    println!("{plans} plans, {conflicts} named conflicts, {} failures", failures.len());
    assert!(failures.is_empty(), "{:?}", &failures[..failures.len().min(20)]);
}
