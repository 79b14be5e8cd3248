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

    /// Returns the index of the reason in `ALL`.
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// Returns the reason as metrics label it, such as `max_attempts`.
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
