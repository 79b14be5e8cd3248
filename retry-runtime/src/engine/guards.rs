//! The guards of a call: a circuit breaker, which gets a report on each attempt, and a budget, which pays for the retries.
//!
//! This module joins both to the engine. It decides nothing that they do not decide.

use crate::failure::stop_reason::StopReason;
use crate::overload::breaker::{CircuitBreaker, Permit};
use crate::overload::budget::Budget;
use core::time::Duration;

/// The guards of a call while an attempt runs. Each may be absent.
#[derive(Debug, Default)]
pub struct Guards<'a> {
    pub(crate) budget: Option<&'a Budget>,
    /// Taken when the attempt is reported.
    pub(crate) permit: Option<Permit<'a>>,
}

impl<'a> Guards<'a> {
    /// Reports that the attempt, and so the call, succeeded.
    #[inline]
    pub(crate) fn succeeded(&mut self) {
        if let Some(permit) = self.permit.take() {
            permit.success();
        }
        if let Some(budget) = self.budget {
            budget.deposit();
        }
    }

    /// Reports a failure, and returns the breaker that may refuse the next attempt.
    #[inline]
    pub(crate) fn failed(&mut self, kind: impl FnOnce() -> FailureKind) -> Option<&'a CircuitBreaker> {
        let permit = self.permit.take()?;
        let breaker = permit.breaker();
        match kind() {
            FailureKind::Transient => permit.failure(),
            FailureKind::Rejected | FailureKind::Permanent => permit.neutral(),
        }
        Some(breaker)
    }

    /// Reports that the call ended after a failure.
    pub(crate) fn ended(&self, kind: FailureKind) {
        // The call ends without a transient failure.
        if let (FailureKind::Permanent, Some(budget)) = (kind, self.budget) {
            budget.deposit();
        }
    }
}

/// Returns the reason why no retry may follow after a delay in nanoseconds, if there is one. Otherwise withdraws a token for the retry.
#[inline]
pub(crate) fn refusal(breaker: Option<&CircuitBreaker>, budget: Option<&Budget>, delay: u64) -> Option<StopReason> {
    if breaker.is_some_and(|breaker| breaker.admits_after(Duration::from_nanos(delay)).is_err()) {
        return Some(StopReason::BreakerOpen);
    }
    // This is the last question, because the token comes back only if the breaker refuses after the sleep.
    budget.is_some_and(|budget| !budget.withdraw()).then_some(StopReason::Budget)
}

/// The meaning of a failure for the server's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// The server fails: a transient error, or a time-out.
    Transient,
    /// The server works, but `on_value` rejected its value.
    Rejected,
    /// The server works, and another attempt would fail in the same way.
    Permanent,
}
