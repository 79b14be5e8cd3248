//! Settings that are only known at run time: they replace settings of a policy, and are brought into range.
//!
//! The table of the replaced values is in [`Policy`]'s documentation. Each site sends one event about it.

use crate::observe::event::Event;
use crate::observe::observers;
use crate::observe::site::Site;
use crate::policy::Policy;
use crate::policy::builder::PolicyBuilder;
use core::fmt;
use core::time::Duration;
use reattempt_policy::Jitter;

impl Policy {
    /// Returns the policy without backoff and jitter, for a strategy of the user that computes each delay.
    pub(crate) const fn with_strategy_of_its_own(self) -> Self {
        Self::new(self.settings().over(&Self::builder().custom().0))
    }
}

/// Starts the policy of one call with the settings that are known at compile time: those of the site, over those of a policy if there is one.
#[inline]
pub fn known_settings(site: &'static Site, policy: Option<&Policy>) -> PolicyBuilder {
    let fixed = site.policy().settings();
    PolicyBuilder(policy.map_or(*fixed, |policy| policy.settings().over(fixed)))
}

/// Completes the policy of one call: brings its run-time settings into range.
#[inline]
pub fn in_range(site: &'static Site, mut builder: PolicyBuilder) -> Policy {
    builder.0.bring_into_range(&mut |setting, change| adjusted(site, setting.name(), change));
    Policy::new(builder.0)
}

/// Brings the key `history` into range.
pub fn history(site: &'static Site, failures: usize) -> usize {
    if failures == 0 {
        adjusted(site, "history", format_args!("0 is used as 1"));
    }
    failures.max(1)
}

#[cold]
fn adjusted(site: &'static Site, key: &'static str, change: fmt::Arguments<'_>) {
    // Without an observer the event waits for a later call.
    if observers::is_observed() && site.record().adjusted.set() {
        observers::tell(&Event::Adjusted { site, key, change });
    }
}

/// A value of the key `jitter` whose type the macro does not know: a ratio, a duration or a [`Jitter`].
///
/// Its functions are inherent, because functions of a trait are not `const`.
#[derive(Clone, Copy, Debug)]
pub struct JitterValue<J>(J);

impl<J: IsJitter> JitterValue<J> {
    /// Wraps a value.
    pub const fn new(value: J) -> Self
    where
        J: Copy,
    {
        Self(value)
    }
}

/// The types that the key `jitter` takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no jitter",
    label = "expected a ratio (`f64`), a `Duration` or a `Jitter`, found `{Self}`",
    note = "write \"full\", \"equal\", a ratio such as 0.2 or a duration such as \"50ms\""
)]
pub trait IsJitter {}

#[diagnostic::do_not_recommend]
impl IsJitter for f64 {}
#[diagnostic::do_not_recommend]
impl IsJitter for Duration {}
#[diagnostic::do_not_recommend]
impl IsJitter for Jitter {}

/// The fallback for a value that is no jitter. The compiler has already reported that value, and this avoids a second error.
pub trait NoJitter: Sized {
    /// Never runs; returns any jitter.
    fn jitter(self) -> Jitter {
        Jitter::Full
    }
}

impl<J> NoJitter for JitterValue<J> {}

impl JitterValue<f64> {
    /// Returns a jitter by a ratio.
    pub const fn jitter(self) -> Jitter {
        Jitter::Ratio(self.0)
    }
}

impl JitterValue<Duration> {
    /// Returns a jitter that adds a random time of at most this duration.
    pub const fn jitter(self) -> Jitter {
        Jitter::Spread(self.0)
    }
}

impl JitterValue<Jitter> {
    /// Returns the jitter itself.
    pub const fn jitter(self) -> Jitter {
        self.0
    }
}
