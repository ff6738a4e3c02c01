//! Makes the data set `examples/data/launch`: eight weeks of the Norwegian launch of the founding text, from a simulated market with a fixed seed.
//!
//! The budgets follow the plan: every week is decided by the rhythm from the weeks before it, so that the spend in the file is what the rhythm asked for.
//!
//! `cargo run -p styring-examples --example launch_data -- examples/data/launch` writes `results.csv` and `frequency.csv` beside the plan in that folder.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chrono::{Datelike, Days, NaiveDate};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Binomial, Distribution, LogNormal, Poisson, Uniform};
use styring_cli::plan_file;
use styring_metrics::{Frequency, RollUp, Row};
use styring_money::{Currency, Exact, Money, Rounding, Unrounded};
use styring_playbook::{Group, Plan, Results, Review, Span};

const SEED: u64 = 20_250_901;
const WEEKS: u32 = 8;

/// A channel as it truly is; the plan knows nothing of this.
struct Channel {
    name: &'static str,
    /// Orders in a week at a spend of 100 000 kroner.
    orders: f64,
    /// How orders grow with spend: spend to this power.
    elasticity: f64,
    /// Cost per mille, in kroner.
    cpm: f64,
    delivery: Delivery,
    /// Clicks per impression.
    click_rate: f64,
    /// People in the channel's audience.
    audience: f64,
    segments: &'static [&'static str],
    creatives: &'static [&'static str],
}

/// What can be measured of an impression.
enum Delivery {
    /// Share measurable, and of those share viewable.
    Display(f64, f64),
    /// Share measurable for sound and picture, and of those share audible and visible on complete; share of starts that complete.
    Video(f64, f64, f64),
    /// Nothing.
    Screen,
}

const PROSPECT_OSLO: &str = "Prospect – Løpesko – Oslo";
const PROSPECT_NORWAY: &str = "Prospect – Løpesko – Norge";
const RETARGET: &str = "Retarget – Forlatt kurv – 7 dager";

const CHANNELS: [Channel; 6] = [
    Channel {
        name: "VG",
        orders: 236.0,
        elasticity: 0.72,
        cpm: 96.0,
        delivery: Delivery::Display(0.96, 0.71),
        click_rate: 0.0031,
        audience: 600_000.0,
        segments: &[PROSPECT_OSLO, PROSPECT_NORWAY, RETARGET],
        creatives: &["Problem – banner", "Sosialt bevis – banner", "Tilbud – banner"],
    },
    Channel {
        name: "TV 2",
        orders: 151.0,
        elasticity: 0.66,
        cpm: 118.0,
        delivery: Delivery::Display(0.94, 0.64),
        click_rate: 0.0024,
        audience: 420_000.0,
        segments: &[PROSPECT_OSLO, PROSPECT_NORWAY],
        creatives: &["Problem – banner", "Løsning – banner"],
    },
    Channel {
        name: "Schibsted",
        orders: 262.0,
        elasticity: 0.75,
        cpm: 88.0,
        delivery: Delivery::Display(0.97, 0.74),
        click_rate: 0.0036,
        audience: 520_000.0,
        segments: &[PROSPECT_OSLO, PROSPECT_NORWAY, RETARGET],
        creatives: &["Sosialt bevis – banner", "Tilbud – banner"],
    },
    Channel {
        name: "YouTube/CTV",
        orders: 208.0,
        elasticity: 0.78,
        cpm: 132.0,
        delivery: Delivery::Video(0.82, 0.58, 0.61),
        click_rate: 0.0012,
        audience: 510_000.0,
        segments: &[PROSPECT_OSLO, PROSPECT_NORWAY],
        creatives: &["Problem – kort video", "Løsning – CTV 20 s"],
    },
    Channel {
        name: "Acast/Bauer",
        orders: 104.0,
        elasticity: 0.63,
        cpm: 145.0,
        delivery: Delivery::Video(0.71, 0.78, 0.86),
        click_rate: 0.0004,
        audience: 300_000.0,
        segments: &[PROSPECT_NORWAY],
        creatives: &["Problem – lydspot 30 s", "Tilbud – lydspot 20 s"],
    },
    Channel {
        name: "DOOH Oslo",
        orders: 61.0,
        elasticity: 0.58,
        cpm: 62.0,
        delivery: Delivery::Screen,
        click_rate: 0.0,
        audience: 380_000.0,
        segments: &[PROSPECT_OSLO],
        creatives: &["Problem – skjerm", "Tilbud – skjerm"],
    },
];

/// Prices of the shoes, VAT included, and what a pair costs to buy.
const SHOES: [(i64, i64); 4] = [(999, 380), (1_299, 495), (1_499, 560), (1_899, 745)];
const SHIPPING: i64 = 79;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The two files.
struct LaunchData {
    results: String,
    frequency: String,
}

struct Simulation {
    rng: ChaCha8Rng,
    facts: RollUp<Group>,
    frequency: BTreeMap<(String, u32), Frequency>,
    results: csv::Writer<Vec<u8>>,
}

fn simulate(plan: &Plan) -> Outcome<LaunchData> {
    let mut simulation = Simulation {
        rng: ChaCha8Rng::seed_from_u64(SEED),
        facts: RollUp::new(Currency::NOK),
        frequency: BTreeMap::new(),
        results: csv::Writer::from_writer(Vec::new()),
    };
    simulation.results.write_record(COLUMNS)?;
    let mut budgets = vec![plan.per_week.split(&[1; CHANNELS.len()])?];
    for week in 1..=WEEKS {
        let of_week = budgets.last().cloned().unwrap_or_default();
        for (channel, budget) in CHANNELS.iter().zip(of_week) {
            simulation.week(plan, week, channel, budget)?;
        }
        let results = Results {
            facts: simulation.facts.clone(),
            frequency: simulation.frequency.clone(),
            span: Span::Until(plan.first_day_of(week + 1).pred_opt().unwrap_or(NaiveDate::MAX)),
        };
        let review = Review::new(plan, &results)?;
        budgets.push(review.decision.channels.iter().map(|channel| channel.after).collect());
    }
    let mut frequency = String::from("week,channel,contacts,people\n");
    for ((channel, week), contacts) in &simulation.frequency {
        if let Frequency::Histogram(people) = contacts {
            for (contacts, people) in people {
                writeln!(frequency, "{week},{channel},{contacts},{people}")?;
            }
        }
    }
    Ok(LaunchData { results: String::from_utf8(simulation.results.into_inner()?)?, frequency })
}

const COLUMNS: [&str; 22] = [
    "date",
    "channel",
    "segment",
    "creative",
    "spend",
    "impressions",
    "measurable",
    "viewable",
    "av_measurable",
    "avoc",
    "video_starts",
    "q25",
    "q50",
    "q75",
    "completes",
    "clicks",
    "orders",
    "conversions",
    "new_customers",
    "revenue_incl_vat",
    "cost_of_goods",
    "other_variable_cost",
];

impl Simulation {
    fn week(&mut self, plan: &Plan, week: u32, channel: &Channel, budget: Money) -> Outcome<()> {
        // Platforms spend a little less than they are given.
        let delivered = Exact::new(i128::from(self.whole(9_600, 10_000)), 4);
        let spend = Unrounded::from(budget).scale(&delivered).round(Rounding::HalfEven)?;
        let thousands = spend.amount().to_string().parse::<f64>()? / 100_000.0;
        let noise = LogNormal::new(0.0, 0.06)?.sample(&mut self.rng);
        let orders = channel.orders * libm::pow(thousands, channel.elasticity) * noise;

        let days = self.days();
        let parts: Vec<(usize, usize)> = (0..channel.segments.len())
            .flat_map(|segment| (0..channel.creatives.len()).map(move |creative| (segment, creative)))
            .collect();
        let weights: Vec<u64> = parts.iter().map(|_| self.whole(60, 140)).collect();
        let mut impressions_of_week = 0.0;
        for (day, daily) in spend.split(&days)?.into_iter().enumerate() {
            let date = plan.first_day_of(week).checked_add_days(Days::new(day as u64)).ok_or("a date")?;
            for ((segment, creative), amount) in parts.iter().zip(daily.split(&weights)?) {
                let share = amount.amount().to_string().parse::<f64>()? / (thousands * 100_000.0);
                // Retargeting converts better, offers better than problems; across a channel it evens out.
                let pull = if channel.segments[*segment] == RETARGET { 1.9 } else { 0.85 };
                let pull = pull * [0.9, 1.0, 1.15][*creative];
                let group = Group {
                    week,
                    channel: channel.name.to_owned(),
                    segment: channel.segments[*segment].to_owned(),
                    creative: channel.creatives[*creative].to_owned(),
                };
                impressions_of_week += self.row(channel, date, group, amount, orders * share * pull)?;
            }
        }
        let people = self.contacts(channel, impressions_of_week);
        self.frequency.insert((channel.name.to_owned(), week), Frequency::Histogram(people));
        Ok(())
    }

    /// One row: a day of one creative in one segment; answers its impressions.
    fn row(&mut self, channel: &Channel, date: NaiveDate, group: Group, spend: Money, orders: f64) -> Outcome<f64> {
        let kroner = spend.amount().to_string().parse::<f64>()?;
        let impressions = self.poisson(kroner / channel.cpm * 1000.0)?;
        let mut row = Row { spend: Some(spend), impressions: Some(impressions), ..Row::default() };
        match channel.delivery {
            Delivery::Display(measurable, viewable) => {
                let measurable = self.part(impressions, measurable)?;
                row.measurable = Some(measurable);
                row.viewable = Some(self.part(measurable, viewable)?);
            }
            Delivery::Video(measurable, seen, completed) => {
                let measurable = self.part(impressions, measurable)?;
                row.av_measurable = Some(measurable);
                row.avoc = Some(self.part(measurable, seen)?);
                // Equal drop-off from quarter to quarter.
                let quarter = libm::pow(completed, 0.25);
                let starts = self.part(impressions, 0.98)?;
                let first = self.part(starts, quarter)?;
                let second = self.part(first, quarter)?;
                let third = self.part(second, quarter)?;
                row.video_starts = Some(starts);
                row.first_quartile = Some(first);
                row.midpoint = Some(second);
                row.third_quartile = Some(third);
                row.completes = Some(self.part(third, quarter)?);
            }
            Delivery::Screen => {}
        }
        if channel.click_rate > 0.0 {
            row.clicks = Some(self.part(impressions, channel.click_rate)?);
        }
        let orders = self.poisson(orders)?;
        row.orders = Some(orders.into());
        // The platform claims a part of an order here and there.
        let claimed = orders * 100 + if orders > 0 { self.whole(0, 60) } else { 0 };
        row.conversions = Some(Exact::new(claimed.into(), 2));
        row.new_customers = Some(self.part(orders, 0.62)?.into());
        let (mut paid, mut goods) = (0, 0);
        for _ in 0..orders {
            let (price, cost) = SHOES[usize::try_from(self.whole(0, 3))?];
            paid += price;
            goods += cost;
        }
        let nok = |amount: Exact| Unrounded::new(amount, Currency::NOK).round(Rounding::HalfEven);
        let paid = Money::from_minor(i128::from(paid) * 100, Currency::NOK)?;
        let fees = &Exact::from(paid.amount()) * &Exact::new(29, 3);
        row.cost_of_goods = Some(nok(goods.into())?);
        let shipping = Exact::from(i64::try_from(orders)? * SHIPPING);
        row.other_variable_cost = Some(nok(&fees + &shipping)?);
        self.write(date, &group, &row, paid)?;
        // The plan says that revenue includes 25 % VAT.
        let net = Exact::from(paid.amount()).checked_div(&Exact::new(125, 2)).unwrap_or_default();
        row.revenue = Some(nok(net)?);
        self.facts.add(group, &row)?;
        #[allow(clippy::cast_precision_loss)]
        Ok(impressions as f64)
    }

    fn write(&mut self, date: NaiveDate, group: &Group, row: &Row, paid: Money) -> Outcome<()> {
        let amount = |money: Option<Money>| {
            let text = money.map(|money| money.to_string()).unwrap_or_default();
            text.trim_start_matches("NOK ").to_owned()
        };
        let count = |count: Option<u64>| count.map(|count| count.to_string()).unwrap_or_default();
        let result = |result: &Option<Exact>| result.as_ref().map(ToString::to_string).unwrap_or_default();
        self.results.write_record([
            date.to_string(),
            group.channel.clone(),
            group.segment.clone(),
            group.creative.clone(),
            amount(row.spend),
            count(row.impressions),
            count(row.measurable),
            count(row.viewable),
            count(row.av_measurable),
            count(row.avoc),
            count(row.video_starts),
            count(row.first_quartile),
            count(row.midpoint),
            count(row.third_quartile),
            count(row.completes),
            count(row.clicks),
            result(&row.orders),
            result(&row.conversions),
            result(&row.new_customers),
            amount(Some(paid)),
            amount(row.cost_of_goods),
            amount(row.other_variable_cost),
        ])?;
        Ok(())
    }

    /// People by number of contacts in a week: negative binomial over the audience, as reach models have it since Ehrenberg.
    fn contacts(&mut self, channel: &Channel, impressions: f64) -> Vec<(u32, u64)> {
        const SHAPE: f64 = 0.9;
        let mean = impressions / channel.audience;
        let success = mean / (mean + SHAPE);
        let mut probability = libm::pow(1.0 - success, SHAPE);
        let mut people = Vec::new();
        for contacts in 1..=25_u32 {
            probability *= (SHAPE + f64::from(contacts) - 1.0) / f64::from(contacts) * success;
            let noise = Uniform::new(0.98, 1.02).map_or(1.0, |noise| noise.sample(&mut self.rng));
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let count = libm::round(probability * channel.audience * noise) as u64;
            people.push((contacts, count));
        }
        people
    }

    /// Weights of the days of a week: weekends are quieter.
    fn days(&mut self) -> Vec<u64> {
        [104, 108, 110, 106, 100, 84, 88].iter().map(|weight| weight * 100 + self.whole(0, 500)).collect()
    }

    fn poisson(&mut self, mean: f64) -> Outcome<u64> {
        let drawn = if mean > 0.0 { Poisson::new(mean)?.sample(&mut self.rng) } else { 0.0 };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Ok(drawn as u64)
    }

    fn part(&mut self, whole: u64, share: f64) -> Outcome<u64> {
        Ok(Binomial::new(whole, share)?.sample(&mut self.rng))
    }

    /// A whole number from `low` to `high`, both included.
    fn whole(&mut self, low: u64, high: u64) -> u64 {
        Uniform::new_inclusive(low, high).map_or(low, |range| range.sample(&mut self.rng))
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/launch")
}

fn main() -> Outcome<()> {
    let folder = std::env::args().nth(1).map_or_else(folder, PathBuf::from);
    let file = plan_file::read(&folder.join("plan.toml"))?;
    let data = simulate(&file.plan)?;
    std::fs::write(folder.join("results.csv"), data.results)?;
    std::fs::write(folder.join("frequency.csv"), data.frequency)?;
    println!("wrote results.csv and frequency.csv to {}", folder.display());
    debug_assert_eq!(file.plan.campaign.first_day.weekday(), chrono::Weekday::Mon);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_files_are_what_this_program_makes() {
        let file = plan_file::read(&folder().join("plan.toml")).expect("a plan");
        let data = simulate(&file.plan).expect("a simulation");
        for (name, made) in [("results.csv", &data.results), ("frequency.csv", &data.frequency)] {
            let committed = std::fs::read_to_string(folder().join(name)).expect("the committed file");
            assert!(*made == committed, "{name} differs: run the example launch_data again");
        }
    }
}
