use super::{Boundary, Next, Window};

/// A window, with what its boundary says of it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Span {
    /// The oldest age that counts.
    Rolling(i64),
    #[cfg(feature = "calendar")]
    Calendar(super::Calendar),
    Lifetime,
}

impl Span {
    pub(super) fn new(window: Window, boundary: Boundary) -> Self {
        match (window, boundary) {
            (Window::Rolling(length), Boundary::Exclusive) => Self::Rolling(length.signed() - 1),
            (Window::Rolling(length), Boundary::Inclusive) => Self::Rolling(length.signed()),
            #[cfg(feature = "calendar")]
            (Window::Calendar(calendar), _) => Self::Calendar(calendar),
            (Window::Lifetime, _) => Self::Lifetime,
        }
    }

    /// The first moment that counts at `at`. Times are of the years 1 to 9999 and windows no longer: nothing overflows.
    #[inline]
    pub(super) fn begin(self, at: i64) -> i64 {
        match self {
            Self::Rolling(age) => at - age,
            #[cfg(feature = "calendar")]
            Self::Calendar(calendar) => calendar.begin(at),
            Self::Lifetime => i64::MIN,
        }
    }

    /// The first moment at which what was at `at` no longer counts.
    pub(super) fn release(self, at: i64) -> Next {
        match self {
            Self::Rolling(age) => Next::At(at + age + 1),
            #[cfg(feature = "calendar")]
            Self::Calendar(calendar) => Next::At(calendar.release(at)),
            Self::Lifetime => Next::Never,
        }
    }
}
