//! What budget and breaker cost on the paths that succeed, as ratios to what one would write by hand.
//!
//! ```text
//! cargo run --release --bin overload [ROUNDS]
//! ```
//!
//! In each round all subjects run in turn in this process, so that what disturbs one disturbs its neighbours too; a ratio is the median
//! of the ratios of the rounds. With two threads the time is that of the whole round, divided by the operations of one thread: where
//! nothing is written it stays what it is with one.

use retry_runtime::{Budget, CircuitBreaker};
use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, error, thread};

/// Operations of a subject in a round.
const OPERATIONS: u32 = 100_000;
/// Withdrawals between two fills: less than the capacity, so that all of them are paid.
const WITHDRAWALS: u32 = 5_000;

/// A word with a cache line to itself, as the breakers' have.
#[repr(align(64))]
struct Word(AtomicU64);

static GATE: Word = Word(AtomicU64::new(0));
static COUNTER: Word = Word(AtomicU64::new(0));
static SWAPPED: Word = Word(AtomicU64::new(0));
static IN_A_ROW: CircuitBreaker = CircuitBreaker::consecutive(5);
static BY_COUNT: CircuitBreaker = CircuitBreaker::rate(0.5).over(1_000);
static BY_TIME: CircuitBreaker = CircuitBreaker::rate(0.5).within(Duration::from_secs(10));
static SLOW: CircuitBreaker = CircuitBreaker::rate(0.5).over(1_000).slow(0.5, Duration::from_secs(1));
static FULL: Budget = Budget::new();
static PAYING: Budget = Budget::new().capacity(10_000).reserve(1.0);

/// What is protected: as little as a call can be. What stands around it is inlined, in all subjects.
#[inline(never)]
fn body(number: u32) -> Result<u32, ()> {
    black_box(Ok(number))
}

#[expect(clippy::inline_always, reason = "what is compared should differ in nothing else")]
#[inline(always)]
fn guarded(breaker: &CircuitBreaker, number: u32) -> Result<u32, ()> {
    let Ok(permit) = breaker.acquire() else { return Err(()) };
    let outcome = body(number);
    permit.success();
    outcome
}

#[expect(clippy::inline_always, reason = "what is compared should differ in nothing else")]
#[inline(always)]
fn checked(number: u32) -> Result<u32, ()> {
    if GATE.0.load(Ordering::Relaxed) == 0 { body(number) } else { Err(()) }
}

#[expect(clippy::inline_always, reason = "what is compared should differ in nothing else")]
#[inline(always)]
fn counted(number: u32) -> Result<u32, ()> {
    COUNTER.0.fetch_add(1, Ordering::Relaxed);
    body(number)
}

fn bare(breaker: &CircuitBreaker) {
    if let Ok(permit) = breaker.acquire() {
        permit.success();
    }
}

/// Nanoseconds for one of many operations: the median of the parts of a round, so that it does not matter where the thread is
/// stopped for somebody else's.
fn time(operations: u32, mut operation: impl FnMut(u32)) -> f64 {
    const PARTS: u32 = 20;
    let part = operations / PARTS;
    let times = (0..PARTS).map(|_| {
        let start = Instant::now();
        for number in 0..part {
            operation(number);
        }
        start.elapsed().as_secs_f64() * 1e9 / f64::from(part)
    });
    median(times.collect())
}

/// The same while two threads do it at once, each as often.
fn time_two(operation: impl Fn(u32) + Sync) -> f64 {
    let together = Barrier::new(2);
    thread::scope(|scope| {
        let run = || {
            together.wait();
            time(OPERATIONS, &operation)
        };
        let other = scope.spawn(run);
        let here = run();
        other.join().map_or(here, |there| f64::midpoint(here, there))
    })
}

fn withdrawals() -> f64 {
    PAYING.reset();
    time(WITHDRAWALS, |_| assert!(black_box(PAYING.withdraw()), "the bucket holds enough"))
}

/// A clock read and a compare-exchange, which is the least that a withdrawal with a reserve can be.
fn clock_and_exchange() -> f64 {
    let start = Instant::now();
    time(WITHDRAWALS, |_| {
        let now = u64::from(start.elapsed().subsec_nanos());
        let seen = SWAPPED.0.load(Ordering::Relaxed);
        black_box(SWAPPED.0.compare_exchange(seen, now, Ordering::Relaxed, Ordering::Relaxed).is_ok());
    })
}

type Subject = (&'static str, fn() -> f64);

const SUBJECTS: [Subject; 16] = [
    ("a call behind the load of one atomic", || time(OPERATIONS, |number| _ = black_box(checked(number)))),
    ("a call behind a breaker, failures in a row", || {
        time(OPERATIONS, |number| _ = black_box(guarded(&IN_A_ROW, number)))
    }),
    ("a call and a relaxed fetch_add", || time(OPERATIONS, |number| _ = black_box(counted(number)))),
    ("a call behind a breaker, window by count", || {
        time(OPERATIONS, |number| _ = black_box(guarded(&BY_COUNT, number)))
    }),
    ("a call behind a breaker, window by time", || time(OPERATIONS, |number| _ = black_box(guarded(&BY_TIME, number)))),
    ("a call behind a breaker, slow calls", || time(OPERATIONS, |number| _ = black_box(guarded(&SLOW, number)))),
    ("load of one atomic", || time(OPERATIONS, |_| _ = black_box(GATE.0.load(Ordering::Relaxed)))),
    ("permit and success, failures in a row", || time(OPERATIONS, |_| bare(black_box(&IN_A_ROW)))),
    ("relaxed fetch_add", || time(OPERATIONS, |_| _ = black_box(COUNTER.0.fetch_add(1, Ordering::Relaxed)))),
    ("permit and success, window by count", || time(OPERATIONS, |_| bare(black_box(&BY_COUNT)))),
    ("permit and success, window by time", || time(OPERATIONS, |_| bare(black_box(&BY_TIME)))),
    ("deposit into a full bucket", || time(OPERATIONS, |_| black_box(&FULL).deposit())),
    ("two threads: failures in a row", || time_two(|number| _ = black_box(guarded(&IN_A_ROW, number)))),
    ("two threads: deposit into a full bucket", || time_two(|_| black_box(&FULL).deposit())),
    ("clock read and compare-exchange", clock_and_exchange),
    ("withdrawal", withdrawals),
];

/// What is compared: one subject, the other one, and how many times as much the first may cost.
const TARGETS: [(usize, usize, Option<f64>); 11] = [
    (1, 0, Some(1.5)),
    (3, 2, Some(4.0)),
    (4, 2, Some(4.0)),
    (5, 2, None),
    (7, 6, None),
    (9, 8, Some(4.0)),
    (10, 8, Some(4.0)),
    (11, 6, None),
    (12, 1, Some(1.3)),
    (13, 11, Some(1.3)),
    (15, 14, Some(1.2)),
];

fn main() -> Result<(), Box<dyn error::Error>> {
    let rounds = env::args().nth(1).map_or(Ok(301), |count| count.parse())?;
    let mut times = [const { Vec::new() }; SUBJECTS.len()];
    for (_, run) in SUBJECTS {
        run();
    }
    for _ in 0..rounds {
        for ((_, run), times) in SUBJECTS.iter().zip(&mut times) {
            times.push(run());
        }
    }
    println!("nanoseconds per operation, medians of {rounds} rounds of {OPERATIONS}");
    for ((name, _), times) in SUBJECTS.iter().zip(&times) {
        println!("{:>8.2}  {name}", median(times.clone()));
    }
    println!("\nratios, medians of the rounds");
    for (subject, base, target) in TARGETS {
        let ratio = median(times[subject].iter().zip(&times[base]).map(|(time, base)| time / base).collect());
        let verdict = match target {
            Some(target) if ratio <= target => format!("target {target}: met"),
            Some(target) => format!("target {target}: missed"),
            None => String::new(),
        };
        println!("{ratio:>8.2}  {} / {}  {verdict}", SUBJECTS[subject].0, SUBJECTS[base].0);
    }
    Ok(())
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}
