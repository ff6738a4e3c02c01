use styring_reach::{FrequencyHistogram, NbdFit};

use super::canvas::Dash;
use super::legend::Mark;
use super::palette::{self, INK};
use super::plot::{Line, Plot};
use crate::{Error, numbers};

/// No further than this.
const LONGEST: u64 = 40;

/// How many people had at least so many impressions, counted; and by a model fitted to them, if there is one.
///
/// Errors: none but those of drawing.
pub fn k_plus(people: &FrequencyHistogram, fit: Option<&NbdFit>, width: u32) -> Result<String, Error> {
    let reach = people.reach().count();
    let most = people.max_frequency().unwrap_or(1);
    // Until next to nobody is left.
    let last = (1..=most.min(LONGEST)).find(|k| people.k_plus(*k).count() * 200 < reach).unwrap_or(most.min(LONGEST));
    let last = last.max(2);
    let counted: Vec<(f64, f64)> = (1..=last).map(|k| (k as f64, people.k_plus(k).count() as f64)).collect();
    let mut lines = vec![Line { points: counted.clone(), colour: palette::channel(0), dashed: false }];
    let mut legend = vec![(Mark::Stroke(palette::channel(0)), "counted".to_owned())];
    if let Some(fit) = fit {
        let at = |k: u64| {
            let share = fit.model().k_plus(u32::try_from(k).unwrap_or(u32::MAX))?;
            Ok::<_, Error>((k as f64, share * fit.universe() as f64))
        };
        let points = (1..=last).map(at).collect::<Result<_, _>>()?;
        lines.push(Line { points, colour: INK, dashed: true });
        legend.push((Mark::Broken(INK, Dash::Even), "by the negative binomial distribution".to_owned()));
    }
    let said = [1, 2, 3, 5, 10, 20].into_iter().filter(|k| *k <= last);
    let said = said.map(|k| format!("{k} or more: {}", numbers::people_of(people.k_plus(k).count(), reach)));
    let plot = Plot {
        title: "People with at least so many impressions",
        description: &said.collect::<Vec<_>>().join("; "),
        axes: ("at least so many impressions", "people"),
        across: (1.0, last as f64),
        band: None,
        lines,
        dots: Vec::new(),
        legend,
    };
    plot.draw(width)
}
