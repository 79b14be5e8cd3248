//! A policy that calls a closure: the same engine without the attribute.

use super::{Call, Contender, repeat, repeat_failing};
use crate::service::{Answer, Body, Server, drive, drive_on, is_transient};
use reattempt::{Policy, policy};
use std::hint::black_box;

pub static CONTENDER: Contender = Contender {
    name: "ours, closures",
    sync_success: Some(|server, count| {
        repeat(server, count, |server, input| POLICY.retry(|| server.ask(input)).on(is_transient).call());
    }),
    sync_success_by_pointer: Some(|server, count| repeat(server, count, black_box(get as Call))),
    async_success: Some(|server, count| repeat(server, count, |server, input| drive(get_async(server, input)))),
    tokio_success: Some(|runtime, server, count| drive_on(runtime, count, |input| get_async(server, input))),
    three_failures: Some(|server, count| {
        repeat_failing(server, count, |server, input| AT_ONCE.retry(|| server.ask(input)).on(is_transient).call());
    }),
    three_failures_async: Some(|server, count| {
        repeat_failing(server, count, |server, input| {
            drive(AT_ONCE.retry_async(|| server.ask_async(input)).on(is_transient).call())
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
            let server = &server;
            GROWING.retry_async(|| server.ask_async(1)).on(is_transient).await.is_ok()
        })
    }),
    note: "its delays are those of ours",
    ..Contender::NONE
};

const POLICY: Policy = policy!(max = 4, cap = "5s");
const AT_ONCE: Policy = policy!(max = 4, strategy = "immediate");
const GROWING: Policy = policy!(max = 4, strategy = "exponential", base = "1ms", factor = 4.0, cap = "10ms");

fn get(server: &'static Server, input: u64) -> Answer {
    POLICY.retry(|| server.ask(input)).on(is_transient).call()
}

fn get_async(server: &'static Server, input: u64) -> impl Future<Output = Answer> {
    POLICY.retry_async(move || server.ask_async(input)).on(is_transient).call()
}

fn sized<const WORDS: usize>() -> impl Future<Output = Answer> {
    POLICY.retry_async(Body::<WORDS>::default).on(is_transient).call()
}
