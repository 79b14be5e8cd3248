//! Statuses: which responses are retried.

use crate::server::{Reply, Server};
use reattempt::http::Statuses;
use reattempt::{RetryError, StopReason, Transient, retry, testing};
use reqwest_0_13::{Client, Error, Response, StatusCode, blocking};
use std::time::Duration;

/// All statuses that have a name in RFC 9110 and a few that have none, each with the number of requests that it is worth.
pub(crate) const TABLE: [(u16, u32); 48] = [
    (200, 1),
    (201, 1),
    (202, 1),
    (203, 1),
    (204, 1),
    (205, 1),
    (206, 1),
    (299, 1),
    (300, 1),
    (301, 1),
    (302, 1),
    (303, 1),
    (304, 1),
    (305, 1),
    (307, 1),
    (308, 1),
    (400, 1),
    (401, 1),
    (402, 1),
    (403, 1),
    (404, 1),
    (405, 1),
    (406, 1),
    (407, 1),
    (408, 3),
    (409, 1),
    (410, 1),
    (411, 1),
    (412, 1),
    (413, 1),
    (414, 1),
    (415, 1),
    (416, 1),
    (417, 1),
    (421, 1),
    (422, 1),
    (425, 3),
    (426, 1),
    (429, 3),
    (500, 3),
    (501, 1),
    (502, 3),
    (503, 3),
    (504, 3),
    (505, 1),
    (507, 1),
    (599, 1),
    (999, 1),
];

pub(crate) fn client() -> Client {
    Client::builder().no_proxy().build().expect("a client can be built")
}

pub(crate) fn blocking_client() -> blocking::Client {
    blocking::Client::builder().no_proxy().build().expect("a client can be built")
}

#[tokio::test]
async fn each_status_is_asked_for_as_often_as_it_is_worth() {
    #[retry(strategy = "immediate", on = reattempt::no_error, on_value = reattempt::reqwest_0_13::response)]
    async fn call(client: &Client, url: &str) -> Result<Response, Error> {
        client.get(url).send().await
    }
    let client = client();
    for (code, requests) in TABLE {
        let server = Server::start([Reply::status(code)]);
        let response = call(&client, &server.url()).await.unwrap();
        assert_eq!((response.status().as_u16(), server.asked()), (code, requests));
    }
}

#[test]
fn each_status_is_asked_for_as_often_by_a_blocking_client() {
    #[retry(strategy = "immediate", on = reattempt::no_error, on_value = reattempt::reqwest_0_13::response)]
    fn call(client: &blocking::Client, url: &str) -> Result<blocking::Response, Error> {
        client.get(url).send()
    }
    let client = blocking_client();
    for (code, requests) in TABLE {
        let server = Server::start([Reply::status(code)]);
        let response = call(&client, &server.url()).unwrap();
        assert_eq!((response.status().as_u16(), server.asked()), (code, requests));
    }
}

#[tokio::test]
async fn each_status_is_asked_for_as_often_as_a_plain_response() {
    #[retry(strategy = "immediate", on = reattempt::no_error, on_value = reattempt::http::response)]
    async fn call(client: &Client, url: &str) -> Result<http::Response<reqwest_0_13::Body>, Error> {
        Ok(client.get(url).send().await?.into())
    }
    let client = client();
    for (code, requests) in TABLE {
        let server = Server::start([Reply::status(code)]);
        let response = call(&client, &server.url()).await.unwrap();
        assert_eq!((response.status().as_u16(), server.asked()), (code, requests));
    }
}

#[tokio::test]
async fn each_status_is_asked_for_as_often_as_an_error() {
    #[retry(strategy = "immediate", on = reattempt::reqwest_0_13::error)]
    async fn call(client: &Client, url: &str) -> Result<Response, Error> {
        client.get(url).send().await?.error_for_status()
    }
    let client = client();
    for (code, requests) in TABLE.into_iter().filter(|(code, _)| (400..600).contains(code)) {
        let server = Server::start([Reply::status(code)]);
        let error = call(&client, &server.url()).await.unwrap_err();
        assert_eq!((error.status().map(|status| status.as_u16()), server.asked()), (Some(code), requests));
    }
}

#[tokio::test]
async fn a_call_ends_with_the_first_good_response() {
    #[retry(strategy = "immediate", max = 9, on = reattempt::no_error, on_value = reattempt::reqwest_0_13::response)]
    async fn call(client: &Client, url: &str) -> Result<Response, Error> {
        client.get(url).send().await
    }
    let server = Server::start([Reply::status(503), Reply::status(429), Reply::body("fine"), Reply::status(500)]);
    let response = call(&client(), &server.url()).await.unwrap();
    assert_eq!((response.status(), server.asked()), (StatusCode::OK, 3));
    assert_eq!(response.text().await.unwrap(), "fine");
}

#[tokio::test]
async fn a_status_that_passes_into_a_permanent_one_ends_there() {
    #[retry(strategy = "immediate", max = 9, on = reattempt::no_error, on_value = reattempt::reqwest_0_13::response)]
    async fn call(client: &Client, url: &str) -> Result<Response, RetryError<Error>> {
        client.get(url).send().await
    }
    let server = Server::start([Reply::status(503), Reply::status(404)]);
    // A 404 is a response like any other, and the call succeeds.
    let response = call(&client(), &server.url()).await.unwrap();
    assert_eq!((response.status(), server.asked()), (StatusCode::NOT_FOUND, 2));
}

#[tokio::test]
async fn with_no_error_beside_on_value_nothing_is_asked_a_second_time_after_an_error() {
    #[retry(strategy = "immediate", on = reattempt::no_error, on_value = reattempt::reqwest_0_13::response)]
    async fn call(client: &Client, url: &str) -> Result<Response, RetryError<Error>> {
        client.get(url).send().await
    }
    let server = Server::start([Reply::raw("")]);
    let error = call(&client(), &server.url()).await.unwrap_err();
    assert_eq!((error.reason(), server.asked()), (StopReason::Permanent, 1));
}

const OWN: Statuses = Statuses::TRANSIENT.including(StatusCode::CONFLICT).excluding(StatusCode::INTERNAL_SERVER_ERROR);

#[tokio::test]
async fn a_list_of_ones_own_decides() {
    #[retry(strategy = "immediate", on = reattempt::no_error, on_value = |response| OWN.verdict(response.status(), response.headers()))]
    async fn call(client: &Client, url: &str) -> Result<Response, Error> {
        client.get(url).send().await
    }
    #[retry(strategy = "immediate", on = reattempt::no_error, on_value = |response| OWN.response(response))]
    async fn plain(client: &Client, url: &str) -> Result<http::Response<reqwest_0_13::Body>, Error> {
        Ok(client.get(url).send().await?.into())
    }
    let client = client();
    for (code, requests) in [(409, 3), (500, 1), (503, 3), (404, 1)] {
        let server = Server::start([Reply::status(code)]);
        call(&client, &server.url()).await.unwrap();
        assert_eq!(server.asked(), requests, "{code}");
        plain(&client, &server.url()).await.unwrap();
        assert_eq!(server.asked(), 2 * requests, "{code}");
    }
}

#[test]
fn an_error_of_ones_own_forwards_status_and_hint() {
    #[derive(Debug, thiserror::Error)]
    #[error("the server answered {status}")]
    struct Refused {
        status: StatusCode,
        hint: Option<Duration>,
    }
    impl Transient for Refused {
        fn is_transient(&self) -> bool {
            self.status.is_transient()
        }
        fn retry_after(&self) -> Option<Duration> {
            self.hint
        }
    }
    #[retry(strategy = "constant", base = "1s", max = 2)]
    fn call(client: &blocking::Client, url: &str) -> Result<(), RetryError<Refused>> {
        let response = client.get(url).send().expect("this server is there");
        let hint = reattempt::http::hint(response.headers(), std::time::SystemTime::now());
        Err(Refused { status: response.status(), hint })
    }
    let client = blocking_client();
    for (code, requests) in [(503, 2), (404, 1)] {
        let paused = testing::pause();
        let server = Server::start([Reply::with_headers(code, "retry-after: 20\r\n")]);
        let error = call(&client, &server.url()).unwrap_err();
        assert_eq!((error.attempts(), server.asked()), (requests, requests));
        let slept = paused.slept();
        assert_eq!(slept.len(), requests as usize - 1);
        assert!(slept.iter().all(|delay| (20_000..=22_000).contains(&delay.as_millis())), "{slept:?}");
    }
}
