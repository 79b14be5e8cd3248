//! Twins of `tests/ui/guards`.

use super::{S, immediate};
use crate::support::runs::{Runs, thrice};
use reattempt::{BreakerOpen, Budget, CircuitBreaker, Failure, RetryError, Retrying, retry};
use std::io;
use std::num::ParseIntError;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

static BUDGET: Budget = Budget::new();
static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(1_000);

repaired! {
    [budget_in_quotes, budget_a_number, budget_without_value, budget_of_the_wrong_type, budget_made_at_each_use,
     unknown_retry_budget] {
        (strategy = "immediate", budget = BUDGET) => immediate(3);
    }
    [breaker_in_quotes, breaker_a_number, breaker_of_the_wrong_type, breaker_made_at_each_use, unknown_circuit_breaker] {
        (strategy = "immediate", breaker = BREAKER) => immediate(3);
    }
    [wait_for_breaker_a_number, wait_for_breaker_without_a_breaker, wait_for_breaker_without_a_deadline, wait_for_breaker_without_an_end] {
        (strategy = "immediate", deadline = "9s", breaker = BREAKER, wait_for_breaker = true) => immediate(3);
        (strategy = "immediate", breaker = BREAKER, wait_for_breaker = false) => immediate(3);
    }
    [budget_of_a_constant] {
        static PAID: LazyLock<Arc<Budget>> = LazyLock::new(|| Arc::new(Budget::new()));
        (strategy = "immediate", budget = BUDGET) => immediate(3);
        (strategy = "immediate", budget = PAID) => immediate(3);
    }
    [breaker_of_a_constant] {
        static SHARED: &CircuitBreaker = &BREAKER;
        (strategy = "immediate", breaker = SHARED) => immediate(3);
    }
    [notify_in_quotes, notify_a_number, unknown_on_retry, notify_of_two_arguments, notify_takes_something_else, notify_answers_something] {
        (strategy = "immediate", notify = log_it) => immediate(3);
        (strategy = "immediate", notify = |retrying| assert!(retrying.attempt() < 3)) => immediate(3);
    }
    [recover_in_quotes, recover_of_no_argument, recover_a_number, unknown_fallback] {
        (strategy = "immediate", recover = |_| None) => immediate(3);
    }
}

fn log_it<E>(retrying: &Retrying<'_, E>) {
    assert_eq!(retrying.delay(), Duration::ZERO);
}

#[test]
fn notify_without_the_value() {
    fn log_it(retrying: &Retrying<'_, io::Error, u32>) {
        assert!(matches!(retrying.failure(), Failure::Rejected(value) if *value == retrying.attempt()));
    }

    #[retry(strategy = "immediate", on_value = |page| *page < 3, notify = log_it)]
    fn call(runs: &Runs) -> io::Result<u32> {
        Ok(runs.next())
    }

    assert_eq!(thrice(|runs| call(runs).unwrap()), 3);
}

struct Client {
    breaker: Arc<CircuitBreaker>,
}

impl Client {
    #[retry(strategy = "immediate", breaker = self.breaker.clone(), on = reattempt::any_error)]
    fn call(&mut self, runs: &Runs) -> Option<()> {
        runs.fail();
        None
    }
}

#[test]
fn breaker_of_mut_self() {
    let runs = Runs::new();
    let mut client = Client { breaker: Arc::new(CircuitBreaker::consecutive(2)) };
    assert_eq!(client.call(&runs), None);
    assert_eq!(runs.count(), 2, "the breaker opened");
}

#[test]
fn breaker_of_a_mut_argument() {
    #[retry(strategy = "immediate", breaker = breakers[0].clone(), on = reattempt::any_error)]
    async fn call(breakers: &mut Vec<Arc<CircuitBreaker>>, runs: &Runs) -> Option<()> {
        breakers.truncate(1);
        runs.fail();
        None
    }
    let runs = Runs::new();
    let mut breakers = vec![Arc::new(CircuitBreaker::consecutive(1))];
    assert_eq!(futures_util::FutureExt::now_or_never(call(&mut breakers, &runs)), Some(None));
    assert_eq!(runs.count(), 1, "the breaker opened");
}

#[test]
fn breaker_without_a_conversion() {
    #[derive(Debug, PartialEq)]
    struct ApiError;
    impl From<BreakerOpen> for ApiError {
        fn from(_: BreakerOpen) -> Self {
            Self
        }
    }
    #[retry(strategy = "immediate", breaker = BREAKER, on = reattempt::any_error)]
    fn converted(runs: &Runs) -> Result<(), ApiError> {
        runs.fail();
        Err(ApiError)
    }
    struct Plain;
    #[retry(strategy = "immediate", breaker = BREAKER, on = reattempt::any_error)]
    fn kept(runs: &Runs) -> Result<(), RetryError<Plain>> {
        runs.fail();
        Err(Plain)
    }
    let runs = Runs::new();
    assert_eq!(converted(&runs), Err(ApiError));
    assert_eq!(kept(&runs).map_err(|error| error.attempts()), Err(3));
    assert_eq!(runs.count(), 6);
}

#[test]
fn breaker_on_a_plain_value() {
    #[retry(strategy = "immediate", breaker = BREAKER, on = reattempt::no_error, on_value = |done| !done)]
    fn is_done(runs: &Runs) -> Option<bool> {
        runs.fail();
        Some(false)
    }
    let runs = Runs::new();
    assert_eq!(is_done(&runs), Some(false));
    assert_eq!(runs.count(), 3);
}

#[test]
fn recover_on_a_plain_value() {
    #[retry(strategy = "immediate", recover = |_| Some(true), on = reattempt::no_error, on_value = |done| !done)]
    fn is_done(runs: &Runs) -> Option<bool> {
        runs.fail();
        Some(false)
    }
    let runs = Runs::new();
    assert_eq!(is_done(&runs), Some(true));
    assert_eq!(runs.count(), 3);
}

shared! {
    [recover_answers_something_else, recover_takes_something_else] {
        fn from_the_cache(error: RetryError<String>) -> Result<u32, String> {
            if error.attempts() == 3 { Ok(7) } else { Err("surprise".to_owned()) }
        }
        #[retry(strategy = "immediate", recover = from_the_cache, on = reattempt::any_error)]
        fn named(runs: &Runs) -> Result<u32, String> {
            runs.fail();
            Err("busy".to_owned())
        }
        #[retry(strategy = "immediate", recover = |_| Ok(0), on = reattempt::any_error)]
        fn closure(runs: &Runs) -> Result<u32, String> {
            runs.fail();
            Err("busy".to_owned())
        }
        let runs = Runs::new();
        assert_eq!(named(&runs), Ok(7));
        assert_eq!(closure(&runs), Ok(0));
        assert_eq!(runs.count(), 6);
    }
    [budget_ratio_above_one, budget_ratio_not_a_number, budget_capacity_zero] {
        static BUDGET: Budget = Budget::new().ratio(0.5).capacity(1);
        assert!(BUDGET.withdraw());
        assert!(!BUDGET.withdraw());
    }
    [breaker_consecutive_zero, breaker_probes_zero, breaker_cool_down_zero, breaker_cool_down_huge] {
        static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(1).probes(1).cool_down(S);
        BREAKER.acquire().unwrap().failure();
        assert!(BREAKER.acquire().is_err());
    }
    [breaker_rate_zero, breaker_window_of_no_outcomes, breaker_window_of_too_many_outcomes] {
        static BREAKER: CircuitBreaker = CircuitBreaker::rate(0.5).over(1_000).minimum(1);
        BREAKER.acquire().unwrap().failure();
        assert!(BREAKER.acquire().is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn time_out_of_a_foreign_error() {
    #[retry(strategy = "immediate", timeout = "1s", on = reattempt::any_error)]
    async fn call(runs: &Runs) -> Result<u32, RetryError<ParseIntError>> {
        runs.fail();
        std::future::pending().await
    }
    let runs = Runs::new();
    let failure = call(&runs).await.map_err(|error| error.last().is_none());
    assert_eq!((failure, runs.count()), (Err(true), 3));
}
