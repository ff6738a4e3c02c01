use std::cmp::Ordering;

/// What is held of one impression.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(clippy::exhaustive_structs, reason = "made to be written down by stores")]
pub struct Held {
    /// When it was, in epoch seconds.
    pub at: i64,
    /// Which of the channels, campaigns and events that rules name it is of.
    pub class: u32,
    /// How much it counts.
    pub weight: f64,
    /// The same in the logs of all ids it was shown to; zero where that was one.
    pub tag: u64,
}

impl Held {
    /// Newest first. Weights come next, so that sums are added in an order that does not depend on arrival.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        (other.at.cmp(&self.at))
            .then_with(|| self.weight.total_cmp(&other.weight))
            .then_with(|| self.class.cmp(&other.class))
            .then_with(|| self.tag.cmp(&other.tag))
    }

    /// The lower half of the time: all of it from 1970 to 2106.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the lower half")]
    pub(crate) fn stamp(&self) -> u32 {
        self.at as u32
    }

    /// The upper half of the time: 0 from 1970 to 2106.
    #[allow(clippy::cast_possible_truncation, reason = "the upper half")]
    pub(crate) fn era(&self) -> i32 {
        (self.at >> 32) as i32
    }

    /// Whether a stamp and a class say all of it.
    #[inline]
    pub(crate) fn is_short(&self) -> bool {
        self.era() == 0 && self.weight.to_bits() == 1.0_f64.to_bits() && self.tag == 0
    }
}

/// The impressions of one id, newest first, in columns. A column that is empty says the same of all: era 0, class 0, weight 1, tag 0.
#[derive(Debug, Clone, Copy, Default)]
pub struct Log<'a> {
    pub(crate) stamps: &'a [u32],
    pub(crate) eras: &'a [i32],
    pub(crate) classes: &'a [u32],
    pub(crate) weights: &'a [f64],
    pub(crate) tags: &'a [u64],
}

impl Log<'_> {
    /// How many impressions are held.
    pub fn len(&self) -> usize {
        self.stamps.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.stamps.is_empty()
    }

    /// What is held, newest first.
    pub fn iter(&self) -> impl Iterator<Item = Held> {
        (0..self.len()).map(|index| self.at(index))
    }

    pub(crate) fn at(&self, index: usize) -> Held {
        let era = self.eras.get(index).copied().unwrap_or(0);
        let stamp = self.stamps.get(index).copied().unwrap_or(0);
        Held {
            at: i64::from(era) << 32 | i64::from(stamp),
            class: self.classes.get(index).copied().unwrap_or(0),
            weight: self.weights.get(index).copied().unwrap_or(1.0),
            tag: self.tags.get(index).copied().unwrap_or(0),
        }
    }

    /// The place of a new impression.
    pub(crate) fn place(&self, new: &Held) -> usize {
        let newer = |index: usize| self.at(index).order(new) == Ordering::Less;
        // What arrives is mostly among the newest.
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = if low < 8 { low } else { low + (high - low) / 2 };
            if newer(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Whether what is held from `begin` on, of the classes that count, leaves room for an impression. If not: when the newest impression was that has to leave the window, or that nothing would help.
    #[inline]
    pub(crate) fn room(&self, begin: i64, counts: impl Fn(u32) -> bool, weight: f64, allowed: Allowed) -> Room {
        if weight > allowed.limit {
            return Room::Never;
        }
        if self.eras.is_empty() && self.classes.is_empty() && self.weights.is_empty() {
            if !counts(0) {
                return Room::Now;
            }
            // Every impression counts one: the first too many has its place.
            let fit = if weight.to_bits() == 1.0_f64.to_bits() { allowed.beside_one } else { allowed.beside(weight) };
            return match self.stamps.get(fit).copied().map(i64::from) {
                Some(at) if at >= begin => Room::After(at),
                _ => Room::Now,
            };
        }
        self.room_by_sum(begin, counts, weight, allowed)
    }

    #[inline(never)]
    fn room_by_sum(&self, begin: i64, counts: impl Fn(u32) -> bool, weight: f64, allowed: Allowed) -> Room {
        let mut sum = 0.0;
        for held in self.iter().take_while(|held| held.at >= begin) {
            if counts(held.class) {
                sum += held.weight;
                if sum + weight > allowed.limit {
                    return Room::After(held.at);
                }
            }
        }
        Room::Now
    }
}

/// How much a rule allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowed {
    pub(crate) limit: f64,
    /// How many impressions of weight one fit beside another one.
    beside_one: usize,
}

impl Allowed {
    pub(crate) fn new(limit: f64) -> Self {
        let allowed = Self { limit, beside_one: 0 };
        Self { beside_one: allowed.beside(1.0), ..allowed }
    }

    /// How many impressions of weight one fit beside this weight.
    #[cold]
    fn beside(&self, weight: f64) -> usize {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, or 0; saturates")]
        let mut fit = (self.limit - weight) as usize;
        // The difference may have been rounded: the comparison itself decides. Beyond 2⁵³ no log is as long.
        if fit < 1 << 53 {
            while fit > 0 && fit as f64 + weight > self.limit {
                fit -= 1;
            }
            while (fit + 1) as f64 + weight <= self.limit {
                fit += 1;
            }
        }
        fit
    }
}

/// Whether a rule has room for an impression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    Now,
    /// As soon as what was at this time has left the window.
    After(i64),
    Never,
}

/// A log that owns its columns: what [`Store`](super::Store)s of your own hold per id.
///
/// ```
/// use styring_reach::cap::{Held, LogBuf};
///
/// let mut log = LogBuf::default();
/// log.insert(Held { at: 10, class: 0, weight: 1.0, tag: 0 });
/// log.insert(Held { at: 20, class: 0, weight: 1.0, tag: 0 });
/// assert_eq!(log.as_log().iter().map(|held| held.at).collect::<Vec<_>>(), [20, 10]);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LogBuf {
    stamps: Vec<u32>,
    eras: Vec<i32>,
    classes: Vec<u32>,
    weights: Vec<f64>,
    tags: Vec<u64>,
}

impl LogBuf {
    /// Adds an impression at its place.
    pub fn insert(&mut self, held: Held) {
        let place = self.as_log().place(&held);
        self.stamps.insert(place, held.stamp());
        self.eras.insert(place, held.era());
        self.classes.insert(place, held.class);
        self.weights.insert(place, held.weight);
        self.tags.insert(place, held.tag);
    }

    /// Keeps what the closure says, newest first.
    pub fn retain(&mut self, mut keep: impl FnMut(&Held) -> bool) {
        let kept: Vec<Held> = self.as_log().iter().filter(|held| keep(held)).collect();
        *self = kept.into_iter().collect();
    }

    /// As it is read.
    pub fn as_log(&self) -> Log<'_> {
        let Self { stamps, eras, classes, weights, tags } = self;
        Log { stamps, eras, classes, weights, tags }
    }

    /// What several logs hold together; an impression that stands in more than one of them counts once.
    pub(crate) fn union<'a>(logs: impl Iterator<Item = Log<'a>>) -> Self {
        let mut all: Vec<Held> = logs.flat_map(|log| (0..log.len()).map(move |index| log.at(index))).collect();
        all.sort_unstable_by(Held::order);
        all.dedup_by(|a, b| a.tag != 0 && a.tag == b.tag);
        all.into_iter().collect()
    }
}

/// In an order that is kept.
impl FromIterator<Held> for LogBuf {
    fn from_iter<I: IntoIterator<Item = Held>>(held: I) -> Self {
        let mut log = Self::default();
        for held in held {
            log.stamps.push(held.stamp());
            log.eras.push(held.era());
            log.classes.push(held.class);
            log.weights.push(held.weight);
            log.tags.push(held.tag);
        }
        log
    }
}
