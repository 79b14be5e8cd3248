//! Named classifiers that are right, and look like those that `tests/ui/classifiers` refuses: their signature fits by a coercion or by a generic,
//! or the name is not what it seems to be.

use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use reattempt::{Transient, Verdict, any_error, classify, no_error, retry};
use std::error::Error;
use std::fmt::Debug;
use std::sync::Arc;

/// A test for each case: calls a function with each of these classifiers, which fails twice with an error of this type, made of a `Busy`.
macro_rules! retried {
    ($($case:ident: $error:ty, $made:expr, { $($classifier:expr;)+ })+) => {
        $(
            #[test]
            fn $case() {
                $({
                    #[retry(strategy = "immediate", on = $classifier)]
                    fn call(runs: &Runs) -> Result<u32, $error> {
                        runs.fail_twice().map_err($made)
                    }
                    assert_eq!(thrice(call).ok(), Some(3), "{}", stringify!($classifier));
                })+
            }
        )+
    };
}

struct Rules;

impl Rules {
    fn generic<T: Debug>(_: T) -> bool {
        true
    }

    fn opaque(_: impl Debug) -> bool {
        true
    }

    fn generic_reference<T: Debug + ?Sized>(_: &T) -> bool {
        true
    }

    fn of_any_error(_: &dyn Error) -> bool {
        true
    }

    fn of_a_static_error(error: &(dyn Error + 'static)) -> Verdict {
        if error.is::<Busy>() { Verdict::Retry } else { Verdict::Stop }
    }

    fn of_what_has_debug(_: &dyn Debug) -> bool {
        true
    }

    const fn is_busy(_: &Busy) -> bool {
        true
    }

    fn is_text(text: &String) -> bool {
        text == "busy"
    }

    const fn is_calm(_: &Busy) -> bool {
        false
    }
}

trait Passing {
    fn passes(&self) -> bool;

    fn passes_by_value(self) -> bool
    where
        Self: Sized,
    {
        self.passes()
    }
}

impl Passing for Busy {
    fn passes(&self) -> bool {
        true
    }
}

/// References have methods by value.
impl Passing for &Busy {
    fn passes(&self) -> bool {
        true
    }
}

/// What a user's own functions return that are named like those of this crate.
mod joined {
    pub(super) fn any_of<E>(one: fn(&E) -> bool, other: fn(&E) -> bool) -> impl Fn(&E) -> bool {
        move |error| one(error) || other(error)
    }

    pub(super) fn all_of(answer: bool) -> impl Fn(&String) -> bool {
        move |_| answer
    }

    pub(super) fn not<E>(classifier: impl Fn(&E) -> bool) -> impl Fn(&E) -> bool {
        move |error| !classifier(error)
    }

    /// Functions that are named `not`, and take what is no classifier.
    pub(super) mod other {
        pub(in super::super) fn not(classifier: fn(String) -> bool) -> impl Fn(&String) -> bool {
            move |error| !classifier(error.clone())
        }
    }

    pub(super) mod two {
        pub(in super::super) fn not<F: Fn(&str, usize) -> bool>(classifier: F) -> impl Fn(&String) -> bool {
            move |error| !classifier(error, 9)
        }
    }

    pub(super) mod pointer {
        pub(in super::super) fn not(classifier: fn(&String) -> bool) -> impl Fn(&String) -> bool {
            move |error| !classifier(error)
        }
    }

    /// A classifier with the name of one that exists already.
    pub(super) fn transient() -> fn(&String) -> bool {
        |_| true
    }
}

use joined::{all_of, any_of, not, transient};

fn is_busy(text: &str) -> bool {
    text == "busy"
}

fn is_exactly_busy(text: &String) -> bool {
    text == "busy"
}

fn is_never(_: &String) -> bool {
    false
}

fn takes_by_value(text: String) -> bool {
    text.is_empty()
}

fn is_longer(text: &str, length: usize) -> bool {
    text.len() > length
}

fn is_some_error(_: &dyn Error) -> bool {
    true
}

fn is_a_busy(error: &(dyn Error + 'static)) -> bool {
    error.to_string() == "busy"
}

fn has_debug(_: &dyn Debug) -> bool {
    true
}

fn is_anything<T>(_: T) -> bool {
    true
}

#[expect(clippy::borrowed_box, reason = "the failure is a box")]
fn is_boxed(_: &Box<dyn Error + Send + Sync>) -> bool {
    true
}

fn is_anyhow(_: &anyhow::Error) -> bool {
    true
}

retried! {
    a_function_of_a_type_takes_its_failure_by_a_coercion_or_a_generic: Busy, |busy| busy, {
        Rules::is_busy;
        Rules::generic;
        Rules::generic::<&Busy>;
        Rules::opaque;
        Rules::generic_reference;
        Rules::of_any_error;
        Rules::of_a_static_error;
        Rules::of_what_has_debug;
        classify::not(Rules::is_calm);
    }
    a_method_of_a_trait_is_named: Busy, |busy| busy, {
        Passing::passes;
        Passing::passes_by_value;
        <Busy as Passing>::passes;
        <_>::passes;
        Transient::is_transient;
        classify::transient;
        classify::not(no_error);
    }
    a_method_of_what_the_failure_derefs_to_is_named: String, |busy| busy.to_string(), {
        str::is_ascii;
        <str>::is_ascii;
        Rules::is_text;
        is_busy;
        classify::not(str::is_empty);
        classify::not(String::is_empty);
    }
    a_function_alone_takes_its_failure_by_a_coercion_or_a_generic: Busy, |busy| busy, {
        is_anything;
        is_anything::<&Busy>;
        has_debug;
        is_some_error;
        is_a_busy;
        any_error;
    }
    a_boxed_error_is_taken_as_it_is_or_by_a_coercion: Box<dyn Error + Send + Sync>, Into::into, {
        is_boxed;
        has_debug;
        is_anything;
        any_error;
        |error| is_a_busy(&**error);
        |error| is_a_busy(error.as_ref());
    }
    an_error_of_anyhow_is_taken_as_it_is_or_by_a_coercion: anyhow::Error, anyhow::Error::new, {
        is_anyhow;
        has_debug;
        is_anything;
        any_error;
        |error| is_a_busy(&**error);
        |error| is_a_busy(error.as_ref());
    }
    a_shared_error_is_an_error: Arc<dyn Error>, |busy| -> Arc<dyn Error> { Arc::new(busy) }, {
        is_some_error;
        is_a_busy;
    }
    functions_of_ones_own_have_names_of_this_crate: String, |busy| busy.to_string(), {
        any_of(is_exactly_busy, is_never);
        any_of(|text| text == "busy", is_never);
        all_of(true);
        not(is_never);
        transient();
        joined::other::not(takes_by_value);
        joined::two::not(is_longer);
        joined::pointer::not(is_never);
        not(|text: &String| text.is_empty());
        classify::any_of((is_never, transient(), classify::not(is_exactly_busy)));
        classify::not(|text| !is_exactly_busy(text));
    }
}

#[test]
fn a_value_is_judged_by_a_method_of_its_type() {
    #[retry(strategy = "immediate", on = no_error, on_value = Vec::is_empty)]
    fn list(runs: &Runs) -> Result<Vec<u32>, Busy> {
        Ok(runs.fail_twice().into_iter().collect())
    }
    assert_eq!(thrice(list), Ok(vec![3]));
}

/// What looks like a method that is not called may be a field, and what looks like a call of a classifier may make one.
#[test]
fn a_field_and_a_method_without_arguments_are_no_mistake() {
    struct Client<T> {
        is_transient: fn(&String) -> bool,
        boxed: Box<dyn Fn(&str) -> bool>,
        text: T,
    }

    impl<T: Debug> Client<T> {
        fn is_as_long(&self) -> impl Fn(&String) -> bool {
            let text = format!("{:?}", self.text);
            move |error| error.len() == text.len()
        }

        fn is_shared(&self) -> Arc<dyn Fn(&str) -> bool> {
            Arc::new(is_busy)
        }

        fn is_text(error: &str) -> bool {
            error == "busy"
        }

        #[retry(strategy = "immediate", on = self.is_transient)]
        fn by_field(&self, runs: &Runs) -> Result<u32, String> {
            runs.fail_twice().map_err(|busy| busy.to_string())
        }

        #[retry(strategy = "immediate", on = self.boxed)]
        fn by_box(&self, runs: &Runs) -> Result<u32, String> {
            runs.fail_twice().map_err(|busy| busy.to_string())
        }

        #[retry(strategy = "immediate", on = self.is_as_long())]
        fn by_method(&self, runs: &Runs) -> Result<u32, String> {
            runs.fail_twice().map_err(|busy| busy.to_string())
        }

        #[retry(strategy = "immediate", on = self.is_shared())]
        fn by_shared(&self, runs: &Runs) -> Result<u32, String> {
            runs.fail_twice().map_err(|busy| busy.to_string())
        }

        #[retry(strategy = "immediate", on = Self::is_text)]
        fn by_associated_function(&self, runs: &Runs) -> Result<u32, String> {
            runs.fail_twice().map_err(|busy| busy.to_string())
        }
    }
    let client = Client { is_transient: is_exactly_busy, boxed: Box::new(is_busy), text: 1234 };
    assert_eq!(thrice(|runs| client.by_field(runs)), Ok(3));
    assert_eq!(thrice(|runs| client.by_box(runs)), Ok(3));
    assert_eq!(thrice(|runs| client.by_method(runs)), Ok(3));
    assert_eq!(thrice(|runs| client.by_shared(runs)), Ok(3));
    assert_eq!(thrice(|runs| client.by_associated_function(runs)), Ok(3));
}

/// A variable of this kind is no function: it may be a closure that changes what it captured.
#[tokio::test]
async fn a_variable_before_an_async_block_may_be_a_closure_that_changes() {
    #[retry(strategy = "immediate", on = counts)]
    fn call(runs: &Runs) -> impl Future<Output = Result<u32, Busy>> {
        let mut left = 2;
        let mut counts = move |_: &Busy| {
            left -= 1;
            left >= 0
        };
        async move { runs.fail_twice() }
    }
    assert_eq!(thrice_async(call).await, Ok(3));
}

#[tokio::test]
async fn a_function_of_a_generic_is_named_in_an_async_function() {
    trait Service {
        type Error;

        fn is_transient(error: &Self::Error) -> bool;
    }

    impl Service for Rules {
        type Error = Busy;

        fn is_transient(_: &Busy) -> bool {
            true
        }
    }

    #[retry(strategy = "immediate", on = S::is_transient)]
    async fn call<S: Service<Error: From<Busy>>>(runs: &Runs) -> Result<u32, S::Error> {
        Ok(runs.fail_twice()?)
    }
    assert_eq!(thrice_async(call::<Rules>).await, Ok(3));
}

#[test]
fn an_argument_is_a_classifier_of_an_erased_error() {
    #[retry(strategy = "immediate", on = rule)]
    fn call(rule: impl Fn(&anyhow::Error) -> bool, runs: &Runs) -> anyhow::Result<u32> {
        Ok(runs.fail_twice()?)
    }
    assert_eq!(thrice(|runs| call(|_| true, runs)).ok(), Some(3));
}
