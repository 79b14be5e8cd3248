//! Async closures whose attempts change something: what the closure captures by `&mut`, or a state that goes from attempt to attempt.

use crate::support::liveness::{After, Alive, Failure};
use crate::support::polling::poll_times;
use crate::support::runs::{Busy, Runs};
use reattempt::{
    Budget, Cancellation, CircuitBreaker, Plain, Policy, Progress, RetryError, StopReason, any_error, policy, testing,
};
use std::cell::RefCell;
use std::future::{Future, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;
use tokio::task::yield_now;

const SECOND: Duration = Duration::from_secs(1);
const AT_ONCE: Policy = policy!(strategy = "immediate", max = 4);
const EACH_SECOND: Policy = policy!(strategy = "constant", base = "1s", max = 4);

/// A connection that fails twice, and changes with each use.
#[derive(Debug, Default, PartialEq)]
struct Connection {
    sent: Vec<String>,
    greetings: u32,
}

impl Connection {
    async fn send(&mut self, frame: &str) -> Result<usize, Busy> {
        self.sent.push(frame.to_owned());
        yield_now().await;
        if self.sent.len() < 3 { Err(Busy) } else { Ok(self.sent.len()) }
    }

    /// Hands a `&mut self` from attempt to attempt.
    async fn send_reliably(&mut self, frame: &str) -> Result<usize, Busy> {
        AT_ONCE
            .retry_async_with(self, |this| async move {
                let sent = this.send(frame).await;
                (this, sent)
            })
            .await
    }
}

fn frames(count: usize) -> Vec<String> {
    vec!["frame".to_owned(); count]
}

#[tokio::test]
async fn an_async_closure_may_change_what_it_captures() {
    let paused = testing::pause();
    let (mut connection, frame) = (Connection::default(), String::from("frame"));
    let call = EACH_SECOND.retry_async(async || {
        connection.greetings += 1;
        connection.send(&frame).await
    });
    assert_eq!(call.call_local().await, Ok(3));
    assert_eq!(connection, Connection { sent: frames(3), greetings: 3 });
    assert_eq!(paused.slept(), [SECOND, SECOND]);
}

#[tokio::test(start_paused = true)]
async fn each_key_does_the_same_where_attempts_borrow() {
    let began = tokio::time::Instant::now();
    let budget = Budget::builder().capacity(10).reserve(0.0).build().unwrap();
    let breaker = CircuitBreaker::consecutive(3);
    let (mut runs, mut notified) = (0, 0);
    let operation = async || {
        runs += 1;
        match runs {
            1 => pending().await,
            2 => Ok(0),
            _ => Err(Busy),
        }
    };
    let error = EACH_SECOND
        .retry_async(operation)
        .on_value(|value| *value == 0)
        .timeout(5 * SECOND)
        .budget(&budget)
        .breaker(&breaker)
        .notify(|_| notified += 1)
        .history(9)
        .call_local()
        .await
        .unwrap_err();
    assert_eq!((error.attempts(), error.reason(), error.history().count()), (4, StopReason::MaxAttempts, 4));
    assert_eq!((runs, notified, 10 - budget.balance()), (4, 3, 3));
    assert_eq!(began.elapsed().as_secs(), 5 + 3);
}

#[tokio::test]
async fn progress_begins_a_new_series_where_attempts_borrow() {
    const TWICE: Policy = policy!(strategy = "immediate", max = 2);
    let (progress, mut runs) = (Progress::new(), 0);
    let download = async || {
        runs += 1;
        yield_now().await;
        // Each attempt but the last two gains ground.
        if runs <= 5 {
            progress.made();
        }
        Err::<(), _>(Busy)
    };
    let error = TWICE.retry_async(download).progress(&progress).error().call_local().await.unwrap_err();
    assert_eq!((error.attempts(), error.reason()), (6, StopReason::MaxAttempts));
    assert_eq!(runs, 6);
}

#[tokio::test]
async fn each_attempt_is_told_its_number_in_a_series_also_by_call_local() {
    const TWICE: Policy = policy!(strategy = "immediate", max = 2);
    let (progress, numbers) = (Progress::new(), RefCell::new(Vec::new()));
    let call = TWICE.retry_async_attempt(async |attempt| {
        numbers.borrow_mut().push((attempt.number(), attempt.number_in_series()));
        if attempt.is_first() {
            progress.made();
        }
        Err::<(), _>(Busy)
    });
    assert_eq!(call.progress(&progress).call_local().await, Err(Busy));
    // The first failure, which made progress, is the first of a series in which one more attempt is allowed.
    assert_eq!(numbers.take(), [(1, 1), (2, 2)]);
}

#[tokio::test]
async fn a_call_whose_attempts_borrow_waits_for_its_breaker() {
    const IN_TIME: Policy = policy!(strategy = "immediate", deadline = "10s");
    let paused = testing::pause();
    let breaker = CircuitBreaker::consecutive(5).cool_down(SECOND);
    breaker.open_for(2 * SECOND);
    let mut runs = 0;
    let mut run = async || {
        runs += 1;
        Ok::<_, Failure>(runs)
    };
    let refused = IN_TIME.retry_async(async || run().await).on(|_| true).breaker(&breaker).call_local().await;
    assert_eq!(refused, Err(Failure::Refused));
    let call = IN_TIME.retry_async(async || run().await).on(|_| true).breaker(&breaker).wait_for_breaker();
    // The refusal ran nothing; the wait was one sleep, and no attempt.
    assert_eq!(call.call_local().await, Ok(1));
    assert_eq!(paused.slept().len(), 1);
    assert!(paused.slept()[0] >= 2 * SECOND);
    // One that cannot be in time does not wait.
    breaker.open_for(20 * SECOND);
    let call = IN_TIME.retry_async(async || run().await).on(|_| true).breaker(&breaker).wait_for_breaker();
    assert_eq!(call.call_local().await, Err(Failure::Refused));
    assert_eq!((paused.slept().len(), runs), (1, 1));
}

#[tokio::test]
async fn a_refusal_and_a_deadline_end_a_call_whose_attempts_borrow() {
    let _paused = testing::pause();
    let breaker = CircuitBreaker::consecutive(1);
    let mut runs = 0;
    let mut fail = async || {
        runs += 1;
        Err::<(), _>(Failure::Busy)
    };
    let refused = EACH_SECOND.retry_async(async || fail().await).on(|_| true).breaker(&breaker).call_local().await;
    assert_eq!(refused, Err(Failure::Busy));
    let refused = EACH_SECOND.retry_async(async || fail().await).on(|_| true).breaker(&breaker).call_local().await;
    assert_eq!(refused, Err(Failure::Refused));
    let limited = policy!(strategy = "constant", base = "1s", max = 9, deadline = "2500ms");
    let late: Result<(), RetryError<_>> =
        limited.retry_async(async || fail().await).on(|_| true).error_without_source().call_local().await;
    assert_eq!(late.map_err(|error| (error.attempts(), error.reason())), Err((3, StopReason::Deadline)));
    assert_eq!(runs, 4);
}

#[tokio::test]
async fn a_cancellation_ends_a_call_whose_attempts_borrow_or_have_a_state() {
    let stop = Cancellation::new();
    let mut runs = 0;
    let operation = async || {
        runs += 1;
        Err::<(), _>(Busy)
    };
    let call = EACH_SECOND.retry_async(operation).cancel(&stop).notify(|_| stop.cancel()).error().call_local();
    assert_eq!(call.await.map_err(|error| error.reason()), Err(StopReason::Cancelled));
    assert_eq!(runs, 1);
    let operation = async |runs: u32| (runs + 1, Err::<(), _>(runs + 1));
    assert_eq!(EACH_SECOND.retry_async_with(0, operation).on(|_| true).cancel(&stop).await, Err(1));
}

#[tokio::test]
async fn two_closures_over_one_connection_in_a_select() {
    /// Two halves of a connection, each changed by its own calls.
    #[derive(Default)]
    struct Halves {
        reads: u32,
        writes: u32,
    }
    let mut connection = Halves::default();
    for _ in 0..3 {
        let Halves { reads, writes } = &mut connection;
        let reading = EACH_SECOND.retry_async(async || {
            *reads += 1;
            pending::<Result<(), Busy>>().await
        });
        let writing = AT_ONCE.retry_async(async || {
            *writes += 1;
            yield_now().await;
            if *writes % 3 == 0 { Ok(*writes) } else { Err(Busy) }
        });
        tokio::select! {
            read = reading.call_local() => panic!("{read:?}"),
            written = writing.call_local() => assert!(written.is_ok()),
        }
    }
    assert_eq!((connection.reads, connection.writes), (3, 9));
    // By a shared reference both change the whole of it.
    let both = tokio::sync::Mutex::new(Connection::default());
    let (one, other) = tokio::join!(
        AT_ONCE.retry_async(async || both.lock().await.send("frame").await),
        AT_ONCE.retry_async(async || both.lock().await.send("frame").await),
    );
    assert!(one.is_ok() && other.is_ok());
    assert_eq!(both.into_inner().sent, frames(4));
}

#[tokio::test]
async fn a_call_whose_attempts_borrow_is_a_task_of_its_thread() {
    let tasks = tokio::task::LocalSet::new();
    let task = tasks.run_until(async {
        tokio::task::spawn_local(async {
            let mut connection = Connection::default();
            AT_ONCE.retry_async(async || connection.send("frame").await).call_local().await
        })
        .await
    });
    assert_eq!(task.await.unwrap(), Ok(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_with_a_state_are_tasks_of_any_thread() {
    let tasks = (0..20).map(|task| {
        tokio::spawn(async move {
            let (mut connection, frame) = (Connection::default(), "frame".to_owned());
            // A state that is owned, one that is borrowed, and a `&mut self`.
            let owned = AT_ONCE.retry_async_with((Connection::default(), task), |(mut connection, task)| async move {
                let sent = connection.send("frame").await.map(|_| task);
                ((connection, task), sent)
            });
            let borrowed = AT_ONCE.retry_async_with(&mut connection, |connection| async {
                let sent = connection.send(&frame).await;
                (connection, sent)
            });
            let (owned, borrowed) = (owned.await, borrowed.await);
            (owned, borrowed, connection.send_reliably(&frame).await, connection.sent.len())
        })
    });
    for (number, task) in tasks.enumerate() {
        assert_eq!(task.await.unwrap(), (Ok(number), Ok(3), Ok(4), 4));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_change_nothing_are_tasks_of_any_thread() {
    type Attempt = Pin<Box<dyn Future<Output = Result<u32, Busy>> + Send>>;

    async fn fetch(runs: &Runs) -> Result<u32, Busy> {
        yield_now().await;
        runs.fail_twice()
    }
    async fn wrapped<F: Future<Output = Result<u32, Busy>>>(operation: impl FnMut() -> F) -> Result<u32, Busy> {
        AT_ONCE.retry_async(operation).await
    }
    let task = tokio::spawn(async {
        let runs = [const { Runs::new() }; 5];
        let mut changed = 0;
        let by_reference = AT_ONCE.retry_async(|| fetch(&runs[0])).await;
        let by_block = AT_ONCE.retry_async(|| async { fetch(&runs[1]).await }).await;
        let by_async_closure = AT_ONCE.retry_async(async || fetch(&runs[2]).await).await;
        let with_a_count = AT_ONCE
            .retry_async(|| {
                changed += 1;
                fetch(&runs[3])
            })
            .await;
        let boxed: Box<dyn FnMut() -> Attempt + Send> = Box::new(|| Box::pin(async { Ok(3) }));
        let of_a_caller = (wrapped(|| fetch(&runs[4])).await, AT_ONCE.retry_async(boxed).await);
        ((by_reference, by_block), (by_async_closure, with_a_count), of_a_caller, changed)
    });
    let all = (Ok(3), Ok(3));
    assert_eq!(task.await.unwrap(), (all.clone(), all.clone(), all, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_whose_errors_borrow_are_tasks_of_any_thread() {
    async fn fetch(key: &str) -> Result<u32, &'static str> {
        yield_now().await;
        if key.is_empty() { Ok(1) } else { Err("busy") }
    }
    let task = tokio::spawn(async {
        let (key, count) = (String::from("key"), &mut 0);
        let plain = AT_ONCE.retry_async(|| fetch(&key)).on(|error| *error == "busy").notify(|_| {}).await;
        let stating = AT_ONCE.retry_async_with(count, |count| async {
            *count += 1;
            let fetched = fetch(&key).await.map(|_| *count);
            (count, fetched)
        });
        (plain, stating.on(|error| *error == "busy").error_without_source().await.map_err(|error| error.attempts()))
    });
    assert_eq!(task.await.unwrap(), (Err("busy"), Err(4)));
}

#[tokio::test]
async fn a_state_goes_from_attempt_to_attempt_with_each_key() {
    let paused = testing::pause();
    let budget = Budget::builder().capacity(10).reserve(0.0).build().unwrap();
    let breaker = CircuitBreaker::consecutive(3);
    let mut notified = 0;
    let error = EACH_SECOND
        .retry_async_with(vec![0], |mut seen| async move {
            seen.push(seen.len());
            let result = if seen.len() == 3 { Ok(seen.clone()) } else { Err(seen.clone()) };
            (seen, result)
        })
        .on(|_| true)
        .on_value(|_| true)
        .budget(&budget)
        .breaker(&breaker)
        .notify(|_| notified += 1)
        .name("state")
        .error_without_source()
        .history(9)
        .await
        .unwrap_err();
    assert_eq!((error.attempts(), error.reason(), notified), (4, StopReason::MaxAttempts, 3));
    assert_eq!(error.into_last(), Some(vec![0, 1, 2, 3, 4]));
    assert_eq!((paused.slept(), 10 - budget.balance()), (vec![SECOND; 3], 3));
    let plain = AT_ONCE.retry_async_with(0, async |count| (count + 1, Plain(count))).on_value(|count| *count < 2);
    assert_eq!(plain.await, 2);
    let found = AT_ONCE.retry_async_with(0, async |count| (count + 1, (count == 2).then_some(count))).on(any_error);
    assert_eq!(found.await, Some(2));
}

#[test]
fn a_state_is_dropped_with_its_call_at_any_poll() {
    fn call(state: Alive) -> impl Future<Output = Result<(), Busy>> {
        let operation = |state: Alive| async move {
            After::new(2, &state).await;
            (state, Err(Busy))
        };
        EACH_SECOND.retry_async_with(state, operation).sleep(|_| After::new(2, &Alive::default())).call()
    }
    let alive = Alive::default();
    let whole = {
        let mut future = pin!(call(alive.clone()));
        (1..100).find(|_| poll_times(future.as_mut(), 1).is_some()).expect("the call ends")
    };
    assert!(whole > 10, "{whole} polls");
    for polled in 0..whole {
        let mut future = Box::pin(call(alive.clone()));
        assert!(poll_times(future.as_mut(), polled).is_none());
        assert!(Arc::strong_count(&alive) > 1, "{polled}");
        drop(future);
        assert_eq!(Arc::strong_count(&alive), 1, "{polled}");
    }
    // So is one whose attempt panics, and no attempt follows.
    let runs = Runs::new();
    {
        let operation = async |state: Alive| -> (Alive, Result<(), Busy>) {
            assert_eq!(runs.next(), 0, "attempt");
            (state, Ok(()))
        };
        let mut future = pin!(AT_ONCE.retry_async_with(alive.clone(), operation).call());
        for _ in 0..2 {
            assert!(catch_unwind(AssertUnwindSafe(|| poll_times(future.as_mut(), 1))).is_err());
        }
    }
    assert_eq!((Arc::strong_count(&alive), runs.count()), (1, 1));
}

#[test]
fn a_call_whose_attempts_borrow_is_dropped_at_any_poll() {
    async fn call(alive: &Alive, count: &mut u32) -> Result<(), Busy> {
        EACH_SECOND
            .retry_async(async || {
                *count += 1;
                After::new(1, alive).await;
                Err(Busy)
            })
            .sleep(|_| After::new(1, alive))
            .call_local()
            .await
    }
    let alive = Alive::default();
    for polled in 0..8 {
        let mut count = 0;
        {
            let mut future = pin!(call(&alive, &mut count));
            assert!(poll_times(future.as_mut(), polled).is_none(), "{polled}");
        }
        assert_eq!((Arc::strong_count(&alive), count), (1, polled.div_ceil(2)));
    }
}

#[test]
fn a_success_with_a_state_or_a_borrow_reads_no_clock() {
    let _forbidden = testing::forbid();
    let mut context = Context::from_waker(Waker::noop());
    let mut count = 0;
    {
        let mut borrowing = pin!(
            AT_ONCE
                .retry_async(async || {
                    count += 1;
                    Ok::<_, Busy>(count)
                })
                .call_local()
        );
        assert!(borrowing.as_mut().poll(&mut context).is_ready());
    }
    let stating = AT_ONCE.retry_async_with(&mut count, async |count| (count, Ok::<(), Busy>(())));
    assert!(pin!(stating.call()).poll(&mut context).is_ready());
}
