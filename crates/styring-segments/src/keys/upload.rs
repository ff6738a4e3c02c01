use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// How a platform wants addresses and numbers before they are hashed, and how it wants the hash written.
///
/// The rules below are those the platforms publish; a rule they changed since, or one that is not here, is made with [`UploadRule::new`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadRule {
    folds_gmail: bool,
    phone: Option<PhoneForm>,
    encoding: Encoding,
}

/// How a phone number is written before it is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PhoneForm {
    /// `+4792012345`.
    E164,
    /// `4792012345`.
    Digits,
}

/// How the 32 bytes of a hash are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// 64 lower-case hexadecimal digits.
    Hex,
    /// 44 characters, padded (RFC 4648, section 4).
    Base64,
}

impl UploadRule {
    /// Google Ads, Display & Video 360 (Data Manager API, "Format user data", read 2026-11-25): dots and what follows a plus go from Gmail addresses.
    pub const GOOGLE: Self = Self::new(true, Some(PhoneForm::E164), Encoding::Hex);
    /// Meta (Conversions API, customer information parameters, read 2026-11-25): the address as it is, the number without `+`.
    pub const META: Self = Self::new(false, Some(PhoneForm::Digits), Encoding::Hex);
    /// Snapchat (Conversions API, best practices, read 2026-11-25).
    pub const SNAP: Self = Self::new(false, Some(PhoneForm::Digits), Encoding::Hex);
    /// TikTok (customer file audiences, read 2026-11-25).
    pub const TIKTOK: Self = Self::new(false, Some(PhoneForm::E164), Encoding::Hex);
    /// X (custom audiences user data, read 2026-11-25): addresses only.
    pub const X: Self = Self::new(false, None, Encoding::Hex);
    /// Unified ID 2.0 and EUID (normalization and encoding, read 2026-11-25): Gmail folded, the hash in Base64.
    pub const UID2: Self = Self::new(true, Some(PhoneForm::E164), Encoding::Base64);

    /// A rule of your own: whether Gmail addresses of one inbox are made equal, how a phone number is written (none: the platform takes none), how the hash is.
    pub const fn new(folds_gmail: bool, phone: Option<PhoneForm>, encoding: Encoding) -> Self {
        Self { folds_gmail, phone, encoding }
    }

    /// Whether dots and what follows a plus go from the mailbox of Gmail addresses.
    pub fn folds_gmail(&self) -> bool {
        self.folds_gmail
    }

    /// How a phone number is written; none where the platform takes none.
    pub fn phone(&self) -> Option<PhoneForm> {
        self.phone
    }

    /// How the hash is written.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }
}

/// The SHA-256 hash of an address or a number, written as the platform wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UploadHash {
    bytes: [u8; 32],
    base64: bool,
}

impl UploadHash {
    pub(super) fn of(written: &[u8], encoding: Encoding) -> Self {
        Self { bytes: Sha256::digest(written).into(), base64: encoding == Encoding::Base64 }
    }

    /// The hash itself.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }
}

impl fmt::Display for UploadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.base64 {
            return self.bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"));
        }
        STANDARD.encode(self.bytes).fmt(f)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for UploadHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
