//! Counting how often a statistical promise is kept.

/// How often a promise was kept, with its Monte-Carlo error.
///
/// ```
/// use styring_testkit::calibration::Share;
///
/// let mut share = Share::default();
/// (0..400).for_each(|run| share.count(run % 20 != 0));
/// assert_eq!(share.percent(), 95.0);
/// assert!((share.error(95.0) - 1.09).abs() < 0.01);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Share {
    kept: f64,
    all: f64,
}

impl Share {
    /// One more case.
    pub fn count(&mut self, kept: bool) {
        self.kept += f64::from(u8::from(kept));
        self.all += 1.0;
    }

    /// How often, in percent.
    pub fn percent(&self) -> f64 {
        100.0 * self.kept / self.all
    }

    /// Whether it is less than so many points from what was promised, in percent.
    pub fn is_about(&self, promised: f64, tolerance: f64) -> bool {
        (self.percent() - promised).abs() < tolerance
    }

    /// The standard error of the percentage, were it `nominal`.
    pub fn error(&self, nominal: f64) -> f64 {
        (nominal * (100.0 - nominal) / self.all).sqrt()
    }
}
