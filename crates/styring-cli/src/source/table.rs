//! A table of text, row by row, whatever it is written in.

use std::io::{BufRead, BufReader, Cursor, Read};

use csv::ByteRecord;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::blanks::Squeezed;
use super::columns::shown;
use super::lines::{Counted, Lines};
use crate::Error;

/// How much is read at a time. These bytes, and as many that are kept to count lines by, must fit in the second-level cache of a small machine: four times as much takes
/// a tenth more time.
const BUFFER: usize = 1 << 16;

/// The line of the row at hand, counted only when it is asked for.
pub(super) type Line<'a> = &'a dyn Fn() -> u64;

/// What separates the cells of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a sign, the lack of one, or to be found out")]
pub enum Delimiter {
    /// One ASCII character.
    Sign(char),
    /// One or more blanks or tabs; those at the ends of a line mean nothing.
    Blanks,
    /// Whichever of tab, semicolon, comma and bar stands most often in the first line that is not blank; blanks if none of them does.
    Detect,
}

/// How a table is written, as options of a command say it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct TableSpec {
    /// Whether the first row holds names; else columns go by number from one.
    pub has_header: bool,
    /// What separates the cells.
    pub delimiter: Delimiter,
    /// The encoding, by its WHATWG label. A byte order mark overrides it.
    pub encoding: String,
    /// Lines before the table.
    pub skip_lines: u64,
}

impl Default for TableSpec {
    /// A header, UTF-8, and whatever separates the cells.
    fn default() -> Self {
        Self { has_header: true, delimiter: Delimiter::Detect, encoding: "utf-8".to_owned(), skip_lines: 0 }
    }
}

impl TableSpec {
    /// Finds what cannot be meant before a file is opened.
    pub(super) fn check(&self) -> Result<(), Error> {
        let fault = |option, expected, value: String| Err(Error::Option { option, expected, value });
        if let Delimiter::Sign(sign) = self.delimiter
            && (!sign.is_ascii() || matches!(sign, '"' | '\r' | '\n'))
        {
            return fault("--delimiter", "one ASCII character, no quote and no line end", sign.to_string());
        }
        if encoding_rs::Encoding::for_label(self.encoding.as_bytes()).is_none() {
            return fault("--encoding", "an encoding such as \"utf-8\" or \"windows-1252\"", self.encoding.clone());
        }
        Ok(())
    }

    pub(super) fn layout(&self) -> Layout<'_> {
        Layout { delimiter: self.delimiter, encoding: &self.encoding, skip_lines: self.skip_lines }
    }
}

impl Delimiter {
    /// What separates the cells, in a word.
    pub(super) fn in_words(self) -> String {
        match self {
            Self::Sign('\t') => "tabs".to_owned(),
            Self::Sign(',') => "commas".to_owned(),
            Self::Sign(';') => "semicolons".to_owned(),
            Self::Sign(sign) => shown(sign.to_string().as_bytes()),
            Self::Blanks | Self::Detect => "blanks".to_owned(),
        }
    }
}

/// How a table is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout<'a> {
    pub(super) delimiter: Delimiter,
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
    delimiter: Delimiter,
}

impl<'a> Table<'a> {
    pub(super) fn open(input: impl Read + 'a, name: &'a str, layout: Layout<'_>) -> Result<Self, Error> {
        let unreadable = |fault: std::io::Error| Error::Read { name: name.to_owned(), fault };
        let (input, recoded) = decoded(input, layout.encoding).map_err(unreadable)?;
        let mut input = BufReader::with_capacity(BUFFER, input);
        for _ in 0..layout.skip_lines {
            if !skip_line(&mut input).map_err(unreadable)? {
                break;
            }
        }
        let mut start = Vec::new();
        let delimiter = match layout.delimiter {
            Delimiter::Detect => {
                start = first_line(&mut input).map_err(unreadable)?;
                detected(&start)
            }
            known => known,
        };
        let input = Cursor::new(start).chain(input);
        let (sign, input): (u8, Box<dyn Read + 'a>) = match delimiter {
            Delimiter::Sign(sign) => (u8::try_from(sign).unwrap_or(b','), Box::new(input)),
            Delimiter::Blanks | Delimiter::Detect => (b' ', Box::new(Squeezed::new(input))),
        };
        let lines = Lines::default();
        let rows = csv::ReaderBuilder::new()
            .delimiter(sign)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(BUFFER)
            .from_reader(Counted::new(input, lines.clone()));
        Ok(Self { name, rows, lines, record: ByteRecord::new(), skipped: layout.skip_lines, recoded, delimiter })
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

    /// What separates the cells, also where it had to be found out.
    pub(super) fn delimiter(&self) -> Delimiter {
        self.delimiter
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

/// The first line that is not blank, with all before it, as far as it takes to see what separates its cells.
fn first_line(input: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    const FAR_ENOUGH: usize = 1 << 16;
    let mut start = Vec::new();
    while start.len() < FAR_ENOUGH {
        let buffer = input.fill_buf()?;
        let end = memchr::memchr2(b'\n', b'\r', buffer).map_or(buffer.len(), |end| end + 1);
        let line = &buffer[..end];
        let ends = line.last().is_none_or(|last| matches!(last, b'\n' | b'\r'));
        start.extend_from_slice(line);
        input.consume(end);
        if end == 0 || (ends && !start.trim_ascii().is_empty()) {
            break;
        }
    }
    Ok(start)
}

fn detected(line: &[u8]) -> Delimiter {
    let mut quoted = false;
    let mut counts = [(b'\t', 0_u32), (b';', 0), (b',', 0), (b'|', 0)];
    for byte in line.trim_ascii() {
        quoted ^= *byte == b'"';
        for (sign, count) in &mut counts {
            *count += u32::from(!quoted && sign == byte);
        }
    }
    // The first of those that stand most often: commas also stand in numbers.
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let found = counts.iter().find(|(_, count)| *count == most && most > 0);
    found.map_or(Delimiter::Blanks, |(sign, _)| Delimiter::Sign(char::from(*sign)))
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
pub(super) fn decoded<'a>(mut input: impl Read + 'a, encoding: &str) -> std::io::Result<(Box<dyn Read + 'a>, bool)> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str, delimiter: Delimiter) -> (Delimiter, Vec<(u64, Vec<String>)>) {
        let layout = Layout { delimiter, encoding: "utf-8", skip_lines: 0 };
        let mut table = Table::open(text.as_bytes(), "test", layout).unwrap();
        let mut rows = Vec::new();
        while table.advance().unwrap() {
            let row = table.row().iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
            rows.push((table.line(), row));
        }
        (table.delimiter(), rows)
    }

    #[test]
    fn the_delimiter_is_found_in_the_first_line() {
        for (text, found) in [
            ("a,b,c\n1,2,3\n", Delimiter::Sign(',')),
            ("a;b;c\n1,5;2,5;3\n", Delimiter::Sign(';')),
            ("\n\n\"a;b;c;d\",b\n", Delimiter::Sign(',')),
            ("a\tb c\n", Delimiter::Sign('\t')),
            ("a|b", Delimiter::Sign('|')),
            (" a  b c\n", Delimiter::Blanks),
            ("a", Delimiter::Blanks),
            ("", Delimiter::Blanks),
        ] {
            assert_eq!(cells(text, Delimiter::Detect).0, found, "{text:?}");
        }
        assert_eq!(cells("a,b\n1,2\n", Delimiter::Detect).1.len(), 2);
    }

    #[test]
    fn blanks_separate_and_mean_nothing_at_the_ends() {
        let text = " id  day\tamount \r\n 00001 19970101   11.77\r\n\r\n00002 \"a  b\"   5\r\n";
        let (_, rows) = cells(text, Delimiter::Blanks);
        let expected: Vec<(u64, Vec<&str>)> = vec![
            (1, vec!["id", "day", "amount"]),
            (2, vec!["00001", "19970101", "11.77"]),
            (4, vec!["00002", "a  b", "5"]),
        ];
        let read: Vec<(u64, Vec<&str>)> =
            rows.iter().map(|(line, row)| (*line, row.iter().map(String::as_str).collect())).collect();
        assert_eq!(read, expected);
    }
}
