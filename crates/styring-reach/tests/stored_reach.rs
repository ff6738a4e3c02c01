//! What is stored comes back the same, and what could not have been built does not come back.
#![cfg(feature = "serde")]
#![allow(clippy::unwrap_used)]

use serde::Serialize;
use serde::de::DeserializeOwned;
use styring_reach::{
    BetaBinomial, CanonicalExpansion, Dirichlet, ExposureDistribution, Exposures, FrequencyHistogram, ImpressionLog,
    IndependentChannels, Nbd, NbdCurve, NbdFit, OnePointCurve, Overexposure, Overlaps, Reach, Vehicle,
};

fn comes_back<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value, "{text}");
}

fn refused<T: DeserializeOwned>(text: &str) {
    assert!(serde_json::from_str::<T>(text).is_err(), "{text}");
}

#[test]
fn models_and_logs_come_back() {
    let nbd = Nbd::new(2.0, 0.5).unwrap();
    comes_back(&nbd);
    comes_back(&nbd.curve(1000.0).unwrap());
    // Divided by a sum that is 1 but for rounding.
    let stored = serde_json::to_string(&nbd.distribution(12).unwrap()).unwrap();
    let back: ExposureDistribution = serde_json::from_str(&stored).unwrap();
    assert!((back.reach() - nbd.reach()).abs() < 1e-15);
    comes_back(&IndependentChannels::new().channel(nbd, 3).common_cap(6));
    let model = BetaBinomial::from_reaches(0.3, 0.4).unwrap();
    comes_back(&model);
    comes_back(&OnePointCurve::new(10.0, 6.0).unwrap());
    comes_back(&Dirichlet::new(nbd, 1.2, vec![0.5, 0.5]).unwrap());
    let vehicles = vec![Vehicle { model, insertions: 2 }, Vehicle { model, insertions: 1 }];
    comes_back(&CanonicalExpansion::new(vehicles, [(0, 1, 0.1)]).unwrap());
    comes_back(&Overlaps::new(vec![0.3, 0.4], [(0, 1, 0.1)]).unwrap());
    comes_back(&Overexposure::default());
    comes_back(&Reach::people(7));
    let people = FrequencyHistogram::new([(1, 50), (2, 20), (3, 9), (7, 3)]).unwrap();
    comes_back(&people);
    comes_back(&Nbd::fit(&people, 300).unwrap());

    let mut log = ImpressionLog::new();
    log.add_many("kari".to_owned(), "VG".to_owned(), 5, 3);
    log.add("ola".to_owned(), "TV 2".to_owned(), 4);
    let text = serde_json::to_string(&log).unwrap();
    let back: ImpressionLog<String, String> = serde_json::from_str(&text).unwrap();
    let truth = log.into_exposures();
    assert_eq!(back.into_exposures(), truth);
    comes_back(&truth);
}

#[test]
fn what_could_not_have_been_built_is_refused() {
    refused::<Nbd>(r#"{"mean": -1.0, "shape": 0.5}"#);
    refused::<NbdCurve>(r#"{"universe": 0.0, "shape": 0.5}"#);
    refused::<NbdFit>(r#"{"people": {"1": 50, "2": 50}, "universe": 100}"#);
    refused::<BetaBinomial>(r#"{"r1": 0.3, "r2": 0.2}"#);
    refused::<OnePointCurve>(r#"{"impressions": 10.0, "reach": 12.0}"#);
    refused::<Dirichlet>(r#"{"category": {"mean": 2.0, "shape": 0.5}, "strength": 1.0, "shares": [0.5, 0.4]}"#);
    refused::<Overlaps>(r#"{"singles": [0.5], "pairs": [[0, 1, 0.2]]}"#);
    refused::<FrequencyHistogram>(r#"{"0": 5}"#);
    refused::<Overexposure>(r#"{"impressions": 15, "channels": 3, "window": 0}"#);
    refused::<ExposureDistribution>(r#"{"pmf": [0.5, 0.4], "beyond": 0.0, "mean": 0.4}"#);
    refused::<Exposures<u64, String>>(r#"[[1, "VG", 0, -1]]"#);
    let pairs = r#""pairs": []}"#;
    refused::<CanonicalExpansion>(&format!(
        r#"{{"vehicles": [{{"model": {{"r1": 0.3, "r2": 0.4}}, "insertions": 0}}], {pairs}"#
    ));
}
