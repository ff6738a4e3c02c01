use styring_special::{Split, noncentral_student, student_inv};

use super::{Allocation, Metric, SampleSize};
use crate::group_sequential::Design;
use crate::group_sequential::walk::{tails, upper_quantile};
use crate::{Alternative, Error, Level, root};

/// The effect of the treatment on the mean.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "there are no other ways to say it")]
pub enum Effect {
    /// Treatment minus control.
    Absolute(f64),
    /// That over the mean of the control: 0.05 is a lift of 5 %.
    Relative(f64),
}

/// How the difference is tested.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Test {
    /// Once at the end, by the normal distribution.
    #[default]
    Normal,
    /// Once at the end, by Student's t: power is exact for normal values, by the noncentral t.
    Student {
        /// Whether the variance is pooled; else the degrees of freedom are Welch's.
        pooled: bool,
    },
    /// At every moment, by a normal mixture (Robbins 1970) that is tightest at `tuned_for` visitors of all arms. The power is that of the last moment: a lower bound, since it may stop before.
    AlwaysValid {
        /// The visitors at which it is to be tightest.
        tuned_for: f64,
    },
    /// At planned looks. The level and the alternative are those of the design, whatever the plan says, and visitors are those of the last look.
    GroupSequential(Design),
}

/// A test before it runs: what is measured, who sees what, and how sure it is to be.
///
/// Without more it is two-sided at 95 %, tested once, with half the visitors in either arm and a power of 80 %. Power counts the side of the effect: to find an effect to the wrong side is no success.
/// See [`super`] for an example.
///
/// # Formula
/// Power = Φ((|d| − c·se₀) / se₁), with se₀ and se₁ the standard errors without and with the effect d and c the critical value.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Written", into = "Written"))]
pub struct Plan {
    metric: Metric,
    allocation: Allocation,
    level: Level,
    alternative: Alternative,
    test: Test,
    power: f64,
    either_side: bool,
}

impl Plan {
    /// The plan of a metric, with defaults for the rest.
    pub fn new(metric: Metric) -> Self {
        Self {
            metric,
            allocation: Allocation::default(),
            level: Level::P95,
            alternative: Alternative::TwoSided,
            test: Test::Normal,
            power: 0.8,
            either_side: false,
        }
    }

    /// With another allocation. Answers are those of the smallest treatment.
    #[must_use]
    pub fn with_allocation(self, allocation: Allocation) -> Self {
        Self { allocation, ..self }
    }

    /// At another level.
    #[must_use]
    pub fn with_level(self, level: Level) -> Self {
        Self { level, ..self }
    }

    /// With another alternative.
    #[must_use]
    pub fn with_alternative(self, alternative: Alternative) -> Self {
        Self { alternative, ..self }
    }

    /// Tested in another way.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a sample to be tuned for that is not above 0 and finite.
    pub fn with_test(self, test: Test) -> Result<Self, Error> {
        match test {
            Test::AlwaysValid { tuned_for } if !(tuned_for > 0.0 && tuned_for.is_finite()) => {
                Err(Error::range("tuned_for", "above 0 and finite", tuned_for))
            }
            test => Ok(Self { test, ..self }),
        }
    }

    /// With another power, which [`Plan::sample_size`] and [`Plan::mde`] are to reach.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless it lies between 0 and 1.
    pub fn with_power(self, power: f64) -> Result<Self, Error> {
        if power > 0.0 && power < 1.0 {
            Ok(Self { power, ..self })
        } else {
            Err(Error::range("power", "between 0 and 1", power))
        }
    }

    /// Power counts a two-sided rejection to either side, as statsmodels and tea-tasting have it. It differs where there is little power. Group-sequential designs and lifts do not heed it.
    #[must_use]
    pub fn counting_either_side(self) -> Self {
        Self { either_side: true, ..self }
    }

    /// The error of each of several treatments against one control such that all hold the level together (Bonferroni).
    ///
    /// # Errors
    ///
    /// None in practice: an error over a whole number is one.
    pub fn corrected_for_treatments(self) -> Result<Self, Error> {
        let treatments = (self.allocation.shares().len() - 1) as f64;
        let level = Level::from_alpha(self.level.alpha() / treatments)?;
        Ok(Self { level, ..self })
    }

    /// An effect as difference of means.
    fn absolute(&self, effect: Effect) -> Result<f64, Error> {
        let absolute = match effect {
            Effect::Absolute(difference) => difference,
            Effect::Relative(_) if self.metric.control_mean() == 0.0 => {
                return Err(Error::ZeroBase { what: "the mean of the control" });
            }
            Effect::Relative(lift) => lift * self.metric.control_mean(),
        };
        let mean = self.metric.control_mean() + absolute;
        if !absolute.is_finite() || (self.metric.is_share() && !(0.0..=1.0).contains(&mean)) {
            return Err(Error::range("effect", "a number, of a share one that leaves it a share", absolute));
        }
        Ok(absolute)
    }

    fn arms(&self, visitors: f64) -> Result<(f64, f64), Error> {
        if !(visitors > 0.0 && visitors.is_finite()) {
            return Err(Error::range("visitors", "above 0 and finite", visitors));
        }
        Ok((visitors * self.allocation.control(), visitors * self.allocation.smallest_treatment()))
    }

    /// The standard error of the difference without an effect, and with it.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for visitors that are not above 0 and finite or an effect that is no number or, of a share, leaves none.
    pub fn standard_errors(&self, effect: Effect, visitors: f64) -> Result<(f64, f64), Error> {
        self.errors(self.absolute(effect)?, visitors)
    }

    fn errors(&self, effect: f64, visitors: f64) -> Result<(f64, f64), Error> {
        let (n, m) = self.arms(visitors)?;
        let (control, treatment, pooled) = self.metric.variances(effect, n, m);
        let with = (control / n + treatment / m).sqrt();
        Ok((pooled.map_or(with, |pooled| (pooled * (1.0 / n + 1.0 / m)).sqrt()), with))
    }

    /// The effect to the side that is to be shown; of a two-sided test its size.
    fn towards(&self, effect: f64) -> f64 {
        match self.alternative_of_test() {
            Alternative::TwoSided => effect.abs(),
            Alternative::Greater => effect,
            Alternative::Less => -effect,
        }
    }

    fn alternative_of_test(&self) -> Alternative {
        if let Test::GroupSequential(design) = &self.test { design.alternative() } else { self.alternative }
    }

    /// The error of one side.
    fn side(&self) -> f64 {
        self.level.alpha() / if self.alternative == Alternative::TwoSided { 2.0 } else { 1.0 }
    }

    /// The probability of showing an effect with so many visitors of all arms.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] as [`Plan::standard_errors`]; [`Error::TooFew`] for a t test with no degree of freedom; [`Error::NoSpread`] where nothing varies.
    pub fn power(&self, effect: Effect, visitors: f64) -> Result<f64, Error> {
        self.power_at(self.absolute(effect)?, visitors)
    }

    fn power_at(&self, effect: f64, visitors: f64) -> Result<f64, Error> {
        let (without, with) = self.errors(effect, visitors)?;
        if with <= 0.0 {
            return Err(Error::NoSpread { what: "the metric" });
        }
        let d = self.towards(effect);
        let both = self.either_side && self.alternative == Alternative::TwoSided;
        let normal = |critical: f64| {
            let right = tails((critical * without - d) / with).0;
            right + if both { tails((critical * without + d) / with).0 } else { 0.0 }
        };
        match &self.test {
            Test::Normal => Ok(normal(upper_quantile(self.side()))),
            Test::AlwaysValid { tuned_for } => Ok(normal(self.mixture_width(visitors, *tuned_for))),
            Test::Student { pooled } => self.student_power(*pooled, d, (effect, visitors), both),
            Test::GroupSequential(design) => {
                if (without - with).abs() <= 1e-14 * with {
                    return Ok(design.operating((d / with).clamp(-1e3, 1e3))?.power());
                }
                // The power whose sample is this one.
                let side = design.side().alpha;
                let excess = |z: f64| {
                    let power = tails(-z).0;
                    let needed = self.inflated(design, power, effect)?;
                    Ok(libm::log(visitors / needed))
                };
                let lowest = -upper_quantile(side) + 1e-6;
                let highest = 8.0;
                if d <= 0.0 || excess(lowest)? <= 0.0 {
                    return Ok(design.operating((d / with).clamp(-1e3, 1e3))?.power());
                }
                if excess(highest)? >= 0.0 {
                    return Ok(1.0);
                }
                Ok(tails(-root::between("the power", (lowest, highest), 1e-12, excess)?).0)
            }
        }
    }

    #[allow(clippy::many_single_char_names, reason = "as in the formula")]
    fn student_power(&self, pooled: bool, d: f64, (effect, visitors): (f64, f64), both: bool) -> Result<f64, Error> {
        let (n, m) = self.arms(visitors)?;
        let (control, treatment, _) = self.metric.variances(effect, n, m);
        if !(n > 1.0 && m > 1.0 && n + m > 2.5) {
            return Err(Error::TooFew { what: "visitors of a t test", needed: 3, given: 2 });
        }
        let (se2, df) = if pooled {
            let variance = ((n - 1.0) * control + (m - 1.0) * treatment) / (n + m - 2.0);
            (variance * (1.0 / n + 1.0 / m), n + m - 2.0)
        } else {
            let (a, b) = (control / n, treatment / m);
            (a + b, (a + b) * (a + b) / (a * a / (n - 1.0) + b * b / (m - 1.0)))
        };
        let critical = student_inv(df, Split::from_upper(self.side())?)?;
        let delta = d / se2.sqrt();
        if delta.abs() > 1000.0 {
            return Ok(if delta > 0.0 { 1.0 } else { 0.0 });
        }
        let right = noncentral_student(df, delta, critical)?.upper();
        Ok(right + if both { noncentral_student(df, delta, -critical)?.lower() } else { 0.0 })
    }

    /// The half width of the always-valid interval in standard errors. One-sided it is that of the mixture over one side.
    fn mixture_width(&self, visitors: f64, tuned_for: f64) -> f64 {
        let alpha = self.level.alpha();
        if self.alternative == Alternative::TwoSided {
            return crate::parity::growthbook_power::mixture_width(visitors, tuned_for, alpha);
        }
        let ln = libm::log(2.0 * alpha);
        let v = visitors * (-2.0 * ln + libm::log1p((-2.0 * ln).max(0.0))).max(1e-3) / tuned_for;
        (2.0 * (v + 1.0) / v * libm::log1p((v + 1.0).sqrt() / (2.0 * alpha))).sqrt()
    }

    /// The visitors of all arms that find an effect with the power of the plan.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for an effect of 0, to the side that is not to be shown, or one that is none; [`Error::NotFound`] if 9e15 are not enough.
    pub fn sample_size(&self, effect: Effect) -> Result<SampleSize, Error> {
        let effect = self.absolute(effect)?;
        if self.towards(effect) <= 0.0 {
            return Err(Error::range("effect", "one to the side that is to be shown", effect));
        }
        let exact = match &self.test {
            Test::GroupSequential(design) => self.inflated(design, self.power, effect)?,
            _ => self.visitors(effect)?,
        };
        SampleSize::new(exact, &self.allocation)
    }

    /// The visitors of a test that is made once, at the level of a design, times the design's inflation factor.
    fn inflated(&self, design: &Design, power: f64, effect: f64) -> Result<f64, Error> {
        let fixed = Self {
            test: Test::Normal,
            level: design.level(),
            alternative: design.alternative(),
            either_side: false,
            power,
            ..self.clone()
        };
        Ok(fixed.visitors(effect)? * design.inflation_factor(power)?)
    }

    /// The visitors at which the power is reached, not rounded.
    fn visitors(&self, effect: f64) -> Result<f64, Error> {
        const MOST: f64 = 36.8; // ln 9e15
        let (n, m) = self.arms(1.0)?;
        let excess = |ln: f64| match self.power_at(effect, libm::exp(ln)) {
            Ok(power) => Ok(power - self.power),
            // Too few for a test: too few for the power.
            Err(Error::TooFew { .. }) => Ok(-self.power),
            Err(other) => Err(other),
        };
        let (without, with) = self.errors(effect, 1.0)?;
        let d = self.towards(effect);
        let needed = ((upper_quantile(self.side()) * without - upper_quantile(self.power) * with) / d).max(1e-3);
        if self.test == Test::Normal && !(self.either_side && self.alternative == Alternative::TwoSided) {
            // (c·se₀ + z·se₁)² / d², both for one visitor.
            return Ok(needed * needed);
        }
        let start = 2.0 * libm::log(needed).max(0.5 * libm::log(2.0 / n.min(m)));
        let (mut low, mut high) = (start, start);
        while excess(low)? >= 0.0 {
            low -= 0.5;
            if low < -5.0 {
                return Ok(libm::exp(start));
            }
        }
        while excess(high)? < 0.0 {
            high += 0.5;
            if high > MOST {
                return Err(Error::NotFound { what: "a sample size below 9e15", steps: 0 });
            }
        }
        Ok(libm::exp(root::between("a sample size", (low, high), 1e-14, excess)?))
    }

    /// The smallest absolute effect that so many visitors of all arms find with the power of the plan, to the side of the alternative; of a two-sided test upwards.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for visitors that are not above 0 and finite; [`Error::NoEffect`] if no effect is found with that power, as a share cannot be above one.
    pub fn mde(&self, visitors: f64) -> Result<f64, Error> {
        let sign = if self.alternative_of_test() == Alternative::Less { -1.0 } else { 1.0 };
        let most = match (self.metric.is_share(), sign > 0.0) {
            (true, true) => 1.0 - self.metric.control_mean(),
            (true, false) => self.metric.control_mean(),
            (false, _) => f64::INFINITY,
        };
        let excess = |size: f64| Ok::<_, Error>(self.power_at(sign * size, visitors)? - self.power);
        let (_, se) = self.errors(0.0, visitors)?;
        let largest = most * (1.0 - 1e-12);
        let mut high = (3.0 * se).min(largest);
        while excess(high)? < 0.0 {
            if high >= largest || high > 1e6 * se {
                return Err(Error::NoEffect { visitors });
            }
            high = (2.0 * high).min(largest);
        }
        if excess(0.0)? >= 0.0 {
            return Ok(0.0);
        }
        Ok(sign * root::between("the smallest effect", (0.0, high), 0.0, excess)?)
    }

    /// The smallest lift that is found if it is the lift that is tested, (treatment − control) / control with the standard error of the delta method, which grows with the lift: downwards for [`Alternative::Less`], else upwards.
    ///
    /// # Formula
    /// With u = 1 + lift, n and m visitors, means and variances μ, s² and k the sum of the z of error and power, (u − 1)² = k² (s_T²(u) / (μ² m) + u² s_C² / (μ² n)): quadratic in u, without a solution above if
    /// the control alone is too uncertain. Of tests other than [`Test::Normal`] it takes the critical value of the normal one; of a group-sequential test its drift.
    ///
    /// # Errors
    ///
    /// [`Error::NoEffect`] if there is none, [`Error::ZeroBase`] for a mean of zero, [`Error::OutOfRange`] for visitors that are not above 0 and finite.
    ///
    /// ```
    /// use styring_experiments::planning::{Metric, Plan};
    /// use styring_experiments::Error;
    /// let plan = Plan::new(Metric::mean(2.0, 10.0)?);
    /// assert!((plan.relative_mde(40_000.0)? - 0.1509).abs() < 1e-3);
    /// assert!(matches!(plan.relative_mde(300.0), Err(Error::NoEffect { .. })));
    /// # Ok::<(), styring_experiments::Error>(())
    /// ```
    #[allow(clippy::many_single_char_names, reason = "as in the formula")]
    pub fn relative_mde(&self, visitors: f64) -> Result<f64, Error> {
        if self.metric.control_mean() == 0.0 {
            return Err(Error::ZeroBase { what: "the mean of the control" });
        }
        let (n, m) = self.arms(visitors)?;
        let k = match &self.test {
            Test::GroupSequential(design) => design.operating_for(self.power)?.drift(),
            Test::AlwaysValid { tuned_for } => self.mixture_width(visitors, *tuned_for) - upper_quantile(self.power),
            Test::Normal | Test::Student { .. } => upper_quantile(self.side()) - upper_quantile(self.power),
        };
        let [zero, one, two] = self.metric.lift_variance(n, m).map(|term| k * k * term);
        // a u² − 2 b u + c = 0.
        let (a, b, c) = (1.0 - two, 1.0 + 0.5 * one, 1.0 - zero);
        let root = (b * b - a * c).max(0.0).sqrt();
        let down = self.alternative_of_test() == Alternative::Less;
        let u = if down { c / (b + root) } else { (b + root) / a };
        let share = u * self.metric.control_mean();
        let fits = !self.metric.is_share() || (0.0..=1.0).contains(&share);
        if k > 0.0 && u.is_finite() && fits && ((down && u > 0.0 && u < 1.0) || (!down && a > 0.0 && u > 1.0)) {
            Ok(u - 1.0)
        } else {
            Err(Error::NoEffect { visitors })
        }
    }

    /// The power at each of several sample sizes.
    ///
    /// # Errors
    ///
    /// As [`Plan::power`].
    pub fn power_by_visitors(&self, effect: Effect, visitors: &[f64]) -> Result<Vec<f64>, Error> {
        visitors.iter().map(|visitors| self.power(effect, *visitors)).collect()
    }

    /// The power for each of several effects.
    ///
    /// # Errors
    ///
    /// As [`Plan::power`].
    pub fn power_by_effect(&self, effects: &[Effect], visitors: f64) -> Result<Vec<f64>, Error> {
        effects.iter().map(|effect| self.power(*effect, visitors)).collect()
    }
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    metric: Metric,
    allocation: Allocation,
    /// Not the level: one minus it would lose digits.
    alpha: f64,
    alternative: Alternative,
    test: Test,
    power: f64,
    either_side: bool,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for Plan {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        let plan = Self::new(written.metric)
            .with_allocation(written.allocation)
            .with_level(Level::from_alpha(written.alpha)?)
            .with_alternative(written.alternative)
            .with_test(written.test)?
            .with_power(written.power)?;
        Ok(Self { either_side: written.either_side, ..plan })
    }
}

#[cfg(feature = "serde")]
impl From<Plan> for Written {
    fn from(plan: Plan) -> Self {
        let Plan { metric, allocation, level, alternative, test, power, either_side } = plan;
        Self { metric, allocation, alpha: level.alpha(), alternative, test, power, either_side }
    }
}
