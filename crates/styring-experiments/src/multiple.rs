use crate::{Error, Level};

/// How p-values of several tests are made to hold together.
///
/// Those of the first kind hold the chance of any false finding (the family-wise error) to α, those of the second the expected share of false ones among the findings (the false discovery rate).
///
/// | | holds | under |
/// |---|---|---|
/// | [`Bonferroni`](Self::Bonferroni), [`Holm`](Self::Holm) | family-wise error | any dependence; Holm finds no less |
/// | [`Sidak`](Self::Sidak), [`HolmSidak`](Self::HolmSidak) | family-wise error | independence, and many kinds of positive dependence |
/// | [`Hochberg`](Self::Hochberg), [`Hommel`](Self::Hommel) | family-wise error | independence or positive dependence; Hommel finds no less |
/// | [`BenjaminiHochberg`](Self::BenjaminiHochberg) | false discovery rate | independence or positive dependence |
/// | [`BenjaminiYekutieli`](Self::BenjaminiYekutieli) | false discovery rate | any dependence |
/// | [`TwoStage`](Self::TwoStage) | false discovery rate | independence |
/// | [`TwoStageHochberg`](Self::TwoStageHochberg) | about the false discovery rate | independence |
///
/// ```
/// use styring_experiments::{Correction, Level};
///
/// let p_values = [0.001, 0.012, 0.03, 0.4];
/// let adjusted = Correction::Holm.adjust(&p_values, Level::P95)?;
/// assert_eq!(adjusted.rejected().collect::<Vec<_>>(), [true, true, false, false]);
/// assert!((adjusted.p_values()[1] - 0.036).abs() < 1e-15);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Correction {
    /// m p.
    Bonferroni,
    /// 1 − (1 − p)ᵐ (Šidák 1967).
    Sidak,
    /// Bonferroni, stepping down (Holm 1979).
    Holm,
    /// Šidák, stepping down.
    HolmSidak,
    /// Stepping up (Hochberg 1988).
    Hochberg,
    /// The closure of Simes' test (Hommel 1988).
    Hommel,
    /// m p / rank, stepping up (Benjamini and Hochberg 1995).
    BenjaminiHochberg,
    /// The same times 1 + ½ + … + 1/m (Benjamini and Yekutieli 2001).
    BenjaminiYekutieli,
    /// Benjamini–Hochberg at α/(1 + α), and once more with what that says about how many there are to find (Benjamini, Krieger and Yekutieli 2006). The adjusted values depend on α.
    TwoStage,
    /// The same with α itself in the first stage. The adjusted values depend on α.
    TwoStageHochberg,
}

/// Adjusted p-values, in the order in which they were given.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Adjusted {
    p_values: Vec<f64>,
    level: Level,
}

impl Adjusted {
    /// The adjusted p-values.
    pub fn p_values(&self) -> &[f64] {
        &self.p_values
    }

    /// Which hypotheses are rejected: those whose adjusted p-value is at most α.
    pub fn rejected(&self) -> impl Iterator<Item = bool> + '_ {
        self.p_values.iter().map(|p| *p <= self.level.alpha())
    }

    /// The level.
    pub fn level(&self) -> Level {
        self.level
    }
}

impl Correction {
    /// Adjusts p-values. None gives none.
    ///
    /// # Cost
    ///
    /// m log m for m p-values; [`Correction::Hommel`] m².
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a p-value outside 0 … 1.
    pub fn adjust(self, p_values: &[f64], level: Level) -> Result<Adjusted, Error> {
        if let Some(p) = p_values.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            return Err(Error::range("p-value", "between 0 and 1", p));
        }
        let mut order: Vec<usize> = (0..p_values.len()).collect();
        order.sort_by(|one, other| p_values[*one].total_cmp(&p_values[*other]));
        let mut sorted: Vec<f64> = order.iter().map(|index| p_values[*index]).collect();
        self.adjust_sorted(&mut sorted, level.alpha());
        let mut adjusted = vec![0.0; sorted.len()];
        for (index, p) in order.into_iter().zip(sorted) {
            adjusted[index] = p.min(1.0);
        }
        Ok(Adjusted { p_values: adjusted, level })
    }

    fn adjust_sorted(self, p: &mut [f64], alpha: f64) {
        let m = p.len() as f64;
        match self {
            Self::Bonferroni => p.iter_mut().for_each(|p| *p *= m),
            Self::Sidak => p.iter_mut().for_each(|p| *p = any_of(*p, m)),
            Self::Holm => down(p, |p, left| p * left),
            Self::HolmSidak => down(p, any_of),
            Self::Hochberg => up(p, |p, _, left| p * left),
            Self::Hommel => hommel(p),
            Self::BenjaminiHochberg => up(p, |p, rank, _| p / (rank / m)),
            Self::BenjaminiYekutieli => {
                let harmonic: f64 = (1..=p.len()).map(|rank| 1.0 / rank as f64).sum();
                up(p, |p, rank, _| p / (rank / m / harmonic));
            }
            Self::TwoStage => two_stage(p, alpha, 1.0 + alpha),
            Self::TwoStageHochberg => two_stage(p, alpha, 1.0),
        }
    }
}

/// Which hypotheses e-values reject with a false discovery rate of α at most, under any dependence and any stopping (Wang and Ramdas 2022): the k largest, for the largest k whose smallest is at least m / (α k).
///
/// ```
/// use styring_experiments::{Level, e_bh};
///
/// assert_eq!(e_bh(&[120.0, 3.0, 45.0, 0.2], Level::P95)?, [true, false, true, false]);
/// # Ok::<(), styring_experiments::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::OutOfRange`] for an e-value below zero or no number; infinite ones are evidence beyond all bounds.
pub fn e_bh(e_values: &[f64], level: Level) -> Result<Vec<bool>, Error> {
    if let Some(e) = e_values.iter().find(|e| e.is_nan() || **e < 0.0) {
        return Err(Error::range("e-value", "0 or above", e));
    }
    let m = e_values.len() as f64;
    let mut sorted = e_values.to_vec();
    sorted.sort_by(|one, other| other.total_cmp(one));
    let found = sorted
        .iter()
        .enumerate()
        .filter(|(index, e)| **e * level.alpha() * (*index as f64 + 1.0) >= m)
        .map(|(_, e)| *e)
        .next_back();
    Ok(e_values.iter().map(|e| found.is_some_and(|least| *e >= least)).collect())
}

/// The chance that any of m independent tests is as small as p.
fn any_of(p: f64, m: f64) -> f64 {
    -libm::expm1(m * libm::log1p(-p))
}

/// From the smallest up, never falling.
fn down(p: &mut [f64], adjusted: impl Fn(f64, f64) -> f64) {
    let mut left = p.len() as f64;
    let mut largest = 0.0_f64;
    for p in p {
        largest = largest.max(adjusted(*p, left));
        *p = largest;
        left -= 1.0;
    }
}

/// From the largest down, never rising.
fn up(p: &mut [f64], adjusted: impl Fn(f64, f64, f64) -> f64) {
    let mut rank = p.len() as f64;
    let mut left = 1.0;
    let mut smallest = f64::INFINITY;
    for p in p.iter_mut().rev() {
        smallest = smallest.min(adjusted(*p, rank, left));
        *p = smallest;
        rank -= 1.0;
        left += 1.0;
    }
}

fn hommel(p: &mut [f64]) {
    let mut adjusted = p.to_vec();
    for m in (2..=p.len()).rev() {
        let (few, last) = p.split_at(p.len() - m);
        let simes =
            last.iter().enumerate().map(|(index, p)| m as f64 * p / (index as f64 + 1.0)).fold(f64::INFINITY, f64::min);
        let (first, rest) = adjusted.split_at_mut(few.len());
        for a in rest {
            *a = a.max(simes);
        }
        for (a, p) in first.iter_mut().zip(few) {
            *a = a.max(simes.min(m as f64 * p));
        }
    }
    p.copy_from_slice(&adjusted);
}

fn two_stage(p: &mut [f64], alpha: f64, factor: f64) {
    let m = p.len() as f64;
    up(p, |p, rank, _| p / (rank / m));
    let found = p.iter().filter(|p| p.min(1.0) <= alpha / factor).count();
    let left = if found == 0 || found == p.len() { m } else { m - found as f64 };
    for p in p {
        *p = p.min(1.0) * (left / m) * factor;
    }
}
