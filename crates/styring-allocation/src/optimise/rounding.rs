use styring_money::Currency;

use super::constraint::Constraint;
use super::market::{Member, Tree};
use super::piece::Domain;
use crate::apportion::nearest_whole_to;
use crate::{Bounds, Error};

/// What must still hold when a plan becomes money; channels in the order of their names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rails {
    pub(super) spend: Vec<f64>,
    pub(super) domains: Vec<Domain>,
    pub(super) tree: Tree,
    pub(super) moves: Option<(Vec<f64>, f64)>,
    /// Where each channel stands in the plan.
    pub(super) order: Vec<usize>,
}

/// The plan in minor units, in its own order.
pub(super) fn whole(rails: &Rails, total: f64, currency: Currency) -> Result<Vec<i128>, Error> {
    let scale = f64::from(currency.minor_units());
    let total = units(total * scale, f64::round);
    let minor = Minor {
        rails,
        scale,
        bounds: rails
            .domains
            .iter()
            .zip(&rails.spend)
            .map(|(domain, spend)| inward(*domain, *spend, scale, total))
            .collect(),
    };
    let mut parts = vec![0; rails.spend.len()];
    minor.divide(0, total, &mut parts).map_err(|fault| fault.in_money(currency))?;
    if let Some((now, limit)) = &rails.moves {
        minor.move_no_more(now, units(limit * scale, f64::floor), &mut parts)?;
    }
    let mut ordered = parts.clone();
    for (part, place) in parts.into_iter().zip(&rails.order) {
        ordered[*place] = part;
    }
    Ok(ordered)
}

struct Minor<'a> {
    rails: &'a Rails,
    scale: f64,
    bounds: Vec<Bounds>,
}

impl Minor<'_> {
    fn divide(&self, group: usize, total: i128, parts: &mut [i128]) -> Result<(), Error> {
        let members = &self.rails.tree.0[group].members;
        let plan: Vec<f64> = members.iter().map(|member| self.real(*member)).collect();
        let bounds: Vec<Bounds> = members.iter().map(|member| self.bounds(*member)).collect();
        let whole = nearest_whole_to(total, &plan, &bounds)?;
        for (member, part) in members.iter().zip(whole) {
            match *member {
                Member::Channel(index) => parts[index] = part,
                Member::Group(inner) => self.divide(inner, part, parts)?,
            }
        }
        Ok(())
    }

    fn real(&self, member: Member) -> f64 {
        match member {
            Member::Channel(index) => self.rails.spend[index] * self.scale,
            Member::Group(group) => self.rails.tree.0[group].members.iter().map(|member| self.real(*member)).sum(),
        }
    }

    fn bounds(&self, member: Member) -> Bounds {
        match member {
            Member::Channel(index) => self.bounds[index],
            Member::Group(group) => {
                let node = &self.rails.tree.0[group];
                let of = node.members.iter().map(|member| self.bounds(*member));
                let (min, max) = of.fold((0_i128, 0_i128), |(min, max), bounds| {
                    (min.saturating_add(bounds.min), max.saturating_add(bounds.max))
                });
                let (floor, ceiling) =
                    (units(node.min * self.scale, f64::ceil), units(node.max * self.scale, f64::floor));
                Bounds { min: min.max(floor), max: max.min(ceiling) }
            }
        }
    }

    /// Takes back single units from channels that gained, for channels that gave, until no more is moved than allowed.
    fn move_no_more(&self, now: &[f64], limit: i128, parts: &mut [i128]) -> Result<(), Error> {
        let now: Vec<i128> = now.iter().map(|now| units(now * self.scale, f64::round)).collect();
        let taken = |parts: &[i128]| parts.iter().zip(&now).map(|(part, now)| (now - part).max(0)).sum::<i128>();
        let real: Vec<f64> = self.rails.spend.iter().map(|spend| spend * self.scale).collect();
        #[allow(clippy::cast_precision_loss, reason = "it only orders channels")]
        let above = |parts: &[i128], index: usize| parts[index] as f64 - real[index];
        while taken(parts) > limit {
            let mut givers: Vec<usize> =
                (0..parts.len()).filter(|i| parts[*i] < now[*i] && parts[*i] < self.bounds[*i].max).collect();
            let mut takers: Vec<usize> =
                (0..parts.len()).filter(|i| parts[*i] > now[*i] && parts[*i] > self.bounds[*i].min).collect();
            givers.sort_by(|one, other| above(parts, *one).total_cmp(&above(parts, *other)));
            takers.sort_by(|one, other| above(parts, *other).total_cmp(&above(parts, *one)));
            let pairs = givers.iter().flat_map(|giver| takers.iter().map(move |taker| (*giver, *taker)));
            let swapped = |(giver, taker): (usize, usize)| {
                let mut next = parts.to_vec();
                next[giver] += 1;
                next[taker] -= 1;
                self.keeps_groups(0, &next).is_some().then_some(next)
            };
            let Some(next) = pairs.into_iter().find_map(swapped) else {
                #[allow(clippy::cast_precision_loss, reason = "shown, not booked")]
                let by = (taken(parts) - limit) as f64 / self.scale;
                return Err(Error::Conflict {
                    between: vec![Constraint::Moved { amount: limit as f64 / self.scale }],
                    by,
                });
            };
            parts.copy_from_slice(&next);
        }
        Ok(())
    }

    fn keeps_groups(&self, group: usize, parts: &[i128]) -> Option<i128> {
        let mut sum = 0;
        for member in &self.rails.tree.0[group].members {
            sum += match *member {
                Member::Channel(index) => parts[index],
                Member::Group(inner) => self.keeps_groups(inner, parts)?,
            };
        }
        let bounds = self.bounds(Member::Group(group));
        (bounds.min..=bounds.max).contains(&sum).then_some(sum)
    }
}

/// A channel's bounds in whole units; that of a channel which is off is zero.
fn inward(domain: Domain, spend: f64, scale: f64, total: i128) -> Bounds {
    if domain.or_off && spend <= 0.0 {
        return Bounds { min: 0, max: 0 };
    }
    let min = units(domain.low * scale, f64::ceil);
    let max = if domain.high.is_finite() { units(domain.high * scale, f64::floor) } else { total.max(min) };
    Bounds { min, max }
}

/// A whole number of units, rounded as told; what is a unit but for the rounding of `f64` is that unit.
#[allow(clippy::cast_possible_truncation, reason = "a cast beyond the range ends at it, and such amounts are no money")]
fn units(amount: f64, round: fn(f64) -> f64) -> i128 {
    let nearest = amount.round();
    if (amount - nearest).abs() <= 4.0 * f64::EPSILON * amount.abs() { nearest as i128 } else { round(amount) as i128 }
}
