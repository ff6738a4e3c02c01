//! The charts: well-formed, inside their frame, and no label on another.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::{Launch, launch};
use styring_report::charts::{self, NARROW, WIDE};
use styring_report::{Error, charts::budget, charts::cost, charts::score, charts::spend};

type Chart = fn(&styring_playbook::Plan, &styring_playbook::Review, u32) -> Result<String, Error>;

const CHARTS: [(&str, Chart); 4] = [("budget", budget), ("score", score), ("spend", spend), ("cost", cost)];

fn check(name: &str, chart: Chart, launch: &Launch, width: u32) {
    common::check_svg(name, width, &chart(&launch.plan, &launch.review, width).unwrap());
}

#[test]
fn no_label_lies_on_another_and_none_leaves_the_frame() {
    let mut launches = vec![launch(), common::undated(), common::without_spend()];
    for channels in [1, 2, 6, 15] {
        for weeks in [1, 3, 8, 27, 52] {
            launches.push(common::many(channels, weeks, |_| {}));
        }
    }
    for launch in &launches {
        for (name, chart) in CHARTS {
            for width in [NARROW, 420, 560, WIDE, 1400] {
                check(name, chart, launch, width);
            }
        }
    }
}

#[test]
fn widths_without_room_count_as_the_least() {
    let launch = launch();
    for (_, chart) in CHARTS {
        let narrow = chart(&launch.plan, &launch.review, NARROW).unwrap();
        assert_eq!(chart(&launch.plan, &launch.review, 0).unwrap(), narrow);
        assert!(chart(&launch.plan, &launch.review, u32::MAX).is_ok());
    }
}

#[test]
fn a_score_of_zero_is_an_arrow_and_no_spend_is_said() {
    let launch = common::without_spend();
    let svg = score(&launch.plan, &launch.review, WIDE).unwrap();
    // Schibsted spent and got nothing: one arrow in each reading, and no dot but those of the legend.
    assert_eq!(svg.matches("<polygon").count(), 2);
    assert!(svg.contains("0 (up to 0.0"));
    assert_eq!(svg.matches("\nno spend, no score").count() + svg.matches(">no spend, no score").count(), 2);
}

#[test]
fn weeks_without_results_are_gaps_with_a_cross() {
    let launch = launch();
    let svg = cost(&launch.plan, &launch.review, WIDE).unwrap();
    assert!(svg.contains("spent, no result"));
    assert!(svg.contains("only 5 of 7 days"));
    // Audio is broken into three runs, DOOH has none, the other four have one each.
    assert_eq!(svg.matches("<polyline").count(), 3 + 4);
}

#[test]
fn the_partial_week_and_the_judged_weeks_are_marked() {
    let launch = launch();
    let svg = spend(&launch.plan, &launch.review, WIDE).unwrap();
    assert!(svg.contains("week 8: 5 of 7 days"));
    assert!(svg.contains("judged") && svg.contains("budget of the week"));
    let svg = charts::spend(&common::undated().plan, &common::undated().review, WIDE).unwrap();
    assert!(svg.contains("whole period") && !svg.contains("judged"));
}

#[test]
fn a_channel_has_one_colour_in_all_charts() {
    let launch = launch();
    for (name, chart) in CHARTS {
        let svg = chart(&launch.plan, &launch.review, WIDE).unwrap();
        for colour in ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"] {
            assert!(svg.contains(colour), "{colour} in {name}");
        }
    }
}
