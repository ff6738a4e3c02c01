use styring_allocation::{Lift, Seed, Track};
use styring_money::{Currency, Money};
use styring_response::Curve;

use crate::chance::Chance;
use crate::truth::{Channel, Overlap, Shock, Truth};
use crate::{Error, Noise, Simulated};

/// Kinds of markets, each hard in its own way. A seed draws one of its kind.
///
/// All have five channels, twelve weeks and 500 000 kr a week. Unless a kind says otherwise: Hill curves of slope one; at an even split a result costs 400 kr times a lognormal factor (standard deviation of the logarithm 0.45, so
/// that the dearest of five costs about three times the cheapest) and the elasticity lies about a half (the half-saturation spend is the even split times a lognormal factor of 0.5); results are counted, with 15 % noise beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Recipe {
    /// Saturation alone.
    Saturation,
    /// S-shaped curves: slope 1.5 to 3, half saturation at 0.5 to 2 even splits.
    SShaped,
    /// About ten results a week and channel: a result costs 10 000 kr.
    LowVolume,
    /// Results come in over five weeks, 45/25/15/10/5 %, in every other channel; in the rest, 80/20.
    Delayed,
    /// A wave of ±20 % and one week of twice the demand.
    Season,
    /// The channel that is best at the even split falls to 40 % from week 6.
    Shock,
    /// Every channel's strength takes a lognormal step of 10 % each week.
    Drift,
    /// People tire: beyond 2.5 contacts a week, and of creatives that are not refreshed (new in week 7).
    Fatigue,
    /// Three channels reach the same people.
    Overlap,
    /// The last channel catches those who would have bought: its reported results are six times what it causes; every other reports 1.5 times. Lift tests say so, with an error of 20 %.
    LastClick,
    /// Delay, season, drift, fatigue and last click together.
    AllAtOnce,
    /// Five channels that are the same: all that moves is waste.
    Null,
    /// Curves of other families: exponential, logarithmic, power.
    OtherFamilies,
    /// Spend misses the budget by 30 %, never above twice it.
    SpendNoise,
    /// Six channels of a launch in Norway: VG, TV 2, Schibsted, YouTube/CTV, Acast/Bauer, DOOH Oslo, with minima, maxima, fatigue and a peak week.
    NorwegianLaunch,
}

/// Kroner a week.
const TOTAL: f64 = 500_000.0;
const WEEKS: usize = 12;

impl Recipe {
    /// All of them, in the order of the league's tables.
    pub const ALL: [Self; 15] = [
        Self::Saturation,
        Self::SShaped,
        Self::LowVolume,
        Self::Delayed,
        Self::Season,
        Self::Shock,
        Self::Drift,
        Self::Fatigue,
        Self::Overlap,
        Self::LastClick,
        Self::AllAtOnce,
        Self::Null,
        Self::OtherFamilies,
        Self::SpendNoise,
        Self::NorwegianLaunch,
    ];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Saturation => "saturation",
            Self::SShaped => "S-shaped",
            Self::LowVolume => "low volume",
            Self::Delayed => "delayed",
            Self::Season => "season",
            Self::Shock => "shock",
            Self::Drift => "drift",
            Self::Fatigue => "fatigue",
            Self::Overlap => "overlap",
            Self::LastClick => "last click",
            Self::AllAtOnce => "all at once",
            Self::Null => "null",
            Self::OtherFamilies => "other families",
            Self::SpendNoise => "spend noise",
            Self::NorwegianLaunch => "Norwegian launch",
        }
    }

    /// A market of this kind.
    ///
    /// # Errors
    ///
    /// None that a seed can bring about; the type is that of everything underneath.
    pub fn market(self, seed: Seed) -> Result<Simulated, Error> {
        let mut draw = Chance::new(seed.0 ^ 0x5747_5952_494e_4721, 0);
        let names: &[&str] = match self {
            Self::NorwegianLaunch => &["VG", "TV 2", "Schibsted", "YouTube/CTV", "Acast/Bauer", "DOOH Oslo"],
            _ => &["search", "social", "video", "audio", "retargeting"],
        };
        let even = TOTAL / names.len() as f64;
        let currency = Currency::NOK;
        let mut tracks: Vec<Track> = names.iter().map(|name| Track::new(*name, currency)).collect();
        let mut channels = Vec::new();
        let same = self.curve(&mut draw, even, 0)?;
        for index in 0..names.len() {
            let curve = if self == Self::Null { same.clone() } else { self.curve(&mut draw, even, index)? };
            channels.push(Channel::plain(curve));
        }
        let mut truth = Truth {
            channels,
            season: vec![1.0; WEEKS],
            shocks: Vec::new(),
            refresh_weeks: Vec::new(),
            wear_decay: 0.8,
            overlap: Vec::new(),
            organic: vec![0.0; WEEKS],
            delay: vec![1.0],
        };
        let mut noise = Noise::default();
        let has = |kinds: &[Self]| kinds.contains(&self);
        if has(&[Self::Season, Self::AllAtOnce, Self::NorwegianLaunch]) {
            let phase = draw.uniform(0.0, 1.0);
            for (week, season) in truth.season.iter_mut().enumerate() {
                let turn = week as f64 / WEEKS as f64 + phase;
                *season = 1.0 + 0.2 * libm::sin(2.0 * std::f64::consts::PI * turn);
            }
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 3 to 10")]
            let peak = draw.uniform(3.0, 11.0) as usize;
            truth.season[peak] *= 2.0;
        }
        if self == Self::Shock {
            let at_even = |channel: &Channel| channel.curve.value(even);
            let best = (0..names.len())
                .max_by(|one, other| at_even(&truth.channels[*one]).total_cmp(&at_even(&truth.channels[*other])));
            truth.shocks.push(Shock { week: 6, channel: best.unwrap_or(0), factor: 0.4 });
        }
        if has(&[Self::Drift, Self::AllAtOnce]) {
            noise.drift = 0.1;
        }
        if has(&[Self::Fatigue, Self::AllAtOnce, Self::NorwegianLaunch]) {
            truth.refresh_weeks.push(7);
            for channel in &mut truth.channels {
                channel.cpm = draw.uniform(80.0, 180.0);
                // One and a half to three contacts a week at the even split.
                channel.pool = 1000.0 * even / channel.cpm / draw.uniform(1.5, 3.0);
                channel.freq_penalty = draw.uniform(0.05, 0.15);
                channel.freq_free = 2.5;
                channel.wear_penalty = draw.uniform(0.01, 0.04);
                channel.wear_free = 8.0;
            }
        }
        if self == Self::Overlap {
            let members = vec![0, 1, 2];
            let together: f64 = members.iter().map(|member| truth.channels[*member].curve.value(even)).sum();
            truth.overlap.push(Overlap { members, cap: together * draw.uniform(0.8, 1.6) });
        }
        if has(&[Self::LastClick, Self::AllAtOnce]) {
            let last = names.len() - 1;
            for (index, (channel, track)) in truth.channels.iter_mut().zip(&mut tracks).enumerate() {
                let (credit, strength) = if index == last { (6.0, 0.25) } else { (1.5, 1.0) };
                channel.credit = credit;
                channel.curve = channel.curve.rescaled(1.0, strength)?;
                let factor = draw.lognormal(0.2) / credit;
                track.lift = Some(Lift { factor, se: 0.2 / credit });
            }
        }
        if self == Self::SpendNoise {
            noise.spend = 0.3;
        }
        if self == Self::NorwegianLaunch {
            for (track, (min, max)) in
                tracks.iter_mut().zip([(40, 250), (40, 250), (40, 250), (40, 250), (30, 150), (30, 120)])
            {
                track.guardrail.min = Money::from_minor(min * 100_000, currency)?;
                track.guardrail.max = Some(Money::from_minor(max * 100_000, currency)?);
            }
        }
        let goal = if self == Self::LowVolume { 10.0 } else { even / 400.0 };
        for track in &mut tracks {
            track.goal = goal;
        }
        let total = Money::from_minor(50_000_000, currency)?;
        let slow = vec![0.45, 0.25, 0.15, 0.1, 0.05];
        let delays = (0..names.len()).map(|index| if index % 2 == 0 { slow.clone() } else { vec![0.8, 0.2] }).collect();
        let market = Simulated::new(truth, tracks, total, noise, seed)?;
        if has(&[Self::Delayed, Self::AllAtOnce]) { market.with_delays(delays) } else { Ok(market) }
    }

    fn curve(self, draw: &mut Chance, even: f64, index: usize) -> Result<Curve, Error> {
        let cost = if self == Self::LowVolume { 10_000.0 } else { 400.0 } * draw.lognormal(0.45);
        let results = even / cost;
        let k = even * draw.lognormal(0.5);
        Ok(match (self, index % 3) {
            (Self::SShaped, _) => {
                let (s, k) = (draw.uniform(1.5, 3.0), even * draw.uniform(0.5, 2.0));
                Curve::hill(results * (1.0 + libm::pow(k / even, s)), s, k)?
            }
            (Self::OtherFamilies, 0) => Curve::expsat(results / -libm::expm1(-even / k), k)?,
            (Self::OtherFamilies, 1) => Curve::log(results / libm::log1p(even / k), k)?,
            (Self::OtherFamilies, _) => {
                let p = draw.uniform(0.3, 0.8);
                Curve::power(results / libm::pow(even, p), p)?
            }
            _ => Curve::hill(results * (1.0 + k / even), 1.0, k)?,
        })
    }
}
