//! What a caller gets on giving up: the reason, and an error that tells how the call went.
//!
//! Plain data; nothing here decides anything.

use crate::failure::breaker_open::BreakerOpen;
use crate::failure::error_display::Shown;
use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;

/// Why a call ended without success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StopReason {
    /// The classifier found the failure permanent.
    Permanent,
    /// All attempts that `max` allows were made.
    MaxAttempts,
    /// The next delay would have ended at or after the deadline.
    Deadline,
    /// The server asked for a longer wait than `max_hint` allows.
    HintTooLong,
    /// The budget did not pay for a further retry.
    Budget,
    /// The circuit breaker refused an attempt, or would have refused the next one.
    BreakerOpen,
    /// The site was switched off; see [`Site::disable`](crate::Site::disable).
    Disabled,
}

impl StopReason {
    /// All reasons, each at its index.
    pub(crate) const ALL: [Self; 7] = [
        Self::Permanent,
        Self::MaxAttempts,
        Self::Deadline,
        Self::HintTooLong,
        Self::Budget,
        Self::BreakerOpen,
        Self::Disabled,
    ];

    /// Its place in `ALL`.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// The reason in one word, as metrics have it: `max_attempts`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Permanent => "permanent",
            Self::MaxAttempts => "max_attempts",
            Self::Deadline => "deadline",
            Self::HintTooLong => "hint_too_long",
            Self::Budget => "budget",
            Self::BreakerOpen => "breaker_open",
            Self::Disabled => "disabled",
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Permanent => "permanent failure",
            Self::MaxAttempts => "no attempts left",
            Self::Deadline => "the next attempt would begin after the deadline",
            Self::HintTooLong => "the server asked for too long a wait",
            Self::Budget => "the retry budget is spent",
            Self::BreakerOpen => "the circuit breaker is open",
            Self::Disabled => "retries are switched off here",
        })
    }
}

/// A failure, by reference.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure<'a, E> {
    /// The attempt returned an error.
    Error(&'a E),
    /// The attempt returned a value that `on_value` found not good enough.
    Rejected,
    /// The attempt was dropped, since its time was up.
    TimedOut,
    /// The attempt did not run: the circuit breaker refused it.
    Refused(BreakerOpen),
}

impl<E> Clone for Failure<'_, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for Failure<'_, E> {}

/// A failure whose error is shown by whatever its type can do.
pub(crate) enum FailureWords<'a> {
    Error(Shown<'a>),
    Rejected,
    TimedOut,
}

impl fmt::Display for FailureWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Rejected => f.write_str(REJECTED),
            Self::TimedOut => f.write_str(TIMED_OUT),
        }
    }
}

impl fmt::Debug for FailureWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

const REJECTED: &str = "the value was not good enough";
const TIMED_OUT: &str = "the attempt timed out";

/// An attempt was dropped, since its time was up: the key `timeout`, or what was left before the deadline.
///
/// A function that is retried with `timeout` and returns a plain `Result<T, E>` needs an E that is `From<TimedOut>`, for when the last
/// attempt ends so; with [`RetryError`] it needs nothing.
///
/// # Examples
///
/// ```
/// use retry_runtime::TimedOut;
///
/// enum ApiError {
///     NoAnswer,
/// }
///
/// impl From<TimedOut> for ApiError {
///     fn from(_: TimedOut) -> Self {
///         Self::NoAnswer
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedOut {
    limit: Duration,
}

impl TimedOut {
    pub(crate) const fn new(limit: Duration) -> Self {
        Self { limit }
    }

    /// The time that the attempt had.
    pub fn limit(&self) -> Duration {
        self.limit
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer within {}", Rounded(self.limit))
    }
}

impl core::error::Error for TimedOut {}

/// Transient: the next attempt may be answered.
impl crate::failure::classify::Transient for TimedOut {
    fn is_transient(&self) -> bool {
        true
    }
}

impl From<TimedOut> for std::io::Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::new(std::io::ErrorKind::TimedOut, timed_out)
    }
}

/// A failed attempt, as [`RetryError::history`] keeps it.
#[derive(Clone, Debug)]
pub struct FailedAttempt<E> {
    attempt: u32,
    started: Duration,
    delay: Option<Duration>,
    failure: Failed<E>,
}

/// A failure, by value; for generated code.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub enum Failed<E> {
    /// An error.
    Error(E),
    /// A value that is not good enough.
    Rejected,
    /// No outcome in time.
    TimedOut,
    /// No attempt.
    Refused(BreakerOpen),
}

impl<E> Failed<E> {
    pub(crate) fn as_ref(&self) -> Failure<'_, E> {
        match self {
            Self::Error(error) => Failure::Error(error),
            Self::Rejected => Failure::Rejected,
            Self::TimedOut => Failure::TimedOut,
            Self::Refused(open) => Failure::Refused(*open),
        }
    }

    fn error(&self) -> Option<&E> {
        match self {
            Self::Error(error) => Some(error),
            Self::Rejected | Self::TimedOut | Self::Refused(_) => None,
        }
    }
}

impl<E> FailedAttempt<E> {
    /// The number of the attempt, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// When the attempt began, as time since the call began.
    pub fn started(&self) -> Duration {
        self.started
    }

    /// The delay that followed; `None` after the last attempt.
    pub fn delay(&self) -> Option<Duration> {
        self.delay
    }

    /// How the attempt failed.
    pub fn failure(&self) -> Failure<'_, E> {
        self.failure.as_ref()
    }
}

/// The error of a call that gave up: the last error, how many attempts there were, how long they took, and why there was no
/// further one.
///
/// One pointer large. Displayed in one line with the last error in it; `source()` is therefore the last error's own source, and a
/// report that walks the chain prints nothing twice.
///
/// It is permanent by itself ([`Transient`](crate::Transient)): a retried function that calls a retried function does not
/// multiply what the inner one has spent.
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
    inner: Box<Inner<E>>,
}

struct Inner<E> {
    attempts: u32,
    elapsed: Duration,
    reason: StopReason,
    last: FailedAttempt<E>,
    earlier: VecDeque<FailedAttempt<E>>,
}

impl<E> RetryError<E> {
    /// The number of attempts that were made; an attempt that the circuit breaker refused is none.
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// The time from the beginning of the call to its end.
    pub fn elapsed(&self) -> Duration {
        self.inner.elapsed
    }

    /// Why there was no further attempt.
    pub fn reason(&self) -> StopReason {
        self.inner.reason
    }

    /// The error of the last attempt; `None` where it failed without one: by a value that `on_value` rejected, by a time-out, or by a
    /// refusal of the circuit breaker.
    pub fn last(&self) -> Option<&E> {
        self.inner.last.failure.error()
    }

    /// The error of the last attempt, by value; see [`last`](Self::last).
    pub fn into_last(self) -> Option<E> {
        match self.inner.last.failure {
            Failed::Error(error) => Some(error),
            Failed::Rejected | Failed::TimedOut | Failed::Refused(_) => None,
        }
    }

    /// The newest failures, the oldest of them first and the last one included: as many as the key `history` asked for, and just
    /// the last one without it.
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
            Rounded(self.elapsed()),
            self.reason()
        )?;
        match &self.inner.last.failure {
            Failed::Error(error) => error.fmt(f),
            Failed::Rejected => f.write_str(REJECTED),
            Failed::TimedOut => f.write_str(TIMED_OUT),
            Failed::Refused(open) => open.fmt(f),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for RetryError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        self.last().and_then(core::error::Error::source)
    }
}

impl<E> crate::failure::classify::Transient for RetryError<E> {
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
    /// Makes it.
    fn from_retry_error(error: RetryError<E>) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E, X: From<RetryError<E>>> FromRetryError<E> for X {
    #[inline]
    fn from_retry_error(error: RetryError<E>) -> Self {
        error.into()
    }
}

/// Ends a call: with its value, or with what the user makes of its failure; for generated code.
#[doc(hidden)]
#[inline]
pub fn recovered<T, E, R>(
    ended: Result<T, RetryError<E>>,
    success: impl FnOnce(T) -> R,
    recover: impl FnOnce(RetryError<E>) -> R,
) -> R {
    match ended {
        Ok(value) => success(value),
        Err(error) => recover(error),
    }
}

/// A duration as a person writes it: `3.2 s`, `250 ms`, `40 µs`.
struct Rounded(Duration);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.as_secs() > 0 {
            write!(f, "{:.1} s", self.0.as_secs_f64())
        } else if self.0.as_millis() > 0 {
            write!(f, "{} ms", self.0.as_millis())
        } else {
            write!(f, "{} µs", self.0.as_micros())
        }
    }
}

/// Keeps the failures of a call that ends in a [`RetryError`], for generated code.
#[doc(hidden)]
pub trait Ledger<E> {
    /// Notes when the next attempt begins.
    fn begin(&mut self, elapsed: Duration);
    /// Takes a failure after which the call goes on.
    fn keep(&mut self, attempt: u32, delay: Duration, failure: Failed<E>);
    /// Makes the error of a call that ends.
    fn close(&mut self, attempts: u32, elapsed: Duration, reason: StopReason, failure: Failed<E>) -> RetryError<E>;
}

/// Keeps the last failure alone.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct LastOnly {
    started: Duration,
}

impl<E> Ledger<E> for LastOnly {
    fn begin(&mut self, elapsed: Duration) {
        self.started = elapsed;
    }

    fn keep(&mut self, _attempt: u32, _delay: Duration, _failure: Failed<E>) {}

    #[cold]
    fn close(&mut self, attempts: u32, elapsed: Duration, reason: StopReason, failure: Failed<E>) -> RetryError<E> {
        let last = FailedAttempt { attempt: attempts, started: self.started, delay: None, failure };
        RetryError { inner: Box::new(Inner { attempts, elapsed, reason, last, earlier: VecDeque::new() }) }
    }
}

/// Keeps the newest failures, the last one included.
#[doc(hidden)]
#[derive(Debug)]
pub struct History<E> {
    last: LastOnly,
    room: usize,
    earlier: VecDeque<FailedAttempt<E>>,
}

impl<E> History<E> {
    /// Makes room for so many failures, the last one included.
    pub const fn new(failures: usize) -> Self {
        Self { last: LastOnly { started: Duration::ZERO }, room: failures.saturating_sub(1), earlier: VecDeque::new() }
    }
}

impl<E> Ledger<E> for History<E> {
    fn begin(&mut self, elapsed: Duration) {
        self.last.started = elapsed;
    }

    #[cold]
    fn keep(&mut self, attempt: u32, delay: Duration, failure: Failed<E>) {
        if self.room == 0 {
            return;
        }
        if self.earlier.len() >= self.room {
            self.earlier.pop_front();
        }
        self.earlier.push_back(FailedAttempt { attempt, started: self.last.started, delay: Some(delay), failure });
    }

    #[cold]
    fn close(&mut self, attempts: u32, elapsed: Duration, reason: StopReason, failure: Failed<E>) -> RetryError<E> {
        let mut closed = self.last.close(attempts, elapsed, reason, failure);
        closed.inner.earlier = core::mem::take(&mut self.earlier);
        closed
    }
}
