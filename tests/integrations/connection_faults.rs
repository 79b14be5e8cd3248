//! Connections that fail, and reqwest's errors for them.

use crate::server::{Reply, Server};
use crate::statuses::{blocking_client, client};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use reattempt::reqwest_0_13::{error, not_sent};
use reattempt::{RetryError, StopReason, Transient, Verdict, retry};
use reqwest_0_13::{Body, Client, Error, blocking, redirect};
use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpSocket;

/// A time limit for a reply that never comes.
const SHORT: Duration = Duration::from_millis(50);
/// A time limit for a reply that comes, even on a busy machine.
const LONG: Duration = Duration::from_secs(1);

/// Reads a body. Between its head and the rest, a waiting server may continue.
#[retry(strategy = "immediate", on = error)]
async fn read(client: &Client, server: &Server) -> Result<String, RetryError<Error>> {
    let response = client.get(server.url()).send().await?;
    server.go_on();
    response.text().await
}

#[retry(strategy = "immediate", on = error)]
fn read_blocking(client: &blocking::Client, server: &Server) -> Result<String, RetryError<Error>> {
    let response = client.get(server.url()).send()?;
    server.go_on();
    response.text()
}

/// Faults of a connection that may be gone the next time.
pub(crate) fn passing() -> [(&'static str, Reply); 8] {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n";
    [
        ("a reset before the answer", Reply::raw("").then_reset()),
        ("an end before the answer", Reply::raw("")),
        ("an end within the head", Reply::raw("HTTP/1.1 200 OK\r\ncontent-le")),
        ("a reset within the body", Reply::cut("half", 8).when_told().then_reset()),
        ("an end within the body", Reply::cut("half", 8)),
        ("an end between chunks", Reply::raw(chunked)),
        ("an end within a chunk", Reply::raw(format!("{chunked}5\r\nhe"))),
        ("a reset between chunks", Reply::raw(chunked).when_told().then_reset()),
    ]
}

/// Responses that are the same the next time.
pub(crate) fn lasting() -> [(&'static str, Reply); 9] {
    let ok = "HTTP/1.1 200 OK\r\n";
    [
        ("another protocol", Reply::raw("SSH-2.0-OpenSSH_9.6\r\n")),
        ("bytes", Reply::raw([0xff, 0x00, 0x80, b'\r', b'\n', 0xfe, b'\r', b'\n', b'\r', b'\n'])),
        ("TLS", Reply::raw([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46])),
        ("another version", Reply::raw("HTTP/9.9 200 OK\r\n\r\n")),
        ("a status that is no number", Reply::raw("HTTP/1.1 abc OK\r\n\r\n")),
        ("a header without a name", Reply::raw(format!("{ok}: no name\r\n\r\n"))),
        ("a length that is no number", Reply::raw(format!("{ok}content-length: many\r\n\r\n"))),
        ("two lengths", Reply::raw(format!("{ok}content-length: 1\r\ncontent-length: 2\r\n\r\nab"))),
        ("a chunk of no size", Reply::raw(format!("{ok}transfer-encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n"))),
    ]
}

/// Asserts the number of requests, and the stop reason.
#[track_caller]
fn check(what: &str, server: &Server, outcome: Result<String, RetryError<Error>>, reason: StopReason, requests: u32) {
    let error = outcome.expect_err(what);
    assert_eq!((error.reason(), error.attempts(), server.asked()), (reason, requests, requests), "{what}: {error:?}");
}

#[tokio::test]
async fn a_connection_that_breaks_is_transient_wherever_it_does() {
    let client = client();
    for (what, fault) in passing() {
        let server = Server::start([fault.clone(), fault.clone(), Reply::body("whole")]);
        let text = read(&client, &server).await.unwrap_or_else(|error| panic!("{what}: {error:?}"));
        assert_eq!((text.as_str(), server.asked()), ("whole", 3), "{what}");
        let server = Server::start([fault]);
        check(what, &server, read(&client, &server).await, StopReason::MaxAttempts, 3);
    }
}

#[test]
fn a_connection_that_breaks_is_transient_for_a_blocking_client() {
    let client = blocking_client();
    for (what, fault) in passing() {
        let server = Server::start([fault.clone(), fault.clone(), Reply::body("whole")]);
        let text = read_blocking(&client, &server).unwrap_or_else(|error| panic!("{what}: {error:?}"));
        assert_eq!((text.as_str(), server.asked()), ("whole", 3), "{what}");
        let server = Server::start([fault]);
        check(what, &server, read_blocking(&client, &server), StopReason::MaxAttempts, 3);
    }
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_permanent() {
    let client = client();
    for (what, answer) in lasting() {
        let server = Server::start([answer]);
        check(what, &server, read(&client, &server).await, StopReason::Permanent, 1);
    }
}

#[test]
fn an_answer_that_is_not_http_is_permanent_for_a_blocking_client() {
    let client = blocking_client();
    for (what, answer) in lasting() {
        let server = Server::start([answer]);
        check(what, &server, read_blocking(&client, &server), StopReason::Permanent, 1);
    }
}

#[tokio::test]
async fn an_answer_without_an_end_is_permanent() {
    // A megabyte of head is more than the client takes.
    let endless = format!("HTTP/1.1 200 OK\r\n{}", "x-more: and more\r\n".repeat(60_000));
    let server = Server::start([Reply::raw(endless)]);
    check("a head too long", &server, read(&client(), &server).await, StopReason::Permanent, 1);
}

#[tokio::test]
async fn an_answer_before_the_question_is_no_storm() {
    // Whether the client has sent its request before it reads this is a race of its own.
    let server = Server::unasked(Reply::raw("SSH-2.0-OpenSSH_9.6\r\n").then_hang());
    let failed = read(&client(), &server).await.unwrap_err();
    assert!((1..=3).contains(&failed.attempts()), "{failed:?}");
    // The client may look for another connection by itself, before it has sent anything.
    assert!((failed.attempts()..=9).contains(&server.asked()), "{}", server.asked());
}

/// Holds a port on which no program listens.
pub(crate) fn nobody() -> (TcpSocket, SocketAddr) {
    let socket = TcpSocket::new_v4().expect("a socket can be made");
    socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("loopback has a free port");
    let address = socket.local_addr().expect("a bound socket has an address");
    (socket, address)
}

#[tokio::test]
async fn a_refused_connection_is_transient() {
    #[retry(strategy = "immediate", on = error)]
    async fn call(client: &Client, url: &str, runs: &Cell<u32>) -> Result<String, RetryError<Error>> {
        runs.set(runs.get() + 1);
        client.get(url).send().await?.text().await
    }
    let (_socket, address) = nobody();
    let runs = Cell::new(0);
    let failed = call(&client(), &format!("http://{address}/"), &runs).await.unwrap_err();
    assert_eq!((failed.reason(), failed.attempts(), runs.get()), (StopReason::MaxAttempts, 3, 3));
    assert!(failed.last().unwrap().is_connect());
}

#[test]
fn a_refused_connection_is_transient_for_a_blocking_client() {
    #[retry(strategy = "immediate", on = error)]
    fn call(client: &blocking::Client, url: &str) -> Result<String, RetryError<Error>> {
        client.get(url).send()?.text()
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (_socket, address) = runtime.block_on(async { nobody() });
    let failed = call(&blocking_client(), &format!("http://{address}/")).unwrap_err();
    assert_eq!((failed.reason(), failed.attempts()), (StopReason::MaxAttempts, 3));
}

#[tokio::test]
async fn a_time_out_is_transient_before_the_answer_and_within_it() {
    let whole = Client::builder().no_proxy().timeout(SHORT).build().unwrap();
    let reading = Client::builder().no_proxy().read_timeout(SHORT).build().unwrap();
    for client in [whole, reading] {
        for hung in [Reply::raw(""), Reply::raw("HTTP/1.1 200 OK\r\n"), Reply::cut("half", 8)] {
            let server = Server::start([hung.then_hang()]);
            let failed = read(&client, &server).await.unwrap_err();
            assert!(failed.last().unwrap().is_timeout(), "{failed:?}");
            assert_eq!((failed.reason(), failed.attempts()), (StopReason::MaxAttempts, 3));
            // The client does not wait for the server to notice it.
            assert!(server.asked() <= 3);
        }
    }
}

#[tokio::test]
async fn a_call_goes_on_after_a_time_out() {
    let client = Client::builder().no_proxy().timeout(LONG).build().unwrap();
    let server = Server::start([Reply::cut("half", 8).then_hang(), Reply::body("whole")]);
    assert_eq!(read(&client, &server).await.unwrap(), "whole");
    assert_eq!(server.asked(), 2);
}

#[test]
fn a_time_out_is_transient_for_a_blocking_client() {
    let client = blocking::Client::builder().no_proxy().timeout(SHORT).build().unwrap();
    for hung in [Reply::raw(""), Reply::cut("half", 8)] {
        let server = Server::start([hung.then_hang()]);
        let failed = read_blocking(&client, &server).unwrap_err();
        assert!(failed.last().unwrap().is_timeout(), "{failed:?}");
        assert_eq!((failed.reason(), failed.attempts()), (StopReason::MaxAttempts, 3));
        assert!(server.asked() <= 3);
    }
}

#[tokio::test]
async fn the_key_timeout_ends_a_hung_attempt_too() {
    #[retry(strategy = "immediate", timeout = "1s", on = error)]
    async fn call(client: &Client, server: &Server) -> Result<String, RetryError<Error>> {
        client.get(server.url()).send().await?.text().await
    }
    let server = Server::start([Reply::raw("").then_hang(), Reply::body("whole")]);
    assert_eq!(call(&client(), &server).await.unwrap(), "whole");
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn json_that_is_not_as_expected_is_permanent_and_cut_short_it_is_transient() {
    #[retry(strategy = "immediate", on = error)]
    async fn call(client: &Client, server: &Server) -> Result<Vec<u32>, RetryError<Error>> {
        client.get(server.url()).send().await?.json().await
    }
    let client = client();
    for text in ["no JSON at all", "[1, 2", "{\"one\": 1}", "[1, -2]", ""] {
        let server = Server::start([Reply::body(text)]);
        let failed = call(&client, &server).await.unwrap_err();
        assert_eq!((failed.reason(), server.asked()), (StopReason::Permanent, 1), "{text}");
        assert!(failed.last().unwrap().is_decode());
    }
    let server = Server::start([Reply::cut("[1, 2", 6), Reply::body("[1, 2]")]);
    assert_eq!(call(&client, &server).await.unwrap(), [1, 2]);
    assert_eq!(server.asked(), 2);
}

#[test]
fn json_that_is_not_as_expected_is_permanent_for_a_blocking_client() {
    #[retry(strategy = "immediate", on = error)]
    fn call(client: &blocking::Client, server: &Server) -> Result<Vec<u32>, RetryError<Error>> {
        client.get(server.url()).send()?.json()
    }
    let client = blocking_client();
    let server = Server::start([Reply::body("no JSON at all")]);
    let failed = call(&client, &server).unwrap_err();
    assert_eq!((failed.reason(), server.asked()), (StopReason::Permanent, 1));
    let server = Server::start([Reply::cut("[1, 2", 6), Reply::body("[1, 2]")]);
    assert_eq!(call(&client, &server).unwrap(), [1, 2]);
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn a_loop_of_redirects_is_permanent() {
    let client = Client::builder().no_proxy().redirect(redirect::Policy::limited(4)).build().unwrap();
    let server = Server::start([Reply::with_headers(302, "location: /\r\n")]);
    let failed = read(&client, &server).await.unwrap_err();
    assert!(failed.last().unwrap().is_redirect());
    // The first request and four redirects, all of them one attempt.
    assert_eq!((failed.reason(), failed.attempts(), server.asked()), (StopReason::Permanent, 1, 5));
}

#[tokio::test]
async fn a_redirect_that_is_not_followed_is_permanent_whatever_the_reason() {
    let policy = redirect::Policy::custom(|attempt| attempt.error(io::Error::from(io::ErrorKind::ConnectionReset)));
    let client = Client::builder().no_proxy().redirect(policy).build().unwrap();
    let server = Server::start([Reply::with_headers(302, "location: /\r\n")]);
    check("a reset, says the policy", &server, read(&client, &server).await, StopReason::Permanent, 1);
}

#[tokio::test]
async fn what_cannot_be_built_is_permanent() {
    #[retry(strategy = "immediate", on = error)]
    async fn call(client: &Client, url: &str, header: &str) -> Result<String, RetryError<Error>> {
        client.get(url).header("x-scripted", header).send().await?.text().await
    }
    for (url, header) in [("no url", ""), ("http://", ""), ("ftp://127.0.0.1/", ""), ("http://127.0.0.1/", "\n")] {
        let failed = call(&client(), url, header).await.unwrap_err();
        assert!(failed.last().unwrap().is_builder(), "{failed:?}");
        assert_eq!((failed.reason(), failed.attempts()), (StopReason::Permanent, 1), "{url}");
    }
}

#[test]
fn a_body_that_cannot_be_made_is_permanent_whatever_the_reason() {
    struct Broken;
    impl io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    let failed = blocking::Body::new(Broken).buffer().map(drop).unwrap_err();
    assert!(failed.is_builder());
    assert_eq!((error(&failed), not_sent(&failed)), (Verdict::Stop, Verdict::Stop));
}

#[tokio::test]
async fn a_client_without_tls_does_not_try_https_twice() {
    #[retry(strategy = "immediate", on = error)]
    async fn call(client: &Client, url: &str) -> Result<String, RetryError<Error>> {
        client.get(url).send().await?.text().await
    }
    let server = Server::start([Reply::body("whole")]);
    let failed = call(&client(), &format!("https://{}/", server.address())).await.unwrap_err();
    assert_eq!((failed.reason(), failed.attempts(), server.asked()), (StopReason::Permanent, 1, 0), "{failed:?}");
}

#[tokio::test]
async fn a_request_whose_own_body_fails_is_permanent() {
    #[retry(strategy = "immediate", on = error)]
    async fn call(client: &Client, server: &Server) -> Result<String, RetryError<Error>> {
        client.post(server.url()).body(Body::wrap(failing_body())).send().await?.text().await
    }
    let client = Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap();
    let server = Server::start([Reply::body("whole")]);
    let failed = call(&client, &server).await.unwrap_err();
    assert_eq!((failed.reason(), failed.attempts(), server.asked()), (StopReason::Permanent, 1, 0), "{failed:?}");
}

/// Announces three bytes and has a first frame of more, so that reading it fails.
fn failing_body() -> Limited<Full<Bytes>> {
    Limited::new(Full::new(Bytes::from_static(b"whole")), 3)
}

#[tokio::test]
async fn an_upgrade_that_is_not_granted_is_permanent() {
    #[retry(strategy = "immediate", on = error)]
    async fn call(client: &Client, server: &Server) -> Result<(), RetryError<Error>> {
        client.get(server.url()).send().await?.upgrade().await.map(drop)
    }
    let server = Server::start([Reply::status(200)]);
    let failed = call(&client(), &server).await.unwrap_err();
    assert!(failed.last().unwrap().is_upgrade());
    assert_eq!((failed.reason(), server.asked()), (StopReason::Permanent, 1));
}

#[tokio::test]
async fn an_error_classifies_itself() {
    #[retry(strategy = "immediate")]
    async fn call(client: &Client, server: &Server) -> Result<String, Error> {
        client.get(server.url()).send().await?.error_for_status()?.text().await
    }
    for (reply, requests) in [
        (Reply::raw("").then_reset(), 3),
        (Reply::status(503), 3),
        (Reply::status(404), 1),
        (Reply::raw("no HTTP\r\n\r\n"), 1),
    ] {
        let server = Server::start([reply]);
        let failed = call(&client(), &server).await.unwrap_err();
        assert_eq!(server.asked(), requests, "{failed:?}");
        assert_eq!(failed.retry_after(), None);
    }
}

#[tokio::test]
async fn not_sent_retries_what_found_no_connection() {
    #[retry(strategy = "immediate", on = not_sent)]
    async fn call(client: &Client, url: &str) -> Result<String, RetryError<Error>> {
        client.post(url).body("once").send().await?.text().await
    }
    let (_socket, address) = nobody();
    let failed = call(&client(), &format!("http://{address}/")).await.unwrap_err();
    assert_eq!((failed.reason(), failed.attempts()), (StopReason::MaxAttempts, 3));
}

#[tokio::test]
async fn not_sent_asks_no_second_time_after_a_connection() {
    #[retry(strategy = "immediate", on = not_sent)]
    async fn call(client: &Client, server: &Server) -> Result<String, RetryError<Error>> {
        let response = client.post(server.url()).body("once").send().await?;
        server.go_on();
        response.text().await
    }
    let client = Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap();
    for (what, fault) in passing().into_iter().chain(lasting()) {
        let server = Server::start([fault]);
        check(what, &server, call(&client, &server).await, StopReason::Permanent, 1);
    }
    let client = Client::builder().no_proxy().timeout(LONG).build().unwrap();
    let server = Server::start([Reply::raw("").then_hang()]);
    check("a socket that hangs", &server, call(&client, &server).await, StopReason::Permanent, 1);
}

#[tokio::test]
async fn not_sent_is_not_misled_by_the_body_of_the_request() {
    // The body was to come from another server, which refuses when this one is connected already.
    let (_socket, address) = nobody();
    let client = Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().unwrap();
    let refused = client.get(format!("http://{address}/")).send().await.unwrap_err();
    assert_eq!(not_sent(&refused), Verdict::Retry);
    let server = Server::start([Reply::raw("").then_hang()]);
    let mut refused = Some(refused);
    let body = failing_body().map_err(move |_| refused.take().expect("a body fails once"));
    let failed = client.post(server.url()).body(Body::wrap(body)).send().await.unwrap_err();
    assert!(failed.is_connect(), "{failed:?}");
    assert_eq!(not_sent(&failed), Verdict::Stop);
}
