//! What is said of customers, in sentences and tables that the page and the terminal share.

use styring_ltv::{Error as LtvError, Estimates, Identified, ObservedMean, ProjectedCohort, Total};
use styring_money::{Exact, Unrounded};
use styring_playbook::{Ahead, ChannelCustomers};

use crate::figures::Said;
use crate::period::day;
use crate::text::{clean, group_amounts, plural};
use crate::{CustomersReport, Error, numbers};

/// A table before it is drawn: a heading per column, and rows of which the first cell is a name.
pub(crate) struct Grid {
    pub(crate) caption: String,
    /// Title, and what it means.
    pub(crate) columns: Vec<(String, &'static str)>,
    pub(crate) rows: Vec<(String, Vec<Said>)>,
}

impl Grid {
    fn new(caption: impl Into<String>, columns: &[(&str, &'static str)]) -> Self {
        let columns = columns.iter().map(|(title, meaning)| ((*title).to_owned(), *meaning)).collect();
        Self { caption: caption.into(), columns, rows: Vec::new() }
    }
}

fn number(text: impl Into<String>) -> Said {
    Said::number(text)
}

fn count(value: u64) -> Said {
    number(numbers::rows(value))
}

/// A p-value, or any other probability that is tested.
fn p_value(p: f64) -> String {
    if p < 0.0001 { "<0.0001".to_owned() } else { numbers::decimal(p, 4) }
}

/// What cannot be said, with its reason.
fn cannot(fault: &LtvError) -> Said {
    Said::words(fault.to_string())
}

impl CustomersReport<'_> {
    fn amount(&self, amount: &Unrounded) -> String {
        numbers::amount(amount.amount(), self.customers.currency)
    }

    fn money(&self, amount: &Unrounded) -> String {
        format!("{}\u{a0}{}", self.customers.currency, self.amount(amount))
    }

    fn about(&self, value: f64) -> String {
        format!("{}\u{a0}{}", self.customers.currency, bare(value))
    }

    fn level(&self) -> String {
        numbers::level(self.spec.level)
    }

    fn mean(&self, mean: &ObservedMean) -> String {
        self.amount(mean.value())
    }

    fn limits(&self, mean: &ObservedMean) -> Result<Said, Error> {
        let limits = mean.limits(self.spec.level)?;
        Ok(limits.map_or_else(|| Said::words("one customer"), |(low, high)| number(between(low, high))))
    }

    /// Who they are, what they brought, and what is to come, in a breath.
    pub(crate) fn headline(&self) -> Result<String, Error> {
        let customers = self.customers;
        let who = plural(customers.customers, "customer", "customers");
        let worth = self.spec.horizons.iter().filter_map(|days| {
            let at = customers.curve.at(*days);
            let mean = at.age_incremental()?;
            Some(format!("{} by day {days}", self.money(mean.value())))
        });
        let worth: Vec<String> = worth.collect();
        let brought =
            if worth.is_empty() { String::new() } else { format!(" A customer has brought {}.", worth.join(", ")) };
        let next = customers.totals.last().map_or(Ok(String::new()), |ahead| self.ahead_sentence(ahead))?;
        Ok(format!("{who} with {} repeat purchases.{brought} {next}", numbers::rows(customers.repeats)))
    }

    fn ahead_sentence(&self, ahead: &Ahead) -> Result<String, Error> {
        let (low, high) = ahead.purchases.interval(self.spec.level)?;
        let purchases = numbers::decimal(ahead.purchases.mean, 0);
        let value =
            ahead.value.as_ref().map_or_else(|_| String::new(), |value| format!(", worth {}", self.about(value.mean)));
        Ok(format!(
            "In the next {} days they are expected to buy {purchases} times ({} to {}){value}.",
            ahead.days,
            numbers::decimal(low, 0),
            numbers::decimal(high, 0)
        ))
    }

    /// Over which days, in which unit, by which model.
    pub(crate) fn lead(&self) -> Vec<String> {
        let customers = self.customers;
        let unit = customers.unit.in_days(1.0);
        let mut sentences = vec![format!(
            "Orders from {} to {}, the last day that counts. The models count in units of {} days.",
            day(customers.first_day),
            day(customers.until),
            numbers::setting(unit),
        )];
        let best = customers.ranking.first().map(|ranked| ranked.name.as_str());
        sentences.push(match best {
            Some(best) if best == customers.model => {
                format!("Predictions are those of {best}, which describes these customers best.")
            }
            Some(best) => {
                format!(
                    "Predictions are those of {}, as was asked for; {best} describes these customers best.",
                    customers.model
                )
            }
            None => format!("Predictions are those of {}.", customers.model),
        });
        sentences
    }

    /// What the cost of acquisition is to the value of a customer.
    pub(crate) fn payback(&self) -> Result<Vec<String>, Error> {
        let Some(cac) = &self.spec.cac else {
            return Ok(Vec::new());
        };
        let curve = &self.customers.curve;
        let cost = self.money(cac);
        let mut sentences = vec![match curve.payback_day(cac)? {
            Some(day) => {
                let (earliest, latest) = curve.payback_limits(cac, self.spec.level)?;
                let said = |day: Option<u32>| day.map_or("not yet in sight".to_owned(), |day| format!("day {day}"));
                format!(
                    "The cost of acquisition, {cost}, had come back at day {day}; at {}, between {} and {}.",
                    self.level(),
                    said(earliest),
                    said(latest)
                )
            }
            None => match curve.last_age() {
                Some(age) => format!(
                    "The cost of acquisition, {cost}, has not come back by day {age}, the last that customers were seen at. That is not to say never."
                ),
                None => format!("Whether the cost of acquisition, {cost}, comes back cannot be told yet."),
            },
        }];
        let ratios = self.spec.horizons.iter().map(|days| {
            let compared = curve.against(cac, *days)?;
            Ok(compared.ratio().map(|ratio| format!("{} at day {days}", numbers::fixed(&ratio, 2))))
        });
        let ratios: Vec<String> = ratios.collect::<Result<Vec<_>, LtvError>>()?.into_iter().flatten().collect();
        if !ratios.is_empty() {
            sentences.push(format!("LTV:CAC is {}.", ratios.join(", ")));
        }
        Ok(sentences)
    }

    /// What a customer was worth at some ages: the horizons, and months between and beyond.
    pub(crate) fn worth_table(&self) -> Result<Grid, Error> {
        let curve = &self.customers.curve;
        let last = curve.last_age().unwrap_or(0);
        let mut ages = vec![0, 30, 60, 90, 180, 365, 730, 1095];
        ages.extend(&self.spec.horizons);
        ages.retain(|age| *age <= last);
        ages.push(last);
        ages.sort_unstable();
        ages.dedup();
        let mut grid = Grid::new(
            format!("What a customer was worth by age, in {}", self.customers.currency),
            &[
                ("Day", ""),
                ("Value", "Built up age by age from all who were seen at each"),
                ("Limits", "Confidence limits of that mean"),
                ("Of those seen so long", "The mean of those who were seen at least until this age"),
                ("Customers", "How many were seen at this age or beyond"),
            ],
        );
        for age in ages {
            let at = curve.at(age);
            let (Some(value), Some(complete)) = (at.age_incremental(), at.complete_case()) else { continue };
            let cells =
                vec![number(self.mean(value)), self.limits(value)?, number(self.mean(complete)), count(at.at_risk())];
            grid.rows.push((age.to_string(), cells));
        }
        Ok(grid)
    }

    /// Cohorts by month of acquisition, projected to the largest horizon; or why that cannot be said.
    pub(crate) fn cohort_table(&self) -> Result<Result<Grid, String>, Error> {
        let projection = match &self.customers.cohorts {
            Ok(projection) => projection,
            Err(fault) => return Ok(Err(group_amounts(&clean(&fault.to_string()), self.customers.currency))),
        };
        let age = projection.ages().last().copied().unwrap_or(0);
        let mut grid = Grid::new(
            format!("Customers by month of acquisition, projected to day {age}, in {}", self.customers.currency),
            &[
                ("Month", ""),
                ("Customers", ""),
                ("Known until day", "The last of the ladder’s ages at which the whole cohort is known"),
                ("Brought by then", "Per customer"),
                ("Value", "Per customer at the age it is projected to"),
                ("Interval", "Mack’s standard error, log-normal"),
            ],
        );
        for cohort in projection.cohorts() {
            grid.rows.push((cohort.cohort().to_string(), self.cohort_cells(cohort, age)?));
        }
        for (month, customers) in projection.too_young() {
            let none = || Said::words("too young");
            grid.rows.push((month.to_string(), vec![count(customers), none(), none(), none(), none()]));
        }
        Ok(Ok(grid))
    }

    fn cohort_cells(&self, cohort: &ProjectedCohort<styring_ltv::Month>, age: u32) -> Result<Vec<Said>, Error> {
        let value = cohort.value();
        let brought = cohort.observed().checked_div(&Exact::from(value.customers()));
        let interval = match value.interval(self.spec.level)? {
            _ if cohort.observed_age() >= age => Said::words("observed"),
            Some((low, high)) => number(between(low, high)),
            None => Said::words("cannot be told"),
        };
        Ok(vec![
            count(value.customers()),
            count(cohort.observed_age().into()),
            Said::or(brought.map(|brought| self.amount(&brought)), "no customers"),
            number(bare(value.per_customer())),
            interval,
        ])
    }

    /// What is to come of all customers, and of a new one.
    pub(crate) fn ahead_table(&self) -> Result<Grid, Error> {
        let mut grid = Grid::new(
            format!(
                "What is to come, in {}; values discounted by {} a year, intervals of {}",
                self.customers.currency,
                numbers::percent(&Exact::try_from(self.spec.yearly_discount).unwrap_or_default(), 1),
                self.level()
            ),
            &[
                ("Next days", ""),
                ("Purchases", "Of all customers together"),
                ("Interval", "What chance and the parameters leave open"),
                ("Value", "Of these purchases, discounted"),
                ("Interval", ""),
                ("Purchases of a new customer", "After the first"),
                ("Value of a new customer", "The first order, and those after it"),
            ],
        );
        for (ahead, newcomer) in self.customers.totals.iter().zip(&self.customers.newcomer) {
            let (value, limits) = match &ahead.value {
                Ok(value) => (number(bare(value.mean)), number(self.interval(value)?)),
                Err(fault) => (cannot(fault), Said::words("none")),
            };
            let cells = vec![
                number(numbers::decimal(ahead.purchases.mean, 0)),
                number(self.interval_of_counts(&ahead.purchases)?),
                value,
                limits,
                number(numbers::decimal(newcomer.purchases, 2)),
                newcomer.value.as_ref().map_or_else(cannot, |value| number(bare(*value))),
            ];
            grid.rows.push((ahead.days.to_string(), cells));
        }
        Ok(grid)
    }

    fn interval(&self, total: &Total) -> Result<String, Error> {
        let (low, high) = total.interval(self.spec.level)?;
        Ok(between(low, high))
    }

    fn interval_of_counts(&self, total: &Total) -> Result<String, Error> {
        let (low, high) = total.interval(self.spec.level)?;
        Ok(format!("{} to {}", numbers::decimal(low, 0), numbers::decimal(high, 0)))
    }

    /// The models against each other.
    pub(crate) fn model_table(&self) -> Grid {
        let mut grid = Grid::new(
            "The models, best first",
            &[
                ("Model", ""),
                ("Log-likelihood", "The larger, the better"),
                ("AIC", "Akaike’s criterion; the smaller, the better"),
                ("BIC", "The Bayesian criterion; the smaller, the better"),
                ("Weight", "How much speaks for it: Akaike weight"),
                ("Parameters", "With standard errors, in the unit of the models"),
            ],
        );
        for (ranked, (_, estimates)) in self.customers.ranking.iter().zip(&self.customers.estimates) {
            let cells = vec![
                number(numbers::decimal(ranked.log_likelihood, 2)),
                number(numbers::decimal(ranked.aic, 1)),
                number(numbers::decimal(ranked.bic, 1)),
                number(numbers::probability(ranked.weight)),
                Said::words(parameters(estimates)),
            ];
            grid.rows.push((clean(&ranked.name), cells));
        }
        grid
    }

    /// What must be known of the fits.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some((name, estimates)) = self.customers.estimates.iter().find(|(name, _)| *name == self.customers.model)
        {
            match &estimates.identified {
                Identified::NoDropout(_) => notes.push(format!(
                    "By {name} hardly any of these customers has left, so when they leave cannot be told from these orders. Predictions take it that they stay."
                )),
                Identified::Weakly(parameters) => notes.push(format!(
                    "These orders hardly determine {} of {name}. Predictions within the time that was seen do not mind.",
                    parameters.join(", ")
                )),
                Identified::Fully => {}
            }
        }
        match &self.customers.spending {
            Err(fault) => notes
                .push(format!("What customers spend cannot be modelled, so their value to come is not told: {fault}.")),
            Ok(spent) => {
                if spent.at_a_loss > 0 {
                    notes.push(format!(
                        "{} with repeat purchases brought nothing or a loss on average; the model of spending knows no losses and takes them as unknown.",
                        plural(spent.at_a_loss, "customer", "customers")
                    ));
                }
                if let Ok(independence) = &spent.independence
                    && independence.p_value < 0.01
                    && independence.correlation.abs() >= 0.05
                {
                    let more = if independence.correlation > 0.0 { "more" } else { "less" };
                    notes.push(format!(
                        "Customers who buy often spend {more} per order (correlation {}, p {}); the model takes the two as independent.",
                        numbers::decimal(independence.correlation, 3),
                        p_value(independence.p_value)
                    ));
                }
            }
        }
        if let Some(off) = self.tracking_off() {
            notes.push(off);
        }
        notes
    }

    /// How far the model was off on what it had not seen.
    fn tracking_off(&self) -> Option<String> {
        let end = self.customers.calibration_end?;
        let seen = self.customers.tracking.iter().rev().find(|step| step.day <= end);
        let last = self.customers.tracking.last()?;
        let (came, expected) = seen.map_or((last.actual, last.expected), |seen| {
            (last.actual.saturating_sub(seen.actual), last.expected - seen.expected)
        });
        let off = if came > 0 {
            let share = Exact::try_from(expected / came as f64 - 1.0).unwrap_or_default();
            format!(" ({})", numbers::signed(&share, numbers::percent(&share, 1)))
        } else {
            String::new()
        };
        Some(format!(
            "Held out: of the days after {}, which the model did not see, it expected {} repeat purchases{off}; {} came.",
            day(end),
            numbers::decimal(expected, 0),
            numbers::rows(came)
        ))
    }

    /// Customers by how often they bought again, in truth and by the model.
    pub(crate) fn frequency_table(&self) -> Grid {
        let table = &self.customers.frequency;
        let mut grid = Grid::new(
            format!(
                "Customers by repeat purchases, in truth and by {}: χ² {} over {} rows, p between {} and {}",
                self.customers.model,
                numbers::decimal(table.chi_squared, 1),
                table.compared,
                p_value(table.p_value[0].min(table.p_value[1])),
                p_value(table.p_value[0].max(table.p_value[1])),
            ),
            &[("Repeat purchases", ""), ("Customers", ""), ("By the model", "")],
        );
        for (place, row) in table.rows.iter().enumerate() {
            let label = or_more(row.purchases, place + 1 == table.rows.len());
            grid.rows.push((
                label,
                vec![number(numbers::decimal(row.actual, 0)), number(numbers::decimal(row.expected, 1))],
            ));
        }
        grid
    }

    /// What customers did after the calibration, by what they had done before.
    pub(crate) fn holdout_table(&self) -> Option<Grid> {
        let rows = &self.customers.holdout;
        let end = self.customers.calibration_end?;
        let mut grid = Grid::new(
            format!("Purchases per customer after {}, by repeat purchases until then", day(end)),
            &[("Repeat purchases", ""), ("Customers", ""), ("Bought", "Per customer"), ("Expected", "Per customer")],
        );
        for (place, row) in rows.iter().enumerate().filter(|(_, row)| row.customers > 0.0) {
            let per = |sum: f64| number(numbers::decimal(sum / row.customers, 2));
            let label = or_more(row.purchases, place + 1 == rows.len());
            grid.rows
                .push((label, vec![number(numbers::decimal(row.customers, 0)), per(row.actual), per(row.expected)]));
        }
        (!grid.rows.is_empty()).then_some(grid)
    }

    /// Acquisition channels against the largest.
    pub(crate) fn channel_table(&self) -> Result<Option<Grid>, Error> {
        let channels = &self.customers.channels;
        if channels.is_empty() {
            return Ok(None);
        }
        let mut columns: Vec<(String, &'static str)> = vec![("Channel".to_owned(), ""), ("Customers".to_owned(), "")];
        for days in &self.spec.horizons {
            columns.push((format!("Value at day {days}"), "Per customer, built up age by age"));
            columns.push(("Limits".to_owned(), ""));
        }
        if self.spec.cac.is_some() {
            columns.push(("Payback day".to_owned(), "At the same cost of acquisition for all"));
        }
        columns.push(("Buys".to_owned(), "How much more often than the first channel, with limits"));
        columns.push(("Leaves".to_owned(), "How much more readily than the first channel, with limits"));
        let mut grid = Grid {
            caption: format!("Customers by acquisition channel, the largest first, in {}", self.customers.currency),
            columns,
            rows: Vec::new(),
        };
        for (place, channel) in channels.iter().enumerate() {
            grid.rows.push((clean(&channel.name), self.channel_cells(channel, place == 0)?));
        }
        Ok(Some(grid))
    }

    fn channel_cells(&self, channel: &ChannelCustomers, first: bool) -> Result<Vec<Said>, Error> {
        let mut cells = vec![count(channel.customers as u64)];
        for days in &self.spec.horizons {
            let at = channel.curve.at(*days);
            match at.age_incremental() {
                Some(mean) => cells.extend([number(self.mean(mean)), self.limits(mean)?]),
                None => cells.extend([Said::words("not seen so long"), Said::words("none")]),
            }
        }
        if let Some(cac) = &self.spec.cac {
            let day = channel.curve.payback_day(cac)?;
            cells.push(Said::or(day.map(|day| day.to_string()), "not yet"));
        }
        let times = |factor: Option<(f64, f64, f64)>| match factor {
            _ if first => Said::words("the measure"),
            Some((factor, low, high)) => {
                number(format!("× {} ({}–{})", numbers::score(factor), numbers::score(low), numbers::score(high)))
            }
            None => Said::words("cannot be told"),
        };
        cells.extend([times(channel.purchases), times(channel.dropout)]);
        Ok(cells)
    }

    /// Whether channels matter to how customers buy and leave.
    pub(crate) fn channel_sentence(&self) -> Option<String> {
        let ratio = self.customers.channels_matter?;
        let matter = if ratio.p_value < 0.05 {
            "Channels differ in how their customers buy and leave"
        } else {
            "That channels differ in how their customers buy and leave cannot be shown"
        };
        Some(format!(
            "{matter} (likelihood ratio {} with {} degrees of freedom, p {}).",
            numbers::decimal(ratio.statistic, 1),
            ratio.degrees,
            p_value(ratio.p_value)
        ))
    }

    /// How unequal customers are.
    pub(crate) fn share_sentence(&self) -> Option<String> {
        let mut values: Vec<f64> = self.customers.outlooks.iter().map(crate::charts::value_of).collect();
        values.sort_by(|a, b| b.total_cmp(a));
        let all: f64 = values.iter().sum();
        let tenth = values.len().div_ceil(10);
        if all <= 0.0 || values.len() < 10 {
            return None;
        }
        let top: f64 = values.iter().take(tenth).sum();
        let share = Exact::try_from(top / all).ok()?;
        let days = self.spec.horizons.iter().max()?;
        Some(format!(
            "One customer in ten stands for {} of the value: what they brought, and what is expected of them in the next {days} days.",
            numbers::percent(&share, 0)
        ))
    }
}

fn or_more(purchases: usize, last: bool) -> String {
    if last { format!("{purchases} or more") } else { purchases.to_string() }
}

/// An estimate of an amount.
pub(crate) fn bare(value: f64) -> String {
    numbers::decimal(value, if value.abs() < 1000.0 { 2 } else { 0 })
}

pub(crate) fn between(low: f64, high: f64) -> String {
    format!("{} to {}", bare(low), bare(high))
}

/// `r 0.243 ± 0.013, α 4.41 ± 0.38`.
fn parameters(estimates: &Estimates) -> String {
    let told = estimates.parameters.iter().map(|parameter| {
        let value = significant(parameter.value);
        parameter.se().map_or_else(
            || format!("{} {value}, not determined", parameter.name),
            |se| format!("{} {value} ± {}", parameter.name, significant(se)),
        )
    });
    told.collect::<Vec<_>>().join("; ")
}

/// A number at three digits.
fn significant(value: f64) -> String {
    numbers::per_unit(value)
}
