//! The tables of customers and their value.

use chrono::{Days, NaiveDate};
use styring_ltv::{Estimates, ProjectedCohort};
use styring_money::Exact;
use styring_playbook::{Ahead, ChannelCustomers, Outlook};

use super::super::table::{Cell, Column, Label, Row, Table};
use crate::figures::Said;
use crate::lifetime_words::{amounts, bare_about, bare_like, count_about, part, range, why};
use crate::{LifetimeReport, numbers};

/// Ages in days that people ask for.
const AGES: [u32; 9] = [0, 30, 60, 90, 180, 365, 730, 1095, 1825];
/// Purchase models have so many parameters.
const PARAMETERS: usize = 4;
/// A customer is endangered from this part of the value on: below it, there is nothing to save.
const AT_STAKE: f64 = 1e-6;

/// How much a table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    Full,
    /// What fits a terminal.
    Brief,
}

impl Detail {
    /// So many customers are listed.
    fn listed(self) -> usize {
        match self {
            Self::Full => 20,
            Self::Brief => 10,
        }
    }
}

impl LifetimeReport<'_> {
    fn money(&self, value: f64) -> String {
        bare_about(value, self.currency())
    }

    fn limits(&self, limits: (f64, f64)) -> String {
        amounts(limits, self.currency())
    }

    /// What a customer was worth at ages that people ask for.
    pub(crate) fn age_table(&self) -> Table {
        let curve = &self.customers.curve;
        let seen = curve.last_age().unwrap_or_default();
        let mut ages: Vec<u32> = AGES.into_iter().filter(|age| *age <= seen).chain(self.horizons()).collect();
        ages.sort_unstable();
        ages.dedup();
        let row = |age: &u32| {
            let at = curve.at(*age);
            let none = || Said::words("nobody seen");
            let amount = |mean: Option<&styring_ltv::ObservedMean>| {
                mean.map_or_else(none, |mean| Said::number(numbers::amount(mean.value().amount(), self.currency())))
            };
            let limits = match at.age_incremental().map(|mean| mean.limits(self.spec.level)) {
                Some(Ok(Some(limits))) => Said::number(self.limits(limits)),
                Some(Ok(None)) => Said::words("one customer"),
                Some(Err(error)) => Said::words(why(&error)),
                None => none(),
            };
            let mut cells: Vec<Cell> = vec![
                numbers::rows(at.at_risk()).into(),
                amount(at.age_incremental()).into(),
                limits.into(),
                amount(at.complete_case()).into(),
            ];
            if self.spec.cac.is_some() {
                cells.push(self.ltv_to_cac(curve, *age).into());
            }
            Row::new(Label::plain(&numbers::rows((*age).into())), cells)
        };
        let mut columns = vec![
            Column::text("Age in days"),
            Column::number("Customers seen", "At this age or beyond"),
            Column::number("Value", "Built up age by age from all who were seen at each"),
            Column::number(format!("Limits of {}", self.level()), "Of the mean of customers"),
            Column::number("Complete case", "The mean of only those who were seen at this age or beyond"),
        ];
        if self.spec.cac.is_some() {
            columns.push(Column::number("LTV:CAC", "Value over the cost of acquisition"));
        }
        Table::plain(
            format!("What a customer was worth by age, in {}", self.currency()),
            columns,
            ages.iter().map(row).collect(),
        )
    }

    /// What all customers, and a new one, are expected to do.
    pub(crate) fn ahead_table(&self) -> Table {
        let mut ahead: Vec<&Ahead> = self.customers.totals.iter().collect();
        ahead.sort_by_key(|ahead| ahead.days);
        let row = |ahead: &&Ahead| {
            let interval =
                |total: &styring_ltv::Total, text: &dyn Fn(f64) -> String| match total.interval(self.spec.level) {
                    Ok(limits) => Said::number(range(limits, text)),
                    Err(error) => Said::words(why(&error)),
                };
            let money = |value: f64| self.money(value);
            let mut cells: Vec<Cell> =
                vec![count_about(ahead.purchases.mean).into(), interval(&ahead.purchases, &count_about).into()];
            match &ahead.value {
                Ok(total) => cells.extend([self.money(total.mean).into(), interval(total, &money).into()]),
                Err(_) => cells.extend([Said::words("cannot be told").into(), Said::words("cannot be told").into()]),
            }
            let new = self.customers.newcomer.iter().find(|new| new.days == ahead.days);
            cells.push(Said::or(new.map(|new| numbers::decimal(new.purchases, 2)), "not asked").into());
            let value = new.and_then(|new| new.value.as_ref().ok());
            cells.push(Said::or(value.map(|value| self.money(*value)), "cannot be told").into());
            Row::new(Label::plain(&format!("{} days", ahead.days)), cells)
        };
        let limits = format!("{}, from to", self.level());
        Table {
            groups: vec![(String::new(), 1), ("All customers so far".to_owned(), 4), ("A new customer".to_owned(), 2)],
            ..Table::plain(
                format!("What is to come, values in {}", self.currency()),
                vec![
                    Column::text("Within"),
                    Column::number("Orders", "Expected purchases of all customers together"),
                    Column::number(
                        limits.clone(),
                        "A prediction interval: chance, and that the parameters are estimates",
                    ),
                    Column::number("Value", "Of these orders, discounted"),
                    Column::number(limits, "A prediction interval: chance, and that the parameters are estimates"),
                    Column::number("Repeat orders", "Expected of a customer acquired now"),
                    Column::number("Value", "The mean first order, and the repeat orders after it, discounted"),
                ],
                ahead.iter().map(row).collect(),
            )
        }
    }

    pub(crate) fn model_table(&self) -> Table {
        let best = self.customers.ranking.first().map_or(0.0, |best| best.aic);
        let rows = self.customers.ranking.iter().map(|ranked| {
            let used = if ranked.name == self.customers.model {
                Cell::classed(Said::number("used"), "pill winner")
            } else {
                Said::words("not used").into()
            };
            let cells = vec![
                used,
                numbers::decimal(ranked.log_likelihood, 1).into(),
                numbers::decimal(ranked.aic, 1).into(),
                numbers::decimal(ranked.aic - best, 1).into(),
                numbers::decimal(ranked.bic, 1).into(),
                numbers::probability(ranked.weight).into(),
            ];
            Row::new(Label::plain(&ranked.name), cells)
        });
        Table::plain(
            "The models that were fitted, the best by AIC first".to_owned(),
            vec![
                Column::text("Model"),
                Column::text("Here"),
                Column::number("Log-likelihood", "The natural logarithm; the larger, the better"),
                Column::number("AIC", "Akaike’s criterion; the smaller, the better"),
                Column::number("Behind the best", "In AIC"),
                Column::number("BIC", "The Bayesian criterion; the smaller, the better"),
                Column::number("Akaike weight", "How much speaks for this one, as a share"),
            ],
            rows.collect(),
        )
    }

    pub(crate) fn parameter_table(&self) -> Table {
        let row = |(name, estimates): (&str, &Estimates)| {
            let mut cells: Vec<Cell> = Vec::new();
            for parameter in &estimates.parameters {
                let said = format!("{}\u{a0}=\u{a0}{}", parameter.name, numbers::score(parameter.value));
                cells.push(match parameter.se() {
                    Some(se) => format!("{said} ± {}", numbers::score(se)).into(),
                    None => Said::words(format!("{said}, not determined")).into(),
                });
            }
            cells.resize_with(PARAMETERS, || Said::words("no more").into());
            Row::new(Label::plain(name), cells)
        };
        let purchases = self.customers.estimates.iter().map(|(name, estimates)| (*name, estimates));
        let spending = self.customers.spending.as_ref().ok();
        let spending = spending.map(|spent| ("Gamma-Gamma (spending)", &spent.fit.estimates));
        let mut columns = vec![Column::text("Model")];
        columns.extend(
            ["First", "Second", "Third", "Fourth"].map(|title| Column::number(title, "Value ± standard error")),
        );
        Table::plain(
            format!("Parameters with their standard errors; time in units of {}", self.unit()),
            columns,
            purchases.chain(spending).map(row).collect(),
        )
    }

    /// The unit of time in which models are told.
    fn unit(&self) -> String {
        let days = self.customers.unit.in_days(1.0);
        match days {
            d if (d - 1.0).abs() < 1e-9 => "a day".to_owned(),
            d if (d - 7.0).abs() < 1e-9 => "a week".to_owned(),
            d => format!("{} days", numbers::setting(d)),
        }
    }

    /// `None` where nothing was held out.
    pub(crate) fn holdout_table(&self) -> Option<Table> {
        let (actual, expected, customers) = self.holdout()?;
        let last = self.customers.holdout.len().saturating_sub(1);
        let cells = |customers: f64, actual: f64, expected: f64| -> Vec<Cell> {
            let each = |sum: f64| {
                if customers > 0.0 { Said::number(numbers::decimal(sum / customers, 2)) } else { Said::words("nobody") }
            };
            vec![
                numbers::decimal(customers, 0).into(),
                numbers::decimal(actual, 0).into(),
                numbers::decimal(expected, 1).into(),
                each(actual).into(),
                each(expected).into(),
            ]
        };
        let rows = self.customers.holdout.iter().enumerate().map(|(place, row)| {
            let name = if place == last { format!("{} or more", row.purchases) } else { row.purchases.to_string() };
            Row::new(Label::plain(&name), cells(row.customers, row.actual, row.expected))
        });
        let total = Row::total("All", cells(customers, actual, expected));
        Some(Table::plain(
            "What customers did after the calibration, by their repeat purchases until then".to_owned(),
            vec![
                Column::text("Repeat purchases"),
                Column::number("Customers", ""),
                Column::number("Came afterwards", "Their purchases after the calibration"),
                Column::number("Expected", "From each customer’s history until the end of the calibration"),
                Column::number("Came, each", "Per customer"),
                Column::number("Expected, each", "Per customer"),
            ],
            rows.chain([total]).collect(),
        ))
    }

    /// `None` without channels. In brief, at the largest horizon alone.
    pub(crate) fn channel_table(&self, detail: Detail) -> Option<Table> {
        let channels = &self.customers.channels;
        if channels.is_empty() {
            return None;
        }
        let horizons = if detail == Detail::Full { self.horizons() } else { vec![self.largest()] };
        let row = |(place, channel): (usize, &ChannelCustomers)| {
            Row::new(Label::channel(&channel.name, place), self.channel_cells(place, channel, &horizons, detail))
        };
        let ratio = |age: u32| match detail {
            Detail::Full => format!("LTV:CAC, {age} days"),
            Detail::Brief => "LTV:CAC".to_owned(),
        };
        let mut columns = vec![Column::text("Channel"), Column::number("Customers", "")];
        if detail == Detail::Full {
            columns.push(Column::number("Share", "Of all customers"));
        }
        for age in &horizons {
            columns.push(Column::number(format!("Value after {age} days"), "Observed, with its limits"));
        }
        if self.spec.cac.is_some() {
            for age in &horizons {
                columns.push(Column::number(ratio(*age), "Against the one cost of acquisition given"));
            }
            columns.push(Column::number("Payback day", "The first on which the value reached the cost"));
        }
        columns.extend([
            Column::number("Purchase factor", "How much more often they buy than customers of the first channel"),
            Column::number("Dropout factor", "How much more readily they leave"),
        ]);
        Some(Table::plain(
            format!("Customers by acquisition channel; values in {}, limits of {}", self.currency(), self.level()),
            columns,
            channels.iter().enumerate().map(row).collect(),
        ))
    }

    fn channel_cells(&self, place: usize, channel: &ChannelCustomers, horizons: &[u32], detail: Detail) -> Vec<Cell> {
        let share = part(channel.customers as u64, self.customers.customers as u64);
        let mut cells: Vec<Cell> = vec![numbers::rows(channel.customers as u64).into()];
        if detail == Detail::Full {
            cells.push(Said::or(share, "no customers").into());
        }
        for age in horizons {
            let at = channel.curve.at(*age);
            let said = at.age_incremental().map(|mean| {
                let amount = mean.value().amount();
                let limits = mean.limits(self.spec.level).ok().flatten().filter(|_| detail == Detail::Full);
                let Some(limits) = limits else { return numbers::amount(amount, self.currency()) };
                // Three amounts in a cell leave room for no decimals.
                let places = if amount.to_f64().abs() < 1000.0 { self.currency().minor_digits() } else { 0 };
                let limits = range(limits, |limit| numbers::decimal(limit, usize::from(places)));
                format!("{} ({limits})", numbers::fixed(amount, places))
            });
            cells.push(Said::or(said, "not seen so long").into());
        }
        if let Some(cac) = &self.spec.cac {
            cells.extend(horizons.iter().map(|age| Cell::from(self.ltv_to_cac(&channel.curve, *age))));
            cells.push(match channel.curve.payback_day(cac) {
                Ok(day) => Said::or(day.map(|day| numbers::rows(day.into())), "not yet").into(),
                Err(error) => Said::words(why(&error)).into(),
            });
        }
        let factor = |factor: Option<(f64, f64, f64)>| match factor {
            Some((factor, low, high)) => Said::number(numbers::interval(factor, (low, high))),
            None if self.customers.channels.len() == 1 => Said::words("only one channel"),
            None if place == 0 => Said::words("1, by definition"),
            None => Said::words("the data do not tell"),
        };
        cells.extend([factor(channel.purchases).into(), factor(channel.dropout).into()]);
        cells
    }

    /// `None` where cohorts cannot be projected.
    pub(crate) fn cohort_table(&self) -> Option<Table> {
        let cohorts = self.customers.cohorts.as_ref().ok()?;
        let age = cohorts.ages().last().copied().unwrap_or_default();
        let value = |value: &styring_ltv::ProjectedValue, known: bool| -> Vec<Cell> {
            let error = match value.standard_error() {
                _ if known => Said::words("observed"),
                Some(error) => Said::number(self.money(error)),
                None => Said::words("too few older cohorts"),
            };
            let limits = match value.interval(self.spec.level) {
                _ if known => Said::words("observed"),
                Ok(Some(limits)) => Said::number(self.limits(limits)),
                Ok(None) => Said::words("too few older cohorts"),
                Err(error) => Said::words(why(&error)),
            };
            [error.into(), limits.into()].into()
        };
        let row = |cohort: &ProjectedCohort<styring_ltv::Month>| {
            let customers = cohort.value().customers();
            let observed = cohort.observed().amount().checked_div(&Exact::from(customers));
            let observed = observed.map(|observed| numbers::amount(&observed, self.currency()));
            let mut cells: Vec<Cell> = vec![
                numbers::rows(customers).into(),
                numbers::rows(cohort.observed_age().into()).into(),
                Said::or(observed.clone(), "no customers").into(),
            ];
            let known = cohort.observed_age() >= age;
            // What was observed is exact.
            let worth = observed.filter(|_| known).unwrap_or_else(|| self.money(cohort.value().per_customer()));
            cells.push(worth.into());
            cells.extend(value(cohort.value(), known));
            Row::new(Label::plain(&cohort.cohort().to_string()), cells)
        };
        let all = cohorts.all();
        let mut total: Vec<Cell> =
            vec![numbers::rows(all.customers()).into(), String::new().into(), String::new().into()];
        total.push(self.money(all.per_customer()).into());
        total.extend(value(all, cohorts.cohorts().all(|cohort| cohort.observed_age() >= age)));
        let rows = cohorts.cohorts().map(row).chain([Row::total("All", total)]).collect();
        Some(Table::plain(
            format!("Value of a customer by month of the first order, in {}", self.currency()),
            vec![
                Column::text("First order"),
                Column::number("Customers", ""),
                Column::number("Seen until day", "The last age of the ladder at which the whole cohort is known"),
                Column::number("Worth by then", "Per customer, exact"),
                Column::number(format!("After {age} days"), "Observed, or projected by the chain ladder"),
                Column::number(
                    "Standard error",
                    "Mack’s: what the cohort may do by chance, and that the factors are estimates",
                ),
                Column::number(format!("Limits of {}", self.level()), ""),
            ],
            rows,
        ))
    }

    /// The customers of whom most is expected.
    pub(crate) fn best_table(&self, detail: Detail) -> Table {
        let mut ranked: Vec<(f64, &Outlook)> = self.ranked();
        ranked.truncate(detail.listed());
        self.customer_table(
            format!(
                "The {} customers with the highest expected {} in {} days{}",
                ranked.len(),
                self.expected_what(),
                self.largest(),
                self.in_currency()
            ),
            None,
            &ranked,
            detail,
        )
    }

    /// Those with most to lose: what is expected of them, times the probability that they are gone. `None` if there is nobody.
    pub(crate) fn endangered_table(&self, detail: Detail) -> Option<Table> {
        let mut ranked: Vec<(f64, &Outlook)> = self
            .ranked()
            .into_iter()
            .map(|(expected, outlook)| (expected * (1.0 - outlook.p_alive), outlook))
            .filter(|(at_stake, _)| *at_stake > AT_STAKE)
            .collect();
        ranked.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        ranked.truncate(detail.listed());
        (!ranked.is_empty()).then(|| {
            self.customer_table(
                format!(
                    "The {} customers with most at stake: expected {} times the probability that they are lost{}",
                    ranked.len(),
                    self.expected_what(),
                    self.in_currency()
                ),
                Some("At stake"),
                &ranked,
                detail,
            )
        })
    }

    fn in_currency(&self) -> String {
        format!(", amounts in {}", self.currency())
    }

    /// All of whom something can be said, the most expected first; equals in the order of ids.
    fn ranked(&self) -> Vec<(f64, &Outlook)> {
        let expected = self.expected_by_place();
        let mut ranked: Vec<_> = expected
            .into_iter()
            .zip(&self.customers.outlooks)
            .filter_map(|(expected, outlook)| Some((expected?, outlook)))
            .collect();
        ranked.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        ranked
    }

    fn customer_table(&self, caption: String, rank: Option<&str>, ranked: &[(f64, &Outlook)], detail: Detail) -> Table {
        let largest = self.largest();
        let ahead_of = |outlook: &Outlook| outlook.ahead.iter().find(|ahead| ahead.days == largest).cloned();
        // All amounts of the table with as many digits as the largest has.
        let values = ranked.iter().filter_map(|(_, outlook)| ahead_of(outlook)?.value);
        let most = values.map(|(expected, _, high)| expected.max(high)).fold(0.0, f64::max);
        let money = |value: f64| bare_like(value, most, self.currency());
        let row = |(sorted_by, outlook): &(f64, &Outlook)| {
            let ahead = ahead_of(outlook);
            let ahead = ahead.as_ref();
            let mut cells: Vec<Cell> = Vec::new();
            if rank.is_some() {
                let text = if self.has_values() { money(*sorted_by) } else { numbers::decimal(*sorted_by, 2) };
                cells.push(text.into());
            }
            let full = |cell: Cell| (detail == Detail::Full).then_some(cell);
            let value = ahead.and_then(|ahead| ahead.value);
            cells.push(Said::or(value.map(|(expected, ..)| money(expected)), "cannot be told").into());
            let within = value.map(|(_, low, high)| range((low, high), money));
            cells.extend(full(Said::or(within, "cannot be told").into()));
            cells.push(Said::or(ahead.map(|ahead| numbers::decimal(ahead.purchases, 2)), "not asked").into());
            cells.extend(full(Said::or(ahead.map(|ahead| orders_within(ahead.purchases_within)), "not asked").into()));
            cells.extend([
                numbers::probability(outlook.p_alive).into(),
                numbers::rows(u64::from(outlook.history.purchases()) + 1).into(),
                numbers::amount(outlook.worth.amount(), self.currency()).into(),
            ]);
            cells.extend(full(outlook.first_day.to_string().into()));
            let last = self.last_day(outlook).map(|day| day.to_string());
            cells.push(Said::or(last, "beyond the calendar").into());
            Row::new(Label::plain(&outlook.id), cells)
        };
        let interval = |of: &str| Column::number(format!("{}, from to", self.level()), of);
        let full = |column: Column| (detail == Detail::Full).then_some(column);
        let mut columns = vec![Column::text("Customer")];
        columns.extend(rank.map(|rank| Column::number(rank, "Sorted by this")));
        columns.push(Column::number("Value ahead", format!("Expected within {largest} days, discounted")));
        columns.extend(full(interval("Of the value of this customer’s orders")));
        columns.push(Column::number("Orders ahead", format!("Expected within {largest} days")));
        columns.extend(full(interval("Of the number of this customer’s orders")));
        columns.extend([
            Column::number("P(alive)", "The probability to be a customer still"),
            Column::number("Orders so far", "Days with several counted once"),
            Column::number("Worth so far", "What all orders so far brought"),
        ]);
        columns.extend(full(Column::number("First order", "")));
        columns.push(Column::number("Last order", ""));
        Table::plain(caption, columns, ranked.iter().map(row).collect())
    }

    /// The day of the last order.
    fn last_day(&self, outlook: &Outlook) -> Option<NaiveDate> {
        let days = libm::round(self.customers.unit.in_days(outlook.history.last()));
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "days of a calendar")]
        let days = days.clamp(0.0, 1e8) as u64;
        outlook.first_day.checked_add_days(Days::new(days))
    }
}

fn orders_within((low, high): (usize, usize)) -> String {
    format!("{} to {}", numbers::rows(low as u64), numbers::rows(high as u64))
}
