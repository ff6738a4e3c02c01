//! Creative sequencing: intro, depth, activation, exit.
//!
//! One person meets the message in steps: an introduction, more depth after a sign of interest, activation after a confirmed one, and nothing more after the purchase. The
//! sequence says which creative is next; [caps](crate::cap) say whether anything is shown at all.
//!
//! ```
//! use styring_reach::sequence::{Sequence, SequenceState, Show};
//!
//! let sequence = Sequence::new(1, 3, 604_800, 1_209_600)?
//!     .to_depth_on(["click", "video_50"])?
//!     .to_activation_on(["add_to_cart"])?
//!     .exit_on(["purchase"])?;
//! let mut kari = SequenceState::default();
//! kari = sequence.step(kari, "impression", 1_767_225_600);
//! kari = sequence.step(kari, "click", 1_767_225_660);
//! assert_eq!(sequence.show(kari, 1_767_225_700), Show::Depth);
//! kari = sequence.step(kari, "purchase", 1_767_226_000);
//! assert_eq!(sequence.show(kari, 1_767_226_001), Show::Nothing);
//! # Ok::<(), styring_reach::Error>(())
//! ```

use crate::Error;
use crate::cap::Decision;

/// The rules of a sequence.
///
/// | from | on | to |
/// |---|---|---|
/// | intro | an event of `to_depth_on`, after at least `min_intro` impressions | depth |
/// | intro, depth | an event of `to_activation_on` | activation |
/// | any | an event of `exit_on` | exit |
/// | depth, activation | nothing for `decay_s` seconds | intro, from the beginning |
/// | exit | an impression `reenter_after_s` seconds or more after the last event of `exit_on` | intro, with that as its first impression |
///
/// At the `max_intro`-th impression of the intro the person rests for `rest_s` seconds, and then the intro begins again. Impressions while resting count on, and do not make the rest longer. An event that
/// is in several lists does the most it can: exit before activation before depth. An event in none of them says that the person is there, and no more.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "stored::Sequence", into = "stored::Sequence"))]
pub struct Sequence {
    min_intro: u32,
    max_intro: u32,
    rest: i64,
    decay: i64,
    reenter_after: Option<i64>,
    to_depth_on: Vec<String>,
    to_activation_on: Vec<String>,
    exit_on: Vec<String>,
}

/// Where a person is in a sequence: 16 bytes, and all there is to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct SequenceState {
    stage: Stage,
    resting: bool,
    /// Impressions of this intro.
    intro: u32,
    /// In the intro: when the rest ends. In depth and activation: when something last happened. After exit: the last event that led there.
    mark: i64,
}

/// The steps of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "the sequence has four steps")]
pub enum Stage {
    /// The message is introduced.
    #[default]
    Intro,
    /// There was a sign of interest.
    Depth,
    /// The interest is confirmed.
    Activation,
    /// There is nothing more to say.
    Exit,
}

/// What to show a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "a step, or nothing for one of two reasons")]
pub enum Show {
    /// A creative of the intro.
    Intro,
    /// A creative of depth.
    Depth,
    /// A creative of activation.
    Activation,
    /// Nothing for now: the intro has been shown often enough.
    Rest,
    /// Nothing: after exit.
    #[cfg_attr(feature = "serde", serde(rename = "none"))]
    Nothing,
}

/// The event that is an impression.
const IMPRESSION: &str = "impression";
/// The word of files for looking without anything happening.
const QUERY: &str = "query";

impl Sequence {
    /// At least `min_intro` impressions before depth; at `max_intro` a rest of `rest_s` seconds; back to the intro after `decay_s` seconds without an event. No events lead on yet, and
    /// nobody comes back after exit.
    ///
    /// Errors: [`Error::OutOfRange`] for no intro at all, and for times of more than 2⁶² seconds.
    pub fn new(min_intro: u32, max_intro: u32, rest_s: u64, decay_s: u64) -> Result<Self, Error> {
        if max_intro == 0 {
            return Err(Error::OutOfRange { field: "max_intro", expected: "from 1", value: max_intro.to_string() });
        }
        Ok(Self {
            min_intro,
            max_intro,
            rest: seconds("rest_s", rest_s)?,
            decay: seconds("decay_s", decay_s)?,
            reenter_after: None,
            to_depth_on: Vec::new(),
            to_activation_on: Vec::new(),
            exit_on: Vec::new(),
        })
    }

    /// The events that lead from intro to depth.
    ///
    /// Errors: [`Error::Unknown`] for `impression` and `query`, which have their own meaning.
    pub fn to_depth_on<S: Into<String>>(mut self, events: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        self.to_depth_on = named(events)?;
        Ok(self)
    }

    /// The events that lead from intro and depth to activation.
    ///
    /// Errors: as [`to_depth_on`](Self::to_depth_on).
    pub fn to_activation_on<S: Into<String>>(mut self, events: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        self.to_activation_on = named(events)?;
        Ok(self)
    }

    /// The events that lead out.
    ///
    /// Errors: as [`to_depth_on`](Self::to_depth_on).
    pub fn exit_on<S: Into<String>>(mut self, events: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        self.exit_on = named(events)?;
        Ok(self)
    }

    /// An impression this many seconds after the last event of `exit_on`, or later, begins the intro again.
    ///
    /// Errors: as [`new`](Self::new).
    pub fn reenter_after(mut self, seconds_after: u64) -> Result<Self, Error> {
        self.reenter_after = Some(seconds("reenter_after_s", seconds_after)?);
        Ok(self)
    }

    /// Where a person is after an event at `at`, in epoch seconds: `impression`, an event of the lists, or any other. Events are given in their order.
    #[must_use]
    pub fn step(&self, state: SequenceState, event: &str, at: i64) -> SequenceState {
        let state = self.at(state, at);
        let is_in = |events: &[String]| events.iter().any(|name| name == event);
        if is_in(&self.exit_on) {
            return SequenceState { stage: Stage::Exit, mark: at, ..SequenceState::default() };
        }
        let here = |stage| SequenceState { stage, mark: at, ..SequenceState::default() };
        match state.stage {
            Stage::Exit if event == IMPRESSION && self.reenters(state, at) => {
                self.introduced(SequenceState::default(), at)
            }
            Stage::Intro | Stage::Depth if is_in(&self.to_activation_on) => here(Stage::Activation),
            Stage::Intro if event == IMPRESSION => self.introduced(state, at),
            Stage::Intro if is_in(&self.to_depth_on) && state.intro >= self.min_intro => here(Stage::Depth),
            Stage::Intro | Stage::Exit => state,
            Stage::Depth | Stage::Activation => here(state.stage),
        }
    }

    /// One more impression of the intro.
    fn introduced(&self, state: SequenceState, at: i64) -> SequenceState {
        let intro = state.intro.saturating_add(1);
        if intro >= self.max_intro && !state.resting {
            return SequenceState { intro, resting: true, mark: at.saturating_add(self.rest), ..state };
        }
        SequenceState { intro, ..state }
    }

    /// Where a person is at `at` if nothing happens: what expires with time has expired.
    #[must_use]
    pub fn at(&self, state: SequenceState, at: i64) -> SequenceState {
        let expired = match state.stage {
            Stage::Depth | Stage::Activation => at.saturating_sub(state.mark) >= self.decay,
            Stage::Intro => state.resting && at >= state.mark,
            Stage::Exit => false,
        };
        if expired { SequenceState::default() } else { state }
    }

    /// What to show a person at `at`; changes nothing.
    pub fn show(&self, state: SequenceState, at: i64) -> Show {
        let state = self.at(state, at);
        match state.stage {
            Stage::Intro if state.resting => Show::Rest,
            Stage::Intro => Show::Intro,
            Stage::Depth => Show::Depth,
            Stage::Activation => Show::Activation,
            Stage::Exit => Show::Nothing,
        }
    }

    /// Whether an impression at `at` would bring a person back who had left.
    pub fn reenters(&self, state: SequenceState, at: i64) -> bool {
        state.stage == Stage::Exit && self.reenter_after.is_some_and(|wait| at >= state.mark.saturating_add(wait))
    }

    /// Sequence and caps together: the sequence picks the creative, the caps decide whether it is shown, and only what is shown moves the sequence on.
    ///
    /// `ask` is given the creative and asks the caps about it. While the person rests, or after exit, nobody is asked. A person who has been away long enough for
    /// [`reenter_after`](Self::reenter_after) is offered the intro. A retry of an impression that has been recorded moves nothing.
    ///
    /// ```
    /// use styring_reach::cap::{Caps, Impression, Rule, Rules, Window};
    /// use styring_reach::sequence::{Sequence, SequenceState, Show};
    ///
    /// let sequence = Sequence::new(1, 5, 604_800, 1_209_600)?.to_depth_on(["click"])?;
    /// let mut caps = Caps::new(Rules::new([Rule::new("daily", 1.0, Window::days(1)?)?])?);
    /// let ad = Impression::of("kari", 1_767_225_600)?.channel("VG");
    ///
    /// let first = sequence.steer(SequenceState::default(), ad.at(), |_| caps.request(&ad));
    /// assert_eq!((first.show, first.shown()), (Show::Intro, true));
    /// let second = sequence.steer(first.state, ad.at(), |_| caps.request(&ad));
    /// assert_eq!((second.show, second.shown()), (Show::Intro, false));
    /// assert_eq!(second.state, first.state); // denied: she has not seen it
    /// # Ok::<(), styring_reach::Error>(())
    /// ```
    pub fn steer(&self, state: SequenceState, at: i64, ask: impl FnOnce(Show) -> Decision) -> Steered {
        let state = self.at(state, at);
        let show = if self.reenters(state, at) { Show::Intro } else { self.show(state, at) };
        if matches!(show, Show::Rest | Show::Nothing) {
            return Steered { show, state, decision: None };
        }
        let decision = ask(show);
        let moves = decision.allowed() && !decision.repeated();
        let state = if moves { self.step(state, IMPRESSION, at) } else { state };
        Steered { show, state, decision: Some(decision) }
    }
}

impl SequenceState {
    /// The step the person is at, as of the last event; see [`Sequence::at`].
    pub fn stage(self) -> Stage {
        self.stage
    }

    /// How many impressions of this intro the person has had.
    pub fn intro_impressions(self) -> u32 {
        self.intro
    }
}

/// What [`Sequence::steer`] came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Steered {
    /// What the sequence would show.
    pub show: Show,
    /// Where the person is after it.
    pub state: SequenceState,
    /// What the caps said; `None` if there was nothing to ask about.
    pub decision: Option<Decision>,
}

impl Steered {
    /// Whether it is shown.
    pub fn shown(&self) -> bool {
        self.decision.as_ref().is_some_and(Decision::allowed)
    }
}

fn seconds(field: &'static str, seconds: u64) -> Result<i64, Error> {
    match i64::try_from(seconds) {
        Ok(length) if length <= 1 << 62 => Ok(length),
        _ => Err(Error::OutOfRange { field, expected: "at most 2⁶² seconds", value: seconds.to_string() }),
    }
}

fn named<S: Into<String>>(events: impl IntoIterator<Item = S>) -> Result<Vec<String>, Error> {
    let events: Vec<String> = events.into_iter().map(Into::into).collect();
    match events.iter().find(|event| [IMPRESSION, QUERY].contains(&event.as_str())) {
        Some(event) => {
            Err(Error::Unknown { what: "event to lead on, because it has its own meaning:", name: event.clone() })
        }
        None => Ok(events),
    }
}

#[cfg(feature = "serde")]
mod stored {
    use crate::Error;

    #[derive(serde::Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Sequence {
        min_intro: u32,
        max_intro: u32,
        rest_s: u64,
        decay_s: u64,
        #[serde(default)]
        to_depth_on: Vec<String>,
        #[serde(default)]
        to_activation_on: Vec<String>,
        #[serde(default)]
        exit_on: Vec<String>,
        #[serde(default)]
        reenter_after_s: Option<u64>,
    }

    impl TryFrom<Sequence> for super::Sequence {
        type Error = Error;

        fn try_from(stored: Sequence) -> Result<Self, Error> {
            let sequence = Self::new(stored.min_intro, stored.max_intro, stored.rest_s, stored.decay_s)?
                .to_depth_on(stored.to_depth_on)?
                .to_activation_on(stored.to_activation_on)?
                .exit_on(stored.exit_on)?;
            match stored.reenter_after_s {
                Some(wait) => sequence.reenter_after(wait),
                None => Ok(sequence),
            }
        }
    }

    impl From<super::Sequence> for Sequence {
        fn from(sequence: super::Sequence) -> Self {
            Self {
                min_intro: sequence.min_intro,
                max_intro: sequence.max_intro,
                rest_s: sequence.rest.unsigned_abs(),
                decay_s: sequence.decay.unsigned_abs(),
                to_depth_on: sequence.to_depth_on,
                to_activation_on: sequence.to_activation_on,
                exit_on: sequence.exit_on,
                reenter_after_s: sequence.reenter_after.map(i64::unsigned_abs),
            }
        }
    }
}
