//! Where to integrate: posteriors as bells over a place of the real line, and panels on which each of them is smooth.

use std::f64::consts::TAU;

use styring_special::{Split, beta_inc, gamma_inc, normal};

use super::posterior::{Family, Posterior};
use super::rule::{AtPlaces, NODES, PLACES};
use crate::Error;
use crate::stirling::stirling;

/// A posterior beyond its ends has a tail below e⁻⁵⁰ (Chernoff's bound, which for these families is the deviance from the mean).
const DEPTH: f64 = 50.0;

/// How many of its scales a panel covers, so that twenty places give a bell and its integral to twelve digits.
const SCALES: f64 = 2.5;

/// e to this has all its digits and, times any shape there is, is nothing beside one.
const SMALLEST: f64 = -690.0;

/// A curvature that no double feels beside one.
const NOTHING: f64 = 1e-15;

/// A posterior over a place u: the logarithm of results per krone, the logit of a share, a mean itself. There ln f = ln f(peak) − deviance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bell {
    family: Family,
    /// The place of the mean.
    peak: f64,
    ln_at_peak: f64,
    /// Where its tails end.
    pub(super) low: f64,
    pub(super) high: f64,
}

/// A panel, and what all bells on it share.
#[derive(Debug)]
pub(super) struct Panel {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) half: f64,
    centre: f64,
    /// From the centre to the places.
    steps: AtPlaces,
    /// The second term of the logarithm of a density.
    bends: AtPlaces,
    /// dx/du at the places.
    pub(super) slopes: AtPlaces,
}

impl Bell {
    pub(super) fn of(posterior: Posterior) -> Self {
        let family = posterior.family();
        let (peak, ln_at_peak) = match family {
            Family::Gamma { shape, rate } => {
                (libm::log(shape) - libm::log(rate), 0.5 * libm::log(shape / TAU) - stirling(shape))
            }
            Family::Beta { a, b } => (
                libm::log(a) - libm::log(b),
                0.5 * libm::log(a / TAU * (b / (a + b))) + stirling(a + b) - stirling(a) - stirling(b),
            ),
            Family::Normal { mean, deviation } => (mean, -0.5 * libm::log(TAU) - libm::log(deviation)),
        };
        let (low, high) = match family {
            Family::Gamma { shape, .. } => {
                let s = (2.0 * DEPTH / shape).sqrt();
                (peak + end(family, -(s + 0.5 * s * s)), peak + end(family, libm::log1p(s + 0.5 * s * s)))
            }
            Family::Beta { a, b } => {
                let s = (2.0 * DEPTH / (a * (b / (a + b)))).sqrt();
                let start = libm::log1p(s + 0.5 * s * s);
                (peak + end(family, -start), peak + end(family, start))
            }
            Family::Normal { deviation, .. } => {
                let reach = (2.0 * DEPTH).sqrt() * deviation;
                (peak - reach, peak + reach)
            }
        };
        Self { family, peak, ln_at_peak, low, high }
    }

    /// How wide a panel may be that ends at `right` and goes down from there.
    fn width(&self, right: f64) -> f64 {
        match self.family {
            Family::Normal { deviation, .. } => SCALES * deviation,
            Family::Gamma { shape, .. } => {
                // The curvature of ln f falls with u, so that its largest value is at the right end. Where it is nothing, f = e^(shape·u).
                let bend = shape * libm::exp(right - self.peak);
                let widest = if bend > NOTHING { 8.0 } else { (10.0 / shape).max(8.0) };
                widest.min(SCALES / bend.sqrt())
            }
            Family::Beta { a, b } => {
                let allowed = |place: f64| SCALES / ((a + b) * p_times_q(place)).sqrt();
                // The logit has poles at ±iπ: panels near zero are short, those far away grow with the distance.
                let tail = if right < 0.0 { a } else { b };
                let far = if right < 0.0 { -right } else { 0.5 * right };
                let width = far.max(4.0).min((10.0 / tail).max(8.0)).min(allowed(right));
                width.min(allowed(0.0_f64.clamp(right - width, right)))
            }
        }
    }

    /// How much lies below and above a place.
    pub(super) fn below(&self, place: f64) -> Result<Split, Error> {
        let (ln_x, power) = match self.family {
            Family::Gamma { shape, .. } => (place - self.peak + libm::log(shape), shape),
            Family::Beta { a, .. } => (place, a),
            Family::Normal { .. } => (0.0, 1.0),
        };
        let split = match self.family {
            // There x runs out of digits, and the density over u is e^(power·u) to the last digit: what lies below is that over the power.
            _ if ln_x < SMALLEST => {
                let density = libm::exp(self.ln_at_peak - deviance(self.family, place - self.peak).0);
                Split::from_lower((density / power).min(1.0))
            }
            Family::Gamma { shape, .. } => gamma_inc(shape, shape * libm::exp(place - self.peak)),
            Family::Beta { a, b } => Split::from_ratio(sigmoid(place), sigmoid(-place)).and_then(|x| beta_inc(a, b, x)),
            Family::Normal { mean, deviation } => normal((place - mean) / deviation),
        };
        split.map_err(Error::not_computed("the distribution of a posterior"))
    }

    /// The density over u at the places of a panel: ln f = g + α·bend + β·step, with all terms small where f is not.
    pub(super) fn densities(&self, panel: &Panel) -> AtPlaces {
        // From an end, which is exact: the centre is rounded, and a bell may be narrow beside its place.
        let from_peak = (panel.right - self.peak) - panel.half;
        let (alpha, beta) = match self.family {
            Family::Gamma { shape, .. } => (-shape * libm::exp(from_peak), -shape * libm::expm1(from_peak)),
            Family::Beta { a, b } => (a + b, a * sigmoid(-panel.centre) - b * sigmoid(panel.centre)),
            Family::Normal { deviation, .. } => {
                let per_variance = 1.0 / deviation / deviation;
                (per_variance, -from_peak * per_variance)
            }
        };
        let at_centre = self.ln_at_peak - deviance(self.family, from_peak).0;
        let mut densities = [0.0; PLACES];
        for (density, (step, bend)) in densities.iter_mut().zip(panel.steps.iter().zip(&panel.bends)) {
            *density = libm::exp(at_centre + alpha * bend + beta * step);
        }
        densities
    }
}

impl Panel {
    fn between(left: f64, right: f64, family: Family) -> Self {
        let (centre, half) = (0.5 * (left + right), 0.5 * (right - left));
        let steps = NODES.map(|node| half * node);
        let (bends, slopes) = match family {
            Family::Gamma { .. } => {
                let at_centre = libm::exp(centre);
                (steps.map(|step| libm::expm1(step) - step), steps.map(|step| at_centre * libm::exp(step)))
            }
            Family::Beta { .. } => {
                let (p, q) = (sigmoid(centre), sigmoid(-centre));
                // The same by either share; by the smaller one nothing cancels.
                let bend =
                    |step: f64| if p < q { p * step - ln_mix(p, q, step) } else { -q * step - ln_mix(q, p, -step) };
                (steps.map(bend), steps.map(|step| p_times_q(centre + step)))
            }
            Family::Normal { .. } => (steps.map(|step| -0.5 * step * step), [1.0; PLACES]),
        };
        Self { left, right, half, centre, steps, bends, slopes }
    }
}

/// Panels from the right to the left, each as wide as the narrowest bell on it allows. No bell is jumped over: a panel ends where one begins, or is no wider than that one allows.
pub(super) fn panels(bells: &[Bell], low: f64, high: f64) -> Vec<Panel> {
    let mut panels = Vec::new();
    let Some(family) = bells.first().map(|bell| bell.family) else {
        return panels;
    };
    let mut right = high;
    while right > low {
        let mut width = right - low;
        for bell in bells.iter().filter(|bell| bell.low < right && bell.high >= right) {
            width = width.min(bell.width(right));
        }
        for bell in bells.iter().filter(|bell| bell.high < right) {
            let gap = right - bell.high;
            if gap < width {
                width = width.min(gap.max(bell.width(right)));
            }
        }
        // A step that the numbers cannot make would never end.
        let left = (right - width).min(right - 8.0 * f64::EPSILON * right.abs()).max(low);
        panels.push(Panel::between(left, right, family));
        right = left;
    }
    panels
}

/// Minus the logarithm of the density over that at the peak, and its slope, so far from the peak.
fn deviance(family: Family, from_peak: f64) -> (f64, f64) {
    match family {
        Family::Gamma { shape, .. } => {
            let grown = libm::expm1(from_peak);
            (shape * (grown - from_peak), shape * grown)
        }
        Family::Beta { a, b } => {
            let (p, q) = (a / (a + b), b / (a + b));
            let value = a * ln_mix(q, p, -from_peak) + b * ln_mix(p, q, from_peak);
            (value, (a + b) * (sigmoid(from_peak + libm::log(a) - libm::log(b)) - p))
        }
        Family::Normal { deviation, .. } => {
            let t = from_peak / deviation;
            (0.5 * t * t, t / deviation)
        }
    }
}

/// Where the deviance is [`DEPTH`] or a little more, from a start on that side: a convex function is overshot by Newton's steps from inside and not left by those from outside.
fn end(family: Family, start: f64) -> f64 {
    let mut place = start;
    for _ in 0..12 {
        let (value, slope) = deviance(family, place);
        if (DEPTH..1.1 * DEPTH).contains(&value) {
            break;
        }
        place -= (value - DEPTH) / slope;
    }
    place
}

/// ln(q + p eᵛ) for p + q = 1, where either may be nothing beside the other.
fn ln_mix(p: f64, q: f64, v: f64) -> f64 {
    let change = p * libm::expm1(v);
    if p <= 0.0 {
        0.0
    } else if change > -0.5 && change.is_finite() {
        libm::log1p(change)
    } else if v > 0.0 {
        v + libm::log(p + q * libm::exp(-v))
    } else {
        let mixed = q + p * libm::exp(v);
        if mixed > 0.0 { libm::log(mixed) } else { v + libm::log(p) }
    }
}

fn sigmoid(u: f64) -> f64 {
    if u < 0.0 {
        let odds = libm::exp(u);
        odds / (1.0 + odds)
    } else {
        1.0 / (1.0 + libm::exp(-u))
    }
}

fn p_times_q(u: f64) -> f64 {
    let odds = libm::exp(-u.abs());
    odds / ((1.0 + odds) * (1.0 + odds))
}
