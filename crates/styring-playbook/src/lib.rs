//! The weekly rhythm of performance marketing: a plan, the results so far, and the next budget with its reasons.
//!
//! [`Plan`] is what was agreed: the goal and target cost of every channel, guardrails, how budgets move. [`Results`] are the facts by week, channel, segment and
//! creative. [`Review`] brings them together: it replays the rhythm over the weeks, scores every channel in both readings of the founding formula, decides the
//! next budget, and notes what a reader must know before believing it. [`GoalReview`] follows one number from its baseline to its target, day by day.
//!
//! Beside the week: [`Customers`] is what a file of orders says, [`Reached`] what a log of impressions says, [`Tested`] what a test of variants says, and [`GeoTested`] what
//! a treatment did to the regions that had it.
//!
//! Pure: nothing here reads a file or a clock. Plans are serde types, for TOML or JSON at the caller's choice. See [`Review`] for an example.

mod contacts;
mod customers;
mod error;
mod geo_cost;
mod geo_note;
mod geo_tested;
mod goal;
mod note;
mod plan;
mod planned_test;
mod reached;
mod region_days;
mod results;
mod review;
mod tested;
mod weeks;

pub use contacts::{Contact, ContactLog, Contacts};
pub use customers::{
    Ahead, ChannelCustomers, CustomerAhead, Customers, CustomersSpec, ModelChoice, Newcomer, Outlook, Spent, Tracked,
};
pub use error::Error;
pub use geo_cost::{GeoCost, GeoSpend, SpendSource};
pub use geo_note::GeoNote;
pub use geo_tested::{
    GeoAnswer, GeoDay, GeoFit, GeoFound, GeoMethod, GeoPlacebo, GeoPlacebos, GeoTest, GeoTested, GeoTestedSpec,
    GeoWeight,
};
pub use goal::{Baseline, FanPoint, GoalDay, GoalNote, GoalPeriod, GoalReview, GoalSpec, Pace, WeekdayWeights};
pub use note::Note;
pub use plan::{
    BudgetSpec, CampaignSpec, ChannelSpec, CurrentBudget, Lift, Plan, PlanSpec, PlannedChannel, RaiseSpec, ResultKind,
    RhythmSpec, ScoreSpec, ValueKind, VisibilitySpec,
};
pub use planned_test::{PlannedReading, PlannedTest, PlannedTestSpec, PowerAt, ReadingPlan, WeeksPlan};
pub use reached::{
    Added, CapEffect, ChannelPart, Guesses, Met, MoreImpressions, OfUniverse, Reached, ReachedSpec, TooMuch,
};
pub use region_days::RegionDays;
pub use results::{DayGroup, Group, Results, Span};
pub use review::{ChannelReview, PartReview, Review};
pub use tested::{
    Arm, Compared, Held, Measure, Reading, TestDecision, TestLook, TestRows, Tested, TestedSpec, Treatment,
};
