//! What guards the attempts of a call beside its policy: a circuit breaker, which sees each attempt, and a budget, which sees the call and
//! its retries.
//!
//! It joins both to the engine, and decides nothing that they do not.

use crate::failure::stop_reason::StopReason;
use crate::overload::breaker::{CircuitBreaker, Permit};
use crate::overload::budget::Budget;
use core::time::Duration;

/// The guards of a call while an attempt runs; each may be absent.
#[derive(Debug, Default)]
pub struct Guards<'a> {
    pub(crate) budget: Option<&'a Budget>,
    /// Taken when the attempt is reported.
    pub(crate) permit: Option<Permit<'a>>,
}

impl<'a> Guards<'a> {
    /// Reports that the attempt succeeded, and with it the call.
    #[inline]
    pub(crate) fn succeeded(&mut self) {
        if let Some(permit) = self.permit.take() {
            permit.success();
        }
        if let Some(budget) = self.budget {
            budget.deposit();
        }
    }

    /// Reports a failure, and returns the breaker that the next attempt has to pass.
    pub(crate) fn failed(&mut self, kind: FailureKind) -> Option<&'a CircuitBreaker> {
        // The call ends here, and nothing was wrong with the other side.
        if let (FailureKind::Permanent, Some(budget)) = (kind, self.budget) {
            budget.deposit();
        }
        let permit = self.permit.take()?;
        let breaker = permit.breaker();
        match kind {
            FailureKind::Transient => permit.failure(),
            FailureKind::Rejected | FailureKind::Permanent => permit.neutral(),
        }
        Some(breaker)
    }
}

/// Returns the reason why no retry may follow after a delay, if there is one. A retry that may follow is paid for.
pub(crate) fn refusal(
    breaker: Option<&CircuitBreaker>,
    budget: Option<&Budget>,
    delay: Duration,
) -> Option<StopReason> {
    if breaker.is_some_and(|breaker| breaker.admits_after(delay).is_err()) {
        return Some(StopReason::BreakerOpen);
    }
    // The last question, since what is paid comes back only if the breaker refuses after the sleep.
    budget.is_some_and(|budget| !budget.withdraw()).then_some(StopReason::Budget)
}

/// What a failure says of the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// It fails: a transient error, or no answer in time.
    Transient,
    /// It works, and has no good value yet.
    Rejected,
    /// It works, and another attempt would end in the same way.
    Permanent,
}
