use super::entry::Block;
use super::{Held, Keep, Log};

/// The first block where the rules do not bound how long logs are, and where they bound it higher.
const SHORT: usize = 4;
const LONGEST_FIRST: usize = 8;
/// How many impressions share an allocation.
const CHUNK: usize = 8192;
/// Up to how many cells are moved one by one, which is faster than to call for it.
const SHIFTED: usize = 16;

/// Logs that do not fit into a map entry, in blocks whose sizes double.
#[derive(Debug, Clone, Default)]
pub(super) struct Blocks {
    pools: Vec<Pool>,
    columns: Columns,
}

/// Which columns there are beside the stamps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is there or not")]
struct Columns {
    eras: bool,
    classes: bool,
    weights: bool,
    tags: bool,
}

/// Blocks of one size. Chunks are never moved, so growing costs no copy and no doubled memory.
#[derive(Debug, Clone)]
struct Pool {
    capacity: usize,
    /// Blocks in a chunk, as a power of two.
    shift: u32,
    used: u32,
    free: Vec<u32>,
    stamps: Vec<Box<[u32]>>,
    eras: Vec<Box<[i32]>>,
    classes: Vec<Box<[u32]>>,
    weights: Vec<Box<[f64]>>,
    tags: Vec<Box<[u64]>>,
}

impl Blocks {
    pub(super) fn bytes(&self) -> usize {
        self.pools.iter().map(Pool::bytes).sum()
    }

    pub(super) fn log(&self, block: Block) -> Log<'_> {
        self.pools.get(usize::from(block.pool)).map_or(Log::default(), |pool| pool.log(block.index, block.len as usize))
    }

    pub(super) fn free(&mut self, block: Block) {
        self.pools[usize::from(block.pool)].free.push(block.index);
    }

    /// Writes a log, newest first, into a new block.
    pub(super) fn write(&mut self, log: &[Held], keep: Keep<'_>) -> Block {
        for held in log {
            self.need_columns(held);
        }
        if self.pools.is_empty() {
            self.pools.push(Pool::new(keep.newest().map_or(SHORT, |newest| newest.clamp(SHORT, LONGEST_FIRST))));
        }
        let mut pool = 0;
        while self.most(self.pools[pool].capacity, keep) < log.len() {
            pool += 1;
            if self.pools.len() == pool {
                self.pools.push(Pool::new(self.pools[pool - 1].capacity * 2));
            }
        }
        let index = self.pools[pool].take(self.columns);
        for (place, held) in log.iter().enumerate() {
            self.pools[pool].insert(index, place, place + 1, *held);
        }
        #[allow(clippy::cast_possible_truncation, reason = "far from 2³² impressions in a log, and 2⁸ doublings")]
        let (pool, len) = (pool as u8, log.len() as u32);
        Block { pool, len, index }
    }

    /// Adds an impression, if there is room for it in the block.
    pub(super) fn insert(&mut self, block: &mut Block, held: Held, keep: Keep<'_>) -> bool {
        self.need_columns(&held);
        let (pool, len) = (usize::from(block.pool), block.len as usize);
        let capacity = self.pools[pool].capacity;
        // Where a count decides, what is beyond it is pushed out.
        let with = (len + 1).min(self.bound(capacity, keep).unwrap_or(usize::MAX));
        if with > capacity {
            return false;
        }
        let pool = &mut self.pools[pool];
        let place = pool.log(block.index, len).place(&held);
        if place < with {
            pool.insert(block.index, place, with, held);
            #[allow(clippy::cast_possible_truncation, reason = "far from 2³² impressions in a log")]
            let with = with as u32;
            block.len = with;
        }
        true
    }

    /// How many impressions are needed, where that is a number and blocks of this size hold it.
    fn bound(&self, capacity: usize, keep: Keep<'_>) -> Option<usize> {
        keep.newest().filter(|newest| !self.columns.weights && *newest <= capacity)
    }

    /// How long a log may be that is written into a new block. Where no count decides, what is not needed is searched for whenever a block is full: a quarter of it is for what comes before that.
    fn most(&self, capacity: usize, keep: Keep<'_>) -> usize {
        if self.bound(capacity, keep).is_some() { capacity } else { capacity - capacity / 4 + 1 }
    }

    fn need_columns(&mut self, held: &Held) {
        let have = self.columns;
        let columns = Columns {
            eras: have.eras | (held.era() != 0),
            classes: have.classes | (held.class != 0),
            weights: have.weights | (held.weight.to_bits() != 1.0_f64.to_bits()),
            tags: have.tags | (held.tag != 0),
        };
        if columns != have {
            self.columns = columns;
            self.pools.iter_mut().for_each(|pool| pool.fill(columns));
        }
    }
}

impl Pool {
    fn new(capacity: usize) -> Self {
        let shift = (CHUNK / capacity).checked_ilog2().unwrap_or(0);
        let (stamps, eras, classes, weights, tags) = Default::default();
        Self { capacity, shift, used: 0, free: Vec::new(), stamps, eras, classes, weights, tags }
    }

    fn bytes(&self) -> usize {
        let chunk = self.capacity << self.shift;
        let of_four = self.stamps.len() + self.eras.len() + self.classes.len();
        let of_eight = self.weights.len() + self.tags.len();
        chunk * (4 * of_four + 8 * of_eight) + self.free.capacity() * 4
    }

    fn take(&mut self, columns: Columns) -> u32 {
        if let Some(block) = self.free.pop() {
            return block;
        }
        let block = self.used;
        self.used += 1;
        if (block >> self.shift) as usize == self.stamps.len() {
            self.stamps.push(vec![0; self.capacity << self.shift].into_boxed_slice());
            self.fill(columns);
        }
        block
    }

    /// Brings the columns to as many chunks as there are of stamps.
    fn fill(&mut self, columns: Columns) {
        let (chunks, chunk) = (self.stamps.len(), self.capacity << self.shift);
        if columns.eras {
            self.eras.resize_with(chunks, || vec![0; chunk].into_boxed_slice());
        }
        if columns.classes {
            self.classes.resize_with(chunks, || vec![0; chunk].into_boxed_slice());
        }
        if columns.weights {
            self.weights.resize_with(chunks, || vec![1.0; chunk].into_boxed_slice());
        }
        if columns.tags {
            self.tags.resize_with(chunks, || vec![0; chunk].into_boxed_slice());
        }
    }

    fn find(&self, block: u32) -> (usize, usize) {
        let chunk = block >> self.shift;
        ((chunk) as usize, (block - (chunk << self.shift)) as usize * self.capacity)
    }

    #[inline]
    fn log(&self, block: u32, len: usize) -> Log<'_> {
        fn column<T>(chunks: &[Box<[T]>], chunk: usize, from: usize, len: usize) -> &[T] {
            chunks.get(chunk).and_then(|chunk| chunk.get(from..from + len)).unwrap_or_default()
        }
        let (chunk, from) = self.find(block);
        Log {
            stamps: column(&self.stamps, chunk, from, len),
            eras: column(&self.eras, chunk, from, len),
            classes: column(&self.classes, chunk, from, len),
            weights: column(&self.weights, chunk, from, len),
            tags: column(&self.tags, chunk, from, len),
        }
    }

    /// Puts an impression at its place of the log that is `len` long with it; the last one falls out if there were as many already.
    fn insert(&mut self, block: u32, place: usize, len: usize, held: Held) {
        fn column<T: Copy>(chunks: &mut [Box<[T]>], chunk: usize, from: usize, to: usize, value: T) {
            if let Some(cells) = chunks.get_mut(chunk).and_then(|chunk| chunk.get_mut(from..to)) {
                if cells.len() > SHIFTED {
                    cells.copy_within(..cells.len() - 1, 1);
                    cells[0] = value;
                } else {
                    let mut carried = value;
                    for cell in cells {
                        std::mem::swap(cell, &mut carried);
                    }
                }
            }
        }
        let (chunk, start) = self.find(block);
        let (from, to) = (start + place, start + len);
        column(&mut self.stamps, chunk, from, to, held.stamp());
        column(&mut self.eras, chunk, from, to, held.era());
        column(&mut self.classes, chunk, from, to, held.class);
        column(&mut self.weights, chunk, from, to, held.weight);
        column(&mut self.tags, chunk, from, to, held.tag);
    }
}
