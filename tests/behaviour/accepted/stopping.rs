//! Twins of `tests/ui/stopping`: limits that allow a retry.

use super::{MS, S, exactly, immediate, up_to};
use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use reattempt::{Jitter, RetryError, StopReason, TimedOut, retry};
use std::future::pending;
use std::time::Duration;
use tokio::time::Instant;

repaired! {
    [deadline_at_the_first_retry] {
        (strategy = ["2s", "1s"], deadline = "3s") => exactly([2 * S]);
        (strategy = ["2s", "1s"], deadline = "4s") => exactly([2 * S, S]);
        (strategy = ["1s", "1s"], deadline = "2s") => exactly([S]);
    }
    [deadline_before_a_constant_base] {
        const BASE: Duration = Duration::from_secs(5);
        const SHORT: Duration = Duration::from_secs(1);
        (strategy = "constant", base = BASE, deadline = "6s") => exactly([5 * S]);
        (strategy = "constant", base = SHORT, deadline = "3s") => exactly([S, S]);
    }
    [deadline_before_a_constant_in_a_list] {
        const FIRST: Duration = Duration::from_secs(5);
        (strategy = [FIRST], deadline = "6s") => exactly([5 * S]);
    }
    [deadline_before_a_constant_jitter] {
        const JITTER: Jitter = Jitter::Equal;
        (strategy = "constant", base = "5s", max = 2, jitter = JITTER, deadline = "6s") => up_to([5 * S]);
    }
    [deadline_before_equal_jitter] {
        (strategy = "equal_jitter", base = "4s", cap = "9s", deadline = "5s") => up_to([4 * S]);
        (strategy = "equal_jitter", base = "2s", cap = "9s", deadline = "2s") => up_to([2 * S]);
    }
    [deadline_before_the_first_retry] {
        (strategy = "constant", base = "5s", deadline = "6s") => exactly([5 * S]);
        (strategy = "constant", base = "1s", deadline = "3s") => exactly([S, S]);
    }
    [final_attempt_without_deadline, final_attempt_beside_no_deadline, final_attempt_not_a_flag,
     constant_final_attempt_without_deadline] {
        const LAST: bool = true;
        (strategy = "constant", base = "10s", max = "unlimited", deadline = "15s", final_attempt = true) => exactly([10 * S, 5 * S]);
        (strategy = "constant", base = "10s", deadline = "15s", final_attempt = LAST) => exactly([10 * S, 5 * S]);
        (max = 3, final_attempt = false) => up_to([100 * MS, 200 * MS]);
    }
    [unlimited_without_deadline, deadline_an_unknown_word, deadline_none_without_quotes] {
        (strategy = "immediate", max = 3, deadline = "none") => immediate(3);
        (strategy = "constant", base = "10s", max = "unlimited", deadline = "30s") => exactly([10 * S, 10 * S]);
        (max = 3) => up_to([100 * MS, 200 * MS]);
        (strategy = "immediate", max = 3) => immediate(3);
    }
}

#[test]
fn history_without_retry_error() {
    #[retry(strategy = "immediate", history = 16, on = reattempt::any_error)]
    fn call(runs: &Runs) -> Result<(), RetryError<Busy>> {
        Err(runs.fail())
    }
    assert_eq!(thrice(call).unwrap_err().history().count(), 3);
}

const TIMEOUT: Duration = Duration::from_secs(2);

/// Awaits a function whose attempts are all dropped after two seconds, and checks that it made three of them.
async fn time_out_thrice<T>(call: impl AsyncFnOnce(&Runs) -> T) -> T {
    let began = Instant::now();
    let returned = thrice_async(call).await;
    assert_eq!(began.elapsed(), 6 * S);
    returned
}

#[tokio::test(start_paused = true)]
async fn constant_timeout_zero() {
    #[retry(strategy = "immediate", timeout = TIMEOUT, on = reattempt::any_error)]
    async fn raised(runs: &Runs) -> Option<()> {
        runs.fail();
        pending().await
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    async fn left_out(runs: &Runs) -> Option<u32> {
        runs.fail_twice().ok()
    }

    assert_eq!(time_out_thrice(async |runs: &Runs| raised(runs).await).await, None);
    assert_eq!(thrice_async(async |runs: &Runs| left_out(runs).await).await, Some(3));
}

#[tokio::test(start_paused = true)]
async fn timeout_negative() {
    #[retry(strategy = "immediate", timeout = "2s", on = reattempt::any_error)]
    async fn call(runs: &Runs) -> Option<()> {
        runs.fail();
        pending().await
    }
    assert_eq!(time_out_thrice(async |runs: &Runs| call(runs).await).await, None);
}

#[tokio::test(start_paused = true)]
async fn timeout_zero() {
    #[retry(strategy = "immediate", timeout = "2s", on = reattempt::any_error)]
    async fn call(runs: &Runs) -> Option<()> {
        runs.fail();
        pending().await
    }
    assert_eq!(time_out_thrice(async |runs: &Runs| call(runs).await).await, None);
}

#[tokio::test(start_paused = true)]
async fn timeout_on_a_sync_function() {
    #[retry(strategy = "immediate", timeout = "2s", on = reattempt::any_error)]
    async fn asynchronous(runs: &Runs) -> Option<()> {
        runs.fail();
        pending().await
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn left_out(runs: &Runs) -> Option<u32> {
        runs.fail_twice().ok()
    }

    assert_eq!(time_out_thrice(async |runs: &Runs| asynchronous(runs).await).await, None);
    assert_eq!(thrice(left_out), Some(3));
}

#[tokio::test(start_paused = true)]
async fn timeout_of_a_plain_value() {
    #[retry(strategy = "immediate", timeout = "2s", on = reattempt::no_error, on_value = |value| *value == 0)]
    async fn option(runs: &Runs) -> Option<u32> {
        runs.fail();
        pending().await
    }

    #[retry(strategy = "immediate", timeout = "2s", on_value = |value| *value == 0)]
    async fn result(runs: &Runs) -> Result<u32, RetryError<Busy>> {
        runs.fail();
        pending().await
    }

    assert_eq!(time_out_thrice(async |runs: &Runs| option(runs).await).await, None);
    let error = time_out_thrice(async |runs: &Runs| result(runs).await).await.unwrap_err();
    assert_eq!(error.reason(), StopReason::MaxAttempts);
}

/// An error that can be made from a time-out.
#[derive(Debug, PartialEq)]
struct NoAnswer(Duration);

impl From<TimedOut> for NoAnswer {
    fn from(timed_out: TimedOut) -> Self {
        Self(timed_out.limit())
    }
}

#[tokio::test(start_paused = true)]
async fn timeout_without_an_error_for_it() {
    #[retry(strategy = "immediate", timeout = "2s", on = reattempt::any_error)]
    async fn own(runs: &Runs) -> Result<(), NoAnswer> {
        runs.fail();
        pending().await
    }

    #[retry(strategy = "immediate", timeout = "2s", on = reattempt::any_error)]
    async fn reporting(runs: &Runs) -> Result<(), RetryError<Busy>> {
        runs.fail();
        pending().await
    }

    assert_eq!(time_out_thrice(async |runs: &Runs| own(runs).await).await, Err(NoAnswer(2 * S)));
    let error = time_out_thrice(async |runs: &Runs| reporting(runs).await).await.unwrap_err();
    assert_eq!(error.into_last(), None);
}
