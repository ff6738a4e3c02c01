//! Geo experiments: some regions get the treatment from a day on, others do not, and a panel of regions × days says what it did.
//!
//! Every method compares the treated regions with what they would have been, and differs in where that comes from.

mod augmented;
mod conformal;
mod did;
mod lift_test;
mod panel;
mod simplex;
mod synthetic_control;

pub use conformal::{Conformal, Counterfactual, Norm};
pub use did::{Did, PanelErrors};
pub use lift_test::LiftTest;
pub use panel::{Panel, PanelRows};
pub use synthetic_control::{Placebos, SyntheticControl, Weighting};
