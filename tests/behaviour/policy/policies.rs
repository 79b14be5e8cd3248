//! Policies: `policy!`, the builder, the key `policy`, and values that are only known at run time.

use reattempt::event::{self, Event};
use reattempt::testing;
use reattempt::{Jitter, Policy, PolicyError, RetryError, StopReason, Strategy, policy, retry};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

const MILLI: Duration = Duration::from_millis(1);

const STEADY: Policy = policy!(strategy = "constant", base = "5ms", max = 4);
static DOUBLING: Policy = policy!(strategy = "exponential", base = "1ms", cap = "6ms", max = 5);
static LAZY: LazyLock<Policy> = LazyLock::new(|| policy!(strategy = ["2ms", "3ms"]));

#[derive(Debug)]
struct Down;

type Call = Result<(), RetryError<Down>>;

#[track_caller]
fn check(call: impl FnOnce() -> Call, expected: &[u64]) {
    let paused = testing::pause();
    let error = call().unwrap_err();
    assert_eq!(paused.slept(), expected.iter().map(|millis| Duration::from_millis(*millis)).collect::<Vec<_>>());
    assert_eq!(error.attempts() as usize, expected.len() + 1);
}

#[test]
fn a_policy_may_be_a_constant_a_static_lazy_or_shared() {
    #[retry(policy = STEADY, on = reattempt::any_error)]
    fn constant() -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    #[retry(policy = DOUBLING, on = reattempt::any_error)]
    fn in_static() -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    #[retry(policy = LAZY, on = reattempt::any_error)]
    fn lazy() -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    #[retry(policy = policy, on = reattempt::any_error)]
    fn shared(policy: Arc<Policy>) -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    check(constant, &[5, 5, 5]);
    check(in_static, &[1, 2, 4, 6]);
    check(lazy, &[2, 3]);
    check(|| shared(Arc::new(STEADY)), &[5, 5, 5]);
}

#[test]
fn a_policy_may_live_in_self_even_where_self_is_changed() {
    struct Client {
        policy: Policy,
        asked: u32,
    }
    impl Client {
        #[retry(policy = self.policy, on = reattempt::any_error)]
        fn call(&mut self) -> Result<(), RetryError<Down>> {
            self.asked += 1;
            Err(Down)
        }
    }
    let mut client = Client { policy: STEADY, asked: 0 };
    check(|| client.call(), &[5, 5, 5]);
    assert_eq!(client.asked, 4);
}

#[test]
fn keys_beside_a_policy_replace_one_setting_each() {
    #[retry(policy = STEADY, max = 2, on = reattempt::any_error)]
    fn max() -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    #[retry(policy = STEADY, base = base, on = reattempt::any_error)]
    fn base(base: Duration) -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    #[retry(policy = DOUBLING, cap = "3ms", on = reattempt::any_error)]
    fn cap() -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    #[retry(policy = DOUBLING, factor = 3, on = reattempt::any_error)]
    fn factor() -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    #[retry(policy = STEADY, deadline = "11ms", on = reattempt::any_error)]
    fn deadline() -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    check(max, &[5]);
    check(|| base(7 * MILLI), &[7, 7, 7]);
    check(cap, &[1, 2, 3, 3]);
    check(factor, &[1, 3, 6, 6]);
    check(deadline, &[5, 5]);
}

#[test]
fn a_strategy_beside_a_policy_replaces_backoff_and_jitter_together() {
    const JITTERED: Policy = policy!(strategy = "full_jitter", base = "4ms", max = 3);

    #[retry(policy = JITTERED, strategy = "constant", on = reattempt::any_error)]
    fn named() -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    #[retry(policy = JITTERED, strategy = ["9ms"], on = reattempt::any_error)]
    fn steps() -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    #[retry(policy = JITTERED, strategy = [MILLI, own], on = reattempt::any_error)]
    fn custom(own: Duration) -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    check(named, &[4, 4]);
    // The number of attempts stays the policy's.
    check(steps, &[9, 9]);
    check(|| custom(8 * MILLI), &[1, 8]);
}

#[test]
fn beside_a_policy_without_max_the_strategy_has_its_own_default() {
    const THREE: Policy = policy!(base = "4ms");
    const FIVE: Policy = policy!(strategy = ["1ms", "2ms", "3ms", "4ms"]);

    #[retry(policy = THREE, strategy = ["9ms"], on = reattempt::any_error)]
    fn steps() -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    #[retry(policy = FIVE, strategy = "constant", base = "4ms", on = reattempt::any_error)]
    fn named() -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    #[retry(policy = FIVE, strategy = [MILLI, own], on = reattempt::any_error)]
    fn custom(own: Duration) -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    check(steps, &[9]);
    check(named, &[4, 4]);
    check(|| custom(8 * MILLI), &[1, 8]);
}

#[test]
fn a_policy_with_a_deadline_is_watched() {
    const HASTY: Policy = policy!(strategy = "constant", base = "5ms", max = "unlimited", deadline = "12ms");
    #[retry(policy = HASTY, on = reattempt::any_error)]
    fn call() -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    let paused = testing::pause();
    assert_eq!(call().unwrap_err().reason(), StopReason::Deadline);
    assert_eq!(paused.slept(), [5 * MILLI; 2]);
}

#[test]
fn without_a_retry_error_the_deadline_of_a_policy_is_watched_too() {
    #[retry(policy = policy, on = reattempt::any_error)]
    fn call(policy: &Policy) -> Option<()> {
        None
    }
    let paused = testing::pause();
    assert_eq!(call(&policy!(strategy = "constant", base = "5ms", max = 100, deadline = "12ms")), None);
    assert_eq!(paused.slept().len(), 2);
    assert_eq!(call(&policy!(strategy = "constant", base = "5ms", max = 100)), None);
    assert_eq!(paused.slept().len(), 2 + 99);
}

#[test]
fn a_policy_made_at_compile_time_equals_one_from_the_builder() {
    const MAX: u32 = 7;
    const MADE: Policy = policy!(
        strategy = "exponential",
        base = "10ms",
        cap = "1s",
        factor = 1.5,
        jitter = 0.25,
        max = MAX,
        deadline = "30s",
        max_hint = "5s",
    );
    let built = Policy::builder()
        .strategy(Strategy::Exponential)
        .base(10 * MILLI)
        .cap(Duration::from_secs(1))
        .factor(1.5)
        .jitter(Jitter::Ratio(0.25))
        .max(MAX)
        .deadline(Duration::from_secs(30))
        .max_hint(Duration::from_secs(5))
        .build();
    assert_eq!(built, Ok(MADE));
    assert_eq!(policy!(), Policy::default());
}

#[test]
fn the_builder_refuses_what_it_cannot_use_and_names_both_values() {
    let builder = Policy::builder;
    let list: [(_, PolicyError, &str); 9] = [
        (
            builder().strategy(Strategy::Constant).deadline(MILLI),
            PolicyError::DeadlineTooShort { deadline: MILLI, first: 100 * MILLI },
            "`deadline` (1ms) ends before the first retry can begin (100ms",
        ),
        (builder().max(0), PolicyError::NoAttempts, "`max` must be at least 1"),
        (builder().factor(0.5), PolicyError::Factor { factor: 0.5 }, "0.5"),
        (builder().factor(f64::INFINITY), PolicyError::Factor { factor: f64::INFINITY }, "inf"),
        (
            builder().cap(MILLI),
            PolicyError::CapBelowBase { cap: MILLI, base: 100 * MILLI },
            "`cap` (1ms) is shorter than `base` (100ms)",
        ),
        (
            builder().jitter(Jitter::Full),
            PolicyError::JitterTwice { strategy: "full_jitter" },
            "`full_jitter` has jitter",
        ),
        (
            builder().strategy(Strategy::Constant).factor(2.0),
            PolicyError::Unused { strategy: "constant", setting: "factor" },
            "`factor` is not used by the strategy `constant`",
        ),
        (builder().unlimited(), PolicyError::Endless, "need a `deadline`"),
        (builder().strategy(Strategy::Steps(&[])), PolicyError::NoSteps, "empty"),
    ];
    for (builder, error, text) in list {
        assert_eq!(builder.build(), Err(error));
        assert!(error.to_string().contains(text), "{error}");
    }
    let ratio = builder().strategy(Strategy::Constant).jitter(Jitter::Ratio(1.5)).build();
    assert_eq!(ratio, Err(PolicyError::Ratio { ratio: 1.5 }));
    assert!(builder().factor(f64::NAN).build().is_err());
}

/// Collects the adjustment events of sites with a name.
fn adjustments_of(name: &'static str) -> Arc<Mutex<Vec<String>>> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let teller = Arc::clone(&told);
    event::observe(move |event: &Event<'_>| {
        if let Event::Adjusted { site, key, change, .. } = event {
            if site.name() == name {
                teller.lock().unwrap().push(format!("{key}: {change}"));
            }
        }
    });
    told
}

#[test]
fn a_number_of_attempts_of_zero_is_used_as_one_and_told_once() {
    let told = adjustments_of("zero attempts");
    #[retry(strategy = "immediate", max = max, name = "zero attempts", on = reattempt::any_error)]
    fn call(max: u32) -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    for _ in 0..3 {
        check(|| call(0), &[]);
    }
    check(|| call(1), &[]);
    assert_eq!(*told.lock().unwrap(), ["max: 0 is used as 1"]);
}

#[test]
fn a_factor_out_of_range_is_brought_into_range() {
    for (name, factor, change, expected) in [
        ("small", 0.5, "factor: 0.5 is used as 1", [2, 2]),
        ("negative", -3.0, "factor: -3 is used as 1", [2, 2]),
        ("NaN", f64::NAN, "factor: NaN is used as 1", [2, 2]),
        ("infinite", f64::INFINITY, "factor: inf is used as 1.7976931348623157e308", [2, 10_000]),
    ] {
        let told = adjustments_of("factors");
        #[retry(strategy = "exponential", base = "2ms", factor = factor, name = "factors", on = reattempt::any_error)]
        fn call(factor: f64) -> Result<(), RetryError<Down>> {
            Err(Down)
        }
        check(|| call(factor), &expected);
        // The site is the same each time, so it tells of the first alone.
        let told = told.lock().unwrap();
        if name == "small" {
            assert_eq!(*told, [change]);
        } else {
            assert_eq!(told.len(), 0, "{name}: {told:?}");
        }
    }
}

#[test]
fn a_cap_shorter_than_the_base_wins() {
    let told = adjustments_of("cap below base");
    #[retry(strategy = "exponential", base = "20ms", cap = cap, name = "cap below base", on = reattempt::any_error)]
    fn call(cap: Duration) -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    check(|| call(3 * MILLI), &[3, 3]);
    assert_eq!(*told.lock().unwrap(), ["cap: 3ms is shorter than `base` (20ms): every delay is the cap"]);
}

#[test]
fn a_jitter_ratio_out_of_range_is_brought_into_range() {
    let told = adjustments_of("ratio");
    #[retry(strategy = "constant", base = "5ms", jitter = ratio, name = "ratio", on = reattempt::any_error)]
    fn call(ratio: f64) -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    check(|| call(-1.0), &[5, 5]);
    check(|| call(f64::NAN), &[5, 5]);
    assert_eq!(*told.lock().unwrap(), ["jitter: -1 is used as 0"]);
    let paused = testing::pause();
    assert!(call(100.0).is_err());
    assert!(paused.slept().iter().all(|delay| *delay <= 10 * MILLI));
}

#[test]
fn jitter_beside_a_policy_that_has_its_own_is_left_out() {
    let told = adjustments_of("decorrelated");
    #[retry(policy = policy, jitter = "full", name = "decorrelated", on = reattempt::any_error)]
    fn call(policy: Policy) -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    let paused = testing::pause();
    assert!(call(policy!(strategy = "decorrelated_jitter", base = "5ms")).is_err());
    assert!(paused.slept().iter().all(|delay| *delay >= 5 * MILLI));
    assert_eq!(*told.lock().unwrap(), ["jitter: `decorrelated_jitter` keeps its own jitter"]);
}

#[test]
fn unlimited_attempts_over_a_policy_without_a_deadline_are_limited() {
    let told = adjustments_of("endless");
    #[retry(policy = STEADY, max = "unlimited", name = "endless", on = reattempt::any_error)]
    fn call() -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    check(call, &[5, 5]);
    assert_eq!(*told.lock().unwrap(), ["max: unlimited without a deadline is used as 3"]);
}

#[test]
fn a_final_attempt_over_a_policy_without_a_deadline_is_not_made() {
    let told = adjustments_of("final");
    #[retry(policy = STEADY, final_attempt = true, name = "final", on = reattempt::any_error)]
    fn call() -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    check(call, &[5, 5, 5]);
    assert_eq!(*told.lock().unwrap(), ["final_attempt: true without a deadline is used as false"]);
}

#[test]
fn a_history_of_zero_is_used_as_one() {
    let told = adjustments_of("history");
    #[retry(strategy = "immediate", history = failures, name = "history", on = reattempt::any_error)]
    fn call(failures: usize) -> Result<(), RetryError<Down>> {
        Err(Down)
    }
    assert_eq!(call(0).unwrap_err().history().count(), 1);
    assert_eq!(*told.lock().unwrap(), ["history: 0 is used as 1"]);
}

#[test]
fn what_follows_from_a_policy_stands_on_it() {
    let policy = policy!(strategy = "exponential", base = "1s", cap = "8s", max = 100, deadline = "5s");
    assert_eq!(policy.longest_wait(), Duration::from_secs(5));
    assert_eq!(policy.attempts_in_time(), Some(3));
    assert!(!policy.reaches_cap());
}

#[test]
fn literals_of_an_attribute_make_the_policy_that_the_builder_makes() {
    const HINT: Duration = Duration::from_secs(5);

    // The attempt's view of its policy and the delays show the rest. Here the longest wait stands for all delays.
    macro_rules! same {
        ($($key:ident = $value:expr),*; $slept:expr) => {{
            #[retry($($key = $value,)* on = reattempt::any_error)]
            fn literal() -> Option<()> {
                None
            }
            let made: Policy = policy!($($key = $value),*);
            testing::seed(3);
            let expected: Vec<_> = made.delays().filter(|delay| !delay.is_zero()).collect();
            testing::seed(3);
            let paused = testing::pause();
            assert_eq!(literal(), None);
            assert_eq!(paused.slept(), expected, stringify!($($key = $value),*));
            assert_eq!(expected.len(), $slept);
        }};
    }
    same!(strategy = "immediate", max = 4; 0);
    same!(strategy = "constant", base = "7ms", jitter = "equal", max = 4; 3);
    same!(strategy = "constant", base = "7ms", jitter = "full", max_hint = HINT; 2);
    same!(strategy = "linear", base = "7ms", increment = "2ms", cap = "10ms", jitter = "3ms", max = 5; 4);
    same!(strategy = "exponential", base = "7ms", factor = 3, cap = "90ms", jitter = 0.3, max = 5; 4);
    same!(strategy = "fibonacci", base = "7ms", cap = "90ms", max_hint = "2s", max = 9; 8);
    same!(strategy = "full_jitter", base = "7ms", factor = 1.5, deadline = "1h", max = 5; 4);
    same!(strategy = "equal_jitter", max = 5; 4);
    same!(strategy = "decorrelated_jitter", base = "7ms", cap = "2s", max = 5; 4);
    same!(strategy = "decorrelated_jitter_v2", base = "7ms", cap = "2s", max = 5; 4);
    same!(base = "1ms"; 2);
}
