//! Responses of the async and the blocking client, turned into errors by their status.
//!
//! It says which statuses are errors, and not which errors are transient.

use super::request_error::{Error, remove_secrets};
use crate::integrations::http::StatusError;
use crate::integrations::http::status_error::is_no_error;
use ::http::{HeaderMap, StatusCode};
use ::reqwest_0_13 as reqwest;
use core::pin::Pin;
#[cfg(feature = "reqwest-0_13-blocking")]
use std::io::Read;

/// Turns responses into errors by their status, those of the async and those of the blocking client.
#[expect(private_bounds, reason = "the responses of reqwest are known")]
pub trait ResponseExt: HasHead + Sized {
    /// What [`checked_with_body`](Self::checked_with_body) returns: a `Result<Self, Error>`, and for an async response a future of that.
    #[cfg(not(all(target_arch = "wasm32", any(target_os = "unknown", target_os = "none"))))]
    type CheckedWithBody;

    /// Returns the response, or an error if its status is 400 or above. Redirects that were not followed (3xx) are no errors, as for
    /// `error_for_status`.
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
    fn checked_if(self, accepts: impl FnOnce(StatusCode) -> bool) -> Result<Self, Error> {
        match refusal(&self, accepts) {
            Some(error) => Err(error.into()),
            None => Ok(self),
        }
    }

    /// Returns the response as [`checked`](Self::checked) does, or an error with the beginning of the body, at most `limit` bytes. The rest is
    /// not read.
    ///
    /// U+FFFD stands for what is not UTF-8. If the body breaks, the error has what came before. If it stalls, this waits: the time-outs of the
    /// client end that with what came before, and the key `timeout` ends the attempt.
    ///
    /// # Errors
    ///
    /// An [`Error::Status`] with the server's hint and the beginning of the body.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future of an async response drops the response.
    #[cfg(not(all(target_arch = "wasm32", any(target_os = "unknown", target_os = "none"))))]
    fn checked_with_body(self, limit: usize) -> Self::CheckedWithBody;
}

impl ResponseExt for reqwest::Response {
    #[cfg(not(all(target_arch = "wasm32", any(target_os = "unknown", target_os = "none"))))]
    type CheckedWithBody = Pin<Box<dyn Future<Output = Result<Self, Error>> + Send>>;

    #[cfg(not(all(target_arch = "wasm32", any(target_os = "unknown", target_os = "none"))))]
    fn checked_with_body(mut self, limit: usize) -> Self::CheckedWithBody {
        Box::pin(async move {
            let Some(error) = refusal(&self, is_no_error) else { return Ok(self) };
            let mut body = Vec::new();
            while body.len() < limit {
                // The status says more than what broke its body.
                let Ok(Some(chunk)) = self.chunk().await else { break };
                body.extend_from_slice(&chunk);
            }
            Err(error.with_body(&body, limit).into())
        })
    }
}

#[cfg(feature = "reqwest-0_13-blocking")]
impl ResponseExt for reqwest::blocking::Response {
    type CheckedWithBody = Result<Self, Error>;

    fn checked_with_body(self, limit: usize) -> Result<Self, Error> {
        let Some(error) = refusal(&self, is_no_error) else { return Ok(self) };
        let mut body = Vec::new();
        // What came before an error is in `body`. The status says more than what broke its body.
        let _ = self.take(u64::try_from(limit).unwrap_or(u64::MAX)).read_to_end(&mut body);
        Err(error.with_body(&body, limit).into())
    }
}

/// The head of a response.
pub(super) trait HasHead {
    /// Returns status, headers and URL.
    fn head(&self) -> (StatusCode, &HeaderMap, &reqwest::Url);
}

impl HasHead for reqwest::Response {
    fn head(&self) -> (StatusCode, &HeaderMap, &reqwest::Url) {
        (self.status(), self.headers(), self.url())
    }
}

#[cfg(feature = "reqwest-0_13-blocking")]
impl HasHead for reqwest::blocking::Response {
    fn head(&self) -> (StatusCode, &HeaderMap, &reqwest::Url) {
        (self.status(), self.headers(), self.url())
    }
}

/// Returns the error of a response whose status is not accepted, without its body.
fn refusal(response: &impl HasHead, accepts: impl FnOnce(StatusCode) -> bool) -> Option<StatusError> {
    let (status, headers, url) = response.head();
    if accepts(status) {
        return None;
    }
    let mut url = url.clone();
    remove_secrets(&mut url);
    Some(StatusError { url: Some(url.into()), ..StatusError::new(status, headers) })
}
