use chrono::NaiveDate;
use serde::Serialize;

/// What a reader must know before believing the review of a goal. Serialised with a `code`; `Display` says it in a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum GoalNote {
    /// The scope of the goal is no channel of the plan, so all of them count.
    ScopeIsNoChannel {
        /// The scope.
        scope: String,
    },
    /// The goal is to raise a number to less than its baseline, or to lower it to more.
    TargetBehindBaseline,
    /// Days without a row, which count as nothing.
    DaysWithoutRows {
        /// In which period.
        period: GoalPeriod,
        /// How many.
        days: usize,
        /// Days of the period.
        of: u32,
        /// The first of them.
        first: NaiveDate,
    },
    /// There are results after the as-of day, and they do not count.
    DaysAfterAsOf {
        /// Days of the goal with results after it.
        days: usize,
    },
    /// The goal begins after the as-of day.
    NotBegun {
        /// Its first day.
        first_day: NaiveDate,
        /// The as-of day.
        as_of: NaiveDate,
    },
    /// The chance rests on few days.
    FewDays {
        /// How many.
        days: u32,
    },
    /// Too few days have passed to say how days vary.
    NoChanceYet {
        /// How many.
        days: u32,
    },
    /// A day whose weekday brought nothing before the goal has brought something, so that its weekday says nothing of it.
    ValueOnClosedDay {
        /// The first such day.
        day: NaiveDate,
    },
}

/// A period of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "before and during")]
pub enum GoalPeriod {
    /// The days before, from which the baseline comes.
    Baseline,
    /// The days of the goal that have passed.
    Goal,
}

impl std::fmt::Display for GoalNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ScopeIsNoChannel { scope } => write!(
                f,
                "“{scope}” is no channel of the plan, so all channels count: what the results credit them with, which need not \
                 be all that the business sold."
            ),
            Self::TargetBehindBaseline => {
                write!(f, "The target lies on the wrong side of the baseline: it would be reached by doing worse.")
            }
            Self::DaysWithoutRows { period, days, of, first } => {
                let period = match period {
                    GoalPeriod::Baseline => "the baseline",
                    GoalPeriod::Goal => "the goal so far",
                };
                write!(
                    f,
                    "{days} of the {of} days of {period} have no row, the first of them {first}, and count as nothing. Is the \
                     export whole?"
                )
            }
            Self::DaysAfterAsOf { days } => write!(f, "Results of {days} days after the as-of day are left out."),
            Self::NotBegun { first_day, as_of } => {
                write!(f, "The goal begins on {first_day}; the results that count end on {as_of}.")
            }
            Self::FewDays { days } => {
                write!(f, "The chance rests on {days} days only, fewer than two of each weekday: expect it to change.")
            }
            Self::NoChanceYet { days: 1 } => {
                write!(f, "One day does not say how days vary, so there is no chance to tell yet.")
            }
            Self::NoChanceYet { .. } => write!(f, "How the days vary cannot be told, so there is no chance to tell."),
            Self::ValueOnClosedDay { day } => write!(
                f,
                "{day} has brought something, and its weekday brought nothing before the goal: a pace by weekday cannot say how such \
                 days vary."
            ),
        }
    }
}
