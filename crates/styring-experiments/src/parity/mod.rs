//! What other tools compute, under their own names, to check against them: not what to decide by.

pub mod growthbook_bayes;
pub mod growthbook_sequential;
