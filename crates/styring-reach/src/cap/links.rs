use std::collections::{BTreeMap, BTreeSet};

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::Key;

/// Which impressions count for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Identity {
    /// An impression counts for another if they share an id.
    #[default]
    Presented,
    /// Ids that are presented together, or linked by a call, are one person from then on, and were so before: what either has seen counts for both.
    Linked {
        /// How many ids a person may have. Ids whose linking would make a person of more are not linked, and the answer says so: a television that a whole
        /// house shows itself with would otherwise make one person of its street. What is asked with such ids counts what any of them has seen.
        max_ids: u32,
    },
}

impl Identity {
    /// Linked, with at most 32 ids to a person.
    pub const LINKED: Self = Self::Linked { max_ids: 32 };
}

/// What has come of linking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Linked {
    /// They are one person now, of so many ids.
    New(usize),
    /// They were one person already, of so many ids.
    Known(usize),
    /// They would have become a person of so many ids, and have been left as they were.
    TooMany(usize),
    /// The engine goes by presented ids; see [`Identity`].
    Off,
}

/// Which ids are one person: members by cluster, and by which links.
///
/// Clusters are relabelled, the smaller into the larger, rather than chained by pointers: they are bounded, and members have to be listed for every answer anyway.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Links {
    max: usize,
    label: HashMap<Key, usize, FixedState>,
    clusters: Vec<Vec<Key>>,
    vacant: Vec<usize>,
    edges: BTreeMap<Key, BTreeSet<Key>>,
    /// Unlinked by hand: not linked again but by hand.
    barred: BTreeSet<Key>,
    refused: u64,
}

impl Links {
    pub(crate) fn new(max: u32) -> Self {
        Self {
            max: max as usize,
            label: HashMap::with_hasher(FixedState::with_seed(0)),
            clusters: Vec::new(),
            vacant: Vec::new(),
            edges: BTreeMap::new(),
            barred: BTreeSet::new(),
            refused: 0,
        }
    }

    /// Everything the engine has of these ids, put back: for snapshots.
    pub(crate) fn restore(max: u32, edges: &[(Key, Key)], barred: &[Key], refused: u64) -> Self {
        let mut links = Self::new(max);
        for (a, b) in edges {
            links.connect(*a, *b);
        }
        links.barred.extend(barred);
        links.refused = refused;
        links
    }

    /// The ids of the person whom this id belongs to, in order; itself alone if it is not linked.
    pub(crate) fn person(&self, key: Key) -> Vec<Key> {
        let mut members = self.members(key).map_or_else(|| vec![key], <[Key]>::to_vec);
        members.sort_unstable();
        members
    }

    fn members(&self, key: Key) -> Option<&[Key]> {
        self.label.get(&key).and_then(|&cluster| self.clusters.get(cluster)).map(Vec::as_slice)
    }

    /// The ids of all persons whom these ids belong to. `None` if they are linked with no others.
    pub(crate) fn everyone(&self, presented: &[Key]) -> Option<Vec<Key>> {
        if presented.iter().all(|key| self.members(*key).is_none()) {
            return None;
        }
        let mut all = Vec::new();
        for key in presented {
            match self.members(*key) {
                Some(members) => all.extend_from_slice(members),
                None => all.push(*key),
            }
        }
        all.sort_unstable();
        all.dedup();
        Some(all)
    }

    /// Whether ids that are presented together have nothing new to say.
    pub(crate) fn knows(&self, presented: &[Key]) -> bool {
        let able: Vec<Key> = presented.iter().copied().filter(|key| !self.barred.contains(key)).collect();
        pairs(&able).all(|(a, b)| self.edges.get(&a).is_some_and(|others| others.contains(&b)))
    }

    /// Ids that are presented together.
    pub(crate) fn see(&mut self, presented: &[Key]) -> Linked {
        let able: Vec<Key> = presented.iter().copied().filter(|key| !self.barred.contains(key)).collect();
        self.link_all(&able)
    }

    /// Ids that are linked by hand, which also lifts what [`unlink`](Self::unlink) has barred.
    pub(crate) fn link(&mut self, keys: &[Key]) -> Linked {
        let outcome = self.link_all(keys);
        if !matches!(outcome, Linked::TooMany(_)) {
            for key in keys {
                self.barred.remove(key);
            }
        }
        outcome
    }

    fn link_all(&mut self, keys: &[Key]) -> Linked {
        let size = self.everyone(keys).map_or(keys.len(), |all| all.len());
        if size > self.max && keys.len() > 1 && !self.together(keys) {
            self.refused += 1;
            return Linked::TooMany(size);
        }
        let known = self.together(keys);
        for (a, b) in pairs(keys) {
            self.connect(a, b);
        }
        if known { Linked::Known(size) } else { Linked::New(size) }
    }

    fn together(&self, keys: &[Key]) -> bool {
        let Some((first, rest)) = keys.split_first() else {
            return true;
        };
        rest.iter().all(|key| key == first || self.label.get(key).is_some_and(|own| self.label.get(first) == Some(own)))
    }

    fn connect(&mut self, a: Key, b: Key) {
        if a == b {
            return;
        }
        self.edges.entry(a).or_default().insert(b);
        self.edges.entry(b).or_default().insert(a);
        let (a, b) = (self.cluster_of(a), self.cluster_of(b));
        if a == b {
            return;
        }
        let (small, large) = if self.clusters[a].len() < self.clusters[b].len() { (a, b) } else { (b, a) };
        let moved = std::mem::take(&mut self.clusters[small]);
        for key in &moved {
            self.label.insert(*key, large);
        }
        self.clusters[large].extend(moved);
        self.vacant.push(small);
    }

    fn cluster_of(&mut self, key: Key) -> usize {
        if let Some(&cluster) = self.label.get(&key) {
            return cluster;
        }
        let cluster = self.new_cluster(vec![key]);
        self.label.insert(key, cluster);
        cluster
    }

    fn new_cluster(&mut self, keys: Vec<Key>) -> usize {
        if let Some(cluster) = self.vacant.pop() {
            self.clusters[cluster] = keys;
            return cluster;
        }
        self.clusters.push(keys);
        self.clusters.len() - 1
    }

    /// Takes an id out of its person; those whom it alone held together fall apart. Whether it was linked.
    pub(crate) fn unlink(&mut self, key: Key) -> bool {
        self.barred.insert(key);
        self.cut(key)
    }

    /// Forgets the ids of a person, who may be one id only.
    pub(crate) fn forget(&mut self, key: Key) -> Vec<Key> {
        let person = self.person(key);
        for key in &person {
            self.cut(*key);
            self.barred.remove(key);
        }
        person
    }

    fn cut(&mut self, key: Key) -> bool {
        for other in self.edges.remove(&key).unwrap_or_default() {
            if let Some(edges) = self.edges.get_mut(&other) {
                edges.remove(&key);
                if edges.is_empty() {
                    self.edges.remove(&other);
                }
            }
        }
        let Some(cluster) = self.label.get(&key).copied() else {
            return false;
        };
        let members = std::mem::take(&mut self.clusters[cluster]);
        self.vacant.push(cluster);
        for member in &members {
            self.label.remove(member);
        }
        for member in members {
            if self.edges.contains_key(&member) && !self.label.contains_key(&member) {
                self.gather(member);
            }
        }
        true
    }

    /// Makes a cluster of all that the links reach from here.
    fn gather(&mut self, from: Key) {
        let (mut reached, mut next) = (BTreeSet::from([from]), vec![from]);
        while let Some(key) = next.pop() {
            for other in self.edges.get(&key).into_iter().flatten() {
                if reached.insert(*other) {
                    next.push(*other);
                }
            }
        }
        let keys: Vec<Key> = reached.into_iter().collect();
        let cluster = self.new_cluster(keys.clone());
        for key in keys {
            self.label.insert(key, cluster);
        }
    }

    pub(crate) fn edges(&self) -> impl Iterator<Item = (Key, Key)> {
        self.edges.iter().flat_map(|(a, others)| others.iter().filter(move |b| a < *b).map(move |b| (*a, *b)))
    }

    pub(crate) fn barred(&self) -> impl Iterator<Item = Key> {
        self.barred.iter().copied()
    }

    pub(crate) fn refused(&self) -> u64 {
        self.refused
    }
}

fn pairs(keys: &[Key]) -> impl Iterator<Item = (Key, Key)> {
    keys.iter().enumerate().flat_map(|(index, a)| keys.iter().skip(index + 1).map(move |b| (*a, *b)))
}
