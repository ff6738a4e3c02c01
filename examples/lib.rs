//! The examples of Styring are files beside this one; `cargo run -p styring-examples --example NAME` runs one. What follows is the README of the project, whose
//! code is tested here.
#![doc = include_str!("../README.md")]

/// The guide to names, whose code is tested here.
#[cfg(doctest)]
#[doc = include_str!("../docs/naming.md")]
mod naming {}
