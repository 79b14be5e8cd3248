//! The delay before each retry: what a policy's settings make of the formulas.
//!
//! The random number is an argument, and so is what the strategy remembers from one retry of a call to the next.

use crate::settings::Settings;
use crate::strategy::{Jitter, Kind};
use crate::{backoff, jitter, nanos};

/// What a strategy remembers from one retry of a call to the next, in 64 bits.
///
/// Decorrelated jitter and strategies of the user's own remember their last delay in nanoseconds, the smooth curve how far it has
/// risen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory(u64);

impl Memory {
    /// Nothing to remember yet.
    pub const fn new() -> Self {
        Self(0)
    }

    /// The last delay, in nanoseconds.
    pub const fn previous(self) -> u64 {
        self.0
    }

    /// Remembers a delay.
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
    /// `random` gives 64 random bits. It is called once where delays are random, and else not at all. A strategy of the user's own
    /// counts as no delay here.
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

    /// Returns the nominal delay before a retry (1, 2, ...): before jitter, at most the cap.
    ///
    /// For the decorrelated strategies, which have none, it is the shortest delay that can come first: `base` and zero.
    pub fn nominal(&self, retry: u32) -> u64 {
        self.nominal_and_cap(self.kind(), retry).0
    }

    /// Returns the nominal delay and the cap. Each strategy looks only at what it uses.
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

    /// Returns the same for the first retry, at compile time.
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

/// Picks a delay between the lowest one and three times the one before, which starts at the lowest, and cuts it at the cap.
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
