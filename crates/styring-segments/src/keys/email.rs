use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::upload::{UploadHash, UploadRule};
use crate::Error;
use crate::naming::characters::is_invisible;

/// An e-mail address in the form that is hashed: no blanks around it, lower case, composed characters (NFC).
///
/// What was typed cannot be read back: there are hashes, comparison and a `Debug` that shows nothing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email {
    address: String,
    at: usize,
}

/// Why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmailProblem {
    /// Nothing but blanks.
    #[error("it is empty")]
    Empty,
    /// No `@`, or more than one.
    #[error("it must hold one @, not {0}")]
    At(usize),
    /// Nothing before the `@`.
    #[error("nothing stands before the @")]
    NoMailbox,
    /// No domain with a dot after the `@`.
    #[error("no domain with a dot follows the @")]
    NoDomain,
    /// A blank or a control character inside.
    #[error("a blank or control character stands inside it")]
    Blank,
    /// Over 254 bytes, the longest a mail server accepts (RFC 5321 with erratum 1690).
    #[error("it is longer than 254 bytes")]
    TooLong,
}

impl Email {
    /// Reads an address as people type it or as a spreadsheet holds it: blanks around it and invisible characters go, letters become lower case, composed (NFC).
    ///
    /// That a mailbox exists is not checked, and nothing is guessed: `ola@gmial.com` stays as it is.
    ///
    /// # Errors
    ///
    /// [`Error::Email`] says what is wrong; the address itself is not in the message.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let visible: String = text.chars().filter(|character| !is_invisible(*character)).collect();
        let address: String = visible.trim().to_lowercase().nfc().collect();
        let problem = |problem| Err(Error::Email { problem });
        if address.is_empty() {
            return problem(EmailProblem::Empty);
        }
        if address.len() > 254 {
            return problem(EmailProblem::TooLong);
        }
        if address.chars().any(|character| character.is_whitespace() || character.is_control()) {
            return problem(EmailProblem::Blank);
        }
        let Some((mailbox, domain)) = address.split_once('@').filter(|(_, domain)| !domain.contains('@')) else {
            return problem(EmailProblem::At(address.matches('@').count()));
        };
        if mailbox.is_empty() {
            return problem(EmailProblem::NoMailbox);
        }
        if domain.split('.').count() < 2 || domain.split('.').any(str::is_empty) {
            return problem(EmailProblem::NoDomain);
        }
        let at = mailbox.len();
        Ok(Self { address, at })
    }

    /// The SHA-256 hash of the address under a platform's rule.
    pub fn hash(&self, rule: &UploadRule) -> UploadHash {
        UploadHash::of(self.written(rule.folds_gmail()).as_bytes(), rule.encoding())
    }

    /// The address, as one inbox has it if `one_inbox`: Google delivers `o.la+list@gmail.com` and `ola@gmail.com` to the same one.
    pub(super) fn written(&self, one_inbox: bool) -> String {
        let (mailbox, domain) = self.address.split_at(self.at);
        if !one_inbox || !matches!(domain, "@gmail.com" | "@googlemail.com") {
            return self.address.clone();
        }
        let mailbox = mailbox.split('+').next().unwrap_or_default().replace('.', "");
        if mailbox.is_empty() { self.address.clone() } else { mailbox + domain }
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}
