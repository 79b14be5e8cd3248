//! Calls of closures: `Policy::retry` and its methods do the same as the attribute.

use crate::support::polling::finished;
use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use reattempt::breaker::State;
use reattempt::{
    Attempt, Backoff, BreakerOpen, Budget, CircuitBreaker, Failure, IdempotencyKey, IntoVerdict, NoneError, Outcome,
    Plain, Policy, RetryError, Retrying, StopReason, Strategy, TimedOut, Verdict, any_error, no_error, policy, retry,
    testing,
};
use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::future::{Future, IntoFuture, pending, ready};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const AT_ONCE: Policy = policy!(strategy = "immediate");
const EACH_SECOND: Policy = policy!(strategy = "constant", base = "1s");

#[derive(Debug, PartialEq)]
enum ApiError {
    Busy,
    NotFound,
    NoAnswer,
    Refused,
}

impl ApiError {
    fn is_busy(&self) -> bool {
        *self == Self::Busy
    }
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

fn tripping_after(failures: u32) -> CircuitBreaker {
    CircuitBreaker::builder().consecutive(failures).cool_down(60 * SECOND).build().unwrap()
}

fn tokens(count: u32) -> Budget {
    Budget::builder().capacity(count).reserve(0.0).build().unwrap()
}

#[tokio::test]
async fn without_a_classifier_the_error_type_decides() {
    assert_eq!(thrice(|runs| AT_ONCE.retry(|| runs.fail_twice()).call()), Ok(3));
    assert_eq!(thrice_async(async |runs| AT_ONCE.retry_async(|| async { runs.fail_twice() }).await).await, Ok(3));
}

#[tokio::test]
#[expect(clippy::redundant_closure_for_method_calls, reason = "a closure whose argument has no type is what is tested")]
async fn a_classifier_decides_and_needs_no_types() {
    let errors = RefCell::new(vec![ApiError::NotFound, ApiError::Busy]);
    let fail = || errors.borrow_mut().pop().map_or(Ok(1), Err);
    assert_eq!(AT_ONCE.retry(fail).on(|error| error.is_busy()).call(), Err(ApiError::NotFound));
    assert!(errors.borrow().is_empty());
    *errors.borrow_mut() = vec![ApiError::Busy, ApiError::Busy];
    assert_eq!(AT_ONCE.retry_async(|| ready(fail())).on(|error| error.is_busy()).await, Ok(1));
    assert!(errors.borrow().is_empty());
    let hinted = |error: &ApiError| if error.is_busy() { Verdict::RetryAfter(SECOND) } else { Verdict::Stop };
    let paused = testing::pause();
    *errors.borrow_mut() = vec![ApiError::Busy];
    assert_eq!(AT_ONCE.retry(fail).on(hinted).call(), Ok(1));
    assert!(matches!(paused.slept()[..], [slept] if slept >= SECOND && slept <= SECOND * 11 / 10));
}

#[test]
fn the_methods_take_what_a_generic_function_has() {
    fn persist<T, E: Debug, A: IntoVerdict>(run: impl FnMut() -> Result<T, E>, on: impl Fn(&E) -> A) -> Result<T, E> {
        AT_ONCE.retry(run).on(on).debug().notify(|_| ()).call()
    }
    fn outcome<O: Outcome<Returned = O>>(run: impl FnMut() -> O, nap: impl FnMut(Duration)) -> O {
        AT_ONCE.retry(run).on(any_error).strategy([SECOND]).sleep(nap).call()
    }
    assert_eq!(thrice(|runs| persist(|| runs.fail_twice(), |_| true)), Ok(3));
    let paused = testing::pause();
    assert_eq!(thrice(|runs| outcome(|| runs.fail_twice(), |_| unreachable!("faked"))), Ok(3));
    assert_eq!(paused.slept(), [SECOND; 2]);
}

#[test]
fn types_may_follow_from_what_becomes_of_the_call() {
    let run = AT_ONCE.retry(|| Err("busy".into())).on(|_| true).recover(|error| error.into_last().map_or(Ok(0), Err));
    let returned: Result<u32, String> = run.display().call();
    assert_eq!(returned, Err("busy".to_owned()));
    let unreached = AT_ONCE.retry(|| Some(1)).on(|_| true).notify(|_| unreachable!()).recover(|_| unreachable!());
    assert_eq!(unreached.call(), Some(1));
}

#[tokio::test]
async fn an_option_is_retried_by_what_on_says() {
    fn none_twice(runs: &Runs) -> Option<u32> {
        runs.fail_twice().ok()
    }
    assert_eq!(thrice(|runs| AT_ONCE.retry(|| none_twice(runs)).on(any_error).call()), Some(3));
    let runs = Runs::new();
    assert_eq!(AT_ONCE.retry(|| none_twice(&runs)).on(|_: &NoneError| false).call(), None);
    assert_eq!(runs.count(), 1);
    let found = thrice_async(async |runs| AT_ONCE.retry_async(|| ready(none_twice(runs))).on(any_error).await).await;
    assert_eq!(found, Some(3));
}

#[tokio::test]
async fn a_value_that_is_not_good_enough_is_retried_and_errors_go_their_own_way() {
    assert_eq!(thrice(|runs| AT_ONCE.retry(|| Ok::<_, Busy>(runs.next())).on_value(|run| *run < 3).call()), Ok(3));
    let (first, last) = (Runs::new(), Runs::new());
    assert_eq!(AT_ONCE.retry(|| first.fail_twice()).on_value(|_| true).on(no_error).call(), Err(Busy));
    let own = Runs::new();
    let by_type = AT_ONCE.retry(|| own.fail_twice().map_err(|_| io::Error::from(io::ErrorKind::ConnectionReset)));
    assert_eq!(by_type.on_value(|_| false).call().unwrap(), 3);
    let own = Runs::new();
    let by_type = AT_ONCE.retry(|| own.fail_twice().map_err(|_| io::Error::from(io::ErrorKind::NotFound)));
    assert_eq!((by_type.on_value(|_| false).call().is_err(), own.count()), (true, 1));
    // `on` beside it, before it or after it, decides on errors.
    let ended = AT_ONCE.retry(|| last.fail_twice()).on_value(|_| false).on(|_| true).call();
    assert_eq!((ended, first.count(), last.count()), (Ok(3), 1, 3));
    let other = Runs::new();
    assert_eq!(AT_ONCE.retry(|| other.fail_twice()).on(|_| true).on_value(|_| false).call(), Ok(3));
    // The last value is returned as it is, a plain one without its wrapper.
    let runs = Runs::new();
    assert_eq!(AT_ONCE.retry(|| Plain(runs.next())).on_value(|_| true).call(), 3);
    let ended = AT_ONCE.retry_async(|| async { Plain(runs.next()) }).on_value(|run| *run < 5).await;
    assert_eq!((ended, runs.count()), (5, 5));
}

#[tokio::test]
async fn an_operation_may_be_told_of_its_attempt() {
    let paused = testing::pause();
    let policy = policy!(strategy = "constant", base = "1s", max = 3, deadline = "10s");
    let seen = RefCell::new(Vec::new());
    let look = |attempt: Attempt| {
        let is_end = (attempt.is_first(), attempt.is_last());
        seen.borrow_mut().push((attempt.number(), is_end, attempt.elapsed(), attempt.remaining()));
        assert_eq!(attempt.max().map(u32::from), Some(3));
        Err::<(), _>(Busy)
    };
    assert_eq!(policy.retry_attempt(look).call(), Err(Busy));
    let sync = seen.take();
    let left = |seconds| Some(seconds * SECOND);
    let second = (2, (false, false), SECOND, left(9));
    assert_eq!(sync, [(1, (true, false), Duration::ZERO, left(10)), second, (3, (false, true), 2 * SECOND, left(8))]);
    assert_eq!(policy.retry_async_attempt(|attempt| ready(look(attempt))).await, Err(Busy));
    assert_eq!(seen.take(), sync);
    assert_eq!(paused.slept(), [SECOND; 4]);
}

#[tokio::test]
async fn notify_is_told_before_each_sleep() {
    let paused = testing::pause();
    let (runs, told) = (Runs::new(), RefCell::new(Vec::new()));
    let note = |retrying: &Retrying<'_, Busy>| {
        assert!(matches!(retrying.failure(), Failure::Error(Busy)));
        told.borrow_mut().push((retrying.attempt(), retrying.delay(), paused.slept().len(), runs.count()));
    };
    assert_eq!(EACH_SECOND.retry(|| runs.fail_twice()).notify(note).call(), Ok(3));
    assert_eq!(told.take(), [(1, SECOND, 0, 1), (2, SECOND, 1, 2)]);
    let again = Runs::new();
    let count = |retrying: &Retrying<'_, _>| told.borrow_mut().push((retrying.attempt(), retrying.delay(), 0, 0));
    assert_eq!(EACH_SECOND.retry_async(|| async { again.fail_twice() }).notify(count).await, Ok(3));
    assert_eq!(told.take(), [(1, SECOND, 0, 0), (2, SECOND, 0, 0)]);
}

#[test]
fn notify_and_events_have_the_number_of_attempts_that_is_in_force() {
    let _paused = testing::pause();
    let seen = RefCell::new(Vec::new());
    let call = |policy: &Policy| {
        let note = |retrying: &Retrying<'_, Busy>| {
            seen.borrow_mut().push(retrying.max().map(u32::from));
            retrying.site().limit(4);
        };
        policy.retry(|| Err::<(), _>(Busy)).name("closures.in_force").notify(note).call()
    };
    let endless = policy!(strategy = "constant", base = "1s", max = "unlimited", deadline = "1h");
    assert_eq!(call(&endless), Err(Busy));
    assert_eq!(seen.take(), [None, Some(4), Some(4)]);
    let thrice = policy!(strategy = "immediate", max = 3);
    assert_eq!(call(&thrice), Err(Busy));
    assert_eq!(seen.take(), [Some(3), Some(3)]);
}

#[tokio::test]
async fn recover_answers_instead_of_the_failure() {
    let recovered = AT_ONCE.retry(|| Err(ApiError::Busy)).on(any_error).recover(|error| Ok(error.attempts())).call();
    assert_eq!(recovered, Ok(3));
    let recovered = AT_ONCE.retry(|| None).on(any_error).recover(|error| Some(error.attempts())).call();
    assert_eq!(recovered, Some(3));
    let recovered = AT_ONCE.retry_async(|| async { Err(Busy) }).recover(|error| Ok(error.attempts())).await;
    assert_eq!(recovered, Ok(3));
    let untouched = AT_ONCE.retry(|| Ok::<_, Busy>(1)).recover(|_| panic!("recovered from nothing")).call();
    assert_eq!(untouched, Ok(1));
    // After `history` it gets that, and may hand it on.
    let error = AT_ONCE.retry(|| Err::<(), _>(Busy)).history(2).recover(Err).call().unwrap_err();
    assert_eq!(error.history().count(), 2);
}

#[tokio::test]
async fn a_retry_error_tells_how_the_call_went() {
    let paused = testing::pause();
    let policy = policy!(strategy = "constant", base = "1s", max = 4);
    let error: RetryError<_> = policy.retry(|| Err::<(), _>(Busy)).error().call().unwrap_err();
    assert_eq!((error.attempts(), error.elapsed(), error.reason()), (4, 3 * SECOND, StopReason::MaxAttempts));
    assert_eq!((error.history().count(), error.last()), (1, Some(&Busy)));
    for error in [
        policy.retry(|| Err::<(), _>(Busy)).history(3).call().unwrap_err(),
        policy.retry_async(|| async { Err::<(), _>(Busy) }).history(3).error().await.unwrap_err(),
    ] {
        let past: Vec<_> = error.history().map(|past| (past.attempt(), past.started(), past.delay())).collect();
        assert_eq!(past, [(2, SECOND, Some(SECOND)), (3, 2 * SECOND, Some(SECOND)), (4, 3 * SECOND, None)]);
    }
    assert_eq!(policy.retry(|| Err::<(), _>(Busy)).history(0).call().unwrap_err().history().count(), 1);
    assert_eq!(policy.retry_async(|| ready(Ok::<_, Busy>(7))).error().await.unwrap(), 7);
    let absent = AT_ONCE.retry(|| None::<u32>).on(any_error).error().call().unwrap_err();
    assert_eq!(absent.into_last(), Some(NoneError::default()));
    assert_eq!(paused.slept().len(), 12);
}

#[tokio::test]
async fn a_retry_that_the_budget_does_not_pay_for_does_not_happen() {
    let (budget, runs) = (tokens(1), Runs::new());
    let ended = AT_ONCE.retry(|| Err::<(), _>(runs.fail())).budget(&budget).error().call().unwrap_err();
    assert_eq!((ended.reason(), ended.attempts(), budget.balance_milli()), (StopReason::Budget, 2, 0));
    // A success makes a deposit.
    assert_eq!(AT_ONCE.retry_async(|| ready(Ok::<_, Busy>(1))).budget(&budget).await, Ok(1));
    assert_eq!(budget.balance_milli(), 100);
    assert_eq!(AT_ONCE.retry_async(|| ready(Err::<(), _>(runs.fail()))).budget(&budget).await, Err(Busy));
    assert_eq!(runs.count(), 3);
}

#[tokio::test]
async fn the_breaker_sees_each_attempt_and_refuses_the_next_call() {
    let (breaker, runs) = (tripping_after(2), Runs::new());
    let fail = || {
        runs.next();
        Err::<(), _>(ApiError::Busy)
    };
    assert_eq!(AT_ONCE.retry(fail).on(any_error).breaker(&breaker).call(), Err(ApiError::Busy));
    assert_eq!((runs.count(), breaker.state()), (2, State::Open));
    assert_eq!(AT_ONCE.retry(fail).on(any_error).breaker(&breaker).call(), Err(ApiError::Refused));
    assert_eq!(AT_ONCE.retry_async(|| ready(fail())).on(any_error).breaker(&breaker).await, Err(ApiError::Refused));
    assert_eq!(AT_ONCE.retry_async(|| ready(None::<()>)).on(any_error).breaker(&breaker).await, None);
    let error = AT_ONCE.retry(fail).on(any_error).breaker(&breaker).error_without_source().call().unwrap_err();
    assert_eq!((error.reason(), error.attempts(), error.last()), (StopReason::BreakerOpen, 0, None));
    let recovered = AT_ONCE.retry(fail).on(any_error).breaker(&breaker).recover(|_| Ok(())).call();
    assert_eq!((recovered, runs.count()), (Ok(()), 2));
    breaker.reset();
    let late = Runs::new();
    assert_eq!(AT_ONCE.retry_async(|| async { late.fail_twice() }).breaker(&breaker).recover(|_| Ok(0)).await, Ok(0));
    assert_eq!((late.count(), breaker.state()), (2, State::Open));
}

#[test]
fn a_success_is_reported_to_the_breaker() {
    let breaker = tripping_after(2);
    let paused = testing::pause();
    for _ in 0..2 {
        breaker.acquire().unwrap().failure();
    }
    paused.advance(61 * SECOND);
    assert_eq!(AT_ONCE.retry(|| Ok::<_, ApiError>(1)).on(any_error).breaker(&breaker).call(), Ok(1));
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_retry_that_is_refused_after_its_sleep_gets_its_token_back() {
    let (breaker, budget, runs) = (tripping_after(9), tokens(10), Runs::new());
    let ended = EACH_SECOND
        .retry(|| Err::<(), _>(runs.fail()))
        .breaker(&breaker)
        .budget(&budget)
        .sleep(|_| {
            assert_eq!(budget.balance(), 9);
            breaker.isolate();
        })
        .error()
        .call()
        .unwrap_err();
    assert_eq!((ended.reason(), ended.attempts()), (StopReason::BreakerOpen, 1));
    assert_eq!((runs.count(), budget.balance()), (1, 10));
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_dropped_when_its_time_is_up() {
    let (runs, began) = (Runs::new(), tokio::time::Instant::now());
    let hang_twice = || async {
        if runs.next() < 3 {
            pending::<()>().await;
        }
        Ok::<_, ApiError>(runs.count())
    };
    assert_eq!(EACH_SECOND.retry_async(hang_twice).on(|_| false).timeout(2 * SECOND).await, Ok(3));
    assert_eq!(began.elapsed().as_secs(), 6);
    let hang = pending::<Result<u32, ApiError>>;
    assert_eq!(AT_ONCE.retry_async(hang).on(|_| false).timeout(SECOND).await, Err(ApiError::NoAnswer));
    assert_eq!(AT_ONCE.retry_async(pending::<Option<u32>>).on(|_| false).timeout(SECOND).await, None);
    // Neither an error nor what is recovered from needs a conversion.
    let error = AT_ONCE.retry_async(pending::<Result<u32, Busy>>).timeout(SECOND).error().await.unwrap_err();
    assert!(matches!(error.history().last().unwrap().failure(), Failure::TimedOut));
    assert_eq!(AT_ONCE.retry_async(pending::<Result<u32, Busy>>).timeout(SECOND).recover(|_| Ok(9)).await, Ok(9));
}

#[tokio::test(start_paused = true)]
async fn with_a_deadline_each_attempt_gets_what_is_left() {
    let policy = policy!(strategy = "constant", base = "1s", max = "unlimited", deadline = "5s");
    let began = tokio::time::Instant::now();
    let error = policy.retry_async(pending::<Result<u32, Busy>>).timeout(2 * SECOND).error().await.unwrap_err();
    assert_eq!((error.attempts(), error.reason()), (2, StopReason::Deadline));
    assert_eq!(began.elapsed().as_secs(), 5);
    let cut = policy!(strategy = "constant", base = "1s", max = "unlimited", deadline = "4s");
    let slow = || async {
        tokio::time::sleep(2 * SECOND).await;
        Err::<u32, _>(ApiError::Busy)
    };
    // The second attempt begins at 3 s and has 1 s left.
    let began = tokio::time::Instant::now();
    assert_eq!(cut.retry_async(slow).on(any_error).timeout(3 * SECOND).await, Err(ApiError::NoAnswer));
    assert_eq!(began.elapsed().as_secs(), 4);
    // Without a ledger the time is noted all the same, in fewer bytes.
    let began = tokio::time::Instant::now();
    let ended = policy.retry_async(pending::<Result<u32, ApiError>>).on(any_error).timeout(2 * SECOND).await;
    assert_eq!((ended, began.elapsed().as_secs()), (Err(ApiError::NoAnswer), 5));
}

#[tokio::test]
async fn a_call_gives_up_at_its_deadline() {
    let policy = policy!(strategy = "constant", base = "1s", max = "unlimited", deadline = "10s");
    let paused = testing::pause();
    let work = |runs: &Runs| {
        paused.advance(2 * SECOND);
        runs.fail()
    };
    // Attempts end at 2, 5 and 8 s; after the one at 11 s no retry may begin.
    let (sync, awaited) = (Runs::new(), Runs::new());
    assert_eq!(policy.retry(|| Err::<(), _>(work(&sync))).call(), Err(Busy));
    assert_eq!(policy.retry_async(|| async { Err::<(), _>(work(&awaited)) }).await, Err(Busy));
    assert_eq!((sync.count(), awaited.count(), paused.slept()), (4, 4, vec![SECOND; 6]));
}

#[tokio::test]
async fn an_async_call_begins_when_it_is_first_polled() {
    let policy = policy!(strategy = "constant", base = "1s", deadline = "2s");
    let paused = testing::pause();
    let runs = Runs::new();
    let call = policy.retry_async(|| async { runs.fail_twice() }).into_future();
    let told = policy.retry_async_attempt(|attempt| ready(Ok::<_, Busy>(attempt.elapsed()))).into_future();
    paused.advance(60 * SECOND);
    assert_eq!((call.await, told.await), (Err(Busy), Ok(Duration::ZERO)));
    assert_eq!(runs.count(), 2);
}

#[tokio::test]
async fn a_sleeper_of_ones_own_sleeps_and_is_not_asked_for_nothing() {
    let slept = RefCell::new(Vec::new());
    let note = |delay| slept.borrow_mut().push(delay);
    assert_eq!(thrice(|runs| EACH_SECOND.retry(|| runs.fail_twice()).sleep(note).call()), Ok(3));
    assert_eq!(slept.take(), [SECOND; 2]);
    let nap = |delay| {
        note(delay);
        ready(())
    };
    assert_eq!(
        thrice_async(async |runs| EACH_SECOND.retry_async(|| ready(runs.fail_twice())).sleep(nap).await).await,
        Ok(3)
    );
    assert_eq!(slept.take(), [SECOND; 2]);
    assert_eq!(thrice(|runs| AT_ONCE.retry(|| runs.fail_twice()).sleep(note).call()), Ok(3));
    thrice_async(async |runs| AT_ONCE.retry_async(|| ready(runs.fail_twice())).sleep(nap).await).await.unwrap();
    assert!(slept.take().is_empty());
}

#[tokio::test]
async fn a_sleeper_of_ones_own_may_return_anything() {
    let after = |delay| ready(std::time::Instant::now() + delay);
    let call = async |runs: &Runs| EACH_SECOND.retry_async(|| ready(runs.fail_twice())).sleep(after).await;
    assert_eq!(thrice_async(call).await, Ok(3));
    let timed = EACH_SECOND.retry_async(pending::<Option<u32>>).on(|_| false).timeout(SECOND).sleep(after);
    assert_eq!(timed.await, None);
}

#[tokio::test(start_paused = true)]
async fn a_sleeper_of_ones_own_times_attempts_too() {
    let began = tokio::time::Instant::now();
    let slow = |delay| tokio::time::sleep(delay * 10);
    let hang = pending::<Result<u32, Busy>>;
    assert_eq!(AT_ONCE.retry_async(hang).timeout(SECOND).sleep(slow).error().await.unwrap_err().attempts(), 3);
    assert_eq!(began.elapsed().as_secs(), 30);
}

#[tokio::test]
async fn a_strategy_of_ones_own_replaces_backoff_and_jitter() {
    struct Seconds;
    impl Backoff for Seconds {
        fn delay(&self, retry: u32, _: Duration, _: f64) -> Duration {
            retry * SECOND
        }
    }
    let paused = testing::pause();
    // The policy's jitter and cap have no part in it.
    let policy = policy!(strategy = "full_jitter", cap = "1ms", base = "1ms", max = 4);
    assert_eq!(policy.retry(|| Err::<(), _>(Busy)).strategy(Seconds).call(), Err(Busy));
    let shared: &dyn Backoff = &Seconds;
    assert_eq!(policy.retry_async(|| ready(Err::<(), _>(Busy))).strategy(shared).await, Err(Busy));
    assert_eq!(policy.retry(|| Err::<(), _>(Busy)).strategy([SECOND, 9 * SECOND]).call(), Err(Busy));
    assert_eq!(paused.slept(), [1, 2, 3, 1, 2, 3, 1, 9, 9].map(|seconds| seconds * SECOND));
}

#[test]
fn a_closure_clones_and_makes_keys_itself() {
    let payload = vec![1, 2, 3];
    let key = IdempotencyKey::generate();
    let sent = RefCell::new(Vec::new());
    let ended = AT_ONCE
        .retry(|| {
            sent.borrow_mut().push((payload.clone(), key.to_string()));
            Err::<(), _>(Busy)
        })
        .call();
    assert_eq!(ended, Err(Busy));
    assert_eq!(*sent.borrow(), vec![(payload, key.to_string()); 3]);
}

#[test]
fn an_operation_may_change_what_it_captures() {
    let mut runs = 0;
    let ended = AT_ONCE
        .retry(|| {
            runs += 1;
            if runs < 3 { Err(Busy) } else { Ok(()) }
        })
        .call();
    assert_eq!((ended, runs), (Ok(()), 3));
}

#[tokio::test]
async fn an_annotated_twin_sleeps_the_same_and_ends_the_same() {
    #[retry(policy = policy, on = any_error)]
    fn annotated(policy: &Policy, runs: &Runs) -> Result<u32, RetryError<Busy>> {
        Err(runs.fail())
    }
    #[retry(policy = policy, on = any_error)]
    async fn annotated_async(policy: &Policy, runs: &Runs) -> Result<u32, Busy> {
        Err(runs.fail())
    }
    for strategy in [
        Strategy::FullJitter,
        Strategy::EqualJitter,
        Strategy::DecorrelatedJitter,
        Strategy::DecorrelatedJitterV2,
        Strategy::Fibonacci,
        Strategy::Immediate,
    ] {
        for deadline in [None, Some(5 * SECOND)] {
            let mut builder = Policy::builder().strategy(strategy).max(9);
            if let Some(deadline) = deadline {
                builder = builder.deadline(deadline);
            }
            let policy = builder.build().unwrap();
            let slept = |call: &mut dyn FnMut(&Runs) -> Option<StopReason>| {
                testing::seed(42);
                let (paused, runs) = (testing::pause(), Runs::new());
                let reason = call(&runs);
                (paused.slept(), runs.count(), reason)
            };
            let twin = slept(&mut |runs| Some(annotated(&policy, runs).unwrap_err().reason()));
            let closure = slept(&mut |runs| {
                Some(policy.retry(|| Err::<(), _>(runs.fail())).error().call().unwrap_err().reason())
            });
            assert_eq!(closure, twin, "{strategy:?} {deadline:?}");
            let twin_async = slept(&mut |runs| {
                assert_eq!(finished(annotated_async(&policy, runs)), Err(Busy));
                None
            });
            let closure_async = slept(&mut |runs| {
                assert_eq!(
                    finished(policy.retry_async(|| async { Err::<(), _>(runs.fail()) }).into_future()),
                    Err(Busy)
                );
                None
            });
            assert_eq!(closure_async, twin_async, "{strategy:?} {deadline:?}");
            assert_eq!(closure_async.0, closure.0);
        }
    }
}

#[tokio::test]
async fn a_future_is_send_where_its_operation_is_also_with_failures_that_are_not() {
    /// Neither value nor error is `Send`.
    struct NotSend(#[expect(dead_code, reason = "it makes the type what it is")] Rc<()>);
    async fn fail() -> Result<NotSend, NotSend> {
        ready(()).await;
        Err(NotSend(Rc::new(())))
    }
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let (breaker, budget) = (tripping_after(9), tokens(9));
    let call = AT_ONCE
        .retry_async(fail)
        .on(any_error)
        .on_value(|_| false)
        .notify(|_| {})
        .timeout(SECOND)
        .breaker(&breaker)
        .budget(&budget)
        .name("send")
        .error_without_source()
        .recover(Err)
        .into_future();
    assert!(is_send(call).await.is_err());
    assert!(is_send(AT_ONCE.retry_async(fail).on(any_error).into_future()).await.is_err());
    assert!(is_send(AT_ONCE.retry_async(fail).on(any_error).error_without_source().into_future()).await.is_err());
}

#[tokio::test]
async fn a_call_can_be_spawned_from_an_async_function() {
    async fn fetch(runs: &Runs) -> Result<u32, Busy> {
        AT_ONCE.retry_async(|| async { runs.fail_twice() }).await
    }
    let fetched = tokio::spawn(async { fetch(&Runs::new()).await }).await;
    assert_eq!(fetched.unwrap(), Ok(3));
}

#[test]
fn no_failure_is_alive_while_a_call_sleeps() {
    struct Counted<'a>(&'a Cell<i32>);
    impl Drop for Counted<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() - 1);
        }
    }
    let alive = Cell::new(0);
    let fail = || {
        alive.set(alive.get() + 1);
        Err::<(), _>(Counted(&alive))
    };
    let check = |_| assert_eq!(alive.get(), 0);
    assert!(EACH_SECOND.retry(fail).on(|_| true).sleep(check).call().is_err());
    let check = |delay| {
        check(delay);
        ready(())
    };
    // Nor is the attempt while a classifier looks at what it returned: a future keeps what it has until it is dropped.
    struct Attempt<'a, O>(#[expect(dead_code, reason = "it is dropped with the future")] Counted<'a>, Option<O>);
    impl<O: Unpin> Future for Attempt<'_, O> {
        type Output = O;

        fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<O> {
            self.1.take().map_or(Poll::Pending, Poll::Ready)
        }
    }
    let (attempts, seen) = (Cell::new(0), Cell::new(0));
    let attempt = || {
        attempts.set(attempts.get() + 1);
        Attempt(Counted(&attempts), Some(fail()))
    };
    let on = |_: &Counted<'_>| {
        assert_eq!(attempts.get(), 0);
        seen.set(seen.get() + 1);
        true
    };
    assert!(finished(EACH_SECOND.retry_async(attempt).on(on).sleep(check).into_future()).is_err());
    assert_eq!(seen.get(), 3);
    assert_eq!(alive.get(), 0);
}
