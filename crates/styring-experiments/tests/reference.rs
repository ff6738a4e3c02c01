//! The reference cases of this crate, by topic.

#[path = "reference/sequential.rs"]
mod sequential;

#[path = "reference/bayes.rs"]
mod bayes;
