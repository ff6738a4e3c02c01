//! On which line of the file a row begins.
//!
//! The CSV reader counts lines too, but it is one behind in files whose lines end in CR LF, and it counts blank lines only sometimes. It does know the byte at which a row
//! begins; this keeps the bytes since the last row that was finished, and counts when somebody asks.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::rc::Rc;

/// Answers lines by byte offset. Shares its memory with the [`Counted`] input that fills it.
#[derive(Clone, Default)]
pub(crate) struct Lines {
    history: Rc<RefCell<History>>,
    /// Everything before this byte has been dealt with.
    done: Rc<Cell<u64>>,
}

#[derive(Default)]
struct History {
    /// The offset of the first byte that is kept.
    start: u64,
    /// How many lines end before it.
    lines_before: u64,
    /// The byte before it, if it was read.
    last: u8,
    bytes: Vec<u8>,
    /// How many bytes somebody has had counted, and the lines that end in them: rows are asked for one after the other, and many where many are set aside.
    counted: (usize, u64),
}

impl History {
    /// How many lines end in the first bytes.
    fn lines_until(&mut self, end: usize) -> u64 {
        let (from, lines) = if self.counted.0 <= end { self.counted } else { (0, 0) };
        let before = from.checked_sub(1).map_or(self.last, |before| self.bytes[before]);
        let lines = lines + line_ends(before, &self.bytes[from..end]);
        self.counted = (end, lines);
        lines
    }

    /// Forgets the first bytes.
    fn forget(&mut self, count: usize) {
        self.lines_before += self.lines_until(count);
        self.counted = (0, 0);
        self.last = count.checked_sub(1).map_or(self.last, |last| self.bytes[last]);
        self.start += count as u64;
        self.bytes.drain(..count);
    }
}

impl Lines {
    /// Lets the bytes before this offset be forgotten.
    #[inline]
    pub(crate) fn finish(&self, offset: u64) {
        self.done.set(offset);
    }

    /// The line, from one, of the row whose bytes begin at this offset, or after the line ends that stand there.
    pub(crate) fn at(&self, offset: u64) -> u64 {
        let history = &mut *self.history.borrow_mut();
        let begin = usize::try_from(offset.saturating_sub(history.start)).unwrap_or(usize::MAX);
        let begin = begin.min(history.bytes.len());
        let blank = history.bytes[begin..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        // Up to the first byte of the row, which tells whether a CR before it ended a line by itself.
        let end = (begin + blank + 1).min(history.bytes.len());
        1 + history.lines_before + history.lines_until(end)
    }
}

/// How many lines end in these bytes: at every LF, and at every byte but LF that follows a CR. `before` is the byte before them.
fn line_ends(before: u8, bytes: &[u8]) -> u64 {
    let alone = |at: usize| bytes.get(at).is_some_and(|next| *next != b'\n');
    let returns = memchr::memchr_iter(b'\r', bytes).filter(|at| alone(at + 1)).count();
    memchr::memchr_iter(b'\n', bytes).count() as u64 + returns as u64 + u64::from(before == b'\r' && alone(0))
}

/// An input whose bytes are remembered until their rows are finished.
pub(crate) struct Counted<R> {
    input: R,
    lines: Lines,
}

impl<R: Read> Counted<R> {
    pub(crate) fn new(input: R, lines: Lines) -> Self {
        Self { input, lines }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        let history = &mut *self.lines.history.borrow_mut();
        let done = usize::try_from(self.lines.done.get().saturating_sub(history.start)).unwrap_or(usize::MAX);
        history.forget(done.min(history.bytes.len()));
        history.bytes.extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every `step`th row of a text and its line, as found while reading.
    fn found_every(step: usize, text: &str) -> Vec<(String, u64)> {
        let lines = Lines::default();
        // Small reads, so that history is forgotten and begun anew.
        let input = Counted::new(text.as_bytes().chain(io::empty()), lines.clone());
        let mut table =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(3).from_reader(input);
        let mut record = csv::ByteRecord::new();
        let mut rows = Vec::new();
        for row in 0.. {
            if !table.read_byte_record(&mut record).unwrap() {
                break;
            }
            if row % step == 0 {
                let start = record.position().unwrap().byte();
                let line = lines.at(start);
                assert_eq!(lines.at(start), line, "asking changes nothing");
                rows.push((String::from_utf8_lossy(&record[0]).into_owned(), line));
            }
            lines.finish(table.position().byte());
        }
        rows
    }

    fn found(text: &str) -> Vec<(String, u64)> {
        found_every(1, text)
    }

    #[test]
    fn every_kind_of_line_end_counts() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,1", "b,2", "\"c\nd\",3", "e,4", "", "", "f,5", "g,6"].join(end);
            let expected = [("a", 1), ("b", 2), ("c\nd", 3), ("e", 5), ("f", 8), ("g", 9)];
            let expected: Vec<_> = expected.iter().map(|(name, line)| ((*name).to_owned(), *line)).collect();
            assert_eq!(found(&text), expected, "{end:?}");
            for step in 2..=7 {
                let some: Vec<_> = expected.iter().step_by(step).cloned().collect();
                assert_eq!(found_every(step, &text), some, "{end:?}, one row in {step}");
            }
        }
        assert_eq!(found("a\nb\r\nc\n\r\nd").iter().map(|(_, line)| *line).collect::<Vec<_>>(), [1, 2, 3, 5]);
    }
}
