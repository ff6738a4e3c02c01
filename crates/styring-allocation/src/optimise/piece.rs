use styring_response::Shape;

use super::source::{Lines, Source, between, is_closed};

/// A price below counts as none; the derivatives of demand at it are still far from overflow.
pub(super) const LEAST_PRICE: f64 = 1e-250;

/// The spends a channel may have: from `low` to `high`, and none at all if `or_off`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Domain {
    pub(super) low: f64,
    /// May be infinite.
    pub(super) high: f64,
    /// Zero beside it; `low` is then above zero.
    pub(super) or_off: bool,
}

impl Domain {
    pub(super) fn new(low: f64, high: f64) -> Self {
        Self { low, high, or_off: false }
    }

    pub(super) fn least(&self) -> f64 {
        if self.or_off { 0.0 } else { self.low }
    }

    pub(super) fn contains(&self, spend: f64) -> bool {
        (spend >= self.low && spend <= self.high) || (self.or_off && spend <= 0.0)
    }
}

/// The least concave function above a response on a domain: what a channel takes at a price, the response it has there at most.
#[derive(Debug, Clone)]
pub(super) struct Piece<'a> {
    source: Source<'a>,
    low: f64,
    high: f64,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    /// A chord up to the knee, from there the curve.
    Smooth {
        at_low: f64,
        knee: f64,
        chord: f64,
        /// The marginal past the knee.
        steepest: f64,
        /// The marginal at the upper end.
        flattest: f64,
    },
    /// Straight lines of falling slope.
    Lines(Vec<Line>),
}

#[derive(Debug, Clone, Copy)]
struct Line {
    from: f64,
    height: f64,
    to: f64,
    slope: f64,
}

/// The spends that are best at a price, and how fast they change with it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Demand {
    pub(super) low: f64,
    pub(super) high: f64,
    /// The derivative by the price; zero at a bound and at a jump.
    pub(super) slope: f64,
}

impl Demand {
    pub(super) fn at(spend: f64) -> Self {
        Self { low: spend, high: spend, slope: 0.0 }
    }
}

impl<'a> Piece<'a> {
    /// Cost: a few evaluations of the curve; some Newton steps for the knee of an S-shaped one.
    pub(super) fn new(source: Source<'a>, domain: Domain) -> Self {
        let (low, high) = (domain.least(), domain.high);
        let form = match source.lines() {
            Some(lines) => Form::Lines(hull(&vertices(&lines, &source, domain))),
            None => smooth(&source, domain),
        };
        Self { source, low, high, form }
    }

    pub(super) fn low(&self) -> f64 {
        self.low
    }

    pub(super) fn high(&self) -> f64 {
        self.high
    }

    pub(super) fn source(&self) -> &Source<'a> {
        &self.source
    }

    /// What the piece gives: at least the response.
    pub(super) fn value(&self, spend: f64) -> f64 {
        match &self.form {
            Form::Smooth { at_low, knee, chord, .. } if spend < *knee => at_low + chord * (spend - self.low),
            Form::Smooth { .. } => self.source.value(spend),
            Form::Lines(lines) => {
                let line = lines.iter().rfind(|line| line.from <= spend).or(lines.first());
                line.map_or_else(|| self.source.value(spend), |line| line.height + line.slope * (spend - line.from))
            }
        }
    }

    /// Whether a spend is where the piece may lie above the response: strictly inside a chord.
    pub(super) fn may_exceed_at(&self, spend: f64) -> bool {
        match &self.form {
            Form::Smooth { knee, .. } => spend > self.low && spend < *knee,
            Form::Lines(lines) => lines.iter().any(|line| spend > line.from && spend < line.to),
        }
    }

    /// The ends of the chord that a spend is on; of straight lines those of the line it is inside of.
    pub(super) fn chord_around(&self, spend: f64) -> (f64, f64) {
        match &self.form {
            Form::Smooth { knee, .. } => (self.low, *knee),
            Form::Lines(lines) => lines
                .iter()
                .find(|line| spend > line.from && spend < line.to)
                .map_or((spend, spend), |line| (line.from, line.to)),
        }
    }

    /// The prices at which demand jumps.
    pub(super) fn jumps(&self, into: &mut Vec<f64>) {
        match &self.form {
            Form::Smooth { knee, chord, .. } if *knee > self.low => into.push(*chord),
            Form::Smooth { .. } => {}
            Form::Lines(lines) => into.extend(lines.iter().map(|line| line.slope)),
        }
    }

    /// The best spends at a price: all x that maximise `piece(x) − price·x`.
    pub(super) fn demand(&self, price: f64) -> Demand {
        self.demand_within(price, 0.0)
    }

    /// As [`demand`](Self::demand) of a price that is known up to `rounding`: a jump so near counts as met.
    pub(super) fn demand_within(&self, price: f64, rounding: f64) -> Demand {
        if price < LEAST_PRICE {
            // Whatever still adds anything is taken; what is beyond adds nothing, and is as good.
            return Demand { low: self.demand(LEAST_PRICE).low, high: self.high, slope: 0.0 };
        }
        match &self.form {
            Form::Smooth { knee, chord, steepest, flattest, .. } => {
                let has_chord = *knee > self.low;
                if has_chord && price > *chord + rounding {
                    Demand::at(self.low)
                } else if has_chord && price >= *chord - rounding {
                    Demand { low: self.low, high: *knee, slope: 0.0 }
                } else if price >= *steepest {
                    Demand::at(*knee)
                } else if price <= *flattest {
                    Demand::at(self.high)
                } else {
                    let x = self.source.at_marginal(price, *knee, self.high);
                    if x.is_infinite() {
                        return Demand::at(x);
                    }
                    let slope = 1.0 / self.source.curvature(x);
                    Demand { low: x, high: x, slope: if slope.is_finite() { slope } else { 0.0 } }
                }
            }
            Form::Lines(lines) => {
                let until = |least: f64| {
                    let taken = lines.partition_point(|line| line.slope >= least);
                    taken.checked_sub(1).and_then(|last| lines.get(last)).map_or(self.low, |line| line.to)
                };
                Demand { low: until((price + rounding).next_up()), high: until(price - rounding), slope: 0.0 }
            }
        }
    }
}

fn smooth(source: &Source<'_>, domain: Domain) -> Form {
    let (low, high) = (domain.least(), domain.high);
    let bend = match source.shape() {
        Shape::SShaped { inflexion } => inflexion,
        _ => low,
    };
    let knee = if high <= low {
        low
    } else if bend > low {
        touch(source, low, bend.max(domain.low), high)
    } else {
        domain.low
    };
    let (at_low, at_knee) = (source.value(low), source.value(knee));
    let chord = if knee > low { (at_knee - at_low) / (knee - low) } else { f64::INFINITY };
    let steepest = source.marginal(knee).min(chord);
    Form::Smooth { at_low, knee, chord, steepest, flattest: source.marginal(high).min(steepest) }
}

/// Where the straight line from `low` touches the curve, at `from` or above: `f′(w)·(w − low) = f(w) − f(low)`; `high` if it does not before.
///
/// Past the inflexion the left side less the right falls, so there is one root at most.
fn touch(source: &Source<'_>, low: f64, from: f64, high: f64) -> f64 {
    if from >= high {
        return high;
    }
    let start = source.value(low);
    let excess = |w: f64| source.marginal(w) * (w - low) - (source.value(w) - start);
    if excess(from) <= 0.0 {
        return from;
    }
    if high.is_finite() && excess(high) >= 0.0 {
        return high;
    }
    let (mut below, mut above) = (from, high);
    let mut w = if above > 2.0 * from { 1.5 * from } else { f64::midpoint(below, above) };
    for _ in 0..200 {
        let height = excess(w);
        if height > 0.0 {
            below = w;
        } else {
            above = w;
        }
        let newton = w - height / (source.curvature(w) * (w - low));
        let next = if newton > below && newton < above { newton } else { between(below, above, w) };
        let step = (next - w).abs();
        w = next;
        if step <= 1e-12 * w || is_closed(below, above) {
            break;
        }
    }
    w
}

/// The corners of straight lines on a domain.
fn vertices(lines: &Lines<'_>, source: &Source<'_>, domain: Domain) -> Vec<(f64, f64)> {
    let at = |spend: f64| match lines {
        Lines::Slope(slope) if spend.is_infinite() => (spend, *slope),
        // Beyond the last point it is flat.
        Lines::Points(_) if spend.is_infinite() => (spend, 0.0),
        _ => (spend, source.value(spend)),
    };
    let mut corners: Vec<(f64, f64)> = Vec::new();
    if domain.or_off {
        corners.push(at(0.0));
    }
    corners.push(at(domain.low));
    if let Lines::Points(points) = lines {
        corners.extend(points.iter().copied().filter(|(spend, _)| *spend > domain.low && *spend < domain.high));
    }
    if domain.high > domain.low {
        corners.push(at(domain.high));
    }
    corners
}

/// The upper hull of corners as lines of falling slope. An infinite corner holds the slope towards it.
fn hull(corners: &[(f64, f64)]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for pair in corners.windows(2) {
        let [(from, height), (to, top)] = *pair else { continue };
        let mut line =
            Line { from, height, to, slope: if to.is_infinite() { top } else { (top - height) / (to - from) } };
        // A line that rises faster than the one before takes its place.
        while let Some(before) = lines.pop_if(|before| before.slope <= line.slope) {
            let slope = if to.is_finite() { (top - before.height) / (to - before.from) } else { line.slope };
            line = Line { to, slope, ..before };
        }
        lines.push(line);
    }
    lines
}
