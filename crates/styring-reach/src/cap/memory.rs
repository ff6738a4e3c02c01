use foldhash::fast::FixedState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use super::{Held, ImpressionKey, Keep, Key, Log, Per, Store};

/// Logs in memory: a hash map to blocks in slabs.
///
/// With rules that count all impressions one each, a person costs a map entry of 16 bytes and 8 bytes for each impression that the largest cap needs (one more than it allows), at once, and no
/// more later. With rules by channel, campaign or event 4 bytes more for each; with weights other than one 8, and with impressions that have several ids 8; blocks then begin at 4
/// impressions and double.
#[derive(Debug, Clone)]
pub struct Memory {
    people: Logs,
    households: Logs,
    recorded: HashMap<ImpressionKey, i64, FixedState>,
}

impl Default for Memory {
    fn default() -> Self {
        Self::seeded(0)
    }
}

impl Memory {
    /// The seed makes it hard to choose keys that meet in the map; no answer depends on it.
    pub(crate) fn seeded(seed: u64) -> Self {
        let hasher = FixedState::with_seed(seed);
        Self {
            people: Logs::new(hasher.clone()),
            households: Logs::new(hasher.clone()),
            recorded: HashMap::with_hasher(hasher),
        }
    }

    /// How many ids of people have a log.
    pub fn people(&self) -> usize {
        self.people.map.len()
    }

    /// How many households have a log.
    pub fn households(&self) -> usize {
        self.households.map.len()
    }

    /// Bytes that are allocated for people, households and impression ids, used or in reserve.
    pub fn bytes(&self) -> usize {
        self.people.bytes() + self.households.bytes() + self.recorded.allocation_size()
    }

    fn side(&self, per: Per) -> &Logs {
        match per {
            Per::User => &self.people,
            Per::Household => &self.households,
        }
    }

    fn side_mut(&mut self, per: Per) -> &mut Logs {
        match per {
            Per::User => &mut self.people,
            Per::Household => &mut self.households,
        }
    }
}

impl Store for Memory {
    #[inline]
    fn log(&self, per: Per, key: Key) -> Log<'_> {
        let logs = self.side(per);
        logs.map.get(&key).map_or(Log::default(), |&slot| logs.log(slot))
    }

    #[inline]
    fn record(&mut self, per: Per, key: Key, held: Held, keep: &Keep<'_>) {
        self.side_mut(per).record(key, held, keep);
    }

    fn is_recorded(&self, id: ImpressionKey) -> bool {
        self.recorded.contains_key(&id)
    }

    fn remember(&mut self, id: ImpressionKey, at: i64) {
        self.recorded.insert(id, at);
    }

    fn remove(&mut self, per: Per, key: Key) -> bool {
        let logs = self.side_mut(per);
        logs.map.remove(&key).map(|slot| logs.free(slot)).is_some()
    }

    fn expire(&mut self, per: Per, keep: &Keep<'_>, now: i64) {
        self.side_mut(per).expire(keep, now);
    }

    fn expire_ids(&mut self, visible: &dyn Fn(i64) -> bool) {
        self.recorded.retain(|_, at| visible(*at));
    }

    fn each(&self, per: Per, visit: &mut dyn FnMut(Key, Log<'_>)) {
        let logs = self.side(per);
        for (key, slot) in &logs.map {
            visit(*key, logs.log(*slot));
        }
    }

    fn each_id(&self, visit: &mut dyn FnMut(ImpressionKey, i64)) {
        self.recorded.iter().for_each(|(id, at)| visit(*id, *at));
    }
}

/// The first block of a log whose length the rules do not bound, and of one that they bound higher.
const SHORT: usize = 4;
const LONGEST_FIRST: usize = 8;
/// How many impressions share an allocation.
const CHUNK: usize = 8192;
/// Up to how many cells are moved one by one, which is faster than to call for it.
const SHIFTED: usize = 16;
/// The lower bits of a slot hold the pool.
const POOL_BITS: u32 = 5;

#[derive(Debug, Clone)]
struct Logs {
    map: HashMap<Key, Slot, FixedState>,
    pools: Vec<Pool>,
    columns: Columns,
}

/// Where a log lies. 8 bytes.
#[derive(Debug, Clone, Copy)]
struct Slot {
    block: u32,
    /// Length and pool. A block of the last pool would hold 2³² impressions of one person.
    packed: u32,
}

impl Slot {
    fn new(pool: usize, block: u32, len: usize) -> Self {
        #[allow(clippy::cast_possible_truncation, reason = "far from 2²⁷ impressions in a log, and 2⁵ pools")]
        let packed = (len as u32) << POOL_BITS | pool as u32;
        Self { block, packed }
    }

    fn pool(self) -> usize {
        (self.packed & ((1 << POOL_BITS) - 1)) as usize
    }

    fn len(self) -> usize {
        (self.packed >> POOL_BITS) as usize
    }
}

/// Which columns there are beside the stamps.
#[derive(Debug, Clone, Copy, Default)]
struct Columns {
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
    stamps: Vec<Box<[i64]>>,
    classes: Vec<Box<[u32]>>,
    weights: Vec<Box<[f64]>>,
    tags: Vec<Box<[u64]>>,
}

impl Logs {
    fn new(hasher: FixedState) -> Self {
        Self { map: HashMap::with_hasher(hasher), pools: Vec::new(), columns: Columns::default() }
    }

    fn bytes(&self) -> usize {
        self.map.allocation_size() + self.pools.iter().map(Pool::bytes).sum::<usize>()
    }

    fn log(&self, slot: Slot) -> Log<'_> {
        self.pools.get(slot.pool()).map_or(Log::default(), |pool| pool.log(slot.block, slot.len()))
    }

    fn record(&mut self, key: Key, held: Held, keep: &Keep<'_>) {
        self.need_columns(Columns {
            classes: keep.classes(),
            weights: held.weight.to_bits() != 1.0_f64.to_bits(),
            tags: held.tag != 0,
        });
        let Self { map, pools, columns } = self;
        let mut pools = Pools { by_size: pools, columns: *columns, keep };
        match map.entry(key) {
            Entry::Occupied(mut entry) => {
                let slot = *entry.get();
                *entry.get_mut() = pools.insert(slot, held);
            }
            Entry::Vacant(entry) => {
                let slot = pools.first();
                entry.insert(pools.insert(slot, held));
            }
        }
    }

    fn free(&mut self, slot: Slot) {
        self.pools[slot.pool()].free.push(slot.block);
    }

    fn need_columns(&mut self, needed: Columns) {
        let have = self.columns;
        let columns = Columns {
            classes: have.classes | needed.classes,
            weights: have.weights | needed.weights,
            tags: have.tags | needed.tags,
        };
        if (columns.classes, columns.weights, columns.tags) != (have.classes, have.weights, have.tags) {
            self.columns = columns;
            self.pools.iter_mut().for_each(|pool| pool.fill(columns));
        }
    }

    fn expire(&mut self, keep: &Keep<'_>, now: i64) {
        let Self { map, pools, .. } = self;
        map.retain(|_, slot| {
            let pool = &mut pools[slot.pool()];
            let log = pool.log(slot.block, slot.len());
            let visible = |held: &Held| keep.visible(held.class, held.at, now);
            if log.iter().all(|held| visible(&held)) {
                return true;
            }
            let kept: Vec<Held> = log.iter().filter(visible).collect();
            if kept.is_empty() {
                pool.free.push(slot.block);
                return false;
            }
            pool.write(slot.block, &kept);
            *slot = Slot::new(slot.pool(), slot.block, kept.len());
            true
        });
    }
}

/// The blocks, and what decides about them.
struct Pools<'a> {
    by_size: &'a mut Vec<Pool>,
    columns: Columns,
    keep: &'a Keep<'a>,
}

impl Pools<'_> {
    /// An empty log.
    fn first(&mut self) -> Slot {
        if self.by_size.is_empty() {
            self.by_size.push(Pool::new(self.keep.newest().map_or(SHORT, |newest| newest.min(LONGEST_FIRST))));
        }
        let block = self.by_size[0].take(self.columns);
        Slot::new(0, block, 0)
    }

    /// Adds an impression to a log, which may move.
    #[inline]
    fn insert(&mut self, mut slot: Slot, held: Held) -> Slot {
        let pool = &mut self.by_size[slot.pool()];
        let log = pool.log(slot.block, slot.len());
        let place = log.place(&held);
        // Where a count decides, what is beyond it is pushed out.
        if let Some(newest) = self.keep.newest().filter(|newest| !self.columns.weights && *newest <= pool.capacity) {
            if place >= newest {
                return slot;
            }
            let len = (slot.len() + 1).min(newest);
            pool.insert(slot.block, place, len, held);
            return Slot::new(slot.pool(), slot.block, len);
        }
        let mut place = place;
        if slot.len() == pool.capacity {
            slot = self.make_room(slot);
            place = self.by_size[slot.pool()].log(slot.block, slot.len()).place(&held);
        }
        self.by_size[slot.pool()].insert(slot.block, place, slot.len() + 1, held);
        Slot::new(slot.pool(), slot.block, slot.len() + 1)
    }

    /// Drops what is not needed, and moves to a larger block if that is less than a quarter.
    fn make_room(&mut self, slot: Slot) -> Slot {
        let pool = &self.by_size[slot.pool()];
        let (capacity, log) = (pool.capacity, pool.log(slot.block, slot.len()));
        let kept: Vec<Held> =
            log.iter().zip(self.keep.needed(&log)).filter_map(|(held, needed)| needed.then_some(held)).collect();
        let mut to = slot;
        if kept.len() > capacity - capacity.div_ceil(4) {
            let pool = slot.pool() + 1;
            if self.by_size.len() <= pool {
                self.by_size.push(Pool::new(capacity * 2));
            }
            let block = self.by_size[pool].take(self.columns);
            self.by_size[slot.pool()].free.push(slot.block);
            to = Slot::new(pool, block, 0);
        }
        self.by_size[to.pool()].write(to.block, &kept);
        Slot::new(to.pool(), to.block, kept.len())
    }
}

impl Pool {
    fn new(capacity: usize) -> Self {
        let shift = (CHUNK / capacity).checked_ilog2().unwrap_or(0);
        let (stamps, classes, weights, tags) = Default::default();
        Self { capacity, shift, used: 0, free: Vec::new(), stamps, classes, weights, tags }
    }

    fn bytes(&self) -> usize {
        let chunk = self.capacity << self.shift;
        let chunks = |len: usize, of: usize| len * chunk * of;
        chunks(self.stamps.len() + self.weights.len() + self.tags.len(), 8)
            + chunks(self.classes.len(), 4)
            + self.free.capacity() * 4
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
        column(&mut self.stamps, chunk, from, to, held.at);
        column(&mut self.classes, chunk, from, to, held.class);
        column(&mut self.weights, chunk, from, to, held.weight);
        column(&mut self.tags, chunk, from, to, held.tag);
    }

    fn write(&mut self, block: u32, log: &[Held]) {
        for (index, held) in log.iter().enumerate() {
            self.insert(block, index, index + 1, *held);
        }
    }
}
