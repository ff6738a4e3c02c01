/// The formula of a response curve with its parameters: spend x in, response out, in any units.
///
/// A family is data, as it stands in a file; [`Curve::new`](crate::Curve::new) checks it. All but [`Robyn`](Self::Robyn) with a carry-over give nothing for nothing.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(tag = "family", rename_all = "kebab-case", deny_unknown_fields))]
#[non_exhaustive]
pub enum Family {
    /// `a·ln(1 + x/c)`: each doubling of a large spend adds the same.
    Log {
        /// What e times the spend adds, above zero.
        a: f64,
        /// Where the marginal response is half of the first, above zero.
        c: f64,
    },
    /// `a·xᵖ`: p is the elasticity, the same everywhere.
    Power {
        /// The response to one unit of spend, above zero.
        a: f64,
        /// The elasticity, above 0 and at most 1.
        p: f64,
    },
    /// `a·(1 − e^(−x/c))`: exponential saturation.
    Expsat {
        /// The ceiling, above zero.
        a: f64,
        /// The spend that reaches 63 % of the ceiling, above zero.
        c: f64,
    },
    /// `a·tanh(λx/2) = a·(1 − e^(−λx))/(1 + e^(−λx))`: the logistic saturation of media-mix models, concave.
    Logistic {
        /// The ceiling, above zero.
        a: f64,
        /// The rate per unit of spend, above zero.
        lam: f64,
    },
    /// `b·tanh(x/(b·c))`.
    Tanh {
        /// The ceiling, above zero.
        b: f64,
        /// The cost of the first unit of response, above zero.
        c: f64,
    },
    /// `a·x/(k + x)`: Michaelis–Menten, a Hill curve of slope one.
    MichaelisMenten {
        /// The ceiling, above zero.
        a: f64,
        /// The spend that reaches half of it, above zero.
        k: f64,
    },
    /// `a·xˢ/(xˢ + kˢ)`: concave up to s = 1, S-shaped beyond.
    Hill {
        /// The ceiling, above zero.
        a: f64,
        /// The slope, above zero.
        s: f64,
        /// The spend that reaches half of the ceiling, above zero.
        k: f64,
    },
    /// `coef·yᵅ/(yᵅ + inflexionᵅ)` with `y = x + carryover`: Robyn's response to a spend on top of what earlier spend still does.
    Robyn {
        /// The ceiling, above zero.
        coef: f64,
        /// The slope, above zero.
        alpha: f64,
        /// The adstocked spend that reaches half of the ceiling, above zero.
        inflexion: f64,
        /// What of earlier spend is still at work, zero or above.
        carryover: f64,
    },
    /// `a·(L((x − m)/w) − L(−m/w))` with the logistic function L: S-shaped round m.
    Sigmoid {
        /// The height, above zero.
        a: f64,
        /// Where it is steepest; zero or below for a concave curve.
        m: f64,
        /// The width, above zero.
        w: f64,
    },
    /// Straight lines between points of spend and response, the first at no spend; flat after the last.
    PiecewiseLinear {
        /// Spend and response: spend rises from zero, response does not fall.
        points: Vec<(f64, f64)>,
    },
}
