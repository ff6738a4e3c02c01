//! From values to a place between 0 and 1, and the values worth a grid line.
//!
//! `libm` and not the platform's functions: the same input gives the same picture everywhere.

/// A scale of an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    log: bool,
}

/// Where a value lies on a scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// Here, from 0 to 1.
    At(f64),
    /// Beyond the low end.
    Below,
    /// Beyond the high end.
    Above,
}

impl Place {
    /// The place, or the end beyond which it lies.
    pub(super) fn clamped(self) -> f64 {
        match self {
            Self::At(place) => place,
            Self::Below => 0.0,
            Self::Above => 1.0,
        }
    }
}

impl Scale {
    /// From zero, or the smallest value below it, to the largest; both ends on a round number.
    pub(super) fn linear(values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = ends(values, (0.0, 0.0));
        let span = (high - low).min(f64::MAX);
        if span <= 0.0 {
            return Self { low: 0.0, high: 1.0, log: false };
        }
        let step = round_step(span / 4.0);
        let (low, high) = (libm::floor(low / step) * step, libm::ceil(high / step) * step);
        if (high - low).is_finite() && high > low {
            Self { low, high, log: false }
        } else {
            Self { low: 0.0, high: 1.0, log: false }
        }
    }

    /// From the smallest value to the largest, wherever zero is; both ends on a round number. For levels, which have no length that could be compared.
    pub(super) fn level(values: impl IntoIterator<Item = f64>) -> Self {
        let mut finite = values.into_iter().filter(|value| value.is_finite());
        let Some(first) = finite.next() else {
            return Self::linear([]);
        };
        let (low, high) = ends(finite, (first, first));
        let step = round_step((high - low).min(f64::MAX) / 4.0);
        let (from, to) = (libm::floor(low / step) * step, libm::ceil(high / step) * step);
        if high > low && (to - from).is_finite() && to > from {
            Self { low: from, high: to, log: false }
        } else {
            Self::linear([low, high])
        }
    }

    /// Over the values above zero and `always`, with a little air; no further than `most` times from `always` either way.
    pub(super) fn log(values: impl IntoIterator<Item = f64>, always: f64, most: f64) -> Self {
        const AIR: f64 = 1.25;
        let positive = values.into_iter().filter(|value| *value > 0.0);
        let (low, high) = ends(positive, (always, always));
        Self { low: (low / AIR).max(always / most), high: (high * AIR).min(always * most), log: true }
    }

    pub(super) fn is_log(&self) -> bool {
        self.log
    }

    pub(super) fn place(&self, value: f64) -> Place {
        if value.is_nan() || value < self.low {
            return Place::Below;
        }
        if value > self.high {
            return Place::Above;
        }
        let place = if self.log {
            libm::log(value / self.low) / libm::log(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        };
        Place::At(if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.0 })
    }

    /// Round values on the scale, about `wanted` of them, with their labels.
    pub(super) fn ticks(&self, wanted: u32) -> Vec<(f64, String)> {
        if self.log { self.log_ticks(wanted) } else { self.linear_ticks(wanted) }
    }

    fn linear_ticks(&self, wanted: u32) -> Vec<(f64, String)> {
        let step = round_step((self.high - self.low) / f64::from(wanted.max(1)));
        let decimals = decimals(step);
        let first = libm::ceil(self.low / step);
        (0..=3 * wanted.max(1))
            .map(|index| (first + f64::from(index)) * step)
            .take_while(|value| *value <= self.high + step * 1e-9)
            .map(|value| (value, crate::numbers::decimal(value, decimals)))
            .collect()
    }

    fn log_ticks(&self, wanted: u32) -> Vec<(f64, String)> {
        let decades = libm::log10(self.high / self.low);
        let mantissas: &[f64] = match decades * 3.0 {
            ticks if ticks <= f64::from(wanted) * 0.5 => &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0],
            ticks if ticks <= f64::from(wanted) * 1.2 => &[1.0, 2.0, 5.0],
            _ => &[1.0],
        };
        #[allow(clippy::cast_possible_truncation, reason = "the exponent of an f64")]
        let (first, last) = (libm::floor(libm::log10(self.low)) as i32, libm::ceil(libm::log10(self.high)) as i32);
        let every = usize::try_from((last - first - 1) / i32::try_from(wanted.max(1)).unwrap_or(1) + 1).unwrap_or(1);
        (first..=last)
            .step_by(every)
            .flat_map(|exponent| {
                let power = power_of_ten(exponent);
                mantissas.iter().map(move |mantissa| (mantissa * power, decimals_at(exponent, *mantissa)))
            })
            .filter(|(value, _)| (self.low..=self.high).contains(value))
            .map(|(value, decimals)| (value, crate::numbers::decimal(value, decimals)))
            .collect()
    }
}

fn ends(values: impl IntoIterator<Item = f64>, start: (f64, f64)) -> (f64, f64) {
    let finite = values.into_iter().filter(|value| value.is_finite());
    finite.fold(start, |(low, high), value| (low.min(value), high.max(value)))
}

/// 1, 2 or 5 times a power of ten, at least as large as `rough`.
fn round_step(rough: f64) -> f64 {
    if !(rough.is_finite() && rough > 0.0) {
        return 1.0;
    }
    #[allow(clippy::cast_possible_truncation, reason = "the exponent of an f64")]
    let power = power_of_ten(libm::floor(libm::log10(rough)) as i32);
    let step =
        [1.0, 2.0, 5.0, 10.0].map(|mantissa| mantissa * power).into_iter().find(|step| *step >= rough * 0.999_999);
    step.unwrap_or(power * 10.0)
}

fn power_of_ten(exponent: i32) -> f64 {
    // Below 10^0 a quotient is nearer than a power: 1/1000 and not 0.001000…02.
    if exponent < 0 { 1.0 / libm::exp10(f64::from(-exponent)) } else { libm::exp10(f64::from(exponent)) }
}

fn decimals(step: f64) -> usize {
    (0..12)
        .find(|places| {
            let scaled = step * libm::exp10(f64::from(*places));
            (scaled - libm::round(scaled)).abs() < 1e-6 * scaled
        })
        .map_or(12, |places: i32| usize::try_from(places).unwrap_or(0))
}

fn decimals_at(exponent: i32, mantissa: f64) -> usize {
    let more = i32::from(libm::trunc(mantissa) < mantissa);
    usize::try_from((more - exponent).max(0)).unwrap_or(0).min(12)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale, wanted: u32) -> Vec<String> {
        scale.ticks(wanted).into_iter().map(|(_, label)| label.replace('\u{202f}', " ")).collect()
    }

    #[test]
    fn a_linear_scale_begins_at_zero_and_ends_on_a_round_number() {
        assert_eq!(labels(Scale::linear([61_000.0, 480_000.0]), 4), ["0", "200 000", "400 000", "600 000"]);
        assert_eq!(labels(Scale::linear([0.07]), 4), ["0.00", "0.02", "0.04", "0.06", "0.08"]);
        assert_eq!(labels(Scale::linear([-30.0, 100.0]), 4), ["−50", "0", "50", "100"]);
        assert_eq!(labels(Scale::linear([]), 4), ["0.0", "0.5", "1.0"]);
    }

    #[test]
    fn a_scale_of_levels_is_where_they_are() {
        assert_eq!(labels(Scale::level([483.0, 545.5]), 4), ["480", "500", "520", "540", "560"]);
        assert_eq!(labels(Scale::level([480.0]), 4), labels(Scale::linear([480.0]), 4));
        assert_eq!(labels(Scale::level([]), 4), labels(Scale::linear([]), 4));
    }

    #[test]
    fn a_log_scale_has_ticks_of_one_two_five() {
        assert_eq!(labels(Scale::log([0.3, 4.0], 1.0, 1e3), 6), ["0.5", "1", "2", "5"]);
        assert_eq!(labels(Scale::log([1e-9, 1e9], 1.0, 1e3), 6), ["0.001", "0.01", "0.1", "1", "10", "100", "1 000"]);
    }

    #[test]
    fn no_value_lies_outside_and_no_scale_is_empty() {
        for values in [vec![], vec![f64::MAX], vec![f64::MIN, f64::MAX], vec![1e-300], vec![f64::NAN, f64::INFINITY]] {
            let scales = [Scale::linear, Scale::level].map(|scale| scale(values.clone()));
            for scale in scales.into_iter().chain([Scale::log(values.clone(), 1.0, 1e3)]) {
                assert!(scale.ticks(5).len() < 20);
                for value in [0.0, 1.0, -1.0, f64::MAX, f64::MIN, 1e-300, f64::NAN] {
                    assert!((0.0..=1.0).contains(&scale.place(value).clamped()));
                }
            }
        }
    }
}
