//! Functions that return a future: each attempt gets the arguments that the caller passed, even if other items have their names.
#![expect(clippy::manual_async_fn, reason = "the shape under test")]

use reattempt::retry;
use std::pin::Pin;

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Each function counts its argument up: without the attribute it is one at the end, however often it is called.
fn fail(count: u8) -> Result<u8, u8> {
    if count < 3 { Err(count) } else { Ok(count) }
}

#[tokio::test]
async fn behind_an_item_of_the_block() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(mut count: u8) -> Boxed<'static, Result<u8, u8>> {
        Box::pin(async move {
            const fn one() -> u8 {
                1
            }
            {
                count += one();
                fail(count)
            }
        })
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn moved(list: &mut Vec<u8>) -> Boxed<'_, Result<u8, u8>> {
        Box::pin(async move {
            const fn one() -> u8 {
                1
            }
            let owned = list;
            owned.push(one());
            fail(0)
        })
    }

    assert_eq!(call(0).await, Err(1));
    let mut list = Vec::new();
    assert_eq!(moved(&mut list).await, Err(0));
    assert_eq!(list, [1; 3]);
}

#[rustfmt::skip]
#[tokio::test]
async fn behind_an_arm_without_a_comma() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(mut count: u8, other: Option<u8>) -> Boxed<'static, Result<u8, u8>> {
        Box::pin(async move {
            match other {
                Some(count) => if count == 0 { Err(0) } else { Ok(count) }
                None => { count += 1; fail(count) }
            }
        })
    }

    assert_eq!(call(0, None).await, Err(1));
    assert_eq!(call(0, Some(4)).await, Ok(4));
}

#[tokio::test]
async fn behind_a_statement_that_is_not_there() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn inside(mut count: u8) -> Boxed<'static, Result<u8, u8>> {
        Box::pin(async move {
            #[cfg(any())]
            let mut count = 5;
            count += 1;
            fail(count)
        })
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn before(mut count: u8) -> Boxed<'static, Result<u8, u8>> {
        #[cfg(any())]
        let mut count = 5;
        Box::pin(async move {
            count += 1;
            fail(count)
        })
    }

    /// The other one is there, and is no `Copy`.
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn there(mut text: String) -> Boxed<'static, Result<u8, String>> {
        text.push('a');
        #[cfg(not(any()))]
        #[cfg(test)]
        let text = text + "b";
        Box::pin(async move { Err(text.clone()) })
    }

    assert_eq!(inside(0).await, Err(1));
    assert_eq!(before(0).await, Err(1));
    assert_eq!(there(String::new()).await, Err("ab".to_owned()));
}

#[tokio::test]
async fn by_a_macro_of_the_block() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(mut count: u8) -> impl Future<Output = Result<u8, u8>> {
        async move {
            macro_rules! next {
                () => {{
                    count += 1;
                    count
                }};
            }
            fail(next!())
        }
    }

    assert_eq!(call(0).await, Err(1));
}

#[tokio::test]
async fn by_a_raw_name() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(mut r#count: u8) -> Boxed<'static, Result<u8, u8>> {
        Box::pin(async move {
            count += 1;
            fail(count)
        })
    }

    assert_eq!(call(0).await, Err(1));
}

#[tokio::test]
async fn attributes_of_the_block_stay_with_it() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(mut count: u8) -> impl Future<Output = Result<u8, u8>> {
        async move {
            #![expect(unused_variables, reason = "the attribute is under test")]
            let unused = 1;
            count += 1;
            fail(count)
        }
    }

    assert_eq!(call(0).await, Err(1));
}

/// A value that is not `Copy` may be moved before the block, so attempts do not bind it if the block does not mention it. A field, a method and
/// a path of the name are no mention.
#[tokio::test]
async fn an_argument_that_the_block_does_not_mention_may_be_used_up_before_it() {
    mod list {
        pub(super) const LEAST: usize = 1;
    }
    struct Sized {
        list: usize,
    }
    struct Pending<'a>(Option<&'a mut u8>);
    impl Pending<'_> {
        fn list(&mut self) -> Option<&mut u8> {
            self.0.as_deref_mut()
        }
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn used_up(mut list: Vec<u8>) -> impl Future<Output = Result<usize, ()>> {
        list.sort_unstable();
        let sized = Sized { list: list.len() };
        drop(list);
        async move { if sized.list >= list::LEAST { Ok(sized.list) } else { Err(()) } }
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn borrowed(list: &mut [u8]) -> impl Future<Output = Result<u8, ()>> + '_ {
        let mut pending = Pending(list.first_mut());
        async move {
            let first = pending.list().ok_or(())?;
            *first += 1;
            Ok(*first)
        }
    }

    assert_eq!(used_up(vec![1, 2]).await, Ok(2));
    assert_eq!(used_up(Vec::new()).await, Err(()));
    assert_eq!(borrowed(&mut [1]).await, Ok(2));
}

/// A mention counts as a use, even if it means something else.
#[tokio::test]
async fn a_pattern_of_the_block_may_bind_the_name_of_an_argument_that_can_be_copied() {
    struct Sized {
        list: usize,
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn by_if(mut list: u8) -> impl Future<Output = Result<u8, ()>> {
        list += 1;
        let maybe = (list > 1).then_some(list);
        async move { if let Some(list) = maybe { Ok(list) } else { Err(()) } }
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn by_for(mut list: usize) -> impl Future<Output = Result<usize, ()>> {
        list += 1;
        let all = [Sized { list }];
        async move {
            let mut sum = 0;
            for Sized { list } in &all {
                sum += list;
            }
            Ok(sum)
        }
    }

    assert_eq!(by_if(1).await, Ok(2));
    assert_eq!(by_if(0).await, Err(()));
    assert_eq!(by_for(1).await, Ok(2));
}

/// Items of the body do not change the meaning of names in the signature.
mod names {
    use super::{Boxed, Pin};
    use crate::support::runs::{Busy, Runs, thrice_async};
    use reattempt::{RetryError, TimedOut, retry};
    use tokio::task::yield_now;

    #[derive(Debug, PartialEq)]
    pub(super) struct Page<'a>(&'a str);

    #[derive(Debug, PartialEq)]
    enum Failed {
        Busy(Busy),
        TimedOut,
    }

    impl From<Busy> for Failed {
        fn from(busy: Busy) -> Self {
            Self::Busy(busy)
        }
    }

    impl From<TimedOut> for Failed {
        fn from(_: TimedOut) -> Self {
            Self::TimedOut
        }
    }

    mod wire {
        pub(super) struct Page;

        pub(super) fn get(is_there: bool) -> Option<Page> {
            is_there.then_some(Page)
        }
    }

    #[tokio::test]
    async fn of_an_import() {
        #[retry(strategy = "immediate")]
        fn call(runs: &Runs) -> impl Future<Output = Result<u32, Busy>> + Send {
            use std::io::{self, Result};
            fn helper() -> Result<u32> {
                Err(io::Error::other("no"))
            }
            async move {
                yield_now().await;
                drop(helper());
                runs.fail_twice()
            }
        }

        #[retry(strategy = "immediate", timeout = "1s", on = reattempt::any_error)]
        fn timed<'a>(runs: &'a Runs) -> Pin<Box<dyn Future<Output = Result<u32, Failed>> + Send + 'a>> {
            use std::fmt::{Debug, Error as Failed};
            fn hidden() -> impl Debug {
                Failed
            }
            Box::pin(async move {
                yield_now().await;
                assert_eq!(format!("{:?}", hidden()), "Error");
                let run = runs.fail_twice()?;
                Ok(run)
            })
        }

        assert_eq!(thrice_async(async |runs: &Runs| call(runs).await).await, Ok(3));
        assert_eq!(thrice_async(async |runs: &Runs| timed(runs).await).await, Ok(3));
    }

    #[tokio::test]
    async fn of_a_glob() {
        #[retry(strategy = "immediate")]
        fn call<'a>(runs: &'a Runs, text: &'a str) -> Boxed<'a, Result<Page<'a>, Busy>> {
            use wire::*;
            Box::pin(async move {
                yield_now().await;
                let Some(Page) = get(true) else { return Err(Busy) };
                runs.fail_twice()?;
                Ok(super::names::Page(text))
            })
        }

        let call = async |runs: &Runs| call(runs, "a").await.map(|page| page.0.to_owned());
        assert_eq!(thrice_async(call).await, Ok("a".to_owned()));
    }

    #[tokio::test]
    async fn of_a_declaration() {
        struct Client(Runs);
        impl Client {
            #[retry(strategy = "immediate", on = reattempt::any_error)]
            fn call(&self) -> impl Future<Output = Option<Page<'_>>> {
                struct Page;
                async {
                    yield_now().await;
                    let _ = Page;
                    self.0.fail_twice().ok()?;
                    Some(self::Page("a"))
                }
            }

            #[retry(strategy = "immediate", clone(text))]
            fn used_up<'a>(
                &'a self,
                text: String,
                log: &'a mut Vec<String>,
            ) -> impl Future<Output = Result<u8, Busy>> + 'a {
                struct Busy;
                async move {
                    yield_now().await;
                    let _ = Busy;
                    log.push(text);
                    self.0.fail_twice()?;
                    Ok(1)
                }
            }

            #[retry(strategy = "immediate", max = 2)]
            fn reported(&self) -> impl Future<Output = Result<Page<'_>, RetryError<Busy>>> {
                struct Page;
                async {
                    yield_now().await;
                    let _ = Page;
                    self.0.fail_twice()?;
                    Ok(self::Page("a"))
                }
            }
        }

        let client = Client(Runs::new());
        assert_eq!(client.call().await, Some(Page("a")));
        assert_eq!(client.0.count(), 3);
        let (client, mut log) = (Client(Runs::new()), Vec::new());
        assert_eq!(client.used_up("a".to_owned(), &mut log).await, Ok(1));
        assert_eq!(log, ["a"; 3]);
        let client = Client(Runs::new());
        assert_eq!(client.reported().await.map_err(|error| error.attempts()), Err(2));
        assert_eq!(client.0.count(), 2);
    }
}
