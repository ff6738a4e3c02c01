use styring_money::Exact;

use super::{Line, Raise, Working};
use crate::apportion::apportion;
use crate::channel::minor_units;
use crate::{Bounds, Error, Obstacle, Reason};

/// What speaks for a raise.
struct Documented {
    roas: f64,
    lift_lower: f64,
}

impl Working<'_> {
    /// Raises the total where return and incremental effect are documented; answers by how much.
    pub(super) fn raise(&mut self, raise: &Raise) -> Result<i128, Error> {
        let cap = self.rhythm.frequency_cap;
        let documented: Vec<Result<Documented, Obstacle>> =
            self.lines.iter().map(|line| line.documented(raise, cap)).collect();
        let wanted: Vec<i128> = self
            .lines
            .iter()
            .zip(&documented)
            .map(|(line, documented)| match documented {
                // Without a maximum of its own a channel may outgrow the old total.
                Ok(_) => {
                    let max = line.channel.guardrail.max.map_or(i128::MAX, |_| line.bounds.max);
                    raise.step.of(line.budget).min(line.room(max, None).0)
                }
                Err(_) => 0,
            })
            .collect();
        let increments = self.within_cap(wanted, raise)?;

        let target = raise.target_roas.to_f64();
        for (index, (documented, increment)) in documented.into_iter().zip(&increments).enumerate() {
            let amount = self.money(*increment);
            let line = &mut self.lines[index];
            line.budget += increment;
            line.reasons.push(match documented {
                Ok(Documented { roas, lift_lower }) if *increment > 0 => {
                    Reason::Raised { amount, roas, target, lift_lower }
                }
                Ok(_) => Reason::NotRaised { obstacle: Obstacle::NoRoom },
                Err(obstacle) => Reason::NotRaised { obstacle },
            });
        }
        Ok(increments.iter().sum())
    }

    /// Cuts the increments, in proportion to them, to what the cap on the total leaves.
    fn within_cap(&self, wanted: Vec<i128>, raise: &Raise) -> Result<Vec<i128>, Error> {
        let Some(max_total) = raise.max_total else {
            return Ok(wanted);
        };
        let max_total = minor_units("largest total", "the plan", max_total, self.currency)?;
        let total: i128 = self.lines.iter().map(|line| line.budget).sum();
        let allowed = (max_total - total).max(0);
        if wanted.iter().sum::<i128>() <= allowed {
            return Ok(wanted);
        }
        let weights: Vec<Exact> = wanted.iter().copied().map(Exact::from).collect();
        let bounds: Vec<Bounds> = wanted.iter().map(|max| Bounds { min: 0, max: *max }).collect();
        apportion(allowed, &weights, &bounds, 1)
    }
}

impl Line<'_> {
    fn documented(&self, raise: &Raise, frequency_cap: Option<f64>) -> Result<Documented, Obstacle> {
        let evidence = &self.channel.evidence;
        if self.channel.guardrail.kept.is_some() {
            return Err(Obstacle::KeptByPlan);
        }
        let value = evidence.value.as_ref().ok_or(Obstacle::NoValue)?;
        let roas = value.amount().checked_div(evidence.spend.amount()).ok_or(Obstacle::NoSpend)?;
        if roas < raise.target_roas {
            let (roas, target) = (roas.to_f64(), raise.target_roas.to_f64());
            return Err(Obstacle::RoasBelowTarget { roas, target });
        }
        let lift_lower = evidence.lift_lower.ok_or(Obstacle::NoLiftMeasured)?;
        if lift_lower <= 0.0 {
            return Err(Obstacle::LiftNotAboveZero { lift_lower });
        }
        match self.frozen(frequency_cap) {
            Some((frequency, cap)) => Err(Obstacle::FrequencyAboveCap { frequency, cap }),
            None => Ok(Documented { roas: roas.to_f64(), lift_lower }),
        }
    }
}
