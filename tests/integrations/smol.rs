//! Calls on smol's executor, with smol's timer, and without tokio.

use ::smol::{Timer, block_on, spawn};
use reattempt::{Cancellation, Policy, StopReason, any_error, policy, retry};
use std::future::pending;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const DELAY: Duration = Duration::from_millis(5);
const POLICY: Policy = policy!(strategy = "constant", base = "5ms");
const HOUR: Policy = policy!(strategy = "constant", base = "1h");

/// Fails twice.
fn answer(runs: &AtomicU32) -> Result<u32, &'static str> {
    let run = runs.fetch_add(1, Ordering::Relaxed) + 1;
    if run < 3 { Err("busy") } else { Ok(run) }
}

#[retry(policy = POLICY, sleep = Timer::after, on = any_error)]
async fn annotated(runs: &AtomicU32) -> Result<u32, &'static str> {
    answer(runs)
}

#[test]
fn a_function_sleeps_by_smols_timer() {
    let runs = AtomicU32::new(0);
    let began = Instant::now();
    assert_eq!(block_on(annotated(&runs)), Ok(3));
    assert!(began.elapsed() >= 2 * DELAY);
}

#[test]
fn a_closure_sleeps_by_smols_timer() {
    let runs = AtomicU32::new(0);
    let began = Instant::now();
    let call = async { POLICY.retry_async(async || answer(&runs)).on(any_error).sleep(Timer::after).await };
    assert_eq!(block_on(call), Ok(3));
    assert!(began.elapsed() >= 2 * DELAY);
}

#[test]
fn calls_may_be_spawned() {
    static RUNS: [AtomicU32; 2] = [AtomicU32::new(0), AtomicU32::new(0)];
    let function = spawn(annotated(&RUNS[0]));
    let closure = POLICY.retry_async(|| async { answer(&RUNS[1]) }).on(any_error).sleep(Timer::after);
    let closure = spawn(closure.into_future());
    assert_eq!(block_on(async { (function.await, closure.await) }), (Ok(3), Ok(3)));
}

#[test]
fn smols_timer_limits_an_attempt() {
    #[retry(strategy = "immediate", timeout = "5ms", sleep = Timer::after)]
    async fn hung(runs: &AtomicU32) -> io::Result<()> {
        runs.fetch_add(1, Ordering::Relaxed);
        pending().await
    }
    let runs = AtomicU32::new(0);
    assert_eq!(block_on(hung(&runs)).unwrap_err().kind(), io::ErrorKind::TimedOut);
    let closure = async {
        let hung = async || {
            runs.fetch_add(1, Ordering::Relaxed);
            pending::<Option<()>>().await
        };
        POLICY.retry_async(hung).on(any_error).timeout(DELAY).sleep(Timer::after).await
    };
    assert_eq!((block_on(closure), runs.load(Ordering::Relaxed)), (None, 6));
}

#[test]
fn a_cancellation_wakes_a_task_of_smol() {
    static STOP: Cancellation = Cancellation::new();
    let runs = AtomicU32::new(0);
    let error = block_on(async {
        let cancelling = spawn(async {
            Timer::after(DELAY).await;
            STOP.cancel();
        });
        let call = HOUR
            .retry_async(async || answer(&runs))
            .on(any_error)
            .sleep(Timer::after)
            .cancel(&STOP)
            .error_without_source();
        let failed = call.await;
        cancelling.await;
        failed.unwrap_err()
    });
    assert_eq!((error.reason(), error.attempts(), runs.load(Ordering::Relaxed)), (StopReason::Cancelled, 1, 1));
}
