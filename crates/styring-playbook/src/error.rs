/// What can go wrong with a plan or its weeks.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A field of the plan outside its range.
    #[error("{field} must be {expected}, not {value}")]
    Invalid {
        /// Which field.
        field: String,
        /// The range.
        expected: &'static str,
        /// The value that was given.
        value: String,
    },
    /// A name that is there twice: a channel's or alias that another channel has, a region.
    #[error("the name {name:?} is there twice")]
    NameTwice {
        /// The name.
        name: String,
    },
    /// The plan says that budgets are stated, and one is not.
    #[error("budget.current is \"stated\", but channel {channel} has no budget")]
    NoStatedBudget {
        /// The channel.
        channel: String,
    },
    /// Results of a channel that the plan does not have.
    #[error("the plan has no channel {channel:?}")]
    UnknownChannel {
        /// The name in the results.
        channel: String,
    },
    /// Results of a week that their span does not cover.
    #[error("results of {channel} in week {week}, but the results are said to cover weeks {first} to {last}")]
    WeekOutside {
        /// The week.
        week: u32,
        /// The channel.
        channel: String,
        /// The first week that the span covers.
        first: u32,
        /// The last.
        last: u32,
    },
    /// The results do not reach back to the baseline of a goal.
    #[error("the baseline is the same number from {first} to {last}, and the results begin on {results_first}")]
    NoBaseline {
        /// The first day of the baseline.
        first: chrono::NaiveDate,
        /// Its last day.
        last: chrono::NaiveDate,
        /// The first day of the results.
        results_first: chrono::NaiveDate,
    },
    /// A row lacks a fact that the number of a goal is made of.
    #[error("{fact} is missing in {rows} rows of {day}, so there is no {measure} of that day")]
    MissingForGoal {
        /// The fact.
        fact: styring_metrics::Fact,
        /// The number of the goal.
        measure: &'static str,
        /// In how many rows of the day.
        rows: u64,
        /// The first such day.
        day: chrono::NaiveDate,
    },
    /// Weekday weights without enough weeks behind them.
    #[error("a pace by weekday needs {needed} days of results before the goal, and there are {days}")]
    NoWeekdayHistory {
        /// How many days it takes.
        needed: u32,
        /// How many there are.
        days: u32,
    },
    /// There is nothing to review.
    #[error("there are no results to review")]
    NoResults,
    /// Results in another currency than the plan.
    #[error("the results are in {results}, the plan is in {plan}")]
    CurrencyMismatch {
        /// The currency of the results.
        results: styring_money::Currency,
        /// The currency of the plan.
        plan: styring_money::Currency,
    },
    /// A row whose spend or result is unknown cannot be judged.
    #[error("{fact} is missing in {rows} rows of {channel}, so the channel cannot be judged")]
    MissingFact {
        /// The fact.
        fact: styring_metrics::Fact,
        /// The channel.
        channel: String,
        /// In how many rows.
        rows: u64,
    },
    /// From the metrics underneath.
    #[error(transparent)]
    Metrics(#[from] styring_metrics::Error),
    /// From the lifetime values underneath.
    #[error(transparent)]
    Ltv(#[from] styring_ltv::Error),
    /// From the allocation underneath.
    #[error(transparent)]
    Allocation(#[from] styring_allocation::Error),
    /// A log without impressions.
    #[error("there is no impression to count")]
    NoContacts,
    /// A test of one variant.
    #[error("the test has one variant, {name:?}; it takes a control and a treatment")]
    OneVariant {
        /// Its name.
        name: String,
    },
    /// A control that is not there, or cannot be told from the names.
    #[error("{}; the variants are: {}", control(named.as_ref()), variants.join(", "))]
    NoControl {
        /// Which was asked for.
        named: Option<String>,
        /// The variants there are.
        variants: Vec<String>,
    },
    /// More conversions than users.
    #[error("{variant} has {conversions} conversions of {users} users{}", until(*day))]
    MoreConversionsThanUsers {
        /// The variant.
        variant: String,
        /// The day until which it is counted.
        day: Option<chrono::NaiveDate>,
        /// Its users until then.
        users: u64,
        /// Its conversions until then.
        conversions: u64,
    },
    /// From reach underneath.
    #[error(transparent)]
    Reach(#[from] styring_reach::Error),
    /// A region that no row names.
    #[error("there is no region {region:?}{}; there are: {known}", meant.as_ref().map_or_else(String::new, |meant| format!(" (did you mean {meant:?}?)")))]
    UnknownRegion {
        /// Its name.
        region: String,
        /// The one that may have been meant.
        meant: Option<String>,
        /// Those there are.
        known: String,
    },
    /// Nobody to compare with.
    #[error("no other region is left to compare the treated with: there {} in all", if *regions == 1 { "is 1".to_owned() } else { format!("are {regions}") })]
    NoOtherRegion {
        /// How many regions there are.
        regions: usize,
    },
    /// A region without a row on a day that others have: whether that is zero or lost only the reader knows.
    #[error("{region:?} has no row of {day}{}; a day without a value is no zero", if *more == 0 { String::new() } else { format!(", and of {more} more days that other regions have") })]
    RegionDayMissing {
        /// The region.
        region: String,
        /// The first such day.
        day: chrono::NaiveDate,
        /// How many more there are.
        more: usize,
    },
    /// A treatment that begins on the first day, or not within the days.
    #[error(
        "the treatment begins on {from}, which must be after the first day and not after the last; there are days from {first} to {last}"
    )]
    TreatmentOutside {
        /// Its first day.
        from: chrono::NaiveDate,
        /// The first day there is.
        first: chrono::NaiveDate,
        /// The last that counts.
        last: chrono::NaiveDate,
    },
    /// Too few days before a treatment to learn anything from.
    #[error("{needed} or more days before the treatment are needed, there are {days}")]
    FewDaysBefore {
        /// How many it takes.
        needed: usize,
        /// How many there are.
        days: usize,
    },
    /// From the experiments underneath.
    #[error(transparent)]
    Experiments(#[from] styring_experiments::Error),
    /// From the money underneath.
    #[error(transparent)]
    Money(#[from] styring_money::Error),
}

fn control(named: Option<&String>) -> String {
    named.map_or_else(
        || "no variant is called as a control usually is".to_owned(),
        |named| format!("no variant is called {named:?}"),
    )
}

fn until(day: Option<chrono::NaiveDate>) -> String {
    day.map_or_else(String::new, |day| format!(" until {day}"))
}

impl Error {
    pub(crate) fn invalid(field: &str, expected: &'static str, value: impl std::fmt::Display) -> Self {
        Self::Invalid { field: field.to_owned(), expected, value: value.to_string() }
    }
}
