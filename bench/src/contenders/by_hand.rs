//! A loop written by hand.

use super::{Call, Contender, draw, operate, repeat, repeat_failing};
use crate::service::{Answer, Body, Refused, Server, drive, drive_on, give_way, least};
use std::cell::Cell;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{iter, thread};

pub static CONTENDER: Contender = Contender {
    name: "by hand",
    sync_success: Some(|server, count| repeat(server, count, get)),
    sync_success_by_pointer: Some(|server, count| repeat(server, count, black_box(get as Call))),
    async_success: Some(|server, count| repeat(server, count, |server, input| drive(get_async(server, input)))),
    tokio_success: Some(|runtime, server, count| drive_on(runtime, count, |input| get_async(server, input))),
    three_failures: Some(|server, count| repeat_failing(server, count, get_at_once)),
    three_failures_async: Some(|server, count| {
        repeat_failing(server, count, |server, input| drive(get_async_at_once(server, input)));
    }),
    future_bytes: Some(|| {
        [
            size_of_val(&sized::<1>()),
            size_of_val(&sized::<16>()),
            size_of_val(&sized::<128>()),
            size_of_val(&sized::<512>()),
        ]
    }),
    spawn: Some(|| {
        tokio::spawn(async {
            let server = Server::new();
            server.fail(3);
            get_with_delays(&server).await.is_ok()
        })
    }),
    delays: &[("full jitter", full_jitter), ("exponential", exponential)],
    guards: &[
        ("breaker: failures in a row", |count| operate(count, |_| _ = black_box(GATE.0.load(Ordering::Relaxed)))),
        ("breaker: window by count", |count| {
            operate(count, |_| _ = black_box(COUNTER.0.fetch_add(1, Ordering::Relaxed)));
        }),
        ("guarded call: failures in a row", |count| operate(count, |number| _ = black_box(checked(number)))),
        ("guarded call: window by count", |count| operate(count, |number| _ = black_box(counted(number)))),
        ("budget: deposit", |count| operate(count, |_| _ = black_box(COUNTER.0.fetch_add(1, Ordering::Relaxed)))),
        ("budget: deposit, full bucket", |count| {
            operate(count, |_| _ = black_box(GATE.0.load(Ordering::Relaxed)));
        }),
        ("budget: withdrawal", clock_and_exchange),
    ],
    note: "its delays are what the targets are multiples of: one wyrand step and a widening multiply, and a shift",
};

/// A word with a cache line to itself, as the breakers' have.
#[repr(align(64))]
struct Word(AtomicU64);

static GATE: Word = Word(AtomicU64::new(0));
static COUNTER: Word = Word(AtomicU64::new(0));
static SWAPPED: Word = Word(AtomicU64::new(0));

const BASE: Duration = Duration::from_millis(100);
const CAP: Duration = Duration::from_secs(5);

thread_local! {
    static RANDOM: Cell<u64> = const { Cell::new(0x9E37_79B9_7F4A_7C15) };
}

/// One step of wyrand.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x2d35_8dcc_aa6c_78a5);
    let product = u128::from(*state) * u128::from(*state ^ 0x8bb8_4b93_962e_acc9);
    #[expect(clippy::cast_possible_truncation, reason = "both halves are mixed")]
    let mixed = (product as u64) ^ (product >> 64) as u64;
    mixed
}

/// Returns a number below the bound: the upper half of a widening multiply.
fn below(bound: u64, random: u64) -> u64 {
    ((u128::from(bound) * u128::from(random)) >> 64) as u64
}

fn jittered(delay: Duration) -> Duration {
    let mut state = RANDOM.get();
    let random = random(&mut state);
    RANDOM.set(state);
    Duration::from_nanos(below(u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX), random))
}

#[inline]
fn get(server: &'static Server, input: u64) -> Answer {
    let mut delay = BASE;
    let mut attempt = 1;
    loop {
        match server.ask(input) {
            Err(fault) if attempt < 4 && fault.is_transient() => {
                thread::sleep(jittered(delay));
                delay = (delay * 2).min(CAP);
                attempt += 1;
            }
            answer => return answer,
        }
    }
}

fn get_at_once(server: &'static Server, input: u64) -> Answer {
    let mut attempt = 1;
    loop {
        match server.ask(input) {
            Err(fault) if attempt < 4 && fault.is_transient() => {
                thread::sleep(Duration::ZERO);
                attempt += 1;
            }
            answer => return answer,
        }
    }
}

async fn get_async(server: &'static Server, input: u64) -> Answer {
    let mut delay = BASE;
    let mut attempt = 1;
    loop {
        match server.ask_async(input).await {
            Err(fault) if attempt < 4 && fault.is_transient() => {
                tokio::time::sleep(jittered(delay)).await;
                delay = (delay * 2).min(CAP);
                attempt += 1;
            }
            answer => return answer,
        }
    }
}

async fn get_async_at_once(server: &'static Server, input: u64) -> Answer {
    let mut attempt = 1;
    loop {
        match server.ask_async(input).await {
            Err(fault) if attempt < 4 && fault.is_transient() => {
                give_way(Duration::ZERO).await;
                attempt += 1;
            }
            answer => return answer,
        }
    }
}

async fn sized<const WORDS: usize>() -> Answer {
    let mut delay = BASE;
    let mut attempt = 1;
    loop {
        match Body::<WORDS>::default().await {
            Err(fault) if attempt < 4 && fault.is_transient() => {
                tokio::time::sleep(jittered(delay)).await;
                delay = (delay * 2).min(CAP);
                attempt += 1;
            }
            answer => return answer,
        }
    }
}

async fn get_with_delays(server: &Server) -> Answer {
    let mut delay = Duration::from_millis(1);
    let mut attempt = 1;
    loop {
        match server.ask_async(1).await {
            Err(fault) if attempt < 4 && fault.is_transient() => {
                tokio::time::sleep(delay).await;
                delay = (delay * 4).min(Duration::from_millis(10));
                attempt += 1;
            }
            answer => return answer,
        }
    }
}

/// The lowest cost of full jitter: the nominal delay is known already.
fn full_jitter(calls: u64) {
    let state = Cell::new(black_box(1));
    let nominal = black_box(100_000_000);
    draw(calls, || {
        iter::repeat_with(|| {
            let mut now = state.get();
            let random = random(&mut now);
            state.set(now);
            Duration::from_nanos(below(nominal, random))
        })
    });
}

/// The lowest cost of an exponential backoff: without a cap.
fn exponential(calls: u64) {
    let base = black_box(100_000_000_u64);
    draw(calls, || (0_u32..).map(|exponent| Duration::from_nanos(base << exponent)));
}

#[expect(clippy::inline_always, reason = "what is compared should differ in nothing else")]
#[inline(always)]
fn checked(number: u64) -> Result<u64, Refused> {
    if GATE.0.load(Ordering::Relaxed) == 0 { least(number) } else { Err(Refused) }
}

#[expect(clippy::inline_always, reason = "what is compared should differ in nothing else")]
#[inline(always)]
fn counted(number: u64) -> Result<u64, Refused> {
    COUNTER.0.fetch_add(1, Ordering::Relaxed);
    least(number)
}

/// A clock read and a compare-exchange: the lowest cost of a withdrawal if the bucket is filled by time.
fn clock_and_exchange(count: u64) {
    let start = Instant::now();
    operate(count, |_| {
        let now = u64::from(start.elapsed().subsec_nanos());
        let seen = SWAPPED.0.load(Ordering::Relaxed);
        black_box(SWAPPED.0.compare_exchange(seen, now, Ordering::Relaxed, Ordering::Relaxed).is_ok());
    });
}
