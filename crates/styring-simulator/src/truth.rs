//! What is true of a market: the physics, without noise.

use styring_response::Curve;

use crate::Error;

/// A channel as it truly is.
///
/// Spend buys impressions at a CPM; they reach a pool of people; too many for each, too long the same, and the response falls.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Channel {
    /// Results a week that are caused by a weekly effective spend.
    pub curve: Curve,
    /// How much of last week's effective spend is still at work, from 0 to below 1.
    pub theta: f64,
    /// The effective spend of the week before the first.
    pub adstock0: f64,
    /// The price of 1000 impressions.
    pub cpm: f64,
    /// How many people the channel can reach.
    pub pool: f64,
    /// How much each contact of a week above [`freq_free`](Self::freq_free) costs: the response is multiplied by e^(−this).
    pub freq_penalty: f64,
    /// Contacts a week that do no harm.
    pub freq_free: f64,
    /// How much each contact of the same creatives above [`wear_free`](Self::wear_free) costs.
    pub wear_penalty: f64,
    /// Contacts with the same creatives that do no harm.
    pub wear_free: f64,
    /// Reported results for each that is caused: above one is over-credited.
    pub credit: f64,
    /// Share of the people it reaches whose purchase, which would have come anyway, it claims.
    pub steal: f64,
}

impl Channel {
    /// A channel that tires nobody, carries nothing over and reports what it causes.
    pub fn plain(curve: Curve) -> Self {
        Self {
            curve,
            theta: 0.0,
            adstock0: 0.0,
            cpm: 100.0,
            pool: 1e6,
            freq_penalty: 0.0,
            freq_free: 0.0,
            wear_penalty: 0.0,
            wear_free: 0.0,
            credit: 1.0,
            steal: 0.0,
        }
    }
}

/// From a week on a channel works by another factor.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Shock {
    /// The first week of it, from one.
    pub week: usize,
    /// The channel, by its place.
    pub channel: usize,
    /// What its response is multiplied by.
    pub factor: f64,
}

/// Channels that reach the same people, who can be won only once.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Overlap {
    /// The channels, by their places; no channel is in two overlaps.
    pub members: Vec<usize>,
    /// The most results a week that they can have together.
    pub cap: f64,
}

/// All that is true of a market. One week follows from another by the formulas of [`Truth::play`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Truth {
    /// The channels.
    pub channels: Vec<Channel>,
    /// What the response of each week is multiplied by; its length is that of the market.
    pub season: Vec<f64>,
    /// Changes of single channels.
    pub shocks: Vec<Shock>,
    /// Weeks, from one, in which the creatives are new and nobody is tired of them.
    pub refresh_weeks: Vec<usize>,
    /// How much of last week's wear is left, 0 to 1.
    pub wear_decay: f64,
    /// Audiences in common.
    pub overlap: Vec<Overlap>,
    /// Purchases that come without advertising, each week.
    pub organic: Vec<f64>,
    /// How much of a week's results is reported in that week, the next, and so on.
    pub delay: Vec<f64>,
}

/// What the weeks so far have left behind.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct State {
    week: usize,
    adstock: Vec<f64>,
    wear: Vec<f64>,
}

impl State {
    /// How many weeks have been played.
    pub fn weeks_played(&self) -> usize {
        self.week
    }
}

/// One channel in one week.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Played {
    /// Results that the spend causes.
    pub incremental: f64,
    /// Results of this week that the channel will claim, as soon as they are reported.
    pub claimed: f64,
    /// Contacts per person reached; zero without spend.
    pub frequency: f64,
}

impl Truth {
    /// Checks every number and place.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`], [`Error::Length`] and [`Error::NoSuchChannel`] name the field.
    pub fn check(&self) -> Result<(), Error> {
        let at_least = |what, value: f64, least: f64, expected| {
            if value.is_finite() && value >= least { Ok(()) } else { Err(Error::range(what, expected, value)) }
        };
        let positive = |what, value: f64| {
            if value.is_finite() && value > 0.0 { Ok(()) } else { Err(Error::range(what, "above zero", value)) }
        };
        let part = |what, value: f64| {
            if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(Error::range(what, "from 0 to 1", value)) }
        };
        if self.channels.is_empty() {
            return Err(Error::Length { what: "channels", got: 0, expected: 1 });
        }
        for channel in &self.channels {
            if !(0.0..1.0).contains(&channel.theta) {
                return Err(Error::range("theta", "from 0 to below 1", channel.theta));
            }
            positive("cpm", channel.cpm)?;
            positive("pool", channel.pool)?;
            for (what, value) in [
                ("adstock0", channel.adstock0),
                ("freq_penalty", channel.freq_penalty),
                ("freq_free", channel.freq_free),
                ("wear_penalty", channel.wear_penalty),
                ("wear_free", channel.wear_free),
                ("credit", channel.credit),
            ] {
                at_least(what, value, 0.0, "zero or above")?;
            }
            part("steal", channel.steal)?;
        }
        part("wear_decay", self.wear_decay)?;
        let factors = self.season.iter().map(|value| ("season", *value));
        let organic = self.organic.iter().map(|value| ("organic", *value));
        let delay = self.delay.iter().map(|value| ("delay", *value));
        let shocks = self.shocks.iter().map(|shock| ("factor of a shock", shock.factor));
        for (what, value) in factors.chain(organic).chain(delay).chain(shocks) {
            at_least(what, value, 0.0, "zero or above")?;
        }
        if self.organic.len() != self.season.len() {
            return Err(Error::Length { what: "organic", got: self.organic.len(), expected: self.season.len() });
        }
        let mut owner = vec![false; self.channels.len()];
        for overlap in &self.overlap {
            positive("cap of an overlap", overlap.cap)?;
            for member in &overlap.members {
                match owner.get_mut(*member) {
                    Some(taken) if !*taken => *taken = true,
                    Some(_) => return Err(Error::range("overlap", "without a channel in two of them", *member as f64)),
                    None => return Err(self.no_such_channel("overlap", *member)),
                }
            }
        }
        match self.shocks.iter().find(|shock| shock.channel >= self.channels.len()) {
            Some(shock) => Err(self.no_such_channel("shock", shock.channel)),
            None => Ok(()),
        }
    }

    fn no_such_channel(&self, what: &'static str, index: usize) -> Error {
        Error::NoSuchChannel { what, index, channels: self.channels.len() }
    }

    /// How many weeks it has.
    pub fn weeks(&self) -> usize {
        self.season.len()
    }

    /// Before the first week.
    pub fn start(&self) -> State {
        State {
            week: 0,
            adstock: self.channels.iter().map(|channel| channel.adstock0).collect(),
            wear: vec![0.0; self.channels.len()],
        }
    }

    /// Plays the next week with a spend for each channel; after the last week the season of the last goes on.
    ///
    /// For each channel, with spend x: effective spend `s = (1 − θ)·x + θ·s₋₁`; impressions `I = 1000·x/cpm`; share of the pool reached `h = 1 − e^(−I/pool)`; frequency `F = I/(pool·h)`; wear
    /// `w = decay·w₋₁ + F`, from zero where creatives are new; `v = curve(s) · season · shocks · e^(−freq_penalty·(F − freq_free)⁺) · e^(−wear_penalty·(w − wear_free)⁺)`. The members of an
    /// overlap, V together, keep `cap·(1 − e^(−V/cap))/V` of it. That is incremental; claimed is `credit · incremental + steal · organic · h`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] for another number of spends than of channels, [`Error::OutOfRange`] for a spend that is not zero or above.
    pub fn play(&self, state: &mut State, spend: &[f64]) -> Result<Vec<Played>, Error> {
        if spend.len() != self.channels.len() || state.adstock.len() != spend.len() {
            return Err(Error::Length { what: "spend", got: spend.len(), expected: self.channels.len() });
        }
        if let Some(bad) = spend.iter().find(|spend| !(spend.is_finite() && **spend >= 0.0)) {
            return Err(Error::range("spend", "zero or above", *bad));
        }
        let is_new = self.is_refreshed(state.week);
        let mut played: Vec<Played> = (0..spend.len())
            .map(|index| {
                let x = spend[index];
                let effective = self.effective(state, index, x);
                let (frequency, reached) = self.contacts(index, x);
                let wear = if is_new { frequency } else { self.wear_decay * state.wear[index] + frequency };
                let incremental = self.alone(state.week, index, effective, frequency, wear);
                state.adstock[index] = effective;
                state.wear[index] = wear;
                Played { incremental, claimed: reached, frequency }
            })
            .collect();
        for overlap in &self.overlap {
            let together: f64 = overlap.members.iter().map(|member| played[*member].incremental).sum();
            let kept = shared(together, overlap.cap);
            for member in &overlap.members {
                played[*member].incremental *= kept;
            }
        }
        let organic = at_week(&self.organic, state.week).unwrap_or(0.0);
        for (channel, week) in self.channels.iter().zip(&mut played) {
            week.claimed = channel.credit * week.incremental + channel.steal * organic * week.claimed;
        }
        state.week += 1;
        Ok(played)
    }

    /// What one channel would cause next week with a spend, before any overlap.
    pub(crate) fn would_cause(&self, state: &State, index: usize, spend: f64) -> f64 {
        let (frequency, _) = self.contacts(index, spend);
        let before = if self.is_refreshed(state.week) { 0.0 } else { self.wear_decay * state.wear[index] };
        self.alone(state.week, index, self.effective(state, index, spend), frequency, before + frequency)
    }

    fn is_refreshed(&self, week: usize) -> bool {
        self.refresh_weeks.contains(&(week + 1))
    }

    fn effective(&self, state: &State, index: usize, spend: f64) -> f64 {
        let theta = self.channels[index].theta;
        (1.0 - theta) * spend + theta * state.adstock[index]
    }

    /// Contacts per person reached, and the share of the pool that is.
    fn contacts(&self, index: usize, spend: f64) -> (f64, f64) {
        let channel = &self.channels[index];
        let per_head = 1000.0 * spend / channel.cpm / channel.pool;
        let reached = -libm::expm1(-per_head);
        (if reached > 0.0 { per_head / reached } else { 0.0 }, reached)
    }

    fn alone(&self, week: usize, index: usize, effective: f64, frequency: f64, wear: f64) -> f64 {
        let channel = &self.channels[index];
        let tired = channel.freq_penalty * (frequency - channel.freq_free).max(0.0)
            + channel.wear_penalty * (wear - channel.wear_free).max(0.0);
        let kept = if tired > 0.0 { libm::exp(-tired) } else { 1.0 };
        channel.curve.value(effective) * self.factor(week, index) * kept
    }

    /// Season and shocks of a channel in a week, from zero.
    fn factor(&self, week: usize, index: usize) -> f64 {
        let season = at_week(&self.season, week).unwrap_or(1.0);
        let shocks = self.shocks.iter().filter(|shock| shock.channel == index && shock.week <= week + 1);
        season * shocks.map(|shock| shock.factor).product::<f64>()
    }
}

/// The entry of a week, from zero; the last goes on.
fn at_week(weeks: &[f64], week: usize) -> Option<f64> {
    weeks.get(week).or(weeks.last()).copied()
}

/// How much of its results each member of an overlap keeps, when all would have `together`.
pub(crate) fn shared(together: f64, cap: f64) -> f64 {
    if together > 0.0 { -libm::expm1(-together / cap) * cap / together } else { 1.0 }
}

/// What is reported week by week of claims that come in late: entry t of the answer is `Σ_d delay[d]·claims[t − d]`.
pub fn reported(claims: &[f64], delay: &[f64]) -> Vec<f64> {
    let by_week = |week: usize| claims[..=week].iter().rev().zip(delay).map(|(claim, share)| claim * share).sum();
    (0..claims.len()).map(by_week).collect()
}
