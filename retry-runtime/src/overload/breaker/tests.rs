use super::*;
use crate::policy::Policy;
use reattempt_policy::Strategy;
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Barrier, Mutex};

mod settings;
#[cfg(feature = "test-util")]
mod time;

const SECOND: Duration = Duration::from_secs(1);

/// Runs an attempt if it is admitted. Returns `true` if it was.
fn attempt<'a>(breaker: &'a CircuitBreaker, report: impl FnOnce(Permit<'a>)) -> bool {
    breaker.acquire().map(report).is_ok()
}

fn fail(breaker: &CircuitBreaker, times: u32) {
    for _ in 0..times {
        assert!(attempt(breaker, Permit::failure));
    }
}

fn succeed(breaker: &CircuitBreaker, times: u32) {
    for _ in 0..times {
        assert!(attempt(breaker, Permit::success));
    }
}

mod failures_in_a_row {
    use super::*;

    #[test]
    fn the_last_of_them_trips_and_none_before() {
        for threshold in [1, 2, 5, 1_024] {
            let breaker = CircuitBreaker::consecutive(threshold);
            fail(&breaker, threshold - 1);
            assert_eq!(breaker.state(), State::Closed);
            assert_eq!(breaker.snapshot().failures_in_a_row, threshold - 1);
            fail(&breaker, 1);
            assert_eq!(breaker.state(), State::Open);
            let refusal = breaker.acquire().expect_err("it is open");
            assert_eq!(refusal.cause(), Cause::Consecutive(threshold));
        }
    }

    #[test]
    fn a_success_begins_a_new_row() {
        let breaker = CircuitBreaker::consecutive(3);
        for _ in 0..10 {
            fail(&breaker, 2);
            succeed(&breaker, 1);
        }
        assert_eq!(breaker.state(), State::Closed);
        fail(&breaker, 3);
        assert_eq!(breaker.state(), State::Open);
    }

    #[test]
    fn what_is_neutral_neither_counts_nor_begins_a_new_row() {
        let breaker = CircuitBreaker::consecutive(3);
        fail(&breaker, 2);
        assert!(attempt(&breaker, Permit::neutral));
        assert!(attempt(&breaker, drop));
        assert_eq!(breaker.snapshot().failures_in_a_row, 2);
        fail(&breaker, 1);
        assert_eq!(breaker.state(), State::Open);
    }

    #[test]
    fn a_success_of_an_attempt_from_before_the_failures_begins_a_new_row_too() {
        let breaker = CircuitBreaker::consecutive(3);
        let early = breaker.acquire().expect("closed");
        fail(&breaker, 2);
        early.success();
        assert_eq!(breaker.snapshot().failures_in_a_row, 0);
    }

    #[test]
    fn a_success_without_failures_before_it_writes_nothing() {
        let breaker = CircuitBreaker::consecutive(3);
        let before = breaker.word.load(Ordering::Relaxed);
        succeed(&breaker, 100);
        assert_eq!(breaker.word.load(Ordering::Relaxed), before);
        assert_eq!(breaker.snapshot().outcomes, 0, "there is no window");
    }

    #[test]
    fn a_permit_that_a_panic_drops_is_neutral() {
        let breaker = CircuitBreaker::consecutive(1);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _permit = breaker.acquire().expect("closed");
            panic!("it may be the panic of anything");
        }));
        assert!(caught.is_err());
        assert_eq!(breaker.state(), State::Closed);
        assert_eq!(breaker.snapshot().failures_in_a_row, 0);
    }
}

mod rates {
    use super::*;

    #[test]
    fn nothing_is_judged_below_the_minimum() {
        let breaker = CircuitBreaker::rate(0.5).over(20).minimum(10);
        fail(&breaker, 9);
        assert_eq!(breaker.state(), State::Closed);
        fail(&breaker, 1);
        assert_eq!(breaker.state(), State::Open);
        assert_eq!(breaker.acquire().expect_err("open").cause(), Cause::Rate(0.5));
    }

    #[test]
    fn a_rate_that_is_just_reached_trips_and_one_just_below_does_not() {
        // 0.07 * 100 is more than 7 in binary fractions.
        for (rate, failures) in [(0.07, 7), (0.29, 29), (0.57, 57), (0.3, 30), (1.0, 100), (0.01, 1)] {
            let breaker = CircuitBreaker::rate(rate).over(100).minimum(100);
            succeed(&breaker, 100 - failures);
            fail(&breaker, failures - 1);
            assert_eq!(breaker.state(), State::Closed, "{rate}");
            fail(&breaker, 1);
            assert_eq!(breaker.state(), State::Open, "{rate}");
        }
    }

    #[test]
    fn failures_leave_the_window_with_the_outcomes_after_them() {
        let breaker = CircuitBreaker::rate(0.5).over(10).minimum(10);
        fail(&breaker, 4);
        succeed(&breaker, 10);
        assert_eq!(breaker.snapshot().failures, 0);
        fail(&breaker, 4);
        assert_eq!(breaker.state(), State::Closed);
        fail(&breaker, 1);
        assert_eq!(breaker.state(), State::Open);
    }

    #[test]
    fn failures_in_a_row_alone_do_not_trip_it() {
        let breaker = CircuitBreaker::rate(0.5).over(1_000).minimum(1_000);
        fail(&breaker, 999);
        assert_eq!(breaker.state(), State::Closed);
    }

    #[test]
    fn what_is_neutral_is_not_in_the_window() {
        let breaker = CircuitBreaker::rate(0.5).over(10);
        for _ in 0..50 {
            assert!(attempt(&breaker, Permit::neutral));
            assert!(attempt(&breaker, drop));
        }
        assert_eq!(breaker.snapshot().outcomes, 0);
    }

    #[test]
    fn a_small_window_needs_no_more_than_it_holds() {
        let breaker = CircuitBreaker::rate(1.0).over(3);
        fail(&breaker, 3);
        assert_eq!(breaker.state(), State::Open);
    }

    #[test]
    fn the_default_window_is_a_hundred_outcomes_with_twenty_at_least() {
        let breaker = CircuitBreaker::rate(1.0);
        fail(&breaker, 19);
        assert_eq!(breaker.state(), State::Closed);
        succeed(&breaker, 200);
        assert_eq!(breaker.snapshot().outcomes, 100);
    }

    #[test]
    fn a_reset_forgets_the_window() {
        let breaker = CircuitBreaker::rate(0.5).over(10).minimum(10);
        fail(&breaker, 9);
        breaker.reset();
        assert_eq!(breaker.snapshot().outcomes, 0);
        fail(&breaker, 9);
        assert_eq!(breaker.state(), State::Closed);
    }
}

mod by_hand {
    use super::*;

    #[test]
    fn isolation_refuses_all_and_a_reset_ends_it() {
        let breaker = CircuitBreaker::consecutive(3);
        let out = breaker.acquire().expect("closed");
        breaker.isolate();
        breaker.isolate();
        assert_eq!(breaker.state(), State::Isolated);
        out.success();
        let refusal = breaker.acquire().expect_err("isolated");
        assert_eq!((refusal.cause(), refusal.probe_in()), (Cause::Isolated, None));
        assert!(breaker.admits_after(Duration::MAX).is_err());
        breaker.reset();
        succeed(&breaker, 1);
    }

    #[test]
    fn outcomes_from_before_a_reset_are_dropped() {
        let breaker = CircuitBreaker::consecutive(1);
        let early = breaker.acquire().expect("closed");
        breaker.reset();
        early.failure();
        assert_eq!(breaker.state(), State::Closed);
    }

    #[test]
    fn a_refusal_says_what_opened_it_and_for_how_long() {
        let breaker = CircuitBreaker::consecutive(2);
        breaker.isolate();
        let text = breaker.acquire().expect_err("isolated").to_string();
        assert_eq!(text, "the circuit breaker was opened by isolation until it is reset");
        let open = BreakerOpen::new(Cause::Consecutive(5), Some(Duration::from_millis(2_500)));
        assert_eq!(open.to_string(), "the circuit breaker was opened by 5 failures in a row; a probe may run in 2.5s");
        let full = BreakerOpen::new(Cause::SlowRate(0.5), Some(Duration::ZERO));
        assert_eq!(
            full.to_string(),
            "the circuit breaker was opened by a rate of slow attempts of at least 0.5; all its probes are running"
        );
    }

    #[test]
    fn a_sibling_has_the_settings_and_nothing_else() {
        let breaker = CircuitBreaker::consecutive(1);
        fail(&breaker, 1);
        let sibling = breaker.sibling();
        assert_eq!(sibling.state(), State::Closed);
        fail(&sibling, 1);
        assert_eq!(sibling.state(), State::Open);
    }
}

mod listeners {
    use super::*;

    fn recorded(breaker: &CircuitBreaker) -> Arc<Mutex<Vec<Transition>>> {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let writer = Arc::clone(&heard);
        breaker.listen(move |transition| writer.lock().expect("nobody panicked").push(*transition));
        heard
    }

    #[test]
    fn each_transition_is_told_once_to_each() {
        let breaker = CircuitBreaker::consecutive(1).cool_down(SECOND);
        let (one, two) = (recorded(&breaker), recorded(&breaker));
        fail(&breaker, 1);
        breaker.isolate();
        breaker.isolate();
        breaker.reset();
        breaker.reset();
        succeed(&breaker, 1);
        let heard = one.lock().unwrap();
        let told: Vec<_> = heard.iter().map(|told| (told.from, told.to, told.cause, told.cool_down)).collect();
        assert_eq!(
            told,
            [
                (State::Closed, State::Open, Some(Cause::Consecutive(1)), Some(SECOND)),
                (State::Open, State::Isolated, Some(Cause::Isolated), None),
                (State::Isolated, State::Closed, None, None),
            ]
        );
        assert_eq!(*heard, *two.lock().unwrap());
    }

    #[test]
    fn a_listener_may_use_the_breaker() {
        let breaker = Arc::new(CircuitBreaker::consecutive(1));
        let inside = Arc::downgrade(&breaker);
        breaker.listen(move |transition| {
            if transition.to == State::Open {
                let breaker = inside.upgrade().expect("it lives");
                assert_eq!(breaker.state(), State::Open);
                breaker.reset();
            }
        });
        fail(&breaker, 1);
        assert_eq!(breaker.state(), State::Closed);
    }

    #[test]
    fn a_listener_that_panics_passes_through_after_the_transition() {
        let breaker = CircuitBreaker::consecutive(1);
        breaker.listen(|_| panic!("the listener panics"));
        let caught = catch_unwind(AssertUnwindSafe(|| fail(&breaker, 1)));
        assert!(caught.is_err());
        assert_eq!(breaker.state(), State::Open);
    }

    /// Reports a failure when it is dropped, as the engine does for an attempt that panics.
    struct Watched<'a>(Option<Permit<'a>>);

    impl Drop for Watched<'_> {
        fn drop(&mut self) {
            if let Some(permit) = self.0.take() {
                permit.failure();
            }
        }
    }

    #[test]
    fn a_listener_that_panics_does_not_hide_the_panic_of_a_body() {
        let breaker = CircuitBreaker::consecutive(1);
        breaker.listen(|_| panic!("the listener panics"));
        let heard = recorded(&breaker);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _permit = Watched(breaker.acquire().ok());
            panic!("the body panics");
        }));
        let payload = caught.expect_err("it panics");
        assert_eq!(payload.downcast_ref::<&str>(), Some(&"the body panics"));
        assert_eq!(heard.lock().unwrap().len(), 1, "the next one is told all the same");
    }
}

mod threads {
    use super::*;

    #[test]
    fn a_hundred_threads_run_at_the_same_time_while_it_is_closed() {
        for breaker in [
            CircuitBreaker::consecutive(5),
            CircuitBreaker::rate(0.5),
            CircuitBreaker::rate(0.5).within(SECOND).slow(0.5, Duration::from_secs(3_600)),
        ] {
            let all_inside = Barrier::new(100);
            thread::scope(|scope| {
                for _ in 0..100 {
                    scope.spawn(|| {
                        let permit = breaker.acquire().expect("closed");
                        // This returns only when all threads hold a permit.
                        all_inside.wait();
                        permit.success();
                    });
                }
            });
            assert_eq!(breaker.state(), State::Closed);
        }
    }

    #[test]
    fn a_hundred_failures_at_once_trip_once() {
        let breaker = CircuitBreaker::consecutive(10);
        let trips = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&trips);
        breaker.listen(move |transition| {
            counter.fetch_add(u32::from(transition.to == State::Open), Ordering::Relaxed);
        });
        let all_inside = Barrier::new(100);
        thread::scope(|scope| {
            for _ in 0..100 {
                scope.spawn(|| {
                    let permit = breaker.acquire().expect("closed");
                    all_inside.wait();
                    permit.failure();
                });
            }
        });
        assert_eq!(trips.load(Ordering::Relaxed), 1);
        assert_eq!(breaker.snapshot().trips, 1);
    }

    #[test]
    fn permits_and_breakers_go_from_thread_to_thread() {
        fn check<T: Send + Sync>() {}
        check::<Permit<'_>>();
        check::<CircuitBreaker>();
        let breaker = CircuitBreaker::consecutive(1);
        let permit = breaker.acquire().expect("closed");
        thread::scope(|scope| {
            scope.spawn(|| permit.failure());
        });
        assert_eq!(breaker.state(), State::Open);
        assert!(!AtomicBool::new(breaker.acquire().is_ok()).into_inner());
    }
}
