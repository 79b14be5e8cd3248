//! The error of a call that gave up. It describes the call and decides nothing.

use crate::failure::attempt_failure::{Failure, Words};
use crate::failure::classify::Transient;
use crate::failure::error_display::{Show, Shown};
use crate::failure::rejected_value::RejectedValue;
use crate::failure::rounded_duration::RoundedDuration;
use crate::failure::stop_reason::StopReason;
use core::convert::Infallible;
use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;

/// A failed attempt, from [`RetryError::history`].
#[derive(Clone)]
pub struct FailedAttempt<E, T = Infallible> {
    pub(super) attempt: u32,
    pub(super) started: Duration,
    pub(super) delay: Option<Duration>,
    pub(super) failure: KeptFailure<E, T>,
}

/// A failure with the rejected value, if that is kept.
pub(crate) type KeptFailure<E, T> = Failure<E, Option<RejectedValue<T>>>;

impl<E, T> FailedAttempt<E, T> {
    /// Returns the number of the attempt, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Returns when the attempt began, as the time since the call began.
    pub fn started(&self) -> Duration {
        self.started
    }

    /// Returns the delay that followed; `None` after the last attempt.
    pub fn delay(&self) -> Option<Duration> {
        self.delay
    }

    /// Returns the failure of the attempt. A rejected value comes with it if it is kept: in the history of a `RetryError<E, T>`.
    pub fn failure(&self) -> Failure<&E, Option<&T>> {
        self.failure.as_ref().map_rejected(|rejected| rejected.as_ref().map(|rejected| &rejected.value))
    }
}

impl<E: fmt::Debug, T> fmt::Debug for FailedAttempt<E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailedAttempt")
            .field("attempt", &self.attempt)
            .field("started", &self.started)
            .field("delay", &self.delay)
            .field("failure", &self.failure)
            .finish()
    }
}

/// The error of a call that gave up: the last error, the number of attempts, the time that they took, and the reason why there was no
/// further attempt.
///
/// It has the size of one pointer. Its `Display` is one line that includes the last error. Its `source()` is therefore the last error's own
/// source, and a report that prints the whole chain prints nothing twice.
///
/// It implements [`Error`](std::error::Error) where `E` has `Display` and `Debug`, also for a `String`, an `anyhow::Error` and a
/// `Box<dyn Error + Send + Sync>`. The source is found where the error, or the one in the box, implements `Error` as far as the annotated
/// function can see: in a generic function by the bounds of its type parameter.
///
/// Its [`Transient`](crate::Transient) says that it is permanent. So a retried function that calls a retried function does not multiply
/// the attempts.
///
/// A `RetryError<E>` keeps no value that `on_value` rejected. A function that returns `Result<T, RetryError<E, T>>` keeps it, and where `T`
/// has a `Debug`, it is part of the text.
///
/// # Examples
///
/// A function that returns `Result<T, RetryError<E>>` writes its body as if it returned `Result<T, E>`:
///
/// ```
/// # use reattempt::RetryError;
/// # use std::io;
/// fn describe(error: &RetryError<io::Error>) -> String {
///     match error.last() {
///         Some(last) => format!("{last}, after {} attempts ({})", error.attempts(), error.reason()),
///         None => format!("nothing useful in {} attempts", error.attempts()),
///     }
/// }
/// ```
///
/// The last error is no part of the chain of sources. A search for a type begins with [`last`](Self::last), also after `?` has put the
/// `RetryError` into an error of erased type:
///
/// ```
/// # use anyhow_1 as anyhow;
/// # use reattempt::RetryError;
/// # use std::io;
/// fn kind(report: &anyhow::Error) -> Option<io::ErrorKind> {
///     let gave_up = report.downcast_ref::<RetryError<anyhow::Error>>()?;
///     gave_up.last()?.downcast_ref::<io::Error>().map(io::Error::kind)
/// }
/// ```
pub struct RetryError<E, T = Infallible> {
    pub(super) inner: Box<Inner<E, T>>,
}

/// Boxed, so that a `Result` with it stays small.
pub(super) struct Inner<E, T> {
    pub(super) attempts: u32,
    pub(super) elapsed: Duration,
    pub(super) reason: StopReason,
    pub(super) last: FailedAttempt<E, T>,
    /// Finds the source of the last error, by what the site knows of its type. `None` if there is no last error.
    ///
    /// It makes a `RetryError` invariant in `E`: a type may be an `Error` for one lifetime only, so a function for a long lifetime must not get
    /// an error of a shorter one.
    pub(super) show: Option<Show<E>>,
    pub(super) earlier: VecDeque<FailedAttempt<E, T>>,
}

impl<E, T> RetryError<E, T> {
    /// Returns the number of attempts that ran. An attempt that the circuit breaker refused is not counted.
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Returns the time from the beginning of the call to its end.
    pub fn elapsed(&self) -> Duration {
        self.inner.elapsed
    }

    /// Returns why there was no further attempt.
    pub fn reason(&self) -> StopReason {
        self.inner.reason
    }

    /// Returns the error of the last attempt.
    ///
    /// It is `None` if the last attempt failed without an error: `on_value` rejected its value, it timed out, or the circuit breaker refused it.
    pub fn last(&self) -> Option<&E> {
        self.inner.last.failure().into_error()
    }

    /// Returns the error of the last attempt by value; see [`last`](Self::last).
    pub fn into_last(self) -> Option<E> {
        self.inner.last.failure.into_error()
    }

    /// Returns the last attempt's value, if `on_value` rejected it and the function returns a `Result<T, RetryError<E, T>>`.
    ///
    /// # Examples
    ///
    /// ```
    /// use reattempt::{Policy, Strategy, no_error};
    ///
    /// let policy = Policy::builder().strategy(Strategy::Immediate).max(2).build()?;
    /// let pending = policy.retry(|| Ok::<_, std::io::Error>("pending")).on(no_error).on_value(|state| *state == "pending");
    /// let error = pending.error().call().unwrap_err();
    /// assert_eq!((error.attempts(), error.last_value()), (2, Some(&"pending")));
    /// # Ok::<(), reattempt::PolicyError>(())
    /// ```
    pub fn last_value(&self) -> Option<&T> {
        self.inner.last.failure().into_rejected()?
    }

    /// Returns the last attempt's value by value; see [`last_value`](Self::last_value).
    pub fn into_last_value(self) -> Option<T> {
        self.inner.last.failure.into_rejected()?.map(|rejected| rejected.value)
    }

    /// Returns the newest failures in order, the last one included. There are as many as the key `history` says; without that key there is
    /// only the last one.
    pub fn history(&self) -> impl Iterator<Item = &FailedAttempt<E, T>> {
        self.inner.earlier.iter().chain([&self.inner.last])
    }
}

impl<E: fmt::Debug, T> fmt::Debug for RetryError<E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryError")
            .field("attempts", &self.inner.attempts)
            .field("elapsed", &self.inner.elapsed)
            .field("reason", &self.inner.reason)
            .field("last", &self.inner.last)
            .field("earlier", &self.inner.earlier)
            .finish()
    }
}

impl<E: fmt::Display, T> fmt::Display for RetryError<E, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.attempts() == 1 { "" } else { "s" };
        write!(
            f,
            "gave up after {} attempt{plural} in {}, {}: ",
            self.attempts(),
            RoundedDuration(self.elapsed()),
            self.reason()
        )?;
        let words = self.inner.last.failure.as_ref();
        Words(words.map_rejected(|rejected| rejected.as_ref().and_then(RejectedValue::shown))).fmt(f)
    }
}

impl<E: fmt::Debug + fmt::Display, T> core::error::Error for RetryError<E, T> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match (self.inner.show?)(self.last()?) {
            Shown::Error(last) => last.source(),
            Shown::Display(_) | Shown::Debug(_) | Shown::Name(_) => None,
        }
    }
}

impl<E, T> Transient for RetryError<E, T> {
    fn is_transient(&self) -> bool {
        false
    }
}

/// A function's own error, made from the error of a call that gave up; for generated code.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from a `RetryError<{E}>`",
    label = "the function returns `{Self}` when it gives up",
    note = "`error = ...` names the error of an attempt; the function's own error is made from its `RetryError`",
    note = "implement `From<reattempt::RetryError<{E}>>` for `{Self}`, or return `Result<T, RetryError<E>>`"
)]
pub trait FromRetryError<E> {
    /// Makes the function's error.
    fn from_retry_error(error: RetryError<E>) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E, X: From<RetryError<E>>> FromRetryError<E> for X {
    #[inline]
    fn from_retry_error(error: RetryError<E>) -> Self {
        error.into()
    }
}
