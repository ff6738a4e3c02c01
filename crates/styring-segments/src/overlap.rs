//! Who is in which lists, and in how many.

mod audiences;
#[cfg(feature = "roaring")]
mod bitmap;
mod count;
#[cfg(feature = "sketch")]
mod distinct;
#[cfg(feature = "sketch")]
mod estimate;
mod id_map;
mod kernel;
mod mask_table;
mod pairs;
mod reach;
mod regions;
mod release;
mod sorted;
#[cfg(feature = "sketch")]
mod theta;
mod up_set;

pub(crate) use audiences::distinct;
pub use audiences::{AudienceSet, Audiences, Division, MAX_SETS, MaskCounts};
#[cfg(feature = "roaring")]
pub use bitmap::{RoaringForm, RoaringIds, RoaringIds64};
pub use count::{Count, NoRatio, Ratio, Sampling};
#[cfg(feature = "sketch")]
pub use distinct::{CpcCounter, DistinctCount, HllCounter, HllWidth};
#[cfg(feature = "sketch")]
pub use estimate::{Deviations, Estimate, EstimatedRatio, EstimatedShare, LEAST_SAMPLES};
pub use id_map::IdMap;
pub use mask_table::MaskTable;
pub use pairs::{Pair, PairTable, Size};
pub use reach::Added;
pub(crate) use regions::bits;
pub use regions::{Mask, Region, Regions};
pub use release::{ReleasedPair, ReleasedPairs, ReleasedRegions};
pub use sorted::SortedIds;
#[cfg(feature = "sketch")]
pub use theta::{DEFAULT_SEED, ThetaBuilder, ThetaSketch};
pub use up_set::{UpSet, UpSetOptions, UpSetOrder};
