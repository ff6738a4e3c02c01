//! Methods of other software, to the digit, for whoever compares or moves. Each says where it fails; our defaults are elsewhere.

pub mod growthbook_power;
pub mod spotify;
pub mod growthbook;
pub mod tea_tasting;
pub mod growthbook_bayes;
pub mod growthbook_sequential;
