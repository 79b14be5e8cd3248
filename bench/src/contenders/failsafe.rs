//! The crate `failsafe`: a breaker whose backoffs are delays too.

use super::{Contender, draw};
use failsafe::backoff;
use std::time::Duration;

pub static CONTENDER: Contender = Contender {
    name: "failsafe",
    delays: &[
        ("constant", |calls| draw(calls, || backoff::constant(Duration::from_secs(1)))),
        ("exponential", |calls| draw(calls, || backoff::exponential(Duration::from_secs(1), Duration::from_secs(100)))),
        ("full jitter", |calls| {
            draw(calls, || backoff::full_jittered(Duration::from_secs(1), Duration::from_secs(100)));
        }),
        ("equal jitter", |calls| {
            draw(calls, || backoff::equal_jittered(Duration::from_secs(1), Duration::from_secs(100)));
        }),
    ],
    note: "it has no retries; its delays are whole seconds",
    ..Contender::NONE
};
