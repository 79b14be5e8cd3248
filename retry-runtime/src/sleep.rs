//! Sleepers: the only file that blocks or awaits.
//!
//! A delay of zero never reaches a timer: a thread goes on, a future yields once. The future of a sleep is boxed. It exists only
//! after a failure, and what is not boxed would lie in every future of an annotated function: tokio's timer takes 112 bytes.
//!
//! Dropping a sleep cancels it and leaves nothing behind.

use crate::error::TimedOut;
use crate::site::Site;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

/// Blocks the thread.
#[cold]
pub fn sleep(site: &'static Site, delay: Duration) {
    #[cfg(all(feature = "tokio", debug_assertions))]
    if !delay.is_zero() && tokio::runtime::Handle::try_current().is_ok() && site.is_first_block() {
        crate::event::tell(&crate::event::Event::BlocksRuntime { site });
    }
    #[cfg(not(all(feature = "tokio", debug_assertions)))]
    let _ = site;
    sleep_with(std::thread::sleep, delay);
}

/// Blocks the thread by a sleeper of the user's.
#[cold]
pub fn sleep_with(sleeper: impl FnOnce(Duration), delay: Duration) {
    if !delay.is_zero() && !is_faked(delay) {
        sleeper(delay);
    }
}

/// A sleeper for async sites that is compiled in.
#[diagnostic::on_unimplemented(
    message = "an async `#[retry]` needs a sleeper, and none is compiled in",
    label = "this async function has nothing to sleep with",
    note = "enable the feature `tokio` of `reattempt`, or name a sleeper: `sleep = path` to a function from `Duration` to a future"
)]
pub trait AsyncSleeper {}

/// The sleeper where no `sleep` is given.
#[derive(Clone, Copy, Debug)]
pub struct DefaultSleeper;

#[cfg(feature = "tokio")]
impl AsyncSleeper for DefaultSleeper {}

/// Sleeps by the sleeper that is compiled in.
///
/// # Panics
///
/// With tokio's sleeper, outside of a tokio runtime; the message names the site and the cure.
#[cold]
pub fn sleep_async<S: AsyncSleeper>(_sleeper: S, site: &'static Site, delay: Duration) -> Sleep {
    if delay.is_zero() {
        return Sleep(State::Yield);
    }
    if is_faked(delay) {
        return Sleep(State::Done);
    }
    Sleep(timer(site, delay))
}

/// Sleeps by a sleeper of the user's.
pub async fn sleep_async_with<F: Future<Output = ()>>(sleeper: impl FnOnce(Duration) -> F, delay: Duration) {
    if delay.is_zero() {
        Sleep(State::Yield).await;
    } else if !is_faked(delay) {
        sleeper(delay).await;
    }
}

#[cfg(feature = "tokio")]
fn timer(site: &'static Site, delay: Duration) -> State {
    assert!(
        tokio::runtime::Handle::try_current().is_ok(),
        "the retried function {site} has to sleep, but no tokio runtime is entered here; \
         run it inside a tokio runtime, or name another sleeper: `sleep = path`"
    );
    State::Tokio(Box::pin(tokio::time::sleep(delay)))
}

#[cfg(not(feature = "tokio"))]
fn timer(_site: &'static Site, _delay: Duration) -> State {
    State::Done
}

#[cfg(feature = "test-util")]
fn is_faked(delay: Duration) -> bool {
    crate::testing::sleep(delay)
}

#[cfg(not(feature = "test-util"))]
fn is_faked(_delay: Duration) -> bool {
    false
}

/// Runs an attempt for so long and no longer. The timer is set when the attempt first has to wait.
///
/// Dropping it leaves nothing behind; the attempt is dropped by whoever owns it.
pub fn timed<F, M, S>(attempt: Pin<&mut F>, limit: Duration, sleeper: M) -> Timed<'_, F, M, S>
where
    F: Future,
    M: FnOnce(Duration) -> S + Unpin,
    S: Future<Output = ()>,
{
    Timed { attempt, limit, sleeper: Some(sleeper), timer: None }
}

/// The future of [`timed`].
#[must_use = "futures do nothing unless awaited"]
pub struct Timed<'a, F, M, S> {
    attempt: Pin<&'a mut F>,
    limit: Duration,
    /// Taken when the timer is set.
    sleeper: Option<M>,
    timer: Option<Pin<Box<S>>>,
}

impl<F, M, S> core::fmt::Debug for Timed<'_, F, M, S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Timed").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl<F, M, S> Future for Timed<'_, F, M, S>
where
    F: Future,
    M: FnOnce(Duration) -> S + Unpin,
    S: Future<Output = ()>,
{
    type Output = Result<F::Output, TimedOut>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Poll::Ready(output) = this.attempt.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        if this.limit.is_zero() {
            return Poll::Ready(Err(TimedOut::new(this.limit)));
        }
        if let Some(sleeper) = this.sleeper.take() {
            this.timer = Some(Box::pin(sleeper(this.limit)));
        }
        match &mut this.timer {
            Some(timer) => timer.as_mut().poll(context).map(|()| Err(TimedOut::new(this.limit))),
            None => Poll::Pending,
        }
    }
}

/// The timer of an attempt by the sleeper that is compiled in. Under `testing::pause` it follows the fake clock, which attempts
/// move by `advance`.
///
/// # Panics
///
/// As [`sleep_async`].
#[cold]
pub fn timer_async<S: AsyncSleeper>(_sleeper: S, site: &'static Site, limit: Duration) -> Sleep {
    #[cfg(feature = "test-util")]
    if let Some(until) = crate::testing::until(limit) {
        return Sleep(State::Fake(until));
    }
    Sleep(timer(site, limit))
}

/// The future of a sleep.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Sleep(State);

#[derive(Debug)]
enum State {
    Yield,
    Done,
    #[cfg(feature = "test-util")]
    Fake(std::time::Instant),
    #[cfg(feature = "tokio")]
    Tokio(Pin<Box<tokio::time::Sleep>>),
}

impl Future for Sleep {
    type Output = ();

    #[cold]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.0 {
            State::Done => Poll::Ready(()),
            State::Yield => {
                self.0 = State::Done;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            #[cfg(feature = "test-util")]
            State::Fake(until) if crate::testing::has_reached(*until) => Poll::Ready(()),
            #[cfg(feature = "test-util")]
            State::Fake(_) => Poll::Pending,
            #[cfg(feature = "tokio")]
            State::Tokio(timer) => timer.as_mut().poll(context),
        }
    }
}
