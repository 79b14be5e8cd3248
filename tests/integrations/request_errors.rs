//! `reqwest_0_13::Error` and `ResponseExt`: responses as errors, for the async and the blocking client.

use crate::connection_faults::{lasting, nobody, passing};
use crate::server::{Reply, Server};
use crate::statuses::{TABLE, blocking_client, client};
use reattempt::event::{self, Event};
use reattempt::http::Statuses;
use reattempt::reqwest_0_13::{Error, ResponseExt};
use reattempt::{CircuitBreaker, Failure, RetryError, Retrying, StopReason, Transient, Verdict, retry, testing};
use reqwest_0_13::{Client, StatusCode, blocking, redirect};
use std::cell::{Cell, RefCell};
use std::error;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

#[retry(strategy = "immediate")]
async fn text(client: &Client, server: &Server) -> Result<String, RetryError<Error>> {
    let response = client.get(server.url()).send().await?.checked()?;
    server.go_on();
    Ok(response.text().await?)
}

#[retry(strategy = "immediate")]
fn text_blocking(client: &blocking::Client, server: &Server) -> Result<String, RetryError<Error>> {
    let response = client.get(server.url()).send()?.checked()?;
    server.go_on();
    Ok(response.text()?)
}

#[retry(strategy = "immediate")]
async fn text_with_body(client: &Client, server: &Server, limit: usize) -> Result<String, RetryError<Error>> {
    Ok(client.get(server.url()).send().await?.checked_with_body(limit).await?.text().await?)
}

#[retry(strategy = "immediate")]
fn text_with_body_blocking(
    client: &blocking::Client,
    server: &Server,
    limit: usize,
) -> Result<String, RetryError<Error>> {
    Ok(client.get(server.url()).send()?.checked_with_body(limit)?.text()?)
}

/// Returns an error and its sources as text.
fn chain(error: &dyn error::Error) -> Vec<String> {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect()
}

mod as_in_the_guide {
    use crate::request_errors::SECOND;
    use crate::server::{Reply, Server};
    use reattempt::reqwest_0_13::ResponseExt;
    use reattempt::{CircuitBreaker, retry, testing};
    use reqwest_0_13::{Client, StatusCode};
    use serde::Deserialize;

    const URL: &str = "http://shop.example/catalogue";
    static SHOP: CircuitBreaker = CircuitBreaker::consecutive(10);

    #[derive(Debug, Deserialize)]
    struct Catalogue {
        items: Vec<String>,
    }

    #[retry(max = 5, timeout = "2s", deadline = "20s", breaker = SHOP)]
    async fn catalogue(client: &Client) -> Result<Catalogue, reattempt::reqwest_0_13::Error> {
        Ok(client.get(URL).send().await?.checked()?.json().await?)
    }

    fn client_of(server: &Server) -> Client {
        let client = Client::builder().no_proxy().resolve("shop.example", server.address());
        client.build().expect("a client can be built")
    }

    #[tokio::test]
    async fn it_follows_the_hint_and_reads_a_broken_body_again() {
        let catalogue_text = "{\"items\": [\"tea\"]}";
        let server = Server::start([
            Reply::with_headers(429, "retry-after: 2\r\n"),
            Reply::cut("{\"items\": [\"te", catalogue_text.len()),
            Reply::status(503),
            Reply::body(catalogue_text),
        ]);
        let paused = testing::pause();
        let found = catalogue(&client_of(&server)).await.unwrap();
        assert_eq!((found.items, server.asked()), (vec!["tea".to_owned()], 4));
        let slept = paused.slept();
        assert_eq!(slept.len(), 3);
        assert!((2 * SECOND..=2 * SECOND + SECOND / 5).contains(&slept[0]), "{slept:?}");
        assert!(slept[1..].iter().all(|delay| *delay < SECOND), "{slept:?}");
    }

    #[tokio::test]
    async fn its_caller_gets_the_last_status() {
        let server = Server::start([Reply::status(500), Reply::status(404)]);
        let _paused = testing::pause();
        let error = catalogue(&client_of(&server)).await.unwrap_err();
        assert_eq!((error.status(), server.asked()), (Some(StatusCode::NOT_FOUND), 2));
        assert_eq!(error.to_string(), "status 404 Not Found from http://shop.example/catalogue");
    }
}

#[tokio::test]
async fn the_caller_notify_and_observers_get_the_status() {
    thread_local! {
        static NOTIFIED: RefCell<Vec<(Option<StatusCode>, Option<Duration>)>> = const { RefCell::new(Vec::new()) };
        static OBSERVED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }
    fn notified(retrying: &Retrying<'_, Error>) {
        let Failure::Error(error) = retrying.failure() else { panic!("{retrying:?}") };
        NOTIFIED.with_borrow_mut(|notified| notified.push((error.status(), error.hint())));
    }
    #[retry(name = "request_errors.seen", strategy = "immediate", max = 2, notify = notified)]
    async fn call(client: &Client, server: &Server) -> Result<String, Error> {
        Ok(client.get(server.url()).send().await?.checked_with_body(99).await?.text().await?)
    }
    event::observe(|event: &Event<'_>| match event {
        Event::AttemptFailed { site, failure, .. } | Event::GaveUp { site, failure, .. }
            if site.name() == "request_errors.seen" =>
        {
            OBSERVED.with_borrow_mut(|observed| observed.push(failure.to_string()));
        }
        _ => {}
    });
    let server = Server::start([Reply::kept(429, "retry-after: 2\r\n", "slow down"), Reply::kept(503, "", "all down")]);
    let paused = testing::pause();
    let error = call(&client(), &server).await.unwrap_err();
    let url = server.url();
    assert_eq!(error.to_string(), format!("status 503 Service Unavailable from {url}: all down"));
    assert_eq!((error.status(), error.body()), (Some(StatusCode::SERVICE_UNAVAILABLE), Some("all down")));
    assert_eq!(NOTIFIED.take(), [(Some(StatusCode::TOO_MANY_REQUESTS), Some(2 * SECOND))]);
    assert_eq!(OBSERVED.take(), [format!("status 429 Too Many Requests from {url}: slow down"), error.to_string()]);
    assert_eq!((paused.slept().len(), server.asked(), server.connections()), (1, 2, 1));
}

#[tokio::test]
async fn each_status_is_asked_for_as_often_as_it_is_worth() {
    let client = client();
    for (code, requests) in TABLE {
        let server = Server::start([Reply::status(code)]);
        match text(&client, &server).await {
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
fn each_status_is_asked_for_as_often_by_a_blocking_client() {
    let client = blocking_client();
    for (code, requests) in TABLE {
        let server = Server::start([Reply::status(code)]);
        match text_blocking(&client, &server) {
            Ok(_) => assert!(code < 400, "{code}"),
            Err(error) => {
                assert_eq!((error.attempts(), code >= 400), (requests, true), "{code}");
                assert_eq!(error.last().unwrap().status().map(|status| status.as_u16()), Some(code));
            }
        }
        assert_eq!(server.asked(), requests, "{code}");
    }
}

#[tokio::test]
async fn a_status_outside_of_100_to_999_is_no_answer() {
    let client = client();
    for code in ["0", "99", "099", "1000", "-50", "2e2"] {
        let server = Server::start([Reply::raw(format!("HTTP/1.1 {code} Odd\r\ncontent-length: 0\r\n\r\n"))]);
        let error = text(&client, &server).await.unwrap_err();
        assert_eq!((error.reason(), server.asked()), (StopReason::Permanent, 1), "{code}");
        assert!(matches!(error.last(), Some(Error::Transport(_))), "{code}: {error:?}");
    }
    let server = Server::start([Reply::status(600)]);
    let error = text(&client, &server).await.unwrap_err();
    assert_eq!((error.reason(), server.asked()), (StopReason::Permanent, 1));
    assert_eq!(error.into_last().unwrap().to_string(), format!("status 600 from {}", server.url()));
}

#[tokio::test]
async fn redirects_that_are_not_followed_are_no_errors() {
    let client = Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
    let server = Server::start([Reply::with_headers(302, "location: /elsewhere\r\n")]);
    assert_eq!(text(&client, &server).await.unwrap(), "");
    assert_eq!(server.asked(), 1);
}

#[tokio::test]
async fn the_url_is_that_of_the_last_redirect() {
    let server = Server::start([Reply::with_headers(302, "location: /elsewhere?token=secret\r\n"), Reply::status(404)]);
    let error = text(&client(), &server).await.unwrap_err().into_last().unwrap();
    assert_eq!(error.to_string(), format!("status 404 Not Found from {}elsewhere", server.url()));
}

#[tokio::test]
async fn a_hint_that_cannot_be_read_is_none() {
    let client = client();
    for value in [&b"soon"[..], b"", b"-1", b"1.5", b"\xff\xfe", b"Sun, 06 Nov 1994 08:50:07 CET"] {
        let server = Server::start([Reply::with_headers(503, [b"retry-after: ", value, b"\r\n"].concat())]);
        let error = text(&client, &server).await.unwrap_err();
        assert_eq!((error.last().unwrap().hint(), server.asked()), (None, 3), "{}", value.escape_ascii());
    }
    // A hint that is too long ends the call, and one of a permanent status changes nothing.
    for (code, value, reason) in
        [(503, "99999999999999999999", StopReason::HintTooLong), (404, "1", StopReason::Permanent)]
    {
        let server = Server::start([Reply::with_headers(code, format!("retry-after: {value}\r\n"))]);
        let error = text(&client, &server).await.unwrap_err();
        assert_eq!((error.reason(), server.asked()), (reason, 1), "{code}");
        assert!(error.last().unwrap().hint().is_some());
    }
}

#[tokio::test]
async fn a_connection_that_breaks_is_transient_and_another_protocol_is_permanent() {
    let client = client();
    for (what, fault) in passing() {
        let server = Server::start([fault.clone(), fault, Reply::body("whole")]);
        assert_eq!(text(&client, &server).await.expect(what), "whole", "{what}");
        assert_eq!(server.asked(), 3, "{what}");
    }
    for (what, answer) in lasting() {
        let server = Server::start([answer]);
        let error = text(&client, &server).await.expect_err(what);
        assert_eq!((error.reason(), server.asked()), (StopReason::Permanent, 1), "{what}");
        assert!(matches!(error.last(), Some(Error::Transport(_))), "{what}");
    }
}

#[test]
fn a_connection_that_breaks_is_transient_for_a_blocking_client() {
    let client = blocking_client();
    for (what, fault) in passing() {
        let server = Server::start([fault.clone(), fault, Reply::body("whole")]);
        assert_eq!(text_blocking(&client, &server).expect(what), "whole", "{what}");
        assert_eq!(server.asked(), 3, "{what}");
    }
}

#[tokio::test]
async fn checked_if_takes_the_statuses_that_are_fine() {
    #[retry(strategy = "immediate")]
    async fn call(client: &Client, server: &Server) -> Result<Option<String>, Error> {
        let response = client.get(server.url()).send().await?;
        let response = response.checked_if(|status| status.is_success() || status == 404)?;
        Ok(if response.status() == 404 { None } else { Some(response.text().await?) })
    }
    let client = client();
    let server = Server::start([Reply::status(503), Reply::status(404)]);
    assert_eq!((call(&client, &server).await.unwrap(), server.asked()), (None, 2));
    // A status that is not accepted is an error, also if it is below 400.
    let server = Server::start([Reply::status(304)]);
    let error = call(&client, &server).await.unwrap_err();
    assert_eq!((error.status(), server.asked()), (Some(StatusCode::NOT_MODIFIED), 1));
}

#[tokio::test]
async fn a_set_of_ones_own_says_which_statuses_are_transient() {
    const BUSY: Statuses = Statuses::TRANSIENT.including(StatusCode::CONFLICT).excluding(StatusCode::BAD_GATEWAY);
    #[retry(strategy = "constant", base = "1s", on = |error| error.verdict_by(&BUSY))]
    async fn call(client: &Client, server: &Server) -> Result<String, Error> {
        Ok(client.get(server.url()).send().await?.checked()?.text().await?)
    }
    let client = client();
    let paused = testing::pause();
    let conflict = Reply::with_headers(409, "retry-after: 5\r\n");
    let server = Server::start([conflict, Reply::cut("half", 8), Reply::body("whole")]);
    assert_eq!((call(&client, &server).await.unwrap(), server.asked()), ("whole".to_owned(), 3));
    let slept = paused.slept();
    assert!(slept.len() == 2 && slept[0] >= 5 * SECOND && slept[1] == SECOND, "{slept:?}");
    let server = Server::start([Reply::status(502)]);
    assert_eq!(call(&client, &server).await.unwrap_err().status(), Some(StatusCode::BAD_GATEWAY));
    assert_eq!(server.asked(), 1);
}

/// Bodies, a limit, and what an error has of them.
pub(crate) fn bodies() -> [(&'static str, Reply, usize, &'static str); 9] {
    let head = "HTTP/1.1 500 Broken\r\n";
    [
        ("no body", Reply::status(500), 99, ""),
        ("a short body", Reply::kept(500, "", "broken"), 99, "broken"),
        ("a body of the limit", Reply::kept(500, "", "broken"), 6, "broken"),
        ("a long body", Reply::kept(500, "", "broken".repeat(10_000)), 9, "brokenbro"),
        ("a limit of zero", Reply::kept(500, "", "broken"), 0, ""),
        ("no text", Reply::kept(500, "", b"\xff\x00\xfe"), 99, "\u{fffd}\0\u{fffd}"),
        ("a character that is cut", Reply::kept(500, "", "caf\u{e9}"), 4, "caf"),
        ("a body that ends early", Reply::raw(format!("{head}content-length: 9\r\n\r\nhalf")), 99, "half"),
        (
            "a chunk that breaks",
            Reply::raw(format!("{head}transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\nxyz")),
            99,
            "half",
        ),
    ]
}

#[tokio::test]
async fn an_error_has_the_beginning_of_the_body() {
    let client = client();
    for (what, reply, limit, shown) in bodies() {
        let server = Server::start([reply]);
        let error = text_with_body(&client, &server, limit).await.expect_err(what);
        assert_eq!((error.attempts(), server.asked()), (3, 3), "{what}");
        let error = error.into_last().unwrap();
        assert_eq!((error.status(), error.body()), (Some(StatusCode::INTERNAL_SERVER_ERROR), Some(shown)), "{what}");
        assert!(!error.to_string().contains(char::is_control), "{what}: {error}");
    }
}

#[test]
fn an_error_of_a_blocking_client_has_the_beginning_of_the_body() {
    let client = blocking_client();
    for (what, reply, limit, shown) in bodies() {
        let server = Server::start([reply]);
        let error = text_with_body_blocking(&client, &server, limit).expect_err(what);
        assert_eq!((error.attempts(), server.asked()), (3, 3), "{what}");
        let error = error.into_last().unwrap();
        assert_eq!((error.status(), error.body()), (Some(StatusCode::INTERNAL_SERVER_ERROR), Some(shown)), "{what}");
    }
}

#[tokio::test]
async fn a_good_response_is_given_through_whole() {
    let server = Server::start([Reply::status(503), Reply::body("whole")]);
    assert_eq!(text_with_body(&client(), &server, 1).await.unwrap(), "whole");
    let server = Server::start([Reply::status(503), Reply::body("whole")]);
    let text = tokio::task::spawn_blocking(move || text_with_body_blocking(&blocking_client(), &server, 1));
    assert_eq!(text.await.unwrap().unwrap(), "whole");
}

/// More than all buffers between the two have, and a hundredth of what the server would send.
pub(crate) const MUCH: u64 = 100_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_gigabytes_the_beginning_is_read_and_the_connection_ends() {
    let client = client();
    let server = Server::start([Reply::flood(503)]);
    let error = text_with_body(&client, &server, 5).await.unwrap_err();
    assert_eq!((error.last().unwrap().body(), server.asked()), (Some("xxxxx"), 3));
    let sent = server.flooded(3);
    assert!(sent < 3 * MUCH, "{sent}");
    let server = Server::start([Reply::flood(404)]);
    let error = text(&client, &server).await.unwrap_err();
    assert_eq!((error.last().unwrap().body(), server.asked()), (None, 1));
    let sent = server.flooded(1);
    assert!(sent < MUCH, "{sent}");
}

#[test]
fn of_ten_gigabytes_a_blocking_client_reads_the_beginning() {
    let server = Server::start([Reply::flood(503)]);
    let error = text_with_body_blocking(&blocking_client(), &server, 5).unwrap_err();
    assert_eq!((error.last().unwrap().body(), server.asked()), (Some("xxxxx"), 3));
    let sent = server.flooded(3);
    assert!(sent < 3 * MUCH, "{sent}");
}

/// Announces a body of an error, sends half of it, and hangs.
pub(crate) fn stalled() -> Reply {
    Reply::raw("HTTP/1.1 503 Busy\r\ncontent-length: 8\r\n\r\nhalf").then_hang()
}

#[tokio::test]
async fn a_body_that_stalls_is_ended_by_the_time_limits() {
    #[retry(strategy = "immediate", max = 2, timeout = "50ms")]
    async fn limited(client: &Client, server: &Server) -> Result<String, Error> {
        Ok(client.get(server.url()).send().await?.checked_with_body(99).await?.text().await?)
    }
    let server = Server::start([stalled()]);
    let error = limited(&client(), &server).await.unwrap_err();
    assert!(error.is_timeout() && matches!(error, Error::TimedOut(_)), "{error:?}");
    assert_eq!(chain(&error), ["no answer within 50 ms"]);
    assert!(server.asked() <= 2);
    // The client's own time-out leaves the status and what came of the body.
    let client = Client::builder().no_proxy().read_timeout(SECOND).build().unwrap();
    let server = Server::start([stalled()]);
    let error = client.get(server.url()).send().await.unwrap().checked_with_body(99).await.unwrap_err();
    assert_eq!((error.status(), error.body()), (Some(StatusCode::SERVICE_UNAVAILABLE), Some("half")));
    assert!(!error.is_timeout());
}

#[test]
fn a_body_that_stalls_is_ended_by_the_time_limit_of_a_blocking_client() {
    let client = blocking::Client::builder().no_proxy().timeout(SECOND).build().unwrap();
    let server = Server::start([stalled()]);
    let error = client.get(server.url()).send().unwrap().checked_with_body(99).unwrap_err();
    assert_eq!((error.status(), error.body()), (Some(StatusCode::SERVICE_UNAVAILABLE), Some("half")));
}

#[tokio::test]
async fn checked_reads_no_body() {
    let server = Server::start([stalled()]);
    let error = text(&client(), &server).await.unwrap_err();
    assert_eq!((error.attempts(), server.asked()), (3, 3));
    assert!(matches!(error.last(), Some(Error::Status { body: None, .. })), "{error:?}");
}

#[tokio::test]
async fn a_connection_is_used_again_once_the_body_of_an_error_is_read() {
    let busy = Reply::kept(503, "", "busy");
    // The limit may be exactly the length of the body.
    for limit in [4, 99] {
        let server = Server::start([busy.clone(), busy.clone(), Reply::kept(200, "", "fine")]);
        assert_eq!(text_with_body(&client(), &server, limit).await.unwrap(), "fine");
        assert_eq!((server.asked(), server.connections()), (3, 1), "{limit}");
    }
}

#[test]
fn a_connection_of_a_blocking_client_is_used_again_once_the_body_is_read() {
    let busy = Reply::kept(503, "", "busy");
    // The limit may be exactly the length of the body.
    for limit in [4, 99] {
        let server = Server::start([busy.clone(), busy.clone(), Reply::kept(200, "", "fine")]);
        assert_eq!(text_with_body_blocking(&blocking_client(), &server, limit).unwrap(), "fine");
        assert_eq!((server.asked(), server.connections()), (3, 1), "{limit}");
    }
}

#[tokio::test]
async fn each_time_out_is_one() {
    let client = Client::builder().no_proxy().timeout(Duration::from_millis(50)).build().unwrap();
    let server = Server::start([Reply::raw("").then_hang()]);
    let error = text(&client, &server).await.unwrap_err().into_last().unwrap();
    assert!(error.is_timeout() && matches!(error, Error::Transport(_)), "{error:?}");
    let server = Server::start([Reply::status(504)]);
    let error = text(&client, &server).await.unwrap_err().into_last().unwrap();
    assert!(!error.is_timeout());
}

#[tokio::test]
async fn a_breaker_that_is_open_is_an_error_and_nothing_is_asked() {
    static OPEN: CircuitBreaker = CircuitBreaker::consecutive(1);
    #[retry(strategy = "immediate", breaker = OPEN)]
    async fn call(client: &Client, server: &Server, runs: &Cell<u32>) -> Result<String, Error> {
        runs.set(runs.get() + 1);
        Ok(client.get(server.url()).send().await?.checked()?.text().await?)
    }
    #[retry(strategy = "immediate")]
    async fn around(client: &Client, server: &Server, runs: &Cell<u32>, tries: &Cell<u32>) -> Result<String, Error> {
        tries.set(tries.get() + 1);
        call(client, server, runs).await
    }
    OPEN.isolate();
    let (server, runs) = (Server::start([Reply::body("whole")]), Cell::new(0));
    let error = call(&client(), &server, &runs).await.unwrap_err();
    assert!(matches!(error, Error::BreakerOpen(_)), "{error:?}");
    assert_eq!((runs.get(), server.asked(), error.verdict()), (0, 0, Verdict::Stop));
    assert_eq!(chain(&error), ["the circuit breaker was opened by isolation until it is reset"]);
    // A call around the call does not ask again either.
    let tries = Cell::new(0);
    around(&client(), &server, &runs, &tries).await.unwrap_err();
    assert_eq!((tries.get(), runs.get(), server.asked()), (1, 0, 0));
}

#[tokio::test]
async fn nothing_shows_the_secrets_of_a_url() {
    async fn status(client: &Client, url: &str) -> Result<String, Error> {
        Ok(client.get(url).send().await?.checked_with_body(9).await?.text().await?)
    }
    async fn for_status(client: &Client, url: &str) -> Result<String, Error> {
        Ok(client.get(url).send().await?.error_for_status()?.text().await?)
    }
    async fn json(client: &Client, url: &str) -> Result<u32, Error> {
        Ok(client.get(url).send().await?.checked()?.json().await?)
    }
    let url_of = |address| format!("http://user:secret@{address}/path?token=secret#secret");
    let client = client();
    let (_socket, nowhere) = nobody();
    let refused = status(&client, &url_of(nowhere)).await.unwrap_err();
    let server = Server::start([Reply::status(404)]);
    let url = url_of(server.address());
    let not_found = status(&client, &url).await.unwrap_err();
    let also_not_found = for_status(&client, &url).await.unwrap_err();
    assert_eq!((also_not_found.status(), also_not_found.hint()), (Some(StatusCode::NOT_FOUND), None));
    assert_eq!(not_found.to_string(), also_not_found.to_string());
    let server = Server::start([Reply::body("no number")]);
    let not_json = json(&client, &url_of(server.address())).await.unwrap_err();
    let server = Server::start([Reply::cut("half", 8)]);
    let cut = status(&client, &url_of(server.address())).await.unwrap_err();
    let server = Server::start([Reply::raw("SSH-2.0-OpenSSH_9.6\r\n")]);
    let not_http = status(&client, &url_of(server.address())).await.unwrap_err();
    for error in [refused, not_found, also_not_found, not_json, cut, not_http] {
        let shown = format!("{error} {error:?} {:?}", chain(&error));
        assert!(shown.contains("127.0.0.1") && shown.contains("/path"), "{shown}");
        assert!(!shown.contains("secret") && !shown.contains("user") && !shown.contains("token"), "{shown}");
    }
}

#[tokio::test]
async fn nothing_is_shown_twice_and_the_sources_are_those_of_reqwest() {
    let (_socket, nowhere) = nobody();
    let url = format!("http://{nowhere}/");
    let own = client().get(&url).send().await.unwrap_err();
    let expected = chain(&own);
    let error = Error::from(own);
    assert_eq!(chain(&error), expected);
    assert!(expected.len() > 1, "{expected:?}");
    let distinct: std::collections::HashSet<_> = expected.iter().collect();
    assert_eq!(distinct.len(), expected.len(), "{expected:?}");
}

#[test]
fn the_error_is_small_and_goes_to_other_threads() {
    fn check<T: error::Error + Send + Sync + 'static>() {}
    check::<Error>();
    // The limit of clippy's `result_large_err`.
    assert!(size_of::<Error>() <= 128, "{}", size_of::<Error>());
}
