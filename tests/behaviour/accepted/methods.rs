//! Twins of `tests/ui/methods`.

use super::immediate;
use crate::support::runs::Runs;
use reattempt::{IdempotencyKey, retry};

repaired! {
    [in_small_letters, as_a_path, not_a_name, unknown] {
        (strategy = "immediate", method = GET) => immediate(3);
    }
    [near_miss] {
        (strategy = "immediate", method = DELETE) => immediate(3);
    }
    [in_quotes] {
        (strategy = "immediate", method = PUT) => immediate(3);
    }
}

shared! {
    [post_without_a_key, key_not_a_name, unknown_idempotency] {
        #[retry(strategy = "immediate", method = POST, idempotency_key = key, on = reattempt::any_error)]
        fn pay(runs: &Runs) -> Result<(), IdempotencyKey> {
            runs.fail();
            Err(*key)
        }
        let runs = Runs::new();
        assert!(pay(&runs).is_err());
        assert_eq!(runs.count(), 3);
    }
    [patch_without_a_key] {
        #[retry(strategy = "immediate", method = PATCH, idempotency_key = key, on = reattempt::any_error)]
        fn change(runs: &Runs) -> Result<(), IdempotencyKey> {
            runs.fail();
            Err(*key)
        }
        let runs = Runs::new();
        assert!(change(&runs).is_err());
        assert_eq!(runs.count(), 3);
    }
    [connect_without_a_key] {
        #[retry(strategy = "immediate", method = CONNECT, idempotency_key = key, on = reattempt::any_error)]
        fn tunnel(runs: &Runs) -> Result<(), IdempotencyKey> {
            runs.fail();
            Err(*key)
        }
        let runs = Runs::new();
        assert!(tunnel(&runs).is_err());
        assert_eq!(runs.count(), 3);
    }
    [key_called_as_an_argument] {
        #[retry(strategy = "immediate", method = POST, idempotency_key = once, on = reattempt::any_error)]
        fn pay(runs: &Runs, key: &str) -> Result<(), String> {
            runs.fail();
            Err(format!("{key} {once}"))
        }
        let runs = Runs::new();
        assert_eq!(pay(&runs, "key").unwrap_err().len(), "key ".len() + 36);
        assert_eq!(runs.count(), 3);
        pay_with_a_key_of_the_callers_own();
    }
    [key_not_the_name_of_an_argument, key_of_two_arguments, key_of_a_misspelled_argument] {
        pay_with_a_key_of_the_callers_own();
    }
    [key_no_argument] {
        #[retry(strategy = "immediate", method = POST, idempotency_key = key, on = reattempt::any_error)]
        fn pay(runs: &Runs, amount: u32) -> Result<(), (u32, IdempotencyKey)> {
            runs.fail();
            Err((amount, *key))
        }
        let runs = Runs::new();
        assert_eq!(pay(&runs, 5).unwrap_err().0, 5);
        assert_eq!(runs.count(), 3);
    }
    [attempt_as_an_argument] {
        #[retry(strategy = "immediate", attempt = attempt, on = reattempt::any_error)]
        fn pay(key: &str) -> Result<(), (u32, usize)> {
            Err((attempt.number(), key.len()))
        }
        assert_eq!(pay("key"), Err((3, 3)));
    }
    [key_called_as_the_attempt] {
        #[retry(strategy = "immediate", attempt = this, idempotency_key = key, on = reattempt::any_error)]
        fn pay(runs: &Runs) -> Result<(), (u32, IdempotencyKey)> {
            runs.fail();
            Err((this.number(), *key))
        }
        let runs = Runs::new();
        assert_eq!(pay(&runs).unwrap_err().0, 3);
        assert_eq!(runs.count(), 3);
    }
}

fn pay_with_a_key_of_the_callers_own() {
    #[retry(strategy = "immediate", method = POST, idempotency_key = argument(key), on = reattempt::any_error)]
    fn pay(runs: &Runs, key: &str) -> Result<(), String> {
        runs.fail();
        Err(key.to_owned())
    }
    let runs = Runs::new();
    assert_eq!(pay(&runs, "key"), Err("key".to_owned()));
    assert_eq!(runs.count(), 3);
}
