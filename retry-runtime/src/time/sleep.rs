//! Sleepers. No other file blocks a thread or waits on a timer.
//!
//! A delay of zero never reaches a timer: a thread continues, a future yields once. The future of a sleep is boxed, because it exists only
//! after a failure. Otherwise every future of an annotated function would have room for it: tokio's timer takes 112 bytes.
//!
//! Dropping a sleep cancels it and leaves nothing behind. This module knows no site and no event: the name for a panic message is an
//! argument.

use crate::time::clock::Started;
use core::fmt::Display;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

/// Blocks the thread for a delay, by a sleeper.
#[cold]
pub(crate) fn block(sleeper: impl FnOnce(Duration), delay: Duration) {
    if !delay.is_zero() && !is_faked(delay) {
        sleeper(delay);
    }
}

/// Returns `true` if blocking for this delay would block a thread of a tokio runtime.
#[cfg(all(feature = "tokio", debug_assertions))]
pub(crate) fn blocks_runtime(delay: Duration) -> bool {
    !delay.is_zero() && tokio::runtime::Handle::try_current().is_ok()
}

/// The sleeper for async sites that is compiled in.
#[diagnostic::on_unimplemented(
    message = "an async `#[retry]` needs a sleeper, and none is compiled in",
    label = "this async function has nothing to sleep with",
    note = "enable the feature `tokio` of `reattempt`, or name a sleeper: `sleep = path` to a function from `Duration` to a future"
)]
pub trait AsyncSleeper {}

/// The sleeper that is used without the key `sleep`.
#[derive(Clone, Copy, Debug, Default)]
pub struct DefaultSleeper;

#[cfg(feature = "tokio")]
impl AsyncSleeper for DefaultSleeper {}

/// Returns a sleep that needs no sleeper, if the delay is zero or time is paused by a test.
pub(crate) fn without_sleeper(delay: Duration) -> Option<Sleep> {
    if delay.is_zero() { Some(Sleep::yielding()) } else { is_faked(delay).then_some(Sleep::DONE) }
}

/// The future that an async sleeper of the user returns. Its output is ignored: a timer may return the moment at which it ended.
#[diagnostic::on_unimplemented(
    message = "an async sleeper answers a future, not `{Self}`",
    label = "what this sleeper answers is `{Self}`",
    note = "name a function that takes the `Duration` and answers a future which ends after it, such as `tokio::time::sleep`; \
            a sleeper that blocks, such as `std::thread::sleep`, would hold up the runtime"
)]
pub trait SleeperFuture: Future {}

#[diagnostic::do_not_recommend]
impl<F: Future> SleeperFuture for F {}

/// Calls a sleeper of the user. The type that it returns is checked where it is awaited, so that a wrong type causes one compile error.
#[cold]
pub fn ask_sleeper<F>(sleeper: impl FnOnce(Duration) -> F, delay: Duration) -> F {
    sleeper(delay)
}

/// The future of a sleep with a sleeper of the user, which is called only if it is needed. The sleeper's future is boxed.
#[must_use = "futures do nothing unless awaited"]
pub struct SleepWith<F>(Asked<F>);

enum Asked<F> {
    No(Sleep),
    Yes(Pin<Box<F>>),
}

impl<F> SleepWith<F> {
    /// Calls the sleeper if it is needed.
    #[cfg(feature = "async")]
    pub(crate) fn new(sleeper: impl FnOnce(Duration) -> F, delay: Duration) -> Self {
        without_sleeper(delay).map_or_else(|| Self::asked(sleeper(delay)), Self::unasked)
    }

    /// Wraps the future that the sleeper returned.
    #[cold]
    pub fn asked(answer: F) -> Self {
        Self(Asked::Yes(Box::pin(answer)))
    }

    /// Wraps a sleep that needs no sleeper.
    #[cold]
    pub fn unasked(sleep: Sleep) -> Self {
        Self(Asked::No(sleep))
    }
}

impl<F> core::fmt::Debug for SleepWith<F> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SleepWith").finish_non_exhaustive()
    }
}

impl<F: SleeperFuture> Future for SleepWith<F> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.0 {
            Asked::No(sleep) => Pin::new(sleep).poll(context),
            Asked::Yes(sleep) => sleep.as_mut().poll(context).map(drop),
        }
    }
}

#[cfg(feature = "tokio")]
fn start_timer(place: impl Display, delay: Duration) -> Sleep {
    assert!(
        tokio::runtime::Handle::try_current().is_ok(),
        "the retried function {place} has to sleep, but no tokio runtime is entered here; \
         run it inside a tokio runtime, or name another sleeper: `sleep = path`"
    );
    Sleep { timer: Some(Timer::Tokio(Box::pin(tokio::time::sleep(delay)))), ..Sleep::DONE }
}

#[cfg(not(feature = "tokio"))]
fn start_timer(_place: impl Display, _delay: Duration) -> Sleep {
    Sleep::DONE
}

#[cfg(feature = "test-util")]
fn is_faked(delay: Duration) -> bool {
    crate::time::fakes::sleep(delay)
}

#[cfg(not(feature = "test-util"))]
fn is_faked(_delay: Duration) -> bool {
    false
}

/// The time limit of a running attempt. Its time begins when this is made.
#[doc(hidden)]
pub struct AttemptClock<S> {
    limit: Duration,
    began: Started,
    timer: Option<Pin<Box<S>>>,
}

impl<S> core::fmt::Debug for AttemptClock<S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("AttemptClock").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl<S> AttemptClock<S> {
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, began: Started::now(), timer: None }
    }
}

impl<S: Future> AttemptClock<S> {
    /// Polls the attempt and then its timer. `set` makes the timer when the attempt first has to wait, for the time that is left then. The
    /// error is the limit that has passed.
    pub(crate) fn poll<F: Future>(
        &mut self,
        attempt: Pin<&mut F>,
        context: &mut Context<'_>,
        set: impl FnOnce(Duration) -> Option<S>,
    ) -> Poll<Result<F::Output, Duration>> {
        if let Poll::Ready(output) = attempt.poll(context) {
            return Poll::Ready(Ok(output));
        }
        if self.timer.is_none() {
            let left = self.limit.saturating_sub(self.began.elapsed());
            if left.is_zero() {
                return Poll::Ready(Err(self.limit));
            }
            self.timer = set(left).map(Box::pin);
        }
        match &mut self.timer {
            Some(timer) => timer.as_mut().poll(context).map(|_| Err(self.limit)),
            None => Poll::Pending,
        }
    }
}

/// The future of a sleep.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
// The timer is not at the beginning: else an attempt's future keeps a register for the address of a sleep, and saves it at each success.
#[repr(C)]
pub struct Sleep {
    has_yielded: bool,
    /// It is `None` for a delay of zero and under the paused time of a test.
    timer: Option<Timer>,
}

#[derive(Debug)]
enum Timer {
    #[cfg(feature = "test-util")]
    Fake(crate::time::fakes::FakeTimer),
    #[cfg(feature = "tokio")]
    Tokio(Pin<Box<tokio::time::Sleep>>),
}

impl Timer {
    #[cfg_attr(not(feature = "tokio"), expect(unused_variables, reason = "asked by tokio's timer alone"))]
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        match *self {
            #[cfg(feature = "test-util")]
            Self::Fake(timer) if timer.is_over() => Poll::Ready(()),
            #[cfg(feature = "test-util")]
            Self::Fake(_) => Poll::Pending,
            #[cfg(feature = "tokio")]
            Self::Tokio(ref mut timer) => timer.as_mut().poll(context),
        }
    }
}

impl Sleep {
    const DONE: Self = Self { timer: None, has_yielded: true };

    /// Makes a sleep that yields once.
    #[inline]
    pub(crate) fn yielding() -> Self {
        Self { timer: None, has_yielded: false }
    }

    /// Starts a sleep by the sleeper that is compiled in. `place` names the function in the panic message.
    ///
    /// # Panics
    ///
    /// Panics with tokio's sleeper outside of a tokio runtime.
    pub(crate) fn new<S: AsyncSleeper>(_sleeper: S, delay: Duration, place: impl Display) -> Self {
        without_sleeper(delay).unwrap_or_else(|| start_timer(place, delay))
    }

    /// Starts the timer of an attempt. Under `testing::pause` it follows the fake clock, which an attempt can advance by `advance`.
    ///
    /// # Panics
    ///
    /// Panics as [`new`](Self::new) does.
    pub(crate) fn timer<S: AsyncSleeper>(_sleeper: S, limit: Duration, place: impl Display) -> Self {
        #[cfg(feature = "test-util")]
        if let Some(timer) = crate::time::fakes::timer(limit) {
            return Self { timer: Some(Timer::Fake(timer)), ..Self::DONE };
        }
        start_timer(place, limit)
    }
}

impl Future for Sleep {
    type Output = ();

    #[cold]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if let Some(timer) = &mut self.timer {
            return timer.poll(context);
        }
        if self.has_yielded {
            return Poll::Ready(());
        }
        self.has_yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
