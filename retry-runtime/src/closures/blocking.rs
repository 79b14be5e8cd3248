//! Blocking calls: a loop on the caller's thread.
//!
//! It knows only that an attempt is followed by a pause or by the end of the call.

use super::Retry;
use super::attempt::CallKeys;
use super::breaking::Watching;
use super::cancelling::Cancelling;
use super::keys::By;
use super::operation::{Operation, WithAttempt, WithProgress, WithoutAttempt};
use super::requirements::{IsAwaited, OfAsyncCalls, ReturnsOutcome, WithoutTheOther};
use crate::engine::call::Attempt;
use crate::engine::pause::{self, Pause};
use crate::engine::progress::Progress;
use crate::failure::outcome::Outcome;
use crate::policy::Policy;
use crate::time::cancellation::{Cancels, WakesThreads};
use crate::time::sleep::DefaultSleeper;
use core::future::Future;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

/// Runs an operation that returns an outcome.
#[derive(Clone, Copy, Debug)]
pub struct BeginsWithCall<P, S = DefaultSleeper, A = ()> {
    pub(crate) operation: P,
    pub(crate) sleeper: S,
    pub(crate) cancel: A,
}

/// Calls of closures: retries without an annotated function.
///
/// The policy says when and how often to retry. The methods of [`Retry`] are the attribute's other keys.
impl Policy {
    /// Runs an operation until it succeeds, as `#[retry]` does with a function's body. The call begins with [`Retry::call`].
    ///
    /// The operation returns a `Result`, an `Option`, or a [`Plain`](crate::Plain) value. Without [`on`](Retry::on), its error type must implement
    /// [`Transient`](crate::Transient), which says which errors are retried.
    ///
    /// A call that succeeds at once reads no clock, draws no random number and allocates nothing, unless a key or a deadline needs it.
    ///
    /// # Examples
    ///
    /// ```
    /// use reattempt::{Policy, Strategy};
    /// use std::io;
    ///
    /// let policy = Policy::builder().strategy(Strategy::Immediate).max(5).build()?;
    /// let mut answers = [Err(io::ErrorKind::Interrupted), Err(io::ErrorKind::Interrupted), Ok("answer")].into_iter();
    /// let answer = policy
    ///     .retry(|| answers.next().unwrap_or(Ok("late")))
    ///     .on(|kind| *kind == io::ErrorKind::Interrupted)
    ///     .call();
    /// assert_eq!(answer, Ok("answer"));
    /// # Ok::<(), reattempt::PolicyError>(())
    /// ```
    ///
    /// Without a classifier, neither an `Option` nor an error that is not `Transient` compiles:
    ///
    /// ```compile_fail,E0277
    /// reattempt::Policy::default().retry(|| None::<u32>).call();
    /// ```
    ///
    /// ```compile_fail,E0277
    /// struct NotTransient;
    /// reattempt::Policy::default().retry(|| Err::<u32, _>(NotTransient)).call();
    /// ```
    #[inline]
    #[track_caller]
    pub fn retry<F, O>(&self, operation: F) -> Retry<'_, BeginsWithCall<WithoutAttempt<F>>, O>
    where
        F: FnMut() -> O,
        O: ReturnsOutcome,
    {
        Retry::new(self, BeginsWithCall { operation: WithoutAttempt(operation), sleeper: DefaultSleeper, cancel: () })
    }

    /// Runs an operation that takes its [`Attempt`], as by the key `attempt`. The clock is read when the call begins.
    ///
    /// # Examples
    ///
    /// ```
    /// use reattempt::{Attempt, Policy, Strategy};
    ///
    /// let policy = Policy::builder().strategy(Strategy::Immediate).build()?;
    /// let last = policy
    ///     .retry_attempt(|attempt: Attempt| if attempt.is_last() { Ok(attempt.number()) } else { Err("busy") })
    ///     .on(|_| true)
    ///     .call();
    /// assert_eq!(last, Ok(3));
    /// # Ok::<(), reattempt::PolicyError>(())
    /// ```
    #[inline]
    #[track_caller]
    pub fn retry_attempt<F, O>(&self, operation: F) -> Retry<'_, BeginsWithCall<WithAttempt<F>>, O>
    where
        F: FnMut(Attempt) -> O,
        O: ReturnsOutcome,
    {
        Retry::new(self, BeginsWithCall { operation: WithAttempt(operation), sleeper: DefaultSleeper, cancel: () })
    }
}

impl<'a, P, S, A, O, K> Retry<'a, BeginsWithCall<P, S, A>, O, K> {
    /// Lets the attempts tell of their progress: the operation calls [`Progress::made`] of this value. The failure of such an attempt is the
    /// first of a new series, from which attempts, delays and the deadline count. A value serves one call at a time.
    pub fn progress(self, progress: &'a Progress) -> Retry<'a, BeginsWithCall<WithProgress<'a, P>, S, A>, O, K> {
        self.driven(|BeginsWithCall { operation, sleeper, cancel }| {
            let operation = WithProgress { operation, progress };
            BeginsWithCall { operation, sleeper, cancel }
        })
    }

    #[doc(hidden)]
    pub fn timeout<L: OfAsyncCalls>(self, _: L) -> Self {
        self
    }

    /// Sets a sleeper of your own: a function that takes a `Duration` and blocks. It is not called for a delay of zero.
    pub fn sleep<F: FnMut(Duration)>(self, sleeper: F) -> Retry<'a, BeginsWithCall<P, By<F>>, O, K>
    where
        A: WithoutTheOther,
    {
        self.driven(|BeginsWithCall { operation, .. }| BeginsWithCall { operation, sleeper: By(sleeper), cancel: () })
    }

    /// Ends the call when a [`Cancellation`](crate::Cancellation) is cancelled: wakes its sleep, and returns the last outcome. It may be behind
    /// a reference, an `Arc` or a `LazyLock`. The first attempt always runs.
    pub fn cancel<T>(self, cancel: &'a T) -> Retry<'a, BeginsWithCall<P, DefaultSleeper, By<&'a T>>, O, K>
    where
        T: Cancels<Signal: WakesThreads>,
        S: WithoutTheOther,
    {
        self.driven(|BeginsWithCall { operation, .. }| BeginsWithCall {
            operation,
            sleeper: DefaultSleeper,
            cancel: By(cancel),
        })
    }

    /// Runs the call: its attempts, and the sleeps between them on this thread.
    ///
    /// A call that gives up returns the last outcome as it is, unless [`error`](Self::error) or [`recover`](Self::recover) is set.
    ///
    /// # Panics
    ///
    /// Panics if the operation or a function of a key panics.
    #[inline]
    pub fn call<R>(self) -> R
    where
        O: Outcome,
        P: Operation<Output = O>,
        A: CancelsBlocking<S>,
        K: CallKeys<'a, O, O, Returned = R>,
    {
        let Self { origin, driver: BeginsWithCall { mut operation, mut sleeper, cancel }, mut keys, .. } = self;
        let mut call = operation.begin(origin.policy, K::NEEDS_CLOCK);
        loop {
            let next = match keys.admit::<A>(&call, origin) {
                Ok(mut permit) => {
                    let outcome = permit.watch(|| operation.run(&call, origin.policy));
                    operation.count_progress(&mut call);
                    keys.step(&mut call, origin, cancel, (), permit, outcome)
                }
                Err(next) => next,
            };
            let (pause, kept) = match next {
                ControlFlow::Break(returned) => return returned,
                ControlFlow::Continue(sleep) => sleep,
            };
            let is_cancelled = cancel.sleep(&mut sleeper, pause);
            if let ControlFlow::Break(returned) = keys.resume::<A>(&mut call, origin, is_cancelled, kept) {
                return returned;
            }
        }
    }
}

/// This does not hold. It exists for its compiler message: a blocking call is not awaited.
#[doc(hidden)]
impl<'a, P, S, A, O, K> Future for Retry<'a, BeginsWithCall<P, S, A>, O, K>
where
    BeginsWithCall<P, S, A>: IsAwaited,
    O: Outcome,
    K: CallKeys<'a, O, O>,
{
    type Output = K::Returned;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<K::Returned> {
        Poll::Pending
    }
}

/// A sleeper that blocks.
pub trait BlockingSleeper {
    /// Sleeps for a pause.
    fn sleep(&mut self, pause: Pause);
}

impl BlockingSleeper for DefaultSleeper {
    fn sleep(&mut self, pause: Pause) {
        pause::sleep(pause);
    }
}

impl<F: FnMut(Duration)> BlockingSleeper for By<F> {
    fn sleep(&mut self, pause: Pause) {
        pause::sleep_with(&mut self.0, pause);
    }
}

/// The sleeps of a blocking call, by a sleeper of type `S`.
pub trait CancelsBlocking<S>: Cancelling {
    /// Sleeps for a pause. Returns `true` if the sleep was cancelled.
    fn sleep(self, sleeper: &mut S, pause: Pause) -> bool;
}

impl<S: BlockingSleeper> CancelsBlocking<S> for () {
    #[inline]
    fn sleep(self, sleeper: &mut S, pause: Pause) -> bool {
        sleeper.sleep(pause);
        false
    }
}

impl<T: Cancels<Signal: WakesThreads>> CancelsBlocking<DefaultSleeper> for By<&T> {
    fn sleep(self, _: &mut DefaultSleeper, pause: Pause) -> bool {
        pause::sleep_until_cancelled(self.0, pause)
    }
}
