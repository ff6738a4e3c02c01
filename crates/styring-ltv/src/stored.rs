//! Models as they come from files: through their constructors, or not at all.
#![allow(unreachable_pub, reason = "a sealed trait must be public where it is a bound")]

use crate::{Error, Fit, GammaGamma, PurchaseModel, ShiftedBetaGeometric};

/// The form of a type in files, from which its constructor makes it. To be used in a module of its own.
macro_rules! through_constructor {
    ($type:ident { $($field:ident: $kind:ty),+ }) => {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $type {
            $($field: $kind,)+
        }

        impl TryFrom<$type> for super::$type {
            type Error = crate::Error;

            fn try_from(stored: $type) -> Result<Self, Self::Error> {
                Self::new($(stored.$field),+)
            }
        }
    };
}
pub(crate) use through_constructor;

/// A model that is its parameters.
pub trait Parametric {
    /// Their names and values, in order.
    fn named(&self) -> Vec<(&'static str, f64)>;
}

impl<M: PurchaseModel> Parametric for M {
    fn named(&self) -> Vec<(&'static str, f64)> {
        Self::PARAMETERS.into_iter().zip(self.parameters()).collect()
    }
}

impl Parametric for GammaGamma {
    fn named(&self) -> Vec<(&'static str, f64)> {
        Self::PARAMETERS.into_iter().zip(self.parameters()).collect()
    }
}

impl Parametric for ShiftedBetaGeometric {
    fn named(&self) -> Vec<(&'static str, f64)> {
        Self::PARAMETERS.into_iter().zip(self.parameters()).collect()
    }
}

/// A fit whose two halves may not belong together.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename = "Fit")]
pub(crate) struct StoredFit<M> {
    model: M,
    estimates: crate::Estimates,
}

impl<M: Parametric> TryFrom<StoredFit<M>> for Fit<M> {
    type Error = Error;

    fn try_from(stored: StoredFit<M>) -> Result<Self, Error> {
        let StoredFit { model, estimates } = stored;
        estimates.belong_to(&model, 0)?;
        Ok(Self { model, estimates })
    }
}
