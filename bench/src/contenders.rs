//! The same tasks by each contender, in a file of its own each. A task that a contender has no way to do is `None`.
//!
//! What is retried: up to four attempts, for transient faults alone, exponential from 100 ms with full jitter (or the jitter that there
//! is) up to 5 s; without any delay for the task with failures; 1, 4 and 10 ms for the tasks on tokio.

mod bare;
mod by_hand;
mod ours;
mod ours_closures;

#[cfg(feature = "peers")]
mod backoff;
#[cfg(feature = "peers")]
mod backon;
#[cfg(feature = "peers")]
mod backon_macros;
#[cfg(feature = "peers")]
mod failsafe;
#[cfg(feature = "peers")]
mod recloser;
#[cfg(feature = "peers")]
mod retry;
#[cfg(feature = "peers")]
mod retry_if;
#[cfg(feature = "peers")]
mod retrying;
#[cfg(feature = "peers")]
mod seatbelt;
#[cfg(feature = "peers")]
mod tokio_retry2;
#[cfg(feature = "peers")]
mod tower;

use crate::service::{Answer, Server};
use std::hint::black_box;
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// A retried function.
pub type Call = fn(&'static Server, u64) -> Answer;

/// So many calls of a retried function, one after the other.
pub type Calls = fn(&'static Server, u64);

/// Draws the delays of so many calls.
pub type Draws = fn(u64);

/// Asks a breaker or a budget so many times; from two threads at once, too.
pub type Operations = fn(u64);

/// One way to retry.
#[derive(Debug, Clone, Copy)]
pub struct Contender {
    /// Its name in tables and on command lines.
    pub name: &'static str,
    /// Calls that succeed at once.
    pub sync_success: Option<Calls>,
    /// The same where the compiler cannot inline the call.
    pub sync_success_by_pointer: Option<Calls>,
    /// The same, async, polled with a waker that does nothing.
    pub async_success: Option<Calls>,
    /// The same, awaited on tokio.
    pub tokio_success: Option<fn(&Runtime, &'static Server, u64)>,
    /// Calls with delays of zero, of a server that fails three times for each.
    pub three_failures: Option<Calls>,
    /// The same, async, polled with a waker that does nothing; so there is no timer, and each wait gives way once.
    pub three_failures_async: Option<Calls>,
    /// The bytes of a future around a body of 8, 128, 1024 and 4096 bytes.
    pub future_bytes: Option<fn() -> [usize; 4]>,
    /// Spawns a task that fails three times, with 1, 4 and 10 ms before its retries, and tells whether it succeeded.
    pub spawn: Option<fn() -> JoinHandle<bool>>,
    /// By strategy: draws [`SEQUENCE`] delays of so many calls. The base is 100 ms, the cap 10 s.
    pub delays: &'static [(&'static str, Draws)],
    /// By scenario: breakers that are closed and see only successes, and budgets that can pay.
    pub guards: &'static [(&'static str, Operations)],
    /// Why a task is not there.
    pub note: &'static str,
}

impl Contender {
    /// A contender that can do nothing yet.
    pub const NONE: Self = Self {
        name: "",
        sync_success: None,
        sync_success_by_pointer: None,
        async_success: None,
        tokio_success: None,
        three_failures: None,
        three_failures_async: None,
        future_bytes: None,
        spawn: None,
        delays: &[],
        guards: &[],
        note: "",
    };

    /// Looks one up by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|contender| contender.name == name)
    }
}

/// All of them: without the feature `peers`, only what the guard needs.
pub static ALL: &[&Contender] = &[
    &bare::CONTENDER,
    &by_hand::CONTENDER,
    &ours::CONTENDER,
    &ours_closures::CONTENDER,
    #[cfg(feature = "peers")]
    &backon::CONTENDER,
    #[cfg(feature = "peers")]
    &backon_macros::CONTENDER,
    #[cfg(feature = "peers")]
    &tokio_retry2::CONTENDER,
    #[cfg(feature = "peers")]
    &backoff::CONTENDER,
    #[cfg(feature = "peers")]
    &retry::CONTENDER,
    #[cfg(feature = "peers")]
    &retry_if::CONTENDER,
    #[cfg(feature = "peers")]
    &retrying::CONTENDER,
    #[cfg(feature = "peers")]
    &tower::CONTENDER,
    #[cfg(feature = "peers")]
    &seatbelt::CONTENDER,
    #[cfg(feature = "peers")]
    &failsafe::CONTENDER,
    #[cfg(feature = "peers")]
    &recloser::CONTENDER,
];

/// Those that are here without the feature `peers`: what is ours, and what it is held against. The guard measures these alone.
pub const GUARDED: [&str; 4] = ["bare", "by hand", "ours", "ours, closures"];

/// The number of delays that a call draws.
pub const SEQUENCE: usize = 8;

/// Calls so many times. The compiler may inline the call, as it may wherever a retried function is called.
#[inline]
fn repeat(server: &'static Server, count: u64, call: impl Fn(&'static Server, u64) -> Answer) {
    for input in 0..count {
        let answer = call(server, black_box(input));
        debug_assert_eq!(answer, Ok(input));
        black_box(&answer);
    }
}

/// The same, each time after three failures.
#[inline]
fn repeat_failing(server: &'static Server, count: u64, call: impl Fn(&'static Server, u64) -> Answer) {
    repeat(server, count, |server, input| {
        server.fail(3);
        call(server, input)
    });
}

/// Draws the first delays of so many calls.
#[inline]
fn draw<I: Iterator<Item = Duration>>(calls: u64, mut delays: impl FnMut() -> I) {
    for _ in 0..calls {
        let mut delays = delays();
        for _ in 0..SEQUENCE {
            // Out of sight of the compiler, as it is while a call sleeps; else it would work the delays out.
            black_box(black_box(&mut delays).next());
        }
    }
}

/// Asks so many times.
#[inline]
fn operate(count: u64, operation: impl Fn(u64)) {
    for number in 0..count {
        operation(black_box(number));
    }
}

/// The same with a bucket that is set up anew after so many times, and so can always pay, or has always room.
#[inline]
fn operate_on_bucket(count: u64, between: u64, reset: impl Fn(), operation: impl Fn()) {
    let mut left = count;
    while left > 0 {
        let part = left.min(between);
        reset();
        operate(part, |_| operation());
        left -= part;
    }
}
