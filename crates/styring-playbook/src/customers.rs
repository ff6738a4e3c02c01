use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{Days, NaiveDate};
use styring_ltv::{
    BgNbd, CohortProjection, CovariateFit, Error as LtvError, Estimates, Fit, FrequencyTable, GammaGamma, Group,
    Histories, History, HoldoutRow, Horizon, Independence, LifetimeValue, LikelihoodRatio, MbgNbd, Month,
    ObservedValue, ParetoNbd, PurchaseModel, Ranked, Spending, TimeUnit, Total, Transactions, ValueCurve, compare,
    expected_repeats, frequency_table, holdout_table, value_and_frequency,
};
use styring_money::{Currency, Unrounded};

use crate::Error;

/// What is to be said of customers.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct CustomersSpec {
    /// The last day that is covered by the orders.
    pub until: NaiveDate,
    /// The unit of time in which models are told; predictions are asked for in days.
    pub unit: TimeUnit,
    /// The model, or the best of them by AIC.
    pub model: ModelChoice,
    /// Until when the models see orders while they are held against those after; `None` for no such check.
    pub calibration_end: Option<NaiveDate>,
    /// How many days ahead to look: 90, 180.
    pub horizons: Vec<u32>,
    /// The discount per year, 0.10 for ten per cent.
    pub yearly_discount: f64,
    /// What it costs to acquire a customer.
    pub cac: Option<Unrounded>,
    /// The level of intervals.
    pub level: f64,
}

/// Which purchase model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[allow(clippy::exhaustive_enums, reason = "the models in continuous time, and the best of them")]
pub enum ModelChoice {
    /// The one with the smallest AIC.
    #[default]
    Best,
    /// BG/NBD.
    BgNbd,
    /// MBG/NBD.
    MbgNbd,
    /// Pareto/NBD.
    ParetoNbd,
}

/// What the orders say of the customers: what they were worth, what they will be, and how well the model knows them.
///
/// ```
/// use chrono::{Days, NaiveDate};
/// use styring_ltv::{TimeUnit, Transactions};
/// use styring_money::{Currency, Money};
/// use styring_playbook::{Customers, CustomersSpec, ModelChoice};
///
/// let start = NaiveDate::from_ymd_opt(2025, 1, 6).expect("a date");
/// let mut orders = Transactions::new(Currency::NOK);
/// for customer in 0..400_u64 {
///     for visit in 0..1 + customer * customer % 11 / 4 {
///         let day = start + Days::new(customer % 60 + visit * (9 + customer % 31));
///         let margin = format!("NOK {}.00", 100 + (customer * 7 + visit * 13) % 90).parse::<Money>()?;
///         orders.add(customer.to_string(), day, margin)?;
///     }
/// }
/// let spec = CustomersSpec {
///     until: start + Days::new(300),
///     unit: TimeUnit::WEEK,
///     model: ModelChoice::Best,
///     calibration_end: Some(start + Days::new(200)),
///     horizons: vec![90, 180],
///     yearly_discount: 0.10,
///     cac: Some("NOK 120.00".parse()?),
///     level: 0.90,
/// };
/// let customers = Customers::of(&orders, &BTreeMap::new(), &spec)?;
/// assert_eq!(customers.outlooks.len(), 400);
/// // The end of the calibration is one of the days that are tracked.
/// assert!(customers.tracking.iter().any(|tracked| Some(tracked.day) == spec.calibration_end));
/// assert!(customers.curve.payback_day(spec.cac.as_ref().expect("a cost"))?.is_some());
/// # use std::collections::BTreeMap;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Customers {
    /// The currency of all amounts.
    pub currency: Currency,
    /// The day of the first order.
    pub first_day: NaiveDate,
    /// The last day that is covered.
    pub until: NaiveDate,
    /// The unit of time of the models.
    pub unit: TimeUnit,
    /// Customers, and purchases after the first of each.
    pub customers: usize,
    /// All repeat purchases.
    pub repeats: u64,
    /// What customers were worth, by age.
    pub curve: ValueCurve,
    /// What customers acquired in a month will be worth at the largest horizon, by the chain ladder; or why that cannot be said.
    pub cohorts: Result<CohortProjection<Month>, LtvError>,
    /// The models that were fitted, the best first.
    pub ranking: Vec<Ranked>,
    /// What each found, in the same order.
    pub estimates: Vec<(&'static str, Estimates)>,
    /// The name of the model that was taken.
    pub model: &'static str,
    /// How many customers bought so and so often, in truth and by the model.
    pub frequency: FrequencyTable,
    /// Repeat purchases of all by day, in truth and by the model. It has seen the orders until `calibration_end`, if that was set.
    pub tracking: Vec<Tracked>,
    /// Until when the tracking model saw orders.
    pub calibration_end: Option<NaiveDate>,
    /// What customers did after that day, by what they had done before.
    pub holdout: Vec<HoldoutRow>,
    /// What customers spend; or why that cannot be said.
    pub spending: Result<Spent, LtvError>,
    /// What all customers together will do, by horizon.
    pub totals: Vec<Ahead>,
    /// What a customer acquired now will do, by horizon.
    pub newcomer: Vec<Newcomer>,
    /// What acquisition channels do, the largest first: the others are held against it.
    pub channels: Vec<ChannelCustomers>,
    /// Whether channels matter to how customers buy and leave.
    pub channels_matter: Option<LikelihoodRatio>,
    /// Each customer, in the order of ids.
    pub outlooks: Vec<Outlook>,
}

/// Repeat purchases until a day.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Tracked {
    /// The day.
    pub day: NaiveDate,
    /// How many there were.
    pub actual: u64,
    /// How many the model expects.
    pub expected: f64,
}

/// What customers spend per order.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Spent {
    /// The model.
    pub fit: Fit<GammaGamma>,
    /// Whether it goes with how often they buy, which it should not.
    pub independence: Result<Independence, LtvError>,
    /// Customers with repeat purchases whose mean value is not above zero; they are taken as if they had none.
    pub at_a_loss: usize,
}

/// What all customers will do within a horizon.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ahead {
    /// The horizon.
    pub days: u32,
    /// Their purchases.
    pub purchases: Total,
    /// The value of these, discounted; or why that cannot be said.
    pub value: Result<Total, LtvError>,
}

/// What a customer acquired now will do within a horizon.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Newcomer {
    /// The horizon.
    pub days: u32,
    /// Expected repeat purchases.
    pub purchases: f64,
    /// The mean first order and the repeat purchases after it, discounted; or why that cannot be said.
    pub value: Result<f64, LtvError>,
}

/// Customers of one acquisition channel.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ChannelCustomers {
    /// The channel.
    pub name: String,
    /// How many came by it.
    pub customers: usize,
    /// What they were worth, by age.
    pub curve: ValueCurve,
    /// How much more often they buy than customers of the first channel, as a factor, with its limits; `None` for the first, or where the data do not tell.
    pub purchases: Option<(f64, f64, f64)>,
    /// How much more readily they leave.
    pub dropout: Option<(f64, f64, f64)>,
}

/// What is to be expected of a customer.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Outlook {
    /// The customer.
    pub id: String,
    /// The day of the first order.
    pub first_day: NaiveDate,
    /// The history, in the unit of the models.
    pub history: History,
    /// What all orders so far were worth.
    pub worth: Unrounded,
    /// The probability to be a customer still.
    pub p_alive: f64,
    /// By horizon.
    pub ahead: Vec<CustomerAhead>,
}

/// What is to be expected of a customer within a horizon.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CustomerAhead {
    /// The horizon.
    pub days: u32,
    /// Expected purchases.
    pub purchases: f64,
    /// From which to which number, at the level asked for.
    pub purchases_within: (usize, usize),
    /// The expected value of these, discounted, and from which to which; `None` where spending cannot be told.
    pub value: Option<(f64, f64, f64)>,
}

impl Customers {
    /// Reads everything from the orders. `channels` names the acquisition channel of customers; those without are left out where channels are compared.
    ///
    /// Errors: no customers, nobody who bought twice, or settings out of range; what cannot be said for lack of data stands as such in its place.
    pub fn of(
        orders: &Transactions<String>,
        channels: &BTreeMap<String, String>,
        spec: &CustomersSpec,
    ) -> Result<Self, Error> {
        if spec.horizons.is_empty() || spec.horizons.iter().any(|days| !(1..=36_500).contains(days)) {
            return Err(Error::invalid(
                "horizons",
                "at least one, from 1 to 36 500 days",
                format!("{:?}", spec.horizons),
            ));
        }
        if !(0.0..=10.0).contains(&spec.yearly_discount) {
            return Err(Error::invalid("yearly discount", "from 0 to 10", spec.yearly_discount));
        }
        if let Some(cac) = spec.cac.as_ref().filter(|cac| cac.currency() != orders.currency()) {
            return Err(Error::invalid("cost of acquisition", "in the currency of the orders", cac));
        }
        let customers = orders.summarise(spec.until, spec.unit)?;
        let histories: Histories<History> = customers.iter().map(styring_ltv::Customer::history).collect();
        let (bg, mbg, pareto) = (BgNbd::fit(&histories)?, MbgNbd::fit(&histories)?, ParetoNbd::fit(&histories)?);
        let mut estimates = vec![
            (BgNbd::name(), bg.estimates.clone()),
            (MbgNbd::name(), mbg.estimates.clone()),
            (ParetoNbd::name(), pareto.estimates.clone()),
        ];
        let named: Vec<_> = estimates.iter().map(|(name, estimates)| (*name, estimates)).collect();
        let ranking = compare(&named)?;
        estimates.sort_by_key(|(name, _)| ranking.iter().position(|ranked| ranked.name == *name));
        let best = estimates.first().map_or(MbgNbd::name(), |(name, _)| *name);
        let data = Data { orders, channels, spec, customers, histories, ranking, estimates };
        match spec.model {
            ModelChoice::BgNbd => data.told_by(&bg),
            ModelChoice::MbgNbd => data.told_by(&mbg),
            ModelChoice::Best if best == BgNbd::name() => data.told_by(&bg),
            ModelChoice::Best if best == MbgNbd::name() => data.told_by(&mbg),
            ModelChoice::ParetoNbd | ModelChoice::Best => data.told_by(&pareto),
        }
    }
}

/// What is known before a model is chosen.
struct Data<'a> {
    orders: &'a Transactions<String>,
    channels: &'a BTreeMap<String, String>,
    spec: &'a CustomersSpec,
    customers: Vec<styring_ltv::Customer<String>>,
    histories: Histories<History>,
    ranking: Vec<Ranked>,
    estimates: Vec<(&'static str, Estimates)>,
}

impl Data<'_> {
    fn told_by<M: PurchaseModel<History = History>>(self, fit: &Fit<M>) -> Result<Customers, Error> {
        let spec = self.spec;
        let rate = libm::log1p(spec.yearly_discount) / TimeUnit::YEAR.in_days(1.0);
        let rate = rate * spec.unit.in_days(1.0);
        let (spending, spendings) = self.spending();
        let (tracking, holdout) = self.tracking(fit)?;
        let first_day = self.customers.iter().map(styring_ltv::Customer::first_day).min().unwrap_or(spec.until);
        let observed = ObservedValue::from_first_purchases(self.orders);
        let largest = spec.horizons.iter().copied().max().unwrap_or_default();
        let (channels, channels_matter) = self.by_channel(fit)?;
        let value = spending.as_ref().map(|spent| LifetimeValue::new(fit.clone(), spent.fit.clone()));
        let value = value.as_ref().map_err(|fault| LtvError::clone(fault));
        let outlooks = self.outlooks(fit, value.as_ref().ok().copied(), &spendings, rate)?;
        let totals = self.totals(fit, &value, &spendings, rate)?;
        let newcomer = self.newcomer(fit, &value, rate)?;
        Ok(Customers {
            currency: self.orders.currency(),
            first_day,
            until: spec.until,
            unit: spec.unit,
            customers: self.customers.len(),
            repeats: self.customers.iter().map(|customer| u64::from(customer.history().purchases())).sum(),
            curve: observed.observe(spec.until)?,
            cohorts: observed.cohorts(spec.until, |_, day| Month::of(day)).and_then(|table| table.project(largest)),
            frequency: frequency_table(&fit.model, &self.histories, 7)?,
            tracking,
            calibration_end: spec.calibration_end,
            holdout,
            totals,
            newcomer,
            channels,
            channels_matter,
            outlooks,
            spending,
            ranking: self.ranking,
            estimates: self.estimates,
            model: M::name(),
        })
    }

    /// The model of spending, and what each customer spent, in the order of customers.
    fn spending(&self) -> (Result<Spent, LtvError>, Vec<Spending>) {
        let mut at_a_loss = 0;
        let mut spendings = Vec::with_capacity(self.customers.len());
        for customer in &self.customers {
            let spending = customer.spending();
            at_a_loss += usize::from(spending.is_err());
            spendings.push(spending.unwrap_or(Spending::NONE));
        }
        let grouped = Histories::group(spendings.iter().copied());
        let spent = GammaGamma::fit(&grouped).map(|fit| {
            let independence = value_and_frequency(&fit.model, &grouped);
            Spent { fit, independence, at_a_loss }
        });
        (spent, spendings)
    }

    /// Purchases of all, day by day in steps of about a hundredth of the time, and what was held out.
    fn tracking<M: PurchaseModel<History = History>>(
        &self,
        fit: &Fit<M>,
    ) -> Result<(Vec<Tracked>, Vec<HoldoutRow>), Error> {
        const STEPS: i64 = 100;
        let spec = self.spec;
        let mut seen_by = fit.clone();
        let mut holdout = Vec::new();
        let mut acquired: BTreeMap<NaiveDate, f64> = BTreeMap::new();
        let last_acquired = spec.calibration_end.unwrap_or(spec.until);
        for customer in self.customers.iter().filter(|customer| customer.first_day() <= last_acquired) {
            *acquired.entry(customer.first_day()).or_default() += 1.0;
        }
        if let Some(end) = spec.calibration_end {
            let split = self.orders.summarise_split(end, spec.until, spec.unit)?;
            seen_by = M::fit(&split.iter().map(|held| held.calibration().history()).collect())?;
            let pairs: Vec<_> = split.iter().map(|held| (held.calibration().history(), held.purchases())).collect();
            let ahead = split.first().map_or(0.0, styring_ltv::HeldOut::duration);
            holdout = holdout_table(&seen_by.model, &pairs, ahead, 7)?;
        }
        let Some(first) = acquired.keys().next().copied() else { return Ok((Vec::new(), holdout)) };
        let since = |day: NaiveDate| spec.unit.days((day - first).num_days() as f64);
        let step = ((spec.until - first).num_days() / STEPS).max(1).unsigned_abs();
        let mut days: Vec<_> =
            std::iter::successors(first.checked_add_days(Days::new(step)), |day| day.checked_add_days(Days::new(step)))
                .take_while(|day| *day < spec.until)
                .chain(spec.calibration_end.filter(|end| *end > first && *end < spec.until))
                .chain([spec.until])
                .collect();
        days.sort_unstable();
        days.dedup();
        let moments: Vec<_> = days.iter().map(|day| since(*day)).collect();
        let groups: Vec<_> = acquired.iter().map(|(day, count)| (since(*day), *count)).collect();
        let expected = expected_repeats(&seen_by.model, &groups, &moments)?;
        let mut repeats = self.orders.repeats_by_day(last_acquired).into_iter().peekable();
        let mut actual = 0;
        let tracked = days.into_iter().zip(expected).map(|(day, expected)| {
            while let Some((_, count)) = repeats.next_if(|(on, _)| *on <= day) {
                actual += count;
            }
            Tracked { day, actual, expected }
        });
        Ok((tracked.collect(), holdout))
    }

    fn totals<M: PurchaseModel<History = History>>(
        &self,
        fit: &Fit<M>,
        value: &Result<&LifetimeValue<M>, LtvError>,
        spendings: &[Spending],
        rate: f64,
    ) -> Result<Vec<Ahead>, Error> {
        let all: Histories<(History, Spending)> =
            self.customers.iter().zip(spendings).map(|(customer, spent)| (customer.history(), *spent)).collect();
        let ahead = |days: &u32| {
            let time = self.spec.unit.days((*days).into());
            let value = value.clone().and_then(|value| value.total(&all, time, rate));
            Ok(Ahead { days: *days, purchases: fit.total(&self.histories, time)?, value })
        };
        self.spec.horizons.iter().map(ahead).collect()
    }

    fn newcomer<M: PurchaseModel<History = History>>(
        &self,
        fit: &Fit<M>,
        value: &Result<&LifetimeValue<M>, LtvError>,
        rate: f64,
    ) -> Result<Vec<Newcomer>, Error> {
        let firsts: f64 = self.customers.iter().map(|customer| customer.first_value().amount().to_f64()).sum();
        let first_order = firsts / self.customers.len() as f64;
        let ahead = |days: &u32| {
            let time = self.spec.unit.days((*days).into());
            let value = value
                .clone()
                .and_then(|value| value.of_newcomer(&History::NEW, first_order, Horizon::Within(time), rate));
            Ok(Newcomer { days: *days, purchases: fit.model.future(&History::NEW, time)?.mean, value })
        };
        self.spec.horizons.iter().map(ahead).collect()
    }

    fn by_channel<M: PurchaseModel<History = History>>(
        &self,
        fit: &Fit<M>,
    ) -> Result<(Vec<ChannelCustomers>, Option<LikelihoodRatio>), Error> {
        let mut members: BTreeMap<&str, Vec<History>> = BTreeMap::new();
        for customer in &self.customers {
            if let Some(channel) = self.channels.get(customer.id()) {
                members.entry(channel).or_default().push(customer.history());
            }
        }
        let mut members: Vec<_> = members.into_iter().collect();
        members.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
        let mut curves = self.curves_by_channel()?;
        let grouped: Vec<_> = members.iter().map(|(_, members)| Histories::group(members.iter().copied())).collect();
        let with = with_channels::<M>(&members, &grouped);
        let everyone = members.iter().map(|(_, members)| members.len()).sum::<usize>() == self.customers.len();
        let ratio =
            with.as_ref().filter(|_| everyone).and_then(|with| with.estimates.likelihood_ratio(&fit.estimates).ok());
        let z = normal_quantile(self.spec.level)?;
        let factor = |coefficient: styring_ltv::Coefficient| {
            let around = |steps: f64, se: f64| libm::exp(coefficient.value + steps * z * se);
            coefficient.se.map(|se| (around(0.0, se), around(-1.0, se), around(1.0, se)))
        };
        let mut channels = Vec::new();
        for (index, (name, members)) in members.iter().enumerate() {
            let Some(curve) = curves.remove(*name) else { continue };
            let effect = index.checked_sub(1).and_then(|index| with.as_ref()?.effects.get(index));
            channels.push(ChannelCustomers {
                name: (*name).to_owned(),
                customers: members.len(),
                curve,
                purchases: effect.and_then(|effect| factor(effect.purchases)),
                dropout: effect.and_then(|effect| factor(effect.dropout)),
            });
        }
        Ok((channels, ratio))
    }

    fn curves_by_channel(&self) -> Result<BTreeMap<String, ValueCurve>, Error> {
        let by_channel =
            ObservedValue::from_first_purchases_by(self.orders, |customer| self.channels.get(customer).cloned());
        by_channel.into_iter().map(|(channel, value)| Ok((channel, value.observe(self.spec.until)?))).collect()
    }

    fn outlooks<M: PurchaseModel<History = History>>(
        &self,
        fit: &Fit<M>,
        value: Option<&LifetimeValue<M>>,
        spendings: &[Spending],
        rate: f64,
    ) -> Result<Vec<Outlook>, Error> {
        // Whoever bought once spent nothing that tells customers apart, so many share what lies ahead of them.
        let mut alike: BTreeMap<(History, Spending), Vec<CustomerAhead>> = BTreeMap::new();
        let mut one = |(customer, spending): (&styring_ltv::Customer<String>, &Spending)| -> Result<Outlook, Error> {
            let history = customer.history();
            let ahead = |days: &u32| -> Result<CustomerAhead, Error> {
                let time = self.spec.unit.days((*days).into());
                let counts = fit.model.counts(&history, time)?;
                let purchases_within = counts.interval(self.spec.level)?;
                let mean = fit.model.future(&history, time)?.mean;
                let worth = |value: &LifetimeValue<M>| -> Result<(f64, f64, f64), LtvError> {
                    let expected = value.of(&history, spending, Horizon::Within(time), rate)?;
                    let (low, high) = value.distribution(&history, spending, time)?.interval(self.spec.level)?;
                    // What lies ahead is worth less by the discount, and so are its limits.
                    let undiscounted = mean * value.spending().model.mean_value(spending)?;
                    let worth = if undiscounted > 0.0 { expected / undiscounted } else { 1.0 };
                    Ok((expected, low * worth, high * worth))
                };
                let value = value.and_then(|value| worth(value).ok());
                Ok(CustomerAhead { days: *days, purchases: mean, purchases_within, value })
            };
            let ahead = match alike.entry((history, *spending)) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(place) => {
                    let ahead = self.spec.horizons.iter().map(ahead).collect::<Result<Vec<_>, _>>()?;
                    place.insert(ahead).clone()
                }
            };
            Ok(Outlook {
                id: customer.id().clone(),
                first_day: customer.first_day(),
                history,
                worth: customer.total(),
                p_alive: fit.model.p_alive(&history),
                ahead,
            })
        };
        self.customers.iter().zip(spendings).map(&mut one).collect()
    }
}

/// The model with a coefficient for every channel but the first. `None` if there are not two, or too many to tell apart.
fn with_channels<M: PurchaseModel<History = History>>(
    members: &[(&str, Vec<History>)],
    grouped: &[Histories<History>],
) -> Option<CovariateFit<M>> {
    const MOST: usize = 30;
    if !(2..=MOST).contains(&members.len()) {
        return None;
    }
    let names: Vec<&str> = members.iter().skip(1).map(|(name, _)| *name).collect();
    let covariates: Vec<Vec<f64>> = (0..members.len())
        .map(|channel| (1..members.len()).map(|other| f64::from(u8::from(channel == other))).collect())
        .collect();
    let groups: Vec<_> =
        grouped.iter().zip(&covariates).map(|(histories, covariates)| Group { covariates, histories }).collect();
    M::fit_with(&names, &groups).ok()
}

/// How many standard errors the limits of a two-sided level are away.
fn normal_quantile(level: f64) -> Result<f64, Error> {
    if !(1e-6..=1.0 - 1e-6).contains(&level) {
        return Err(Error::invalid("level", "between 0 and 1", level));
    }
    let tail = styring_special::Split::from_upper(1.0 - level).map_err(LtvError::from)?;
    Ok(libm::sqrt(2.0 * styring_special::gamma_inc_inv(0.5, tail).map_err(LtvError::from)?))
}
