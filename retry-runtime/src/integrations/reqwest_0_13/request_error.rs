//! The error of a request in all: a status, a fault of the transport, a time-out, or a refusal of a circuit breaker.
//!
//! It knows the errors of reqwest, but not the responses.

use crate::failure::breaker_open::BreakerOpen;
use crate::failure::classify::{Transient, Verdict};
use crate::failure::timed_out::TimedOut;
use crate::integrations::http::status_error::write_status;
use crate::integrations::http::{StatusError, Statuses};
use ::http::StatusCode;
use ::reqwest_0_13 as reqwest;
use core::fmt;
use core::time::Duration;

/// The error of a request and its response, for functions that are retried.
///
/// `?` makes one of reqwest's own errors, and [`ResponseExt::checked`](super::ResponseExt::checked) of a response. It is transient as the
/// [table](super#what-is-transient) says, so a function that returns it needs no `on`; and it fits `timeout` and `breaker`.
///
/// URLs are shown without user, password, query and fragment.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A response whose status is no success.
    Status {
        /// The status.
        status: StatusCode,
        /// The delay that the server asked for.
        hint: Option<Duration>,
        /// The URL of the response.
        url: Option<String>,
        /// The beginning of the body, if it was read.
        body: Option<String>,
    },
    /// An error of reqwest: no connection, a body that breaks, a value that cannot be decoded.
    Transport(reqwest::Error),
    /// The attempt had no result in its time.
    TimedOut(TimedOut),
    /// The circuit breaker refused the attempt.
    BreakerOpen(BreakerOpen),
}

impl Error {
    /// Returns the status, if a response had one that is no success.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Returns the delay that the server asked for.
    pub fn hint(&self) -> Option<Duration> {
        match self {
            Self::Status { hint, .. } => *hint,
            _ => None,
        }
    }

    /// Returns the beginning of the body, if it was read.
    pub fn body(&self) -> Option<&str> {
        match self {
            Self::Status { body, .. } => body.as_deref(),
            _ => None,
        }
    }

    /// Returns `true` if the time was up: that of the key `timeout`, that before the deadline, or that of the client. The statuses 408 and 504
    /// are no time-outs here.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Transport(error) => error.is_timeout(),
            Self::TimedOut(_) => true,
            Self::Status { .. } | Self::BreakerOpen(_) => false,
        }
    }

    /// Classifies this error by transient statuses of your own: `on = |error| error.verdict_by(&BUSY)`. All other errors are as ever.
    pub fn verdict_by(&self, transient: &Statuses) -> Verdict {
        match self {
            Self::Status { status, hint, .. } => transient.verdict_with(*status, || *hint),
            Self::Transport(_) | Self::TimedOut(_) | Self::BreakerOpen(_) => self.verdict(),
        }
    }
}

/// Uses the verdicts of the error inside. A refusal of a breaker is permanent: the breaker says when to come back.
impl Transient for Error {
    fn is_transient(&self) -> bool {
        match self {
            Self::Status { status, .. } => status.is_transient(),
            Self::Transport(error) => error.is_transient(),
            Self::TimedOut(timed_out) => timed_out.is_transient(),
            Self::BreakerOpen(_) => false,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        self.hint()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { status, url, body, .. } => write_status(f, *status, url.as_deref(), body.as_deref()),
            Self::Transport(error) => error.fmt(f),
            Self::TimedOut(timed_out) => timed_out.fmt(f),
            Self::BreakerOpen(open) => open.fmt(f),
        }
    }
}

/// The text of an error inside is the text of this one, so its source is the source of this one: nothing is shown twice.
impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Transport(error) => error.source(),
            Self::Status { .. } | Self::TimedOut(_) | Self::BreakerOpen(_) => None,
        }
    }
}

impl From<StatusError> for Error {
    fn from(error: StatusError) -> Self {
        let StatusError { status, hint, url, body } = error;
        Self::Status { status, hint, url, body }
    }
}

/// Removes user, password, query and fragment from the URL. The error of `error_for_status` becomes a [`Status`](Error::Status), without a hint:
/// it has lost the headers.
impl From<reqwest::Error> for Error {
    fn from(mut error: reqwest::Error) -> Self {
        if let Some(url) = error.url_mut() {
            remove_secrets(url);
        }
        match error.status() {
            Some(status) => Self::Status { status, hint: None, url: error.url().map(ToString::to_string), body: None },
            None => Self::Transport(error),
        }
    }
}

impl From<TimedOut> for Error {
    fn from(timed_out: TimedOut) -> Self {
        Self::TimedOut(timed_out)
    }
}

impl From<BreakerOpen> for Error {
    fn from(open: BreakerOpen) -> Self {
        Self::BreakerOpen(open)
    }
}

/// Removes what may be secret: user, password, query and fragment.
pub(super) fn remove_secrets(url: &mut reqwest::Url) {
    // A URL that cannot have a user or a password refuses both, and has none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
}
