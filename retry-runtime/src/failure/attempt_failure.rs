//! The failure of one attempt: an error, or a failure without an error. This module does not know what follows.

use crate::failure::breaker_open::BreakerOpen;
use core::fmt;

/// The failure of an attempt, with its error or a reference to its error.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Failure<E> {
    /// The attempt returned an error.
    Error(E),
    /// The attempt returned a value that `on_value` rejected.
    Rejected,
    /// The attempt was dropped because its time was up.
    TimedOut,
    /// The circuit breaker refused the attempt, so it did not run.
    Refused(BreakerOpen),
}

impl<E> Failure<E> {
    pub(crate) fn as_ref(&self) -> Failure<&E> {
        match self {
            Self::Error(error) => Failure::Error(error),
            Self::Rejected => Failure::Rejected,
            Self::TimedOut => Failure::TimedOut,
            Self::Refused(open) => Failure::Refused(*open),
        }
    }

    /// Converts the error.
    pub(crate) fn map<F>(self, convert: impl FnOnce(E) -> F) -> Failure<F> {
        match self {
            Self::Error(error) => Failure::Error(convert(error)),
            Self::Rejected => Failure::Rejected,
            Self::TimedOut => Failure::TimedOut,
            Self::Refused(open) => Failure::Refused(open),
        }
    }

    /// Returns the error, if the attempt returned one.
    pub(crate) fn into_error(self) -> Option<E> {
        match self {
            Self::Error(error) => Some(error),
            Self::Rejected | Self::TimedOut | Self::Refused(_) => None,
        }
    }
}

impl<E: fmt::Display> fmt::Display for Failure<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Rejected => f.write_str("the value was not good enough"),
            Self::TimedOut => f.write_str("the attempt timed out"),
            Self::Refused(open) => open.fmt(f),
        }
    }
}
