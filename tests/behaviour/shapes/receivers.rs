//! Kinds of `self`, sync and async.

use crate::support::runs::{Busy, Runs};
use reattempt::retry;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use tokio::task::yield_now;

#[derive(Debug, Default)]
struct Client {
    runs: Runs,
    log: Vec<u32>,
}

#[expect(clippy::needless_arbitrary_self_type, clippy::boxed_local, reason = "the shapes under test")]
impl Client {
    #[retry(strategy = "immediate", on_value = |(run, _): &(u32, u32)| *run == 0)]
    fn owned(self) -> (u32, u32) {
        (self.runs.fail_twice().unwrap_or(0), self.runs.count())
    }

    #[retry(strategy = "immediate", on_value = |(run, _): &(u32, u32)| *run == 0)]
    async fn owned_async(self) -> (u32, u32) {
        yield_now().await;
        (self.runs.fail_twice().unwrap_or(0), self.runs.count())
    }

    #[retry(strategy = "immediate")]
    fn boxed(self: Box<Self>) -> Result<u32, Busy> {
        self.runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    async fn boxed_async(self: Box<Self>) -> Result<u32, Busy> {
        yield_now().await;
        self.runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    fn counted(self: Rc<Self>) -> Result<u32, Busy> {
        Rc::clone(&self).runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    fn shared(self: Arc<Self>) -> Result<u32, Busy> {
        Arc::clone(&self).runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    async fn shared_async(self: Arc<Self>) -> Result<u32, Busy> {
        yield_now().await;
        let again = Arc::clone(&self);
        again.runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    fn by_written_unique_reference(self: &mut Self) -> Result<u32, Busy> {
        self.log.push(1);
        self.runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    async fn by_written_unique_reference_async(self: &mut Self) -> Result<u32, Busy> {
        yield_now().await;
        self.log.push(1);
        self.runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    fn pinned(self: Pin<&Self>) -> Result<u32, Busy> {
        self.runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    fn pinned_unique(self: Pin<&mut Self>) -> Result<u32, Busy> {
        self.runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    fn pinned_and_changed(mut self: Pin<&mut Self>) -> Result<u32, Busy> {
        self.as_mut().get_mut().log.push(1);
        self.log.push(2);
        self.runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    async fn pinned_and_changed_async(mut self: Pin<&mut Self>) -> Result<u32, Busy> {
        self.as_mut().get_mut().log.push(1);
        yield_now().await;
        self.log.push(2);
        self.runs.fail_twice()
    }
}

#[test]
fn an_owned_receiver_is_shared_by_the_attempts() {
    assert_eq!(Client::default().owned(), (3, 3));
}

#[tokio::test]
async fn an_owned_receiver_is_shared_by_the_attempts_in_async() {
    assert_eq!(Client::default().owned_async().await, (3, 3));
}

#[tokio::test]
async fn a_receiver_in_a_box() {
    // The number of the run that succeeded is the number of runs.
    assert_eq!(Box::<Client>::default().boxed(), Ok(3));
    assert_eq!(Box::<Client>::default().boxed_async().await, Ok(3));
}

#[tokio::test]
async fn a_receiver_in_a_shared_pointer() {
    let client = Rc::<Client>::default();
    assert_eq!(client.clone().counted(), Ok(3));
    assert_eq!(client.runs.count(), 3);

    let client = Arc::<Client>::default();
    assert_eq!(client.clone().shared(), Ok(3));
    assert_eq!(client.runs.count(), 3);

    let client = Arc::<Client>::default();
    assert_eq!(client.clone().shared_async().await, Ok(3));
    assert_eq!(client.runs.count(), 3);
}

#[tokio::test]
async fn a_receiver_whose_type_is_written_out() {
    let mut client = Client::default();
    assert_eq!(client.by_written_unique_reference(), Ok(3));
    assert_eq!((client.runs.count(), client.log.len()), (3, 3));

    let mut client = Client::default();
    assert_eq!(client.by_written_unique_reference_async().await, Ok(3));
    assert_eq!((client.runs.count(), client.log.len()), (3, 3));
}

#[tokio::test]
async fn a_pinned_receiver() {
    let client = Client::default();
    assert_eq!(Pin::new(&client).pinned(), Ok(3));
    assert_eq!(client.runs.count(), 3);

    let mut client = Client::default();
    assert_eq!(Pin::new(&mut client).pinned_unique(), Ok(3));
    assert_eq!(client.runs.count(), 3);

    let mut client = Client::default();
    assert_eq!(Pin::new(&mut client).pinned_and_changed(), Ok(3));
    assert_eq!((client.runs.count(), client.log), (3, vec![1, 2, 1, 2, 1, 2]));

    let mut client = Client::default();
    assert_eq!(Pin::new(&mut client).pinned_and_changed_async().await, Ok(3));
    assert_eq!((client.runs.count(), client.log), (3, vec![1, 2, 1, 2, 1, 2]));
}
