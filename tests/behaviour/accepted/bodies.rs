//! Twins of `tests/ui/bodies`: bodies of the declared type.

use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use reattempt::{RetryError, retry};
use std::num::ParseIntError;
use std::sync::Arc;

#[derive(Debug, PartialEq)]
struct Failure;

impl From<ParseIntError> for Failure {
    fn from(_: ParseIntError) -> Self {
        Self
    }
}

/// Returns text that is not a number twice, and then a number.
fn text(runs: &Runs) -> &'static str {
    runs.fail_twice().map_or("busy", |_| "5")
}

#[tokio::test]
async fn not_send_in_a_spawned_future() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    async fn call(runs: &Runs) -> Option<u32> {
        let shared = Arc::new(());
        std::future::ready(()).await;
        drop(shared);
        runs.fail_twice().ok()
    }

    fn spawn<T>(future: impl Future<Output = T> + Send) -> impl Future<Output = T> + Send {
        future
    }

    assert_eq!(thrice_async(async |runs: &Runs| spawn(call(runs)).await).await, Some(3));
}

#[tokio::test]
async fn question_mark_on_a_foreign_error_in_async() {
    #[retry(strategy = "immediate", on = |_: &Failure| true)]
    async fn call(runs: &Runs) -> Result<u32, Failure> {
        let number = text(runs).parse::<u32>()?;
        Ok(number)
    }
    assert_eq!(thrice_async(async |runs: &Runs| call(runs).await).await, Ok(5));
}

#[test]
fn question_mark_on_a_foreign_error() {
    #[retry(strategy = "immediate", on = |_: &Failure| true)]
    fn call(runs: &Runs) -> Result<u32, Failure> {
        let number = text(runs).parse::<u32>()?;
        Ok(number)
    }
    assert_eq!(thrice(call), Ok(5));
}

#[tokio::test]
async fn type_error_in_a_return() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    async fn call(runs: &Runs) -> Option<u32> {
        if runs.fail_twice().is_ok() {
            return Some(5);
        }
        None
    }
    assert_eq!(thrice_async(async |runs: &Runs| call(runs).await).await, Some(5));
}

#[test]
fn type_error_in_the_tail() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(runs: &Runs) -> Option<u32> {
        runs.fail_twice().ok()?;
        Some(5)
    }
    assert_eq!(thrice(call), Some(5));
}

shared! {
    [semicolon_after_the_tail, return_without_a_value] {
        #[retry(strategy = "immediate", on = reattempt::any_error)]
        fn call(runs: &Runs) -> Result<u32, RetryError<Busy>> {
            if runs.count() == 2 {
                return runs.fail_twice();
            }
            runs.fail_twice()
        }
        assert_eq!(thrice(call).ok(), Some(3));
    }
}
