//! What each set adds to the ones before it.

use super::count::Sampling;
use super::regions::Mask;
use super::{Count, Regions, Size};
use crate::Error;

/// What a set adds to those before it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Added<C> {
    /// The set.
    pub name: String,
    /// People in it.
    pub size: C,
    /// Of these, people in none of the sets before.
    pub new: C,
    /// Of these, people who were in one before.
    pub duplicated: C,
    /// People in this set or one before.
    pub cumulative: C,
}

impl<C: Count> Regions<C> {
    /// What each set adds, in a given order of some or all sets: `new = |S \ (those before)|`.
    ///
    /// ```
    /// use styring_segments::overlap::Regions;
    ///
    /// let regions = Regions::from_counts(["Meta", "VG", "TV 2"], [(0b001, 50), (0b011, 30), (0b100, 20), (0b110, 5)])?;
    /// let added = regions.added(&["Meta", "VG", "TV 2"])?;
    /// assert_eq!(added.iter().map(|step| step.new).collect::<Vec<_>>(), [80, 5, 20]);
    /// assert_eq!(added[1].duplicated, 30); // VG brings thirty who were reached already
    /// # Ok::<(), styring_segments::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UnknownName`], or [`Error::Repeated`] where a name repeats.
    pub fn added(&self, order: &[&str]) -> Result<Vec<Added<C>>, Error> {
        super::audiences::distinct(order.iter().copied())?;
        let bits: Vec<usize> = order.iter().map(|name| self.bit(name)).collect::<Result<_, _>>()?;
        Ok(self.in_turn(&bits))
    }

    /// What each set adds when the one that adds most always comes next; ties in the order of the sets.
    ///
    /// The first `k` sets reach at least 1 − 1/e of what the best `k` do (Nemhauser, Wolsey and Fisher 1978, *Mathematical Programming* 14, 265–294).
    /// Cost: `n²·m`.
    pub fn added_greedily(&self) -> Vec<Added<C>> {
        let mut left: Vec<usize> = (0..self.names().len()).collect();
        let (mut order, mut covered) = (Vec::new(), 0);
        while !left.is_empty() {
            let mut best = (0, self.new_in(left[0], covered));
            for (at, bit) in left.iter().enumerate().skip(1) {
                let new = self.new_in(*bit, covered);
                if new > best.1 {
                    best = (at, new);
                }
            }
            let bit = left.remove(best.0);
            covered |= 1 << bit;
            order.push(bit);
        }
        self.in_turn(&order)
    }

    /// People in each set and no other, in order.
    pub fn only_in(&self) -> Vec<Size<C>> {
        let alone = |bit: usize| self.tell(self.counted(|mask| mask == 1 << bit));
        self.names().iter().enumerate().map(|(bit, name)| Size { name: name.clone(), size: alone(bit) }).collect()
    }

    fn new_in(&self, bit: usize, covered: Mask) -> u64 {
        self.counted(|mask| mask >> bit & 1 == 1 && mask & covered == 0)
    }

    fn in_turn(&self, order: &[usize]) -> Vec<Added<C>> {
        let (mut covered, mut cumulative) = (0, 0);
        let mut steps = Vec::with_capacity(order.len());
        for bit in order {
            let size = self.counted(|mask| mask >> bit & 1 == 1);
            let new = self.new_in(*bit, covered);
            // Nobody can have been in a set before the first, whatever a sample does not show.
            let duplicated = if covered == 0 { C::of(0, Sampling::ALL) } else { self.tell(size - new) };
            covered |= 1 << bit;
            cumulative += new;
            steps.push(Added {
                name: self.names()[*bit].clone(),
                size: self.tell(size),
                new: self.tell(new),
                duplicated,
                cumulative: self.tell(cumulative),
            });
        }
        steps
    }
}
