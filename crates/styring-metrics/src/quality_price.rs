use crate::Error;
use crate::check::{at_least, finite_in};

/// What a thousand contacts truly cost: those that could be seen, and that were not one too many for the same person.
///
/// `quality CPM = CPM / (viewability × within-cap share)`. The within-cap share is the part of all contacts that lie inside the frequency cap,
/// `Σ min(j, cap)·nⱼ / Σ j·nⱼ`; with no cap it is 1.
///
/// The founding text says that a CPM of 40 can be better than one of 20. It is, when the dear one is seen and the cheap one is not:
///
/// ```
/// use styring_metrics::QualityPrice;
///
/// let dear = QualityPrice::new(40.0, 0.80, 0.95)?;
/// let cheap = QualityPrice::new(20.0, 0.45, 0.60)?;
/// assert!(dear.price() < cheap.price()); // 52.63 against 74.07 for a thousand useful contacts
/// assert!(dear.beats_cheaper(&cheap));
///
/// // And it is not when the cheap one is merely a little worse.
/// let decent = QualityPrice::new(20.0, 0.60, 0.90)?;
/// assert!(!dear.beats_cheaper(&decent));
/// // It would have to have less than half of the dear one's quality.
/// assert!((dear.quality_to_match(20.0)? - 0.38).abs() < 1e-12);
/// # Ok::<(), styring_metrics::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct QualityPrice {
    cpm: f64,
    quality: f64,
}

impl QualityPrice {
    /// A price per thousand impressions, the share of them that could be seen, and the share of contacts inside the cap.
    ///
    /// Errors: a price below zero; shares that are not above 0 and at most 1 — what nobody saw has no price.
    pub fn new(cpm: f64, viewability: f64, within_cap: f64) -> Result<Self, Error> {
        at_least("CPM", cpm, 0.0, "zero or above")?;
        for (field, share) in [("viewability", viewability), ("within-cap share", within_cap)] {
            finite_in(field, share, 1e-9..=1.0, "above 0 and at most 1")?;
        }
        Ok(Self { cpm, quality: viewability * within_cap })
    }

    /// The share of impressions that were useful: seen, and inside the cap.
    pub fn quality(&self) -> f64 {
        self.quality
    }

    /// The price per thousand useful impressions.
    pub fn price(&self) -> f64 {
        self.cpm / self.quality
    }

    /// The cheap-reach warning: whether this one costs more per thousand impressions than `other`, and less per thousand useful ones.
    pub fn beats_cheaper(&self, other: &Self) -> bool {
        self.cpm > other.cpm && self.price() < other.price()
    }

    /// The quality at which another CPM would cost as much as this one per useful impression; below it the other is dearer.
    ///
    /// Errors: a price below zero; no price of this one to compare with.
    pub fn quality_to_match(&self, cpm: f64) -> Result<f64, Error> {
        at_least("CPM", cpm, 0.0, "zero or above")?;
        at_least("CPM to compare with", self.cpm, f64::MIN_POSITIVE, "above zero")?;
        Ok(self.quality * cpm / self.cpm)
    }
}
