use foldhash::fast::FixedState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry as Slot;

use super::blocks::Blocks;
use super::entry::Entry;
use super::{Held, ImpressionKey, Keep, Key, Log, Per, Store};

/// Logs in memory: a hash map whose entries hold short logs, and blocks in slabs for the others.
///
/// An entry is 40 bytes and has room for 7 impressions, so under the common rule it holds all that is needed of a person; or for 3, if any of them is of a channel, campaign or event that a rule
/// names. The map keeps a byte beside each place and doubles when seven eighths of its places are taken: 47 to 94 bytes a person. Whoever's impression makes it double waits for all entries to be
/// moved, in [`SharedCaps`](super::SharedCaps) for those of one shard.
///
/// A longer log lies in a block, which is 4 to 8 impressions long at first and doubles up to what the rules need (one impression more than the largest cap allows, where they count all alike). So
/// does a log with weights other than one, with impressions that have several ids, or with times before 1970 or after February 2106. In blocks an impression takes 4 bytes, and where any has them
/// 4 more for channels, campaigns and events, 8 for weights, 8 for several ids, and 4 for such times.
#[derive(Debug, Clone)]
pub struct Memory {
    people: Logs,
    households: Logs,
    recorded: HashMap<ImpressionKey, i64, FixedState>,
}

#[derive(Debug, Clone)]
struct Logs {
    map: HashMap<Key, Entry, FixedState>,
    blocks: Blocks,
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
            people: Logs { map: HashMap::with_hasher(hasher.clone()), blocks: Blocks::default() },
            households: Logs { map: HashMap::with_hasher(hasher.clone()), blocks: Blocks::default() },
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
        let logs = |logs: &Logs| logs.map.allocation_size() + logs.blocks.bytes();
        logs(&self.people) + logs(&self.households) + self.recorded.allocation_size()
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
        logs.map.get(&key).map_or(Log::default(), |entry| read(entry, &logs.blocks))
    }

    #[inline]
    fn record(&mut self, per: Per, key: Key, held: Held, keep: &Keep<'_>) {
        self.record_if(per, key, held, keep, |_| true);
    }

    #[inline]
    fn record_if(
        &mut self,
        per: Per,
        key: Key,
        held: Held,
        keep: &Keep<'_>,
        passes: impl FnOnce(&Log<'_>) -> bool,
    ) -> bool {
        let Logs { map, blocks } = self.side_mut(per);
        let entry = match map.entry(key) {
            Slot::Occupied(slot) => {
                let entry = slot.into_mut();
                if !passes(&read(entry, blocks)) {
                    return false;
                }
                entry
            }
            Slot::Vacant(slot) => {
                if !passes(&Log::default()) {
                    return false;
                }
                slot.insert(Entry::default())
            }
        };
        add(entry, blocks, held, *keep);
        true
    }

    fn is_recorded(&self, id: ImpressionKey) -> bool {
        self.recorded.contains_key(&id)
    }

    fn remember(&mut self, id: ImpressionKey, at: i64) {
        self.recorded.insert(id, at);
    }

    fn remove(&mut self, per: Per, key: Key) -> bool {
        let logs = self.side_mut(per);
        let removed = logs.map.remove(&key);
        if let Some(Entry::Block(block)) = removed {
            logs.blocks.free(block);
        }
        removed.is_some()
    }

    fn expire(&mut self, per: Per, keep: &Keep<'_>, now: i64) {
        let Logs { map, blocks } = self.side_mut(per);
        map.retain(|_, entry| {
            let log = read(entry, blocks);
            let visible = |held: &Held| keep.visible(held.class, held.at, now);
            if log.iter().all(|held| visible(&held)) {
                return true;
            }
            let kept: Vec<Held> = log.iter().filter(visible).collect();
            rewrite(entry, blocks, &kept, *keep);
            !kept.is_empty()
        });
    }

    fn expire_ids(&mut self, visible: &dyn Fn(i64) -> bool) {
        self.recorded.retain(|_, at| visible(*at));
    }

    fn each(&self, per: Per, visit: &mut dyn FnMut(Key, Log<'_>)) {
        let logs = self.side(per);
        for (key, entry) in &logs.map {
            visit(*key, read(entry, &logs.blocks));
        }
    }

    fn each_id(&self, visit: &mut dyn FnMut(ImpressionKey, i64)) {
        self.recorded.iter().for_each(|(id, at)| visit(*id, *at));
    }
}

#[inline]
fn read<'a>(entry: &'a Entry, blocks: &'a Blocks) -> Log<'a> {
    entry.log().unwrap_or_else(|block| blocks.log(block))
}

/// Adds an impression to a log. If there is no room for it, what is not needed is dropped, and the log moves to where it fits.
#[inline]
fn add(entry: &mut Entry, blocks: &mut Blocks, held: Held, keep: Keep<'_>) {
    let added = match entry {
        Entry::Block(block) => blocks.insert(block, held, keep),
        Entry::Plain { .. } | Entry::Classed { .. } => entry.insert(&held, keep),
    };
    if !added {
        let mut log: Vec<Held> = read(entry, blocks).iter().collect();
        log.insert(log.partition_point(|other| other.order(&held).is_lt()), held);
        let mut needs = keep.needs();
        log.retain(|held| needs(*held));
        rewrite(entry, blocks, &log, keep);
    }
}

/// A log in place of another one.
fn rewrite(entry: &mut Entry, blocks: &mut Blocks, log: &[Held], keep: Keep<'_>) {
    if let Entry::Block(block) = *entry {
        blocks.free(block);
    }
    *entry = Entry::of(log).unwrap_or_else(|| Entry::Block(blocks.write(log, keep)));
}
