//! Operations: the closures that are called for each attempt.
//!
//! An operation does not know what follows an attempt.

use crate::engine::call::{Attempt, Call};
use crate::policy::Policy;
use crate::time::clock::Started;
#[cfg(feature = "async")]
use core::{future::Future, marker::PhantomData};

/// A call of a closure. Its start is recorded only if something needs it.
pub type ClosureCall = Call<Option<Started>>;

/// A closure without arguments.
#[derive(Clone, Copy, Debug)]
pub struct WithoutAttempt<F>(pub(crate) F);

/// A closure that takes an [`Attempt`].
#[derive(Clone, Copy, Debug)]
pub struct WithAttempt<F>(pub(crate) F);

/// A closure that takes the state of the call, and whose future returns it with the outcome.
#[cfg(feature = "async")]
#[derive(Clone, Copy, Debug)]
pub struct WithState<S, F, U> {
    /// The state, while no attempt has it.
    pub(crate) state: Option<S>,
    pub(crate) operation: F,
    pub(crate) attempt: PhantomData<fn() -> U>,
}

/// The return type of an operation.
///
/// It is not a part of [`Operation`], because a future that contains a `RetryFuture` is `Send` only if the compiler finds this type without a
/// look at the closure's signature, in which a state may be borrowed.
pub trait Returns {
    /// The return type.
    type Output;
}

/// A closure that is called for each attempt.
pub trait Operation: Returns {
    /// Whether it needs the time since the call began.
    const NEEDS_CLOCK: bool;
    /// Runs an attempt.
    fn run(&mut self, call: &ClosureCall, policy: &Policy) -> Self::Output;
}

/// An operation whose attempts are futures. Each attempt ends before the next one begins.
#[cfg(feature = "async")]
#[diagnostic::on_unimplemented(
    message = "this operation makes no attempts that are futures of their own, one after another",
    label = "its closure uses up what it captures, or its attempts borrow what it changes",
    note = "what an attempt uses up is cloned in the closure: `|| send(payload.clone())`",
    note = "for an `async` closure that changes what it captures, write `.call_local().await`; that future is not `Send`",
    note = "for a future that is `Send`, hand a state over, `retry_async_with(state, |state| async move {{ ..; (state, result) }})`, or annotate a function with `#[retry]`"
)]
pub trait AsyncOperation: Operation<Output: Future> {
    /// The outcome of an attempt.
    type Outcome;
    /// Takes the outcome from what an attempt's future returned.
    fn finish(&mut self, returned: <Self::Output as Future>::Output) -> Self::Outcome;
}

impl<F: FnMut() -> R, R> Returns for WithoutAttempt<F> {
    type Output = R;
}

impl<F: FnMut() -> R, R> Operation for WithoutAttempt<F> {
    const NEEDS_CLOCK: bool = false;

    fn run(&mut self, _: &ClosureCall, _: &Policy) -> R {
        self.0()
    }
}

impl<F: FnMut(Attempt) -> R, R> Returns for WithAttempt<F> {
    type Output = R;
}

impl<F: FnMut(Attempt) -> R, R> Operation for WithAttempt<F> {
    const NEEDS_CLOCK: bool = true;

    fn run(&mut self, call: &ClosureCall, policy: &Policy) -> R {
        self.0(Attempt::new(&call.session, policy, call.timer.unwrap_or_else(Started::now)))
    }
}

#[cfg(feature = "async")]
impl<S, F, U> Returns for WithState<S, F, U> {
    type Output = U;
}

#[cfg(feature = "async")]
impl<S, F: FnMut(S) -> U, U> Operation for WithState<S, F, U> {
    const NEEDS_CLOCK: bool = false;

    fn run(&mut self, _: &ClosureCall, _: &Policy) -> U {
        match self.state.take() {
            Some(state) => (self.operation)(state),
            // A future is not polled again after a panic, and an attempt with a state is not dropped before its end.
            None => unreachable!("an attempt of this call was dropped with the state"),
        }
    }
}

/// An operation whose attempts are futures that may borrow from it.
#[cfg(feature = "async")]
pub trait LendingOperation<O> {
    /// Runs an attempt.
    fn lend(&mut self) -> impl Future<Output = O>;
}

#[cfg(feature = "async")]
impl<F: AsyncFnMut() -> O, O> LendingOperation<O> for WithoutAttempt<F> {
    #[inline]
    fn lend(&mut self) -> impl Future<Output = O> {
        self.0()
    }
}

#[cfg(feature = "async")]
#[diagnostic::do_not_recommend]
impl<F: FnMut() -> U, U: Future> AsyncOperation for WithoutAttempt<F> {
    type Outcome = U::Output;

    #[inline]
    fn finish(&mut self, outcome: U::Output) -> U::Output {
        outcome
    }
}

#[cfg(feature = "async")]
#[diagnostic::do_not_recommend]
impl<F: FnMut(Attempt) -> U, U: Future> AsyncOperation for WithAttempt<F> {
    type Outcome = U::Output;

    #[inline]
    fn finish(&mut self, outcome: U::Output) -> U::Output {
        outcome
    }
}

#[cfg(feature = "async")]
#[diagnostic::do_not_recommend]
impl<S, O, F: FnMut(S) -> U, U: Future<Output = (S, O)>> AsyncOperation for WithState<S, F, U> {
    type Outcome = O;

    fn finish(&mut self, (state, outcome): (S, O)) -> O {
        self.state = Some(state);
        outcome
    }
}
