use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use super::engine::{Asked, expire};
use super::impression::Keys;
use super::links::Links;
use super::plan::Plan;
use super::{
    Decision, Held, Id, Ids, Impression, ImpressionKey, Keep, Key, Linked, Log, Memory, Options, Per, Rules, Secret,
    Snapshot, Store,
};
use crate::Error;

/// [`Caps`](super::Caps) for many threads: the same decisions, each one as if it were alone.
///
/// Logs lie in shards, each behind a lock of its own. A decision locks the shards of all ids it looks at, in their order, until it has recorded, so that no two of them let the same last impression through.
///
/// ```
/// use std::thread;
/// use styring_reach::cap::{Impression, Options, Rules, SharedCaps};
///
/// let caps = SharedCaps::new(Rules::common_5_7_14(), Options::default(), 64);
/// let noon = 1_767_268_800;
/// let shown: usize = thread::scope(|scope| {
///     let threads: Vec<_> = (0..4)
///         .map(|_| scope.spawn(|| Impression::of("kari", noon).is_ok_and(|ad| caps.request(&ad).allowed())))
///         .collect();
///     threads.into_iter().filter_map(|thread| thread.join().ok()).filter(|shown| *shown).count()
/// });
/// assert_eq!(shown, 3);
/// ```
#[derive(Debug)]
pub struct SharedCaps {
    plan: Plan,
    options: Options,
    /// As many as a power of two.
    shards: Box<[Mutex<Memory>]>,
    links: Option<RwLock<Links>>,
    tag: AtomicU64,
}

impl SharedCaps {
    /// Caps in memory with at least so many shards, rounded up to a power of two: some times the number of threads.
    pub fn new(rules: Rules, options: Options, shards: u16) -> Self {
        let plan = Plan::new(rules, options.parts().0);
        let shards =
            (0..usize::from(shards.max(1)).next_power_of_two()).map(|_| Mutex::new(options.memory())).collect();
        Self { plan, options, shards, links: options.links().map(RwLock::new), tag: AtomicU64::new(0) }
    }

    /// What [`Caps::snapshot`](super::Caps::snapshot) or [`snapshot`](Self::snapshot) has written, in shards.
    ///
    /// Errors: as [`Caps::restore`](super::Caps::restore).
    pub fn restore(snapshot: &Snapshot, secret: Secret, shards: u16) -> Result<Self, Error> {
        let mut caps = Self::new(snapshot.rules().clone(), snapshot.options(secret)?, shards);
        let links = snapshot.fill(&caps.plan, &mut caps.lock_all())?;
        caps.links = links.map(RwLock::new);
        caps.tag = AtomicU64::new(snapshot.last_tag());
        Ok(caps)
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        self.plan.rules()
    }

    /// As [`Caps::check`](super::Caps::check).
    pub fn check(&self, impression: &Impression<'_>) -> Decision {
        self.ask(impression, false)
    }

    /// As [`Caps::request`](super::Caps::request).
    pub fn request(&self, impression: &Impression<'_>) -> Decision {
        self.ask(impression, true)
    }

    /// As [`Caps::observe`](super::Caps::observe).
    pub fn observe(&self, impression: &Impression<'_>) -> bool {
        let (asked, keys) = self.asked(impression);
        self.see(&keys);
        let mut store = self.lock(&asked, &keys);
        if asked.is_repeat(&store) {
            return false;
        }
        asked.record(&self.plan, &mut store, &keys, self.next_tag(&keys));
        true
    }

    fn ask(&self, impression: &Impression<'_>, record: bool) -> Decision {
        let (asked, keys) = self.asked(impression);
        let refused = self.see(&keys);
        let links = self.links.as_ref().map(read);
        let everyone = links.as_ref().and_then(|links| links.everyone(&keys));
        let people = everyone.as_deref().unwrap_or(&keys);
        let mut decision = match (people, asked.alone()) {
            ([one], true) => self.decide(&asked, &mut *self.shard(one.get()), people, &keys, record),
            _ => self.decide(&asked, &mut self.lock(&asked, people), people, &keys, record),
        };
        decision.refused = refused;
        decision
    }

    fn decide<S: Store>(&self, asked: &Asked, store: &mut S, people: &[Key], keys: &Keys, record: bool) -> Decision {
        if record {
            asked.request(&self.plan, store, people, keys, || self.next_tag(keys))
        } else {
            asked.decide(&self.plan, store, people)
        }
    }

    fn asked(&self, impression: &Impression<'_>) -> (Asked, Keys) {
        let (_, _, secret) = self.options.parts();
        (Asked::new(&self.plan, &secret, impression), impression.keys(&secret))
    }

    /// Links what is presented together; how many ids there would be, if that is refused.
    fn see(&self, keys: &Keys) -> Option<usize> {
        let links = self.links.as_ref().filter(|_| keys.len() > 1)?;
        if read(links).knows(keys) {
            return None;
        }
        match links.write().unwrap_or_else(PoisonError::into_inner).see(keys) {
            Linked::TooMany(size) => Some(size),
            _ => None,
        }
    }

    fn next_tag(&self, keys: &Keys) -> u64 {
        if keys.len() > 1 { self.tag.fetch_add(1, Ordering::Relaxed) + 1 } else { 0 }
    }

    /// As [`Caps::link`](super::Caps::link).
    pub fn link<'a>(&self, ids: impl Into<Ids<'a>>) -> Linked {
        let (_, _, secret) = self.options.parts();
        let keys = ids.into().keys(&secret);
        let links = self.links.as_ref().map(|links| links.write().unwrap_or_else(PoisonError::into_inner));
        links.map_or(Linked::Off, |mut links| links.link(&keys))
    }

    /// As [`Caps::unlink`](super::Caps::unlink).
    pub fn unlink<'a>(&self, id: impl Into<Id<'a>>) -> bool {
        let key = self.key(id);
        let links = self.links.as_ref().map(|links| links.write().unwrap_or_else(PoisonError::into_inner));
        links.is_some_and(|mut links| links.unlink(key))
    }

    /// As [`Caps::person`](super::Caps::person).
    pub fn person<'a>(&self, id: impl Into<Id<'a>>) -> Vec<Key> {
        let key = self.key(id);
        self.links.as_ref().map_or_else(|| vec![key], |links| read(links).person(key))
    }

    /// As [`Caps::forget`](super::Caps::forget).
    pub fn forget<'a>(&self, id: impl Into<Id<'a>>) -> usize {
        let key = self.key(id);
        // Held until the logs are gone, so that nobody links what is being forgotten.
        let mut links = self.links.as_ref().map(|links| links.write().unwrap_or_else(PoisonError::into_inner));
        let person = links.as_mut().map_or_else(|| vec![key], |links| links.forget(key));
        person.into_iter().filter(|key| self.shard(key.get()).remove(Per::User, *key)).count()
    }

    /// As [`Caps::forget_household`](super::Caps::forget_household).
    pub fn forget_household<'a>(&self, id: impl Into<Id<'a>>) -> bool {
        let key = self.key(id);
        self.shard(key.get()).remove(Per::Household, key)
    }

    /// As [`Caps::expire`](super::Caps::expire), one shard after the other.
    pub fn expire(&self, now: i64) {
        for shard in &self.shards {
            expire(&self.plan, &mut *lock(shard), now);
        }
    }

    /// Everything it holds at one moment, for which all shards are locked.
    pub fn snapshot(&self) -> Snapshot {
        let links = self.links.as_ref().map(read);
        let store = self.lock_all();
        Snapshot::of(&self.plan, &self.options, &store, links.as_deref(), self.tag.load(Ordering::Relaxed))
    }

    /// Bytes that are allocated, used or in reserve; see [`Memory::bytes`].
    pub fn bytes(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).bytes()).sum()
    }

    fn key<'a>(&self, id: impl Into<Id<'a>>) -> Key {
        let (_, _, secret) = self.options.parts();
        id.into().key(&secret)
    }

    fn place(&self, number: u64) -> usize {
        place(number, self.shards.len())
    }

    fn shard(&self, number: u64) -> MutexGuard<'_, Memory> {
        lock(&self.shards[self.place(number)])
    }

    fn lock(&self, asked: &Asked, people: &[Key]) -> Locked<'_> {
        let numbers = people.iter().map(|key| key.get());
        let others = asked.household().map(Key::get).into_iter().chain(asked.own().map(ImpressionKey::low));
        let mut places: Vec<usize> = numbers.chain(others).map(|number| self.place(number)).collect();
        places.sort_unstable();
        places.dedup();
        let guards = places.into_iter().map(|place| (place, lock(&self.shards[place]))).collect();
        Locked { guards, shards: self.shards.len() }
    }

    fn lock_all(&self) -> Locked<'_> {
        let guards = self.shards.iter().map(lock).enumerate().collect();
        Locked { guards, shards: self.shards.len() }
    }
}

fn place(number: u64, shards: usize) -> usize {
    // Numbers of the caller's own may be consecutive, or all even: Fibonacci hashing spreads them.
    let spread = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    #[allow(clippy::cast_possible_truncation, reason = "below 2³²")]
    let spread = spread as usize;
    spread & (shards - 1)
}

/// A thread that panicked while it held a lock was not in this code, which does not panic: what it left is whole.
fn lock(shard: &Mutex<Memory>) -> MutexGuard<'_, Memory> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read(links: &RwLock<Links>) -> RwLockReadGuard<'_, Links> {
    links.read().unwrap_or_else(PoisonError::into_inner)
}

/// The shards that a decision looks at, in order.
struct Locked<'a> {
    guards: Vec<(usize, MutexGuard<'a, Memory>)>,
    shards: usize,
}

impl Locked<'_> {
    fn of(&self, number: u64) -> Option<&Memory> {
        let place = place(number, self.shards);
        self.guards.iter().find(|(held, _)| *held == place).map(|(_, memory)| &**memory)
    }

    fn of_mut(&mut self, number: u64) -> Option<&mut Memory> {
        let place = place(number, self.shards);
        self.guards.iter_mut().find(|(held, _)| *held == place).map(|(_, memory)| &mut **memory)
    }
}

impl Store for Locked<'_> {
    fn log(&self, per: Per, key: Key) -> Log<'_> {
        self.of(key.get()).map_or(Log::default(), |memory| memory.log(per, key))
    }

    fn record(&mut self, per: Per, key: Key, held: Held, keep: &Keep<'_>) {
        if let Some(memory) = self.of_mut(key.get()) {
            memory.record(per, key, held, keep);
        }
    }

    fn record_if(
        &mut self,
        per: Per,
        key: Key,
        held: Held,
        keep: &Keep<'_>,
        passes: impl FnOnce(&Log<'_>) -> bool,
    ) -> bool {
        self.of_mut(key.get()).is_some_and(|memory| memory.record_if(per, key, held, keep, passes))
    }

    fn is_recorded(&self, id: ImpressionKey) -> bool {
        self.of(id.low()).is_some_and(|memory| memory.is_recorded(id))
    }

    fn remember(&mut self, id: ImpressionKey, at: i64) {
        if let Some(memory) = self.of_mut(id.low()) {
            memory.remember(id, at);
        }
    }

    fn remove(&mut self, per: Per, key: Key) -> bool {
        self.of_mut(key.get()).is_some_and(|memory| memory.remove(per, key))
    }

    fn expire(&mut self, per: Per, keep: &Keep<'_>, now: i64) {
        self.guards.iter_mut().for_each(|(_, memory)| memory.expire(per, keep, now));
    }

    fn expire_ids(&mut self, visible: &dyn Fn(i64) -> bool) {
        self.guards.iter_mut().for_each(|(_, memory)| memory.expire_ids(visible));
    }

    fn each(&self, per: Per, visit: &mut dyn FnMut(Key, Log<'_>)) {
        self.guards.iter().for_each(|(_, memory)| memory.each(per, visit));
    }

    fn each_id(&self, visit: &mut dyn FnMut(ImpressionKey, i64)) {
        self.guards.iter().for_each(|(_, memory)| memory.each_id(visit));
    }
}
