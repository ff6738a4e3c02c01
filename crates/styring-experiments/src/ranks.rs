//! Rank tests: whether one arm's values tend to be above the other's, without a mean that a few values could decide.
//!
//! They answer another question than a test of means: more customers may have bought a little more while revenue fell. Use them for times and scores; for money, use
//! [`means`](crate::means).

use styring_special::normal;

use crate::student_pivot::{Pivot, Question, of_tails};
use crate::{Alternative, Error, Hypothesis, Ordered, Readout, Scale};

/// The test of Mann and Whitney (1947), of Wilcoxon (1945): whether both arms have one distribution.
///
/// ```
/// use styring_experiments::{Alternative, Level, Ordered, ranks::MannWhitney};
///
/// let control = Ordered::new(vec![12.0, 15.0, 9.0, 20.0, 18.0])?;
/// let treatment = Ordered::new(vec![22.0, 30.0, 14.0, 41.0])?;
/// let test = MannWhitney::new(&control, &treatment)?;
/// assert_eq!((test.u(), test.probability()), (17.0, 0.85));
/// assert!((test.exact_p_value(Alternative::TwoSided)? - 14.0 / 126.0).abs() < 1e-12);
/// // The shift of the values, with the set that the exact test does not reject.
/// assert_eq!(test.shift(Level::P90)?.estimate(), Some(11.0));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct MannWhitney<'a> {
    control: &'a Ordered,
    treatment: &'a Ordered,
    u: f64,
    /// Σ t³ − t over groups of equal values.
    ties: f64,
}

impl<'a> MannWhitney<'a> {
    /// Compares two arms; n + m.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] without values in an arm.
    pub fn new(control: &'a Ordered, treatment: &'a Ordered) -> Result<Self, Error> {
        both(control, treatment, 1)?;
        let (mut u, mut ties) = (0.0, 0.0);
        for group in Groups::of(control, treatment) {
            u += group.treatment as f64 * (group.control_below as f64 + group.control as f64 / 2.0);
            let t = (group.control + group.treatment) as f64;
            ties += t * t * t - t;
        }
        Ok(Self { control, treatment, u, ties })
    }

    /// Pairs in which the treatment's value is above the control's; equal ones count half.
    pub fn u(&self) -> f64 {
        self.u
    }

    /// How probable it is that a value of the treatment is above one of the control, equal ones half: U / nm, the area under the ROC curve. For its interval see [`brunner_munzel`].
    pub fn probability(&self) -> f64 {
        self.u / self.pairs()
    }

    fn pairs(&self) -> f64 {
        self.control.n() as f64 * self.treatment.n() as f64
    }

    /// The standard deviation of U, corrected for ties.
    fn spread(&self) -> Result<f64, Error> {
        let all = (self.control.n() + self.treatment.n()) as f64;
        let variance = self.pairs() / 12.0 * (all + 1.0 - self.ties / (all * (all - 1.0)));
        if variance > 0.0 { Ok(variance.sqrt()) } else { Err(Error::NoSpread { what: "the values of both arms" }) }
    }

    /// By the normal distribution, corrected for ties and for continuity.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpread`] if all values are one.
    pub fn p_value(&self, alternative: Alternative) -> Result<f64, Error> {
        let spread = self.spread()?;
        let upper = |u: f64| Ok::<_, Error>(normal((u - self.pairs() / 2.0 - 0.5) / spread)?.upper());
        Ok(of_tails(upper(self.pairs() - self.u)?, upper(self.u)?, alternative))
    }

    /// By the distribution of U over all orders; n m min(U, nm − U) steps.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] with equal values, for which U has another distribution, and beyond 2·10⁹ steps.
    pub fn exact_p_value(&self, alternative: Alternative) -> Result<f64, Error> {
        if self.ties > 0.0 {
            return Err(Error::range("values", "all different for an exact test", "equal ones"));
        }
        let (n, m) = (self.control.n(), self.treatment.n());
        let pairs = n * m;
        let above = whole(self.u);
        let few = above.min(pairs - above);
        if pairs as f64 * (few + 1) as f64 > 2e9 {
            return Err(Error::range("values", "fewer for an exact test", n + m));
        }
        let distribution = Null::new(n, m, few);
        let smaller = distribution.at_most(few);
        // P(U ≥ u) = P(U ≤ nm − u); the larger tail is one minus what is below.
        let larger = if few == 0 { 1.0 } else { 1.0 - distribution.at_most(few - 1) };
        let (lower, upper) = if above == few { (smaller, larger) } else { (larger, smaller) };
        let (lower, upper) = if 2 * above == pairs { (smaller, smaller) } else { (lower, upper) };
        Ok(of_tails(lower, upper, alternative))
    }

    /// How far the treatment's values are shifted: the median of all differences (Hodges and Lehmann 1963), and the shifts that the test does not reject (Moses 1953).
    ///
    /// Exact to 2 500 pairs, by the normal distribution beyond. A pair that ties at a shift counts for neither side, so that with equal values the answer is on the safe side. (n + m) · 64
    /// steps; no difference is stored.
    ///
    /// # Errors
    ///
    /// [`Error::NoSpread`] if all values are one; [`Error::OutOfRange`] for a null that is no number.
    pub fn shift(&self, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let question = Question::of(hypothesis, 0.0)?;
        let Question { level, alternative, null } = question;
        let (n, m) = (self.control.n(), self.treatment.n());
        let pairs = n * m;
        let exact = pairs <= 2_500;
        let distribution = if exact { Some(Null::new(n, m, pairs)) } else { None };
        let spread = self.spread()?;
        // P(U ≥ u)
        let tail = |u: usize| match &distribution {
            Some(distribution) => Ok::<_, Error>(distribution.at_most(pairs - u)),
            None if u == 0 => Ok(1.0),
            None => Ok(normal((u as f64 - self.pairs() / 2.0 - 0.5) / spread)?.upper()),
        };
        let (above, below) = (pairs - self.at_most(null), self.below(null));
        let p = of_tails(tail(below)?, tail(above)?, alternative);
        // The most pairs on one side that are not too many.
        let (mut most, mut too_many) = (0, pairs + 1);
        while too_many - most > 1 {
            let middle = usize::midpoint(most, too_many);
            let enough = match alternative {
                Alternative::TwoSided => 2.0 * tail(middle)? >= level.alpha(),
                _ => tail(middle)? >= level.alpha(),
            };
            if enough { most = middle } else { too_many = middle }
        }
        let low = if most == pairs { f64::NEG_INFINITY } else { self.difference(pairs - most) };
        let high = if most == pairs { f64::INFINITY } else { self.difference(most + 1) };
        let set = question.set(low, high);
        let median = f64::midpoint(self.difference(pairs.div_ceil(2)), self.difference(pairs / 2 + 1));
        Ok(Readout::new("Mann-Whitney", Scale::Difference, (Some(median), null), set, p, (level, alternative)))
    }

    /// The k-th smallest difference of a treatment's and a control's value, k from 1.
    fn difference(&self, k: usize) -> f64 {
        // The order of floats is that of these whole numbers.
        let to_bits = |value: f64| {
            let bits = value.to_bits();
            if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
        };
        let to_float = |bits: u64| f64::from_bits(if bits >> 63 == 1 { bits & !(1 << 63) } else { !bits });
        let (mut low, mut high) = (to_bits(f64::NEG_INFINITY), to_bits(f64::INFINITY));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.at_most(to_float(middle)) >= k { high = middle } else { low = middle + 1 }
        }
        to_float(low) + 0.0
    }

    /// Pairs whose difference is at most a shift.
    fn at_most(&self, shift: f64) -> usize {
        self.count(|difference| difference <= shift)
    }

    /// Pairs whose difference is below a shift.
    fn below(&self, shift: f64) -> usize {
        self.count(|difference| difference < shift)
    }

    fn count(&self, within: impl Fn(f64) -> bool) -> usize {
        let treatment = self.treatment.values();
        let (mut sum, mut reached) = (0, 0);
        for control in self.control.values() {
            while treatment.get(reached).is_some_and(|value| within(value - control)) {
                reached += 1;
            }
            sum += reached;
        }
        sum
    }
}

/// The distribution of U under one distribution for both arms, as far as it is needed.
struct Null {
    /// P(U ≤ u)
    cumulative: Vec<f64>,
}

impl Null {
    /// P(u; i, j) = i/(i+j) P(u − j; i − 1, j) + j/(i+j) P(u; i, j − 1): the largest value is one of the first arm's, and beats all j of the second, or one of the second's. Sums of positive
    /// numbers only, so that small tails keep their digits.
    fn new(n: usize, m: usize, most: usize) -> Self {
        let (outer, inner) = (n.max(m), n.min(m));
        // rows[i] is the distribution for (i, j), j growing.
        let mut rows: Vec<Vec<f64>> = (0..=inner).map(|_| point(most)).collect();
        for j in 1..=outer {
            for i in 1..=inner {
                let (done, open) = rows.split_at_mut(i);
                let (Some(before), Some(row)) = (done.last(), open.first_mut()) else { continue };
                let all = (i + j) as f64;
                let (own, other) = (i as f64 / all, j as f64 / all);
                for u in 0..=most {
                    let beaten = if u >= j { before[u - j] } else { 0.0 };
                    row[u] = own * beaten + other * row[u];
                }
            }
        }
        let mut sum = 0.0;
        let last = rows.pop().unwrap_or_default();
        let cumulative = last
            .into_iter()
            .map(|probability| {
                sum += probability;
                sum
            })
            .collect();
        Self { cumulative }
    }

    fn at_most(&self, u: usize) -> f64 {
        self.cumulative.get(u).or(self.cumulative.last()).copied().unwrap_or(1.0).min(1.0)
    }
}

fn point(most: usize) -> Vec<f64> {
    let mut row = vec![0.0; most + 1];
    row[0] = 1.0;
    row
}

/// How probable it is that a value of the treatment is above one of the control, equal ones half, against one half if the hypothesis has no null: the test of Brunner and Munzel (2000).
///
/// Unlike Mann and Whitney's it does not take both distributions to be one but for a shift, and its interval is for the probability itself.
///
/// # Errors
///
/// [`Error::TooFew`] with fewer than two values in an arm; [`Error::NoSpread`] where no value of one arm lies among the other's.
///
/// ```
/// use styring_experiments::{Hypothesis, Ordered, ranks::brunner_munzel};
///
/// let control = Ordered::new(vec![12.0, 15.0, 9.0, 20.0, 18.0])?;
/// let treatment = Ordered::new(vec![22.0, 30.0, 14.0, 41.0])?;
/// let readout = brunner_munzel(&control, &treatment, Hypothesis::default())?;
/// assert_eq!(readout.estimate(), Some(0.85));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn brunner_munzel(
    control: &Ordered,
    treatment: &Ordered,
    hypothesis: impl Into<Hypothesis>,
) -> Result<Readout, Error> {
    placements(control, treatment)?.readout("Brunner-Munzel", Scale::Probability, Question::of(hypothesis, 0.5)?)
}

/// From placements: how many of the other arm a value is above.
fn placements(control: &Ordered, treatment: &Ordered) -> Result<Pivot, Error> {
    both(control, treatment, 2)?;
    let (n, m) = (control.n() as f64, treatment.n() as f64);
    let (mut of_control, mut of_treatment) = (crate::Moments::default(), crate::Moments::default());
    for group in Groups::of(control, treatment) {
        let beaten = (group.control_below as f64 + group.control as f64 / 2.0) / n;
        let beats = (group.treatment_below as f64 + group.treatment as f64 / 2.0) / m;
        of_treatment.extend(std::iter::repeat_n([beaten], group.treatment));
        of_control.extend(std::iter::repeat_n([beats], group.control));
    }
    let (one, other) = (of_control.variance(0)? / n, of_treatment.variance(0)? / m);
    let variance = one + other;
    if variance <= 0.0 {
        return Err(Error::NoSpread { what: "the rank of one arm's values among the other's" });
    }
    let share = one / variance;
    let degrees = 1.0 / (share * share / (n - 1.0) + (1.0 - share) * (1.0 - share) / (m - 1.0));
    Ok(Pivot { estimate: of_treatment.mean(0), error: variance.sqrt(), degrees })
}

/// Whether both arms have one distribution: the test of Kolmogorov and Smirnov, exact, with ties.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct KolmogorovSmirnov {
    /// The largest distance between the two distribution functions.
    pub distance: f64,
    /// How probable a distance as large is over all orders of the values.
    pub p_value: f64,
}

impl KolmogorovSmirnov {
    /// Compares two arms; n m steps.
    ///
    /// # Formula
    /// Of all orders of the values, the share in which the distance is reached at the end of a group of equal values (Schröer and Trenkler 1995), by a recursion of positive terms.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] without values in an arm; [`Error::OutOfRange`] for more than 2·10⁹ pairs.
    pub fn new(control: &Ordered, treatment: &Ordered) -> Result<Self, Error> {
        both(control, treatment, 1)?;
        let (n, m) = (control.n(), treatment.n());
        if n as f64 * m as f64 > 2e9 {
            return Err(Error::range("pairs", "at most 2e9", n as f64 * m as f64));
        }
        // Whole numbers, so that equal distances are equal: |i m − j n|.
        let apart = |i: usize, j: usize| (i * m).abs_diff(j * n);
        let mut ends = vec![false; n + m + 1];
        let mut largest = 0;
        for group in Groups::of(control, treatment) {
            let (i, j) = (group.control_below + group.control, group.treatment_below + group.treatment);
            ends[i + j] = true;
            largest = largest.max(apart(i, j));
        }
        let distance = largest as f64 / (n as f64 * m as f64);
        // reached[j]: how probable it is that a way to (i, j) has reached the distance.
        let mut reached = vec![0.0; m + 1];
        for i in 0..=n {
            for j in 0..=m {
                let steps = i + j;
                reached[j] = if ends[steps] && apart(i, j) >= largest {
                    1.0
                } else if steps == 0 {
                    0.0
                } else {
                    let from_control = if i > 0 { i as f64 / steps as f64 * reached[j] } else { 0.0 };
                    let from_treatment = if j > 0 { j as f64 / steps as f64 * reached[j - 1] } else { 0.0 };
                    from_control + from_treatment
                };
            }
        }
        Ok(Self { distance, p_value: reached[m].min(1.0) })
    }
}

fn both(control: &Ordered, treatment: &Ordered, needed: u64) -> Result<(), Error> {
    match control.n().min(treatment.n()) as u64 {
        given if given < needed => Err(Error::TooFew { what: "values in an arm", needed, given }),
        _ => Ok(()),
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of pairs")]
fn whole(value: f64) -> usize {
    value as usize
}

/// A value with how often it is in either arm, and how many are below.
struct Group {
    control: usize,
    treatment: usize,
    control_below: usize,
    treatment_below: usize,
}

/// The distinct values of both arms, smallest first.
struct Groups<'a> {
    control: &'a [f64],
    treatment: &'a [f64],
    control_below: usize,
    treatment_below: usize,
}

impl<'a> Groups<'a> {
    fn of(control: &'a Ordered, treatment: &'a Ordered) -> Self {
        Self { control: control.values(), treatment: treatment.values(), control_below: 0, treatment_below: 0 }
    }
}

impl Iterator for Groups<'_> {
    type Item = Group;

    fn next(&mut self) -> Option<Group> {
        let rest = |values: &[f64], below: usize| values.get(below).copied().unwrap_or(f64::INFINITY);
        let value = rest(self.control, self.control_below).min(rest(self.treatment, self.treatment_below));
        let equal = |values: &[f64], below: usize| values[below..].iter().take_while(|own| **own <= value).count();
        let group = Group {
            control: equal(self.control, self.control_below),
            treatment: equal(self.treatment, self.treatment_below),
            control_below: self.control_below,
            treatment_below: self.treatment_below,
        };
        self.control_below += group.control;
        self.treatment_below += group.treatment;
        (group.control + group.treatment > 0).then_some(group)
    }
}
