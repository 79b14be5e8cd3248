//! The error of an attempt that timed out. This module does not know how time is measured.

use crate::failure::classify::Transient;
use crate::failure::rounded_duration::RoundedDuration;
use core::fmt;
use core::time::Duration;
use std::io;

/// The error of an attempt that was dropped because its time was up. The limit is the key `timeout`, or the time that was left before the
/// deadline.
///
/// A function that is retried with `timeout` and returns a plain `Result<T, E>` needs an `E` that is `From<TimedOut>`: the last attempt may
/// time out. A function that returns a [`RetryError`](crate::RetryError) does not need it.
///
/// # Examples
///
/// ```
/// use reattempt::TimedOut;
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

    /// Returns the time limit of the attempt.
    pub fn limit(&self) -> Duration {
        self.limit
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer within {}", RoundedDuration(self.limit))
    }
}

impl core::error::Error for TimedOut {}

/// A time-out is transient: the next attempt may be faster.
impl Transient for TimedOut {
    fn is_transient(&self) -> bool {
        true
    }
}

impl From<TimedOut> for io::Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::new(io::ErrorKind::TimedOut, timed_out)
    }
}
