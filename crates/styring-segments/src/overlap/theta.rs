//! Sets as samples of their hashes.

use datasketches::hash::value::raw_bytes;
use datasketches::theta::{CompactThetaSketch, ThetaSketch as Updatable, ThetaSketchBuilder};

use super::audiences::at_most_64;
use super::count::sealed::{Counted, Parted};
use super::{AudienceSet, Division, Estimate, EstimatedRatio, EstimatedShare, MaskCounts, Sampling, kernel};
use crate::Error;

/// The threshold that lets every hash through.
const ALL: u64 = i64::MAX as u64;
/// The seed all implementations hash with unless told otherwise.
pub const DEFAULT_SEED: u64 = 9001;

/// Builds a [`ThetaSketch`] from ids, one at a time.
///
/// Whoever is to be found again elsewhere must be hashed alike: 64-bit ids as numbers, text as its bytes in UTF-8. `1` and `"1"` are two people.
///
/// Cost: about ten nanoseconds per id; at most 16·2^`lg_k` bytes, and half of that on average in the end.
#[derive(Debug)]
pub struct ThetaBuilder {
    sketch: Updatable,
    seed: u64,
}

impl ThetaBuilder {
    /// For a sketch of about 2^`lg_k` hashes: 12 for a relative error of 1.6 %, 14 for 0.8 %. From 5 to 26.
    ///
    /// # Errors
    /// [`Error::OutOfRange`].
    pub fn new(lg_k: u8) -> Result<Self, Error> {
        Self::with_seed(lg_k, DEFAULT_SEED)
    }

    /// With a seed of one's own: only sketches of the same seed can be held against each other.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if `lg_k` is not from 5 to 26, or the seed is one of the few whose own hash is 0.
    pub fn with_seed(lg_k: u8, seed: u64) -> Result<Self, Error> {
        checked_lg_k(lg_k)?;
        let built = ThetaSketchBuilder::default().lg_k(lg_k).seed(seed).build();
        let sketch = built.map_err(|_| bad_seed(seed))?;
        Ok(Self { sketch, seed })
    }

    /// Counts an id.
    pub fn insert(&mut self, id: u64) {
        self.sketch.update(id);
    }

    /// Counts an id that is text.
    pub fn insert_text(&mut self, id: &str) {
        self.sketch.update(raw_bytes::from_str(id));
    }

    /// Counts an id that is bytes.
    pub fn insert_bytes(&mut self, id: &[u8]) {
        self.sketch.update(raw_bytes::from_slice(id));
    }

    /// The sketch of what was counted so far. Sorts its hashes.
    pub fn sketch(&self) -> ThetaSketch {
        let mut hashes: Vec<u64> = self.sketch.iter().map(|entry| entry.hash()).collect();
        hashes.sort_unstable();
        ThetaSketch {
            hashes,
            theta: self.sketch.theta64(),
            empty: self.sketch.is_empty(),
            seed: Seed { value: self.seed, hash: self.sketch.seed_hash() },
            lg_k: Some(self.sketch.lg_k()),
        }
    }
}

impl Extend<u64> for ThetaBuilder {
    fn extend<T: IntoIterator<Item = u64>>(&mut self, ids: T) {
        ids.into_iter().for_each(|id| self.insert(id));
    }
}

fn checked_lg_k(lg_k: u8) -> Result<(), Error> {
    if !(5..=26).contains(&lg_k) {
        return Err(Error::OutOfRange { field: "lg_k", expected: "from 5 to 26", value: lg_k.to_string() });
    }
    Ok(())
}

fn bad_seed(seed: u64) -> Error {
    Error::OutOfRange { field: "seed", expected: "one whose hash is not 0", value: seed.to_string() }
}

/// What ids were hashed with, and the mark that sketches carry of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seed {
    value: u64,
    hash: u16,
}

impl Seed {
    const DEFAULT: Self = Self { value: DEFAULT_SEED, hash: 0x93CC };
}

/// A set of people as those of their hashes that are below a threshold, theta: a sample that everyone is in with the same probability, and in every list or in none.
///
/// Overlaps, differences and regions of such samples are samples of overlaps, differences and regions, which is what a HyperLogLog cannot give. Lists of any size take some 32
/// kilobytes at `lg_k` 12. Results are [`Estimate`]s.
///
/// ```
/// use styring_segments::overlap::{Audiences, ThetaBuilder};
///
/// let sketch = |ids: std::ops::Range<u64>| {
///     let mut builder = ThetaBuilder::new(12)?;
///     builder.extend(ids);
///     Ok::<_, styring_segments::Error>(builder.sketch())
/// };
/// let audiences = Audiences::new([("Meta", sketch(0..200_000)?), ("VG", sketch(150_000..400_000)?)])?;
/// let overlap = audiences.pairs()?.pairs[0].intersection;
/// assert!(overlap.lower() < 50_000.0 && 50_000.0 < overlap.upper());
/// assert!(overlap.usable());
/// # Ok::<(), styring_segments::Error>(())
/// ```
///
/// A sketch cannot forget: whoever withdraws consent stays in it until it is built anew. Keep one per day, and unite them.
///
/// Sources: Dasgupta, Lang, Rhodes and Thaler 2016, "A framework for estimating stream expression cardinalities", *ICDT*; the bytes are those of Apache DataSketches.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Stored", into = "Stored")
)]
pub struct ThetaSketch {
    /// Ascending, all below `theta`.
    hashes: Vec<u64>,
    theta: u64,
    /// Nobody was ever counted: not the same as nobody below a low threshold.
    empty: bool,
    seed: Seed,
    /// How many hashes a union keeps; `None` if the sketch does not say.
    lg_k: Option<u8>,
}

impl ThetaSketch {
    /// Nobody: what merging starts from.
    pub fn empty() -> Self {
        Self::exact_nobody(Seed::DEFAULT, None)
    }

    fn exact_nobody(seed: Seed, lg_k: Option<u8>) -> Self {
        Self { hashes: Vec::new(), theta: ALL, empty: true, seed, lg_k }
    }

    /// The threshold as a number of 63 bits.
    pub fn theta64(&self) -> u64 {
        self.theta
    }

    /// How many hashes it holds.
    pub fn retained(&self) -> usize {
        self.hashes.len()
    }

    /// Whether nobody was ever counted.
    pub fn is_empty(&self) -> bool {
        self.empty
    }

    /// Whether its counts are estimates; small sets are counted exactly.
    pub fn is_estimate(&self) -> bool {
        !self.empty && self.theta < ALL
    }

    /// Those in any of the sketches, in at most 2^`lg_k` hashes.
    ///
    /// # Errors
    /// [`Error::SeedsDiffer`], or [`Error::OutOfRange`] if `lg_k` is not from 5 to 26.
    pub fn union<'a>(sketches: impl IntoIterator<Item = &'a Self>, lg_k: u8) -> Result<Self, Error> {
        checked_lg_k(lg_k)?;
        let mut union = Self::exact_nobody(Seed::DEFAULT, Some(lg_k));
        for sketch in sketches {
            union.unite(sketch, Some(lg_k))?;
        }
        Ok(union)
    }

    /// Takes in another sketch: union in place, in as many hashes as the smaller of the two allows. Associative and commutative; [`Self::empty`] changes nothing.
    ///
    /// # Errors
    /// [`Error::SeedsDiffer`].
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        let lg_k = match (self.lg_k, other.lg_k) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        self.unite(other, lg_k)
    }

    fn unite(&mut self, other: &Self, lg_k: Option<u8>) -> Result<(), Error> {
        let seed = seed_of([&*self, other])?;
        let theta = self.theta.min(other.theta);
        let mut hashes = kernel::union(self.below(theta), other.below(theta));
        let mut lowest = theta;
        if let Some(first_out) = lg_k.and_then(|lg_k| hashes.get(1 << lg_k)) {
            lowest = *first_out;
            hashes.truncate(hashes.partition_point(|hash| *hash < lowest));
        }
        *self = Self { hashes, theta: lowest, empty: self.empty && other.empty, seed, lg_k };
        Ok(())
    }

    /// Those in both.
    ///
    /// # Errors
    /// [`Error::SeedsDiffer`].
    pub fn intersection(&self, other: &Self) -> Result<Self, Error> {
        let seed = seed_of([self, other])?;
        if self.empty || other.empty {
            return Ok(Self::exact_nobody(seed, None));
        }
        let theta = self.theta.min(other.theta);
        let hashes = kernel::select(self.below(theta), other.below(theta), true);
        Ok(Self { empty: hashes.is_empty() && theta == ALL, hashes, theta, seed, lg_k: None })
    }

    /// Those in this sketch and not in the other.
    ///
    /// # Errors
    /// [`Error::SeedsDiffer`].
    pub fn difference(&self, other: &Self) -> Result<Self, Error> {
        let seed = seed_of([self, other])?;
        if self.empty || other.empty {
            return Ok(Self { seed, lg_k: None, ..self.clone() });
        }
        let theta = self.theta.min(other.theta);
        let hashes = kernel::select(self.below(theta), other.below(theta), false);
        Ok(Self { empty: hashes.is_empty() && theta == ALL, hashes, theta, seed, lg_k: None })
    }

    /// Jaccard's index as all implementations of DataSketches give it: equal samples are told as equal sets, with both bounds at 1, and two empty sketches as alike. The
    /// [`Pair`](crate::overlap::Pair) of a table has the same value, with bounds that allow for what is not in the sample.
    ///
    /// # Errors
    /// [`Error::SeedsDiffer`].
    pub fn jaccard(&self, other: &Self) -> Result<EstimatedShare, Error> {
        let Division { only_a, both, only_b, sampling } = self.divide(other)?;
        let equal = self.empty == other.empty && self.theta == other.theta && only_a + only_b == 0;
        let exactly = |value| EstimatedShare { value, lower: value, upper: value, usable: true };
        if equal || self.empty || other.empty {
            return Ok(exactly(f64::from(u8::from(equal))));
        }
        let ratio = EstimatedRatio::of(both, only_a + both + only_b, sampling).value();
        // Without a single sample the index may be anything.
        Ok(ratio.unwrap_or(EstimatedShare { value: 0.5, lower: 0.0, upper: 1.0, usable: false }))
    }

    /// The hashes below a threshold.
    fn below(&self, theta: u64) -> &[u64] {
        &self.hashes[..self.hashes.partition_point(|hash| *hash < theta)]
    }

    /// The bytes of a compact, ordered theta sketch, serial version 3, as Java, C++, Python and Go read them.
    pub fn to_bytes(&self) -> Vec<u8> {
        if self.empty {
            return EMPTY.to_vec();
        }
        let theta = if self.is_estimate() { Some(self.theta) } else { None };
        let mut bytes = header(theta, self.hashes.len(), self.seed.hash);
        self.hashes.iter().for_each(|hash| bytes.extend(hash.to_le_bytes()));
        bytes
    }

    /// Reads a compact theta sketch of any serial version, compressed too, made with the usual seed.
    ///
    /// Takes memory in proportion to the bytes that are there, whatever they claim.
    ///
    /// # Errors
    /// [`Error::Unreadable`] if the bytes are not such a sketch, or were made with another seed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_bytes_with_seed(bytes, DEFAULT_SEED)
    }

    /// Reads a compact theta sketch that was made with this seed.
    ///
    /// # Errors
    /// As [`Self::from_bytes`].
    pub fn from_bytes_with_seed(bytes: &[u8], seed: u64) -> Result<Self, Error> {
        let unreadable = |reason: String| Error::Unreadable { format: "theta sketch", reason };
        let sketch = CompactThetaSketch::deserialize_with_seed(bytes, seed)
            .map_err(|fault| unreadable(fault.message().to_owned()))?;
        let mut hashes: Vec<u64> = sketch.iter().map(|entry| entry.hash()).collect();
        if !sketch.is_ordered() {
            hashes.sort_unstable();
        }
        if hashes.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(unreadable("its hashes are out of order, or repeat".to_owned()));
        }
        let (theta, seed) = (sketch.theta64(), Seed { value: seed, hash: sketch.seed_hash() });
        Ok(Self { empty: sketch.is_empty() || (hashes.is_empty() && theta == ALL), hashes, theta, seed, lg_k: None })
    }
}

/// The seed that sketches have in common. One that nobody is in fits any.
fn seed_of<'a>(sketches: impl IntoIterator<Item = &'a ThetaSketch>) -> Result<Seed, Error> {
    let mut seed = None;
    for sketch in sketches.into_iter().filter(|sketch| !sketch.empty) {
        let left = *seed.get_or_insert(sketch.seed);
        if left != sketch.seed {
            return Err(Error::SeedsDiffer { left: left.value, right: sketch.seed.value });
        }
    }
    Ok(seed.unwrap_or(Seed::DEFAULT))
}

impl AudienceSet for ThetaSketch {
    type Count = Estimate;

    fn cardinality(&self) -> Estimate {
        Estimate::of(self.hashes.len() as u64, Sampling::below(self.theta))
    }

    fn divide(&self, other: &Self) -> Result<Division, Error> {
        seed_of([self, other])?;
        let theta = self.theta.min(other.theta);
        let (a, b) = (self.below(theta), other.below(theta));
        let both = kernel::common(a, b);
        Ok(Division {
            only_a: a.len() as u64 - both,
            both,
            only_b: b.len() as u64 - both,
            sampling: Sampling::below(theta),
        })
    }

    fn masks(sets: &[&Self]) -> Result<MaskCounts, Error> {
        at_most_64(sets.len())?;
        seed_of(sets.iter().copied())?;
        let theta = sets.iter().map(|set| set.theta).min().unwrap_or(ALL);
        let lists: Vec<&[u64]> = sets.iter().map(|set| set.below(theta)).collect();
        Ok(MaskCounts { counts: kernel::mask_counts(&lists), sampling: Sampling::below(theta) })
    }
}

/// A sketch nobody is in; it is the same for all seeds.
const EMPTY: [u8; 8] = [1, 3, 3, 0, 0, 0x1E, 0, 0];

/// What stands before the hashes: how many words, version, family, flags (read only, compact, ordered), seed, number, theta.
fn header(theta: Option<u64>, hashes: usize, seed_hash: u16) -> Vec<u8> {
    let words = match (theta, hashes) {
        (Some(_), _) => 3,
        (None, 1) => 1,
        (None, _) => 2,
    };
    let mut bytes = Vec::with_capacity(8 * (usize::from(words) + hashes));
    bytes.extend([words, 3, 3, 0, 0, 0x1A]);
    bytes.extend(seed_hash.to_le_bytes());
    if words > 1 {
        // A sketch has less than 2^27 hashes.
        bytes.extend(u32::try_from(hashes).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend([0; 4]);
    }
    theta.inspect(|theta| bytes.extend(theta.to_le_bytes()));
    bytes
}

/// The bytes of a sketch of so many hashes that are nobody's.
pub(super) fn image(theta: u64, hashes: u64) -> Vec<u8> {
    let mut bytes = header(Some(theta), usize::try_from(hashes).unwrap_or(0), Seed::DEFAULT.hash);
    (0..hashes).for_each(|_| bytes.extend(1_u64.to_le_bytes()));
    bytes
}

/// A sketch as it is stored.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    bytes: Vec<u8>,
    seed: u64,
    lg_k: Option<u8>,
}

#[cfg(feature = "serde")]
impl From<ThetaSketch> for Stored {
    fn from(sketch: ThetaSketch) -> Self {
        Self { bytes: sketch.to_bytes(), seed: sketch.seed.value, lg_k: sketch.lg_k }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for ThetaSketch {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        stored.lg_k.map_or(Ok(()), checked_lg_k)?;
        Ok(Self { lg_k: stored.lg_k, ..Self::from_bytes_with_seed(&stored.bytes, stored.seed)? })
    }
}
