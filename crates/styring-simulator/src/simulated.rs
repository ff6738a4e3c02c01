use std::borrow::Cow;

use styring_allocation::{History, Observed, Seed, Track};
use styring_money::Money;

use crate::chance::Chance;
use crate::truth::{State, Truth};
use crate::{Error, Market, oracle};

/// How chance enters a market.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Noise {
    /// Coefficient of variation of a channel's results in a week, beyond chance of counting: lognormal with mean one.
    pub results: f64,
    /// Whether results are counted, so that they vary as Poisson counts do; without it they are the expectation times the lognormal factor.
    pub counted: bool,
    /// Standard deviation of the logarithm of spend over budget. A channel never spends more than twice its budget in a week, nor more in all than it was given in all.
    pub spend: f64,
    /// From week to week each channel's strength is multiplied by a lognormal step of this standard deviation, mean one.
    pub drift: f64,
}

impl Default for Noise {
    /// Counted results with 15 % beyond, exact spend, no drift.
    fn default() -> Self {
        Self { results: 0.15, counted: true, spend: 0.0, drift: 0.0 }
    }
}

/// A market made of a [`Truth`] and chance.
#[derive(Debug, Clone)]
pub struct Simulated {
    truth: Truth,
    noise: Noise,
    seed: Seed,
    state: State,
    total: Money,
    history: History,
    /// How much of a week's results of each channel is reported in that week, the next, and so on.
    delays: Vec<Vec<f64>>,
    /// What each channel will have claimed of each week, with its chance.
    claims: Vec<Vec<f64>>,
    /// What was given and not spent, by channel, in minor units.
    unspent: Vec<i128>,
    strength: Vec<f64>,
}

impl Simulated {
    /// A market with these channels, each with the same part of the total as its opening budget.
    ///
    /// Results are reported for the week of the spend that they came from, late ones later: the history says how much of each week is in.
    ///
    /// # Errors
    ///
    /// A truth that does not hold together ([`Truth::check`]); another number of tracks than of channels; noise below zero; tracks with a past.
    pub fn new(truth: Truth, tracks: Vec<Track>, total: Money, noise: Noise, seed: Seed) -> Result<Self, Error> {
        truth.check()?;
        let channels = truth.channels.len();
        if tracks.len() != channels {
            return Err(Error::Length { what: "tracks", got: tracks.len(), expected: channels });
        }
        if let Some(track) = tracks.iter().find(|track| !track.weeks.is_empty()) {
            return Err(Error::Length { what: "weeks of a track", got: track.weeks.len(), expected: 0 });
        }
        for (what, value) in
            [("noise of results", noise.results), ("noise of spend", noise.spend), ("drift", noise.drift)]
        {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::range(what, "zero or above", value));
            }
        }
        let history = History { currency: total.currency(), channels: tracks };
        history.check()?;
        Ok(Self {
            state: truth.start(),
            delays: vec![truth.delay.clone(); channels],
            claims: vec![Vec::new(); channels],
            unspent: vec![0; channels],
            strength: vec![1.0; channels],
            truth,
            noise,
            seed,
            total,
            history,
        })
    }

    /// Each channel with a delay of its own in place of the truth's.
    ///
    /// # Errors
    ///
    /// Another number of delays than of channels.
    pub fn with_delays(mut self, delays: Vec<Vec<f64>>) -> Result<Self, Error> {
        if delays.len() != self.truth.channels.len() {
            return Err(Error::Length { what: "delays", got: delays.len(), expected: self.truth.channels.len() });
        }
        self.delays = delays;
        Ok(self)
    }

    /// What is true.
    pub fn truth(&self) -> &Truth {
        &self.truth
    }

    /// The luck of a channel in a week: the same whatever was decided.
    fn chance(&self, week: usize, channel: usize) -> Chance {
        Chance::new(self.seed.0, ((week as u64) << 32) | channel as u64)
    }

    /// An amount of minor units in units of the currency.
    fn major(&self, minor: i128) -> f64 {
        minor as f64 / f64::from(self.total.currency().minor_units())
    }
}

/// The truth as drift has left it.
fn present<'a>(truth: &'a Truth, strength: &[f64], drift: f64) -> Result<Cow<'a, Truth>, Error> {
    let mut truth = Cow::Borrowed(truth);
    if drift > 0.0 {
        for (channel, strength) in truth.to_mut().channels.iter_mut().zip(strength) {
            channel.curve = channel.curve.rescaled(1.0, *strength)?;
        }
    }
    Ok(truth)
}

/// The count at a place of Poisson's distribution: exact by adding up to a mean of 50, beyond by Cornish and Fisher's second order, which is off by a count now and then.
///
/// One place for one luck: the count rises with the mean.
fn poisson(mean: f64, place: f64, z: f64) -> f64 {
    if mean > 50.0 {
        let root = mean.sqrt();
        return (mean + root * z + (z * z - 1.0) / 6.0 + 0.5).floor().max(0.0);
    }
    let mut term = libm::exp(-mean);
    let (mut below, mut count) = (term, 0.0);
    while below < place && count < 1000.0 {
        count += 1.0;
        term *= mean / count;
        below += term;
    }
    count
}

impl Market for Simulated {
    fn weeks(&self) -> usize {
        self.truth.weeks()
    }

    fn total(&self) -> Money {
        self.total
    }

    fn history(&self) -> &History {
        &self.history
    }

    fn play(&mut self, budgets: &[Money]) -> Result<Vec<f64>, Error> {
        let channels = self.truth.channels.len();
        if budgets.len() != channels {
            return Err(Error::Length { what: "budgets", got: budgets.len(), expected: channels });
        }
        let week = self.state.weeks_played();
        let mut luck: Vec<(f64, f64, f64)> = Vec::with_capacity(channels);
        let mut spent = Vec::with_capacity(channels);
        for (channel, budget) in budgets.iter().enumerate() {
            let mut chance = self.chance(week, channel);
            let over = libm::exp(self.noise.spend * chance.normal(1.0));
            let mut with_mean_one = |sd: f64| libm::exp(sd * chance.normal(1.0) - 0.5 * sd * sd);
            let (strength, factor) = (with_mean_one(self.noise.drift), with_mean_one(self.noise.results));
            let z = chance.normal(1.0);
            let place = 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
            luck.push((factor, place, z));
            let minor = budget.to_minor()?;
            // A platform may spend twice the budget of a day or a week, but not more than it was given over time.
            #[allow(clippy::cast_possible_truncation, reason = "amounts of money are far inside i128")]
            let wish = (minor as f64 * over.min(2.0)) as i128;
            let spend = wish.min(minor + self.unspent[channel]).max(0);
            self.unspent[channel] += minor - spend;
            spent.push(spend);
            if week > 0 {
                self.strength[channel] *= strength;
            }
        }
        let spends: Vec<f64> = spent.iter().map(|minor| self.major(*minor)).collect();
        let truth = present(&self.truth, &self.strength, self.noise.drift)?;
        let played = truth.play(&mut self.state, &spends)?;
        for (channel, (week, (factor, place, z))) in played.iter().zip(luck).enumerate() {
            let mean = week.claimed * factor;
            let claim = if self.noise.counted { poisson(mean, place, z) } else { mean };
            self.claims[channel].push(claim);
            self.history.channels[channel].weeks.push(Observed {
                budget: budgets[channel],
                spend: Money::from_minor(spent[channel], self.total.currency())?,
                results: 0.0,
                value: None,
                frequency: Some(week.frequency),
                completion: 1.0,
            });
        }
        for (track, (claims, delay)) in self.history.channels.iter_mut().zip(self.claims.iter().zip(&self.delays)) {
            let whole: f64 = delay.iter().sum();
            for (week, (seen, claim)) in track.weeks.iter_mut().zip(claims).enumerate() {
                let known = delay.iter().take(claims.len() - week).sum::<f64>();
                seen.completion = if whole > 0.0 { (known / whole).clamp(1e-6, 1.0) } else { 1.0 };
                seen.results = if self.noise.counted { (claim * known).round() } else { claim * known };
            }
        }
        Ok(played.iter().map(|week| week.incremental).collect())
    }

    fn best(&self) -> Result<Vec<f64>, Error> {
        let truth = present(&self.truth, &self.strength, self.noise.drift)?;
        oracle::best(&truth, &self.state, self.major(self.total.to_minor()?))
    }
}
