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

use crate::observe::site::Switch;
use crate::time::clock;
use crate::time::rng;
use core::marker::PhantomData;
use core::time::Duration;
use std::cell::{Cell, RefCell};
use std::time::Instant;

thread_local! {
    static PAUSES: RefCell<Vec<Pause>> = const { RefCell::new(Vec::new()) };
    static NEXT_ID: Cell<u64> = const { Cell::new(0) };
    static FORBIDDEN: Cell<u32> = const { Cell::new(0) };
    static SWITCHES: RefCell<Vec<(u64, Switch)>> = const { RefCell::new(Vec::new()) };
}

#[derive(Debug)]
struct Pause {
    id: u64,
    now: Instant,
    slept: Vec<Duration>,
}

impl Pause {
    fn advance(&mut self, by: Duration) {
        // An `Instant` cannot hold every sum; a century stands for what is beyond it.
        const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
        self.now = self.now.checked_add(by).or_else(|| self.now.checked_add(CENTURY)).unwrap_or(self.now);
    }
}

/// Pauses time on this thread until the guard is dropped.
///
/// Guards nest: the innermost one counts, and starts where the outer one stands.
pub fn pause() -> Paused {
    let start = now().unwrap_or_else(clock::real_now);
    let id = NEXT_ID.get();
    NEXT_ID.set(id.wrapping_add(1));
    PAUSES.with_borrow_mut(|pauses| {
        pauses.push(Pause { id, now: start, slept: Vec::new() });
    });
    Paused { id, not_send: PhantomData }
}

/// Time stands still on this thread while this guard lives; from [`pause`].
#[derive(Debug)]
#[must_use = "time goes on as soon as the guard is dropped"]
pub struct Paused {
    id: u64,
    not_send: PhantomData<*const ()>,
}

impl Paused {
    /// The sleeps since the guard was made, in their order. Delays of zero never reach a sleeper and are not among them.
    pub fn slept(&self) -> Vec<Duration> {
        self.with(|pause| pause.slept.clone()).unwrap_or_default()
    }

    /// Moves the fake clock on, as work that takes so long would.
    pub fn advance(&self, by: Duration) {
        self.with(|pause| pause.advance(by));
    }

    fn with<R>(&self, look: impl FnOnce(&mut Pause) -> R) -> Option<R> {
        PAUSES.with_borrow_mut(|pauses| pauses.iter_mut().find(|pause| pause.id == self.id).map(look))
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        PAUSES.with_borrow_mut(|pauses| pauses.retain(|pause| pause.id != self.id));
    }
}

/// Fixes the random numbers that this thread draws from now on.
///
/// The numbers for a seed may change with a release of this crate.
pub fn seed(seed: u64) {
    rng::seed(seed);
}

/// The sleeps since the innermost guard of [`pause`] was made; none where time is not paused.
///
/// # Examples
///
/// ```
/// use retry_runtime::testing;
///
/// let _paused = testing::pause();
/// // ... call what is retried ...
/// assert_eq!(testing::slept(), []);
/// ```
pub fn slept() -> Vec<Duration> {
    PAUSES.with_borrow(|pauses| pauses.last().map(|pause| pause.slept.clone()).unwrap_or_default())
}

/// Lets each call on this thread have so many attempts at most, until the guard is dropped; a policy that says less stays as it is.
///
/// 0 is as 1: the first attempt always runs. The call ends with [`StopReason::MaxAttempts`](crate::StopReason::MaxAttempts). Guards nest: the
/// innermost one counts.
pub fn attempts(attempts: u32) -> Switched {
    switch_to(Switch::Limit(attempts))
}

/// Switches retries off on this thread until the guard is dropped: each call ends with its first attempt, with
/// [`StopReason::Disabled`](crate::StopReason::Disabled) where that fails transiently.
pub fn disable_retries() -> Switched {
    switch_to(Switch::Off)
}

fn switch_to(switch: Switch) -> Switched {
    let id = NEXT_ID.get();
    NEXT_ID.set(id.wrapping_add(1));
    SWITCHES.with_borrow_mut(|switches| switches.push((id, switch)));
    Switched { id, not_send: PhantomData }
}

/// Attempts are capped, or retries off, on this thread while this guard lives; from [`attempts`] and [`disable_retries`].
#[derive(Debug)]
#[must_use = "everything is as before as soon as the guard is dropped"]
pub struct Switched {
    id: u64,
    not_send: PhantomData<*const ()>,
}

impl Drop for Switched {
    fn drop(&mut self) {
        SWITCHES.with_borrow_mut(|switches| switches.retain(|(id, _)| *id != self.id));
    }
}

/// What this thread's guards say of retries.
pub(crate) fn switch() -> Switch {
    SWITCHES.with_borrow(|switches| switches.last().map_or(Switch::On, |(_, switch)| *switch))
}

/// Makes it a panic to read the clock, draw a random number or sleep on this thread until the guard is dropped: shows that a
/// call pays for none of them.
pub fn forbid() -> Forbidden {
    FORBIDDEN.set(FORBIDDEN.get().saturating_add(1));
    Forbidden { not_send: PhantomData }
}

/// Clock, generator and sleepers panic on this thread while this guard lives; from [`forbid`].
#[derive(Debug)]
#[must_use = "everything is allowed again as soon as the guard is dropped"]
pub struct Forbidden {
    not_send: PhantomData<*const ()>,
}

impl Drop for Forbidden {
    fn drop(&mut self) {
        FORBIDDEN.set(FORBIDDEN.get().saturating_sub(1));
    }
}

fn check_allowed(what: &str) {
    assert!(FORBIDDEN.get() == 0, "{what}, which `testing::forbid` forbids");
}

pub(crate) fn now() -> Option<Instant> {
    check_allowed("the clock was read");
    PAUSES.with_borrow(|pauses| pauses.last().map(|pause| pause.now))
}

pub(crate) fn note_draw() {
    check_allowed("a random number was drawn");
}

/// Answers when so much time will have passed on the fake clock, where time is paused.
pub(crate) fn until(limit: Duration) -> Option<Instant> {
    let now = now()?;
    Some(now.checked_add(limit).unwrap_or(now))
}

/// Whether the fake clock stands at a moment or after it; so it does where time goes on again.
pub(crate) fn has_reached(moment: Instant) -> bool {
    now().is_none_or(|now| now >= moment)
}

/// Takes a sleep where time is paused.
pub(crate) fn sleep(delay: Duration) -> bool {
    check_allowed("a retry began to sleep");
    PAUSES.with_borrow_mut(|pauses| {
        let Some(pause) = pauses.last_mut() else {
            return false;
        };
        pause.slept.push(delay);
        pause.advance(delay);
        true
    })
}
