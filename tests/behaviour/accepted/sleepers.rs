//! Twins of `tests/ui/sleepers`: sleepers of the kind that the function needs.

use super::{MS, S};
use crate::support::runs::{Runs, thrice, thrice_async};
use reattempt::retry;
use std::cell::RefCell;
use std::time::Duration;

thread_local! {
    static SLEPT: RefCell<Vec<Duration>> = const { RefCell::new(Vec::new()) };
}

fn nap(delay: Duration) {
    SLEPT.with_borrow_mut(|slept| slept.push(delay));
}

fn nap_millis(millis: u64) {
    nap(Duration::from_millis(millis));
}

async fn nap_async(delay: Duration) {
    tokio::task::yield_now().await;
    nap(delay);
}

shared! {
    [async_sleeper_in_a_sync_function, quoted, closure_of_two_arguments] {
        #[retry(strategy = "constant", sleep = nap, on = reattempt::any_error)]
        fn call(runs: &Runs) -> Option<u32> {
            runs.fail_twice().ok()
        }
        assert_eq!(thrice(call), Some(3));
        assert_eq!(SLEPT.take(), [100 * MS, 100 * MS]);
    }
}

#[test]
fn sleeper_of_another_argument() {
    #[retry(
        strategy = "linear",
        base = "1s",
        sleep = |delay: Duration| nap_millis(delay.as_secs() * 1_000),
        on = reattempt::any_error
    )]
    fn call(runs: &Runs) -> Option<u32> {
        runs.fail_twice().ok()
    }
    assert_eq!(thrice(call), Some(3));
    assert_eq!(SLEPT.take(), [S, 2 * S]);
}

#[tokio::test(start_paused = true)]
async fn sync_sleeper_in_an_async_function() {
    #[retry(strategy = "constant", sleep = nap_async, on = reattempt::any_error)]
    async fn own(runs: &Runs) -> Option<u32> {
        runs.fail_twice().ok()
    }

    #[retry(strategy = "constant", sleep = tokio::time::sleep, on = reattempt::any_error)]
    async fn timer(runs: &Runs) -> Option<u32> {
        runs.fail_twice().ok()
    }

    assert_eq!(thrice_async(async |runs: &Runs| own(runs).await).await, Some(3));
    assert_eq!(SLEPT.take(), [100 * MS, 100 * MS]);
    let began = tokio::time::Instant::now();
    assert_eq!(thrice_async(async |runs: &Runs| timer(runs).await).await, Some(3));
    assert_eq!(began.elapsed(), 200 * MS);
}

#[tokio::test(start_paused = true)]
async fn called_instead_of_named() {
    fn naps() -> impl FnOnce(Duration) -> tokio::time::Sleep {
        tokio::time::sleep
    }

    #[retry(strategy = "constant", sleep = naps(), on = reattempt::any_error)]
    async fn call(runs: &Runs) -> Option<u32> {
        runs.fail_twice().ok()
    }
    let began = tokio::time::Instant::now();
    assert_eq!(thrice_async(async |runs: &Runs| call(runs).await).await, Some(3));
    assert_eq!(began.elapsed(), 200 * MS);
}

#[tokio::test(start_paused = true)]
async fn sync_sleeper_beside_a_timeout() {
    #[retry(strategy = "constant", timeout = "1s", sleep = tokio::time::sleep, on = reattempt::any_error)]
    async fn call(runs: &Runs) -> Option<u32> {
        runs.fail();
        std::future::pending().await
    }
    let began = tokio::time::Instant::now();
    assert_eq!(thrice_async(async |runs: &Runs| call(runs).await).await, None);
    assert_eq!(began.elapsed(), 3 * S + 200 * MS);
}
