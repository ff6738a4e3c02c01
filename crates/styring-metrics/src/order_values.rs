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
/// assert!(margin.low.is_some_and(|low| low > 0.32) && margin.high.is_some_and(|high| high < 0.50));
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
    /// `k`: how many orders of equal size would vary as much.
    effective: f64,
    kind: Kind,
}

/// What is divided by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The number of orders.
    Mean,
    /// Another sum over the same orders.
    Rate,
    /// Spend, which is certain.
    Return,
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
    /// They go by the effective count `k`, of the revenue or the margin that is summed: few large orders among many small ones say as little as few orders.
    ///
    /// - ROAS and ACoS, and POAS from three effective orders up: the sum as a compound Poisson sum of `k` orders, the point times `Q(α/2; k) / k` to `Q(1 − α/2; k + 1) / k`. With equal values
    ///   these are Garwood's limits. Without revenue ROAS has no upper limit, ACoS none at all.
    /// - AOV and the break-even CPO: `m·exp(± t·s / (m·√n))`, with Student's t of `k − 1` degrees of freedom; values are skewed, so that the upper limit is farther away.
    /// - the rest, `ρ = (Σa − spend where it counts) / Σb`: the delta method, `ρ ± t·√(Σ(aᵢ − ρ·bᵢ)² · k/(k − 1)) / Σb`, t as above.
    ///
    /// Where margins are so mixed that fewer than two (for POAS three) effective orders are left, the limits are symmetric, with `n − 1` degrees of freedom, because the truth may be
    /// below zero. How much of their promise they keep is measured in `docs/evidence.md`: nearly all of it; some points less of five or ten orders as unequal as twice their mean.
    ///
    /// Errors: a KPI that counts can give ([`Facts::limits`](crate::Facts::limits)); spend of zero or below; fewer than two orders; a denominator of zero or below;
    /// revenue below zero.
    pub fn limits(&self, kpi: Kpi, spend: f64, confidence: Confidence) -> Result<Limits, Error> {
        self.limits_of_more(kpi, spend, 1.0, confidence)
    }

    /// The limits with so many times the evidence, if it goes on as it has.
    pub(crate) fn limits_of_more(
        &self,
        kpi: Kpi,
        spend: f64,
        times: f64,
        confidence: Confidence,
    ) -> Result<Limits, Error> {
        at_least("spend", spend, f64::MIN_POSITIVE, "above zero")?;
        match kpi {
            Kpi::Roas => self.roas(spend, times, confidence),
            Kpi::Acos => {
                let roas = self.roas(spend, times, confidence.mirrored())?;
                let over = |roas: Option<f64>| roas.filter(|roas| *roas > 0.0).map(f64::recip);
                Ok(Limits { low: over(roas.high), high: over(roas.low) })
            }
            _ => self.quotient(kpi, spend)?.limits(self.orders as f64, times, confidence),
        }
    }

    /// The KPI of these orders over a spend; `None` without a denominator.
    pub(crate) fn point(&self, kpi: Kpi, spend: f64) -> Result<Option<f64>, Error> {
        let revenue = self.revenue.to_f64();
        Ok(match kpi {
            Kpi::Roas => (spend > 0.0).then(|| revenue / spend),
            Kpi::Acos => (revenue > 0.0).then(|| (spend / revenue).min(f64::MAX)),
            _ => {
                let quotient = self.quotient(kpi, spend)?;
                quotient.numerator.checked_div(&quotient.denominator).map(|ratio| ratio.to_f64())
            }
        })
    }

    fn roas(&self, spend: f64, times: f64, confidence: Confidence) -> Result<Limits, Error> {
        let revenue = self.revenue.to_f64();
        at_least("revenue", revenue, 0.0, "zero or above")?;
        let effective = self.effective_count() * times;
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
        let (numerator, denominator, aa, ab, bb, kind) = match kpi {
            Kpi::Aov => (r, &orders, rr, r, &orders, Kind::Mean),
            Kpi::BreakEvenCpo => (c2, &orders, c2c2, c2, &orders, Kind::Mean),
            Kpi::Cm1Rate => (c1, r, c1c1, rc1, rr, Kind::Rate),
            Kpi::Cm2Rate => (c2, r, c2c2, rc2, rr, Kind::Rate),
            Kpi::Cm3Rate => (&(c2 - &spend), r, c2c2, rc2, rr, Kind::Rate),
            Kpi::BreakEvenRoas => (r, c2, rr, rc2, c2c2, Kind::Rate),
            Kpi::Poas => (c2, &spend, c2c2, &Exact::ZERO, &Exact::ZERO, Kind::Return),
            _ => {
                return Err(Error::OutOfRange {
                    field: "KPI",
                    expected: "one of the value of orders; counts give the limits of the others",
                    value: kpi.name().to_owned(),
                });
            }
        };
        // Of a rate, the orders weigh by what is below the line; of a mean or a return, by what is above it.
        let (sum, squares) = if kind == Kind::Rate { (denominator, bb) } else { (numerator, aa) };
        let effective = (sum * sum).checked_div(squares).map_or(0.0, |count| count.to_f64());
        let clone = |sum: &Exact| sum.clone();
        Ok(Quotient {
            numerator: clone(numerator),
            denominator: clone(denominator),
            aa: clone(aa),
            ab: clone(ab),
            bb: clone(bb),
            effective,
            kind,
        })
    }
}

impl Quotient {
    fn limits(&self, orders: f64, times: f64, confidence: Confidence) -> Result<Limits, Error> {
        let denominator = self.denominator.to_f64();
        at_least("denominator", denominator, f64::MIN_POSITIVE, "above zero")?;
        at_least("orders", orders, 2.0, "at least two")?;
        let ratio = self.numerator.checked_div(&self.denominator).unwrap_or_default();
        // Σ(a − ρ·b)², exact, because its parts are large and nearly cancel.
        let spread = &(&self.aa - &(&(&ratio * &self.ab) * &Exact::from(2))) + &(&(&ratio * &ratio) * &self.bb);
        let error = spread.to_f64().max(0.0).sqrt() / denominator / times.sqrt();
        let (point, orders, k) = (ratio.to_f64(), orders * times, self.effective * times);
        let (freedom, error) = match self.kind {
            Kind::Return if point > 0.0 && k >= 3.0 => {
                return Ok(effective_count_limits(k, confidence)?.scale(point / k));
            }
            Kind::Return => (orders - 1.0, error),
            Kind::Mean => (if k >= 2.0 { k } else { orders } - 1.0, error * (orders / (orders - 1.0)).sqrt()),
            Kind::Rate => {
                // One order that outweighs all others would leave no freedom at all.
                let k = k.clamp(1.5, orders.max(1.5));
                (k - 1.0, error * (k / (k - 1.0)).sqrt())
            }
        };
        let skewed = self.kind == Kind::Mean && point > 0.0 && k >= 2.0;
        let at = |off: f64| if skewed { (point * libm::exp(off / point)).min(f64::MAX) } else { point + off };
        confidence.limits(
            |tail| Ok(at(-student_beyond(tail, freedom)? * error)),
            |tail| Ok(Some(at(student_beyond(tail, freedom)? * error))),
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
