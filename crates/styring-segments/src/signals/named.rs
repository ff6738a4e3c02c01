use std::fmt;
use std::str::FromStr;

use crate::Error;

/// A closed list of words: each value has the label it prints as, and the other words it is read from.
macro_rules! named {
    ($(#[$about:meta])* $name:ident, $field:literal { $($(#[$doc:meta])* $value:ident = $label:literal, $id:literal $(| $alias:literal)*;)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* #[cfg_attr(feature = "serde", serde(rename = $id))] $value,)+
        }

        impl $name {
            /// All values, in the order they are listed.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];

            /// The Norwegian word, as names hold it.
            pub fn label(self) -> &'static str {
                match self { $(Self::$value => $label,)+ }
            }

            /// The id, as files hold it.
            pub fn id(self) -> &'static str {
                match self { $(Self::$value => $id,)+ }
            }

            /// Other words it is read from: the id and usual names in Norwegian and English.
            pub fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$value => &[$id $(, $alias)*],)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.label())
            }
        }

        impl FromStr for $name {
            type Err = Error;

            /// Reads a label or an alias in any case.
            fn from_str(text: &str) -> Result<Self, Error> {
                let word = text.trim().to_lowercase();
                let reads = |value: &&Self| value.label().to_lowercase() == word || value.aliases().iter().any(|alias| alias.to_lowercase() == word);
                Self::ALL.iter().find(reads).copied().ok_or_else(|| Error::Signal { field: $field, value: text.to_owned() })
            }
        }
    };
}

named! {
    /// What the ad was shown or heard on.
    Device, "device" {
        /// A phone.
        Mobile = "Mobil", "mobile" | "telefon" | "phone" | "smartphone";
        /// A tablet.
        Tablet = "Nettbrett", "tablet" | "ipad";
        /// A computer.
        Desktop = "Desktop", "desktop" | "pc" | "datamaskin" | "computer" | "laptop";
        /// A television that is on the net.
        Ctv = "CTV", "ctv" | "connected tv" | "smart-tv" | "tv";
        /// A loudspeaker or a car: sound alone.
        Speaker = "Høyttaler", "speaker" | "smarthøyttaler" | "smart speaker" | "bil" | "car";
        /// A screen out of home, seen by whoever passes.
        Dooh = "DOOH", "dooh" | "utendørs skjerm" | "digital out of home";
    }
}

named! {
    /// What comes from the sky.
    Sky, "sky" {
        /// Clear, or a few clouds.
        Sun = "Sol", "sun" | "klarvær" | "clear" | "sunny";
        /// Sun and clouds.
        PartlyCloudy = "Delvis skyet", "partly_cloudy" | "lettskyet" | "partly cloudy" | "fair";
        /// Clouds.
        Cloudy = "Skyet", "cloudy" | "overskyet" | "overcast";
        /// Rain, and showers of it.
        Rain = "Regn", "rain" | "regnbyger" | "showers";
        /// Rain and snow at once.
        Sleet = "Sludd", "sleet";
        /// Snow, and showers of it.
        Snow = "Snø", "snow" | "snøbyger";
        /// Fog.
        Fog = "Tåke", "fog" | "mist";
        /// Thunder, with or without rain.
        Thunder = "Torden", "thunder" | "thunderstorm";
    }
}
