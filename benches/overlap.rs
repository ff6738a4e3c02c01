//! Overlap of lists: exact sets and sketches against the crates they are built on, in one run.
//!
//! `overlap [ROUNDS]` prints ratios; `overlap theta LG_K PEOPLE ROUNDS` prints the seconds of one pair and of eight lists at once, for `peers/overlap.py`.
#![allow(clippy::expect_used)]

use std::hint::black_box;
use std::time::Instant;

use datasketches::theta::{CompactThetaSketch, ThetaANotB, ThetaIntersection, ThetaUnionBuilder};
use roaring::RoaringBitmap;
use styring_segments::overlap::{AudienceSet, Audiences, MaskTable, RoaringIds, SortedIds, ThetaBuilder, ThetaSketch};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: u64| arguments.get(at).map_or(default, |text| text.parse().expect("a number"));
    if arguments.first().is_some_and(|word| word == "theta") {
        let (lg_k, people, rounds) = (number(1, 12), number(2, 200_000), number(3, 200));
        return theta_seconds(u8::try_from(lg_k).expect("a small number"), people, rounds);
    }
    let rounds = number(0, 7);
    exact(rounds);
    masks(rounds);
    sketches(rounds);
}

/// Spreads whole numbers over 64 bits: splitmix.
fn spread(id: u64) -> u64 {
    let mut z = id.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn seconds<T>(run: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    black_box(run());
    start.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Runs both in turn; prints what ours takes, and how many times as long the other takes.
fn against<T, U>(what: &str, other: &str, rounds: u64, mut ours: impl FnMut() -> T, mut theirs: impl FnMut() -> U) {
    let (mut own, mut ratios) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        // Who comes second finds memory that is warm: each is second half the time.
        let early = (round % 2 == 1).then(|| seconds(&mut theirs));
        let one = seconds(&mut ours);
        own.push(one);
        ratios.push(early.unwrap_or_else(|| seconds(&mut theirs)) / one);
    }
    println!("{what:44} {:10.3} ms   {other}: {:6.2} times as long", median(own) * 1e3, median(ratios));
}

fn exact(rounds: u64) {
    const PEOPLE: u32 = 10_000_000;
    let dense = |salt: u64| {
        (0..4 * PEOPLE).filter(move |id| spread(u64::from(*id) ^ salt << 40) >> 62 == 0).collect::<Vec<u32>>()
    };
    let sparse = |salt: u64| {
        let mut ids: Vec<u32> =
            (0..u64::from(PEOPLE)).map(|id| (spread(id * 3 + salt % 2 * (id % 2)) >> 32) as u32).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    for (name, a, b) in [("dense", dense(1), dense(2)), ("sparse", sparse(1), sparse(2))] {
        let bare = |ids: &[u32]| RoaringBitmap::from_sorted_iter(ids.iter().copied()).expect("in order");
        let (bare_a, bare_b) = (bare(&a), bare(&b));
        let (ours_a, ours_b): (RoaringIds, RoaringIds) = (a.iter().copied().collect(), b.iter().copied().collect());
        against(
            &format!("Roaring 10M × 10M {name}, overlap"),
            "roaring",
            rounds * 5,
            || ours_a.intersection_count(&ours_b),
            || bare_a.intersection_len(&bare_b),
        );
        against(
            &format!("Roaring 10M × 10M {name}, difference"),
            "roaring",
            rounds,
            || ours_a.difference(&ours_b),
            || &bare_a - &bare_b,
        );
        let wide = |ids: &[u32]| ids.iter().map(|id| u64::from(*id) << 20).collect::<Vec<u64>>();
        let (wide_a, wide_b) = (wide(&a), wide(&b));
        let sorted = |ids: &[u64]| SortedIds::from_sorted(ids.to_vec()).expect("in order");
        let (sorted_a, sorted_b) = (sorted(&wide_a), sorted(&wide_b));
        against(
            &format!("sorted 10M × 10M {name}, overlap"),
            "plain merge",
            rounds,
            || sorted_a.intersection_count(&sorted_b),
            || plain_merge(&wide_a, &wide_b),
        );
        let few = sorted(&wide_b.iter().copied().step_by(1_000).collect::<Vec<_>>());
        against(
            &format!("sorted 10M × 10k {name}, overlap"),
            "plain merge",
            rounds,
            || sorted_a.intersection_count(&few),
            || plain_merge(&wide_a, few.ids()),
        );
    }
}

fn plain_merge(a: &[u64], b: &[u64]) -> u64 {
    let (mut i, mut j, mut both) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                both += 1;
                i += 1;
                j += 1;
            }
        }
    }
    both
}

/// Eight lists of ten million, of twenty million people.
fn masks(rounds: u64) {
    const PEOPLE: u32 = 20_000_000;
    let member = |id: u32, set: usize| spread(u64::from(id) / 3 * 8 + set as u64) & 1 == 1;
    let names: Vec<String> = (0..8).map(|set| format!("S{set}")).collect();
    let mut table = MaskTable::new(names.clone(), PEOPLE as usize).expect("eight names");
    let mut bytes = vec![0_u8; PEOPLE as usize];
    for id in 0..PEOPLE {
        for set in (0..8).filter(|set| member(id, *set)) {
            table.insert(set, id).expect("in the table");
            bytes[id as usize] |= 1 << set;
        }
    }
    let simple = || {
        let mut counts = [0_u64; 256];
        for mask in &bytes {
            counts[usize::from(*mask)] += 1;
        }
        counts
    };
    against("8 × 10M, all regions, from masks", "one histogram", rounds, || table.regions(), simple);
    let ids = |set: usize| (0..PEOPLE).filter(move |id| member(*id, set));
    let bitmaps =
        Audiences::new(names.iter().enumerate().map(|(set, name)| (name.as_str(), ids(set).collect::<RoaringIds>())))
            .expect("names");
    let bare: Vec<RoaringBitmap> =
        (0..8).map(|set| RoaringBitmap::from_sorted_iter(ids(set)).expect("in order")).collect();
    let pairwise = || -> u64 {
        (0..8).flat_map(|a| (a + 1..8).map(move |b| (a, b))).map(|(a, b)| bare[a].intersection_len(&bare[b])).sum()
    };
    against(
        "8 × 10M, all regions, from Roaring",
        "roaring, 28 pairs alone",
        rounds,
        || bitmaps.regions().expect("8 sets"),
        pairwise,
    );
    let sorted = Audiences::new(
        names.iter().enumerate().map(|(set, name)| (name.as_str(), ids(set).map(u64::from).collect::<SortedIds>())),
    )
    .expect("names");
    against(
        "8 × 10M, all regions, from sorted ids",
        "collect and sort",
        rounds.min(3),
        || sorted.regions().expect("8 sets"),
        || {
            let mut all: Vec<u64> = sorted.iter().flat_map(|(_, set)| set.ids().iter().copied()).collect();
            all.sort_unstable();
            all.chunk_by(PartialEq::eq).count()
        },
    );
}

/// Lists that overlap by half with the next.
fn lists(lg_k: u8, people: u64) -> Vec<ThetaSketch> {
    (0..8_u64)
        .map(|list| {
            let mut builder = ThetaBuilder::new(lg_k).expect("a size");
            builder.extend(list * people / 2..list * people / 2 + people);
            builder.sketch()
        })
        .collect()
}

fn sketches(rounds: u64) {
    for lg_k in [12, 14] {
        let ours = lists(lg_k, 1_000_000);
        let theirs: Vec<CompactThetaSketch> =
            ours.iter().map(|sketch| CompactThetaSketch::deserialize(&sketch.to_bytes()).expect("a sketch")).collect();
        let intersect = || {
            let mut both = ThetaIntersection::with_seed(9001).expect("a seed");
            both.update(&theirs[0]).expect("a sketch");
            both.update(&theirs[1]).expect("a sketch");
            both.to_sketch(false).expect("a result").estimate()
        };
        let whole_pair = || {
            let minus = ThetaANotB::with_seed(9001).expect("a seed");
            let mut union = ThetaUnionBuilder::default().lg_k(lg_k + 1).build().expect("a size");
            union.update(&theirs[0]).expect("a sketch");
            union.update(&theirs[1]).expect("a sketch");
            let only = |a, b| minus.compute(a, b, false).expect("sketches").estimate();
            (intersect(), only(&theirs[0], &theirs[1]), only(&theirs[1], &theirs[0]), union.to_sketch(false).estimate())
        };
        let pair = Audiences::new([("A", ours[0].clone()), ("B", ours[1].clone())]).expect("two names");
        let name = |what: &str| format!("theta lg_k {lg_k}, {what}");
        against(
            &name("a pair's division"),
            "datasketches, intersection alone",
            rounds * 50,
            || ours[0].divide(&ours[1]).expect("one seed"),
            intersect,
        );
        against(
            &name("a pair, all numbers and bounds"),
            "datasketches, the four operations",
            rounds * 50,
            || pair.pairs().expect("one seed"),
            whole_pair,
        );
        let eight = Audiences::new(ours.iter().enumerate().map(|(list, sketch)| (list.to_string(), sketch.clone())))
            .expect("names");
        against(
            &name("8 lists, all regions and bounds"),
            "datasketches, 28 intersections",
            rounds * 10,
            || eight.regions().expect("one seed").regions(),
            || {
                let pairs = (0..8).flat_map(|a| (a + 1..8).map(move |b| (a, b)));
                pairs
                    .map(|(a, b)| {
                        let mut both = ThetaIntersection::with_seed(9001).expect("a seed");
                        both.update(&theirs[a]).expect("a sketch");
                        both.update(&theirs[b]).expect("a sketch");
                        both.to_sketch(false).expect("a result").estimate()
                    })
                    .sum::<f64>()
            },
        );
        against(
            &name("union of 8"),
            "datasketches, union",
            rounds * 10,
            || ThetaSketch::union(&ours, lg_k).expect("one seed"),
            || {
                let mut union = ThetaUnionBuilder::default().lg_k(lg_k).build().expect("a size");
                for sketch in &theirs {
                    union.update(sketch).expect("a sketch");
                }
                union.to_sketch(true).estimate()
            },
        );
    }
}

/// Seconds of a pair with all its numbers, and of eight lists with all their regions.
fn theta_seconds(lg_k: u8, people: u64, rounds: u64) {
    let ours = lists(lg_k, people);
    let pair = Audiences::new([("A", ours[0].clone()), ("B", ours[1].clone())]).expect("two names");
    let eight =
        Audiences::new(ours.into_iter().enumerate().map(|(list, sketch)| (list.to_string(), sketch))).expect("names");
    let of = |run: &dyn Fn()| median((0..rounds).map(|_| seconds(run)).collect());
    let one = of(&|| drop(black_box(pair.pairs())));
    let all = of(&|| drop(black_box(eight.regions().map(|regions| regions.regions()))));
    println!("{one:e} {all:e}");
}
