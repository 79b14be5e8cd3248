//! The driver of async calls: a future that is a state machine, with the attempt's own future inside.
//!
//! What the engine remembers between attempts is put aside while one of them runs: it is smaller so.

use super::end::{End, EndTimed};
use super::keys::{By, Keys};
use super::operation::{Operand, Operation};
use super::steps::{Limiting, Named, Origin, Steps, Within};
use crate::engine::call::{self, Aside, Call};
use crate::engine::pause::{Pause, sleep_async};
use crate::failure::outcome::{Outcome, TimedOutcome};
use crate::time::clock::{Begin, Started};
use crate::time::sleep::{AsyncSleeper, AttemptClock, Sleep, SleepWith};
use core::fmt::{self, Display};
use core::future::Future;
use core::mem;
use core::ops::ControlFlow;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use pin_project_lite::pin_project;

/// What a call knows of the time.
pub type CallTimer<F, O, K> = <K as Steps<O>>::Timer<<F as Operand>::Timer<Option<Started>>>;

/// Keys whose sleeper gives futures.
pub trait AsyncSteps<O: Outcome>: Steps<O> {
    /// A sleep.
    type Sleep: Future<Output = ()>;
    /// The time that an attempt has left.
    type Clock;

    /// Sleeps.
    fn sleep(&mut self, pause: Pause) -> Self::Sleep;

    /// Starts the time of an attempt.
    fn clock<C: Begin>(&self, call: &Call<C>, origin: Origin<'_>) -> Self::Clock;

    /// Polls an attempt.
    fn poll<F: Future<Output = O>>(
        &mut self,
        attempt: Pin<&mut F>,
        clock: &mut Self::Clock,
        origin: Origin<'_>,
        context: &mut Context<'_>,
    ) -> Poll<Self::Ended>;
}

/// A sleeper that gives futures.
pub trait Sleeping {
    /// A sleep between attempts.
    type Sleep: Future<Output = ()>;
    /// The timer of an attempt.
    type Timer: Future<Output = ()>;

    /// Sleeps.
    fn sleep(&mut self, pause: Pause) -> Self::Sleep;
    /// Sets a timer.
    fn timer(&mut self, place: impl Display, limit: Duration) -> Self::Timer;
}

/// The default one, where it is compiled in.
impl<S: AsyncSleeper + Copy> Sleeping for S {
    type Sleep = Sleep;
    type Timer = Sleep;

    fn sleep(&mut self, pause: Pause) -> Sleep {
        sleep_async(*self, pause)
    }

    fn timer(&mut self, place: impl Display, limit: Duration) -> Sleep {
        Sleep::timer(*self, limit, place)
    }
}

impl<F: FnMut(Duration) -> W, W: Future<Output = ()>> Sleeping for By<F> {
    type Sleep = SleepWith<W>;
    type Timer = W;

    fn sleep(&mut self, pause: Pause) -> SleepWith<W> {
        SleepWith::new(&mut self.0, pause.delay())
    }

    fn timer(&mut self, _: impl Display, limit: Duration) -> W {
        self.0(limit)
    }
}

/// How attempts are polled: for as long as they take, or for so long and no longer.
pub trait Polling<O: Outcome, X: End<O>, S: Sleeping>: Limiting<O, X> {
    /// The time that an attempt has left.
    type Clock;

    /// Starts it.
    fn clock<C: Begin>(&self, call: &Call<C>, origin: Origin<'_>) -> Self::Clock;

    /// Polls an attempt.
    fn poll<F: Future<Output = O>>(
        attempt: Pin<&mut F>,
        clock: &mut Self::Clock,
        context: &mut Context<'_>,
        set: impl FnOnce(Duration) -> S::Timer,
    ) -> Poll<Self::Ended>;
}

impl<O: Outcome, X: End<O>, S: Sleeping> Polling<O, X, S> for () {
    type Clock = ();

    #[inline]
    fn clock<C: Begin>(&self, _: &Call<C>, _: Origin<'_>) {}

    #[inline]
    fn poll<F: Future<Output = O>>(
        attempt: Pin<&mut F>,
        (): &mut (),
        context: &mut Context<'_>,
        _: impl FnOnce(Duration) -> S::Timer,
    ) -> Poll<O> {
        attempt.poll(context)
    }
}

impl<O: Outcome, X: EndTimed<O>, S: Sleeping> Polling<O, X, S> for Within {
    type Clock = AttemptClock<S::Timer>;

    fn clock<C: Begin>(&self, call: &Call<C>, origin: Origin<'_>) -> Self::Clock {
        AttemptClock::new(call.limit(origin.policy, self.0))
    }

    fn poll<F: Future<Output = O>>(
        attempt: Pin<&mut F>,
        clock: &mut Self::Clock,
        context: &mut Context<'_>,
        set: impl FnOnce(Duration) -> S::Timer,
    ) -> Poll<Self::Ended> {
        clock.poll(attempt, context, |limit| Some(set(limit))).map(TimedOutcome::new)
    }
}

impl<O, C, V, N, H, B, K, X, S, T, M, D> AsyncSteps<O> for Keys<C, V, N, H, B, K, X, S, T, M, D>
where
    O: Outcome,
    X: End<O>,
    S: Sleeping,
    T: Polling<O, X, S>,
    M: Named,
    Self: Steps<O, Ended = T::Ended>,
{
    type Sleep = S::Sleep;
    type Clock = T::Clock;

    fn sleep(&mut self, pause: Pause) -> S::Sleep {
        self.sleep.sleep(pause)
    }

    #[inline]
    fn clock<Y: Begin>(&self, call: &Call<Y>, origin: Origin<'_>) -> T::Clock {
        self.timeout.clock(call, origin)
    }

    #[inline]
    fn poll<F: Future<Output = O>>(
        &mut self,
        attempt: Pin<&mut F>,
        clock: &mut T::Clock,
        origin: Origin<'_>,
        context: &mut Context<'_>,
    ) -> Poll<T::Ended> {
        let Self { sleep, name, .. } = self;
        T::poll(attempt, clock, context, |limit| sleep.timer(origin.place(*name), limit))
    }
}

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
    pub struct RetryFuture<'a, F, O, K>
    where
        F: Operation<CallTimer<F, O, K>>,
        O: Outcome,
        K: AsyncSteps<O>,
    {
        origin: Origin<'a>,
        operation: F,
        keys: K,
        #[pin]
        state: State<F::Output, K::Sleep, K::Permit, K::Clock, CallTimer<F, O, K>>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, S, P, L, C> {
        New,
        Running { failures: u32, call: Aside<C>, permit: P, clock: L, #[pin] attempt: F },
        Sleeping { failures: u32, call: Aside<C>, #[pin] sleep: S },
        // Also while functions of the caller's run, so that nothing follows a panic of theirs.
        Over,
    }
}

impl<'a, F, O, K> RetryFuture<'a, F, O, K>
where
    F: Operation<CallTimer<F, O, K>>,
    O: Outcome,
    K: AsyncSteps<O>,
{
    pub(crate) fn new(origin: Origin<'a>, operation: F, keys: K) -> Self {
        Self { origin, operation, keys, state: State::New }
    }
}

impl<F, O, K> fmt::Debug for RetryFuture<'_, F, O, K>
where
    F: Operation<CallTimer<F, O, K>>,
    O: Outcome,
    K: AsyncSteps<O>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryFuture").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl<F, O, K> Future for RetryFuture<'_, F, O, K>
where
    F: Operation<CallTimer<F, O, K>, Output: Future<Output = O>>,
    O: Outcome,
    K: AsyncSteps<O>,
{
    type Output = K::Returned;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<K::Returned> {
        let mut this = self.project();
        let origin = *this.origin;
        match this.state.as_mut().project() {
            StateProjection::Running { .. } => {}
            StateProjection::New => {
                let call = call::call(CallTimer::<F, O, K>::begin(origin.policy.deadline()));
                if let Err(returned) = start(this.operation, this.keys, origin, this.state.as_mut(), call) {
                    return Poll::Ready(returned);
                }
            }
            StateProjection::Sleeping { .. } => {
                if let Err(returned) = ready!(again(this.operation, this.keys, origin, this.state.as_mut(), context)) {
                    return Poll::Ready(returned);
                }
            }
            StateProjection::Over => over(),
        }
        loop {
            let StateProjection::Running { failures, call, permit, clock, attempt } = this.state.as_mut().project()
            else {
                over()
            };
            // Taken out, so that a panic of the attempt is reported as a failure while it passes.
            let taken = mem::take(permit);
            let Poll::Ready(ended) = this.keys.poll(attempt, clock, origin, context) else {
                *permit = taken;
                return Poll::Pending;
            };
            let mut call = call.resume(*failures);
            // No attempt is alive while classifiers run.
            this.state.set(State::Over);
            match this.keys.step(&mut call, origin, taken, ended) {
                ControlFlow::Break(returned) => return Poll::Ready(returned),
                ControlFlow::Continue(pause) => {
                    let sleep = this.keys.sleep(pause);
                    let (failures, call) = call.aside();
                    this.state.set(State::Sleeping { failures, call, sleep });
                }
            }
            if let Err(returned) = ready!(again(this.operation, this.keys, origin, this.state.as_mut(), context)) {
                return Poll::Ready(returned);
            }
        }
    }
}

/// The state of the future for an operation and keys.
type StateOf<F, O, K> = State<
    <F as Operation<CallTimer<F, O, K>>>::Output,
    <K as AsyncSteps<O>>::Sleep,
    <K as Steps<O>>::Permit,
    <K as AsyncSteps<O>>::Clock,
    CallTimer<F, O, K>,
>;

/// Begins an attempt, or answers what the call returns where the breaker refuses it.
#[inline]
fn start<F, O, K>(
    operation: &mut F,
    keys: &mut K,
    origin: Origin<'_>,
    mut state: Pin<&mut StateOf<F, O, K>>,
    call: Call<CallTimer<F, O, K>>,
) -> Result<(), K::Returned>
where
    F: Operation<CallTimer<F, O, K>>,
    O: Outcome,
    K: AsyncSteps<O>,
{
    state.set(State::Over);
    let permit = keys.admit(&call, origin)?;
    let clock = keys.clock(&call, origin);
    let attempt = operation.run(&call, origin.policy);
    let (failures, call) = call.aside();
    state.set(State::Running { failures, call, permit, clock, attempt });
    Ok(())
}

/// Sleeps, and begins the next attempt.
#[cold]
#[inline(never)]
fn again<F, O, K>(
    operation: &mut F,
    keys: &mut K,
    origin: Origin<'_>,
    mut state: Pin<&mut StateOf<F, O, K>>,
    context: &mut Context<'_>,
) -> Poll<Result<(), K::Returned>>
where
    F: Operation<CallTimer<F, O, K>>,
    O: Outcome,
    K: AsyncSteps<O>,
{
    let StateProjection::Sleeping { failures, call, sleep } = state.as_mut().project() else { over() };
    ready!(sleep.poll(context));
    let call = call.resume(*failures);
    state.set(State::Over);
    keys.begin(&call);
    Poll::Ready(start(operation, keys, origin, state, call))
}

/// The call has ended, or a panic passed through it.
#[cold]
#[inline(never)]
fn over() -> ! {
    panic!("a retried call was polled after it had ended")
}
