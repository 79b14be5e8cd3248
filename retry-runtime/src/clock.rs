//! The clock: monotonic time since a call began. The only file that reads it.
//!
//! With the feature `tokio` it is tokio's, which is the system's monotonic clock except where a test paused it. Under
//! `testing::pause` it is the fake one.

use core::time::Duration;
use std::time::Instant;

/// The moment at which a call began.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Started(Instant);

impl Started {
    /// Reads the clock.
    pub fn now() -> Self {
        Self(now())
    }

    /// Reads the clock where there is a deadline to watch.
    pub fn for_deadline(deadline: Option<Duration>) -> Option<Self> {
        deadline.map(|_| Self::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        now().saturating_duration_since(self.0)
    }
}

fn now() -> Instant {
    #[cfg(feature = "test-util")]
    if let Some(fake) = crate::testing::now() {
        return fake;
    }
    real_now()
}

pub(crate) fn real_now() -> Instant {
    #[cfg(feature = "tokio")]
    let now = tokio::time::Instant::now().into_std();
    #[cfg(not(feature = "tokio"))]
    let now = Instant::now();
    now
}

/// What a call knows of the time since it began: nothing, unless it needs to.
#[doc(hidden)]
pub trait Timer {
    /// The time since the call began, where it was noted.
    fn elapsed(&self) -> Option<Duration>;
}

impl Timer for () {
    #[inline]
    fn elapsed(&self) -> Option<Duration> {
        None
    }
}

impl Timer for Started {
    fn elapsed(&self) -> Option<Duration> {
        Some(Self::elapsed(*self))
    }
}

impl Timer for Option<Started> {
    fn elapsed(&self) -> Option<Duration> {
        self.map(Started::elapsed)
    }
}
