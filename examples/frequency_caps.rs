//! A week of one person over three channels: common caps, a late report, a sequence of creatives, and what can be done where channels share no id.
//!
//! `cargo run -p styring-examples --example frequency_caps`

use std::error::Error;

use chrono::DateTime;
use styring_reach::cap::{Caps, Goal, Impression, Next, Platform, Rule, Rules, Split, Window};
use styring_reach::sequence::{Sequence, SequenceState, Show};

const MONDAY: i64 = 1_767_571_200; // 5 January 2026, 00:00 UTC
const HOUR: i64 = 3600;

fn when(at: i64) -> String {
    DateTime::from_timestamp(at, 0).map_or_else(|| at.to_string(), |time| time.format("%a %d %b %H:%M:%S").to_string())
}

fn main() -> Result<(), Box<dyn Error>> {
    let rules = Rules::common_5_7_14().and([Rule::new("vg-1d", 1.0, Window::days(1)?)?.on_channels(["VG"])?])?;
    let mut caps = Caps::new(rules.clone());
    let sequence = Sequence::new(1, 5, 604_800, 1_209_600)?.to_depth_on(["click"])?.exit_on(["purchase"])?;
    let mut kari = SequenceState::default();

    // TV 2 reports on Wednesday, twice, what it has shown on Monday evening.
    let late = Impression::of("kari", MONDAY + 20 * HOUR)?.channel("TV 2").impression_id("tv2-1");
    let chances = [(9, "VG"), (15, "VG"), (57, "VG"), (60, "Acast"), (61, "TV 2"), (130, "TV 2"), (131, "Acast")];
    for (hour, channel) in chances {
        let at = MONDAY + hour * HOUR;
        if hour == 57 {
            println!("{}  TV 2 reports: {}, {}", when(at), caps.observe(&late), caps.observe(&late));
        }
        let ad = Impression::of("kari", at)?.channel(channel);
        let steered = sequence.steer(kari, at, |_| caps.request(&ad));
        kari = steered.state;
        let answer = match &steered.decision {
            Some(decision) if decision.allowed() => "shown".to_owned(),
            Some(decision) => {
                let failing: Vec<&str> = decision.blocked_by(caps.rules()).collect();
                let again = match decision.next_allowed() {
                    Some(Next::At(at)) => when(at),
                    _ => "never".to_owned(),
                };
                format!("denied by {}, again {again}", failing.join(", "))
            }
            None => "nothing to show".to_owned(),
        };
        println!("{}  {channel:5} {:?}: {answer}", when(at), steered.show);
        if hour == 9 {
            kari = sequence.step(kari, "click", at + 30);
        }
    }
    assert_eq!(sequence.show(kari, MONDAY + 168 * HOUR), Show::Depth);

    let platform = Platform::dv360();
    println!("\n{} ({})", platform.name(), platform.source());
    for placed in platform.place(&Rules::common_5_7_14()) {
        println!("  {}: {}", placed.rule, placed.fate);
    }
    if let Some(one) = platform.one_for_all(&Rules::common_5_7_14()) {
        println!("  all of them: {one}");
    }

    println!("\nThree in common over channels without a common id");
    let (vg, tv2, acast) = ([0.45, 0.25, 0.15, 0.10, 0.05], [0.60, 0.20, 0.12, 0.08], [0.80, 0.12, 0.08]);
    for limit in [0.0, 0.02, 0.10] {
        let split = Split::best(&[&vg, &tv2, &acast], 3, limit, Goal::Reach)?;
        println!(
            "  at most {:2.0} % above: VG, TV 2, Acast {:?}, at worst {}, {:.1} % above, reach {:.1} %, {:.2} impressions",
            100.0 * limit,
            split.caps(),
            split.worst_case(),
            100.0 * split.exceeding(),
            100.0 * split.reach(),
            split.impressions()
        );
    }
    Ok(())
}
