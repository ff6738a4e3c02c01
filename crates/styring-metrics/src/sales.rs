use styring_money::{Currency, Exact, Money, Sign, Unrounded};

use crate::{Error, Fact, Facts, Ratio};

/// One line of an order, priced as the customer saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct OrderLine {
    /// Units sold.
    pub units: u32,
    /// Price of one unit, VAT included.
    pub price_incl_vat: Money,
    /// VAT as a share of the net price: 0.25, 0.15, 0.12 or 0 in Norway.
    pub vat_rate: VatRate,
    /// Discount on the whole line, VAT included; void if everything came back.
    pub discount_incl_vat: Money,
    /// What one unit cost to buy or make, net.
    pub unit_cost: Money,
    /// Units that came back.
    pub returned_units: u32,
    /// Whether returned units can be sold again, so that their cost is recovered.
    pub returned_cost_recovered: bool,
}

/// What an order costs beside its goods.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct OrderCosts {
    /// Shipping per order.
    pub shipping: Money,
    /// The payment provider's share of what the customer paid, VAT included.
    pub payment_fee_rate: Exact,
    /// The payment provider's fee per order.
    pub payment_fee_fixed: Money,
}

/// VAT as a share of the net price, zero or above.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Exact", into = "Exact"))]
pub struct VatRate(Exact);

impl VatRate {
    /// No VAT.
    pub const ZERO: Self = Self(Exact::ZERO);

    /// `0.25` is 25 %. Errors: a rate below zero, or above one (25 instead of 0.25).
    pub fn new(rate: Exact) -> Result<Self, Error> {
        if rate.sign() == Sign::Negative || rate > Exact::ONE {
            return Err(Error::OutOfRange {
                field: "VAT rate",
                expected: "a share from 0 to 1",
                value: rate.to_string(),
            });
        }
        Ok(Self(rate))
    }

    /// The net of an amount that includes VAT: gross / (1 + rate), exactly.
    #[must_use]
    pub fn net(&self, gross: &Exact) -> Exact {
        // The divisor is at least one.
        gross.checked_div(&(&Exact::ONE + &self.0)).unwrap_or_default()
    }
}

impl TryFrom<Exact> for VatRate {
    type Error = Error;

    fn try_from(rate: Exact) -> Result<Self, Error> {
        Self::new(rate)
    }
}

impl From<VatRate> for Exact {
    fn from(rate: VatRate) -> Self {
        rate.0
    }
}

/// Orders summed to what the contribution margin needs; exact, and mergeable.
///
/// Per line, gross = price × kept units − discount (no discount if nothing was kept) and net = gross / (1 + VAT). Goods are the cost of kept units, and of
/// returned units that cannot be sold again. Other variable cost is shipping and payment fees; fees run on the amount *including* VAT.
///
/// ```
/// use styring_metrics::{Margin, OrderCosts, OrderLine, Sales, VatRate};
/// use styring_money::{Currency, Rounding};
///
/// let mut sales = Sales::none(Currency::NOK);
/// let shoes = OrderLine {
///     units: 1,
///     price_incl_vat: "NOK 1499.00".parse()?,
///     vat_rate: VatRate::new("0.25".parse()?)?,
///     discount_incl_vat: "NOK 0.00".parse()?,
///     unit_cost: "NOK 560.00".parse()?,
///     returned_units: 0,
///     returned_cost_recovered: true,
/// };
/// let costs = OrderCosts {
///     shipping: "NOK 79.00".parse()?,
///     payment_fee_rate: "0.029".parse()?,
///     payment_fee_fixed: "NOK 2.50".parse()?,
/// };
/// sales.add(&[shoes], 1, &costs)?;
/// let facts = sales.facts("NOK 150.00".parse()?)?;
/// let cm3 = facts.contribution(Margin::Cm3).expect("all inputs are known");
/// assert_eq!(cm3.round(Rounding::HalfEven)?.to_string(), "NOK 364.23");
/// # Ok::<(), styring_metrics::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sales {
    currency: Currency,
    orders: u64,
    gross: Exact,
    net: Exact,
    goods: Exact,
    shipping: Exact,
    fees: Exact,
}

impl Sales {
    /// No sales.
    pub fn none(currency: Currency) -> Self {
        Self {
            currency,
            orders: 0,
            gross: Exact::ZERO,
            net: Exact::ZERO,
            goods: Exact::ZERO,
            shipping: Exact::ZERO,
            fees: Exact::ZERO,
        }
    }

    /// Adds the lines of this many orders that share their costs; after an error nothing has been added.
    ///
    /// Errors: another currency; more units returned than sold.
    pub fn add(&mut self, lines: &[OrderLine], orders: u32, costs: &OrderCosts) -> Result<(), Error> {
        let mut batch = Self::none(self.currency);
        for line in lines {
            batch.add_line(line)?;
        }
        let count = Exact::from(orders);
        batch.orders = u64::from(orders);
        batch.shipping = &count * &self.own(costs.shipping, "shipping")?;
        let fixed = &count * &self.own(costs.payment_fee_fixed, "payment_fee_fixed")?;
        batch.fees = &(&batch.gross * &costs.payment_fee_rate) + &fixed;
        self.merge(&batch)
    }

    fn add_line(&mut self, line: &OrderLine) -> Result<(), Error> {
        let price = self.own(line.price_incl_vat, "price_incl_vat")?;
        let discount = self.own(line.discount_incl_vat, "discount_incl_vat")?;
        let unit_cost = self.own(line.unit_cost, "unit_cost")?;
        let kept = line.units.checked_sub(line.returned_units).ok_or_else(|| Error::OutOfRange {
            field: "returned_units",
            expected: "at most the units sold",
            value: line.returned_units.to_string(),
        })?;
        if kept > 0 {
            let gross = &(&price * &Exact::from(kept)) - &discount;
            self.net += &line.vat_rate.net(&gross);
            self.gross += &gross;
        }
        let paid_for = if line.returned_cost_recovered { kept } else { line.units };
        self.goods += &(&unit_cost * &Exact::from(paid_for));
        Ok(())
    }

    /// Adds all orders of `other`.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.currency != other.currency {
            return Err(Error::CurrencyMismatch { field: "sales", left: self.currency, right: other.currency });
        }
        self.orders = self.orders.checked_add(other.orders).ok_or(Error::TooManyRows)?;
        self.gross += &other.gross;
        self.net += &other.net;
        self.goods += &other.goods;
        self.shipping += &other.shipping;
        self.fees += &other.fees;
        Ok(())
    }

    /// The sales and what was spent on advertising, as facts: orders, net revenue, goods, other variable cost, spend. All margins and returns follow.
    pub fn facts(&self, ad_spend: Money) -> Result<Facts, Error> {
        let mut facts = Facts::zero(self.currency);
        facts.add_cells([
            (Fact::Spend, self.own(ad_spend, "ad_spend")?),
            (Fact::Orders, Exact::from(self.orders)),
            (Fact::Revenue, self.net.clone()),
            (Fact::CostOfGoods, self.goods.clone()),
            (Fact::OtherVariableCost, &self.shipping + &self.fees),
        ])?;
        Ok(facts)
    }

    /// Return on ad spend on revenue *including* VAT, for comparison with platforms that report it so.
    pub fn gross_roas(&self, ad_spend: Money) -> Result<Ratio, Error> {
        Ratio::of_amounts(&self.gross_revenue(), &ad_spend.into())
    }

    /// What customers paid, VAT included.
    pub fn gross_revenue(&self) -> Unrounded {
        Unrounded::new(self.gross.clone(), self.currency)
    }

    /// Revenue net of VAT.
    pub fn net_revenue(&self) -> Unrounded {
        Unrounded::new(self.net.clone(), self.currency)
    }

    /// Payment fees.
    pub fn payment_fees(&self) -> Unrounded {
        Unrounded::new(self.fees.clone(), self.currency)
    }

    fn own(&self, money: Money, field: &'static str) -> Result<Exact, Error> {
        if money.currency() == self.currency {
            Ok(Exact::from(money.amount()))
        } else {
            Err(Error::CurrencyMismatch { field, left: self.currency, right: money.currency() })
        }
    }
}
