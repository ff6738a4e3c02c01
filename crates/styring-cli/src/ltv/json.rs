//! `ltv.json`: everything a program would want to know of the customers together; each by name is in `customers.csv`. Sums of what was booked are text, estimates are numbers.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use styring_ltv::{
    Estimates, FrequencyTable, HoldoutRow, Independence, LikelihoodRatio, Month, ProjectedCohort, Ranked, Total,
    ValueAtAge, ValueCurve,
};
use styring_money::{Currency, Exact};
use styring_playbook::{ChannelCustomers, Customers, CustomersSpec, Spent};

use crate::Error;
use crate::source::OrderFindings;

/// Raised when a field changes its meaning or goes away.
const FORMAT: &str = "styring-ltv/1";

#[derive(Serialize)]
struct Written<'a> {
    format: &'static str,
    currency: Currency,
    first_day: NaiveDate,
    until: NaiveDate,
    unit_days: f64,
    yearly_discount: f64,
    level: f64,
    customers: usize,
    repeat_purchases: u64,
    cac: Option<Cac<'a>>,
    value_by_age: Vec<AtAge>,
    cohorts: Answer<MonthlyCohorts<'a>>,
    models: Vec<Model<'a>>,
    model: &'static str,
    frequency: &'a FrequencyTable,
    tracking: Vec<Tracked>,
    calibration_end: Option<NaiveDate>,
    holdout: &'a [HoldoutRow],
    spending: Answer<Spending<'a>>,
    totals: Vec<Ahead>,
    newcomer: Vec<Newcomer>,
    channels: Vec<Channel<'a>>,
    channels_matter: Option<LikelihoodRatio>,
    input: &'a OrderFindings,
}

/// Something, or why it cannot be said.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer<T> {
    Known(T),
    Unknown { cannot_be_told: String },
}

impl<T> Answer<T> {
    fn of<U>(result: Result<U, &styring_ltv::Error>, told: impl FnOnce(U) -> Result<T, Error>) -> Result<Self, Error> {
        Ok(match result {
            Ok(known) => Self::Known(told(known)?),
            Err(fault) => Self::Unknown { cannot_be_told: fault.to_string() },
        })
    }
}

#[derive(Serialize)]
struct Cac<'a> {
    cost: &'a Exact,
    payback_day: Option<u32>,
    payback_limits: (Option<u32>, Option<u32>),
    /// LTV:CAC by horizon.
    ratios: BTreeMap<u32, Option<f64>>,
}

#[derive(Serialize)]
struct AtAge {
    #[serde(flatten)]
    at: ValueAtAge,
    /// Of the value built up age by age.
    limits: Option<(f64, f64)>,
}

#[derive(Serialize)]
struct MonthlyCohorts<'a> {
    ages: &'a [u32],
    cohorts: Vec<Cohort<'a>>,
    too_young: BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct Cohort<'a> {
    month: &'a Month,
    customers: u64,
    observed_age: u32,
    observed: &'a Exact,
    per_customer: f64,
    standard_error: Option<f64>,
    interval: Option<(f64, f64)>,
}

#[derive(Serialize)]
struct Model<'a> {
    #[serde(flatten)]
    ranked: &'a Ranked,
    estimates: &'a Estimates,
}

#[derive(Serialize)]
struct Tracked {
    day: NaiveDate,
    actual: u64,
    expected: f64,
}

#[derive(Serialize)]
struct Spending<'a> {
    estimates: &'a Estimates,
    independence: Answer<Independence>,
    at_a_loss: usize,
}

#[derive(Serialize)]
struct Ahead {
    days: u32,
    purchases: Prediction,
    value: Answer<Prediction>,
}

#[derive(Serialize)]
struct Prediction {
    #[serde(flatten)]
    total: Total,
    interval: (f64, f64),
}

#[derive(Serialize)]
struct Newcomer {
    days: u32,
    purchases: f64,
    value: Answer<f64>,
}

#[derive(Serialize)]
struct Channel<'a> {
    name: &'a str,
    customers: usize,
    value_by_age: Vec<AtAge>,
    payback_day: Option<u32>,
    /// Factor, low, high.
    purchases: Option<(f64, f64, f64)>,
    dropout: Option<(f64, f64, f64)>,
}

pub(super) fn written(customers: &Customers, spec: &CustomersSpec, findings: &OrderFindings) -> Result<String, Error> {
    let models = customers.ranking.iter().zip(&customers.estimates);
    let tracking = customers.tracking.iter();
    let newcomer = customers.newcomer.iter().map(|newcomer| {
        let value = Answer::of(newcomer.value.as_ref(), |value| Ok(*value))?;
        Ok(Newcomer { days: newcomer.days, purchases: newcomer.purchases, value })
    });
    let written = Written {
        format: FORMAT,
        currency: customers.currency,
        first_day: customers.first_day,
        until: customers.until,
        unit_days: customers.unit.in_days(1.0),
        yearly_discount: spec.yearly_discount,
        level: spec.level,
        customers: customers.customers,
        repeat_purchases: customers.repeats,
        cac: cac(customers, spec)?,
        value_by_age: by_age(&customers.curve, spec)?,
        cohorts: Answer::of(customers.cohorts.as_ref(), |cohorts| {
            Ok(MonthlyCohorts {
                ages: cohorts.ages(),
                cohorts: cohorts.cohorts().map(|one| cohort(one, spec.level)).collect::<Result<_, _>>()?,
                too_young: cohorts.too_young().map(|(month, count)| (month.to_string(), count)).collect(),
            })
        })?,
        models: models.map(|(ranked, (_, estimates))| Model { ranked, estimates }).collect(),
        model: customers.model,
        frequency: &customers.frequency,
        tracking: tracking
            .map(|step| Tracked { day: step.day, actual: step.actual, expected: step.expected })
            .collect(),
        calibration_end: customers.calibration_end,
        holdout: &customers.holdout,
        spending: Answer::of(customers.spending.as_ref(), spending)?,
        totals: customers.totals.iter().map(|total| ahead(total, spec.level)).collect::<Result<_, _>>()?,
        newcomer: newcomer.collect::<Result<_, Error>>()?,
        channels: customers.channels.iter().map(|one| channel(one, spec)).collect::<Result<_, _>>()?,
        channels_matter: customers.channels_matter,
        input: findings,
    };
    let mut text = serde_json::to_string_pretty(&written).map_err(|fault| Error::Report(fault.to_string()))?;
    text.push('\n');
    Ok(text)
}

fn cac<'a>(customers: &Customers, spec: &'a CustomersSpec) -> Result<Option<Cac<'a>>, Error> {
    let Some(cac) = &spec.cac else {
        return Ok(None);
    };
    let mut ratios = BTreeMap::new();
    for days in &spec.horizons {
        let ratio = customers.curve.against(cac, *days)?.ratio();
        ratios.insert(*days, ratio.map(|ratio| ratio.to_f64()));
    }
    Ok(Some(Cac {
        cost: cac.amount(),
        payback_day: customers.curve.payback_day(cac)?,
        payback_limits: customers.curve.payback_limits(cac, spec.level)?,
        ratios,
    }))
}

/// Every thirty days, and at the horizons.
fn by_age(curve: &ValueCurve, spec: &CustomersSpec) -> Result<Vec<AtAge>, Error> {
    let last = curve.last_age().unwrap_or(0);
    let mut ages: Vec<u32> = (0..=last).step_by(30).chain(spec.horizons.iter().copied()).chain([last]).collect();
    ages.retain(|age| *age <= last);
    ages.sort_unstable();
    ages.dedup();
    let at = |age: u32| {
        let at = curve.at(age);
        let limits = at.age_incremental().map(|mean| mean.limits(spec.level)).transpose()?.flatten();
        Ok(AtAge { at, limits })
    };
    ages.into_iter().map(at).collect()
}

fn cohort(one: &ProjectedCohort<Month>, level: f64) -> Result<Cohort<'_>, Error> {
    let value = one.value();
    Ok(Cohort {
        month: one.cohort(),
        customers: value.customers(),
        observed_age: one.observed_age(),
        observed: one.observed().amount(),
        per_customer: value.per_customer(),
        standard_error: value.standard_error(),
        interval: value.interval(level)?,
    })
}

fn spending(spent: &Spent) -> Result<Spending<'_>, Error> {
    Ok(Spending {
        estimates: &spent.fit.estimates,
        independence: Answer::of(spent.independence.as_ref(), |independence| Ok(*independence))?,
        at_a_loss: spent.at_a_loss,
    })
}

fn prediction(total: Total, level: f64) -> Result<Prediction, Error> {
    Ok(Prediction { interval: total.interval(level)?, total })
}

fn ahead(total: &styring_playbook::Ahead, level: f64) -> Result<Ahead, Error> {
    Ok(Ahead {
        days: total.days,
        purchases: prediction(total.purchases, level)?,
        value: Answer::of(total.value.as_ref(), |value| prediction(*value, level))?,
    })
}

fn channel<'a>(one: &'a ChannelCustomers, spec: &CustomersSpec) -> Result<Channel<'a>, Error> {
    Ok(Channel {
        name: &one.name,
        customers: one.customers,
        value_by_age: by_age(&one.curve, spec)?,
        payback_day: spec.cac.as_ref().map(|cac| one.curve.payback_day(cac)).transpose()?.flatten(),
        purchases: one.purchases,
        dropout: one.dropout,
    })
}
