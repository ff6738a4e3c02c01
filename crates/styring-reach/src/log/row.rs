/// The largest count in one row.
pub(crate) const MAX_COUNT: u64 = (1 << COUNT_BITS) - 1;

const COUNT_BITS: u32 = 24;

/// A channel's number in the upper 40 bits, how many impressions in the lower 24: a row is 16 bytes, and 24 with its person. 2^40 channels do not fit into memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Shown(u64);

impl Shown {
    pub(crate) fn new(channel: u64, count: u64) -> Self {
        Self((channel << COUNT_BITS) | count.min(MAX_COUNT))
    }

    pub(crate) fn channel(self) -> usize {
        usize::try_from(self.0 >> COUNT_BITS).unwrap_or(usize::MAX)
    }

    pub(crate) fn count(self) -> u64 {
        self.0 & MAX_COUNT
    }

    pub(crate) fn in_channel(self, channel: u64) -> Self {
        Self::new(channel, self.count())
    }
}

/// One row of a person's impressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Seen {
    pub(crate) time: i64,
    pub(crate) shown: Shown,
}
