use std::collections::VecDeque;

use super::Exposures;
use super::exposures::total;
use super::rolling::{check_width, has_left};
use super::row::Seen;
use crate::Error;

/// What a common frequency cap would have removed from a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct AboveCap {
    /// All impressions of the log.
    pub impressions: u64,
    /// Those that the cap would not have let through.
    pub above: u64,
    /// People who had any of those.
    pub people: u64,
}

impl AboveCap {
    /// The share of the impressions that the cap would not have let through; `None` of an empty log.
    pub fn share(&self) -> Option<f64> {
        (self.impressions > 0).then(|| self.above as f64 / self.impressions as f64)
    }
}

impl<P, C> Exposures<P, C> {
    /// What a cap of `cap` impressions per person, over all channels, in every window (t − W, t] would have removed.
    ///
    /// The log is gone through as the cap would have: an impression is let through if fewer than `cap` that were let through lie in the window that ends with it. What was not let through does not count
    /// against the next. A cap of 0 lets nothing through.
    ///
    /// ```
    /// use styring_reach::ImpressionLog;
    ///
    /// let log: ImpressionLog<_, _> = (0..10).map(|hour| ("kari", "VG", 3_600 * hour)).collect();
    /// let three_a_day = log.into_exposures().above_cap(3, 86_400)?;
    /// assert_eq!((three_a_day.above, three_a_day.people), (7, 1));
    /// assert_eq!(three_a_day.share(), Some(0.7));
    /// # Ok::<(), styring_reach::Error>(())
    /// ```
    ///
    /// Errors: a window of no width.
    pub fn above_cap(&self, cap: u64, width: u64) -> Result<AboveCap, Error> {
        let width = check_width(width)?;
        let mut answer = AboveCap { impressions: 0, above: 0, people: 0 };
        let mut passed = VecDeque::new();
        for (_, rows) in self.people_rows() {
            let above = total(rows) - let_through(rows, cap, width, &mut passed);
            answer.impressions += total(rows);
            answer.above += above;
            answer.people += u64::from(above > 0);
        }
        Ok(answer)
    }
}

/// How many impressions the cap lets through; `passed` is working memory.
fn let_through(rows: &[Seen], cap: u64, width: u64, passed: &mut VecDeque<(i64, u64)>) -> u64 {
    passed.clear();
    let (mut inside, mut all) = (0, 0);
    for seen in rows {
        while let Some((_, count)) = passed.front().filter(|(past, _)| has_left(*past, seen.time, width)) {
            inside -= count;
            passed.pop_front();
        }
        let count = seen.shown.count().min(cap - inside);
        if count > 0 {
            passed.push_back((seen.time, count));
            inside += count;
            all += count;
        }
    }
    all
}
