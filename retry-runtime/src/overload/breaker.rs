//! The circuit breaker: refuses attempts at a destination that keeps failing. It knows neither sessions nor outcomes' types.
//!
//! # Why
//!
//! A server that is down is not helped by attempts, and a caller that waits for its time-out again and again holds memory, threads
//! and patience of others. After enough failures the breaker answers at once, and from time to time lets a few through to see.
//!
//! ```text
//!            enough failures, or enough slow ones
//!   closed ───────────────────────────────────────> open <─────────┐
//!     ^                                              │ cooled down │ a probe fails or is slow
//!     │          `probes` successes                  v             │
//!     └───────────────────────────────────────── half-open ────────┘
//!
//!   isolated: from anywhere by `isolate()`, to closed by `reset()`; time plays no part
//! ```
//!
//! What counts: transient failures and time-outs do. A permanent one says that the server is up, and a value that is not ready yet
//! that it works; both are neutral, as is a permit dropped without a report, unless it was held for longer than the slow-call time.
//!
//! # Trade-offs
//!
//! - One word holds phase, generation, trips and the moment of the next probe, so that a transition is one compare-exchange, which one
//!   thread wins; a refusal and a success where nothing failed before are loads. It costs the length of some fields: times in
//!   milliseconds for 8 years, cool-downs that grow over 31 trips, generations modulo 65,536.
//! - A window by count is exact. One by time is a ring of 16 slices, so it looks back on between 15/16 of its time and all of it.
//!   Only one success of 32 reads the clock for it, and up to 31 may be taken for newer than they are, for no longer than the window's
//!   time: the error is on the side of staying closed.
//! - A window is judged when a failure or a slow attempt is reported, never at a success.
//! - While it is half-open, probes that run and probes that succeeded share the places: of a hundred callers just `probes` get
//!   through. A probe that never ends keeps its place, so attempts should have time-outs; `reset()` frees all places.
//! - A failure of before the trip doesn't prolong it, and a success of before it doesn't close it: permits know their generation.
//!
//! From Nygard, "Release It!", 2007; rates and slow calls as in resilience4j, gated probes as in Polly.

mod permit;
mod settings;
mod snapshot;
mod state_machine;
mod window;

pub use permit::Permit;
pub use settings::{Builder, Error};
pub use snapshot::Snapshot;

use crate::failure::breaker_open::{BreakerOpen, Cause};
use crate::observe::event::Event;
use crate::observe::observers;
use crate::observe::transition::{State, Transition};
use crate::policy::Policy;
use crate::time::atomics::{AtomicU64, Ordering};
use crate::time::clock;
use crate::time::rng;
use core::fmt;
use core::time::Duration;
use reattempt_policy::{Memory, nanos};
use settings::{CoolDown, Limits, MAX_COOL_DOWN, MIN_COOL_DOWN, Span};
use state_machine::{Admission, Fault, Machine, Phase};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::thread;
use window::{Counts, Mark, Window};

/// Refuses attempts at a destination that keeps failing, until probes succeed.
///
/// An attempt [acquires](Self::acquire) a [`Permit`] and reports on it. The settings are functions that make another breaker, which
/// panic where a value is out of range: a compile error in a `static`. [`CircuitBreaker::builder`] takes values that are known at run
/// time, and answers an error. It holds its memory in place, about 600 bytes, and no lock.
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
/// | [`name`](Self::name) | none | |
///
/// # Examples
///
/// ```
/// use retry_runtime::{CircuitBreaker, breaker::State};
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
/// # Ok::<(), retry_runtime::BreakerOpen>(())
/// ```
///
/// Half of the attempts of the last ten seconds, or a quarter that took longer than two seconds:
///
/// ```
/// use retry_runtime::CircuitBreaker;
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
/// What is out of range does not compile:
///
/// ```compile_fail,E0080
/// use retry_runtime::CircuitBreaker;
///
/// static WRONG: CircuitBreaker = CircuitBreaker::consecutive(5).probes(0);
/// ```
pub struct CircuitBreaker {
    /// Protocol: all that decides on a permit is in this word (see `Machine`), and each change is one compare-exchange from the state that
    /// it was computed of. Of several threads that would trip it, probe it or close it, one wins, and the others see the new state. The
    /// word guards no other memory: windows carry their generation themselves, and `growth` is only read to choose a
    /// cool-down. So `Relaxed` is enough throughout.
    word: AtomicU64,
    /// What a growing cool-down remembers from one trip to the next. Written by the thread that tripped the breaker; the next
    /// trip is a cool-down later. One that reads an older value waits as long as after the trip before, within the policy's bounds.
    growth: AtomicU64,
    limits: Limits,
    listeners: OnceLock<Box<Node>>,
    builder: Builder,
    window: Window,
}

impl CircuitBreaker {
    /// Makes a breaker that trips after so many failures in a row, by attempts that may run at the same time.
    ///
    /// # Panics
    ///
    /// Where the number is outside `[1, 1024]`.
    #[track_caller]
    pub const fn consecutive(failures: u32) -> Self {
        let builder = Builder::new().consecutive(failures);
        Self::of(builder, builder.limits_const())
    }

    /// Makes a breaker that trips when this part of the outcomes in its window are failures, rounded to thousandths.
    ///
    /// # Panics
    ///
    /// Where the rate is outside `[0.001, 1]`.
    #[track_caller]
    pub const fn rate(rate: f64) -> Self {
        let builder = Builder::new().rate(rate);
        Self::of(builder, builder.limits_const())
    }

    /// Starts a builder, for settings that are known at run time.
    pub const fn builder() -> Builder {
        Builder::new()
    }

    /// Makes the window the last so many outcomes.
    ///
    /// # Panics
    ///
    /// Where the number is outside `[1, 1024]`, below a `minimum` that was set before, or beside `within`.
    #[track_caller]
    #[must_use = "this makes another breaker"]
    pub const fn over(self, outcomes: u32) -> Self {
        let builder = self.builder.over(outcomes);
        self.rebuilt(builder)
    }

    /// Makes the window the time up to now: between 15/16 of this and all of it, since it moves by sixteenths.
    ///
    /// # Panics
    ///
    /// Where the time is outside `[100 ms, 1 h]`, or beside `over`.
    #[track_caller]
    #[must_use = "this makes another breaker"]
    pub const fn within(self, time: Duration) -> Self {
        let builder = self.builder.within(time);
        self.rebuilt(builder)
    }

    /// Sets how many outcomes the window must hold before it is judged. Set the window before it, where it needs a larger one.
    ///
    /// # Panics
    ///
    /// Where the number is outside `[1, 1000000]`, or above the number of outcomes that the window looks back on.
    #[track_caller]
    #[must_use = "this makes another breaker"]
    pub const fn minimum(self, outcomes: u32) -> Self {
        let builder = self.builder.minimum(outcomes);
        self.rebuilt(builder)
    }

    /// Trips also when this part of the outcomes in the window took longer than so long, whether they succeeded or not.
    ///
    /// Each permit reads the clock twice then. A probe that is slow counts as one that failed.
    ///
    /// # Panics
    ///
    /// Where the rate is outside `[0.001, 1]` or the time outside `[1 ms, 1 h]`.
    #[track_caller]
    #[must_use = "this makes another breaker"]
    pub const fn slow(self, rate: f64, time: Duration) -> Self {
        let builder = self.builder.slow(rate, time);
        self.rebuilt(builder)
    }

    /// Sets how long it stays open before the first probe.
    ///
    /// # Panics
    ///
    /// Where the time is outside `[1 ms, 1 day]`.
    #[track_caller]
    #[must_use = "this makes another breaker"]
    pub const fn cool_down(self, time: Duration) -> Self {
        let builder = self.builder.cool_down(time);
        self.rebuilt(builder)
    }

    /// Lets the cool-down after the n-th trip in a row be the policy's delay before retry n: any strategy, with its cap and its jitter.
    ///
    /// Only what says how long is used of the policy; `max`, `deadline` and `max_hint` play no part. Cool-downs are brought into
    /// `[1 ms, 1 day]`, and grow no further after 31 trips. Closing starts anew.
    ///
    /// # Examples
    ///
    /// ```
    /// use retry_runtime::{CircuitBreaker, Policy, Strategy};
    /// use std::time::Duration;
    ///
    /// let delays = Policy::builder()
    ///     .strategy(Strategy::EqualJitter)
    ///     .base(Duration::from_secs(1))
    ///     .cap(Duration::from_secs(60))
    ///     .build()?;
    /// let breaker = CircuitBreaker::consecutive(5).cool_down_policy(delays);
    /// # let _ = breaker.state();
    /// # Ok::<(), retry_runtime::PolicyError>(())
    /// ```
    #[track_caller]
    #[must_use = "this makes another breaker"]
    pub const fn cool_down_policy(self, delays: Policy) -> Self {
        let builder = self.builder.cool_down_policy(delays);
        self.rebuilt(builder)
    }

    /// Sets how many attempts are let through after the cool-down; it closes when as many have succeeded.
    ///
    /// # Panics
    ///
    /// Where the number is outside `[1, 1024]`.
    #[track_caller]
    #[must_use = "this makes another breaker"]
    pub const fn probes(self, probes: u32) -> Self {
        let builder = self.builder.probes(probes);
        self.rebuilt(builder)
    }

    /// Names it in events, logs and metrics, where all breakers of one name count together.
    #[track_caller]
    #[must_use = "this makes another breaker"]
    pub const fn name(self, name: &'static str) -> Self {
        let builder = self.builder.name(name);
        self.rebuilt(builder)
    }

    #[track_caller]
    const fn rebuilt(mut self, builder: Builder) -> Self {
        self.builder = builder;
        self.limits = builder.limits_const();
        self.word = AtomicU64::new(state_machine::first(!self.limits.is_plain));
        self
    }

    const fn of(builder: Builder, limits: Limits) -> Self {
        Self {
            word: AtomicU64::new(state_machine::first(!limits.is_plain)),
            growth: AtomicU64::new(0),
            limits,
            listeners: OnceLock::new(),
            builder,
            window: Window::new(),
        }
    }

    /// Makes a breaker of the same settings, closed and without listeners.
    #[must_use = "this makes another breaker"]
    pub fn sibling(&self) -> Self {
        Self::of(self.builder, self.limits)
    }

    /// Asks for a permit for one attempt.
    ///
    /// While it is closed this is one load, and a clock read where there is a slow-call time.
    ///
    /// # Errors
    ///
    /// [`BreakerOpen`] while it is open or isolated, and while it is half-open and all places for probes are taken.
    #[inline]
    pub fn acquire(&self) -> Result<Permit<'_>, BreakerOpen> {
        let word = self.word.load(Ordering::Relaxed);
        if state_machine::is_idle(word) || state_machine::is_closed(word) && !self.limits.is_timed {
            return Ok(Permit::new(self, word, 0));
        }
        let (word, started) = self.acquire_slowly(word)?;
        Ok(Permit::new(self, word, started))
    }

    /// Answers the state that the permit is of, and when it was handed out.
    #[inline(never)]
    fn acquire_slowly(&self, mut word: u64) -> Result<(u64, u64), BreakerOpen> {
        loop {
            let state = Machine::unpack(word);
            let next = match state.admit(self.limits.probes, now_millis) {
                Admission::Granted => state,
                Admission::Place(next) => next,
                Admission::Wait(millis) => return Err(self.refusal(state, Some(Duration::from_millis(millis)))),
                Admission::Never => return Err(self.refusal(state, None)),
            };
            // A closed state needs no write: that it was closed a moment ago is all that can be known.
            if next != state {
                if let Err(found) =
                    self.word.compare_exchange_weak(word, next.pack(), Ordering::Relaxed, Ordering::Relaxed)
                {
                    word = found;
                    continue;
                }
            }
            let started = if self.limits.is_timed { nanos::from_duration(clock::uptime()) } else { 0 };
            // A listener that panics drops the permit, and a place with it.
            let permit = Permit::new(self, next.pack(), started);
            self.tell(state, next, None);
            let (_, word, started) = permit.into_parts();
            return Ok((word, started));
        }
    }

    /// Whether an attempt after so long a delay has a chance: it is closed, half-open, or will have cooled down by then.
    ///
    /// Takes no place: somebody else may be first, and the attempt be refused after all. Just a load while it is closed.
    ///
    /// # Errors
    ///
    /// [`BreakerOpen`] while it is isolated, and while it stays open for longer than the delay.
    pub fn admits_after(&self, delay: Duration) -> Result<(), BreakerOpen> {
        let state = self.current();
        // While it is half-open a place may come free, so a `Wait` of zero is a chance.
        match state.admit(self.limits.probes, now_millis) {
            Admission::Granted | Admission::Place(_) => Ok(()),
            Admission::Wait(millis) if Duration::from_millis(millis) <= delay => Ok(()),
            Admission::Wait(millis) => Err(self.refusal(state, Some(Duration::from_millis(millis)))),
            Admission::Never => Err(self.refusal(state, None)),
        }
    }

    /// Opens it until [`reset`](Self::reset): no time passes for it. Permits that are out count no longer.
    pub fn isolate(&self) {
        self.change(None, Machine::isolate);
    }

    /// Closes it and forgets all outcomes and trips. Permits that are out count no longer.
    pub fn reset(&self) {
        self.change(None, Machine::reset);
    }

    /// Answers what it is.
    ///
    /// It stays [`Open`](State::Open) after the cool-down, until the first attempt asks for a permit.
    pub fn state(&self) -> State {
        self.current().phase.state()
    }

    /// Answers what it is and has counted, for eyes and dashboards: parts may be of different moments.
    pub fn snapshot(&self) -> Snapshot {
        let state = self.current();
        let (mut failures_in_a_row, mut probes_running, mut probes_passed) = (0, 0, 0);
        let mut probe_in = None;
        let mut counts = Counts::default();
        match state.phase {
            Phase::Closed { failures } => {
                failures_in_a_row = failures;
                counts = match self.limits.span {
                    _ if self.limits.is_plain => counts,
                    Span::Count { .. } => self.window.by_count(state.generation),
                    Span::Time { slice_millis } => {
                        self.window.by_time(state.generation, slice(now_millis(), slice_millis))
                    }
                };
            }
            Phase::Open { until } => probe_in = Some(Duration::from_millis(until.saturating_sub(now_millis()))),
            Phase::HalfOpen { running, passed } => {
                (probes_running, probes_passed) = (running, passed);
                probe_in = Some(Duration::ZERO);
            }
            Phase::Isolated => {}
        }
        Snapshot {
            state: state.phase.state(),
            cause: self.cause(state),
            probe_in,
            failures_in_a_row,
            outcomes: counts.outcomes,
            failures: counts.failures,
            slow: counts.slow,
            probes_running,
            probes_passed,
            trips: state.trips,
        }
    }

    /// Adds somebody who is told of each transition, for as long as the breaker lives.
    ///
    /// It runs on the thread of the attempt, after the transition, and holds nothing up but that attempt; it may use the breaker. A panic
    /// of it passes through, unless a panic brought the transition about.
    pub fn listen(&self, listener: impl Fn(&Transition) + Send + Sync + 'static) {
        let mut node = Box::new(Node { listener: Box::new(listener), next: OnceLock::new() });
        let mut end = &self.listeners;
        while let Err(back) = end.set(node) {
            node = back;
            // A cell that refuses is set, so the walk ends at a free one.
            if let Some(taken) = end.get() {
                end = &taken.next;
            }
        }
    }

    fn current(&self) -> Machine {
        Machine::unpack(self.word.load(Ordering::Relaxed))
    }

    #[cold]
    fn refusal(&self, state: Machine, probe_in: Option<Duration>) -> BreakerOpen {
        BreakerOpen::new(self.cause(state).unwrap_or(Cause::Isolated), probe_in)
    }

    fn cause(&self, state: Machine) -> Option<Cause> {
        match state.phase {
            Phase::Closed { .. } => None,
            Phase::Open { .. } | Phase::HalfOpen { .. } => Some(self.limits.cause(state.fault)),
            Phase::Isolated => Some(Cause::Isolated),
        }
    }

    /// Takes the report of a permit. What is of another generation is dropped.
    fn report(&self, word: u64, started: u64, report: Report) {
        let generation = state_machine::generation(word);
        let now = if self.limits.is_timed { Some(nanos::from_duration(clock::uptime())) } else { None };
        let is_slow = now.is_some_and(|now| now.saturating_sub(started) > self.limits.slow_nanos);
        let state = self.current();
        if state.generation != generation {
            return;
        }
        match (state.phase, report) {
            (Phase::Closed { failures }, report) => self.report_closed(generation, failures, now, is_slow, report),
            (Phase::HalfOpen { .. }, Report::Failure) => self.trip(generation, Fault::Probe),
            (Phase::HalfOpen { .. }, _) if is_slow => self.trip(generation, Fault::Probe),
            (Phase::HalfOpen { .. }, Report::Success) => {
                self.change(Some(generation), |state| state.after_success(self.limits.probes));
            }
            (Phase::HalfOpen { .. }, Report::Nothing) => {
                self.change(Some(generation), Machine::after_nothing);
            }
            // No permit is of such a generation.
            (Phase::Open { .. } | Phase::Isolated, _) => {}
        }
    }

    fn report_closed(&self, generation: u16, in_a_row: u32, now: Option<u64>, is_slow: bool, report: Report) {
        let mark = Mark { is_failure: report == Report::Failure, is_slow };
        if !self.limits.is_plain && (report != Report::Nothing || is_slow) {
            if let Some(fault) = self.record(generation, now, mark).and_then(|counts| self.limits.judge(counts)) {
                return self.trip(generation, fault);
            }
        }
        if self.limits.counts_in_a_row() {
            match report {
                Report::Success if in_a_row > 0 => {
                    self.change(Some(generation), |state| state.after_success(self.limits.probes));
                }
                Report::Failure => self.count_failure(generation),
                Report::Success | Report::Nothing => {}
            }
        }
    }

    /// Records an outcome in the window, and answers what is in it where that is to be judged.
    fn record(&self, generation: u16, now: Option<u64>, mark: Mark) -> Option<Counts> {
        let is_judged = mark.is_failure || mark.is_slow;
        let counts = match self.limits.span {
            Span::Count { size } => self.window.record_by_count(generation, size, mark)?,
            Span::Time { slice_millis } => match now {
                None if !is_judged => {
                    self.record_success_by_time(generation, slice_millis);
                    return None;
                }
                now => {
                    let now = now.unwrap_or_else(|| nanos::from_duration(clock::uptime()));
                    self.window.record_by_time(generation, slice(now / 1_000_000, slice_millis), mark)
                }
            },
        };
        is_judged.then_some(counts)
    }

    /// Records a success of a closed state without failures in a row, where nobody has read the clock.
    #[inline(never)]
    fn record_success(&self, word: u64) {
        let generation = state_machine::generation(word);
        match self.limits.span {
            Span::Count { size } => self.window.record_success_by_count(generation, size),
            Span::Time { slice_millis } => self.record_success_by_time(generation, slice_millis),
        }
    }

    #[inline]
    fn record_success_by_time(&self, generation: u16, slice_millis: u64) {
        if self.window.record_success(generation) {
            self.settle(generation, slice_millis);
        }
    }

    #[cold]
    fn settle(&self, generation: u16, slice_millis: u64) {
        self.window.settle(generation, slice(now_millis(), slice_millis));
    }

    fn count_failure(&self, generation: u16) {
        self.change_or_trip(generation, |state| match state.phase {
            Phase::Closed { failures } if self.limits.trips_after(failures) => Err(Fault::Failures),
            _ => Ok(state.after_failure()),
        });
    }

    #[cold]
    fn trip(&self, generation: u16, fault: Fault) {
        self.change_or_trip(generation, |_| Err(fault));
    }

    fn change_or_trip(&self, generation: u16, decide: impl Fn(Machine) -> Result<Machine, Fault>) {
        let mut cooling = None;
        let changed = self.exchange(Some(generation), |state| match decide(state) {
            Ok(next) => next,
            Err(fault) => {
                // Trips do not change within a generation, so the first draw holds for each turn of the loop.
                let (until, _, _) = *cooling.get_or_insert_with(|| self.draw(state.next_trip()));
                state.trip(fault, until)
            }
        });
        if let Some((before, after)) = changed {
            if let Some((_, _, growth)) = cooling {
                self.growth.store(growth, Ordering::Relaxed);
            }
            self.tell(before, after, cooling.map(|(_, time, _)| time));
        }
    }

    /// Draws the cool-down of a trip: until when, how long, and what to remember for the next.
    fn draw(&self, trip: u32) -> (u64, Duration, u64) {
        let mut memory = Memory::new();
        let time = match self.limits.cool_down {
            CoolDown::Constant(time) => time,
            CoolDown::Growing(delays) => {
                // A memory is 64 bits, and these functions its only door: what comes out of one goes into the other unchanged.
                memory.set_previous(self.growth.load(Ordering::Relaxed));
                let delay = delays.settings().delay(trip, &mut memory, rng::draw);
                Duration::from_nanos(delay).clamp(MIN_COOL_DOWN, MAX_COOL_DOWN)
            }
        };
        // A part of a millisecond is a whole one: nobody probes too early.
        let millis = clock::millis(time.saturating_add(Duration::from_nanos(999_999)));
        (now_millis().saturating_add(millis), time, memory.previous())
    }

    fn change(&self, generation: Option<u16>, next: impl Fn(Machine) -> Machine) {
        if let Some((before, after)) = self.exchange(generation, next) {
            self.tell(before, after, None);
        }
    }

    /// Replaces a state by the one that follows it, in one step; answers both, or `None` where nothing was to be done: it is of
    /// another generation, or followed by itself.
    fn exchange(
        &self,
        generation: Option<u16>,
        mut next: impl FnMut(Machine) -> Machine,
    ) -> Option<(Machine, Machine)> {
        let mut word = self.word.load(Ordering::Relaxed);
        loop {
            let before = Machine::unpack(word);
            if generation.is_some_and(|generation| generation != before.generation) {
                return None;
            }
            let after = next(before);
            if after == before {
                return None;
            }
            match self.word.compare_exchange_weak(word, after.pack(), Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Some((before, after)),
                Err(found) => word = found,
            }
        }
    }

    fn tell(&self, before: Machine, after: Machine, cool_down: Option<Duration>) {
        let (from, to) = (before.phase.state(), after.phase.state());
        if from == to {
            return;
        }
        let transition = Transition { name: self.builder.name, from, to, cause: self.cause(after), cool_down };
        if observers::is_observed() {
            unless_panicking(|| observers::tell(&Event::BreakerTransition { transition }));
        }
        let mut next = self.listeners.get();
        while let Some(node) = next {
            unless_panicking(|| (node.listener)(&transition));
            next = node.next.get();
        }
    }
}

/// Runs what may panic. While a panic unwinds, a second one would end the process, and the first one is what its caller should see.
fn unless_panicking(told: impl FnOnce()) {
    if thread::panicking() {
        drop(catch_unwind(AssertUnwindSafe(told)));
    } else {
        told();
    }
}

fn now_millis() -> u64 {
    clock::millis(clock::uptime())
}

/// The number of the slice that a moment is in.
fn slice(millis: u64, slice_millis: u64) -> u64 {
    millis.checked_div(slice_millis).unwrap_or(0)
}

impl fmt::Debug for CircuitBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CircuitBreaker")
            .field("snapshot", &self.snapshot())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

struct Node {
    listener: Box<dyn Fn(&Transition) + Send + Sync>,
    next: OnceLock<Box<Self>>,
}

/// What a permit reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Report {
    Success,
    Failure,
    Nothing,
}

#[cfg(all(test, not(loom)))]
mod tests;

#[cfg(all(test, loom))]
#[path = "breaker/tests/loom.rs"]
mod loom_tests;
