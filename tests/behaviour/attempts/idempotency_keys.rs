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

/// The caller's keys that bodies have sent.
type Sent = Mutex<Vec<String>>;

#[test]
fn a_key_of_the_callers_own_is_the_argument_itself() {
    #[retry(strategy = "immediate", max = 4, method = POST, idempotency_key = argument(key), on = any_error)]
    fn pay(sent: &Sent, key: &str) -> Result<(), usize> {
        sent.lock().unwrap().push(key.to_owned());
        Err(key.as_ptr().addr())
    }
    let (sent, key) = (Sent::default(), String::from("order-17"));
    assert_eq!(pay(&sent, &key), Err(key.as_ptr().addr()));
    assert_eq!(sent.into_inner().unwrap(), ["order-17"; 4]);
}

#[tokio::test]
async fn the_callers_own_key_may_be_consumed_and_stand_in_a_pattern() {
    struct Order {
        key: String,
        amount: u32,
    }
    #[retry(strategy = "immediate", max = 3, idempotency_key = argument(key), method = POST, clone(key), on = any_error)]
    async fn pay(sent: &Sent, Order { key, amount }: Order) -> Result<(), u32> {
        tokio::task::yield_now().await;
        sent.lock().unwrap().push(key);
        Err(amount)
    }
    let sent = Sent::default();
    assert_eq!(pay(&sent, Order { key: "order-18".to_owned(), amount: 5 }).await, Err(5));
    assert_eq!(sent.into_inner().unwrap(), ["order-18"; 3]);
}

#[tokio::test]
async fn the_callers_own_key_is_known_in_methods_of_async_traits_and_returned_futures() {
    #[async_trait]
    trait Orders {
        async fn pay(&self, sent: &Sent, key: &str) -> Option<()>;
    }
    #[async_trait]
    impl Orders for Bank {
        #[retry(strategy = "immediate", max = 3, method = PATCH, idempotency_key = argument(key), on = any_error)]
        async fn pay(&self, sent: &Sent, key: &str) -> Option<()> {
            sent.lock().unwrap().push(key.to_owned());
            None
        }
    }
    #[expect(clippy::manual_async_fn, reason = "the shape under test")]
    #[retry(strategy = "immediate", max = 3, method = POST, idempotency_key = argument(r#type), on = any_error)]
    fn pay(sent: &Sent, r#type: u32) -> impl Future<Output = Option<()>> + Send {
        async move {
            sent.lock().unwrap().push(r#type.to_string());
            None
        }
    }
    let sent = Sent::default();
    assert_eq!((Orders::pay(&Bank, &sent, "order-19").await, pay(&sent, 20).await), (None, None));
    assert_eq!(sent.into_inner().unwrap(), ["order-19", "order-19", "order-19", "20", "20", "20"]);
}

#[test]
fn the_plain_form_makes_a_key_of_any_name() {
    #[retry(method = POST, idempotency_key = argument, on = any_error)]
    fn pay() -> Result<IdempotencyKey, ()> {
        Ok(*argument)
    }
    assert_ne!(pay(), pay());
}
