//! The policy: plain settings that say when and how often, and the delays that follow from them.
//!
//! It knows no outcome, no clock and no generator; random bits are an argument.

pub(crate) mod backoff;
pub(crate) mod builder;
#[cfg(feature = "serde")]
pub(crate) mod configuration;
mod forecast;
pub(crate) mod jitter;
mod quick;
pub(crate) mod strategy;
mod words;

use crate::policy::builder::PolicyBuilder;
use crate::policy::quick::{Quick, Window};
use crate::policy::strategy::{Curve, Jitter, Strategy};
use crate::time::rng;
use core::num::NonZeroU32;
use core::time::Duration;

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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Policy {
    pub(crate) curve: Curve,
    pub(crate) jitter: Option<Jitter>,
    pub(crate) base: Duration,
    pub(crate) cap: Option<Duration>,
    pub(crate) factor: f64,
    pub(crate) increment: Option<Duration>,
    /// `None` is unlimited.
    pub(crate) max: Option<NonZeroU32>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) max_hint: Duration,
    /// Follows from the others; `None` where the delays need the long way.
    pub(crate) quick: Option<Quick>,
}

pub(crate) const DEFAULT_MAX: NonZeroU32 = NonZeroU32::MIN.saturating_add(2);
const DEFAULT_CAP: Duration = Duration::from_secs(10);

impl Policy {
    pub(crate) const DEFAULT: Self = Self {
        curve: Curve::Exponential,
        jitter: Some(Jitter::Full),
        base: Duration::from_millis(100),
        cap: None,
        factor: 2.0,
        increment: None,
        max: Some(DEFAULT_MAX),
        deadline: None,
        max_hint: Duration::from_secs(60),
        quick: Quick::doubling(100_000_000, DEFAULT_CAP.as_nanos(), Window::Full, DEFAULT_MAX),
    };

    /// The same with its quick way, where there is one.
    pub(crate) const fn quickened(mut self) -> Self {
        let (window, max) = match (self.jitter, self.max, self.deadline) {
            (None, Some(max), None) => (Window::Nominal, max),
            (Some(Jitter::Full), Some(max), None) => (Window::Full, max),
            (Some(Jitter::Equal), Some(max), None) => (Window::Equal, max),
            _ => {
                self.quick = None;
                return self;
            }
        };
        self.quick = match self.curve {
            Curve::Immediate => Quick::doubling(0, 0, window, max),
            Curve::Constant => {
                let delay = if self.base.as_nanos() < self.cap().as_nanos() { self.base } else { self.cap() };
                Quick::doubling(delay.as_nanos(), delay.as_nanos(), window, max)
            }
            #[expect(clippy::float_cmp, reason = "just 2 is doubling")]
            Curve::Exponential if self.factor == 2.0 => {
                Quick::doubling(self.base.as_nanos(), self.cap().as_nanos(), window, max)
            }
            _ => None,
        };
        self
    }

    /// Starts a builder with the defaults.
    pub const fn builder() -> PolicyBuilder {
        PolicyBuilder::new()
    }

    /// The strategy. A curve that got a jitter by `jitter` has the curve's name, except that exponential with full or equal
    /// jitter is what it is: [`Strategy::FullJitter`] and [`Strategy::EqualJitter`].
    pub const fn strategy(&self) -> Strategy {
        match (self.curve, self.jitter) {
            (Curve::Exponential, Some(Jitter::Full)) => Strategy::FullJitter,
            (Curve::Exponential, Some(Jitter::Equal)) => Strategy::EqualJitter,
            (Curve::Exponential, _) => Strategy::Exponential,
            (Curve::Immediate, _) => Strategy::Immediate,
            (Curve::Constant, _) => Strategy::Constant,
            (Curve::Linear, _) => Strategy::Linear,
            (Curve::Fibonacci, _) => Strategy::Fibonacci,
            (Curve::Decorrelated, _) => Strategy::DecorrelatedJitter,
            (Curve::Smooth, _) => Strategy::DecorrelatedJitterV2,
            (Curve::Steps(steps), _) => Strategy::Steps(steps),
        }
    }

    /// The jitter, where the strategy is not random by itself.
    pub const fn jitter(&self) -> Option<Jitter> {
        self.jitter
    }

    /// The first nominal delay.
    pub const fn base(&self) -> Duration {
        self.base
    }

    /// The longest delay that is chosen here; a server's hint may be longer. `Duration::MAX` for the strategies without a cap.
    pub const fn cap(&self) -> Duration {
        match (self.curve, self.cap) {
            (_, Some(cap)) => cap,
            (Curve::Immediate | Curve::Constant | Curve::Steps(_), None) => Duration::MAX,
            (_, None) if self.base.as_nanos() > DEFAULT_CAP.as_nanos() => self.base,
            (_, None) => DEFAULT_CAP,
        }
    }

    /// The growth from one nominal delay to the next, for exponential strategies.
    pub const fn factor(&self) -> f64 {
        self.factor
    }

    /// What a linear strategy adds for each retry.
    pub const fn increment(&self) -> Duration {
        match self.increment {
            Some(increment) => increment,
            None => self.base,
        }
    }

    /// The number of attempts in all; `None` is unlimited.
    pub const fn max(&self) -> Option<NonZeroU32> {
        self.max
    }

    /// How long after the call began attempts may begin.
    pub const fn deadline(&self) -> Option<Duration> {
        self.deadline
    }

    /// The longest server hint that is obeyed.
    pub const fn max_hint(&self) -> Duration {
        self.max_hint
    }

    /// Answers the nominal delay before a retry (1, 2, ...): before jitter, at most the cap.
    ///
    /// For the decorrelated strategies, which have none, it is the shortest delay that can come first: `base` and zero.
    pub fn nominal(&self, retry: u32) -> Duration {
        backoff::duration(self.nominal_nanos(retry))
    }

    /// Answers the longest delay that can be chosen before a retry (1, 2, ...).
    pub fn longest(&self, retry: u32) -> Duration {
        let (base, cap) = (self.base.as_nanos(), self.cap().as_nanos());
        let nanos = match self.curve {
            Curve::Decorrelated => backoff::exponential(base, 3.0, cap, retry.saturating_add(1)),
            Curve::Smooth if self.is_smooth_over(retry) => cap,
            Curve::Smooth => {
                backoff::float::to_nanos(backoff::float::from_nanos(base) * backoff::smooth(f64::from(retry))).min(cap)
            }
            _ => {
                let nominal = self.nominal_nanos(retry);
                self.jitter.map_or(nominal, |jitter| jitter.longest(nominal, cap))
            }
        };
        backoff::duration(nanos)
    }

    /// Answers the shortest delay that can be chosen before a retry (1, 2, ...).
    pub fn shortest(&self, retry: u32) -> Duration {
        let (base, cap) = (self.base.as_nanos(), self.cap().as_nanos());
        let nanos = match self.curve {
            Curve::Decorrelated => base.min(cap),
            Curve::Smooth if self.is_smooth_over(retry) => cap / 2,
            Curve::Smooth => 0,
            _ => {
                let nominal = self.nominal_nanos(retry);
                self.jitter.map_or(nominal, |jitter| jitter.shortest(nominal, cap))
            }
        };
        backoff::duration(nanos)
    }

    /// The same for the first retry, in nanoseconds and at compile time.
    pub(crate) const fn shortest_first(&self) -> u128 {
        let (base, cap) = (self.base.as_nanos(), self.cap().as_nanos());
        let nominal = match self.curve {
            Curve::Steps([first, ..]) => first.as_nanos(),
            Curve::Smooth => {
                let top = backoff::float::from_nanos(base) * backoff::SMOOTH_FIRST;
                return if backoff::float::to_nanos(top) > cap { cap / 2 } else { 0 };
            }
            Curve::Immediate | Curve::Steps([]) => 0,
            _ if base < cap => base,
            _ => cap,
        };
        match self.jitter {
            Some(jitter) => jitter.shortest(nominal, cap),
            None => nominal,
        }
    }

    /// Draws the delays before retry 1, 2, ... of one call in which no server hint comes, as many as there may be retries.
    ///
    /// The iterator is endless where attempts are unlimited; it does not look at the deadline.
    pub fn delays(&self) -> Delays {
        Delays { policy: *self, retry: 0, memory: Memory::default() }
    }

    /// Whether delays depend on chance at all.
    pub(crate) fn is_random(&self) -> bool {
        self.jitter.is_some() || matches!(self.curve, Curve::Decorrelated | Curve::Smooth)
    }

    /// Draws the delay before a retry. `memory` is what the strategy remembers from one retry of a call to the next.
    pub(crate) fn delay(&self, retry: u32, memory: &mut Memory, random: u64) -> Duration {
        let (base, cap) = (self.base.as_nanos(), self.cap().as_nanos());
        let nanos = match self.curve {
            Curve::Decorrelated => {
                let previous = if retry <= 1 { base } else { memory.previous().as_nanos() };
                let delay = jitter::between(base, previous.saturating_mul(3).max(base), random).min(cap);
                memory.set_previous(backoff::duration(delay));
                delay
            }
            Curve::Smooth if self.is_smooth_over(retry) => jitter::between(cap / 2, cap, random),
            Curve::Smooth => {
                let before = if retry <= 1 { 0.0 } else { memory.time() };
                let time = f64::from(retry.saturating_sub(1)) + jitter::unit(random);
                memory.set_time(time);
                let rise = backoff::smooth(time) - backoff::smooth(before);
                backoff::float::to_nanos(backoff::float::from_nanos(base) * rise).min(cap)
            }
            _ => self.spread(self.nominal_nanos(retry), cap, random),
        };
        backoff::duration(nanos)
    }

    /// Joins this policy's jitter to a nominal delay.
    pub(crate) fn spread(&self, nominal: u128, cap: u128, random: u64) -> u128 {
        match self.jitter {
            Some(jitter) => jitter.apply(nominal, cap, random),
            None => nominal,
        }
    }

    fn nominal_nanos(&self, retry: u32) -> u128 {
        let (base, cap) = (self.base.as_nanos(), self.cap().as_nanos());
        match self.curve {
            Curve::Immediate | Curve::Smooth => 0,
            Curve::Constant | Curve::Decorrelated => base.min(cap),
            Curve::Linear => backoff::linear(base, self.increment().as_nanos(), cap, retry),
            Curve::Exponential => backoff::exponential(base, self.factor, cap, retry),
            Curve::Fibonacci => backoff::fibonacci(base, cap, retry),
            Curve::Steps(steps) => backoff::step(steps, retry).as_nanos().min(cap),
        }
    }

    /// Whether the smooth curve has left the room below the cap: `base * f(retry)` passes it.
    fn is_smooth_over(&self, retry: u32) -> bool {
        let top = backoff::float::from_nanos(self.base.as_nanos()) * backoff::smooth(f64::from(retry));
        backoff::float::to_nanos(top) > self.cap().as_nanos()
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What a strategy remembers from one retry of a call to the next, in 64 bits: decorrelated jitter and custom strategies their
/// last delay in nanoseconds (at most 584 years), the smooth curve its last t.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Memory(u64);

impl Memory {
    pub(crate) const fn new() -> Self {
        Self(0)
    }

    pub(crate) fn previous(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    pub(crate) fn set_previous(&mut self, delay: Duration) {
        self.0 = saturating_nanos(delay);
    }

    fn time(self) -> f64 {
        f64::from_bits(self.0)
    }

    fn set_time(&mut self, time: f64) {
        self.0 = time.to_bits();
    }
}

/// Answers a duration in nanoseconds, at most `u64::MAX` of them (584 years).
pub(crate) fn saturating_nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// The delays of one call, from [`Policy::delays`].
#[derive(Clone, Debug)]
pub struct Delays {
    policy: Policy,
    retry: u32,
    memory: Memory,
}

impl Iterator for Delays {
    type Item = Duration;

    #[inline]
    fn next(&mut self) -> Option<Duration> {
        let retry = self.retry.checked_add(1)?;
        if let Some(quick) = &self.policy.quick {
            let nanos = quick.delay(retry, rng::draw)?;
            self.retry = retry;
            return Some(Duration::from_nanos(nanos));
        }
        if self.policy.max.is_some_and(|max| retry >= max.get()) {
            return None;
        }
        self.retry = retry;
        Some(self.policy.delay(retry, &mut self.memory, rng::draw()))
    }
}
