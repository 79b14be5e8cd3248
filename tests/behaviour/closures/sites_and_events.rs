//! Calls of closures: their sites and events.

use crate::support::runs::{Busy, Runs};
use reattempt::event::{self, Event};
use reattempt::{BreakerOpen, CircuitBreaker, Policy, Site, StopReason, any_error, policy, retry, sites, testing};
use std::future::{IntoFuture, ready};
use std::panic::Location;
use std::pin::pin;
use std::sync::{Barrier, Mutex, Once};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

const AT_ONCE: Policy = policy!(strategy = "immediate");

#[track_caller]
fn fail(runs: u32) -> (&'static Location<'static>, Result<(), Busy>) {
    let (location, counted) = (Location::caller(), Runs::new());
    let ended = AT_ONCE.retry(|| Err(counted.fail())).call();
    assert_eq!(counted.count(), runs);
    (location, ended)
}

fn sites_at(location: &Location<'_>) -> Vec<&'static Site> {
    sites().filter(|site| (site.file(), site.line()) == (location.file(), location.line())).collect()
}

#[test]
fn a_place_has_one_site_from_its_first_failure_on() {
    let mut places = Vec::new();
    for _ in 0..3 {
        let here = Location::caller();
        assert_eq!(AT_ONCE.retry(|| Ok::<_, Busy>(1)).call(), Ok(1));
        assert!(sites_at(here).is_empty());
        let (location, ended) = fail(3);
        assert_eq!(ended, Err(Busy));
        places.push(location);
    }
    let [site] = sites_at(places[0])[..] else { panic!("one site") };
    assert!(places.iter().all(|place| place.line() == site.line()));
    assert_eq!(site.name(), format!("{}:{}", file!(), site.line()));
    assert_eq!((site.counts().retried_calls, site.counts().gave_up(StopReason::MaxAttempts)), (3, 3));
    assert_eq!(*site.policy(), AT_ONCE);
}

#[test]
fn the_site_of_a_strategy_of_ones_own_is_the_same_whatever_ends_its_first_call() {
    const FOUR: Policy = policy!(strategy = ["1s", "2s", "3s"]);
    let breaker = CircuitBreaker::consecutive(1);
    let call = || {
        FOUR.retry(|| None::<()>).on(any_error).strategy([Duration::ZERO]).breaker(&breaker).name("closures.own").call()
    };
    let max = || {
        let [site] = sites().filter(|site| site.name() == "closures.own").collect::<Vec<_>>()[..] else {
            panic!("one site")
        };
        site.policy().max().map(u32::from)
    };
    breaker.isolate();
    assert_eq!((call(), max()), (None, Some(3)));
    breaker.reset();
    assert_eq!((call(), max()), (None, Some(3)));
}

#[test]
fn two_calls_on_one_line_and_two_names_at_one_place_are_sites_of_their_own() {
    let call = |name: &'static str| (AT_ONCE.retry(|| Err::<(), _>(Busy)).name(name).call(), Location::caller());
    let (_, here) = call("closures.one");
    assert_eq!((call("closures.one").0, call("closures.other").0), (Err(Busy), Err(Busy)));
    let names = |location| sites_at(location).into_iter().map(|site| (site.name(), site.counts().retried_calls));
    assert!(names(here).eq([("closures.one", 2), ("closures.other", 1)]));
    #[rustfmt::skip]
    let (_, _, here) = (AT_ONCE.retry(|| Err::<(), _>(Busy)).call(), AT_ONCE.retry(|| None::<()>).on(any_error).call(), Location::caller());
    assert_eq!(sites_at(here).len(), 2);
}

#[test]
fn threads_that_fail_at_one_place_at_once_make_one_site() {
    // As many places as there are names.
    for round in 0..300 {
        let name: &'static str = format!("closures.threads.{round}").leak();
        let barrier = Barrier::new(4);
        let call = || {
            barrier.wait();
            AT_ONCE.retry(|| Err::<(), _>(Busy)).name(name).call()
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(call);
            }
        });
        let found: Vec<_> = sites().filter(|site| site.name() == name).collect();
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0].counts().retried_calls, 4);
    }
}

#[test]
fn a_site_can_be_switched_off() {
    let runs = Runs::new();
    let call = || AT_ONCE.retry(|| Err::<(), _>(runs.fail())).name("closures.switched").error().call().unwrap_err();
    assert_eq!((call().reason(), runs.count()), (StopReason::MaxAttempts, 3));
    let [site] = sites().filter(|site| site.name() == "closures.switched").collect::<Vec<_>>()[..] else {
        panic!("one site");
    };
    site.disable();
    assert_eq!((call().reason(), runs.count()), (StopReason::Disabled, 4));
    site.restore();
    assert_eq!((call().reason(), runs.count()), (StopReason::MaxAttempts, 7));
}

/// The events of these tests' sites: the site's name, and the event in words without it.
static TOLD: Mutex<Vec<(&str, String)>> = Mutex::new(Vec::new());

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        event::observe(|event: &Event<'_>| {
            let (site, words) = match *event {
                Event::AttemptFailed { site, attempt, max, delay, failure, verdict, waited, elapsed, .. } => {
                    (site, format!("{attempt}/{max:?} {delay:?} {failure} {verdict:?} {waited:?} {elapsed:?}"))
                }
                Event::GaveUp { site, reason, attempts, failure, waited, elapsed, .. } => {
                    (site, format!("gave up: {reason} {attempts} {failure} {waited:?} {elapsed:?}"))
                }
                Event::Recovered { site, attempts, waited, elapsed, .. } => {
                    (site, format!("recovered: {attempts} {waited:?} {elapsed:?}"))
                }
                _ => return,
            };
            if site.name().starts_with("closures.") {
                TOLD.lock().unwrap().push((site.name(), words));
            }
        });
    });
}

fn told(name: &str) -> Vec<String> {
    let mut told = TOLD.lock().unwrap();
    let (found, others) = told.drain(..).partition(|(site, _)| *site == name);
    *told = others;
    let found: Vec<_> = found;
    found.into_iter().map(|(_, words)| words).collect()
}

#[tokio::test]
async fn a_closure_tells_the_same_events_as_its_annotated_twin() {
    #[retry(policy = policy, name = "closures.twin", breaker = breaker, on = any_error)]
    fn annotated(
        policy: &Policy,
        breaker: &CircuitBreaker,
        call: &dyn Fn() -> Result<u32, Fault>,
    ) -> Result<u32, Fault> {
        call()
    }
    listen();
    let _paused = testing::pause();
    let breaker = CircuitBreaker::consecutive(100);
    for policy in
        [policy!(strategy = "constant", base = "1s"), policy!(strategy = "fibonacci", deadline = "10s", max = 9)]
    {
        for successes_from in [1, 2, 3, 99] {
            let runs = Runs::new();
            let call = || if runs.next() < successes_from { Err(Fault("busy")) } else { Ok(1) };
            assert!(annotated(&policy, &breaker, &call).is_ok() == (successes_from < 99));
            let twin = told("closures.twin");
            assert_eq!(twin.is_empty(), successes_from == 1);
            let runs = Runs::new();
            let call = || if runs.next() < successes_from { Err(Fault("busy")) } else { Ok(1) };
            let named = policy.retry(call).on(any_error).display().breaker(&breaker).name("closures.sync");
            assert!(named.call().is_ok() == (successes_from < 99));
            assert_eq!(told("closures.sync"), twin);
            let runs = Runs::new();
            let call = || ready(if runs.next() < successes_from { Err(Fault("busy")) } else { Ok(1) });
            let named = policy.retry_async(call).on(any_error).display().breaker(&breaker).name("closures.async");
            assert!(named.await.is_ok() == (successes_from < 99));
            assert_eq!(told("closures.async"), twin);
        }
    }
    // A refusal ends a call without an attempt.
    breaker.isolate();
    assert!(annotated(&AT_ONCE, &breaker, &|| Ok(1)).is_err());
    let twin = told("closures.twin");
    assert_eq!(twin.len(), 1);
    let refused = AT_ONCE.retry_async(|| ready(Ok(1))).on(|_: &Fault| true).breaker(&breaker).name("closures.async");
    assert!(refused.await.is_err());
    assert_eq!(told("closures.async"), twin);
}

#[derive(Debug, thiserror::Error)]
#[error("fault: {0}")]
struct Fault(&'static str);

impl From<BreakerOpen> for Fault {
    fn from(_: BreakerOpen) -> Self {
        Self("refused")
    }
}

#[test]
fn an_error_is_shown_as_the_call_says() {
    listen();
    let fault = || Err::<(), _>(Fault("broken"));
    let calls = [
        (AT_ONCE.retry(fault).on(|_| false).name("closures.shown").call(), std::any::type_name::<Fault>()),
        (AT_ONCE.retry(fault).on(|_| false).debug().name("closures.shown").call(), "Fault(\"broken\")"),
        (AT_ONCE.retry(fault).on(|_| false).display().name("closures.shown").call(), "fault: broken"),
    ];
    for ((_, shown), told) in calls.iter().zip(told("closures.shown")) {
        assert!(told.contains(shown), "{told}");
    }
}

#[test]
fn outside_of_a_runtime_the_panic_names_the_place_and_the_cure() {
    let policy = policy!(strategy = "constant", base = "1s");
    let panic = std::panic::catch_unwind(|| {
        let mut future = pin!(policy.retry_async(|| ready(Err::<(), _>(Busy))).name("closures.lost").into_future());
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(future.as_mut().poll(&mut context), Poll::Pending));
    })
    .unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.contains("`closures.lost` (") && message.contains("no tokio runtime"), "{message}");
}
