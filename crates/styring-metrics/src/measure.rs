use std::fmt;

use crate::{Fact, Kpi, Margin};

/// What a goal is about: a sum, a margin, or a KPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "there is nothing else to set a goal for")]
pub enum Measure {
    /// The sum of a fact: orders, revenue.
    Sum(Fact),
    /// A contribution margin.
    Margin(Margin),
    /// A ratio: CPA, ROAS, viewability.
    Kpi(Kpi),
}

/// The words of the trade, English then Norwegian; in each language the first word is the one that is written, all are read.
const WORDS: &[(Measure, &[&str], &[&str])] = {
    use Measure::{Kpi as K, Margin as M, Sum};
    &[
        (M(Margin::Cm3), &["contribution margin", "cm3"], &["dekningsbidrag", "dekningsbidraget", "db3"]),
        (M(Margin::Cm2), &["contribution margin before ads", "cm2"], &["dekningsbidrag før annonser", "db2"]),
        (M(Margin::Cm1), &["gross margin", "gross profit", "cm1"], &["bruttofortjeneste", "bruttofortjenesten", "db1"]),
        (Sum(Fact::Revenue), &["revenue", "sales", "turnover"], &["omsetning", "omsetningen", "salg", "salget"]),
        (Sum(Fact::Orders), &["orders", "purchases"], &["ordrer", "ordre", "kjøp", "bestillinger"]),
        (Sum(Fact::Leads), &["leads"], &["leads", "henvendelser"]),
        (Sum(Fact::Conversions), &["conversions"], &["konverteringer"]),
        (Sum(Fact::NewCustomers), &["new customers"], &["nye kunder"]),
        (Sum(Fact::Clicks), &["clicks"], &["klikk"]),
        (Sum(Fact::Impressions), &["impressions"], &["visninger", "eksponeringer"]),
        (Sum(Fact::Spend), &["spend", "ad spend"], &["annonsekostnad", "mediekostnad", "forbruk"]),
        (Sum(Fact::Measurable), &["measurable impressions"], &["målbare visninger"]),
        (Sum(Fact::Viewable), &["viewable impressions"], &["synlige visninger"]),
        (Sum(Fact::AvMeasurable), &["AV measurable impressions"], &["AV-målbare visninger"]),
        (Sum(Fact::Avoc), &["AVOC impressions"], &["AVOC-visninger"]),
        (Sum(Fact::VideoStarts), &["video starts"], &["videostarter"]),
        (Sum(Fact::FirstQuartile), &["25 % views"], &["visninger til 25 %"]),
        (Sum(Fact::Midpoint), &["50 % views"], &["visninger til 50 %"]),
        (Sum(Fact::ThirdQuartile), &["75 % views"], &["visninger til 75 %"]),
        (Sum(Fact::Completes), &["completed views"], &["fullførte visninger"]),
        (Sum(Fact::CostOfGoods), &["cost of goods"], &["varekostnad", "varekostnaden"]),
        (Sum(Fact::OtherVariableCost), &["other variable cost"], &["andre variable kostnader"]),
        (K(Kpi::Cpa), &["CPA", "cost per action", "cost per conversion"], &["kostnad per konvertering", "CPA"]),
        (K(Kpi::Cpl), &["CPL", "cost per lead"], &["kostnad per lead", "CPL"]),
        (K(Kpi::Cpo), &["CPO", "cost per order"], &["kostnad per ordre", "CPO"]),
        (K(Kpi::Cac), &["CAC", "customer acquisition cost"], &["kostnad per ny kunde", "CAC"]),
        (K(Kpi::Cpc), &["CPC", "cost per click"], &["klikkpris", "kostnad per klikk", "CPC"]),
        (K(Kpi::Cpm), &["CPM"], &["tusenpris", "CPM"]),
        (K(Kpi::Vcpm), &["vCPM"], &["synlig tusenpris", "vCPM"]),
        (K(Kpi::Cpcv), &["CPCV", "cost per completed view"], &["kostnad per fullført visning", "CPCV"]),
        (K(Kpi::Ctr), &["CTR", "click-through rate", "click rate"], &["klikkrate", "CTR"]),
        (K(Kpi::Cvr), &["CVR", "conversion rate"], &["konverteringsrate", "konverteringsraten", "CVR"]),
        (K(Kpi::Aov), &["AOV", "average order value"], &["snittordre", "gjennomsnittlig ordreverdi", "AOV"]),
        (K(Kpi::Roas), &["ROAS", "return on ad spend"], &["annonseavkastning", "ROAS"]),
        (K(Kpi::Acos), &["ACoS"], &["annonsekostnadsandel", "ACoS"]),
        (K(Kpi::Poas), &["POAS"], &["POAS"]),
        (K(Kpi::Viewability), &["viewability"], &["synlighet", "synligheten"]),
        (K(Kpi::AvocRate), &["AVOC"], &["AVOC"]),
        (K(Kpi::FirstQuartileRate), &["25 % rate"], &["25 %-visning"]),
        (K(Kpi::MidpointRate), &["50 % rate"], &["50 %-visning"]),
        (K(Kpi::ThirdQuartileRate), &["75 % rate"], &["75 %-visning"]),
        (K(Kpi::CompletionRate), &["completion rate", "completion"], &["fullføringsgrad", "fullføring", "gjennomsett"]),
        (K(Kpi::MeasurableRate), &["measurable rate"], &["målbar andel"]),
        (K(Kpi::AvMeasurableRate), &["AV measurable rate"], &["AV-målbar andel"]),
        (K(Kpi::Cm1Rate), &["CM1 rate"], &["bruttomargin"]),
        (K(Kpi::Cm2Rate), &["CM2 rate"], &["dekningsgrad før annonser"]),
        (K(Kpi::Cm3Rate), &["contribution margin rate", "CM3 rate"], &["dekningsgrad", "dekningsgraden"]),
        (K(Kpi::BreakEvenRoas), &["break-even ROAS"], &["nullpunkts-ROAS"]),
        (K(Kpi::BreakEvenCpa), &["break-even CPA"], &["nullpunkts-CPA"]),
        (K(Kpi::BreakEvenCpo), &["break-even CPO"], &["nullpunkts-CPO"]),
    ]
};

impl Measure {
    /// The measure that is called so, in Norwegian or English, capitals or not.
    ///
    /// ```
    /// use styring_metrics::{Kpi, Margin, Measure};
    ///
    /// assert_eq!(Measure::called("Dekningsbidrag"), Some(Measure::Margin(Margin::Cm3)));
    /// assert_eq!(Measure::called("klikkpris"), Some(Measure::Kpi(Kpi::Cpc)));
    /// assert_eq!(Measure::called("happiness"), None);
    /// ```
    ///
    /// "Contribution margin" without a number is CM3, what is left after advertising: a goal that advertising may eat is none.
    pub fn called(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        let found = WORDS
            .iter()
            .find(|(_, english, norwegian)| english.iter().chain(*norwegian).any(|word| word.to_lowercase() == name));
        found.map(|(measure, ..)| *measure)
    }

    /// Whether it is an amount of money, or one per unit.
    pub fn is_amount(self) -> bool {
        match self {
            Self::Sum(fact) => fact.is_money(),
            Self::Margin(_) => true,
            Self::Kpi(kpi) => kpi.is_amount(),
        }
    }

    /// The name that a misspelt one is nearest to, and by how many letters it is off: at most one in four.
    pub(crate) fn nearest(name: &str) -> Option<(usize, &'static str)> {
        let name = name.to_lowercase();
        let names = WORDS.iter().flat_map(|(_, english, norwegian)| english.iter().chain(*norwegian));
        let near = names.map(|word| (distance(&name, &word.to_lowercase()), *word));
        near.filter(|(off, word)| off * 4 <= word.chars().count()).min_by_key(|(off, _)| *off)
    }

    /// Its name in Norwegian.
    pub fn norwegian(self) -> &'static str {
        self.words().map_or("", |(_, norwegian)| norwegian)
    }

    /// Its name in English.
    pub fn english(self) -> &'static str {
        self.words().map_or("", |(english, _)| english)
    }

    fn words(self) -> Option<(&'static str, &'static str)> {
        let (_, english, norwegian) = WORDS.iter().find(|(measure, ..)| *measure == self)?;
        Some((english.first()?, norwegian.first()?))
    }
}

/// How many letters must be changed, put in or left out to make one word of the other (Levenshtein); for names, which are short.
fn distance(one: &str, other: &str) -> usize {
    const LONGEST: usize = 100;
    let letters = |word: &str| word.chars().take(LONGEST).collect::<Vec<_>>();
    let (one, other) = (letters(one), letters(other));
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.iter().enumerate() {
        let mut before = at;
        row[0] = at + 1;
        for (to, same) in other.iter().enumerate() {
            let changed = before + usize::from(letter != same);
            before = row[to + 1];
            row[to + 1] = changed.min(before + 1).min(row[to] + 1);
        }
    }
    row[other.len()]
}

impl Kpi {
    /// The KPI that is called so, in Norwegian or English, capitals or not: `CPC`, `klikkpris`, `completion`.
    pub fn called(name: &str) -> Option<Self> {
        match Measure::called(name) {
            Some(Measure::Kpi(kpi)) => Some(kpi),
            _ => Self::ALL.into_iter().find(|kpi| kpi.name().eq_ignore_ascii_case(name.trim())),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.english())
    }
}
