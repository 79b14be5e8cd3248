//! Futures that are dropped, and functions that are unwound, at any point: nothing stays behind.

use crate::support::liveness::{After, Alive, Failure};
use crate::support::polling::poll_times;
use crate::support::runs::Runs;
use reattempt::breaker::State;
use reattempt::{Budget, CircuitBreaker, retry};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

/// The place at which a function panics.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bomb {
    Nowhere,
    Body(u32),
    Classifier(u32),
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
    judged: Runs,
    naps: Alive,
    locals: Alive,
    bomb: Bomb,
    is_failing: AtomicBool,
}

const TOKENS: u32 = 50;

impl World {
    fn new(bomb: Bomb) -> Self {
        Self {
            breaker: CircuitBreaker::builder().consecutive(1000).cool_down(Duration::from_secs(1)).build().unwrap(),
            budget: Budget::builder().capacity(TOKENS).reserve(0.0).build().unwrap(),
            runs: Runs::new(),
            judged: Runs::new(),
            naps: Alive::default(),
            locals: Alive::default(),
            bomb,
            is_failing: AtomicBool::new(true),
        }
    }

    fn pause(&self, polls: u32) -> After {
        After::new(polls, &self.naps)
    }

    /// Returns the sleeper between attempts, and for time-outs.
    fn nap(&self, delay: Duration) -> After {
        assert!(self.bomb != Bomb::Sleeper, "sleeper");
        // A time-out takes longer than what the attempts that succeed have to wait.
        self.pause(if delay == Duration::from_secs(9) { 5 } else { 2 })
    }

    fn is_transient(&self, error: &Failure) -> bool {
        let judged = self.judged.next();
        assert!(self.bomb != Bomb::Classifier(judged), "classifier");
        *error != Failure::Gone
    }

    fn is_rejected(&self, value: u32) -> bool {
        assert!(self.bomb != Bomb::ValueClassifier, "classifier of values");
        value == 0
    }

    fn hear(&self) {
        assert!(self.bomb != Bomb::Notify, "notify");
    }

    fn recovered(&self) -> u32 {
        assert!(self.bomb != Bomb::Recover, "recover");
        77
    }

    #[retry(
        strategy = "constant", base = "1s", max = 6, timeout = "9s", sleep = |delay| self.nap(delay), clone(payload),
        attempt = attempt, breaker = self.breaker, budget = self.budget, on = |error| self.is_transient(error),
        on_value = |value| self.is_rejected(*value), notify = |_| self.hear(), recover = |_| Ok(self.recovered())
    )]
    async fn call(&self, payload: Alive) -> Result<u32, Failure> {
        let run = self.runs.next();
        assert!(attempt.number() <= run);
        let mut held = vec![payload];
        self.pause(1).await;
        assert!(self.bomb != Bomb::Body(run), "body");
        held.push(self.locals.clone());
        self.pause(1).await;
        match run {
            // An error, an attempt that never ends, a value that is not good enough.
            1 => Err(Failure::Busy),
            2 => {
                self.pause(u32::MAX).await;
                Ok(0)
            }
            3 => Ok(0),
            _ if self.is_failing.load(Relaxed) => Err(Failure::Gone),
            run => Ok(run),
        }
    }

    /// Checks that nothing of a call is alive any more.
    #[track_caller]
    fn check_clean(&self) {
        assert_eq!(Arc::strong_count(&self.naps), 1, "timers");
        assert_eq!(Arc::strong_count(&self.locals), 1, "locals and arguments");
        let spent = TOKENS - self.budget.balance();
        assert!(spent <= 5, "{spent} tokens");
    }
}

/// Returns the number of polls of a whole call.
fn polls(world: &World) -> u32 {
    let mut future = pin!(world.call(world.locals.clone()));
    (1..1_000).find(|_| poll_times(future.as_mut(), 1).is_some()).expect("the call ends")
}

#[test]
fn a_future_that_is_dropped_at_any_await_leaves_nothing() {
    let world = World::new(Bomb::Nowhere);
    let whole = polls(&world);
    assert_eq!(world.runs.count(), 4, "an error, a time-out, a rejected value and the end");
    assert!(whole > 12, "{whole} polls");
    world.check_clean();
    for polled in 0..whole {
        let world = World::new(Bomb::Nowhere);
        {
            let mut future = pin!(world.call(world.locals.clone()));
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
fn the_place_of_a_probe_that_is_dropped_at_any_await_is_free_again() {
    let whole = polls(&World::new(Bomb::Nowhere));
    for polled in 0..whole {
        let paused = reattempt::testing::pause();
        let world = World::new(Bomb::Nowhere);
        // Half-open, with one place.
        for _ in 0..1000 {
            world.breaker.acquire().unwrap().failure();
        }
        paused.advance(Duration::from_secs(2));
        {
            let mut future = pin!(world.call(world.locals.clone()));
            let _ = poll_times(future.as_mut(), polled);
        }
        // Its own failure may have opened it again; once it has cooled down the place is there.
        paused.advance(Duration::from_secs(2));
        let probe = world.breaker.acquire();
        assert!(probe.is_ok(), "{polled}: {probe:?}");
        assert!(world.breaker.acquire().is_err() || world.breaker.state() == State::Closed, "{polled}");
        drop(probe);
        world.check_clean();
    }
}

#[test]
fn a_panic_anywhere_passes_through_and_leaves_nothing() {
    let bombs = [
        (Bomb::Body(1), "body"),
        (Bomb::Body(2), "body"),
        (Bomb::Body(4), "body"),
        (Bomb::Classifier(1), "classifier"),
        (Bomb::Classifier(2), "classifier"),
        (Bomb::ValueClassifier, "classifier of values"),
        (Bomb::Notify, "notify"),
        (Bomb::Sleeper, "sleeper"),
        (Bomb::Recover, "recover"),
    ];
    for (bomb, message) in bombs {
        let world = World::new(bomb);
        let ended = catch_unwind(AssertUnwindSafe(|| {
            let mut future = pin!(world.call(world.locals.clone()));
            poll_times(future.as_mut(), 1_000)
        }));
        let panic = ended.expect_err("it panics");
        assert_eq!(panic.downcast_ref::<&str>(), Some(&message), "{bomb:?}");
        world.check_clean();
        // The next call is not affected.
        let world = World { bomb: Bomb::Nowhere, ..world };
        world.is_failing.store(false, Relaxed);
        let mut future = pin!(world.call(world.locals.clone()));
        assert!(matches!(poll_times(future.as_mut(), 1_000), Some(Ok(_))), "{bomb:?}");
    }
}

#[test]
fn a_panic_of_a_probe_counts_as_a_failure_and_gives_its_place_back() {
    #[retry(strategy = "immediate", breaker = breaker, on = reattempt::any_error)]
    fn call(breaker: &CircuitBreaker, answer: fn() -> u32) -> Result<u32, Failure> {
        Ok(answer())
    }
    let paused = reattempt::testing::pause();
    let breaker = CircuitBreaker::builder().consecutive(2).cool_down(Duration::from_secs(1)).build().unwrap();
    let panics = || catch_unwind(AssertUnwindSafe(|| call(&breaker, || panic!("body")))).is_err();
    assert!(panics());
    assert_eq!(breaker.state(), State::Closed);
    assert!(panics());
    assert_eq!(breaker.state(), State::Open);
    paused.advance(Duration::from_secs(1));
    assert!(panics(), "the probe runs");
    assert_eq!(breaker.state(), State::Open);
    paused.advance(Duration::from_secs(1));
    assert_eq!(call(&breaker, || 7), Ok(7));
    assert_eq!(breaker.state(), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn no_task_is_left_behind() {
    #[retry(max = 9, timeout = "1s", on = reattempt::any_error)]
    async fn call(runs: &Runs) -> Result<u32, Failure> {
        runs.next();
        std::future::pending().await
    }
    let runs = Runs::new();
    assert!(tokio::time::timeout(Duration::from_secs(2), call(&runs)).await.is_err());
    assert!(runs.count() >= 1);
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), 0);
}
