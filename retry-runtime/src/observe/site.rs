//! Sites: each annotated function has one, and each call of a closure, from its first failure on at the latest.
//!
//! It says where and what, counts what happened there, and can be switched off. A site joins the list of all at its first failure; from then on
//! nothing here locks or allocates. Switches by name are kept for sites that join later, and looked at only then.

mod list;

pub use list::sites;

use crate::failure::stop_reason::StopReason;
use crate::policy::Policy;
use crate::time::switch::Switch;
#[cfg(feature = "metrics")]
use core::any::Any;
use core::fmt;
#[cfg(feature = "metrics")]
use core::mem::ManuallyDrop;
use core::panic::Location;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
#[cfg(feature = "metrics")]
use std::sync::OnceLock;
use std::sync::{Mutex, PoisonError};

/// One annotated function, or one call of a closure, as a place in the source.
///
/// [`sites`] lists them. A site can be switched at run time: [`disable`](Self::disable) ends each call after its first attempt,
/// [`limit`](Self::limit) caps the attempts, [`restore`](Self::restore) takes that back. Each acts at once on calls under way, costs
/// nothing where attempts succeed, and holds for the whole process.
pub struct Site {
    name: &'static str,
    location: &'static Location<'static>,
    has_name_of_its_own: bool,
    policy: Policy,
    state: State,
}

/// What changes of a site.
struct State {
    /// Protocol: all of these are independent of each other and of any other memory, so `Relaxed` is enough; `has_adjusted`, `has_blocked` and
    /// `has_joined` are swapped, so that one caller wins.
    has_adjusted: AtomicBool,
    has_blocked: AtomicBool,
    has_joined: AtomicBool,
    /// How many attempts a call may have: `OFF`, `UNLIMITED`, or a number.
    switch: AtomicU32,
    counts: Counts,
    /// Boxed: hardly any site of a large program ever fails. Never dropped, as sites are not: statics of a type that would have to be dropped
    /// cost the compiler more.
    #[cfg(feature = "metrics")]
    metrics: ManuallyDrop<OnceLock<Box<dyn Any + Send + Sync>>>,
}

/// The switch of a site that is off.
const OFF: u32 = 0;

/// The switch of a site that nobody has touched.
const UNLIMITED: u32 = u32::MAX;

impl State {
    /// The beginning. A constant, which the compiler evaluates once and copies for each site.
    #[expect(clippy::declare_interior_mutable_const, reason = "each site begins with a copy")]
    const NEW: Self = Self {
        has_adjusted: AtomicBool::new(false),
        has_blocked: AtomicBool::new(false),
        has_joined: AtomicBool::new(false),
        switch: AtomicU32::new(UNLIMITED),
        counts: Counts {
            first_retries: AtomicU64::new(0),
            later_retries: AtomicU64::new(0),
            recovered: AtomicU64::new(0),
            gave_up: [const { AtomicU64::new(0) }; StopReason::ALL.len()],
        },
        #[cfg(feature = "metrics")]
        metrics: ManuallyDrop::new(OnceLock::new()),
    };
}

#[derive(Debug)]
struct Counts {
    /// As many as calls that needed a retry: so each retry is counted by one addition.
    first_retries: AtomicU64,
    later_retries: AtomicU64,
    recovered: AtomicU64,
    gave_up: [AtomicU64; StopReason::ALL.len()],
}

/// What a site has counted since the process began. Calls that succeed at once are not counted.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SiteCounts {
    /// Calls that needed a retry.
    pub retried_calls: u64,
    /// Retries that were decided on: each is a sleep.
    pub retries: u64,
    /// Calls that succeeded after a retry.
    pub recovered: u64,
    gave_up: [u64; StopReason::ALL.len()],
}

impl SiteCounts {
    /// Calls that ended without success for that reason. A first attempt that fails permanently is one.
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
        let ends: Vec<_> = StopReason::ALL.into_iter().map(|reason| (reason, self.gave_up(reason))).collect();
        for (reason, count) in ends.into_iter().filter(|(_, count)| *count > 0) {
            shown.field(reason.label(), &count);
        }
        shown.finish()
    }
}

impl Site {
    /// Makes the site of an annotated function, in a `static`. The place is the caller's.
    #[doc(hidden)]
    #[track_caller]
    pub const fn new(name: &'static str, policy: Policy) -> Self {
        Self::at(Location::caller(), name, policy)
    }

    pub(crate) const fn at(location: &'static Location<'static>, name: &'static str, policy: Policy) -> Self {
        Self { name, location, has_name_of_its_own: true, policy, state: State::NEW }
    }

    /// Returns the site of a closure's call, which has no static: found by its place and name, or made. It then stays, one for each place.
    #[inline(never)]
    pub(crate) fn of_closure(
        location: &'static Location<'static>,
        name: Option<&'static str>,
        policy: &Policy,
    ) -> &'static Self {
        let is_it = |site: &&'static Self| {
            *site.location == *location
                && name.map_or(!site.has_name_of_its_own, |name| site.has_name_of_its_own && is_same(site.name, name))
        };
        if let Some(site) = sites().find(is_it) {
            return site;
        }
        // Under the lock nobody else makes one, so that looking again is enough.
        let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        sites().find(is_it).unwrap_or_else(|| {
            let own =
                name.unwrap_or_else(|| Box::leak(format!("{}:{}", location.file(), location.line()).into_boxed_str()));
            let site = Self { has_name_of_its_own: name.is_some(), ..Self::at(location, own, *policy) };
            let site: &'static Self = Box::leak(Box::new(site));
            site.join();
            site
        })
    }

    /// Returns the place for what the metrics keep with each site.
    #[cfg(feature = "metrics")]
    pub(crate) fn metrics_slot(&self) -> &OnceLock<Box<dyn Any + Send + Sync>> {
        &self.state.metrics
    }

    /// The name: `module::path::function`, or what the key `name` says. That of a closure's call is its place, `file:line`, unless it
    /// was given one.
    pub fn name(&self) -> &'static str {
        self.name
    }

    #[cfg(feature = "tower")]
    pub(crate) fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// The source file.
    pub fn file(&self) -> &'static str {
        self.location.file()
    }

    /// The line of the attribute.
    pub fn line(&self) -> u32 {
        self.location.line()
    }

    /// The settings that are known at compile time, with the defaults for the others; for a closure those of the first call that failed.
    /// Its `Display` puts them in words.
    #[inline]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What has been counted.
    pub fn counts(&self) -> SiteCounts {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let retried_calls = read(&self.state.counts.first_retries);
        SiteCounts {
            retried_calls,
            retries: retried_calls.saturating_add(read(&self.state.counts.later_retries)),
            recovered: read(&self.state.counts.recovered),
            gave_up: core::array::from_fn(|reason| read(&self.state.counts.gave_up[reason])),
        }
    }

    /// Ends each call after its first attempt, with [`StopReason::Disabled`].
    pub fn disable(&self) {
        self.state.switch.store(OFF, Ordering::Relaxed);
    }

    /// Lets a call have so many attempts at most, or what its policy says if that is less. 0 is as [`disable`](Self::disable).
    pub fn limit(&self, attempts: u32) {
        self.state.switch.store(attempts, Ordering::Relaxed);
    }

    /// Takes back what [`disable`](Self::disable) or [`limit`](Self::limit) said.
    pub fn restore(&self) {
        self.state.switch.store(UNLIMITED, Ordering::Relaxed);
    }

    /// The switch of a site that has failed. A name may have been switched before this site was known.
    #[inline]
    pub(crate) fn switched(&'static self) -> Switch {
        self.join();
        self.switch()
    }

    /// What a retry here has to reckon with: the site's own switch, and in tests the thread's, whichever allows less.
    #[inline]
    fn switch(&self) -> Switch {
        let own = self.own_switch();
        #[cfg(feature = "test-util")]
        let own = own.and(crate::time::fakes::switch());
        own
    }

    #[inline]
    fn own_switch(&self) -> Switch {
        match self.state.switch.load(Ordering::Relaxed) {
            OFF => Switch::Off,
            UNLIMITED => Switch::On,
            attempts => Switch::Limit(attempts),
        }
    }

    /// Whether this is the first time that a run-time value had to be brought into range here.
    pub(crate) fn is_first_adjustment(&self) -> bool {
        is_first(&self.state.has_adjusted)
    }

    /// Whether this is the first time that it blocked a runtime's thread.
    #[cfg_attr(not(all(feature = "tokio", debug_assertions)), expect(dead_code, reason = "looked for in debug builds"))]
    pub(crate) fn is_first_block(&self) -> bool {
        is_first(&self.state.has_blocked)
    }

    /// Puts the site on the list, if it is not there yet.
    #[inline]
    pub(crate) fn join(&'static self) {
        if is_first(&self.state.has_joined) {
            self.append();
        }
    }

    /// Puts it on the list, and switches it as its name is.
    #[cold]
    fn append(&'static self) {
        list::append(self);
        // Whoever switches a name first notes it and then walks the list: one of the two sees the other.
        let switches = SWITCHES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, attempts)) = switches.iter().find(|(name, _)| name == self.name) {
            self.limit(*attempts);
        }
    }

    #[inline]
    pub(crate) fn note_retry(&self, is_first: bool) {
        let count = if is_first { &self.state.counts.first_retries } else { &self.state.counts.later_retries };
        count.fetch_add(1, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn note_recovery(&self) {
        self.state.counts.recovered.fetch_add(1, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn note_end(&self, reason: StopReason) {
        self.state.counts.gave_up[reason.index()].fetch_add(1, Ordering::Relaxed);
    }
}

/// Compares two texts that are mostly one and the same in memory.
fn is_same(one: &str, other: &str) -> bool {
    ptr::eq(one, other) || one == other
}

#[inline]
fn is_first(flag: &AtomicBool) -> bool {
    !flag.load(Ordering::Relaxed) && !flag.swap(true, Ordering::Relaxed)
}

/// Name and place: the rest has functions of its own.
impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Site({self})")
    }
}

/// The name and the place: `payments::charge (src/payments.rs:12)`.
impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({}:{})", self.name, self.file(), self.line())
    }
}

/// Held while a site is made.
static MAKING: Mutex<()> = Mutex::new(());

/// The names that are switched, with what they are switched to.
static SWITCHES: Mutex<Vec<(String, u32)>> = Mutex::new(Vec::new());

/// Disables all sites of that name, also those that have their first failure later. Answers how many there are now.
///
/// # Examples
///
/// ```
/// use retry_runtime::site;
///
/// let switched = site::disable("payments.charge");
/// println!("{switched} sites retry no more");
/// site::restore("payments.charge");
/// ```
pub fn disable(name: &str) -> usize {
    switch(name, OFF)
}

/// Limits all sites of that name, as [`Site::limit`] does, also those that have their first failure later. Answers how many there are now.
pub fn limit(name: &str, attempts: u32) -> usize {
    switch(name, attempts)
}

/// Restores all sites of that name. Answers how many there are now.
pub fn restore(name: &str) -> usize {
    switch(name, UNLIMITED)
}

fn switch(name: &str, attempts: u32) -> usize {
    // Held over the walk, so that two who switch the same name do not leave the list half and half.
    let mut switches = SWITCHES.lock().unwrap_or_else(PoisonError::into_inner);
    switches.retain(|(switched, _)| switched != name);
    if attempts != UNLIMITED {
        switches.push((name.to_owned(), attempts));
    }
    let named = sites().filter(|site| site.name == name);
    named.map(|site| site.limit(attempts)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::AtomicUsize;
    use std::thread;

    #[test]
    fn of_two_who_come_together_one_is_first() {
        const ROUNDS: usize = 20_000;
        let flags: Vec<_> = (0..ROUNDS).map(|_| AtomicBool::new(false)).collect();
        let (arrived, firsts) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let run = || {
            for (round, flag) in flags.iter().enumerate() {
                // Both wait until both are there; awake, as long as the other one is at work.
                arrived.fetch_add(1, Ordering::SeqCst);
                let mut spins = 0_u32;
                while arrived.load(Ordering::SeqCst) < round.saturating_add(1).saturating_mul(2) {
                    spins = spins.saturating_add(1);
                    if spins > 2_000 {
                        thread::yield_now();
                    }
                }
                if is_first(flag) {
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
