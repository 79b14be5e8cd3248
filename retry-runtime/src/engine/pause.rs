//! The pause between two attempts: where and how long, and the sleeps that it becomes.
//!
//! It joins sleepers with sites: a sleeper knows no site, and a site knows no sleeper.

#[cfg(all(feature = "tokio", debug_assertions))]
use crate::observe::event::Event;
#[cfg(all(feature = "tokio", debug_assertions))]
use crate::observe::observers;
use crate::observe::site::Site;
use crate::time::sleep::{self, AsyncSleeper, Sleep};
use core::time::Duration;

/// A sleep that was decided on. One value, since two cost the compiler more at each site.
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

    /// Returns how long the pause lasts.
    #[inline]
    pub fn delay(self) -> Duration {
        Duration::from_nanos(self.nanos)
    }

    /// Returns how long a sleeper of the user's has to sleep.
    ///
    /// # Errors
    ///
    /// The sleep itself, where no sleeper is needed.
    pub fn for_sleeper(self) -> Result<Duration, Sleep> {
        sleep::without_sleeper(self.delay()).map_or(Ok(self.delay()), Err)
    }
}

/// Blocks the thread for the pause.
#[cold]
pub fn sleep(pause: Pause) {
    if pause.nanos == 0 {
        return;
    }
    #[cfg(all(feature = "tokio", debug_assertions))]
    if sleep::blocks_runtime(pause.delay()) && observers::is_observed() && pause.site.record().is_first_block() {
        observers::tell(&Event::BlocksRuntime { site: pause.site });
    }
    sleep::block(std::thread::sleep, pause.delay());
}

/// Blocks the thread for the pause by a sleeper of the user's.
#[cold]
pub fn sleep_with(sleeper: impl FnOnce(Duration), pause: Pause) {
    sleep::block(sleeper, pause.delay());
}

/// Sleeps through the pause by the sleeper that is compiled in.
///
/// # Panics
///
/// With tokio's sleeper, outside of a tokio runtime; the message names the site and the cure.
#[cold]
pub fn sleep_async<S: AsyncSleeper>(sleeper: S, pause: Pause) -> Sleep {
    if pause.nanos == 0 { Sleep::yielding() } else { sleep_long(sleeper, pause) }
}

/// Apart, so that a delay of zero costs little.
#[inline(never)]
fn sleep_long<S: AsyncSleeper>(sleeper: S, pause: Pause) -> Sleep {
    Sleep::new(sleeper, pause.delay(), pause.site)
}

/// Starts the timer of an attempt by the sleeper that is compiled in.
///
/// # Panics
///
/// As [`sleep_async`].
#[cold]
pub fn timer_async<S: AsyncSleeper>(sleeper: S, site: &'static Site, limit: Duration) -> Sleep {
    Sleep::timer(sleeper, limit, site)
}
