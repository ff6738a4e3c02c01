use super::Exposures;
use crate::{Error, Overlaps};

impl<P, C> Exposures<P, C> {
    /// How wide each channel reaches in a universe of so many people, and how many each pair shares, in the order of [`channels`](Self::channels): what a model would be given where nobody can count the people.
    ///
    /// ```
    /// use styring_reach::ImpressionLog;
    ///
    /// let log: ImpressionLog<_, _> = [(1, "VG", 0), (2, "VG", 0), (2, "TV 2", 0), (3, "TV 2", 0)].into_iter().collect();
    /// let truth = log.into_exposures();
    /// let sharp = truth.overlaps(10)?.sharp()?;
    /// assert!(sharp.contains(truth.reach().share_of(10)?));
    /// # Ok::<(), styring_reach::Error>(())
    /// ```
    ///
    /// Cost: for every person the square of the number of channels met.
    ///
    /// Errors: an empty log; a universe smaller than the reach.
    pub fn overlaps(&self, universe: u64) -> Result<Overlaps, Error> {
        self.reach().share_of(universe)?;
        let channels = self.channels().len();
        let mut both = vec![0_u64; channels * channels];
        self.for_channels_of_people(|met| {
            for (place, i) in met.iter().enumerate() {
                for j in &met[place..] {
                    both[i * channels + j] += 1;
                }
            }
        });
        let share = |i: usize, j: usize| both[i * channels + j] as f64 / universe as f64;
        let pairs = (0..channels).flat_map(|i| (i + 1..channels).map(move |j| (i, j)));
        Overlaps::new((0..channels).map(|i| share(i, i)).collect(), pairs.map(|(i, j)| (i, j, share(i, j))))
    }
}
