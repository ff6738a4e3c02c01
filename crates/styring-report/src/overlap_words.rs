//! What audiences have in common, in words.

use styring_segments::exclusions::{Mode, Role};

use crate::figures::Said;
use crate::overlap::{Both, Line, Overlap, People, Share};
use crate::text::{clean, clean_sentence, plural};
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
        Share::About { value, lower, upper, .. } if lower >= upper => {
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
        Share::NotSampled => Said::words("nobody in the sample"),
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
        let all_known = overlap.pairs.iter().all(|pair| pair.overlap_coefficient.value().is_some());
        match overlap.most_shared() {
            Some((pair, value)) if value > 0.0 => format!(
                "{before}. {} {} and {}: {} of the smaller.",
                if all_known { "Most is shared by" } else { "As far as it can be told, most is shared by" },
                clean(&pair.a),
                clean(&pair.b),
                share(pair.overlap_coefficient).text
            ),
            Some(_) if all_known => format!("{before}. No two of them share anybody."),
            _ => format!("{before}."),
        }
    }

    pub(crate) fn lead(&self) -> Vec<String> {
        let overlap = self.overlap;
        let lists: usize = overlap.lines.iter().map(|line| line.exclude.len()).sum();
        let segments = overlap.lines.iter().filter(|line| !line.exclude.is_empty()).count();
        let mut lead = vec![if lists == 0 {
            "There is nothing to exclude.".to_owned()
        } else {
            format!(
                "{} in {}: {}.",
                plural(lists, "exclusion", "exclusions"),
                plural(segments, "segment", "segments"),
                self.mode()
            )
        }];
        let left =
            |line: &Line| line.role == Role::Target && line.residual.bounds().is_none_or(|(_, upper)| upper > 0.0);
        lead.push(if overlap.lines.iter().any(left) {
            "Some overlap remains, or cannot be ruled out: see what still overlaps after the exclusions.".to_owned()
        } else if overlap.sketched {
            "After that nobody is in two segments, whatever the sample does not show.".to_owned()
        } else {
            "After that nobody is in two segments: counted again from the members.".to_owned()
        });
        lead
    }

    /// Which lists are excluded.
    pub(crate) fn mode(&self) -> String {
        match self.overlap.mode {
            Mode::AllHigher => "every audience of higher priority, since lists change daily".to_owned(),
            Mode::Overlapping(threshold) => {
                let people = numbers::rows(threshold.min_count().max(1));
                let share = numbers::decimal(threshold.min_share() * 100.0, 1);
                format!(
                    "those of higher priority that have at least {people} of its people and {share}\u{202f}% of them today"
                )
            }
            Mode::Minimal => "the fewest of higher priority that remove the overlap of today".to_owned(),
            Mode::Greedy { max_exclusions } => {
                format!(
                    "at most {} of higher priority, the one that removes most first",
                    numbers::rows(max_exclusions as u64)
                )
            }
            _ => "some of higher priority".to_owned(),
        }
    }

    /// What must be known before acting.
    pub(crate) fn told_notes(&self) -> Vec<String> {
        let mut notes = self.findings();
        notes.extend(self.remarks());
        notes
    }

    /// What is wrong with the order or with the lists, in the language that was asked for.
    pub(crate) fn findings(&self) -> Vec<String> {
        let findings = self.overlap.findings.iter();
        findings.map(|finding| clean_sentence(finding.said.in_language(self.language), 2)).collect()
    }

    /// What else must be known.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let overlap = self.overlap;
        let mut notes: Vec<String> = Vec::new();
        let mut targets_above: Vec<&str> = Vec::new();
        for line in &overlap.lines {
            if line.role == Role::ExcludeOnly && !targets_above.is_empty() {
                notes.push(format!(
                    "{} is only taken out of segments below it, and not out of {} above it; put it first in the order.",
                    clean(&line.name),
                    clean_sentence(&targets_above.join(", "), targets_above.len())
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
                numbers::rows(least.saturating_sub(1))
            ));
            if overlap.mode != Mode::AllHigher {
                notes.push(
                    "Which lists are excluded follows from numbers that may be withheld, and tells something of them; where every audience of higher priority is excluded, it does not."
                        .to_owned(),
                );
            }
        }
        notes.extend(self.notes.iter().map(|note| clean_sentence(note, 2)));
        notes
    }

    pub(crate) fn left_out(&self) -> Option<String> {
        let overlap = self.overlap;
        (overlap.regions_left_out > 0).then(|| match overlap.people_left_out {
            People::Withheld => {
                format!("Not listed: {}.", plural(overlap.regions_left_out, "more region", "more regions"))
            }
            left_out => format!(
                "Not listed: {} with {} people.",
                plural(overlap.regions_left_out, "more region", "more regions"),
                people(left_out).text
            ),
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
