//! The score over the paths that have not stopped: the recursion of Armitage, McPherson and Rowe (1969).
//!
//! S(t) ~ N(δt, t) at information t, with drift δ. What is kept is the density of S at nodes of the continuation region, times the nodes' weights.

use std::f64::consts::TAU;

use styring_special::{Split, normal, normal_inv};

use crate::Error;

/// Positive nodes and weights of the rule of Gauss and Legendre with 20 nodes on (−1, 1).
const RULE: [(f64, f64); 10] = [
    (0.076_526_521_133_497_33, 0.152_753_387_130_725_85),
    (0.227_785_851_141_645_08, 0.149_172_986_472_603_75),
    (0.373_706_088_715_419_56, 0.142_096_109_318_382_05),
    (0.510_867_001_950_827_1, 0.131_688_638_449_176_63),
    (0.636_053_680_726_515, 0.118_194_531_961_518_42),
    (0.746_331_906_460_150_8, 0.101_930_119_817_240_44),
    (0.839_116_971_822_218_8, 0.083_276_741_576_704_75),
    (0.912_234_428_251_326, 0.062_672_048_334_109_06),
    (0.963_971_927_277_913_8, 0.040_601_429_800_386_94),
    (0.993_128_599_185_094_9, 0.017_614_007_139_152_118),
];

/// A panel is at most so many standard deviations of the shortest step wide: the rule then errs by 1e-13.
const PANEL: f64 = 5.0;

/// Twice as wide, the rule errs by 1e-7, for a quarter of the cost: enough to begin a search with.
const COARSE_PANEL: f64 = 10.0;

/// Beyond so many standard deviations there is less than 1e-16 of a normal distribution.
const REACH: f64 = 8.5;

/// Bounds are no further out than this: the tail beyond is 1e-300.
pub(crate) const FURTHEST: f64 = 37.0;

/// The tail beyond [`FURTHEST`].
pub(crate) const LEAST: f64 = 5.725_571_222_524_577e-300;

/// The upper and the lower tail of the standard normal distribution.
pub(crate) fn tails(x: f64) -> (f64, f64) {
    match normal(x) {
        Ok(split) => (split.upper(), split.lower()),
        Err(_) => (0.0, 0.0),
    }
}

/// The x with so much of the standard normal distribution above it.
pub(crate) fn upper_quantile(p: f64) -> f64 {
    match Split::from_upper(p.clamp(0.0, 1.0)) {
        Ok(split) => normal_inv(split),
        Err(_) => 0.0,
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Walk {
    drift: f64,
    /// Where and when all paths were at one place.
    origin: (f64, f64),
    t: f64,
    nodes: Vec<f64>,
    masses: Vec<f64>,
    panel: f64,
}

impl Walk {
    /// All paths are at 0.
    pub(crate) fn start(drift: f64) -> Self {
        Self::from(drift, 0.0, 0.0)
    }

    /// All paths are at `s` at information `t`.
    pub(crate) fn from(drift: f64, t: f64, s: f64) -> Self {
        Self { drift, origin: (t, s), t, nodes: vec![s], masses: vec![1.0], panel: PANEL }
    }

    /// [`Walk::start`] without a drift, of less accuracy.
    pub(crate) fn coarse() -> Self {
        Self { panel: COARSE_PANEL, ..Self::start(0.0) }
    }

    /// P(not stopped so far, Z(t) ≥ z) and P(not stopped so far, Z(t) ≤ z), with Z = S/√t.
    pub(crate) fn beyond(&self, t: f64, z: f64) -> (f64, f64) {
        let (shift, per_sd) = self.step(t);
        let s = z * t.sqrt();
        self.nodes.iter().zip(&self.masses).fold((0.0, 0.0), |(above, below), (node, mass)| {
            let (upper, lower) = tails((s - node - shift) * per_sd);
            (above + mass * upper, below + mass * lower)
        })
    }

    /// The density of Z(t) over the paths that have not stopped.
    pub(crate) fn density(&self, t: f64, z: f64) -> f64 {
        let (shift, per_sd) = self.step(t);
        let s = z * t.sqrt();
        let sum: f64 = self
            .nodes
            .iter()
            .zip(&self.masses)
            .map(|(node, mass)| {
                let x = (s - node - shift) * per_sd;
                mass * libm::exp(-0.5 * x * x)
            })
            .sum();
        sum * per_sd * t.sqrt() / TAU.sqrt()
    }

    fn step(&self, t: f64) -> (f64, f64) {
        let step = t - self.t;
        (self.drift * step, 1.0 / step.sqrt())
    }

    /// The paths that are between two bounds at t. The step after that is `next` long.
    pub(crate) fn advance(&mut self, t: f64, low: f64, high: f64, next: f64) {
        let (shift, per_sd) = self.step(t);
        let root = t.sqrt();
        let (began, place) = self.origin;
        let centre = place + self.drift * (t - began);
        let window = REACH * (t - began).sqrt();
        // Without drift, bounds far out are met in full: their tiny probabilities are wanted to all digits.
        let whole = |bound: f64| self.drift == 0.0 && bound.abs() <= FURTHEST;
        let from = if whole(low) { low * root } else { (low * root).max(centre - window) };
        let to = if whole(high) { high * root } else { (high * root).min(centre + window) };
        let reach = REACH.max(if self.drift == 0.0 && high <= FURTHEST { high + 2.0 } else { 0.0 });
        let mut nodes = Vec::new();
        let mut masses = Vec::new();
        if to > from {
            let sd = (t - self.t).min(next).sqrt();
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
            let panels = ((to - from) / (self.panel * sd)).ceil().max(1.0) as usize;
            let half = 0.5 * (to - from) / panels as f64;
            let scale = per_sd / TAU.sqrt();
            nodes.reserve(20 * panels);
            masses.reserve(20 * panels);
            let (mut first, mut last) = (0, 0);
            for panel in 0..panels {
                let middle = from + half * (2 * panel + 1) as f64;
                let backwards = RULE.iter().rev().map(|(x, w)| (-x, w));
                for (x, weight) in backwards.chain(RULE.iter().map(|(x, w)| (*x, w))) {
                    let node = middle + half * x;
                    let home = node - shift;
                    let (near, far) = (home - reach / per_sd, home + reach / per_sd);
                    while self.nodes.get(first).is_some_and(|old| *old < near) {
                        first += 1;
                    }
                    while self.nodes.get(last).is_some_and(|old| *old <= far) {
                        last += 1;
                    }
                    let olds = self.nodes.get(first..last).unwrap_or_default();
                    let weights = self.masses.get(first..last).unwrap_or_default();
                    let sum: f64 = olds
                        .iter()
                        .zip(weights)
                        .map(|(old, mass)| {
                            let x = (home - old) * per_sd;
                            mass * libm::exp(-0.5 * x * x)
                        })
                        .sum();
                    nodes.push(node);
                    masses.push(half * weight * scale * sum);
                }
            }
        }
        (self.t, self.nodes, self.masses) = (t, nodes, masses);
    }

    /// The bound that so much of what has not stopped lies above, by Newton's steps on the logarithm of the tail. The tail is log-concave, so from the right they go one way.
    pub(crate) fn bound(&self, t: f64, tail: f64) -> Result<f64, Error> {
        const STEPS: u32 = 200;
        let goal = tail.max(LEAST);
        // More than there is: everything lies above.
        if goal >= self.beyond(t, -FURTHEST).0 {
            return Ok(-FURTHEST);
        }
        let mut z = upper_quantile(goal).min(FURTHEST);
        // With drift the quantile of the undrifted distribution is not to the right.
        while self.drift > 0.0 && z < FURTHEST + self.drift && self.beyond(t, z).0 > goal {
            z += 1.0 + self.drift;
        }
        for _ in 0..STEPS {
            let (above, _) = self.beyond(t, z);
            let density = self.density(t, z);
            if above <= 0.0 || density <= 0.0 {
                z -= 1.0;
                continue;
            }
            let step = libm::log(above / goal) * above / density;
            z += step.clamp(-5.0, 5.0);
            // The second: rounding has brought it to the other side. The third: nothing nearer can be told apart.
            let close = step.abs() <= 4e-15 * z.abs().max(1.0) || (step > 0.0 && step < 1e-7);
            if close || (above / goal - 1.0).abs() <= 1e-15 {
                return Ok(z);
            }
        }
        Err(Error::NotFound { what: "a bound", steps: STEPS })
    }

    /// The bound that so much of what has not stopped lies below.
    pub(crate) fn lower_bound(&self, t: f64, tail: f64) -> Result<f64, Error> {
        self.mirrored().bound(t, tail).map(|z| -z)
    }

    fn mirrored(&self) -> Self {
        Self {
            drift: -self.drift,
            origin: (self.origin.0, -self.origin.1),
            t: self.t,
            nodes: self.nodes.iter().rev().map(|node| -node).collect(),
            masses: self.masses.iter().rev().copied().collect(),
            panel: self.panel,
        }
    }
}
