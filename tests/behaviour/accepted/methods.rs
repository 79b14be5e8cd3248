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
