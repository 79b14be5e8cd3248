//! Errors in events, with their chains of sources.

use super::events::{Told, told};
use reattempt::{Policy, RetryError, any_error, policy, retry};
use std::convert::Infallible;
use std::error::Error;
use std::fmt::{self, Display};
use std::io;
use std::sync::Arc;

/// An error with a source.
#[derive(Debug, thiserror::Error)]
#[error("error sending request")]
struct SendError(#[source] io::Error);

fn refused() -> SendError {
    SendError(io::Error::new(io::ErrorKind::ConnectionRefused, "connection refused"))
}

const CHAIN: &str = "error sending request: connection refused";

/// Returns the failure in each event.
fn failures<R>(run: impl FnOnce() -> R) -> Vec<String> {
    let (_, heard) = told(run);
    let failures = heard.into_iter().map(|told| match told {
        Told::Failed { failure, .. } | Told::GaveUp { failure, .. } => failure,
        other => panic!("{other:?}"),
    });
    failures.collect()
}

#[track_caller]
fn check<R>(run: impl FnOnce() -> R, expected: &str) {
    assert_eq!(failures(run), [expected, expected]);
}

#[test]
fn an_error_is_shown_with_its_sources() {
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn of_itself() -> Result<Infallible, SendError> {
        Err(refused())
    }
    #[retry(strategy = "immediate", max = 2, on = |error| error.0.kind() == io::ErrorKind::ConnectionRefused)]
    fn with_closure() -> Result<Infallible, RetryError<SendError>> {
        Err(refused())
    }
    check(of_itself, CHAIN);
    check(with_closure, CHAIN);
}

#[test]
fn async_functions_show_sources_too() {
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    async fn call() -> Result<Infallible, SendError> {
        Err(refused())
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    check(|| runtime.block_on(call()), CHAIN);
}

#[test]
fn errors_of_erased_type_are_shown_with_their_sources() {
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn any() -> anyhow::Result<Infallible> {
        Err(anyhow::Error::new(refused()).context("loading the catalogue"))
    }
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn boxed() -> Result<Infallible, Box<dyn Error>> {
        Err(refused().into())
    }
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn sent() -> Result<Infallible, Box<dyn Error + Send + Sync>> {
        Err(refused().into())
    }
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn counted() -> Result<Infallible, Arc<dyn Error + Send + Sync>> {
        Err(Arc::new(refused()))
    }
    let error = anyhow::Error::new(refused()).context("loading the catalogue");
    check(any, &format!("{error:#}"));
    check(boxed, CHAIN);
    check(sent, CHAIN);
    check(counted, CHAIN);
}

/// An error that borrows.
#[derive(Debug)]
struct Borrowing<'a>(&'a str);

impl Display for Borrowing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Borrowing<'_> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&fmt::Error)
    }
}

#[test]
fn an_error_that_borrows_is_shown_with_its_sources() {
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn borrowing(text: &str) -> Result<Infallible, Borrowing<'_>> {
        Err(Borrowing(text))
    }
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn boxed<'a>(text: &'a str) -> Result<Infallible, Box<dyn Error + 'a>> {
        Err(Box::new(Borrowing(text)))
    }
    let text = "line 7".to_owned();
    let expected = format!("line 7: {}", fmt::Error);
    check(|| drop(borrowing(&text)), &expected);
    check(|| drop(boxed(&text)), &expected);
}

#[test]
fn a_generic_function_shows_what_its_bounds_promise() {
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn error<E: Error>(error: fn() -> E) -> Result<Infallible, E> {
        Err(error())
    }
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn display<E: Display>(error: fn() -> E) -> Result<Infallible, E> {
        Err(error())
    }
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn boxed<E: ?Sized>(error: fn() -> Box<E>) -> Result<Infallible, Box<E>>
    where
        Box<E>: Display,
    {
        Err(error())
    }
    check(|| error(refused), CHAIN);
    check(|| display(refused), "error sending request");
    check(|| boxed(|| Box::new(refused())), "error sending request");
}

#[test]
fn an_io_error_says_once_what_it_was_made_of() {
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn call() -> io::Result<Infallible> {
        Err(io::Error::other(refused()))
    }
    check(call, CHAIN);
}

#[test]
fn a_chain_that_contains_itself_ends() {
    #[derive(Debug)]
    struct Circle;
    impl Display for Circle {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("again")
        }
    }
    impl Error for Circle {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn call() -> Result<Infallible, Circle> {
        Err(Circle)
    }
    check(call, &format!("again{}", ": again".repeat(64)));
}

#[test]
fn closures_show_sources_where_they_are_told_to() {
    const TWICE: Policy = policy!(strategy = "immediate", max = 2);
    let any = || anyhow::Error::new(refused()).context("loading the catalogue");
    check(|| TWICE.retry(|| Err::<(), _>(refused())).on(any_error).sources().call(), CHAIN);
    check(|| TWICE.retry(|| Err::<(), _>(refused())).on(any_error).display().call(), "error sending request");
    check(|| TWICE.retry(|| Err::<(), _>(any())).on(any_error).sources().call(), &format!("{:#}", any()));
    let boxed = || Err::<(), Box<dyn Error + Send + Sync>>(refused().into());
    check(|| TWICE.retry(boxed).on(any_error).sources().call(), CHAIN);
    let counted = || Err::<(), Arc<dyn Error>>(Arc::new(refused()));
    check(|| TWICE.retry(counted).on(any_error).sources().call(), CHAIN);
    let text = "line 7".to_owned();
    let borrowing = || Err::<(), Box<dyn Error + '_>>(Box::new(Borrowing(&text)));
    check(|| TWICE.retry(borrowing).on(any_error).sources().call(), &format!("line 7: {}", fmt::Error));
}
