use super::market::Target;
use crate::Error;

/// What a plan is to achieve. All but the first two choose the total too.
///
/// The average of a plan is not its margin: at a target ROAS of 3 the last krone may bring far less than 3, see [`Plan::shadow_price`](super::Plan).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Goal {
    /// Spend exactly this; the most response for it.
    Spend(f64),
    /// Spend exactly this; the most response in the mean of the worst share of the draws, rounded up to whole draws (conditional value at risk). What pays in most draws and fails in some gets less.
    Cautious {
        /// How much is spent.
        total: f64,
        /// Which share of the draws, above 0 and at most 1: 1 is the mean of all.
        worst: f64,
    },
    /// The most response with `Σ response ≥ roas · Σ spend`. A plan that spends nothing meets any target; it is what comes out only where minima allow no other.
    Roas(f64),
    /// The most results with `Σ spend ≤ cpa · Σ results`.
    Cpa(f64),
    /// Spend in each channel as long as the next unit brings at least this.
    MarginalRoas(f64),
    /// The most of `margin · Σ response − Σ spend`.
    Profit {
        /// What is left of a unit of response, before spend.
        margin: f64,
    },
    /// The least spend for at least this response.
    Response(f64),
}

impl Goal {
    pub(super) fn target(self) -> Result<Target, Error> {
        let positive = |field: &'static str, value: f64| {
            let usable = value.is_finite() && value > 0.0 && (1.0 / value).is_finite();
            if usable { Ok(value) } else { Err(Error::out_of_range(field, None, "above zero and finite", value)) }
        };
        Ok(match self {
            Self::Spend(total) | Self::Cautious { total, .. } if total.is_finite() && total >= 0.0 => {
                Target::Spend(total)
            }
            Self::Spend(total) | Self::Cautious { total, .. } => {
                return Err(Error::out_of_range("total", None, "zero or above and finite", total));
            }
            Self::Roas(roas) => Target::Ratio(positive("target ROAS", roas)?),
            Self::Cpa(cpa) => Target::Ratio(1.0 / positive("target CPA", cpa)?),
            Self::MarginalRoas(price) => Target::Price { price: positive("target marginal ROAS", price)?, all: true },
            Self::Profit { margin } => Target::Price { price: 1.0 / positive("margin", margin)?, all: false },
            Self::Response(response) => Target::Response(positive("response", response)?),
        })
    }
}
