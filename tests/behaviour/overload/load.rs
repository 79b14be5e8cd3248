//! Load: the number of requests to a server, from many calls that share a budget and a breaker.

use crate::support::runs::Runs;
use reattempt::breaker::State;
use reattempt::{BreakerOpen, Budget, CircuitBreaker, any_error, retry, testing};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// A server at which a part of the attempts fails at random, the same in each run.
struct Server {
    failing: f64,
    state: AtomicU64,
    attempts: AtomicU32,
}

impl Server {
    fn new(failing: f64) -> Self {
        Self { failing, state: AtomicU64::new(0x9e37_79b9_7f4a_7c15), attempts: AtomicU32::new(0) }
    }

    fn ask(&self) -> Option<()> {
        self.attempts.fetch_add(1, Relaxed);
        // Xorshift: good enough to be even, and always the same.
        let mut state = self.state.load(Relaxed);
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.state.store(state, Relaxed);
        let unit = f64::from(u32::try_from(state >> 32).unwrap()) / f64::from(u32::MAX);
        (unit >= self.failing).then_some(())
    }
}

#[retry(strategy = "immediate", max = 100, budget = budget, on = any_error)]
fn call(server: &Server, budget: &Budget) -> Option<()> {
    server.ask()
}

fn budget(ratio: f64, reserve: f64) -> Budget {
    Budget::builder().ratio(ratio).reserve(reserve).build().unwrap()
}

#[test]
fn with_everything_failing_ten_thousand_calls_send_the_first_fill_and_the_reserve_more() {
    let paused = testing::pause();
    let (server, budget) = (Server::new(1.1), budget(0.5, 1.0));
    for number in 0..10_000 {
        call(&server, &budget);
        if number % 100 == 0 {
            paused.advance(SECOND);
        }
    }
    let retries = server.attempts.load(Relaxed) - 10_000;
    assert!((199..=200).contains(&retries), "{retries} retries for 100 tokens and 100 seconds");
}

#[test]
fn drained_and_healthy_again_retries_come_back_without_a_restart() {
    let (down, up) = (Server::new(1.1), Server::new(0.0));
    let budget = budget(0.1, 0.0);
    for _ in 0..1_000 {
        call(&down, &budget);
    }
    assert_eq!((down.attempts.load(Relaxed), budget.balance()), (1_100, 0));
    for _ in 0..200 {
        call(&up, &budget);
    }
    assert_eq!(budget.balance(), 20);
    assert_eq!(call(&down, &budget), None);
    assert_eq!(down.attempts.load(Relaxed), 1_121);
}

#[test]
fn load_settles_where_successes_pay_for_it() {
    for ratio in [0.1, 0.5] {
        for failing in [0.2_f64, 0.4, 0.6, 0.8, 1.0] {
            // With fewer retries than tokens, the budget limits nothing.
            if failing / (1.0 - failing) < ratio {
                continue;
            }
            let (server, budget) = (Server::new(if failing < 1.0 { failing } else { 1.1 }), budget(ratio, 0.0));
            while budget.balance() > 0 {
                call(&Server::new(1.1), &budget);
            }
            let calls = 200_000;
            for _ in 0..calls {
                call(&server, &budget);
            }
            let found = f64::from(server.attempts.load(Relaxed)) / f64::from(calls);
            let expected = 1.0 / (1.0 - ratio * (1.0 - failing));
            let error = (found / expected - 1.0).abs();
            assert!(error < 0.02, "ratio {ratio}, failing {failing}: {found} attempts per call, not {expected}");
        }
    }
}

#[derive(Debug, PartialEq)]
enum Failure {
    Busy,
    Refused,
}

impl From<BreakerOpen> for Failure {
    fn from(_: BreakerOpen) -> Self {
        Self::Refused
    }
}

#[retry(strategy = "immediate", max = 1, breaker = breaker, on = any_error)]
fn guarded(breaker: &CircuitBreaker, body: impl Fn() -> Result<(), Failure>) -> Result<(), Failure> {
    body()
}

#[test]
fn a_hundred_threads_run_side_by_side_while_it_is_closed() {
    let (breaker, all) = (CircuitBreaker::consecutive(5), Barrier::new(100));
    thread::scope(|scope| {
        for _ in 0..100 {
            // None gets further until all are in their bodies.
            scope.spawn(|| {
                guarded(&breaker, || {
                    all.wait();
                    Ok(())
                })
            });
        }
    });
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_hundred_threads_at_half_open_run_just_as_many_bodies_as_there_are_probes() {
    let breaker =
        CircuitBreaker::builder().consecutive(1).cool_down(Duration::from_millis(1)).probes(7).build().unwrap();
    assert_eq!(guarded(&breaker, || Err(Failure::Busy)), Err(Failure::Busy));
    // Real time: the fake one belongs to a thread.
    while breaker.acquire().is_err() {
        thread::yield_now();
    }
    let (runs, over) = (Runs::new(), AtomicU32::new(0));
    thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| {
                let outcome = guarded(&breaker, || {
                    runs.next();
                    // Until all others have been refused.
                    while over.load(Relaxed) < 93 {
                        thread::yield_now();
                    }
                    Ok(())
                });
                if outcome == Err(Failure::Refused) {
                    over.fetch_add(1, Relaxed);
                }
            });
        }
    });
    assert_eq!((runs.count(), over.load(Relaxed)), (7, 93));
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn functions_that_share_a_breaker_and_a_budget_share_their_trouble() {
    static BUDGET: Budget = Budget::new().capacity(10).reserve(0.0);
    static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(6);
    #[retry(strategy = "immediate", max = 4, budget = BUDGET, breaker = BREAKER, on = any_error)]
    fn read() -> Result<(), Failure> {
        Err(Failure::Busy)
    }
    #[retry(strategy = "immediate", max = 4, budget = BUDGET, breaker = BREAKER, on = any_error)]
    async fn write() -> Result<(), Failure> {
        Err(Failure::Busy)
    }
    assert_eq!(read(), Err(Failure::Busy));
    assert_eq!(BUDGET.balance(), 7);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(write()), Err(Failure::Busy), "its second attempt is the sixth failure in a row");
    assert_eq!((BREAKER.state(), BUDGET.balance()), (State::Open, 6));
    assert_eq!(read(), Err(Failure::Refused));
}
