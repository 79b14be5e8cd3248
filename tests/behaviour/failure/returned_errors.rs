//! Return values: outcomes unchanged, `RetryError` with its history, and errors made from one.

use reattempt::testing;
use reattempt::{Failure, Outcome, RetryError, StopReason, retry};
use std::error::Error;
use std::fmt;
use std::time::Duration;

#[derive(Debug, thiserror::Error, PartialEq)]
#[error("connection {number} reset by peer")]
struct Reset {
    number: u32,
    #[source]
    source: Cause,
}

#[derive(Debug, thiserror::Error, PartialEq)]
#[error("cable pulled")]
struct Cause;

fn reset(number: u32) -> Reset {
    Reset { number, source: Cause }
}

#[test]
fn the_last_outcome_is_returned_as_it_is() {
    let mut runs = 0;
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(runs: &mut u32) -> Result<u32, Reset> {
        *runs += 1;
        Err(reset(*runs))
    }
    assert_eq!(call(&mut runs), Err(reset(3)));
}

#[test]
fn a_retry_error_tells_how_the_call_went() {
    let mut runs = 0;
    #[retry(strategy = "constant", base = "1600ms", on = reattempt::any_error)]
    fn call(runs: &mut u32) -> Result<u32, RetryError<Reset>> {
        *runs += 1;
        Err(reset(*runs))
    }
    let _paused = testing::pause();
    let error = call(&mut runs).unwrap_err();
    assert_eq!(error.attempts(), 3);
    assert_eq!(error.elapsed(), Duration::from_millis(3_200));
    assert_eq!(error.reason(), StopReason::MaxAttempts);
    assert_eq!(error.last(), Some(&reset(3)));
    assert_eq!(error.to_string(), "gave up after 3 attempts in 3.2 s, no attempts left: connection 3 reset by peer");
    // The last error's own source, since the last error is in the text already.
    assert_eq!(error.source().map(ToString::to_string), Some("cable pulled".to_owned()));
    assert_eq!(error.into_last(), Some(reset(3)));
}

#[test]
fn a_retry_error_is_one_pointer_large_and_travels_between_threads() {
    fn is_portable<T: Send + Sync + 'static>() {}
    is_portable::<RetryError<Reset>>();
    assert_eq!(size_of::<RetryError<[u8; 400]>>(), size_of::<usize>());
    assert_eq!(size_of::<Result<(), RetryError<Reset>>>(), size_of::<usize>());
}

#[test]
fn a_success_behind_a_retry_error_is_a_plain_success() {
    #[retry(on = |_: &Reset| true)]
    fn call() -> Result<&'static str, RetryError<Reset>> {
        Ok("fine")
    }
    assert_eq!(call().unwrap(), "fine");
}

#[test]
fn a_rejected_value_leaves_a_retry_error_without_a_last_error() {
    #[retry(strategy = "immediate", max = 2, on = reattempt::no_error, on_value = |ready: &bool| !ready)]
    fn call() -> Result<bool, RetryError<Reset>> {
        Ok(false)
    }
    let error = call().unwrap_err();
    assert_eq!((error.attempts(), error.reason(), error.last()), (2, StopReason::MaxAttempts, None));
    assert!(error.to_string().ends_with("no attempts left: the value was not good enough"), "{error}");
    assert!(matches!(error.history().last().unwrap().failure(), Failure::Rejected(None)));
}

#[test]
fn history_keeps_the_newest_failures_with_start_and_delay() {
    let paused = testing::pause();
    let mut runs = 0;
    #[retry(strategy = "constant", base = "1s", max = 5, history = 3, on = reattempt::any_error)]
    fn call(runs: &mut u32, paused: &testing::Paused) -> Result<u32, RetryError<Reset>> {
        *runs += 1;
        paused.advance(Duration::from_millis(500));
        Err(reset(*runs))
    }
    let error = call(&mut runs, &paused).unwrap_err();
    let kept: Vec<_> = error
        .history()
        .map(|past| {
            let Failure::Error(reset) = past.failure() else { panic!("{past:?}") };
            (past.attempt(), past.started().as_millis(), past.delay().map(|delay| delay.as_millis()), reset.number)
        })
        .collect();
    assert_eq!(kept, [(3, 3_000, Some(1_000), 3), (4, 4_500, Some(1_000), 4), (5, 6_000, None, 5)]);
}

#[test]
fn without_history_just_the_last_failure_is_kept() {
    #[retry(strategy = "immediate", max = 4, on = reattempt::any_error)]
    fn call() -> Result<u32, RetryError<Reset>> {
        Err(reset(1))
    }
    assert_eq!(call().unwrap_err().history().count(), 1);
}

#[test]
fn history_may_be_a_constant_or_a_value_of_run_time() {
    const KEPT: usize = 2;
    #[retry(strategy = "immediate", max = 4, history = KEPT, on = reattempt::any_error)]
    fn constant() -> Result<u32, RetryError<Reset>> {
        Err(reset(1))
    }
    #[retry(strategy = "immediate", max = 4, history = kept, on = reattempt::any_error)]
    fn run_time(kept: usize) -> Result<u32, RetryError<Reset>> {
        Err(reset(1))
    }
    assert_eq!(constant().unwrap_err().history().count(), 2);
    assert_eq!(run_time(3).unwrap_err().history().count(), 3);
    assert_eq!(run_time(100).unwrap_err().history().count(), 4);
}

#[derive(Debug)]
enum ServiceError {
    GaveUp(RetryError<Reset>),
}

impl From<RetryError<Reset>> for ServiceError {
    fn from(error: RetryError<Reset>) -> Self {
        Self::GaveUp(error)
    }
}

#[test]
fn an_error_of_ones_own_is_made_from_the_retry_error() {
    #[retry(strategy = "immediate", error = Reset, on = |error| error.number < 2)]
    fn call(runs: &mut u32) -> Result<u32, ServiceError> {
        *runs += 1;
        let failed: Result<u32, Reset> = Err(reset(*runs));
        let value = failed?;
        Ok(value)
    }
    let ServiceError::GaveUp(error) = call(&mut 0).unwrap_err();
    assert_eq!((error.attempts(), error.reason()), (2, StopReason::Permanent));
}

type ServiceResult<T> = Result<T, RetryError<Reset>>;

#[test]
fn an_alias_needs_the_name_of_the_attempts_error() {
    #[retry(strategy = "immediate", error = Reset, history = 8, on = reattempt::any_error)]
    fn call() -> ServiceResult<Vec<u8>> {
        Err(reset(7))
    }
    let error = call().unwrap_err();
    assert_eq!((error.attempts(), error.history().count()), (3, 3));
}

#[test]
fn an_outer_site_does_not_repeat_what_an_inner_one_has_spent() {
    let mut runs = 0;
    #[retry(strategy = "immediate", max = 4, on = reattempt::any_error)]
    fn inner(runs: &mut u32) -> Result<u32, RetryError<Reset>> {
        *runs += 1;
        Err(reset(*runs))
    }
    #[retry(strategy = "immediate", max = 4, error = RetryError<Reset>)]
    fn around(runs: &mut u32) -> Result<u32, RetryError<RetryError<Reset>>> {
        inner(runs)
    }
    assert_eq!(around(&mut runs).unwrap_err().attempts(), 1);
    assert_eq!(runs, 4);
}

#[test]
fn errors_that_are_no_errors_can_be_kept_all_the_same() {
    struct Odd;
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call() -> Result<(), RetryError<Odd>> {
        Err(Odd)
    }
    assert_eq!(call().map_err(|error| error.attempts()), Err(3));
}

#[test]
fn a_retry_error_crosses_a_question_mark() {
    fn report() -> Result<(), Box<dyn Error>> {
        #[retry(strategy = "immediate", on = reattempt::any_error)]
        fn call() -> Result<(), RetryError<fmt::Error>> {
            Err(fmt::Error)
        }
        call()?;
        Ok(())
    }
    assert!(report().unwrap_err().to_string().starts_with("gave up after 3 attempts"));
}

#[test]
fn one_attempt_is_written_in_the_singular() {
    #[retry(on = |_: &Reset| false)]
    fn call() -> Result<(), RetryError<Reset>> {
        Err(reset(1))
    }
    let _paused = testing::pause();
    let text = call().unwrap_err().to_string();
    assert_eq!(text, "gave up after 1 attempt in 0 µs, permanent failure: connection 1 reset by peer");
}

#[test]
fn the_kinds_of_outcome_name_their_parts() {
    fn value_of<O: Outcome<Value = u8>>(_: &O) {}
    value_of(&Some(1_u8));
    value_of(&Ok::<u8, ()>(1));
}

#[test]
fn reports_by_anyhow_and_thiserror_print_nothing_twice() {
    #[derive(Debug, thiserror::Error)]
    enum Outer {
        #[error("the catalogue could not be read")]
        Catalogue(#[from] RetryError<Reset>),
    }
    #[retry(strategy = "immediate", max = 2, on = reattempt::any_error)]
    fn call() -> Result<(), RetryError<Reset>> {
        Err(reset(7))
    }
    fn by_anyhow() -> anyhow::Result<()> {
        Ok(call()?)
    }
    fn by_thiserror() -> Result<(), Outer> {
        Ok(call()?)
    }
    let words = |error: &(dyn Error + 'static)| {
        std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string).collect::<Vec<_>>()
    };
    let _paused = testing::pause();
    let gave_up = "gave up after 2 attempts in 0 µs, no attempts left: connection 7 reset by peer";
    assert_eq!(words(by_anyhow().unwrap_err().as_ref()), [gave_up, "cable pulled"]);
    let outer = by_thiserror().unwrap_err();
    assert_eq!(words(&outer), ["the catalogue could not be read", gave_up, "cable pulled"]);
    let found = by_anyhow().unwrap_err().downcast::<RetryError<Reset>>().unwrap();
    assert_eq!(found.into_last(), Some(reset(7)));
}
