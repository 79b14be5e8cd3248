//! The keys for delays: the sleeps of an annotated function, in fake time.

use reattempt::testing::{self, Paused};
use reattempt::{Backoff, Jitter, retry};
use std::time::Duration;

type Outcome = Result<(), &'static str>;

const FAILED: Outcome = Err("down");

/// Asserts the delays between the attempts of a function that always fails.
#[track_caller]
fn check(call: impl FnOnce() -> Outcome, expected: &[u64]) {
    let paused = testing::pause();
    assert_eq!(call(), FAILED);
    assert_eq!(millis(&paused), expected);
}

fn millis(paused: &Paused) -> Vec<u64> {
    paused.slept().iter().map(|delay| u64::try_from(delay.as_millis()).unwrap()).collect()
}

#[test]
fn immediate_does_not_sleep() {
    #[retry(strategy = "immediate", max = 4, on = reattempt::any_error)]
    fn call() -> Outcome {
        FAILED
    }
    check(call, &[]);
}

#[test]
fn constant_sleeps_the_base_each_time() {
    #[retry(strategy = "constant", base = "70ms", max = 4, on = reattempt::any_error)]
    fn call() -> Outcome {
        FAILED
    }
    check(call, &[70, 70, 70]);
}

#[test]
fn linear_adds_the_increment_up_to_the_cap() {
    #[retry(strategy = "linear", base = "100ms", increment = "50ms", cap = "180ms", max = 5, on = reattempt::any_error)]
    fn call() -> Outcome {
        FAILED
    }
    check(call, &[100, 150, 180, 180]);
}

#[test]
fn linear_adds_the_base_where_no_increment_is_given() {
    #[retry(strategy = "linear", base = "20ms", max = 4, on = reattempt::any_error)]
    fn call() -> Outcome {
        FAILED
    }
    check(call, &[20, 40, 60]);
}

#[test]
fn exponential_multiplies_by_the_factor_up_to_the_cap() {
    #[retry(strategy = "exponential", base = "10ms", factor = 3, cap = "200ms", max = 6, on = reattempt::any_error)]
    fn call() -> Outcome {
        FAILED
    }
    check(call, &[10, 30, 90, 200, 200]);
}

#[test]
fn exponential_takes_broken_factors() {
    #[retry(strategy = "exponential", base = "100ms", factor = 1.5, max = 4, on = reattempt::any_error)]
    fn call() -> Outcome {
        FAILED
    }
    check(call, &[100, 150, 225]);
}

#[test]
fn fibonacci_follows_the_numbers_up_to_the_cap() {
    #[retry(strategy = "fibonacci", base = "10ms", cap = "75ms", max = 9, on = reattempt::any_error)]
    fn call() -> Outcome {
        FAILED
    }
    check(call, &[10, 10, 20, 30, 50, 75, 75, 75]);
}

#[test]
fn a_list_allows_one_attempt_more_than_it_has_entries() {
    #[retry(strategy = ["100ms", "1s", "5s"], on = reattempt::any_error)]
    fn call() -> Outcome {
        FAILED
    }
    check(call, &[100, 1_000, 5_000]);
}

#[test]
fn a_list_repeats_its_last_entry_for_more_attempts() {
    const LAST: Duration = Duration::from_millis(7);

    #[retry(strategy = ["3ms", LAST], max = 5, on = reattempt::any_error)]
    fn call() -> Outcome {
        FAILED
    }
    check(call, &[3, 7, 7, 7]);
}

#[test]
fn a_list_may_hold_values_of_run_time() {
    #[retry(strategy = ["3ms", second, "1ms", second], on = reattempt::any_error)]
    fn call(second: Duration) -> Outcome {
        FAILED
    }
    #[retry(strategy = ["3ms", second, "1ms", second], max = 3, on = reattempt::any_error)]
    fn limited(second: Duration) -> Outcome {
        FAILED
    }
    check(|| call(Duration::from_millis(9)), &[3, 9, 1, 9]);
    check(|| limited(Duration::from_millis(9)), &[3, 9]);
}

#[test]
fn the_default_is_full_jitter_from_100_ms_with_three_attempts() {
    #[retry(on = reattempt::any_error)]
    fn call() -> Outcome {
        FAILED
    }
    let mut longest = [0; 2];
    for _ in 0..200 {
        let paused = testing::pause();
        assert_eq!(call(), FAILED);
        // A delay of zero would be missing here; in 400 draws out of 100 million there is none.
        let slept = millis(&paused);
        assert_eq!(slept.len(), 2);
        for (longest, slept) in longest.iter_mut().zip(slept) {
            *longest = slept.max(*longest);
        }
    }
    assert!((80..=100).contains(&longest[0]) && (160..=200).contains(&longest[1]), "{longest:?}");
}

#[test]
fn jitter_joins_a_strategy_that_has_none() {
    #[retry(strategy = "constant", base = "100ms", jitter = 0.2, max = 200, on = reattempt::any_error)]
    fn ratio() -> Outcome {
        FAILED
    }
    #[retry(strategy = "constant", base = "100ms", jitter = "50ms", max = 200, on = reattempt::any_error)]
    fn spread() -> Outcome {
        FAILED
    }
    #[retry(strategy = "constant", base = "100ms", jitter = "full", max = 200, on = reattempt::any_error)]
    fn full() -> Outcome {
        FAILED
    }
    #[retry(strategy = ["100ms"], jitter = "equal", max = 200, on = reattempt::any_error)]
    fn equal() -> Outcome {
        FAILED
    }
    for (call, low, high) in [(ratio as fn() -> Outcome, 80, 120), (spread, 100, 150), (full, 0, 100), (equal, 50, 100)]
    {
        let paused = testing::pause();
        assert_eq!(call(), FAILED);
        let slept = millis(&paused);
        let (least, most) = (slept.iter().min().unwrap(), slept.iter().max().unwrap());
        let margin = (high - low) / 10;
        assert!((low..=low + margin).contains(least), "{slept:?}");
        assert!((high - margin..=high).contains(most), "{slept:?}");
    }
}

#[test]
fn jitter_may_be_a_constant_or_a_value_of_run_time() {
    const RATIO: f64 = 0.0;
    const SPREAD: Duration = Duration::ZERO;

    #[retry(strategy = "constant", base = "5ms", jitter = RATIO, max = 2, on = reattempt::any_error)]
    fn constant_ratio() -> Outcome {
        FAILED
    }
    #[retry(strategy = "constant", base = "5ms", jitter = SPREAD, max = 2, on = reattempt::any_error)]
    fn constant_spread() -> Outcome {
        FAILED
    }
    #[retry(strategy = "constant", base = "5ms", jitter = jitter, max = 2, on = reattempt::any_error)]
    fn run_time(jitter: Jitter) -> Outcome {
        FAILED
    }
    check(constant_ratio, &[5]);
    check(constant_spread, &[5]);
    check(|| run_time(Jitter::Ratio(0.0)), &[5]);
}

#[test]
fn a_seed_fixes_the_jitter() {
    #[retry(max = 5, on = reattempt::any_error)]
    fn call() -> Outcome {
        FAILED
    }
    let sleeps = || {
        testing::seed(42);
        let paused = testing::pause();
        assert_eq!(call(), FAILED);
        paused.slept()
    };
    let first = sleeps();
    assert_eq!(first.len(), 4);
    assert_eq!(sleeps(), first);
}

#[test]
fn two_calls_spread_apart() {
    #[retry(max = 5, on = reattempt::any_error)]
    fn call() -> Outcome {
        FAILED
    }
    let paused = testing::pause();
    assert_eq!(call(), FAILED);
    assert_eq!(call(), FAILED);
    let slept = paused.slept();
    assert_ne!(slept[..4], slept[4..]);
}

#[derive(Debug)]
struct Doubling(Duration);

impl Backoff for Doubling {
    fn delay(&self, _retry: u32, previous: Duration, unit: f64) -> Duration {
        assert!((0.0..1.0).contains(&unit));
        (previous * 2).max(self.0)
    }
}

#[test]
fn a_strategy_of_ones_own_is_told_its_previous_delay() {
    #[retry(strategy = Doubling(Duration::from_millis(3)), max = 5, on = reattempt::any_error)]
    fn call() -> Outcome {
        FAILED
    }
    check(call, &[3, 6, 12, 24]);
}

#[test]
fn a_strategy_of_ones_own_may_live_behind_self() {
    struct Client {
        backoff: Doubling,
        asked: u32,
    }
    impl Client {
        #[retry(strategy = self.backoff, jitter = 0.0, max = 3, on = reattempt::any_error)]
        fn call(&mut self) -> Outcome {
            self.asked += 1;
            FAILED
        }
    }
    let mut client = Client { backoff: Doubling(Duration::from_millis(3)), asked: 0 };
    check(|| client.call(), &[3, 6]);
    assert_eq!(client.asked, 3);
}

#[test]
fn constants_and_values_of_run_time_serve_as_settings() {
    const BASE: Duration = Duration::from_millis(10);
    const FACTOR: f64 = 10.0;
    const MAX: u32 = 4;

    #[retry(strategy = "exponential", base = BASE, factor = FACTOR, max = MAX, on = reattempt::any_error)]
    fn constants() -> Outcome {
        FAILED
    }
    #[retry(strategy = "exponential", base = base * 2, factor = factor, cap = cap(), max = max, on = reattempt::any_error)]
    fn run_time(base: Duration, factor: f64, max: u32) -> Outcome {
        FAILED
    }
    check(constants, &[10, 100, 1_000]);
    check(|| run_time(BASE, 3.0, 5), &[20, 60, 180, 300]);
}

fn cap() -> Duration {
    Duration::from_millis(300)
}

#[test]
fn generics_of_an_impl_serve_as_settings_in_braces() {
    struct Client<const N: u32>;
    impl<const N: u32> Client<N> {
        const BASE: Duration = Duration::from_millis(N as u64);

        #[retry(strategy = "constant", base = Self::BASE, max = { N }, on = reattempt::any_error)]
        fn call(&self) -> Outcome {
            FAILED
        }
    }
    check(|| Client::<3>.call(), &[3, 3]);
    check(|| Client::<1>.call(), &[]);
}

#[test]
fn generics_inside_of_a_path_serve_as_settings_in_braces() {
    struct Limit<T>(T);
    impl<T> Limit<T> {
        const MAX: u32 = if size_of::<T>() == 0 { 2 } else { 3 };
    }

    #[retry(strategy = "constant", base = "3ms", max = { Limit::<T>::MAX }, on = reattempt::any_error)]
    fn call<T>(_: Limit<T>) -> Outcome {
        FAILED
    }
    check(|| call(Limit(1_u8)), &[3, 3]);
    check(|| call(Limit(())), &[3]);
}

#[test]
fn settings_of_run_time_are_evaluated_once_for_each_call() {
    let evaluated = std::cell::Cell::new(0);
    #[retry(strategy = "immediate", max = { evaluated.set(evaluated.get() + 1); 4 }, on = reattempt::any_error)]
    fn call(evaluated: &std::cell::Cell<u32>) -> Outcome {
        FAILED
    }
    check(|| call(&evaluated), &[]);
    assert_eq!(evaluated.get(), 1);
    check(|| call(&evaluated), &[]);
    assert_eq!(evaluated.get(), 2);
}
