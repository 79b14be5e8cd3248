//! The circuit breaker: refuses attempts at a destination that keeps failing. It knows neither sessions nor the types of outcomes.
//!
//! # Why
//!
//! Attempts do not help a server that is down, and a caller that waits for a time-out again and again holds memory and threads that
//! others need. After enough failures the breaker refuses attempts at once. From time to time it lets a few through, to see whether
//! the server is up again.
//!
//! ```text
//!            enough failures, or enough slow ones
//!   closed ───────────────────────────────────────> open <─────────┐
//!     ^                                              │ cooled down │ a probe fails or is slow
//!     │          `probes` successes                  v             │
//!     └───────────────────────────────────────── half-open ────────┘
//!
//!   open: from closed and half-open by `open_for()` too, or by a hint of the server
//!   isolated: from anywhere by `isolate()`, to closed by `reset()`; time plays no part
//! ```
//!
//! Transient failures and time-outs count as failures. A permanent failure shows that the server is up, and a rejected value shows that it
//! works, so both are neutral. A permit that is dropped without a report is also neutral, unless it was held for longer than the slow-call
//! time. A panic of an attempt is a failure, and is reported by the code that runs the attempt.
//!
//! # Trade-offs
//!
//! - One word holds phase, generation, trips and the moment of the next probe, so a transition is one compare-exchange, which one thread
//!   wins. A refusal, and a success after a success, only load the word. The price is short fields: times in milliseconds for 8 years,
//!   cool-downs that grow over 31 trips, generations modulo 32,768.
//! - A window by count is exact. A window by time is a ring of 16 slices, so it covers between 15/16 of its time and all of it. What it
//!   counted is old for ever once it is old, for 34 years, and a slice counts up to 2.7 million outcomes in each second of its. Only one
//!   success of 32 reads the clock for it. Up to 31 successes may count as newer than they are, for at most the window's time: the error
//!   favors staying closed.
//! - A window is evaluated when a failure or a slow attempt is reported, never at a success.
//! - In the half-open state, running probes and successful probes share the places: of a hundred callers exactly `probes` are admitted.
//!   A probe that never ends keeps its place, so attempts should have time-outs. `reset()` frees all places.
//! - Attempts that began before the trip do not count after it: a failure does not prolong the open state, and a success does not close the
//!   breaker. Permits store their generation.
//!
//! From Nygard, "Release It!", 2007; rates and slow calls as in resilience4j, gated probes as in Polly.

mod builder;
mod error;
mod limits;
mod permit;
mod refused_calls;
mod report;
mod snapshot;
mod state_machine;
mod window;
mod word;

pub use builder::Builder;
pub use error::Error;
pub use permit::Permit;
pub use snapshot::Snapshot;

use crate::failure::breaker_open::{BreakerOpen, Cause};
use crate::observe::append_list::AppendList;
use crate::observe::event::Event;
use crate::observe::observers;
use crate::observe::transition::{State, Transition};
use crate::time::atomics::{AtomicU64, Ordering};
use crate::time::clock;
use core::fmt;
use core::time::Duration;
use limits::{Fault, Limits, Span};
use reattempt_policy::nanos;
use refused_calls::RefusedCalls;
use state_machine::{FAILURES, Machine, PASSED, RUNNING, TRIPS, UNTIL};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use window::{Counts, Slice, Window};
use word::Word;

/// Refuses attempts at a destination that keeps failing, until probes succeed.
///
/// An attempt [acquires](Self::acquire) a [`Permit`] and reports its outcome with it. The setters check each value at once and panic if it
/// is wrong, which is a compile error in a `static`. [`CircuitBreaker::builder`] is for values that are known at run time, and returns an
/// error. A breaker stores its state in place, about 600 bytes, and has no lock.
///
/// # Defaults
///
/// | setting | default | range |
/// |---|---|---|
/// | [`consecutive`](Self::consecutive) or [`rate`](Self::rate) | | `[1, 1024]`, `[0.001, 1]` |
/// | [`over`](Self::over) or [`within`](Self::within) | the last 100 outcomes | `[1, 1024]`, `[100 ms, 1 h]` |
/// | [`minimum`](Self::minimum) | 20 outcomes, or `over` where that is less | `[1, 1000000]`, at most `over` |
/// | [`slow`](Self::slow) | none | `[0.001, 1]`, `[1 ms, 1 h]` |
/// | [`cool_down`](Self::cool_down) or [`cool_down_policy`](Self::cool_down_policy) | 5 s | `[1 ms, 1 day]` |
/// | [`probes`](Self::probes) | 1 | `[1, 1024]` |
/// | [`pause_on_hint`](Self::pause_on_hint) | no | |
/// | [`name`](Self::name) | none | |
///
/// # Examples
///
/// ```
/// use reattempt::{CircuitBreaker, breaker::State};
/// use std::time::Duration;
///
/// static STOCK: CircuitBreaker = CircuitBreaker::consecutive(2).cool_down(Duration::from_secs(30));
///
/// for _ in 0..2 {
///     let permit = STOCK.acquire()?;
///     permit.failure();
/// }
/// assert_eq!(STOCK.state(), State::Open);
/// assert!(STOCK.acquire().is_err());
/// # Ok::<(), reattempt::BreakerOpen>(())
/// ```
///
/// A breaker that trips when half of the attempts of the last ten seconds failed, or a quarter took longer than two seconds:
///
/// ```
/// use reattempt::CircuitBreaker;
/// use std::time::Duration;
///
/// static SEARCH: CircuitBreaker = CircuitBreaker::rate(0.5)
///     .within(Duration::from_secs(10))
///     .minimum(50)
///     .slow(0.25, Duration::from_secs(2))
///     .probes(3);
/// # let _ = SEARCH.state();
/// ```
///
/// A value that is out of range does not compile:
///
/// ```compile_fail,E0080
/// use reattempt::CircuitBreaker;
///
/// static WRONG: CircuitBreaker = CircuitBreaker::consecutive(5).probes(0);
/// ```
#[must_use = "a breaker does nothing until attempts ask it for permits"]
pub struct CircuitBreaker {
    /// Protocol: everything that decides on a permit is in this word (see `Machine`). Each change is one compare-exchange from the state
    /// that it was computed from. If several threads try to trip, probe or close the breaker, one wins, and the others see the new state.
    /// The word guards no other memory: windows store their generation themselves, and `growth` is only read to choose a cool-down. So
    /// `Relaxed` is enough throughout.
    word: AtomicU64,
    /// The last delay of a policy that chooses the cool-downs. The thread that tripped the breaker writes it; the next trip is at least a
    /// cool-down later. A thread that reads an older value uses the same cool-down as after the trip before, within the policy's bounds.
    growth: AtomicU64,
    refused_calls: RefusedCalls,
    limits: Limits,
    listeners: AppendList<Box<Listener>>,
    builder: Builder,
    window: Window,
}

impl CircuitBreaker {
    /// Makes a breaker from checked settings.
    const fn new(builder: &Builder) -> Self {
        let limits = builder.limits();
        Self {
            word: AtomicU64::new(Machine::new(limits.has_window()).0.0),
            growth: AtomicU64::new(0),
            refused_calls: RefusedCalls::new(),
            limits,
            listeners: AppendList::new(),
            builder: *builder,
            window: Window::new(),
        }
    }

    /// Applies settings that were changed.
    #[track_caller]
    const fn checked(mut self) -> Self {
        self.limits = self.builder.checked().limits();
        self.word = AtomicU64::new(Machine::new(self.limits.has_window()).0.0);
        self
    }

    /// Makes a closed breaker with the same settings and without listeners.
    pub fn sibling(&self) -> Self {
        Self::new(&self.builder)
    }

    /// Asks for a permit for one attempt.
    ///
    /// In the closed state this is one load, and a read of the clock if there is a slow-call time.
    ///
    /// # Errors
    ///
    /// Returns [`BreakerOpen`] while the breaker is open or isolated, and while it is half-open and all places for probes are taken.
    #[inline]
    pub fn acquire(&self) -> Result<Permit<'_>, BreakerOpen> {
        let state = self.current();
        if state.is_idle() || state.is_closed() && !self.limits.is_timed {
            return Ok(Permit { breaker: self, state, started: 0 });
        }
        let (state, started) = self.acquire_slowly(state)?;
        Ok(Permit { breaker: self, state, started })
    }

    /// Returns the state in which the permit was issued, and the time of that.
    #[inline(never)]
    fn acquire_slowly(&self, seen: Machine) -> Result<(Machine, u64), BreakerOpen> {
        let mut admitted = Err((seen, None));
        // A closed state needs no write: no check can show more than that it was closed a moment ago.
        let changed = self.exchange(seen, |state| {
            admitted = state.admit(self.limits.probes, clock::uptime_millis).map_err(|wait| (state, wait));
            admitted.ok()
        });
        let next = admitted.map_err(|(state, wait)| self.refusal(state, wait))?;
        let started = if self.limits.is_timed { clock::uptime_nanos() } else { 0 };
        // If a listener panics, the permit is dropped, which frees the place.
        let permit = Permit { breaker: self, state: next, started };
        if let Some((before, after)) = changed {
            self.tell(before, after, None);
        }
        permit.into_parts();
        Ok((next, started))
    }

    /// Checks whether an attempt after this delay has a chance: the breaker is closed or half-open, or its cool-down ends by then.
    ///
    /// This takes no place for a probe, so the attempt may still be refused. In the closed state it is only a load.
    ///
    /// # Errors
    ///
    /// Returns [`BreakerOpen`] while the breaker is isolated, and while it stays open for longer than the delay.
    #[inline]
    pub fn admits_after(&self, delay: Duration) -> Result<(), BreakerOpen> {
        let state = self.current();
        if state.is_closed() { Ok(()) } else { self.admits_later(state, delay) }
    }

    #[cold]
    fn admits_later(&self, state: Machine, delay: Duration) -> Result<(), BreakerOpen> {
        match state.admit(self.limits.probes, clock::uptime_millis) {
            Ok(_) => Ok(()),
            // In the half-open state a place may become free, so a wait of zero has a chance.
            Err(Some(millis)) if Duration::from_millis(millis) <= delay => Ok(()),
            Err(wait) => Err(self.refusal(state, wait)),
        }
    }

    /// Opens the breaker for this time, for instance because the server has asked for a rest. Permits that are in use no longer count.
    ///
    /// After that time it is half-open, as after a cool-down: [`probes`](Self::probes) attempts run, and their successes close it. It is no trip,
    /// so the next cool-down is not longer for it. A breaker that is open for longer stays so, and so does one that is isolated. A time of zero
    /// does nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use reattempt::CircuitBreaker;
    /// use reattempt::breaker::Cause;
    /// use std::time::Duration;
    ///
    /// let breaker = CircuitBreaker::consecutive(5);
    /// breaker.open_for(Duration::from_secs(30));
    /// assert_eq!(breaker.acquire().unwrap_err().cause(), Cause::Told);
    /// ```
    pub fn open_for(&self, time: Duration) {
        self.open(Fault::Told, time);
    }

    /// Opens the breaker for this time at least, unless it is isolated.
    #[cold]
    fn open(&self, fault: Fault, time: Duration) {
        if time.is_zero() {
            return;
        }
        // The moment is rounded up, so that no probe runs too early.
        let until = clock::uptime_nanos().saturating_add(nanos::from_duration(time)).div_ceil(1_000_000);
        if let Some((before, after)) = self.exchange(self.current(), |state| state.open_until(fault, until)) {
            self.tell(before, after, Some(time));
        }
    }

    /// Returns `true` if a server's hint opens the breaker.
    #[inline]
    pub(crate) fn pauses_on_hint(&self) -> bool {
        self.builder.pauses_on_hint
    }

    /// Opens the breaker until [`reset`](Self::reset). Permits that are in use no longer count.
    pub fn isolate(&self) {
        self.replace(Machine::isolate);
    }

    /// Closes the breaker and forgets all outcomes and trips. Permits that are in use no longer count, but a server's hint does, whenever it
    /// comes: with [`pause_on_hint`](Self::pause_on_hint) it opens the breaker again.
    pub fn reset(&self) {
        self.replace(Machine::reset);
    }

    /// Returns the state.
    ///
    /// The state is still [`Open`](State::Open) after the cool-down, until the first attempt asks for a permit.
    pub fn state(&self) -> State {
        self.current().state()
    }

    /// Returns the state and the counts, for people and dashboards. Its parts may be from different moments.
    pub fn snapshot(&self) -> Snapshot {
        let state = self.current();
        let snapshot = Snapshot {
            state: state.state(),
            cause: self.cause(state),
            probe_in: None,
            failures_in_a_row: 0,
            outcomes: 0,
            failures: 0,
            slow: 0,
            probes_running: 0,
            probes_passed: 0,
            trips: state.number(TRIPS),
        };
        match state.state() {
            State::Closed => {
                let Counts { outcomes, failures, slow } = match self.limits.span {
                    Span::None => Counts::default(),
                    Span::Count { .. } => self.window.by_count(state.generation()),
                    Span::Time { slice_millis } => {
                        self.window.by_time(state.generation(), Slice::at(clock::uptime_millis(), slice_millis))
                    }
                };
                Snapshot { failures_in_a_row: state.number(FAILURES), outcomes, failures, slow, ..snapshot }
            }
            State::Open => {
                let wait = state.0.get(UNTIL).saturating_sub(clock::uptime_millis());
                Snapshot { probe_in: Some(Duration::from_millis(wait)), ..snapshot }
            }
            State::HalfOpen => Snapshot {
                probe_in: Some(Duration::ZERO),
                probes_running: state.number(RUNNING),
                probes_passed: state.number(PASSED),
                ..snapshot
            },
            State::Isolated => snapshot,
        }
    }

    /// Adds a listener that receives each transition, for as long as the breaker lives.
    ///
    /// The listener runs on the thread of the attempt, after the transition. It delays only that attempt, and may use the breaker. Its panic
    /// reaches the caller, unless a panic caused the transition. The transition stands, but a probe that it lets through does not run: its place
    /// is free for the next one.
    pub fn listen(&self, listener: impl Fn(&Transition) + Send + Sync + 'static) {
        self.listeners.push(Box::new(listener));
    }

    /// Counts a call that ended because this breaker refused its attempt. Returns the number of such calls since the breaker opened, from 1.
    #[cold]
    pub(crate) fn count_refused_call(&self) -> u64 {
        self.refused_calls.count(self.current().generation())
    }

    #[inline]
    fn current(&self) -> Machine {
        Machine(Word(self.word.load(Ordering::Relaxed)))
    }

    #[cold]
    fn refusal(&self, state: Machine, millis: Option<u64>) -> BreakerOpen {
        BreakerOpen::new(self.limits.cause(state.fault()), millis.map(Duration::from_millis))
    }

    fn cause(&self, state: Machine) -> Option<Cause> {
        (!state.is_closed()).then(|| self.limits.cause(state.fault()))
    }

    /// Replaces the state in any generation, and reports the transition.
    fn replace(&self, next: fn(Machine) -> Machine) {
        if let Some((before, after)) = self.exchange(self.current(), |state| Some(next(state))) {
            self.tell(before, after, None);
        }
    }

    /// Replaces the state by the next one in one step, and returns both. Returns `None` if nothing changes: there is no next one, or it is
    /// the same. `seen` is the state that the caller has loaded.
    #[inline]
    fn exchange(
        &self,
        mut seen: Machine,
        mut next: impl FnMut(Machine) -> Option<Machine>,
    ) -> Option<(Machine, Machine)> {
        loop {
            let after = next(seen).filter(|after| *after != seen)?;
            match self.swap(seen, after) {
                Ok(_) => return Some((seen, after)),
                Err(found) => seen = Machine(Word(found)),
            }
        }
    }

    #[inline]
    fn swap(&self, seen: Machine, next: Machine) -> Result<u64, u64> {
        self.word.compare_exchange_weak(seen.0.0, next.0.0, Ordering::Relaxed, Ordering::Relaxed)
    }

    #[inline]
    fn tell(&self, before: Machine, after: Machine, cool_down: Option<Duration>) {
        let (from, to) = (before.state(), after.state());
        if from != to {
            self.tell_transition(before, after, cool_down);
        }
    }

    #[cold]
    fn tell_transition(&self, before: Machine, after: Machine, cool_down: Option<Duration>) {
        let refused_calls = if before.is_closed() { 0 } else { self.refused_calls.of(before.generation()) };
        let transition = Transition {
            name: self.builder.name,
            from: before.state(),
            to: after.state(),
            cause: self.cause(after),
            cool_down,
            refused_calls,
        };
        if observers::is_observed() {
            unless_panicking(|| observers::tell(&Event::BreakerTransition { transition }));
        }
        for listener in self.listeners.iter() {
            unless_panicking(|| listener(&transition));
        }
    }
}

/// Runs a listener. During a panic, a panic of the listener is dropped: it would abort the process, and the caller should see the first one.
fn unless_panicking(listen: impl FnOnce()) {
    if thread::panicking() {
        drop(catch_unwind(AssertUnwindSafe(listen)));
    } else {
        listen();
    }
}

impl fmt::Debug for CircuitBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CircuitBreaker")
            .field("snapshot", &self.snapshot())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

type Listener = dyn Fn(&Transition) + Send + Sync;

#[cfg(all(test, not(loom)))]
mod tests;

#[cfg(all(test, loom))]
#[path = "breaker/tests/loom.rs"]
mod loom_tests;
