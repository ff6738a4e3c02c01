//! Makes `examples/data/geo/panel.csv`: orders a day in twenty Norwegian towns over ninety days, of which two get a campaign for the last three weeks, with a fixed seed.
//!
//! The campaign adds an eighth to the orders of Bergen and Trondheim. `cargo run -p styring-examples --example geo_data` writes the file.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Normal, Poisson};

const SEED: u64 = 20_250_818;
const DAYS: u64 = 90;
/// The day on which the campaign begins, counted from 0.
const FROM: u64 = 69;
/// What it adds, as a share.
const EFFECT: f64 = 0.125;

/// Towns with their orders of a usual day.
const TOWNS: [(&str, f64); 20] = [
    ("Arendal", 22.0),
    ("Bergen", 92.0),
    ("Bodø", 26.0),
    ("Drammen", 48.0),
    ("Fredrikstad", 41.0),
    ("Hamar", 18.0),
    ("Haugesund", 24.0),
    ("Kristiansand", 46.0),
    ("Moss", 27.0),
    ("Oslo", 240.0),
    ("Porsgrunn", 20.0),
    ("Sandefjord", 31.0),
    ("Sandnes", 39.0),
    ("Sarpsborg", 30.0),
    ("Skien", 28.0),
    ("Stavanger", 68.0),
    ("Tromsø", 37.0),
    ("Trondheim", 84.0),
    ("Tønsberg", 29.0),
    ("Ålesund", 30.0),
];
const TREATED: [&str; 2] = ["Bergen", "Trondheim"];
/// How a weekday goes, from Monday.
const WEEKDAYS: [f64; 7] = [1.12, 1.04, 0.98, 1.00, 1.14, 0.82, 0.90];

/// A wave that a day shares with the day before.
struct Wave {
    memory: f64,
    step: Normal<f64>,
    now: f64,
}

impl Wave {
    fn new(memory: f64, deviation: f64) -> Result<Self, Box<dyn Error>> {
        Ok(Self { memory, step: Normal::new(0.0, deviation)?, now: 0.0 })
    }

    fn next(&mut self, rng: &mut ChaCha8Rng) -> f64 {
        self.now = self.memory * self.now + self.step.sample(rng);
        self.now
    }
}

fn csv() -> Result<String, Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let first = NaiveDate::from_ymd_opt(2025, 8, 18).ok_or("no such day")?;
    let mut country = Wave::new(0.8, 0.055)?;
    let days: Vec<f64> = (0..DAYS).map(|_| country.next(&mut rng)).collect();
    let share = Normal::new(1.0, 0.25)?;
    let mut rows: Vec<(u64, String)> = Vec::new();
    for (town, usual) in TOWNS {
        let load: f64 = share.sample(&mut rng);
        let mut own = Wave::new(0.4, 0.02)?;
        for (day, wave) in (0..DAYS).zip(&days) {
            let with = TREATED.contains(&town) && day >= FROM;
            let weekday = WEEKDAYS[usize::try_from(day % 7)?];
            let mean = usual * weekday * (1.0 + load * wave + own.next(&mut rng));
            let orders: f64 = Poisson::new(mean * if with { 1.0 + EFFECT } else { 1.0 })?.sample(&mut rng);
            // Every town of the campaign gets as much a day as it usually has orders, times twenty.
            let spend = if with { usual * 20.0 } else { 0.0 };
            let date = first + Days::new(day);
            rows.push((day, format!("{town},{date},{orders},{spend}")));
        }
    }
    rows.sort_by_key(|(day, _)| *day);
    let mut text = "region,date,orders,spend\n".to_owned();
    for (_, row) in rows {
        writeln!(text, "{row}")?;
    }
    Ok(text)
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/geo/panel.csv")
}

fn main() -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(file().parent().ok_or("no folder")?)?;
    std::fs::write(file(), csv()?)?;
    println!("wrote {}", file().display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_file_is_what_this_program_makes() {
        let committed = std::fs::read_to_string(file()).expect("the committed file");
        assert!(csv().expect("a panel") == committed, "panel.csv differs: run the example geo_data again");
        assert!(committed.len() <= 100_000);
    }
}
