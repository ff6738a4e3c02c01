use styring_money::{Money, Share};

/// Next week's budget and the reason for every unit of it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Decision {
    /// The week the budget is for, from one.
    pub week: u32,
    /// The total before.
    pub total_before: Money,
    /// The total after: more only where a raise was documented.
    pub total_after: Money,
    /// What moved from losers to winners.
    pub moved: Money,
    /// What the total was raised by.
    pub raised: Money,
    /// One entry per channel, in the order in which they came.
    pub channels: Vec<ChannelDecision>,
    /// Where every moved unit came from and went.
    pub transfers: Vec<Transfer>,
}

/// What was decided for one channel.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ChannelDecision {
    /// The channel.
    pub channel: String,
    /// Its budget of the week that ends.
    pub before: Money,
    /// Its budget of the week that comes.
    pub after: Money,
    /// The scores it was judged by.
    pub scores: Scores,
    /// What it was found to be.
    pub verdict: Verdict,
    /// Why its budget is what it is, in the order in which the rules acted.
    pub reasons: Vec<Reason>,
}

/// The founding score, attainment × quality ÷ cost per result, in both readings, per unit of currency; `None` without spend.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Scores {
    /// With the goal as it was set. Counts volume twice: with equal goals it goes as results² ÷ spend.
    pub literal: Option<f64>,
    /// With the goal scaled to what the channel spent.
    pub budget_scaled: Option<f64>,
}

/// Money that left one channel for another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Transfer {
    /// The channel that gave.
    pub from: String,
    /// The channel that received.
    pub to: String,
    /// How much.
    pub amount: Money,
}

/// What a channel was found to be this week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Verdict {
    /// The weeks of the even split: nobody is judged yet.
    Baseline,
    /// Score above the median, free to grow.
    Winner,
    /// Score below the median.
    Loser,
    /// Judged, and neither.
    Neither,
    /// Too little evidence to judge.
    NotJudged,
    /// Kept out of the comparison by the plan.
    Kept,
}

/// Why a budget is what it is. Serialised with a `code`; [`Display`](std::fmt::Display) says it in a sentence.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "code", rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum Reason {
    /// The opening split.
    EvenSplit {
        /// Between how many channels.
        channels: usize,
    },
    /// Another week of baseline.
    BaselineContinues,
    /// Brought inside its bounds, or to a new total, before anything moved.
    Fitted {
        /// Before that.
        before: Money,
        /// After that.
        after: Money,
    },
    /// Gave money.
    Gave {
        /// Its score.
        score: f64,
        /// The median score of the judged channels.
        median: f64,
        /// How much it gave.
        amount: Money,
    },
    /// Received money.
    Received {
        /// Its score.
        score: f64,
        /// The median score of the judged channels.
        median: f64,
        /// How much it received.
        amount: Money,
    },
    /// Below the median, but nothing left it.
    GaveNothing {
        /// Its score.
        score: f64,
        /// The median score of the judged channels.
        median: f64,
    },
    /// Above the median, but nothing reached it.
    ReceivedNothing {
        /// Its score.
        score: f64,
        /// The median score of the judged channels.
        median: f64,
    },
    /// Its score is the median.
    AtMedian {
        /// The median score of the judged channels.
        median: f64,
    },
    /// Nothing was spent in the window.
    NoSpend,
    /// Less was spent than a judgement needs.
    TooLittleSpend {
        /// What was spent.
        spend: Money,
        /// What is needed.
        needed: Money,
    },
    /// Above the median, but people already see it too often: more money would buy repetition.
    FrequencyAboveCap {
        /// Contacts per person last week.
        frequency: f64,
        /// The cap.
        cap: f64,
    },
    /// The plan keeps its budget.
    KeptByPlan,
    /// Fewer than two channels could be judged, or no two differ.
    NothingToCompare {
        /// How many channels could be judged.
        judged: usize,
    },
    /// A guardrail made the change smaller.
    Limited {
        /// Which one.
        by: Limit,
    },
    /// Losers offered more than the winners had room for.
    WinnersFull,
    /// What its spend brings, beside what that of all channels does.
    Score {
        /// Results per unit of currency.
        score: f64,
        /// The mean of all channels.
        pool: f64,
    },
    /// What its next money would bring, beside what the last money of the best plan brings.
    Marginal {
        /// Results per unit of currency more, at its present budget.
        marginal: f64,
        /// What the last unit of currency brings in the best plan.
        cut: f64,
    },
    /// People meet it too often: it is given no more.
    TooFrequent {
        /// Contacts per person last week.
        frequency: f64,
        /// The cap.
        cap: f64,
    },
    /// Something that it needs is not in place: it is given no more.
    NotReady,
    /// The total was raised here.
    Raised {
        /// By how much.
        amount: Money,
        /// Return on ad spend in the window.
        roas: f64,
        /// What was required.
        target: f64,
        /// The lower limit of the measured incremental effect.
        lift_lower: f64,
    },
    /// The total was not raised here.
    NotRaised {
        /// What stood in the way.
        obstacle: Obstacle,
    },
}

/// The guardrail that made a change smaller.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "limit", content = "value", rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum Limit {
    /// The channel's minimum.
    Minimum(Money),
    /// The channel's maximum.
    Maximum(Money),
    /// The largest growth of a winner in a week.
    Growth(Share),
    /// The channel's largest step in a week.
    Step(Share),
    /// The largest share of the total that moves in a week.
    Churn(Share),
}

/// Why the total was not raised on a channel.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "obstacle", rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum Obstacle {
    /// Its value is not known, so there is no ROAS.
    NoValue,
    /// Nothing was spent, so there is no ROAS.
    NoSpend,
    /// Its ROAS is below the target.
    RoasBelowTarget {
        /// Return on ad spend in the window.
        roas: f64,
        /// What was required.
        target: f64,
    },
    /// No incremental effect is documented: no holdout was run.
    NoLiftMeasured,
    /// The measured incremental effect may be nothing.
    LiftNotAboveZero {
        /// Its lower limit.
        lift_lower: f64,
    },
    /// People already see it too often.
    FrequencyAboveCap {
        /// Contacts per person last week.
        frequency: f64,
        /// The cap.
        cap: f64,
    },
    /// The plan keeps its budget.
    KeptByPlan,
    /// Its maximum, its step, or the cap on the total left no room.
    NoRoom,
}
