//! The plan file: the playbook's plan, and how to read the results.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use styring_playbook::{BudgetSpec, CampaignSpec, ChannelSpec, Plan, PlanSpec, RhythmSpec, ScoreSpec};

use crate::Error;
use crate::frequency::FrequencySpec;
use crate::source::SourceSpec;

/// A plan file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    campaign: CampaignSpec,
    budget: BudgetSpec,
    rhythm: RhythmSpec,
    #[serde(default)]
    score: ScoreSpec,
    channels: Vec<ChannelSpec>,
    results: SourceSpec,
    frequency: Option<FrequencySpec>,
}

/// A plan file that holds together.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PlanFile {
    /// What was agreed.
    pub plan: Plan,
    /// How to read the results.
    pub source: SourceSpec,
    /// Where the frequencies stand, by their path from where the program runs.
    pub frequency: Option<PathBuf>,
}

/// Reads a plan file.
///
/// # Errors
/// A file that cannot be read, is not TOML, has a key that nobody knows (with line and column), or contradicts itself.
pub fn read(path: &Path) -> Result<PlanFile, Error> {
    let text = std::fs::read_to_string(path).map_err(|fault| Error::PlanUnreadable { path: path.to_owned(), fault })?;
    parse(&text, path)
}

/// Reads a plan from a text; `path` is where it stands, for messages and for files beside it.
///
/// # Errors
/// As [`read`].
pub fn parse(text: &str, path: &Path) -> Result<PlanFile, Error> {
    let file: Written =
        toml::from_str(text).map_err(|fault| Error::PlanSyntax { path: path.to_owned(), fault: Box::new(fault) })?;
    let spec = PlanSpec {
        campaign: file.campaign,
        budget: file.budget,
        rhythm: file.rhythm,
        score: file.score,
        channels: file.channels,
    };
    let fault = |fault| Error::Plan { path: path.to_owned(), fault };
    let plan = Plan::new(spec).map_err(|playbook| fault(playbook.into()))?;
    file.results.check(&plan).map_err(fault)?;
    let beside = |spec: FrequencySpec| path.parent().unwrap_or(Path::new("")).join(spec.file);
    Ok(PlanFile { plan, source: file.results, frequency: file.frequency.map(beside) })
}
