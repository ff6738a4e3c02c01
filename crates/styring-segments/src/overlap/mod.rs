//! Who is in which lists, and in how many.

mod audiences;
mod count;
mod kernel;
mod pairs;
mod reach;
mod regions;
mod sorted;
mod up_set;

pub(crate) use audiences::distinct;
pub use audiences::{AudienceSet, Audiences, Division, MAX_SETS, MaskCounts};
pub use count::{Count, NoRatio, Ratio, Sampling};
pub use pairs::{Pair, PairTable, Size};
pub use reach::Added;
pub(crate) use regions::bits;
pub use regions::{Mask, Region, Regions};
pub use sorted::SortedIds;
pub use up_set::{UpSet, UpSetOptions, UpSetOrder};
