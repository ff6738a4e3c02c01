//! The number of a goal, day by day.

use chrono::NaiveDate;
use styring_metrics::{Fact, Facts, Kpi, Margin, Measure, RollUp};
use styring_money::Exact;

use super::after;
use super::note::{GoalNote, GoalPeriod};
use crate::Error;

/// What a day adds: to a sum, or to the two sums of a ratio.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub(super) numerator: Exact,
    /// Zero for a sum, so that it counts for nothing.
    pub(super) denominator: Exact,
}

/// The parts of days that follow each other.
#[derive(Debug, Clone)]
pub(super) struct Series {
    first_day: NaiveDate,
    parts: Vec<Part>,
    /// The days without a row, by their place.
    silent: Vec<u32>,
}

impl Series {
    pub(super) fn new(
        measure: Measure,
        daily: &RollUp<NaiveDate>,
        first_day: NaiveDate,
        days: u32,
    ) -> Result<Self, Error> {
        let mut series = Self { first_day, parts: Vec::new(), silent: Vec::new() };
        for place in 0..days {
            let day = after(first_day, place).unwrap_or(NaiveDate::MAX);
            let facts = daily.get(&day);
            if facts.is_none() {
                series.silent.push(place);
            }
            series.parts.push(facts.map_or(Ok(Part::default()), |facts| part(measure, facts, day))?);
        }
        Ok(series)
    }

    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.parts.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter()
    }

    pub(super) fn numerator(&self) -> Exact {
        self.parts.iter().map(|part| &part.numerator).sum()
    }

    pub(super) fn denominator(&self) -> Exact {
        self.parts.iter().map(|part| &part.denominator).sum()
    }

    /// A day without a row counts as nothing, and that must be said.
    pub(super) fn note_silence(&self, period: GoalPeriod) -> Option<GoalNote> {
        let first = after(self.first_day, *self.silent.first()?)?;
        Some(GoalNote::DaysWithoutRows { period, days: self.silent.len(), of: self.len(), first })
    }
}

/// Whether a measure is the ratio of two sums, and not a sum.
pub(super) fn is_ratio(measure: Measure) -> bool {
    matches!(measure, Measure::Kpi(_))
}

/// The facts that a measure is made of.
pub(super) fn needs(measure: Measure) -> Vec<Fact> {
    let facts = |terms: &[(i64, Fact)]| terms.iter().map(|(_, fact)| *fact).collect::<Vec<_>>();
    match measure {
        Measure::Sum(fact) => vec![fact],
        Measure::Margin(margin) => facts(rate(margin).numerator()),
        Measure::Kpi(kpi) => {
            let mut needs = facts(kpi.numerator());
            needs.extend(facts(kpi.denominator()));
            needs
        }
    }
}

/// The rate whose numerator a margin is.
fn rate(margin: Margin) -> Kpi {
    match margin {
        Margin::Cm1 => Kpi::Cm1Rate,
        Margin::Cm2 => Kpi::Cm2Rate,
        Margin::Cm3 => Kpi::Cm3Rate,
    }
}

fn part(measure: Measure, facts: &Facts, day: NaiveDate) -> Result<Part, Error> {
    let sum = |numerator: Option<Exact>| numerator.map(|numerator| Part { numerator, denominator: Exact::ZERO });
    let part = match measure {
        Measure::Sum(fact) => sum(facts.get(fact).cloned()),
        Measure::Margin(margin) => sum(facts.contribution(margin).map(|margin| margin.amount().clone())),
        Measure::Kpi(kpi) => {
            let ratio = facts.kpi(kpi);
            let parts = ratio.numerator().cloned().zip(ratio.denominator().cloned());
            parts.map(|(numerator, denominator)| Part { numerator, denominator })
        }
    };
    part.ok_or_else(|| {
        // Some fact is missing, or there would be a part.
        let missing = needs(measure).into_iter().find(|fact| facts.missing_rows(*fact) > 0).unwrap_or(Fact::Spend);
        Error::MissingForGoal { fact: missing, measure: measure.english(), rows: facts.missing_rows(missing), day }
    })
}

#[cfg(test)]
mod tests {
    use styring_money::Currency;

    use super::*;

    #[test]
    fn every_margin_needs_what_it_subtracts() {
        use Fact::{CostOfGoods, OtherVariableCost, Revenue, Spend};
        assert_eq!(needs(Measure::Margin(Margin::Cm1)), [Revenue, CostOfGoods]);
        assert_eq!(needs(Measure::Margin(Margin::Cm3)), [Revenue, CostOfGoods, OtherVariableCost, Spend]);
        assert_eq!(needs(Measure::Kpi(Kpi::Cpo)), [Spend, Fact::Orders]);
        let facts = Facts::zero(Currency::NOK);
        assert!(part(Measure::Kpi(Kpi::Roas), &facts, NaiveDate::MIN).is_ok());
    }
}
