//! The guards of a call: a circuit breaker, which gets a report on each attempt, and a budget, which pays for the retries.
//!
//! This module joins both to the engine. It decides nothing that they do not decide.
//!
//! A report may run code of the user: the observers and the listeners of a transition. If that panics, both guards must know what they would
//! know otherwise. So such a report comes last, or a value on the stack completes the rest.

use crate::engine::call::Call;
use crate::engine::session::after_hint;
use crate::failure::attempt_failure::Failure;
use crate::failure::breaker_open::BreakerOpen;
use crate::failure::classify::Verdict;
use crate::failure::stop_reason::StopReason;
use crate::overload::breaker::{CircuitBreaker, Permit};
use crate::overload::budget::Budget;
use core::mem;
use core::time::Duration;
use reattempt_policy::nanos::from_duration;

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
        if let Some(budget) = self.budget {
            budget.deposit();
        }
        if let Some(permit) = self.permit.take() {
            permit.success();
        }
    }

    /// Reports a failure, and returns the breaker that may refuse the next attempt. `max_hint` is asked for if a hint may open the breaker.
    #[inline]
    pub(crate) fn failed<E, V>(
        &mut self,
        failure: &Failure<E, V>,
        verdict: &Verdict,
        max_hint: impl FnOnce() -> Duration,
    ) -> Option<&'a CircuitBreaker> {
        // The most frequent case is checked first: no breaker is told, and a budget hears of permanent failures only.
        if self.permit.is_none() && *verdict != Verdict::Stop {
            return None;
        }
        self.report(failure, verdict, max_hint)
    }

    #[inline(never)]
    fn report<E, V>(
        &mut self,
        failure: &Failure<E, V>,
        verdict: &Verdict,
        max_hint: impl FnOnce() -> Duration,
    ) -> Option<&'a CircuitBreaker> {
        // A rejected value says that the server works, but not that the call is done.
        let is_rejected = matches!(failure, Failure::Rejected(_));
        if let (Some(budget), Verdict::Stop, false) = (self.budget, verdict, is_rejected) {
            budget.deposit();
        }
        let permit = self.permit.take()?;
        let breaker = permit.breaker();
        match *verdict {
            Verdict::RetryAfter(hint) if breaker.pauses_on_hint() && !hint.is_zero() && hint <= max_hint() => {
                permit.hint(hint);
            }
            Verdict::Stop => permit.neutral(),
            _ if is_rejected => permit.neutral(),
            _ => permit.failure(),
        }
        Some(breaker)
    }
}

/// Watches a part of an attempt: a blocking run, or one poll. If the part panics, the attempt is reported as a failure.
///
/// It is a value on the stack of the code that runs the part, so only a panic of the part drops it before its end. A permit cannot see that:
/// a future may be dropped by a panic of something else.
#[derive(Debug)]
#[must_use = "a part of an attempt runs while it is watched"]
pub struct Watch<'p, 'a>(&'p mut Option<Permit<'a>>);

impl<'p, 'a> Watch<'p, 'a> {
    /// Begins to watch the attempt that has this permit.
    #[inline]
    pub fn new(permit: &'p mut Option<Permit<'a>>) -> Self {
        Self(permit)
    }

    /// Ends it: there was no panic.
    #[inline]
    pub fn end(self) {
        mem::forget(self);
    }
}

impl Drop for Watch<'_, '_> {
    #[cold]
    fn drop(&mut self) {
        if let Some(permit) = self.0.take() {
            permit.failure();
        }
    }
}

/// The token of a retry, while code of the user runs after the withdrawal. If that panics, there is no retry, and the token is refunded.
#[derive(Debug)]
#[must_use = "code of the user runs while the token is guarded"]
pub(crate) struct Withdrawn<'a>(Option<&'a Budget>);

impl<'a> Withdrawn<'a> {
    /// Guards a token of this budget, if there is a budget.
    #[inline]
    pub(crate) fn from(budget: Option<&'a Budget>) -> Self {
        Self(budget)
    }

    /// Guards the token of the attempt that begins, if it is a retry.
    #[inline]
    pub(crate) fn for_attempt<C>(call: &Call<C>, budget: Option<&'a Budget>) -> Self {
        Self(budget.filter(|_| call.session.failures() > 0))
    }

    /// Ends it: there was no panic.
    #[inline]
    pub(crate) fn spend(self) {
        mem::forget(self);
    }
}

impl Drop for Withdrawn<'_> {
    #[cold]
    fn drop(&mut self) {
        if let Some(budget) = self.0 {
            budget.refund();
        }
    }
}

/// Asks the breaker for a permit in a call with a budget: if an observer or a listener panics, the token of the retry is refunded.
///
/// # Errors
///
/// Returns the refusal.
#[inline]
pub fn admit<'b, C>(call: &Call<C>, breaker: &'b CircuitBreaker, budget: &Budget) -> Result<Permit<'b>, BreakerOpen> {
    let withdrawn = Withdrawn::for_attempt(call, Some(budget));
    let admitted = breaker.acquire();
    withdrawn.spend();
    admitted
}

/// The resolution of a breaker's time, twice: the moment of the next probe and the time until then are both rounded up.
const RESOLUTION: Duration = Duration::from_millis(2);

/// Returns the delay after which the breaker admits an attempt, for a call that waits no longer than its own delay. Times are in nanoseconds;
/// `left` is the time before the deadline.
#[inline]
pub(crate) fn admission(breaker: Option<&CircuitBreaker>, delay: u64, left: Option<u64>) -> Result<u64, StopReason> {
    match breaker.map(|breaker| breaker.admits_after(Duration::from_nanos(delay))) {
        None | Some(Ok(())) => Ok(delay),
        // Whoever comes after a hint that has opened the breaker comes in time.
        Some(Err(open)) => match open.probe_in() {
            Some(wait) if wait > Duration::from_nanos(delay).saturating_add(RESOLUTION) => Err(StopReason::BreakerOpen),
            Some(wait) if left.is_some_and(|left| from_duration(wait) >= left) => Err(StopReason::Deadline),
            Some(wait) => Ok(from_duration(wait)),
            None => Err(StopReason::BreakerOpen),
        },
    }
}

/// Returns the delay after which a call with `wait_for_breaker` makes its retry: its own delay, or longer if the breaker refuses until then.
pub(crate) fn awaited_admission(
    breaker: Option<&CircuitBreaker>,
    delay: u64,
    base: u64,
    left: Option<u64>,
    random: &mut dyn FnMut() -> u64,
) -> Result<u64, StopReason> {
    let refusal = breaker.and_then(|breaker| breaker.admits_after(Duration::from_nanos(delay)).err());
    match refusal.and_then(|open| wait(open, delay, base, left, random)) {
        Some(wait) => Ok(wait),
        None => admission(breaker, delay, left),
    }
}

/// Returns how long a refused call waits: until a probe may run and, so that not all callers come at once, a random part longer, as after a hint.
/// If all probes are running, `base` stands for the time until then. Returns `None` if that is too long, or never.
pub(crate) fn wait(
    open: BreakerOpen,
    delay: u64,
    base: u64,
    left: Option<u64>,
    random: &mut dyn FnMut() -> u64,
) -> Option<u64> {
    let least = match from_duration(open.probe_in()?) {
        0 => base,
        probe_in => probe_in,
    };
    let left = left.filter(|left| least < *left)?;
    Some(after_hint(least, delay, random).min(left.saturating_sub(1)))
}

/// Withdraws a token for a retry. This is the last question, because the token comes back only if the breaker refuses after the sleep.
#[inline]
pub(crate) fn payment(budget: Option<&Budget>) -> Result<(), StopReason> {
    if budget.is_some_and(|budget| !budget.withdraw()) { Err(StopReason::Budget) } else { Ok(()) }
}
