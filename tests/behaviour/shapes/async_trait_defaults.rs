//! Traits under `#[async_trait]`: default bodies, objects, and futures that stay on their thread.

use crate::support::runs::{Busy, Runs, thrice_async};
use async_trait::async_trait;
use reattempt::retry;
use std::rc::Rc;
use tokio::task::yield_now;

#[derive(Debug, Default)]
struct Client {
    runs: Runs,
    log: Vec<u32>,
}

#[derive(Debug)]
struct Point {
    x: u32,
    y: Vec<u32>,
}

#[async_trait]
trait Service: Send + Sync {
    fn runs(&self) -> &Runs;

    fn log(&mut self) -> &mut Vec<u32>;

    #[retry(strategy = "immediate")]
    async fn by_reference(&self) -> Result<u32, Busy> {
        yield_now().await;
        self.runs().fail_twice()
    }

    #[retry(strategy = "immediate")]
    async fn by_unique_reference(&mut self, step: u32, _: u8) -> Result<u32, Busy> {
        self.log().push(step);
        yield_now().await;
        self.runs().fail_twice()
    }

    #[retry(strategy = "immediate")]
    async fn only_read_by_unique_reference(&mut self) -> Result<u32, Busy> {
        yield_now().await;
        self.runs().fail_twice()
    }

    #[retry(strategy = "immediate", on_value = |(run, _): &(u32, u32)| *run == 0)]
    async fn owned(self) -> (u32, u32)
    where
        Self: Sized,
    {
        yield_now().await;
        (self.runs().fail_twice().unwrap_or(0), self.runs().count())
    }

    #[retry(strategy = "immediate")]
    async fn associated(runs: &Runs) -> Result<u32, Busy>
    where
        Self: Sized,
    {
        yield_now().await;
        runs.fail_twice()
    }

    #[retry(strategy = "immediate", clone(name, y))]
    async fn with_arguments(
        &self,
        name: String,
        mut number: u32,
        (first, mut second): (u32, u32),
        Point { mut x, y }: Point,
        list: &mut Vec<u32>,
        mut bytes: &[u8],
    ) -> Result<(String, u32, u32, usize), Busy> {
        let (owned, consumed) = (name, y);
        number += 1;
        second += first;
        x += 1;
        list.push(1);
        bytes = &bytes[1..];
        yield_now().await;
        self.runs().fail_twice()?;
        Ok((owned, number + second + x, u32::from(bytes[0]), consumed.len()))
    }
}

impl Service for Client {
    fn runs(&self) -> &Runs {
        &self.runs
    }

    fn log(&mut self) -> &mut Vec<u32> {
        &mut self.log
    }
}

#[tokio::test]
async fn default_bodies_with_every_kind_of_receiver() {
    let mut client = Client::default();
    assert_eq!(client.by_reference().await, Ok(3));
    assert_eq!(client.runs.count(), 3);

    client.runs = Runs::new();
    assert_eq!(client.by_unique_reference(7, 8).await, Ok(3));
    assert_eq!((client.runs.count(), &*client.log), (3, &[7, 7, 7][..]));

    client.runs = Runs::new();
    assert_eq!(client.only_read_by_unique_reference().await, Ok(3));
    assert_eq!(client.runs.count(), 3);

    client.runs = Runs::new();
    assert_eq!(client.owned().await, (3, 3));
    assert_eq!(thrice_async(async |runs: &Runs| Client::associated(runs).await).await, Ok(3));
}

#[tokio::test]
async fn a_default_body_finds_its_arguments_as_the_caller_passed_them() {
    let client = Client::default();
    let mut list = Vec::new();
    let point = Point { x: 1, y: vec![5] };
    let returned = client.with_arguments("a".to_owned(), 1, (2, 3), point, &mut list, &[8, 9]).await;
    assert_eq!(returned, Ok(("a".to_owned(), 2 + 5 + 2, 9, 1)));
    assert_eq!(client.runs.count(), 3);
    assert_eq!(list, [1, 1, 1]);
}

#[tokio::test]
async fn a_trait_object() {
    let client = Client::default();
    let object: &dyn Service = &client;
    assert_eq!(object.by_reference().await, Ok(3));
    assert_eq!(client.runs.count(), 3);
}

#[async_trait(?Send)]
trait Local {
    fn runs(&self) -> &Runs;

    #[retry(strategy = "immediate", on = reattempt::any_error, clone(name))]
    async fn provided(&mut self, name: Rc<str>, mut number: u32) -> Result<u32, Rc<Busy>> {
        let owned = name;
        number += 1;
        yield_now().await;
        assert_eq!(&*owned, "a");
        self.runs().fail_twice().map(|_| number).map_err(Rc::new)
    }

    async fn required(&self, name: Rc<str>) -> Result<Rc<str>, Busy>;
}

#[async_trait(?Send)]
impl Local for Client {
    fn runs(&self) -> &Runs {
        &self.runs
    }

    #[retry(strategy = "immediate")]
    async fn required(&self, name: Rc<str>) -> Result<Rc<str>, Busy> {
        let again = Rc::clone(&name);
        yield_now().await;
        self.runs.fail_twice()?;
        Ok(again)
    }
}

#[tokio::test]
async fn a_trait_whose_futures_stay_on_their_thread() {
    let mut client = Client::default();
    assert_eq!(client.provided("a".into(), 1).await, Ok(2));
    assert_eq!(client.runs.count(), 3);

    client.runs = Runs::new();
    assert_eq!(client.required("a".into()).await, Ok("a".into()));
    assert_eq!(client.runs.count(), 3);
}
