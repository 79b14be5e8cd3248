//! Panics, as breakers count them: those of an attempt are failures, and all others are nothing.

use reattempt::breaker::State;
use reattempt::{Budget, CircuitBreaker, Policy, policy, retry};
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

const POLICY: Policy = policy!(strategy = "immediate");

fn fragile() -> CircuitBreaker {
    CircuitBreaker::consecutive(1).cool_down(Duration::from_secs(60))
}

/// Polls a future once, and then drops it in the unwinding of a panic that has nothing to do with it.
fn dropped_by_a_panic_elsewhere(future: impl Future) {
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let mut future = pin!(future);
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(), "it waits");
        panic!("elsewhere");
    }));
    assert_eq!(caught.expect_err("it panics").downcast_ref::<&str>(), Some(&"elsewhere"));
}

/// Polls a future, which panics.
fn panicking(future: impl Future) {
    let polled = || _ = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
    let caught = catch_unwind(AssertUnwindSafe(polled));
    assert_eq!(caught.expect_err("it panics").downcast_ref::<&str>(), Some(&"the body"));
}

#[retry(strategy = "immediate", breaker = breaker, on = reattempt::any_error)]
async fn waiting(breaker: &CircuitBreaker) -> Option<()> {
    pending().await
}

#[retry(strategy = "immediate", breaker = breaker, timeout = "9s", on = reattempt::any_error)]
async fn limited(breaker: &CircuitBreaker) -> Option<()> {
    pending().await
}

#[retry(strategy = "immediate", breaker = breaker, on = reattempt::any_error)]
async fn broken(breaker: &CircuitBreaker) -> Option<()> {
    panic!("the body")
}

#[retry(strategy = "immediate", breaker = breaker, timeout = "9s", on = reattempt::any_error)]
async fn broken_and_limited(breaker: &CircuitBreaker) -> Option<()> {
    panic!("the body")
}

#[retry(strategy = "immediate", breaker = breaker, on = reattempt::any_error)]
fn broken_sync(breaker: &CircuitBreaker) -> Option<()> {
    panic!("the body")
}

#[test]
fn a_future_that_something_elses_panic_drops_is_neutral() {
    let _paused = reattempt::testing::pause();
    let closed = |call: &dyn Fn(&CircuitBreaker)| {
        let breaker = fragile();
        call(&breaker);
        assert_eq!(breaker.state(), State::Closed);
        assert_eq!(breaker.snapshot().failures_in_a_row, 0);
    };
    closed(&|breaker| dropped_by_a_panic_elsewhere(waiting(breaker)));
    closed(&|breaker| dropped_by_a_panic_elsewhere(limited(breaker)));
    closed(&|breaker| {
        let call = POLICY.retry_async(pending::<Option<()>>).on(reattempt::any_error).breaker(breaker);
        dropped_by_a_panic_elsewhere(call.call());
    });
    closed(&|breaker| {
        let call = POLICY.retry_async(pending::<Option<()>>).on(reattempt::any_error).breaker(breaker);
        dropped_by_a_panic_elsewhere(call.timeout(Duration::from_secs(9)).call());
    });
}

#[test]
fn a_panic_of_an_attempt_is_a_failure() {
    let _paused = reattempt::testing::pause();
    let open = |call: &dyn Fn(&CircuitBreaker)| {
        let breaker = fragile();
        call(&breaker);
        assert_eq!(breaker.state(), State::Open);
    };
    open(&|breaker| panicking(broken(breaker)));
    open(&|breaker| panicking(broken_and_limited(breaker)));
    open(&|breaker| panicking(async { broken_sync(breaker) }));
    let body = || -> Option<()> { panic!("the body") };
    open(&|breaker| {
        panicking(async { POLICY.retry(body).on(reattempt::any_error).breaker(breaker).call() });
    });
    open(&|breaker| {
        let call = POLICY.retry_async(|| async { body() }).on(reattempt::any_error).breaker(breaker);
        panicking(call.call());
    });
}

/// Runs a call while it is dropped, and catches its panic.
struct CallsOnDrop<'a>(&'a CircuitBreaker);

impl Drop for CallsOnDrop<'_> {
    fn drop(&mut self) {
        panicking(broken(self.0));
        panicking(async { broken_sync(self.0) });
    }
}

#[test]
fn a_panic_of_an_attempt_counts_while_the_thread_unwinds_too() {
    let breaker = CircuitBreaker::consecutive(2);
    let caught = catch_unwind(AssertUnwindSafe(|| {
        let _call = CallsOnDrop(&breaker);
        resume_unwind(Box::new(()));
    }));
    assert!(caught.is_err());
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_panic_of_a_clone_is_one_of_the_attempt() {
    #[derive(Debug)]
    struct Unclonable;
    impl Clone for Unclonable {
        fn clone(&self) -> Self {
            panic!("the body")
        }
    }
    #[retry(strategy = "immediate", breaker = breaker, clone(value), on = reattempt::any_error)]
    async fn consumes(breaker: &CircuitBreaker, value: Unclonable) -> Option<()> {
        let Unclonable = value;
        Some(())
    }
    let breaker = fragile();
    panicking(consumes(&breaker, Unclonable));
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_panic_of_a_classifier_is_none_of_the_attempt() {
    fn broken(_: &reattempt::NoneError) -> bool {
        panic!("the body")
    }
    #[retry(strategy = "immediate", breaker = breaker, budget = budget, on = broken)]
    async fn call(breaker: &CircuitBreaker, budget: &Budget) -> Option<()> {
        None
    }
    let (breaker, budget) = (fragile(), Budget::new());
    panicking(call(&breaker, &budget));
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(budget.balance(), 100);
}
