use super::Form;
use crate::Curve;

/// A value with what else is plausible.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Estimate {
    pub(super) value: f64,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
}

impl Estimate {
    /// The value at the best curve.
    pub fn value(self) -> f64 {
        self.value
    }

    /// The least that is plausible; none if the data set no limit.
    pub fn low(self) -> Option<f64> {
        self.low
    }

    /// The most that is plausible; none if the data set no limit.
    pub fn high(self) -> Option<f64> {
        self.high
    }

    /// Whether a value is plausible.
    pub fn contains(self, value: f64) -> bool {
        self.low.is_none_or(|low| low <= value) && self.high.is_none_or(|high| value <= high)
    }
}

/// A parameter of a fitted curve.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Parameter {
    pub(super) name: &'static str,
    pub(super) estimate: Estimate,
    pub(super) fixed: bool,
}

impl Parameter {
    /// Its name in the [`Family`](crate::Family).
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its value and its interval.
    pub fn estimate(&self) -> Estimate {
        self.estimate
    }

    /// Whether it was given.
    pub fn is_fixed(&self) -> bool {
        self.fixed
    }
}

/// A fitted curve with its uncertainty.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Fitted {
    pub(super) form: Form,
    pub(super) curve: Curve,
    pub(super) parameters: Vec<Parameter>,
    pub(super) n: usize,
    pub(super) degrees: usize,
    pub(super) sse: f64,
    pub(super) r_squared: Option<f64>,
    pub(super) aicc: Option<f64>,
    pub(super) lag_one: Option<f64>,
    pub(super) covariance: Option<Vec<Vec<f64>>>,
    pub(super) observed: (f64, f64),
    pub(super) level: f64,
    pub(super) plausible: Vec<Curve>,
    /// Whether no response at all is plausible.
    pub(super) maybe_nothing: bool,
}

impl Fitted {
    /// The best curve.
    pub fn curve(&self) -> &Curve {
        &self.curve
    }

    /// Its form.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Its parameters, each with its interval.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// How many pairs it rests on: those with spend and a weight. Where nothing is spent every curve is zero and says nothing.
    pub fn n(&self) -> usize {
        self.n
    }

    /// Pairs less free parameters.
    pub fn degrees(&self) -> usize {
        self.degrees
    }

    /// The weighted sum of squared residuals.
    pub fn sse(&self) -> f64 {
        self.sse
    }

    /// The standard deviation of residuals, `√(SSE/(n − p))`; of counts ([`Variance::Mean`](super::Variance::Mean)) its square is the dispersion, 1 if they are Poisson's.
    pub fn residual_sd(&self) -> f64 {
        (self.sse / self.degrees as f64).sqrt()
    }

    /// `1 − SSE/Σ w (y − ȳ)²`: below zero if a constant fits better; none if results are all alike.
    pub fn r_squared(&self) -> Option<f64> {
        self.r_squared
    }

    /// Akaike's criterion for small samples, `n ln(SSE/n) + 2k + 2k(k + 1)/(n − k − 1)` with k one more than free parameters (Hurvich and Tsai 1989): smaller is better, for forms fitted to the same pairs with the same
    /// weights. None with too few pairs, or without residuals.
    pub fn aicc(&self) -> Option<f64> {
        self.aicc
    }

    /// The correlation of residuals that follow each other. Well above zero, weeks hang together and intervals are too short.
    pub fn lag_one(&self) -> Option<f64> {
        self.lag_one
    }

    /// The covariance of [`parameters`](Self::parameters) by the curvature at the best curve (Gauss–Newton), zero for those that were given; none where they cannot be told apart. Intervals do not rest on it.
    pub fn covariance(&self) -> Option<&[Vec<f64>]> {
        self.covariance.as_deref()
    }

    /// The confidence level of intervals.
    pub fn level(&self) -> f64 {
        self.level
    }

    /// The least and the greatest spend in the data.
    pub fn observed(&self) -> (f64, f64) {
        self.observed
    }

    /// Whether a spend lies outside of them: there the form speaks, not the data.
    pub fn is_extrapolated(&self, spend: f64) -> bool {
        !(self.observed.0..=self.observed.1).contains(&spend)
    }

    /// Curves along the edge of what the data do not contradict: for the range of any other quantity, such as the gain of a plan.
    pub fn plausible(&self) -> &[Curve] {
        &self.plausible
    }

    /// The expected response to a spend, with its interval.
    pub fn response(&self, spend: f64) -> Estimate {
        self.range(self.curve.value(spend), |curve| Some(curve.value(spend)))
    }

    /// The response to the next unit of spend, with its interval; none where it is without bound, as of a power curve at zero.
    pub fn marginal(&self, spend: f64) -> Option<Estimate> {
        Some(self.range(self.curve.marginal(spend)?, |curve| curve.marginal(spend)))
    }

    /// Spend per unit of response at the margin, `1/marginal`, with its interval: the cost of the next result.
    pub fn marginal_cost(&self, spend: f64) -> Option<Estimate> {
        let marginal = self.marginal(spend)?;
        let inverse = |value: f64| (value > 0.0).then(|| 1.0 / value).filter(|cost| cost.is_finite());
        let value = inverse(marginal.value)?;
        Some(Estimate { value, low: marginal.high.and_then(inverse), high: marginal.low.and_then(inverse) })
    }

    /// The range of a quantity over plausible curves. One that does not exist for some of them has no upper limit.
    fn range(&self, value: f64, of: impl Fn(&Curve) -> Option<f64>) -> Estimate {
        let (mut low, mut high) = (if self.maybe_nothing { 0.0 } else { value }, Some(value));
        for curve in &self.plausible {
            let at = of(curve);
            low = at.map_or(low, |at| low.min(at));
            high = high.zip(at).map(|(high, at)| high.max(at));
        }
        Estimate { value, low: Some(low), high }
    }
}
