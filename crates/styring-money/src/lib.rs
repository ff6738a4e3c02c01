//! Exact money: currencies, amounts that never lose a digit, rounding once at the edge, splitting to the minor unit.
//!
//! ```
//! use styring_money::{Money, Rounding, Unrounded};
//!
//! let total: Money = "NOK 100.00".parse()?;
//! let parts = total.split(&[2, 1])?; // in proportion, to the øre
//! assert_eq!(parts[0].to_string(), "NOK 66.67");
//! assert_eq!(Money::sum(parts, total.currency())?, total); // nothing lost, nothing made
//!
//! let cost = Unrounded::from(total).checked_div(&7.into()).expect("seven is not zero");
//! assert_eq!(cost.round(Rounding::HalfEven)?.to_norwegian(), "kr\u{a0}14,29");
//! # Ok::<(), styring_money::Error>(())
//! ```
//!
//! # Three kinds of number
//!
//! | type | is | fails when |
//! |---|---|---|
//! | [`Money`] | an amount someone types, books or pays; `Copy`, at most 28 digits | currencies differ, or a digit would be lost |
//! | [`Unrounded`] | a computed amount, exact | currencies differ |
//! | [`Exact`] | an exact rational number | never |
//!
//! `Money` comes in and goes out; [`Unrounded::round`] is where digits are dropped, once.
//!
//! # Modules by what you look for
//!
//! Currencies and their minor digits: [`Currency`]. Reading numbers as platforms and people write them: [`NumberFormat`]. Shares that sum:
//! [`Money::split`], [`largest_remainder`]. A part of a whole: [`Share`]. Several currencies: [`ExchangeRates`]. How digits are dropped: [`Rounding`].
//!
//! # Features
//!
//! `serde`: every public data type; amounts travel as text (`"NOK 1234.50"`, `"1234.5"`), never as floating point.

mod currency;
mod error;
mod exact;
mod money;
mod number;
mod rates;
mod rounding;
#[cfg(feature = "serde")]
mod serde;
mod share;
mod split;
mod text;
mod unrounded;

pub use currency::Currency;
pub use error::{Error, NumberFault};
pub use exact::{Exact, Sign};
pub use money::Money;
pub use number::{NumberFormat, ShortDecimal};
pub use rates::ExchangeRates;
pub use rounding::Rounding;
pub use rust_decimal::Decimal;
pub use share::Share;
pub use split::largest_remainder;
pub use unrounded::Unrounded;
