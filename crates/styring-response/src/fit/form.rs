use crate::curve::{logistic, sech2};
use crate::{Curve, Family};

/// Which family a curve is fitted of: its formula, without parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Form {
    /// [`Family::Log`].
    Log,
    /// [`Family::Power`].
    Power,
    /// [`Family::Expsat`].
    Expsat,
    /// [`Family::Logistic`].
    Logistic,
    /// [`Family::Tanh`]: the same curves as [`Form::Logistic`], by other parameters.
    Tanh,
    /// [`Family::MichaelisMenten`].
    MichaelisMenten,
    /// [`Family::Hill`], with a slope from 0.1 to 20.
    Hill,
    /// [`Family::Sigmoid`].
    Sigmoid,
    /// [`Family::Robyn`], with the carry-over given and a slope from 0.1 to 20.
    Robyn {
        /// What of earlier spend is still at work, zero or above.
        carryover: f64,
    },
}

/// A number on the outer axis (a slope, or none) and one on the inner (a spend, mostly).
pub(super) type Place = [f64; 2];

/// A spend in units of the greatest, with its logarithm.
#[derive(Clone, Copy)]
pub(super) struct Spend {
    pub(super) x: f64,
    pub(super) log: f64,
}

impl Spend {
    pub(super) fn of(x: f64) -> Self {
        Self { x, log: libm::log(x) }
    }
}

/// A form with its shape.
pub(super) struct Shaped {
    form: Form,
    outer: f64,
    inner: f64,
    slope: f64,
    scale: f64,
}

impl Shaped {
    /// g(x; u)
    pub(super) fn g(&self, spend: Spend) -> f64 {
        let r = spend.x / self.scale;
        match self.form {
            Form::Log => libm::log1p(r),
            Form::Power => libm::exp(self.inner * spend.log),
            Form::Expsat => -libm::expm1(-r),
            Form::Logistic => libm::tanh(r / 2.0),
            Form::Tanh => libm::tanh(r),
            Form::MichaelisMenten => r / (1.0 + r),
            Form::Hill | Form::Robyn { .. } => logistic(self.slope * (spend.log - self.inner)),
            Form::Sigmoid => logistic(r - self.outer) * logistic(self.outer) * -libm::expm1(-r),
        }
    }

    /// Its derivatives by the place.
    pub(super) fn by(&self, spend: Spend) -> Place {
        let r = spend.x / self.scale;
        match self.form {
            Form::Log => [0.0, -r / (1.0 + r)],
            Form::Power => [0.0, self.g(spend) * spend.log],
            Form::Expsat => [0.0, -r * libm::exp(-r)],
            Form::Logistic => [0.0, -r / 2.0 * sech2(r / 2.0)],
            Form::Tanh => [0.0, -r * sech2(r)],
            Form::MichaelisMenten => [0.0, -r / (1.0 + r) / (1.0 + r)],
            Form::Hill | Form::Robyn { .. } => {
                let t = self.slope * (spend.log - self.inner);
                let steep = logistic(t) * logistic(-t);
                [t * steep, -self.slope * steep]
            }
            Form::Sigmoid => {
                let here = r - self.outer;
                let (steep, at_start) =
                    (logistic(here) * logistic(-here), logistic(self.outer) * logistic(-self.outer));
                [at_start - steep, -r * steep]
            }
        }
    }
}

/// What it means that plausible curves reach an end of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Line,
    Constant,
    Grows,
    Open(&'static str),
}

impl Form {
    /// One of each shape: what [`Fit::choose`](super::Fit::choose) is given if nothing is known. Tanh is left out, being the logistic.
    pub const ALL: [Self; 7] =
        [Self::Log, Self::Power, Self::Expsat, Self::Logistic, Self::MichaelisMenten, Self::Hill, Self::Sigmoid];

    /// The names of its parameters, in the order of [`Fitted::parameters`](super::Fitted::parameters).
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Log | Self::Expsat => &["a", "c"],
            Self::Power => &["a", "p"],
            Self::Logistic => &["a", "lam"],
            Self::Tanh => &["b", "c"],
            Self::MichaelisMenten => &["a", "k"],
            Self::Hill => &["a", "s", "k"],
            Self::Sigmoid => &["a", "m", "w"],
            Self::Robyn { .. } => &["coef", "alpha", "inflexion"],
        }
    }

    pub(super) fn carryover(self) -> f64 {
        if let Self::Robyn { carryover } = self { carryover } else { 0.0 }
    }

    pub(super) fn has_two_shapes(self) -> bool {
        matches!(self, Self::Hill | Self::Sigmoid | Self::Robyn { .. })
    }

    /// g at a place, ready for many spends.
    pub(super) fn at(self, [outer, inner]: Place) -> Shaped {
        Shaped { form: self, outer, inner, slope: libm::exp(outer), scale: libm::exp(inner) }
    }

    /// The family at a place and a scale, in the data's own units.
    pub(super) fn family(self, [outer, inner]: Place, scale: f64, unit: (f64, f64)) -> Family {
        let (x, a) = (unit.0, scale * unit.1);
        match self {
            Self::Log => Family::Log { a, c: libm::exp(inner) * x },
            Self::Power => Family::Power { a: a * libm::pow(x, -inner), p: inner },
            Self::Expsat => Family::Expsat { a, c: libm::exp(inner) * x },
            Self::Logistic => Family::Logistic { a, lam: libm::exp(-inner) / x },
            Self::Tanh => Family::Tanh { b: a, c: libm::exp(inner) * x / a },
            Self::MichaelisMenten => Family::MichaelisMenten { a, k: libm::exp(inner) * x },
            Self::Hill => Family::Hill { a, s: libm::exp(outer), k: libm::exp(inner) * x },
            Self::Sigmoid => {
                let w = libm::exp(inner) * x;
                Family::Sigmoid { a, m: outer * w, w }
            }
            Self::Robyn { carryover } => {
                Family::Robyn { coef: a, alpha: libm::exp(outer), inflexion: libm::exp(inner) * x, carryover }
            }
        }
    }

    /// How the parameters after the first move with scale, outer and inner.
    pub(super) fn slopes(self, values: &[f64], [outer, _]: Place) -> Vec<[f64; 3]> {
        let last = values.last().copied().unwrap_or(0.0);
        match self {
            Self::Power => vec![[0.0, 0.0, 1.0]],
            Self::Logistic => vec![[0.0, 0.0, -last]],
            // c = e^u/b
            Self::Tanh => vec![[-last / values.first().copied().unwrap_or(1.0), 0.0, last]],
            Self::Log | Self::Expsat | Self::MichaelisMenten => vec![[0.0, 0.0, last]],
            Self::Hill | Self::Robyn { .. } => {
                let slope = values.get(1).copied().unwrap_or(0.0);
                vec![[0.0, slope, 0.0], [0.0, 0.0, last]]
            }
            Self::Sigmoid => vec![[0.0, last, outer * last], [0.0, 0.0, last]],
        }
    }

    /// The place on an axis at which a parameter has a value; none of a parameter that is no axis of its own.
    pub(super) fn axis_of(self, name: &str, value: f64, unit: f64) -> Option<(usize, f64)> {
        match (self, name) {
            (Self::Power, "p") => Some((1, value)),
            (Self::Logistic, "lam") => Some((1, -libm::log(value * unit))),
            (Self::Log | Self::Expsat, "c")
            | (Self::MichaelisMenten | Self::Hill, "k")
            | (Self::Sigmoid, "w")
            | (Self::Robyn { .. }, "inflexion") => Some((1, libm::log(value / unit))),
            (Self::Hill, "s") | (Self::Robyn { .. }, "alpha") => Some((0, libm::log(value))),
            _ => None,
        }
    }

    /// What an end of an axis means.
    #[allow(clippy::match_same_arms, reason = "a table")]
    pub(super) fn meaning(self, axis: usize, high: bool) -> Meaning {
        match (self, axis, high) {
            (Self::Hill, 0, _) => Meaning::Open("s"),
            (Self::Robyn { .. }, 0, _) => Meaning::Open("alpha"),
            (Self::Sigmoid, 0, _) => Meaning::Open("m"),
            (Self::Sigmoid, _, true) => Meaning::Open("w"),
            (Self::Sigmoid, _, false) => Meaning::Constant,
            (Self::Hill | Self::Robyn { .. }, _, true) => Meaning::Grows,
            (_, _, true) => Meaning::Line,
            (_, _, false) => Meaning::Constant,
        }
    }

    /// Which ends of which parameters, by number, are open if plausible curves reach an end of an axis: (parameter, above).
    #[allow(clippy::match_same_arms, reason = "a table")]
    pub(super) fn open_ends(self, axis: usize, high: bool) -> &'static [(usize, bool)] {
        match (self, axis, high) {
            (Self::Power, _, true) => &[],
            (Self::Power | Self::Log | Self::Expsat | Self::MichaelisMenten | Self::Tanh, _, false) => &[(1, false)],
            (Self::Log | Self::Expsat | Self::MichaelisMenten, _, true) => &[(0, true), (1, true)],
            (Self::Logistic, _, true) => &[(0, true), (1, false)],
            (Self::Logistic, _, false) => &[(1, true)],
            (Self::Tanh, _, true) => &[(0, true)],
            (Self::Hill | Self::Robyn { .. }, 0, true) => &[(1, true)],
            (Self::Hill | Self::Robyn { .. }, 0, false) => &[(1, false)],
            (Self::Hill | Self::Robyn { .. }, _, true) => &[(0, true), (2, true)],
            (Self::Hill | Self::Robyn { .. }, _, false) => &[(2, false)],
            (Self::Sigmoid, 0, true) => &[(0, true), (1, true)],
            (Self::Sigmoid, 0, false) => &[(0, true), (1, false)],
            (Self::Sigmoid, _, true) => &[(0, true), (1, true), (1, false), (2, true)],
            (Self::Sigmoid, _, false) => &[(2, false)],
        }
    }

    /// The parameters of a fitted curve.
    pub(super) fn values(curve: &Curve) -> Vec<f64> {
        match curve.family() {
            Family::Log { a, c } | Family::Expsat { a, c } => vec![*a, *c],
            Family::Power { a, p } => vec![*a, *p],
            Family::Logistic { a, lam } => vec![*a, *lam],
            Family::Tanh { b, c } => vec![*b, *c],
            Family::MichaelisMenten { a, k } => vec![*a, *k],
            Family::Hill { a, s, k } => vec![*a, *s, *k],
            Family::Sigmoid { a, m, w } => vec![*a, *m, *w],
            Family::Robyn { coef, alpha, inflexion, .. } => vec![*coef, *alpha, *inflexion],
            Family::PiecewiseLinear { .. } => Vec::new(),
        }
    }
}
