//! A log of impressions: what holds of every one, and what is refused.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use proptest::prelude::*;
use styring_playbook::{ContactLog, Contacts, Error, Reached, ReachedSpec};
use styring_reach::Error as ReachError;

const CHANNELS: [&str; 4] = ["VG", "TV 2", "YouTube", "Acast"];

fn log(rows: &[(u8, usize, i64)]) -> ContactLog {
    let mut contacts = Contacts::new();
    for (person, channel, time) in rows {
        contacts.add(&format!("p{person}"), CHANNELS[*channel], *time);
    }
    contacts.into_log()
}

proptest! {
    #[test]
    fn counts_agree_and_caps_only_take(
        rows in prop::collection::vec((0..30_u8, 0..4_usize, 0..3_000_000_i64), 1..300), more in 0..1_000_u64
    ) {
        let all = log(&rows);
        let spec = ReachedSpec { universe: Some(all.people() as u64 + more), ..ReachedSpec::default() };
        let reached = Reached::of(&all, &spec).unwrap();
        prop_assert_eq!(reached.reach.count(), all.people() as u64);
        prop_assert_eq!(reached.frequencies.impressions(), rows.len() as u64);
        prop_assert_eq!(reached.channels.iter().map(|one| one.impressions).sum::<u64>(), rows.len() as u64);
        let met = &reached.by_number_of_channels;
        prop_assert_eq!(met.iter().map(|met| met.people.count()).sum::<u64>(), reached.reach.count());
        prop_assert_eq!(met.iter().map(|met| met.impressions).sum::<u64>(), rows.len() as u64);
        prop_assert_eq!(
            met.iter().filter(|met| met.channels == 1).map(|met| met.people.count()).sum::<u64>(),
            reached.channels.iter().map(|one| one.only_here.count()).sum::<u64>()
        );
        for steps in [&reached.in_order, &reached.greedily] {
            prop_assert_eq!(steps.last().unwrap().reach, reached.reach);
        }
        for one in reached.caps.iter().chain([&reached.all_caps]) {
            prop_assert_eq!(one.shown + one.above, rows.len() as u64);
            prop_assert!(one.shown >= reached.all_caps.shown && one.reach_kept == reached.reach);
            prop_assert!((0.0..=1.0).contains(&one.share_above));
        }
        let universe = reached.universe.unwrap();
        prop_assert!(universe.sharp.unwrap().contains(universe.share));
        for more in &universe.more {
            prop_assert!(more.reach.is_finite() && more.impressions.is_finite() && more.per_thousand >= 0.0);
        }
    }

    #[test]
    fn the_order_of_the_rows_means_nothing(rows in prop::collection::vec((0..30_u8, 0..4_usize, 0..900_000_i64), 1..200)) {
        let backward: Vec<_> = rows.iter().rev().copied().collect();
        let spec = ReachedSpec { universe: Some(100), ..ReachedSpec::default() };
        let [one, other] = [log(&rows), log(&backward)].map(|all| Reached::of(&all, &spec).unwrap());
        prop_assert_eq!(format!("{one:?}"), format!("{other:?}"));
    }
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let all = log(&[(1, 0, 10), (2, 1, 20)]);
    let asked = |change: fn(&mut ReachedSpec)| {
        let mut spec = ReachedSpec::default();
        change(&mut spec);
        Reached::of(&all, &spec).unwrap_err()
    };
    assert_eq!(Reached::of(&log(&[]), &ReachedSpec::default()).unwrap_err(), Error::NoContacts);
    assert!(matches!(
        asked(|spec| spec.universe = Some(1)),
        Error::Reach(ReachError::OutOfRange { field: "universe", .. })
    ));
    assert!(matches!(
        asked(|spec| spec.order = Some(vec!["Radio".to_owned()])),
        Error::Reach(ReachError::UnknownChannel { .. })
    ));
    assert!(matches!(
        asked(|spec| spec.order = Some(vec!["VG".to_owned(), "VG".to_owned()])),
        Error::Reach(ReachError::RepeatedChannel { .. })
    ));
    let far = log(&[(1, 0, i64::MAX)]);
    assert!(matches!(Reached::of(&far, &ReachedSpec::default()), Err(Error::Reach(ReachError::OutOfRange { .. }))));
}
