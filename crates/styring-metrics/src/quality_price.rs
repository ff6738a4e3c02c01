use crate::check::{at_least, finite_in};
use crate::{Error, Fact, Facts, Frequency};

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
///
/// From results it is [`measured`](Self::measured); [`cheap_reach`] warns of all channels at once.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct QualityPrice {
    cpm: f64,
    quality: f64,
    mean_only: bool,
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
        Ok(Self { cpm, quality: viewability * within_cap, mean_only: false })
    }

    /// The price of what was delivered: CPM and viewability from merged facts, the share inside the cap from how often the same people were met.
    ///
    /// ```
    /// use styring_metrics::{Facts, Frequency, QualityPrice, Row};
    /// use styring_money::Currency;
    ///
    /// let mut facts = Facts::zero(Currency::NOK);
    /// let spend = "NOK 4000.00".parse().ok();
    /// facts.add(&Row { spend, impressions: Some(100_000), measurable: Some(90_000), viewable: Some(72_000), ..Row::default() })?;
    /// // 20 000 people met twice and 5 000 twelve times, of which six were enough.
    /// let people = Frequency::Histogram(vec![(2, 20_000), (12, 5_000)]);
    /// let price = QualityPrice::measured(&facts, &people, 6)?;
    /// assert!((price.price() - 40.0 / (0.8 * 0.7)).abs() < 1e-9);
    /// # Ok::<(), styring_metrics::Error>(())
    /// ```
    ///
    /// Errors: spend, impressions, measurable or viewable missing, or zero; a cap of zero; a frequency that was not measured (then there is the KPI [`Vcpm`](crate::Kpi::Vcpm)), or nobody met.
    pub fn measured(facts: &Facts, frequency: &Frequency, cap: u32) -> Result<Self, Error> {
        let of = |fact: Fact| facts.evidence(fact);
        let (spend, impressions) = (of(Fact::Spend)?, of(Fact::Impressions)?);
        let (measurable, viewable) = (of(Fact::Measurable)?, of(Fact::Viewable)?);
        for (fact, count) in [(Fact::Impressions, impressions), (Fact::Measurable, measurable)] {
            at_least(fact.name(), count, f64::MIN_POSITIVE, "above zero")?;
        }
        at_least("frequency cap", cap.into(), 1.0, "1 or above")?;
        let within_cap = frequency.within_cap(cap.into())?.ok_or_else(|| Error::OutOfRange {
            field: "frequency",
            expected: "measured, of at least one person",
            value: "unknown".to_owned(),
        })?;
        let price = Self::new(1000.0 * spend / impressions, viewable / measurable, within_cap)?;
        Ok(Self { mean_only: matches!(frequency, Frequency::Average(_)), ..price })
    }

    /// Whether only the mean frequency was known: some people are met far more often than the mean, so that the true price is higher.
    pub fn frequency_mean_only(&self) -> bool {
        self.mean_only
    }

    /// The price per thousand impressions, whatever became of them.
    pub fn cpm(&self) -> f64 {
        self.cpm
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

/// Cheap reach that is not cheap.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CheapReach<K> {
    /// The channel that looks cheap.
    pub cheap: K,
    /// What it costs per thousand impressions, and per thousand useful ones.
    pub cheap_price: QualityPrice,
    /// A channel that costs more per thousand impressions and less per thousand useful ones: of all such the one with the lowest price per useful one.
    pub better: K,
    /// What that one costs.
    pub better_price: QualityPrice,
}

/// The cheap-reach warning over all channels: every one that looks cheaper than another and is dearer, in the order in which they came.
///
/// ```
/// use styring_metrics::{QualityPrice, cheap_reach};
///
/// let channels = [
///     ("VG", QualityPrice::new(40.0, 0.80, 0.95)?),
///     ("long tail", QualityPrice::new(20.0, 0.45, 0.60)?),
///     ("Snap", QualityPrice::new(25.0, 0.70, 0.90)?),
/// ];
/// let warnings = cheap_reach(channels);
/// assert_eq!(warnings.len(), 1);
/// assert_eq!((warnings[0].cheap, warnings[0].better), ("long tail", "Snap"));
/// # Ok::<(), styring_metrics::Error>(())
/// ```
pub fn cheap_reach<K: Clone>(channels: impl IntoIterator<Item = (K, QualityPrice)>) -> Vec<CheapReach<K>> {
    let channels: Vec<(K, QualityPrice)> = channels.into_iter().collect();
    let warning = |(cheap, cheap_price): &(K, QualityPrice)| {
        let better = channels.iter().filter(|(_, price)| price.beats_cheaper(cheap_price));
        let (better, better_price) = better.min_by(|(_, one), (_, other)| one.price().total_cmp(&other.price()))?;
        Some(CheapReach {
            cheap: cheap.clone(),
            cheap_price: *cheap_price,
            better: better.clone(),
            better_price: *better_price,
        })
    };
    channels.iter().filter_map(warning).collect()
}
