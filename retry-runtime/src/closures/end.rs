//! What the caller gets: the last outcome as it is, a [`RetryError`], or what `recover` makes of that.
//!
//! None decides anything.

use super::keys::By;
use crate::engine::call::Call;
use crate::engine::pause::Pause;
use crate::failure::breaker_open::BreakerOpen;
use crate::failure::history::{FailureLog, History, LastFailure};
use crate::failure::outcome::{
    CheckedOutcome, OnRefusal, OnTimeOut, Outcome, Recoverable, TimedOutcome, returned_in_time,
};
use crate::failure::retry_error::{self, RetryError};
use crate::time::clock::{Begin, Started, Timer};

/// The last outcome as it is.
#[derive(Clone, Copy, Debug)]
pub struct AsItIs;

/// A `RetryError` that the ledger makes, and what becomes of it.
#[derive(Clone, Copy, Debug)]
pub struct Kept<L, R> {
    pub(crate) ledger: L,
    pub(crate) finish: R,
}

/// The `RetryError` itself.
#[derive(Clone, Copy, Debug)]
pub struct AsError;

/// What `recover` makes of it, in place of a `RetryError`.
#[derive(Clone, Copy, Debug)]
pub struct RecoverError<F>(pub(crate) F);

/// What a call ends with.
pub trait End<O: Outcome> {
    /// What the caller gets.
    type Returned;
    /// What the call knows of the time, if it would know as much as `C` otherwise.
    type Timer<C: Begin>: Begin;

    /// Ends the call with the outcome of its last attempt.
    fn ended<C: Timer>(&mut self, call: &Call<C>, outcome: CheckedOutcome<O>) -> Self::Returned;

    /// Keeps the failure of an attempt that another one follows.
    fn keep<C: Timer>(&mut self, call: &Call<C>, pause: Pause, outcome: CheckedOutcome<O>);

    /// Notes that the next attempt begins.
    fn begin<C: Timer>(&mut self, call: &Call<C>);
}

/// What a call ends with whose attempts may time out.
#[diagnostic::on_unimplemented(
    message = "`{O}` cannot stand for an attempt that timed out",
    label = "when the last attempt times out, this call has nothing to return",
    note = "`timeout` needs a `Result` whose error is `From<reattempt::TimedOut>`, an `Option`, or `.error()`, which returns a `RetryError`"
)]
pub trait EndTimed<O: Outcome>: End<O> {
    /// Ends the call with the outcome of its last attempt.
    fn ended_timed<C: Timer>(&mut self, call: &Call<C>, outcome: CheckedOutcome<TimedOutcome<O>>) -> Self::Returned;

    /// Keeps the failure of an attempt that another one follows.
    fn keep_timed<C: Timer>(&mut self, call: &Call<C>, pause: Pause, outcome: CheckedOutcome<TimedOutcome<O>>);
}

/// What a call ends with whose attempts may be refused.
#[diagnostic::on_unimplemented(
    message = "`{O}` cannot stand for an attempt that the circuit breaker refused",
    label = "when an attempt is refused, this call has nothing to return",
    note = "`breaker` needs a `Result` whose error is `From<reattempt::BreakerOpen>`, an `Option`, or `.error()`, which returns a `RetryError`"
)]
pub trait EndRefused<O: Outcome>: End<O> {
    /// Ends it.
    fn refused<C: Timer>(&mut self, call: &Call<C>, open: BreakerOpen) -> Self::Returned;
}

impl<O: Outcome> End<O> for AsItIs {
    type Returned = O::Returned;
    type Timer<C: Begin> = C;

    #[inline]
    fn ended<C: Timer>(&mut self, _: &Call<C>, outcome: CheckedOutcome<O>) -> O::Returned {
        outcome.into_returned()
    }

    #[inline]
    fn keep<C: Timer>(&mut self, _: &Call<C>, _: Pause, _: CheckedOutcome<O>) {}

    #[inline]
    fn begin<C: Timer>(&mut self, _: &Call<C>) {}
}

#[diagnostic::do_not_recommend]
impl<O: OnTimeOut> EndTimed<O> for AsItIs {
    #[inline]
    fn ended_timed<C: Timer>(&mut self, _: &Call<C>, outcome: CheckedOutcome<TimedOutcome<O>>) -> O::Returned {
        returned_in_time(outcome)
    }

    #[inline]
    fn keep_timed<C: Timer>(&mut self, _: &Call<C>, _: Pause, _: CheckedOutcome<TimedOutcome<O>>) {}
}

#[diagnostic::do_not_recommend]
impl<O: Outcome<Returned: OnRefusal>> EndRefused<O> for AsItIs {
    fn refused<C: Timer>(&mut self, _: &Call<C>, open: BreakerOpen) -> O::Returned {
        O::Returned::refused(open)
    }
}

/// What becomes of a call that ended with a value or a `RetryError`.
pub trait Finish<O: Recoverable> {
    /// What the caller gets.
    type Returned;
    /// Makes it.
    fn finish(&mut self, ended: Result<O::Value, RetryError<O::Error>>) -> Self::Returned;
}

impl<O: Recoverable> Finish<O> for AsError {
    type Returned = Result<O::Value, RetryError<O::Error>>;

    #[inline]
    fn finish(&mut self, ended: Self::Returned) -> Self::Returned {
        ended
    }
}

impl<O: Recoverable, F: FnMut(RetryError<O::Error>) -> O::Returned> Finish<O> for By<F> {
    type Returned = O::Returned;

    #[inline]
    fn finish(&mut self, ended: Result<O::Value, RetryError<O::Error>>) -> O::Returned {
        retry_error::recovered(ended, O::from_value, &mut self.0)
    }
}

impl<O, F> Finish<O> for RecoverError<F>
where
    O: Recoverable,
    F: FnMut(RetryError<O::Error>) -> Result<O::Value, RetryError<O::Error>>,
{
    type Returned = Result<O::Value, RetryError<O::Error>>;

    #[inline]
    fn finish(&mut self, ended: Self::Returned) -> Self::Returned {
        retry_error::recovered(ended, Ok, &mut self.0)
    }
}

impl<O: Recoverable, L: FailureLog<O::Error>, R: Finish<O>> End<O> for Kept<L, R> {
    type Returned = R::Returned;
    type Timer<C: Begin> = Started;

    #[inline]
    fn ended<C: Timer>(&mut self, call: &Call<C>, outcome: CheckedOutcome<O>) -> R::Returned {
        self.finish.finish(call.ended(&mut self.ledger, outcome))
    }

    #[inline]
    fn keep<C: Timer>(&mut self, call: &Call<C>, pause: Pause, outcome: CheckedOutcome<O>) {
        call.keep(&mut self.ledger, pause, outcome);
    }

    fn begin<C: Timer>(&mut self, call: &Call<C>) {
        self.ledger.begin(call.elapsed());
    }
}

impl<O: Recoverable, L: FailureLog<O::Error>, R: Finish<O>> EndTimed<O> for Kept<L, R> {
    #[inline]
    fn ended_timed<C: Timer>(&mut self, call: &Call<C>, outcome: CheckedOutcome<TimedOutcome<O>>) -> R::Returned {
        self.finish.finish(call.ended(&mut self.ledger, outcome))
    }

    #[inline]
    fn keep_timed<C: Timer>(&mut self, call: &Call<C>, pause: Pause, outcome: CheckedOutcome<TimedOutcome<O>>) {
        call.keep(&mut self.ledger, pause, outcome);
    }
}

impl<O: Recoverable, L: FailureLog<O::Error>, R: Finish<O>> EndRefused<O> for Kept<L, R> {
    fn refused<C: Timer>(&mut self, call: &Call<C>, open: BreakerOpen) -> R::Returned {
        self.finish.finish(call.refused(&mut self.ledger, open))
    }
}

/// What may become a `RetryError`: `error` and `history` come before `recover`.
#[diagnostic::on_unimplemented(
    message = "what `recover` returns is decided before `error` and `history`",
    label = "this call recovers already",
    note = "write `.error()` or `.history(n)` first, and `.recover(...)` after it"
)]
pub trait Keep {
    /// A `RetryError` from a ledger that this has already, or one that keeps the last failure.
    type Kept;
    /// Makes it.
    fn keep(self) -> Self::Kept;
}

impl Keep for AsItIs {
    type Kept = Kept<LastFailure, AsError>;

    fn keep(self) -> Self::Kept {
        Kept { ledger: LastFailure::default(), finish: AsError }
    }
}

impl<L> Keep for Kept<L, AsError> {
    type Kept = Self;

    fn keep(self) -> Self {
        self
    }
}

/// A `RetryError` with a history.
pub(crate) fn history<E>(failures: usize) -> Kept<History<E>, AsError> {
    Kept { ledger: History::new(failures), finish: AsError }
}

/// What `recover` may come after.
#[diagnostic::on_unimplemented(
    message = "this call has a `recover` already",
    label = "the first one leaves no failure to recover from",
    note = "remove one of the two"
)]
pub trait Recover<O: Outcome>: End<O> {
    /// This, recovering.
    type Recovering<F>;
    /// Makes it.
    fn recover<F>(self, recover: F) -> Self::Recovering<F>;
}

impl<O: Outcome> Recover<O> for AsItIs {
    type Recovering<F> = Kept<LastFailure, By<F>>;

    fn recover<F>(self, recover: F) -> Kept<LastFailure, By<F>> {
        Kept { ledger: LastFailure::default(), finish: By(recover) }
    }
}

impl<O: Recoverable, L: FailureLog<O::Error>> Recover<O> for Kept<L, AsError> {
    type Recovering<F> = Kept<L, RecoverError<F>>;

    fn recover<F>(self, recover: F) -> Kept<L, RecoverError<F>> {
        Kept { ledger: self.ledger, finish: RecoverError(recover) }
    }
}
