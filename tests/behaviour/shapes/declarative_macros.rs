//! Annotated functions that `macro_rules!` writes: fragments may stand for every part of them.

use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use reattempt::{RetryError, retry};

/// Each kind of fragment where it may stand.
macro_rules! functions {
    (
        $(#[$meta:meta])*
        $visibility:vis fn $name:ident / $name_async:ident<$life:lifetime>($runs:ident, $argument:ident: $type:ty, $pattern:pat => $second:ty)
            -> $returned:ty, $strategy:literal, $max:expr, $matched:pat, $on:path, $body:block
    ) => {
        $(#[$meta])*
        #[retry(strategy = $strategy, max = $max, on = matches($matched), clone($argument))]
        $visibility fn $name<$life>($runs: &$life Runs, $argument: $type, $pattern: $second) -> $returned $body

        $(#[$meta])*
        #[retry(strategy = $strategy, max = $max, on = $on, clone($argument))]
        $visibility async fn $name_async<$life>($runs: &$life Runs, $argument: $type, $pattern: $second) -> $returned $body
    };
}

fn is_busy(error: &Busy) -> bool {
    *error == Busy
}

functions! {
    /// Documented and public, so that the visibility is not empty.
    #[inline]
    pub(super) fn from_fragments / from_fragments_async<'a>(runs, name: String, (first, _) => (u32, u32))
        -> Result<(String, u32), Busy>, "immediate", 2 + 1, Busy, is_busy, {
            let consumed = name;
            let run = runs.fail_twice()?;
            if run > 100 {
                return Err(Busy);
            }
            Ok((consumed, run + first))
        }
}

#[tokio::test]
async fn every_kind_of_fragment() {
    let returned = thrice(|runs| from_fragments(runs, "a".to_owned(), (1, 2)));
    assert_eq!(returned, Ok(("a".to_owned(), 4)));
    let call = async |runs: &Runs| from_fragments_async(runs, "a".to_owned(), (1, 2)).await;
    assert_eq!(thrice_async(call).await, Ok(("a".to_owned(), 4)));
}

#[test]
fn fragments_as_values_of_keys() {
    macro_rules! call {
        ($name:ident, $max:expr, $base:literal, $policy:expr, $closure:expr) => {
            #[retry(policy = $policy, max = $max, base = $base, on = $closure)]
            fn $name(runs: &Runs) -> Result<u32, Busy> {
                runs.fail_twice()
            }
        };
    }
    const POLICY: reattempt::Policy = reattempt::policy!(strategy = "constant", base = "1s");
    call!(literal, 3, "2s", POLICY, |busy| *busy == Busy);
    call!(computed, u32::from(2_u8) + 1, "2s", POLICY, is_busy);
    call!(parenthesised, (3), "2s", (POLICY), (is_busy));
    call!(matched, 3, "2s", POLICY, matches(Busy));

    let paused = reattempt::testing::pause();
    assert_eq!(thrice(literal), Ok(3));
    assert_eq!(thrice(computed), Ok(3));
    assert_eq!(thrice(parenthesised), Ok(3));
    assert_eq!(thrice(matched), Ok(3));
    assert_eq!(paused.slept(), [std::time::Duration::from_secs(2); 8]);
}

#[test]
fn fragments_as_keys_with_their_values() {
    macro_rules! with {
        ($name:ident, $($option:meta),*) => {
            #[retry($($option),*)]
            fn $name(runs: &Runs, text: String) -> Result<String, Busy> {
                runs.fail_twice()?;
                Ok(text)
            }
        };
    }
    with!(hidden, strategy = "constant", base = "2s", clone(text), on = is_busy);

    let paused = reattempt::testing::pause();
    assert_eq!(thrice(|runs| hidden(runs, "a".to_owned())), Ok("a".to_owned()));
    assert_eq!(paused.slept(), [std::time::Duration::from_secs(2); 2]);
}

#[test]
fn the_same_name_from_the_macro_and_from_its_caller() {
    macro_rules! call {
        ($argument:ident, $body:expr) => {
            #[retry(strategy = "immediate", max = count, clone($argument))]
            fn call(runs: &Runs, mut count: u32, $argument: String) -> Result<(String, u32), Busy> {
                let consumed = $argument;
                count += 1;
                runs.fail_twice()?;
                let extra: u32 = $body;
                Ok((consumed, count + extra))
            }
        };
    }
    const COUNT: u32 = 7;
    call!(name, {
        let count = COUNT;
        count + 1
    });

    assert_eq!(thrice(|runs| call(runs, 3, "a".to_owned())), Ok(("a".to_owned(), 12)));
}

#[tokio::test]
#[expect(clippy::manual_async_fn, reason = "the shape under test")]
async fn a_function_as_a_whole_fragment() {
    macro_rules! retried {
        ($($function:item)*) => {
            $(#[retry(strategy = "immediate")] $function)*
        };
    }
    retried! {
        fn call(runs: &Runs) -> Result<u32, Busy> {
            runs.fail_twice()
        }

        async fn call_async(runs: &Runs, mut number: u32) -> Result<u32, Busy> {
            number += runs.fail_twice()?;
            Ok(number)
        }

        fn future(runs: &Runs) -> impl Future<Output = Result<u32, Busy>> {
            async move { runs.fail_twice() }
        }
    }

    assert_eq!(thrice(call), Ok(3));
    assert_eq!(thrice_async(async |runs: &Runs| call_async(runs, 1).await).await, Ok(4));
    assert_eq!(thrice_async(future).await, Ok(3));
}

#[tokio::test]
async fn types_as_fragments() {
    macro_rules! functions {
        ($value:ty, $error:ty, $returned:ty, $future:ty, $unique:ty, $tail:expr) => {
            #[retry(strategy = "immediate")]
            fn parts(runs: &Runs) -> Result<$value, $error> {
                runs.fail_twice()
            }

            #[retry(strategy = "immediate")]
            fn reporting(runs: &Runs) -> $returned {
                runs.fail_twice()
            }

            #[retry(strategy = "immediate")]
            fn unique(runs: &Runs, list: $unique) -> Result<$value, $error> {
                let moved = list;
                moved.push(1);
                runs.fail_twice()
            }

            #[retry(strategy = "immediate")]
            fn future() -> $future {
                $tail
            }
        };
    }
    static FUTURE: Runs = Runs::new();
    functions!(
        u32,
        Busy,
        Result<u32, RetryError<Busy>>,
        futures_util::future::BoxFuture<'static, Result<u32, Busy>>,
        &mut Vec<u32>,
        Box::pin(async { FUTURE.fail_twice() })
    );

    assert_eq!(thrice(parts), Ok(3));
    assert_eq!(thrice(|runs| reporting(runs).unwrap()), 3);
    let mut list = Vec::new();
    assert_eq!(thrice(|runs| unique(runs, &mut list)), Ok(3));
    assert_eq!(list, [1, 1, 1]);
    assert_eq!(future().await, Ok(3));
    assert_eq!(FUTURE.count(), 3);
}

#[tokio::test]
async fn methods_written_by_a_macro() {
    macro_rules! client {
        ($client:ident { $($self:ident.$name:ident = $body:block)* }) => {
            struct $client(Runs);
            impl $client {
                $(
                    #[retry(strategy = "immediate", max = $self.limit())]
                    async fn $name(&mut $self) -> Result<u32, Busy> $body
                )*

                fn limit(&self) -> u32 {
                    self.0.count() + 3
                }
            }
        };
    }
    client! {
        Client {
            self.first = { self.0.fail_twice() }
            self.second = { self.0.fail_twice().map(|run| run * 2) }
        }
    }

    let (mut first, mut second) = (Client(Runs::new()), Client(Runs::new()));
    assert_eq!(first.first().await, Ok(3));
    assert_eq!(second.second().await, Ok(6));
    assert_eq!((first.0.count(), second.0.count()), (3, 3));
}

#[tokio::test]
async fn an_async_trait_written_by_a_macro() {
    macro_rules! service {
        ($trait:ident, $name:ident, $max:expr, $body:block) => {
            #[async_trait::async_trait]
            trait $trait {
                #[retry(strategy = "immediate", max = $max, clone(text))]
                async fn $name(&self, runs: &Runs, mut number: u32, text: String) -> Result<u32, Busy> {
                    let _consumed = text;
                    number += 1;
                    let added: Result<u32, Busy> = $body;
                    runs.fail_twice()?;
                    added.map(|added| added + number)
                }
            }
        };
    }
    service!(Service, call, 3, { Ok(5) });
    impl Service for () {}

    assert_eq!(thrice_async(async |runs: &Runs| ().call(runs, 1, String::new()).await).await, Ok(7));
}

#[tokio::test]
async fn lifetimes_as_fragments() {
    struct Numbers(Vec<u32>);

    macro_rules! functions {
        ($life:lifetime) => {
            impl Numbers {
                #[retry(strategy = "immediate")]
                fn shared<$life>(&$life self, runs: &Runs) -> Result<&$life [u32], Busy> {
                    runs.fail_twice()?;
                    Ok(&self.0)
                }

                #[retry(strategy = "immediate")]
                async fn unique<$life>(
                    &$life mut self,
                    runs: &$life Runs,
                    list: &$life mut Vec<u32>,
                    number: Option<&$life mut u32>,
                ) -> Result<u32, Busy> {
                    self.0.push(1);
                    let moved = list;
                    moved.push(2);
                    if let Some(number) = number {
                        *number += 1;
                    }
                    runs.fail_twice()
                }
            }

            #[retry(strategy = "immediate")]
            fn both<$life>(runs: &$life Runs, list: &$life mut Vec<u32>, number: Option<&$life mut u32>) -> Result<u32, Busy> {
                let moved = list;
                moved.push(3);
                if let Some(number) = number {
                    *number += 1;
                }
                runs.fail_twice()
            }
        };
    }
    functions!('a);

    let (mut numbers, mut list, mut number) = (Numbers(vec![0]), Vec::new(), 0);
    assert_eq!(thrice(|runs| numbers.shared(runs).map(<[u32]>::len)), Ok(1));
    let call = async |runs: &Runs| numbers.unique(runs, &mut list, Some(&mut number)).await;
    assert_eq!(thrice_async(call).await, Ok(3));
    assert_eq!(thrice(|runs| both(runs, &mut list, Some(&mut number))), Ok(3));
    assert_eq!((numbers.0, list, number), (vec![0, 1, 1, 1], vec![2, 2, 2, 3, 3, 3], 6));
}
