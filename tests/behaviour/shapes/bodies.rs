//! Bodies: every way out of a body ends the attempt, not the call, and its value is coerced as without `#[retry]`.

use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use reattempt::{RetryError, retry};
use std::error::Error;
use std::fmt::Display;
use std::num::ParseIntError;
use std::ops::ControlFlow;
use tokio::task::yield_now;

/// Leaves the function that it stands in.
macro_rules! ensure {
    ($condition:expr, $error:expr) => {
        if !$condition {
            return Err($error.into());
        }
    };
}

macro_rules! unwrap {
    ($result:expr) => {
        $result?
    };
}

#[derive(Debug, PartialEq, thiserror::Error)]
enum CallError {
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error(transparent)]
    Number(#[from] ParseIntError),
}

fn is_busy(error: &CallError) -> bool {
    matches!(error, CallError::Busy(_))
}

#[test]
fn a_question_mark_converts_the_error_and_ends_the_attempt() {
    #[retry(strategy = "immediate", on = is_busy)]
    fn call(runs: &Runs, text: &str) -> Result<u32, CallError> {
        let run = runs.fail_twice()?;
        let number: u32 = text.parse()?;
        Ok(run + number)
    }

    assert_eq!(thrice(|runs| call(runs, "4")), Ok(7));
    assert!(matches!(thrice(|runs| call(runs, "x")), Err(CallError::Number(_))));
}

#[tokio::test]
async fn a_question_mark_converts_the_error_and_ends_the_attempt_in_async() {
    #[retry(strategy = "immediate", on = is_busy)]
    async fn call(runs: &Runs, text: &str) -> Result<u32, CallError> {
        yield_now().await;
        let run = runs.fail_twice()?;
        let number: u32 = text.parse()?;
        Ok(run + number)
    }

    assert_eq!(thrice_async(async |runs: &Runs| call(runs, "4").await).await, Ok(7));
    let failed = thrice_async(async |runs: &Runs| call(runs, "x").await).await;
    assert!(matches!(failed, Err(CallError::Number(_))));
}

#[test]
fn an_early_return_ends_the_attempt() {
    #[retry(strategy = "immediate")]
    fn call(runs: &Runs) -> Result<u32, Busy> {
        for expected in 1.. {
            match runs.fail_twice() {
                Ok(run) if run == expected + 2 => return Ok(run),
                Ok(_) => {}
                Err(busy) => return Err(busy),
            }
        }
        unreachable!("the loop has no end");
    }

    assert_eq!(thrice(call), Ok(3));
}

#[tokio::test]
async fn an_early_return_ends_the_attempt_in_async() {
    #[retry(strategy = "immediate")]
    async fn call(runs: &Runs) -> Result<u32, Busy> {
        'all: loop {
            yield_now().await;
            match runs.fail_twice() {
                Ok(run) if run < 10 => return Ok(run),
                Ok(10) => break 'all,
                Ok(_) => {}
                Err(busy) => return Err(busy),
            }
        }
        Ok(0)
    }

    assert_eq!(thrice_async(call).await, Ok(3));
}

#[test]
fn ways_out_of_closures_and_macros_stay_what_they_are() {
    #[retry(strategy = "immediate")]
    fn call(runs: &Runs) -> Result<u32, Busy> {
        let inner = |text: &str| -> Option<u32> {
            let number = text.parse::<u32>().ok()?;
            if number == 0 {
                return None;
            }
            Some(number)
        };
        let flow = [1, 2].iter().try_for_each(|number| {
            if *number == 2 {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        assert_eq!((inner("0"), inner("x"), flow), (None, None, ControlFlow::Break(())));
        let run = unwrap!(runs.fail_twice());
        ensure!(inner("5") == Some(5), Busy);
        Ok(run)
    }

    assert_eq!(thrice(call), Ok(3));
}

#[tokio::test]
async fn ways_out_of_closures_and_macros_stay_what_they_are_in_async() {
    #[retry(strategy = "immediate")]
    async fn call(runs: &Runs) -> Result<u32, Busy> {
        let inner = async |text: &str| -> Option<u32> {
            let number = text.parse::<u32>().ok()?;
            yield_now().await;
            if number == 0 {
                return None;
            }
            Some(number)
        };
        let block = async {
            let number = inner("7").await?;
            Some(number + 1)
        };
        assert_eq!((inner("0").await, block.await), (None, Some(8)));
        let run = unwrap!(runs.fail_twice());
        ensure!(inner("5").await == Some(5), Busy);
        Ok(run)
    }

    assert_eq!(thrice_async(call).await, Ok(3));
}

#[test]
fn the_last_expression_and_every_return_are_coerced() {
    #[retry(strategy = "immediate", on = |error| error.is::<Busy>())]
    fn boxed_error(runs: &Runs) -> Result<Box<dyn Display>, Box<dyn Error>> {
        match runs.fail_twice() {
            Ok(2) => return Err(Box::new(Busy)),
            Ok(3) => Ok(Box::new("three")),
            Ok(_) => Err("many")?,
            Err(busy) => Err(Box::new(busy)),
        }
    }

    #[retry(strategy = "immediate", on_value = |shown: &&dyn Display| shown.to_string() == "1")]
    fn borrowed<'a>(runs: &Runs, first: &'a u64, second: &'a u32) -> &'a dyn Display {
        if runs.fail_twice().is_err() {
            return first;
        }
        second
    }

    #[retry(strategy = "immediate", on_value = |list| list.is_empty())]
    fn unsized_list(runs: &Runs) -> Box<[u32]> {
        match runs.fail_twice() {
            Ok(run) => Box::new([run]),
            Err(_) => return Box::new([]),
        }
    }

    #[retry(strategy = "immediate", on_value = |function: &fn(u32) -> u32| function(1) == 1)]
    fn function_pointer(runs: &Runs) -> fn(u32) -> u32 {
        if runs.fail_twice().is_err() {
            return |number| number;
        }
        |number| number + 1
    }

    assert_eq!(thrice(boxed_error).unwrap().to_string(), "three");
    assert_eq!(thrice(|runs| borrowed(runs, &1, &2).to_string()), "2");
    assert_eq!(*thrice(unsized_list), [3]);
    assert_eq!(thrice(function_pointer)(4), 5);
}

#[tokio::test]
async fn the_last_expression_and_every_return_are_coerced_in_async() {
    #[retry(strategy = "immediate", on = |error| error.is::<Busy>())]
    async fn boxed_error(runs: &Runs) -> Result<Box<dyn Display>, Box<dyn Error>> {
        yield_now().await;
        match runs.fail_twice() {
            Ok(2) => return Err(Box::new(Busy)),
            Ok(3) => Ok(Box::new("three")),
            Ok(_) => Err("many")?,
            Err(busy) => Err(Box::new(busy)),
        }
    }

    #[retry(strategy = "immediate", on_value = |shown: &&dyn Display| shown.to_string() == "1")]
    async fn borrowed<'a>(runs: &Runs, first: &'a u64, second: &'a u32) -> &'a dyn Display {
        yield_now().await;
        if runs.fail_twice().is_err() {
            return first;
        }
        second
    }

    #[retry(strategy = "immediate", on_value = |list| list.is_empty())]
    async fn unsized_list(runs: &Runs) -> Box<[u32]> {
        yield_now().await;
        match runs.fail_twice() {
            Ok(run) => Box::new([run]),
            Err(_) => return Box::new([]),
        }
    }

    let runs = Runs::new();
    assert_eq!(boxed_error(&runs).await.unwrap().to_string(), "three");
    assert_eq!(runs.count(), 3);
    let runs = Runs::new();
    assert_eq!(borrowed(&runs, &1, &2).await.to_string(), "2");
    assert_eq!(runs.count(), 3);
    assert_eq!(*thrice_async(unsized_list).await, [3]);
}

#[tokio::test]
async fn a_body_that_always_leaves_early() {
    #[retry(strategy = "immediate")]
    fn returning(runs: &Runs) -> Result<u32, Busy> {
        return runs.fail_twice();
    }

    #[retry(strategy = "immediate")]
    async fn returning_async(runs: &Runs) -> Result<u32, Busy> {
        yield_now().await;
        return runs.fail_twice();
    }

    #[retry(strategy = "immediate")]
    fn panicking(runs: &Runs) -> Result<u32, Busy> {
        runs.fail();
        panic!("on purpose")
    }

    assert_eq!(thrice(returning), Ok(3));
    assert_eq!(thrice_async(returning_async).await, Ok(3));
    let runs = Runs::new();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| panicking(&runs)));
    assert!(panicked.is_err());
    assert_eq!(runs.count(), 1);
}

#[test]
fn a_body_that_is_one_expression_or_one_block() {
    #[retry(strategy = "immediate")]
    fn expression(runs: &Runs) -> Result<u32, Busy> {
        runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    fn block(runs: &Runs) -> Result<u32, Busy> {
        if runs.count() > 9 { Err(Busy) } else { runs.fail_twice() }
    }

    assert_eq!(thrice(expression), Ok(3));
    assert_eq!(thrice(block), Ok(3));
}

#[test]
fn functions_in_functions_count_by_themselves() {
    #[retry(strategy = "immediate", max = 4)]
    fn outer(runs: &Runs, inner_runs: &Runs) -> Result<u32, Busy> {
        #[retry(strategy = "immediate", max = 2)]
        fn inner(runs: &Runs) -> Result<u32, Busy> {
            Err(runs.fail())
        }

        let failed = inner(inner_runs).unwrap_or(0);
        Ok(runs.fail_twice()? + failed)
    }

    let inner_runs = Runs::new();
    assert_eq!(thrice(|runs| outer(runs, &inner_runs)), Ok(3));
    assert_eq!(inner_runs.count(), 6);
}

#[test]
fn a_recursive_function_counts_each_call_by_itself() {
    #[retry(strategy = "immediate", max = 2, attempt = attempt)]
    fn call(depth: u32, log: &mut Vec<(u32, u32)>) -> Result<u32, Busy> {
        log.push((depth, attempt.number()));
        if depth == 0 {
            return Err(Busy);
        }
        call(depth - 1, log).map(|found| found + 1)
    }

    let mut log = Vec::new();
    assert_eq!(call(2, &mut log), Err(Busy));
    let inner = [(1, 1), (0, 1), (0, 2), (1, 2), (0, 1), (0, 2)];
    let expected: Vec<_> = [(2, 1)].into_iter().chain(inner).chain([(2, 2)]).chain(inner).collect();
    assert_eq!(log, expected);
}

#[tokio::test]
async fn a_recursive_function_counts_each_call_by_itself_in_async() {
    #[retry(strategy = "immediate", max = 2, attempt = attempt)]
    async fn call(depth: u32, log: &mut Vec<(u32, u32)>) -> Result<u32, Busy> {
        log.push((depth, attempt.number()));
        yield_now().await;
        if depth == 0 {
            return Err(Busy);
        }
        Box::pin(call(depth - 1, log)).await.map(|found| found + 1)
    }

    #[retry(strategy = "immediate", max = 2)]
    fn boxed(depth: u32, runs: &Runs) -> futures_util::future::BoxFuture<'_, Result<u32, Busy>> {
        Box::pin(async move {
            yield_now().await;
            if depth == 0 {
                return Err(runs.fail());
            }
            boxed(depth - 1, runs).await
        })
    }

    let mut log = Vec::new();
    assert_eq!(call(1, &mut log).await, Err(Busy));
    assert_eq!(log, [(1, 1), (0, 1), (0, 2), (1, 2), (0, 1), (0, 2)]);
    let runs = Runs::new();
    assert_eq!(boxed(2, &runs).await, Err(Busy));
    assert_eq!(runs.count(), 8);
}

#[test]
fn a_retry_error_may_be_coerced_converted_and_named_by_an_alias() {
    type Reported<T, E = Busy> = Result<T, RetryError<E>>;

    #[retry(strategy = "immediate", max = 2, on = |_| true)]
    fn visible(runs: &Runs) -> Result<Box<dyn Display>, RetryError<Box<dyn Error>>> {
        let run = runs.fail_twice()?;
        Ok(Box::new(run))
    }

    #[retry(strategy = "immediate", max = 2, error = Busy)]
    fn aliased(runs: &Runs) -> Reported<u32> {
        let run = runs.fail_twice()?;
        Ok(run)
    }

    #[derive(Debug)]
    struct Own(u32);
    impl From<RetryError<Busy>> for Own {
        fn from(error: RetryError<Busy>) -> Self {
            Self(error.attempts())
        }
    }

    #[retry(strategy = "immediate", max = 2, error = Busy)]
    fn own(runs: &Runs) -> Result<impl Display + use<>, Own> {
        let run = runs.fail_twice()?;
        Ok(run)
    }

    let runs = Runs::new();
    assert_eq!(visible(&runs).map(|shown| shown.to_string()).unwrap_err().attempts(), 2);
    assert_eq!(runs.count(), 2);
    assert_eq!(aliased(&Runs::new()).unwrap_err().attempts(), 2);
    assert_eq!(own(&Runs::new()).map(|shown| shown.to_string()).unwrap_err().0, 2);
    assert_eq!(
        thrice(|runs| {
            runs.fail();
            aliased(runs).unwrap()
        }),
        3
    );
}
