use styring_allocation::Seed;
use styring_allocation::policy::{Even, Policy};

use crate::run::{best_of, play};
use crate::{Error, Market, Recipe};

type Open<'a> = dyn Fn(Seed) -> Result<Box<dyn Market>, Error> + 'a;

/// A kind of market: a name, and one market of it for each seed.
pub struct Kind<'a> {
    name: String,
    open: Box<Open<'a>>,
}

impl<'a> Kind<'a> {
    /// A kind of your own. The same seed must give the same market, with the same luck.
    pub fn new(name: impl Into<String>, open: impl Fn(Seed) -> Result<Box<dyn Market>, Error> + 'a) -> Self {
        Self { name: name.into(), open: Box::new(open) }
    }

    /// All recipes.
    pub fn all() -> Vec<Self> {
        Recipe::ALL.into_iter().map(Self::from).collect()
    }
}

impl From<Recipe> for Kind<'_> {
    fn from(recipe: Recipe) -> Self {
        Self::new(recipe.name(), move |seed| Ok(Box::new(recipe.market(seed)?)))
    }
}

impl std::fmt::Debug for Kind<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kind").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a policy came to in the markets of one kind.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Standing {
    /// The policy.
    pub policy: String,
    /// The kind of market.
    pub market: String,
    /// How many markets of the kind.
    pub seeds: usize,
    /// Results caused over those of the best budgets of each week, the mean of the markets. Not cut at anything.
    pub share: f64,
    /// Its standard error.
    pub share_se: f64,
    /// The share that nine of ten markets exceed.
    pub share_p10: f64,
    /// Cost per result in weeks 7 and 8 over that of an even split in the same weeks of the same market, less one: the mean.
    pub cpa_change: f64,
    /// Its standard error.
    pub cpa_change_se: f64,
    /// Share of the markets in which an even split would have caused more.
    pub worse_than_even: f64,
    /// Share of the total that moved in a week, the mean.
    pub churn: f64,
    /// Budgets that broke the total or a guardrail, in all.
    pub violations: usize,
    /// What was spent over what was given.
    pub spent: f64,
}

/// Plays policies in markets of several kinds: all policies in the same markets, with the same luck.
///
/// Seeds run from `first` on. The same arguments give the same bits.
///
/// ```
/// use styring_allocation::Seed;
/// use styring_allocation::policy::{Curves, Even, Policy, Proportional, Weight};
/// use styring_simulator::{Kind, Recipe, league};
///
/// let policies: [&dyn Policy; 3] = [&Even {}, &Proportional::new(Weight::PerSpend), &Curves::default()];
/// let table = league(&policies, &[Kind::from(Recipe::Saturation)], Seed(1), 5)?;
/// assert!(table[0].share < table[2].share);
/// assert!(table.iter().all(|standing| standing.violations == 0));
/// # Ok::<(), styring_simulator::Error>(())
/// ```
///
/// # Errors
///
/// What a policy or a market answers with; no seeds.
pub fn league(
    policies: &[&dyn Policy],
    markets: &[Kind<'_>],
    first: Seed,
    seeds: usize,
) -> Result<Vec<Standing>, Error> {
    if seeds == 0 {
        return Err(Error::range("seeds", "at least 1", 0.0));
    }
    let mut table = Vec::new();
    for market in markets {
        let mut tallies = vec![Tally::default(); policies.len()];
        for step in 0..seeds {
            let seed = Seed(first.0.wrapping_add(step as u64));
            let best = best_of((market.open)(seed)?)?;
            let even = play(&Even {}, (market.open)(seed)?, seed)?;
            for (policy, tally) in policies.iter().zip(&mut tallies) {
                tally.add(&play(*policy, (market.open)(seed)?, seed)?, &even.caused, best);
            }
        }
        table.extend(
            policies.iter().zip(tallies).map(|(policy, tally)| tally.standing(policy.name(), market.name.clone())),
        );
    }
    Ok(table)
}

#[derive(Debug, Clone, Default)]
struct Tally {
    shares: Vec<f64>,
    cpa: Vec<f64>,
    worse: usize,
    churn: f64,
    violations: usize,
    spent: f64,
}

impl Tally {
    fn add(&mut self, run: &crate::Run, even: &[f64], best: f64) {
        let caused: f64 = run.caused.iter().sum();
        self.shares.push(caused / best);
        // Spend is the same, so cost per result is as the results are not.
        let weeks = |caused: &[f64]| caused.iter().skip(6).take(2).sum::<f64>();
        self.cpa.push(weeks(even) / weeks(&run.caused) - 1.0);
        self.worse += usize::from(caused < even.iter().sum::<f64>());
        self.churn += run.churn.iter().sum::<f64>() / run.churn.len().max(1) as f64;
        self.violations += run.violations;
        self.spent += run.spent;
    }

    fn standing(mut self, policy: String, market: String) -> Standing {
        let seeds = self.shares.len();
        let (share, share_se) = mean(&self.shares);
        let (cpa_change, cpa_change_se) = mean(&self.cpa);
        self.shares.sort_by(f64::total_cmp);
        Standing {
            policy,
            market,
            seeds,
            share,
            share_se,
            share_p10: self.shares.get(seeds / 10).copied().unwrap_or(share),
            cpa_change,
            cpa_change_se,
            worse_than_even: self.worse as f64 / seeds as f64,
            churn: self.churn / seeds as f64,
            violations: self.violations,
            spent: self.spent / seeds as f64,
        }
    }
}

fn mean(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, if n > 1.0 { (squares / (n - 1.0) / n).sqrt() } else { 0.0 })
}
