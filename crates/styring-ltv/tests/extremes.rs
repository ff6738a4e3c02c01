//! Parameters, histories and horizons at the ends of their ranges: an answer or a typed error, soon, and never NaN, infinity or a probability outside 0..1. Loops whose length grew
//! with a parameter, and not with its logarithm, did not come back from here.

use styring_ltv::{
    BgBb, BgNbd, Error, GammaGamma, History, Horizon, MbgNbd, ParetoNbd, PeriodHistory, PurchaseModel, Seed,
    ShiftedBetaGeometric, Spending,
};

const ENDS: [f64; 6] = [1e-50, 1e-6, 0.7, 3.0, 1e6, 1e50];

/// Every combination of four parameters, thinned out.
fn parameters() -> impl Iterator<Item = [f64; 4]> {
    (0..6_usize.pow(4))
        .step_by(19)
        .map(|index| [ENDS[index % 6], ENDS[index / 6 % 6], ENDS[index / 36 % 6], ENDS[index / 216]])
}

fn check<M: PurchaseModel>(parameters: [f64; 4], histories: &[M::History], times: &[f64]) -> Result<(), Error> {
    let model = M::from_parameters(parameters)?;
    let name = M::name();
    for history in histories {
        let alive = model.p_alive(history);
        assert!((0.0..=1.0).contains(&alive), "{name} {parameters:?} {history:?}: alive {alive}");
        assert!(model.log_likelihood(history).is_finite(), "{name} {parameters:?} {history:?}");
        for ahead in times {
            let future = model.future(history, *ahead)?;
            let at = format!("{name} {parameters:?} {history:?} {ahead}: {future:?}");
            assert!(future.mean.is_finite() && future.mean >= 0.0, "{at}");
            assert!(future.variance.is_finite() && future.variance >= 0.0, "{at}");
            assert!((0.0..=alive).contains(&future.p_alive), "{at}");
            for rate in [0.0, 1e-20, 1e-3, 100.0] {
                let discounted = model.discounted(history, Horizon::Within(*ahead), rate)?;
                assert!((0.0..=future.mean * (1.0 + 1e-9)).contains(&discounted), "{at} {rate}: {discounted}");
            }
        }
        for rate in [1e-20, 1e-3, 100.0] {
            let for_ever = model.discounted(history, Horizon::Infinite, rate)?;
            assert!(for_ever.is_finite() && for_ever >= 0.0, "{name} {parameters:?} {history:?} {rate}: {for_ever}");
        }
    }
    Ok(())
}

fn count<M: PurchaseModel>(parameters: [f64; 4], history: &M::History, ahead: f64) -> Result<(), Error> {
    let model = M::from_parameters(parameters)?;
    let counts = match model.counts(history, ahead) {
        Err(Error::OutOfRange { field: "purchases to tell apart", .. }) => return Ok(()),
        other => other?,
    };
    let future = model.future(history, ahead)?;
    let at = format!("{} {parameters:?} {history:?} {ahead}", M::name());
    let sum: f64 = counts.probabilities().iter().sum();
    assert!((sum - 1.0).abs() < 1e-9, "{at}: {sum}");
    // Counts leave out what is below 1e-20 of the likeliest.
    assert!(
        (counts.mean() - future.mean).abs() <= 1e-8 * future.mean + 1e-16,
        "{at}: {} {}",
        counts.mean(),
        future.mean
    );
    Ok(())
}

fn moments() -> Result<Vec<History>, Error> {
    [(0, 0.0, 0.0), (0, 0.0, 1e12), (7, 1e-3, 2.0), (4_000_000_000, 1e12, 1e12), (1, 1e-300, 1e-3)]
        .into_iter()
        .map(|(purchases, last, age)| History::new(purchases, last, age))
        .collect()
}

#[test]
fn purchases_in_continuous_time() -> Result<(), Error> {
    let times = [0.0, 1e-200, 2.0, 1e12];
    for parameters in parameters() {
        check::<BgNbd>(parameters, &moments()?, &times)?;
        check::<MbgNbd>(parameters, &moments()?, &times)?;
        check::<ParetoNbd>(parameters, &moments()?, &times)?;
    }
    Ok(())
}

#[test]
fn purchases_in_periods() -> Result<(), Error> {
    let histories: Result<Vec<_>, Error> = [(0, 0, 0), (0, 0, 300), (5, 5, 5), (1, 1, 4)]
        .into_iter()
        .map(|(purchases, last, periods)| PeriodHistory::new(purchases, last, periods))
        .collect();
    let histories = histories?;
    for parameters in parameters() {
        check::<BgBb>(parameters, &histories, &[0.0, 1.0, 300.0])?;
        for history in &histories {
            count::<BgBb>(parameters, history, 40.0)?;
        }
    }
    assert!(PeriodHistory::new(0, 0, 100_001).is_err());
    Ok(())
}

#[test]
fn counts_have_a_sum_of_one() -> Result<(), Error> {
    for parameters in parameters() {
        for history in [History::NEW, History::new(7, 1.0, 2.0)?] {
            for ahead in [0.0, 1e-9, 2.0] {
                count::<BgNbd>(parameters, &history, ahead)?;
                count::<MbgNbd>(parameters, &history, ahead)?;
                count::<ParetoNbd>(parameters, &history, ahead)?;
            }
        }
    }
    // A rate known to a thousandth and a hundred thousand purchases: narrow panels, long distributions.
    count::<ParetoNbd>([1e6, 20.0, 1.0, 30.0], &History::NEW, 2.0)?;
    count::<ParetoNbd>([0.5, 1e-4, 1.0, 30.0], &History::NEW, 2.0)
}

#[test]
fn a_posterior_keeps_a_tiny_shape() -> Result<(), Error> {
    // β + n − x from the left would lose β.
    let steady = PeriodHistory::new(5, 5, 5)?;
    let counts = BgBb::new(2.0, 1e-30, 0.5, 3.0)?.counts(&steady, 3.0)?;
    assert!((counts.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-12, "{counts:?}");
    Ok(())
}

#[test]
fn subscribers() -> Result<(), Error> {
    for alpha in ENDS {
        for beta in ENDS {
            let model = ShiftedBetaGeometric::new(alpha, beta)?;
            for renewals in [0, 1, 5, 100_000, u32::MAX] {
                let survival = model.survival(renewals);
                assert!((0.0..=1.0).contains(&survival), "{alpha} {beta} {renewals}: {survival}");
                assert!((0.0..=1.0).contains(&model.churn(renewals)), "{alpha} {beta} {renewals}");
            }
            for rate in [1e-20, 1e-12, 0.1, 100.0] {
                let lifetime = model.discounted_lifetime(rate)?;
                let most = (1.0 + rate) / rate * (1.0 + 1e-9);
                assert!((1.0 - 1e-9..=most).contains(&lifetime), "{alpha} {beta} {rate}: {lifetime}");
            }
        }
    }
    // By mpmath at 50 digits: rises by a million steps agree in eight digits, which are not to be lost.
    let late = ShiftedBetaGeometric::new(0.5, 1e6)?.survival(4_000_000);
    assert!((late / 0.447_213_550_778_600_6 - 1.0).abs() < 1e-13, "{late}");
    Ok(())
}

#[test]
fn spending() -> Result<(), Error> {
    for p in ENDS {
        for q in ENDS {
            for v in ENDS {
                let model = GammaGamma::new(p, q, v)?;
                for spending in [Spending::new(1, 1e-100)?, Spending::new(3, 40.0)?, Spending::new(u32::MAX, 1e100)?] {
                    let ln = model.log_likelihood(&spending);
                    assert!(ln.is_finite(), "{p} {q} {v} {spending:?}: {ln}");
                }
            }
        }
    }
    // All alike: the log-density of ln(s/v) at its middle is that of a normal variable with the variance 1/k + 1/q.
    let model = GammaGamma::new(1e20, 1e20, 40.0)?;
    let ln = model.log_likelihood(&Spending::new(1, 40.0)?) + 40.0_f64.ln();
    let normal = -0.5 * (std::f64::consts::TAU * 2e-20).ln();
    assert!((ln - normal).abs() < 1e-9, "{ln} {normal}");
    Ok(())
}

#[test]
fn simulations_end() -> Result<(), Error> {
    assert!(BgNbd::new(1e50, 1e-50, 1e-50, 1e50)?.simulate(&[1.0], 1.0, Seed(1)).is_err());
    // Half of these leave at their first chance, half never do: the mean of the shapes would let all leave at half of their chances.
    let simulated = MbgNbd::new(1e3, 1e3, 1e-4, 1e-4)?.simulate(&[50.0; 400], 0.0, Seed(1))?;
    let never_back = simulated.iter().filter(|customer| customer.history.purchases() == 0).count();
    let always = simulated.iter().filter(|customer| customer.history.purchases() > 20).count();
    assert!(never_back + always == 400 && (150..250).contains(&always), "{never_back} {always}");
    Ok(())
}

#[test]
fn discounts_end() -> Result<(), Error> {
    let model = BgNbd::new(0.24, 4.4, 0.8, 2.4)?;
    assert!(model.discounted_by_period(&History::NEW, 1.0, u32::MAX, 0.1).is_err());
    assert!(model.discounted_by_period(&History::NEW, -1.0, 0, 0.1).is_err());
    assert!(model.discounted(&History::NEW, Horizon::Infinite, 1e-300).is_err());
    Ok(())
}
