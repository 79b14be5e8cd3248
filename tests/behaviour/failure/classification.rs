//! Classification: the keys `on` and `on_value`, and error types that classify themselves.

use crate::support::runs::{Runs, thrice};
use reattempt::{Transient, Verdict, classify, retry};
use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::time::Duration;

#[derive(Debug, PartialEq)]
enum ApiError {
    Timeout,
    Status(u16),
    NotFound,
}

fn is_transient(error: &ApiError) -> bool {
    !matches!(error, ApiError::NotFound)
}

#[test]
fn on_takes_a_path() {
    #[retry(strategy = "immediate", on = is_transient)]
    fn call(runs: &Runs) -> Result<u32, ApiError> {
        if runs.next() == 1 { Err(ApiError::Timeout) } else { Err(ApiError::NotFound) }
    }
    let runs = Runs::default();
    assert_eq!(call(&runs), Err(ApiError::NotFound));
    assert_eq!(runs.count(), 2);
}

#[test]
fn on_takes_a_closure_without_types() {
    #[retry(strategy = "immediate", on = |error| error.contains("busy"))]
    fn call(runs: &Runs) -> Result<u32, String> {
        if runs.next() < 3 { Err("the server is busy".to_owned()) } else { Err("the server is gone".to_owned()) }
    }
    let runs = Runs::default();
    assert_eq!(call(&runs), Err("the server is gone".to_owned()));
    assert_eq!(runs.count(), 3);
}

#[test]
fn on_takes_any_function_made_by_an_expression() {
    fn at_least(status: u16) -> impl Fn(&ApiError) -> bool {
        move |error| matches!(error, ApiError::Status(found) if *found >= status)
    }
    #[retry(strategy = "immediate", on = classify::any_of((at_least(500), |error: &ApiError| *error == ApiError::Timeout)))]
    fn call(runs: &Runs) -> Result<u32, ApiError> {
        Err(match runs.next() {
            1 => ApiError::Status(503),
            2 => ApiError::Timeout,
            _ => ApiError::Status(404),
        })
    }
    let runs = Runs::default();
    assert_eq!(call(&runs), Err(ApiError::Status(404)));
    assert_eq!(runs.count(), 3);
}

#[test]
fn on_sees_arguments_and_self() {
    struct Client {
        patience: u32,
    }
    impl Client {
        #[retry(strategy = "immediate", max = 10, on = |_| runs.count() < self.patience + more)]
        fn call(&self, runs: &Runs, more: u32) -> Result<u32, ApiError> {
            runs.next();
            Err(ApiError::Timeout)
        }
    }
    let runs = Runs::default();
    assert_eq!(Client { patience: 2 }.call(&runs, 3), Err(ApiError::Timeout));
    assert_eq!(runs.count(), 5);
}

#[test]
fn a_pattern_is_for_a_reference_to_the_error() {
    #[retry(strategy = "immediate", max = 10, on = matches(&"busy" | &"late"))]
    fn call(runs: &Runs) -> Result<u32, &'static str> {
        Err(match runs.next() {
            1 => "busy",
            2 => "late",
            _ => "gone",
        })
    }
    let runs = Runs::default();
    assert_eq!(call(&runs), Err("gone"));
    assert_eq!(runs.count(), 3);
}

#[test]
fn on_takes_patterns_with_alternatives_and_a_guard() {
    #[retry(strategy = "immediate", max = 10, on = matches(ApiError::Timeout | ApiError::Status(500..=599)))]
    fn alternatives(runs: &Runs) -> Result<u32, ApiError> {
        Err(match runs.next() {
            1 => ApiError::Timeout,
            2 => ApiError::Status(503),
            _ => ApiError::Status(404),
        })
    }
    #[retry(strategy = "immediate", max = 10, on = matches(ApiError::Status(status) if *status == wanted))]
    fn guard(runs: &Runs, wanted: u16) -> Result<u32, ApiError> {
        runs.next();
        Err(ApiError::Status(429))
    }
    let runs = Runs::default();
    assert_eq!(alternatives(&runs), Err(ApiError::Status(404)));
    assert_eq!(runs.count(), 3);
    let runs = Runs::default();
    assert_eq!(guard(&runs, 429), Err(ApiError::Status(429)));
    assert_eq!(runs.count(), 10);
    let runs = Runs::default();
    assert_eq!(guard(&runs, 503), Err(ApiError::Status(429)));
    assert_eq!(runs.count(), 1);
}

#[test]
fn a_classifier_may_answer_a_verdict() {
    #[retry(max = 2, on = |_| Verdict::RetryAfter(Duration::from_secs(7)))]
    fn call() -> Result<u32, ApiError> {
        Err(ApiError::Timeout)
    }
    let paused = reattempt::testing::pause();
    assert_eq!(call(), Err(ApiError::Timeout));
    assert!(paused.slept()[0] >= Duration::from_secs(7));
}

#[test]
fn an_error_type_may_classify_itself_and_give_hints() {
    #[derive(Debug, PartialEq)]
    struct Busy(bool);
    impl Transient for Busy {
        fn is_transient(&self) -> bool {
            self.0
        }
        fn retry_after(&self) -> Option<Duration> {
            Some(Duration::from_secs(3))
        }
    }
    #[retry]
    fn call(runs: &Runs) -> Result<u32, Busy> {
        Err(Busy(runs.next() < 2))
    }
    let paused = reattempt::testing::pause();
    let runs = Runs::default();
    assert_eq!(call(&runs), Err(Busy(false)));
    assert_eq!(runs.count(), 2);
    assert!(paused.slept()[0] >= Duration::from_secs(3));
}

#[test]
fn io_errors_classify_themselves() {
    #[retry(strategy = "immediate", max = 4)]
    fn call(runs: &Runs, kind: io::ErrorKind) -> io::Result<()> {
        runs.next();
        Err(kind.into())
    }
    for (kind, expected) in [(io::ErrorKind::ConnectionReset, 4), (io::ErrorKind::NotFound, 1)] {
        let runs = Runs::default();
        assert_eq!(call(&runs, kind).unwrap_err().kind(), kind);
        assert_eq!(runs.count(), expected, "{kind}");
    }
}

#[test]
fn an_option_is_retried_on_none_where_that_is_said() {
    #[retry(strategy = "immediate", max = 5, on = reattempt::any_error)]
    fn call(runs: &Runs) -> Option<u32> {
        let run = runs.next();
        (run == 4).then_some(run)
    }
    let runs = Runs::default();
    assert_eq!(call(&runs), Some(4));
    assert_eq!(runs.count(), 4);
}

#[test]
fn a_value_that_is_not_good_enough_is_asked_for_again() {
    #[retry(strategy = "immediate", max = 5, on_value = |value| *value < 3)]
    fn plain(runs: &Runs) -> u32 {
        runs.next()
    }
    #[retry(strategy = "immediate", max = 5, on = reattempt::no_error, on_value = matches(0..=2))]
    fn option(runs: &Runs) -> Option<u32> {
        Some(runs.next())
    }
    #[retry(strategy = "immediate", max = 5, on = reattempt::no_error, on_value = |value: &u32| *value < 3)]
    fn result(runs: &Runs) -> Result<u32, ApiError> {
        Ok(runs.next())
    }
    let runs = Runs::default();
    assert_eq!(plain(&runs), 3);
    let runs = Runs::default();
    assert_eq!(option(&runs), Some(3));
    let runs = Runs::default();
    assert_eq!(result(&runs), Ok(3));
    assert_eq!(runs.count(), 3);
}

#[test]
fn the_last_value_is_returned_though_it_was_rejected() {
    #[retry(strategy = "immediate", max = 3, on = reattempt::no_error, on_value = |_| true)]
    fn call(runs: &Runs) -> Result<u32, ApiError> {
        Ok(runs.next())
    }
    let runs = Runs::default();
    assert_eq!(call(&runs), Ok(3));
}

#[test]
fn errors_classify_themselves_beside_a_classifier_of_values() {
    #[retry(strategy = "immediate", max = 9, on_value = |value: &u32| *value < 10)]
    fn call(runs: &Runs, last: io::ErrorKind) -> Result<u32, io::Error> {
        match runs.next() {
            1 | 3 => Err(io::ErrorKind::TimedOut.into()),
            2 => Ok(1),
            4 => Err(last.into()),
            _ => Ok(10),
        }
    }
    let runs = Runs::default();
    assert_eq!(call(&runs, io::ErrorKind::ConnectionReset).unwrap(), 10);
    assert_eq!(runs.count(), 5);
    let runs = Runs::default();
    assert_eq!(call(&runs, io::ErrorKind::NotFound).unwrap_err().kind(), io::ErrorKind::NotFound);
    assert_eq!(runs.count(), 4);
}

#[tokio::test]
async fn a_request_that_could_not_connect_is_sent_again_beside_a_classifier_of_answers() {
    #[derive(Debug, PartialEq, reattempt::Transient)]
    enum Fault {
        #[transient]
        Connect,
        #[permanent]
        Forbidden,
    }
    #[retry(
        strategy = "immediate", max = 5, method = POST, idempotency_key = key,
        on_value = |status: &u16| *status == 503
    )]
    async fn post(runs: &Runs) -> Result<u16, Fault> {
        let _ = key;
        match runs.next() {
            1 | 3 => Err(Fault::Connect),
            2 => Ok(503),
            _ => Err(Fault::Forbidden),
        }
    }
    let runs = Runs::default();
    assert_eq!(post(&runs).await, Err(Fault::Forbidden));
    assert_eq!(runs.count(), 4);
}

#[test]
fn no_error_says_that_only_values_are_asked_for_again() {
    #[retry(strategy = "immediate", max = 5, on = reattempt::no_error, on_value = |value: &u32| *value < 10)]
    fn result(runs: &Runs) -> Result<u32, io::Error> {
        if runs.next() == 2 { Err(io::ErrorKind::TimedOut.into()) } else { Ok(1) }
    }
    let runs = Runs::default();
    assert_eq!(result(&runs).unwrap_err().kind(), io::ErrorKind::TimedOut);
    assert_eq!(runs.count(), 2);
    #[retry(strategy = "immediate", max = 5, on = reattempt::no_error, on_value = |value: &u32| *value < 10)]
    fn option(runs: &Runs) -> Option<u32> {
        (runs.next() != 3).then_some(1)
    }
    let runs = Runs::default();
    assert_eq!(option(&runs), None);
    assert_eq!(runs.count(), 3);
}

#[test]
fn each_outcome_is_shown_once_to_the_classifier_that_it_is_for() {
    let seen = RefCell::new(Vec::new());
    #[retry(
        strategy = "immediate",
        max = 4,
        on = |error: &u32| { seen.borrow_mut().push(format!("error {error}")); true },
        on_value = |value: &u32| { seen.borrow_mut().push(format!("value {value}")); true }
    )]
    fn call(runs: &Runs, seen: &RefCell<Vec<String>>) -> Result<u32, u32> {
        let run = runs.next();
        if run % 2 == 0 { Ok(run) } else { Err(run) }
    }
    assert_eq!(call(&Runs::default(), &seen), Ok(4));
    assert_eq!(*seen.borrow(), ["error 1", "value 2", "error 3", "value 4"]);
}

#[test]
fn a_success_is_not_shown_to_the_classifier_of_errors() {
    #[retry(on = |_: &ApiError| -> bool { panic!("a success was classified") })]
    fn call() -> Result<u32, ApiError> {
        Ok(1)
    }
    assert_eq!(call(), Ok(1));
}

#[test]
fn a_named_classifier_may_take_what_its_failure_derefs_to() {
    fn is_busy(error: &str) -> bool {
        error == "busy"
    }
    fn is_short(value: &[u8]) -> bool {
        value.len() < 2
    }
    #[retry(strategy = "immediate", on = is_busy, on_value = is_short)]
    fn call(runs: &Runs) -> Result<Vec<u8>, String> {
        if runs.next() == 1 { Err("busy".to_owned()) } else { Ok(vec![0; runs.count() as usize - 1]) }
    }
    let runs = Runs::default();
    assert_eq!(call(&runs), Ok(vec![0, 0]));
    assert_eq!(runs.count(), 3);
}

#[test]
fn a_closure_may_say_return_and_move_what_it_needs() {
    #[retry(strategy = "immediate", on = move |error: &u32| { if *error > 1 { return false; } limit > 0 })]
    fn call(runs: &Runs, limit: u32) -> Result<(), u32> {
        Err(runs.next())
    }
    let runs = Runs::default();
    assert_eq!(call(&runs, 1), Err(2));
}

#[test]
fn a_trait_with_a_method_for_everything_is_not_in_the_way() {
    trait Everything: Sized {
        fn outcome(self) -> u32 {
            7
        }
        fn jitter(self) -> u32 {
            7
        }
        fn checked(self) -> u32 {
            7
        }
        fn policy(self) -> u32 {
            7
        }
    }
    impl<T> Everything for T {}

    #[retry(strategy = "constant", base = "1ms", jitter = jitter, max = max, on_value = |value| *value < 2)]
    fn call(runs: &Runs, jitter: f64, max: u32) -> u32 {
        runs.next()
    }
    let _paused = reattempt::testing::pause();
    assert_eq!(call(&Runs::default(), 0.0, 3), 2);
    assert_eq!((1_u8.outcome(), 1_u8.jitter(), 1_u8.checked(), 1_u8.policy()), (7, 7, 7, 7));
}

#[test]
fn on_looks_for_the_cause_in_errors_of_erased_type() {
    fn fail(runs: &Runs) -> io::Error {
        match runs.next() {
            1 | 2 => io::ErrorKind::ConnectionReset.into(),
            _ => io::ErrorKind::NotFound.into(),
        }
    }
    #[retry(strategy = "immediate", max = 10, on = classify::source::<io::Error>())]
    fn any(runs: &Runs) -> anyhow::Result<()> {
        Err(anyhow::Error::new(fail(runs)).context("reading").context("starting"))
    }
    #[retry(strategy = "immediate", max = 10, on = classify::source::<io::Error>())]
    fn boxed(runs: &Runs) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Err(fail(runs).into())
    }
    #[retry(strategy = "immediate", max = 10, on = classify::any_of((classify::source::<io::Error>(), classify::source::<Never>())))]
    fn joined(runs: &Runs) -> Result<(), Box<dyn std::error::Error>> {
        Err(fail(runs).into())
    }
    #[derive(Debug, Transient, thiserror::Error)]
    #[error("never")]
    #[permanent]
    struct Never;
    let runs = Runs::default();
    assert!(any(&runs).is_err());
    assert_eq!(runs.count(), 3);
    let runs = Runs::default();
    assert!(boxed(&runs).is_err());
    assert_eq!(runs.count(), 3);
    let runs = Runs::default();
    assert!(joined(&runs).is_err());
    assert_eq!(runs.count(), 3);
}

#[test]
fn on_takes_a_classifier_among_the_arguments() {
    #[retry(strategy = "immediate", max = 9, on = check)]
    fn named(runs: &Runs, check: impl Fn(&ApiError) -> bool) -> Result<u32, ApiError> {
        runs.next();
        Err(ApiError::Timeout)
    }
    #[retry(strategy = "immediate", max = 9, on = check)]
    fn in_a_pattern(runs: &Runs, (check, _): (impl Fn(&ApiError) -> bool, u32)) -> Result<u32, ApiError> {
        runs.next();
        Err(ApiError::Timeout)
    }
    #[retry(strategy = "immediate", max = 9, on = matches(ApiError::Status(found) if *found == status))]
    fn in_a_guard(runs: &Runs, status: u16) -> Result<u32, ApiError> {
        runs.next();
        Err(ApiError::Status(503))
    }
    let counted = |call: &dyn Fn(&Runs)| {
        let runs = Runs::default();
        call(&runs);
        runs.count()
    };
    assert_eq!(counted(&|runs| drop(named(runs, |_| runs.count() < 3))), 3);
    assert_eq!(counted(&|runs| drop(in_a_pattern(runs, (|_: &ApiError| runs.count() < 4, 1)))), 4);
    assert_eq!(counted(&|runs| drop(in_a_guard(runs, 503))), 9);
    assert_eq!(counted(&|runs| drop(in_a_guard(runs, 500))), 1);
}

#[tokio::test]
async fn on_takes_a_classifier_among_the_variables_of_an_async_function() {
    #[retry(strategy = "immediate", max = 9, on = check)]
    async fn argument(runs: &Runs, check: &dyn Fn(&ApiError) -> bool) -> Result<u32, ApiError> {
        runs.next();
        Err(ApiError::Timeout)
    }
    #[retry(strategy = "immediate", max = 9, on = check)]
    fn variable(runs: &Runs, most: u32) -> Pin<Box<dyn Future<Output = Result<u32, ApiError>> + '_>> {
        let check = move |_: &ApiError| runs.count() < most;
        Box::pin(async move {
            runs.next();
            Err(ApiError::Timeout)
        })
    }
    let runs = Runs::default();
    assert_eq!(argument(&runs, &|_| runs.count() < 5).await, Err(ApiError::Timeout));
    assert_eq!(runs.count(), 5);
    let runs = Runs::default();
    assert_eq!(variable(&runs, 6).await, Err(ApiError::Timeout));
    assert_eq!(runs.count(), 6);
}

#[test]
fn a_classifier_that_an_expression_makes_is_made_only_where_there_is_something_to_judge() {
    use std::cell::Cell;
    struct Client {
        made: Cell<u32>,
    }
    impl Client {
        fn classifier(&self) -> impl Fn(&ApiError) -> bool + use<> {
            self.made.set(self.made.get() + 1);
            is_transient
        }
        #[retry(strategy = "immediate", on = self.classifier())]
        fn call(&self, runs: &Runs) -> Result<u32, ApiError> {
            if runs.next() < 3 { Err(ApiError::Timeout) } else { Ok(7) }
        }
    }
    let client = Client { made: Cell::new(0) };
    assert_eq!(client.call(&Runs::default()), Ok(7));
    assert_eq!(client.made.get(), 2);
}

#[test]
fn a_classifier_that_lies_in_a_field_stays_there() {
    struct Client {
        is_transient: Box<dyn Fn(&ApiError) -> bool>,
        others: [fn(&ApiError) -> Verdict; 1],
    }
    impl Client {
        #[retry(strategy = "immediate", on = self.is_transient)]
        fn call(&self, runs: &Runs) -> Result<u32, ApiError> {
            if runs.next() < 3 { Err(ApiError::Timeout) } else { Ok(7) }
        }

        #[retry(strategy = "immediate", on = self.others[0])]
        fn call_by_other(&mut self, runs: &Runs) -> Result<u32, ApiError> {
            if runs.next() < 3 { Err(ApiError::Timeout) } else { Ok(7) }
        }
    }
    let mut client = Client { is_transient: Box::new(is_transient), others: [|_| Verdict::Retry] };
    let runs = Runs::default();
    assert_eq!(client.call(&runs), Ok(7));
    assert_eq!(runs.count(), 3);
    assert_eq!(client.call_by_other(&Runs::default()), Ok(7));
}

#[test]
fn an_argument_may_be_called_error_or_make_the_classifier() {
    fn is(error: &ApiError) -> impl Fn(&ApiError) -> bool {
        move |failure| failure == error
    }

    fn is_timeout() -> fn(&ApiError) -> bool {
        |error| *error == ApiError::Timeout
    }

    #[retry(max = 3, strategy = "immediate", on = is(error))]
    fn equal(runs: &Runs, error: &ApiError) -> Result<(), ApiError> {
        let _ = error;
        runs.next();
        Err(ApiError::Timeout)
    }

    #[retry(max = 3, strategy = "immediate", on = make())]
    fn made(runs: &Runs, make: impl Fn() -> fn(&ApiError) -> bool) -> Result<(), ApiError> {
        let _ = &make;
        runs.next();
        Err(ApiError::Timeout)
    }

    let runs = Runs::new();
    assert_eq!(equal(&runs, &ApiError::Timeout), Err(ApiError::Timeout));
    assert_eq!(runs.count(), 3);
    assert_eq!(equal(&runs, &ApiError::NotFound), Err(ApiError::Timeout));
    assert_eq!(runs.count(), 4);
    assert_eq!(made(&runs, is_timeout), Err(ApiError::Timeout));
    assert_eq!(runs.count(), 7);
}

/// A `Result` as an error, and operators that make a classifier.
#[test]
fn a_result_may_be_an_error_and_an_operator_may_make_a_classifier() {
    #[derive(Debug, PartialEq)]
    struct Silence;

    #[retry(strategy = "immediate", on = matches(Err(_)))]
    fn position(runs: &Runs) -> Result<u32, Result<u32, Silence>> {
        runs.fail_twice().map_err(|_| Err(Silence))
    }
    assert_eq!(thrice(position), Ok(3));

    #[derive(Clone, Copy)]
    struct Rule;

    impl std::ops::BitOr for Rule {
        type Output = fn(&Silence) -> bool;

        fn bitor(self, _: Self) -> Self::Output {
            |_| true
        }
    }
    const FIRST: Rule = Rule;

    #[retry(strategy = "immediate", on = FIRST | other)]
    fn call(runs: &Runs, other: Rule) -> Result<u32, Silence> {
        runs.fail_twice().map_err(|_| Silence)
    }
    assert_eq!(thrice(|runs| call(runs, FIRST)), Ok(3));
}
