//! Settings that are only known at run time, laid over a policy and brought into range.
//!
//! The table of what is brought into range, and to what, is in [`Policy`]'s documentation. Each site tells of it once.

use crate::observe::event::Event;
use crate::observe::observers;
use crate::observe::site::Site;
use crate::policy::Policy;
use crate::policy::builder::PolicyBuilder;
use core::fmt;
use core::time::Duration;
use reattempt_policy::Jitter;

impl Policy {
    /// The same without backoff and jitter, for a strategy that is asked for each delay.
    pub(crate) const fn with_strategy_of_its_own(self) -> Self {
        Self::new(self.settings().over(&Self::builder().custom().0))
    }
}

/// Starts the policy of one call with what is known before it: the settings of the site, laid over a policy if there is one.
#[inline]
pub fn known_settings(site: &'static Site, policy: Option<&Policy>) -> PolicyBuilder {
    let fixed = site.policy().settings();
    PolicyBuilder(policy.map_or(*fixed, |policy| policy.settings().over(fixed)))
}

/// Ends the policy of one call, which has its settings of run time: these are brought into range.
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
    // Nobody has heard of it as long as nobody listens.
    if observers::is_observed() && site.record().is_first_adjustment() {
        observers::tell(&Event::Adjusted { site, key, change });
    }
}

/// A value of the key `jitter` whose type the macro does not know: a ratio, a duration or a [`Jitter`].
///
/// Inherent functions, since those of a trait are not `const`.
#[derive(Clone, Copy, Debug)]
pub struct JitterValue<J>(J);

impl<J: IsJitter> JitterValue<J> {
    /// Takes a value.
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

/// What is called on a value that is no jitter, and has been reported as such: nothing more is to be said about it.
pub trait NoJitter: Sized {
    /// Never runs.
    fn jitter(self) -> Jitter {
        Jitter::Full
    }
}

impl<J> NoJitter for JitterValue<J> {}

impl JitterValue<f64> {
    /// A ratio.
    pub const fn jitter(self) -> Jitter {
        Jitter::Ratio(self.0)
    }
}

impl JitterValue<Duration> {
    /// An addition of up to this.
    pub const fn jitter(self) -> Jitter {
        Jitter::Spread(self.0)
    }
}

impl JitterValue<Jitter> {
    /// A jitter as it is.
    pub const fn jitter(self) -> Jitter {
        self.0
    }
}
