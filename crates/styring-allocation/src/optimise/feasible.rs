use super::constraint::Constraint;
use super::market::{Member, Tree};
use super::side::Side;
use crate::Error;

/// How many intervals are kept; beyond, what lies between the first and the last counts as reachable.
const MOST_INTERVALS: usize = 4_096;
/// Sums of the same amounts in different orders, or written in decimals, differ by less.
const ROUNDING: f64 = 1e-12;

/// Which totals can be had, and which constraints keep others away.
#[derive(Debug)]
pub(super) struct Feasibility<'a> {
    pub(super) tree: &'a Tree,
    pub(super) sides: &'a [Side],
    /// The names of the groups, that of all left out.
    pub(super) groups: &'a [String],
}

impl Feasibility<'_> {
    /// Whether the groups can be kept, and the total, if there is one.
    pub(super) fn check(&self, total: Option<f64>) -> Result<(), Error> {
        let totals = self.totals(0)?;
        let Some(total) = total else {
            return Ok(());
        };
        let slack = ROUNDING * total;
        if totals.iter().any(|(low, high)| total >= low - slack && total <= high + slack) {
            return Ok(());
        }
        let (lowest, highest) = ends(&totals);
        let given = Constraint::Total { amount: total };
        Err(self.conflict(0, given, total, lowest, highest, &totals))
    }

    fn conflict(
        &self,
        group: usize,
        given: Constraint,
        amount: f64,
        lowest: f64,
        highest: f64,
        totals: &[(f64, f64)],
    ) -> Error {
        let mut between = vec![given];
        if amount < lowest {
            self.floors(group, &mut between);
        } else if amount > highest {
            self.ceilings(group, &mut between);
        } else {
            self.switches(group, &mut between);
        }
        let off = |(low, high): &(f64, f64)| if amount < *low { low - amount } else { amount - high };
        Error::Conflict { between, by: totals.iter().map(off).fold(f64::INFINITY, f64::min) }
    }

    /// The totals a group can have, as intervals in order.
    fn totals(&self, group: usize) -> Result<Vec<(f64, f64)>, Error> {
        let node = &self.tree.0[group];
        let mut sums = vec![(0.0, 0.0)];
        for member in &node.members {
            let part = match *member {
                Member::Channel(index) => {
                    let domain = self.sides[index].domain;
                    let on = (domain.low, domain.high);
                    if domain.or_off { vec![(0.0, 0.0), on] } else { vec![on] }
                }
                Member::Group(inner) => self.totals(inner)?,
            };
            sums = merged(
                sums.iter().flat_map(|(low, high)| part.iter().map(move |(l, h)| (low + l, high + h))).collect(),
            );
        }
        let inside = |(low, high): &(f64, f64)| {
            let (low, high) = (low.max(node.min), high.min(node.max));
            (low <= high * (1.0 + ROUNDING)).then_some((low.min(high), high))
        };
        let kept: Vec<(f64, f64)> = sums.iter().filter_map(inside).collect();
        if !kept.is_empty() {
            return Ok(kept);
        }
        let (lowest, highest) = ends(&sums);
        let name = || self.groups[group - 1].clone();
        let (given, amount) = if highest < node.min {
            (Constraint::GroupMinimum { group: name(), amount: node.min }, node.min)
        } else {
            (Constraint::GroupMaximum { group: name(), amount: node.max }, node.max)
        };
        let mut error = self.conflict(group, given, amount, lowest, highest, &sums);
        if let Error::Conflict { between, .. } = &mut error
            && lowest <= node.max
            && highest >= node.min
            && node.min > 0.0
        {
            between.push(Constraint::GroupMinimum { group: name(), amount: node.min });
        }
        Err(error)
    }

    fn floors(&self, group: usize, into: &mut Vec<Constraint>) {
        let of_channel = |side: &Side| side.lower.clone().filter(|_| side.domain.least() > 0.0);
        let of_group = |group: usize| {
            let amount = self.tree.0[group].min;
            let name = || self.groups[group - 1].clone();
            (self.least_of_members(group) < amount).then(|| Constraint::GroupMinimum { group: name(), amount })
        };
        self.gather(group, &of_channel, &of_group, into);
    }

    fn ceilings(&self, group: usize, into: &mut Vec<Constraint>) {
        let of_group = |group: usize| {
            let amount = self.tree.0[group].max;
            let name = || self.groups[group - 1].clone();
            (self.most_of_members(group) > amount).then(|| Constraint::GroupMaximum { group: name(), amount })
        };
        self.gather(group, &|side: &Side| side.upper.clone(), &of_group, into);
    }

    fn switches(&self, group: usize, into: &mut Vec<Constraint>) {
        let of_channel = |side: &Side| side.lower.clone().filter(|_| side.domain.or_off);
        self.gather(group, &of_channel, &|_| None, into);
    }

    /// The constraints of all channels in a group; of those in a group within it that has one of its own, only that.
    fn gather(
        &self,
        group: usize,
        of_channel: &dyn Fn(&Side) -> Option<Constraint>,
        of_group: &dyn Fn(usize) -> Option<Constraint>,
        into: &mut Vec<Constraint>,
    ) {
        for member in &self.tree.0[group].members {
            match *member {
                Member::Channel(index) => into.extend(of_channel(&self.sides[index])),
                Member::Group(inner) => match of_group(inner) {
                    Some(own) => into.push(own),
                    None => self.gather(inner, of_channel, of_group, into),
                },
            }
        }
    }

    fn least_of_members(&self, group: usize) -> f64 {
        let least = |member: &Member| match *member {
            Member::Channel(index) => self.sides[index].domain.least(),
            Member::Group(inner) => self.least_of_members(inner).max(self.tree.0[inner].min),
        };
        self.tree.0[group].members.iter().map(least).sum()
    }

    fn most_of_members(&self, group: usize) -> f64 {
        let most = |member: &Member| match *member {
            Member::Channel(index) => self.sides[index].domain.high,
            Member::Group(inner) => self.most_of_members(inner).min(self.tree.0[inner].max),
        };
        self.tree.0[group].members.iter().map(most).sum()
    }
}

fn ends(intervals: &[(f64, f64)]) -> (f64, f64) {
    let lowest = intervals.first().map_or(0.0, |(low, _)| *low);
    (lowest, intervals.last().map_or(lowest, |(_, high)| *high))
}

fn merged(mut intervals: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    intervals.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for (low, high) in intervals {
        match kept.last_mut() {
            Some(last) if low <= last.1 => last.1 = last.1.max(high),
            _ => kept.push((low, high)),
        }
    }
    if kept.len() > MOST_INTERVALS { vec![ends(&kept)] } else { kept }
}
