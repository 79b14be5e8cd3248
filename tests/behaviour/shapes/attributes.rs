//! Other attributes on an annotated function, and the compiler's messages: they are the same as without `#[retry]`.

use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use reattempt::retry;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use tokio::runtime::{self, Handle};
use tokio::task::yield_now;
use tracing::instrument;
use tracing::span;

/// Counts the spans that are made while a call runs.
#[derive(Clone, Default)]
struct Spans(Arc<AtomicU32>);

impl tracing::Subscriber for Spans {
    fn enabled(&self, _metadata: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _attributes: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(u64::from(self.0.fetch_add(1, Relaxed)) + 1)
    }

    fn record(&self, _span: &span::Id, _values: &span::Record<'_>) {}

    fn record_follows_from(&self, _span: &span::Id, _follows: &span::Id) {}

    fn event(&self, _event: &tracing::Event<'_>) {}

    fn enter(&self, _span: &span::Id) {}

    fn exit(&self, _span: &span::Id) {}
}

impl Spans {
    /// Calls a function whose body fails twice. Returns the number of spans and the result.
    fn of<T>(call: impl FnOnce(&Runs) -> T) -> (u32, T) {
        let spans = Self::default();
        let returned = tracing::subscriber::with_default(spans.clone(), || thrice(call));
        (spans.0.load(Relaxed), returned)
    }
}

/// Runs a future to its end, without leaving the thread.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime without drivers").block_on(future)
}

#[test]
fn above_instrument_there_is_one_span_around_all_attempts() {
    #[retry(strategy = "immediate")]
    #[instrument(skip(runs))]
    fn call(runs: &Runs, name: String) -> Result<usize, Busy> {
        runs.fail_twice()?;
        Ok(name.len())
    }

    #[retry(strategy = "immediate", clone(name))]
    #[instrument(skip_all)]
    async fn call_async(runs: &Runs, list: &mut Vec<u32>, name: String) -> Result<usize, Busy> {
        list.push(1);
        let owned = name;
        yield_now().await;
        runs.fail_twice()?;
        Ok(owned.len())
    }

    assert_eq!(Spans::of(|runs| call(runs, "a".to_owned())), (1, Ok(1)));
    let mut list = Vec::new();
    let spans = Spans::of(|runs| block_on(call_async(runs, &mut list, "a".to_owned())));
    assert_eq!(spans, (1, Ok(1)));
    assert_eq!(list, [1, 1, 1]);
}

#[test]
fn below_instrument_there_is_a_span_for_each_attempt() {
    #[instrument(skip(runs))]
    #[retry(strategy = "immediate")]
    fn call(runs: &Runs, name: String) -> Result<usize, Busy> {
        runs.fail_twice()?;
        Ok(name.len())
    }

    // Async, this order works for arguments that can be copied alone: the span's block takes them with it.
    #[instrument(skip(runs))]
    #[retry(strategy = "immediate")]
    async fn call_async(runs: &Runs, name: &str) -> Result<usize, Busy> {
        yield_now().await;
        runs.fail_twice()?;
        Ok(name.len())
    }

    assert_eq!(Spans::of(|runs| call(runs, "a".to_owned())), (3, Ok(1)));
    assert_eq!(Spans::of(|runs| block_on(call_async(runs, "a"))), (3, Ok(1)));
}

#[test]
fn above_instrument_on_methods() {
    struct Client(Runs, Vec<u32>);
    impl Client {
        #[retry(strategy = "immediate")]
        #[instrument(skip(self))]
        async fn call(&mut self) -> Result<u32, Busy> {
            self.1.push(1);
            yield_now().await;
            self.0.fail_twice()
        }
    }

    #[async_trait::async_trait]
    trait Service {
        async fn call_boxed(&mut self) -> Result<u32, Busy>;
    }

    #[async_trait::async_trait]
    impl Service for Client {
        #[retry(strategy = "immediate")]
        #[instrument(skip(self))]
        async fn call_boxed(&mut self) -> Result<u32, Busy> {
            self.1.push(1);
            yield_now().await;
            self.0.fail_twice()
        }
    }

    let spans = Spans::default();
    let mut client = Client(Runs::new(), Vec::new());
    let returned = tracing::subscriber::with_default(spans.clone(), || block_on(client.call()));
    assert_eq!((returned, spans.0.load(Relaxed)), (Ok(3), 1));
    assert_eq!((client.0.count(), client.1), (3, vec![1, 1, 1]));

    let spans = Spans::default();
    let mut client = Client(Runs::new(), Vec::new());
    let returned = tracing::subscriber::with_default(spans.clone(), || block_on(client.call_boxed()));
    assert_eq!((returned, spans.0.load(Relaxed)), (Ok(3), 1));
    assert_eq!((client.0.count(), client.1), (3, vec![1, 1, 1]));
}

/// The runtimes that the runs of a body find themselves in.
struct Runtimes(Mutex<Vec<runtime::Id>>);

impl Runtimes {
    const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Records the runtime of this run. Returns the number of runtimes so far.
    fn note(&self) -> usize {
        let mut seen = self.0.lock().expect("no run panics");
        let here = Handle::current().id();
        if !seen.contains(&here) {
            seen.push(here);
        }
        seen.len()
    }
}

static ABOVE_TEST: Runs = Runs::new();
static ABOVE_TEST_RUNTIMES: Runtimes = Runtimes::new();

// A test that is retried by itself: the assertion is what its body returns.
#[retry(strategy = "immediate")]
#[tokio::test]
async fn above_a_tokio_test_the_attempts_share_a_runtime() -> Result<(), Busy> {
    yield_now().await;
    let runtimes = ABOVE_TEST_RUNTIMES.note();
    let run = ABOVE_TEST.fail_twice()?;
    assert_eq!((run, runtimes), (3, 1));
    Ok(())
}

static BELOW_TEST: Runs = Runs::new();
static BELOW_TEST_RUNTIMES: Runtimes = Runtimes::new();

#[tokio::test]
#[retry(strategy = "immediate")]
async fn below_a_tokio_test_each_attempt_has_a_runtime() -> Result<(), Busy> {
    yield_now().await;
    let runtimes = BELOW_TEST_RUNTIMES.note();
    let run = BELOW_TEST.fail_twice()?;
    assert_eq!((run, runtimes), (3, 3));
    Ok(())
}

static PLAIN_TESTS: [Runs; 2] = [Runs::new(), Runs::new()];

#[retry(strategy = "immediate")]
#[test]
fn above_a_test() -> Result<(), Busy> {
    let run = PLAIN_TESTS[0].fail_twice()?;
    assert_eq!((run, PLAIN_TESTS[0].count()), (3, 3));
    Ok(())
}

#[test]
#[retry(strategy = "immediate")]
fn below_a_test() -> Result<(), Busy> {
    let run = PLAIN_TESTS[1].fail_twice()?;
    assert_eq!((run, PLAIN_TESTS[1].count()), (3, 3));
    Ok(())
}

#[test]
fn attributes_around_it_are_kept_in_their_places() {
    /// Documented.
    #[deprecated = "for the test"]
    #[cfg_attr(test, retry(strategy = "immediate", on = reattempt::any_error))]
    #[must_use = "for the test"]
    #[inline(never)]
    #[cold]
    #[doc(alias = "other")]
    #[track_caller]
    fn call(runs: &Runs) -> Option<u32>
    where
        Busy: Clone,
    {
        runs.fail_twice().ok()
    }

    #[expect(deprecated, reason = "shows that the attribute is still there")]
    let returned = thrice(|runs| call(runs));
    assert_eq!(returned, Some(3));
    let runs = Runs::new();
    #[expect(deprecated, unused_must_use, reason = "shows that the attributes are still there")]
    call(&runs);
    assert_eq!(runs.count(), 3);
}

#[tokio::test]
async fn attributes_inside_of_the_body() {
    #[retry(strategy = "immediate")]
    fn call(runs: &Runs) -> Result<u32, Busy> {
        //! Said from inside.
        #![expect(unused_variables, reason = "shows that it is heard")]
        let unused = 1;
        runs.fail_twice()
    }

    #[retry(strategy = "immediate")]
    async fn call_async(runs: &Runs) -> Result<u32, Busy> {
        #![expect(unused_variables, reason = "shows that it is heard")]
        let unused = 1;
        yield_now().await;
        runs.fail_twice()
    }

    assert_eq!(thrice(call), Ok(3));
    assert_eq!(thrice_async(call_async).await, Ok(3));
}

#[tokio::test]
async fn lints_of_the_user_still_fire() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    #[expect(unused_variables, unused_mut, unused_assignments, reason = "shows that they fire")]
    fn call(runs: &Runs, unused: u32, mut never_changed: u32) -> Result<u32, Busy> {
        let mut assigned = 1;
        assigned = 2;
        runs.fail_twice().map(|run| run + never_changed)
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    #[expect(unused_variables, unused_mut, dead_code, unreachable_code, reason = "shows that they fire")]
    async fn call_async(runs: &Runs, unused: u32, mut never_changed: u32) -> Result<u32, Busy> {
        fn never_called() {}
        yield_now().await;
        return runs.fail_twice().map(|run| run + never_changed);
        Err(Busy)
    }

    assert_eq!(thrice(|runs| call(runs, 0, 0)), Ok(3));
    assert_eq!(thrice_async(async |runs: &Runs| call_async(runs, 0, 0).await).await, Ok(3));
}
