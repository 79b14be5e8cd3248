//! What follows from a policy before any call is made: how long it can wait, how many attempts its deadline leaves room for,
//! whether its cap is ever met.
//!
//! Bounds, not simulations: from the shortest and the longest delays, and with attempts that take no time.

use crate::policy::Policy;
use core::time::Duration;

/// As many delays are added up one by one. What comes after is bounded by the longest of them, since delays never shrink.
const MOST: u32 = 10_000;

impl Policy {
    /// The longest time that a call can spend between its attempts, server hints left out; `Duration::MAX` at most.
    ///
    /// With a deadline it is at most that. After ten thousand delays that still grow it is an upper bound, not the exact sum.
    ///
    /// # Examples
    ///
    /// ```
    /// use retry_runtime::{Policy, Strategy};
    /// use std::time::Duration;
    ///
    /// let policy = Policy::builder().strategy(Strategy::Exponential).max(5).build()?;
    /// assert_eq!(policy.longest_wait(), Duration::from_millis(100 + 200 + 400 + 800));
    /// # Ok::<(), retry_runtime::PolicyError>(())
    /// ```
    pub fn longest_wait(&self) -> Duration {
        let limit = self.deadline().unwrap_or(Duration::MAX);
        let retries = self.max().map_or(u32::MAX, |max| max.get().saturating_sub(1));
        let mut total = Duration::ZERO;
        for retry in 1..=retries.min(MOST) {
            total = total.saturating_add(self.longest(retry));
            if total >= limit {
                return limit;
            }
        }
        let rest = retries.saturating_sub(MOST);
        total.saturating_add(self.longest(retries.max(1)).saturating_mul(rest)).min(limit)
    }

    /// The number of attempts that can begin before the deadline, if attempts take no time and every delay is as short as can be.
    ///
    /// `None` without a deadline, and where the deadline is no limit: where delays may be zero, or beyond ten thousand attempts.
    /// It may be more than [`max`](Self::max) allows.
    pub fn attempts_in_time(&self) -> Option<u32> {
        let deadline = self.deadline()?;
        let mut began = Duration::ZERO;
        for retry in 1..=MOST {
            began = began.saturating_add(self.shortest(retry));
            if began >= deadline {
                return Some(retry);
            }
        }
        None
    }

    /// Whether some delay is as long as the cap: one before the last attempt that is allowed, and before the deadline.
    ///
    /// Strategies without a cap never reach it.
    pub fn reaches_cap(&self) -> bool {
        let last = self.max().map_or(u32::MAX, |max| max.get().saturating_sub(1));
        let last = self.attempts_in_time().map_or(last, |attempts| last.min(attempts.saturating_sub(1)));
        last > 0 && self.cap() < Duration::MAX && self.longest(last) >= self.cap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::strategy::{Jitter, Strategy};

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    fn constant() -> crate::policy::builder::PolicyBuilder {
        Policy::builder().strategy(Strategy::Constant).base(secs(1))
    }

    #[test]
    fn the_longest_wait_adds_up_the_longest_delays() {
        let policy = constant().jitter(Jitter::Ratio(0.5)).max(3).build().expect("a policy");
        assert_eq!(policy.longest_wait(), secs(3));
        assert_eq!(constant().max(1).build().expect("a policy").longest_wait(), Duration::ZERO);
        assert_eq!(constant().max(u32::MAX).build().expect("a policy").longest_wait(), secs(u64::from(u32::MAX) - 1));
        let unlimited = constant().unlimited().deadline(secs(7)).build().expect("a policy");
        assert_eq!(unlimited.longest_wait(), secs(7));
    }

    #[test]
    fn the_deadline_leaves_room_for_so_many_attempts() {
        let policy = |deadline| constant().max(100).deadline(deadline).build().expect("a policy");
        // Attempts begin at 0, 1 and 2 s.
        assert_eq!(policy(secs(3)).attempts_in_time(), Some(3));
        assert_eq!(policy(Duration::from_millis(3_001)).attempts_in_time(), Some(4));
        assert_eq!(constant().build().expect("a policy").attempts_in_time(), None);
        let full = Policy::builder().deadline(secs(3)).build().expect("a policy");
        assert_eq!(full.attempts_in_time(), None);
    }

    #[test]
    fn a_cap_is_reached_or_not() {
        let doubling = |max| Policy::builder().strategy(Strategy::Exponential).base(secs(1)).cap(secs(4)).max(max);
        assert!(!doubling(3).build().expect("a policy").reaches_cap());
        assert!(doubling(4).build().expect("a policy").reaches_cap());
        assert!(!doubling(9).deadline(secs(3)).build().expect("a policy").reaches_cap());
        assert!(!constant().max(9).build().expect("a policy").reaches_cap());
    }
}
