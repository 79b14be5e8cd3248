//! The crate `tokio-retry2`.

use super::{Contender, draw, repeat};
use crate::service::{Answer, Body, Fault, Server, drive, drive_on};
use std::time::Duration;
use tokio_retry2::strategy::{ExponentialFactorBackoff, FibonacciBackoff, FixedInterval, LinearBackoff, jitter};
use tokio_retry2::{Retry, RetryError};

pub static CONTENDER: Contender = Contender {
    name: "tokio-retry2",
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
            let delays = ExponentialFactorBackoff::from_millis(1, 4.0).max_delay_millis(10).take(3);
            Retry::spawn(delays, async || server.ask_async(1).await.map_err(judged)).await.is_ok()
        })
    }),
    delays: &[
        ("constant", |calls| draw(calls, || FixedInterval::from_millis(100))),
        ("linear", |calls| draw(calls, || LinearBackoff::from_millis(100))),
        ("exponential", |calls| draw(calls, || exponential(Duration::from_secs(10)))),
        ("fibonacci", |calls| draw(calls, || FibonacciBackoff::from_millis(100))),
        ("full jitter", |calls| draw(calls, || exponential(Duration::from_secs(10)).map(jitter))),
    ],
    note: "it has no sync calls; its waits are timers of tokio",
    ..Contender::NONE
};

fn judged(fault: Fault) -> RetryError<Fault> {
    if fault.is_transient() { RetryError::transient(fault) } else { RetryError::permanent(fault) }
}

fn exponential(cap: Duration) -> ExponentialFactorBackoff {
    ExponentialFactorBackoff::from_millis(100, 2.0).max_delay(cap)
}

fn policy() -> impl Iterator<Item = Duration> {
    exponential(Duration::from_secs(5)).map(jitter).take(3)
}

async fn get_async(server: &'static Server, input: u64) -> Answer {
    Retry::spawn(policy(), async || server.ask_async(input).await.map_err(judged)).await
}

async fn sized<const WORDS: usize>() -> Answer {
    Retry::spawn(policy(), async || Body::<WORDS>::default().await.map_err(judged)).await
}
