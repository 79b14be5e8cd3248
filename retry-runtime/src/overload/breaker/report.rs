//! Reports: the effect of an attempt's outcome on its breaker. They know the state and the window, but not attempts.

use super::builder::CoolDown;
use super::limits::{MAX_COOL_DOWN, MIN_COOL_DOWN, Span};
use super::state_machine::{Fault, Machine, Phase};
use super::window::Mark;
use super::{CircuitBreaker, slice};
use crate::time::atomics::Ordering;
use crate::time::{clock, rng};
use core::time::Duration;
use reattempt_policy::{Memory, nanos};

/// The outcome that a permit reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Report {
    Success,
    Failure,
    Neutral,
}

impl CircuitBreaker {
    /// Applies the report of a permit that was issued in the state `own`. A report of another generation is dropped.
    pub(super) fn report(&self, own: Machine, started: u64, report: Report) {
        if !self.is_counted(own, report) {
            self.apply(own, started, report);
        }
    }

    /// Counts a report in one exchange if only failures in a row matter and the breaker stays closed, as it mostly does. Returns `false` if
    /// there is more to do, or if another thread changed the state meanwhile.
    #[inline]
    fn is_counted(&self, own: Machine, report: Report) -> bool {
        let seen = self.current();
        let Phase::Closed { failures } = seen.phase() else { return false };
        if !self.limits.is_plain || seen.generation() != own.generation() {
            return false;
        }
        let next = match report {
            Report::Success => seen.after_success(self.limits.probes),
            Report::Failure if self.limits.trips_after(failures) => return false,
            Report::Failure => seen.after_failure(),
            Report::Neutral => seen,
        };
        let (word, next) = (seen.word(), next.word());
        next == word || self.word.compare_exchange_weak(word, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Applies a report of any kind in any state.
    #[inline(never)]
    fn apply(&self, own: Machine, started: u64, report: Report) {
        let seen = self.current();
        if seen.generation() != own.generation() {
            return;
        }
        let now = if self.limits.is_timed { Some(clock::uptime_nanos()) } else { None };
        let is_slow = now.is_some_and(|now| now.saturating_sub(started) > self.limits.slow_nanos);
        match (seen.phase(), report) {
            (Phase::Closed { failures }, report) => self.report_closed(seen, failures, now, is_slow, report),
            (Phase::HalfOpen { .. }, Report::Failure) => self.trip(seen, Fault::Probe),
            (Phase::HalfOpen { .. }, _) if is_slow => self.trip(seen, Fault::Probe),
            (Phase::HalfOpen { .. }, Report::Success) => {
                self.change(seen, |state| state.after_success(self.limits.probes));
            }
            (Phase::HalfOpen { .. }, Report::Neutral) => self.change(seen, Machine::after_neutral),
            // No permit has such a generation.
            (Phase::Open { .. } | Phase::Isolated, _) => {}
        }
    }

    fn report_closed(&self, seen: Machine, in_a_row: u32, now: Option<u64>, is_slow: bool, report: Report) {
        let mark = Mark { is_failure: report == Report::Failure, is_slow };
        if !self.limits.is_plain && (report != Report::Neutral || is_slow) {
            if let Some(fault) = self.record(seen.generation(), now, mark) {
                return self.trip(seen, fault);
            }
        }
        if self.limits.counts_in_a_row() {
            match report {
                Report::Success if in_a_row > 0 => {
                    self.change(seen, |state| state.after_success(self.limits.probes));
                }
                Report::Failure => self.count_failure(seen),
                Report::Success | Report::Neutral => {}
            }
        }
    }

    /// Records a success of unknown time in the window. It is a separate function, so that a permit's code stays small.
    #[inline(never)]
    pub(super) fn record_success(&self, generation: u16) {
        match self.limits.span {
            Span::Count { size } => _ = self.window.record_by_count(generation, size, Mark::default()),
            Span::Time { slice_millis } => {
                if self.window.record_success(generation) {
                    self.window.settle(generation, slice(clock::uptime_millis(), slice_millis));
                }
            }
        }
    }

    /// Records an outcome in the window. Returns the limit that it reaches.
    #[inline(never)]
    fn record(&self, generation: u16, now: Option<u64>, mark: Mark) -> Option<Fault> {
        if now.is_none() && mark == Mark::default() {
            self.record_success(generation);
            return None;
        }
        let counts = match self.limits.span {
            Span::Count { size } => self.window.record_by_count(generation, size, mark),
            Span::Time { slice_millis } => {
                let millis = now.map_or_else(clock::uptime_millis, |nanos| nanos / 1_000_000);
                self.window.record_by_time(generation, slice(millis, slice_millis), mark)
            }
        };
        self.limits.evaluate(counts?)
    }

    fn count_failure(&self, seen: Machine) {
        self.change_or_trip(seen, |state| match state.phase() {
            Phase::Closed { failures } if self.limits.trips_after(failures) => Err(Fault::Failures),
            _ => Ok(state.after_failure()),
        });
    }

    #[cold]
    fn trip(&self, seen: Machine, fault: Fault) {
        self.change_or_trip(seen, |_| Err(fault));
    }

    /// Replaces the state of this generation by the next one.
    fn change(&self, seen: Machine, next: impl Fn(Machine) -> Machine) {
        self.change_or_trip(seen, |state| Ok(next(state)));
    }

    /// Replaces the state of this generation by the next one, or trips the breaker.
    fn change_or_trip(&self, seen: Machine, decide: impl Fn(Machine) -> Result<Machine, Fault>) {
        let mut cool_down = None;
        let changed = self.exchange(seen, |state| {
            if state.generation() != seen.generation() {
                return None;
            }
            Some(decide(state).unwrap_or_else(|fault| {
                // Trips do not change within a generation, so the first draw is valid for each iteration of the loop.
                let (until, ..) = *cool_down.get_or_insert_with(|| self.draw_cool_down(state.next_trip()));
                state.trip(fault, until)
            }))
        });
        if let Some((before, after)) = changed {
            if let Some((_, _, growth)) = cool_down {
                self.growth.store(growth, Ordering::Relaxed);
            }
            self.tell(before, after, cool_down.map(|(_, time, _)| time));
        }
    }

    /// Chooses the cool-down of a trip. Returns its end, its length, and the value of `growth` for the next trip.
    #[cold]
    #[inline(never)]
    fn draw_cool_down(&self, trip: u32) -> (u64, Duration, u64) {
        let mut memory = Memory::new();
        let time = match self.builder.cool_down {
            CoolDown::Constant(time) => time,
            CoolDown::Policy(delays) => {
                memory.set_previous(self.growth.load(Ordering::Relaxed));
                let delay = delays.settings().delay(trip, &mut memory, rng::draw);
                Duration::from_nanos(delay).clamp(MIN_COOL_DOWN, MAX_COOL_DOWN)
            }
        };
        // A part of a millisecond counts as a whole one, so that no probe runs too early.
        let millis = nanos::from_duration(time).div_ceil(1_000_000);
        (clock::uptime_millis().saturating_add(millis), time, memory.previous())
    }
}
