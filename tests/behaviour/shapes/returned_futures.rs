//! Functions that make and return a future: the statements before the `async` block run once, and the block is retried.
#![expect(clippy::manual_async_fn, reason = "the shape under test")]

use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, LocalBoxFuture};
use reattempt::{RetryError, retry};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use tokio::task::yield_now;

/// An alias that does not show a future.
type Reply<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[tokio::test]
async fn an_impl_future() {
    #[retry(strategy = "immediate")]
    fn call(runs: &Runs) -> impl Future<Output = Result<u32, Busy>> {
        async move {
            yield_now().await;
            runs.fail_twice()
        }
    }

    #[retry(strategy = "immediate")]
    fn borrowing(runs: &Runs) -> impl Future<Output = Result<u32, Busy>> + Send + '_ {
        async {
            yield_now().await;
            runs.fail_twice()
        }
    }

    assert_eq!(thrice_async(call).await, Ok(3));
    assert_eq!(thrice_async(borrowing).await, Ok(3));
}

#[tokio::test]
async fn a_boxed_future() {
    #[retry(strategy = "immediate")]
    fn written_out<'a>(runs: &'a Runs) -> Pin<Box<dyn Future<Output = Result<u32, Busy>> + Send + 'a>> {
        Box::pin(async move {
            yield_now().await;
            runs.fail_twice()
        })
    }

    #[retry(strategy = "immediate")]
    fn aliased(runs: &Runs) -> BoxFuture<'_, Result<u32, Busy>> {
        Box::pin(async move {
            yield_now().await;
            runs.fail_twice()
        })
    }

    #[retry(strategy = "immediate")]
    fn by_method(runs: &Runs) -> BoxFuture<'_, Result<u32, Busy>> {
        async move {
            yield_now().await;
            runs.fail_twice()
        }
        .boxed()
    }

    assert_eq!(thrice_async(async |runs: &Runs| written_out(runs).await).await, Ok(3));
    assert_eq!(thrice_async(async |runs: &Runs| aliased(runs).await).await, Ok(3));
    assert_eq!(thrice_async(async |runs: &Runs| by_method(runs).await).await, Ok(3));
}

#[tokio::test]
async fn a_boxed_future_that_stays_on_its_thread() {
    #[retry(strategy = "immediate", clone(name))]
    fn call(runs: &Runs, name: Rc<str>) -> LocalBoxFuture<'_, Result<Rc<str>, Busy>> {
        Box::pin(async move {
            let owned = name;
            yield_now().await;
            runs.fail_twice()?;
            Ok(owned)
        })
    }

    assert_eq!(thrice_async(async |runs: &Runs| call(runs, "a".into()).await).await, Ok("a".into()));
}

#[test]
fn what_is_called_pin_need_not_make_a_future() {
    struct Runtime;
    impl Runtime {
        fn pin<F: Future>(&self, future: F) -> F::Output {
            pin(future)
        }
    }
    fn pin<F: Future>(future: F) -> F::Output {
        future.now_or_never().expect("it does not wait")
    }

    #[retry(strategy = "immediate")]
    fn method(runs: &Runs, runtime: &Runtime) -> Result<u32, Busy> {
        runtime.pin(async { runs.fail_twice() })
    }

    #[retry(strategy = "immediate")]
    fn function(runs: &Runs) -> Result<u32, Busy> {
        let run = runs.fail_twice();
        pin(async { run })
    }

    assert_eq!(thrice(|runs| method(runs, &Runtime)), Ok(3));
    assert_eq!(thrice(function), Ok(3));
}

#[tokio::test]
async fn a_boxed_future_behind_an_alias() {
    #[derive(Debug, PartialEq, thiserror::Error)]
    enum CallError {
        #[error(transparent)]
        Busy(#[from] Busy),
        #[error(transparent)]
        Number(#[from] std::num::ParseIntError),
    }

    #[retry(strategy = "immediate", on = matches(CallError::Busy(_)))]
    fn pinned<'a>(runs: &'a Runs, text: &'a str) -> Reply<'a, Result<u32, CallError>> {
        Box::pin(async move {
            yield_now().await;
            runs.fail_twice()?;
            let number = text.parse::<u32>()?;
            Ok(number)
        })
    }

    #[retry(strategy = "immediate", on = |_| true)]
    fn by_method(runs: &Runs) -> Reply<'_, Option<u32>> {
        async move {
            yield_now().await;
            let run = runs.fail_twice().ok()?;
            Some(run)
        }
        .boxed()
    }

    assert_eq!(thrice_async(async |runs: &Runs| pinned(runs, "7").await).await, Ok(7));
    let failed = thrice_async(async |runs: &Runs| pinned(runs, "x").await).await;
    assert!(matches!(failed, Err(CallError::Number(_))));
    assert_eq!(thrice_async(async |runs: &Runs| by_method(runs).await).await, Some(3));
}

#[tokio::test]
async fn statements_before_the_block_run_once() {
    #[retry(strategy = "immediate", clone(tags))]
    fn call(
        runs: &Runs,
        name: &str,
        mut number: u32,
        mut both: u32,
        mut text: String,
        list: &mut Vec<u32>,
        tags: Vec<u32>,
    ) -> BoxFuture<'static, Result<(String, u32, usize, usize), Busy>> {
        list.push(1);
        text.push('!');
        both += 10;
        // Each of these hides an argument.
        let name = format!("{name}{text}");
        let list = list.len();
        // The attempts get clones of this one.
        let tags: Vec<u32> = tags.into_iter().chain([9]).collect();
        let counted = runs_for(runs);
        Box::pin(async move {
            number += 1;
            both += 1;
            let consumed = tags;
            yield_now().await;
            counted.fail_twice()?;
            Ok((name.clone(), number + both, list, consumed.len()))
        })
    }

    /// The future outlives the borrow, so it counts on a leaked one; each call of this test has its own.
    fn runs_for(_runs: &Runs) -> &'static Runs {
        static RUNS: Runs = Runs::new();
        &RUNS
    }

    let (runs, mut list) = (Runs::new(), Vec::new());
    let future = call(&runs, "a", 1, 1, "b".to_owned(), &mut list, vec![1]);
    assert_eq!(list, [1], "before it is awaited");
    assert_eq!(future.await, Ok(("ab!".to_owned(), 2 + 12, 1, 2)));
    assert_eq!((list, runs_for(&runs).count()), (vec![1], 3));
}

#[tokio::test]
async fn arguments_of_a_block_begin_each_attempt_anew() {
    #[retry(strategy = "immediate", clone(name))]
    fn call<'a>(
        runs: &'a Runs,
        name: String,
        mut number: u32,
        (first, mut second): (u32, u32),
        list: &'a mut Vec<u32>,
        first_in: Option<&'a mut u32>,
    ) -> impl Future<Output = Result<(String, u32), Busy>> + use<'a> {
        async move {
            let owned = name;
            number += 1;
            second += first;
            list.push(1);
            yield_now().await;
            if let Some(first) = first_in {
                *first += 1;
            }
            runs.fail_twice()?;
            Ok((owned, number + second))
        }
    }

    let (mut list, mut number) = (Vec::new(), 0);
    let call = async |runs: &Runs| call(runs, "a".to_owned(), 1, (1, 2), &mut list, Some(&mut number)).await;
    assert_eq!(thrice_async(call).await, Ok(("a".to_owned(), 5)));
    assert_eq!((list, number), (vec![1, 1, 1], 3));
}

#[tokio::test]
async fn what_a_statement_before_the_block_reads_may_be_mut_for_the_body_alone() {
    #[retry(strategy = "immediate")]
    fn call(runs: &Runs, mut number: u32, (mut first, second): (u32, u32)) -> impl Future<Output = Result<u32, Busy>> {
        let sum = number + first + second;
        async move {
            number += sum;
            first += 1;
            yield_now().await;
            runs.fail_twice()?;
            Ok(number + first)
        }
    }

    let runs = Runs::new();
    assert_eq!(call(&runs, 1, (2, 3)).await, Ok(7 + 3));
    assert_eq!(runs.count(), 3);
}

#[tokio::test]
async fn methods_that_return_futures() {
    #[derive(Default)]
    struct Client {
        runs: Runs,
        log: Vec<u32>,
        name: String,
    }
    impl Client {
        #[retry(strategy = "immediate")]
        fn opaque(&self) -> impl Future<Output = Result<&str, Busy>> + Send {
            async move {
                yield_now().await;
                self.runs.fail_twice()?;
                Ok(&*self.name)
            }
        }

        #[retry(strategy = "immediate", max = self.limit())]
        fn boxed(&mut self) -> BoxFuture<'_, Result<u32, Busy>> {
            self.log.push(0);
            Box::pin(async move {
                self.log.push(1);
                yield_now().await;
                self.runs.fail_twice()
            })
        }

        fn limit(&self) -> u32 {
            u32::try_from(self.log.len()).unwrap_or(0) + 3
        }
    }

    let mut client = Client::default();
    assert_eq!(client.opaque().await, Ok(""));
    assert_eq!(client.runs.count(), 3);
    client.runs = Runs::new();
    assert_eq!(client.boxed().await, Ok(3));
    assert_eq!((client.runs.count(), client.log), (3, vec![0, 1, 1, 1]));
}

#[tokio::test]
async fn methods_of_a_trait_that_return_futures() {
    trait Service {
        fn runs(&self) -> &Runs;

        #[retry(strategy = "immediate")]
        fn provided(&self) -> impl Future<Output = Result<u32, Busy>> {
            async move {
                yield_now().await;
                self.runs().fail_twice()
            }
        }

        fn required(&self) -> BoxFuture<'_, Option<u32>>;
    }

    struct Client(Runs);
    impl Service for Client {
        fn runs(&self) -> &Runs {
            &self.0
        }

        #[retry(strategy = "immediate", on = reattempt::any_error)]
        fn required(&self) -> BoxFuture<'_, Option<u32>> {
            Box::pin(async {
                yield_now().await;
                self.0.fail_twice().ok()
            })
        }
    }

    let client = Client(Runs::new());
    assert_eq!(client.provided().await, Ok(3));
    assert_eq!(client.0.count(), 3);
    let client = Client(Runs::new());
    assert_eq!(client.required().await, Some(3));
    assert_eq!(client.0.count(), 3);
}

#[tokio::test]
async fn a_future_named_by_an_associated_type() {
    trait Service {
        type Reply: Future<Output = Result<String, Busy>>;

        fn call(&mut self, name: String) -> Self::Reply;
    }

    struct Client(Arc<Runs>);
    impl Service for Client {
        type Reply = Reply<'static, Result<String, Busy>>;

        #[retry(strategy = "immediate", clone(name))]
        fn call(&mut self, name: String) -> Self::Reply {
            let runs = Arc::clone(&self.0);
            Box::pin(async move {
                let owned = name;
                yield_now().await;
                runs.fail_twice()?;
                Ok(owned)
            })
        }
    }

    let runs = Arc::<Runs>::default();
    assert_eq!(Client(Arc::clone(&runs)).call("a".to_owned()).await, Ok("a".to_owned()));
    assert_eq!(runs.count(), 3);
}

#[tokio::test]
async fn futures_of_retry_errors() {
    #[retry(strategy = "immediate", max = 2)]
    fn opaque(runs: &Runs) -> impl Future<Output = Result<u32, RetryError<Busy>>> {
        async move {
            yield_now().await;
            let run = runs.fail_twice()?;
            Ok(run)
        }
    }

    #[retry(strategy = "immediate", max = 2)]
    fn boxed(runs: &Runs) -> BoxFuture<'_, Result<u32, RetryError<Busy>>> {
        Box::pin(async move {
            yield_now().await;
            let run = runs.fail_twice()?;
            Ok(run)
        })
    }

    #[retry(strategy = "immediate", max = 2, error = Busy)]
    fn aliased(runs: &Runs) -> Reply<'_, Result<u32, RetryError<Busy>>> {
        Box::pin(async move {
            yield_now().await;
            let run = runs.fail_twice()?;
            Ok(run)
        })
    }

    let runs = Runs::new();
    for attempts in [
        opaque(&runs).await.map_err(|error| error.attempts()),
        boxed(&Runs::new()).await.map_err(|error| error.attempts()),
        aliased(&Runs::new()).await.map_err(|error| error.attempts()),
    ] {
        assert_eq!(attempts, Err(2));
    }
    assert_eq!(runs.count(), 2);
}
