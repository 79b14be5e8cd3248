//! Twins of `tests/ui/together`: programs with several faults, and programs that use the refused function, all repaired.

use super::{S, up_to};
use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use reattempt::{RetryError, retry};
use std::pin::Pin;

repaired! {
    [several_keys] {
        (max = 5, base = "1s", cap = "10s") => up_to([S, 2 * S, 4 * S, 8 * S]);
        (max = 5, base = "1s", cap = "1s") => up_to([S, S, S, S]);
        (max = 1, base = "1s", cap = "1s") => up_to([]);
    }
}

#[test]
fn attribute_and_function() {
    #[retry(max = 3, base = "1s", cap = "1s", clone(payload), on = reattempt::any_error)]
    fn call(payload: String, runs: &Runs) -> Option<String> {
        let used_up = payload;
        runs.fail_twice().ok().map(|_| used_up)
    }
    let _paused = reattempt::testing::pause();
    assert_eq!(thrice(|runs| call("payload".to_owned(), runs)), Some("payload".to_owned()));
}

#[test]
fn the_function_stays() {
    #[retry(strategy = "immediate", max = 5, on = reattempt::any_error, clone(payload))]
    fn call(payload: String, runs: &Runs) -> Option<String> {
        let used_up = payload;
        runs.fail_twice().ok().map(|_| used_up)
    }

    fn caller(runs: &Runs) -> usize {
        call("still there".to_owned(), runs).map_or(0, |text| text.len())
    }

    assert_eq!(thrice(caller), 11);
}

#[tokio::test]
async fn the_method_stays() {
    struct Client;

    impl Client {
        #[retry(strategy = "immediate", max = 3, on = reattempt::any_error)]
        async fn call(&self, runs: &Runs) -> Option<u32> {
            runs.fail_twice().ok()
        }
    }

    async fn caller(client: &Client, runs: &Runs) -> u32 {
        client.call(runs).await.unwrap_or(2)
    }

    assert_eq!(thrice_async(async |runs: &Runs| caller(&Client, runs).await).await, 3);
}

#[test]
fn the_trait_method_stays() {
    trait Call {
        fn call(&self, runs: &Runs) -> Option<u32>;
    }

    impl Call for u32 {
        #[retry(strategy = "immediate", max = 3, on = reattempt::any_error)]
        fn call(&self, runs: &Runs) -> Option<u32> {
            runs.fail_twice().ok().map(|run| run + *self)
        }
    }

    fn caller(runs: &Runs) -> Option<u32> {
        5.call(runs)
    }

    assert_eq!(thrice(caller), Some(8));
}

#[tokio::test]
async fn the_function_with_a_retry_error_stays() {
    #[retry(strategy = "immediate", max = 3, on = reattempt::any_error)]
    fn call(runs: &Runs) -> Result<u32, RetryError<Busy>> {
        runs.fail_twice()
    }

    #[retry(strategy = "immediate", max = 3, on = reattempt::any_error)]
    async fn call_async(runs: &Runs) -> Result<u32, RetryError<Busy>> {
        std::future::ready(()).await;
        runs.fail_twice()
    }

    assert_eq!(thrice(|runs: &Runs| call(runs).unwrap_or_else(|error| error.attempts())), 3);
    assert_eq!(thrice_async(async |runs: &Runs| call_async(runs).await.map_err(|error| error.attempts())).await, Ok(3));
}

#[tokio::test]
async fn the_future_with_a_retry_error_stays() {
    #[retry(strategy = "immediate", max = 3, on = reattempt::any_error)]
    fn boxed(runs: &Runs) -> Pin<Box<dyn Future<Output = Result<u32, RetryError<Busy>>> + '_>> {
        Box::pin(async move { runs.fail_twice() })
    }

    #[retry(strategy = "immediate", max = 3, on = reattempt::any_error)]
    fn opaque(runs: &Runs) -> impl Future<Output = Result<u32, RetryError<Busy>>> {
        let counted = runs;
        async move {
            let number = counted.fail_twice()?;
            Ok(number)
        }
    }

    assert_eq!(thrice_async(async |runs: &Runs| boxed(runs).await.map_err(|error| error.attempts())).await, Ok(3));
    assert_eq!(thrice_async(async |runs: &Runs| opaque(runs).await.map_err(|error| error.attempts())).await, Ok(3));
}
