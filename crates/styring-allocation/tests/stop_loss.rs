//! The laws of the stop-loss.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use styring_allocation::{Creative, Error, StopDecision, StopLoss, StopReason, TooLittle, Video};
use styring_money::{Currency, Exact, Money, Unrounded};

fn creative(spend_minor: i64, clicks: u64, starts: u64, completions: u64) -> Creative {
    let spend = Unrounded::new(Exact::new(spend_minor.into(), 2), Currency::NOK);
    Creative { name: "A".to_owned(), spend, clicks, video: Some(Video { starts, completions }) }
}

fn rule() -> StopLoss {
    StopLoss::new("NOK 25.00".parse().unwrap())
}

fn decided(creative: Creative) -> StopDecision {
    rule().check(&[creative]).unwrap()[0].decision
}

#[test]
fn on_the_threshold_nothing_is_wrong() {
    assert_eq!(decided(creative(125_000, 50, 400, 100)), StopDecision::Keep);
    assert_eq!(decided(creative(125_001, 50, 400, 100)), StopDecision::Stop);
    assert_eq!(decided(creative(125_000, 50, 400, 99)), StopDecision::Stop);
    // Too few clicks, and spend on what fifty may cost.
    assert_eq!(decided(creative(125_000, 0, 400, 100)), StopDecision::Undecided);
    assert_eq!(decided(creative(125_001, 0, 400, 100)), StopDecision::Stop);
    // A third of an øre too much is too much.
    let mut fraction = creative(0, 60, 400, 200);
    fraction.spend = Unrounded::new("450001/300".parse().unwrap(), Currency::NOK);
    assert_eq!(decided(fraction), StopDecision::Stop);
}

#[test]
fn a_banner_has_no_completion_rate() {
    let banner = Creative { video: None, ..creative(100_000, 80, 0, 0) };
    assert_eq!(decided(banner), StopDecision::Keep);
    let checked = &rule().check(&[creative(100_000, 80, 0, 0)]).unwrap()[0];
    assert_eq!(checked.missing, [TooLittle::Starts { starts: 0, needed: 100 }]);
    assert_eq!(checked.to_string(), "A: undecided. 0 starts so far; the completion rate counts from 100.");
}

#[test]
fn faults_are_named() {
    let euros = Creative { spend: Unrounded::new(Exact::ONE, "EUR".parse().unwrap()), ..creative(0, 0, 0, 0) };
    assert!(matches!(rule().check(&[euros]), Err(Error::CurrencyMismatch { field: "spend", .. })));
    let fault = rule().check(&[creative(0, 0, 3, 4)]).unwrap_err();
    assert_eq!(fault.to_string(), "completions of A: must be at most the video starts, not 4");
    assert!(matches!(rule().check(&[creative(-1, 0, 0, 0)]), Err(Error::OutOfRange { field: "spend", .. })));
    assert_eq!(rule().check(&[]), Err(Error::NoChannels));
}

proptest! {
    #[test]
    fn more_spend_never_saves_and_more_clicks_never_stop(
        spend in 0..1_000_000_i64, more in 0..1_000_000_i64, clicks in 0..2_000_u64, extra in 0..2_000_u64,
    ) {
        let cpc = |spend, clicks| {
            let checked = rule().check(&[Creative { video: None, ..creative(spend, clicks, 0, 0) }]).unwrap();
            !checked[0].reasons.is_empty()
        };
        prop_assert!(!cpc(spend, clicks) || cpc(spend + more, clicks));
        prop_assert!(cpc(spend, clicks) || !cpc(spend, clicks + extra));
    }

    #[test]
    fn whole_numbers_decide(spend in 0..i64::MAX, clicks in any::<u64>(), starts in any::<u64>(), part in 0.0..=1.0_f64, cpc in 0..1_000_000_i64) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let completions = ((starts as f64 * part) as u64).min(starts);
        let rule = StopLoss { max_cpc: Money::from_minor(cpc.into(), Currency::NOK).unwrap(), ..rule() };
        let checked = rule.check(&[creative(spend, clicks, starts, completions)]).unwrap();
        let over = i128::from(spend) > i128::from(cpc) * i128::from(clicks.max(50));
        let under = starts >= 100 && 4 * i128::from(completions) < i128::from(starts);
        let found = |wanted: fn(&StopReason) -> bool| checked[0].reasons.iter().any(wanted);
        prop_assert_eq!(found(|reason| !matches!(reason, StopReason::Completion { .. })), over);
        prop_assert_eq!(found(|reason| matches!(reason, StopReason::Completion { .. })), under);
    }
}
