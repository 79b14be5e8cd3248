//! Every interleaving of a breaker's callers.

use super::window::Slice;
use super::{CircuitBreaker, Permit};
use crate::observe::transition::State;
use crate::time::testing;
use loom::sync::Arc;
use loom::thread;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Makes a breaker that has cooled down. Loom runs its threads on this thread, so they share the fake clock.
fn cooled(time: &testing::Paused, breaker: CircuitBreaker) -> Arc<CircuitBreaker> {
    breaker.acquire().map(Permit::failure).unwrap();
    assert_eq!(breaker.state(), State::Open);
    time.advance(SECOND);
    shared(breaker)
}

/// Loads each word, which makes it. Loom requires that this happens before other threads use it.
fn touched(breaker: CircuitBreaker) -> CircuitBreaker {
    breaker.word.load(Ordering::Relaxed);
    breaker.growth.load(Ordering::Relaxed);
    breaker.refused_calls.of(0);
    breaker.window.by_time(0, Slice::at(0, 1));
    breaker
}

fn shared(breaker: CircuitBreaker) -> Arc<CircuitBreaker> {
    Arc::new(touched(breaker))
}

fn cool() -> CircuitBreaker {
    CircuitBreaker::consecutive(1).cool_down(SECOND)
}

/// Counts, outside of the model, how often the breaker entered a state.
fn times(breaker: &CircuitBreaker, state: State) -> std::sync::Arc<AtomicU32> {
    let count = std::sync::Arc::new(AtomicU32::new(0));
    let counter = std::sync::Arc::clone(&count);
    breaker.listen(move |told| {
        counter.fetch_add(u32::from(told.to == state), Ordering::Relaxed);
    });
    count
}

#[test]
fn one_trip_per_generation_two_failures_at_the_threshold() {
    loom::model(|| {
        let _time = testing::pause();
        let breaker = shared(CircuitBreaker::consecutive(2).cool_down(SECOND));
        let trips = times(&breaker, State::Open);
        breaker.acquire().map(Permit::failure).unwrap();
        let other = Arc::clone(&breaker);
        // The late thread is refused.
        let there = thread::spawn(move || other.acquire().map(Permit::failure).is_ok());
        let here = breaker.acquire().map(Permit::failure).is_ok();
        assert!(there.join().unwrap() || here);
        assert_eq!(breaker.state(), State::Open);
        assert_eq!(trips.load(Ordering::Relaxed), 1);
        assert_eq!(breaker.snapshot().trips, 1);
    });
}

#[test]
fn one_trip_per_generation_two_failures_that_fill_a_window() {
    loom::model(|| {
        let _time = testing::pause();
        let breaker = shared(CircuitBreaker::rate(1.0).over(2).cool_down(SECOND));
        let trips = times(&breaker, State::Open);
        let other = Arc::clone(&breaker);
        let there = thread::spawn(move || other.acquire().map(Permit::failure).is_ok());
        let here = breaker.acquire().map(Permit::failure).is_ok();
        assert!(there.join().unwrap() && here);
        assert_eq!(trips.load(Ordering::Relaxed), 1);
        assert_eq!(breaker.state(), State::Open);
    });
}

#[test]
fn no_lost_outcome_a_success_and_a_failure_fill_a_window() {
    loom::model(|| {
        let _time = testing::pause();
        let breaker = shared(CircuitBreaker::rate(1.0).over(3));
        breaker.acquire().map(Permit::failure).unwrap();
        let other = Arc::clone(&breaker);
        let there = thread::spawn(move || other.acquire().map(Permit::failure).is_ok());
        assert!(breaker.acquire().map(Permit::success).is_ok() && there.join().unwrap());
        let snapshot = breaker.snapshot();
        assert_eq!((snapshot.outcomes, snapshot.failures), (3, 2));
    });
}

#[test]
fn no_lost_wake_a_probe_gets_in_when_the_cool_down_is_over() {
    loom::model(|| {
        let time = testing::pause();
        let breaker = cooled(&time, cool());
        let other = Arc::clone(&breaker);
        let there = thread::spawn(move || {
            let permit = other.acquire();
            let is_probe = permit.is_ok();
            std::mem::forget(permit);
            is_probe
        });
        let permit = breaker.acquire();
        let here = permit.is_ok();
        std::mem::forget(permit);
        assert!(there.join().unwrap() ^ here, "one gets in, and one alone");
        assert_eq!(breaker.snapshot().probes_running, 1);
    });
}

#[test]
fn at_most_as_many_probes_out_as_there_are_places() {
    loom::model(|| {
        let time = testing::pause();
        let breaker = cooled(&time, cool().probes(2));
        let threads = [(); 3].map(|()| {
            let breaker = Arc::clone(&breaker);
            thread::spawn(move || {
                let permit = breaker.acquire();
                let is_probe = permit.is_ok();
                std::mem::forget(permit);
                is_probe
            })
        });
        let probes: u32 = threads.map(|thread| u32::from(thread.join().unwrap())).iter().sum();
        assert_eq!(probes, 2);
        assert_eq!(breaker.snapshot().probes_running, 2);
    });
}

#[test]
fn a_place_comes_back_when_its_permit_is_dropped() {
    loom::model(|| {
        let time = testing::pause();
        let breaker = cooled(&time, cool());
        let probe = breaker.acquire().unwrap();
        let other = Arc::clone(&breaker);
        let there = thread::spawn(move || other.acquire().map(drop).is_ok());
        drop(probe);
        there.join().unwrap();
        assert_eq!(breaker.snapshot().probes_running, 0);
        breaker.acquire().map(Permit::success).unwrap();
        assert_eq!(breaker.state(), State::Closed);
    });
}

#[test]
fn closes_once_when_all_probes_succeed_at_once() {
    loom::model(|| {
        let time = testing::pause();
        let breaker = cooled(&time, cool().probes(2));
        let closes = times(&breaker, State::Closed);
        let other = Arc::clone(&breaker);
        let there = thread::spawn(move || other.acquire().map(Permit::success).is_ok());
        let here = breaker.acquire().map(Permit::success).is_ok();
        assert!(there.join().unwrap() && here, "there is a place for each");
        assert_eq!(closes.load(Ordering::Relaxed), 1);
        assert_eq!(breaker.state(), State::Closed);
    });
}

#[test]
fn a_success_and_a_failure_of_two_probes_leave_it_open() {
    loom::model(|| {
        let time = testing::pause();
        let breaker = cooled(&time, cool().probes(2));
        let reports: [fn(Permit<'_>); 2] = [|permit| permit.success(), |permit| permit.failure()];
        let threads = reports.map(|report| {
            let breaker = Arc::clone(&breaker);
            thread::spawn(move || breaker.acquire().map(report).is_ok())
        });
        let [_, has_failed] = threads.map(|thread| thread.join().unwrap());
        assert!(has_failed, "there is a place for each, unless it is open again");
        assert_eq!(breaker.state(), State::Open);
        assert_eq!(breaker.snapshot().trips, 2);
    });
}

#[test]
fn an_outcome_of_before_a_trip_is_dropped_wherever_it_comes() {
    loom::model(|| {
        let time = testing::pause();
        let breaker = shared(cool());
        let other = Arc::clone(&breaker);
        let there = thread::spawn(move || {
            if let Ok(permit) = other.acquire() {
                // The breaker is closed, or this is the probe after the trip.
                thread::yield_now();
                permit.failure();
            }
        });
        breaker.acquire().map(Permit::failure).ok();
        there.join().unwrap();
        assert_eq!(breaker.state(), State::Open);
        assert_eq!(breaker.snapshot().trips, 1, "the clock stands still: no probe, and one trip");
        drop(time);
    });
}

#[test]
fn an_outcome_of_before_a_reset_is_dropped_wherever_it_comes() {
    loom::model(|| {
        let _time = testing::pause();
        // The breaker is leaked, so that an earlier permit can be sent to the other thread.
        let breaker: &CircuitBreaker = Box::leak(Box::new(touched(cool())));
        let permit = breaker.acquire().unwrap();
        let there = thread::spawn(move || permit.failure());
        breaker.reset();
        there.join().unwrap();
        assert_eq!(breaker.state(), State::Closed);
    });
}

#[test]
fn isolation_wins_over_a_trip_and_over_a_probe_at_the_same_moment() {
    loom::model(|| {
        let time = testing::pause();
        let breaker = cooled(&time, cool());
        let (one, two) = (Arc::clone(&breaker), Arc::clone(&breaker));
        let one = thread::spawn(move || one.acquire().map(Permit::success).is_ok());
        let two = thread::spawn(move || two.isolate());
        one.join().unwrap();
        two.join().unwrap();
        assert_eq!(breaker.state(), State::Isolated);
        assert!(breaker.acquire().is_err());
    });
}

#[test]
fn the_longer_of_two_openings_wins_and_none_is_lost() {
    loom::model(|| {
        let _time = testing::pause();
        let breaker = shared(CircuitBreaker::consecutive(5));
        let other = Arc::clone(&breaker);
        let there = thread::spawn(move || other.open_for(SECOND));
        breaker.open_for(SECOND * 9);
        there.join().unwrap();
        let refusal = breaker.acquire().unwrap_err();
        assert!(refusal.probe_in().unwrap() >= SECOND * 9);
    });
}

#[test]
fn an_opening_for_a_time_wins_over_a_probe_that_succeeds_at_the_same_moment() {
    loom::model(|| {
        let time = testing::pause();
        let breaker = cooled(&time, cool());
        let other = Arc::clone(&breaker);
        let there = thread::spawn(move || other.acquire().map(Permit::success).is_ok());
        breaker.open_for(SECOND);
        there.join().unwrap();
        assert_eq!(breaker.state(), State::Open);
        assert!(breaker.acquire().is_err());
    });
}

#[test]
fn an_opening_for_a_time_shortens_no_trip_and_ends_no_isolation() {
    loom::model(|| {
        let _time = testing::pause();
        let breaker = shared(CircuitBreaker::consecutive(1).cool_down(SECOND * 9));
        let (one, two) = (Arc::clone(&breaker), Arc::clone(&breaker));
        let one = thread::spawn(move || one.acquire().map(Permit::failure).is_ok());
        let two = thread::spawn(move || two.open_for(SECOND));
        one.join().unwrap();
        two.join().unwrap();
        let refusal = breaker.acquire().unwrap_err();
        // The failure counts if it came before the opening.
        let is_trip = breaker.snapshot().trips == 1;
        assert_eq!(is_trip, refusal.probe_in().unwrap() > SECOND * 2);
        let other = Arc::clone(&breaker);
        let isolated = thread::spawn(move || other.isolate());
        breaker.open_for(SECOND * 20);
        isolated.join().unwrap();
        assert_eq!(breaker.state(), State::Isolated);
    });
}
