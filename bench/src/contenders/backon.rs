//! The crate `backon`.

use super::{Contender, draw, repeat, repeat_failing};
use crate::service::{Answer, Body, Server, drive, drive_on, give_way, is_transient};
use backon::{BackoffBuilder, BlockingRetryable, ConstantBuilder, ExponentialBuilder, FibonacciBuilder, Retryable};
use std::time::Duration;

pub static CONTENDER: Contender = Contender {
    name: "backon",
    sync_success: Some(|server, count| {
        repeat(server, count, |server, input| (|| server.ask(input)).retry(policy()).when(is_transient).call());
    }),
    async_success: Some(|server, count| {
        repeat(server, count, |server, input| {
            drive(async { (|| server.ask_async(input)).retry(policy()).when(is_transient).await })
        });
    }),
    tokio_success: Some(|runtime, server, count| {
        drive_on(runtime, count, |input| async move {
            (|| server.ask_async(input)).retry(policy()).when(is_transient).await
        });
    }),
    three_failures: Some(|server, count| {
        repeat_failing(server, count, |server, input| {
            (|| server.ask(input)).retry(at_once()).when(is_transient).call()
        });
    }),
    three_failures_async: Some(|server, count| {
        repeat_failing(server, count, |server, input| {
            let retried = || server.ask_async(input);
            drive(async { retried.retry(at_once()).sleep(give_way).when(is_transient).await })
        });
    }),
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
            (|| server.ask_async(1)).retry(growing()).when(is_transient).await.is_ok()
        })
    }),
    delays: &[
        ("constant", |calls| {
            let builder = ConstantBuilder::new().with_delay(Duration::from_millis(100)).with_max_times(100);
            draw(calls, || builder.build());
        }),
        ("exponential", |calls| draw(calls, || exponential().build())),
        ("fibonacci", |calls| {
            let builder = FibonacciBuilder::new()
                .with_min_delay(Duration::from_millis(100))
                .with_max_delay(Duration::from_secs(10))
                .with_max_times(100);
            draw(calls, || builder.build());
        }),
        ("exponential with jitter", |calls| draw(calls, || exponential().with_jitter().build())),
    ],
    sync_success_by_pointer: None,
    guards: &[],
    note: "its jitter adds up to a whole delay, so it is not full jitter",
};

const fn policy() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(Duration::from_secs(5))
        .with_max_times(3)
        .with_jitter()
}

const fn at_once() -> ConstantBuilder {
    ConstantBuilder::new().with_delay(Duration::ZERO).with_max_times(3)
}

const fn growing() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(1))
        .with_factor(4.0)
        .with_max_delay(Duration::from_millis(10))
        .with_max_times(3)
}

const fn exponential() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(Duration::from_secs(10))
        .with_max_times(100)
}

async fn sized<const WORDS: usize>() -> Answer {
    Body::<WORDS>::default.retry(policy()).when(is_transient).await
}
