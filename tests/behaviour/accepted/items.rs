//! Twins of `tests/ui/items`: the attribute on functions with a body, and other items beside them.

use crate::support::runs::{Runs, thrice, thrice_async};
use reattempt::retry;
use std::future::Future;
use std::pin::Pin;

/// Twins of items that are not functions: the item unchanged, and a function that returns it.
macro_rules! beside {
    ($([$case:ident] $item:item { $answer:expr })+) => {$(
        #[test]
        fn $case() {
            $item

            #[retry(strategy = "immediate", on = reattempt::any_error)]
            fn call(runs: &Runs) -> Option<u32> {
                runs.fail_twice().ok()?;
                Some($answer)
            }
            assert_eq!(thrice(call), Some(7));
        }
    )+};
}

beside! {
    [on_a_macro] macro_rules! call { () => { 7 }; } { call!() }
    [on_a_union] union Call { _seven: u32 } { u32::try_from(size_of::<Call>()).map_or(0, |size| size + 3) }
    [on_a_use] use std::primitive::u32 as Call; { Call::from(7_u8) }
    [on_an_extern_crate] extern crate core as call; { call::num::NonZero::<u32>::MIN.get() + 6 }
    [on_a_constant] const CALL: u32 = 7; { CALL }
    [on_a_enum] enum Call { Seven = 7 } { Call::Seven as u32 }
    [on_a_module] mod call { pub(super) const SEVEN: u32 = 7; } { call::SEVEN }
    [on_a_static] static CALL: u32 = 7; { CALL }
    [on_a_struct] struct Call(u32); { Call(7).0 }
    [on_a_type_alias] type Call = u32; { Call::from(7_u8) }
}

/// A function that other things than items are moved into.
macro_rules! moved {
    ($([$case:ident] |$runs:ident| { $($body:tt)+ })+) => {$(
        #[test]
        fn $case() {
            #[retry(strategy = "immediate", on = reattempt::any_error)]
            fn call($runs: &Runs) -> Option<u32> {
                $($body)+
                $runs.fail_twice().ok()
            }
            assert_eq!(thrice(call), Some(3));
        }
    )+};
}

moved! {
    [on_a_block] |runs| {
        {
            assert!(runs.count() < 3);
        }
    }
    [on_a_let] |runs| { let count = runs.count(); assert!(count < 3); }
    [on_a_macro_call] |runs| { assert!(runs.count() < 3); }
    [on_an_expression] |runs| { std::hint::black_box(runs.count()); }
    // The function in place of the foreign one is not `unsafe`.
    [on_an_extern_block] |runs| { drop(runs.count().to_string()); }
}

#[test]
fn on_a_closure() {
    let policy = reattempt::policy!(strategy = "immediate");
    assert_eq!(thrice(|runs| policy.retry(|| runs.fail_twice().ok()).on(reattempt::any_error).call()), Some(3));
}

#[test]
fn const_fn() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(runs: &Runs) -> Option<u32> {
        runs.fail_twice().ok()
    }
    assert_eq!(thrice(call), Some(3));
}

#[test]
fn on_a_trait() {
    trait Client {
        #[retry(strategy = "immediate", on = reattempt::any_error)]
        fn call(&self, runs: &Runs) -> Option<u32> {
            runs.fail_twice().ok()
        }
    }

    impl Client for () {}

    assert_eq!(thrice(|runs| ().call(runs)), Some(3));
}

#[test]
fn on_an_impl() {
    struct Client<'a>(&'a Runs);

    impl Client<'_> {
        #[retry(strategy = "immediate", on = reattempt::any_error)]
        fn call(&self) -> Option<u32> {
            self.0.fail_twice().ok()
        }
    }

    assert_eq!(thrice(|runs| Client(runs).call()), Some(3));
}

#[test]
fn without_a_body() {
    trait Client {
        fn call(&self) -> Option<u32>;
    }

    impl Client for &Runs {
        #[retry(strategy = "immediate", on = reattempt::any_error)]
        fn call(&self) -> Option<u32> {
            self.fail_twice().ok()
        }
    }

    assert_eq!(thrice(|runs| Client::call(&runs)), Some(3));
}

#[test]
fn stacked() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(runs: &Runs) -> Option<()> {
        runs.fail();
        None
    }
    assert_eq!(thrice(call), None);
}

#[test]
fn stacked_by_another_name() {
    #[reattempt::retry(strategy = "immediate", max = 5, on = reattempt::any_error)]
    fn call(runs: &Runs) -> Option<()> {
        runs.fail();
        None
    }
    let runs = Runs::new();
    assert_eq!(call(&runs), None);
    assert_eq!(runs.count(), 5);
}

shared! {
    [broken_signatures, function_without_a_body] {
        #[retry(strategy = "immediate", on = reattempt::any_error)]
        fn call(runs: &Runs, number: u32,) -> Option<u32> {
            runs.fail_twice().ok()?;
            Some(number)
        }
        assert_eq!(thrice(|runs| call(runs, 7)), Some(7));
    }
}

#[tokio::test]
async fn broken_bodies_with_a_future() {
    #[retry(strategy = "immediate", on = reattempt::any_error)]
    fn call(runs: &Runs) -> Pin<Box<dyn Future<Output = Option<u32>> + '_>> {
        let number = 7;
        Box::pin(async move {
            runs.fail_twice().ok()?;
            Some(number)
        })
    }
    assert_eq!(thrice_async(call).await, Some(7));
}
