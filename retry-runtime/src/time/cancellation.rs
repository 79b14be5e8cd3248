//! Cancellation: ends the sleeps of all calls that share it, on threads and in tasks.
//!
//! It knows no call, and not what follows a sleep.

#[cfg(all(test, not(loom)))]
mod tests;

#[cfg(all(test, loom))]
#[path = "cancellation/tests/loom.rs"]
mod loom_tests;

use crate::time::atomics::{AtomicU64, Ordering};
use crate::time::locks::{Condvar, Mutex, MutexGuard};
use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, PoisonError};

/// Ends retries from outside: the key `cancel`.
///
/// [`cancel`](Self::cancel) wakes each sleep between attempts that shares the cancellation, on threads and in tasks. No call that shares it
/// begins another attempt: it returns its last outcome, with the reason [`StopReason::Cancelled`](crate::StopReason::Cancelled) where
/// something shows the reason. A running attempt is not touched, and the first attempt of a call always runs.
///
/// # Examples
///
/// ```
/// use reattempt::{Cancellation, Policy, StopReason};
/// use std::{thread, time::Duration};
///
/// static STOP: Cancellation = Cancellation::new();
///
/// let policy = Policy::builder().base(Duration::from_secs(3_600)).build()?;
/// let call = thread::spawn(move || policy.retry(|| Err::<(), _>("busy")).on(|_| true).cancel(&STOP).error_without_source().call());
/// STOP.cancel();
/// let error = call.join().expect("no panic").unwrap_err();
/// assert_eq!((error.reason(), error.attempts()), (StopReason::Cancelled, 1));
/// # Ok::<(), reattempt::PolicyError>(())
/// ```
pub struct Cancellation {
    /// The number of times that it was cancelled or reset, so it is odd while it is cancelled. It is written only while the lock is held.
    changes: AtomicU64,
    sleepers: Mutex<Sleepers>,
    /// Notified when it is cancelled.
    cancelled: Condvar,
}

/// The tasks that sleep.
struct Sleepers {
    next: u64,
    wakers: BTreeMap<u64, Waker>,
}

impl Cancellation {
    /// Makes a cancellation that is not cancelled yet.
    pub const fn new() -> Self {
        Self {
            changes: AtomicU64::new(0),
            sleepers: Mutex::new(Sleepers { next: 0, wakers: BTreeMap::new() }),
            cancelled: Condvar::new(),
        }
    }

    /// Cancels: wakes each sleep that shares this, and ends each call that shares it before its next attempt.
    ///
    /// Calls that begin later have their first attempt and no other. To cancel again changes nothing.
    pub fn cancel(&self) {
        let woken = {
            let mut sleepers = self.lock();
            if self.is_cancelled() {
                return;
            }
            self.count_change();
            mem::take(&mut sleepers.wakers)
        };
        self.cancelled.notify_all();
        // The lock is free by now: a waker may run code that sleeps or cancels.
        for waker in woken.into_values() {
            waker.wake();
        }
    }

    /// Returns `true` from [`cancel`](Self::cancel) until [`reset`](Self::reset). An attempt can ask this, to end by itself.
    #[inline]
    pub fn is_cancelled(&self) -> bool {
        self.changes() & 1 == 1
    }

    /// Takes a cancellation back, such as between two tests that share a static. Sleeps that it has ended stay ended.
    pub fn reset(&self) {
        let _sleepers = self.lock();
        if self.is_cancelled() {
            self.count_change();
        }
    }

    fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Counts a change. The caller holds the lock.
    fn count_change(&self) {
        self.changes.store(self.changes().wrapping_add(1), Ordering::Release);
    }

    /// Returns the count at which no change has ended a sleep that begins now.
    fn begin_sleep(&self) -> u64 {
        self.changes() & !1
    }

    fn lock(&self) -> MutexGuard<'_, Sleepers> {
        // Nothing panics while the lock is held, except for want of memory.
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Cancellation {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Cancellation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancellation").field("is_cancelled", &self.is_cancelled()).finish_non_exhaustive()
    }
}

/// The value of the key `cancel`: a signal, or what leads to one.
#[diagnostic::on_unimplemented(
    message = "`cancel` expects a `Cancellation`, found `{Self}`",
    label = "this ends no sleeps",
    note = "share one: `static STOP: reattempt::Cancellation = Cancellation::new();`, then `cancel = STOP`; a reference, an `Arc` or a \
            `LazyLock` works too, and so does, in async functions and with the feature `tokio-util-0_7`, a `CancellationToken`"
)]
pub trait Cancels {
    /// The type of the signal.
    type Signal: Signal;

    /// Returns the signal.
    fn signal(&self) -> &Self::Signal;
}

impl Cancels for Cancellation {
    type Signal = Self;

    fn signal(&self) -> &Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Cancels> Cancels for &T {
    type Signal = T::Signal;

    fn signal(&self) -> &T::Signal {
        (**self).signal()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Cancels> Cancels for Arc<T> {
    type Signal = T::Signal;

    fn signal(&self) -> &T::Signal {
        (**self).signal()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Cancels, F: FnOnce() -> T> Cancels for LazyLock<T, F> {
    type Signal = T::Signal;

    fn signal(&self) -> &T::Signal {
        (**self).signal()
    }
}

/// A signal that ends sleeps in tasks.
pub trait Signal {
    /// Ends when the signal is cancelled.
    type Cancelled<'a>: Future<Output = ()>
    where
        Self: 'a;

    /// Returns `true` after the signal was cancelled.
    fn is_cancelled(&self) -> bool;

    /// Waits until the signal is cancelled.
    fn cancelled(&self) -> Self::Cancelled<'_>;
}

impl Signal for Cancellation {
    type Cancelled<'a> = Cancelled<'a>;

    fn is_cancelled(&self) -> bool {
        self.is_cancelled()
    }

    fn cancelled(&self) -> Cancelled<'_> {
        Cancelled { cancellation: self, begun: self.begin_sleep(), place: None }
    }
}

/// A signal that ends sleeps on threads too.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot wake a thread, so it cannot end the sleeps of a sync call",
    label = "this wakes tasks, and this call sleeps on its thread",
    note = "share a `reattempt::Cancellation`, which wakes threads and tasks, or make the function `async`"
)]
pub trait WakesThreads: Signal {
    /// Blocks the thread for a delay, or until the signal is cancelled. Returns `true` if it was cancelled.
    fn block(&self, delay: Duration) -> bool;
}

impl WakesThreads for Cancellation {
    fn block(&self, delay: Duration) -> bool {
        let begun = self.begin_sleep();
        let goes_on = |_: &mut Sleepers| self.changes() == begun;
        drop(self.cancelled.wait_timeout_while(self.lock(), delay, goes_on));
        self.changes() != begun
    }
}

/// The future that ends when a [`Cancellation`] is cancelled.
#[derive(Debug)]
#[must_use = "futures do nothing unless awaited"]
pub struct Cancelled<'a> {
    cancellation: &'a Cancellation,
    begun: u64,
    /// The key of its waker, after its first poll.
    place: Option<u64>,
}

impl Future for Cancelled<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // A waker is cloned and dropped while the lock is free, because it may run any code.
        let waker = context.waker().clone();
        let Self { cancellation, begun, place } = &mut *self;
        let replaced = {
            let mut sleepers = cancellation.lock();
            if cancellation.changes() != *begun {
                return Poll::Ready(());
            }
            let place = *place.get_or_insert_with(|| {
                sleepers.next = sleepers.next.wrapping_add(1);
                sleepers.next
            });
            sleepers.wakers.insert(place, waker)
        };
        drop(replaced);
        Poll::Pending
    }
}

impl Drop for Cancelled<'_> {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            let waker = self.cancellation.lock().wakers.remove(&place);
            drop(waker);
        }
    }
}

/// Returns `true` if the signal of the key `cancel` was cancelled.
#[cold]
pub fn is_cancelled<T: Cancels>(cancel: &T) -> bool {
    cancel.signal().is_cancelled()
}

/// Sleeps until the sleep or its cancellation ends, whichever is first. A sleep that is cancelled already does not begin.
#[cold]
pub fn until_cancelled<T: Cancels, S>(
    cancel: &T,
    sleep: impl FnOnce() -> S,
) -> UntilCancelled<<T::Signal as Signal>::Cancelled<'_>, S> {
    let signal = cancel.signal();
    UntilCancelled((!signal.is_cancelled()).then(|| (Box::pin(signal.cancelled()), sleep())))
}

/// The future of [`until_cancelled`], which returns `true` if the sleep was cancelled. It is `None` if it was cancelled from the beginning.
#[must_use = "futures do nothing unless awaited"]
pub struct UntilCancelled<C, S>(Option<(Pin<Box<C>>, S)>);

impl<C, S> fmt::Debug for UntilCancelled<C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UntilCancelled").finish_non_exhaustive()
    }
}

impl<C: Future<Output = ()>, S: Future<Output = ()> + Unpin> Future for UntilCancelled<C, S> {
    type Output = bool;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<bool> {
        let Some((cancelled, sleep)) = &mut self.0 else { return Poll::Ready(true) };
        if cancelled.as_mut().poll(context).is_ready() {
            return Poll::Ready(true);
        }
        Pin::new(sleep).poll(context).map(|()| false)
    }
}
