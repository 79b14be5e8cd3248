//! The failure of one attempt: an error, or a failure without an error. This module does not know what follows.

use crate::failure::breaker_open::BreakerOpen;
use core::convert::Infallible;
use core::fmt;

/// The failure of an attempt, with its error or a reference to its error.
///
/// `V` is what a rejected value leaves. Without `on_value` no value is rejected: then it is [`Infallible`], the default.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Failure<E, V = Infallible> {
    /// The attempt returned an error.
    Error(E),
    /// The attempt returned a value that `on_value` rejected.
    Rejected(V),
    /// The attempt was dropped because its time was up.
    TimedOut,
    /// The circuit breaker refused the attempt, so it did not run.
    Refused(BreakerOpen),
}

impl<E, V> Failure<E, V> {
    pub(crate) fn as_ref(&self) -> Failure<&E, &V> {
        match self {
            Self::Error(error) => Failure::Error(error),
            Self::Rejected(value) => Failure::Rejected(value),
            Self::TimedOut => Failure::TimedOut,
            Self::Refused(open) => Failure::Refused(*open),
        }
    }

    /// Converts the error.
    pub(crate) fn map<F>(self, convert: impl FnOnce(E) -> F) -> Failure<F, V> {
        match self {
            Self::Error(error) => Failure::Error(convert(error)),
            Self::Rejected(value) => Failure::Rejected(value),
            Self::TimedOut => Failure::TimedOut,
            Self::Refused(open) => Failure::Refused(open),
        }
    }

    /// Returns the error, if the attempt returned one.
    pub(crate) fn into_error(self) -> Option<E> {
        match self {
            Self::Error(error) => Some(error),
            Self::Rejected(_) | Self::TimedOut | Self::Refused(_) => None,
        }
    }

    /// Returns what is left of a rejected value, if the attempt returned one.
    pub(crate) fn into_rejected(self) -> Option<V> {
        match self {
            Self::Rejected(value) => Some(value),
            Self::Error(_) | Self::TimedOut | Self::Refused(_) => None,
        }
    }

    /// Changes what is left of a rejected value.
    #[inline]
    pub(crate) fn map_rejected<W>(self, map: impl FnOnce(V) -> W) -> Failure<E, W> {
        match self {
            Self::Error(error) => Failure::Error(error),
            Self::Rejected(value) => Failure::Rejected(map(value)),
            Self::TimedOut => Failure::TimedOut,
            Self::Refused(open) => Failure::Refused(open),
        }
    }
}

impl<E: fmt::Display, V> fmt::Display for Failure<E, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Rejected(_) => f.write_str("the value was not good enough"),
            Self::TimedOut => f.write_str("the attempt timed out"),
            Self::Refused(open) => open.fmt(f),
        }
    }
}

/// Writes a failure with the rejected value, where that can be shown.
#[derive(Debug)]
pub(crate) struct Words<'a, E>(pub(crate) Failure<E, Option<&'a dyn fmt::Debug>>);

impl<E: fmt::Display> fmt::Display for Words<'_, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)?;
        match self.0 {
            Failure::Rejected(Some(value)) => write!(f, ": {value:?}"),
            _ => Ok(()),
        }
    }
}
