use styring_special::{Split, beta_inc};

use crate::sequential::beta_mixture::{log_dirichlet, log_mixture};
use crate::sequential::look::one_side;
use crate::sequential::normal_mixture::tuning_constant;
use crate::sequential::{EValue, Look, SequentialPlan, Shares};
use crate::{Alternative, ConfidenceSet, Error, Level, Scale};

/// Conversions per arm, tested exactly at every moment: no normal approximation, no burn-in.
///
/// With traffic split by fixed shares ρ and equal rates, each conversion belongs to arm j with probability ρⱼ, **whatever the rate does over the day, the week or a campaign**. The likelihood of
/// the arms of all conversions so far under Dirichlet(kρ) weights, over that under ρ, is therefore an e-process:
///
/// e = B(kρ + x) / B(kρ) / Π ρⱼ^xⱼ
///
/// (Lindon and Malek 2022). Set θ for the share of an arm and keep what is not rejected: a confidence sequence for the share, and for the **ratio of the rates**, odds(θ)/odds(ρ). It is exact for
/// Poisson streams and for users who are assigned at random, and conservative where exactly so many users are assigned to each arm. One user may convert more than once only if these are independent.
///
/// k says where it is most decisive: the conversions at which a decision is expected, over 2 ln(1/α) + ln(1 + 2 ln(1/α)), which is 7.9 at 95 %.
///
/// When the shares change, [`reallocate`](Self::reallocate): the evidence of the periods multiplies. Pooling them instead would compare days, not arms.
///
/// ```
/// use styring_experiments::sequential::{ConversionCounts, SequentialPlan, Shares};
/// use styring_experiments::{ConfidenceSet, Scale};
///
/// // 10 % holdout; a decision is expected at about 900 conversions.
/// let plan = SequentialPlan::conversions(900)?;
/// let mut test = ConversionCounts::new(Shares::new(&[0.1, 0.9])?, &plan)?;
/// test.add(&[21, 310])?; // conversions of the first day: control, treatment
/// test.add(&[22, 420])?;
/// let look = test.lift(1, &plan)?;
/// assert!(look.readout().set().contains(0.5));
/// assert!(look.readout().p_value() < 0.05);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
///
/// A look takes a few dozen logarithms for each period and arm.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written", into = "Written"))]
pub struct ConversionCounts {
    concentration: f64,
    periods: Vec<Period>,
}

#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
struct Period {
    shares: Shares,
    conversions: Vec<u64>,
}

/// What the pair of an arm and the control saw in a period.
#[derive(Clone, Copy)]
struct Pair {
    /// ln of the odds of the arm against the control in traffic.
    log_odds: f64,
    /// The prior's counts: control, arm.
    prior: [f64; 2],
    /// The conversions: control, arm.
    seen: [f64; 2],
}

impl ConversionCounts {
    /// Nothing counted yet, with the shares of traffic of the arms; the first arm is the control.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if the plan expects its decision at a number of users: what counts here are conversions.
    pub fn new(shares: Shares, plan: &SequentialPlan) -> Result<Self, Error> {
        let crate::sequential::DecideAt::Conversions(conversions) = plan.decide_at() else {
            return Err(Error::range("plan", "tuned by conversions", "users"));
        };
        let (level, _, _) = plan.question();
        Self::with_concentration(shares, conversions as f64 / tuning_constant(level.alpha()))
    }

    /// As [`ConversionCounts::new`], with k itself.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless 1e-6 ≤ k ≤ 1e15.
    pub fn with_concentration(shares: Shares, concentration: f64) -> Result<Self, Error> {
        check_concentration(concentration)?;
        let conversions = vec![0; shares.arms()];
        Ok(Self { concentration, periods: vec![Period { shares, conversions }] })
    }

    /// Adds new conversions, one number per arm.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] if there is not one per arm; [`Error::OutOfRange`] for conversions of an arm that has no traffic, and for sums above 2⁵³. Nothing is added then.
    pub fn add(&mut self, conversions: &[u64]) -> Result<(), Error> {
        let Some(period) = self.periods.last_mut() else { return Ok(()) };
        period.conversions = period.added(conversions)?;
        Ok(())
    }

    /// From here on traffic is split by other shares; an arm that was dropped has share 0.
    ///
    /// # Errors
    ///
    /// [`Error::Lengths`] for another number of arms.
    pub fn reallocate(&mut self, shares: Shares) -> Result<(), Error> {
        let arms = self.arms();
        if shares.arms() != arms {
            return Err(Error::Lengths { what: "shares", first: arms, second: shares.arms() });
        }
        self.periods.push(Period { conversions: vec![0; arms], shares });
        Ok(())
    }

    /// Adds what was counted elsewhere in the same periods.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] if the periods or the concentrations are not the same. Nothing is added then.
    #[allow(clippy::float_cmp, reason = "the same plan has the same number")]
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        let same = self.concentration == other.concentration
            && self.periods.len() == other.periods.len()
            && self.periods.iter().zip(&other.periods).all(|(one, other)| one.shares == other.shares);
        if !same {
            return Err(Error::range("counts to merge", "of the same plan and shares", "others"));
        }
        let periods = self.periods.iter().zip(&other.periods).map(|(one, other)| {
            let conversions = one.added(&other.conversions)?;
            Ok(Period { shares: one.shares.clone(), conversions })
        });
        self.periods = periods.collect::<Result<_, Error>>()?;
        Ok(())
    }

    /// How many arms there are, the control among them.
    pub fn arms(&self) -> usize {
        self.periods.first().map_or(0, |period| period.conversions.len())
    }

    /// The conversions per arm, over all periods.
    pub fn conversions(&self) -> Vec<u64> {
        let mut sums = vec![0; self.arms()];
        for period in &self.periods {
            sums.iter_mut().zip(&period.conversions).for_each(|(sum, count)| *sum += count);
        }
        sums
    }

    /// k.
    pub fn concentration(&self) -> f64 {
        self.concentration
    }

    /// The evidence that the rates of the arms are not all the same.
    pub fn e_value(&self) -> EValue {
        EValue::product(self.periods.iter().map(|period| {
            let arms = period.shares.iter().zip(&period.conversions).map(|(share, &count)| (share, count as f64));
            EValue::clamped(log_dirichlet(arms, self.concentration))
        }))
    }

    /// The lift of an arm's rate over that of the control (arm 0): their ratio less one, with its confidence sequence and the evidence against the plan's null.
    ///
    /// The level and the side are the plan's; the tuning is that with which this was made.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an arm that is not there or is the control, or a null of −1 or less.
    pub fn lift(&self, arm: usize, plan: &SequentialPlan) -> Result<Look, Error> {
        let (level, alternative, null) = plan.question();
        let bet = self.bet(arm, null)?;
        let log_null = libm::log1p(null);
        let set = bet.set(level, alternative, log_null).map(libm::expm1);
        let name = ("exact conversion-count e-process", Scale::Lift);
        Ok(Look::new(name, bet.estimate().map(libm::expm1), set, bet.log_e(log_null, alternative), plan))
    }

    /// The ratio of an arm's rate to that of the control (arm 0): what is not rejected at the level, two-sided.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an arm that is not there or is the control.
    pub fn rate_ratio(&self, arm: usize, level: Level) -> Result<ConfidenceSet, Error> {
        let (low, high) = self.bet(arm, 0.0)?.ends(level, Alternative::TwoSided, 0.0);
        Ok(ConfidenceSet::between(libm::exp(low), libm::exp(high)))
    }

    /// The share of the conversions of an arm and the control that are the arm's, at the shares of traffic of this period: what is not rejected at the level, two-sided.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an arm that is not there or is the control.
    pub fn conversion_share(&self, arm: usize, level: Level) -> Result<ConfidenceSet, Error> {
        let (low, high) = self.bet(arm, 0.0)?.ends(level, Alternative::TwoSided, 0.0);
        let odds = self.periods.last().map_or(1.0, |period| period.shares.get(arm) / period.shares.get(0));
        let share = |ratio: f64| logistic(ratio + libm::log(odds));
        Ok(ConfidenceSet::between(share(low), share(high)))
    }

    fn bet(&self, arm: usize, null: f64) -> Result<Bet<'_>, Error> {
        if arm == 0 || arm >= self.arms() {
            return Err(Error::range("arm", "one of the treatments", arm));
        }
        if null <= -1.0 {
            return Err(Error::range("null", "a lift above −1", null));
        }
        let mut bet = Bet { counts: self, arm, centre: 0.0 };
        bet.centre = match (bet.estimate(), bet.seen()) {
            (Some(estimate), _) => estimate,
            (None, [_, of_arm]) if of_arm > 0.0 => f64::INFINITY,
            (None, [of_control, _]) if of_control > 0.0 => f64::NEG_INFINITY,
            _ => 0.0,
        };
        Ok(bet)
    }
}

/// The pair of an arm and the control, over all periods in which both had traffic.
struct Bet<'a> {
    counts: &'a ConversionCounts,
    arm: usize,
    /// The estimate, infinite where an arm has no conversions.
    centre: f64,
}

impl Bet<'_> {
    fn pairs(&self) -> impl Iterator<Item = Pair> {
        self.counts.periods.iter().filter_map(|period| {
            let (control, arm) = (period.shares.get(0), period.shares.get(self.arm));
            let seen = [period.conversions.first(), period.conversions.get(self.arm)];
            let [Some(&of_control), Some(&of_arm)] = seen else { return None };
            (control > 0.0 && arm > 0.0).then(|| Pair {
                log_odds: libm::log(arm / control),
                prior: [self.counts.concentration * control, self.counts.concentration * arm],
                seen: [of_control as f64, of_arm as f64],
            })
        })
    }

    /// ln of the ratio that makes the arms' conversions as they are; infinite if an arm has none.
    fn estimate(&self) -> Option<f64> {
        let [control, arm] = self.seen();
        if control <= 0.0 || arm <= 0.0 {
            return None;
        }
        // One period has a formula, several the root of the score.
        let mut ratio = libm::log(arm / control) - self.mean_log_odds();
        for _ in 0..50 {
            let (score, information) = self.pairs().fold((0.0, 0.0), |(score, information), pair| {
                let share = logistic(ratio + pair.log_odds);
                let all = pair.seen[0] + pair.seen[1];
                (score + pair.seen[1] * (1.0 - share) - pair.seen[0] * share, information + all * share * (1.0 - share))
            });
            let step = score / information;
            if !step.is_finite() {
                break;
            }
            ratio += step.clamp(-2.0, 2.0);
            if step.abs() < 1e-13 {
                break;
            }
        }
        Some(ratio)
    }

    fn seen(&self) -> [f64; 2] {
        self.pairs().fold([0.0; 2], |[a, b], pair| [a + pair.seen[0], b + pair.seen[1]])
    }

    fn mean_log_odds(&self) -> f64 {
        let (sum, weight) = self.pairs().fold((0.0, 0.0), |(sum, weight), pair| {
            let all = pair.seen[0] + pair.seen[1];
            (sum + all * pair.log_odds, weight + all)
        });
        if weight > 0.0 { sum / weight } else { 0.0 }
    }

    /// ln e against a ratio whose logarithm is `ratio`.
    ///
    /// One-sided, an estimate on the other side is no evidence, even where a single period would be: periods may contradict each other.
    fn log_e(&self, ratio: f64, alternative: Alternative) -> f64 {
        let log_e: f64 = self.pairs().map(|pair| pair.log_e(ratio, alternative)).sum();
        match alternative {
            Alternative::Greater if self.centre <= ratio => log_e.min(0.0),
            Alternative::Less if self.centre >= ratio => log_e.min(0.0),
            _ => log_e,
        }
    }

    fn set(&self, level: Level, alternative: Alternative, null: f64) -> ConfidenceSet {
        let (low, high) = self.ends(level, alternative, null);
        one_side(alternative, low, high)
    }

    /// The ends of what is not rejected, of ln of the ratio.
    ///
    /// ln e is convex in it with its least value at the estimate; an arm without conversions leaves its side open.
    fn ends(&self, level: Level, alternative: Alternative, null: f64) -> (f64, f64) {
        let wanted = -libm::log(level.alpha());
        let [control, arm] = self.seen();
        let rejected = |ratio: f64| self.log_e(ratio, alternative) > wanted;
        // Where an arm has no conversion, a ratio of e^40 stands for one without end.
        let centre = self.centre.clamp(-40.0, 40.0);
        let low = if arm > 0.0 && alternative != Alternative::Less {
            self.end(centre, -1.0, (alternative, wanted), null, &rejected)
        } else {
            f64::NEG_INFINITY
        };
        let high = if control > 0.0 && alternative != Alternative::Greater {
            self.end(centre, 1.0, (alternative, wanted), null, &rejected)
        } else {
            f64::INFINITY
        };
        (low, high)
    }

    /// The end to one side of the centre. It lies beyond the null exactly if the null is rejected, because the search begins with it.
    fn end(
        &self,
        centre: f64,
        side: f64,
        (alternative, wanted): (Alternative, f64),
        null: f64,
        rejected: &impl Fn(f64) -> bool,
    ) -> f64 {
        let (mut inside, mut outside) = (centre, centre + side);
        if (null - centre) * side > 0.0 {
            if rejected(null) {
                outside = null;
            } else {
                (inside, outside) = (null, null + side);
            }
        }
        for _ in 0..60 {
            if rejected(outside) {
                break;
            }
            inside = outside;
            outside = centre + (outside - centre) * 2.0;
        }
        if alternative == Alternative::TwoSided {
            self.newton(inside, outside, wanted)
        } else {
            crate::crossing::crossing(inside, outside, rejected)
        }
    }

    /// The crossing of a convex function between `inside` (below) and `outside` (above): Newton from outside, which never overshoots.
    fn newton(&self, inside: f64, outside: f64, wanted: f64) -> f64 {
        let mut at = outside;
        for _ in 0..80 {
            let (value, slope) = self.pairs().fold((-wanted, 0.0), |(value, slope), pair| {
                let (log_e, rise) = pair.log_e_and_slope(at);
                (value + log_e, slope + rise)
            });
            let step = value / slope;
            if !step.is_finite() || step.abs() <= 1e-14 * (1.0 + at.abs()) {
                break;
            }
            at -= step;
            if (at - inside) * (outside - inside) < 0.0 {
                return crate::crossing::crossing(inside, outside, |ratio| {
                    self.log_e(ratio, Alternative::TwoSided) > wanted
                });
            }
        }
        at
    }
}

impl Pair {
    fn log_e(&self, ratio: f64, alternative: Alternative) -> f64 {
        let (log_e, _) = self.log_e_and_slope(ratio);
        let side = match alternative {
            Alternative::TwoSided => return log_e,
            Alternative::Greater => 1,
            Alternative::Less => 0,
        };
        // The weights are those on the side that is to be shown.
        let odds = libm::exp(ratio + self.log_odds);
        let beyond = |counts: [f64; 2]| {
            Split::from_ratio(odds, 1.0)
                .and_then(|share| beta_inc(self.prior[1] + counts[1], self.prior[0] + counts[0], share))
                .map_or(1.0, |parts| if side == 1 { parts.upper() } else { parts.lower() })
        };
        let gained = libm::log(beyond(self.seen)) - libm::log(beyond([0.0; 2]));
        if gained.is_nan() { log_e } else { (log_e + gained).max(f64::MIN) }
    }

    /// Two-sided ln e, and its slope in ln of the ratio.
    fn log_e_and_slope(&self, ratio: f64) -> (f64, f64) {
        let concentration = self.prior[0] + self.prior[1];
        let shares = self.prior.map(|prior| prior / concentration);
        let all = self.seen[0] + self.seen[1];
        // From the ratio 1 to this one: the likelihood of the arms of the conversions.
        let moved = self.seen[1] * ratio - all * log_mean_growth(shares, ratio);
        let share = logistic(ratio + self.log_odds);
        (log_mixture(shares, concentration, self.seen) - moved, all * share - self.seen[1])
    }
}

/// ln(ρ₀ + ρ₁ R) for ln R.
fn log_mean_growth(shares: [f64; 2], ratio: f64) -> f64 {
    if ratio < 1.0 {
        libm::log1p(shares[1] * libm::expm1(ratio))
    } else {
        ratio + libm::log(shares[1] + shares[0] * libm::exp(-ratio))
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

pub(crate) fn check_concentration(concentration: f64) -> Result<(), Error> {
    if (1e-6..=1e15).contains(&concentration) {
        Ok(())
    } else {
        Err(Error::range("concentration", "from 1e-6 to 1e15", concentration))
    }
}

impl Period {
    fn added(&self, conversions: &[u64]) -> Result<Vec<u64>, Error> {
        added(&self.shares, &self.conversions, conversions)
    }
}

/// Counts plus new ones, of arms that have traffic.
pub(crate) fn added(shares: &Shares, counts: &[u64], new: &[u64]) -> Result<Vec<u64>, Error> {
    const MOST: u64 = 1 << 53;
    if new.len() != counts.len() {
        return Err(Error::Lengths { what: "counts per arm", first: counts.len(), second: new.len() });
    }
    let arms = shares.iter().zip(counts.iter().zip(new));
    arms.map(|(share, (&count, &new))| {
        if share <= 0.0 && new > 0 {
            return Err(Error::range("count of an arm without traffic", "0", new));
        }
        match count.checked_add(new) {
            Some(sum) if sum <= MOST => Ok(sum),
            _ => Err(Error::range("count", "at most 2^53", new)),
        }
    })
    .collect()
}

/// As it is written down.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    concentration: f64,
    periods: Vec<Period>,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for ConversionCounts {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        let mut periods = written.periods.into_iter();
        let first = periods.next().ok_or(Error::TooFew { what: "periods", needed: 1, given: 0 })?;
        let mut counts = Self::with_concentration(first.shares, written.concentration)?;
        counts.add(&first.conversions)?;
        for period in periods {
            counts.reallocate(period.shares)?;
            counts.add(&period.conversions)?;
        }
        Ok(counts)
    }
}

#[cfg(feature = "serde")]
impl From<ConversionCounts> for Written {
    fn from(counts: ConversionCounts) -> Self {
        Self { concentration: counts.concentration, periods: counts.periods }
    }
}
