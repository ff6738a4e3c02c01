//! Laws of sets, regions and negative lists, held against plain sets; and bytes that nobody wrote.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use styring_segments::Error;
use styring_segments::exclusions::{Mode, Plan, PlanOptions, Proof, Role, Segment, Threshold};
use styring_segments::overlap::{
    AudienceSet, Audiences, IdMap, MaskTable, Regions, SortedIds, UpSetOptions, UpSetOrder,
};

type Plain = BTreeSet<u64>;

/// Few ids, so that sets meet; runs, so that bitmaps have all their containers; and the ends of the range.
fn members() -> impl Strategy<Value = Plain> {
    let scattered = prop::collection::btree_set(0_u64..200, 0..60);
    let run = (0_u64..150_000, 0_u64..6_000, 1_usize..4)
        .prop_map(|(start, length, step)| (start..start + length).step_by(step).collect());
    let far = prop::collection::btree_set(prop_oneof![Just(0), Just(u64::from(u32::MAX)), 65_530_u64..65_542], 0..6);
    prop_oneof![4 => scattered, 2 => run, 1 => far]
}

fn sets(most: usize) -> impl Strategy<Value = Vec<Plain>> {
    prop::collection::vec(members(), 1..=most)
}

fn sorted(set: &Plain) -> SortedIds {
    set.iter().copied().collect()
}

fn named<S>(sets: impl IntoIterator<Item = S>) -> Audiences<S> {
    Audiences::new(sets.into_iter().enumerate().map(|(index, set)| (format!("S{index}"), set))).unwrap()
}

/// How many members have each mask.
fn histogram(sets: &[Plain]) -> BTreeMap<u64, u64> {
    let mut masks = BTreeMap::new();
    for id in sets.iter().flatten().collect::<BTreeSet<_>>() {
        let mask = sets.iter().enumerate().fold(0, |mask, (index, set)| mask | u64::from(set.contains(id)) << index);
        *masks.entry(mask).or_default() += 1;
    }
    masks
}

/// Regions of any exact engine are those of plain sets.
fn regions_hold<S: AudienceSet<Count = u64>>(audiences: &Audiences<S>, sets: &[Plain]) -> Result<(), TestCaseError> {
    let regions = audiences.regions().unwrap();
    prop_assert_eq!(regions.masks().iter().copied().collect::<BTreeMap<_, _>>(), histogram(sets));
    let told = regions.regions();
    prop_assert_eq!(told.iter().map(|region| region.exclusive).sum::<u64>(), regions.union());
    let union: BTreeSet<_> = sets.iter().flatten().collect();
    prop_assert_eq!(regions.union(), union.len() as u64);
    prop_assert_eq!(regions.sizes(), sets.iter().map(|set| set.len() as u64).collect::<Vec<_>>());
    for region in regions.combinations(64).unwrap() {
        let inside =
            |id: &&u64| sets.iter().enumerate().all(|(index, set)| region.mask >> index & 1 == 0 || set.contains(*id));
        prop_assert_eq!(region.inclusive, union.iter().copied().filter(inside).count() as u64);
        prop_assert!(region.inclusive >= region.exclusive && region.inclusive > 0);
    }
    // Few sets at a time are a part of all combinations.
    let two: Vec<_> = regions.combinations(64).unwrap().into_iter().filter(|region| region.sets.len() <= 2).collect();
    prop_assert_eq!(regions.combinations(2).unwrap(), two);
    prop_assert_eq!(regions.by_number_of_sets().iter().map(|(_, people)| people).sum::<u64>(), regions.union());
    Ok(())
}

fn pairs_hold<S: AudienceSet<Count = u64>>(audiences: &Audiences<S>, sets: &[Plain]) -> Result<(), TestCaseError> {
    let table = audiences.pairs().unwrap();
    let mut pairs = table.pairs.iter();
    for (index, a) in sets.iter().enumerate() {
        for b in &sets[index + 1..] {
            let pair = pairs.next().unwrap();
            prop_assert_eq!(pair.intersection, a.intersection(b).count() as u64);
            prop_assert_eq!(pair.union, a.union(b).count() as u64);
            prop_assert_eq!(pair.a_minus_b, a.difference(b).count() as u64);
            prop_assert_eq!(pair.b_minus_a, b.difference(a).count() as u64);
            prop_assert_eq!(pair.share_of_a.value().is_err(), a.is_empty());
            prop_assert!(pair.jaccard.value().is_ok_and(|value| (0.0..=1.0).contains(&value)) || pair.union == 0);
        }
    }
    prop_assert!(pairs.next().is_none());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn sorted_ids_are_sets(a in members(), b in members(), c in members(), id in 0_u64..200) {
        let (x, y, z) = (sorted(&a), sorted(&b), sorted(&c));
        prop_assert_eq!(x.union(&y), a.union(&b).copied().collect());
        prop_assert_eq!(x.intersection(&y), a.intersection(&b).copied().collect());
        prop_assert_eq!(x.difference(&y), a.difference(&b).copied().collect());
        prop_assert_eq!(x.intersection_count(&y), a.intersection(&b).count() as u64);
        prop_assert_eq!(x.is_subset(&y), a.is_subset(&b));
        prop_assert_eq!(x.contains(id), a.contains(&id));
        let (mut left, mut right, mut swapped) = (x.clone(), y.clone(), y.clone());
        left.merge(&y);
        left.merge(&z);
        right.merge(&z);
        let mut nested = x.clone();
        nested.merge(&right);
        prop_assert_eq!(&left, &nested);
        swapped.merge(&x);
        prop_assert_eq!(swapped, x.union(&y));
        let mut same = x.clone();
        same.merge(&SortedIds::EMPTY);
        prop_assert_eq!(&same, &x);
        prop_assert_eq!(same.remove(id), a.contains(&id));
        prop_assert_eq!(SortedIds::from_sorted(x.ids().to_vec()), Ok(x));
    }

    /// Where one set is much longer, members are looked up instead of passed by.
    #[test]
    fn galloping_finds_the_same(few in prop_oneof![prop::collection::btree_set(0_u64..100_000, 0..40), prop::collection::btree_set(0_u64..100_000, 100..2_000)], step in 1_usize..7, start in 0_u64..50_000) {
        let many: Plain = (start..100_000).step_by(step).collect();
        let (x, y) = (sorted(&few), sorted(&many));
        prop_assert_eq!(x.intersection_count(&y), few.intersection(&many).count() as u64);
        prop_assert_eq!(y.intersection_count(&x), few.intersection(&many).count() as u64);
        prop_assert_eq!(y.difference(&x).ids().len(), many.difference(&few).count());
    }

    #[test]
    fn sorted_ids_in_tables(sets in sets(5)) {
        let audiences = named(sets.iter().map(sorted));
        regions_hold(&audiences, &sets)?;
        pairs_hold(&audiences, &sets)?;
    }

    /// More sets than a table of masks has bits for, over more members than a block.
    #[test]
    fn many_sets(seed in any::<u64>(), count in 13_usize..=64) {
        let sets: Vec<Plain> = (0..count as u64)
            .map(|set| (0..2_000_u64).filter(|id| (id.wrapping_mul(2 * set + 1) ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 62 == 0).collect())
            .collect();
        let regions = named(sets.iter().map(sorted)).regions().unwrap();
        prop_assert_eq!(regions.masks().iter().copied().collect::<BTreeMap<_, _>>(), histogram(&sets));
        let greedy = regions.added_greedily();
        prop_assert!(greedy.windows(2).all(|pair| pair[0].new >= pair[1].new));
        prop_assert_eq!(greedy.last().unwrap().cumulative, regions.union());
    }

    #[test]
    fn tables_of_masks(sets in sets(20)) {
        let most = 160_000;
        let narrow: Vec<Plain> = sets.iter().map(|set| set.iter().copied().filter(|id| *id < most).collect()).collect();
        let names: Vec<String> = (0..narrow.len()).map(|index| format!("S{index}")).collect();
        let mut table = MaskTable::new(names.clone(), 160_000).unwrap();
        let mut halves = [table.clone(), table.clone()];
        for (index, set) in narrow.iter().enumerate() {
            for id in set {
                let id = u32::try_from(*id).unwrap();
                table.insert(index, id).unwrap();
                halves[(id % 2) as usize].insert(index, id).unwrap();
            }
        }
        prop_assert_eq!(table.regions(), named(narrow.iter().map(sorted)).regions().unwrap());
        let [mut one, mut other] = halves;
        let first = one.clone();
        // Partitions of the ids: regions add up. Partitions of the rows: tables join.
        let mut regions = one.regions();
        regions.merge(&other.regions()).unwrap();
        prop_assert_eq!(&regions, &table.regions());
        one.merge(&other).unwrap();
        other.merge(&first).unwrap();
        prop_assert_eq!(&one, &table);
        prop_assert_eq!(&other, &table);
        prop_assert!(table.insert(narrow.len(), 0).is_err() && table.insert(0, 160_000).is_err());
    }

    #[test]
    fn numbers_of_ids(ids in prop::collection::vec("[a-f]{0,3}", 0..80), others in prop::collection::vec("[a-f]{0,3}", 0..40)) {
        let mut map = IdMap::new();
        for id in &ids {
            let number = map.number(id.clone()).unwrap();
            prop_assert_eq!(map.id(number), Some(id));
            prop_assert_eq!(map.get(id), Some(number));
        }
        prop_assert_eq!(map.len(), ids.iter().collect::<BTreeSet<_>>().len());
        let mut other = IdMap::new();
        for id in &others {
            other.number(id.clone()).unwrap();
        }
        let translated = map.absorb(&other).unwrap();
        for (id, number) in other.ids().iter().zip(translated) {
            prop_assert_eq!(map.get(id), Some(number));
        }
    }

    #[test]
    fn up_sets_leave_nothing_out(sets in sets(5), top in 0_usize..12, least in 0_u32..4, most in 0_u32..6) {
        let regions = named(sets.iter().map(sorted)).regions().unwrap();
        for order in [UpSetOrder::Exclusive, UpSetOrder::Inclusive, UpSetOrder::Sets] {
            let shown = regions.up_set(UpSetOptions { order, top, least_sets: least, most_sets: most });
            let people: u64 = shown.regions.iter().map(|region| region.exclusive).sum();
            prop_assert_eq!(people + shown.people_left_out, shown.union);
            prop_assert_eq!(shown.regions.len() + shown.regions_left_out, regions.masks().len());
            prop_assert!(shown.regions.len() <= top);
        }
    }

    #[test]
    fn reach_adds_up(sets in sets(5), order in Just(vec![0, 1, 2, 3, 4]).prop_shuffle()) {
        let regions = named(sets.iter().map(sorted)).regions().unwrap();
        let order: Vec<usize> = order.into_iter().filter(|index| *index < sets.len()).collect();
        let names: Vec<String> = order.iter().map(|index| format!("S{index}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut seen = Plain::new();
        for (step, index) in regions.added(&names).unwrap().iter().zip(&order) {
            prop_assert_eq!(step.new, sets[*index].difference(&seen).count() as u64);
            prop_assert_eq!(step.new + step.duplicated, step.size);
            seen.extend(&sets[*index]);
            prop_assert_eq!(step.cumulative, seen.len() as u64);
        }
    }

    /// The waterfall and every mode, held against sets from which the lists are really taken.
    #[test]
    fn negative_lists(sets in sets(6), max_exclusions in 0_usize..4, min_count in 0_u64..30, min_share in 0.0..0.5_f64, drop_implied in any::<bool>()) {
        let regions = named(sets.iter().map(sorted)).regions().unwrap();
        let priority: Vec<Segment> = (0..sets.len()).map(|index| Segment::target(format!("S{index}"))).collect();
        let index_of = |name: &str| name[1..].parse::<usize>().unwrap();
        let modes = [Mode::AllHigher, Mode::Overlapping(Threshold::new(min_count, min_share).unwrap()), Mode::Minimal, Mode::Greedy { max_exclusions }];
        for mode in modes {
            let plan = Plan::new(&regions, &priority, PlanOptions { drop_implied, ..mode.into() }).unwrap();
            prop_assert_eq!(plan.lines.iter().map(|line| line.net).sum::<u64>(), plan.union);
            for (rank, line) in plan.lines.iter().enumerate() {
                let higher: Plain = sets[..rank].iter().flatten().copied().collect();
                prop_assert_eq!(line.gross, sets[rank].len() as u64);
                prop_assert_eq!(line.net, sets[rank].difference(&higher).count() as u64);
                prop_assert_eq!(line.net + line.removed, line.gross);
                let lists: Vec<usize> = line.exclude.iter().map(|list| index_of(&list.name)).collect();
                prop_assert!(lists.iter().all(|list| *list < rank));
                let excluded: Plain = lists.iter().flat_map(|list| sets[*list].iter().copied()).collect();
                let left: Plain = sets[rank].difference(&excluded).copied().collect();
                prop_assert_eq!(line.residual, left.intersection(&higher).count() as u64);
                for (list, told) in lists.iter().zip(&line.exclude) {
                    prop_assert_eq!(told.overlap, sets[rank].intersection(&sets[*list]).count() as u64);
                    let others: Plain = lists.iter().filter(|other| *other != list).flat_map(|other| sets[*other].iter().copied()).collect();
                    let alone = sets[rank].intersection(&sets[*list]).filter(|id| !others.contains(id)).count();
                    prop_assert_eq!(told.alone, alone as u64);
                }
                for implied in &line.implied {
                    prop_assert!(drop_implied && sets[index_of(&implied.name)].is_subset(&sets[index_of(&implied.by)]));
                    prop_assert!(lists.contains(&index_of(&implied.by)));
                }
                match mode {
                    Mode::AllHigher | Mode::Minimal => prop_assert_eq!(line.residual, 0),
                    Mode::Greedy { .. } => prop_assert!(lists.len() <= max_exclusions),
                    _ => {}
                }
                if mode == Mode::Minimal {
                    prop_assert_eq!(line.proof, Proof::Fewest);
                    prop_assert_eq!(Some(lists), fewest(&sets, rank));
                }
            }
        }
    }

    #[test]
    fn plans_are_of_all_sets_once(sets in sets(4)) {
        let regions = named(sets.iter().map(sorted)).regions().unwrap();
        let all = |role: fn(String) -> Segment| (0..sets.len()).map(|index| role(format!("S{index}"))).collect::<Vec<_>>();
        prop_assert_eq!(Plan::new(&regions, &all(Segment::exclude_only), Mode::Minimal).unwrap_err(), Error::ExclusionOnly);
        let mut some = all(Segment::target);
        let last = some.pop().unwrap();
        let missing = Plan::new(&regions, &some, Mode::AllHigher).unwrap_err();
        prop_assert_eq!(missing, Error::NotInOrder { name: last.name().to_owned() });
        some.extend([last.clone(), last]);
        let twice = matches!(Plan::new(&regions, &some, Mode::AllHigher), Err(Error::Repeated { .. }));
        prop_assert!(twice);
        let mut first_only = all(Segment::target);
        first_only[0] = Segment::exclude_only("S0");
        if first_only.len() > 1 {
            let plan = Plan::new(&regions, &first_only, Mode::AllHigher).unwrap();
            prop_assert_eq!(plan.lines[0].role, Role::ExcludeOnly);
            prop_assert!(plan.lines[0].exclude.is_empty());
        }
    }

    #[test]
    fn counts_from_elsewhere(counts in prop::collection::vec((0_u64..16, any::<u64>()), 0..12)) {
        let total: u128 = counts.iter().filter(|(mask, _)| *mask != 0).map(|(_, count)| u128::from(*count)).sum();
        let expected = (total <= u128::from(u64::MAX) && counts.iter().all(|(mask, _)| *mask < 8)).then_some(total);
        let regions = Regions::from_counts(["A", "B", "C"], counts).ok();
        prop_assert_eq!(regions.map(|regions| u128::from(regions.union())), expected);
    }
}

/// All lists of higher sets by length, then in lexicographic order: the first that takes away all overlap.
fn fewest(sets: &[Plain], rank: usize) -> Option<Vec<usize>> {
    let overlap: Vec<&u64> = sets[rank].iter().filter(|id| sets[..rank].iter().any(|set| set.contains(id))).collect();
    let mut lists: Vec<Vec<usize>> =
        (0..1_u32 << rank).map(|chosen| (0..rank).filter(|list| chosen >> list & 1 == 1).collect()).collect();
    lists.sort_by_key(|list| (list.len(), list.clone()));
    lists.into_iter().find(|list| overlap.iter().all(|id| list.iter().any(|list| sets[*list].contains(id))))
}

#[cfg(feature = "roaring")]
mod bitmaps {
    use super::*;
    use styring_segments::overlap::{RoaringForm, RoaringIds, RoaringIds64};

    fn narrow(set: &Plain) -> RoaringIds {
        set.iter().map(|id| u32::try_from(*id).unwrap()).collect()
    }

    /// Spread over blocks of 64-bit ids.
    fn wide(set: &Plain) -> Plain {
        set.iter().map(|id| ((id % 3) << 40) | id).collect()
    }

    fn wide_ids(set: &Plain) -> RoaringIds64 {
        wide(set).into_iter().collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn bitmaps_are_sets(a in members(), b in members()) {
            let (x, y) = (narrow(&a), narrow(&b));
            prop_assert_eq!(x.union(&y), narrow(&a.union(&b).copied().collect()));
            prop_assert_eq!(x.intersection(&y), narrow(&a.intersection(&b).copied().collect()));
            prop_assert_eq!(x.difference(&y), narrow(&a.difference(&b).copied().collect()));
            prop_assert_eq!(x.is_subset(&y), a.is_subset(&b));
            let (mut one, mut other) = (x.clone(), y.clone());
            one.merge(&y);
            other.merge(&x);
            prop_assert_eq!(&one, &other);
            one.merge(&RoaringIds::new());
            prop_assert_eq!(&one, &other);
            let (v, w) = (wide_ids(&a), wide_ids(&b));
            prop_assert_eq!(v.intersection_count(&w), a.intersection(&b).count() as u64);
            prop_assert_eq!(v.difference(&w), wide_ids(&a.difference(&b).copied().collect()));
        }

        #[test]
        fn bitmaps_in_tables(sets in sets(9)) {
            let (few, many) = (&sets[..sets.len().min(4)], &sets);
            regions_hold(&named(few.iter().map(narrow)), few)?;
            pairs_hold(&named(few.iter().map(narrow)), few)?;
            let audiences = named(many.iter().map(narrow));
            prop_assert_eq!(audiences.regions().unwrap(), named(many.iter().map(sorted)).regions().unwrap());
            let wide_sets: Vec<Plain> = few.iter().map(wide).collect();
            regions_hold(&named(few.iter().map(wide_ids)), &wide_sets)?;
            pairs_hold(&named(few.iter().map(wide_ids)), &wide_sets)?;
        }

        #[test]
        fn bytes_come_back(a in members()) {
            for form in [RoaringForm::Plain, RoaringForm::Runs] {
                let x = narrow(&a);
                prop_assert_eq!(&RoaringIds::from_bytes(&x.to_bytes(form)).unwrap(), &x);
                let v = wide_ids(&a);
                prop_assert_eq!(&RoaringIds64::from_bytes(&v.to_bytes(form)).unwrap(), &v);
                let mut longer = x.to_bytes(form);
                longer.push(0);
                prop_assert!(RoaringIds::from_bytes(&longer).is_err());
            }
        }

        #[test]
        fn bytes_of_nobody(a in members(), edits in super::edits(), noise in prop::collection::vec(any::<u8>(), 0..64)) {
            for form in [RoaringForm::Plain, RoaringForm::Runs] {
                for bytes in [noise.clone(), super::edited(narrow(&a).to_bytes(form), &edits)] {
                    if let Ok(set) = RoaringIds::from_bytes(&bytes) {
                        prop_assert_eq!(set.ids().count() as u64, set.cardinality());
                        prop_assert_eq!(RoaringIds::from_bytes(&set.to_bytes(form)).unwrap(), set.clone());
                        prop_assert_eq!(set.intersection_count(&narrow(&a)), set.intersection(&narrow(&a)).cardinality());
                    }
                }
                for bytes in [noise.clone(), super::edited(wide_ids(&a).to_bytes(form), &edits)] {
                    if let Ok(set) = RoaringIds64::from_bytes(&bytes) {
                        prop_assert_eq!(set.ids().count() as u64, set.cardinality());
                        prop_assert_eq!(RoaringIds64::from_bytes(&set.to_bytes(form)).unwrap(), set.clone());
                        let _ = named([set, wide_ids(&a)]).regions().unwrap();
                    }
                }
            }
        }
    }
}

/// Bytes changed at places, most of them early, where the headers are; and the end cut off.
#[cfg(any(feature = "roaring", feature = "sketch"))]
fn edits() -> impl Strategy<Value = (Vec<(usize, u8)>, Option<usize>)> {
    let place = prop_oneof![3 => 0_usize..48, 1 => 0_usize..4000];
    let byte = prop_oneof![2 => any::<u8>(), 1 => Just(0), 1 => Just(255)];
    (prop::collection::vec((place, byte), 0..5), prop::option::weighted(0.2, 0_usize..200))
}

#[cfg(any(feature = "roaring", feature = "sketch"))]
fn edited(mut bytes: Vec<u8>, (edits, cut): &(Vec<(usize, u8)>, Option<usize>)) -> Vec<u8> {
    for (place, byte) in edits {
        if let Some(old) = bytes.get_mut(*place) {
            *old = *byte;
        }
    }
    bytes.truncate(bytes.len() - cut.unwrap_or(0).min(bytes.len()));
    bytes
}

#[cfg(feature = "sketch")]
mod sketches {
    use super::*;
    use styring_segments::overlap::{CpcCounter, Estimate, HllCounter, HllWidth, ThetaBuilder, ThetaSketch};

    fn theta(set: &Plain, lg_k: u8) -> ThetaSketch {
        let mut builder = ThetaBuilder::new(lg_k).unwrap();
        builder.extend(set.iter().copied());
        builder.sketch()
    }

    fn sound(estimate: Estimate) -> bool {
        let (value, lower, upper) = (estimate.value(), estimate.lower(), estimate.upper());
        [value, lower, upper].iter().all(|number| number.is_finite())
            && 0.0 <= lower
            && lower <= value
            && value <= upper
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        /// Below the size of the sketch everything is exact, and is what sets are.
        #[test]
        fn small_sketches_are_sets(a in prop::collection::btree_set(any::<u64>(), 0..40), b in prop::collection::btree_set(0_u64..60, 0..40)) {
            let (x, y) = (theta(&a, 12), theta(&b, 12));
            let told = |set: &ThetaSketch| (set.cardinality().value(), set.cardinality().is_exact());
            prop_assert_eq!(told(&ThetaSketch::union([&x, &y], 12).unwrap()), (a.union(&b).count() as f64, true));
            prop_assert_eq!(told(&x.intersection(&y).unwrap()), (a.intersection(&b).count() as f64, true));
            prop_assert_eq!(told(&x.difference(&y).unwrap()), (a.difference(&b).count() as f64, true));
        }

        /// Regions are never negative, add up to the union, and agree with the operations on sketches.
        #[test]
        fn regions_of_sketches(sets in sets(4), lg_k in 5_u8..9) {
            let audiences = named(sets.iter().map(|set| theta(set, lg_k)));
            let regions = audiences.regions().unwrap();
            let told = regions.regions();
            prop_assert!(told.iter().all(|region| sound(region.exclusive) && sound(region.inclusive)));
            prop_assert!(told.iter().all(|region| region.inclusive.retained() >= region.exclusive.retained()));
            let retained: u64 = told.iter().map(|region| region.exclusive.retained()).sum();
            prop_assert_eq!(retained, regions.union().retained());
            prop_assert!(told.iter().all(|region| region.exclusive.usable() == (region.exclusive.is_exact() || region.exclusive.retained() >= 30)));
            for pair in audiences.pairs().unwrap().pairs {
                let (a, b) = (audiences.get(&pair.a).unwrap(), audiences.get(&pair.b).unwrap());
                // Of nobody, the sketch knows that nobody is in both; the pair says so of its sample.
                if !a.is_empty() && !b.is_empty() {
                    prop_assert_eq!(pair.intersection, a.intersection(b).unwrap().cardinality());
                }
                prop_assert_eq!(pair.a_minus_b.retained() + pair.intersection.retained() + pair.b_minus_a.retained(), pair.union.retained());
                if let Ok(share) = pair.jaccard.value() {
                    prop_assert!(0.0 <= share.lower && share.lower <= share.value + 1e-9 && share.value <= share.upper + 1e-9 && share.upper <= 1.0);
                }
            }
            let priority: Vec<Segment> = (0..sets.len()).map(|index| Segment::target(format!("S{index}"))).collect();
            let plan = Plan::new(&regions, &priority, Mode::AllHigher).unwrap();
            prop_assert!(plan.lines.iter().all(|line| sound(line.net) && line.residual.retained() == 0));
        }

        #[test]
        fn sketches_merge(a in members(), b in members(), c in members(), lg_k in 5_u8..9, other in 5_u8..9) {
            let (x, y, z) = (theta(&a, lg_k), theta(&b, other), theta(&c, lg_k));
            let merged = |sketches: &[&ThetaSketch]| {
                let mut all = ThetaSketch::empty();
                for sketch in sketches {
                    all.merge(sketch).unwrap();
                }
                all
            };
            let left = merged(&[&x, &y, &z]);
            prop_assert_eq!(&left, &merged(&[&z, &y, &x]));
            prop_assert_eq!(&left, &merged(&[&x, &merged(&[&y, &z])]));
            prop_assert_eq!(&merged(&[&left, &ThetaSketch::empty()]), &left);
            prop_assert!(sound(left.cardinality()));
        }

        #[test]
        fn bytes_come_back(a in members(), lg_k in 5_u8..11) {
            let sketch = theta(&a, lg_k);
            prop_assert_eq!(ThetaSketch::from_bytes(&sketch.to_bytes()).unwrap().to_bytes(), sketch.to_bytes());
            for width in [HllWidth::Four, HllWidth::Six, HllWidth::Eight] {
                let mut counter = HllCounter::new(lg_k, width).unwrap();
                for id in &a {
                    counter.insert(*id);
                }
                let read = HllCounter::from_bytes(&counter.to_bytes()).unwrap();
                prop_assert_eq!(read.count(), counter.count());
                let union = HllCounter::union([&read, &counter], lg_k, width).unwrap();
                prop_assert_eq!(HllCounter::from_bytes(&union.to_bytes()).unwrap().count(), union.count());
            }
            let mut counter = CpcCounter::new(lg_k).unwrap();
            for id in &a {
                    counter.insert(*id);
                }
            let read = CpcCounter::from_bytes(&counter.to_bytes()).unwrap();
            prop_assert_eq!(read.count(), counter.count());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn bytes_of_nobody(a in members(), lg_k in 5_u8..9, edits in super::edits(), noise in prop::collection::vec(any::<u8>(), 0..64)) {
            for bytes in [noise.clone(), super::edited(theta(&a, lg_k).to_bytes(), &edits)] {
                if let Ok(sketch) = ThetaSketch::from_bytes(&bytes) {
                    prop_assert!(sound(sketch.cardinality()));
                    prop_assert!(sound(sketch.difference(&theta(&a, lg_k)).unwrap().cardinality()));
                    prop_assert!(ThetaSketch::union([&sketch, &theta(&a, lg_k)], lg_k).is_ok());
                }
            }
            for width in [HllWidth::Four, HllWidth::Six, HllWidth::Eight] {
                let mut counter = HllCounter::new(lg_k, width).unwrap();
                for id in &a {
                    counter.insert(*id);
                }
                for bytes in [noise.clone(), super::edited(counter.to_bytes(), &edits)] {
                    if let Ok(mut read) = HllCounter::from_bytes(&bytes) {
                        (0..2_000).for_each(|id| read.insert(id));
                        let count = read.count();
                        prop_assert!(count.value.is_finite() && count.lower.is_finite() && count.upper.is_finite());
                        let union = HllCounter::union([&read, &counter], lg_k, HllWidth::Four).unwrap();
                        prop_assert!(union.count().value.is_finite());
                        let _ = union.to_bytes();
                    }
                }
            }
            let mut counter = CpcCounter::new(lg_k).unwrap();
            for id in &a {
                    counter.insert(*id);
                }
            for bytes in [noise.clone(), super::edited(counter.to_bytes(), &edits)] {
                if let Ok(mut read) = CpcCounter::from_bytes(&bytes) {
                    (0..2_000).for_each(|id| read.insert(id));
                    let count = read.count();
                    prop_assert!(count.value.is_finite() && count.lower.is_finite() && count.upper.is_finite());
                    let _ = read.to_bytes();
                }
            }
        }
    }
}

mod releases {
    use super::*;

    fn regions() -> impl Strategy<Value = Regions<u64>> {
        let count = prop_oneof![2 => 1_u64..20, 3 => 20_u64..200];
        (1_usize..5).prop_flat_map(move |sets| {
            prop::collection::btree_map(1_u64..1 << sets, count.clone(), 0..12)
                .prop_map(move |counts| Regions::from_counts((0..sets).map(|set| format!("S{set}")), counts).unwrap())
        })
    }

    /// Rational elimination in floating point on few small whole numbers: whether `target` is a combination of `rows`.
    fn spanned(mut rows: Vec<Vec<f64>>, mut target: Vec<f64>) -> bool {
        for column in 0..target.len() {
            let Some(at) = (0..rows.len()).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))
            else {
                break;
            };
            if rows[at][column].abs() < 1e-9 {
                continue;
            }
            let pivot = rows.swap_remove(at);
            for row in rows.iter_mut().chain([&mut target]) {
                let factor = row[column] / pivot[column];
                row.iter_mut().zip(&pivot).for_each(|(value, by)| *value -= factor * by);
            }
        }
        target.iter().all(|value| value.abs() < 1e-7)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn regions_keep_their_promise(regions in regions(), least in 2_u64..60) {
            let released = regions.release(least).unwrap();
            let masks: Vec<u64> = regions.masks().iter().map(|(mask, _)| *mask).collect();
            let vector = |which: &dyn Fn(u64) -> bool| masks.iter().map(|mask| f64::from(u8::from(which(*mask)))).collect::<Vec<_>>();
            let mut numbers: Vec<(Vec<f64>, u64, Option<u64>)> = Vec::new();
            for (bit, (set, size)) in released.sets.iter().zip(regions.sizes()).enumerate() {
                numbers.push((vector(&|mask| mask >> bit & 1 == 1), size, set.size));
            }
            numbers.push((vector(&|_| true), regions.union(), released.union));
            for (told, full) in released.regions.iter().zip(regions.regions()) {
                prop_assert_eq!(told.mask, full.mask);
                numbers.push((vector(&|mask| mask == told.mask), full.exclusive, told.exclusive));
                numbers.push((vector(&|mask| mask & told.mask == told.mask), full.inclusive, told.inclusive));
            }
            let small = |value: u64| (1..least).contains(&value);
            let rows: Vec<Vec<f64>> = numbers.iter().filter(|(_, _, told)| told.is_some()).map(|(row, ..)| row.clone()).collect();
            for (row, value, told) in &numbers {
                prop_assert!(told.is_none_or(|told| told == *value && !small(told)));
                if small(*value) {
                    prop_assert!(!spanned(rows.clone(), row.clone()), "{} can be computed", value);
                }
                let inside = released.regions.iter().filter(|region| row[masks.iter().position(|mask| *mask == region.mask).unwrap()] > 0.5);
                let known: u64 = inside.filter_map(|region| region.exclusive).sum();
                prop_assert!(told.is_none_or(|told| !small(told - known.min(told))) || known == *value);
            }
            if numbers.iter().all(|(_, value, _)| !small(*value)) {
                prop_assert!(numbers.iter().all(|(_, _, told)| told.is_some()));
            }
        }

        #[test]
        fn pairs_keep_their_promise(sets in sets(5), least in 2_u64..60) {
            let table = named(sets.iter().map(sorted)).pairs().unwrap();
            let released = table.release(least);
            let small = |value: u64| (1..least).contains(&value);
            for (told, full) in released.sizes.iter().zip(&table.sizes) {
                prop_assert_eq!(told.size.is_none(), small(full.size));
            }
            for (told, full) in released.pairs.iter().zip(&table.pairs) {
                if let Some(numbers) = &told.numbers {
                    prop_assert_eq!(numbers, full);
                    prop_assert!(![full.intersection, full.a_minus_b, full.b_minus_a, full.union].into_iter().any(small));
                }
            }
        }
    }
}
