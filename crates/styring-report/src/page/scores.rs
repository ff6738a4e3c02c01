//! The scores in both readings, their parts, and which channel is truly better than which.

use serde::Serialize;
use styring_allocation::{ChannelDecision, Reading};
use styring_metrics::EffectScore;
use styring_playbook::ChannelReview;

use super::budget::class;
use super::table::{Body, Cell, Column, Label, Row, Table};
use crate::figures::Said;
use crate::text::{clean, list};
use crate::{WeeklyReport, numbers, words};

/// The probability that the channel of the row is truly better than that of the column.
#[derive(Debug, Serialize)]
pub(super) struct Matrix {
    caption: String,
    rows: Vec<MatrixRow>,
}

#[derive(Debug, Serialize)]
struct MatrixRow {
    label: Label,
    cells: Vec<MatrixCell>,
}

#[derive(Debug, Serialize)]
struct MatrixCell {
    text: String,
    /// How dark it is, from 0 to 10; none where there is nothing to compare.
    shade: Option<usize>,
}

impl WeeklyReport<'_> {
    fn reading(&self) -> Reading {
        self.plan.rhythm.reading
    }

    pub(super) fn score_table(&self) -> Table {
        let pairs = self.review.channels.iter().zip(&self.review.decision.channels).enumerate();
        let rows = pairs.map(|(place, (channel, decided))| {
            Row::new(Label::channel(&channel.name, place), self.score_cells(channel, decided))
        });
        let decides = |reading: Reading| if reading == self.reading() { ", decides" } else { "" };
        let (literal, scaled) = (decides(Reading::Literal), decides(Reading::BudgetScaled));
        let level = numbers::level(self.plan.score.level);
        Table {
            caption: format!("Scores of the weeks that were judged; intervals of {level}"),
            groups: vec![
                (String::new(), 2),
                (format!("Founding score per {}", self.plan.campaign.currency), 2),
                ("Effect score es-1".to_owned(), 2),
                ("Its parts, in the reading that decides".to_owned(), 6),
            ],
            columns: vec![
                Column::text("Channel"),
                Column::text("Verdict"),
                Column::number(format!("goal as set{literal}"), "Attainment × quality ÷ cost per result"),
                Column::number(format!("goal scaled{scaled}"), "The same, with the goal scaled to the spend"),
                Column::number(format!("goal as set{literal}"), "1 is on plan"),
                Column::number(format!("goal scaled{scaled}"), "1 is on plan"),
                Column::number("Attainment", "A: results over the goal"),
                Column::number("Visibility weight", "V: seen against the benchmark of the format"),
                Column::number("Frequency", "Contacts per person in the last week"),
                Column::number("Frequency weight", "F: the share of contacts inside the cap"),
                Column::number("Efficiency", "E: target cost per result over cost per result"),
                Column::number(
                    "P(on target)",
                    "The probability that the cost per result is truly at or below its target",
                ),
            ],
            bodies: vec![Body { label: None, rows: rows.collect() }],
        }
    }

    fn score_cells(&self, channel: &ChannelReview, decided: &ChannelDecision) -> Vec<Cell> {
        const NONE: &str = "no spend";
        let score = channel.score(self.reading());
        let per_unit = |score: Option<f64>| Said::or(score.map(numbers::per_unit), NONE).into();
        let quality = &channel.quality;
        let visibility = match quality.visibility_rate() {
            Some(_) => Said::number(numbers::score(quality.visibility_weight())),
            None if quality.visibility_unmeasured() => Said::words("1, not measured"),
            None => Said::words("1, not applicable"),
        };
        let weight = match quality.frequency() {
            Some(_) => Said::number(numbers::score(quality.frequency_weight())),
            None => Said::words("1, not known"),
        };
        vec![
            Cell::classed(Said::number(decided.verdict.to_string()), class(decided.verdict)),
            per_unit(decided.scores.literal),
            per_unit(decided.scores.budget_scaled),
            said(&channel.literal).into(),
            said(&channel.budget_scaled).into(),
            attainment(score).into(),
            visibility.into(),
            Said::or(quality.frequency().map(|mean| numbers::decimal(mean, 2)), "not known").into(),
            weight.into(),
            Said::or(score.efficiency().map(numbers::score), NONE).into(),
            Said::or(score.probability_on_target().map(numbers::probability), NONE).into(),
        ]
    }

    /// Who stands first, and how sure that is.
    pub(super) fn score_sentences(&self) -> Vec<String> {
        let mut ranked: Vec<(f64, &ChannelReview)> = self
            .review
            .channels
            .iter()
            .filter_map(|channel| Some((channel.score(self.reading()).point()?, channel)))
            .collect();
        // The sort is stable: equals keep the order of the plan.
        ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let mut sentences = Vec::new();
        match ranked.as_slice() {
            [] => sentences
                .push("No channel has spent anything in the weeks that were judged, so none has a score.".to_owned()),
            [(_, only)] => {
                sentences.push(format!("{} scores {}.", clean(&only.name), words::score(only.score(self.reading()))));
            }
            [(_, first), (_, second), ..] => {
                let (best, next) = (first.score(self.reading()), second.score(self.reading()));
                let sure = best.probability_above(next).map_or_else(|_| "not known".to_owned(), numbers::probability);
                sentences.push(format!(
                    "{} scores highest, {}. The probability that it is truly better than {}, the next, is {sure}.",
                    clean(&first.name),
                    words::score(best),
                    clean(&second.name),
                ));
            }
        }
        let without: Vec<String> = self
            .review
            .channels
            .iter()
            .filter(|channel| channel.score(self.reading()).point().is_none())
            .map(|channel| clean(&channel.name))
            .collect();
        if !without.is_empty() && !ranked.is_empty() {
            sentences.push(format!("Without spend, and so without a score: {}.", list(&without)));
        }
        sentences
    }

    pub(super) fn matrix(&self) -> Option<Matrix> {
        let channels = &self.review.channels;
        let scores: Vec<&EffectScore> = channels.iter().map(|channel| channel.score(self.reading())).collect();
        if scores.iter().filter(|score| score.point().is_some()).count() < 2 {
            return None;
        }
        let cell = |mine: usize, theirs: usize| match scores[mine].probability_above(scores[theirs]) {
            _ if mine == theirs => MatrixCell { text: "–".to_owned(), shade: None },
            Ok(p) => MatrixCell { text: numbers::probability(p), shade: Some(shade(p)) },
            Err(_) => MatrixCell { text: "no score".to_owned(), shade: None },
        };
        let row = |(mine, channel): (usize, &ChannelReview)| MatrixRow {
            label: Label::channel(&channel.name, mine),
            cells: (0..channels.len()).map(|theirs| cell(mine, theirs)).collect(),
        };
        Some(Matrix {
            caption: format!(
                "Probability that the row’s channel is truly better than the column’s ({})",
                words::reading(self.reading())
            ),
            rows: channels.iter().enumerate().map(row).collect(),
        })
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a probability times ten")]
fn shade(probability: f64) -> usize {
    libm::round(probability.clamp(0.0, 1.0) * 10.0) as usize
}

/// The score as a table prints it.
pub(super) fn said(score: &EffectScore) -> Said {
    if score.point().is_some() { Said::number(words::score(score)) } else { Said::words(words::score(score)) }
}

fn attainment(score: &EffectScore) -> Said {
    Said::number(format!("{}\u{202f}%", numbers::decimal(score.attainment() * 100.0, 1)))
}
