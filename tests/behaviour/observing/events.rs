//! Events and the key `notify`: the events of a call, their order, and that all observers get the same.

use reattempt::breaker::Transition;
use reattempt::event::{self, Event};
use reattempt::{
    BreakerOpen, Budget, CircuitBreaker, FailedAttempt, Failure, Policy, RetryError, Retrying, StopReason, TimedOut,
    Verdict, any_error, no_error, policy, retry, testing,
};
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::thread;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const ZERO: Duration = Duration::ZERO;

/// The events in their order, and other entries of a test.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Told {
    Failed {
        site: &'static str,
        attempt: u32,
        max: Option<u32>,
        delay: Duration,
        failure: String,
        verdict: Verdict,
        waited: Duration,
        elapsed: Option<Duration>,
    },
    GaveUp {
        site: &'static str,
        reason: StopReason,
        attempts: u32,
        failure: String,
        waited: Duration,
        elapsed: Option<Duration>,
    },
    Recovered {
        site: &'static str,
        attempts: u32,
        waited: Duration,
        elapsed: Option<Duration>,
    },
    Moved(Transition),
    Adjusted {
        site: &'static str,
        key: &'static str,
        change: String,
    },
    BlocksRuntime(&'static str),
    /// By the key `notify`.
    Notified {
        site: &'static str,
        attempt: u32,
        failure: String,
        delay: Duration,
    },
    /// By the sleeper.
    Slept(Duration),
    /// By anything else.
    Note(&'static str),
}

thread_local! {
    /// Events arrive on the caller's thread, so each test gets only its own.
    static TOLD: RefCell<Vec<Told>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn note(told: Told) {
    TOLD.with_borrow_mut(|list| list.push(told));
}

fn sleep(delay: Duration) {
    note(Told::Slept(delay));
}

fn notify<E: fmt::Debug, T: fmt::Debug>(retrying: &Retrying<'_, E, T>) {
    note(Told::Notified {
        site: retrying.site().name(),
        attempt: retrying.attempt(),
        failure: format!("{:?}", retrying.failure()),
        delay: retrying.delay(),
    });
}

/// Runs a function. Returns its result and the events meanwhile.
pub(crate) fn told<R>(run: impl FnOnce() -> R) -> (R, Vec<Told>) {
    static OBSERVED: Once = Once::new();
    OBSERVED.call_once(|| event::observe(|event: &Event<'_>| note(heard(event))));
    TOLD.take();
    let returned = run();
    (returned, TOLD.take())
}

fn heard(event: &Event<'_>) -> Told {
    match *event {
        Event::AttemptFailed { site, attempt, max, delay, failure, verdict, waited, elapsed, .. } => Told::Failed {
            site: site.name(),
            attempt,
            max: max.map(u32::from),
            delay,
            failure: failure.to_string(),
            verdict,
            waited,
            elapsed,
        },
        Event::GaveUp { site, reason, attempts, failure, waited, elapsed, .. } => {
            Told::GaveUp { site: site.name(), reason, attempts, failure: failure.to_string(), waited, elapsed }
        }
        Event::Recovered { site, attempts, waited, elapsed, .. } => {
            Told::Recovered { site: site.name(), attempts, waited, elapsed }
        }
        Event::BreakerTransition { transition, .. } => Told::Moved(transition),
        Event::Adjusted { site, key, change, .. } => {
            Told::Adjusted { site: site.name(), key, change: change.to_string() }
        }
        Event::BlocksRuntime { site, .. } => Told::BlocksRuntime(site.name()),
        _ => Told::Note("an event that the tests do not know"),
    }
}

/// An error with `Display`.
#[derive(Debug, PartialEq, thiserror::Error)]
enum ApiError {
    #[error("busy for {0:?}")]
    Busy(Duration),
    #[error("reset by peer")]
    Reset,
    #[error("no such thing")]
    NotFound,
    #[error("no answer")]
    NoAnswer,
    #[error("refused")]
    Refused,
}

impl From<TimedOut> for ApiError {
    fn from(_: TimedOut) -> Self {
        Self::NoAnswer
    }
}

impl From<BreakerOpen> for ApiError {
    fn from(_: BreakerOpen) -> Self {
        Self::Refused
    }
}

fn verdict(error: &ApiError) -> Verdict {
    match error {
        ApiError::Busy(hint) => Verdict::RetryAfter(*hint),
        ApiError::Reset => Verdict::Retry,
        ApiError::NotFound | ApiError::NoAnswer | ApiError::Refused => Verdict::Stop,
    }
}

/// Takes the next outcome from a script.
fn next<T>(script: &mut Vec<T>) -> T {
    script.remove(0)
}

type Script = Vec<Result<u32, ApiError>>;

#[retry(
    name = "observing.plain", strategy = ["1s", "2s", "4s"], max = 4, on = verdict, on_value = matches(0), notify = notify, sleep = sleep
)]
fn plain(script: &mut Script) -> Result<u32, ApiError> {
    next(script)
}

const PLAIN: &str = "observing.plain";

#[test]
fn everybody_is_told_of_a_failure_before_its_sleep_and_hears_the_same() {
    let hint = Duration::from_millis(1_500);
    let mut script = vec![Err(ApiError::Reset), Ok(0), Err(ApiError::Busy(hint)), Ok(7)];
    let (returned, heard) = told(|| plain(&mut script));
    assert_eq!(returned, Ok(7));
    let notified = |attempt, failure: &str, seconds| Told::Notified {
        site: PLAIN,
        attempt,
        failure: failure.to_owned(),
        delay: seconds * SECOND,
    };
    let failed = |attempt, failure: &str, verdict, seconds, waited| Told::Failed {
        site: PLAIN,
        attempt,
        max: Some(4),
        delay: seconds * SECOND,
        failure: failure.to_owned(),
        verdict,
        waited: waited * SECOND,
        elapsed: None,
    };
    let expected = [
        notified(1, "Error(Reset)", 1),
        failed(1, "reset by peer", Verdict::Retry, 1, 0),
        Told::Slept(SECOND),
        notified(2, "Rejected(0)", 2),
        failed(2, "the value was not good enough: 0", Verdict::Retry, 2, 1),
        Told::Slept(2 * SECOND),
        // The hint is shorter than the strategy's delay.
        notified(3, "Error(Busy(1.5s))", 4),
        failed(3, "busy for 1.5s", Verdict::RetryAfter(hint), 4, 3),
        Told::Slept(4 * SECOND),
        Told::Recovered { site: PLAIN, attempts: 4, waited: 7 * SECOND, elapsed: None },
    ];
    assert_eq!(heard, expected);
}

#[test]
fn after_the_last_attempt_there_is_neither_a_notice_nor_a_sleep() {
    let (returned, heard) = told(|| plain(&mut (0..4).map(|_| Err(ApiError::Reset)).collect()));
    assert_eq!(returned, Err(ApiError::Reset));
    let kinds: Vec<_> = heard.iter().map(kind).collect();
    assert_eq!(
        kinds,
        ["notified", "failed", "slept", "notified", "failed", "slept", "notified", "failed", "slept", "gave up"]
    );
    let last = Told::GaveUp {
        site: PLAIN,
        reason: StopReason::MaxAttempts,
        attempts: 4,
        failure: "reset by peer".to_owned(),
        waited: 7 * SECOND,
        elapsed: None,
    };
    assert_eq!(heard.last(), Some(&last));
}

fn kind(told: &Told) -> &'static str {
    match told {
        Told::Failed { .. } => "failed",
        Told::GaveUp { .. } => "gave up",
        Told::Recovered { .. } => "recovered",
        Told::Moved(_) => "moved",
        Told::Adjusted { .. } => "adjusted",
        Told::BlocksRuntime(_) => "blocks",
        Told::Notified { .. } => "notified",
        Told::Slept(_) => "slept",
        Told::Note(_) => "note",
    }
}

#[test]
fn a_call_that_succeeds_at_once_tells_nothing() {
    let (returned, heard) = told(|| plain(&mut vec![Ok(7)]));
    assert_eq!((returned, heard), (Ok(7), vec![]));
}

#[test]
fn a_first_attempt_that_fails_permanently_is_no_retry() {
    let (returned, heard) = told(|| plain(&mut vec![Err(ApiError::NotFound)]));
    assert_eq!(returned, Err(ApiError::NotFound));
    let failure = "no such thing".to_owned();
    let end =
        Told::GaveUp { site: PLAIN, reason: StopReason::Permanent, attempts: 1, failure, waited: ZERO, elapsed: None };
    assert_eq!(heard, [end]);
}

#[test]
fn drawn_delays_and_hints_are_told_as_they_are_slept() {
    #[retry(name = "observing.drawn", base = "1s", max = 9, on = verdict, notify = notify, sleep = sleep, history = 9)]
    fn call(attempts: &mut u32) -> Result<(), RetryError<ApiError>> {
        *attempts += 1;
        // Every third failure has a hint, which is spread upwards.
        Err(if *attempts % 3 == 0 { ApiError::Busy(20 * SECOND) } else { ApiError::Reset })
    }
    testing::seed(11);
    let (returned, heard) = told(|| call(&mut 0));
    let pick = |delay: fn(&Told) -> Option<Duration>| heard.iter().filter_map(delay).collect::<Vec<_>>();
    let slept = pick(|told| if let Told::Slept(delay) = told { Some(*delay) } else { None });
    let failed = pick(|told| if let Told::Failed { delay, .. } = told { Some(*delay) } else { None });
    let notified = pick(|told| if let Told::Notified { delay, .. } = told { Some(*delay) } else { None });
    let kept: Vec<_> = returned.unwrap_err().history().filter_map(FailedAttempt::delay).collect();
    assert_eq!(slept.len(), 8);
    assert!(slept[2] > 20 * SECOND && slept[5] > 20 * SECOND, "{slept:?}");
    assert_eq!(failed, slept);
    assert_eq!(notified, slept);
    assert_eq!(kept, slept);
    // The time waited before each failure is the sum of the delays so far, and of all delays at the end.
    let waited = pick(|told| match told {
        Told::Failed { waited, .. } | Told::GaveUp { waited, .. } => Some(*waited),
        _ => None,
    });
    let sums: Vec<Duration> = (0..=8).map(|count| slept[..count].iter().sum()).collect();
    assert_eq!(waited, sums);
}

#[test]
fn a_delay_of_zero_is_told_and_reaches_no_sleeper() {
    #[retry(name = "observing.zero", strategy = "immediate", max = 2, on = any_error, notify = notify, sleep = sleep)]
    fn call() -> Result<(), ApiError> {
        Err(ApiError::Reset)
    }
    let (_, heard) = told(call);
    assert_eq!(heard.iter().map(kind).collect::<Vec<_>>(), ["notified", "failed", "gave up"]);
}

#[test]
fn the_time_is_told_where_the_call_notes_its_beginning() {
    #[retry(name = "observing.clock", strategy = ["2s", "3s"], deadline = "1min", on = verdict)]
    fn with_deadline(script: &mut Script, paused: &testing::Paused) -> Result<u32, ApiError> {
        paused.advance(SECOND);
        next(script)
    }
    #[retry(name = "observing.clock", strategy = ["2s", "3s"], on = verdict)]
    fn with_error(script: &mut Script, paused: &testing::Paused) -> Result<u32, RetryError<ApiError>> {
        paused.advance(SECOND);
        next(script)
    }
    #[retry(name = "observing.clock", strategy = ["2s", "3s"], attempt = attempt, on = verdict)]
    fn with_attempt(script: &mut Script, paused: &testing::Paused) -> Result<u32, ApiError> {
        let _ = attempt.number();
        paused.advance(SECOND);
        next(script)
    }
    fn script(last: Result<u32, ApiError>) -> Script {
        vec![Err(ApiError::Reset), Err(ApiError::Reset), last]
    }
    /// Returns the times since the beginning, and the sums of the delays, in seconds.
    fn times(run: impl FnOnce()) -> Vec<(Option<u64>, u64)> {
        let ((), heard) = told(run);
        let times = heard.iter().map(|told| match told {
            Told::Failed { elapsed, waited, .. }
            | Told::GaveUp { elapsed, waited, .. }
            | Told::Recovered { elapsed, waited, .. } => (elapsed.map(|time| time.as_secs()), waited.as_secs()),
            other => panic!("{other:?}"),
        });
        times.collect()
    }
    let paused = testing::pause();
    let expected = [(Some(1), 0), (Some(4), 2), (Some(8), 5)];
    for last in [|| Ok(7), || Err(ApiError::Reset)] {
        assert_eq!(times(|| drop(with_deadline(&mut script(last()), &paused))), expected);
        assert_eq!(times(|| drop(with_error(&mut script(last()), &paused))), expected);
        assert_eq!(times(|| drop(with_attempt(&mut script(last()), &paused))), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn async_calls_tell_the_same_also_of_time_outs() {
    #[retry(name = "observing.async", strategy = ["1s", "2s"], timeout = "5s", on = verdict, notify = notify)]
    async fn call(runs: &Cell<u32>) -> Result<u32, ApiError> {
        runs.set(runs.get() + 1);
        match runs.get() {
            1 => Err(ApiError::Reset),
            _ => std::future::pending().await,
        }
    }
    told(|| ());
    assert_eq!(call(&Cell::new(0)).await, Err(ApiError::NoAnswer));
    let heard = TOLD.take();
    let (site, elapsed) = ("observing.async", None);
    let failed = |attempt, failure: &str, seconds, waited| Told::Failed {
        site,
        attempt,
        max: Some(3),
        delay: seconds * SECOND,
        failure: failure.to_owned(),
        verdict: Verdict::Retry,
        waited: waited * SECOND,
        elapsed,
    };
    let notified = |attempt, failure: &str, seconds| Told::Notified {
        site,
        attempt,
        failure: failure.to_owned(),
        delay: seconds * SECOND,
    };
    let expected = [
        notified(1, "Error(Reset)", 1),
        failed(1, "reset by peer", 1, 0),
        notified(2, "TimedOut", 2),
        failed(2, "the attempt timed out", 2, 1),
        Told::GaveUp {
            site,
            reason: StopReason::MaxAttempts,
            attempts: 3,
            failure: "the attempt timed out".to_owned(),
            waited: 3 * SECOND,
            elapsed,
        },
    ];
    assert_eq!(heard, expected);
}

/// Returns the reason, the number of attempts and the failure in the event at the end of a call.
#[track_caller]
fn end<R>(run: impl FnOnce() -> R) -> (StopReason, u32, String) {
    let (_, heard) = told(run);
    let ends = heard.iter().filter_map(|told| match told {
        Told::GaveUp { reason, attempts, failure, .. } => Some((*reason, *attempts, failure.clone())),
        _ => None,
    });
    let ends: Vec<_> = ends.collect();
    assert_eq!(ends.len(), 1, "{heard:?}");
    assert_eq!(heard.last().map(kind), Some("gave up"));
    ends[0].clone()
}

#[test]
fn each_end_has_its_reason_and_the_last_failure() {
    #[retry(
        name = "observing.ends", strategy = "constant", base = "1s", max = 3, deadline = "10s", max_hint = "5s",
        on = verdict, on_value = matches(0), sleep = |_| {}
    )]
    fn call(script: &mut Script) -> Result<u32, ApiError> {
        next(script)
    }
    let reset = || Err(ApiError::Reset);
    let busy = |seconds| Err(ApiError::Busy(seconds * SECOND));
    assert_eq!(
        end(|| call(&mut vec![reset(), Err(ApiError::NotFound)])),
        (StopReason::Permanent, 2, "no such thing".to_owned())
    );
    assert_eq!(
        end(|| call(&mut vec![reset(), reset(), Ok(0)])),
        (StopReason::MaxAttempts, 3, "the value was not good enough: 0".to_owned())
    );
    assert_eq!(end(|| call(&mut vec![busy(6)])), (StopReason::HintTooLong, 1, "busy for 6s".to_owned()));
    let _paused = testing::pause();
    assert_eq!(end(|| call(&mut vec![busy(5), busy(5)])), (StopReason::Deadline, 2, "busy for 5s".to_owned()));
}

#[test]
fn a_spent_budget_and_an_open_breaker_are_reasons() {
    #[retry(name = "observing.budget", strategy = "immediate", max = 9, budget = budget, on = verdict)]
    fn paid(budget: &Budget) -> Result<u32, ApiError> {
        Err(ApiError::Reset)
    }
    #[retry(name = "observing.breaker", strategy = "immediate", max = 9, breaker = breaker, on = verdict)]
    fn watched(breaker: &CircuitBreaker) -> Result<u32, ApiError> {
        Err(ApiError::Reset)
    }
    let budget = Budget::builder().capacity(10).initial(2).reserve(0.0).build().unwrap();
    assert_eq!(end(|| paid(&budget)), (StopReason::Budget, 3, "reset by peer".to_owned()));
    let breaker = CircuitBreaker::consecutive(2).cool_down(60 * SECOND);
    let paused = testing::pause();
    // It trips while the call is under way, and refuses the next call before its first attempt.
    assert_eq!(end(|| watched(&breaker)), (StopReason::BreakerOpen, 2, "reset by peer".to_owned()));
    let (reason, attempts, failure) = end(|| watched(&breaker));
    assert_eq!((reason, attempts), (StopReason::BreakerOpen, 0));
    assert!(failure.starts_with("the circuit breaker was opened by 2 failures in a row"), "{failure}");
    drop(paused);
}

#[test]
fn a_retry_that_is_refused_after_its_sleep_has_its_sleep_in_what_is_told() {
    static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(100);
    #[retry(name = "observing.refused", strategy = ["2s"], breaker = BREAKER, on = verdict, notify = notify, sleep = |_| BREAKER.isolate())]
    fn call() -> Result<u32, ApiError> {
        Err(ApiError::Reset)
    }
    let (returned, heard) = told(call);
    assert_eq!(returned, Err(ApiError::Refused));
    assert_eq!(heard.iter().map(kind).collect::<Vec<_>>(), ["notified", "failed", "moved", "gave up"]);
    let Some(Told::GaveUp { reason, attempts, failure, waited, .. }) = heard.last() else { panic!("{heard:?}") };
    assert_eq!((*reason, *attempts, *waited), (StopReason::BreakerOpen, 1, 2 * SECOND));
    assert_eq!(failure, "the circuit breaker was opened by isolation until it is reset");
}

#[test]
fn unlimited_attempts_have_no_maximum() {
    #[retry(name = "observing.unlimited", strategy = ["1s"], max = "unlimited", deadline = "2s", on = verdict)]
    fn call() -> Result<u32, ApiError> {
        Err(ApiError::Reset)
    }
    let _paused = testing::pause();
    let (_, heard) = told(call);
    let [Told::Failed { max, .. }, Told::GaveUp { reason, .. }] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((*max, *reason), (None, StopReason::Deadline));
}

#[test]
fn an_error_is_shown_by_what_is_visible_where_the_function_is_annotated() {
    #[derive(Debug)]
    struct Debugged {
        #[expect(dead_code, reason = "shown by `Debug`")]
        code: u8,
    }
    struct Bare;
    #[retry(strategy = "immediate", max = 1, on = any_error)]
    fn displayed() -> Result<Infallible, ApiError> {
        Err(ApiError::Reset)
    }
    #[retry(strategy = "immediate", max = 1, on = any_error)]
    fn debugged() -> Result<Infallible, Debugged> {
        Err(Debugged { code: 7 })
    }
    #[retry(strategy = "immediate", max = 1, on = any_error)]
    fn bare() -> Result<Infallible, Bare> {
        Err(Bare)
    }
    #[retry(strategy = "immediate", max = 1, on = any_error)]
    fn absent() -> Option<Infallible> {
        None
    }
    // Traits of the type do not matter if a type parameter hides them.
    #[retry(strategy = "immediate", max = 1, on = any_error)]
    fn generic<E>(error: fn() -> E) -> Result<Infallible, E> {
        Err(error())
    }
    #[retry(strategy = "immediate", max = 1, on = any_error)]
    fn generic_debug<E: fmt::Debug>(error: fn() -> E) -> Result<Infallible, E> {
        Err(error())
    }
    #[retry(strategy = "immediate", max = 1, on = any_error)]
    fn generic_display<E: fmt::Display>(error: fn() -> E) -> Result<Infallible, RetryError<E>> {
        Err(error())
    }
    assert_eq!(end(displayed).2, "reset by peer");
    assert_eq!(end(debugged).2, "Debugged { code: 7 }");
    assert_eq!(end(bare).2, std::any::type_name::<Bare>());
    assert_eq!(end(absent).2, "the attempt returned `None`");
    assert_eq!(end(|| generic(|| ApiError::Reset)).2, std::any::type_name::<ApiError>());
    assert_eq!(end(|| generic_debug(|| ApiError::Reset)).2, "Reset");
    assert_eq!(end(|| generic_display(|| ApiError::Reset)).2, "reset by peer");
}

#[test]
fn without_a_name_a_site_is_known_by_its_path() {
    #[retry(strategy = "immediate", max = 1, on = any_error)]
    fn unnamed() -> Option<()> {
        None
    }
    let (_, heard) = told(unnamed);
    let [Told::GaveUp { site, .. }] = heard[..] else { panic!("{heard:?}") };
    assert_eq!(site, "behaviour::observing::events::unnamed");
}

#[test]
fn notify_gets_the_error_itself() {
    #[retry(name = "observing.notify", strategy = "immediate", max = 3, on = any_error, notify = |retrying| {
        if let Failure::Error(error) = retrying.failure() {
            seen.push(error.clone());
        }
    })]
    fn call(seen: &mut Vec<String>) -> Result<(), String> {
        Err(format!("after {} notices", seen.len()))
    }
    let mut seen = Vec::new();
    assert_eq!(call(&mut seen), Err("after 2 notices".to_owned()));
    assert_eq!(seen, ["after 0 notices", "after 1 notices"]);
}

#[test]
fn notify_and_events_have_the_number_of_attempts_that_is_in_force() {
    #[retry(name = "observing.in_force", strategy = "immediate", max = max, on = any_error, notify = |retrying| {
        seen.push(retrying.max().map(u32::from));
        if retrying.attempt() == 2 {
            retrying.site().limit(4);
        }
    })]
    fn call(max: u32, seen: &mut Vec<Option<u32>>) -> Option<()> {
        (seen.len() > 99).then_some(())
    }
    let mut seen = Vec::new();
    let (_, heard) = told(|| call(9, &mut seen));
    assert_eq!(seen, [Some(9), Some(9), Some(4)]);
    let told_of = |event: &Told| if let Told::Failed { max, .. } = event { Some(*max) } else { None };
    // The observers come after `notify`, which lowers the limit.
    assert_eq!(heard.iter().filter_map(told_of).collect::<Vec<_>>(), [Some(9), Some(4), Some(4)]);
    let (_, heard) = told(|| call(2, &mut seen));
    assert_eq!(heard.iter().filter_map(told_of).collect::<Vec<_>>(), [Some(2)]);
    assert_eq!(seen[3..], [Some(2)]);
}

#[test]
fn events_show_a_rejected_value_where_it_has_a_debug() {
    struct Bare(u32);

    const AT_ONCE: Policy = policy!(strategy = "immediate");

    #[retry(name = "rejected.shown", strategy = "immediate", max = 2, on = no_error, on_value = |_| true)]
    fn shown(runs: &mut u32) -> Option<(u32, &'static str)> {
        *runs += 1;
        Some((*runs, "pending"))
    }
    #[retry(name = "rejected.hidden", strategy = "immediate", max = 2, on = no_error, on_value = |_| true)]
    fn hidden() -> Option<Bare> {
        Some(Bare(0))
    }
    let words = |heard: Vec<Told>| -> Vec<String> {
        let failure = |event| match event {
            Told::Failed { failure, .. } | Told::GaveUp { failure, .. } => failure,
            other => panic!("{other:?}"),
        };
        heard.into_iter().map(failure).collect()
    };
    let (_, heard) = told(|| shown(&mut 0));
    let shown = ["the value was not good enough: (1, \"pending\")", "the value was not good enough: (2, \"pending\")"];
    assert_eq!(words(heard), shown);
    let (returned, heard) = told(hidden);
    assert_eq!(returned.map(|bare| bare.0), Some(0));
    assert_eq!(words(heard), ["the value was not good enough"; 2]);
    let pending = || AT_ONCE.retry(|| Some(7)).on(no_error).on_value(|_| true).name("rejected.closure");
    let (_, heard) = told(|| pending().call());
    assert_eq!(words(heard), ["the value was not good enough"; 3]);
    let (_, heard) = told(|| pending().debug_value().call());
    assert_eq!(words(heard), ["the value was not good enough: 7"; 3]);
}

#[test]
fn values_out_of_range_are_told_once_per_site() {
    #[retry(name = "observing.adjusted", strategy = "constant", base = "1s", jitter = ratio, max = max, on = any_error)]
    fn call(max: u32, ratio: f64) -> Option<()> {
        None
    }
    let _paused = testing::pause();
    let (_, heard) = told(|| call(0, 0.5));
    let adjusted = Told::Adjusted { site: "observing.adjusted", key: "max", change: "0 is used as 1".to_owned() };
    assert_eq!(heard[0], adjusted);
    assert_eq!(heard[1..].iter().map(kind).collect::<Vec<_>>(), ["gave up"]);
    // No value is reported twice, and a value in range is never reported.
    let (_, heard) = told(|| (call(0, 0.5), call(1, 7.0), call(1, 0.5)));
    assert_eq!(heard.iter().map(kind).collect::<Vec<_>>(), ["gave up"; 3]);
}

#[test]
fn a_sync_sleep_on_a_thread_of_a_runtime_is_told_once_per_site_in_debug_builds() {
    #[retry(name = "observing.blocks", strategy = delays, on = any_error)]
    fn call(delays: [Duration; 1]) -> Option<()> {
        None
    }
    let (waiting, immediate) = ([SECOND], [ZERO]);
    let blocked = || {
        let (_, heard) = told(|| (call(immediate), call(waiting), call(waiting)));
        heard.into_iter().filter(|told| kind(told) == "blocks").collect::<Vec<_>>()
    };
    let _paused = testing::pause();
    // Outside of a runtime a thread may sleep. No event is reported there, and the one report remains for later.
    assert_eq!(blocked(), []);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let _entered = runtime.enter();
    let (_, heard) = told(|| call(immediate));
    assert!(heard.iter().all(|told| kind(told) != "blocks"), "no sleep, no block");
    let expected = if cfg!(debug_assertions) { vec![Told::BlocksRuntime("observing.blocks")] } else { vec![] };
    assert_eq!(blocked(), expected);
    assert_eq!(blocked(), []);
}

#[test]
fn all_observers_are_told_in_the_order_in_which_they_came() {
    #[retry(name = "observing.order", strategy = "immediate", max = 1, on = any_error)]
    fn call() -> Option<()> {
        None
    }
    fn observe(text: &'static str) {
        event::observe(move |event: &Event<'_>| {
            if matches!(event, Event::GaveUp { site, .. } if site.name() == "observing.order") {
                note(Told::Note(text));
            }
        });
    }
    told(|| ());
    observe("second");
    observe("third");
    let (_, heard) = told(call);
    assert_eq!(heard.iter().map(kind).collect::<Vec<_>>(), ["gave up", "note", "note"]);
    assert_eq!(heard[1..], [Told::Note("second"), Told::Note("third")]);
}

#[test]
fn observers_that_come_at_the_same_time_are_all_told() {
    #[retry(name = "observing.crowd", strategy = "immediate", max = 1, on = any_error)]
    fn call() -> Option<()> {
        None
    }
    const TEXTS: [&str; 16] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"];
    thread::scope(|scope| {
        for text in TEXTS {
            scope.spawn(move || {
                event::observe(move |event: &Event<'_>| {
                    if matches!(event, Event::GaveUp { site, .. } if site.name() == "observing.crowd") {
                        note(Told::Note(text));
                    }
                });
            });
        }
    });
    let (_, heard) = told(call);
    let mut texts: Vec<_> =
        heard.iter().filter_map(|told| if let Told::Note(text) = told { Some(*text) } else { None }).collect();
    texts.sort_unstable();
    assert_eq!(texts, TEXTS);
}

#[test]
fn an_observer_may_call_retried_functions() {
    #[retry(name = "observing.outer", strategy = "immediate", max = 1, on = any_error)]
    fn outer() -> Option<()> {
        None
    }
    #[retry(name = "observing.inner", strategy = "immediate", max = 2, on = any_error)]
    fn inner() -> Option<()> {
        None
    }
    event::observe(|event: &Event<'_>| {
        if matches!(event, Event::GaveUp { site, .. } if site.name() == "observing.outer") {
            assert_eq!(inner(), None);
        }
    });
    let (_, heard) = told(outer);
    let sites = heard.iter().map(|told| match told {
        Told::Failed { site, .. } | Told::GaveUp { site, .. } => *site,
        other => panic!("{other:?}"),
    });
    assert_eq!(sites.collect::<Vec<_>>(), ["observing.outer", "observing.inner", "observing.inner"]);
}

#[test]
fn a_panic_of_an_observer_passes_through_to_the_caller() {
    #[retry(name = "observing.panics", strategy = "immediate", max = 2, on = any_error)]
    fn call(runs: &Cell<u32>) -> Option<()> {
        runs.set(runs.get() + 1);
        None
    }
    event::observe(|event: &Event<'_>| {
        if matches!(event, Event::AttemptFailed { site, .. } if site.name() == "observing.panics") {
            panic!("not today");
        }
    });
    let runs = Cell::new(0);
    let (panic, _) = told(|| catch_unwind(AssertUnwindSafe(|| call(&runs))).unwrap_err());
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"not today"));
    assert_eq!(runs.get(), 1);
}
