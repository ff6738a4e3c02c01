use super::form::{Form, Place, Spend};

/// The sum of squares as a function of the shape, with spend in units of the greatest and results in units of their root mean square.
pub(super) struct Problem {
    pub(super) form: Form,
    pub(super) x: Vec<Spend>,
    pub(super) y: Vec<f64>,
    pub(super) w: Vec<f64>,
    /// The scale, if it is given.
    pub(super) scale: Option<f64>,
    pub(super) axes: [Axis; 2],
}

/// Where a shape parameter is looked for: places in ascending order, or the one place where it is given.
pub(super) struct Axis {
    pub(super) nodes: Vec<f64>,
}

impl Axis {
    pub(super) fn at(place: f64) -> Self {
        Self { nodes: vec![place] }
    }

    pub(super) fn over(low: f64, high: f64, step: f64) -> Self {
        let steps = ((high - low) / step).ceil().max(1.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some tens or hundreds")]
        let count = steps as usize;
        Self { nodes: (0..=count).map(|i| low + (high - low) * (i as f64 / steps)).collect() }
    }

    pub(super) fn is_fixed(&self) -> bool {
        self.nodes.len() == 1
    }

    pub(super) fn ends(&self) -> (f64, f64) {
        let first = self.nodes.first().copied().unwrap_or(0.0);
        (first, self.nodes.last().copied().unwrap_or(first))
    }
}

/// A shape with the scale that goes best with it.
#[derive(Clone, Copy)]
pub(super) struct Point {
    pub(super) place: Place,
    pub(super) scale: f64,
    pub(super) sse: f64,
    /// Σ w g².
    pub(super) gg: f64,
}

impl Problem {
    /// With the scale and the places that are given.
    pub(super) fn new(
        form: Form,
        x: &[f64],
        y: Vec<f64>,
        w: Vec<f64>,
        scale: Option<f64>,
        places: [Option<f64>; 2],
    ) -> Self {
        // Far beyond the spends that were tried a curve is a line in them, far below them a constant.
        let least = libm::log(x.iter().copied().fold(1.0, f64::min)).max(-32.0);
        let (low, high) = (least - libm::log(1e4), libm::log(1e4));
        let inner = match form {
            Form::Power => Axis::over(1e-3, 1.0, 0.02),
            _ if form.has_two_shapes() => Axis::over(low, high, 0.4),
            _ => Axis::over(low, high, 0.25),
        };
        let outer = match form {
            Form::Hill | Form::Robyn { .. } => Axis::over(libm::log(0.1), libm::log(20.0), 0.2),
            Form::Sigmoid => Axis::over(-12.0, 40.0, 1.5),
            _ => Axis::at(0.0),
        };
        let axis = |place: Option<f64>, axis| place.map_or(axis, Axis::at);
        let x = x.iter().copied().map(Spend::of).collect();
        Self { form, x, y, w, scale, axes: [axis(places[0], outer), axis(places[1], inner)] }
    }

    pub(super) fn at(&self, place: Place) -> Point {
        let shaped = self.form.at(place);
        let g: Vec<f64> = self.x.iter().map(|spend| shaped.g(*spend)).collect();
        let rows = || g.iter().zip(&self.y).zip(&self.w);
        let (mut gg, mut gy) = (0.0, 0.0);
        for ((g, y), w) in rows() {
            gg += w * g * g;
            gy += w * g * y;
        }
        let scale = self.scale.unwrap_or(if gg > 0.0 { (gy / gg).max(0.0) } else { 0.0 });
        let sse = rows().map(|((g, y), w)| w * (y - scale * g) * (y - scale * g)).sum();
        Point { place, scale, sse, gg }
    }

    /// The least sum of squares: every low on the grid, the lowest first, is followed down.
    pub(super) fn minimum(&self) -> Point {
        let [outer, inner] = &self.axes;
        let grid: Vec<Vec<Point>> = outer
            .nodes
            .iter()
            .map(|outer| inner.nodes.iter().map(|inner| self.at([*outer, *inner])).collect())
            .collect();
        let sse = |i: usize, j: usize| grid.get(i).and_then(|row| row.get(j)).map_or(f64::INFINITY, |point| point.sse);
        let mut lows: Vec<Point> = Vec::new();
        for (i, row) in grid.iter().enumerate() {
            for (j, point) in row.iter().enumerate() {
                let around = [(0, 1), (1, 0), (1, 1), (1, 2), (2, 1), (0, 0), (0, 2), (2, 0), (2, 2)];
                let lowest = around.iter().filter(|step| **step != (1, 1)).all(|(di, dj)| {
                    (i + di).checked_sub(1).zip((j + dj).checked_sub(1)).is_none_or(|(i, j)| sse(i, j) >= point.sse)
                });
                if lowest {
                    lows.push(*point);
                }
            }
        }
        lows.sort_by(|one, other| one.sse.total_cmp(&other.sse));
        let start = self.at([outer.ends().0, inner.ends().0]);
        let polished = lows.into_iter().take(6).map(|low| self.polish(low));
        polished.min_by(|one, other| one.sse.total_cmp(&other.sse)).unwrap_or(start)
    }

    /// Levenberg–Marquardt on the shape, the scale projected out (Kaufman 1975).
    fn polish(&self, start: Point) -> Point {
        let all: Vec<usize> = (0..2).filter(|axis| !self.axes[*axis].is_fixed()).collect();
        let (mut point, mut damping) = (start, 1e-3);
        for _ in 0..200 {
            // Far out an axis does what the scale does, and rounding is all that is left of it: then the other goes alone.
            let together_or_alone = std::iter::once(all.clone()).chain(all.iter().map(|axis| vec![*axis]));
            let equations =
                |free: Vec<usize>| self.normal(&point, &free).map(|(normal, gradient)| (free, normal, gradient));
            let Some((free, normal, gradient)) = together_or_alone.into_iter().find_map(equations) else { break };
            let Some(mut step) = damped(&normal, &gradient, damping) else { break };
            // What would leave an axis stops at its end, and the other goes as is best beside it.
            for (i, axis) in free.iter().enumerate() {
                let (low, high) = self.axes[*axis].ends();
                let held = (point.place[*axis] + step[i]).clamp(low, high) - point.place[*axis];
                if let [_, _] = step.as_slice()
                    && (held - step[i]).abs() > 0.0
                {
                    let other = 1 - i;
                    step[other] =
                        (gradient[other] - normal[other][i] * held) / (normal[other][other] * (1.0 + damping));
                }
                step[i] = held;
            }
            let mut place = point.place;
            for (axis, step) in free.iter().zip(&step) {
                let (low, high) = self.axes[*axis].ends();
                place[*axis] = (place[*axis] + step).clamp(low, high);
            }
            let moved = (place[0] - point.place[0]).abs().max((place[1] - point.place[1]).abs());
            let next = self.at(place);
            // At the bottom sums of squares differ by rounding only, and the step knows better than they do.
            if next.sse <= point.sse * (1.0 + 1e-14) {
                point = next;
                damping = (damping * 0.1_f64).max(1e-12);
                if moved < 1e-12 {
                    break;
                }
            } else {
                damping *= 10.0;
                if damping > 1e12 {
                    break;
                }
            }
        }
        point
    }

    /// JᵀWJ and JᵀWr of the projected residuals.
    fn normal(&self, point: &Point, free: &[usize]) -> Option<(Vec<Vec<f64>>, Vec<f64>)> {
        let k = free.len();
        let (mut normal, mut gradient) = (vec![vec![0.0; k]; k], vec![0.0; k]);
        let mut with_g = vec![0.0; k];
        let shaped = self.form.at(point.place);
        for ((x, y), w) in self.x.iter().zip(&self.y).zip(&self.w) {
            let (g, by) = (shaped.g(*x), shaped.by(*x));
            let residual = y - point.scale * g;
            for i in 0..k {
                let one = point.scale * by[free[i]];
                gradient[i] += w * one * residual;
                with_g[i] += w * one * g;
                for j in 0..k {
                    normal[i][j] += w * one * point.scale * by[free[j]];
                }
            }
        }
        if self.scale.is_none() && point.gg > 0.0 {
            for i in 0..k {
                for j in 0..k {
                    normal[i][j] -= with_g[i] * with_g[j] / point.gg;
                }
            }
        }
        (k > 0 && (0..k).all(|i| normal[i][i] > 0.0)).then_some((normal, gradient))
    }
}

fn damped(normal: &[Vec<f64>], gradient: &[f64], damping: f64) -> Option<Vec<f64>> {
    let entry = |i: usize, j: usize| normal[i][j] * if i == j { 1.0 + damping } else { 1.0 };
    let step = match gradient {
        [one] => vec![one / entry(0, 0)],
        [one, two] => {
            let determinant = entry(0, 0) * entry(1, 1) - entry(0, 1) * entry(1, 0);
            vec![
                (entry(1, 1) * one - entry(0, 1) * two) / determinant,
                (entry(0, 0) * two - entry(1, 0) * one) / determinant,
            ]
        }
        _ => return None,
    };
    step.iter().all(|step| step.is_finite()).then_some(step)
}
