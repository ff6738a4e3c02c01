use std::cmp::Ordering;
use std::collections::BinaryHeap;

use styring_response::Shape;

use super::market::{Market, Settled, Target, Tree, Unmet, total};
use super::moves::{MoveLimit, taken};
use super::piece::{Domain, Piece};
use super::source::Source;

/// How far below its bound a plan may be that is taken for the best.
pub(super) const TOLERANCE: f64 = 1e-10;
/// How many nodes are solved at most.
const MOST_NODES: usize = 50_000;

/// How often the first problem is made tighter by the plans that it gives.
const MOST_TIGHTENINGS: usize = 60;

/// What is sought over which curves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) sources: &'a [Source<'a>],
    pub(super) tree: &'a Tree,
    pub(super) target: Target,
    pub(super) moves: Option<MoveLimit<'a>>,
}

/// The best plan that was found, and what none exceeds.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) settled: Settled,
    /// The score of the plan: response, less price times spend, or spend with a minus where that is what is sought.
    pub(super) score: f64,
    /// What no plan's score exceeds.
    pub(super) bound: f64,
    /// How many concave problems were split.
    pub(super) nodes: usize,
}

struct Node {
    bound: f64,
    domains: Vec<Domain>,
    relaxed: Settled,
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Node {}

impl PartialOrd for Node {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Node {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bound.total_cmp(&other.bound)
    }
}

/// What becomes of channels that are inside a chord.
#[derive(Clone, Copy)]
enum Partial {
    Stays,
    Down,
    Up,
}

impl<'a> Search<'a> {
    /// The optimum; by branch and bound where curves are not concave or channels may be off.
    pub(super) fn run(&self, domains: &[Domain]) -> Result<Found, Unmet> {
        if self.sources.iter().zip(domains).all(|(source, domain)| is_concave(source, *domain)) {
            let (settled, bound) = self.relax(domains, false)?;
            let score = self.score(&settled.spend);
            return Ok(Found { settled, score, bound: bound.max(score), nodes: 0 });
        }
        let mut best: Option<(f64, Settled)> = None;
        let (mut domains, (mut relaxed, mut bound)) = (domains.to_vec(), self.relax(domains, true)?);
        self.try_candidates(&domains, &relaxed, &mut best);
        for _ in 0..MOST_TIGHTENINGS {
            let tighter = self.tightened(&domains, best.as_ref());
            if !halved(&domains, &tighter) {
                break;
            }
            let Ok(again) = self.relax(&tighter, true) else { break };
            (domains, relaxed, bound) = (tighter, again.0, again.1);
            self.try_candidates(&domains, &relaxed, &mut best);
        }
        let mut open = BinaryHeap::from([Node { bound, domains, relaxed }]);
        let (mut nodes, mut proven) = (0, f64::NEG_INFINITY);
        while let Some(node) = open.pop() {
            if best.as_ref().is_some_and(|(score, settled)| node.bound <= score + self.tolerance(settled))
                || nodes >= MOST_NODES
            {
                proven = proven.max(node.bound);
                break;
            }
            let Some((channel, parts)) = self.split(&node) else {
                // Nothing is inside a chord: the relaxed plan is a plan.
                proven = proven.max(node.bound);
                continue;
            };
            nodes += 1;
            for part in parts {
                let mut domains = node.domains.clone();
                domains[channel] = part;
                let domains = self.tightened(&domains, best.as_ref());
                if let Ok((relaxed, bound)) = self.relax(&domains, true) {
                    self.try_candidates(&domains, &relaxed, &mut best);
                    open.push(Node { bound: bound.min(node.bound), domains, relaxed });
                }
            }
        }
        let (score, settled) = best.ok_or(Unmet::Empty)?;
        Ok(Found { settled, score, bound: proven.max(score), nodes })
    }

    /// Where the least spend is sought, no channel has more than the best plan leaves beside the others' minima.
    fn tightened(&self, domains: &[Domain], best: Option<&(f64, Settled)>) -> Vec<Domain> {
        let (Target::Response(_), Some((score, _))) = (self.target, best) else {
            return domains.to_vec();
        };
        let room = -score - domains.iter().map(Domain::least).sum::<f64>();
        let of = |domain: &Domain| {
            let most = domain.least() + room.max(0.0) * (1.0 + 1e-12);
            if domain.or_off && most < domain.low {
                Domain::new(0.0, 0.0)
            } else {
                Domain { high: domain.high.min(most.max(domain.low)), ..*domain }
            }
        };
        domains.iter().map(of).collect()
    }

    fn market(&self, domains: &[Domain]) -> Market<'a> {
        let pieces = self.sources.iter().zip(domains).map(|(source, domain)| Piece::new(source.clone(), *domain));
        Market::new(pieces.collect(), self.tree)
    }

    /// The concave problem over the envelopes, and what no plan on these domains exceeds.
    fn relax(&self, domains: &[Domain], in_turn: bool) -> Result<(Settled, f64), Unmet> {
        let mut market = self.market(domains);
        market.in_turn = in_turn;
        let settled = market.settle_moving(self.target, self.moves)?;
        let (value, spent) = (market.value(&settled.spend), total(&settled.spend));
        let gap = market.gap(&settled) + self.unused_moves(&market, &settled);
        let bound = match self.target {
            // The multiplier of the target is price/(target − price).
            Target::Ratio(ratio) if settled.price < ratio => value + gap * (ratio / (ratio - settled.price)),
            Target::Spend(_) | Target::Ratio(_) => value + gap,
            Target::Price { price, .. } => value - price * spent + gap,
            Target::Response(_) if settled.price > 0.0 && settled.price.is_finite() => gap / settled.price - spent,
            Target::Response(_) => -spent,
        };
        Ok((settled, bound))
    }

    /// What the part of the limit on moves that is not used would be worth.
    fn unused_moves(&self, market: &Market<'_>, settled: &Settled) -> f64 {
        match (&self.moves, &market.moves) {
            (Some(limit), Some(moves)) => moves.apart * (limit.limit - taken(limit.now, &settled.spend)).max(0.0),
            _ => 0.0,
        }
    }

    pub(super) fn response(&self, spend: &[f64]) -> f64 {
        self.sources.iter().zip(spend).map(|(source, spend)| source.value(*spend)).sum()
    }

    fn score(&self, spend: &[f64]) -> f64 {
        match self.target {
            Target::Spend(_) | Target::Ratio(_) => self.response(spend),
            Target::Price { price, .. } => self.response(spend) - price * total(spend),
            Target::Response(_) => -total(spend),
        }
    }

    fn tolerance(&self, settled: &Settled) -> f64 {
        let scale = match self.target {
            Target::Response(_) => total(&settled.spend),
            _ => self.response(&settled.spend),
        };
        TOLERANCE * scale
    }

    /// Whether the spends of true curves meet the target.
    fn meets(&self, spend: &[f64]) -> bool {
        let response = self.response(spend);
        match self.target {
            Target::Response(wanted) => response >= wanted * (1.0 - 1e-12),
            Target::Ratio(ratio) => response >= ratio * total(spend) * (1.0 - 1e-12),
            Target::Spend(_) | Target::Price { .. } => true,
        }
    }

    fn try_candidates(&self, domains: &[Domain], relaxed: &Settled, best: &mut Option<(f64, Settled)>) {
        let market = self.market(domains);
        let partial = |index: usize| {
            let (spend, piece) = (relaxed.spend[index], &market.pieces[index]);
            piece.may_exceed_at(spend) && (!domains[index].contains(spend) || excess(piece, spend) > 0.0)
        };
        let partials: Vec<bool> = (0..domains.len()).map(partial).collect();
        if !partials.contains(&true) {
            // The relaxed plan is a plan.
            self.keep_better(relaxed.clone(), best);
        }
        if let Target::Response(wanted) = self.target {
            self.fill_one(wanted, domains, relaxed, &market, &partials, best);
        }
        let ways: &[Partial] =
            if partials.contains(&true) { &[Partial::Up, Partial::Down, Partial::Stays] } else { &[Partial::Stays] };
        for way in ways {
            let parts: Option<Vec<Domain>> = (0..domains.len())
                .map(|index| {
                    restricted(
                        &market.pieces[index],
                        domains[index],
                        relaxed.spend[index],
                        partials[index].then_some(*way),
                    )
                })
                .collect();
            let Some(parts) = parts else { continue };
            let settled = self.market(&parts).settle_moving(self.target, self.moves);
            if let Ok(settled) = settled {
                self.keep_better(settled, best);
            }
        }
    }

    /// Where a response is sought: the one channel that is inside its chord gets what its true curve needs beside the others, and these are then solved beside it.
    fn fill_one(
        &self,
        wanted: f64,
        domains: &[Domain],
        relaxed: &Settled,
        market: &Market<'_>,
        partials: &[bool],
        best: &mut Option<(f64, Settled)>,
    ) {
        let Some(one) = partials.iter().position(|partial| *partial) else { return };
        let Source::Curve(curve) = &self.sources[one] else { return };
        let others = self.response(&relaxed.spend) - curve.value(relaxed.spend[one]);
        let Some(spend) = curve.spend_for(wanted - others).filter(|spend| domains[one].contains(*spend)) else {
            return;
        };
        let parts: Option<Vec<Domain>> = (0..domains.len())
            .map(|index| match (index == one, partials[index]) {
                (true, _) => Some(Domain::new(spend, spend)),
                (false, true) => {
                    restricted(&market.pieces[index], domains[index], relaxed.spend[index], Some(Partial::Stays))
                }
                (false, false) => restricted(&market.pieces[index], domains[index], relaxed.spend[index], None),
            })
            .collect();
        let settled = parts.and_then(|parts| self.market(&parts).settle_moving(self.target, self.moves).ok());
        if let Some(settled) = settled {
            self.keep_better(settled, best);
        }
    }

    fn keep_better(&self, settled: Settled, best: &mut Option<(f64, Settled)>) {
        let score = self.score(&settled.spend);
        if self.meets(&settled.spend) && best.as_ref().is_none_or(|(known, _)| score > *known) {
            *best = Some((score, settled));
        }
    }

    /// The channel whose piece lies highest above its curve, and its domain in two parts.
    fn split(&self, node: &Node) -> Option<(usize, [Domain; 2])> {
        let mut widest: Option<(usize, f64)> = None;
        for (index, (source, domain)) in self.sources.iter().zip(&node.domains).enumerate() {
            let piece = Piece::new(source.clone(), *domain);
            let spend = node.relaxed.spend[index];
            if !piece.may_exceed_at(spend) {
                continue;
            }
            let excess =
                if domain.contains(spend) { excess(&piece, spend) } else { piece.value(spend) - source.value(0.0) };
            if excess > 0.0 && widest.is_none_or(|(_, known)| excess > known) {
                widest = Some((index, excess));
            }
        }
        let (index, _) = widest?;
        let (domain, spend) = (node.domains[index], node.relaxed.spend[index]);
        let parts = if domain.or_off {
            [Domain::new(domain.low, domain.high), Domain::new(0.0, 0.0)]
        } else {
            [Domain::new(spend, domain.high), Domain::new(domain.low, spend)]
        };
        Some((index, parts))
    }
}

/// Whether some domain has shrunk to half.
fn halved(before: &[Domain], after: &[Domain]) -> bool {
    before.iter().zip(after).any(|(before, after)| after.high - after.low < 0.5 * (before.high - before.low))
}

/// By how much a piece lies above its curve.
fn excess(piece: &Piece<'_>, spend: f64) -> f64 {
    let (above, true_value) = (piece.value(spend), piece.source().value(spend));
    let excess = above - true_value;
    if excess > 8.0 * f64::EPSILON * above.abs() { excess } else { 0.0 }
}

fn is_concave(source: &Source<'_>, domain: Domain) -> bool {
    let bends = match source.shape() {
        Shape::Concave => false,
        Shape::SShaped { inflexion } => inflexion > domain.low && domain.high > domain.low,
        Shape::Irregular => domain.high > domain.low,
    };
    !domain.or_off && !bends
}

/// Where a channel's curve is concave and a relaxed plan nearly puts it.
fn restricted(piece: &Piece<'_>, domain: Domain, spend: f64, partial: Option<Partial>) -> Option<Domain> {
    let fixed = |spend: f64| domain.contains(spend).then(|| Domain::new(spend, spend));
    let source = piece.source();
    if is_concave(source, domain) {
        return Some(domain);
    }
    let above_bend = match source.shape() {
        Shape::SShaped { inflexion } if source.lines().is_none() => Some(inflexion.max(domain.low)),
        Shape::Concave => Some(domain.low),
        _ => None,
    };
    let past = |spend: f64| match above_bend {
        Some(bend) if bend < domain.high => Some(Domain::new(bend, domain.high)),
        _ => fixed(spend),
    };
    let (left, right) = piece.chord_around(spend);
    match partial {
        Some(Partial::Stays) => fixed(spend),
        Some(Partial::Down) => fixed(left),
        Some(Partial::Up) => past(right),
        None if spend - left < right - spend => fixed(left),
        None => past(right.max(spend)),
    }
}
