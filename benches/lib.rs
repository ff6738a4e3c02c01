//! What the benches share: a large export of daily results, and reading it.

use std::io::{Read, Write};
use styring_ltv::{BgNbd, History, PurchaseModel, Seed};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Uniform};
use styring_cli::source::{self, Ingested, Strict};
use styring_cli::{Error, plan_file};

/// The plan under which the export is read.
pub const PLAN: &str = include_str!("plan.toml");

const CHANNELS: [&str; 6] = ["VG", "TV 2", "Schibsted", "YouTube/CTV", "Acast/Bauer", "DOOH Oslo"];
const SEGMENTS: [&str; 2] = ["Prospect – Løpesko – Oslo", "Retarget – Forlatt kurv – 7 dager"];
const CREATIVES: u32 = 24;
const DAYS: usize = 56;

/// Writes an export of so many rows, sorted by day as exports are: 23 columns, 8 weeks, 6 channels, 2 segments, 24 creatives.
///
/// # Errors
/// If it cannot be written.
pub fn write_export(rows: usize, to: &mut impl Write) -> std::io::Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut whole = |high: u64| Uniform::new_inclusive(0, high).map_or(0, |range| range.sample(&mut rng));
    let pick = |names: &[&'static str], number: u64| {
        names.iter().cycle().nth(usize::try_from(number).unwrap_or(0)).copied().unwrap_or_default()
    };
    writeln!(
        to,
        "date,channel,segment,creative,spend,impressions,measurable,viewable,av_measurable,avoc,video_starts,q25,q50,q75,\
         completes,clicks,leads,orders,conversions,new_customers,revenue,cogs,other_variable"
    )?;
    let mut counts = [0; 14];
    for row in 0..rows {
        let day = row * DAYS / rows;
        let (month, date) = if day < 30 { (9, day + 1) } else { (10, day - 29) };
        let creative = whole(u64::from(CREATIVES) - 1);
        let (channel, segment) = (pick(&CHANNELS, whole(5)), pick(&SEGMENTS, whole(1)));
        let impressions = 50 + whole(60_000);
        // Every count is a part of an earlier one.
        let wholes = [0, 0, 1, 0, 3, 0, 5, 6, 7, 8, 0, 10, 10, 12];
        counts[0] = impressions;
        for index in 1..counts.len() {
            let of = counts[wholes[index]];
            counts[index] = match index {
                10 => of * (3 + whole(5)) / 1000,
                11..=13 => of * whole(9) / 100,
                _ => of * (60 + whole(35)) / 100,
            };
        }
        let [_, measurable, viewable, av, avoc, starts, q25, q50, q75, completes, clicks, leads, orders, new] = counts;
        let spend = impressions * 8 + whole(40_000);
        let revenue = orders * (90_000 + whole(90_000));
        writeln!(
            to,
            "2025-{month:02}-{date:02},{channel},{segment},creative {creative},{}.{:02},{impressions},{measurable},\
             {viewable},{av},{avoc},{starts},{q25},{q50},{q75},{completes},{clicks},{leads},{orders},{orders}.{:02},{new},\
             {}.{:02},{}.{:02},{}.{:02}",
            spend / 100,
            spend % 100,
            whole(99),
            revenue / 100,
            revenue % 100,
            revenue / 250,
            revenue / 3 % 100,
            orders * 79,
            revenue / 7 % 100,
        )?;
    }
    to.flush()
}

/// Reads an export as the program does.
///
/// # Errors
/// If it cannot be read.
pub fn read_export(input: impl Read) -> Result<Ingested, Error> {
    let file = plan_file::parse(PLAN, "plan.toml".as_ref())?;
    source::read(input, "export", &file.source, &file.plan, &mut Strict("export"))
}

/// Reads an export with the CSV reader alone; answers the number of cells.
///
/// # Errors
/// If it cannot be read.
pub fn read_cells(input: impl Read) -> csv::Result<usize> {
    let mut table = csv::ReaderBuilder::new().buffer_capacity(1 << 16).from_reader(input);
    let mut record = csv::ByteRecord::new();
    let mut cells = 0;
    while table.read_byte_record(&mut record)? {
        cells += record.len();
    }
    Ok(cells)
}

/// Customers of a shop over two years, simulated by BG/NBD, with times in whole days as a shop knows them.
///
/// # Errors
/// None in fact; the model checks what it is given.
pub fn customers(count: u32) -> Result<Vec<History>, styring_ltv::Error> {
    let ages: Vec<f64> = (0..count).map(|customer| f64::from(90 + customer.wrapping_mul(7919) % 640)).collect();
    let simulated = BgNbd::new(0.6, 35.0, 0.9, 4.0)?.simulate(&ages, 0.0, Seed(1))?;
    let in_days =
        |history: History| History::new(history.purchases(), history.last().ceil().min(history.age()), history.age());
    simulated.into_iter().map(|customer| in_days(customer.history)).collect()
}
