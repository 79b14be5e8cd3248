//! Forecasts from settings alone: how long a call can wait, how many attempts fit before its deadline, and whether a delay reaches
//! the cap.
//!
//! They are bounds, not simulations. They use the shortest and the longest delays, and attempts that take no time.

use crate::settings::Settings;

/// The number of delays that are added one by one. Later delays are bounded by the longest of them, since delays never shrink.
const MOST: u32 = 10_000;

impl Settings<'_> {
    /// Returns the longest time that a call can spend between its attempts, without server hints. It is at most the deadline, and
    /// `u64::MAX` for delays without end.
    ///
    /// If delays still grow after ten thousand retries, it is an upper bound and not the exact sum.
    pub fn longest_wait(&self) -> u64 {
        let limit = self.deadline().unwrap_or(u64::MAX);
        let retries = self.max().map_or(u32::MAX, |max| max.saturating_sub(1));
        let mut total = 0_u64;
        for retry in 1..=retries.min(MOST) {
            total = total.saturating_add(self.longest(retry));
            if total >= limit {
                return limit;
            }
        }
        let rest = if self.is_endless() { u64::MAX } else { retries.saturating_sub(MOST).into() };
        total.saturating_add(self.longest(retries.max(1)).saturating_mul(rest)).min(limit)
    }

    /// Returns the number of attempts that can begin before the deadline, if attempts take no time and every delay is as short as
    /// possible.
    ///
    /// Returns `None` without a deadline, if delays may be zero, or if more than ten thousand attempts fit. The number may be
    /// higher than `max`.
    pub fn attempts_in_time(&self) -> Option<u32> {
        let attempts = self.attempts_before_deadline()?;
        Some(attempts.saturating_add(self.final_attempt().into()))
    }

    /// Returns the same number without an attempt at the deadline.
    fn attempts_before_deadline(&self) -> Option<u32> {
        let deadline = self.deadline()?;
        let mut began = 0_u64;
        for retry in 1..=MOST {
            began = began.saturating_add(self.shortest(retry));
            if began >= deadline {
                return Some(retry);
            }
        }
        None
    }

    /// Returns whether some delay reaches the cap before the last attempt and before the deadline.
    ///
    /// Strategies without a cap never reach it.
    pub fn reaches_cap(&self) -> bool {
        let last = self.max().map_or(u32::MAX, |max| max.saturating_sub(1));
        let last = self.attempts_before_deadline().map_or(last, |attempts| last.min(attempts.saturating_sub(1)));
        last > 0 && self.cap() < u64::MAX && self.longest(last) >= self.cap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nanos::PER_SECOND;
    use crate::settings::{Attempts, Deadline};
    use crate::strategy::{Jitter, Strategy};

    const CONSTANT: Settings<'_> = Settings { base: Some(PER_SECOND), ..Settings::of(Strategy::Constant) };

    const fn at_most(attempts: u32, settings: Settings<'_>) -> Settings<'_> {
        Settings { max: Some(Attempts::AtMost(attempts)), ..settings }
    }

    #[test]
    fn the_longest_wait_adds_up_the_longest_delays() {
        let settings = Settings { jitter: Some(Jitter::Ratio(0.5)), ..CONSTANT };
        assert_eq!(settings.longest_wait(), 3 * PER_SECOND);
        assert_eq!(at_most(1, CONSTANT).longest_wait(), 0);
        let many = at_most(u32::MAX, CONSTANT);
        assert_eq!(many.longest_wait(), u64::from(u32::MAX - 1) * PER_SECOND);
        let unlimited = Settings { max: Some(Attempts::Unlimited), deadline: Some(Deadline::After(7)), ..CONSTANT };
        assert_eq!(unlimited.longest_wait(), 7);
        let endless = Settings { deadline: Some(Deadline::Never), base: Some(1), ..unlimited };
        assert_eq!((endless.longest_wait(), endless.attempts_in_time()), (u64::MAX, None));
        let at_once = Settings { base: None, ..endless.over(&Settings::of(Strategy::Immediate)) };
        assert_eq!(at_once.longest_wait(), 0);
    }

    #[test]
    fn the_deadline_leaves_room_for_so_many_attempts() {
        let attempts = |deadline| Settings { deadline: Some(Deadline::After(deadline)), ..CONSTANT }.attempts_in_time();
        // Attempts begin at 0, 1 and 2 s.
        assert_eq!(attempts(3 * PER_SECOND), Some(3));
        assert_eq!(attempts(3 * PER_SECOND + 1), Some(4));
        // A final attempt begins at 3 s.
        let last = Settings { final_attempt: Some(true), deadline: Some(Deadline::After(3 * PER_SECOND)), ..CONSTANT };
        assert_eq!((last.attempts_in_time(), last.longest_wait()), (Some(4), 2 * PER_SECOND));
        assert_eq!(CONSTANT.attempts_in_time(), None);
        assert_eq!(Settings { deadline: Some(Deadline::After(3)), ..Settings::NONE }.attempts_in_time(), None);
    }

    #[test]
    fn a_cap_is_reached_or_not() {
        let doubling =
            Settings { base: Some(PER_SECOND), cap: Some(4 * PER_SECOND), ..Settings::of(Strategy::Exponential) };
        assert!(!at_most(3, doubling).reaches_cap());
        assert!(at_most(4, doubling).reaches_cap());
        assert!(!Settings { deadline: Some(Deadline::After(3 * PER_SECOND)), ..at_most(9, doubling) }.reaches_cap());
        assert!(!at_most(9, CONSTANT).reaches_cap());
        let at_once = Settings { base: Some(4 * PER_SECOND), ..doubling };
        assert!(at_most(2, at_once).reaches_cap());
        assert!(!at_most(1, at_once).reaches_cap());
        // Without a cap, no delay is at it, however long.
        assert!(!Settings::of(Strategy::Steps(&[core::time::Duration::MAX])).reaches_cap());
    }
}
