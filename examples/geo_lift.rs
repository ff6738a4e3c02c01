//! The walk-through of GeoLift on its own data: which cities to treat and what they can show, then what the test in two cities brought, and two treatments at once.
//!
//! `cargo run --release -p styring-examples --example geo_lift [FOLDER]` reads GeoLift_PreTest.csv, GeoLift_Test.csv and GeoLift_Test_MultiCell.csv there, and draws what was against what would have been to `target/geo_lift.svg`. The data are not ours to publish: they are looked for beside the project,
//! and without them the example says so.

use std::error::Error;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use styring_experiments::geo::design::{Cell, Cells, Design, History, Method, Search, SpendChange};
use styring_experiments::geo::local_level::LocalLevel;
use styring_experiments::geo::{Panel, PanelRows, SyntheticControl, Weighting};
use styring_experiments::{Language, Level, Naming};
use styring_money::Exact;
use styring_playbook::{GeoTested, GeoTestedSpec, RegionDays};
use styring_report::charts;

/// Rows of city, conversions, day.
fn read(path: &Path) -> Result<PanelRows, Box<dyn Error>> {
    let mut rows = PanelRows::default();
    for record in csv::Reader::from_path(path)?.deserialize() {
        let (city, conversions, day): (String, f64, NaiveDate) = record?;
        rows.add(&city, day.signed_duration_since(NaiveDate::default()).num_days().try_into()?, conversions)?;
    }
    Ok(rows)
}

/// The first day of the test: the ninety-first of the data.
fn first_day() -> Result<NaiveDate, Box<dyn Error>> {
    NaiveDate::from_ymd_opt(2021, 4, 1).ok_or_else(|| "no such day".into())
}

fn start() -> Result<i32, Box<dyn Error>> {
    Ok(first_day()?.signed_duration_since(NaiveDate::default()).num_days().try_into()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/geolift");
    let folder = std::env::args_os().nth(1).map_or(shared, PathBuf::from);
    let [before, test, cells] =
        ["GeoLift_PreTest.csv", "GeoLift_Test.csv", "GeoLift_Test_MultiCell.csv"].map(|name| folder.join(name));
    if let Some(missing) = [&before, &test, &cells].into_iter().find(|path| !path.is_file()) {
        println!("skipped: no data ({})", missing.display());
        return Ok(());
    }
    let treated = ["chicago", "portland"];
    let panel = read(&test)?.panel(&treated, start()?)?;
    plan(&History::before(&panel)?)?;
    effect(&panel)?;
    draw(&test, &treated)?;
    several(&read(&cells)?.panel(&treated, start()?)?)
}

/// Two cities for fifteen days, at 7.50 an incremental conversion.
fn plan(history: &History) -> Result<(), Box<dyn Error>> {
    let design = Design { places: 15, ..Design::days(15) };
    println!("two of {} cities, 15 days, 80 % power, 90 % sure", history.regions().len());
    println!("{:<28} {:>8} {:>14} {:>14} {:>10}", "treated", "gap", "smallest lift", "false alarms", "spend");
    for candidate in Search::of(2).run(history, &design)? {
        println!(
            "{:<28} {:>6.1} % {:>14} {:>12.0} % {:>10}",
            candidate.treated().join(", "),
            100.0 * candidate.gap(),
            candidate.detectable().map_or_else(|| "none".to_owned(), |lift| format!("{:.1} %", 100.0 * lift)),
            100.0 * candidate.false_alarms(),
            candidate.spend(7.5).map_or_else(|| "-".to_owned(), |spend| format!("{spend:.0}")),
        );
    }
    let published = design.power(history, &["chicago", "portland"])?;
    println!("chicago and portland, power by lift:");
    for lift in [0.0, 0.02, 0.04, 0.06, 0.08, 0.1] {
        println!("  {:>3.0} %  {:>4.0} %", 100.0 * lift, 100.0 * published.of(lift));
    }
    Ok(())
}

/// What the walk-through prints: ATT 155.556, lift 5.4 %, 4 667 incremental conversions.
fn effect(panel: &Panel) -> Result<(), Box<dyn Error>> {
    let fit = SyntheticControl::new(panel, Weighting { demeaned: true, ridge: None })?;
    println!(
        "\nchicago and portland: ATT {:.3}, {:.0} incremental, lift {:.1} %, L2 {:.3}",
        fit.effect(),
        fit.total(),
        100.0 * fit.lift().unwrap_or_default(),
        fit.l2()
    );
    let mut weights: Vec<(&f64, &String)> = fit.weights().iter().zip(fit.donors()).collect();
    weights.sort_by(|one, other| other.0.total_cmp(one.0));
    for (weight, city) in weights.into_iter().take(5) {
        println!("  {city:<14} {weight:.4}");
    }
    let readout = Method::default().readout(panel, Level::P90)?;
    let naming = Naming { treatment: "The campaign", control: "no campaign", metric: "number of conversions a day" };
    println!("{}", readout.sentence(Language::English, naming));
    let total = LocalLevel::of_panel(panel)?.with_season(7)?.effect(Level::P90)?;
    println!("local level: {:.0} in all, {:.0}", total.estimate().unwrap_or_default(), total.set());
    let cost = SpendChange::new(35_000.0)?.cost_per_incremental(&total)?;
    println!("at 35 000 spent, what one more conversion costs: {cost:.2}");
    Ok(())
}

/// What the walk-through draws: the conversions of both cities, and those they would have had.
fn draw(test: &Path, treated: &[&str]) -> Result<(), Box<dyn Error>> {
    let mut rows = RegionDays::default();
    for record in csv::Reader::from_path(test)?.deserialize() {
        let (city, conversions, day): (String, u64, NaiveDate) = record?;
        rows.add(&city, day, Exact::from(conversions), None);
    }
    let spec = GeoTestedSpec::new(treated.iter().map(ToString::to_string).collect(), first_day()?);
    let tested = GeoTested::of(&rows, &spec)?;
    let picture = charts::counterfactual(&tested, "conversions", charts::WIDE)?;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/geo_lift.svg");
    std::fs::create_dir_all(file.parent().unwrap_or(&file))?;
    std::fs::write(&file, picture)?;
    println!("drawn: {}", file.display());
    Ok(())
}

fn several(panel: &Panel) -> Result<(), Box<dyn Error>> {
    let cell =
        |name: &str, cities: [&str; 2]| Cell { name: name.to_owned(), regions: cities.map(str::to_owned).to_vec() };
    let cells = [cell("cell 1", ["chicago", "cincinnati"]), cell("cell 2", ["honolulu", "indianapolis"])];
    let read = Cells::read(panel, &cells, Method::default(), Level::P90)?;
    println!("\ntwo treatments at once");
    for ((name, readout), p) in read.effects().iter().zip(read.adjusted()) {
        println!(
            "  {name}: {:.1} a city and day, {:.1}; p {p:.3} (Holm)",
            readout.estimate().unwrap_or_default(),
            readout.set()
        );
    }
    for (([one, other], readout), p) in read.pairs().iter().zip(read.adjusted_pairs()) {
        println!("  {one} less {other}: {:.1}, {:.1}; p {p:.3}", readout.estimate().unwrap_or_default(), readout.set());
    }
    Ok(())
}
