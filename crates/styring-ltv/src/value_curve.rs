use styring_money::{Currency, Exact, Rounding, Sign, Unrounded};

use crate::Error;
use crate::check::out_of_range;
use crate::moments::Moments;
use crate::quantile::student;
use crate::transactions::same_currency;

/// Observed value by age, made by [`ObservedValue::observe`](crate::ObservedValue::observe).
///
/// Age is days since the acquisition, which itself is day 0 and included; value at an age is what a customer brought until the end of that day. Customers acquired late are
/// censored: they are seen until some age and no further. There are two ways to live with that:
///
/// - [`complete_case`](ValueAtAge::complete_case): the mean of those who were seen at least that long. Simple, and silent about the young.
/// - [`age_incremental`](ValueAtAge::age_incremental): the sum over ages `k` of what age `k` brought per customer seen at age `k`. It uses everybody for as long as they were seen,
///   and it is right as long as late customers are like early ones.
///
/// Any age in days is as good as any other: 90 and 180 are ordinary calls.
///
/// ```
/// use chrono::NaiveDate;
/// use styring_ltv::ObservedValue;
/// use styring_money::{Currency, Money};
///
/// let day = |month| NaiveDate::from_ymd_opt(2024, month, 1).expect("a date");
/// let mut value = ObservedValue::new(Currency::NOK);
/// for (customer, month, margin) in [(1, 1, "NOK 90.00"), (2, 1, "NOK 110.00"), (3, 8, "NOK 70.00")] {
///     value.acquire(customer, day(month));
///     value.order(customer, day(month), margin.parse::<Money>()?)?;
/// }
/// let observed = value.observe(day(10))?;
/// assert_eq!(observed.at(90).age_incremental().expect("two were seen").value().to_string(), "NOK 90");
/// assert_eq!(observed.at(90).complete_case().expect("two were seen").value().to_string(), "NOK 100");
/// // No figures from fewer than three customers:
/// let observed = observed.with_minimum_at_risk(3);
/// assert_eq!((observed.at(90).age_incremental(), observed.at(90).at_risk()), (None, 2));
/// assert_eq!(observed.last_age(), Some(61));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ValueCurve {
    currency: Currency,
    customers: u64,
    minimum_at_risk: u64,
    /// From the age on at which something changes; the first is age 0.
    steps: Vec<Step>,
}

/// What holds from an age until the next step.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
struct Step {
    age: u32,
    at_risk: u64,
    /// What those at risk brought until now, and the variance of its mean.
    total: Exact,
    variance_of_mean: Option<f64>,
    /// The age-incremental value and its variance. There is none of one customer, or where no number holds it.
    incremental: Exact,
    variance: Option<f64>,
}

/// What a customer brought at an age.
#[derive(Debug)]
pub(crate) struct Spent {
    pub(crate) age: u32,
    /// The place of the customer in the list of those observed.
    pub(crate) customer: usize,
    pub(crate) margin: Exact,
}

/// Decimals a mean of one age is kept with, so that sums of thousands of them are right to [`DECIMALS`].
const MEAN_DECIMALS: u8 = 34;
/// Decimals an age-incremental value is given with. Its exact form is a fraction with as many digits as there were ages.
const DECIMALS: u8 = 28;

impl ValueCurve {
    /// `observed` is the age in days until which each customer was seen; each has at most one sum at an age.
    pub(crate) fn new(currency: Currency, observed: &[u32], mut spent: Vec<Spent>) -> Self {
        spent.sort_unstable_by_key(|spent| (spent.age, spent.customer));
        let mut leaving: Vec<usize> = (0..observed.len()).collect();
        leaving.sort_by_key(|customer| observed[*customer]);
        let mut leaving = leaving.into_iter().peekable();
        let mut spent = spent.into_iter().peekable();

        let mut cohort = Cohort::of(observed.len());
        let mut steps = Vec::new();
        let mut next_age = Some(0);
        while let Some(age) = next_age {
            while let Some(customer) = leaving.next_if(|customer| observed[*customer] < age) {
                cohort.leave(customer);
            }
            let mut of_age = Vec::new();
            while let Some(Spent { customer, margin, .. }) = spent.next_if(|spent| spent.age == age) {
                of_age.push((customer, margin));
            }
            cohort.spend(of_age);
            steps.push(cohort.step(age));
            let next_left = leaving.peek().map(|customer| observed[*customer].saturating_add(1));
            let next_spent = spent.peek().map(|spent| spent.age);
            next_age = next_left.into_iter().chain(next_spent).min();
        }
        Self { currency, customers: observed.len() as u64, minimum_at_risk: 1, steps }
    }

    /// The same curve, ending where fewer than so many customers were seen. A mean of three customers is a number, but not one to plan by.
    #[must_use]
    pub fn with_minimum_at_risk(mut self, customers: u64) -> Self {
        self.minimum_at_risk = customers.max(1);
        self
    }

    /// How many customers were acquired.
    pub fn customers(&self) -> u64 {
        self.customers
    }

    /// The currency of all amounts.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The greatest age in days that enough customers were seen at; `None` if there is none.
    pub fn last_age(&self) -> Option<u32> {
        // Nobody is left at the last step, so there is one below any minimum.
        self.steps.iter().find(|step| step.at_risk < self.minimum_at_risk)?.age.checked_sub(1)
    }

    /// The value at an age in days, such as 90 or 180.
    pub fn at(&self, age: u32) -> ValueAtAge {
        let place = self.steps.partition_point(|step| step.age <= age);
        // The first step is at age 0.
        let step = place.checked_sub(1).and_then(|place| self.steps.get(place));
        step.map_or(ValueAtAge { age, at_risk: 0, means: None }, |step| self.value(age, step))
    }

    /// The value at every age in days at which it or the number at risk changes, for a chart or a table. Ages without enough customers are left out.
    pub fn points(&self) -> impl Iterator<Item = ValueAtAge> {
        self.enough().map(|step| self.value(step.age, step))
    }

    /// The steps at which enough customers were seen.
    fn enough(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().take_while(|step| step.at_risk >= self.minimum_at_risk)
    }

    fn value(&self, age: u32, step: &Step) -> ValueAtAge {
        let enough = step.at_risk >= self.minimum_at_risk;
        let means = enough.then(|| self.complete_case(step)).flatten();
        let means = means.map(|complete_case| Means { complete_case, age_incremental: self.incremental(step) });
        ValueAtAge { age, at_risk: step.at_risk, means }
    }

    fn complete_case(&self, step: &Step) -> Option<ObservedMean> {
        let mean = step.total.checked_div(&Exact::from(step.at_risk))?;
        Some(self.mean(mean, step.variance_of_mean, step.at_risk))
    }

    fn incremental(&self, step: &Step) -> ObservedMean {
        self.mean(step.incremental.round(DECIMALS, Rounding::HalfEven), step.variance, step.at_risk)
    }

    fn mean(&self, value: Exact, variance: Option<f64>, at_risk: u64) -> ObservedMean {
        ObservedMean { value: Unrounded::new(value, self.currency), standard_error: variance.map(f64::sqrt), at_risk }
    }

    /// The first age in days at which the age-incremental value is at least the cost of an acquisition. `None` is "not yet in the ages observed", which is not "never".
    ///
    /// Later returns may take the value below the cost again; the first time counts.
    ///
    /// Errors: a cost in another currency, or below zero.
    pub fn payback_day(&self, cac: &Unrounded) -> Result<Option<u32>, Error> {
        self.check_cost(cac)?;
        Ok(self.first_age(|mean| mean.value().amount() >= cac.amount()))
    }

    /// The ages in days between which the payback lies at a level of confidence: where the upper limit of the value first reaches the cost, and where the lower limit does.
    ///
    /// ```
    /// use chrono::{Days, NaiveDate};
    /// use styring_ltv::ObservedValue;
    /// use styring_money::{Currency, Exact, Unrounded};
    ///
    /// let start = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a date");
    /// let nok = |amount: i64| Unrounded::new(Exact::from(amount), Currency::NOK);
    /// let mut value = ObservedValue::new(Currency::NOK);
    /// for customer in 0..50_i64 {
    ///     value.acquire(customer, start);
    ///     for month in 0..10 {
    ///         value.order(customer, start + Days::new(30 * month), nok(5 + customer % 11))?; // about ten each month
    ///     }
    /// }
    /// let observed = value.observe(start + Days::new(360))?;
    /// assert_eq!(observed.payback_day(&nok(38))?, Some(90));
    /// assert_eq!(observed.payback_limits(&nok(38), 0.9)?, (Some(90), Some(120)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Either is `None` if that is not yet in the ages observed; at an age without a standard error there are no limits. The limits are those of each age by itself ([`ObservedMean::limits`]).
    ///
    /// Errors: a cost in another currency, or below zero; a level outside 0 to 1.
    pub fn payback_limits(&self, cac: &Unrounded, level: f64) -> Result<(Option<u32>, Option<u32>), Error> {
        self.check_cost(cac)?;
        crate::check::level(level)?;
        let cost = cac.amount().to_f64();
        let reach = |mean: &ObservedMean| mean.limits(level).ok().flatten();
        let earliest = self.first_age(|mean| reach(mean).is_some_and(|(_, high)| high >= cost));
        let latest = self.first_age(|mean| reach(mean).is_some_and(|(low, _)| low >= cost));
        Ok((earliest, latest))
    }

    fn first_age(&self, reached: impl Fn(&ObservedMean) -> bool) -> Option<u32> {
        self.enough().find(|step| reached(&self.incremental(step))).map(|step| step.age)
    }

    /// Lifetime value at an age over the cost of an acquisition (LTV:CAC), with the payback day beside it: a ratio of three after a year and after ten are not the same.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use styring_ltv::ObservedValue;
    /// use styring_money::{Currency, Money};
    ///
    /// let day = |month| NaiveDate::from_ymd_opt(2024, month, 1).expect("a date");
    /// let mut value = ObservedValue::new(Currency::NOK);
    /// value.acquire("kari", day(1));
    /// value.order("kari", day(1), "NOK 120.00".parse::<Money>()?)?;
    /// value.order("kari", day(2), "NOK 330.00".parse::<Money>()?)?;
    /// let observed = value.observe(day(7))?;
    /// let compared = observed.against(&"NOK 150.00".parse::<Money>()?.into(), 90)?;
    /// assert_eq!(compared.ratio().map(|ratio| ratio.to_string()), Some("3".to_owned()));
    /// assert_eq!(compared.payback_day(), Some(31));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Errors: a cost in another currency, or below zero.
    pub fn against(&self, cac: &Unrounded, age: u32) -> Result<LtvToCac, Error> {
        let payback = self.payback_day(cac)?;
        let ltv = self.at(age).age_incremental().cloned();
        Ok(LtvToCac { age, cac: cac.clone(), ltv, payback })
    }

    fn check_cost(&self, cac: &Unrounded) -> Result<(), Error> {
        same_currency("cost of acquisition", self.currency, cac.currency())?;
        if cac.amount().sign() == Sign::Negative {
            return Err(out_of_range("cost of acquisition", "zero or above", cac.amount()));
        }
        Ok(())
    }
}

/// Value at one age, made by [`ValueCurve::at`].
///
/// ```
/// use chrono::NaiveDate;
/// use styring_ltv::ObservedValue;
/// use styring_money::{Currency, Money};
///
/// let day = |month| NaiveDate::from_ymd_opt(2024, month, 1).expect("a date");
/// let mut value = ObservedValue::new(Currency::NOK);
/// for (customer, month, margins) in [(1, 1, [80.0, 40.0]), (2, 1, [120.0, 0.0]), (3, 5, [100.0, 20.0])] {
///     value.acquire(customer, day(month));
///     for (later, margin) in margins.into_iter().enumerate() {
///         value.order(customer, day(month + later as u32), format!("NOK {margin}").parse::<Money>()?)?;
///     }
/// }
/// let at = value.observe(day(7))?.at(90);
/// assert_eq!((at.age(), at.at_risk()), (90, 2)); // the third customer is 61 days old
/// let (complete, by_age) = (at.complete_case().expect("two"), at.age_incremental().expect("two"));
/// assert_eq!((complete.value().to_string(), by_age.value().to_string()), ("NOK 120".to_owned(), "NOK 120".to_owned()));
/// assert_eq!(at.complete_case().and_then(|mean| mean.standard_error()), Some(0.0)); // 80 + 40 and 120
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ValueAtAge {
    age: u32,
    at_risk: u64,
    #[cfg_attr(feature = "serde", serde(flatten))]
    means: Option<Means>,
}

#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
struct Means {
    complete_case: ObservedMean,
    age_incremental: ObservedMean,
}

impl ValueAtAge {
    /// The age in days.
    pub fn age(&self) -> u32 {
        self.age
    }

    /// How many customers were seen at this age or beyond: the "number at risk" of survival analysis.
    pub fn at_risk(&self) -> u64 {
        self.at_risk
    }

    /// The mean of those seen at least until this age, `Σ Mᵢ(h) / Y(h)`, exact, with the standard error `s / √Y(h)` where `s` is the standard deviation of what each of them
    /// brought. `None` if [too few](ValueCurve::with_minimum_at_risk) were seen.
    pub fn complete_case(&self) -> Option<&ObservedMean> {
        self.means.as_ref().map(|means| &means.complete_case)
    }

    /// The value built up age by age from all who were seen at each, `V(h) = Σ_{k ≤ h} D(k) / Y(k)`, where `D(k)` is what those at risk brought at age `k` and `Y(k)` is their
    /// number. Right to 28 decimals. `None` if [too few](ValueCurve::with_minimum_at_risk) were seen.
    ///
    /// The standard error is the robust one, which takes into account that the same customer's ages go together:
    /// `√Σᵢ (Σ_{k ≤ h, seen} (mᵢ(k) − D(k)/Y(k)) / √(Y(k)·(Y(k) − 1)))²`. It treats the day of acquisition as telling nothing about spending. Where nobody is
    /// censored it is the one of the complete case.
    ///
    /// Sources: the estimator is Nelson's mean cumulative function and the partitioned estimator of Lin, Feuer, Etzioni and Wax 1997, *Biometrics* 53, without deaths; for
    /// customers Pfeifer and Bang 2005, *Journal of Interactive Marketing* 19. Variance: Lawless and Nadeau 1995, *Technometrics* 37, with `Y − 1` in place of `Y` once, as
    /// in a sample variance.
    pub fn age_incremental(&self) -> Option<&ObservedMean> {
        self.means.as_ref().map(|means| &means.age_incremental)
    }
}

/// A mean per customer with how sure it is.
///
/// ```
/// use chrono::NaiveDate;
/// use styring_ltv::ObservedValue;
/// use styring_money::{Currency, Money};
///
/// let day = |month| NaiveDate::from_ymd_opt(2024, month, 1).expect("a date");
/// let mut value = ObservedValue::new(Currency::NOK);
/// for (customer, margin) in [(1, "NOK 80.00"), (2, "NOK 100.00"), (3, "NOK 120.00")] {
///     value.acquire(customer, day(1));
///     value.order(customer, day(1), margin.parse::<Money>()?)?;
/// }
/// let observed = value.observe(day(7))?;
/// let at_90 = observed.at(90);
/// let mean = at_90.age_incremental().expect("three were seen");
/// assert_eq!(mean.value().to_string(), "NOK 100");
/// assert!((mean.standard_error().expect("three differ") - 20.0 / 3_f64.sqrt()).abs() < 1e-9);
/// let (low, high) = mean.limits(0.95)?.expect("a standard error"); // ±4.303 standard errors: there are three
/// assert!((low - 50.32).abs() < 0.01 && (high - 149.68).abs() < 0.01);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ObservedMean {
    value: Unrounded,
    standard_error: Option<f64>,
    #[cfg_attr(feature = "serde", serde(skip))]
    at_risk: u64,
}

impl ObservedMean {
    /// The mean value of a customer.
    pub fn value(&self) -> &Unrounded {
        &self.value
    }

    /// Its standard error in major units. `None` where only one customer was seen: one customer does not tell how customers differ. (Nor is there one of amounts beyond 1e150, whose
    /// squares no `f64` holds.)
    pub fn standard_error(&self) -> Option<f64> {
        self.standard_error
    }

    /// The limits of the mean in major units at a level of confidence such as 0.95: `value ± t·standard error`, with Student's t of one degree of freedom less than customers at
    /// risk. `None` without a standard error.
    ///
    /// Right for some tens of customers; of few, with some very large ones, they cover less than they say.
    ///
    /// Errors: a level outside 0 to 1.
    pub fn limits(&self, level: f64) -> Result<Option<(f64, f64)>, Error> {
        crate::check::level(level)?;
        let Some(error) = self.standard_error else { return Ok(None) };
        let reach = student(level, self.at_risk.saturating_sub(1).max(1) as f64)? * error;
        let value = self.value.amount().to_f64();
        let finite = |limit: f64| limit.clamp(f64::MIN, f64::MAX);
        Ok(Some((finite(value - reach), finite(value + reach))))
    }
}

/// Lifetime value against the cost of an acquisition; made by [`ValueCurve::against`].
///
/// ```
/// use chrono::NaiveDate;
/// use styring_ltv::ObservedValue;
/// use styring_money::{Currency, Money};
///
/// let day = |month| NaiveDate::from_ymd_opt(2024, month, 1).expect("a date");
/// let mut value = ObservedValue::new(Currency::NOK);
/// value.acquire("kari", day(1));
/// value.order("kari", day(1), "NOK 120.00".parse::<Money>()?)?;
/// let compared = value.observe(day(7))?.against(&"NOK 150.00".parse::<Money>()?.into(), 180)?;
/// assert_eq!(compared.ltv().expect("Kari was seen that long").value().to_string(), "NOK 120");
/// assert_eq!(compared.ratio().map(|ratio| ratio.to_f64()), Some(0.8));
/// assert_eq!(compared.payback_day(), None); // not yet
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LtvToCac {
    age: u32,
    cac: Unrounded,
    ltv: Option<ObservedMean>,
    payback: Option<u32>,
}

impl LtvToCac {
    /// The age in days at which the value was taken.
    pub fn age(&self) -> u32 {
        self.age
    }

    /// The value at that age, with its standard error; `None` if too few customers were seen.
    pub fn ltv(&self) -> Option<&ObservedMean> {
        self.ltv.as_ref()
    }

    /// `LTV / CAC`. `None` without a value, or if acquisition costs nothing.
    pub fn ratio(&self) -> Option<Exact> {
        self.ltv()?.value().amount().checked_div(self.cac.amount())
    }

    /// The first age in days at which the value was at least the cost; `None` is "not yet in the ages observed".
    pub fn payback_day(&self) -> Option<u32> {
        self.payback
    }
}

/// The customers still seen, age by age.
struct Cohort {
    at_risk: u64,
    people: Vec<Person>,
    total: Exact,
    incremental: Exact,
    /// How what those at risk brought is spread.
    brought: Moments,
    /// A customer's part in the error of the value is `weighted − expected`: of what was brought, `Σ mᵢ(k)·w(k)` less `Σ D(k)/Y(k)·w(k)`, with `w = 1 / √(Y·(Y − 1))`.
    expected: f64,
    /// How `weighted` is spread among those at risk.
    weighted: Moments,
    /// The squares of the parts of those who left.
    of_left: f64,
}

/// What a customer brought so far: to be summed, to tell how customers differ, and in the weights of the ages it came at.
#[derive(Clone, Default)]
struct Person {
    brought: Exact,
    about: f64,
    weighted: f64,
}

impl Cohort {
    fn of(customers: usize) -> Self {
        Self {
            at_risk: customers as u64,
            people: vec![Person::default(); customers],
            total: Exact::ZERO,
            incremental: Exact::ZERO,
            brought: Moments::default(),
            expected: 0.0,
            weighted: Moments::default(),
            of_left: 0.0,
        }
    }

    fn leave(&mut self, customer: usize) {
        let person = &self.people[customer];
        self.at_risk -= 1;
        self.total = &self.total - &person.brought;
        self.brought.remove(person.about);
        self.weighted.remove(person.weighted);
        self.of_left += (person.weighted - self.expected).powi(2);
    }

    /// Those at risk spend, each at most once.
    fn spend(&mut self, margins: Vec<(usize, Exact)>) {
        let at_risk = self.at_risk as f64;
        let weight = if self.at_risk > 1 { 1.0 / (at_risk * (at_risk - 1.0)).sqrt() } else { 0.0 };
        let mut of_age = Exact::ZERO;
        for (customer, margin) in margins {
            let person = &mut self.people[customer];
            let about = margin.to_f64();
            of_age += &margin;
            person.brought += margin;
            self.brought.remove(person.about);
            self.weighted.remove(person.weighted);
            person.about += about;
            person.weighted += about * weight;
            self.brought.add(person.about);
            self.weighted.add(person.weighted);
        }
        self.total += &of_age;
        // Nobody spends when nobody is left.
        let mean = of_age.checked_div(&Exact::from(self.at_risk)).unwrap_or_default();
        self.expected += mean.to_f64() * weight;
        self.incremental += &mean.round(MEAN_DECIMALS, Rounding::HalfEven);
    }

    fn step(&self, age: u32) -> Step {
        let at_risk = self.at_risk as f64;
        let known = |variance: f64| Some(variance).filter(|variance| self.at_risk > 1 && variance.is_finite());
        Step {
            age,
            at_risk: self.at_risk,
            total: self.total.clone(),
            variance_of_mean: known(self.brought.around_mean(at_risk) / (at_risk - 1.0) / at_risk),
            incremental: self.incremental.clone(),
            variance: known(self.of_left + self.weighted.around(self.expected, at_risk)),
        }
    }
}
