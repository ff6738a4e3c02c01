use styring_money::Money;

use super::settle::{Proposal, settle};
use super::view::View;
use super::{Policy, Rails};
use crate::{Decision, Error, History, Reason, Seed};

/// The same budget for every channel, inside the guardrails, every week: what every other policy is held against.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Even {}

impl Policy for Even {
    fn name(&self) -> String {
        "even split".to_owned()
    }

    fn next(&self, total: Money, history: &History, _: Seed) -> Result<Decision, Error> {
        let view = View::new(total, history, false)?;
        settle(&view, &Rails::none(), opening(&view))
    }
}

/// The even split that every policy opens with.
pub(super) fn opening(view: &View<'_>) -> Vec<Proposal> {
    let channels = view.channels.len();
    let even = || Proposal { target: view.even(), reasons: vec![Reason::EvenSplit { channels }] };
    (0..channels).map(|_| even()).collect()
}
