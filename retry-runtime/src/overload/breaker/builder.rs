//! The settings of a breaker: a builder for values that are known at run time, and the same settings as functions of a breaker, for a
//! `static`. They know no state.

use super::limits::{Limits, MAX_COOL_DOWN, MIN_COOL_DOWN, Span};
use super::window::{MAX_OUTCOMES, SLICES};
use super::{CircuitBreaker, Error};
use crate::policy::Policy;
use core::time::Duration;
use reattempt_policy::nanos;

const DEFAULT_MINIMUM: u32 = 20;
const MAX_MINIMUM: u32 = 1_000_000;
const MIN_WITHIN: Duration = Duration::from_millis(100);
const MAX_WITHIN: Duration = Duration::from_secs(3_600);
const MIN_SLOW: Duration = Duration::from_millis(1);
const MAX_SLOW: Duration = Duration::from_secs(3_600);

/// Builds a [`CircuitBreaker`] from settings that are known at run time; from [`CircuitBreaker::builder`].
///
/// # Examples
///
/// ```
/// use reattempt::CircuitBreaker;
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
    pub(super) cool_down: CoolDown,
    probes: u32,
    pub(super) name: Option<&'static str>,
    pub(super) pauses_on_hint: bool,
}

/// The time that a breaker stays open.
#[derive(Clone, Copy, Debug)]
pub(super) enum CoolDown {
    Constant(Duration),
    /// The delays of a policy.
    Policy(Policy),
}

impl Builder {
    /// Trips after this number of failures in a row, in `[1, 1024]` (default without `rate`: 5).
    pub const fn consecutive(mut self, failures: u32) -> Self {
        self.consecutive = Some(failures);
        self
    }

    /// Trips when this share of the outcomes in the window are failures, in `[0.001, 1]`. It is used instead of `consecutive`.
    pub const fn rate(mut self, rate: f64) -> Self {
        self.rate = Some(rate);
        self
    }

    /// Builds the breaker.
    ///
    /// # Errors
    ///
    /// Returns an error if a setting is out of range, or if two settings exclude each other.
    pub const fn build(self) -> Result<CircuitBreaker, Error> {
        match self.error() {
            None => Ok(CircuitBreaker::new(&self)),
            Some(error) => Err(error),
        }
    }

    #[track_caller]
    pub(super) const fn checked(self) -> Self {
        match self.error() {
            None => self,
            Some(error) => panic!("{}", error.summary()),
        }
    }

    /// Returns the error of the first rule that the settings break.
    const fn error(&self) -> Option<Error> {
        Some(match *self {
            Self { consecutive: Some(failures), .. } if !is_count(failures) => Error::Consecutive { failures },
            Self { rate: Some(rate), .. } if !is_share(rate) => Error::Rate { rate },
            Self { over: Some(outcomes), .. } if !is_count(outcomes) => Error::Over { outcomes },
            Self { within: Some(time), .. } if !is_between(time, MIN_WITHIN, MAX_WITHIN) => Error::Within { time },
            Self { minimum: Some(outcomes), .. } if outcomes < 1 || outcomes > MAX_MINIMUM => {
                Error::Minimum { outcomes }
            }
            Self { slow: Some((rate, _)), .. } if !is_share(rate) => Error::SlowRate { rate },
            Self { slow: Some((_, time)), .. } if !is_between(time, MIN_SLOW, MAX_SLOW) => Error::SlowTime { time },
            Self { cool_down: CoolDown::Constant(time), .. } if !is_between(time, MIN_COOL_DOWN, MAX_COOL_DOWN) => {
                Error::CoolDown { time }
            }
            Self { probes, .. } if !is_count(probes) => Error::Probes { probes },
            Self { consecutive: Some(_), rate: Some(_), .. } => Error::TwoRules,
            Self { over: Some(_), within: Some(_), .. } => Error::TwoWindows,
            Self { minimum: Some(minimum), within: None, .. } if minimum > self.size() => {
                Error::MinimumAboveOver { minimum, over: self.size() }
            }
            _ => return None,
        })
    }

    /// Returns the limits of checked settings.
    pub(super) const fn limits(&self) -> Limits {
        let span = match (self.rate, self.slow, self.within) {
            (None, None, _) => Span::None,
            (_, _, Some(time)) => Span::Time { slice_millis: nanos::from_duration(time) / 1_000_000 / SLICES },
            (_, _, None) => Span::Count { size: self.size() },
        };
        let (slow, slow_nanos) = match self.slow {
            Some((rate, time)) => (Some(per_mille(rate)), nanos::from_duration(time)),
            None => (None, u64::MAX),
        };
        let (consecutive, failures) = match (self.consecutive, self.rate) {
            (Some(failures), _) => (Some(failures), None),
            (None, Some(rate)) => (None, Some(per_mille(rate))),
            (None, None) => (Some(5), None),
        };
        Limits {
            consecutive,
            failures,
            slow,
            slow_nanos,
            span,
            minimum: match (self.minimum, span) {
                (Some(minimum), _) => minimum,
                (None, Span::Count { size }) if size < DEFAULT_MINIMUM => size,
                (None, _) => DEFAULT_MINIMUM,
            },
            probes: self.probes,
            is_timed: self.slow.is_some(),
        }
    }

    /// Returns the number of outcomes that a window by count holds.
    const fn size(&self) -> u32 {
        match self.over {
            Some(outcomes) => outcomes,
            None => 100,
        }
    }
}

const fn is_count(number: u32) -> bool {
    number >= 1 && number <= MAX_OUTCOMES
}

const fn is_share(number: f64) -> bool {
    number >= 0.001 && number <= 1.0
}

const fn is_between(time: Duration, least: Duration, most: Duration) -> bool {
    time.as_nanos() >= least.as_nanos() && time.as_nanos() <= most.as_nanos()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before: at most 1")]
const fn per_mille(rate: f64) -> u32 {
    (rate * 1_000.0 + 0.5) as u32
}

settings! {
    CircuitBreaker, Builder:

    /// Sets a window of this number of outcomes.
    ///
    /// # Panics
    ///
    /// Panics if the number is outside `[1, 1024]`, if it is below a `minimum` that was set before, or if `within` is set.
    over(outcomes: u32) => over = Some(outcomes);

    /// Sets a window of this time up to now. It moves in steps of 1/16, so it covers between 15/16 of this time and all of it.
    ///
    /// # Panics
    ///
    /// Panics if the time is outside `[100 ms, 1 h]`, or if `over` is set.
    within(time: Duration) => within = Some(time);

    /// Sets the number of outcomes that the window must hold before it is evaluated. If that needs a larger window, set the window first.
    ///
    /// # Panics
    ///
    /// Panics if the number is outside `[1, 1000000]`, or above the number of outcomes that the window holds.
    minimum(outcomes: u32) => minimum = Some(outcomes);

    /// Trips also when this share of the outcomes in the window took longer than this time, whether they succeeded or not.
    ///
    /// Each permit then reads the clock twice. A slow probe counts as a failed probe.
    ///
    /// # Panics
    ///
    /// Panics if the rate is outside `[0.001, 1]`, or the time outside `[1 ms, 1 h]`.
    slow(rate: f64, time: Duration) => slow = Some((rate, time));

    /// Sets the time that the breaker stays open before the first probe.
    ///
    /// # Panics
    ///
    /// Panics if the time is outside `[1 ms, 1 day]`.
    cool_down(time: Duration) => cool_down = CoolDown::Constant(time);

    /// Uses the delays of a policy as cool-downs: the cool-down after the n-th trip in a row is the delay before retry n. Any strategy works,
    /// with its cap and jitter.
    ///
    /// Other settings of the policy, such as `max`, `deadline` and `max_hint`, are ignored. Cool-downs are limited to `[1 ms, 1 day]`, and do
    /// not grow after 31 trips. When the breaker closes, they start again.
    ///
    /// # Examples
    ///
    /// ```
    /// use reattempt::{CircuitBreaker, Policy, Strategy};
    /// use std::time::Duration;
    ///
    /// let delays = Policy::builder()
    ///     .strategy(Strategy::EqualJitter)
    ///     .base(Duration::from_secs(1))
    ///     .cap(Duration::from_secs(60))
    ///     .build()?;
    /// let breaker = CircuitBreaker::consecutive(5).cool_down_policy(delays);
    /// # let _ = breaker.state();
    /// # Ok::<(), reattempt::PolicyError>(())
    /// ```
    cool_down_policy(delays: Policy) => cool_down = CoolDown::Policy(delays);

    /// Sets the number of probes that are admitted after the cool-down. The breaker closes when this number of them has succeeded.
    ///
    /// # Panics
    ///
    /// Panics if the number is outside `[1, 1024]`.
    probes(probes: u32) => probes = probes;

    /// Opens the breaker when the server of an attempt asks to wait (a hint, such as the `Retry-After` of a 429), for the time that it asks
    /// for. So one answer stops all callers that share the breaker, and not only the one that got it.
    ///
    /// This needs a retried function or closure, whose classifier sees the hint
    /// ([`Verdict::RetryAfter`](crate::Verdict::RetryAfter)). A hint above the call's `max_hint` does not open the breaker. Such an attempt is not
    /// counted as a failure: the hint replaces the count, and the cool-down does not grow. Otherwise this is
    /// [`open_for`](Self::open_for), with the cause [`Cause::Hint`](crate::breaker::Cause::Hint).
    ///
    /// Callers are refused meanwhile, or wait with the key `wait_for_breaker`.
    ///
    /// # Examples
    ///
    /// ```
    /// use reattempt::CircuitBreaker;
    ///
    /// static API: CircuitBreaker = CircuitBreaker::consecutive(5).pause_on_hint();
    /// # let _ = API.state();
    /// ```
    pause_on_hint() => pauses_on_hint = true;

    /// Sets the name in events, logs and metrics. Breakers with the same name are counted together.
    name(name: &'static str) => name = Some(name);
}

impl CircuitBreaker {
    /// Makes a breaker that trips after this number of failures in a row. The attempts may run at the same time.
    ///
    /// # Panics
    ///
    /// Panics if the number is outside `[1, 1024]`.
    #[track_caller]
    pub const fn consecutive(failures: u32) -> Self {
        Self::new(&Self::builder().consecutive(failures).checked())
    }

    /// Makes a breaker that trips when this share of the outcomes in its window are failures. The share is rounded to thousandths.
    ///
    /// # Panics
    ///
    /// Panics if the rate is outside `[0.001, 1]`.
    #[track_caller]
    pub const fn rate(rate: f64) -> Self {
        Self::new(&Self::builder().rate(rate).checked())
    }

    /// Starts a builder, for settings that are known at run time.
    pub const fn builder() -> Builder {
        Builder {
            consecutive: None,
            rate: None,
            over: None,
            within: None,
            minimum: None,
            slow: None,
            cool_down: CoolDown::Constant(Duration::from_secs(5)),
            probes: 1,
            name: None,
            pauses_on_hint: false,
        }
    }
}
