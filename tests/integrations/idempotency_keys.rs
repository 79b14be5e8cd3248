//! Requests with an idempotency key, as the server sees it.

use crate::server::{Reply, Server};
use crate::statuses::client;
use reattempt::{reqwest_0_13, retry};
use reqwest_0_13::error as is_transient;
use std::collections::HashSet;

type Answer = ::reqwest_0_13::Result<::reqwest_0_13::Response>;

#[retry(
    strategy = "immediate", max = 4, method = POST, idempotency_key = key, on = is_transient,
    on_value = reqwest_0_13::response
)]
async fn pay(client: &::reqwest_0_13::Client, url: &str) -> Answer {
    client.post(url).header("Idempotency-Key", key.to_header_value()).body("100").send().await
}

#[retry(
    strategy = "immediate", max = 4, method = POST, idempotency_key = key, on = is_transient,
    on_value = reqwest_0_13::response
)]
async fn pay_by_a_service(client: &::reqwest_0_13::Client, url: &str) -> Answer {
    client.post(url).header("Idempotency-Key", key.to_bare_header_value()).body("100").send().await
}

/// Returns the keys that the server was sent.
fn keys(server: &Server) -> Vec<String> {
    let heads = server.heads();
    let key = |head: &String| head.lines().find_map(|line| line.strip_prefix("idempotency-key: ").map(str::to_owned));
    heads.iter().filter_map(key).collect()
}

#[tokio::test]
async fn each_attempt_sends_the_key_of_its_call_and_each_call_another() {
    let mut seen = HashSet::new();
    for _ in 0..3 {
        // A 503, and connections that break: the server may have done its work in all three.
        let broken = Reply::raw("").then_reset();
        let server = Server::start([Reply::status(503), broken.clone(), broken, Reply::status(201)]);
        let response = pay(&client(), &server.url()).await.expect("the fourth answer is good");
        assert_eq!((response.status().as_u16(), server.asked()), (201, 4));
        let keys = keys(&server);
        assert_eq!(keys.len(), 4);
        assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
        assert!(keys[0].len() == 38 && keys[0].starts_with('"') && keys[0].ends_with('"'), "{keys:?}");
        seen.insert(keys[0].clone());
    }
    assert_eq!(seen.len(), 3);
}

#[tokio::test]
async fn the_bare_form_has_no_quotes() {
    let server = Server::start([Reply::status(429), Reply::status(201)]);
    let response = pay_by_a_service(&client(), &server.url()).await.expect("the second answer is good");
    assert_eq!(response.status().as_u16(), 201);
    let keys = keys(&server);
    assert_eq!((keys.len(), keys[0].len()), (2, 36));
    assert_eq!(keys[0], keys[1]);
    assert_eq!(keys[0].as_bytes()[14], b'4', "a UUID of version 4");
}
