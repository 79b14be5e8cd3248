//! The reason why a call ended without success. This module does not know how that is decided.

use core::fmt;

/// The reason why a call ended without success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StopReason {
    /// The classifier found the failure permanent.
    Permanent,
    /// The call made all attempts that `max` allows.
    MaxAttempts,
    /// The next delay would have ended at or after the deadline.
    Deadline,
    /// The server asked to wait longer than `max_hint` allows.
    HintTooLong,
    /// The budget was empty.
    Budget,
    /// The circuit breaker refused an attempt, or would have refused the next one.
    BreakerOpen,
    /// The site was disabled; see [`Site::disable`](crate::Site::disable).
    Disabled,
    /// The call was cancelled; see [`Cancellation`](crate::Cancellation).
    Cancelled,
}

impl StopReason {
    /// All reasons, each at its index.
    pub(crate) const ALL: [Self; 8] = [
        Self::Permanent,
        Self::MaxAttempts,
        Self::Deadline,
        Self::HintTooLong,
        Self::Budget,
        Self::BreakerOpen,
        Self::Disabled,
        Self::Cancelled,
    ];

    /// Returns the index of the reason in `ALL`.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// Returns the reason as metrics label it, such as `max_attempts`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.words().0
    }

    /// Returns the label, and the reason in words.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Permanent => ("permanent", "permanent failure"),
            Self::MaxAttempts => ("max_attempts", "no attempts left"),
            Self::Deadline => ("deadline", "the next attempt would begin after the deadline"),
            Self::HintTooLong => ("hint_too_long", "the server asked for too long a wait"),
            Self::Budget => ("budget", "the retry budget is spent"),
            Self::BreakerOpen => ("breaker_open", "the circuit breaker is open"),
            Self::Disabled => ("disabled", "retries are switched off here"),
            Self::Cancelled => ("cancelled", "the call was cancelled"),
        }
    }
}

impl fmt::Display for StopReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words().1)
    }
}
