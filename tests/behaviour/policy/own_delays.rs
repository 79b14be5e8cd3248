//! A delay of its own for a kind of failure: `Verdict::RetryIn`.

use crate::support::runs::Runs;
use reattempt::breaker::State;
use reattempt::{Backoff, Budget, CircuitBreaker, Policy, RetryError, StopReason, Strategy, Verdict, classify, retry};
use reattempt::{policy, testing};
use std::time::Duration;

const S: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// A failure with its verdict.
#[derive(Debug)]
struct Failure(Verdict);

fn verdict(failure: &Failure) -> Verdict {
    failure.0
}

/// A strategy that tells how often it is asked.
struct Asked(Runs);

impl Backoff for Asked {
    fn delay(&self, _: u32, previous: Duration, _: f64) -> Duration {
        self.0.next();
        previous + S
    }
}

#[test]
fn the_delay_is_exact_beside_a_strategy_with_jitter_and_a_cap() {
    #[retry(strategy = "full_jitter", cap = "2s", max = 4, on = verdict)]
    fn call() -> Result<(), Failure> {
        Err(Failure(Verdict::RetryIn(5 * S)))
    }
    let paused = testing::pause();
    call().unwrap_err();
    assert_eq!(paused.slept(), [5 * S; 3]);
}

#[tokio::test]
async fn zero_is_at_once_and_other_failures_keep_the_strategy() {
    #[retry(strategy = "constant", base = "1s", max = 4, on = verdict)]
    async fn call(runs: &Runs) -> Result<(), Failure> {
        Err(Failure(if runs.next() % 2 == 0 { Verdict::RetryIn(Duration::ZERO) } else { Verdict::Retry }))
    }
    let paused = testing::pause();
    call(&Runs::new()).await.unwrap_err();
    assert_eq!(paused.slept(), [S, S]);
}

#[test]
fn a_rejected_value_can_have_a_delay_of_its_own() {
    #[retry(max = 3, on_value = |_| Verdict::RetryIn(7 * S))]
    fn call() -> u32 {
        1
    }
    let paused = testing::pause();
    assert_eq!(call(), 1);
    assert_eq!(paused.slept(), [7 * S; 2]);
}

#[test]
fn closures_have_it_too() {
    let paused = testing::pause();
    let returned: Result<(), Failure> =
        Policy::default().retry(|| Err(Failure(Verdict::RetryIn(5 * S)))).on(verdict).call();
    returned.unwrap_err();
    assert_eq!(paused.slept(), [5 * S; 2]);
}

#[test]
fn max_hint_does_not_limit_it() {
    #[retry(max = 2, max_hint = "1s", on = verdict)]
    fn call() -> Result<(), RetryError<Failure>> {
        Err(Failure(Verdict::RetryIn(HOUR)))
    }
    let paused = testing::pause();
    assert_eq!(call().unwrap_err().reason(), StopReason::MaxAttempts);
    assert_eq!(paused.slept(), [HOUR]);
}

#[test]
fn the_deadline_limits_it() {
    #[retry(max = "unlimited", deadline = "10s", on = verdict)]
    fn call() -> Result<(), RetryError<Failure>> {
        Err(Failure(Verdict::RetryIn(5 * S)))
    }
    let paused = testing::pause();
    let error = call().unwrap_err();
    assert_eq!((error.reason(), error.attempts()), (StopReason::Deadline, 2));
    assert_eq!(paused.slept(), [5 * S]);
}

#[test]
fn budget_and_breaker_see_a_transient_failure() {
    let budget = Budget::builder().capacity(1).reserve(0.0).build().unwrap();
    let breaker = CircuitBreaker::consecutive(2);
    #[retry(strategy = "immediate", max = 9, on = verdict, budget = budget, breaker = breaker)]
    fn call(budget: &Budget, breaker: &CircuitBreaker) -> Result<(), RetryError<Failure>> {
        Err(Failure(Verdict::RetryIn(Duration::ZERO)))
    }
    let error = call(&budget, &breaker).unwrap_err();
    assert_eq!((error.reason(), error.attempts()), (StopReason::BreakerOpen, 2));
    assert_eq!(breaker.state(), State::Open);
    breaker.reset();
    // The token was spent by the first call.
    assert_eq!(call(&budget, &breaker).unwrap_err().reason(), StopReason::Budget);
}

#[test]
fn a_strategy_of_ones_own_is_not_asked() {
    #[retry(strategy = asked, max = 4, on = verdict)]
    fn call(runs: &Runs, asked: &Asked) -> Result<(), Failure> {
        Err(Failure(if runs.next() == 2 { Verdict::RetryIn(9 * S) } else { Verdict::Retry }))
    }
    let (paused, asked) = (testing::pause(), Asked(Runs::new()));
    call(&Runs::new(), &asked).unwrap_err();
    // The strategy goes on from the last delay that it chose.
    assert_eq!(paused.slept(), [S, 9 * S, 2 * S]);
    assert_eq!(asked.0.count(), 2);
}

#[test]
fn decorrelated_delays_that_begin_after_it_begin_at_the_base() {
    for strategy in [Strategy::DecorrelatedJitter, Strategy::DecorrelatedJitterV2] {
        let policy = Policy::builder().strategy(strategy).base(S).cap(9 * S).max(3).build().unwrap();
        for _ in 0..100 {
            let (paused, runs) = (testing::pause(), Runs::new());
            let returned: Result<(), Failure> = policy
                .retry(|| Err(Failure(if runs.next() == 1 { Verdict::RetryIn(HOUR) } else { Verdict::Retry })))
                .on(verdict)
                .call();
            returned.unwrap_err();
            let [own, drawn] = paused.slept()[..] else { panic!("two retries") };
            assert_eq!(own, HOUR);
            assert!(drawn <= 9 * S, "{strategy:?}: {drawn:?}");
            assert!(strategy == Strategy::DecorrelatedJitterV2 || (S..=3 * S).contains(&drawn), "{drawn:?}");
        }
    }
}

#[test]
fn joined_verdicts_wait_for_the_longest() {
    const TWO: Policy = policy!(max = 2);
    let slept = |one: Verdict, two: Verdict| {
        let paused = testing::pause();
        let joined = classify::all_of((move |(): &()| one, move |(): &()| two));
        let returned: Result<(), ()> = TWO.retry(|| Err(())).on(joined).call();
        returned.unwrap_err();
        paused.slept()
    };
    let (hint, delay) = (Verdict::RetryAfter, Verdict::RetryIn);
    assert_eq!(slept(delay(5 * S), Verdict::Retry), [5 * S]);
    assert_eq!(slept(delay(5 * S), delay(7 * S)), [7 * S]);
    assert_eq!(slept(delay(5 * S), hint(2 * S)), [5 * S]);
    assert_eq!(slept(Verdict::Stop, delay(5 * S)), []);
    // A longer hint stays one: it is spread upwards, and `max_hint` limits it.
    assert!(slept(delay(5 * S), hint(9 * S))[0] >= 9 * S);
    assert_eq!(slept(hint(61 * S), delay(5 * S)), []);
    let no = classify::not(move |(): &()| delay(S));
    assert_eq!(no(&()), Verdict::Stop);
}
