//! Decisions in sentences.

use std::fmt;

use crate::{ChannelDecision, Decision, Limit, Obstacle, Reason, Verdict};

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Baseline => "baseline",
            Self::Winner => "winner",
            Self::Loser => "loser",
            Self::Neither => "neither",
            Self::NotJudged => "not judged",
            Self::Kept => "kept",
        })
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Minimum(amount) => write!(f, "its minimum of {amount}"),
            Self::Maximum(amount) => write!(f, "its maximum of {amount}"),
            Self::Growth(share) => write!(f, "the growth limit of {share} a week"),
            Self::Step(share) => write!(f, "its largest step of {share} a week"),
            Self::Churn(share) => write!(f, "the {share} of the total that may move in a week"),
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoValue => f.write_str("the value of its results is not known"),
            Self::NoSpend => f.write_str("nothing was spent"),
            Self::RoasBelowTarget { roas, target } => {
                write!(f, "its ROAS of {roas:.2} is below the {target:.2} required")
            }
            Self::NoLiftMeasured => f.write_str("no incremental effect is documented"),
            Self::LiftNotAboveZero { lift_lower } => {
                write!(f, "its measured incremental effect may be nothing (lower limit {lift_lower:.4})")
            }
            Self::FrequencyAboveCap { frequency, cap } => {
                write!(f, "people meet it {frequency:.2} times a week, above the cap of {cap}")
            }
            Self::KeptByPlan => f.write_str("the plan keeps its budget"),
            Self::NoRoom => f.write_str("its maximum, its largest step or the cap on the total left no room"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EvenSplit { channels } => {
                let plural = if *channels == 1 { "" } else { "s" };
                write!(f, "An even split over {channels} channel{plural}, inside the guardrails, to get a baseline.")
            }
            Self::BaselineContinues => f.write_str("It stays as it is, to get a baseline."),
            Self::Fitted { before, after } => {
                write!(f, "Its budget of {before} was first brought to {after}, inside the bounds and the total.")
            }
            Self::Gave { score, median, amount } => {
                write!(f, "Its score {} is below the median {}: it gives {amount}.", short(*score), short(*median))
            }
            Self::Received { score, median, amount } => {
                write!(f, "Its score {} is above the median {}: it receives {amount}.", short(*score), short(*median))
            }
            Self::GaveNothing { score, median } => {
                let (score, median) = (short(*score), short(*median));
                write!(f, "Its score {score} is below the median {median}, but it gives nothing.")
            }
            Self::ReceivedNothing { score, median } => {
                let (score, median) = (short(*score), short(*median));
                write!(f, "Its score {score} is above the median {median}, but it receives nothing.")
            }
            Self::AtMedian { median } => write!(f, "Its score is the median {}: untouched.", short(*median)),
            Self::NoSpend => f.write_str("Nothing was spent in the window: untested, untouched."),
            Self::TooLittleSpend { spend, needed } => {
                write!(f, "Only {spend} was spent in the window; a judgement needs {needed}.")
            }
            Self::FrequencyAboveCap { frequency, cap } => write!(
                f,
                "Above the median, but people meet it {frequency:.2} times a week, above the cap of {cap}: \
                 more money would buy repetition."
            ),
            Self::KeptByPlan => f.write_str("The plan keeps its budget."),
            Self::NothingToCompare { judged } => {
                let channels = if *judged == 1 { "channel" } else { "channels" };
                write!(f, "With {judged} judged {channels} there is no winner and loser to move between.")
            }
            Self::Limited { by } => write!(f, "The change is limited by {by}."),
            Self::WinnersFull => f.write_str("The winners had no room for all that was offered."),
            Self::Score { score, pool } => {
                let (score, pool) = (short(*score), short(*pool));
                write!(f, "Its spend brings {score} results per unit; that of all channels {pool}.")
            }
            Self::Marginal { marginal, cut } => {
                let (marginal, cut) = (short(*marginal), short(*cut));
                write!(f, "Its next unit would bring {marginal} results; the last of the best plan brings {cut}.")
            }
            Self::TooFrequent { frequency, cap } => {
                write!(f, "People meet it {frequency:.2} times a week, above the cap of {cap}: it is given no more.")
            }
            Self::NotReady => f.write_str("Not all that it needs is in place: it is given no more."),
            Self::Raised { amount, roas, target, lift_lower } => write!(
                f,
                "Raised by {amount}: ROAS {roas:.2} reaches {target:.2} and the incremental effect is documented \
                 (lower limit {lift_lower:.4})."
            ),
            Self::NotRaised { obstacle } => write!(f, "Not raised: {obstacle}."),
        }
    }
}

/// A score at four significant digits: scores per krone are small.
fn short(score: f64) -> String {
    let decimals = if score > 0.0 { (3.0 - score.log10().floor()).clamp(0.0, 12.0) } else { 0.0 };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=12")]
    let decimals = decimals as usize;
    format!("{score:.decimals$}")
}

/// `TV 2: NOK 100000.00 to NOK 75000.00. Its score …`
impl fmt::Display for ChannelDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} to {} ({}).", self.channel, self.before, self.after, self.verdict)?;
        self.reasons.iter().try_for_each(|reason| write!(f, " {reason}"))
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Week {}: {} to {}.", self.week, self.total_before, self.total_after)?;
        self.channels.iter().try_for_each(|channel| writeln!(f, "{channel}"))
    }
}
