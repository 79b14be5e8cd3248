//! Time and randomness in tests (feature `test-util`).
//!
//! While the guard of [`pause`] lives, sleeps of retried functions on this thread return at once and are recorded. They advance a fake
//! clock, which deadlines and `elapsed()` read. [`seed`] fixes the jitter of this thread. Other threads are not affected.
//!
//! # Examples
//!
//! ```
//! use reattempt::{Policy, testing};
//!
//! testing::seed(7);
//! let first: Vec<_> = Policy::default().delays().collect();
//! testing::seed(7);
//! assert!(Policy::default().delays().eq(first));
//! ```

use crate::time::fakes::{self, Fake, FakeClock};
use crate::time::switch::Switch;
use crate::time::{clock, rng};
use core::cell::RefCell;
use core::time::Duration;

/// Pauses time on this thread until the guard is dropped.
///
/// Guards nest: the innermost guard is used, and it starts at the time of the outer guard.
pub fn pause() -> Paused {
    Paused(fakes::pause(fakes::now().unwrap_or_else(clock::real_now)))
}

/// A guard from [`pause`]: time is paused on this thread until it is dropped.
#[derive(Debug)]
#[must_use = "time goes on as soon as the guard is dropped"]
pub struct Paused(Fake<RefCell<FakeClock>>);

impl Paused {
    /// Returns the sleeps since the guard was made, in order. Delays of zero never reach a sleeper and are not included.
    pub fn slept(&self) -> Vec<Duration> {
        self.0.slept()
    }

    /// Advances the fake clock, as if work took this long.
    pub fn advance(&self, by: Duration) {
        self.0.advance(by);
    }
}

/// Fixes the random numbers that this thread draws from now on.
///
/// The numbers for a seed may change with a release of this crate.
pub fn seed(seed: u64) {
    rng::seed(seed);
}

/// Returns the sleeps since the innermost guard of [`pause`] was made. The list is empty if time is not paused.
///
/// # Examples
///
/// ```
/// use reattempt::testing;
///
/// let _paused = testing::pause();
/// // ... call a retried function ...
/// assert_eq!(testing::slept(), []);
/// ```
pub fn slept() -> Vec<Duration> {
    fakes::slept()
}

/// Limits each call on this thread to this number of attempts until the guard is dropped. A policy that allows fewer stays as it is.
///
/// Zero is treated as one: the first attempt always runs. A call that reaches the limit ends with
/// [`StopReason::MaxAttempts`](crate::StopReason::MaxAttempts). Guards nest: the innermost guard is used.
pub fn limit_attempts(attempts: u32) -> RetriesLimited {
    RetriesLimited(Fake::set(&fakes::SWITCHES, Switch::limit(attempts.max(1))))
}

/// Disables retries on this thread until the guard is dropped: each call ends with its first attempt. If that fails transiently, the reason
/// is [`StopReason::Disabled`](crate::StopReason::Disabled).
pub fn disable_retries() -> RetriesLimited {
    RetriesLimited(Fake::set(&fakes::SWITCHES, Switch::OFF))
}

/// A guard from [`limit_attempts`] or [`disable_retries`]: the limit holds on this thread until it is dropped.
#[derive(Debug)]
#[must_use = "everything is as before as soon as the guard is dropped"]
pub struct RetriesLimited(#[expect(dead_code, reason = "held for its drop")] Fake<Switch>);

/// Forbids time and randomness on this thread until the guard is dropped: reading the clock, drawing a random number and sleeping panic.
///
/// A test can use it to check that a call does none of these.
pub fn forbid() -> Forbidden {
    Forbidden(Fake::set(&fakes::FORBIDDEN, ()))
}

/// A guard from [`forbid`]: the clock, the generator and the sleepers panic on this thread until it is dropped.
#[derive(Debug)]
#[must_use = "everything is allowed again as soon as the guard is dropped"]
pub struct Forbidden(#[expect(dead_code, reason = "held for its drop")] Fake<()>);
