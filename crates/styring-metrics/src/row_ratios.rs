use styring_money::{Exact, Sign};

use crate::Ratio;

/// What a dashboard shows that averages the ratios of its rows, kept apart under its own name so that the difference can be shown.
///
/// It is not the KPI: it weighs a row of one click like a row of a million, and drops the spend of rows without results. The KPI is
/// [`Facts::kpi`](crate::Facts::kpi) of the merged facts.
///
/// ```
/// use styring_metrics::{MeanOfRowRatios, Ratio};
///
/// let costs = [Ratio::new(100.into(), 1.into()), Ratio::new(900.into(), 3.into()), Ratio::new(500.into(), 0.into())];
/// let shown = MeanOfRowRatios::of(&costs);
/// assert_eq!(shown.mean, Some(200.into())); // the true cost is 1500 / 4 = 375
/// assert_eq!(shown.rows_without_denominator, 1);
/// assert_eq!(shown.dropped_numerator, 500.into());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MeanOfRowRatios {
    /// The plain mean over the rows that have a denominator; `None` if none has.
    pub mean: Option<Exact>,
    /// How many rows have none.
    pub rows_without_denominator: u64,
    /// The numerators of those rows, which the mean leaves out.
    pub dropped_numerator: Exact,
}

impl MeanOfRowRatios {
    /// The misleading mean of these ratios. Ratios with a missing part are left out.
    pub fn of<'a>(ratios: impl IntoIterator<Item = &'a Ratio>) -> Self {
        let mut sum = Exact::ZERO;
        let mut rows = 0_u64;
        let mut rows_without_denominator = 0;
        let mut dropped_numerator = Exact::ZERO;
        for ratio in ratios {
            let Some((numerator, denominator)) = ratio.numerator().zip(ratio.denominator()) else {
                continue;
            };
            if denominator.sign() == Sign::Zero {
                rows_without_denominator += 1;
                dropped_numerator += numerator;
            } else if let Some(quotient) = numerator.checked_div(denominator) {
                rows += 1;
                sum += &quotient;
            }
        }
        Self { mean: sum.checked_div(&Exact::from(rows)), rows_without_denominator, dropped_numerator }
    }
}
