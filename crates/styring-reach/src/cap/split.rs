use crate::Error;

/// A common cap divided over channels that share no id, so that each can only keep a cap of its own.
///
/// Nobody can then see what a person has had in all. What can be said is how bad it can get, and how often, if the channels are independent.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Split {
    caps: Vec<u32>,
    exceeding: f64,
    reach: f64,
    impressions: f64,
}

/// What a split is to be best at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "people or impressions")]
pub enum Goal {
    /// The expected share of people who are reached at least once, then the expected impressions per person.
    #[default]
    Reach,
    /// The expected impressions per person, then the share reached.
    Impressions,
}

/// What is searched at most: as many splits as this.
const LIMIT: u64 = 100_000_000;

impl Split {
    /// What caps of the channels' own come to, against a common cap.
    ///
    /// `channels[i][k]` is the probability that a person has `k` exposures on channel `i` in the window, if nothing caps them. A cap `c` turns `X` into `min(X, c)`; channels are independent, so the total has the
    /// convolution of the capped distributions.
    ///
    /// Errors: [`Error::OutOfRange`] for a distribution that is no distribution (negative, or its sum farther than 10⁻⁹ from 1), and for another number of caps than of channels.
    ///
    /// ```
    /// use styring_reach::cap::Split;
    ///
    /// let (vg, tv2) = ([0.4, 0.3, 0.2, 0.1], [0.7, 0.2, 0.1]);
    /// let split = Split::of(&[&vg, &tv2], &[3, 2], 3)?;
    /// assert_eq!(split.worst_case(), 5);
    /// assert!((split.exceeding() - 0.05).abs() < 1e-12); // 2 + 2, 3 + 1 and 3 + 2
    /// assert!((split.reach() - (1.0 - 0.4 * 0.7)).abs() < 1e-12);
    /// # Ok::<(), styring_reach::Error>(())
    /// ```
    pub fn of(channels: &[&[f64]], caps: &[u32], common: u32) -> Result<Self, Error> {
        let channels = checked(channels)?;
        if caps.len() != channels.len() {
            let value = caps.len().to_string();
            return Err(Error::OutOfRange { field: "number of caps", expected: "that of the channels", value });
        }
        let mut sofar = Sofar::new(common);
        for (channel, cap) in channels.iter().zip(caps) {
            sofar = sofar.with(channel, *cap);
        }
        Ok(sofar.split())
    }

    /// The caps, one per channel, that serve the goal best of all with which more than `common` in all has at most the probability `exceeding`.
    ///
    /// Exact: every split that is not looked at is one whose chance of exceeding is too large already, or whose best end is no better than what has been found. No channel gets more than `common`, nor more than can
    /// happen on it. With `exceeding` 0 the caps add up to `common` or less wherever that can happen. Of equally good splits the first by caps, from the first channel on, larger caps first.
    ///
    /// Errors: as [`of`](Self::of); [`Error::OutOfRange`] for `exceeding` outside 0 to 1; [`Error::TooMany`] if there are more than 10⁸ splits.
    ///
    /// ```
    /// use styring_reach::cap::{Goal, Split};
    ///
    /// let (vg, tv2, acast) = ([0.4, 0.3, 0.2, 0.1], [0.5, 0.3, 0.2], [0.8, 0.1, 0.1]);
    /// let safe = Split::best(&[&vg, &tv2, &acast], 3, 0.0, Goal::Reach)?;
    /// assert_eq!(safe.caps(), [1, 1, 1]);
    /// let daring = Split::best(&[&vg, &tv2, &acast], 3, 0.05, Goal::Reach)?;
    /// assert!(daring.impressions() > safe.impressions() && daring.exceeding() <= 0.05);
    /// # Ok::<(), styring_reach::Error>(())
    /// ```
    pub fn best(channels: &[&[f64]], common: u32, exceeding: f64, goal: Goal) -> Result<Self, Error> {
        let channels = checked(channels)?;
        if !(0.0..=1.0).contains(&exceeding) {
            let value = exceeding.to_string();
            return Err(Error::OutOfRange { field: "exceeding", expected: "a probability", value });
        }
        let most: Vec<u32> = channels.iter().map(|channel| channel.support().min(common)).collect();
        let splits = most.iter().try_fold(1_u64, |splits, most| splits.checked_mul(u64::from(*most) + 1));
        if splits.is_none_or(|splits| splits > LIMIT) {
            let given = splits.and_then(|splits| usize::try_from(splits).ok()).unwrap_or(usize::MAX);
            return Err(Error::TooMany { what: "splits", given, limit: 100_000_000 });
        }
        // What the channels from each one on can still bring: the chance that none of them reaches, and impressions.
        let mut ahead = vec![(1.0, 0.0)];
        for (channel, most) in channels.iter().zip(&most).rev() {
            let (missed, impressions) = ahead.last().copied().unwrap_or((1.0, 0.0));
            ahead.push((missed * channel.missed(*most), impressions + channel.impressions(*most)));
        }
        ahead.reverse();
        let mut search = Search { channels: &channels, most: &most, ahead: &ahead, exceeding, goal, best: None };
        search.from(0, &Sofar::new(common));
        // Caps of zero exceed nothing, so there is always one.
        Ok(search.best.unwrap_or_else(|| Sofar::new(common)).split())
    }

    /// The caps, in the order of the channels.
    pub fn caps(&self) -> &[u32] {
        &self.caps
    }

    /// The most a person can have: the sum of the caps.
    pub fn worst_case(&self) -> u64 {
        self.caps.iter().map(|cap| u64::from(*cap)).sum()
    }

    /// The probability that a person has more than the common cap, by independence.
    pub fn exceeding(&self) -> f64 {
        self.exceeding
    }

    /// The expected share of people who are reached at least once: `1 − ∏ P(min(Xᵢ, cᵢ) = 0)`.
    pub fn reach(&self) -> f64 {
        self.reach
    }

    /// The expected impressions per person: `Σ E[min(Xᵢ, cᵢ)]`.
    pub fn impressions(&self) -> f64 {
        self.impressions
    }
}

/// The distribution of a person's exposures on one channel.
struct Channel<'a>(&'a [f64]);

fn checked<'a>(channels: &[&'a [f64]]) -> Result<Vec<Channel<'a>>, Error> {
    let expected = "probabilities from 0 that add up to 1";
    (channels.iter())
        .map(|pmf| {
            let out_of_range = |value: f64| Error::OutOfRange { field: "channels", expected, value: value.to_string() };
            if let Some(wrong) = pmf.iter().find(|p| !(p.is_finite() && **p >= 0.0)) {
                return Err(out_of_range(*wrong));
            }
            let sum: f64 = pmf.iter().sum();
            if (sum - 1.0).abs() > 1e-9 { Err(out_of_range(sum)) } else { Ok(Channel(pmf)) }
        })
        .collect()
}

impl Channel<'_> {
    /// The largest number that can happen.
    fn support(&self) -> u32 {
        self.0.iter().rposition(|p| *p > 0.0).and_then(|most| u32::try_from(most).ok()).unwrap_or(0)
    }

    fn missed(&self, cap: u32) -> f64 {
        if cap == 0 { 1.0 } else { self.0.first().copied().unwrap_or(0.0).min(1.0) }
    }

    fn impressions(&self, cap: u32) -> f64 {
        self.0.iter().enumerate().map(|(k, p)| p * (k.min(cap as usize)) as f64).sum()
    }
}

/// Caps for the first channels.
#[derive(Clone)]
struct Sofar {
    caps: Vec<u32>,
    /// The probability of each total up to the common cap.
    total: Vec<f64>,
    exceeding: f64,
    missed: f64,
    impressions: f64,
}

impl Sofar {
    fn new(common: u32) -> Self {
        let mut total = vec![0.0; common as usize + 1];
        total[0] = 1.0;
        Self { caps: Vec::new(), total, exceeding: 0.0, missed: 1.0, impressions: 0.0 }
    }

    fn with(&self, channel: &Channel<'_>, cap: u32) -> Self {
        let mut total = vec![0.0; self.total.len()];
        // Whoever has exceeded stays so. Only what is added is summed, so that what cannot happen is exactly zero.
        let mut exceeding = self.exceeding;
        for (k, p) in channel.0.iter().enumerate() {
            let capped = k.min(cap as usize);
            for (have, q) in self.total.iter().enumerate() {
                match total.get_mut(have + capped) {
                    Some(cell) => *cell += p * q,
                    None => exceeding += p * q,
                }
            }
        }
        Self {
            caps: self.caps.iter().copied().chain([cap]).collect(),
            total,
            exceeding,
            missed: self.missed * channel.missed(cap),
            impressions: self.impressions + channel.impressions(cap),
        }
    }

    fn split(self) -> Split {
        let Self { caps, exceeding, missed, impressions, .. } = self;
        Split { caps, exceeding: exceeding.min(1.0), reach: 1.0 - missed, impressions }
    }
}

struct Search<'a> {
    channels: &'a [Channel<'a>],
    most: &'a [u32],
    ahead: &'a [(f64, f64)],
    exceeding: f64,
    goal: Goal,
    best: Option<Sofar>,
}

/// Two sums of the same products in another order: equal, if they differ by no more than this.
const SAME: f64 = 1e-12;

impl Search<'_> {
    fn from(&mut self, index: usize, sofar: &Sofar) {
        let (missed, impressions) = self.ahead.get(index).copied().unwrap_or((1.0, 0.0));
        if !self.better(sofar.missed * missed, sofar.impressions + impressions) {
            return;
        }
        let (Some(channel), Some(most)) = (self.channels.get(index), self.most.get(index)) else {
            self.best = Some(sofar.clone());
            return;
        };
        for cap in (0..=*most).rev() {
            let next = sofar.with(channel, cap);
            if next.exceeding <= self.exceeding {
                self.from(index + 1, &next);
            }
        }
    }

    /// Whether an end with this chance of missing and these impressions beats the best one.
    fn better(&self, missed: f64, impressions: f64) -> bool {
        let Some(best) = &self.best else {
            return true;
        };
        let (reach, more) = (best.missed - missed, impressions - best.impressions);
        let (first, second) = match self.goal {
            Goal::Reach => (reach, more),
            Goal::Impressions => (more, reach),
        };
        first > SAME || (first > -SAME && second > SAME)
    }
}
