//! The page of a test of variants.

use serde::Serialize;
use styring_experiments::Readout;
use styring_playbook::{Measure, Reading, TestDecision};

use super::frame::{Frame, Top};
use super::goal::Card;
use super::lifetime::both;
use super::table::{Column, Label, Row, Table};
use super::{Chart, rendered};
use crate::figures::Said;
use crate::test_words::{Unit, mean, p_value};
use crate::text::clean;
use crate::{Error, TestReport, charts, numbers};

/// So many of the last looks stand in the table.
const LOOKS: usize = 14;
/// Of more treatments there is no course.
const COURSES: usize = 6;

#[derive(Serialize)]
struct Page {
    frame: Frame,
    /// Anchors and names.
    sections: Vec<[&'static str; 2]>,
    reading: String,
    effects: Chart,
    treatments: Table,
    evidence: Option<Chart>,
    evidence_caption: &'static str,
    courses: Vec<Course>,
    looks: Table,
    more_looks: Option<String>,
    split: String,
    arms: Table,
    how: How,
}

#[derive(Serialize)]
struct Course {
    chart: Chart,
    caption: String,
}

#[derive(Serialize)]
struct How {
    effect: &'static str,
    reading: &'static str,
    split: &'static str,
}

pub(crate) fn html(report: &TestReport<'_>) -> Result<String, Error> {
    rendered(concat!(include_str!("../parts.html"), include_str!("../test.html")), report.page()?)
}

impl TestReport<'_> {
    fn page(&self) -> Result<Page, Error> {
        let tested = self.tested;
        let dated = tested.looks.iter().filter(|look| look.day.is_some()).count() > 1;
        let several = dated && !matches!(tested.reading, Reading::Once);
        let courses = 0..if dated { tested.treatments.len().min(COURSES) } else { 0 };
        let evidence = several.then(|| both(|width| charts::test_evidence(tested, width))).transpose()?;
        let mut sections = vec![
            ["effect", "Effect"],
            ["variants", "Variants"],
            ["read", "What was read"],
            ["how", "How it was computed"],
        ];
        if dated {
            sections.insert(1, ["course", "Course"]);
        }
        Ok(Page {
            sections,
            frame: Frame::new(
                Top {
                    kicker: clean(&self.source.name),
                    title: "Test of variants".to_owned(),
                    headline: self.headline(),
                    lead: self.lead(),
                },
                self.cards(),
                self.notes(),
                self.source,
            ),
            reading: self.reading_sentence(),
            effects: both(|width| charts::test_effects(tested, width))?,
            treatments: self.treatment_table(),
            evidence,
            evidence_caption: match tested.reading {
                Reading::AnyTime { .. } => {
                    "How strongly the data speak against no effect at each look. Without an effect the line ever crosses the boundary with no more than the error of the test."
                }
                _ => {
                    "How far the effect is from none at each planned look, in standard errors, and how far it has to be."
                }
            },
            courses: courses
                .map(|place| {
                    let chart = both(|width| charts::test_course(tested, place, tested.smallest_effect, width))?;
                    let caption = format!("The effect of {} so far, day by day.", self.name(place + 1));
                    Ok::<_, Error>(Course { chart, caption })
                })
                .collect::<Result<_, _>>()?,
            looks: self.look_table(),
            more_looks: tested
                .looks
                .len()
                .checked_sub(LOOKS)
                .filter(|more| *more > 0)
                .map(|more| format!("And {more} before: all are in looks.csv.")),
            split: self.split_sentence(),
            arms: self.arm_table(),
            how: self.how(),
        })
    }

    pub(crate) fn cards(&self) -> Vec<Card> {
        let tested = self.tested;
        let card = |title: &str, large: Said, small: Vec<String>| Card { title: title.to_owned(), large, small };
        let unit = Unit::of(tested);
        let users: u64 = tested.arms.iter().map(|arm| arm.users).sum();
        let conversions: Option<u64> = tested.arms.iter().map(|arm| arm.conversions).sum();
        let shown = match tested.decision {
            TestDecision::Winner { arm } => tested.treatments.iter().find(|read| read.arm == arm),
            _ => tested.treatments.first(),
        };
        let mut cards = vec![card(
            "Users",
            Said::number(numbers::rows(users)),
            vec![conversions.map_or_else(
                || format!("in {} variants", tested.arms.len()),
                |conversions| format!("{} conversions", numbers::rows(conversions)),
            )],
        )];
        if let Some(read) = shown {
            let effect = read.effect.as_ref();
            cards.push(card(
                &format!("Effect of {}", self.name(read.arm)),
                Said::or(effect.and_then(Readout::estimate).map(|effect| unit.effect(effect)), "not yet"),
                effect.map(|effect| unit.set(effect.set())).into_iter().collect(),
            ));
            cards.push(card(
                "p-value",
                Said::or(effect.map(|effect| p_value(effect.p_value())), "not yet"),
                vec![format!("the error of each comparison: {}", numbers::setting(tested.level_of_each.alpha()))],
            ));
            cards.push(card(
                "Chance to beat the control",
                Said::or(read.chance_to_beat.map(numbers::probability), "not known"),
                vec!["no rule to stop by".to_owned()],
            ));
        }
        cards.push(card(
            "Split of the traffic",
            Said::words(if self.invalid().is_some() { "not as it was to be" } else { "as it was to be" }),
            vec![format!("p {}", p_value(tested.split_p_value))],
        ));
        cards
    }

    pub(crate) fn treatment_table(&self) -> Table {
        let unit = Unit::of(self.tested);
        let conversions = self.tested.measure == Measure::Conversions;
        let row = |(place, read): (usize, &styring_playbook::Treatment)| {
            let effect = read.effect.as_ref();
            let brought = read
                .incremental
                .as_ref()
                .map(|brought| numbers::decimal(brought.value(), usize::from(brought.value().abs() < 100.0)));
            Row::new(
                Label::channel(&self.name(read.arm), place),
                vec![
                    Said::or(effect.and_then(Readout::estimate).map(|effect| unit.effect(effect)), "not yet").into(),
                    Said::or(effect.map(|effect| unit.set(effect.set())), "not yet").into(),
                    Said::or(effect.map(|effect| p_value(effect.p_value())), "not yet").into(),
                    Said::or(brought, "not yet").into(),
                    Said::or(read.chance_to_beat.map(numbers::probability), "not known").into(),
                ],
            )
        };
        Table::plain(
            format!("Treatments against {}", self.control()),
            vec![
                Column::text("Treatment"),
                Column::number("Effect", unit.axis),
                Column::number("Not contradicted", "The interval of the test"),
                Column::number("p-value", "How probable data this far off are without an effect"),
                Column::number(
                    if conversions { "Conversions brought" } else { "Value brought" },
                    "Over all who had it",
                ),
                Column::number("Chance to beat", "No rule to stop by"),
            ],
            (0..).zip(&self.tested.treatments).map(row).collect(),
        )
    }

    pub(crate) fn arm_table(&self) -> Table {
        let tested = self.tested;
        let total: u64 = tested.arms.iter().map(|arm| arm.users).sum();
        let conversions = tested.measure == Measure::Conversions;
        let row = |(place, arm): (usize, &styring_playbook::Arm)| {
            let name = clean(&arm.name);
            let label = place.checked_sub(1).map_or_else(|| Label::plain(&name), |place| Label::channel(&name, place));
            let mut cells = vec![
                numbers::rows(arm.users).into(),
                numbers::share_of(arm.users, total).into(),
                (numbers::decimal(100.0 * arm.share, 1) + "\u{202f}%").into(),
            ];
            if conversions {
                cells.push(Said::or(arm.conversions.map(numbers::rows), "none").into());
            }
            cells.push(Said::or(mean(tested, arm.mean), "nobody").into());
            Row::new(label, cells)
        };
        let mut columns = vec![
            Column::text("Variant"),
            Column::number("Users", ""),
            Column::number("Share", "Of all users"),
            Column::number("Planned share", ""),
        ];
        if conversions {
            columns.push(Column::number("Conversions", ""));
        }
        columns.push(Column::number(if conversions { "Rate" } else { "Mean" }, self.metric));
        Table::plain(
            "What each variant got and brought; the control first",
            columns,
            (0..).zip(&tested.arms).map(row).collect(),
        )
    }

    pub(crate) fn look_table(&self) -> Table {
        let tested = self.tested;
        let unit = Unit::of(tested);
        let mut columns = vec![Column::text("Until"), Column::number("Users", "")];
        for read in &tested.treatments {
            let name = self.name(read.arm);
            columns.push(Column::number(name.clone(), "The effect so far"));
            columns.push(Column::number("Not contradicted", name));
        }
        columns.push(Column::text("Decision"));
        let row = |look: &styring_playbook::TestLook| {
            let day = look.day.map_or_else(|| "all".to_owned(), crate::period::day);
            let mut cells = vec![numbers::rows(look.users.iter().sum()).into()];
            for compared in &look.compared {
                cells.push(Said::or(compared.estimate.map(|effect| unit.effect(effect)), "not yet").into());
                cells.push(Said::or(compared.held.map(|held| unit.set(held.set)), "no look").into());
            }
            cells.push(Said::words(self.decision_word(look.decision)).into());
            Row::new(Label::plain(&day), cells)
        };
        let rows = tested.looks.iter().skip(tested.looks.len().saturating_sub(LOOKS)).map(row).collect();
        Table::plain("Look by look; all that has come in until then", columns, rows)
    }

    fn decision_word(&self, decision: TestDecision) -> String {
        match decision {
            TestDecision::Continue => "go on".to_owned(),
            TestDecision::Winner { arm } => format!("{} is better", self.name(arm)),
            TestDecision::Loser => "worse".to_owned(),
            TestDecision::Futile => "futile".to_owned(),
            TestDecision::NotShown => "not shown".to_owned(),
            TestDecision::Invalid(_) => "cannot be read".to_owned(),
        }
    }

    fn how(&self) -> How {
        let tested = self.tested;
        How {
            effect: match (tested.scale, tested.measure) {
                (styring_experiments::Scale::Lift, Measure::Conversions) => {
                    "The lift: the conversion rate of the treatment over that of the control, less one."
                }
                (styring_experiments::Scale::Lift, Measure::Value) => {
                    "The lift: the mean of the treatment over that of the control, less one."
                }
                (styring_experiments::Scale::Lift, _) => {
                    "The lift of the means, adjusted by what was known of each user before the test (CUPED)."
                }
                (_, Measure::Conversions) => "The difference of the conversion rates, treatment less control.",
                (_, Measure::Value) => "The difference of the means, treatment less control.",
                _ => "The difference of the means, adjusted by what was known of each user before the test (CUPED).",
            },
            reading: match tested.reading {
                Reading::AnyTime { .. } => {
                    "A confidence sequence (Robbins’ normal mixture): the chance that the interval of any look, however many there are, misses the effect is no more than the error. Until every variant has 25 conversions nothing is said."
                }
                Reading::Planned { .. } => {
                    "A group-sequential design that spends the error like O’Brien–Fleming (Lan and DeMets 1983). On the way the interval is the repeated one; at the end it is that of the stage-wise ordering, with the median-unbiased estimate, since the plain difference is too large after an early stop."
                }
                Reading::Once => match tested.measure {
                    Measure::Conversions => "The score test (Miettinen and Nurminen 1985).",
                    _ => "Welch’s t test; lifts by the logarithm of the ratio.",
                },
            },
            split: match tested.reading {
                Reading::AnyTime { .. } => {
                    "A test that holds at every look (Lindon and Malek 2022), with an alarm below 0.001."
                }
                _ => "χ², or the exact multinomial test of few users, with an alarm below 0.001.",
            },
        }
    }
}
