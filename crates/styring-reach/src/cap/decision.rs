use super::Rules;

/// The answer about an impression.
///
/// ```
/// use styring_reach::cap::{Caps, Impression, Next, Rules};
///
/// let mut caps = Caps::new(Rules::common_5_7_14());
/// for hour in 0..3 {
///     assert!(caps.request(&Impression::of("kari", 1_767_225_600 + hour * 3600)?).allowed());
/// }
/// let fourth = caps.request(&Impression::of("kari", 1_767_240_000)?);
/// assert!(!fourth.allowed());
/// assert_eq!(fourth.blocked_by(caps.rules()).collect::<Vec<_>>(), ["common-5d"]);
/// assert_eq!(fourth.next_allowed(), Some(Next::At(1_767_225_600 + 432_000)));
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub(crate) blocked: Blocked,
    pub(crate) next: Option<Next>,
    pub(crate) recorded: bool,
    pub(crate) repeated: bool,
    pub(crate) refused: Option<usize>,
}

/// When a denied impression would pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "some time or never")]
pub enum Next {
    /// From this second on, if nothing more is recorded.
    At(i64),
    /// Whatever the time: a lifetime cap is reached, or the impression alone is more than a rule allows.
    Never,
}

impl Decision {
    /// No rule fails so far.
    pub(crate) fn new() -> Self {
        let blocked = Blocked { first: 0, more: None };
        Self { blocked, next: None, recorded: false, repeated: false, refused: None }
    }

    /// Whether it may be shown: all rules pass, or it is a retry of an impression that has been recorded.
    pub fn allowed(&self) -> bool {
        self.blocked.is_empty()
    }

    /// The places, among the rules, of those that fail, in their order.
    pub fn blocked(&self) -> impl Iterator<Item = usize> {
        self.blocked.iter()
    }

    /// The ids of the rules that fail, in the order of the rules.
    pub fn blocked_by<'r>(&self, rules: &'r Rules) -> impl Iterator<Item = &'r str> {
        self.blocked.iter().filter_map(|index| rules.get(index).map(super::Rule::id))
    }

    /// The first time, not before the one asked for, at which the same impression passes if nothing more is recorded. `None` if it is allowed now.
    pub fn next_allowed(&self) -> Option<Next> {
        self.next
    }

    /// Whether this call has recorded the impression.
    pub fn recorded(&self) -> bool {
        self.recorded
    }

    /// Whether an impression with this id had been recorded before. It is allowed then, and counts no second time.
    pub fn repeated(&self) -> bool {
        self.repeated
    }

    /// How many ids the person would have had, had the ids that were presented together been linked: only if that was refused as too many. See [`Identity`](super::Identity).
    pub fn refused_link(&self) -> Option<usize> {
        self.refused
    }
}

/// Rules, by place. The first 64 need no memory of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Blocked {
    first: u64,
    #[allow(clippy::box_collection, reason = "one word in every decision rather than three")]
    more: Option<Box<Vec<u32>>>,
}

impl Blocked {
    pub(crate) fn add(&mut self, index: u32) {
        if index < 64 {
            self.first |= 1 << index;
            return;
        }
        let more = self.more.get_or_insert_default();
        if let Err(place) = more.binary_search(&index) {
            more.insert(place, index);
        }
    }

    fn is_empty(&self) -> bool {
        self.first == 0 && self.more.is_none()
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        let first = self.first;
        (0..64)
            .filter(move |bit| first >> bit & 1 == 1)
            .chain(self.more.iter().flat_map(|more| more.iter()).map(|&index| index as usize))
    }
}
