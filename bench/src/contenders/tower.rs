//! `retry` of the crate `tower`, with a policy of the user's around its backoff.

use super::{Contender, draw, operate, repeat, repeat_failing};
use crate::service::{Answer, Body, Fault, GiveWay, Server, drive, drive_on, give_way};
use std::hint::black_box;
use std::iter;
use std::sync::LazyLock;
use std::time::Duration;
use tower::retry::backoff::{Backoff, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff};
use tower::retry::budget::{Budget, TpsBudget};
use tower::retry::{Policy, Retry};
use tower::util::rng::HasherRng;
use tower::{Service, ServiceExt, service_fn};

pub static CONTENDER: Contender = Contender {
    name: "tower::retry",
    async_success: Some(|server, count| {
        repeat(server, count, |server, input| {
            drive(retried(service_fn(move |input| server.ask_async(input)), from_millis(100, 1.0)).oneshot(input))
        });
    }),
    tokio_success: Some(|runtime, server, count| {
        drive_on(runtime, count, |input| {
            retried(service_fn(move |input| server.ask_async(input)), from_millis(100, 1.0)).oneshot(input)
        });
    }),
    three_failures_async: Some(|server, count| {
        repeat_failing(server, count, |server, input| {
            drive(Retry::new(AtOnce { left: 3 }, service_fn(move |input| server.ask_async(input))).oneshot(input))
        });
    }),
    future_bytes: Some(|| [sized::<1>(), sized::<16>(), sized::<128>(), sized::<512>()]),
    spawn: Some(|| {
        tokio::spawn(async {
            let server = Server::new();
            server.fail(3);
            let server = &server;
            let service = service_fn(move |input| server.ask_async(input));
            retried(service, from_millis(2, 0.0)).oneshot(1).await.is_ok()
        })
    }),
    delays: &[("exponential", |calls| drawn(calls, 0.0)), ("exponential with jitter", |calls| drawn(calls, 1.0))],
    guards: &[
        ("budget: deposit", |count| {
            let budget = &*BUDGET;
            operate(count, |_| black_box(budget).deposit());
        }),
        ("budget: withdrawal", |count| {
            let budget = &*BUDGET;
            operate(count, |_| assert!(black_box(budget).withdraw(), "the reserve is enough"));
        }),
    ],
    note: "it has no sync calls; its exponential doubles, so that its tasks wait 2, 4 and 8 ms; its backoff holds a tokio timer",
    ..Contender::NONE
};

/// Its reserve is as large as it can be, so that it never ends.
static BUDGET: LazyLock<TpsBudget> =
    LazyLock::new(|| TpsBudget::new(Duration::from_secs(10), i32::MAX.unsigned_abs() - 1, 0.1));

/// Four attempts for transient faults.
#[derive(Clone)]
struct Transient {
    left: u32,
    backoff: ExponentialBackoff,
}

impl<Request: Clone> Policy<Request, u64, Fault> for Transient {
    type Future = tokio::time::Sleep;

    fn retry(&mut self, _request: &mut Request, result: &mut Answer) -> Option<Self::Future> {
        match result {
            Err(fault) if self.left > 0 && fault.is_transient() => {
                self.left -= 1;
                Some(self.backoff.next_backoff())
            }
            _ => None,
        }
    }

    fn clone_request(&mut self, request: &Request) -> Option<Request> {
        Some(request.clone())
    }
}

/// The same without delays.
#[derive(Clone)]
struct AtOnce {
    left: u32,
}

impl<Request: Clone> Policy<Request, u64, Fault> for AtOnce {
    type Future = GiveWay;

    fn retry(&mut self, _request: &mut Request, result: &mut Answer) -> Option<Self::Future> {
        match result {
            Err(fault) if self.left > 0 && fault.is_transient() => {
                self.left -= 1;
                Some(give_way(Duration::ZERO))
            }
            _ => None,
        }
    }

    fn clone_request(&mut self, request: &Request) -> Option<Request> {
        Some(request.clone())
    }
}

fn maker(millis: u64, cap: Duration, jitter: f64) -> ExponentialBackoffMaker {
    ExponentialBackoffMaker::new(Duration::from_millis(millis), cap, jitter, HasherRng::new()).expect("it is in range")
}

fn from_millis(millis: u64, jitter: f64) -> Transient {
    Transient { left: 3, backoff: maker(millis, Duration::from_secs(5), jitter).make_backoff() }
}

fn retried<S: Service<u64, Response = u64, Error = Fault> + Clone>(
    service: S,
    policy: Transient,
) -> Retry<Transient, S> {
    Retry::new(policy, service)
}

fn sized<const WORDS: usize>() -> usize {
    size_of_val(&retried(service_fn(|_| Body::<WORDS>::default()), from_millis(100, 1.0)).oneshot(1))
}

fn drawn(calls: u64, jitter: f64) {
    // Its delays come as timers alone, which need a runtime.
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else { return };
    let _entered = runtime.enter();
    let mut maker = maker(100, Duration::from_secs(10), jitter);
    draw(calls, || {
        let mut backoff = maker.make_backoff();
        iter::repeat_with(move || backoff.next_backoff().deadline().into_std().elapsed())
    });
}
