use super::Design;
use super::walk::{Walk, upper_quantile};
use crate::{Error, root};

/// What a design does under a drift: how often and when it stops.
///
/// The drift is the expected z at the planned end, effect / standard error there.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Operating {
    drift: f64,
    rejects: Vec<f64>,
    stops_below: Vec<f64>,
    two_sided: bool,
    expected_information: f64,
}

impl Operating {
    /// The expected z at the planned end.
    pub fn drift(&self) -> f64 {
        self.drift
    }

    /// The probability of each look to stop for an effect to the side of the drift.
    pub fn rejects(&self) -> &[f64] {
        &self.rejects
    }

    /// The power: the probability of showing the effect, to its side.
    pub fn power(&self) -> f64 {
        self.rejects.iter().sum()
    }

    /// The probability of each look to show an effect to the other side; 0 in one-sided designs.
    pub fn rejects_wrongly(&self) -> Vec<f64> {
        self.stops_below.iter().map(|below| if self.two_sided { *below } else { 0.0 }).collect()
    }

    /// The probability of each early look to stop for futility.
    pub fn futile(&self) -> Vec<f64> {
        self.stops_below.iter().map(|below| if self.two_sided { 0.0 } else { *below }).collect()
    }

    /// The probability of stopping before the last look.
    pub fn early_stop(&self) -> f64 {
        let early = self.rejects.len().saturating_sub(1);
        self.rejects.iter().take(early).chain(self.stops_below.iter().take(early)).sum()
    }

    /// The expected information when the test stops, as a share of the planned.
    pub fn expected_information(&self) -> f64 {
        self.expected_information
    }
}

impl Design {
    /// What the design does under a drift, the expected z at the planned end. Futility bounds are taken as kept.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a drift that is no number or beyond ±1000.
    ///
    /// ```
    /// use styring_experiments::group_sequential::{Boundary, Design, equal_looks};
    /// use styring_experiments::{Alternative, Level};
    /// let design = Design::new(Boundary::Pocock, &equal_looks(4)?, Level::P95, Alternative::TwoSided)?;
    /// let none = design.operating(0.0)?; // no effect: half of α on either side
    /// assert!((none.power() - 0.025).abs() < 1e-12);
    /// # Ok::<(), styring_experiments::Error>(())
    /// ```
    pub fn operating(&self, drift: f64) -> Result<Operating, Error> {
        if drift.is_nan() || drift.abs() > 1000.0 {
            return Err(Error::range("drift", "from -1000 to 1000", drift));
        }
        let side = self.side();
        let looks = self.looks();
        let mut walk = Walk::start(drift);
        let (mut rejects, mut stops_below) = (Vec::new(), Vec::new());
        let mut expected_information = 0.0;
        let mut going_on = 1.0;
        let mut before = 0.0;
        for (k, (t, high)) in looks.iter().zip(self.critical_values()).enumerate() {
            expected_information += going_on * (t - before);
            let low = side.low(*high, self.futility_bounds().and_then(|bounds| bounds.get(k)));
            let above = walk.beyond(*t, *high).0;
            let below = if low.is_finite() { walk.beyond(*t, low).1 } else { 0.0 };
            rejects.push(above);
            stops_below.push(below);
            going_on = (going_on - above - below).max(0.0);
            if let Some(next) = looks.get(k + 1) {
                walk.advance(*t, low, *high, next - t);
            }
            before = *t;
        }
        Ok(Operating { drift, rejects, stops_below, two_sided: side.two_sided, expected_information })
    }

    /// The drift at which the design has a power, and what it does there.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a power that does not lie above the error of one side and below 1; [`Error::NotFound`] if no drift has it.
    pub fn operating_for(&self, power: f64) -> Result<Operating, Error> {
        let fixed = self.fixed_drift(power)?;
        let excess = |drift: f64| Ok(self.operating(drift)?.power() - power);
        let mut high = 1.2 * fixed + 0.1;
        while excess(high)? < 0.0 {
            high *= 1.5;
            if high > 900.0 {
                return Err(Error::NotFound { what: "a drift of that power", steps: 0 });
            }
        }
        let drift = root::between("a drift of that power", (0.0, high), 1e-13, excess)?;
        self.operating(drift)
    }

    /// The drift of the test without looks: z of the error plus z of the power.
    pub(crate) fn fixed_drift(&self, power: f64) -> Result<f64, Error> {
        let alpha = self.side().alpha;
        if !(power > alpha && power < 1.0) {
            return Err(Error::range("power", "above the error of one side and below 1", power));
        }
        Ok(upper_quantile(alpha) - upper_quantile(power))
    }

    /// How many times the information of the test without looks the design needs at most for the same power.
    ///
    /// # Errors
    ///
    /// As [`Design::operating_for`].
    pub fn inflation_factor(&self, power: f64) -> Result<f64, Error> {
        let ratio = self.operating_for(power)?.drift / self.fixed_drift(power)?;
        Ok(ratio * ratio)
    }
}
