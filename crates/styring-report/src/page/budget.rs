//! The next budget: what changes, why, and where every unit of money comes from.

use std::cmp::Reverse;

use styring_allocation::{ChannelDecision, Verdict};
use styring_money::{Exact, Money, Sign};

use super::table::{Body, Cell, Column, Label, Row, Table};
use crate::figures::Said;
use crate::text::{clean, group_amounts, list, plural};
use crate::{WeeklyReport, numbers};

/// As many channels as a sentence may name.
const NAMED: usize = 5;

impl WeeklyReport<'_> {
    pub(super) fn budget_table(&self) -> Table {
        let decision = &self.review.decision;
        let week = decision.week;
        let row = |(place, channel): (usize, &ChannelDecision)| {
            let verdict = Cell::classed(Said::number(channel.verdict.to_string()), class(channel.verdict));
            let cells = cells(channel.before, channel.after, verdict);
            Row { below: self.reasons(channel), ..Row::new(Label::channel(&channel.channel, place), cells) }
        };
        let mut rows: Vec<Row> = decision.channels.iter().enumerate().map(row).collect();
        let no_verdict = Said::number("").into();
        rows.push(Row::total("Total", cells(decision.total_before, decision.total_after, no_verdict)));
        Table {
            caption: format!("The budget of week {week}, in {}", self.plan.campaign.currency),
            columns: vec![
                Column::text("Channel"),
                Column::number(format!("Week {}", week.saturating_sub(1)), "The budget of the week that ends"),
                Column::number(format!("Week {week}"), "The budget of the week that comes"),
                Column::number("Change", ""),
                Column::number("Change, %", ""),
                Column::text("Verdict"),
            ],
            bodies: vec![Body { label: None, rows }],
            ..Table::default()
        }
    }

    /// Who gets more and who gets less, the largest change first.
    pub(super) fn budget_sentence(&self) -> String {
        let mut changes: Vec<(Exact, &str)> = self
            .review
            .decision
            .channels
            .iter()
            .map(|channel| {
                (&Exact::from(channel.after.amount()) - &Exact::from(channel.before.amount()), &*channel.channel)
            })
            .filter(|(change, _)| !change.is_zero())
            .collect();
        changes.sort_by_key(|(change, _)| Reverse(change.abs()));
        let names = |sign: Sign| {
            let those = changes.iter().filter(|(change, _)| change.sign() == sign);
            let mut names: Vec<String> = those.map(|(_, name)| clean(name)).collect();
            if names.len() > NAMED {
                let others = names.split_off(NAMED - 1).len();
                names.push(plural(others, "other", "others"));
            }
            list(&names)
        };
        match (names(Sign::Positive), names(Sign::Negative)) {
            (more, less) if more.is_empty() && less.is_empty() => "Every channel keeps its budget.".to_owned(),
            (more, less) if less.is_empty() => format!("More for {more}; less for nobody."),
            (more, less) if more.is_empty() => format!("Less for {less}; more for nobody."),
            (more, less) => format!("More for {more}; less for {less}."),
        }
    }

    /// Why a channel's budget is what it is.
    pub(crate) fn reasons(&self, channel: &ChannelDecision) -> Vec<String> {
        channel.reasons.iter().map(|reason| group_amounts(&reason.to_string(), self.plan.campaign.currency)).collect()
    }

    /// `NOK 30 000.00 from DOOH Oslo to VG`.
    pub(crate) fn transfers(&self) -> Vec<String> {
        let transfers = self.review.decision.transfers.iter();
        transfers
            .map(|move_| {
                format!("{} from {} to {}", numbers::money(move_.amount), clean(&move_.from), clean(&move_.to))
            })
            .collect()
    }
}

fn cells(before: Money, after: Money, verdict: Cell) -> Vec<Cell> {
    let (now, next) = (Exact::from(before.amount()), Exact::from(after.amount()));
    let change = &next - &now;
    let amount = |value: &Exact| numbers::amount(value, after.currency());
    let relative = match change.checked_div(&now) {
        Some(share) => Said::number(numbers::signed(&share, numbers::percent(&share, 1))),
        None if change.is_zero() => Said::words("no budget"),
        None => Said::words("from nothing"),
    };
    vec![
        amount(&now).into(),
        amount(&next).into(),
        if change.is_zero() {
            Said::words("unchanged").into()
        } else {
            numbers::signed(&change, amount(&change)).into()
        },
        relative.into(),
        verdict,
    ]
}

pub(super) fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Winner => "pill winner",
        Verdict::Loser => "pill loser",
        _ => "pill",
    }
}
