//! Cells to numbers.

use std::ops::AddAssign;

use csv::ByteRecord;
use styring_metrics::{Fact, VatRate};
use styring_money::{Exact, NumberFault, NumberFormat, ShortDecimal, Sign};
use styring_playbook::Plan;

use super::columns::Header;
use super::findings::RejectionKind;
use super::spec::{FactSpec, SourceSpec, Unit};
use crate::Error;

/// The numbers of one row by slot: the facts in the order of the enum, then the extra columns. A bit per slot says at a glance what they are.
#[derive(Default)]
pub(super) struct Cells {
    short: Vec<ShortDecimal>,
    /// Numbers that are not short, where `long_slots` has a bit; as good as always none.
    long: Vec<Exact>,
    long_slots: u64,
    known: u64,
    pub(super) zero: u64,
    pub(super) negative: u64,
    /// Amounts with more decimals than the currency has.
    pub(super) finer: u64,
}

/// One number of a row.
#[derive(Clone, Copy)]
pub(super) enum Number<'a> {
    Short(ShortDecimal),
    Long(&'a Exact),
}

impl AddAssign<Number<'_>> for Exact {
    #[inline]
    fn add_assign(&mut self, number: Number<'_>) {
        match number {
            Number::Short(short) => *self += short,
            Number::Long(long) => *self += long,
        }
    }
}

impl From<Number<'_>> for Exact {
    fn from(number: Number<'_>) -> Self {
        match number {
            Number::Short(short) => short.into(),
            Number::Long(long) => long.clone(),
        }
    }
}

impl Cells {
    fn new(slots: usize) -> Self {
        Self { short: vec![ShortDecimal::default(); slots], long: vec![Exact::ZERO; slots], ..Self::default() }
    }

    fn clear(&mut self) {
        (self.known, self.zero, self.negative, self.finer, self.long_slots) = (0, 0, 0, 0, 0);
    }

    #[inline]
    fn set_short(&mut self, slot: usize, number: ShortDecimal, finest: u8) {
        self.known |= 1 << slot;
        self.zero |= u64::from(number.is_zero()) << slot;
        self.negative |= u64::from(number.is_negative()) << slot;
        self.finer |= u64::from(number.is_finer_than(finest)) << slot;
        self.short[slot] = number;
    }

    #[cold]
    fn set_long(&mut self, slot: usize, number: Exact, finer: bool) {
        self.known |= 1 << slot;
        self.long_slots |= 1 << slot;
        self.zero |= u64::from(number.is_zero()) << slot;
        self.negative |= u64::from(number.sign() == Sign::Negative) << slot;
        self.finer |= u64::from(finer) << slot;
        self.long[slot] = number;
    }

    /// The slots whose number is above zero.
    pub(super) fn positive(&self) -> u64 {
        self.known & !self.zero & !self.negative
    }

    /// The numbers that are known, by slot, of the first `slots` slots.
    #[inline]
    pub(super) fn known(&self, slots: usize) -> impl Iterator<Item = (usize, Number<'_>)> {
        let mut left = self.known & ((1 << slots) - 1);
        std::iter::from_fn(move || {
            let slot = left.trailing_zeros() as usize;
            // Takes the lowest bit off; nothing is left of nothing.
            left &= left.wrapping_sub(1);
            let short = self.short.get(slot)?;
            let is_long = self.long_slots >> slot & 1 == 1;
            Some((slot, if is_long { Number::Long(&self.long[slot]) } else { Number::Short(*short) }))
        })
    }

    /// The number in a slot; `None` if it is not known.
    #[inline]
    pub(super) fn get(&self, slot: usize) -> Option<Number<'_>> {
        if self.known >> slot & 1 == 0 {
            None
        } else if self.long_slots >> slot & 1 == 0 {
            Some(Number::Short(self.short[slot]))
        } else {
            Some(Number::Long(&self.long[slot]))
        }
    }

    /// Whether the number in the first slot is above that in the second; not if either is unknown.
    #[inline]
    pub(super) fn is_above(&self, first: usize, second: usize) -> bool {
        let bits = 1 << first | 1 << second;
        let known = self.known & bits == bits;
        if self.long_slots & bits == 0 {
            known && self.short[first] > self.short[second]
        } else {
            known && self.is_above_exactly(first, second)
        }
    }

    fn is_above_exactly(&self, first: usize, second: usize) -> bool {
        let exact = |slot| self.get(slot).map(Exact::from);
        exact(first) > exact(second)
    }
}

/// The most characters of a cell that can be meant as a number.
const LONGEST: usize = 100;
/// No campaign counts that far, and sums of such numbers would not fit in an amount.
const LARGEST: i64 = 1_000_000_000_000_000_000;

/// Reads the numbers of a row.
pub(super) struct Numbers {
    format: NumberFormat,
    missing: Vec<String>,
    /// Whether one of those would also be read as a number.
    ambiguous: bool,
    columns: Vec<Column>,
    /// The names of the extra columns, in the order of their slots.
    extra: Vec<String>,
    /// Revenue per order, where it is assumed.
    per_order: Option<Exact>,
}

struct Column {
    place: usize,
    slot: usize,
    kind: Kind,
    /// The decimals of the currency, for an amount; any number for others.
    finest: u8,
    /// Whether amounts need no conversion.
    is_plain: bool,
    /// Places the point moves to get to major units.
    shift: i8,
    /// What an amount is multiplied by to take VAT out of it.
    net: Option<Exact>,
    when_missing: WhenMissing,
}

impl Column {
    /// Whether a number needs neither a check nor a conversion.
    #[inline]
    fn takes_as_it_is(&self, number: ShortDecimal) -> bool {
        let fits = self.kind == Kind::Number || number.is_count();
        fits && self.is_plain
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Count,
    Number,
}

#[derive(Clone, Copy)]
enum WhenMissing {
    Unknown,
    Zero,
    Reject,
}

impl Numbers {
    pub(super) fn new(spec: &SourceSpec, plan: &Plan, header: &Header<'_>) -> Result<Self, Error> {
        let mut numbers = Self {
            format: spec.number_format().unwrap_or_default(),
            missing: spec.missing.iter().cloned().collect(),
            ambiguous: false,
            columns: Vec::new(),
            extra: spec.extra.keys().cloned().collect(),
            per_order: None,
        };
        numbers.ambiguous = spec.missing.iter().any(|text| numbers.format.parse(text).is_ok());
        let required = [Fact::Spend, plan.campaign.result.fact()];
        for (fact, fact_spec) in &spec.facts {
            let (column, unit, vat) = match fact_spec {
                FactSpec::Column(column) => (column, Unit::Major, None),
                FactSpec::Detailed(detail) => (&detail.column, detail.unit, detail.vat.as_ref()),
                FactSpec::Assumed(assumed) => {
                    numbers.per_order = Some(assumed.per_order.clone());
                    continue;
                }
            };
            let shift = match unit {
                Unit::Major => 0,
                Unit::Minor => -plan.campaign.currency.minor_digits().cast_signed(),
                Unit::Micros => -6,
            };
            let net = vat.filter(|vat| **vat != VatRate::ZERO).map(|vat| vat.net(&Exact::ONE));
            numbers.columns.push(Column {
                place: header.place(column, fact.name())?,
                slot: *fact as usize,
                kind: if is_count(*fact) { Kind::Count } else { Kind::Number },
                finest: if fact.is_money() { plan.campaign.currency.minor_digits() } else { u8::MAX },
                is_plain: shift == 0 && net.is_none(),
                shift,
                net,
                when_missing: if spec.empty_is_zero.contains(fact) {
                    WhenMissing::Zero
                } else if required.contains(fact) {
                    WhenMissing::Reject
                } else {
                    WhenMissing::Unknown
                },
            });
        }
        for (index, (name, column)) in spec.extra.iter().enumerate() {
            numbers.columns.push(Column {
                place: header.place(column, name)?,
                slot: Fact::ALL.len() + index,
                kind: Kind::Number,
                finest: u8::MAX,
                is_plain: true,
                shift: 0,
                net: None,
                when_missing: WhenMissing::Unknown,
            });
        }
        Ok(numbers)
    }

    pub(super) fn extra(&self) -> &[String] {
        &self.extra
    }

    /// Room for the numbers of a row.
    pub(super) fn cells(&self) -> Cells {
        Cells::new(Fact::ALL.len() + self.extra.len())
    }

    /// Reads the numbers of a row into `cells`; the error names the column.
    pub(super) fn read(&self, record: &ByteRecord, cells: &mut Cells) -> Result<(), (usize, RejectionKind)> {
        cells.clear();
        for column in &self.columns {
            let Some(range) = record.range(column.place) else {
                continue;
            };
            let short = self.format.read_short(record.as_slice(), range.start, range.end);
            match short.filter(|_| !self.ambiguous) {
                Some(short) if column.takes_as_it_is(short) => cells.set_short(column.slot, short, column.finest),
                _ => match self.long(&record[column.place], column) {
                    Ok(Some((long, finer))) => cells.set_long(column.slot, long, finer),
                    Ok(None) => {}
                    Err(kind) => return Err((column.place, kind)),
                },
            }
        }
        if let Some(per_order) = &self.per_order
            && let Some(orders) = cells.get(Fact::Orders as usize)
        {
            cells.set_long(Fact::Revenue as usize, &Exact::from(orders) * per_order, false);
        }
        Ok(())
    }

    /// Reads a cell that is empty, unusual, or in need of conversion; answers the number and whether it has more decimals than it should.
    fn long(&self, cell: &[u8], column: &Column) -> Result<Option<(Exact, bool)>, RejectionKind> {
        if self.is_missing(cell) {
            return match column.when_missing {
                WhenMissing::Unknown => Ok(None),
                WhenMissing::Zero => Ok(Some((Exact::ZERO, false))),
                WhenMissing::Reject => Err(RejectionKind::Missing),
            };
        }
        let number = number_in(self.format, cell)?;
        if column.kind == Kind::Count && (number.is_finer_than(0) || number.sign() == Sign::Negative) {
            return Err(RejectionKind::NotACount);
        }
        let number = number.shift_point(column.shift);
        let finer = number.is_finer_than(column.finest);
        let number = column.net.as_ref().map_or(number.clone(), |net| &number * net);
        Ok(Some((number, finer)))
    }

    fn is_missing(&self, cell: &[u8]) -> bool {
        let text = cell.trim_ascii();
        text.is_empty() || self.missing.iter().any(|missing| missing.as_bytes() == text)
    }
}

/// The number in a cell that is not empty.
pub(super) fn number_in(format: NumberFormat, cell: &[u8]) -> Result<Exact, RejectionKind> {
    // Blanks around a number are harmless; anything else is not.
    let cell = cell.trim_ascii();
    let not_a_number = |reason: &str| RejectionKind::NotANumber { reason: reason.to_owned() };
    if cell.len() > LONGEST {
        return Err(not_a_number("too long"));
    }
    let number = format.read(cell).map_err(|fault| match fault {
        NumberFault::NotText => RejectionKind::Encoding,
        fault => not_a_number(&fault.to_string()),
    })?;
    if number.abs() >= Exact::from(LARGEST) {
        return Err(not_a_number("more than eighteen digits before the decimal sign"));
    }
    Ok(number)
}

/// What was delivered is counted in whole numbers; what was earned may be fractional and may come back.
fn is_count(fact: Fact) -> bool {
    !fact.is_money() && !matches!(fact, Fact::Leads | Fact::Orders | Fact::Conversions | Fact::NewCustomers)
}
