//! `cancel` of calls of closures: it wakes sleeps, on threads and in tasks, and no further attempt begins.

use crate::support::polling::poll_once;
use reattempt::{Budget, Cancellation, Plain, Policy, StopReason, policy, testing};
use std::cell::Cell;
use std::future::{IntoFuture, pending, ready};
use std::pin::pin;
use std::sync::{Arc, LazyLock, mpsc};
use std::task::Poll;
use std::thread;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
const POLICY: Policy = policy!(strategy = "constant", base = "1h", max = 9);

fn busy(runs: &Cell<u32>) -> Result<(), &'static str> {
    runs.set(runs.get() + 1);
    Err("busy")
}

#[test]
fn a_blocking_call_that_sleeps_is_woken() {
    static STOP: Cancellation = Cancellation::new();
    let (asleep, sleeps) = mpsc::channel();
    let call = thread::spawn(move || {
        let runs = Cell::new(0);
        let call = POLICY.retry(|| busy(&runs)).on(|_| true).notify(|_| asleep.send(()).unwrap());
        let error = call.cancel(&STOP).error_without_source().call().unwrap_err();
        (error.reason(), error.attempts(), error.into_last(), runs.get())
    });
    sleeps.recv().unwrap();
    STOP.cancel();
    assert_eq!(call.join().unwrap(), (StopReason::Cancelled, 1, Some("busy"), 1));
}

#[tokio::test(start_paused = true)]
async fn an_async_call_that_sleeps_is_woken() {
    let (stop, runs, began) = (Arc::new(Cancellation::new()), Cell::new(0), tokio::time::Instant::now());
    let call = POLICY.retry_async(|| ready(busy(&runs))).on(|_| true).cancel(&stop).error_without_source().history(4);
    let cancelled = async {
        tokio::time::sleep(3 * HOUR / 2).await;
        stop.cancel();
    };
    let (ended, ()) = tokio::join!(call.into_future(), cancelled);
    let error = ended.unwrap_err();
    let kept: Vec<_> = error.history().map(reattempt::FailedAttempt::delay).collect();
    assert_eq!((error.reason(), kept, began.elapsed()), (StopReason::Cancelled, vec![Some(HOUR), None], 3 * HOUR / 2));
    assert_eq!((runs.get(), error.into_last()), (2, Some("busy")));
}

#[test]
fn the_first_attempt_always_runs_and_is_the_last() {
    static STOP: LazyLock<Cancellation> = LazyLock::new(Cancellation::new);
    STOP.cancel();
    let (runs, _paused) = (Cell::new(0), testing::pause());
    assert_eq!(POLICY.retry(|| busy(&runs)).on(|_| true).cancel(&STOP).call(), Err("busy"));
    assert_eq!(POLICY.retry(|| Ok::<_, &str>(runs.get())).on(|_| true).cancel(&STOP).call(), Ok(1));
    assert_eq!(POLICY.retry(|| Plain(runs.get())).on_value(|_| true).cancel(&STOP).call(), 1);
    let reason = |error| {
        let call = POLICY.retry(|| Err::<(), _>(error)).on(|error: &u8| *error > 0).cancel(&STOP);
        call.error_without_source().call().unwrap_err().reason()
    };
    assert_eq!((reason(1), reason(0)), (StopReason::Cancelled, StopReason::Permanent));
    STOP.reset();
    assert_eq!(POLICY.retry(|| busy(&runs)).on(|_| true).cancel(&STOP).call(), Err("busy"));
    assert_eq!(runs.get(), 10);
}

#[test]
fn the_token_of_the_retry_goes_back() {
    let budget = Budget::builder().capacity(10).reserve(0.0).build().unwrap();
    let (stop, runs) = (Cancellation::new(), Cell::new(0));
    let call = || POLICY.retry_async(|| ready(busy(&runs))).on(|_| true).budget(&budget).sleep(|_| pending::<()>());
    {
        let mut call = pin!(call().cancel(&stop).into_future());
        assert!(poll_once(call.as_mut()).is_pending());
        assert_eq!(budget.balance_milli(), 9_000);
        stop.cancel();
        assert_eq!(poll_once(call), Poll::Ready(Err("busy")));
        assert_eq!(budget.balance_milli(), 10_000);
    }
    // The keys come in any order.
    assert_eq!(
        poll_once(pin!(call().cancel(&&stop).timeout(HOUR).error_without_source().into_future()))
            .map(|ended| ended.is_err()),
        Poll::Ready(true)
    );
    assert_eq!((runs.get(), budget.balance_milli()), (2, 10_000));
}

#[test]
fn under_paused_time_a_cancelled_sleep_is_none() {
    let (stop, runs, paused) = (Cancellation::new(), Cell::new(0), testing::pause());
    let call = POLICY.retry(|| busy(&runs)).on(|_| true).cancel(&stop);
    let call = call.notify(|retrying| {
        if retrying.attempt() == 3 {
            stop.cancel();
        }
    });
    assert_eq!(call.call(), Err("busy"));
    assert_eq!((runs.get(), paused.slept()), (3, vec![HOUR, HOUR]));
}

#[test]
fn the_future_of_a_call_without_it_has_no_room_for_it() {
    let stop = Cancellation::new();
    let policy = POLICY;
    let without =
        policy.retry_async(|| ready(Err::<[u64; 32], [u64; 32]>([0; 32]))).on(|_| true).sleep(|_| pending::<()>());
    let with = policy
        .retry_async(|| ready(Err::<[u64; 32], [u64; 32]>([0; 32])))
        .on(|_| true)
        .sleep(|_| pending::<()>())
        .cancel(&stop);
    let (without, with) = (size_of_val(&without.into_future()), size_of_val(&with.into_future()));
    assert!(without < with, "{without} and {with}");
}
