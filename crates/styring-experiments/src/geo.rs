//! Geo experiments: what advertising in some regions did, judged by regions without it.
//!
//! - [`tbr`]: one group's total from the other's, by a regression on the time before. [`tbr_design`]: how large an effect it can find.
//! - [`trimmed_match`]: pairs of regions with unequal spend, without the pairs that do not fit.

pub mod tbr;
pub mod tbr_design;
pub mod trimmed_match;
