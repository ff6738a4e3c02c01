//! Geo experiments: some regions get the treatment from a day on, others do not, and a panel of regions × days says what it did.
//!
//! Every method compares the treated regions with what they would have been, and differs in where that comes from.
//!
//! | | what they would have been | how sure |
//! |---|---|---|
//! | [`Did`] | changed as the others did | [`Did::randomisation`] for regions drawn at random, [`Did::readout`] by Student's t |
//! | [`SyntheticControl`] | a weighted mean of the others, with a ridge or without | [`Placebos`]: every other region in turn |
//! | [`tbr`] | a line on the others' total | Student's t, with days that remember |
//! | [`local_level`] | a line and a level that drifts | a mixture over how much it drifts |
//! | [`Conformal`] | either | blocks of days: for chosen regions, and days that depend on days |
//!
//! [`tbr`] and [`local_level`] (causal impact) need only the total of each side, day by day; [`tbr_design`] says how large an effect can be found. [`trimmed_match`] is for pairs of regions with unequal spend.
//!
//! [`design`] says before the campaign which regions to treat and what they can show, and reads several cells at once.
//!
//! [`PanelRows`] gathers rows into a [`Panel`]. [`LiftTest`] hands what was found to the fit of a response curve.
//!
//! ```
//! use styring_experiments::{Language, Level, Naming, resampling::Plan};
//! use styring_experiments::geo::{Conformal, Counterfactual, Did, Norm, PanelErrors, PanelRows, Placebos, SyntheticControl, Weighting};
//!
//! // Rows of region, day and orders; shards and days merge.
//! let mut rows = PanelRows::default();
//! for region in 0..24 {
//!     for day in 0..70 {
//!         let season = f64::from(day % 7) + f64::from(region * 7 % 5) / 5.0;
//!         let noise = f64::from(((70 * region + day) as u32).wrapping_mul(2_654_435_761) >> 16) / 20_000.0;
//!         let effect = if region < 4 && day >= 56 { 6.0 } else { 0.0 };
//!         rows.add(&format!("region {region}"), day, 40.0 + f64::from(region) + season + noise + effect)?;
//!     }
//! }
//! let panel = rows.panel(&["region 0", "region 1", "region 2", "region 3"], 56)?;
//!
//! // Several treated regions that were drawn at random: rearrange who was treated.
//! let readout = Did::new(&panel).randomisation(Level::P90, Plan::default())?;
//! let naming = Naming { treatment: "The campaign", control: "no campaign", metric: "number of orders a day" };
//! println!("{}", readout.sentence(Language::English, naming));
//!
//! // One region, or chosen ones: weigh the others until they follow it.
//! let weighting = Weighting { demeaned: true, ridge: None };
//! let synthetic = SyntheticControl::new(&panel, weighting)?;
//! println!("{:.0} orders more, {:.1} a day and region", synthetic.total(), synthetic.effect());
//! let conformal = Conformal::new(&panel, Counterfactual::Synthetic(weighting), Norm::Absolute).readout(Level::P90)?;
//! let placebos = Placebos::new(&panel, weighting)?.readout(Level::P90)?;
//! assert!(readout.set().contains(6.0) && conformal.set().contains(6.0) && placebos.set().contains(6.0));
//! assert!(!conformal.set().contains(0.0));
//! # Ok::<(), styring_experiments::Error>(())
//! ```

mod augmented;
mod conformal;
pub mod design;
mod did;
mod lift_test;
pub mod local_level;
mod panel;
mod simplex;
mod synthetic_control;
pub mod tbr;
pub mod tbr_design;
pub mod trimmed_match;

pub use conformal::{Conformal, Counterfactual, Norm};
pub use did::{Did, PanelErrors};
pub use lift_test::LiftTest;
pub use panel::{Panel, PanelRows};
pub use synthetic_control::{Placebos, SyntheticControl, Weighting};
