//! The results: by channel, by creative, by segment, by week.

use styring_metrics::{Fact, Facts};
use styring_money::{Exact, Sign};
use styring_playbook::PartReview;

use super::cards::merged;
use super::scores::said;
use super::table::{Body, Cell, Column, Label, Row, Table};
use crate::figures::{self, Figure, Said};
use crate::period::Period;
use crate::text::{clean, list};
use crate::{Error, WeeklyReport, numbers};

impl WeeklyReport<'_> {
    fn figures(&self) -> Vec<Figure> {
        figures::known(figures::columns(self.plan.campaign.result), &self.review.total)
    }

    fn columns(&self, first: &str, more: Option<Column>) -> Vec<Column> {
        let figures = self.figures();
        let columns = figures.iter().map(|figure| Column::number(figure.title(), figure.meaning()));
        [Column::text(first)].into_iter().chain(columns).chain(more).collect()
    }

    fn cells(&self, facts: &Facts) -> Vec<Cell> {
        self.figures().iter().map(|figure| figure.read(facts, &self.review.total).into()).collect()
    }

    pub(super) fn channel_table(&self) -> Table {
        let channels = self.review.channels.iter().enumerate();
        let mut rows: Vec<Row> = channels
            .map(|(place, channel)| Row::new(Label::channel(&channel.name, place), self.cells(&channel.total)))
            .collect();
        rows.push(Row::total("All channels", self.cells(&self.review.total)));
        Table {
            caption: format!("Channels, all weeks, amounts in {}", self.plan.campaign.currency),
            columns: self.columns("Channel", None),
            bodies: vec![Body { label: None, rows }],
            ..Table::default()
        }
    }

    /// Which channels cost money and brought nothing, in a sentence.
    pub(super) fn fruitless(&self) -> Option<String> {
        let result = self.plan.campaign.result.fact();
        let fruitless = |facts: &Facts| {
            figures::positive(facts, Fact::Spend) && facts.get(result).is_some_and(|sum| sum.sign() != Sign::Positive)
        };
        let names: Vec<String> = self
            .review
            .channels
            .iter()
            .filter(|channel| fruitless(&channel.total))
            .map(|channel| clean(&channel.name))
            .collect();
        let results = figures::title(result).to_lowercase();
        (!names.is_empty()).then(|| format!("Spent money and brought no {results}: {}.", list(&names)))
    }

    /// `None` if the file names no creatives.
    pub(super) fn creative_table(&self) -> Option<Table> {
        self.part_table(&self.review.creatives, "Creative", "no creative named")
    }

    /// `None` if the file names no segments.
    pub(super) fn segment_table(&self) -> Option<Table> {
        self.part_table(&self.review.segments, "Segment", "no segment named")
    }

    fn part_table(&self, parts: &[PartReview], what: &str, none: &str) -> Option<Table> {
        if parts.iter().all(|part| part.name.is_empty()) {
            return None;
        }
        let body = |(place, channel): (usize, &styring_playbook::PlannedChannel)| {
            let mut of_channel: Vec<&PartReview> = parts.iter().filter(|part| part.channel == channel.name).collect();
            by_spend(&mut of_channel);
            let row = |part: &&PartReview| {
                let mut cells = self.cells(&part.total);
                cells.push(said(&part.score).into());
                Row::new(Label::part(&part.name, none), cells)
            };
            Body { label: Some(Label::channel(&channel.name, place)), rows: of_channel.iter().map(row).collect() }
        };
        let bodies = self.plan.channels.iter().enumerate().map(body).filter(|body| !body.rows.is_empty());
        let score = Column::number("Score es-1", "Against its part, by spend, of the channel’s goal; 1 is on plan");
        Some(Table {
            caption: format!("{what}s by channel, all weeks, amounts in {}", self.plan.campaign.currency),
            columns: self.columns(what, Some(score)),
            bodies: bodies.collect(),
            ..Table::default()
        })
    }

    /// All channels together, week by week.
    pub(super) fn week_table(&self, period: &Period) -> Result<Table, Error> {
        let (result, total) = (self.plan.campaign.result, &self.review.total);
        let wanted = [
            Figure::Sum(Fact::Spend),
            Figure::Sum(result.fact()),
            Figure::Ratio(result.cost()),
            Figure::Sum(Fact::Revenue),
            Figure::Ratio(styring_metrics::Kpi::Roas),
        ];
        let figures = figures::known(wanted.to_vec(), total);
        let mut rows = Vec::new();
        for week in period.weeks.clone().filter(|week| !period.undated || week == period.weeks.end()) {
            let facts = self.week(week)?;
            let mut cells: Vec<Cell> = figures.iter().map(|figure| figure.read(&facts, total).into()).collect();
            let budget = self.review.budgets.get(&week);
            let budget = budget.map(|budgets| budgets.iter().map(|money| Exact::from(money.amount())).sum::<Exact>());
            let budget = budget.map(|sum| numbers::amount(&sum, self.plan.campaign.currency));
            cells.insert(0, Said::or(budget, "not known").into());
            rows.push(Row::new(Label::plain(&period.label(week)), cells));
        }
        let mut columns =
            vec![Column::text("Week"), Column::number("Budget", "The total that the plan or the rhythm gave the week")];
        columns.extend(figures.iter().map(|figure| Column::number(figure.title(), figure.meaning())));
        Ok(Table {
            caption: format!("All channels by week, amounts in {}", self.plan.campaign.currency),
            columns,
            bodies: vec![Body { label: None, rows }],
            ..Table::default()
        })
    }

    fn week(&self, week: u32) -> Result<Facts, Error> {
        merged(self.review.channels.iter().filter_map(|channel| channel.weeks.get(&week)), &self.review.total)
    }

    /// What the last week came to, and the one before it.
    pub(super) fn week_sentence(&self, period: &Period) -> Result<String, Error> {
        let (result, total) = (self.plan.campaign.result, &self.review.total);
        let tell = |facts: &Facts| {
            let read = |figure: Figure| figure.read(facts, total).text;
            format!(
                "spend {}, {} {}, {} {}",
                read(Figure::Sum(Fact::Spend)),
                figures::title(result.fact()).to_lowercase(),
                read(Figure::Sum(result.fact())),
                result.cost().name(),
                read(Figure::Ratio(result.cost())),
            )
        };
        let last = *period.weeks.end();
        let now = tell(&self.week(last)?);
        if period.undated {
            return Ok(format!("The results carry no dates and are judged as one period: {now}."));
        }
        let label = period.label(last);
        Ok(if last > *period.weeks.start() {
            format!("Week {label}: {now}. Week {}: {}.", last - 1, tell(&self.week(last - 1)?))
        } else {
            format!("Week {label}: {now}.")
        })
    }
}

/// Largest spend first; equals by name.
pub(crate) fn by_spend(parts: &mut [&PartReview]) {
    let spend = |part: &PartReview| part.total.get(Fact::Spend).cloned().unwrap_or_default();
    parts.sort_by(|a, b| spend(b).cmp(&spend(a)).then_with(|| a.name.cmp(&b.name)));
}
