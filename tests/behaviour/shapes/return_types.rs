//! Return types: aliases, associated types, types with lifetimes, and borrows that do not hinder the next attempt.

use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use futures_util::future::BoxFuture;
use reattempt::{Transient, retry};
use std::borrow::Cow;
use std::io;
use std::pin::Pin;
use std::slice::Iter;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::task::yield_now;

type Counted = Result<u32, Busy>;
type Maybe<T = u32> = Option<T>;

#[tokio::test]
async fn aliases_of_outcomes() {
    #[retry(strategy = "immediate")]
    fn result(runs: &Runs) -> Counted {
        runs.fail_twice()
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    async fn option(runs: &Runs) -> Maybe {
        yield_now().await;
        let run = runs.fail_twice().ok()?;
        Some(run)
    }

    #[retry(strategy = "immediate")]
    fn of_the_standard_library(runs: &Runs) -> io::Result<u32> {
        runs.fail_twice().map_err(|busy| io::Error::new(io::ErrorKind::ConnectionReset, busy))
    }

    assert_eq!(thrice(result), Ok(3));
    assert_eq!(thrice_async(option).await, Some(3));
    assert_eq!(thrice(|runs| of_the_standard_library(runs).unwrap()), 3);
}

trait Source {
    type Value;
    type Error: Transient;

    fn once(&self) -> Result<Self::Value, Self::Error>;

    #[retry(strategy = "immediate")]
    fn get(&self) -> Result<Self::Value, Self::Error> {
        self.once()
    }

    #[retry(strategy = "immediate")]
    async fn get_async(&self) -> Result<<Self as Source>::Value, Self::Error> {
        yield_now().await;
        self.once()
    }
}

impl Source for Runs {
    type Value = u32;
    type Error = Busy;

    fn once(&self) -> Result<u32, Busy> {
        self.fail_twice()
    }
}

#[tokio::test]
async fn associated_types() {
    #[retry(strategy = "immediate")]
    fn generic<S: Source>(source: &S) -> Result<S::Value, S::Error> {
        source.once()
    }

    assert_eq!(thrice(Source::get), Ok(3));
    assert_eq!(thrice(generic), Ok(3));
    assert_eq!(thrice_async(async |runs: &Runs| runs.get_async().await).await, Ok(3));
}

#[derive(Default)]
struct Client<'b> {
    runs: Runs,
    name: &'b str,
    list: Vec<u32>,
    state: Mutex<u32>,
}

impl Client<'_> {
    #[retry(strategy = "immediate")]
    fn iterator(&self) -> Result<Iter<'_, u32>, Busy> {
        self.runs.fail_twice()?;
        Ok(self.list.iter())
    }

    #[retry(strategy = "immediate")]
    fn opaque(&self) -> Result<impl Iterator<Item = &u32>, Busy> {
        self.runs.fail_twice()?;
        Ok(self.list.iter().rev())
    }

    #[retry(strategy = "immediate")]
    async fn object<'a>(&'a self) -> Result<Box<dyn Iterator<Item = &'a u32> + 'a>, Busy> {
        yield_now().await;
        self.runs.fail_twice()?;
        Ok(Box::new(self.list.iter()))
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    async fn cow(&self) -> Option<Cow<'_, str>> {
        yield_now().await;
        self.runs.fail_twice().ok()?;
        Some(Cow::Borrowed(self.name))
    }

    #[retry(strategy = "immediate")]
    fn guard(&self) -> Result<MutexGuard<'_, u32>, Busy> {
        let guard = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.runs.fail_twice()?;
        Ok(guard)
    }
}

#[tokio::test]
async fn types_that_borrow_from_a_shared_receiver() {
    let client = || Client { name: "a", list: vec![1, 2], ..Client::default() };
    let first = client();
    assert_eq!(first.iterator().map(Iterator::count), Ok(2));
    assert_eq!(first.runs.count(), 3);
    let second = client();
    assert_eq!(second.opaque().map(|mut items| items.next()), Ok(Some(&2)));
    assert_eq!(second.runs.count(), 3);
    let third = client();
    assert_eq!(third.object().await.map(Iterator::count), Ok(2));
    assert_eq!(third.runs.count(), 3);
    let fourth = client();
    assert_eq!(fourth.cow().await.as_deref(), Some("a"));
    assert_eq!(fourth.runs.count(), 3);
    let fifth = client();
    assert_eq!(fifth.guard().map(|guard| *guard), Ok(0));
    assert_eq!(fifth.runs.count(), 3);
}

// What borrows from `&mut self` itself cannot be returned. These don't.
impl<'b> Client<'b> {
    #[retry(strategy = "immediate")]
    fn name(&mut self) -> Result<&'b str, Busy> {
        self.list.clear();
        self.runs.fail_twice()?;
        Ok(self.name)
    }

    #[retry(strategy = "immediate")]
    async fn text(&mut self) -> Result<&'static str, Busy> {
        self.list.clear();
        yield_now().await;
        self.runs.fail_twice()?;
        Ok("text")
    }

    #[retry(strategy = "immediate")]
    async fn argument<'a>(&mut self, other: &'a str) -> Result<&'a str, Busy> {
        self.list.clear();
        yield_now().await;
        self.runs.fail_twice()?;
        Ok(other)
    }

    #[retry(strategy = "immediate")]
    fn receiver(&self, list: &mut Vec<u32>) -> Result<&[u32], Busy> {
        list.push(1);
        self.runs.fail_twice()?;
        Ok(&self.list)
    }

    #[retry(strategy = "immediate")]
    #[expect(clippy::type_complexity, reason = "the shape under test")]
    fn function(&mut self) -> Result<Box<dyn Fn(&str) -> &str>, Busy> {
        self.list.clear();
        self.runs.fail_twice()?;
        Ok(Box::new(|text| &text[1..]))
    }

    /// The future borrows from the receiver alone, its output from nothing.
    #[retry(strategy = "immediate")]
    fn future(&mut self, list: &mut Vec<u32>, _unused: &mut u32) -> BoxFuture<'_, Result<u32, Busy>> {
        list.push(1);
        Box::pin(async move {
            self.list.clear();
            yield_now().await;
            self.runs.fail_twice()
        })
    }
}

#[tokio::test]
async fn types_that_borrow_from_elsewhere_than_a_unique_receiver() {
    let client = || Client { name: "a", ..Client::default() };
    let mut first = client();
    assert_eq!(first.name(), Ok("a"));
    assert_eq!(first.runs.count(), 3);
    let mut second = client();
    assert_eq!(second.text().await, Ok("text"));
    assert_eq!(second.runs.count(), 3);
    let mut third = client();
    assert_eq!(third.argument("b").await, Ok("b"));
    assert_eq!(third.runs.count(), 3);
    let (fourth, mut list) = (client(), Vec::new());
    assert_eq!(fourth.receiver(&mut list), Ok(&[][..]));
    assert_eq!((fourth.runs.count(), list.len()), (3, 3));
    let mut fifth = client();
    assert_eq!(fifth.function().map(|function| function("abc").to_owned()), Ok("bc".to_owned()));
    assert_eq!(fifth.runs.count(), 3);
    let mut sixth = client();
    assert_eq!(sixth.future(&mut list, &mut 0).await, Ok(3));
    assert_eq!((sixth.runs.count(), list.len()), (3, 4));
}

#[tokio::test]
async fn a_future_inside_of_a_result_is_a_value_like_any_other() {
    #[retry(strategy = "immediate")]
    fn opaque(runs: &Runs) -> Result<impl Future<Output = u32>, Busy> {
        let run = runs.fail_twice()?;
        Ok(async move { run })
    }

    #[retry(strategy = "immediate")]
    fn boxed(runs: &Runs) -> Result<Pin<Box<dyn Future<Output = u32>>>, Busy> {
        let run = runs.fail_twice()?;
        Ok(Box::pin(async move { run }))
    }

    let runs = Runs::new();
    assert_eq!(opaque(&runs).unwrap().await, 3);
    assert_eq!(runs.count(), 3);
    assert_eq!(thrice(boxed).unwrap().await, 3);
}
