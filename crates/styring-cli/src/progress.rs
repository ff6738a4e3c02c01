//! How far the reading is, on standard error, for input that takes a while.

use std::io::{self, Read};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Less than this is read before anybody wonders.
const TAKES_A_WHILE: u64 = 50 << 20;

/// A bar where the length of the input is known, a count where it is not.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// After how many bytes it is shown, if ever.
    shown_after: Option<u64>,
}

impl Progress {
    /// For a terminal.
    pub(crate) fn new(length: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
        let template = match length {
            Some(_) => "{bar:40} {bytes} of {total_bytes}, {eta} left",
            None => "{spinner} {bytes} read, {bytes_per_sec}",
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let shown_after = match length {
            None => Some(TAKES_A_WHILE),
            Some(length) => (length >= TAKES_A_WHILE).then_some(1 << 20),
        };
        Self { bar: bar.with_style(style), shown_after }
    }

    /// For nobody.
    pub(crate) fn hidden() -> Self {
        Self { bar: ProgressBar::hidden(), shown_after: None }
    }

    /// The input, whose bytes are counted when they are read.
    pub(crate) fn of<R: Read>(&self, input: R) -> impl Read + use<R> {
        Watched { input, bar: self.bar.clone(), shown_after: self.shown_after, count: 0 }
    }

    /// Takes it off the screen.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

struct Watched<R> {
    input: R,
    bar: ProgressBar,
    shown_after: Option<u64>,
    count: u64,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.count += read as u64;
        if self.shown_after.is_some_and(|after| self.count > after) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.shown_after = None;
        }
        self.bar.set_position(self.count);
        Ok(read)
    }
}
