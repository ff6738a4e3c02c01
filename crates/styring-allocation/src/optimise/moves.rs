use super::market::{Market, Moves, Settled, Target, Unmet};

/// At most this much may be taken from what channels have now.
#[derive(Debug, Clone, Copy)]
pub(super) struct MoveLimit<'a> {
    pub(super) now: &'a [f64],
    pub(super) limit: f64,
}

impl MoveLimit<'_> {
    pub(super) fn taken(&self, spend: &[f64]) -> f64 {
        taken(self.now, spend)
    }
}

/// What is taken from channels: `Σ max(now − spend, 0)`.
pub(super) fn taken(now: &[f64], spend: &[f64]) -> f64 {
    now.iter().zip(spend).map(|(now, spend)| (now - spend).max(0.0)).sum()
}

impl<'a> Market<'a> {
    /// The optimum under a limit on what is taken from channels; leaves the price of moving in the market.
    ///
    /// That price is the difference between what a unit brings where it goes and where it came from. Money taken falls as it rises; at a price at which it jumps, two optima are mixed.
    pub(super) fn settle_moving(&mut self, target: Target, moves: Option<MoveLimit<'a>>) -> Result<Settled, Unmet> {
        let free = self.settle(target)?;
        let Some(moves) = moves else {
            return Ok(free);
        };
        // Sums in different orders differ in the last digits.
        let rounding = 4.0 * f64::EPSILON * moves.now.iter().sum::<f64>();
        let limit = moves.limit + rounding;
        let mut at = |price: f64| -> Result<(Settled, f64), Unmet> {
            self.moves = Some(Moves { now: moves.now, price });
            let settled = self.settle(target)?;
            let over = moves.taken(&settled.spend) - limit;
            Ok((settled, over))
        };
        let (mut low, mut high) =
            (0.0, if free.price.is_finite() && free.price > 0.0 { free.price / 4.0 } else { 1.0 });
        let (mut more, over) = (free.clone(), moves.taken(&free.spend) - limit);
        if over <= 0.0 {
            return Ok(free);
        }
        let mut weight_low = over;
        let (mut less, mut under) = loop {
            let (settled, off) = at(high)?;
            if off <= 0.0 {
                break (settled, off);
            }
            (low, more, weight_low) = (high, settled, off);
            high *= 8.0;
            if high.is_infinite() {
                return Err(Unmet::Empty);
            }
        };
        // Regula falsi; the end that stays twice counts half (Illinois), and what does not shrink is halved.
        let mut weight_high = under;
        for _ in 0..200 {
            if -under <= 2.0 * rounding || high - low <= 4.0 * f64::EPSILON * high {
                break;
            }
            let width = high - low;
            let straight = low + width * (weight_low / (weight_low - weight_high));
            let price = if straight > low && straight < high { straight } else { f64::midpoint(low, high) };
            let (settled, off) = at(price)?;
            if off > 0.0 {
                (low, more, weight_low) = (price, settled, off);
                weight_high /= 2.0;
            } else {
                (high, less, under, weight_high) = (price, settled, off, off);
                weight_low /= 2.0;
            }
            if high - low > width / 2.0 {
                let (settled, off) = at(f64::midpoint(low, high))?;
                if off > 0.0 {
                    (low, more, weight_low) = (f64::midpoint(low, high), settled, off);
                } else {
                    (high, less, under, weight_high) = (f64::midpoint(low, high), settled, off, off);
                }
            }
        }
        self.moves = Some(Moves { now: moves.now, price: high });
        Ok(mixed(&more, less, |spend| moves.taken(spend) <= limit))
    }
}

/// As far from `less` towards `more` as is allowed.
fn mixed(more: &Settled, less: Settled, allowed: impl Fn(&[f64]) -> bool) -> Settled {
    let at = |share: f64| -> Vec<f64> {
        less.spend.iter().zip(&more.spend).map(|(less, more)| less + share * (more - less)).collect()
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if allowed(&at(middle)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Settled { spend: at(low), ..less }
}
