//! The policy: settings that fit together, and the delays that they give.
//!
//! It knows no outcome, clock or generator. Random bits are an argument.

pub(crate) mod backoff;
pub(crate) mod builder;
#[cfg(feature = "serde")]
pub(crate) mod configuration;
pub(crate) mod delays;

use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;
use reattempt_policy::{Jitter, Setting, Settings, Strategy};

/// The settings that say when and how often to retry. A policy is immutable and `Copy`.
///
/// Make one with `policy!` (checked at compile time, with the attribute's keys), [`Policy::builder`] (checked at run time), or
/// [`Policy::default`]. Use it with the key `policy = EXPR` of `#[retry]`.
///
/// # Defaults
///
/// | setting | default | why |
/// |---|---|---|
/// | strategy | full jitter | it spreads callers best for the same load |
/// | `base` | 100 ms | longer than a round trip, shorter than a person's patience |
/// | `factor` | 2.0 | |
/// | `cap` | 10 s, or `base` where that is longer | a server that has recovered is used again within seconds |
/// | `increment` | `base` | |
/// | `max` | 3 attempts; entries + 1 for a list | retries multiply load, so more attempts should be your decision |
/// | `deadline` | none | |
/// | `final_attempt` | `false` | a caller with a deadline mostly has no use for a success at its very end |
/// | `reset_after` | none | only a call whose attempts last, such as a watch, starts its count again by itself |
/// | `max_hint` | 60 s | a server that asks for more will not recover in time for this caller |
///
/// # Values that are only known at run time
///
/// The builder refuses wrong values. A key of the attribute with a run-time value cannot return an error. Its value is brought into range
/// instead, with one [`Event::Adjusted`](crate::event::Event::Adjusted) per site:
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
/// | no limit of attempts and no word about the deadline (`max = "unlimited"` beside a `policy` without one) | 3 attempts |
/// | `final_attempt` and no deadline | `false` |
/// | `reset_after` of 0 | none |
/// | `history` of 0 | 1 |
/// | `timeout` of 0 | 0, without an event: an attempt that is not ready when it is first polled has timed out |
///
/// # Examples
///
/// ```
/// use reattempt::{Policy, Strategy};
/// use std::time::Duration;
///
/// let policy = Policy::builder()
///     .strategy(Strategy::Exponential)
///     .base(Duration::from_millis(50))
///     .max(5)
///     .build()?;
/// let delays: Vec<_> = policy.delays().collect();
/// assert_eq!(delays, [50, 100, 200, 400].map(Duration::from_millis));
/// # Ok::<(), reattempt::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Policy(Settings<'static>);

impl Policy {
    /// Makes a policy from settings that were checked.
    pub(crate) const fn new(settings: Settings<'static>) -> Self {
        Self(settings)
    }

    /// Returns the settings.
    #[inline]
    pub(crate) const fn settings(&self) -> &Settings<'static> {
        &self.0
    }

    /// Returns the strategy. A strategy with added `jitter` keeps its name, except that exponential with full or equal jitter is
    /// [`Strategy::FullJitter`] or [`Strategy::EqualJitter`].
    pub const fn strategy(&self) -> Strategy {
        self.0.shown_kind().strategy(self.0.steps)
    }

    /// Returns the jitter, if the strategy is not random by itself.
    pub const fn jitter(&self) -> Option<Jitter> {
        self.0.jitter()
    }

    /// Returns the first nominal delay.
    pub const fn base(&self) -> Duration {
        Duration::from_nanos(self.0.base())
    }

    /// Returns the longest delay that the strategy chooses. A server's hint may be longer. It is `Duration::MAX` for strategies without a cap.
    pub const fn cap(&self) -> Duration {
        match (self.0.cap(), self.0.kind().takes(Setting::Cap)) {
            (u64::MAX, false) => Duration::MAX,
            (cap, _) => Duration::from_nanos(cap),
        }
    }

    /// Returns the factor from one nominal delay to the next, for exponential strategies.
    pub const fn factor(&self) -> f64 {
        self.0.factor()
    }

    /// Returns the time that the linear strategy adds for each retry.
    pub const fn increment(&self) -> Duration {
        Duration::from_nanos(self.0.increment())
    }

    /// Returns the number of attempts in all, or `None` if they are unlimited.
    pub const fn max(&self) -> Option<NonZeroU32> {
        match self.0.max() {
            Some(max) => NonZeroU32::new(max),
            None => None,
        }
    }

    /// Returns the deadline: the time after the start of the call within which attempts may begin.
    pub const fn deadline(&self) -> Option<Duration> {
        match self.0.deadline() {
            Some(deadline) => Some(Duration::from_nanos(deadline)),
            None => None,
        }
    }

    /// Returns `true` if a last attempt begins at the deadline.
    pub const fn final_attempt(&self) -> bool {
        self.0.final_attempt()
    }

    /// Returns the time after which an attempt counts as healthy: if it fails after running for so long, its failure is the first of a new series.
    pub const fn reset_after(&self) -> Option<Duration> {
        match self.0.reset_after() {
            Some(time) => Some(Duration::from_nanos(time)),
            None => None,
        }
    }

    /// Returns the longest server hint that is followed.
    pub const fn max_hint(&self) -> Duration {
        Duration::from_nanos(self.0.max_hint())
    }

    /// Returns the nominal delay before a retry (1, 2, ...): before jitter, at most the cap.
    ///
    /// The decorrelated strategies have no nominal delay. For them it is the shortest possible first delay: `base`, and zero for v2.
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

    /// Returns the longest time that a call can spend between its attempts, without server hints, at most 584 years. Delays without end are as
    /// long as that.
    ///
    /// It is the time of one series. With a deadline it is at most the deadline. If more than ten thousand delays still grow, it is an upper bound and not the exact sum.
    ///
    /// # Examples
    ///
    /// ```
    /// use reattempt::{Policy, Strategy};
    /// use std::time::Duration;
    ///
    /// let policy = Policy::builder().strategy(Strategy::Exponential).max(5).build()?;
    /// assert_eq!(policy.longest_wait(), Duration::from_millis(100 + 200 + 400 + 800));
    /// # Ok::<(), reattempt::PolicyError>(())
    /// ```
    pub fn longest_wait(&self) -> Duration {
        Duration::from_nanos(self.0.longest_wait())
    }

    /// Returns the number of attempts that can begin before the deadline, if attempts take no time and every delay is the shortest possible.
    ///
    /// It is `None` without a deadline, and if the deadline does not limit the attempts: delays may be zero, or there may be more than ten
    /// thousand attempts. It may be more than [`max`](Self::max) allows.
    pub fn attempts_in_time(&self) -> Option<u32> {
        self.0.attempts_in_time()
    }

    /// Returns `true` if some delay reaches the cap before the last allowed attempt and before the deadline.
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

/// Two policies are equal if they have the same effect, even if they were written differently.
impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.0.explicit() == other.0.explicit()
    }
}

/// Writes the policy as text.
///
/// # Examples
///
/// ```
/// use reattempt::Policy;
///
/// assert_eq!(Policy::default().to_string(), "at most 3 attempts, exponential backoff with full jitter from 100ms up to 10s");
/// ```
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.description())
    }
}
