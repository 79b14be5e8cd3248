//! Reports: the effect of an attempt's outcome on its breaker. They know the state and the window, but not attempts.

use super::CircuitBreaker;
use super::builder::CoolDown;
use super::limits::{MAX_COOL_DOWN, MIN_COOL_DOWN, Span};
use super::state_machine::{Machine, Report};
use super::window::{Counts, Mark, Slice};
use crate::observe::transition::State;
use crate::time::atomics::Ordering;
use crate::time::{clock, rng};
use core::time::Duration;
use reattempt_policy::{Memory, nanos};

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
        let (Span::None, State::Closed) = (self.limits.span, seen.state()) else { return false };
        let Ok(next) = seen.after(report, &self.limits) else { return false };
        seen.generation() == own.generation() && (next == seen || self.swap(seen, next).is_ok())
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
        let (mut report, mut reached) = (report, None);
        if seen.is_closed() {
            if report != Report::Neutral || is_slow {
                let mark = Mark { is_failure: report == Report::Failure, is_slow };
                let counts = self.record(seen.generation(), now, mark);
                reached = counts.and_then(|counts| self.limits.evaluate(counts));
            }
        } else if is_slow {
            report = Report::Failure;
        }
        let mut cool_down = None;
        let changed = self.exchange(seen, |state| {
            if state.generation() != seen.generation() {
                return None;
            }
            let next = reached.map_or_else(|| state.after(report, &self.limits), Err);
            Some(next.unwrap_or_else(|fault| {
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

    /// Records a success of unknown time in the window. It is a separate function, so that a permit's code stays small.
    #[inline(never)]
    pub(super) fn record_success(&self, generation: u16) {
        _ = self.record(generation, None, Mark::default());
    }

    /// Records an outcome in the window, if there is one. Returns the window's counts if they have to be evaluated.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "most of it is not needed for a success")]
    fn record(&self, generation: u16, now: Option<u64>, mark: Mark) -> Option<Counts> {
        match self.limits.span {
            Span::None => None,
            Span::Count { size } => self.window.record_by_count(generation, size, mark),
            Span::Time { slice_millis } => {
                let millis = || now.map_or_else(clock::uptime_millis, |nanos| nanos / 1_000_000);
                self.window.record_by_time(generation, || Slice::at(millis(), slice_millis), mark)
            }
        }
    }

    /// Chooses the cool-down of a trip. Returns its end, its length, and the value of `growth` for the next trip.
    #[cold]
    #[inline(never)]
    fn draw_cool_down(&self, trip: u32) -> (u64, Duration, u64) {
        let mut memory = Memory::default();
        let time = match self.builder.cool_down {
            CoolDown::Constant(time) => time,
            CoolDown::Policy(delays) => {
                memory.previous = self.growth.load(Ordering::Relaxed);
                let delay = delays.settings().delay(trip, &mut memory, rng::draw);
                Duration::from_nanos(delay).clamp(MIN_COOL_DOWN, MAX_COOL_DOWN)
            }
        };
        // A part of a millisecond counts as a whole one, so that no probe runs too early.
        let millis = nanos::from_duration(time).div_ceil(1_000_000);
        (clock::uptime_millis().saturating_add(millis), time, memory.previous)
    }
}
