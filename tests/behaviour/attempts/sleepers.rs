//! Sleepers: which one is used, its arguments, and the values that are alive while it sleeps.

use reattempt::testing;
use reattempt::{FailedAttempt, RetryError, policy, retry};
use std::cell::{Cell, RefCell};
use std::future::{Future, pending, ready};
use std::pin::pin;
use std::rc::Rc;
use std::sync::mpsc::{self, Sender};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn a_sleeper_of_ones_own_gets_each_delay() {
    let slept = RefCell::new(Vec::new());
    #[retry(strategy = ["1h", "0ms", "2h"], sleep = |delay| slept.borrow_mut().push(delay), history = 9, on = reattempt::any_error)]
    fn call(slept: &RefCell<Vec<Duration>>) -> Result<(), RetryError<u8>> {
        Err(1)
    }
    let error = call(&slept).unwrap_err();
    // A delay of zero does not reach the sleeper, and is in the history all the same.
    let hour = Duration::from_secs(3_600);
    assert_eq!(*slept.borrow(), [hour, 2 * hour]);
    let kept: Vec<_> = error.history().map(FailedAttempt::delay).collect();
    assert_eq!(kept, [Some(hour), Some(Duration::ZERO), Some(2 * hour), None]);
}

thread_local! {
    static SLEPT: RefCell<Vec<Duration>> = const { RefCell::new(Vec::new()) };
}

async fn note_sleep(delay: Duration) {
    SLEPT.with_borrow_mut(|slept| slept.push(delay));
    tokio::task::yield_now().await;
}

#[tokio::test]
async fn an_async_sleeper_of_ones_own_is_awaited() {
    #[retry(strategy = ["1h", "2h"], sleep = note_sleep, on = reattempt::any_error)]
    async fn call() -> Option<()> {
        None
    }
    assert_eq!(call().await, None);
    let hour = Duration::from_secs(3_600);
    assert_eq!(SLEPT.take(), [hour, 2 * hour]);
}

/// A timer that returns the moment at which it ended, as that of `smol` does.
struct Timer;

impl Timer {
    async fn after(delay: Duration) -> Instant {
        note_sleep(delay).await;
        Instant::now()
    }
}

#[tokio::test]
async fn an_async_sleeper_may_return_anything() {
    #[retry(strategy = ["1h"], sleep = Timer::after, timeout = "2h", on = |_| false)]
    async fn call() -> Option<()> {
        pending().await
    }
    assert_eq!(call().await, None);
    // The sleeper limits the attempts, too. A little of an attempt's time has passed when it first waits.
    let hours: Vec<_> = SLEPT.take().into_iter().map(|slept| (slept.as_secs_f64() / 3_600.0).round()).collect();
    assert_eq!(hours, [2.0, 1.0, 2.0]);
}

/// Calls when it is dropped, and sends what it got.
struct CallsAtTheEnd(Sender<[Option<u32>; 3]>);

impl Drop for CallsAtTheEnd {
    fn drop(&mut self) {
        #[retry(base = "1ms", cap = "1ms", deadline = "1h", on = reattempt::any_error)]
        fn call(runs: &Cell<u32>) -> Option<u32> {
            third(runs)
        }
        #[retry(strategy = "immediate", jitter = "1us", sleep = |_| ready(()), on = reattempt::any_error)]
        async fn call_async(runs: &Cell<u32>) -> Option<u32> {
            third(runs)
        }
        fn third(runs: &Cell<u32>) -> Option<u32> {
            runs.set(runs.get() + 1);
            (runs.get() == 3).then_some(3)
        }
        let runs = Cell::new(0);
        let policy = policy!(strategy = "immediate");
        let by_closure = policy.retry(|| third(&runs)).on(|_| true).call();
        let results = [call(&Cell::new(0)), polls(call_async(&Cell::new(0))).1, by_closure];
        // Fakes have no effect then, and do no harm.
        testing::seed(1);
        drop(testing::pause());
        self.0.send(results).unwrap();
    }
}

#[test]
fn a_call_in_the_destructor_of_a_thread_local_works() {
    thread_local! {
        static END: RefCell<Option<CallsAtTheEnd>> = const { RefCell::new(None) };
    }
    let (sender, results) = mpsc::channel();
    let thread = thread::spawn(move || {
        END.set(Some(CallsAtTheEnd(sender)));
        // The thread-locals of the fakes are first used after that one, so they are destroyed before it.
        let paused = testing::pause();
        let limited = testing::limit_attempts(2);
        let forbidden = testing::forbid();
        drop((forbidden, limited, paused));
    });
    thread.join().unwrap();
    assert_eq!(results.recv(), Ok([Some(3); 3]));
}

/// Polls a future until it is ready, and counts the polls.
fn polls<F: Future>(future: F) -> (u32, F::Output) {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for polls in 1.. {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return (polls, output);
        }
    }
    unreachable!("the loop ends by returning")
}

#[test]
fn a_delay_of_zero_yields_once_and_needs_no_runtime() {
    #[retry(strategy = "immediate", max = 4, on = reattempt::any_error)]
    async fn call() -> Option<()> {
        None
    }
    assert_eq!(polls(call()), (4, None));
}

#[test]
fn paused_time_returns_at_once_and_needs_no_runtime() {
    #[retry(strategy = "constant", base = "1h", max = 4, on = reattempt::any_error)]
    async fn call() -> Option<()> {
        None
    }
    let paused = testing::pause();
    assert_eq!(polls(call()), (1, None));
    assert_eq!(paused.slept().len(), 3);
}

#[test]
fn outside_of_a_runtime_the_panic_names_the_site_and_the_cure() {
    #[retry(strategy = "constant", name = "inventory.fetch", on = reattempt::any_error)]
    async fn call() -> Option<()> {
        None
    }
    let panic = std::panic::catch_unwind(|| polls(call())).unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(text.contains("`inventory.fetch` (") && text.contains("no tokio runtime"), "{text}");
    assert!(text.contains("sleep = path"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn the_default_sleeper_is_the_timer_of_tokio() {
    #[retry(strategy = ["1h", "2h"], on = reattempt::any_error)]
    async fn call() -> Option<()> {
        None
    }
    let began = tokio::time::Instant::now();
    assert_eq!(call().await, None);
    assert_eq!(began.elapsed().as_secs() / 3_600, 3);
}

/// Records its drop.
#[derive(Debug)]
struct Tracked(Rc<Cell<u32>>);

impl Tracked {
    fn new(alive: &Rc<Cell<u32>>) -> Self {
        alive.set(alive.get() + 1);
        Self(Rc::clone(alive))
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

#[test]
fn a_failure_is_dropped_before_the_sleep() {
    let alive = Rc::new(Cell::new(0));
    #[retry(strategy = ["1s"], sleep = |_| assert_eq!(alive.get(), 0), on = reattempt::any_error)]
    fn sync(alive: &Rc<Cell<u32>>) -> Result<(), Tracked> {
        Err(Tracked::new(alive))
    }
    #[retry(strategy = ["1s"], sleep = async |_| assert_eq!(alive.get(), 0), on = reattempt::any_error)]
    async fn awaited(alive: &Rc<Cell<u32>>) -> Result<(), Tracked> {
        Err(Tracked::new(alive))
    }
    #[retry(strategy = ["1s"], sleep = |_| assert_eq!(alive.get(), 0), on = reattempt::any_error)]
    fn with_error(alive: &Rc<Cell<u32>>) -> Result<(), RetryError<Tracked>> {
        Err(Tracked::new(alive))
    }
    #[retry(strategy = ["1s"], sleep = |_| assert_eq!(alive.get(), 1), history = 2, on = reattempt::any_error)]
    fn with_history(alive: &Rc<Cell<u32>>) -> Result<(), RetryError<Tracked>> {
        Err(Tracked::new(alive))
    }
    assert!(sync(&alive).is_err());
    assert!(polls(awaited(&alive)).1.is_err());
    assert!(with_error(&alive).is_err());
    assert!(with_history(&alive).is_err());
    assert_eq!(alive.get(), 0);
}

#[test]
fn dropping_the_future_in_the_middle_of_a_sleep_drops_everything() {
    let alive = Rc::new(Cell::new(0));
    #[retry(strategy = ["1s"], sleep = |_| pending::<()>(), on = reattempt::any_error)]
    async fn call(_argument: Tracked, alive: &Rc<Cell<u32>>) -> Result<(), Tracked> {
        let _local = Tracked::new(alive);
        Err(Tracked::new(alive))
    }
    {
        let mut future = pin!(call(Tracked::new(&alive), &alive));
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        // The argument alone waits with the call.
        assert_eq!(alive.get(), 1);
    }
    assert_eq!(alive.get(), 0);
}

#[test]
fn a_panic_in_the_body_passes_through() {
    let runs = Cell::new(0);
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(runs: &Cell<u32>) -> Option<()> {
        runs.set(runs.get() + 1);
        panic!("attempt {}", runs.get())
    }
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| call(&runs))).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>().map(String::as_str), Some("attempt 1"));
    assert_eq!(runs.get(), 1);
}

#[tokio::test(start_paused = true)]
async fn concurrent_calls_count_by_themselves() {
    #[retry(strategy = "constant", base = "10ms", max = 50, on = reattempt::any_error)]
    async fn call(wanted: u32, runs: &Cell<u32>) -> Option<u32> {
        runs.set(runs.get() + 1);
        (runs.get() == wanted).then_some(wanted)
    }
    let runs: [Cell<u32>; 3] = Default::default();
    let [one, two, three] = &runs;
    let done = tokio::join!(call(5, one), call(50, two), call(51, three));
    assert_eq!(done, (Some(5), Some(50), None));
    assert_eq!(runs.map(Cell::into_inner), [5, 50, 50]);
}
