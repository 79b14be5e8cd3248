//! Strategies by name: each is a pair of a curve (the nominal delay) and a jitter.
//!
//! It maps names to rules and knows no defaults, no limits and no state of a call.

use crate::policy::{backoff, jitter};
use core::time::Duration;

/// A strategy by name: how long to wait before each retry.
///
/// With n the number of the retry (1, 2, ...) and `e(n) = min(cap, base * factor^(n-1))`. No delay passes the cap.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Strategy {
    /// No delay at all.
    Immediate,
    /// `base`, each time.
    Constant,
    /// `min(cap, base + (n-1) * increment)`.
    Linear,
    /// `e(n)`.
    Exponential,
    /// `min(cap, base * F(n))` with the Fibonacci numbers F = 1, 1, 2, 3, 5, ...
    Fibonacci,
    /// `U(0, e(n))`, evenly spread: the default. From Brooker, "Exponential Backoff And Jitter", 2015.
    FullJitter,
    /// `e(n)/2 + U(0, e(n)/2)`. From the same.
    EqualJitter,
    /// `min(cap, U(base, 3 * previous))`, where the previous delay starts at `base`. From the same.
    ///
    /// It clamps after the draw, as published, and so piles up at the cap; `FullJitter` does not.
    DecorrelatedJitter,
    /// `base * (f(t) - f(t'))` with `f(t) = 2^t * tanh(sqrt(4t)) / 1.4`, `t = (n-1) + U(0, 1)` and t' the t of the retry before.
    ///
    /// From where `base * f(n)` passes the cap it is `U(cap/2, cap)`. From Polly, `DecorrelatedJitterBackoffV2`.
    DecorrelatedJitterV2,
    /// The n-th entry, the last one from then on; no delay where there is no entry.
    Steps(&'static [Duration]),
}

impl Strategy {
    /// The name as the attribute writes it; `steps` for a list.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Constant => "constant",
            Self::Linear => "linear",
            Self::Exponential => "exponential",
            Self::Fibonacci => "fibonacci",
            Self::FullJitter => "full_jitter",
            Self::EqualJitter => "equal_jitter",
            Self::DecorrelatedJitter => "decorrelated_jitter",
            Self::DecorrelatedJitterV2 => "decorrelated_jitter_v2",
            Self::Steps(_) => "steps",
        }
    }

    pub(crate) const fn curve(&self) -> Curve {
        match self {
            Self::Immediate => Curve::Immediate,
            Self::Constant => Curve::Constant,
            Self::Linear => Curve::Linear,
            Self::Exponential | Self::FullJitter | Self::EqualJitter => Curve::Exponential,
            Self::Fibonacci => Curve::Fibonacci,
            Self::DecorrelatedJitter => Curve::Decorrelated,
            Self::DecorrelatedJitterV2 => Curve::Smooth,
            Self::Steps(steps) => Curve::Steps(steps),
        }
    }

    pub(crate) const fn own_jitter(&self) -> Option<Jitter> {
        match self {
            Self::FullJitter => Some(Jitter::Full),
            Self::EqualJitter => Some(Jitter::Equal),
            _ => None,
        }
    }

    /// Whether the strategy is spread out already, so that `jitter` beside it makes no sense.
    pub(crate) const fn is_random(&self) -> bool {
        matches!(self, Self::FullJitter | Self::EqualJitter | Self::DecorrelatedJitter | Self::DecorrelatedJitterV2)
    }

    pub(crate) const fn takes(&self, setting: Setting) -> bool {
        match setting {
            Setting::Base => !matches!(self, Self::Immediate | Self::Steps(_)),
            Setting::Cap => !matches!(self, Self::Immediate | Self::Constant | Self::Steps(_)),
            Setting::Factor => matches!(self, Self::Exponential | Self::FullJitter | Self::EqualJitter),
            Setting::Increment => matches!(self, Self::Linear),
        }
    }
}

/// The settings that only some strategies take.
#[derive(Clone, Copy)]
pub(crate) enum Setting {
    Base,
    Cap,
    Factor,
    Increment,
}

impl Setting {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Cap => "cap",
            Self::Factor => "factor",
            Self::Increment => "increment",
        }
    }
}

/// How a nominal delay is spread; joins any strategy that has no jitter of its own.
///
/// No delay passes the cap, and delays at the cap are spread like all others: the window is moved down below it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Jitter {
    /// Anything in `[0, nominal]`.
    Full,
    /// Anything in `[nominal / 2, nominal]`.
    Equal,
    /// The nominal delay times something in `[1 - ratio, 1 + ratio]`; the ratio is in `[0, 1]`.
    Ratio(f64),
    /// The nominal delay plus something in `[0, this]`.
    Spread(Duration),
}

impl Jitter {
    pub(crate) fn apply(self, nominal: u128, cap: u128, random: u64) -> u128 {
        match self {
            Self::Full => jitter::full(nominal, random),
            Self::Equal => jitter::equal(nominal, random),
            Self::Ratio(ratio) => jitter::around(nominal, part(nominal, ratio), cap, random),
            Self::Spread(width) => jitter::above(nominal, width.as_nanos(), cap, random),
        }
    }

    /// The shortest delay that can come of a nominal one.
    pub(crate) const fn shortest(self, nominal: u128, cap: u128) -> u128 {
        let (low, high) = match self {
            Self::Full => return 0,
            Self::Equal => return nominal / 2,
            Self::Ratio(ratio) => {
                let half = part(nominal, ratio);
                (nominal.saturating_sub(half), nominal.saturating_add(half))
            }
            Self::Spread(width) => (nominal, nominal.saturating_add(width.as_nanos())),
        };
        low.saturating_sub(high.saturating_sub(cap))
    }

    /// The longest delay that can come of a nominal one.
    pub(crate) fn longest(self, nominal: u128, cap: u128) -> u128 {
        match self {
            Self::Full | Self::Equal => nominal,
            Self::Ratio(ratio) => nominal.saturating_add(part(nominal, ratio)).min(cap),
            Self::Spread(width) => nominal.saturating_add(width.as_nanos()).min(cap),
        }
    }
}

const fn part(nominal: u128, ratio: f64) -> u128 {
    let part = backoff::float::to_nanos(backoff::float::from_nanos(nominal) * ratio);
    if part < nominal { part } else { nominal }
}

/// The rule of a strategy without its jitter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Curve {
    Immediate,
    Constant,
    Linear,
    Exponential,
    Fibonacci,
    Decorrelated,
    Smooth,
    Steps(&'static [Duration]),
}
