//! Permutation tests and the bootstrap: for few values, and for quantities without a formula.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;
use styring_special::{Split, normal, normal_inv};

use crate::student_pivot::{Question, of_tails};
use crate::{Error, Hypothesis, Readout, Scale, Seed};

/// How much is resampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Plan {
    /// Every rearrangement is tried if there are no more than this; 100 000.
    pub exact_up_to: u64,
    /// So many are drawn otherwise; 9 999. A p-value is then at least one in one more than this.
    pub resamples: u32,
    /// Where drawing begins.
    pub seed: Seed,
}

impl Default for Plan {
    fn default() -> Self {
        Self { exact_up_to: 100_000, resamples: 9_999, seed: Seed(1) }
    }
}

impl From<Seed> for Plan {
    fn from(seed: Seed) -> Self {
        Self { seed, ..Self::default() }
    }
}

/// The difference of means by rearranging who was treated (Fisher 1935, Pitman 1937): exact for the hypothesis of a shift alike for all, whatever the distribution.
///
/// # Formula
/// The p-value is the share of rearrangements, the data's own among them, with a difference as large; two-sided, twice the smaller. Exchanging some of the treated for as many controls ties
/// with the data at the shift mean(exchanged treated) − mean(exchanged controls). So the shifts that are not rejected end at places in one sorted list of these (Garthwaite 1996, exactly).
///
/// # Errors
///
/// [`Error::TooFew`] without values in an arm or without resamples; [`Error::OutOfRange`] for a value that is not finite.
///
/// ```
/// use styring_experiments::{Level, resampling::{Plan, permutation}};
///
/// let control = [102.0, 98.0, 110.0, 95.0];
/// let treatment = [125.0, 119.0, 108.0, 131.0];
/// let readout = permutation(&control, &treatment, Level::P90, Plan::default())?;
/// assert_eq!(readout.estimate(), Some(19.5));
/// assert!((readout.p_value() - 4.0 / 70.0).abs() < 1e-12);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn permutation(
    control: &[f64],
    treatment: &[f64],
    hypothesis: impl Into<Hypothesis>,
    plan: Plan,
) -> Result<Readout, Error> {
    let question = Question::of(hypothesis, 0.0)?;
    check(control)?;
    check(treatment)?;
    let (n, m) = (control.len(), treatment.len());
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let estimate = mean(treatment) - mean(control);
    // Places below n are controls, others treated; the chosen are the treated of a rearrangement.
    let shift = |chosen: &mut dyn Iterator<Item = usize>, stays: &mut [bool]| {
        stays.fill(false);
        let (mut entering, mut entered) = (0.0, 0);
        for place in chosen {
            match control.get(place) {
                Some(value) => (entering, entered) = (entering + value, entered + 1),
                None => stays[place - n] = true,
            }
        }
        let leaving: f64 = treatment.iter().zip(&*stays).filter(|(_, stays)| !**stays).map(|(value, _)| value).sum();
        (entered > 0).then(|| tied(leaving / f64::from(entered), entering / f64::from(entered), question.null))
    };
    let mut stays = vec![false; m];
    let mut shifts = Vec::new();
    let all = if combinations(n + m, m) <= plan.exact_up_to as f64 {
        let mut chosen: Vec<usize> = (0..m).collect();
        let mut all = 0;
        loop {
            shifts.extend(shift(&mut chosen.iter().copied(), &mut stays));
            all += 1;
            // The next choice in dictionary order.
            let Some(last) = (0..m).rev().find(|&i| chosen[i] < n + i) else { break };
            let place = chosen[last] + 1;
            for (offset, chosen) in chosen[last..].iter_mut().enumerate() {
                *chosen = place + offset;
            }
        }
        all
    } else {
        let mut random = plan.seed.generator();
        let mut places: Vec<usize> = (0..n + m).collect();
        for _ in 0..drawn(plan)? {
            for i in 0..m {
                let other = i + below(&mut random, n + m - i);
                places.swap(i, other);
            }
            shifts.extend(shift(&mut places.iter().copied().take(m), &mut stays));
        }
        // Draws in which nobody changed sides tie at every shift, as the data do.
        plan.resamples as usize + 1
    };
    by_shifts(shifts, all, estimate, question)
}

/// The mean of paired differences by changing signs: exact where the differences are symmetric about a shift.
///
/// # Formula
/// As [`permutation`]; changing the signs of some differences ties with the data at their mean.
///
/// # Errors
///
/// Those of [`permutation`].
///
/// ```
/// use styring_experiments::{Level, resampling::{Plan, sign_flips}};
///
/// let readout = sign_flips(&[1.2, 0.4, 2.0, -0.3, 0.9], Level::P90, Plan::default())?;
/// assert!((readout.p_value() - 0.125).abs() < 1e-12);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn sign_flips(differences: &[f64], hypothesis: impl Into<Hypothesis>, plan: Plan) -> Result<Readout, Error> {
    let question = Question::of(hypothesis, 0.0)?;
    check(differences)?;
    let n = differences.len();
    let estimate = differences.iter().sum::<f64>() / n as f64;
    let shift = |flips: &mut dyn FnMut(usize) -> bool| {
        let (mut sum, mut count) = (0.0, 0_u32);
        for (place, value) in differences.iter().enumerate() {
            if flips(place) {
                (sum, count) = (sum + value, count + 1);
            }
        }
        (count > 0).then(|| tied(sum / f64::from(count), 0.0, question.null))
    };
    let mut shifts = Vec::new();
    let all = if n < 63 && 1_u64 << n <= plan.exact_up_to {
        for pattern in 0..1_u64 << n {
            shifts.extend(shift(&mut |place| pattern >> place & 1 == 1));
        }
        1 << n
    } else {
        let mut random = plan.seed.generator();
        for _ in 0..drawn(plan)? {
            let mut bits = 0;
            shifts.extend(shift(&mut |place| {
                if place % 64 == 0 {
                    bits = random.next_u64();
                }
                bits >> (place % 64) & 1 == 1
            }));
        }
        plan.resamples as usize + 1
    };
    by_shifts(shifts, all, estimate, question)
}

/// The shift at which a rearrangement ties with the data; the null itself if rounding alone keeps it away.
fn tied(leaving: f64, entering: f64, null: f64) -> f64 {
    let shift = leaving - entering;
    if (shift - null).abs() <= 1e-12 * (leaving.abs() + entering.abs() + null.abs()) { null } else { shift }
}

/// P-value and set from the shifts at which rearrangements tie with the data. Those of `all` without such a shift tie everywhere.
fn by_shifts(mut shifts: Vec<f64>, all: usize, estimate: f64, question: Question) -> Result<Readout, Error> {
    let Question { level, alternative, null } = question;
    if !estimate.is_finite() || shifts.iter().any(|shift| !shift.is_finite()) {
        return Err(Error::range("difference", "within the range of a number", estimate));
    }
    shifts.sort_unstable_by(f64::total_cmp);
    let always = all - shifts.len();
    let share = |count: usize| count as f64 / all as f64;
    let as_large = share(always + shifts.partition_point(|shift| *shift <= null));
    let as_small = share(all - shifts.partition_point(|shift| *shift < null));
    let p = of_tails(as_small, as_large, alternative);
    // How many must tie or exceed for the share not to be too small.
    let (mut needed, mut enough) = (0, all);
    while needed < enough {
        let middle = usize::midpoint(needed, enough);
        if of_tails(share(middle), share(middle), alternative) < level.alpha() {
            needed = middle + 1;
        } else {
            enough = middle;
        }
    }
    let (low, high) = match needed.checked_sub(always + 1) {
        None => (f64::NEG_INFINITY, f64::INFINITY),
        Some(place) => (
            shifts.get(place).copied().unwrap_or(f64::INFINITY),
            shifts
                .len()
                .checked_sub(place + 1)
                .and_then(|place| shifts.get(place))
                .copied()
                .unwrap_or(f64::NEG_INFINITY),
        ),
    };
    let set = question.set(low, high);
    Ok(Readout::new("permutation", Scale::Difference, (Some(estimate), null), set, p, (level, alternative)))
}

/// How many ways there are to choose m of n, near enough to hold against a limit.
fn combinations(n: usize, m: usize) -> f64 {
    (0..m.min(n - m)).fold(1.0, |product, i| product * (n - i) as f64 / (i + 1) as f64).round()
}

fn drawn(plan: Plan) -> Result<u32, Error> {
    if plan.resamples == 0 { Err(Error::TooFew { what: "resamples", needed: 1, given: 0 }) } else { Ok(plan.resamples) }
}

fn check(values: &[f64]) -> Result<(), Error> {
    if values.is_empty() {
        return Err(Error::TooFew { what: "values in an arm", needed: 1, given: 0 });
    }
    match values.iter().find(|value| !value.is_finite()) {
        Some(value) => Err(Error::range("value", "a number", value)),
        None => Ok(()),
    }
}

/// A whole number below `end`, each as probable (Lemire 2019).
#[allow(clippy::cast_possible_truncation, reason = "the halves of a product")]
fn below(random: &mut ChaCha8Rng, end: usize) -> usize {
    let end = end as u64;
    loop {
        let product = u128::from(random.next_u64()) * u128::from(end);
        let (high, low) = ((product >> 64) as u64, product as u64);
        if low >= end || low >= end.wrapping_neg() % end {
            return high as usize;
        }
    }
}

/// Any quantity of two arms, resampled within each (Efron 1979).
///
/// Draw once, then ask for intervals. It needs some fifty values an arm, and more for heavy tails: it cannot show what the sample did not hold.
///
/// ```
/// use styring_experiments::{Level, Seed, resampling::{Bootstrap, Interval}};
///
/// let control: Vec<f64> = (0..60).map(|i| f64::from(i * i % 47)).collect();
/// let treatment: Vec<f64> = (0..60).map(|i| 10.0 + f64::from(i * i % 53)).collect();
/// let median = |values: &[f64]| {
///     let mut values = values.to_vec();
///     values.sort_unstable_by(f64::total_cmp);
///     values[values.len() / 2]
/// };
/// let bootstrap = Bootstrap::new(&control, &treatment, |c, t| median(t) - median(c), 2_000, Seed(7))?;
/// let readout = bootstrap.readout(Interval::Bca, Level::P95)?;
/// assert!(readout.p_value() < 0.05);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Bootstrap {
    estimate: f64,
    /// Smallest first.
    resampled: Vec<f64>,
    bias: f64,
    acceleration: f64,
}

/// How an interval is read from resamples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Interval {
    /// Between quantiles of the resamples.
    Percentile,
    /// Those mirrored at the estimate.
    Basic,
    /// Between quantiles that are moved for bias and for an error that changes with the estimate (bias-corrected and accelerated, Efron 1987). The default.
    #[default]
    Bca,
}

impl Bootstrap {
    /// Draws `resamples` times from both arms; n + m for each, and once more for each value left out.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] with fewer than two values in an arm, or without resamples; [`Error::OutOfRange`] for a value, or for a result of `statistic`, that is not finite.
    pub fn new(
        control: &[f64],
        treatment: &[f64],
        statistic: impl Fn(&[f64], &[f64]) -> f64,
        resamples: u32,
        seed: Seed,
    ) -> Result<Self, Error> {
        check(control)?;
        check(treatment)?;
        let given = control.len().min(treatment.len()) as u64;
        if given < 2 {
            return Err(Error::TooFew { what: "values in an arm", needed: 2, given });
        }
        drawn(Plan { resamples, ..Plan::default() })?;
        let statistic = |control: &[f64], treatment: &[f64]| match statistic(control, treatment) {
            value if value.is_finite() => Ok(value + 0.0),
            value => Err(Error::range("statistic", "a number", value)),
        };
        let estimate = statistic(control, treatment)?;
        let mut random = seed.generator();
        let (mut one, mut other) = (control.to_vec(), treatment.to_vec());
        let mut resampled = Vec::with_capacity(resamples as usize);
        for _ in 0..resamples {
            for (from, to) in [(control, &mut one), (treatment, &mut other)] {
                for to in to.iter_mut() {
                    *to = from[below(&mut random, from.len())];
                }
            }
            resampled.push(statistic(&one, &other)?);
        }
        resampled.sort_unstable_by(f64::total_cmp);
        let (under, up_to) = (
            resampled.partition_point(|value| *value < estimate) as f64,
            resampled.partition_point(|value| *value <= estimate) as f64,
        );
        let all = f64::from(resamples);
        let bias =
            normal_inv(Split::from_lower((f64::midpoint(under, up_to) / all).clamp(0.5 / all, 1.0 - 0.5 / all))?);
        let without = |values: &[f64], left_out: usize| {
            let mut rest = values.to_vec();
            rest.remove(left_out);
            rest
        };
        let leave_out = |values: &[f64], with: &dyn Fn(&[f64]) -> Result<f64, Error>| {
            let values = (0..values.len()).map(|i| with(&without(values, i))).collect::<Result<Vec<_>, _>>()?;
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            let influence = |value: &f64| (n - 1.0) / n * (mean - value);
            let squares: f64 = values.iter().map(|value| influence(value).powi(2)).sum();
            Ok::<_, Error>((squares, values.iter().map(|value| influence(value).powi(3)).sum::<f64>()))
        };
        let (squares, cubes) = leave_out(control, &|rest| statistic(rest, treatment))?;
        let (more_squares, more_cubes) = leave_out(treatment, &|rest| statistic(control, rest))?;
        let acceleration = (cubes + more_cubes) / (6.0 * (squares + more_squares).powf(1.5));
        let acceleration = if acceleration.is_finite() { acceleration } else { 0.0 };
        Ok(Self { estimate, resampled, bias, acceleration })
    }

    /// What the data gave.
    pub fn estimate(&self) -> f64 {
        self.estimate
    }

    /// What the resamples gave, smallest first.
    pub fn resampled(&self) -> &[f64] {
        &self.resampled
    }

    /// An interval, and the p-value at which its end would be the null. An end that lies beyond the resamples is open; a p-value is at least one in one more than their number, twice that
    /// two-sided.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a null that is no number.
    pub fn readout(&self, interval: Interval, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let question = Question::of(hypothesis, 0.0)?;
        let Question { level, alternative, null } = question;
        let tail = question.tail();
        let (low, high) = (self.low(interval, tail)?, self.high(interval, tail)?);
        let set = question.set(low, high);
        let p = of_tails(self.above(interval, null)?, self.below(interval, null)?, alternative);
        let method = match interval {
            Interval::Percentile => "bootstrap, percentile",
            Interval::Basic => "bootstrap, basic",
            Interval::Bca => "bootstrap, BCa",
        };
        Ok(Readout::new(method, Scale::Difference, (Some(self.estimate), null), set, p, (level, alternative)))
    }

    /// The lower end; open below the resamples, but never above them.
    fn low(&self, interval: Interval, tail: f64) -> Result<f64, Error> {
        if tail < self.least() {
            return Ok(f64::NEG_INFINITY);
        }
        let [first, last] = self.limits();
        Ok(match interval {
            Interval::Percentile => self.quantile(Split::from_lower(tail)?).min(last),
            Interval::Basic => 2.0 * self.estimate - self.quantile(Split::from_upper(tail)?).max(first),
            Interval::Bca => self.quantile(self.moved(normal_inv(Split::from_lower(tail)?))?).min(last),
        })
    }

    fn high(&self, interval: Interval, tail: f64) -> Result<f64, Error> {
        if tail < self.least() {
            return Ok(f64::INFINITY);
        }
        let [first, last] = self.limits();
        Ok(match interval {
            Interval::Percentile => self.quantile(Split::from_upper(tail)?).max(first),
            Interval::Basic => 2.0 * self.estimate - self.quantile(Split::from_lower(tail)?).min(last),
            Interval::Bca => self.quantile(self.moved(normal_inv(Split::from_upper(tail)?))?).max(first),
        })
    }

    /// The smallest and the largest of the resamples.
    fn limits(&self) -> [f64; 2] {
        let end = |value: Option<&f64>| value.copied().unwrap_or(self.estimate);
        [end(self.resampled.first()), end(self.resampled.last())]
    }

    /// The largest tail whose lower end is at or below a value.
    fn below(&self, interval: Interval, value: f64) -> Result<f64, Error> {
        let tail = match interval {
            Interval::Percentile => self.rank(value, true)?.lower(),
            Interval::Basic => self.rank(2.0 * self.estimate - value, false)?.upper(),
            Interval::Bca => self.moved_back(self.rank(value, true)?)?.lower(),
        };
        Ok(tail.max(self.least().next_down()))
    }

    /// The largest tail whose upper end is at or above a value.
    fn above(&self, interval: Interval, value: f64) -> Result<f64, Error> {
        let tail = match interval {
            Interval::Percentile => self.rank(value, false)?.upper(),
            Interval::Basic => self.rank(2.0 * self.estimate - value, true)?.lower(),
            Interval::Bca => self.moved_back(self.rank(value, false)?)?.upper(),
        };
        Ok(tail.max(self.least().next_down()))
    }

    fn least(&self) -> f64 {
        1.0 / (self.resampled.len() + 1) as f64
    }

    /// The quantile of the resamples, value i of B at i / (B + 1); infinite beyond them.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place within the list")]
    fn quantile(&self, probability: Split) -> f64 {
        let all = self.resampled.len();
        let places = (all + 1) as f64;
        let (place, from_end) = (probability.lower() * places, probability.upper() * places);
        if place < 1.0 {
            return f64::NEG_INFINITY;
        }
        if from_end < 1.0 {
            return f64::INFINITY;
        }
        let (whole, part) = (place as usize, place - libm::floor(place));
        let at = |place: usize| self.resampled[place.clamp(1, all) - 1];
        if part == 0.0 { at(whole) } else { at(whole) * (1.0 - part) + at(whole + 1) * part }
    }

    /// The inverse of the quantile: of equal values the last place, or the first. Beyond the resamples on the side that is counted from it is a little less than their end, on the other all.
    fn rank(&self, value: f64, last: bool) -> Result<Split, Error> {
        let places = (self.resampled.len() + 1) as f64;
        let under = self.resampled.partition_point(|own| *own < value);
        let up_to = self.resampled.partition_point(|own| *own <= value);
        let place = match (last, self.resampled.get(under.wrapping_sub(1)), self.resampled.get(under)) {
            (true, _, _) if up_to == self.resampled.len() => places,
            (false, _, _) if under == 0 => 0.0,
            (true, _, _) if under < up_to => up_to as f64,
            (false, _, _) if under < up_to => under as f64 + 1.0,
            (_, Some(low), Some(high)) => under as f64 + (value - low) / (high - low),
            (_, None, _) => 1.0_f64.next_down(),
            (_, _, None) => (places - 1.0).next_up(),
        };
        Ok(Split::from_ratio(place, places - place)?)
    }

    /// Φ(z₀ + (z₀ + z) / (1 − a (z₀ + z)))
    fn moved(&self, z: f64) -> Result<Split, Error> {
        let from = self.bias + z;
        let divisor = 1.0 - self.acceleration * from;
        let to = if divisor > 0.0 { self.bias + from / divisor } else { from.signum() * f64::INFINITY };
        Ok(normal(to)?)
    }

    /// The inverse of `moved`, as a probability.
    fn moved_back(&self, rank: Split) -> Result<Split, Error> {
        let to = normal_inv(rank) - self.bias;
        let divisor = 1.0 + self.acceleration * to;
        let z = if to.is_finite() && divisor > 0.0 { to / divisor - self.bias } else { to.signum() * f64::INFINITY };
        Ok(normal(z)?)
    }
}
