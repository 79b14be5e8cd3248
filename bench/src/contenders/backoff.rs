//! The crate `backoff`.

use super::{Contender, draw, repeat, repeat_failing};
use crate::service::{Answer, Body, Fault, GiveWay, Server, drive, drive_on, give_way};
use backoff::backoff::{Backoff, Zero};
use backoff::{Error, ExponentialBackoff, ExponentialBackoffBuilder, future};
use std::iter;
use std::time::Duration;

pub static CONTENDER: Contender = Contender {
    name: "backoff",
    sync_success: Some(|server, count| {
        repeat(server, count, |server, input| {
            backoff::retry(policy(), || server.ask(input).map_err(judged)).map_err(into_inner)
        });
    }),
    async_success: Some(|server, count| repeat(server, count, |server, input| drive(get_async(server, input)))),
    tokio_success: Some(|runtime, server, count| drive_on(runtime, count, |input| get_async(server, input))),
    three_failures: Some(|server, count| {
        repeat_failing(server, count, |server, input| {
            backoff::retry(Zero {}, || server.ask(input).map_err(judged)).map_err(into_inner)
        });
    }),
    three_failures_async: Some(|server, count| {
        repeat_failing(server, count, |server, input| {
            let retried = async || server.ask_async(input).await.map_err(judged);
            drive(future::Retry::new(GivesWay, Zero {}, |_, _| {}, retried))
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
            let delays = ExponentialBackoffBuilder::new()
                .with_initial_interval(Duration::from_millis(1))
                .with_multiplier(4.0)
                .with_max_interval(Duration::from_millis(10))
                .with_randomization_factor(0.0)
                .build();
            future::retry(delays, async || server.ask_async(1).await.map_err(judged)).await.is_ok()
        })
    }),
    delays: &[("exponential with jitter", |calls| {
        draw(calls, || {
            let mut delays = with_cap(Duration::from_secs(10));
            iter::from_fn(move || delays.next_backoff())
        });
    })],
    sync_success_by_pointer: None,
    guards: &[],
    note: "it bounds the time and not the attempts, and reads the clock for each call; its jitter is half a delay up and down",
};

struct GivesWay;

impl future::Sleeper for GivesWay {
    type Sleep = GiveWay;

    fn sleep(&self, delay: Duration) -> GiveWay {
        give_way(delay)
    }
}

fn judged(fault: Fault) -> Error<Fault> {
    if fault.is_transient() { Error::transient(fault) } else { Error::permanent(fault) }
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn into_inner(error: Error<Fault>) -> Fault {
    match error {
        Error::Permanent(fault) | Error::Transient { err: fault, .. } => fault,
    }
}

fn with_cap(cap: Duration) -> ExponentialBackoff {
    ExponentialBackoffBuilder::new()
        .with_initial_interval(Duration::from_millis(100))
        .with_multiplier(2.0)
        .with_max_interval(cap)
        .build()
}

fn policy() -> ExponentialBackoff {
    with_cap(Duration::from_secs(5))
}

async fn get_async(server: &'static Server, input: u64) -> Answer {
    future::retry(policy(), async || server.ask_async(input).await.map_err(judged)).await
}

async fn sized<const WORDS: usize>() -> Answer {
    future::retry(policy(), async || Body::<WORDS>::default().await.map_err(judged)).await
}
