use super::{Held, Keep, Log};

/// How many impressions a map entry holds, and how many with their classes.
const PLAIN: usize = 7;
const CLASSED: usize = 3;

/// What the map holds of one id: the log itself while it is short, or where it lies. 32 bytes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Entry {
    /// Impressions of class 0. What is beyond the length is 0.
    Plain {
        len: u8,
        stamps: [u32; PLAIN],
    },
    Classed {
        len: u8,
        stamps: [u32; CLASSED],
        classes: [u32; CLASSED],
    },
    Block(Block),
}

/// Where a block lies, and how much of it is used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub(super) pool: u8,
    pub(super) len: u32,
    pub(super) index: u32,
}

impl Default for Entry {
    fn default() -> Self {
        Self::Plain { len: 0, stamps: [0; PLAIN] }
    }
}

impl Entry {
    /// A log, newest first, if an entry can hold it.
    pub(super) fn of(log: &[Held]) -> Option<Self> {
        let len = u8::try_from(log.len()).ok()?;
        if !log.iter().all(Held::is_short) {
            return None;
        }
        let stamp = |index: usize| log.get(index).map_or(0, Held::stamp);
        if log.len() <= PLAIN && log.iter().all(|held| held.class == 0) {
            return Some(Self::Plain { len, stamps: std::array::from_fn(stamp) });
        }
        let class = |index: usize| log.get(index).map_or(0, |held| held.class);
        (log.len() <= CLASSED).then(|| Self::Classed {
            len,
            stamps: std::array::from_fn(stamp),
            classes: std::array::from_fn(class),
        })
    }

    /// The log, or the block where it lies.
    #[inline]
    pub(super) fn log(&self) -> Result<Log<'_>, Block> {
        match self {
            Self::Plain { len, stamps } => {
                Ok(Log { stamps: &stamps[..usize::from(*len).min(PLAIN)], ..Log::default() })
            }
            Self::Classed { len, stamps, classes } => {
                let len = usize::from(*len).min(CLASSED);
                Ok(Log { stamps: &stamps[..len], classes: &classes[..len], ..Log::default() })
            }
            Self::Block(block) => Err(*block),
        }
    }

    /// Adds an impression, if there is room for it here.
    #[inline]
    pub(super) fn insert(&mut self, held: &Held, keep: Keep<'_>) -> bool {
        if !held.is_short() {
            return false;
        }
        match self {
            Self::Plain { len, stamps } if held.class == 0 => {
                // What is beyond the number that is needed is pushed out.
                if usize::from(*len) == PLAIN && keep.plain() > PLAIN {
                    return false;
                }
                let stamp = held.stamp();
                for index in (1..PLAIN).rev() {
                    stamps[index] = stamps[index].max(stamps[index - 1].min(stamp));
                }
                stamps[0] = stamps[0].max(stamp);
                *len += u8::from(usize::from(*len) < PLAIN);
                true
            }
            Self::Classed { len, stamps, classes } if usize::from(*len) < CLASSED => {
                let used = usize::from(*len);
                let place = Log { stamps: &stamps[..used], classes: &classes[..used], ..Log::default() }.place(held);
                stamps.copy_within(place..used, place + 1);
                classes.copy_within(place..used, place + 1);
                (stamps[place], classes[place]) = (held.stamp(), held.class);
                *len += 1;
                true
            }
            _ => false,
        }
    }
}
