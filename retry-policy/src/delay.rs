//! The delay before each retry: applies the formulas to a policy's settings.
//!
//! Pure: the random number and the strategy's state are arguments.

use crate::settings::Settings;
use crate::strategy::{Jitter, Kind};
use crate::{backoff, jitter, nanos};

/// The state of a strategy during one call, in 64 bits.
///
/// Decorrelated jitter and custom strategies keep their last delay in nanoseconds. The smooth curve keeps its last value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory(u64);

impl Memory {
    /// Returns the state before the first retry.
    pub const fn new() -> Self {
        Self(0)
    }

    /// Returns the last delay, in nanoseconds.
    pub const fn previous(self) -> u64 {
        self.0
    }

    /// Stores a delay.
    pub const fn set_previous(&mut self, nanos: u64) {
        self.0 = nanos;
    }

    const fn risen(self) -> f64 {
        f64::from_bits(self.0)
    }

    const fn set_risen(&mut self, risen: f64) {
        self.0 = risen.to_bits();
    }
}

impl Settings<'_> {
    /// Draws the delay before a retry (1, 2, ...), in nanoseconds.
    ///
    /// `random` returns 64 random bits. It is called once if the delay is random, and else not at all. For a custom strategy the
    /// result is zero.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "of no delay nothing is left, also where the compiler takes a failure for rare"
    )]
    pub fn delay(&self, retry: u32, memory: &mut Memory, random: impl FnOnce() -> u64) -> u64 {
        match self.kind() {
            Kind::Immediate if self.jitter.is_none() => 0,
            kind => self.drawn(kind, retry, memory, random),
        }
    }

    fn drawn(&self, kind: Kind, retry: u32, memory: &mut Memory, random: impl FnOnce() -> u64) -> u64 {
        let (nominal, cap) = self.nominal_and_cap(kind, retry);
        match (self.jitter, kind) {
            (Some(jitter), _) => jitter::spread(jitter, nominal, cap, random()),
            (None, Kind::FullJitter) => jitter::spread(Jitter::Full, nominal, cap, random()),
            (None, Kind::EqualJitter) => jitter::spread(Jitter::Equal, nominal, cap, random()),
            (None, Kind::DecorrelatedJitter) => decorrelated(nominal, cap, retry, memory, random()),
            (None, Kind::DecorrelatedJitterV2) => self.smooth(retry, cap, memory, random()),
            (None, _) => nominal,
        }
    }

    /// Returns the nominal delay before a retry (1, 2, ...), which is the delay before jitter. It is at most the cap.
    ///
    /// The decorrelated strategies have no nominal delay. For them it is the shortest delay of the first retry: `base` or zero.
    pub fn nominal(&self, retry: u32) -> u64 {
        self.nominal_and_cap(self.kind(), retry).0
    }

    /// Returns the nominal delay and the cap. Each strategy reads only the settings that it uses.
    #[inline]
    fn nominal_and_cap(&self, kind: Kind, retry: u32) -> (u64, u64) {
        let base = self.base();
        match kind {
            Kind::Immediate => (0, self.cap_of(Kind::Immediate)),
            Kind::Custom => (0, u64::MAX),
            Kind::DecorrelatedJitterV2 => (0, self.cap_of(Kind::DecorrelatedJitterV2)),
            Kind::Constant => {
                let cap = self.cap_of(Kind::Constant);
                (base.min(cap), cap)
            }
            Kind::DecorrelatedJitter => {
                let cap = self.cap_of(Kind::DecorrelatedJitter);
                (base.min(cap), cap)
            }
            Kind::Linear => {
                let cap = self.cap_of(Kind::Linear);
                (backoff::linear(base, self.increment(), cap, retry), cap)
            }
            Kind::Exponential | Kind::FullJitter | Kind::EqualJitter => {
                let cap = self.cap_of(Kind::Exponential);
                let nominal = match self.factor {
                    None => backoff::doubling(base, cap, retry),
                    Some(factor) => backoff::exponential(base, factor, cap, retry),
                };
                (nominal, cap)
            }
            Kind::Fibonacci => {
                let cap = self.cap_of(Kind::Fibonacci);
                (backoff::fibonacci(base, cap, retry), cap)
            }
            Kind::Steps => {
                let cap = self.cap_of(Kind::Steps);
                (nanos::from_duration(backoff::step(self.steps, retry)).min(cap), cap)
            }
        }
    }

    /// Returns the longest delay that can be chosen before a retry (1, 2, ...).
    pub fn longest(&self, retry: u32) -> u64 {
        let cap = self.cap();
        match self.kind() {
            Kind::DecorrelatedJitter => backoff::exponential(self.base(), 3.0, cap, retry.saturating_add(1)),
            Kind::DecorrelatedJitterV2 if backoff::is_smooth_over(self.base(), cap, retry) => cap,
            Kind::DecorrelatedJitterV2 => nanos::scaled(self.base(), backoff::smooth(f64::from(retry))).min(cap),
            _ => {
                let nominal = self.nominal(retry);
                self.jitter().map_or(nominal, |jitter| jitter::window(jitter, nominal, cap).1)
            }
        }
    }

    /// Returns the shortest delay that can be chosen before a retry (1, 2, ...).
    pub fn shortest(&self, retry: u32) -> u64 {
        let cap = self.cap();
        match self.kind() {
            Kind::DecorrelatedJitter => self.base().min(cap),
            Kind::DecorrelatedJitterV2 if backoff::is_smooth_over(self.base(), cap, retry) => cap / 2,
            Kind::DecorrelatedJitterV2 => 0,
            _ => {
                let nominal = self.nominal(retry);
                self.jitter().map_or(nominal, |jitter| jitter::window(jitter, nominal, cap).0)
            }
        }
    }

    /// Returns the shortest delay that can be chosen before the first retry, at compile time.
    pub const fn shortest_first(&self) -> u64 {
        let (base, cap) = (self.base(), self.cap());
        let nominal = match self.kind() {
            Kind::Steps => match self.steps {
                [first, ..] => nanos::from_duration(*first),
                [] => 0,
            },
            Kind::DecorrelatedJitter => return nanos::min(base, cap),
            Kind::DecorrelatedJitterV2 => return if backoff::is_smooth_over_first(base, cap) { cap / 2 } else { 0 },
            Kind::Immediate | Kind::Custom => 0,
            _ => base,
        };
        let nominal = nanos::min(nominal, cap);
        match self.jitter() {
            Some(jitter) => jitter::window(jitter, nominal, cap).0,
            None => nominal,
        }
    }

    #[inline]
    fn smooth(&self, retry: u32, cap: u64, memory: &mut Memory, random: u64) -> u64 {
        let base = self.base();
        if backoff::is_smooth_over(base, cap, retry) {
            return jitter::between(cap / 2, cap, random);
        }
        let before = if retry <= 1 { 0.0 } else { memory.risen() };
        let risen = backoff::smooth(f64::from(retry.saturating_sub(1)) + jitter::unit(random));
        memory.set_risen(risen);
        nanos::scaled(base, risen - before).min(cap)
    }
}

/// Picks a delay between `low` and three times the previous delay, which starts at `low`. Cuts it at the cap.
#[inline]
fn decorrelated(low: u64, cap: u64, retry: u32, memory: &mut Memory, random: u64) -> u64 {
    let previous = if retry <= 1 { low } else { memory.previous() };
    let delay = jitter::between(low, previous.saturating_mul(3), random).min(cap);
    memory.set_previous(delay);
    delay
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]
mod tests;
