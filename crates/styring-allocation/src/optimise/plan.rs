use styring_money::{Currency, Money};

use super::Goal;
use super::rounding::{Rails, whole};
use crate::Error;

/// The best spends for a goal, and the proof that they are.
///
/// Spends are `f64` in the main unit of the currency; [`in_money`](Self::in_money) makes amounts of them that can be booked.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Plan {
    /// What it was made for.
    pub goal: Goal,
    /// One entry per channel, in the order in which they came.
    pub channels: Vec<Allotment>,
    /// One entry per group, in the order in which they came.
    pub groups: Vec<GroupAllotment>,
    /// The sum of the spends.
    pub spend: f64,
    /// The sum of the responses.
    pub response: f64,
    /// The marginal response common to all channels that nothing holds: what one more unit of a fixed total would bring. None where no channel could take it.
    pub shadow_price: Option<f64>,
    /// What was taken from channels that have a present spend, `Σ max(now − spend, 0)`; none if not all have one.
    pub moved: Option<f64>,
    /// What no plan exceeds.
    pub certificate: Certificate,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(super) rails: Rails,
}

/// What a channel gets and what it does there.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Allotment {
    /// The channel.
    pub channel: String,
    /// Its spend.
    pub spend: f64,
    /// Its response to it.
    pub response: f64,
    /// What the next unit would bring; none where that is without bound.
    pub marginal: Option<f64>,
    /// What units brought on average; none without spend.
    pub average: Option<f64>,
    /// What holds its spend where it is.
    pub held_by: Hold,
    /// How far outside of the observed spends it is; none inside, and where none are given.
    pub extrapolation: Option<Extrapolation>,
}

/// What a group gets.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct GroupAllotment {
    /// The group.
    pub group: String,
    /// The sum of its members' spends.
    pub spend: f64,
    /// Which of its bounds holds it.
    pub held_by: Hold,
}

/// Which constraint keeps a spend from moving to where its marginal response equals the common one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Hold {
    /// None: it is there already.
    Nothing,
    /// Its minimum, or zero.
    Minimum,
    /// Its maximum.
    Maximum,
    /// Minimum and maximum are the same.
    Fixed,
    /// It is off.
    Off,
    /// The largest step down from now.
    StepDown,
    /// The largest step up from now.
    StepUp,
    /// The frequency cap.
    FrequencyCap,
    /// The limit on money moved: what it would gain is not worth a part of that.
    MoveLimit,
}

/// A spend outside of what was observed.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Extrapolation {
    /// Less than the least observed, which was this.
    Below(f64),
    /// More than the most observed, which was this.
    Above(f64),
}

/// A bound that every plan keeps, by Lagrangian duality.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Certificate {
    /// No plan under the same constraints has more response than this, for [`Goal::Cautious`] in the mean of the worst draws; for [`Goal::Profit`] no more profit, for [`Goal::MarginalRoas`] no more response less the marginal times spend,
    /// and for [`Goal::Response`] no less spend. True up to the rounding of `f64`.
    pub bound: f64,
    /// The distance of the plan to the bound over its response (for [`Goal::Response`]: over its spend). Zero is proven best.
    pub gap: f64,
    /// How many problems branch and bound split; zero where all curves are concave.
    pub nodes: usize,
}

/// A plan in amounts that can be booked: the total exact to the minor unit, all bounds kept.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MoneyPlan {
    /// The sum.
    pub total: Money,
    /// Channel and amount, in the order in which they came.
    pub channels: Vec<(String, Money)>,
}

impl MoneyPlan {
    /// The amount of a channel.
    pub fn channel(&self, name: &str) -> Option<Money> {
        self.channels.iter().find(|(channel, _)| channel == name).map(|(_, amount)| *amount)
    }
}

impl Plan {
    /// What a channel gets.
    pub fn channel(&self, name: &str) -> Option<&Allotment> {
        self.channels.iter().find(|allotment| allotment.channel == name)
    }

    /// Channels and spends, in the order in which they came.
    pub fn spends(&self) -> impl Iterator<Item = (&str, f64)> {
        self.channels.iter().map(|allotment| (allotment.channel.as_str(), allotment.spend))
    }

    /// What a group gets.
    pub fn group(&self, name: &str) -> Option<&GroupAllotment> {
        self.groups.iter().find(|allotment| allotment.group == name)
    }

    /// Spend per unit of response; none without response.
    pub fn cpa(&self) -> Option<f64> {
        (self.response > 0.0).then(|| self.spend / self.response)
    }

    /// Response per unit of spend; none without spend.
    pub fn roas(&self) -> Option<f64> {
        (self.spend > 0.0).then(|| self.response / self.spend)
    }

    /// `margin · response − spend`.
    pub fn profit(&self, margin: f64) -> f64 {
        margin * self.response - self.spend
    }

    /// The nearest plan in whole minor units of a currency: the total of [`Goal::Spend`] to the unit, else the sum to the nearest one; minima, maxima, steps, groups and the limit on money moved kept.
    ///
    /// Bounds that fall between two units are rounded inward; amounts within a rounding error of `f64` of a unit count as that unit. Groups are rounded before their members, each to the nearest whole
    /// vector ([`nearest_whole`](crate::nearest_whole)); of equally near ones the first by name receives.
    ///
    /// ```
    /// use styring_allocation::optimise::{Choice, Goal, Problem};
    /// use styring_money::Currency;
    /// use styring_response::Curve;
    ///
    /// let channel = |name: &str| Ok::<_, styring_response::Error>(Choice::new(name, Curve::log(100.0, 10.0)?));
    /// let plan = Problem::new([channel("A")?, channel("B")?, channel("C")?])?.solve(Goal::Spend(100.0))?;
    /// let money = plan.in_money(Currency::NOK)?;
    /// assert_eq!(money.total.to_string(), "NOK 100.00");
    /// assert_eq!(money.channel("A").map(|amount| amount.to_string()).as_deref(), Some("NOK 33.34"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InfeasibleBudget`] or [`Error::Conflict`] where no whole plan keeps what the real one keeps, as when minimum and maximum lie between the same two units; amounts beyond what [`Money`] holds.
    pub fn in_money(&self, currency: Currency) -> Result<MoneyPlan, Error> {
        let total = match self.goal {
            Goal::Spend(total) | Goal::Cautious { total, .. } => total,
            _ => self.spend,
        };
        let units = whole(&self.rails, total, currency)?;
        let amounts = units.iter().map(|units| Ok(Money::from_minor(*units, currency)?));
        let amounts = amounts.collect::<Result<Vec<Money>, Error>>()?;
        let total = Money::sum(amounts.iter().copied(), currency)?;
        let channels = self.channels.iter().map(|allotment| allotment.channel.clone()).zip(amounts).collect();
        Ok(MoneyPlan { total, channels })
    }
}
