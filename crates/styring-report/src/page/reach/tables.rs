//! The tables of a log of impressions.

use styring_playbook::{Added, CapEffect};
use styring_reach::cap::Rule;

use super::super::table::{Cell, Column, Label, Row, Table};
use crate::charts::frequencies;
use crate::figures::Said;
use crate::reach_words::{counted, rule_channels, share, window};
use crate::{ReachReport, numbers};

/// So many of those who saw too much are named.
const NAMED: usize = 20;

impl ReachReport<'_> {
    pub(crate) fn frequency_table(&self) -> Table {
        let (people, reach) = (&self.reached.frequencies, self.reached.reach.count());
        let row = |(k, (name, count)): (u64, (String, u64))| {
            let at_least = people.k_plus(k).count();
            Row::new(
                Label::plain(&name),
                vec![
                    numbers::rows(count).into(),
                    numbers::share_of(count, reach).into(),
                    numbers::rows(at_least).into(),
                    numbers::share_of(at_least, reach).into(),
                ],
            )
        };
        Table::plain(
            "People by number of impressions",
            vec![
                Column::text("Impressions"),
                Column::number("People", "With exactly so many, unless said otherwise"),
                Column::number("Share", "Of the people reached"),
                Column::number("At least so many", "k+"),
                Column::number("Share", "Of the people reached"),
            ],
            (1..).zip(frequencies(people)).map(row).collect(),
        )
    }

    pub(crate) fn channel_table(&self) -> Table {
        let reached = self.reached;
        let reach = reached.reach.count();
        let mut rows: Vec<Row> = Vec::new();
        for (place, channel) in reached.channels.iter().enumerate() {
            let frequency = channel.average_frequency.value().map(|mean| numbers::decimal(mean, 2));
            rows.push(Row::new(
                Label::channel(&channel.name, place),
                vec![
                    numbers::rows(channel.reach.count()).into(),
                    numbers::share_of(channel.reach.count(), reach).into(),
                    numbers::rows(channel.only_here.count()).into(),
                    numbers::share_of(channel.only_here.count(), reach).into(),
                    numbers::rows(channel.impressions).into(),
                    numbers::share_of(channel.impressions, reached.impressions).into(),
                    Said::or(frequency, "nobody reached").into(),
                ],
            ));
        }
        let one: u64 = reached.channels.iter().map(|channel| channel.only_here.count()).sum();
        rows.push(Row::total(
            "All together",
            vec![
                numbers::rows(reach).into(),
                numbers::share_of(reach, reach).into(),
                numbers::rows(one).into(),
                numbers::share_of(one, reach).into(),
                numbers::rows(reached.impressions).into(),
                numbers::share_of(reached.impressions, reached.impressions).into(),
                self.average().into(),
            ],
        ));
        Table::plain(
            "Channels, the widest first; the reach of all is not the sum",
            vec![
                Column::text("Channel"),
                Column::number("Reach", "People with at least one impression there"),
                Column::number("Share", "Of the people reached by any"),
                Column::number("Only here", "People whom no other channel reached"),
                Column::number("Share", "Of the people reached by any"),
                Column::number("Impressions", "All of them"),
                Column::number("Share", "Of all impressions"),
                Column::number("Frequency", "Impressions per person reached"),
            ],
            rows,
        )
    }

    /// In which order the channels come that were not asked for by gain.
    pub(crate) fn order_name(&self) -> String {
        if self.spec.order.is_some() { "In the order given" } else { "The widest first" }.to_owned()
    }

    /// In the order that was asked for, and by gain.
    pub(crate) fn added_tables(&self) -> [Table; 2] {
        let reach = self.reached.reach.count();
        let place = |name: &str| self.reached.channels.iter().position(|channel| channel.name == name);
        let row = |step: &Added| {
            let cells = vec![
                numbers::rows(step.added.count()).into(),
                numbers::share_of(step.added.count(), reach).into(),
                numbers::rows(step.reach.count()).into(),
                numbers::share_of(step.reach.count(), reach).into(),
            ];
            Row::new(Label::channel(&step.channel, place(&step.channel).unwrap_or_default()), cells)
        };
        let added = |order: &str, steps: &[Added]| {
            Table::plain(
                format!("What each channel adds to those before it. {order}"),
                vec![
                    Column::text("Channel"),
                    Column::number("Added", "People whom none before it reached"),
                    Column::number("Share", "Of the people reached by any"),
                    Column::number("Reach so far", "Of it and all before it"),
                    Column::number("Share", "Of the people reached by any"),
                ],
                steps.iter().map(row).collect(),
            )
        };
        let reached = self.reached;
        [added(&self.order_name(), &reached.in_order), added("The largest gain next", &reached.greedily)]
    }

    pub(crate) fn cap_table(&self) -> Table {
        let reach = self.reached.reach.count();
        let cells = |said: [String; 3], effect: &CapEffect| {
            let mut cells: Vec<Cell> = said.map(Cell::from).into();
            cells.extend([
                numbers::rows(effect.above).into(),
                share(effect.share_above).into(),
                numbers::rows(effect.people).into(),
                numbers::rows(effect.shown).into(),
                Cell::from(numbers::rows(effect.reach_kept.count())),
                numbers::share_of(effect.reach_kept.count(), reach).into(),
            ]);
            cells
        };
        let row = |(rule, effect): (&Rule, &CapEffect)| {
            let said = [numbers::setting(rule.max()), window(rule.window()), rule_channels(rule)];
            Row::new(Label::plain(rule.id()), cells(said, effect))
        };
        let mut rows: Vec<Row> = self.spec.caps.iter().zip(&self.reached.caps).map(row).collect();
        let all = ["", "", ""].map(str::to_owned);
        rows.push(Row::total("All together", cells(all, &self.reached.all_caps)));
        Table::plain(
            "What each cap by itself would have done, and all of them together",
            vec![
                Column::text("Cap"),
                Column::number("At most", "Impressions per person"),
                Column::text("Within"),
                Column::text("Channels"),
                Column::number("Removed", "Impressions that it would not have let through"),
                Column::number("Share", "Of all impressions"),
                Column::number("People touched", "Who would have seen fewer"),
                Column::number("Shown", "Impressions that it would have let through"),
                Column::number("Reach kept", "People who would still have had at least one"),
                Column::number("Share", "Of the people reached"),
            ],
            rows,
        )
    }

    pub(crate) fn overexposed_table(&self) -> Option<Table> {
        let rows = self.reached.overexposed.iter().take(NAMED).map(|own| {
            let cells = vec![numbers::rows(own.most).into(), Cell::from(self.moment(own.since))];
            Row::new(Label::part(&own.person, "no id"), cells)
        });
        let rows: Vec<Row> = rows.collect();
        (!rows.is_empty()).then(|| {
            Table::plain(
                "Who saw too much, the most first",
                vec![
                    Column::text("Person"),
                    Column::number("Most", "Impressions in a window that was too much"),
                    Column::text("Since"),
                ],
                rows,
            )
        })
    }

    /// How many more there are than the page names.
    pub(crate) fn more_overexposed(&self) -> Option<String> {
        let more = self.reached.overexposed.len().saturating_sub(NAMED) as u64;
        (more > 0).then(|| counted(more, "more person", "more people"))
    }

    pub(crate) fn more_table(&self) -> Option<Table> {
        let universe = self.reached.universe.as_ref().filter(|universe| !universe.more.is_empty())?;
        let rows = universe.more.iter().map(|more| {
            let limits = more
                .interval
                .map(|(low, high)| format!("{} to {}", numbers::decimal(low, 0), numbers::decimal(high, 0)));
            Row::new(
                Label::plain(&format!("× {}", numbers::setting(more.times))),
                vec![
                    numbers::decimal(more.impressions, 0).into(),
                    numbers::decimal(more.reach, 0).into(),
                    share(more.reach / universe.people as f64).into(),
                    Said::or(limits, "everybody").into(),
                    numbers::decimal(more.per_thousand, 1).into(),
                ],
            )
        });
        Some(Table::plain(
            "Fewer and more impressions of the same kind, by the model",
            vec![
                Column::text("Impressions"),
                Column::number("How many", "Impressions"),
                Column::number("People", "Reached, by the model"),
                Column::number("Share", "Of the universe"),
                Column::number(format!("{}, from to", self.level()), "People, with those of the log as a sample"),
                Column::number("New per thousand", "People per thousand further impressions, at this point"),
            ],
            rows.collect(),
        ))
    }

    pub(crate) fn guess_table(&self) -> Option<Table> {
        let universe = self.reached.universe.as_ref()?;
        let row = |name: &str, reached: f64, said: &str| {
            let people = numbers::decimal(reached * universe.people as f64, 0);
            Row::new(Label::plain(name), vec![share(reached).into(), people.into(), Said::words(said).into()])
        };
        let mut rows = Vec::new();
        if let Ok(interval) = &universe.sharp {
            rows.push(row("At least", interval.low(), "no population has less"));
            rows.push(row("At most", interval.high(), "no population has more"));
        }
        rows.extend(universe.guesses.iter().map(|guess| {
            let said = if guess.clamped { "outside by its formula; the nearest end" } else { "a guess" };
            row(guess.model, guess.share, said)
        }));
        rows.push(row("The log", universe.share, "counted"));
        Some(Table::plain(
            "The reach of all channels from channels and pairs alone, and in truth",
            vec![
                Column::text("By"),
                Column::number("Share", "Of the universe"),
                Column::number("People", "Of the universe"),
                Column::text("What it is"),
            ],
            rows,
        ))
    }
}
