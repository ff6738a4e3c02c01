//! One comparison of two variants, by each way of reading a test.

use styring_experiments::bayes::{Posterior, chance_to_beat};
use styring_experiments::means::{Contrast, Cuped, Slope};
use styring_experiments::sequential::{self, Look, SequentialPlan};
use styring_experiments::{
    Counts, DifferenceMethod, Error, Hypothesis, RatioMethod, Readout, Scale, TwoProportions, group_sequential,
};

use super::sums::Sum;

/// That of one look, whichever it is.
pub(super) fn at_any_time(control: &Sum, treatment: &Sum, scale: Scale, plan: &SequentialPlan) -> Result<Look, Error> {
    match (control, treatment) {
        (Sum::Values(control), Sum::Values(treatment)) => sequential::means(control, treatment, scale, plan),
        (Sum::Adjusted(control), Sum::Adjusted(treatment)) => {
            sequential::adjusted_means(control, treatment, scale, plan)
        }
        _ => {
            let (control, treatment) = counts(control, treatment)?;
            match scale {
                Scale::Lift => sequential::rate_lift(control, treatment, plan),
                _ => sequential::rate_difference(control, treatment, plan),
            }
        }
    }
}

/// That of the only look.
pub(super) fn once(control: &Sum, treatment: &Sum, scale: Scale, asked: Hypothesis) -> Result<Readout, Error> {
    let contrast = match (control, treatment) {
        (Sum::Values(control), Sum::Values(treatment)) => Contrast::means(control, treatment)?,
        (Sum::Adjusted(control), Sum::Adjusted(treatment)) => {
            Cuped::means(control, treatment, Slope::WithinArms)?.contrast()
        }
        _ => {
            let (control, treatment) = counts(control, treatment)?;
            let test = TwoProportions::new(treatment, control)?;
            return match scale {
                Scale::Lift => test.lift(RatioMethod::default(), asked),
                _ => test.difference(DifferenceMethod::default(), asked),
            };
        }
    };
    match scale {
        Scale::Lift => contrast.lift(asked),
        _ => contrast.difference(asked),
    }
}

/// Of a planned look: a difference and its z.
pub(super) fn planned(control: &Sum, treatment: &Sum) -> Result<group_sequential::Evidence, Error> {
    match (control, treatment) {
        (Sum::Values(control), Sum::Values(treatment)) => group_sequential::Evidence::means(*treatment, *control),
        (Sum::Adjusted(control), Sum::Adjusted(treatment)) => {
            let contrast = Cuped::means(control, treatment, Slope::WithinArms)?.contrast();
            group_sequential::Evidence::normal(contrast.treatment() - contrast.control(), contrast.standard_error()?)
        }
        _ => {
            let (control, treatment) = counts(control, treatment)?;
            group_sequential::Evidence::rates(treatment, control)
        }
    }
}

/// How probable it is that the treatment is the better one, with a prior that knows nothing.
pub(super) fn chance(control: &Sum, treatment: &Sum) -> Result<f64, Error> {
    let of = |sum: &Sum| match sum {
        Sum::Counts { users, conversions } => {
            Posterior::beta(1.0, 1.0)?.after_counts(Counts::new(*conversions, *users)?)
        }
        Sum::Values(sum) => Posterior::normal(sum.mean(0), (sum.variance(0)? / sum.n() as f64).sqrt()),
        Sum::Adjusted(sum) => Posterior::normal(sum.mean(0), (sum.variance(0)? / sum.n() as f64).sqrt()),
    };
    chance_to_beat(of(control)?, of(treatment)?)
}

fn counts(control: &Sum, treatment: &Sum) -> Result<(Counts, Counts), Error> {
    let of = |sum: &Sum| Counts::new(sum.conversions().unwrap_or(0), sum.users());
    Ok((of(control)?, of(treatment)?))
}
