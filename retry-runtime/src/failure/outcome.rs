//! Outcomes: the return values of attempts.
//!
//! This module reads an outcome and returns it unchanged. It knows no policy.

use crate::failure::attempt_failure::Failure;
use crate::failure::classify::{IntoVerdict, Verdict};
use crate::failure::none_error::NoneError;
use crate::failure::rejected_value::{RejectedValue, ShowValue, ValueByDebug};
use crate::failure::timed_out::TimedOut;
use core::convert::Infallible;
use core::fmt;
use core::marker::PhantomData;

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

    /// Returns a reference to the value or to the failure.
    ///
    /// # Errors
    ///
    /// Returns the failure.
    #[doc(hidden)]
    fn view(&self) -> Result<&Self::Value, Failure<&Self::Error>>;

    /// Splits the outcome into a value and a failure.
    ///
    /// # Errors
    ///
    /// Returns the failure, by value.
    #[doc(hidden)]
    fn into_result(self) -> Result<Self::Value, Failure<Self::Error>>;

    /// Converts into the value that the function returns.
    #[doc(hidden)]
    fn into_returned(self) -> Self::Returned;
}

trait Sealed {}

impl<T, E> Sealed for Result<T, E> {}
impl<T> Sealed for Option<T> {}
impl<T> Sealed for Plain<T> {}
impl<O> Sealed for TimedOutcome<O> {}

#[diagnostic::do_not_recommend]
impl<T, E> Outcome for Result<T, E> {
    type Value = T;
    type Error = E;
    type Returned = Self;

    #[inline]
    fn view(&self) -> Result<&T, Failure<&E>> {
        self.as_ref().map_err(Failure::Error)
    }

    #[inline]
    fn into_result(self) -> Result<T, Failure<E>> {
        self.map_err(Failure::Error)
    }

    #[inline]
    fn into_returned(self) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T> Outcome for Option<T> {
    type Value = T;
    type Error = NoneError;
    type Returned = Self;

    #[inline]
    fn view(&self) -> Result<&T, Failure<&NoneError>> {
        self.as_ref().ok_or(Failure::Error(&NoneError))
    }

    #[inline]
    fn into_result(self) -> Result<T, Failure<NoneError>> {
        self.ok_or(Failure::Error(NoneError))
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
/// use reattempt::{Plain, Policy, Strategy};
///
/// let policy = Policy::builder().strategy(Strategy::Immediate).build()?;
/// let mut readings = [0, 0, 7].into_iter();
/// let reading: i32 = policy.retry(|| Plain(readings.next().unwrap_or(0))).on_value(|reading| *reading == 0).call();
/// assert_eq!(reading, 7);
/// # Ok::<(), reattempt::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain<T>(pub T);

#[diagnostic::do_not_recommend]
impl<T> Outcome for Plain<T> {
    type Value = T;
    type Error = Infallible;
    type Returned = T;

    #[inline]
    fn view(&self) -> Result<&T, Failure<&Infallible>> {
        Ok(&self.0)
    }

    #[inline]
    fn into_result(self) -> Result<T, Failure<Infallible>> {
        Ok(self.0)
    }

    #[inline]
    fn into_returned(self) -> T {
        self.0
    }
}

/// A return type that can represent an attempt without an outcome, for a cause `C`; for generated code.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand for `{C}`",
    label = "when the call ends with `{C}`, this function has nothing to return",
    note = "`timeout` and `breaker` need a `Result` whose error is `From<{C}>`, an `Option`, or a `Result<T, RetryError<E>>`"
)]
pub trait Represents<C> {
    /// Returns the value that the function returns for such an attempt.
    fn represent(cause: C) -> Self;
}

/// A cause that an error can be made from. This trait exists for its compiler message.
///
/// It is a trait of the cause: of a trait of the error, the compiler would say that a generic error needs it as a bound.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{E}` cannot be made from `{Self}`",
    label = "when the call ends with `{Self}`, this function has no error to return",
    note = "return a `reattempt::RetryError<{E}>` in place of the `{E}`; for a type of another crate, this is the way",
    note = "where `{E}` is a type of your own, you may implement `From<{Self}>` for it instead"
)]
pub trait IntoError<E> {
    /// Makes the error.
    fn into_error(self) -> E;
}

#[diagnostic::do_not_recommend]
impl<C, E: From<C>> IntoError<E> for C {
    #[inline]
    fn into_error(self) -> E {
        self.into()
    }
}

impl<C: IntoError<E>, T, E> Represents<C> for Result<T, E> {
    #[inline]
    fn represent(cause: C) -> Self {
        Err(cause.into_error())
    }
}

#[diagnostic::do_not_recommend]
impl<C, T> Represents<C> for Option<T> {
    #[inline]
    fn represent(_: C) -> Self {
        None
    }
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

/// An outcome that may be a failure, for `recover`; for generated code.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a plain value cannot fail, so there is nothing to recover from",
    label = "`recover` needs a `Result` or an `Option`",
    note = "return a `Result` or an `Option`, or remove `recover`: the last value is returned as it is"
)]
pub trait Recoverable: Outcome<Returned: Outcome> {
    /// Makes an outcome from a value.
    fn from_value(value: Self::Value) -> Self::Returned;
}

#[diagnostic::do_not_recommend]
impl<T, E> Recoverable for Result<T, E> {
    #[inline]
    fn from_value(value: T) -> Self {
        Ok(value)
    }
}

#[diagnostic::do_not_recommend]
impl<T> Recoverable for Option<T> {
    #[inline]
    fn from_value(value: T) -> Self {
        Some(value)
    }
}

/// The outcome of an attempt whose time is limited; for generated code.
#[doc(hidden)]
#[derive(Debug)]
pub struct TimedOutcome<O>(pub Result<O, TimedOut>);

#[diagnostic::do_not_recommend]
impl<O: Outcome> Outcome for TimedOutcome<O> {
    type Value = O::Value;
    type Error = O::Error;
    type Returned = Result<O::Returned, TimedOut>;

    #[inline]
    fn view(&self) -> Result<&O::Value, Failure<&O::Error>> {
        self.0.as_ref().map_or(Err(Failure::TimedOut), O::view)
    }

    #[inline]
    fn into_result(self) -> Result<O::Value, Failure<O::Error>> {
        self.0.map_or(Err(Failure::TimedOut), O::into_result)
    }

    #[inline]
    fn into_returned(self) -> Self::Returned {
        self.0.map(O::into_returned)
    }
}

/// Converts into the value that the function returns.
#[doc(hidden)]
#[inline]
pub fn returned<O: CheckedOutcome>(outcome: O) -> O::Returned {
    outcome.into_returned()
}

/// Converts into the value that the function returns, also after a time-out.
#[doc(hidden)]
#[inline]
pub fn returned_in_time<R: Represents<TimedOut>>(outcome: impl CheckedOutcome<Returned = Result<R, TimedOut>>) -> R {
    outcome.into_returned().unwrap_or_else(R::represent)
}

/// A failure with its error and its rejected value.
type OwnedFailure<E, W> = Failure<E, RejectedValue<W>>;

/// The outcome of an attempt after `on_value`, if that is set: a value that it rejects is a failure.
#[doc(hidden)]
pub trait CheckedOutcome: Sized {
    /// The value of a success.
    type Value;
    /// The error of a failure.
    type Error;
    /// The type of a value that was rejected.
    type Rejected;
    /// The type that the function returns.
    type Returned;

    /// Returns a reference to the value or to the failure.
    ///
    /// # Errors
    ///
    /// Returns the failure.
    fn view(&self) -> Result<&Self::Value, Failure<&Self::Error, &Self::Rejected>>;

    /// Splits the outcome into a value and a failure.
    ///
    /// # Errors
    ///
    /// Returns the failure, by value.
    fn into_result(self) -> Result<Self::Value, OwnedFailure<Self::Error, Self::Rejected>>;

    /// Converts into the value that the function returns.
    fn into_returned(self) -> Self::Returned;

    /// Returns the verdict of `on_value` on a rejected value, and the value where it can be shown.
    #[inline]
    fn rejection(&self) -> (Verdict, Option<&dyn fmt::Debug>) {
        (Verdict::Stop, None)
    }
}

/// Without `on_value`, every value is good enough.
impl<O: Outcome> CheckedOutcome for O {
    type Value = O::Value;
    type Error = O::Error;
    type Rejected = Infallible;
    type Returned = O::Returned;

    #[inline]
    fn view(&self) -> Result<&O::Value, Failure<&O::Error, &Infallible>> {
        Outcome::view(self).map_err(|failure| failure.map_rejected(|never| match never {}))
    }

    #[inline]
    fn into_result(self) -> Result<O::Value, OwnedFailure<O::Error, Infallible>> {
        Outcome::into_result(self).map_err(|failure| failure.map_rejected(|never| match never {}))
    }

    #[inline]
    fn into_returned(self) -> O::Returned {
        Outcome::into_returned(self)
    }
}

/// Starts the choice of how to show the values of an outcome: the compiler takes the first method whose bound holds. For generated code.
#[doc(hidden)]
#[inline]
pub fn show_value<O: Outcome>(_: &O) -> ValueByDebug<O::Value> {
    ValueByDebug::new()
}

/// An outcome whose value, if there is one, was classified by `on_value`; for generated code. `S` shows the value.
#[doc(hidden)]
#[derive(Debug)]
pub struct OutcomeWithVerdict<O, S> {
    outcome: O,
    /// `Stop` if there is no value, or `on_value` accepts it.
    verdict: Verdict,
    show: PhantomData<S>,
}

/// Classifies the value by `on_value`, if there is one.
#[doc(hidden)]
#[inline]
pub fn check_value<O: Outcome, V: IntoVerdict, S>(
    outcome: O,
    on_value: impl FnOnce(&O::Value) -> V,
    _show: S,
) -> OutcomeWithVerdict<O, S> {
    let verdict = outcome.view().map_or(Verdict::Stop, |value| on_value(value).into_verdict());
    OutcomeWithVerdict { outcome, verdict, show: PhantomData }
}

#[diagnostic::do_not_recommend]
impl<O: Outcome, S: ShowValue<O::Value>> CheckedOutcome for OutcomeWithVerdict<O, S> {
    type Value = O::Value;
    type Error = O::Error;
    type Rejected = O::Value;
    type Returned = O::Returned;

    #[inline]
    fn view(&self) -> Result<&O::Value, Failure<&O::Error, &O::Value>> {
        match (self.outcome.view(), self.verdict) {
            (Ok(value), Verdict::Stop) => Ok(value),
            (Ok(value), _) => Err(Failure::Rejected(value)),
            (Err(failure), _) => Err(failure.map_rejected(|never| match never {})),
        }
    }

    #[inline]
    fn into_result(self) -> Result<O::Value, OwnedFailure<O::Error, O::Value>> {
        match (self.outcome.into_result(), self.verdict) {
            (Ok(value), Verdict::Stop) => Ok(value),
            (Ok(value), _) => Err(Failure::Rejected(RejectedValue::new::<S>(value))),
            (Err(failure), _) => Err(failure.map_rejected(|never| match never {})),
        }
    }

    #[inline]
    fn into_returned(self) -> O::Returned {
        self.outcome.into_returned()
    }

    #[inline]
    fn rejection(&self) -> (Verdict, Option<&dyn fmt::Debug>) {
        (self.verdict, self.outcome.view().ok().and_then(S::show))
    }
}

/// Distinguishes `Result`, `Option` and all other types, for generated code: the inherent methods win over the trait's method. No trait of
/// a user has a method of that name.
#[doc(hidden)]
#[derive(Debug)]
pub struct AnyOutcome<O>(pub O);

impl<O: Outcome> AnyOutcome<O> {
    /// Returns the outcome as it is.
    #[inline]
    pub fn __reattempt_outcome(self) -> O {
        self.0
    }
}

/// The fallback of [`AnyOutcome`], for all other types.
#[doc(hidden)]
pub trait PlainOutcome<T> {
    /// Returns the value as an outcome.
    fn __reattempt_outcome(self) -> Plain<T>;
}

impl<T> PlainOutcome<T> for AnyOutcome<T> {
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
        assert!(matches!(Outcome::view(&Ok::<_, u8>(1)), Ok(1)));
        assert!(matches!(Outcome::view(&Err::<u8, _>(2)), Err(Failure::Error(2))));
        assert!(matches!(Outcome::view(&None::<u8>), Err(Failure::Error(NoneError))));
        assert_eq!(returned(AnyOutcome(Some(3)).__reattempt_outcome()), Some(3));
        assert_eq!(returned(AnyOutcome(Err::<u8, _>(4)).__reattempt_outcome()), Err(4));
        assert!(matches!(Outcome::view(&AnyOutcome(5).__reattempt_outcome()), Ok(5)));
        assert_eq!(returned(AnyOutcome(5).__reattempt_outcome()), 5);
    }
}
