//! Twins of `tests/ui/classifiers`: each has a classifier.

use super::{MS, is_transient, up_to};
use crate::support::runs::{Runs, thrice, thrice_async};
use reattempt::{Transient, Verdict, classify, retry};

repaired! {
    [
        a_number, none_for_an_option, quoted, matches_every_failure, closure_of_no_argument, async_closure,
        ends_in_two_colons, asks_whether_it_is_none, any_in_err, err, boolean, underscore
    ] {
        (on = is_transient) => up_to([100 * MS, 200 * MS]);
        (on = matches(_ if true)) => up_to([100 * MS, 200 * MS]);
        (on = |_| true) => up_to([100 * MS, 200 * MS]);
        (on = reattempt::any_error) => up_to([100 * MS, 200 * MS]);
    }
}

/// The failure of the cases below. It is transient only by a classifier.
#[derive(Debug, PartialEq)]
struct Failure;

fn is_permanent(failure: &Failure) -> bool {
    *failure != Failure
}

/// A name in the case of variants, which only a closure or a block may name.
#[expect(non_snake_case, reason = "the case decides")]
fn IsTransient(failure: &Failure) -> bool {
    *failure == Failure
}

/// Makes a classifier.
fn make() -> impl Fn(&Failure) -> bool {
    |failure| *failure == Failure
}

/// Makes a classifier, and is named as one.
fn is_made() -> fn(&Failure) -> bool {
    IsTransient
}

fn make_generic<E>(answer: bool) -> impl Fn(&E) -> bool {
    move |_| answer
}

/// Makes a classifier of another one.
fn unless(classifier: impl Fn(&Failure) -> bool) -> impl Fn(&Failure) -> bool {
    move |failure| !classifier(failure)
}

/// Makes a classifier, and is named as the argument of one.
fn error(answer: bool) -> impl Fn(&Failure) -> bool {
    move |_| answer
}

const RULE: fn(&Failure) -> bool = IsTransient;

struct Rules;

impl Rules {
    const RULE: fn(&Failure) -> bool = IsTransient;

    fn make() -> impl Fn(&Failure) -> bool {
        make()
    }
}

/// Twins of programs that return a `Result`: tests as of `repaired`, with each of the keys in the braces.
macro_rules! classified {
    ($($cases:tt { $(($($keys:tt)+);)+ })+) => {
        shared! {
            $($cases { $({
                #[retry($($keys)+, strategy = "immediate")]
                fn call(runs: &Runs) -> Result<u32, Failure> {
                    runs.fail_twice().map_err(|_| Failure)
                }
                assert_eq!(thrice(call), Ok(3));
            })+ })+
        }
    };
}

classified! {
    [closure_with_wrong_answer] {
        (on = |failure| *failure == Failure);
        (on = |_| Verdict::Retry);
    }
    [empty_pattern, pattern_of_another_type, name_that_leads_to_nothing] {
        (on = matches(Failure));
        (on = matches(Failure if true));
        (on = matches(failure if *failure == Failure));
    }
    [matches_without_parentheses] {
        (on = matches(Failure));
    }
    [none_for_an_error] {
        (on = is_transient);
        (on = matches(Failure));
        (on = reattempt::any_error);
    }
    [takes_by_value, takes_the_whole_result, unknown_name, wrong_argument_type] {
        (on = is_transient);
        (on = |failure| is_transient(failure));
    }
    [called_with_the_error, called_without_arguments, joined_by_an_operator, negated_by_an_operator, condition] {
        (on = is_transient);
        (on = make());
        (on = is_made());
        (on = Rules::make());
        (on = RULE);
        (on = Rules::RULE);
        (on = unless(is_permanent));
        (on = error(true));
        (on = { IsTransient });
        (on = |failure| IsTransient(failure));
        (on = |failure| is_transient(failure) || is_permanent(failure));
        (on = classify::any_of((make(), is_made())));
        (on = classify::not(make_generic(false)));
    }
    [any_error_called, imported_any_error_called] {
        (on = reattempt::any_error);
        (on = classify::any_of((reattempt::no_error, reattempt::any_error)));
    }
    [wrong_answer] {
        (on = is_transient);
        (on = |_| Verdict::Retry);
    }
    [joined_called_without_arguments, joined_one, joined_without_a_tuple, joined_without_parentheses, joined_of_another_type, joined_with_wrong_answer] {
        (on = is_transient);
        (on = classify::any_of((is_permanent, is_transient)));
        (on = classify::any_of((|_: &Failure| false, is_transient)));
        (on = classify::all_of((|_: &Failure| true, is_transient)));
    }
    [negated_called_without_arguments, negated_takes_by_value, negated_with_wrong_answer] {
        (on = classify::not(is_permanent));
        (on = classify::not(|_: &Failure| Verdict::Stop));
    }
}

/// Classifies itself.
#[derive(Debug, PartialEq)]
struct Passing;

impl Transient for Passing {
    fn is_transient(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn none_in_an_async_function() {
    #[retry(strategy = "immediate", on = is_transient)]
    async fn by_function(runs: &Runs) -> Result<u32, Failure> {
        runs.fail_twice().map_err(|_| Failure)
    }

    #[retry(strategy = "immediate")]
    async fn by_type(runs: &Runs) -> Result<u32, Passing> {
        runs.fail_twice().map_err(|_| Passing)
    }

    assert_eq!(thrice_async(async |runs: &Runs| by_function(runs).await).await, Ok(3));
    assert_eq!(thrice_async(async |runs: &Runs| by_type(runs).await).await, Ok(3));
}

#[test]
fn only_values_of_a_result() {
    #[retry(strategy = "immediate", on = is_transient, on_value = |page| *page == 0)]
    fn by_function(runs: &Runs) -> Result<u32, Failure> {
        runs.fail_twice().map_err(|_| Failure)
    }

    #[retry(strategy = "immediate", on_value = |page| *page == 0)]
    fn by_type(runs: &Runs) -> Result<u32, Passing> {
        runs.fail_twice().map_err(|_| Passing)
    }

    #[retry(strategy = "immediate", on = reattempt::no_error, on_value = |page| *page < 3)]
    fn none(runs: &Runs) -> Result<u32, Failure> {
        Ok(runs.next())
    }

    assert_eq!(thrice(by_function), Ok(3));
    assert_eq!(thrice(by_type), Ok(3));
    assert_eq!(thrice(none), Ok(3));
}

#[test]
fn only_values_of_an_option() {
    #[retry(strategy = "immediate", on = reattempt::any_error, on_value = |page| *page == 0)]
    fn any(runs: &Runs) -> Option<u32> {
        runs.fail_twice().ok()
    }

    #[retry(strategy = "immediate", on = reattempt::no_error, on_value = |page| *page < 3)]
    fn none(runs: &Runs) -> Option<u32> {
        Some(runs.next())
    }

    assert_eq!(thrice(any), Some(3));
    assert_eq!(thrice(none), Some(3));
}

#[test]
fn value_quoted() {
    #[derive(Debug, PartialEq)]
    enum Job {
        Pending,
        Done,
    }

    fn is_pending(job: &Job) -> bool {
        *job == Job::Pending
    }

    #[retry(strategy = "immediate", on = reattempt::no_error, on_value = is_pending)]
    fn call(runs: &Runs) -> Option<Job> {
        Some(runs.fail_twice().map_or(Job::Pending, |_| Job::Done))
    }
    assert_eq!(thrice(call), Some(Job::Done));
}

#[test]
fn source_of_an_error_of_ones_own() {
    #[retry(strategy = "immediate", on = classify::source::<std::io::Error>())]
    fn read(runs: &Runs) -> Result<(), Box<dyn std::error::Error>> {
        runs.fail();
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into())
    }
    let runs = Runs::new();
    assert!(read(&runs).is_err());
    assert_eq!(runs.count(), 3);
}

#[test]
fn name_that_leads_to_nothing_inside() {
    #[derive(Debug, PartialEq)]
    struct Wrapped(Failure);

    #[retry(on = matches(Wrapped(Failure)), strategy = "immediate")]
    fn call(runs: &Runs) -> Result<u32, Wrapped> {
        runs.fail_twice().map_err(|_| Wrapped(Failure))
    }
    assert_eq!(thrice(call), Ok(3));
}

#[test]
fn matches_every_value() {
    #[derive(Debug, PartialEq)]
    enum State {
        Pending,
        Done,
    }
    use State::Pending;

    #[retry(on = reattempt::no_error, on_value = matches(Pending), strategy = "immediate")]
    fn call(runs: &Runs) -> Option<State> {
        Some(if runs.fail_twice().is_ok() { State::Done } else { Pending })
    }
    assert_eq!(thrice(call), Some(State::Done));
}

#[test]
fn value_closure_of_two_arguments() {
    #[retry(strategy = "immediate", on = reattempt::no_error, on_value = |number: &u32| *number == 0)]
    fn call(runs: &Runs) -> Option<u32> {
        Some(runs.fail_twice().unwrap_or_default())
    }
    assert_eq!(thrice(call), Some(3));
}

shared! {
    [ends_in_a_dot, closure_without_a_body] {
        #[derive(Debug, PartialEq)]
        struct Known;

        impl Transient for Known {
            fn is_transient(&self) -> bool {
                true
            }
        }

        #[retry(on = |e| e.is_transient(), strategy = "immediate")]
        fn call(runs: &Runs) -> Result<u32, Known> {
            runs.fail_twice().map_err(|_| Known)
        }
        assert_eq!(thrice(call), Ok(3));
    }
}

/// An error of which some variants are transient.
#[derive(Debug, PartialEq)]
enum ApiError {
    Timeout,
    Io(u8),
    Http { code: u16 },
}

/// Retries a call that fails with an `ApiError`.
macro_rules! of_variants {
    ($($name:ident { $(($($keys:tt)+) => $error:expr;)+ })+) => {
        $(#[test]
        fn $name() {
            $({
                #[retry($($keys)+, strategy = "immediate")]
                fn call(runs: &Runs) -> Result<u32, ApiError> {
                    runs.fail_twice().map_err(|_| $error)
                }
                assert_eq!(thrice(call), Ok(3));
            })+
        })+
    };
}

of_variants! {
    variant {
        (on = matches(ApiError::Timeout)) => ApiError::Timeout;
        (on = matches(ApiError::Io { .. })) => ApiError::Io(1);
        (on = matches(ApiError::Http { .. })) => ApiError::Http { code: 503 };
    }
    variant_with_a_field {
        (on = matches(ApiError::Io(_))) => ApiError::Io(1);
        (on = matches(ApiError::Http { code: 503 })) => ApiError::Http { code: 503 };
    }
    variants_in_a_list {
        (on = matches(ApiError::Timeout | ApiError::Io(_))) => ApiError::Io(1);
    }
    variant_among_joined {
        (on = classify::any_of((|error: &ApiError| matches!(error, ApiError::Timeout), reattempt::no_error))) => ApiError::Timeout;
    }
    matches_among_joined {
        (on = classify::not(|error: &ApiError| matches!(error, ApiError::Io(_)))) => ApiError::Timeout;
    }
    verdict {
        (on = |_| Verdict::Retry) => ApiError::Timeout;
    }
}

#[test]
fn value_variant() {
    #[derive(Debug, PartialEq)]
    enum Job {
        Pending,
        Done,
    }

    #[retry(strategy = "immediate", on = reattempt::no_error, on_value = matches(Job::Pending))]
    fn call(runs: &Runs) -> Option<Job> {
        Some(runs.fail_twice().map_or(Job::Pending, |_| Job::Done))
    }
    assert_eq!(thrice(call), Some(Job::Done));
}

#[test]
fn value_condition() {
    #[retry(strategy = "immediate", on = reattempt::no_error, on_value = |value| *value == 0)]
    fn call(runs: &Runs) -> Option<u32> {
        Some(runs.fail_twice().unwrap_or_default())
    }
    assert_eq!(thrice(call), Some(3));
}

#[test]
fn kind_of_an_error() {
    #[retry(strategy = "immediate", on = |error| error.kind() == std::io::ErrorKind::TimedOut)]
    fn call(runs: &Runs) -> std::io::Result<u32> {
        runs.fail_twice().map_err(|_| std::io::ErrorKind::TimedOut.into())
    }
    assert_eq!(thrice(call).ok(), Some(3));
}

#[test]
fn type_of_every_failure() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(runs: &Runs) -> std::io::Result<u32> {
        runs.fail_twice().map_err(|_| std::io::ErrorKind::NotFound.into())
    }
    assert_eq!(thrice(call).ok(), Some(3));
}

/// Retries a call whose error has no type, by the type of its cause.
macro_rules! of_a_cause {
    ($($name:ident)+) => {
        $(#[test]
        fn $name() {
            #[retry(strategy = "immediate", on = classify::source::<std::io::Error>())]
            fn call(runs: &Runs) -> Result<u32, Box<dyn std::error::Error>> {
                runs.fail_twice().map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut).into())
            }
            assert_eq!(thrice(call).ok(), Some(3));
        })+
    };
}

of_a_cause! { type_of_a_cause source_not_called type_of_a_cause_in_an_alias }

/// A function whose error is an `Option`, so that it has what an `Option` has.
macro_rules! failing_by_an_option {
    ($($case:ident($($on:tt)+);)+) => {$(
        #[test]
        fn $case() {
            #[retry(strategy = "immediate", on = $($on)+)]
            fn call(runs: &Runs) -> Result<u32, Option<u32>> {
                runs.fail_twice().map_err(|_| None)
            }
            assert_eq!(thrice(call), Ok(3));
        }
    )+};
}

failing_by_an_option! {
    method_of_an_option(Option::is_none);
    closure_of_an_option(|found: &Option<u32>| found.is_none());
    none_as_a_pattern(matches(None));
}

#[test]
fn kinds_of_an_error() {
    #[retry(
        strategy = "immediate",
        on = |error| matches!(error.kind(), std::io::ErrorKind::TimedOut | std::io::ErrorKind::Interrupted)
    )]
    fn call(runs: &Runs) -> std::io::Result<u32> {
        runs.fail_twice().map_err(|_| std::io::ErrorKind::Interrupted.into())
    }
    assert_eq!(thrice(call).ok(), Some(3));
}

/// Retries a call by the kind of its error, which is also the error of another function.
macro_rules! of_a_kind {
    ($($name:ident)+) => {
        $(#[test]
        fn $name() {
            #[retry(strategy = "immediate", on = |error| matches!(error.kind(), std::io::ErrorKind::TimedOut))]
            fn call(runs: &Runs) -> std::io::Result<u32> {
                runs.fail_twice().map_err(|_| std::io::ErrorKind::TimedOut.into())
            }
            assert_eq!(thrice(call).ok(), Some(3));

            #[retry(strategy = "immediate", on = matches(std::io::ErrorKind::TimedOut))]
            fn kind(runs: &Runs) -> Result<u32, std::io::ErrorKind> {
                runs.fail_twice().map_err(|_| std::io::ErrorKind::TimedOut)
            }
            assert_eq!(thrice(kind), Ok(3));
        })+
    };
}

of_a_kind! { pattern_of_a_kind type_of_a_kind }

/// An error with a variant that has fields.
#[derive(Debug, PartialEq)]
enum Answer {
    Timeout,
    Busy(u32),
}

impl Answer {
    fn is_timeout(&self) -> bool {
        *self == Self::Timeout
    }
}

fn is_busy(answer: &Answer) -> bool {
    *answer == Answer::Busy(503)
}

fn is_no_answer(answer: &Answer) -> bool {
    answer.is_timeout()
}

/// Retries a call that fails with a time-out, by each of the classifiers.
macro_rules! of_an_answer {
    (@one $name:ident { $($on:tt)+ }) => {
        #[test]
        fn $name() {
            #[retry(strategy = "immediate", on = $($on)+)]
            fn call(runs: &Runs) -> Result<u32, Answer> {
                runs.fail_twice().map_err(|_| Answer::Timeout)
            }
            assert_eq!(thrice(call), Ok(3));
        }
    };
    ($([$($name:ident)+] $on:tt)+) => {
        $($(of_an_answer!(@one $name $on);)+)+
    };
}

of_an_answer! {
    [pattern_of_the_whole_result variant_in_err matches_with_a_value] { matches(Answer::Timeout) }
    [method_of_underscore method_alone arrow_closure arrow_behind_bars lambda] { |error| error.is_timeout() }
    [arrow_closure_in_parentheses types_in_a_list] { |error| error.is_timeout() || is_busy(error) }
    [literals_in_a_list] { |error| !matches!(error, Answer::Busy(503 | 429)) }
    [joined_by_a_word joined_by_a_bar two_classifiers] { classify::any_of((is_no_answer, is_busy)) }
    [negated_by_a_word] { classify::not(is_busy) }
}

#[test]
fn method_with_underscore() {
    struct Server;

    impl Server {
        fn is_timeout(&self, answer: &Answer) -> bool {
            answer.is_timeout()
        }

        #[retry(strategy = "immediate", on = |error| self.is_timeout(error))]
        fn call(&self, runs: &Runs) -> Result<u32, Answer> {
            runs.fail_twice().map_err(|_| Answer::Timeout)
        }
    }
    assert_eq!(thrice(|runs| Server.call(runs)), Ok(3));
}

shared! {
    [method_by_its_path, method_as_a_field, method_without_the_error] {
        struct Client {
            allowed: usize,
        }

        impl Client {
            fn is_transient(&self, error: &str) -> bool {
                error.len() > self.allowed
            }

            #[retry(strategy = "immediate", on = |error| self.is_transient(error))]
            fn call(&self, runs: &Runs) -> Result<u32, String> {
                runs.fail_twice().map_err(|_| "busy".to_owned())
            }
        }
        assert_eq!(thrice(|runs| Client { allowed: 3 }.call(runs)), Ok(3));
    }
    [takes_the_error_in_a_box, takes_the_error_in_anyhow] {
        fn is_transient(error: &(dyn std::error::Error + 'static)) -> bool {
            error.source().is_none()
        }
        #[retry(strategy = "immediate", on = |error| is_transient(&**error))]
        fn in_a_box(runs: &Runs) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
            runs.fail_twice().map_err(|_| "busy".into())
        }
        #[retry(strategy = "immediate", on = |error| is_transient(&**error))]
        fn in_anyhow(runs: &Runs) -> anyhow::Result<u32> {
            runs.fail_twice().map_err(|_| anyhow::Error::msg("busy"))
        }
        assert_eq!(thrice(in_a_box).ok(), Some(3));
        assert_eq!(thrice(in_anyhow).ok(), Some(3));
    }
}

#[test]
fn method_takes_by_value() {
    #[derive(Clone, Debug, PartialEq)]
    struct Busy;

    impl Busy {
        fn is_transient(&self) -> bool {
            true
        }

        fn into_answer(self) -> bool {
            true
        }
    }

    #[retry(strategy = "immediate", on = Busy::is_transient)]
    fn by_reference(runs: &Runs) -> Result<u32, Busy> {
        runs.fail_twice().map_err(|_| Busy)
    }
    #[retry(strategy = "immediate", on = |error| Busy::into_answer(error.clone()))]
    fn by_a_clone(runs: &Runs) -> Result<u32, Busy> {
        runs.fail_twice().map_err(|_| Busy)
    }
    assert_eq!(thrice(by_reference), Ok(3));
    assert_eq!(thrice(by_a_clone), Ok(3));
}
