//! Makes `examples/data/impressions/log.csv`: three weeks of impressions of a made-up Norwegian campaign on five channels, of people who differ in how much they see and where, with a fixed seed.
//!
//! `cargo run -p styring-examples --example impressions_data` writes it.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Exp1, Gamma, Normal, Poisson, StandardUniform, Uniform};

const SEED: u64 = 20_250_901;
/// People who could be reached.
const UNIVERSE: u32 = 4_000;
const DAYS: i64 = 21;
/// Impressions per person of the universe, and the shape of how they differ.
const MEAN: f64 = 2.2;
const SHAPE: f64 = 0.55;

/// A channel: its part of the impressions, how much people differ in their taste for it, and the hour around which it is seen.
struct Channel {
    name: &'static str,
    share: f64,
    taste: f64,
    hour: f64,
}

const CHANNELS: [Channel; 5] = [
    Channel { name: "VG", share: 0.32, taste: 1.2, hour: 12.0 },
    Channel { name: "TV 2", share: 0.24, taste: 0.9, hour: 20.5 },
    Channel { name: "Schibsted", share: 0.18, taste: 1.0, hour: 9.0 },
    Channel { name: "YouTube", share: 0.18, taste: 0.6, hour: 19.0 },
    Channel { name: "Acast", share: 0.08, taste: 0.3, hour: 7.5 },
];

struct Impression {
    time: NaiveDateTime,
    person: u32,
    channel: &'static str,
}

/// Rates from a gamma distribution, so that frequencies are negative binomial; channels by everybody's own taste.
fn simulate() -> Result<Vec<Impression>, Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let first = NaiveDate::from_ymd_opt(2025, 9, 1).ok_or("no such day")?;
    let (rates, days) = (Gamma::new(SHAPE, MEAN / SHAPE)?, Uniform::new(0, DAYS)?);
    let mut impressions = Vec::new();
    for person in 1..=UNIVERSE {
        let rate: f64 = rates.sample(&mut rng);
        let mut tastes = Vec::new();
        for channel in &CHANNELS {
            tastes.push(Gamma::new(channel.taste, channel.share / channel.taste)?.sample(&mut rng));
        }
        let all: f64 = tastes.iter().sum();
        let count = if rate > 0.0 { Poisson::new(rate)?.sample(&mut rng) } else { 0.0 };
        let mut left = count;
        while left > 0.0 {
            // Few come alone: a visit brings one impression or two.
            let lot: f64 = StandardUniform.sample(&mut rng);
            let mut lot = lot * all;
            let found = CHANNELS.iter().zip(&tastes).find(|(_, taste)| {
                lot -= **taste;
                lot < 0.0
            });
            let channel = found.map_or(&CHANNELS[0], |(channel, _)| channel);
            let hour: f64 = Normal::new(channel.hour, 2.0)?.sample(&mut rng);
            #[allow(clippy::cast_possible_truncation, reason = "minutes of a day")]
            let mut minute = (hour.clamp(0.0, 23.0) * 60.0) as i64;
            let day = first + TimeDelta::days(days.sample(&mut rng));
            let wait: f64 = Exp1.sample(&mut rng);
            for _ in 0..if wait > 1.0 { 2 } else { 1 } {
                if left > 0.0 {
                    let time = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute);
                    impressions.push(Impression { time, person, channel: channel.name });
                    left -= 1.0;
                    minute += 9;
                }
            }
        }
    }
    impressions.sort_by_key(|impression| (impression.time, impression.person));
    Ok(impressions)
}

fn csv() -> Result<String, Box<dyn Error>> {
    let mut text = "person,channel,time\n".to_owned();
    for Impression { time, person, channel } in simulate()? {
        writeln!(text, "P{person:04},{channel},{}", time.format("%Y-%m-%d %H:%M"))?;
    }
    Ok(text)
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/impressions/log.csv")
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
        assert!(csv().expect("impressions") == committed, "log.csv differs: run the example impressions_data again");
        assert!(committed.len() <= 300_000);
    }
}
