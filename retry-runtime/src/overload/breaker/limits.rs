//! The limits of a breaker: its settings, converted for counting attempts and evaluating windows. They know no state.

use super::window::Counts;
use crate::failure::breaker_open::Cause;
use core::time::Duration;

/// The shortest cool-down, even if a strategy chooses less. It is the unit of the breaker's time.
pub(super) const MIN_COOL_DOWN: Duration = Duration::from_millis(1);
pub(super) const MAX_COOL_DOWN: Duration = Duration::from_secs(86_400);

/// The limit that a trip reached, or what else opened the breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Failures,
    Slow,
    Probe,
    Isolated,
    /// Opened by hand, for a time.
    Told,
    /// Opened for the time that a server asked for.
    Hint,
}

/// The extent of a window.
#[derive(Clone, Copy, Debug)]
pub(super) enum Span {
    /// There is no window, because only failures in a row count.
    None,
    Count {
        size: u32,
    },
    Time {
        slice_millis: u64,
    },
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The number of failures in a row that trips the breaker, if they count.
    pub(super) consecutive: Option<u32>,
    /// The failure rate in thousandths, like all rates. With floats, 7 of 100 would be less than 0.07.
    pub(super) failures: Option<u32>,
    pub(super) slow: Option<u32>,
    /// The slow-call time, or `u64::MAX` if there is none.
    pub(super) slow_nanos: u64,
    pub(super) span: Span,
    pub(super) minimum: u32,
    pub(super) probes: u32,
    /// Whether permits store the time.
    pub(super) is_timed: bool,
}

impl Limits {
    pub(super) const fn has_window(&self) -> bool {
        !matches!(self.span, Span::None)
    }

    /// Returns the limit that the counts of a window reach.
    pub(super) fn evaluate(&self, counts: Counts) -> Option<Fault> {
        let Counts { outcomes, failures, slow } = counts;
        let reaches = |count: u64, limit: Option<u32>| {
            limit.is_some_and(|limit| count.saturating_mul(1_000) >= u64::from(limit).saturating_mul(outcomes))
        };
        if outcomes < u64::from(self.minimum) {
            None
        } else if reaches(failures, self.failures) {
            Some(Fault::Failures)
        } else if reaches(slow, self.slow) {
            Some(Fault::Slow)
        } else {
            None
        }
    }

    pub(super) fn cause(&self, fault: Fault) -> Cause {
        let rate = |per_mille: Option<u32>| f64::from(per_mille.unwrap_or(0)) / 1_000.0;
        match fault {
            Fault::Probe => Cause::Probe,
            Fault::Isolated => Cause::Isolated,
            Fault::Told => Cause::Told,
            Fault::Hint => Cause::Hint,
            Fault::Slow => Cause::SlowRate(rate(self.slow)),
            Fault::Failures => match self.consecutive {
                Some(failures) => Cause::Consecutive(failures),
                None => Cause::Rate(rate(self.failures)),
            },
        }
    }
}
