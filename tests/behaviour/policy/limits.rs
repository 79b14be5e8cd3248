//! The keys that limit a call, and the stop reasons.

use reattempt::testing;
use reattempt::{RetryError, StopReason, Verdict, retry};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Asserts the stop reason and the number of attempts of a call.
#[track_caller]
fn check(outcome: Result<(), RetryError<Failure>>, reason: StopReason, attempts: u32) {
    let error = outcome.unwrap_err();
    assert_eq!((error.reason(), error.attempts()), (reason, attempts));
}

#[derive(Debug)]
enum Failure {
    Passing,
    Lasting,
    Busy(Duration),
}

fn verdict(failure: &Failure) -> Verdict {
    match failure {
        Failure::Passing => Verdict::Retry,
        Failure::Lasting => Verdict::Stop,
        Failure::Busy(hint) => Verdict::RetryAfter(*hint),
    }
}

#[test]
fn max_counts_all_attempts() {
    let mut runs = 0;
    #[retry(strategy = "immediate", max = 5, on = verdict)]
    fn call(runs: &mut u32) -> Result<(), RetryError<Failure>> {
        *runs += 1;
        Err(Failure::Passing)
    }
    check(call(&mut runs), StopReason::MaxAttempts, 5);
    assert_eq!(runs, 5);
}

#[test]
fn one_attempt_is_no_retry() {
    #[retry(max = 1, on = verdict)]
    fn call() -> Result<(), RetryError<Failure>> {
        Err(Failure::Passing)
    }
    let paused = testing::pause();
    check(call(), StopReason::MaxAttempts, 1);
    assert_eq!(paused.slept(), []);
}

#[test]
fn a_permanent_failure_ends_the_call_whatever_is_left() {
    let mut runs = 0;
    #[retry(strategy = "immediate", max = 100, on = verdict)]
    fn call(runs: &mut u32) -> Result<(), RetryError<Failure>> {
        *runs += 1;
        Err(if *runs < 3 { Failure::Passing } else { Failure::Lasting })
    }
    check(call(&mut runs), StopReason::Permanent, 3);
    assert_eq!(runs, 3);
}

#[test]
fn a_permanent_failure_of_the_last_attempt_is_permanent() {
    #[retry(max = 1, on = verdict)]
    fn call() -> Result<(), RetryError<Failure>> {
        Err(Failure::Lasting)
    }
    check(call(), StopReason::Permanent, 1);
}

#[test]
fn the_call_gives_up_at_once_where_the_next_delay_would_end_at_the_deadline() {
    #[retry(strategy = "constant", base = "1s", deadline = "3s", max = "unlimited", on = verdict)]
    fn call() -> Result<(), RetryError<Failure>> {
        Err(Failure::Passing)
    }
    let paused = testing::pause();
    let error = call().unwrap_err();
    assert_eq!(error.reason(), StopReason::Deadline);
    // Attempts began at 0, 1 and 2 s. The next delay would end at 3 s, so it is not slept at all.
    assert_eq!(error.attempts(), 3);
    assert_eq!(paused.slept(), [SECOND, SECOND]);
    assert_eq!(error.elapsed(), 2 * SECOND);
}

#[test]
fn the_deadline_counts_the_time_of_the_attempts() {
    let paused = testing::pause();
    #[retry(strategy = "constant", base = "1s", deadline = "10s", max = 100, on = verdict)]
    fn call(paused: &testing::Paused) -> Result<(), RetryError<Failure>> {
        paused.advance(Duration::from_secs(4));
        Err(Failure::Passing)
    }
    let error = call(&paused).unwrap_err();
    // 4 s of work, 1 s of sleep, 4 s of work: the delay would end at 10 s.
    assert_eq!((error.reason(), error.attempts()), (StopReason::Deadline, 2));
    assert_eq!(error.elapsed(), Duration::from_secs(9));
}

#[tokio::test]
async fn the_deadline_is_preemptive_in_async_functions_too() {
    #[retry(strategy = "constant", base = "1s", deadline = "3s", max = "unlimited", on = verdict)]
    async fn call() -> Result<(), RetryError<Failure>> {
        Err(Failure::Passing)
    }
    let paused = testing::pause();
    check(call().await, StopReason::Deadline, 3);
    assert_eq!(paused.slept(), [SECOND, SECOND]);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_follows_the_paused_time_of_tokio() {
    #[retry(strategy = "constant", base = "1s", deadline = "3500ms", max = "unlimited", on = verdict)]
    async fn call() -> Result<(), RetryError<Failure>> {
        Err(Failure::Passing)
    }
    let began = tokio::time::Instant::now();
    check(call().await, StopReason::Deadline, 4);
    let took = began.elapsed();
    assert!((3 * SECOND..3 * SECOND + Duration::from_millis(50)).contains(&took), "{took:?}");
}

#[test]
fn a_deadline_may_be_a_value_of_run_time() {
    #[retry(strategy = "constant", base = "1s", deadline = deadline, max = 100, on = verdict)]
    fn call(deadline: Duration) -> Result<(), RetryError<Failure>> {
        Err(Failure::Passing)
    }
    let paused = testing::pause();
    check(call(5 * SECOND), StopReason::Deadline, 5);
    check(call(Duration::ZERO), StopReason::Deadline, 1);
    check(call(Duration::MAX), StopReason::MaxAttempts, 100);
    assert_eq!(paused.slept().len(), 4 + 99);
}

#[test]
fn a_hint_shorter_than_the_delay_changes_nothing() {
    #[retry(strategy = "constant", base = "1s", max = 2, on = verdict)]
    fn call() -> Result<(), RetryError<Failure>> {
        Err(Failure::Busy(SECOND))
    }
    let paused = testing::pause();
    check(call(), StopReason::MaxAttempts, 2);
    assert_eq!(paused.slept(), [SECOND]);
}

#[test]
fn a_longer_hint_is_obeyed_and_spread_upwards() {
    #[retry(strategy = "constant", base = "1s", max = 500, on = verdict)]
    fn call() -> Result<(), RetryError<Failure>> {
        Err(Failure::Busy(Duration::from_secs(20)))
    }
    let paused = testing::pause();
    check(call(), StopReason::MaxAttempts, 500);
    let slept = paused.slept();
    let (least, most) = (*slept.iter().min().unwrap(), *slept.iter().max().unwrap());
    // Never before the hint, and up to a tenth of it later, since that is longer than the delay of 1 s.
    assert!(least >= Duration::from_secs(20) && least < Duration::from_millis(20_100), "{least:?}");
    assert!(most <= Duration::from_secs(22) && most > Duration::from_millis(21_900), "{most:?}");
}

#[test]
fn a_hint_longer_than_max_hint_ends_the_call() {
    #[retry(max_hint = "5s", max = 10, on = verdict)]
    fn call(hint: Duration) -> Result<(), RetryError<Failure>> {
        Err(Failure::Busy(hint))
    }
    let paused = testing::pause();
    check(call(5 * SECOND), StopReason::MaxAttempts, 10);
    assert_eq!(paused.slept().len(), 9);
    check(call(5 * SECOND + Duration::from_nanos(1)), StopReason::HintTooLong, 1);
    assert_eq!(paused.slept().len(), 9);
}

#[test]
fn hints_of_up_to_a_minute_are_obeyed_by_default() {
    #[retry(max = 2, on = verdict)]
    fn call(hint: Duration) -> Result<(), RetryError<Failure>> {
        Err(Failure::Busy(hint))
    }
    let _paused = testing::pause();
    check(call(60 * SECOND), StopReason::MaxAttempts, 2);
    check(call(61 * SECOND), StopReason::HintTooLong, 1);
    check(call(Duration::MAX), StopReason::HintTooLong, 1);
}

#[test]
fn a_hint_beyond_the_deadline_ends_the_call_with_the_deadline() {
    #[retry(deadline = "10s", max = 10, on = verdict)]
    fn call() -> Result<(), RetryError<Failure>> {
        Err(Failure::Busy(Duration::from_secs(10)))
    }
    let paused = testing::pause();
    check(call(), StopReason::Deadline, 1);
    assert_eq!(paused.slept(), []);
}

#[test]
fn the_first_no_gives_the_reason() {
    // Permanent before all; then attempts, then the hint, then the deadline.
    #[retry(max = max, max_hint = "1s", deadline = "2s", strategy = "constant", base = { 5 * SECOND }, on = verdict)]
    fn call(max: u32, failure: Failure) -> Result<(), RetryError<Failure>> {
        Err(match &failure {
            Failure::Busy(hint) => Failure::Busy(*hint),
            Failure::Passing => Failure::Passing,
            Failure::Lasting => Failure::Lasting,
        })
    }
    let _paused = testing::pause();
    check(call(1, Failure::Lasting), StopReason::Permanent, 1);
    check(call(1, Failure::Busy(9 * SECOND)), StopReason::MaxAttempts, 1);
    check(call(2, Failure::Busy(9 * SECOND)), StopReason::HintTooLong, 1);
    check(call(2, Failure::Passing), StopReason::Deadline, 1);
}
