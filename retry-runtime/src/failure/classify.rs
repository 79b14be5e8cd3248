//! Classifiers: decide whether a failure may pass on its own.
//!
//! A classifier is any function from a reference to a failure to a [`Verdict`] or a `bool`. An error type can classify itself by
//! [`Transient`]. Classifiers do not know how often or how long a call retries.

pub(crate) mod source;

pub use source::{ErasedError, source};

use crate::failure::name_lookup;
use core::convert::Infallible;
use core::time::Duration;
use std::io;
use std::rc::Rc;
use std::sync::Arc;

/// A classifier's decision on a failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// The failure is permanent: the call ends.
    #[default]
    Stop,
    /// The failure is transient: attempt again after the strategy's delay.
    Retry,
    /// The failure is transient, and the server asked to wait at least this long: attempt again after that.
    ///
    /// A hint longer than the policy's `max_hint` ends the call.
    RetryAfter(Duration),
    /// The failure is transient, and this kind of failure has a delay of its own: attempt again after exactly this time. Zero means at once.
    ///
    /// The delay replaces the one that the strategy would choose: it has no jitter and may pass `cap` and `max_hint`. All limits of the call,
    /// such as `max`, `deadline`, budget and breaker, apply as ever.
    RetryIn(Duration),
}

impl Verdict {
    /// Joins two verdicts on one failure: `Stop` wins over all others, and the longer wait over the shorter one.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Stop, _) | (_, Self::Stop) => Self::Stop,
            (Self::Retry, verdict) | (verdict, Self::Retry) => verdict,
            (Self::RetryAfter(one), Self::RetryAfter(two)) => Self::RetryAfter(one.max(two)),
            (Self::RetryIn(one), Self::RetryIn(two)) => Self::RetryIn(one.max(two)),
            (Self::RetryAfter(hint), Self::RetryIn(delay)) | (Self::RetryIn(delay), Self::RetryAfter(hint)) => {
                if hint > delay { Self::RetryAfter(hint) } else { Self::RetryIn(delay) }
            }
        }
    }
}

/// The return type of a classifier: a [`Verdict`], or a `bool` that says whether the failure is transient.
#[diagnostic::on_unimplemented(
    message = "a classifier returns `bool` or `Verdict`, not `{Self}`",
    label = "this classifier returns `{Self}`",
    note = "return `true` to attempt again and `false` to stop, or a `reattempt::Verdict`"
)]
pub trait IntoVerdict {
    /// Converts into a verdict.
    fn into_verdict(self) -> Verdict;
}

#[diagnostic::do_not_recommend]
impl IntoVerdict for bool {
    fn into_verdict(self) -> Verdict {
        if self { Verdict::Retry } else { Verdict::Stop }
    }
}

#[diagnostic::do_not_recommend]
impl IntoVerdict for Verdict {
    fn into_verdict(self) -> Verdict {
        self
    }
}

/// An error type that knows which of its values may pass on their own.
///
/// It classifies errors where `#[retry]` has no `on`. `#[derive(Transient)]` implements it for enums and structs, and
/// requires that each variant is marked.
///
/// # Examples
///
/// ```
/// use reattempt::Transient;
/// use std::time::Duration;
///
/// #[derive(Debug)]
/// enum ApiError {
///     Busy { retry_after: Option<Duration> },
///     NotFound,
/// }
///
/// impl Transient for ApiError {
///     fn is_transient(&self) -> bool {
///         matches!(self, Self::Busy { .. })
///     }
///
///     fn retry_after(&self) -> Option<Duration> {
///         match self {
///             Self::Busy { retry_after } => *retry_after,
///             Self::NotFound => None,
///         }
///     }
/// }
///
/// assert!(!ApiError::NotFound.is_transient());
/// ```
#[diagnostic::on_unimplemented(
    message = "nothing says which failures of type `{Self}` are transient",
    label = "`{Self}` does not implement `Transient`",
    note = "name a classifier, such as `on = is_transient` or `on = matches(...)`, or derive `reattempt::Transient` for an error type of your own",
    note = "where the type is erased, as in `Box<dyn Error>` and `anyhow::Error`, name the one to look for: `on = reattempt::classify::source::<std::io::Error>()`",
    note = "to retry on every failure, say so: `on = reattempt::any_error`"
)]
pub trait Transient {
    /// Returns `true` if this failure may pass on its own.
    fn is_transient(&self) -> bool;

    /// Returns the delay that the server asked for, if it did. Only called for transient failures.
    fn retry_after(&self) -> Option<Duration> {
        None
    }

    /// Returns the verdict, made from the two methods above. Called once for each failure.
    ///
    /// An implementation of its own may also return [`Verdict::RetryIn`]. The two methods above should then agree with it.
    fn verdict(&self) -> Verdict {
        if !self.is_transient() {
            return Verdict::Stop;
        }
        self.retry_after().map_or(Verdict::Retry, Verdict::RetryAfter)
    }
}

/// Returns the verdict of an error that classifies itself.
///
/// As a function, it can be joined with others: `any_of((classify::transient, is_conflict))`.
pub fn transient<E: Transient + ?Sized>(error: &E) -> Verdict {
    error.verdict()
}

/// A self-classifying error beside `on_value`. This trait exists for its compiler message.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`on_value` judges values, and nothing says which failures of type `{Self}` are transient",
    label = "`{Self}` does not implement `Transient`",
    note = "name a classifier, such as `on = is_transient` or `on = matches(...)`, or derive `reattempt::Transient` for an error type of your own",
    note = "if errors are never retried, say so: `on = reattempt::no_error`",
    note = "the failure of an `Option` is its `None`, and has the type `NoneError`: to retry on `None`, write `on = reattempt::any_error`"
)]
pub trait TransientBesideOnValue: Transient {}

#[diagnostic::do_not_recommend]
impl<E: Transient + ?Sized> TransientBesideOnValue for E {}

/// Returns the verdict of an error that classifies itself, beside `on_value`; for generated code.
#[doc(hidden)]
#[inline]
pub fn transient_beside_on_value<E: TransientBesideOnValue + ?Sized>(error: &E) -> Verdict {
    error.verdict()
}

/// Returns [`Verdict::Retry`] for every error, and for `None` of an `Option`.
pub fn any_error<E: ?Sized>(_error: &E) -> Verdict {
    Verdict::Retry
}

/// Returns [`Verdict::Stop`] for every error, and for `None` of an `Option`: errors are never retried, only values that `on_value` rejects.
///
/// # Examples
///
/// ```
/// use reattempt::{Policy, Strategy, no_error};
///
/// let policy = Policy::builder().strategy(Strategy::Immediate).build()?;
/// let mut lengths = [Ok(0), Ok(0), Err("closed"), Ok(7)].into_iter();
/// let length = policy.retry(|| lengths.next().unwrap_or(Ok(0))).on_value(|length| *length == 0).on(no_error).call();
/// assert_eq!(length, Err("closed"));
/// # Ok::<(), reattempt::PolicyError>(())
/// ```
pub fn no_error<E: ?Sized>(_error: &E) -> Verdict {
    Verdict::Stop
}

/// Joins classifiers, given as a tuple: the first verdict that is not [`Verdict::Stop`] counts.
///
/// A closure in the tuple has to say the type of its argument: `|error: &MyError| ...`.
///
/// # Examples
///
/// ```
/// use reattempt::{Verdict, classify};
///
/// let is_small = |number: &i32| *number < 10;
/// let is_even = |number: &i32| number % 2 == 0;
/// let small_or_even = classify::any_of((is_small, is_even));
/// assert_eq!(small_or_even(&12), Verdict::Retry);
/// assert_eq!(small_or_even(&13), Verdict::Stop);
/// ```
pub fn any_of<E: ?Sized, C, J, M>(classifiers: C) -> impl Fn(&E) -> Verdict
where
    C: Joined<E, M, Classifiers = J>,
    J: Classifiers<E>,
{
    let classifiers = classifiers.joined();
    move |error| classifiers.any(error)
}

/// Joins classifiers, given as a tuple: one [`Verdict::Stop`] stops the call, and of several hints and delays the longest counts.
///
/// # Examples
///
/// ```
/// use reattempt::{Verdict, classify};
///
/// let is_small = |number: &i32| *number < 10;
/// let is_even = |number: &i32| number % 2 == 0;
/// let small_and_even = classify::all_of((is_small, is_even));
/// assert_eq!(small_and_even(&8), Verdict::Retry);
/// assert_eq!(small_and_even(&12), Verdict::Stop);
/// ```
pub fn all_of<E: ?Sized, C, J, M>(classifiers: C) -> impl Fn(&E) -> Verdict
where
    C: Joined<E, M, Classifiers = J>,
    J: Classifiers<E>,
{
    let classifiers = classifiers.joined();
    move |error| classifiers.all(error)
}

/// Inverts a classifier: a failure that it stops on is retried, and the other way round. Hints are lost.
///
/// # Examples
///
/// ```
/// use reattempt::{Verdict, classify};
///
/// let is_even = |number: &i32| number % 2 == 0;
/// let is_odd = classify::not(is_even);
/// assert_eq!(is_odd(&3), Verdict::Retry);
/// ```
pub fn not<E: ?Sized, V: IntoVerdict>(classifier: impl Fn(&E) -> V) -> impl Fn(&E) -> Verdict {
    move |error| match classifier(error).into_verdict() {
        Verdict::Stop => Verdict::Retry,
        Verdict::Retry | Verdict::RetryAfter(_) | Verdict::RetryIn(_) => Verdict::Stop,
    }
}

/// A tuple of classifiers, which can be joined, or a single function, which cannot. The function is accepted here so that the compiler
/// reports one error and not two.
///
/// The compiler reports a broken bound on `Classifiers` at the whole call. It would report a broken bound on the type of the argument at
/// the argument too.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no tuple of classifiers",
    label = "expected two to eight classifiers in parentheses of their own, found `{Self}`",
    note = "write `any_of((is_busy, is_time_out))`; where there are more, one of them may be an `any_of` or `all_of`"
)]
pub trait Joined<E: ?Sized, M> {
    /// The type itself.
    type Classifiers;
    /// Returns itself.
    fn joined(self) -> Self::Classifiers;
}

/// Marks the implementation for tuples.
#[doc(hidden)]
#[derive(Debug)]
pub enum TupleMarker {}

/// Marks the implementation for functions.
#[doc(hidden)]
#[derive(Debug)]
pub enum FunctionMarker {}

#[diagnostic::do_not_recommend]
impl<E: ?Sized, F: Fn(&E) -> V, V> Joined<E, FunctionMarker> for F {
    type Classifiers = F;

    fn joined(self) -> F {
        self
    }
}

/// A tuple of two to eight classifiers for the same failure, for [`any_of`] and [`all_of`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no tuple of classifiers",
    label = "expected two to eight classifiers in parentheses of their own, found `{Self}`",
    note = "write `any_of((is_busy, is_time_out))`, with functions from a reference to the failure to `bool` or `Verdict`, or closures that say their argument's type",
    note = "a classifier that stands alone is used as it is, without `any_of` or `all_of`"
)]
pub trait Classifiers<E: ?Sized>: Joined<E, TupleMarker, Classifiers = Self> + Sized {
    /// Returns the first verdict that is not `Stop`.
    fn any(&self, error: &E) -> Verdict;
    /// Returns `Stop` if one of them does, else the verdict with the longest hint or delay.
    fn all(&self, error: &E) -> Verdict;
}

macro_rules! tuples {
    ($(($classifier:ident $verdict:ident $index:tt))*) => {
        #[diagnostic::do_not_recommend]
        impl<Error: ?Sized, $($classifier),*> Joined<Error, TupleMarker> for ($($classifier,)*) {
            type Classifiers = Self;

            #[inline]
            fn joined(self) -> Self {
                self
            }
        }

        impl<Error: ?Sized, $($classifier, $verdict),*> Classifiers<Error> for ($($classifier,)*)
        where
            $($classifier: Fn(&Error) -> $verdict, $verdict: IntoVerdict,)*
        {
            fn any(&self, error: &Error) -> Verdict {
                $(
                    let verdict = (self.$index)(error).into_verdict();
                    if verdict != Verdict::Stop {
                        return verdict;
                    }
                )*
                Verdict::Stop
            }

            fn all(&self, error: &Error) -> Verdict {
                let mut joined = Verdict::Retry;
                $(
                    joined = joined.and((self.$index)(error).into_verdict());
                    if joined == Verdict::Stop {
                        return joined;
                    }
                )*
                joined
            }
        }
    };
}

tuples!((A Va 0) (B Vb 1));
tuples!((A Va 0) (B Vb 1) (C Vc 2));
tuples!((A Va 0) (B Vb 1) (C Vc 2) (D Vd 3));
tuples!((A Va 0) (B Vb 1) (C Vc 2) (D Vd 3) (E Ve 4));
tuples!((A Va 0) (B Vb 1) (C Vc 2) (D Vd 3) (E Ve 4) (F Vf 5));
tuples!((A Va 0) (B Vb 1) (C Vc 2) (D Vd 3) (E Ve 4) (F Vf 5) (G Vg 6));
tuples!((A Va 0) (B Vb 1) (C Vc 2) (D Vd 3) (E Ve 4) (F Vf 5) (G Vg 6) (H Vh 7));

/// These kinds are transient: a connection that was refused, reset, aborted or cut short, a broken pipe, a time-out, an unreachable
/// host or network, a busy resource, an interruption, an operation that would block, and a name lookup that says "try again". All
/// others are permanent: a missing file stays missing, and so does a host that does not exist.
impl Transient for io::Error {
    fn is_transient(&self) -> bool {
        use io::ErrorKind as Kind;
        matches!(
            self.kind(),
            Kind::ConnectionRefused
                | Kind::ConnectionReset
                | Kind::ConnectionAborted
                | Kind::BrokenPipe
                | Kind::UnexpectedEof
                | Kind::TimedOut
                | Kind::HostUnreachable
                | Kind::NetworkUnreachable
                | Kind::NetworkDown
                | Kind::ResourceBusy
                | Kind::Interrupted
                | Kind::WouldBlock
        ) || name_lookup::verdict(self) == Some(true)
    }
}

/// `Infallible` has no values, so this is never called.
impl Transient for Infallible {
    fn is_transient(&self) -> bool {
        match *self {}
    }
}

macro_rules! pointers {
    ($($pointer:ty),*) => {
        $(
            /// Returns the verdict of the value behind the pointer.
            impl<E: Transient + ?Sized> Transient for $pointer {
                fn is_transient(&self) -> bool {
                    (**self).is_transient()
                }

                fn retry_after(&self) -> Option<Duration> {
                    (**self).retry_after()
                }

                fn verdict(&self) -> Verdict {
                    (**self).verdict()
                }
            }
        )*
    };
}

pointers!(&E, &mut E, Box<E>, Rc<E>, Arc<E>);

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Verdict = Verdict::RetryAfter(Duration::from_secs(1));
    const LONG: Verdict = Verdict::RetryAfter(Duration::from_secs(2));

    #[test]
    fn any_of_takes_the_first_that_does_not_stop() {
        assert_eq!(any_of((|(): &()| false, |(): &()| SHORT, |(): &()| LONG))(&()), SHORT);
        assert_eq!(any_of((|(): &()| false, |(): &()| Verdict::Stop))(&()), Verdict::Stop);
    }

    #[test]
    fn any_of_does_not_ask_further_than_it_must() {
        let verdict = any_of((|(): &()| true, |(): &()| -> bool { panic!("asked") }))(&());
        assert_eq!(verdict, Verdict::Retry);
    }

    #[test]
    fn all_of_stops_for_one_and_keeps_the_longest_hint() {
        assert_eq!(all_of((|(): &()| LONG, |(): &()| true, |(): &()| SHORT))(&()), LONG);
        assert_eq!(all_of((|(): &()| true, |(): &()| false))(&()), Verdict::Stop);
        assert_eq!(all_of((|(): &()| true, |(): &()| true))(&()), Verdict::Retry);
    }

    #[test]
    fn a_function_may_join_what_it_is_given() {
        fn neither<E, C: Classifiers<E>>(classifiers: C) -> impl Fn(&E) -> Verdict {
            not(any_of(classifiers))
        }
        assert_eq!(neither((|(): &()| false, all_of((|(): &()| true, |(): &()| false))))(&()), Verdict::Retry);
        assert_eq!(neither((|(): &()| false, |(): &()| SHORT))(&()), Verdict::Stop);
    }

    #[test]
    fn not_turns_verdicts_round() {
        assert_eq!(not(|(): &()| SHORT)(&()), Verdict::Stop);
        assert_eq!(not(|(): &()| false)(&()), Verdict::Retry);
    }

    #[test]
    fn io_errors_of_the_moment_are_transient_and_a_missing_file_is_not() {
        assert_eq!(transient(&io::Error::from(io::ErrorKind::ConnectionReset)), Verdict::Retry);
        assert_eq!(transient(&io::Error::from(io::ErrorKind::NotFound)), Verdict::Stop);
        assert_eq!(transient(&io::Error::from(io::ErrorKind::PermissionDenied)), Verdict::Stop);
        let looked_up = |words| io::Error::other(format!("failed to lookup address information: {words}"));
        assert_eq!(transient(&looked_up("Temporary failure in name resolution")), Verdict::Retry);
        assert_eq!(transient(&looked_up("Name or service not known")), Verdict::Stop);
        assert_eq!(transient(&Box::new(io::Error::from(io::ErrorKind::TimedOut))), Verdict::Retry);
    }

    struct Hinted {
        is_transient: bool,
    }

    impl Transient for Hinted {
        fn is_transient(&self) -> bool {
            self.is_transient
        }

        fn retry_after(&self) -> Option<Duration> {
            assert!(self.is_transient, "a permanent failure was asked for its hint");
            Some(Duration::from_secs(1))
        }
    }

    #[test]
    fn only_transient_failures_are_asked_for_a_hint() {
        assert_eq!(transient(&Hinted { is_transient: false }), Verdict::Stop);
        assert_eq!(transient(&Hinted { is_transient: true }), SHORT);
    }

    #[test]
    fn pointers_answer_as_what_they_point_to() {
        let hinted = || Hinted { is_transient: true };
        let boxed: Box<dyn Transient> = Box::new(hinted());
        assert_eq!(transient(&boxed), SHORT);
        assert_eq!(transient(&Arc::new(hinted())), SHORT);
        assert_eq!(transient(&Rc::new(hinted())), SHORT);
        assert_eq!(transient(&&mut hinted()), SHORT);
        assert!(boxed.is_transient());
        assert_eq!(boxed.retry_after(), Some(Duration::from_secs(1)));
    }
}
