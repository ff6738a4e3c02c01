use styring_response::{Curve, Family, Shape};

use crate::Error;

/// Draws of a channel's curve from its posterior, at least one.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Vec<Curve>", into = "Vec<Curve>")
)]
pub struct Draws(Vec<Curve>);

impl Draws {
    /// The curves in the order of the draws.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an empty list, and for a curve that is not concave: the mean of S-shaped curves has no shape an exact method could use.
    pub fn new(curves: impl IntoIterator<Item = Curve>) -> Result<Self, Error> {
        let curves: Vec<Curve> = curves.into_iter().collect();
        if curves.is_empty() {
            return Err(Error::out_of_range("draws", None, "at least one curve", "none"));
        }
        match curves.iter().position(|curve| curve.shape() != Shape::Concave) {
            Some(draw) => Err(Error::out_of_range("draws", None, "concave curves", format!("a bent one at {draw}"))),
            None => Ok(Self(curves)),
        }
    }

    /// The curves.
    pub fn curves(&self) -> &[Curve] {
        &self.0
    }

    /// The curve whose parameters are the means of those of the draws.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] for draws of different families, and for lines between points.
    pub fn at_mean_parameters(&self) -> Result<Curve, Error> {
        let unsupported = || Error::Unsupported {
            what: "mean parameters",
            with: "draws of different families, or of lines between points",
        };
        let Some(first) = self.0.first().and_then(|curve| parameters(curve.family())) else {
            return Err(unsupported());
        };
        let mut means = [0.0; 4];
        for curve in &self.0 {
            let of = parameters(curve.family()).filter(|(name, _)| *name == first.0).ok_or_else(unsupported)?;
            for (mean, parameter) in means.iter_mut().zip(of.1) {
                *mean += parameter / self.0.len() as f64;
            }
        }
        let [one, two, three, four] = means;
        let family = match first.0 {
            Name::Log => Family::Log { a: one, c: two },
            Name::Power => Family::Power { a: one, p: two.min(1.0) },
            Name::Expsat => Family::Expsat { a: one, c: two },
            Name::Logistic => Family::Logistic { a: one, lam: two },
            Name::Tanh => Family::Tanh { b: one, c: two },
            Name::MichaelisMenten => Family::MichaelisMenten { a: one, k: two },
            Name::Hill => Family::Hill { a: one, s: two, k: three },
            Name::Robyn => Family::Robyn { coef: one, alpha: two, inflexion: three, carryover: four },
            Name::Sigmoid => Family::Sigmoid { a: one, m: two, w: three },
        };
        Curve::new(family).map_err(|_| unsupported())
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Name {
    Log,
    Power,
    Expsat,
    Logistic,
    Tanh,
    MichaelisMenten,
    Hill,
    Robyn,
    Sigmoid,
}

fn parameters(family: &Family) -> Option<(Name, [f64; 4])> {
    Some(match *family {
        Family::Log { a, c } => (Name::Log, [a, c, 0.0, 0.0]),
        Family::Power { a, p } => (Name::Power, [a, p, 0.0, 0.0]),
        Family::Expsat { a, c } => (Name::Expsat, [a, c, 0.0, 0.0]),
        Family::Logistic { a, lam } => (Name::Logistic, [a, lam, 0.0, 0.0]),
        Family::Tanh { b, c } => (Name::Tanh, [b, c, 0.0, 0.0]),
        Family::MichaelisMenten { a, k } => (Name::MichaelisMenten, [a, k, 0.0, 0.0]),
        Family::Hill { a, s, k } => (Name::Hill, [a, s, k, 0.0]),
        Family::Robyn { coef, alpha, inflexion, carryover } => (Name::Robyn, [coef, alpha, inflexion, carryover]),
        Family::Sigmoid { a, m, w } => (Name::Sigmoid, [a, m, w, 0.0]),
        _ => return None,
    })
}

impl TryFrom<Vec<Curve>> for Draws {
    type Error = Error;

    fn try_from(curves: Vec<Curve>) -> Result<Self, Error> {
        Self::new(curves)
    }
}

impl From<Draws> for Vec<Curve> {
    fn from(draws: Draws) -> Self {
        draws.0
    }
}
