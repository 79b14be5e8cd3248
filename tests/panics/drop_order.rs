//! A panic drops values in the order of the plain function.

use crate::panic_hook::{now, panic_of};
use reattempt::{any_error, retry};
use std::cell::RefCell;
use std::future::{Future, ready};
use std::pin::Pin;

/// The names of dropped values, in their order.
type Log = RefCell<Vec<&'static str>>;

/// Logs its name when it is dropped.
#[derive(Clone)]
struct Noisy<'a>(&'static str, &'a Log);

impl Drop for Noisy<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

/// Calls a function that panics without and with the attribute, and returns both drop orders.
macro_rules! drop_orders {
    (#[$attribute:meta] $function:item) => {{
        let plain = Log::default();
        {
            $function
            let noisy = |name| Noisy(name, &plain);
            panic_of(|| now(call(&plain, noisy("first"), (noisy("left"), noisy("right")), noisy("_"))));
        }
        let retried = Log::default();
        {
            #[$attribute]
            $function
            let noisy = |name| Noisy(name, &retried);
            panic_of(|| now(call(&retried, noisy("first"), (noisy("left"), noisy("right")), noisy("_"))));
        }
        assert_eq!(plain.borrow().len(), 6);
        (plain.into_inner(), retried.into_inner())
    }};
}

#[test]
#[expect(clippy::needless_pass_by_value, reason = "the shape under test")]
fn a_panic_drops_as_in_the_plain_function() {
    let (plain, retried) = drop_orders! {
        #[retry(strategy = "immediate", on_value = |_| false)]
        fn call<'a>(
            log: &'a Log,
            first: Noisy<'a>,
            (left, right): (Noisy<'a>, Noisy<'a>),
            _: Noisy<'a>,
        ) -> std::future::Ready<Option<u32>> {
            let _early = Noisy("early local", log);
            let _late = Noisy("late local", log);
            let _borrowed = (&first, &left, &right);
            assert!(!log.borrow().is_empty(), "on purpose");
            ready(None)
        }
    };
    assert_eq!(plain, retried);
}

#[test]
fn a_panic_drops_as_in_the_plain_function_in_async() {
    let (plain, retried) = drop_orders! {
        #[retry(strategy = "immediate", on = any_error)]
        async fn call<'a>(
            log: &'a Log,
            first: Noisy<'a>,
            (left, right): (Noisy<'a>, Noisy<'a>),
            _: Noisy<'a>,
        ) -> Option<u32> {
            let _early = Noisy("early local", log);
            let _late = Noisy("late local", log);
            let _borrowed = (&first, &left, &right);
            let is_wanted = log.borrow().is_empty();
            assert!(!ready(is_wanted).await, "on purpose");
            None
        }
    };
    assert_eq!(plain, retried);
}

#[test]
fn a_panic_drops_as_in_the_plain_function_in_a_boxed_future() {
    let (plain, retried) = drop_orders! {
        #[retry(strategy = "immediate", on = any_error)]
        fn call<'a>(
            log: &'a Log,
            first: Noisy<'a>,
            (left, right): (Noisy<'a>, Noisy<'a>),
            last: Noisy<'a>,
        ) -> Pin<Box<dyn Future<Output = Option<u32>> + 'a>> {
            Box::pin(async move {
                let _early = Noisy("early local", log);
                let _borrowed = (&first, &left, &right, &last);
                let _late = Noisy("late local", log);
                let is_wanted = log.borrow().is_empty();
                assert!(!ready(is_wanted).await, "on purpose");
                None
            })
        }
    };
    assert_eq!(plain, retried);
}

/// The order of drops of a call of one attempt, without and with the attribute, where the block is boxed by the function itself.
#[test]
fn a_boxed_future_of_one_attempt_drops_as_the_plain_one_does() {
    fn plain<'a>(log: &'a Log, first: Noisy<'a>, second: Noisy<'a>) -> Pin<Box<dyn Future<Output = Option<u32>> + 'a>> {
        let before = Noisy("local before", log);
        Box::pin(async move {
            let _local = Noisy("local", log);
            let _borrowed = (&second, &first, &before);
            ready(Noisy("temporary", log)).await;
            None
        })
    }

    #[retry(strategy = "immediate", max = 1, on = any_error)]
    fn retried<'a>(
        log: &'a Log,
        first: Noisy<'a>,
        second: Noisy<'a>,
    ) -> Pin<Box<dyn Future<Output = Option<u32>> + 'a>> {
        let before = Noisy("local before", log);
        Box::pin(async move {
            let _local = Noisy("local", log);
            let _borrowed = (&second, &first, &before);
            ready(Noisy("temporary", log)).await;
            None
        })
    }

    let (expected, found) = (Log::default(), Log::default());
    assert_eq!(now(plain(&expected, Noisy("first", &expected), Noisy("second", &expected))), None);
    assert_eq!(now(retried(&found, Noisy("first", &found), Noisy("second", &found))), None);
    assert_eq!(expected, found);
    assert_eq!(expected.borrow().len(), 5);
}
