//! The crate `retry`.

use super::{Contender, draw, repeat, repeat_failing};
use crate::service::{Answer, Fault};
use retry::delay::{Exponential, Fibonacci, Fixed, NoDelay, jitter};
use retry::{OperationResult, retry};
use std::time::Duration;

pub static CONTENDER: Contender = Contender {
    name: "retry",
    sync_success: Some(|server, count| {
        repeat(server, count, |server, input| {
            let delays = Exponential::from_millis_with_factor(100, 2.0).map(capped).map(jitter).take(3);
            retry(delays, || judged(server.ask(input))).map_err(|error| error.error)
        });
    }),
    three_failures: Some(|server, count| {
        repeat_failing(server, count, |server, input| {
            retry(NoDelay.take(3), || judged(server.ask(input))).map_err(|error| error.error)
        });
    }),
    delays: &[
        ("constant", |calls| draw(calls, || Fixed::from_millis(100))),
        ("exponential", |calls| draw(calls, || Exponential::from_millis_with_factor(100, 2.0).map(capped))),
        ("fibonacci", |calls| draw(calls, || Fibonacci::from_millis(100).map(capped))),
        ("full jitter", |calls| {
            draw(calls, || Exponential::from_millis_with_factor(100, 2.0).map(capped).map(jitter));
        }),
    ],
    note: "it has no async calls; the cap is a `map` of the user's",
    ..Contender::NONE
};

fn capped(delay: Duration) -> Duration {
    delay.min(Duration::from_secs(5))
}

fn judged(answer: Answer) -> OperationResult<u64, Fault> {
    match answer {
        Ok(number) => OperationResult::Ok(number),
        Err(fault) if fault.is_transient() => OperationResult::Retry(fault),
        Err(fault) => OperationResult::Err(fault),
    }
}
