//! Plans for platforms: rows to enter, and what the platform will not take.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Plan, Role};
use crate::overlap::Count;

/// What a platform takes. `None` is not known, which is not the same as no limit.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "a table to be written by hand")]
pub struct ListLimits {
    /// The platform.
    pub platform: Cow<'static, str>,
    /// How many lists one line of a campaign can exclude.
    pub most_exclusions: Option<u32>,
    /// How many people a list needs before it is used.
    pub least_people: Option<u64>,
    /// Where it is written.
    pub source: Cow<'static, str>,
    /// When it was looked up: year and month.
    pub as_of: Cow<'static, str>,
}

/// Limits that platforms publish. They change; look at `as_of`, and give your own where you know better. No platform here publishes how many lists can be excluded at once.
pub fn list_limits() -> Vec<ListLimits> {
    let known = |platform, least_people, source, as_of| ListLimits {
        platform: Cow::Borrowed(platform),
        most_exclusions: None,
        least_people,
        source: Cow::Borrowed(source),
        as_of: Cow::Borrowed(as_of),
    };
    vec![
        known("Campaign Manager 360", Some(100), "help: audience lists, active members in a month", "2026-11"),
        known("Google Ads", Some(100), "help, answer 7476585: active users in 30 days, all networks", "2024-12"),
        known("TikTok", Some(1_000), "help: custom audiences, matched users", "2026-11"),
    ]
}

/// One exclusion to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ExclusionRow {
    /// The segment that is advertised to.
    pub segment: String,
    /// The platform's id of its list, if it was given.
    pub segment_id: Option<String>,
    /// The list to exclude from it.
    pub exclude: String,
    /// The platform's id of that list, if it was given.
    pub exclude_id: Option<String>,
}

/// A plan as a platform takes it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PlatformPlan<C> {
    /// The exclusions, by segment in priority.
    pub rows: Vec<ExclusionRow>,
    /// What the platform will not take.
    pub problems: Vec<PlatformProblem<C>>,
}

/// What a platform will not take.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(tag = "kind", rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PlatformProblem<C> {
    /// A segment excludes more lists than can be: use [`Mode::Greedy`](crate::exclusions::Mode::Greedy) with this limit, or [`Mode::Minimal`](crate::exclusions::Mode::Minimal).
    TooManyExclusions {
        /// The segment.
        segment: String,
        /// How many it excludes.
        exclusions: usize,
        /// How many it can.
        limit: u32,
    },
    /// A list is too small to be used, to advertise to or to exclude.
    TooFewPeople {
        /// The list.
        list: String,
        /// People in it.
        people: C,
        /// How many it needs.
        limit: u64,
    },
    /// A list of the plan has no id on this platform.
    NoId {
        /// The list.
        list: String,
    },
}

impl<C: Count> Plan<C> {
    /// The plan as rows for one platform, with the platform's ids of the lists, and what it will not take.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use styring_segments::exclusions::{Mode, Plan, Segment, list_limits};
    /// use styring_segments::overlap::Regions;
    ///
    /// let regions = Regions::from_counts(["Kjøpt", "Prospect"], [(0b01, 20), (0b10, 6_000), (0b11, 30)])?;
    /// let plan = Plan::new(&regions, &[Segment::exclude_only("Kjøpt"), Segment::target("Prospect")], Mode::AllHigher)?;
    /// let google = list_limits().into_iter().find(|limits| limits.platform == "Google Ads").expect("in the table");
    /// let ids = BTreeMap::from([("Kjøpt", "8123"), ("Prospect", "8124")]);
    /// let entered = plan.for_platform(&google, &ids);
    /// assert_eq!(entered.rows[0].exclude_id.as_deref(), Some("8123"));
    /// assert_eq!(entered.problems.len(), 1); // fifty buyers are too few for a list
    /// # Ok::<(), styring_segments::Error>(())
    /// ```
    pub fn for_platform(&self, limits: &ListLimits, ids: &BTreeMap<&str, &str>) -> PlatformPlan<C> {
        let id = |name: &str| ids.get(name).map(|id| (*id).to_owned());
        let mut rows = Vec::new();
        let mut problems = Vec::new();
        for line in self.lines.iter().filter(|line| line.role == Role::Target) {
            rows.extend(line.exclude.iter().map(|list| ExclusionRow {
                segment: line.name.clone(),
                segment_id: id(&line.name),
                exclude: list.name.clone(),
                exclude_id: id(&list.name),
            }));
            if let Some(limit) = limits.most_exclusions.filter(|limit| line.exclude.len() > *limit as usize) {
                let exclusions = line.exclude.len();
                problems.push(PlatformProblem::TooManyExclusions { segment: line.name.clone(), exclusions, limit });
            }
        }
        for line in &self.lines {
            let used = line.role == Role::Target || rows.iter().any(|row| row.exclude == line.name);
            if let Some(limit) = limits.least_people.filter(|limit| used && line.gross.to_f64() < *limit as f64) {
                problems.push(PlatformProblem::TooFewPeople { list: line.name.clone(), people: line.gross, limit });
            }
            if used && !ids.contains_key(line.name.as_str()) {
                problems.push(PlatformProblem::NoId { list: line.name.clone() });
            }
        }
        PlatformPlan { rows, problems }
    }
}
