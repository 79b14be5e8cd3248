//! The key `progress` and the setting `reset_after`: a failure that is the first of a new series.

use crate::support::polling::{finished, poll_once};
use crate::support::runs::Runs;
use reattempt::breaker::State;
use reattempt::{
    Attempt, Backoff, Budget, CircuitBreaker, FailedAttempt, Policy, Progress, RetryError, StopReason, any_error,
    policy, retry, testing,
};
use std::cell::{Cell, RefCell};
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);

/// A file in parts. Each connection brings some of them and breaks.
#[derive(Default)]
struct Download {
    parts: Cell<u32>,
    connections: Cell<u32>,
}

impl Download {
    const SIZE: u32 = 100;

    /// Reads this many parts, and returns the number of parts, or that the connection broke.
    fn read(&self, parts: u32, progress: &Progress) -> Result<u32, String> {
        self.connections.set(self.connections.get() + 1);
        for _ in 0..parts {
            self.parts.set(self.parts.get() + 1);
            progress.made();
        }
        if self.parts.get() < Self::SIZE { Err("connection reset".to_owned()) } else { Ok(self.parts.get()) }
    }
}

#[test]
fn a_download_that_gains_ground_never_runs_out_of_attempts() {
    #[retry(strategy = "immediate", max = 2, progress = progress, on = any_error)]
    fn download(file: &Download, each: u32) -> Result<u32, String> {
        file.read(each, progress)
    }
    let file = Download::default();
    assert_eq!(download(&file, 1), Ok(100));
    assert_eq!(file.connections.get(), 100);
    let stuck = Download::default();
    assert_eq!(download(&stuck, 0), Err("connection reset".to_owned()));
    assert_eq!(stuck.connections.get(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_async_download_does_neither() {
    #[retry(base = "1s", max = 2, progress = progress, on = any_error)]
    async fn download(file: &Mutex<Download>, each: u32) -> Result<u32, String> {
        tokio::task::yield_now().await;
        file.lock().unwrap().read(each, progress)
    }
    let file = Mutex::new(Download::default());
    fn is_send<F: Send>(future: F) -> F {
        future
    }
    assert_eq!(is_send(download(&file, 1)).await, Ok(100));
    assert!(is_send(download(&Mutex::default(), 0)).await.is_err());
}

#[tokio::test]
async fn closures_tell_of_progress_too() {
    const TWICE: Policy = policy!(strategy = "immediate", max = 2);
    let progress = Progress::new();
    let (file, stuck) = (Download::default(), Download::default());
    let call =
        |file: &Download, each| TWICE.retry(|| file.read(each, &progress)).on(any_error).progress(&progress).call();
    assert_eq!(call(&file, 1), Ok(100));
    assert!(call(&stuck, 0).is_err());
    assert_eq!((file.connections.get(), stuck.connections.get()), (100, 2));

    let (file, stuck) = (Download::default(), Download::default());
    let call = |file, each| {
        let (file, progress): (&Download, _) = (file, &progress);
        TWICE.retry_async(move || async move { file.read(each, progress) }).progress(progress).on(any_error)
    };
    assert_eq!(call(&file, 1).await, Ok(100));
    assert!(call(&stuck, 0).await.is_err());
    assert_eq!((file.connections.get(), stuck.connections.get()), (100, 2));
}

#[test]
fn progress_of_a_call_that_ended_inside_of_an_attempt_is_none_of_the_next_call() {
    const POLICY: Policy = policy!(strategy = "constant", base = "1s", max = 100, deadline = "10s");
    let (paused, progress, runs) = (testing::pause(), Progress::new(), Runs::new());
    let next_call = || {
        let before = runs.count();
        let fail = || {
            paused.advance(3 * SECOND);
            Err::<(), _>(runs.fail())
        };
        assert!(POLICY.retry(fail).progress(&progress).call().is_err());
        runs.count() - before
    };
    // The attempts begin after 0, 4 and 8 seconds.
    assert_eq!(next_call(), 3);

    let panics = || -> Option<()> {
        progress.made();
        panic!("in an attempt")
    };
    let call = || POLICY.retry(panics).progress(&progress).on(any_error).call();
    assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    assert_eq!(next_call(), 3);

    let hangs = || {
        progress.made();
        pending::<Option<()>>()
    };
    let call = pin!(POLICY.retry_async(hangs).progress(&progress).on(any_error).call());
    assert!(poll_once(call).is_pending());
    assert_eq!(next_call(), 3);
}

/// Each attempt fails. Those with these numbers make progress.
fn fails(
    progress: &Progress,
    attempt: Attempt,
    seen: &RefCell<Vec<(u32, u32, bool)>>,
    with_progress: &[u32],
) -> Option<()> {
    seen.borrow_mut().push((attempt.number(), attempt.number_in_series(), attempt.is_last()));
    if with_progress.contains(&attempt.number()) {
        progress.made();
    }
    None
}

#[test]
fn the_attempt_with_progress_is_the_first_of_the_new_series() {
    #[retry(strategy = "exponential", base = "1s", max = 3, progress = progress, attempt = attempt, on = any_error)]
    fn call(seen: &RefCell<Vec<(u32, u32, bool)>>) -> Option<()> {
        fails(progress, attempt, seen, &[3, 4])
    }
    let (paused, seen) = (testing::pause(), RefCell::default());
    assert_eq!(call(&seen), None);
    let expected = [(1, 1, false), (2, 2, false), (3, 3, true), (4, 2, false), (5, 2, false), (6, 3, true)];
    assert_eq!(seen.take(), expected);
    assert_eq!(paused.slept(), [1, 2, 1, 1, 2].map(|seconds| seconds * SECOND));

    const POLICY: Policy = policy!(strategy = "exponential", base = "1s", max = 3);
    let (paused, progress) = (testing::pause(), Progress::new());
    let call = POLICY.retry_attempt(|attempt| fails(&progress, attempt, &seen, &[3, 4]));
    assert_eq!(call.progress(&progress).on(any_error).call(), None);
    assert_eq!(seen.take(), expected);
    assert_eq!(paused.slept(), [1, 2, 1, 1, 2].map(|seconds| seconds * SECOND));
}

#[test]
fn a_strategy_that_remembers_forgets_the_series_before() {
    #[derive(Debug)]
    struct Tripling;
    impl Backoff for Tripling {
        fn delay(&self, _retry: u32, previous: Duration, _unit: f64) -> Duration {
            (previous * 3).max(SECOND)
        }
    }
    #[retry(strategy = Tripling, max = 4, progress = progress, attempt = attempt, on = any_error)]
    fn call() -> Option<()> {
        fails(progress, attempt, &RefCell::default(), &[4])
    }
    let paused = testing::pause();
    assert_eq!(call(), None);
    assert_eq!(paused.slept(), [1, 3, 9, 1, 3, 9].map(|seconds| seconds * SECOND));
}

#[test]
fn the_deadline_counts_from_the_failure_that_began_the_series() {
    #[retry(
        strategy = "constant",
        base = "1s",
        max = 100,
        deadline = "5s",
        progress = progress,
        attempt = attempt,
        on = any_error
    )]
    fn call(paused: &testing::Paused, left: &RefCell<Vec<u64>>) -> Result<(), RetryError<&'static str>> {
        paused.advance(SECOND);
        left.borrow_mut().push(attempt.remaining().unwrap().as_secs());
        if attempt.number() == 2 {
            progress.made();
        }
        Err("busy")
    }
    let (paused, left) = (testing::pause(), RefCell::default());
    let error = call(&paused, &left).unwrap_err();
    // The second attempt ends after 3 s. From there, attempts begin after 1 and 3 s, and the next one would after 5 s.
    assert_eq!(left.take(), [4, 2, 3, 1]);
    assert_eq!((error.attempts(), error.reason(), error.elapsed()), (4, StopReason::Deadline, 7 * SECOND));
}

#[test]
fn errors_history_budget_and_breaker_count_on() {
    #[retry(
        strategy = "immediate",
        max = 2,
        progress = progress,
        history = 10,
        budget = budget,
        breaker = breaker,
        on = any_error
    )]
    fn call(runs: &Runs, budget: &Budget, breaker: &CircuitBreaker) -> Result<(), RetryError<u32>> {
        let run = runs.next();
        if run <= 3 {
            progress.made();
        }
        Err(run)
    }
    let budget = Budget::builder().capacity(10).reserve(0.0).build().unwrap();
    let breaker = CircuitBreaker::consecutive(4);
    let error = call(&Runs::new(), &budget, &breaker).unwrap_err();
    assert_eq!((error.attempts(), error.reason()), (4, StopReason::MaxAttempts));
    assert_eq!(error.history().map(FailedAttempt::attempt).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!((budget.balance(), breaker.state()), (7, State::Open));
}

#[test]
fn a_site_that_is_limited_is_so_in_each_series() {
    #[retry(strategy = "immediate", max = 9, progress = progress, attempt = attempt, on = any_error)]
    fn call(runs: &Runs) -> Option<()> {
        runs.next();
        fails(progress, attempt, &RefCell::default(), &[2])
    }
    let runs = Runs::new();
    let _limited = testing::limit_attempts(2);
    assert_eq!(call(&runs), None);
    assert_eq!(runs.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_time_limit_of_a_running_attempt_stays() {
    #[retry(strategy = "immediate", max = 2, timeout = "3s", progress = progress, on = any_error)]
    async fn call(runs: &Runs) -> Result<(), RetryError<String>> {
        if runs.next() == 1 {
            tokio::time::sleep(2 * SECOND).await;
            progress.made();
        }
        pending().await
    }
    let runs = Runs::new();
    let error = call(&runs).await.unwrap_err();
    // Two attempts of 3 s: the first began a new series, which has the second.
    assert_eq!((runs.count(), error.elapsed()), (2, 6 * SECOND));
}

#[test]
fn other_threads_can_tell_of_progress() {
    #[retry(strategy = "immediate", max = 2, progress = progress, on = any_error)]
    fn call(runs: &Runs) -> Result<u32, u32> {
        let run = runs.next();
        thread::scope(|scope| scope.spawn(|| progress.made()).join().unwrap());
        if run < 5 { Err(run) } else { Ok(run) }
    }
    assert_eq!(call(&Runs::new()), Ok(5));
}

#[test]
fn without_a_failure_progress_changes_nothing() {
    #[retry(strategy = "immediate", max = 2, progress = progress, on = any_error)]
    fn call(runs: &Runs) -> Result<u32, u32> {
        progress.made();
        Ok(runs.next())
    }
    assert_eq!(call(&Runs::new()), Ok(1));
}

/// A watch whose attempts run for this long each, and then fail.
struct Watch<'a> {
    paused: &'a testing::Paused,
    lasts: Vec<Duration>,
    runs: Runs,
}

impl<'a> Watch<'a> {
    /// Two attempts fail at once, one after an hour, two at once.
    fn new(paused: &'a testing::Paused) -> Self {
        let zero = Duration::ZERO;
        Self { paused, lasts: vec![zero, zero, HOUR, zero, zero], runs: Runs::new() }
    }

    fn run(&self) -> Option<()> {
        let run = self.runs.next() as usize;
        self.paused.advance(*self.lasts.get(run - 1).unwrap_or(&Duration::ZERO));
        None
    }

    /// Asserts that the attempt of an hour began a new series: five attempts, and the delays of two series of three.
    #[track_caller]
    fn check(self) {
        assert_eq!(self.runs.count(), 5);
        assert_eq!(self.paused.slept(), [1, 2, 1, 2].map(|seconds| seconds * SECOND));
    }
}

const WATCHING: Policy = policy!(strategy = "exponential", base = "1s", max = 3, reset_after = "10min");

#[test]
fn a_watch_that_was_healthy_for_an_hour_starts_again_at_base() {
    #[retry(strategy = "exponential", base = "1s", max = 3, reset_after = "10min", on = any_error)]
    fn literal(watch: &Watch<'_>) -> Option<()> {
        watch.run()
    }
    const HEALTHY: Duration = HOUR;
    #[retry(strategy = "exponential", base = "1s", max = 3, reset_after = HEALTHY, on = any_error)]
    fn constant(watch: &Watch<'_>) -> Option<()> {
        watch.run()
    }
    fn run_time(watch: &Watch<'_>) -> Option<()> {
        #[retry(strategy = "exponential", base = "1s", max = 3, reset_after = healthy, on = any_error)]
        fn call(watch: &Watch<'_>, healthy: Duration) -> Option<()> {
            watch.run()
        }
        call(watch, HOUR)
    }
    #[retry(policy = WATCHING, on = any_error)]
    fn of_a_policy(watch: &Watch<'_>) -> Option<()> {
        watch.run()
    }
    fn closure(watch: &Watch<'_>) -> Option<()> {
        WATCHING.retry(|| watch.run()).on(any_error).call()
    }
    fn asynchronous(watch: &Watch<'_>) -> Option<()> {
        #[retry(policy = WATCHING, on = any_error)]
        async fn call(watch: &Watch<'_>) -> Option<()> {
            watch.run()
        }
        finished(call(watch))
    }
    fn asynchronous_closure(watch: &Watch<'_>) -> Option<()> {
        let call = WATCHING.retry_async(|| async { watch.run() }).on(any_error);
        finished(call.call())
    }
    fn with_progress(watch: &Watch<'_>) -> Option<()> {
        let call = WATCHING.retry_async(|| async { watch.run() }).on(any_error);
        finished(call.progress(&Progress::new()).call())
    }
    fn borrowing_closure(watch: &Watch<'_>) -> Option<()> {
        let mut runs = 0;
        let call = WATCHING.retry_async(async || {
            runs += 1;
            watch.run()
        });
        let ended = finished(call.on(any_error).call_local());
        assert_eq!(runs, watch.runs.count());
        ended
    }
    for call in [
        literal,
        constant,
        run_time,
        of_a_policy,
        closure,
        asynchronous,
        asynchronous_closure,
        with_progress,
        borrowing_closure,
    ] {
        let paused = testing::pause();
        let watch = Watch::new(&paused);
        assert_eq!(call(&watch), None);
        watch.check();
    }
}

#[test]
fn an_attempt_that_failed_before_it_was_healthy_starts_nothing_new() {
    #[retry(strategy = "exponential", base = "1s", max = 3, reset_after = "10min", on = any_error)]
    fn call(paused: &testing::Paused) -> Option<()> {
        paused.advance(Duration::from_secs(599));
        None
    }
    let paused = testing::pause();
    assert_eq!(call(&paused), None);
    assert_eq!(paused.slept(), [SECOND, 2 * SECOND]);
}

#[test]
fn the_sleep_before_an_attempt_is_no_part_of_it() {
    #[retry(strategy = "constant", base = "1h", max = 3, reset_after = "10min", on = any_error)]
    fn call(runs: &Runs) -> Option<()> {
        runs.next();
        None
    }
    let (_paused, runs) = (testing::pause(), Runs::new());
    assert_eq!(call(&runs), None);
    const HOURLY: Policy = policy!(strategy = "constant", base = "1h", max = 3, reset_after = "10min");
    let run = || {
        runs.next();
        None::<()>
    };
    assert_eq!(HOURLY.retry(run).on(any_error).call(), None);
    assert_eq!(finished(HOURLY.retry_async(|| async { run() }).on(any_error).call()), None);
    assert_eq!(finished(HOURLY.retry_async(async || run()).on(any_error).call_local()), None);
    assert_eq!(runs.count(), 12);
}

#[test]
fn a_deadline_counts_anew_after_a_healthy_attempt_also_for_closures() {
    const POLICY: Policy =
        policy!(strategy = "constant", base = "1s", max = 100, deadline = "2s", reset_after = "1min");
    let (paused, runs) = (testing::pause(), Runs::new());
    let run = |attempt: Attempt| {
        let left = attempt.remaining();
        if runs.next() < 4 {
            paused.advance(HOUR);
        }
        Err::<(), _>(left)
    };
    let error = POLICY.retry_attempt(run).on(any_error).error_without_source().call().unwrap_err();
    // Three healthy attempts, and one that fails at once, 1 s before the deadline of its series.
    assert_eq!((error.attempts(), error.reason()), (4, StopReason::Deadline));
    assert_eq!(error.elapsed(), 3 * HOUR + 3 * SECOND);
    assert_eq!(error.into_last(), Some(Some(SECOND)));
}

#[test]
fn zero_of_run_time_is_not_used() {
    #[retry(strategy = "immediate", max = 3, reset_after = healthy, on = any_error)]
    fn call(runs: &Runs, healthy: Duration) -> Option<()> {
        runs.next();
        None
    }
    let runs = Runs::new();
    assert_eq!(call(&runs, Duration::ZERO), None);
    assert_eq!(runs.count(), 3);
    let error = Policy::builder().reset_after(Duration::ZERO).build().unwrap_err();
    assert!(error.to_string().starts_with("`reset_after` must be longer than zero"), "{error}");
}
