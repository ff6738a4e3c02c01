use crate::naming::fold;

/// The parts of a name for a URL, a file or a column: folded, hyphens within a part, underscores between them. `None` if a part has nothing that can be kept.
///
/// ```
/// use styring_segments::naming::slug;
///
/// assert_eq!(slug(["Prospect", "Sko og klær", "Ålesund"]).as_deref(), Some("prospect_sko-og-klaer_alesund"));
/// assert_eq!(slug(["Prospect", "🏃", "Oslo"]), None);
/// ```
///
/// Two names may share a slug (`Høst/vinter`, `Høst vinter`); [`LintReport`](crate::naming::LintReport) tells of names that share a folded key.
pub fn slug<'a>(parts: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut out = String::new();
    for part in parts {
        if !out.is_empty() {
            out.push('_');
        }
        let start = out.len();
        for c in fold(part).chars() {
            if c.is_ascii_lowercase() || c.is_ascii_digit() {
                out.push(c);
            } else if out.len() > start && !out.ends_with('-') {
                out.push('-');
            }
        }
        if out.ends_with('-') {
            out.pop();
        }
        if out.len() == start {
            return None;
        }
    }
    (!out.is_empty()).then_some(out)
}
