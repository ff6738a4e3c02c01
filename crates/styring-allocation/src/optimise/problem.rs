use std::collections::BTreeMap;

use styring_response::{Curve, Shape};

use super::Goal;
use super::branch::{Found, Search};
use super::cautious::Cautious;
use super::choice::{Choice, Effect, Group};
use super::constraint::Constraint;
use super::feasible::Feasibility;
use super::market::{Market, Member, Node, Settled, Target, Tree, Unmet, total};
use super::moves::{MoveLimit, taken};
use super::outlook::worst;
use super::piece::{Domain, Piece};
use super::plan::{Allotment, Certificate, Extrapolation, GroupAllotment, Hold, Plan};
use super::rounding::Rails;
use super::side::Side;
use super::source::Source;
use crate::Error;
use crate::channel::check_names;

/// Channels, what their spends may be, and what binds them together.
///
/// A channel is known by its name: the order in which channels come decides nothing, not even the last bit.
///
/// ```
/// use styring_allocation::optimise::{Choice, Goal, Group, Hold, Problem};
/// use styring_response::Curve;
///
/// let plan = Problem::new([
///     Choice::new("Search", Curve::hill(900.0, 1.0, 40_000.0)?).at_most(10_000.0),
///     Choice::new("Video", Curve::hill(700.0, 1.8, 30_000.0)?).at_least(8_000.0).or_off(),
///     Choice::new("Audio", Curve::log(150.0, 6_000.0)?),
/// ])?
/// .group(Group::new("Heard and seen", ["Video", "Audio"]).at_most(45_000.0))?
/// .solve(Goal::Spend(50_000.0))?;
///
/// assert_eq!(plan.channel("Search").unwrap().held_by, Hold::Maximum);
/// assert!((plan.spend - 50_000.0).abs() < 1e-9);
/// assert!(plan.certificate.gap <= 1e-9); // no other plan is better by more than that
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Parts", into = "Parts"))]
pub struct Problem {
    choices: Vec<Choice>,
    groups: Vec<Group>,
    move_limit: Option<f64>,
    /// The places of the choices in the order of their names; what follows is in that order.
    order: Vec<usize>,
    sides: Vec<Side>,
    tree: Tree,
    /// The names of the groups of the tree, but for its root.
    group_names: Vec<String>,
}

/// A problem as it is written.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
struct Parts {
    channels: Vec<Choice>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Vec::is_empty"))]
    groups: Vec<Group>,
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    move_at_most: Option<f64>,
}

impl TryFrom<Parts> for Problem {
    type Error = Error;

    fn try_from(parts: Parts) -> Result<Self, Error> {
        let problem = parts.groups.into_iter().try_fold(Self::new(parts.channels)?, Self::group)?;
        parts.move_at_most.map_or(Ok(problem.clone()), |limit| problem.move_at_most(limit))
    }
}

impl From<Problem> for Parts {
    fn from(problem: Problem) -> Self {
        Self { channels: problem.choices, groups: problem.groups, move_at_most: problem.move_limit }
    }
}

impl Problem {
    /// The problem of these channels.
    ///
    /// # Errors
    ///
    /// No channels; a name twice; numbers that are negative or none, named with their channel; a minimum above a maximum ([`Error::Conflict`]); a step without a present spend; draws in different
    /// numbers.
    pub fn new(choices: impl IntoIterator<Item = Choice>) -> Result<Self, Error> {
        let choices: Vec<Choice> = choices.into_iter().collect();
        check_names(choices.iter().map(Choice::name))?;
        let mut order: Vec<usize> = (0..choices.len()).collect();
        order.sort_by(|one, other| choices[*one].name.cmp(&choices[*other].name));
        let sides = order.iter().map(|place| Side::of(&choices[*place])).collect::<Result<Vec<_>, _>>()?;
        let lengths = choices.iter().map(|choice| (choice, choice.curves().len()));
        let longer: Vec<_> = lengths.filter(|(_, length)| *length > 1).collect();
        if let Some((_, expected)) = longer.first()
            && let Some((choice, got)) = longer.iter().find(|(_, length)| length != expected)
        {
            return Err(Error::out_of_range("draws", Some(&choice.name), "as many as the other channels have", got));
        }
        let members = (0..choices.len()).map(Member::Channel).collect();
        let tree = Tree(vec![Node { min: 0.0, max: f64::INFINITY, members }]);
        Ok(Self { choices, groups: Vec::new(), move_limit: None, order, sides, tree, group_names: Vec::new() })
    }

    /// The problem with a common minimum or maximum for some channels, or for groups that are there already.
    ///
    /// # Errors
    ///
    /// An unknown or repeated name, a member of another group ([`Error::Overlap`]), bounds that cannot be kept ([`Error::Conflict`]).
    pub fn group(mut self, group: Group) -> Result<Self, Error> {
        let name = group.name.as_str();
        if self.group_names.iter().any(|known| known == name) || self.choices.iter().any(|choice| choice.name == name) {
            return Err(Error::DuplicateChannel { name: name.to_owned() });
        }
        for (field, amount) in [("minimum", Some(group.at_least)), ("maximum", group.at_most)] {
            if let Some(amount) = amount.filter(|amount| !(amount.is_finite() && *amount >= 0.0)) {
                return Err(Error::out_of_range(field, Some(name), "zero or above and finite", amount));
            }
        }
        if let Some(most) = group.at_most.filter(|most| *most < group.at_least) {
            let between = vec![
                Constraint::GroupMinimum { group: name.to_owned(), amount: group.at_least },
                Constraint::GroupMaximum { group: name.to_owned(), amount: most },
            ];
            return Err(Error::Conflict { between, by: group.at_least - most });
        }
        if group.members.is_empty() {
            return Err(Error::out_of_range("members", Some(name), "at least one", "none"));
        }
        let mut members = Vec::with_capacity(group.members.len());
        for member in &group.members {
            let found = self
                .member(member)
                .ok_or_else(|| Error::Unknown { name: member.clone(), of: Some(name.to_owned()) })?;
            let root = &mut self.tree.0[0].members;
            let Some(place) = root.iter().position(|known| *known == found) else {
                return Err(Error::Overlap { name: member.clone() });
            };
            root.remove(place);
            members.push((member.clone(), found));
        }
        // By name, so that sums do not depend on the order of members.
        members.sort_by(|one, other| one.0.cmp(&other.0));
        let members = members.into_iter().map(|(_, member)| member).collect();
        self.tree.0.push(Node { min: group.at_least, max: group.at_most.unwrap_or(f64::INFINITY), members });
        self.group_names.push(name.to_owned());
        let new = Member::Group(self.group_names.len());
        self.tree.0[0].members.push(new);
        let names: Vec<String> = self.tree.0[0].members.iter().map(|member| self.name_of(*member).to_owned()).collect();
        let mut named: Vec<(String, Member)> = names.into_iter().zip(self.tree.0[0].members.iter().copied()).collect();
        named.sort_by(|one, other| one.0.cmp(&other.0));
        self.tree.0[0].members = named.into_iter().map(|(_, member)| member).collect();
        self.groups.push(group);
        self.feasibility().check(None)?;
        Ok(self)
    }

    /// The problem with a limit on the money that may be taken from channels, `Σ max(now − spend, 0)`. Every channel needs a present spend.
    ///
    /// Channels then stay where they are unless a move is worth a part of the limit: a dead band, instead of noise in the weekly budget.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] for a channel without a present spend; a limit that is negative or no number.
    pub fn move_at_most(self, amount: f64) -> Result<Self, Error> {
        if !(amount.is_finite() && amount >= 0.0) {
            return Err(Error::out_of_range("limit on money moved", None, "zero or above and finite", amount));
        }
        self.now("a limit on money moved")?;
        Ok(Self { move_limit: Some(amount), ..self })
    }

    /// The best plan for a goal.
    ///
    /// Concave curves are solved exactly: O(n) demands per step of a search for one price, 5 to 15 steps. S-shaped and irregular curves and channels that may be off go through branch and bound: few steps as a
    /// rule, up to 50,000; where that is not enough [`Certificate::gap`] says how far the plan may be from the best.
    ///
    /// # Errors
    ///
    /// [`Error::Conflict`] names the constraints that exclude one another and by how much; [`Error::OutOfReach`] a target that no plan reaches, with the nearest; [`Error::Unbounded`] a channel that
    /// would take money without end; [`Error::Unsupported`] a limit on money moved under a target ROAS or CPA.
    pub fn solve(&self, goal: Goal) -> Result<Plan, Error> {
        let target = goal.target()?;
        let budget = match target {
            Target::Spend(total) => Some(total),
            _ if self.move_limit.is_some() => {
                return Err(Error::Unsupported {
                    what: "a limit on money moved",
                    with: "a goal that chooses the total",
                });
            }
            _ => None,
        };
        self.feasibility().check(budget)?;
        let now =
            self.move_limit.map(|limit| Ok::<_, Error>((self.now("a limit on money moved")?, limit))).transpose()?;
        if let (Some((now, limit)), Some(total)) = (&now, budget) {
            self.check_moves(now, *limit, total)?;
        }
        let sources = self.sources();
        if let Goal::Cautious { total, worst } = goal {
            let found = self.cautious(total, worst)?.map_err(|unmet| self.fault(unmet, goal, target))?;
            return Ok(self.plan(goal, target, &sources, found));
        }
        let search = Search {
            sources: &sources,
            tree: &self.tree,
            target,
            moves: now.as_ref().map(|(now, limit)| MoveLimit { now, limit: *limit }),
        };
        if let Target::Ratio(ratio) = target {
            // Where no first unit is worth the target, what comes without spend is not to pay for any.
            let best = Search { target: Target::Price { price: ratio, all: true }, ..search };
            let best = best.run(&self.domains(None)).map_err(|unmet| self.fault(unmet, goal, target))?;
            let spend = total(&best.settled.spend);
            if spend <= 0.0 {
                return Err(self.fault(Unmet::Ratio { slack: best.score, spend }, goal, target));
            }
        }
        let found = search.run(&self.domains(budget)).map_err(|unmet| self.fault(unmet, goal, target))?;
        Ok(self.plan(goal, target, &sources, found))
    }

    /// The best in the mean of the worst draws.
    fn cautious(&self, budget: f64, share: f64) -> Result<Result<Found, Unmet>, Error> {
        let count = worst(share, self.draws())?;
        let bent = self.choices.iter().any(|choice| choice.shape() != Shape::Concave);
        let off = self.sides.iter().any(|side| side.domain.or_off);
        for (there, what) in [
            (self.has_groups(), "groups"),
            (self.has_move_limit(), "a limit on money moved"),
            (bent, "curves that are not concave"),
            (off, "channels that may be off"),
        ] {
            if there {
                return Err(Error::Unsupported { what, with: "a cautious goal" });
            }
        }
        let domains = self.domains(Some(budget));
        let draws = self.order.iter().map(|place| self.choices[*place].curves()).collect();
        let found = Cautious { draws, domains: &domains, tree: &self.tree, budget, count }.run();
        Ok(found.map(|found| Found { settled: found.settled, score: found.score, bound: found.bound, nodes: 0 }))
    }

    /// The channels, in the order in which they came.
    pub fn channels(&self) -> &[Choice] {
        &self.choices
    }

    pub(super) fn has_groups(&self) -> bool {
        !self.groups.is_empty()
    }

    pub(super) fn has_move_limit(&self) -> bool {
        self.move_limit.is_some()
    }

    pub(super) fn without_move_limit(&self) -> Self {
        Self { move_limit: None, ..self.clone() }
    }

    /// The same problem with each channel changed, but not what its spend may be.
    pub(super) fn with_choices(&self, change: impl Fn(&Choice) -> Result<Choice, Error>) -> Result<Self, Error> {
        Ok(Self { choices: self.choices.iter().map(change).collect::<Result<_, _>>()?, ..self.clone() })
    }

    /// The places of the channels in the order of their names.
    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    /// In the order of names.
    pub(super) fn sides(&self) -> &[Side] {
        &self.sides
    }

    /// In the order of names.
    pub(super) fn sources(&self) -> Vec<Source<'_>> {
        self.order.iter().map(|place| self.choices[*place].source(None)).collect()
    }

    /// How many draws the curves have; one where all are single.
    pub(super) fn draws(&self) -> usize {
        self.choices.iter().map(|choice| choice.curves().len()).max().unwrap_or(1)
    }

    pub(super) fn feasibility(&self) -> Feasibility<'_> {
        Feasibility { tree: &self.tree, sides: &self.sides, groups: &self.group_names }
    }

    /// The present spends in the order of names.
    pub(super) fn now(&self, needed_by: &'static str) -> Result<Vec<f64>, Error> {
        let of = |place: &usize| {
            let choice = &self.choices[*place];
            choice.now.ok_or_else(|| Error::Missing { channel: choice.name.clone(), what: "present spend", needed_by })
        };
        self.order.iter().map(of).collect()
    }

    /// What each may have under a total: of a curve that is not concave no more than the others' minima leave, so that its envelope is as tight as it can be.
    fn domains(&self, budget: Option<f64>) -> Vec<Domain> {
        let least: f64 = self.sides.iter().map(|side| side.domain.least()).sum();
        let of = |(side, place): (&Side, &usize)| {
            let domain = side.domain;
            let bends = domain.or_off || self.choices[*place].shape() != Shape::Concave;
            match budget.filter(|_| bends) {
                Some(total) => {
                    let most = domain.high.min(total - (least - domain.least())).max(domain.least());
                    let or_off = domain.or_off && most >= domain.low;
                    if or_off || !domain.or_off { Domain { high: most, ..domain } } else { Domain::new(0.0, 0.0) }
                }
                None => domain,
            }
        };
        self.sides.iter().zip(&self.order).map(of).collect()
    }

    /// That a plan exists which takes no more than the limit from channels.
    fn check_moves(&self, now: &[f64], limit: f64, total: f64) -> Result<(), Error> {
        if self.sides.iter().any(|side| side.domain.or_off) {
            // Found out by the search.
            return Ok(());
        }
        // What each channel keeps of its present spend is a concave function: the most that all can keep is an optimum.
        let kept = |now: &f64| {
            let points = if *now > 0.0 { vec![(0.0, 0.0), (*now, *now)] } else { vec![(0.0, 0.0), (1.0, 0.0)] };
            Curve::new(styring_response::Family::PiecewiseLinear { points })
                .map_err(|_| Error::out_of_range("present spend", None, "not so small", now))
        };
        let curves = now.iter().map(kept).collect::<Result<Vec<_>, _>>()?;
        let pieces =
            curves.iter().zip(&self.sides).map(|(curve, side)| Piece::new(Source::Curve(curve), side.domain)).collect();
        let Ok(settled) = Market::new(pieces, &self.tree).settle(Target::Spend(total)) else {
            return Ok(());
        };
        let least = taken(now, &settled.spend);
        if least <= limit * (1.0 + 1e-12) + 1e-12 * total {
            return Ok(());
        }
        let mut between = vec![Constraint::Moved { amount: limit }, Constraint::Total { amount: total }];
        for (side, now) in self.sides.iter().zip(now) {
            between.extend(side.upper.clone().filter(|_| side.domain.high < *now));
            between.extend(side.lower.clone().filter(|_| side.domain.low > *now));
        }
        for (node, name) in self.tree.0.iter().skip(1).zip(&self.group_names) {
            let sum: f64 = self.within(node).into_iter().map(|index| now[index]).sum();
            if sum > node.max {
                between.push(Constraint::GroupMaximum { group: name.clone(), amount: node.max });
            }
            if sum < node.min {
                between.push(Constraint::GroupMinimum { group: name.clone(), amount: node.min });
            }
        }
        Err(Error::Conflict { between, by: least - limit })
    }

    fn fault(&self, unmet: Unmet, goal: Goal, target: Target) -> Error {
        match (unmet, target) {
            (Unmet::Unbounded(index), _) => Error::Unbounded { channel: self.choices[self.order[index]].name.clone() },
            (Unmet::Response(best), Target::Response(wanted)) => {
                let spend = self.sides.iter().map(|side| side.domain.high).sum::<f64>().min(f64::MAX);
                Error::OutOfReach { goal: "a response", target: wanted, best, spend }
            }
            (Unmet::Ratio { slack, spend }, Target::Ratio(ratio)) => {
                let (goal, target) = match goal {
                    Goal::Cpa(cpa) => ("a CPA", cpa),
                    _ => ("a ROAS", ratio),
                };
                Error::OutOfReach { goal, target, best: slack, spend }
            }
            (_, target) => {
                let mut between = Vec::new();
                if let Target::Spend(amount) = target {
                    between.push(Constraint::Total { amount });
                }
                between.extend(self.move_limit.map(|amount| Constraint::Moved { amount }));
                between
                    .extend(self.sides.iter().filter(|side| side.domain.or_off).filter_map(|side| side.lower.clone()));
                Error::NoCombination { between }
            }
        }
    }

    pub(super) fn plan(&self, goal: Goal, target: Target, sources: &[Source<'_>], found: Found) -> Plan {
        let Found { settled, score, bound, nodes } = found;
        let spends = &settled.spend;
        let now: Option<Vec<f64>> = self.order.iter().map(|place| self.choices[*place].now).collect();
        let moves_bind =
            self.move_limit.zip(now.as_ref()).is_some_and(|(limit, now)| taken(now, spends) >= limit * (1.0 - 1e-9));
        let mut channels: BTreeMap<usize, Allotment> = BTreeMap::new();
        for (index, place) in self.order.iter().enumerate() {
            let (choice, side, spend) = (&self.choices[*place], &self.sides[index], spends[index]);
            let response = sources[index].value(spend);
            let kept = moves_bind && choice.now.is_some_and(|now| (spend - now).abs() <= 4.0 * f64::EPSILON * now);
            let marginal = sources[index].marginal(spend);
            channels.insert(
                *place,
                Allotment {
                    channel: choice.name.clone(),
                    spend,
                    response,
                    marginal: marginal.is_finite().then_some(marginal),
                    average: (spend > 0.0).then(|| response / spend),
                    held_by: if kept { Hold::MoveLimit } else { side.holds(spend) },
                    extrapolation: choice.extrapolation(spend),
                },
            );
        }
        let channels: Vec<Allotment> = channels.into_values().collect();
        let groups = self.tree.0.iter().skip(1).zip(&self.group_names).map(|(node, name)| {
            let spend: f64 = self.within(node).into_iter().map(|index| spends[index]).sum();
            let close = |bound: f64| (spend - bound).abs() <= 1e-12 * bound;
            let held_by = match (close(node.min) && node.min > 0.0, close(node.max)) {
                (true, true) => Hold::Fixed,
                (true, false) => Hold::Minimum,
                (false, true) => Hold::Maximum,
                (false, false) => Hold::Nothing,
            };
            GroupAllotment { group: name.clone(), spend, held_by }
        });
        let (spend, response) =
            (total(spends), spends.iter().zip(sources).map(|(spend, source)| source.value(*spend)).sum::<f64>());
        let above = (bound - score).max(0.0);
        let (bound, scale) = match (goal, target) {
            (Goal::Profit { margin }, _) => (margin * (score + above), response),
            (_, Target::Response(_)) => (spend - above, spend),
            _ => (score + above, response),
        };
        Plan {
            goal,
            groups: groups.collect(),
            spend,
            response,
            shadow_price: self.shadow_price(target, &settled, sources),
            moved: now.as_ref().map(|now| taken(now, spends)),
            certificate: Certificate { bound, gap: if scale > 0.0 { above / scale } else { 0.0 }, nodes },
            channels,
            rails: Rails {
                spend: spends.clone(),
                domains: self.sides.iter().map(|side| side.domain).collect(),
                tree: self.tree.clone(),
                moves: self.move_limit.zip(now).map(|(limit, now)| (now, limit)),
                order: self.order.clone(),
            },
        }
    }

    /// The common price where a channel is free at it; else the best marginal of a channel that has room.
    fn shadow_price(&self, target: Target, settled: &Settled, sources: &[Source<'_>]) -> Option<f64> {
        let free =
            |index: usize| self.sides[index].holds(settled.spend[index]) == Hold::Nothing && settled.is_common(index);
        let usable = settled.price.is_finite() && settled.price > 0.0;
        if settled.price <= 0.0 && (0..sources.len()).any(|index| settled.spend[index] < self.sides[index].domain.high)
        {
            return Some(0.0);
        }
        let chosen = !matches!(target, Target::Spend(_));
        if usable && (chosen || self.tree.0.len() > 1 || self.move_limit.is_some() || (0..sources.len()).any(free)) {
            return Some(settled.price);
        }
        let room = (0..sources.len()).filter(|index| settled.spend[*index] < self.sides[*index].domain.high);
        room.map(|index| sources[index].marginal(settled.spend[index]))
            .max_by(f64::total_cmp)
            .filter(|price| price.is_finite())
    }

    fn within(&self, node: &Node) -> Vec<usize> {
        let inside = |member: &Member| match *member {
            Member::Channel(index) => vec![index],
            Member::Group(group) => self.within(&self.tree.0[group]),
        };
        node.members.iter().flat_map(inside).collect()
    }

    fn member(&self, name: &str) -> Option<Member> {
        let channel = self.order.iter().position(|place| self.choices[*place].name == name).map(Member::Channel);
        channel
            .or_else(|| self.group_names.iter().position(|known| known == name).map(|place| Member::Group(place + 1)))
    }

    fn name_of(&self, member: Member) -> &str {
        match member {
            Member::Channel(index) => &self.choices[self.order[index]].name,
            Member::Group(group) => &self.group_names[group - 1],
        }
    }
}

impl Side {
    fn holds(&self, spend: f64) -> Hold {
        let Domain { low, high, or_off } = self.domain;
        if or_off && spend <= 0.0 || high <= 0.0 && self.lower.is_some() {
            Hold::Off
        } else if low >= high {
            Hold::Fixed
        } else if spend <= low {
            if matches!(self.lower, Some(Constraint::StepDown { .. })) { Hold::StepDown } else { Hold::Minimum }
        } else if spend >= high {
            match self.upper {
                Some(Constraint::StepUp { .. }) => Hold::StepUp,
                Some(Constraint::FrequencyCap { .. }) => Hold::FrequencyCap,
                _ => Hold::Maximum,
            }
        } else {
            Hold::Nothing
        }
    }
}

impl Choice {
    /// Its curve, or the draws of it.
    pub(super) fn curves(&self) -> &[Curve] {
        match &self.effect {
            Effect::Draws(draws) => draws.curves(),
            Effect::Curve(curve) => std::slice::from_ref(curve),
        }
    }

    pub(super) fn plug_in(&self) -> Result<Self, Error> {
        let effect = match &self.effect {
            Effect::Draws(draws) => Effect::Curve(draws.at_mean_parameters()?),
            Effect::Curve(curve) => Effect::Curve(curve.clone()),
        };
        Ok(Self { effect, ..self.clone() })
    }

    pub(super) fn source<'a>(&'a self, weights: Option<&'a [f64]>) -> Source<'a> {
        match &self.effect {
            Effect::Curve(curve) => Source::Curve(curve),
            Effect::Draws(draws) => Source::mean(draws.curves(), weights),
        }
    }

    pub(super) fn shape(&self) -> Shape {
        match &self.effect {
            Effect::Curve(curve) => curve.shape(),
            Effect::Draws(_) => Shape::Concave,
        }
    }

    fn extrapolation(&self, spend: f64) -> Option<Extrapolation> {
        let (from, to) = self.seen?;
        if spend < from {
            Some(Extrapolation::Below(from))
        } else if spend > to {
            Some(Extrapolation::Above(to))
        } else {
            None
        }
    }
}
