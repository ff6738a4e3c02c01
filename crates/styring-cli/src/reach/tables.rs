//! `overexposed.csv` and `caps.csv`.

use chrono::{DateTime, SecondsFormat};
use chrono_tz::Tz;
use styring_playbook::{CapEffect, Reached, ReachedSpec};
use styring_reach::cap::{CalendarUnit, Rule, Window};

use crate::Error;
use crate::csv_text::Table;

/// A time by the clocks of a zone, with its offset.
pub(super) fn moment(time: i64, zone: Tz) -> String {
    let moment = DateTime::from_timestamp(time, 0).map(|moment| moment.with_timezone(&zone));
    moment.map_or_else(|| time.to_string(), |moment| moment.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Everybody who saw too much, the most first.
pub(super) fn overexposed(reached: &Reached, zone: Tz) -> Result<String, Error> {
    let mut table = Table::new(&["person", "since", "most_in_window"])?;
    for own in &reached.overexposed {
        table.row(&[&own.person, &moment(own.since, zone), &own.most.to_string()])?;
    }
    table.finish()
}

/// Every cap by itself, and in the last line all of them together.
pub(super) fn caps(reached: &Reached, spec: &ReachedSpec) -> Result<String, Error> {
    let mut table = Table::new(&[
        "rule",
        "max",
        "window",
        "channels",
        "impressions_above",
        "share_above",
        "people_touched",
        "impressions_shown",
        "reach_kept",
        "share_of_reach_kept",
    ])?;
    let reach = reached.reach.count().max(1) as f64;
    let mut line = |front: [&str; 4], effect: &CapEffect| {
        let kept = effect.reach_kept.count();
        let numbers = [
            effect.above.to_string(),
            format!("{:.6}", effect.share_above),
            effect.people.to_string(),
            effect.shown.to_string(),
            kept.to_string(),
            format!("{:.6}", kept as f64 / reach),
        ];
        let cells: Vec<&str> = front.into_iter().chain(numbers.iter().map(String::as_str)).collect();
        table.row(&cells)
    };
    for (rule, effect) in spec.caps.iter().zip(&reached.caps) {
        let channels = rule.channels().map_or_else(String::new, |names| names.join(" | "));
        line([rule.id(), &rule.max().to_string(), &window(rule), &channels], effect)?;
    }
    line(["(all)", "", "", ""], &reached.all_caps)?;
    table.finish()
}

fn window(rule: &Rule) -> String {
    match rule.window() {
        Window::Rolling(seconds) => format!("{} s", seconds.get()),
        Window::Calendar(calendar) => {
            let unit = if calendar.unit() == CalendarUnit::Week { "weeks" } else { "days" };
            format!("{} {unit} {}", calendar.n(), calendar.zone())
        }
        _ => "lifetime".to_owned(),
    }
}
