//! Values that `on_value` rejects: what the caller, `notify` and events get of them.

use crate::support::runs::Runs;
use reattempt::{
    BreakerOpen, CircuitBreaker, Failure, Plain, Policy, RetryError, Retrying, StopReason, TimedOut, any_error,
    no_error, policy, retry,
};
use std::cell::RefCell;
use std::error::Error;
use std::fmt::Debug;
use std::future::pending;
use std::io;
use std::rc::Rc;
use std::time::Duration;

const AT_ONCE: Policy = policy!(strategy = "immediate");

/// A value without a `Debug`.
struct Bare(u32);

#[test]
fn a_retry_error_of_two_types_keeps_the_last_value() {
    #[retry(strategy = "immediate", on_value = |page: &String| page.len() < 9)]
    fn call(runs: &Runs) -> Result<String, RetryError<io::Error, String>> {
        Ok(format!("page {}", runs.next()))
    }
    let error = call(&Runs::default()).unwrap_err();
    assert_eq!(error.last_value().map(String::as_str), Some("page 3"));
    assert_eq!((error.attempts(), error.reason()), (3, StopReason::MaxAttempts));
    assert!(error.last().is_none());
    assert!(error.to_string().ends_with("no attempts left: the value was not good enough: \"page 3\""), "{error}");
    assert!(format!("{error:?}").contains("Rejected(Some(\"page 3\"))"), "{error:?}");
    assert_eq!(error.into_last_value().as_deref(), Some("page 3"));
}

#[test]
fn after_an_error_there_is_no_value_and_after_a_value_no_error() {
    #[retry(strategy = "immediate", on_value = |page| *page < 3)]
    fn call(runs: &Runs, last: u32) -> Result<u32, RetryError<io::Error, u32>> {
        if runs.next() == last { Err(io::ErrorKind::NotFound.into()) } else { Ok(1) }
    }
    let error = call(&Runs::default(), 2).unwrap_err();
    assert_eq!((error.attempts(), error.last_value()), (2, None));
    assert_eq!(error.last().map(io::Error::kind), Some(io::ErrorKind::NotFound));
    assert_eq!(error.into_last_value(), None);
    let error = call(&Runs::default(), 9).unwrap_err();
    assert_eq!(error.into_last_value(), Some(1));
}

#[test]
fn a_retry_error_of_one_type_keeps_no_value() {
    #[retry(strategy = "immediate", on = no_error, on_value = |page| page.0 < 9)]
    fn call() -> Result<Rc<Bare>, RetryError<io::Error>>
    where
        RetryError<io::Error>: Send,
    {
        Ok(Rc::new(Bare(1)))
    }
    let error = call().map_err(|error| (error.last_value().is_none(), error.to_string())).map(|_| ()).unwrap_err();
    assert!(error.0);
    assert!(error.1.ends_with("no attempts left: the value was not good enough"), "{}", error.1);
}

#[test]
fn an_error_of_ones_own_keeps_no_value() {
    #[derive(Debug)]
    struct Own(u32);

    impl From<RetryError<io::Error>> for Own {
        fn from(error: RetryError<io::Error>) -> Self {
            assert!(error.last_value().is_none());
            Self(error.attempts())
        }
    }

    type Aliased<T> = Result<T, RetryError<io::Error>>;

    #[retry(strategy = "immediate", error = io::Error, on_value = |page| *page < 9)]
    fn own() -> Result<u32, Own> {
        Ok(1)
    }
    #[retry(strategy = "immediate", error = io::Error, on_value = |page| *page < 9)]
    fn aliased() -> Aliased<u32> {
        Ok(1)
    }
    assert_eq!(own().unwrap_err().0, 3);
    assert!(aliased().unwrap_err().last_value().is_none());
}

#[test]
fn a_value_without_a_debug_is_kept_and_not_shown() {
    #[retry(strategy = "immediate", on_value = |page| page.0 < 9)]
    fn bare() -> Result<Bare, RetryError<io::Error, Bare>> {
        Ok(Bare(7))
    }
    #[retry(strategy = "immediate", on_value = |_| true)]
    fn unbounded<T>(page: &dyn Fn() -> T) -> Result<T, RetryError<io::Error, T>> {
        Ok(page())
    }
    #[retry(strategy = "immediate", on_value = |_| true)]
    fn bounded<T: Debug>(page: &dyn Fn() -> T) -> Result<T, RetryError<io::Error, T>> {
        Ok(page())
    }
    fn is_error<E: Error + 'static>(error: E) -> E {
        error
    }
    let error = is_error(bare().err().unwrap());
    assert!(error.to_string().ends_with("no attempts left: the value was not good enough"), "{error}");
    assert!(format!("{error:?}").contains("Rejected(Some(behaviour::"), "{error:?}");
    assert_eq!(error.into_last_value().map(|page| page.0), Some(7));
    let error = unbounded(&|| 7).unwrap_err();
    assert!(error.to_string().ends_with("the value was not good enough"), "{error}");
    let error = bounded(&|| 7).unwrap_err();
    assert!(error.to_string().ends_with("the value was not good enough: 7"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn history_has_each_rejected_value_with_time_outs_and_refusals_between() {
    let breaker = CircuitBreaker::consecutive(9);
    #[retry(
        strategy = "immediate", max = 9, history = 9, timeout = "1s", breaker = breaker,
        on = any_error, on_value = |page| *page < 9
    )]
    async fn call(runs: &Runs, breaker: &CircuitBreaker) -> Result<u32, RetryError<u32, u32>> {
        match runs.next() {
            2 => Err(20),
            3 => pending().await,
            4 => {
                breaker.isolate();
                Ok(4)
            }
            run => Ok(run),
        }
    }
    let runs = Runs::default();
    let error = call(&runs, &breaker).await.unwrap_err();
    let seen: Vec<_> = error.history().map(|failed| format!("{:?}", failed.failure())).collect();
    assert_eq!(seen[..3], ["Rejected(Some(1))", "Error(20)", "TimedOut"]);
    assert_eq!((error.reason(), seen.len(), runs.count()), (StopReason::BreakerOpen, 4, 4));
    assert_eq!((error.last_value(), seen[3].as_str()), (Some(&4), "Rejected(Some(4))"));
}

#[test]
fn a_refusal_leaves_no_value() {
    let breaker = CircuitBreaker::consecutive(9);
    breaker.isolate();
    #[retry(strategy = "immediate", breaker = breaker, on_value = |page| *page < 9)]
    fn call(breaker: &CircuitBreaker) -> Result<u32, RetryError<io::Error, u32>> {
        Ok(1)
    }
    let error = call(&breaker).unwrap_err();
    assert_eq!((error.attempts(), error.last_value()), (0, None));
    assert!(matches!(error.history().last().unwrap().failure(), Failure::Refused(_)));
}

#[test]
fn recover_gets_the_value_where_the_function_returns_it() {
    #[retry(
        strategy = "immediate", on_value = |page: &String| page.len() < 9,
        recover = |error| error.last_value().map(String::len).map_or(Err(error), |length| Ok(length.to_string()))
    )]
    fn call(runs: &Runs) -> Result<String, RetryError<io::Error, String>> {
        Ok(format!("page {}", runs.next()))
    }
    assert_eq!(call(&Runs::default()).unwrap(), "6");
    #[retry(strategy = "immediate", on_value = |page| *page < 9, recover = |error: RetryError<io::Error>| Ok(error.attempts()))]
    fn plain() -> io::Result<u32> {
        Ok(1)
    }
    assert_eq!(plain().unwrap(), 3);
}

#[test]
fn without_on_value_a_retry_error_of_two_types_never_has_a_value() {
    #[retry(strategy = "immediate", history = 2, on = any_error)]
    fn call(runs: &Runs) -> Result<Bare, RetryError<u32, Bare>> {
        Err(runs.next())
    }
    let error = call(&Runs::default()).err().unwrap();
    assert_eq!((error.last(), error.last_value().is_none(), error.history().count()), (Some(&3), true, 2));
}

#[test]
fn an_opaque_value_is_kept() {
    #[retry(strategy = "immediate", on = no_error, on_value = |_| true)]
    fn call(
        runs: &Runs,
    ) -> Result<impl Iterator<Item = u32> + use<'_>, RetryError<io::Error, impl Iterator<Item = u32> + use<'_>>> {
        Ok((0..9).map(|number| number + runs.count()))
    }
    let runs = Runs::default();
    let error = call(&runs).err().unwrap();
    assert_eq!(error.into_last_value().map(Iterator::count), Some(9));
}

#[test]
fn notify_sees_the_value_that_was_rejected() {
    fn log(seen: &RefCell<Vec<String>>, retrying: &Retrying<'_, io::Error, u32>) {
        seen.borrow_mut().push(match retrying.failure() {
            Failure::Rejected(value) => format!("value {value}"),
            Failure::Error(error) => format!("{:?}", error.kind()),
            other => panic!("{other:?}"),
        });
    }
    fn count<E, T>(_: &Retrying<'_, E, T>) {}

    #[retry(strategy = "immediate", on_value = |page| *page < 3, notify = |retrying| log(seen, retrying))]
    fn result(runs: &Runs, seen: &RefCell<Vec<String>>) -> io::Result<u32> {
        match runs.next() {
            1 => Err(io::ErrorKind::TimedOut.into()),
            run => Ok(run),
        }
    }
    #[retry(strategy = "immediate", on_value = |page: &u32| *page < 3, notify = |retrying| {
        let Failure::Rejected(value) = retrying.failure() else { unreachable!() };
        *sum += value;
    })]
    fn plain(runs: &Runs, sum: &mut u32) -> u32 {
        let _ = &sum;
        runs.next()
    }
    #[retry(strategy = "immediate", on_value = |page| *page < 3, notify = count)]
    fn generic(runs: &Runs) -> io::Result<u32> {
        Ok(runs.next())
    }
    #[retry(strategy = "immediate", on_value = |page| *page < 3, notify = hook)]
    fn given(runs: &Runs, hook: &dyn Fn(&Retrying<'_, io::Error, u32>)) -> io::Result<u32> {
        Ok(runs.next())
    }
    let seen = RefCell::new(Vec::new());
    assert_eq!(result(&Runs::default(), &seen).unwrap(), 3);
    assert_eq!(seen.take(), ["TimedOut", "value 2"]);
    let mut sum = 0;
    assert_eq!((plain(&Runs::default(), &mut sum), sum), (3, 3));
    assert_eq!(generic(&Runs::default()).unwrap(), 3);
    assert_eq!(given(&Runs::default(), &|retrying| log(&seen, retrying)).unwrap(), 3);
    assert_eq!(seen.take(), ["value 1", "value 2"]);
}

#[tokio::test(start_paused = true)]
async fn calls_of_closures_keep_the_value_as_functions_do() {
    let runs = Runs::default();
    let error: RetryError<io::Error, u32> =
        AT_ONCE.retry(|| Ok(runs.next())).on_value(|page| *page < 9).error().call().unwrap_err();
    assert_eq!((error.attempts(), error.last_value()), (3, Some(&3)));
    assert!(error.to_string().ends_with("the value was not good enough"), "{error}");
    assert_eq!(error.into_last_value(), Some(3));

    let error = AT_ONCE.retry(|| Ok::<_, io::Error>(7)).on_value(|_| true).debug_value().error().call().unwrap_err();
    assert!(error.to_string().ends_with("the value was not good enough: 7"), "{error}");

    let runs = Runs::default();
    let step = async || match runs.next() {
        1 => Ok(1),
        2 => pending().await,
        _ => Ok::<_, io::Error>(9),
    };
    let once = AT_ONCE.retry_async(step).on_value(|_| true).timeout(Duration::from_secs(1));
    let error = once.history(9).await.unwrap_err();
    let seen: Vec<_> = error.history().map(|failed| format!("{:?}", failed.failure())).collect();
    assert_eq!(seen, ["Rejected(Some(1))", "TimedOut", "Rejected(Some(9))"]);

    let runs = Runs::default();
    let pending = || AT_ONCE.retry(|| Ok::<_, io::Error>(runs.next())).on_value(|page| *page < 9);
    let recovered = pending().error().recover(|error| error.into_last_value().ok_or_else(|| unreachable!())).call();
    assert_eq!(recovered.unwrap(), 3);
    // A `recover` alone keeps no value.
    let recovered = pending().recover(|error: RetryError<io::Error>| Ok(error.attempts())).call();
    assert_eq!(recovered.unwrap(), 3);

    let breaker = CircuitBreaker::consecutive(1);
    breaker.isolate();
    let error = pending().breaker(&breaker).error().call().unwrap_err();
    assert_eq!((error.attempts(), error.into_last_value()), (0, None));
}

#[test]
fn notify_of_a_closure_sees_the_value_that_was_rejected() {
    let (runs, seen) = (Runs::default(), RefCell::new(Vec::new()));
    let log = |retrying: &Retrying<'_, io::Error, u32>| match retrying.failure() {
        Failure::Rejected(value) => seen.borrow_mut().push(*value),
        other => panic!("{other:?}"),
    };
    let page = AT_ONCE.retry(|| Ok::<_, io::Error>(runs.next())).on_value(|page| *page < 3).notify(log).call();
    assert_eq!((page.unwrap(), seen.take()), (3, vec![1, 2]));
    let runs = Runs::default();
    let plain = AT_ONCE.retry(|| Plain(runs.next())).on_value(|page| *page < 3).notify(|retrying| {
        let Failure::Rejected(value) = retrying.failure() else { unreachable!() };
        seen.borrow_mut().push(*value);
    });
    assert_eq!((plain.call(), seen.take()), (3, vec![1, 2]));
}

#[test]
fn errors_made_of_causes_work_beside_a_classifier_of_values() {
    #[derive(Debug, PartialEq)]
    struct Own;

    impl From<BreakerOpen> for Own {
        fn from(_: BreakerOpen) -> Self {
            Self
        }
    }

    impl From<TimedOut> for Own {
        fn from(_: TimedOut) -> Self {
            Self
        }
    }

    let breaker = CircuitBreaker::consecutive(1);
    breaker.isolate();
    let call = AT_ONCE.retry(|| Ok::<u32, Own>(1)).on(any_error).on_value(|_| true).breaker(&breaker);
    assert_eq!(call.call(), Err(Own));
}
