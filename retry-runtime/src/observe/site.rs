//! Sites: the places in the source where retries happen. Each annotated function has one; a call of a closure has one from its first failure
//! on.
//!
//! A site has a name, a place and settings. Its counters are in its record, which is made at the first failure. So a site that never fails
//! costs little, both at compile time and at run time.

mod closure_sites;
mod list;
mod record;

pub use list::{disable, limit, restore, sites};
pub(crate) use record::Record;
pub use record::SiteCounts;

use crate::policy::Policy;
use crate::time::switch::Switch;
use core::fmt;
use core::mem::ManuallyDrop;
use core::panic::Location;
use std::sync::OnceLock;

/// The place in the source of an annotated function or of a call of a closure.
///
/// [`sites`] lists them. A site can be switched at run time: [`disable`](Self::disable) ends each call after its first attempt,
/// [`limit`](Self::limit) limits the attempts, and [`restore`](Self::restore) undoes both. Each takes effect at once, also for running
/// calls, and for the whole process. It costs nothing while attempts succeed.
pub struct Site {
    name: &'static str,
    pub(crate) location: &'static Location<'static>,
    settings: SiteSettings,
    /// It is never dropped, because sites are never dropped. Statics of a type that needs a drop cost the compiler more.
    record: ManuallyDrop<OnceLock<&'static Record>>,
}

/// The settings that are known at compile time.
#[derive(Clone, Copy)]
enum SiteSettings {
    /// Text in the syntax of the attribute. It is parsed when the record is made.
    Notation(&'static str),
    /// A policy.
    Policy(&'static Policy),
}

impl Site {
    /// The record of a new site: none. It is a constant, so that the compiler evaluates it once and copies it for each site.
    #[expect(clippy::declare_interior_mutable_const, reason = "each site begins with a copy")]
    const NO_RECORD: ManuallyDrop<OnceLock<&'static Record>> = ManuallyDrop::new(OnceLock::new());

    /// Makes the site of an annotated function whose settings are literals, for a `static`. The place is the caller's location.
    ///
    /// The settings are text in the syntax of the attribute, such as `strategy = equal_jitter, base = 250ms, max = 4`. If they cannot be parsed,
    /// an event reports it at the first failure, and the defaults are used.
    #[doc(hidden)]
    #[track_caller]
    pub const fn new(name: &'static str, settings: &'static str) -> Self {
        let settings = SiteSettings::Notation(settings);
        Self { name, location: Location::caller(), settings, record: Self::NO_RECORD }
    }

    /// Makes the site of an annotated function whose policy is used before the first failure, or contains constants.
    #[doc(hidden)]
    #[track_caller]
    pub const fn with_policy(name: &'static str, policy: &'static Policy) -> Self {
        let settings = SiteSettings::Policy(policy);
        Self { name, location: Location::caller(), settings, record: Self::NO_RECORD }
    }

    /// Returns the name: `module::path::function`, or the value of the key `name`. A call of a closure without a name is named by its place,
    /// `file:line`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the source file.
    pub fn file(&self) -> &'static str {
        self.location.file()
    }

    /// Returns the line of the attribute.
    pub fn line(&self) -> u32 {
        self.location.line()
    }

    /// Returns the settings that are known at compile time, with the defaults for the others. For a closure, returns the settings of the first
    /// call that failed. [`Policy`]'s `Display` shows them as text.
    #[inline]
    pub fn policy(&self) -> &Policy {
        match self.settings {
            SiteSettings::Policy(policy) => policy,
            SiteSettings::Notation(_) => self.record().policy,
        }
    }

    /// Returns the counters.
    pub fn counts(&self) -> SiteCounts {
        self.record().counts()
    }

    /// Ends each call after its first attempt, with [`StopReason::Disabled`](crate::StopReason::Disabled).
    pub fn disable(&self) {
        self.record().set_switch(Switch::OFF);
    }

    /// Limits each call to this number of attempts, or to the policy's `max` if that is smaller. Zero is treated as [`disable`](Self::disable).
    pub fn limit(&self, attempts: u32) {
        self.record().set_switch(Switch::limit(attempts));
    }

    /// Undoes [`disable`](Self::disable) and [`limit`](Self::limit).
    pub fn restore(&self) {
        self.record().set_switch(Switch::ON);
    }

    /// Returns the record of a site that has already had a failure.
    #[inline]
    pub(crate) fn listed(&self) -> Option<&'static Record> {
        self.record.get().copied().filter(|record| record.listed.is_set())
    }

    /// Returns the record of a site that has a failure. Adds the site to the list if it is not on it.
    #[cold]
    pub(crate) fn list(&'static self) -> &'static Record {
        let record = self.record();
        if record.listed.set() {
            list::append(self);
        }
        record
    }

    /// Returns the record. Makes it if there is none.
    pub(crate) fn record(&self) -> &'static Record {
        self.record.get_or_init(|| Box::leak(Box::new(Record::new(self.settings))))
    }
}

/// Shows name and place only. The other parts have methods.
impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Site({self})")
    }
}

/// Shows the name and the place: `payments::charge (src/payments.rs:12)`.
impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({}:{})", self.name, self.file(), self.line())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ptr;
    use core::time::Duration;
    use reattempt_policy::{Jitter, Strategy};
    use std::sync::Barrier;
    use std::thread;

    #[track_caller]
    fn site(name: &'static str, settings: &'static str) -> &'static Site {
        Box::leak(Box::new(Site::new(name, settings)))
    }

    #[test]
    fn it_is_listed_once_whoever_fails_first() {
        const THREADS: usize = 4;
        for round in 0..500 {
            let site = site(format!("raced::round_{round}").leak(), "max = 5");
            let barrier = Barrier::new(THREADS);
            let fail = || {
                barrier.wait();
                ptr::from_ref(site.list()).addr()
            };
            let found: Vec<_> = thread::scope(|scope| {
                let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(fail)).collect();
                threads.into_iter().flat_map(thread::ScopedJoinHandle::join).collect()
            });
            assert_eq!(found, [found[0]; THREADS]);
            assert_eq!(sites().filter(|listed| ptr::eq(*listed, site)).count(), 1);
        }
    }

    #[test]
    fn it_has_its_name_and_its_place() {
        let site = site("module::path::function", "");
        assert_eq!((site.name(), site.file()), ("module::path::function", file!()));
        assert_eq!(site.line(), line!() - 2);
    }

    #[test]
    fn asking_a_site_does_not_list_it() {
        let site = site("asked", "max = 5");
        assert_eq!((site.policy().max().map(u32::from), site.counts()), (Some(5), SiteCounts::default()));
        assert!(site.listed().is_none());
        assert!(sites().all(|listed| !ptr::eq(listed, site)));
    }

    #[test]
    fn settings_as_text_are_the_policy_of_the_builder() -> Result<(), crate::PolicyError> {
        static STEPS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(2)];
        let read = |settings| *site("settings", settings).policy();
        assert_eq!(read(""), Policy::builder().build()?);
        let built = Policy::builder().strategy(Strategy::Exponential).jitter(Jitter::Ratio(0.2));
        let built = built.base(Duration::from_millis(50)).cap(Duration::from_secs(5)).max(7).build()?;
        assert_eq!(read("strategy = exponential, base = 50ms, cap = 5s, jitter = 0.2, max = 7"), built);
        let built = Policy::builder().strategy(Strategy::Steps(&STEPS)).deadline(Duration::from_secs(30)).build()?;
        assert_eq!(read("strategy = [1s, 2s], deadline = 30s"), built);
        Ok(())
    }

    #[test]
    fn settings_of_another_version_are_the_defaults_and_a_fault_that_is_told() {
        let site = site("another_version", "max = 5, retries = 4");
        assert_eq!(*site.policy(), Policy::default());
        let fault = site.record().fault.as_deref().expect("a setting is unknown");
        assert!(fault.contains("`retries`"), "{fault}");
    }
}
