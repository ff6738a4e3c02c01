//! Text and tables that fit the width of a terminal.

use comfy_table::{
    CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle, Width, presets::NOTHING,
};

/// Below this a line holds no amount.
const NARROWEST: u16 = 20;
/// Between columns.
const GAP: u16 = 2;
/// The least room in which a name is still one.
const NAME: u16 = 14;

pub(crate) struct Heading {
    title: String,
    kind: Kind,
}

#[derive(PartialEq)]
enum Kind {
    /// May be broken into lines.
    Name,
    Text,
    Number,
}

impl Heading {
    pub(super) fn name(title: &str) -> Self {
        Self { title: title.to_owned(), kind: Kind::Name }
    }

    pub(super) fn text(title: &str) -> Self {
        Self { title: title.to_owned(), kind: Kind::Text }
    }

    pub(super) fn number(title: &str) -> Self {
        Self { title: title.to_owned(), kind: Kind::Number }
    }
}

pub(super) struct Out {
    text: String,
    width: u16,
}

impl Out {
    pub(super) fn new(width: u16) -> Self {
        Self { text: String::new(), width: width.max(NARROWEST) }
    }

    pub(super) fn finish(self) -> String {
        // Not every terminal font has the narrow space; the other is as wide here.
        self.text.replace('\u{202f}', "\u{a0}")
    }

    pub(super) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A text broken into lines of the width, indented.
    pub(super) fn sentence(&mut self, indent: u16, text: &str) {
        let mut table = Table::new();
        table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(self.width);
        table.add_row([text]);
        if let Some(column) = table.column_mut(0) {
            column.set_padding((indent, 0));
        }
        self.lines(&table);
    }

    /// A table where it fits, and otherwise one paragraph per row.
    pub(super) fn table(&mut self, headings: &[Heading], rows: Vec<Vec<String>>) {
        let mut table = Table::new();
        let rule = TableStyle::new().header_separator(LineStyle::none().fill('─'));
        table.load_style(rule).set_content_arrangement(ContentArrangement::Dynamic).set_width(self.width);
        table.set_header(headings.iter().map(|heading| &heading.title));
        table.add_rows(rows.iter().cloned());
        let widths = table.column_max_content_widths();
        let last = headings.len().saturating_sub(1);
        let mut least = 0_u16;
        for (index, (heading, width)) in headings.iter().zip(widths).enumerate() {
            let Some(column) = table.column_mut(index) else {
                continue;
            };
            let gap = if index == last { 0 } else { GAP };
            column.set_padding((0, gap));
            if heading.kind == Kind::Number {
                column.set_cell_alignment(CellAlignment::Right);
            }
            let needs = if heading.kind == Kind::Name { width.min(NAME) } else { width };
            least = least.saturating_add(needs).saturating_add(gap);
            column.set_constraint(if heading.kind == Kind::Name {
                ColumnConstraint::LowerBoundary(Width::Fixed(needs.saturating_add(gap)))
            } else {
                ColumnConstraint::ContentWidth
            });
        }
        if least <= self.width {
            self.lines(&table);
            return;
        }
        for row in rows {
            let mut cells = row.iter().zip(headings);
            if let Some((name, _)) = cells.next() {
                self.sentence(0, name);
            }
            // A figure and its name stay on one line.
            let figures: Vec<String> =
                cells.map(|(cell, heading)| format!("{} {cell}", heading.title).replace(' ', "\u{a0}")).collect();
            self.sentence(2, &figures.join(" · "));
        }
    }

    fn lines(&mut self, table: &Table) {
        for line in table.lines() {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }
}
