use super::design::{Bound, SHORTEST, Side};
use super::walk::{FURTHEST, Walk, tails};
use super::{Boundary, Conclusion, Design, Evidence, Futility, stagewise};
use crate::{Alternative, ConfidenceSet, Error, Readout, Scale, root};

/// What a look comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[allow(clippy::exhaustive_enums, reason = "there are no other ends")]
pub enum Decision {
    /// Go on: there is another look.
    Continue,
    /// The treatment is above the control.
    RejectAbove,
    /// It is below.
    RejectBelow,
    /// An effect is no longer likely to be shown.
    Futile,
    /// The last look shows no effect.
    NotRejected,
}

/// One look at the data.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Look {
    information: f64,
    evidence: Evidence,
    last: bool,
    critical: f64,
    futility: Option<f64>,
    /// Of one side.
    side_spent: f64,
    spent: f64,
    decision: Decision,
}

impl Look {
    /// The information, as a share of the planned.
    pub fn information(&self) -> f64 {
        self.information
    }

    /// What was observed.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// Whether there is no further look.
    pub fn is_last(&self) -> bool {
        self.last
    }

    /// What z had to reach.
    pub fn critical_value(&self) -> f64 {
        self.critical
    }

    /// What z was not to fall below, if the design stops for futility.
    pub fn futility_bound(&self) -> Option<f64> {
        self.futility
    }

    /// The error spent by now, of both sides.
    pub fn spent(&self) -> f64 {
        self.spent
    }

    /// What it comes to.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// The effects that this look does not reject: estimate ± critical value · se (Jennison and Turnbull 1989).
    ///
    /// All intervals of all looks hold the effect together with probability 1 − α or more, whether or not the test stops as planned. Of a one-sided design it is the end on the side of the alternative that
    /// is the test's, and both ends hold with 1 − 2α.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if an end is not found.
    pub fn repeated_interval(&self) -> Result<(f64, f64), Error> {
        self.evidence.interval(self.critical)
    }
}

/// A group-sequential test as its data come in.
///
/// The bound of a look follows from the information of the looks up to it, and does not change afterwards. Information is a share of what was planned: visitors of both arms over the planned visitors if their ratio is kept.
/// The last look spends what is left of α at whatever information there is, less than planned or more. When looks are taken may not depend on the effect seen so far.
///
/// ```
/// use styring_experiments::group_sequential::{Boundary, Decision, Design, Evidence, Monitor, Spending, equal_looks};
/// use styring_experiments::{Alternative, Counts, Level};
///
/// let spending = Boundary::Spend(Spending::OBrienFleming);
/// let mut test = Monitor::new(Design::new(spending, &equal_looks(4)?, Level::P95, Alternative::TwoSided)?);
/// let first = Evidence::rates(Counts::new(240, 5_000)?, Counts::new(190, 5_000)?)?;
/// assert_eq!(test.look(0.26, first)?.decision(), Decision::Continue);
/// let second = Evidence::rates(Counts::new(522, 10_000)?, Counts::new(395, 10_000)?)?;
/// assert_eq!(test.look(0.52, second)?.decision(), Decision::RejectAbove);
/// let conclusion = test.conclusion()?.ok_or("stopped").unwrap();
/// let (low, high) = conclusion.interval();
/// assert!(low < conclusion.estimate() && conclusion.estimate() < high && conclusion.p_value() < 0.001);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written", into = "Written"))]
pub struct Monitor {
    design: Design,
    looks: Vec<Look>,
}

impl Monitor {
    /// Before the first look.
    pub fn new(design: Design) -> Self {
        Self { design, looks: Vec::new() }
    }

    /// A look at `information`, as a share of the planned. With all of it, or more, it is the last.
    ///
    /// Looks after a stop are read as if the test had gone on; [`Monitor::conclusion`] is that of the first stop.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for information that is not above that of the look before by a millionth, or is above 1000, or a look after the last.
    pub fn look(&mut self, information: f64, evidence: Evidence) -> Result<&Look, Error> {
        self.take(information, evidence, information >= 1.0)
    }

    /// The last look, at whatever information there is.
    ///
    /// # Errors
    ///
    /// As [`Monitor::look`].
    pub fn last_look(&mut self, information: f64, evidence: Evidence) -> Result<&Look, Error> {
        self.take(information, evidence, true)
    }

    fn take(&mut self, t: f64, evidence: Evidence, last: bool) -> Result<&Look, Error> {
        let before = self.looks.last().map_or(0.0, |look| look.information);
        if self.looks.last().is_some_and(|look| look.last) {
            return Err(Error::range("look", "before the last", "one after it"));
        }
        if !(t >= before + SHORTEST && t <= 1000.0) {
            return Err(Error::range("information", "above that of the look before by a millionth", t));
        }
        let side = self.design.side();
        let lows: Vec<f64> = self.looks.iter().map(|look| self.binding_low(look)).collect();
        let highs: Vec<f64> = self.looks.iter().map(|look| look.critical).collect();
        let times: Vec<f64> = self.looks.iter().map(|look| look.information).collect();
        let so_far: Vec<f64> = times.iter().copied().chain([t]).collect();
        let bound = if let Some(bound) = self.design.planned_bound(&so_far, last) {
            bound
        } else {
            let walk = walked(0.0, &times, &lows, &highs, t);
            let spent = self.looks.last().map_or(0.0, |look| look.side_spent);
            let may = if last { side.alpha } else { self.design.may_spend(t) };
            side.next_bound(&walk, t, spent, may, last)?
        };
        let futility = self.futility_bound(&times, &highs, t, bound.z, last)?;
        let z = self.towards(evidence.z());
        let decision = match (self.design.alternative(), evidence.z() > 0.0) {
            (Alternative::TwoSided, true) | (Alternative::Greater, _) if z >= bound.z => Decision::RejectAbove,
            (Alternative::TwoSided, false) if -z >= bound.z => Decision::RejectBelow,
            (Alternative::Less, _) if z >= bound.z => Decision::RejectBelow,
            _ if last => Decision::NotRejected,
            _ if futility.is_some_and(|low| z < low) => Decision::Futile,
            _ => Decision::Continue,
        };
        let sides = if side.two_sided { 2.0 } else { 1.0 };
        self.looks.push(Look {
            information: t,
            evidence,
            last,
            critical: bound.z,
            futility,
            side_spent: bound.spent,
            spent: sides * bound.spent,
            decision,
        });
        self.looks.last().ok_or(Error::TooFew { what: "looks", needed: 1, given: 0 })
    }

    /// z to the side that is to be shown.
    fn towards(&self, z: f64) -> f64 {
        if self.design.alternative() == Alternative::Less { -z } else { z }
    }

    /// Below what a path has ended, if α counts on it.
    fn binding_low(&self, look: &Look) -> f64 {
        let futility = look.futility.filter(|_| self.design.binding_futility().is_some());
        self.design.side().low(look.critical, futility.as_ref())
    }

    fn futility_bound(
        &self,
        times: &[f64],
        highs: &[f64],
        t: f64,
        critical: f64,
        last: bool,
    ) -> Result<Option<f64>, Error> {
        let Some(rule) = self.design.futility() else { return Ok(None) };
        if last {
            return Ok(Some(critical));
        }
        let bound = match rule {
            Futility::Bounds { values, .. } => {
                // Between planned looks the bound is that of the planned look before.
                let at = self.design.looks().iter().rposition(|look| *look <= t * (1.0 + 1e-9));
                at.and_then(|at| values.get(at)).copied().unwrap_or(-FURTHEST)
            }
            Futility::Spend { spending, power, .. } => {
                let lows: Vec<f64> = self.looks.iter().filter_map(|look| look.futility).collect();
                let walk = walked(self.design.planned_drift().unwrap_or(0.0), times, &lows, highs, t);
                let beta = 1.0 - power;
                let before = times.last().map_or(0.0, |before| spending.by(beta, *before));
                walk.lower_bound(t, spending.by(beta, t) - before)?
            }
        };
        Ok(Some(bound.min(critical)))
    }

    /// The design.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// The looks so far.
    pub fn looks(&self) -> &[Look] {
        &self.looks
    }

    /// The smallest α at which a design of this kind would have rejected at the latest look; below α exactly when the design did. None before the first look.
    ///
    /// Futility bounds count as not binding, which can only raise it.
    ///
    /// # Cost
    /// That of some ten designs of as many looks.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if a bound is not found.
    pub fn repeated_p_value(&self) -> Result<Option<f64>, Error> {
        let Some(latest) = self.looks.last() else { return Ok(None) };
        let side = self.design.side();
        let z = self.towards(latest.evidence.z());
        let z = if side.two_sided { z.abs() } else { z };
        let excess = |x: f64| Ok::<_, Error>(self.latest_bound(tails(x).0)? - z);
        // A look's bound is never below the quantile of all that may be spent.
        let high = z.min(36.0);
        let lowest = if side.two_sided { 1e-3 } else { -8.0 };
        let sides = if side.two_sided { 2.0 } else { 1.0 };
        if high <= lowest {
            return Ok(Some(1.0));
        }
        let mut low = high;
        let mut step = 0.25;
        while excess(low)? > 0.0 {
            if low <= lowest {
                return Ok(Some(1.0));
            }
            low = (low - step).max(lowest);
            step *= 2.0;
        }
        let x = if low < high { root::between("a repeated p-value", (low, high), 1e-12, excess)? } else { high };
        Ok(Some((sides * tails(x).0).min(1.0)))
    }

    /// The critical value of the latest look if a side had the error `alpha`.
    fn latest_bound(&self, alpha: f64) -> Result<f64, Error> {
        let side = Side { alpha, ..self.design.side() };
        let planned = match side.boundary {
            Boundary::Spend(_) | Boundary::HaybittlePeto { .. } => None,
            _ => Some(self.design.at_side_error(alpha)?),
        };
        let mut walk = Walk::start(0.0);
        let mut spent = 0.0;
        let mut z = FURTHEST;
        for (k, look) in self.looks.iter().enumerate() {
            let t = look.information;
            let may = match (look.last, side.boundary, &planned) {
                (false, Boundary::Spend(spending), _) => spending.by(alpha, t),
                (false, _, Some(planned)) => planned.may_spend(t),
                _ => alpha,
            };
            let bound: Bound = side.next_bound(&walk, t, spent, may, look.last)?;
            (z, spent) = (bound.z, bound.spent);
            if let Some(next) = self.looks.get(k + 1) {
                walk.advance(t, side.low(z, None), z, next.information - t);
            }
        }
        Ok(z)
    }

    /// The probability of rejecting at a later look, if there is no effect, given what has been seen. It is that of the side of the estimate, or of the alternative. None before the first look and after the last.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if a bound is not found.
    pub fn conditional_rejection_probability(&self) -> Result<Option<f64>, Error> {
        self.conditional(0.0)
    }

    /// The probability of rejecting at a later look if the effect is `effect`, given what has been seen; with the estimate as effect it is that of the current trend. None before the first look and after the last.
    ///
    /// Later looks are the planned ones. Futility bounds are left aside.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an effect that is no number, or so large that its z at the planned end is above 1000.
    pub fn conditional_power(&self, effect: f64) -> Result<Option<f64>, Error> {
        let Some(latest) = self.looks.last() else { return Ok(None) };
        let drift = self.towards(effect / (latest.evidence.se() * latest.information.sqrt()));
        if drift.is_nan() || drift.abs() > 1000.0 {
            return Err(Error::range("effect", "a number, within 1000 standard errors of the planned end", effect));
        }
        self.conditional(drift)
    }

    fn conditional(&self, drift: f64) -> Result<Option<f64>, Error> {
        let Some(latest) = self.looks.last().filter(|look| !look.last) else { return Ok(None) };
        let now = latest.information;
        let later: Vec<f64> = self.design.looks().iter().copied().filter(|t| *t >= now + SHORTEST).collect();
        let Some(first) = later.first() else { return Ok(None) };
        let side = self.design.side();
        let lows: Vec<f64> = self.looks.iter().map(|look| self.binding_low(look)).collect();
        let highs: Vec<f64> = self.looks.iter().map(|look| look.critical).collect();
        let times: Vec<f64> = self.looks.iter().map(|look| look.information).collect();
        let mut null = walked(0.0, &times, &lows, &highs, *first);
        let z = self.towards(latest.evidence.z());
        // A two-sided design is looked at from the side of the estimate.
        let flip = if side.two_sided && z < 0.0 { -1.0 } else { 1.0 };
        let mut path = Walk::from(flip * drift, now, flip * z * now.sqrt());
        let mut spent = latest.side_spent;
        let mut total = 0.0;
        for (k, t) in later.iter().enumerate() {
            let next = later.get(k + 1);
            let may = if next.is_none() { side.alpha } else { self.design.may_spend(*t) };
            let bound = side.next_bound(&null, *t, spent, may, next.is_none())?;
            spent = bound.spent;
            total += path.beyond(*t, bound.z).0;
            if let Some(next) = next {
                let low = side.low(bound.z, None);
                null.advance(*t, low, bound.z, next - t);
                path.advance(*t, low, bound.z, next - t);
            }
        }
        Ok(Some(total.min(1.0)))
    }

    /// The conclusion as a readout, with its sentence: the median-unbiased estimate, the set and the p-value of the stage-wise ordering. None before the test has stopped.
    ///
    /// # Errors
    ///
    /// As [`Monitor::conclusion`].
    pub fn readout(&self) -> Result<Option<Readout>, Error> {
        let alternative = self.design.alternative();
        Ok(self.conclusion()?.map(|end| {
            let (low, high) = end.interval();
            let set = match alternative {
                Alternative::TwoSided => ConfidenceSet::between(low, high),
                Alternative::Greater => ConfidenceSet::AtLeast(low),
                Alternative::Less => ConfidenceSet::AtMost(high),
            };
            Readout::new(
                "group-sequential, stage-wise ordering",
                Scale::Difference,
                (Some(end.estimate()), 0.0),
                set,
                end.p_value(),
                (self.design.level(), alternative),
            )
        }))
    }

    /// What the test says once it has stopped, or has had its last look; none before.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`] if an end of the interval is not found.
    pub fn conclusion(&self) -> Result<Option<Conclusion>, Error> {
        let Some(stop) = self.looks.iter().position(|look| look.decision != Decision::Continue) else {
            return Ok(None);
        };
        let Some([before @ .., look]) = self.looks.get(..=stop) else { return Ok(None) };
        let ordering = stagewise::Ordering {
            times: before.iter().map(Look::information).collect(),
            lows: before.iter().map(|look| self.binding_low(look)).collect(),
            highs: before.iter().map(Look::critical_value).collect(),
            last: look.information,
            z: self.towards(look.evidence.z()),
        };
        let side = self.design.side();
        let flip = if self.design.alternative() == Alternative::Less { -1.0 } else { 1.0 };
        stagewise::conclude(&ordering, side, look, flip, stop).map(Some)
    }
}

/// The paths without a drift or with one that go on after looks with these bounds, to the next at `next`.
fn walked(drift: f64, times: &[f64], lows: &[f64], highs: &[f64], next: f64) -> Walk {
    let mut walk = Walk::start(drift);
    let nexts = times.iter().skip(1).chain(std::iter::once(&next));
    for (((t, low), high), next) in times.iter().zip(lows).zip(highs).zip(nexts) {
        walk.advance(*t, *low, *high, next - t);
    }
    walk
}

impl Design {
    /// The same with another error of a side, without futility bounds.
    pub(crate) fn at_side_error(&self, alpha: f64) -> Result<Self, Error> {
        let two_sided = self.side().two_sided;
        let level = crate::Level::from_alpha(if two_sided { (2.0 * alpha).min(1.0 - 1e-15) } else { alpha })?;
        Self::new(self.boundary(), self.looks(), level, self.alternative())
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    design: Design,
    looks: Vec<(f64, Evidence, bool)>,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for Monitor {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        let mut monitor = Self::new(written.design);
        for (information, evidence, last) in written.looks {
            monitor.take(information, evidence, last || information >= 1.0)?;
        }
        Ok(monitor)
    }
}

#[cfg(feature = "serde")]
impl From<Monitor> for Written {
    fn from(monitor: Monitor) -> Self {
        let looks = monitor.looks.iter().map(|look| (look.information, look.evidence, look.last)).collect();
        Self { design: monitor.design, looks }
    }
}
