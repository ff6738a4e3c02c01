//! Sums by key, kept in the order of the keys: what the accumulators of this crate are made of.

use std::iter::Peekable;

/// What can be added up in any order, to the same sum.
pub(crate) trait Sum: Clone {
    fn plus(&mut self, more: &Self);
}

/// A sum for every key.
///
/// New rows wait unsorted and are sorted in when they have become as many as the sums. That is O(log n) per row with few jumps in memory, and memory for the
/// sums and as many rows again, however many rows there were.
#[derive(Debug, Clone)]
pub(crate) struct Tally<K, V> {
    sums: Vec<(K, V)>,
    waiting: Vec<(K, V)>,
}

impl<K, V> Default for Tally<K, V> {
    fn default() -> Self {
        Self { sums: Vec::new(), waiting: Vec::new() }
    }
}

impl<K: Ord, V: Sum> Tally<K, V> {
    /// What [`into_sums`](Self::into_sums) gave.
    pub(crate) fn from_sums(sums: Vec<(K, V)>) -> Self {
        Self { sums, waiting: Vec::new() }
    }

    /// Every key with its sum, in ascending order.
    pub(crate) fn into_sums(mut self) -> Vec<(K, V)> {
        self.sort_in();
        self.sums.shrink_to_fit();
        self.sums
    }

    pub(crate) fn add(&mut self, key: K, value: V) {
        /// Fewer rows than these are not worth sorting in.
        const WAITING: usize = 1 << 16;
        // Many a file has the rows of a key one after the other.
        match self.waiting.last_mut() {
            Some((last, sum)) if *last == key => sum.plus(&value),
            _ => self.waiting.push((key, value)),
        }
        if self.waiting.len() >= WAITING.max(self.sums.len()) {
            self.sort_in();
        }
    }

    fn sort_in(&mut self) {
        self.waiting.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        let sums = std::mem::take(&mut self.sums).into_iter().peekable();
        self.sums = Joined { left: sums, right: self.waiting.drain(..).peekable() }.collect();
    }

    pub(crate) fn merge(&mut self, mut other: Self) {
        other.sort_in();
        self.sort_in();
        let (left, right) = (std::mem::take(&mut self.sums), other.sums);
        self.sums = Joined { left: left.into_iter().peekable(), right: right.into_iter().peekable() }.collect();
    }

    /// Every key with its sum, in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, V)> {
        let mut waiting: Vec<_> = self.waiting.iter().collect();
        waiting.sort_unstable_by(|(left, _), (right, _)| left.cmp(right));
        let sums = self.sums.iter().map(|(key, sum)| (key, sum.clone())).peekable();
        let waiting = waiting.into_iter().map(|(key, sum)| (key, sum.clone())).peekable();
        Joined { left: sums, right: waiting }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sums.is_empty() && self.waiting.is_empty()
    }
}

impl<K: Ord, V: Sum + PartialEq> PartialEq for Tally<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

/// Two sequences in ascending order as one, in which every key comes once.
struct Joined<L: Iterator, R: Iterator> {
    left: Peekable<L>,
    right: Peekable<R>,
}

impl<K: Ord, V: Sum, L: Iterator<Item = (K, V)>, R: Iterator<Item = (K, V)>> Iterator for Joined<L, R> {
    type Item = (K, V);

    fn next(&mut self) -> Option<(K, V)> {
        let left_first = match (self.left.peek(), self.right.peek()) {
            (Some((left, _)), Some((right, _))) => left <= right,
            (left, _) => left.is_some(),
        };
        let (key, mut sum) = if left_first { self.left.next() } else { self.right.next() }?;
        while let Some((_, more)) = self.left.next_if(|(next, _)| *next == key) {
            sum.plus(&more);
        }
        while let Some((_, more)) = self.right.next_if(|(next, _)| *next == key) {
            sum.plus(&more);
        }
        Some((key, sum))
    }
}
