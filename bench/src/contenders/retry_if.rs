//! The crate `retry-if`: an attribute for async functions.

use super::{Contender, draw, repeat};
use crate::service::{Answer, Body, Server, drive, drive_on, is_transient};
use retry_if::{ExponentialBackoffConfig, retry};
use std::time::Duration;

pub static CONTENDER: Contender = Contender {
    name: "retry-if",
    async_success: Some(|server, count| repeat(server, count, |server, input| drive(get_async(server, input)))),
    tokio_success: Some(|runtime, server, count| drive_on(runtime, count, |input| get_async(server, input))),
    future_bytes: Some(|| {
        [
            size_of_val(&sized::<1>()),
            size_of_val(&sized::<16>()),
            size_of_val(&sized::<128>()),
            size_of_val(&sized::<512>()),
        ]
    }),
    spawn: Some(|| {
        tokio::spawn(async {
            let server = Server::new();
            server.fail(3);
            get_with_delays(&server).await.is_ok()
        })
    }),
    delays: &[("exponential", |calls| draw(calls, || (0..).map(|attempt| LONG.get_backoff_duration(attempt))))],
    note: "it has no sync calls and no jitter, and reads the clock for each call; its waits are timers of tokio",
    ..Contender::NONE
};

const POLICY: ExponentialBackoffConfig = ExponentialBackoffConfig {
    max_retries: 3,
    t_wait: Duration::from_millis(100),
    backoff: 2.0,
    t_wait_max: None,
    backoff_max: Some(Duration::from_secs(5)),
};
const LONG: ExponentialBackoffConfig =
    ExponentialBackoffConfig { max_retries: 99, backoff_max: Some(Duration::from_secs(10)), ..POLICY };
const GROWING: ExponentialBackoffConfig = ExponentialBackoffConfig {
    t_wait: Duration::from_millis(1),
    backoff: 4.0,
    backoff_max: Some(Duration::from_millis(10)),
    ..POLICY
};

fn may_pass(answer: &Answer) -> bool {
    answer.as_ref().is_err_and(is_transient)
}

#[retry(POLICY, may_pass)]
async fn get_async(server: &'static Server, input: u64) -> Answer {
    server.ask_async(input).await
}

#[retry(POLICY, may_pass)]
async fn sized<const WORDS: usize>() -> Answer {
    Body::<WORDS>::default().await
}

#[retry(GROWING, may_pass)]
async fn get_with_delays(server: &Server) -> Answer {
    server.ask_async(1).await
}
