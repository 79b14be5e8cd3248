//! Twins of `tests/ui/keys`: keys as the attribute knows them.

use super::{MS, S, exactly, immediate, is_transient, up_to};
use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use reattempt::{RetryError, retry};
use std::future::pending;
use tokio::time::Instant;

/// The crate behind another path.
mod my_reexports {
    pub(super) use ::reattempt;
}

fn is_permanent<E>(_: &E) -> bool {
    false
}

repaired! {
    [bare_duration] {
        (base = "5s") => up_to([5 * S, 10 * S]);
        (deadline = "5s") => up_to([100 * MS, 200 * MS]);
    }
    [the_word_async] {
        () => up_to([100 * MS, 200 * MS]);
    }
    [
        bare_number, unknown_letter, double_equals, arrow_instead_of_equals, colon_before_equals, without_equals,
        unknown_attempts, unknown_stop, unknown_retry_with_a_number
    ] {
        (max = 5) => up_to([100 * MS, 200 * MS, 400 * MS, 800 * MS]);
    }
    [bare_path, unknown_predicate, unknown_filter, unknown_with_a_hyphen, unknown_while_and_handle] {
        (on = is_transient) => up_to([100 * MS, 200 * MS]);
    }
    [colon_instead_of_equals, not_a_name, parentheses_instead_of_equals, unknown_in_capitals, without_value] {
        (max = 3) => up_to([100 * MS, 200 * MS]);
    }
    [crate_not_a_path] {
        (crate = my_reexports::reattempt) => up_to([100 * MS, 200 * MS]);
        (crate = reattempt) => up_to([100 * MS, 200 * MS]);
    }
    [policy_of_keys] {
        (max = 4) => up_to([100 * MS, 200 * MS, 400 * MS]);
    }
    [unknown_retry_for_a_type] {
        (on = reattempt::any_error) => up_to([100 * MS, 200 * MS]);
    }
    [doc_a_text, doc_not_a_bool] {
        (doc = false) => up_to([100 * MS, 200 * MS]);
        (doc = true) => up_to([100 * MS, 200 * MS]);
    }
    [given_twice, name_value_on_the_attribute_itself] {
        (max = 3) => up_to([100 * MS, 200 * MS]);
        (max = 4) => up_to([100 * MS, 200 * MS, 400 * MS]);
    }
    [missing_comma, semicolon_instead_of_comma, two_commas, without_value_after_equals] {
        (max = 3, base = "1s") => up_to([S, 2 * S]);
    }
    [name_empty] {
        (name = "payments.charge") => up_to([100 * MS, 200 * MS]);
        () => up_to([100 * MS, 200 * MS]);
    }
    [name_not_a_text, name_of_run_time, name_of_two_texts] {
        const NAME: &str = "payments.charge";
        (name = "payments.charge") => up_to([100 * MS, 200 * MS]);
        (name = NAME) => up_to([100 * MS, 200 * MS]);
    }
    [unknown] {
        () => up_to([100 * MS, 200 * MS]);
        (strategy = "immediate") => immediate(3);
    }
    [unknown_delay] {
        (base = "1s") => up_to([S, 2 * S]);
    }
    [unknown_max_elapsed_time] {
        (deadline = "30s") => up_to([100 * MS, 200 * MS]);
    }
    [with_a_hyphen] {
        (max_hint = "60s") => up_to([100 * MS, 200 * MS]);
    }
    [unknown_max_delay, unknown_in_camel_case] {
        (base = "800ms", cap = "1s") => up_to([800 * MS, S]);
        (cap = "1s") => up_to([100 * MS, 200 * MS]);
    }
    [unknown_unless] {
        (on = reattempt::classify::not(is_permanent)) => up_to([100 * MS, 200 * MS]);
    }
    [unknown_fixed] {
        (strategy = "constant", base = "1s") => exactly([S, S]);
    }
    [unknown_call_of_a_strategy] {
        (strategy = "exponential", base = "1s", factor = 3, cap = "5s") => exactly([S, 3 * S]);
    }
    [unknown_number_without_a_unit] {
        (base = "100ms") => up_to([100 * MS, 200 * MS]);
        (base = "100s") => up_to([30 * S, 30 * S]);
    }
    [unknown_randomization_factor] {
        (strategy = "exponential", jitter = 0.5) => up_to([150 * MS, 300 * MS]);
    }
    [strategy_alone] {
        (strategy = "exponential") => exactly([100 * MS, 200 * MS]);
    }
    [unknown_near_miss] {
        (strategy = "constant") => exactly([100 * MS, 100 * MS]);
    }
    [unknown_word_of_a_peer] {
        // Three retries are four attempts.
        (max = 3) => up_to([100 * MS, 200 * MS]);
        (max = 4) => up_to([100 * MS, 200 * MS, 400 * MS]);
    }
}

shared! {
    [attempt_not_a_name, attempt_with_a_type] {
        #[retry(strategy = "immediate", attempt = attempt, on = reattempt::any_error)]
        fn call(runs: &Runs) -> Option<()> {
            runs.fail();
            assert_eq!(attempt.number(), runs.count());
            None
        }
        assert_eq!(thrice(call), None);
    }
}

#[test]
fn attempt_called_as_an_argument() {
    #[retry(strategy = "immediate", attempt = this, on = reattempt::any_error)]
    fn call(number: u32, runs: &Runs) -> Result<u32, u32> {
        runs.fail_twice().map(|_| number).map_err(|_| this.number())
    }
    assert_eq!(thrice(|runs| call(7, runs)), Ok(7));
}

#[test]
fn clone_given_twice() {
    #[retry(strategy = "immediate", clone(a, b), on = reattempt::any_error)]
    fn call(a: Vec<u8>, b: String, runs: &Runs) -> Option<(Vec<u8>, String)> {
        let used_up = (a, b);
        runs.fail_twice().ok()?;
        Some(used_up)
    }
    assert_eq!(thrice(|runs| call(vec![1], "two".to_owned(), runs)), Some((vec![1], "two".to_owned())));
}

shared! {
    [clone_with_equals, clone_in_brackets, clone_of_a_reference, clone_with_a_type, clone_with_two_commas] {
        #[retry(strategy = "immediate", clone(payload), on = reattempt::any_error)]
        fn call(payload: String, runs: &Runs) -> Option<String> {
            let used_up = payload;
            runs.fail_twice().ok()?;
            Some(used_up)
        }
        assert_eq!(thrice(|runs| call("payload".to_owned(), runs)), Some("payload".to_owned()));
    }
}

#[test]
fn clone_of_a_field() {
    struct Client {
        payload: String,
    }

    impl Client {
        #[retry(strategy = "immediate", on = reattempt::any_error)]
        fn call(&self, runs: &Runs) -> Option<String> {
            runs.fail_twice().ok()?;
            Some(self.payload.clone())
        }
    }
    let client = Client { payload: "payload".to_owned() };
    assert_eq!(thrice(|runs| client.call(runs)), Some("payload".to_owned()));
}

#[test]
fn progress_called_as_an_argument() {
    #[retry(strategy = "immediate", max = 2, progress = progress, on = reattempt::any_error)]
    fn call(part: u32, runs: &Runs) -> Result<u32, Busy> {
        progress.made();
        runs.fail_twice().map(|run| run + part)
    }
    assert_eq!(thrice(|runs| call(7, runs)), Ok(10));
}

shared! {
    [progress_called_as_the_attempt, progress_made] {
        #[retry(strategy = "immediate", max = 2, attempt = this, progress = progress, on = reattempt::any_error)]
        fn call(runs: &Runs) -> Result<u32, Busy> {
            progress.made();
            runs.fail_twice().map(|_| this.number())
        }
        assert_eq!(thrice(call), Ok(3));
    }
}

#[test]
fn idempotency_key_made() {
    #[retry(strategy = "immediate", idempotency_key = key, on = reattempt::any_error)]
    fn call(runs: &Runs) -> Result<(), reattempt::IdempotencyKey> {
        runs.fail();
        Err(*key)
    }
    assert!(thrice(call).is_err());
}

#[test]
fn crate_self() {
    struct Client(Runs);

    impl Client {
        #[retry(crate = self::my_reexports::reattempt, strategy = "immediate", on = reattempt::any_error)]
        fn call(&self) -> Option<()> {
            self.0.fail();
            None
        }
    }
    let client = Client(Runs::default());
    assert_eq!(client.call(), None);
    assert_eq!(client.0.count(), 3);
}

#[test]
fn error_not_a_type() {
    type MyResult = Result<(), RetryError<Busy>>;

    #[retry(strategy = "immediate", error = Busy, on = reattempt::any_error)]
    fn call(runs: &Runs) -> MyResult {
        Err(runs.fail())
    }
    assert_eq!(thrice(call).unwrap_err().into_last(), Some(Busy));
}

#[test]
fn unknown_retries_of_run_time() {
    #[retry(max = n + 1, strategy = "immediate", on = reattempt::any_error)]
    fn call(n: u32, runs: &Runs) -> Option<()> {
        runs.fail();
        None
    }
    let runs = Runs::new();
    assert_eq!(call(3, &runs), None);
    assert_eq!(runs.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn unknown_timeout_ms() {
    #[retry(timeout = "500ms", strategy = "immediate", on = reattempt::any_error)]
    async fn call(runs: &Runs) -> Option<()> {
        runs.fail();
        pending().await
    }
    let began = Instant::now();
    assert_eq!(thrice_async(async |runs: &Runs| call(runs).await).await, None);
    assert_eq!(began.elapsed(), 1500 * MS);
}

#[tokio::test(start_paused = true)]
async fn unknown_attempt_timeout() {
    #[retry(timeout = "2s", strategy = "immediate", on = reattempt::any_error)]
    async fn call(runs: &Runs) -> Option<()> {
        runs.fail();
        pending().await
    }
    let began = Instant::now();
    assert_eq!(thrice_async(async |runs: &Runs| call(runs).await).await, None);
    assert_eq!(began.elapsed(), 6 * S);
}

#[test]
fn unknown_forever() {
    #[reattempt::retry(strategy = "immediate", on = reattempt::any_error, max = "unlimited", deadline = "none")]
    fn call(runs: &Runs) -> Option<u32> {
        runs.fail_twice().ok()
    }
    assert_eq!(thrice(call), Some(3));
}
