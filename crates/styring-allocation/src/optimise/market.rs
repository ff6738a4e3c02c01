use super::piece::{Demand, Piece};
use super::price::{Reading, find_price};

/// A channel, or a group of them, by its place in a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Member {
    Channel(usize),
    Group(usize),
}

/// Channels under a common floor and ceiling.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) min: f64,
    /// May be infinite.
    pub(super) max: f64,
    pub(super) members: Vec<Member>,
}

/// Groups within groups; the first holds all.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tree(pub(super) Vec<Node>);

/// What is measured along the path of prices, and where it must come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Target {
    /// All of this is spent.
    Spend(f64),
    /// The least spend with this response.
    Response(f64),
    /// The most response that is still this multiple of the spend.
    Ratio(f64),
    /// The marginal response everywhere; of equally good spends the largest if `all`, else the least.
    Price { price: f64, all: bool },
}

/// What keeps a market from its target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Unmet {
    /// Floors above ceilings, or a total outside of what they allow.
    Empty,
    /// No spend has the response; this is the highest.
    Response(f64),
    /// No spend has the ratio; the response less target times spend is at most this.
    Ratio { slack: f64, spend: f64 },
    /// A channel would take without end.
    Unbounded(usize),
}

/// A present spend that costs to leave downward.
#[derive(Debug, Clone)]
pub(super) struct Moves<'a> {
    pub(super) now: &'a [f64],
    /// The response each unit taken away must make up for.
    pub(super) price: f64,
}

/// Concave pieces under common floors and ceilings.
#[derive(Debug, Clone)]
pub(super) struct Market<'a> {
    pub(super) pieces: Vec<Piece<'a>>,
    pub(super) tree: &'a Tree,
    pub(super) moves: Option<Moves<'a>>,
    /// Tied channels are filled one after the other, so that one at most is left inside its chord; else in equal measure.
    pub(super) in_turn: bool,
}

/// Spends, and the prices at which each is best.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Settled {
    pub(super) spend: Vec<f64>,
    pub(super) prices: Vec<f64>,
    /// The common price; infinite where nothing above the floors is spent.
    pub(super) price: f64,
}

impl<'a> Market<'a> {
    pub(super) fn new(pieces: Vec<Piece<'a>>, tree: &'a Tree) -> Self {
        Self { pieces, tree, moves: None, in_turn: false }
    }

    /// The optimum: all spends best at their price, the price such that the target is met.
    pub(super) fn settle(&self, target: Target) -> Result<Settled, Unmet> {
        let (least, most) = self.range(0).ok_or(Unmet::Empty)?;
        let mut out = Settled {
            spend: self.pieces.iter().map(Piece::low).collect(),
            prices: vec![f64::INFINITY; self.pieces.len()],
            price: f64::INFINITY,
        };
        match target {
            Target::Spend(total) => {
                // Sums of the same amounts in different orders differ in the last digits.
                let slack = 1e-12 * total;
                if total < least - slack || total > most + slack {
                    return Err(Unmet::Empty);
                }
                self.settle_group(0, total.clamp(least, most), &mut out);
            }
            Target::Price { price, all } => {
                let demand = self.taken(0, price);
                self.fill(0, if all { demand.high } else { demand.low }, price, &mut out);
            }
            Target::Response(response) => self.settle_response(response, least, &mut out)?,
            Target::Ratio(ratio) => self.settle_ratio(ratio, &mut out)?,
        }
        match out.spend.iter().position(|spend| spend.is_infinite()) {
            Some(channel) => Err(Unmet::Unbounded(channel)),
            None => Ok(out),
        }
    }

    /// The total of the pieces at these spends.
    pub(super) fn value(&self, spend: &[f64]) -> f64 {
        self.pieces.iter().zip(spend).map(|(piece, spend)| piece.value(spend.min(f64::MAX))).sum()
    }

    /// By how much the dual bound lies above the pieces at these spends: nothing else at the prices is better by more.
    pub(super) fn gap(&self, settled: &Settled) -> f64 {
        let term = |index: usize| {
            let (piece, spend, price) = (&self.pieces[index], settled.spend[index], settled.prices[index]);
            let best = self.demand(index, price).low;
            if price.is_infinite() || best.is_infinite() {
                return 0.0;
            }
            let moved = self.moves.as_ref().map_or(0.0, |moves| {
                let taken = |spend: f64| (moves.now[index] - spend).max(0.0);
                moves.price * (taken(best) - taken(spend))
            });
            (piece.value(best) - piece.value(spend) - price * (best - spend) - moved).max(0.0)
        };
        (0..self.pieces.len()).map(term).sum()
    }

    /// The least and the most a group may have; none if its floors and ceilings exclude one another.
    pub(super) fn range(&self, group: usize) -> Option<(f64, f64)> {
        let node = &self.tree.0[group];
        let (mut least, mut most) = (0.0, 0.0);
        for member in &node.members {
            let (low, high) = match *member {
                Member::Channel(index) => (self.pieces[index].low(), self.pieces[index].high()),
                Member::Group(inner) => self.range(inner)?,
            };
            least += low;
            most += high;
        }
        let (least, most) = (f64::max(least, node.min), f64::min(most, node.max));
        // A sum in another order differs in the last digits.
        (least <= most * (1.0 + 1e-14)).then_some((least.min(most), most))
    }

    fn demand(&self, index: usize, price: f64) -> Demand {
        let piece = &self.pieces[index];
        let base = piece.demand(price);
        let Some(moves) = &self.moves else {
            return base;
        };
        let now = moves.now[index];
        if base.low >= now {
            return base;
        }
        let kept = piece.demand((price - moves.price).max(0.0));
        if price <= moves.price {
            // To take away pays at no price of what is kept.
            let stays = now.clamp(piece.low(), piece.high());
            return Demand { low: stays, high: base.high.max(stays), slope: 0.0 };
        }
        let (low, high) = (base.low.max(kept.low.min(now)), base.high.max(kept.high.min(now)));
        Demand { low, high, slope: if kept.low < now { kept.slope } else { 0.0 } }
    }

    fn member_demand(&self, member: Member, price: f64) -> Demand {
        match member {
            Member::Channel(index) => self.demand(index, price),
            Member::Group(group) => self.taken(group, price),
        }
    }

    fn members_demand(&self, group: usize, price: f64) -> Demand {
        let mut sum = Demand::default();
        for member in &self.tree.0[group].members {
            let demand = self.member_demand(*member, price);
            sum.low += demand.low;
            sum.high += demand.high;
            sum.slope += demand.slope;
        }
        sum
    }

    /// What a group takes at a price, inside its floor and ceiling.
    fn taken(&self, group: usize, price: f64) -> Demand {
        let node = &self.tree.0[group];
        let free = self.members_demand(group, price);
        let low = free.low.clamp(node.min, node.max);
        let high = free.high.clamp(node.min, node.max);
        let inside = free.low >= node.min && free.low <= node.max;
        Demand { low, high, slope: if inside { free.slope } else { 0.0 } }
    }

    fn settle_group(&self, group: usize, total: f64, out: &mut Settled) {
        let goal = total.max(0.0);
        let jumps = self.jumps(group);
        let price = find_price(&jumps, goal, self.guess(group, goal), f64::INFINITY, |price| {
            let demand = self.members_demand(group, price);
            Reading { low: demand.low, high: demand.high, slope: demand.slope, scale: goal }
        });
        self.fill(group, goal, price, out);
    }

    /// Gives the members of a group what each takes at the price, and what is then left of the total to those that are indifferent.
    fn fill(&self, group: usize, total: f64, price: f64, out: &mut Settled) {
        if group == 0 {
            out.price = price;
        }
        let members = &self.tree.0[group].members;
        let demands: Vec<Demand> = members.iter().map(|member| self.member_demand(*member, price)).collect();
        let sum = |of: fn(&Demand) -> f64| demands.iter().map(of).sum::<f64>();
        let (low, width, slope) = (sum(|d| d.low), sum(|d| d.high - d.low), sum(|d| d.slope));
        let mut left = total - low;
        let endless = demands.iter().filter(|demand| demand.high.is_infinite() && demand.low.is_finite()).count();
        for (member, demand) in members.iter().zip(&demands) {
            let room = demand.high - demand.low;
            let more = if left.is_infinite() {
                room
            } else if endless > 0 {
                if room.is_infinite() { left / endless as f64 } else { 0.0 }
            } else if width > 0.0 && left > 0.0 {
                let more = if self.in_turn { room.min(left) } else { room * (left / width).min(1.0) };
                if self.in_turn {
                    left -= more;
                }
                more
            } else if slope < 0.0 {
                // What the search for the price left over, by how much each moves with the price.
                left * (demand.slope / slope)
            } else {
                0.0
            };
            let given = demand.low + more;
            match *member {
                Member::Channel(index) => {
                    let piece = &self.pieces[index];
                    out.spend[index] = given.clamp(piece.low(), piece.high());
                    out.prices[index] = price;
                }
                Member::Group(inner) => self.fill_inner(inner, given, price, out),
            }
        }
    }

    fn fill_inner(&self, group: usize, total: f64, price: f64, out: &mut Settled) {
        let node = &self.tree.0[group];
        let free = self.members_demand(group, price);
        if free.low > node.max || free.high < node.min {
            self.settle_group(group, total, out);
        } else {
            self.fill(group, total, price, out);
        }
    }

    fn settle_response(&self, response: f64, least: f64, out: &mut Settled) -> Result<(), Unmet> {
        let mut point = out.clone();
        self.settle_group(0, least, &mut point);
        if self.value(&point.spend) >= response {
            *out = point;
            return Ok(());
        }
        self.fill(0, self.taken(0, 0.0).high, 0.0, &mut point);
        let highest = self.value(&point.spend);
        if highest < response {
            return Err(Unmet::Response(highest));
        }
        let price = find_price(&self.jumps(0), response, self.guess(0, least), f64::INFINITY, |price| {
            let demand = self.taken(0, price);
            self.fill(0, demand.low, price, &mut point);
            let low = self.value(&point.spend);
            let high = if price > 0.0 { low + price * (demand.high - demand.low) } else { highest };
            Reading { low, high, slope: price * demand.slope, scale: response }
        });
        let demand = self.taken(0, price);
        self.fill(0, demand.low, price, &mut point);
        let missing = response - self.value(&point.spend);
        let more = if price > 0.0 { missing / price } else { 0.0 };
        *out = point;
        self.fill(0, demand.low + more, price, out);
        Ok(())
    }

    fn settle_ratio(&self, ratio: f64, out: &mut Settled) -> Result<(), Unmet> {
        let mut point = out.clone();
        // What the response falls short of the target; it is least at the price that is the target.
        let shortfall = |point: &Settled| ratio * total(&point.spend) - self.value(&point.spend);
        self.fill(0, self.taken(0, ratio).low, ratio, &mut point);
        let least = shortfall(&point);
        // Nothing is bought at the target where no first unit is worth it: what comes without spend is not to pay for it.
        let spent = total(&point.spend);
        if spent <= 0.0 || least > 4.0 * f64::EPSILON * ratio * spent {
            return Err(Unmet::Ratio { slack: -least, spend: total(&point.spend) });
        }
        // The most that could be spent.
        self.fill(0, self.taken(0, 0.0).high, 0.0, &mut point);
        if shortfall(&point) <= 0.0 {
            *out = point;
            return Ok(());
        }
        let mut jumps = self.jumps(0);
        jumps.push(ratio);
        jumps.sort_by(f64::total_cmp);
        let price = find_price(&jumps, 0.0, ratio / 2.0, ratio, |price| {
            let demand = self.taken(0, price);
            self.fill(0, demand.low, price, &mut point);
            let low = shortfall(&point);
            let high = if price > 0.0 { low + (ratio - price) * (demand.high - demand.low) } else { f64::INFINITY };
            Reading { low, high, slope: (ratio - price) * demand.slope, scale: ratio * total(&point.spend) }
        });
        let demand = self.taken(0, price);
        self.fill(0, demand.low, price, &mut point);
        let room = -shortfall(&point) / (ratio - price);
        *out = point;
        self.fill(0, demand.low + if room.is_finite() { room } else { 0.0 }, price, out);
        Ok(())
    }

    /// The prices at which the demand of a group jumps, in order.
    fn jumps(&self, group: usize) -> Vec<f64> {
        let mut jumps = Vec::new();
        self.collect_jumps(group, &mut jumps);
        if let Some(moves) = &self.moves {
            let moved: Vec<f64> = jumps.iter().map(|jump| jump + moves.price).collect();
            jumps.extend(moved);
            // Below it nobody gives anything away.
            jumps.push(moves.price);
        }
        jumps.retain(|jump| *jump > 0.0 && jump.is_finite());
        jumps.sort_by(f64::total_cmp);
        jumps
    }

    fn collect_jumps(&self, group: usize, into: &mut Vec<f64>) {
        for member in &self.tree.0[group].members {
            match *member {
                Member::Channel(index) => self.pieces[index].jumps(into),
                Member::Group(inner) => self.collect_jumps(inner, into),
            }
        }
    }

    /// A price near the one at which a group takes a total: the geometric mean of the marginals where each channel takes the same above its minimum.
    fn guess(&self, group: usize, total: f64) -> f64 {
        let mut channels = Vec::new();
        self.channels(group, &mut channels);
        let least: f64 = channels.iter().map(|index| self.pieces[*index].low()).sum();
        let each = (total - least).max(0.0) / channels.len().max(1) as f64;
        let (mut logs, mut count) = (0.0, 0.0);
        for index in channels {
            let piece = &self.pieces[index];
            let marginal = piece.source().marginal((piece.low() + each).min(piece.high()));
            if marginal > 0.0 && marginal.is_finite() {
                logs += libm::log(marginal);
                count += 1.0;
            }
        }
        if count > 0.0 { libm::exp(logs / count) } else { 1.0 }
    }

    fn channels(&self, group: usize, into: &mut Vec<usize>) {
        for member in &self.tree.0[group].members {
            match *member {
                Member::Channel(index) => into.push(index),
                Member::Group(inner) => self.channels(inner, into),
            }
        }
    }
}

pub(super) fn total(spend: &[f64]) -> f64 {
    spend.iter().sum()
}
