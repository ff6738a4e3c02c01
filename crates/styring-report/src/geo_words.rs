//! What a test of regions says, in sentences that the page and the terminal share.

use styring_experiments::{ConfidenceSet, IncrementalCost, Language};
use styring_playbook::{GeoCost, GeoFound, GeoMethod, GeoSpend, GeoTest, SpendSource};

use crate::period::day;
use crate::text::{clean, list, plural};
use crate::{GeoReport, numbers};

/// More regions than this are counted, not named.
const NAMED: usize = 4;

/// A number at three digits, and whole from a hundred on.
pub(crate) fn figure(value: f64) -> String {
    let size = value.abs();
    if size >= 1e15 && value.is_finite() {
        return format!("{value:.3e}");
    }
    if size == 0.0 || size >= 100.0 || !value.is_finite() {
        return numbers::decimal(value, 0);
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=12")]
    let places = (2.0 - libm::floor(libm::log10(size))).clamp(0.0, 12.0) as usize;
    numbers::decimal(value, places)
}

/// A share in percent, with its sign.
pub(crate) fn change(share: f64) -> String {
    let text = numbers::decimal(share * 100.0, 1);
    let text = if text == "0.0" || share < 0.0 { text } else { format!("+{text}") };
    format!("{text}\u{202f}%")
}

pub(crate) fn p_value(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") }
}

/// A set in words: `300 to 700`.
pub(crate) fn set(set: ConfidenceSet, language: Language) -> String {
    let [to, at_least, at_most, or, anything, alone] = if language == Language::Norwegian {
        ["til", "minst", "høyst", "eller", "hva som helst", "anslaget alene"]
    } else {
        ["to", "at least", "at most", "or", "anything", "the estimate alone"]
    };
    let figure = |value| in_language(&figure(value), language);
    match set {
        ConfidenceSet::Interval { low, high } if low >= high => alone.to_owned(),
        ConfidenceSet::Interval { low, high } => format!("{} {to} {}", figure(low), figure(high)),
        ConfidenceSet::AtLeast(low) => format!("{at_least} {}", figure(low)),
        ConfidenceSet::AtMost(high) => format!("{at_most} {}", figure(high)),
        ConfidenceSet::Outside { below, above } => {
            format!("{at_most} {} {or} {at_least} {}", figure(below), figure(above))
        }
        ConfidenceSet::Everything => anything.to_owned(),
    }
}

/// A number with the decimal sign of a language.
fn in_language(number: &str, language: Language) -> String {
    if language == Language::Norwegian { number.replace('.', ",") } else { number.to_owned() }
}

pub(crate) fn test_name(test: GeoTest) -> &'static str {
    match test {
        GeoTest::SyntheticConformal => "Synthetic control, blocks of days",
        GeoTest::SyntheticPlacebos => "Synthetic control, placebos",
        GeoTest::DidRandomisation => "Difference in differences, rearranged regions",
        GeoTest::DidConformal => "Difference in differences, blocks of days",
        GeoTest::TbrAutoregressive => "Time-based regression, AR(1)",
        _ => "another test",
    }
}

impl GeoReport<'_> {
    pub(crate) fn level(&self) -> String {
        numbers::level(self.spec.level.level())
    }

    pub(crate) fn value_name(&self) -> String {
        clean(self.value)
    }

    /// `Bergen and Trondheim`; `12 regions` where there are many.
    fn regions(&self, language: Language) -> String {
        let names: Vec<String> = self.tested.treated.iter().map(|name| clean(name)).collect();
        match (language, names.as_slice()) {
            (Language::Norwegian, names) if names.len() > NAMED => format!("{} regioner", names.len()),
            (Language::Norwegian, [first @ .., last]) if !first.is_empty() => format!("{} og {last}", first.join(", ")),
            (_, names) if names.len() > NAMED => plural(names.len(), "region", "regions"),
            _ => list(&names),
        }
    }

    pub(crate) fn headline_in(&self, language: Language) -> String {
        let (tested, found) = (self.tested, self.tested.found);
        let (value, regions, level) = (self.value_name(), self.regions(language), self.level());
        let number = |text: &str| in_language(text, language);
        let (size, set, p) =
            (number(&figure(found.total.abs())), set(found.set, language), number(&p_value(found.p_value)));
        let lift = tested.lift.map_or_else(String::new, |lift| format!(" ({})", number(&change(lift))));
        let (is_more, days) = (found.total >= 0.0, tested.days_with);
        if language == Language::Norwegian {
            let more = if is_more { "mer" } else { "mindre" };
            let days = if days == 1 { "1 dag".to_owned() } else { format!("{days} dager") };
            let told = if found.is_effect() {
                format!(
                    "Tiltaket virket på {value} i {regions}: {size} {more} på {days} enn det ellers ville ha vært{lift}"
                )
            } else {
                format!(
                    "Det er ikke klart at tiltaket virket på {value} i {regions}: anslaget er {size} {more} på {days}{lift}"
                )
            };
            return format!("{told}; {level} sikkert {set}, {p}.");
        }
        let more = if is_more { "more" } else { "less" };
        let days = plural(days, "day", "days");
        let told = if found.is_effect() {
            format!(
                "The treatment had an effect on {value} in {regions}: {size} {more} over {days} than there would have been{lift}"
            )
        } else {
            format!(
                "It is not clear that the treatment had an effect on {value} in {regions}: the estimate is {size} {more} over {days}{lift}"
            )
        };
        format!("{told}; {level} sure of {set}, {p}.")
    }

    pub(crate) fn lead(&self) -> Vec<String> {
        let tested = self.tested;
        let days: Vec<_> = tested.days.iter().map(|day| day.day).collect();
        let first = |treated| tested.days.iter().find(|day| day.treated == treated).map(|day| day.day);
        let (Some(begin), Some(from), Some(end)) = (first(false), first(true), days.last()) else {
            return Vec::new();
        };
        vec![format!(
            "{} treated from {} to {} ({}), against {} from {} on ({} before). {}",
            plural(tested.treated.len(), "region", "regions"),
            day(from),
            day(*end),
            plural(tested.days_with, "day", "days"),
            plural(tested.controls, "other region", "other regions"),
            day(begin),
            plural(tested.days_before, "day", "days"),
            self.method_sentence()
        )]
    }

    fn method_sentence(&self) -> &'static str {
        let weighting = self.spec.weighting;
        match (self.spec.method, weighting.demeaned, weighting.ridge.is_some()) {
            (GeoMethod::Did, ..) => {
                "What there would have been: the mean of the others plus a constant (difference in differences)."
            }
            (GeoMethod::Tbr, ..) => "What there would have been: a regression on the total of the others.",
            (_, true, false) => {
                "What there would have been: a weighted mean of the others that followed the treated before, each region's own level removed (synthetic control)."
            }
            (_, false, false) => {
                "What there would have been: a weighted mean of the others that followed the treated before, level and all (synthetic control)."
            }
            (_, true, true) => {
                "What there would have been: a synthetic control with each region's own level removed, and a ridge regression for what its weights leave over."
            }
            (_, false, true) => {
                "What there would have been: a synthetic control, level and all, and a ridge regression for what its weights leave over."
            }
        }
    }

    pub(crate) fn effect_sentences(&self) -> Vec<String> {
        let (tested, found) = (self.tested, self.tested.found);
        let (days, regions) = (tested.days_with as f64, tested.treated.len() as f64);
        let mut sentences = vec![format!(
            "In all {} {}, which is {} a day and {} a region and day; {} sure of {} in all.",
            figure(found.total),
            self.value_name(),
            figure(found.total / days),
            figure(found.total / days / regions),
            self.level(),
            set(found.set, Language::English)
        )];
        sentences.push(if found.is_effect() {
            format!(
                "If the treatment had done nothing, data as far from that as these would be seen in {} of cases ({}).",
                numbers::probability(found.p_value),
                p_value(found.p_value)
            )
        } else {
            format!(
                "Data as far from no effect as these are nothing unusual without one ({}): no effect at all is among what the data do not contradict.",
                p_value(found.p_value)
            )
        });
        sentences
    }

    pub(crate) fn fit_sentence(&self) -> String {
        let fit = self.tested.fit;
        let off = fit
            .relative
            .map_or_else(String::new, |share| format!(" ({}\u{202f}% of a day)", numbers::decimal(100.0 * share, 1)));
        let explained = fit.explained.map_or_else(
            || "The treated regions did not move before".to_owned(),
            |share| {
                let share = share.max(0.0) * 100.0;
                format!(
                    "Before the treatment the counterfactual explains {}\u{202f}% of the ups and downs",
                    numbers::decimal(share, 1)
                )
            },
        );
        format!("{explained}, and is {} off on a usual day{off}.", figure(fit.rmse))
    }

    pub(crate) fn weights_sentence(&self) -> String {
        let fit = self.tested.fit;
        let against = fit.scaled_l2.map_or_else(String::new, |scaled| {
            format!(" Its gap before is {} of that with equal weights (0 is a perfect fit).", numbers::score(scaled))
        });
        format!(
            "The weights of the synthetic control come to {} regions of equal weight.{against}",
            numbers::decimal(fit.effective_donors, 1)
        )
    }

    pub(crate) fn methods_sentence(&self) -> String {
        let found: Vec<&GeoFound> =
            self.tested.answers.iter().filter_map(|answer| answer.found.as_ref().ok()).collect();
        let seen = found.iter().filter(|found| found.is_effect()).count();
        let low = found.iter().map(|found| found.total).fold(f64::INFINITY, f64::min);
        let high = found.iter().map(|found| found.total).fold(f64::NEG_INFINITY, f64::max);
        let told = match seen {
            0 => "None of the tests tells an effect from none".to_owned(),
            seen if seen == found.len() => format!("All {seen} tests tell an effect from none"),
            seen => format!("{seen} of {} tests tell an effect from none", found.len()),
        };
        format!(
            "{told}; their estimates lie between {} and {}. They differ in what they assume: agreement is a sign that the answer does not hang on the method.",
            figure(low),
            figure(high)
        )
    }

    pub(crate) fn placebo_sentences(&self) -> Vec<String> {
        let placebos = match &self.tested.placebos {
            Ok(placebos) => placebos,
            Err(fault) => return vec![format!("There are no placebos: {fault}.")],
        };
        let mut sentences = vec![
            "Every other region in turn is taken for the treated one. If the treatment did nothing, the treated should not stand out."
                .to_owned(),
        ];
        let Some(own) = placebos.treated else {
            sentences.push("Before the treatment the treated regions are fitted perfectly, so that there is no scale to measure by.".to_owned());
            return sentences;
        };
        let as_far =
            placebos.others.iter().filter(|other| other.studentised.is_none_or(|value| value.abs() >= own.abs()));
        let as_far = as_far.count();
        sentences.push(format!(
            "The effect on the treated is {} times what their counterfactual was off on a usual day before; {} of {} get as far by chance.",
            numbers::decimal(own.abs(), 1),
            if as_far == 0 { "none".to_owned() } else { as_far.to_string() },
            plural(placebos.others.len(), "placebo", "placebos")
        ));
        sentences
    }

    pub(crate) fn cost_sentences(&self) -> Vec<String> {
        let Some(cost) = self.tested.cost else {
            let why = if self.spec.spend == GeoSpend::Unknown {
                "No spend was given (--spend, --spend-total)"
            } else {
                "Nothing was spent beyond what would have been"
            };
            return vec![format!("{why}, so there is no cost of what was brought.")];
        };
        let source = match cost.source {
            SpendSource::Given => "as given",
            SpendSource::Counted => "counted in the rows: nobody spent anything without the treatment",
            SpendSource::Estimated => "estimated from the rows, against what the others spent",
        };
        let error = match (cost.source, cost.spend_error) {
            (SpendSource::Estimated, false) => {
                " The error of that estimate is not in the limits below; with --method tbr it is."
            }
            (SpendSource::Estimated, true) => " The error of that estimate is in the limits below.",
            _ => "",
        };
        let each = format!(
            "One unit of spend brought {} of {} ({}: {}).",
            figure(cost.per_spend),
            self.value_name(),
            self.level(),
            set(cost.per_spend_set, Language::English)
        );
        let [what, limits] = self.cost_words(&cost);
        vec![format!("{} were spent, {source}.{error}", figure(cost.spend)), each, format!("{what}{limits}.")]
    }

    /// What one more costs, and its limits.
    fn cost_words(&self, cost: &GeoCost) -> [String; 2] {
        let value = self.value_name();
        match cost.per_result {
            IncrementalCost::Known { value: each, low, high } => [
                format!("Each extra unit of {value} cost {}", figure(each)),
                format!(" ({}: {} to {})", self.level(), figure(low), figure(high)),
            ],
            IncrementalCost::NotDistinguishable { at_least: Some(least) } => [
                format!("What one more unit of {value} cost cannot be told, because it is not clear that there is any"),
                format!("; if there is, at least {}", figure(least)),
            ],
            IncrementalCost::NotDistinguishable { at_least: None } => [
                format!("What one more unit of {value} cost cannot be told, because it is not clear that there is any"),
                String::new(),
            ],
            IncrementalCost::Loses => [
                format!("There is no cost of one more unit of {value}: with the treatment there were fewer"),
                String::new(),
            ],
        }
    }

    /// What a reader must know before acting.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.tested.notes.iter().map(|note| clean(&note.to_string())).collect()
    }
}
