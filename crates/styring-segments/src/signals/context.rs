use chrono::NaiveDateTime;

use super::{Device, Place, Sky, Spot};

/// What is known of the moment an ad was shown. What is left out is unknown, not absent.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default))]
pub struct Context {
    /// The local time at the place.
    pub time: Option<NaiveDateTime>,
    /// The place by name.
    pub place: Option<Place>,
    /// The place on the map.
    pub spot: Option<Spot>,
    /// What it was shown on.
    pub device: Option<Device>,
    /// What came from the sky.
    pub sky: Option<Sky>,
    /// The temperature in degrees Celsius.
    pub celsius: Option<f64>,
    /// The programme, podcast or page.
    pub programme: Option<String>,
    /// The content's category, by name or by its IAB id.
    pub category: Option<String>,
}
