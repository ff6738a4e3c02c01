//! Events per unit of exposure: one rate, and two.
#![allow(clippy::many_single_char_names, reason = "the letters of the formulas")]

use styring_special::{Split, gamma_inc, gamma_inc_inv};

use crate::binomial::no_more_probable;
use crate::fieller::Fieller;
use crate::pivot::{Pivot, checked_null, critical, each_tail, set, tail, z_by_inversion};
use crate::proportions::{ProportionMethod, of_tails};
use crate::root::{falling_root, falling_root_from};
use crate::{Alternative, ConfidenceSet, Counts, Error, Events, Hypothesis, Readout, Scale};

/// How one rate of events is held against a number, and which rates the data do not contradict.
///
/// Events are taken for Poisson: they come one by one and independently. Orders of the same customers do not; there the true spread is wider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum RateMethod {
    /// With the variance of the null (Rao's score).
    #[default]
    Score,
    /// With the variance of the estimate. No interval at all for no events.
    Wald,
    /// Wald with half an event more in the variance (Barker 2002).
    WaldAdjusted,
    /// The exact central interval (Garwood 1936): covers no less than the level.
    Exact,
    /// The exact interval that counts half of what was seen.
    MidP,
    /// The equal-tailed interval of the posterior under Jeffreys' prior.
    Jeffreys,
}

impl RateMethod {
    fn name(self) -> &'static str {
        match self {
            Self::Score => "score test of a Poisson rate",
            Self::Wald => "Wald test of a Poisson rate",
            Self::WaldAdjusted => "Wald test of a Poisson rate, adjusted",
            Self::Exact => "exact Poisson test, central",
            Self::MidP => "mid-p Poisson test",
            Self::Jeffreys => "Jeffreys interval of a Poisson rate",
        }
    }

    /// The rates that the events do not contradict, from 0 upwards.
    ///
    /// ```
    /// use styring_experiments::{Events, Level, RateMethod};
    ///
    /// // No complaint in 12 000 deliveries: at most three in ten thousand.
    /// let set = RateMethod::Exact.interval(Events::new(0, 12_000.0)?, Level::P95)?;
    /// assert!((set.ends().1 - 3.07e-4).abs() < 1e-6);
    /// # Ok::<(), styring_experiments::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] without exposure.
    pub fn interval(self, events: Events, hypothesis: impl Into<Hypothesis>) -> Result<ConfidenceSet, Error> {
        let hypothesis = hypothesis.into();
        let exposure = exposure(events)?;
        let (low, high) = self.limits(events.count() as f64, hypothesis)?;
        let alternative = hypothesis.alternative();
        let counts = set(alternative, || low.max(0.0), || high.max(0.0)).within(0.0, f64::INFINITY);
        Ok(counts.times(1.0 / exposure))
    }

    /// The rate against `null`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a null below zero; [`Error::TooFew`] without exposure.
    pub fn readout(self, events: Events, null: f64, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let hypothesis = hypothesis.into();
        if !(null >= 0.0 && null.is_finite()) {
            return Err(Error::range("null", "0 or above", null));
        }
        let set = self.interval(events, hypothesis)?;
        let p = self.p_value(events.count() as f64, null * exposure(events)?, hypothesis.alternative())?;
        let asked = (hypothesis.level(), hypothesis.alternative());
        Ok(Readout::new(self.name(), Scale::Value, (events.rate(), null), set, p, asked))
    }

    /// Limits of the expected number of events.
    fn limits(self, x: f64, hypothesis: Hypothesis) -> Result<(f64, f64), Error> {
        let z = critical(hypothesis)?;
        let each = each_tail(hypothesis)?;
        Ok(match self {
            Self::Score => (score_end(x, z), score_end(x, -z)),
            Self::Wald => (x - z * libm::sqrt(x), x + z * libm::sqrt(x)),
            Self::WaldAdjusted => (x - z * libm::sqrt(x + 0.5), x + z * libm::sqrt(x + 0.5)),
            Self::Exact => {
                let low = if x == 0.0 { 0.0 } else { gamma_inc_inv(x, Split::from_lower(each)?)? };
                (low, gamma_inc_inv(x + 1.0, Split::from_upper(each)?)?)
            }
            Self::Jeffreys => {
                (gamma_inc_inv(x + 0.5, Split::from_lower(each)?)?, gamma_inc_inv(x + 0.5, Split::from_upper(each)?)?)
            }
            Self::MidP => {
                let at_most = |mean: f64| mid_p(x, mean).map_or(0.0, |(at_most, _)| at_most - each);
                let at_least = |mean: f64| mid_p(x, mean).map_or(0.0, |(_, at_least)| each - at_least);
                // The exact upper limit at half the tail lies beyond that of mid-p.
                let beyond = gamma_inc_inv(x + 1.0, Split::from_upper(each / 2.0)?)?;
                let low = if x == 0.0 { 0.0 } else { falling_root(at_least, 0.0, beyond) };
                (low, falling_root(at_most, 0.0, beyond))
            }
        })
    }

    fn p_value(self, x: f64, mean: f64, alternative: Alternative) -> Result<f64, Error> {
        let z = match self {
            Self::Score => over(x - mean, libm::sqrt(mean)),
            Self::Wald => over(x - mean, libm::sqrt(x)),
            Self::WaldAdjusted => (x - mean) / libm::sqrt(x + 0.5),
            Self::Exact => {
                return Ok(of_tails(at_least(x + 1.0, mean)?.lower(), at_least(x, mean)?.upper(), alternative));
            }
            Self::MidP => {
                let (at_most, at_least) = mid_p(x, mean)?;
                return Ok(of_tails(at_most, at_least, alternative));
            }
            Self::Jeffreys => {
                let posterior = gamma_inc(x + 0.5, mean)?;
                return Ok(of_tails(posterior.upper(), posterior.lower(), alternative));
            }
        };
        tail(z, alternative)
    }
}

/// Two rates of events.
///
/// ```
/// use styring_experiments::{Events, Hypothesis, RateRatioMethod, TwoRates};
///
/// // 60 leads from 51 477 kroner, and 30 from 54 309.
/// let test = TwoRates::new(Events::new(60, 51_477.5)?, Events::new(30, 54_308.7)?)?;
/// let ratio = test.ratio(RateRatioMethod::Score, Hypothesis::default())?;
/// assert!((ratio.estimate().unwrap() - 2.11).abs() < 1e-2 && ratio.p_value() < 0.001);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(Events, Events)", into = "(Events, Events)"))]
pub struct TwoRates {
    treatment: Events,
    control: Events,
}

/// How two rates of events are held against each other by their ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum RateRatioMethod {
    /// With the variance of the null (W2A of Gu, Ng, Tang and Schucany 2008). Has an answer for every count.
    #[default]
    Score,
    /// With the variance of the estimates (W1A). The set is that of Fieller, which may have no end; without events in the control it is every ratio, or what lies beyond all numbers.
    Wald,
    /// The logarithm of the ratio with the variance of the estimates (W3A). Needs an event on both sides.
    Log,
    /// The logarithm after half an event more on both sides.
    LogAdjusted,
    /// The logarithm with the variance of the null (W4A). Needs an event on both sides.
    LogScore,
    /// Square roots, whose variance does not depend on the rates (W5A; Huffman 1984).
    Sqrt,
    /// Two score intervals put together (Li, Tang and Wong 2014).
    Mover,
    /// The exact test given the events of both together, central (Przyborowski and Wilenski 1940): keeps the level always.
    Exact,
    /// The same, counting half of what was seen.
    MidP,
}

/// How two rates of events are held against each other by their difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum RateDifferenceMethod {
    /// With the variance at the most likely pair of rates that far apart (Ng, Gu and Tang 2007).
    #[default]
    Score,
    /// With the variance of the estimates.
    Wald,
    /// Wald with half an event more on both sides, in the variance only.
    WaldAdjusted,
    /// Two score intervals put together (Zou and Donner 2008). In closed form.
    Mover,
}

impl RateRatioMethod {
    fn name(self) -> &'static str {
        match self {
            Self::Score => "score test of two Poisson rates",
            Self::Wald => "Wald test of two Poisson rates",
            Self::Log => "log-ratio test of two Poisson rates",
            Self::LogAdjusted => "log-ratio test of two Poisson rates, adjusted",
            Self::LogScore => "log-ratio score test of two Poisson rates",
            Self::Sqrt => "square-root test of two Poisson rates",
            Self::Mover => "MOVER interval of two Poisson rates",
            Self::Exact => "exact conditional test of two Poisson rates, central",
            Self::MidP => "mid-p conditional test of two Poisson rates",
        }
    }
}

impl RateDifferenceMethod {
    fn name(self) -> &'static str {
        match self {
            Self::Score => "score test of the difference of two Poisson rates",
            Self::Wald => "Wald test of the difference of two Poisson rates",
            Self::WaldAdjusted => "Wald test of the difference of two Poisson rates, adjusted",
            Self::Mover => "MOVER interval of the difference of two Poisson rates",
        }
    }
}

impl TwoRates {
    /// A treatment and what it is held against.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for a side without exposure.
    pub fn new(treatment: Events, control: Events) -> Result<Self, Error> {
        exposure(treatment)?;
        exposure(control)?;
        Ok(Self { treatment, control })
    }

    /// The treatment.
    pub fn treatment(self) -> Events {
        self.treatment
    }

    /// The control.
    pub fn control(self) -> Events {
        self.control
    }

    /// Control and treatment exchanged.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { treatment: self.control, control: self.treatment }
    }

    /// The ratio of the rates, treatment / control; against no effect, 1.
    ///
    /// Without any event nothing is contradicted: p = 1, and the set of a score or exact test is `AtLeast(0)`. A set without events in the control has no upper end.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a null that is not above 0; [`Error::TooFew`] for [`RateRatioMethod::Log`] and [`RateRatioMethod::LogScore`] without an event on a side.
    pub fn ratio(self, method: RateRatioMethod, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let hypothesis = hypothesis.into();
        let null = checked_null(hypothesis, 1.0, (f64::MIN_POSITIVE, f64::MAX), "above 0")?;
        // All in the ratio of the counts that the ratio of rates implies.
        let exposures = self.treatment.exposure() / self.control.exposure();
        let (x, y) = (self.treatment.count() as f64, self.control.count() as f64);
        let estimate = (y > 0.0).then(|| x / y / exposures);
        let asked = (Some(x / y), null * exposures);
        let finish = |readout: Readout| {
            let set = readout.set().within(0.0, f64::INFINITY).times(1.0 / exposures);
            let level = (hypothesis.level(), hypothesis.alternative());
            Readout::new(method.name(), Scale::Ratio, (estimate, null), set, readout.p_value(), level)
        };
        let readout = match method {
            RateRatioMethod::Score => {
                let all = x + y;
                let z = |k: f64| over(x - y * k, libm::sqrt(all * k));
                let limit = |z: f64| {
                    let spread = z * libm::sqrt(all);
                    let root = libm::sqrt(spread * spread + 4.0 * x * y);
                    let s = if z >= 0.0 {
                        if x == 0.0 { 0.0 } else { 2.0 * x / (spread + root) }
                    } else if y == 0.0 {
                        f64::INFINITY
                    } else {
                        (root - spread) / (2.0 * y)
                    };
                    s * s
                };
                Pivot { z, limit }.readout(method.name(), Scale::Ratio, asked, hypothesis)?
            }
            RateRatioMethod::Wald if y == 0.0 => {
                // Fieller's quotient with nothing below it: one z for all ratios. What is contradicted then is that there is a finite one.
                let z = libm::sqrt(x);
                let alternative = hypothesis.alternative();
                let contradicted = alternative != Alternative::Less && z > critical(hypothesis)?;
                let set = ConfidenceSet::AtLeast(if contradicted { f64::MAX } else { 0.0 });
                let level = (hypothesis.level(), alternative);
                return Ok(Readout::new(method.name(), Scale::Ratio, (None, null), set, tail(z, alternative)?, level));
            }
            RateRatioMethod::Wald => {
                let fieller = Fieller::new([x, y], [x, y], 0.0)?;
                fieller.readout(Scale::Ratio, hypothesis.against(null * exposures))?
            }
            RateRatioMethod::Log | RateRatioMethod::LogScore if x == 0.0 || y == 0.0 => {
                return Err(Error::TooFew { what: "events on either side", needed: 1, given: 0 });
            }
            RateRatioMethod::Log | RateRatioMethod::LogAdjusted => {
                let more = if method == RateRatioMethod::Log { 0.0 } else { 0.5 };
                let (x, y) = (x + more, y + more);
                let (ln, spread) = (libm::log(x / y), libm::sqrt(1.0 / x + 1.0 / y));
                let z = |k: f64| (ln - libm::log(k)) / spread;
                let limit = |z: f64| libm::exp(ln - z * spread);
                Pivot { z, limit }.readout(method.name(), Scale::Ratio, asked, hypothesis)?
            }
            RateRatioMethod::LogScore => {
                let ln = libm::log(x / y);
                // √(2 + k + 1/k) = 2 cosh(ln k / 2).
                let spread = |ln_k: f64| 2.0 * libm::cosh(ln_k / 2.0) / libm::sqrt(x + y);
                let at = |ln_k: f64| (ln - ln_k) / spread(ln_k);
                let limit = |z: f64| {
                    // The statistic turns where the variance outgrows the distance: beyond, nothing is contradicted again.
                    let step = z.abs() * spread(ln);
                    let turn = turning_point(ln, z < 0.0);
                    if z == 0.0 {
                        libm::exp(ln)
                    } else if (at(turn) - z) * z.signum() < 0.0 {
                        if z > 0.0 { 0.0 } else { f64::INFINITY }
                    } else {
                        libm::exp(falling_root_from(|ln_k| at(ln_k) - z, ln, step, turn, z < 0.0))
                    }
                };
                let z = |k: f64| log_score_z(at, ln, libm::log(k));
                Pivot { z, limit }.readout(method.name(), Scale::Ratio, asked, hypothesis)?
            }
            RateRatioMethod::Sqrt => {
                let (a, b) = (libm::sqrt(x + 0.375), libm::sqrt(y + 0.375));
                let z = |k: f64| 2.0 * (a - b * libm::sqrt(k)) / libm::sqrt(1.0 + k);
                let limit = |z: f64| {
                    // With √k = tan φ the statistic is 2R cos(φ + β).
                    if z >= 2.0 * a {
                        return 0.0;
                    }
                    if z <= -2.0 * b {
                        return f64::INFINITY;
                    }
                    let angle = libm::acos(z / (2.0 * libm::hypot(a, b))) - libm::atan2(b, a);
                    let s = libm::tan(angle);
                    s * s
                };
                Pivot { z, limit }.readout(method.name(), Scale::Ratio, asked, hypothesis)?
            }
            RateRatioMethod::Mover => {
                let limit = |z: f64| mover_ratio_end(x, y, z);
                let z = |k: f64| z_by_inversion(|z| mover_ratio_end(x, y, z).min(f64::MAX), k);
                Pivot { z, limit }.readout(method.name(), Scale::Ratio, asked, hypothesis)?
            }
            RateRatioMethod::Exact | RateRatioMethod::MidP => self.conditional(method, null * exposures, hypothesis)?,
        };
        Ok(finish(readout))
    }

    /// The difference of the rates, treatment − control.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a null that is not finite.
    pub fn difference(self, method: RateDifferenceMethod, hypothesis: impl Into<Hypothesis>) -> Result<Readout, Error> {
        let hypothesis = hypothesis.into();
        let null = checked_null(hypothesis, 0.0, (f64::MIN, f64::MAX), "a number")?;
        let (x, n) = (self.treatment.count() as f64, self.treatment.exposure());
        let (y, m) = (self.control.count() as f64, self.control.exposure());
        let d = x / n - y / m;
        let asked = (Some(d), null);
        let (name, scale) = (method.name(), Scale::Difference);
        match method {
            RateDifferenceMethod::Score => {
                let z = |delta: f64| over(d - delta, libm::sqrt(null_variance((x, n), (y, m), delta)));
                let limit = |z: f64| {
                    if z == 0.0 {
                        return d;
                    }
                    let end = if z < 0.0 { f64::INFINITY } else { f64::NEG_INFINITY };
                    let step = z.abs() * libm::sqrt((x + 1.0) / n / n + (y + 1.0) / m / m);
                    let at = |delta: f64| over(d - delta, libm::sqrt(null_variance((x, n), (y, m), delta))) - z;
                    falling_root_from(at, d, step, end, z < 0.0)
                };
                Pivot { z, limit }.readout(name, scale, asked, hypothesis)
            }
            RateDifferenceMethod::Wald | RateDifferenceMethod::WaldAdjusted => {
                let more = if method == RateDifferenceMethod::Wald { 0.0 } else { 0.5 };
                let spread = libm::sqrt((x + more) / n / n + (y + more) / m / m);
                let z = |delta: f64| over(d - delta, spread);
                let limit = |z: f64| d - z * spread;
                Pivot { z, limit }.readout(name, scale, asked, hypothesis)
            }
            RateDifferenceMethod::Mover => {
                let end = |z: f64| {
                    let (one, other) = (score_end(x, z) - x, score_end(y, -z) - y);
                    d - libm::hypot(one / n, other / m).copysign(z)
                };
                let z = |delta: f64| z_by_inversion(end, delta);
                Pivot { z, limit: end }.readout(name, scale, asked, hypothesis)
            }
        }
    }

    /// The test given the events of both together, in the ratio of the counts.
    fn conditional(self, method: RateRatioMethod, null: f64, hypothesis: Hypothesis) -> Result<Readout, Error> {
        let exact = method == RateRatioMethod::Exact;
        let binomial = if exact { ProportionMethod::ClopperPearson } else { ProportionMethod::MidP };
        let share = self.share()?;
        let odds = |share: f64| if share >= 1.0 { f64::INFINITY } else { share / (1.0 - share) };
        let (set, p) = if share.trials() == 0 {
            (ConfidenceSet::AtLeast(0.0), 1.0)
        } else if share.successes() > share.failures() {
            // The smaller share has its digits; its odds are the reciprocal.
            let turned = Hypothesis::from(hypothesis.alternative().turned()).at(hypothesis.level());
            let readout = binomial.readout(self.swapped().share()?, 1.0 / (1.0 + null), turned)?;
            let (low, high) = readout.set().ends();
            let over_one = |odds: f64| if odds == 0.0 { f64::INFINITY } else { 1.0 / odds };
            (ConfidenceSet::between(over_one(odds(high)), over_one(odds(low))), readout.p_value())
        } else {
            let readout = binomial.readout(share, null / (1.0 + null), hypothesis)?;
            let (low, high) = readout.set().ends();
            (ConfidenceSet::between(odds(low), odds(high)), readout.p_value())
        };
        let asked = (hypothesis.level(), hypothesis.alternative());
        Ok(Readout::new(method.name(), Scale::Ratio, (None, null), set, p, asked))
    }

    /// The exact conditional test in the sense of small probabilities, as other packages have it: all splits of the events that are no more probable than the one seen. `mid` counts half of the one
    /// seen.
    ///
    /// It comes without a set; [`RateRatioMethod::Exact`] has a p-value and a set of one test.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a ratio that is not above 0, or more than 2⁶⁴ events.
    pub fn conditional_test(self, null: f64, mid: bool) -> Result<f64, Error> {
        if !(null > 0.0 && null.is_finite()) {
            return Err(Error::range("null", "above 0", null));
        }
        let share = self.share()?;
        let k = null * (self.treatment.exposure() / self.control.exposure());
        let p = Split::from_ratio(k, 1.0)?;
        let all = no_more_probable(share.successes(), share.trials(), p)?;
        if !mid {
            return Ok(all);
        }
        let (x, n) = (share.successes() as f64, share.trials() as f64);
        Ok(all - 0.5 * libm::exp(crate::binomial::ln_probability(x, n, p.lower(), p.upper())))
    }

    /// The treatment's share of all events.
    fn share(self) -> Result<Counts, Error> {
        let (x, y) = (self.treatment.count(), self.control.count());
        let all = x.checked_add(y).ok_or_else(|| Error::range("events", "below 2^64", "more"))?;
        Counts::new(x, all)
    }
}

impl TryFrom<(Events, Events)> for TwoRates {
    type Error = Error;

    fn try_from((treatment, control): (Events, Events)) -> Result<Self, Error> {
        Self::new(treatment, control)
    }
}

impl From<TwoRates> for (Events, Events) {
    fn from(both: TwoRates) -> Self {
        (both.treatment, both.control)
    }
}

fn exposure(events: Events) -> Result<f64, Error> {
    if events.exposure() > 0.0 {
        Ok(events.exposure())
    } else {
        Err(Error::TooFew { what: "units of exposure", needed: 1, given: 0 })
    }
}

fn over(distance: f64, spread: f64) -> f64 {
    if distance == 0.0 { 0.0 } else { distance / spread }
}

/// P(X ≥ x) as the upper part.
fn at_least(x: f64, mean: f64) -> Result<Split, Error> {
    if x <= 0.0 {
        return Ok(Split::from_upper(1.0)?);
    }
    Ok(gamma_inc(x, mean)?.swapped())
}

/// P(less) + ½P(equal) and P(more) + ½P(equal).
fn mid_p(x: f64, mean: f64) -> Result<(f64, f64), Error> {
    let (here, next) = (at_least(x, mean)?, at_least(x + 1.0, mean)?);
    Ok((0.5 * (here.lower() + next.lower()), 0.5 * (here.upper() + next.upper())))
}

/// The score limit of an expected count: the lower for z > 0, the upper for z < 0.
fn score_end(x: f64, z: f64) -> f64 {
    let centre = x + z * z / 2.0;
    let half = z.abs() * libm::sqrt(x + z * z / 4.0);
    if z > 0.0 {
        // The product of both limits is x².
        if x == 0.0 { 0.0 } else { x * (x / (centre + half)) }
    } else {
        centre + half
    }
}

/// The lower end for z > 0, the upper for z < 0, of a ratio of counts.
fn mover_ratio_end(x: f64, y: f64, z: f64) -> f64 {
    if z == 0.0 {
        return if y > 0.0 { x / y } else { f64::INFINITY };
    }
    let (own, other) = (score_end(x, z), score_end(y, -z));
    let product = x * y;
    let top = own * (2.0 * x - own);
    let below = other * (2.0 * y - other);
    let root = libm::sqrt((product * product - below * top).max(0.0));
    if z > 0.0 {
        if top == 0.0 { 0.0 } else { top / (product + root) }
    } else if below <= 0.0 {
        f64::INFINITY
    } else {
        (product + root) / below
    }
}

/// The variance of the difference at the most likely pair of rates that are δ apart.
fn null_variance((x, n): (f64, f64), (y, m): (f64, f64), delta: f64) -> f64 {
    if delta < 0.0 {
        return null_variance((y, m), (x, n), -delta);
    }
    let all = n + m;
    // (n + m) r² + ((n + m) δ − x − y) r − y δ = 0 for the control's rate r.
    let b = all * delta - x - y;
    let root = libm::sqrt(b * b + 4.0 * all * y * delta);
    let r = if b > 0.0 { 2.0 * y * delta / (b + root) } else { (root - b) / (2.0 * all) };
    (r + delta) / n + r / m
}

/// Where the log-score statistic is greatest in size on one side of its root at `centre`.
fn turning_point(centre: f64, upward: bool) -> f64 {
    // d/dk of (c − k)/cosh(k/2) is zero where 2 = (k − c) tanh(k/2), which lies within c ± (2 + |c|) and beyond.
    let sign = if upward { 1.0 } else { -1.0 };
    let slope = |distance: f64| 2.0 - distance * libm::tanh(sign * (centre + sign * distance) / 2.0);
    let far = 4.0 + 2.0 * centre.abs();
    let distance = falling_root(slope, 0.0, far);
    centre + sign * distance
}

/// The statistic of a null: beyond the turning point it is that of the turning point, so that p-value and set are of one mind.
fn log_score_z(at: impl Fn(f64) -> f64, centre: f64, ln_k: f64) -> f64 {
    let upward = ln_k > centre;
    let turn = turning_point(centre, upward);
    let beyond = if upward { ln_k > turn } else { ln_k < turn };
    if beyond { at(turn) } else { at(ln_k) }
}
