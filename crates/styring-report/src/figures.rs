//! The figures of a table or a card: what they are called, and what they say, in words where there is no number.

use serde::Serialize;
use styring_metrics::{Fact, Facts, Kpi, Margin, Outcome, Ratio};
use styring_money::{Exact, Sign};
use styring_playbook::ResultKind;

use crate::numbers;

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Said {
    pub(crate) text: String,
    /// Whether it is words in the place of a number.
    pub(crate) words: bool,
}

impl Said {
    pub(crate) fn number(text: impl Into<String>) -> Self {
        Self { text: text.into(), words: false }
    }

    pub(crate) fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), words: true }
    }

    /// A number that may not be there.
    pub(crate) fn or(number: Option<String>, words: &str) -> Self {
        number.map_or_else(|| Self::words(words), Self::number)
    }
}

/// A figure that can be read from facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    Sum(Fact),
    Ratio(Kpi),
    /// Contribution margin after advertising, as an amount.
    Cm3,
}

/// The figures of the tables in the order of the trade: cost, delivery, response, result, value.
pub(crate) fn columns(result: ResultKind) -> Vec<Figure> {
    use Figure::{Cm3, Ratio, Sum};
    vec![
        Sum(Fact::Spend),
        Sum(Fact::Impressions),
        Ratio(Kpi::Cpm),
        Ratio(Kpi::Viewability),
        Ratio(Kpi::MeasurableRate),
        Ratio(Kpi::AvocRate),
        Ratio(Kpi::CompletionRate),
        Sum(Fact::Clicks),
        Ratio(Kpi::Ctr),
        Ratio(Kpi::Cpc),
        Sum(result.fact()),
        Ratio(result.cost()),
        Sum(Fact::Revenue),
        Ratio(Kpi::Roas),
        Cm3,
    ]
}

/// The figures that some row knows something of.
pub(crate) fn known(figures: Vec<Figure>, total: &Facts) -> Vec<Figure> {
    figures.into_iter().filter(|figure| figure.in_file(total)).collect()
}

impl Figure {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Sum(fact) => title(fact),
            Self::Ratio(Kpi::MeasurableRate) => "Measurable",
            Self::Ratio(Kpi::CompletionRate) => "Completed",
            Self::Ratio(kpi) => kpi.name(),
            Self::Cm3 => "CM3",
        }
    }

    /// What it is made of, for a reader who hovers or listens.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Sum(Fact::Revenue) => "Attributed revenue, net of VAT, discounts and returns",
            Self::Ratio(Kpi::Cpm) => "Cost per thousand impressions",
            Self::Ratio(Kpi::Viewability) => "Viewable impressions of the measurable ones",
            Self::Ratio(Kpi::MeasurableRate) => "Impressions whose viewability could be measured",
            Self::Ratio(Kpi::AvocRate) => "Audible and visible on complete, of the impressions measurable for both",
            Self::Ratio(Kpi::CompletionRate) => "Played to the end, of those started",
            Self::Ratio(Kpi::Ctr) => "Clicks per impression",
            Self::Ratio(Kpi::Cpc) => "Cost per click",
            Self::Ratio(Kpi::Cpa) => "Cost per conversion",
            Self::Ratio(Kpi::Cpl) => "Cost per lead",
            Self::Ratio(Kpi::Cpo) => "Cost per order",
            Self::Ratio(Kpi::Cac) => "Cost per new customer",
            Self::Ratio(Kpi::Roas) => "Revenue per unit of spend",
            Self::Cm3 => "Revenue less goods, other variable cost and advertising",
            _ => "",
        }
    }

    /// Whether any row of the file said anything of it.
    pub(crate) fn in_file(self, total: &Facts) -> bool {
        self.needs().iter().all(|fact| total.missing_rows(*fact) < total.rows().max(1))
    }

    /// Whether these facts lack an input of it.
    pub(crate) fn is_missing(self, facts: &Facts) -> bool {
        self.needs().iter().any(|fact| facts.missing_rows(*fact) > 0)
    }

    /// What these facts say of it. `total` are all facts of the file.
    pub(crate) fn read(self, facts: &Facts, total: &Facts) -> Said {
        if facts.rows() == 0 {
            return Said::words("no rows");
        }
        let missing = || self.missing(facts, total);
        match self {
            Self::Sum(fact) => match facts.get(fact) {
                Some(sum) if fact.is_money() => Said::number(numbers::amount(sum, facts.currency())),
                Some(sum) => Said::number(numbers::count(sum)),
                None => missing(),
            },
            Self::Cm3 => match facts.contribution(Margin::Cm3) {
                Some(margin) => Said::number(numbers::amount(margin.amount(), facts.currency())),
                None => missing(),
            },
            Self::Ratio(kpi) => self.quotient(kpi, &facts.kpi(kpi)).unwrap_or_else(missing),
        }
    }

    /// `None` if an input is missing.
    fn quotient(self, kpi: Kpi, ratio: &Ratio) -> Option<Said> {
        let nothing = without(self.denominator());
        Some(match (ratio.outcome(), ratio.currency()) {
            (Outcome::Value(_), _) if ratio.negative_denominator() => {
                Said::words(format!("{} below zero", self.denominator().map_or("denominator", title).to_lowercase()))
            }
            (Outcome::Value(value), Some(currency)) => Said::number(numbers::amount(&value, currency)),
            (Outcome::Value(value), None) => Said::number(plain(kpi, &value)),
            (Outcome::Undefined, Some(_)) if self.denominator() != Some(Fact::Spend) => {
                Said::words(format!("no spend, {nothing}"))
            }
            (Outcome::NoDenominator(_) | Outcome::Undefined, _) => Said::words(nothing),
            (Outcome::Missing, _) => return None,
        })
    }

    fn missing(self, facts: &Facts, total: &Facts) -> Said {
        let needs = self.needs();
        if !self.in_file(total) {
            return Said::words("not in the file");
        }
        let rows = needs.iter().map(|fact| facts.missing_rows(*fact)).max().unwrap_or(0);
        if rows == facts.rows() {
            return Said::words("not reported");
        }
        Said::words(format!("missing in {} of {} rows", numbers::rows(rows), numbers::rows(facts.rows())))
    }

    /// The facts it is made of.
    fn needs(self) -> Vec<Fact> {
        match self {
            Self::Sum(fact) => vec![fact],
            Self::Cm3 => vec![Fact::Revenue, Fact::CostOfGoods, Fact::OtherVariableCost, Fact::Spend],
            Self::Ratio(kpi) => kpi.numerator().iter().chain(kpi.denominator()).map(|(_, fact)| *fact).collect(),
        }
    }

    fn denominator(self) -> Option<Fact> {
        match self {
            Self::Ratio(kpi) => match kpi.denominator() {
                [(_, fact)] => Some(*fact),
                _ => None,
            },
            Self::Sum(_) | Self::Cm3 => None,
        }
    }
}

/// Shares in percent, the rest as plain numbers.
fn plain(kpi: Kpi, value: &Exact) -> String {
    share_places(kpi).map_or_else(|| numbers::fixed(value, 2), |places| numbers::percent(value, places))
}

/// The decimals of a share in percent, with the second one that clicks need; none for what is no share.
pub(crate) fn share_places(kpi: Kpi) -> Option<u8> {
    match kpi {
        Kpi::Ctr | Kpi::Cvr => Some(2),
        Kpi::Viewability
        | Kpi::MeasurableRate
        | Kpi::AvocRate
        | Kpi::AvMeasurableRate
        | Kpi::FirstQuartileRate
        | Kpi::MidpointRate
        | Kpi::ThirdQuartileRate
        | Kpi::CompletionRate
        | Kpi::Acos
        | Kpi::Cm1Rate
        | Kpi::Cm2Rate
        | Kpi::Cm3Rate => Some(1),
        _ => None,
    }
}

/// Why a KPI has nothing to divide by.
pub(crate) fn without_denominator(kpi: Kpi) -> &'static str {
    without(Figure::Ratio(kpi).denominator())
}

/// Why there is nothing to divide by.
fn without(denominator: Option<Fact>) -> &'static str {
    match denominator {
        Some(Fact::Orders) => "no orders yet",
        Some(Fact::Leads) => "no leads yet",
        Some(Fact::Conversions) => "no conversions yet",
        Some(Fact::NewCustomers) => "no new customers yet",
        Some(Fact::Clicks) => "no clicks",
        Some(Fact::Impressions) => "no impressions",
        Some(Fact::Measurable | Fact::AvMeasurable) => "nothing measurable",
        Some(Fact::VideoStarts) => "no starts",
        Some(Fact::Spend) => "no spend",
        _ => "no denominator",
    }
}

/// A fact as a heading.
pub(crate) fn title(fact: Fact) -> &'static str {
    match fact {
        Fact::Spend => "Spend",
        Fact::Impressions => "Impressions",
        Fact::Clicks => "Clicks",
        Fact::Leads => "Leads",
        Fact::Orders => "Orders",
        Fact::Conversions => "Conversions",
        Fact::NewCustomers => "New customers",
        Fact::Revenue => "Revenue",
        Fact::Measurable => "Measurable impressions",
        Fact::AvMeasurable => "Impressions measurable for sound and picture",
        Fact::VideoStarts => "Starts",
        other => other.name(),
    }
}

/// Whether the sum of a fact is known and above zero.
pub(crate) fn positive(facts: &Facts, fact: Fact) -> bool {
    facts.get(fact).is_some_and(|sum| sum.sign() == Sign::Positive)
}

#[cfg(test)]
mod tests {
    use styring_metrics::Row;
    use styring_money::Currency;

    use super::*;

    fn facts(rows: &[Row]) -> Facts {
        let mut facts = Facts::zero(Currency::NOK);
        for row in rows {
            facts.add(row).unwrap();
        }
        facts
    }

    fn spend(amount: &str) -> Row {
        Row { spend: Some(amount.parse().unwrap()), ..Row::default() }
    }

    #[test]
    fn what_is_no_number_is_said_in_words() {
        let cpo = Figure::Ratio(Kpi::Cpo);
        let read = |row: Row| {
            let facts = facts(&[row]);
            cpo.read(&facts, &facts).text
        };
        assert_eq!(read(Row { orders: Some(4.into()), ..spend("NOK 900.00") }), "225.00");
        assert_eq!(read(Row { orders: Some(0.into()), ..spend("NOK 900.00") }), "no orders yet");
        assert_eq!(read(Row { orders: Some(0.into()), ..spend("NOK 0.00") }), "no spend, no orders yet");
        assert_eq!(read(Row { orders: Some((-1).into()), ..spend("NOK 900.00") }), "orders below zero");
        assert_eq!(read(spend("NOK 900.00")), "not in the file");
        let (nothing, total) = (facts(&[]), facts(&[spend("NOK 900.00")]));
        assert_eq!(cpo.read(&nothing, &total).text, "no rows");
    }

    #[test]
    fn a_fact_that_some_rows_lack_is_missing_and_says_where() {
        let clicks = Figure::Sum(Fact::Clicks);
        let known = Row { clicks: Some(12), ..spend("NOK 900.00") };
        let (mixed, silent) = (facts(&[known, spend("NOK 1.00")]), facts(&[spend("NOK 1.00")]));
        assert_eq!(clicks.read(&mixed, &mixed).text, "missing in 1 of 2 rows");
        assert_eq!(clicks.read(&silent, &mixed).text, "not reported");
        assert!(clicks.in_file(&mixed) && !clicks.in_file(&silent));
    }
}
