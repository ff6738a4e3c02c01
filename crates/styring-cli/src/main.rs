//! The program `styring`: files in, files out.
//!
//! Exit codes: 0 done (also when rows were set aside: the report says which), 1 names that cannot be used, 2 wrong command line, 3 the plan cannot be used, 4 the results cannot be used,
//! 5 a file cannot be written.

mod plan_test_arguments;
mod test_arguments;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use chrono_tz::Tz;
use clap::{Args, Parser, Subcommand, ValueEnum};
use styring_cli::source::{
    CellSpec, Delimiter, ImpressionSpec, MemberSpec, NameSpec, OrderSpec, RegionSpec, TableSpec,
};
use styring_cli::{Error, amount, geo, goal, ltv, names, overlap, reach, week};
use styring_experiments::geo::Weighting;
use styring_ltv::{RefundDays, TimeUnit};
use styring_metrics::Goal;
use styring_money::{Currency, Exact};
use styring_playbook::{GeoMethod, ModelChoice, Pace};
use styring_reach::Overexposure;
use styring_segments::Language;
use styring_segments::exclusions::{Mode, PlanOptions, Threshold};

/// Steer performance marketing by measured effect.
#[derive(Parser)]
#[command(name = "styring", version, about, long_about = None)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Read the results so far and decide next week's budget.
    ///
    /// Writes next_budget.csv, decisions.json and report.html to DIR, and rejected.csv if rows had to be set aside. Exit codes: 0 done, 2 wrong command line,
    /// 3 the plan cannot be used, 4 the results cannot be used, 5 a file cannot be written.
    Week(Week),
    /// Follow a goal through the results, day by day.
    ///
    /// The goal is a sentence in Norwegian or English: "Øke netthandelens dekningsbidrag med 12 % på 90 dager", "Lower CPO to 450 in 8 weeks". Writes goal.json and
    /// goal.html to DIR, and rejected.csv if rows had to be set aside. Exit codes as for `week`.
    Goal(GoalCommand),
    /// Say what customers have been worth, and what they will be.
    ///
    /// Reads orders, one a row: customer, day, amount. Writes customers.csv, ltv.json and ltv.html to DIR, and rejected.csv if rows had to be set aside. Exit codes: 0 done, 2 wrong
    /// command line, 4 the orders cannot be used, 5 a file cannot be written.
    Ltv(LtvCommand),
    /// Count whom impressions reached, how often, by which channels, and what caps would have done.
    ///
    /// Reads a log, one impression a row: person, channel, time. Writes reach.html, reach.json, frequency.csv (for `styring week`), overexposed.csv and caps.csv to DIR, and rejected.csv if rows had to be
    /// set aside. The log is held in memory: some 60 bytes a row, and some 100 a person. Exit codes: 0 done, 2 wrong command line, 3 the caps cannot be used, 4 the log cannot be used, 5 a file cannot be
    /// written.
    Reach(ReachCommand),
    /// Say what a treatment did to the regions that had it.
    ///
    /// Reads a panel, one row a region and day: region, day, value, and spend if there is any. Writes geo.html, geo.json and days.csv to DIR, and rejected.csv if rows had to be set aside. Exit codes:
    /// 0 done, 2 wrong command line, 4 the panel cannot be used, 5 a file cannot be written.
    Geo(GeoCommand),
    /// Say how large a test of variants has to be, and how long, by each way of reading it.
    ///
    /// Prints what it takes, and writes plan-test.html and plan-test.json to DIR if one is given. Exit codes: 0 done, 2 wrong command line, 5 a file cannot be written.
    PlanTest(plan_test_arguments::PlanTestCommand),
    /// Say what a test of variants comes to: whether to stop, and what the treatment does.
    ///
    /// Reads users and conversions by variant and day, or (with --value) one user a row. Read at any time, at planned looks, or once: say which before the test begins. Writes test.html, test.json and
    /// looks.csv to DIR, and rejected.csv if rows had to be set aside. Exit codes: 0 done, 2 wrong command line, 4 the outcomes cannot be used, 5 a file cannot be written.
    Test(test_arguments::TestCommand),
    /// Say who is in which audience, what audiences share, and whom to exclude where.
    ///
    /// Reads one list of ids per audience, or a table that names the audience in a column; Roaring bitmaps (.roaring) and theta sketches of DataSketches (.theta) too. Writes overlap.html, overlap.json,
    /// exclusions.csv and pairs.csv to DIR, and rejected.csv if rows had to be set aside. Lists are held in memory. Exit codes: 0 done, 2 wrong command line, 3 the scheme cannot be used, 4 the audiences cannot be
    /// used, 5 a file cannot be written.
    Overlap(OverlapCommand),
    /// Names of segments.
    #[command(subcommand)]
    Names(NamesCommand),
}

#[derive(Subcommand)]
enum NamesCommand {
    /// Hold a list of names against a naming scheme.
    ///
    /// Prints what is wrong with each name and what to write instead, and writes names.csv and names.json to DIR if one is given. Exit codes: 0 all can be used, 1 some cannot, 2 wrong command
    /// line, 3 the scheme or the limits cannot be used, 4 the names cannot be read, 5 a file cannot be written.
    Lint(Lint),
}

#[derive(Args)]
struct Lint {
    /// Names, one a line; `-` for standard input.
    names: PathBuf,
    /// The column that holds the names, if the file is a table.
    #[arg(long, value_name = "COLUMN")]
    column: Option<String>,
    #[command(flatten)]
    table: TableArgs,
    /// The scheme, in TOML or JSON [default: a Norwegian one, of stages Prospect, Retarget, Lojalitet and Ekskluder].
    #[arg(long, value_name = "SCHEME.toml")]
    scheme: Option<PathBuf>,
    /// The platforms the names are for, by key: dv360_line_item,gam_value.
    #[arg(long, value_name = "KEY,…", value_delimiter = ',')]
    platform: Vec<String>,
    /// Limits of more platforms, in TOML or JSON.
    #[arg(long, value_name = "LIMITS.toml")]
    limits: Option<PathBuf>,
    /// The language of messages.
    #[arg(long, value_enum, default_value_t = Tongue::English)]
    language: Tongue,
    /// Where to write; nowhere if absent.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print nothing but errors.
    #[arg(long)]
    quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Tongue {
    #[value(alias = "en")]
    English,
    #[value(alias = "no")]
    Norwegian,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::English => Self::English,
            Tongue::Norwegian => Self::Norwegian,
        }
    }
}

#[derive(Args)]
struct Week {
    /// Daily results as a CSV file; `-` for standard input.
    results: PathBuf,
    /// The plan: goals, guardrails, and what the columns of the results mean.
    #[arg(long, value_name = "PLAN.toml")]
    plan: PathBuf,
    #[command(flatten)]
    run: Run,
}

#[derive(Args)]
struct GoalCommand {
    /// The goal, as one would say it.
    #[arg(value_name = "SENTENCE", value_parser = sentence)]
    goal: Sentence,
    /// Daily results as a CSV file; `-` for standard input.
    results: PathBuf,
    /// The plan: what the columns of the results mean, and which channels there are.
    #[arg(long, value_name = "PLAN.toml")]
    plan: PathBuf,
    /// The first day of the goal [default: the first day of the campaign].
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<NaiveDate>,
    /// The last day that counts [default: the last day of the results].
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<NaiveDate>,
    /// The same number over as many days before [default: from the results, where they hold it].
    #[arg(long, value_name = "AMOUNT", value_parser = amount::number, allow_hyphen_values = true)]
    baseline: Option<Exact>,
    /// Lay the target over the days as the weeks before the goal went, and not evenly.
    #[arg(long, value_name = "BY")]
    seasonal: Option<Season>,
    #[command(flatten)]
    run: Run,
}

#[derive(Args)]
struct LtvCommand {
    /// Orders as a CSV file; `-` for standard input.
    orders: PathBuf,
    #[command(flatten)]
    table: OrderTable,
    /// The currency of all amounts, by its ISO 4217 code.
    #[arg(long)]
    currency: Currency,
    /// The last day that counts [default: the last day with an order].
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<NaiveDate>,
    /// What a day with nothing but refunds is.
    #[arg(long, value_enum, default_value_t = Refunds::Belong)]
    refunds: Refunds,
    /// What it costs to acquire a customer.
    #[arg(long, value_name = "AMOUNT", value_parser = amount::number, allow_hyphen_values = true)]
    cac: Option<Exact>,
    /// How many days ahead to look.
    #[arg(long, value_name = "DAYS,…", value_delimiter = ',', default_value = "90,180")]
    horizon: Vec<u32>,
    /// What a year takes off a value to come: 0.10, or "10 %".
    #[arg(long, value_name = "YEARLY_RATE", value_parser = rate, default_value = "10 %", allow_hyphen_values = true)]
    discount: f64,
    /// Let the models see orders until this day only, and hold them against those after.
    #[arg(long, value_name = "DATE", value_parser = day)]
    holdout: Option<NaiveDate>,
    /// The purchase model that predicts.
    #[arg(long, value_enum, default_value_t = Model::Auto)]
    model: Model,
    /// The unit of time of the models; it changes their parameters, and no prediction.
    #[arg(long, value_enum, default_value_t = Unit::Week)]
    unit: Unit,
    /// The level of intervals: 0.90, or "90 %".
    #[arg(long, value_parser = rate, default_value = "90 %")]
    level: f64,
    #[command(flatten)]
    run: Run,
}

#[derive(Args)]
struct ReachCommand {
    /// Impressions as a CSV file; `-` for standard input.
    log: PathBuf,
    #[command(flatten)]
    table: ImpressionTable,
    /// Frequency caps, in TOML (`[[rules]]`) or JSON (a list) [default: 3 in 5 days, 4 in 7, 6 in 14, over all channels].
    #[arg(long, value_name = "CAPS.toml")]
    caps: Option<PathBuf>,
    /// How many people could be reached: gives shares, the reach curve, and what channels and pairs alone would have told.
    #[arg(long, value_name = "PEOPLE", value_parser = clap::value_parser!(u64).range(1..))]
    universe: Option<u64>,
    /// When a person has seen too much: impressions/channels/window.
    #[arg(long, value_name = "N/CHANNELS/WINDOW", value_parser = overexposure, default_value = "15/3/7d")]
    overexposed: Overexposure,
    /// The first day that counts, by the clocks of the zone.
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<NaiveDate>,
    /// The last day that counts.
    #[arg(long, value_name = "DATE", value_parser = day)]
    to: Option<NaiveDate>,
    /// The first day of week 1 of frequency.csv: that of the plan [default: the first day that counts].
    #[arg(long, value_name = "DATE", value_parser = day)]
    week_of: Option<NaiveDate>,
    /// In which order channels add reach [default: the widest first].
    #[arg(long, value_name = "CHANNEL,…", value_delimiter = ',')]
    order: Option<Vec<String>>,
    /// The level of intervals: 0.90, or "90 %".
    #[arg(long, value_parser = rate, default_value = "90 %")]
    level: f64,
    #[command(flatten)]
    run: Run,
}

#[derive(Args)]
struct GeoCommand {
    /// The panel as a CSV file; `-` for standard input.
    panel: PathBuf,
    #[command(flatten)]
    table: RegionTable,
    /// The regions that got the treatment.
    #[arg(long, value_name = "REGION,…", value_delimiter = ',')]
    treated: Option<Vec<String>>,
    /// The first day of the treatment.
    #[arg(long, value_name = "DATE", value_parser = day)]
    from: Option<NaiveDate>,
    /// The last day that counts [default: the last day there is].
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<NaiveDate>,
    /// Regions to leave out: neighbours that the treatment spills into, cells of another treatment.
    #[arg(long, value_name = "REGION,…", value_delimiter = ',')]
    without: Vec<String>,
    /// What was spent on the treatment in all.
    #[arg(long, value_name = "AMOUNT", value_parser = rate, conflicts_with = "spend", allow_hyphen_values = true)]
    spend_total: Option<f64>,
    /// Where the counterfactual of the answer comes from; the other methods stand beside it.
    #[arg(long, value_enum, default_value_t = CounterfactualOf::Synthetic)]
    method: CounterfactualOf,
    /// Let a ridge regression take what the weights of a synthetic control leave over: its penalty, in squared units of the value.
    #[arg(long, value_name = "PENALTY", value_parser = rate, allow_hyphen_values = true)]
    ridge: Option<f64>,
    /// Let a synthetic control follow levels too, without removing each region's own mean first.
    #[arg(long)]
    plain: bool,
    /// The level of intervals: 0.90, or "90 %".
    #[arg(long, value_parser = rate, default_value = "90 %")]
    level: f64,
    /// The language of the first sentence.
    #[arg(long, value_enum, default_value_t = Tongue::English)]
    language: Tongue,
    #[command(flatten)]
    run: Run,
}

#[derive(Clone, Copy, ValueEnum)]
enum CounterfactualOf {
    /// A weighted mean of the other regions; tested by moving blocks of days.
    Synthetic,
    /// Difference in differences; tested by rearranging who was treated.
    Did,
    /// Time-based regression on the total of the other regions.
    Tbr,
}

/// How a panel is written.
#[derive(Args)]
struct RegionTable {
    /// The column of the region, by name or by number from 1 [default: found by its name].
    #[arg(long, value_name = "COLUMN")]
    region: Option<String>,
    /// The column of the day [default: found by its name].
    #[arg(long, value_name = "COLUMN")]
    date: Option<String>,
    /// The column of what is counted: orders, an amount [default: found by its name].
    #[arg(long, value_name = "COLUMN")]
    value: Option<String>,
    /// The column of what was spent.
    #[arg(long, value_name = "COLUMN")]
    spend: Option<String>,
    #[command(flatten)]
    table: TableArgs,
    #[command(flatten)]
    cells: CellArgs,
}

/// How a table of impressions is written.
#[derive(Args)]
struct ImpressionTable {
    /// The column of the person, by name or by number from 1 [default: found by its name].
    #[arg(long, value_name = "COLUMN")]
    person: Option<String>,
    /// The column of the channel [default: found by its name].
    #[arg(long, value_name = "COLUMN")]
    channel: Option<String>,
    /// The column of the time [default: found by its name].
    #[arg(long, value_name = "COLUMN")]
    time: Option<String>,
    /// The form of a time, as "%d/%m/%y %H:%M" [default: any form that can mean only one moment].
    #[arg(long, value_name = "FORMAT")]
    time_format: Option<String>,
    /// The time zone of days, and of times without an offset.
    #[arg(long, value_name = "ZONE", value_parser = zone, default_value = "Europe/Oslo")]
    zone: Tz,
    #[command(flatten)]
    table: TableArgs,
}

#[derive(Args)]
struct OverlapCommand {
    /// The audiences, a file each, named as their files: tables of ids, .roaring, .theta; `-` for a table on standard input.
    #[arg(required = true, value_name = "FILES")]
    files: Vec<PathBuf>,
    /// The column of the id, by name or by number from 1 [default: found by its name].
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// The column that names the audience, in tables that hold several.
    #[arg(long, value_name = "COLUMN")]
    segment: Option<String>,
    #[command(flatten)]
    table: TableArgs,
    /// The audiences of highest priority, highest first; the others follow [default: those only taken out, short windows before long ones, the rest as it was read].
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    order: Vec<String>,
    /// Audiences nobody advertises to, beside those whose names say so: they are only taken out of others.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    exclude_only: Vec<String>,
    /// Which audiences of higher priority are excluded.
    #[arg(long, value_enum, default_value_t = Exclude::AllHigher)]
    exclude: Exclude,
    /// How many lists an audience excludes at most, with --exclude greedy.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_exclusions: Option<u32>,
    /// How many people an audience must share with another to exclude it, with --exclude overlapping.
    #[arg(long, value_name = "PEOPLE")]
    min_count: Option<u64>,
    /// How much of itself it must share: 0.01, or "1 %".
    #[arg(long, value_name = "SHARE", value_parser = share)]
    min_share: Option<f64>,
    /// Withhold numbers of people from 1 to below K, and those they could be computed from.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(2..))]
    suppress: Option<u64>,
    /// Hold the names of the audiences against this scheme, in TOML or JSON.
    #[arg(long, value_name = "SCHEME.toml")]
    scheme: Option<PathBuf>,
    /// How many combinations of audiences are listed at most, the largest.
    #[arg(long, value_name = "N", default_value_t = 20)]
    top: usize,
    /// The language of what is done with each audience.
    #[arg(long, value_enum, default_value_t = Tongue::English)]
    language: Tongue,
    #[command(flatten)]
    run: Run,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Exclude {
    /// Every one: lists change daily.
    #[value(alias = "all_higher")]
    AllHigher,
    /// Those that share enough people today.
    Overlapping,
    /// The fewest that remove all overlap of today.
    Minimal,
    /// At most so many, the best first.
    Greedy,
}

/// How a table of orders is written.
#[derive(Args)]
struct OrderTable {
    /// The column of the customer, by name or by number from 1 [default: found by its name].
    #[arg(long, value_name = "COLUMN")]
    customer: Option<String>,
    /// The column of the day [default: found by its name].
    #[arg(long, value_name = "COLUMN")]
    date: Option<String>,
    /// The column of what the order brought; a margin, if the cost of acquisition is to be set against it [default: found by its name].
    #[arg(long, value_name = "COLUMN")]
    amount: Option<String>,
    /// The column of the acquisition channel; the first order of a customer decides.
    #[arg(long, value_name = "COLUMN")]
    channel: Option<String>,
    #[command(flatten)]
    table: TableArgs,
    #[command(flatten)]
    cells: CellArgs,
}

/// How a table is written.
#[derive(Args)]
struct TableArgs {
    /// The first row is not the names of columns, and columns go by number.
    #[arg(long)]
    no_header: bool,
    /// What separates the cells: one character, "tab" or "blanks" [default: found in the first line].
    #[arg(long, value_name = "SIGN", value_parser = delimiter)]
    delimiter: Option<Delimiter>,
    /// The encoding; a byte order mark overrides it.
    #[arg(long, default_value = "utf-8")]
    encoding: String,
    /// Lines before the table.
    #[arg(long, value_name = "LINES", default_value_t = 0)]
    skip_lines: u64,
}

impl From<TableArgs> for TableSpec {
    fn from(args: TableArgs) -> Self {
        Self {
            has_header: !args.no_header,
            delimiter: args.delimiter.unwrap_or(Delimiter::Detect),
            encoding: args.encoding,
            skip_lines: args.skip_lines,
        }
    }
}

/// How numbers and days are written in a table.
#[derive(Args)]
struct CellArgs {
    /// The decimal sign.
    #[arg(long, value_name = "SIGN", default_value = ".")]
    decimal: char,
    /// What groups digits in threes, if anything.
    #[arg(long, value_name = "SIGN")]
    group: Option<char>,
    /// The form of a day, as "%d/%m/%y" [default: any form that can mean only one day].
    #[arg(long, value_name = "FORMAT")]
    date_format: Option<String>,
}

impl From<CellArgs> for CellSpec {
    fn from(args: CellArgs) -> Self {
        Self { decimal: args.decimal, group: args.group, date_format: args.date_format }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Refunds {
    /// No purchase; what came back is booked to the purchase before it.
    Belong,
    /// A purchase like any other, of an amount below zero.
    Purchases,
}

#[derive(Clone, Copy, ValueEnum)]
enum Model {
    /// The one with the smallest AIC.
    Auto,
    BgNbd,
    MbgNbd,
    ParetoNbd,
}

#[derive(Clone, Copy, ValueEnum)]
enum Unit {
    Day,
    Week,
    Month,
}

/// What all commands that read a table can be told.
#[derive(Args)]
struct Run {
    /// Where to write.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Stop at the first row that cannot be used, instead of setting it aside.
    #[arg(long)]
    strict: bool,
    /// Print nothing but errors.
    #[arg(long)]
    quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Season {
    Weekday,
}

#[derive(Clone)]
struct Sentence(String, Goal);

fn sentence(text: &str) -> Result<Sentence, styring_metrics::Error> {
    Ok(Sentence(text.to_owned(), text.parse()?))
}

fn day(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| "expected a day such as 2025-09-01".to_owned())
}

fn zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| "expected a time zone such as Europe/Oslo".to_owned())
}

/// `15/3/7d`.
fn overexposure(text: &str) -> Result<Overexposure, String> {
    let expected = || {
        "expected impressions/channels/window such as 15/3/7d, the window in d (days), h (hours) or m (minutes)"
            .to_owned()
    };
    let [impressions, channels, window] = text.split('/').collect::<Vec<_>>()[..] else {
        return Err(expected());
    };
    let unit = |sign| match sign {
        'd' => Some(86_400_u64),
        'h' => Some(3_600),
        'm' => Some(60),
        _ => None,
    };
    let seconds = window.chars().next_back().and_then(unit).ok_or_else(expected)?;
    let count = |text: &str| text.parse::<u64>().map_err(|_| expected());
    let window = count(&window[..window.len() - 1])?.checked_mul(seconds).ok_or_else(expected)?;
    Overexposure::new(count(impressions)?, count(channels)?, window).map_err(|fault| fault.to_string())
}

fn rate(text: &str) -> Result<f64, String> {
    Ok(amount::number(text)?.to_f64())
}

/// From 0 to 1.
fn share(text: &str) -> Result<f64, String> {
    let share = rate(text)?;
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else {
        Err("expected a share from 0 to 1, or from 0 to 100 %".to_owned())
    }
}

fn delimiter(text: &str) -> Result<Delimiter, String> {
    let mut signs = text.chars();
    match (text, signs.next(), signs.next()) {
        ("tab" | "\\t", ..) => Ok(Delimiter::Sign('\t')),
        ("blanks" | " ", ..) => Ok(Delimiter::Blanks),
        (_, Some(sign), None) => Ok(Delimiter::Sign(sign)),
        _ => Err("expected one character, \"tab\" or \"blanks\"".to_owned()),
    }
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Week(command) => run_week(command),
        Command::Goal(command) => run_goal(command),
        Command::Ltv(command) => run_ltv(command),
        Command::Reach(command) => run_reach(command),
        Command::Geo(command) => run_geo(command),
        Command::PlanTest(command) => plan_test_arguments::run(command),
        Command::Test(command) => test_arguments::run(command),
        Command::Overlap(command) => run_overlap(command),
        Command::Names(NamesCommand::Lint(command)) => run_lint(command),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A standard error that nobody reads must not change the exit code.
            let _ = writeln!(std::io::stderr(), "styring: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn run_week(command: Week) -> Result<(), Error> {
    let Week { results, plan, run: Run { out, strict, quiet } } = command;
    week::run(&week::Request { results, plan, out, strict, quiet })
}

fn run_goal(command: GoalCommand) -> Result<(), Error> {
    let GoalCommand { goal, results, plan, from, as_of, baseline, seasonal, run } = command;
    let (Sentence(sentence, goal), Run { out, strict, quiet }) = (goal, run);
    let pace = seasonal.map_or(Pace::Straight, |Season::Weekday| Pace::Weekday);
    goal::run(&goal::Request { sentence, goal, results, plan, out, from, as_of, baseline, pace, strict, quiet })
}

fn run_lint(command: Lint) -> Result<(), Error> {
    let Lint { names, column, table, scheme, platform: platforms, limits, language, out, quiet } = command;
    let language = language.into();
    let spec = NameSpec { column, table: table.into() };
    names::run(&names::Request { names, spec, scheme, limits, platforms, language, out, quiet })
}

fn run_reach(command: ReachCommand) -> Result<(), Error> {
    let ReachCommand { log, table, caps, universe, overexposed, from, to, week_of, order, level, run } = command;
    let ImpressionTable { person, channel, time, time_format, zone, table } = table;
    let Run { out, strict, quiet } = run;
    let spec = ImpressionSpec { table: table.into(), person, channel, time, time_format, zone };
    let overexposure = overexposed;
    reach::run(&reach::Request {
        log,
        spec,
        caps,
        universe,
        overexposure,
        from,
        to,
        week_of,
        order,
        level,
        out,
        strict,
        quiet,
    })
}

fn run_geo(command: GeoCommand) -> Result<(), Error> {
    let GeoCommand { panel, table, treated, from, until, without, .. } = command;
    let RegionTable { region, date, value, spend, table, cells } = table;
    let spec = RegionSpec { table: table.into(), region, date, value, spend, cells: cells.into() };
    let named = |names: Vec<String>| {
        let names = names.into_iter().map(|name| name.trim().to_owned());
        names.filter(|name| !name.is_empty()).collect::<Vec<String>>()
    };
    let method = match command.method {
        CounterfactualOf::Synthetic => GeoMethod::Synthetic,
        CounterfactualOf::Did => GeoMethod::Did,
        CounterfactualOf::Tbr => GeoMethod::Tbr,
    };
    let language = match command.language {
        Tongue::English => styring_experiments::Language::English,
        Tongue::Norwegian => styring_experiments::Language::Norwegian,
    };
    let Run { out, strict, quiet } = command.run;
    geo::run(&geo::Request {
        panel,
        spec,
        treated: treated.map(named),
        from,
        until,
        without: named(without),
        method,
        weighting: Weighting { demeaned: !command.plain, ridge: command.ridge },
        level: command.level,
        spend_total: command.spend_total,
        language,
        out,
        strict,
        quiet,
    })
}

fn run_overlap(command: OverlapCommand) -> Result<(), Error> {
    let mode = mode(&command)?;
    let OverlapCommand { files, id, segment, table, order, exclude_only, suppress, scheme, top, language, run, .. } =
        command;
    let Run { out, strict, quiet } = run;
    let spec = MemberSpec { table: table.into(), id, segment, numbers: false };
    let (options, language) = (PlanOptions::from(mode), language.into());
    overlap::run(&overlap::Request {
        files,
        spec,
        order,
        exclude_only,
        options,
        suppress,
        scheme,
        top,
        language,
        out,
        strict,
        quiet,
    })
}

/// How negative lists are made; options that go with another way are refused.
fn mode(command: &OverlapCommand) -> Result<Mode, Error> {
    let OverlapCommand { exclude, max_exclusions, min_count, min_share, .. } = command;
    let alone = |option, expected, value: Option<String>| match value {
        Some(value) => Err(Error::Option { option, expected, value }),
        None => Ok(()),
    };
    if *exclude != Exclude::Greedy {
        let given = max_exclusions.map(|most| most.to_string());
        alone("--max-exclusions", "absent without --exclude greedy", given)?;
    }
    if *exclude != Exclude::Overlapping {
        alone("--min-count", "absent without --exclude overlapping", min_count.map(|count| count.to_string()))?;
        alone("--min-share", "absent without --exclude overlapping", min_share.map(|share| share.to_string()))?;
    }
    Ok(match exclude {
        Exclude::AllHigher => Mode::AllHigher,
        Exclude::Overlapping => Mode::Overlapping(Threshold::new(min_count.unwrap_or(0), min_share.unwrap_or(0.0))?),
        Exclude::Minimal => Mode::Minimal,
        Exclude::Greedy => {
            let most = max_exclusions.ok_or(Error::Option {
                option: "--max-exclusions",
                expected: "a number of lists with --exclude greedy",
                value: String::new(),
            })?;
            Mode::Greedy { max_exclusions: usize::try_from(most).unwrap_or(usize::MAX) }
        }
    })
}

fn run_ltv(command: LtvCommand) -> Result<(), Error> {
    let LtvCommand {
        orders,
        table,
        currency,
        until,
        refunds,
        cac,
        horizon,
        discount,
        holdout,
        model,
        unit,
        level,
        run,
    } = command;
    let spec = OrderSpec {
        customer: table.customer,
        date: table.date,
        amount: table.amount,
        channel: table.channel,
        table: table.table.into(),
        cells: table.cells.into(),
        currency,
        refunds: match refunds {
            Refunds::Belong => RefundDays::BelongToPurchase,
            Refunds::Purchases => RefundDays::ArePurchases,
        },
        until,
    };
    let model = match model {
        Model::Auto => ModelChoice::Best,
        Model::BgNbd => ModelChoice::BgNbd,
        Model::MbgNbd => ModelChoice::MbgNbd,
        Model::ParetoNbd => ModelChoice::ParetoNbd,
    };
    let unit = match unit {
        Unit::Day => TimeUnit::DAY,
        Unit::Week => TimeUnit::WEEK,
        Unit::Month => TimeUnit::MONTH,
    };
    let Run { out, strict, quiet } = run;
    let horizons = horizon;
    ltv::run(&ltv::Request { orders, spec, unit, model, holdout, horizons, discount, cac, level, out, strict, quiet })
}
