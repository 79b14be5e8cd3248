//! The key `final_attempt`: a last try at the deadline.

use crate::support::runs::Runs;
use reattempt::{Policy, RetryError, Session, Step, StopReason, Strategy, Verdict, policy, retry, testing};
use std::future::pending;
use std::time::Duration;

const S: Duration = Duration::from_secs(1);

const MINUTE: Policy = policy!(
    strategy = "exponential",
    base = "1s",
    cap = "60s",
    max = "unlimited",
    deadline = "60s",
    final_attempt = true
);

/// The delays before the final attempt.
const DOUBLED: [Duration; 5] =
    [S, Duration::from_secs(2), Duration::from_secs(4), Duration::from_secs(8), Duration::from_secs(16)];

/// Asserts that a call slept the doubled delays and then this one, and gave up at the deadline after so many attempts.
#[track_caller]
fn check(error: &RetryError<Verdict>, slept: &[Duration], last: Duration) {
    assert_eq!((error.reason(), error.attempts()), (StopReason::Deadline, 7));
    assert_eq!(slept, [&DOUBLED[..], &[last]].concat());
}

#[test]
fn the_last_attempt_begins_at_the_deadline() {
    #[retry(strategy = "exponential", base = "1s", cap = "60s", max = "unlimited", deadline = "60s", final_attempt = true, on = |verdict| *verdict)]
    fn call() -> Result<(), RetryError<Verdict>> {
        Err(Verdict::Retry)
    }
    let paused = testing::pause();
    let error = call().unwrap_err();
    // Attempts began at 0, 1, 3, 7, 15 and 31 s. The delay of 32 s would end at 63 s.
    check(&error, &paused.slept(), 29 * S);
    assert_eq!(error.elapsed(), 60 * S);
}

#[test]
fn its_success_is_the_success_of_the_call() {
    #[retry(policy = MINUTE, on = reattempt::any_error)]
    fn call(runs: &Runs) -> Option<u32> {
        Some(runs.next()).filter(|run| *run == 7)
    }
    let _paused = testing::pause();
    assert_eq!(call(&Runs::new()), Some(7));
}

#[tokio::test]
async fn with_a_timeout_it_begins_one_timeout_before_the_deadline() {
    #[retry(strategy = "exponential", base = "1s", cap = "60s", max = "unlimited", deadline = "60s", timeout = "2s", final_attempt = true, on = |verdict| *verdict)]
    async fn fails_at_once() -> Result<(), RetryError<Verdict>> {
        Err(Verdict::Retry)
    }
    let paused = testing::pause();
    check(&fails_at_once().await.unwrap_err(), &paused.slept(), 27 * S);
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_has_its_whole_time_and_ends_at_the_deadline() {
    #[retry(strategy = "constant", base = "10s", max = "unlimited", deadline = "60s", timeout = "5s", final_attempt = true, on = |verdict| *verdict)]
    async fn hangs() -> Result<(), RetryError<Verdict>> {
        pending().await
    }
    let began = tokio::time::Instant::now();
    let error = hangs().await.unwrap_err();
    // Attempts began at 0, 15, 30 and 45 s, and the last one at 55 s: the delay after 50 s would end at 60 s.
    assert_eq!((error.reason(), error.attempts()), (StopReason::Deadline, 5));
    let took = began.elapsed();
    assert!((60 * S..60 * S + Duration::from_millis(50)).contains(&took), "{took:?}");
}

#[tokio::test]
async fn the_policy_may_say_it_and_the_site_may_have_the_timeout() {
    const TWO: Duration = Duration::from_secs(2);
    #[retry(policy = MINUTE, timeout = "2s", on = |verdict| *verdict)]
    async fn literal() -> Result<(), RetryError<Verdict>> {
        Err(Verdict::Retry)
    }
    #[retry(policy = MINUTE, timeout = TWO, on = |verdict| *verdict)]
    async fn constant() -> Result<(), RetryError<Verdict>> {
        Err(Verdict::Retry)
    }
    #[retry(policy = MINUTE, timeout = limit, on = |verdict| *verdict)]
    async fn of_run_time(limit: Duration) -> Result<(), RetryError<Verdict>> {
        Err(Verdict::Retry)
    }
    #[retry(policy = MINUTE, timeout = "2s", final_attempt = false, on = |verdict| *verdict)]
    async fn without() -> Result<(), RetryError<Verdict>> {
        Err(Verdict::Retry)
    }
    let slept = |error: RetryError<Verdict>, paused: testing::Paused| check(&error, &paused.slept(), 27 * S);
    let paused = testing::pause();
    slept(literal().await.unwrap_err(), paused);
    let paused = testing::pause();
    slept(constant().await.unwrap_err(), paused);
    let paused = testing::pause();
    slept(of_run_time(TWO).await.unwrap_err(), paused);
    let paused = testing::pause();
    assert_eq!(without().await.unwrap_err().attempts(), 6);
    assert_eq!(paused.slept(), DOUBLED);
}

#[tokio::test]
async fn closures_have_it_too() {
    let on = |verdict: &Verdict| *verdict;
    let paused = testing::pause();
    let returned: Result<(), _> = MINUTE.retry(|| Err(Verdict::Retry)).on(on).error_without_source().call();
    check(&returned.unwrap_err(), &paused.slept(), 29 * S);
    drop(paused);
    let paused = testing::pause();
    let returned: Result<(), _> = MINUTE.retry_async(async || Err(Verdict::Retry)).on(on).error_without_source().await;
    check(&returned.unwrap_err(), &paused.slept(), 29 * S);
    drop(paused);
    let paused = testing::pause();
    let returned: Result<(), _> =
        MINUTE.retry_async(async || Err(Verdict::Retry)).timeout(2 * S).on(on).error_without_source().await;
    check(&returned.unwrap_err(), &paused.slept(), 27 * S);
}

#[test]
fn the_value_may_be_of_run_time() {
    const ON: bool = true;
    #[retry(policy = MINUTE, final_attempt = is_made, on = |verdict| *verdict)]
    fn call(is_made: bool) -> Result<(), RetryError<Verdict>> {
        Err(Verdict::Retry)
    }
    #[retry(strategy = "constant", base = "9s", deadline = "5s", final_attempt = ON, on = |verdict| *verdict)]
    fn constant() -> Result<(), RetryError<Verdict>> {
        Err(Verdict::Retry)
    }
    let paused = testing::pause();
    assert_eq!(call(true).unwrap_err().attempts(), 7);
    assert_eq!(call(false).unwrap_err().attempts(), 6);
    assert_eq!(constant().unwrap_err().attempts(), 2);
    assert_eq!(paused.slept().last(), Some(&(5 * S)));
}

#[test]
fn a_first_delay_past_the_deadline_is_cut_too() {
    #[retry(strategy = "constant", base = "1h", deadline = "5s", final_attempt = true, on = |verdict| *verdict)]
    fn call() -> Result<(), RetryError<Verdict>> {
        Err(Verdict::Retry)
    }
    let paused = testing::pause();
    assert_eq!(call().unwrap_err().attempts(), 2);
    assert_eq!(paused.slept(), [5 * S]);
}

#[test]
fn max_ends_the_call_before_it() {
    #[retry(policy = MINUTE, max = 3, on = |verdict| *verdict)]
    fn call() -> Result<(), RetryError<Verdict>> {
        Err(Verdict::Retry)
    }
    let paused = testing::pause();
    assert_eq!(call().unwrap_err().reason(), StopReason::MaxAttempts);
    assert_eq!(paused.slept(), DOUBLED[..2]);
}

#[test]
fn an_attempt_that_ends_after_the_deadline_is_the_last() {
    #[retry(policy = MINUTE, on = |verdict| *verdict)]
    fn call(paused: &testing::Paused, takes: Duration) -> Result<(), RetryError<Verdict>> {
        paused.advance(takes);
        Err(Verdict::Retry)
    }
    for (takes, attempts) in [(60 * S, 1), (61 * S, 1), (59 * S, 2)] {
        let paused = testing::pause();
        assert_eq!(call(&paused, takes).unwrap_err().attempts(), attempts, "{takes:?}");
    }
}

/// Returns the steps of a session whose calls fail with these verdicts after these seconds.
fn steps<const N: usize>(failures: [(u32, Verdict); N]) -> [Step; N] {
    let mut session = Session::new();
    failures.map(|(seconds, verdict)| session.failed(&MINUTE, verdict, Some(seconds * S), &mut || 0))
}

#[test]
fn a_hint_is_never_cut() {
    let hint = |seconds| Verdict::RetryAfter(Duration::from_secs(seconds));
    let ended = Step::Return(StopReason::Deadline);
    // The hint ends after the deadline, at it, and before it.
    assert_eq!(steps([(31, hint(30))]), [ended]);
    assert_eq!(steps([(31, hint(29))]), [Step::Sleep(29 * S)]);
    assert_eq!(steps([(31, hint(28))]), [Step::Sleep(28 * S)]);
    // The delay of the strategy is longer than the hint: it is cut, and the attempt comes after the hint all the same.
    let growing = [(0, Verdict::Retry); 5];
    let [.., step] = steps([growing[0], growing[1], growing[2], growing[3], growing[4], (40, hint(15))]);
    assert_eq!(step, Step::Sleep(20 * S));
    let [.., step] = steps([growing[0], growing[1], growing[2], growing[3], growing[4], (40, hint(21))]);
    assert_eq!(step, ended);
}

#[test]
fn a_delay_of_its_own_is_cut() {
    let delay = Verdict::RetryIn(90 * S);
    assert_eq!(steps([(31, delay), (60, delay)]), [Step::Sleep(29 * S), Step::Return(StopReason::Deadline)]);
}

#[tokio::test]
async fn no_attempt_is_left_where_the_timeout_is_longer_than_the_time() {
    #[retry(policy = MINUTE, timeout = "90s", on = |verdict| *verdict)]
    async fn call() -> Result<(), RetryError<Verdict>> {
        Err(Verdict::Retry)
    }
    let paused = testing::pause();
    assert_eq!(call().await.unwrap_err().attempts(), 6);
    assert_eq!(paused.slept(), DOUBLED);
}

#[test]
fn a_policy_knows_and_says_it() {
    let built = Policy::builder()
        .strategy(Strategy::Exponential)
        .base(S)
        .cap(60 * S)
        .unlimited()
        .deadline(60 * S)
        .final_attempt(true)
        .build();
    assert_eq!(built, Ok(MINUTE));
    assert!(MINUTE.final_attempt() && !Policy::default().final_attempt());
    assert_eq!(MINUTE.attempts_in_time(), Some(7));
    assert!(MINUTE.to_string().ends_with("none later than 60s after the call began, and a last one then"), "{MINUTE}");
}

#[test]
fn without_a_deadline_it_is_refused() {
    let error = Policy::builder().final_attempt(true).build().unwrap_err();
    let words =
        "`final_attempt` needs a `deadline`, at which the final attempt begins; write `deadline = \"30s\"` beside it";
    assert_eq!(error.to_string(), words);
    assert_eq!(Policy::builder().final_attempt(true).no_deadline().build(), Err(error));
    assert_eq!(Policy::builder().final_attempt(false).build(), Ok(Policy::default()));
}
