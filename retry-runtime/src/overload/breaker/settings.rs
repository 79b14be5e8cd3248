//! The settings of a breaker: a builder that takes any, what it refuses, and what it makes of the rest. It knows no state.

use super::window::{Counts, MAX_OUTCOMES, SLICES};
use super::{CircuitBreaker, state_machine::Fault};
use crate::failure::breaker_open::Cause;
use crate::policy::Policy;
use crate::time::clock;
use core::fmt;
use core::time::Duration;
use reattempt_policy::nanos;

const MAX_MINIMUM: u32 = 1_000_000;
const DEFAULT_MINIMUM: u32 = 20;
const DEFAULT_OVER: u32 = 100;
const DEFAULT_COOL_DOWN: Duration = Duration::from_secs(5);
const MIN_WITHIN: Duration = Duration::from_millis(100);
const MAX_WITHIN: Duration = Duration::from_secs(3_600);
const MIN_SLOW: Duration = Duration::from_millis(1);
const MAX_SLOW: Duration = Duration::from_secs(3_600);
/// The shortest cool-down, whatever a strategy draws: the unit of the breaker's time.
pub(super) const MIN_COOL_DOWN: Duration = Duration::from_millis(1);
/// The longest one.
pub(super) const MAX_COOL_DOWN: Duration = Duration::from_secs(86_400);

/// Builds a [`CircuitBreaker`] from settings that are known at run time; from [`CircuitBreaker::builder`].
///
/// # Examples
///
/// ```
/// use retry_runtime::CircuitBreaker;
///
/// let error = CircuitBreaker::builder().rate(1.5).build().unwrap_err();
/// assert_eq!(error.to_string(), "`rate` is 1.5, but must be between 0.001 and 1; 0.5 trips when half of the outcomes are failures");
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder {
    consecutive: Option<u32>,
    rate: Option<f64>,
    over: Option<u32>,
    within: Option<Duration>,
    minimum: Option<u32>,
    slow: Option<(f64, Duration)>,
    cool_down: CoolDown,
    probes: u32,
    pub(super) name: Option<&'static str>,
}

/// How long a breaker stays open.
#[derive(Clone, Copy, Debug)]
pub(super) enum CoolDown {
    Constant(Duration),
    Growing(Policy),
}

impl Builder {
    pub(super) const fn new() -> Self {
        Self {
            consecutive: None,
            rate: None,
            over: None,
            within: None,
            minimum: None,
            slow: None,
            cool_down: CoolDown::Constant(DEFAULT_COOL_DOWN),
            probes: 1,
            name: None,
        }
    }

    /// Trips after so many failures in a row, in `[1, 1024]` (default, where there is no `rate`: 5).
    pub const fn consecutive(mut self, failures: u32) -> Self {
        self.consecutive = Some(failures);
        self
    }

    /// Trips when this part of the outcomes in the window are failures, in `[0.001, 1]`; instead of `consecutive`.
    pub const fn rate(mut self, rate: f64) -> Self {
        self.rate = Some(rate);
        self
    }

    /// Makes the window the last so many outcomes, in `[1, 1024]` (default: 100).
    pub const fn over(mut self, outcomes: u32) -> Self {
        self.over = Some(outcomes);
        self
    }

    /// Makes the window the time up to now, in `[100 ms, 1 h]`; instead of `over`.
    pub const fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }

    /// Sets how many outcomes a window must hold before it is judged, in `[1, 1000000]` and at most `over` (default: 20, or `over`
    /// where that is less).
    pub const fn minimum(mut self, outcomes: u32) -> Self {
        self.minimum = Some(outcomes);
        self
    }

    /// Trips when this part of the outcomes in the window took longer than a time, in `[1 ms, 1 h]` (default: no such limit).
    pub const fn slow(mut self, rate: f64, time: Duration) -> Self {
        self.slow = Some((rate, time));
        self
    }

    /// Sets how long it stays open, in `[1 ms, 1 day]` (default: 5 s).
    pub const fn cool_down(mut self, time: Duration) -> Self {
        self.cool_down = CoolDown::Constant(time);
        self
    }

    /// Lets the delays of a policy be the cool-downs; see [`CircuitBreaker::cool_down_policy`].
    pub const fn cool_down_policy(mut self, delays: Policy) -> Self {
        self.cool_down = CoolDown::Growing(delays);
        self
    }

    /// Sets how many attempts are let through after the cool-down and must succeed, in `[1, 1024]` (default: 1).
    pub const fn probes(mut self, probes: u32) -> Self {
        self.probes = probes;
        self
    }

    /// Names it in events, logs and metrics (default: no name).
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// Builds the breaker.
    ///
    /// # Errors
    ///
    /// A setting that is out of range, or two that exclude each other.
    pub const fn build(self) -> Result<CircuitBreaker, Error> {
        match self.limits() {
            Ok(limits) => Ok(CircuitBreaker::of(self, limits)),
            Err(refusal) => Err(refusal),
        }
    }

    /// What the settings amount to; at compile time a refusal stops the compiler.
    #[track_caller]
    pub(super) const fn limits_const(self) -> Limits {
        match self.limits() {
            Ok(limits) => limits,
            Err(refusal) => panic!("{}", refusal.summary()),
        }
    }

    pub(super) const fn limits(self) -> Result<Limits, Error> {
        if let Some(refusal) = self.refusal_of_one() {
            return Err(refusal);
        }
        if let Some(refusal) = self.refusal_of_two() {
            return Err(refusal);
        }
        Ok(self.assembled())
    }

    const fn refusal_of_one(&self) -> Option<Error> {
        if let Some(failures) = self.consecutive {
            if failures < 1 || failures > MAX_OUTCOMES {
                return Some(Error::Consecutive { failures });
            }
        }
        if let Some(rate) = self.rate {
            if !is_ratio(rate) {
                return Some(Error::Rate { rate });
            }
        }
        if let Some(outcomes) = self.over {
            if outcomes < 1 || outcomes > MAX_OUTCOMES {
                return Some(Error::Over { outcomes });
            }
        }
        if let Some(time) = self.within {
            if !is_between(time, MIN_WITHIN, MAX_WITHIN) {
                return Some(Error::Within { time });
            }
        }
        if let Some(outcomes) = self.minimum {
            if outcomes < 1 || outcomes > MAX_MINIMUM {
                return Some(Error::Minimum { outcomes });
            }
        }
        if let Some((rate, time)) = self.slow {
            if !is_ratio(rate) {
                return Some(Error::SlowRate { rate });
            }
            if !is_between(time, MIN_SLOW, MAX_SLOW) {
                return Some(Error::SlowTime { time });
            }
        }
        if let CoolDown::Constant(time) = self.cool_down {
            if !is_between(time, MIN_COOL_DOWN, MAX_COOL_DOWN) {
                return Some(Error::CoolDown { time });
            }
        }
        if self.probes < 1 || self.probes > MAX_OUTCOMES {
            return Some(Error::Probes { probes: self.probes });
        }
        None
    }

    const fn refusal_of_two(&self) -> Option<Error> {
        if self.consecutive.is_some() && self.rate.is_some() {
            return Some(Error::TwoRules);
        }
        if self.over.is_some() && self.within.is_some() {
            return Some(Error::TwoWindows);
        }
        match (self.minimum, self.within) {
            (Some(minimum), None) if minimum > self.size() => {
                Some(Error::MinimumAboveOver { minimum, over: self.size() })
            }
            _ => None,
        }
    }

    const fn size(&self) -> u32 {
        match self.over {
            Some(outcomes) => outcomes,
            None => DEFAULT_OVER,
        }
    }

    const fn assembled(self) -> Limits {
        let span = match self.within {
            Some(time) => Span::Time { slice_millis: clock::millis(time) / SLICES },
            None => Span::Count { size: self.size() },
        };
        Limits {
            consecutive: match (self.consecutive, self.rate) {
                (Some(failures), _) => failures,
                (None, Some(_)) => u32::MAX,
                (None, None) => 5,
            },
            failures: match self.rate {
                Some(rate) => Some(per_mille(rate)),
                None => None,
            },
            slow: match self.slow {
                Some((rate, _)) => Some(per_mille(rate)),
                None => None,
            },
            slow_nanos: match self.slow {
                Some((_, time)) => nanos::from_duration(time),
                None => u64::MAX,
            },
            span,
            minimum: match (self.minimum, span) {
                (Some(minimum), _) => minimum,
                (None, Span::Count { size }) if size < DEFAULT_MINIMUM => size,
                (None, _) => DEFAULT_MINIMUM,
            },
            probes: self.probes,
            is_timed: self.slow.is_some(),
            is_plain: self.rate.is_none() && self.slow.is_none(),
            cool_down: self.cool_down,
        }
    }
}

const fn is_ratio(number: f64) -> bool {
    number >= 0.001 && number <= 1.0
}

const fn is_between(time: Duration, least: Duration, most: Duration) -> bool {
    time.as_nanos() >= least.as_nanos() && time.as_nanos() <= most.as_nanos()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "judged before: at most 1")]
const fn per_mille(rate: f64) -> u64 {
    (rate * 1_000.0 + 0.5) as u64
}

/// Which outcomes a window looks back on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Span {
    Count { size: u32 },
    Time { slice_millis: u64 },
}

/// The settings as the breaker uses them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Failures in a row; `u32::MAX` where they do not matter.
    consecutive: u32,
    /// In thousandths, as all rates: floats would judge 7 of 100 to be less than 0.07.
    failures: Option<u64>,
    slow: Option<u64>,
    /// `u64::MAX` where there is no limit.
    pub(super) slow_nanos: u64,
    pub(super) span: Span,
    minimum: u32,
    pub(super) probes: u32,
    /// Whether failures in a row are all that matters: then there is no window.
    pub(super) is_plain: bool,
    /// Whether permits note the time.
    pub(super) is_timed: bool,
    pub(super) cool_down: CoolDown,
}

impl Limits {
    /// Whether one more failure in a row trips.
    pub(super) const fn trips_after(&self, failures: u32) -> bool {
        failures.saturating_add(1) >= self.consecutive
    }

    pub(super) const fn counts_in_a_row(&self) -> bool {
        self.consecutive != u32::MAX
    }

    /// What a window gives a reason to trip for.
    pub(super) fn judge(&self, counts: Counts) -> Option<Fault> {
        let Counts { outcomes, failures, slow } = counts;
        let reaches = |count: u64, limit: Option<u64>| {
            limit.is_some_and(|limit| count.saturating_mul(1_000) >= limit.saturating_mul(outcomes))
        };
        if outcomes < u64::from(self.minimum) {
            None
        } else if reaches(failures, self.failures) {
            Some(Fault::Failures)
        } else if reaches(slow, self.slow) {
            Some(Fault::Slow)
        } else {
            None
        }
    }

    pub(super) fn cause(&self, fault: Fault) -> Cause {
        let rate = |per_mille: Option<u64>| {
            per_mille.and_then(|rate| u32::try_from(rate).ok()).map_or(0.0, |rate| f64::from(rate) / 1_000.0)
        };
        match fault {
            Fault::Probe => Cause::Probe,
            Fault::Slow => Cause::SlowRate(rate(self.slow)),
            Fault::Failures if self.counts_in_a_row() => Cause::Consecutive(self.consecutive),
            Fault::Failures => Cause::Rate(rate(self.failures)),
        }
    }
}

/// Why settings make no breaker.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Error {
    /// `consecutive` is outside `[1, 1024]`.
    Consecutive {
        /// The failures found.
        failures: u32,
    },
    /// `rate` is outside `[0.001, 1]`, or not a number.
    Rate {
        /// The rate found.
        rate: f64,
    },
    /// `over` is outside `[1, 1024]`.
    Over {
        /// The outcomes found.
        outcomes: u32,
    },
    /// `within` is outside `[100 ms, 1 h]`.
    Within {
        /// The time found.
        time: Duration,
    },
    /// `minimum` is outside `[1, 1000000]`.
    Minimum {
        /// The outcomes found.
        outcomes: u32,
    },
    /// The rate of `slow` is outside `[0.001, 1]`, or not a number.
    SlowRate {
        /// The rate found.
        rate: f64,
    },
    /// The time of `slow` is outside `[1 ms, 1 h]`.
    SlowTime {
        /// The time found.
        time: Duration,
    },
    /// `cool_down` is outside `[1 ms, 1 day]`.
    CoolDown {
        /// The time found.
        time: Duration,
    },
    /// `probes` is outside `[1, 1024]`.
    Probes {
        /// The probes found.
        probes: u32,
    },
    /// Both `consecutive` and `rate`.
    TwoRules,
    /// Both `over` and `within`.
    TwoWindows,
    /// `minimum` is above `over`, so the window would never be judged.
    MinimumAboveOver {
        /// The minimum found.
        minimum: u32,
        /// The window found, or the default.
        over: u32,
    },
    /// The capacity of `Breakers` is outside `[1, 10000]`.
    Capacity {
        /// The capacity found.
        capacity: usize,
    },
}

impl Error {
    /// The text without the values, for the compiler's panics, which cannot format.
    pub(crate) const fn summary(&self) -> &'static str {
        match self {
            Self::Consecutive { .. } => "`consecutive` must be between 1 and 1024 failures in a row",
            Self::Rate { .. } => "`rate` must be between 0.001 and 1; 0.5 trips when half of the outcomes are failures",
            Self::Over { .. } => "`over` must be between 1 and 1024 outcomes; for more of them use `within` and a time",
            Self::Within { .. } => "`within` must be between 100ms and 3600s",
            Self::Minimum { .. } => "`minimum` must be between 1 and 1000000 outcomes",
            Self::SlowRate { .. } => {
                "the rate of `slow` must be between 0.001 and 1; 0.5 trips when half of the outcomes are slow"
            }
            Self::SlowTime { .. } => "the time of `slow` must be between 1ms and 3600s",
            Self::CoolDown { .. } => "`cool_down` must be between 1ms and 86400s",
            Self::Probes { .. } => "`probes` must be between 1 and 1024: without one the breaker could never close",
            Self::TwoRules => "`consecutive` and `rate` exclude each other; choose one",
            Self::TwoWindows => "`over` and `within` exclude each other; choose one",
            Self::MinimumAboveOver { .. } => {
                "`minimum` is above `over`, so the window would never be judged; lower it, or set a larger `over` before it"
            }
            Self::Capacity { .. } => "`capacity` must be between 1 and 10000 breakers",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Each summary begins with the setting; what was found is put behind its name.
        let found: &dyn fmt::Debug = match self {
            Self::Consecutive { failures: count } | Self::Probes { probes: count } => count,
            Self::Over { outcomes } | Self::Minimum { outcomes } => outcomes,
            Self::Rate { rate } | Self::SlowRate { rate } => rate,
            Self::Within { time } | Self::SlowTime { time } | Self::CoolDown { time } => time,
            Self::Capacity { capacity } => capacity,
            Self::MinimumAboveOver { minimum, over } => {
                return write!(
                    f,
                    "`minimum` ({minimum}) is above `over` ({over}), so the window would never be judged; lower `minimum` or raise `over`"
                );
            }
            Self::TwoRules | Self::TwoWindows => return f.write_str(self.summary()),
        };
        match self.summary().split_once(" must be ") {
            Some((setting, range)) => write!(f, "{setting} is {found:?}, but must be {range}"),
            None => f.write_str(self.summary()),
        }
    }
}

impl core::error::Error for Error {}
