use styring_money::{Exact, Money};
use styring_playbook::{Plan, Review};

use super::canvas::{Canvas, SMALL, Side, svg};
use super::legend::{Legend, Mark};
use super::palette::{self, INK, MUTED};
use super::{PAD, label, layout};
use crate::{Error, numbers};

const BAR: f64 = 14.0;
/// How much of its colour a bar of the week that ends has.
const NOW: f64 = 0.4;

/// The budget of every channel, of the week that ends and of the week that comes, as pairs of bars with their amounts.
pub fn budget(plan: &Plan, review: &Review, width: u32) -> Result<String, Error> {
    crate::check(plan, review)?;
    let decision = &review.decision;
    let (width, wide) = layout(width);
    let lines: Vec<Line> = decision
        .channels
        .iter()
        .map(|channel| Line { name: &channel.channel, before: channel.before, after: channel.after })
        .collect();
    let places = places(&lines);
    let labels: Vec<Labels> = lines.iter().map(|line| line.labels(places, wide)).collect();

    let names = lines.iter().map(|line| label::width(line.name, super::canvas::TEXT)).fold(0.0, f64::max);
    let gutter = if wide { names.min(width * 0.27) + 12.0 } else { 0.0 };
    let amounts = labels.iter().flat_map(|labels| [&labels.now, &labels.next]);
    let amounts = amounts.map(|text| label::width(text, SMALL)).fold(0.0, f64::max);
    let (left, right) = (PAD + gutter, (width - PAD - amounts - 8.0).max(width * 0.4));
    let legend = Legend::new(
        [
            (Mark::Area(MUTED, NOW), format!("week {}, now", decision.week.saturating_sub(1))),
            (Mark::Area(MUTED, 1.0), format!("week {}, next", decision.week)),
        ],
        width - 2.0 * PAD,
    );
    let (above, row) = if wide { (0.0, 2.0 * BAR + 16.0) } else { (20.0, 2.0 * BAR + 40.0) };
    let top = PAD + legend.height() + 8.0;
    let height = top + row * lines.len() as f64 + PAD;
    let largest = lines.iter().map(Line::largest).fold(0.0, f64::max);
    let reach = |money: Money| if largest > 0.0 { pixels(money) / largest * (right - left) } else { 0.0 };

    let title = format!("Budget per channel, week {} and week {}", decision.week.saturating_sub(1), decision.week);
    svg((width, height), &title, &description(&lines), |canvas: &mut Canvas<'_>| {
        legend.draw(canvas, (PAD, PAD));
        for (index, (line, labels)) in lines.iter().zip(&labels).enumerate() {
            let y = top + row * index as f64;
            let colour = palette::channel(index);
            if wide {
                canvas.name((left - 10.0, y + BAR + 1.0), Side::Left, gutter - 10.0, line.name);
            } else {
                let room = width - 2.0 * PAD - label::width(&labels.change, SMALL) - 12.0;
                let name = label::fit(line.name, super::canvas::TEXT, room);
                canvas.text((left, y + above / 2.0), Side::Right, super::canvas::TEXT, &name);
                canvas.text((width - PAD, y + above / 2.0), Side::Left, SMALL, &labels.change);
            }
            let (upper, lower) = (y + above, y + above + BAR + 2.0);
            let (before, after) = (left + reach(line.before), left + reach(line.after));
            canvas.rect((left, upper), (before, upper + BAR), colour, NOW);
            canvas.rect((left, lower), (after, lower + BAR), colour, 1.0);
            canvas.muted((before + 6.0, upper + BAR / 2.0), Side::Right, SMALL, &labels.now);
            canvas.text((after + 6.0, lower + BAR / 2.0), Side::Right, SMALL, &labels.next);
            canvas.line((left, upper - 2.0), (left, lower + BAR + 2.0), 1, INK);
        }
    })
}

/// What is written beside the bars.
struct Labels {
    now: String,
    next: String,
    change: String,
}

struct Line<'a> {
    name: &'a str,
    before: Money,
    after: Money,
}

impl Line<'_> {
    fn change(&self) -> Exact {
        &Exact::from(self.after.amount()) - &Exact::from(self.before.amount())
    }

    fn labels(&self, places: u8, wide: bool) -> Labels {
        let amount = |value: &Exact| numbers::fixed(value, places);
        let (now, next, change) =
            (amount(&self.before.amount().into()), amount(&self.after.amount().into()), self.change());
        let change = if change.is_zero() { String::new() } else { numbers::signed(&change, amount(&change)) };
        // On a phone the change stands beside the name, so that the bars keep their length.
        let next = if wide && !change.is_empty() { format!("{next} ({change})") } else { next };
        Labels { now, next, change }
    }

    fn largest(&self) -> f64 {
        pixels(self.before).max(pixels(self.after))
    }
}

/// Minor digits only where an amount has some, so that labels stay short and exact.
fn places(lines: &[Line<'_>]) -> u8 {
    let whole = |money: &Money| !Exact::from(money.amount()).is_finer_than(0);
    let mut amounts = lines.iter().flat_map(|line| [line.before, line.after]);
    if amounts.all(|money| whole(&money)) {
        0
    } else {
        lines.first().map_or(0, |line| line.after.currency().minor_digits())
    }
}

/// A length to draw; amounts are never taken from it.
fn pixels(money: Money) -> f64 {
    Exact::from(money.amount()).to_f64().max(0.0)
}

fn description(lines: &[Line<'_>]) -> String {
    let line =
        |line: &Line<'_>| format!("{}: {} to {}", line.name, numbers::money(line.before), numbers::money(line.after));
    lines.iter().map(line).collect::<Vec<_>>().join("; ")
}
