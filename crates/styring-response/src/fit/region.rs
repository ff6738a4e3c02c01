use std::f64::consts::PI;

use super::problem::{Axis, Point, Problem};

const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// The edge of what is plausible.
pub(super) struct Region {
    /// Shapes, each with the least and the greatest plausible scale.
    pub(super) edge: Vec<(Point, f64, f64)>,
    /// Whether it reaches the low and the high end of the outer and the inner axis.
    pub(super) reaches: [[bool; 2]; 2],
}

impl Problem {
    /// All shapes whose best sum of squares is at most `limit`, traced from the best one.
    pub(super) fn region(&self, best: &Point, limit: f64) -> Region {
        let mut reaches = [[false; 2]; 2];
        let [outer, inner] = &self.axes;
        let outers = if outer.is_fixed() {
            vec![best.place[0]]
        } else {
            let profile = |place: f64| self.best_inner(place).sse;
            let ((low, high), ends) = inside(&outer.nodes, best.place[0], limit, 18, &profile);
            reaches[0] = ends;
            let mut outers = spread(low, high, enough(low, high, outer, 33));
            outers.push(best.place[0]);
            outers
        };
        let mut edge = Vec::new();
        for place in outers {
            let inners = if inner.is_fixed() {
                vec![best.place[1]]
            } else {
                let at_best = (place - best.place[0]).abs() <= 0.0;
                let lowest = if at_best { *best } else { self.best_inner(place) };
                let ((low, high), ends) =
                    inside(&inner.nodes, lowest.place[1], limit, 24, &|inner| self.at([place, inner]).sse);
                reaches[1] = [reaches[1][0] || ends[0], reaches[1][1] || ends[1]];
                let mut inners = spread(low, high, enough(low, high, inner, if outer.is_fixed() { 65 } else { 17 }));
                inners.push(lowest.place[1]);
                inners
            };
            for inner in inners {
                let point = self.at([place, inner]);
                if point.sse > limit {
                    continue;
                }
                let half = if self.scale.is_none() && point.gg > 0.0 {
                    ((limit - point.sse).max(0.0) / point.gg).sqrt()
                } else {
                    0.0
                };
                edge.push((point, point.scale - half, point.scale + half));
            }
        }
        Region { edge, reaches }
    }

    /// The best inner place beside an outer one: the lowest of the grid, then by golden section.
    fn best_inner(&self, outer: f64) -> Point {
        let nodes = &self.axes[1].nodes;
        let points: Vec<Point> = nodes.iter().map(|inner| self.at([outer, *inner])).collect();
        let lowest = points.iter().enumerate().min_by(|one, other| one.1.sse.total_cmp(&other.1.sse));
        let Some((index, node)) = lowest else { return self.at([outer, 0.0]) };
        let node_at = |index: usize| nodes.get(index).copied();
        let (mut low, mut high) = (
            index.checked_sub(1).and_then(node_at).unwrap_or(node.place[1]),
            node_at(index + 1).unwrap_or(node.place[1]),
        );
        let at = |inner: f64| self.at([outer, inner]);
        let (mut left, mut right) = (at(high - GOLDEN * (high - low)), at(low + GOLDEN * (high - low)));
        for _ in 0..24 {
            if left.sse <= right.sse {
                high = right.place[1];
                right = left;
                left = at(high - GOLDEN * (high - low));
            } else {
                low = left.place[1];
                left = right;
                right = at(low + GOLDEN * (high - low));
            }
        }
        [left, right, *node].into_iter().min_by(|one, other| one.sse.total_cmp(&other.sse)).unwrap_or(left)
    }
}

/// The outermost places round `best` at which a function is at most `limit`, and whether they are the ends of the axis.
fn inside(
    nodes: &[f64],
    best: f64,
    limit: f64,
    halvings: u32,
    function: &dyn Fn(f64) -> f64,
) -> ((f64, f64), [bool; 2]) {
    let within: Vec<bool> = nodes.iter().map(|node| function(*node) <= limit).collect();
    let (first, last) = (within.iter().position(|within| *within), within.iter().rposition(|within| *within));
    let between = |mut outside: f64, mut held: f64| {
        for _ in 0..halvings {
            let middle = f64::midpoint(outside, held);
            if function(middle) <= limit { held = middle } else { outside = middle }
        }
        held
    };
    let node = |index: Option<usize>| index.and_then(|index| nodes.get(index)).copied();
    let low_held = node(first).map_or(best, |first| first.min(best));
    let high_held = node(last).map_or(best, |last| last.max(best));
    // The node next to what is held, on the far side.
    let below = nodes.iter().copied().rfind(|node| *node < low_held);
    let above = nodes.iter().copied().find(|node| *node > high_held);
    let low = below.map_or(low_held, |below| between(below, low_held));
    let high = above.map_or(high_held, |above| between(above, high_held));
    ((low, high), [below.is_none(), above.is_none()])
}

/// As many places as there are at least, or five for each step of the axis' grid where the edge is long.
fn enough(low: f64, high: f64, axis: &Axis, least: usize) -> usize {
    least.max(5 * axis.nodes.iter().filter(|node| (low..=high).contains(*node)).count())
}

/// Places from one end to the other, closer together near the ends, where the edge turns.
fn spread(low: f64, high: f64, count: usize) -> Vec<f64> {
    let (middle, half) = (f64::midpoint(low, high), (high - low) / 2.0);
    let last = (count - 1) as f64;
    (0..count).map(|i| middle - half * libm::cos(PI * i as f64 / last)).collect()
}
