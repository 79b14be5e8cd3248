//! Async calls: a future that is a state machine, with the attempt's own future inside.
//!
//! The state of the engine is stored in a smaller form while an attempt runs.

use super::attempt::{CallKeys, Origin};
use super::driver::{Async, ClosureCall, FutureSleeper, Limit, Operation};
use crate::engine::call::{self, StoredCall};
use crate::failure::outcome::Outcome;
use crate::time::clock::Started;
use core::fmt::{self, Debug};
use core::future::Future;
use core::mem;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use pin_project_lite::pin_project;

pin_project! {
    /// The future of an async call, from [`Policy::retry_async`](crate::Policy::retry_async). `.await` converts a [`Retry`](super::Retry) into it.
    ///
    /// The call begins when the future is first polled. It contains the future of the attempt; after a failure, the sleep uses the same memory. It
    /// is `Send` if the operation, its futures and the functions of the keys are `Send`. Values and errors need not be `Send`, except with
    /// `history`, which keeps errors during the sleeps.
    ///
    /// # Panics
    ///
    /// Panics if it is polled after it was ready. With tokio's sleeper, also panics if it has to sleep outside of a tokio runtime. The message
    /// names the place and says what to do.
    ///
    /// # Cancel safety
    ///
    /// Dropping it at any point drops the running attempt or sleep, and leaves neither task nor timer. A permit of the breaker is given back. The
    /// token of a retry whose sleep is cancelled is lost.
    #[must_use = "futures do nothing unless awaited"]
    pub struct RetryFuture<'a, P, S, T, O, K>
    where
        P: Operation,
        S: FutureSleeper,
        T: Limit<O>,
        O: Outcome,
        K: CallKeys<'a, O, T>,
    {
        origin: Origin<'a>,
        driver: Async<P, S, T>,
        keys: K,
        #[pin]
        state: State<P::Output, S::Sleep, K::Permit, T::Clock<S::Timer>>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<U, S, P, L> {
        New,
        Running { failures: u32, call: StoredCall<Option<Started>>, permit: P, clock: L, #[pin] attempt: U },
        Sleeping { failures: u32, call: StoredCall<Option<Started>>, #[pin] sleep: S },
        // The call is over, or a function of the caller runs: if that panics, the call is over.
        Over,
    }
}

impl<'a, P: Operation, S: FutureSleeper, T: Limit<O>, O: Outcome, K: CallKeys<'a, O, T>>
    RetryFuture<'a, P, S, T, O, K>
{
    pub(crate) fn new(origin: Origin<'a>, driver: Async<P, S, T>, keys: K) -> Self {
        Self { origin, driver, keys, state: State::New }
    }

    /// Begins an attempt. The error is the call's return value if the breaker refuses the attempt.
    #[inline]
    fn begin(self: Pin<&mut Self>, call: ClosureCall) -> Result<(), K::Returned> {
        let mut this = self.project();
        let origin = *this.origin;
        this.state.set(State::Over);
        let permit = this.keys.admit(&call, origin)?;
        let clock = this.driver.timeout.clock(&call, origin.policy);
        let attempt = this.driver.operation.run(&call, origin.policy);
        let (failures, call) = call.store();
        this.state.set(State::Running { failures, call, permit, clock, attempt });
        Ok(())
    }
}

impl<'a, P: Operation, S: FutureSleeper, T: Limit<O>, O: Outcome, K: CallKeys<'a, O, T>> Debug
    for RetryFuture<'a, P, S, T, O, K>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryFuture").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl<'a, P, S, T, O, K> Future for RetryFuture<'a, P, S, T, O, K>
where
    P: Operation<Output: Future<Output = O>>,
    S: FutureSleeper,
    T: Limit<O>,
    O: Outcome,
    K: CallKeys<'a, O, T>,
{
    type Output = K::Returned;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<K::Returned> {
        let mut this = self.as_mut().project();
        if let StateProjection::New = this.state.as_mut().project() {
            let needs_clock = P::NEEDS_CLOCK || K::NEEDS_CLOCK || this.origin.policy.deadline().is_some();
            if let Err(returned) = self.as_mut().begin(call::call(needs_clock.then(Started::now))) {
                return Poll::Ready(returned);
            }
        }
        loop {
            let mut this = self.as_mut().project();
            let origin = *this.origin;
            match this.state.as_mut().project() {
                StateProjection::Running { failures, call, permit, clock, attempt } => {
                    // The permit is moved out, so that a panic of the attempt drops it and is reported as a failure.
                    let taken = mem::take(permit);
                    let timer = |limit| this.driver.sleeper.timer(limit, origin.location);
                    let Poll::Ready(ended) = T::poll(attempt, clock, context, timer) else {
                        *permit = taken;
                        return Poll::Pending;
                    };
                    let mut call = call.resume(*failures);
                    // No attempt exists while classifiers run.
                    this.state.set(State::Over);
                    let pause = match this.keys.step(&mut call, origin, taken, ended) {
                        ControlFlow::Break(returned) => return Poll::Ready(returned),
                        ControlFlow::Continue(pause) => pause,
                    };
                    let sleep = this.driver.sleeper.sleep(pause);
                    let (failures, call) = call.store();
                    this.state.set(State::Sleeping { failures, call, sleep });
                }
                StateProjection::Sleeping { failures, call, sleep } => {
                    ready!(sleep.poll(context));
                    let call = call.resume(*failures);
                    this.state.set(State::Over);
                    this.keys.begin(&call);
                    if let Err(returned) = self.as_mut().begin(call) {
                        return Poll::Ready(returned);
                    }
                }
                StateProjection::New | StateProjection::Over => over(),
            }
        }
    }
}

/// Panics because the future was polled after the call ended or panicked.
#[cold]
#[inline(never)]
fn over() -> ! {
    panic!("a retried call was polled after it had ended")
}
