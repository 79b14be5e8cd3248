//! The key `cancel`: it wakes sleeps, on threads and in tasks, and no further attempt begins.

use crate::support::polling::poll_once;
use crate::support::runs::{Busy, Runs};
use reattempt::breaker::State;
use reattempt::event::{self, Event};
use reattempt::{
    BreakerOpen, Budget, Cancellation, CircuitBreaker, RetryError, StopReason, TimedOut, policy, retry, site, testing,
};
use std::cell::{Cell, RefCell};
use std::future::{Future, IntoFuture, pending, ready};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;
use tokio_util_0_7::sync::CancellationToken;

const HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn a_thread_that_sleeps_is_woken() {
    static STOP: Cancellation = Cancellation::new();
    #[retry(strategy = "constant", base = "1h", cancel = STOP, notify = |_| asleep.send(()).unwrap())]
    fn call(runs: &Runs, asleep: &mpsc::Sender<()>) -> Result<(), RetryError<Busy>> {
        Err(runs.fail())
    }
    let (asleep, sleeps) = mpsc::channel();
    let runs = Runs::new();
    thread::scope(|scope| {
        let calls = [(); 3].map(|()| scope.spawn(|| call(&runs, &asleep)));
        for _ in &calls {
            sleeps.recv().unwrap();
        }
        STOP.cancel();
        for call in calls {
            let error = call.join().unwrap().unwrap_err();
            assert_eq!((error.reason(), error.attempts()), (StopReason::Cancelled, 1));
            assert!(error.elapsed() < HOUR);
            assert_eq!(error.into_last(), Some(Busy));
        }
    });
    assert_eq!(runs.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_sleeps_is_woken() {
    #[retry(strategy = "constant", base = "1h", cancel = stop)]
    async fn call(runs: &Runs, stop: &Cancellation) -> Result<(), RetryError<Busy>> {
        Err(runs.fail())
    }
    let (runs, stop) = (Runs::new(), Cancellation::new());
    let began = tokio::time::Instant::now();
    let cancelled = async {
        tokio::time::sleep(HOUR + Duration::from_secs(5)).await;
        stop.cancel();
    };
    let (first, second, ()) = tokio::join!(call(&runs, &stop), call(&runs, &stop), cancelled);
    assert_eq!(began.elapsed(), HOUR + Duration::from_secs(5));
    for error in [first, second].map(Result::unwrap_err) {
        assert_eq!((error.reason(), error.attempts()), (StopReason::Cancelled, 2));
        assert_eq!(error.elapsed(), began.elapsed());
    }
    assert_eq!(runs.count(), 4);
}

#[test]
fn threads_and_tasks_are_woken_together() {
    static STOP: Cancellation = Cancellation::new();
    #[retry(strategy = "constant", base = "1h", cancel = STOP, notify = |_| asleep.send(()).unwrap())]
    fn sync(asleep: &mpsc::Sender<()>) -> Result<u8, Busy> {
        Err(Busy)
    }
    #[retry(strategy = "constant", base = "1h", cancel = STOP, sleep = |_| pending::<()>(), notify = |_| asleep.send(()).unwrap())]
    async fn task(asleep: &mpsc::Sender<()>) -> Result<u8, Busy> {
        Err(Busy)
    }
    struct Unpark(thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let (asleep, sleeps) = mpsc::channel();
    thread::scope(|scope| {
        let sync = scope.spawn(|| sync(&asleep));
        let task = scope.spawn(|| {
            let mut task = pin!(task(&asleep));
            let waker = Waker::from(Arc::new(Unpark(thread::current())));
            loop {
                if let Poll::Ready(returned) = task.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return returned;
                }
                thread::park();
            }
        });
        sleeps.recv().unwrap();
        sleeps.recv().unwrap();
        STOP.cancel();
        assert_eq!((sync.join().unwrap(), task.join().unwrap()), (Err(Busy), Err(Busy)));
    });
}

#[test]
fn the_first_attempt_always_runs_and_is_the_last() {
    static STOP: Cancellation = Cancellation::new();
    #[retry(strategy = "immediate", max = 9, cancel = STOP)]
    fn call(runs: &Runs, outcome: Result<u8, Busy>) -> Result<u8, Busy> {
        runs.fail();
        outcome.clone()
    }
    STOP.cancel();
    let runs = Runs::new();
    assert_eq!((call(&runs, Ok(7)), runs.count()), (Ok(7), 1));
    assert_eq!((call(&runs, Err(Busy)), runs.count()), (Err(Busy), 2));
    STOP.reset();
    assert_eq!((call(&runs, Err(Busy)), runs.count()), (Err(Busy), 11));
}

#[test]
fn it_is_the_first_question_after_a_transient_failure() {
    #[retry(max = 1, name = "cancel.first", cancel = stop, on = |error| *error > 0)]
    fn call(error: u8, stop: &Cancellation) -> Result<(), RetryError<u8>> {
        Err(error)
    }
    let reason = |error, stop| call(error, stop).unwrap_err().reason();
    let (stop, goes_on) = (Cancellation::new(), Cancellation::new());
    stop.cancel();
    assert_eq!(reason(1, &goes_on), StopReason::MaxAttempts);
    assert_eq!(reason(1, &stop), StopReason::Cancelled);
    assert_eq!(reason(0, &stop), StopReason::Permanent);
    site::disable("cancel.first");
    assert_eq!(reason(1, &goes_on), StopReason::Disabled);
    assert_eq!(reason(1, &stop), StopReason::Cancelled);
    let counts = reattempt::sites().find(|site| site.name() == "cancel.first").unwrap().counts();
    assert_eq!((counts.gave_up(StopReason::Cancelled), counts.gave_up(StopReason::Permanent)), (2, 1));
}

#[test]
fn the_token_of_the_retry_goes_back() {
    #[retry(strategy = "constant", base = "1h", budget = budget, cancel = stop, notify = |_| if *at_sleep { stop.cancel() })]
    fn sync(stop: &Cancellation, budget: &Budget, at_sleep: &bool) -> Result<(), Busy> {
        Err(Busy)
    }
    #[retry(strategy = "constant", base = "1h", budget = budget, cancel = stop, sleep = |_| pending::<()>())]
    async fn task(stop: &Cancellation, budget: &Budget) -> Result<(), Busy> {
        Err(Busy)
    }
    let budget = Budget::builder().capacity(10).reserve(0.0).build().unwrap();
    let stop = Cancellation::new();
    let paused = testing::pause();
    assert_eq!(sync(&stop, &budget, &false), Err(Busy));
    assert_eq!(budget.balance_milli(), 8_000, "two retries");
    // Between the question and the sleep.
    assert_eq!(sync(&stop, &budget, &true), Err(Busy));
    assert_eq!(budget.balance_milli(), 8_000);
    // Before the question.
    assert_eq!(sync(&stop, &budget, &true), Err(Busy));
    assert_eq!(budget.balance_milli(), 8_000);
    drop(paused);
    // During the sleep.
    stop.reset();
    let mut task = pin!(task(&stop, &budget));
    assert!(poll_once(task.as_mut()).is_pending());
    assert_eq!(budget.balance_milli(), 7_000);
    stop.cancel();
    assert_eq!(poll_once(task), Poll::Ready(Err(Busy)));
    assert_eq!(budget.balance_milli(), 8_000);
}

#[test]
fn a_running_attempt_is_not_touched() {
    #[retry(strategy = "immediate", cancel = stop)]
    async fn call(stop: &Cancellation, ready: &Cell<bool>) -> Result<u8, Busy> {
        std::future::poll_fn(|_| if ready.get() { Poll::Ready(()) } else { Poll::Pending }).await;
        Ok(7)
    }
    let (stop, ready) = (Cancellation::new(), Cell::new(false));
    let mut call = pin!(call(&stop, &ready));
    assert!(poll_once(call.as_mut()).is_pending());
    stop.cancel();
    assert!(poll_once(call.as_mut()).is_pending());
    ready.set(true);
    assert_eq!(poll_once(call), Poll::Ready(Ok(7)));
}

#[test]
fn a_sleep_that_was_cancelled_does_not_begin_again_after_a_reset() {
    #[retry(strategy = "constant", base = "1h", cancel = stop, sleep = |_| pending::<()>())]
    async fn call(runs: &Runs, stop: &Cancellation) -> Result<(), Busy> {
        Err(runs.fail())
    }
    let (runs, stop) = (Runs::new(), Cancellation::new());
    let mut first = pin!(call(&runs, &stop));
    assert!(poll_once(first.as_mut()).is_pending());
    stop.cancel();
    stop.reset();
    let mut second = pin!(call(&runs, &stop));
    assert!(poll_once(second.as_mut()).is_pending());
    assert_eq!(poll_once(first), Poll::Ready(Err(Busy)));
    assert!(poll_once(second).is_pending());
    assert_eq!(runs.count(), 2);
}

/// A waker that does nothing, to count references to it.
struct Idle;

impl Wake for Idle {
    fn wake(self: Arc<Self>) {}
}

#[test]
fn a_future_that_is_dropped_leaves_no_waker() {
    static STOP: Cancellation = Cancellation::new();
    #[retry(strategy = "constant", base = "1h", cancel = STOP, sleep = |_| pending::<()>())]
    async fn call() -> Result<(), Busy> {
        Err(Busy)
    }
    let idle = Arc::new(Idle);
    let waker = Waker::from(idle.clone());
    {
        let mut call = pin!(call());
        assert!(call.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert_eq!(Arc::strong_count(&idle), 3);
    }
    assert_eq!(Arc::strong_count(&idle), 2);
}

#[test]
fn under_paused_time_a_cancelled_sleep_is_none() {
    #[retry(strategy = "constant", base = "1h", max = 9, cancel = stop, notify = |retrying| if retrying.attempt() == 3 { stop.cancel() })]
    fn sync(stop: &Cancellation) -> Result<(), RetryError<Busy>> {
        Err(Busy)
    }
    #[retry(strategy = "constant", base = "1h", max = 9, cancel = stop, notify = |retrying| if retrying.attempt() == 3 { stop.cancel() })]
    async fn task(stop: &Cancellation) -> Result<(), RetryError<Busy>> {
        Err(Busy)
    }
    let check = |call: &dyn Fn(&Cancellation) -> Result<(), RetryError<Busy>>| {
        let (stop, paused) = (Cancellation::new(), testing::pause());
        let error = call(&stop).unwrap_err();
        assert_eq!((error.reason(), error.attempts(), error.elapsed()), (StopReason::Cancelled, 3, 2 * HOUR));
        assert_eq!(paused.slept(), [HOUR, HOUR]);
    };
    check(&sync);
    check(&|stop| match poll_once(pin!(task(stop))) {
        Poll::Ready(returned) => returned,
        Poll::Pending => unreachable!("paused sleeps end at once"),
    });
}

#[test]
fn a_delay_of_zero_is_cancelled_too() {
    #[retry(strategy = "immediate", max = 9, cancel = stop, notify = |_| stop.cancel())]
    fn sync(runs: &Runs, stop: &Cancellation) -> Result<(), Busy> {
        Err(runs.fail())
    }
    #[retry(strategy = "immediate", max = 9, cancel = stop)]
    async fn task(runs: &Runs, stop: &Cancellation) -> Result<(), Busy> {
        Err(runs.fail())
    }
    let (runs, stop) = (Runs::new(), Cancellation::new());
    assert_eq!((sync(&runs, &stop), runs.count()), (Err(Busy), 1));
    stop.reset();
    let mut task = pin!(task(&runs, &stop));
    assert!(poll_once(task.as_mut()).is_pending(), "it yields once before the second attempt");
    stop.cancel();
    assert_eq!((poll_once(task), runs.count()), (Poll::Ready(Err(Busy)), 2));
}

struct Client {
    stop: Arc<Cancellation>,
    own: Cancellation,
    runs: u32,
}

impl Client {
    #[retry(strategy = "immediate", cancel = self.stop, on = reattempt::any_error)]
    fn by_field(&mut self) -> Option<()> {
        self.runs += 1;
        None
    }

    #[retry(strategy = "immediate", cancel = self.own, on = reattempt::any_error)]
    async fn by_own_field(&mut self) -> Option<()> {
        self.runs += 1;
        None
    }

    #[retry(strategy = "immediate", cancel = self.stop.clone(), on = reattempt::any_error)]
    async fn by_a_clone(&mut self) -> Option<()> {
        self.runs += 1;
        None
    }
}

#[test]
fn statics_references_arcs_and_lazy_locks_are_cancellations() {
    static LAZY: LazyLock<Cancellation> = LazyLock::new(Cancellation::new);
    static SHARED: LazyLock<Arc<Cancellation>> = LazyLock::new(Arc::default);
    static STOP: Cancellation = Cancellation::new();
    static REFERENCE: &Cancellation = &STOP;
    macro_rules! calls {
        ($($name:ident = $cancel:expr),+) => {
            $(
                #[retry(strategy = "immediate", cancel = $cancel)]
                fn $name(runs: &Runs) -> Result<(), Busy> {
                    Err(runs.fail())
                }
            )+
            let runs = Runs::new();
            $(let _ = $name(&runs);)+
            assert_eq!(runs.count(), 15);
            LAZY.cancel();
            SHARED.cancel();
            STOP.cancel();
            $(let _ = $name(&runs);)+
            assert_eq!(runs.count(), 20);
        };
    }
    calls!(by_static = STOP, by_reference = REFERENCE, by_lazy = LAZY, by_shared = SHARED, by_expression = &&SHARED);

    let mut client = Client { stop: Arc::default(), own: Cancellation::new(), runs: 0 };
    client.stop.cancel();
    client.own.cancel();
    assert_eq!(client.by_field(), None);
    assert_eq!(poll_once(pin!(client.by_own_field())), Poll::Ready(None));
    assert_eq!(poll_once(pin!(client.by_a_clone())), Poll::Ready(None));
    assert_eq!(client.runs, 3);
}

#[test]
fn a_success_does_not_look_at_it() {
    static IS_ASKED: AtomicBool = AtomicBool::new(false);
    static STOP: LazyLock<Cancellation> = LazyLock::new(|| {
        IS_ASKED.store(true, Relaxed);
        Cancellation::new()
    });
    #[retry(strategy = "immediate", cancel = STOP)]
    fn call(outcome: Result<u8, Busy>) -> Result<u8, Busy> {
        outcome.clone()
    }
    assert_eq!((call(Ok(1)), IS_ASKED.load(Relaxed)), (Ok(1), false));
    assert_eq!((call(Err(Busy)), IS_ASKED.load(Relaxed)), (Err(Busy), true));
}

/// The state of a call whose first sleep ends at once, and whose second one lasts until it is cancelled.
#[derive(Default)]
struct InTheSecondSleep {
    stop: Cancellation,
    sleeps: Cell<u32>,
    runs: Runs,
}

impl InTheSecondSleep {
    async fn sleep(&self) {
        self.sleeps.set(self.sleeps.get() + 1);
        if self.sleeps.get() == 2 {
            self.stop.cancel();
            pending::<()>().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_outcome_is_returned_whatever_the_ending_is() {
    type World = InTheSecondSleep;

    #[retry(strategy = ["1h"], max = 9, cancel = world.stop, sleep = |_| world.sleep(), on_value = |value| *value < 9)]
    async fn plain(world: &World) -> u32 {
        world.runs.next()
    }
    assert_eq!(plain(&World::default()).await, 2);

    #[retry(strategy = ["1h"], max = 9, cancel = world.stop, sleep = |_| world.sleep(), on_value = |value| *value < 9)]
    async fn rejected(world: &World) -> Result<u32, Busy> {
        Ok(world.runs.next())
    }
    assert_eq!(rejected(&World::default()).await, Ok(2));

    #[retry(strategy = ["1h"], max = 9, cancel = world.stop, sleep = |_| world.sleep(), history = 9, on = |_| true)]
    async fn history(world: &World) -> Result<(), RetryError<u32>> {
        Err(world.runs.next())
    }
    let error = history(&World::default()).await.unwrap_err();
    let kept: Vec<_> = error.history().map(|failed| (failed.attempt(), failed.delay())).collect();
    assert_eq!(kept, [(1, Some(HOUR)), (2, None)]);
    assert_eq!((error.reason(), error.into_last()), (StopReason::Cancelled, Some(2)));

    #[retry(strategy = ["1h"], max = 9, cancel = world.stop, sleep = |_| world.sleep(), recover = RetryError::into_last, on = |_| true)]
    async fn recovered(world: &World) -> Option<reattempt::NoneError> {
        world.runs.next();
        None
    }
    assert!(recovered(&World::default()).await.is_some());

    #[derive(Debug, PartialEq)]
    struct Own(StopReason, Option<u32>);
    impl From<RetryError<u32>> for Own {
        fn from(error: RetryError<u32>) -> Self {
            Self(error.reason(), error.into_last())
        }
    }
    #[retry(strategy = ["1h"], max = 9, cancel = world.stop, sleep = |_| world.sleep(), error = u32, on = |_| true)]
    async fn converted(world: &World) -> Result<(), Own> {
        Err(world.runs.next())
    }
    assert_eq!(converted(&World::default()).await, Err(Own(StopReason::Cancelled, Some(2))));

    #[derive(Debug, PartialEq)]
    enum Failed {
        Other(u32),
        TimedOut,
        Refused,
    }
    impl From<TimedOut> for Failed {
        fn from(_: TimedOut) -> Self {
            Self::TimedOut
        }
    }
    impl From<BreakerOpen> for Failed {
        fn from(_: BreakerOpen) -> Self {
            Self::Refused
        }
    }
    static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(3);
    #[retry(strategy = ["1h"], max = 9, cancel = world.stop, sleep = |_| world.sleep(), timeout = {HOUR}, breaker = BREAKER, on = |_| true)]
    async fn guarded(world: &World) -> Result<(), Failed> {
        Err(Failed::Other(world.runs.next()))
    }
    assert_eq!(guarded(&World::default()).await, Err(Failed::Other(2)));
    let stopped = World::default();
    stopped.stop.cancel();
    assert_eq!(guarded(&stopped).await, Err(Failed::Other(1)));
    assert_eq!(BREAKER.state(), State::Open, "the breaker sees each attempt");
}

#[test]
fn the_events_of_a_cancelled_call_say_so() {
    thread_local! {
        static GAVE_UP: RefCell<Vec<(StopReason, u32, String, Duration)>> = const { RefCell::new(Vec::new()) };
    }
    event::observe(|event: &Event<'_>| {
        if let Event::GaveUp { reason, attempts, failure, waited, .. } = event {
            GAVE_UP.with_borrow_mut(|seen| seen.push((*reason, *attempts, failure.to_string(), *waited)));
        }
    });
    #[retry(strategy = ["1h"], max = 9, cancel = stop, notify = |retrying| if retrying.attempt() == 2 { stop.cancel() })]
    fn call(stop: &Cancellation) -> Result<(), Busy> {
        Err(Busy)
    }
    let (stop, _paused) = (Cancellation::new(), testing::pause());
    assert_eq!((call(&stop), call(&stop)), (Err(Busy), Err(Busy)));
    // A delay that was cancelled was not waited for.
    let expected = [(2, HOUR), (1, Duration::ZERO)];
    let expected = expected.map(|(attempts, waited)| (StopReason::Cancelled, attempts, "busy".to_owned(), waited));
    assert_eq!(GAVE_UP.take(), expected);
}

#[test]
fn the_future_is_send_where_outcomes_are() {
    #[retry(cancel = stop, on = reattempt::any_error)]
    async fn call(stop: Arc<Cancellation>) -> Result<Cell<u8>, Box<str>> {
        Err(String::new().into())
    }
    fn check(_: impl Send) {}
    check(call(Arc::default()));
}

#[tokio::test(start_paused = true)]
async fn a_cancellation_token_of_tokio_ends_sleeps_of_tasks() {
    static TOKEN: LazyLock<CancellationToken> = LazyLock::new(CancellationToken::new);
    #[retry(strategy = "constant", base = "1h", cancel = TOKEN)]
    async fn by_static(runs: &Runs) -> Result<(), RetryError<Busy>> {
        Err(runs.fail())
    }
    #[retry(strategy = "constant", base = "1h", cancel = token)]
    async fn by_argument(runs: &Runs, token: CancellationToken) -> Result<(), RetryError<Busy>> {
        Err(runs.fail())
    }
    let (runs, policy, child) = (Runs::new(), policy!(strategy = "constant", base = "1h"), TOKEN.child_token());
    let by_closure = policy.retry_async(|| ready(Err::<(), _>(runs.fail()))).cancel(&child).error();
    let cancelled = async {
        tokio::time::sleep(3 * HOUR / 2).await;
        TOKEN.cancel();
    };
    let began = tokio::time::Instant::now();
    let (first, second, third, ()) =
        tokio::join!(by_static(&runs), by_argument(&runs, child.clone()), by_closure.into_future(), cancelled);
    assert_eq!(began.elapsed(), 3 * HOUR / 2);
    for error in [first, second, third].map(Result::unwrap_err) {
        assert_eq!((error.reason(), error.attempts()), (StopReason::Cancelled, 2));
    }
    assert_eq!(by_static(&runs).await.unwrap_err().attempts(), 1);
    assert_eq!(runs.count(), 7);
}
