//! What may be published: small numbers withheld, and with them what they could be computed from.

use super::regions::{Mask, bits, in_order};
use super::{Pair, PairTable, Region, Regions, Size};
use crate::Error;

/// How many regions can be made ready for publication at once.
const MAX_CELLS: u64 = 256;

/// Regions as they may be published: `None` is a number that is withheld.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReleasedRegions {
    /// No number from 1 to below this is published.
    pub least: u64,
    /// The sets in order, with their sizes.
    pub sets: Vec<Size<Option<u64>>>,
    /// People in any set.
    pub union: Option<u64>,
    /// The regions that have people, by number of sets, then in the order of the sets.
    pub regions: Vec<Region<Option<u64>>>,
}

/// A pair table as it may be published.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ReleasedPairs {
    /// No number from 1 to below this is published.
    pub least: u64,
    /// Name and size of every set; `None` is withheld.
    pub sizes: Vec<Size<Option<u64>>>,
    /// Every pair, the earlier set as `a`.
    pub pairs: Vec<ReleasedPair>,
}

/// A pair as it may be published.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[allow(clippy::exhaustive_structs, reason = "two names, and all or nothing of their numbers")]
pub struct ReleasedPair {
    /// The first set.
    pub a: String,
    /// The second set.
    pub b: String,
    /// All numbers of the pair, or none: each of them gives the others away where the sizes are known.
    pub numbers: Option<Pair<u64>>,
}

impl PairTable<u64> {
    /// The table without small numbers: a size from 1 to below `least` is withheld, and all numbers of a pair if one of its four counts or its two sizes is small.
    ///
    /// **Guaranteed**: no number from 1 to below `least` is published, nor can one be computed from the published ones by adding and subtracting: `|A|`, `|B|` and `|A∩B|` are independent of each other and of
    /// the numbers of other pairs, and every number of a pair is a sum of these.
    ///
    /// **Not guaranteed**: bounds, since an overlap is at most the smaller set; what somebody knows otherwise; what another table of the same people gives away, that of their regions or that of
    /// yesterday. Zeros are published: that nobody is in both is no person's data.
    pub fn release(&self, least: u64) -> ReleasedPairs {
        let small = |count: u64| (1..least).contains(&count);
        let sizes: Vec<_> = self
            .sizes
            .iter()
            .map(|set| Size { name: set.name.clone(), size: (!small(set.size)).then_some(set.size) })
            .collect();
        let pairs = self.pairs.iter().map(|pair| {
            let both = pair.intersection;
            let counts =
                [both, pair.a_minus_b, pair.b_minus_a, pair.union, both + pair.a_minus_b, both + pair.b_minus_a];
            let numbers = (!counts.into_iter().any(small)).then(|| pair.clone());
            ReleasedPair { a: pair.a.clone(), b: pair.b.clone(), numbers }
        });
        ReleasedPairs { least, sizes, pairs: pairs.collect() }
    }
}

impl Regions<u64> {
    /// The regions without small numbers, and without others that give them away: exclusive and inclusive counts of the regions that occur, the sizes of the sets, the union.
    ///
    /// ```
    /// use styring_segments::overlap::Regions;
    ///
    /// // Three people are in A and B.
    /// let regions = Regions::from_counts(["A", "B"], [(0b01, 40), (0b10, 60), (0b11, 3)])?;
    /// let released = regions.release(20)?;
    /// assert_eq!(released.regions[2].exclusive, None);
    /// // |A| − (in A alone) would be 3: one of the two is withheld as well.
    /// assert!(released.sets[0].size.is_none() || released.regions[0].exclusive.is_none());
    /// # Ok::<(), styring_segments::Error>(())
    /// ```
    ///
    /// **Guaranteed**: (1) no number from 1 to below `least` is published; (2) none of those withheld for being small can be computed from the published ones by adding, subtracting and multiplying with
    /// constants, in whatever combination; (3) a published size, union or inclusive count less all published exclusive counts inside it is not from 1 to below `least` either.
    ///
    /// **Not guaranteed**: bounds. That counts are not negative can narrow a withheld number down, in rare tables to one value. Nor what somebody knows otherwise, or what another table of the same people gives
    /// away: publish this one or the pairs, not both, and not every day. Zeros are published, by regions that are not there.
    ///
    /// Withholds as little as one number at a time allows: an inclusive count before an exclusive one, small before large, sizes last. Whether a number can be computed is decided by elimination
    /// modulo 2⁶¹ − 1, which is exact as long as the numbers in it are not multiples of that. Cost: at most regions⁴; in practice a few times regions³.
    ///
    /// Source: complementary cell suppression, Willenborg and de Waal 2001, *Elements of Statistical Disclosure Control*.
    ///
    /// # Errors
    /// [`Error::TooMany`] above 256 regions: publish fewer sets at once.
    pub fn release(&self, least: u64) -> Result<ReleasedRegions, Error> {
        let cells = self.masks().len() as u64;
        if cells > MAX_CELLS {
            return Err(Error::TooMany { what: "regions", limit: MAX_CELLS, given: cells });
        }
        let mut table = Table::new(self, least);
        table.withhold();
        let sets = self.names().iter().zip(&table.sizes);
        let mut regions: Vec<Region<Option<u64>>> = (0..self.masks().len())
            .map(|cell| {
                let mask = self.masks()[cell].0;
                let (exclusive, inclusive) = (table.exclusive[cell].told(), table.inclusive[cell].told());
                Region { mask, sets: self.named(mask), exclusive, inclusive }
            })
            .collect();
        regions.sort_by_key(|region| in_order(region.mask));
        Ok(ReleasedRegions {
            least,
            sets: sets.map(|(name, size)| Size { name: name.clone(), size: size.told() }).collect(),
            union: table.union.told(),
            regions,
        })
    }
}

/// A number of a table, a sum of exclusive regions.
#[derive(Debug, Clone)]
struct Number {
    /// The regions it sums.
    of: Vec<bool>,
    value: u64,
    small: bool,
    published: bool,
}

impl Number {
    fn told(&self) -> Option<u64> {
        self.published.then_some(self.value)
    }
}

/// All numbers of a table of regions.
struct Table {
    least: u64,
    exclusive: Vec<Number>,
    inclusive: Vec<Number>,
    sizes: Vec<Number>,
    union: Number,
}

impl Table {
    fn new(regions: &Regions<u64>, least: u64) -> Self {
        let masks = regions.masks();
        let number = |which: &dyn Fn(Mask) -> bool| {
            let of: Vec<bool> = masks.iter().map(|(mask, _)| which(*mask)).collect();
            let value = regions.counted(which);
            let small = (1..least).contains(&value);
            Number { of, value, small, published: !small }
        };
        let each =
            |which: fn(Mask, Mask) -> bool| masks.iter().map(|(own, _)| number(&|mask| which(mask, *own))).collect();
        Self {
            least,
            exclusive: each(|mask, own| mask == own),
            inclusive: each(|mask, own| mask & own == own),
            sizes: (0..regions.names().len()).map(|bit| number(&|mask| bits(mask).any(|of| of == bit))).collect(),
            union: number(&|_| true),
        }
    }

    /// Sums of several regions: inclusive counts, then sizes, then the union.
    fn sums(&self) -> impl Iterator<Item = &Number> {
        self.inclusive.iter().chain(&self.sizes).chain([&self.union])
    }

    fn sum_mut(&mut self, at: usize) -> Option<&mut Number> {
        self.inclusive.iter_mut().chain(&mut self.sizes).chain([&mut self.union]).nth(at)
    }

    /// Withholds numbers until none that is small can be computed.
    fn withhold(&mut self) {
        loop {
            let culprits = match self.small_remainder() {
                Some(sum) => vec![sum],
                None => match self.given_away() {
                    Some(sums) => sums,
                    None => return,
                },
            };
            self.withhold_one(&culprits);
        }
    }

    /// A published sum that less its published regions is small.
    fn small_remainder(&self) -> Option<usize> {
        self.sums().position(|sum| {
            let known = sum.of.iter().zip(&self.exclusive).filter(|(inside, cell)| **inside && cell.published);
            let rest = sum.value - known.map(|(_, cell)| cell.value).sum::<u64>();
            sum.published && (1..self.least).contains(&rest)
        })
    }

    /// Published sums that together give a small number away.
    fn given_away(&self) -> Option<Vec<usize>> {
        let unknown: Vec<usize> = (0..self.exclusive.len()).filter(|cell| !self.exclusive[*cell].published).collect();
        let row = |number: &Number| -> Vec<u64> { unknown.iter().map(|cell| u64::from(number.of[*cell])).collect() };
        let published: Vec<(usize, &Number)> = self.sums().enumerate().filter(|(_, sum)| sum.published).collect();
        let mut span = Span::default();
        for (at, (_, sum)) in published.iter().enumerate() {
            span.add(row(sum), at, published.len());
        }
        let secrets = self.exclusive.iter().chain(self.sums()).filter(|number| number.small);
        let mut found = secrets.filter_map(|secret| span.combination(row(secret), published.len()));
        found.next().map(|used| used.into_iter().map(|at| published[at].0).collect())
    }

    /// Withholds one number that takes part: an inclusive count, else an exclusive count inside, else a sum.
    fn withhold_one(&mut self, culprits: &[usize]) {
        let sums: Vec<&Number> = self.sums().collect();
        let value = |at: &&usize| sums.get(**at).map_or(u64::MAX, |sum| sum.value);
        let inclusive = culprits.iter().filter(|at| **at < self.inclusive.len()).min_by_key(value).copied();
        let inside = |cell: usize| culprits.iter().any(|at| sums.get(*at).is_some_and(|sum| sum.of[cell]));
        let cell = (0..self.exclusive.len())
            .filter(|cell| self.exclusive[*cell].published && inside(*cell))
            .min_by_key(|cell| self.exclusive[*cell].value);
        let last = culprits.iter().min_by_key(value).copied();
        match (inclusive, cell) {
            (None, Some(cell)) => self.exclusive[cell].published = false,
            (sum, _) => {
                let number = sum.or(last).and_then(|at| self.sum_mut(at));
                number.map(|sum| sum.published = false).unwrap_or_default();
            }
        }
    }
}

/// What can be made of some rows by adding and multiplying, modulo a prime.
#[derive(Default)]
struct Span {
    /// Reduced rows: where the first number that is not 0 stands, the row, and of which rows it was made.
    rows: Vec<(usize, Vec<u64>, Vec<u64>)>,
}

const PRIME: u64 = (1 << 61) - 1;

impl Span {
    fn add(&mut self, row: Vec<u64>, at: usize, count: usize) {
        let mut of = vec![0; count];
        of[at] = 1;
        let (row, of) = self.reduce(row, of);
        if let Some(first) = row.iter().position(|value| *value != 0) {
            let scale = inverse(row[first]);
            let scaled = |row: Vec<u64>| row.into_iter().map(|value| times(value, scale)).collect();
            self.rows.push((first, scaled(row), scaled(of)));
        }
    }

    /// Which rows a row is made of; `None` if it cannot be.
    fn combination(&self, row: Vec<u64>, count: usize) -> Option<Vec<usize>> {
        let (rest, of) = self.reduce(row, vec![0; count]);
        let made = rest.iter().all(|value| *value == 0);
        made.then(|| (0..count).filter(|at| of[*at] != 0).collect())
    }

    fn reduce(&self, mut row: Vec<u64>, mut of: Vec<u64>) -> (Vec<u64>, Vec<u64>) {
        for (first, known, made_of) in &self.rows {
            let factor = PRIME - row[*first];
            if factor != PRIME {
                let add = |to: &mut Vec<u64>, from: &[u64]| {
                    to.iter_mut().zip(from).for_each(|(to, from)| *to = (*to + times(*from, factor)) % PRIME);
                };
                add(&mut row, known);
                add(&mut of, made_of);
            }
        }
        (row, of)
    }
}

#[allow(clippy::cast_possible_truncation, reason = "what is left is below the prime")]
fn times(a: u64, b: u64) -> u64 {
    (u128::from(a) * u128::from(b) % u128::from(PRIME)) as u64
}

/// By Fermat: `a^(p−2)`.
fn inverse(a: u64) -> u64 {
    let (mut result, mut power, mut exponent) = (1, a, PRIME - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, power);
        }
        power = times(power, power);
        exponent >>= 1;
    }
    result
}
