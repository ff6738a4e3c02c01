//! Tables whose cells are separated by blanks, as many as it takes to line them up.

use std::io::{self, Read};

/// An input in which every run of blanks and tabs is one blank, and there are none at the ends of a line. What stands in quotes stays as it is.
pub(super) struct Squeezed<R> {
    input: R,
    raw: Vec<u8>,
    ready: Vec<u8>,
    /// How much of `ready` has been handed out.
    given: usize,
    state: State,
}

#[derive(Default)]
struct State {
    quoted: bool,
    /// Whether something stands on the line already.
    begun: bool,
    /// Whether a blank waits for what comes after it.
    blank: bool,
}

impl<R: Read> Squeezed<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, raw: vec![0; 1 << 16], ready: Vec::new(), given: 0, state: State::default() }
    }
}

impl<R: Read> Read for Squeezed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A buffer full of blanks comes to nothing, and is not yet the end.
        while self.given == self.ready.len() {
            let count = self.input.read(&mut self.raw)?;
            if count == 0 {
                return Ok(0);
            }
            self.ready.clear();
            self.given = 0;
            for byte in &self.raw[..count] {
                self.state.take(*byte, &mut self.ready);
            }
        }
        let count = buffer.len().min(self.ready.len() - self.given);
        buffer[..count].copy_from_slice(&self.ready[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

impl State {
    fn take(&mut self, byte: u8, ready: &mut Vec<u8>) {
        match byte {
            b' ' | b'\t' if !self.quoted => self.blank = self.begun,
            b'\r' | b'\n' if !self.quoted => {
                (self.begun, self.blank) = (false, false);
                ready.push(byte);
            }
            _ => {
                if self.blank {
                    ready.push(b' ');
                }
                (self.begun, self.blank) = (true, false);
                self.quoted ^= byte == b'"';
                ready.push(byte);
            }
        }
    }
}
