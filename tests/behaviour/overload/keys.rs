//! The keys `budget`, `breaker` and `recover`: alone, together, and beside the others.

use crate::support::runs::{Busy, Runs};
use async_trait::async_trait;
use reattempt::breaker::State;
use reattempt::{
    BreakerOpen, Budget, CircuitBreaker, Failure, NoneError, RetryError, StopReason, TimedOut, any_error, retry,
    testing,
};
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// An error of every kind that a guarded function may have to return.
#[derive(Debug, PartialEq)]
enum ApiError {
    Busy,
    NotFound,
    NoAnswer,
    Refused,
}

impl From<TimedOut> for ApiError {
    fn from(_: TimedOut) -> Self {
        Self::NoAnswer
    }
}

impl From<BreakerOpen> for ApiError {
    fn from(_: BreakerOpen) -> Self {
        Self::Refused
    }
}

fn is_busy(error: &ApiError) -> bool {
    *error == ApiError::Busy
}

/// Returns a budget with this number of tokens, which nothing refills by itself.
fn tokens(tokens: u32) -> Budget {
    Budget::builder().capacity(100).initial(tokens).ratio(0.5).reserve(0.0).build().unwrap()
}

fn tripping_after(failures: u32) -> CircuitBreaker {
    CircuitBreaker::builder().consecutive(failures).cool_down(60 * SECOND).build().unwrap()
}

#[retry(strategy = "immediate", max = 10, budget = budget, on = is_busy)]
fn paid(budget: &Budget, runs: &Runs, error: fn() -> ApiError) -> Result<u32, RetryError<ApiError>> {
    runs.next();
    Err(error())
}

#[test]
fn a_retry_is_paid_from_the_budget_and_without_tokens_there_is_none() {
    let (budget, runs) = (tokens(3), Runs::new());
    let error = paid(&budget, &runs, || ApiError::Busy).unwrap_err();
    assert_eq!(error.reason(), StopReason::Budget);
    assert_eq!((error.attempts(), runs.count()), (4, 4));
    assert_eq!(error.last(), Some(&ApiError::Busy));
    assert_eq!(budget.balance(), 0);
    let error = paid(&budget, &runs, || ApiError::Busy).unwrap_err();
    assert_eq!((error.reason(), runs.count()), (StopReason::Budget, 5));
}

#[test]
fn calls_that_end_without_a_transient_failure_deposit() {
    #[retry(strategy = "immediate", budget = budget, on = any_error)]
    fn fine(budget: &Budget) -> Option<()> {
        Some(())
    }
    let budget = tokens(0);
    fine(&budget);
    assert_eq!(budget.balance_milli(), 500);
    // A permanent failure says that the other side works.
    let runs = Runs::new();
    assert_eq!(paid(&budget, &runs, || ApiError::NotFound).unwrap_err().reason(), StopReason::Permanent);
    assert_eq!((budget.balance(), runs.count()), (1, 1));
    // The token is spent, and the call that ends transiently brings nothing.
    let runs = Runs::new();
    assert_eq!(paid(&budget, &runs, || ApiError::Busy).unwrap_err().reason(), StopReason::Budget);
    assert_eq!((budget.balance_milli(), runs.count()), (0, 2));
}

#[test]
fn the_budget_is_asked_last() {
    #[retry(strategy = "constant", base = "1s", max = 2, deadline = "10s", budget = budget, on = any_error)]
    fn call(budget: &Budget) -> Result<(), RetryError<ApiError>> {
        Err(ApiError::Busy)
    }
    let paused = testing::pause();
    let budget = tokens(5);
    assert_eq!(call(&budget).unwrap_err().reason(), StopReason::MaxAttempts);
    assert_eq!(budget.balance(), 4);
    assert_eq!(paused.slept(), [SECOND]);
}

#[test]
fn whatever_holds_them_budgets_and_breakers_are_shared() {
    static BUDGET: Budget = Budget::new().capacity(9).reserve(0.0);
    static LAZY: LazyLock<Budget> = LazyLock::new(|| tokens(2));
    static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(1000);
    struct Client {
        budget: Arc<Budget>,
        breaker: Arc<CircuitBreaker>,
    }
    impl Client {
        #[retry(strategy = "immediate", max = 2, budget = self.budget, breaker = self.breaker, on = any_error)]
        fn shared(&self) -> Option<()> {
            None
        }
        #[retry(strategy = "immediate", max = 2, budget = self.budget, breaker = self.breaker.clone(), on = any_error)]
        fn unique(&mut self) -> Option<()> {
            None
        }
        #[retry(strategy = "immediate", max = 2, budget = self.budget, breaker = self.breaker.clone(), on = any_error)]
        async fn unique_async(&mut self) -> Option<()> {
            None
        }
    }
    #[retry(strategy = "immediate", max = 2, budget = BUDGET, breaker = BREAKER, on = any_error)]
    fn of_statics() -> Option<()> {
        None
    }
    #[retry(strategy = "immediate", max = 2, budget = LAZY, breaker = breaker, on = any_error)]
    fn lazy(breaker: &CircuitBreaker) -> Option<()> {
        None
    }
    let mut client = Client { budget: Arc::new(tokens(3)), breaker: Arc::new(tripping_after(60)) };
    assert_eq!(client.shared(), None);
    assert_eq!(client.unique(), None);
    assert_eq!(futures_util::FutureExt::now_or_never(client.unique_async()), None);
    assert_eq!(client.budget.balance(), 0);
    assert_eq!(of_statics(), None);
    assert_eq!(BUDGET.balance(), 8);
    assert_eq!(lazy(&client.breaker), None);
    assert_eq!(LAZY.balance(), 1);
}

#[retry(strategy = "immediate", max = 10, breaker = breaker, on = is_busy)]
fn watched(breaker: &CircuitBreaker, runs: &Runs, error: fn() -> ApiError) -> Result<u32, ApiError> {
    runs.next();
    Err(error())
}

#[test]
fn the_breaker_sees_each_attempt_and_ends_the_call_once_it_is_open() {
    let (breaker, runs) = (tripping_after(3), Runs::new());
    // The third attempt trips it, so that no retry would run: the failure at hand is returned.
    assert_eq!(watched(&breaker, &runs, || ApiError::Busy), Err(ApiError::Busy));
    assert_eq!(runs.count(), 3);
    assert_eq!(breaker.state(), State::Open);
    // The next call is refused before its first attempt.
    assert_eq!(watched(&breaker, &runs, || ApiError::Busy), Err(ApiError::Refused));
    assert_eq!(runs.count(), 3);
}

#[test]
fn permanent_failures_and_rejected_values_are_neutral() {
    #[retry(strategy = "immediate", max = 5, breaker = breaker, on = reattempt::no_error, on_value = matches(0))]
    fn rejected(breaker: &CircuitBreaker) -> Result<u32, ApiError> {
        Ok(0)
    }
    let (breaker, runs) = (tripping_after(1), Runs::new());
    assert_eq!(watched(&breaker, &runs, || ApiError::NotFound), Err(ApiError::NotFound));
    assert_eq!(rejected(&breaker), Ok(0));
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_retry_error_tells_of_a_refusal() {
    #[retry(strategy = "immediate", max = 5, history = 8, breaker = breaker, on = any_error)]
    fn call(breaker: &CircuitBreaker) -> Result<u32, RetryError<ApiError>> {
        Err(ApiError::Busy)
    }
    let breaker = tripping_after(2);
    let error = call(&breaker).unwrap_err();
    assert_eq!((error.reason(), error.attempts()), (StopReason::BreakerOpen, 2));
    assert_eq!(error.last(), Some(&ApiError::Busy));
    let error = call(&breaker).unwrap_err();
    assert_eq!((error.reason(), error.attempts()), (StopReason::BreakerOpen, 0));
    assert_eq!(error.last(), None);
    let [refused] = &error.history().collect::<Vec<_>>()[..] else { panic!("one entry") };
    assert!(matches!(refused.failure(), Failure::Refused(open) if open.probe_in().is_some()));
    assert_eq!(error.into_last(), None);
}

#[test]
fn a_delay_that_reaches_the_next_probe_is_slept() {
    #[retry(strategy = "constant", base = "61s", max = 5, breaker = breaker, on = any_error)]
    fn call(breaker: &CircuitBreaker, runs: &Runs) -> Result<u32, ApiError> {
        if runs.next() < 3 { Err(ApiError::Busy) } else { Ok(7) }
    }
    let paused = testing::pause();
    let (breaker, runs) = (tripping_after(1), Runs::new());
    // Each failure trips it, and each delay is longer than its cool-down.
    assert_eq!(call(&breaker, &runs), Ok(7));
    assert_eq!(runs.count(), 3);
    assert_eq!(paused.slept(), [61 * SECOND; 2]);
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_retry_that_is_refused_after_its_sleep_gets_its_token_back() {
    // Somebody else isolates the breaker while the call sleeps.
    static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(100);
    static BUDGET: Budget = Budget::new().capacity(10).reserve(0.0);
    #[retry(
        strategy = "constant", base = "1s", max = 5, breaker = BREAKER, budget = BUDGET, on = any_error,
        sleep = |_| { assert_eq!(BUDGET.balance(), 9); BREAKER.isolate(); }
    )]
    fn call(runs: &Runs) -> Result<u32, RetryError<ApiError>> {
        runs.next();
        Err(ApiError::Busy)
    }
    let runs = Runs::new();
    let error = call(&runs).unwrap_err();
    assert_eq!((error.reason(), error.attempts(), runs.count()), (StopReason::BreakerOpen, 1, 1));
    assert_eq!(error.last(), None);
    assert_eq!(BUDGET.balance(), 10);
    // A first attempt that is refused was not paid for.
    assert_eq!(call(&runs).unwrap_err().attempts(), 0);
    assert_eq!(BUDGET.balance(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_time_out_counts_as_a_failure() {
    #[retry(strategy = "immediate", max = 9, timeout = "1s", breaker = breaker, budget = budget, on = any_error)]
    async fn call(breaker: &CircuitBreaker, budget: &Budget, runs: &Runs) -> Result<u32, ApiError> {
        runs.next();
        pending().await
    }
    let (breaker, budget, runs) = (tripping_after(2), tokens(10), Runs::new());
    assert_eq!(call(&breaker, &budget, &runs).await, Err(ApiError::NoAnswer));
    assert_eq!((runs.count(), breaker.state(), budget.balance()), (2, State::Open, 9));
    assert_eq!(call(&breaker, &budget, &runs).await, Err(ApiError::Refused));
}

#[test]
fn recover_answers_instead_of_the_failure() {
    #[retry(strategy = "immediate", recover = |error| Ok(error.attempts()), on = is_busy)]
    fn result(runs: &Runs) -> Result<u32, ApiError> {
        Err(if runs.next() < 2 { ApiError::Busy } else { ApiError::NotFound })
    }
    #[retry(strategy = "immediate", recover = |error: RetryError<NoneError>| Some(error.attempts()), on = any_error)]
    fn option() -> Option<u32> {
        None
    }
    fn from_the_cache(error: RetryError<ApiError>) -> Result<u32, RetryError<ApiError>> {
        if error.reason() == StopReason::Permanent { Err(error) } else { Ok(7) }
    }
    #[retry(strategy = "immediate", recover = from_the_cache, on = is_busy)]
    fn retry_error(answer: fn() -> ApiError) -> Result<u32, RetryError<ApiError>> {
        Err(answer())
    }
    let runs = Runs::new();
    assert_eq!(result(&runs), Ok(2));
    assert_eq!(option(), Some(3));
    assert!(matches!(retry_error(|| ApiError::Busy), Ok(7)));
    assert_eq!(retry_error(|| ApiError::NotFound).unwrap_err().reason(), StopReason::Permanent);
}

#[test]
fn recover_is_not_asked_after_a_success() {
    #[retry(strategy = "immediate", recover = |_| panic!("recovered from nothing"), on = any_error)]
    fn call(runs: &Runs) -> Result<u32, Busy> {
        runs.fail_twice()
    }
    assert_eq!(call(&Runs::new()), Ok(3));
}

#[test]
fn recover_sees_self_arguments_rejected_values_and_refusals() {
    struct Client {
        cached: u32,
        breaker: CircuitBreaker,
    }
    impl Client {
        #[retry(
            strategy = "immediate", breaker = self.breaker, on_value = matches(0), on = any_error,
            recover = |error| if error.last().is_none() { Ok(self.cached + more) } else { Err(ApiError::Busy) }
        )]
        fn call(&self, more: u32) -> Result<u32, ApiError> {
            Ok(0)
        }
    }
    let client = Client { cached: 40, breaker: tripping_after(1) };
    assert_eq!(client.call(2), Ok(42));
    client.breaker.isolate();
    assert_eq!(client.call(3), Ok(43));
}

#[tokio::test(start_paused = true)]
async fn recover_needs_no_conversion_from_time_outs_and_refusals() {
    /// Has none.
    #[derive(Debug, PartialEq)]
    struct Plain;
    #[retry(strategy = "immediate", max = 2, timeout = "1s", breaker = breaker, recover = |_| Ok(9), on = any_error)]
    async fn call(breaker: &CircuitBreaker) -> Result<u32, Plain> {
        pending().await
    }
    let breaker = tripping_after(2);
    assert_eq!(call(&breaker).await, Ok(9));
    assert_eq!(breaker.state(), State::Open);
    assert_eq!(call(&breaker).await, Ok(9));
}

#[test]
fn an_error_made_from_a_retry_error_is_made_of_refusals_too() {
    #[derive(Debug)]
    struct Outer(RetryError<Busy>);
    impl From<RetryError<Busy>> for Outer {
        fn from(error: RetryError<Busy>) -> Self {
            Self(error)
        }
    }
    #[retry(strategy = "immediate", error = Busy, breaker = breaker)]
    fn call(breaker: &CircuitBreaker) -> Result<u32, Outer> {
        Err(Busy)
    }
    let breaker = tripping_after(1);
    assert_eq!(call(&breaker).unwrap_err().0.attempts(), 1);
    assert_eq!(call(&breaker).unwrap_err().0.attempts(), 0);
}

#[async_trait]
trait Store {
    async fn read(&mut self) -> Result<u32, ApiError>;
}

struct Remote {
    breaker: Arc<CircuitBreaker>,
    budget: Budget,
    runs: Runs,
}

#[async_trait]
impl Store for Remote {
    #[retry(strategy = "immediate", max = 9, breaker = self.breaker.clone(), budget = self.budget, on = any_error)]
    async fn read(&mut self) -> Result<u32, ApiError> {
        self.runs.next();
        Err(ApiError::Busy)
    }
}

#[tokio::test]
async fn methods_of_async_traits_and_boxed_futures_are_guarded() {
    #[retry(strategy = "immediate", max = 9, breaker = breaker, recover = |error| Ok(error.attempts()), on = any_error)]
    fn boxed<'a>(breaker: &'a CircuitBreaker) -> Pin<Box<dyn Future<Output = Result<u32, ApiError>> + Send + 'a>> {
        Box::pin(async move { Err(ApiError::Busy) })
    }
    let mut remote = Remote { breaker: Arc::new(tripping_after(2)), budget: tokens(9), runs: Runs::new() };
    assert_eq!(remote.read().await, Err(ApiError::Busy));
    assert_eq!((remote.runs.count(), remote.budget.balance()), (2, 8));
    assert_eq!(remote.read().await, Err(ApiError::Refused));
    assert_eq!(boxed(&tripping_after(3)).await, Ok(3));
}

#[tokio::test]
async fn guarded_futures_can_be_sent() {
    fn is_send<T: Send>(_: &T) {}
    let mut remote = Remote { breaker: Arc::new(tripping_after(2)), budget: tokens(9), runs: Runs::new() };
    is_send(&remote.read());
}
