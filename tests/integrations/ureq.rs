//! ureq's client, which blocks, against a server with scripted faults.

use crate::connection_faults::{lasting, nobody, passing};
use crate::name_lookup::impossible;
use crate::request_errors::{MUCH, bodies, stalled};
use crate::server::{Reply, Server};
use crate::statuses::TABLE;
use reattempt::http::Statuses;
use reattempt::ureq_3::{Error, ResponseExt, error, response};
use reattempt::{CircuitBreaker, Failure, RetryError, Retrying, StopReason, Transient, Verdict, retry, testing};
use std::cell::{Cell, RefCell};
use std::error;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;
use ureq_3 as ureq;
use ureq_3::config::{Config, ConfigBuilder};
use ureq_3::http::{Response, StatusCode, Uri};
use ureq_3::typestate::AgentScope;
use ureq_3::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq_3::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq_3::{Agent, Body};

const SECOND: Duration = Duration::from_secs(1);
/// A time limit for a reply that never comes.
const SHORT: Duration = Duration::from_millis(50);

fn config() -> ConfigBuilder<AgentScope> {
    Agent::config_builder().http_status_as_error(false).proxy(None)
}

fn agent() -> Agent {
    config().build().into()
}

/// Reads a body. Between its head and the rest, a waiting server may continue.
#[retry(strategy = "immediate")]
fn read(agent: &Agent, server: &Server) -> Result<String, RetryError<Error>> {
    let response = agent.get(server.url()).call()?.checked();
    server.go_on();
    Ok(response?.body_mut().read_to_string()?)
}

/// Asserts the number of requests, and the stop reason. Returns the last error.
#[track_caller]
fn check<T>(
    what: &str,
    server: &Server,
    outcome: Result<T, RetryError<Error>>,
    reason: StopReason,
    requests: u32,
) -> Error {
    let Err(error) = outcome else { panic!("{what}: no error") };
    assert_eq!((error.reason(), error.attempts(), server.asked()), (reason, requests, requests), "{what}: {error:?}");
    error.into_last().expect("the attempt failed")
}

#[test]
fn four_lines_obey_the_hint_survive_a_broken_body_and_return_the_value() {
    #[retry(max = 5, strategy = "constant", base = "100ms", deadline = "20s")]
    fn motto(agent: &Agent, url: &str) -> Result<Vec<u32>, Error> {
        Ok(agent.get(url).call()?.checked()?.body_mut().read_json()?)
    }
    let server = Server::start([
        Reply::with_headers(429, "retry-after: 2\r\n"),
        Reply::cut("[1, 2", 8),
        Reply::status(503),
        Reply::body("[1, 2]"),
    ]);
    let paused = testing::pause();
    assert_eq!(motto(&agent(), &server.url()).unwrap(), [1, 2]);
    let [hint, second, third] = paused.slept()[..] else { panic!("{:?}", paused.slept()) };
    assert!((2 * SECOND..=2 * SECOND + SECOND / 5).contains(&hint), "{hint:?}");
    assert_eq!((second, third, server.asked()), (SECOND / 10, SECOND / 10, 4));
}

#[test]
fn the_caller_and_notify_get_the_last_status() {
    thread_local!(static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) });
    fn see(retrying: &Retrying<'_, Error>) {
        if let Failure::Error(error) = retrying.failure() {
            SEEN.with_borrow_mut(|seen| seen.push(error.to_string()));
        }
    }
    #[retry(strategy = "immediate", notify = see)]
    fn call(agent: &Agent, url: &str) -> Result<String, Error> {
        Ok(agent.get(url).call()?.checked_with_body(9)?.body_mut().read_to_string()?)
    }
    let body = |code| Reply::raw(format!("HTTP/1.1 {code} Scripted\r\nconnection: close\r\n\r\nbusy: token\n"));
    let server = Server::start([body(503), body(502), body(429)]);
    let url = server.url().replace("//", "//user:secret@") + "path?token=secret";
    let error = call(&agent(), &url).unwrap_err();
    assert_eq!(
        (error.status(), error.body(), server.asked()),
        (Some(StatusCode::TOO_MANY_REQUESTS), Some("busy: tok"), 3)
    );
    let place = format!("{}path", server.url());
    assert_eq!(error.to_string(), format!("status 429 Too Many Requests from {place}: busy: tok"));
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    assert_eq!(
        SEEN.take(),
        [
            format!("status 503 Service Unavailable from {place}: busy: tok"),
            format!("status 502 Bad Gateway from {place}: busy: tok"),
        ]
    );
}

#[test]
fn a_status_as_an_error_of_ureq_has_no_hint_and_says_so() {
    #[retry(strategy = "constant", base = "100ms")]
    fn call(agent: &Agent, url: &str) -> Result<Response<Body>, Error> {
        agent.get(url).call()?.checked()
    }
    let server = Server::start([Reply::with_headers(503, "retry-after: 20\r\n")]);
    let paused = testing::pause();
    let error = call(&Agent::config_builder().proxy(None).build().into(), &server.url()).unwrap_err();
    assert_eq!((error.status(), error.hint(), server.asked()), (Some(StatusCode::SERVICE_UNAVAILABLE), None, 3));
    assert_eq!(paused.slept(), [SECOND / 10, SECOND / 10]);
    assert!(matches!(error, Error::Transport(ureq::Error::StatusCode(503))), "{error:?}");
    assert_eq!(
        error.to_string(),
        "status 503 Service Unavailable, without headers and so without `Retry-After`; \
         set `http_status_as_error(false)` and use `checked()`"
    );
}

#[test]
fn each_status_is_asked_for_as_often_as_it_is_worth() {
    let agent: Agent = config().max_redirects(0).build().into();
    for (code, requests) in TABLE {
        let server = Server::start([Reply::status(code)]);
        match read(&agent, &server) {
            Ok(_) => assert!(code < 400, "{code}"),
            Err(error) => {
                assert_eq!((error.attempts(), code >= 400), (requests, true), "{code}");
                assert_eq!(error.last().unwrap().status().map(|status| status.as_u16()), Some(code));
            }
        }
        assert_eq!(server.asked(), requests, "{code}");
    }
}

#[test]
fn a_status_outside_of_100_to_999_is_no_answer() {
    for code in ["0", "99", "099", "1000", "-50", "2e2"] {
        let server = Server::start([Reply::raw(format!("HTTP/1.1 {code} Odd\r\ncontent-length: 0\r\n\r\n"))]);
        let error = check(code, &server, read(&agent(), &server), StopReason::Permanent, 1);
        assert!(matches!(error, Error::Transport(_)) && error.status().is_none(), "{code}: {error:?}");
    }
    let server = Server::start([Reply::status(600)]);
    let error = check("600", &server, read(&agent(), &server), StopReason::Permanent, 1);
    assert_eq!(error.to_string(), format!("status 600 from {}", server.url()));
}

#[test]
fn checked_if_takes_the_statuses_that_are_fine_and_a_set_says_which_are_transient() {
    const CONFLICT: Statuses = Statuses::TRANSIENT.including(StatusCode::CONFLICT);
    #[retry(strategy = "immediate", on = |error| error.verdict_by(&CONFLICT))]
    fn call(agent: &Agent, server: &Server) -> Result<u16, RetryError<Error>> {
        let response = agent.get(server.url()).call()?;
        Ok(response.checked_if(|status| status.is_success() || status == 404)?.status().as_u16())
    }
    let server = Server::start([Reply::status(503), Reply::status(409), Reply::status(404)]);
    assert_eq!((call(&agent(), &server).unwrap(), server.asked()), (404, 3));
    // A status that is not accepted is an error, also if it is below 400.
    let server = Server::start([Reply::status(304)]);
    let error = check("304", &server, call(&agent(), &server), StopReason::Permanent, 1);
    assert_eq!(error.status(), Some(StatusCode::NOT_MODIFIED));
    // ureq's own error of a status is judged by the set, too.
    let own: Agent = Agent::config_builder().proxy(None).build().into();
    let server = Server::start([Reply::status(409)]);
    check("409", &server, call(&own, &server), StopReason::MaxAttempts, 3);
}

#[test]
fn a_response_that_is_a_value_is_classified_too() {
    #[retry(strategy = "constant", base = "100ms", on = error, on_value = response)]
    fn call(agent: &Agent, url: &str) -> Result<Response<Body>, ureq::Error> {
        agent.get(url).call()
    }
    let server = Server::start([Reply::with_headers(503, "retry-after: 7\r\n"), Reply::raw(""), Reply::status(200)]);
    let paused = testing::pause();
    assert_eq!((call(&agent(), &server.url()).unwrap().status().as_u16(), server.asked()), (200, 3));
    let [hint, delay] = paused.slept()[..] else { panic!("{:?}", paused.slept()) };
    assert!((7 * SECOND..=8 * SECOND).contains(&hint), "{hint:?}");
    assert_eq!(delay, SECOND / 10);
}

#[test]
fn headers_that_cannot_be_read_are_no_hints_and_one_too_long_ends_the_call() {
    #[retry(strategy = "constant", base = "100ms", max = 2)]
    fn call(agent: &Agent, url: &str) -> Result<Response<Body>, RetryError<Error>> {
        agent.get(url).call()?.checked()
    }
    let agent = agent();
    for headers in [
        b"Retry-After:\r\n".as_slice(),
        b"Retry-After: -1\r\n",
        b"Retry-After: soon\r\n",
        b"Retry-After: 5, 10\r\n",
        b"Retry-After: \xff\xfe\xfd\r\n",
        b"retry-after-ms: NaN\r\nx-ms-retry-after-ms: inf\r\n",
    ] {
        let shown = headers.escape_ascii().to_string();
        let server = Server::start([Reply::with_headers(503, headers)]);
        let paused = testing::pause();
        check(&shown, &server, call(&agent, &server.url()), StopReason::MaxAttempts, 2);
        assert_eq!(paused.slept(), [SECOND / 10], "{shown}");
    }
    let server = Server::start([Reply::with_headers(503, "Retry-After: 61\r\n")]);
    let error = check("too long", &server, call(&agent, &server.url()), StopReason::HintTooLong, 1);
    assert_eq!(error.hint(), Some(61 * SECOND));
}

#[test]
fn a_connection_that_breaks_is_transient_wherever_it_does() {
    let agent = agent();
    for (what, fault) in passing() {
        let server = Server::start([fault.clone(), fault.clone(), Reply::body("whole")]);
        let text = read(&agent, &server).unwrap_or_else(|error| panic!("{what}: {error:?}"));
        assert_eq!((text.as_str(), server.asked()), ("whole", 3), "{what}");
        let server = Server::start([fault]);
        check(what, &server, read(&agent, &server), StopReason::MaxAttempts, 3);
    }
}

#[test]
fn an_answer_that_is_not_http_is_permanent() {
    for (what, answer) in lasting() {
        let server = Server::start([answer]);
        check(what, &server, read(&agent(), &server), StopReason::Permanent, 1);
    }
    // A megabyte of head is more than the client takes.
    let server = Server::start([Reply::raw(format!("HTTP/1.1 200 OK\r\n{}", "x-more: and more\r\n".repeat(60_000)))]);
    check("a head too long", &server, read(&agent(), &server), StopReason::Permanent, 1);
}

#[test]
fn a_refused_connection_is_transient_and_opens_a_breaker() {
    static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(2);
    #[retry(strategy = "immediate", max = 2, breaker = BREAKER)]
    fn call(agent: &Agent, url: &str, runs: &Cell<u32>) -> Result<Response<Body>, Error> {
        runs.set(runs.get() + 1);
        agent.get(url).call()?.checked()
    }
    let (_socket, address) = nobody();
    let (url, runs) = (format!("http://{address}/"), Cell::new(0));
    let error = call(&agent(), &url, &runs).unwrap_err();
    let is_refused =
        matches!(&error, Error::Transport(ureq::Error::Io(io)) if io.kind() == io::ErrorKind::ConnectionRefused);
    assert!(is_refused && error.is_transient(), "{error:?}");
    let error = call(&agent(), &url, &runs).unwrap_err();
    assert!(matches!(error, Error::BreakerOpen(_)) && !error.is_transient(), "{error:?}");
    assert_eq!(runs.get(), 2);
}

/// A resolver that fails each time, and counts.
#[derive(Debug)]
struct Failing {
    detail: &'static str,
    asked: Arc<AtomicU32>,
}

impl Resolver for Failing {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        self.asked.fetch_add(1, SeqCst);
        Err(io::Error::other(format!("failed to lookup address information: {}", self.detail)).into())
    }
}

#[test]
fn a_resolver_that_could_not_say_is_asked_again_and_one_that_said_no_is_not() {
    #[retry(strategy = "immediate")]
    fn call(agent: &Agent, url: &str) -> Result<Response<Body>, RetryError<Error>> {
        agent.get(url).call()?.checked()
    }
    for (detail, lookups) in [("Temporary failure in name resolution", 3), ("Name or service not known", 1)] {
        let asked = Arc::new(AtomicU32::new(0));
        let resolver = Failing { detail, asked: Arc::clone(&asked) };
        let agent = Agent::with_parts(config().build(), DefaultConnector::new(), resolver);
        let failed = call(&agent, "http://scripted.invalid/").unwrap_err();
        assert_eq!((failed.attempts(), asked.load(SeqCst)), (lookups, lookups), "{failed:?}");
    }
    let failed = call(&agent(), &impossible()).unwrap_err();
    assert_eq!((failed.reason(), failed.attempts()), (StopReason::Permanent, 1), "{failed:?}");
}

#[test]
fn a_reply_that_never_comes_is_a_timeout() {
    let agent: Agent = config().timeout_per_call(Some(SHORT)).build().into();
    let chunk = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n[1,\r\n";
    for reply in [Reply::raw("").then_hang(), Reply::cut("[1,", 9).then_hang(), Reply::raw(chunk).then_hang()] {
        let server = Server::start([reply]);
        let error = check("hangs", &server, read(&agent, &server), StopReason::MaxAttempts, 3);
        assert!(matches!(&error, Error::Transport(ureq::Error::Timeout(_))) && error.is_timeout(), "{error:?}");
    }
    let server = Server::start([Reply::raw(chunk).then_hang()]);
    let error = check("hangs in JSON", &server, read_json(&agent, &server), StopReason::MaxAttempts, 3);
    assert!(matches!(&error, Error::Transport(ureq::Error::Json(_))) && error.is_timeout(), "{error:?}");
}

#[retry(strategy = "immediate")]
fn read_json(agent: &Agent, server: &Server) -> Result<Vec<u32>, RetryError<Error>> {
    Ok(agent.get(server.url()).call()?.checked()?.body_mut().read_json()?)
}

#[test]
fn what_a_decoder_meets_is_told_apart_from_what_it_cannot_decode() {
    // `whole`, by gzip.
    const GZIP: &[u8] =
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x2b\xcf\xc8\xcf\x49\x05\x00\x4f\x29\x59\xc4\x05\x00\x00\x00";
    let zipped = |body: &[u8]| {
        let head = format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
            GZIP.len()
        );
        Reply::raw([head.as_bytes(), body].concat())
    };
    let agent = agent();
    let server = Server::start([zipped(&GZIP[..15]), zipped(&GZIP[..4]), zipped(GZIP)]);
    assert_eq!((read(&agent, &server).unwrap().as_str(), server.asked()), ("whole", 3));
    let corrupt: Vec<u8> = GZIP.iter().map(|byte| byte ^ 0x55).collect();
    let server = Server::start([zipped(&corrupt)]);
    check("no gzip", &server, read(&agent, &server), StopReason::Permanent, 1);

    let chunked = |body: &str| Reply::raw(format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{body}"));
    let server = Server::start([chunked("3\r\n[1,\r\n"), chunked("9\r\n[1,"), chunked("5\r\n[1,2]\r\n0\r\n\r\n")]);
    assert_eq!((read_json(&agent, &server).unwrap(), server.asked()), (vec![1, 2], 3));
    for (what, reply) in [
        ("no JSON", Reply::body("busy")),
        ("JSON that ends early", Reply::body("[1,")),
        ("JSON in chunks that ends early", chunked("3\r\n[1,\r\n0\r\n\r\n")),
        ("JSON of another type", Reply::body("\"Peer disconnected\"")),
    ] {
        let server = Server::start([reply]);
        check(what, &server, read_json(&agent, &server), StopReason::Permanent, 1);
    }
}

#[retry(strategy = "immediate")]
fn read_with_body(agent: &Agent, server: &Server, limit: usize) -> Result<String, RetryError<Error>> {
    Ok(agent.get(server.url()).call()?.checked_with_body(limit)?.body_mut().read_to_string()?)
}

#[test]
fn an_error_has_the_beginning_of_the_body() {
    for (what, reply, limit, shown) in bodies() {
        let server = Server::start([reply]);
        let outcome = read_with_body(&agent(), &server, limit);
        let error = check(what, &server, outcome, StopReason::MaxAttempts, 3);
        assert_eq!((error.status(), error.body()), (Some(StatusCode::INTERNAL_SERVER_ERROR), Some(shown)), "{what}");
        assert!(!error.to_string().contains(char::is_control), "{what}: {error}");
    }
    // A good response is given through whole.
    let server = Server::start([Reply::status(503), Reply::body("whole")]);
    assert_eq!(read_with_body(&agent(), &server, 1).unwrap(), "whole");
}

#[test]
fn of_ten_gigabytes_the_beginning_is_read_and_the_connection_ends() {
    let server = Server::start([Reply::flood(503)]);
    let outcome = read_with_body(&agent(), &server, 5);
    let error = check("an error", &server, outcome, StopReason::MaxAttempts, 3);
    assert_eq!(error.body(), Some("xxxxx"));
    let sent = server.flooded(3);
    assert!(sent < 3 * MUCH, "{sent}");
    let server = Server::start([Reply::flood(404)]);
    let error = check("an error that is not read", &server, read(&agent(), &server), StopReason::Permanent, 1);
    assert_eq!(error.body(), None);
    let sent = server.flooded(1);
    assert!(sent < MUCH, "{sent}");
    // ureq reads 10 MB of a good body into a text, and no more.
    let server = Server::start([Reply::flood(200)]);
    let error = check("a success", &server, read(&agent(), &server), StopReason::Permanent, 1);
    assert!(matches!(error, Error::Transport(ureq::Error::BodyExceedsLimit(_))), "{error:?}");
    let sent = server.flooded(1);
    assert!(sent < MUCH, "{sent}");
}

#[test]
fn a_body_that_stalls_is_ended_by_the_time_limit_of_the_agent() {
    let agent: Agent = config().timeout_recv_body(Some(SHORT)).build().into();
    let server = Server::start([stalled()]);
    let outcome = read_with_body(&agent, &server, 99);
    let error = check("stalls", &server, outcome, StopReason::MaxAttempts, 3);
    assert_eq!((error.status(), error.body()), (Some(StatusCode::SERVICE_UNAVAILABLE), Some("half")));
    assert!(!error.is_timeout());
    // `checked` reads no body, so it needs no limit.
    let server = Server::start([stalled()]);
    let error = check("is not read", &server, read(&self::agent(), &server), StopReason::MaxAttempts, 3);
    assert!(matches!(error, Error::Status { body: None, .. }), "{error:?}");
}

#[test]
fn a_reader_passes_the_error_of_ureq_on() {
    #[retry(strategy = "immediate")]
    fn call(agent: &Agent, server: &Server) -> Result<Vec<u8>, RetryError<Error>> {
        let mut bytes = Vec::new();
        agent.get(server.url()).call()?.checked()?.into_body().into_reader().read_to_end(&mut bytes)?;
        Ok(bytes)
    }
    let server = Server::start([Reply::cut("half", 8), Reply::body("whole")]);
    assert_eq!((call(&agent(), &server).unwrap().as_slice(), server.asked()), (b"whole".as_slice(), 2));
    let agent: Agent = config().timeout_recv_body(Some(SHORT)).build().into();
    let server = Server::start([Reply::cut("half", 8).then_hang()]);
    assert!(check("stalls", &server, call(&agent, &server), StopReason::MaxAttempts, 3).is_timeout());
}

#[test]
fn redirects_that_are_not_followed_are_permanent() {
    #[retry(strategy = "immediate")]
    fn post(agent: &Agent, server: &Server) -> Result<Response<Body>, RetryError<Error>> {
        agent.post(server.url()).send("order")?.checked()
    }
    let to_itself = |code| Reply::with_headers(code, "location: /\r\n");
    let server = Server::start([to_itself(302)]);
    let agent: Agent = config().max_redirects(2).build().into();
    let error = read(&agent, &server).unwrap_err();
    assert_eq!((error.attempts(), server.asked()), (1, 3), "{error:?}");
    assert!(matches!(error.last(), Some(Error::Transport(ureq::Error::TooManyRedirects))), "{error:?}");
    let server = Server::start([to_itself(307)]);
    let error = check("a body", &server, post(&agent, &server), StopReason::Permanent, 1);
    assert!(matches!(error, Error::Transport(ureq::Error::RedirectFailed)), "{error:?}");
}

#[test]
fn a_url_that_is_refused_is_shown_without_its_secrets() {
    let agent: Agent = config().https_only(true).build().into();
    let error = Error::from(self::agent().get("/path?token=secret").call().unwrap_err());
    assert_eq!((error.to_string().as_str(), error.is_transient()), ("bad uri: /path is missing scheme", false));
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    for (url, shown) in [
        ("foo://user:secret@host/path?token=secret", "configured for https only: foo://host/path"),
        ("http://user:secret@host/path?token=secret", "configured for https only: http://host/path"),
    ] {
        let error = Error::from(agent.get(url).call().unwrap_err());
        assert_eq!((error.to_string().as_str(), error.is_transient()), (shown, false));
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
    // The text of ureq's error is the place that is no URL.
    let place = Reply::with_headers(302, b"location: /p\xe4th?token=secret\r\n");
    let server = Server::start([place]);
    let error = check("a place that is no URL", &server, read(&self::agent(), &server), StopReason::Permanent, 1);
    assert_eq!(error.to_string(), "redirect failed");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}

#[test]
fn a_client_without_tls_does_not_try_https_twice() {
    #[retry(strategy = "immediate")]
    fn call(agent: &Agent, url: &str) -> Result<Response<Body>, RetryError<Error>> {
        agent.get(url).call()?.checked()
    }
    let server = Server::start([Reply::body("whole")]);
    let failed = call(&agent(), &format!("https://{}/", server.address())).unwrap_err();
    assert_eq!((failed.reason(), failed.attempts(), server.asked()), (StopReason::Permanent, 1, 0), "{failed:?}");
}

#[test]
fn a_response_that_ureq_did_not_make_has_no_url() {
    let response = || Response::builder().status(503).header("retry-after", "7");
    let body = || Body::builder().data("busy");
    for response in [response(), response().extension("of a middleware")] {
        let error = response.body(body()).unwrap().checked_with_body(9).unwrap_err();
        assert_eq!(error.to_string(), "status 503 Service Unavailable: busy");
        assert_eq!(reattempt::classify::transient(&error), Verdict::RetryAfter(7 * SECOND));
    }
}

#[test]
fn the_connection_is_used_again_if_the_body_was_read_to_its_end() {
    let busy = |body| Reply::kept(503, "", body);
    for (reply, limit, connections) in [
        (busy("busy"), Some(100), 1),
        (busy("busy"), Some(2), 3),
        (busy("busy"), None, 3),
        // There is nothing to read.
        (busy(""), None, 1),
    ] {
        let server = Server::start([reply]);
        let outcome = match limit {
            None => read(&agent(), &server),
            Some(limit) => read_with_body(&agent(), &server, limit),
        };
        check("busy", &server, outcome, StopReason::MaxAttempts, 3);
        assert_eq!(server.connections(), connections, "{limit:?}");
    }
    let server = Server::start([busy("busy"), busy("busy"), Reply::kept(200, "", "fine")]);
    assert_eq!(read_with_body(&agent(), &server, 99).unwrap(), "fine");
    assert_eq!((server.asked(), server.connections()), (3, 1));
}

#[test]
fn a_breaker_that_is_open_is_an_error_and_nothing_is_asked() {
    static OPEN: CircuitBreaker = CircuitBreaker::consecutive(1);
    #[retry(strategy = "immediate", breaker = OPEN)]
    fn call(agent: &Agent, server: &Server) -> Result<Response<Body>, RetryError<Error>> {
        agent.get(server.url()).call()?.checked()
    }
    OPEN.isolate();
    let server = Server::start([Reply::body("whole")]);
    let failed = call(&agent(), &server).unwrap_err();
    assert_eq!((failed.attempts(), server.asked()), (0, 0), "{failed:?}");
}

#[tokio::test]
async fn an_async_function_that_waits_for_a_thread_has_the_key_timeout() {
    #[retry(strategy = "immediate", max = 2, timeout = "50ms")]
    async fn call(agent: &Agent, url: &str) -> Result<u16, Error> {
        let (agent, url) = (agent.clone(), url.to_owned());
        let blocking = tokio::task::spawn_blocking(move || agent.get(url).call()?.checked());
        Ok(blocking.await.expect("a request does not panic")?.status().as_u16())
    }
    let server = Server::start([Reply::raw("").then_hang()]);
    let error = call(&agent(), &server.url()).await.unwrap_err();
    assert!(matches!(error, Error::TimedOut(_)) && error.is_timeout() && error.is_transient(), "{error:?}");
    assert_eq!(error.to_string(), "no answer within 50 ms");
}

#[test]
fn nothing_is_shown_twice() {
    let (_socket, nowhere) = nobody();
    let error = Error::from(agent().get(format!("http://{nowhere}/")).call().unwrap_err());
    assert!(error.to_string().contains("refused") && error::Error::source(&error).is_none(), "{error:?}");
}

#[test]
fn the_error_is_small_and_goes_to_other_threads() {
    fn check<T: error::Error + Send + Sync + 'static>() {}
    check::<Error>();
    // The limit of clippy's `result_large_err`.
    assert!(size_of::<Error>() <= 128, "{}", size_of::<Error>());
}
