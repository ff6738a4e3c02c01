//! What is fitted today and stored predicts the same next week; what others have stored is checked.
#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde::Serialize;
use serde::de::DeserializeOwned;
use styring_ltv::{
    BgBb, BgNbd, Counts, CovariateFit, Estimates, Fit, GammaGamma, Group, Histories, History, LifetimeValue, MbgNbd,
    ParetoNbd, PurchaseModel, Renewals, Seed, ShiftedBetaGeometric, Spending,
};

/// To a file and back; the last binary digit of a number may be lost on the way.
fn back<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

fn close(one: f64, other: f64) -> bool {
    (one / other - 1.0).abs() < 1e-9
}

fn histories<M: PurchaseModel>(model: &M, ages: &[f64]) -> Histories<M::History> {
    model.simulate(ages, 0.0, Seed(3)).unwrap().iter().map(|customer| customer.history).collect()
}

fn same_predictions<M>(truth: &M, ages: &[f64])
where
    M: PurchaseModel + Serialize + DeserializeOwned,
    M::History: Ord + Clone,
{
    let customers = histories(truth, ages);
    let fit = M::fit(&customers).unwrap();
    let stored = back(&fit);
    assert_eq!(stored.estimates.identified, fit.estimates.identified);
    let (now, then) = (fit.total(&customers, 10.0).unwrap(), stored.total(&customers, 10.0).unwrap());
    assert!(close(now.mean, then.mean) && close(now.chance, then.chance), "{now:?} {then:?}");
    assert!((now.parameters / then.parameters - 1.0).abs() < 1e-6, "{now:?} {then:?}");
}

#[test]
fn fits_of_purchase_models() {
    same_predictions(&BgNbd::new(0.6, 4.0, 0.8, 2.4).unwrap(), &[30.0; 400]);
    same_predictions(&MbgNbd::new(0.6, 4.0, 0.8, 2.4).unwrap(), &[30.0; 400]);
    same_predictions(&ParetoNbd::new(0.6, 4.0, 0.8, 20.0).unwrap(), &[30.0; 400]);
    same_predictions(&BgBb::new(1.2, 0.8, 0.7, 2.8).unwrap(), &[8.0; 400]);
}

#[test]
fn other_fits() {
    let renewals = Renewals::of(&[1000, 869, 743, 653, 593]).unwrap();
    let fit = ShiftedBetaGeometric::fit(&renewals).unwrap();
    let (now, then) = (fit.survivors(&renewals, 3).unwrap(), back(&fit).survivors(&renewals, 3).unwrap());
    assert!(close(now.mean, then.mean) && close(now.parameters, then.parameters), "{now:?} {then:?}");

    let truth = BgNbd::new(0.6, 4.0, 0.8, 2.4).unwrap();
    let customers = histories(&truth, &[30.0; 400]);
    let spendings = GammaGamma::new(6.0, 4.0, 300.0).unwrap().simulate(&[1, 2, 3, 5, 4, 2, 2, 1], Seed(2)).unwrap();
    assert_eq!(back(&spendings[2]).orders(), 3);
    let spending = GammaGamma::fit(&spendings.into_iter().collect()).unwrap();
    let value = LifetimeValue::new(BgNbd::fit(&customers).unwrap(), spending);
    let kari = (History::new(3, 20.0, 30.0).unwrap(), Spending::new(3, 640.0).unwrap());
    let all = Histories::group([kari]);
    let (now, then) = (value.total(&all, 10.0, 0.0).unwrap(), back(&value).total(&all, 10.0, 0.0).unwrap());
    assert!(close(now.mean, then.mean) && close(now.chance, then.chance), "{now:?} {then:?}");

    let other = histories(&BgNbd::new(0.6, 8.0, 0.8, 2.4).unwrap(), &[30.0; 400]);
    let groups = [Group { covariates: &[0.0], histories: &customers }, Group { covariates: &[1.0], histories: &other }];
    let fit = BgNbd::fit_with(&["podcast"], &groups).unwrap();
    let stored: CovariateFit<BgNbd> = back(&fit);
    assert_eq!(stored.effects[0].name, "podcast");
    let (now, then) = (fit.total(&groups, 10.0).unwrap(), stored.total(&groups, 10.0).unwrap());
    assert!(close(now.mean, then.mean) && close(now.chance, then.chance), "{now:?} {then:?}");

    // One channel's part of it, as a fit of its own.
    let podcast = back(&fit.at(&[1.0]).unwrap());
    let (whole, part) = (fit.total(&groups[1..], 10.0).unwrap(), podcast.total(&other, 10.0).unwrap());
    assert!(close(whole.mean, part.mean) && close(whole.chance, part.chance), "{whole:?} {part:?}");
    assert!((whole.parameters / part.parameters - 1.0).abs() < 1e-5, "{whole:?} {part:?}");
    assert_eq!(podcast.estimates.degrees, 6);

    let counts = truth.counts(&kari.0, 10.0).unwrap();
    assert!(close(back(&counts).mean(), counts.mean()));
}

fn fault<T: DeserializeOwned>(text: &str) -> String {
    serde_json::from_str::<T>(text).err().expect("a fault").to_string()
}

#[test]
fn what_others_stored_is_checked() {
    let model = serde_json::from_str::<BgNbd>(r#"{"r": 0.6, "alpha": 4.0, "a": 0.8, "b": 2.4}"#);
    assert_eq!(model.unwrap(), BgNbd::new(0.6, 4.0, 0.8, 2.4).unwrap());
    assert!(fault::<BgNbd>(r#"{"r": -0.6, "alpha": 4.0, "a": 0.8, "b": 2.4}"#).contains("r must be"));
    assert!(fault::<MbgNbd>(r#"{"r": 0.6, "alpha": 4.0, "a": 0.8, "b": 2.4, "c": 1.0}"#).contains('c'));
    assert!(fault::<ParetoNbd>(r#"{"r": 0.6, "alpha": 0.0, "s": 0.8, "beta": 2.4}"#).contains("alpha must be"));
    assert!(fault::<BgBb>(r#"{"alpha": 1.0, "beta": 1.0, "gamma": 1.0, "delta": 1e60}"#).contains("delta must be"));
    assert!(fault::<ShiftedBetaGeometric>(r#"{"alpha": 1.0, "beta": 0.0}"#).contains("beta must be"));
    assert!(fault::<GammaGamma>(r#"{"p": 1.0, "q": 0.0, "v": 1.0}"#).contains("q must be"));
    assert!(fault::<Spending>(r#"{"orders": 0, "mean": 3.0}"#).contains("mean value"));
    assert!(fault::<Counts>(r#"{"probabilities": [0.5, 0.2]}"#).contains("sum of probabilities"));
    assert!(fault::<Counts>(r#"{"probabilities": [1.5, -0.5]}"#).contains("probability"));

    // Halves that do not belong together, and matrices of another size.
    let fit = BgNbd::fit(&histories(&BgNbd::new(0.6, 4.0, 0.8, 2.4).unwrap(), &[30.0; 200])).unwrap();
    let text = serde_json::to_value(&fit).unwrap();
    let changed = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut changed = text.clone();
        change(&mut changed);
        fault::<Fit<BgNbd>>(&changed.to_string())
    };
    assert!(changed(&|fit| fit["model"]["r"] = 1.0.into()).contains("value of an estimate"));
    assert!(changed(&|fit| fit["estimates"]["parameters"][1]["name"] = "beta".into()).contains("name of an estimate"));
    assert!(changed(&|fit| fit["estimates"]["parameters"][1]["name"] = "x".into()).contains("name of a parameter"));
    assert!(changed(&|fit| fit["estimates"]["degrees"] = 3.into()).contains("covariances"));
    assert!(changed(&|fit| fit["estimates"]["covariance"][0] = (-1.0).into()).contains("variance"));
    assert!(fault::<Estimates>("{}").contains("parameters"));
    let other = serde_json::to_string(&fit).unwrap();
    assert!(!fault::<Fit<GammaGamma>>(&other).is_empty());
}
