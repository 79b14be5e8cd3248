//! Attempts with a time limit in async functions: the key `timeout`.
//!
//! It knows neither the attempt's contents nor what follows a time-out.

use crate::failure::outcome::TimedOutcome;
use crate::failure::timed_out::TimedOut;
use crate::time::sleep::{AttemptClock, SleeperFuture};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

/// Runs an attempt with a time limit. Its time begins here; a timer is set when the attempt first has to wait.
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
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Timed<'a, F, M, S> {
    attempt: Pin<&'a mut F>,
    /// The sleeper, which is taken when the timer starts.
    sleeper: Option<M>,
    clock: AttemptClock<S>,
}

impl<F, M, S> Future for Timed<'_, F, M, S>
where
    F: Future,
    M: FnOnce(Duration) -> S + Unpin,
    S: SleeperFuture,
{
    type Output = TimedOutcome<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { attempt, sleeper, clock } = &mut *self;
        let start = |limit| sleeper.take().map(|sleeper| sleeper(limit));
        clock.poll(attempt.as_mut(), context, start).map_err(TimedOut::new).map(TimedOutcome)
    }
}
