//! What the cases of sets share: maps in the order of the file, and sets told as ranges.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use styring_segments::overlap::{Audiences, SortedIds};

/// A map that keeps the order of its keys.
pub(crate) struct Ordered<T>(pub(crate) Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
            type Value = Ordered<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Ordered(entries))
            }
        }
        deserializer.deserialize_map(InOrder(PhantomData))
    }
}

/// A set as ranges `[start, stop, step]` and ids.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spec {
    #[serde(default)]
    ranges: Vec<(u64, u64, usize)>,
    #[serde(default)]
    ids: Vec<Id>,
}

/// An id, as text where JSON would lose its digits.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Number(u64),
    Text(String),
}

impl Spec {
    pub(crate) fn set(&self) -> SortedIds {
        let ranges = self.ranges.iter().flat_map(|(start, stop, step)| (*start..*stop).step_by(*step));
        let ids = self.ids.iter().map(|id| match id {
            Id::Number(id) => *id,
            Id::Text(id) => id.parse().expect("an id"),
        });
        ranges.chain(ids).collect()
    }
}

impl Ordered<Spec> {
    pub(crate) fn audiences(&self) -> Audiences<SortedIds> {
        Audiences::new(self.0.iter().map(|(name, spec)| (name.as_str(), spec.set()))).expect("names that differ")
    }
}
