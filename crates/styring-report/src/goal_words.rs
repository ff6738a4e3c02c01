//! The number of a goal, and the sentences that say how it is doing.

use chrono::NaiveDate;
use styring_metrics::{Direction, Kpi, Measure, Outcome, Ratio};
use styring_money::{Currency, Exact, Sign};
use styring_playbook::{GoalDay, GoalReview};

use crate::figures::{self, Said};
use crate::numbers;
use crate::period::day;
use crate::text::{clean, plural};

/// How the number of a goal is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    measure: Measure,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Amount(Currency),
    Count,
    Percent,
    Plain,
}

impl Unit {
    pub(crate) fn of(review: &GoalReview) -> Self {
        let measure = review.goal.measure;
        let kind = match measure {
            _ if review.is_amount() => Kind::Amount(review.currency),
            Measure::Kpi(kpi) if figures::share_places(kpi).is_some() => Kind::Percent,
            Measure::Kpi(_) => Kind::Plain,
            Measure::Sum(_) | Measure::Margin(_) => Kind::Count,
        };
        Self { measure, kind }
    }

    /// `NOK 1 234.50`, `1 234`, `2.34 %`.
    pub(crate) fn text(self, value: &Exact) -> String {
        match self.kind {
            Kind::Amount(currency) => format!("{currency}\u{a0}{}", numbers::amount(value, currency)),
            Kind::Count => numbers::count(value),
            Kind::Percent => numbers::percent(value, self.places()),
            Kind::Plain => numbers::fixed(value, 2),
        }
    }

    /// The same without its currency, where that stands elsewhere.
    pub(crate) fn bare(self, value: &Exact) -> String {
        match self.kind {
            Kind::Amount(currency) => numbers::amount(value, currency),
            _ => self.text(value),
        }
    }

    /// An estimate: no more digits than it is worth.
    pub(crate) fn about(self, value: f64) -> String {
        match self.kind {
            Kind::Amount(currency) => format!("{currency}\u{a0}{}", self.bare_about(value)),
            _ => self.bare_about(value),
        }
    }

    pub(crate) fn bare_about(self, value: f64) -> String {
        match self.kind {
            Kind::Amount(_) => numbers::decimal(value, if value.abs() < 100.0 { 2 } else { 0 }),
            Kind::Count => numbers::decimal(value, usize::from(value.abs() < 100.0)),
            Kind::Percent => format!("{}\u{202f}%", numbers::decimal(value * 100.0, usize::from(self.places()))),
            Kind::Plain => numbers::decimal(value, 2),
        }
    }

    /// A mean of counts has decimals.
    pub(crate) fn mean(self, value: &Exact) -> String {
        match self.kind {
            Kind::Count => numbers::fixed(value, 1),
            _ => self.text(value),
        }
    }

    /// The value, or why there is none.
    pub(crate) fn said(self, ratio: &Ratio) -> Said {
        self.said_by(ratio, Self::text)
    }

    pub(crate) fn said_mean(self, ratio: &Ratio) -> Said {
        self.said_by(ratio, Self::mean)
    }

    pub(crate) fn said_bare(self, ratio: &Ratio) -> Said {
        self.said_by(ratio, Self::bare)
    }

    pub(crate) fn said_bare_mean(self, ratio: &Ratio) -> Said {
        self.said_by(ratio, |unit, value| match unit.kind {
            Kind::Amount(_) => unit.bare(value),
            _ => unit.mean(value),
        })
    }

    fn said_by(self, ratio: &Ratio, text: fn(Self, &Exact) -> String) -> Said {
        match ratio.outcome() {
            Outcome::Value(_) if ratio.negative_denominator() => Said::words("denominator below zero"),
            Outcome::Value(value) => Said::number(text(self, &value)),
            Outcome::NoDenominator(_) | Outcome::Undefined => Said::words(self.nothing()),
            Outcome::Missing => Said::words("cannot be told"),
        }
    }

    /// Why there is nothing to divide by.
    fn nothing(self) -> &'static str {
        match self.measure {
            Measure::Kpi(kpi) => figures::without_denominator(kpi),
            Measure::Sum(_) | Measure::Margin(_) => "no day",
        }
    }

    /// A value as it stands on an axis.
    pub(crate) fn on_axis(self, value: f64) -> f64 {
        if matches!(self.kind, Kind::Percent) { value * 100.0 } else { value }
    }

    /// `in NOK`, `in %`; nothing for a plain number.
    pub(crate) fn axis(self) -> String {
        match self.kind {
            Kind::Amount(currency) => format!(", in {currency}"),
            Kind::Percent => ", in %".to_owned(),
            Kind::Count | Kind::Plain => String::new(),
        }
    }

    fn places(self) -> u8 {
        match self.measure {
            Measure::Kpi(kpi) => figures::share_places(kpi).unwrap_or(2),
            Measure::Sum(_) | Measure::Margin(_) => 2,
        }
    }

    /// `Contribution margin`, `CPO`.
    pub(crate) fn title(self) -> String {
        let mut signs = self.measure.english().chars();
        signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
    }

    /// `contribution margin`, `CPO`.
    pub(crate) fn name(self) -> &'static str {
        self.measure.english()
    }

    /// What the ratio is divided by, in the middle of a sentence.
    fn denominator(self) -> String {
        match self.measure {
            Measure::Kpi(Kpi::BreakEvenRoas) => "the contribution margin".to_owned(),
            Measure::Kpi(kpi) => kpi
                .denominator()
                .first()
                .map_or_else(String::new, |(_, fact)| figures::title(*fact).to_lowercase().replace('_', " ")),
            Measure::Sum(_) | Measure::Margin(_) => String::new(),
        }
    }
}

/// Which side of the target is good.
fn bound(direction: Direction) -> &'static str {
    match direction {
        Direction::Raise => "at least",
        Direction::Lower => "at most",
    }
}

/// What was reached, of what, after how long, and the chance.
pub(crate) fn headline(review: &GoalReview) -> String {
    let unit = Unit::of(review);
    let (actual, target) = (unit.said(&review.actual).text, unit.text(&review.target));
    let days = plural(review.goal.days as usize, "day", "days");
    if review.elapsed == 0 {
        return format!(
            "Not begun. From {} on, {days}: {} {target}.",
            day(review.first_day),
            bound(review.goal.direction)
        );
    }
    if review.days_left() == 0 {
        let verdict = match review.reached {
            Some(true) => "Reached",
            Some(false) => "Not reached",
            None => "Cannot be told",
        };
        return format!("{verdict}: {actual} after {days}; the target was {} {target}.", bound(review.goal.direction));
    }
    let elapsed = numbers::rows(review.elapsed.into());
    let stands = if review.is_ratio() {
        let target = format!("the target is {} {target}", bound(review.goal.direction));
        match review.actual.outcome() {
            Outcome::Value(_) if !review.actual.negative_denominator() => {
                format!("{} {actual} after {elapsed} of {days}; {target}.", unit.title())
            }
            _ => format!("{}: {actual} after {elapsed} of {days}; {target}.", unit.title()),
        }
    } else {
        let pace = gap(review).map_or_else(String::new, |gap| format!(": {gap}"));
        format!("{actual} of {target} after {elapsed} of {days}{pace}.")
    };
    match review.chance {
        Some(chance) => format!("{stands} The chance of reaching the target is {}.", numbers::probability(chance)),
        None => stands,
    }
}

/// How far the sum is from its pace: `NOK 1 234.50 (3.2 %) ahead of the pace`.
pub(crate) fn gap(review: &GoalReview) -> Option<String> {
    let unit = Unit::of(review);
    let due = review.due.as_ref()?;
    let off = review.actual.numerator()? - due;
    let words = match (review.goal.direction, off.sign()) {
        (_, Sign::Zero) => return Some("on the pace".to_owned()),
        (Direction::Raise, Sign::Positive) => "ahead of the pace",
        (Direction::Raise, Sign::Negative) => "behind the pace",
        (Direction::Lower, Sign::Positive) => "more than the pace allows",
        (Direction::Lower, Sign::Negative) => "less than the pace allows",
    };
    let share = off.abs().checked_div(due).filter(|_| due.sign() == Sign::Positive);
    let share = share.map_or_else(String::new, |share| format!(" ({})", numbers::percent(&share, 1)));
    Some(format!("{}{share} {words}", unit.text(&off.abs())))
}

/// Where the goal comes from: whose number it is, over which days, from which baseline to which target.
pub(crate) fn origin(review: &GoalReview) -> Vec<String> {
    let unit = Unit::of(review);
    let of = match &review.channel {
        Some(channel) => format!("of {}", clean(channel)),
        None => "of all channels in the results".to_owned(),
    };
    let mut sentences = vec![format!(
        "{} {of}, from {} to {}; the last day that counts is {}.",
        unit.title(),
        day(review.first_day),
        day(review.last_day),
        day(review.as_of),
    )];
    let target = unit.text(&review.target);
    sentences.push(match &review.baseline {
        Some(baseline) => {
            let value = unit.text(&baseline.value);
            let from = match baseline.days {
                Some((first, last)) => format!("from {} to {}", day(first), day(last)),
                None => "as it was stated".to_owned(),
            };
            format!("Baseline {value}, {from}. Target {target}.")
        }
        None => format!("Target {target}; the goal names it itself, and no baseline is known."),
    });
    if let Some(weekdays) = &review.weekdays {
        let weeks = plural(weekdays.weeks() as usize, "week", "weeks");
        sentences.push(format!("The pace goes by weekday, as the {weeks} before the goal went."));
    }
    sentences
}

/// What the days that are left must bring, and where things lead.
pub(crate) fn outlook(review: &GoalReview) -> Vec<String> {
    if review.days_left() == 0 {
        return Vec::new();
    }
    let mut sentences = vec![if review.is_ratio() { required_ratio(review) } else { required_sum(review) }];
    let unit = Unit::of(review);
    if let Some(end) = end(review) {
        let sure = review.fan.last().map_or_else(String::new, |end| {
            let (low, high) = end.ninety;
            format!("; with a probability of 90\u{202f}% between {} and {}", unit.about(low), unit.about(high))
        });
        sentences.push(format!("If the days go on as they did, the end is {}{sure}.", unit.about(end)));
    }
    sentences
}

/// Where things lead: the middle of the fan, or what was reached over what was due where there is no fan.
pub(crate) fn end(review: &GoalReview) -> Option<f64> {
    let projected = review.projected.number().value().filter(|_| review.elapsed > 0);
    review.fan.last().map(|end| end.middle).or(projected)
}

fn days_left(review: &GoalReview) -> String {
    match review.days_left() {
        1 => "The day that is left".to_owned(),
        days => format!("Each of the {} days that are left", numbers::rows(days.into())),
    }
}

fn required_sum(review: &GoalReview) -> String {
    let unit = Unit::of(review);
    let Outcome::Value(required) = review.required.outcome() else {
        return String::new();
    };
    let (days, per_day) = (days_left(review), unit.mean(&required));
    let so_far = if review.elapsed > 0 {
        format!("; so far a day has brought {}", unit.said_mean(&review.so_far).text)
    } else {
        String::new()
    };
    match (review.goal.direction, required.sign()) {
        (Direction::Raise, Sign::Positive) => format!("{days} must bring {per_day}{so_far}."),
        (Direction::Raise, _) => "The target has been reached; only what comes back can still undo it.".to_owned(),
        (Direction::Lower, Sign::Negative) => {
            "The target has been passed; only what comes back can still save it.".to_owned()
        }
        (Direction::Lower, _) => format!("{days} may bring {per_day}{so_far}."),
    }
}

fn required_ratio(review: &GoalReview) -> String {
    let unit = Unit::of(review);
    let Outcome::Value(required) = review.required.outcome() else {
        return format!("What the days that are left must come to cannot be told: {}.", unit.nothing());
    };
    let goes_on = format!("If {} go on at this pace", unit.denominator());
    match (review.goal.direction, required.sign()) {
        (Direction::Raise, Sign::Negative | Sign::Zero) => {
            format!("{goes_on}, the target is reached even if the days that are left bring nothing.")
        }
        (Direction::Lower, Sign::Negative) => format!("{goes_on}, the target is out of reach."),
        (direction, _) => format!(
            "{goes_on}, the {} of the days that are left must be {} {}.",
            unit.name(),
            bound(direction),
            unit.text(&required)
        ),
    }
}

/// Seven days, or what is left of them: their own value, and what had been reached and was due at their end.
pub(crate) struct Stretch {
    pub(crate) label: String,
    pub(crate) value: Ratio,
    pub(crate) to_date: Ratio,
    pub(crate) due: Option<Exact>,
}

/// The days that have passed, week by week from the first.
pub(crate) fn stretches(review: &GoalReview) -> Vec<Stretch> {
    let weeks = review.days.chunks(7).enumerate();
    weeks.filter_map(|(week, days)| stretch(review, week * 7 + days.len(), days)).collect()
}

fn stretch(review: &GoalReview, passed: usize, days: &[GoalDay]) -> Option<Stretch> {
    let (first, last) = (days.first()?, days.last()?);
    let numerator = days.iter().filter_map(|day| day.value.numerator()).sum();
    let denominator: Exact = days.iter().filter_map(|day| day.value.denominator()).sum();
    Some(Stretch {
        label: span(first.day, last.day),
        value: Ratio::new(numerator, if review.is_ratio() { denominator } else { Exact::ONE }),
        to_date: last.to_date.clone(),
        due: review.pace.get(passed - 1).cloned(),
    })
}

/// `1–7 September`, `29 September – 5 October`.
fn span(first: NaiveDate, last: NaiveDate) -> String {
    let long = |day: NaiveDate| day.format("%-d %B").to_string();
    match () {
        () if first == last => long(first),
        () if first.format("%B %Y").to_string() == last.format("%B %Y").to_string() => {
            format!("{}–{}", first.format("%-d"), long(last))
        }
        () => format!("{} – {}", long(first), long(last)),
    }
}
