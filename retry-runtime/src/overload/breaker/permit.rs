//! The permit of one attempt, which reports the attempt's outcome to the breaker. It decides nothing.

use super::CircuitBreaker;
use super::limits::Fault;
use super::state_machine::{Machine, Report};
use core::mem;
use core::time::Duration;

/// The permission for one attempt, from [`CircuitBreaker::acquire`].
///
/// [`success`](Self::success), [`failure`](Self::failure) and [`neutral`](Self::neutral) report an outcome. A permit that is dropped without
/// a report is neutral, or slow if it was held for longer than the slow-call time. In each case the place of a probe becomes free.
///
/// A panic is no report: a permit cannot see whether it is dropped by a panic of its attempt or by one of something else. Retried functions and
/// closures see it, and report a panic of the attempt as a failure.
#[derive(Debug)]
#[must_use = "the attempt runs while the permit is held, and reports on it afterwards"]
pub struct Permit<'a> {
    pub(super) breaker: &'a CircuitBreaker,
    /// The state in which the permit was issued.
    pub(super) state: Machine,
    /// The start in nanoseconds, if there is a slow-call time.
    pub(super) started: u64,
}

impl<'a> Permit<'a> {
    /// Returns the breaker that issued the permit.
    pub(crate) fn breaker(&self) -> &'a CircuitBreaker {
        self.breaker
    }

    /// Splits the permit into its parts, without a report.
    #[inline]
    pub(super) fn into_parts(self) -> (&'a CircuitBreaker, Machine, u64) {
        let parts = (self.breaker, self.state, self.started);
        mem::forget(self);
        parts
    }
}

impl Permit<'_> {
    /// Reports that the attempt succeeded.
    #[inline]
    pub fn success(self) {
        let (breaker, state, started) = self.into_parts();
        // The state has not changed since then, and there are no failures in a row. Only the window may have to change.
        if breaker.current() == state {
            if state.is_idle() {
                return;
            }
            if state.is_idle_but_for_window() && !breaker.limits.is_timed {
                return breaker.record_success(state.generation());
            }
        }
        breaker.report(state, started, Report::Success);
    }

    /// Reports that the attempt failed transiently, or timed out.
    pub fn failure(self) {
        self.report(Report::Failure);
    }

    /// Reports an outcome that says nothing about the server's health: a permanent failure, or a rejected value. Dropping the permit does the
    /// same.
    pub fn neutral(self) {
        self.report(Report::Neutral);
    }

    /// Reports that the server asked to wait for this time: opens the breaker until then, in place of a count.
    pub(crate) fn hint(self, time: Duration) {
        let (breaker, ..) = self.into_parts();
        // Permits of the state before no longer count, this one included.
        breaker.open(Fault::Hint, time);
    }

    /// Returns `true` if this attempt is a probe.
    pub fn is_probe(&self) -> bool {
        !self.state.is_closed()
    }

    fn report(self, report: Report) {
        let (breaker, state, started) = self.into_parts();
        breaker.report(state, started, report);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.breaker.report(self.state, self.started, Report::Neutral);
    }
}
