//! Sites that are made at their first failure: those of most annotated functions whose settings are literals.
//!
//! It knows neither how a site is switched nor what it counts.

use super::{MAKING, Place, Site, list};
use crate::macro_support::const_checks;
use crate::policy::Policy;
use core::panic::Location;
use core::sync::atomic::{AtomicU32, Ordering};
use std::sync::PoisonError;

/// What generated code has of a site before its first failure.
///
/// It costs the compiler a third of what a static [`Site`] does: each type in a static is looked at anew for each static, and all that its
/// initializer does is interpreted.
#[derive(Debug)]
pub struct LateSite {
    module: &'static str,
    name: &'static str,
    settings: [u64; 7],
    /// Protocol: 0, and from the first failure on the site's number, stored with `Release` after the site has joined the list, and loaded with
    /// `Acquire`.
    number: AtomicU32,
}

/// A late site, and the place of the step that asks for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Late {
    pub(crate) site: &'static LateSite,
    pub(crate) location: &'static Location<'static>,
}

impl Place for Late {
    #[inline]
    fn site(self) -> &'static Site {
        match list::find_quickly(self.site.number.load(Ordering::Acquire)) {
            Some(site) => site,
            None => self.find_or_make(),
        }
    }
}

impl Late {
    #[cold]
    #[inline(never)]
    fn find_or_make(self) -> &'static Site {
        let known = || list::find(self.site.number.load(Ordering::Acquire));
        known().unwrap_or_else(|| {
            // Under the lock nobody else makes one, so that looking again is enough.
            let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
            known().unwrap_or_else(|| self.make())
        })
    }

    fn make(self) -> &'static Site {
        let &LateSite { module, name, ref number, .. } = self.site;
        let name = if module.is_empty() { name } else { format!("{module}::{name}").leak() };
        let site = Site::new(name, self.location.file(), self.location.line(), self.site.policy());
        let site: &'static Site = Box::leak(Box::new(site));
        site.state.has_joined.store(true, Ordering::Relaxed);
        number.store(site.append(), Ordering::Release);
        site
    }
}

impl LateSite {
    /// A constant, which the compiler evaluates once and copies for each site.
    #[expect(clippy::declare_interior_mutable_const, reason = "each site begins with a copy")]
    const UNMADE: AtomicU32 = AtomicU32::new(0);

    /// For generated code. Of a site with a name of its own the module is empty.
    ///
    /// The settings are strategy, jitter, the bits of the jitter's ratio, base, cap, deadline and `max` as [`const_checks::literals`] takes them, except
    /// that 0 stands for a duration that is not written.
    pub const fn new(module: &'static str, name: &'static str, settings: [u64; 7]) -> Self {
        Self { module, name, settings, number: Self::UNMADE }
    }

    fn policy(&self) -> Policy {
        let [strategy, jitter, ratio, base, cap, deadline, max] = self.settings;
        let nanos = |nanos| if nanos == 0 { const_checks::ABSENT } else { nanos };
        let nanos = [
            nanos(base),
            nanos(cap),
            const_checks::ABSENT,
            nanos(deadline),
            const_checks::ABSENT,
            const_checks::ABSENT,
        ];
        // The macro writes what fits; nothing panics where it would not.
        let strategy = usize::try_from(strategy)
            .map_or(const_checks::LAST_STRATEGY, |number| number.min(const_checks::LAST_STRATEGY));
        let jitter = u8::try_from(jitter).unwrap_or(0);
        const_checks::literals(strategy, jitter, f64::from_bits(ratio), nanos, 0.0, max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::site::sites;
    use crate::policy::strategy::{Jitter, Strategy};
    use core::ptr;
    use core::time::Duration;
    use std::sync::Barrier;
    use std::thread;

    #[track_caller]
    fn late(module: &'static str, name: &'static str, settings: [u64; 7]) -> Late {
        let site = Box::leak(Box::new(LateSite::new(module, name, settings)));
        Late { site, location: Location::caller() }
    }

    #[test]
    fn it_is_made_once_whoever_fails_first() {
        const THREADS: usize = 4;
        for round in 0..500 {
            let late = late("raced", format!("round_{round}").leak(), [5, 0, 0, 0, 0, 0, 0]);
            let barrier = Barrier::new(THREADS);
            let found: Vec<_> = thread::scope(|scope| {
                let threads: Vec<_> = (0..THREADS)
                    .map(|_| {
                        scope.spawn(|| {
                            barrier.wait();
                            late.site()
                        })
                    })
                    .collect();
                threads.into_iter().flat_map(thread::ScopedJoinHandle::join).collect()
            });
            assert_eq!(found.len(), THREADS);
            assert!(found.iter().all(|site| ptr::eq(*site, found[0])));
            assert_eq!(sites().filter(|site| site.name() == found[0].name()).count(), 1);
        }
    }

    #[test]
    fn it_has_its_name_and_its_place() {
        let site = late("module::path", "function", [5, 0, 0, 0, 0, 0, 0]).site();
        assert_eq!((site.name(), site.file()), ("module::path::function", file!()));
        assert_eq!(site.line(), line!() - 2);
        assert_eq!(late("", "payments.charge", [5, 0, 0, 0, 0, 0, 0]).site().name(), "payments.charge");
    }

    #[test]
    fn its_numbers_are_the_settings() -> Result<(), crate::PolicyError> {
        let policy = |settings| *late("settings", "numbers", settings).site().policy();
        let built = Policy::builder().build()?;
        assert_eq!(policy([5, 0, 0, 0, 0, 0, 0]), built);
        let built = Policy::builder().strategy(Strategy::Exponential).jitter(Jitter::Ratio(0.2));
        let built =
            built.base(Duration::from_millis(50)).cap(Duration::from_secs(5)).deadline(Duration::from_secs(30)).max(7);
        assert_eq!(policy([3, 3, 0.2_f64.to_bits(), 50_000_000, 5_000_000_000, 30_000_000_000, 7]), built.build()?);
        let built = Policy::builder()
            .strategy(Strategy::Constant)
            .jitter(Jitter::Equal)
            .deadline(Duration::from_secs(1))
            .unlimited();
        assert_eq!(policy([1, 2, 0, 0, 0, 1_000_000_000, u64::MAX]), built.build()?);
        // Not from the macro of this version.
        assert_eq!(
            policy([99, 999, 0, 0, 0, 0, 0]),
            Policy::builder().strategy(Strategy::DecorrelatedJitterV2).build()?
        );
        Ok(())
    }
}
