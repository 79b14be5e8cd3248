//! The key `wait_for_breaker`: a refusal is waited for, as long as the deadline allows.

use crate::support::api::{ApiError, judge};
use crate::support::runs::Runs;
use reattempt::breaker::State;
use reattempt::{
    Budget, Cancellation, CircuitBreaker, Policy, RetryError, StopReason, any_error, policy, retry, testing,
};
use std::sync::Mutex;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const MILLI: Duration = Duration::from_millis(1);

#[retry(strategy = "constant", base = "1s", deadline = "10s", breaker = breaker, wait_for_breaker = true, on = any_error)]
fn patient(breaker: &CircuitBreaker, runs: &Runs) -> Result<u32, RetryError<ApiError>> {
    Ok(runs.next())
}

const POLICY: Policy = policy!(strategy = "immediate", deadline = "10s");

/// Runs a patient call in each form, with a breaker and paused time of its own.
fn each_form(check: impl Fn(&dyn Fn(&CircuitBreaker) -> Result<u32, RetryError<ApiError>>)) {
    check(&|breaker| patient_function(breaker));
    check(&|breaker| block_on(patient_async(breaker)));
    check(&|breaker| {
        let runs = Runs::new();
        POLICY.retry(|| Ok(runs.next())).on(judge).breaker(breaker).wait_for_breaker().error_without_source().call()
    });
    check(&|breaker| {
        let runs = Runs::new();
        let run = || async { Ok(runs.next()) };
        block_on(POLICY.retry_async(run).on(judge).breaker(breaker).wait_for_breaker().error_without_source().call())
    });
}

#[retry(strategy = "immediate", deadline = "10s", breaker = breaker, wait_for_breaker = true, on = any_error)]
fn patient_function(breaker: &CircuitBreaker) -> Result<u32, RetryError<ApiError>> {
    Ok(1)
}

#[retry(strategy = "immediate", deadline = "10s", breaker = breaker, wait_for_breaker = true, on = any_error)]
async fn patient_async(breaker: &CircuitBreaker) -> Result<u32, RetryError<ApiError>> {
    Ok(1)
}

fn block_on<F: Future>(future: F) -> F::Output {
    futures_util::FutureExt::now_or_never(future).expect("paused time does not wait")
}

/// A breaker that is open for this time.
fn open_for(time: Duration) -> CircuitBreaker {
    let breaker = CircuitBreaker::consecutive(1).cool_down(time);
    breaker.acquire().unwrap().failure();
    breaker
}

#[test]
fn the_first_attempt_waits_until_a_probe_may_run_and_a_random_part_longer() {
    each_form(|call| {
        let paused = testing::pause();
        let breaker = open_for(3 * SECOND);
        assert_eq!(call(&breaker).ok(), Some(1));
        let slept = paused.slept();
        assert_eq!(slept.len(), 1);
        // A tenth of the time is more than `base`.
        assert!((3 * SECOND..=3 * SECOND + 301 * MILLI).contains(&slept[0]), "{slept:?}");
        assert_eq!(breaker.state(), State::Closed);
    });
}

#[test]
fn waits_are_spread() {
    let waits: Vec<Duration> = (0..20)
        .map(|_| {
            let paused = testing::pause();
            patient_function(&open_for(3 * SECOND)).unwrap();
            paused.slept()[0]
        })
        .collect();
    assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
}

#[test]
fn where_the_deadline_does_not_allow_it_the_refusal_ends_the_call_at_once() {
    each_form(|call| {
        let paused = testing::pause();
        for time in [10 * SECOND, 60 * SECOND] {
            let error = call(&open_for(time)).unwrap_err();
            assert_eq!((error.reason(), error.attempts()), (StopReason::BreakerOpen, 0));
        }
        assert!(paused.slept().is_empty());
        // The random part is cut.
        assert!(call(&open_for(9_999 * MILLI)).is_ok());
        assert!(paused.slept()[0] < 10 * SECOND);
    });
}

#[test]
fn an_isolated_breaker_is_not_waited_for() {
    each_form(|call| {
        let paused = testing::pause();
        let breaker = CircuitBreaker::consecutive(1);
        breaker.isolate();
        assert_eq!(call(&breaker).unwrap_err().reason(), StopReason::BreakerOpen);
        assert!(paused.slept().is_empty());
    });
}

#[test]
fn where_all_probes_run_it_waits_for_base_at_least() {
    let paused = testing::pause();
    let breaker = open_for(SECOND);
    paused.advance(SECOND + MILLI);
    let probe = Mutex::new(Some(breaker.acquire().unwrap()));
    let runs = Runs::new();
    let error = patient(&breaker, &runs).unwrap_err();
    assert_eq!(error.reason(), StopReason::BreakerOpen);
    let slept = paused.slept();
    assert!((5..=9).contains(&slept.len()) && slept.iter().all(|wait| *wait >= SECOND), "{slept:?}");
    drop(probe.lock().unwrap().take());
    assert_eq!(patient(&breaker, &runs).ok(), Some(1));
}

#[test]
fn after_a_failure_the_delay_reaches_to_the_probe_and_counts_as_no_attempt() {
    #[retry(strategy = "immediate", max = 2, deadline = "10s", breaker = breaker, wait_for_breaker = true, on = judge)]
    fn call(breaker: &CircuitBreaker, runs: &Runs) -> Result<u32, RetryError<ApiError>> {
        match runs.next() {
            1 => Err(ApiError::Busy),
            run => Ok(run),
        }
    }
    let paused = testing::pause();
    let breaker = CircuitBreaker::consecutive(1).cool_down(3 * SECOND);
    assert_eq!(call(&breaker, &Runs::new()).ok(), Some(2));
    assert_eq!(paused.slept().len(), 1, "one sleep");
    assert!(paused.slept()[0] >= 3 * SECOND);
    // Beyond the deadline the last outcome is returned, at once.
    let breaker = CircuitBreaker::consecutive(1).cool_down(30 * SECOND);
    let error = call(&breaker, &Runs::new()).unwrap_err();
    assert_eq!((error.reason(), error.last()), (StopReason::BreakerOpen, Some(&ApiError::Busy)));
    assert_eq!(paused.slept().len(), 1);
}

#[test]
fn a_retry_that_waits_pays_once_and_a_refused_one_gets_its_token_back() {
    #[retry(strategy = "immediate", deadline = "10s", budget = budget, breaker = breaker, wait_for_breaker = true, on = judge,
        sleep = sleep)]
    fn call(
        budget: &Budget,
        breaker: &CircuitBreaker,
        runs: &Runs,
        sleep: &dyn Fn(Duration),
    ) -> Result<u32, RetryError<ApiError>> {
        match runs.next() {
            1 => Err(ApiError::Limited(MILLI)),
            run => Ok(run),
        }
    }
    let budget = Budget::builder().capacity(10).reserve(0.0).build().unwrap();
    let breaker = CircuitBreaker::consecutive(5);
    // Another call opens the breaker during the first sleep.
    let slept = Mutex::new(Vec::new());
    let opening = |time: Duration| {
        let (slept, breaker) = (&slept, &breaker);
        move |delay: Duration| {
            slept.lock().unwrap().push(delay);
            if slept.lock().unwrap().len() == 1 {
                breaker.open_for(time);
            } else {
                breaker.reset();
            }
        }
    };
    assert_eq!(call(&budget, &breaker, &Runs::new(), &opening(5 * SECOND)).ok(), Some(2));
    assert_eq!((slept.lock().unwrap().len(), budget.balance()), (2, 9));
    slept.lock().unwrap().clear();
    let error = call(&budget, &breaker, &Runs::new(), &opening(50 * SECOND)).unwrap_err();
    assert_eq!((error.reason(), error.attempts(), budget.balance()), (StopReason::BreakerOpen, 1, 9));
}

#[test]
fn without_a_deadline_in_the_policy_a_refusal_ends_the_call() {
    const ENDLESS: Policy = policy!(strategy = "immediate");
    #[retry(policy = ENDLESS, breaker = breaker, wait_for_breaker = true, on = judge)]
    fn call(breaker: &CircuitBreaker) -> Result<(), ApiError> {
        Ok(())
    }
    #[retry(policy = POLICY, breaker = breaker, wait_for_breaker = true, on = judge)]
    fn with_deadline(breaker: &CircuitBreaker) -> Result<(), ApiError> {
        Ok(())
    }
    let _paused = testing::pause();
    let breaker = open_for(SECOND);
    assert_eq!(call(&breaker), Err(ApiError::Refused));
    assert_eq!(ENDLESS.retry(|| Ok(())).on(judge).breaker(&breaker).wait_for_breaker().call(), Err(ApiError::Refused));
    assert_eq!(with_deadline(&breaker), Ok(()));
}

#[test]
fn a_cancelled_wait_ends_as_a_refusal() {
    #[retry(deadline = "10s", breaker = breaker, wait_for_breaker = true, cancel = cancel, on = judge)]
    fn call(breaker: &CircuitBreaker, cancel: &Cancellation) -> Result<u32, RetryError<ApiError>> {
        Ok(1)
    }
    #[retry(deadline = "10s", breaker = breaker, wait_for_breaker = true, cancel = cancel, on = judge)]
    async fn call_async(breaker: &CircuitBreaker, cancel: &Cancellation) -> Result<u32, RetryError<ApiError>> {
        Ok(1)
    }
    let paused = testing::pause();
    let cancel = Cancellation::new();
    assert_eq!(call(&open_for(SECOND), &cancel).ok(), Some(1));
    cancel.cancel();
    let breaker = open_for(SECOND);
    let closure =
        || POLICY.retry(|| Ok(1)).on(judge).breaker(&breaker).wait_for_breaker().cancel(&cancel).error_without_source();
    let run = || async { Ok(1) };
    let future =
        POLICY.retry_async(run).on(judge).breaker(&breaker).wait_for_breaker().cancel(&cancel).error_without_source();
    let ends =
        [call(&breaker, &cancel), block_on(call_async(&breaker, &cancel)), closure().call(), block_on(future.call())];
    for end in ends {
        assert_eq!(end.unwrap_err().reason(), StopReason::BreakerOpen);
    }
    assert_eq!(paused.slept().len(), 1);
}

#[test]
fn a_site_whose_retries_are_switched_off_does_not_wait() {
    let _paused = testing::pause();
    let _off = testing::disable_retries();
    each_form(|call| {
        assert_eq!(call(&open_for(SECOND)).unwrap_err().reason(), StopReason::BreakerOpen);
    });
}

/// A server that allows five requests in a second, and then asks to wait until the second is over.
struct Server {
    begun: tokio::time::Instant,
    in_this_second: Mutex<(u64, u32)>,
    runs: Mutex<Vec<Duration>>,
    hints: Mutex<Vec<(Duration, Duration)>>,
}

impl Server {
    fn new() -> Self {
        let begun = tokio::time::Instant::now();
        Self { begun, in_this_second: Mutex::default(), runs: Mutex::default(), hints: Mutex::default() }
    }

    fn answer(&self) -> Result<(), ApiError> {
        let now = self.begun.elapsed();
        self.runs.lock().unwrap().push(now);
        let mut counted = self.in_this_second.lock().unwrap();
        if counted.0 != now.as_secs() {
            *counted = (now.as_secs(), 0);
        }
        counted.1 += 1;
        if counted.1 <= 5 {
            return Ok(());
        }
        let end = Duration::from_secs(now.as_secs() + 1);
        self.hints.lock().unwrap().push((now, end));
        Err(ApiError::Limited(end.saturating_sub(now)))
    }
}

#[retry(max = 10, deadline = "60s", breaker = breaker, wait_for_breaker = true, on = judge)]
async fn ask(server: &Server, breaker: &CircuitBreaker) -> Result<(), RetryError<ApiError>> {
    server.answer()
}

/// Lets 30 callers come one after another, and returns the server, after all got through.
async fn crowd<F: Future<Output = bool>>(call: impl Fn(std::sync::Arc<Server>) -> F) -> std::sync::Arc<Server> {
    let server = std::sync::Arc::new(Server::new());
    let callers = (0..30_u32).map(|caller| {
        let call = call(std::sync::Arc::clone(&server));
        async move {
            tokio::time::sleep(MILLI * 7 * caller).await;
            call.await
        }
    });
    let through = futures_util::future::join_all(callers).await;
    assert!(through.into_iter().all(|is_through| is_through), "all get through");
    server
}

fn check_quiet(server: &Server) {
    let (runs, hints) = (server.runs.lock().unwrap(), server.hints.lock().unwrap());
    for (given, end) in hints.iter() {
        let early: Vec<_> = runs.iter().filter(|run| *run > given && *run < end).collect();
        assert!(early.is_empty(), "a hint at {given:?} until {end:?}, and attempts at {early:?}");
    }
    // One hint for each second at most, where without the breaker 26 of 30 callers are limited.
    assert!(!hints.is_empty() && hints.len() <= 12, "{hints:?}");
}

#[tokio::test(start_paused = true)]
async fn one_hint_quiets_all_callers_until_its_end_and_all_get_through() {
    let breaker = CircuitBreaker::consecutive(5).pause_on_hint();
    let server = crowd(|server| {
        let breaker = &breaker;
        async move { ask(&server, breaker).await.is_ok() }
    })
    .await;
    check_quiet(&server);
}

#[tokio::test(start_paused = true)]
async fn without_the_two_settings_most_callers_are_limited() {
    #[retry(max = 10, deadline = "60s", on = judge)]
    async fn ask(server: &Server) -> Result<(), ApiError> {
        server.answer()
    }
    let server = crowd(|server| async move { ask(&server).await.is_ok() }).await;
    assert!(server.hints.lock().unwrap().len() > 25);
}

#[tokio::test(start_paused = true)]
async fn one_hint_quiets_all_closures_too() {
    const POLICY: Policy = policy!(max = 10, deadline = "60s");
    let breaker = CircuitBreaker::consecutive(5).pause_on_hint();
    let server = crowd(|server| {
        let breaker = &breaker;
        async move {
            let server = &server;
            let run = || async move { server.answer() };
            POLICY.retry_async(run).on(judge).breaker(breaker).wait_for_breaker().await.is_ok()
        }
    })
    .await;
    check_quiet(&server);
}

#[test]
fn a_wait_is_not_the_time_of_an_attempt() {
    const POLICY: Policy =
        policy!(strategy = "constant", base = "3s", jitter = 0.0, max = 5, deadline = "10s", reset_after = "5s");
    // An attempt that ran for the eight seconds would begin a new series, with a deadline of its own.
    fn check(call: impl FnOnce(&CircuitBreaker) -> Result<(), RetryError<ApiError>>) {
        let paused = testing::pause();
        let breaker = CircuitBreaker::consecutive(5).cool_down(MILLI);
        breaker.open_for(8 * SECOND);
        let error = call(&breaker).unwrap_err();
        assert_eq!((error.reason(), error.attempts()), (StopReason::Deadline, 1));
        assert_eq!(paused.slept().len(), 1);
    }
    #[retry(policy = POLICY, breaker = breaker, wait_for_breaker = true, on = judge)]
    fn by_policy(breaker: &CircuitBreaker) -> Result<(), RetryError<ApiError>> {
        Err(ApiError::Busy)
    }
    #[retry(policy = POLICY, reset_after = "5s", breaker = breaker, wait_for_breaker = true, on = judge)]
    async fn by_key(breaker: &CircuitBreaker) -> Result<(), RetryError<ApiError>> {
        Err(ApiError::Busy)
    }
    check(by_policy);
    check(|breaker| block_on(by_key(breaker)));
    check(|breaker| {
        let run = || Err(ApiError::Busy);
        POLICY.retry(run).on(judge).breaker(breaker).wait_for_breaker().error_without_source().call()
    });
    check(|breaker| {
        let run = || async { Err(ApiError::Busy) };
        let call = POLICY.retry_async(run).on(judge).breaker(breaker).wait_for_breaker();
        block_on(call.error_without_source().call())
    });
}
