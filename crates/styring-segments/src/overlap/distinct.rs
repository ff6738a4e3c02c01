//! How many different people, and nothing else.

use datasketches::cpc::{CpcSketch, CpcUnion};
use datasketches::hash::value::raw_bytes;
use datasketches::hll::{HllSketch, HllType, HllUnion};

use super::Deviations;
use crate::Error;

/// A number of different people, with bounds at two standard deviations.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DistinctCount {
    /// The estimate.
    pub value: f64,
    /// The lower bound.
    pub lower: f64,
    /// The upper bound.
    pub upper: f64,
}

/// How many bits a HyperLogLog keeps per register; the answers are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "the three of the format")]
pub enum HllWidth {
    /// Four, and a list of exceptions: the smallest.
    Four,
    /// Six.
    Six,
    /// Eight: the fastest.
    #[default]
    Eight,
}

impl HllWidth {
    fn foreign(self) -> HllType {
        match self {
            Self::Four => HllType::Hll4,
            Self::Six => HllType::Hll6,
            Self::Eight => HllType::Hll8,
        }
    }
}

/// Counts different people in a HyperLogLog: 2 kilobytes for 2 % at `lg_k` 11.
///
/// **Never for overlap.** What two lists have in common would be `|A| + |B| − |A∪B|`, whose error is that of the union: for lists of 200 000 with 1 % in common the error is 265 % at `lg_k` 12, where
/// a [`ThetaSketch`](crate::overlap::ThetaSketch) has 15 %. There is no such method here.
///
/// ```
/// use styring_segments::overlap::{HllCounter, HllWidth};
///
/// let mut monday = HllCounter::new(12, HllWidth::Eight)?;
/// let mut tuesday = HllCounter::new(12, HllWidth::Eight)?;
/// (0..5_000).for_each(|id| monday.insert(id));
/// (2_500..7_500).for_each(|id| tuesday.insert(id));
/// let both = HllCounter::union([&monday, &tuesday], 12, HllWidth::Eight)?.count();
/// assert!(both.lower < 7_500.0 && 7_500.0 < both.upper);
/// # Ok::<(), styring_segments::Error>(())
/// ```
///
/// Source: Flajolet, Fusy, Gandouet and Meunier 2007; the estimator and the bytes are those of Apache DataSketches.
#[derive(Debug, Clone)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Vec<u8>", into = "Vec<u8>")
)]
pub struct HllCounter(HllSketch);

impl HllCounter {
    /// With 2^`lg_k` registers, from 4 to 21.
    ///
    /// # Errors
    /// [`Error::OutOfRange`].
    pub fn new(lg_k: u8, width: HllWidth) -> Result<Self, Error> {
        HllSketch::new(lg_k, width.foreign()).map(Self).map_err(|_| out_of_range("from 4 to 21", lg_k))
    }

    /// Counts an id.
    pub fn insert(&mut self, id: u64) {
        self.0.update(id);
    }

    /// Counts an id that is text.
    pub fn insert_text(&mut self, id: &str) {
        self.0.update(raw_bytes::from_str(id));
    }

    /// Whether nobody was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many different people, with bounds at two standard deviations.
    pub fn count(&self) -> DistinctCount {
        let (lower, upper) = self.bounds(Deviations::Two);
        DistinctCount { value: self.0.estimate(), lower, upper }
    }

    /// Lower and upper bound at another width.
    pub fn bounds(&self, deviations: Deviations) -> (f64, f64) {
        (self.0.lower_bound(deviations.foreign()), self.0.upper_bound(deviations.foreign()))
    }

    /// Different people in all of these, in at most 2^`lg_k` registers. A union has wider bounds than a counter that saw the ids itself.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if `lg_k` is not from 4 to 21.
    pub fn union<'a>(counters: impl IntoIterator<Item = &'a Self>, lg_k: u8, width: HllWidth) -> Result<Self, Error> {
        let mut union = HllUnion::new(lg_k).map_err(|_| out_of_range("from 4 to 21", lg_k))?;
        counters.into_iter().for_each(|counter| union.update(&counter.0));
        Ok(Self(union.to_sketch(width.foreign())))
    }

    /// The compact bytes, as Java, C++ and Python read them.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.serialize()
    }

    /// Reads a HyperLogLog of any of the three widths, compact or not.
    ///
    /// # Errors
    /// [`Error::Unreadable`] if the bytes are not such a sketch, or its sums are not those of its registers.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let unreadable = |reason: &str| Error::Unreadable { format: "HLL sketch", reason: reason.to_owned() };
        let sketch = HllSketch::deserialize(bytes).map_err(|fault| unreadable(fault.message()))?;
        registers::check(bytes).map_err(unreadable)?;
        Ok(Self(sketch))
    }
}

/// Counts different people with compressed probabilistic counting: 40 % less to store than a HyperLogLog of the same error, slower to write.
///
/// **Never for overlap**, as [`HllCounter`] says.
///
/// ```
/// use styring_segments::overlap::CpcCounter;
///
/// let mut counter = CpcCounter::new(11)?;
/// (0..10_000).for_each(|id| counter.insert(id));
/// let count = counter.count();
/// assert!(count.lower < 10_000.0 && 10_000.0 < count.upper);
/// # Ok::<(), styring_segments::Error>(())
/// ```
///
/// Source: Lang 2017, "Back to the future: an even more nearly optimal cardinality estimation algorithm", arXiv:1708.06839; the bytes are those of Apache DataSketches.
#[derive(Debug, Clone)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Vec<u8>", into = "Vec<u8>")
)]
pub struct CpcCounter {
    sketch: CpcSketch,
    /// Came from bytes, whose running sums nobody can check.
    read: bool,
}

impl CpcCounter {
    /// With 2^`lg_k` rows, from 4 to 26.
    ///
    /// # Errors
    /// [`Error::OutOfRange`].
    pub fn new(lg_k: u8) -> Result<Self, Error> {
        let sketch = CpcSketch::new(lg_k).map_err(|_| out_of_range("from 4 to 26", lg_k))?;
        Ok(Self { sketch, read: false })
    }

    /// Counts an id. A counter that was read goes on as a union does, with wider bounds.
    pub fn insert(&mut self, id: u64) {
        self.going_on().update(id);
    }

    /// Counts an id that is text.
    pub fn insert_text(&mut self, id: &str) {
        self.going_on().update(raw_bytes::from_str(id));
    }

    /// The sketch, by its marks alone where it was read: the sum that an unbroken count keeps would be only as good as its bytes.
    fn going_on(&mut self) -> &mut CpcSketch {
        if std::mem::take(&mut self.read)
            && let Some(united) = united(&self.sketch)
        {
            self.sketch = united;
        }
        &mut self.sketch
    }

    /// Whether nobody was counted.
    pub fn is_empty(&self) -> bool {
        self.sketch.is_empty()
    }

    /// How many different people, with bounds at two standard deviations.
    pub fn count(&self) -> DistinctCount {
        let (lower, upper) = self.bounds(Deviations::Two);
        DistinctCount { value: self.sketch.estimate(), lower, upper }
    }

    /// Lower and upper bound at another width.
    pub fn bounds(&self, deviations: Deviations) -> (f64, f64) {
        (self.sketch.lower_bound(deviations.foreign()), self.sketch.upper_bound(deviations.foreign()))
    }

    /// The compressed bytes, as Java, C++ and Python read them.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.sketch.serialize()
    }

    /// Reads a compressed sketch that was made with the usual seed.
    ///
    /// # Errors
    /// [`Error::Unreadable`] if the bytes are not such a sketch, or do not hold as many marks as they say.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let unreadable = |reason: &str| Error::Unreadable { format: "CPC sketch", reason: reason.to_owned() };
        let sketch = CpcSketch::deserialize(bytes).map_err(|fault| unreadable(fault.message()))?;
        let marks = |bytes: &[u8]| bytes.get(8..12).map(<[u8]>::to_vec);
        let recounted = united(&sketch).and_then(|united| marks(&united.serialize()));
        let counter = Self { sketch, read: true };
        let DistinctCount { value, lower, upper } = counter.count();
        if recounted != marks(bytes) {
            return Err(unreadable("its count is not that of its marks"));
        }
        if ![value, lower, upper].iter().all(|number| number.is_finite() && *number >= 0.0) {
            return Err(unreadable("its sum is not a number"));
        }
        Ok(counter)
    }
}

/// The marks of a sketch without its running sums.
fn united(sketch: &CpcSketch) -> Option<CpcSketch> {
    let mut union = CpcUnion::new(sketch.lg_k()).ok()?;
    union.update(sketch).ok()?;
    Some(union.to_sketch())
}

macro_rules! as_bytes {
    ($($counter:ident),+) => {$(
        impl TryFrom<Vec<u8>> for $counter {
            type Error = Error;

            fn try_from(bytes: Vec<u8>) -> Result<Self, Error> {
                Self::from_bytes(&bytes)
            }
        }

        impl From<$counter> for Vec<u8> {
            fn from(counter: $counter) -> Self {
                counter.to_bytes()
            }
        }
    )+};
}

as_bytes!(HllCounter, CpcCounter);

fn out_of_range(expected: &'static str, lg_k: u8) -> Error {
    Error::OutOfRange { field: "lg_k", expected, value: lg_k.to_string() }
}

/// What the bytes of a HyperLogLog must be beyond what its reader checks: sums that are those of the registers, and exceptions that belong to them. A wrong sum would be a wrong count, or none.
mod registers {
    /// Says what is wrong.
    pub(super) fn check(bytes: &[u8]) -> Result<(), &'static str> {
        const DATA: usize = 40;
        let [_, _, _, lg_k, _, flags, lowest, mode, ..] = *bytes else { return Err("too short") };
        if mode & 3 != 2 {
            return coupons(bytes, flags);
        }
        let (Some(hip), Some(kxq0), Some(kxq1)) = (float(bytes, 8), float(bytes, 16), float(bytes, 24)) else {
            return Err("too short");
        };
        let (Some(at_lowest), Some(exceptions), Some(data)) = (word(bytes, 32), word(bytes, 36), bytes.get(DATA..))
        else {
            return Err("too short");
        };
        let count = 1_usize << lg_k.min(21);
        let width = mode >> 2 & 3;
        let mut registers = match width {
            0 => four(data, count, lowest)?,
            1 => six(data, count)?,
            _ => data.get(..count).ok_or("too short")?.to_vec(),
        };
        if width == 0 {
            let after = data.get(count / 2..).ok_or("too short")?;
            except(&mut registers, after, exceptions, lg_k, lowest)?;
        }
        if registers.iter().any(|register| *register > 63) {
            return Err("a register is over 63");
        }
        let floor = if width == 0 { lowest } else { 0 };
        let least: u64 = registers.iter().map(|register| u64::from(*register == floor)).sum();
        if least != u64::from(at_lowest) || registers.iter().any(|register| *register < floor) {
            return Err("the number of lowest registers is not theirs");
        }
        let sum: f64 = registers.iter().map(|register| 1.0 / (1_u64 << register) as f64).sum();
        // The sums are kept by adding and taking away; they drift in the last digits.
        let close = (kxq0 + kxq1 - sum).abs() <= 1e-6 * sum;
        if !close || !(0.0..=1e300).contains(&hip) {
            return Err("its sums are not those of its registers");
        }
        Ok(())
    }

    /// Marks in a list or a set: none without a value.
    fn coupons(bytes: &[u8], flags: u8) -> Result<(), &'static str> {
        const COMPACT: u8 = 8;
        let start = if bytes.first() == Some(&3) { 12 } else { 8 };
        let marks = bytes.get(start..).unwrap_or_default().chunks_exact(4);
        let valid = |mark: &[u8]| mark.iter().all(|byte| *byte == 0) || mark.last().is_some_and(|top| top >> 2 > 0);
        if flags & COMPACT != 0 && !marks.clone().all(|mark| mark.last().is_some_and(|top| top >> 2 > 0))
            || !marks.clone().all(valid)
        {
            return Err("a mark has no value");
        }
        Ok(())
    }

    fn float(bytes: &[u8], at: usize) -> Option<f64> {
        bytes.get(at..)?.first_chunk().map(|eight| f64::from_le_bytes(*eight))
    }

    fn word(bytes: &[u8], at: usize) -> Option<u32> {
        bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
    }

    /// An exception, until it is known.
    const EXCEPTION: u8 = u8::MAX;

    fn four(data: &[u8], count: usize, lowest: u8) -> Result<Vec<u8>, &'static str> {
        let packed = data.get(..count / 2).ok_or("too short")?;
        let register = |nibble: u8| match nibble {
            15 => Ok(EXCEPTION),
            above => lowest.checked_add(above).filter(|register| *register <= 63).ok_or("a register is over 63"),
        };
        packed.iter().flat_map(|byte| [byte & 15, byte >> 4]).map(register).collect()
    }

    /// Puts the exceptions in their places; none may be left, and none may be elsewhere.
    fn except(registers: &mut [u8], bytes: &[u8], exceptions: u32, lg_k: u8, lowest: u8) -> Result<(), &'static str> {
        let mut found = 0;
        for mark in bytes.chunks_exact(4) {
            let Some(mark) = word(mark, 0).filter(|mark| *mark != 0) else { continue };
            if found == exceptions {
                break;
            }
            found += 1;
            let (slot, value) = (mark & ((1 << lg_k.min(21)) - 1), (mark >> 26) as u8);
            match registers.get_mut(slot as usize) {
                Some(register) if *register == EXCEPTION && value >= lowest.saturating_add(15) => *register = value,
                _ => return Err("an exception is not one of its register"),
            }
        }
        if found != exceptions || registers.contains(&EXCEPTION) {
            return Err("exceptions are missing");
        }
        Ok(())
    }

    fn six(data: &[u8], count: usize) -> Result<Vec<u8>, &'static str> {
        let mut registers = Vec::with_capacity(count);
        for index in 0..count {
            let bit = index * 6;
            let low = *data.get(bit / 8).ok_or("too short")?;
            let high = data.get(bit / 8 + 1).copied().unwrap_or(0);
            registers.push((u16::from_le_bytes([low, high]) >> (bit % 8) & 63) as u8);
        }
        Ok(registers)
    }
}
