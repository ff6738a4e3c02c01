//! The examples of Styring are files beside this one; `cargo run -p styring-examples --example NAME` runs one. What follows is the README of the project, whose
//! code is tested here.
#![doc = include_str!("../README.md")]

/// The guides, whose code is tested here.
#[cfg(doctest)]
mod guides {
    #[doc = include_str!("../docs/customer-keys.md")]
    mod customer_keys {}
    #[doc = include_str!("../docs/naming.md")]
    mod naming {}
    #[doc = include_str!("../docs/overlap.md")]
    mod overlap {}
    #[doc = include_str!("../docs/reach.md")]
    mod reach {}
    #[doc = include_str!("../docs/signals.md")]
    mod signals {}
    #[doc = include_str!("../docs/tracking-plan.md")]
    mod tracking_plan {}
}
