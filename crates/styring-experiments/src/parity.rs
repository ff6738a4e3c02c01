//! What other packages compute, where it is not what this crate computes: to compare, and to take over what was decided with them.

pub mod statsmodels;
pub mod tea_tasting_proportions;
