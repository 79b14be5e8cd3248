//! Calls of closures that are dropped or unwound at any point: nothing stays behind.

use crate::support::liveness::{After, Alive, Failure};
use crate::support::polling::poll_times;
use crate::support::runs::Runs;
use reattempt::breaker::State;
use reattempt::{Budget, CircuitBreaker, Policy, policy, testing};
use std::future::{Future, IntoFuture, Pending, pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

const TOKENS: u32 = 50;
const TIMEOUT: Duration = Duration::from_secs(9);
const POLICY: Policy = policy!(strategy = "constant", base = "1s", max = 6);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Bomb {
    Nowhere,
    /// In the closure that makes the attempt's future.
    Operation(u32),
    Attempt(u32),
    Classifier,
    ValueClassifier,
    Notify,
    Sleeper,
    Recover,
}

/// The state that calls share, to check that a call leaves nothing behind.
struct World {
    breaker: CircuitBreaker,
    budget: Budget,
    runs: Runs,
    naps: Alive,
    locals: Alive,
    bomb: Bomb,
}

impl World {
    fn new(bomb: Bomb) -> Self {
        Self {
            breaker: CircuitBreaker::builder().consecutive(1000).cool_down(Duration::from_secs(1)).build().unwrap(),
            budget: Budget::builder().capacity(TOKENS).reserve(0.0).build().unwrap(),
            runs: Runs::new(),
            naps: Alive::default(),
            locals: Alive::default(),
            bomb,
        }
    }

    /// Returns an error, an attempt that never ends, a value that is not good enough, and an error that is permanent.
    fn call(&self) -> impl Future<Output = Result<u32, Failure>> + use<'_> {
        POLICY
            .retry_async(move || {
                let run = self.runs.next();
                assert!(self.bomb != Bomb::Operation(run), "operation");
                let held = self.locals.clone();
                async move {
                    After::new(1, &held).await;
                    assert!(self.bomb != Bomb::Attempt(run), "attempt");
                    After::new(if run == 2 { u32::MAX } else { 1 }, &held).await;
                    match run {
                        1 => Err(Failure::Busy),
                        2 | 3 => Ok(0),
                        _ => Err(Failure::Gone),
                    }
                }
            })
            .on(move |error| {
                assert!(self.bomb != Bomb::Classifier, "classifier");
                *error == Failure::Busy
            })
            .on_value(move |value| {
                assert!(self.bomb != Bomb::ValueClassifier, "classifier of values");
                *value == 0
            })
            .notify(move |_| assert!(self.bomb != Bomb::Notify, "notify"))
            .timeout(TIMEOUT)
            .breaker(&self.breaker)
            .budget(&self.budget)
            .sleep(move |delay| {
                assert!(self.bomb != Bomb::Sleeper || delay == TIMEOUT, "sleeper");
                After::new(if delay == TIMEOUT { 5 } else { 2 }, &self.naps)
            })
            .recover(move |_| {
                assert!(self.bomb != Bomb::Recover, "recover");
                Ok(77)
            })
            .into_future()
    }

    #[track_caller]
    fn check_clean(&self) {
        assert_eq!(Arc::strong_count(&self.naps), 1, "timers");
        assert_eq!(Arc::strong_count(&self.locals), 1, "locals");
    }
}

fn polls(world: &World) -> u32 {
    let mut future = pin!(world.call());
    (1..1_000).find(|_| poll_times(future.as_mut(), 1).is_some()).expect("the call ends")
}

#[test]
fn a_call_that_is_dropped_at_any_poll_leaves_nothing() {
    let world = World::new(Bomb::Nowhere);
    let whole = polls(&world);
    assert_eq!((world.runs.count(), TOKENS - world.budget.balance()), (4, 3));
    assert!(whole > 12, "{whole} polls");
    world.check_clean();
    for polled in 0..whole {
        let world = World::new(Bomb::Nowhere);
        {
            let mut future = pin!(world.call());
            assert!(poll_times(future.as_mut(), polled).is_none(), "ready after {polled} polls");
        }
        world.check_clean();
        // A sleep that was cancelled keeps its token spent: a retry for each run but the first, and one for the sleep under way.
        let spent = TOKENS - world.budget.balance();
        let retries = world.runs.count().saturating_sub(1);
        assert!(spent == retries || spent == retries + 1, "{spent} tokens for {retries} retries");
    }
}

#[test]
fn the_place_of_a_probe_that_is_dropped_at_any_poll_is_free_again() {
    for polled in 0..polls(&World::new(Bomb::Nowhere)) {
        let paused = testing::pause();
        let world = World::new(Bomb::Nowhere);
        for _ in 0..1000 {
            world.breaker.acquire().unwrap().failure();
        }
        paused.advance(Duration::from_secs(2));
        {
            let mut future = pin!(world.call());
            let _ = poll_times(future.as_mut(), polled);
        }
        paused.advance(Duration::from_secs(2));
        assert!(world.breaker.acquire().is_ok(), "{polled}");
        world.check_clean();
    }
}

#[test]
fn a_panic_anywhere_passes_through_and_the_call_is_over() {
    let bombs = [
        (Bomb::Operation(1), "operation"),
        (Bomb::Operation(2), "operation"),
        (Bomb::Attempt(1), "attempt"),
        (Bomb::Attempt(4), "attempt"),
        (Bomb::Classifier, "classifier"),
        (Bomb::ValueClassifier, "classifier of values"),
        (Bomb::Notify, "notify"),
        (Bomb::Sleeper, "sleeper"),
        (Bomb::Recover, "recover"),
    ];
    for (bomb, message) in bombs {
        let world = World::new(bomb);
        {
            let mut future = pin!(world.call());
            let ended = catch_unwind(AssertUnwindSafe(|| poll_times(future.as_mut(), 1_000)));
            let panic = ended.expect_err("it panics");
            assert_eq!(panic.downcast_ref::<&str>(), Some(&message), "{bomb:?}");
            // No attempt follows.
            let runs = world.runs.count();
            assert!(catch_unwind(AssertUnwindSafe(|| poll_times(future.as_mut(), 1))).is_err(), "{bomb:?}");
            assert_eq!(world.runs.count(), runs, "{bomb:?}");
        }
        world.check_clean();
    }
}

#[test]
fn the_breaker_takes_a_panic_for_a_failure_as_it_passes() {
    async fn panics() -> Option<()> {
        panic!("attempt")
    }
    const ONCE: Policy = policy!(strategy = "immediate");
    let _paused = testing::pause();
    let breaker = CircuitBreaker::builder().consecutive(2).cool_down(Duration::from_secs(1)).build().unwrap();
    let sync = || ONCE.retry(|| -> Option<()> { panic!("attempt") }).on(|_| true).breaker(&breaker).call();
    assert!(catch_unwind(AssertUnwindSafe(sync)).is_err());
    assert_eq!(breaker.state(), State::Closed);
    let mut future = pin!(ONCE.retry_async(panics).on(|_| true).breaker(&breaker).into_future());
    assert!(catch_unwind(AssertUnwindSafe(|| poll_times(future.as_mut(), 1))).is_err());
    // Before the future is dropped, since its owner may drop it after the unwinding.
    assert_eq!(breaker.state(), State::Open);
    breaker.reset();
    // What makes the future is a part of the attempt, and so is each poll where it is borrowed.
    let making = || -> Pending<Option<()>> { panic!("attempt") };
    let mut future = pin!(ONCE.retry_async(making).on(|_| true).breaker(&breaker).into_future());
    assert!(catch_unwind(AssertUnwindSafe(|| poll_times(future.as_mut(), 1))).is_err());
    let mut future = pin!(ONCE.retry_async(async || panics().await).on(|_| true).breaker(&breaker).call_local());
    assert!(catch_unwind(AssertUnwindSafe(|| poll_times(future.as_mut(), 1))).is_err());
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn a_call_that_is_polled_after_its_end_panics_and_runs_no_attempt() {
    let runs = Runs::new();
    let mut future = pin!(POLICY.retry_async(|| async { runs.fail_twice() }).on(|_| false).into_future());
    assert!(poll_times(future.as_mut(), 1).is_some());
    assert!(catch_unwind(AssertUnwindSafe(|| poll_times(future.as_mut(), 1))).is_err());
    assert_eq!(runs.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_task_is_left_behind() {
    let call = POLICY.retry_async(pending::<Result<u32, Failure>>).on(|_| true).timeout(Duration::from_secs(1));
    assert!(tokio::time::timeout(Duration::from_secs(2), call).await.is_err());
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
}
