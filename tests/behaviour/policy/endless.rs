//! Attempts without end, said out loud: `max = "unlimited"` with `deadline = "none"`.

use crate::support::runs::Runs;
use reattempt::{Policy, PolicyError, RetryError, StopReason, policy, retry, sites, testing};
use std::time::Duration;

const S: Duration = Duration::from_secs(1);

/// Far more than the default number of attempts.
const MANY: u32 = 20_000;

const SECONDS: Policy = policy!(strategy = "constant", base = "1s", max = 9, deadline = "3s");
const WATCH: Policy = policy!(strategy = "immediate", max = "unlimited", deadline = "none");

/// Fails until the body has run many times.
fn seldom(runs: &Runs) -> Result<u32, u32> {
    let run = runs.next();
    if run < MANY { Err(run) } else { Ok(run) }
}

#[test]
fn a_call_goes_on_until_it_succeeds() {
    #[retry(strategy = "immediate", max = "unlimited", deadline = "none", on = reattempt::any_error)]
    fn call(runs: &Runs) -> Result<u32, u32> {
        seldom(runs)
    }
    assert_eq!(call(&Runs::new()), Ok(MANY));
}

#[tokio::test]
async fn it_needs_no_clock() {
    #[retry(strategy = "immediate", max = "unlimited", deadline = "none", on = reattempt::any_error)]
    async fn call(runs: &Runs) -> Result<u32, u32> {
        seldom(runs)
    }
    #[retry(policy = SECONDS, strategy = "immediate", deadline = "none", on = reattempt::any_error)]
    async fn over_a_policy() -> Option<()> {
        None
    }
    let _forbidden = testing::forbid();
    assert_eq!(call(&Runs::new()).await, Ok(MANY));
    assert_eq!(over_a_policy().await, None);
}

#[test]
fn days_pass_and_the_call_goes_on() {
    #[retry(strategy = "constant", base = "1h", max = "unlimited", deadline = "none", on = reattempt::any_error)]
    fn call(runs: &Runs) -> Result<u32, RetryError<u32>> {
        seldom(runs)
    }
    let paused = testing::pause();
    assert_eq!(call(&Runs::new()).unwrap(), MANY);
    assert_eq!(paused.slept().len(), MANY as usize - 1);
}

#[test]
fn closures_and_sites_with_such_a_policy_go_on_too() {
    #[retry(policy = WATCH, on = reattempt::any_error)]
    fn call(runs: &Runs) -> Result<u32, u32> {
        seldom(runs)
    }
    assert_eq!(call(&Runs::new()), Ok(MANY));
    let runs = Runs::new();
    assert_eq!(WATCH.retry(|| seldom(&runs)).on(reattempt::any_error).call(), Ok(MANY));
    let built = Policy::builder().strategy(reattempt::Strategy::Immediate).unlimited().no_deadline().build();
    assert_eq!(built, Ok(WATCH));
}

#[test]
fn the_deadline_of_a_policy_is_taken_away() {
    #[retry(policy = SECONDS, on = reattempt::any_error)]
    fn kept() -> Result<(), RetryError<()>> {
        Err(())
    }
    #[retry(policy = SECONDS, deadline = "none", on = reattempt::any_error)]
    fn taken() -> Result<(), RetryError<()>> {
        Err(())
    }
    #[retry(policy = SECONDS, deadline = "none", max = "unlimited", on = reattempt::any_error)]
    fn endless(runs: &Runs) -> Result<u32, u32> {
        seldom(runs)
    }
    let paused = testing::pause();
    let ended = |error: RetryError<()>| (error.reason(), error.attempts());
    assert_eq!(ended(kept().unwrap_err()), (StopReason::Deadline, 3));
    assert_eq!(ended(taken().unwrap_err()), (StopReason::MaxAttempts, 9));
    assert_eq!(paused.slept(), [S; 2 + 8]);
    assert_eq!(endless(&Runs::new()), Ok(MANY));
}

#[test]
fn unlimited_by_omission_is_an_error_that_shows_both_ways() {
    let error = Policy::builder().unlimited().build().unwrap_err();
    assert_eq!(error, PolicyError::Endless);
    let words = error.to_string();
    assert!(words.contains("`deadline = \"30s\"`") && words.contains("`deadline = \"none\"`"), "{words}");
}

#[test]
fn sites_say_that_there_is_no_end() {
    #[retry(strategy = "immediate", max = "unlimited", deadline = "none", on = reattempt::any_error, name = "tests.endless")]
    fn call(runs: &Runs) -> Result<u32, u32> {
        seldom(runs)
    }
    call(&Runs::new()).unwrap();
    let site = sites().find(|site| site.name() == "tests.endless").unwrap();
    assert_eq!(site.policy().to_string(), "attempts without end, no delay");
    assert_eq!((site.policy().max(), site.policy().deadline()), (None, None));
    assert_eq!(WATCH.longest_wait(), Duration::ZERO);
    let slow = Policy::builder().unlimited().no_deadline().build().unwrap();
    assert_eq!(slow.longest_wait(), Duration::from_nanos(u64::MAX));
    assert_ne!(slow, Policy::builder().unlimited().deadline(S).build().unwrap());
}
