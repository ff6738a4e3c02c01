//! Merges of sorted, distinct numbers. Exact ids and the hashes of sketches take the same way.

use std::collections::BTreeMap;

/// How much longer one list must be before members of the shorter one are looked for in it.
const SKIP: usize = 8;
/// How much longer before it pays to leap: until then, reading on is faster than waiting for memory far ahead.
const LEAP: usize = 4096;

/// How many numbers of two sorted lists are in both. Linear in both, or `n·log(m/n)` where one is 4096 times as long.
pub(crate) fn common(a: &[u64], b: &[u64]) -> u64 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() / SKIP > short.len() { common_galloping(short, long) } else { common_linear(a, b) }
}

/// Two merges at a time, from the start and from the middle: neither waits for the other's comparisons.
fn common_linear(a: &[u64], b: &[u64]) -> u64 {
    let (a_low, a_high) = a.split_at(a.len() / 2);
    let (b_low, b_high) = b.split_at(a_high.first().map_or(b.len(), |first| b.partition_point(|id| id < first)));
    let (mut low, mut high) = (Walk { a: a_low, b: b_low, both: 0 }, Walk { a: a_high, b: b_high, both: 0 });
    while low.step() & high.step() {}
    while low.step() {}
    while high.step() {}
    low.both + high.both
}

/// Two lists that are walked in step.
struct Walk<'a> {
    a: &'a [u64],
    b: &'a [u64],
    both: u64,
}

impl Walk<'_> {
    /// Passes the lower of the two first numbers, or both; says whether there were two.
    #[inline]
    fn step(&mut self) -> bool {
        let (Some(x), Some(y)) = (self.a.first(), self.b.first()) else { return false };
        self.both += u64::from(x == y);
        let (past_a, past_b) = (usize::from(x <= y), usize::from(y <= x));
        self.a = &self.a[past_a..];
        self.b = &self.b[past_b..];
        true
    }
}

fn common_galloping(short: &[u64], mut long: &[u64]) -> u64 {
    let stride = long.len() / short.len().max(1);
    let mut both = 0;
    for id in short {
        long = after(long, *id, stride);
        both += u64::from(long.first() == Some(id));
    }
    both
}

/// What of a sorted list is not below a number that is about `stride` ahead: block by block, or by steps that double, then a search between the last two.
fn after(mut list: &[u64], id: u64, stride: usize) -> &[u64] {
    const BLOCK: usize = 16;
    let mut step = stride.max(1);
    if (SKIP..LEAP).contains(&stride) {
        while list.get(BLOCK - 1).is_some_and(|last| *last < id) {
            list = &list[BLOCK..];
        }
        step = BLOCK;
    }
    let mut start = 0;
    while list.get(step).is_some_and(|at| *at < id) {
        start = step;
        step *= 2;
    }
    let end = list.len().min(step + 1);
    &list[start + list[start..end].partition_point(|at| *at < id)..]
}

/// What is in either list.
pub(crate) fn union(a: &[u64], b: &[u64]) -> Vec<u64> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        out.push(*x.min(y));
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    out.extend_from_slice(&a[i..]);
    out.extend_from_slice(&b[j..]);
    out
}

/// What is in both lists, or, with `keep` false, in the first alone.
pub(crate) fn select(a: &[u64], b: &[u64], keep: bool) -> Vec<u64> {
    let mut out = Vec::with_capacity(if keep { a.len().min(b.len()) } else { a.len() });
    let mut others = b;
    let stride = b.len() / a.len().max(1);
    for id in a {
        others = after(others, *id, stride);
        if (others.first() == Some(id)) == keep {
            out.push(*id);
        }
    }
    out
}

/// How many numbers have each bit mask, bit `i` for those in `lists[i]`; at most 64 lists. By mask, ascending.
///
/// The lists are cut at common values into blocks that stay in cache; in a block, runs are merged pairwise. Cost: members × log(lists).
pub(crate) fn mask_counts(lists: &[&[u64]]) -> Vec<(u64, u64)> {
    /// Members of all lists in a block, so that two buffers of numbers and masks fit in a second-level cache.
    const BLOCK: usize = 1 << 14;
    let mut lists: Vec<&[u64]> = lists.to_vec();
    let mut tally = MaskTally::new(lists.len());
    let mut merge = BlockMerge::default();
    loop {
        let open = lists.iter().filter(|list| !list.is_empty()).count();
        if open == 0 {
            return tally.finish();
        }
        let share = (BLOCK / open).max(1);
        // Up to this number, and with it, no list has more than its share; one has just that.
        let last = lists.iter().filter_map(|list| list.get(share - 1)).min().copied();
        merge.clear();
        for (index, list) in lists.iter_mut().enumerate() {
            let end = last.map_or(list.len(), |last| {
                let bound = list.len().min(share);
                list[..bound].partition_point(|id| *id <= last)
            });
            let (block, rest) = list.split_at(end);
            merge.run(block.iter().copied(), 1 << index);
            *list = rest;
        }
        tally.extend(merge.merged());
    }
}

/// The runs of a block, merged pairwise.
#[derive(Default)]
pub(super) struct BlockMerge {
    from: Vec<(u64, u64)>,
    to: Vec<(u64, u64)>,
    /// Where each run of `from` ends.
    ends: Vec<usize>,
}

impl BlockMerge {
    pub(super) fn clear(&mut self) {
        self.from.clear();
        self.ends.clear();
    }

    pub(super) fn run(&mut self, ids: impl IntoIterator<Item = u64>, bit: u64) {
        let before = self.from.len();
        self.from.extend(ids.into_iter().map(|id| (id, bit)));
        if self.from.len() > before {
            self.ends.push(self.from.len());
        }
    }

    pub(super) fn merged(&mut self) -> impl Iterator<Item = u64> {
        while self.ends.len() > 1 {
            self.to.clear();
            // No more comes out than went in; the tail is cut off afterwards.
            self.to.resize(self.from.len(), (0, 0));
            let (mut start, mut written) = (0, 0);
            let mut ends = Vec::with_capacity(self.ends.len() / 2 + 1);
            for pair in self.ends.chunks(2) {
                let middle = pair.first().copied().unwrap_or(start);
                let end = pair.get(1).copied().unwrap_or(middle);
                written += merge(&self.from[start..middle], &self.from[middle..end], &mut self.to[written..]);
                ends.push(written);
                start = end;
            }
            self.to.truncate(written);
            self.ends = ends;
            std::mem::swap(&mut self.from, &mut self.to);
        }
        self.from.iter().map(|(_, mask)| *mask)
    }
}

/// Merges two runs into `out`, joining the masks of equal numbers; answers how many came out.
fn merge(a: &[(u64, u64)], b: &[(u64, u64)], out: &mut [(u64, u64)]) -> usize {
    let (mut i, mut j, mut written) = (0, 0, 0);
    while let (Some((one, one_mask)), Some((other, other_mask)), Some(to)) = (a.get(i), b.get(j), out.get_mut(written))
    {
        let (from_a, from_b) = (one <= other, other <= one);
        *to = (*one.min(other), (one_mask * u64::from(from_a)) | (other_mask * u64::from(from_b)));
        i += usize::from(from_a);
        j += usize::from(from_b);
        written += 1;
    }
    for rest in [&a[i..], &b[j..]] {
        out[written..written + rest.len()].copy_from_slice(rest);
        written += rest.len();
    }
    written
}

/// Counts masks: in a table where they are few, in a map where they are not.
pub(crate) enum MaskTally {
    Table(Vec<u64>),
    Map(BTreeMap<u64, u64>, Vec<u64>),
}

impl MaskTally {
    /// For masks of so many bits.
    pub(crate) fn new(bits: usize) -> Self {
        if bits <= 12 { Self::Table(vec![0; 1 << bits]) } else { Self::Map(BTreeMap::new(), Vec::new()) }
    }

    /// Counts masks; 0, of nobody's members, is not told in the end.
    pub(crate) fn extend(&mut self, masks: impl IntoIterator<Item = u64>) {
        match self {
            Self::Table(table) => {
                for mask in masks {
                    if let Some(count) = usize::try_from(mask).ok().and_then(|at| table.get_mut(at)) {
                        *count += 1;
                    }
                }
            }
            Self::Map(map, buffer) => {
                buffer.clear();
                buffer.extend(masks);
                buffer.sort_unstable();
                for run in buffer.chunk_by(PartialEq::eq) {
                    *map.entry(run[0]).or_default() += run.len() as u64;
                }
            }
        }
    }

    /// Counts masks of a byte each, in four tables in turn: the same mask twice in a row would wait for its own counter.
    pub(crate) fn extend_bytes(&mut self, masks: &[u8]) {
        /// Rows that no counter of 32 bits can overflow in.
        const BLOCK: usize = 1 << 30;
        for block in masks.chunks(BLOCK) {
            let [mut one, mut two, mut three, mut four] = [[0_u32; 256]; 4];
            let (eights, rest) = block.as_chunks::<8>();
            for eight in eights {
                let at = eight.map(usize::from);
                one[at[0]] += 1;
                two[at[1]] += 1;
                three[at[2]] += 1;
                four[at[3]] += 1;
                one[at[4]] += 1;
                two[at[5]] += 1;
                three[at[6]] += 1;
                four[at[7]] += 1;
            }
            for mask in rest {
                one[usize::from(*mask)] += 1;
            }
            let sums = (0..256_u64).zip(0..).map(|(mask, at): (u64, usize)| {
                (mask, [&one, &two, &three, &four].iter().map(|table| u64::from(table[at])).sum())
            });
            sums.for_each(|(mask, count)| self.add(mask, count));
        }
    }

    fn add(&mut self, mask: u64, count: u64) {
        match self {
            Self::Table(table) => {
                if let Some(sum) = usize::try_from(mask).ok().and_then(|at| table.get_mut(at)) {
                    *sum += count;
                }
            }
            Self::Map(map, _) if count > 0 => *map.entry(mask).or_default() += count,
            Self::Map(..) => {}
        }
    }

    /// Masks and counts, by mask.
    pub(crate) fn finish(self) -> Vec<(u64, u64)> {
        match self {
            Self::Table(table) => (0..).zip(table).filter(|(mask, count)| *mask != 0 && *count != 0).collect(),
            Self::Map(map, _) => map.into_iter().filter(|(mask, _)| *mask != 0).collect(),
        }
    }
}
