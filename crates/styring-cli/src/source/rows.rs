//! The rows of a table, counted; each is read, or set aside with a reason.

use std::io::Read;

use csv::ByteRecord;
use styring_money::{Exact, NumberFormat};

use super::cells::number_in;
use super::columns::Header;
use super::findings::{RejectionKind, SetAside};
use super::reader::Rejects;
use super::table::{Delimiter, Table, TableSpec, spans_lines};
use crate::Error;

/// What is wrong with a row, and in which column, if in one.
pub(super) type Fault = (Option<usize>, RejectionKind);

/// A table that is open, with its header read.
pub(super) struct Rows<'a> {
    table: Table<'a>,
    header: Header<'a>,
    /// Whether the row at hand is one, and not the header.
    begun: bool,
}

/// The row at hand. It has as many cells as there are columns.
pub(super) struct Row<'a> {
    cells: &'a ByteRecord,
    table: &'a Table<'a>,
}

/// What is known when the last row has been read.
pub(super) struct Ended<'a> {
    pub(super) header: Header<'a>,
    /// Rows below the header.
    pub(super) rows: u64,
    pub(super) set_aside: SetAside,
    /// What separates the cells, also where it had to be found out.
    pub(super) delimiter: Delimiter,
}

impl<'a> Rows<'a> {
    /// Opens a table and tells `rejects` its columns.
    pub(super) fn open(
        input: impl Read + 'a,
        name: &'a str,
        spec: &TableSpec,
        rejects: &mut dyn Rejects,
    ) -> Result<Self, Error> {
        spec.check()?;
        let mut table = Table::open(input, name, spec.layout())?;
        if !table.advance()? {
            return Err(Error::NoHeader { name: name.to_owned() });
        }
        let header =
            if spec.has_header { Header::new(name, table.row())? } else { Header::numbered(name, table.row().len()) };
        let names: ByteRecord = header.names().iter().map(String::as_bytes).collect();
        rejects.header(&names)?;
        Ok(Self { table, header, begun: !spec.has_header })
    }

    pub(super) fn header(&self) -> &Header<'a> {
        &self.header
    }

    /// Reads all rows. The inner error of `read` sets the row aside, the outer one ends the reading.
    pub(super) fn read_all(
        mut self,
        rejects: &mut dyn Rejects,
        mut read: impl FnMut(&Row<'_>) -> Result<Result<(), Fault>, Error>,
    ) -> Result<Ended<'a>, Error> {
        let (mut rows, mut set_aside) = (0, SetAside::default());
        let mut more = self.begun || self.table.advance()?;
        while more {
            rows += 1;
            let cells = self.table.row();
            let (found, expected) = (cells.len(), self.header.len());
            let done = if found == expected {
                read(&Row { cells, table: &self.table })?
            } else {
                Err((None, RejectionKind::CellCount { found, expected, spans_lines: spans_lines(cells) }))
            };
            if let Err((place, kind)) = done {
                let rejection = self.header.rejection(cells, self.table.line(), place, None, kind);
                rejects.row(&rejection, cells)?;
                set_aside.note(rejection);
            }
            more = self.table.advance()?;
        }
        Ok(Ended { rows, set_aside, delimiter: self.table.delimiter(), header: self.header })
    }
}

impl<'a> Row<'a> {
    pub(super) fn cells(&self) -> &'a ByteRecord {
        self.cells
    }

    pub(super) fn cell(&self, place: usize) -> &'a [u8] {
        self.cells.get(place).unwrap_or_default()
    }

    /// The line on which the row begins.
    pub(super) fn line(&self) -> u64 {
        self.table.line()
    }

    /// Whether a cell has a line end in it.
    pub(super) fn spans_lines(&self) -> bool {
        spans_lines(self.cells)
    }

    /// The text of a cell, without the blanks around it; none if there is none.
    pub(super) fn text(&self, place: usize) -> Result<Option<&'a str>, Fault> {
        Ok(Some(self.raw_text(place)?.trim()).filter(|text| !text.is_empty()))
    }

    /// The text of a cell as it stands.
    pub(super) fn raw_text(&self, place: usize) -> Result<&'a str, Fault> {
        let at = |kind| (Some(place), kind);
        let text = std::str::from_utf8(self.cell(place)).map_err(|_| at(RejectionKind::Encoding))?;
        if self.table.is_recoded() && text.contains('\u{fffd}') {
            return Err(at(RejectionKind::Encoding));
        }
        if text.contains(['\n', '\r']) {
            return Err(at(RejectionKind::SpansLines));
        }
        Ok(text)
    }

    /// The number in a cell that must not be empty.
    pub(super) fn number(&self, place: usize, format: NumberFormat) -> Result<Exact, Fault> {
        let at = |kind| (Some(place), kind);
        let cell = self.cell(place);
        if cell.trim_ascii().is_empty() { Err(at(RejectionKind::Missing)) } else { number_in(format, cell).map_err(at) }
    }

    /// The text of a cell that must not be empty.
    pub(super) fn text_needed(&self, place: usize) -> Result<&'a str, Fault> {
        self.text(place)?.ok_or((Some(place), RejectionKind::Missing))
    }
}
