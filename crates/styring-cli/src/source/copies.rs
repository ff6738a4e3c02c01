//! Exact copies of earlier rows.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hasher};

use csv::ByteRecord;
use foldhash::fast::FixedState;

use super::findings::Oddity;
use super::spec::Duplicates;
use super::table::Line;

/// How many rows are searched for exact copies that are only to be reported; memory grows with these.
pub(super) const ROWS_SEARCHED_FOR_COPIES: u64 = 250_000;

/// Exact copies of earlier rows, by a fingerprint of 64 bits.
pub(super) struct Copies {
    /// In how many rows they are searched for.
    limit: u64,
    seen: HashSet<u64, FixedState>,
    asked: u64,
    rows: u64,
    first_line: u64,
}

impl Copies {
    pub(super) fn new(duplicates: Duplicates) -> Self {
        let limit = match duplicates {
            Duplicates::Report => ROWS_SEARCHED_FOR_COPIES,
            Duplicates::Reject => u64::MAX,
        };
        Self { limit, seen: HashSet::default(), asked: 0, rows: 0, first_line: 0 }
    }

    pub(super) fn gave_up(&self) -> bool {
        self.asked > self.limit
    }

    pub(super) fn is_copy(&mut self, record: &ByteRecord) -> bool {
        self.asked += 1;
        if self.gave_up() {
            return false;
        }
        let mut hasher = FixedState::default().build_hasher();
        hasher.write(record.as_slice());
        // So that "1","23" and "12","3" differ.
        let lengths =
            record.iter().fold(0_u64, |lengths, cell| lengths.wrapping_mul(31).wrapping_add(cell.len() as u64));
        hasher.write_u64(lengths);
        !self.seen.insert(hasher.finish())
    }

    pub(super) fn note(&mut self, copy: bool, line: Line<'_>) {
        if copy {
            if self.rows == 0 {
                self.first_line = line();
            }
            self.rows += 1;
        }
    }

    pub(super) fn found(&self) -> Option<Oddity> {
        (self.rows > 0).then(|| Oddity {
            name: "exact copies of an earlier row, counted all the same".to_owned(),
            contradiction: false,
            rows: self.rows,
            first_line: self.first_line,
        })
    }
}
