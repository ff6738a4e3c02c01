//! What `styring plan-test` can be told.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};
use styring_cli::{Error, plan_test};
use styring_experiments::Alternative;
use styring_experiments::planning::{Effect, Metric};
use styring_playbook::PlannedTestSpec;

use crate::rate;

#[derive(Args)]
#[command(group = ArgGroup::new("metric").required(true).args(["rate", "mean"]), group = ArgGroup::new("question").required(true).args(["effect", "visitors"]))]
pub(crate) struct PlanTestCommand {
    /// The conversion rate of the control: 0.02, or "2 %".
    #[arg(long, value_parser = rate, allow_hyphen_values = true)]
    rate: Option<f64>,
    /// The mean of the control, such as revenue per visitor.
    #[arg(long, value_parser = rate, requires = "sd", allow_hyphen_values = true)]
    mean: Option<f64>,
    /// The standard deviation of a visitor's value.
    #[arg(long, value_parser = rate, requires = "mean", allow_hyphen_values = true)]
    sd: Option<f64>,
    /// The effect to be found, as a lift: "10 %". Take the smallest that would change what you do.
    #[arg(long, value_name = "LIFT", value_parser = rate, allow_hyphen_values = true)]
    effect: Option<f64>,
    /// The effect is a difference, and no lift: 0.002 of a rate, or an amount.
    #[arg(long, requires = "effect")]
    difference: bool,
    /// Ask what so many visitors of all variants can find.
    #[arg(long, value_name = "N", value_parser = rate, allow_hyphen_values = true)]
    visitors: Option<f64>,
    /// How many visitors come a day, all variants together: gives days and weeks.
    #[arg(long, value_name = "N", value_parser = rate, allow_hyphen_values = true)]
    per_day: Option<f64>,
    /// How many treatments there are beside the control.
    #[arg(long, value_name = "N", default_value_t = 1)]
    treatments: usize,
    /// The share of the control [default: all variants alike].
    #[arg(long, value_name = "SHARE", value_parser = rate, allow_hyphen_values = true)]
    control_share: Option<f64>,
    /// How many looks a test with planned looks has.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u16).range(1..=100), default_value_t = 4)]
    looks: u16,
    /// The correlation of the value with what is known of a visitor before (CUPED).
    #[arg(long, value_name = "RHO", value_parser = rate, allow_hyphen_values = true)]
    correlation: Option<f64>,
    /// Visitors are assigned in clusters of so many (households, shops) …
    #[arg(long, value_name = "N", value_parser = rate, requires = "icc", allow_hyphen_values = true)]
    cluster_size: Option<f64>,
    /// … who are as alike as this (intraclass correlation).
    #[arg(long, value_name = "ICC", value_parser = rate, requires = "cluster_size", allow_hyphen_values = true)]
    icc: Option<f64>,
    /// How probable it is to be that the effect is found.
    #[arg(long, value_parser = rate, default_value = "80 %", allow_hyphen_values = true)]
    power: f64,
    /// How sure all comparisons are together.
    #[arg(long, value_parser = rate, default_value = "95 %", allow_hyphen_values = true)]
    level: f64,
    /// To which side an effect is to be shown.
    #[arg(long, value_enum, default_value_t = Side::Both)]
    side: Side,
    /// Where to write; nowhere if absent.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print nothing but errors.
    #[arg(long)]
    quiet: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Side {
    Both,
    More,
    Less,
}

pub(crate) fn run(command: PlanTestCommand) -> Result<(), Error> {
    let metric = || -> Result<Metric, styring_experiments::Error> {
        let metric = match (command.rate, command.mean.zip(command.sd)) {
            (Some(rate), _) => Metric::share(rate)?,
            (None, mean) => {
                let (mean, sd) = mean.unwrap_or_default();
                Metric::mean(mean, sd)?
            }
        };
        let metric = command.correlation.map_or(Ok(metric), |correlation| metric.cuped(correlation))?;
        command.cluster_size.zip(command.icc).map_or(Ok(metric), |(size, icc)| metric.clustered(size, icc))
    };
    let metric = metric().map_err(|fault| Error::PlanTest { fault: fault.into() })?;
    let spec = PlannedTestSpec {
        effect: command
            .effect
            .map(|effect| if command.difference { Effect::Absolute(effect) } else { Effect::Relative(effect) }),
        visitors: command.visitors,
        visitors_per_day: command.per_day,
        treatments: command.treatments,
        control_share: command.control_share,
        looks: command.looks.into(),
        power: command.power,
        level: command.level,
        alternative: match command.side {
            Side::Both => Alternative::TwoSided,
            Side::More => Alternative::Greater,
            Side::Less => Alternative::Less,
        },
        ..PlannedTestSpec::new(metric)
    };
    plan_test::run(&plan_test::Request { spec, out: command.out, quiet: command.quiet })
}
