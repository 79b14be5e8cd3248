//! Drivers: the operation of a call, its sleeper, and for async calls the time limit of an attempt.
//!
//! A driver does not know what follows an attempt.

use super::keys::By;
use crate::engine::call::{Attempt, Call};
use crate::engine::pause::{self, Pause};
use crate::failure::outcome::Outcome;
#[cfg(feature = "async")]
use crate::failure::outcome::TimedOutcome;
#[cfg(feature = "async")]
use crate::failure::timed_out::TimedOut;
use crate::policy::Policy;
use crate::time::clock::Started;
use crate::time::sleep::DefaultSleeper;
#[cfg(feature = "async")]
use crate::time::sleep::{AsyncSleeper, AttemptClock, Sleep, SleepWith, SleeperFuture};
#[cfg(feature = "async")]
use core::fmt::Display;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

/// A call of a closure. Its start is recorded only if something needs it.
pub type ClosureCall = Call<Option<Started>>;

/// Runs an operation that returns an outcome.
#[derive(Clone, Copy, Debug)]
pub struct Blocking<P, S = DefaultSleeper> {
    pub(crate) operation: P,
    pub(crate) sleeper: S,
}

/// Runs an operation that returns the future of an outcome.
#[cfg(feature = "async")]
#[derive(Clone, Copy, Debug)]
pub struct Async<P, S = DefaultSleeper, T = ()> {
    pub(crate) operation: P,
    pub(crate) sleeper: S,
    pub(crate) timeout: T,
}

/// A closure without arguments.
#[derive(Clone, Copy, Debug)]
pub struct WithoutAttempt<F>(pub(crate) F);

/// A closure that takes an [`Attempt`].
#[derive(Clone, Copy, Debug)]
pub struct WithAttempt<F>(pub(crate) F);

/// A closure that is called for each attempt.
pub trait Operation {
    /// The return type.
    type Output;
    /// Whether it needs the time since the call began.
    const NEEDS_CLOCK: bool;
    /// Runs an attempt.
    fn run(&mut self, call: &ClosureCall, policy: &Policy) -> Self::Output;
}

impl<F: FnMut() -> R, R> Operation for WithoutAttempt<F> {
    type Output = R;
    const NEEDS_CLOCK: bool = false;

    fn run(&mut self, _: &ClosureCall, _: &Policy) -> R {
        self.0()
    }
}

impl<F: FnMut(Attempt) -> R, R> Operation for WithAttempt<F> {
    type Output = R;
    const NEEDS_CLOCK: bool = true;

    fn run(&mut self, call: &ClosureCall, policy: &Policy) -> R {
        self.0(Attempt::new(&call.session, policy, call.timer.unwrap_or_else(Started::now)))
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

/// A sleeper that returns futures.
#[cfg(feature = "async")]
pub trait FutureSleeper {
    /// A sleep between attempts.
    type Sleep: Future<Output = ()>;
    /// The timer of an attempt.
    type Timer: Future<Output = ()>;
    /// Sleeps for a pause.
    fn sleep(&mut self, pause: Pause) -> Self::Sleep;
    /// Starts a timer. `place` names the call in a panic message.
    fn timer(&mut self, limit: Duration, place: impl Display) -> Self::Timer;
}

#[cfg(feature = "async")]
impl<S: AsyncSleeper + Copy> FutureSleeper for S {
    type Sleep = Sleep;
    type Timer = Sleep;

    fn sleep(&mut self, pause: Pause) -> Sleep {
        pause::sleep_async(*self, pause)
    }

    fn timer(&mut self, limit: Duration, place: impl Display) -> Sleep {
        Sleep::timer(*self, limit, place)
    }
}

#[cfg(feature = "async")]
impl<F: FnMut(Duration) -> W, W: SleeperFuture> FutureSleeper for By<F> {
    type Sleep = SleepWith<W>;
    type Timer = W;

    fn sleep(&mut self, pause: Pause) -> SleepWith<W> {
        SleepWith::new(&mut self.0, pause.delay())
    }

    fn timer(&mut self, limit: Duration, _: impl Display) -> W {
        self.0(limit)
    }
}

/// The time limit of an attempt. `()` means no limit.
pub trait Limit<O: Outcome> {
    /// The outcome of an attempt, or a time-out.
    type Ended: Outcome<Value = O::Value, Error = O::Error>;
    /// The remaining time of an attempt, with a timer of type `W`.
    type Clock<W>;
    /// Starts the clock of an attempt.
    fn clock<W>(&self, call: &ClosureCall, policy: &Policy) -> Self::Clock<W>;
    /// Polls an attempt; `timer` makes its timer when it first has to wait.
    fn poll<U: Future<Output = O>, W: Future<Output = ()>>(
        attempt: Pin<&mut U>,
        clock: &mut Self::Clock<W>,
        context: &mut Context<'_>,
        timer: impl FnOnce(Duration) -> W,
    ) -> Poll<Self::Ended>;
}

impl<O: Outcome> Limit<O> for () {
    type Ended = O;
    type Clock<W> = ();

    fn clock<W>(&self, _: &ClosureCall, _: &Policy) {}

    fn poll<U: Future<Output = O>, W: Future<Output = ()>>(
        attempt: Pin<&mut U>,
        (): &mut (),
        context: &mut Context<'_>,
        _: impl FnOnce(Duration) -> W,
    ) -> Poll<O> {
        attempt.poll(context)
    }
}

/// The key `timeout`.
#[cfg(feature = "async")]
#[derive(Clone, Copy, Debug)]
pub struct Timeout(pub(crate) Duration);

#[cfg(feature = "async")]
impl<O: Outcome> Limit<O> for Timeout {
    type Ended = TimedOutcome<O>;
    type Clock<W> = AttemptClock<W>;

    fn clock<W>(&self, call: &ClosureCall, policy: &Policy) -> AttemptClock<W> {
        AttemptClock::new(call.limit(policy, self.0))
    }

    fn poll<U: Future<Output = O>, W: Future<Output = ()>>(
        attempt: Pin<&mut U>,
        clock: &mut AttemptClock<W>,
        context: &mut Context<'_>,
        timer: impl FnOnce(Duration) -> W,
    ) -> Poll<TimedOutcome<O>> {
        clock.poll(attempt, context, |limit| Some(timer(limit))).map_err(TimedOut::new).map(TimedOutcome)
    }
}
