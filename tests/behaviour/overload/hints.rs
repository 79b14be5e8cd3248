//! Hints of a server that open the breaker: `CircuitBreaker::pause_on_hint`.

use crate::support::api::{ApiError, judge};
use crate::support::runs::Runs;
use reattempt::breaker::{Cause, State};
use reattempt::{CircuitBreaker, Policy, RetryError, StopReason, Verdict, policy, retry, testing};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// A breaker that would trip at the second failure.
fn paused_by_hints() -> CircuitBreaker {
    CircuitBreaker::consecutive(2).cool_down(60 * SECOND).pause_on_hint()
}

/// Is limited by the server once, and then succeeds.
#[retry(strategy = "immediate", breaker = breaker, on = judge)]
fn limited_once(breaker: &CircuitBreaker, runs: &Runs, hint: Duration) -> Result<u32, RetryError<ApiError>> {
    match runs.next() {
        1 => Err(ApiError::Limited(hint)),
        run => Ok(run),
    }
}

#[retry(max = 1, breaker = breaker, on = judge)]
fn once(breaker: &CircuitBreaker, error: ApiError) -> Result<(), ApiError> {
    Err(error.clone())
}

#[test]
fn a_hint_opens_the_breaker_for_its_time_and_whoever_got_it_comes_after_it() {
    // Also where the hint, or the moment, is no whole number of milliseconds.
    for hint in [3 * SECOND, Duration::from_nanos(1_500_001), Duration::from_nanos(1)] {
        for offset in [0, 1, 400_000, 999_999] {
            let paused = testing::pause();
            paused.advance(Duration::from_nanos(offset));
            let (breaker, runs) = (paused_by_hints(), Runs::new());
            assert_eq!(limited_once(&breaker, &runs, hint).ok(), Some(2), "{hint:?}, {offset} ns");
            assert!(paused.slept()[0] >= hint);
            assert_eq!(breaker.state(), State::Closed, "the probe closes it");
        }
    }
}

#[test]
fn all_others_are_refused_meanwhile() {
    let paused = testing::pause();
    let breaker = paused_by_hints();
    assert_eq!(once(&breaker, ApiError::Limited(3 * SECOND)), Err(ApiError::Limited(3 * SECOND)));
    let snapshot = breaker.snapshot();
    assert_eq!((snapshot.state, snapshot.cause, snapshot.trips), (State::Open, Some(Cause::Hint), 0));
    assert_eq!(once(&breaker, ApiError::Busy), Err(ApiError::Refused));
    paused.advance(3 * SECOND + Duration::from_millis(1));
    assert_eq!(once(&breaker, ApiError::Busy), Err(ApiError::Busy));
    assert_eq!(breaker.snapshot().cause, Some(Cause::Probe));
}

#[test]
fn without_the_setting_a_hint_is_a_failure_as_any_other() {
    let _paused = testing::pause();
    let breaker = CircuitBreaker::consecutive(2);
    assert!(once(&breaker, ApiError::Limited(SECOND)).is_err());
    assert_eq!((breaker.state(), breaker.snapshot().failures_in_a_row), (State::Closed, 1));
}

#[test]
fn a_hint_of_zero_or_above_max_hint_is_a_failure_as_any_other() {
    #[retry(max = 3, max_hint = "1s", breaker = breaker, on = judge)]
    fn call(breaker: &CircuitBreaker) -> Result<(), RetryError<ApiError>> {
        Err(ApiError::Limited(2 * SECOND))
    }
    let _paused = testing::pause();
    let breaker = paused_by_hints();
    assert_eq!(call(&breaker).unwrap_err().reason(), StopReason::HintTooLong);
    assert_eq!((breaker.state(), breaker.snapshot().failures_in_a_row), (State::Closed, 1));
    assert!(once(&breaker, ApiError::Limited(Duration::ZERO)).is_err());
    assert_eq!(breaker.snapshot().cause, Some(Cause::Consecutive(2)));
}

#[test]
fn a_rejected_value_with_a_hint_opens_it_too() {
    fn is_limited(status: &u32) -> Verdict {
        if *status == 429 { Verdict::RetryAfter(SECOND) } else { Verdict::Stop }
    }
    #[retry(strategy = "immediate", breaker = breaker, on = judge, on_value = is_limited)]
    fn status(breaker: &CircuitBreaker, runs: &Runs) -> Result<u32, ApiError> {
        Ok(if runs.next() == 1 { 429 } else { 200 })
    }
    let paused = testing::pause();
    let (breaker, runs) = (paused_by_hints(), Runs::new());
    let opened = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let told = std::sync::Arc::clone(&opened);
    breaker.listen(move |transition| told.lock().unwrap().push((transition.to, transition.cause)));
    assert_eq!(status(&breaker, &runs), Ok(200));
    assert_eq!(opened.lock().unwrap()[0], (State::Open, Some(Cause::Hint)));
    assert!(paused.slept()[0] >= SECOND);
}

#[test]
fn a_closure_pauses_its_breaker_too() {
    const POLICY: Policy = policy!(strategy = "immediate");
    let paused = testing::pause();
    let (breaker, runs) = (paused_by_hints(), Runs::new());
    let call = || if runs.next() == 1 { Err(ApiError::Limited(SECOND)) } else { Ok(()) };
    assert_eq!(POLICY.retry(call).on(judge).breaker(&breaker).call(), Ok(()));
    assert!(paused.slept()[0] >= SECOND);
    assert_eq!(runs.count(), 2);
}

#[test]
fn a_longer_cool_down_is_not_shortened_by_a_late_hint() {
    let paused = testing::pause();
    let breaker = CircuitBreaker::consecutive(1).cool_down(60 * SECOND).pause_on_hint();
    #[retry(max = 1, breaker = breaker, on = judge)]
    fn slow(breaker: &CircuitBreaker) -> Result<(), ApiError> {
        // Another call trips the breaker meanwhile.
        assert_eq!(once(breaker, ApiError::Busy), Err(ApiError::Busy));
        Err(ApiError::Limited(SECOND))
    }
    assert!(slow(&breaker).is_err());
    assert_eq!(breaker.snapshot().cause, Some(Cause::Consecutive(1)));
    paused.advance(59 * SECOND);
    assert_eq!(once(&breaker, ApiError::Busy), Err(ApiError::Refused));
}

#[test]
fn the_builder_and_siblings_have_the_setting() {
    let _paused = testing::pause();
    let built = CircuitBreaker::builder().consecutive(2).pause_on_hint().build().unwrap();
    for breaker in [built.sibling(), built] {
        assert!(once(&breaker, ApiError::Limited(SECOND)).is_err());
        assert_eq!(breaker.snapshot().cause, Some(Cause::Hint));
    }
}
