//! The program `styring`: files in, files out.
//!
//! Exit codes: 0 done (also when rows were set aside: the report says which), 2 wrong command line, 3 the plan cannot be used, 4 the results cannot be used,
//! 5 a file cannot be written.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use styring_cli::week;

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
    Week {
        /// Daily results as a CSV file; `-` for standard input.
        results: PathBuf,
        /// The plan: goals, guardrails, and what the columns of the results mean.
        #[arg(long, value_name = "PLAN.toml")]
        plan: PathBuf,
        /// Where to write.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Stop at the first row that cannot be used, instead of setting it aside.
        #[arg(long)]
        strict: bool,
        /// Print nothing but errors.
        #[arg(long)]
        quiet: bool,
    },
}

fn main() -> ExitCode {
    let Command::Week { results, plan, out, strict, quiet } = Arguments::parse().command;
    match week::run(&week::Request { results, plan, out, strict, quiet }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A standard error that nobody reads must not change the exit code.
            let _ = writeln!(std::io::stderr(), "styring: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
