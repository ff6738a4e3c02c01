//! A plan in words.

use std::fmt::Write;

use super::{Finding, Plan, PlanLine, Proof, Role};
use crate::Language;
use crate::overlap::Count;

impl<C: Count> PlanLine<C> {
    /// What is done with the segment and why, in plain words.
    ///
    /// ```
    /// use styring_segments::Language;
    /// use styring_segments::exclusions::{Mode, Plan, Segment};
    /// use styring_segments::overlap::Regions;
    ///
    /// let regions = Regions::from_counts(["Kjøpt", "Prospect"], [(0b01, 800), (0b10, 6_000), (0b11, 1_200)])?;
    /// let plan = Plan::new(&regions, &[Segment::exclude_only("Kjøpt"), Segment::target("Prospect")], Mode::AllHigher)?;
    /// assert_eq!(
    ///     plan.lines[1].sentence(Language::Norwegian),
    ///     "Prospect har 7200 personer. 1200 av dem er i en liste med høyere prioritet, og 6000 blir igjen. Ekskluder: Kjøpt (1200). Ingen overlapp gjenstår."
    /// );
    /// # Ok::<(), styring_segments::Error>(())
    /// ```
    pub fn sentence(&self, language: Language) -> String {
        let words = |count: C| count.words(language);
        let (name, gross, net, removed) = (&self.name, words(self.gross), words(self.net), words(self.removed));
        let mut text = match language {
            Language::English => {
                format!(
                    "{name} has {gross} people. {removed} of them are in a list of higher priority, and {net} remain."
                )
            }
            Language::Norwegian => {
                format!(
                    "{name} har {gross} personer. {removed} av dem er i en liste med høyere prioritet, og {net} blir igjen."
                )
            }
        };
        if self.role == Role::ExcludeOnly {
            text.push_str(match language {
                Language::English => " It is not advertised to, and only taken out of other segments.",
                Language::Norwegian => " Den annonseres det ikke til; den trekkes bare fra andre segmenter.",
            });
            return text;
        }
        text.push_str(match (language, self.exclude.is_empty()) {
            (Language::English, true) => " There is nothing to exclude.",
            (Language::English, false) => " Exclude: ",
            (Language::Norwegian, true) => " Det er ingenting å ekskludere.",
            (Language::Norwegian, false) => " Ekskluder: ",
        });
        for (index, list) in self.exclude.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            // Writing into a string does not fail.
            let _ = write!(text, "{comma}{} ({})", list.name, words(list.overlap));
        }
        if !self.exclude.is_empty() {
            text.push('.');
        }
        for implied in &self.implied {
            let _ = match language {
                Language::English => {
                    write!(text, " {} is left out: {} has all of its people.", implied.name, implied.by)
                }
                Language::Norwegian => {
                    write!(text, " {} er utelatt: {} har alle personene i den.", implied.name, implied.by)
                }
            };
        }
        let _ = match (self.residual.nobody(), language) {
            (true, Language::English) => write!(text, " No overlap remains."),
            (true, Language::Norwegian) => write!(text, " Ingen overlapp gjenstår."),
            (false, Language::English) => write!(text, " {} people still overlap.", words(self.residual)),
            (false, Language::Norwegian) => write!(text, " {} personer overlapper fortsatt.", words(self.residual)),
        };
        let _ = match (self.proof, language) {
            _ if self.exclude.is_empty() => Ok(()),
            (Proof::Fewest, Language::English) => write!(text, " Fewer lists would not be enough."),
            (Proof::Fewest, Language::Norwegian) => write!(text, " Færre lister ville ikke vært nok."),
            (Proof::NotProven { at_least }, Language::English) => {
                write!(text, " Fewer lists might be enough, but not fewer than {at_least}; it is not proven.")
            }
            (Proof::NotProven { at_least }, Language::Norwegian) => {
                write!(text, " Færre lister kan være nok, men ikke færre enn {at_least}; det er ikke bevist.")
            }
            (Proof::NotAsked, _) => Ok(()),
        };
        text
    }
}

impl<C: Count> Finding<C> {
    /// The finding in plain words.
    pub fn sentence(&self, language: Language) -> String {
        match (self, language) {
            (Self::LongBeforeShort { long, short }, Language::English) => {
                format!("{long} comes before {short} and takes its people: put the shorter window first.")
            }
            (Self::LongBeforeShort { long, short }, Language::Norwegian) => {
                format!("{long} står foran {short} og tar personene derfra: sett det korteste vinduet først.")
            }
            (Self::NotNested { short, long, outside }, Language::English) => {
                let outside = outside.words(language);
                format!(
                    "{outside} people are in {short} and not in {long}, which should contain it: one of the two is not what its name says."
                )
            }
            (Self::NotNested { short, long, outside }, Language::Norwegian) => {
                let outside = outside.words(language);
                format!(
                    "{outside} personer er i {short} og ikke i {long}, som skulle inneholde den: én av dem er ikke det navnet sier."
                )
            }
            (Self::NothingLeft { name }, Language::English) => format!("Nobody who was counted is left of {name}."),
            (Self::NothingLeft { name }, Language::Norwegian) => {
                format!("Ingen av dem som er talt, blir igjen av {name}.")
            }
            (Self::Overlaps { name, residual }, Language::English) => {
                format!("{} people of {name} are still in a segment of higher priority.", residual.words(language))
            }
            (Self::Overlaps { name, residual }, Language::Norwegian) => {
                format!("{} personer i {name} er fortsatt i et segment med høyere prioritet.", residual.words(language))
            }
        }
    }
}

impl<C: Count> Plan<C> {
    /// The whole plan in plain words: a sentence per line, then one per finding.
    pub fn sentences(&self, language: Language) -> Vec<String> {
        let lines = self.lines.iter().map(|line| line.sentence(language));
        lines.chain(self.findings.iter().map(|finding| finding.sentence(language))).collect()
    }
}
