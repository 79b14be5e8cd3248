//! reqwest 0.13: which errors and responses are transient, for its async and its blocking client.
//!
//! It reads errors, and knows nothing of what was sent. Features `reqwest-0_13` and, for [`blocking_response`],
//! `reqwest-0_13-blocking`.
//!
//! # What is transient
//!
//! | failure | verdict |
//! |---|---|
//! | a status | by [`Statuses::TRANSIENT`]; the server's hint is in the response, so classify that ([`response`]) and not the error of `error_for_status` |
//! | a time-out, of whatever part | transient |
//! | a connection refused, reset, cut short, or a network or host out of reach | transient, before the answer and in the middle of it |
//! | a stream that HTTP/2 broke off, for any reason: the reasons cannot be distinguished here | transient |
//! | a name that the resolver could not look up for now | transient |
//! | a name that does not exist, or an error of a resolver that is not the system's | permanent |
//! | a certificate that is not accepted, a TLS handshake with something that is not TLS | permanent; one that is cut short is transient |
//! | an answer that is not HTTP | permanent |
//! | a body that is not what was expected (JSON, compression) | permanent; one that is cut short is transient |
//! | a request or client that cannot be built, a redirect that is not followed, an upgrade that fails | permanent |
//! | anything else | permanent |
//!
//! # What was sent may have been carried out
//!
//! These classifiers never ask whether a request may be sent twice. A connection that breaks after the request, a time-out and most
//! statuses leave it open whether the server has carried it out. For a POST, either let the server tell the second from the first
//! (`method = POST` and `idempotency_key = key` in `#[retry]`), or retry with `on = not_sent`, which takes only what never left.
//!
//! # Examples
//!
//! ```no_run
//! use http::StatusCode;
//! use reqwest_0_13 as reqwest;
//! use retry_runtime::http::Statuses;
//! use retry_runtime::reqwest_0_13::{error, response};
//!
//! // In an attribute: `#[retry(on = error, on_value = response)]`, and with a list of one's own
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

use super::http::Statuses;
use crate::failure::classify::{IntoVerdict, Transient, Verdict};
use crate::failure::error_chain;
use crate::failure::name_lookup;
use ::reqwest_0_13 as reqwest;
use core::error::Error;
use std::io;

/// Classifies an error by the [table](self) above.
///
/// A transient one may come after the server has carried the request out; see there.
pub fn error(error: &reqwest::Error) -> Verdict {
    is_transient(error).into_verdict()
}

/// Classifies an error for requests that must not be sent twice: transient only if it is by [`error`], and no connection was made, so
/// that the request never left.
///
/// It cannot see what came before that connection. Use it with a client that follows no redirects and has no retries of reqwest's
/// own: the request of a redirect may find no connection after the first one was answered.
#[cfg(not(all(target_arch = "wasm32", any(target_os = "unknown", target_os = "none"))))]
pub fn not_sent(error: &reqwest::Error) -> Verdict {
    // An error of a connection in use is hyper's. It may have that of another connection below it: of one that the request's body
    // was to come from.
    let was_in_use = error_chain::chain(error).any(<dyn Error>::is::<hyper::Error>);
    (error.is_connect() && !was_in_use && is_transient(error)).into_verdict()
}

/// Classifies a response by [`Statuses::TRANSIENT`], with the server's hint: `on_value = reattempt::reqwest_0_13::response`.
///
/// With a list of one's own: `on_value = |response| BUSY.verdict(response.status(), response.headers())`.
pub fn response(response: &reqwest::Response) -> Verdict {
    Statuses::TRANSIENT.verdict(response.status(), response.headers())
}

/// Does the same as [`response`] for a response of the blocking client.
#[cfg(feature = "reqwest-0_13-blocking")]
pub fn blocking_response(response: &reqwest::blocking::Response) -> Verdict {
    Statuses::TRANSIENT.verdict(response.status(), response.headers())
}

/// By [`error`], without a hint: the error of a status does not have the headers.
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

/// Whether the connection failed, or the lookup before it. Of the causes that tell, the innermost decides: those around it may
/// stand for anything.
fn is_lost(error: &reqwest::Error) -> bool {
    name_lookup::verdict(error).unwrap_or_else(|| error_chain::chain(error).filter_map(is_loss).last().unwrap_or(false))
}

/// Whether a cause tells of a lost connection; `None` if it tells nothing.
fn is_loss(cause: &(dyn Error + 'static)) -> Option<bool> {
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        return Some(error.is_transient());
    }
    // What is not HTTP stays so, and so does what the caller does wrong. All else ends a connection or a stream of it.
    cause.downcast_ref::<hyper::Error>().map(|error| !error.is_parse() && !error.is_user())
}
