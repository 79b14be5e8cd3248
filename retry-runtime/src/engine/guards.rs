//! What guards the attempts of a call beside its policy: a circuit breaker, which sees each attempt, and a budget, which sees the call and
//! its retries.
//!
//! It joins both to the engine, and decides nothing that they do not. A call without either has `()` here, of which nothing is left.

use crate::failure::classify::Verdict;
use crate::failure::retry_error::StopReason;
use crate::overload::breaker::{CircuitBreaker, Permit};
use crate::overload::budget::Budget;
use core::time::Duration;

/// The guards of a call while an attempt runs.
#[doc(hidden)]
pub trait Guards: Sized {
    /// The attempt succeeded, and so did the call.
    fn succeeded(self);
    /// What the engine has to ask after a failure, if there is anything.
    fn guarded(&mut self) -> Option<&mut dyn Guarded>;
}

/// What the engine asks of guards after a failure.
#[doc(hidden)]
pub trait Guarded {
    /// Takes the failure that ends the attempt.
    fn failed(&mut self, kind: FailureKind);
    /// The reason why no retry may follow after so long a delay, if there is one. A retry that may is paid for.
    fn refusal(&mut self, delay: Duration) -> Option<StopReason>;
}

/// What a failure says of the other side.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// It fails: a transient error, or no answer in time.
    Transient,
    /// It works, and has no good value yet.
    Rejected,
    /// It works, and will not answer otherwise.
    Permanent,
}

impl FailureKind {
    /// That of an error, by the verdict on it.
    #[inline]
    pub(crate) fn of_error(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Stop => Self::Permanent,
            Verdict::Retry | Verdict::RetryAfter(_) => Self::Transient,
        }
    }
}

impl Guards for () {
    #[inline]
    fn succeeded(self) {}

    #[inline]
    fn guarded(&mut self) -> Option<&mut dyn Guarded> {
        None
    }
}

/// A budget, a breaker's permit, or both.
#[doc(hidden)]
#[derive(Debug)]
pub struct Guard<'a> {
    budget: Option<&'a Budget>,
    /// Taken when it is reported on.
    permit: Option<Permit<'a>>,
    breaker: Option<&'a CircuitBreaker>,
}

impl<'a> Guard<'a> {
    /// A budget alone.
    #[inline]
    pub fn budget(budget: &'a Budget) -> Self {
        Self { budget: Some(budget), permit: None, breaker: None }
    }

    /// A breaker alone, by the permit of this attempt.
    #[inline]
    pub fn breaker(permit: Permit<'a>) -> Self {
        Self { budget: None, breaker: Some(permit.breaker()), permit: Some(permit) }
    }

    /// Both.
    #[inline]
    pub fn both(budget: &'a Budget, permit: Permit<'a>) -> Self {
        Self { budget: Some(budget), ..Self::breaker(permit) }
    }

    /// Whichever there is.
    #[inline]
    pub(crate) fn of(budget: Option<&'a Budget>, permit: Option<Permit<'a>>) -> Self {
        Self { budget, breaker: permit.as_ref().map(Permit::breaker), permit }
    }
}

impl Guards for Guard<'_> {
    #[inline]
    fn succeeded(self) {
        if let Some(permit) = self.permit {
            permit.success();
        }
        if let Some(budget) = self.budget {
            budget.deposit();
        }
    }

    #[inline]
    fn guarded(&mut self) -> Option<&mut dyn Guarded> {
        Some(self)
    }
}

impl Guarded for Guard<'_> {
    fn failed(&mut self, kind: FailureKind) {
        if let Some(permit) = self.permit.take() {
            match kind {
                FailureKind::Transient => permit.failure(),
                FailureKind::Rejected | FailureKind::Permanent => permit.neutral(),
            }
        }
        // The call ends here, and nothing was wrong with the other side.
        if let (FailureKind::Permanent, Some(budget)) = (kind, self.budget) {
            budget.deposit();
        }
    }

    fn refusal(&mut self, delay: Duration) -> Option<StopReason> {
        if self.breaker.is_some_and(|breaker| breaker.admits_after(delay).is_err()) {
            return Some(StopReason::BreakerOpen);
        }
        // The last question, since what is paid comes back only if the breaker refuses after the sleep.
        if self.budget.is_some_and(|budget| !budget.withdraw()) {
            return Some(StopReason::Budget);
        }
        None
    }
}
