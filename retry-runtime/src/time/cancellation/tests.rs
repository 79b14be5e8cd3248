//! Wakers: each is woken once, none is kept, and none runs while the lock is held.

use super::*;
use core::pin::pin;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use core::task::Poll;
use std::sync::OnceLock;
use std::task::Wake;
use std::thread;

/// Counts how often it is woken.
#[derive(Default)]
struct Counting(AtomicU32);

impl Wake for Counting {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

/// Polls a future once with a waker.
fn poll<F: Future + Unpin>(future: &mut F, waker: &Arc<impl Wake + Send + Sync + 'static>) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(&Waker::from(Arc::clone(waker))))
}

fn sleepers(cancellation: &Cancellation) -> usize {
    cancellation.lock().wakers.len()
}

#[test]
fn each_sleeper_is_woken_once_and_its_waker_is_gone() {
    let stop = Cancellation::new();
    let wakers: Vec<Arc<Counting>> = (0..100).map(|_| Arc::default()).collect();
    let mut waits: Vec<_> = wakers.iter().map(|_| stop.cancelled()).collect();
    for (wait, waker) in waits.iter_mut().zip(&wakers) {
        assert!(poll(wait, waker).is_pending() && poll(wait, waker).is_pending());
        assert_eq!(Arc::strong_count(waker), 2, "polled twice, kept once");
    }
    assert_eq!(sleepers(&stop), 100);
    stop.cancel();
    stop.cancel();
    assert_eq!(sleepers(&stop), 0);
    for (wait, waker) in waits.iter_mut().zip(&wakers) {
        assert_eq!((waker.0.load(Relaxed), Arc::strong_count(waker)), (1, 1));
        assert!(poll(wait, waker).is_ready());
    }
    drop(waits);
    assert_eq!(sleepers(&stop), 0);
}

#[test]
fn the_newest_waker_is_woken() {
    let stop = Cancellation::new();
    let (old, new) = (Arc::<Counting>::default(), Arc::<Counting>::default());
    let mut wait = stop.cancelled();
    assert!(poll(&mut wait, &old).is_pending() && poll(&mut wait, &new).is_pending());
    assert_eq!((Arc::strong_count(&old), Arc::strong_count(&new)), (1, 2));
    stop.cancel();
    assert_eq!((old.0.load(Relaxed), new.0.load(Relaxed)), (0, 1));
}

#[test]
fn a_dropped_sleep_leaves_no_waker() {
    let stop = Cancellation::new();
    let waker = Arc::<Counting>::default();
    let (mut first, mut second) = (stop.cancelled(), stop.cancelled());
    assert!(poll(&mut first, &waker).is_pending() && poll(&mut second, &waker).is_pending());
    drop(first);
    assert_eq!((sleepers(&stop), Arc::strong_count(&waker)), (1, 2));
    drop(second);
    assert_eq!((sleepers(&stop), Arc::strong_count(&waker)), (0, 1));
}

#[test]
fn a_sleep_that_was_cancelled_stays_so_after_a_reset() {
    let stop = Cancellation::new();
    let waker = Arc::<Counting>::default();
    let (mut polled, mut unpolled) = (stop.cancelled(), stop.cancelled());
    assert!(poll(&mut polled, &waker).is_pending());
    stop.cancel();
    assert!(stop.is_cancelled());
    stop.reset();
    stop.reset();
    assert!(!stop.is_cancelled());
    assert!(poll(&mut polled, &waker).is_ready() && poll(&mut unpolled, &waker).is_ready());
    let mut later = stop.cancelled();
    assert!(poll(&mut later, &waker).is_pending());
    stop.cancel();
    assert!(poll(&mut later, &waker).is_ready());
    assert!(poll(&mut stop.cancelled(), &waker).is_ready(), "a sleep that begins while it is cancelled");
}

/// A waker that uses the cancellation itself: when it is woken, cloned into the list, and dropped.
struct Meddling(Arc<Cancellation>, OnceLock<()>);

impl Meddling {
    fn meddle(&self) {
        assert!(self.0.sleepers.try_lock().is_ok(), "the lock is held");
        let waker = Arc::<Counting>::default();
        let _ = poll(&mut pin!(self.0.cancelled()), &waker);
    }
}

impl Wake for Meddling {
    fn wake(self: Arc<Self>) {
        self.meddle();
        self.0.cancel();
        self.0.reset();
        let _ = self.1.set(());
    }
}

impl Drop for Meddling {
    fn drop(&mut self) {
        self.meddle();
    }
}

#[test]
fn no_waker_is_woken_or_dropped_while_the_lock_is_held() {
    let stop = Arc::new(Cancellation::new());
    let waker = || Arc::new(Meddling(stop.clone(), OnceLock::new()));
    let woken = waker();
    let (mut replaced, mut dropped, mut kept) = (stop.cancelled(), stop.cancelled(), stop.cancelled());
    assert!(poll(&mut replaced, &waker()).is_pending());
    // The list has the only reference to the waker before.
    assert!(poll(&mut replaced, &woken).is_pending());
    assert!(poll(&mut dropped, &waker()).is_pending());
    drop(dropped);
    assert!(poll(&mut kept, &woken).is_pending());
    stop.cancel();
    assert!(woken.1.get().is_some());
    assert!(poll(&mut kept, &woken).is_ready());
    drop((replaced, kept));
}

#[test]
fn no_sleeper_is_missed_on_threads_that_cancel_and_sleep_at_once() {
    for _ in 0..200 {
        let stop = Cancellation::new();
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| assert!(stop.block(Duration::MAX)));
                scope.spawn(|| {
                    let mut wait = stop.cancelled();
                    let waker = Arc::new(Unparking(thread::current()));
                    while poll(&mut wait, &waker).is_pending() {
                        thread::park();
                    }
                });
            }
            scope.spawn(|| stop.cancel());
        });
        assert_eq!(sleepers(&stop), 0);
    }
}

struct Unparking(thread::Thread);

impl Wake for Unparking {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[test]
fn a_thread_that_is_not_cancelled_sleeps_its_time() {
    let stop = Cancellation::new();
    let began = std::time::Instant::now();
    assert!(!stop.block(Duration::from_millis(5)));
    assert!(began.elapsed() >= Duration::from_millis(5));
    stop.cancel();
    assert!(stop.block(Duration::MAX));
}

#[test]
fn it_shows_whether_it_is_cancelled() {
    let stop = Cancellation::default();
    stop.cancel();
    assert_eq!(format!("{stop:?}"), "Cancellation { is_cancelled: true, .. }");
}
