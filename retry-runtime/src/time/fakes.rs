//! The fakes of a thread: its paused clocks, its switches, and whether time and chance are forbidden.
//!
//! The module `testing` sets them. The clock, the generator, the sleepers and the sites ask them first; none of those is known here.

use crate::time::switch::Switch;
use core::marker::PhantomData;
use core::time::Duration;
use std::cell::{Cell, RefCell};
use std::thread::LocalKey;
use std::time::Instant;

thread_local! {
    static CLOCKS: Stack<FakeClock> = const { Stack::new() };
    static SWITCHES: Stack<Switch> = const { Stack::new() };
    static FORBIDDEN: Stack<()> = const { Stack::new() };
}

/// The fakes of one kind that are set on a thread. The newest one counts.
#[derive(Debug)]
struct Stack<T> {
    entries: RefCell<Vec<(u64, T)>>,
    next_id: Cell<u64>,
}

impl<T> Stack<T> {
    const fn new() -> Self {
        Self { entries: RefCell::new(Vec::new()), next_id: Cell::new(0) }
    }

    fn newest<R>(&self, look: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.entries.borrow_mut().last_mut().map(|(_, fake)| look(fake))
    }
}

/// A fake that is set until this is dropped.
#[derive(Debug)]
pub(super) struct Entry<T: 'static> {
    stack: &'static LocalKey<Stack<T>>,
    id: u64,
    not_send: PhantomData<*const ()>,
}

impl<T> Entry<T> {
    fn push(stack: &'static LocalKey<Stack<T>>, fake: T) -> Self {
        let id = stack.with(|stack| {
            let id = stack.next_id.get();
            stack.next_id.set(id.wrapping_add(1));
            stack.entries.borrow_mut().push((id, fake));
            id
        });
        Self { stack, id, not_send: PhantomData }
    }
}

impl<T> Drop for Entry<T> {
    fn drop(&mut self) {
        self.stack.with(|stack| stack.entries.borrow_mut().retain(|(id, _)| *id != self.id));
    }
}

/// A clock that stands still, and the sleeps that moved it on.
#[derive(Debug)]
pub(super) struct FakeClock {
    now: Instant,
    slept: Vec<Duration>,
}

impl FakeClock {
    fn advance(&mut self, by: Duration) {
        // An `Instant` cannot hold every sum; a century stands for what is beyond it.
        const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
        self.now = self.now.checked_add(by).or_else(|| self.now.checked_add(CENTURY)).unwrap_or(self.now);
    }
}

impl Entry<FakeClock> {
    pub(super) fn slept(&self) -> Vec<Duration> {
        self.with(|clock| clock.slept.clone()).unwrap_or_default()
    }

    pub(super) fn advance(&self, by: Duration) {
        self.with(|clock| clock.advance(by));
    }

    fn with<R>(&self, look: impl FnOnce(&mut FakeClock) -> R) -> Option<R> {
        CLOCKS.with(|clocks| {
            clocks.entries.borrow_mut().iter_mut().find(|(id, _)| *id == self.id).map(|(_, clock)| look(clock))
        })
    }
}

/// Sets a clock that stands still at this moment.
pub(super) fn pause(now: Instant) -> Entry<FakeClock> {
    Entry::push(&CLOCKS, FakeClock { now, slept: Vec::new() })
}

/// Sets the switch of all calls on this thread.
pub(super) fn set_switch(switch: Switch) -> Entry<Switch> {
    Entry::push(&SWITCHES, switch)
}

/// Forbids time and chance.
pub(super) fn forbid() -> Entry<()> {
    Entry::push(&FORBIDDEN, ())
}

fn check_allowed(use_of_time: &str) {
    let is_forbidden = FORBIDDEN.with(|forbidden| forbidden.newest(|()| ()).is_some());
    assert!(!is_forbidden, "{use_of_time}, which `testing::forbid` forbids");
}

/// Returns the time of the newest fake clock.
pub(crate) fn now() -> Option<Instant> {
    check_allowed("the clock was read");
    CLOCKS.with(|clocks| clocks.newest(|clock| clock.now))
}

/// Panics where chance is forbidden.
pub(crate) fn note_draw() {
    check_allowed("a random number was drawn");
}

/// Returns the moment on the fake clock after which this much time has passed; `None` where time is not paused.
pub(crate) fn until(limit: Duration) -> Option<Instant> {
    let now = now()?;
    Some(now.checked_add(limit).unwrap_or(now))
}

/// Whether the fake clock has reached a moment. `true` where time is no longer paused.
pub(crate) fn has_reached(moment: Instant) -> bool {
    now().is_none_or(|now| now >= moment)
}

/// Sleeps on the fake clock; returns `false` where time is not paused.
pub(crate) fn sleep(delay: Duration) -> bool {
    check_allowed("a retry began to sleep");
    let slept = CLOCKS.with(|clocks| {
        clocks.newest(|clock| {
            clock.slept.push(delay);
            clock.advance(delay);
        })
    });
    slept.is_some()
}

/// Returns the sleeps on the newest fake clock.
pub(super) fn slept() -> Vec<Duration> {
    CLOCKS.with(|clocks| clocks.newest(|clock| clock.slept.clone())).unwrap_or_default()
}

/// Returns the switch of this thread.
pub(crate) fn switch() -> Switch {
    SWITCHES.with(|switches| switches.newest(|switch| *switch)).unwrap_or(Switch::On)
}
