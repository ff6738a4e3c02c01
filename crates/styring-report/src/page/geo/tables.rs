//! The tables of a test of regions.

use styring_experiments::Language;
use styring_playbook::GeoAnswer;

use super::super::table::{Cell, Column, Label, Row, Table};
use crate::figures::Said;
use crate::geo_words::{figure, set, test_name};
use crate::text::{clean, plural};
use crate::{GeoReport, numbers};

/// Weights below this are counted, not listed.
const WEIGHS: f64 = 0.0005;

impl GeoReport<'_> {
    pub(crate) fn methods_table(&self) -> Table {
        let row = |answer: &GeoAnswer| {
            let is_answer = answer.test == self.spec.method.test();
            let name = if is_answer {
                format!("{} (the answer)", test_name(answer.test))
            } else {
                test_name(answer.test).to_owned()
            };
            let cells: Vec<Cell> = match &answer.found {
                Ok(found) => vec![
                    figure(found.total).into(),
                    set(found.set, Language::English).into(),
                    format!("{:.3}", found.p_value).replace("0.000", "<0.001").into(),
                    Said::or(found.smallest_p.map(|p| format!("{p:.3}").replace("0.000", "<0.001")), "none").into(),
                    Said::words(if found.is_effect() { "told from none" } else { "not told from none" }).into(),
                ],
                Err(fault) => {
                    let dash = || Cell::from(Said::words("–"));
                    vec![dash(), dash(), dash(), dash(), Said::words(clean(&fault.to_string())).into()]
                }
            };
            Row { total: false, ..Row::new(Label::plain(&name), cells) }
        };
        Table::plain(
            format!("Extra {} in all, by every method", self.value_name()),
            vec![
                Column::text("Method"),
                Column::number("Estimate", "In all, over the treated regions and days"),
                Column::number(format!("{}, from to", self.level()), "What the data do not contradict"),
                Column::number("p-value", "Of no effect at all"),
                Column::number("Smallest p", "That the test has with so many regions and days"),
                Column::text("An effect is"),
            ],
            self.tested.answers.iter().map(row).collect(),
        )
    }

    pub(crate) fn placebo_table(&self) -> Option<Table> {
        let placebos = self.tested.placebos.as_ref().ok()?;
        let number = |value: Option<f64>| Said::or(value.map(|value| numbers::decimal(value, 2)), "a perfect fit");
        let mut rows = vec![Row::total(
            "The treated",
            vec![
                number(placebos.treated).into(),
                Said::or(placebos.rmspe_p.map(|p| format!("p = {p:.3}")), "none").into(),
            ],
        )];
        rows.extend(placebos.others.iter().map(|other| {
            Row::new(
                Label::plain(&other.region),
                vec![number(other.studentised).into(), number(other.rmspe_ratio).into()],
            )
        }));
        Some(Table::plain(
            "Placebos, the furthest from zero first",
            vec![
                Column::text("Region"),
                Column::number(
                    "Effect over fit",
                    "The mean gap with the treatment over the root mean squared gap before",
                ),
                Column::number(
                    "Gap after over before",
                    "Root mean squared gaps; for the treated, the p-value of their rank by this",
                ),
            ],
            rows,
        ))
    }

    pub(crate) fn weights_table(&self) -> Table {
        let listed = self.tested.weights.iter().filter(|weight| weight.weight.abs() >= WEIGHS);
        let rows = listed.map(|weight| {
            let share = format!("{}\u{202f}%", numbers::decimal(weight.weight * 100.0, 1));
            Row::new(Label::plain(&weight.region), vec![share.into()])
        });
        Table::plain(
            "What each region counts for in the synthetic control",
            vec![Column::text("Region"), Column::number("Weight", "They sum to 100 %")],
            rows.collect(),
        )
    }

    /// How many regions weigh nothing.
    pub(crate) fn more_weights(&self) -> Option<String> {
        let none = self.tested.weights.iter().filter(|weight| weight.weight.abs() < WEIGHS).count();
        (none > 0).then(|| format!("{} nothing.", plural(none, "region weighs", "regions weigh")))
    }
}
