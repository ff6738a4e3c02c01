//! The laws of truth from logs and of reach models.
#![allow(clippy::unwrap_used, clippy::float_cmp)]
#![allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts made of small shares")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use styring_reach::{
    BetaBinomial, CanonicalExpansion, Dirichlet, Error, ExposureDistribution, Exposures, FrequencyHistogram,
    ImpressionLog, IndependentChannels, Nbd, NbdCurve, OnePointCurve, Overexposure, Overlaps, Vehicle, sainsbury,
};

type Row = (u8, u8, i64, u32);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let time = prop_oneof![8 => 0..40_i64, 1 => Just(i64::MIN), 1 => Just(i64::MAX), 1 => -5..0_i64];
    let count = prop_oneof![6 => Just(1_u32), 2 => 0..4_u32, 1 => Just(u32::MAX)];
    prop::collection::vec((0..5_u8, 0..4_u8, time, count), 0..40)
}

fn small_rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((0..5_u8, 0..4_u8, 0..40_i64, 0..3_u32), 0..40)
}

fn log(rows: &[Row]) -> ImpressionLog<u8, u8> {
    let mut log = ImpressionLog::new();
    for (person, channel, time, count) in rows {
        log.add_many(*person, *channel, *time, *count);
    }
    log
}

fn truth(rows: &[Row]) -> Exposures<u8, u8> {
    log(rows).into_exposures()
}

/// One impression a row: the answers by brute force.
fn single(rows: &[Row]) -> Vec<(u8, u8, i64)> {
    rows.iter().flat_map(|(person, channel, time, count)| (0..*count).map(|_| (*person, *channel, *time))).collect()
}

proptest! {
    #[test]
    fn logs_merge_in_any_order_and_grouping(a in rows(), b in rows(), c in rows()) {
        let mut left = log(&a);
        left.merge(log(&b));
        left.merge(log(&c));
        let mut right = log(&c);
        let mut inner = log(&b);
        inner.merge(log(&a));
        right.merge(inner);
        let mut identity = ImpressionLog::new();
        identity.merge(left.clone());
        let all: Vec<_> = a.iter().chain(&b).chain(&c).copied().collect();
        let at_once = truth(&all);
        prop_assert_eq!(left.into_exposures(), at_once.clone());
        prop_assert_eq!(right.into_exposures(), at_once.clone());
        prop_assert_eq!(identity.into_exposures(), at_once);
    }

    #[test]
    fn every_answer_stands_on_any_log(rows in rows(), width in any::<u64>(), cap in any::<u64>(), from in any::<i64>(), to in any::<i64>()) {
        let truth = truth(&rows);
        let frequencies = truth.frequencies();
        prop_assert_eq!(frequencies.reach(), truth.reach());
        prop_assert_eq!(frequencies.impressions(), truth.impressions());
        prop_assert_eq!(truth.k_plus(1), truth.reach());
        prop_assert_eq!(truth.average_frequency().value().is_none(), truth.reach().count() == 0);
        for k in 1..20 {
            prop_assert!(truth.k_plus(k + 1) <= truth.k_plus(k));
            prop_assert_eq!(truth.k_plus(k), frequencies.k_plus(k));
        }
        let channels = truth.by_channel();
        let most = channels.iter().map(|row| row.reach.count()).max().unwrap_or(0);
        prop_assert!(most <= truth.reach().count());
        prop_assert_eq!(channels.iter().map(|row| row.impressions).sum::<u64>(), truth.impressions());
        let by_number: u64 = truth.by_number_of_channels().values().map(|people| people.count()).sum();
        prop_assert_eq!(by_number, truth.reach().count());
        if width > 0 {
            let above = truth.above_cap(cap, width).unwrap();
            prop_assert!(above.above <= above.impressions && above.people <= truth.reach().count());
            prop_assert_eq!(truth.max_in_window(width).unwrap().len() as u64, truth.reach().count());
        } else {
            prop_assert!(truth.above_cap(cap, width).is_err() && truth.max_in_window(width).is_err());
        }
        let _ = truth.within(from..to).overexposed(Overexposure::default());
    }

    #[test]
    fn counting_by_brute_force_agrees(rows in small_rows(), width in 1..50_u64, threshold in 1..6_u64, least in 1..4_u64, from in 0..40_i64, length in 0..40_i64) {
        let impressions = single(&rows);
        let truth = truth(&rows);
        let of = |person: u8| impressions.iter().filter(move |row| row.0 == person).copied();
        let people: BTreeSet<u8> = impressions.iter().map(|row| row.0).collect();
        let in_window = |person: u8, end: i64| of(person).filter(move |row| row.2 <= end && end - row.2 < width.cast_signed());
        let most: Vec<(u8, u64)> = people
            .iter()
            .map(|person| (*person, of(*person).map(|row| in_window(*person, row.2).count() as u64).max().unwrap_or(0)))
            .collect();
        let got: Vec<(u8, u64)> = truth.max_in_window(width).unwrap().into_iter().map(|(person, most)| (*person, most)).collect();
        prop_assert_eq!(got, most);

        let too_much = |person: u8, end: i64| {
            let channels: BTreeSet<u8> = in_window(person, end).map(|row| row.1).collect();
            in_window(person, end).count() as u64 >= threshold && channels.len() as u64 >= least
        };
        let expected: Vec<u8> = people.iter().copied().filter(|person| of(*person).any(|row| too_much(*person, row.2))).collect();
        let rule = Overexposure::new(threshold, least, width).unwrap();
        let got: Vec<u8> = truth.overexposed(rule).iter().map(|found| *found.person).collect();
        prop_assert_eq!(got, expected);

        // What a cap lets through, one impression at a time.
        let mut above = 0;
        for person in &people {
            let mut own: Vec<i64> = of(*person).map(|row| row.2).collect();
            own.sort_unstable();
            let mut passed: Vec<i64> = Vec::new();
            for time in own {
                if passed.iter().filter(|past| time - **past < width.cast_signed()).count() as u64 >= threshold {
                    above += 1;
                } else {
                    passed.push(time);
                }
            }
        }
        prop_assert_eq!(truth.above_cap(threshold, width).unwrap().above, above);

        // A cut is what a log of those rows alone gives.
        let kept: Vec<Row> = rows.iter().filter(|row| (from..from + length).contains(&row.2)).copied().collect();
        prop_assert_eq!(truth.within(from..from + length), self::truth(&kept));
        let kept: Vec<Row> = rows.iter().filter(|row| row.1 != 1).copied().collect();
        prop_assert_eq!(truth.only(|channel| *channel != 1), self::truth(&kept));
        let renamed: Vec<Row> = rows.iter().map(|row| (row.0, row.1 / 2, row.2, row.3)).collect();
        prop_assert_eq!(truth.by(|channel| channel / 2), self::truth(&renamed));
    }

    #[test]
    fn increments_sum_to_the_reach(rows in rows()) {
        let truth = truth(&rows);
        let greedy = truth.incremental_greedily();
        prop_assert_eq!(greedy.len(), truth.channels().len());
        let order: Vec<u8> = greedy.iter().map(|step| *step.channel).collect();
        prop_assert_eq!(truth.incremental(&order).unwrap(), greedy.clone());
        prop_assert_eq!(greedy.last().map_or(0, |step| step.reach.count()), truth.reach().count());
        for pair in greedy.windows(2) {
            prop_assert!(pair[1].added <= pair[0].added);
        }
        prop_assert!(truth.incremental(&[9]).is_err());
        if let Some(first) = order.first() {
            prop_assert!(truth.incremental(&[*first, *first]).is_err());
            // No single channel reaches more than the first.
            let most = truth.by_channel().iter().map(|row| row.reach).max();
            prop_assert_eq!(greedy.first().map(|step| step.added), most);
        }
    }

    #[test]
    fn histograms_are_checked(pairs in prop::collection::vec((any::<u64>(), any::<u64>()), 0..6)) {
        if let Ok(histogram) = FrequencyHistogram::new(pairs.clone()) {
            let expected: u128 = pairs.iter().map(|(frequency, people)| u128::from(*frequency) * u128::from(*people)).sum();
            prop_assert_eq!(u128::from(histogram.impressions()), expected);
        }
    }
}

/// What holds of every distribution.
fn sound(distribution: &ExposureDistribution) {
    let sum = distribution.pmf().iter().rev().fold(distribution.beyond(), |sum, p| sum + p);
    assert!((sum - 1.0).abs() < 1e-12, "sum {sum}");
    assert!(distribution.pmf().iter().all(|p| (0.0..=1.0 + 1e-12).contains(p)));
    let k_plus = |k: u64| distribution.k_plus(k).unwrap();
    assert_eq!(k_plus(0), 1.0);
    assert_eq!(distribution.reach(), k_plus(1));
    assert_eq!(distribution.k_plus(distribution.listed() + 2).is_ok(), distribution.beyond() == 0.0);
    for k in 0..=distribution.listed() {
        let (this, next) = (k_plus(k), k_plus(k + 1));
        assert!(this.is_finite() && (0.0..=1.0).contains(&this) && next <= this, "k+ {k}: {this} {next}");
    }
    let mean = distribution.mean();
    assert!(mean.is_finite() && mean >= 0.0);
    // Each person reached has one exposure at least.
    assert!(mean >= distribution.reach() * (1.0 - 1e-9), "{mean} {}", distribution.reach());
    match distribution.average_frequency().value() {
        Some(frequency) => assert!(frequency >= 1.0 && distribution.reach() > 0.0),
        None => assert_eq!(distribution.reach(), 0.0),
    }
    let parts = [distribution.band(..3), distribution.band(3..=9), distribution.band(10..)];
    if let [Ok(few), Ok(some), Ok(many)] = parts {
        assert!((few + some + many - 1.0).abs() < 1e-12, "bands {few} {some} {many}");
    } else {
        assert!(distribution.listed() < 9 && distribution.beyond() > 0.0);
    }
    for cap in [0, 1, 2, 5] {
        if let Ok(capped) = distribution.capped(cap) {
            assert!(capped.distribution.mean() <= mean && capped.distribution.k_plus(u64::from(cap) + 1) == Ok(0.0));
            assert!(cap == 0 || (capped.distribution.reach() - distribution.reach()).abs() < 1e-12);
            assert!(capped.share_above_cap().is_none_or(|share| (0.0..=1.0).contains(&share)));
        }
    }
    let stored = ExposureDistribution::new(distribution.pmf().to_vec(), distribution.beyond(), mean).unwrap();
    assert!((stored.reach() - distribution.reach()).abs() < 1e-12);
}

/// From 1e-12 to 1e9, most of it where campaigns are.
fn parameter() -> impl Strategy<Value = f64> {
    prop_oneof![4 => 0.01..20.0_f64, 1 => (-12.0..9.0_f64).prop_map(|log| 10_f64.powf(log).clamp(1e-12, 1e9))]
}

fn anything() -> impl Strategy<Value = f64> {
    prop_oneof![3 => 0.0..1.0_f64, 1 => -1.0..3.0_f64, 1 => any::<f64>()]
}

proptest! {
    #[test]
    fn nbd_is_sound(mean in parameter(), shape in parameter(), up_to in 0..400_u32) {
        let nbd = Nbd::new(mean, shape).unwrap();
        let distribution = nbd.distribution(up_to).unwrap();
        sound(&distribution);
        prop_assert!((nbd.reach() - distribution.reach()).abs() <= 1e-12 + 1e-9 * nbd.reach());
        let reach = nbd.reach();
        if reach < 1.0 - 1e-6 && reach < -(-mean).exp_m1() * (1.0 - 1e-6) {
            let fitted = Nbd::from_reach(mean, reach).unwrap();
            prop_assert!((fitted.reach() / reach - 1.0).abs() < 1e-12, "{} {}", fitted.reach(), reach);
        }
        // More impressions never reach fewer, and what one more brings only falls.
        if let (Ok(curve), true) = (nbd.curve(1000.0), mean < 1e6) {
            let at = |times: f64| curve.reach_at(1000.0 * mean * times).unwrap();
            prop_assert!(at(1.0) <= at(1.5) + 1e-9 && at(1.5) <= at(2.0) + 1e-9 && at(2.0) <= 1000.0);
            prop_assert!(at(2.0) - at(1.5) <= at(1.5) - at(1.0) + 1e-6);
        }
    }

    #[test]
    fn no_number_makes_a_model_panic(a in anything(), b in anything(), c in anything(), n in 0..60_u32, k in 0..40_u32) {
        if let Ok(nbd) = Nbd::new(a, b) {
            sound(&nbd.distribution(n).unwrap());
            sound(&IndependentChannels::new().channel(nbd, k).channel(nbd, None).common_cap(n).distribution(n).unwrap());
        }
        match Nbd::from_reach(a, b) {
            Ok(nbd) => prop_assert!((nbd.reach() - b).abs() < 1e-9),
            Err(Error::NotOverdispersed { limit, .. }) => prop_assert!(b >= limit * (1.0 - 1e-6)),
            Err(error) => prop_assert!(matches!(error, Error::OutOfRange { .. }), "another reason"),
        }
        if let Ok(curve) = NbdCurve::from_reach(a, b, c) {
            prop_assert!((curve.reach_at(b).unwrap() / c - 1.0).abs() < 1e-9);
            prop_assert!(curve.k_plus_at(b, k).unwrap().is_finite());
        }
        if let Ok(model) = BetaBinomial::from_reaches(a, b) {
            sound(&model.distribution(n).unwrap());
        }
        if let Ok(plan) = sainsbury(&[(a, n), (b, k)]) {
            sound(&plan);
            let expected = 1.0 - (1.0 - a).powf(n.into()) * (1.0 - b).powf(k.into());
            prop_assert!((plan.reach() - expected).abs() < 1e-12);
        }
        let one_point = OnePointCurve::new(a, b).and_then(|curve| curve.distribution_at(c, curve.max_reach() * 1.5, n));
        if let Ok(distribution) = one_point {
            sound(&distribution);
        }
        let _ = ExposureDistribution::new(vec![a, b], c, a);
        let _ = Overlaps::new(vec![a, b], [(0, 1, c)]).and_then(|overlaps| overlaps.hofmans());
    }

    #[test]
    fn beta_binomial_between_its_limits(r1 in 0.001..0.999_f64, between in 0.0..=1.0_f64, n in 1..300_u32) {
        let r2 = r1 + between * r1 * (1.0 - r1);
        let model = BetaBinomial::from_reaches(r1, r2).unwrap();
        let distribution = model.distribution(n).unwrap();
        sound(&distribution);
        prop_assert!((model.distribution(1).unwrap().reach() - r1).abs() < 1e-9);
        prop_assert!((model.distribution(2).unwrap().reach() - r2).abs() < 1e-6);
        prop_assert!(distribution.reach() >= r1 - 1e-9);
        prop_assert!(distribution.reach() <= 1.0 - (1.0 - r1).powf(n.into()) + 1e-9);
        let mean: f64 = (0_u32..).zip(distribution.pmf()).map(|(k, p)| f64::from(k) * p).sum();
        prop_assert!((mean / distribution.mean() - 1.0).abs() < 1e-5, "{mean} {}", distribution.mean());
    }

    #[test]
    fn dirichlet_adds_up(mean in 0.01..30.0_f64, shape in 0.05..5.0_f64, strength in 0.05..20.0_f64, parts in prop::collection::vec(0.05..1.0_f64, 1..5)) {
        let sum: f64 = parts.iter().sum();
        let shares: Vec<f64> = parts.iter().map(|part| part / sum).collect();
        let count = shares.len();
        let plan = Dirichlet::new(Nbd::new(mean, shape).unwrap(), strength, shares).unwrap();
        let all: Vec<usize> = (0..count).collect();
        prop_assert!((plan.reach_of(&all).unwrap() - plan.category().reach()).abs() < 1e-12);
        let singles: Vec<f64> = all.iter().map(|channel| plan.reach_of(&[*channel]).unwrap()).collect();
        let pairs = all.iter().flat_map(|i| (i + 1..count).map(move |j| (*i, j)));
        let overlaps = Overlaps::new(singles.clone(), pairs.map(|(i, j)| (i, j, plan.duplication(i, j).unwrap()))).unwrap();
        let sharp = overlaps.sharp().unwrap();
        let reach = plan.reach_of(&all).unwrap();
        prop_assert!(sharp.low() - 1e-9 <= reach && reach <= sharp.high() + 1e-9, "{sharp:?} {reach}");
        let own = plan.distribution_of(&[0], 25).unwrap();
        sound(&own);
        prop_assert!((own.reach() - singles[0]).abs() < 1e-11);
        prop_assert!((plan.distribution_of(&all, 25).unwrap().k_plus(5).unwrap() - plan.category().k_plus(5).unwrap()).abs() < 1e-11);
    }
}

/// A population: how many people each set of channels reaches.
fn population(channels: usize) -> impl Strategy<Value = Vec<f64>> {
    let kind = prop_oneof![3 => Just(0.0), 2 => 0.0..1.0_f64, 1 => 0.0..0.001_f64];
    prop::collection::vec(kind, 1 << channels)
        .prop_filter("somebody", |kinds| kinds.iter().sum::<f64>() > 0.0)
        .prop_map(|kinds| {
            let all: f64 = kinds.iter().sum();
            kinds.into_iter().map(|kind| kind / all).collect()
        })
}

/// Its reaches, overlaps, and union.
fn measured(channels: usize, kinds: &[f64]) -> (Vec<f64>, Vec<(usize, usize, f64)>, f64) {
    let share = |mask: usize| -> f64 {
        kinds.iter().enumerate().filter(|(kind, _)| kind & mask == mask).map(|(_, p)| p).sum::<f64>().min(1.0)
    };
    let singles = (0..channels).map(|i| share(1 << i)).collect();
    let pairs = (0..channels).flat_map(|i| (i + 1..channels).map(move |j| (i, j)));
    let pairs = pairs.map(|(i, j)| (i, j, share(1 << i | 1 << j))).collect();
    (singles, pairs, kinds[1..].iter().sum())
}

fn populations() -> impl Strategy<Value = (usize, Vec<f64>)> {
    (1..10_usize).prop_flat_map(|channels| (Just(channels), population(channels)))
}

proptest! {
    #[test]
    fn the_truth_lies_in_the_sharp_interval((channels, kinds) in populations(), known in any::<u32>()) {
        let (singles, pairs, union) = measured(channels, &kinds);
        let overlaps = Overlaps::new(singles.clone(), pairs.clone()).unwrap();
        let sharp = overlaps.sharp().unwrap();
        prop_assert!(sharp.low() - 1e-9 <= union && union <= sharp.high() + 1e-9, "{sharp:?} {union}");
        prop_assert!(sharp.gap().unwrap() < 1e-9, "{sharp:?}");
        let bounds = overlaps.bounds();
        prop_assert!(bounds.low() <= sharp.low() + 1e-9 && sharp.high() <= bounds.high() + 1e-9);
        if channels <= 2 {
            prop_assert!(sharp.high() - sharp.low() < 1e-9);
        }
        for modelled in [overlaps.hofmans().unwrap(), overlaps.agostini(1.125).unwrap(), overlaps.independent().unwrap()] {
            prop_assert!(sharp.contains(modelled.value()));
            prop_assert_eq!(modelled.clamped().is_none(), (modelled.raw() - modelled.value()).abs() <= 1e-12);
        }
        prop_assert!(overlaps.adjusted().unwrap().changes.is_empty());

        // Fewer pairs, a wider interval.
        let some = pairs.iter().enumerate().filter(|(index, _)| known >> (index % 32) & 1 == 1).map(|(_, pair)| *pair);
        let partial = Overlaps::new(singles, some).unwrap();
        let wider = partial.sharp().unwrap();
        prop_assert!(wider.low() <= sharp.low() + 1e-9 && sharp.high() <= wider.high() + 1e-9);
        let bounds = partial.bounds();
        prop_assert!(bounds.low() <= wider.low() + 1e-9 && wider.high() <= bounds.high() + 1e-9);
    }

    #[test]
    fn what_no_population_has_is_refused_with_proof(
        singles in prop::collection::vec(0.0..=1.0_f64, 2..6),
        duplications in prop::collection::vec(0.0..0.6_f64, 10),
    ) {
        let channels = singles.len();
        let pairs: Vec<_> = (0..channels)
            .flat_map(|i| (i + 1..channels).map(move |j| (i, j)))
            .zip(duplications)
            .map(|((i, j), d)| (i, j, d.min(singles[i]).min(singles[j])))
            .collect();
        let overlaps = Overlaps::new(singles, pairs).unwrap();
        let adjusted = overlaps.adjusted().unwrap();
        match overlaps.sharp() {
            Ok(sharp) => {
                prop_assert!(sharp.low() <= sharp.high() && sharp.gap().unwrap() < 1e-8);
                prop_assert!(adjusted.changes.is_empty());
            }
            Err(error) => {
                let least = match &error {
                    Error::ImpossiblePair { by, .. } | Error::ImpossibleTriple { by, .. } => {
                        // Four numbers stand in a triple's inequality, each of which counts once.
                        *by
                    }
                    Error::Impossible { by, certificate } => {
                        let proof = certificate.as_ref().unwrap();
                        for mask in 0..1_usize << channels {
                            let has = |channel: usize| mask >> channel & 1 == 1;
                            let singles: f64 = proof.singles.iter().enumerate().filter(|(i, _)| has(*i)).map(|(_, w)| w).sum();
                            let pairs: f64 = proof.pairs.iter().filter(|(i, j, _)| has(*i) && has(*j)).map(|(_, _, w)| w).sum();
                            prop_assert!(singles + pairs + proof.everybody < 1e-8);
                        }
                        *by
                    }
                    other => return Err(TestCaseError::fail(other.to_string())),
                };
                prop_assert!(adjusted.amount() >= least - 1e-8, "{} {}", adjusted.amount(), least);
                let after = adjusted.overlaps.sharp();
                prop_assert!(after.is_ok(), "{after:?}");
            }
        }
    }

    #[test]
    fn canonical_expansions_stay_possible((channels, kinds) in (1..5_usize).prop_flat_map(|c| (Just(c), population(c))), insertions in prop::collection::vec(1..5_u32, 4), spread in 0.0..1.0_f64) {
        let (singles, pairs, _) = measured(channels, &kinds);
        let vehicles: Result<Vec<_>, _> = singles
            .iter()
            .zip(insertions)
            .map(|(r1, insertions)| {
                Ok(Vehicle { model: BetaBinomial::from_reaches(*r1, r1 + spread * r1 * (1.0 - r1))?, insertions })
            })
            .collect::<Result<_, Error>>();
        let Ok(plan) = vehicles.and_then(|vehicles| CanonicalExpansion::new(vehicles, pairs)) else { return Ok(()) };
        if let Ok(reach) = plan.reach() {
            prop_assert!(reach.interval().contains(reach.value()));
        }
        match plan.distribution() {
            Ok(distribution) => {
                sound(&distribution);
                // A true distribution has a possible reach by itself.
                let reach = plan.reach().unwrap();
                prop_assert!((distribution.reach() - reach.raw()).abs() < 1e-10);
                prop_assert!((reach.value() - reach.raw()).abs() < 1e-8, "{reach:?}");
            }
            Err(error) => prop_assert!(matches!(error, Error::NegativeCell { probability, .. } if probability < 0.0), "another reason"),
        }
    }
}

#[test]
fn what_no_pair_or_triple_shows_is_proved() {
    // S1 = 2.4 and S2 = 1.5, from which Dawson and Sankoff have a reach of at least 110 %.
    let pairs = (0..6).flat_map(|i| (i + 1..6).map(move |j| (i, j, 0.1)));
    let overlaps = Overlaps::new(vec![0.4; 6], pairs).unwrap();
    let error = overlaps.sharp().unwrap_err();
    assert!(matches!(&error, Error::Impossible { by, certificate: Some(_) } if *by > 1e-6), "{error}");
}

#[test]
fn the_interval_is_sharp_where_many_steps_go_nowhere() {
    let all = |channels: usize, duplication: f64| {
        (0..channels).flat_map(move |i| (i + 1..channels).map(move |j| (i, j, duplication)))
    };
    let sharp = |reach: f64, duplication: f64| {
        let sharp = Overlaps::new(vec![reach; 12], all(12, duplication)).unwrap().sharp().unwrap();
        assert!(sharp.gap().unwrap() < 1e-9, "{sharp:?}");
        sharp
    };
    // Nobody in two channels; everybody in all; channels that do not depend on each other.
    for (reach, duplication, low, high) in
        [(0.08, 0.0, 0.96, 0.96), (0.3, 0.3, 0.3, 0.3), (0.5, 0.25, 13.0 / 14.0, 1.0)]
    {
        let found = sharp(reach, duplication);
        assert!((found.low() - low).abs() < 1e-9 && (found.high() - high).abs() < 1e-9, "{found:?}");
    }
    // No pair known: the Fréchet bounds, which are sharp from singles alone.
    let open = Overlaps::new(vec![0.2, 0.1, 0.3, 0.25], []).unwrap().sharp().unwrap();
    assert!((open.low() - 0.3).abs() < 1e-9 && (open.high() - 0.85).abs() < 1e-9, "{open:?}");
}

#[test]
fn names_the_pair_and_the_triple() {
    let pair = Overlaps::new(vec![0.4, 0.1], [(1, 0, 0.15)]).unwrap().sharp().unwrap_err();
    assert_eq!(
        pair,
        Error::ImpossiblePair { channels: (0, 1), duplication: 0.15, least: 0.0, most: 0.1, by: 0.15 - 0.1 }
    );
    let triple = Overlaps::new(vec![0.4; 3], [(0, 1, 0.35), (0, 2, 0.35), (1, 2, 0.0)]).unwrap().sharp().unwrap_err();
    assert!(matches!(triple, Error::ImpossibleTriple { channels: (0, 1, 2), by } if (by - 0.3).abs() < 1e-12));
}

#[test]
fn beyond_twelve_channels_there_are_bounds() {
    let pairs = (0..15).flat_map(|i| (i + 1..15).map(move |j| (i, j, 0.005)));
    let overlaps = Overlaps::new(vec![0.05; 15], pairs).unwrap();
    assert!(matches!(overlaps.sharp(), Err(Error::OutOfRange { field: "channels", .. })));
    let interval = overlaps.interval().unwrap();
    assert!(interval.gap().is_none() && interval.low() < interval.high());
    assert!(interval.contains(overlaps.hofmans().unwrap().value()));
}

#[test]
fn fits_find_what_was_drawn_without_error() {
    // Counts in exact proportion to a distribution give that distribution back.
    let nbd = Nbd::new(2.5, 0.6).unwrap();
    let people: BTreeMap<u64, u64> = (1_u64..)
        .zip(&nbd.distribution(400).unwrap().pmf()[1..])
        .map(|(k, p)| (k, (p * 1e12).round() as u64))
        .collect();
    let fit = Nbd::fit(&FrequencyHistogram::new(people).unwrap(), 1_000_000_000_000).unwrap();
    assert!((fit.model().shape() - 0.6).abs() < 1e-6 && (fit.model().mean() - 2.5).abs() < 1e-8);
    let (low, high) = fit.shape_interval(0.9).unwrap();
    assert!(low < 0.6 && high.is_some_and(|high| high > 0.6 && high - low < 1e-4));
}

#[test]
fn fits_say_why_there_is_none() {
    let alike = FrequencyHistogram::new([(1, 50), (2, 50)]).unwrap();
    assert!(matches!(Nbd::fit(&alike, 100), Err(Error::NotOverdispersed { measure: "variance", .. })));
    assert!(matches!(Nbd::fit(&FrequencyHistogram::default(), 100), Err(Error::CannotFit { .. })));
    assert!(matches!(Nbd::fit(&alike, 99), Err(Error::OutOfRange { field: "universe", .. })));
    let error = Nbd::from_reach(1.0, 0.7).unwrap_err();
    assert!(error.to_string().contains("not overdispersed"), "{error}");
}
