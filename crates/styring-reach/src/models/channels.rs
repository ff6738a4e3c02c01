use crate::{Capped, Error, ExposureDistribution, Nbd};

/// Several channels that reach people independently of each other, each with its own distribution and cap, and a cap over all of them.
///
/// Each channel is truncated at its cap, the truncated ones are convolved, and the sum is truncated at the common cap. Independence is an assumption: channels with the same audience reach fewer people, and
/// these more often. With overlaps at hand see [`Overlaps`](crate::Overlaps).
///
/// ```
/// use styring_reach::{IndependentChannels, Nbd};
///
/// let vg = Nbd::new(1.2, 0.4)?;
/// let youtube = Nbd::new(2.0, 0.6)?;
/// let acast = Nbd::new(0.8, 0.3)?;
/// let open = IndependentChannels::new().channel(vg, None).channel(youtube, None).channel(acast, None);
/// let week = open.distribution(20)?;
/// assert!(week.k_plus(15)? > 0.02); // one in fifty sees 15 or more
///
/// let limited = IndependentChannels::new().channel(vg, Some(3)).channel(youtube, Some(4)).channel(acast, Some(3)).common_cap(6);
/// let capped = limited.distribution(20)?;
/// assert_eq!(capped.k_plus(7)?, 0.0);
/// assert!((capped.reach() - week.reach()).abs() < 1e-12); // a cap takes no reach
/// # Ok::<(), styring_reach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct IndependentChannels {
    channels: Vec<Channel>,
    common_cap: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct Channel {
    exposures: Nbd,
    cap: Option<u32>,
}

impl IndependentChannels {
    /// No channel, which reaches nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more channel, and its cap if it has one.
    #[must_use]
    pub fn channel(mut self, exposures: Nbd, cap: impl Into<Option<u32>>) -> Self {
        self.channels.push(Channel { exposures, cap: cap.into() });
        self
    }

    /// With a cap over all channels.
    #[must_use]
    pub fn common_cap(mut self, cap: impl Into<Option<u32>>) -> Self {
        self.common_cap = cap.into();
        self
    }

    /// Exposures to all channels together, under the caps. Cost: the square of `up_to`, for every channel.
    ///
    /// Errors: `up_to` or a cap above a million.
    pub fn distribution(&self, up_to: u32) -> Result<ExposureDistribution, Error> {
        Ok(self.common(up_to)?.distribution)
    }

    /// The same, with what the common cap takes away of what the channels' own caps leave; without a common cap that is nothing.
    ///
    /// Errors: as [`distribution`](Self::distribution).
    pub fn common(&self, up_to: u32) -> Result<Capped, Error> {
        let up_to = self.common_cap.map_or(up_to, |cap| up_to.max(cap));
        let mut all = ExposureDistribution::unchecked(vec![1.0], 0.0, 0.0);
        for channel in &self.channels {
            let own = match channel.cap {
                Some(cap) => channel.exposures.capped(cap)?.distribution,
                None => channel.exposures.distribution(up_to)?,
            };
            all = all.with_independent(&own, up_to)?;
        }
        match self.common_cap {
            Some(cap) => all.capped(cap),
            None => Ok(Capped { uncapped_mean: all.mean(), distribution: all }),
        }
    }

    /// The share of people with 15 exposures or more: the overexposure that started all this.
    ///
    /// Errors: a cap above a million.
    pub fn p_at_least_15(&self) -> Result<f64, Error> {
        self.distribution(15)?.k_plus(15)
    }
}
