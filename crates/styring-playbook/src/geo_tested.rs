use chrono::NaiveDate;
use serde::Serialize;
use styring_experiments::geo::tbr::{Cost, Noise, Tbr};
use styring_experiments::geo::{Conformal, Counterfactual, Did, Norm, Panel, Placebos, SyntheticControl, Weighting};
use styring_experiments::resampling::Plan;
use styring_experiments::{ConfidenceSet, Error as TestError, Level, Readout};

use crate::geo_cost::SpendMeans;
use crate::region_days::Cut;
use crate::{Error, GeoCost, GeoNote, GeoSpend, RegionDays};

/// Below this many other regions, days before, or share explained, a reader is warned.
const FEW_CONTROLS: usize = 10;
const FEW_DAYS: usize = 28;
const POOR_FIT: f64 = 0.5;
/// Above this share of the whole, the treated regions are a large part of it.
const LARGE: f64 = 1.0 / 3.0;
/// So many days get an interval of their own; of a longer treatment, that many spread over it; of a panel so large that each takes long, fewer.
const INTERVALS: usize = 60;
const FEWEST_INTERVALS: usize = 6;
/// Regions² × days of all intervals together: some seconds.
const MOST_WORK: usize = 120_000_000;

/// What is asked of a test of regions.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs, reason = "made to be written out by callers")]
pub struct GeoTestedSpec {
    /// The regions that got the treatment.
    pub treated: Vec<String>,
    /// The first day of it.
    pub from: NaiveDate,
    /// The last day that counts; the last day there is if absent.
    pub until: Option<NaiveDate>,
    /// Regions that are left out: neighbours that the treatment spills into, cells of another treatment.
    pub without: Vec<String>,
    /// The method of the answer; the others stand beside it.
    pub method: GeoMethod,
    /// How synthetic controls are weighted.
    pub weighting: Weighting,
    /// How sure the answer is to be.
    pub level: Level,
    /// What was spent on it.
    pub spend: GeoSpend,
}

impl GeoTestedSpec {
    /// A synthetic control with each region's own level removed, intervals of 90 %, no spend.
    pub fn new(treated: Vec<String>, from: NaiveDate) -> Self {
        Self {
            treated,
            from,
            until: None,
            without: Vec::new(),
            method: GeoMethod::default(),
            weighting: Weighting { demeaned: true, ridge: None },
            level: Level::P90,
            spend: GeoSpend::Unknown,
        }
    }
}

/// Where the counterfactual comes from, and with it the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum GeoMethod {
    /// A weighted mean of the others that followed the treated before; tested by moving blocks of days.
    #[default]
    Synthetic,
    /// The mean of the others plus a constant; tested by rearranging who was treated.
    Did,
    /// A regression on the total of the others; tested with days that remember the day before.
    Tbr,
}

impl GeoMethod {
    /// The test that answers.
    pub fn test(self) -> GeoTest {
        match self {
            Self::Synthetic => GeoTest::SyntheticConformal,
            Self::Did => GeoTest::DidRandomisation,
            Self::Tbr => GeoTest::TbrAutoregressive,
        }
    }
}

/// A counterfactual with a way to say how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum GeoTest {
    /// Synthetic control, conformal by moving blocks of days.
    SyntheticConformal,
    /// Synthetic control, every other region in turn as a placebo.
    SyntheticPlacebos,
    /// Difference in differences, by rearranging who was treated.
    DidRandomisation,
    /// Difference in differences, conformal by moving blocks of days.
    DidConformal,
    /// Time-based regression with a first-order autoregression.
    TbrAutoregressive,
}

impl GeoTest {
    /// All of them, in the order in which they are compared.
    pub const ALL: [Self; 5] = [
        Self::SyntheticConformal,
        Self::SyntheticPlacebos,
        Self::DidRandomisation,
        Self::DidConformal,
        Self::TbrAutoregressive,
    ];
}

/// What one test found, over all treated regions and days.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GeoFound {
    /// The effect in all.
    pub total: f64,
    /// The effects in all that the data do not contradict.
    pub set: ConfidenceSet,
    /// From the same test.
    pub p_value: f64,
    /// The smallest p-value that the test has with so many regions and days; none where it has no smallest.
    pub smallest_p: Option<f64>,
}

impl GeoFound {
    /// Whether an effect is told from none.
    pub fn is_effect(&self) -> bool {
        !self.set.contains(0.0)
    }

    /// Whether no effect that is the same every day fits the data, so that the set is the estimate alone.
    pub fn is_uneven(&self) -> bool {
        matches!(self.set, ConfidenceSet::Interval { low, high } if low >= high)
    }
}

/// One test, and what it found, or why it found nothing.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct GeoAnswer {
    /// The test.
    pub test: GeoTest,
    /// Its answer.
    pub found: Result<GeoFound, TestError>,
}

/// A day of the treated regions together.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GeoDay {
    /// The day.
    pub day: NaiveDate,
    /// Whether the treatment was on.
    pub treated: bool,
    /// What there was.
    pub actual: f64,
    /// What there would have been.
    pub counterfactual: f64,
    /// The first less the second.
    pub effect: f64,
    /// The effects of this day alone that are not contradicted, by the same test; of days with the treatment, and of a long one not of each.
    pub effect_set: Option<ConfidenceSet>,
    /// The effect from the first day with the treatment to this one.
    pub running: Option<f64>,
    /// The set of it; of a long treatment not of each day.
    pub running_set: Option<ConfidenceSet>,
}

/// How near the counterfactual was before the treatment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GeoFit {
    /// The root of the mean squared gap of a day, of the treated regions together.
    pub rmse: f64,
    /// That over the mean of a day; none where it is zero.
    pub relative: Option<f64>,
    /// The share of the ups and downs that is explained: 1 − Σ gap² / Σ (actual − its mean)²; below zero where the mean alone is nearer, none where there are no ups and downs.
    pub explained: Option<f64>,
    /// The gap's length over the one with equal weights, of a synthetic control.
    pub scaled_l2: Option<f64>,
    /// To how many equally weighted regions the weights come, of a synthetic control.
    pub effective_donors: f64,
}

/// What a region counts for in the synthetic control.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GeoWeight {
    /// The region.
    pub region: String,
    /// Its weight.
    pub weight: f64,
}

/// The placebos: every other region in turn as if it had been treated.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GeoPlacebos {
    /// The effect on the treated over the fit before; none where the fit is perfect.
    pub treated: Option<f64>,
    /// The same of every other region, the furthest from zero first.
    pub others: Vec<GeoPlacebo>,
    /// The share of regions whose gap grew as much: root mean squared gap after over before; none where the treated were fitted perfectly.
    pub rmspe_p: Option<f64>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct GeoPlacebo {
    /// The region.
    pub region: String,
    /// Its "effect" over the fit before; none where the fit is perfect.
    pub studentised: Option<f64>,
    /// Root mean squared gap after over before.
    pub rmspe_ratio: Option<f64>,
}

/// What a treatment did to the regions that had it.
///
/// ```
/// use chrono::{Days, NaiveDate};
/// use styring_money::Exact;
/// use styring_playbook::{GeoSpend, GeoTested, GeoTestedSpec, RegionDays};
///
/// let first = NaiveDate::from_ymd_opt(2025, 9, 1).expect("a date");
/// let mut rows = RegionDays::default();
/// for region in 0..16_u32 {
///     for day in 0..70_u32 {
///         let noise = (70 * region + day).wrapping_mul(2_654_435_761) >> 28;
///         let effect = if region == 3 && day >= 56 { 20 } else { 0 };
///         rows.add(&format!("region {region}"), first + Days::new(day.into()), Exact::from(60 + 4 * (day % 7) + region + noise + effect), None);
///     }
/// }
/// let mut spec = GeoTestedSpec::new(vec!["region 3".to_owned()], first + Days::new(56));
/// spec.spend = GeoSpend::Total(1_400.0);
/// let tested = GeoTested::of(&rows, &spec)?;
/// assert!(tested.found.set.contains(280.0) && tested.found.is_effect());
/// assert_eq!((tested.days_before, tested.days_with, tested.controls), (56, 14, 15));
/// # Ok::<(), styring_playbook::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct GeoTested {
    /// The treated regions, by name.
    pub treated: Vec<String>,
    /// How many other regions there are.
    pub controls: usize,
    /// How many days before the treatment count.
    pub days_before: usize,
    /// How many days with it.
    pub days_with: usize,
    /// The answer, by the method that was asked for.
    pub found: GeoFound,
    /// What it is over what there would have been; none where that is zero.
    pub lift: Option<f64>,
    /// The lifts that are not contradicted, from the same set; none where it has no ends, or reaches all there was.
    pub lift_limits: Option<(f64, f64)>,
    /// What all tests found, the answer's among them.
    pub answers: Vec<GeoAnswer>,
    /// All days.
    pub days: Vec<GeoDay>,
    /// How near the counterfactual was before.
    pub fit: GeoFit,
    /// The weights of the synthetic control, the largest first.
    pub weights: Vec<GeoWeight>,
    /// The placebos, or why there are none.
    pub placebos: Result<GeoPlacebos, TestError>,
    /// What it cost, if there was extra spend.
    pub cost: Option<GeoCost>,
    /// What a reader must know first.
    pub notes: Vec<GeoNote>,
}

impl GeoTested {
    /// Tests. Cost: some 200 fits of a synthetic control for the answer and for each interval of a day, up to 120 of these, and fewer of a large panel; a fit is donors² × days.
    ///
    /// Errors: a region that is not there, or named twice, treated and left out; no other region; a treatment that does not begin within the days; fewer than three days before; a region without a
    /// row on a day that others have; a spend that is not above zero; and what the method of the answer says of data that it cannot judge.
    pub fn of(rows: &RegionDays, spec: &GeoTestedSpec) -> Result<Self, Error> {
        if let GeoSpend::Total(spend) = spec.spend
            && !(spend > 0.0 && spend.is_finite())
        {
            return Err(Error::invalid("spend", "above zero", spend));
        }
        if spec.treated.is_empty() {
            return Err(Error::invalid("treated", "at least one region", "none"));
        }
        let cut = rows.cut(&spec.treated, &spec.without, spec.from, spec.until)?;
        let asked = Asked { spec, panel: &cut.panel };
        let before = cut.panel.first_treated();
        if before < 3 {
            return Err(Error::FewDaysBefore { needed: 3, days: before });
        }
        let found = asked.found(spec.method.test())?;
        let answer = |test| {
            let found = if test == spec.method.test() { Ok(found) } else { asked.found(test) };
            GeoAnswer { test, found }
        };
        let answers: Vec<GeoAnswer> = GeoTest::ALL.into_iter().map(answer).collect();
        let synthetic = SyntheticControl::new(&cut.panel, spec.weighting)?;
        let days = asked.days(&cut, &synthetic, found)?;
        let fit = fit(&days[..before], &synthetic, spec.method);
        let actual: f64 = days[before..].iter().map(|day| day.actual).sum();
        let without: f64 = days[before..].iter().map(|day| day.counterfactual).sum();
        let placebos = asked.placebos(&synthetic);
        let mut notes = Vec::new();
        let cost = asked.cost(&cut, found, &mut notes)?;
        let controls = cut.panel.controls().len();
        let mut tested = Self {
            treated: spec.treated.clone(),
            controls,
            days_before: before,
            days_with: days.len() - before,
            found,
            lift: Some(found.total / without.abs()).filter(|lift| lift.is_finite()),
            lift_limits: lift_limits(found.set, actual),
            answers,
            days,
            fit,
            weights: weights(&synthetic),
            placebos,
            cost,
            notes,
        };
        tested.treated.sort_unstable();
        tested.warn(spec, &cut);
        Ok(tested)
    }

    /// What must be known first goes in front of what the cost had to say.
    fn warn(&mut self, spec: &GeoTestedSpec, cut: &Cut) {
        let mut notes = Vec::new();
        let alpha = spec.level.alpha();
        notes.extend(
            self.found.smallest_p.filter(|p| *p >= alpha).map(|smallest| GeoNote::CannotReject { smallest, alpha }),
        );
        notes.extend(
            self.fit
                .explained
                .filter(|explained| *explained < POOR_FIT)
                .map(|explained| GeoNote::PoorFit { explained }),
        );
        if self.found.is_uneven() {
            notes.push(GeoNote::Uneven);
        }
        let able = |found: &&GeoFound| found.smallest_p.is_none_or(|smallest| smallest < alpha);
        let able: Vec<&GeoFound> =
            self.answers.iter().filter_map(|answer| answer.found.as_ref().ok()).filter(able).collect();
        let (seen_by, methods) = (able.iter().filter(|found| found.is_effect()).count(), able.len());
        if 0 < seen_by && seen_by < methods {
            notes.push(GeoNote::MethodsDisagree { seen_by, methods });
        }
        if spec.method == GeoMethod::Did {
            notes.push(GeoNote::DrawnAtRandom);
        }
        let (before, with, controls) = (self.days_before, self.days_with, self.controls);
        if controls < FEW_CONTROLS {
            notes.push(GeoNote::FewControls { controls });
        }
        if before < FEW_DAYS || before < 2 * with {
            notes.push(GeoNote::FewDaysBefore { before, with });
        }
        if before <= controls && spec.method == GeoMethod::Synthetic && spec.weighting.ridge.is_none() {
            notes.push(GeoNote::ManyWeights { before, controls });
        }
        let sum = |places: Vec<usize>| -> f64 {
            places.iter().filter_map(|place| cut.rows.get(*place)).flat_map(|(_, row)| &row[..before]).sum()
        };
        let (treated, others) = (sum(cut.panel.treated()), sum(cut.panel.controls()));
        let share = treated / (treated + others);
        if share.is_finite() && share > LARGE && others >= 0.0 {
            notes.push(GeoNote::LargeTreated { share });
        }
        let gaps = cut.days.windows(2).filter(|pair| (pair[1] - pair[0]).num_days() > 1);
        let days: i64 = gaps.clone().map(|pair| (pair[1] - pair[0]).num_days() - 1).sum();
        notes.extend(
            gaps.clone()
                .next()
                .and_then(|pair| pair[0].succ_opt())
                .map(|first| GeoNote::DaysMissing { days: usize::try_from(days).unwrap_or(usize::MAX), first }),
        );
        notes.append(&mut self.notes);
        self.notes = notes;
    }
}

/// A panel, and what is asked of it.
struct Asked<'a> {
    spec: &'a GeoTestedSpec,
    panel: &'a Panel,
}

impl Asked<'_> {
    /// What a test finds in the whole panel.
    fn found(&self, test: GeoTest) -> Result<GeoFound, TestError> {
        self.found_in(self.panel, test)
    }

    /// What a test finds in a part of it.
    fn found_in(&self, panel: &Panel, test: GeoTest) -> Result<GeoFound, TestError> {
        let (treated, controls) = (panel.treated().len(), panel.controls().len());
        let (days, level, weighting) = (panel.days(), self.spec.level, self.spec.weighting);
        let cells = (treated * (days - panel.first_treated())) as f64;
        let one_of = |count: f64| Some(1.0 / count);
        let plan = Plan::default();
        let conformal = |counterfactual| Conformal::new(panel, counterfactual, Norm::Sum).readout(level);
        let (readout, cells, smallest_p): (Readout, f64, Option<f64>) = match test {
            GeoTest::SyntheticConformal => {
                (conformal(Counterfactual::Synthetic(weighting))?, cells, one_of(days as f64))
            }
            GeoTest::DidConformal => (conformal(Counterfactual::MeanDifference)?, cells, one_of(days as f64)),
            GeoTest::SyntheticPlacebos => {
                (Placebos::new(panel, weighting)?.readout(level)?, cells, one_of(controls as f64 + 1.0))
            }
            GeoTest::DidRandomisation => {
                let choices = combinations(treated + controls, treated);
                let choices =
                    if choices <= plan.exact_up_to as f64 { choices } else { f64::from(plan.resamples) + 1.0 };
                let smallest = (2.0 / choices).min(1.0);
                (Did::new(panel).randomisation(level, plan)?, cells, Some(smallest))
            }
            GeoTest::TbrAutoregressive => {
                let (others, own) = sides(panel);
                let tbr = Tbr::new(&others, &own, panel.first_treated())?;
                (tbr.effect(Noise::Autoregressive, level)?, 1.0, None)
            }
        };
        let total = readout.estimate().ok_or(TestError::NoSpread { what: "the effect" })? * cells;
        Ok(GeoFound { total: total + 0.0, set: readout.set().times(cells), p_value: readout.p_value(), smallest_p })
    }

    /// The treated regions' sum of each day, what it would have been, and how sure that is.
    fn days(&self, cut: &Cut, synthetic: &SyntheticControl, whole: GeoFound) -> Result<Vec<GeoDay>, Error> {
        let (panel, start) = (self.panel, self.panel.first_treated());
        let treated = panel.treated().len() as f64;
        let (others, own) = sides(panel);
        let counterfactual: Vec<f64> = match self.spec.method {
            GeoMethod::Synthetic => synthetic.counterfactual().iter().map(|value| value * treated).collect(),
            GeoMethod::Did => {
                let scale = treated / panel.controls().len() as f64;
                let shift = mean(&own[..start]) - scale * mean(&others[..start]);
                others.iter().map(|value| scale * value + shift).collect()
            }
            GeoMethod::Tbr => {
                let tbr = Tbr::new(&others, &own, start)?;
                others.iter().map(|value| tbr.intercept() + tbr.slope() * value).collect()
            }
        };
        let with = panel.days() - start;
        let work = panel.controls().len().saturating_pow(2).saturating_mul(panel.days());
        let every = with.div_ceil((MOST_WORK / work.max(1)).clamp(FEWEST_INTERVALS, INTERVALS));
        // The last day always, and those at even distances before it.
        let is_sampled = |number: usize| (with - 1 - number).is_multiple_of(every);
        let mut running = 0.0;
        let day = |(place, day): (usize, &NaiveDate)| {
            let (actual, counterfactual) = (own[place], counterfactual[place]);
            let effect = actual - counterfactual;
            let treated = place >= start;
            let mut day = GeoDay {
                day: *day,
                treated,
                actual,
                counterfactual,
                effect,
                effect_set: None,
                running: None,
                running_set: None,
            };
            if treated {
                running += effect;
                day.running = Some(running);
                let number = place - start;
                if number + 1 == with {
                    day.running_set = Some(whole.set);
                } else if is_sampled(number) {
                    day.running_set = self.set_of(cut, start..=place)?;
                }
                if is_sampled(number) {
                    day.effect_set = self.set_of(cut, place..=place)?;
                }
            }
            Ok(day)
        };
        cut.days.iter().enumerate().map(day).collect()
    }

    /// The set of the effect of some days, tested against the days before alone; none where the test says nothing of so few.
    fn set_of(&self, cut: &Cut, with: std::ops::RangeInclusive<usize>) -> Result<Option<ConfidenceSet>, Error> {
        let start = self.panel.first_treated();
        let rows = cut.rows.iter().map(|(region, row)| {
            let kept = row[..start].iter().chain(&row[with.clone()]).copied().collect::<Vec<f64>>();
            (region.as_str(), kept)
        });
        let part = Panel::new(rows, &self.spec.treated, start)?;
        match self.found_in(&part, self.spec.method.test()) {
            Ok(found) => Ok(Some(found.set)),
            Err(TestError::NoSpread { .. } | TestError::TooFew { .. }) => Ok(None),
            Err(fault) => Err(fault.into()),
        }
    }

    fn placebos(&self, synthetic: &SyntheticControl) -> Result<GeoPlacebos, TestError> {
        let placebos = Placebos::new(self.panel, self.spec.weighting)?;
        let rmspe_p = placebos.rmspe_p_value().ok();
        let ratios = placebos.rmspe_ratios().map(|(_, ratio)| ratio);
        let mut others: Vec<GeoPlacebo> = placebos
            .studentised()
            .zip(ratios)
            .map(|((region, studentised), rmspe_ratio)| GeoPlacebo {
                region: region.to_owned(),
                studentised,
                rmspe_ratio,
            })
            .collect();
        let far = |placebo: &GeoPlacebo| placebo.studentised.map_or(f64::INFINITY, f64::abs);
        others.sort_by(|one, other| far(other).total_cmp(&far(one)));
        let treated = rmspe_p.map(|_| synthetic.effect() / synthetic.rmspe_before());
        Ok(GeoPlacebos { treated, others, rmspe_p })
    }

    fn cost(&self, cut: &Cut, found: GeoFound, notes: &mut Vec<GeoNote>) -> Result<Option<GeoCost>, Error> {
        let (spend, source) = match self.spec.spend {
            GeoSpend::Unknown => return Ok(None),
            GeoSpend::Total(spend) => (spend, crate::SpendSource::Given),
            GeoSpend::Rows => {
                let (treated, others) = (self.panel.treated(), self.panel.controls());
                let start = self.panel.first_treated();
                let means = SpendMeans { treated: halves(cut, &treated, start), others: halves(cut, &others, start) };
                let (extra, source) = means.extra();
                (extra * (treated.len() * (self.panel.days() - start)) as f64, source)
            }
        };
        if spend <= 0.0 {
            notes.push(GeoNote::NoExtraSpend { spend });
            return Ok(None);
        }
        if self.spec.method == GeoMethod::Tbr && source == crate::SpendSource::Estimated {
            return self.fieller(cut).map(Some);
        }
        let each = (found.total / spend, found.set.times(1.0 / spend));
        Ok(Some(GeoCost::new((spend, source), each, false)))
    }

    /// The return on a spend that is an effect itself, by a regression of its own.
    fn fieller(&self, cut: &Cut) -> Result<GeoCost, Error> {
        let start = self.panel.first_treated();
        let (others, own) = sides(self.panel);
        let tbr = Tbr::new(&others, &own, start)?;
        let sum = |places: Vec<usize>| -> Vec<f64> {
            let of = |day: usize| places.iter().filter_map(|place| cut.spend.get(*place)).map(|row| row[day]).sum();
            (0..self.panel.days()).map(of).collect()
        };
        let cost = Cost::new(&sum(self.panel.controls()), &sum(self.panel.treated()), start)?;
        let readout = tbr.iroas_of(&cost, Noise::Autoregressive, self.spec.level)?;
        let spend = cost.incremental();
        let each = (readout.estimate().unwrap_or(0.0), readout.set());
        Ok(GeoCost::new((spend, crate::SpendSource::Estimated), each, true))
    }
}

/// Day by day, the sum of the other regions and that of the treated.
fn sides(panel: &Panel) -> (Vec<f64>, Vec<f64>) {
    let sum = |places: Vec<usize>| -> Vec<f64> {
        let rows: Vec<&[f64]> =
            places.iter().filter_map(|place| panel.units().get(*place)).filter_map(|unit| panel.values(unit)).collect();
        (0..panel.days()).map(|day| rows.iter().map(|row| row[day]).sum()).collect()
    };
    (sum(panel.controls()), sum(panel.treated()))
}

/// The mean spend of a region and day, before and with the treatment.
fn halves(cut: &Cut, places: &[usize], start: usize) -> [f64; 2] {
    let rows: Vec<&Vec<f64>> = places.iter().filter_map(|place| cut.spend.get(*place)).collect();
    let of = |part: fn(&[f64], usize) -> &[f64]| {
        let sums: f64 = rows.iter().map(|row| mean(part(row, start))).sum();
        sums / rows.len() as f64
    };
    [of(|row, start| &row[..start]), of(|row, start| &row[start..])]
}

fn fit(before: &[GeoDay], synthetic: &SyntheticControl, method: GeoMethod) -> GeoFit {
    let squares: f64 = before.iter().map(|day| day.effect * day.effect).sum();
    let actual: Vec<f64> = before.iter().map(|day| day.actual).collect();
    let middle = mean(&actual);
    let spread: f64 = actual.iter().map(|value| (value - middle) * (value - middle)).sum();
    let rmse = (squares / before.len() as f64).sqrt();
    let of_synthetic = method == GeoMethod::Synthetic;
    GeoFit {
        rmse,
        relative: Some(rmse / middle.abs()).filter(|share| share.is_finite()),
        explained: Some(1.0 - squares / spread).filter(|share| share.is_finite()),
        scaled_l2: synthetic.scaled_l2().filter(|_| of_synthetic),
        effective_donors: synthetic.effective_donors(),
    }
}

fn weights(synthetic: &SyntheticControl) -> Vec<GeoWeight> {
    let pairs = synthetic.donors().iter().zip(synthetic.weights());
    let mut weights: Vec<GeoWeight> =
        pairs.map(|(region, weight)| GeoWeight { region: region.clone(), weight: *weight }).collect();
    weights.sort_by(|one, other| other.weight.abs().total_cmp(&one.weight.abs()));
    weights
}

/// An effect e is the lift e / (actual − e), which rises with e up to all there was.
fn lift_limits(set: ConfidenceSet, actual: f64) -> Option<(f64, f64)> {
    let ConfidenceSet::Interval { low, high } = set else { return None };
    let lift = |effect: f64| effect / (actual - effect);
    (low < high && high < actual)
        .then(|| (lift(low), lift(high)))
        .filter(|(low, high)| low.is_finite() && high.is_finite())
}

/// How many choices there are.
fn combinations(all: usize, some: usize) -> f64 {
    let some = some.min(all - some);
    (0..some).map(|i| (all - i) as f64 / (i + 1) as f64).product()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
