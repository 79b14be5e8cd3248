//! The key `timeout`: time for one attempt.

use crate::support::polling::{finished, poll_once};
use crate::support::runs::Runs;
use reattempt::testing;
use reattempt::{Failure, Policy, RetryError, StopReason, TimedOut, policy, retry};
use std::cell::Cell;
use std::future::{IntoFuture, pending};
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);

/// Sets its cell when it is dropped.
struct Dropped<'a>(&'a Cell<u32>);

impl Drop for Dropped<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_attempt_is_dropped_when_its_time_is_up_and_that_is_transient() {
    #[retry(strategy = "constant", base = "1s", timeout = "2s", on = |_: &io::Error| false)]
    async fn call(runs: &Runs, dropped: &Cell<u32>) -> io::Result<u32> {
        let _guard = Dropped(dropped);
        if runs.next() < 3 {
            pending::<()>().await;
        }
        Ok(runs.count())
    }
    let (runs, dropped) = (Runs::default(), Cell::new(0));
    let began = Instant::now();
    assert_eq!(call(&runs, &dropped).await.unwrap(), 3);
    assert_eq!((runs.count(), dropped.get()), (3, 3));
    // Two attempts of 2 s and two delays of 1 s.
    assert_eq!(began.elapsed().as_secs(), 6);
}

#[tokio::test(start_paused = true)]
async fn the_last_time_out_becomes_an_error_of_the_functions_own() {
    #[derive(Debug, PartialEq)]
    struct NoAnswer(Duration);
    impl From<TimedOut> for NoAnswer {
        fn from(timed_out: TimedOut) -> Self {
            Self(timed_out.limit())
        }
    }
    #[retry(strategy = "immediate", timeout = "2s", on = |_: &NoAnswer| false)]
    async fn own() -> Result<u32, NoAnswer> {
        pending().await
    }
    assert_eq!(own().await, Err(NoAnswer(2 * SECOND)));

    #[retry(strategy = "immediate", timeout = "2s")]
    async fn call(runs: &Runs) -> io::Result<u32> {
        runs.next();
        pending().await
    }
    let runs = Runs::default();
    let error = call(&runs).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(error.to_string(), "no answer within 2.0 s");
    assert_eq!(runs.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_last_time_out_is_none_for_an_option() {
    #[retry(strategy = "immediate", timeout = "2s", on = |_| false, on_value = |value| *value < 2)]
    async fn call(runs: &Runs) -> Option<u32> {
        if runs.next() == 2 {
            pending::<()>().await;
        }
        Some(1)
    }
    let runs = Runs::default();
    // A value that is not good enough, a time-out, a value that is not good enough and stays.
    assert_eq!(call(&runs).await, Some(1));
    assert_eq!(runs.count(), 3);

    #[retry(strategy = "immediate", timeout = "2s", on = |_| false)]
    async fn hung(runs: &Runs) -> Option<u32> {
        runs.next();
        pending().await
    }
    assert_eq!(hung(&runs).await, None);
    assert_eq!(runs.count(), 6);
}

#[tokio::test(start_paused = true)]
async fn a_retry_error_tells_of_time_outs() {
    #[retry(strategy = "constant", base = "1s", max = 2, timeout = "2s", history = 2, on = reattempt::any_error)]
    async fn call() -> Result<u32, RetryError<String>> {
        pending().await
    }
    let error = call().await.unwrap_err();
    assert_eq!((error.attempts(), error.reason(), error.last()), (2, StopReason::MaxAttempts, None));
    assert_eq!(error.to_string(), "gave up after 2 attempts in 5.0 s, no attempts left: the attempt timed out");
    assert!(error.history().all(|past| matches!(past.failure(), Failure::TimedOut)));
    assert_eq!(error.history().count(), 2);
}

#[tokio::test(start_paused = true)]
async fn with_a_deadline_each_attempt_gets_what_is_left() {
    #[retry(strategy = "constant", base = "1s", max = "unlimited", deadline = "5s", timeout = "2s", on = reattempt::any_error)]
    async fn call() -> Result<u32, RetryError<String>> {
        pending().await
    }
    let began = Instant::now();
    let error = call().await.unwrap_err();
    // Attempts from 0 to 2 s and from 3 to 5 s, where the deadline is: it bounds the whole call.
    assert_eq!((error.attempts(), error.reason()), (2, StopReason::Deadline));
    assert_eq!(began.elapsed().as_secs(), 5);

    #[retry(strategy = "constant", base = "1s", max = "unlimited", deadline = "4s", timeout = "3s", on = reattempt::any_error)]
    async fn cut() -> Result<u32, RetryError<String>> {
        sleep(2 * SECOND).await;
        Err("slow".to_owned())
    }
    let began = Instant::now();
    let error = cut().await.unwrap_err();
    // The second attempt begins at 3 s and has 1 s left.
    assert!(matches!(error.history().last().unwrap().failure(), Failure::TimedOut));
    assert_eq!(began.elapsed().as_secs(), 4);
}

#[test]
fn an_attempt_that_does_not_wait_needs_no_timer() {
    #[retry(strategy = "immediate", timeout = "2s", on = reattempt::any_error)]
    async fn call(runs: &Runs) -> Result<u32, io::Error> {
        if runs.next() < 2 { Err(io::ErrorKind::Other.into()) } else { Ok(1) }
    }
    // Outside of a runtime, where setting a timer would panic.
    let runs = Runs::default();
    let mut future = pin!(call(&runs));
    assert!(poll_once(future.as_mut()).is_pending(), "a delay of zero yields once");
    assert!(matches!(poll_once(future.as_mut()), Poll::Ready(Ok(1))));
}

#[tokio::test(start_paused = true)]
async fn a_sleeper_of_ones_own_times_attempts_too() {
    #[retry(strategy = "immediate", timeout = limit, sleep = |delay| sleep(delay * 10), on = reattempt::any_error)]
    async fn call(limit: Duration) -> Result<u32, RetryError<String>> {
        pending().await
    }
    let began = Instant::now();
    assert_eq!(call(SECOND).await.unwrap_err().attempts(), 3);
    assert_eq!(began.elapsed().as_secs(), 30);
}

#[test]
fn paused_time_moves_the_timer_where_the_body_moves_the_time() {
    let paused = testing::pause();
    #[retry(strategy = "constant", base = "1s", timeout = "2s", on = reattempt::any_error)]
    async fn call(runs: &Runs, paused: &testing::Paused) -> Result<u32, RetryError<String>> {
        if runs.next() < 3 {
            yields(|| paused.advance(2 * SECOND)).await;
        }
        Ok(runs.count())
    }
    let runs = Runs::default();
    assert_eq!(finished(call(&runs, &paused)).unwrap(), 3);
    assert_eq!(paused.slept(), [SECOND, SECOND]);
}

/// Works without a pause, and then waits; each takes this long on the paused clock.
async fn work_and_wait(paused: &testing::Paused, work: Duration, wait: Duration) {
    paused.advance(work);
    let mut has_waited = false;
    std::future::poll_fn(|_| {
        if has_waited {
            return Poll::Ready(());
        }
        has_waited = true;
        paused.advance(wait);
        Poll::Pending
    })
    .await;
}

#[test]
fn the_time_of_an_attempt_begins_with_the_work_before_its_first_wait() {
    const WORK: Duration = Duration::from_millis(40);
    #[retry(strategy = "immediate", max = 2, timeout = "50ms", on = reattempt::any_error)]
    async fn call(paused: &testing::Paused, wait: Duration) -> Result<(), RetryError<String>> {
        work_and_wait(paused, WORK, wait).await;
        Ok(())
    }
    let paused = testing::pause();
    let error = finished(call(&paused, WORK)).unwrap_err();
    assert!(error.last().is_none(), "{error}");
    assert_eq!(error.elapsed(), 4 * WORK);
    assert!(finished(call(&paused, Duration::from_millis(9))).is_ok());

    // An attempt that has worked for longer than its time is dropped when it would wait, and needs no timer.
    #[retry(strategy = "immediate", max = 1, timeout = "50ms", sleep = never, on = reattempt::any_error)]
    async fn busy(paused: &testing::Paused) -> Option<()> {
        work_and_wait(paused, 2 * WORK, Duration::ZERO).await;
        Some(())
    }
    async fn never(_: Duration) {
        panic!("a timer was set");
    }
    assert_eq!(finished(busy(&paused)), None);
}

#[test]
fn a_sleeper_of_ones_own_gets_the_time_that_is_left() {
    #[retry(max = 1, timeout = "5s", sleep = |left| { asked.set(left); pending::<()>() }, on = reattempt::any_error)]
    async fn call(paused: &testing::Paused, asked: &Cell<Duration>) -> Option<()> {
        work_and_wait(paused, 2 * SECOND, Duration::ZERO).await;
        Some(())
    }
    let (paused, asked) = (testing::pause(), Cell::default());
    assert_eq!(finished(call(&paused, &asked)), Some(()));
    assert_eq!(asked.get(), 3 * SECOND);
}

#[test]
fn with_a_deadline_work_counts_too_and_the_whole_call_is_bounded() {
    #[retry(
        strategy = "constant",
        base = "1s",
        max = "unlimited",
        deadline = "10s",
        timeout = "4s",
        attempt = attempt,
        on = reattempt::any_error
    )]
    async fn call(paused: &testing::Paused, left: &Cell<Duration>) -> Result<(), RetryError<String>> {
        let before = attempt.remaining();
        paused.advance(SECOND);
        left.set(attempt.remaining().unwrap());
        assert_eq!(before, Some(left.get() + SECOND));
        yields(|| paused.advance(SECOND)).await;
        Ok(())
    }
    let (paused, left) = (testing::pause(), Cell::default());
    let error = finished(call(&paused, &left)).unwrap_err();
    // Attempts from 0 to 4 s and from 5 to 9 s; the next one would begin at the deadline.
    assert_eq!((error.attempts(), error.elapsed(), error.reason()), (2, 9 * SECOND, StopReason::Deadline));
    assert_eq!(left.get(), 4 * SECOND);
}

#[test]
fn the_time_of_a_closures_attempt_begins_before_it_makes_its_future() {
    let paused = testing::pause();
    let policy = policy!(strategy = "immediate", max = 2, deadline = "10s");
    let call = |work: Duration, wait: Duration| {
        let operation = move |paused| {
            let paused: &testing::Paused = paused;
            paused.advance(work);
            async move {
                work_and_wait(paused, work, wait).await;
                Some(())
            }
        };
        let paused = &paused;
        finished(
            policy.retry_async(move || operation(paused)).on(reattempt::any_error).timeout(5 * SECOND).into_future(),
        )
    };
    assert_eq!(call(2 * SECOND, SECOND / 2), Some(()));
    assert_eq!(call(2 * SECOND, 2 * SECOND), None);
    assert_eq!(call(3 * SECOND, Duration::ZERO), None);
}

/// Calls a function at each poll, and is never ready.
async fn yields(mut act: impl FnMut()) {
    std::future::poll_fn(|_| {
        act();
        Poll::<()>::Pending
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn boxed_methods_and_spawned_futures_can_be_timed() {
    #[async_trait::async_trait]
    trait Fetch {
        async fn fetch(&mut self) -> Result<u32, io::Error>;
    }
    struct Client(u32);
    #[async_trait::async_trait]
    impl Fetch for Client {
        #[retry(strategy = "immediate", timeout = "1s")]
        async fn fetch(&mut self) -> Result<u32, io::Error> {
            self.0 += 1;
            if self.0 < 3 {
                pending::<()>().await;
            }
            Ok(self.0)
        }
    }
    let fetched = tokio::spawn(async { Client(0).fetch().await }).await.unwrap();
    assert_eq!(fetched.unwrap(), 3);
}

#[tokio::test]
async fn the_longest_time_out_of_all_never_passes() {
    const LONGEST: Duration = Duration::MAX;
    const POLICY: Policy = policy!(strategy = "immediate");
    async fn work(paused: &testing::Paused) -> Option<u32> {
        for _ in 0..3 {
            tokio::task::yield_now().await;
            paused.advance(Duration::from_secs(86_400 * 365 * 50));
        }
        Some(7)
    }
    #[retry(timeout = { Duration::MAX }, on = |_| false)]
    async fn at_run_time(paused: &testing::Paused) -> Option<u32> {
        work(paused).await
    }
    #[retry(timeout = LONGEST, on = |_| false)]
    async fn constant(paused: &testing::Paused) -> Option<u32> {
        work(paused).await
    }
    let paused = testing::pause();
    assert_eq!(at_run_time(&paused).await, Some(7));
    assert_eq!(constant(&paused).await, Some(7));
    let by_closure = POLICY.retry_async(|| work(&paused)).on(|_| false).timeout(LONGEST).await;
    assert_eq!(by_closure, Some(7));
}
