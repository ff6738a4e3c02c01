use std::fmt;

/// A place as the path to it, from the widest name to the narrowest: Norge, Oslo, Grünerløkka.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Place {
    path: Vec<String>,
}

impl Place {
    /// Whether the place is this one or lies in it, by name in any case.
    pub fn is_within(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.path.iter().any(|part| part.to_lowercase() == name)
    }

    /// The names from the widest to the narrowest.
    pub fn path(&self) -> &[String] {
        &self.path
    }
}

impl<S: Into<String>> FromIterator<S> for Place {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        Self { path: names.into_iter().map(Into::into).collect() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path.join(", "))
    }
}

/// A point on the earth, in degrees (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Spot {
    /// North of the equator, −90 to 90.
    pub latitude: f64,
    /// East of Greenwich, −180 to 180.
    pub longitude: f64,
}

impl Spot {
    /// The distance in kilometres along a great circle of a sphere of 6371.0088 km (haversine formula, Sinnott 1984): within 0.6 % of the distance on the ellipsoid.
    pub fn kilometres_to(self, other: Self) -> f64 {
        let half_chord = |a: f64, b: f64| libm::sin((b - a).to_radians() / 2.0);
        let north = half_chord(self.latitude, other.latitude);
        let east = half_chord(self.longitude, other.longitude);
        let across = libm::cos(self.latitude.to_radians()) * libm::cos(other.latitude.to_radians());
        let square = north * north + across * east * east;
        2.0 * 6371.0088 * libm::asin(square.sqrt().min(1.0))
    }
}
