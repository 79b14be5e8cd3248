//! The return value of a call: the last outcome, a [`RetryError`], or the value of `recover`.
//!
//! This module does not know why a call ends.

use super::operation::ClosureCall;
use crate::engine::pause::Pause;
use crate::engine::recovery::PendingEnd;
use crate::failure::breaker_open::BreakerOpen;
use crate::failure::error_display::{ClassifiedError, OfContent, OfItself, Show, Shown, WithSources};
use crate::failure::history::{FailureLog, LastFailure};
use crate::failure::outcome::{CheckedOutcome, Outcome, Recoverable, Represents};
#[cfg(feature = "async")]
use crate::failure::outcome::{TimedOutcome, returned_in_time};
use crate::failure::rejected_value::{Forget, Keep, Retention};
use crate::failure::retry_error::RetryError;
#[cfg(feature = "async")]
use crate::failure::timed_out::TimedOut;
use core::any::type_name;
use core::convert::Infallible;
use core::marker::PhantomData;

/// The last outcome, as the attempt returned it.
#[derive(Clone, Copy, Debug, Default)]
pub struct LastOutcome;

/// Ends a call with its value or its `RetryError`, or with what `recover` answers. `K` says whether it keeps a rejected value, `S` what the
/// source of its `RetryError` is.
#[derive(Clone, Copy, Debug)]
pub struct ErrorEnding<L, F, K, S> {
    pub(crate) log: L,
    pub(crate) finish: F,
    pub(crate) kinds: PhantomData<(K, S)>,
}

impl<L, S> ErrorEnding<L, NoRecover, Keep, S> {
    /// Makes an ending that returns the `RetryError` itself.
    pub(crate) fn new(log: L) -> Self {
        Self { log, finish: NoRecover, kinds: PhantomData }
    }
}

/// Chooses the function that finds the source of a `RetryError`.
pub trait SourceOf<E> {
    /// Returns the function. `shown` is the one that formats errors in events.
    fn show(shown: Show<E>) -> Show<E>;
}

/// The last error's own source.
impl<E: WithSources<Self>> SourceOf<E> for OfItself {
    fn show(_: Show<E>) -> Show<E> {
        WithSources::shown
    }
}

/// The source of the error in the last error's box.
impl<E: WithSources<Self>> SourceOf<E> for OfContent {
    fn show(_: Show<E>) -> Show<E> {
        WithSources::shown
    }
}

/// No source.
#[derive(Debug)]
pub enum NoSource {}

impl<E> SourceOf<E> for NoSource {
    fn show(_: Show<E>) -> Show<E> {
        |_| Shown::Name(type_name::<E>())
    }
}

/// The source that events show, which they do after `sources`.
#[derive(Debug)]
pub enum AsInEvents {}

impl<E> SourceOf<E> for AsInEvents {
    fn show(shown: Show<E>) -> Show<E> {
        shown
    }
}

/// An ending whose `RetryError` has a known source: that of the error, or none where `error_without_source` said so.
#[diagnostic::on_unimplemented(
    message = "`{E}` is no `std::error::Error`, so its `RetryError` would have no source",
    label = "expected an operation whose error implements `std::error::Error` or is a box of such an error, found `{E}`",
    note = "if it needs no source, write `.error_without_source()` in place of `.error()`, and before `.history(n)`"
)]
pub trait HasSource<E, S> {}

#[diagnostic::do_not_recommend]
impl<E: WithSources<S>, S> HasSource<E, S> for LastOutcome {}

#[diagnostic::do_not_recommend]
impl<E, L, F, K, S> HasSource<E, S> for ErrorEnding<L, F, K, S> {}

/// A call's value, or the error with its failures and with a rejected value of type `W`.
pub type ValueOrError<O, W> = Result<<O as Outcome>::Value, RetryError<<O as Outcome>::Error, W>>;

/// Makes the return value of a call from its value or its `RetryError`.
pub trait Finish<O: Outcome, W> {
    /// The return type of the call.
    type Returned;
    /// Whether the event of the end waits for the return value.
    const RECOVERS: bool;
    /// Makes the return value.
    fn finish(&mut self, ended: ValueOrError<O, W>, end: PendingEnd) -> Self::Returned;
}

/// Returns the `RetryError` itself.
#[derive(Clone, Copy, Debug)]
pub struct NoRecover;

impl<O: Outcome, W> Finish<O, W> for NoRecover {
    type Returned = ValueOrError<O, W>;
    const RECOVERS: bool = false;

    fn finish(&mut self, ended: ValueOrError<O, W>, _: PendingEnd) -> ValueOrError<O, W> {
        ended
    }
}

/// Returns the value, or what the function of `recover` answers, and whether that is a value.
#[derive(Clone, Copy, Debug)]
pub struct Recover<F>(pub(crate) F);

impl<O: Outcome, W, F: FnMut(ValueOrError<O, W>) -> (R, bool), R> Finish<O, W> for Recover<F> {
    type Returned = R;
    const RECOVERS: bool = true;

    fn finish(&mut self, ended: ValueOrError<O, W>, end: PendingEnd) -> R {
        let gave_up = ended.is_err();
        let (returned, is_value) = (self.0)(ended);
        if gave_up {
            end.tell(is_value);
        }
        returned
    }
}

/// The ending of a call. `E` is the outcome of an attempt: `O`, or with a time limit the time-out. `W` is the type of a rejected value.
#[diagnostic::on_unimplemented(
    message = "`{O}` cannot stand for an attempt that timed out",
    label = "when the last attempt times out, this call has nothing to return",
    note = "`timeout` needs a `Result` whose error is `From<reattempt::TimedOut>`, an `Option`, or `.error()`, which returns a `RetryError`"
)]
pub trait Ending<O, E: Outcome, W> {
    /// The return type of the call.
    type Returned;
    /// Whether the call has to record its start.
    const NEEDS_CLOCK: bool;
    /// Whether the event of the end waits for the return value.
    const RECOVERS: bool;
    /// Ends the call with the outcome of its last attempt.
    /// `shown` formats errors in events.
    fn ended(
        &mut self,
        call: &ClosureCall,
        outcome: impl Checked<E, W>,
        shown: impl FnOnce() -> Show<E::Error>,
        end: PendingEnd,
    ) -> Self::Returned;
    /// Keeps the failure of an attempt that another attempt follows.
    fn keep(&mut self, _call: &ClosureCall, _pause: Pause, _outcome: impl Checked<E, W>) {}
    /// Records the start of the next attempt.
    fn begin(&mut self, _call: &ClosureCall) {}
}

/// An outcome of an attempt whose value was checked.
pub trait Checked<E: Outcome, W>:
    CheckedOutcome<Value = E::Value, Error = E::Error, Rejected = W, Returned = E::Returned>
{
}

impl<E: Outcome, W, Q> Checked<E, W> for Q where
    Q: CheckedOutcome<Value = E::Value, Error = E::Error, Rejected = W, Returned = E::Returned>
{
}

/// The ending of a call whose attempt was refused by `C`.
#[diagnostic::on_unimplemented(
    message = "`{O}` cannot stand for an attempt that the circuit breaker refused",
    label = "when an attempt is refused, this call has nothing to return",
    note = "`breaker` needs a `Result` whose error is `From<reattempt::BreakerOpen>`, an `Option`, or `.error()`, which returns a `RetryError`"
)]
pub trait RefusedEnding<O, C, W, R> {
    /// Ends the call after a refusal.
    fn refused(&mut self, call: &ClosureCall, open: C, end: PendingEnd) -> R;
}

impl<O: Outcome, W> Ending<O, O, W> for LastOutcome {
    type Returned = O::Returned;
    const NEEDS_CLOCK: bool = false;
    const RECOVERS: bool = false;

    fn ended(
        &mut self,
        _: &ClosureCall,
        outcome: impl Checked<O, W>,
        _: impl FnOnce() -> Show<O::Error>,
        _: PendingEnd,
    ) -> O::Returned {
        outcome.into_returned()
    }
}

#[cfg(feature = "async")]
#[diagnostic::do_not_recommend]
impl<O: Outcome<Returned: Represents<TimedOut>>, W> Ending<O, TimedOutcome<O>, W> for LastOutcome {
    type Returned = O::Returned;
    const NEEDS_CLOCK: bool = false;
    const RECOVERS: bool = false;

    fn ended(
        &mut self,
        _: &ClosureCall,
        outcome: impl Checked<TimedOutcome<O>, W>,
        _: impl FnOnce() -> Show<O::Error>,
        _: PendingEnd,
    ) -> O::Returned {
        returned_in_time(outcome)
    }
}

#[diagnostic::do_not_recommend]
impl<O: Outcome<Returned: Represents<BreakerOpen>>, W> RefusedEnding<O, BreakerOpen, W, O::Returned> for LastOutcome {
    fn refused(&mut self, _: &ClosureCall, open: BreakerOpen, _: PendingEnd) -> O::Returned {
        O::Returned::represent(open)
    }
}

impl<O, E, W, L, F, K, S> Ending<O, E, W> for ErrorEnding<L, F, K, S>
where
    O: Outcome,
    E: Outcome<Value = O::Value, Error = O::Error>,
    K: Retention<W>,
    L: FailureLog<O::Error, K::Kept>,
    F: Finish<O, K::Kept>,
    S: SourceOf<O::Error>,
{
    type Returned = F::Returned;
    const NEEDS_CLOCK: bool = true;
    const RECOVERS: bool = F::RECOVERS;

    fn ended(
        &mut self,
        call: &ClosureCall,
        outcome: impl Checked<E, W>,
        shown: impl FnOnce() -> Show<O::Error>,
        end: PendingEnd,
    ) -> F::Returned {
        let show = |_: &O::Error| ClassifiedError::new(false, S::show(shown()));
        self.finish.finish(call.ended::<_, K>(&mut self.log, outcome, show), end)
    }

    fn keep(&mut self, call: &ClosureCall, pause: Pause, outcome: impl Checked<E, W>) {
        call.keep::<_, K>(&mut self.log, pause, outcome);
    }

    fn begin(&mut self, call: &ClosureCall) {
        self.log.begin(call.elapsed());
    }
}

impl<O, W, L, F, K, S, R> RefusedEnding<O, BreakerOpen, W, R> for ErrorEnding<L, F, K, S>
where
    O: Outcome,
    K: Retention<W>,
    L: FailureLog<O::Error, K::Kept>,
    F: Finish<O, K::Kept, Returned = R>,
{
    fn refused(&mut self, call: &ClosureCall, open: BreakerOpen, end: PendingEnd) -> R {
        self.finish.finish(call.refused(&mut self.log, open), end)
    }
}

/// Without a breaker there is no refusal.
#[diagnostic::do_not_recommend]
impl<O, X, W, R> RefusedEnding<O, Infallible, W, R> for X {
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
pub trait NotRecovering<O: Outcome, W> {
    /// The log of failures.
    type Log;
    /// Says whether a `recover` that follows gets a rejected value.
    type Retention;
    /// Says which source the `RetryError` has that it gets.
    type Source;
    /// The type of the rejected values that it gets.
    type Kept;
    /// The return type of a `recover` that follows.
    type Returned: Outcome;
    /// Returns the log of failures.
    fn into_log(self) -> Self::Log;
    /// Converts a value into the return type of `recover`.
    fn from_value(value: O::Value) -> Self::Returned;
    /// Returns whether `recover` answered with a value.
    fn is_value(answer: &Self::Returned) -> bool {
        Outcome::view(answer).is_ok()
    }
}

impl<O: Recoverable, W> NotRecovering<O, W> for LastOutcome {
    type Log = LastFailure;
    type Retention = Forget;
    type Source = AsInEvents;
    type Kept = Infallible;
    type Returned = O::Returned;

    fn into_log(self) -> LastFailure {
        LastFailure::default()
    }

    fn from_value(value: O::Value) -> O::Returned {
        O::from_value(value)
    }
}

impl<O: Recoverable, W, L, S> NotRecovering<O, W> for ErrorEnding<L, NoRecover, Keep, S> {
    type Log = L;
    type Retention = Keep;
    type Source = S;
    type Kept = W;
    type Returned = ValueOrError<O, W>;

    fn into_log(self) -> L {
        self.log
    }

    fn from_value(value: O::Value) -> ValueOrError<O, W> {
        Ok(value)
    }
}
