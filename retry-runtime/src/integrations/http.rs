//! HTTP: transient statuses, idempotent methods, the hints in responses, and responses as errors.
//!
//! It knows the types of the crate `http`, but no client or server. Feature `http`.
//!
//! A classifier does not know the request. Before you retry a request that is not idempotent ([`is_idempotent`]), make sure that the server
//! does not execute it twice. The keys `method` and `idempotency_key` of `#[retry]` help with that.

mod hint;
pub(crate) mod status_error;

pub use hint::hint;
pub use status_error::{ResponseExt, StatusError};

use crate::failure::classify::{Transient, Verdict};
use ::http::{HeaderMap, Method, Response, StatusCode};
use core::fmt;
use core::time::Duration;

/// A set of status codes that are transient.
///
/// [`Statuses::TRANSIENT`] is the set of this crate, which [`response`] uses. A set of your own can be a constant:
///
/// # Examples
///
/// ```
/// use http::{Response, StatusCode};
/// use reattempt::Verdict;
/// use reattempt::http::Statuses;
/// use std::time::Duration;
///
/// const BUSY: Statuses = Statuses::TRANSIENT.including(StatusCode::CONFLICT).excluding(StatusCode::INTERNAL_SERVER_ERROR);
///
/// let conflict = Response::builder().status(409).header("retry-after", "2").body(())?;
/// assert_eq!(BUSY.response(&conflict), Verdict::RetryAfter(Duration::from_secs(2)));
/// assert_eq!(BUSY.response(&Response::builder().status(500).body(())?), Verdict::Stop);
/// # Ok::<(), http::Error>(())
/// ```
///
/// A retried function uses it with `on_value = |response| BUSY.response(response)`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Statuses {
    /// A bit for each code from 100 to 999.
    bits: [u64; WORDS],
}

const WORDS: usize = 15;

impl Statuses {
    /// The empty set.
    pub const NONE: Self = Self { bits: [0; WORDS] };

    /// The statuses that are transient by default: 408, 425, 429, 500, 502, 503 and 504.
    ///
    /// 501 and 505 are not in the set: a server that does not support a method or a version will not support it at the next attempt.
    pub const TRANSIENT: Self = Self::NONE
        .including(StatusCode::REQUEST_TIMEOUT)
        .including(StatusCode::TOO_EARLY)
        .including(StatusCode::TOO_MANY_REQUESTS)
        .including(StatusCode::INTERNAL_SERVER_ERROR)
        .including(StatusCode::BAD_GATEWAY)
        .including(StatusCode::SERVICE_UNAVAILABLE)
        .including(StatusCode::GATEWAY_TIMEOUT);

    /// Returns this set with one more status.
    #[must_use = "the set itself is not changed"]
    pub const fn including(mut self, status: StatusCode) -> Self {
        let (word, bit) = place(status);
        self.bits[word] |= bit;
        self
    }

    /// Returns this set without one status.
    #[must_use = "the set itself is not changed"]
    pub const fn excluding(mut self, status: StatusCode) -> Self {
        let (word, bit) = place(status);
        self.bits[word] &= !bit;
        self
    }

    /// Returns `true` if a status is in this set.
    pub const fn contains(&self, status: StatusCode) -> bool {
        let (word, bit) = place(status);
        self.bits[word] & bit != 0
    }

    /// Classifies a response by its status and headers, for responses of other types than those of the crate `http`.
    ///
    /// A status of this set is transient, with the server's [`hint`] if the headers have one. For all others the verdict is `Stop`, whatever the
    /// headers say. `RateLimit-Reset` is used for 429, and for other statuses if `RateLimit-Remaining` is 0.
    pub fn verdict(&self, status: StatusCode, headers: &HeaderMap) -> Verdict {
        self.verdict_with(status, || hint::of_status(status, headers))
    }

    /// Classifies a status with its hint, which is only read if the status is in this set.
    pub(crate) fn verdict_with(&self, status: StatusCode, hint: impl FnOnce() -> Option<Duration>) -> Verdict {
        if !self.contains(status) {
            return Verdict::Stop;
        }
        hint().map_or(Verdict::Retry, Verdict::RetryAfter)
    }

    /// Classifies a response; see [`verdict`](Self::verdict).
    pub fn response<B>(&self, response: &Response<B>) -> Verdict {
        self.verdict(response.status(), response.headers())
    }

    /// Returns the statuses of this set, the smallest first.
    pub fn iter(&self) -> impl Iterator<Item = StatusCode> {
        let set = *self;
        (100..=999).filter_map(|code| StatusCode::from_u16(code).ok()).filter(move |status| set.contains(*status))
    }
}

/// Returns the index of a status's word and its bit in the word. A `StatusCode` is never below 100 or above 999.
const fn place(status: StatusCode) -> (usize, u64) {
    let index = status.as_u16().saturating_sub(100) as usize;
    (index / 64, 1 << (index % 64))
}

impl fmt::Debug for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|status| status.as_u16())).finish()
    }
}

/// Classifies a response by [`Statuses::TRANSIENT`] and its headers: `on_value = reattempt::http::response`.
///
/// # Examples
///
/// ```
/// use ::http::Response;
/// use reattempt::{Verdict, http};
/// use std::time::Duration;
///
/// let busy = Response::builder().status(503).header("retry-after", "120").body(())?;
/// assert_eq!(http::response(&busy), Verdict::RetryAfter(Duration::from_secs(120)));
/// assert_eq!(http::response(&Response::builder().status(404).body(())?), Verdict::Stop);
/// # Ok::<(), ::http::Error>(())
/// ```
pub fn response<B>(response: &Response<B>) -> Verdict {
    Statuses::TRANSIENT.response(response)
}

/// Returns `true` if a method is idempotent by RFC 9110: GET, HEAD, OPTIONS, TRACE, PUT and DELETE. Sending such a request twice has the same
/// effect as sending it once.
///
/// Methods of other specifications and methods of your own are not idempotent here.
pub fn is_idempotent(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE, Method::PUT, Method::DELETE].contains(method)
}

/// Statuses in [`Statuses::TRANSIENT`] are transient.
impl Transient for StatusCode {
    fn is_transient(&self) -> bool {
        Statuses::TRANSIENT.contains(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::classify;

    /// Returns the verdict on a status with headers.
    fn verdict(status: u16, headers: &[(&str, &str)]) -> Verdict {
        let response =
            headers.iter().fold(Response::builder().status(status), |built, (name, value)| built.header(*name, *value));
        self::response(&response.body(()).unwrap())
    }

    #[test]
    fn the_transient_statuses_are_these_seven_of_all_900() {
        let transient: Vec<_> = Statuses::TRANSIENT.iter().map(|status| status.as_u16()).collect();
        assert_eq!(transient, [408, 425, 429, 500, 502, 503, 504]);
        for code in 100..=999 {
            let status = StatusCode::from_u16(code).unwrap();
            assert_eq!(Statuses::TRANSIENT.contains(status), transient.contains(&code), "{code}");
            assert_eq!(status.is_transient(), transient.contains(&code), "{code}");
            assert_eq!(verdict(code, &[]) == Verdict::Retry, transient.contains(&code), "{code}");
        }
    }

    #[test]
    fn each_status_has_a_place_of_its_own() {
        for code in 100..=999 {
            let status = StatusCode::from_u16(code).unwrap();
            let alone = Statuses::NONE.including(status);
            assert_eq!(alone.iter().collect::<Vec<_>>(), [status]);
            assert_eq!(alone.including(status), alone);
            assert_eq!(alone.excluding(status), Statuses::NONE);
            assert_eq!(Statuses::NONE.excluding(status), Statuses::NONE);
        }
    }

    #[test]
    fn a_list_of_ones_own_is_a_constant() {
        const OWN: Statuses = Statuses::TRANSIENT.including(StatusCode::CONFLICT).excluding(StatusCode::BAD_GATEWAY);
        assert_eq!(format!("{OWN:?}"), "{408, 409, 425, 429, 500, 503, 504}");
        assert_eq!(OWN.verdict(StatusCode::CONFLICT, &HeaderMap::new()), Verdict::Retry);
        assert_eq!(OWN.verdict(StatusCode::BAD_GATEWAY, &HeaderMap::new()), Verdict::Stop);
    }

    #[test]
    fn a_hint_changes_no_permanent_status() {
        let asks =
            [("retry-after", "1"), ("retry-after-ms", "1"), ("ratelimit-remaining", "0"), ("ratelimit-reset", "1")];
        for code in [200, 301, 400, 404, 409, 501, 505] {
            assert_eq!(verdict(code, &asks), Verdict::Stop, "{code}");
        }
        assert_eq!(verdict(503, &asks), Verdict::RetryAfter(Duration::from_millis(1)));
    }

    #[test]
    fn a_rate_limit_counts_where_it_is_what_stopped_the_request() {
        let reset = ("ratelimit-reset", "30");
        let asked = Verdict::RetryAfter(Duration::from_secs(30));
        assert_eq!(verdict(429, &[reset]), asked);
        assert_eq!(verdict(429, &[reset, ("ratelimit-remaining", "7")]), asked);
        assert_eq!(verdict(503, &[reset]), Verdict::Retry);
        assert_eq!(verdict(503, &[reset, ("ratelimit-remaining", "7")]), Verdict::Retry);
        assert_eq!(verdict(503, &[reset, ("ratelimit-remaining", "0")]), asked);
    }

    #[test]
    fn a_date_is_held_against_the_wall_clock() {
        assert_eq!(
            verdict(503, &[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]),
            Verdict::RetryAfter(Duration::ZERO)
        );
        let Verdict::RetryAfter(hint) = verdict(503, &[("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")]) else {
            panic!("no hint");
        };
        assert!(hint > Duration::from_secs(7_000 * 365 * 86_400), "{hint:?}");
    }

    #[test]
    fn a_status_classifies_itself_as_an_error() {
        assert_eq!(classify::transient(&StatusCode::BAD_GATEWAY), Verdict::Retry);
        assert_eq!(classify::transient(&StatusCode::NOT_IMPLEMENTED), Verdict::Stop);
    }

    #[test]
    fn idempotent_are_the_six_methods_of_the_rfc() {
        let of_the_rfc = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"];
        for name in of_the_rfc.into_iter().chain(["POST", "PATCH", "CONNECT", "PURGE", "get"]) {
            let method = Method::from_bytes(name.as_bytes()).unwrap();
            assert_eq!(is_idempotent(&method), of_the_rfc.contains(&name), "{name}");
        }
    }
}
