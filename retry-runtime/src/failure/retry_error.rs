//! The error of a call that gave up. It describes the call and decides nothing.

use crate::failure::attempt_failure::Failure;
use crate::failure::classify::Transient;
use crate::failure::rounded_duration::RoundedDuration;
use crate::failure::stop_reason::StopReason;
use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;

/// A failed attempt, from [`RetryError::history`].
#[derive(Clone, Debug)]
pub struct FailedAttempt<E> {
    pub(super) attempt: u32,
    pub(super) started: Duration,
    pub(super) delay: Option<Duration>,
    pub(super) failure: Failure<E>,
}

impl<E> FailedAttempt<E> {
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

    /// Returns the failure of the attempt.
    pub fn failure(&self) -> Failure<&E> {
        self.failure.as_ref()
    }
}

/// The error of a call that gave up: the last error, the number of attempts, the time that they took, and the reason why there was no
/// further attempt.
///
/// It has the size of one pointer. Its `Display` is one line that includes the last error. Its `source()` is therefore the last error's own
/// source, and a report that prints the whole chain prints nothing twice.
///
/// Its [`Transient`](crate::Transient) says that it is permanent. So a retried function that calls a retried function does not multiply
/// the attempts.
///
/// # Examples
///
/// A function that returns `Result<T, RetryError<E>>` writes its body as if it returned `Result<T, E>`:
///
/// ```
/// # use retry_runtime::RetryError;
/// # use std::io;
/// fn describe(error: &RetryError<io::Error>) -> String {
///     match error.last() {
///         Some(last) => format!("{last}, after {} attempts ({})", error.attempts(), error.reason()),
///         None => format!("nothing useful in {} attempts", error.attempts()),
///     }
/// }
/// ```
pub struct RetryError<E> {
    pub(super) inner: Box<Inner<E>>,
}

/// Boxed, so that a `Result` with it stays small.
pub(super) struct Inner<E> {
    pub(super) attempts: u32,
    pub(super) elapsed: Duration,
    pub(super) reason: StopReason,
    pub(super) last: FailedAttempt<E>,
    pub(super) earlier: VecDeque<FailedAttempt<E>>,
}

impl<E> RetryError<E> {
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

    /// Returns the newest failures in order, the last one included. There are as many as the key `history` says; without that key there is
    /// only the last one.
    pub fn history(&self) -> impl Iterator<Item = &FailedAttempt<E>> {
        self.inner.earlier.iter().chain([&self.inner.last])
    }
}

impl<E: fmt::Debug> fmt::Debug for RetryError<E> {
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

impl<E: fmt::Display> fmt::Display for RetryError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.attempts() == 1 { "" } else { "s" };
        write!(
            f,
            "gave up after {} attempt{plural} in {}, {}: ",
            self.attempts(),
            RoundedDuration(self.elapsed()),
            self.reason()
        )?;
        self.inner.last.failure.fmt(f)
    }
}

impl<E: core::error::Error + 'static> core::error::Error for RetryError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.last().and_then(core::error::Error::source)
    }
}

impl<E> Transient for RetryError<E> {
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
