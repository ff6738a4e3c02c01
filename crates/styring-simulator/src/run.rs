use styring_allocation::Seed;
use styring_allocation::policy::Policy;
use styring_money::Money;

use crate::{Error, Market};

/// What a policy did in a market.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Run {
    /// Results that each week's budgets caused.
    pub caused: Vec<f64>,
    /// Share of the total that moved before each week; none before the first.
    pub churn: Vec<f64>,
    /// Weeks whose budgets did not sum to the total, or broke a guardrail.
    pub violations: usize,
    /// What was spent in all over what was given in all.
    pub spent: f64,
}

/// Plays a policy through all weeks of a market.
///
/// # Errors
///
/// What the policy or the market answers with.
pub fn play<M: Market>(policy: &dyn Policy, mut market: M, seed: Seed) -> Result<Run, Error> {
    let total = market.total();
    let whole = total.to_minor()?;
    let (mut caused, mut churn, mut violations) = (Vec::new(), Vec::new(), 0);
    let mut before: Vec<i128> = Vec::new();
    for week in 0..market.weeks() {
        let decision =
            policy.next(total, market.history(), Seed(seed.0.wrapping_mul(1_000_003).wrapping_add(week as u64)))?;
        let budgets: Vec<Money> = decision.channels.iter().map(|channel| channel.after).collect();
        let minor = budgets.iter().map(|budget| budget.to_minor()).collect::<Result<Vec<i128>, _>>()?;
        let rails = market.history().channels.iter().map(|track| &track.guardrail);
        let broken = rails.zip(&budgets).any(|(rail, budget)| {
            let below = budget.compare(rail.min).is_ok_and(std::cmp::Ordering::is_lt);
            below || rail.max.is_some_and(|max| budget.compare(max).is_ok_and(std::cmp::Ordering::is_gt))
        });
        violations += usize::from(broken || minor.iter().sum::<i128>() != whole);
        if week > 0 {
            let moved: i128 = minor.iter().zip(&before).map(|(now, before)| (now - before).max(0)).sum();
            churn.push(moved as f64 / whole.max(1) as f64);
        }
        caused.push(market.play(&budgets)?.iter().sum());
        before = minor;
    }
    let sum = |pick: fn(&styring_allocation::Observed) -> Money| {
        let weeks = market.history().channels.iter().flat_map(|track| &track.weeks);
        weeks.map(|week| pick(week).to_minor()).sum::<Result<i128, _>>()
    };
    let (given, spent) = (sum(|week| week.budget)?, sum(|week| week.spend)?);
    Ok(Run { caused, churn, violations, spent: spent as f64 / given.max(1) as f64 })
}

/// Budgets of shares of a total: each rounded down, what is left to the first.
fn budgets_of(shares: &[f64], total: Money) -> Result<Vec<Money>, Error> {
    let whole = total.to_minor()?;
    #[allow(clippy::cast_possible_truncation, reason = "shares of a total")]
    let mut minor: Vec<i128> = shares.iter().map(|share| ((share * whole as f64) as i128).clamp(0, whole)).collect();
    let left = whole - minor.iter().sum::<i128>();
    if let Some(first) = minor.first_mut() {
        *first += left;
    }
    minor.into_iter().map(|minor| Ok(Money::from_minor(minor, total.currency())?)).collect()
}

/// What a policy's budgets cause in all, over what the best of each week would have caused when played from the start.
///
/// # Errors
///
/// What the policy or the market answers with.
pub fn share_of_best<M: Market + Clone>(policy: &dyn Policy, market: M, seed: Seed) -> Result<f64, Error> {
    let best = best_of(market.clone())?;
    Ok(play(policy, market, seed)?.caused.iter().sum::<f64>() / best)
}

/// What the best budgets of each week cause in all.
pub(crate) fn best_of<M: Market>(mut market: M) -> Result<f64, Error> {
    let mut best = 0.0;
    for _ in 0..market.weeks() {
        let budgets = budgets_of(&market.best()?, market.total())?;
        best += market.play(&budgets)?.iter().sum::<f64>();
    }
    Ok(best)
}
