//! The bounds of the methods of a call, with compiler messages.
//!
//! Each trait here is an alias of another trait, with a message of its own.

use super::ending::LastOutcome;
#[cfg(feature = "async")]
use super::operation::{WithAttempt, WithProgress, WithoutAttempt};
use crate::failure::outcome::{Outcome, Recoverable};
use crate::policy::backoff::Backoff;
use crate::time::sleep::DefaultSleeper;

/// The return type of the operation of [`Policy::retry`](crate::Policy::retry).
#[diagnostic::on_unimplemented(
    message = "the operation returns `{Self}`, which is neither a `Result` nor an `Option`",
    label = "expected an operation that returns a `Result` or an `Option`, found one that returns `{Self}`",
    note = "if it returns a future, call `retry_async` and end with `.await` instead of `.call()`",
    note = "if it returns a value that cannot fail, wrap it, `Plain(value)`, and say which values are not good enough yet: `.on_value(is_not_ready)`"
)]
pub trait ReturnsOutcome: Outcome {}

#[diagnostic::do_not_recommend]
impl<O: Outcome> ReturnsOutcome for O {}

/// The operation of [`Policy::retry_async`](crate::Policy::retry_async).
///
/// It promises one attempt only. Whether the operation can be called again, and how, is decided by how the call is awaited. So what an `async`
/// closure captures may be borrowed by its attempts.
#[cfg(feature = "async")]
#[diagnostic::on_unimplemented(
    message = "expected an operation that returns a future, found `{Self}`",
    label = "expected a closure or the name of a function, found `{Self}`",
    note = "each attempt is a future of its own; if this is one, write `|| ..` before it"
)]
pub trait IsOperation {
    /// The future of an attempt.
    type Attempt;
}

#[cfg(feature = "async")]
#[diagnostic::do_not_recommend]
impl<F: FnOnce() -> U, U> IsOperation for F {
    type Attempt = U;
}

/// The return type of the operation of [`Policy::retry_async`](crate::Policy::retry_async).
#[cfg(feature = "async")]
#[diagnostic::on_unimplemented(
    message = "the operation returns `{Self}`, which is no future of a `Result` or an `Option`",
    label = "expected an operation that returns a future of a `Result` or an `Option`, found one that returns `{Self}`",
    note = "if it returns no future, call `retry`, and end with `.call()` instead of `.await`",
    note = "if it is a future of a value that cannot fail, let it end with `Plain(value)`, and say which values are not good enough yet: `.on_value(is_not_ready)`"
)]
pub trait ReturnsFuture: Future {
    /// The outcome of the future.
    type Outcome: Outcome;
}

#[cfg(feature = "async")]
#[diagnostic::do_not_recommend]
impl<U: Future<Output: Outcome>> ReturnsFuture for U {
    type Outcome = U::Output;
}

/// The return type of the operation of [`Policy::retry_async_with`](crate::Policy::retry_async_with).
#[cfg(feature = "async")]
#[diagnostic::on_unimplemented(
    message = "the operation returns `{Self}`, which is no future of the state and an outcome",
    label = "expected an operation that returns a future of `({S}, Result<_, _>)` or of `({S}, Option<_>)`, found one that returns `{Self}`",
    note = "the state goes from attempt to attempt: `|state| async move {{ ..; (state, result) }}`"
)]
pub trait ReturnsState<S>: Future<Output = (S, Self::Outcome)> {
    /// The outcome of the future.
    type Outcome: Outcome;
}

#[cfg(feature = "async")]
#[diagnostic::do_not_recommend]
impl<S, O: Outcome, U: Future<Output = (S, O)>> ReturnsState<S> for U {
    type Outcome = O;
}

/// An operation whose attempts may be dropped before their end.
#[cfg(feature = "async")]
#[diagnostic::on_unimplemented(
    message = "an attempt that times out is dropped, and would take the state of this call with it",
    label = "the next attempt would have no state",
    note = "limit what the operation awaits: `|state| async move {{ let result = tokio::time::timeout(..).await; ..; (state, result) }}`",
    note = "or change what an `async` closure captures, `retry_async(async || ..)` that ends with `.call_local().await`, or write a function with `#[retry]`"
)]
pub trait MayBeDropped {}

#[cfg(feature = "async")]
impl<F> MayBeDropped for WithoutAttempt<F> {}

#[cfg(feature = "async")]
impl<F> MayBeDropped for WithAttempt<F> {}

#[cfg(feature = "async")]
impl<P: MayBeDropped> MayBeDropped for WithProgress<'_, P> {}

/// A classifier of errors or values of type `T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no classifier of `{T}`",
    label = "expected a function that takes `&{T}` and returns `bool` or `Verdict`, found `{Self}`",
    note = "write the name of such a function without `()`: `is_transient`",
    note = "for a variant or another value, write a closure that compares with it: `|error| matches!(error, ...)`"
)]
pub trait Classifies<T, R>: FnMut(&T) -> R {}

#[diagnostic::do_not_recommend]
impl<T, R, F: FnMut(&T) -> R> Classifies<T, R> for F {}

/// An outcome that may be a failure.
#[diagnostic::on_unimplemented(
    message = "this call cannot fail, so there is no failure to keep or to recover from",
    label = "expected a call of an operation that returns a `Result` or an `Option`, found one of `{Self}`",
    note = "remove this: the last value is returned as it is"
)]
pub trait CanFail: Recoverable {}

#[diagnostic::do_not_recommend]
impl<O: Recoverable> CanFail for O {}

/// A strategy of the caller.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no strategy of your own: it does not implement `reattempt::Backoff`",
    label = "expected a list of durations or a value that implements `Backoff`, found `{Self}`",
    note = "a strategy by name belongs to the policy: `policy!(strategy = \"equal_jitter\")`, or `.strategy(Strategy::EqualJitter)` of its builder"
)]
pub trait OwnStrategy: Backoff {}

#[diagnostic::do_not_recommend]
impl<B: Backoff> OwnStrategy for B {}

/// A key that is not set yet where `on_value` is.
#[diagnostic::on_unimplemented(
    message = "`on_value` comes before `notify`, `error`, `history` and `recover`",
    label = "what gets the values that it rejects is set already",
    note = "write `.on_value(...)` first"
)]
pub trait BeforeRejected {}

#[diagnostic::do_not_recommend]
impl BeforeRejected for () {}

#[diagnostic::do_not_recommend]
impl BeforeRejected for LastOutcome {}

/// A setting of the policy, which a call cannot set. No type implements this.
#[diagnostic::on_unimplemented(
    message = "this is a setting of the policy, and a call cannot change it",
    label = "the policy has been made already",
    note = "write it where the policy is made: `policy!(max = 3)`, or `.max(3)` of `Policy::builder()`"
)]
pub trait OfThePolicy {}

/// A blocking call without the other one of `cancel` and `sleep`.
#[diagnostic::on_unimplemented(
    message = "`cancel` cannot end a sleep of a sleeper of your own that blocks",
    label = "this call has both `cancel` and `sleep`",
    note = "remove `.sleep(...)`: the sleeper that is compiled in is woken; or call `retry_async`, whose sleeps end with any sleeper"
)]
pub trait WithoutTheOther {}

/// No sleeper of the caller's.
#[diagnostic::do_not_recommend]
impl WithoutTheOther for DefaultSleeper {}

/// No `cancel`.
#[diagnostic::do_not_recommend]
impl WithoutTheOther for () {}

/// A call that is awaited. No type implements this.
#[diagnostic::on_unimplemented(
    message = "a call of `retry` blocks, so it is not a future and not awaited",
    label = "this call begins with `.call()`",
    note = "write `.call()` in place of `.await`; or, where the operation returns a future, call `retry_async`, which is awaited"
)]
pub trait IsAwaited {}

/// A setting of async calls, which a blocking call cannot set. No type implements this.
#[diagnostic::on_unimplemented(
    message = "an attempt that blocks cannot be stopped, so this call takes no `timeout`",
    label = "this call is a blocking one",
    note = "call `retry_async` with an operation that returns a future, or end the call early by a `deadline` of the policy"
)]
pub trait OfAsyncCalls {}

/// A breaker that a call can wait for.
#[diagnostic::on_unimplemented(
    message = "this call has no breaker to wait for",
    label = "`wait_for_breaker` comes once, and after `breaker`",
    note = "write `.breaker(&BREAKER).wait_for_breaker()`"
)]
pub trait CanBeAwaited {
    /// The breaker, for a call that waits for it.
    type Awaited;
    /// Lets the call wait for it.
    fn awaited(self) -> Self::Awaited;
}
