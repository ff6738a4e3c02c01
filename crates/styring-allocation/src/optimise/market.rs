use super::piece::{Demand, Piece};
use super::price::{Reading, find_price};

/// What stands for a spend without end where a response to it is needed: beyond every budget, and far from overflow.
const ENDLESS: f64 = 1e150;

/// How far prices are apart, relative to them, between which demand is taken to be straight.
const NEIGHBOURS: f64 = 16.0 * f64::EPSILON;

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

/// Present spends, and by how much more a unit must bring elsewhere to be taken away.
#[derive(Debug, Clone)]
pub(super) struct Moves<'a> {
    pub(super) now: &'a [f64],
    pub(super) apart: f64,
}

/// The price of what a channel gains, and that of what it keeps of its present spend: below zero where it gives nothing away.
///
/// Without moves the two are the same; with moves the first is the second plus what a move is worth. Either may be far smaller than the difference, and so both are given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct At {
    price: f64,
    kept: f64,
}

impl At {
    pub(super) fn same(price: f64) -> Self {
        Self { price, kept: price }
    }

    fn times(self, factor: f64) -> Self {
        Self { price: self.price * factor, kept: self.kept * factor }
    }
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
    pub(super) prices: Vec<At>,
    /// The common price; infinite where nothing above the floors is spent.
    pub(super) price: f64,
}

impl Settled {
    /// Spends that were found in another way than by prices.
    pub(super) fn without_prices(spend: Vec<f64>) -> Self {
        Self { prices: vec![At::same(f64::INFINITY); spend.len()], price: f64::INFINITY, spend }
    }

    /// Whether a channel pays the price that is common to the market.
    pub(super) fn is_common(&self, index: usize) -> bool {
        self.prices[index].price.total_cmp(&self.price).is_eq()
    }
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
            prices: vec![At::same(f64::INFINITY); self.pieces.len()],
            price: f64::INFINITY,
        };
        match target {
            Target::Spend(total) => {
                // Sums of the same amounts in different orders differ in the last digits.
                let slack = 1e-12 * total;
                if total < least - slack || total > most + slack {
                    return Err(Unmet::Empty);
                }
                self.settle_group(0, total.max(least).min(most), &mut out);
            }
            Target::Price { price, all } => {
                let kept = self.moves.as_ref().map_or(price, |moves| price - moves.apart);
                let at = At { price, kept };
                let demand = self.taken(0, at);
                self.fill(0, if all { demand.high } else { demand.low }, at, &mut out);
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
        self.pieces.iter().zip(spend).map(|(piece, spend)| piece.value(spend.min(ENDLESS))).sum()
    }

    /// By how much the dual bound lies above the pieces at these spends: nothing else at the prices is better by more.
    pub(super) fn gap(&self, settled: &Settled) -> f64 {
        let term = |index: usize| {
            let (piece, spend, at) = (&self.pieces[index], settled.spend[index], settled.prices[index]);
            let best = self.demand(index, at).low;
            if at.price.is_infinite() || best.is_infinite() {
                return 0.0;
            }
            let cost = match &self.moves {
                Some(moves) => {
                    let (now, kept) = (moves.now[index], at.kept.max(0.0));
                    let gained = (best - now).max(0.0) - (spend - now).max(0.0);
                    kept * (best.min(now) - spend.min(now)) + at.price * gained
                }
                None => at.price * (best - spend),
            };
            (piece.value(best) - piece.value(spend) - cost).max(0.0)
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

    /// What a channel takes.
    fn demand(&self, index: usize, at: At) -> Demand {
        let piece = &self.pieces[index];
        let Some(moves) = &self.moves else {
            return piece.demand(at.price);
        };
        // The sum of two prices is known up to its rounding.
        let rounding = if at.kept > 0.0 { 2.0 * f64::EPSILON * at.price } else { 0.0 };
        let base = piece.demand_within(at.price, rounding);
        let now = moves.now[index];
        if base.low >= now {
            return base;
        }
        let (low, high, slope) = if at.kept < 0.0 {
            (now, now, 0.0)
        } else {
            let kept = piece.demand(at.kept);
            (kept.low.min(now), kept.high.min(now), if kept.low < now { kept.slope } else { 0.0 })
        };
        let inside = |spend: f64| spend.max(piece.low()).min(piece.high());
        Demand { low: base.low.max(inside(low)), high: base.high.max(inside(high)), slope }
    }

    fn member_demand(&self, member: Member, at: At) -> Demand {
        match member {
            Member::Channel(index) => self.demand(index, at),
            Member::Group(group) => self.taken(group, at),
        }
    }

    fn members_demand(&self, group: usize, at: At) -> Demand {
        let mut sum = Demand::default();
        for member in &self.tree.0[group].members {
            let demand = self.member_demand(*member, at);
            sum.low += demand.low;
            sum.high += demand.high;
            sum.slope += demand.slope;
        }
        sum
    }

    /// What a group takes, inside its floor and ceiling.
    fn taken(&self, group: usize, at: At) -> Demand {
        let node = &self.tree.0[group];
        let free = self.members_demand(group, at);
        let low = free.low.max(node.min).min(node.max);
        let high = free.high.max(node.min).min(node.max);
        let inside = free.low >= node.min && free.low <= node.max;
        Demand { low, high, slope: if inside { free.slope } else { 0.0 } }
    }

    /// Gives a group a total at a price of its own.
    fn settle_group(&self, group: usize, total: f64, out: &mut Settled) {
        let goal = total.max(0.0);
        let mut channels = Vec::new();
        self.channels(group, &mut channels);
        if goal <= channels.iter().map(|index| self.pieces[*index].low()).sum() {
            // There is nothing to choose.
            for index in channels {
                (out.spend[index], out.prices[index]) = (self.pieces[index].low(), At::same(f64::INFINITY));
            }
            if group == 0 {
                out.price = f64::INFINITY;
            }
            return;
        }
        let at = self.find(group, goal, self.guess(group, goal), &mut |at| {
            let demand = self.members_demand(group, at);
            Reading { low: demand.low, high: demand.high, slope: demand.slope, scale: goal }
        });
        self.fill(group, goal, at, out);
    }

    /// Where on the path of prices what is read of a group comes to the goal.
    fn find(&self, group: usize, goal: f64, guess: f64, read: &mut dyn FnMut(At) -> Reading) -> At {
        let mut jumps = self.jumps(group);
        let Some(moves) = &self.moves else {
            return At::same(find_price(&jumps, goal, guess, f64::INFINITY, |price| read(At::same(price))));
        };
        let apart = moves.apart;
        let nothing = At { price: apart, kept: 0.0 };
        let reading = read(nothing);
        if reading.low > goal {
            let gained: Vec<f64> = jumps.iter().map(|jump| jump - apart).filter(|jump| *jump > 0.0).collect();
            jumps.extend(gained);
            jumps.sort_by(f64::total_cmp);
            let at = |kept: f64| At { price: apart + kept, kept };
            at(find_price(&jumps, goal, guess, f64::INFINITY, |kept| read(at(kept))))
        } else if reading.high < goal {
            jumps.retain(|jump| *jump < apart);
            let at = |price: f64| At { price, kept: -1.0 };
            at(find_price(&jumps, goal, guess, apart, |price| read(at(price))))
        } else {
            nothing
        }
    }

    /// Gives the members of a group what each takes at the price, and what is then left of the total to those that are indifferent.
    fn fill(&self, group: usize, total: f64, at: At, out: &mut Settled) {
        if group == 0 {
            out.price = at.price;
        }
        let members = &self.tree.0[group].members;
        let mut demands: Vec<Demand> = members.iter().map(|member| self.member_demand(*member, at)).collect();
        let sum = |demands: &[Demand], of: fn(&Demand) -> f64| demands.iter().map(of).sum::<f64>();
        let rounding = 4.0 * f64::EPSILON * total.abs();
        if total.is_finite()
            && (total > sum(&demands, |d| d.high) + rounding || total < sum(&demands, |d| d.low) - rounding)
        {
            // A price is a number of so many digits; between two that are neighbours demand may change by more than can be left over.
            let (above, below) = (at.times(1.0 + NEIGHBOURS), at.times(1.0 - NEIGHBOURS));
            for (member, demand) in members.iter().zip(&mut demands) {
                let (low, high) = (self.member_demand(*member, above).low, self.member_demand(*member, below).high);
                *demand = Demand { low: demand.low.min(low), high: demand.high.max(high), slope: demand.slope };
            }
        }
        let (low, high, slope) = (sum(&demands, |d| d.low), sum(&demands, |d| d.high), sum(&demands, |d| d.slope));
        let width = if low.is_finite() { high - low } else { 0.0 };
        let mut left = if low.is_finite() { total - low } else { 0.0 };
        let inside = left.max(0.0).min(width);
        let beyond = left - inside;
        let endless = demands.iter().filter(|demand| demand.high.is_infinite() && demand.low.is_finite()).count();
        for (member, demand) in members.iter().zip(&demands) {
            let room = if demand.low.is_finite() { demand.high - demand.low } else { 0.0 };
            let more = if left.is_infinite() {
                room
            } else if endless > 0 {
                if room.is_infinite() { left / endless as f64 } else { 0.0 }
            } else {
                let tied = if self.in_turn {
                    room.min(left.max(0.0))
                } else if width > 0.0 {
                    room * (inside / width)
                } else {
                    0.0
                };
                if self.in_turn {
                    left -= tied;
                }
                // What the search for the price left over, by how much each moves with the price.
                tied + if slope < 0.0 { beyond * (demand.slope / slope) } else { 0.0 }
            };
            let given = demand.low + more;
            match *member {
                Member::Channel(index) => {
                    let piece = &self.pieces[index];
                    out.spend[index] = given.max(piece.low()).min(piece.high());
                    out.prices[index] = at;
                }
                Member::Group(inner) => self.fill_inner(inner, given, at, out),
            }
        }
    }

    fn fill_inner(&self, group: usize, total: f64, at: At, out: &mut Settled) {
        let node = &self.tree.0[group];
        let free = self.members_demand(group, at);
        if free.low > node.max || free.high < node.min {
            self.settle_group(group, total, out);
        } else {
            self.fill(group, total, at, out);
        }
    }

    fn settle_response(&self, response: f64, least: f64, out: &mut Settled) -> Result<(), Unmet> {
        let mut point = out.clone();
        self.settle_group(0, least, &mut point);
        if self.value(&point.spend) >= response {
            *out = point;
            return Ok(());
        }
        self.fill(0, self.taken(0, At::same(0.0)).high, At::same(0.0), &mut point);
        let highest = self.value(&point.spend);
        // What a curve's inverse gives may fall short by its rounding.
        if highest < response && highest >= response * (1.0 - 1e-14) {
            *out = point;
            return Ok(());
        }
        if highest < response {
            return Err(Unmet::Response(highest));
        }
        let at = self.find(0, response, self.guess(0, least), &mut |at| {
            let demand = self.taken(0, at);
            self.fill(0, demand.low, at, &mut point);
            let low = self.value(&point.spend);
            let high = low + self.rise(at, demand, low, &mut point);
            Reading { low, high, slope: at.price * demand.slope, scale: response }
        });
        let demand = self.taken(0, at);
        self.fill(0, demand.low, at, &mut point);
        let missing = response - self.value(&point.spend);
        let (low, width) = (response - missing, demand.high - demand.low);
        let rise = self.rise(at, demand, low, &mut point);
        let more = if rise > 0.0 && rise.is_finite() {
            // Tied channels are straight there.
            width * (missing / rise).min(1.0)
        } else if at.price > 0.0 {
            missing / at.price
        } else {
            0.0
        };
        *out = point;
        let mut given = demand.low + more;
        // Once is enough but for rounding.
        for _ in 0..3 {
            self.fill(0, given, at, out);
            let missing = response - self.value(&out.spend);
            if at.price <= 0.0 || missing.abs() <= f64::EPSILON * response {
                break;
            }
            given += missing / at.price;
        }
        Ok(())
    }

    /// What tied channels add from the lower to the upper end of what they may take.
    fn rise(&self, at: At, demand: Demand, low: f64, point: &mut Settled) -> f64 {
        let width = demand.high - demand.low;
        if width <= 0.0 {
            0.0
        } else if width.is_infinite() {
            if at.price > 0.0 { f64::INFINITY } else { self.ceiling(at, point) - low }
        } else {
            self.fill(0, demand.high, at, point);
            self.value(&point.spend) - low
        }
    }

    fn ceiling(&self, at: At, point: &mut Settled) -> f64 {
        self.fill(0, f64::INFINITY, at, point);
        self.value(&point.spend)
    }

    fn settle_ratio(&self, ratio: f64, out: &mut Settled) -> Result<(), Unmet> {
        let mut point = out.clone();
        // What the response falls short of the target; it is least at the price that is the target.
        let spent = |point: &Settled| point.spend.iter().map(|spend| spend.min(ENDLESS)).sum::<f64>();
        let shortfall = |point: &Settled| ratio * spent(point) - self.value(&point.spend);
        self.fill(0, self.taken(0, At::same(ratio)).low, At::same(ratio), &mut point);
        if let Some(channel) = point.spend.iter().position(|spend| spend.is_infinite()) {
            return Err(Unmet::Unbounded(channel));
        }
        let least = shortfall(&point);
        if least > 4.0 * f64::EPSILON * ratio * total(&point.spend) {
            return Err(Unmet::Ratio { slack: -least, spend: total(&point.spend) });
        }
        // The most that could be spent.
        self.fill(0, self.taken(0, At::same(0.0)).high, At::same(0.0), &mut point);
        if shortfall(&point) <= 0.0 {
            *out = point;
            return Ok(());
        }
        let price = find_price(&self.jumps(0), 0.0, ratio / 2.0, ratio, |price| {
            let demand = self.taken(0, At::same(price));
            self.fill(0, demand.low, At::same(price), &mut point);
            let low = shortfall(&point);
            let high = if price > 0.0 { low + (ratio - price) * (demand.high - demand.low) } else { f64::INFINITY };
            Reading { low, high, slope: (ratio - price) * demand.slope, scale: ratio * spent(&point) }
        });
        let demand = self.taken(0, At::same(price));
        self.fill(0, demand.low, At::same(price), &mut point);
        let mut given = demand.low;
        for _ in 0..3 {
            let room = -shortfall(&point) / (ratio - price);
            if !room.is_finite() || room.abs() <= f64::EPSILON * given {
                break;
            }
            given += room;
            self.fill(0, given, At::same(price), &mut point);
        }
        *out = point;
        Ok(())
    }

    /// The prices at which the demand of a group jumps, in order.
    pub(super) fn jumps(&self, group: usize) -> Vec<f64> {
        let mut jumps = Vec::new();
        self.collect_jumps(group, &mut jumps);
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
