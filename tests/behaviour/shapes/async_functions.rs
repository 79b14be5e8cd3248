//! Shapes of `async fn`: each runs three times, and returns what its body returned.

use crate::support::runs::{Busy, Runs, thrice_async};
use reattempt::retry;
use std::fmt::{Debug, Display};
use tokio::task::yield_now;

#[tokio::test]
async fn a_plain_function() {
    #[retry(strategy = "immediate")]
    async fn call(runs: &Runs) -> Result<u32, Busy> {
        yield_now().await;
        runs.fail_twice()
    }

    assert_eq!(thrice_async(call).await, Ok(3));
}

#[tokio::test]
async fn a_function_without_arguments() {
    static RUNS: Runs = Runs::new();
    #[retry(strategy = "immediate")]
    async fn call() -> Result<u32, Busy> {
        yield_now().await;
        RUNS.fail_twice()
    }

    assert_eq!(call().await, Ok(3));
    assert_eq!(RUNS.count(), 3);
}

#[tokio::test]
async fn a_function_that_keeps_failing_runs_as_often_as_allowed() {
    #[retry(strategy = "immediate", max = 5)]
    async fn call(runs: &Runs) -> Result<(), Busy> {
        yield_now().await;
        Err(runs.fail())
    }

    let runs = Runs::new();
    assert_eq!(call(&runs).await, Err(Busy));
    assert_eq!(runs.count(), 5);
}

#[tokio::test]
async fn an_option() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    async fn call(runs: &Runs) -> Option<u32> {
        let run = runs.fail_twice().ok()?;
        yield_now().await;
        Some(run)
    }

    assert_eq!(thrice_async(call).await, Some(3));
}

#[tokio::test]
async fn a_plain_value_that_is_asked_for_again() {
    #[retry(strategy = "immediate", on_value = |run: &u32| *run == 0)]
    async fn call(runs: &Runs) -> u32 {
        yield_now().await;
        runs.fail_twice().unwrap_or(0)
    }

    assert_eq!(thrice_async(call).await, 3);
}

#[tokio::test]
async fn a_method_by_reference() {
    struct Client {
        runs: Runs,
    }
    impl Client {
        #[retry(strategy = "immediate")]
        async fn call(&self) -> Result<u32, Busy> {
            yield_now().await;
            self.runs.fail_twice()
        }
    }

    let client = Client { runs: Runs::new() };
    assert_eq!(client.call().await, Ok(3));
    assert_eq!(client.runs.count(), 3);
}

#[tokio::test]
async fn a_method_by_unique_reference_keeps_its_state() {
    struct Client {
        runs: Vec<u32>,
    }
    impl Client {
        #[retry(strategy = "immediate")]
        async fn call(&mut self, step: u32) -> Result<usize, Busy> {
            self.runs.push(step);
            yield_now().await;
            if self.runs.len() < 3 {
                return Err(Busy);
            }
            Ok(self.runs.len())
        }
    }

    let mut client = Client { runs: Vec::new() };
    assert_eq!(client.call(7).await, Ok(3));
    assert_eq!(client.runs, [7, 7, 7]);
}

#[tokio::test]
async fn a_generic_function_with_a_where_clause() {
    #[retry(strategy = "immediate")]
    async fn call<T, E>(runs: &Runs, value: &T) -> Result<T, E>
    where
        T: Clone + Debug,
        E: From<Busy> + reattempt::Transient,
    {
        yield_now().await;
        runs.fail_twice()?;
        Ok(value.clone())
    }

    assert_eq!(thrice_async(async |runs| call::<_, Busy>(runs, &"x").await).await, Ok("x"));
}

#[tokio::test]
async fn each_instance_of_a_generic_function_counts_by_itself() {
    #[retry(strategy = "immediate", max = 4)]
    async fn call<T: Default>(runs: &Runs) -> Result<T, Busy> {
        yield_now().await;
        if runs.count() < 3 {
            return Err(runs.fail());
        }
        Ok(T::default())
    }

    let (numbers, texts) = (Runs::new(), Runs::new());
    let (number, text) = tokio::join!(call::<u32>(&numbers), call::<String>(&texts));
    assert_eq!((number, text), (Ok(0), Ok(String::new())));
    assert_eq!((numbers.count(), texts.count()), (3, 3));
}

#[tokio::test]
async fn a_function_with_const_generics() {
    #[retry(strategy = "immediate", max = { u32::try_from(N).unwrap_or(u32::MAX) })]
    async fn call<const N: usize>(runs: &Runs, bytes: [u8; N]) -> Result<[u8; N], Busy> {
        yield_now().await;
        let _run = runs.fail_twice()?;
        Ok(bytes)
    }

    let returned = thrice_async(async |runs| call(runs, [1, 2, 3]).await).await;
    assert_eq!(returned, Ok([1, 2, 3]));
    let runs = Runs::new();
    assert_eq!(call(&runs, [1, 2]).await, Err(Busy));
    assert_eq!(runs.count(), 2);
}

#[tokio::test]
async fn a_function_with_a_named_lifetime() {
    #[retry(strategy = "immediate")]
    async fn call<'a>(runs: &Runs, first: &'a str, _second: &str) -> Result<&'a str, Busy> {
        yield_now().await;
        runs.fail_twice()?;
        Ok(&first[1..])
    }

    assert_eq!(thrice_async(async |runs| call(runs, "abc", "").await).await, Ok("bc"));
}

#[tokio::test]
async fn a_borrow_of_the_receiver_is_returned() {
    struct Client {
        runs: Runs,
        name: String,
    }
    impl Client {
        #[retry(strategy = "immediate")]
        async fn name(&self) -> Result<&str, Busy> {
            yield_now().await;
            self.runs.fail_twice()?;
            Ok(&self.name)
        }

        #[retry(strategy = "immediate", on = reattempt::any_error)]
        async fn first(&self, _other: &str) -> Option<&u8> {
            yield_now().await;
            self.runs.fail_twice().ok()?;
            self.name.as_bytes().first()
        }
    }

    let mut client = Client { runs: Runs::new(), name: "abc".to_owned() };
    assert_eq!(client.name().await, Ok("abc"));
    assert_eq!(client.runs.count(), 3);
    client.runs = Runs::new();
    assert_eq!(client.first("").await, Some(&b'a'));
    assert_eq!(client.runs.count(), 3);
}

#[tokio::test]
async fn a_borrow_of_an_argument_is_returned() {
    #[retry(strategy = "immediate")]
    async fn call<'a>(runs: &Runs, names: &'a [String]) -> Result<impl Iterator<Item = &'a str>, Busy> {
        yield_now().await;
        runs.fail_twice()?;
        Ok(names.iter().map(String::as_str))
    }

    let names = ["a".to_owned(), "b".to_owned()];
    let runs = Runs::new();
    let found = call(&runs, &names).await.map(Iterator::collect::<Vec<_>>);
    assert_eq!(found, Ok(vec!["a", "b"]));
    assert_eq!(runs.count(), 3);
}

#[tokio::test]
async fn an_impl_trait_as_argument_and_as_value() {
    #[retry(strategy = "immediate")]
    async fn call(runs: &Runs, name: impl AsRef<str>, parts: &mut impl Extend<u32>) -> Result<impl Display, Busy> {
        parts.extend([1]);
        yield_now().await;
        runs.fail_twice()?;
        Ok(format!("<{}>", name.as_ref()))
    }

    let mut parts = Vec::new();
    let runs = Runs::new();
    let shown = call(&runs, String::from("x"), &mut parts).await.map(|shown| shown.to_string());
    assert_eq!(shown, Ok("<x>".to_owned()));
    assert_eq!(runs.count(), 3);
    assert_eq!(parts, [1, 1, 1]);
}

#[tokio::test]
async fn trait_objects_as_arguments() {
    #[retry(strategy = "immediate")]
    async fn call(
        runs: &Runs,
        shown: &dyn Display,
        owned: Box<dyn Fn() -> u32>,
        write: &mut dyn FnMut(u32),
    ) -> Result<String, Busy> {
        write(owned());
        yield_now().await;
        runs.fail_twice()?;
        Ok(shown.to_string())
    }

    let mut written = Vec::new();
    let call = async |runs: &Runs| call(runs, &5, Box::new(|| 9), &mut |number| written.push(number)).await;
    assert_eq!(thrice_async(call).await, Ok("5".to_owned()));
    assert_eq!(written, [9, 9, 9]);
}

trait Service {
    fn runs(&self) -> &Runs;

    #[retry(strategy = "immediate")]
    async fn provided(&self) -> Result<u32, Busy> {
        yield_now().await;
        self.runs().fail_twice()
    }

    async fn required(&mut self, name: String) -> Result<u32, Busy>;

    async fn associated(runs: &Runs) -> Result<u32, Busy>;

    async fn consuming(self) -> (Result<u32, Busy>, u32);
}

struct Client(Runs);

impl Service for Client {
    fn runs(&self) -> &Runs {
        &self.0
    }

    #[retry(strategy = "immediate", clone(name))]
    async fn required(&mut self, name: String) -> Result<u32, Busy> {
        drop(name);
        yield_now().await;
        self.0.fail_twice().map(|run| run + 1)
    }

    #[retry(strategy = "immediate")]
    async fn associated(runs: &Runs) -> Result<u32, Busy> {
        yield_now().await;
        runs.fail_twice().map(|run| run + 2)
    }

    #[retry(strategy = "immediate", on_value = |(returned, _): &(Result<u32, Busy>, u32)| returned.is_err())]
    async fn consuming(self) -> (Result<u32, Busy>, u32) {
        yield_now().await;
        (self.0.fail_twice(), self.0.count())
    }
}

#[tokio::test]
async fn the_methods_of_a_trait_and_its_default_bodies() {
    let (first, mut second) = (Client(Runs::new()), Client(Runs::new()));
    assert_eq!(first.provided().await, Ok(3));
    assert_eq!(second.required(String::new()).await, Ok(4));
    assert_eq!((first.0.count(), second.0.count()), (3, 3));
    assert_eq!(thrice_async(Client::associated).await, Ok(5));
    assert_eq!(Client(Runs::new()).consuming().await, (Ok(3), 3));
}

#[tokio::test]
async fn an_associated_function_of_a_generic_type() {
    #[derive(Debug, PartialEq)]
    struct Stack<T, const N: usize>([T; N]);
    impl<T: Copy, const N: usize> Stack<T, N> {
        #[retry(strategy = "immediate", max = { u32::try_from(N).unwrap_or(u32::MAX) })]
        async fn connect(runs: &Runs, value: T) -> Result<Self, Busy> {
            yield_now().await;
            runs.fail_twice()?;
            Ok(Self([value; N]))
        }
    }

    let returned = thrice_async(async |runs| Stack::<_, 4>::connect(runs, 'x').await).await;
    assert_eq!(returned, Ok(Stack(['x'; 4])));
}

#[tokio::test]
async fn the_future_is_spawned() {
    #[retry(strategy = "immediate")]
    async fn call(runs: std::sync::Arc<Runs>, name: String) -> Result<String, Busy> {
        yield_now().await;
        runs.fail_twice()?;
        Ok(format!("{name}!"))
    }

    let runs = std::sync::Arc::new(Runs::new());
    let returned = tokio::spawn(call(runs.clone(), "a".to_owned())).await.unwrap();
    assert_eq!(returned, Ok("a!".to_owned()));
    assert_eq!(runs.count(), 3);
}

#[tokio::test]
#[expect(unsafe_code, reason = "that such functions work is what is tested")]
async fn unsafe_functions() {
    #[retry(strategy = "immediate")]
    async unsafe fn call(runs: &Runs) -> Result<u32, Busy> {
        yield_now().await;
        runs.fail_twice()
    }

    // SAFETY: the function asks for nothing.
    assert_eq!(thrice_async(async |runs| unsafe { call(runs).await }).await, Ok(3));
}
