use super::Exposures;
use super::row::Seen;
use crate::Error;

/// Whether an impression of `past` has left the window (now − width, now].
pub(super) fn has_left(past: i64, now: i64, width: u64) -> bool {
    // Times are sorted, so the difference is not below zero; all of i64 fits into u64.
    now.abs_diff(past) >= width
}

pub(super) fn check_width(width: u64) -> Result<u64, Error> {
    if width == 0 {
        let expected = "above zero: a window (t - W, t] of no width holds nothing";
        return Err(Error::OutOfRange { field: "window", expected, value: "0".to_owned() });
    }
    Ok(width)
}

/// What happens to a window as it moves from one impression to the next.
pub(super) enum Move<'a> {
    Leaves(&'a Seen),
    Enters(&'a Seen),
}

/// Moves the window over a person's rows. After each `Enters` it holds what (t - W, t] does, up to impressions of the same moment that are still to come: what only grows within a moment is largest at the
/// last of them.
pub(super) fn slide(rows: &[Seen], width: u64, mut call: impl FnMut(Move<'_>)) {
    let mut first = 0;
    for seen in rows {
        while let Some(past) = rows.get(first).filter(|past| has_left(past.time, seen.time, width)) {
            call(Move::Leaves(past));
            first += 1;
        }
        call(Move::Enters(seen));
    }
}

impl<P, C> Exposures<P, C> {
    /// Every person's largest number of impressions within any window (t − W, t]: an impression exactly W old no longer counts. In the unit of the times, so seconds if they are epoch seconds.
    ///
    /// ```
    /// use styring_reach::ImpressionLog;
    ///
    /// let day = 86_400;
    /// let log: ImpressionLog<_, _> = [("kari", "VG", 0), ("kari", "TV 2", day), ("kari", "VG", 5 * day)].into_iter().collect();
    /// let in_five_days: Vec<_> = log.into_exposures().max_in_window(5 * 86_400)?.into_iter().map(|(_, most)| most).collect();
    /// assert_eq!(in_five_days, [2]); // the first had just left when the third came
    /// # Ok::<(), styring_reach::Error>(())
    /// ```
    ///
    /// Errors: a window of no width.
    pub fn max_in_window(&self, width: u64) -> Result<Vec<(&P, u64)>, Error> {
        let width = check_width(width)?;
        let most = |rows: &[Seen]| {
            let (mut inside, mut most) = (0_u64, 0_u64);
            slide(rows, width, |step| match step {
                Move::Leaves(seen) => inside -= seen.shown.count(),
                Move::Enters(seen) => {
                    inside += seen.shown.count();
                    most = most.max(inside);
                }
            });
            most
        };
        Ok(self.people_rows().map(|(person, rows)| (person, most(rows))).collect())
    }
}
