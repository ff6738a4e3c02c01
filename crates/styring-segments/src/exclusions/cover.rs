//! The fewest lists that hit every pattern: a minimum hitting set.

use super::Proof;
use crate::overlap::{Mask, bits};

/// Lists that were chosen, and whether there can be fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cover {
    pub(super) lists: Mask,
    pub(super) proof: Proof,
}

/// The fewest lists of which every pattern has one; of several, the first in lexicographic order of the positions.
///
/// Branch and bound: on the lists of the shortest pattern, with disjoint patterns as the lower bound. `work` bounds the patterns that are looked at; when it is spent,
/// the answer is `fallback`, which must hit all, with the best lower bound that was proven.
///
/// Source: set cover is its dual, Karp 1972; the bound by disjoint patterns is the usual one, as in Weihe 1998 and Caprara, Toth and Fischetti 2000, *Annals of Operations Research* 98.
pub(super) fn fewest(patterns: &[Mask], fallback: Mask, work: u64) -> Cover {
    let patterns = shortest(patterns);
    let mut search = Search { left: work };
    let most = fallback.count_ones();
    let mut size = disjoint(&patterns);
    let found = loop {
        if size >= most {
            break Some(fallback);
        }
        match search.hit(&patterns, size, Mask::MAX) {
            Some(true) => break None,
            Some(false) => size += 1,
            None => return Cover { lists: fallback, proof: Proof::NotProven { at_least: size as usize } },
        }
    };
    let first = search.first(&patterns, size);
    // Without work left for the order, the lists that are known to be enough.
    let lists = match (first, found) {
        (Some(first), _) => first,
        (None, Some(fallback)) => fallback,
        (None, None) => return Cover { lists: fallback, proof: Proof::NotProven { at_least: size as usize } },
    };
    Cover { lists, proof: Proof::Fewest }
}

/// Patterns that contain no other: who hits these hits all.
fn shortest(patterns: &[Mask]) -> Vec<Mask> {
    let mut sorted: Vec<Mask> = patterns.to_vec();
    sorted.sort_unstable_by_key(|pattern| (pattern.count_ones(), *pattern));
    sorted.dedup();
    let mut kept: Vec<Mask> = Vec::new();
    for pattern in sorted {
        if !kept.iter().any(|short| short & pattern == *short) {
            kept.push(pattern);
        }
    }
    kept
}

/// How many patterns that share no list were found: each needs a list of its own.
fn disjoint(patterns: &[Mask]) -> u32 {
    let (mut used, mut count) = (0, 0);
    for pattern in patterns {
        if pattern & used == 0 {
            used |= pattern;
            count += 1;
        }
    }
    count
}

struct Search {
    left: u64,
}

impl Search {
    /// Whether at most `size` of the allowed lists hit all patterns; `None` if the work is spent.
    fn hit(&mut self, patterns: &[Mask], size: u32, allowed: Mask) -> Option<bool> {
        self.left = self.left.checked_sub(1 + patterns.len() as u64)?;
        let Some(shortest) = patterns.iter().map(|pattern| pattern & allowed).min_by_key(|open| open.count_ones())
        else {
            return Some(true);
        };
        if size == 0 || shortest == 0 || disjoint(patterns) > size {
            return Some(false);
        }
        let mut allowed = allowed;
        for list in bits(shortest) {
            let rest: Vec<Mask> = patterns.iter().copied().filter(|pattern| pattern >> list & 1 == 0).collect();
            if self.hit(&rest, size - 1, allowed)? {
                return Some(true);
            }
            // With this list there is none: the next branches go without it.
            allowed &= !(1 << list);
        }
        Some(false)
    }

    /// The first of the covers of a size that is known to be the least.
    fn first(&mut self, patterns: &[Mask], size: u32) -> Option<Mask> {
        let (mut chosen, mut patterns, mut size) = (0, patterns.to_vec(), size);
        for list in 0..64 {
            if size == 0 {
                break;
            }
            let later = Mask::MAX.checked_shl(list + 1).unwrap_or(0);
            let rest: Vec<Mask> = patterns.iter().copied().filter(|pattern| pattern >> list & 1 == 0).collect();
            if rest.len() < patterns.len() && self.hit(&rest, size - 1, later)? {
                chosen |= 1 << list;
                patterns = rest;
                size -= 1;
            }
        }
        Some(chosen)
    }
}
