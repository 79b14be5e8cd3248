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
    retry: u32,
    memory: Memory,
}

impl Policy {
    /// Returns an iterator that draws the delays before retry 1, 2, ... of one call without server hints. It has one delay for each possible retry.
    ///
    /// The iterator is endless if attempts are unlimited. It ignores the deadline.
    pub fn delays(&self) -> Delays {
        Delays { policy: *self, retry: 0, memory: Memory::new() }
    }
}

impl Iterator for Delays {
    type Item = Duration;

    #[inline]
    fn next(&mut self) -> Option<Duration> {
        let retry = self.retry.checked_add(1)?;
        let settings = self.policy.settings();
        if settings.max().is_some_and(|max| retry >= max) {
            return None;
        }
        self.retry = retry;
        Some(Duration::from_nanos(settings.delay(retry, &mut self.memory, rng::draw)))
    }
}
