//! Outcomes: the return values of attempts.
//!
//! This module reads an outcome and returns it unchanged. It knows no policy.

use crate::failure::attempt_failure::Failure;
use crate::failure::breaker_open::BreakerOpen;
use crate::failure::classify::{IntoVerdict, Verdict};
use crate::failure::timed_out::TimedOut;
use core::time::Duration;

/// The return type of a retried function: a `Result` or an `Option`. With `on_value` it may be any type.
///
/// All implementations are in this crate. Aliases of `Result` and `Option` work too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot fail, so there is nothing to retry on",
    label = "expected a `Result` or an `Option`, found `{Self}`",
    note = "return a `Result` or an `Option`, or say which values are not good enough yet: `on_value = is_not_ready`",
    note = "if this is a future, make the function an `async fn`, or end it with a visible `async` block"
)]
#[expect(private_bounds, reason = "sealed: the kinds of outcome are known to the macro")]
pub trait Outcome: Sealed + Sized {
    /// The value of a success.
    type Value;
    /// The error of a failure.
    type Error;
    /// The type that the function returns.
    type Returned;

    /// Returns a view of the success or the failure.
    #[doc(hidden)]
    fn view(&self) -> OutcomeView<'_, Self::Value, Self::Error>;

    /// Converts into the value that the function returns.
    #[doc(hidden)]
    fn into_returned(self) -> Self::Returned;
}

/// A view of an outcome: a success, or the failure.
#[doc(hidden)]
#[derive(Debug)]
pub enum OutcomeView<'a, T, E> {
    /// The attempt succeeded.
    Success(&'a T),
    /// The attempt returned an error.
    Error(&'a E),
    /// The attempt returned a value that was rejected, with the verdict on it.
    Rejected(Verdict),
    /// The attempt timed out.
    TimedOut,
}

impl<'a, T, E> From<Result<&'a T, &'a E>> for OutcomeView<'a, T, E> {
    #[inline]
    fn from(outcome: Result<&'a T, &'a E>) -> Self {
        match outcome {
            Ok(value) => Self::Success(value),
            Err(error) => Self::Error(error),
        }
    }
}

/// Converts into the value that the function returns.
#[doc(hidden)]
#[inline]
pub fn returned<O: Outcome>(outcome: O) -> O::Returned {
    outcome.into_returned()
}

trait Sealed {}

impl<T, E> Sealed for Result<T, E> {}
impl<T> Sealed for Option<T> {}
impl<T> Sealed for Plain<T> {}
impl<O> Sealed for TimedOutcome<O> {}
impl<O> Sealed for CheckedOutcome<O> {}

#[diagnostic::do_not_recommend]
impl<T, E> Outcome for Result<T, E> {
    type Value = T;
    type Error = E;
    type Returned = Self;

    #[inline]
    fn view(&self) -> OutcomeView<'_, T, E> {
        self.as_ref().into()
    }

    #[inline]
    fn into_returned(self) -> Self {
        self
    }
}

/// The failure of an `Option`, which classifiers get for a `None`.
///
/// It does not implement `Transient`, so an `Option` needs `on` (or `on_value`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoneError;

#[diagnostic::do_not_recommend]
impl<T> Outcome for Option<T> {
    type Value = T;
    type Error = NoneError;
    type Returned = Self;

    #[inline]
    fn view(&self) -> OutcomeView<'_, T, NoneError> {
        self.as_ref().ok_or(&NoneError).into()
    }

    #[inline]
    fn into_returned(self) -> Self {
        self
    }
}

/// A value that is neither a `Result` nor an `Option`. It cannot fail, but `on_value` may find it not good enough.
///
/// An annotated function returns such a value as it is. The operation of [`Policy::retry`](crate::Policy::retry) wraps it in this type,
/// and the caller gets it unwrapped.
///
/// # Examples
///
/// ```
/// use retry_runtime::{Plain, Policy, Strategy};
///
/// let policy = Policy::builder().strategy(Strategy::Immediate).build()?;
/// let mut readings = [0, 0, 7].into_iter();
/// let reading: i32 = policy.retry(|| Plain(readings.next().unwrap_or(0))).on_value(|reading| *reading == 0).call();
/// assert_eq!(reading, 7);
/// # Ok::<(), retry_runtime::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain<T>(pub T);

#[diagnostic::do_not_recommend]
impl<T> Outcome for Plain<T> {
    type Value = T;
    type Error = core::convert::Infallible;
    type Returned = T;

    #[inline]
    fn view(&self) -> OutcomeView<'_, T, core::convert::Infallible> {
        OutcomeView::Success(&self.0)
    }

    #[inline]
    fn into_returned(self) -> T {
        self.0
    }
}

/// An outcome that can represent an attempt that timed out; for generated code.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a plain value cannot stand for a time-out",
    label = "when the last attempt times out, this function has nothing to return",
    note = "`timeout` needs a `Result` whose error is `From<reattempt::TimedOut>`, an `Option`, or `Result<T, RetryError<E>>`"
)]
pub trait OnTimeOut: Outcome {
    /// Returns the value that the function returns for such an attempt.
    fn timed_out(timed_out: TimedOut) -> Self::Returned;
}

/// An error that can be made from a time-out. This trait exists for its compiler message.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from a time-out",
    label = "when the last attempt times out, this function has no error to return",
    note = "implement `From<reattempt::TimedOut>` for `{Self}`, or return `Result<T, RetryError<E>>`, which needs no error of yours"
)]
pub trait FromTimedOut {
    /// Makes the error.
    fn from_timed_out(timed_out: TimedOut) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<TimedOut>> FromTimedOut for E {
    #[inline]
    fn from_timed_out(timed_out: TimedOut) -> Self {
        timed_out.into()
    }
}

impl<T, E: FromTimedOut> OnTimeOut for Result<T, E> {
    #[inline]
    fn timed_out(timed_out: TimedOut) -> Self {
        Err(E::from_timed_out(timed_out))
    }
}

#[diagnostic::do_not_recommend]
impl<T> OnTimeOut for Option<T> {
    #[inline]
    fn timed_out(_: TimedOut) -> Self {
        None
    }
}

/// A return type that can represent an attempt that the circuit breaker refused; for generated code.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand for an attempt that the circuit breaker refused",
    label = "when an attempt is refused, this function has nothing to return",
    note = "`breaker` needs a `Result` whose error is `From<reattempt::BreakerOpen>`, an `Option`, or `Result<T, RetryError<E>>`"
)]
pub trait OnRefusal {
    /// Returns the value that the function returns for such an attempt.
    fn refused(open: BreakerOpen) -> Self;
}

/// An error that can be made from a refusal. This trait exists for its compiler message.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from a refusal of the circuit breaker",
    label = "when an attempt is refused, this function has no error to return",
    note = "implement `From<reattempt::BreakerOpen>` for `{Self}`, or return `Result<T, RetryError<E>>`, which needs no error of yours"
)]
pub trait FromBreakerOpen {
    /// Makes the error.
    fn from_breaker_open(open: BreakerOpen) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<BreakerOpen>> FromBreakerOpen for E {
    #[inline]
    fn from_breaker_open(open: BreakerOpen) -> Self {
        open.into()
    }
}

impl<T, E: FromBreakerOpen> OnRefusal for Result<T, E> {
    #[inline]
    fn refused(open: BreakerOpen) -> Self {
        Err(E::from_breaker_open(open))
    }
}

#[diagnostic::do_not_recommend]
impl<T> OnRefusal for Option<T> {
    #[inline]
    fn refused(_: BreakerOpen) -> Self {
        None
    }
}

/// Returns the value that a function returns for an attempt that was refused.
#[doc(hidden)]
#[inline]
pub fn refused<R: OnRefusal>(open: BreakerOpen) -> R {
    R::refused(open)
}

/// Gives the compiler an outcome of this type in code that never runs; for generated code.
///
/// # Panics
///
/// Always.
#[doc(hidden)]
#[cold]
pub fn unreached<R>() -> R {
    unreachable!("generated code calls it in branches that are never taken")
}

/// An outcome that can be split into a value and an error, for `recover`; for generated code.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a plain value cannot fail, so there is nothing to recover from",
    label = "`recover` needs a `Result` or an `Option`",
    note = "return a `Result` or an `Option`, or remove `recover`: the last value is returned as it is"
)]
pub trait Recoverable: Outcome {
    /// Splits the outcome.
    ///
    /// # Errors
    ///
    /// Returns the failure, by value.
    fn into_result(self) -> Result<Self::Value, Failure<Self::Error>>;
    /// Makes an outcome from a value.
    fn from_value(value: Self::Value) -> Self::Returned;
}

#[diagnostic::do_not_recommend]
impl<T, E> Recoverable for Result<T, E> {
    #[inline]
    fn into_result(self) -> Result<T, Failure<E>> {
        self.map_err(Failure::Error)
    }

    #[inline]
    fn from_value(value: T) -> Self {
        Ok(value)
    }
}

#[diagnostic::do_not_recommend]
impl<T> Recoverable for Option<T> {
    #[inline]
    fn into_result(self) -> Result<T, Failure<NoneError>> {
        self.ok_or(Failure::Error(NoneError))
    }

    #[inline]
    fn from_value(value: T) -> Self {
        Some(value)
    }
}

/// The outcome of an attempt whose time is limited; for generated code.
#[doc(hidden)]
#[derive(Debug)]
pub enum TimedOutcome<O> {
    /// The attempt ended in time.
    Ended(O),
    /// The attempt was dropped because its time was up.
    TimedOut(TimedOut),
}

impl<O> TimedOutcome<O> {
    /// Converts from the result of a timed attempt: an outcome, or the limit that has passed.
    #[inline]
    pub(crate) fn new(ended: Result<O, Duration>) -> Self {
        ended.map_or_else(|limit| Self::TimedOut(TimedOut::new(limit)), Self::Ended)
    }

    /// Changes the outcome of an attempt that ended in time.
    #[inline]
    pub fn map<P>(self, change: impl FnOnce(O) -> P) -> TimedOutcome<P> {
        match self {
            Self::Ended(outcome) => TimedOutcome::Ended(change(outcome)),
            Self::TimedOut(timed_out) => TimedOutcome::TimedOut(timed_out),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<O: Outcome> Outcome for TimedOutcome<O> {
    type Value = O::Value;
    type Error = O::Error;
    type Returned = Result<O::Returned, TimedOut>;

    #[inline]
    fn view(&self) -> OutcomeView<'_, O::Value, O::Error> {
        match self {
            Self::Ended(outcome) => outcome.view(),
            Self::TimedOut(_) => OutcomeView::TimedOut,
        }
    }

    #[inline]
    fn into_returned(self) -> Self::Returned {
        match self {
            Self::Ended(outcome) => Ok(outcome.into_returned()),
            Self::TimedOut(timed_out) => Err(timed_out),
        }
    }
}

/// An outcome of a timed attempt whose function returns an outcome or an error made from a time-out; for generated code.
#[doc(hidden)]
pub trait ReturnedInTime: Outcome<Returned = Result<<Self::Ended as Outcome>::Returned, TimedOut>> {
    /// The outcome of an attempt that ended in time.
    type Ended: OnTimeOut;
}

impl<O: OnTimeOut> ReturnedInTime for TimedOutcome<O> {
    type Ended = O;
}

impl<O: OnTimeOut> ReturnedInTime for CheckedOutcome<TimedOutcome<O>> {
    type Ended = O;
}

/// Converts into the value that the function returns, also after a time-out.
#[doc(hidden)]
#[inline]
pub fn returned_in_time<O: ReturnedInTime>(outcome: O) -> <O::Ended as Outcome>::Returned {
    outcome.into_returned().unwrap_or_else(O::Ended::timed_out)
}

#[diagnostic::do_not_recommend]
impl<O: Recoverable> Recoverable for TimedOutcome<O> {
    #[inline]
    fn into_result(self) -> Result<O::Value, Failure<O::Error>> {
        match self {
            Self::Ended(outcome) => outcome.into_result(),
            Self::TimedOut(_) => Err(Failure::TimedOut),
        }
    }

    #[inline]
    fn from_value(value: O::Value) -> Self::Returned {
        Ok(O::from_value(value))
    }
}

/// An outcome whose value, if there is one, was classified by `on_value`; for generated code.
#[doc(hidden)]
#[derive(Debug)]
pub struct CheckedOutcome<O> {
    outcome: O,
    /// `Stop` if there is no value, or `on_value` accepts it.
    verdict: Verdict,
}

/// Classifies the value by `on_value`, if there is one.
#[doc(hidden)]
#[inline]
pub fn check_value<O: Outcome, V: IntoVerdict>(outcome: O, on_value: impl FnOnce(&O::Value) -> V) -> CheckedOutcome<O> {
    let verdict = match outcome.view() {
        OutcomeView::Success(value) => on_value(value).into_verdict(),
        _ => Verdict::Stop,
    };
    CheckedOutcome { outcome, verdict }
}

#[diagnostic::do_not_recommend]
impl<O: Outcome> Outcome for CheckedOutcome<O> {
    type Value = O::Value;
    type Error = O::Error;
    type Returned = O::Returned;

    #[inline]
    fn view(&self) -> OutcomeView<'_, O::Value, O::Error> {
        match self.verdict {
            Verdict::Stop => self.outcome.view(),
            verdict => OutcomeView::Rejected(verdict),
        }
    }

    #[inline]
    fn into_returned(self) -> O::Returned {
        self.outcome.into_returned()
    }
}

#[diagnostic::do_not_recommend]
impl<O: Recoverable> Recoverable for CheckedOutcome<O> {
    #[inline]
    fn into_result(self) -> Result<O::Value, Failure<O::Error>> {
        match self.verdict {
            Verdict::Stop => self.outcome.into_result(),
            _ => Err(Failure::Rejected),
        }
    }

    #[inline]
    fn from_value(value: O::Value) -> O::Returned {
        O::from_value(value)
    }
}

/// Distinguishes `Result`, `Option` and all other types, for generated code: the inherent methods win over the trait's method. No trait of
/// a user has a method of that name.
#[doc(hidden)]
#[derive(Debug)]
pub struct AnyOutcome<O>(pub O);

impl<T, E> AnyOutcome<Result<T, E>> {
    /// Returns the outcome as it is.
    ///
    /// # Errors
    ///
    /// Returns the outcome's own error.
    #[inline]
    pub fn __reattempt_outcome(self) -> Result<T, E> {
        self.0
    }
}

impl<T> AnyOutcome<Option<T>> {
    /// Returns the outcome as it is.
    #[inline]
    pub fn __reattempt_outcome(self) -> Option<T> {
        self.0
    }
}

/// The fallback of [`AnyOutcome`], for all other types.
#[doc(hidden)]
pub trait PlainOutcome {
    /// The type of the value.
    type Value;
    /// Returns the value as an outcome.
    fn __reattempt_outcome(self) -> Plain<Self::Value>;
}

impl<T> PlainOutcome for AnyOutcome<T> {
    type Value = T;

    #[inline]
    fn __reattempt_outcome(self) -> Plain<T> {
        Plain(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_shows_its_value_and_comes_back_unchanged() {
        assert!(matches!(Ok::<_, u8>(1).view(), OutcomeView::Success(1)));
        assert!(matches!(Err::<u8, _>(2).view(), OutcomeView::Error(2)));
        assert!(matches!(None::<u8>.view(), OutcomeView::Error(NoneError)));
        assert_eq!(AnyOutcome(Some(3)).__reattempt_outcome().into_returned(), Some(3));
        assert_eq!(AnyOutcome(Err::<u8, _>(4)).__reattempt_outcome().into_returned(), Err(4));
        assert!(matches!(AnyOutcome(5).__reattempt_outcome().view(), OutcomeView::Success(5)));
        assert_eq!(AnyOutcome(5).__reattempt_outcome().into_returned(), 5);
    }
}
