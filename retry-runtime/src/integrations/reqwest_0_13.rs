//! reqwest 0.13: transient errors and responses of its async and its blocking client.
//!
//! [`Error`] has all that can go wrong with a request, and [`ResponseExt`] turns a response into it: `client.get(url).send().await?.checked()?` in
//! a function that returns it is all that a retried request needs. [`error`] and [`response`] classify the errors and responses of reqwest where
//! the function returns them as they are.
//!
//! It reads errors, and does not know the request. Features `reqwest-0_13` and, for the blocking client, `reqwest-0_13-blocking`.
//!
//! # What is transient
//!
//! | failure | verdict |
//! |---|---|
//! | a status | by [`Statuses::TRANSIENT`], with the server's hint for responses ([`ResponseExt::checked`], [`response`]); the error of `error_for_status` has none |
//! | any time-out, of the client or of the key `timeout` | transient |
//! | a refusal of a circuit breaker, in an [`Error`] | permanent |
//! | a connection refused, reset, cut short, or a network or host out of reach | transient, before the response and in the middle of it |
//! | a stream that HTTP/2 reset, for any reason: the reasons cannot be distinguished here | transient |
//! | a name that the resolver cannot look up at the moment | transient |
//! | a name that does not exist, or an error of another resolver than the system's | permanent |
//! | a certificate that is not accepted, a TLS handshake with something that is not TLS | permanent; one that is cut short is transient |
//! | a response that is not HTTP | permanent |
//! | a body that cannot be decoded (JSON, compression) | permanent; one that is cut short is transient |
//! | a request or client that cannot be built, a redirect that is not followed, an upgrade that fails | permanent |
//! | anything else | permanent |
//!
//! # A request may have been executed
//!
//! These classifiers do not check whether a request may be sent twice. After a connection that breaks, a time-out and most statuses it is
//! unknown whether the server has executed the request. For a POST, either let the server recognize the second request (`method = POST` and
//! `idempotency_key = key` in `#[retry]`), or retry with `on = not_sent`, which retries only requests that were not sent.
//!
//! # Examples
//!
//! ```no_run
//! use http::StatusCode;
//! use reqwest_0_13 as reqwest;
//! use reattempt::http::Statuses;
//! use reattempt::reqwest_0_13::{error, response};
//!
//! // In an attribute: `#[retry(on = error, on_value = response)]`, and with a set of your own
//! // `#[retry(on = error, on_value = |r| BUSY.verdict(r.status(), r.headers()))]`.
//! const BUSY: Statuses = Statuses::TRANSIENT.including(StatusCode::CONFLICT);
//!
//! async fn fetch(client: &reqwest::Client) -> reqwest::Result<reqwest::Response> {
//!     client.get("http://localhost/").send().await
//! }
//!
//! # async fn look(client: &reqwest::Client) {
//! match fetch(client).await {
//!     Ok(answer) => println!("{:?} {:?}", response(&answer), BUSY.verdict(answer.status(), answer.headers())),
//!     Err(failure) => println!("{:?}", error(&failure)),
//! }
//! # }
//! ```

mod checked_response;
mod request_error;

pub use checked_response::ResponseExt;
pub use request_error::Error;

use super::http::Statuses;
use crate::failure::classify::{IntoVerdict, Transient, Verdict};
use crate::failure::error_chain;
use crate::failure::name_lookup;
use ::reqwest_0_13 as reqwest;
use core::error::Error as StdError;
use std::io;

/// Classifies an error by the [table](self) above.
///
/// A transient error may come after the server has executed the request; see there.
pub fn error(error: &reqwest::Error) -> Verdict {
    is_transient(error).into_verdict()
}

/// Classifies an error of a request that must not be sent twice. The error is transient only if [`error`] says so and no connection was made,
/// so that the request was not sent.
///
/// It does not see earlier connections of the same request. Use it with a client that follows no redirects and has no retries of reqwest: the
/// request of a redirect may get no connection after the first request was answered.
#[cfg(not(all(target_arch = "wasm32", any(target_os = "unknown", target_os = "none"))))]
pub fn not_sent(error: &reqwest::Error) -> Verdict {
    // An error of a connection in use is an error of hyper. It may contain the error of another connection: the one that the request's body
    // comes from.
    let was_in_use = error_chain::chain(error).any(<dyn StdError>::is::<hyper::Error>);
    (error.is_connect() && !was_in_use && is_transient(error)).into_verdict()
}

/// Classifies a response by [`Statuses::TRANSIENT`], with the server's hint: `on_value = reattempt::reqwest_0_13::response`. It takes the
/// responses of the async and of the blocking client.
///
/// With a set of your own: `on_value = |response| BUSY.verdict(response.status(), response.headers())`.
pub fn response<R: ResponseExt>(response: &R) -> Verdict {
    let (status, headers, _) = response.head();
    Statuses::TRANSIENT.verdict(status, headers)
}

/// Uses the verdict of [`error`]. There is no hint, because the error of a status does not have the headers.
impl Transient for reqwest::Error {
    fn is_transient(&self) -> bool {
        is_transient(self)
    }
}

fn is_transient(error: &reqwest::Error) -> bool {
    if error.is_builder() || error.is_redirect() || error.is_upgrade() {
        return false;
    }
    if let Some(status) = error.status() {
        return status.is_transient();
    }
    error.is_timeout() || is_lost(error)
}

/// Returns `true` if the connection or the name lookup before it failed. The innermost known cause decides, because the errors around it are
/// less specific.
fn is_lost(error: &reqwest::Error) -> bool {
    name_lookup::verdict(error).unwrap_or_else(|| error_chain::chain(error).filter_map(is_loss).last().unwrap_or(false))
}

/// Returns whether a cause is a lost connection, or `None` if it does not show that.
fn is_loss(cause: &(dyn StdError + 'static)) -> Option<bool> {
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        return Some(error.is_transient());
    }
    // A parse error and a mistake of the caller are permanent. All other errors end a connection or one of its streams.
    cause.downcast_ref::<hyper::Error>().map(|error| !error.is_parse() && !error.is_user())
}
