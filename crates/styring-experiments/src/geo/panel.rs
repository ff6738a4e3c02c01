use std::collections::BTreeMap;

use crate::Error;

/// The outcomes of a geo experiment: named units × days, which units were treated, and from which day on.
///
/// Every unit has a value for every day, there is a treated unit and a control, and a day before the treatment and one with it. Values lie between −1e100 and 1e100.
///
/// ```
/// use styring_experiments::geo::Panel;
///
/// let panel = Panel::new(
///     [("oslo", vec![10.0, 11.0, 15.0]), ("bergen", vec![8.0, 9.0, 9.5]), ("trondheim", vec![5.0, 5.5, 6.0])],
///     &["oslo"],
///     2,
/// )?;
/// assert_eq!((panel.units().len(), panel.days(), panel.first_treated()), (3, 3, 2));
/// assert!(Panel::new([("oslo", vec![10.0, 11.0])], &["oslo"], 1).is_err()); // nobody to compare with
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Stored", into = "Stored"))]
pub struct Panel {
    units: Vec<String>,
    days: usize,
    /// Unit by unit.
    values: Vec<f64>,
    treated: Vec<bool>,
    first_treated: usize,
}

/// As it is stored; it becomes a panel through the constructor.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(rename = "Panel", deny_unknown_fields)]
struct Stored {
    units: Vec<(String, Vec<f64>)>,
    treated: Vec<String>,
    first_treated: usize,
}

#[cfg(feature = "serde")]
impl From<Panel> for Stored {
    fn from(panel: Panel) -> Self {
        let treated = panel.treated().into_iter().map(|place| panel.units[place].clone()).collect();
        let units = panel.units.iter().cloned().zip(panel.values.chunks(panel.days).map(<[f64]>::to_vec)).collect();
        Self { units, treated, first_treated: panel.first_treated }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Stored> for Panel {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self, Error> {
        Self::new(stored.units, &stored.treated, stored.first_treated)
    }
}

impl Panel {
    /// Units with their values day by day; the names of those that were treated; the first day of the treatment, counted from 0.
    ///
    /// # Errors
    ///
    /// [`Error::Unit`] for a name that is there twice, or treated and not there; [`Error::Lengths`] for units of different lengths; [`Error::OutOfRange`] for a value that is no number or
    /// beyond ±1e100, and for a first day that leaves no day before or none with the treatment; [`Error::TooFew`] without a treated unit or without a control.
    pub fn new<N: Into<String>>(
        units: impl IntoIterator<Item = (N, Vec<f64>)>,
        treated: &[impl AsRef<str>],
        first_treated: usize,
    ) -> Result<Self, Error> {
        let (units, rows): (Vec<String>, Vec<Vec<f64>>) =
            units.into_iter().map(|(name, values)| (name.into(), values)).unzip();
        let days = rows.first().map_or(0, Vec::len);
        let mut places = BTreeMap::new();
        for (place, (unit, row)) in units.iter().zip(&rows).enumerate() {
            if places.insert(unit.as_str(), place).is_some() {
                return Err(Error::Unit { unit: unit.clone(), what: "is there twice" });
            }
            if row.len() != days {
                return Err(Error::Lengths { what: "the days of units", first: days, second: row.len() });
            }
            if let Some(value) = row.iter().find(|value| !within(**value)) {
                return Err(Error::range("value of a unit", "between -1e100 and 1e100", value));
            }
        }
        let is_treated = marked(&places, treated)?;
        Self { units, days, values: rows.concat(), treated: is_treated, first_treated }.checked()
    }

    /// The same outcomes with another treatment: a placebo, or another cell of an experiment.
    ///
    /// # Errors
    ///
    /// Those of [`Panel::new`].
    pub fn with_treatment(&self, treated: &[impl AsRef<str>], first_treated: usize) -> Result<Self, Error> {
        let places = self.units.iter().enumerate().map(|(place, unit)| (unit.as_str(), place)).collect();
        Self { treated: marked(&places, treated)?, first_treated, ..self.clone() }.checked()
    }

    /// Without some units: neighbours that the treatment spills into, cells of another treatment.
    ///
    /// # Errors
    ///
    /// [`Error::Unit`] for a name that is not there; [`Error::TooFew`] if no treated unit or no control is left.
    pub fn without(&self, excluded: &[impl AsRef<str>]) -> Result<Self, Error> {
        let places = self.units.iter().enumerate().map(|(place, unit)| (unit.as_str(), place)).collect();
        let out = marked(&places, excluded)?;
        let kept: Vec<usize> = (0..self.units.len()).filter(|place| !out[*place]).collect();
        Self {
            units: kept.iter().map(|place| self.units[*place].clone()).collect(),
            days: self.days,
            values: kept.iter().flat_map(|place| self.row(*place)).copied().collect(),
            treated: kept.iter().map(|place| self.treated[*place]).collect(),
            first_treated: self.first_treated,
        }
        .checked()
    }

    fn checked(self) -> Result<Self, Error> {
        let given = self.treated.iter().filter(|treated| **treated).count();
        if given == 0 {
            return Err(Error::TooFew { what: "treated units", needed: 1, given: 0 });
        }
        if given == self.units.len() {
            return Err(Error::TooFew { what: "units without the treatment", needed: 1, given: 0 });
        }
        if self.first_treated == 0 || self.first_treated >= self.days {
            return Err(Error::range(
                "first treated day",
                "after the first day and not after the last",
                self.first_treated,
            ));
        }
        Ok(self)
    }

    /// The names, in the order they were given.
    pub fn units(&self) -> &[String] {
        &self.units
    }

    /// How many days.
    pub fn days(&self) -> usize {
        self.days
    }

    /// The first day of the treatment, counted from 0; as many days are before it.
    pub fn first_treated(&self) -> usize {
        self.first_treated
    }

    /// The values of a unit, day by day; none if there is no such unit.
    pub fn values(&self, unit: &str) -> Option<&[f64]> {
        self.units.iter().position(|name| name == unit).map(|place| self.row(place))
    }

    /// The places of the treated units.
    pub fn treated(&self) -> Vec<usize> {
        (0..self.units.len()).filter(|place| self.treated[*place]).collect()
    }

    /// The places of the other units.
    pub fn controls(&self) -> Vec<usize> {
        (0..self.units.len()).filter(|place| !self.treated[*place]).collect()
    }

    pub(crate) fn row(&self, place: usize) -> &[f64] {
        &self.values[place * self.days..(place + 1) * self.days]
    }

    /// Day by day, the mean of the treated units.
    pub(crate) fn treated_mean(&self) -> Vec<f64> {
        self.mean(&self.treated())
    }

    /// Day by day, the mean of some units.
    pub(crate) fn mean(&self, places: &[usize]) -> Vec<f64> {
        let n = places.len() as f64;
        (0..self.days).map(|day| places.iter().map(|place| self.row(*place)[day]).sum::<f64>() / n).collect()
    }

    /// The largest size of a value: what rounding is measured by.
    pub(crate) fn largest(&self) -> f64 {
        self.values.iter().fold(0.0, |largest, value| value.abs().max(largest))
    }
}

/// Squares and products of four of these are numbers still.
const LIMIT: f64 = 1e100;

fn within(value: f64) -> bool {
    value.abs() <= LIMIT
}

/// Which places carry one of the names.
fn marked(places: &BTreeMap<&str, usize>, names: &[impl AsRef<str>]) -> Result<Vec<bool>, Error> {
    let mut marked = vec![false; places.len()];
    for name in names {
        let name = name.as_ref();
        let place =
            places.get(name).ok_or_else(|| Error::Unit { unit: name.to_owned(), what: "is not in the panel" })?;
        if std::mem::replace(&mut marked[*place], true) {
            return Err(Error::Unit { unit: name.to_owned(), what: "is named twice" });
        }
    }
    Ok(marked)
}

/// Rows of unit, day and value on their way to a [`Panel`]; shards and days merge.
///
/// Values of one unit and day are added up. Days are whole numbers of the caller's, such as days since an epoch.
///
/// ```
/// use styring_experiments::geo::PanelRows;
///
/// let mut rows = PanelRows::default();
/// for (unit, day, orders) in [("oslo", 100, 3.0), ("oslo", 101, 5.0), ("bergen", 100, 2.0), ("bergen", 101, 2.0)] {
///     rows.add(unit, day, orders)?;
/// }
/// let mut other_shop = PanelRows::default();
/// other_shop.add("oslo", 101, 1.0)?;
/// rows.merge(&other_shop)?;
/// let panel = rows.panel(&["oslo"], 101)?;
/// assert_eq!(panel.values("oslo"), Some([3.0, 6.0].as_slice()));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Vec<(String, i32, f64)>", into = "Vec<(String, i32, f64)>"))]
pub struct PanelRows {
    units: BTreeMap<String, BTreeMap<i32, f64>>,
}

impl PanelRows {
    /// One more row.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a value, or a sum of values, that is no number or beyond ±1e100. Nothing is added then.
    pub fn add(&mut self, unit: &str, day: i32, value: f64) -> Result<(), Error> {
        let sum = self.units.get(unit).and_then(|days| days.get(&day)).copied().unwrap_or(0.0) + value;
        if !within(sum) {
            return Err(Error::range("value of a unit", "between -1e100 and 1e100", value));
        }
        self.units.entry(unit.to_owned()).or_default().insert(day, sum);
        Ok(())
    }

    /// Adds rows from elsewhere.
    ///
    /// # Errors
    ///
    /// Those of [`PanelRows::add`]; nothing is added then.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        let mut merged = self.clone();
        for (unit, days) in &other.units {
            for (day, value) in days {
                merged.add(unit, *day, *value)?;
            }
        }
        *self = merged;
        Ok(())
    }

    /// The panel from the first day to the last, units by name.
    ///
    /// # Errors
    ///
    /// [`Error::Unit`] for a unit without a value on one of the days: whether that is zero or lost only the caller knows. Otherwise those of [`Panel::new`].
    pub fn panel(&self, treated: &[impl AsRef<str>], first_treated: i32) -> Result<Panel, Error> {
        let first = self.units.values().filter_map(|days| days.keys().next()).min();
        let last = self.units.values().filter_map(|days| days.keys().next_back()).max();
        let (Some(first), Some(last)) = (first, last) else {
            return Err(Error::TooFew { what: "treated units", needed: 1, given: 0 });
        };
        let days = i64::from(*last) - i64::from(*first) + 1;
        for (unit, values) in &self.units {
            if i64::try_from(values.len()) != Ok(days) {
                return Err(Error::Unit { unit: unit.clone(), what: "has no value on some day of the panel" });
            }
        }
        let place = usize::try_from(i64::from(first_treated) - i64::from(*first)).map_err(|_| {
            Error::range("first treated day", "after the first day and not after the last", first_treated)
        })?;
        let units = self.units.iter().map(|(unit, days)| (unit.as_str(), days.values().copied().collect()));
        Panel::new(units, treated, place)
    }
}

impl TryFrom<Vec<(String, i32, f64)>> for PanelRows {
    type Error = Error;

    fn try_from(list: Vec<(String, i32, f64)>) -> Result<Self, Error> {
        let mut rows = Self::default();
        for (unit, day, value) in list {
            rows.add(&unit, day, value)?;
        }
        Ok(rows)
    }
}

impl From<PanelRows> for Vec<(String, i32, f64)> {
    fn from(rows: PanelRows) -> Self {
        let of_unit = |(unit, days): (String, BTreeMap<i32, f64>)| {
            days.into_iter().map(move |(day, value)| (unit.clone(), day, value))
        };
        rows.units.into_iter().flat_map(of_unit).collect()
    }
}
