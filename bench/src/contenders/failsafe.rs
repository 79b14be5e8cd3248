//! The crate `failsafe`: a breaker whose backoffs are delays too.

use super::{Contender, draw, operate};
use crate::service::Refused;
use failsafe::failure_policy::{self, ConsecutiveFailures, SuccessRateOverTimeWindow};
use failsafe::{CircuitBreaker, Config, StateMachine, backoff};
use std::hint::black_box;
use std::sync::LazyLock;
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
    guards: &[
        ("breaker: failures in a row", |count| passed(count, &*IN_A_ROW)),
        ("breaker: window by time", |count| passed(count, &*BY_TIME)),
    ],
    note: "it has no retries, and no window by count; its delays are whole seconds",
    ..Contender::NONE
};

static IN_A_ROW: LazyLock<StateMachine<ConsecutiveFailures<backoff::Constant>, ()>> = LazyLock::new(|| {
    let policy = failure_policy::consecutive_failures(5, backoff::constant(Duration::from_secs(1)));
    Config::new().failure_policy(policy).build()
});
static BY_TIME: LazyLock<StateMachine<SuccessRateOverTimeWindow<backoff::Constant>, ()>> = LazyLock::new(|| {
    let cool_down = backoff::constant(Duration::from_secs(1));
    let policy = failure_policy::success_rate_over_time_window(0.5, 10, Duration::from_secs(10), cool_down);
    Config::new().failure_policy(policy).build()
});

fn passed(count: u64, breaker: &impl CircuitBreaker) {
    operate(count, |number| _ = black_box(black_box(breaker).call(|| Ok::<u64, Refused>(number))));
}
