//! The laws of sequences, alone and with caps.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use styring_reach::cap::{Caps, Decision, Impression, Key, Rule, Rules, Window};
use styring_reach::sequence::{Sequence, SequenceState, Show, Stage};

const EVENTS: [&str; 5] = ["impression", "click", "add_to_cart", "purchase", "visit"];

fn sequence() -> impl Strategy<Value = Sequence> {
    (0..4_u32, 1..4_u32, 0..500_u64, 0..500_u64, prop::option::of(0..500_u64)).prop_map(
        |(min, max, rest, decay, reenter)| {
            let sequence = Sequence::new(min, max, rest, decay).unwrap();
            let sequence = sequence.to_depth_on(["click"]).unwrap().to_activation_on(["add_to_cart"]).unwrap();
            let sequence = sequence.exit_on(["purchase"]).unwrap();
            reenter.map_or(sequence.clone(), |wait| sequence.reenter_after(wait).unwrap())
        },
    )
}

proptest! {
    /// Looking changes nothing, whatever has expired; and no time breaks anything.
    #[test]
    fn looking_changes_nothing(
        sequence in sequence(),
        events in prop::collection::vec((0..EVENTS.len(), any::<i64>()), 0..30),
        wild in any::<bool>(),
    ) {
        let mut state = SequenceState::default();
        let mut at = 0;
        for (event, time) in events {
            at = if wild { time } else { at + time.rem_euclid(400) };
            let seen = sequence.at(state, at);
            prop_assert_eq!(sequence.at(seen, at), seen);
            prop_assert_eq!(sequence.show(seen, at), sequence.show(state, at));
            let next = sequence.step(state, EVENTS[event], at);
            prop_assert_eq!(sequence.step(seen, EVENTS[event], at), next);
            if EVENTS[event] == "purchase" {
                prop_assert_eq!(next.stage(), Stage::Exit);
            }
            if seen.stage() == Stage::Exit && EVENTS[event] != "impression" {
                prop_assert_eq!(next.stage(), Stage::Exit);
            }
            state = next;
        }
    }

    /// What is shown moves the sequence as an impression does; what is denied, repeated, or not even asked about leaves it where it was.
    #[test]
    fn only_what_is_shown_moves_on(
        sequence in sequence(),
        steps in prop::collection::vec((0..2 * EVENTS.len(), 0..200_i64, 0..6_u128), 0..60),
        max in 0..4_u8,
    ) {
        let rule = Rule::new("cap", f64::from(max), Window::rolling(600).unwrap()).unwrap();
        let mut caps = Caps::new(Rules::new([rule]).unwrap());
        let (mut state, mut at, mut shown) = (SequenceState::default(), 0, Vec::new());
        for (event, later, id) in steps {
            at += later;
            if let Some(event) = EVENTS[1..].get(event) {
                state = sequence.step(state, event, at);
                continue;
            }
            let before = sequence.at(state, at);
            let ad = Impression::of(Key::from(1), at).unwrap().impression_id(id);
            let steered = sequence.steer(state, at, |show| {
                assert!(!matches!(show, Show::Rest | Show::Nothing));
                caps.request(&ad)
            });
            let recorded = steered.decision.as_ref().is_some_and(Decision::recorded);
            let expected = if recorded { sequence.step(before, "impression", at) } else { before };
            prop_assert_eq!(steered.state, expected);
            prop_assert_eq!(steered.decision.is_none(), matches!(steered.show, Show::Rest | Show::Nothing));
            if recorded {
                shown.push(at);
            }
            state = steered.state;
        }
        for end in &shown {
            prop_assert!(shown.iter().filter(|at| *at <= end && **at > end - 600).count() <= usize::from(max));
        }
    }
}
