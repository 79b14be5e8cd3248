//! The pause between two attempts: its site, its length, and the sleep.
//!
//! It joins sleepers and sites. A sleeper knows no site, and a site knows no sleeper.

#[cfg(all(feature = "tokio", debug_assertions))]
use crate::observe::event::Event;
#[cfg(all(feature = "tokio", debug_assertions))]
use crate::observe::observers;
use crate::observe::site::Site;
use crate::time::cancellation::{Cancels, Signal, WakesThreads};
use crate::time::sleep::{self, AsyncSleeper, Sleep};
use core::time::Duration;
#[cfg(all(feature = "tokio", debug_assertions))]
use std::panic::catch_unwind;

/// A sleep that the engine decided on, with its site. It is one value, because two values cost the compiler more at each site.
#[derive(Clone, Copy, Debug)]
pub struct Pause {
    site: &'static Site,
    nanos: u64,
}

impl Pause {
    #[inline]
    pub(crate) fn new(site: &'static Site, nanos: u64) -> Self {
        Self { site, nanos }
    }

    #[inline]
    pub(crate) fn site(self) -> &'static Site {
        self.site
    }

    #[inline]
    pub(crate) fn nanos(self) -> u64 {
        self.nanos
    }

    /// Returns the length of the pause.
    #[inline]
    pub fn delay(self) -> Duration {
        Duration::from_nanos(self.nanos)
    }

    /// Returns the delay for a sleeper of the user.
    ///
    /// # Errors
    ///
    /// Returns the sleep itself if no sleeper is needed.
    pub fn for_sleeper(self) -> Result<Duration, Sleep> {
        sleep::without_sleeper(self.delay()).map_or(Ok(self.delay()), Err)
    }
}

/// Blocks the thread for the pause.
#[cold]
pub fn sleep(pause: Pause) {
    block(std::thread::sleep, pause);
}

/// Blocks the thread for the pause, or until it is cancelled. Returns `true` if it was cancelled.
#[cold]
pub fn sleep_until_cancelled<T: Cancels<Signal: WakesThreads>>(cancel: &T, pause: Pause) -> bool {
    let signal = cancel.signal();
    let mut is_cancelled = signal.is_cancelled();
    if !is_cancelled {
        block(|delay| is_cancelled = signal.block(delay), pause);
    }
    is_cancelled
}

fn block(sleeper: impl FnOnce(Duration), pause: Pause) {
    if pause.nanos == 0 {
        return;
    }
    #[cfg(all(feature = "tokio", debug_assertions))]
    if sleep::blocks_runtime(pause.delay()) && observers::is_observed() && pause.site.record().blocked.set() {
        // The retry was paid for. A panic of an observer must not end the call here.
        drop(catch_unwind(|| observers::tell(&Event::BlocksRuntime { site: pause.site })));
    }
    sleep::block(sleeper, pause.delay());
}

/// Blocks the thread for the pause, by a sleeper of the user.
#[cold]
pub fn sleep_with(sleeper: impl FnOnce(Duration), pause: Pause) {
    sleep::block(sleeper, pause.delay());
}

/// Sleeps for the pause, by the sleeper that is compiled in.
///
/// # Panics
///
/// Panics with tokio's sleeper outside of a tokio runtime. The message names the site and says what to do.
#[cold]
pub fn sleep_async<S: AsyncSleeper>(sleeper: S, pause: Pause) -> Sleep {
    if pause.nanos == 0 { Sleep::yielding() } else { sleep_long(sleeper, pause) }
}

/// Sleeps for a delay above zero. It is a separate function, so that a delay of zero costs little.
#[inline(never)]
fn sleep_long<S: AsyncSleeper>(sleeper: S, pause: Pause) -> Sleep {
    Sleep::new(sleeper, pause.delay(), pause.site)
}

/// Starts the timer of an attempt, by the sleeper that is compiled in.
///
/// # Panics
///
/// Panics as [`sleep_async`] does.
#[cold]
pub fn timer_async<S: AsyncSleeper>(sleeper: S, site: &'static Site, limit: Duration) -> Sleep {
    Sleep::timer(sleeper, limit, site)
}
