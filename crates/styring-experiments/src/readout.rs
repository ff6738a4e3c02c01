use std::fmt;

use crate::{Alternative, ConfidenceSet, Level};

/// What a test says, whichever test it was: the effect, what the data do not contradict, and how surprising they would be without an effect.
///
/// The set and the p-value come from one test: `p_value` < α exactly when the set does not hold the null.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Readout {
    method: &'static str,
    scale: Scale,
    estimate: Option<f64>,
    standard_error: Option<f64>,
    null: f64,
    set: ConfidenceSet,
    p_value: f64,
    level: Level,
    alternative: Alternative,
}

/// What an effect is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Scale {
    /// Treatment minus control.
    Difference,
    /// (Treatment − control) / |control|.
    Lift,
    /// Treatment over control.
    Ratio,
    /// Odds of the treatment over odds of the control.
    OddsRatio,
    /// A sum over everybody who was treated: conversions, kroner.
    Total,
    /// A rate, a cost or a share, on its own scale.
    Value,
    /// How probable it is that a value of the treatment is above one of the control.
    Probability,
}

/// What a readout comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[allow(clippy::exhaustive_enums, reason = "above, below, or not told apart")]
pub enum Verdict {
    /// The treatment is above what it was held against.
    Above,
    /// It is below.
    Below,
    /// The data do not tell.
    Undecided,
}

/// The language of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Norwegian, bokmål.
    Norwegian,
}

/// What the sentence calls the parts of an experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Naming<'a> {
    /// The treatment: "New form", «Variant B».
    pub treatment: &'a str,
    /// The control: "the old one", «kontrollen».
    pub control: &'a str,
    /// The metric: "conversion rate", «konverteringsrate».
    pub metric: &'a str,
}

impl Readout {
    /// What a test found. `estimate` is none where there is no finite one.
    pub(crate) fn new(
        method: &'static str,
        scale: Scale,
        (estimate, null): (Option<f64>, f64),
        set: ConfidenceSet,
        p_value: f64,
        (level, alternative): (Level, Alternative),
    ) -> Self {
        Self {
            method,
            scale,
            estimate: estimate.filter(|estimate| estimate.is_finite()),
            standard_error: None,
            null,
            set,
            p_value,
            level,
            alternative,
        }
    }

    /// Everything over an amount that is not zero: an effect in all, of each.
    pub(crate) fn per(&self, amount: f64) -> Self {
        Self {
            scale: if self.scale == Scale::Total { Scale::Difference } else { self.scale },
            estimate: self.estimate.map(|estimate| estimate / amount).filter(|estimate| estimate.is_finite()),
            standard_error: self.standard_error.map(|error| error / amount.abs()),
            null: self.null / amount,
            set: self.set.times(1.0 / amount),
            ..self.clone()
        }
    }

    /// With the standard error of the estimate.
    pub(crate) fn with_standard_error(self, standard_error: f64) -> Self {
        Self { standard_error: Some(standard_error), ..self }
    }

    /// The test, by the name the field knows.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// What the effect is counted in.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// The effect; none where there is no finite one.
    pub fn estimate(&self) -> Option<f64> {
        self.estimate
    }

    /// The standard error of the estimate, where the test rests on one: what [`meta`](crate::meta) pools.
    pub fn standard_error(&self) -> Option<f64> {
        self.standard_error
    }

    /// The effect it was tested against: 0, or 1 for ratios, or a margin.
    pub fn null(&self) -> f64 {
        self.null
    }

    /// The effects that the data do not contradict.
    pub fn set(&self) -> ConfidenceSet {
        self.set
    }

    /// How probable data this far from the null, or further, are under it.
    pub fn p_value(&self) -> f64 {
        self.p_value
    }

    /// How sure the set is.
    pub fn level(&self) -> Level {
        self.level
    }

    /// What was to be shown.
    pub fn alternative(&self) -> Alternative {
        self.alternative
    }

    /// Whether the data contradict the null, and to which side.
    #[allow(clippy::match_same_arms, reason = "one line a case")]
    pub fn verdict(&self) -> Verdict {
        if self.p_value >= self.level.alpha() {
            return Verdict::Undecided;
        }
        match (self.alternative, self.estimate) {
            (Alternative::Less, _) => Verdict::Below,
            (Alternative::TwoSided, Some(estimate)) if estimate < self.null => Verdict::Below,
            (Alternative::TwoSided, None) if self.set.ends().1 < self.null => Verdict::Below,
            _ => Verdict::Above,
        }
    }

    /// One plain sentence: what was found, and how sure it is.
    ///
    /// Lifts are in per cent, other effects to three significant digits.
    pub fn sentence(&self, language: Language, naming: Naming<'_>) -> String {
        let number = |value: f64| shown(value, self.scale, language);
        let Naming { treatment, control, metric } = naming;
        let effect = self.estimate.map(&number);
        let set = self.set_in_words(language);
        let (level, p) = (percent(self.level.level(), language), p_shown(self.p_value, language));
        match language {
            Language::English => {
                let what = match self.verdict() {
                    Verdict::Above => format!("{treatment} has a higher {metric} than {control}"),
                    Verdict::Below => format!("{treatment} has a lower {metric} than {control}"),
                    Verdict::Undecided => format!("It is not clear that {treatment} and {control} differ in {metric}"),
                };
                let found =
                    effect.map_or_else(String::new, |effect| format!("{}: {effect}; ", self.scale.in_words(language)));
                format!("{what} ({found}{level} sure of {set}; p {p}).")
            }
            Language::Norwegian => {
                let what = match self.verdict() {
                    Verdict::Above => format!("{treatment} har høyere {metric} enn {control}"),
                    Verdict::Below => format!("{treatment} har lavere {metric} enn {control}"),
                    Verdict::Undecided => format!("Det er ikke klart at {treatment} og {control} har ulik {metric}"),
                };
                let found =
                    effect.map_or_else(String::new, |effect| format!("{}: {effect}; ", self.scale.in_words(language)));
                format!("{what} ({found}{level} sikkert {set}; p {p}).")
            }
        }
    }

    fn set_in_words(&self, language: Language) -> String {
        let number = |value: f64| shown(value, self.scale, language);
        match (self.set, language) {
            (ConfidenceSet::Interval { low, high }, Language::English) => {
                format!("{} to {}", number(low), number(high))
            }
            (ConfidenceSet::Interval { low, high }, Language::Norwegian) => {
                format!("{} til {}", number(low), number(high))
            }
            (ConfidenceSet::AtLeast(low), Language::English) => format!("at least {}", number(low)),
            (ConfidenceSet::AtLeast(low), Language::Norwegian) => format!("minst {}", number(low)),
            (ConfidenceSet::AtMost(high), Language::English) => format!("at most {}", number(high)),
            (ConfidenceSet::AtMost(high), Language::Norwegian) => format!("høyst {}", number(high)),
            (ConfidenceSet::Outside { below, above }, Language::English) => {
                format!("at most {} or at least {}", number(below), number(above))
            }
            (ConfidenceSet::Outside { below, above }, Language::Norwegian) => {
                format!("høyst {} eller minst {}", number(below), number(above))
            }
            (ConfidenceSet::Everything, Language::English) => "nothing".to_owned(),
            (ConfidenceSet::Everything, Language::Norwegian) => "ingenting".to_owned(),
        }
    }
}

impl Scale {
    fn in_words(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Difference, Language::English) => "difference",
            (Self::Difference, Language::Norwegian) => "forskjell",
            (Self::Lift, Language::English) => "lift",
            (Self::Lift, Language::Norwegian) => "løft",
            (Self::Ratio, Language::English) => "ratio",
            (Self::Ratio, Language::Norwegian) => "forhold",
            (Self::OddsRatio, Language::English) => "odds ratio",
            (Self::OddsRatio, Language::Norwegian) => "oddsforhold",
            (Self::Total, Language::English) => "in all",
            (Self::Total, Language::Norwegian) => "i alt",
            (Self::Value, Language::English) => "value",
            (Self::Value, Language::Norwegian) => "verdi",
            (Self::Probability, Language::English) => "probability of more",
            (Self::Probability, Language::Norwegian) => "sannsynlighet for mer",
        }
    }
}

impl fmt::Display for Readout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence(
            Language::English,
            Naming { treatment: "The treatment", control: "the control", metric: "value" },
        ))
    }
}

fn shown(value: f64, scale: Scale, language: Language) -> String {
    if scale == Scale::Lift { percent(value, language) } else { decimal(&significant(value), language) }
}

fn percent(share: f64, language: Language) -> String {
    let text = format!("{} %", significant(100.0 * share));
    decimal(&text, language)
}

fn p_shown(p: f64, language: Language) -> String {
    if p < 0.001 { decimal("< 0.001", language) } else { decimal(&format!("= {p:.3}"), language) }
}

/// Three significant digits, and no more zeros after the point than say something.
fn significant(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    #[allow(clippy::cast_possible_truncation, reason = "the exponent of a float")]
    let magnitude = libm::floor(libm::log10(value.abs())) as i32;
    let places = usize::try_from(2 - magnitude).unwrap_or(0).min(12);
    let text = format!("{value:.places$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text };
    text.replace('-', "−")
}

fn decimal(text: &str, language: Language) -> String {
    match language {
        Language::English => text.to_owned(),
        Language::Norwegian => text.replace('.', ","),
    }
}
