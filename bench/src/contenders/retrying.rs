//! The crate `retrying`: an attribute.

use super::{Call, Contender, draw, repeat, repeat_failing};
use crate::service::{Answer, Body, Fault, Server, drive, drive_on};
use retrying::RetryingContext;
use retrying::retry;
use retrying::wait::{Wait, WaitExponential, WaitFixed};
use std::hint::black_box;
use std::iter;

pub static CONTENDER: Contender = Contender {
    name: "retrying",
    sync_success: Some(|server, count| repeat(server, count, get)),
    sync_success_by_pointer: Some(|server, count| repeat(server, count, black_box(get as Call))),
    async_success: Some(|server, count| repeat(server, count, |server, input| drive(get_async(server, input)))),
    tokio_success: Some(|runtime, server, count| drive_on(runtime, count, |input| get_async(server, input))),
    three_failures: Some(|server, count| repeat_failing(server, count, get_at_once)),
    three_failures_async: None,
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
    delays: &[
        ("constant", |calls| drawn(calls, || WaitFixed::new(0.1))),
        ("exponential", |calls| drawn(calls, || WaitExponential::new(0.1, 0.0, 10.0, 2))),
    ],
    guards: &[],
    note: "it has no jitter, and reads the clock for each call; its waits are timers of tokio",
};

fn drawn<W: Wait>(calls: u64, wait: impl Fn() -> W) {
    draw(calls, || {
        let mut context = RetryingContext::new();
        let wait = wait();
        iter::repeat_with(move || {
            let delay = wait.wait_duration(&context);
            context.add_attempt();
            delay
        })
    });
}

#[retry(stop = attempts(4), wait = exponential(multiplier = 0.1, min = 0.0, max = 5.0, exp_base = 2), retry = if_errors(Fault::Busy))]
#[inline]
fn get(server: &'static Server, input: u64) -> Answer {
    server.ask(input)
}

#[retry(stop = attempts(4), wait = fixed(0.0), retry = if_errors(Fault::Busy))]
fn get_at_once(server: &'static Server, input: u64) -> Answer {
    server.ask(input)
}

#[retry(stop = attempts(4), wait = exponential(multiplier = 0.1, min = 0.0, max = 5.0, exp_base = 2), retry = if_errors(Fault::Busy))]
async fn get_async(server: &'static Server, input: u64) -> Answer {
    server.ask_async(input).await
}

#[retry(stop = attempts(4), wait = exponential(multiplier = 0.1, min = 0.0, max = 5.0, exp_base = 2), retry = if_errors(Fault::Busy))]
async fn sized<const WORDS: usize>() -> Answer {
    Body::<WORDS>::default().await
}

#[retry(stop = attempts(4), wait = exponential(multiplier = 0.001, min = 0.0, max = 0.01, exp_base = 4), retry = if_errors(Fault::Busy))]
async fn get_with_delays(server: &Server) -> Answer {
    server.ask_async(1).await
}
