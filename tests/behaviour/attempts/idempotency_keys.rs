//! The keys `idempotency_key` and `method`.

use crate::support::runs::Runs;
use async_trait::async_trait;
use reattempt::{IdempotencyKey, RetryError, any_error, retry, testing};
use std::collections::HashSet;
use std::sync::Mutex;

/// The keys that bodies have seen.
#[derive(Default)]
struct Seen(Mutex<Vec<IdempotencyKey>>);

impl Seen {
    fn note(&self, key: &IdempotencyKey) {
        self.0.lock().unwrap().push(*key);
    }

    fn keys(&self) -> Vec<IdempotencyKey> {
        self.0.lock().unwrap().clone()
    }
}

#[retry(strategy = "immediate", max = 4, method = POST, idempotency_key = key, on = any_error)]
fn pay(seen: &Seen) -> Result<(), ()> {
    seen.note(key);
    Err(())
}

#[retry(strategy = "immediate", max = 4, method = POST, idempotency_key = key, on = any_error)]
async fn pay_async(seen: &Seen) -> Result<(), RetryError<()>> {
    seen.note(key);
    tokio::task::yield_now().await;
    seen.note(key);
    Err(())
}

#[async_trait]
trait Payments {
    async fn pay(&self, seen: &Seen) -> Option<()>;
}

struct Bank;

#[async_trait]
impl Payments for Bank {
    #[retry(strategy = "immediate", max = 4, idempotency_key = key, on = any_error)]
    async fn pay(&self, seen: &Seen) -> Option<()> {
        seen.note(key);
        None
    }
}

#[test]
fn the_key_is_the_same_for_each_attempt_and_another_for_each_call() {
    let (first, second) = (Seen::default(), Seen::default());
    assert!(pay(&first).is_err());
    assert!(pay(&second).is_err());
    let (first, second) = (first.keys(), second.keys());
    assert_eq!(first, [first[0]; 4]);
    assert_eq!(second, [second[0]; 4]);
    assert_ne!(first[0], second[0]);
}

#[tokio::test]
async fn it_is_so_in_async_functions_and_methods_of_async_traits() {
    let seen = Seen::default();
    assert!(pay_async(&seen).await.is_err());
    assert_eq!(seen.keys(), [seen.keys()[0]; 8]);
    let other = Seen::default();
    assert!(Bank.pay(&other).await.is_none());
    assert_eq!(other.keys(), [other.keys()[0]; 4]);
    assert_ne!(seen.keys()[0], other.keys()[0]);
}

#[test]
fn no_seed_of_a_test_repeats_a_key() {
    let keys: HashSet<_> = (0..10)
        .map(|_| {
            testing::seed(1);
            let seen = Seen::default();
            assert!(pay(&seen).is_err());
            seen.keys()[0]
        })
        .collect();
    assert_eq!(keys.len(), 10);
}

#[test]
fn a_future_with_a_key_can_be_sent() {
    fn is_send<T: Send>(_: &T) {}
    let seen = Seen::default();
    is_send(&pay_async(&seen));
}

#[test]
fn idempotent_methods_need_no_key() {
    macro_rules! each {
        ($($name:ident $method:ident)*) => {
            $({
                #[retry(strategy = "immediate", method = $method, on = any_error)]
                fn $name(runs: &Runs) -> Option<()> {
                    runs.fail();
                    None
                }
                let runs = Runs::default();
                assert_eq!($name(&runs), None);
                assert_eq!(runs.count(), 3, stringify!($method));
            })*
        };
    }
    each! { get GET head HEAD options OPTIONS trace TRACE put PUT delete DELETE }
}

#[test]
fn the_key_comes_before_a_method_in_the_attribute_or_after_it() {
    #[retry(idempotency_key = key, method = PATCH, on = any_error)]
    fn change() -> Result<IdempotencyKey, ()> {
        Ok(*key)
    }
    assert_ne!(change(), change());
}
