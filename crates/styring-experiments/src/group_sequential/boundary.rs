use crate::Error;

/// How the critical values of a design come about.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Boundary {
    /// c/√t (O'Brien and Fleming 1979): hardly ever an early stop, the last look almost as without looks.
    OBrienFleming,
    /// The same c at every look (Pocock 1977).
    Pocock,
    /// c·t^(Δ − 1/2) (Wang and Tsiatis 1987): Δ = 0 is O'Brien–Fleming, Δ = 1/2 Pocock.
    WangTsiatis {
        /// Δ, from −1 to 1.
        delta: f64,
    },
    /// A fixed value, usually 3, at every look but the last, and the last such that the error comes to α (Haybittle 1971, Peto 1976).
    ///
    /// No look spends more than half of what is left.
    HaybittlePeto {
        /// The value at the early looks, from 1 to 8.
        early: f64,
    },
    /// As a spending function says, which needs no plan of when the looks are (Lan and DeMets 1983).
    Spend(Spending),
}

/// How much of an error may be spent by information t, from 0 at the start to all of it at 1.
///
/// `a` is the error of one side.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Spending {
    /// 2 − 2Φ(z_{a/2}/√t): like O'Brien–Fleming (Lan and DeMets 1983).
    OBrienFleming,
    /// a ln(1 + (e − 1) t): like Pocock (Lan and DeMets 1983).
    Pocock,
    /// a t^ρ (Kim and DeMets 1987): 1 is near Pocock, 3 near O'Brien–Fleming.
    KimDeMets {
        /// ρ, above 0.
        rho: f64,
    },
    /// a (1 − e^(−γt)) / (1 − e^(−γ)) (Hwang, Shih and DeCani 1990): −4 is near O'Brien–Fleming, 1 near Pocock, 0 spends evenly.
    HwangShihDeCani {
        /// γ, from −40 to 40.
        gamma: f64,
    },
}

impl Boundary {
    pub(crate) fn checked(self) -> Result<Self, Error> {
        match self {
            Self::WangTsiatis { delta } if !(-1.0..=1.0).contains(&delta) => {
                Err(Error::range("delta", "from -1 to 1", delta))
            }
            Self::HaybittlePeto { early } if !(1.0..=8.0).contains(&early) => {
                Err(Error::range("early", "from 1 to 8", early))
            }
            Self::Spend(spending) => spending.checked().map(Self::Spend),
            fine => Ok(fine),
        }
    }

    /// The exponent Δ of the shape t^(Δ − 1/2), where there is one.
    pub(crate) fn shape(self) -> Option<f64> {
        match self {
            Self::OBrienFleming => Some(0.0),
            Self::Pocock => Some(0.5),
            Self::WangTsiatis { delta } => Some(delta),
            Self::HaybittlePeto { .. } | Self::Spend(_) => None,
        }
    }
}

impl Spending {
    /// What may be spent by information `t` of the error `a` of one side. All of it from t = 1 on, nothing at or before 0.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a parameter outside its range, an error that is not between 0 and 1, or a t that is no number.
    ///
    /// ```
    /// use styring_experiments::group_sequential::Spending;
    /// assert_eq!(Spending::KimDeMets { rho: 2.0 }.spent(0.025, 0.5)?, 0.00625);
    /// # Ok::<(), styring_experiments::Error>(())
    /// ```
    pub fn spent(self, a: f64, t: f64) -> Result<f64, Error> {
        if !(a > 0.0 && a < 1.0) {
            return Err(Error::range("a", "between 0 and 1", a));
        }
        if t.is_nan() {
            return Err(Error::range("t", "a number", t));
        }
        Ok(self.checked()?.by(a, t))
    }

    pub(crate) fn checked(self) -> Result<Self, Error> {
        match self {
            Self::KimDeMets { rho } if !(rho > 0.0 && rho <= 100.0) => {
                Err(Error::range("rho", "above 0 and at most 100", rho))
            }
            Self::HwangShihDeCani { gamma } if !(-40.0..=40.0).contains(&gamma) => {
                Err(Error::range("gamma", "from -40 to 40", gamma))
            }
            fine => Ok(fine),
        }
    }

    pub(crate) fn by(self, a: f64, t: f64) -> f64 {
        if t <= 0.0 {
            return 0.0;
        }
        if t >= 1.0 {
            return a;
        }
        let spent = match self {
            Self::OBrienFleming => {
                let z = super::walk::upper_quantile(a / 2.0);
                2.0 * super::walk::tails(z / t.sqrt()).0
            }
            Self::Pocock => a * libm::log1p((std::f64::consts::E - 1.0) * t),
            Self::KimDeMets { rho } => a * libm::pow(t, rho),
            Self::HwangShihDeCani { gamma } if gamma.abs() < 1e-12 => a * t,
            Self::HwangShihDeCani { gamma } => a * libm::expm1(-gamma * t) / libm::expm1(-gamma),
        };
        spent.clamp(0.0, a)
    }
}
