use styring_playbook::{Customers, CustomersSpec};

use crate::{Error, Source, page, terminal};

/// What customers were worth and will be, how sure that is, and who to look after: for the people who decide what a customer may cost.
///
/// ```
/// use std::collections::BTreeMap;
/// use chrono::{Days, NaiveDate};
/// use styring_ltv::{TimeUnit, Transactions};
/// use styring_money::{Currency, Money};
/// use styring_playbook::{Customers, CustomersSpec, ModelChoice};
/// use styring_report::{LifetimeReport, Source};
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
/// let source = Source { name: "orders.csv".to_owned(), rows: 691, used: 691, ..Source::default() };
///
/// let report = LifetimeReport { customers: &customers, spec: &spec, source: &source };
/// let page = report.html()?; // a whole page: write it to a file, send it by e-mail
/// assert!(page.contains("Value after 90 days") && page.contains("Value after 180 days"));
/// println!("{}", report.terminal(100));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct LifetimeReport<'a> {
    /// What the orders say.
    pub customers: &'a Customers,
    /// What was asked of them.
    pub spec: &'a CustomersSpec,
    /// What was read.
    pub source: &'a Source,
}

impl LifetimeReport<'_> {
    /// The whole report as one HTML page that needs nothing else, like that of the [week](crate::WeeklyReport::html). It names customers by their ids.
    ///
    /// Errors: a cost of acquisition in another currency than the orders, or below zero; a level outside 0 to 1; a chart that cannot be drawn.
    pub fn html(&self) -> Result<String, Error> {
        page::lifetime_html(self)
    }

    /// The report in brief for a terminal of this many columns, like that of the [week](crate::WeeklyReport::terminal).
    pub fn terminal(&self, width: u16) -> String {
        terminal::print_lifetime(self, width)
    }
}
