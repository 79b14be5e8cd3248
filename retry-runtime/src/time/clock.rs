//! The clock: monotonic time since a call began. The only file that reads it.
//!
//! With the feature `tokio` it is tokio's, which is the system's monotonic clock except where a test paused it. Under
//! `testing::pause` it is the fake one.

#[cfg(feature = "async")]
use core::num::NonZeroU64;
use core::time::Duration;
#[cfg(feature = "async")]
use reattempt_policy::nanos::from_duration;
use std::sync::OnceLock;
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
    #[inline]
    pub fn for_deadline(deadline: Option<Duration>) -> Option<Self> {
        deadline.map(|_| Self::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        now().saturating_duration_since(self.0)
    }
}

fn now() -> Instant {
    #[cfg(feature = "test-util")]
    if let Some(fake) = crate::time::fakes::now() {
        return fake;
    }
    real_now()
}

/// The time since a moment that is the same for the whole process, about a day before this was first asked: for state that is
/// shared by calls and keeps its times as plain numbers.
///
/// The moment lies back so that a fake clock, which starts when a test pauses time, is not before it. It is the system's own, as a
/// paused runtime's may run ahead of all others.
pub(crate) fn uptime() -> Duration {
    const DAY: Duration = Duration::from_secs(86_400);
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    let origin = ORIGIN.get_or_init(|| {
        let now = Instant::now();
        now.checked_sub(DAY).unwrap_or(now)
    });
    now().saturating_duration_since(*origin)
}

/// Returns a duration in whole milliseconds.
pub(crate) const fn millis(duration: Duration) -> u64 {
    let part = duration.subsec_millis() as u64;
    duration.as_secs().saturating_mul(1_000).saturating_add(part)
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
pub trait Timer: Copy {
    /// Whether the beginning of the call was noted.
    fn is_noted(&self) -> bool;

    /// The time since the call began, where that was noted.
    fn elapsed(&self) -> Option<Duration>;
}

impl Timer for () {
    #[inline]
    fn is_noted(&self) -> bool {
        false
    }

    #[inline]
    fn elapsed(&self) -> Option<Duration> {
        None
    }
}

impl Timer for Started {
    #[inline]
    fn is_noted(&self) -> bool {
        true
    }

    fn elapsed(&self) -> Option<Duration> {
        Some(Self::elapsed(*self))
    }
}

impl Timer for Option<Started> {
    #[inline]
    fn is_noted(&self) -> bool {
        self.is_some()
    }

    fn elapsed(&self) -> Option<Duration> {
        self.map(Started::elapsed)
    }
}

/// A timer that the call of a closure begins with.
#[doc(hidden)]
pub trait Begin: Timer {
    /// Reads the clock, where the time is needed: where there is a deadline, or always.
    fn begin(deadline: Option<Duration>) -> Self;
}

impl Begin for Started {
    fn begin(_: Option<Duration>) -> Self {
        Self::now()
    }
}

impl Begin for Option<Started> {
    #[inline]
    fn begin(deadline: Option<Duration>) -> Self {
        Started::for_deadline(deadline)
    }
}

/// The same as an `Option<Started>` in half the room, for futures: the moment by `uptime`, `NEVER` where there is no deadline to watch.
#[cfg(feature = "async")]
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(NonZeroU64);

#[cfg(feature = "async")]
impl Mark {
    const NEVER: Self = Self(NonZeroU64::MAX);
}

#[cfg(feature = "async")]
impl Begin for Mark {
    #[inline]
    fn begin(deadline: Option<Duration>) -> Self {
        match deadline {
            None => Self::NEVER,
            Some(_) => Self(NonZeroU64::new(from_duration(uptime())).unwrap_or(NonZeroU64::MIN)),
        }
    }
}

#[cfg(feature = "async")]
impl Timer for Mark {
    #[inline]
    fn is_noted(&self) -> bool {
        *self != Self::NEVER
    }

    fn elapsed(&self) -> Option<Duration> {
        self.is_noted().then(|| uptime().saturating_sub(Duration::from_nanos(self.0.get())))
    }
}
