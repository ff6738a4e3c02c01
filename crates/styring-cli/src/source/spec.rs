//! How the plan describes an export.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use chrono::format::{Item, Numeric, StrftimeItems};
use serde::{Deserialize, Serialize};
use styring_metrics::{Fact, VatRate};
use styring_money::{Exact, NumberFormat, Sign};
use styring_playbook::Plan;

use crate::error::PlanFault;

/// The section `[results]` of a plan: what the columns of an export mean, so that it can be read as it comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct SourceSpec {
    /// What separates the cells: one ASCII character; `\t` for a tab.
    #[serde(default = "comma")]
    pub delimiter: char,
    /// The encoding, by its WHATWG label (`utf-8`, `windows-1252`, `utf-16le`). A byte order mark in the file overrides it.
    #[serde(default = "utf8")]
    pub encoding: String,
    /// The decimal sign.
    #[serde(default = "point")]
    pub decimal: char,
    /// What groups digits in threes, if anything; a space stands for all three kinds of space.
    pub group: Option<char>,
    /// Lines before the line of column names.
    #[serde(default)]
    pub skip_lines: u64,
    /// Texts that mean "not known", beside the empty cell.
    #[serde(default)]
    pub missing: BTreeSet<String>,
    /// Facts for which "not known" means zero: no video was started in a banner.
    #[serde(default)]
    pub empty_is_zero: BTreeSet<Fact>,
    /// Rows that are no results: totals at the foot, notes.
    #[serde(default)]
    pub ignore: Vec<IgnoreSpec>,
    /// What to do with exact copies of an earlier row.
    #[serde(default)]
    pub duplicates: Duplicates,
    /// Where the day stands.
    pub date: Option<DateSpec>,
    /// The days all rows belong to, where they carry no dates.
    pub period: Option<PeriodSpec>,
    /// Where the channel stands.
    pub channel: TextSpec,
    /// Where the segment stands.
    pub segment: Option<TextSpec>,
    /// Where the creative stands.
    pub creative: Option<TextSpec>,
    /// Where the facts stand.
    pub facts: BTreeMap<Fact, FactSpec>,
    /// More columns of numbers to add up and to check by, under names of your own.
    #[serde(default)]
    pub extra: BTreeMap<String, String>,
    /// Checks of your own.
    #[serde(default)]
    pub checks: Vec<CheckSpec>,
}

fn comma() -> char {
    ','
}

fn point() -> char {
    '.'
}

fn utf8() -> String {
    "utf-8".to_owned()
}

/// Rows that are no results.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct IgnoreSpec {
    /// Where to look.
    pub column: String,
    /// What the cell begins with.
    pub starts_with: String,
}

/// What to do with exact copies of an earlier row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "there is no third thing to do")]
pub enum Duplicates {
    /// Count them like any other row, and say how many there are.
    #[default]
    Report,
    /// Set them aside.
    Reject,
}

/// Where the day of a row stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a column name, or { columns = [...], format = \"...\", year = ... }")]
#[allow(clippy::exhaustive_enums, reason = "made to be written out by callers")]
pub enum DateSpec {
    /// In one column, as `2025-09-01`.
    Iso(String),
    /// In one or more columns, joined by spaces and read by a format.
    Formatted(FormattedDate),
}

/// A day in another form than `2025-09-01`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct FormattedDate {
    /// The columns, joined by a space.
    pub columns: Vec<String>,
    /// The format, as `%d.%m.%Y` or `%B %d` (strftime).
    pub format: String,
    /// The year, if the export does not say.
    pub year: Option<i32>,
}

/// The days that undated results belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct PeriodSpec {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

/// Where a text stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a column name, { columns = [...], join = \"...\" } or { value = \"...\" }")]
#[allow(clippy::exhaustive_enums, reason = "made to be written out by callers")]
pub enum TextSpec {
    /// In a column.
    Column(String),
    /// In several, joined.
    Joined(JoinedText),
    /// It is the same in all rows.
    Value(FixedText),
}

/// A text from several columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct JoinedText {
    /// The columns.
    pub columns: Vec<String>,
    /// What stands between them.
    pub join: String,
}

/// A text that is the same in all rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct FixedText {
    /// The text.
    pub value: String,
}

/// Where a fact stands, or what it is assumed to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a column name, { column = \"...\", unit = ..., vat = ... } or { per_order = ... }")]
#[allow(clippy::exhaustive_enums, reason = "made to be written out by callers")]
pub enum FactSpec {
    /// In a column, in major units if it is money.
    Column(String),
    /// In a column that needs a word more.
    Detailed(FactColumn),
    /// Nowhere: every order is assumed to bring this. The report says so.
    Assumed(AssumedFact),
}

/// A fact in a column that needs a word more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct FactColumn {
    /// The column.
    pub column: String,
    /// The unit of an amount.
    #[serde(default)]
    pub unit: Unit,
    /// The VAT that is included in an amount: 0.25, or 0 for an amount that is net.
    pub vat: Option<VatRate>,
}

/// A fact that the export does not have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct AssumedFact {
    /// What every order is assumed to bring, net.
    pub per_order: Exact,
}

/// The unit of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::exhaustive_enums, reason = "the units exports use")]
pub enum Unit {
    /// Kroner.
    #[default]
    Major,
    /// Øre.
    Minor,
    /// Millionths of a krone.
    Micros,
}

/// A check of your own, over facts and extra columns by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct CheckSpec {
    /// What to call it in the report.
    pub name: String,
    /// All of these above zero,
    #[serde(default)]
    pub positive: Vec<String>,
    /// and all of these zero,
    #[serde(default)]
    pub zero: Vec<String>,
    /// and the first of these above the second.
    pub more: Option<[String; 2]>,
}

impl SourceSpec {
    pub(crate) fn number_format(&self) -> Option<NumberFormat> {
        NumberFormat::new(self.decimal, self.group)
    }

    /// Finds what contradicts itself before a file is opened.
    pub(crate) fn check(&self, plan: &Plan) -> Result<(), PlanFault> {
        let fault = |field: &str, expected, value: &dyn std::fmt::Display| {
            Err(PlanFault::Source { field: format!("results.{field}"), expected, value: value.to_string() })
        };
        if !self.delimiter.is_ascii() || matches!(self.delimiter, '"' | '\r' | '\n') {
            return fault("delimiter", "one ASCII character, no quote and no line end", &self.delimiter);
        }
        if self.number_format().is_none() {
            let signs =
                self.decimal.to_string() + &self.group.map_or_else(String::new, |group| format!(" and {group}"));
            return fault("decimal and results.group", "two different signs, no digits and no minus", &signs);
        }
        if encoding_rs::Encoding::for_label(self.encoding.as_bytes()).is_none() {
            return fault("encoding", "an encoding such as \"utf-8\" or \"windows-1252\"", &self.encoding);
        }
        match (&self.date, &self.period) {
            (None, None) => return fault("date", "given, or else results.period", &"neither"),
            (Some(_), Some(_)) => return fault("date", "given without results.period", &"both"),
            (None, Some(period)) if period.first > period.last => {
                return fault("period", "first and last day in this order", &period.first);
            }
            (None, Some(period)) if plan.week_of(period.first).is_none() || plan.week_of(period.last).is_none() => {
                let days = format!("{} to {}", period.first, period.last);
                return fault("period", "from campaign.first_day to ten years after it", &days);
            }
            (Some(DateSpec::Formatted(date)), None) => {
                let items: Vec<_> = StrftimeItems::new(&date.format).collect();
                if date.format.is_empty() || items.contains(&Item::Error) {
                    return fault("date.format", "a format such as \"%d.%m.%Y\"", &date.format);
                }
                let years = [Numeric::Year, Numeric::YearMod100]
                    .map(|year| items.iter().any(|item| matches!(item, Item::Numeric(numeric, _) if *numeric == year)));
                if date.year.is_some() && years.contains(&true) {
                    return fault("date.year", "absent where the format has a year", &date.format);
                }
                if date.columns.is_empty() {
                    return fault("date.columns", "at least one column", &"none");
                }
            }
            _ => {}
        }
        for (field, text) in
            [("channel", Some(&self.channel)), ("segment", self.segment.as_ref()), ("creative", self.creative.as_ref())]
        {
            match text {
                Some(TextSpec::Joined(joined)) if joined.columns.is_empty() => {
                    return fault(&format!("{field}.columns"), "at least one column", &"none");
                }
                Some(TextSpec::Value(fixed)) if field == "channel" && plan.channel_called(&fixed.value).is_none() => {
                    return fault("channel.value", "a channel of the plan", &fixed.value);
                }
                _ => {}
            }
        }
        for (field, fact) in [("spend", Fact::Spend), ("the result of the campaign", plan.campaign.result.fact())] {
            if !self.facts.contains_key(&fact) {
                return fault(&format!("facts.{fact}"), "given", &format!("nothing ({field})"));
            }
        }
        for (fact, spec) in &self.facts {
            self.check_fact(*fact, spec)?;
        }
        // The numbers of a row are told apart by the bits of a `u64`.
        let most = u64::BITS as usize - Fact::ALL.len();
        if self.extra.len() > most {
            return fault("extra", "at most 45 columns", &self.extra.len());
        }
        for name in self.extra.keys() {
            if Fact::ALL.iter().any(|fact| fact.name() == name) {
                return fault("extra", "a name that is no fact", name);
            }
        }
        for check in &self.checks {
            if check.positive.is_empty() && check.zero.is_empty() && check.more.is_none() {
                return fault(&format!("checks ({})", check.name), "given a condition", &"none");
            }
            let named = check.positive.iter().chain(&check.zero).chain(check.more.iter().flatten());
            for name in named {
                let fact = Fact::ALL.iter().any(|fact| fact.name() == name && self.facts.contains_key(fact));
                if !fact && !self.extra.contains_key(name) {
                    return fault(&format!("checks ({})", check.name), "over facts or extra columns", name);
                }
            }
        }
        Ok(())
    }

    fn check_fact(&self, fact: Fact, spec: &FactSpec) -> Result<(), PlanFault> {
        let fault = |expected, value: &str| {
            Err(PlanFault::Source { field: format!("results.facts.{fact}"), expected, value: value.to_owned() })
        };
        match spec {
            // ROAS on gross and on net revenue differ by a quarter in Norway: silence would choose for the reader.
            FactSpec::Column(column) if fact == Fact::Revenue => {
                fault("written as { column = ..., vat = ... }, with vat = 0 if it is net", column)
            }
            FactSpec::Detailed(detail) if fact == Fact::Revenue && detail.vat.is_none() => {
                fault("given its VAT: vat = 0.25, or 0 if it is net", &detail.column)
            }
            FactSpec::Detailed(detail) if !fact.is_money() && (detail.vat.is_some() || detail.unit != Unit::Major) => {
                fault("without unit or vat, because it is no amount", &detail.column)
            }
            FactSpec::Assumed(assumed) if fact != Fact::Revenue || !self.facts.contains_key(&Fact::Orders) => fault(
                "in a column: only revenue can be assumed per order, and only where orders are known",
                &assumed.per_order.to_string(),
            ),
            FactSpec::Assumed(assumed) if assumed.per_order.sign() == Sign::Negative => {
                fault("assumed to be zero or above", &assumed.per_order.to_string())
            }
            _ => Ok(()),
        }
    }
}
