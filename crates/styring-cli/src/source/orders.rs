//! Streaming orders of customers: who, when, how much, and by which channel they came.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use chrono::format::{Item, StrftimeItems};
use chrono::{Datelike, NaiveDate};
use csv::ByteRecord;
use foldhash::fast::FixedState;
use serde::Serialize;
use styring_ltv::{RefundDays, Transactions};
use styring_money::{Currency, Exact, NumberFormat, Sign, Unrounded};

use super::cells::number_in;
use super::columns::{Header, shown};
use super::copies::Copies;
use super::dates::Days;
use super::findings::{Oddity, RejectionKind, SetAside};
use super::reader::Rejects;
use super::spec::Duplicates;
use super::table::{Delimiter, Layout, Line, Table, spans_lines};
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
    /// Whether the first row holds names.
    pub has_header: bool,
    /// What separates the cells.
    pub delimiter: Delimiter,
    /// The encoding, by its WHATWG label. A byte order mark overrides it.
    pub encoding: String,
    /// Lines before the table.
    pub skip_lines: u64,
    /// The decimal sign.
    pub decimal: char,
    /// What groups digits in threes, if anything.
    pub group: Option<char>,
    /// The form of a day (strftime); if absent, any form that can mean only one day.
    pub date_format: Option<String>,
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
            has_header: true,
            delimiter: Delimiter::Detect,
            encoding: "utf-8".to_owned(),
            skip_lines: 0,
            decimal: '.',
            group: None,
            date_format: None,
            currency,
            refunds: RefundDays::BelongToPurchase,
            until: None,
        }
    }

    /// Finds what cannot be meant before a file is opened.
    fn check(&self) -> Result<NumberFormat, Error> {
        let fault =
            |option, expected, value: &dyn ToString| Err(Error::Option { option, expected, value: value.to_string() });
        if let Delimiter::Sign(sign) = self.delimiter
            && (!sign.is_ascii() || matches!(sign, '"' | '\r' | '\n'))
        {
            return fault("--delimiter", "one ASCII character, no quote and no line end", &sign);
        }
        if encoding_rs::Encoding::for_label(self.encoding.as_bytes()).is_none() {
            return fault("--encoding", "an encoding such as \"utf-8\" or \"windows-1252\"", &self.encoding);
        }
        if let Some(format) = &self.date_format
            && (format.is_empty() || StrftimeItems::new(format).any(|item| item == Item::Error))
        {
            return fault("--date-format", "a format such as \"%d.%m.%Y\"", format);
        }
        let signs = format!("{}{}", self.decimal, self.group.map_or_else(String::new, |group| format!(" and {group}")));
        let format = NumberFormat::new(self.decimal, self.group);
        format.map_or_else(|| fault("--decimal and --group", "two different signs, no digits and no minus", &signs), Ok)
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
    let format = spec.check()?;
    let layout = Layout { delimiter: spec.delimiter, encoding: &spec.encoding, skip_lines: spec.skip_lines };
    let mut table = Table::open(input, name, layout)?;
    if !table.advance()? {
        return Err(Error::NoHeader { name: name.to_owned() });
    }
    let header =
        if spec.has_header { Header::new(name, table.row())? } else { Header::numbered(name, table.row().len()) };
    let names: ByteRecord = header.names().iter().map(String::as_bytes).collect();
    rejects.header(&names)?;
    let mut reading = Reading::new(spec, format, header, &table)?;
    let mut more = if spec.has_header { table.advance()? } else { true };
    while more {
        reading.row(table.row(), &|| table.line(), rejects)?;
        more = table.advance()?;
    }
    reading.finish(name)
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

/// The column that is named, or the only one that is called as such columns are.
fn column(
    header: &Header<'_>,
    named: Option<&str>,
    purpose: &'static str,
    option: &'static str,
    words: &[&[&str]],
) -> Result<usize, Error> {
    if let Some(column) = named {
        return place(header, column, purpose);
    }
    let plain = |name: &str| name.to_lowercase().chars().filter(|sign| sign.is_alphanumeric()).collect::<String>();
    let called = |words: &[&str]| -> Vec<usize> {
        let names = header.names().iter().enumerate();
        names.filter(|(_, name)| words.contains(&plain(name).as_str())).map(|(place, _)| place).collect()
    };
    let found = words.iter().map(|words| called(words)).find(|found| !found.is_empty()).unwrap_or_default();
    match found.as_slice() {
        [place] => Ok(*place),
        several => Err(Error::WhichColumn {
            name: header.file().to_owned(),
            purpose,
            option,
            several: several.iter().map(|place| header.name(*place).to_owned()).collect(),
            columns: header.names().to_vec(),
        }),
    }
}

/// A column by its name, or by its number from one.
fn place(header: &Header<'_>, column: &str, purpose: &str) -> Result<usize, Error> {
    let numbered = column.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let named = header.place(column, purpose);
    match numbered.filter(|place| *place < header.len()) {
        Some(place) if matches!(named, Err(Error::NoColumn { .. })) => Ok(place),
        _ => named,
    }
}

struct Reading<'a> {
    spec: &'a OrderSpec,
    format: NumberFormat,
    header: Header<'a>,
    customer: usize,
    days: Days,
    amount: usize,
    channel: Option<usize>,
    /// Whether what is no text in the encoding has become U+FFFD.
    recoded: bool,
    delimiter: Delimiter,
    transactions: Transactions<String>,
    firsts: HashMap<String, First, FixedState>,
    /// The channels by number, in the order in which they come.
    channels: Vec<String>,
    numbers: HashMap<String, usize, FixedState>,
    span: Option<(NaiveDate, NaiveDate)>,
    rows: u64,
    used: u64,
    after: Option<(u64, u64)>,
    set_aside: SetAside,
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

type Fault = (Option<usize>, RejectionKind);

impl<'a> Reading<'a> {
    fn new(spec: &'a OrderSpec, format: NumberFormat, header: Header<'a>, table: &Table<'_>) -> Result<Self, Error> {
        let named = |column: &'a Option<String>| column.as_deref();
        let customer = column(&header, named(&spec.customer), "the customer", "--customer", CUSTOMER)?;
        let date = column(&header, named(&spec.date), "the day", "--date", DATE)?;
        let amount = column(&header, named(&spec.amount), "the amount", "--amount", AMOUNT)?;
        let channel = named(&spec.channel).map(|column| place(&header, column, "the channel")).transpose()?;
        Ok(Self {
            spec,
            format,
            customer,
            days: Days::in_column(date, spec.date_format.as_deref()),
            amount,
            channel,
            recoded: table.is_recoded(),
            delimiter: table.delimiter(),
            transactions: Transactions::new(spec.currency).with_refund_days(spec.refunds),
            firsts: HashMap::default(),
            channels: Vec::new(),
            numbers: HashMap::default(),
            span: None,
            rows: 0,
            used: 0,
            after: None,
            set_aside: SetAside::default(),
            odd: Odd::default(),
            copies: Copies::new(Duplicates::Report),
            header,
        })
    }

    fn row(&mut self, record: &ByteRecord, line: Line<'_>, rejects: &mut dyn Rejects) -> Result<(), Error> {
        self.rows += 1;
        match self.read(record) {
            Ok(order) => self.take(record, order, line),
            Err((place, kind)) => {
                let rejection = self.header.rejection(record, line(), place, None, kind);
                rejects.row(&rejection, record)?;
                self.set_aside.note(rejection);
                Ok(())
            }
        }
    }

    fn read(&mut self, record: &ByteRecord) -> Result<Order, Fault> {
        let (found, expected) = (record.len(), self.header.len());
        if found != expected {
            return Err((None, RejectionKind::CellCount { found, expected, spans_lines: spans_lines(record) }));
        }
        let at = |place: usize| move |kind| (Some(place), kind);
        let customer = self.text(&record[self.customer]).map_err(at(self.customer))?;
        let customer = customer.ok_or((Some(self.customer), RejectionKind::Missing))?;
        let day = self.days.of(record).map_err(|kind| (self.days.column(), kind))?;
        if !(1900..2200).contains(&day.year()) {
            return Err((self.days.column(), RejectionKind::NoOrderDay));
        }
        let amount = &record[self.amount];
        if amount.trim_ascii().is_empty() {
            return Err((Some(self.amount), RejectionKind::Missing));
        }
        let amount = number_in(self.format, amount).map_err(at(self.amount))?;
        let channel = self.channel.map(|place| self.text(&record[place]).map_err(at(place))).transpose()?;
        Ok(Order { customer, day, amount, channel: channel.flatten() })
    }

    /// The text of a cell, without the blanks around it; none if there is none.
    fn text(&self, cell: &[u8]) -> Result<Option<String>, RejectionKind> {
        let text = std::str::from_utf8(cell).map_err(|_| RejectionKind::Encoding)?;
        if self.recoded && text.contains('\u{fffd}') {
            return Err(RejectionKind::Encoding);
        }
        if text.contains(['\n', '\r']) {
            return Err(RejectionKind::SpansLines);
        }
        let text = text.trim();
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    fn take(&mut self, record: &ByteRecord, order: Order, line: Line<'_>) -> Result<(), Error> {
        let Order { customer, day, amount, channel } = order;
        if self.spec.until.is_some_and(|until| day > until) {
            self.after.get_or_insert_with(|| (0, line())).0 += 1;
            return Ok(());
        }
        self.used += 1;
        self.span = Some(self.span.map_or((day, day), |(first, last)| (first.min(day), last.max(day))));
        let copy = self.copies.is_copy(record);
        self.copies.note(copy, line);
        self.odd.look(&amount, self.spec.currency, spans_lines(record), line);
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

    fn finish(self, name: &str) -> Result<Orders, Error> {
        let Some((first_day, last_day)) = self.span else {
            return Err(Error::NoOrders {
                name: name.to_owned(),
                rows: self.rows,
                after: self.after.map_or(0, |(rows, _)| rows),
                first: self.set_aside.first_rejections.into_iter().next().map(Box::new),
            });
        };
        let named = self.firsts.iter().filter_map(|(customer, first)| Some((customer.clone(), first.channel?)));
        let channels: BTreeMap<String, String> =
            named.map(|(customer, channel)| (customer, self.channels[channel].clone())).collect();
        let customers_without_channel = self.channel.map(|_| (self.firsts.len() - channels.len()) as u64);
        let mut columns = BTreeMap::from([
            ("customer", self.header.name(self.customer).to_owned()),
            ("date", self.header.name(self.days.column().unwrap_or_default()).to_owned()),
            ("amount", self.header.name(self.amount).to_owned()),
        ]);
        columns.extend(self.channel.map(|place| ("channel", self.header.name(place).to_owned())));
        let mut oddities = self.odd.found(self.spec.currency);
        oddities.extend(self.copies.found());
        let findings = OrderFindings {
            name: name.to_owned(),
            rows: self.rows,
            used: self.used,
            columns,
            delimiter: match self.delimiter {
                Delimiter::Sign('\t') => "tabs".to_owned(),
                Delimiter::Sign(',') => "commas".to_owned(),
                Delimiter::Sign(';') => "semicolons".to_owned(),
                Delimiter::Sign(sign) => shown(sign.to_string().as_bytes()),
                Delimiter::Blanks | Delimiter::Detect => "blanks".to_owned(),
            },
            first_day,
            last_day,
            after: self.after,
            customers_without_channel,
            set_aside: self.set_aside,
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
    fn look(&mut self, amount: &Exact, currency: Currency, spans_lines: bool, line: Line<'_>) {
        for (odd, rows) in [
            (amount.sign() == Sign::Negative, &mut self.negative),
            (amount.is_zero(), &mut self.zero),
            (amount.is_finer_than(currency.minor_digits()), &mut self.finer),
            (spans_lines, &mut self.spanning),
        ] {
            if odd {
                rows.get_or_insert_with(|| (0, line())).0 += 1;
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
