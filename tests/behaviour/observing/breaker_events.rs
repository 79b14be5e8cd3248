//! Events of circuit breakers: each transition is reported once, with and without an observer of the breaker.

use super::events::{Told, note, told};
use reattempt::breaker::{Cause, State, Transition};
use reattempt::event::{self, Event};
use reattempt::{CircuitBreaker, any_error, retry, testing};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Returns the breaker events while a function ran.
fn moves<R>(run: impl FnOnce() -> R) -> Vec<Transition> {
    let (_, heard) = told(run);
    let moves = heard.into_iter().map(|told| match told {
        Told::Moved(transition) => transition,
        other => panic!("{other:?}"),
    });
    moves.collect()
}

/// Returns the transitions, as `from, to`.
fn states<R>(run: impl FnOnce() -> R) -> Vec<(State, State)> {
    moves(run).iter().map(|transition| (transition.from, transition.to)).collect()
}

fn fail(breaker: &CircuitBreaker) {
    breaker.acquire().unwrap().failure();
}

fn succeed(breaker: &CircuitBreaker) {
    breaker.acquire().unwrap().success();
}

#[test]
fn each_transition_is_told_once_with_its_name_and_its_cause() {
    use State::{Closed, HalfOpen, Open};
    let paused = testing::pause();
    let breaker = CircuitBreaker::consecutive(2).cool_down(5 * SECOND).probes(2).name("payments");
    assert_eq!(moves(|| fail(&breaker)), []);
    let [trip] = moves(|| fail(&breaker))[..] else { panic!("one transition") };
    assert_eq!((trip.name, trip.from, trip.to), (Some("payments"), Closed, Open));
    assert_eq!((trip.cause, trip.cool_down), (Some(Cause::Consecutive(2)), Some(5 * SECOND)));
    // A refusal moves nothing.
    assert_eq!(moves(|| breaker.acquire().is_err()), []);
    paused.advance(5 * SECOND);
    let [probing, failed] = moves(|| fail(&breaker))[..] else { panic!("two transitions") };
    assert_eq!((probing.name, probing.from, probing.to), (Some("payments"), Open, HalfOpen));
    assert_eq!((probing.cause, probing.cool_down), (Some(Cause::Consecutive(2)), None));
    assert_eq!((failed.from, failed.to, failed.cause), (HalfOpen, Open, Some(Cause::Probe)));
    paused.advance(5 * SECOND);
    // Places that are taken and given back, and the first of two successes, are no transitions.
    assert_eq!(states(|| succeed(&breaker)), [(Open, HalfOpen)]);
    assert_eq!(moves(|| drop(breaker.acquire())), []);
    let [closed] = moves(|| succeed(&breaker))[..] else { panic!("one transition") };
    assert_eq!((closed.name, closed.from, closed.to), (Some("payments"), HalfOpen, Closed));
    assert_eq!((closed.cause, closed.cool_down), (None, None));
}

#[test]
fn isolation_and_resets_are_told_where_they_change_something() {
    use State::{Closed, Isolated};
    let breaker = CircuitBreaker::rate(0.5);
    assert_eq!(states(|| breaker.reset()), []);
    assert_eq!(states(|| breaker.isolate()), [(Closed, Isolated)]);
    assert_eq!(states(|| breaker.isolate()), []);
    assert_eq!(states(|| breaker.reset()), [(Isolated, Closed)]);
    let [isolated] = moves(|| breaker.isolate())[..] else { panic!("one transition") };
    assert_eq!((isolated.name, isolated.cause), (None, Some(Cause::Isolated)));
}

#[test]
fn rates_and_slow_attempts_are_causes() {
    let paused = testing::pause();
    let rate = CircuitBreaker::rate(0.5).over(4).name("rate");
    let heard = moves(|| [succeed(&rate), succeed(&rate), fail(&rate), fail(&rate)]);
    assert_eq!(
        heard.iter().map(|told| (told.name, told.cause)).collect::<Vec<_>>(),
        [(Some("rate"), Some(Cause::Rate(0.5)))]
    );
    let slow = CircuitBreaker::consecutive(9).over(1).slow(1.0, SECOND).name("slow");
    let heard = moves(|| {
        let permit = slow.acquire().unwrap();
        paused.advance(2 * SECOND);
        permit.success();
    });
    assert_eq!(
        heard.iter().map(|told| (told.name, told.cause)).collect::<Vec<_>>(),
        [(Some("slow"), Some(Cause::SlowRate(1.0)))]
    );
}

#[test]
fn names_come_from_builders_too_and_stay_with_siblings() {
    let built = CircuitBreaker::builder().consecutive(1).name("built").build().unwrap();
    for breaker in [built.sibling().sibling(), built] {
        let names: Vec<_> = moves(|| fail(&breaker)).iter().map(|told| told.name).collect();
        assert_eq!(names, [Some("built")]);
    }
}

#[test]
fn observers_are_told_before_listeners_and_after_the_transition() {
    static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(1).name("observing.listeners");
    event::observe(|event: &Event<'_>| {
        if matches!(event, Event::BreakerTransition { transition, .. } if transition.name == Some("observing.listeners"))
        {
            assert_eq!(BREAKER.state(), State::Open);
            note(Told::Note("observer"));
        }
    });
    BREAKER.listen(|_| note(Told::Note("listener")));
    let ((), heard) = told(|| fail(&BREAKER));
    assert!(matches!(heard[..], [Told::Moved(_), Told::Note("observer"), Told::Note("listener")]), "{heard:?}");
}

#[test]
fn no_lock_is_held_while_observers_run() {
    static BREAKER: CircuitBreaker = CircuitBreaker::consecutive(1).name("observing.reset");
    // It resets the breaker in the middle of its trip.
    event::observe(|event: &Event<'_>| {
        if matches!(event, Event::BreakerTransition { transition, .. } if transition.name == Some("observing.reset")) {
            BREAKER.reset();
        }
    });
    let heard = states(|| fail(&BREAKER));
    assert_eq!(heard, [(State::Closed, State::Open), (State::Open, State::Closed)]);
    assert_eq!(BREAKER.state(), State::Closed);
}

#[test]
fn threads_that_fail_together_tell_of_one_trip() {
    const THREADS: u32 = 8;
    static TRIPS: AtomicU32 = AtomicU32::new(0);
    event::observe(|event: &Event<'_>| {
        if matches!(event, Event::BreakerTransition { transition, .. } if transition.name == Some("observing.crowd")) {
            TRIPS.fetch_add(1, Relaxed);
        }
    });
    for round in 1..=50 {
        let breaker = CircuitBreaker::consecutive(THREADS / 2).name("observing.crowd");
        let ready = Barrier::new(8);
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    let permit = breaker.acquire().unwrap();
                    ready.wait();
                    permit.failure();
                });
            }
        });
        assert_eq!(breaker.state(), State::Open);
        assert_eq!(TRIPS.load(Relaxed), round);
    }
}

#[test]
fn a_call_tells_of_its_breaker_before_its_own_end() {
    #[retry(name = "observing.trips", strategy = "immediate", max = 5, breaker = breaker, on = any_error)]
    fn call(breaker: &CircuitBreaker) -> Result<(), reattempt::RetryError<u8>> {
        Err(1)
    }
    let breaker = CircuitBreaker::consecutive(2).name("observing.trips");
    let (_, heard) = told(|| call(&breaker));
    assert!(
        matches!(heard[..], [Told::Failed { .. }, Told::Moved(_), Told::GaveUp { .. }]),
        "the trip is part of the second failure: {heard:?}"
    );
}

#[test]
fn a_panic_that_trips_a_breaker_stays_the_one_that_the_caller_sees() {
    #[retry(strategy = "immediate", breaker = breaker, on = any_error)]
    fn call(breaker: &CircuitBreaker) -> Result<(), reattempt::RetryError<u8>> {
        panic!("the body's")
    }
    event::observe(|event: &Event<'_>| {
        if matches!(event, Event::BreakerTransition { transition, .. } if transition.name == Some("observing.unwinds"))
        {
            panic!("the observer's");
        }
    });
    let breaker = CircuitBreaker::consecutive(1).name("observing.unwinds");
    let (panic, heard) = told(|| catch_unwind(AssertUnwindSafe(|| call(&breaker))).unwrap_err());
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"the body's"));
    assert!(matches!(heard[..], [Told::Moved(_)]), "{heard:?}");
    assert_eq!(breaker.state(), State::Open);
}
