//! The record of a site: its policy, its counters and its switch. It knows neither the name nor the place.

use super::SiteSettings;
use crate::failure::stop_reason::StopReason;
#[cfg(feature = "metrics")]
use crate::observe::metric_keys::Keys;
use crate::policy::Policy;
use crate::time::switch::Switch;
use core::fmt;
use core::num::NonZeroU32;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use reattempt_policy::Settings;
#[cfg(feature = "metrics")]
use std::sync::OnceLock;

/// The state that a site gets at its first failure.
///
/// Protocol: the atomics are independent of each other and of any other memory, so `Relaxed` is enough.
pub(crate) struct Record {
    pub(crate) policy: &'static Policy,
    /// The reason why the settings could not be parsed, if they could not.
    pub(crate) fault: Option<String>,
    /// Set when the site is listed.
    pub(super) listed: Flag,
    /// Set the first time a run-time value of this site is out of range.
    pub(crate) adjusted: Flag,
    /// Set the first time this site blocks a thread of a runtime.
    #[cfg(all(feature = "tokio", debug_assertions))]
    pub(crate) blocked: Flag,
    /// A [`Switch`] as a number.
    switch: AtomicU32,
    /// The number of first retries, which is the number of calls that needed a retry. So each retry is counted by one addition.
    first_retries: AtomicU64,
    later_retries: AtomicU64,
    recovered: AtomicU64,
    gave_up: [AtomicU64; StopReason::ALL.len()],
    /// The keys of the site's metrics, made at its first event.
    #[cfg(feature = "metrics")]
    pub(crate) metrics: OnceLock<Keys>,
}

impl Record {
    pub(super) fn new(settings: SiteSettings) -> Self {
        let (policy, fault) = match settings {
            SiteSettings::Policy(policy) => (policy, None),
            SiteSettings::Notation(text) => read(text),
        };
        Self {
            policy,
            fault,
            listed: Flag::default(),
            adjusted: Flag::default(),
            #[cfg(all(feature = "tokio", debug_assertions))]
            blocked: Flag::default(),
            switch: AtomicU32::new(Switch::ON.attempts()),
            first_retries: AtomicU64::default(),
            later_retries: AtomicU64::default(),
            recovered: AtomicU64::default(),
            gave_up: <[AtomicU64; StopReason::ALL.len()]>::default(),
            #[cfg(feature = "metrics")]
            metrics: OnceLock::new(),
        }
    }

    pub(super) fn set_switch(&self, switch: Switch) {
        self.switch.store(switch.attempts(), Ordering::Relaxed);
    }

    /// Returns the site's switch, or in tests the thread's switch if that allows fewer attempts.
    #[inline]
    pub(crate) fn switch(&self) -> Switch {
        let own = Switch::limit(self.switch.load(Ordering::Relaxed));
        #[cfg(feature = "test-util")]
        let own = own.and(crate::time::fakes::switch());
        own
    }

    /// Returns the largest number of attempts that is in force: the policy's, or the switch's if that is lower.
    pub(crate) fn max_in_force(&self, policy: &Policy) -> Option<NonZeroU32> {
        let switch = self.switch();
        let limit = (switch != Switch::ON).then(|| NonZeroU32::new(switch.attempts()).unwrap_or(NonZeroU32::MIN));
        [policy.max(), limit].into_iter().flatten().min()
    }

    #[inline]
    pub(crate) fn count_retry(&self, is_first: bool) {
        let count = if is_first { &self.first_retries } else { &self.later_retries };
        count.fetch_add(1, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn count_recovery(&self) {
        self.recovered.fetch_add(1, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn count_end(&self, reason: StopReason) {
        self.gave_up[reason.index()].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn counts(&self) -> SiteCounts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let retried_calls = read(&self.first_retries);
        SiteCounts {
            retried_calls,
            retries: retried_calls.saturating_add(read(&self.later_retries)),
            recovered: read(&self.recovered),
            gave_up: self.gave_up.each_ref().map(read),
        }
    }
}

/// Reads settings, and returns the reason if they cannot be read. The macro wrote them, so only a macro of another version can write such
/// settings.
fn read(text: &str) -> (&'static Policy, Option<String>) {
    let (policy, fault) = match Settings::parse(text, Box::leak(Box::default())) {
        Ok(settings) => (Policy::new(settings), None),
        Err(error) => (Policy::default(), Some(format!("`{text}` cannot be read: {error}"))),
    };
    (Box::leak(Box::new(policy)), fault)
}

/// A flag that is set once.
#[derive(Default)]
pub(crate) struct Flag(AtomicBool);

impl Flag {
    #[inline]
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Sets the flag. Returns `true` if this caller is the first one; the swap makes sure that there is only one.
    #[inline]
    pub(crate) fn set(&self) -> bool {
        !self.is_set() && !self.0.swap(true, Ordering::Relaxed)
    }
}

/// The counters of a site since the process started. Calls that succeed at once are not counted.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SiteCounts {
    /// The number of calls that needed a retry.
    pub retried_calls: u64,
    /// The number of retries. Each is counted before its sleep.
    pub retries: u64,
    /// The number of calls that succeeded after a retry.
    pub recovered: u64,
    gave_up: [u64; StopReason::ALL.len()],
}

impl SiteCounts {
    /// Returns the number of calls that ended without success for this reason. A first attempt that fails permanently counts as one.
    pub fn gave_up(&self, reason: StopReason) -> u64 {
        self.gave_up[reason.index()]
    }
}

#[expect(clippy::missing_fields_in_debug, reason = "the ends are shown by their reasons")]
impl fmt::Debug for SiteCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("SiteCounts");
        shown.field("retried_calls", &self.retried_calls);
        shown.field("retries", &self.retries);
        shown.field("recovered", &self.recovered);
        for reason in StopReason::ALL.into_iter().filter(|reason| self.gave_up(*reason) > 0) {
            shown.field(reason.label(), &self.gave_up(reason));
        }
        shown.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::AtomicUsize;
    use std::thread;

    #[test]
    fn of_two_who_come_together_one_is_first() {
        const ROUNDS: usize = 20_000;
        let flags: Vec<_> = (0..ROUNDS).map(|_| Flag::default()).collect();
        let (arrived, firsts) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let run = || {
            for (round, flag) in flags.iter().enumerate() {
                // Each thread spins until both have arrived.
                arrived.fetch_add(1, Ordering::SeqCst);
                let mut spins = 0_u32;
                while arrived.load(Ordering::SeqCst) < round.saturating_add(1).saturating_mul(2) {
                    spins = spins.saturating_add(1);
                    if spins > 2_000 {
                        thread::yield_now();
                    }
                }
                if flag.set() {
                    firsts.fetch_add(1, Ordering::Relaxed);
                }
            }
        };
        thread::scope(|scope| {
            scope.spawn(run);
            run();
        });
        assert_eq!(firsts.into_inner(), ROUNDS);
    }
}
