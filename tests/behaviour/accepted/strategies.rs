//! Twins of `tests/ui/strategies`: strategies with the keys they take.

use super::{MS, Own, S, exactly, immediate, up_to};
use crate::support::runs::Runs;
use reattempt::{Backoff, retry};
use std::time::Duration;

repaired! {
    [a_number] {
        (strategy = "equal_jitter") => up_to([100 * MS, 200 * MS]);
        (strategy = ["5s"]) => exactly([5 * S]);
        (strategy = Own) => exactly([S, 2 * S]);
    }
    [cap_below_base] {
        (base = "5s", cap = "10s") => up_to([5 * S, 10 * S]);
        (base = "1s", cap = "1s") => up_to([S, S]);
    }
    [cap_below_default_base] {
        (cap = "100ms") => up_to([100 * MS, 100 * MS]);
        (base = "50ms", cap = "50ms") => up_to([50 * MS, 50 * MS]);
    }
    [constant_with_cap] {
        (strategy = "constant") => exactly([100 * MS, 100 * MS]);
        (strategy = "linear", cap = "5s") => exactly([100 * MS, 200 * MS]);
        (strategy = "exponential", cap = "5s") => exactly([100 * MS, 200 * MS]);
        (strategy = "fibonacci", cap = "5s") => exactly([100 * MS, 100 * MS]);
        (strategy = "full_jitter", cap = "5s") => up_to([100 * MS, 200 * MS]);
        (strategy = "equal_jitter", cap = "5s") => up_to([100 * MS, 200 * MS]);
        (strategy = "decorrelated_jitter", cap = "5s") => up_to([300 * MS, 900 * MS]);
        (strategy = "decorrelated_jitter_v2", cap = "5s") => up_to([138 * MS, 284 * MS]);
    }
    [
        constant_with_factor, fibonacci_with_factor, linear_with_factor, decorrelated_with_factor, list_with_factor,
        own_with_factor
    ] {
        (strategy = "constant") => exactly([100 * MS, 100 * MS]);
        (strategy = "linear") => exactly([100 * MS, 200 * MS]);
        (strategy = "fibonacci") => exactly([100 * MS, 100 * MS]);
        (strategy = "decorrelated_jitter") => up_to([300 * MS, 900 * MS]);
        (strategy = ["1s"]) => exactly([S]);
        (strategy = Own) => exactly([S, 2 * S]);
        (strategy = "exponential", factor = 2.0) => exactly([100 * MS, 200 * MS]);
        (strategy = "full_jitter", factor = 2.0) => up_to([100 * MS, 200 * MS]);
        (strategy = "equal_jitter", factor = 2.0) => up_to([100 * MS, 200 * MS]);
    }
    [default_with_increment] {
        () => up_to([100 * MS, 200 * MS]);
        (strategy = "linear", increment = "1s") => exactly([100 * MS, 1100 * MS]);
    }
    [empty_list] {
        (strategy = ["1s"]) => exactly([S]);
        (strategy = "immediate") => immediate(3);
    }
    [exponential_with_increment, decorrelated_v2_with_increment, list_with_increment, own_with_increment] {
        (strategy = "exponential") => exactly([100 * MS, 200 * MS]);
        (strategy = "decorrelated_jitter_v2") => up_to([138 * MS, 284 * MS]);
        (strategy = ["1s"]) => exactly([S]);
        (strategy = Own) => exactly([S, 2 * S]);
        (strategy = "linear", increment = "1s") => exactly([100 * MS, 1100 * MS]);
    }
    [immediate_with_base] {
        (strategy = "immediate") => immediate(3);
        (strategy = "constant", base = "1s") => exactly([S, S]);
        (strategy = "linear", base = "1s") => exactly([S, 2 * S]);
        (strategy = "exponential", base = "1s") => exactly([S, 2 * S]);
        (strategy = "fibonacci", base = "1s") => exactly([S, S]);
        (strategy = "full_jitter", base = "1s") => up_to([S, 2 * S]);
        (strategy = "equal_jitter", base = "1s") => up_to([S, 2 * S]);
        (strategy = "decorrelated_jitter", base = "1s") => up_to([3 * S, 9 * S]);
        (strategy = "decorrelated_jitter_v2", base = "1s") => up_to([1380 * MS, 2840 * MS]);
    }
    [full_jitter_beside_immediate, ratio_beside_immediate] {
        (strategy = "immediate") => immediate(3);
        (strategy = "immediate", jitter = "50ms") => up_to([50 * MS, 50 * MS]);
    }
    [constant_jitter_beside_full_jitter] {
        const SPREAD: f64 = 0.2;
        (strategy = "full_jitter") => up_to([100 * MS, 200 * MS]);
        (strategy = "exponential", jitter = SPREAD) => up_to([120 * MS, 240 * MS]);
    }
    [jitter_beside_equal_jitter, jitter_beside_decorrelated_v2] {
        (strategy = "equal_jitter") => up_to([100 * MS, 200 * MS]);
        (strategy = "decorrelated_jitter_v2") => up_to([138 * MS, 284 * MS]);
        (strategy = "exponential", jitter = 0.2) => up_to([120 * MS, 240 * MS]);
    }
    [jitter_beside_decorrelated] {
        (strategy = "decorrelated_jitter") => up_to([300 * MS, 900 * MS]);
        (strategy = "exponential", jitter = 0.2) => up_to([120 * MS, 240 * MS]);
    }
    [jitter_beside_the_default, jitter_twice] {
        (strategy = "full_jitter") => up_to([100 * MS, 200 * MS]);
        () => up_to([100 * MS, 200 * MS]);
        (strategy = "exponential", jitter = "full") => up_to([100 * MS, 200 * MS]);
    }
    [list_of_numbers] {
        (strategy = ["100ms", "200ms"]) => exactly([100 * MS, 200 * MS]);
        (strategy = ["100s", "200s"]) => exactly([100 * S, 200 * S]);
    }
    [list_with_a_wrong_unit] {
        (strategy = ["100ms", "2s"]) => exactly([100 * MS, 2 * S]);
    }
    [list_with_base] {
        (strategy = ["1s"]) => exactly([S]);
        (strategy = "constant", base = "2s") => exactly([2 * S, 2 * S]);
    }
    [not_quoted, unknown_with_hyphen] {
        (strategy = "equal_jitter") => up_to([100 * MS, 200 * MS]);
    }
    [own_with_base] {
        (strategy = Own) => exactly([S, 2 * S]);
        (strategy = "exponential", base = "2s") => exactly([2 * S, 4 * S]);
    }
    [own_with_cap, list_with_cap] {
        (strategy = Own) => exactly([S, 2 * S]);
        (strategy = ["1s"]) => exactly([S]);
        (strategy = "exponential", cap = "2s") => exactly([100 * MS, 200 * MS]);
    }
    [own_without_backoff] {
        (strategy = "equal_jitter") => up_to([100 * MS, 200 * MS]);
        (strategy = Own) => exactly([S, 2 * S]);
    }
    [variant_of_the_enum] {
        (strategy = "exponential") => exactly([100 * MS, 200 * MS]);
    }
    [unknown_word_of_a_peer] {
        (strategy = "constant") => exactly([100 * MS, 100 * MS]);
    }
    [unknown, unknown_near_miss] {
        (strategy = "exponential") => exactly([100 * MS, 200 * MS]);
    }
}

/// Strategies of one's own may have the names of a peer's.
mod namesakes {
    use super::{Backoff, Duration, S};

    #[derive(Clone, Copy)]
    pub(super) struct ExponentialBackoff;

    impl ExponentialBackoff {
        pub(super) fn from_millis(_: u64) -> Self {
            Self
        }

        pub(super) fn max_delay(self, _: Duration) -> Self {
            self
        }
    }

    impl Backoff for ExponentialBackoff {
        fn delay(&self, retry: u32, _previous: Duration, _unit: f64) -> Duration {
            retry * S
        }
    }

    pub(super) enum Strategy {
        Exponential,
    }

    impl Backoff for Strategy {
        fn delay(&self, retry: u32, previous: Duration, unit: f64) -> Duration {
            let Self::Exponential = self;
            ExponentialBackoff.delay(retry, previous, unit)
        }
    }

    pub(super) fn exponential(_: u64) -> ExponentialBackoff {
        ExponentialBackoff
    }
}

use namesakes::{ExponentialBackoff, exponential};

repaired! {
    [called] {
        (strategy = "exponential", base = "1s") => exactly([S, 2 * S]);
        (strategy = exponential(1)) => exactly([S, 2 * S]);
    }
    [builder_of_a_peer] {
        const DELAY: Duration = S;
        (strategy = "exponential", base = DELAY, max = 4) => exactly([S, 2 * S, 4 * S]);
        (strategy = ExponentialBackoff) => exactly([S, 2 * S]);
        (strategy = namesakes::Strategy::Exponential) => exactly([S, 2 * S]);
    }
    [iterator_of_a_peer] {
        (strategy = "full_jitter", base = "10ms", factor = 10, max = 4) => up_to([10 * MS, 100 * MS, S]);
        (strategy = ExponentialBackoff::from_millis(10)) => exactly([S, 2 * S]);
        (strategy = ExponentialBackoff::from_millis(10).max_delay(S)) => exactly([S, 2 * S]);
    }
}

#[test]
fn without_quotes_by_another_name() {
    #[retry(strategy = fixed, on = reattempt::any_error)]
    fn call(fixed: ExponentialBackoff, runs: &Runs) -> Option<()> {
        runs.fail();
        None
    }
    exactly([S, 2 * S]).check(|runs| call(ExponentialBackoff, runs));
    #[retry(strategy = "constant", on = reattempt::any_error)]
    fn constant(runs: &Runs) -> Option<()> {
        runs.fail();
        None
    }
    exactly([100 * MS, 100 * MS]).check(constant);
}
