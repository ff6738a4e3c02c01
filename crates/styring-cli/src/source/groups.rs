//! Rows to groups, with memory for groups only.

use std::collections::HashMap;

use csv::ByteRecord;
use foldhash::fast::FixedState;

use super::columns::Header;
use super::findings::RejectionKind;
use super::spec::{SourceSpec, TextSpec};
use crate::Error;

/// One dimension of the groups: channel, segment or creative. Texts are numbered in the order in which they come.
pub(super) struct Dimension {
    source: TextSource,
    missing: Vec<String>,
    numbers: HashMap<Vec<u8>, u32, FixedState>,
    texts: Vec<Text>,
    /// The cells of the row at hand, where a text has several.
    joined: Vec<u8>,
    /// Whether the file was in another encoding, so that what is no text in it has become U+FFFD.
    recoded: bool,
}

enum TextSource {
    Columns { places: Vec<usize>, join: String },
    Value(String),
}

/// A text of a dimension.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// Without the blanks around it; empty if it is missing.
    pub(super) name: String,
    /// Whether there were blanks around it.
    pub(super) padded: bool,
    /// Whether it, or a part of it, is missing.
    pub(super) missing: bool,
    /// Why no row with it can be used.
    pub(super) fault: Option<RejectionKind>,
}

/// Between the parts of a joined text; no export has it in a cell.
const PART_END: u8 = 0x1f;

impl Dimension {
    pub(super) fn new(
        spec: Option<&TextSpec>,
        purpose: &str,
        source: &SourceSpec,
        header: &Header<'_>,
        recoded: bool,
    ) -> Result<Self, Error> {
        let text_source = match spec {
            None => TextSource::Value(String::new()),
            Some(TextSpec::Value(fixed)) => TextSource::Value(fixed.value.clone()),
            Some(TextSpec::Column(column)) => {
                TextSource::Columns { places: vec![header.place(column, purpose)?], join: String::new() }
            }
            Some(TextSpec::Joined(joined)) => {
                TextSource::Columns { places: header.places(&joined.columns, purpose)?, join: joined.join.clone() }
            }
        };
        Ok(Self {
            source: text_source,
            missing: source.missing.iter().cloned().collect(),
            numbers: HashMap::default(),
            texts: Vec::new(),
            joined: Vec::new(),
            recoded,
        })
    }

    /// The first column, for messages.
    pub(super) fn column(&self) -> Option<usize> {
        match &self.source {
            TextSource::Columns { places, .. } => places.first().copied(),
            TextSource::Value(_) => None,
        }
    }

    /// The number of the text of a row, and the text.
    pub(super) fn of(&mut self, record: &ByteRecord) -> (u32, &Text) {
        let number = self.number(record);
        (number, &self.texts[number as usize])
    }

    pub(super) fn text(&self, number: u32) -> &Text {
        &self.texts[number as usize]
    }

    fn number(&mut self, record: &ByteRecord) -> u32 {
        let raw: &[u8] = match &self.source {
            TextSource::Value(_) if !self.texts.is_empty() => return 0,
            TextSource::Value(_) => &[],
            TextSource::Columns { places, .. } => match places.as_slice() {
                [place] => &record[*place],
                places => {
                    self.joined.clear();
                    for (index, place) in places.iter().enumerate() {
                        if index > 0 {
                            self.joined.push(PART_END);
                        }
                        self.joined.extend_from_slice(&record[*place]);
                    }
                    &self.joined
                }
            },
        };
        if let Some(number) = self.numbers.get(raw) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let text = self.read(raw);
        self.numbers.insert(raw.to_vec(), number);
        self.texts.push(text);
        number
    }

    fn read(&self, raw: &[u8]) -> Text {
        let (parts, join) = match &self.source {
            TextSource::Value(value) => (vec![value.as_bytes()], ""),
            TextSource::Columns { join, .. } => {
                (raw.split(|byte| *byte == PART_END).collect::<Vec<_>>(), join.as_str())
            }
        };
        let mut text = Text { name: String::new(), padded: false, missing: false, fault: None };
        for (index, part) in parts.iter().enumerate() {
            let spans_lines = part.contains(&b'\n') || part.contains(&b'\r');
            let is_text = std::str::from_utf8(part).is_ok();
            let part = String::from_utf8_lossy(part);
            if !is_text || (self.recoded && part.contains('\u{fffd}')) {
                text.fault = Some(RejectionKind::Encoding);
            } else if spans_lines {
                text.fault = Some(RejectionKind::SpansLines);
            }
            let trimmed = part.trim();
            let missing = trimmed.is_empty() || self.missing.iter().any(|missing| missing == trimmed);
            text.padded |= trimmed.len() < part.len();
            text.missing |= missing;
            if index > 0 {
                text.name.push_str(join);
            }
            text.name.push_str(match (missing, parts.len()) {
                (false, _) => trimmed,
                (true, 1) => "",
                (true, _) => "(none)",
            });
        }
        text
    }
}
