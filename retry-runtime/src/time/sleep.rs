//! Sleepers: the only file that blocks or awaits.
//!
//! A delay of zero never reaches a timer: a thread goes on, a future yields once. The future of a sleep is boxed. It exists only
//! after a failure, and what is not boxed would lie in every future of an annotated function: tokio's timer takes 112 bytes.
//!
//! Dropping a sleep cancels it and leaves nothing behind.

use crate::failure::retry_error::TimedOut;
use crate::observe::site::{Place, Site};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

/// A sleep that was decided on, for generated code: where and how long. One value, since two cost the compiler more at each site.
#[derive(Clone, Copy, Debug)]
pub struct Pause {
    site: &'static Site,
    delay: Duration,
}

impl Pause {
    /// A sleep of that length.
    #[inline]
    pub fn new(site: &'static Site, delay: Duration) -> Self {
        Self { site, delay }
    }

    /// How long a sleeper of the user's has to sleep.
    ///
    /// # Errors
    ///
    /// The sleep, where none is asked.
    pub fn for_sleeper(self) -> Result<Duration, Sleep> {
        without_sleeper(self.delay).map_or(Ok(self.delay), Err)
    }
}

/// Blocks the thread.
#[cold]
pub fn sleep(pause: Pause) {
    sleep_at(pause.site, pause.delay);
}

/// The same where the site is still to be found.
#[cold]
pub(crate) fn sleep_at(place: impl Place, delay: Duration) {
    #[cfg(all(feature = "tokio", debug_assertions))]
    if !delay.is_zero() && tokio::runtime::Handle::try_current().is_ok() {
        let site = place.site();
        if crate::observe::observers::is_observed() && site.is_first_block() {
            crate::observe::observers::tell(&crate::observe::event::Event::BlocksRuntime { site });
        }
    }
    #[cfg(not(all(feature = "tokio", debug_assertions)))]
    let _ = place;
    sleep_by(std::thread::sleep, delay);
}

/// Blocks the thread by a sleeper of the user's.
#[cold]
pub fn sleep_with(sleeper: impl FnOnce(Duration), pause: Pause) {
    sleep_by(sleeper, pause.delay);
}

/// Blocks the thread by a sleeper.
#[cold]
pub(crate) fn sleep_by(sleeper: impl FnOnce(Duration), delay: Duration) {
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
pub fn sleep_async<S: AsyncSleeper>(sleeper: S, pause: Pause) -> Sleep {
    sleep_async_at(sleeper, pause.site, pause.delay)
}

/// The same where the site is still to be found.
#[cold]
pub(crate) fn sleep_async_at<S: AsyncSleeper>(_sleeper: S, place: impl Place, delay: Duration) -> Sleep {
    without_sleeper(delay).unwrap_or_else(|| Sleep(timer(place, delay)))
}

/// A sleep for which no sleeper is asked: of no length, or in a test's time.
fn without_sleeper(delay: Duration) -> Option<Sleep> {
    if delay.is_zero() { Some(Sleep(State::Yield)) } else { is_faked(delay).then_some(Sleep(State::Done)) }
}

/// What a sleeper of the user's answers in an async function.
#[diagnostic::on_unimplemented(
    message = "an async sleeper answers a `Future<Output = ()>`, not `{Self}`",
    label = "what this sleeper answers is `{Self}`",
    note = "name a function that takes the `Duration` and answers a future which ends after it, such as `tokio::time::sleep`; \
            a sleeper that blocks, such as `std::thread::sleep`, would hold up the runtime"
)]
pub trait SleeperFuture: Future<Output = ()> {}

#[diagnostic::do_not_recommend]
impl<F: Future<Output = ()>> SleeperFuture for F {}

/// Asks a sleeper of the user's. What it answers is looked at where that is awaited, so that a wrong answer is one error.
#[cold]
pub fn ask_sleeper<F>(sleeper: impl FnOnce(Duration) -> F, delay: Duration) -> F {
    sleeper(delay)
}

/// The future of a sleep for which a sleeper of the user's is asked, where that is needed. Boxed, as all of them are.
#[must_use = "futures do nothing unless awaited"]
pub struct SleepWith<F>(Asked<F>);

enum Asked<F> {
    No(Sleep),
    Yes(Pin<Box<F>>),
}

impl<F> SleepWith<F> {
    /// Asks the sleeper, where it is needed.
    #[cfg(feature = "async")]
    pub(crate) fn new(sleeper: impl FnOnce(Duration) -> F, delay: Duration) -> Self {
        without_sleeper(delay).map_or_else(|| Self::asked(sleeper(delay)), Self::unasked)
    }

    /// What the sleeper answered.
    #[cold]
    pub fn asked(answer: F) -> Self {
        Self(Asked::Yes(Box::pin(answer)))
    }

    /// A sleep for which it was not asked.
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
            Asked::Yes(sleep) => sleep.as_mut().poll(context),
        }
    }
}

#[cfg(feature = "tokio")]
fn timer(site: impl Place, delay: Duration) -> State {
    assert!(
        tokio::runtime::Handle::try_current().is_ok(),
        "the retried function {} has to sleep, but no tokio runtime is entered here; \
         run it inside a tokio runtime, or name another sleeper: `sleep = path`",
        site.site()
    );
    State::Tokio(Box::pin(tokio::time::sleep(delay)))
}

#[cfg(not(feature = "tokio"))]
fn timer(_site: impl Place, _delay: Duration) -> State {
    State::Done
}

#[cfg(feature = "test-util")]
fn is_faked(delay: Duration) -> bool {
    crate::time::fakes::sleep(delay)
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
{
    Timed { attempt, sleeper: Some(sleeper), clock: AttemptClock::new(limit) }
}

/// The future of [`timed`].
#[must_use = "futures do nothing unless awaited"]
pub struct Timed<'a, F, M, S> {
    attempt: Pin<&'a mut F>,
    /// Taken when the timer is set.
    sleeper: Option<M>,
    clock: AttemptClock<S>,
}

impl<F, M, S> core::fmt::Debug for Timed<'_, F, M, S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Timed").field("limit", &self.clock.limit).finish_non_exhaustive()
    }
}

impl<F, M, S> Future for Timed<'_, F, M, S>
where
    F: Future,
    M: FnOnce(Duration) -> S + Unpin,
    S: SleeperFuture,
{
    type Output = Result<F::Output, TimedOut>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let sleeper = &mut this.sleeper;
        this.clock.poll(this.attempt.as_mut(), context, |limit| sleeper.take().map(|sleeper| sleeper(limit)))
    }
}

/// How long an attempt may still run.
#[doc(hidden)]
pub struct AttemptClock<S> {
    limit: Duration,
    timer: Option<Pin<Box<S>>>,
}

impl<S> core::fmt::Debug for AttemptClock<S> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("AttemptClock").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl<S> AttemptClock<S> {
    pub(crate) const fn new(limit: Duration) -> Self {
        Self { limit, timer: None }
    }
}

impl<S: Future<Output = ()>> AttemptClock<S> {
    /// Polls the attempt, and then its timer, which `set` gives when it is first needed.
    pub(crate) fn poll<F: Future>(
        &mut self,
        attempt: Pin<&mut F>,
        context: &mut Context<'_>,
        set: impl FnOnce(Duration) -> Option<S>,
    ) -> Poll<Result<F::Output, TimedOut>> {
        if let Poll::Ready(output) = attempt.poll(context) {
            return Poll::Ready(Ok(output));
        }
        if self.limit.is_zero() {
            return Poll::Ready(Err(TimedOut::new(self.limit)));
        }
        if self.timer.is_none() {
            self.timer = set(self.limit).map(Box::pin);
        }
        match &mut self.timer {
            Some(timer) => timer.as_mut().poll(context).map(|()| Err(TimedOut::new(self.limit))),
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
pub fn timer_async<S: AsyncSleeper>(_sleeper: S, site: impl Place, limit: Duration) -> Sleep {
    #[cfg(feature = "test-util")]
    if let Some(until) = crate::time::fakes::until(limit) {
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
            State::Fake(until) if crate::time::fakes::has_reached(*until) => Poll::Ready(()),
            #[cfg(feature = "test-util")]
            State::Fake(_) => Poll::Pending,
            #[cfg(feature = "tokio")]
            State::Tokio(timer) => timer.as_mut().poll(context),
        }
    }
}
