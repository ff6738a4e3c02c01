use nalgebra::DVector;

use crate::bg_bb::stays_for_ever;
use crate::check::{discount, out_of_range, parameter};
use crate::derivatives::Derivatives;
use crate::gamma_ratio::Rise;
use crate::maximum::{CLOSEST, maximum};
use crate::quadrature::beta_mean;
use crate::total::delta_variance;
use crate::{Error, Estimates, Fit, Total};

/// How many subscribers were lost at each renewal, and how many are still there: what [`ShiftedBetaGeometric`] is fitted to. Cohorts of different ages merge.
///
/// ```
/// use styring_ltv::Renewals;
///
/// let mut all = Renewals::of(&[1000, 869, 743])?; // active at the start and after each renewal
/// all.merge(&Renewals::of(&[500, 440])?); // a younger cohort
/// assert_eq!(all.subscribers(), 1500);
/// assert!(Renewals::of(&[500, 510]).is_err());
/// # Ok::<(), styring_ltv::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Renewals {
    /// Lost at renewal 1, 2, …
    lost: Vec<u64>,
    /// Still there after the last renewal that was seen, by its number: 0, 1, …
    active: Vec<u64>,
}

impl Renewals {
    /// A cohort: active at the start, and after each renewal.
    ///
    /// Errors: nobody at the start; more active after a renewal than before.
    pub fn of(active: &[u64]) -> Result<Self, Error> {
        let last = active.last().filter(|_| active.first().is_some_and(|start| *start > 0));
        let last = last.ok_or_else(|| out_of_range("subscribers at the start", "at least one", &0))?;
        let lost = active.windows(2).map(|pair| pair[0].checked_sub(pair[1]).ok_or(pair[1]));
        let lost: Result<Vec<_>, u64> = lost.collect();
        let lost =
            lost.map_err(|more| out_of_range("active subscribers", "no more than at the renewal before", &more))?;
        let mut still = vec![0; active.len()];
        if let Some(end) = still.last_mut() {
            *end = *last;
        }
        Ok(Self { lost, active: still })
    }

    /// Adds all subscribers of `other`.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in [(&mut self.lost, &other.lost), (&mut self.active, &other.active)] {
            mine.resize(mine.len().max(theirs.len()), 0);
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine = mine.saturating_add(*theirs));
        }
    }

    /// How many there were at the start.
    pub fn subscribers(&self) -> u64 {
        self.lost.iter().chain(&self.active).fold(0, |sum, count| sum.saturating_add(*count))
    }
}

/// Shifted beta-geometric: subscriptions that are renewed or not, each subscriber with a chance of its own to leave at a renewal, spread as Beta(α, β).
///
/// Retention rises with age although nobody becomes more loyal: those who leave easily have left. Source: Fader and Hardie 2007, *Journal of Interactive Marketing* 21; 2010, *Marketing
/// Science* 29.
///
/// ```
/// use styring_ltv::{Renewals, ShiftedBetaGeometric};
///
/// let fit = ShiftedBetaGeometric::fit(&Renewals::of(&[1000, 869, 743, 653, 593, 551, 517, 491])?)?;
/// assert!((fit.model.survival(12) - 0.378).abs() < 1e-3); // 394 of 1000 were left in truth
/// # Ok::<(), styring_ltv::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "stored::ShiftedBetaGeometric")
)]
pub struct ShiftedBetaGeometric {
    alpha: f64,
    beta: f64,
}

impl ShiftedBetaGeometric {
    const NAME: &'static str = "sBG";
    pub(crate) const PARAMETERS: [&'static str; 2] = ["alpha", "beta"];

    /// A model of these parameters.
    ///
    /// Errors: a parameter that is not between 1e-50 and 1e50.
    pub fn new(alpha: f64, beta: f64) -> Result<Self, Error> {
        parameter("alpha", alpha)?;
        parameter("beta", beta)?;
        Ok(Self { alpha, beta })
    }

    /// α and β.
    pub fn parameters(&self) -> [f64; 2] {
        [self.alpha, self.beta]
    }

    /// ln of `Γ(β+t)/Γ(β) · Γ(α+β)/Γ(α+β+t)`, as the difference of two rises by the smaller of α and t: the digits of larger ones would cancel.
    fn ln_survival(&self, renewals: u32) -> f64 {
        let periods = f64::from(renewals);
        if self.alpha < periods {
            Rise::over(self.beta, self.alpha).value - Rise::over(self.beta + periods, self.alpha).value
        } else {
            Rise::by(self.beta, renewals).value - Rise::by(self.alpha + self.beta, renewals).value
        }
    }

    /// The share that is left after so many renewals, `B(α, β+t) / B(α, β)`.
    pub fn survival(&self, renewals: u32) -> f64 {
        libm::exp(self.ln_survival(renewals))
    }

    /// The share of those left after `renewals − 1` that renew once more, `(β+t−1)/(α+β+t−1)`; at renewal 0 all are there.
    pub fn retention(&self, renewals: u32) -> f64 {
        let Some(before) = renewals.checked_sub(1) else { return 1.0 };
        let stayed = self.beta + f64::from(before);
        stayed / (self.alpha + stayed)
    }

    /// The share of all that leaves at renewal `renewals`; nobody at 0.
    pub fn churn(&self, renewals: u32) -> f64 {
        let Some(before) = renewals.checked_sub(1) else { return 0.0 };
        self.survival(before) * (self.alpha / (self.alpha + self.beta + f64::from(before)))
    }

    /// The natural logarithm of the likelihood of all renewals.
    pub fn log_likelihood(&self, renewals: &Renewals) -> f64 {
        let each = |counts: &[u64], ln: &dyn Fn(u32) -> f64| -> f64 {
            (0_u32..).zip(counts).filter(|(_, count)| **count > 0).map(|(at, count)| *count as f64 * ln(at)).sum()
        };
        each(&renewals.lost, &|before| {
            self.ln_survival(before) + libm::log(self.alpha / (self.alpha + self.beta + f64::from(before)))
        }) + each(&renewals.active, &|after| self.ln_survival(after))
    }

    /// `Σ_{t≥0} S(t) / (1+rate)^t`: the periods a new subscriber pays for, discounted to the first.
    ///
    /// Errors: no rate where the mean lifetime is infinite (α at most 1); a rate below zero.
    pub fn discounted_lifetime(&self, rate: f64) -> Result<f64, Error> {
        discount(rate)?;
        if rate > 0.0 {
            return Ok(beta_mean(self.alpha, self.beta, 1.0 / rate, |leaves, _| (1.0 + rate) / (rate + leaves)));
        }
        Ok(1.0 + stays_for_ever(self.alpha, self.beta, rate, "the mean lifetime of a subscriber")?)
    }

    /// The periods to come of a subscriber who has renewed `renewals − 1` times and is about to decide on renewal number `renewals`, discounted to that moment:
    /// `Σ_{t≥n} S(t)/S(n−1) / (1+rate)^(t−n)`.
    ///
    /// Errors: as [`discounted_lifetime`](Self::discounted_lifetime); a renewal number 0.
    pub fn discounted_residual_lifetime(&self, renewals: u32, rate: f64) -> Result<f64, Error> {
        discount(rate)?;
        let before = renewals.checked_sub(1).ok_or_else(|| out_of_range("renewal", "1 or more", &renewals))?;
        stays_for_ever(self.alpha, self.beta + f64::from(before), rate, "the residual lifetime of a subscriber")
    }

    /// The parameters that make these renewals most likely, with their standard errors.
    ///
    /// Errors: no renewal was seen.
    pub fn fit(renewals: &Renewals) -> Result<Fit<Self>, Error> {
        if renewals.lost.is_empty() || renewals.subscribers() == 0 {
            return Err(Error::CannotFit { model: Self::NAME, reason: "no renewal was seen" });
        }
        let at = |point: &DVector<f64>| {
            let parameters = [libm::exp(point[0]), libm::exp(point[1])];
            let [alpha, beta] = parameters;
            (point.amax() <= 50.0).then(|| Self { alpha, beta }.derivatives(renewals).in_logarithms(&parameters))
        };
        let top = maximum(Self::NAME, DVector::from_vec(vec![0.0, 1.0]), CLOSEST, at)?;
        let model = Self::new(libm::exp(top.point[0]), libm::exp(top.point[1]))?;
        let named = Self::PARAMETERS.into_iter().zip(model.parameters());
        let hardly_any = model.alpha / (model.alpha + model.beta) < 1e-3;
        let subscribers = renewals.subscribers() as f64;
        let estimates = Estimates::at_maximum(named, top.value, subscribers, &top.hessian, hardly_any);
        Ok(Fit { model, estimates })
    }

    fn left_after(&self, renewals: &Renewals, ahead: u32) -> (f64, f64) {
        let (mut mean, mut variance) = (0.0, 0.0);
        for (after, active) in (0_u32..).zip(&renewals.active) {
            let stays = libm::exp(self.ln_survival(after.saturating_add(ahead)) - self.ln_survival(after));
            let active = *active as f64;
            mean += active * stays;
            variance += active * stays * (1.0 - stays);
        }
        (mean, variance)
    }

    fn derivatives(&self, renewals: &Renewals) -> Derivatives<2> {
        let Self { alpha, beta } = *self;
        let mut total = Derivatives::ZERO;
        let (mut stays, mut all) = (Rise::default(), Rise::default());
        for at in 0..renewals.lost.len().max(renewals.active.len()) {
            let before = at as f64;
            let survives = Derivatives {
                value: stays.value - all.value,
                gradient: [-all.slope, stays.slope - all.slope],
                hessian: [[-all.curve, -all.curve], [0.0, stays.curve - all.curve]],
            };
            let everyone = 1.0 / (alpha + beta + before);
            let mut leaves = survives;
            leaves.value += libm::log(alpha * everyone);
            leaves.gradient[0] += 1.0 / alpha - everyone;
            leaves.gradient[1] -= everyone;
            leaves.hessian[0][0] += everyone * everyone - 1.0 / (alpha * alpha);
            leaves.hessian[0][1] += everyone * everyone;
            leaves.hessian[1][1] += everyone * everyone;
            let count = |counts: &[u64]| counts.get(at).map_or(0.0, |count| *count as f64);
            total.add(&leaves, count(&renewals.lost));
            total.add(&survives, count(&renewals.active));
            stays.step(beta + before);
            all.step(alpha + beta + before);
        }
        total
    }
}

impl Fit<ShiftedBetaGeometric> {
    /// How many of the subscribers who are active now will be after so many more renewals, with both ways in which that is uncertain. Nothing is refitted.
    ///
    /// Each stays with probability `S(n + ahead) / S(n)` after n renewals, independently of the others; the parameters' part is by the delta method.
    ///
    /// ```
    /// use styring_ltv::{Renewals, ShiftedBetaGeometric};
    ///
    /// let renewals = Renewals::of(&[1000, 869, 743, 653, 593, 551, 517, 491])?;
    /// let fit = ShiftedBetaGeometric::fit(&renewals)?;
    /// let (low, high) = fit.survivors(&renewals, 5)?.interval(0.9)?;
    /// assert!(low < 394.0 && 394.0 < high); // so many there were
    /// # Ok::<(), styring_ltv::Error>(())
    /// ```
    ///
    /// Errors: parameters that cannot be moved, at the ends of their range.
    pub fn survivors(&self, renewals: &Renewals, ahead: u32) -> Result<Total, Error> {
        let (mean, chance) = self.model.left_after(renewals, ahead);
        let point = DVector::from_column_slice(&self.model.parameters().map(libm::log));
        let at = |point: &DVector<f64>| {
            let moved = ShiftedBetaGeometric::new(libm::exp(point[0]), libm::exp(point[1]))?;
            Ok(moved.left_after(renewals, ahead).0)
        };
        let parameters = delta_variance(&point, &self.estimates.covariance, at)?;
        Ok(Total { mean, chance, parameters })
    }
}

#[cfg(feature = "serde")]
mod stored {
    crate::stored::through_constructor!(ShiftedBetaGeometric { alpha: f64, beta: f64 });
}
