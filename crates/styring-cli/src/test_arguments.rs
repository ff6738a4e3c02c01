//! What `styring test` can be told.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use styring_cli::source::OutcomeSpec;
use styring_cli::{Error, amount, test};
use styring_experiments::Scale;
use styring_experiments::decision::Better;
use styring_money::Exact;
use styring_playbook::Reading;

use crate::{CellArgs, Run, TableArgs, rate};

#[derive(Args)]
#[allow(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct TestCommand {
    /// Outcomes as a CSV file: a row per variant and day with users and conversions, or (with --value) a row per user; `-` for standard input.
    outcomes: PathBuf,
    #[command(flatten)]
    table: OutcomeTable,
    /// The variant that the others are compared with [default: the one that is called as controls are].
    #[arg(long, value_name = "VARIANT")]
    control: Option<String>,
    /// The traffic each variant was to get, relative to each other: control=90,new=10 [default: alike].
    #[arg(long, value_name = "VARIANT=SHARE,…", value_delimiter = ',', value_parser = share)]
    shares: Vec<(String, f64)>,
    /// Read at any time, tuned for a decision at so many conversions of all variants together (users, with --value). Say it before the test begins [default: 1000 conversions, 10 000 users].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), conflicts_with_all = ["looks", "once"])]
    decide_at: Option<u64>,
    /// Read at so many planned looks.
    #[arg(long, value_name = "K", requires = "planned_users", value_parser = clap::value_parser!(u16).range(1..=100), conflicts_with = "once")]
    looks: Option<u16>,
    /// The users of all variants together at the last planned look.
    #[arg(long, value_name = "N", requires = "looks", value_parser = clap::value_parser!(u64).range(1..))]
    planned_users: Option<u64>,
    /// The last day is the last look, however many users there are.
    #[arg(long, requires = "looks")]
    ends_now: bool,
    /// Read once, at the end, which was fixed beforehand.
    #[arg(long)]
    once: bool,
    /// Effects as differences, and not as lifts.
    #[arg(long)]
    difference: bool,
    /// Less is better.
    #[arg(long)]
    lower_is_better: bool,
    /// The smallest effect worth having: "2 %" of lift; what leaves no room for it is futile.
    #[arg(long, value_name = "EFFECT", value_parser = rate, allow_hyphen_values = true)]
    smallest_effect: Option<f64>,
    /// What the treatment cost: gives the cost of each conversion that would not have been.
    #[arg(long, value_name = "AMOUNT", value_parser = amount::number, allow_hyphen_values = true)]
    spend: Option<Exact>,
    /// How sure all intervals are together: 0.95, or "95 %".
    #[arg(long, value_parser = rate, default_value = "95 %")]
    level: f64,
    #[command(flatten)]
    run: Run,
}

/// How a table of outcomes is written.
#[derive(Args)]
struct OutcomeTable {
    /// The column of the variant, by name or by number from 1 [default: found by its name].
    #[arg(long, value_name = "COLUMN")]
    variant: Option<String>,
    /// The column of the day [default: found by its name; without one all rows are one look].
    #[arg(long, value_name = "COLUMN")]
    date: Option<String>,
    /// The column of the users who came that day [default: found by its name].
    #[arg(long, value_name = "COLUMN")]
    users: Option<String>,
    /// The column of the conversions of that day [default: found by its name].
    #[arg(long, value_name = "COLUMN")]
    conversions: Option<String>,
    /// The column of a user's value: every row is one user then.
    #[arg(long, value_name = "COLUMN")]
    value: Option<String>,
    /// The column of what was known of the user before the test (CUPED).
    #[arg(long, value_name = "COLUMN")]
    before: Option<String>,
    #[command(flatten)]
    table: TableArgs,
    #[command(flatten)]
    cells: CellArgs,
}

fn share(text: &str) -> Result<(String, f64), String> {
    let (name, share) = text.rsplit_once('=').ok_or("expected VARIANT=SHARE, such as control=90")?;
    Ok((name.to_owned(), rate(share)?))
}

pub(crate) fn run(command: TestCommand) -> Result<(), Error> {
    let OutcomeTable { variant, date, users, conversions, value, before, table, cells } = command.table;
    let reading = match (command.decide_at, command.looks.zip(command.planned_users)) {
        (Some(decide_at), _) => Some(Reading::AnyTime { decide_at }),
        (None, Some((looks, users))) => {
            Some(Reading::Planned { looks: looks.into(), users, ends_now: command.ends_now })
        }
        _ => command.once.then_some(Reading::Once),
    };
    let mut shares = BTreeMap::new();
    for (name, share) in command.shares {
        if shares.insert(name.clone(), share).is_some() {
            return Err(Error::Option { option: "--shares", expected: "each variant once", value: name });
        }
    }
    let Run { out, strict, quiet } = command.run;
    test::run(&test::Request {
        outcomes: command.outcomes,
        spec: OutcomeSpec {
            table: table.into(),
            variant,
            date,
            users,
            conversions,
            value,
            before,
            cells: cells.into(),
        },
        control: command.control,
        shares,
        reading,
        scale: if command.difference { Scale::Difference } else { Scale::Lift },
        better: if command.lower_is_better { Better::Lower } else { Better::Higher },
        level: command.level,
        smallest_effect: command.smallest_effect,
        spend: command.spend.map(|spend| spend.to_f64()),
        out,
        strict,
        quiet,
    })
}
