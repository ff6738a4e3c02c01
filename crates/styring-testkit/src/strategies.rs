//! Proptest strategies for the shared types: not uniform noise, but inputs that reach every internal case.

use proptest::prelude::*;
use styring_money::{Currency, Decimal, Exact, Money};

/// Currencies with 0, 2, 3 and 4 minor digits.
pub fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(vec!["NOK", "EUR", "USD", "JPY", "ISK", "KWD", "CLF"])
        .prop_map(|code| code.parse().unwrap_or(Currency::NOK))
}

/// Every `Decimal`, with weight on the ends of its range.
pub fn decimal() -> impl Strategy<Value = Decimal> {
    let mantissa = prop_oneof![
        4 => -1_000_000_000_i128..1_000_000_000,
        1 => -(1_i128 << 96) + 1..1 << 96,
        1 => Just((1_i128 << 96) - 1),
        1 => Just(-(1_i128 << 96) + 1),
        1 => Just(0),
    ];
    (mantissa, 0..=28_u32)
        .prop_map(|(mantissa, scale)| Decimal::try_from_i128_with_scale(mantissa, scale).unwrap_or_default())
}

/// Amounts of one currency.
pub fn money_of(currency: Currency) -> impl Strategy<Value = Money> {
    decimal().prop_map(move |amount| Money::new(amount, currency))
}

/// Amounts of any currency.
pub fn money() -> impl Strategy<Value = Money> {
    (decimal(), currency()).prop_map(|(amount, currency)| Money::new(amount, currency))
}

/// Exact numbers: short decimals, decimals at the edge of `i128`, fractions that never end, and binary doubles.
pub fn exact() -> impl Strategy<Value = Exact> {
    let small = (any::<i64>(), 0..20_u8).prop_map(|(m, s)| Exact::new(i128::from(m), s));
    let edge =
        (prop_oneof![Just(i128::MAX), Just(i128::MIN), any::<i128>()], 0..60_u8).prop_map(|(m, s)| Exact::new(m, s));
    let fraction =
        (any::<i64>(), 1..10_000_i64).prop_map(|(n, d)| Exact::from(n).checked_div(&d.into()).unwrap_or_default());
    let double = any::<f64>().prop_map(|f| Exact::try_from(f).unwrap_or_default());
    prop_oneof![4 => small, 2 => edge, 2 => fraction, 1 => double]
}
