//! The return value of a call: the last outcome, a [`RetryError`], or the value of `recover`.
//!
//! This module does not know why a call ends.

use super::operation::ClosureCall;
use crate::engine::pause::Pause;
use crate::engine::recovery::PendingEnd;
use crate::failure::breaker_open::BreakerOpen;
use crate::failure::history::{FailureLog, LastFailure};
use crate::failure::outcome::{CheckedOutcome, Outcome, Recoverable, Represents};
#[cfg(feature = "async")]
use crate::failure::outcome::{TimedOutcome, returned_in_time};
use crate::failure::retry_error::RetryError;
#[cfg(feature = "async")]
use crate::failure::timed_out::TimedOut;
use core::convert::Infallible;

/// The last outcome, as the attempt returned it.
#[derive(Clone, Copy, Debug, Default)]
pub struct LastOutcome;

/// Ends a call with its value or its `RetryError`, or with what `recover` answers.
#[derive(Clone, Copy, Debug)]
pub struct ErrorEnding<L, F> {
    pub(crate) log: L,
    pub(crate) finish: F,
}

/// A call's value, or the error with its failures.
pub type ValueOrError<O> = Result<<O as Outcome>::Value, RetryError<<O as Outcome>::Error>>;

/// Makes the return value of a call from its value or its `RetryError`.
pub trait Finish<O: Outcome> {
    /// The return type of the call.
    type Returned;
    /// Whether the event of the end waits for the return value.
    const RECOVERS: bool;
    /// Makes the return value.
    fn finish(&mut self, ended: ValueOrError<O>, end: PendingEnd) -> Self::Returned;
}

/// Returns the `RetryError` itself.
#[derive(Clone, Copy, Debug)]
pub struct NoRecover;

impl<O: Outcome> Finish<O> for NoRecover {
    type Returned = ValueOrError<O>;
    const RECOVERS: bool = false;

    fn finish(&mut self, ended: ValueOrError<O>, _: PendingEnd) -> ValueOrError<O> {
        ended
    }
}

/// Returns the value, or what the function of `recover` answers, and whether that is a value.
#[derive(Clone, Copy, Debug)]
pub struct Recover<F>(pub(crate) F);

impl<O: Outcome, F: FnMut(ValueOrError<O>) -> (R, bool), R> Finish<O> for Recover<F> {
    type Returned = R;
    const RECOVERS: bool = true;

    fn finish(&mut self, ended: ValueOrError<O>, end: PendingEnd) -> R {
        let gave_up = ended.is_err();
        let (returned, is_value) = (self.0)(ended);
        if gave_up {
            end.tell(is_value);
        }
        returned
    }
}

/// The ending of a call. `E` is the outcome of an attempt: `O`, or with a time limit the time-out.
#[diagnostic::on_unimplemented(
    message = "`{O}` cannot stand for an attempt that timed out",
    label = "when the last attempt times out, this call has nothing to return",
    note = "`timeout` needs a `Result` whose error is `From<reattempt::TimedOut>`, an `Option`, or `.error()`, which returns a `RetryError`"
)]
pub trait Ending<O, E> {
    /// The return type of the call.
    type Returned;
    /// Whether the call has to record its start.
    const NEEDS_CLOCK: bool;
    /// Whether the event of the end waits for the return value.
    const RECOVERS: bool;
    /// Ends the call with the outcome of its last attempt.
    fn ended(&mut self, call: &ClosureCall, outcome: CheckedOutcome<E>, end: PendingEnd) -> Self::Returned;
    /// Keeps the failure of an attempt that another attempt follows.
    fn keep(&mut self, _call: &ClosureCall, _pause: Pause, _outcome: CheckedOutcome<E>) {}
    /// Records the start of the next attempt.
    fn begin(&mut self, _call: &ClosureCall) {}
}

/// The ending of a call whose attempt was refused by `C`.
#[diagnostic::on_unimplemented(
    message = "`{O}` cannot stand for an attempt that the circuit breaker refused",
    label = "when an attempt is refused, this call has nothing to return",
    note = "`breaker` needs a `Result` whose error is `From<reattempt::BreakerOpen>`, an `Option`, or `.error()`, which returns a `RetryError`"
)]
pub trait RefusedEnding<O, C, R> {
    /// Ends the call after a refusal.
    fn refused(&mut self, call: &ClosureCall, open: C, end: PendingEnd) -> R;
}

impl<O: Outcome> Ending<O, O> for LastOutcome {
    type Returned = O::Returned;
    const NEEDS_CLOCK: bool = false;
    const RECOVERS: bool = false;

    fn ended(&mut self, _: &ClosureCall, outcome: CheckedOutcome<O>, _: PendingEnd) -> O::Returned {
        outcome.into_returned()
    }
}

#[cfg(feature = "async")]
#[diagnostic::do_not_recommend]
impl<O: Outcome<Returned: Represents<TimedOut>>> Ending<O, TimedOutcome<O>> for LastOutcome {
    type Returned = O::Returned;
    const NEEDS_CLOCK: bool = false;
    const RECOVERS: bool = false;

    fn ended(&mut self, _: &ClosureCall, outcome: CheckedOutcome<TimedOutcome<O>>, _: PendingEnd) -> O::Returned {
        returned_in_time(outcome)
    }
}

#[diagnostic::do_not_recommend]
impl<O: Outcome<Returned: Represents<BreakerOpen>>> RefusedEnding<O, BreakerOpen, O::Returned> for LastOutcome {
    fn refused(&mut self, _: &ClosureCall, open: BreakerOpen, _: PendingEnd) -> O::Returned {
        O::Returned::represent(open)
    }
}

impl<O, E, L, F> Ending<O, E> for ErrorEnding<L, F>
where
    O: Outcome,
    E: Outcome<Value = O::Value, Error = O::Error>,
    L: FailureLog<O::Error>,
    F: Finish<O>,
{
    type Returned = F::Returned;
    const NEEDS_CLOCK: bool = true;
    const RECOVERS: bool = F::RECOVERS;

    fn ended(&mut self, call: &ClosureCall, outcome: CheckedOutcome<E>, end: PendingEnd) -> F::Returned {
        self.finish.finish(call.ended(&mut self.log, outcome), end)
    }

    fn keep(&mut self, call: &ClosureCall, pause: Pause, outcome: CheckedOutcome<E>) {
        call.keep(&mut self.log, pause, outcome);
    }

    fn begin(&mut self, call: &ClosureCall) {
        self.log.begin(call.elapsed());
    }
}

impl<O, L, F, R> RefusedEnding<O, BreakerOpen, R> for ErrorEnding<L, F>
where
    O: Outcome,
    L: FailureLog<O::Error>,
    F: Finish<O, Returned = R>,
{
    fn refused(&mut self, call: &ClosureCall, open: BreakerOpen, end: PendingEnd) -> R {
        self.finish.finish(call.refused(&mut self.log, open), end)
    }
}

/// Without a breaker there is no refusal.
#[diagnostic::do_not_recommend]
impl<O, X, R> RefusedEnding<O, Infallible, R> for X {
    fn refused(&mut self, _: &ClosureCall, never: Infallible, _: PendingEnd) -> R {
        match never {}
    }
}

/// An ending that `error`, `history` and `recover` can replace: any but that of `recover`.
#[diagnostic::on_unimplemented(
    message = "this call recovers already: `recover` comes once, and after `error` and `history`",
    label = "the `recover` before this leaves no failure",
    note = "write `.error()` or `.history(n)` first, and one `.recover(...)` after it"
)]
pub trait NotRecovering<O: Outcome> {
    /// The log of failures.
    type Log;
    /// The return type of a `recover` that follows.
    type Returned: Outcome;
    /// Returns the log of failures.
    fn into_log(self) -> Self::Log;
    /// Converts a value into the return type of `recover`.
    fn from_value(value: O::Value) -> Self::Returned;
    /// Returns whether `recover` answered with a value.
    fn is_value(answer: &Self::Returned) -> bool {
        answer.view().is_ok()
    }
}

impl<O: Recoverable> NotRecovering<O> for LastOutcome {
    type Log = LastFailure;
    type Returned = O::Returned;

    fn into_log(self) -> LastFailure {
        LastFailure::default()
    }

    fn from_value(value: O::Value) -> O::Returned {
        O::from_value(value)
    }
}

impl<O: Recoverable, L> NotRecovering<O> for ErrorEnding<L, NoRecover> {
    type Log = L;
    type Returned = ValueOrError<O>;

    fn into_log(self) -> L {
        self.log
    }

    fn from_value(value: O::Value) -> ValueOrError<O> {
        Ok(value)
    }
}
