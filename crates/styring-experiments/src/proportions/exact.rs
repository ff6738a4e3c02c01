use core::f64::consts::FRAC_PI_2;

use crate::binomial::{Hypergeometric, TIE, ln_probability};
use crate::{Alternative, Error};

use super::{Table, TwoProportions};

/// The largest arm for which tables are enumerated.
const MOST: u64 = 20_000;

/// A test over all tables with the same arms, at the rate that makes it least sure.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Unconditional {
    statistic: f64,
    p_value: f64,
    rate: f64,
}

impl Unconditional {
    /// By which tables were ordered: the pooled z (Barnard), or Fisher's one-sided p (Boschloo).
    pub fn statistic(self) -> f64 {
        self.statistic
    }

    /// The probability of tables as extreme, at its greatest over all common rates.
    pub fn p_value(self) -> f64 {
        self.p_value
    }

    /// The common rate at which it is greatest.
    pub fn rate(self) -> f64 {
        self.rate
    }
}

impl TwoProportions {
    /// Fisher's exact test, given how many converted in both arms together.
    ///
    /// Two-sided it adds up all tables that are no more probable than the one seen; tables within a part in 10⁹ count as equally probable. Conservative: [`TwoProportions::boschloo`] has more power and
    /// keeps the level too.
    ///
    /// # Cost
    ///
    /// Grows with the standard deviation of the hypergeometric distribution, at most with the root of the trials.
    pub fn fisher(self, alternative: Alternative) -> f64 {
        let x = self.treatment.successes();
        // More than 2⁶⁴ conversions cannot have been merged, but two arms may hold them.
        let total = x.saturating_add(self.control.successes());
        let tables = Hypergeometric::new(self.treatment.trials(), self.control.trials(), total);
        match alternative {
            Alternative::TwoSided => tables.no_more_probable(x),
            Alternative::Greater => tables.at_least(x),
            Alternative::Less => tables.at_most(x),
        }
    }

    /// Barnard's exact test (1945): all tables with the same arms, ordered by the pooled z, at the common rate that makes the p-value greatest.
    ///
    /// Tables whose z is equal but for rounding (a part in 10⁹) count as equally extreme.
    ///
    /// # Cost
    ///
    /// (n₁ + n₂) × √(n₁ + n₂).
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for arms of more than 20 000; the score test is as good as exact there.
    pub fn barnard(self, alternative: Alternative) -> Result<Unconditional, Error> {
        let (n1, n2) = self.enumerable()?;
        let observed = self.table().pooled_z();
        let z = |x1: u64, x2: u64| pooled_z(x1, n1, x2, n2);
        let room = TIE * observed.abs().max(1.0);
        // Both are sets of tables in which more conversions in the control are further from "greater".
        let upper = |bound: f64| Region::new(n1, n2, move |x1, x2| z(x1, x2) >= bound - room);
        let lower = |bound: f64| Region::new(n1, n2, move |x1, x2| z(x1, x2) > bound + room);
        let (p_value, rate) = match alternative {
            Alternative::Greater => greatest(n1, n2, &[(upper(observed), false)]),
            Alternative::Less => greatest(n1, n2, &[(lower(observed), true)]),
            Alternative::TwoSided => {
                let far = observed.abs();
                if far <= room { (1.0, 0.5) } else { greatest(n1, n2, &[(upper(far), false), (lower(-far), true)]) }
            }
        };
        Ok(Unconditional { statistic: observed, p_value, rate })
    }

    /// Boschloo's exact test (1970): as Barnard's, with tables ordered by Fisher's one-sided p-value. Never less powerful than Fisher's test; two-sided twice the smaller side.
    ///
    /// # Cost
    ///
    /// As [`TwoProportions::barnard`].
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for arms of more than 20 000.
    pub fn boschloo(self, alternative: Alternative) -> Result<Unconditional, Error> {
        let (n1, n2) = self.enumerable()?;
        let above = || {
            let observed = self.fisher(Alternative::Greater);
            let fisher = |x1: u64, x2: u64| Hypergeometric::new(n1, n2, x1 + x2).at_least(x1);
            let region = Region::new(n1, n2, |x1, x2| fisher(x1, x2) <= observed * (1.0 + TIE));
            let (p_value, rate) = greatest(n1, n2, &[(region, false)]);
            Unconditional { statistic: observed, p_value, rate }
        };
        let below = || {
            let observed = self.fisher(Alternative::Less);
            let fisher = |x1: u64, x2: u64| Hypergeometric::new(n1, n2, x1 + x2).at_most(x1);
            let region = Region::new(n1, n2, |x1, x2| fisher(x1, x2) > observed * (1.0 + TIE));
            let (p_value, rate) = greatest(n1, n2, &[(region, true)]);
            Unconditional { statistic: observed, p_value, rate }
        };
        Ok(match alternative {
            Alternative::Greater => above(),
            Alternative::Less => below(),
            Alternative::TwoSided => {
                let (above, below) = (above(), below());
                let smaller = if above.p_value <= below.p_value { above } else { below };
                Unconditional { p_value: (2.0 * smaller.p_value).min(1.0), ..smaller }
            }
        })
    }

    fn enumerable(self) -> Result<(u64, u64), Error> {
        for (field, arm) in [("trials of the treatment", self.treatment), ("trials of the control", self.control)] {
            if arm.trials() > MOST {
                return Err(Error::range(field, "at most 20000 where all tables are enumerated", arm.trials()));
            }
        }
        Ok((self.treatment.trials(), self.control.trials()))
    }
}

fn pooled_z(x1: u64, n1: u64, x2: u64, n2: u64) -> f64 {
    let float = |count: u64| count as f64;
    #[allow(clippy::cast_precision_loss, reason = "a product of two numbers below 20 000")]
    let apart = (i128::from(x1) * i128::from(n2) - i128::from(x2) * i128::from(n1)) as f64;
    let table = Table {
        x1: float(x1),
        f1: float(n1 - x1),
        n1: float(n1),
        x2: float(x2),
        f2: float(n2 - x2),
        n2: float(n2),
        d: apart / float(n1) / float(n2),
    };
    table.pooled_z()
}

/// A set of tables: for each number of conversions in the treatment, how many numbers in the control, from none upwards, belong to it.
struct Region(Vec<u64>);

impl Region {
    /// From a condition that holds for the fewest conversions in the control, and for the more the more the treatment has.
    fn new(n1: u64, n2: u64, belongs: impl Fn(u64, u64) -> bool) -> Self {
        let mut first_out = 0;
        let counts = (0..=n1).map(|x1| {
            while first_out <= n2 && belongs(x1, first_out) {
                first_out += 1;
            }
            first_out
        });
        Self(counts.collect())
    }
}

/// The greatest probability, over the common rate, of the regions together; a region is taken as it is or, if said so, all outside it.
fn greatest(n1: u64, n2: u64, regions: &[(Region, bool)]) -> (f64, f64) {
    let at = |angle: f64| {
        let sine = libm::sin(angle);
        let cosine = libm::cos(angle);
        probability(n1, n2, sine * sine, cosine * cosine, regions)
    };
    // Rates in steps of their own spread: each binomial varies over 1/(2√n) of the angle, and a twentieth of that misses no hill.
    let trials = (n1 + n2) as f64;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand")]
    let steps = (64.0 + 32.0 * libm::sqrt(trials)) as usize;
    let angle = |step: usize| FRAC_PI_2 * (step as f64 / steps as f64);
    let heights: Vec<f64> = (0..=steps).map(|step| at(angle(step))).collect();
    let top = heights.iter().copied().fold(0.0, f64::max);
    let mut best = (0.0, 0.5);
    for (step, height) in heights.iter().enumerate() {
        let before = step.checked_sub(1).and_then(|before| heights.get(before)).unwrap_or(&0.0);
        let after = heights.get(step + 1).unwrap_or(&0.0);
        // A hill that may be the highest once climbed.
        if height >= before && height >= after && *height > 0.98 * top {
            let (found, height) = climb(at, angle(step.saturating_sub(1)), angle((step + 1).min(steps)));
            if height > best.0 {
                let sine = libm::sin(found);
                best = (height, sine * sine);
            }
        }
    }
    (best.0.min(1.0), best.1)
}

/// The highest point between two angles with one hill, by golden section; the ends count.
fn climb(at: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> (f64, f64) {
    const GOLDEN: f64 = 0.618_033_988_749_894_8;
    let mut best = [low, high]
        .map(|angle| (angle, at(angle)))
        .into_iter()
        .fold((low, 0.0), |best, this| if this.1 > best.1 { this } else { best });
    let (mut left, mut right) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
    let (mut at_left, mut at_right) = (at(left), at(right));
    for _ in 0..40 {
        if at_left > at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - GOLDEN * (high - low);
            at_left = at(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + GOLDEN * (high - low);
            at_right = at(right);
        }
    }
    for this in [(left, at_left), (right, at_right)] {
        if this.1 > best.1 {
            best = this;
        }
    }
    best
}

/// The probability of the regions at a rate p = 1 − q.
fn probability(n1: u64, n2: u64, p: f64, q: f64, regions: &[(Region, bool)]) -> f64 {
    let first = probabilities(n1, p, q);
    let second = probabilities(n2, p, q);
    // Sums from the ends, so that a far tail keeps its digits.
    let mut below = vec![0.0; second.len() + 1];
    for (index, probability) in second.iter().enumerate() {
        below[index + 1] = below[index] + probability;
    }
    let mut above = vec![0.0; second.len() + 1];
    for (index, probability) in second.iter().enumerate().rev() {
        above[index] = above[index + 1] + probability;
    }
    let mut sum = 0.0;
    for (Region(counts), outside) in regions {
        for (probability, count) in first.iter().zip(counts) {
            #[allow(clippy::cast_possible_truncation, reason = "at most 20 001")]
            let count = *count as usize;
            sum += probability * if *outside { above[count] } else { below[count] };
        }
    }
    sum
}

/// All probabilities of a binomial, from the mode outwards.
fn probabilities(n: u64, p: f64, q: f64) -> Vec<f64> {
    let trials = n as f64;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the trials")]
    let mode = ((trials + 1.0) * p).min(trials) as usize;
    #[allow(clippy::cast_possible_truncation, reason = "at most 20 000")]
    let mut all = vec![0.0; n as usize + 1];
    all[mode] = libm::exp(ln_probability(mode as f64, trials, p, q));
    for x in mode..all.len() - 1 {
        all[x + 1] = all[x] * ((trials - x as f64) / (x as f64 + 1.0) * (p / q));
    }
    for x in (0..mode).rev() {
        all[x] = all[x + 1] * ((x as f64 + 1.0) / (trials - x as f64) * (q / p));
    }
    all
}
