//! ureq 3: transient errors and responses of a client that blocks and has no runtime.
//!
//! [`Error`] has all that can go wrong with a request, and [`ResponseExt`] turns a response into it: `agent.get(url).call()?.checked()?` in a
//! function that returns it is all that a retried request needs. [`error`] and [`response`] classify the errors and responses of ureq where
//! the function returns them as they are.
//!
//! It reads errors, and does not know the request. Feature `ureq-3`, which enables no features of ureq.
//!
//! # Turn `http_status_as_error` off
//!
//! ureq makes an error of a status from 400 on, and this error has no headers: with it, `Retry-After` is lost, and a server that asks for two
//! seconds is asked again sooner; the text of such an [`Error`] says so. Turn [`http_status_as_error`](::ureq_3::config::ConfigBuilder::http_status_as_error) off and use `checked`.
//!
//! # What is transient
//!
//! | failure | verdict |
//! |---|---|
//! | a status | by [`Statuses::TRANSIENT`], with the server's hint for responses ([`ResponseExt::checked`], [`response`]); ureq's own error of a status has none |
//! | any of ureq's time-outs, or that of the key `timeout` | transient |
//! | a refusal of a circuit breaker, in an [`Error`] | permanent |
//! | a connection refused, reset, cut short, or a network or host out of reach | transient, before the response and in the middle of it |
//! | a name that the resolver cannot look up at the moment | transient |
//! | a name that does not exist, or has no address of the right family | permanent |
//! | a certificate that is not accepted, a TLS handshake with something that is not TLS | permanent; one that is cut short is transient |
//! | a response that is not HTTP, or whose head is too large | permanent |
//! | a body that cannot be decoded (JSON, compression) or is too large | permanent; one that is cut short is transient |
//! | a redirect that is not followed, or one too many | permanent |
//! | a proxy that refuses the connection, an agent that is shut down | permanent |
//! | a URL or a request that is not valid | permanent |
//! | anything else | permanent |
//!
//! A body without a length ends where the connection ends, so a cut cannot be recognized there.
//!
//! # A request may have been executed
//!
//! These classifiers do not check whether a request may be sent twice. After a connection that breaks, a time-out and most statuses it is
//! unknown whether the server has executed the request. For a POST, let the server recognize the second request: `method = POST` and
//! `idempotency_key = key` in `#[retry]`.
//!
//! # Time-outs
//!
//! ureq has none by default. The key `deadline` does not end an attempt that blocks, so set one in the agent, such as `timeout_per_call`. The key
//! `timeout` is for async functions, such as one that waits for a thread on which ureq runs.
//!
//! # Examples
//!
//! ```no_run
//! use reattempt::ureq_3::{Error, ResponseExt};
//! use ureq_3 as ureq;
//! use ureq::Agent;
//!
//! // With `#[retry(max = 5, deadline = "20s")]` above it:
//! fn motto(agent: &Agent) -> Result<String, Error> {
//!     Ok(agent.get("http://localhost/").call()?.checked()?.body_mut().read_to_string()?)
//! }
//!
//! let agent: Agent = Agent::config_builder().http_status_as_error(false).build().into();
//! println!("{}", motto(&agent)?);
//! # Ok::<(), Error>(())
//! ```

mod checked_response;
mod request_error;

pub use checked_response::ResponseExt;
pub use request_error::Error;

use super::http::Statuses;
use crate::failure::classify::{IntoVerdict, Transient, Verdict};
use crate::failure::error_chain;
use crate::failure::name_lookup;
use ::http::{Response, StatusCode};
use ::ureq_3::{self as ureq, Timeout};
use core::error::Error as StdError;
use core::iter;
use std::io;

/// What stands before the text of an error that a decoder met.
///
/// Only the text shows it: these variants exist with ureq's features `json`, `gzip` and `brotli` alone, which are the user's to choose, and ureq's
/// errors have no sources.
const DECODERS: [&str; 3] = ["json: ", "gzip decompression failed: ", "brotli decompression failed: "];
/// ureq's text for a connection that ended too early.
const DISCONNECTED: &str = "Peer disconnected";
/// What stands between the text of an error that JSON met and its place.
const PLACE: &str = " at line ";
/// All of ureq's time-outs that are errors.
const TIMEOUTS: [Timeout; 10] = [
    Timeout::PerRead,
    Timeout::PerWrite,
    Timeout::Global,
    Timeout::PerCall,
    Timeout::Resolve,
    Timeout::Connect,
    Timeout::SendRequest,
    Timeout::SendBody,
    Timeout::RecvResponse,
    Timeout::RecvBody,
];

/// Classifies an error by the [table](self#what-is-transient) above.
///
/// A transient error may come after the server has executed the request; see there.
pub fn error(error: &ureq::Error) -> Verdict {
    is_transient(error).into_verdict()
}

/// Classifies a response by [`Statuses::TRANSIENT`], with the server's hint: `on_value = reattempt::ureq_3::response`.
///
/// There is a response only where `http_status_as_error` is off. With a set of your own:
/// `on_value = |response| BUSY.verdict(response.status(), response.headers())`.
pub fn response(response: &Response<ureq::Body>) -> Verdict {
    Statuses::TRANSIENT.response(response)
}

/// Uses the verdict of [`error`]. There is no hint, because ureq's error of a status does not have the headers.
impl Transient for ureq::Error {
    fn is_transient(&self) -> bool {
        is_transient(self)
    }
}

fn is_transient(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Io(error) => is_lost(error),
        ureq::Error::Other(error) => is_lost(&**error),
        error => status(error).is_some_and(|status| status.is_transient()) || is_timeout(error) || is_cut_short(error),
    }
}

/// Returns the status that an error was made of.
fn status(error: &ureq::Error) -> Option<StatusCode> {
    match error {
        ureq::Error::StatusCode(code) => StatusCode::from_u16(*code).ok(),
        _ => None,
    }
}

/// Returns `true` if a time-out of ureq ended the request, also one that a decoder met.
fn is_timeout(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Timeout(_) => true,
        ureq::Error::Io(error) => error.kind() == io::ErrorKind::TimedOut,
        error => cause_by_decoder(error)
            .is_some_and(|cause| TIMEOUTS.iter().any(|timeout| ureq::Error::Timeout(*timeout).to_string() == cause)),
    }
}

/// Returns `true` if a decoder met the end of the connection.
fn is_cut_short(error: &ureq::Error) -> bool {
    cause_by_decoder(error).is_some_and(|cause| cause == DISCONNECTED)
}

/// Returns the text of the error that the decoders of a body met.
fn cause_by_decoder(error: &ureq::Error) -> Option<String> {
    let text = error.to_string();
    let cause = iter::successors(without_decoder(&text), |&text| without_decoder(text)).last()?;
    Some(cause.rsplit_once(PLACE).map_or(cause, |(cause, _)| cause).to_owned())
}

/// Returns the rest of a text that begins with the name of a decoder.
fn without_decoder(text: &str) -> Option<&str> {
    DECODERS.iter().find_map(|decoder| text.strip_prefix(decoder))
}

/// Returns `true` if the connection or the name lookup before it failed. The innermost known cause decides, because the errors around it are
/// less specific.
fn is_lost(error: &(dyn StdError + 'static)) -> bool {
    name_lookup::verdict(error).unwrap_or_else(|| {
        let known = error_chain::chain(error).filter_map(<dyn StdError>::downcast_ref::<io::Error>);
        known.last().is_some_and(Transient::is_transient)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_transient_by_the_list() {
        for code in 0..=u16::MAX {
            let expected = matches!(code, 408 | 425 | 429 | 500 | 502 | 503 | 504);
            assert_eq!(error(&ureq::Error::StatusCode(code)), expected.into_verdict(), "{code}");
        }
    }

    #[test]
    fn each_timeout_is_transient() {
        for timeout in TIMEOUTS {
            assert_eq!(error(&ureq::Error::Timeout(timeout)), Verdict::Retry, "{timeout}");
        }
    }

    #[test]
    fn faults_of_the_connection_are_told_apart() {
        use io::ErrorKind as Kind;
        for (kind, expected) in [
            (Kind::ConnectionRefused, true),
            (Kind::ConnectionReset, true),
            (Kind::ConnectionAborted, true),
            (Kind::BrokenPipe, true),
            (Kind::UnexpectedEof, true),
            (Kind::HostUnreachable, true),
            (Kind::NetworkUnreachable, true),
            (Kind::TimedOut, true),
            // A handshake with something that is not TLS.
            (Kind::InvalidData, false),
            // An agent that is shut down.
            (Kind::NotConnected, false),
            (Kind::AddrNotAvailable, false),
            (Kind::PermissionDenied, false),
            (Kind::Other, false),
        ] {
            assert_eq!(error(&ureq::Error::Io(kind.into())), expected.into_verdict(), "{kind}");
            assert_eq!(error(&ureq::Error::Other(Box::new(io::Error::from(kind)))), expected.into_verdict(), "{kind}");
        }
    }

    #[test]
    fn a_failed_lookup_says_whether_another_may_succeed() {
        let failed = |detail: &str| io::Error::other(format!("failed to lookup address information: {detail}"));
        assert_eq!(error(&failed("Temporary failure in name resolution").into()), Verdict::Retry);
        assert_eq!(error(&failed("Name or service not known").into()), Verdict::Stop);
        assert_eq!(error(&ureq::Error::HostNotFound), Verdict::Stop);
    }

    #[test]
    fn what_lasts_is_permanent() {
        for lasting in [
            ureq::Error::BadUri("nowhere".to_owned()),
            ureq::Error::RedirectFailed,
            ureq::Error::TooManyRedirects,
            ureq::Error::InvalidProxyUrl,
            ureq::Error::ConnectionFailed,
            ureq::Error::ConnectProxyFailed("407".to_owned()),
            ureq::Error::BodyExceedsLimit(9),
            ureq::Error::LargeResponseHeader(9, 8),
            ureq::Error::Tls("no name"),
            ureq::Error::TlsRequired,
            ureq::Error::RequireHttpsOnly("http://host/".to_owned()),
            ureq::Error::Other("of a connector of one's own".into()),
            ureq::Error::BodyStalled,
        ] {
            assert_eq!(error(&lasting), Verdict::Stop, "{lasting:?}");
        }
    }
}
