//! Responses turned into errors by their status.
//!
//! It says which statuses are errors, and not which errors are transient.

use super::request_error::Error;
use crate::integrations::http::StatusError;
use crate::integrations::http::status_error::is_no_error;
use ::http::{Response, StatusCode, Uri};
use ::ureq_3 as ureq;
use std::io::Read;
use std::panic;

/// Turns responses into errors by their status.
///
/// ureq has a trait of the same name: import this one as `use reattempt::ureq_3::ResponseExt as _` beside it. There is a response with a status
/// from 400 on only where [`http_status_as_error`](super#turn-http_status_as_error-off) is off.
pub trait ResponseExt: Sized {
    /// Returns the response, or an error if its status is 400 or above. Redirects that were not followed (3xx) are no errors.
    ///
    /// The body is not read; that of an error is dropped.
    ///
    /// # Errors
    ///
    /// An [`Error::Status`] with the server's hint.
    fn checked(self) -> Result<Self, Error> {
        self.checked_if(is_no_error)
    }

    /// Returns the response if a function accepts its status, and otherwise an error. The body is not read.
    ///
    /// For a service that answers 404 where there is nothing: `checked_if(|status| status.is_success() || status == 404)`.
    ///
    /// # Errors
    ///
    /// An [`Error::Status`] with the server's hint.
    fn checked_if(self, accepts: impl FnOnce(StatusCode) -> bool) -> Result<Self, Error>;

    /// Returns the response as [`checked`](Self::checked) does, or an error with the beginning of the body, at most `limit` bytes. The rest is
    /// not read.
    ///
    /// U+FFFD stands for what is not UTF-8. If the body breaks, the error has what came before. If it stalls, this waits for the time-outs of
    /// the agent, and the error has what came before. The connection is used again if the body is shorter than `limit`.
    ///
    /// # Errors
    ///
    /// An [`Error::Status`] with the server's hint and the beginning of the body.
    fn checked_with_body(self, limit: usize) -> Result<Self, Error>;
}

impl ResponseExt for Response<ureq::Body> {
    fn checked_if(self, accepts: impl FnOnce(StatusCode) -> bool) -> Result<Self, Error> {
        if accepts(self.status()) { Ok(self) } else { Err(refusal(&self).into()) }
    }

    fn checked_with_body(self, limit: usize) -> Result<Self, Error> {
        if is_no_error(self.status()) {
            return Ok(self);
        }
        let error = refusal(&self);
        let mut body = Vec::new();
        let reader = self.into_body().into_reader();
        // What came before an error is in `body`. The status says more than what broke its body.
        let _ = reader.take(u64::try_from(limit).unwrap_or(u64::MAX)).read_to_end(&mut body);
        Err(error.with_body(&body, limit).into())
    }
}

/// Returns the error of a response, without its body.
fn refusal(response: &Response<ureq::Body>) -> StatusError {
    let error = StatusError::new(response.status(), response.headers());
    match url(response) {
        Some(url) => error.with_url(&url),
        None => error,
    }
}

/// Returns the URL of a response.
///
/// ureq panics where a response has none, and has no other way to ask: that is one that it did not make, as a middleware may.
fn url(response: &Response<ureq::Body>) -> Option<Uri> {
    if response.extensions().is_empty() {
        return None;
    }
    panic::catch_unwind(panic::AssertUnwindSafe(|| ureq::ResponseExt::get_uri(response).clone())).ok()
}
