//! Attempts with a time limit in async functions: the key `timeout`.
//!
//! It knows neither the attempt's contents nor what follows a time-out.

use crate::failure::outcome::TimedOutcome;
use crate::time::sleep::{AttemptClock, SleeperFuture};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

/// Runs an attempt with a time limit. The timer starts when the attempt first has to wait.
///
/// Dropping the future leaves nothing behind. The owner of the attempt drops the attempt.
pub fn timed<F, M, S>(attempt: Pin<&mut F>, limit: Duration, sleeper: M) -> Timed<'_, F, M, S>
where
    F: Future,
    M: FnOnce(Duration) -> S + Unpin,
{
    Timed { attempt, sleeper: Some(sleeper), clock: AttemptClock::new(limit) }
}

/// The future of [`timed`].
#[must_use = "futures do nothing unless awaited"]
pub struct Timed<'a, F, M, S> {
    attempt: Pin<&'a mut F>,
    /// The sleeper, which is taken when the timer starts.
    sleeper: Option<M>,
    clock: AttemptClock<S>,
}

impl<F, M, S> core::fmt::Debug for Timed<'_, F, M, S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Timed").field("clock", &self.clock).finish_non_exhaustive()
    }
}

impl<F, M, S> Future for Timed<'_, F, M, S>
where
    F: Future,
    M: FnOnce(Duration) -> S + Unpin,
    S: SleeperFuture,
{
    type Output = TimedOutcome<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let sleeper = &mut this.sleeper;
        let ended =
            this.clock.poll(this.attempt.as_mut(), context, |limit| sleeper.take().map(|sleeper| sleeper(limit)));
        ended.map(TimedOutcome::new)
    }
}
