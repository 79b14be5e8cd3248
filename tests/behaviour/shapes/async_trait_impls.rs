//! Implementations under `#[async_trait]`: the loop runs inside the boxed block.

use crate::support::runs::{Busy, Runs, thrice_async};
use async_trait::async_trait;
use reattempt::{RetryError, retry};
use std::fmt::Display;
use std::pin::Pin;
use std::sync::Arc;
use tokio::task::yield_now;

#[derive(Debug, Default)]
struct Client {
    runs: Runs,
    log: Vec<u32>,
    limit: u32,
}

#[derive(Clone, Debug, PartialEq)]
struct Point {
    x: u32,
    y: Vec<u32>,
}

#[async_trait]
trait Service {
    async fn by_reference(&self) -> Result<u32, Busy>;
    async fn by_unique_reference(&mut self, list: &mut Vec<u32>) -> Result<u32, Busy>;
    async fn owned(self) -> (u32, u32);
    async fn boxed(self: Box<Self>) -> Result<u32, Busy>;
    async fn shared(self: Arc<Self>) -> Result<u32, Busy>;
    async fn pinned(self: Pin<&mut Self>) -> Result<u32, Busy>;
    async fn associated(runs: &Runs) -> Result<u32, Busy>;
    async fn borrowed<'a>(&'a self, names: &'a [String]) -> Result<&'a str, Busy>;
    async fn generic<T: Clone + Send, E>(&self, value: T, shown: impl Display + Send + Sync) -> Result<(T, String), E>
    where
        E: From<Busy> + reattempt::Transient + Send;
    async fn option(&self) -> Option<u32>;
    async fn patterns(&self, pair: (String, u32), point: Point) -> Result<(String, u32), Busy>;
    async fn reporting(&self) -> Result<u32, RetryError<Busy>>;
    async fn hidden(&self, first: Option<&mut u32>, second: Pin<&mut u32>) -> Result<u32, Busy>;
}

mod classify {
    pub(super) fn is_below<E>(_error: &E, limit: u32, runs: u32) -> bool {
        runs < limit
    }
}

#[async_trait]
impl Service for Client {
    #[retry(strategy = "immediate")]
    async fn by_reference(&self) -> Result<u32, Busy> {
        yield_now().await;
        self.runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    async fn by_unique_reference(&mut self, list: &mut Vec<u32>) -> Result<u32, Busy> {
        self.log.push(1);
        list.push(2);
        yield_now().await;
        self.runs.fail_twice()
    }

    #[retry(strategy = "immediate", on_value = |(run, _): &(u32, u32)| *run == 0)]
    async fn owned(self) -> (u32, u32) {
        yield_now().await;
        (self.runs.fail_twice().unwrap_or(0), self.runs.count())
    }

    #[retry(strategy = "immediate")]
    async fn boxed(self: Box<Self>) -> Result<u32, Busy> {
        yield_now().await;
        self.runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    async fn shared(self: Arc<Self>) -> Result<u32, Busy> {
        let again = Arc::clone(&self);
        yield_now().await;
        again.runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    async fn pinned(mut self: Pin<&mut Self>) -> Result<u32, Busy> {
        self.log.push(1);
        yield_now().await;
        self.as_mut().get_mut().log.push(2);
        self.runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    async fn associated(runs: &Runs) -> Result<u32, Busy> {
        yield_now().await;
        runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    async fn borrowed<'a>(&'a self, names: &'a [String]) -> Result<&'a str, Busy> {
        yield_now().await;
        self.runs.fail_twice()?;
        Ok(&names[0])
    }

    #[retry(strategy = "immediate", clone(value))]
    async fn generic<T: Clone + Send, E>(&self, value: T, shown: impl Display + Send + Sync) -> Result<(T, String), E>
    where
        E: From<Busy> + reattempt::Transient + Send,
    {
        let owned = value;
        yield_now().await;
        self.runs.fail_twice()?;
        Ok((owned, shown.to_string()))
    }

    // Inside the block the receiver has another name; `self::` is a module all the same.
    #[expect(unused_qualifications, reason = "the shape under test")]
    #[retry(
        strategy = "immediate",
        max = self.limit + 2,
        on = |error| self::classify::is_below(error, self.limit, self.runs.count()),
    )]
    async fn option(&self) -> Option<u32> {
        yield_now().await;
        self.runs.fail_twice().ok()
    }

    #[retry(strategy = "immediate", clone(name))]
    async fn patterns(
        &self,
        (name, mut number): (String, u32),
        Point { mut x, .. }: Point,
    ) -> Result<(String, u32), Busy> {
        let name = name;
        number += 1;
        x += 1;
        yield_now().await;
        self.runs.fail_twice()?;
        Ok((name, number + x))
    }

    #[retry(strategy = "immediate", max = 2)]
    async fn reporting(&self) -> Result<u32, RetryError<Busy>> {
        yield_now().await;
        let run = self.runs.fail_twice()?;
        Ok(run)
    }

    #[retry(strategy = "immediate")]
    async fn hidden(&self, first: Option<&mut u32>, mut second: Pin<&mut u32>) -> Result<u32, Busy> {
        if let Some(first) = first {
            *first += 1;
        }
        yield_now().await;
        *second += 1;
        *second.get_mut() += 1;
        self.runs.fail_twice()
    }
}

#[tokio::test]
async fn methods_with_every_kind_of_receiver() {
    let client = || (Client::default(), Vec::new());
    let (it, _) = client();
    assert_eq!(it.by_reference().await, Ok(3));
    assert_eq!(it.runs.count(), 3);

    let (mut it, mut list) = client();
    assert_eq!(it.by_unique_reference(&mut list).await, Ok(3));
    assert_eq!((it.runs.count(), it.log, list), (3, vec![1, 1, 1], vec![2, 2, 2]));

    assert_eq!(Client::default().owned().await, (3, 3));
    // The number of the run that succeeded is the number of runs.
    assert_eq!(Box::<Client>::default().boxed().await, Ok(3));

    let it = Arc::<Client>::default();
    assert_eq!(it.clone().shared().await, Ok(3));
    assert_eq!(it.runs.count(), 3);

    let (mut it, _) = client();
    assert_eq!(Pin::new(&mut it).pinned().await, Ok(3));
    assert_eq!((it.runs.count(), it.log), (3, vec![1, 2, 1, 2, 1, 2]));

    assert_eq!(thrice_async(async |runs: &Runs| Client::associated(runs).await).await, Ok(3));
}

#[tokio::test]
async fn methods_with_generics_patterns_and_borrows() {
    let names = ["a".to_owned()];
    let client = Client::default();
    assert_eq!(client.borrowed(&names).await, Ok("a"));
    assert_eq!(client.runs.count(), 3);

    let client = Client::default();
    let returned: Result<_, Busy> = client.generic("x", 5).await;
    assert_eq!(returned, Ok(("x", "5".to_owned())));
    assert_eq!(client.runs.count(), 3);

    let client = Client::default();
    let point = Point { x: 1, y: Vec::new() };
    assert_eq!(client.patterns(("a".to_owned(), 1), point).await, Ok(("a".to_owned(), 4)));
    assert_eq!(client.runs.count(), 3);

    let client = Client::default();
    let (mut first, mut second) = (0, 0);
    assert_eq!(client.hidden(Some(&mut first), Pin::new(&mut second)).await, Ok(3));
    assert_eq!((client.runs.count(), first, second), (3, 3, 6));
}

#[tokio::test]
async fn keys_of_a_method_see_the_receiver() {
    let client = Client { limit: 3, ..Client::default() };
    assert_eq!(client.option().await, Some(3));
    assert_eq!(client.runs.count(), 3);

    let client = Client { limit: 1, ..Client::default() };
    assert_eq!(client.option().await, None);
    assert_eq!(client.runs.count(), 1);
}

#[tokio::test]
async fn a_method_returns_a_retry_error() {
    let client = Client::default();
    let error = client.reporting().await.unwrap_err();
    assert_eq!((error.attempts(), error.last()), (2, Some(&Busy)));
    assert_eq!(client.runs.count(), 2);
}
