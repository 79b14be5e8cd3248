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
    /// The number of the last retry, or [`NO_END`].
    last: u32,
    retry: u32,
    memory: Memory,
}

/// The number of the last retry, if attempts are unlimited. Past the last number that there is, delays no longer grow.
const NO_END: u32 = u32::MAX;

impl Policy {
    /// Returns an iterator that draws the delays before retry 1, 2, ... of one call without server hints. It has one delay for each possible retry.
    ///
    /// The iterator is endless if attempts are unlimited. It ignores the deadline.
    pub fn delays(&self) -> Delays {
        let last = self.settings().max().map_or(NO_END, |max| max.saturating_sub(1));
        Delays { policy: *self, last, retry: 0, memory: Memory::default() }
    }
}

impl Iterator for Delays {
    type Item = Duration;

    #[inline]
    fn next(&mut self) -> Option<Duration> {
        if self.retry < self.last {
            self.retry = self.retry.saturating_add(1);
        } else if self.last != NO_END {
            return None;
        }
        Some(Duration::from_nanos(self.policy.settings().delay(self.retry, &mut self.memory, rng::draw)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::builder::PolicyBuilder;
    use reattempt_policy::Strategy;

    /// Returns the delays after all retries but two of those that have a number.
    fn late(builder: PolicyBuilder) -> Delays {
        let policy = builder.build().expect("a good policy");
        Delays { retry: u32::MAX.saturating_sub(2), ..policy.delays() }
    }

    #[test]
    fn the_delays_of_unlimited_attempts_have_no_end() {
        for strategy in [Strategy::Exponential, Strategy::Linear, Strategy::FullJitter, Strategy::DecorrelatedJitterV2]
        {
            let deadline = Duration::from_secs(60);
            let endless = Policy::builder().strategy(strategy).unlimited().deadline(deadline);
            assert_eq!(late(endless).take(1_000).count(), 1_000, "{strategy:?}");
            assert_eq!(late(Policy::builder().strategy(strategy).max(u32::MAX)).count(), 1, "{strategy:?}");
        }
        let policy = Policy::builder().strategy(Strategy::Exponential).unlimited().deadline(Duration::from_secs(60));
        assert!(late(policy).take(9).all(|delay| delay == Duration::from_secs(10)));
    }
}
