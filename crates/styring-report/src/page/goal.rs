//! The page of a goal.

use chrono::Weekday;
use minijinja::value::Value;
use serde::Serialize;
use styring_metrics::{Direction, Ratio};
use styring_money::{Exact, Sign};

use super::frame::{Frame, Top};
use super::table::{Body, Cell, Column, Label, Row, Table};
use super::{Chart, rendered};
use crate::figures::Said;
use crate::goal_words::{Unit, end, gap, headline, origin, outlook, stretches};
use crate::text::{clean, group_amounts, plural};
use crate::{Error, GoalReport, charts, numbers};

#[derive(Serialize)]
struct Page {
    frame: Frame,
    outlook: Vec<String>,
    course_chart: Chart,
    course_caption: String,
    days_chart: Option<Chart>,
    days_caption: String,
    weeks: Option<Table>,
    weekdays: Option<Table>,
    currency: Option<&'static str>,
    is_ratio: bool,
    name: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Card {
    pub(crate) title: String,
    pub(crate) large: Said,
    pub(crate) small: Vec<String>,
}

pub(crate) fn html(report: &GoalReport<'_>) -> Result<String, Error> {
    rendered(concat!(include_str!("../parts.html"), include_str!("../goal.html")), report.page()?)
}

impl GoalReport<'_> {
    fn page(&self) -> Result<Page, Error> {
        let review = self.review;
        let unit = Unit::of(review);
        let drawn = |draw: fn(&styring_playbook::GoalReview, u32) -> Result<String, Error>| {
            let at = |width| Ok::<Value, Error>(Value::from_safe_string(draw(review, width)?));
            Ok::<Chart, Error>(Chart { wide: at(charts::WIDE)?, narrow: at(charts::NARROW)? })
        };
        let begun = !review.days.is_empty();
        Ok(Page {
            frame: Frame::new(
                Top {
                    kicker: format!("Goal · {}", clean(self.campaign)),
                    title: clean(self.sentence),
                    headline: headline(review),
                    lead: origin(review),
                },
                self.cards(),
                self.notes(),
                self.source,
            ),
            outlook: outlook(review),
            course_chart: drawn(charts::goal)?,
            course_caption: self.course_caption(unit),
            days_chart: begun.then(|| drawn(charts::goal_days)).transpose()?,
            days_caption: self.days_caption(unit),
            weeks: begun.then(|| self.goal_weeks(unit)),
            weekdays: self.weekdays(unit),
            currency: review.is_amount().then(|| review.currency.code()),
            is_ratio: review.is_ratio(),
            name: unit.name(),
        })
    }

    /// What a reader must know before believing the review.
    pub(crate) fn notes(&self) -> Vec<String> {
        let notes = self.review.notes.iter();
        notes.map(|note| group_amounts(&clean(&note.to_string()), self.review.currency)).collect()
    }

    fn cards(&self) -> Vec<Card> {
        let review = self.review;
        let unit = Unit::of(review);
        let target = unit.bare(&review.target);
        let share = review.attainment.outcome().value().map(|share| numbers::percent(&share, 1));
        let of_target = share.map_or_else(Vec::new, |share| vec![format!("{share} of the target of {target}")]);
        let actual = unit.said_bare(&review.actual);
        let mut cards = vec![Card { title: format!("{} to date", unit.title()), large: actual, small: of_target }];
        match &review.due {
            Some(due) => cards.push(Card {
                title: "Due by now".to_owned(),
                large: Said::number(unit.bare(due)),
                small: gap(review).into_iter().collect(),
            }),
            None => cards.push(Card {
                title: "Target".to_owned(),
                large: Said::number(target),
                small: review.baseline.iter().map(|from| format!("baseline {}", unit.bare(&from.value))).collect(),
            }),
        }
        if review.days_left() > 0 {
            cards.extend([self.required_card(unit), self.end_card(unit), self.chance_card()]);
        }
        cards
    }

    fn required_card(&self, unit: Unit) -> Card {
        let review = self.review;
        let left = plural(review.days_left() as usize, "day left", "days left");
        let (title, so_far) = if review.is_ratio() {
            ("Required of the rest", "at the same denominator a day".to_owned())
        } else if review.elapsed == 0 {
            ("Required per day", "from the first day".to_owned())
        } else {
            ("Required per day", format!("so far {}", unit.said_bare_mean(&review.so_far).text))
        };
        let small = vec![so_far, left];
        Card { title: title.to_owned(), large: unit.said_bare_mean(&review.required), small }
    }

    fn end_card(&self, unit: Unit) -> Card {
        let projected = end(self.review).map(|end| unit.bare_about(end));
        let small = self.review.fan.last().map(|end| {
            let (low, high) = end.ninety;
            format!("90\u{202f}%: {} to {}", unit.bare_about(low), unit.bare_about(high))
        });
        Card {
            title: "End at this rate".to_owned(),
            large: Said::or(projected, "cannot be told"),
            small: small.into_iter().collect(),
        }
    }

    fn chance_card(&self) -> Card {
        let review = self.review;
        Card {
            title: "Chance of the target".to_owned(),
            large: Said::or(review.chance.map(numbers::probability), "too early to tell"),
            small: vec![format!("from {}", plural(review.elapsed as usize, "day", "days"))],
        }
    }

    fn course_caption(&self, unit: Unit) -> String {
        let fan = if self.review.fan.is_empty() {
            ""
        } else {
            " The fan: where the number goes if the days to come vary like the days so far; dark one half, light nine tenths."
        };
        let what =
            if self.review.is_ratio() { "as the ratio of the sums to date" } else { "added up, against its pace" };
        format!("{} {what}{}.{fan}", unit.title(), unit.axis())
    }

    fn days_caption(&self, unit: Unit) -> String {
        let rest = if self.review.days_left() > 0 { ", and what the days that are left must come to" } else { "" };
        format!("{} day by day{}{rest}.", unit.title(), unit.axis())
    }

    fn goal_weeks(&self, unit: Unit) -> Table {
        let review = self.review;
        let rows = stretches(review).into_iter().map(|stretch| {
            let mut cells: Vec<Cell> =
                vec![unit.said_bare(&stretch.value).into(), unit.said_bare(&stretch.to_date).into()];
            cells.push(Said::number(unit.bare(stretch.due.as_ref().unwrap_or(&review.target))).into());
            let against = stretch.due.as_ref().unwrap_or(&review.target);
            cells.push(match stretch.to_date.outcome().value() {
                Some(value) => {
                    let off = &value - against;
                    let said = Said::number(numbers::signed(&off, unit.bare(&off)));
                    Cell::classed(said, self.class(&off))
                }
                None => Said::words("no ratio").into(),
            });
            Row::new(Label::plain(&stretch.label), cells)
        });
        let against = if review.is_ratio() { "Target" } else { "Pace to date" };
        Table {
            caption: format!("{} week by week from the first day{}", unit.title(), unit.axis()),
            columns: vec![
                Column::text("Days"),
                Column::number(unit.title(), "Of these days alone"),
                Column::number("To date", "Of all days until the last of these"),
                Column::number(against, ""),
                Column::number("Difference", "To date less what it is held against"),
            ],
            bodies: vec![Body { label: None, rows: rows.collect() }],
            ..Table::default()
        }
    }

    /// Whether a difference is good or bad.
    fn class(&self, off: &Exact) -> &'static str {
        match (self.review.goal.direction, off.sign()) {
            (Direction::Raise, Sign::Negative) | (Direction::Lower, Sign::Positive) => "pill loser",
            _ => "pill winner",
        }
    }

    fn weekdays(&self, unit: Unit) -> Option<Table> {
        let weekdays = self.review.weekdays.as_ref()?;
        let all = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
        let whole: Exact = all.iter().map(|weekday| weekdays.of(*weekday)).sum();
        let rows = all.iter().zip(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]);
        let rows = rows.map(|(weekday, name)| {
            let mean = weekdays.of(*weekday);
            let share = mean.checked_div(&whole).map(|share| numbers::percent(&share, 1));
            let cells = vec![
                unit.said_bare_mean(&Ratio::new(mean.clone(), Exact::ONE)).into(),
                Said::or(share, "nothing").into(),
            ];
            Row::new(Label::plain(name), cells)
        });
        Some(Table {
            caption: format!(
                "The weekdays of the {} before the goal{}",
                plural(weekdays.weeks() as usize, "week", "weeks"),
                unit.axis()
            ),
            columns: vec![Column::text("Weekday"), Column::number("Mean", ""), Column::number("Share of a week", "")],
            bodies: vec![Body { label: None, rows: rows.collect() }],
            ..Table::default()
        })
    }
}
