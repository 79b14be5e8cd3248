//! The delay before each retry: applies the formulas to a policy's settings.
//!
//! Pure: the random number and the strategy's state are arguments.

use crate::settings::Settings;
use crate::strategy::{Jitter, Kind};
use crate::{backoff, jitter, nanos};

/// The state of a strategy during one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The last delay, in nanoseconds, of decorrelated jitter and of custom strategies. The smooth curve keeps the bits of its last
    /// value.
    pub previous: u64,
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
        if let Kind::DecorrelatedJitter | Kind::DecorrelatedJitterV2 = kind {
            return self.decorrelated(kind, retry, memory, random());
        }
        let (cap, nominal) = self.cap_and_nominal(kind, retry);
        let (low, high) = match (self.jitter, kind) {
            (Some(jitter), _) => jitter::window(jitter, nominal, cap),
            (None, Kind::FullJitter) => jitter::window(Jitter::Full, nominal, cap),
            (None, Kind::EqualJitter) => jitter::window(Jitter::Equal, nominal, cap),
            (None, _) => return nominal,
        };
        jitter::between(low, high, random())
    }

    /// Returns the nominal delay before a retry (1, 2, ...), which is the delay before jitter. It is at most the cap.
    ///
    /// The decorrelated strategies have no nominal delay. For them it is the shortest delay of the first retry: `base` or zero.
    pub fn nominal(&self, retry: u32) -> u64 {
        self.cap_and_nominal(self.kind(), retry).1
    }

    /// Returns the cap and the nominal delay. Each strategy reads only the settings that it uses.
    #[inline]
    fn cap_and_nominal(&self, kind: Kind, retry: u32) -> (u64, u64) {
        let base = self.base();
        let (cap, nominal) = match kind {
            Kind::Custom => (u64::MAX, 0),
            Kind::Immediate => (self.cap_of(Kind::Immediate, base), 0),
            Kind::Constant => (self.cap_of(Kind::Constant, base), base),
            Kind::DecorrelatedJitter => (self.cap_of(Kind::DecorrelatedJitter, base), base),
            Kind::DecorrelatedJitterV2 => (self.cap_of(Kind::DecorrelatedJitterV2, base), 0),
            Kind::Linear => (self.cap_of(Kind::Linear, base), backoff::linear(base, self.increment(), retry)),
            Kind::Exponential | Kind::FullJitter | Kind::EqualJitter => (
                self.cap_of(Kind::Exponential, base),
                match self.factor {
                    None => backoff::doubled(base, retry.saturating_sub(1)),
                    Some(factor) => backoff::exponential(base, factor, retry),
                },
            ),
            Kind::Fibonacci => (self.cap_of(Kind::Fibonacci, base), backoff::fibonacci(base, retry)),
            Kind::Steps => (self.cap_of(Kind::Steps, base), nanos::from_duration(backoff::step(self.steps, retry))),
        };
        (cap, nominal.min(cap))
    }

    /// Returns the longest delay that can be chosen before a retry (1, 2, ...).
    pub fn longest(&self, retry: u32) -> u64 {
        self.window(retry).1
    }

    /// Returns the shortest delay that can be chosen before a retry (1, 2, ...).
    pub fn shortest(&self, retry: u32) -> u64 {
        self.window(retry).0
    }

    fn window(&self, retry: u32) -> (u64, u64) {
        let (base, cap) = (self.base(), self.cap());
        match self.kind() {
            Kind::DecorrelatedJitter => {
                (base.min(cap), backoff::exponential(base, 3.0, retry.saturating_add(1)).min(cap))
            }
            Kind::DecorrelatedJitterV2 if backoff::is_smooth_over(base, cap, retry) => (cap / 2, cap),
            Kind::DecorrelatedJitterV2 => (0, nanos::scaled(base, backoff::smooth(f64::from(retry))).min(cap)),
            _ => {
                let nominal = self.nominal(retry);
                self.jitter().map_or((nominal, nominal), |jitter| jitter::window(jitter, nominal, cap))
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

    /// Draws a delay from the previous one.
    #[inline]
    fn decorrelated(&self, kind: Kind, retry: u32, memory: &mut Memory, random: u64) -> u64 {
        let base = self.base();
        let cap = self.cap_of(Kind::DecorrelatedJitter, base);
        if kind == Kind::DecorrelatedJitter {
            // Between the base and three times the previous delay, which starts at the base. There is none yet where earlier retries had
            // delays of another origin.
            let low = base.min(cap);
            let previous = if retry <= 1 { low } else { memory.previous.max(low) };
            memory.previous = jitter::between(low, previous.saturating_mul(3), random).min(cap);
            return memory.previous;
        }
        if backoff::is_smooth_over(base, cap, retry) {
            return jitter::between(cap / 2, cap, random);
        }
        let before = if retry <= 1 { 0.0 } else { f64::from_bits(memory.previous) };
        let risen = backoff::smooth(f64::from(retry.saturating_sub(1)) + jitter::unit(random));
        memory.previous = risen.to_bits();
        nanos::scaled(base, risen - before).min(cap)
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]
mod tests;
