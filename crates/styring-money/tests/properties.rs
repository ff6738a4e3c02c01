//! The laws of money, written as a textbook would.
#![allow(clippy::expect_used, clippy::unwrap_used)]

use proptest::prelude::*;
use styring_money::{
    Currency, Exact, ExchangeRates, Money, NumberFormat, Rounding, Sign, Unrounded, largest_remainder,
};
use styring_testkit::strategies::{currency, decimal, exact, money, money_of};

fn roundings() -> impl Strategy<Value = Rounding> {
    prop::sample::select(vec![Rounding::HalfEven, Rounding::HalfUp, Rounding::Down])
}

proptest! {
    // Exact numbers form an ordered field.

    #[test]
    fn addition_commutes_and_associates(a in exact(), b in exact(), c in exact()) {
        prop_assert_eq!(&a + &b, &b + &a);
        prop_assert_eq!(&(&a + &b) + &c, &a + &(&b + &c));
        let mut in_place = a.clone();
        in_place += &b;
        prop_assert_eq!(in_place, &a + &b);
    }

    #[test]
    fn multiplication_commutes_associates_and_distributes(a in exact(), b in exact(), c in exact()) {
        prop_assert_eq!(&a * &b, &b * &a);
        prop_assert_eq!(&(&a * &b) * &c, &a * &(&b * &c));
        prop_assert_eq!(&a * &(&b + &c), &(&a * &b) + &(&a * &c));
    }

    #[test]
    fn zero_one_and_inverses(a in exact(), b in exact()) {
        prop_assert_eq!(&a + &Exact::ZERO, a.clone());
        prop_assert_eq!(&a * &Exact::ONE, a.clone());
        prop_assert_eq!(&a - &a, Exact::ZERO);
        prop_assert_eq!(&a + &-a.clone(), Exact::ZERO);
        match a.checked_div(&b) {
            Some(quotient) => prop_assert_eq!(&quotient * &b, a),
            None => prop_assert!(b.is_zero()),
        }
    }

    #[test]
    fn order_agrees_with_difference(a in exact(), b in exact()) {
        let by_sign = match (&a - &b).sign() {
            Sign::Negative => std::cmp::Ordering::Less,
            Sign::Zero => std::cmp::Ordering::Equal,
            Sign::Positive => std::cmp::Ordering::Greater,
        };
        prop_assert_eq!(a.cmp(&b), by_sign);
    }

    #[test]
    fn printing_and_reading_an_exact_number_is_identity(a in exact()) {
        prop_assert_eq!(a.to_string().parse::<Exact>().unwrap(), a);
    }

    #[test]
    fn doubles_pass_through_exactly(double in any::<f64>()) {
        match Exact::try_from(double) {
            Ok(exact) => prop_assert!(exact.to_f64().total_cmp(&(double + 0.0)).is_eq()),
            Err(_) => prop_assert!(!double.is_finite()),
        }
    }

    #[test]
    fn the_double_of_an_exact_number_is_the_nearest(a in exact()) {
        let double = a.to_f64();
        prop_assert!(double.is_finite());
        if double.abs() > 1e-300 && double.abs() < 1e300 {
            let distance = |f: f64| (&Exact::try_from(f).unwrap() - &a).abs();
            prop_assert!(distance(double) <= distance(double.next_up()));
            prop_assert!(distance(double) <= distance(double.next_down()));
        }
    }

    // Rounding moves by at most half a unit, keeps the sign and is idempotent.

    #[test]
    fn rounding_is_near_and_idempotent(a in exact(), places in 0..30_u8, rounding in roundings()) {
        let rounded = a.round(places, rounding);
        let unit = Exact::new(1, places);
        let error = (&rounded - &a).abs();
        prop_assert!(error < unit);
        if rounding != Rounding::Down {
            prop_assert!(&error + &error <= unit);
        }
        prop_assert_eq!(rounded.round(places, rounding), rounded.clone());
        prop_assert!(rounded.is_zero() || rounded.sign() == a.sign());
        if rounding == Rounding::Down {
            prop_assert!(rounded.abs() <= a.abs());
        }
        // A mirror image rounds to the mirror image.
        prop_assert_eq!((-a).round(places, rounding), -rounded);
    }

    #[test]
    fn significant_digits_bound_the_relative_error(a in exact(), digits in 1..40_u8) {
        let rounded = a.significant(digits, Rounding::HalfEven);
        let bound = &a.abs() * &Exact::new(1, digits - 1);
        prop_assert!((&rounded - &a).abs() <= bound);
        let shown = rounded.to_string();
        let shown = shown.trim_start_matches(['-', '0', '.']).trim_end_matches('0');
        let count = shown.chars().filter(char::is_ascii_digit).count();
        prop_assert!(count <= usize::from(digits) || !rounded.to_string().contains('.'), "{rounded}");
    }

    #[test]
    fn floor_is_the_integer_below(a in exact()) {
        if let Some(floor) = a.floor() {
            let floor = Exact::from(floor);
            prop_assert!(floor <= a && a < &floor + &Exact::ONE);
        }
    }

    // Money is exact or an error.

    #[test]
    fn a_sum_of_money_is_exact_or_refused(a in money_of(Currency::NOK), b in money_of(Currency::NOK)) {
        let exact = &Exact::from(a.amount()) + &Exact::from(b.amount());
        match a.checked_add(b) {
            Ok(sum) => {
                prop_assert_eq!(Exact::from(sum.amount()), exact);
                prop_assert_eq!(sum.checked_sub(b).unwrap(), a);
                prop_assert_eq!(b.checked_add(a).unwrap(), sum);
            }
            Err(_) => prop_assert!(exact.to_decimal().is_none()),
        }
    }

    #[test]
    fn currencies_never_mix(a in money(), b in money()) {
        if a.currency() != b.currency() {
            prop_assert!(a.checked_add(b).is_err());
            prop_assert!(a.checked_sub(b).is_err());
            prop_assert!(a.compare(b).is_err());
            prop_assert!(Money::sum([a, b], a.currency()).is_err());
            prop_assert!(Unrounded::from(a).checked_add(&b.into()).is_err());
        }
    }

    #[test]
    fn printing_and_reading_money_is_identity(a in money()) {
        prop_assert_eq!(a.to_string().parse::<Money>().unwrap(), a);
        prop_assert_eq!(Money::parse_norwegian(&a.to_norwegian()).unwrap(), a);
        let json = serde_json_round_trip(&a);
        prop_assert_eq!(json, a);
    }

    #[test]
    fn money_never_prints_fewer_than_its_minor_digits(a in money()) {
        let text = a.to_string();
        let decimals = text.split_once('.').map_or(0, |(_, d)| d.len());
        prop_assert!(decimals >= usize::from(a.currency().minor_digits()));
        prop_assert!(!text.contains("-0") || a.amount().is_sign_negative());
    }

    #[test]
    fn minor_units_round_trip(minor in -(1_i128 << 90)..1 << 90, currency in currency()) {
        prop_assert_eq!(Money::from_minor(minor, currency).unwrap().to_minor().unwrap(), minor);
    }

    // A split neither makes nor loses a minor unit.

    #[test]
    fn a_split_sums_to_its_total(
        minor in -(1_i128 << 80)..1 << 80,
        currency in currency(),
        weights in prop::collection::vec(exact().prop_map(|w| w.abs()), 1..30),
    ) {
        let total = Money::from_minor(minor, currency).unwrap();
        let parts = total.split(&weights).unwrap();
        prop_assert_eq!(Money::sum(parts.iter().copied(), currency).unwrap(), total);
        let whole: Exact = weights.iter().sum();
        for (part, weight) in parts.iter().zip(&weights) {
            // Every part is within one minor unit of its exact share.
            if let Some(share) = (&Exact::from(minor) * weight).checked_div(&whole) {
                prop_assert!((&Exact::from(part.to_minor().unwrap()) - &share).abs() < Exact::ONE);
            }
            prop_assert!(part.to_minor().unwrap() == 0 || part.to_minor().unwrap().signum() == minor.signum());
        }
        let mirrored: Vec<_> = parts.iter().map(|part| -*part).collect();
        prop_assert_eq!((-total).split(&weights).unwrap(), mirrored);
    }

    #[test]
    fn a_larger_weight_never_gets_less(minor in 0_i128..1 << 60, weights in prop::collection::vec(0_u32..100, 2..12)) {
        let parts = Money::from_minor(minor, Currency::NOK).unwrap().split(&weights).unwrap();
        for (i, a) in weights.iter().enumerate() {
            for (j, b) in weights.iter().enumerate() {
                if a > b || (a == b && i < j) {
                    prop_assert!(parts[i].compare(parts[j]).unwrap().is_ge());
                }
            }
        }
    }

    #[test]
    fn quotas_that_do_not_sum_are_refused(quotas in prop::collection::vec(exact(), 0..6), total in any::<i128>()) {
        let sums = quotas.iter().sum::<Exact>() == Exact::from(total);
        if let Some(parts) = largest_remainder(total, &quotas) {
            prop_assert!(sums);
            prop_assert_eq!(parts.iter().sum::<i128>(), total);
        } else if sums {
            prop_assert!(quotas.iter().any(|quota| quota.floor().is_none()));
        }
    }

    // Exchange there and back is exact.

    #[test]
    fn exchange_there_and_back(amount in decimal(), eur in 1..1_000_000_i64, sek in 1..1_000_000_i64) {
        let date = chrono::NaiveDate::from_ymd_opt(2025, 9, 1).unwrap();
        let mut rates = ExchangeRates::new(Currency::NOK);
        rates.insert(date, Currency::EUR, styring_money::Decimal::new(eur, 4)).unwrap();
        rates.insert(date, Currency::SEK, styring_money::Decimal::new(sek, 4)).unwrap();
        let start = Unrounded::from(Money::new(amount, Currency::EUR));
        let there = rates.convert(&start, Currency::SEK, date).unwrap();
        prop_assert_eq!(rates.convert(&there, Currency::EUR, date).unwrap(), start);
    }

    // No text makes anything panic, and what is read keeps every digit.

    #[test]
    fn reading_never_panics(text in "\\PC{0,40}") {
        let _ = text.parse::<Money>();
        let _ = text.parse::<Exact>();
        let _ = text.parse::<Currency>();
        let _ = Money::parse_norwegian(&text);
        for format in [NumberFormat::PLAIN, NumberFormat::NORWEGIAN] {
            let _ = format.parse(&text);
        }
    }

    #[test]
    fn near_numbers_never_panic(text in "(kr|NOK|EUR)?[ \u{a0}]?[-−0-9., \u{a0}]{0,50}(kr|,-)?") {
        let _ = text.parse::<Exact>();
        let _ = text.parse::<Money>();
        let _ = Money::parse_norwegian(&text);
    }

    #[test]
    fn both_ways_of_reading_agree(whole in "(0|[1-9][0-9]{0,45})", decimals in "[0-9]{0,30}", negative in any::<bool>()) {
        let sign = if negative { "-" } else { "" };
        let plain = if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") };
        let value = NumberFormat::PLAIN.parse(&plain).unwrap();
        let mut grouped = String::new();
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index) % 3 == 0 {
                grouped.push('\u{202f}');
            }
            grouped.push(digit);
        }
        let grouped = plain.replacen(&whole, &grouped, 1).replace('.', ",");
        prop_assert_eq!(NumberFormat::NORWEGIAN.parse(&grouped).unwrap(), value.clone());
        let mantissa: Exact = format!("{sign}{whole}{decimals}").parse().unwrap();
        let power: Exact = format!("1{}", "0".repeat(decimals.len())).parse().unwrap();
        prop_assert_eq!(&value * &power, mantissa);
    }
}

#[cfg(feature = "serde")]
fn serde_json_round_trip(money: &Money) -> Money {
    serde_json::from_str(&serde_json::to_string(money).unwrap()).unwrap()
}

#[cfg(not(feature = "serde"))]
fn serde_json_round_trip(money: &Money) -> Money {
    *money
}

#[test]
fn an_addition_that_would_lose_a_digit_is_an_error() {
    // rust_decimal alone answers with the first operand, unchanged.
    let large: Money = "NOK 7922816251426433759354395033".parse().unwrap();
    let ore: Money = "NOK 0.01".parse().unwrap();
    assert!(large.amount().checked_add(ore.amount()).is_some());
    assert!(matches!(large.checked_add(ore), Err(styring_money::Error::NotRepresentable { .. })));
    assert!(Money::sum([large, ore, -large], Currency::NOK).is_ok_and(|sum| sum == ore));
}

#[test]
fn numbers_that_software_has_touched_are_refused() {
    for text in ["", "-", "+1", "1e3", "1_000", "1.", ".5", "1.2.3", "0x10", "NaN", "inf", "1,5", " 1", "1 ", "--1"] {
        assert!(NumberFormat::PLAIN.parse(text).is_err(), "{text:?}");
    }
    for text in ["12 34", "1 23", "1234 567", "1 234 ", " 234", "1 2345", "1,234.5"] {
        assert!(NumberFormat::NORWEGIAN.parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_conflicting_rate_is_refused_and_the_first_stays() {
    let date = chrono::NaiveDate::from_ymd_opt(2025, 9, 1).unwrap();
    let mut rates = ExchangeRates::new(Currency::NOK);
    rates.insert(date, Currency::EUR, styring_money::Decimal::new(116, 1)).unwrap();
    assert!(rates.insert(date, Currency::EUR, styring_money::Decimal::new(117, 1)).is_err());
    assert!(rates.insert(date, Currency::SEK, styring_money::Decimal::ZERO).is_err());
    assert!(rates.insert(date, Currency::NOK, styring_money::Decimal::TWO).is_err());
    assert_eq!(rates.rate(Currency::EUR, date).unwrap().0, styring_money::Decimal::new(116, 1));
    let later = chrono::NaiveDate::from_ymd_opt(2025, 9, 3).unwrap();
    assert!(rates.rate(Currency::EUR, later).is_err());
    assert!(rates.valid_for_days(2).rate(Currency::EUR, later).is_ok());
}

proptest! {
    #[test]
    fn moving_the_point_is_multiplying_by_ten(a in exact(), shift in -30..30_i8) {
        let power: Exact = format!("1{}", "0".repeat(usize::from(shift.unsigned_abs()))).parse().unwrap();
        let expected = if shift >= 0 { &a * &power } else { a.checked_div(&power).unwrap() };
        prop_assert_eq!(a.shift_point(shift), expected);
    }

    #[test]
    fn finer_means_that_rounding_changes_it(a in exact(), places in 0..30_u8) {
        prop_assert_eq!(a.is_finer_than(places), a.round(places, Rounding::Down) != a);
    }
}

#[test]
fn a_text_too_long_for_a_number_is_refused_at_once() {
    let long = format!("0.{}1", "0".repeat(70_000));
    assert!(matches!(long.parse::<Exact>(), Err(styring_money::Error::InvalidNumber { .. })));
    assert!(format!("NOK {long}").parse::<Money>().is_err());
    assert!(Money::parse_norwegian(&long.replace('.', ",")).is_err());
    assert!(format!("1/{}", "9".repeat(70_000)).parse::<Exact>().is_err());
    // What is short enough prints, however small.
    let small = format!("0.{}1", "0".repeat(9_000));
    assert_eq!(small.parse::<Exact>().unwrap().to_string(), small);
}

#[test]
fn what_norwegians_write_and_what_nobody_writes() {
    for text in ["kr 25", "KR 25", "Kr. 25", "25 kr.", "25,-", "kr 25,-"] {
        assert_eq!(Money::parse_norwegian(text).unwrap().to_string(), "NOK 25.00", "{text}");
    }
    for text in ["25,50,-", "kr", "kr 25 kr", "25,-,-", ",-"] {
        assert!(Money::parse_norwegian(text).is_err(), "{text}");
    }
    assert_eq!("25 %".parse::<styring_money::Share>(), styring_money::Share::percent(25));
    for text in ["%", "101 %", "-1 %", "25%%"] {
        assert!(text.parse::<styring_money::Share>().is_err(), "{text}");
    }
    assert!(Money::zero(Currency::NOK).split::<i64>(&[]).is_err());
}

#[cfg(feature = "serde")]
mod storage {
    use super::*;

    fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }

    proptest! {
        #[test]
        fn amounts_come_back(amount in exact(), currency in currency()) {
            let unrounded = Unrounded::new(amount.clone(), currency);
            prop_assert_eq!(again(&unrounded), unrounded);
            prop_assert_eq!(again(&amount), amount);
        }

        #[test]
        fn a_plain_number_is_what_was_written_to_fifteen_digits_or_refused(whole in prop_oneof![0..1_000_u64, 0..1_u64 << 53, any::<u64>()], decimals in "[0-9]{1,18}") {
            let text = format!("{whole}.{decimals}");
            match serde_json::from_str::<Exact>(&text) {
                Ok(read) => {
                    let written = text.parse::<Exact>().unwrap();
                    let lost = (&read - &written).abs();
                    prop_assert!(whole < 1 << 53 && lost <= &written * &Exact::new(1, 15), "{} {}", read, written);
                }
                Err(fault) => prop_assert!(fault.to_string().contains("write it as text"), "{}", fault),
            }
        }
    }

    #[test]
    fn tables_and_formats_come_back_checked() {
        let date = chrono::NaiveDate::from_ymd_opt(2025, 9, 1).unwrap();
        let mut rates = ExchangeRates::new(Currency::NOK).valid_for_days(3);
        rates.insert(date, Currency::EUR, styring_money::Decimal::new(116_325, 4)).unwrap();
        assert_eq!(again(&rates), rates);
        let negative = serde_json::to_string(&rates).unwrap().replace("11.6325", "-11.6325");
        assert!(serde_json::from_str::<ExchangeRates>(&negative).is_err());
        assert_eq!(again(&NumberFormat::NORWEGIAN), NumberFormat::NORWEGIAN);
        assert!(serde_json::from_str::<NumberFormat>(r#"{"decimal":".","group":"."}"#).is_err());
    }
}

#[test]
fn a_part_that_does_not_fit_is_no_part() {
    // The larger part would be one above the largest integer.
    let half = Exact::new(5, 1);
    let quotas = [&Exact::from(i128::MAX) + &half, -half];
    assert_eq!(largest_remainder(i128::MAX, &quotas), None);
}
