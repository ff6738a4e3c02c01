use std::ops::AddAssign;

use chrono::NaiveDate;
use styring_money::{Currency, Exact, ExchangeRates, Money, Unrounded};

use crate::{Error, Fact};

/// One row of results, as an export has it. What the source does not know stays `None`: missing is not zero.
///
/// ```
/// use styring_metrics::Row;
///
/// let row = Row {
///     spend: Some("NOK 1250.00".parse()?),
///     impressions: Some(40_000),
///     clicks: Some(320),
///     orders: Some(4.into()),
///     ..Row::default()
/// };
/// # Ok::<(), styring_money::Error>(())
/// ```
///
/// What was delivered is a count; what was earned may be fractional (data-driven attribution) and negative (returns).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields, default))]
#[allow(missing_docs, reason = "every field is described at the fact of the same name")]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Row {
    pub spend: Option<Money>,
    pub impressions: Option<u64>,
    pub measurable: Option<u64>,
    pub viewable: Option<u64>,
    pub av_measurable: Option<u64>,
    pub avoc: Option<u64>,
    pub video_starts: Option<u64>,
    pub first_quartile: Option<u64>,
    pub midpoint: Option<u64>,
    pub third_quartile: Option<u64>,
    pub completes: Option<u64>,
    pub clicks: Option<u64>,
    pub leads: Option<Exact>,
    pub orders: Option<Exact>,
    pub conversions: Option<Exact>,
    pub new_customers: Option<Exact>,
    pub revenue: Option<Money>,
    pub cost_of_goods: Option<Money>,
    pub other_variable_cost: Option<Money>,
}

impl Row {
    /// What the row knows: every fact with its number, and its currency if it is money.
    fn known(&self) -> impl Iterator<Item = (Fact, Exact, Option<Currency>)> {
        let counts = [
            (Fact::Impressions, self.impressions),
            (Fact::Measurable, self.measurable),
            (Fact::Viewable, self.viewable),
            (Fact::AvMeasurable, self.av_measurable),
            (Fact::Avoc, self.avoc),
            (Fact::VideoStarts, self.video_starts),
            (Fact::FirstQuartile, self.first_quartile),
            (Fact::Midpoint, self.midpoint),
            (Fact::ThirdQuartile, self.third_quartile),
            (Fact::Completes, self.completes),
            (Fact::Clicks, self.clicks),
        ];
        let results = [
            (Fact::Leads, &self.leads),
            (Fact::Orders, &self.orders),
            (Fact::Conversions, &self.conversions),
            (Fact::NewCustomers, &self.new_customers),
        ];
        let amounts = [
            (Fact::Spend, self.spend),
            (Fact::Revenue, self.revenue),
            (Fact::CostOfGoods, self.cost_of_goods),
            (Fact::OtherVariableCost, self.other_variable_cost),
        ];
        let counts = counts.into_iter().filter_map(|(fact, count)| Some((fact, Exact::from(count?), None)));
        let results = results.into_iter().filter_map(|(fact, result)| Some((fact, result.clone()?, None)));
        let amounts = amounts.into_iter().filter_map(|(fact, money)| {
            let money = money?;
            Some((fact, Exact::from(money.amount()), Some(money.currency())))
        });
        counts.chain(results).chain(amounts)
    }
}

/// Merged results of one currency: for each fact its exact sum and the number of rows that knew it.
///
/// A commutative monoid: [`merge`](Self::merge) is associative and commutative, and [`zero`](Self::zero) is its identity, so a file may be added up in any
/// order and in any pieces. Every KPI is taken from merged facts ([`kpi`](crate::Kpi)); none is ever averaged.
///
/// ```
/// use styring_metrics::{Fact, Facts, Kpi, Outcome, Row};
/// use styring_money::{Currency, Rounding};
///
/// let mut facts = Facts::zero(Currency::NOK);
/// facts.add(&Row { spend: Some("NOK 900.00".parse()?), orders: Some(4.into()), ..Row::default() })?;
/// facts.add(&Row { spend: Some("NOK 350.00".parse()?), orders: Some(0.into()), ..Row::default() })?;
///
/// // The spend of the row without an order counts: 1250 / 4, not the mean of the rows' ratios.
/// let cpo = facts.kpi(Kpi::Cpo);
/// assert_eq!(cpo.money(Rounding::HalfEven)?, Outcome::Value("NOK 312.50".parse()?));
/// // Nobody said anything of clicks.
/// assert_eq!(facts.get(Fact::Clicks), None);
/// # Ok::<(), styring_metrics::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "stored::Facts", into = "stored::Facts")
)]
pub struct Facts {
    currency: Currency,
    rows: u64,
    tallies: [Tally; Fact::ALL.len()],
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Tally {
    sum: Exact,
    known: u64,
}

impl Facts {
    /// No rows.
    pub fn zero(currency: Currency) -> Self {
        Self { currency, rows: 0, tallies: Default::default() }
    }

    /// Adds a row. All its amounts must be in the currency of these facts; after an error nothing has been added.
    pub fn add(&mut self, row: &Row) -> Result<(), Error> {
        if let Some((fact, right)) =
            row.known().find_map(|(fact, _, currency)| Some((fact, currency.filter(|c| *c != self.currency)?)))
        {
            return Err(Error::CurrencyMismatch { field: fact.name(), left: self.currency, right });
        }
        self.add_cells(row.known().map(|(fact, number, _)| (fact, number)))
    }

    /// Adds a row whose amounts may be in any currencies, each converted exactly at the rates of `date`; after an error nothing has been added.
    pub fn add_converted(&mut self, row: &Row, rates: &ExchangeRates, date: NaiveDate) -> Result<(), Error> {
        let cells = row
            .known()
            .map(|(fact, number, currency)| match currency {
                Some(currency) => {
                    let factor = rates.factor(currency, self.currency, date)?;
                    Ok((fact, &number * &factor))
                }
                None => Ok((fact, number)),
            })
            .collect::<Result<Vec<_>, styring_money::Error>>()?;
        self.add_cells(cells)
    }

    /// Adds a row given as cells, for readers that learn at run time which columns there are. Amounts are in the currency of these facts; a fact that is
    /// not among the cells is unknown in this row; the numbers of one that stands in several cells are added up.
    ///
    /// Cost: one addition per cell.
    #[inline]
    pub fn add_cells<N>(&mut self, cells: impl IntoIterator<Item = (Fact, N)>) -> Result<(), Error>
    where
        Exact: AddAssign<N>,
    {
        self.rows = self.rows.checked_add(1).ok_or(Error::TooManyRows)?;
        // A bit per fact: a row knows a fact once, in however many cells.
        let mut seen = 0_u32;
        for (fact, number) in cells {
            let bit = 1 << fact as u32;
            let tally = &mut self.tallies[fact as usize];
            tally.sum += number;
            tally.known += u64::from(seen & bit == 0);
            seen |= bit;
        }
        Ok(())
    }

    /// Adds all rows of `other`.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.currency != other.currency {
            return Err(Error::CurrencyMismatch { field: "facts", left: self.currency, right: other.currency });
        }
        self.rows = self.rows.checked_add(other.rows).ok_or(Error::TooManyRows)?;
        for (tally, more) in self.tallies.iter_mut().zip(&other.tallies) {
            tally.sum += &more.sum;
            tally.known += more.known;
        }
        Ok(())
    }

    /// The currency of all amounts.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// How many rows were added.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The sum of a fact, in major units if it is money; `None` if a row did not know it.
    pub fn get(&self, fact: Fact) -> Option<&Exact> {
        let tally = &self.tallies[fact as usize];
        (tally.known == self.rows).then_some(&tally.sum)
    }

    /// The sum of an amount; `None` if a row did not know it, or if the fact is a count.
    pub fn amount(&self, fact: Fact) -> Option<Unrounded> {
        let sum = self.get(fact).filter(|_| fact.is_money())?;
        Some(Unrounded::new(sum.clone(), self.currency))
    }

    /// In how many rows a fact was missing.
    pub fn missing_rows(&self, fact: Fact) -> u64 {
        self.rows - self.tallies[fact as usize].known
    }

    /// The sum over the rows that knew the fact. Not a total while [`missing_rows`](Self::missing_rows) is above zero.
    pub fn sum_where_known(&self, fact: Fact) -> &Exact {
        &self.tallies[fact as usize].sum
    }
}

#[cfg(feature = "serde")]
mod stored {
    //! The form in files: facts by name, those no row knew left out.

    use std::collections::BTreeMap;

    use styring_money::{Currency, Exact};

    use crate::{Error, Fact};

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Facts {
        currency: Currency,
        rows: u64,
        tallies: BTreeMap<Fact, Tally>,
    }

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Tally {
        sum: Exact,
        known_rows: u64,
    }

    impl From<super::Facts> for Facts {
        fn from(facts: super::Facts) -> Self {
            let known = Fact::ALL.into_iter().zip(facts.tallies);
            Self {
                currency: facts.currency,
                rows: facts.rows,
                tallies: known
                    .filter(|(_, tally)| tally.known > 0)
                    .map(|(fact, tally)| {
                        let super::Tally { sum, known } = tally;
                        (fact, Tally { sum, known_rows: known })
                    })
                    .collect(),
            }
        }
    }

    impl TryFrom<Facts> for super::Facts {
        type Error = Error;

        fn try_from(stored: Facts) -> Result<Self, Error> {
            let mut facts = Self::zero(stored.currency);
            facts.rows = stored.rows;
            for (fact, Tally { sum, known_rows }) in stored.tallies {
                if known_rows > stored.rows || (known_rows == 0 && !sum.is_zero()) {
                    return Err(Error::InconsistentFacts { fact, known: known_rows, rows: stored.rows });
                }
                facts.tallies[fact as usize] = super::Tally { sum, known: known_rows };
            }
            Ok(facts)
        }
    }
}
