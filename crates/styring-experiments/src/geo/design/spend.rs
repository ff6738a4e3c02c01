use crate::{Alternative, ConfidenceSet, Error, Readout, Scale};

/// What was spent more in the treated regions than without the test: above zero for a heavy-up, below for a cut.
///
/// A cut that loses orders and a heavy-up that wins them are read alike: both have a return above zero.
///
/// ```
/// use styring_experiments::{ConfidenceSet, Level, geo::design::SpendChange, geo::tbr::{Noise, Tbr}};
///
/// let control: Vec<f64> = (0..60).map(|day| 500.0 + f64::from(day * 37 % 61)).collect();
/// let treated: Vec<f64> = (0..60).map(|day| 0.6 * control[day] + (day * 29 % 23) as f64 / 5.0 - if day < 45 { 0.0 } else { 12.0 }).collect();
/// let effect = Tbr::new(&control, &treated, 45)?.effect(Noise::default(), Level::P90)?; // some 180 fewer
/// let cut = SpendChange::new(-900.0)?;
/// assert!(cut.iroas(&effect)?.set().contains(0.2));
/// assert!(cut.cost_per_incremental(&effect)?.contains(5.0));
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "f64", into = "f64"))]
pub struct SpendChange(f64);

impl SpendChange {
    /// In all treated regions and days.
    ///
    /// # Errors
    ///
    /// [`Error::ZeroBase`] for no change; [`Error::OutOfRange`] for one that is no number.
    pub fn new(change: f64) -> Result<Self, Error> {
        if !change.is_finite() {
            return Err(Error::range("change of spend", "a number", change));
        }
        if change == 0.0 {
            return Err(Error::ZeroBase { what: "the change of spend" });
        }
        Ok(Self(change))
    }

    /// The effect over the change of spend: iROAS for an effect in money, incremental orders per krone for one in orders. `total` is over all treated regions and days, on [`Scale::Total`].
    ///
    /// Where the change of spend is itself an estimate, use [`Tbr::iroas_of`](crate::geo::tbr::Tbr::iroas_of) or [`Fieller`](crate::Fieller).
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a readout on another scale.
    pub fn iroas(self, total: &Readout) -> Result<Readout, Error> {
        if total.scale() != Scale::Total {
            return Err(Error::range("scale of the effect", "a total", format!("{:?}", total.scale())));
        }
        let each = total.per(self.0);
        let turned = match (each.alternative(), self.0 < 0.0) {
            (Alternative::Greater, true) => Alternative::Less,
            (Alternative::Less, true) => Alternative::Greater,
            (alternative, _) => alternative,
        };
        let asked = (each.level(), turned);
        let found = (each.estimate(), each.null());
        Ok(Readout::new(each.method(), Scale::Value, found, each.set(), each.p_value(), asked))
    }

    /// What one more of the outcome costs: the reciprocals of [`SpendChange::iroas`]'s set, as Fieller's. Where the effect may be zero that is everything outside an interval, and no finite bound.
    ///
    /// # Errors
    ///
    /// Those of [`SpendChange::iroas`].
    pub fn cost_per_incremental(self, total: &Readout) -> Result<ConfidenceSet, Error> {
        self.iroas(total).map(|iroas| iroas.set().reciprocal())
    }
}

impl TryFrom<f64> for SpendChange {
    type Error = Error;

    fn try_from(change: f64) -> Result<Self, Error> {
        Self::new(change)
    }
}

impl From<SpendChange> for f64 {
    fn from(change: SpendChange) -> Self {
        change.0
    }
}
