use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use styring_experiments::geo::Panel;
use styring_money::Exact;

use crate::Error;

/// What regions had day by day, row by row: a value, and what was spent for it where that is known.
///
/// Rows of one region and day are added up, exactly, so that the order of rows changes nothing; shards merge.
///
/// ```
/// use chrono::NaiveDate;
/// use styring_playbook::RegionDays;
///
/// let day = NaiveDate::from_ymd_opt(2025, 9, 1).expect("a date");
/// let mut days = RegionDays::default();
/// assert!(!days.add("Oslo", day, 12.into(), None));
/// assert!(days.add("Oslo", day, 3.into(), None)); // the same region and day once more
/// days.add("Bergen", day, 7.into(), None);
/// assert_eq!(days.regions().collect::<Vec<_>>(), ["Bergen", "Oslo"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RegionDays {
    regions: BTreeMap<String, BTreeMap<NaiveDate, Cell>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Cell {
    value: Exact,
    spend: Exact,
}

/// The regions that take part over the days that count, whole.
#[derive(Debug)]
pub(crate) struct Cut {
    pub(crate) panel: Panel,
    /// What the panel was made of, in its order.
    pub(crate) rows: Vec<(String, Vec<f64>)>,
    pub(crate) days: Vec<NaiveDate>,
    /// Region by region as in the panel, day by day.
    pub(crate) spend: Vec<Vec<f64>>,
}

impl RegionDays {
    /// One more row; answers whether there was one of this region and day.
    pub fn add(&mut self, region: &str, day: NaiveDate, value: Exact, spend: Option<Exact>) -> bool {
        let days = match self.regions.get_mut(region) {
            Some(days) => days,
            None => self.regions.entry(region.to_owned()).or_default(),
        };
        let known = days.contains_key(&day);
        let cell = days.entry(day).or_default();
        cell.value += value;
        cell.spend += spend.unwrap_or_default();
        known
    }

    /// Adds rows from elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (region, days) in &other.regions {
            for (day, cell) in days {
                self.add(region, *day, cell.value.clone(), Some(cell.spend.clone()));
            }
        }
    }

    /// The regions by name.
    pub fn regions(&self) -> impl Iterator<Item = &str> {
        self.regions.keys().map(String::as_str)
    }

    /// The first day and the last; none without rows.
    pub fn span(&self) -> Option<(NaiveDate, NaiveDate)> {
        let first = self.regions.values().filter_map(|days| days.keys().next()).min()?;
        let last = self.regions.values().filter_map(|days| days.keys().next_back()).max()?;
        Some((*first, *last))
    }

    /// The panel of all regions but `without`, until a day, with the treatment of some of them from a day on. Days on which no region has a row are left out; a region that lacks a day that others
    /// have is a fault.
    pub(crate) fn cut(
        &self,
        treated: &[String],
        without: &[String],
        from: NaiveDate,
        until: Option<NaiveDate>,
    ) -> Result<Cut, Error> {
        self.known(treated)?;
        self.known(without)?;
        if let Some(both) = treated.iter().find(|region| without.contains(region)) {
            return Err(Error::invalid("without", "regions that were not treated", format!("{both:?}")));
        }
        let kept: Vec<(&String, &BTreeMap<NaiveDate, Cell>)> =
            self.regions.iter().filter(|(region, _)| !without.contains(region)).collect();
        if kept.len() <= treated.len() {
            return Err(Error::NoOtherRegion { regions: kept.len() });
        }
        let counts = |day: &&NaiveDate| until.is_none_or(|until| **day <= until);
        let days: BTreeSet<NaiveDate> = kept.iter().flat_map(|(_, days)| days.keys().filter(counts)).copied().collect();
        let (Some(first), Some(last)) = (days.first().copied(), days.last().copied()) else {
            return Err(Error::TreatmentOutside { from, first: from, last: from });
        };
        if from <= first || from > last {
            return Err(Error::TreatmentOutside { from, first, last });
        }
        let mut rows = Vec::with_capacity(kept.len());
        let mut spend = Vec::with_capacity(kept.len());
        for (region, own) in kept {
            let missing: Vec<NaiveDate> = days.iter().filter(|day| !own.contains_key(day)).copied().collect();
            if let Some(day) = missing.first() {
                return Err(Error::RegionDayMissing { region: region.clone(), day: *day, more: missing.len() - 1 });
            }
            let of = |number: fn(&Cell) -> &Exact| {
                days.iter().filter_map(|day| own.get(day)).map(|cell| number(cell).to_f64()).collect::<Vec<f64>>()
            };
            rows.push((region.clone(), of(|cell| &cell.value)));
            spend.push(of(|cell| &cell.spend));
        }
        let first_treated = days.range(..from).count();
        let panel = Panel::new(rows.clone(), treated, first_treated)?;
        Ok(Cut { panel, rows, days: days.into_iter().collect(), spend })
    }

    fn known(&self, names: &[String]) -> Result<(), Error> {
        for (place, name) in names.iter().enumerate() {
            if !self.regions.contains_key(name) {
                return Err(Error::UnknownRegion {
                    region: name.clone(),
                    meant: self.nearest(name),
                    known: self.listed(),
                });
            }
            if names[..place].contains(name) {
                return Err(Error::NameTwice { name: name.clone() });
            }
        }
        Ok(())
    }

    /// The region that was meant, if one is near enough.
    fn nearest(&self, name: &str) -> Option<String> {
        let plain = name.to_lowercase();
        let off = |region: &str| strsim::damerau_levenshtein(&plain, &region.to_lowercase());
        let (off, region) = self.regions().map(|region| (off(region), region)).min()?;
        (off <= 1 + plain.chars().count() / 4).then(|| region.to_owned())
    }

    /// As many regions as a message has room for.
    fn listed(&self) -> String {
        const MOST: usize = 30;
        let names: Vec<&str> = self.regions().take(MOST).collect();
        let more = self.regions.len() - names.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{more}", names.join(", ").replace(char::is_control, "\u{fffd}"))
    }
}
