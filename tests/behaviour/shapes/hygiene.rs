//! Names: names of the user and of the expansion do not interfere.

use crate::support::runs::{Busy, Runs, thrice, thrice_async};
use reattempt::retry;

#[test]
#[expect(clippy::too_many_arguments, reason = "there are as many locals")]
fn arguments_named_like_locals_of_the_expansion() {
    #[retry(strategy = "immediate", attempt = attempt, clone(session, __reattempt_returned))]
    fn call(
        runs: &Runs,
        __reattempt_call: u32,
        __reattempt_site: &str,
        mut __reattempt_policy: u32,
        __reattempt_delay: (),
        __reattempt_outcome: Option<u32>,
        __reattempt_returned: String,
        __reattempt_ledger: &mut u32,
        session: String,
        (delay, mut outcome): (u32, u32),
    ) -> Result<u32, Busy> {
        let (_session, _returned) = (session, __reattempt_returned);
        __reattempt_policy += 1;
        outcome += 1;
        *__reattempt_ledger += 1;
        assert_eq!((__reattempt_site, __reattempt_delay), ("site", ()));
        let (site, policy, step) = (1, 1, 1);
        runs.fail_twice()?;
        Ok(attempt.number()
            + __reattempt_call
            + __reattempt_policy
            + __reattempt_outcome.unwrap_or(0)
            + *__reattempt_ledger
            + delay
            + outcome
            + site
            + policy
            + step)
    }

    let mut ledger = 0;
    let text = || "text".to_owned();
    let returned = thrice(|runs| call(runs, 1, "site", 1, (), Some(1), text(), &mut ledger, text(), (1, 1)));
    assert_eq!(returned, Ok(3 + 1 + 2 + 1 + 3 + 1 + 2 + 3));
}

#[tokio::test]
#[expect(clippy::used_underscore_binding, reason = "a local of the expansion begins like this")]
async fn arguments_named_like_locals_of_the_expansion_in_async() {
    #[retry(strategy = "immediate", max = session + 2, on = |__reattempt_failure| {
        __reattempt_failure == &Busy && __reattempt_call < 3
    }, clone(_reattempt_own))]
    async fn call(
        runs: &Runs,
        __reattempt_call: u32,
        __reattempt_site: &str,
        mut __reattempt_policy: u32,
        __reattempt_returned: &mut u32,
        _reattempt_own: String,
        session: u32,
    ) -> Result<u32, Busy> {
        drop(_reattempt_own);
        __reattempt_policy += 1;
        *__reattempt_returned += 1;
        assert_eq!(__reattempt_site, "site");
        runs.fail_twice()?;
        Ok(__reattempt_call + __reattempt_policy + *__reattempt_returned + session)
    }

    let mut returned = 0;
    let call = async |runs: &Runs| call(runs, 1, "site", 1, &mut returned, String::new(), 1).await;
    assert_eq!(thrice_async(call).await, Ok(1 + 2 + 3 + 1));
}

/// Items with the names of locals and statics of an expansion.
mod named_like_statics {
    use super::{Busy, Runs};
    use reattempt::retry;

    pub(super) static __REATTEMPT_SITE: u32 = 3;
    pub(super) const SITE: u32 = 3;
    pub(super) const POLICY: reattempt::Policy = reattempt::policy!(strategy = "immediate", max = SITE);

    #[retry(policy = POLICY)]
    pub(super) fn call(runs: &Runs) -> Result<u32, Busy> {
        static SITES: u32 = 1;
        Ok(runs.fail_twice()? + SITE + SITES + __REATTEMPT_SITE)
    }

    #[retry(strategy = "immediate", max = SITE)]
    pub(super) async fn call_async(runs: &Runs) -> Result<u32, Busy> {
        const __REATTEMPT_SITE: u32 = 1;
        Ok(runs.fail_twice()? + SITE + __REATTEMPT_SITE)
    }
}

#[tokio::test]
async fn items_named_like_those_of_the_expansion() {
    assert_eq!(thrice(named_like_statics::call), Ok(10));
    assert_eq!(thrice_async(named_like_statics::call_async).await, Ok(7));
}

/// The names of the prelude and of the standard crates mean something else here.
#[expect(dead_code, non_camel_case_types, unused_macros, reason = "the names are what is tested")]
mod shadowing {
    use super::{Busy, Runs};
    use ::reattempt::retry;
    use ::std::result::Result as Outcome;

    struct Result;
    struct Option;
    struct Ok;
    struct Err;
    struct Some;
    struct None;
    struct Box;
    struct String;
    struct Vec;
    struct Pin;
    struct Duration;
    struct Call;
    struct Policy;
    struct u32;
    struct bool;
    trait Clone {}
    trait Copy {}
    trait Default {}
    trait Future {}
    trait Iterator {}
    trait From {}
    trait Into {}
    mod std {}
    mod core {}
    mod alloc {}
    mod reattempt {}
    macro_rules! matches {
        () => {};
    }
    macro_rules! concat {
        () => {};
    }
    macro_rules! line {
        () => {};
    }

    type Count = ::core::primitive::u32;

    #[retry(strategy = "immediate", on = matches(Busy), clone(name))]
    pub(super) fn call(runs: &Runs, mut number: Count, name: ::std::string::String) -> Outcome<Count, Busy> {
        ::core::mem::drop(name);
        number += runs.fail_twice()?;
        Outcome::Ok(number)
    }

    #[retry(strategy = "immediate", max = number + 2, on = matches(Busy), clone(name))]
    pub(super) async fn call_async(
        runs: &Runs,
        mut number: Count,
        name: ::std::string::String,
        list: &mut ::std::vec::Vec<Count>,
    ) -> Outcome<Count, Busy> {
        ::core::mem::drop(name);
        list.push(1);
        number += runs.fail_twice()?;
        Outcome::Ok(number)
    }

    #[retry(strategy = "immediate", on = matches(Busy), max = 3, history = 2)]
    pub(super) fn reporting(runs: &Runs) -> ::std::result::Result<Count, ::reattempt::RetryError<Busy>> {
        runs.fail_twice()
    }

    #[retry(strategy = "immediate", on = ::reattempt::any_error)]
    pub(super) fn optional(runs: &Runs) -> ::std::option::Option<Count> {
        runs.fail_twice().ok()
    }

    #[retry(strategy = "immediate", on_value = matches(0))]
    pub(super) fn plain(runs: &Runs) -> Count {
        runs.fail_twice().unwrap_or(0)
    }
}

#[tokio::test]
async fn names_of_the_prelude_may_be_taken() {
    assert_eq!(thrice(|runs| shadowing::call(runs, 1, String::new())), Ok(4));
    let mut list = Vec::new();
    let call = async |runs: &Runs| shadowing::call_async(runs, 1, String::new(), &mut list).await;
    assert_eq!(thrice_async(call).await, Ok(4));
    assert_eq!(list, [1, 1, 1]);
    assert_eq!(thrice(|runs| shadowing::reporting(runs).unwrap()), 3);
    assert_eq!(thrice(shadowing::optional), Some(3));
    assert_eq!(thrice(shadowing::plain), 3);
}

#[test]
fn types_of_the_body_may_have_the_names_of_the_signature() {
    #[retry(strategy = "immediate")]
    fn call(runs: &Runs) -> Result<u32, Busy> {
        use std::fmt::Result;
        struct Busy(bool);
        fn check(busy: &Busy) -> Result {
            if busy.0 { Err(std::fmt::Error) } else { Ok(()) }
        }
        if check(&Busy(false)).is_err() {
            return Err(crate::support::runs::Busy);
        }
        runs.fail_twice()
    }

    assert_eq!(thrice(call), Ok(3));
}

#[tokio::test]
async fn types_of_the_body_may_have_the_names_of_the_signature_in_async() {
    #[retry(strategy = "immediate")]
    async fn call(runs: &Runs) -> Result<u32, Busy> {
        use std::fmt::Result;
        struct Busy(bool);
        fn check(busy: &Busy) -> Result {
            if busy.0 { Err(std::fmt::Error) } else { Ok(()) }
        }
        if check(&Busy(false)).is_err() {
            return Err(crate::support::runs::Busy);
        }
        runs.fail_twice()
    }

    assert_eq!(thrice_async(call).await, Ok(3));
}

/// Only named items are in scope here.
mod without_a_prelude {
    #![no_implicit_prelude]

    use ::reattempt::retry;
    use ::std::option::Option;
    use ::std::result::Result::{self, Ok};
    use ::std::string::String;
    use ::std::vec::Vec;

    type Busy = crate::support::runs::Busy;
    type Runs = crate::support::runs::Runs;

    #[retry(strategy = "immediate", clone(name))]
    pub(super) fn call(runs: &Runs, mut number: u32, name: String) -> Result<u32, Busy> {
        ::core::mem::drop(name);
        number += runs.fail_twice()?;
        Ok(number)
    }

    #[retry(strategy = "immediate", max = number, on = matches(Busy { .. }), clone(name))]
    pub(super) async fn call_async(
        runs: &Runs,
        mut number: u32,
        name: String,
        list: &mut Vec<u32>,
        hidden: Option<&mut u32>,
    ) -> Result<u32, Busy> {
        ::core::mem::drop((name, hidden));
        list.push(number);
        number += runs.fail_twice()?;
        Ok(number)
    }
}

#[tokio::test]
async fn a_module_without_a_prelude() {
    assert_eq!(thrice(|runs| without_a_prelude::call(runs, 3, String::new())), Ok(6));
    let mut list = Vec::new();
    let call = async |runs: &Runs| without_a_prelude::call_async(runs, 3, String::new(), &mut list, None).await;
    assert_eq!(thrice_async(call).await, Ok(6));
    assert_eq!(list, [3, 3, 3]);
}

/// Methods of the runtime's names on every type.
trait Blanket: Sized {
    fn step(self) -> u32 {
        0
    }
    fn attempt(self) -> u32 {
        0
    }
    fn elapsed(self) -> u32 {
        0
    }
    fn policy(self) -> u32 {
        0
    }
    fn step_or_error(self) -> u32 {
        0
    }
    fn map_break(self) -> u32 {
        0
    }
    #[expect(clippy::wrong_self_convention, reason = "it takes whatever a call would borrow")]
    fn as_mut(self) -> u32 {
        0
    }
}

impl<T> Blanket for T {}

#[tokio::test]
async fn a_blanket_trait_with_the_names_of_the_runtime() {
    #[retry(strategy = "immediate", attempt = attempt, max = limit)]
    fn call(runs: &Runs, limit: u32) -> Result<u32, Busy> {
        assert_eq!(attempt.number(), runs.count() + 1);
        runs.fail_twice()
    }

    #[retry(strategy = "immediate", error = Busy, history = 2)]
    async fn reporting(runs: &Runs) -> Result<u32, reattempt::RetryError<Busy>> {
        runs.fail_twice()
    }

    #[retry(strategy = "immediate", timeout = "1s", deadline = "1min")]
    async fn timed(runs: &Runs, number: Option<&mut u32>) -> Result<u32, reattempt::RetryError<Busy>> {
        number.map_or_else(|| runs.fail_twice(), |number| Ok(*number))
    }

    assert_eq!(thrice_async(async |runs: &Runs| timed(runs, None).await.unwrap()).await, 3);
    assert_eq!(thrice(|runs| call(runs, 3)), Ok(3));
    assert_eq!(thrice_async(async |runs: &Runs| reporting(runs).await.unwrap()).await, 3);
    assert_eq!((1.step(), 1.attempt(), 1.elapsed(), 1.policy()), (0, 0, 0, 0));
    assert_eq!((1.step_or_error(), 1.map_break(), 1.as_mut()), (0, 0, 0));
}

#[tokio::test]
async fn raw_names() {
    #[retry(strategy = "immediate", clone(r#type), max = r#match)]
    fn r#loop(runs: &Runs, r#type: String, mut r#async: u32, r#match: u32) -> Result<(String, u32), Busy> {
        r#async += 1;
        let r#move = r#type;
        runs.fail_twice()?;
        Ok((r#move, r#async))
    }

    #[retry(strategy = "immediate", clone(r#type), max = r#match)]
    async fn r#await(runs: &Runs, r#type: String, r#match: u32) -> Result<String, Busy> {
        let r#move = r#type;
        runs.fail_twice()?;
        Ok(r#move)
    }

    assert_eq!(thrice(|runs| r#loop(runs, "a".to_owned(), 1, 3)), Ok(("a".to_owned(), 2)));
    assert_eq!(thrice_async(async |runs: &Runs| r#await(runs, "a".to_owned(), 3).await).await, Ok("a".to_owned()));
}

/// The path of the function that this stands in, as logging macros find it.
macro_rules! function {
    () => {{
        fn here() {}
        fn name_of<T>(_: T) -> &'static str {
            std::any::type_name::<T>()
        }
        name_of(here).trim_end_matches("::here")
    }};
}

#[tokio::test]
#[expect(clippy::unused_async, reason = "the shape under test")]
async fn the_body_is_a_closure_by_the_names_of_its_types() {
    mod plain {
        #[expect(clippy::unnecessary_wraps, reason = "the shape under test")]
        pub(super) fn call() -> Option<&'static str> {
            Some(function!())
        }

        pub(super) async fn call_async() -> Option<&'static str> {
            Some(function!())
        }
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call() -> Option<&'static str> {
        Some(function!())
    }

    #[retry(strategy = "immediate", on = reattempt::any_error)]
    async fn call_async() -> Option<&'static str> {
        Some(function!())
    }

    let behind =
        |name: Option<&str>, function: &str| name.and_then(|name| Some(name.split_once(function)?.1.to_owned()));
    assert_eq!(behind(plain::call(), "call").as_deref(), Some(""));
    assert_eq!(behind(call(), "::call").as_deref(), Some("::{{closure}}"));
    assert_eq!(behind(plain::call_async().await, "call_async").as_deref(), Some("::{{closure}}"));
    assert_eq!(behind(call_async().await, "::call_async").as_deref(), Some("::{{closure}}::{{closure}}"));
}
