//! Overrides: lays settings over a policy at run time, and brings them into range.
//!
//! The table of what is brought into range, and to what, is in [`Policy`]'s documentation. Each site tells of it once.

use crate::macro_support::const_checks;
use crate::observe::event::Event;
use crate::observe::observers;
use crate::observe::site::Site;
use crate::policy::Policy;
use crate::policy::builder::PolicyBuilder;
use core::fmt;
use core::time::Duration;
use reattempt_policy::settings::DEFAULT_MAX;
use reattempt_policy::{Attempts, Jitter, Kind, Setting, Settings};

/// What is laid over a policy for a strategy of the user's own: it is asked for each delay.
const CUSTOM: Settings<'static> = Settings { strategy: Some(Kind::Custom), ..Settings::NONE };

impl Policy {
    /// The same without backoff and jitter, for a strategy that is asked for each delay.
    pub(crate) const fn with_strategy_of_its_own(self) -> Self {
        Self::new(self.settings().over(CUSTOM))
    }
}

/// A policy without backoff and jitter, for generated code: a strategy of the user's own is laid over it.
pub const fn without_strategy(policy: &Policy) -> Policy {
    policy.with_strategy_of_its_own()
}

/// Lays settings over a policy and brings them into range, for generated code: once for each call of a site with run-time values.
pub fn with_overrides(site: &'static Site, policy: &Policy, overrides: PolicyBuilder) -> Policy {
    let overrides = in_range(site, policy.settings().kind(), *overrides.settings());
    let mut settings = policy.settings().over(overrides);
    let (cap, base) = (settings.cap(), settings.base());
    if settings.kind().takes(Setting::Cap) && cap < base {
        let (cap, base) = (Duration::from_nanos(cap), Duration::from_nanos(base));
        let change = format_args!("{cap:?} is shorter than `base` ({base:?}): every delay is the cap");
        adjusted(site, Setting::Cap.name(), change);
    }
    if settings.max().is_none() && settings.deadline().is_none() {
        let change = format_args!("unlimited without a deadline is used as {DEFAULT_MAX}");
        adjusted(site, Setting::Max.name(), change);
        settings.max = Some(Attempts::AtMost(DEFAULT_MAX));
    }
    Policy::new(settings)
}

/// Brings each setting into range by itself. The kind is that of the policy below.
fn in_range(site: &'static Site, below: Kind, mut overrides: Settings<'static>) -> Settings<'static> {
    let told = |setting: Setting, change: fmt::Arguments<'_>| adjusted(site, setting.name(), change);
    match overrides.factor {
        Some(factor) if factor.is_nan() || factor < 1.0 => {
            told(Setting::Factor, format_args!("{factor} is used as 1"));
            overrides.factor = Some(1.0);
        }
        Some(factor) if factor.is_infinite() => {
            told(Setting::Factor, format_args!("{factor} is used as {:e}", f64::MAX));
            overrides.factor = Some(f64::MAX);
        }
        _ => {}
    }
    match overrides.jitter {
        Some(Jitter::Ratio(ratio)) if ratio.is_nan() || ratio < 0.0 => {
            told(Setting::Jitter, format_args!("{ratio} is used as 0"));
            overrides.jitter = Some(Jitter::Ratio(0.0));
        }
        Some(Jitter::Ratio(ratio)) if ratio > 1.0 => {
            told(Setting::Jitter, format_args!("{ratio} is used as 1"));
            overrides.jitter = Some(Jitter::Ratio(1.0));
        }
        _ => {}
    }
    let kind = overrides.strategy.unwrap_or(below);
    if overrides.jitter.is_some() && kind.is_random() && kind.own_jitter().is_none() {
        told(Setting::Jitter, format_args!("`{}` keeps its own jitter", kind.name()));
        overrides.jitter = None;
    }
    if overrides.max == Some(Attempts::AtMost(0)) {
        told(Setting::Max, format_args!("0 is used as 1"));
        overrides.max = Some(Attempts::AtMost(1));
    }
    overrides
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

    /// Never runs.
    fn checked(self) -> Jitter {
        Jitter::Full
    }
}

impl<J> NoJitter for JitterValue<J> {}

impl JitterValue<f64> {
    /// A ratio.
    pub const fn jitter(self) -> Jitter {
        Jitter::Ratio(self.0)
    }

    /// A ratio that the compiler knows.
    ///
    /// # Panics
    ///
    /// At compile time, where it is outside `[0, 1]`.
    #[track_caller]
    pub const fn checked(self) -> Jitter {
        const_checks::jitter(Jitter::Ratio(self.0))
    }
}

impl JitterValue<Duration> {
    /// An addition of up to this.
    pub const fn jitter(self) -> Jitter {
        Jitter::Spread(self.0)
    }

    /// The same: every duration will do.
    pub const fn checked(self) -> Jitter {
        self.jitter()
    }
}

impl JitterValue<Jitter> {
    /// A jitter as it is.
    pub const fn jitter(self) -> Jitter {
        self.0
    }

    /// A jitter that the compiler knows.
    ///
    /// # Panics
    ///
    /// At compile time, where it is a ratio outside `[0, 1]`.
    #[track_caller]
    pub const fn checked(self) -> Jitter {
        const_checks::jitter(self.0)
    }
}
