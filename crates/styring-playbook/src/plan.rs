use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use styring_allocation::{Guardrail, Raise, Reading, Rhythm};
use styring_metrics::{EffectScoring, Fact, FrequencyBand, ScoreWeights};
use styring_money::{Currency, Exact, Money, Rounding, Share, Sign, Unrounded};

use crate::Error;

/// A plan as people write it, section by section; [`Plan::new`] turns it into one that holds together.
///
/// Amounts are plain numbers in the plan's currency. An unknown key is an error: a mistyped guardrail must not be ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct PlanSpec {
    /// What the campaign is.
    pub campaign: CampaignSpec,
    /// What may be spent.
    pub budget: BudgetSpec,
    /// How budgets move.
    pub rhythm: RhythmSpec,
    /// How channels are scored.
    #[serde(default)]
    pub score: ScoreSpec,
    /// The channels, in the order in which ties are broken.
    pub channels: Vec<ChannelSpec>,
}

/// The campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct CampaignSpec {
    /// Its name, for the report.
    pub name: String,
    /// The currency of all amounts in plan and results.
    pub currency: Currency,
    /// The first day of week 1. Weeks run from this day, whatever weekday it is.
    pub first_day: NaiveDate,
    /// Which fact counts as a result.
    pub result: ResultKind,
    /// What a result is worth, for ROAS.
    #[serde(default)]
    pub value: ValueKind,
}

/// The fact that counts as a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "these are the results among the facts")]
pub enum ResultKind {
    /// Leads.
    Leads,
    /// Orders.
    Orders,
    /// Conversions.
    Conversions,
    /// New customers.
    NewCustomers,
}

impl ResultKind {
    /// The fact.
    pub fn fact(self) -> Fact {
        match self {
            Self::Leads => Fact::Leads,
            Self::Orders => Fact::Orders,
            Self::Conversions => Fact::Conversions,
            Self::NewCustomers => Fact::NewCustomers,
        }
    }

    /// The cost per result.
    pub fn cost(self) -> styring_metrics::Kpi {
        use styring_metrics::Kpi;
        match self {
            Self::Leads => Kpi::Cpl,
            Self::Orders => Kpi::Cpo,
            Self::Conversions => Kpi::Cpa,
            Self::NewCustomers => Kpi::Cac,
        }
    }
}

/// What a result is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "revenue or margin")]
pub enum ValueKind {
    /// Net revenue.
    #[default]
    Revenue,
    /// Contribution margin before advertising, CM2.
    Margin,
}

/// The money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct BudgetSpec {
    /// The total of a week.
    pub per_week: Exact,
    /// Where the budgets of the week that ends come from.
    #[serde(default)]
    pub current: CurrentBudget,
}

/// Where the budgets of the week that ends come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "there is no fourth source")]
pub enum CurrentBudget {
    /// The rhythm itself, replayed from week 1 over the results.
    #[default]
    Replay,
    /// The total, divided as the money was spent in the window.
    AsSpent,
    /// `budget` of every channel in the plan.
    Stated,
}

/// How budgets move; see [`Rhythm`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct RhythmSpec {
    /// Which reading of the founding score decides. There is no default: the two move money differently.
    pub reading: Reading,
    /// How much of its budget a loser offers.
    #[serde(default = "quarter")]
    pub move_share: Share,
    /// How many weeks the even split lasts.
    #[serde(default = "two")]
    pub opening_weeks: u32,
    /// How many weeks are judged together.
    #[serde(default = "two")]
    pub window_weeks: u32,
    /// The largest growth of a winner in a week.
    pub growth_cap: Option<Share>,
    /// Spend in the window below which a channel is not judged; a tenth of an even share of one week's total if absent, so that luck with small change decides
    /// nothing.
    pub min_judge_spend: Option<Exact>,
    /// Contacts per person in a week above which a channel gets no more money.
    pub frequency_cap: Option<f64>,
    /// The largest attainment that counts.
    pub attainment_cap: Option<Exact>,
    /// When and how the total may be raised.
    pub raise: Option<RaiseSpec>,
}

fn quarter() -> Share {
    Share::percent(25).unwrap_or(Share::NONE)
}

fn two() -> u32 {
    2
}

/// When and how the total may be raised; see [`Raise`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct RaiseSpec {
    /// The weeks in which it may.
    pub weeks: Vec<u32>,
    /// How much of its budget a channel grows.
    pub step: Share,
    /// The return on ad spend it must reach.
    pub target_roas: Exact,
    /// The largest total of a week.
    pub max_total: Option<Exact>,
}

/// How channels are scored; see [`EffectScoring`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct ScoreSpec {
    /// The exponents of attainment, quality and efficiency.
    pub weights: ScoreWeights,
    /// The weight of the prior, in results.
    pub prior_results: f64,
    /// The level of the intervals.
    pub level: f64,
    /// The weight of the prior of visibility, in impressions.
    pub prior_impressions: f64,
    /// The largest weight of visibility.
    pub visibility_cap: f64,
    /// The contacts per person that are worth paying for.
    pub frequency: FrequencyBand,
}

impl Default for ScoreSpec {
    fn default() -> Self {
        Self {
            weights: ScoreWeights::default(),
            prior_results: 3.0,
            level: 0.90,
            prior_impressions: 1000.0,
            visibility_cap: 1.0,
            frequency: FrequencyBand { low: 1.0, high: 5.0 },
        }
    }
}

/// One channel, or whatever line of the budget moves as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct ChannelSpec {
    /// Its name.
    pub name: String,
    /// What else it is called in the results.
    #[serde(default)]
    pub also: Vec<String>,
    /// The results that are the goal of a week at the opening budget.
    pub goal_per_week: Exact,
    /// The cost per result that is on plan.
    pub target_cost: Exact,
    /// The budget of the week that ends, where the plan states it.
    pub budget: Option<Exact>,
    /// Never below this.
    #[serde(default)]
    pub min: Exact,
    /// Never above this.
    pub max: Option<Exact>,
    /// Never more than this share up or down in a week.
    pub largest_step: Option<Share>,
    /// Keeps this budget, whatever it scores.
    pub keep: Option<Exact>,
    /// How it is judged whether the ads were seen.
    #[serde(default)]
    pub visibility: VisibilitySpec,
    /// The incremental effect measured by a holdout, if one was run.
    pub lift: Option<Lift>,
}

/// How it is judged whether the ads were seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "seen", rename_all = "kebab-case", deny_unknown_fields)]
#[allow(clippy::exhaustive_enums, reason = "the three notions of the trade")]
pub enum VisibilitySpec {
    /// The channel has no such notion.
    NotApplicable {},
    /// Viewable impressions over measurable ones.
    Viewable {
        /// The rate that is normal for the format.
        benchmark: f64,
    },
    /// Audible and visible on complete, over impressions measurable for both.
    AudibleVisible {
        /// The rate that is normal for the format.
        benchmark: f64,
    },
}

impl Default for VisibilitySpec {
    fn default() -> Self {
        Self::NotApplicable {}
    }
}

/// The incremental effect measured by a holdout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Lift {
    /// The lower limit of its confidence interval.
    pub lower: f64,
    /// The day it was known.
    pub measured: NaiveDate,
    /// Where it comes from.
    pub source: String,
}

/// A plan that holds together: every amount in whole minor units, every name once, every number in its range.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// The campaign.
    pub campaign: CampaignSpec,
    /// The total of a week.
    pub per_week: Money,
    /// Where the budgets of the week that ends come from.
    pub current: CurrentBudget,
    /// The policy.
    pub rhythm: Rhythm,
    /// How many weeks are judged together.
    pub window_weeks: u32,
    /// The scoring.
    pub scoring: EffectScoring,
    /// The rest of what scoring needs.
    pub score: ScoreSpec,
    /// The channels.
    pub channels: Vec<PlannedChannel>,
}

/// A channel of a plan that holds together.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PlannedChannel {
    /// Its name.
    pub name: String,
    /// What else it is called in the results.
    pub also: Vec<String>,
    /// The results that are the goal of a week at the opening budget.
    pub goal_per_week: Exact,
    /// The cost per result that is on plan.
    pub target_cost: Money,
    /// The budget of the week that ends, where the plan states it.
    pub budget: Option<Money>,
    /// What may not happen to its budget.
    pub guardrail: Guardrail,
    /// How it is judged whether the ads were seen.
    pub visibility: VisibilitySpec,
    /// The measured incremental effect.
    pub lift: Option<Lift>,
}

impl Plan {
    /// Checks a plan.
    ///
    /// Errors name the section, the channel and the value: amounts with a fraction of a minor unit, goals of zero, a name or alias that stands twice,
    /// guardrails that cannot hold the total.
    pub fn new(spec: PlanSpec) -> Result<Self, Error> {
        let currency = spec.campaign.currency;
        let amount = |field: &str, value: &Exact| amount(field, value, currency);
        let per_week = amount("budget.per_week", &spec.budget.per_week)?;
        let weights = spec.score.weights;
        let scoring = EffectScoring::new(weights, spec.score.prior_results, spec.score.level)?;
        check_score(&spec.score)?;
        let small_change = tenth_of_even_share(per_week, spec.channels.len())?;
        let rhythm = rhythm(&spec.rhythm, small_change)?;
        if spec.rhythm.window_weeks == 0 {
            return Err(Error::invalid("rhythm.window_weeks", "at least 1", 0));
        }
        let channels =
            spec.channels.into_iter().map(|channel| planned(channel, &amount)).collect::<Result<Vec<_>, _>>()?;
        let mut names = BTreeSet::new();
        for channel in &channels {
            for name in channel.also.iter().chain([&channel.name]) {
                if !names.insert(name.clone()) {
                    return Err(Error::NameTwice { name: name.clone() });
                }
            }
            if spec.budget.current == CurrentBudget::Stated && channel.budget.is_none() {
                return Err(Error::NoStatedBudget { channel: channel.name.clone() });
            }
        }
        let plan = Self {
            campaign: spec.campaign,
            per_week,
            current: spec.budget.current,
            rhythm,
            window_weeks: spec.rhythm.window_weeks,
            scoring,
            score: spec.score,
            channels,
        };
        // Finds guardrails that cannot hold the total before any result is read.
        plan.opening()?;
        Ok(plan)
    }

    pub(crate) fn opening(&self) -> Result<styring_allocation::Decision, Error> {
        let channels: Vec<(&str, &Guardrail)> =
            self.channels.iter().map(|channel| (channel.name.as_str(), &channel.guardrail)).collect();
        Ok(self.rhythm.opening(self.per_week, &channels)?)
    }

    /// The channel that results call by this name.
    pub fn channel_called(&self, name: &str) -> Option<&PlannedChannel> {
        self.channels.iter().find(|channel| channel.name == name || channel.also.iter().any(|other| other == name))
    }

    /// The channel that a phrase names, capitals or not, with or without a genitive ending: `VG`, `vgs`, `TV 2's`.
    ///
    /// ```
    /// # let spec = serde_json::from_str(r#"{
    /// #     "campaign": {"name": "Launch", "currency": "NOK", "first_day": "2025-09-01", "result": "orders"},
    /// #     "budget": {"per_week": 20000}, "rhythm": {"reading": "budget-scaled"},
    /// #     "channels": [{"name": "Adidas", "also": ["TV 2"], "goal_per_week": 100, "target_cost": 200}]}"#).expect("a plan");
    /// let plan = styring_playbook::Plan::new(spec)?;
    /// for phrase in ["Adidas", "adidas’", "tv 2s", "TV 2's"] {
    ///     assert_eq!(plan.channel_in(phrase).map(|channel| channel.name.as_str()), Some("Adidas"));
    /// }
    /// assert!(plan.channel_in("netthandelens").is_none());
    /// # Ok::<(), styring_playbook::Error>(())
    /// ```
    pub fn channel_in(&self, phrase: &str) -> Option<&PlannedChannel> {
        let lower = |text: &str| text.trim().to_lowercase();
        let phrase = lower(phrase);
        let endings = ["", "'s", "’s", "'", "’", "s"];
        let mut stems = endings.iter().filter_map(|ending| phrase.strip_suffix(ending));
        let named = |stem: &str, channel: &&PlannedChannel| {
            let mut names = channel.also.iter().chain([&channel.name]);
            !stem.is_empty() && names.any(|name| lower(name) == stem)
        };
        // The whole phrase first: a name may end in an s of its own.
        stems.find_map(|stem| self.channels.iter().find(|channel| named(stem, channel)))
    }

    /// The week of a day, from one; `None` before the first day and more than ten years after it, where a date is a typing error.
    pub fn week_of(&self, day: NaiveDate) -> Option<u32> {
        const TEN_YEARS: u32 = 522;
        let days = (day - self.campaign.first_day).num_days();
        u32::try_from(days).ok().map(|days| days / 7 + 1).filter(|week| *week <= TEN_YEARS)
    }

    /// The first day of a week.
    pub fn first_day_of(&self, week: u32) -> NaiveDate {
        let days = chrono::Days::new(u64::from(week.saturating_sub(1)) * 7);
        self.campaign.first_day.checked_add_days(days).unwrap_or(NaiveDate::MAX)
    }
}

/// The weights and the prior are checked by the scoring itself; these would only show once there are results.
fn check_score(score: &ScoreSpec) -> Result<(), Error> {
    let FrequencyBand { low, high } = score.frequency;
    let limits = [
        ("score.prior_impressions", score.prior_impressions, 0.0, "zero or above"),
        ("score.visibility_cap", score.visibility_cap, 1.0, "1 or above"),
        ("score.frequency.low", low, 1.0, "1 or above"),
        ("score.frequency.high", high, low, "at least score.frequency.low"),
    ];
    match limits.into_iter().find(|(_, value, limit, _)| !(value.is_finite() && value >= limit)) {
        Some((field, value, _, expected)) => Err(Error::invalid(field, expected, value)),
        None => Ok(()),
    }
}

fn tenth_of_even_share(per_week: Money, channels: usize) -> Result<Money, Error> {
    let tenths = Exact::from(10 * i128::try_from(channels.max(1)).unwrap_or(i128::MAX / 10));
    let tenth = Unrounded::from(per_week).checked_div(&tenths).unwrap_or(per_week.into());
    Ok(tenth.round(Rounding::Down)?)
}

fn rhythm(spec: &RhythmSpec, small_change: Money) -> Result<Rhythm, Error> {
    let currency = small_change.currency();
    let raise = spec.raise.as_ref().map(|raise| {
        let max_total = raise.max_total.as_ref();
        Ok::<Raise, Error>(Raise {
            weeks: raise.weeks.clone(),
            step: raise.step.clone(),
            target_roas: positive("rhythm.raise.target_roas", &raise.target_roas)?,
            max_total: max_total.map(|total| amount("rhythm.raise.max_total", total, currency)).transpose()?,
        })
    });
    if let Some(cap) = spec.frequency_cap.filter(|cap| !(cap.is_finite() && *cap > 0.0)) {
        return Err(Error::invalid("rhythm.frequency_cap", "above zero", cap));
    }
    let attainment_cap = spec.attainment_cap.as_ref();
    Ok(Rhythm {
        opening_weeks: spec.opening_weeks,
        move_share: spec.move_share.clone(),
        growth_cap: spec.growth_cap.clone(),
        min_judge_spend: match &spec.min_judge_spend {
            Some(spend) => amount("rhythm.min_judge_spend", spend, currency)?,
            None => small_change,
        },
        frequency_cap: spec.frequency_cap,
        attainment_cap: attainment_cap.map(|cap| positive("rhythm.attainment_cap", cap)).transpose()?,
        reading: spec.reading,
        raise: raise.transpose()?,
    })
}

fn planned(spec: ChannelSpec, amount: &impl Fn(&str, &Exact) -> Result<Money, Error>) -> Result<PlannedChannel, Error> {
    let field = |name: &str| format!("{name} of channel {}", spec.name);
    let optional =
        |name: &str, value: &Option<Exact>| value.as_ref().map(|value| amount(&field(name), value)).transpose();
    for name in spec.also.iter().chain([&spec.name]) {
        // Results are read without the blanks around them, so such a name would match nothing.
        if name.is_empty() || name.trim() != name {
            return Err(Error::invalid(
                &field("name or alias"),
                "a name without blanks around it",
                format!("{name:?}"),
            ));
        }
    }
    let benchmark = match spec.visibility {
        VisibilitySpec::NotApplicable {} => None,
        VisibilitySpec::Viewable { benchmark } | VisibilitySpec::AudibleVisible { benchmark } => Some(benchmark),
    };
    if let Some(benchmark) = benchmark.filter(|benchmark| !(*benchmark > 0.0 && *benchmark <= 1.0)) {
        return Err(Error::invalid(&field("visibility.benchmark"), "above 0 and at most 1", benchmark));
    }
    if let Some(lift) = spec.lift.as_ref().filter(|lift| !lift.lower.is_finite()) {
        return Err(Error::invalid(&field("lift.lower"), "a finite number", lift.lower));
    }
    let target_cost = positive(&field("target_cost"), &spec.target_cost)?;
    Ok(PlannedChannel {
        goal_per_week: positive(&field("goal_per_week"), &spec.goal_per_week)?,
        target_cost: amount(&field("target_cost"), &target_cost)?,
        budget: optional("budget", &spec.budget)?,
        guardrail: Guardrail {
            min: amount(&field("min"), &spec.min)?,
            max: optional("max", &spec.max)?,
            largest_step: spec.largest_step.clone(),
            kept: optional("keep", &spec.keep)?,
        },
        visibility: spec.visibility,
        lift: spec.lift.clone(),
        name: spec.name,
        also: spec.also,
    })
}

/// An amount of the plan: zero or above, in whole minor units.
fn amount(field: &str, value: &Exact, currency: Currency) -> Result<Money, Error> {
    let fits = value.sign() != Sign::Negative && !value.is_finer_than(currency.minor_digits());
    let money = value.to_decimal().filter(|_| fits).map(|amount| Money::new(amount, currency));
    money.ok_or_else(|| Error::invalid(field, "an amount of zero or above, in whole minor units", value))
}

fn positive(field: &str, value: &Exact) -> Result<Exact, Error> {
    if value.sign() == Sign::Positive { Ok(value.clone()) } else { Err(Error::invalid(field, "above zero", value)) }
}
