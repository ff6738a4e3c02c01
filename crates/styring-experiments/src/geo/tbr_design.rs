//! How large an effect a time-based regression can find, and whether the time before the campaign speaks for it.

use styring_special::{Split, normal, student_inv};

use super::tbr::{Line, finite};
use crate::student_pivot::critical;
use crate::{Error, Level};

/// A planned experiment: what is known of the time before, and how long it is to last.
///
/// # Formula
/// The effect's standard error is σ √(m + m²/n + m² (x* − x̄)²/Sxx), m days of the campaign, x* the control's mean expected in them. An effect of size δ is found, one-sided at α, with the
/// probability that a noncentral t of n − 2 degrees of freedom and noncentrality δ/se is above t(1 − α).
///
/// It holds for independent days, as [`Noise::Independent`](super::tbr::Noise::Independent) does; where they are not, it promises too much.
///
/// ```
/// use styring_experiments::{Level, geo::tbr_design::Plan};
///
/// let plan = Plan { days_before: 146, days: 20, deviation: 41.22, control_mean: 641.6, control_squares: 967_850.0, control_expected: 580.4 };
/// let smallest = plan.detectable(Level::P95, 0.8)?;
/// assert!((smallest - 507.5).abs() < 0.01);
/// assert!((plan.power(smallest, Level::P95)? - 0.8).abs() < 1e-9);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers; checked where it is used")]
pub struct Plan {
    /// n: days before the campaign.
    pub days_before: u32,
    /// m: days of the campaign.
    pub days: u32,
    /// σ: how far a day lies from the line.
    pub deviation: f64,
    /// x̄: the control's mean before.
    pub control_mean: f64,
    /// Sxx = Σ (x − x̄)² before.
    pub control_squares: f64,
    /// x*: the control's mean to be expected.
    pub control_expected: f64,
}

impl Plan {
    /// The effect's standard error.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for fewer than 3 days before or none of the campaign; [`Error::OutOfRange`] for numbers that are none, or a σ or Sxx of zero or less.
    pub fn standard_error(self) -> Result<f64, Error> {
        if self.days_before < 3 {
            return Err(Error::TooFew { what: "days before the campaign", needed: 3, given: self.days_before.into() });
        }
        if self.days == 0 {
            return Err(Error::TooFew { what: "days of the campaign", needed: 1, given: 0 });
        }
        for (field, value) in [("deviation", self.deviation), ("control_squares", self.control_squares)] {
            if !(value > 0.0 && value < f64::INFINITY) {
                return Err(Error::range(field, "a number above 0", value));
            }
        }
        let apart = finite("distance of the control from its mean", self.control_expected - self.control_mean)?;
        let (n, m) = (f64::from(self.days_before), f64::from(self.days));
        let factor = m + m * m / n + m * m * apart * apart / self.control_squares;
        finite("standard error of the effect", self.deviation * factor.sqrt())
    }

    /// How probably an effect of this size is found: the one-sided p-value is below α.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an effect that is no number; and those of [`Self::standard_error`].
    pub fn power(self, effect: f64, level: Level) -> Result<f64, Error> {
        finite("effect", effect)?;
        let degrees = f64::from(self.days_before) - 2.0;
        exceeds(effect / self.standard_error()?, degrees, critical(level.alpha(), degrees)?)
    }

    /// The smallest effect that is found with the probability `power`.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a power that is not above α and below 1; and those of [`Self::standard_error`].
    pub fn detectable(self, level: Level, power: f64) -> Result<f64, Error> {
        if !(power > level.alpha() && power < 1.0) {
            return Err(Error::range("power", "above alpha and below 1", power));
        }
        let error = self.standard_error()?;
        let degrees = f64::from(self.days_before) - 2.0;
        let bound = critical(level.alpha(), degrees)?;
        let found = |distance: f64| exceeds(distance, degrees, bound);
        let (mut low, mut high, mut steps) = (0.0, 1.0 + bound.max(0.0), 0_u32);
        while found(high)? < power {
            steps += 1;
            if steps > 100 {
                return Err(Error::NotFound { what: "an effect that is found so often", steps });
            }
            (low, high) = (high, 2.0 * high);
        }
        while high - low > f64::EPSILON * high && steps < 300 {
            let middle = f64::midpoint(low, high);
            if found(middle)? < power {
                low = middle;
            } else {
                high = middle;
            }
            steps += 1;
        }
        finite("effect", f64::midpoint(low, high) * error)
    }
}

/// P(T > bound) of a noncentral t, (Z + noncentrality)/√(χ²/ν): the mean of Φ(noncentrality − bound s) over s = √(χ²/ν), by the trapezoid rule in ln s, which converges geometrically here.
fn exceeds(noncentrality: f64, degrees: f64, bound: f64) -> Result<f64, Error> {
    const STEPS: u32 = 1_500;
    // The log density of u = ln s is ν (u − (e^2u − 1)/2): about −ν u² near 0 and −ν|u| far below. Beyond the ends it is under e^-45.
    let (near, far) = ((45.0 / degrees).sqrt(), 45.0 / degrees);
    let (low, high) = (-near - far, near);
    let (mut sum, mut weights) = (0.0, 0.0);
    for step in 0..=STEPS {
        let u = low + (high - low) * f64::from(step) / f64::from(STEPS);
        let weight = libm::exp(degrees * (u - libm::expm1(2.0 * u) / 2.0));
        sum += weight * normal(noncentrality - bound * libm::exp(u))?.lower();
        weights += weight;
    }
    Ok(sum / weights)
}

/// The series of both groups before a campaign, and what they say about a test with them.
#[derive(Debug, Clone, PartialEq)]
pub struct Diagnostics {
    line: Line,
    correlation: f64,
}

/// What a required impact is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers; checked where it is used")]
pub struct Required {
    /// Days of the campaign.
    pub days: u32,
    /// How sure the test is to be, one-sided.
    pub level: Level,
    /// How probably an effect of the size is to be found.
    pub power: f64,
    /// How probable it is that the control's mean in the campaign is no further from that before than is allowed for: 0.9.
    pub control_level: Level,
}

impl Required {
    /// 95 % sure, found in 80 % of cases, 90 % for the control.
    pub fn days(days: u32) -> Self {
        Self { days, level: Level::P95, power: 0.8, control_level: Level::P90 }
    }
}

impl Diagnostics {
    /// From totals per day. Cost: O(days).
    ///
    /// # Errors
    ///
    /// Those of [`Tbr::new`](super::tbr::Tbr::new).
    pub fn new(control: &[f64], treated: &[f64]) -> Result<Self, Error> {
        if control.len() != treated.len() {
            return Err(Error::Lengths {
                what: "control and treated series",
                first: control.len(),
                second: treated.len(),
            });
        }
        let line = Line::of(control, treated)?;
        if line.squares <= 0.0 {
            return Err(Error::NoSpread { what: "the treated regions' distance from the line" });
        }
        let total: f64 = treated.iter().map(|y| (y - line.mean_y) * (y - line.mean_y)).sum();
        let correlation =
            (line.slope * (line.spread / finite("spread of the treated", total)?).sqrt()).clamp(-1.0, 1.0);
        Ok(Self { line, correlation })
    }

    /// Of both groups' totals.
    pub fn correlation(&self) -> f64 {
        self.correlation
    }

    /// a of y = a + b x.
    pub fn intercept(&self) -> f64 {
        self.line.mean_y - self.line.slope * self.line.mean_x
    }

    /// b of y = a + b x.
    pub fn slope(&self) -> f64 {
        self.line.slope
    }

    /// σ, n − 2 degrees of freedom.
    pub fn residual_deviation(&self) -> f64 {
        self.line.deviation()
    }

    /// Durbin and Watson's (1950) statistic of the residuals: Σ (e_t − e_{t−1})² / Σ e². 2 without autocorrelation; between 1.5 and 2.5 it is taken for none.
    pub fn durbin_watson(&self) -> f64 {
        let steps: f64 = self
            .line
            .residuals
            .windows(2)
            .map(|pair| pair.iter().rev().copied().reduce(|b, a| b - a))
            .map(Option::unwrap_or_default)
            .map(|step| step * step)
            .sum();
        steps / self.line.squares
    }

    /// Whether the statistic of Durbin and Watson is between 1.5 and 2.5.
    pub fn is_free_of_autocorrelation(&self) -> bool {
        let statistic = self.durbin_watson();
        1.5 < statistic && statistic < 2.5
    }

    /// How near the running sum of residuals comes to where a break in the line would take it: the largest |Σ_{t≤k} e_t| / (3 σ √(k (1 − k/n))). Above 1 the line did not hold all the time
    /// (three standard deviations of a Brownian bridge).
    pub fn bridge(&self) -> f64 {
        let (n, sigma) = (self.line.x.len(), self.line.deviation());
        let mut sum = 0.0;
        let mut most: f64 = 0.0;
        for (k, residual) in (1..n).zip(&self.line.residuals) {
            sum += residual;
            let k = k as f64;
            most = most.max((sum / sigma).abs() / (3.0 * (k * (1.0 - k / n as f64)).sqrt()));
        }
        most
    }

    /// Whether [`Self::bridge`] is at most 1.
    pub fn is_stable(&self) -> bool {
        self.bridge() <= 1.0
    }

    /// The plan that these series make for so many days, with the control expected to be as it was.
    pub fn plan(&self, days: u32) -> Plan {
        Plan {
            days_before: u32::try_from(self.line.x.len()).unwrap_or(u32::MAX),
            days,
            deviation: self.line.deviation(),
            control_mean: self.line.mean_x,
            control_squares: self.line.spread,
            control_expected: self.line.mean_x,
        }
    }

    /// The effect that a campaign has to have: (t_level + t_power) m σ √(φ (n + 1)/(n m (n − 1)) + 1/n + 1/m), with φ the F(1, n − 1) quantile that allows for a control whose mean moves.
    ///
    /// [`Plan::detectable`] is the exact form where the control's mean is known; this one is the formula as published, whose second t is an approximation.
    ///
    /// # Errors
    ///
    /// [`Error::TooFew`] for no days of the campaign, [`Error::OutOfRange`] for a power that is not between 0 and 1.
    pub fn required_impact(&self, required: Required) -> Result<f64, Error> {
        if required.days == 0 {
            return Err(Error::TooFew { what: "days of the campaign", needed: 1, given: 0 });
        }
        if !(required.power > 0.0 && required.power < 1.0) {
            return Err(Error::range("power", "between 0 and 1", required.power));
        }
        let (n, m) = (self.line.x.len() as f64, f64::from(required.days));
        let degrees = self.line.degrees();
        // A squared t of n − 1 degrees of freedom is F(1, n − 1).
        let moved = critical(required.control_level.alpha() / 2.0, n - 1.0)?;
        let t = critical(required.level.alpha(), degrees)? + student_inv(degrees, Split::from_lower(required.power)?)?;
        let factor = moved * moved * (n + 1.0) / (n * m * (n - 1.0)) + 1.0 / n + 1.0 / m;
        finite("required impact", t * m * self.line.deviation() * factor.sqrt())
    }

    /// What must be spent for that effect, at a return of so much on what is spent.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a return that is not above 0; and those of [`Self::required_impact`].
    pub fn budget(&self, required: Required, iroas: f64) -> Result<f64, Error> {
        if !(iroas > 0.0 && iroas < f64::INFINITY) {
            return Err(Error::range("iroas", "above 0", iroas));
        }
        finite("budget", self.required_impact(required)? / iroas)
    }

    /// What a test would say whose days have these means: the effect, and how far a one-sided bound is from it.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for means that are no numbers; and those of [`Plan::standard_error`].
    pub fn expected(&self, days: u32, control_mean: f64, treated_mean: f64, level: Level) -> Result<(f64, f64), Error> {
        let plan = Plan { control_expected: control_mean, ..self.plan(days) };
        let reach = critical(level.alpha(), self.line.degrees())? * plan.standard_error()?;
        let effect = (treated_mean - self.line.mean_y) - self.line.slope * (control_mean - self.line.mean_x);
        Ok((finite("effect", f64::from(days) * effect)?, finite("half width", reach)?))
    }
}
