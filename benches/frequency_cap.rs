//! A decision under the common rule of 3 in 5 days, 4 in 7 and 6 in 14, against a bare look-up in a hash map and against a log per user in a `VecDeque`; and the bytes of a user.
//!
//! `cargo run --release -p styring-benches --bin frequency_cap [ROUNDS]`. Every contender makes the same decisions in turn, in many short rounds; the smallest time of the rounds counts. Who is asked about next
//! depends on the last answer, so that each takes the whole time of its look-up, as it does where something is done with the answer, and none is done in the shadow of the one before.

use std::collections::VecDeque;
use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use styring_reach::cap::{Caps, Impression, Key, Rules, SharedCaps};

const START: i64 = 1_767_225_600;
const DAY: i64 = 86_400;
/// The windows and what they allow.
const WINDOWS: [(i64, usize); 3] = [(5 * DAY, 3), (7 * DAY, 4), (14 * DAY, 6)];

type Map<V> = HashMap<u64, V, FixedState>;

fn main() -> Result<(), Box<dyn Error>> {
    let rounds = std::env::args().nth(1).map_or(Ok(60), |rounds| rounds.parse())?;
    for users in [10_000, 1_000_000] {
        run(users, rounds)?;
    }
    Ok(())
}

/// The same decisions for everybody: users at random, each again and again over four weeks.
struct Requests {
    users: u64,
    at: u64,
    state: u64,
}

impl Requests {
    fn next(&mut self) -> (u64, i64) {
        self.next_after(0)
    }

    /// The next after an answer, of which only the highest bit is looked at, which is never set.
    fn next_after(&mut self, answer: u64) -> (u64, i64) {
        self.state = (self.state + (black_box(answer) >> 63)).wrapping_add(0x9e37_79b9_7f4a_7c15);
        let user = mixed(self.state) % self.users;
        self.at += 1;
        // Eight requests of a user in a fortnight, on average.
        let seconds = self.at as f64 * 14.0 * DAY as f64 / (8.0 * self.users as f64);
        #[allow(clippy::cast_possible_truncation)]
        (mixed(user), START + seconds as i64)
    }
}

/// Numbers that are spread like hashes of names (splitmix64).
fn mixed(number: u64) -> u64 {
    let a = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let b = (a ^ a >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    b ^ b >> 31
}

fn log_per_user(logs: &mut Map<VecDeque<i64>>, user: u64, at: i64) -> bool {
    let log = logs.entry(user).or_default();
    while log.front().is_some_and(|first| *first <= at - 14 * DAY) {
        log.pop_front();
    }
    let allowed =
        WINDOWS.iter().all(|(window, max)| log.iter().rev().take_while(|then| **then > at - window).count() < *max);
    if allowed {
        log.push_back(at);
    }
    allowed
}

/// Resident pages of this process, in bytes; 0 where there is no `/proc`.
fn resident() -> i64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<i64>().ok()).map_or(0, |pages| pages * 4096)
}

fn run(users: u64, rounds: usize) -> Result<(), Box<dyn Error>> {
    let warm = 16 * users; // four weeks, so that logs are full
    let timed = 50_000;
    let requests = || Requests { users, at: 0, state: 1 };

    let mut before = resident();
    let mut since = || {
        let now = resident();
        (now - std::mem::replace(&mut before, now)) as f64 / users as f64
    };
    // First, so that it is not measured with what others have given back and the allocator keeps.
    let mut caps = Caps::new(Rules::common_5_7_14());
    let mut stream_caps = requests();
    let mut allowed = 0_u64;
    for _ in 0..warm {
        let (user, at) = stream_caps.next();
        allowed += u64::from(caps.request(&Impression::of(Key::from(user), at)?).allowed());
    }
    let caps_resident = since();
    let mut bare: Map<u64> = HashMap::default();
    let mut stream = requests();
    for _ in 0..warm {
        *bare.entry(stream.next().0).or_default() += 1;
    }
    since();
    let mut logs: Map<VecDeque<i64>> = HashMap::default();
    let mut stream_logs = requests();
    let mut allowed_by_logs = 0_u64;
    for _ in 0..warm {
        let (user, at) = stream_logs.next();
        allowed_by_logs += u64::from(log_per_user(&mut logs, user, at));
    }
    let logs_bytes = since();
    assert_eq!(allowed, allowed_by_logs, "both are exact here, where times only go on");
    let shared = SharedCaps::new(Rules::common_5_7_14(), styring_reach::cap::Options::default(), 64);
    let mut stream_shared = requests();
    for _ in 0..warm {
        let (user, at) = stream_shared.next();
        black_box(shared.request(&Impression::of(Key::from(user), at)?));
    }
    let shared_bytes = since();

    let mut best = [f64::INFINITY; 6];
    let mut share = 0.0;
    let (mut empty, mut stream_names) = (requests(), requests());
    for _ in 0..rounds {
        let mut time = |place: usize, work: &mut dyn FnMut(u64) -> u64| {
            let start = Instant::now();
            let (mut count, mut answer) = (0, 0);
            for _ in 0..timed {
                answer = work(answer);
                count += answer & 1;
            }
            best[place] = best[place].min(start.elapsed().as_secs_f64() * 1e9 / f64::from(timed));
            black_box(count) as f64 / f64::from(timed)
        };
        time(0, &mut |last| {
            let (user, at) = empty.next_after(last);
            (user ^ at.unsigned_abs()) >> 1
        });
        time(1, &mut |last| {
            let count = bare.entry(stream.next_after(last).0).or_default();
            *count += 1;
            *count
        });
        share += time(2, &mut |last| {
            let (user, at) = stream_caps.next_after(last);
            Impression::of(Key::from(user), at).map_or(0, |ad| u64::from(caps.request(&ad).allowed()))
        });
        time(3, &mut |last| {
            let (user, at) = stream_logs.next_after(last);
            u64::from(log_per_user(&mut logs, user, at))
        });
        time(4, &mut |last| {
            let (user, at) = stream_shared.next_after(last);
            Impression::of(Key::from(user), at).map_or(0, |ad| u64::from(shared.request(&ad).allowed()))
        });
        // By name: a short cookie in hexadecimal. Its person has not been seen, so what is shown is the hashing and the look-up.
        time(5, &mut |last| {
            let (user, at) = stream_names.next_after(last);
            let name = format_hex(user);
            let name = std::str::from_utf8(&name).unwrap_or_default();
            Impression::of(name, at).map_or(0, |ad| u64::from(caps.check(&ad).allowed()))
        });
    }
    share /= rounds as f64;
    let [_, times @ ..] = best.map(|ns| ns - best[0]);
    println!("{users} users, {:.0} % allowed; the loop itself takes {:.0} ns and is taken off", 100.0 * share, best[0]);
    let own = |bytes: usize| format!("{:.0}", bytes as f64 / users as f64);
    let lines = [
        ("bare look-up and count", String::new(), own(bare.allocation_size())),
        ("Caps::request", format!("{caps_resident:.0}"), own(caps.memory().bytes())),
        ("VecDeque per user", format!("{logs_bytes:.0}"), String::new()),
        ("SharedCaps::request", format!("{shared_bytes:.0}"), own(shared.bytes())),
        ("Caps::check by name", String::new(), String::new()),
    ];
    println!("  {:24} {:>6} {:>8} {:>9} {:>9}", "", "ns", "÷ bare", "B/user", "by itself");
    for ((name, resident, counted), ns) in lines.into_iter().zip(times) {
        println!("  {name:24} {ns:6.0} {:8.2} {resident:>9} {counted:>9}", ns / times[0]);
    }
    Ok(())
}

fn format_hex(number: u64) -> [u8; 16] {
    let mut text = [0; 16];
    for (place, digit) in text.iter_mut().enumerate() {
        *digit = b"0123456789abcdef"[(number >> (60 - 4 * place) & 15) as usize];
    }
    text
}
