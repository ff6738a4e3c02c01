use chrono::NaiveDate;

use crate::Error;
use crate::naming::{LengthUnit, LimitStatus, PlatformLimit};

/// Limits of several platforms, each key once.
///
/// ```
/// use styring_segments::naming::{LengthUnit, PlatformLimit, PlatformLimits};
///
/// let limits = PlatformLimits::bundled()?.with(PlatformLimit::new("house_crm", 64, LengthUnit::Utf16)?)?;
/// let dv360 = limits.get("dv360_line_item").expect("a bundled limit");
/// assert_eq!((dv360.limit(), dv360.unit()), (240, LengthUnit::Utf8Bytes));
/// # Ok::<(), styring_segments::Error>(())
/// ```
///
/// With `serde` one's own rows come from a file: a list of limits, with `platform`, `limit`, `unit` (`utf8_bytes`, `scalars`, `utf16`), and where wanted `object`, `forbidden_chars`, `source`,
/// `read` and `status`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Vec<PlatformLimit>", into = "Vec<PlatformLimit>")
)]
pub struct PlatformLimits {
    limits: Vec<PlatformLimit>,
}

impl PlatformLimits {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Those that come with the crate, each with its source and the day it was read. Platforms change them without notice: what matters is to be read back after writing.
    pub fn bundled() -> Result<Self, Error> {
        let mut limits = Self::new();
        for row in ROWS {
            let read = row.read.and_then(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day));
            let limit = PlatformLimit::new(row.platform, row.limit, row.unit)?
                .object(row.object)
                .forbidding(row.forbidden)
                .source(row.source, read, if read.is_some() { LimitStatus::Verified } else { LimitStatus::Unverified });
            limits = limits.with(limit)?;
        }
        Ok(limits)
    }

    /// With one more; an error if its key is there already.
    pub fn with(mut self, limit: PlatformLimit) -> Result<Self, Error> {
        if self.get(limit.platform()).is_some() {
            return Err(Error::Repeated { what: "platform", value: limit.platform().to_owned() });
        }
        self.limits.push(limit);
        Ok(self)
    }

    /// The limit with a key.
    pub fn get(&self, platform: &str) -> Option<&PlatformLimit> {
        self.limits.iter().find(|limit| limit.platform() == platform)
    }

    /// Those with the keys, in that order; an error if one is not there.
    pub fn only<'a>(&self, platforms: impl IntoIterator<Item = &'a str>) -> Result<Self, Error> {
        platforms.into_iter().try_fold(Self::new(), |chosen, platform| {
            let unknown = || Error::UnknownPlatform { platform: platform.to_owned() };
            chosen.with(self.get(platform).ok_or_else(unknown)?.clone())
        })
    }

    /// All, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &PlatformLimit> {
        self.limits.iter()
    }
}

impl TryFrom<Vec<PlatformLimit>> for PlatformLimits {
    type Error = Error;

    fn try_from(limits: Vec<PlatformLimit>) -> Result<Self, Error> {
        limits.into_iter().try_fold(Self::new(), Self::with)
    }
}

impl From<PlatformLimits> for Vec<PlatformLimit> {
    fn from(limits: PlatformLimits) -> Self {
        limits.limits
    }
}

#[derive(Clone, Copy)]
struct Row {
    platform: &'static str,
    object: &'static str,
    limit: usize,
    unit: LengthUnit,
    forbidden: &'static str,
    source: &'static str,
    /// The day on which it was read in the source; `None` if nobody has.
    read: Option<(i32, u32, u32)>,
}

const fn row(
    platform: &'static str,
    object: &'static str,
    limit: usize,
    unit: LengthUnit,
    source: &'static str,
) -> Row {
    Row { platform, object, limit, unit, forbidden: "", source, read: None }
}

const fn forbidding(row: Row, forbidden: &'static str) -> Row {
    Row { forbidden, ..row }
}

const fn read(row: Row) -> Row {
    Row { read: Some((2026, 11, 25)), ..row }
}

const DV360: &str = "Display & Video 360 API, reference: displayName, UTF-8 encoded with a maximum size of 240 bytes";
const CM360: &str =
    "Campaign Manager 360 API, reference: fewer than 512 characters, unique among the campaigns of an advertiser";
const GOOGLE_ADS: &str =
    "Google Ads and Search Ads 360 API, reference: fewer than 255 full-width characters, no NUL, LF or CR";
const GAM: &str = "Google Ad Manager API, reference: custom targeting keys and values";
const GAM_FORBIDDEN: &str = "\"'=!+#*~;^()<>[]";
const META: &str = "help page of a bid manager, old";
const HEARSAY: &str = "not confirmed: ask the platform";

const ROWS: [Row; 14] = [
    read(row("dv360_advertiser", "DV360 advertiser", 240, LengthUnit::Utf8Bytes, DV360)),
    read(row("dv360_campaign", "DV360 campaign", 240, LengthUnit::Utf8Bytes, DV360)),
    read(row("dv360_insertion_order", "DV360 insertion order", 240, LengthUnit::Utf8Bytes, DV360)),
    read(row("dv360_line_item", "DV360 line item", 240, LengthUnit::Utf8Bytes, DV360)),
    read(row("cm360_campaign", "CM360 campaign", 511, LengthUnit::Scalars, CM360)),
    read(forbidding(row("google_ads_ad_group", "Google Ads ad group", 254, LengthUnit::Scalars, GOOGLE_ADS), "\0\n\r")),
    read(forbidding(row("gam_key", "Google Ad Manager targeting key", 20, LengthUnit::Scalars, GAM), GAM_FORBIDDEN)),
    read(forbidding(
        row("gam_value", "Google Ad Manager targeting value", 40, LengthUnit::Scalars, GAM),
        GAM_FORBIDDEN,
    )),
    row("meta_campaign", "Meta campaign", 400, LengthUnit::Scalars, META),
    row("meta_ad_set", "Meta ad set", 100, LengthUnit::Scalars, META),
    row("meta_ad", "Meta ad", 400, LengthUnit::Scalars, META),
    row(
        "event_name",
        "name of an app or web event",
        40,
        LengthUnit::Scalars,
        "a client library's change that cuts names at 40",
    ),
    row("tiktok", "TikTok campaign, ad group or ad", 512, LengthUnit::Scalars, HEARSAY),
    row("snap", "Snap campaign, ad squad or ad", 375, LengthUnit::Scalars, HEARSAY),
];
