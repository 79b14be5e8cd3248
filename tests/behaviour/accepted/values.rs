//! Twins of `tests/ui/values`: values of the right kind, in their range.

use super::{MS, S, exactly, immediate, up_to};
use crate::support::runs::{Busy, Runs, thrice};
use reattempt::{RetryError, retry};
use std::time::Duration;

repaired! {
    [cap_negative] {
        (cap = "5s") => up_to([100 * MS, 200 * MS]);
    }
    [deadline_negative, deadline_a_dash] {
        (deadline = "30s") => up_to([100 * MS, 200 * MS]);
    }
    [duration_in_weeks] {
        (base = "7d") => up_to([7 * (86_400 * S), 7 * (86_400 * S)]);
    }
    [duration_with_a_comma, duration_with_a_point_without_quotes] {
        (base = "1.5s") => up_to([1500 * MS, 3 * S]);
    }
    [duration_with_an_exponent] {
        (base = "1000ms") => up_to([S, 2 * S]);
    }
    [duration_without_quotes] {
        (base = "100ms") => up_to([100 * MS, 200 * MS]);
    }
    [jitter_duration_without_quotes] {
        (strategy = "constant", jitter = "50ms") => up_to([150 * MS, 150 * MS]);
    }
    [jitter_in_percent] {
        (strategy = "constant", jitter = 0.2) => up_to([120 * MS, 120 * MS]);
    }
    [jitter_ratio_in_quotes] {
        (strategy = "constant", jitter = 0.2) => up_to([120 * MS, 120 * MS]);
        (strategy = "constant", jitter = "50ms") => up_to([150 * MS, 150 * MS]);
    }
    [jitter_without_quotes] {
        (strategy = "constant", jitter = "full") => up_to([100 * MS, 100 * MS]);
    }
    [max_hint_a_number, max_hint_without_unit] {
        (max_hint = "60ms") => up_to([100 * MS, 200 * MS]);
        (max_hint = "60s") => up_to([100 * MS, 200 * MS]);
    }
    [max_unlimited_without_quotes] {
        (strategy = "constant", max = "unlimited", deadline = "450ms") => exactly([100 * MS; 4]);
    }
    [max_with_a_unit] {
        (max = 3) => up_to([100 * MS, 200 * MS]);
    }
    [sleep_a_duration] {
        (sleep = std::thread::sleep, strategy = "immediate") => immediate(3);
        (base = "1s") => up_to([S, 2 * S]);
    }
    [base_zero, cap_zero, zero_without_a_unit] {
        (strategy = "immediate") => immediate(3);
    }
    [constant_base_above_cap] {
        const FIVE: Duration = Duration::from_secs(5);
        const ONE: Duration = Duration::from_secs(1);
        (base = FIVE, cap = "10s") => up_to([5 * S, 10 * S]);
        (base = ONE, cap = "1s") => up_to([S, S]);
    }
    [constant_base_of_the_wrong_type] {
        const BASE: Duration = Duration::from_secs(5);
        (base = BASE) => up_to([5 * S, 10 * S]);
    }
    [constant_base_zero] {
        const BASE: Duration = Duration::from_millis(1);
        (strategy = "immediate") => immediate(3);
        (base = BASE) => up_to([MS, 2 * MS]);
    }
    [constant_cap_below_base] {
        const FIVE: Duration = Duration::from_secs(5);
        const ONE: Duration = Duration::from_secs(1);
        (base = "5s", cap = FIVE) => up_to([5 * S, 5 * S]);
        (base = "800ms", cap = ONE) => up_to([800 * MS, S]);
    }
    [constant_cap_zero] {
        const CAP: Duration = Duration::from_millis(150);
        (strategy = "immediate") => immediate(3);
        (cap = CAP) => up_to([100 * MS, 150 * MS]);
    }
    [constant_deadline_before_the_first_retry] {
        const SIX: Duration = Duration::from_secs(6);
        const THREE: Duration = Duration::from_secs(3);
        (strategy = "constant", base = "5s", deadline = SIX) => exactly([5 * S]);
        (strategy = "constant", base = "1s", deadline = THREE) => exactly([S, S]);
    }
    [constant_base_past_a_deadline] {
        const BASE: Duration = Duration::from_secs(5);
        (strategy = "constant", base = BASE, deadline = "6s") => exactly([5 * S]);
    }
    [constant_deadline_zero] {
        const DEADLINE: Duration = Duration::from_secs(30);
        (deadline = DEADLINE) => up_to([100 * MS, 200 * MS]);
    }
    [constant_factor_below_one, constant_factor_infinite, constant_factor_not_a_number] {
        const FACTOR: f64 = 2.0;
        (factor = FACTOR) => up_to([100 * MS, 200 * MS]);
    }
    [constant_increment_zero] {
        const STEP: Duration = Duration::from_secs(1);
        (strategy = "linear", increment = STEP) => exactly([100 * MS, 1100 * MS]);
        (strategy = "constant") => exactly([100 * MS, 100 * MS]);
    }
    [constant_jitter_above_one] {
        const RATIO: f64 = 0.2;
        (strategy = "constant", jitter = RATIO) => up_to([120 * MS, 120 * MS]);
    }
    [constant_jitter_of_the_wrong_type] {
        const NAMED: reattempt::Jitter = reattempt::Jitter::Full;
        const RATIO: f64 = 0.2;
        const SPREAD: Duration = Duration::from_millis(50);
        (strategy = "constant", jitter = "full") => up_to([100 * MS, 100 * MS]);
        (strategy = "constant", jitter = "equal") => up_to([100 * MS, 100 * MS]);
        (strategy = "constant", jitter = NAMED) => up_to([100 * MS, 100 * MS]);
        (strategy = "constant", jitter = RATIO) => up_to([120 * MS, 120 * MS]);
        (strategy = "constant", jitter = SPREAD) => up_to([150 * MS, 150 * MS]);
    }
    [constant_max_of_zero] {
        const MAX: u32 = 1;
        (max = MAX) => immediate(1);
    }
    [constant_of_the_wrong_type] {
        const MAX: u32 = 5;
        (max = MAX) => up_to([100 * MS, 200 * MS, 400 * MS, 800 * MS]);
    }
    [constant_reset_after_zero, reset_after_zero] {
        const HEALTHY: Duration = Duration::from_secs(600);
        (reset_after = HEALTHY) => up_to([100 * MS, 200 * MS]);
        (reset_after = "10min") => up_to([100 * MS, 200 * MS]);
    }
    [deadline_zero] {
        (deadline = "30s") => up_to([100 * MS, 200 * MS]);
    }
    [duration_a_bool, duration_empty, duration_negative_number, duration_not_a_number] {
        (base = "250ms") => up_to([250 * MS, 500 * MS]);
        (base = "1.5s") => up_to([1500 * MS, 3 * S]);
        (base = "2min") => up_to([120 * S, 120 * S]);
    }
    [duration_bare_number, duration_without_unit] {
        (base = "5ms") => up_to([5 * MS, 10 * MS]);
        (base = "5s") => up_to([5 * S, 10 * S]);
    }
    [duration_long_unit, duration_negative] {
        (base = "5s") => up_to([5 * S, 10 * S]);
    }
    [duration_minutes_in_capitals] {
        (base = "5m") => up_to([300 * S, 300 * S]);
        (base = "5min") => up_to([300 * S, 300 * S]);
    }
    [duration_one_unit_twice] {
        (base = "501s") => up_to([501 * S, 501 * S]);
    }
    [duration_too_fine] {
        (base = "50ns") => up_to([MS / 20_000, MS / 10_000]);
    }
    [duration_too_long] {
        (base = "5000000h") => up_to([5_000_000 * (3_600 * S), 5_000_000 * (3_600 * S)]);
    }
    [duration_units_in_the_wrong_order] {
        (base = "1m 30s") => up_to([90 * S, 90 * S]);
        (base = "1m30s") => up_to([90 * S, 90 * S]);
        (base = "90s") => up_to([90 * S, 90 * S]);
    }
    [duration_unknown_unit] {
        (base = "5ms") => up_to([5 * MS, 10 * MS]);
    }
    [factor_below_one, factor_infinite, factor_negative, factor_quoted, factor_zero] {
        (strategy = "exponential", factor = 2.0) => exactly([100 * MS, 200 * MS]);
        (strategy = "exponential", factor = 1) => exactly([100 * MS, 100 * MS]);
    }
    [increment_zero] {
        (strategy = "constant") => exactly([100 * MS, 100 * MS]);
    }
    [jitter_of_the_default_strategy] {
        () => up_to([100 * MS, 200 * MS]);
        (strategy = "exponential", jitter = 0.2) => up_to([120 * MS, 240 * MS]);
    }
    [jitter_a_bool] {
        (strategy = "constant", jitter = "full") => up_to([100 * MS, 100 * MS]);
        (strategy = "constant", jitter = "equal") => up_to([100 * MS, 100 * MS]);
        (strategy = "constant", jitter = 0.2) => up_to([120 * MS, 120 * MS]);
        (strategy = "constant", jitter = "50ms") => up_to([150 * MS, 150 * MS]);
    }
    [jitter_above_one, jitter_negative] {
        (strategy = "constant", jitter = 0.2) => up_to([120 * MS, 120 * MS]);
    }
    [jitter_unknown_name] {
        (strategy = "constant", jitter = "full") => up_to([100 * MS, 100 * MS]);
    }
    [jitter_without_unit] {
        (strategy = "constant", jitter = "50ms") => up_to([150 * MS, 150 * MS]);
        (strategy = "constant", jitter = "50s") => up_to([10 * S, 10 * S]);
    }
    [max_broken, max_quoted] {
        (max = 5) => up_to([100 * MS, 200 * MS, 400 * MS, 800 * MS]);
    }
    [max_misspelt_unlimited] {
        (strategy = "constant", max = "unlimited", deadline = "450ms") => exactly([100 * MS; 4]);
    }
    [max_negative] {
        (max = 3) => up_to([100 * MS, 200 * MS]);
    }
    [max_zero] {
        (max = 1) => immediate(1);
        (max = 2) => up_to([100 * MS]);
    }
}

#[derive(Debug, PartialEq)]
enum MyError {
    Busy,
    Lost,
}

/// Twins of programs whose classifier holds patterns: the error of each call, what says so, and how often it runs.
macro_rules! matched {
    ($($cases:tt { $(($error:expr, $type:ty) $on:tt $runs:expr;)+ })+) => {
        shared! {
            $($cases { $({
                #[retry(strategy = "immediate", on = matches $on)]
                fn call(runs: &Runs) -> Result<(), $type> {
                    runs.fail();
                    Err($error)
                }
                let runs = Runs::new();
                assert_eq!(call(&runs), Err($error));
                assert_eq!(runs.count(), $runs);
            })+ })+
        }
    };
}

matched! {
    [patterns_without_matches, matches_with_a_comma] {
        (MyError::Busy, MyError) (MyError::Busy | MyError::Lost) 3;
        (MyError::Lost, MyError) (MyError::Busy | MyError::Lost) 3;
    }
    [pattern_in_quotes, matches_as_a_macro, matches_in_brackets, matches_with_an_arm, matches_without_a_condition] {
        (MyError::Busy, MyError) (MyError::Busy) 3;
        (MyError::Lost, MyError) (MyError::Busy) 1;
        (MyError::Lost, MyError) (MyError::Busy,) 1;
        (MyError::Busy, MyError) (MyError::Busy if true) 3;
    }
    [matches_with_a_comparison, matches_with_a_type] {
        (500, u16) (code if *code == 500) 3;
        (404, u16) (code if *code == 500) 1;
    }
    [matches_a_comparison_alone] {
        (500, u16) (e if *e >= 500) 3;
        (500, u16) (500..) 3;
        (404, u16) (e if *e >= 500) 1;
    }
    [matches_without_a_pattern] {
        (MyError::Busy, MyError) (e if *e == MyError::Busy) 3;
        (MyError::Lost, MyError) (e if *e == MyError::Busy) 1;
    }
    [matches_a_call] {
        (512, u16) (code if code.is_power_of_two()) 3;
        (500, u16) (code if code.is_power_of_two()) 1;
    }
}

#[test]
fn recover_a_text() {
    fn from_the_cache(error: RetryError<reattempt::NoneError>) -> Option<u32> {
        (error.attempts() == 3).then_some(7)
    }

    #[retry(strategy = "immediate", recover = from_the_cache, on = reattempt::any_error)]
    fn call(runs: &Runs) -> Option<u32> {
        runs.fail();
        None
    }
    assert_eq!(thrice(call), Some(7));
}

const KEPT: usize = 1;
const MAX: u32 = 3;

#[test]
fn constant_history_of_zero() {
    #[retry(strategy = "immediate", history = KEPT, on = reattempt::any_error)]
    fn kept(runs: &Runs) -> Result<(), RetryError<Busy>> {
        Err(runs.fail())
    }
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn left_out(runs: &Runs) -> Result<(), RetryError<Busy>> {
        Err(runs.fail())
    }
    assert_eq!(thrice(kept).unwrap_err().history().count(), 1);
    assert_eq!(thrice(left_out).unwrap_err().into_last(), Some(Busy));
}

#[test]
fn history_quoted() {
    #[retry(strategy = "immediate", history = 5, on = reattempt::any_error)]
    fn call(runs: &Runs) -> Result<(), RetryError<Busy>> {
        Err(runs.fail())
    }
    assert_eq!(thrice(call).unwrap_err().history().count(), 3);
}

shared! {
    [history_negative, history_zero] {
        #[retry(strategy = "immediate", history = 1, on = reattempt::any_error)]
        fn least(runs: &Runs) -> Result<(), RetryError<Busy>> {
            Err(runs.fail())
        }
        #[retry(strategy = "immediate", history = 3, on = reattempt::any_error)]
        fn all(runs: &Runs) -> Result<(), RetryError<Busy>> {
            Err(runs.fail())
        }
        assert_eq!(thrice(least).unwrap_err().history().count(), 1);
        assert_eq!(thrice(all).unwrap_err().history().count(), 3);
    }
}

#[test]
fn constant_in_a_generic_function_that_nobody_calls() {
    #[retry(strategy = "immediate", max = MAX, on = reattempt::any_error)]
    fn call<T: Default>(runs: &Runs) -> Option<T> {
        runs.fail();
        None
    }
    assert_eq!(thrice(call::<u8>), None);
}

#[test]
fn max_too_large() {
    #[retry(strategy = "immediate", max = 4294967295, on = reattempt::any_error)]
    fn call(runs: &Runs) -> Option<u32> {
        runs.fail_twice().ok()
    }
    assert_eq!(thrice(call), Some(3));
}

#[test]
fn run_time_max_of_the_wrong_type() {
    #[retry(strategy = "immediate", max = attempts, on = reattempt::any_error)]
    fn call(attempts: u32, runs: &Runs) -> Option<()> {
        runs.fail();
        None
    }
    assert_eq!(thrice(|runs| call(3, runs)), None);
}

#[test]
fn through_a_macro() {
    macro_rules! retried {
        ($max:expr, $base:literal, $first:expr) => {
            #[retry(strategy = "exponential", max = $max, base = $base, on = reattempt::any_error)]
            fn call(runs: &Runs) -> Option<()> {
                runs.fail();
                None
            }

            #[retry(strategy = [$first, "1s"], on = reattempt::any_error)]
            fn listed(runs: &Runs) -> Option<()> {
                runs.fail();
                None
            }
        };
    }

    retried!(3, "5s", "7s");
    exactly([5 * S, 10 * S]).check(call);
    exactly([7 * S, S]).check(listed);
}
