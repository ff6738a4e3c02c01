use super::filter::{Filtered, Table};
use super::{Data, Forecast, Trend, Variances};
use crate::Error;

/// A residual mean square, in units of the outcome's variance, that is rounding.
pub(super) const PERFECT: f64 = 1e-20;

/// Beyond this ratio of drift to noise there is no noise.
const MOST: f64 = 50.0;

/// Half of the slope's prior is below this ratio of its drift to the noise.
const SLOPE: f64 = 0.1;

/// Standard deviations of level and slope over that of the noise, and what a step of quadrature there weighs, the slope's prior in it.
pub(super) struct Node {
    pub(super) level: f64,
    pub(super) slope: f64,
    pub(super) log_weight: f64,
}

/// Ratios sinh(u)/n: evenly apart below 1/n, where a drift is too small to be seen in n days, and by a constant factor above.
fn ratios(unit: f64, most: f64, step: f64) -> Vec<(f64, f64)> {
    let end = libm::asinh(most / unit);
    let steps = (end / step).ceil().max(1.0);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred steps")]
    let last = steps as usize;
    (0..=last)
        .map(|place| {
            let u = end * place as f64 / steps;
            let half = if place == 0 || place as f64 >= steps { 0.5 } else { 1.0 };
            (unit * libm::sinh(u), half * unit * libm::cosh(u))
        })
        .collect()
}

/// The quadrature over ratios.
pub(super) fn nodes(days: usize, trend: Trend, step: f64) -> Vec<Node> {
    let n = days as f64;
    let levels = ratios(1.0 / n, MOST, step);
    let slopes = match trend {
        Trend::Level => vec![(0.0, 1.0)],
        Trend::Linear => ratios(1.0 / n / n, MOST * SLOPE, 2.0 * step),
    };
    let mut nodes = Vec::with_capacity(levels.len() * slopes.len());
    for &(level, of_level) in &levels {
        for &(slope, of_slope) in &slopes {
            let prior = libm::log1p(slope * slope / SLOPE / SLOPE);
            nodes.push(Node { level, slope, log_weight: libm::log(of_level * of_slope) - prior });
        }
    }
    nodes
}

/// The variances and coefficients that make the days before most probable.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Fit {
    variances: Variances,
    coefficients: Vec<f64>,
    log_likelihood: f64,
}

impl Fit {
    /// The variances.
    pub fn variances(&self) -> Variances {
        self.variances
    }

    /// The controls' coefficients, in their order.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// The log-likelihood there, without the days that the level (and the slope) take to begin with.
    pub fn log_likelihood(&self) -> f64 {
        self.log_likelihood
    }
}

struct Peak {
    log_likelihood: f64,
    /// The variance that the relative ones are of.
    unit: f64,
}

/// The likelihood at relative variances, their unit and the coefficients at their best.
fn peak(data: &Data, trend: Trend, relative: Variances) -> Result<(Peak, Filtered), Error> {
    let filtered = Filtered::new(&data.table, relative, trend == Trend::Linear)?;
    let free = (data.table.before - data.diffuse) as f64;
    let unit = filtered.squares() / free;
    if unit <= PERFECT {
        return Err(Error::NoSpread { what: "the treated series around its controls and level" });
    }
    Ok((Peak { log_likelihood: log_likelihood(data, &filtered, unit), unit }, filtered))
}

fn log_likelihood(data: &Data, filtered: &Filtered, unit: f64) -> f64 {
    let free = (data.table.before - data.diffuse) as f64;
    let determinants = filtered.log_determinant + filtered.log_information(data.diffuse);
    let normal = free * libm::log(core::f64::consts::TAU * unit) + determinants + filtered.squares() / unit;
    // The slope's column counts in campaigns of so many days.
    let of_slope = if data.diffuse == 2 { libm::log(data.table.before as f64) } else { 0.0 };
    -0.5 * normal - free * libm::log(data.scale()) - of_slope
}

/// Sine and cosine run through all ratios, both ends among them.
fn shares([one, two]: [f64; 2]) -> Variances {
    let (sine, cosine) = (libm::sin(one), libm::cos(one));
    let (of_slope, of_noise) = (libm::sin(two), libm::cos(two));
    let noise = cosine * cosine;
    Variances { noise: noise * of_noise * of_noise, level: sine * sine, slope: noise * of_slope * of_slope }
}

pub(super) fn fit(data: &Data, trend: Trend) -> Result<Fit, Error> {
    const QUARTER: f64 = core::f64::consts::FRAC_PI_2;
    let value = |angles: [f64; 2]| peak(data, trend, shares(angles)).map(|(peak, _)| peak.log_likelihood);
    let mut starts = Vec::new();
    for node in nodes(data.table.before, trend, 0.3) {
        let level = libm::atan(node.level / (1.0 + node.slope * node.slope).sqrt());
        let angles = [level, libm::atan(node.slope)];
        starts.push((value(angles)?, angles));
    }
    let without_noise = [QUARTER, 0.0];
    starts.push((value(without_noise)?, without_noise));
    starts.sort_by(|one, other| other.0.total_cmp(&one.0));
    // The highest of the grid, and the highest that is no neighbour of it.
    let (_, top) = starts[0];
    let apart = |angles: [f64; 2]| (libm::log1p(angles[0] * 1e3) - libm::log1p(top[0] * 1e3)).abs() > 1.0;
    let second = starts.iter().find(|(_, angles)| apart(*angles)).copied();
    let mut best = starts[0];
    for start in [Some(starts[0]), second].into_iter().flatten() {
        let found = climbed(start, trend, &value)?;
        if found.0 > best.0 {
            best = found;
        }
    }
    // A boundary that is as good is the answer.
    let (_, [one, two]) = best;
    for angles in [[0.0, two], [one, 0.0], [0.0, 0.0], [QUARTER, 0.0], [one, QUARTER]] {
        if trend == Trend::Level && angles[1] > 0.0 {
            continue;
        }
        let at = value(angles)?;
        if at >= best.0 - 1e-9 {
            best = (at, angles);
        }
    }
    let relative = shares(best.1);
    let (Peak { log_likelihood, unit }, filtered) = peak(data, trend, relative)?;
    let square = unit * data.scale() * data.scale();
    let variances = Variances {
        noise: relative.noise * square,
        level: relative.level * square,
        slope: if trend == Trend::Linear { relative.slope * square } else { 0.0 },
    };
    let coefficients = filtered.coefficients()[data.diffuse..data.diffuse + data.controls]
        .iter()
        .zip(&data.scales)
        .map(|(coefficient, scale)| coefficient * data.scale() / scale)
        .collect();
    Ok(Fit { variances, coefficients, log_likelihood })
}

/// Uphill in steps that halve, along each angle in its own proportion, so that small ratios are found to the digit as well.
fn climbed(
    (mut height, mut at): (f64, [f64; 2]),
    trend: Trend,
    value: &impl Fn([f64; 2]) -> Result<f64, Error>,
) -> Result<(f64, [f64; 2]), Error> {
    const QUARTER: f64 = core::f64::consts::FRAC_PI_2;
    let axes = if trend == Trend::Linear { 2 } else { 1 };
    let mut step = 0.25;
    let mut rounds = 0;
    while step > 1e-7 && rounds < 400 {
        rounds += 1;
        let mut moved = false;
        for axis in 0..axes {
            for side in [1.0, -1.0] {
                let mut next = at;
                next[axis] = (at[axis] + side * step * at[axis].clamp(1e-4, 0.5)).clamp(0.0, QUARTER);
                let there = value(next)?;
                if there > height {
                    (height, at, moved) = (there, next, true);
                    break;
                }
            }
        }
        if !moved {
            step /= 2.0;
        }
    }
    Ok((height, at))
}

pub(super) fn given(
    data: &Data,
    trend: Trend,
    actual: &[f64],
    variances: Variances,
    coefficients: Option<&[f64]>,
) -> Result<Forecast, Error> {
    let Variances { noise, level, slope } = variances;
    let fields = [("noise variance", noise), ("level variance", level), ("slope variance", slope)];
    for (field, value) in fields {
        if !(0.0..f64::INFINITY).contains(&value) {
            return Err(Error::range(field, "0 or above", value));
        }
    }
    if trend == Trend::Level && slope > 0.0 {
        return Err(Error::range("slope variance", "0 without a slope", slope));
    }
    let sum = noise + level + slope;
    let scale = data.scale();
    let unit = sum / scale / scale;
    if !(unit > 0.0 && unit.is_finite()) {
        return Err(Error::range("sum of variances", "above 0 and a number", sum));
    }
    let fixed = coefficients.map(|coefficients| without(data, coefficients)).transpose()?;
    let data = fixed.as_ref().unwrap_or(data);
    let relative = Variances { noise: noise / sum, level: level / sum, slope: slope / sum };
    let filtered = Filtered::new(&data.table, relative, trend == Trend::Linear)?;
    let error = |variance: f64| scale * (unit * variance).sqrt();
    let single = filtered.single(&data.table);
    Ok(Forecast {
        expected: actual.iter().zip(&single).map(|(actual, day)| actual - scale * day.effect).collect(),
        errors: single.iter().map(|day| error(day.variance)).collect(),
        effects: filtered.sums(&data.table).iter().map(|sum| (scale * sum.effect, error(sum.variance))).collect(),
        log_likelihood: log_likelihood(data, &filtered, unit),
    })
}

/// The same series with what the controls explain taken off.
fn without(data: &Data, coefficients: &[f64]) -> Result<Data, Error> {
    if coefficients.len() != data.controls {
        let (first, second) = (coefficients.len(), data.controls);
        return Err(Error::Lengths { what: "coefficients and controls", first, second });
    }
    if let Some(coefficient) = coefficients.iter().find(|coefficient| !(-1e100..=1e100).contains(*coefficient)) {
        return Err(Error::range("coefficient", "between -1e100 and 1e100", coefficient));
    }
    let controls = data.diffuse..data.diffuse + data.controls;
    let columns = data.table.columns;
    let mut values = Vec::with_capacity(data.table.values.len());
    for day in data.table.values.chunks(columns) {
        let explained: f64 = (day[controls.clone()].iter().zip(coefficients).zip(&data.scales))
            .map(|((value, coefficient), scale)| coefficient * scale / data.scale() * value)
            .sum();
        values.extend(
            day.iter()
                .enumerate()
                .filter(|(place, _)| !controls.contains(place))
                .map(|(place, value)| if place + 1 == columns { value - explained } else { *value }),
        );
    }
    let table = Table { columns: columns - data.controls, values, before: data.table.before };
    Ok(Data { table, controls: 0, scales: vec![data.scale()], ..data.clone() })
}
