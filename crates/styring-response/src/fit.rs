//! Response curves from history: pairs of spend and result in, a [`Curve`](crate::Curve) with its uncertainty out, or why there is none.
//!
//! ```
//! use styring_response::fit::{Answer, Fit, Form, Pairs};
//!
//! let spend = [10e3, 15e3, 20e3, 25e3, 30e3, 40e3, 50e3, 60e3, 70e3, 80e3];
//! let orders = [141.0, 196.0, 226.0, 270.0, 291.0, 334.0, 371.0, 388.0, 410.0, 421.0];
//! let answer = Fit::new(Form::MichaelisMenten).run(&Pairs::new(&spend, &orders)?)?;
//! let Answer::Identified(fitted) = &answer else { panic!("{answer:?}") };
//!
//! // What the next order costs at 50 000 kr, and how sure that is.
//! let cost = fitted.marginal_cost(50e3).unwrap();
//! assert_eq!([Some(cost.value()), cost.low(), cost.high()].map(|cost| cost.unwrap().round()), [362.0, 343.0, 382.0]);
//! assert!(fitted.is_extrapolated(120e3));
//!
//! // All spends on a straight line: where it bends is not to be seen.
//! let answer = Fit::new(Form::MichaelisMenten).run(&Pairs::new(&[1.0, 2.0, 3.0, 4.0, 5.0], &[2.1, 3.9, 6.1, 7.9, 10.1])?)?;
//! let Answer::NotIdentified { why, .. } = answer else { panic!("no bend") };
//! assert_eq!(why.to_string(), "a straight line goes with the data as well: no spend was high enough to show where results level off");
//! # Ok::<(), styring_response::Error>(())
//! ```
//!
//! # Method
//! Least squares, weighted if asked for. Every form is `a·g(x; u)` with one or two shape parameters u: for given u the scale a is a ratio of sums (variable projection, Golub and Pereyra 1973), so only u
//! is searched, on a fixed grid in units of the data and then by Levenberg–Marquardt. There are no starting values and no random numbers; the same data in other units give the same curve.
//!
//! # Intervals
//! By profile likelihood: a curve is plausible if its sum of squares is at most `SSE·(1 + t²/(n − p))`, t the quantile of Student's distribution. An interval is the range of a quantity over all plausible
//! curves ([`Fitted::plausible`]); beyond the spends that were tried it is as wide as the form allows. Errors are taken for independent and of one variance (after weighting): [`Fitted::lag_one`] tells when weeks
//! hang together. The range over traced curves falls short of the exact one by less than a hundredth of its width as a rule, by a twentieth at worst (two shape parameters, not identified, beyond the spends). What the
//! intervals keep in simulations: `tests/calibration.rs`.
//!
//! # Not identified
//! Where the plausible curves reach to the end of a parameter's range, the data do not say where the curve bends, and the answer is [`Answer::NotIdentified`]. The best curve and its intervals come along: they hold, and
//! are as wide as they have to be.
//!
//! # Cost
//! Some 300 passes over the pairs with one shape parameter, some 10 000 with two and up to twice that where they are not identified; 3000 more for weights of counts.

mod answer;
mod choice;
mod fitted;
mod form;
mod linear;
mod options;
mod pairs;
mod problem;
mod region;

pub use answer::{Answer, Why};
pub use choice::{Candidate, Choice};
pub use fitted::{Estimate, Fitted, Parameter};
pub use form::Form;
pub use options::{Fit, Variance};
pub use pairs::Pairs;
