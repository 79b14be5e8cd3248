//! Time and chance in tests (feature `test-util`).
//!
//! While the guard of [`pause`] lives, sleeps of retried functions on this thread return at once, move a fake clock that deadlines
//! and `elapsed()` read, and are recorded. [`seed`] fixes the jitter of this thread. Other threads notice nothing.
//!
//! # Examples
//!
//! ```
//! use retry_runtime::{Policy, testing};
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
/// Guards nest: the innermost one counts, and starts at the time of the outer one.
pub fn pause() -> Paused {
    Paused(fakes::pause(fakes::now().unwrap_or_else(clock::real_now)))
}

/// Time stands still on this thread while this guard lives; from [`pause`].
#[derive(Debug)]
#[must_use = "time goes on as soon as the guard is dropped"]
pub struct Paused(Fake<RefCell<FakeClock>>);

impl Paused {
    /// Returns the sleeps since the guard was made, in order. Delays of zero never reach a sleeper and are not among them.
    pub fn slept(&self) -> Vec<Duration> {
        self.0.slept()
    }

    /// Moves the fake clock forward, as work that takes this long does.
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

/// Returns the sleeps since the innermost guard of [`pause`] was made; none where time is not paused.
///
/// # Examples
///
/// ```
/// use retry_runtime::testing;
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
/// [`StopReason::MaxAttempts`](crate::StopReason::MaxAttempts). Guards nest: the innermost one counts.
pub fn limit_attempts(attempts: u32) -> RetriesLimited {
    RetriesLimited(fakes::set_switch(Switch::limit(attempts.max(1))))
}

/// Disables retries on this thread until the guard is dropped: each call ends with its first attempt, and with
/// [`StopReason::Disabled`](crate::StopReason::Disabled) where that fails transiently.
pub fn disable_retries() -> RetriesLimited {
    RetriesLimited(fakes::set_switch(Switch::OFF))
}

/// Attempts are limited, or retries disabled, on this thread while this guard lives; from [`limit_attempts`] and [`disable_retries`].
#[derive(Debug)]
#[must_use = "everything is as before as soon as the guard is dropped"]
pub struct RetriesLimited(#[expect(dead_code, reason = "held for its drop")] Fake<Switch>);

/// Makes it a panic to read the clock, draw a random number or sleep on this thread until the guard is dropped: shows that a
/// call pays for none of them.
pub fn forbid() -> Forbidden {
    Forbidden(fakes::forbid())
}

/// Clock, generator and sleepers panic on this thread while this guard lives; from [`forbid`].
#[derive(Debug)]
#[must_use = "everything is allowed again as soon as the guard is dropped"]
pub struct Forbidden(#[expect(dead_code, reason = "held for its drop")] Fake<()>);
