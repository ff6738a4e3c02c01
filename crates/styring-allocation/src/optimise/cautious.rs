use styring_response::Curve;

use super::market::{Market, Settled, Target, Tree, Unmet, total};
use super::piece::{Domain, Piece};
use super::source::Source;

/// How far the smoothing goes, relative to the response.
const FINEST: f64 = 1e-9;
/// How far it starts.
const COARSEST: f64 = 0.05;
/// By how much it is finer from stage to stage.
const FINER: f64 = 0.2;
/// The gap at which a plan is good enough.
const ENOUGH: f64 = 1e-9;

/// The most of the mean over the worst draws.
#[derive(Debug)]
pub(super) struct Cautious<'a> {
    /// The draws of each channel, all as many or one.
    pub(super) draws: Vec<&'a [Curve]>,
    pub(super) domains: &'a [Domain],
    pub(super) tree: &'a Tree,
    pub(super) budget: f64,
    /// How many draws are the worst ones.
    pub(super) count: usize,
}

/// A plan, the mean of its worst draws, and what no plan's exceeds.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) settled: Settled,
    pub(super) score: f64,
    pub(super) bound: f64,
}

impl Cautious<'_> {
    /// With any weights on the draws, none above one over their count and one in sum, the best weighted mean bounds what the worst draws can bring: of the plans and weights on the way the best are kept.
    ///
    /// The plan is improved by Newton's method inside the bounds: the mean of the worst draws is made smooth (a logistic weight round its quantile), and the smoothing is taken away in stages.
    pub(super) fn run(&self) -> Result<Found, Unmet> {
        let count = self.draws.iter().map(|draws| draws.len()).max().unwrap_or(1);
        let even = vec![1.0 / count as f64; count];
        let (settled, mut bound) = self.best_for(&even)?;
        let mut best = (self.score(&settled.spend), settled);
        let smooth = Smooth::new(self, count);
        let mut spend = smooth.inside(&best.1.spend);
        let mut weights = Some(self.worst_weights(&best.1.spend));
        let mut width = COARSEST;
        loop {
            for weights in [weights, Some(self.worst_weights(&spend))].into_iter().flatten() {
                let (settled, above) = self.best_for(&weights)?;
                bound = bound.min(above);
                let score = self.score(&settled.spend);
                if score > best.0 {
                    best = (score, settled);
                }
            }
            smooth.keep_total(&mut spend);
            let score = self.score(&spend);
            if score > best.0 {
                best = (score, Settled { spend: spend.clone(), ..best.1 });
            }
            if bound - best.0 <= ENOUGH * best.0 || width < FINEST {
                break;
            }
            weights = smooth.climb(&mut spend, width);
            width *= FINER;
        }
        Ok(Found { settled: best.1, score: best.0, bound: bound.max(best.0) })
    }

    /// The best plan for weighted draws, and what no plan's weighted mean exceeds.
    fn best_for(&self, weights: &[f64]) -> Result<(Settled, f64), Unmet> {
        let pieces = self
            .draws
            .iter()
            .zip(self.domains)
            .map(|(draws, domain)| Piece::new(Source::mean(draws, Some(weights)), *domain));
        let market = Market::new(pieces.collect(), self.tree);
        let settled = market.settle(Target::Spend(self.budget))?;
        let bound = market.value(&settled.spend) + market.gap(&settled);
        Ok((settled, bound))
    }

    fn responses(&self, spend: &[f64]) -> Vec<f64> {
        let count = self.draws.iter().map(|draws| draws.len()).max().unwrap_or(1);
        let mut responses = vec![0.0; count];
        for (draws, spend) in self.draws.iter().zip(spend) {
            for (draw, response) in responses.iter_mut().enumerate() {
                *response += draws.get(draw).or(draws.first()).map_or(0.0, |curve| curve.value(*spend));
            }
        }
        responses
    }

    fn score(&self, spend: &[f64]) -> f64 {
        let mut responses = self.responses(spend);
        responses.sort_by(f64::total_cmp);
        responses.iter().take(self.count).sum::<f64>() / self.count as f64
    }

    fn worst_weights(&self, spend: &[f64]) -> Vec<f64> {
        let responses = self.responses(spend);
        let mut order: Vec<usize> = (0..responses.len()).collect();
        order.sort_by(|one, other| responses[*one].total_cmp(&responses[*other]));
        let mut weights = vec![0.0; responses.len()];
        for draw in order.into_iter().take(self.count) {
            weights[draw] = 1.0 / self.count as f64;
        }
        weights
    }
}

/// The smoothed problem inside its bounds; spends are shares of the total.
struct Smooth<'a> {
    problem: &'a Cautious<'a>,
    count: usize,
    /// Channels that can move, and their bounds.
    free: Vec<(usize, f64, f64)>,
}

/// What Newton's method needs to know at a point.
struct Slopes {
    objective: f64,
    gradient: Vec<f64>,
    /// Minus the second derivatives.
    bend: Vec<Vec<f64>>,
    weights: Vec<f64>,
}

impl<'a> Smooth<'a> {
    fn new(problem: &'a Cautious<'a>, count: usize) -> Self {
        let least: f64 = problem.domains.iter().map(|domain| domain.low).sum();
        let bounds = problem
            .domains
            .iter()
            .enumerate()
            .map(|(index, domain)| (index, domain.low, domain.high.min(problem.budget - least + domain.low)));
        Self { problem, count, free: bounds.filter(|(_, low, high)| high - low > 1e-9 * problem.budget).collect() }
    }

    /// A point off all bounds, near a plan.
    fn inside(&self, spend: &[f64]) -> Vec<f64> {
        let (low, high) = self.free.iter().fold((0.0, 0.0), |(l, h), (_, low, high)| (l + low, h + high));
        let fixed: f64 = total(spend) - self.free.iter().map(|(index, ..)| spend[*index]).sum::<f64>();
        let share = if high > low { (self.problem.budget - fixed - low) / (high - low) } else { 0.0 };
        let mut inside = spend.to_vec();
        for (index, low, high) in &self.free {
            inside[*index] = 0.9 * spend[*index] + 0.1 * (low + share * (high - low));
        }
        inside
    }

    /// Takes back what many steps have lost of the total by rounding.
    fn keep_total(&self, spend: &mut [f64]) {
        let lost = self.problem.budget - total(spend);
        let room = |(index, low, high): &(usize, f64, f64)| (high - spend[*index]).min(spend[*index] - low);
        let widest = self.free.iter().max_by(|one, other| room(one).total_cmp(&room(other)));
        if let Some((index, low, high)) = widest.copied() {
            spend[index] = (spend[index] + lost).max(low).min(high);
        }
    }

    /// Newton's method at one width of the smoothing; the weights of the draws at its end.
    fn climb(&self, spend: &mut [f64], width: f64) -> Option<Vec<f64>> {
        let mut weights = None;
        for _ in 0..30 {
            let slopes = self.slopes(spend, width)?;
            let step = along(&slopes.bend, &slopes.gradient)?;
            let rise: f64 = step.iter().zip(&slopes.gradient).map(|(step, slope)| step * slope).sum();
            weights = Some(slopes.weights);
            if rise.is_nan() || rise <= 1e-3 * width * width.max(1e-8) * slopes.objective.abs() {
                break;
            }
            let mut length: f64 = 1.0;
            for ((index, low, high), step) in self.free.iter().zip(&step) {
                let room = if *step > 0.0 { high - spend[*index] } else { spend[*index] - low };
                length = length.min(0.95 * room / step.abs());
            }
            loop {
                let mut next = spend.to_vec();
                for ((index, ..), step) in self.free.iter().zip(&step) {
                    next[*index] += length * step;
                }
                let better = self
                    .slopes(&next, width)
                    .is_some_and(|next| next.objective >= slopes.objective + 1e-4 * length * rise);
                if better {
                    spend.copy_from_slice(&next);
                    break;
                }
                length /= 2.0;
                if length < 1e-10 {
                    return weights;
                }
            }
        }
        weights
    }

    fn slopes(&self, spend: &[f64], width: f64) -> Option<Slopes> {
        let responses = self.problem.responses(spend);
        let scale = responses.iter().sum::<f64>() / self.count as f64;
        let blur = width * scale;
        let worst = self.problem.count as f64;
        let level = level(&responses, worst, blur);
        let mut sum = 0.0;
        // The logistic weight of each draw, and how fast it changes with its response.
        let (mut weights, mut turns) = (Vec::with_capacity(self.count), Vec::with_capacity(self.count));
        for response in &responses {
            let z = (level - response) / blur;
            let e = libm::exp(-z.abs());
            let weight = if z >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) };
            sum += blur * (z.max(0.0) + libm::log1p(e));
            weights.push(weight / worst);
            turns.push(weight * (1.0 - weight) / blur / worst);
        }
        let mut objective = level - sum / worst;
        let turned: f64 = turns.iter().sum();
        let size = self.free.len();
        let (mut gradient, mut bend) = (vec![0.0; size], vec![vec![0.0; size]; size]);
        let mut columns = Vec::with_capacity(size);
        for (place, (index, low, high)) in self.free.iter().enumerate() {
            let (draws, x) = (self.problem.draws[*index], spend[*index]);
            let (mut slope, mut curve_bend) = (0.0, 0.0);
            let mut column = Vec::with_capacity(self.count);
            for (draw, weight) in weights.iter().enumerate() {
                let curve = draws.get(draw).or(draws.first())?;
                let marginal = curve.marginal(x)?;
                slope += weight * marginal;
                curve_bend -= weight * curve.curvature(x)?;
                column.push(marginal);
            }
            let middle = if turned > 0.0 {
                column.iter().zip(&turns).map(|(g, turn)| g * turn).sum::<f64>() / turned
            } else {
                0.0
            };
            for marginal in &mut column {
                *marginal -= middle;
            }
            columns.push(column);
            // The barrier of the bounds, as wide as the smoothing.
            let (below, above) = (x - low, high - x);
            objective += blur * (libm::log(below / self.problem.budget) + libm::log(above / self.problem.budget));
            gradient[place] = slope + blur * (1.0 / below - 1.0 / above);
            bend[place][place] = curve_bend + blur * (1.0 / (below * below) + 1.0 / (above * above));
        }
        for one in 0..size {
            for other in 0..=one {
                let joint: f64 =
                    turns.iter().enumerate().map(|(draw, turn)| turn * columns[one][draw] * columns[other][draw]).sum();
                bend[one][other] += joint;
                if other < one {
                    bend[other][one] += joint;
                }
            }
        }
        objective.is_finite().then_some(Slopes { objective, gradient, bend, weights })
    }
}

/// The level at which the logistic weights sum to the number of the worst draws: Newton's method inside a bracket.
fn level(responses: &[f64], worst: f64, blur: f64) -> f64 {
    let ends = responses.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), r| (low.min(*r), high.max(*r)));
    let (mut low, mut high) = (ends.0 - 50.0 * blur, ends.1 + 50.0 * blur);
    let mut at = f64::midpoint(low, high);
    for _ in 0..200 {
        let (mut weight, mut turn) = (0.0, 0.0);
        for response in responses {
            let one = 1.0 / (1.0 + libm::exp((response - at) / blur));
            weight += one;
            turn += one * (1.0 - one) / blur;
        }
        if weight < worst {
            low = at;
        } else {
            high = at;
        }
        let newton = at + (worst - weight) / turn;
        let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        let step = (next - at).abs();
        at = next;
        if step <= 1e-12 * blur || high - low <= 1e-15 * high.abs() {
            break;
        }
    }
    at
}

/// Newton's step that keeps the sum: minus second derivatives `bend`, by Cholesky's method.
fn along(bend: &[Vec<f64>], gradient: &[f64]) -> Option<Vec<f64>> {
    let factor = cholesky(bend)?;
    let (step, unit) = (solve(&factor, gradient), solve(&factor, &vec![1.0; gradient.len()]));
    let (of_step, of_unit): (f64, f64) = (step.iter().sum(), unit.iter().sum());
    (of_unit > 0.0).then(|| step.iter().zip(&unit).map(|(step, unit)| step - of_step / of_unit * unit).collect())
}

fn cholesky(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(matrix.len());
    for (row, entries) in matrix.iter().enumerate() {
        let mut line = vec![0.0; row + 1];
        for column in 0..=row {
            let known: f64 =
                (0..column).map(|k| line[k] * if column == row { line[k] } else { factor[column][k] }).sum();
            let rest = entries[column] - known;
            line[column] = if column == row {
                if !(rest > 0.0 && rest.is_finite()) {
                    return None;
                }
                rest.sqrt()
            } else {
                rest / factor[column][column]
            };
        }
        factor.push(line);
    }
    Some(factor)
}

fn solve(factor: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let mut solution = right.to_vec();
    for row in 0..factor.len() {
        let known: f64 = (0..row).map(|k| factor[row][k] * solution[k]).sum();
        solution[row] = (solution[row] - known) / factor[row][row];
    }
    for row in (0..factor.len()).rev() {
        let known: f64 = (row + 1..factor.len()).map(|k| factor[k][row] * solution[k]).sum();
        solution[row] = (solution[row] - known) / factor[row][row];
    }
    solution
}
