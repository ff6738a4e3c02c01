use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Neg, Sub};
use std::str::FromStr;

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Pow, Signed, ToPrimitive, Zero};
use rust_decimal::Decimal;

use crate::number::{NumberFormat, ShortDecimal};
use crate::{Error, Rounding};

/// An exact rational number: what lies between the amounts that come in and the figure that goes out.
///
/// Addition, subtraction and multiplication are exact and cannot fail; division by zero is `None`. Digits are dropped only by
/// [`round`](Self::round) and [`significant`](Self::significant), once, from the exact value.
///
/// ```
/// use styring_money::{Exact, Rounding};
///
/// let spend: Exact = "82236.22".parse()?;
/// let cpa = spend.checked_div(&"46.80".parse()?).expect("there are conversions");
/// assert_eq!(cpa.round(2, Rounding::HalfEven).to_string(), "1757.18");
/// assert_eq!(&cpa * &"46.80".parse()?, spend); // nothing was lost on the way
/// # Ok::<(), styring_money::Error>(())
/// ```
///
/// Cost: while the value is a decimal of at most 38 digits, an addition is one `i128` addition and no allocation; beyond that, and for quotients, it is a
/// fraction of big integers.
///
/// Equality, order and [`Display`](fmt::Display) go by value: `1.50` equals `1.5`. Display prints the whole value, as a decimal where it ends
/// (`1.429999948`) and as a fraction where it does not (`1/3`); both parse back.
#[derive(Clone)]
pub struct Exact(Repr);

/// `Small` is `mantissa × 10^-scale`. The same value may have several forms, so nothing outside this file looks at them.
#[derive(Clone)]
enum Repr {
    Small { mantissa: i128, scale: u32 },
    Big(Box<BigRational>),
}

/// The largest power of ten in an `i128`.
const MAX_SCALE: u32 = 38;
/// `Decimal` holds 96 bits and 28 decimals.
const DECIMAL_SCALE: u32 = 28;

fn pow10(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

fn big_pow10(exponent: u32) -> BigInt {
    BigInt::from(10).pow(exponent)
}

impl Exact {
    /// Zero.
    pub const ZERO: Self = Self(Repr::Small { mantissa: 0, scale: 0 });
    /// One.
    pub const ONE: Self = Self(Repr::Small { mantissa: 1, scale: 0 });

    /// `mantissa × 10^-scale`: `Exact::new(12345, 2)` is 123.45.
    #[inline]
    pub fn new(mantissa: i128, scale: u8) -> Self {
        Self::scaled(mantissa, scale.into())
    }

    fn scaled(mantissa: i128, scale: u32) -> Self {
        if scale <= MAX_SCALE {
            Self(Repr::Small { mantissa, scale })
        } else {
            Self::from_big(BigRational::new(BigInt::from(mantissa), big_pow10(scale)))
        }
    }

    fn from_big(value: BigRational) -> Self {
        Self(Repr::Big(Box::new(value)))
    }

    fn to_big(&self) -> BigRational {
        match &self.0 {
            Repr::Small { mantissa, scale } => BigRational::new(BigInt::from(*mantissa), big_pow10(*scale)),
            Repr::Big(value) => (**value).clone(),
        }
    }

    /// Both values over a common power of ten, if that fits.
    fn aligned(&self, other: &Self) -> Option<(i128, i128, u32)> {
        let (Repr::Small { mantissa, scale }, Repr::Small { mantissa: other_mantissa, scale: other_scale }) =
            (&self.0, &other.0)
        else {
            return None;
        };
        match scale.cmp(other_scale) {
            Ordering::Equal => Some((*mantissa, *other_mantissa, *scale)),
            Ordering::Less => {
                let widened = mantissa.checked_mul(pow10(other_scale - scale)?)?;
                Some((widened, *other_mantissa, *other_scale))
            }
            Ordering::Greater => {
                let widened = other_mantissa.checked_mul(pow10(scale - other_scale)?)?;
                Some((*mantissa, widened, *scale))
            }
        }
    }

    /// The quotient, or `None` when `divisor` is zero.
    #[must_use]
    pub fn checked_div(&self, divisor: &Self) -> Option<Self> {
        if divisor.is_zero() {
            return None;
        }
        let quotient = self.to_big() / divisor.to_big();
        Some(Self::shrink(&quotient).unwrap_or_else(|| Self::from_big(quotient)))
    }

    /// Whether the value is zero.
    pub fn is_zero(&self) -> bool {
        self.sign() == Sign::Zero
    }

    /// Below, at or above zero.
    #[inline]
    pub fn sign(&self) -> Sign {
        let order = match &self.0 {
            Repr::Small { mantissa, .. } => mantissa.cmp(&0),
            Repr::Big(value) => value.numer().cmp(&BigInt::zero()),
        };
        match order {
            Ordering::Less => Sign::Negative,
            Ordering::Equal => Sign::Zero,
            Ordering::Greater => Sign::Positive,
        }
    }

    /// Whether the value has more than this many decimals: a price finer than the minor unit, a count that is not whole.
    #[inline]
    pub fn is_finer_than(&self, places: u8) -> bool {
        let places = u32::from(places);
        match &self.0 {
            Repr::Small { mantissa, scale } => {
                *scale > places && pow10(scale - places).is_none_or(|unit| mantissa % unit != 0)
            }
            Repr::Big(value) => decimals(value.denom()).is_none_or(|scale| scale > places),
        }
    }

    /// The value with its point moved: `shift` places to the right, or to the left if negative. Exact.
    #[must_use]
    pub fn shift_point(&self, shift: i8) -> Self {
        let shift = i32::from(shift);
        if let Repr::Small { mantissa, scale } = &self.0
            && let Some(scale) = scale.checked_add_signed(-shift)
        {
            return Self::scaled(*mantissa, scale);
        }
        let power = Self::from_big(BigRational::from_integer(big_pow10(shift.unsigned_abs())));
        if shift < 0 { self.checked_div(&power).unwrap_or_default() } else { self * &power }
    }

    /// The value without its sign.
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.sign() == Sign::Negative { -self.clone() } else { self.clone() }
    }

    /// The value rounded to `places` decimals.
    #[must_use]
    pub fn round(&self, places: u8, rounding: Rounding) -> Self {
        self.round_to(places.into(), rounding)
    }

    fn round_to(&self, places: u32, rounding: Rounding) -> Self {
        match &self.0 {
            Repr::Small { scale, .. } if *scale <= places => self.clone(),
            Repr::Small { mantissa, scale } => {
                let unit = pow10(scale - places);
                // `scale` is at most 38, so the power exists.
                let mantissa = unit.map_or(0, |unit| divide_i128(*mantissa, unit, rounding));
                Self::scaled(mantissa, places)
            }
            Repr::Big(value) => {
                let factor = big_pow10(places);
                let rounded = divide_big(&(value.numer() * &factor), value.denom(), rounding);
                Self::from_quotient(rounded, factor)
            }
        }
    }

    /// The value rounded to `digits` significant digits (at least one), as a float would be printed but from the exact value.
    #[must_use]
    pub fn significant(&self, digits: u8, rounding: Rounding) -> Self {
        let digits = i64::from(digits.max(1));
        let magnitude = self.magnitude();
        let rounded = self.round_at(digits - 1 - magnitude, rounding);
        // 9.99 at two digits becomes 10: one digit too many, but it is a zero.
        if rounded.magnitude() > magnitude { rounded.round_at(digits - 2 - magnitude, rounding) } else { rounded }
    }

    /// Rounds at `10^-places`; `places` may be negative.
    fn round_at(&self, places: i64, rounding: Rounding) -> Self {
        if let Ok(places) = u32::try_from(places) {
            return self.round_to(places, rounding);
        }
        let unit = big_pow10(u32::try_from(-places).unwrap_or(u32::MAX));
        let value = self.to_big();
        let count = divide_big(value.numer(), &(value.denom() * &unit), rounding);
        Self::from_quotient(count * unit, BigInt::one())
    }

    /// The exponent of the leading digit: 0 for 1..10, -1 for 0.1..1, and 0 for zero.
    fn magnitude(&self) -> i64 {
        let value = self.abs().to_big();
        if value.is_zero() {
            return 0;
        }
        let digits = |n: &BigInt| i64::try_from(n.to_string().len()).unwrap_or(i64::MAX);
        let guess = digits(value.numer()) - digits(value.denom());
        // The quotient of an m-digit and an n-digit number has magnitude m-n or m-n-1.
        let power = u32::try_from(guess.abs()).unwrap_or(u32::MAX);
        let reaches = if guess >= 0 {
            value.numer() >= &(value.denom() * big_pow10(power))
        } else {
            &(value.numer() * big_pow10(power)) >= value.denom()
        };
        if reaches { guess } else { guess - 1 }
    }

    /// A number of any length, as read from a text.
    pub(crate) fn from_digits(mantissa: BigInt, scale: u32) -> Self {
        match mantissa.to_i128() {
            Some(mantissa) => Self::scaled(mantissa, scale),
            None => Self::from_quotient(mantissa, big_pow10(scale)),
        }
    }

    fn from_quotient(numerator: BigInt, denominator: BigInt) -> Self {
        let value = BigRational::new(numerator, denominator);
        Self::shrink(&value).unwrap_or_else(|| Self::from_big(value))
    }

    /// The small form of a fraction that ends as a decimal and fits.
    fn shrink(value: &BigRational) -> Option<Self> {
        // No divisor of 10^38 is longer.
        if value.denom().bits() > 127 {
            return None;
        }
        let scale = decimals(value.denom())?;
        let mantissa = value.numer() * big_pow10(scale) / value.denom();
        let mantissa = mantissa.to_i128()?;
        (scale <= MAX_SCALE).then_some(Self(Repr::Small { mantissa, scale }))
    }

    /// The value as a decimal with at least `places` decimals, if it ends as one.
    fn ending(&self, places: u32) -> Option<(BigInt, u32)> {
        match &self.0 {
            Repr::Small { mantissa, scale } => {
                let (mut mantissa, mut scale) = (*mantissa, *scale);
                while scale > places && mantissa % 10 == 0 {
                    mantissa /= 10;
                    scale -= 1;
                }
                let missing = places.saturating_sub(scale);
                Some((BigInt::from(mantissa) * big_pow10(missing), scale + missing))
            }
            Repr::Big(value) => {
                let scale = decimals(value.denom())?.max(places);
                Some((value.numer() * big_pow10(scale) / value.denom(), scale))
            }
        }
    }

    /// The value as a `Decimal`, if it fits without losing a digit.
    pub fn to_decimal(&self) -> Option<Decimal> {
        let (mantissa, scale) = if let Repr::Small { mantissa, scale } = self.0
            && scale <= DECIMAL_SCALE
            && mantissa.unsigned_abs() < 1 << 96
        {
            (mantissa, scale)
        } else {
            let (mantissa, scale) = self.ending(0)?;
            (mantissa.to_i128()?, scale)
        };
        Decimal::try_from_i128_with_scale(mantissa, scale).ok()
    }

    /// The integer part toward minus infinity, if it fits.
    pub fn floor(&self) -> Option<i128> {
        match &self.0 {
            Repr::Small { mantissa, scale } => Some(mantissa.div_euclid(pow10(*scale)?)),
            Repr::Big(value) => value.numer().div_floor(value.denom()).to_i128(),
        }
    }

    /// The integer this value is, if it is one and fits.
    pub fn to_integer(&self) -> Option<i128> {
        let floor = self.floor()?;
        (*self == Self::from(floor)).then_some(floor)
    }

    /// The nearest `f64`, for statistics. A value beyond the range of `f64` becomes its largest number.
    pub fn to_f64(&self) -> f64 {
        /// Both operands are exact in `f64`, so one division rounds once.
        const EXACT_POWERS: u32 = 22;
        if let Repr::Small { mantissa, scale } = self.0
            && mantissa.unsigned_abs() <= 1 << 53
            && scale <= EXACT_POWERS
        {
            return mantissa as f64 / 10_f64.powi(scale.cast_signed());
        }
        let value = self.to_big().to_f64().unwrap_or(0.0);
        value.clamp(f64::MIN, f64::MAX)
    }

    /// Writes the value with at least `places` decimals, or as a fraction.
    pub(crate) fn to_text(&self, places: u32) -> String {
        match self.ending(places) {
            Some((mantissa, scale)) => {
                let sign = if mantissa.is_negative() { "-" } else { "" };
                let (digits, scale) = (mantissa.abs().to_string(), scale as usize);
                // Not by a format width, which ends at 65 535.
                let digits = format!("{}{digits}", "0".repeat((scale + 1).saturating_sub(digits.len())));
                let (whole, decimals) = digits.split_at(digits.len() - scale);
                if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
            }
            None => self.to_big().to_string(),
        }
    }
}

/// Where a number lies relative to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[allow(clippy::exhaustive_enums, reason = "there is no fourth sign")]
pub enum Sign {
    /// Below zero.
    Negative,
    /// Zero.
    Zero,
    /// Above zero.
    Positive,
}

/// How many decimals a fraction in lowest terms with this denominator needs, if it ends.
fn decimals(denominator: &BigInt) -> Option<u32> {
    let twos = denominator.trailing_zeros().unwrap_or(0);
    let mut odd: BigInt = denominator >> twos;
    let five = BigInt::from(5);
    let mut fives = 0_u64;
    while !odd.is_one() {
        let (quotient, remainder) = odd.div_rem(&five);
        if !remainder.is_zero() {
            return None;
        }
        odd = quotient;
        fives += 1;
    }
    u32::try_from(twos.max(fives)).ok()
}

/// Whether the magnitude of a truncated quotient goes up by one.
fn rounds_away(rounding: Rounding, twice_remainder_to_divisor: Ordering, odd: bool) -> bool {
    match rounding {
        Rounding::Down => false,
        Rounding::HalfUp => twice_remainder_to_divisor != Ordering::Less,
        Rounding::HalfEven => match twice_remainder_to_divisor {
            Ordering::Less => false,
            Ordering::Equal => odd,
            Ordering::Greater => true,
        },
    }
}

fn divide_i128(dividend: i128, divisor: i128, rounding: Rounding) -> i128 {
    let (quotient, remainder) = (dividend / divisor, dividend % divisor);
    // The divisor is a power of ten from ten on, so its half is exact and nothing here can overflow.
    let to_half = remainder.abs().cmp(&(divisor / 2));
    if rounds_away(rounding, to_half, quotient % 2 != 0) { quotient + dividend.signum() } else { quotient }
}

fn divide_big(dividend: &BigInt, divisor: &BigInt, rounding: Rounding) -> BigInt {
    let (quotient, remainder) = dividend.div_rem(divisor);
    let to_half = (remainder.abs() * 2_u32).cmp(divisor);
    if rounds_away(rounding, to_half, quotient.is_odd()) { quotient + dividend.signum() } else { quotient }
}

impl AddAssign<&Exact> for Exact {
    #[inline]
    fn add_assign(&mut self, other: &Exact) {
        if let (Repr::Small { mantissa: sum, scale }, Repr::Small { mantissa, scale: other_scale }) =
            (&mut self.0, &other.0)
            && scale == other_scale
            && let Some(total) = sum.checked_add(*mantissa)
        {
            *sum = total;
        } else {
            *self = &*self + other;
        }
    }
}

impl AddAssign for Exact {
    #[inline]
    fn add_assign(&mut self, other: Exact) {
        *self += &other;
    }
}

impl AddAssign<ShortDecimal> for Exact {
    #[inline]
    fn add_assign(&mut self, short: ShortDecimal) {
        // The path of every cell of every export: as many decimals as the sum already has.
        if let Repr::Small { mantissa, scale } = &mut self.0
            && *scale == short.decimals
            && let Some(total) = mantissa.checked_add(short.mantissa.into())
        {
            *mantissa = total;
        } else {
            self.add_widened(short);
        }
    }
}

impl Exact {
    /// Adds a number of fewer decimals, by widening it; or, once per sum, one of more.
    fn add_widened(&mut self, short: ShortDecimal) {
        if let Repr::Small { mantissa, scale } = &mut self.0
            && let Some(places) = scale.checked_sub(short.decimals)
            && let Some(power) = SHORT_POWERS.get(places as usize)
            && let Some(widened) = short.mantissa.checked_mul(*power)
            && let Some(total) = mantissa.checked_add(widened.into())
        {
            *mantissa = total;
        } else {
            *self = &*self + &Exact::from(short);
        }
    }
}

/// The powers of ten by which a short number is widened to the decimals of a sum.
const SHORT_POWERS: [i64; 10] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];

impl From<ShortDecimal> for Exact {
    #[inline]
    fn from(short: ShortDecimal) -> Self {
        Self(Repr::Small { mantissa: short.mantissa.into(), scale: short.decimals })
    }
}

impl Add for &Exact {
    type Output = Exact;

    fn add(self, other: &Exact) -> Exact {
        self.aligned(other)
            .and_then(|(a, b, scale)| Some(Exact::scaled(a.checked_add(b)?, scale)))
            .unwrap_or_else(|| Exact::from_big(self.to_big() + other.to_big()))
    }
}

impl Sub for &Exact {
    type Output = Exact;

    fn sub(self, other: &Exact) -> Exact {
        self.aligned(other)
            .and_then(|(a, b, scale)| Some(Exact::scaled(a.checked_sub(b)?, scale)))
            .unwrap_or_else(|| Exact::from_big(self.to_big() - other.to_big()))
    }
}

impl Mul for &Exact {
    type Output = Exact;

    fn mul(self, other: &Exact) -> Exact {
        if let (Repr::Small { mantissa, scale }, Repr::Small { mantissa: other_mantissa, scale: other_scale }) =
            (&self.0, &other.0)
            && scale + other_scale <= MAX_SCALE
            && let Some(product) = mantissa.checked_mul(*other_mantissa)
        {
            return Exact::scaled(product, scale + other_scale);
        }
        Exact::from_big(self.to_big() * other.to_big())
    }
}

impl Neg for Exact {
    type Output = Exact;

    fn neg(self) -> Exact {
        match self.0 {
            Repr::Small { mantissa, scale } => match mantissa.checked_neg() {
                Some(mantissa) => Exact::scaled(mantissa, scale),
                None => Exact::from_big(-Exact::scaled(mantissa, scale).to_big()),
            },
            Repr::Big(value) => Exact::from_big(-*value),
        }
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Exact>>(values: I) -> Exact {
        values.fold(Exact::ZERO, |mut total, value| {
            total += &value;
            total
        })
    }
}

impl<'a> Sum<&'a Exact> for Exact {
    fn sum<I: Iterator<Item = &'a Exact>>(values: I) -> Exact {
        values.fold(Exact::ZERO, |mut total, value| {
            total += value;
            total
        })
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Exact {}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        match self.aligned(other) {
            Some((a, b, _)) => a.cmp(&b),
            None => self.to_big().cmp(&other.to_big()),
        }
    }
}

impl Default for Exact {
    fn default() -> Self {
        Self::ZERO
    }
}

macro_rules! from_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Exact {
            fn from(value: $integer) -> Self {
                Self::new(i128::from(value), 0)
            }
        }
    )*};
}
from_integer!(u8, u16, u32, u64, i8, i16, i32, i64, i128);

impl From<Decimal> for Exact {
    fn from(value: Decimal) -> Self {
        Self::scaled(value.mantissa(), value.scale())
    }
}

/// The exact binary value: `0.1_f64` is 0.1000000000000000055511151231257827…
///
/// NaN and infinities are refused.
impl TryFrom<f64> for Exact {
    type Error = Error;

    fn try_from(value: f64) -> Result<Self, Error> {
        BigRational::from_float(value)
            .map(|big| Self::shrink(&big).unwrap_or_else(|| Self::from_big(big)))
            .ok_or_else(|| Error::NotFinite { value: value.to_string() })
    }
}

/// Reads `-12.50` and `1/3`; no exponents, no separators.
impl FromStr for Exact {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.len() <= 2 * NumberFormat::LONGEST
            && let Some((numerator, denominator)) = text.split_once('/')
        {
            let fraction = Option::zip(integer(numerator), integer(denominator).filter(Signed::is_positive));
            if let Some((numerator, denominator)) = fraction {
                return Ok(Self::from_quotient(numerator, denominator));
            }
        }
        NumberFormat::PLAIN.parse(text)
    }
}

fn integer(text: &str) -> Option<BigInt> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.to_text(0))
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
