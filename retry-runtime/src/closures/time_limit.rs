//! Time limits of the attempts of async calls: the key `timeout`.
//!
//! It does not know what follows a time-out.

use super::keys::MaybeGiven;
use super::operation::ClosureCall;
use crate::failure::outcome::{Outcome, TimedOutcome};
use crate::failure::timed_out::TimedOut;
use crate::policy::Policy;
use crate::time::sleep::AttemptClock;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

/// The time limit of an attempt. `()` means no limit.
pub trait Limit<O: Outcome>: MaybeGiven<Duration> + Copy {
    /// The outcome of an attempt, or a time-out.
    type Ended: Outcome<Value = O::Value, Error = O::Error>;
    /// The remaining time of an attempt, with a timer of type `W`.
    type Clock<W>;
    /// Starts the clock of an attempt, before the operation makes its future.
    fn clock<W>(&self, call: &ClosureCall, policy: &Policy) -> Self::Clock<W>;
    /// Polls an attempt; `timer` makes its timer when it first has to wait.
    fn poll<U: Future<Output = O>, W: Future>(
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

    fn poll<U: Future<Output = O>, W: Future>(
        attempt: Pin<&mut U>,
        (): &mut (),
        context: &mut Context<'_>,
        _: impl FnOnce(Duration) -> W,
    ) -> Poll<O> {
        attempt.poll(context)
    }
}

/// The key `timeout`.
#[derive(Clone, Copy, Debug)]
pub struct Timeout(pub(crate) Duration);

impl MaybeGiven<Duration> for Timeout {
    #[inline]
    fn get(self) -> Option<Duration> {
        Some(self.0)
    }
}

impl<O: Outcome> Limit<O> for Timeout {
    type Ended = TimedOutcome<O>;
    type Clock<W> = AttemptClock<W>;

    fn clock<W>(&self, call: &ClosureCall, policy: &Policy) -> AttemptClock<W> {
        AttemptClock::new(call.limit(policy, self.0))
    }

    fn poll<U: Future<Output = O>, W: Future>(
        attempt: Pin<&mut U>,
        clock: &mut AttemptClock<W>,
        context: &mut Context<'_>,
        timer: impl FnOnce(Duration) -> W,
    ) -> Poll<TimedOutcome<O>> {
        clock.poll(attempt, context, |limit| Some(timer(limit))).map_err(TimedOut::new).map(TimedOutcome)
    }
}
