//! Who sees what: deterministic, so that the same unit sees the same everywhere and always, and nothing need be stored.
//!
//! A unit (a customer key, a cookie, a postcode) is hashed together with a salt to a point in 0 … 1, and every arm owns a range of points. Two experiments with different salts cut the units
//! independently of each other.
//!
//! ```
//! use styring_experiments::assignment::{Assigner, Scheme, Split};
//!
//! let form = Assigner::new(Scheme::Murmur3, "form-2026", Split::new(&[0.5, 0.5], 1.0)?);
//! assert_eq!(form.arm("kari@example.no"), form.arm("kari@example.no"));
//!
//! // One per cent of all see no advertising at all this year, whatever the experiment.
//! let form = form.with_holdout("holdout-2026", 0.01)?;
//! let held_out = (0..10_000).filter(|user| form.is_held_out(&user.to_string())).count();
//! assert!((60..140).contains(&held_out));
//! # Ok::<(), styring_experiments::Error>(())
//! ```

mod hash;
mod plan;
mod split;

pub use hash::{Scheme, fnv1a_32, murmur3_32};
pub use plan::{Switchback, stratified};
pub use split::Split;

use crate::Error;

/// Assigns units to the arms of one experiment.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Assigner {
    scheme: Scheme,
    salt: String,
    split: Split,
    layer: Option<Layer>,
    holdout: Option<Layer>,
}

/// A range of the points of another salt.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(String, f64, f64)", into = "(String, f64, f64)"))]
struct Layer {
    salt: String,
    from: f64,
    to: f64,
}

impl Layer {
    fn new(salt: String, from: f64, to: f64) -> Result<Self, Error> {
        if (0.0..=1.0).contains(&from) && (0.0..=1.0).contains(&to) && from <= to {
            Ok(Self { salt, from, to })
        } else {
            Err(Error::range("range", "within 0 and 1, in order", format!("{from} to {to}")))
        }
    }

    fn holds(&self, scheme: Scheme, unit: &str) -> bool {
        let point = scheme.point(&self.salt, unit);
        self.from <= point && point < self.to
    }
}

impl TryFrom<(String, f64, f64)> for Layer {
    type Error = Error;

    fn try_from((salt, from, to): (String, f64, f64)) -> Result<Self, Error> {
        Self::new(salt, from, to)
    }
}

impl From<Layer> for (String, f64, f64) {
    fn from(layer: Layer) -> Self {
        (layer.salt, layer.from, layer.to)
    }
}

impl Assigner {
    /// An experiment with its own salt, usually its name. Another salt is another, independent experiment; the same salt with another scheme too.
    pub fn new(scheme: Scheme, salt: impl Into<String>, split: Split) -> Self {
        Self { scheme, salt: salt.into(), split, layer: None, holdout: None }
    }

    /// Only units whose point under the layer's salt lies within `from` … `to` take part: experiments with disjoint ranges of one layer never meet in a unit.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless 0 ≤ from ≤ to ≤ 1.
    pub fn in_layer(mut self, salt: impl Into<String>, from: f64, to: f64) -> Result<Self, Error> {
        self.layer = Some(Layer::new(salt.into(), from, to)?);
        Ok(self)
    }

    /// A share of all units takes part in nothing that names the same holdout salt, and shows what all of it adds up to.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless the share lies within 0 … 1.
    pub fn with_holdout(mut self, salt: impl Into<String>, share: f64) -> Result<Self, Error> {
        self.holdout = Some(Layer::new(salt.into(), 0.0, share)?);
        Ok(self)
    }

    /// Whether a unit is held out.
    pub fn is_held_out(&self, unit: &str) -> bool {
        self.holdout.as_ref().is_some_and(|holdout| holdout.holds(self.scheme, unit))
    }

    /// The arm of a unit, as its place among the weights; none if it does not take part: held out, outside the layer, or not covered.
    pub fn arm(&self, unit: &str) -> Option<usize> {
        let in_layer = self.layer.as_ref().is_none_or(|layer| layer.holds(self.scheme, unit));
        if !in_layer || self.is_held_out(unit) {
            return None;
        }
        self.split.arm(self.scheme.point(&self.salt, unit))
    }

    /// The ranges of the arms.
    pub fn split(&self) -> &Split {
        &self.split
    }
}
