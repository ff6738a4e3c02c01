use std::fmt;

use styring_money::{Exact, Money, Rounding, Share, Sign, Unrounded};

use crate::Error;
use crate::channel::{check_names, minor_units};

/// The stop-loss of the founding text: a creative is stopped if its CPC is above a threshold, or its completion rate below one, once there is enough to go by.
///
/// - **CPC**: with at least `min_clicks` clicks, stop if spend > threshold × clicks. With fewer, stop if the spend alone is above threshold × `min_clicks`: that many clicks could not bring the CPC back.
/// - **Completion rate**: with at least `min_starts` video starts, stop if completions < threshold × starts.
///
/// Both are strict: on its threshold nothing is wrong yet. Comparisons are exact.
///
/// This is the rule to the letter, which looks at the point: near the threshold, half of the good creatives are stopped by bad luck. `styring-metrics` has the same rules as `StopRule`, which hold the limits of a KPI against the
/// threshold and say stop, keep or undecided at a level; they stop later, and rightly. The words are the same. Use this one where the founding rule was agreed, and as the fast brake on spend without clicks.
///
/// ```
/// use styring_allocation::{Creative, StopDecision, StopLoss, Video};
/// use styring_money::{Currency, Unrounded};
///
/// let creative = |name: &str, spend: i64, clicks, starts, completions| Creative {
///     name: name.to_owned(),
///     spend: Unrounded::new(spend.into(), Currency::NOK),
///     clicks,
///     video: Some(Video { starts, completions }),
/// };
/// let rule = StopLoss::new("NOK 25.00".parse()?);
/// let checked = rule.check(&[
///     creative("Hook A", 12_000, 480, 9_000, 3_100),
///     creative("Hook B", 3_500, 0, 18_000, 4_400),
///     creative("Hook C", 400, 9, 60, 11),
/// ])?;
/// let decisions: Vec<StopDecision> = checked.iter().map(|creative| creative.decision).collect();
/// assert_eq!(decisions, [StopDecision::Keep, StopDecision::Stop, StopDecision::Undecided]);
/// assert_eq!(
///     checked[1].to_string(),
///     "Hook B: stop. NOK 3500.00 brought 0 clicks; 50 clicks at the threshold of NOK 25.00 would have cost NOK 1250.00. \
///      4400 of 18000 starts were completed, less than the threshold of 25 %."
/// );
/// # Ok::<(), styring_allocation::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct StopLoss {
    /// The threshold of the CPC; 25 kr in the founding text.
    pub max_cpc: Money,
    /// The threshold of the completion rate; 25 %.
    pub min_completion: Share,
    /// Clicks from which the CPC counts; 50.
    pub min_clicks: u64,
    /// Video starts from which the completion rate counts; 100.
    pub min_starts: u64,
}

/// What a creative has done so far.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Creative {
    /// The name; creatives are known by it, never by their place.
    pub name: String,
    /// What was spent.
    pub spend: Unrounded,
    /// Clicks.
    pub clicks: u64,
    /// Starts and completions; `None` for a creative that is no video.
    pub video: Option<Video>,
}

/// How a video was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Video {
    /// How often it began.
    pub starts: u64,
    /// How often it was seen to its end.
    pub completions: u64,
}

/// What the rule says of a creative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[allow(clippy::exhaustive_enums, reason = "there is no fourth answer")]
pub enum StopDecision {
    /// A KPI is beyond its threshold.
    Stop,
    /// Every KPI that applies is on the good side.
    Keep,
    /// There is not enough to go by yet; it runs on.
    Undecided,
}

/// Why a creative is stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "rule", rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum StopReason {
    /// The CPC is above its threshold.
    Cpc {
        /// What was spent.
        spend: Unrounded,
        /// On so many clicks.
        clicks: u64,
        /// The threshold.
        threshold: Money,
    },
    /// Too few clicks for a CPC, and more spent than enough of them may cost.
    SpendWithoutClicks {
        /// What was spent.
        spend: Unrounded,
        /// On so many clicks.
        clicks: u64,
        /// Clicks from which the CPC counts.
        needed: u64,
        /// The threshold.
        threshold: Money,
    },
    /// The completion rate is below its threshold.
    Completion {
        /// So many were completed.
        completions: u64,
        /// Of so many starts.
        starts: u64,
        /// The threshold.
        threshold: Share,
    },
}

/// What is missing to judge a KPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "missing", rename_all = "kebab-case")
)]
#[non_exhaustive]
pub enum TooLittle {
    /// Clicks, for the CPC.
    Clicks {
        /// So many there are.
        clicks: u64,
        /// So many it takes.
        needed: u64,
    },
    /// Video starts, for the completion rate.
    Starts {
        /// So many there are.
        starts: u64,
        /// So many it takes.
        needed: u64,
    },
}

/// A creative held against the rule. Prints as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CreativeCheck {
    /// The name.
    pub creative: String,
    /// What the rule says.
    pub decision: StopDecision,
    /// Why it is stopped; empty if it is not.
    pub reasons: Vec<StopReason>,
    /// What is missing to judge it by every KPI that applies.
    pub missing: Vec<TooLittle>,
}

impl StopLoss {
    /// The rule of the founding text with this threshold of the CPC: completion below 25 %, from 50 clicks and 100 starts.
    pub fn new(max_cpc: Money) -> Self {
        let min_completion = Share::percent(25).unwrap_or(Share::NONE);
        Self { max_cpc, min_completion, min_clicks: 50, min_starts: 100 }
    }

    /// Holds creatives against the rule, in their order.
    ///
    /// # Errors
    ///
    /// No creatives or a name twice; a threshold or a spend below zero, or of another currency; more completions than starts.
    pub fn check(&self, creatives: &[Creative]) -> Result<Vec<CreativeCheck>, Error> {
        check_names(creatives.iter().map(|creative| creative.name.as_str()))?;
        minor_units("threshold of the CPC", "the rule", self.max_cpc, self.max_cpc.currency())?;
        creatives.iter().map(|creative| self.check_one(creative)).collect()
    }

    fn check_one(&self, creative: &Creative) -> Result<CreativeCheck, Error> {
        let Creative { name, spend, clicks, video } = creative;
        if spend.currency() != self.max_cpc.currency() {
            let (left, right) = (self.max_cpc.currency(), spend.currency());
            return Err(Error::CurrencyMismatch { field: "spend", channel: name.clone(), left, right });
        }
        if spend.amount().sign() == Sign::Negative {
            return Err(Error::out_of_range("spend", Some(name), "zero or above", spend));
        }
        let (mut reasons, mut missing) = (Vec::new(), Vec::new());
        let cost_of = |clicks: u64| &Exact::from(self.max_cpc.amount()) * &Exact::from(clicks);
        let (clicks, threshold) = (*clicks, self.max_cpc);
        if clicks < self.min_clicks {
            if *spend.amount() > cost_of(self.min_clicks) {
                let (spend, needed) = (spend.clone(), self.min_clicks);
                reasons.push(StopReason::SpendWithoutClicks { spend, clicks, needed, threshold });
            } else {
                missing.push(TooLittle::Clicks { clicks, needed: self.min_clicks });
            }
        } else if *spend.amount() > cost_of(clicks) {
            reasons.push(StopReason::Cpc { spend: spend.clone(), clicks, threshold });
        }
        if let Some(Video { starts, completions }) = *video {
            if completions > starts {
                return Err(Error::out_of_range("completions", Some(name), "at most the video starts", completions));
            }
            if starts < self.min_starts {
                missing.push(TooLittle::Starts { starts, needed: self.min_starts });
            } else if Exact::from(completions) < self.min_completion.exact() * &Exact::from(starts) {
                reasons.push(StopReason::Completion { completions, starts, threshold: self.min_completion.clone() });
            }
        }
        let decision = match (reasons.is_empty(), missing.is_empty()) {
            (false, _) => StopDecision::Stop,
            (true, true) => StopDecision::Keep,
            (true, false) => StopDecision::Undecided,
        };
        Ok(CreativeCheck { creative: name.clone(), decision, reasons, missing })
    }
}

impl fmt::Display for StopDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Stop => "stop",
            Self::Keep => "keep",
            Self::Undecided => "undecided",
        })
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpc { spend, clicks, threshold } => {
                rounded(f, spend)?;
                write!(f, " for {} is more than the threshold of {threshold} a click.", counted(*clicks, "click"))
            }
            Self::SpendWithoutClicks { spend, clicks, needed, threshold } => {
                rounded(f, spend)?;
                let enough = Unrounded::from(*threshold).scale(&Exact::from(*needed));
                let (few, many) = (counted(*clicks, "click"), counted(*needed, "click"));
                write!(f, " brought {few}; {many} at the threshold of {threshold} would have cost ")?;
                rounded(f, &enough)?;
                f.write_str(".")
            }
            Self::Completion { completions, starts, threshold } => {
                let starts = counted(*starts, "start");
                write!(f, "{completions} of {starts} were completed, less than the threshold of {threshold}.")
            }
        }
    }
}

impl fmt::Display for TooLittle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clicks { clicks, needed } => {
                write!(f, "{} so far; the CPC counts from {needed}.", counted(*clicks, "click"))
            }
            Self::Starts { starts, needed } => {
                write!(f, "{} so far; the completion rate counts from {needed}.", counted(*starts, "start"))
            }
        }
    }
}

impl fmt::Display for CreativeCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}.", self.creative, self.decision)?;
        for reason in &self.reasons {
            write!(f, " {reason}")?;
        }
        for missing in &self.missing {
            write!(f, " {missing}")?;
        }
        Ok(())
    }
}

/// In whole minor units, unless they need more digits than there are.
fn rounded(f: &mut fmt::Formatter<'_>, amount: &Unrounded) -> fmt::Result {
    match amount.round(Rounding::HalfEven) {
        Ok(money) => write!(f, "{money}"),
        Err(_) => write!(f, "{amount}"),
    }
}

fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
