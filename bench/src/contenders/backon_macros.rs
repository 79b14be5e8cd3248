//! The crate `backon-macros`: an attribute for `backon`.

use super::{Call, Contender, repeat, repeat_failing};
use crate::service::{Answer, Body, Server, drive, drive_on, give_way, is_transient};
use backon::{ConstantBuilder, ExponentialBuilder};
use backon_macros::backon;
use std::hint::black_box;
use std::time::Duration;

pub static CONTENDER: Contender = Contender {
    name: "backon-macros",
    sync_success: Some(|server, count| repeat(server, count, get)),
    sync_success_by_pointer: Some(|server, count| repeat(server, count, black_box(get as Call))),
    async_success: Some(|server, count| repeat(server, count, |server, input| drive(get_async(server, input)))),
    tokio_success: Some(|runtime, server, count| drive_on(runtime, count, |input| get_async(server, input))),
    three_failures: Some(|server, count| repeat_failing(server, count, get_at_once)),
    three_failures_async: Some(|server, count| {
        repeat_failing(server, count, |server, input| drive(get_async_at_once(server, input)));
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
            get_with_delays(&server).await.is_ok()
        })
    }),
    note: "its delays are those of backon",
    ..Contender::NONE
};

const fn policy() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(100))
        .with_max_delay(Duration::from_secs(5))
        .with_max_times(3)
        .with_jitter()
}

const fn growing() -> ExponentialBuilder {
    ExponentialBuilder::new()
        .with_min_delay(Duration::from_millis(1))
        .with_factor(4.0)
        .with_max_delay(Duration::from_millis(10))
        .with_max_times(3)
}

const fn at_once() -> ConstantBuilder {
    ConstantBuilder::new().with_delay(Duration::ZERO).with_max_times(3)
}

#[backon(backoff = policy, when = is_transient)]
#[inline]
fn get(server: &'static Server, input: u64) -> Answer {
    server.ask(input)
}

#[backon(backoff = at_once, when = is_transient)]
fn get_at_once(server: &'static Server, input: u64) -> Answer {
    server.ask(input)
}

#[backon(backoff = policy, when = is_transient)]
async fn get_async(server: &'static Server, input: u64) -> Answer {
    server.ask_async(input).await
}

#[backon(backoff = at_once, sleep = give_way, when = is_transient)]
async fn get_async_at_once(server: &'static Server, input: u64) -> Answer {
    server.ask_async(input).await
}

#[backon(backoff = policy, when = is_transient)]
async fn sized<const WORDS: usize>() -> Answer {
    Body::<WORDS>::default().await
}

#[backon(backoff = growing, when = is_transient)]
async fn get_with_delays(server: &Server) -> Answer {
    server.ask_async(1).await
}
