use styring_money::{Exact, Money, Sign, Unrounded};

use crate::{Error, Fact, Facts, Outcome, Ratio};

/// A key performance indicator: which facts over which.
///
/// ```
/// use styring_metrics::{Facts, Kpi, Outcome, Row};
/// use styring_money::Currency;
///
/// let mut facts = Facts::zero(Currency::NOK);
/// facts.add(&Row { spend: Some("NOK 200.00".parse()?), revenue: Some("NOK 900.00".parse()?), ..Row::default() })?;
/// assert_eq!(facts.kpi(Kpi::Roas).number(), Outcome::Value(4.5));
/// # Ok::<(), styring_metrics::Error>(())
/// ```
///
/// Revenue is net of VAT throughout; in Norway ROAS on gross revenue is 25 % higher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Kpi {
    /// Cost per action: spend / conversions.
    Cpa,
    /// Cost per lead: spend / leads.
    Cpl,
    /// Cost per order: spend / orders.
    Cpo,
    /// Customer acquisition cost: spend / new customers.
    Cac,
    /// Cost per click: spend / clicks.
    Cpc,
    /// Cost per mille: 1000 spend / impressions.
    Cpm,
    /// Viewable CPM: 1000 spend / viewable impressions.
    Vcpm,
    /// Cost per completed view: spend / completes.
    Cpcv,
    /// Click-through rate: clicks / impressions.
    Ctr,
    /// Conversion rate: conversions / clicks. Above one when people convert without clicking.
    Cvr,
    /// Average order value: revenue / orders.
    Aov,
    /// Return on ad spend: revenue / spend.
    Roas,
    /// Advertising cost of sales: spend / revenue.
    Acos,
    /// Profit on ad spend: (revenue − goods − other variable cost) / spend. Breaks even at one.
    Poas,
    /// Margin after goods: CM1 / revenue.
    Cm1Rate,
    /// Margin after goods and other variable cost: CM2 / revenue.
    Cm2Rate,
    /// Margin after goods, other variable cost and ads: CM3 / revenue.
    Cm3Rate,
    /// The ROAS at which CM3 is zero: revenue / CM2. See [`Facts::break_even_roas`].
    BreakEvenRoas,
    /// The cost per conversion at which CM3 is zero: CM2 / conversions.
    BreakEvenCpa,
    /// The cost per order at which CM3 is zero: CM2 / orders.
    BreakEvenCpo,
    /// Viewability: viewable / measurable impressions (MRC), not over served ones.
    Viewability,
    /// Measurable impressions / impressions. Report it beside viewability.
    MeasurableRate,
    /// Audible and visible on complete: AVOC / impressions measurable for sound and picture.
    AvocRate,
    /// Impressions measurable for sound and picture / impressions.
    AvMeasurableRate,
    /// Reached 25 % / starts.
    FirstQuartileRate,
    /// Reached 50 % / starts.
    MidpointRate,
    /// Reached 75 % / starts.
    ThirdQuartileRate,
    /// Completed / starts.
    CompletionRate,
}

/// Which direction is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "there is no third direction")]
pub enum Better {
    /// Lower is better: costs.
    Lower,
    /// Higher is better: rates and returns.
    Higher,
}

/// A signed sum of facts.
type Terms = &'static [(i64, Fact)];

const CM1: Terms = &[(1, Fact::Revenue), (-1, Fact::CostOfGoods)];
const CM2: Terms = &[(1, Fact::Revenue), (-1, Fact::CostOfGoods), (-1, Fact::OtherVariableCost)];
const CM3: Terms = &[(1, Fact::Revenue), (-1, Fact::CostOfGoods), (-1, Fact::OtherVariableCost), (-1, Fact::Spend)];

impl Kpi {
    /// All KPIs, in the order of the enum.
    pub const ALL: [Self; 28] = [
        Self::Cpa,
        Self::Cpl,
        Self::Cpo,
        Self::Cac,
        Self::Cpc,
        Self::Cpm,
        Self::Vcpm,
        Self::Cpcv,
        Self::Ctr,
        Self::Cvr,
        Self::Aov,
        Self::Roas,
        Self::Acos,
        Self::Poas,
        Self::Cm1Rate,
        Self::Cm2Rate,
        Self::Cm3Rate,
        Self::BreakEvenRoas,
        Self::BreakEvenCpa,
        Self::BreakEvenCpo,
        Self::Viewability,
        Self::MeasurableRate,
        Self::AvocRate,
        Self::AvMeasurableRate,
        Self::FirstQuartileRate,
        Self::MidpointRate,
        Self::ThirdQuartileRate,
        Self::CompletionRate,
    ];

    /// The name the trade uses: `CPA`, `ROAS`, `Viewability` …
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpa => "CPA",
            Self::Cpl => "CPL",
            Self::Cpo => "CPO",
            Self::Cac => "CAC",
            Self::Cpc => "CPC",
            Self::Cpm => "CPM",
            Self::Vcpm => "vCPM",
            Self::Cpcv => "CPCV",
            Self::Ctr => "CTR",
            Self::Cvr => "CVR",
            Self::Aov => "AOV",
            Self::Roas => "ROAS",
            Self::Acos => "ACoS",
            Self::Poas => "POAS",
            Self::Cm1Rate => "CM1 rate",
            Self::Cm2Rate => "CM2 rate",
            Self::Cm3Rate => "CM3 rate",
            Self::BreakEvenRoas => "Break-even ROAS",
            Self::BreakEvenCpa => "Break-even CPA",
            Self::BreakEvenCpo => "Break-even CPO",
            Self::Viewability => "Viewability",
            Self::MeasurableRate => "Measurable rate",
            Self::AvocRate => "AVOC",
            Self::AvMeasurableRate => "AV measurable rate",
            Self::FirstQuartileRate => "25 % rate",
            Self::MidpointRate => "50 % rate",
            Self::ThirdQuartileRate => "75 % rate",
            Self::CompletionRate => "Completion rate",
        }
    }

    /// Which direction is good, where one is.
    pub fn better(self) -> Option<Better> {
        match self {
            Self::Cpa
            | Self::Cpl
            | Self::Cpo
            | Self::Cac
            | Self::Cpc
            | Self::Cpm
            | Self::Vcpm
            | Self::Cpcv
            | Self::Acos => Some(Better::Lower),
            // What a break-even asks for is a property of the goods, not of the advertising.
            Self::BreakEvenRoas | Self::BreakEvenCpa | Self::BreakEvenCpo => None,
            _ => Some(Better::Higher),
        }
    }

    /// What stands above the line: facts with their factors, to be summed.
    ///
    /// ```
    /// use styring_metrics::{Fact, Kpi};
    /// assert_eq!(Kpi::Cpm.numerator(), [(1000, Fact::Spend)]);
    /// assert_eq!(Kpi::Poas.numerator(), [(1, Fact::Revenue), (-1, Fact::CostOfGoods), (-1, Fact::OtherVariableCost)]);
    /// ```
    pub fn numerator(self) -> &'static [(i64, Fact)] {
        self.formula().0
    }

    /// What stands below the line: facts with their factors, to be summed.
    pub fn denominator(self) -> &'static [(i64, Fact)] {
        self.formula().1
    }

    fn formula(self) -> (Terms, Terms) {
        use Fact as F;
        match self {
            Self::Cpa => (&[(1, F::Spend)], &[(1, F::Conversions)]),
            Self::Cpl => (&[(1, F::Spend)], &[(1, F::Leads)]),
            Self::Cpo => (&[(1, F::Spend)], &[(1, F::Orders)]),
            Self::Cac => (&[(1, F::Spend)], &[(1, F::NewCustomers)]),
            Self::Cpc => (&[(1, F::Spend)], &[(1, F::Clicks)]),
            Self::Cpm => (&[(1000, F::Spend)], &[(1, F::Impressions)]),
            Self::Vcpm => (&[(1000, F::Spend)], &[(1, F::Viewable)]),
            Self::Cpcv => (&[(1, F::Spend)], &[(1, F::Completes)]),
            Self::Ctr => (&[(1, F::Clicks)], &[(1, F::Impressions)]),
            Self::Cvr => (&[(1, F::Conversions)], &[(1, F::Clicks)]),
            Self::Aov => (&[(1, F::Revenue)], &[(1, F::Orders)]),
            Self::Roas => (&[(1, F::Revenue)], &[(1, F::Spend)]),
            Self::Acos => (&[(1, F::Spend)], &[(1, F::Revenue)]),
            Self::Poas => (CM2, &[(1, F::Spend)]),
            Self::Cm1Rate => (CM1, &[(1, F::Revenue)]),
            Self::Cm2Rate => (CM2, &[(1, F::Revenue)]),
            Self::Cm3Rate => (CM3, &[(1, F::Revenue)]),
            Self::BreakEvenRoas => (&[(1, F::Revenue)], CM2),
            Self::BreakEvenCpa => (CM2, &[(1, F::Conversions)]),
            Self::BreakEvenCpo => (CM2, &[(1, F::Orders)]),
            Self::Viewability => (&[(1, F::Viewable)], &[(1, F::Measurable)]),
            Self::MeasurableRate => (&[(1, F::Measurable)], &[(1, F::Impressions)]),
            Self::AvocRate => (&[(1, F::Avoc)], &[(1, F::AvMeasurable)]),
            Self::AvMeasurableRate => (&[(1, F::AvMeasurable)], &[(1, F::Impressions)]),
            Self::FirstQuartileRate => (&[(1, F::FirstQuartile)], &[(1, F::VideoStarts)]),
            Self::MidpointRate => (&[(1, F::Midpoint)], &[(1, F::VideoStarts)]),
            Self::ThirdQuartileRate => (&[(1, F::ThirdQuartile)], &[(1, F::VideoStarts)]),
            Self::CompletionRate => (&[(1, F::Completes)], &[(1, F::VideoStarts)]),
        }
    }

    /// Whether the value is an amount of money per unit, not a plain number.
    pub fn is_amount(self) -> bool {
        let (numerator, denominator) = self.formula();
        let money = |terms: Terms| terms.iter().any(|(_, fact)| fact.is_money());
        money(numerator) && !money(denominator)
    }

    /// Whether people read it in percent: rates, and ACoS; not ROAS and its like, which are multiples, nor amounts.
    pub fn is_share(self) -> bool {
        !self.is_amount() && !matches!(self, Self::Roas | Self::Poas | Self::BreakEvenRoas)
    }
}

impl std::fmt::Display for Kpi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// A contribution margin (dekningsbidrag): what is left of net revenue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[allow(clippy::exhaustive_enums, reason = "the trade has these three")]
pub enum Margin {
    /// CM1: after goods.
    Cm1,
    /// CM2: after goods, shipping and payment fees.
    Cm2,
    /// CM3: after goods, shipping, payment fees and advertising.
    Cm3,
}

/// The ROAS at which advertising pays for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "status", content = "value", rename_all = "snake_case")
)]
#[allow(clippy::exhaustive_enums, reason = "callers match on all of them")]
pub enum BreakEven {
    /// At this ROAS.
    At(Exact),
    /// At no ROAS: every sale loses money before advertising, or returns outweigh the sales.
    Never,
    /// There is neither revenue nor margin.
    Undefined,
    /// An input was not known.
    Missing,
}

impl Facts {
    /// The KPI from the merged facts.
    pub fn kpi(&self, kpi: Kpi) -> Ratio {
        let (numerator, denominator) = kpi.formula();
        let parts = self.sum(numerator).zip(self.sum(denominator));
        Ratio::from_parts(parts, kpi.is_amount().then_some(self.currency()))
    }

    /// A contribution margin; `None` if an input was not known.
    ///
    /// CM1 = revenue − goods; CM2 = CM1 − other variable cost; CM3 = CM2 − spend.
    pub fn contribution(&self, margin: Margin) -> Option<Unrounded> {
        let terms = match margin {
            Margin::Cm1 => CM1,
            Margin::Cm2 => CM2,
            Margin::Cm3 => CM3,
        };
        Some(Unrounded::new(self.sum(terms)?, self.currency()))
    }

    /// The ROAS at which CM3 is zero, revenue / CM2, if there is one.
    pub fn break_even_roas(&self) -> BreakEven {
        let ratio = self.kpi(Kpi::BreakEvenRoas);
        let sold = ratio.numerator().is_some_and(|revenue| revenue.sign() == Sign::Positive);
        match ratio.outcome() {
            Outcome::Missing => BreakEven::Missing,
            Outcome::Undefined => BreakEven::Undefined,
            Outcome::Value(value) if sold && !ratio.negative_denominator() => BreakEven::At(value),
            Outcome::Value(_) | Outcome::NoDenominator(_) => BreakEven::Never,
        }
    }

    /// Marketing efficiency ratio: the total revenue of the business over this spend, with no attribution at all.
    ///
    /// The total comes from the books, not from [`Fact::Revenue`], which is what was attributed.
    pub fn mer(&self, total_revenue: Money) -> Result<Ratio, Error> {
        match self.amount(Fact::Spend) {
            Some(spend) => Ratio::of_amounts(&total_revenue.into(), &spend),
            None => Ok(Ratio::missing()),
        }
    }

    fn sum(&self, terms: Terms) -> Option<Exact> {
        terms.iter().map(|(sign, fact)| Some(self.get(*fact)? * &Exact::from(*sign))).sum()
    }
}
