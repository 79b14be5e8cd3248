//! Operations: the closures that are called for each attempt.
//!
//! An operation does not know what follows an attempt.

use crate::engine::call::{self, Attempt, Call};
use crate::engine::progress::Progress;
use crate::engine::series::{Series, Timer};
use crate::policy::Policy;
use crate::time::clock::Started;
use core::time::Duration;
#[cfg(feature = "async")]
use core::{future::Future, marker::PhantomData};

/// A closure without arguments.
#[derive(Clone, Copy, Debug)]
pub struct WithoutAttempt<F>(pub(crate) F);

/// A closure that takes an [`Attempt`].
#[derive(Clone, Copy, Debug)]
pub struct WithAttempt<F>(pub(crate) F);

/// A closure whose failures may begin new series: the keys `progress` and `reset_after`.
#[derive(Clone, Copy, Debug)]
pub struct InSeries<'a, P> {
    pub(crate) operation: P,
    pub(crate) progress: Option<&'a Progress>,
    pub(crate) reset_after: Option<Duration>,
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

/// The return type of an operation.
///
/// It is not a part of [`Operation`], because a future that contains a `RetryFuture` is `Send` only if the compiler finds this type without a
/// look at the closure's signature, in which a state may be borrowed.
pub trait Returns {
    /// The return type.
    type Output;
    /// The times that its calls record.
    type Timer: Timer;
}

/// A closure that is called for each attempt.
pub trait Operation: Returns {
    /// Begins a call. The clock is read if the operation, a key or the policy needs it.
    fn begin(&self, policy: &Policy, needs_clock: bool) -> Call<Self::Timer>;
    /// Runs an attempt.
    fn run<C: Timer>(&mut self, call: &Call<C>, policy: &Policy) -> Self::Output;
    /// Returns the value of the key `progress`.
    fn progress(&self) -> Option<&Progress> {
        None
    }
    /// Returns the value of the key `reset_after`.
    fn reset_after(&self) -> Option<Duration> {
        None
    }
    /// Looks at the progress of an attempt that has ended.
    #[inline]
    fn count_progress(&self, _call: &mut Call<Self::Timer>) {}
}

/// Begins a call whose failures are one series.
#[inline]
pub(super) fn begin(policy: &Policy, needs_clock: bool) -> Call<Option<Started>> {
    call::call((needs_clock || policy.deadline().is_some()).then(Started::now))
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
    type Timer = Option<Started>;
}

impl<F: FnMut() -> R, R> Operation for WithoutAttempt<F> {
    #[inline]
    fn begin(&self, policy: &Policy, needs_clock: bool) -> Call<Option<Started>> {
        begin(policy, needs_clock)
    }

    fn run<C: Timer>(&mut self, _: &Call<C>, _: &Policy) -> R {
        self.0()
    }
}

impl<F: FnMut(Attempt) -> R, R> Returns for WithAttempt<F> {
    type Output = R;
    type Timer = Option<Started>;
}

impl<F: FnMut(Attempt) -> R, R> Operation for WithAttempt<F> {
    #[inline]
    fn begin(&self, policy: &Policy, _: bool) -> Call<Option<Started>> {
        begin(policy, true)
    }

    fn run<C: Timer>(&mut self, call: &Call<C>, policy: &Policy) -> R {
        self.0(call.attempt(policy))
    }
}

impl<P: Returns> Returns for InSeries<'_, P> {
    type Output = P::Output;
    type Timer = Series;
}

impl<P: Operation> Operation for InSeries<'_, P> {
    fn begin(&self, _: &Policy, _: bool) -> Call<Series> {
        call::call(Series::begin_with(self.reset_after()))
    }

    fn run<C: Timer>(&mut self, call: &Call<C>, policy: &Policy) -> P::Output {
        self.operation.run(call, policy)
    }

    fn progress(&self) -> Option<&Progress> {
        self.progress.or_else(|| self.operation.progress())
    }

    fn reset_after(&self) -> Option<Duration> {
        self.reset_after.or_else(|| self.operation.reset_after())
    }

    fn count_progress(&self, call: &mut Call<Series>) {
        if let Some(progress) = self.progress() {
            call.count_progress(progress);
        }
    }
}

#[cfg(feature = "async")]
impl<S, F, U> Returns for WithState<S, F, U> {
    type Output = U;
    type Timer = Option<Started>;
}

#[cfg(feature = "async")]
impl<S, F: FnMut(S) -> U, U> Operation for WithState<S, F, U> {
    fn begin(&self, policy: &Policy, needs_clock: bool) -> Call<Option<Started>> {
        begin(policy, needs_clock)
    }

    fn run<C: Timer>(&mut self, _: &Call<C>, _: &Policy) -> U {
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

#[cfg(feature = "async")]
#[diagnostic::do_not_recommend]
impl<P: AsyncOperation> AsyncOperation for InSeries<'_, P> {
    type Outcome = P::Outcome;

    #[inline]
    fn finish(&mut self, returned: <Self::Output as Future>::Output) -> P::Outcome {
        self.operation.finish(returned)
    }
}
