//! What other programs answer, formula by formula: for moving over from them, and for seeing where they differ.
//!
//! The defaults of this crate are elsewhere; here each function says where its formula fails.

pub mod growthbook;
pub mod growthbook_bayes;
pub mod growthbook_power;
pub mod growthbook_sequential;
pub mod spotify;
pub mod statsmodels;
pub mod tea_tasting;
pub mod tea_tasting_proportions;
pub mod trimmed_match;
