use serde::Serialize;
use styring_metrics::Fact;
use styring_money::{Money, Share};

/// What a reader must know before believing a review. Serialised with a `code`; `Display` says it in a sentence.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Note {
    /// The last week is not over.
    PartialWeek {
        /// The week.
        week: u32,
        /// How many days of it there are.
        days: u32,
    },
    /// Whole weeks without a row: a gap in the export, or a last day with a mistyped year.
    WeeksWithoutResults {
        /// How many weeks.
        weeks: usize,
        /// The first of them.
        first: u32,
        /// The last.
        last: u32,
    },
    /// A channel spent something else than its budget.
    SpendOffBudget {
        /// The channel.
        channel: String,
        /// The week.
        week: u32,
        /// What it should have spent in the days there are.
        budget: Money,
        /// What it spent.
        spend: Money,
    },
    /// Losers offer another share of their budget than the 20 to 30 % of the founding rhythm.
    MoveShareUnusual {
        /// The share of the plan.
        share: Share,
    },
    /// A channel's goal at its target cost is worth less than half or more than twice its opening budget, so that nobody could be on plan with both.
    GoalOffBudget {
        /// The channel.
        channel: String,
        /// What its goal of a week costs at the target cost.
        at_target: Money,
        /// Its budget in the opening weeks.
        opening: Money,
    },
    /// Returns or credits outweigh what was sold or spent.
    BelowZero {
        /// The channel.
        channel: String,
        /// The sum that is negative.
        fact: Fact,
    },
    /// The plan has a visibility benchmark, and nothing was measured.
    VisibilityUnmeasured {
        /// The channel.
        channel: String,
    },
    /// Only the mean frequency is known.
    FrequencyMeanOnly {
        /// The channel.
        channel: String,
    },
    /// The plan has a frequency cap, and the frequency of the last week is not known.
    FrequencyUnknown {
        /// The channel.
        channel: String,
    },
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::PartialWeek { week, days } => {
                write!(f, "Week {week} has only {days} days of results; its goals are scaled to them.")
            }
            Self::WeeksWithoutResults { weeks: 1, first, .. } => {
                write!(f, "There is no row of week {first}. Is the export whole, and its last day right?")
            }
            Self::WeeksWithoutResults { weeks, first, last } => write!(
                f,
                "There is no row of {weeks} weeks between week {first} and week {last}. Is the export whole, and its last day \
                 right?"
            ),
            Self::SpendOffBudget { channel, week, budget, spend } => {
                write!(f, "{channel} spent {spend} in week {week}; its budget for those days was {budget}.")
            }
            Self::MoveShareUnusual { share } => {
                write!(f, "The plan moves {share} of a loser's budget in a week; the founding rhythm moves 20 to 30 %.")
            }
            Self::GoalOffBudget { channel, at_target, opening } => {
                write!(
                    f,
                    "The weekly goal of {channel} costs {at_target} at its target cost, but its opening budget is \
                     {opening}: its score cannot mean what the plan says."
                )
            }
            Self::BelowZero { channel, fact } => {
                write!(f, "The {fact} of {channel} in the window are below zero and count as none.")
            }
            Self::VisibilityUnmeasured { channel } => {
                write!(
                    f,
                    "Visibility of {channel} was not measured: its score has no quality part and is not comparable."
                )
            }
            Self::FrequencyMeanOnly { channel } => {
                write!(f, "Only the mean frequency of {channel} is known, so the penalty for repetition is too small.")
            }
            Self::FrequencyUnknown { channel } => {
                write!(f, "The frequency of {channel} in the last week is not known, so the cap cannot hold it back.")
            }
        }
    }
}
