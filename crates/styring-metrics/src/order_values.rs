use std::ops::AddAssign;

use styring_money::Exact;
use styring_special::{Split, beta_inc_inv};

use crate::check::at_least;
use crate::limits::effective_count_limits;
use crate::{Confidence, Error, Kpi, Limits};

/// What one order brought, in major units, net.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields, default))]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct Order {
    /// Net revenue.
    pub revenue: Exact,
    /// CM1: after goods.
    pub cm1: Exact,
    /// CM2: after goods and other variable cost.
    pub cm2: Exact,
}

/// What the orders brought one by one, for limits of everything that is counted in money: a commutative monoid of their number, sums, and sums of products,
/// exact.
///
/// ```
/// use styring_metrics::{Confidence, Kpi, Order, OrderValues};
///
/// let mut orders = OrderValues::default();
/// for (revenue, margin) in [("1617.64", "700"), ("12.98", "2"), ("738.32", "290"), ("313.09", "110"), ("86.55", "30")] {
///     orders.add(&Order { revenue: revenue.parse()?, cm2: margin.parse()?, ..Order::default() });
/// }
/// let roas = orders.limits(Kpi::Roas, 2322.41, Confidence::two_sided(0.9)?)?; // these orders over this spend
/// assert!((roas.low.expect("a limit") - 0.2553).abs() < 1e-4);
/// assert!((orders.effective_count() - 2.3458).abs() < 1e-4); // as sure as of two orders and a third
/// let margin = orders.limits(Kpi::Cm2Rate, 2322.41, Confidence::two_sided(0.9)?)?;
/// assert!(margin.low.is_some_and(|low| low > 0.37) && margin.high.is_some_and(|high| high < 0.45));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct OrderValues {
    orders: u64,
    revenue: Exact,
    cm1: Exact,
    cm2: Exact,
    /// Sums of products: revenue², CM1², CM2², revenue·CM1, revenue·CM2.
    products: [Exact; 5],
}

/// A KPI as a quotient of sums over orders, `(Σa − constant) / Σb`, with the sums of products its spread is made of.
struct Quotient {
    numerator: Exact,
    denominator: Exact,
    aa: Exact,
    ab: Exact,
    bb: Exact,
}

impl OrderValues {
    /// Adds an order.
    pub fn add(&mut self, order: &Order) {
        let Order { revenue, cm1, cm2 } = order;
        let products = [revenue * revenue, cm1 * cm1, cm2 * cm2, revenue * cm1, revenue * cm2];
        self.merge(&Self { orders: 1, revenue: revenue.clone(), cm1: cm1.clone(), cm2: cm2.clone(), products });
    }

    /// Adds all orders of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.orders = self.orders.saturating_add(other.orders);
        for (sum, more) in
            [(&mut self.revenue, &other.revenue), (&mut self.cm1, &other.cm1), (&mut self.cm2, &other.cm2)]
        {
            sum.add_assign(more);
        }
        for (sum, more) in self.products.iter_mut().zip(&other.products) {
            sum.add_assign(more);
        }
    }

    /// How many orders there are.
    pub fn orders(&self) -> u64 {
        self.orders
    }

    /// How many orders of equal revenue would vary as much: `(Σv)² / Σv²`; zero without revenue.
    pub fn effective_count(&self) -> f64 {
        let [squares, ..] = &self.products;
        (&self.revenue * &self.revenue).checked_div(squares).map_or(0.0, |count| count.to_f64())
    }

    /// Limits of a KPI of value: ROAS, ACoS, AOV, POAS, margin rates, break-evens.
    ///
    /// - ROAS and ACoS: the revenue as a compound Poisson sum with the effective count `k` as its number of orders, `Σv / spend` times `Q(α/2; k) / k` to
    ///   `Q(1 − α/2; k + 1) / k`. With equal values these are Garwood's limits. Without revenue ROAS has no upper limit, ACoS none at all.
    /// - the rest, `ρ = (Σa − spend where it counts) / Σb`: the delta method, `ρ ± t·√(Σ(aᵢ − ρ·bᵢ)²) / Σb`, with Student's t of one degree of freedom less than
    ///   orders. For POAS, `b` is the spend and certain. Right for some tens of orders; of few and very unequal ones it covers less than it says.
    ///
    /// Errors: a KPI that counts can give ([`Facts::limits`](crate::Facts::limits)); spend of zero or below; fewer than two orders; a denominator of zero or below;
    /// revenue below zero.
    pub fn limits(&self, kpi: Kpi, spend: f64, confidence: Confidence) -> Result<Limits, Error> {
        at_least("spend", spend, f64::MIN_POSITIVE, "above zero")?;
        match kpi {
            Kpi::Roas => self.roas(spend, confidence),
            Kpi::Acos => {
                let roas = self.roas(spend, confidence.mirrored())?;
                let over = |roas: Option<f64>| roas.filter(|roas| *roas > 0.0).map(f64::recip);
                Ok(Limits { low: over(roas.high), high: over(roas.low) })
            }
            _ => self.quotient(kpi, spend)?.limits(self.orders, confidence),
        }
    }

    fn roas(&self, spend: f64, confidence: Confidence) -> Result<Limits, Error> {
        let revenue = self.revenue.to_f64();
        at_least("revenue", revenue, 0.0, "zero or above")?;
        let effective = self.effective_count();
        if effective == 0.0 {
            return confidence.limits(|_| Ok(0.0), |_| Ok(None));
        }
        Ok(effective_count_limits(effective, confidence)?.scale(revenue / spend / effective))
    }

    fn quotient(&self, kpi: Kpi, spend: f64) -> Result<Quotient, Error> {
        let [rr, c1c1, c2c2, rc1, rc2] = &self.products;
        let orders = Exact::from(self.orders);
        let (r, c1, c2) = (&self.revenue, &self.cm1, &self.cm2);
        let spend = Exact::try_from(spend)?;
        let (numerator, denominator, aa, ab, bb) = match kpi {
            Kpi::Aov => (r, &orders, rr, r, &orders),
            Kpi::BreakEvenCpo => (c2, &orders, c2c2, c2, &orders),
            Kpi::Cm1Rate => (c1, r, c1c1, rc1, rr),
            Kpi::Cm2Rate => (c2, r, c2c2, rc2, rr),
            Kpi::Cm3Rate => (&(c2 - &spend), r, c2c2, rc2, rr),
            Kpi::BreakEvenRoas => (r, c2, rr, rc2, c2c2),
            Kpi::Poas => (c2, &spend, c2c2, &Exact::ZERO, &Exact::ZERO),
            _ => {
                return Err(Error::OutOfRange {
                    field: "KPI",
                    expected: "one of the value of orders; counts give the limits of the others",
                    value: kpi.name().to_owned(),
                });
            }
        };
        let clone = |sum: &Exact| sum.clone();
        Ok(Quotient {
            numerator: clone(numerator),
            denominator: clone(denominator),
            aa: clone(aa),
            ab: clone(ab),
            bb: clone(bb),
        })
    }
}

impl Quotient {
    fn limits(&self, orders: u64, confidence: Confidence) -> Result<Limits, Error> {
        let denominator = self.denominator.to_f64();
        at_least("denominator", denominator, f64::MIN_POSITIVE, "above zero")?;
        at_least("orders", orders as f64, 2.0, "at least two")?;
        let ratio = self.numerator.checked_div(&self.denominator).unwrap_or_default();
        // Σ(a − ρ·b)², exact, because its parts are large and nearly cancel.
        let spread = &(&self.aa - &(&(&ratio * &self.ab) * &Exact::from(2))) + &(&(&ratio * &ratio) * &self.bb);
        let error = spread.to_f64().max(0.0).sqrt() / denominator;
        let freedom = orders as f64 - 1.0;
        let point = ratio.to_f64();
        confidence.limits(
            |tail| Ok(point - student_beyond(tail, freedom)? * error),
            |tail| Ok(Some(point + student_beyond(tail, freedom)? * error)),
        )
    }
}

/// The quantile of Student's t that leaves `tail` beyond it.
fn student_beyond(tail: f64, freedom: f64) -> Result<f64, Error> {
    let both = if tail <= 0.5 { 2.0 * tail } else { 2.0 * (1.0 - tail) };
    let part = beta_inc_inv(freedom / 2.0, 0.5, Split::from_lower(both)?)?;
    let t = (freedom * part.upper() / part.lower()).sqrt();
    Ok(if tail <= 0.5 { t } else { -t })
}
