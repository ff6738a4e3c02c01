use std::fmt;

use super::{Condition, Daypart, Degrees, Device, Sky};
use crate::Error;

/// A kind of signal, as the dimension of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SignalKind {
    /// «hverdager 07–10».
    Daypart,
    /// «Mobil».
    Device,
    /// «Regn».
    Sky,
    /// «under 0 °C».
    Temperature,
}

/// A signal as the part of a name: it prints in one way, and reads back from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Signal {
    /// Days and hours.
    Daypart(Daypart),
    /// What it was shown on.
    Device(Device),
    /// What came from the sky.
    Sky(Sky),
    /// A range of temperatures.
    Temperature(Degrees),
}

impl Signal {
    /// Reads a part of a name that is known to be of this kind, in any of the forms its type reads.
    ///
    /// # Errors
    ///
    /// [`Error::Signal`] with the text.
    pub fn read(kind: SignalKind, text: &str) -> Result<Self, Error> {
        match kind {
            SignalKind::Daypart => text.parse().map(Self::Daypart),
            SignalKind::Device => text.parse().map(Self::Device),
            SignalKind::Sky => text.parse().map(Self::Sky),
            SignalKind::Temperature => text.parse().map(Self::Temperature),
        }
    }

    /// Its kind.
    pub fn kind(self) -> SignalKind {
        match self {
            Self::Daypart(_) => SignalKind::Daypart,
            Self::Device(_) => SignalKind::Device,
            Self::Sky(_) => SignalKind::Sky,
            Self::Temperature(_) => SignalKind::Temperature,
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Daypart(part) => part.fmt(f),
            Self::Device(device) => device.fmt(f),
            Self::Sky(sky) => sky.fmt(f),
            Self::Temperature(range) => range.fmt(f),
        }
    }
}

impl From<Signal> for Condition {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::Daypart(part) => Self::Time(part),
            Signal::Device(device) => Self::Device(device),
            Signal::Sky(sky) => Self::Sky(sky),
            Signal::Temperature(range) => Self::Temperature(range),
        }
    }
}
