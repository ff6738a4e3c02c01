//! What audiences have in common, in words.

use styring_segments::exclusions::Role;

use crate::figures::Said;
use crate::overlap::{Both, Overlap, People, Share};
use crate::text::{clean, plural};
use crate::{OverlapReport, numbers};

/// A number of people; of an estimate always with its bounds.
pub(crate) fn people(people: People) -> Said {
    match people {
        People::Exact(people) => Said::number(numbers::rows(people)),
        People::Withheld => Said::words("withheld"),
        People::About(estimate) if estimate.is_exact() => Said::number(numbers::decimal(estimate.value(), 0)),
        People::About(estimate) => {
            let within = format!("{}–{}", numbers::decimal(estimate.lower(), 0), numbers::decimal(estimate.upper(), 0));
            if estimate.usable() {
                Said::number(format!("{} ({within})", numbers::decimal(estimate.value(), 0)))
            } else {
                Said::words(format!("{within}, not usable"))
            }
        }
    }
}

/// A share in percent; of an estimate always with its bounds.
pub(crate) fn share(share: Share) -> Said {
    let percent = |value: f64| numbers::decimal(value * 100.0, 1);
    match share {
        Share::Exact(value) => Said::number(format!("{}\u{202f}%", percent(value))),
        Share::About { value, lower, upper, .. } if lower == upper => {
            Said::number(format!("{}\u{202f}%", percent(value)))
        }
        Share::About { value, lower, upper, usable } => {
            let within = format!("{}–{}", percent(lower), percent(upper));
            if usable {
                Said::number(format!("{}\u{202f}% ({within})", percent(value)))
            } else {
                Said::words(format!("{within}\u{202f}%, not usable"))
            }
        }
        Share::Nobody => Said::words("nobody"),
        Share::Withheld => Said::words("withheld"),
    }
}

impl OverlapReport<'_> {
    pub(crate) fn headline(&self) -> String {
        let overlap = self.overlap;
        let audiences = plural(overlap.sets.len(), "audience", "audiences");
        let before = match overlap.union {
            People::Withheld => format!("{audiences}, of people whose number is withheld"),
            union => format!("{audiences}, {} people", people(union).text),
        };
        match overlap.most_shared() {
            Some((pair, value)) if value > 0.0 => format!(
                "{before}. Most is shared by {} and {}: {} of the smaller.",
                clean(&pair.a),
                clean(&pair.b),
                share(pair.overlap_coefficient).text
            ),
            Some(_) => format!("{before}. No two of them share anybody."),
            None => format!("{before}."),
        }
    }

    pub(crate) fn lead(&self) -> Vec<String> {
        let overlap = self.overlap;
        let mut lead = Vec::new();
        let lists: usize = overlap.lines.iter().map(|line| line.exclude.len()).sum();
        let segments = overlap.lines.iter().filter(|line| !line.exclude.is_empty()).count();
        lead.push(if lists == 0 {
            "There is nothing to exclude.".to_owned()
        } else {
            format!(
                "{} in {} put each person into the first segment that has them.",
                plural(lists, "exclusion", "exclusions"),
                plural(segments, "segment", "segments")
            )
        });
        let may_remain = |line: &crate::overlap::Line| {
            line.role == Role::Target && line.residual.bounds().is_none_or(|(_, upper)| upper > 0.0)
        };
        if overlap.lines.iter().any(may_remain) {
            lead.push(
                "Some overlap remains, or cannot be ruled out: see what is left after the exclusions.".to_owned(),
            );
        }
        lead
    }

    /// What must be known before acting.
    pub(crate) fn told_notes(&self) -> Vec<String> {
        let overlap = self.overlap;
        let mut notes: Vec<String> =
            overlap.findings.iter().map(|finding| clean(finding.said.in_language(self.language))).collect();
        let mut targets_above: Vec<&str> = Vec::new();
        for line in &overlap.lines {
            if line.role == Role::ExcludeOnly && !targets_above.is_empty() {
                notes.push(format!(
                    "{} is only taken out of segments below it, and not out of {}, which stand above; put it first in the order.",
                    clean(&line.name),
                    clean(&targets_above.join(", "))
                ));
            }
            if line.role == Role::Target {
                targets_above.push(&line.name);
            }
        }
        if overlap.sketched {
            notes.push("All numbers are estimates from sketches, with bounds at two standard deviations. \"Not usable\" means fewer than 30 people in the sample: the bounds hold, no value does.".to_owned());
        }
        if let Some(least) = overlap.least {
            notes.push(format!(
                "Numbers from 1 to {} are withheld, and others that would give them away.",
                least.saturating_sub(1)
            ));
        }
        notes.extend(self.notes.iter().map(|note| clean(note)));
        notes
    }

    pub(crate) fn left_out(&self) -> Option<String> {
        let overlap = self.overlap;
        (overlap.regions_left_out > 0).then(|| {
            format!(
                "Not listed: {} with {} people.",
                plural(overlap.regions_left_out, "smaller region", "smaller regions"),
                people(overlap.people_left_out).text
            )
        })
    }
}

impl Overlap {
    /// The pair that shares most of its smaller audience, where that is known.
    pub(crate) fn most_shared(&self) -> Option<(&Both, f64)> {
        let known = self.pairs.iter().filter_map(|pair| Some((pair, pair.overlap_coefficient.value()?)));
        // The first of equals.
        known.fold(None, |best: Option<(&Both, f64)>, (pair, value)| match best {
            Some((_, most)) if most >= value => best,
            _ => Some((pair, value)),
        })
    }
}
