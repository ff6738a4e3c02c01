//! What is odd in rows that can be used all the same.

use styring_metrics::Fact;
use styring_playbook::Plan;

use super::cells::Cells;
use super::findings::Oddity;
use super::spec::{CheckSpec, SourceSpec};
use super::table::Line;

/// Counts the rows in which something is odd. Sets of slots are bits, as in [`Cells`].
#[derive(Default)]
pub(super) struct Checks {
    patterns: Vec<Check<Pattern>>,
    pairs: Vec<Check<Pair>>,
    /// Below zero.
    negative: Vec<Check<u64>>,
    /// Amounts with more decimals than the currency has.
    finer: Vec<Check<u64>>,
}

/// All of the first are above zero and all of the second are zero.
#[derive(Clone, Copy, Default)]
struct Pattern {
    positive: u64,
    zero: u64,
}

impl Pattern {
    /// A number that is not known is neither above zero nor zero.
    #[inline]
    fn holds(self, positive: u64, zero: u64) -> bool {
        (self.positive & !positive) | (self.zero & !zero) == 0
    }
}

/// The first is above the second, and the pattern holds.
struct Pair {
    first: usize,
    second: usize,
    pattern: Pattern,
}

struct Check<T> {
    test: T,
    rows: u64,
    first_line: u64,
    name: Box<Name>,
}

struct Name {
    text: String,
    contradiction: bool,
}

impl<T> Check<T> {
    fn new(text: String, test: T) -> Self {
        Self { test, rows: 0, first_line: 0, name: Box::new(Name { text, contradiction: false }) }
    }

    /// Counts a row if the check holds in it, and answers whether it is the first; without a branch, because most checks hold in some rows and not in others.
    #[inline]
    fn count(&mut self, holds: bool) -> bool {
        self.rows += u64::from(holds);
        holds & (self.rows == 1)
    }

    fn begin(&mut self, line: u64) {
        if self.rows == 1 && self.first_line == 0 {
            self.first_line = line;
        }
    }

    fn found(self) -> Option<Oddity> {
        let Name { text: name, contradiction } = *self.name;
        (self.rows > 0).then_some(Oddity { name, contradiction, rows: self.rows, first_line: self.first_line })
    }
}

/// Pairs of which the first cannot be above the second.
const PART_OF: [(Fact, Fact); 11] = [
    (Fact::Measurable, Fact::Impressions),
    (Fact::Viewable, Fact::Measurable),
    (Fact::AvMeasurable, Fact::Impressions),
    (Fact::Avoc, Fact::AvMeasurable),
    (Fact::VideoStarts, Fact::Impressions),
    (Fact::FirstQuartile, Fact::VideoStarts),
    (Fact::Midpoint, Fact::FirstQuartile),
    (Fact::ThirdQuartile, Fact::Midpoint),
    (Fact::Completes, Fact::VideoStarts),
    (Fact::Clicks, Fact::Impressions),
    (Fact::NewCustomers, Fact::Orders),
];

const RESULTS: [Fact; 3] = [Fact::Leads, Fact::Orders, Fact::Conversions];

impl Checks {
    pub(super) fn new(spec: &SourceSpec, plan: &Plan, extra: &[String]) -> Self {
        let known = |facts: &[Fact]| facts.iter().all(|fact| spec.facts.contains_key(fact));
        let mut checks = Self::default();
        for (part, whole) in PART_OF {
            if known(&[part, whole]) {
                checks.add_pair(part, whole, true);
            }
        }
        let mut patterns: Vec<(Vec<Fact>, Vec<Fact>)> = vec![
            (vec![Fact::Clicks], vec![Fact::Impressions]),
            (vec![Fact::Spend], vec![Fact::Impressions]),
            (vec![], vec![Fact::Impressions]),
            (vec![], vec![Fact::Clicks, Fact::Spend]),
            (vec![Fact::Revenue], vec![Fact::Orders]),
            (vec![Fact::Revenue], vec![Fact::Conversions]),
        ];
        for result in RESULTS {
            if known(&[result, Fact::Clicks]) {
                checks.add_pair(result, Fact::Clicks, false);
            }
            patterns.extend([
                (vec![result], vec![Fact::Clicks]),
                (vec![result], vec![Fact::Clicks, Fact::Spend]),
                (vec![Fact::Spend], vec![result]),
                (vec![], vec![result]),
            ]);
        }
        for (positive, zero) in patterns.iter().filter(|(positive, zero)| known(positive) && known(zero)) {
            checks.add_pattern(positive, zero);
        }
        let places = plan.campaign.currency.minor_digits();
        for fact in spec.facts.keys() {
            let slot = 1 << *fact as usize;
            checks.negative.push(Check::new(format!("{fact} below zero"), slot));
            if fact.is_money() {
                checks.finer.push(Check::new(format!("{fact} with more than {places} decimals"), slot));
            }
        }
        for check in &spec.checks {
            checks.add_own(check, extra);
        }
        checks
    }

    fn add_pair(&mut self, first: Fact, second: Fact, contradiction: bool) {
        let pair = Pair { first: first as usize, second: second as usize, pattern: Pattern::default() };
        let mut check = Check::new(format!("more {first} than {second}"), pair);
        check.name.contradiction = contradiction;
        self.pairs.push(check);
    }

    fn add_pattern(&mut self, positive: &[Fact], zero: &[Fact]) {
        let slots = |facts: &[Fact]| facts.iter().fold(0, |bits, fact| bits | 1 << *fact as usize);
        let names = |facts: &[Fact], joint: &str| facts.iter().map(|f| f.name()).collect::<Vec<_>>().join(joint);
        let without = format!("no {}", names(zero, " and no "));
        let text = if positive.is_empty() { without } else { format!("{} but {without}", names(positive, " and ")) };
        self.patterns.push(Check::new(text, Pattern { positive: slots(positive), zero: slots(zero) }));
    }

    fn add_own(&mut self, check: &CheckSpec, extra: &[String]) {
        // The plan was checked: every name is a fact or an extra column.
        let slot = |name: &String| {
            let fact = Fact::ALL.iter().position(|fact| fact.name() == name);
            fact.or_else(|| Some(Fact::ALL.len() + extra.iter().position(|other| other == name)?))
        };
        let slots = |names: &[String]| names.iter().filter_map(slot).fold(0, |bits, slot| bits | 1 << slot);
        let pattern = Pattern { positive: slots(&check.positive), zero: slots(&check.zero) };
        match check.more.as_ref().and_then(|[first, second]| slot(first).zip(slot(second))) {
            Some((first, second)) => self.pairs.push(Check::new(check.name.clone(), Pair { first, second, pattern })),
            None => self.patterns.push(Check::new(check.name.clone(), pattern)),
        }
    }

    pub(super) fn look(&mut self, cells: &Cells, line: Line<'_>) {
        let positive = cells.positive();
        let mut first = false;
        for check in &mut self.patterns {
            first |= check.count(check.test.holds(positive, cells.zero));
        }
        for check in &mut self.pairs {
            let Pair { first: a, second: b, pattern } = check.test;
            first |= check.count(cells.is_above(a, b) && pattern.holds(positive, cells.zero));
        }
        for (slots, checks) in [(cells.negative, &mut self.negative), (cells.finer, &mut self.finer)] {
            if slots != 0 {
                for check in checks {
                    first |= check.count(slots & check.test != 0);
                }
            }
        }
        if first {
            self.begin(line());
        }
    }

    /// Notes the line for checks that have just held for the first time.
    fn begin(&mut self, line: u64) {
        self.patterns.iter_mut().for_each(|check| check.begin(line));
        self.pairs.iter_mut().for_each(|check| check.begin(line));
        self.negative.iter_mut().chain(&mut self.finer).for_each(|check| check.begin(line));
    }

    pub(super) fn found(self) -> Vec<Oddity> {
        let pairs = self.pairs.into_iter().filter_map(Check::found);
        let patterns = self.patterns.into_iter().filter_map(Check::found);
        let signs = self.negative.into_iter().chain(self.finer).filter_map(Check::found);
        pairs.chain(patterns).chain(signs).collect()
    }
}
