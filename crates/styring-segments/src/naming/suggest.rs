//! Did you mean.

use crate::naming::fold;

/// Keys of a vocabulary, prepared for search. A search grows with the number of keys whose length is near that of the word.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    /// By length of the key, then by entry.
    keys: Vec<Key>,
    /// Apart from the keys, so that the comparison of counts runs over nothing else.
    counts: Vec<Counts>,
}

#[derive(Debug, Clone)]
struct Key {
    letters: Box<[char]>,
    entry: usize,
}

/// How often letters occur, in 32 classes. An edit takes away at most one letter and brings at most one, so what one word has too many of is a lower bound of the distance.
type Counts = [u8; 32];

/// At most so many labels are proposed.
const SUGGESTIONS: usize = 3;

impl Keys {
    /// From the spellings of each entry.
    pub(crate) fn new<'a>(spellings: impl Iterator<Item = (usize, &'a str)>) -> Self {
        let mut keys: Vec<Key> =
            spellings.map(|(entry, spelling)| Key { letters: fold(spelling).chars().collect(), entry }).collect();
        keys.sort_by(|a, b| (a.letters.len(), a.entry, &a.letters).cmp(&(b.letters.len(), b.entry, &b.letters)));
        let counts = keys.iter().map(|key| counts(&key.letters)).collect();
        Self { keys, counts }
    }

    /// The entries nearest to a word: by distance, then in order of the vocabulary.
    pub(crate) fn nearest(&self, word: &str) -> Vec<usize> {
        let word: Vec<char> = fold(word).chars().collect();
        let limit = (word.len() / 4).clamp(1, 3);
        let least = self.keys.partition_point(|key| key.letters.len() + limit < word.len());
        let end = self.keys.partition_point(|key| key.letters.len() <= word.len() + limit);
        let near = self.keys.iter().zip(&self.counts).take(end).skip(least);
        let wanted = counts(&word);
        let mut alignment = Alignment::default();
        let mut found: Vec<(usize, usize)> = near
            .filter(|(_, counts)| apart(&wanted, counts) as usize <= limit)
            .filter_map(|(key, _)| Some((alignment.distance(&word, &key.letters, limit)?, key.entry)))
            .collect();
        found.sort_unstable();
        let mut entries: Vec<usize> = Vec::with_capacity(SUGGESTIONS);
        for (_, entry) in found {
            if entries.len() < SUGGESTIONS && !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        entries
    }
}

fn counts(letters: &[char]) -> Counts {
    let mut counts = [0_u8; 32];
    for letter in letters {
        if let Some(count) = counts.get_mut(*letter as usize % 32) {
            *count = count.saturating_add(1);
        }
    }
    counts
}

/// A lower bound of the distance: the letters one has too many, or the other.
fn apart(one: &Counts, other: &Counts) -> u32 {
    let (mut more, mut less) = (0, 0);
    for (a, b) in one.iter().zip(other) {
        more += u32::from(a.saturating_sub(*b));
        less += u32::from(b.saturating_sub(*a));
    }
    more.max(less)
}

/// The optimal string alignment distance (Damerau 1964, each pair of letters edited once), in a band.
#[derive(Debug, Default)]
struct Alignment {
    before: Vec<usize>,
    last: Vec<usize>,
    row: Vec<usize>,
}

impl Alignment {
    /// `None` beyond the limit.
    fn distance(&mut self, a: &[char], b: &[char], limit: usize) -> Option<usize> {
        if a.len().abs_diff(b.len()) > limit {
            return None;
        }
        // Whatever lies outside the band is further than the limit.
        let far = limit + 1;
        let width = b.len() + 1;
        for row in [&mut self.before, &mut self.last, &mut self.row] {
            row.clear();
            row.resize(width, far);
        }
        self.last.iter_mut().zip(0..=limit).for_each(|(cell, distance)| *cell = distance);
        for (i, &letter) in a.iter().enumerate() {
            let start = (i + 1).saturating_sub(limit);
            let end = (i + 1 + limit).min(b.len());
            self.row.fill(far);
            if start == 0 {
                set(&mut self.row, 0, i + 1);
            }
            for j in start.max(1)..=end {
                let other = b.get(j - 1).copied();
                let same = other == Some(letter);
                let mut best = get(&self.last, j - 1, far) + usize::from(!same);
                best = best.min(get(&self.last, j, far) + 1).min(get(&self.row, j - 1, far) + 1);
                let swapped = j > 1 && i > 0 && other == a.get(i - 1).copied() && b.get(j - 2) == Some(&letter);
                if swapped {
                    best = best.min(get(&self.before, j - 2, far) + 1);
                }
                set(&mut self.row, j, best.min(far));
            }
            std::mem::swap(&mut self.before, &mut self.last);
            std::mem::swap(&mut self.last, &mut self.row);
        }
        self.last.last().copied().filter(|distance| *distance <= limit)
    }
}

fn get(row: &[usize], at: usize, far: usize) -> usize {
    row.get(at).copied().unwrap_or(far)
}

fn set(row: &mut [usize], at: usize, value: usize) {
    if let Some(cell) = row.get_mut(at) {
        *cell = value;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The textbook's whole table.
    fn plain(a: &[char], b: &[char]) -> usize {
        let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                d[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                    let edits =
                        (d[i - 1][j] + 1).min(d[i][j - 1] + 1).min(d[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]));
                    if swap { edits.min(d[i - 2][j - 2] + 1) } else { edits }
                };
            }
        }
        d[a.len()][b.len()]
    }

    proptest! {
        #[test]
        fn the_band_is_the_table(a in "[abc]{0,9}", b in "[abc]{0,9}", limit in 1_usize..4) {
            let (one, other): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let whole = plain(&one, &other);
            prop_assert_eq!(Alignment::default().distance(&one, &other, limit), (whole <= limit).then_some(whole));
            prop_assert!(apart(&counts(&one), &counts(&other)) as usize <= whole);
        }

        /// All distances, sorted, each entry by the nearest of its spellings.
        #[test]
        fn the_search_is_the_definition(word in "[a-cæØ]{1,14}", spellings in prop::collection::vec((0_usize..6, "[a-cÆø]{1,14}"), 0..20)) {
            let letters = |text: &str| fold(text).chars().collect::<Vec<char>>();
            let word_letters = letters(&word);
            let limit = (word_letters.len() / 4).clamp(1, 3);
            let mut nearest = std::collections::BTreeMap::new();
            for (entry, spelling) in &spellings {
                let best = nearest.entry(*entry).or_insert(usize::MAX);
                *best = plain(&word_letters, &letters(spelling)).min(*best);
            }
            let mut all: Vec<(usize, usize)> = nearest.into_iter().map(|(entry, distance)| (distance, entry)).collect();
            all.sort_unstable();
            let expected: Vec<usize> =
                all.into_iter().filter(|(distance, _)| *distance <= limit).map(|(_, entry)| entry).take(3).collect();
            let keys = Keys::new(spellings.iter().map(|(entry, spelling)| (*entry, spelling.as_str())));
            prop_assert_eq!(keys.nearest(&word), expected);
        }
    }
}
