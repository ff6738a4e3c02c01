use super::walk::{FURTHEST, LEAST, Walk, upper_quantile};
use super::{Boundary, Futility, Spending};
use crate::{Alternative, Error, Level, root};

/// At most so many looks.
const MOST_LOOKS: usize = 1000;

/// A look adds at least so much of the planned information.
pub(crate) const SHORTEST: f64 = 1e-6;

/// When a test looks at its data, and what it takes to stop at each look.
///
/// Bounds are on the scale of z: the test stops for an effect where z (for [`Alternative::TwoSided`] its size) is at least the critical value of the look.
///
/// # Cost
/// About K·m·b for K looks, with m the nodes of the recursion (∝ √K for equal looks) and b those within reach of a step.
///
/// # Source
/// Jennison and Turnbull, *Group Sequential Methods with Applications to Clinical Trials* (2000).
///
/// ```
/// use styring_experiments::group_sequential::{Boundary, Design, equal_looks};
/// use styring_experiments::{Alternative, Level};
///
/// // O'Brien and Fleming's test at five looks, two-sided 5 %.
/// let design = Design::new(Boundary::OBrienFleming, &equal_looks(5)?, Level::P95, Alternative::TwoSided)?;
/// assert!((design.critical_values()[4] - 2.040).abs() < 1e-3);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written", into = "Written"))]
pub struct Design {
    boundary: Boundary,
    looks: Vec<f64>,
    level: Level,
    alternative: Alternative,
    futility: Option<Futility>,
    critical: Vec<f64>,
    /// Cumulative, of one side.
    spent: Vec<f64>,
    futility_bounds: Option<Vec<f64>>,
    /// The drift for which β is spent.
    planned_drift: Option<f64>,
}

/// Looks after equal amounts of information: 1/k, 2/k, … 1.
///
/// # Errors
///
/// [`Error::OutOfRange`] unless there are 1 to 1000.
pub fn equal_looks(k: usize) -> Result<Vec<f64>, Error> {
    if !(1..=MOST_LOOKS).contains(&k) {
        return Err(Error::range("looks", "from 1 to 1000", k));
    }
    Ok((1..=k).map(|look| look as f64 / k as f64).collect())
}

/// One side of a design: what it spends, and which paths go on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side {
    pub(crate) boundary: Boundary,
    /// The error of the side.
    pub(crate) alpha: f64,
    pub(crate) two_sided: bool,
}

/// A look's critical value, and what has been spent on the side by then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    pub(crate) z: f64,
    pub(crate) spent: f64,
}

impl Design {
    /// A design by its boundary and its looks.
    ///
    /// `looks` is the information at each, in any unit (visitors, conversions, shares); it is divided by that of the last.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a parameter of the boundary outside its range, no looks or more than 1000, or looks that do not rise by at least a millionth of the last.
    pub fn new(boundary: Boundary, looks: &[f64], level: Level, alternative: Alternative) -> Result<Self, Error> {
        let boundary = boundary.checked()?;
        let looks = shares(looks)?;
        let mut design = Self {
            boundary,
            looks,
            level,
            alternative,
            futility: None,
            critical: Vec::new(),
            spent: Vec::new(),
            futility_bounds: None,
            planned_drift: None,
        };
        design.set_bounds(design.side().planned(&design.looks, None)?);
        Ok(design)
    }

    /// The same with bounds at which it stops because an effect is no longer likely to be shown.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a two-sided design, bounds that are not one per early look, below the critical values and finite, a power that does not lie above α and below 1, a parameter outside
    /// its range, and β-spending that binds a boundary of one constant (its bounds and the constant would each wait for the other; bounds that are given may bind); [`Error::NotFound`] if no drift has the power.
    ///
    /// ```
    /// use styring_experiments::group_sequential::{Boundary, Design, Futility, Spending, equal_looks};
    /// use styring_experiments::{Alternative, Level};
    ///
    /// let spending = Boundary::Spend(Spending::OBrienFleming);
    /// let design = Design::new(spending, &equal_looks(3)?, Level::from_alpha(0.025)?, Alternative::Greater)?
    ///     .with_futility(Futility::Spend { spending: Spending::OBrienFleming, power: 0.8, binding: false })?;
    /// let bounds = design.futility_bounds().unwrap_or_default();
    /// assert!(bounds[0] < bounds[1] && bounds[2] == design.critical_values()[2]);
    /// # Ok::<(), styring_experiments::Error>(())
    /// ```
    pub fn with_futility(mut self, futility: Futility) -> Result<Self, Error> {
        if self.alternative == Alternative::TwoSided {
            return Err(Error::range("futility", "of a one-sided design", "two-sided"));
        }
        match &futility {
            Futility::Bounds { values, binding } => {
                if values.len() + 1 != self.looks.len() {
                    return Err(Error::Lengths {
                        what: "futility bounds and early looks",
                        first: values.len(),
                        second: self.looks.len() - 1,
                    });
                }
                if let Some(value) = values.iter().find(|value| !(-FURTHEST..=FURTHEST).contains(*value)) {
                    return Err(Error::range("futility bound", "from -37 to 37", value));
                }
                if *binding {
                    self.set_bounds(self.side().planned(&self.looks, Some(values))?);
                }
                let mut bounds = values.clone();
                bounds.extend(self.critical.last());
                if let Some((value, _)) = bounds.iter().zip(&self.critical).find(|(low, high)| low > high) {
                    return Err(Error::range("futility bound", "at most the critical value", value));
                }
                self.futility_bounds = Some(bounds);
            }
            Futility::Spend { spending, power, binding } => {
                let spending = spending.checked()?;
                let alpha = self.level.alpha();
                if !(*power > alpha && *power < 1.0) {
                    return Err(Error::range("power", "above alpha and below 1", power));
                }
                self.spend_beta(spending, 1.0 - power, *binding)?;
            }
        }
        self.futility = Some(futility);
        Ok(self)
    }

    /// Finds the drift at which β, spent as `spending` says, is used up exactly where the last critical value is.
    fn spend_beta(&mut self, spending: Spending, beta: f64, binding: bool) -> Result<(), Error> {
        let side = self.side();
        let fixed = upper_quantile(side.alpha) + upper_quantile(beta);
        let mut excess = |drift: f64| -> Result<f64, Error> {
            let (bounds, futility, excess) = side.with_beta(&self.looks, spending, beta, drift, binding)?;
            self.critical = bounds.iter().map(|bound| bound.z).collect();
            self.spent = bounds.iter().map(|bound| bound.spent).collect();
            self.futility_bounds = Some(futility);
            Ok(excess)
        };
        let mut high = 1.3 * fixed;
        while excess(high)? > 0.0 {
            high *= 1.5;
            if high > 1e3 {
                return Err(Error::NotFound { what: "a drift of that power", steps: 0 });
            }
        }
        let drift = root::between("a drift of that power", (0.8 * fixed, high), 1e-12, &mut excess)?;
        excess(drift)?;
        self.planned_drift = Some(drift);
        if let (Some(futility), Some(last)) = (&mut self.futility_bounds, self.critical.last()) {
            futility.pop();
            futility.push(*last);
        }
        Ok(())
    }

    fn set_bounds(&mut self, bounds: Vec<Bound>) {
        (self.critical, self.spent) = bounds.into_iter().map(|bound| (bound.z, bound.spent)).unzip();
    }

    pub(crate) fn side(&self) -> Side {
        let two_sided = self.alternative == Alternative::TwoSided;
        let alpha = self.level.alpha() / if two_sided { 2.0 } else { 1.0 };
        Side { boundary: self.boundary, alpha, two_sided }
    }

    /// The boundary.
    pub fn boundary(&self) -> Boundary {
        self.boundary
    }

    /// The information at each look as a share of the last.
    pub fn looks(&self) -> &[f64] {
        &self.looks
    }

    /// The error that is accepted in all.
    pub fn level(&self) -> Level {
        self.level
    }

    /// What is to be shown.
    pub fn alternative(&self) -> Alternative {
        self.alternative
    }

    /// The value that z is to reach at each look.
    pub fn critical_values(&self) -> &[f64] {
        &self.critical
    }

    /// The one-sided level of each look: 1 − Φ of its critical value.
    pub fn stage_levels(&self) -> Vec<f64> {
        self.critical.iter().map(|z| super::walk::tails(*z).0).collect()
    }

    /// The error spent by each look, of both sides; α at the last.
    pub fn spent(&self) -> Vec<f64> {
        let sides = if self.side().two_sided { 2.0 } else { 1.0 };
        self.spent.iter().map(|spent| sides * spent).collect()
    }

    /// The rule of stopping for futility.
    pub fn futility(&self) -> Option<&Futility> {
        self.futility.as_ref()
    }

    /// The value that z is not to fall below at each look; at the last it is the critical value.
    ///
    /// It is on the scale of the alternative: with [`Alternative::Less`] it is −z that is held against it, as against the critical value.
    pub fn futility_bounds(&self) -> Option<&[f64]> {
        self.futility_bounds.as_deref()
    }

    /// The bound of look `k`, if the looks so far were as planned: solving for it again would lose what cancels between the errors spent by two looks.
    pub(crate) fn planned_bound(&self, so_far: &[f64], last: bool) -> Option<Bound> {
        let k = so_far.len().checked_sub(1)?;
        let as_planned = so_far.iter().zip(&self.looks).all(|(t, planned)| (t - planned).abs() <= 1e-12 * planned);
        let is_last = k + 1 == self.looks.len();
        let (z, spent) = (*self.critical.get(k)?, *self.spent.get(k)?);
        (as_planned && last == is_last).then_some(Bound { z, spent })
    }

    pub(crate) fn planned_drift(&self) -> Option<f64> {
        self.planned_drift
    }

    /// The lower bounds that count in what is promised: those that bind, in one-sided designs.
    pub(crate) fn binding_futility(&self) -> Option<&[f64]> {
        self.futility.as_ref().filter(|futility| futility.binding()).and(self.futility_bounds.as_deref())
    }

    /// What may be spent on a side by information t: the spending function, or what the planned bounds have spent, in proportion between the planned looks.
    pub(crate) fn may_spend(&self, t: f64) -> f64 {
        let side = self.side();
        if let Boundary::Spend(spending) = self.boundary {
            return spending.by(side.alpha, t);
        }
        let mut before = (0.0, 0.0);
        for (look, spent) in self.looks.iter().zip(&self.spent) {
            if t <= look * (1.0 + 1e-12) {
                let share = ((t - before.0) / (look - before.0)).clamp(0.0, 1.0);
                return before.1 + share * (spent - before.1);
            }
            before = (*look, *spent);
        }
        side.alpha
    }
}

/// Looks as shares of the last.
fn shares(looks: &[f64]) -> Result<Vec<f64>, Error> {
    let last = match looks {
        [] => return Err(Error::TooFew { what: "looks", needed: 1, given: 0 }),
        [.., last] => *last,
    };
    if looks.len() > MOST_LOOKS {
        return Err(Error::range("looks", "at most 1000", looks.len()));
    }
    if !(last > 0.0 && last.is_finite()) {
        return Err(Error::range("look", "above 0 and finite", last));
    }
    let shares: Vec<f64> = looks.iter().map(|look| look / last).collect();
    let befores = std::iter::once(&0.0).chain(&shares);
    match shares.iter().zip(befores).find(|(share, before)| share.is_nan() || **share < **before + SHORTEST) {
        Some((share, _)) => Err(Error::range("look", "above the one before by a millionth of the last", share * last)),
        None => Ok(shares),
    }
}

impl Side {
    /// The bounds of a plan. `futility` are lower bounds of the early looks that bind.
    fn planned(self, looks: &[f64], futility: Option<&[f64]>) -> Result<Vec<Bound>, Error> {
        let Some(delta) = self.boundary.shape() else {
            return self.spending(looks, futility);
        };
        let at = |c: f64| -> Vec<f64> { looks.iter().map(|t| c * libm::pow(*t, delta - 0.5)).collect() };
        let last = upper_quantile(self.alpha);
        let of = |spent: &[f64]| libm::log(spent.last().copied().unwrap_or(0.0).max(LEAST) / self.alpha);
        let rough = |c: f64| Ok::<_, Error>(of(&self.spent_by(Walk::coarse(), looks, &at(c), futility)));
        let mut c = last;
        let mut slope = f64::NEG_INFINITY;
        if looks.len() > 1 && rough(last)? > 0.0 {
            // With one look more α is spent than with none more, and with the bound of Bonferroni less, unless the shape falls.
            let mut high = upper_quantile(self.alpha / looks.len() as f64) + 1e-3;
            while rough(high)? > 0.0 {
                high += 1.0;
            }
            c = root::between("a critical value", (last, high), 1e-7, rough)?;
            slope = (rough(c + 1e-4)? - rough(c - 1e-4)?) / 2e-4;
        }
        // The rough root is right to 1e-7: Newton's first step leaves 1e-12, the second nothing.
        let mut spent = self.spent_by(Walk::start(0.0), looks, &at(c), futility);
        for _ in 0..3 {
            let step = of(&spent) / slope;
            if step.is_nan() || step.abs() <= 2e-14 * c.abs().max(1.0) {
                break;
            }
            c -= step;
            spent = self.spent_by(Walk::start(0.0), looks, &at(c), futility);
        }
        Ok(at(c).into_iter().zip(spent).map(|(z, spent)| Bound { z: z.min(FURTHEST), spent }).collect())
    }

    /// The cumulative error of one side under given critical values.
    fn spent_by(self, mut walk: Walk, looks: &[f64], critical: &[f64], futility: Option<&[f64]>) -> Vec<f64> {
        let mut total = 0.0;
        let mut all = Vec::with_capacity(looks.len());
        for (k, (t, z)) in looks.iter().zip(critical).enumerate() {
            total += walk.beyond(*t, *z).0;
            all.push(total);
            if let Some(next) = looks.get(k + 1) {
                walk.advance(*t, self.low(*z, futility.and_then(|bounds| bounds.get(k))), *z, next - t);
            }
        }
        all
    }

    pub(crate) fn low(self, high: f64, futility: Option<&f64>) -> f64 {
        if self.two_sided { -high } else { futility.copied().unwrap_or(f64::NEG_INFINITY) }
    }

    /// The bounds of a plan that spends.
    fn spending(self, looks: &[f64], futility: Option<&[f64]>) -> Result<Vec<Bound>, Error> {
        let mut walk = Walk::start(0.0);
        let mut spent = 0.0;
        let mut bounds = Vec::with_capacity(looks.len());
        for (k, t) in looks.iter().enumerate() {
            let next = looks.get(k + 1);
            let may = match self.boundary {
                Boundary::Spend(spending) => spending.by(self.alpha, *t),
                _ => self.alpha,
            };
            let bound =
                self.next_bound(&walk, *t, spent, if next.is_none() { self.alpha } else { may }, next.is_none())?;
            spent = bound.spent;
            bounds.push(bound);
            if let Some(next) = next {
                walk.advance(*t, self.low(bound.z, futility.and_then(|bounds| bounds.get(k))), bound.z, next - t);
            }
        }
        Ok(bounds)
    }

    /// The bound of a look at information t of which `may` may be spent by then.
    pub(crate) fn next_bound(self, walk: &Walk, t: f64, spent: f64, may: f64, last: bool) -> Result<Bound, Error> {
        let left = (may - spent).max(0.0);
        if let (Boundary::HaybittlePeto { early }, false) = (self.boundary, last) {
            let z = early.max(walk.bound(t, 0.5 * (self.alpha - spent).max(0.0))?);
            return Ok(Bound { z, spent: spent + walk.beyond(t, z).0 });
        }
        Ok(Bound { z: walk.bound(t, left)?, spent: spent + left })
    }

    /// Critical values and futility bounds under a drift, and how much more than the rest of β remains below the last critical value.
    fn with_beta(
        self,
        looks: &[f64],
        spending: Spending,
        beta: f64,
        drift: f64,
        binding: bool,
    ) -> Result<(Vec<Bound>, Vec<f64>, f64), Error> {
        let no_stop: Vec<Bound> = if binding { Vec::new() } else { self.planned(looks, None)? };
        if binding && self.boundary.shape().is_some() {
            return Err(Error::range(
                "binding",
                "with a spending or a Haybittle–Peto boundary, or bounds that are given",
                true,
            ));
        }
        let (mut null, mut effect) = (Walk::start(0.0), Walk::start(drift));
        let (mut bounds, mut futility) = (Vec::new(), Vec::new());
        let mut spent = 0.0;
        let mut lost = 0.0;
        for (k, t) in looks.iter().enumerate() {
            let next = looks.get(k + 1);
            let bound = if let Some(bound) = no_stop.get(k) {
                *bound
            } else {
                let may = match self.boundary {
                    Boundary::Spend(spending) if next.is_some() => spending.by(self.alpha, *t),
                    _ => self.alpha,
                };
                self.next_bound(&null, *t, spent, may, next.is_none())?
            };
            spent = bound.spent;
            bounds.push(bound);
            let may_lose = spending.by(beta, *t);
            let Some(next) = next else {
                futility.push(bound.z);
                let excess = effect.beyond(*t, bound.z).1 - (beta - lost);
                return Ok((bounds, futility, excess));
            };
            let low = effect.lower_bound(*t, may_lose - lost)?;
            if low >= bound.z {
                // So much drift leaves less below the critical value than is to be lost.
                let left = effect.beyond(*t, bound.z).1 - (beta - lost);
                let rest = looks.len() - bounds.len();
                futility.push(bound.z);
                bounds.extend(std::iter::repeat_n(bound, rest));
                futility.extend(std::iter::repeat_n(bound.z, rest));
                return Ok((bounds, futility, left.min(-f64::MIN_POSITIVE)));
            }
            lost = may_lose;
            futility.push(low);
            if binding {
                null.advance(*t, low, bound.z, next - t);
            }
            effect.advance(*t, low, bound.z, next - t);
        }
        Err(Error::TooFew { what: "looks", needed: 1, given: 0 })
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    boundary: Boundary,
    looks: Vec<f64>,
    /// Not the level: one minus it would lose digits.
    alpha: f64,
    alternative: Alternative,
    futility: Option<Futility>,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for Design {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        let level = Level::from_alpha(written.alpha)?;
        let design = Self::new(written.boundary, &written.looks, level, written.alternative)?;
        match written.futility {
            Some(futility) => design.with_futility(futility),
            None => Ok(design),
        }
    }
}

#[cfg(feature = "serde")]
impl From<Design> for Written {
    fn from(design: Design) -> Self {
        let Design { boundary, looks, level, alternative, futility, .. } = design;
        Self { boundary, looks, alpha: level.alpha(), alternative, futility }
    }
}
