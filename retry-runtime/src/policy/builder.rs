//! The builder of policies: accepts any settings, and builds only policies whose settings fit together.
//!
//! Its functions are `const`: the macros build policies with it at compile time, where a refusal is a compile error. The policy core checks
//! the settings.

use crate::policy::Policy;
use core::time::Duration;
use reattempt_policy::nanos::from_duration;
use reattempt_policy::{Attempts, Deadline, Jitter, PolicyError, Settings, Strategy};

/// Builds a [`Policy`] from settings that are known at run time.
///
/// It changes no value silently: [`build`](Self::build) refuses settings that are out of range or do not fit together.
///
/// # Examples
///
/// ```
/// use reattempt::Policy;
/// use std::time::Duration;
///
/// let error = Policy::builder()
///     .base(Duration::from_secs(5))
///     .cap(Duration::from_secs(1))
///     .build()
///     .unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`cap` (1s) is shorter than `base` (5s), so no delay could reach `base`; raise `cap` or lower `base`",
/// );
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct PolicyBuilder(pub(crate) Settings<'static>);

impl Policy {
    /// Starts a builder with the defaults.
    pub const fn builder() -> PolicyBuilder {
        PolicyBuilder(Settings::NONE)
    }
}

impl PolicyBuilder {
    /// Sets the strategy (default: [`Strategy::FullJitter`]).
    pub const fn strategy(mut self, strategy: Strategy) -> Self {
        (self.0.strategy, self.0.steps) = (Some(strategy.kind()), strategy.steps());
        self
    }

    /// Adds jitter to a strategy that has none of its own.
    pub const fn jitter(mut self, jitter: Jitter) -> Self {
        self.0.jitter = Some(jitter);
        self
    }

    /// Sets the first nominal delay (default: 100 ms).
    pub const fn base(mut self, base: Duration) -> Self {
        self.0.base = Some(from_duration(base));
        self
    }

    /// Sets the longest delay (default: 10 s, or `base` where that is longer).
    pub const fn cap(mut self, cap: Duration) -> Self {
        self.0.cap = Some(from_duration(cap));
        self
    }

    /// Sets the growth of exponential strategies, at least 1 (default: 2).
    pub const fn factor(mut self, factor: f64) -> Self {
        self.0.factor = Some(factor);
        self
    }

    /// Sets the time that the linear strategy adds for each retry (default: `base`).
    pub const fn increment(mut self, increment: Duration) -> Self {
        self.0.increment = Some(from_duration(increment));
        self
    }

    /// Sets the number of attempts in all, the first included, at least 1 (default: 3, entries + 1 for a list).
    pub const fn max(mut self, attempts: u32) -> Self {
        self.0.max = Some(Attempts::AtMost(attempts));
        self
    }

    /// Removes the limit of attempts. This needs a [`deadline`](Self::deadline), or [`no_deadline`](Self::no_deadline) for attempts without end.
    pub const fn unlimited(mut self) -> Self {
        self.0.max = Some(Attempts::Unlimited);
        self
    }

    /// Sets the deadline: the time after the start of the call within which attempts may begin (default: none).
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.0.deadline = Some(Deadline::After(from_duration(deadline)));
        self
    }

    /// Removes the deadline. Beside [`unlimited`](Self::unlimited) a call then goes on without end: only a success, a permanent failure, a
    /// guard or a switched-off site ends it.
    pub const fn no_deadline(mut self) -> Self {
        self.0.deadline = Some(Deadline::Never);
        self
    }

    /// Sets whether a last attempt begins at the deadline (default: `false`): a delay that would end at or after it is cut so that it ends there,
    /// or one time-out before, where attempts have one. This needs a [`deadline`](Self::deadline).
    pub const fn final_attempt(mut self, is_made: bool) -> Self {
        self.0.final_attempt = Some(is_made);
        self
    }

    /// Sets the longest server hint that is followed (default: 60 s).
    pub const fn max_hint(mut self, max_hint: Duration) -> Self {
        self.0.max_hint = Some(from_duration(max_hint));
        self
    }

    /// Sets the time after which an attempt counts as healthy (default: none). If an attempt runs for so long and then fails, its failure is the
    /// first of a new series: attempts, delays and the deadline count from it. Zero is refused.
    pub const fn reset_after(mut self, time: Duration) -> Self {
        self.0.reset_after = Some(from_duration(time));
        self
    }

    /// Builds the policy.
    ///
    /// # Errors
    ///
    /// Returns an error if a setting is out of range, if two settings contradict each other, or if the strategy does not use a setting.
    pub const fn build(self) -> Result<Policy, PolicyError> {
        match self.0.judge() {
            None => Ok(Policy::new(self.0)),
            Some(error) => Err(error),
        }
    }
}
