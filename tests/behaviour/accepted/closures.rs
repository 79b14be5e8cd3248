//! Twins of `tests/ui/closures`: calls of closures with the right arguments.

use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use reattempt::{
    Attempt, BreakerOpen, CircuitBreaker, NoneError, Plain, Policy, RetryError, Retrying, StopReason, Strategy,
    TimedOut, any_error, policy, testing,
};
use std::cell::Cell;
use std::fmt::{self, Debug, Display};
use std::future::{pending, ready};
use std::time::Duration;

const AT_ONCE: Policy = policy!(strategy = "immediate");
const S: Duration = super::S;

/// A failure that is transient only by a classifier.
#[derive(Debug, PartialEq)]
struct Failure;

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failure")
    }
}

impl std::error::Error for Failure {}

impl From<Busy> for Failure {
    fn from(_: Busy) -> Self {
        Self
    }
}

impl From<BreakerOpen> for Failure {
    fn from(_: BreakerOpen) -> Self {
        Self
    }
}

impl From<TimedOut> for Failure {
    fn from(_: TimedOut) -> Self {
        Self
    }
}

fn read(runs: &Runs) -> Result<u32, Failure> {
    Ok(runs.fail_twice()?)
}

fn find(runs: &Runs) -> Option<u32> {
    runs.fail_twice().ok()
}

async fn fetch(runs: &Runs) -> Result<u32, Failure> {
    ready(read(runs)).await
}

/// Tests that call the operation, which fails twice, with each of these keys.
macro_rules! called {
    ($([$($case:ident),+] $operation:ident => $expected:expr; { $(.$key:ident $arguments:tt)+ $(; .$other:ident $more:tt)* })+) => {
        shared! {
            $([$($case),+] {
                assert_eq!(thrice(|runs| AT_ONCE.retry(|| $operation(runs)) $(.$key $arguments)+ .call()), $expected);
                $(
                    assert_eq!(thrice(|runs| AT_ONCE.retry(|| $operation(runs)).$other $more .call()), $expected);
                )*
            })+
        }
    };
}

called! {
    [outcome_instead_of_operation] read => Ok(3); { .on(any_error) }
    [
        classifier_takes_by_value, classifier_with_wrong_answer, classifier_a_variant, classifier_called,
        no_classifier_for_an_error
    ] read => Ok(3); {
        .on(super::is_transient); .on(|failure| *failure == Failure); .on(any_error)
    }
    [no_classifier] find => Some(3); { .on(super::is_transient); .on(any_error) }
    [no_display, no_debug, no_sources] read => Ok(3); { .on(any_error).display().debug().sources() }
    [only_values] read => Ok(3); { .on_value(|reading| *reading < 3).on(super::is_transient) }
    [values_with_wrong_answer, values_a_number] find => Some(3); { .on(any_error).on_value(|reading| *reading == 0) }
}

#[tokio::test]
async fn a_future_for_retry() {
    let fetched = thrice_async(async |runs| AT_ONCE.retry_async(|| fetch(runs)).on(any_error).await);
    assert_eq!(fetched.await, Ok(3));
}

#[test]
fn a_plain_value() {
    let reading = thrice(|runs| AT_ONCE.retry(|| Plain(runs.next())).on_value(|reading| *reading < 3).call());
    assert_eq!(reading, 3);
}

#[tokio::test]
async fn a_plain_future() {
    let reading = thrice_async(async |runs| {
        AT_ONCE.retry_async(async || Plain(runs.next())).on_value(|reading| *reading < 3).await
    });
    assert_eq!(reading.await, 3);
}

#[test]
fn no_future_for_retry_async() {
    assert_eq!(thrice(|runs| AT_ONCE.retry(|| read(runs)).on(any_error).call()), Ok(3));
}

#[tokio::test]
async fn future_instead_of_operation() {
    a_future_of_each_attempt().await;
}

#[tokio::test]
async fn no_classifier_for_an_async_call() {
    a_future_of_each_attempt().await;
}

async fn a_future_of_each_attempt() {
    let found = thrice_async(async |runs| AT_ONCE.retry_async(|| ready(find(runs))).on(any_error).call().await);
    assert_eq!(found.await, Some(3));
}

#[test]
fn without_a_call() {
    assert_eq!(thrice(|runs| AT_ONCE.retry(|| find(runs)).on(any_error).call()), Some(3));
}

#[test]
fn asks_whether_it_is_none() {
    let of_an_option =
        thrice(|runs| AT_ONCE.retry(|| runs.fail_twice().map_err(|_| None::<u32>)).on(Option::is_none).call());
    assert_eq!(of_an_option, Ok(3));
}

#[test]
fn question_mark_without_a_call() {
    fn call(runs: &Runs) -> Result<u32, Busy> {
        let found = AT_ONCE.retry(|| runs.fail_twice()).call()?;
        Ok(found)
    }
    assert_eq!(thrice(call), Ok(3));
}

#[tokio::test]
async fn local_call_of_a_blocking_call() {
    let found = thrice_async(async |runs: &Runs| {
        let run = async || find(runs);
        AT_ONCE.retry_async(run).on(any_error).call_local().await
    });
    assert_eq!(found.await, Some(3));
}

#[test]
fn await_of_a_blocking_call() {
    assert_eq!(thrice(|runs| AT_ONCE.retry(|| find(runs)).on(any_error).call()), Some(3));
}

#[test]
fn operation_told_of_no_attempt() {
    let numbers = Cell::new(0);
    let last = AT_ONCE.retry_attempt(|attempt: Attempt| -> Option<()> {
        numbers.set(numbers.get() * 10 + attempt.number());
        None
    });
    assert_eq!(last.on(any_error).call(), None);
    assert_eq!(numbers.get(), 123);
}

#[test]
fn strategy_by_name() {
    delays_of_the_policy(&policy!(strategy = "equal_jitter", base = "1s"));
}

#[test]
fn reset_after_of_the_policy() {
    let policy = Policy::builder().strategy(Strategy::Immediate).max(2).reset_after(600 * S).build().unwrap();
    let (paused, runs) = (testing::pause(), Runs::new());
    let hang = || {
        // The second attempt is healthy: its failure is the first of two.
        paused.advance(if runs.next() == 2 { 600 * S } else { S });
        None::<u32>
    };
    assert_eq!(policy.retry(hang).on(any_error).call(), None);
    assert_eq!(runs.count(), 3);
}

#[test]
fn strategy_of_the_policy() {
    let policy = Policy::builder().strategy(Strategy::EqualJitter).base(S).build().unwrap();
    delays_of_the_policy(&policy);
}

fn delays_of_the_policy(policy: &Policy) {
    let paused = testing::pause();
    assert_eq!(thrice(|runs| policy.retry(|| find(runs)).on(any_error).call()), Some(3));
    let slept = paused.slept();
    assert!(matches!(slept[..], [first, second] if first >= S / 2 && second >= S), "{slept:?}");
    let listed = thrice(|runs| policy.retry(|| find(runs)).on(any_error).strategy([5 * S, 6 * S]).call());
    assert_eq!((listed, &paused.slept()[2..]), (Some(3), &[5 * S, 6 * S][..]));
}

#[test]
fn attempts_of_one_call() {
    for policy in [
        policy!(max = 2, strategy = "immediate"),
        Policy::builder().strategy(Strategy::Immediate).max(2).build().unwrap(),
    ] {
        let runs = Runs::new();
        assert_eq!(policy.retry(|| find(&runs)).on(any_error).call(), None);
        assert_eq!(runs.count(), 2);
    }
}

#[test]
fn async_sleeper_for_a_blocking_call() {
    let slept = Cell::new(Duration::ZERO);
    let policy = policy!(strategy = "constant", base = "1s");
    let nap = |delay| slept.set(slept.get() + delay);
    assert_eq!(thrice(|runs| policy.retry(|| find(runs)).on(any_error).sleep(nap).call()), Some(3));
    assert_eq!(slept.get(), 2 * S);
}

#[tokio::test]
async fn blocking_sleeper_for_an_async_call() {
    sleeps_by_a_future().await;
}

#[tokio::test]
async fn sleeper_of_milliseconds() {
    sleeps_by_a_future().await;
}

async fn sleeps_by_a_future() {
    let slept = Cell::new(Duration::ZERO);
    let policy = policy!(strategy = "constant", base = "1s");
    let nap = async |delay| slept.set(slept.get() + delay);
    let nap = |delay| nap(delay);
    let found = thrice_async(async |runs| policy.retry_async(async || find(runs)).on(any_error).sleep(nap).await);
    assert_eq!(found.await, Some(3));
    assert_eq!(slept.get(), 2 * S);
}

#[test]
fn recover_from_another_type() {
    fn attempts(error: RetryError<NoneError>) -> Option<u32> {
        error.last().map(|_| error.attempts())
    }
    assert_eq!(AT_ONCE.retry(|| None).on(any_error).recover(attempts).call(), Some(3));
}

#[test]
fn recover_with_a_bare_value() {
    assert_eq!(AT_ONCE.retry(|| None).on(any_error).recover(|_| Some(0)).call(), Some(0));
}

#[test]
fn recover_twice() {
    recover_with_a_bare_value();
}

#[test]
fn error_after_recover() {
    let recovered = AT_ONCE.retry(|| None).on(any_error).error().recover(|error| match error.reason() {
        StopReason::MaxAttempts => Ok(0),
        _ => Err(error),
    });
    assert_eq!(recovered.call().map_err(|_| "not exhausted"), Ok(0));
}

#[test]
fn recover_on_a_plain_value() {
    a_plain_value();
}

#[test]
fn error_on_a_plain_value() {
    let error = AT_ONCE.retry(|| None::<u32>).on(any_error).error().call();
    assert_eq!(error.map_err(|error| error.attempts()), Err(3));
    a_plain_value();
}

#[test]
fn error_of_a_text() {
    let call = || AT_ONCE.retry(|| Err::<u32, _>("busy".to_owned())).on(any_error);
    let error = call().error_without_source().call().unwrap_err();
    assert_eq!((error.attempts(), error.last().map(String::as_str)), (3, Some("busy")));
    assert_eq!(call().error_without_source().history(2).call().unwrap_err().history().count(), 2);
}

#[tokio::test]
async fn history_of_a_plain_value() {
    let error = AT_ONCE.retry_async(async || Err::<u32, _>(Failure)).on(any_error).history(2).await;
    assert_eq!(error.map_err(|error| error.history().count()), Err(2));
}

shared! {
    [notify_of_another_type, notify_with_an_answer, notify_with_two_arguments] {
        fn log(retrying: &Retrying<'_, NoneError>) {
            assert!(matches!(retrying.attempt(), 1 | 2));
        }
        assert_eq!(thrice(|runs| AT_ONCE.retry(|| find(runs)).on(any_error).notify(log).call()), Some(3));
        let told = Cell::new(0);
        let tell = |runs: &Runs| AT_ONCE.retry(|| find(runs)).on(any_error).notify(|_| told.set(told.get() + 1)).call();
        assert_eq!((thrice(tell), told.get()), (Some(3), 2));
    }
}

shared! {
    [notify_without_the_value, values_after_notify, values_after_error] {
        fn log(retrying: &Retrying<'_, NoneError, u32>) {
            assert!(matches!(retrying.failure(), reattempt::Failure::Rejected(value) if *value == retrying.attempt()));
        }
        let read = |runs: &Runs| {
            AT_ONCE.retry(|| Some(runs.next())).on(any_error).on_value(|reading| *reading < 3).notify(log).call()
        };
        assert_eq!(thrice(read), Some(3));
        let kept = |runs: &Runs| {
            let call = AT_ONCE.retry(|| Ok::<_, Failure>(runs.next())).on(any_error).on_value(|reading| *reading < 9);
            call.error().call().unwrap_err().into_last_value()
        };
        assert_eq!(thrice(kept), Some(3));
    }
}

#[test]
fn breaker_without_from() {
    let breaker = CircuitBreaker::builder().consecutive(1).build().unwrap();
    let run = || AT_ONCE.retry(|| Err::<u32, _>(Failure)).on(any_error).breaker(&breaker);
    assert_eq!(run().call(), Err(Failure));
    assert!(run().error().call().is_err());
}

#[test]
fn wait_for_no_breaker() {
    let breaker = CircuitBreaker::consecutive(9);
    let run = || AT_ONCE.retry(|| Err::<u32, _>(Failure)).on(any_error).breaker(&breaker);
    assert_eq!(run().wait_for_breaker().call(), Err(Failure));
}

#[tokio::test(start_paused = true)]
async fn timeout_without_from() {
    let run = || AT_ONCE.retry_async(pending::<Result<u32, Failure>>).on(any_error).timeout(S);
    assert_eq!(run().call().await, Err(Failure));
    assert!(run().error().call().await.is_err());
}

#[tokio::test]
async fn timeout_of_a_blocking_call() {
    let found = thrice_async(async |runs| AT_ONCE.retry_async(async || find(runs)).on(any_error).timeout(S).await);
    assert_eq!(found.await, Some(3));
}

/// Counts what was sent, and fails twice.
async fn send(sent: &mut u32) -> Result<u32, Busy> {
    tokio::task::yield_now().await;
    *sent += 1;
    if *sent < 3 { Err(Busy) } else { Ok(*sent) }
}

#[tokio::test]
async fn changes_what_it_captures() {
    let mut sent = 0;
    assert_eq!(AT_ONCE.retry_async(async || send(&mut sent).await).call_local().await, Ok(3));
    assert_eq!(sent, 3);
}

#[tokio::test]
async fn borrows_what_it_captures() {
    let mut sent = 0;
    assert_eq!(AT_ONCE.retry_async(async || send(&mut sent).await).call_local().await, Ok(3));
    hand_over(&mut sent).await;
}

async fn hand_over(sent: &mut u32) {
    *sent = 0;
    let call = AT_ONCE.retry_async_with(&mut *sent, |sent| async {
        let result = send(sent).await;
        (sent, result)
    });
    assert_eq!(call.await, Ok(3));
    assert_eq!(*sent, 3);
}

#[tokio::test]
async fn state_not_returned() {
    hand_over(&mut 0).await;
}

#[tokio::test]
async fn uses_up_what_it_captures() {
    async fn send(payload: Vec<u8>) -> Result<(), usize> {
        tokio::task::yield_now().await;
        Err(payload.len())
    }
    let payload = vec![0; 5];
    assert_eq!(AT_ONCE.retry_async(|| send(payload.clone())).on(|_| true).await, Err(5));
}

#[test]
fn operation_uses_up_what_it_captures() {
    fn send(payload: Vec<u8>) -> Result<(), usize> {
        Err(payload.len())
    }
    let payload = vec![0; 5];
    assert_eq!(AT_ONCE.retry(|| send(payload.clone())).on(any_error).call(), Err(5));
}

#[test]
fn classifier_reads_what_attempts_change() {
    let sent = Cell::new(0);
    let attempt = || {
        sent.set(sent.get() + 1);
        Err::<(), _>("busy".to_owned())
    };
    assert_eq!(AT_ONCE.retry(attempt).on(|_: &String| sent.get() < 2).call(), Err("busy".to_owned()));
    assert_eq!(sent.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn timeout_with_a_state() {
    let limited = AT_ONCE.retry_async_with(0, |count| async move {
        let hung = tokio::time::timeout(S, pending::<()>()).await;
        (count + 1, hung.map_err(|_| count))
    });
    assert_eq!(limited.on(|_| true).await, Err(2));
    let mut count = 0;
    let changed = AT_ONCE.retry_async(async || {
        count += 1;
        pending::<Option<()>>().await
    });
    assert_eq!(changed.timeout(S).on(any_error).call_local().await, None);
    assert_eq!(count, 3);
}
