//! What every page about one input has around its own sections.

use minijinja::value::Value;
use serde::Serialize;

use super::goal::Card;
use super::{css, read};
use crate::Source;

/// The head, what must be known before acting, the key figures, and what was read.
#[derive(Serialize)]
pub(super) struct Frame {
    /// Small, above the title.
    kicker: String,
    title: String,
    headline: String,
    lead: Vec<String>,
    css: Value,
    banner: Option<read::Banner>,
    /// What comes first of what must be known before acting, and how much more of it there is.
    warnings: Vec<String>,
    more_warnings: usize,
    notes: Vec<String>,
    cards: Vec<Card>,
    read: read::Read,
}

/// What a page says at its top.
pub(super) struct Top {
    pub(super) kicker: String,
    pub(super) title: String,
    pub(super) headline: String,
    pub(super) lead: Vec<String>,
}

impl Frame {
    pub(super) fn new(top: Top, cards: Vec<Card>, notes: Vec<String>, source: &Source) -> Self {
        let Top { kicker, title, headline, lead } = top;
        let (warnings, more_warnings) = read::first(source.warnings(&notes));
        Self {
            kicker,
            title,
            headline,
            lead,
            css: Value::from_safe_string(css()),
            banner: source.banner(),
            warnings,
            more_warnings,
            notes,
            cards,
            read: source.read(),
        }
    }
}
