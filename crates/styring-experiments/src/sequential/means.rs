use crate::sequential::asymptotic::{self, time};
use crate::sequential::{BurnIn, DecideAt, Look, SequentialPlan};
use crate::{Error, Joint, Moments, Scale};

/// The mean per user of two arms, compared at any look.
///
/// On [`Scale::Lift`] ln(m_T/m_C) with squared error s²_T/(n_T m²_T) + s²_C/(n_C m²_C); on [`Scale::Difference`] m_T − m_C with s²_T/n_T + s²_C/n_C. Normal mixture, asymptotic.
///
/// Burn-in: in each arm the mean is 5 of its standard errors (25 conversions' worth), of at least 100 users. A metric that is around zero never gets there: give such a plan [`BurnIn::Users`].
///
/// # Errors
///
/// [`Error::OutOfRange`] for another scale, a null that is no lift, or a plan tuned by conversions, which means do not know.
///
/// ```
/// use styring_experiments::sequential::{SequentialPlan, means};
/// use styring_experiments::{Moments, Scale};
///
/// // Revenue per visitor: n, mean, variance.
/// let control = Moments::from_summary(21_000, [14.2], [[9_800.0]])?;
/// let treatment = Moments::from_summary(20_900, [18.1], [[11_900.0]])?;
/// let look = means(&control, &treatment, Scale::Lift, &SequentialPlan::users(60_000)?)?;
/// assert!(look.readout().set().contains(0.27) && look.readout().p_value() < 0.05);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn means(control: &Moments, treatment: &Moments, scale: Scale, plan: &SequentialPlan) -> Result<Look, Error> {
    let name = "asymptotic confidence sequence of means";
    compare(name, [control, treatment].map(|arm| Summary::of(arm, scale, |arm| mean(arm, 0, scale))), scale, plan)
}

/// A ratio of two means, such as orders per session with users assigned, compared at any look: (numerator, denominator).
///
/// On [`Scale::Lift`] the log ratio, on [`Scale::Difference`] the ratio, with the delta method's error (Deng, Knoblich and Lu 2018). Burn-in: numerator and denominator are each 5 of their standard errors, of at least 100 users.
///
/// # Errors
///
/// As [`means`].
pub fn ratios(control: &Joint<2>, treatment: &Joint<2>, scale: Scale, plan: &SequentialPlan) -> Result<Look, Error> {
    let name = "asymptotic confidence sequence of ratios";
    compare(name, [control, treatment].map(|arm| Summary::of(arm, scale, |arm| ratio(arm, [0, 1], scale))), scale, plan)
}

/// Means adjusted by what was known of each user before (CUPED), compared at any look: (value, covariate).
///
/// Δv − θ Δx, where v is the mean or, for a lift, its logarithm, and θ = cov(v, x)/var(x) is pooled within the arms (Deng, Xu, Kohavi and Walker 2013). The covariate must be from before the
/// assignment; one that the treatment moves makes the answer wrong.
///
/// # Errors
///
/// As [`means`].
///
/// ```
/// use styring_experiments::sequential::{SequentialPlan, adjusted_means, means};
/// use styring_experiments::{Joint, Moments, Scale};
///
/// // Revenue during and before the experiment, correlation 0.8.
/// let control = Joint::from_summary(9_000, [102.0, 98.0], [[900.0, 720.0], [720.0, 900.0]])?;
/// let treatment = Joint::from_summary(9_100, [103.9, 98.2], [[910.0, 725.0], [725.0, 905.0]])?;
/// let plan = SequentialPlan::users(20_000)?;
/// let adjusted = adjusted_means(&control, &treatment, Scale::Difference, &plan)?;
/// assert!(adjusted.readout().p_value() < 0.01);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
pub fn adjusted_means(
    control: &Joint<2>,
    treatment: &Joint<2>,
    scale: Scale,
    plan: &SequentialPlan,
) -> Result<Look, Error> {
    let name = "asymptotic confidence sequence of adjusted means";
    let arms = [control, treatment].map(|arm| {
        Summary::of(arm, scale, |arm| mean(arm, 0, scale)).adjusted(arm, |arm| mean(arm, 1, Scale::Difference))
    });
    compare(name, arms, scale, plan)
}

/// Ratios adjusted by the ratio before the experiment, compared at any look: (numerator, denominator, both before).
///
/// As [`adjusted_means`], with the ratio before, or for a lift its logarithm, for the covariate.
///
/// # Errors
///
/// As [`means`].
pub fn adjusted_ratios(
    control: &Joint<4>,
    treatment: &Joint<4>,
    scale: Scale,
    plan: &SequentialPlan,
) -> Result<Look, Error> {
    let name = "asymptotic confidence sequence of adjusted ratios";
    let arms = [control, treatment].map(|arm| {
        Summary::of(arm, scale, |arm| ratio(arm, [0, 1], scale)).adjusted(arm, |arm| ratio(arm, [2, 3], scale))
    });
    compare(name, arms, scale, plan)
}

/// A smooth function of the means, linearised: its value, and its slope in each mean.
struct Function<const K: usize> {
    value: f64,
    slopes: [f64; K],
    /// The least number of standard errors, squared, that a mean it rests on is away from 0.
    information: f64,
}

fn mean<const K: usize>(arm: &Joint<K>, place: usize, scale: Scale) -> Option<Function<K>> {
    let mean = arm.mean(place);
    let (value, slope) = match scale {
        Scale::Lift if mean > 0.0 => (libm::log(mean), 1.0 / mean),
        Scale::Lift => return None,
        _ => (mean, 1.0),
    };
    let slopes = std::array::from_fn(|at| if at == place { slope } else { 0.0 });
    Some(Function { value, slopes, information: information(arm, place) })
}

fn ratio<const K: usize>(arm: &Joint<K>, [above, below]: [usize; 2], scale: Scale) -> Option<Function<K>> {
    let (numerator, denominator) = (arm.mean(above), arm.mean(below));
    let ratio = numerator / denominator;
    let (value, slopes) = match scale {
        Scale::Lift if numerator > 0.0 && denominator > 0.0 => {
            (libm::log(ratio), [1.0 / numerator, -1.0 / denominator])
        }
        Scale::Lift => return None,
        _ if denominator == 0.0 => return None,
        _ => (ratio, [1.0 / denominator, -ratio / denominator]),
    };
    let slopes = std::array::from_fn(|at| match at {
        at if at == above => slopes[0],
        at if at == below => slopes[1],
        _ => 0.0,
    });
    Some(Function { value, slopes, information: information(arm, above).min(information(arm, below)) })
}

/// The squared mean over its squared standard error; of a mean without spread, without end.
fn information<const K: usize>(arm: &Joint<K>, place: usize) -> f64 {
    let mean = arm.mean(place);
    match arm.variance(place) {
        Ok(variance) if variance > 0.0 => mean * mean * arm.n() as f64 / variance,
        Ok(_) if mean != 0.0 => f64::INFINITY,
        _ => 0.0,
    }
}

/// What an arm comes to: the value, its squared error, and the same of the covariate.
#[derive(Default)]
struct Summary {
    users: f64,
    information: f64,
    value: Option<f64>,
    variance: f64,
    covariate: f64,
    covariate_variance: f64,
    covariance: f64,
    slopes: [f64; 4],
}

impl Summary {
    fn of<const K: usize>(arm: &Joint<K>, scale: Scale, function: impl Fn(&Joint<K>) -> Option<Function<K>>) -> Self {
        let users = arm.n() as f64;
        let Some(function) = function(arm).filter(|_| arm.n() > 1 && shown(scale)) else {
            return Self { users, ..Self::default() };
        };
        let mut slopes = [0.0; 4];
        slopes.iter_mut().zip(function.slopes).for_each(|(slope, of)| *slope = of);
        let variance = covariance(arm, &function.slopes, &function.slopes) / users;
        Self {
            users,
            information: function.information,
            value: Some(function.value),
            variance,
            slopes,
            ..Self::default()
        }
    }

    /// With a covariate; one that has no value or does not vary adjusts nothing.
    fn adjusted<const K: usize>(self, arm: &Joint<K>, function: impl Fn(&Joint<K>) -> Option<Function<K>>) -> Self {
        let Some(function) = function(arm).filter(|_| self.value.is_some()) else { return self };
        let slopes: [f64; K] = std::array::from_fn(|at| self.slopes.get(at).copied().unwrap_or(0.0));
        Self {
            covariate: function.value,
            covariate_variance: covariance(arm, &function.slopes, &function.slopes) / self.users,
            covariance: covariance(arm, &slopes, &function.slopes) / self.users,
            ..self
        }
    }
}

fn covariance<const K: usize>(arm: &Joint<K>, one: &[f64; K], other: &[f64; K]) -> f64 {
    let mut sum = 0.0;
    for (i, one) in one.iter().enumerate() {
        for (j, other) in other.iter().enumerate() {
            sum += one * other * arm.covariance(i, j).unwrap_or(0.0);
        }
    }
    sum
}

fn shown(scale: Scale) -> bool {
    matches!(scale, Scale::Difference | Scale::Lift)
}

fn compare(
    name: &'static str,
    [control, treatment]: [Summary; 2],
    scale: Scale,
    plan: &SequentialPlan,
) -> Result<Look, Error> {
    let (_, _, null) = plan.question();
    if !shown(scale) {
        return Err(Error::range("scale", "a difference or a lift", format!("{scale:?}")));
    }
    if matches!(plan.decide_at(), DecideAt::Conversions(_)) {
        return Err(Error::range("plan", "tuned by users", "conversions"));
    }
    if scale == Scale::Lift && null <= -1.0 {
        return Err(Error::range("null", "a lift above −1", null));
    }
    let (show, null): (fn(f64) -> f64, f64) =
        if scale == Scale::Lift { (libm::expm1, libm::log1p(null)) } else { (|x| x, null) };
    let both_vary = control.covariate_variance > 0.0 && treatment.covariate_variance > 0.0;
    // Pooled within the arms, user by user: weighted by its error, a small arm would choose the slope that suits its own few users.
    let pooled = |part: fn(&Summary) -> f64| {
        [&control, &treatment].iter().map(|arm| arm.users * arm.users * part(arm)).sum::<f64>()
    };
    let slope = if both_vary { pooled(|arm| arm.covariance) / pooled(|arm| arm.covariate_variance) } else { 0.0 };
    let estimate = control.value.zip(treatment.value).map(|(of_control, of_treatment)| {
        of_treatment - of_control - slope * (treatment.covariate - control.covariate)
    });
    let burnt_in = [&control, &treatment].iter().all(|arm| match plan.burn_in() {
        BurnIn::Conversions(least) => {
            let least = least.max(1) as f64;
            arm.information >= least && arm.users >= 4.0 * least
        }
        BurnIn::Users(least) => arm.users >= least.max(2) as f64,
    });
    let squared: f64 = [&control, &treatment]
        .iter()
        .map(|arm| arm.variance - 2.0 * slope * arm.covariance + slope * slope * arm.covariate_variance)
        .sum();
    let name = (name, scale);
    match estimate.filter(|estimate| estimate.is_finite() && burnt_in && squared > 0.0 && squared.is_finite()) {
        Some(estimate) => {
            let time = time(plan, control.users + treatment.users, 0.0);
            Ok(asymptotic::look(name, (estimate, squared.sqrt()), null, time, plan, show))
        }
        None => Ok(Look::nothing_yet(name, estimate.map(show), plan)),
    }
}
