use super::Fitted;

/// What a fit comes to.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[allow(clippy::exhaustive_enums, reason = "there is no third")]
#[must_use]
pub enum Answer {
    /// The data determine the curve.
    Identified(Fitted),
    /// They do not.
    NotIdentified {
        /// Why.
        why: Why,
        /// The best curve all the same, with intervals as wide as they have to be; none if there are too few spends or no results.
        best: Option<Fitted>,
    },
}

impl Answer {
    /// The curve, if the data determine it.
    pub fn identified(&self) -> Option<&Fitted> {
        match self {
            Self::Identified(fitted) => Some(fitted),
            Self::NotIdentified { .. } => None,
        }
    }

    /// The best curve, whether the data determine it or not.
    pub fn best(&self) -> Option<&Fitted> {
        match self {
            Self::Identified(fitted) => Some(fitted),
            Self::NotIdentified { best, .. } => best.as_ref(),
        }
    }

    /// Why the data do not determine it.
    pub fn why(&self) -> Option<&Why> {
        match self {
            Self::Identified(_) => None,
            Self::NotIdentified { why, .. } => Some(why),
        }
    }
}

/// Why data do not determine a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Why {
    /// No more distinct spends than parameters: any curve through them fits.
    #[error("{distinct} different spends with results to them, and the form needs {needed} to be put to the test")]
    TooFewSpends {
        /// How many there are.
        distinct: usize,
        /// How many are needed: one more than parameters.
        needed: usize,
    },
    /// All results are zero, or less on balance.
    #[error("there are no results")]
    NoResults,
    /// Results fall as spend rises, by more than chance: what else moves them is stronger than the spend, or spend follows them.
    #[error("results fall as spend rises: something else moves both, and no response curve shows what spend does")]
    Falls,
    /// A straight line is plausible: no sign of saturation.
    #[error("a straight line goes with the data as well: no spend was high enough to show where results level off")]
    StraightLine,
    /// A constant is plausible: spends were all on the flat part, or results have nothing to do with them.
    #[error("a constant goes with the data as well: no spend was low enough to show how results rise")]
    Constant,
    /// A straight line and a constant are both plausible.
    #[error(
        "a straight line and a constant both go with the data: they are too few, too alike or too noisy to show a bend"
    )]
    Anything,
    /// A curve without a ceiling is plausible.
    #[error(
        "a curve without a ceiling goes with the data as well: no spend was high enough to show where results level off"
    )]
    NoCeiling,
    /// A parameter may run to the end of its range.
    #[error("{parameter} has no limit on one side: curves that differ in it go with the data alike")]
    Open {
        /// Which.
        parameter: &'static str,
    },
}
