//! Operations: the closures that are called for each attempt.
//!
//! An operation does not know what follows an attempt.

use crate::engine::call::{self, Attempt, Call};
use crate::engine::progress::Progress;
use crate::engine::series::PolicyTimer;
use crate::policy::Policy;
#[cfg(feature = "async")]
use core::{future::Future, marker::PhantomData};

/// A closure without arguments.
#[derive(Clone, Copy, Debug)]
pub struct WithoutAttempt<F>(pub(crate) F);

/// A closure that takes an [`Attempt`].
#[derive(Clone, Copy, Debug)]
pub struct WithAttempt<F>(pub(crate) F);

/// A closure whose attempts tell of their progress: the key `progress`.
#[derive(Clone, Copy, Debug)]
pub struct WithProgress<'a, P> {
    pub(crate) operation: P,
    pub(crate) progress: &'a Progress,
}

/// A closure that takes the state of the call, and whose future returns it with the outcome.
#[cfg(feature = "async")]
#[derive(Clone, Copy, Debug)]
pub struct WithState<S, F, U> {
    /// The state, while no attempt has it.
    pub(crate) state: Option<S>,
    pub(crate) operation: F,
    pub(crate) attempt: PhantomData<fn() -> U>,
}

/// A call of a closure.
pub type ClosureCall = Call<PolicyTimer>;

/// What an operation needs of its call beside the attempts.
pub trait BesideAttempts {
    /// Whether the call has to record its start.
    const NEEDS_CLOCK: bool = false;
    /// Looks at the progress of an attempt that has ended.
    #[inline]
    fn count_progress(&self, _call: &mut ClosureCall) {}
    /// Begins a call. The clock is read if the operation, a key or the policy needs it.
    #[inline]
    fn begin(&self, policy: &Policy, needs_clock: bool) -> ClosureCall {
        call::call(PolicyTimer::begin(policy, needs_clock || Self::NEEDS_CLOCK))
    }
}

impl<F> BesideAttempts for WithoutAttempt<F> {}

impl<F> BesideAttempts for WithAttempt<F> {
    const NEEDS_CLOCK: bool = true;
}

#[cfg(feature = "async")]
impl<S, F, U> BesideAttempts for WithState<S, F, U> {}

impl<P> BesideAttempts for WithProgress<'_, P> {
    fn begin(&self, policy: &Policy, _: bool) -> ClosureCall {
        // A call before may have ended inside of an attempt: by a panic, or because its future was dropped.
        self.progress.take();
        call::call(PolicyTimer::begin(policy, true))
    }

    fn count_progress(&self, call: &mut ClosureCall) {
        call.count_progress(self.progress);
    }
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
pub trait Operation: Returns + BesideAttempts {
    /// Runs an attempt.
    fn run(&mut self, call: &ClosureCall, policy: &Policy) -> Self::Output;
}

impl<F: FnMut() -> R, R> Returns for WithoutAttempt<F> {
    type Output = R;
}

impl<F: FnMut() -> R, R> Operation for WithoutAttempt<F> {
    fn run(&mut self, _: &ClosureCall, _: &Policy) -> R {
        self.0()
    }
}

impl<F: FnMut(Attempt) -> R, R> Returns for WithAttempt<F> {
    type Output = R;
}

impl<F: FnMut(Attempt) -> R, R> Operation for WithAttempt<F> {
    fn run(&mut self, call: &ClosureCall, policy: &Policy) -> R {
        self.0(call.attempt(policy))
    }
}

impl<P: Returns> Returns for WithProgress<'_, P> {
    type Output = P::Output;
}

impl<P: Operation> Operation for WithProgress<'_, P> {
    fn run(&mut self, call: &ClosureCall, policy: &Policy) -> P::Output {
        self.operation.run(call, policy)
    }
}

#[cfg(feature = "async")]
impl<S, F, U> Returns for WithState<S, F, U> {
    type Output = U;
}

#[cfg(feature = "async")]
impl<S, F: FnMut(S) -> U, U> Operation for WithState<S, F, U> {
    fn run(&mut self, _: &ClosureCall, _: &Policy) -> U {
        match self.state.take() {
            Some(state) => (self.operation)(state),
            // A future is not polled again after a panic, and an attempt with a state is not dropped before its end.
            None => unreachable!("an attempt of this call was dropped with the state"),
        }
    }
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

/// An operation whose attempts are futures that may borrow from it.
#[cfg(feature = "async")]
pub trait LendingOperation<O>: BesideAttempts {
    /// Runs an attempt.
    fn lend(&mut self, call: &ClosureCall, policy: &Policy) -> impl Future<Output = O>;
}

#[cfg(feature = "async")]
impl<F: AsyncFnMut() -> O, O> LendingOperation<O> for WithoutAttempt<F> {
    #[inline]
    fn lend(&mut self, _: &ClosureCall, _: &Policy) -> impl Future<Output = O> {
        self.0()
    }
}

#[cfg(feature = "async")]
impl<F: AsyncFnMut(Attempt) -> O, O> LendingOperation<O> for WithAttempt<F> {
    fn lend(&mut self, call: &ClosureCall, policy: &Policy) -> impl Future<Output = O> {
        self.0(call.attempt(policy))
    }
}

#[cfg(feature = "async")]
impl<P: LendingOperation<O>, O> LendingOperation<O> for WithProgress<'_, P> {
    fn lend(&mut self, call: &ClosureCall, policy: &Policy) -> impl Future<Output = O> {
        self.operation.lend(call, policy)
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

#[cfg(feature = "async")]
#[diagnostic::do_not_recommend]
impl<P: AsyncOperation> AsyncOperation for WithProgress<'_, P> {
    type Outcome = P::Outcome;

    #[inline]
    fn finish(&mut self, returned: <Self::Output as Future>::Output) -> P::Outcome {
        self.operation.finish(returned)
    }
}
