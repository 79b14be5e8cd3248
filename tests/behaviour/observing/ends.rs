//! What an event says of rejected values, of calls that a breaker refuses, and of what `recover` answers.

use reattempt::event::{self, Event};
use reattempt::{
    BreakerOpen, Cancellation, CircuitBreaker, Policy, RetryError, StopReason, any_error, policy, retry, testing,
};
use std::cell::RefCell;
use std::future::{pending, ready};
use std::sync::{Barrier, Once};
use std::thread;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const TWICE: Policy = policy!(strategy = "immediate", max = 2);

/// The parts of an event that these tests are about.
#[derive(Clone, Debug, PartialEq)]
enum Heard {
    Failed {
        rejected: bool,
    },
    GaveUp {
        reason: StopReason,
        failure: String,
        rejected: bool,
        refused_calls: Option<u64>,
        answered: bool,
    },
    Moved {
        refused_calls: u64,
    },
    /// `recover` was called.
    Recovering,
}

thread_local! {
    static HEARD: RefCell<Vec<Heard>> = const { RefCell::new(Vec::new()) };
}

/// Returns the events of a run on this thread.
fn heard<R>(run: impl FnOnce() -> R) -> Vec<Heard> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        event::observe(|event: &Event<'_>| {
            let heard = match *event {
                Event::AttemptFailed { rejected, .. } => Heard::Failed { rejected },
                Event::GaveUp { reason, failure, rejected, refused_calls, answered, .. } => {
                    Heard::GaveUp { reason, failure: failure.to_string(), rejected, refused_calls, answered }
                }
                Event::BreakerTransition { transition, .. } => Heard::Moved { refused_calls: transition.refused_calls },
                _ => return,
            };
            HEARD.with_borrow_mut(|list| list.push(heard));
        });
    });
    HEARD.take();
    run();
    HEARD.take()
}

/// The end of a call by `max` whose `recover` has been called.
fn recovered(answered: bool) -> Vec<Heard> {
    let (reason, failure) = (StopReason::MaxAttempts, "busy".to_owned());
    let end = Heard::GaveUp { reason, failure, rejected: false, refused_calls: None, answered };
    vec![Heard::Failed { rejected: false }, Heard::Recovering, end]
}

fn recovering() {
    HEARD.with_borrow_mut(|list| list.push(Heard::Recovering));
}

#[test]
fn an_event_says_whether_the_value_was_rejected() {
    #[retry(strategy = "immediate", max = 3, on = any_error, on_value = |value| *value == 0)]
    fn poll(script: &mut Vec<Result<u32, &'static str>>) -> Result<u32, &'static str> {
        script.remove(0)
    }
    let rejections = |script: &[Result<u32, &'static str>]| {
        let heard = heard(|| poll(&mut script.to_vec()));
        let rejections = heard.iter().map(|heard| match heard {
            Heard::Failed { rejected } | Heard::GaveUp { rejected, .. } => *rejected,
            other => panic!("{other:?}"),
        });
        rejections.collect::<Vec<_>>()
    };
    assert_eq!(rejections(&[Ok(0), Err("busy"), Ok(0)]), [true, false, true]);
    assert_eq!(rejections(&[Err("busy"), Ok(0), Err("busy")]), [false, true, false]);
}

#[test]
fn the_end_is_told_when_recover_has_answered_and_says_whether_by_a_value() {
    #[retry(strategy = "immediate", max = 2, on = any_error, recover = |_| { recovering(); Ok(answer) })]
    fn by_value(answer: u32) -> Result<u32, &'static str> {
        Err("busy")
    }
    #[retry(strategy = "immediate", max = 2, on = any_error, recover = |error| { recovering(); Err(error) })]
    fn by_error() -> Result<u32, RetryError<&'static str>> {
        Err("busy")
    }
    #[retry(strategy = "immediate", max = 2, on = any_error, recover = |_| { recovering(); None })]
    fn by_none() -> Option<u32> {
        None
    }
    assert_eq!(heard(|| by_value(7)), recovered(true));
    assert_eq!(heard(by_error), recovered(false));
    let [_, Heard::Recovering, Heard::GaveUp { answered: false, .. }] = heard(by_none)[..] else { panic!("one end") };
}

#[test]
fn without_recover_nobody_has_answered() {
    #[retry(strategy = "immediate", max = 1, on = any_error)]
    fn call() -> Result<u32, RetryError<&'static str>> {
        Err("busy")
    }
    let [Heard::GaveUp { answered: false, refused_calls: None, .. }] = heard(call)[..] else { panic!("one end") };
}

#[tokio::test(start_paused = true)]
async fn the_end_of_an_async_call_is_told_when_recover_has_answered() {
    #[retry(strategy = ["1s"], max = 2, timeout = "5s", on = any_error, recover = |_| { recovering(); Ok(7) })]
    async fn call(hangs: bool) -> Result<u32, &'static str> {
        if hangs { pending().await } else { Err("busy") }
    }
    heard(|| ());
    assert_eq!(call(false).await, Ok(7));
    assert_eq!(HEARD.take(), recovered(true));
    assert_eq!(call(true).await, Ok(7));
    let last = HEARD.take().pop();
    assert!(matches!(last, Some(Heard::GaveUp { answered: true, .. })), "{last:?}");
}

#[test]
fn a_cancelled_call_is_told_when_recover_has_answered() {
    static STOP: Cancellation = Cancellation::new();
    #[retry(strategy = ["1h"], cancel = STOP, on = cancelling, recover = |_| { recovering(); Ok(7) })]
    fn before_sleep() -> Result<u32, &'static str> {
        Err("busy")
    }
    fn cancelling(_: &&str) -> bool {
        STOP.cancel();
        true
    }
    #[retry(strategy = ["1h"], cancel = STOP, on = any_error, notify = |_| STOP.cancel(), recover = |_| { recovering(); Ok(7) })]
    fn in_sleep() -> Result<u32, &'static str> {
        Err("busy")
    }
    let check = |heard: Vec<Heard>| {
        let Some(Heard::GaveUp { reason, answered, .. }) = heard.last() else { panic!("{heard:?}") };
        assert_eq!((*reason, *answered, heard.contains(&Heard::Recovering)), (StopReason::Cancelled, true, true));
    };
    check(heard(before_sleep));
    STOP.reset();
    check(heard(in_sleep));
    STOP.reset();
    let policy = policy!(strategy = ["1h"]);
    let fail = || Err::<u32, _>("busy");
    let answer = |_| {
        recovering();
        Ok(7)
    };
    check(heard(|| policy.retry(fail).on(any_error).notify(|_| STOP.cancel()).recover(answer).cancel(&STOP).call()));
}

#[tokio::test]
async fn closures_tell_of_recover_as_annotated_functions_do() {
    let fail = || Err::<u32, _>("busy");
    let answer = |_| {
        recovering();
        Ok(7)
    };
    assert_eq!(heard(|| TWICE.retry(fail).on(any_error).display().recover(answer).call()), recovered(true));
    let answer = |_| {
        recovering();
        Err("still busy")
    };
    assert_eq!(heard(|| TWICE.retry(fail).on(any_error).display().recover(answer).call()), recovered(false));
    let answer = |_| {
        recovering();
        Ok(7)
    };
    heard(|| ());
    assert_eq!(
        TWICE.retry_async(|| ready(fail())).on(any_error).display().error_without_source().recover(answer).await.ok(),
        Some(7)
    );
    assert_eq!(HEARD.take(), recovered(true));
}

#[test]
fn a_value_needs_no_answer_and_tells_of_no_end() {
    #[retry(strategy = "immediate", max = 2, on = any_error, recover = |_| Ok(0))]
    fn call(value: u32) -> Result<u32, &'static str> {
        Ok(value)
    }
    assert_eq!(heard(|| call(7)), []);
    assert_eq!(heard(|| TWICE.retry(|| Ok::<_, &str>(7)).on(any_error).recover(|_| Ok(0)).call()), []);
}

#[retry(strategy = "immediate", max = 1, breaker = breaker, on = any_error)]
fn guarded(breaker: &CircuitBreaker) -> Result<u32, RetryError<&'static str>> {
    Err("busy")
}

/// Returns the numbers of refused calls in the events: of ends, and of transitions.
fn refusals(heard: &[Heard]) -> Vec<(&'static str, Option<u64>)> {
    let numbers = heard.iter().map(|heard| match heard {
        Heard::GaveUp { refused_calls, .. } => ("gave up", *refused_calls),
        Heard::Moved { refused_calls } => ("moved", Some(*refused_calls)),
        other => panic!("{other:?}"),
    });
    numbers.collect()
}

#[test]
fn refused_calls_are_counted_for_each_opening() {
    let paused = testing::pause();
    let breaker = CircuitBreaker::consecutive(1).cool_down(5 * SECOND);
    let calls = |count: u32| refusals(&heard(|| (0..count).for_each(|_| drop(guarded(&breaker)))));
    // The first call trips the breaker, and the others are refused.
    let first = [("moved", Some(0)), ("gave up", None), ("gave up", Some(1)), ("gave up", Some(2))];
    assert_eq!(calls(3), first);
    // A probe fails, and the number begins again.
    paused.advance(5 * SECOND);
    assert_eq!(calls(2), [("moved", Some(2)), ("moved", Some(2)), ("gave up", None), ("gave up", Some(1))]);
    // Isolation is an opening too.
    assert_eq!(refusals(&heard(|| breaker.isolate())), [("moved", Some(1))]);
    assert_eq!(calls(2), [("gave up", Some(1)), ("gave up", Some(2))]);
    assert_eq!(refusals(&heard(|| breaker.reset())), [("moved", Some(2))]);
}

#[test]
fn a_permit_that_is_refused_outside_of_a_call_is_no_refused_call() {
    let _paused = testing::pause();
    let breaker = CircuitBreaker::consecutive(1);
    breaker.acquire().unwrap().failure();
    assert!(breaker.acquire().is_err() && breaker.acquire().is_err());
    assert_eq!(refusals(&heard(|| guarded(&breaker))), [("gave up", Some(1))]);
}

#[test]
fn of_threads_that_are_refused_together_one_is_the_first() {
    let _paused = testing::pause();
    let breaker = CircuitBreaker::consecutive(1);
    breaker.isolate();
    let ready = Barrier::new(8);
    let refused = || {
        ready.wait();
        refusals(&heard(|| guarded(&breaker)))
    };
    let mut numbers: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(refused)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).filter_map(|(_, number)| number).collect()
    });
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(1..=8));
}

#[test]
fn a_refused_call_can_be_answered_and_is_still_counted() {
    #[retry(strategy = "immediate", breaker = breaker, on = any_error, recover = |_| { recovering(); Some(7) })]
    fn call(breaker: &CircuitBreaker) -> Option<u32> {
        None
    }
    let breaker = CircuitBreaker::consecutive(1);
    breaker.isolate();
    let check = |heard: Vec<Heard>, number| {
        let [Heard::Recovering, Heard::GaveUp { reason, refused_calls, answered, .. }] = &heard[..] else {
            panic!("{heard:?}");
        };
        assert_eq!((*reason, *refused_calls, *answered), (StopReason::BreakerOpen, Some(number), true));
    };
    check(heard(|| assert_eq!(call(&breaker), Some(7))), 1);
    let answer = |_| {
        recovering();
        Ok(7)
    };
    let refused = || TWICE.retry(|| Ok::<u32, BreakerOpen>(0)).on(any_error).breaker(&breaker).recover(answer).call();
    check(heard(|| assert_eq!(refused(), Ok(7))), 2);
}
