//! Twins of `tests/ui/returns`: return types that can fail, and that each attempt can return.
#![expect(clippy::manual_async_fn, reason = "the shape under test")]

use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use reattempt::{RetryError, retry};
use std::convert::Infallible;
use std::pin::Pin;

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// An outcome whose name hides a `RetryError`.
type Reported = Result<u32, RetryError<Busy>>;

#[test]
fn borrow_of_a_mutable_argument() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(list: &mut Vec<u8>, runs: &Runs) -> Option<u8> {
        list.push(1);
        runs.fail_twice().ok()?;
        list.last_mut().copied()
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn borrowing_nothing(list: &mut Vec<u8>, runs: &Runs) -> Option<&'static u8> {
        list.push(1);
        runs.fail_twice().ok().map(|_| &7)
    }

    let mut list = Vec::new();
    assert_eq!(thrice(|runs| call(&mut list, runs)), Some(1));
    assert_eq!(thrice(|runs| borrowing_nothing(&mut list, runs)), Some(&7));
    assert_eq!(list, [1; 6]);
}

#[test]
fn borrow_with_a_named_lifetime() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(list: &mut Vec<u8>, _other: &u8, runs: &Runs) -> Option<u8> {
        list.push(1);
        runs.fail_twice().ok()?;
        list.last().copied()
    }
    assert_eq!(thrice(|runs| call(&mut vec![], &2, runs)), Some(1));
}

struct Cache(Vec<u8>);

impl Cache {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(&mut self, runs: &Runs) -> Option<u8> {
        self.0.push(1);
        runs.fail_twice().ok()?;
        self.0.last().copied()
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    async fn call_async(&mut self, runs: &Runs) -> Option<u8> {
        self.0.push(2);
        runs.fail_twice().ok()?;
        self.0.last().copied()
    }
}

#[test]
fn borrow_of_mut_self() {
    let mut cache = Cache(Vec::new());
    assert_eq!(thrice(|runs| cache.call(runs)), Some(1));
    assert_eq!(cache.0, [1; 3]);
}

#[tokio::test]
async fn borrow_of_mut_self_in_async() {
    let mut cache = Cache(Vec::new());
    assert_eq!(thrice_async(async |runs: &Runs| cache.call_async(runs).await).await, Some(2));
    assert_eq!(cache.0, [2; 3]);
}

async fn inner(runs: &Runs) -> Option<u32> {
    tokio::task::yield_now().await;
    runs.fail_twice().ok()
}

#[tokio::test]
async fn future_that_is_not_visible() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    async fn function(runs: &Runs) -> Option<u32> {
        inner(runs).await
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn block(runs: &Runs) -> impl Future<Output = Option<u32>> {
        async { inner(runs).await }
    }

    assert_eq!(thrice_async(async |runs: &Runs| function(runs).await).await, Some(3));
    assert_eq!(thrice_async(async |runs: &Runs| block(runs).await).await, Some(3));
}

#[tokio::test]
async fn boxed_future_that_is_not_visible() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(runs: &Runs) -> Pin<Box<dyn Future<Output = Option<u32>> + '_>> {
        Box::pin(async { inner(runs).await })
    }
    assert_eq!(thrice_async(async |runs: &Runs| call(runs).await).await, Some(3));
}

#[tokio::test]
async fn early_return_of_another_future() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(now: bool, runs: &Runs) -> Boxed<'_, Option<u32>> {
        Box::pin(async move {
            if now {
                return Some(1);
            }
            inner(runs).await
        })
    }
    assert_eq!(thrice_async(async |runs: &Runs| call(false, runs).await).await, Some(3));
    assert_eq!(call(true, &Runs::new()).await, Some(1));
}

#[tokio::test]
async fn macro_around_an_argument() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn inside(mut count: u8, runs: &Runs) -> impl Future<Output = Option<u32>> {
        async move {
            macro_rules! next {
                () => {{
                    count += 1;
                    count
                }};
            }
            let first = next!();
            inner(runs).await.filter(|_| first == 1 && next!() == 2)
        }
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn used_before(mut count: u8, runs: &Runs) -> impl Future<Output = Option<u32>> {
        macro_rules! next {
            ($count:expr) => {{
                let mut number = $count;
                number += 1;
                number
            }};
        }
        macro_rules! once {
            () => {
                count += 1
            };
        }
        once!();
        async move {
            count = next!(count);
            inner(runs).await.filter(|_| count == 2)
        }
    }

    assert_eq!(thrice_async(async |runs: &Runs| inside(0, runs).await).await, Some(3));
    assert_eq!(thrice_async(async |runs: &Runs| used_before(0, runs).await).await, Some(3));
}

#[tokio::test]
async fn name_hidden_from_recover() {
    #[retry(strategy = "immediate", recover = |_| Ok(1))]
    fn call(runs: &Runs) -> impl Future<Output = Result<u32, Busy>> {
        struct Hiding;
        async move {
            let _ = Hiding;
            runs.fail_twice()
        }
    }

    #[retry(strategy = "immediate")]
    fn without(runs: &Runs) -> impl Future<Output = Result<u32, Busy>> {
        struct Busy;
        async move {
            let _ = Busy;
            runs.fail_twice()
        }
    }

    assert_eq!(thrice_async(async |runs: &Runs| call(runs).await).await, Ok(3));
    assert_eq!(thrice_async(async |runs: &Runs| without(runs).await).await, Ok(3));
}

#[test]
fn kept_value_of_another_type() {
    #[retry(strategy = "immediate", on_value = |page| *page == 0)]
    fn kept() -> Result<u32, RetryError<std::io::Error, u32>> {
        Ok(0)
    }

    #[retry(strategy = "immediate", on_value = |page| *page == 0)]
    fn forgotten() -> Result<u32, RetryError<std::io::Error>> {
        Ok(0)
    }

    assert_eq!(kept().unwrap_err().last_value(), Some(&0));
    assert_eq!(forgotten().unwrap_err().attempts(), 3);
}

#[test]
fn error_beside_a_kept_value() {
    kept_value_of_another_type();
}

#[test]
fn error_for_an_option() {
    #[retry(strategy = "immediate", error = Busy, on = reattempt::any_error)]
    fn result(runs: &Runs) -> Reported {
        runs.fail_twice()
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn removed(runs: &Runs) -> Option<u32> {
        runs.fail_twice().ok()
    }

    assert_eq!(thrice(result).unwrap(), 3);
    assert_eq!(thrice(removed), Some(3));
}

#[test]
fn history_behind_an_alias() {
    #[retry(strategy = "immediate", on = reattempt::any_error, history = 3, error = Busy)]
    fn named(runs: &Runs) -> Reported {
        Err(runs.fail())
    }
    assert_eq!(thrice(named).unwrap_err().history().count(), 3);
}

/// One type by two paths.
mod by_other_paths {
    #[reattempt::retry(strategy = "immediate", error = crate::support::runs::Busy, on = reattempt::any_error)]
    pub(super) fn call(runs: &super::Runs) -> Result<u32, super::RetryError<super::Busy>> {
        runs.fail_twice()
    }
}

#[test]
fn error_beside_another_retry_error() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn removed(runs: &Runs) -> Result<u32, RetryError<Busy>> {
        runs.fail_twice()
    }

    #[retry(strategy = "immediate", error = Busy, on = reattempt::any_error)]
    fn changed(runs: &Runs) -> Result<u32, RetryError<Busy>> {
        runs.fail_twice()
    }

    for call in [removed, changed, by_other_paths::call] {
        assert_eq!(thrice(call).unwrap(), 3);
    }
}

shared! {
    [error_for_a_plain_value, error_for_a_unit] {
        #[retry(strategy = "immediate", error = Busy, on_value = |count| *count < 3)]
        fn result(runs: &Runs) -> Result<u32, RetryError<Busy>> {
            runs.fail();
            Ok(runs.count())
        }

        #[retry(strategy = "immediate", on_value = |count| *count < 3)]
        fn removed(runs: &Runs) -> u32 {
            runs.fail();
            runs.count()
        }

        #[retry(strategy = "immediate", on_value = |()| true)]
        fn unit(runs: &Runs) -> () {
            runs.fail();
        }

        assert_eq!(thrice(result).unwrap(), 3);
        assert_eq!(thrice(removed), 3);
        thrice(unit);
    }
}

#[test]
fn history_without_retry_error() {
    #[retry(strategy = "immediate", on = reattempt::any_error, history = 16)]
    fn visible(runs: &Runs) -> Result<u32, RetryError<Busy>> {
        Err(runs.fail())
    }

    #[retry(strategy = "immediate", on = reattempt::any_error, history = 16, error = Busy)]
    fn named(runs: &Runs) -> Reported {
        Err(runs.fail())
    }

    for call in [visible, named] {
        assert_eq!(thrice(call).unwrap_err().history().count(), 3);
    }
}

#[test]
fn never() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(runs: &Runs) -> Result<Infallible, Busy> {
        Err(runs.fail())
    }
    assert_eq!(thrice(call), Err(Busy));
}

/// The value of a function that cannot fail.
#[derive(Debug, PartialEq)]
enum Reply {
    NotYet,
    Ready,
}

impl Reply {
    fn after_two_others(runs: &Runs) -> Self {
        runs.fail_twice().map_or(Self::NotYet, |_| Self::Ready)
    }
}

fn is_not_ready(reply: &Reply) -> bool {
    *reply == Reply::NotYet
}

#[test]
fn no_outcome() {
    #[retry(strategy = "immediate", on = |_| true)]
    fn result(runs: &Runs) -> Result<u32, Busy> {
        runs.fail_twice()
    }

    #[retry(strategy = "immediate", on = |_| true)]
    fn option(runs: &Runs) -> Option<u32> {
        runs.fail_twice().ok()
    }

    #[retry(strategy = "immediate", on_value = is_not_ready)]
    fn value(runs: &Runs) -> Reply {
        Reply::after_two_others(runs)
    }

    assert_eq!(thrice(result), Ok(3));
    assert_eq!(thrice(option), Some(3));
    assert_eq!(thrice(value), Reply::Ready);
}

#[tokio::test]
async fn no_outcome_in_async() {
    #[retry(strategy = "immediate", on_value = is_not_ready)]
    async fn call(runs: &Runs) -> Reply {
        Reply::after_two_others(runs)
    }
    assert_eq!(thrice_async(async |runs: &Runs| call(runs).await).await, Reply::Ready);
}

#[test]
fn nothing() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn result(runs: &Runs) -> Result<(), Busy> {
        runs.fail_twice().map(drop)
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn option(runs: &Runs) -> Option<()> {
        runs.fail_twice().ok().map(drop)
    }

    assert_eq!(thrice(result), Ok(()));
    assert_eq!(thrice(option), Some(()));
}

/// An error of the user's own.
#[derive(Debug, PartialEq)]
struct Mine(u32);

impl From<RetryError<Busy>> for Mine {
    fn from(error: RetryError<Busy>) -> Self {
        Self(error.attempts())
    }
}

#[test]
fn own_error_that_is_not_made_from_a_retry_error() {
    #[retry(strategy = "immediate", error = Busy, on = reattempt::any_error)]
    fn own(runs: &Runs) -> Result<(), Mine> {
        Err(runs.fail())
    }

    #[retry(strategy = "immediate", error = Busy, on = reattempt::any_error)]
    fn plain(runs: &Runs) -> Result<(), RetryError<Busy>> {
        Err(runs.fail())
    }

    assert_eq!(thrice(own), Err(Mine(3)));
    assert_eq!(thrice(plain).unwrap_err().attempts(), 3);
}

#[test]
fn retry_error_behind_an_alias() {
    #[retry(strategy = "immediate", error = Busy, on = reattempt::any_error)]
    fn call(runs: &Runs) -> Reported {
        Err(runs.fail())
    }
    assert_eq!(thrice(call).unwrap_err().into_last(), Some(Busy));
}

#[test]
fn impl_trait_by_a_macro() {
    macro_rules! returned {
        ($($function:tt)*) => {
            Option<impl $($function)*>
        };
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn written_out(runs: &Runs) -> Option<impl Fn() -> u32> {
        runs.fail_twice().ok().map(|run| move || run)
    }

    fn around(runs: &Runs) -> returned!(Fn() -> u32) {
        written_out(runs)
    }

    let runs = Runs::new();
    assert_eq!(around(&runs).map(|run| run()), Some(3));
}
