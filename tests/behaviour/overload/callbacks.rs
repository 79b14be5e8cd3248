//! Panics of the user's code beside the attempt: breaker and budget know what they would know without them, and no token of a retry that never
//! began is lost.
//!
//! Each place is tried in a sync function, an async one, and in closures of both kinds. `docs/design.md` has the table.

use reattempt::breaker::State;
use reattempt::event::{self, Event};
use reattempt::{Backoff, Budget, CircuitBreaker, NoneError, Policy, policy, retry, testing};
use std::cell::Cell;
use std::fmt::{self, Display};
use std::future::ready;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const POLICY: Policy = policy!(strategy = "constant", base = "2s", max = 3);

/// A place where code of the user runs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Nowhere,
    Classifier,
    ValueClassifier,
    Strategy,
    Notify,
    Sleeper,
    Recover,
    /// A listener of the breaker, at the transition to a state.
    Listener(State),
    /// An observer, at such a transition.
    Transition(State),
    /// An observer, at another event.
    AttemptFailed,
    GaveUp,
    Recovered,
}

thread_local! {
    static BOMB: Cell<Place> = const { Cell::new(Place::Nowhere) };
}

fn pass(place: Place) {
    assert!(BOMB.get() != place, "bomb");
}

/// Adds an observer that panics on the threads and at the events that a test chooses.
fn observe() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        event::observe(|event: &Event<'_>| match event {
            Event::BreakerTransition { transition, .. } => pass(Place::Transition(transition.to)),
            Event::AttemptFailed { .. } => pass(Place::AttemptFailed),
            Event::GaveUp { .. } => pass(Place::GaveUp),
            Event::Recovered { .. } => pass(Place::Recovered),
            _ => {}
        });
    });
}

/// What an attempt returns.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Answer {
    Busy,
    NotReady,
    Ready,
}

#[derive(Clone, Copy, Debug)]
struct TwoSeconds;

impl Backoff for TwoSeconds {
    fn delay(&self, _retry: u32, _previous: Duration, _unit: f64) -> Duration {
        pass(Place::Strategy);
        2 * SECOND
    }
}

/// The guards of a call, and the answers of its attempts. The last one is repeated.
struct World {
    breaker: CircuitBreaker,
    budget: Budget,
    answers: &'static [Answer],
    runs: Cell<usize>,
}

impl World {
    /// Makes a breaker that trips at a number of failures in a row and cools down for a second, and a budget with 50 tokens.
    fn new(failures: u32, answers: &'static [Answer]) -> Self {
        let breaker = CircuitBreaker::consecutive(failures).cool_down(SECOND);
        breaker.listen(|transition| pass(Place::Listener(transition.to)));
        let budget = Budget::builder().initial(50).ratio(1.0).reserve(0.0).build().unwrap();
        Self { breaker, budget, answers, runs: Cell::new(0) }
    }

    fn answer(&self) -> Option<Answer> {
        let run = self.runs.get();
        self.runs.set(run + 1);
        let answer = *self.answers.get(run).or(self.answers.last()).unwrap();
        (answer != Answer::Busy).then_some(answer)
    }
}

fn is_busy(_: &NoneError) -> bool {
    pass(Place::Classifier);
    true
}

fn is_not_ready(answer: &Answer) -> bool {
    pass(Place::ValueClassifier);
    *answer == Answer::NotReady
}

fn recover<E>(_: E) -> Option<Answer> {
    pass(Place::Recover);
    None
}

#[retry(strategy = TwoSeconds, max = 3, on = is_busy, on_value = is_not_ready, notify = |_| pass(Place::Notify),
    recover = recover, breaker = world.breaker, budget = world.budget)]
fn call(world: &World) -> Option<Answer> {
    world.answer()
}

#[retry(strategy = TwoSeconds, max = 3, on = is_busy, on_value = is_not_ready, notify = |_| pass(Place::Notify),
    recover = recover, breaker = world.breaker, budget = world.budget)]
async fn call_async(world: &World) -> Option<Answer> {
    world.answer()
}

fn call_closure(world: &World) -> Option<Answer> {
    POLICY
        .retry(|| world.answer())
        .on(is_busy)
        .on_value(is_not_ready)
        .strategy(TwoSeconds)
        .notify(|_| pass(Place::Notify))
        .recover(recover)
        .breaker(&world.breaker)
        .budget(&world.budget)
        .call()
}

async fn call_async_closure(world: &World) -> Option<Answer> {
    POLICY
        .retry_async(|| ready(world.answer()))
        .on(is_busy)
        .on_value(is_not_ready)
        .strategy(TwoSeconds)
        .notify(|_| pass(Place::Notify))
        .recover(recover)
        .breaker(&world.breaker)
        .budget(&world.budget)
        .await
}

fn ready_at_once<F: Future>(future: F) -> F::Output {
    futures_util::FutureExt::now_or_never(future).expect("time is paused")
}

type Call = fn(&World) -> Option<Answer>;

const CALLS: [(&str, Call); 4] = [
    ("sync", call),
    ("async", |world| ready_at_once(call_async(world))),
    ("closure", call_closure),
    ("async closure", |world| ready_at_once(call_async_closure(world))),
];

/// Makes each kind of call once with a bomb, and checks that it goes off. `prepare` is called before, and `check` after it.
#[track_caller]
fn explode(
    place: Place,
    failures: u32,
    answers: &'static [Answer],
    prepare: impl Fn(&World, &testing::Paused),
    check: impl Fn(&str, &World),
) {
    observe();
    for (kind, call) in CALLS {
        let paused = testing::pause();
        let world = World::new(failures, answers);
        prepare(&world, &paused);
        BOMB.set(place);
        let ended = catch_unwind(AssertUnwindSafe(|| call(&world)));
        BOMB.set(Place::Nowhere);
        let panic = ended.expect_err("a bomb");
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"bomb"), "{kind}");
        check(&format!("{kind}: {place:?}"), &world);
    }
}

/// Runs a call whose first attempt meets the bomb, and checks the failures in a row that the breaker has counted then, and the balance.
#[track_caller]
fn check(place: Place, answers: &'static [Answer], failures: u32, balance: u32) {
    explode(
        place,
        9,
        answers,
        |_, _| {},
        |call, world| {
            let snapshot = world.breaker.snapshot();
            assert_eq!((snapshot.state, snapshot.failures_in_a_row), (State::Closed, failures), "{call}");
            assert_eq!(world.budget.balance(), balance, "{call}");
        },
    );
}

const BUSY: &[Answer] = &[Answer::Busy];
const BUSY_ONCE: &[Answer] = &[Answer::Busy, Answer::Ready];

#[test]
fn a_classifier_that_panics_reports_nothing() {
    check(Place::Classifier, BUSY, 0, 50);
    check(Place::ValueClassifier, &[Answer::NotReady], 0, 50);
}

#[test]
fn where_no_retry_is_decided_on_none_is_paid_for() {
    check(Place::Strategy, BUSY, 1, 50);
}

#[test]
fn a_retry_that_notify_or_an_observer_prevents_gets_its_token_back() {
    check(Place::Notify, BUSY, 1, 50);
    check(Place::AttemptFailed, BUSY, 1, 50);
    check(Place::Notify, &[Answer::NotReady], 0, 50);
}

#[test]
fn the_end_of_a_call_is_reported_before_it_is_told() {
    // Two retries were paid for.
    check(Place::GaveUp, BUSY, 3, 48);
    check(Place::Recover, BUSY, 3, 48);
    // One was paid for, and the success filled the place of its token.
    check(Place::Recovered, BUSY_ONCE, 0, 50);
}

#[test]
fn a_trip_stands_whoever_panics_at_it() {
    for place in [Place::Listener(State::Open), Place::Transition(State::Open)] {
        explode(
            place,
            1,
            BUSY,
            |_, _| {},
            |call, world| {
                assert_eq!(world.breaker.state(), State::Open, "{call}");
                assert_eq!(world.budget.balance(), 50, "{call}");
                assert_eq!(world.runs.get(), 1, "{call}");
            },
        );
    }
}

/// Trips the breaker, and lets it cool down.
fn cooled(world: &World, paused: &testing::Paused) {
    world.breaker.acquire().unwrap().failure();
    paused.advance(2 * SECOND);
}

#[test]
fn a_probe_that_is_prevented_frees_its_place() {
    for place in [Place::Listener(State::HalfOpen), Place::Transition(State::HalfOpen)] {
        explode(place, 1, &[Answer::Ready], cooled, |call, world| {
            let snapshot = world.breaker.snapshot();
            assert_eq!((snapshot.state, snapshot.probes_running), (State::HalfOpen, 0), "{call}");
            assert_eq!((world.runs.get(), world.budget.balance()), (0, 50), "{call}");
            // The next call is the probe, and closes the breaker.
            for (_, next) in CALLS {
                assert_eq!(next(world), Some(Answer::Ready), "{call}");
            }
            assert_eq!(world.breaker.state(), State::Closed, "{call}");
        });
    }
}

#[test]
fn a_retry_that_is_prevented_as_a_probe_gets_its_token_back() {
    for place in [Place::Listener(State::HalfOpen), Place::Transition(State::HalfOpen)] {
        // The first attempt trips the breaker, which cools down during the delay.
        explode(
            place,
            1,
            BUSY,
            |_, _| {},
            |call, world| {
                let snapshot = world.breaker.snapshot();
                assert_eq!((snapshot.state, snapshot.probes_running), (State::HalfOpen, 0), "{call}");
                assert_eq!((world.runs.get(), world.budget.balance()), (1, 50), "{call}");
            },
        );
    }
}

#[test]
fn a_success_closes_the_breaker_and_fills_the_budget_whoever_panics_at_it() {
    for place in [Place::Listener(State::Closed), Place::Transition(State::Closed)] {
        explode(place, 1, &[Answer::Ready], cooled, |call, world| {
            assert_eq!(world.breaker.state(), State::Closed, "{call}");
            assert_eq!(world.budget.balance(), 51, "{call}");
        });
    }
}

#[test]
fn what_is_switched_by_hand_stays_switched() {
    observe();
    for place in [Place::Listener, Place::Transition] {
        let world = World::new(1, BUSY);
        for (switch, state) in
            [(CircuitBreaker::isolate as fn(&CircuitBreaker), State::Isolated), (CircuitBreaker::reset, State::Closed)]
        {
            BOMB.set(place(state));
            let ended = catch_unwind(AssertUnwindSafe(|| switch(&world.breaker)));
            BOMB.set(Place::Nowhere);
            assert!(ended.is_err());
            assert_eq!(world.breaker.state(), state);
        }
    }
}

#[test]
fn a_sleeper_that_panics_ends_the_call_as_a_cancelled_sleep_does() {
    fn bomb<T>(_: Duration) -> T {
        pass(Place::Sleeper);
        unreachable!("the bomb goes off")
    }
    #[retry(strategy = TwoSeconds, on = is_busy, sleep = bomb::<()>, breaker = world.breaker, budget = world.budget, recover = recover)]
    fn call(world: &World) -> Option<Answer> {
        world.answer()
    }
    #[retry(strategy = TwoSeconds, on = is_busy, sleep = bomb::<std::future::Ready<()>>, breaker = world.breaker,
        budget = world.budget, recover = recover)]
    async fn call_async(world: &World) -> Option<Answer> {
        world.answer()
    }
    let calls: [fn(&World) -> Option<Answer>; 2] = [call, |world| ready_at_once(call_async(world))];
    for call in calls {
        let world = World::new(9, BUSY);
        BOMB.set(Place::Sleeper);
        let ended = catch_unwind(AssertUnwindSafe(|| call(&world)));
        BOMB.set(Place::Nowhere);
        assert!(ended.is_err());
        assert_eq!((world.breaker.snapshot().failures_in_a_row, world.budget.balance()), (1, 49));
    }
}

#[cfg(debug_assertions)]
#[tokio::test]
async fn an_observer_that_panics_before_a_blocking_sleep_does_not_prevent_the_retry() {
    thread_local! {
        static TOLD: Cell<u32> = const { Cell::new(0) };
    }
    event::observe(|event: &Event<'_>| {
        if let Event::BlocksRuntime { site, .. } = event {
            if site.name() == "callbacks.blocks" {
                TOLD.set(TOLD.get() + 1);
                panic!("bomb");
            }
        }
    });
    #[retry(strategy = ["1ms"], name = "callbacks.blocks", on = is_busy, on_value = is_not_ready, budget = world.budget)]
    fn call(world: &World) -> Option<Answer> {
        world.answer()
    }
    let world = World::new(9, BUSY_ONCE);
    assert_eq!(call(&world), Some(Answer::Ready));
    assert_eq!((TOLD.get(), world.budget.balance()), (1, 50));
}

/// A failure whose text panics.
#[derive(Clone, Copy)]
struct Unspeakable;

impl Display for Unspeakable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("bomb")
    }
}

#[test]
fn a_failure_whose_text_panics_is_reported_and_its_retry_gets_its_token_back() {
    thread_local! {
        static SHOWN: Cell<bool> = const { Cell::new(false) };
    }
    event::observe(|event: &Event<'_>| {
        if let (Event::AttemptFailed { failure, .. }, true) = (event, SHOWN.get()) {
            drop(failure.to_string());
        }
    });
    #[retry(strategy = "immediate", on = |_| true, breaker = world.breaker, budget = world.budget, recover = |_| Ok(()))]
    fn call(world: &World) -> Result<(), Unspeakable> {
        world.answer().map(drop).ok_or(Unspeakable)
    }
    let world = World::new(9, BUSY);
    SHOWN.set(true);
    let ended = catch_unwind(AssertUnwindSafe(|| call(&world)));
    SHOWN.set(false);
    assert!(ended.is_err());
    assert_eq!((world.breaker.snapshot().failures_in_a_row, world.budget.balance()), (1, 50));
}
