//! Async calls: a future that is a state machine, with the attempt's own future inside.
//!
//! What the engine remembers between attempts is put aside while one of them runs: it is smaller so.

use super::attempt::{CallKeys, Origin};
use super::driver::{Async, ClosureCall, FutureSleeper, Limit, Operation};
use crate::engine::call::{self, Aside};
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
    /// The future of [`Policy::retry_async`](crate::Policy::retry_async): what `.await` makes of a [`Retry`](super::Retry).
    ///
    /// The call begins when it is first polled. The future of the attempt lies in it; after a failure the sleep has that room. It is
    /// `Send` where the operation, its futures and the functions that the keys were given are, also with values and errors that are not;
    /// only `history`, which keeps errors over the sleeps, asks them to be `Send`.
    ///
    /// # Panics
    ///
    /// When it is polled after it was ready. With tokio's sleeper, when it has to sleep outside of a tokio runtime; the message names the
    /// place and the cure.
    ///
    /// # Cancel safety
    ///
    /// Dropping it at any point drops the attempt or the sleep under way, and leaves neither task nor timer. A permit of the breaker is
    /// given back; the token of a retry whose sleep was cancelled stays spent.
    #[must_use = "futures do nothing unless awaited"]
    pub struct RetryFuture<'a, P, S, T, O, K>
    where
        P: Operation,
        S: FutureSleeper,
        T: Limit<O>,
        O: Outcome,
        K: CallKeys<O, T>,
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
        Running { failures: u32, call: Aside<Option<Started>>, permit: P, clock: L, #[pin] attempt: U },
        Sleeping { failures: u32, call: Aside<Option<Started>>, #[pin] sleep: S },
        // Also while functions of the caller's run, so that nothing follows a panic of theirs.
        Over,
    }
}

impl<'a, P: Operation, S: FutureSleeper, T: Limit<O>, O: Outcome, K: CallKeys<O, T>> RetryFuture<'a, P, S, T, O, K> {
    pub(crate) fn new(origin: Origin<'a>, driver: Async<P, S, T>, keys: K) -> Self {
        Self { origin, driver, keys, state: State::New }
    }

    /// Begins an attempt. The error is what the call returns where the breaker refuses it.
    #[inline]
    fn begin(self: Pin<&mut Self>, call: ClosureCall) -> Result<(), K::Returned> {
        let mut this = self.project();
        let origin = *this.origin;
        this.state.set(State::Over);
        let permit = this.keys.admit(&call, origin)?;
        let clock = this.driver.timeout.clock(&call, origin.policy);
        let attempt = this.driver.operation.run(&call, origin.policy);
        let (failures, call) = call.aside();
        this.state.set(State::Running { failures, call, permit, clock, attempt });
        Ok(())
    }

    /// Sleeps, and begins the next attempt.
    #[cold]
    #[inline(never)]
    fn poll_sleep(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), K::Returned>> {
        let mut this = self.as_mut().project();
        let StateProjection::Sleeping { failures, call, sleep } = this.state.as_mut().project() else { over() };
        ready!(sleep.poll(context));
        let call = call.resume(*failures);
        this.state.set(State::Over);
        this.keys.begin(&call);
        Poll::Ready(self.begin(call))
    }
}

impl<P: Operation, S: FutureSleeper, T: Limit<O>, O: Outcome, K: CallKeys<O, T>> Debug
    for RetryFuture<'_, P, S, T, O, K>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryFuture").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl<P, S, T, O, K> Future for RetryFuture<'_, P, S, T, O, K>
where
    P: Operation<Output: Future<Output = O>>,
    S: FutureSleeper,
    T: Limit<O>,
    O: Outcome,
    K: CallKeys<O, T>,
{
    type Output = K::Returned;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<K::Returned> {
        let mut this = self.as_mut().project();
        let origin = *this.origin;
        let begun = match this.state.as_mut().project() {
            StateProjection::Running { .. } => Ok(()),
            StateProjection::New => {
                let needs_clock = P::NEEDS_CLOCK || K::NEEDS_CLOCK || origin.policy.deadline().is_some();
                let call = call::call(needs_clock.then(Started::now));
                self.as_mut().begin(call)
            }
            StateProjection::Sleeping { .. } => ready!(self.as_mut().poll_sleep(context)),
            StateProjection::Over => over(),
        };
        if let Err(returned) = begun {
            return Poll::Ready(returned);
        }
        loop {
            let mut this = self.as_mut().project();
            let StateProjection::Running { failures, call, permit, clock, attempt } = this.state.as_mut().project()
            else {
                over()
            };
            // Taken out, so that a panic of the attempt is reported as a failure while it passes.
            let taken = mem::take(permit);
            let timer = |limit| this.driver.sleeper.timer(limit, origin.location);
            let Poll::Ready(ended) = T::poll(attempt, clock, context, timer) else {
                *permit = taken;
                return Poll::Pending;
            };
            let mut call = call.resume(*failures);
            // No attempt is alive while classifiers run.
            this.state.set(State::Over);
            match this.keys.step(&mut call, origin, taken, ended) {
                ControlFlow::Break(returned) => return Poll::Ready(returned),
                ControlFlow::Continue(pause) => {
                    let sleep = this.driver.sleeper.sleep(pause);
                    let (failures, call) = call.aside();
                    this.state.set(State::Sleeping { failures, call, sleep });
                }
            }
            if let Err(returned) = ready!(self.as_mut().poll_sleep(context)) {
                return Poll::Ready(returned);
            }
        }
    }
}

/// The call has ended, or a panic passed through it.
#[cold]
#[inline(never)]
fn over() -> ! {
    panic!("a retried call was polled after it had ended")
}
