//! Reading orders: agrees with the plainest way of doing it, finds its columns, and nothing makes it panic.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;

use chrono::{Days, NaiveDate};
use csv::ByteRecord;
use proptest::prelude::*;
use styring_cli::Error;
use styring_cli::source::{Delimiter, OrderSpec, Orders, Rejection, RejectionKind, Rejects, TableSpec, read_orders};
use styring_ltv::{RefundDays, TimeUnit};
use styring_money::{Currency, Exact};
use styring_testkit::data;

#[derive(Default)]
struct Kept {
    header: Vec<String>,
    rows: Vec<Rejection>,
}

impl Rejects for Kept {
    fn header(&mut self, columns: &ByteRecord) -> Result<(), Error> {
        self.header = columns.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        Ok(())
    }

    fn row(&mut self, rejection: &Rejection, _: &ByteRecord) -> Result<(), Error> {
        self.rows.push(rejection.clone());
        Ok(())
    }
}

fn read_with(text: &[u8], change: impl FnOnce(&mut OrderSpec)) -> (Result<Orders, Error>, Kept) {
    let mut spec = OrderSpec::new(Currency::NOK);
    change(&mut spec);
    let mut kept = Kept::default();
    (read_orders(text, "orders.csv", &spec, &mut kept), kept)
}

fn read(text: &str) -> Orders {
    read_with(text.as_bytes(), |_| {}).0.unwrap()
}

fn fault(text: &str, change: impl FnOnce(&mut OrderSpec)) -> Error {
    read_with(text.as_bytes(), change).0.unwrap_err()
}

fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 1, 1).unwrap() + Days::new(offset)
}

/// Every customer with the number of repeat purchases and all they brought.
fn customers(orders: &Orders) -> Vec<(String, u32, String)> {
    let customers = orders.transactions.summarise(orders.until, TimeUnit::DAY).unwrap();
    let told = customers.iter().map(|customer| {
        let total = customer.total().amount().to_string();
        (customer.id().clone(), customer.history().purchases(), total)
    });
    told.collect()
}

#[test]
fn columns_are_found_by_their_names() {
    for (text, columns) in [
        ("customer_id,date,amount\nk,2025-01-01,10\n", ["customer_id", "date", "amount"]),
        ("Dato;Kundenr;Beløp;Vare\n2025-01-01;k;10;x\n", ["Kundenr", "Dato", "Beløp"]),
        ("Order date\tCustomer ID\tCustomer\tTotal\n01.01.2025\tk\tKari\t10\n", ["Customer ID", "Order date", "Total"]),
        // Only a margin pays for an acquisition.
        ("customer,order_date,created_at,revenue,margin\nk,20250101,x,30,10\n", ["customer", "order_date", "margin"]),
        (" user  day  sales\n k  20250101  10\n", ["user", "day", "sales"]),
    ] {
        let orders = read(text);
        let found = ["customer", "date", "amount"].map(|column| orders.findings.columns[column].as_str());
        assert_eq!(found, columns, "{text}");
        assert_eq!(customers(&orders), [("k".to_owned(), 0, "10".to_owned())]);
        assert_eq!(orders.until, day(0));
    }
}

#[test]
fn a_column_that_cannot_be_told_is_asked_for() {
    for (text, words) in [
        ("who,date,amount\n", "no column is called as the customer usually is; say which is with --customer COLUMN"),
        (
            "customer,date,amount,value\n",
            "several columns could be the amount (amount, value); say which is with --amount",
        ),
        ("customer,amount\n", "its columns are: customer, amount"),
        ("", "no header line"),
        ("customer,customer,date,amount\n", "several columns could be the customer"),
        ("customer,date,amount\n", "none of its 0 rows is an order"),
        ("customer,date,amount\nk,2025-01-01,much\n", "first line 2, column 3 (amount): \"much\": not a number"),
    ] {
        let fault = fault(text, |_| {});
        assert!(fault.to_string().contains(words), "{text:?}: {fault}");
        assert_eq!(fault.exit_code(), 4);
    }
    let fault = fault("customer,date,amount\n", |spec| spec.channel = Some("source".to_owned()));
    assert!(fault.to_string().contains("no column \"source\", which is to be read as the channel"), "{fault}");
}

#[test]
fn columns_can_be_named_or_numbered() {
    let text = "a,2,c\nk,10,2025-01-01\n";
    let by = |customer: &str, date: &str, amount: &str| {
        let (customer, date, amount) = (customer.to_owned(), date.to_owned(), amount.to_owned());
        read_with(text.as_bytes(), |spec| {
            (spec.customer, spec.date, spec.amount) = (Some(customer), Some(date), Some(amount));
        })
        .0
        .unwrap()
    };
    assert_eq!(customers(&by("a", "c", "2")), customers(&by("1", "3", "2")));
    // The name goes before the number: column 2 is called "2".
    assert_eq!(by("1", "3", "2").findings.columns["amount"], "2");

    let (orders, kept) = read_with(b"k 7 20250101\nk x 20250102\n", |spec| {
        spec.table.has_header = false;
        (spec.customer, spec.date, spec.amount) = (Some("1".into()), Some("3".into()), Some("2".into()));
    });
    assert_eq!((orders.unwrap().findings.used, kept.header), (1, vec!["1".into(), "2".into(), "3".into()]));
    assert_eq!((kept.rows[0].line, kept.rows[0].column.clone()), (2, Some(("2".to_owned(), 2))));
}

#[test]
fn bad_rows_are_named_and_the_rest_counts() {
    let text = "customer;date;amount\nk;01.01.2025;1 234,50\n;02.01.2025;1\nk;01/02/2025;1\nk;03.01.2025;\nk;04.01.2025;1.5\n\
        k;05.01.2025\n\"k\nola\";06.01.2025;1\nk;01.01.1025;1\nk;07.01.2025;-2\nk;08.01.2025;0\nk;09.01.2025;0,005\nk;09.01.2025;0,005\n";
    let (orders, kept) = read_with(text.as_bytes(), |spec| (spec.cells.decimal, spec.cells.group) = (',', Some(' ')));
    let orders = orders.unwrap();
    let told: Vec<(u64, Option<usize>, &str)> = kept
        .rows
        .iter()
        .map(|row| (row.line, row.column.as_ref().map(|(_, number)| *number), row.kind.summary()))
        .collect();
    let expected = [
        (3, Some(1), "missing"),
        (4, Some(2), "not a day"),
        (5, Some(3), "missing"),
        (6, Some(3), "not a number"),
        (7, None, "another number of cells than columns"),
        (8, Some(1), "runs over several lines"),
        (10, Some(2), "not a day from 1900 to 2199"),
    ];
    assert_eq!(told, expected);
    let findings = &orders.findings;
    assert_eq!((findings.rows, findings.used, findings.set_aside.rows()), (12, 5, 7));
    assert_eq!(customers(&orders), [("k".to_owned(), 2, "1232.51".to_owned())]);
    let odd: Vec<(&str, u64, u64)> =
        findings.oddities.iter().map(|odd| (odd.name.as_str(), odd.rows, odd.first_line)).collect();
    let expected = [
        ("amount below zero: a refund", 1, 11),
        ("amount of zero", 1, 12),
        ("amount with more than 2 decimals", 2, 13),
        ("exact copies of an earlier row, counted all the same", 1, 14),
    ];
    assert_eq!(odd, expected);
    assert!(matches!(kept.rows[1].kind, RejectionKind::NotADay { .. }));
    assert!(kept.rows[1].to_string().contains("01.09.2025; another form must be named"), "{}", kept.rows[1]);
}

#[test]
fn options_that_cannot_be_meant_are_refused_first() {
    type Change = fn(&mut OrderSpec);
    let changes: [(Change, &str); 5] = [
        (|spec| spec.table.delimiter = Delimiter::Sign('"'), "--delimiter"),
        (|spec| spec.table.encoding = "klingon".to_owned(), "klingon"),
        (|spec| spec.cells.date_format = Some("%Q".to_owned()), "%Q"),
        (|spec| spec.cells.decimal = '5', "--decimal"),
        (|spec| spec.cells.group = Some('.'), "--group"),
    ];
    for (change, words) in changes {
        let fault = fault("", change);
        assert!(fault.to_string().contains(words), "{fault}");
        assert_eq!(fault.exit_code(), 2);
    }
}

#[test]
fn the_first_order_names_the_channel() {
    let text = "customer,date,amount,source\nk,2025-01-05,1,VG\nk,2025-01-02,1,TV 2\nk,2025-01-02,1,NRK\n\
        ola,2025-01-03,1,\nola,2025-01-04,1,VG\nper,2025-01-01,1, VG \n";
    let orders = read_with(text.as_bytes(), |spec| spec.channel = Some("source".to_owned())).0.unwrap();
    let expected = [("k", "TV 2"), ("per", "VG")].map(|(customer, channel)| (customer.to_owned(), channel.to_owned()));
    assert_eq!(orders.channels, BTreeMap::from(expected));
    assert_eq!(orders.findings.customers_without_channel, Some(1));
    assert_eq!(read(text).findings.customers_without_channel, None);
}

#[test]
fn what_lies_after_the_last_day_is_counted_apart() {
    let text = "customer,date,amount\nk,2025-01-01,1\nk,2025-01-09,1\nola,2025-01-08,1\n";
    let orders = read_with(text.as_bytes(), |spec| spec.until = Some(day(4))).0.unwrap();
    assert_eq!((orders.until, orders.findings.used, orders.findings.after), (day(4), 1, Some((2, 3))));
    assert_eq!(customers(&orders).len(), 1);
    let fault = fault(text, |spec| spec.until = NaiveDate::from_ymd_opt(2024, 12, 31));
    assert!(fault.to_string().contains("3 lie after the last day"), "{fault}");
}

#[test]
fn other_encodings_and_forms_of_days() {
    let text = "Kunde;Dato;Beløp\nÅse;31/01/2025;10\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let (orders, _) = read_with(&bytes, |spec| {
        spec.table.encoding = "windows-1252".to_owned();
        spec.cells.date_format = Some("%d/%m/%Y".to_owned());
    });
    assert_eq!(customers(&orders.unwrap())[0].0, "Åse");
    let marked = [b"\xef\xbb\xbf".as_slice(), "Kunde;Dato;Beløp\nÅse;2025-01-31 23:59;10\n".as_bytes()].concat();
    assert_eq!(read_with(&marked, |_| {}).0.unwrap().until, day(30));
}

#[test]
fn refunds_belong_to_a_purchase_unless_said_otherwise() {
    let text = "customer,date,amount\nk,2025-01-01,10\nk,2025-01-05,-10\n";
    assert_eq!(customers(&read(text)), [("k".to_owned(), 0, "0".to_owned())]);
    let orders = read_with(text.as_bytes(), |spec| spec.refunds = RefundDays::ArePurchases).0.unwrap();
    assert_eq!(customers(&orders), [("k".to_owned(), 1, "0".to_owned())]);
}

#[test]
fn the_cdnow_file_loads_unedited() {
    let Some(path) = data::file("cdnow/CDNOW_master.txt") else { return };
    let mut kept = Kept::default();
    let orders = read_orders(File::open(path).unwrap(), "master", &OrderSpec::new(Currency::USD), &mut kept).unwrap();
    let findings = &orders.findings;
    assert_eq!((findings.rows, findings.used, kept.rows.len()), (69_659, 69_659, 0));
    assert_eq!((findings.delimiter.as_str(), findings.columns["amount"].as_str()), ("blanks", "dollar_value"));
    assert_eq!(findings.first_day, NaiveDate::from_ymd_opt(1997, 1, 1).unwrap());
    assert_eq!(orders.until, NaiveDate::from_ymd_opt(1998, 6, 30).unwrap());
    assert_eq!(customers(&orders).len(), 23_570);

    let path = data::file("cdnow/CDNOW_sample.txt").unwrap();
    let spec = OrderSpec {
        table: TableSpec { has_header: false, ..TableSpec::default() },
        customer: Some("2".to_owned()),
        date: Some("3".to_owned()),
        amount: Some("5".to_owned()),
        ..OrderSpec::new(Currency::USD)
    };
    let sample = read_orders(File::open(path).unwrap(), "sample", &spec, &mut Kept::default()).unwrap();
    assert_eq!((sample.findings.used, customers(&sample).len()), (6_919, 2_357));
}

#[derive(Debug, Clone)]
struct Row {
    customer: String,
    day: u64,
    amount: Option<Exact>,
    text: String,
}

fn row() -> impl Strategy<Value = Row> {
    let customer = prop::sample::select(vec!["kari", "ola", " per ", "", "a \"b\", c"]);
    let amount = prop_oneof![
        8 => (-500..100_000_i64, 0..4_u8).prop_map(|(m, s)| {
            let amount = Exact::new(m.into(), s);
            (amount.to_string(), Some(amount))
        }),
        1 => prop::sample::select(vec!["", "x", "1,5", "1e3"]).prop_map(|text| (text.to_owned(), None)),
    ];
    (customer, 0..40_u64, amount).prop_map(|(customer, day, (text, amount))| Row {
        customer: customer.to_owned(),
        day,
        amount,
        text,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn it_agrees_with_the_plainest_way(rows in prop::collection::vec(row(), 1..40), delimiter in prop::sample::select(vec![b',', b';', b'\t'])) {
        let mut table = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        table.write_record(["customer", "date", "amount", "note"]).unwrap();
        for row in &rows {
            table.write_record([&row.customer, &day(row.day).to_string(), &row.text, "n"]).unwrap();
        }
        let text = table.into_inner().unwrap();
        let usable = |row: &&Row| !row.customer.trim().is_empty() && row.amount.is_some();
        let mut expected: BTreeMap<String, (BTreeSet<u64>, Exact)> = BTreeMap::new();
        for row in rows.iter().filter(usable) {
            let (days, sum) = expected.entry(row.customer.trim().to_owned()).or_default();
            days.insert(row.day);
            *sum += row.amount.as_ref().unwrap();
        }
        let (read, kept) = read_with(&text, |spec| spec.refunds = RefundDays::ArePurchases);
        let bad: Vec<u64> = rows.iter().zip(2..).filter(|(row, _)| !usable(row)).map(|(_, line)| line).collect();
        prop_assert_eq!(kept.rows.iter().map(|row| row.line).collect::<Vec<_>>(), bad);
        match read {
            Err(fault) => prop_assert!(expected.is_empty(), "{}", fault),
            Ok(orders) => {
                let expected: Vec<_> = expected
                    .into_iter()
                    .map(|(customer, (days, sum))| (customer, u32::try_from(days.len() - 1).unwrap(), sum.to_string()))
                    .collect();
                prop_assert_eq!(customers(&orders), expected);
                let findings = &orders.findings;
                prop_assert_eq!(findings.used + findings.set_aside.rows(), findings.rows);
                let last = rows.iter().filter(usable).map(|row| day(row.day)).max();
                prop_assert_eq!(Some(orders.until), last);
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), has_header in any::<bool>()) {
        let spec = |spec: &mut OrderSpec| {
            spec.table.has_header = has_header;
            (spec.customer, spec.date, spec.amount) = (Some("1".into()), Some("2".into()), Some("3".into()));
        };
        let _ = read_with(&bytes, spec);
        let with_header = [b"customer,date,amount\n".as_slice(), &bytes].concat();
        let _ = read_with(&with_header, |_| {});
    }

    #[test]
    fn near_rows_do_not_panic(text in "[a-z\"]{0,3},(2025-0?[1-9]-[0-9]{1,2}([ T][0-9:Z]{0,8})?|[0-9./-]{0,10}),[-0-9., ]{0,24}\r?\n{0,2}") {
        let _ = read_with(format!("customer,date,amount\n{text}").as_bytes(), |_| {});
        let _ = read_with(text.replace(',', "  ").as_bytes(), |_| {});
    }
}
