//! What the methods of a call ask of what they are given, in words.
//!
//! A fault is told once, at the method that it is in. For that a method's result depends on its bound: each trait here gives the key's
//! own type, and where none of its two implementations holds, that type is unknown, and the compiler has nothing to say of what
//! follows. With one implementation it would take the type from it, holding or not, and tell of the fault again at `.call()`.

use super::keys::{By, ByDebug, ByDisplay, Own};
#[cfg(feature = "async")]
use super::operation::Awaits;
use super::operation::Calls;
use crate::failure::classify::IntoVerdict;
use crate::failure::outcome::{Outcome, Recoverable};
use crate::failure::retry_error::RetryError;
use crate::observe::event::Retrying;
use crate::policy::Policy;
use crate::policy::backoff::Backoff;
use core::fmt::{Debug, Display};

/// Marks the implementation that holds where the bounds do.
#[derive(Debug)]
pub enum Fits {}

/// Marks the other one, which never holds.
#[derive(Debug)]
pub enum Misfits {}

/// What no type is.
pub trait Nothing {}

/// Both implementations of a trait of this file: the compiler finds by itself which one is meant.
macro_rules! fits {
    ($(impl[$first:ident $(, $generic:ident)*] $name:ident[$($argument:ty),*] for $kind:ty where [$($bounds:tt)*] $items:tt)+) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<$first $(, $generic)*> $name<$($argument,)* Fits> for $kind where $($bounds)* $items

            #[diagnostic::do_not_recommend]
            impl<$first $(, $generic)*> $name<$($argument,)* Misfits> for $kind where $first: Nothing, $($bounds)* $items
        )+
    };
}

/// What the operation of [`Policy::retry`] returns.
#[diagnostic::on_unimplemented(
    message = "the operation returns `{Self}`, which is neither a `Result` nor an `Option`",
    label = "expected an operation that returns a `Result` or an `Option`, found one that returns `{Self}`",
    note = "if it returns a future, call `retry_async` and end with `.await` instead of `.call()`",
    note = "if it returns a value that cannot fail, wrap it, `Plain(value)`, and say which values are not good enough yet: `.on_value(is_not_ready)`"
)]
pub trait Returns<P, M> {
    /// The operation.
    type Operation;
    /// What it returns.
    type Outcome: Outcome;
    /// Takes it.
    fn operation(operation: P) -> Self::Operation;
}

/// What the operation of [`Policy::retry_async`] returns.
#[cfg(feature = "async")]
#[diagnostic::on_unimplemented(
    message = "the operation returns `{Self}`, which is no future of a `Result` or an `Option`",
    label = "expected an operation that returns a future of a `Result` or an `Option`, found one that returns `{Self}`",
    note = "if it returns no future, call `retry`, and end with `.call()` instead of `.await`",
    note = "if it is a future of a value that cannot fail, let it end with `Plain(value)`, and say which values are not good enough yet: `.on_value(is_not_ready)`"
)]
pub trait Promises<P, M> {
    /// The operation.
    type Operation;
    /// What its future gives.
    type Outcome: Outcome;
    /// Takes it.
    fn operation(operation: P) -> Self::Operation;
}

/// What a classifier answers.
#[diagnostic::on_unimplemented(
    message = "a classifier returns `bool` or `Verdict`, not `{Self}`",
    label = "this classifier returns `{Self}`",
    note = "return `true` to attempt again and `false` to stop, or a `reattempt::Verdict`"
)]
pub trait Answers<F, M> {
    /// The key.
    type Key;
    /// Makes it.
    fn key(classifier: F) -> Self::Key;
}

/// A function that is told of retries.
#[diagnostic::on_unimplemented(
    message = "`notify` takes a function from `&Retrying<'_, {E}>` to nothing, not `{Self}`",
    label = "expected a function from `&Retrying<'_, {E}>` that returns nothing",
    note = "write a closure, `.notify(|retrying| ...)`, or a function that takes a `&reattempt::Retrying<'_, {E}>` and returns nothing"
)]
pub trait Notifies<E, M>: FnMut(&Retrying<'_, E>) {
    /// The key.
    type Key;
    /// Makes it.
    fn key(self) -> Self::Key;
}

/// A function that is called instead of returning a failure.
#[diagnostic::on_unimplemented(
    message = "`recover` takes a function from `RetryError<{E}>` to `{R}`, not `{Self}`",
    label = "expected a function from `RetryError<{E}>` to `{R}`",
    note = "write a closure, `.recover(|error| ...)`, or a function that takes the `reattempt::RetryError` by value and returns what the call returns"
)]
pub trait Recovers<E, R, M>: FnMut(RetryError<E>) -> R {
    /// The function.
    type Function;
    /// Takes it.
    fn function(self) -> Self::Function;
}

/// An outcome that may be a failure.
#[diagnostic::on_unimplemented(
    message = "this call cannot fail, so there is no failure to keep or to recover from",
    label = "expected a call of an operation that returns a `Result` or an `Option`, found one of `{Self}`",
    note = "remove this: the last value is returned as it is"
)]
pub trait Fails<X, M> {
    /// The key.
    type Key;
    /// Takes it.
    fn key(end: X) -> Self::Key;
}

/// An error that `display` can show.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no words to show: it does not implement `Display`",
    label = "this shows errors by their `Display`",
    note = "implement `Display` for `{Self}`, show it by its `Debug`, `.debug()`, or leave this out: then events show the type's name"
)]
pub trait Displays<M> {
    /// The key.
    type Key;
    /// Makes it.
    fn key() -> Self::Key;
}

/// An error that `debug` can show.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no words to show: it does not implement `Debug`",
    label = "this shows errors by their `Debug`",
    note = "derive `Debug` for `{Self}`, show it by its `Display`, `.display()`, or leave this out: then events show the type's name"
)]
pub trait Debugs<M> {
    /// The key.
    type Key;
    /// Makes it.
    fn key() -> Self::Key;
}

/// A strategy of the caller's own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no strategy of your own: it does not implement `reattempt::Backoff`",
    label = "expected a list of durations or a value that implements `Backoff`, found `{Self}`",
    note = "a strategy by name belongs to the policy: `policy!(strategy = \"equal_jitter\")`, or `.strategy(Strategy::EqualJitter)` of its builder"
)]
pub trait Delays<M> {
    /// The key.
    type Key;
    /// Makes it, with the policy that it is in place of.
    fn key(self, policy: Policy) -> Self::Key;
}

/// What belongs to the policy: nothing that a call could be given.
#[diagnostic::on_unimplemented(
    message = "this is a setting of the policy, and a call cannot change it",
    label = "the policy has been made already",
    note = "write it where the policy is made: `policy!(max = 3)`, or `.max(3)` of `Policy::builder()`"
)]
pub trait OfThePolicy {}

/// What belongs to async calls: nothing that another one could be given.
#[diagnostic::on_unimplemented(
    message = "an attempt that blocks cannot be stopped, so this call takes no `timeout`",
    label = "this call is a blocking one",
    note = "call `retry_async` with an operation that returns a future, or end the call early by a `deadline` of the policy"
)]
pub trait OfAsyncCalls {}

/// What a sleeper returns, for a call of that kind.
#[diagnostic::on_unimplemented(
    message = "this call cannot sleep by a function that returns `{Self}`",
    label = "this sleeper returns `{Self}`",
    note = "for `retry` it blocks and returns nothing, as `std::thread::sleep`; for `retry_async` it returns a future of nothing, as `tokio::time::sleep`"
)]
pub trait Sleeps<P, F, M> {
    /// The key.
    type Key;
    /// Makes it.
    fn key(sleeper: F) -> Self::Key;
}

fits! {
    impl[O, P] Returns[P] for O where [O: Outcome] {
        type Operation = P;
        type Outcome = O;

        #[inline]
        fn operation(operation: P) -> P {
            operation
        }
    }

    impl[A, F] Answers[F] for A where [A: IntoVerdict] {
        type Key = By<F>;

        #[inline]
        fn key(classifier: F) -> By<F> {
            By(classifier)
        }
    }

    impl[F, E] Notifies[E] for F where [F: FnMut(&Retrying<'_, E>)] {
        type Key = By<F>;

        #[inline]
        fn key(self) -> By<F> {
            By(self)
        }
    }

    impl[F, E, R] Recovers[E, R] for F where [F: FnMut(RetryError<E>) -> R] {
        type Function = F;

        #[inline]
        fn function(self) -> F {
            self
        }
    }

    impl[O, X] Fails[X] for O where [O: Recoverable] {
        type Key = X;

        #[inline]
        fn key(end: X) -> X {
            end
        }
    }

    impl[E] Displays[] for E where [E: Display] {
        type Key = ByDisplay;

        #[inline]
        fn key() -> ByDisplay {
            ByDisplay
        }
    }

    impl[E] Debugs[] for E where [E: Debug] {
        type Key = ByDebug;

        #[inline]
        fn key() -> ByDebug {
            ByDebug
        }
    }

    impl[B] Delays[] for B where [B: Backoff] {
        type Key = Own<B>;

        #[inline]
        fn key(self, policy: Policy) -> Own<B> {
            Own { backoff: self, policy }
        }
    }

    impl[O, F] Sleeps[Calls<O>, F] for () where [] {
        type Key = By<F>;

        #[inline]
        fn key(sleeper: F) -> By<F> {
            By(sleeper)
        }
    }
}

#[cfg(feature = "async")]
fits! {
    impl[U, P] Promises[P] for U where [U: Future, U::Output: Outcome] {
        type Operation = P;
        type Outcome = U::Output;

        #[inline]
        fn operation(operation: P) -> P {
            operation
        }
    }

    impl[W, O, F] Sleeps[Awaits<O>, F] for W where [W: Future<Output = ()>] {
        type Key = By<F>;

        #[inline]
        fn key(sleeper: F) -> By<F> {
            By(sleeper)
        }
    }
}
