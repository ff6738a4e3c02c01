//! Audience segments: names that parse back, overlap, negative lists, the event catalogue, customer keys and signals.

mod error;
mod exclusions;
mod overlap;

pub use error::Error;
pub use exclusions::{
    Excluded, ExclusionRow, Finding, Implied, Language, Mode, NestedWindow, Plan, PlanLine, PlanOptions,
    PlatformLimits, PlatformPlan, PlatformProblem, Proof, Role, Segment, Threshold, platform_limits,
};
pub use overlap::{
    Added, AudienceSet, Audiences, Count, Division, IdMap, MAX_SETS, Mask, MaskCounts, MaskTable, NoRatio, Pair,
    PairTable, Ratio, Region, Regions, ReleasedPair, ReleasedPairs, ReleasedRegions, Sampling, Size, SortedIds, UpSet,
    UpSetOptions, UpSetOrder,
};
#[cfg(feature = "sketch")]
pub use overlap::{
    CpcCounter, DEFAULT_SEED, Deviations, DistinctCount, Estimate, EstimatedRatio, EstimatedShare, HllCounter,
    HllWidth, LEAST_SAMPLES, ThetaBuilder, ThetaSketch,
};
#[cfg(feature = "roaring")]
pub use overlap::{RoaringForm, RoaringIds, RoaringIds64};
