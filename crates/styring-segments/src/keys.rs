//! Customer keys: e-mail addresses and phone numbers, hashed as the ad platforms require, or with a key of your own.
//!
//! A platform finds a person on your list only if both sides hashed the same bytes. [`Email`] and [`Phone`] bring what people type to one form, an [`UploadRule`] says what a platform does to
//! that form before it hashes, and [`JoinKey`] makes ids for your own tables that nobody without the key can make or guess.
//!
//! ```
//! use styring_segments::keys::{Email, JoinKey, Phone, Region, UploadRule};
//!
//! let email = Email::parse(" John_Smith@gmail.com ")?;
//! // The example of Meta's own documentation.
//! assert_eq!(email.hash(&UploadRule::META).to_string(), "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f");
//!
//! let phone = Phone::parse("920 12 345", Some(&Region::NORWAY))?;
//! assert!(phone.hash(&UploadRule::GOOGLE).is_some());
//! assert!(phone.hash(&UploadRule::X).is_none()); // takes no phone numbers
//!
//! let ours = JoinKey::new(*b"sixteen secret b");
//! assert_eq!(ours.email(&Email::parse("jo.hn_smith+shoes@gmail.com")?), ours.email(&email)); // one inbox
//! assert_eq!(format!("{email:?}"), "Email(…)");
//! # Ok::<(), styring_segments::Error>(())
//! ```
//!
//! What was typed is never printed, serialised or put into an error: there is no `Display`, no `Serialize` and no getter. A hash is still personal data, because anybody can hash a list of
//! addresses and compare; a [`JoinKey`] keeps that from those who do not have it.

mod email;
mod join;
mod phone;
mod upload;

pub use email::{Email, EmailProblem};
pub use join::{JoinKey, PersonKey};
pub use phone::{Phone, PhoneProblem, Region};
pub use upload::{Encoding, PhoneForm, UploadHash, UploadRule};
