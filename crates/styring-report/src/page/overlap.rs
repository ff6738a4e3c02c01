//! The page of audiences and what they share.

use serde::Serialize;
use styring_segments::Language;
use styring_segments::exclusions::Role;

use super::frame::{Frame, Top};
use super::goal::Card;
use super::lifetime::both;
use super::table::{Cell, Column, Label, Row, Table};
use super::{Chart, rendered};
use crate::figures::Said;
use crate::overlap::{Area, Both, Line, Step};
use crate::overlap_words::{people, share};
use crate::text::{clean, clean_sentence, plural};
use crate::{Error, OverlapReport, charts, numbers};

#[derive(Serialize)]
struct Page {
    frame: Frame,
    up_set: Chart,
    left_out: Option<String>,
    regions: Table,
    pairs: Option<Table>,
    waterfall: Chart,
    lines: Table,
    sentences: Vec<String>,
    language: &'static str,
    exclusions: Option<Table>,
    added: Chart,
    added_greedily: Option<Chart>,
    mode: String,
    steps: Table,
    greedy_steps: Table,
    findings: Vec<String>,
    remarks: Vec<String>,
    has_rows: bool,
    sketched: bool,
    least: Option<String>,
}

pub(crate) fn html(report: &OverlapReport<'_>) -> Result<String, Error> {
    rendered(concat!(include_str!("../parts.html"), include_str!("../overlap.html")), report.page()?)
}

impl OverlapReport<'_> {
    fn page(&self) -> Result<Page, Error> {
        let overlap = self.overlap;
        let greedily = !overlap.added_greedily.is_empty();
        let steps = |title: &str, steps: &[Step]| both(|width| charts::added(title, steps, width));
        Ok(Page {
            frame: Frame::new(
                Top {
                    kicker: clean(&self.source.name),
                    title: "Audience overlap".to_owned(),
                    headline: self.headline(),
                    lead: self.lead(),
                },
                self.cards(),
                self.told_notes(),
                self.source,
            ),
            up_set: both(|width| charts::up_set(overlap, width))?,
            left_out: self.left_out(),
            regions: self.region_table(usize::MAX),
            pairs: self.pair_table(),
            waterfall: both(|width| charts::waterfall(&overlap.lines, width))?,
            lines: self.line_table(),
            sentences: self.sentences(),
            language: if self.language == Language::Norwegian { "nb" } else { "en" },
            exclusions: self.exclusion_table(),
            added: steps("What each adds, in priority", &overlap.added)?,
            added_greedily: greedily
                .then(|| steps("What each adds, most new people first", &overlap.added_greedily))
                .transpose()?,
            mode: self.mode(),
            steps: step_table("What each audience adds to those above it, in priority", &overlap.added),
            greedy_steps: step_table("The same, the one that adds most always next", &overlap.added_greedily),
            findings: self.findings(),
            remarks: self.remarks(),
            has_rows: self.source.rows > 0,
            sketched: overlap.sketched,
            least: overlap.least.map(numbers::rows),
        })
    }

    fn cards(&self) -> Vec<Card> {
        let overlap = self.overlap;
        let card = |title: &str, large, small| Card { title: title.to_owned(), large, small };
        let mut cards = vec![card("People in any audience", people(overlap.union), vec![])];
        let targets = overlap.lines.iter().filter(|line| line.role == Role::Target).count();
        let only_excluded = overlap.lines.len() - targets;
        let small =
            if only_excluded > 0 { vec![format!("and {only_excluded} only taken out of others")] } else { vec![] };
        cards.push(card("Segments to advertise to", Said::number(targets.to_string()), small));
        if let Some((pair, _)) = overlap.most_shared() {
            let small = vec![format!("of the smaller: {} and {}", clean(&pair.a), clean(&pair.b))];
            cards.push(card("Largest overlap", share(pair.overlap_coefficient), small));
        }
        let exclusions: usize = overlap.lines.iter().map(|line| line.exclude.len()).sum();
        cards.push(card("Exclusions to set up", Said::number(exclusions.to_string()), vec![]));
        cards
    }

    /// What is done with each segment, in the language that was asked for.
    pub(crate) fn sentences(&self) -> Vec<String> {
        let said = |line: &Line| clean_sentence(line.said.in_language(self.language), self.overlap.lines.len());
        self.overlap.lines.iter().map(said).collect()
    }

    /// The first of the regions that are listed.
    pub(crate) fn region_table(&self, most: usize) -> Table {
        let row = |area: &Area| {
            let places: Vec<String> = area.places.iter().map(|place| (place + 1).to_string()).collect();
            Row::new(
                Label::plain(&places.join(" + ")),
                vec![people(area.exclusive).into(), people(area.inclusive).into()],
            )
        };
        Table::plain(
            "Who is in which of the numbered audiences, the largest first: exclusive numbers add up, inclusive ones do not",
            vec![
                Column::text("Audiences"),
                Column::number("In exactly these", "And in no other"),
                Column::number("In at least these", "In others or not"),
            ],
            self.overlap.regions.iter().take(most).map(row).collect(),
        )
    }

    /// Every pair; `None` of a single audience.
    fn pair_table(&self) -> Option<Table> {
        let pairs: Vec<&Both> = self.overlap.pairs.iter().collect();
        Self::table_of(&pairs, "Pairs, in both directions")
    }

    /// The pairs that share most of the smaller of the two, so many at most.
    pub(crate) fn first_pairs(&self, most: usize) -> Option<Table> {
        let mut pairs: Vec<&Both> = self.overlap.pairs.iter().collect();
        // Those of which it is not known stay in their order, behind the others.
        let shared = |pair: &Both| pair.overlap_coefficient.value().unwrap_or(-1.0);
        pairs.sort_by(|one, other| shared(other).total_cmp(&shared(one)));
        let left_out = pairs.len().saturating_sub(most);
        pairs.truncate(most);
        let title = if left_out == 0 {
            "Pairs, in both directions; those that share most first".to_owned()
        } else {
            format!(
                "Pairs that share most, in both directions; {} on the page",
                plural(left_out, "other is", "others are")
            )
        };
        Self::table_of(&pairs, &title)
    }

    fn table_of(pairs: &[&Both], title: &str) -> Option<Table> {
        let row = |pair: &&Both| {
            let second: Cell = Said { text: clean(&pair.b), words: false }.into();
            let cells = [
                people(pair.size_a),
                people(pair.size_b),
                people(pair.intersection),
                share(pair.share_of_a),
                share(pair.share_of_b),
                share(pair.jaccard),
            ];
            let cells = std::iter::once(second).chain(cells.into_iter().map(Cell::from));
            Row::new(Label::plain(&pair.a), cells.collect())
        };
        (!pairs.is_empty()).then(|| {
            Table::plain(
                title,
                vec![
                    Column::text("A"),
                    Column::text("B"),
                    Column::number("In A", ""),
                    Column::number("In B", ""),
                    Column::number("In both", ""),
                    Column::number("Of A", "People in both, of those in A"),
                    Column::number("Of B", "People in both, of those in B"),
                    Column::number("Jaccard", "People in both, of those in either"),
                ],
                pairs.iter().map(row).collect(),
            )
        })
    }

    pub(crate) fn line_table(&self) -> Table {
        let row = |(place, line): (usize, &Line)| {
            let mut cells: Vec<Cell> = [line.gross, line.removed, line.net].map(|number| people(number).into()).into();
            cells.push(match line.role {
                Role::Target => people(line.residual).into(),
                Role::ExcludeOnly => Said::words("not advertised to").into(),
            });
            Row::new(Label::plain(&format!("{} · {}", place + 1, line.name)), cells)
        };
        Table::plain(
            "From gross to net, in priority",
            vec![
                Column::text("Segment"),
                Column::number("Gross", "People in it"),
                Column::number("Removed", "Of these, people in a segment above"),
                Column::number("Net", "Of these, people in no segment above"),
                Column::number("Still overlaps", "People in a segment above whom the exclusions do not take out"),
            ],
            self.overlap.lines.iter().enumerate().map(row).collect(),
        )
    }

    /// `None` if nothing is excluded.
    fn exclusion_table(&self) -> Option<Table> {
        let rows = self.overlap.lines.iter().flat_map(|line| {
            line.exclude.iter().map(|list| {
                let cells = [
                    Said { text: clean(&list.name), words: false },
                    people(list.overlap),
                    share(list.share),
                    people(list.alone),
                ];
                Row::new(Label::plain(&line.name), cells.map(Cell::from).into())
            })
        });
        let rows: Vec<Row> = rows.collect();
        (!rows.is_empty()).then(|| {
            Table::plain(
                "Negative lists",
                vec![
                    Column::text("Segment"),
                    Column::text("Exclude"),
                    Column::number("Takes out", "People of the segment in the list"),
                    Column::number("Of the segment", ""),
                    Column::number("No other does", "People whom no other list excluded here would take out"),
                ],
                rows,
            )
        })
    }
}

fn step_table(caption: &str, steps: &[Step]) -> Table {
    let row = |step: &Step| {
        let cells = [step.new, step.duplicated, step.cumulative].map(|number| people(number).into());
        Row::new(Label::plain(&step.name), cells.into())
    };
    Table::plain(
        caption,
        vec![
            Column::text("Audience"),
            Column::number("New", "In none above"),
            Column::number("Already reached", "In one above"),
            Column::number("In all", "In it or in one above"),
        ],
        steps.iter().map(row).collect(),
    )
}
