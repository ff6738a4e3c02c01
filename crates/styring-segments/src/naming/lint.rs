use std::collections::{BTreeMap, BTreeSet};

use crate::naming::{
    Code, Diagnostic, LengthUnit, LimitStatus, NearDuplicates, Parsed, PlatformLimit, PlatformLimits, Scheme, Severity,
};

/// A name of a list, with whatever leads back to where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct LintRow {
    /// The row of a file, or an id.
    pub id: String,
    /// The name as it stands there.
    pub name: String,
}

impl LintRow {
    /// Names numbered from 1.
    pub fn numbered(names: impl IntoIterator<Item = impl Into<String>>) -> Vec<Self> {
        (1_u64..).zip(names).map(|(row, name)| Self { id: row.to_string(), name: name.into() }).collect()
    }
}

/// What is to be said about a list of names.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LintReport {
    /// The scheme's name.
    pub scheme: String,
    /// The scheme's version.
    pub version: String,
    /// The keys of the limits the names were held against.
    pub platforms: Vec<String>,
    /// The names, in the order they came.
    pub names: Vec<LintedName>,
    /// Names that are one, and names that nearly are: positions in `names`.
    pub near_duplicates: Vec<NearDuplicates>,
    /// Names that would be one on a platform.
    pub shared_platform_names: Vec<SharedPlatformName>,
    /// How much of what.
    pub summary: LintSummary,
}

/// A name of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LintedName {
    /// The row's id.
    pub id: String,
    /// The name as it came.
    pub text: String,
    /// As it should be, if it is a name.
    pub canonical: Option<String>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// The platforms that would not take it.
    pub platforms: Vec<PlatformFinding>,
}

impl LintedName {
    /// Whether nothing is to be done: it is its own canonical form, nothing is wrong, and every platform takes it.
    pub fn clean(&self) -> bool {
        self.diagnostics.is_empty() && self.platforms.is_empty()
    }
}

/// A platform that would not take a name. The canonical form is held against it, or the text where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PlatformFinding {
    /// The key of the limit.
    pub platform: String,
    /// The kind of object.
    pub object: String,
    /// Whether the limit has been read in its source.
    pub status: LimitStatus,
    /// The length of the name.
    pub length: usize,
    /// The longest that is taken.
    pub limit: usize,
    /// In what both are counted.
    pub unit: LengthUnit,
    /// What is wrong; the fix is what the platform would take.
    pub diagnostics: Vec<Diagnostic>,
}

/// Two names that a platform would know as one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SharedPlatformName {
    /// The platform.
    pub platform: String,
    /// The name there.
    pub short: String,
    /// One whole name.
    pub first: String,
    /// The other.
    pub second: String,
}

/// How much of what there is in a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct LintSummary {
    /// All rows.
    pub names: usize,
    /// Already in canonical form, with nothing to be said.
    pub clean: usize,
    /// Names that were mended, or that warn.
    pub warned: usize,
    /// Texts that are no names.
    pub invalid: usize,
    /// Names some platform would not take.
    pub refused_by_platform: usize,
    /// Groups of near duplicates.
    pub near_duplicates: usize,
    /// How often each code was given, platforms included.
    pub codes: BTreeMap<Code, usize>,
}

impl LintReport {
    /// Whether every row is a name, every platform takes it, and no two would be one on a platform. Warnings and near duplicates do not count.
    pub fn ok(&self) -> bool {
        self.summary.invalid == 0 && self.summary.refused_by_platform == 0 && self.shared_platform_names.is_empty()
    }
}

impl Scheme {
    /// Everything there is to say about a list of names: what is wrong with each and its canonical form, which platforms would not take it, which are one name or nearly, and counts.
    ///
    /// ```
    /// use styring_segments::naming::{Code, LintRow, PlatformLimits, SchemeSpec};
    ///
    /// let scheme = SchemeSpec::norsk().scheme()?;
    /// let limits = PlatformLimits::bundled()?.only(["gam_value"])?;
    /// let rows = LintRow::numbered(["Prospect – Løpesko – Oslo", "retarget - kjøpt - 7d", "Prospect – Løpesko – Olso"]);
    /// let report = scheme.lint(rows, &limits);
    /// assert_eq!((report.summary.clean, report.summary.warned, report.summary.invalid), (1, 1, 1));
    /// assert_eq!(report.names[1].canonical.as_deref(), Some("Retarget – Kjøpt – 7 dager"));
    /// assert_eq!(report.summary.codes[&Code::UnknownValue], 1);
    /// # Ok::<(), styring_segments::Error>(())
    /// ```
    ///
    /// Grows with n·length²·log n, most of it for near duplicates.
    pub fn lint(&self, rows: impl IntoIterator<Item = LintRow>, limits: &PlatformLimits) -> LintReport {
        let read: Vec<(LintRow, Parsed)> = rows
            .into_iter()
            .map(|row| {
                let parsed = self.parse(&row.name);
                (row, parsed)
            })
            .collect();
        let near_duplicates = self.near(read.iter().map(|(row, parsed)| (row.name.as_str(), parsed)));
        let canonical: BTreeSet<&str> = read.iter().filter_map(|(_, parsed)| parsed.canonical()).collect();
        let shared_platform_names = limits.iter().flat_map(|limit| shared(&canonical, limit)).collect();
        let names: Vec<LintedName> = read.into_iter().map(|(row, parsed)| linted(row, parsed, limits)).collect();
        LintReport {
            scheme: self.name().to_owned(),
            version: self.version().to_owned(),
            platforms: limits.iter().map(|limit| limit.platform().to_owned()).collect(),
            summary: summary(&names, near_duplicates.len()),
            names,
            near_duplicates,
            shared_platform_names,
        }
    }
}

/// Names that a platform would know as one: only what it does not take as it is can become what another is.
fn shared(canonical: &BTreeSet<&str>, limit: &PlatformLimit) -> Vec<SharedPlatformName> {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    let mut found = Vec::new();
    for name in canonical {
        let Some(short) = limit.acceptable(name).filter(|short| short != name) else { continue };
        let first = canonical.get(short.as_str()).or(taken.get(short.as_str()));
        if let Some(first) = first {
            let (first, second) = ((*first).to_owned(), (*name).to_owned());
            found.push(SharedPlatformName {
                platform: limit.platform().to_owned(),
                short: short.clone(),
                first,
                second,
            });
        }
        taken.entry(short).or_insert(name);
    }
    found
}

fn linted(row: LintRow, parsed: Parsed, limits: &PlatformLimits) -> LintedName {
    let (name, diagnostics) = parsed.into_parts();
    let canonical = name.map(|name| name.as_str().to_owned());
    let held = canonical.as_deref().unwrap_or(&row.name);
    let platforms = limits
        .iter()
        .map(|limit| (limit, limit.check(held)))
        .filter(|(_, fit)| !fit.ok())
        .map(|(limit, fit)| PlatformFinding {
            platform: limit.platform().to_owned(),
            object: limit.object_name().to_owned(),
            status: limit.status(),
            length: fit.length,
            limit: limit.limit(),
            unit: limit.unit(),
            diagnostics: fit.diagnostics,
        })
        .collect();
    LintedName { id: row.id, canonical, diagnostics, platforms, text: row.name }
}

fn summary(names: &[LintedName], near_duplicates: usize) -> LintSummary {
    let mut summary = LintSummary { names: names.len(), near_duplicates, ..LintSummary::default() };
    for name in names {
        let errors = name.diagnostics.iter().any(|wrong| wrong.severity() == Severity::Error);
        summary.clean += usize::from(name.clean());
        summary.invalid += usize::from(errors);
        summary.warned += usize::from(!errors && !name.diagnostics.is_empty());
        summary.refused_by_platform += usize::from(!name.platforms.is_empty());
        let platforms = name.platforms.iter().flat_map(|finding| &finding.diagnostics);
        for wrong in name.diagnostics.iter().chain(platforms) {
            *summary.codes.entry(wrong.code()).or_default() += 1;
        }
    }
    summary
}
