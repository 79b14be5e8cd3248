//! Server hints, from the header on the wire to the delay that is slept.

use crate::server::{Reply, Server};
use crate::statuses::{blocking_client, client};
use reattempt::{RetryError, StopReason, retry, testing};
use reqwest_0_13::{Client, Error, Response, blocking};
use std::collections::HashSet;
use std::time::{Duration, SystemTime};

const SECOND: Duration = Duration::from_secs(1);

#[retry(strategy = "constant", base = "100ms", on = reattempt::no_error, on_value = reattempt::reqwest_0_13::response)]
async fn call(client: &Client, url: &str) -> Result<Response, RetryError<Error>> {
    client.get(url).send().await
}

/// Calls a server that replies twice with a status and these headers, and then with 200. Returns the delays.
async fn slept(status: u16, headers: impl AsRef<[u8]>) -> Vec<Duration> {
    let busy = Reply::with_headers(status, headers);
    let server = Server::start([busy.clone(), busy, Reply::status(200)]);
    let paused = testing::pause();
    let response = call(&client(), &server.url()).await.expect("the third answer is good");
    assert_eq!((response.status().as_u16(), server.asked()), (200, 3));
    paused.slept()
}

/// Asserts that these headers make the call wait for this time, and at most a tenth longer.
async fn check(status: u16, headers: impl AsRef<[u8]>, hint: Duration) {
    let shown = headers.as_ref().escape_ascii().to_string();
    for delay in slept(status, headers).await {
        assert!(hint <= delay && delay <= hint + hint / 10, "{shown}: {delay:?}");
    }
}

/// Asserts that these headers are no hint: the delays are the strategy's, and there is no additional request.
async fn check_none(headers: impl AsRef<[u8]>) {
    let shown = headers.as_ref().escape_ascii().to_string();
    assert_eq!(slept(503, headers).await, [SECOND / 10, SECOND / 10], "{shown}");
}

/// Asserts that these headers end the call after a single request, and the stop reason.
async fn check_refused(headers: impl AsRef<[u8]>, reason: StopReason) {
    let shown = headers.as_ref().escape_ascii().to_string();
    let server = Server::start([Reply::with_headers(503, headers)]);
    let paused = testing::pause();
    let error = call(&client(), &server.url()).await.expect_err(&shown);
    assert_eq!((error.reason(), error.attempts(), server.asked()), (reason, 1, 1), "{shown}");
    assert_eq!(paused.slept(), [], "{shown}");
}

#[tokio::test]
async fn seconds_are_waited_for_and_spread_upwards() {
    check(503, "Retry-After: 7\r\n", 7 * SECOND).await;
    check(429, "Retry-After: 60\r\n", 60 * SECOND).await;
    let mut delays = HashSet::new();
    for seed in 0..20 {
        testing::seed(seed);
        let slept = slept(503, "Retry-After: 10\r\n").await;
        assert!(slept.iter().all(|delay| (10 * SECOND..=11 * SECOND).contains(delay)), "{slept:?}");
        delays.extend(slept);
    }
    // Not one of 40 delays like another, and both ends of the spread are in use.
    assert_eq!(delays.len(), 40);
    assert!(delays.iter().any(|delay| *delay < Duration::from_millis(10_200)), "{delays:?}");
    assert!(delays.iter().any(|delay| *delay > Duration::from_millis(10_800)), "{delays:?}");
}

#[tokio::test]
async fn milliseconds_count_before_seconds() {
    let hint = Duration::from_millis(2_500);
    check(429, "retry-after-ms: 2500\r\n", hint).await;
    check(429, "Retry-After: 3\r\nx-ms-retry-after-ms: 2500\r\n", hint).await;
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_where_it_is_what_stopped_the_request() {
    check(429, "RateLimit-Reset: 30\r\n", 30 * SECOND).await;
    check(503, "RateLimit-Reset: 30\r\nRateLimit-Remaining: 0\r\n", 30 * SECOND).await;
    check_none("RateLimit-Reset: 30\r\nRateLimit-Remaining: 4\r\n").await;
    check_none("RateLimit-Reset: 30\r\n").await;
}

#[tokio::test]
async fn a_date_is_waited_for_in_each_of_its_three_forms() {
    #[retry(strategy = "constant", base = "100ms", max = 2, max_hint = "100000d", on = reattempt::no_error, on_value = reattempt::reqwest_0_13::response)]
    async fn patient(client: &Client, url: &str) -> Result<Response, Error> {
        client.get(url).send().await
    }
    // 2060-01-01, a Thursday.
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(2_840_140_800);
    for form in ["Thu, 01 Jan 2060 00:00:00 GMT", "Thursday, 01-Jan-60 00:00:00 GMT", "Thu Jan  1 00:00:00 2060"] {
        let server = Server::start([Reply::with_headers(503, format!("Retry-After: {form}\r\n"))]);
        let paused = testing::pause();
        let before = SystemTime::now();
        patient(&client(), &server.url()).await.unwrap();
        let longest = date.duration_since(before).unwrap();
        let shortest = date.duration_since(SystemTime::now()).unwrap();
        let [delay] = paused.slept()[..] else { panic!("{:?}", paused.slept()) };
        assert!(shortest <= delay && delay <= longest + longest / 10, "{form}: {delay:?}");
        assert_eq!(server.asked(), 2);
    }
}

#[tokio::test]
async fn a_past_date_asks_for_no_more_than_the_strategy_does() {
    check_none("Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n").await;
    check_none("Retry-After: Sunday, 06-Nov-94 08:49:37 GMT\r\n").await;
    check_none("Retry-After: Sun Nov  6 08:49:37 1994\r\n").await;
}

#[tokio::test]
async fn a_hint_shorter_than_the_strategys_delay_changes_nothing() {
    check_none("Retry-After: 0\r\n").await;
    check_none("retry-after-ms: 99\r\n").await;
    check_none("retry-after-ms: 100\r\n").await;
}

#[tokio::test]
async fn a_hint_too_long_ends_the_call_after_one_request() {
    for headers in [
        "Retry-After: 61\r\n",
        "Retry-After: 2024\r\n",
        "Retry-After: 18446744073709551616\r\n",
        "Retry-After: 99999999999999999999999999999999999999999999\r\n",
        "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n",
        "retry-after-ms: 60001\r\n",
        "RateLimit-Remaining: 0\r\nRateLimit-Reset: 1700000000\r\n",
        "Retry-After: 1\r\nRetry-After: 3600\r\n",
    ] {
        check_refused(headers, StopReason::HintTooLong).await;
    }
}

#[tokio::test]
async fn a_year_is_a_number_of_seconds() {
    #[retry(strategy = "immediate", max = 2, max_hint = "1h", on = reattempt::no_error, on_value = reattempt::reqwest_0_13::response)]
    async fn patient(client: &Client, url: &str) -> Result<Response, Error> {
        client.get(url).send().await
    }
    let server = Server::start([Reply::with_headers(503, "Retry-After: 2024\r\n")]);
    let paused = testing::pause();
    patient(&client(), &server.url()).await.unwrap();
    let [delay] = paused.slept()[..] else { panic!("{:?}", paused.slept()) };
    assert!((2_024 * SECOND..=2_227 * SECOND).contains(&delay), "{delay:?}");
}

#[tokio::test]
async fn a_hint_beyond_the_deadline_ends_the_call_after_one_request() {
    #[retry(strategy = "immediate", deadline = "30s", on = reattempt::no_error, on_value = reattempt::reqwest_0_13::response)]
    async fn call(client: &Client, url: &str) -> Result<Response, RetryError<Error>> {
        client.get(url).send().await
    }
    let server = Server::start([Reply::with_headers(503, "Retry-After: 31\r\n")]);
    let paused = testing::pause();
    let error = call(&client(), &server.url()).await.unwrap_err();
    assert_eq!((error.reason(), error.attempts(), server.asked()), (StopReason::Deadline, 1, 1));
    assert_eq!(paused.slept(), []);
}

#[tokio::test]
async fn a_permanent_status_is_not_asked_for_again_whatever_its_headers_say() {
    for status in [404, 501, 505] {
        let server = Server::start([Reply::with_headers(status, "Retry-After: 1\r\nretry-after-ms: 1\r\n")]);
        let paused = testing::pause();
        let response = call(&client(), &server.url()).await.unwrap();
        assert_eq!((response.status().as_u16(), server.asked()), (status, 1));
        assert_eq!(paused.slept(), []);
    }
}

#[tokio::test]
async fn headers_that_cannot_be_read_cause_no_storm() {
    let headers: [&[u8]; 14] = [
        b"Retry-After:\r\n",
        b"Retry-After: -1\r\n",
        b"Retry-After: 1.5\r\n",
        b"Retry-After: soon\r\n",
        b"Retry-After: 5 seconds\r\n",
        b"Retry-After: 5, 10\r\n",
        b"Retry-After: \xff\xfe\xfd\r\n",
        "Retry-After: \u{ff15}\r\n".as_bytes(),
        b"Retry-After: Sun, 31 Feb 2060 08:49:37 GMT\r\n",
        b"Retry-After: Thu, 01 Jan 2060 00:00:00 CET\r\n",
        b"retry-after-ms: -1\r\nRetry-After: -1\r\nRateLimit-Reset: -1\r\nRateLimit-Remaining: 0\r\n",
        b"Retry-After: \xe9\r\nRetry-After: \r\nRetry-After: ~\r\nRetry-After: 1e9\r\n",
        b"retry-after-ms: NaN\r\nx-ms-retry-after-ms: inf\r\n",
        b"RateLimit-Remaining: 0\r\nRateLimit-Reset: never\r\n",
    ];
    for headers in headers {
        check_none(headers).await;
    }
}

#[tokio::test]
async fn of_several_headers_the_longest_wish_is_met() {
    check(503, "Retry-After: 3\r\nRetry-After: 9\r\nRetry-After: 5\r\n", 9 * SECOND).await;
    check(503, b"Retry-After: \xff\r\nRetry-After: 4\r\nRetry-After: soon\r\n", 4 * SECOND).await;
}

#[test]
fn a_blocking_client_obeys_hints_too() {
    #[retry(strategy = "constant", base = "100ms", on = reattempt::no_error, on_value = reattempt::reqwest_0_13::response)]
    fn call(client: &blocking::Client, url: &str) -> Result<blocking::Response, RetryError<Error>> {
        client.get(url).send()
    }
    let client = blocking_client();
    let paused = testing::pause();
    let server = Server::start([
        Reply::with_headers(503, "Retry-After: 7\r\n"),
        Reply::with_headers(429, "retry-after-ms: 3000\r\n"),
        Reply::status(200),
    ]);
    let response = call(&client, &server.url()).unwrap();
    assert_eq!((response.status().as_u16(), server.asked()), (200, 3));
    let [first, second] = paused.slept()[..] else { panic!("{:?}", paused.slept()) };
    assert!((7_000..=7_700).contains(&first.as_millis()), "{first:?}");
    assert!((3_000..=3_300).contains(&second.as_millis()), "{second:?}");

    let server = Server::start([Reply::with_headers(503, "Retry-After: 61\r\n")]);
    let error = call(&client, &server.url()).unwrap_err();
    assert_eq!((error.reason(), server.asked()), (StopReason::HintTooLong, 1));
}
