use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};
use styring_money::Exact;
use styring_triangle::{ChainLadder, Increments, Step, Triangle};

use crate::{ClickCohorts, ConversionWindow, Error, Fact, Facts, Kpi, Period, Ratio, RollUp, Row};

/// What clicks have led to so far, and what they will have led to when their window is over.
///
/// - `F(age)`, the share of results that are in at an age: from cohorts that have passed it, `Π Σ C(k) / Σ C(k+1)` from there to the end of the window. Its error is Mack's; where he gives
///   none (a cohort went from nothing to something, or stood alone), that of counting, `(1 − p) / (p·ΣC(k+1))` per step, as if results came independently.
/// - [`as_observed`](Self::as_observed): what a dashboard shows.
/// - [`matured`](Self::matured), [`kpi`](Self::kpi): what it will show, with limits.
/// - [`older_than`](Self::older_than): only what has had its time, the factors kept.
///
/// ```
/// use chrono::{Days, NaiveDate};
/// use styring_metrics::{ClickCohorts, Confidence, ConversionWindow, Fact, Kpi, MaturityMethod, Outcome, Row};
/// use styring_money::Currency;
///
/// // Every day 100 clicks for 1000 kroner; of each day's clicks 4 order at once, 3 the day after, 1 on the third day.
/// let first = NaiveDate::from_ymd_opt(2026, 9, 1).expect("a date");
/// let today = first + Days::new(9);
/// let mut cohorts = ClickCohorts::new(Fact::Orders, Currency::NOK)?;
/// for day in first.iter_days().take(10) {
///     cohorts.add_day(day, &Row { spend: "NOK 1000.00".parse().ok(), clicks: Some(100), ..Row::default() })?;
///     for (lag, orders) in [(0, 4), (1, 3), (2, 1)] {
///         cohorts.add(day, day + Days::new(lag), &orders.into())?; // the last ones lie in the future
///     }
/// }
/// let maturity = cohorts.maturity(today, ConversionWindow::days(3))?;
/// assert!((maturity.completion(0)?.share - 0.5).abs() < 1e-12);
///
/// // 75 orders are in, 133 kroner each; 80 will be, at 125.
/// let level = Confidence::two_sided(0.9)?;
/// let cost = maturity.kpi(Kpi::Cpo, MaturityMethod::ChainLadder, level)?;
/// assert_eq!(cost.as_observed.number().value().map(f64::round), Some(133.0));
/// assert!(matches!(cost.matured, Outcome::Value(cost) if (cost - 125.0).abs() < 1e-9));
/// assert!(cost.limits.low.is_some_and(|low| low > 100.0) && cost.limits.high.is_some_and(|high| high < 160.0));
/// # Ok::<(), styring_metrics::Error>(())
/// ```
///
/// Assumes that the delay is the same for all cohorts: a campaign that makes people decide faster (Black Week) looks better than it is.
///
/// Source: the chain ladder of Mack 1993; for reporting delays, Kalbfleisch and Lawless 1989, *JASA* 84.
#[derive(Debug, Clone, PartialEq)]
pub struct Maturity {
    pub(crate) result: Fact,
    window: ConversionWindow,
    until: NaiveDate,
    /// Of all cohorts, whichever are looked at.
    pub(crate) ladder: ChainLadder<NaiveDate>,
    pub(crate) steps: Vec<Pace>,
    /// `F` by age; `None` where nothing has come at the ages it rests on.
    pub(crate) shares: Vec<Option<f64>>,
    pub(crate) cohorts: Vec<Cohort>,
}

/// The share of results that are in at an age.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LagCompletion {
    /// `F`.
    pub share: f64,
    /// Its standard error.
    pub se: f64,
    /// Where that comes from.
    pub basis: ErrorBasis,
}

/// Where the error of the factors comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ErrorBasis {
    /// From how the cohorts differ (Mack).
    Mack,
    /// At least in one step from counting alone, because Mack's is not to be had there. Too small if results come in bursts.
    Counting,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cohort {
    pub(crate) first: NaiveDate,
    last: NaiveDate,
    pub(crate) facts: Facts,
    /// Within the window, to date.
    pub(crate) observed: Exact,
    /// Until the end of its last whole age.
    pub(crate) counted: f64,
    /// `None` before the first is over.
    pub(crate) age: Option<u32>,
}

/// From one age to the next, backward: `p`, the share of those who have come at the next that had come at this one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pace {
    share: Option<f64>,
    /// The variance of `ln p`.
    pub(crate) relative2: f64,
    pub(crate) basis: ErrorBasis,
}

impl ClickCohorts {
    /// How mature the results are, if they were observed until the end of the day `until`. What was clicked or came later is left out, and so is what came after the window.
    ///
    /// Errors: a window of no days or more than 10 000; no cohort that has been observed for the whole window ([`Error::WindowNotReached`]): then a shorter one may be asked for.
    pub fn maturity(&self, until: NaiveDate, window: ConversionWindow) -> Result<Maturity, Error> {
        if !(1..=10_000).contains(&window.days) {
            let (field, expected) = ("conversion window", "from 1 to 10 000 days");
            return Err(Error::OutOfRange { field, expected, value: window.days.to_string() });
        }
        let mut facts = RollUp::new(self.days.currency());
        for (day, delivered) in self.days.iter().filter(|(day, _)| **day <= until) {
            facts.group(first_day(*day, window.cohorts)).merge(delivered)?;
        }
        let mut observed: BTreeMap<NaiveDate, Exact> = BTreeMap::new();
        let mut increments = Increments::none();
        let mut strays = BTreeSet::new();
        for (clicked, lag, count) in self.results.cells() {
            let came = clicked.checked_add_days(Days::new(lag.into())).is_some_and(|day| day <= until);
            if lag >= window.days || !came {
                continue;
            }
            let first = first_day(*clicked, window.cohorts);
            *observed.entry(first).or_default() += count;
            increments.add(first, lag / window.lags.days(), count);
            // Results of a day of which nothing else is known: what was spent that day is missing, not nothing.
            if self.days.get(clicked).is_none() && strays.insert(*clicked) {
                facts.add(first, &Row::default())?;
            }
        }
        for (first, _) in facts.iter() {
            increments.cohort(*first);
        }
        let last_day = |first: NaiveDate| {
            first.checked_add_days(Days::new(u64::from(window.cohorts.days()) - 1)).unwrap_or(NaiveDate::MAX)
        };
        let observed_days = |first: &NaiveDate| (until - last_day(*first)).num_days() + 1;
        let not_reached = || Error::WindowNotReached {
            window_days: window.days,
            observed_days: facts
                .iter()
                .map(|(first, _)| observed_days(first))
                .max()
                .and_then(|days| days.try_into().ok())
                .unwrap_or(0),
        };
        let triangle = increments.triangle(|first| window.whole_ages(observed_days(first)));
        let triangle = triangle.map_err(|fault| match fault {
            styring_triangle::Error::NoCohorts => not_reached(),
            other => other.into(),
        })?;
        if triangle.oldest_age() + 1 < window.ages() {
            return Err(not_reached());
        }

        let ladder = ChainLadder::fit(triangle);
        let steps: Vec<Pace> = ladder.steps().iter().map(|step| Pace::of(step, ladder.triangle())).collect();
        let mut shares = vec![Some(1.0)];
        for step in steps.iter().rev() {
            let share = shares.last().copied().flatten();
            shares.push(share.zip(step.share).map(|(share, step)| share * step));
        }
        shares.reverse();
        let cohorts = facts.iter().map(|(first, facts)| Cohort {
            first: *first,
            last: last_day(*first),
            facts: facts.clone(),
            observed: observed.remove(first).unwrap_or_default(),
            counted: ladder.triangle().values(first).and_then(<[f64]>::last).copied().unwrap_or_default(),
            age: ladder.triangle().age(first),
        });
        let cohorts = cohorts.collect();
        Ok(Maturity { result: self.result, window, until, ladder, steps, shares, cohorts })
    }
}

fn first_day(day: NaiveDate, period: Period) -> NaiveDate {
    match period {
        Period::Day => day,
        // The first days of the calendar have no Monday before them.
        Period::Week => day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())).unwrap_or(day),
    }
}

impl Pace {
    fn of(step: &Step, triangle: &Triangle<NaiveDate>) -> Self {
        let at = step.age as usize + 1;
        let later: f64 = triangle.rows().filter_map(|(_, values)| values.get(at)).sum();
        let share = (later > 0.0).then_some(step.base / later);
        match (step.factor, step.spread.sigma2(), share) {
            (Some(factor), Some(sigma2), _) => {
                Self { share, relative2: sigma2 / (factor * factor * step.base), basis: ErrorBasis::Mack }
            }
            // Given those who have come at the next age, those of this one are binomial.
            (_, _, Some(share)) if share > 0.0 => {
                Self { share: Some(share), relative2: (1.0 - share) / (share * later), basis: ErrorBasis::Counting }
            }
            _ => Self { share, relative2: 0.0, basis: ErrorBasis::Counting },
        }
    }
}

impl Maturity {
    /// The share of results that are in when an age is over: `age` counts lags of the [window](ConversionWindow::lags), the first being 0.
    ///
    /// Errors: an age beyond the window; nothing has come at the ages it rests on.
    pub fn completion(&self, age: u32) -> Result<LagCompletion, Error> {
        let share = *self.shares.get(age as usize).ok_or_else(|| Error::OutOfRange {
            field: "age",
            expected: "within the conversion window",
            value: format!("{age} of {}", self.shares.len()),
        })?;
        let share = share.ok_or_else(|| self.nothing_converted(age))?;
        let rest = self.steps.get(age as usize..).unwrap_or_default();
        let relative2: f64 = rest.iter().map(|step| step.relative2).sum();
        Ok(LagCompletion { share, se: share * relative2.sqrt(), basis: basis(rest) })
    }

    /// The triangle's factors, with Mack's errors and nothing but those.
    pub fn ladder(&self) -> &ChainLadder<NaiveDate> {
        &self.ladder
    }

    /// Until which day, inclusive, results have been observed.
    pub fn until(&self) -> NaiveDate {
        self.until
    }

    /// The first and last day of clicks of every cohort, oldest first.
    pub fn cohorts(&self) -> impl Iterator<Item = (NaiveDate, NaiveDate)> {
        self.cohorts.iter().map(|cohort| (cohort.first, cohort.last))
    }

    /// Only cohorts whose last clicks are at least so many days old, the day `until` itself being 0 days old; factors and errors stay those of all. With the window's days, nothing that is left needs
    /// maturing.
    ///
    /// Errors: no cohort is as old as that.
    pub fn older_than(&self, days: u32) -> Result<Self, Error> {
        self.only("days", days.to_string(), |cohort| (self.until - cohort.last).num_days() >= i64::from(days))
    }

    /// Only cohorts that were clicked between two days, both inclusive: a month, with the factors of all months.
    ///
    /// Errors: no cohort lies between them.
    pub fn clicked(&self, from: NaiveDate, to: NaiveDate) -> Result<Self, Error> {
        self.only("days of clicks", format!("{from} to {to}"), |cohort| from <= cohort.first && cohort.last <= to)
    }

    fn only(&self, field: &'static str, value: String, keep: impl Fn(&Cohort) -> bool) -> Result<Self, Error> {
        let cohorts: Vec<Cohort> = self.cohorts.iter().filter(|cohort| keep(cohort)).cloned().collect();
        if cohorts.is_empty() {
            return Err(Error::OutOfRange { field, expected: "those of at least one cohort", value });
        }
        Ok(Self { cohorts, ..self.clone() })
    }

    /// The KPI as a dashboard shows it: what was delivered, and what has come of it within the window so far. Other results than those of these cohorts are missing in it.
    pub fn as_observed(&self, kpi: Kpi) -> Result<Ratio, Error> {
        ratio(kpi, self.result, &self.cohorts.iter().collect::<Vec<_>>())
    }
}

impl Maturity {
    /// Names the first age from here on that has no factor.
    pub(crate) fn nothing_converted(&self, age: u32) -> Error {
        let missing = self.steps.iter().skip(age as usize).position(|step| step.share.is_none());
        let age = age.saturating_add(missing.and_then(|steps| steps.try_into().ok()).unwrap_or(0));
        Error::NothingConverted { lag_days: age.saturating_add(1).saturating_mul(self.window.lags.days()) }
    }
}

/// Mack's, if it is so for every step.
pub(crate) fn basis(steps: &[Pace]) -> ErrorBasis {
    let counting = steps.iter().any(|step| step.basis == ErrorBasis::Counting);
    if counting { ErrorBasis::Counting } else { ErrorBasis::Mack }
}

pub(crate) fn merged(cohorts: &[&Cohort]) -> Result<Facts, Error> {
    let Some((first, rest)) = cohorts.split_first() else { return Err(Error::NothingConverted { lag_days: 0 }) };
    let mut all = first.facts.clone();
    rest.iter().try_for_each(|cohort| all.merge(&cohort.facts))?;
    Ok(all)
}

/// A KPI with the results of the cohorts in the place of whatever their rows said.
pub(crate) fn ratio(kpi: Kpi, result: Fact, cohorts: &[&Cohort]) -> Result<Ratio, Error> {
    let facts = merged(cohorts)?;
    let results: Exact = cohorts.iter().map(|cohort| &cohort.observed).sum();
    let sum = |terms: &[(i64, Fact)]| -> Option<Exact> {
        let of = |fact: Fact| if fact == result { Some(&results) } else { facts.get(fact) };
        terms.iter().map(|(factor, fact)| Some(of(*fact)? * &Exact::from(*factor))).sum()
    };
    let parts = sum(kpi.numerator()).zip(sum(kpi.denominator()));
    Ok(Ratio::from_parts(parts, kpi.is_amount().then_some(facts.currency())))
}
