/// One thing that is counted or paid, and may be added up.
///
/// Reach, frequency and unique users are not here: they cannot be added over days or channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Fact {
    /// What the advertiser paid for media.
    Spend,
    /// Ads served.
    Impressions,
    /// Impressions whose viewability could be measured.
    Measurable,
    /// Measurable impressions that were viewable (MRC: display 50 % of pixels for 1 s, video 50 % for 2 s).
    Viewable,
    /// Impressions whose sound and picture could both be measured.
    AvMeasurable,
    /// Impressions audible and visible on complete.
    Avoc,
    /// Videos or audio spots started.
    VideoStarts,
    /// Reached 25 %.
    FirstQuartile,
    /// Reached 50 %.
    Midpoint,
    /// Reached 75 %.
    ThirdQuartile,
    /// Played to the end.
    Completes,
    /// Clicks.
    Clicks,
    /// Leads: forms sent, demos booked, enquiries.
    Leads,
    /// Orders.
    Orders,
    /// Conversions as the platform counts them; fractional under data-driven attribution.
    Conversions,
    /// Customers who had never bought before. Not orders: a repeated purchase is no new customer.
    NewCustomers,
    /// Attributed revenue, net of VAT, discounts and returns.
    Revenue,
    /// What the goods sold cost to buy or make.
    CostOfGoods,
    /// Shipping, payment fees and other costs that follow the order.
    OtherVariableCost,
}

impl Fact {
    /// All facts, in the order of the enum.
    pub const ALL: [Self; 19] = [
        Self::Spend,
        Self::Impressions,
        Self::Measurable,
        Self::Viewable,
        Self::AvMeasurable,
        Self::Avoc,
        Self::VideoStarts,
        Self::FirstQuartile,
        Self::Midpoint,
        Self::ThirdQuartile,
        Self::Completes,
        Self::Clicks,
        Self::Leads,
        Self::Orders,
        Self::Conversions,
        Self::NewCustomers,
        Self::Revenue,
        Self::CostOfGoods,
        Self::OtherVariableCost,
    ];

    /// The name in files: `spend`, `av_measurable`, `cost_of_goods` …
    pub fn name(self) -> &'static str {
        match self {
            Self::Spend => "spend",
            Self::Impressions => "impressions",
            Self::Measurable => "measurable",
            Self::Viewable => "viewable",
            Self::AvMeasurable => "av_measurable",
            Self::Avoc => "avoc",
            Self::VideoStarts => "video_starts",
            Self::FirstQuartile => "first_quartile",
            Self::Midpoint => "midpoint",
            Self::ThirdQuartile => "third_quartile",
            Self::Completes => "completes",
            Self::Clicks => "clicks",
            Self::Leads => "leads",
            Self::Orders => "orders",
            Self::Conversions => "conversions",
            Self::NewCustomers => "new_customers",
            Self::Revenue => "revenue",
            Self::CostOfGoods => "cost_of_goods",
            Self::OtherVariableCost => "other_variable_cost",
        }
    }

    /// Whether the fact is an amount of money.
    pub fn is_money(self) -> bool {
        matches!(self, Self::Spend | Self::Revenue | Self::CostOfGoods | Self::OtherVariableCost)
    }
}

impl std::fmt::Display for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
