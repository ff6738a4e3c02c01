//! A table of text, row by row, whatever it is written in.

use std::io::{BufRead, BufReader, Read};

use csv::ByteRecord;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::lines::{Counted, Lines};
use crate::Error;

/// The line of the row at hand, counted only when it is asked for.
pub(super) type Line<'a> = &'a dyn Fn() -> u64;

/// How a table is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout<'a> {
    /// What separates the cells: one ASCII character.
    pub(super) delimiter: char,
    /// The encoding, by its WHATWG label; a byte order mark overrides it.
    pub(super) encoding: &'a str,
    /// Lines before the table.
    pub(super) skip_lines: u64,
}

/// A table that is being read.
pub(super) struct Table<'a> {
    name: &'a str,
    rows: csv::Reader<Counted<Box<dyn Read + 'a>>>,
    lines: Lines,
    record: ByteRecord,
    skipped: u64,
    recoded: bool,
}

impl<'a> Table<'a> {
    pub(super) fn open(input: impl Read + 'a, name: &'a str, layout: Layout<'_>) -> Result<Self, Error> {
        let unreadable = |fault: std::io::Error| Error::Read { name: name.to_owned(), fault };
        let (input, recoded) = decoded(input, layout.encoding).map_err(unreadable)?;
        let mut input = BufReader::with_capacity(1 << 18, input);
        for _ in 0..layout.skip_lines {
            if !skip_line(&mut input).map_err(unreadable)? {
                break;
            }
        }
        let input: Box<dyn Read + 'a> = Box::new(input);
        let lines = Lines::default();
        let rows = csv::ReaderBuilder::new()
            .delimiter(u8::try_from(layout.delimiter).unwrap_or(b','))
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 18)
            .from_reader(Counted::new(input, lines.clone()));
        Ok(Self { name, rows, lines, record: ByteRecord::new(), skipped: layout.skip_lines, recoded })
    }

    /// Goes to the next row; answers whether there is one.
    pub(super) fn advance(&mut self) -> Result<bool, Error> {
        self.lines.finish(self.rows.position().byte());
        let unreadable =
            |fault: csv::Error| Error::Read { name: self.name.to_owned(), fault: std::io::Error::other(fault) };
        self.rows.read_byte_record(&mut self.record).map_err(unreadable)
    }

    /// The row at hand.
    pub(super) fn row(&self) -> &ByteRecord {
        &self.record
    }

    /// The line of the row at hand.
    pub(super) fn line(&self) -> u64 {
        self.lines.at(self.record.position().map_or(0, csv::Position::byte)) + self.skipped
    }

    /// Whether the file was in another encoding than UTF-8, so that what is no text in it has become U+FFFD.
    pub(super) fn is_recoded(&self) -> bool {
        self.recoded
    }
}

/// Whether a cell of the row has a line end in it.
pub(super) fn spans_lines(record: &ByteRecord) -> bool {
    memchr::memchr2(b'\n', b'\r', record.as_slice()).is_some()
}

/// Reads past a line, however it ends; answers whether there was one.
fn skip_line(input: &mut impl BufRead) -> std::io::Result<bool> {
    let mut any = false;
    loop {
        let buffer = input.fill_buf()?;
        let (length, end) = (buffer.len(), memchr::memchr2(b'\n', b'\r', buffer));
        let is_return = end.is_some_and(|end| buffer[end] == b'\r');
        input.consume(end.map_or(length, |end| end + 1));
        any |= length > 0;
        if is_return && input.fill_buf()?.first() == Some(&b'\n') {
            input.consume(1);
        }
        if end.is_some() || length == 0 {
            return Ok(any);
        }
    }
}

/// The input as UTF-8, and whether it was something else. A byte order mark overrides the encoding that was named; UTF-8 passes through untouched.
fn decoded<'a>(mut input: impl Read + 'a, encoding: &str) -> std::io::Result<(Box<dyn Read + 'a>, bool)> {
    let mut start = Vec::new();
    input.by_ref().take(3).read_to_end(&mut start)?;
    let (marked, length) = encoding_rs::Encoding::for_bom(&start).unzip();
    let encoding = marked.or_else(|| encoding_rs::Encoding::for_label(encoding.as_bytes()));
    let rest = std::io::Cursor::new(start.split_off(length.unwrap_or(0))).chain(input);
    Ok(match encoding {
        Some(other) if other != encoding_rs::UTF_8 => {
            (Box::new(DecodeReaderBytesBuilder::new().encoding(Some(other)).build(rest)), true)
        }
        _ => (Box::new(rest), false),
    })
}
