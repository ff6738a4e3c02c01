use super::market::{Market, Moves, Settled, Target, Unmet};

/// At most this much may be taken from what channels have now.
#[derive(Debug, Clone, Copy)]
pub(super) struct MoveLimit<'a> {
    pub(super) now: &'a [f64],
    pub(super) limit: f64,
}

/// What is taken from channels: `Σ max(now − spend, 0)`.
pub(super) fn taken(now: &[f64], spend: &[f64]) -> f64 {
    now.iter().zip(spend).map(|(now, spend)| (now - spend).max(0.0)).sum()
}

/// An optimum where moving has a price, and by how much it moves too much.
#[derive(Debug)]
struct Trial {
    settled: Settled,
    over: f64,
    apart: f64,
}

impl<'a> Market<'a> {
    /// The optimum under a limit on what is taken from channels; leaves the price of moving in the market.
    ///
    /// That price is by how much more a unit brings where it goes than where it came from: the higher it is, the less moves. It is searched in logarithms; where what moves jumps at a price, as with tied straight lines,
    /// the optima on both sides are optima at that price, and so is what lies between them.
    pub(super) fn settle_moving(&mut self, target: Target, moves: Option<MoveLimit<'a>>) -> Result<Settled, Unmet> {
        let free = self.settle(target)?;
        let Some(MoveLimit { now, limit }) = moves else {
            return Ok(free);
        };
        // Sums in different orders differ in the last digits.
        let rounding = 4.0 * f64::EPSILON * now.iter().sum::<f64>();
        let limit = limit + rounding;
        if taken(now, &free.spend) <= limit {
            return Ok(free);
        }
        let mut attempt = |apart: f64| -> Result<Trial, Unmet> {
            self.moves = Some(Moves { now, apart });
            let settled = self.settle(target)?;
            Ok(Trial { over: taken(now, &settled.spend) - limit, settled, apart })
        };
        let scale = if free.price.is_finite() && free.price > 0.0 { free.price } else { 1.0 };
        let free = Trial { over: taken(now, &free.spend) - limit, settled: free, apart: 0.0 };
        let (more, less) = around(&mut attempt, free, scale / 4.0)?;
        let (more, less) = narrow(&mut attempt, more, less, rounding)?;
        self.moves = Some(Moves { now, apart: less.apart });
        if less.over >= -2.0 * rounding {
            return Ok(less.settled);
        }
        let spend = mixed(&more.settled.spend, &less.settled.spend, &|spend| taken(now, spend) <= limit);
        Ok(Settled { spend, ..less.settled })
    }
}

/// A trial that moves too much, and one at a higher price that does not.
fn around(
    attempt: &mut dyn FnMut(f64) -> Result<Trial, Unmet>,
    free: Trial,
    start: f64,
) -> Result<(Trial, Trial), Unmet> {
    let mut trial = attempt(start)?;
    let mut factor: f64 = 8.0;
    if trial.over > 0.0 {
        loop {
            let apart = trial.apart * factor;
            if apart.is_infinite() {
                return Err(Unmet::Empty);
            }
            let next = attempt(apart)?;
            if next.over <= 0.0 {
                return Ok((trial, next));
            }
            trial = next;
            factor *= factor;
        }
    }
    loop {
        let apart = trial.apart / factor;
        if apart < f64::MIN_POSITIVE {
            return Ok((free, trial));
        }
        let next = attempt(apart)?;
        if next.over > 0.0 {
            return Ok((next, trial));
        }
        trial = next;
        factor *= factor;
    }
}

/// Regula falsi in the logarithm of the price, where the end that stays twice counts half (Illinois); what does not shrink the bracket to half is followed by a bisection.
fn narrow(
    attempt: &mut dyn FnMut(f64) -> Result<Trial, Unmet>,
    mut more: Trial,
    mut less: Trial,
    rounding: f64,
) -> Result<(Trial, Trial), Unmet> {
    let log = |apart: f64| libm::log(apart.max(f64::MIN_POSITIVE));
    let (mut excess, mut missing) = (more.over, less.over);
    let mut halve = false;
    for _ in 0..200 {
        let (low, high) = (log(more.apart), log(less.apart));
        if less.over >= -2.0 * rounding || less.apart - more.apart <= 2.0 * f64::EPSILON * less.apart {
            break;
        }
        let straight = low + (high - low) * (excess / (excess - missing));
        let at = if !halve && straight > low && straight < high { straight } else { f64::midpoint(low, high) };
        let between = libm::exp(at);
        let apart =
            if between > more.apart && between < less.apart { between } else { f64::midpoint(more.apart, less.apart) };
        if apart <= more.apart || apart >= less.apart {
            break;
        }
        let trial = attempt(apart)?;
        if trial.over > 0.0 {
            (excess, missing, more) = (trial.over, missing / 2.0, trial);
        } else {
            (missing, excess, less) = (trial.over, excess / 2.0, trial);
        }
        halve = !halve && log(less.apart) - log(more.apart) > (high - low) / 2.0;
    }
    Ok((more, less))
}

/// As far from `less` towards `more` as is allowed.
fn mixed(more: &[f64], less: &[f64], allowed: &dyn Fn(&[f64]) -> bool) -> Vec<f64> {
    let at =
        |share: f64| -> Vec<f64> { less.iter().zip(more).map(|(less, more)| less + share * (more - less)).collect() };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if allowed(&at(middle)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    at(low)
}
