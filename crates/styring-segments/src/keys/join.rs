use std::fmt;
use std::hash::Hasher;

use siphasher::sip::SipHasher24;

use super::{Email, Phone};

/// A secret of yours that makes ids for joins of your own tables: SipHash-2-4 (Aumasson and Bernstein 2012) under a 128-bit key.
///
/// Unlike a plain hash, an id can neither be made nor guessed without the key: keep one key per client, and tables of two clients cannot be joined. Among n people the chance that any two
/// share an id is about n² / 2⁶⁵: 3 in a million for ten million people.
#[derive(Clone)]
pub struct JoinKey {
    key: [u8; 16],
}

/// The id of a person under a [`JoinKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PersonKey(u64);

impl PersonKey {
    /// The number, as the overlap engines take it.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl JoinKey {
    /// A key of 16 secret bytes, from a generator of random bytes.
    pub fn new(key: [u8; 16]) -> Self {
        Self { key }
    }

    /// The id of who has this address; addresses of one Gmail inbox give one id.
    pub fn email(&self, email: &Email) -> PersonKey {
        self.of(b'@', email.written(true).as_bytes())
    }

    /// The id of who has this number. It is not the id of the same person's address: which belong together, your customer table knows.
    pub fn phone(&self, phone: &Phone) -> PersonKey {
        self.of(b'+', phone.digits().as_bytes())
    }

    /// The id of a customer by any other id: a customer number, a cookie. The text is taken as it is.
    pub fn id(&self, id: &str) -> PersonKey {
        self.of(b'#', id.as_bytes())
    }

    fn of(&self, kind: u8, written: &[u8]) -> PersonKey {
        let mut hasher = SipHasher24::new_with_key(&self.key);
        hasher.write_u8(kind);
        hasher.write(written);
        PersonKey(hasher.finish())
    }
}

impl fmt::Debug for JoinKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JoinKey(…)")
    }
}
