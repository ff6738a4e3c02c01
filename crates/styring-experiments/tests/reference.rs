//! The reference cases of this crate.
#![allow(clippy::expect_used, clippy::float_cmp, clippy::panic, clippy::unwrap_used)]

#[path = "reference/bayes.rs"]
mod bayes;
#[path = "reference/geo.rs"]
mod geo;
#[path = "reference/geo_series.rs"]
mod geo_series;
#[path = "reference/group_sequential.rs"]
mod group_sequential;
#[path = "reference/growthbook_power.rs"]
mod growthbook_power;
#[path = "reference/means.rs"]
mod means;
#[path = "reference/planning.rs"]
mod planning;
#[path = "reference/proportions.rs"]
mod proportions;
#[path = "reference/rates_and_holdouts.rs"]
mod rates_and_holdouts;
#[path = "reference/readiness.rs"]
mod readiness;
#[path = "reference/sequential.rs"]
mod sequential;
#[path = "reference/spotify_sequential.rs"]
mod spotify_sequential;
