//! Tests with fake time: cool-downs, probes, windows by time, slow attempts.

use super::*;
use crate::time::testing;

const MILLI: Duration = Duration::from_millis(1);

/// All ways to end a permit, except failures.
const GOOD: [fn(Permit<'_>); 3] = [|permit| permit.success(), |permit| permit.neutral(), |permit| drop(permit)];
/// The neutral ways to end a permit.
const NEUTRAL: [fn(Permit<'_>); 2] = [|permit| permit.neutral(), |permit| drop(permit)];

/// Trips a breaker.
fn open(breaker: CircuitBreaker) -> CircuitBreaker {
    fail(&breaker, 1);
    assert_eq!(breaker.state(), State::Open);
    breaker
}

fn cool(time: Duration) -> CircuitBreaker {
    CircuitBreaker::consecutive(1).cool_down(time)
}

fn refused_for(breaker: &CircuitBreaker) -> Duration {
    breaker.acquire().expect_err("refused").probe_in().expect("some time")
}

mod cool_downs {
    use super::*;

    #[test]
    fn a_probe_gets_in_when_it_is_over_and_not_before() {
        let time = testing::pause();
        let breaker = open(cool(SECOND));
        assert_eq!(refused_for(&breaker), SECOND);
        time.advance(MILLI * 999);
        assert_eq!(refused_for(&breaker), MILLI);
        time.advance(MILLI);
        assert_eq!(breaker.state(), State::Open, "nobody has asked yet");
        let probe = breaker.acquire().expect("a probe");
        assert!(probe.is_probe());
        assert_eq!(breaker.state(), State::HalfOpen);
        probe.success();
        assert_eq!(breaker.state(), State::Closed);
        assert_eq!(breaker.snapshot().cause, None);
    }

    #[test]
    fn a_failure_while_it_is_open_does_not_prolong_it() {
        let time = testing::pause();
        let breaker = cool(SECOND);
        let permits: Vec<_> = (0..5).map(|_| breaker.acquire().expect("closed")).collect();
        for permit in permits {
            permit.failure();
            time.advance(MILLI * 100);
        }
        assert_eq!(refused_for(&breaker), MILLI * 500);
        assert_eq!(breaker.snapshot().trips, 1);
    }

    #[test]
    fn the_next_attempt_is_foretold() {
        let time = testing::pause();
        let breaker = cool(SECOND).probes(1);
        assert!(breaker.admits_after(Duration::ZERO).is_ok());
        fail(&breaker, 1);
        let refusal = breaker.admits_after(MILLI * 999).expect_err("too early");
        assert_eq!((refusal.cause(), refusal.probe_in()), (Cause::Consecutive(1), Some(SECOND)));
        assert!(breaker.admits_after(SECOND).is_ok());
        assert_eq!(breaker.state(), State::Open, "asking takes no place");
        time.advance(SECOND);
        assert!(breaker.admits_after(Duration::ZERO).is_ok());
        let probe = breaker.acquire().expect("a probe");
        assert!(breaker.admits_after(Duration::ZERO).is_ok(), "its place may come free");
        drop(probe);
    }

    #[test]
    fn they_grow_by_the_strategy_up_to_its_cap_and_begin_anew_once_closed() {
        let time = testing::pause();
        let delays = Policy::builder().strategy(Strategy::Exponential).base(SECOND).cap(SECOND * 6);
        let breaker = open(CircuitBreaker::consecutive(1).cool_down_policy(delays.build().expect("a policy")));
        for seconds in [1, 2, 4, 6, 6] {
            assert_eq!(refused_for(&breaker), SECOND * seconds);
            time.advance(SECOND * seconds);
            fail(&breaker, 1);
        }
        time.advance(SECOND * 6);
        succeed(&breaker, 1);
        fail(&breaker, 1);
        assert_eq!(refused_for(&breaker), SECOND);
    }

    #[test]
    fn any_strategy_will_do_and_its_bounds_hold() {
        let time = testing::pause();
        testing::seed(3);
        for strategy in
            [Strategy::FullJitter, Strategy::EqualJitter, Strategy::DecorrelatedJitter, Strategy::DecorrelatedJitterV2]
        {
            let delays = Policy::builder().strategy(strategy).base(SECOND).cap(SECOND * 10).build().expect("a policy");
            let breaker = open(CircuitBreaker::consecutive(1).cool_down_policy(delays));
            let mut longest = Duration::ZERO;
            for _ in 0..50 {
                let wait = refused_for(&breaker);
                assert!((MILLI..=SECOND * 10).contains(&wait), "{strategy:?}: {wait:?}");
                longest = longest.max(wait);
                time.advance(wait);
                fail(&breaker, 1);
            }
            assert!(longest > SECOND * 5, "{strategy:?} grows: {longest:?}");
        }
    }

    #[test]
    fn a_decorrelated_cool_down_remembers_the_one_before() {
        let time = testing::pause();
        testing::seed(5);
        let delays = Policy::builder().strategy(Strategy::DecorrelatedJitter).base(SECOND).cap(SECOND * 1_000);
        let breaker = open(CircuitBreaker::consecutive(1).cool_down_policy(delays.build().expect("a policy")));
        let mut before = SECOND;
        let mut longest = before;
        for _ in 0..30 {
            let wait = refused_for(&breaker);
            assert!(wait <= before * 3 + MILLI, "{wait:?} after {before:?}");
            before = wait;
            longest = longest.max(wait);
            time.advance(wait);
            fail(&breaker, 1);
        }
        assert!(longest > SECOND * 10, "{longest:?}");
    }

    #[test]
    fn a_strategy_without_delays_cools_down_for_the_least_time() {
        let _time = testing::pause();
        let delays = Policy::builder().strategy(Strategy::Immediate).build().expect("a policy");
        assert_eq!(refused_for(&open(CircuitBreaker::consecutive(1).cool_down_policy(delays))), MILLI);
    }

    #[test]
    fn a_part_of_a_millisecond_is_a_whole_one() {
        let _time = testing::pause();
        for (micros, millis) in [(1_000, 1), (1_001, 2), (1_999, 2), (2_000, 2)] {
            assert_eq!(refused_for(&open(cool(Duration::from_micros(micros)))), MILLI * millis);
        }
    }

    #[test]
    fn isolation_beats_timers() {
        let time = testing::pause();
        let breaker = open(cool(SECOND));
        breaker.isolate();
        time.advance(SECOND * 1_000);
        assert_eq!(breaker.acquire().expect_err("isolated").cause(), Cause::Isolated);
        breaker.reset();
        assert_eq!(breaker.state(), State::Closed);
    }
}

mod openings_for_a_time {
    use super::*;

    /// Returns the rest of the time, without what rounding adds.
    fn rest(breaker: &CircuitBreaker) -> Duration {
        let wait = refused_for(breaker);
        Duration::from_secs(wait.saturating_sub(MILLI.saturating_mul(2)).as_secs().saturating_add(1))
    }

    #[test]
    fn it_is_open_for_that_time_and_then_half_open_with_its_probes() {
        let time = testing::pause();
        let breaker = CircuitBreaker::consecutive(5).probes(2);
        let early = breaker.acquire().expect("closed");
        breaker.open_for(SECOND * 3);
        let refusal = breaker.acquire().expect_err("open");
        assert_eq!((refusal.cause(), breaker.state()), (Cause::Told, State::Open));
        assert_eq!(breaker.snapshot().trips, 0, "it is no trip");
        early.failure();
        time.advance(MILLI * 2_999);
        assert!(breaker.acquire().is_err());
        time.advance(MILLI * 2);
        let probes = [breaker.acquire().expect("a probe"), breaker.acquire().expect("a probe")];
        assert_eq!(breaker.acquire().expect_err("full").cause(), Cause::Told);
        for probe in probes {
            probe.success();
        }
        assert_eq!((breaker.state(), breaker.snapshot().cause), (State::Closed, None));
    }

    #[test]
    fn no_attempt_begins_before_its_end_to_the_nanosecond() {
        for offset in [0, 1, 333_333, 999_999] {
            let time = testing::pause();
            time.advance(Duration::from_nanos(offset));
            let breaker = cool(SECOND);
            let short = Duration::from_nanos(1_500_001);
            breaker.open_for(short);
            time.advance(short.saturating_sub(Duration::from_nanos(1)));
            assert!(breaker.acquire().is_err(), "{offset} ns");
            time.advance(MILLI);
            assert!(breaker.acquire().is_ok(), "{offset} ns");
        }
    }

    #[test]
    fn it_never_shortens_and_may_prolong() {
        let time = testing::pause();
        let breaker = open(cool(SECOND * 5));
        breaker.open_for(SECOND);
        assert_eq!(breaker.acquire().expect_err("open").cause(), Cause::Consecutive(1));
        assert_eq!(refused_for(&breaker), SECOND * 5, "not shorter");
        breaker.open_for(SECOND * 8);
        assert_eq!((rest(&breaker), breaker.snapshot().cause), (SECOND * 8, Some(Cause::Told)));
        breaker.open_for(SECOND * 2);
        assert_eq!(rest(&breaker), SECOND * 8);
        assert_eq!(breaker.snapshot().trips, 1);
        time.advance(SECOND * 9);
        let probe = breaker.acquire().expect("a probe");
        breaker.open_for(SECOND * 2);
        probe.success();
        assert_eq!((breaker.state(), rest(&breaker)), (State::Open, SECOND * 2), "a late probe does not close it");
    }

    #[test]
    fn isolation_and_a_time_of_zero_change_nothing() {
        let _time = testing::pause();
        let breaker = cool(SECOND);
        breaker.open_for(Duration::ZERO);
        assert_eq!(breaker.state(), State::Closed);
        breaker.isolate();
        breaker.open_for(SECOND);
        assert_eq!(breaker.acquire().expect_err("isolated").probe_in(), None);
        breaker.reset();
        breaker.open_for(SECOND);
        breaker.isolate();
        assert_eq!(breaker.state(), State::Isolated);
        breaker.reset();
        assert!(attempt(&breaker, Permit::success));
    }

    #[test]
    fn the_longest_time_is_no_panic_and_a_reset_ends_it() {
        let breaker = cool(SECOND);
        breaker.open_for(Duration::MAX);
        assert!(refused_for(&breaker) > SECOND * 86_400 * 365);
        breaker.reset();
        assert!(attempt(&breaker, Permit::success));
    }

    #[test]
    fn the_next_cool_down_is_that_of_the_first_trip() {
        let time = testing::pause();
        let breaker = cool(SECOND * 4);
        breaker.open_for(SECOND);
        time.advance(SECOND * 2);
        fail(&breaker, 1);
        assert_eq!((refused_for(&breaker), breaker.snapshot().trips), (SECOND * 4, 1));
    }

    #[test]
    fn it_is_told_once_with_its_cause_and_its_time() {
        let _time = testing::pause();
        let breaker = cool(SECOND);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let writer = Arc::clone(&heard);
        breaker.listen(move |told| {
            writer.lock().expect("nobody panicked").push((told.from, told.to, told.cause, told.cool_down));
        });
        breaker.open_for(SECOND);
        breaker.open_for(SECOND * 2);
        let opened = (State::Closed, State::Open, Some(Cause::Told), Some(SECOND));
        assert_eq!(*heard.lock().expect("nobody panicked"), [opened]);
    }
}

mod probes {
    use super::*;

    /// Makes a breaker that has cooled down, with this number of places for probes.
    fn cooled(time: &testing::Paused, probes: u32) -> CircuitBreaker {
        let breaker = open(cool(SECOND).probes(probes));
        time.advance(SECOND);
        breaker
    }

    #[test]
    fn as_many_successes_as_there_are_places_close_it() {
        let time = testing::pause();
        let breaker = cooled(&time, 3);
        for passed in 0..3 {
            assert_eq!(breaker.snapshot().probes_passed, passed);
            assert!(attempt(&breaker, Permit::success));
        }
        assert_eq!(breaker.state(), State::Closed);
        assert_eq!(breaker.snapshot().trips, 0);
    }

    #[test]
    fn there_are_never_more_than_places() {
        let time = testing::pause();
        let breaker = cooled(&time, 3);
        let probes: Vec<_> = (0..3).map(|_| breaker.acquire().expect("a place")).collect();
        let refusal = breaker.acquire().expect_err("full");
        assert_eq!((refusal.cause(), refusal.probe_in()), (Cause::Consecutive(1), Some(Duration::ZERO)));
        assert_eq!(breaker.snapshot().probes_running, 3);
        let mut probes = probes.into_iter();
        probes.next().expect("three").success();
        assert!(breaker.acquire().is_err(), "a place that succeeded is taken for good");
        probes.for_each(Permit::success);
        assert_eq!(breaker.state(), State::Closed);
    }

    #[test]
    fn one_that_fails_opens_it_again_and_the_others_do_not_matter() {
        let time = testing::pause();
        let breaker = cooled(&time, 3);
        let mut probes = [(); 3].map(|()| Some(breaker.acquire().expect("a place")));
        probes[0].take().expect("there").failure();
        assert_eq!(breaker.state(), State::Open);
        time.advance(MILLI * 400);
        probes[1].take().expect("there").failure();
        probes[2].take().expect("there").success();
        let refusal = breaker.acquire().expect_err("open");
        assert_eq!((refusal.cause(), refusal.probe_in()), (Cause::Probe, Some(MILLI * 600)));
        assert_eq!(breaker.snapshot().trips, 2);
    }

    #[test]
    fn one_without_a_report_gives_its_place_back() {
        let time = testing::pause();
        let breaker = cooled(&time, 1);
        for report in NEUTRAL {
            let probe = breaker.acquire().expect("a place");
            assert!(breaker.acquire().is_err());
            report(probe);
            assert_eq!(breaker.state(), State::HalfOpen);
        }
        succeed(&breaker, 1);
        assert_eq!(breaker.state(), State::Closed);
    }

    #[test]
    fn one_that_a_panic_drops_gives_its_place_back() {
        let time = testing::pause();
        let breaker = cooled(&time, 1);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _probe = breaker.acquire().expect("a place");
            panic!("it may be the panic of anything");
        }));
        assert!(caught.is_err());
        assert_eq!(breaker.state(), State::HalfOpen);
        succeed(&breaker, 1);
        assert_eq!(breaker.state(), State::Closed);
    }

    #[test]
    fn one_of_an_earlier_cool_down_neither_closes_nor_opens_nor_frees() {
        let time = testing::pause();
        let breaker = cooled(&time, 3);
        let mut late = [(); 3].map(|()| Some(breaker.acquire().expect("a place")));
        // The breaker is opened for another period.
        breaker.isolate();
        breaker.reset();
        fail(&breaker, 1);
        time.advance(SECOND);
        let probes = [(); 3].map(|()| breaker.acquire().expect("a place"));
        late[0].take().expect("there").success();
        late[1].take().expect("there").failure();
        drop(late[2].take());
        assert_eq!(breaker.snapshot().probes_running, 3);
        assert_eq!(breaker.snapshot().probes_passed, 0);
        drop(probes);
        assert_eq!(breaker.snapshot().probes_running, 0);
    }

    #[test]
    fn an_attempt_from_before_the_trip_is_no_probe() {
        let time = testing::pause();
        let breaker = cool(SECOND);
        let (early, earlier) = (breaker.acquire().expect("closed"), breaker.acquire().expect("closed"));
        fail(&breaker, 1);
        time.advance(SECOND);
        let probe = breaker.acquire().expect("a probe");
        early.success();
        assert_eq!(breaker.state(), State::HalfOpen);
        earlier.failure();
        assert_eq!(breaker.state(), State::HalfOpen);
        probe.success();
        assert_eq!(breaker.state(), State::Closed);
    }

    #[test]
    fn a_hundred_threads_run_just_as_many_bodies_as_there_are_places() {
        let time = testing::pause();
        for probes in [1, 3, 17] {
            let breaker = open(cool(MILLI).probes(probes));
            // The threads read the system's clock, which is not paused. It only has to be later.
            time.advance(MILLI);
            drop(breaker.acquire().expect("a probe"));
            let bodies = AtomicU32::new(0);
            let (ready, done) = (Barrier::new(100), Barrier::new(100));
            thread::scope(|scope| {
                for _ in 0..100 {
                    scope.spawn(|| {
                        ready.wait();
                        let permit = breaker.acquire();
                        bodies.fetch_add(u32::from(permit.is_ok()), Ordering::Relaxed);
                        done.wait();
                        if let Ok(permit) = permit {
                            permit.success();
                        }
                    });
                }
            });
            assert_eq!(bodies.into_inner(), probes);
            assert_eq!(breaker.state(), State::Closed);
        }
    }

    #[test]
    fn quick_successes_let_no_more_bodies_through() {
        let time = testing::pause();
        for _ in 0..20 {
            let breaker = open(cool(MILLI).probes(3));
            time.advance(MILLI);
            drop(breaker.acquire().expect("a probe"));
            let (probed, ready) = (AtomicU32::new(0), Barrier::new(16));
            thread::scope(|scope| {
                for _ in 0..16 {
                    scope.spawn(|| {
                        ready.wait();
                        if let Ok(permit) = breaker.acquire() {
                            probed.fetch_add(u32::from(permit.is_probe()), Ordering::Relaxed);
                            permit.success();
                        }
                    });
                }
            });
            assert_eq!(probed.into_inner(), 3);
        }
    }

    #[test]
    fn a_listener_that_panics_at_the_first_probe_takes_no_place_away() {
        let time = testing::pause();
        let breaker = cooled(&time, 1);
        breaker.listen(|told| assert_ne!(told.to, State::HalfOpen, "the listener panics"));
        assert!(catch_unwind(AssertUnwindSafe(|| breaker.acquire().is_ok())).is_err());
        assert_eq!((breaker.state(), breaker.snapshot().probes_running), (State::HalfOpen, 0));
        succeed(&breaker, 1);
        assert_eq!(breaker.state(), State::Closed);
    }

    #[test]
    fn transitions_are_told_with_their_causes() {
        let time = testing::pause();
        let breaker = cool(SECOND);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let writer = Arc::clone(&heard);
        breaker.listen(move |told| {
            writer.lock().expect("nobody panicked").push((told.from, told.to, told.cause, told.cool_down));
        });
        fail(&breaker, 1);
        time.advance(SECOND);
        fail(&breaker, 1);
        time.advance(SECOND);
        succeed(&breaker, 1);
        let (closed, open, half) = (State::Closed, State::Open, State::HalfOpen);
        assert_eq!(
            *heard.lock().unwrap(),
            [
                (closed, open, Some(Cause::Consecutive(1)), Some(SECOND)),
                (open, half, Some(Cause::Consecutive(1)), None),
                (half, open, Some(Cause::Probe), Some(SECOND)),
                (open, half, Some(Cause::Probe), None),
                (half, closed, None, None),
            ]
        );
    }
}

mod windows_by_time {
    use super::*;

    fn breaker() -> CircuitBreaker {
        CircuitBreaker::rate(0.5).within(Duration::from_secs(16)).minimum(10)
    }

    #[test]
    fn old_failures_age_out() {
        let time = testing::pause();
        let breaker = breaker();
        fail(&breaker, 9);
        time.advance(SECOND * 16);
        assert_eq!(breaker.snapshot().failures, 0);
        fail(&breaker, 9);
        assert_eq!(breaker.state(), State::Closed);
        time.advance(SECOND * 14);
        assert_eq!(breaker.snapshot().failures, 9);
        fail(&breaker, 1);
        assert_eq!(breaker.state(), State::Open);
        assert_eq!(breaker.acquire().expect_err("open").cause(), Cause::Rate(0.5));
    }

    #[test]
    fn what_is_old_is_old_for_ever() {
        // A slice of the shortest window has 6 ms: 2^24 of them are 28 hours.
        for bits in [20, 24, 25, 28, 32] {
            let time = testing::pause();
            let breaker = CircuitBreaker::rate(1.0).within(MILLI * 100).minimum(6);
            fail(&breaker, 5);
            time.advance(MILLI * 6 * ((1 << (bits - 1)) - 1) * 2);
            time.advance(MILLI * 12);
            fail(&breaker, 5);
            assert_eq!(breaker.state(), State::Closed, "2^{bits} slices later");
            fail(&breaker, 1);
            assert_eq!(breaker.state(), State::Open, "no failure is ignored, 2^{bits} slices later");
        }
    }

    #[test]
    fn failures_after_a_long_rest_are_not_taken_for_late_ones() {
        let time = testing::pause();
        let breaker = CircuitBreaker::rate(1.0).within(MILLI * 100).minimum(20);
        for _ in 0..16 {
            fail(&breaker, 1);
            time.advance(MILLI * 6);
        }
        time.advance(MILLI * 6 * ((1 << 24) - 100));
        fail(&breaker, 20);
        assert_eq!(breaker.state(), State::Open);
    }

    #[test]
    fn successes_hold_it_closed_and_age_out_too() {
        let time = testing::pause();
        let breaker = breaker();
        succeed(&breaker, 100);
        fail(&breaker, 30);
        assert_eq!(breaker.state(), State::Closed);
        assert_eq!(breaker.snapshot().outcomes, 130);
        time.advance(SECOND * 16);
        fail(&breaker, 10);
        assert_eq!(breaker.state(), State::Open);
    }

    #[test]
    fn successes_of_unknown_time_are_fewer_than_32() {
        let time = testing::pause();
        let breaker = breaker();
        succeed(&breaker, 32 * 30 + 31);
        time.advance(SECOND * 16);
        assert_eq!(breaker.snapshot().outcomes, 31);
    }

    #[test]
    fn a_trip_forgets_what_was_in_the_window() {
        let time = testing::pause();
        let breaker = breaker().cool_down(MILLI);
        fail(&breaker, 10);
        time.advance(MILLI);
        succeed(&breaker, 1);
        assert_eq!(breaker.state(), State::Closed);
        assert_eq!(breaker.snapshot().outcomes, 0);
        fail(&breaker, 9);
        assert_eq!(breaker.state(), State::Closed);
    }
}

mod slow_attempts {
    use super::*;

    fn breaker() -> CircuitBreaker {
        CircuitBreaker::consecutive(100).slow(0.5, SECOND).over(10).minimum(4).cool_down(SECOND)
    }

    fn take<'a>(
        time: &testing::Paused,
        breaker: &'a CircuitBreaker,
        how_long: Duration,
        report: impl FnOnce(Permit<'a>),
    ) {
        let permit = breaker.acquire().expect("let through");
        time.advance(how_long);
        report(permit);
    }

    #[test]
    fn half_of_them_trip_whatever_came_of_them() {
        for report in GOOD.into_iter().chain([(|permit| permit.failure()) as fn(Permit<'_>)]) {
            let time = testing::pause();
            let breaker = breaker();
            succeed(&breaker, 3);
            for _ in 0..2 {
                take(&time, &breaker, SECOND * 2, report);
                assert_eq!(breaker.state(), State::Closed);
            }
            take(&time, &breaker, SECOND * 2, report);
            assert_eq!(breaker.acquire().expect_err("open").cause(), Cause::SlowRate(0.5));
        }
    }

    #[test]
    fn one_that_takes_just_the_time_is_not_slow() {
        let time = testing::pause();
        let breaker = breaker();
        for _ in 0..10 {
            take(&time, &breaker, SECOND, Permit::success);
        }
        assert_eq!(breaker.snapshot().slow, 0);
        take(&time, &breaker, SECOND + MILLI, Permit::success);
        assert_eq!(breaker.snapshot().slow, 1);
    }

    #[test]
    fn one_that_hangs_until_it_is_dropped_counts_and_one_dropped_early_does_not() {
        let time = testing::pause();
        let breaker = breaker();
        take(&time, &breaker, MILLI, drop);
        assert_eq!(breaker.snapshot().outcomes, 0);
        take(&time, &breaker, SECOND * 30, drop);
        let snapshot = breaker.snapshot();
        assert_eq!((snapshot.outcomes, snapshot.slow, snapshot.failures), (1, 1, 0));
    }

    #[test]
    fn a_slow_success_ends_a_row_of_failures_and_a_slow_drop_does_not() {
        let time = testing::pause();
        let breaker = breaker();
        fail(&breaker, 2);
        take(&time, &breaker, SECOND * 2, drop);
        assert_eq!(breaker.snapshot().failures_in_a_row, 2);
        take(&time, &breaker, SECOND * 2, Permit::success);
        assert_eq!(breaker.snapshot().failures_in_a_row, 0);
    }

    #[test]
    fn a_slow_probe_opens_it_again_and_a_quick_neutral_one_does_not() {
        for report in GOOD {
            let time = testing::pause();
            let breaker = breaker();
            for _ in 0..4 {
                take(&time, &breaker, SECOND * 2, Permit::success);
            }
            time.advance(SECOND);
            take(&time, &breaker, MILLI, Permit::neutral);
            assert_eq!(breaker.state(), State::HalfOpen);
            take(&time, &breaker, SECOND * 2, report);
            assert_eq!(breaker.acquire().expect_err("open").cause(), Cause::Probe);
        }
    }

    #[test]
    fn failures_that_were_slow_count_as_both() {
        let time = testing::pause();
        let breaker = CircuitBreaker::rate(1.0).slow(1.0, SECOND).within(SECOND * 3_600).minimum(10);
        take(&time, &breaker, SECOND * 2, Permit::failure);
        take(&time, &breaker, SECOND * 2, Permit::success);
        take(&time, &breaker, MILLI, Permit::failure);
        take(&time, &breaker, MILLI, Permit::success);
        let snapshot = breaker.snapshot();
        assert_eq!((snapshot.outcomes, snapshot.failures, snapshot.slow), (4, 2, 2));
    }
}

mod the_clock {
    use super::*;

    #[test]
    fn a_success_reads_none_without_a_slow_call_time() {
        let _forbidden = testing::forbid();
        for breaker in [CircuitBreaker::consecutive(5), CircuitBreaker::rate(0.5)] {
            succeed(&breaker, 100);
            assert!(attempt(&breaker, Permit::neutral));
            assert!(attempt(&breaker, drop));
            fail(&breaker, 1);
            assert!(breaker.admits_after(Duration::ZERO).is_ok());
        }
        // A window by time reads the clock at one success of 32.
        succeed(&CircuitBreaker::rate(0.5).within(SECOND), 31);
    }
}
