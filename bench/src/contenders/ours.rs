//! The attribute.

use super::{Call, Contender, draw, operate, operate_on_bucket, repeat, repeat_failing};
use crate::service::{Answer, Body, Fault, Refused, Server, drive, drive_on, is_transient, least};
use reattempt::{BreakerOpen, Budget, CircuitBreaker, Policy, policy, retry};
use std::hint::black_box;
use std::time::Duration;

pub static CONTENDER: Contender = Contender {
    name: "ours",
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
    delays: &[
        ("constant", |calls| drawn(calls, &CONSTANT)),
        ("linear", |calls| drawn(calls, &LINEAR)),
        ("exponential", |calls| drawn(calls, &EXPONENTIAL)),
        ("exponential by 1.5", |calls| drawn(calls, &BY_ONE_AND_A_HALF)),
        ("exponential by 3", |calls| drawn(calls, &BY_THREE)),
        ("exponential with a ratio", |calls| drawn(calls, &RATIO)),
        ("fibonacci", |calls| drawn(calls, &FIBONACCI)),
        ("full jitter", |calls| drawn(calls, &FULL_JITTER)),
        ("equal jitter", |calls| drawn(calls, &EQUAL_JITTER)),
        ("decorrelated jitter", |calls| drawn(calls, &DECORRELATED_JITTER)),
        ("decorrelated jitter v2", |calls| drawn(calls, &DECORRELATED_JITTER_V2)),
        ("steps", |calls| drawn(calls, &STEPS)),
    ],
    guards: &[
        ("breaker: failures in a row", |count| operate(count, |_| bare(&IN_A_ROW))),
        ("breaker: window by count", |count| operate(count, |_| bare(&BY_COUNT))),
        ("breaker: window by time", |count| operate(count, |_| bare(&BY_TIME))),
        ("breaker: slow calls", |count| operate(count, |_| bare(&SLOW))),
        ("guarded call: failures in a row", |count| {
            operate(count, |number| _ = black_box(guarded(&IN_A_ROW, number)));
        }),
        ("guarded call: window by count", |count| {
            operate(count, |number| _ = black_box(guarded(&BY_COUNT, number)));
        }),
        ("guarded call: window by time", |count| {
            operate(count, |number| _ = black_box(guarded(&BY_TIME, number)));
        }),
        ("guarded call: slow calls", |count| {
            operate(count, |number| _ = black_box(guarded(&SLOW, number)));
        }),
        ("three failures, deadline", |count| operate_failing(count, get_before_a_deadline)),
        ("three failures, budget", |count| {
            operate_on_bucket(count, 3_000, || PAYING.reset(), || operate_failing(1, get_on_a_budget));
        }),
        ("three failures, breaker", |count| operate_failing(count, get_behind_a_breaker)),
        ("budget: deposit", |count| operate_on_bucket(count, 40_000, || FILLING.reset(), || FILLING.deposit())),
        ("budget: deposit, full bucket", |count| operate(count, |_| black_box(&FULL).deposit())),
        ("budget: withdrawal", |count| {
            let withdraw = || assert!(black_box(PAYING.withdraw()), "the bucket holds enough");
            operate_on_bucket(count, 4_000, || PAYING.reset(), withdraw);
        }),
    ],
    note: "",
};

static IN_A_ROW: CircuitBreaker = CircuitBreaker::consecutive(5);
static BY_COUNT: CircuitBreaker = CircuitBreaker::rate(0.5).over(1_000);
static BY_TIME: CircuitBreaker = CircuitBreaker::rate(0.5).within(Duration::from_secs(10));
static SLOW: CircuitBreaker = CircuitBreaker::rate(0.5).over(1_000).slow(0.5, Duration::from_secs(1));
static FULL: Budget = Budget::new();
static FILLING: Budget = Budget::new().capacity(10_000).initial(0).reserve(0.0);
static PAYING: Budget = Budget::new().capacity(10_000).reserve(1.0);

static CONSTANT: Policy = policy!(strategy = "constant", max = 100);
static LINEAR: Policy = policy!(strategy = "linear", max = 100);
static EXPONENTIAL: Policy = policy!(strategy = "exponential", max = 100);
static BY_ONE_AND_A_HALF: Policy = policy!(strategy = "exponential", factor = 1.5, max = 100);
static BY_THREE: Policy = policy!(strategy = "exponential", factor = 3.0, max = 100);
static RATIO: Policy = policy!(strategy = "exponential", jitter = 0.2, max = 100);
static FIBONACCI: Policy = policy!(strategy = "fibonacci", max = 100);
static FULL_JITTER: Policy = policy!(strategy = "full_jitter", max = 100);
static EQUAL_JITTER: Policy = policy!(strategy = "equal_jitter", max = 100);
static DECORRELATED_JITTER: Policy = policy!(strategy = "decorrelated_jitter", max = 100);
static DECORRELATED_JITTER_V2: Policy = policy!(strategy = "decorrelated_jitter_v2", max = 100);
static STEPS: Policy = policy!(strategy = ["100ms", "1s"], max = 100);

impl From<BreakerOpen> for Fault {
    fn from(_: BreakerOpen) -> Self {
        Self::Busy
    }
}

static FAILING: Server = Server::new();

fn operate_failing(count: u64, call: Call) {
    repeat_failing(black_box(&FAILING), count, call);
}

#[retry(max = 4, strategy = "immediate", deadline = "1h", on = is_transient)]
fn get_before_a_deadline(server: &'static Server, input: u64) -> Answer {
    server.ask(input)
}

#[retry(max = 4, strategy = "immediate", budget = PAYING, on = is_transient)]
fn get_on_a_budget(server: &'static Server, input: u64) -> Answer {
    server.ask(input)
}

#[retry(max = 4, strategy = "immediate", breaker = IN_A_ROW, on = is_transient)]
fn get_behind_a_breaker(server: &'static Server, input: u64) -> Answer {
    server.ask(input)
}

fn bare(breaker: &CircuitBreaker) {
    if let Ok(permit) = black_box(breaker).acquire() {
        permit.success();
    }
}

#[expect(clippy::inline_always, reason = "what is compared should differ in nothing else")]
#[inline(always)]
fn guarded(breaker: &CircuitBreaker, number: u64) -> Result<u64, Refused> {
    let Ok(permit) = breaker.acquire() else { return Err(Refused) };
    let outcome = least(number);
    permit.success();
    outcome
}

fn drawn(calls: u64, policy: &Policy) {
    draw(calls, || policy.delays());
}

#[retry(max = 4, cap = "5s", on = is_transient)]
#[inline]
fn get(server: &'static Server, input: u64) -> Answer {
    server.ask(input)
}

#[retry(max = 4, strategy = "immediate", on = is_transient)]
fn get_at_once(server: &'static Server, input: u64) -> Answer {
    server.ask(input)
}

#[retry(max = 4, cap = "5s", on = is_transient)]
async fn get_async(server: &'static Server, input: u64) -> Answer {
    server.ask_async(input).await
}

#[retry(max = 4, strategy = "immediate", on = is_transient)]
async fn get_async_at_once(server: &'static Server, input: u64) -> Answer {
    server.ask_async(input).await
}

#[retry(max = 4, cap = "5s", on = is_transient)]
async fn sized<const WORDS: usize>() -> Answer {
    Body::<WORDS>::default().await
}

#[retry(max = 4, strategy = "exponential", base = "1ms", factor = 4.0, cap = "10ms", on = is_transient)]
async fn get_with_delays(server: &Server) -> Answer {
    server.ask_async(1).await
}
