//! The bounds of sketches, held against sets whose truth is known.
#![cfg(feature = "sketch")]
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use styring_segments::overlap::{Audiences, Estimate, EstimatedShare, Regions, ThetaBuilder, ThetaSketch};

/// Of a thousand trials, the standard error of a coverage of 95.4 % is 0.66 points: 93 % is three and a half of them below.
const PROMISE: f64 = 0.93;

fn sketch(ids: impl Iterator<Item = u64>, lg_k: u8) -> ThetaSketch {
    let mut builder = ThetaBuilder::new(lg_k).unwrap();
    builder.extend(ids);
    builder.sketch()
}

/// How often bounds held the truth, and how far the value was off.
#[derive(Default)]
struct Record {
    trials: u32,
    held: u32,
    usable: u32,
    squares: f64,
}

impl Record {
    fn add(&mut self, value: f64, (lower, upper): (f64, f64), usable: bool, truth: f64) {
        self.trials += 1;
        self.held += u32::from(lower <= truth && truth <= upper);
        self.usable += u32::from(usable);
        self.squares += (value - truth).powi(2);
    }

    fn count(&mut self, estimate: Estimate, truth: u64) {
        self.add(estimate.value(), (estimate.lower(), estimate.upper()), estimate.usable(), truth as f64);
    }

    fn share(&mut self, share: EstimatedShare, truth: f64) {
        self.add(share.value, (share.lower, share.upper), share.usable, truth);
    }

    fn coverage(&self) -> f64 {
        f64::from(self.held) / f64::from(self.trials)
    }

    fn told(&self, truth: f64) -> String {
        let trials = f64::from(self.trials);
        let rms = if truth == 0.0 {
            String::from("–")
        } else {
            format!("{:.1} %", 100.0 * (self.squares / trials).sqrt() / truth)
        };
        format!("{:.1} % | {rms} | {:.0} %", 100.0 * self.coverage(), 100.0 * f64::from(self.usable) / trials)
    }
}

/// Sizes of A and B, and what they have in common.
const PAIRS: [(u64, u64, f64); 7] =
    [(20, 20, 0.0), (20, 20, 0.01), (20, 20, 0.1), (20, 20, 0.5), (20, 20, 1.0), (40, 2, 0.1), (40, 2, 0.9)];

fn pairs(trials: u64, lg_k: u8, thousand: u64) {
    println!("| \\|A\\| | \\|B\\| | in common | what | held | error, rms | usable |\n|---|---|---|---|---|---|---|");
    for (a, b, share) in PAIRS {
        let (a, b) = (a * thousand, b * thousand);
        let both = (b as f64 * share) as u64;
        let mut records: [Record; 5] = Default::default();
        for trial in 0..trials {
            let start = trial << 32;
            let one = sketch(start..start + a, lg_k);
            let other = sketch(start + a - both..start + a - both + b, lg_k);
            let pair = Audiences::new([("A", one), ("B", other)]).unwrap().pairs().unwrap().pairs.remove(0);
            records[0].count(pair.intersection, both);
            records[1].count(pair.a_minus_b, a - both);
            records[2].count(pair.union, a + b - both);
            records[3].share(pair.jaccard.value().unwrap(), both as f64 / (a + b - both) as f64);
            records[4].share(pair.share_of_b.value().unwrap(), share);
        }
        let union = (a + b - both) as f64;
        let truths = [both as f64, (a - both) as f64, union, both as f64 / union, share];
        for ((what, record), truth) in ["A∩B", "A\\B", "A∪B", "Jaccard", "share of B"].iter().zip(&records).zip(truths)
        {
            println!("| {a} | {b} | {both} | {what} | {} |", record.told(truth));
        }
        assert!(records.iter().all(|record| record.coverage() >= PROMISE), "{a} {b} {both}");
    }
}

/// Four lists, one of them far smaller than the others.
fn regions(trials: u64, lg_k: u8, people: u64) {
    let mask_of = |id: u64| {
        let hash = id.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        u64::from(hash.is_multiple_of(2))
            | u64::from(hash.is_multiple_of(3)) << 1
            | u64::from(hash % 5 < 3) << 2
            | u64::from(hash % 97 < 2) << 3
    };
    let masks: Vec<u64> = (0..people).map(mask_of).collect();
    let mut counts = [0_u64; 16];
    for mask in &masks {
        counts[*mask as usize] += 1;
    }
    let truth = Regions::from_counts(["A", "B", "C", "D"], (0..16).map(|mask| (mask, counts[mask as usize]))).unwrap();
    let mut records: Vec<[Record; 2]> = truth.regions().iter().map(|_| Default::default()).collect();
    for trial in 0..trials {
        let sketches = (0..4).map(|set| {
            let ids = masks.iter().zip(trial << 32..).filter(move |(mask, _)| *mask >> set & 1 == 1).map(|(_, id)| id);
            (["A", "B", "C", "D"][set], sketch(ids, lg_k))
        });
        let found = Audiences::new(sketches).unwrap().regions().unwrap().combinations(4).unwrap();
        for (region, record) in truth.regions().iter().zip(&mut records) {
            // One that is not in the sample has bounds too, those of an inclusive count of nobody.
            if let Some(estimate) = found.iter().find(|found| found.mask == region.mask) {
                record[0].count(estimate.exclusive, region.exclusive);
                record[1].count(estimate.inclusive, region.inclusive);
            }
        }
    }
    println!("| region | people | held | error, rms | usable | inclusive, held |\n|---|---|---|---|---|---|");
    for (region, [exclusive, inclusive]) in truth.regions().iter().zip(&records) {
        let told = exclusive.told(region.exclusive as f64);
        println!(
            "| {} | {} | {told} | {:.1} % |",
            region.sets.join(" ∩ "),
            region.exclusive,
            100.0 * inclusive.coverage()
        );
        assert!(u64::from(exclusive.trials) * 10 >= trials * 9, "a region of this size is nearly always in the sample");
        assert!(exclusive.coverage() >= PROMISE && inclusive.coverage() >= PROMISE, "{region:?}");
    }
}

#[test]
fn bounds_of_pairs_hold() {
    pairs(1_000, 9, 100);
}

#[test]
fn bounds_of_regions_hold() {
    regions(1_000, 9, 4_000);
}

#[test]
#[ignore = "minutes"]
fn bounds_of_large_pairs_hold() {
    pairs(1_000, 12, 10_000);
}

#[test]
#[ignore = "minutes"]
fn bounds_of_large_regions_hold() {
    regions(1_000, 12, 200_000);
}
