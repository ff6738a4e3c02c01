//! Makes `examples/data/test/results.csv`: four weeks of a made-up test of three forms in a Norwegian shop, with a fixed seed. The short form truly converts 20 % better, the one with a picture as the old one does.
//!
//! `cargo run -p styring-examples --example test_data` writes it.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Binomial, Distribution, Poisson};

const SEED: u64 = 20_260_302;
const DAYS: u64 = 28;
/// Visitors of a weekday and variant, and the rate at which they order.
const VISITORS: f64 = 1_500.0;
const RATE: f64 = 0.024;
const VARIANTS: [(&str, f64); 3] = [("Kontroll", 1.0), ("Kort skjema", 1.2), ("Med bilde", 1.0)];

fn csv() -> Result<String, Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let first = NaiveDate::from_ymd_opt(2026, 3, 2).ok_or("no such day")?;
    let mut text = "date,variant,visitors,orders\n".to_owned();
    for number in 0..DAYS {
        let day = first + Days::new(number);
        // At the weekend fewer come, and who comes buys.
        let (traffic, mood) =
            if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) { (0.7, 1.3) } else { (1.0, 1.0) };
        for (variant, better) in VARIANTS {
            let visitors: f64 = Poisson::new(VISITORS * traffic)?.sample(&mut rng);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of some thousand")]
            let visitors = visitors as u64;
            let orders = Binomial::new(visitors, RATE * mood * better)?.sample(&mut rng);
            writeln!(text, "{day},{variant},{visitors},{orders}")?;
        }
    }
    Ok(text)
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/test/results.csv")
}

fn main() -> Result<(), Box<dyn Error>> {
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
        assert!(csv().expect("outcomes") == committed, "results.csv differs: run the example test_data again");
    }
}
