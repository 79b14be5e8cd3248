//! The same tasks by each contender. Each contender has its own file. A task that a contender cannot do is `None`.
//!
//! The policy: up to four attempts, for transient faults alone, exponential from 100 ms with full jitter (or the jitter that there
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

/// A number of calls of a retried function, one after the other.
pub type Calls = fn(&'static Server, u64);

/// Draws the delays of a number of calls.
pub type Draws = fn(u64);

/// Uses a breaker or a budget a number of times, also from two threads at once.
pub type Operations = fn(u64);

/// One way to retry.
#[derive(Debug, Clone, Copy)]
pub struct Contender {
    /// Its name in tables and on command lines.
    pub name: &'static str,
    /// Calls that succeed at once.
    pub sync_success: Option<Calls>,
    /// The same, if the compiler cannot inline the call.
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
    /// Spawns a task that fails three times, with 1, 4 and 10 ms before its retries. Returns whether it succeeded.
    pub spawn: Option<fn() -> JoinHandle<bool>>,
    /// By strategy: draws [`SEQUENCE`] delays of each call. The base is 100 ms, the cap 10 s.
    pub delays: &'static [(&'static str, Draws)],
    /// By scenario: breakers that are closed and see only successes, and budgets that can pay.
    pub guards: &'static [(&'static str, Operations)],
    /// The reason why a task is missing.
    pub note: &'static str,
}

impl Contender {
    /// A contender without any task.
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

    /// Returns the contender with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        ALL.iter().copied().find(|contender| contender.name == name)
    }
}

/// Returns all contenders. Without the feature `peers`, only those that the guard needs.
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

/// The contenders without the feature `peers`: our own, and those that they are compared with. The guard measures only these.
pub const GUARDED: [&str; 4] = ["bare", "by hand", "ours", "ours, closures"];

/// The number of delays that a call draws.
pub const SEQUENCE: usize = 8;

/// Calls a function a number of times. The compiler may inline the call, as in other programs.
#[inline]
fn repeat(server: &'static Server, count: u64, call: impl Fn(&'static Server, u64) -> Answer) {
    for input in 0..count {
        let answer = call(server, black_box(input));
        debug_assert_eq!(answer, Ok(input));
        black_box(&answer);
    }
}

/// Calls a function a number of times, each time after three failures.
#[inline]
fn repeat_failing(server: &'static Server, count: u64, call: impl Fn(&'static Server, u64) -> Answer) {
    repeat(server, count, |server, input| {
        server.fail(3);
        call(server, input)
    });
}

/// Draws the first delays of a number of calls.
#[inline]
fn draw<I: Iterator<Item = Duration>>(calls: u64, mut delays: impl FnMut() -> I) {
    for _ in 0..calls {
        let mut delays = delays();
        for _ in 0..SEQUENCE {
            // Hidden from the compiler, as while a call sleeps. Otherwise the compiler would compute the delays.
            black_box(black_box(&mut delays).next());
        }
    }
}

/// Calls an operation a number of times.
#[inline]
fn operate(count: u64, operation: impl Fn(u64)) {
    for number in 0..count {
        operation(black_box(number));
    }
}

/// The same with a bucket that is regularly replaced, so that it always has tokens, or always has room.
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
