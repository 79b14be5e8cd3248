//! The error of a request in all: a status, a fault of the transport, a time-out, or a refusal of a circuit breaker.
//!
//! It knows the errors of ureq, but not the responses.

use crate::failure::breaker_open::BreakerOpen;
use crate::failure::classify::{Transient, Verdict};
use crate::failure::timed_out::TimedOut;
use crate::integrations::http::status_error::{without_secrets, write_status};
use crate::integrations::http::{StatusError, Statuses};
use ::http::{StatusCode, Uri};
use ::ureq_3 as ureq;
use core::fmt;
use core::time::Duration;
use std::io;

/// The beginning of the text of a redirect to a place that is no URL. The rest is the place.
const BAD_LOCATION: &str = "location header is malformed";

/// The error of a request and its response, for functions that are retried.
///
/// `?` makes one of ureq's own errors, of those of a body's reader, and [`ResponseExt::checked`](super::ResponseExt::checked) of a response. It
/// is transient as the [table](super#what-is-transient) says, so a function that returns it needs no `on`; and it fits
/// `breaker`.
///
/// URLs are shown without user, password and query.
///
/// # Examples
///
/// ```
/// use http::StatusCode;
/// use reattempt::Transient;
/// use reattempt::ureq_3::Error;
/// use ureq_3 as ureq;
///
/// let error = Error::from(ureq::Error::ConnectionFailed);
/// assert!(!error.is_transient());
///
/// // A status without its headers: `http_status_as_error` is on.
/// let error = Error::from(ureq::Error::StatusCode(503));
/// assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
/// assert!(error.to_string().contains("http_status_as_error(false)"));
/// ```
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
    /// An error of ureq: no connection, a body that breaks, a value that cannot be decoded. It is also ureq's own error of a status, which has
    /// no headers: [`status`](Self::status) returns its status.
    Transport(ureq::Error),
    /// The attempt had no result in the time of the key `timeout`, which async functions have.
    TimedOut(TimedOut),
    /// The circuit breaker refused the attempt.
    BreakerOpen(BreakerOpen),
}

impl Error {
    /// Returns the status, if a response had one that is no success.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Status { status, .. } => Some(*status),
            Self::Transport(error) => super::status(error),
            Self::TimedOut(_) | Self::BreakerOpen(_) => None,
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

    /// Returns `true` if the time was up: that of the key `timeout`, that before the deadline, or any of the agent. The statuses 408 and 504 are
    /// no time-outs here.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Transport(error) => super::is_timeout(error),
            Self::TimedOut(_) => true,
            Self::Status { .. } | Self::BreakerOpen(_) => false,
        }
    }

    /// Classifies this error by transient statuses of your own: `on = |error| error.verdict_by(&BUSY)`. All other errors are as ever.
    pub fn verdict_by(&self, transient: &Statuses) -> Verdict {
        self.status().map_or_else(|| self.verdict(), |status| transient.verdict_with(status, || self.hint()))
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
            Self::Transport(error) => match super::status(error) {
                Some(status) => {
                    write_status(f, status, None, None)?;
                    f.write_str(", without headers and so without `Retry-After`; set `http_status_as_error(false)` and use `checked()`")
                }
                None => error.fmt(f),
            },
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

/// Removes user, password and query from a URL in the error. The place of a redirect that is no URL is left out as a whole.
impl From<ureq::Error> for Error {
    fn from(error: ureq::Error) -> Self {
        Self::Transport(match error {
            // The type inside is that of a crate that this one does not know.
            ureq::Error::Protocol(fault) if fault.to_string().starts_with(BAD_LOCATION) => ureq::Error::RedirectFailed,
            ureq::Error::BadUri(text) => ureq::Error::BadUri(remove_secrets(&text)),
            ureq::Error::RequireHttpsOnly(url) => ureq::Error::RequireHttpsOnly(remove_secrets(&url)),
            error => error,
        })
    }
}

/// An error of a body's reader has the error of ureq inside.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        ureq::Error::from(error).into()
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

/// Removes what may be secret from the first word of a text, which is the URL if the text has one.
fn remove_secrets(text: &str) -> String {
    let (first, rest) = text.split_at(text.find(' ').unwrap_or(text.len()));
    first.parse::<Uri>().map_or_else(|_| text.to_owned(), |url| without_secrets(&url) + rest)
}
