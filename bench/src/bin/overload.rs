//! The cost of breakers and budgets in calls that succeed, with one thread and with two, as multiples of one reference.
//!
//! ```text
//! cargo run --release --features peers --bin overload [ROUNDS]
//! ```
//!
//! In each round all subjects run in turn in this process, so a disturbance of one also affects its neighbours. A ratio is the median
//! of the ratios of the rounds. With two threads the time is that of one of them: without writes it is the same as with one thread.
//!
//! A line is `SCENARIO TAB CONTENDER TAB ONE-THREAD TAB TWO-THREADS`; `reference TAB WHAT TAB NANOSECONDS`; or
//! `target TAB WHAT TAB RATIO TAB LIMIT`.

use reattempt_bench::contenders::{ALL, Operations};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, error, hint, thread};

/// The number of timings of a subject in a round, and the operations in each.
const PARTS: u32 = 20;
const PART: u32 = 5_000;

/// The time for which two threads are measured in a round.
const WINDOW: Duration = Duration::from_millis(2);

/// The reference: a relaxed `fetch_add`, with one thread.
const REFERENCE: Key = ("by hand", "breaker: window by count", 1);

/// A contender, its scenario, and the number of threads.
type Key = (&'static str, &'static str, usize);

const LOAD: &str = "breaker: failures in a row";
const IN_A_ROW: &str = "guarded call: failures in a row";
const BY_COUNT: &str = "guarded call: window by count";
const BY_TIME: &str = "guarded call: window by time";
const FULL: &str = "budget: deposit, full bucket";

/// Pairs of subjects, and the highest ratio of the first cost to the second.
const TARGETS: [(&str, Key, Key, f64); 9] = [
    // Otherwise the two threads did not run at the same time, and their figures mean nothing.
    ("the load of one atomic, two threads / one", ("by hand", LOAD, 2), ("by hand", LOAD, 1), 1.3),
    ("guarded call, failures in a row / behind a load", ("ours", IN_A_ROW, 1), ("by hand", IN_A_ROW, 1), 1.5),
    ("guarded call, window by count / and a `fetch_add`", ("ours", BY_COUNT, 1), ("by hand", BY_COUNT, 1), 4.0),
    ("guarded call, window by time / and a `fetch_add`", ("ours", BY_TIME, 1), ("by hand", BY_COUNT, 1), 4.0),
    ("breaker, window by count / `fetch_add`", ("ours", "breaker: window by count", 1), REFERENCE, 4.0),
    ("breaker, window by time / `fetch_add`", ("ours", "breaker: window by time", 1), REFERENCE, 4.0),
    ("guarded call, failures in a row, two threads / one", ("ours", IN_A_ROW, 2), ("ours", IN_A_ROW, 1), 1.3),
    ("deposit into a full bucket, two threads / one", ("ours", FULL, 2), ("ours", FULL, 1), 1.3),
    (
        "withdrawal / clock read and compare-exchange",
        ("ours", "budget: withdrawal", 1),
        ("by hand", "budget: withdrawal", 1),
        1.2,
    ),
];

/// A subject, and the nanoseconds of its operation in each round.
struct Subject {
    key: Key,
    operations: Operations,
    nanos: Vec<f64>,
}

impl Subject {
    fn run(&self) -> f64 {
        if self.key.2 == 1 { time(self.operations) } else { time_two(self.operations) }
    }
}

/// Nanoseconds for one of many operations: the median of the parts of a round, so that it does not matter where the thread is
/// stopped for another process.
fn time(operations: Operations) -> f64 {
    median((0..PARTS).map(|_| time_part(operations)).collect())
}

fn time_part(operations: Operations) -> f64 {
    let start = Instant::now();
    operations(PART.into());
    start.elapsed().as_secs_f64() * 1e9 / f64::from(PART)
}

/// Measures the same with two threads: their time from the start of the first to the end of the last, for each
/// of their operations. If the machine runs only one of them at a time, the result is twice that of one thread, and not the same.
fn time_two(operations: Operations) -> f64 {
    const STEP: u32 = 500;
    let waiting = AtomicU32::new(2);
    let run = || {
        waiting.fetch_sub(1, Ordering::Relaxed);
        while waiting.load(Ordering::Relaxed) > 0 {
            hint::spin_loop();
        }
        let start = Instant::now();
        let mut count = 0;
        while start.elapsed() < WINDOW {
            operations(STEP.into());
            count += STEP;
        }
        (start, Instant::now(), count)
    };
    let [here, there] = thread::scope(|scope| {
        let other = scope.spawn(run);
        let here = run();
        [here, other.join().unwrap_or(here)]
    });
    let time = here.1.max(there.1) - here.0.min(there.0);
    2.0 * time.as_secs_f64() * 1e9 / f64::from(here.2 + there.2)
}

/// Returns all subjects: each scenario of each contender, with one thread and with two.
fn subjects() -> Vec<Subject> {
    let mut scenarios: Vec<&str> = Vec::new();
    for (scenario, _) in ALL.iter().flat_map(|contender| contender.guards) {
        if !scenarios.contains(scenario) {
            scenarios.push(scenario);
        }
    }
    scenarios.sort_unstable();
    let of = |wanted: &'static str| {
        let guards = ALL.iter().flat_map(|contender| contender.guards.iter().map(|guard| (contender.name, *guard)));
        guards.filter(move |(_, (scenario, _))| *scenario == wanted)
    };
    let all = scenarios.into_iter().flat_map(of);
    all.flat_map(|(name, (scenario, operations))| {
        [1, 2].map(|threads| Subject { key: (name, scenario, threads), operations, nanos: Vec::new() })
    })
    .collect()
}

fn main() -> Result<(), Box<dyn error::Error>> {
    let rounds = env::args().nth(1).map_or(Ok(101), |count| count.parse())?;
    let mut subjects = subjects();
    for subject in &subjects {
        subject.run();
    }
    for _ in 0..rounds {
        for subject in &mut subjects {
            subject.nanos.push(subject.run());
        }
    }
    let nanos = |key: Key| {
        let subject = subjects.iter().find(|subject| subject.key == key);
        subject.map(|subject| &subject.nanos).ok_or_else(|| format!("there is no {key:?}"))
    };
    let reference = nanos(REFERENCE)?;
    for pair in subjects.chunks(2) {
        let [one, two] = pair else { continue };
        let (contender, scenario, _) = one.key;
        println!("{scenario}\t{contender}\t{:.2}\t{:.2}", ratio(&one.nanos, reference), ratio(&two.nanos, reference));
    }
    println!("reference\ta relaxed `fetch_add`, one thread\t{:.2}", median(reference.clone()));
    for (what, subject, base, limit) in TARGETS {
        println!("target\t{what}\t{:.2}\t{limit}", ratio(nanos(subject)?, nanos(base)?));
    }
    Ok(())
}

fn ratio(nanos: &[f64], base: &[f64]) -> f64 {
    median(nanos.iter().zip(base).map(|(nanos, base)| nanos / base).collect())
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
