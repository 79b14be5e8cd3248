//! The delays of one call as an iterator.
//!
//! It draws from the generator of the thread. It knows neither outcomes nor the clock.

use crate::policy::Policy;
use crate::time::rng;
use core::time::Duration;
use reattempt_policy::Memory;

/// The delays of one call, from [`Policy::delays`].
#[derive(Clone, Debug)]
pub struct Delays {
    policy: Policy,
    /// The number of the last retry.
    last: u32,
    retry: u32,
    memory: Memory,
}

impl Policy {
    /// Returns an iterator that draws the delays before retry 1, 2, ... of one call without server hints. It has one delay for each possible retry.
    ///
    /// The iterator is endless if attempts are unlimited. It ignores the deadline.
    pub fn delays(&self) -> Delays {
        let last = self.settings().max().map_or(u32::MAX, |max| max.saturating_sub(1));
        Delays { policy: *self, last, retry: 0, memory: Memory::default() }
    }
}

impl Iterator for Delays {
    type Item = Duration;

    #[inline]
    fn next(&mut self) -> Option<Duration> {
        if self.retry >= self.last {
            return None;
        }
        self.retry = self.retry.saturating_add(1);
        Some(Duration::from_nanos(self.policy.settings().delay(self.retry, &mut self.memory, rng::draw)))
    }
}
