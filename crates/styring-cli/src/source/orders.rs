//! Streaming orders of customers: who, when, how much, and by which channel they came.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use chrono::{Datelike, NaiveDate};
use foldhash::fast::FixedState;
use serde::Serialize;
use styring_ltv::{RefundDays, Transactions};
use styring_money::{Currency, Exact, NumberFormat, Sign, Unrounded};

use super::cell_spec::CellSpec;
use super::copies::Copies;
use super::dates::Days;
use super::findings::{Oddity, RejectionKind, SetAside};
use super::reader::Rejects;
use super::rows::{Ended, Fault, Row, Rows};
use super::spec::Duplicates;
use super::table::TableSpec;
use crate::Error;

/// How orders are written, and what counts.
///
/// A column is named as in the header, or by its number from one. What is not named is looked for by the names that exports use.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct OrderSpec {
    /// The column of the customer.
    pub customer: Option<String>,
    /// The column of the day.
    pub date: Option<String>,
    /// The column of what the order brought.
    pub amount: Option<String>,
    /// The column of the channel that the customer came by; none if there is none. The first order of a customer decides.
    pub channel: Option<String>,
    /// How the table is written.
    pub table: TableSpec,
    /// How numbers and days are written in it.
    pub cells: CellSpec,
    /// The currency of all amounts.
    pub currency: Currency,
    /// What a day with nothing but refunds is.
    pub refunds: RefundDays,
    /// The last day that counts; the last day with an order if absent.
    pub until: Option<NaiveDate>,
}

impl OrderSpec {
    /// Orders as most exports write them.
    pub fn new(currency: Currency) -> Self {
        Self {
            customer: None,
            date: None,
            amount: None,
            channel: None,
            table: TableSpec::default(),
            cells: CellSpec::default(),
            currency,
            refunds: RefundDays::BelongToPurchase,
            until: None,
        }
    }
}

/// Orders that were read.
#[derive(Debug)]
#[non_exhaustive]
pub struct Orders {
    /// The orders.
    pub transactions: Transactions<String>,
    /// The channel that customers came by, of those whose first order names one.
    pub channels: BTreeMap<String, String>,
    /// The last day that counts.
    pub until: NaiveDate,
    /// What was found on the way.
    pub findings: OrderFindings,
}

/// Everything found while reading orders.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OrderFindings {
    /// The file.
    pub name: String,
    /// Rows below the header.
    pub rows: u64,
    /// Rows that count.
    pub used: u64,
    /// Which column was read as what.
    pub columns: BTreeMap<&'static str, String>,
    /// What separates the cells, in a word.
    pub delimiter: String,
    /// The first day with an order that counts.
    pub first_day: NaiveDate,
    /// The last.
    pub last_day: NaiveDate,
    /// Rows after the last day that counts, and the line of the first.
    pub after: Option<(u64, u64)>,
    /// Customers whose first order names no channel, where channels are read.
    pub customers_without_channel: Option<u64>,
    /// Rows that were set aside.
    #[serde(flatten)]
    pub set_aside: SetAside,
    /// What is odd in the rows that were used.
    pub oddities: Vec<Oddity>,
}

/// Reads orders, row by row.
///
/// Memory is proportional to the days on which customers ordered, as it is for [`Transactions`].
///
/// # Errors
/// An option that cannot be meant; a file without header; a column that is not there, or that no name or several names point to; a file of which no row can be used; and whatever
/// `rejects` answers.
pub fn read_orders(input: impl Read, name: &str, spec: &OrderSpec, rejects: &mut dyn Rejects) -> Result<Orders, Error> {
    spec.table.check()?;
    let format = spec.cells.check()?;
    let rows = Rows::open(input, name, &spec.table, rejects)?;
    let mut reading = Reading::new(spec, format, &rows)?;
    let ended = rows.read_all(rejects, |row| reading.row(row))?;
    reading.finish(ended)
}

/// The names under which exports have customers, and so on; without capitals and signs.
const CUSTOMER: &[&[&str]] = &[
    &["customerid", "kundeid", "kundenummer", "kundenr", "customernumber", "clientid", "userid", "memberid", "custid"],
    &["customer", "kunde", "client", "user", "member", "buyer", "email", "epost"],
];
const DATE: &[&[&str]] = &[
    &["orderdate", "purchasedate", "transactiondate", "ordredato", "bestillingsdato", "kjøpsdato"],
    &["date", "dato", "day", "dag"],
    &["createdat", "orderedat", "timestamp", "datetime", "tidspunkt", "invoicedate", "fakturadato"],
];
/// Only a margin pays for an acquisition, so where there is one it is meant.
const AMOUNT: &[&[&str]] = &[
    &["margin", "contributionmargin", "grossmargin", "grossprofit", "profit", "dekningsbidrag", "bruttofortjeneste"],
    &[
        "amount",
        "value",
        "ordervalue",
        "revenue",
        "netrevenue",
        "netsales",
        "sales",
        "total",
        "ordertotal",
        "totalprice",
        "dollarvalue",
        "beløp",
        "omsetning",
        "verdi",
        "ordreverdi",
        "sum",
    ],
];

struct Reading<'a> {
    spec: &'a OrderSpec,
    format: NumberFormat,
    customer: usize,
    days: Days,
    amount: usize,
    channel: Option<usize>,
    transactions: Transactions<String>,
    firsts: HashMap<String, First, FixedState>,
    /// The channels by number, in the order in which they come.
    channels: Vec<String>,
    numbers: HashMap<String, usize, FixedState>,
    span: Option<(NaiveDate, NaiveDate)>,
    used: u64,
    after: Option<(u64, u64)>,
    odd: Odd,
    copies: Copies,
}

/// The first order of a customer so far, and the channel it names.
#[derive(Clone, Copy)]
struct First {
    day: NaiveDate,
    channel: Option<usize>,
}

/// A row that can be used.
struct Order {
    customer: String,
    day: NaiveDate,
    amount: Exact,
    channel: Option<String>,
}

impl<'a> Reading<'a> {
    fn new(spec: &'a OrderSpec, format: NumberFormat, rows: &Rows<'_>) -> Result<Self, Error> {
        let header = rows.header();
        let customer = header.find(spec.customer.as_deref(), "the customer", "--customer", CUSTOMER)?;
        let date = header.find(spec.date.as_deref(), "the day", "--date", DATE)?;
        let amount = header.find(spec.amount.as_deref(), "the amount", "--amount", AMOUNT)?;
        let channel = spec.channel.as_deref().map(|column| header.called(column, "the channel")).transpose()?;
        Ok(Self {
            spec,
            format,
            customer,
            days: Days::in_column(date, spec.cells.date_format.as_deref()),
            amount,
            channel,
            transactions: Transactions::new(spec.currency).with_refund_days(spec.refunds),
            firsts: HashMap::default(),
            channels: Vec::new(),
            numbers: HashMap::default(),
            span: None,
            used: 0,
            after: None,
            odd: Odd::default(),
            copies: Copies::new(Duplicates::Report),
        })
    }

    fn row(&mut self, row: &Row<'_>) -> Result<Result<(), Fault>, Error> {
        match self.read(row) {
            Ok(order) => self.take(row, order).map(Ok),
            Err(fault) => Ok(Err(fault)),
        }
    }

    fn read(&mut self, row: &Row<'_>) -> Result<Order, Fault> {
        let customer = row.text_needed(self.customer)?;
        let day = self.days.of(row.cells()).map_err(|kind| (self.days.column(), kind))?;
        if !(1900..2200).contains(&day.year()) {
            return Err((self.days.column(), RejectionKind::NoOrderDay));
        }
        let amount = row.number(self.amount, self.format)?;
        let channel = self.channel.map(|place| row.text(place)).transpose()?.flatten();
        Ok(Order { customer: customer.to_owned(), day, amount, channel: channel.map(ToOwned::to_owned) })
    }

    fn take(&mut self, row: &Row<'_>, order: Order) -> Result<(), Error> {
        let Order { customer, day, amount, channel } = order;
        if self.spec.until.is_some_and(|until| day > until) {
            self.after.get_or_insert_with(|| (0, row.line())).0 += 1;
            return Ok(());
        }
        self.used += 1;
        self.span = Some(self.span.map_or((day, day), |(first, last)| (first.min(day), last.max(day))));
        let copy = self.copies.is_copy(row.cells());
        self.copies.note(copy, &|| row.line());
        self.odd.look(&amount, self.spec.currency, row);
        if self.channel.is_some() {
            self.note_channel(&customer, day, channel);
        }
        self.transactions.add(customer, day, Unrounded::new(amount, self.spec.currency))?;
        Ok(())
    }

    fn note_channel(&mut self, customer: &str, day: NaiveDate, channel: Option<String>) {
        let known = self.firsts.get(customer).copied();
        // On the same day the first row stands.
        if known.is_some_and(|first| first.day <= day) {
            return;
        }
        let channel = channel.map(|channel| {
            let next = self.channels.len();
            let number = *self.numbers.entry(channel.clone()).or_insert(next);
            if number == next {
                self.channels.push(channel);
            }
            number
        });
        self.firsts.insert(customer.to_owned(), First { day, channel });
    }

    fn finish(self, ended: Ended<'_>) -> Result<Orders, Error> {
        let Ended { header, rows, set_aside, delimiter } = ended;
        let Some((first_day, last_day)) = self.span else {
            return Err(Error::NoOrders {
                name: header.file().to_owned(),
                rows,
                after: self.after.map_or(0, |(rows, _)| rows),
                first: set_aside.first_rejections.into_iter().next().map(Box::new),
            });
        };
        let named = self.firsts.iter().filter_map(|(customer, first)| Some((customer.clone(), first.channel?)));
        let channels: BTreeMap<String, String> =
            named.map(|(customer, channel)| (customer, self.channels[channel].clone())).collect();
        let customers_without_channel = self.channel.map(|_| (self.firsts.len() - channels.len()) as u64);
        let mut columns = BTreeMap::from([
            ("customer", header.name(self.customer).to_owned()),
            ("date", header.name(self.days.column().unwrap_or_default()).to_owned()),
            ("amount", header.name(self.amount).to_owned()),
        ]);
        columns.extend(self.channel.map(|place| ("channel", header.name(place).to_owned())));
        let mut oddities = self.odd.found(self.spec.currency);
        oddities.extend(self.copies.found());
        let findings = OrderFindings {
            name: header.file().to_owned(),
            rows,
            used: self.used,
            columns,
            delimiter: delimiter.in_words(),
            first_day,
            last_day,
            after: self.after,
            customers_without_channel,
            set_aside,
            oddities,
        };
        Ok(Orders { transactions: self.transactions, channels, until: self.spec.until.unwrap_or(last_day), findings })
    }
}

/// What is odd in orders that can be used: rows, and the line of the first.
#[derive(Default)]
struct Odd {
    negative: Option<(u64, u64)>,
    zero: Option<(u64, u64)>,
    finer: Option<(u64, u64)>,
    spanning: Option<(u64, u64)>,
}

impl Odd {
    fn look(&mut self, amount: &Exact, currency: Currency, row: &Row<'_>) {
        for (odd, rows) in [
            (amount.sign() == Sign::Negative, &mut self.negative),
            (amount.is_zero(), &mut self.zero),
            (amount.is_finer_than(currency.minor_digits()), &mut self.finer),
            (row.spans_lines(), &mut self.spanning),
        ] {
            if odd {
                rows.get_or_insert_with(|| (0, row.line())).0 += 1;
            }
        }
    }

    fn found(&self, currency: Currency) -> Vec<Oddity> {
        let places = currency.minor_digits();
        let spans = "a cell runs over several lines; a quote that is never closed would hide rows";
        let odd = [
            (spans.to_owned(), true, self.spanning),
            ("amount below zero: a refund".to_owned(), false, self.negative),
            ("amount of zero".to_owned(), false, self.zero),
            (format!("amount with more than {places} decimals"), false, self.finer),
        ];
        let found = odd.into_iter().filter_map(|(name, contradiction, rows)| {
            let (rows, first_line) = rows?;
            Some(Oddity { name, contradiction, rows, first_line })
        });
        found.collect()
    }
}
