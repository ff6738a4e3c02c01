//! A table as the template draws it.

use serde::Serialize;

use crate::charts::palette;
use crate::figures::Said;
use crate::text::clean;

#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Table {
    pub(super) caption: String,
    /// Headings over several columns: title and how many.
    pub(super) groups: Vec<(String, usize)>,
    pub(super) columns: Vec<Column>,
    pub(super) bodies: Vec<Body>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Column {
    pub(super) title: String,
    /// For who hovers or listens; may be empty.
    pub(super) meaning: String,
    pub(super) number: bool,
}

/// Rows that belong together, under a name if they have one.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Body {
    pub(super) label: Option<Label>,
    pub(super) rows: Vec<Row>,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Label {
    pub(super) name: String,
    /// The colour of the channel.
    pub(super) swatch: Option<usize>,
    /// Whether the name stands in for one that is not there.
    pub(super) absent: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Row {
    pub(super) label: Label,
    pub(super) cells: Vec<Cell>,
    /// Sentences under the row.
    pub(super) below: Vec<String>,
    pub(super) total: bool,
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Cell {
    #[serde(flatten)]
    said: Said,
    class: Option<&'static str>,
}

impl Column {
    pub(super) fn number(title: impl Into<String>, meaning: impl Into<String>) -> Self {
        Self { title: title.into(), meaning: meaning.into(), number: true }
    }

    pub(super) fn text(title: impl Into<String>) -> Self {
        Self { title: title.into(), meaning: String::new(), number: false }
    }
}

impl Label {
    pub(super) fn plain(name: &str) -> Self {
        Self { name: clean(name), swatch: None, absent: false }
    }

    pub(super) fn channel(name: &str, place: usize) -> Self {
        Self { name: clean(name), swatch: Some(palette::class(place)), absent: false }
    }

    /// The name of a creative or segment, or that the rows name none.
    pub(super) fn part(name: &str, none: &str) -> Self {
        if name.is_empty() {
            return Self { name: none.to_owned(), swatch: None, absent: true };
        }
        Self::plain(name)
    }
}

impl Row {
    pub(super) fn new(label: Label, cells: Vec<Cell>) -> Self {
        Self { label, cells, below: Vec::new(), total: false }
    }

    pub(super) fn total(name: &str, cells: Vec<Cell>) -> Self {
        Self { total: true, ..Self::new(Label::plain(name), cells) }
    }
}

impl Cell {
    pub(super) fn classed(said: Said, class: &'static str) -> Self {
        Self { said, class: Some(class) }
    }
}

impl From<Said> for Cell {
    fn from(said: Said) -> Self {
        Self { said, class: None }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Said::number(text).into()
    }
}

impl Table {
    /// Rows under one heading, without parts.
    pub(super) fn plain(caption: impl Into<String>, columns: Vec<Column>, rows: Vec<Row>) -> Self {
        let bodies = vec![Body { label: None, rows }];
        Self { caption: caption.into(), groups: Vec::new(), columns, bodies }
    }

    pub(crate) fn caption(&self) -> &str {
        &self.caption
    }

    /// Titles of columns with whether they hold numbers, and the texts of all rows.
    pub(crate) fn texts(&self) -> (Vec<(&str, bool)>, Vec<Vec<String>>) {
        let titles = self.columns.iter().map(|column| (column.title.as_str(), column.number)).collect();
        let rows = self.bodies.iter().flat_map(|body| &body.rows);
        let texts = |row: &Row| {
            let cells = row.cells.iter().map(|cell| cell.said.text.clone());
            std::iter::once(row.label.name.clone()).chain(cells).collect()
        };
        (titles, rows.map(texts).collect())
    }
}
