//! Responses as errors: the status, the server's hint, the URL without its secrets, and the beginning of the body.
//!
//! It reads no body, and knows no client: the integrations of clients build on it.

use super::Statuses;
use super::hint;
use crate::failure::classify::{Transient, Verdict};
use ::http::{HeaderMap, Response, StatusCode, Uri};
use core::error::Error;
use core::fmt::{self, Write};
use core::str;
use core::time::Duration;

/// The error of a response whose status is no success.
///
/// It is transient as [`response`](super::response) is: by [`Statuses::TRANSIENT`], with the server's hint. [`ResponseExt`] makes one of a
/// response.
///
/// # Examples
///
/// ```
/// use http::{HeaderMap, HeaderValue, StatusCode};
/// use reattempt::http::StatusError;
/// use reattempt::{Transient, Verdict};
/// use std::time::Duration;
///
/// let headers = HeaderMap::from_iter([(http::header::RETRY_AFTER, HeaderValue::from_static("2"))]);
/// let error = StatusError::new(StatusCode::TOO_MANY_REQUESTS, &headers)
///     .with_url(&"https://user:secret@shop.example/items?token=secret".parse()?)
///     .with_body(b"slow down, please", 9);
///
/// assert_eq!(error.verdict(), Verdict::RetryAfter(Duration::from_secs(2)));
/// assert_eq!(error.to_string(), "status 429 Too Many Requests from https://shop.example/items: slow down");
/// # Ok::<(), http::uri::InvalidUri>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusError {
    pub(crate) status: StatusCode,
    pub(crate) hint: Option<Duration>,
    pub(crate) url: Option<String>,
    pub(crate) body: Option<String>,
}

impl StatusError {
    /// Returns the error of a response with this status and these headers. A date in the headers is compared with the wall clock.
    pub fn new(status: StatusCode, headers: &HeaderMap) -> Self {
        Self { status, hint: hint::of_status(status, headers), url: None, body: None }
    }

    /// Adds the URL of the request, without user, password and query.
    #[must_use = "the error with the URL is the return value"]
    pub fn with_url(mut self, url: &Uri) -> Self {
        self.url = Some(without_secrets(url));
        self
    }

    /// Adds the beginning of the body: at most `limit` bytes, as text. U+FFFD stands for what is not UTF-8. A character that the end cuts is
    /// left out.
    #[must_use = "the error with the body is the return value"]
    pub fn with_body(mut self, body: &[u8], limit: usize) -> Self {
        self.body = Some(text(body.get(..limit).unwrap_or(body)));
        self
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the delay that the server asked for, as [`hint`](super::hint()) finds it. `RateLimit-Reset` is also used where the status is 429.
    pub fn hint(&self) -> Option<Duration> {
        self.hint
    }

    /// Returns the URL of the request without user, password and query, if it is known.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Returns the beginning of the body, if it was read.
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// Classifies this error by a set of your own: `on = |error| error.verdict_by(&BUSY)`.
    pub fn verdict_by(&self, transient: &Statuses) -> Verdict {
        transient.verdict_with(self.status, || self.hint)
    }
}

/// Uses the verdict of [`Statuses::TRANSIENT`], with the hint.
impl Transient for StatusError {
    fn is_transient(&self) -> bool {
        self.status.is_transient()
    }

    fn retry_after(&self) -> Option<Duration> {
        self.hint
    }
}

impl fmt::Display for StatusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_status(f, self.status, self.url(), self.body())
    }
}

impl Error for StatusError {}

/// Turns responses into errors by their status.
///
/// # Examples
///
/// A service that answers 404 until it is ready, called through `tower`:
///
/// ```
/// use http::{Response, StatusCode};
/// use reattempt::http::{ResponseExt, StatusError};
///
/// fn state(response: Response<String>) -> Result<String, StatusError> {
///     let response = response.checked_if(|status| status.is_success() || status == StatusCode::NOT_FOUND)?;
///     Ok(response.into_body())
/// }
///
/// assert!(state(Response::builder().status(404).body(String::new())?).is_ok());
/// assert!(state(Response::builder().status(503).body(String::new())?).is_err());
/// # Ok::<(), http::Error>(())
/// ```
pub trait ResponseExt: Sized {
    /// Returns the response, or an error if its status is 400 or above. Redirects that were not followed (3xx) are no errors.
    ///
    /// The body is not read; that of an error is dropped.
    ///
    /// # Errors
    ///
    /// The [`StatusError`] of the response.
    fn checked(self) -> Result<Self, StatusError> {
        self.checked_if(is_no_error)
    }

    /// Returns the response if a function accepts its status, and otherwise an error. The body is not read.
    ///
    /// # Errors
    ///
    /// The [`StatusError`] of the response.
    fn checked_if(self, accepts: impl FnOnce(StatusCode) -> bool) -> Result<Self, StatusError>;
}

impl<B> ResponseExt for Response<B> {
    fn checked_if(self, accepts: impl FnOnce(StatusCode) -> bool) -> Result<Self, StatusError> {
        if accepts(self.status()) { Ok(self) } else { Err(StatusError::new(self.status(), self.headers())) }
    }
}

/// Returns `true` if a status is below 400.
pub(crate) fn is_no_error(status: StatusCode) -> bool {
    status.as_u16() < 400
}

/// Writes the text of a [`StatusError`]. The body is on one line, whatever is in it.
pub(crate) fn write_status(
    f: &mut fmt::Formatter<'_>,
    status: StatusCode,
    url: Option<&str>,
    body: Option<&str>,
) -> fmt::Result {
    write!(f, "status {}", status.as_u16())?;
    if let Some(reason) = status.canonical_reason() {
        write!(f, " {reason}")?;
    }
    if let Some(url) = url {
        write!(f, " from {url}")?;
    }
    let Some(body) = body.map(str::trim).filter(|body| !body.is_empty()) else { return Ok(()) };
    f.write_str(": ")?;
    body.chars().try_for_each(|char| {
        if char.is_control() { write!(f, "{}", char.escape_default()) } else { f.write_char(char) }
    })
}

/// Returns a URL without user, password and query. A `Uri` has no fragment.
pub(crate) fn without_secrets(url: &Uri) -> String {
    let mut shown = url.scheme_str().map(|scheme| format!("{scheme}://")).unwrap_or_default();
    if let Some(authority) = url.authority() {
        // What follows the last `@` is host and port.
        shown.extend(authority.as_str().rsplit('@').next());
    }
    shown + url.path()
}

/// Returns bytes as text, without a character that the end cuts.
fn text(bytes: &[u8]) -> String {
    let end = bytes.utf8_chunks().last().map_or(&[][..], |chunk| chunk.invalid());
    let is_cut = str::from_utf8(end).is_err_and(|error| error.error_len().is_none());
    let whole = if is_cut { bytes.strip_suffix(end).unwrap_or(bytes) } else { bytes };
    String::from_utf8_lossy(whole).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::classify;

    /// Returns the error of a status with headers.
    fn error(status: u16, headers: &[(&str, &str)]) -> StatusError {
        let response =
            headers.iter().fold(Response::builder().status(status), |built, (name, value)| built.header(*name, *value));
        response.body(()).unwrap().checked_if(|_| false).unwrap_err()
    }

    #[test]
    fn a_status_is_an_error_from_400_on() {
        for code in 100..=999 {
            let response = Response::builder().status(code).body(()).unwrap();
            assert_eq!(response.checked().is_err(), code >= 400, "{code}");
        }
    }

    #[test]
    fn the_verdict_is_that_of_the_response() {
        for code in 100..=999 {
            for headers in [&[][..], &[("retry-after", "7")], &[("ratelimit-reset", "7")]] {
                let response = headers
                    .iter()
                    .fold(Response::builder().status(code), |built, (name, value)| built.header(*name, *value));
                let verdict = crate::http::response(&response.body(()).unwrap());
                assert_eq!(classify::transient(&error(code, headers)), verdict, "{code} {headers:?}");
            }
        }
    }

    #[test]
    fn a_set_of_ones_own_gets_the_hint_too() {
        const BUSY: Statuses = Statuses::TRANSIENT.including(StatusCode::CONFLICT).excluding(StatusCode::BAD_GATEWAY);
        let asks = [("retry-after", "7")];
        assert_eq!(error(409, &asks).verdict_by(&BUSY), Verdict::RetryAfter(Duration::from_secs(7)));
        assert_eq!(error(409, &[]).verdict_by(&BUSY), Verdict::Retry);
        assert_eq!(error(502, &asks).verdict_by(&BUSY), Verdict::Stop);
        assert_eq!(error(404, &asks).verdict_by(&BUSY), Verdict::Stop);
        assert_eq!(error(404, &asks).hint(), Some(Duration::from_secs(7)));
    }

    #[test]
    fn a_url_is_shown_without_its_secrets() {
        for (url, shown) in [
            ("http://host/path?token=secret", "http://host/path"),
            ("http://user:secret@host:8080/path?a@b", "http://host:8080/path"),
            ("http://user:p%40secret@[::1]:80/", "http://[::1]:80/"),
            ("/path?token=secret", "/path"),
            ("host:443", "host:443"),
            ("*", "*"),
        ] {
            let error = error(503, &[]).with_url(&url.parse().unwrap());
            assert_eq!(error.url(), Some(shown), "{url}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
    }

    #[test]
    fn a_body_is_cut_and_is_text() {
        for (body, limit, shown) in [
            (b"".as_slice(), 9, ""),
            (b"busy", 0, ""),
            (b"busy", 3, "bus"),
            (b"busy", 4, "busy"),
            (b"busy", usize::MAX, "busy"),
            ("na\u{ef}ve".as_bytes(), 3, "na"),
            ("na\u{ef}ve".as_bytes(), 4, "na\u{ef}"),
            ("\u{1f980}".as_bytes(), 3, ""),
            (b"\xffb\xe2\x82c\xff", 9, "\u{fffd}b\u{fffd}c\u{fffd}"),
        ] {
            assert_eq!(error(503, &[]).with_body(body, limit).body(), Some(shown), "{body:?} {limit}");
        }
    }

    #[test]
    fn the_text_is_one_line() {
        assert_eq!(error(404, &[]).to_string(), "status 404 Not Found");
        assert_eq!(error(599, &[]).to_string(), "status 599");
        assert_eq!(error(503, &[]).with_body(b" \n", 9).to_string(), "status 503 Service Unavailable");
        let shown = error(418, &[]).with_body("one\r\ntwo \u{1b}[31m\u{e9}\n".as_bytes(), 99).to_string();
        assert_eq!(shown, "status 418 I'm a teapot: one\\r\\ntwo \\u{1b}[31m\u{e9}");
    }
}
