use styring_money::{Exact, Sign};

use crate::{Better, Outcome, Ratio};

/// Ratios in order, best first, and those that have no place in an order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ranking<K> {
    /// Best first; equal values keep the order in which they came.
    pub ranked: Vec<(K, Ratio)>,
    /// Undefined, missing, or with a negative denominator.
    pub unranked: Vec<(K, Ratio)>,
}

/// Orders ratios so that what cost money and brought nothing comes last, never first.
///
/// Where lower is better, ratios without a denominator stand behind all values, the largest spend last. Where higher is better they are unranked: revenue
/// without spend is not an infinite return. Undefined and missing ratios, and those whose denominator is negative, are unranked.
///
/// ```
/// use styring_metrics::{Better, Ratio, rank};
///
/// let cost = |spend: i64, orders: i64| Ratio::new(spend.into(), orders.into());
/// let ranking = rank([("A", cost(500, 0)), ("B", cost(500, 2)), ("C", cost(500, 5)), ("D", cost(0, 0))], Better::Lower);
/// let names: Vec<_> = ranking.ranked.iter().map(|(name, _)| *name).collect();
/// assert_eq!(names, ["C", "B", "A"]);
/// assert_eq!(ranking.unranked.len(), 1);
/// ```
pub fn rank<K>(ratios: impl IntoIterator<Item = (K, Ratio)>, better: Better) -> Ranking<K> {
    let mut valued: Vec<(Exact, (K, Ratio))> = Vec::new();
    let mut fruitless: Vec<(Exact, (K, Ratio))> = Vec::new();
    let mut unranked = Vec::new();
    for (key, ratio) in ratios {
        match (ratio.outcome(), better) {
            (Outcome::Value(value), _) if !ratio.negative_denominator() => {
                valued.push((value, (key, ratio)));
            }
            (Outcome::NoDenominator(Sign::Positive), Better::Lower) => {
                let spend = ratio.numerator().cloned().unwrap_or_default();
                fruitless.push((spend, (key, ratio)));
            }
            _ => unranked.push((key, ratio)),
        }
    }
    valued.sort_by(|(a, _), (b, _)| match better {
        Better::Lower => a.cmp(b),
        Better::Higher => b.cmp(a),
    });
    fruitless.sort_by(|(a, _), (b, _)| a.cmp(b));
    let ranked = valued.into_iter().chain(fruitless);
    Ranking { ranked: ranked.map(|(_, entry)| entry).collect(), unranked }
}
