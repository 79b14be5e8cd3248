//! A retried function's future is `Send` if the plain function's is, with any values, errors and arguments.

use crate::support::runs::{Busy, Runs};
use futures_util::future::BoxFuture;
use reattempt::{RetryError, retry};
use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use tokio::task::yield_now;

fn require_send<F: Future + Send>(future: F) -> F {
    future
}

/// Can be sent, but not shared.
#[derive(Clone, Debug, Default)]
struct Unshared(Cell<u32>);

#[tokio::test]
async fn the_value_and_the_error_need_not_be_send() {
    #[retry(strategy = "constant", base = "1s", on = |_| true)]
    async fn call(runs: &Runs) -> Result<Rc<u32>, Rc<Busy>> {
        yield_now().await;
        runs.fail_twice().map(Rc::new).map_err(Rc::new)
    }

    #[retry(strategy = "constant", base = "1s", on_value = |run: &Rc<u32>| **run == 0)]
    async fn plain(runs: &Runs) -> Rc<u32> {
        yield_now().await;
        Rc::new(runs.fail_twice().unwrap_or(0))
    }

    #[retry(strategy = "constant", base = "1s", max = 2, on = |_| true)]
    async fn reporting(runs: &Runs) -> Result<Rc<u32>, RetryError<Rc<Busy>>> {
        yield_now().await;
        runs.fail_twice().map(Rc::new).map_err(Rc::new)
    }

    let _paused = reattempt::testing::pause();
    let runs = Runs::new();
    assert_eq!(require_send(call(&runs)).await, Ok(Rc::new(3)));
    assert_eq!(runs.count(), 3);
    let runs = Runs::new();
    assert_eq!(require_send(plain(&runs)).await, Rc::new(3));
    assert_eq!(runs.count(), 3);
    let runs = Runs::new();
    let error = require_send(reporting(&runs)).await.unwrap_err();
    assert_eq!((error.attempts(), runs.count()), (2, 2));
}

#[tokio::test]
async fn a_unique_receiver_need_not_be_shareable() {
    struct Client {
        runs: Runs,
        _unshared: Unshared,
    }
    impl Client {
        #[retry(strategy = "immediate")]
        async fn only_read(&mut self) -> Result<u32, Busy> {
            yield_now().await;
            self.runs.fail_twice()
        }

        #[retry(strategy = "immediate")]
        async fn pinned(mut self: Pin<&mut Self>) -> Result<u32, Busy> {
            let _this = self.as_mut();
            yield_now().await;
            self.runs.fail_twice()
        }

        #[retry(strategy = "immediate")]
        fn boxed(&mut self) -> BoxFuture<'_, Result<u32, Busy>> {
            Box::pin(async move {
                yield_now().await;
                self.runs.fail_twice()
            })
        }
    }

    let client = || Client { runs: Runs::new(), _unshared: Unshared::default() };
    // The number of the run that succeeded is the number of runs.
    assert_eq!(require_send(client().only_read()).await, Ok(3));
    assert_eq!(require_send(Pin::new(&mut client()).pinned()).await, Ok(3));
    assert_eq!(require_send(client().boxed()).await, Ok(3));
}

#[async_trait::async_trait]
trait Service: Send {
    fn runs(&self) -> &Runs;

    /// The block is `Send` by its type, though `Self` is not `Sync`.
    #[retry(strategy = "immediate")]
    async fn only_read(&mut self) -> Result<u32, Busy> {
        yield_now().await;
        self.runs().fail_twice()
    }
}

#[tokio::test]
async fn a_unique_receiver_under_async_trait_need_not_be_shareable() {
    struct Client(Runs, #[expect(dead_code, reason = "only its type matters")] Unshared);
    impl Service for Client {
        fn runs(&self) -> &Runs {
            &self.0
        }
    }

    let mut client = Client(Runs::new(), Unshared::default());
    assert_eq!(require_send(client.only_read()).await, Ok(3));
    assert_eq!(client.0.count(), 3);
}

#[tokio::test]
async fn unique_and_cloned_arguments_need_not_be_shareable() {
    #[retry(strategy = "immediate", clone(cloned, used))]
    async fn call(
        runs: &Runs,
        unique: &mut Unshared,
        cloned: Unshared,
        used: Unshared,
        optional: Option<&mut Unshared>,
        pinned: Pin<&mut Unshared>,
    ) -> Result<u32, Busy> {
        let used = used;
        yield_now().await;
        let sum = unique.0.get() + cloned.0.get() + used.0.get() + pinned.0.get();
        let sum = sum + optional.map_or(0, |unshared| unshared.0.get());
        yield_now().await;
        runs.fail_twice()?;
        Ok(sum)
    }

    let unshared = || Unshared(Cell::new(1));
    let runs = Runs::new();
    let (mut first, mut second, mut third) = (unshared(), unshared(), unshared());
    let future = call(&runs, &mut first, unshared(), unshared(), Some(&mut second), Pin::new(&mut third));
    assert_eq!(require_send(future).await, Ok(5));
    assert_eq!(runs.count(), 3);
}

#[tokio::test]
async fn a_generic_function_asks_for_no_more_than_its_bounds() {
    #[retry(strategy = "immediate", clone(owned))]
    async fn call<T, E>(runs: &Runs, unique: &mut T, owned: T) -> Result<T, E>
    where
        T: Clone + Send,
        E: From<Busy> + reattempt::Transient,
    {
        *unique = owned.clone();
        yield_now().await;
        runs.fail_twice()?;
        Ok(owned)
    }

    async fn outer<T: Clone + Send>(runs: &Runs, unique: &mut T, owned: T) -> Result<T, Busy> {
        require_send(call(runs, unique, owned)).await
    }

    let runs = Runs::new();
    let returned = outer(&runs, &mut Unshared::default(), Unshared(Cell::new(1))).await;
    assert_eq!(returned.map(|unshared| unshared.0.get()), Ok(1));
    assert_eq!(runs.count(), 3);
}

#[tokio::test]
async fn the_sleep_is_send() {
    #[retry(strategy = "constant", base = "1s")]
    async fn call(runs: &Runs) -> Result<u32, Busy> {
        runs.fail_twice()
    }

    #[retry(strategy = "constant", base = "1s", sleep = tokio::time::sleep)]
    async fn with_own_sleeper(runs: &Runs) -> Result<u32, Busy> {
        runs.fail_twice()
    }

    let paused = reattempt::testing::pause();
    let runs = Runs::new();
    assert_eq!(require_send(call(&runs)).await, Ok(3));
    assert_eq!(require_send(with_own_sleeper(&Runs::new())).await, Ok(3));
    assert_eq!((runs.count(), paused.slept().len()), (3, 4));
}

#[tokio::test]
async fn a_body_that_stays_on_its_thread_compiles() {
    #[retry(strategy = "immediate")]
    async fn call(runs: &Rc<Runs>, name: Rc<str>) -> Result<Rc<str>, Busy> {
        let held = Rc::clone(runs);
        yield_now().await;
        held.fail_twice()?;
        Ok(Rc::clone(&name))
    }

    let runs = Rc::new(Runs::new());
    assert_eq!(call(&runs, "a".into()).await, Ok("a".into()));
    assert_eq!(runs.count(), 3);
}
