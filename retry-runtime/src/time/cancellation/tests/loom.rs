//! Every interleaving of a cancellation's callers and sleepers. Loom reports a sleeper that nothing wakes as a deadlock.

use super::{Cancellation, Cancelled, Signal, WakesThreads};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use loom::sync::Arc;
use loom::thread;
use std::task::Wake;

/// Uses the word, the lock and the condition variable, which makes them. Loom requires that this happens before other threads use them.
fn shared() -> Arc<Cancellation> {
    let stop = Cancellation::new();
    stop.cancel();
    stop.reset();
    Arc::new(stop)
}

struct Unparking(thread::Thread);

impl Wake for Unparking {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls once, with a waker of this thread.
fn poll(wait: &mut Cancelled<'_>) -> Poll<()> {
    let waker = Waker::from(std::sync::Arc::new(Unparking(thread::current())));
    Pin::new(wait).poll(&mut Context::from_waker(&waker))
}

/// Sleeps as a task does, until it is cancelled.
fn sleep_as_task(stop: &Cancellation) {
    let mut wait = stop.cancelled();
    while poll(&mut wait).is_pending() {
        thread::park();
    }
}

fn sleep_as_thread(stop: &Cancellation) {
    assert!(stop.block(Duration::MAX));
}

/// Cancels while the sleepers begin to sleep, each on a thread of its own.
fn check<const N: usize>(sleepers: [fn(&Cancellation); N]) {
    loom::model(move || {
        let stop = shared();
        let threads = sleepers.map(|sleep| {
            let stop = Arc::clone(&stop);
            thread::spawn(move || sleep(&stop))
        });
        stop.cancel();
        for thread in threads {
            thread.join().unwrap();
        }
        assert!(stop.lock().wakers.is_empty());
    });
}

#[test]
fn no_lost_wake_a_task_begins_to_sleep_while_it_is_cancelled() {
    check([sleep_as_task]);
}

#[test]
fn no_lost_wake_a_thread_begins_to_sleep_while_it_is_cancelled() {
    check([sleep_as_thread]);
}

#[test]
fn no_lost_wake_two_tasks() {
    check([sleep_as_task, sleep_as_task]);
}

#[test]
fn no_lost_wake_two_threads() {
    check([sleep_as_thread, sleep_as_thread]);
}

#[test]
fn no_lost_wake_a_task_and_a_thread() {
    check([sleep_as_task, sleep_as_thread]);
}

#[test]
fn no_lost_wake_a_second_cancel_at_once() {
    check([sleep_as_task, Cancellation::cancel]);
}

#[test]
fn no_kept_waker_a_sleep_is_dropped_while_it_is_cancelled() {
    loom::model(|| {
        let stop = shared();
        let other = Arc::clone(&stop);
        let there = thread::spawn(move || {
            let mut wait = other.cancelled();
            let _ = poll(&mut wait);
        });
        let mut kept = stop.cancelled();
        let before = poll(&mut kept);
        stop.cancel();
        there.join().unwrap();
        assert!(before.is_pending() && poll(&mut kept).is_ready(), "the drop of another sleep touches this one");
        assert!(stop.lock().wakers.is_empty());
    });
}

#[test]
fn no_kept_waker_two_sleeps_are_dropped_at_once() {
    loom::model(|| {
        let stop = shared();
        let other = Arc::clone(&stop);
        let there = thread::spawn(move || assert!(poll(&mut other.cancelled()).is_pending()));
        assert!(poll(&mut stop.cancelled()).is_pending());
        there.join().unwrap();
        assert!(stop.lock().wakers.is_empty());
    });
}

#[test]
fn no_lost_cancel_a_reset_follows_at_once() {
    loom::model(|| {
        let stop = shared();
        let mut wait = stop.cancelled();
        let other = Arc::clone(&stop);
        let there = thread::spawn(move || {
            other.cancel();
            other.reset();
        });
        while poll(&mut wait).is_pending() {
            thread::park();
        }
        there.join().unwrap();
        assert!(!stop.is_cancelled() && stop.lock().wakers.is_empty());
        assert!(poll(&mut stop.cancelled()).is_pending(), "a sleep that begins after the reset");
    });
}

#[test]
fn no_lost_wake_a_reset_between_two_cancels() {
    for sleep in [sleep_as_task, sleep_as_thread] {
        loom::model(move || {
            let stop = shared();
            let other = Arc::clone(&stop);
            let there = thread::spawn(move || sleep(&other));
            stop.cancel();
            stop.reset();
            stop.cancel();
            there.join().unwrap();
            assert!(stop.is_cancelled() && stop.lock().wakers.is_empty());
        });
    }
}

#[test]
fn one_change_for_two_cancels_and_a_reset_at_once() {
    loom::model(|| {
        let stop = shared();
        let before = stop.changes();
        let (one, two) = (Arc::clone(&stop), Arc::clone(&stop));
        let threads = [thread::spawn(move || one.cancel()), thread::spawn(move || two.cancel())];
        stop.reset();
        for thread in threads {
            thread.join().unwrap();
        }
        // Cancelled once, or cancelled, reset and cancelled.
        let changes = stop.changes() - before;
        assert!(stop.is_cancelled() == (changes % 2 == 1) && changes <= 3, "{changes}");
    });
}
