//! Reading agrees with the plainest way of doing it, and nothing makes it panic.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::collections::BTreeMap;

use csv::ByteRecord;
use proptest::prelude::*;
use styring_cli::source::{Ingested, Rejection, Rejects, SourceSpec, read};
use styring_cli::{Error, plan_file};
use styring_metrics::Fact;
use styring_money::Exact;
use styring_playbook::Plan;

const PLAN: &str = r#"
[campaign]
name = "Test"
currency = "NOK"
first_day = "2025-09-01"
result = "orders"
[budget]
per_week = 1000
[rhythm]
reading = "literal"
[[channels]]
name = "VG"
goal_per_week = 10
target_cost = 50
[[channels]]
name = "TV 2"
goal_per_week = 10
target_cost = 50
[results]
missing = ["n/a"]
date = "date"
channel = "channel"
creative = "creative"
[results.facts]
spend = "spend"
impressions = "impressions"
orders = "orders"
"#;

fn plan() -> (Plan, SourceSpec) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.toml");
    std::fs::write(&path, PLAN).unwrap();
    let file = plan_file::read(&path).unwrap();
    (file.plan, file.source)
}

#[derive(Default)]
struct Kept(Vec<Rejection>);

impl Rejects for Kept {
    fn header(&mut self, _: &ByteRecord) -> Result<(), Error> {
        Ok(())
    }

    fn row(&mut self, rejection: &Rejection, _: &ByteRecord) -> Result<(), Error> {
        self.0.push(rejection.clone());
        Ok(())
    }
}

fn ingest(text: &[u8]) -> (Result<Ingested, Error>, Vec<Rejection>) {
    let (plan, spec) = plan();
    let mut kept = Kept::default();
    (read(text, "test", &spec, &plan, &mut kept), kept.0)
}

/// A cell and, if it can be used, its number.
fn amount() -> impl Strategy<Value = (String, Option<Exact>)> {
    prop_oneof![
        8 => (0..100_000_000_i64, 0..5_u8).prop_map(|(m, s)| {
            let value = Exact::new(m.into(), s);
            (value.to_string(), Some(value))
        }),
        2 => (-10_000_i64..0).prop_map(|m| (Exact::new(m.into(), 2).to_string(), Some(Exact::new(m.into(), 2)))),
        1 => "[0-9]{12,40}(\\.[0-9]{1,20})?".prop_map(|text| {
            // Nobody spends that much: a broken cell, or an identifier.
            let value = text.parse::<Exact>().ok().filter(|value| value < &Exact::from(10_i64.pow(18)));
            (text, value)
        }),
        1 => (0..1000_i64).prop_map(|m| (format!(" {m} "), Some(m.into()))),
        1 => prop::sample::select(vec!["", "n/a", "abc", "1,5", "1e5", "--1", ".5", "5.", "1.2.3", "é"]).prop_map(|text| (text.to_owned(), None)),
    ]
}

#[derive(Debug, Clone)]
struct Row {
    day: i64,
    channel: &'static str,
    creative: String,
    spend: (String, Option<Exact>),
    orders: (String, Option<Exact>),
}

fn row() -> impl Strategy<Value = Row> {
    let channel = prop::sample::select(vec!["VG", "VG", "TV 2", "NRK", ""]);
    let creative = prop::sample::select(vec!["a", "b", "c \"quoted\", with a comma", "", " d"]);
    (-3..30_i64, channel, creative, amount(), amount()).prop_map(|(day, channel, creative, spend, orders)| Row {
        day,
        channel,
        creative: creative.to_owned(),
        spend,
        orders,
    })
}

fn text_of(rows: &[Row], ends: csv::Terminator) -> Vec<u8> {
    let mut table = csv::WriterBuilder::new().terminator(ends).from_writer(Vec::new());
    table.write_record(["date", "channel", "creative", "spend", "impressions", "orders"]).unwrap();
    for row in rows {
        let day = chrono::NaiveDate::from_ymd_opt(2025, 9, 1).unwrap() + chrono::Duration::days(row.day);
        table.write_record([&day.to_string(), row.channel, &row.creative, &row.spend.0, "10", &row.orders.0]).unwrap();
    }
    table.into_inner().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn it_agrees_with_the_plainest_way(rows in prop::collection::vec(row(), 1..40), crlf in any::<bool>()) {
        let text = text_of(&rows, if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') });
        let usable = |row: &&Row| {
            ["VG", "TV 2"].contains(&row.channel) && row.spend.1.is_some() && row.orders.1.is_some()
        };
        let mut expected: BTreeMap<(u32, String, String), (Exact, Exact)> = BTreeMap::new();
        for row in rows.iter().filter(usable).filter(|row| row.day >= 0) {
            let week = u32::try_from(row.day / 7 + 1).unwrap();
            let sums = expected.entry((week, row.channel.to_owned(), row.creative.trim().to_owned())).or_default();
            sums.0 += row.spend.1.as_ref().unwrap();
            sums.1 += row.orders.1.as_ref().unwrap();
        }
        let early = rows.iter().filter(usable).filter(|row| row.day < 0).count();
        let (ingested, rejections) = ingest(&text);
        let bad: Vec<u64> =
            rows.iter().enumerate().filter(|(_, row)| !usable(row)).map(|(index, _)| index as u64 + 2).collect();
        prop_assert_eq!(rejections.iter().map(|r| r.line).collect::<Vec<_>>(), bad.clone());
        match ingested {
            Err(fault) => prop_assert!(expected.is_empty(), "{}", fault),
            Ok(ingested) => {
                let got: BTreeMap<_, _> = ingested.facts.iter().map(|(group, facts)| {
                    let sum = |fact| facts.get(fact).cloned().unwrap();
                    ((group.week, group.channel.clone(), group.creative.clone()), (sum(Fact::Spend), sum(Fact::Orders)))
                }).collect();
                prop_assert_eq!(got, expected);
                let findings = &ingested.findings;
                prop_assert_eq!(findings.rows, rows.len() as u64);
                prop_assert_eq!(findings.rejected_rows(), bad.len() as u64);
                prop_assert_eq!(findings.outside.as_ref().map_or(0, |outside| outside.facts.rows()), early as u64);
                prop_assert_eq!(findings.used + findings.rejected_rows() + early as u64, findings.rows);
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = ingest(&bytes);
        let with_header = [b"date,channel,creative,spend,impressions,orders\n".as_slice(), &bytes].concat();
        let _ = ingest(&with_header);
    }

    #[test]
    fn near_rows_do_not_panic(text in "(2025-09-0[1-9]|[0-9\"\n]{0,4}),(VG|TV 2|\"),[a-z\",\n\r]{0,5},[-0-9., ]{0,24},[0-9]{0,22},[0-9.]{0,9}\r?\n{0,2}") {
        let _ = ingest(format!("date,channel,creative,spend,impressions,orders\n{text}").as_bytes());
    }
}
