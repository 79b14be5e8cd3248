//! `RetryError` as an `Error`: for which errors it is one, its source, and the reports that print its chain.

use reattempt::{Policy, RetryError, any_error, policy, retry, testing};
use std::convert::Infallible;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::io;
use std::sync::Arc;

#[derive(Debug, thiserror::Error)]
#[error("error sending request")]
struct SendError(#[source] io::Error);

fn refused() -> SendError {
    SendError(io::Error::new(io::ErrorKind::ConnectionRefused, "connection refused"))
}

type Boxed = Box<dyn Error + Send + Sync>;
type GaveUp<E> = Result<Infallible, RetryError<E>>;

/// Returns the text of each error in a chain.
fn texts(error: &(dyn Error + 'static)) -> Vec<String> {
    std::iter::successors(Some(error), |&error| error.source()).map(ToString::to_string).collect()
}

/// Checks the chain of a call's error, in paused time: its own text, which ends in the last error, and the texts of its sources.
#[track_caller]
fn check<E: Display + Debug + 'static>(ended: GaveUp<E>, last: &str, sources: &[&str]) {
    let error = ended.unwrap_err();
    let attempts = if error.attempts() == 1 { "1 attempt in" } else { "2 attempts in" };
    let mut expected = vec![format!("gave up after {attempts} 0 µs, {}: {last}", error.reason())];
    expected.extend(sources.iter().map(ToString::to_string));
    assert_eq!(texts(&error), expected);
}

const CAUSE: &str = "connection refused";

#[retry(strategy = "immediate", max = 2, on = any_error)]
fn by_anyhow() -> Result<Infallible, RetryError<anyhow::Error>> {
    Err(anyhow::Error::new(refused()).context("loading the catalogue"))
}

#[retry(strategy = "immediate", max = 2, on = any_error)]
fn boxed() -> Result<Infallible, RetryError<Boxed>> {
    Err(refused().into())
}

#[retry(strategy = "immediate", max = 2, on = any_error)]
fn text() -> Result<Infallible, RetryError<String>> {
    Err("busy".to_owned())
}

#[test]
fn the_source_of_the_last_error_is_found_by_what_the_site_knows() {
    let _paused = testing::pause();
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn of_itself() -> Result<Infallible, RetryError<SendError>> {
        Err(refused())
    }
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn local() -> Result<Infallible, RetryError<Box<dyn Error>>> {
        Err(refused().into())
    }
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn counted() -> Result<Infallible, RetryError<Arc<dyn Error + Send + Sync>>> {
        Err(Arc::new(refused()))
    }
    check(of_itself(), "error sending request", &[CAUSE]);
    check(by_anyhow(), "loading the catalogue", &["error sending request", CAUSE]);
    check(boxed(), "error sending request", &[CAUSE]);
    check(local(), "error sending request", &[CAUSE]);
    check(counted(), "error sending request", &[CAUSE]);
    check(text(), "busy", &[]);
}

#[test]
fn a_generic_function_finds_the_source_that_its_bounds_promise() {
    let _paused = testing::pause();
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn error<E: Error>(error: fn() -> E) -> Result<Infallible, RetryError<E>> {
        Err(error())
    }
    #[retry(strategy = "immediate", max = 2, on = any_error)]
    fn display<E: Display + Debug>(error: fn() -> E) -> Result<Infallible, RetryError<E>> {
        Err(error())
    }
    fn crosses<E: Display + Debug + Send + Sync + 'static>(call: impl Fn() -> GaveUp<E>) -> anyhow::Result<Infallible> {
        Ok(call()?)
    }
    check(error(refused), "error sending request", &[CAUSE]);
    check(display(refused), "error sending request", &[]);
    check(display(|| anyhow::anyhow!("busy")), "busy", &[]);
    assert!(crosses(|| display(refused)).unwrap_err().is::<RetryError<SendError>>());
}

#[tokio::test]
async fn async_functions_find_it_too_and_so_do_converted_and_recovered_errors() {
    let _paused = testing::pause();
    #[retry(strategy = "immediate", max = 2, on = any_error, history = 2)]
    async fn asynchronous() -> Result<Infallible, RetryError<anyhow::Error>> {
        Err(refused().into())
    }
    #[retry(strategy = "immediate", max = 2, on = any_error, error = Boxed)]
    fn converted() -> Result<Infallible, Report> {
        Err(Boxed::from(refused()))
    }
    #[retry(strategy = "immediate", max = 2, on = any_error, recover = |error| Ok(texts(&error)))]
    fn recovered() -> Result<Vec<String>, anyhow::Error> {
        Err(refused().into())
    }
    #[derive(Debug)]
    struct Report(Vec<String>);
    impl From<RetryError<Boxed>> for Report {
        fn from(error: RetryError<Boxed>) -> Self {
            Self(texts(&error))
        }
    }
    let error = asynchronous().await.unwrap_err();
    check(Err(error), "error sending request", &[CAUSE]);
    assert_eq!(converted().unwrap_err().0[1..], [CAUSE]);
    assert_eq!(recovered().unwrap()[1..], [CAUSE]);
}

#[test]
fn a_call_that_is_cancelled_in_its_sleep_has_the_source_of_its_last_error() {
    let _paused = testing::pause();
    static STOP: reattempt::Cancellation = reattempt::Cancellation::new();
    #[retry(strategy = "immediate", on = any_error, cancel = STOP, notify = |_| STOP.cancel())]
    fn call() -> Result<Infallible, RetryError<anyhow::Error>> {
        Err(refused().into())
    }
    check(call(), "error sending request", &[CAUSE]);
}

#[test]
fn an_end_without_an_error_has_no_source() {
    static BREAKER: reattempt::CircuitBreaker = reattempt::CircuitBreaker::consecutive(1);
    #[retry(breaker = BREAKER, on = any_error)]
    fn refused() -> Result<Infallible, RetryError<anyhow::Error>> {
        unreachable!("the breaker lets no attempt through")
    }
    BREAKER.isolate();
    let error = refused().unwrap_err();
    assert!(error.source().is_none() && error.last().is_none(), "{error}");
}

#[test]
fn any_of_them_passes_a_question_mark_and_is_printed_once() {
    fn into_anyhow() -> anyhow::Result<Infallible> {
        Ok(by_anyhow()?)
    }
    fn into_a_box() -> Result<Infallible, Boxed> {
        Ok(boxed()?)
    }
    fn of_a_text() -> Result<Infallible, Box<dyn Error>> {
        Ok(text()?)
    }
    let _paused = testing::pause();
    let report = into_anyhow().unwrap_err();
    assert_eq!(
        format!("{report:#}"),
        "gave up after 2 attempts in 0 µs, no attempts left: loading the catalogue: error sending request: connection refused"
    );
    let last = report.downcast_ref::<RetryError<anyhow::Error>>().and_then(RetryError::last);
    assert!(last.is_some_and(anyhow::Error::is::<SendError>));
    let last = into_a_box().unwrap_err().downcast::<RetryError<Boxed>>().map(|error| error.into_last());
    assert!(last.unwrap().is_some_and(|last| last.is::<SendError>()));
    assert_eq!(texts(&*of_a_text().unwrap_err()), ["gave up after 2 attempts in 0 µs, no attempts left: busy"]);
}

#[tokio::test]
async fn closures_have_the_source_of_errors_and_of_boxes_or_none_where_they_say_so() {
    let _paused = testing::pause();
    const TWICE: Policy = policy!(strategy = "immediate", max = 2);
    let fail = || Err(refused());
    let any = || Err(anyhow::Error::new(refused()).context("loading the catalogue"));
    let boxed = || Err::<_, Boxed>(refused().into());
    let words = || Err("busy".to_owned());
    check(TWICE.retry(fail).on(any_error).error().call(), "error sending request", &[CAUSE]);
    check(TWICE.retry(fail).on(any_error).display().error().call(), "error sending request", &[CAUSE]);
    check(TWICE.retry(any).on(any_error).history(2).call(), "loading the catalogue", &["error sending request", CAUSE]);
    check(TWICE.retry(boxed).on(any_error).history(2).error().call(), "error sending request", &[CAUSE]);
    check(TWICE.retry(fail).on(any_error).error_without_source().call(), "error sending request", &[]);
    check(TWICE.retry(words).on(any_error).error_without_source().history(2).call(), "busy", &[]);
    check(TWICE.retry(|| None).on(any_error).error().call(), "the attempt returned `None`", &[]);
    let error = TWICE.retry_async(async || any()).on(any_error).error().await;
    check(error, "loading the catalogue", &["error sending request", CAUSE]);
    let recovered = TWICE.retry(fail).on(any_error).error().recover(Err).call();
    check(recovered, "error sending request", &[CAUSE]);
}

#[test]
fn recover_of_a_closure_gets_the_source_where_sources_are_shown() {
    const TWICE: Policy = policy!(strategy = "immediate", max = 2);
    let sources = |error: &RetryError<SendError>| texts(error).split_off(1);
    let call = || TWICE.retry(|| Err::<Vec<String>, _>(refused())).on(any_error);
    assert_eq!(call().sources().recover(|error| Ok(sources(&error))).call().unwrap(), [CAUSE]);
    assert!(call().recover(|error| Ok(sources(&error))).call().unwrap().is_empty());
    assert!(call().display().recover(|error| Ok(sources(&error))).call().unwrap().is_empty());
}
