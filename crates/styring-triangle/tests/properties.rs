//! The laws of triangles.
#![allow(clippy::unwrap_used, clippy::float_cmp)]

use proptest::prelude::*;
use styring_money::Exact;
use styring_testkit::strategies::exact;
use styring_triangle::{ChainLadder, Completion, Error, Increments, MackError, NoError, Projection, Spread, Triangle};

type Cell = (u8, u32, Exact);

fn cells() -> impl Strategy<Value = Vec<Cell>> {
    prop::collection::vec((0..6_u8, prop_oneof![4 => 0..5_u32, 1 => any::<u32>()], exact()), 0..30)
}

fn of(cells: &[Cell]) -> Increments<u8> {
    cells.iter().cloned().collect()
}

/// Triangles as they come: growing, shrinking, with zeros, below zero, of any shape.
fn rows() -> impl Strategy<Value = Vec<Vec<f64>>> {
    let value = prop_oneof![
        6 => 1.0..1e6_f64,
        2 => Just(0.0),
        1 => -1e4..0.0_f64,
        1 => Just(1e15),
        1 => Just(5e-324),
        1 => Just(-1e15),
        1 => 1e-300..1e-9_f64,
    ];
    prop::collection::vec(prop::collection::vec(value, 1..8), 1..9)
}

/// Cohorts that only grow, from something.
fn growing() -> impl Strategy<Value = Vec<Vec<f64>>> {
    let row = (1.0..1e4_f64, prop::collection::vec(0.0..1e3_f64, 0..7)).prop_map(|(start, more)| {
        let mut sum = start;
        std::iter::once(start)
            .chain(more.into_iter().map(|value| {
                sum += value;
                sum
            }))
            .collect()
    });
    prop::collection::vec(row, 1..9)
}

fn ladder(rows: Vec<Vec<f64>>) -> ChainLadder<u32> {
    ChainLadder::fit(Triangle::from_cumulative((0..).zip(rows)).unwrap())
}

fn sound(projection: &Projection) {
    assert!(projection.value().is_finite() && projection.observed().is_finite());
    match projection.error() {
        MackError::Known { chance, factors } => {
            assert!(chance.is_finite() && chance >= 0.0 && factors.is_finite() && factors >= 0.0);
            assert!(projection.se().unwrap().is_finite());
        }
        MackError::Unknown(_) => assert_eq!(projection.se(), None),
    }
    if let Some((low, high)) = projection.interval(0.9).unwrap() {
        assert!(low.is_finite() && high.is_finite() && low <= high, "{low} {high} {projection:?}");
    }
}

fn sound_completion(completion: &Completion) {
    assert!(completion.share().is_finite() && completion.share() > 0.0 && completion.factor().is_finite());
    assert!(completion.relative_error().is_none_or(|error| error.is_finite() && error >= 0.0));
    assert_eq!(completion.relative_error().is_none(), completion.no_error().is_some());
}

proptest! {
    #[test]
    fn increments_merge_in_any_order_and_grouping(a in cells(), b in cells(), c in cells()) {
        let merged = |parts: &[&Increments<u8>]| {
            let mut all = Increments::none();
            for part in parts {
                all.merge((*part).clone());
            }
            all
        };
        let (x, y, z) = (of(&a), of(&b), of(&c));
        let left = merged(&[&merged(&[&x, &y]), &z]);
        prop_assert_eq!(&left, &merged(&[&x, &merged(&[&y, &z])]));
        prop_assert_eq!(&left, &merged(&[&z, &x, &y]));
        prop_assert_eq!(&x, &merged(&[&Increments::none(), &x]));
        let mut together = a.clone();
        together.extend(b.iter().chain(&c).cloned());
        prop_assert_eq!(&left, &of(&together));
        let mut backward = together;
        backward.reverse();
        prop_assert_eq!(&left, &of(&backward));
        let again: Increments<u8> = left.cells().map(|(cohort, age, value)| (*cohort, age, value.clone())).collect();
        prop_assert_eq!(&left, &again);
    }

    #[test]
    fn a_triangle_is_the_running_sum(cells in cells(), observed in prop::collection::vec(0..7_u32, 6)) {
        let increments = of(&cells);
        let how_far = |cohort: &u8| observed[usize::from(*cohort)];
        match increments.triangle(how_far) {
            Ok(triangle) => for cohort in increments.cohorts() {
                let ages = how_far(cohort);
                prop_assert_eq!(triangle.values(cohort).map_or(0, <[f64]>::len), ages as usize);
                for (age, value) in (0..).zip(triangle.values(cohort).unwrap_or_default()) {
                    prop_assert_eq!(*value, increments.until(cohort, age).unwrap().to_f64());
                }
            },
            Err(Error::NoCohorts) => prop_assert!(increments.cohorts().all(|cohort| how_far(cohort) == 0)),
            Err(Error::OutOfRange { field, .. }) => prop_assert_eq!(field, "cumulative value"),
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn nothing_panics_and_nothing_is_infinite(rows in rows(), age in 0..10_u32, value in any::<f64>(), level in any::<f64>()) {
        let cohorts = rows.len();
        let ladder = ladder(rows);
        for step in ladder.steps() {
            prop_assert!(step.factor.is_none_or(f64::is_finite) && step.base.is_finite());
            prop_assert!(step.spread.sigma2().is_none_or(|sigma2| sigma2.is_finite() && sigma2 >= 0.0));
        }
        for cohort in 0..cohorts {
            if let Ok(projection) = ladder.project(&u32::try_from(cohort).unwrap(), age) {
                sound(&projection);
                let _ = projection.interval(level);
            }
        }
        if let Ok(total) = ladder.total(age) {
            sound(&total);
        }
        for (from, to) in [(0, age), (age, 3), (age, age)] {
            if let Ok(projection) = ladder.project_from(value, from, to) {
                sound(&projection);
            }
            if let Ok(completion) = ladder.completion_to(from, to) {
                sound_completion(&completion);
            }
        }
        prop_assert!(ladder.project(&99, 0).is_err());
        prop_assert_eq!(ladder.total(age).is_err_and(|fault| matches!(fault, Error::AgeBeyond { .. })), age > ladder.oldest_age());
    }

    #[test]
    fn cohorts_that_develop_alike_are_foreseen_exactly(
        starts in prop::collection::vec(1.0..1e4_f64, 2..7), factors in prop::collection::vec(0.5..3.0_f64, 1..6),
    ) {
        let row = |start: f64, ages: usize| {
            let mut value = start;
            let mut values = vec![start];
            for factor in factors.iter().take(ages) {
                value *= factor;
                values.push(value);
            }
            values
        };
        let ages = factors.len();
        let rows = (0..).zip(&starts).map(|(at, start)| row(*start, ages.saturating_sub(at))).collect();
        let ladder = ladder(rows);
        let mut truth = 0.0;
        for (cohort, start) in (0..).zip(&starts) {
            let end = *row(*start, ages).last().unwrap();
            truth += end;
            let projection = ladder.project(&cohort, u32::try_from(ages).unwrap()).unwrap();
            prop_assert!((projection.value() - end).abs() <= 1e-12 * end);
            match projection.error() {
                MackError::Known { .. } => prop_assert!(projection.se().unwrap() <= 1e-6 * end),
                // The one step rests on one cohort, and there is nothing to borrow from.
                MackError::Unknown(why) => prop_assert_eq!((why, ages), (NoError::OneCohort { age: 0 }, 1)),
            }
        }
        let total = ladder.total(u32::try_from(ages).unwrap()).unwrap();
        prop_assert!((total.value() - truth).abs() <= 1e-12 * truth);
        for (age, _) in (0..).zip(&factors) {
            let rest: f64 = factors.iter().skip(age as usize).product();
            prop_assert!((ladder.completion(age).unwrap().factor() / rest - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn growing_cohorts_grow_on(rows in growing()) {
        let cohorts = rows.len();
        let ladder = ladder(rows);
        let oldest = ladder.oldest_age();
        for step in ladder.steps() {
            prop_assert!(step.factor.unwrap() >= 1.0);
        }
        for cohort in 0..u32::try_from(cohorts).unwrap() {
            let all: Vec<Projection> = (0..=oldest).map(|age| ladder.project(&cohort, age).unwrap()).collect();
            for pair in all.windows(2) {
                prop_assert!(pair[0].value() <= pair[1].value() * (1.0 + 1e-12));
                if let (Some(sooner), Some(later)) = (pair[0].se(), pair[1].se()) {
                    prop_assert!(sooner <= later * (1.0 + 1e-12), "{} {}", sooner, later);
                }
            }
            let observed = ladder.triangle().age(&cohort).unwrap();
            prop_assert!(all.iter().take(observed as usize + 1).all(|projection| projection.se() == Some(0.0)));
        }
        let shares: Vec<f64> = (0..=oldest).map(|age| ladder.completion(age).unwrap().share()).collect();
        prop_assert!(shares.windows(2).all(|pair| pair[0] <= pair[1]) && shares.last() == Some(&1.0));
    }

    #[test]
    fn totals_add_up_and_hang_together(rows in growing(), age in 0..8_u32) {
        let ladder = ladder(rows);
        let age = age.min(ladder.oldest_age());
        let (total, cohorts) = (ladder.total(age).unwrap(), ladder.project_all(age).unwrap());
        let sum: f64 = cohorts.iter().map(|(_, projection)| projection.value()).sum();
        prop_assert!((total.value() - sum).abs() <= 1e-9 * sum);
        let known: Option<Vec<f64>> = cohorts.iter().map(|(_, projection)| projection.se()).collect();
        let Some(errors) = known else { return Ok(()) };
        // Shared factors make errors add up more than independent ones would, and less than fully dependent ones.
        let independent = errors.iter().map(|se| se * se).sum::<f64>().sqrt();
        let dependent: f64 = errors.iter().sum();
        let se = total.se().unwrap();
        prop_assert!(independent * (1.0 - 1e-9) <= se && se <= dependent * (1.0 + 1e-9));
        // Mack's formula, written out over pairs.
        let relative = |from: u32| -> f64 {
            ladder.steps().iter().take(age as usize).skip(from as usize)
                .map(|step| step.spread.sigma2().unwrap() / step.factor.unwrap().powi(2) / step.base).sum()
        };
        let mut by_pairs: f64 = errors.iter().map(|se| se * se).sum();
        for (i, (one, a)) in cohorts.iter().enumerate() {
            for (other, b) in &cohorts[i + 1..] {
                let from = ladder.triangle().age(one).unwrap().max(ladder.triangle().age(other).unwrap());
                by_pairs += 2.0 * a.value() * b.value() * relative(from);
            }
        }
        prop_assert!((se - by_pairs.sqrt()).abs() <= 1e-9 * se.max(1e-9), "{} {}", se, by_pairs.sqrt());
        let all: Vec<u32> = cohorts.iter().map(|(cohort, _)| **cohort).collect();
        prop_assert_eq!(ladder.total_of(&all, age).unwrap(), total);
    }

    #[test]
    fn the_unit_does_not_matter(rows in growing(), scale in -20..20_i32) {
        let factor = 2.0_f64.powi(scale);
        let scaled = rows.iter().map(|row| row.iter().map(|value| value * factor).collect()).collect();
        let (one, other) = (ladder(rows), ladder(scaled));
        let age = one.oldest_age();
        let (one, other) = (one.total(age).unwrap(), other.total(age).unwrap());
        prop_assert_eq!(one.value() * factor, other.value());
        match (one.se(), other.se()) {
            (Some(a), Some(b)) => prop_assert!((a * factor - b).abs() <= 1e-9 * b),
            (a, b) => prop_assert_eq!(a, b),
        }
    }

    #[test]
    fn an_outside_cohort_goes_the_same_way(rows in growing()) {
        let ladder = ladder(rows);
        let oldest = ladder.oldest_age();
        let mut all = Vec::new();
        for (cohort, values) in ladder.triangle().rows() {
            let (value, age) = (*values.last().unwrap(), ladder.triangle().age(cohort).unwrap());
            prop_assert_eq!(ladder.project_from(value, age, oldest).unwrap(), ladder.project(cohort, oldest).unwrap());
            let matured = value / ladder.completion(age).unwrap().share();
            prop_assert!((matured - ladder.project(cohort, oldest).unwrap().value()).abs() <= 1e-9 * matured);
            all.push((value, age));
        }
        prop_assert_eq!(ladder.project_from_all(all, oldest).unwrap(), ladder.total(oldest).unwrap());
    }
}

#[test]
fn what_has_not_begun_is_not_foreseen_with_certainty() {
    let ladder = ladder(vec![vec![4.0, 8.0, 9.0], vec![3.0, 7.0, 8.0], vec![5.0, 9.0], vec![0.0]]);
    let young = ladder.project(&3, 2).unwrap();
    assert_eq!((young.value(), young.se(), young.nothing_yet()), (0.0, None, 1));
    assert_eq!(young.error(), MackError::Unknown(NoError::NothingYet));
    assert_eq!(young.interval(0.9).unwrap(), None);
    let total = ladder.total(2).unwrap();
    assert!(total.se().is_some() && total.nothing_yet() == 1);
    // The others are over at age 1: only the one with nothing is waited for, and the sum is no surer than it.
    assert_eq!(ladder.total_of(&[0, 3], 1).unwrap().error(), MackError::Unknown(NoError::NothingYet));
}

#[test]
fn what_the_model_does_not_hold_for_has_no_error_but_a_value() {
    let ladder = ladder(vec![vec![0.0, 8.0, 9.0], vec![4.0, 7.0, 8.0], vec![5.0, 9.0], vec![6.0]]);
    assert_eq!(ladder.steps()[0].factor, Some(24.0 / 9.0));
    assert_eq!(ladder.steps()[0].spread, Spread::Unknown(NoError::FromNothing { age: 0 }));
    let young = ladder.project(&3, 2).unwrap();
    assert_eq!(young.error(), MackError::Unknown(NoError::FromNothing { age: 0 }));
    assert!((young.value() - 6.0 * 24.0 / 9.0 * 17.0 / 15.0).abs() < 1e-12);
    assert!(ladder.project(&2, 2).unwrap().se().is_some());
    assert_eq!(ladder.completion(0).unwrap().no_error(), Some(NoError::FromNothing { age: 0 }));
    assert!(ladder.completion(1).unwrap().se().is_some());
}

#[test]
fn faults_name_what_is_wrong() {
    let fault = |rows: Vec<(&str, Vec<f64>)>| Triangle::from_cumulative(rows).unwrap_err().to_string();
    assert!(fault(vec![]).contains("no cohort"));
    assert!(fault(vec![("June", vec![])]).contains("observed ages must be from 1"));
    assert!(fault(vec![("June", vec![1.0, f64::INFINITY])]).contains("not inf"));
    assert_eq!(fault(vec![("June", vec![1.0]), ("June", vec![2.0])]), "cohort \"June\" comes twice");
    let ladder = ladder(vec![vec![0.0, 0.0, 3.0], vec![0.0, 1.0], vec![2.0]]);
    assert_eq!(ladder.project(&2, 1).unwrap_err(), Error::NoFactor { age: 0, base: 0.0 });
    assert_eq!(ladder.project(&2, 3).unwrap_err(), Error::AgeBeyond { age: 3, oldest: 2 });
    assert!(ladder.project(&7, 1).unwrap_err().to_string().contains("cohort 7"));
    let lost = self::ladder(vec![vec![5.0, 0.0], vec![4.0]]);
    assert_eq!(lost.completion(0).unwrap_err(), Error::NoCompletion { age: 0, factor: 0.0 });
    let mut many = Increments::none();
    many.cohort(1);
    assert!(many.triangle(|_| u32::MAX).unwrap_err().to_string().contains("at most 10 000"));
}

#[cfg(feature = "serde")]
#[test]
fn what_is_written_reads_back() {
    let mut orders = Increments::none();
    orders.add((2026, 6), 0, &"12.50".parse::<Exact>().unwrap());
    orders.add((2026, 6), 4, &"-2".parse::<Exact>().unwrap());
    orders.cohort((2026, 7));
    let text = serde_json::to_string(&orders).unwrap();
    assert_eq!(serde_json::from_str::<Increments<(i32, i32)>>(&text).unwrap(), orders, "{text}");
    let triangle = orders.triangle(|_| 5).unwrap();
    let text = serde_json::to_string(&triangle).unwrap();
    assert_eq!(serde_json::from_str::<Triangle<(i32, i32)>>(&text).unwrap(), triangle, "{text}");
    assert!(serde_json::from_str::<Triangle<(i32, i32)>>("[[[2026, 6], []]]").is_err());
    assert!(serde_json::to_string(&ChainLadder::fit(triangle)).unwrap().contains("why"));
}
