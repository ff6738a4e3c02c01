//! Made-up audiences of a shop: who is in which list, what lists share, and the negative lists that put each person in one segment.
//!
//! `cargo run --release -p styring-examples --example overlap`

use std::error::Error;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use styring_segments::Language;
use styring_segments::exclusions::{Mode, NestedWindow, Plan, Segment};
use styring_segments::overlap::{Audiences, IdMap, RoaringIds, ThetaBuilder, UpSetOptions};

const BOUGHT: &str = "Ekskluder – Kjøpt – 30 dager";
const CART: &str = "Retarget – Forlatt kurv – 7 dager";
const VIEWED_14: &str = "Retarget – Produktvisning – 14 dager";
const VIEWED_30: &str = "Retarget – Produktvisning – 30 dager";
const PROSPECT: &str = "Prospect – Løpesko – Oslo";
const NAMES: [&str; 5] = [BOUGHT, CART, VIEWED_14, VIEWED_30, PROSPECT];

/// People as the shop knows them, 64-bit hashes, and the lists each is in.
fn people(count: usize, seed: u64) -> Vec<(u64, [bool; 5])> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut one_in = |n: u64| rng.next_u64() % n == 0;
    let mut found = Vec::with_capacity(count);
    for _ in 0..count {
        let viewed_30 = one_in(4);
        let viewed_14 = viewed_30 && one_in(2);
        let cart = if viewed_14 { one_in(3) } else { one_in(200) };
        let bought = if cart { one_in(4) } else { one_in(60) };
        let prospect = one_in(2);
        found.push([bought, cart, viewed_14, viewed_30, prospect]);
    }
    found.into_iter().map(|lists| (rng.next_u64(), lists)).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let people = people(200_000, 7);

    // Exact: dense numbers for the hashes, and a bitmap per list.
    let mut numbers = IdMap::new();
    let mut lists: [RoaringIds; 5] = Default::default();
    for (id, member_of) in &people {
        let number = numbers.number(*id)?;
        for (list, _) in lists.iter_mut().zip(member_of).filter(|(_, member)| **member) {
            list.insert(number);
        }
    }
    let audiences = Audiences::new(NAMES.into_iter().zip(lists))?;
    println!("Two at a time");
    for pair in audiences.pairs()?.pairs.iter().filter(|pair| pair.intersection > 0) {
        let (a, b) = (pair.share_of_a.value()?, pair.share_of_b.value()?);
        println!(
            "  {:6} in both: {:5.1} % of {}, {:5.1} % of {}",
            pair.intersection,
            100.0 * a,
            pair.a,
            100.0 * b,
            pair.b
        );
    }

    let regions = audiences.regions()?;
    println!("\nAll together, {} people, by region (in exactly these lists, in at least these)", regions.union());
    let shown = regions.up_set(UpSetOptions { top: 6, ..UpSetOptions::default() });
    for region in &shown.regions {
        println!("  {:6} {:6}  {}", region.exclusive, region.inclusive, region.sets.join(" & "));
    }
    println!("  {:6}         in {} smaller regions", shown.people_left_out, shown.regions_left_out);

    // The same from sketches of 32 kilobytes each.
    let mut sketches = Vec::new();
    for (list, name) in NAMES.into_iter().enumerate() {
        let mut builder = ThetaBuilder::new(12)?;
        builder.extend(people.iter().filter(|(_, member_of)| member_of[list]).map(|(id, _)| *id));
        sketches.push((name, builder.sketch()));
    }
    let estimated = Audiences::new(sketches)?.regions()?;
    println!("\nFrom sketches: in {CART} and {PROSPECT}");
    println!(
        "  {} people, where {} were counted",
        estimated.inclusive(&[CART, PROSPECT])?,
        regions.inclusive(&[CART, PROSPECT])?
    );

    let viewed = |days: u64| NestedWindow::new("Produktvisning", 24 * days);
    let priority = [
        Segment::exclude_only(BOUGHT),
        Segment::target(CART),
        Segment::target(VIEWED_14).within(viewed(14)?),
        Segment::target(VIEWED_30).within(viewed(30)?),
        Segment::target(PROSPECT),
    ];
    for mode in [Mode::AllHigher, Mode::Minimal] {
        let plan = Plan::new(&regions, &priority, mode)?;
        println!("\n{mode:?}");
        plan.sentences(Language::Norwegian).iter().for_each(|sentence| println!("  {sentence}"));
        // Each person is in one segment: nothing is left over, and the nets add up to everybody.
        if plan.lines.iter().any(|line| line.role == styring_segments::exclusions::Role::Target && line.residual != 0) {
            return Err("an overlap is left".into());
        }
        assert_eq!(plan.lines.iter().map(|line| line.net).sum::<u64>(), plan.union);
    }
    Ok(())
}

#[test]
fn it_runs() -> Result<(), Box<dyn Error>> {
    main()
}
