//! The policy: settings that fit together, and the delays that follow from them.
//!
//! It knows no outcome, no clock and no generator; random bits are an argument.

pub(crate) mod backoff;
pub(crate) mod builder;
#[cfg(feature = "serde")]
pub(crate) mod configuration;
pub(crate) mod delays;

use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;
use reattempt_policy::{Jitter, Setting, Settings, Strategy};

/// When and how often to attempt again: plain, immutable, `Copy`.
///
/// Made by `policy!` (checked at compile time, with the attribute's own keys), by [`Policy::builder`] (checked at run time), or
/// by [`Policy::default`]. It is used as `policy = EXPR` in `#[retry]`.
///
/// # Defaults
///
/// | setting | default | why |
/// |---|---|---|
/// | strategy | full jitter | of all it spreads callers best for the same load |
/// | `base` | 100 ms | longer than a round trip, shorter than a person's patience |
/// | `factor` | 2.0 | |
/// | `cap` | 10 s, or `base` where that is longer | a service that came back is found within seconds |
/// | `increment` | `base` | |
/// | `max` | 3 attempts; entries + 1 for a list | retries multiply load: more is a decision |
/// | `deadline` | none | |
/// | `max_hint` | 60 s | a server that asks for more is not coming back for this caller |
///
/// # Values that are only known at run time
///
/// The builder refuses what it cannot use. A key of the attribute whose value is a run-time expression has nobody to refuse to,
/// so it is brought into range, with one [`Event::Adjusted`](crate::event::Event::Adjusted) per site:
///
/// | found | used |
/// |---|---|
/// | `max` of 0 | 1 |
/// | `factor` below 1 or not a number | 1 |
/// | `factor` infinite | `f64::MAX` |
/// | `jitter` ratio below 0 or not a number | 0 |
/// | `jitter` ratio above 1 | 1 |
/// | `cap` shorter than `base` | the cap wins: every delay is the cap |
/// | `jitter` beside a policy whose strategy is decorrelated | the strategy's own |
/// | no limit of attempts and no deadline (a policy's deadline cannot be taken away, so this needs a hand-made one) | 3 attempts |
/// | `history` of 0 | 1 |
///
/// # Examples
///
/// ```
/// use retry_runtime::{Policy, Strategy};
/// use std::time::Duration;
///
/// let policy = Policy::builder()
///     .strategy(Strategy::Exponential)
///     .base(Duration::from_millis(50))
///     .max(5)
///     .build()?;
/// let delays: Vec<_> = policy.delays().collect();
/// assert_eq!(delays, [50, 100, 200, 400].map(Duration::from_millis));
/// # Ok::<(), retry_runtime::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Policy(Settings<'static>);

impl Policy {
    /// Makes a policy of settings that were judged before.
    pub(crate) const fn new(settings: Settings<'static>) -> Self {
        Self(settings)
    }

    /// The settings.
    #[inline]
    pub(crate) const fn settings(&self) -> &Settings<'static> {
        &self.0
    }

    /// The strategy. One that got a jitter by `jitter` has its own name, except that exponential with full or equal jitter is
    /// [`Strategy::FullJitter`] or [`Strategy::EqualJitter`].
    pub const fn strategy(&self) -> Strategy {
        self.0.shown_kind().strategy(self.0.steps)
    }

    /// The jitter, where the strategy is not random by itself.
    pub const fn jitter(&self) -> Option<Jitter> {
        self.0.jitter()
    }

    /// The first nominal delay.
    pub const fn base(&self) -> Duration {
        Duration::from_nanos(self.0.base())
    }

    /// The longest delay that is chosen here; a server's hint may be longer. `Duration::MAX` for the strategies without a cap.
    pub const fn cap(&self) -> Duration {
        match (self.0.cap(), self.0.kind().takes(Setting::Cap)) {
            (u64::MAX, false) => Duration::MAX,
            (cap, _) => Duration::from_nanos(cap),
        }
    }

    /// The growth from one nominal delay to the next, for exponential strategies.
    pub const fn factor(&self) -> f64 {
        self.0.factor()
    }

    /// What a linear strategy adds for each retry.
    pub const fn increment(&self) -> Duration {
        Duration::from_nanos(self.0.increment())
    }

    /// The number of attempts in all; `None` is unlimited.
    pub const fn max(&self) -> Option<NonZeroU32> {
        match self.0.max() {
            Some(max) => NonZeroU32::new(max),
            None => None,
        }
    }

    /// How long after the call began attempts may begin.
    pub const fn deadline(&self) -> Option<Duration> {
        match self.0.deadline() {
            Some(deadline) => Some(Duration::from_nanos(deadline)),
            None => None,
        }
    }

    /// The longest server hint that is obeyed.
    pub const fn max_hint(&self) -> Duration {
        Duration::from_nanos(self.0.max_hint())
    }

    /// Returns the nominal delay before a retry (1, 2, ...): before jitter, at most the cap.
    ///
    /// For the decorrelated strategies, which have none, it is the shortest delay that can come first: `base` and zero.
    pub fn nominal(&self, retry: u32) -> Duration {
        Duration::from_nanos(self.0.nominal(retry))
    }

    /// Returns the longest delay that can be chosen before a retry (1, 2, ...).
    pub fn longest(&self, retry: u32) -> Duration {
        Duration::from_nanos(self.0.longest(retry))
    }

    /// Returns the shortest delay that can be chosen before a retry (1, 2, ...).
    pub fn shortest(&self, retry: u32) -> Duration {
        Duration::from_nanos(self.0.shortest(retry))
    }

    /// The longest time that a call can spend between its attempts, server hints left out; at most 584 years.
    ///
    /// With a deadline it is at most that. After ten thousand delays that still grow it is an upper bound, not the exact sum.
    ///
    /// # Examples
    ///
    /// ```
    /// use retry_runtime::{Policy, Strategy};
    /// use std::time::Duration;
    ///
    /// let policy = Policy::builder().strategy(Strategy::Exponential).max(5).build()?;
    /// assert_eq!(policy.longest_wait(), Duration::from_millis(100 + 200 + 400 + 800));
    /// # Ok::<(), retry_runtime::PolicyError>(())
    /// ```
    pub fn longest_wait(&self) -> Duration {
        Duration::from_nanos(self.0.longest_wait())
    }

    /// The number of attempts that can begin before the deadline, if attempts take no time and every delay is as short as can be.
    ///
    /// `None` without a deadline, and where the deadline is no limit: where delays may be zero, or beyond ten thousand attempts.
    /// It may be more than [`max`](Self::max) allows.
    pub fn attempts_in_time(&self) -> Option<u32> {
        self.0.attempts_in_time()
    }

    /// Whether some delay is as long as the cap: one before the last attempt that is allowed, and before the deadline.
    ///
    /// Strategies without a cap never reach it.
    pub fn reaches_cap(&self) -> bool {
        self.0.reaches_cap()
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self(Settings::NONE)
    }
}

/// Two policies are equal where the same follows from them, however it was written.
impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.0.explicit() == other.0.explicit()
    }
}

/// The policy in words.
///
/// # Examples
///
/// ```
/// use retry_runtime::Policy;
///
/// assert_eq!(Policy::default().to_string(), "at most 3 attempts, exponential backoff with full jitter from 100ms up to 10s");
/// ```
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.description().fmt(f)
    }
}
