//! Which moment a row is of.

use chrono::{DateTime, LocalResult, NaiveDateTime, TimeZone};
use chrono_tz::Tz;

use super::findings::RejectionKind;

/// Reads moments as seconds since 1970-01-01 00:00 UTC.
#[derive(Debug, Clone)]
pub(super) struct Times {
    /// The form (strftime); any form that can mean only one moment if absent.
    format: Option<String>,
    /// Where times without an offset are from.
    zone: Tz,
    /// Rows whose time had no offset, so that the zone decided.
    pub(super) without_offset: u64,
}

impl Times {
    pub(super) fn new(format: Option<&str>, zone: Tz) -> Self {
        Self { format: format.map(ToOwned::to_owned), zone, without_offset: 0 }
    }

    pub(super) fn of(&mut self, text: &str) -> Result<i64, RejectionKind> {
        const COMMON: &str = "2025-09-01T12:00:00+02:00, 2025-09-01 12:00:00 or 1756720800; another form must be named";
        let read = if self.format.is_some() { self.formatted(text) } else { self.common(text) };
        read.ok_or_else(|| RejectionKind::NotATime { format: self.format.as_deref().unwrap_or(COMMON).to_owned() })
    }

    fn formatted(&mut self, text: &str) -> Option<i64> {
        let format = self.format.as_deref()?;
        if let Ok(moment) = DateTime::parse_from_str(text, format) {
            return Some(moment.timestamp());
        }
        let local = NaiveDateTime::parse_from_str(text, format).ok()?;
        self.at(local)
    }

    fn common(&mut self, text: &str) -> Option<i64> {
        const FORMS: [&str; 6] = [
            "%Y-%m-%dT%H:%M:%S%.f",
            "%Y-%m-%d %H:%M:%S%.f",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M",
            "%d.%m.%Y %H:%M:%S",
            "%d.%m.%Y %H:%M",
        ];
        if let Some(seconds) = epoch(text) {
            return Some(seconds);
        }
        if let Ok(moment) = DateTime::parse_from_rfc3339(&text.replacen(' ', "T", 1)) {
            return Some(moment.timestamp());
        }
        let local = FORMS.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
        self.at(local)
    }

    /// A local time in the zone; the earlier of two when the clock is put back, none in the hour that is skipped.
    fn at(&mut self, local: NaiveDateTime) -> Option<i64> {
        let moment = match self.zone.from_local_datetime(&local) {
            LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => moment.timestamp(),
            LocalResult::None => return None,
        };
        self.without_offset += 1;
        Some(moment)
    }
}

/// Seconds since 1970 in ten digits, milliseconds in thirteen: from 2001 to 2286 the number of digits tells them apart.
fn epoch(text: &str) -> Option<i64> {
    if !matches!(text.len(), 10 | 13) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = text.parse().ok()?;
    Some(if text.len() == 13 { number.div_euclid(1000) } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moment_in_many_forms() {
        let mut times = Times::new(None, Tz::Europe__Oslo);
        for text in [
            "1756720800",
            "1756720800999",
            "2025-09-01T10:00:00Z",
            "2025-09-01T12:00:00+02:00",
            "2025-09-01 12:00:00+02:00",
            "2025-09-01 12:00:00",
            "2025-09-01T12:00:00.75",
            "2025-09-01 12:00",
            "01.09.2025 12:00",
        ] {
            assert_eq!(times.of(text), Ok(1_756_720_800), "{text}");
        }
        assert_eq!(times.without_offset, 4);
        for text in ["", "2025-09-01", "01/09/2025 12:00", "12:00", "-175672080", "2025-09-01 24:01", "99999"] {
            assert!(times.of(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_clock_is_put_forward_and_back() {
        let mut times = Times::new(None, Tz::Europe__Oslo);
        assert!(times.of("2026-03-29 02:30:00").is_err());
        assert_eq!(times.of("2026-10-25 02:30:00"), times.of("2026-10-25T02:30:00+02:00"));
        let mut american = Times::new(Some("%m/%d/%y %H:%M"), Tz::UTC);
        assert_eq!(american.of("09/01/25 10:00"), Ok(1_756_720_800));
        assert!(american.of("2025-09-01 10:00").is_err());
    }
}
