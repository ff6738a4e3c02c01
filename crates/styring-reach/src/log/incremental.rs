use std::fmt::Debug;

use super::Exposures;
use crate::{Error, Reach};

/// What a channel adds to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Increment<'a, C> {
    /// The channel.
    pub channel: &'a C,
    /// People whom none of the channels before it reached.
    pub added: Reach,
    /// People reached by it and all before it.
    pub reach: Reach,
}

impl<P, C: Ord + Debug> Exposures<P, C> {
    /// What every channel adds to those before it, in the given order.
    ///
    /// Errors: a channel the log does not hold, or one that comes twice.
    pub fn incremental(&self, order: &[C]) -> Result<Vec<Increment<'_, C>>, Error> {
        // From the log's numbering to the place in the order.
        let mut place = vec![None; self.channels().len()];
        let mut numbers = Vec::new();
        for channel in order {
            let unknown = |_| Error::UnknownChannel { channel: format!("{channel:?}") };
            let number = self.channels().binary_search(channel).map_err(unknown)?;
            if place[number].replace(numbers.len()).is_some() {
                return Err(Error::RepeatedChannel { channel: format!("{channel:?}") });
            }
            numbers.push(number);
        }
        let mut added = vec![0_u64; order.len()];
        self.for_channels_of_people(|channels| {
            if let Some(first) = channels.iter().filter_map(|channel| place[*channel]).min() {
                added[first] += 1;
            }
        });
        Ok(self.summed(numbers.into_iter().zip(added)))
    }
}

impl<P, C> Exposures<P, C> {
    /// What every channel adds if the one that adds most always comes next, the first in order where several do. Nobody has to look at all orders: the first k channels reach at least 63 % (1 − 1/e) of what
    /// the best k would (Nemhauser, Wolsey and Fisher 1978).
    ///
    /// ```
    /// use styring_reach::{ImpressionLog, Reach};
    ///
    /// let log: ImpressionLog<_, _> =
    ///     [(1, "VG", 0), (2, "VG", 0), (2, "TV 2", 0), (3, "TV 2", 0), (4, "TV 2", 0), (1, "Acast", 0)].into_iter().collect();
    /// let truth = log.into_exposures();
    /// let order: Vec<_> = truth.incremental_greedily().iter().map(|step| (*step.channel, step.added)).collect();
    /// assert_eq!(order, [("TV 2", Reach::people(3)), ("Acast", Reach::people(1)), ("VG", Reach::people(0))]);
    /// ```
    ///
    /// Cost: one pass over the rows, and the square of the number of channels. Memory: a number for every pair of a person and a channel.
    pub fn incremental_greedily(&self) -> Vec<Increment<'_, C>> {
        let mut of_person: Vec<Vec<usize>> = Vec::new();
        let mut of_channel: Vec<Vec<usize>> = vec![Vec::new(); self.channels().len()];
        self.for_channels_of_people(|channels| {
            for channel in channels {
                of_channel[*channel].push(of_person.len());
            }
            of_person.push(channels.to_vec());
        });
        let mut gains: Vec<Option<u64>> = of_channel.iter().map(|people| Some(people.len() as u64)).collect();
        let mut order = Vec::new();
        let best = |gains: &[Option<u64>]| {
            let left = gains.iter().enumerate().filter_map(|(channel, gain)| gain.map(|gain| (channel, gain)));
            left.reduce(|best, next| if next.1 > best.1 { next } else { best })
        };
        while let Some((channel, gain)) = best(&gains) {
            order.push((channel, gain));
            for person in &of_channel[channel] {
                // A person counts once, and then no more.
                for other in of_person[*person].drain(..) {
                    if let Some(gain) = &mut gains[other] {
                        *gain -= 1;
                    }
                }
            }
            gains[channel] = None;
        }
        self.summed(order.into_iter())
    }

    fn summed(&self, steps: impl Iterator<Item = (usize, u64)>) -> Vec<Increment<'_, C>> {
        let mut reach = 0;
        let step = |(channel, added): (usize, u64)| {
            reach += added;
            Increment { channel: &self.channels()[channel], added: Reach::people(added), reach: Reach::people(reach) }
        };
        steps.map(step).collect()
    }
}
