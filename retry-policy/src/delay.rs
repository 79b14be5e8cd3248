//! The delay before each retry: what a policy's settings make of the formulas.
//!
//! The random number is an argument, and so is what the strategy remembers from one retry of a call to the next.

use crate::settings::Settings;
use crate::strategy::Kind;
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
    /// counts as no delay here: [`spread`](Self::spread) adds the jitter to what it chooses.
    #[inline]
    pub fn delay(&self, retry: u32, memory: &mut Memory, random: impl FnOnce() -> u64) -> u64 {
        match self.kind() {
            Kind::DecorrelatedJitter => self.decorrelated(retry, memory, random()),
            Kind::DecorrelatedJitterV2 => self.smooth(retry, memory, random()),
            _ => self.spread(self.nominal(retry), random),
        }
    }

    /// Adds the jitter to a nominal delay that is at most the cap.
    #[inline]
    pub fn spread(&self, nominal: u64, random: impl FnOnce() -> u64) -> u64 {
        match self.jitter() {
            Some(jitter) => jitter::spread(jitter, nominal, self.cap(), random()),
            None => nominal,
        }
    }

    /// Returns the nominal delay before a retry (1, 2, ...): before jitter, at most the cap.
    ///
    /// For the decorrelated strategies, which have none, it is the shortest delay that can come first: `base` and zero.
    #[inline]
    pub fn nominal(&self, retry: u32) -> u64 {
        let cap = self.cap();
        match self.kind() {
            Kind::Immediate | Kind::DecorrelatedJitterV2 | Kind::Custom => 0,
            Kind::Constant | Kind::DecorrelatedJitter => self.base().min(cap),
            Kind::Linear => backoff::linear(self.base(), self.increment(), cap, retry),
            Kind::Exponential | Kind::FullJitter | Kind::EqualJitter => match self.factor {
                None => backoff::doubling(self.base(), cap, retry),
                Some(factor) => backoff::exponential(self.base(), factor, cap, retry),
            },
            Kind::Fibonacci => backoff::fibonacci(self.base(), cap, retry),
            Kind::Steps => nanos::from_duration(backoff::step(self.steps, retry)).min(cap),
        }
    }

    /// Returns the longest delay that can be chosen before a retry (1, 2, ...).
    pub fn longest(&self, retry: u32) -> u64 {
        let cap = self.cap();
        match self.kind() {
            Kind::DecorrelatedJitter => backoff::exponential(self.base(), 3.0, cap, retry.saturating_add(1)),
            Kind::DecorrelatedJitterV2 if self.is_smooth_over(retry) => cap,
            Kind::DecorrelatedJitterV2 => self.smooth_nanos(backoff::smooth(f64::from(retry))),
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
            Kind::DecorrelatedJitterV2 if self.is_smooth_over(retry) => cap / 2,
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
            Kind::DecorrelatedJitterV2 => return if is_over(base, backoff::SMOOTH_FIRST, cap) { cap / 2 } else { 0 },
            Kind::Immediate | Kind::Custom => 0,
            _ => base,
        };
        let nominal = nanos::min(nominal, cap);
        match self.jitter() {
            Some(jitter) => jitter::window(jitter, nominal, cap).0,
            None => nominal,
        }
    }

    fn decorrelated(&self, retry: u32, memory: &mut Memory, random: u64) -> u64 {
        let base = self.base();
        let previous = if retry <= 1 { base } else { memory.previous() };
        let delay = jitter::between(base, previous.saturating_mul(3), random).min(self.cap());
        memory.set_previous(delay);
        delay
    }

    fn smooth(&self, retry: u32, memory: &mut Memory, random: u64) -> u64 {
        if self.is_smooth_over(retry) {
            return jitter::between(self.cap() / 2, self.cap(), random);
        }
        let before = if retry <= 1 { 0.0 } else { memory.risen() };
        let risen = backoff::smooth(f64::from(retry.saturating_sub(1)) + jitter::unit(random));
        memory.set_risen(risen);
        self.smooth_nanos(risen - before)
    }

    fn smooth_nanos(&self, rise: f64) -> u64 {
        nanos::from_float(nanos::to_float(self.base()) * rise).min(self.cap())
    }

    /// Whether the smooth curve has left the room below the cap: `base * f(retry)` passes it.
    fn is_smooth_over(&self, retry: u32) -> bool {
        is_over(self.base(), backoff::smooth(f64::from(retry)), self.cap())
    }
}

/// Whether a multiple of the base passes the cap. What saturates does.
const fn is_over(base: u64, times: f64, cap: u64) -> bool {
    let top = nanos::from_float(nanos::to_float(base) * times);
    top > cap || top == u64::MAX
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]
mod tests;
