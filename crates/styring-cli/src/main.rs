//! The program `styring`: files in, files out.
//!
//! Exit codes: 0 done (also when rows were set aside: the report says which), 2 wrong command line, 3 the plan cannot be used, 4 the results cannot be used,
//! 5 a file cannot be written.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use styring_cli::{Error, goal, week};
use styring_metrics::Goal;
use styring_money::Exact;
use styring_playbook::Pace;

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
    #[arg(long, value_name = "AMOUNT", value_parser = goal::baseline, allow_hyphen_values = true)]
    baseline: Option<Exact>,
    /// Lay the target over the days as the weeks before the goal went, and not evenly.
    #[arg(long, value_name = "BY")]
    seasonal: Option<Season>,
    #[command(flatten)]
    run: Run,
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

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Week(command) => run_week(command),
        Command::Goal(command) => run_goal(command),
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
