//! What the usual ways of counting let through, against the exact one: `cargo test --release -p styring-reach --test calibration_caps -- --nocapture`; with `--ignored` for ten times as many users.
#![allow(clippy::unwrap_used)]
#![allow(clippy::float_cmp, reason = "counts of impressions")]

use styring_reach::cap::{Caps, Impression, Key, Rule, Rules, Window};

const DAY: i64 = 86_400;
const DAYS: i64 = 120;
const START: i64 = 1_767_225_600;

/// SplitMix64 (Steele, Lea, Flood 2014): the same users everywhere.
struct Lots(u64);

impl Lots {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let a = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let b = (a ^ a >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((b ^ b >> 31) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * libm::log(1.0 - self.next())
    }
}

/// When a user could be shown something: bursts, two and a half days apart on average, of six requests on average, twenty minutes apart on average.
fn bursts(lots: &mut Lots) -> Vec<i64> {
    let (end, mut times) = (DAYS as f64 * DAY as f64, Vec::new());
    let mut burst = lots.exponential(2.5 * DAY as f64);
    while burst < end {
        let mut at = burst;
        loop {
            #[allow(clippy::cast_possible_truncation)]
            times.push(START + at as i64);
            at += lots.exponential(1200.0);
            if lots.next() < 1.0 / 6.0 || at >= end {
                break;
            }
        }
        burst = at + lots.exponential(2.5 * DAY as f64);
    }
    times
}

/// What of a user's requests each way lets through.
fn calendar_epoch(times: &[i64], window: i64, max: usize) -> Vec<i64> {
    let (mut epoch, mut count) = (i64::MIN, 0);
    let through = times.iter().copied().filter(|at| {
        if at.div_euclid(window) != epoch {
            (epoch, count) = (at.div_euclid(window), 0);
        }
        count += 1;
        count <= max
    });
    through.collect()
}

/// A counter that begins with the first impression and expires whole.
fn time_to_live(times: &[i64], window: i64, max: usize) -> Vec<i64> {
    let (mut expires, mut count) = (i64::MIN, 0);
    let through = times.iter().copied().filter(|at| {
        if *at >= expires {
            (expires, count) = (at + window, 0);
        }
        count += 1;
        count <= max
    });
    through.collect()
}

/// The running epoch's count and the last one's, weighted by how much of it the window still holds.
fn two_buckets(times: &[i64], window: i64, max: usize) -> Vec<i64> {
    let (mut epoch, mut last, mut now) = (i64::MIN, 0.0, 0.0);
    let through = times.iter().copied().filter(|at| {
        let this = at.div_euclid(window);
        if this != epoch {
            last = if this == epoch.saturating_add(1) { now } else { 0.0 };
            (epoch, now) = (this, 0.0);
        }
        let left = 1.0 - at.rem_euclid(window) as f64 / window as f64;
        let allowed = last * left + now + 1.0 <= max as f64;
        now += f64::from(u8::from(allowed));
        allowed
    });
    through.collect()
}

/// How many of those delivered were more than the cap allows in the window that ends with them, and the most that stood in one.
fn above(delivered: &[i64], window: i64, max: usize) -> (usize, usize) {
    let counts = delivered
        .iter()
        .enumerate()
        .map(|(place, at)| delivered[..=place].iter().rev().take_while(|other| **other > at - window).count());
    counts.fold((0, 0), |(above, most), count| (above + usize::from(count > max), most.max(count)))
}

/// A share of sums over users, with its standard error: users are independent, impressions of one are not.
#[derive(Default)]
struct Share {
    users: Vec<(f64, f64)>,
    most: usize,
}

impl Share {
    fn percent(&self) -> (f64, f64) {
        let (part, all) = self.users.iter().fold((0.0, 0.0), |sum, user| (sum.0 + user.0, sum.1 + user.1));
        let share = part / all;
        let squares: f64 = self.users.iter().map(|(part, all)| (part - share * all).powi(2)).sum();
        (100.0 * share, 100.0 * squares.sqrt() / all)
    }
}

const WAYS: [&str; 4] = ["calendar epochs", "time to live", "two buckets", "Caps"];

/// What came of a way, in percent.
struct Outcome {
    /// Of the delivered, the share above the cap.
    percent: f64,
    /// Its standard error.
    error: f64,
    /// How much less it delivers than the exact one.
    fewer: f64,
}

fn simulate(users: u64, days: i64, max: usize) -> Vec<Outcome> {
    let (window, mut lots) = (days * DAY, Lots(7));
    let rule = Rule::new("cap", max as f64, Window::days(u32::try_from(days).unwrap()).unwrap()).unwrap();
    let mut caps = Caps::new(Rules::new([rule]).unwrap());
    let mut shares: [Share; 4] = Default::default();
    let mut delivered: [Vec<f64>; 4] = Default::default();
    for user in 0..users {
        let times = bursts(&mut lots);
        let exact =
            times.iter().copied().filter(|at| caps.request(&Impression::of(Key::from(user), *at).unwrap()).allowed());
        let exact: Vec<i64> = exact.collect();
        let ways = [
            calendar_epoch(&times, window, max),
            time_to_live(&times, window, max),
            two_buckets(&times, window, max),
            exact,
        ];
        for (way, through) in ways.iter().enumerate() {
            let (over, most) = above(through, window, max);
            shares[way].users.push((over as f64, through.len() as f64));
            shares[way].most = shares[way].most.max(most);
            delivered[way].push(through.len() as f64);
        }
    }
    let exact: f64 = delivered[3].iter().sum();
    println!("{max} in {days} days, {users} users, {DAYS} days");
    let ways = WAYS.iter().zip(&shares).zip(&delivered).map(|((way, share), delivered)| {
        let (percent, error) = share.percent();
        let fewer = 100.0 * (1.0 - delivered.iter().sum::<f64>() / exact);
        println!(
            "  {way:16} above the cap {percent:5.2} % ± {error:.2}, at most {:2} in a window, delivers {:+.1} %",
            share.most, -fewer
        );
        Outcome { percent, error, fewer }
    });
    let ways: Vec<_> = ways.collect();
    assert_eq!(above_of(&shares[3]), 0.0, "exact is exact");
    assert!(shares[0].most <= 2 * max && shares[1].most < 2 * max);
    ways
}

fn above_of(share: &Share) -> f64 {
    share.users.iter().map(|user| user.0).sum()
}

fn all(users: u64) {
    for (days, max) in [(1, 3), (5, 3), (7, 4), (14, 6)] {
        let ways = simulate(users, days, max);
        let [epochs, live, buckets, _] = ways.as_slice() else { unreachable!() };
        for way in [epochs, live, buckets] {
            assert!(way.percent > 5.0 * way.error, "more than chance stands above the cap");
        }
        assert!(epochs.percent > live.percent && epochs.percent > buckets.percent);
        assert!(buckets.fewer > 0.0, "two buckets are paid for with impressions");
    }
}

#[test]
fn what_the_usual_counters_let_through() {
    all(300);
}

#[test]
#[ignore = "ten times as many users; for the table of the documentation"]
fn what_the_usual_counters_let_through_more_exactly() {
    all(3000);
}
