/// How what is spent in one period goes on working in those after it: the weight of a spend that is l periods old.
///
/// A decay is data, as it stands in a file; [`Adstock::new`](crate::Adstock::new) checks it. Scales and windows are counted in periods, never as a share of the data at hand.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "decay", rename_all = "kebab-case", deny_unknown_fields))]
#[non_exhaustive]
pub enum Decay {
    /// `θˡ` for ever: `y_t = x_t + θ·y_{t−1}`.
    Geometric {
        /// What is left after one period, from 0 to below 1.
        theta: f64,
    },
    /// `αˡ` for l below the window, nothing after it.
    Windowed {
        /// What is left after one period, from 0 to 1.
        alpha: f64,
        /// Periods, at least 1.
        window: usize,
    },
    /// `α^((l − θ)²)`: strongest θ periods later (Jin et al. 2017).
    Delayed {
        /// What is left one period before and after the strongest, above 0 and at most 1.
        alpha: f64,
        /// The age at which it is strongest, zero or above.
        theta: f64,
        /// Periods, at least 1.
        window: usize,
    },
    /// `F(l + 1) − F(l)` with `F(t) = 1 − e^(−(t/scale)^shape)`: the share of the effect that falls in the period of age l. Strongest later if the shape is above one.
    WeibullPdf {
        /// The shape, above zero.
        shape: f64,
        /// Periods until 63 % of the effect has come, above zero.
        scale: f64,
        /// Periods, at least 1.
        window: usize,
    },
    /// `e^(−(l/scale)^shape)`: what is left at age l. A shape of one is geometric; above one it holds on, then drops.
    WeibullCdf {
        /// The shape, above zero.
        shape: f64,
        /// Periods until 37 % are left, above zero.
        scale: f64,
        /// Periods, at least 1.
        window: usize,
    },
    /// `(1 − l/window)^(1/α − 1)`: ends at the window without a step.
    Binomial {
        /// From 0 (nothing carries over) to 1 (all of it, to the end of the window).
        alpha: f64,
        /// Periods, at least 1.
        window: usize,
    },
    /// Any weights, that of age 0 first.
    Weights {
        /// Zero or above, at least one of them.
        weights: Vec<f64>,
    },
}
