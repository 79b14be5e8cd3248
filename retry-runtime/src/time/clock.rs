//! The clock: monotonic time since a call began. No other file reads the clock.
//!
//! With the feature `tokio` it is tokio's clock. That is the system's monotonic clock, unless a test paused it. Under `testing::pause` it is
//! the fake clock.

use core::num::NonZeroU64;
use core::time::Duration;
use reattempt_policy::nanos;
use std::sync::OnceLock;
use std::time::Instant;

/// Returns the nanoseconds since a fixed moment of this process: about a day before the first call of this function.
///
/// The moment lies in the past, so that a fake clock, which starts when a test pauses time, is never before it. It is read from the
/// system's clock, because the clock of a paused runtime may be ahead of all other clocks.
pub(crate) fn uptime_nanos() -> u64 {
    nanos::from_duration(uptime())
}

/// Returns the same time in whole milliseconds.
pub(crate) fn uptime_millis() -> u64 {
    let uptime = uptime();
    uptime.as_secs().saturating_mul(1_000).saturating_add(u64::from(uptime.subsec_millis()))
}

fn uptime() -> Duration {
    const DAY: Duration = Duration::from_secs(86_400);
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    let origin = ORIGIN.get_or_init(|| {
        let now = Instant::now();
        now.checked_sub(DAY).unwrap_or(now)
    });
    now().saturating_duration_since(*origin)
}

fn now() -> Instant {
    #[cfg(feature = "test-util")]
    if let Some(fake) = crate::time::fakes::now() {
        return fake;
    }
    real_now()
}

pub(crate) fn real_now() -> Instant {
    #[cfg(all(feature = "tokio", feature = "test-util"))]
    if is_tokio_gone() {
        return Instant::now();
    }
    #[cfg(feature = "tokio")]
    let now = tokio::time::Instant::now().into_std();
    #[cfg(not(feature = "tokio"))]
    let now = Instant::now();
    now
}

/// Returns `true` in the destructor of a thread-local, when tokio's own are gone. Then its clock panics, if a test has paused it.
#[cfg(all(feature = "tokio", feature = "test-util"))]
fn is_tokio_gone() -> bool {
    tokio::runtime::Handle::try_current().is_err_and(|error| error.is_thread_local_destroyed())
}

/// A moment, such as the start of a call. It is small, because a future stores it; so is `Option<Started>`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Started(NonZeroU64);

impl Started {
    /// Reads the clock.
    pub fn now() -> Self {
        Self(NonZeroU64::new(uptime_nanos()).unwrap_or(NonZeroU64::MIN))
    }

    pub(crate) fn elapsed(self) -> Duration {
        Duration::from_nanos(self.elapsed_nanos())
    }

    pub(crate) fn elapsed_nanos(self) -> u64 {
        uptime_nanos().saturating_sub(self.0.get())
    }

    /// Returns the moment that comes this much later, at most 584 years.
    pub(crate) fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(nanos::from_duration(time)))
    }

    /// Reads the clock, and returns the time until this moment, which is zero after it.
    pub(crate) fn left(self) -> Duration {
        Duration::from_nanos(self.0.get().saturating_sub(uptime_nanos()))
    }
}
