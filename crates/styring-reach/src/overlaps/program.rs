//! The linear program over kinds of people: which channels reach them.

use super::Overlaps;
use super::feasible::{Certificate, ROUNDING};
use super::simplex::{Columns, Simplex};
use crate::Error;

/// Rows: the reach of each channel, then each known pair, then everybody. A kind of person is a mask of channels; the empty one, whom no channel reaches, is the slack of the last row.
#[derive(Debug)]
pub(super) struct Program {
    channels: usize,
    pairs: Vec<(usize, usize)>,
    /// The given numbers.
    right: Vec<f64>,
    /// The same with a very small population of all kinds added, in which the search never stands still: without it, numbers that few populations have (all channels the same people) lead in circles. What is certified is
    /// certified for the given numbers.
    searched: Vec<f64>,
}

/// How many people that population has.
const ADDED: f64 = 2e-10;

/// The nearest numbers that a population has.
pub(super) struct Shortfall {
    pub(super) amount: f64,
    pub(super) singles: Vec<f64>,
    pub(super) pairs: Vec<f64>,
}

/// Certified ends, and how far from them populations were found.
pub(super) struct Range {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) gap: f64,
}

impl Columns for Program {
    fn rows(&self) -> usize {
        self.right.len()
    }

    fn entries(&self, atom: usize) -> Vec<usize> {
        let mask = atom + 1;
        let has = |channel: usize| mask >> channel & 1 == 1;
        let pairs = self.pairs.iter().enumerate().filter(|(_, (i, j))| has(*i) && has(*j));
        let mut rows: Vec<usize> = (0..self.channels).filter(|channel| has(*channel)).collect();
        rows.extend(pairs.map(|(index, _)| self.channels + index));
        rows.push(self.right.len() - 1);
        rows
    }

    /// What each kind of person counts under weights on the rows, built up channel by channel.
    fn priced(&self, weights: &[f64]) -> Vec<f64> {
        let channels = self.channels;
        let mut of_pair = vec![0.0; channels * channels];
        for ((i, j), weight) in self.pairs.iter().zip(&weights[channels..]) {
            of_pair[i * channels + j] = *weight;
        }
        let mut counted = vec![weights[self.right.len() - 1]; 1 << channels];
        // With the last channel new: what the others count, itself, and its pairs with them.
        let mut with = vec![0.0; 1 << channels];
        for channel in 0..channels {
            let size = 1 << channel;
            with[0] = weights[channel];
            for low in 0..channel {
                let pair = of_pair[low * channels + channel];
                for rest in 0..1 << low {
                    with[(1 << low) + rest] = with[rest] + pair;
                }
            }
            for rest in 0..size {
                counted[size + rest] = counted[rest] + with[rest];
            }
        }
        counted.remove(0);
        counted
    }
}

impl Program {
    pub(super) fn new(overlaps: &Overlaps) -> Result<Self, Error> {
        let channels = overlaps.channels();
        if channels > Overlaps::MOST_SHARP {
            let expected = "at most 12 for the sharp interval; see `interval` for bounds";
            return Err(Error::OutOfRange { field: "channels", expected, value: channels.to_string() });
        }
        let pairs = overlaps.pairs().map(|(i, j, _)| (i, j)).collect();
        let mut right = overlaps.singles().to_vec();
        right.extend(overlaps.pairs().map(|(_, _, duplication)| duplication));
        right.push(1.0);
        let mut program = Self { channels, pairs, searched: right.clone(), right };
        program.add_population();
        Ok(program)
    }

    /// Kinds of different sizes, drawn by SplitMix64 (Steele, Lea and Flood 2014) so that they are the same everywhere.
    fn add_population(&mut self) {
        let kinds = (1_usize << self.channels) - 1;
        let mut state = 0_u64;
        for kind in 0..kinds {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let uniform = (mixed >> 11) as f64 / (1_u64 << 53) as f64;
            for row in self.entries(kind) {
                self.searched[row] += ADDED * (0.5 + uniform) / kinds as f64;
            }
        }
    }

    /// The numbers nearest in sum that a population has.
    pub(super) fn nearest(&self) -> Result<Shortfall, Error> {
        let mut simplex = Simplex::new(self, &self.searched);
        simplex.make_feasible()?;
        let reached = simplex.attained();
        let (singles, rest) = reached.split_at(self.channels);
        let pairs = rest[..self.pairs.len()].to_vec();
        Ok(Shortfall { amount: simplex.shortfall(), singles: singles.to_vec(), pairs })
    }

    /// The smallest and the largest reach.
    pub(super) fn range(&self) -> Result<Range, Error> {
        let mut feasible = Simplex::new(self, &self.searched);
        let weights = feasible.make_feasible()?;
        if feasible.shortfall() > ROUNDING {
            return Err(self.impossible(&weights, feasible.shortfall()));
        }
        feasible.leave_artificials();
        let (lowest, weights) = feasible.clone().minimise(1.0);
        let low = self.certified(&weights, 1.0);
        let (highest, weights) = feasible.minimise(-1.0);
        let high = -self.certified(&weights, -1.0);
        Ok(Range { low, high, gap: (lowest - low).max(high + highest).max(0.0) })
    }

    /// What the weights prove of the minimum of `cost` times the reach: for every population, Σ weight · number = Σ people · what they count ≤ cost · reach + the most that anybody counts too much.
    fn certified(&self, weights: &[f64], cost: f64) -> f64 {
        let nobody = weights[self.right.len() - 1];
        let too_much = self.priced(weights).into_iter().fold(nobody.max(0.0), |most, counted| most.max(counted - cost));
        let value: f64 = weights.iter().zip(&self.right).map(|(weight, number)| weight * number).sum();
        let size: f64 = weights.iter().map(|weight| weight.abs()).sum();
        // The rounding of the two sums themselves.
        let rounding = f64::EPSILON * (self.right.len() as f64 + 2.0) * (size + 1.0);
        value - too_much - rounding
    }

    fn impossible(&self, weights: &[f64], amount: f64) -> Error {
        let (singles, rest) = weights.split_at(self.channels);
        let pairs = self.pairs.iter().zip(rest).map(|((i, j), weight)| (*i, *j, *weight)).collect();
        let everybody = rest.last().copied().unwrap_or(0.0);
        let certificate = Certificate { singles: singles.to_vec(), pairs, everybody, amount };
        Error::Impossible { by: amount, certificate: Some(Box::new(certificate)) }
    }
}
