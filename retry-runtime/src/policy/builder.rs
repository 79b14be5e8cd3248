//! The builder of policies: takes any settings, and hands out only policies whose settings fit together.
//!
//! Its functions are `const`: the macros build policies with it at compile time, where a refusal is a compile error.

use crate::policy::backoff;
use crate::policy::strategy::{Jitter, Setting, Strategy};
use crate::policy::{DEFAULT_MAX, Policy};
use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;

/// Builds a [`Policy`] from settings that are known at run time.
///
/// Nothing is changed silently: [`build`](Self::build) refuses settings that are out of range or do not fit together.
///
/// # Examples
///
/// ```
/// use retry_runtime::Policy;
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
pub struct PolicyBuilder {
    strategy: Option<Strategy>,
    jitter: Option<Jitter>,
    base: Option<Duration>,
    cap: Option<Duration>,
    factor: Option<f64>,
    increment: Option<Duration>,
    max: Max,
    deadline: Option<Duration>,
    max_hint: Option<Duration>,
}

#[derive(Clone, Copy, Debug)]
enum Max {
    Default,
    Attempts(u32),
    Unlimited,
}

impl PolicyBuilder {
    pub(crate) const fn new() -> Self {
        Self {
            strategy: None,
            jitter: None,
            base: None,
            cap: None,
            factor: None,
            increment: None,
            max: Max::Default,
            deadline: None,
            max_hint: None,
        }
    }

    /// Sets the strategy (default: [`Strategy::FullJitter`]).
    pub const fn strategy(mut self, strategy: Strategy) -> Self {
        self.strategy = Some(strategy);
        self
    }

    /// Adds jitter to a strategy that has none of its own.
    pub const fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = Some(jitter);
        self
    }

    /// Sets the first nominal delay (default: 100 ms).
    pub const fn base(mut self, base: Duration) -> Self {
        self.base = Some(base);
        self
    }

    /// Sets the longest delay (default: 10 s, or `base` where that is longer).
    pub const fn cap(mut self, cap: Duration) -> Self {
        self.cap = Some(cap);
        self
    }

    /// Sets the growth of exponential strategies, at least 1 (default: 2).
    pub const fn factor(mut self, factor: f64) -> Self {
        self.factor = Some(factor);
        self
    }

    /// Sets what the linear strategy adds for each retry (default: `base`).
    pub const fn increment(mut self, increment: Duration) -> Self {
        self.increment = Some(increment);
        self
    }

    /// Sets the number of attempts in all, the first included, at least 1 (default: 3, entries + 1 for a list).
    pub const fn max(mut self, attempts: u32) -> Self {
        self.max = Max::Attempts(attempts);
        self
    }

    /// Takes away the limit of attempts; needs a [`deadline`](Self::deadline).
    pub const fn unlimited(mut self) -> Self {
        self.max = Max::Unlimited;
        self
    }

    /// Sets how long after the call began attempts may begin (default: no deadline).
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets the longest server hint that is obeyed (default: 60 s).
    pub const fn max_hint(mut self, max_hint: Duration) -> Self {
        self.max_hint = Some(max_hint);
        self
    }

    /// Builds the policy.
    ///
    /// # Errors
    ///
    /// A setting that is out of range, two that contradict each other, or one that the strategy does not use.
    pub const fn build(self) -> Result<Policy, PolicyError> {
        if let Some(refusal) = self.refusal_of_one() {
            return Err(refusal);
        }
        if let Some(refusal) = self.refusal_of_two() {
            return Err(refusal);
        }
        Ok(self.assembled())
    }

    /// Builds at compile time, where a refusal stops the compiler.
    #[track_caller]
    pub(crate) const fn build_const(self) -> Policy {
        match self.build() {
            Ok(policy) => policy,
            Err(refusal) => panic!("{}", refusal.summary()),
        }
    }

    /// The same for a policy whose other settings follow at run time: looks at each setting by itself.
    #[track_caller]
    pub(crate) const fn build_const_part(self) -> Policy {
        match self.refusal_of_one() {
            None => self.assembled(),
            Some(refusal) => panic!("{}", refusal.summary()),
        }
    }

    const fn refusal_of_one(&self) -> Option<PolicyError> {
        if let Some(factor) = self.factor {
            if !(factor >= 1.0 && factor.is_finite()) {
                return Some(PolicyError::Factor { factor });
            }
        }
        if let Some(Jitter::Ratio(ratio)) = self.jitter {
            if !(ratio >= 0.0 && ratio <= 1.0) {
                return Some(PolicyError::Ratio { ratio });
            }
        }
        if let Max::Attempts(0) = self.max {
            return Some(PolicyError::NoAttempts);
        }
        if let Some(Strategy::Steps([])) = self.strategy {
            return Some(PolicyError::NoSteps);
        }
        None
    }

    const fn refusal_of_two(&self) -> Option<PolicyError> {
        let strategy = self.chosen();
        let written = [
            (Setting::Base, self.base.is_some()),
            (Setting::Cap, self.cap.is_some()),
            (Setting::Factor, self.factor.is_some()),
            (Setting::Increment, self.increment.is_some()),
        ];
        let mut rest = written.as_slice();
        while let [(setting, is_written), others @ ..] = rest {
            if *is_written && !strategy.takes(*setting) {
                return Some(PolicyError::Unused { strategy: strategy.name(), setting: setting.name() });
            }
            rest = others;
        }
        if strategy.is_random() && self.jitter.is_some() {
            return Some(PolicyError::JitterTwice { strategy: strategy.name() });
        }
        if let Some(cap) = self.cap {
            let base = self.assembled().base;
            if cap.as_nanos() < base.as_nanos() {
                return Some(PolicyError::CapBelowBase { cap, base });
            }
        }
        if let (Max::Unlimited, None) = (self.max, self.deadline) {
            return Some(PolicyError::Endless);
        }
        let policy = self.assembled();
        let has_retries = !matches!(policy.max, Some(NonZeroU32::MIN));
        if let (Some(deadline), true) = (policy.deadline, has_retries) {
            let first = policy.shortest_first();
            if first >= deadline.as_nanos() {
                return Some(PolicyError::DeadlineTooShort { deadline, first: backoff::duration(first) });
            }
        }
        None
    }

    const fn chosen(&self) -> Strategy {
        match self.strategy {
            Some(strategy) => strategy,
            None => Strategy::FullJitter,
        }
    }

    /// The policy as it comes, for settings that were judged before.
    pub(crate) const fn assembled(&self) -> Policy {
        let strategy = self.chosen();
        let mut policy = Policy::DEFAULT;
        policy.curve = strategy.curve();
        policy.jitter = match self.jitter {
            Some(jitter) => Some(jitter),
            None => strategy.own_jitter(),
        };
        if let Some(base) = self.base {
            policy.base = base;
        }
        policy.cap = self.cap;
        if let Some(factor) = self.factor {
            policy.factor = factor;
        }
        policy.increment = self.increment;
        policy.max = match (self.max, strategy) {
            (Max::Unlimited, _) => None,
            (Max::Attempts(attempts), _) => NonZeroU32::new(attempts),
            (Max::Default, Strategy::Steps(steps)) => NonZeroU32::new(attempts_for(steps.len())),
            (Max::Default, _) => Some(DEFAULT_MAX),
        };
        policy.deadline = self.deadline;
        if let Some(max_hint) = self.max_hint {
            policy.max_hint = max_hint;
        }
        policy.quickened()
    }
}

/// One attempt more than there are delays between attempts.
#[expect(clippy::cast_possible_truncation, reason = "saturates by the comparison before it")]
const fn attempts_for(steps: usize) -> u32 {
    if steps >= u32::MAX as usize { u32::MAX } else { (steps as u32).saturating_add(1) }
}

/// Why settings make no policy. Its text names both sides and one way out.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum PolicyError {
    /// `factor` is below 1, infinite or not a number.
    Factor {
        /// The factor found.
        factor: f64,
    },
    /// A jitter ratio is outside `[0, 1]`.
    Ratio {
        /// The ratio found.
        ratio: f64,
    },
    /// `max` is 0: not even a first attempt.
    NoAttempts,
    /// A list of delays without an entry.
    NoSteps,
    /// A setting that the strategy does not use.
    Unused {
        /// The strategy's name.
        strategy: &'static str,
        /// The setting's name.
        setting: &'static str,
    },
    /// Jitter for a strategy that has its own.
    JitterTwice {
        /// The strategy's name.
        strategy: &'static str,
    },
    /// `cap` is shorter than `base`.
    CapBelowBase {
        /// The cap found.
        cap: Duration,
        /// The base found, or the default.
        base: Duration,
    },
    /// Neither a limit of attempts nor a deadline.
    Endless,
    /// The first retry could never begin before the deadline.
    DeadlineTooShort {
        /// The deadline found.
        deadline: Duration,
        /// The shortest delay before the first retry.
        first: Duration,
    },
}

impl PolicyError {
    /// The text without the values, for the compiler's panics, which cannot format.
    const fn summary(&self) -> &'static str {
        match self {
            Self::Factor { .. } => "`factor` must be a finite number of at least 1",
            Self::Ratio { .. } => "a `jitter` ratio must be between 0 and 1",
            Self::NoAttempts => "`max` must be at least 1: it counts all attempts, the first one included",
            Self::NoSteps => "the list of delays is empty; write at least one, or `strategy = \"immediate\"`",
            Self::Unused { .. } => "a setting is not used by this strategy; remove it, or choose another strategy",
            Self::JitterTwice { .. } => {
                "this strategy has jitter of its own; remove `jitter`, or choose another strategy"
            }
            Self::CapBelowBase { .. } => {
                "`cap` is shorter than `base`, so no delay could reach `base`; raise `cap` or lower `base`"
            }
            Self::DeadlineTooShort { .. } => {
                "`deadline` ends before the first retry can begin, so nothing would be retried; raise `deadline` or lower the first delay"
            }
            Self::Endless => "unlimited attempts need a `deadline`; set one, or a `max`",
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Factor { factor } => {
                write!(
                    f,
                    "`factor` is {factor}, but must be a finite number of at least 1; 2 doubles the delay each time"
                )
            }
            Self::Ratio { ratio } => {
                write!(
                    f,
                    "the `jitter` ratio is {ratio}, but must be between 0 and 1; 0.2 spreads delays by a fifth either way"
                )
            }
            Self::Unused { strategy, setting } => {
                write!(f, "`{setting}` is not used by the strategy `{strategy}`; remove it, or choose another strategy")
            }
            Self::JitterTwice { strategy } => {
                write!(
                    f,
                    "the strategy `{strategy}` has jitter of its own; remove `jitter`, or choose another strategy"
                )
            }
            Self::CapBelowBase { cap, base } => {
                write!(
                    f,
                    "`cap` ({cap:?}) is shorter than `base` ({base:?}), so no delay could reach `base`; raise `cap` or lower `base`"
                )
            }
            Self::DeadlineTooShort { deadline, first } => {
                write!(
                    f,
                    "`deadline` ({deadline:?}) ends before the first retry can begin ({first:?} after the start at the \
                     earliest), so nothing would be retried; raise `deadline` or lower the first delay"
                )
            }
            Self::NoAttempts | Self::NoSteps | Self::Endless => f.write_str(self.summary()),
        }
    }
}

impl core::error::Error for PolicyError {}
