//! The fakes of a thread: paused clocks, switches, and the ban of time and randomness.
//!
//! The module `testing` sets them. The clock, the generator, the sleepers and the sites read them. This module knows none of these.
//!
//! A call may run in the destructor of a thread-local, when these thread-locals are gone. Then there are no fakes.

use crate::time::switch::Switch;
use core::time::Duration;
use std::cell::RefCell;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::thread::LocalKey;
use std::time::Instant;

/// The fakes of one kind on a thread. The newest one is used.
type Stack<T> = RefCell<Vec<Rc<T>>>;

thread_local! {
    static CLOCKS: Stack<RefCell<FakeClock>> = const { RefCell::new(Vec::new()) };
    pub(super) static SWITCHES: Stack<Switch> = const { RefCell::new(Vec::new()) };
    pub(super) static FORBIDDEN: Stack<()> = const { RefCell::new(Vec::new()) };
}

/// A guard: the fake is active on this thread until the guard is dropped.
#[derive(Debug)]
pub(super) struct Fake<T: 'static> {
    stack: &'static LocalKey<Stack<T>>,
    fake: Rc<T>,
}

// A panic can leave a clock that was advanced, and nothing else.
impl<T> UnwindSafe for Fake<T> {}
impl<T> RefUnwindSafe for Fake<T> {}

impl<T> Fake<T> {
    /// Adds a fake to the stack of its kind.
    pub(super) fn set(stack: &'static LocalKey<Stack<T>>, fake: T) -> Self {
        let fake = Rc::new(fake);
        change(stack, |fakes| fakes.push(Rc::clone(&fake)));
        Self { stack, fake }
    }
}

impl<T> Drop for Fake<T> {
    fn drop(&mut self) {
        change(self.stack, |fakes| fakes.retain(|fake| !Rc::ptr_eq(fake, &self.fake)));
    }
}

/// Changes the fakes of one kind, unless the thread ends.
fn change<T>(stack: &'static LocalKey<Stack<T>>, change: impl FnOnce(&mut Vec<Rc<T>>)) {
    _ = stack.try_with(|fakes| change(&mut fakes.borrow_mut()));
}

fn newest<T>(stack: &'static LocalKey<Stack<T>>) -> Option<Rc<T>> {
    stack.try_with(|fakes| fakes.borrow().last().cloned()).ok().flatten()
}

/// A clock that advances only by sleeps and by `advance`, and a list of the sleeps.
#[derive(Debug)]
pub(super) struct FakeClock {
    now: Instant,
    slept: Vec<Duration>,
}

impl FakeClock {
    fn advance(&mut self, by: Duration) {
        // An `Instant` cannot hold every sum. If it overflows, the clock advances by a century.
        const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
        self.now = self.now.checked_add(by).or_else(|| self.now.checked_add(CENTURY)).unwrap_or(self.now);
    }
}

impl Fake<RefCell<FakeClock>> {
    pub(super) fn slept(&self) -> Vec<Duration> {
        self.fake.borrow().slept.clone()
    }

    pub(super) fn advance(&self, by: Duration) {
        self.fake.borrow_mut().advance(by);
    }
}

/// Pauses time: sets a fake clock that starts at this moment.
pub(super) fn pause(now: Instant) -> Fake<RefCell<FakeClock>> {
    Fake::set(&CLOCKS, RefCell::new(FakeClock { now, slept: Vec::new() }))
}

/// Panics if time and randomness are forbidden.
pub(super) fn check_allowed(use_of_time: &str) {
    assert!(newest(&FORBIDDEN).is_none(), "{use_of_time}, which `testing::forbid` forbids");
}

/// Returns the time of the newest fake clock.
pub(crate) fn now() -> Option<Instant> {
    check_allowed("the clock was read");
    newest(&CLOCKS).map(|clock| clock.borrow().now)
}

/// A timer on the fake clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FakeTimer {
    /// The moment at which it is over. It is `None` if the clock has no such moment: the timer is never over.
    end: Option<Instant>,
}

impl FakeTimer {
    /// Returns `true` if the fake clock has reached the timer's end, or if time is no longer paused.
    pub(crate) fn is_over(self) -> bool {
        self.end.is_some_and(|end| now().is_none_or(|now| now >= end))
    }
}

/// Starts a timer on the fake clock. Returns `None` if time is not paused.
pub(crate) fn timer(limit: Duration) -> Option<FakeTimer> {
    now().map(|now| FakeTimer { end: now.checked_add(limit) })
}

/// Sleeps on the fake clock. Returns `false` if time is not paused.
pub(crate) fn sleep(delay: Duration) -> bool {
    check_allowed("a retry began to sleep");
    let clock = newest(&CLOCKS);
    if let Some(clock) = &clock {
        let mut clock = clock.borrow_mut();
        clock.slept.push(delay);
        clock.advance(delay);
    }
    clock.is_some()
}

/// Returns the sleeps on the newest fake clock.
pub(super) fn slept() -> Vec<Duration> {
    newest(&CLOCKS).map(|clock| clock.borrow().slept.clone()).unwrap_or_default()
}

/// Returns the switch of this thread.
pub(crate) fn switch() -> Switch {
    newest(&SWITCHES).map_or(Switch::ON, |switch| *switch)
}
