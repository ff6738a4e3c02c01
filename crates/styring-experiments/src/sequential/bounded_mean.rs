use crate::sequential::GammaMixture;
use crate::stirling::gamma_deviance;
use crate::{ConfidenceSet, Error, Level};

/// What values can be: from the lowest to the highest.
///
/// ```
/// use styring_experiments::sequential::Bounds;
/// let baskets = Bounds::new(0.0, 5_000.0)?; // kroner, capped
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(f64, f64)", into = "(f64, f64)"))]
pub struct Bounds {
    low: f64,
    high: f64,
}

impl Bounds {
    /// Shares and rates.
    pub const UNIT: Self = Self { low: 0.0, high: 1.0 };

    /// From the lowest to the highest possible value.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless both are numbers and the first is below the second.
    pub fn new(low: f64, high: f64) -> Result<Self, Error> {
        if low < high && (high - low).is_finite() {
            Ok(Self { low, high })
        } else {
            Err(Error::range("bounds", "two numbers, the lower first", format!("{low} and {high}")))
        }
    }

    /// The place of a value, 0 for the lowest and 1 for the highest.
    fn place(self, value: f64) -> Result<f64, Error> {
        if self.low <= value && value <= self.high {
            Ok((value - self.low) / (self.high - self.low))
        } else {
            Err(Error::range("value", "within the bounds", value))
        }
    }

    fn set(self, low: f64, high: f64) -> ConfidenceSet {
        let value = |place: f64| self.low + place.clamp(0.0, 1.0) * (self.high - self.low);
        ConfidenceSet::between(value(low), value(high))
    }
}

impl TryFrom<(f64, f64)> for Bounds {
    type Error = Error;

    fn try_from((low, high): (f64, f64)) -> Result<Self, Error> {
        Self::new(low, high)
    }
}

impl From<Bounds> for (f64, f64) {
    fn from(bounds: Bounds) -> Self {
        (bounds.low, bounds.high)
    }
}

/// Bets that follow what was seen, large where it varies little: √(2 ln(1/α) / (σ̂² t ln(1 + t))).
///
/// They are made before the value they are made on, so the **order of the values counts**, and two parts cannot be merged.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bettor {
    log: f64,
    count: f64,
    sum: f64,
    squares: f64,
}

impl Bettor {
    fn new(alpha: f64) -> Self {
        Self { log: -libm::log(alpha), count: 0.0, sum: 0.0, squares: 0.0 }
    }

    /// The bet on the next value.
    fn bet(&self) -> f64 {
        let t = self.count + 1.0;
        // One made-up value of mean ½ and variance ¼ before the first.
        let variance = (0.25 + self.squares) / t;
        (2.0 * self.log / (t * libm::log1p(t) * variance)).sqrt()
    }

    fn see(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        let mean = ((0.5 + self.sum) / (self.count + 1.0)).min(1.0);
        self.squares += (value - mean) * (value - mean);
    }
}

/// The predictable plug-in empirical Bernstein confidence sequence for the mean of bounded values: quick, in constant memory.
///
/// x̄_λ ± (ln(2/α) + Σ v ψ(λ)) / Σ λ with bets λ of at most ½ from what was seen before, v = (x − x̄_{t−1})² and ψ(λ) = −ln(1 − λ) − λ (Waudby-Smith and Ramdas 2024, theorem 2).
/// [`BettingMean`] is narrower.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BernsteinMean {
    bounds: Bounds,
    log: f64,
    bettor: Bettor,
    bets: f64,
    weighted: f64,
    /// Σ v ψ, for the lower end and, mirrored, for the upper.
    spent: [f64; 2],
    alternately: [f64; 2],
}

impl BernsteinMean {
    /// Nothing seen yet.
    pub fn new(bounds: Bounds, level: Level) -> Self {
        let alpha = level.alpha() / 2.0;
        let bettor = Bettor::new(alpha);
        Self { bounds, log: bettor.log, bettor, bets: 0.0, weighted: 0.0, spent: [0.0; 2], alternately: [0.0; 2] }
    }

    /// One more value.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a value outside the bounds.
    pub fn add(&mut self, value: f64) -> Result<(), Error> {
        let value = self.bounds.place(value)?;
        let bet = self.bettor.bet().min(0.5);
        let cost = gamma_deviance(-bet);
        for (side, mean) in self.alternately.iter_mut().enumerate() {
            let value = if side == 0 { value } else { 1.0 - value };
            // Before the first value the mean is taken for 0 on either side.
            self.spent[side] += (value - *mean) * (value - *mean) * cost;
            *mean += (value - *mean) / (self.bettor.count + 1.0);
        }
        self.bets += bet;
        self.weighted += bet * value;
        self.bettor.see(value);
        Ok(())
    }

    /// The means that are not rejected.
    pub fn set(&self) -> ConfidenceSet {
        if self.bets <= 0.0 {
            return self.bounds.set(0.0, 1.0);
        }
        let mean = self.weighted / self.bets;
        let [low, high] = self.spent.map(|spent| (self.log + spent) / self.bets);
        self.bounds.set(mean - low, mean + high)
    }
}

/// The predictable Hoeffding confidence sequence for the mean of bounded values, which knows nothing of their variance; for comparison.
///
/// x̄_λ ± (ln(2/α) + Σ λ²/8) / Σ λ with λ = min(1, √(8 ln(2/α) / (t ln(1 + t)))) (Waudby-Smith and Ramdas 2024, theorem 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HoeffdingMean {
    bounds: Bounds,
    log: f64,
    count: f64,
    bets: f64,
    weighted: f64,
    spent: f64,
}

impl HoeffdingMean {
    /// Nothing seen yet.
    pub fn new(bounds: Bounds, level: Level) -> Self {
        Self { bounds, log: -libm::log(level.alpha() / 2.0), count: 0.0, bets: 0.0, weighted: 0.0, spent: 0.0 }
    }

    /// One more value.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a value outside the bounds.
    pub fn add(&mut self, value: f64) -> Result<(), Error> {
        let value = self.bounds.place(value)?;
        self.count += 1.0;
        let bet = (8.0 * self.log / (self.count * libm::log1p(self.count))).sqrt().min(1.0);
        self.bets += bet;
        self.weighted += bet * value;
        self.spent += bet * bet / 8.0;
        Ok(())
    }

    /// The means that are not rejected.
    pub fn set(&self) -> ConfidenceSet {
        if self.bets <= 0.0 {
            return self.bounds.set(0.0, 1.0);
        }
        let (mean, margin) = (self.weighted / self.bets, (self.log + self.spent) / self.bets);
        self.bounds.set(mean - margin, mean + margin)
    }
}

/// The conjugate-mixture empirical Bernstein confidence sequence for the mean of bounded values: tuned to a sample, in constant memory.
///
/// x̄ ± u(V)/t with V = Σ (x − x̄_{t−1})² and u the gamma–exponential boundary (Howard, Ramdas, McAuliffe and Sekhon 2021, theorem 4).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixtureMean {
    bounds: Bounds,
    side: Level,
    boundary: GammaMixture,
    count: f64,
    mean: f64,
    variance: f64,
}

impl MixtureMean {
    /// Nothing seen yet; narrowest where the squared deviations from the mean sum to about `v_opt`, in units of the squared range: variance times the number of values at which a decision is expected.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] unless `v_opt` is above 0.
    pub fn new(bounds: Bounds, v_opt: f64, level: Level) -> Result<Self, Error> {
        let side = Level::from_alpha(level.alpha() / 2.0)?;
        let boundary = GammaMixture::exponential(v_opt, 1.0, side)?;
        Ok(Self { bounds, side, boundary, count: 0.0, mean: 0.5, variance: 0.0 })
    }

    /// One more value.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a value outside the bounds.
    pub fn add(&mut self, value: f64) -> Result<(), Error> {
        let value = self.bounds.place(value)?;
        let away = value - self.mean;
        self.variance += away * away;
        self.count += 1.0;
        self.mean = if self.count > 1.0 { self.mean + away / self.count } else { value };
        Ok(())
    }

    /// The means that are not rejected.
    pub fn set(&self) -> ConfidenceSet {
        if self.count <= 0.0 {
            return self.bounds.set(0.0, 1.0);
        }
        let margin = self.boundary.bound(self.variance, self.side) / self.count;
        self.bounds.set(self.mean - margin, self.mean + margin)
    }
}

/// The betting confidence sequence for the mean of bounded values: the narrowest here, at the price of keeping the values.
///
/// For every mean m two gamblers bet that it is more, and that it is less, with the bets λ of the empirical Bernstein sequence, at most ½/m and ½/(1 − m); m is rejected when half the wealth of either exceeds
/// 1/α: the hedged capital process (Waudby-Smith and Ramdas 2024, theorem 3). The ends are roots, not points of a grid.
///
/// ```
/// use styring_experiments::Level;
/// use styring_experiments::sequential::{BettingMean, Bounds};
///
/// let mut viewed = BettingMean::new(Bounds::UNIT, Level::P95); // share of a video that was seen
/// for share in [0.25, 0.5, 0.25, 1.0, 0.0, 0.25, 0.5, 0.25].repeat(60) {
///     viewed.add(share)?;
/// }
/// let (low, high) = viewed.set().ends();
/// assert!(0.32 < low && low < 0.375 && 0.375 < high && high < 0.43);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
///
/// A set takes some hundred passes over the values.
#[derive(Debug, Clone, PartialEq)]
pub struct BettingMean {
    bounds: Bounds,
    level: Level,
    bettor: Bettor,
    /// Values with the bets that were made on them.
    bets: Vec<(f64, f64)>,
}

impl BettingMean {
    /// Nothing seen yet.
    pub fn new(bounds: Bounds, level: Level) -> Self {
        Self { bounds, level, bettor: Bettor::new(level.alpha() / 2.0), bets: Vec::new() }
    }

    /// One more value.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a value outside the bounds.
    pub fn add(&mut self, value: f64) -> Result<(), Error> {
        let value = self.bounds.place(value)?;
        self.bets.push((value, self.bettor.bet()));
        self.bettor.see(value);
        Ok(())
    }

    /// The means that are not rejected.
    pub fn set(&self) -> ConfidenceSet {
        if self.bets.is_empty() {
            return self.bounds.set(0.0, 1.0);
        }
        let wanted = libm::log(2.0) - libm::log(self.level.alpha());
        // The wealth of either gambler is monotone in m, so what is not rejected is an interval.
        let more = |m: f64| wealth(self.bets.iter().copied(), m) > wanted;
        let less = |m: f64| wealth(self.bets.iter().map(|&(value, bet)| (1.0 - value, bet)), 1.0 - m) > wanted;
        // Some mean between is rejected by neither but for values of no spread at the bounds.
        let seen = self.bettor.sum / self.bettor.count;
        let low = if more(0.0) { crate::crossing::crossing(1.0, 0.0, more) } else { 0.0 };
        let high = if less(1.0) { crate::crossing::crossing(0.0, 1.0, less) } else { 1.0 };
        if low <= high { self.bounds.set(low, high) } else { self.bounds.set(seen, seen) }
    }
}

/// ln of what a gambler has who bets that the mean is above m.
fn wealth(bets: impl Iterator<Item = (f64, f64)>, m: f64) -> f64 {
    let most = if m > 0.0 { 0.5 / m } else { f64::INFINITY };
    bets.map(|(value, bet)| libm::log1p(bet.min(most) * (value - m))).sum()
}
