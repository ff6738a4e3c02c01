use styring_playbook::ChannelCustomers;

use super::canvas::{Canvas, SMALL, Side, TEXT, Way, svg};
use super::legend::{Legend, Mark};
use super::palette::{self, Colour, INK, MUTED};
use super::ratio_axis::RatioAxis;
use super::scale::{Place, Scale};
use super::{PAD, label, layout};
use crate::{Error, numbers};

/// A factor with its limits.
type Factor = (f64, f64, f64);

/// How acquisition channels differ from the first, the largest: by what factor their customers buy more often (filled) and leave more readily (hollow), with limits, on a logarithmic axis.
///
/// An arrow says that an interval goes on outside. The channel that the others are held against, and factors that the data do not tell, have no mark.
pub fn channels(channels: &[ChannelCustomers], width: u32) -> Result<String, Error> {
    let (width, wide) = layout(width);
    let rows: Vec<Line<'_>> = channels.iter().enumerate().map(|(place, channel)| Line::of(place, channel)).collect();
    let names = rows.iter().map(|row| label::width(row.name, TEXT)).fold(0.0, f64::max);
    let gutter = if wide { names.min(width * 0.27) + 12.0 } else { 0.0 };
    let room = rows.iter().flat_map(|row| &row.texts).map(|text| label::width(text, SMALL)).fold(0.0, f64::max);
    let (left, right) = if wide {
        (PAD + gutter + 8.0, (width - PAD - room - 20.0).max(width * 0.5))
    } else {
        (PAD + 8.0, width - PAD - 8.0)
    };
    let legend = Legend::new(
        [
            (Mark::Dot, "purchases: above 1, they buy more often".to_owned()),
            (Mark::Ring, "dropout: above 1, they leave more readily".to_owned()),
        ],
        width - 2.0 * PAD,
    );
    let (above, row_height) = if wide { (6.0, 42.0) } else { (20.0, 92.0) };
    let top = PAD + legend.height() + 26.0;
    let bottom = top + row_height * rows.len().max(1) as f64;
    let axis = RatioAxis { scale: scale(&rows), left, right };
    let wanted = if wide { 8 } else { 5 };

    let described = rows.iter().map(|row| format!("{}: {}", row.name, row.texts.join(", ")));
    let description = described.collect::<Vec<_>>().join("; ");
    let title = "Purchase and dropout factor per channel, against the first";
    svg((width, bottom + 30.0 + PAD), title, &description, |canvas: &mut Canvas<'_>| {
        legend.draw(canvas, (PAD, PAD));
        labels(&axis, canvas, (top, bottom), wanted);
        if wide {
            rule(&axis, canvas, (top, bottom), wanted);
        }
        for (index, row) in rows.iter().enumerate() {
            let y = top + row_height * index as f64;
            let lines = [y + above + 8.0, y + above + 24.0];
            if wide {
                canvas.name((PAD + gutter - 10.0, y + row_height / 2.0), Side::Left, gutter - 10.0, row.name);
                for (text, y) in row.texts.iter().zip(lines) {
                    canvas.text((width - PAD, y), Side::Left, SMALL, text);
                }
            } else {
                // On a phone the name and the numbers stand above the marks, and no line may cross them.
                let name = label::fit(row.name, TEXT, width - 2.0 * PAD);
                canvas.text((PAD, y + 10.0), Side::Right, TEXT, &name);
                for (text, y) in row.texts.iter().zip([y + 28.0, y + 44.0]) {
                    canvas.muted((PAD, y), Side::Right, SMALL, &label::fit(text, SMALL, width - 2.0 * PAD));
                }
                rule(&axis, canvas, (y + 54.0, y + row_height - 2.0), wanted);
            }
            let lines = if wide { lines } else { [y + 63.0, y + 78.0] };
            for ((factor, filled), y) in [(row.purchases, true), (row.dropout, false)].into_iter().zip(lines) {
                if let Some(factor) = factor {
                    let colour = if filled { palette::channel(row.place) } else { MUTED };
                    mark(&axis, canvas, y, factor, colour, filled);
                }
            }
        }
    })
}

struct Line<'a> {
    place: usize,
    name: &'a str,
    purchases: Option<Factor>,
    dropout: Option<Factor>,
    texts: Vec<String>,
}

impl<'a> Line<'a> {
    fn of(place: usize, channel: &'a ChannelCustomers) -> Self {
        let usable = |factor: Option<Factor>| {
            factor.filter(|(factor, low, high)| {
                [factor, low, high].iter().all(|value| value.is_finite() && **value >= 0.0)
            })
        };
        let (purchases, dropout) = (usable(channel.purchases), usable(channel.dropout));
        let said = |factor: Option<Factor>| match factor {
            Some((factor, low, high)) => format!(" × {}", numbers::interval(factor, (low, high))),
            None => ": not known".to_owned(),
        };
        let texts = if place == 0 {
            vec!["the others are against this".to_owned()]
        } else {
            vec![format!("buys{}", said(purchases)), format!("leaves{}", said(dropout))]
        };
        Self { place, name: &channel.name, purchases, dropout, texts }
    }
}

/// Over all factors and their limits; no further than a hundred times from 1.
fn scale(rows: &[Line<'_>]) -> Scale {
    let factors = rows.iter().flat_map(|row| [row.purchases, row.dropout]).flatten();
    let values = factors.flat_map(|(factor, low, high)| [factor, low, high]);
    Scale::log(values.chain([0.5, 2.0]), 1.0, 100.0)
}

fn labels(axis: &RatioAxis, canvas: &mut Canvas<'_>, (top, bottom): (f64, f64), wanted: u32) {
    axis.numbers(canvas, bottom, wanted);
    canvas.text((axis.x(1.0), top - 15.0), Side::Centre, SMALL, "no difference");
}

fn rule(axis: &RatioAxis, canvas: &mut Canvas<'_>, (from, to): (f64, f64), wanted: u32) {
    axis.grid(canvas, (from, to), wanted);
    let same = axis.x(1.0);
    canvas.line((same, from), (same, to), 2, INK);
}

fn mark(axis: &RatioAxis, canvas: &mut Canvas<'_>, y: f64, (factor, low, high): Factor, colour: Colour, filled: bool) {
    canvas.line((axis.x(low), y), (axis.x(high), y), if filled { 3 } else { 1 }, colour);
    if axis.scale.place(low) == Place::Below {
        canvas.triangle((axis.left - 3.0, y), 4.0, Way::Left, colour);
    }
    if axis.scale.place(high) == Place::Above {
        canvas.triangle((axis.right + 3.0, y), 4.0, Way::Right, colour);
    }
    if let Place::At(_) = axis.scale.place(factor) {
        if filled {
            canvas.dot((axis.x(factor), y), 6, colour);
        } else {
            canvas.ring((axis.x(factor), y), 4, colour);
        }
    }
}
