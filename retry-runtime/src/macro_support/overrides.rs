//! Tuning: lays settings that are only known at run time over a policy, and brings them into range.
//!
//! The table of what is brought into range, and to what, is in [`Policy`]'s documentation. Each site tells of it once.

use crate::macro_support::const_checks;
use crate::observe::event::Event;
use crate::observe::observers;
use crate::observe::site::Site;
use crate::policy::Policy;
use core::fmt;
use core::time::Duration;
use reattempt_policy::nanos::from_duration;
use reattempt_policy::settings::DEFAULT_MAX;
use reattempt_policy::{Attempts, Jitter, Kind, Setting, Settings, Strategy};

/// A policy in the making, for generated code: one for each call of a site with run-time values.
#[derive(Debug)]
#[must_use = "the policy is what it is made for"]
pub struct Tuning {
    settings: Settings<'static>,
    site: &'static Site,
}

/// What is laid over a policy for a strategy of the user's own: it is asked for each delay.
const CUSTOM: Settings<'static> = Settings { strategy: Some(Kind::Custom), ..Settings::NONE };

impl Policy {
    /// The same without backoff and jitter, for a strategy that is asked for each delay.
    pub(crate) const fn with_strategy_of_its_own(self) -> Self {
        Self::new(self.settings().over(CUSTOM))
    }
}

impl Tuning {
    /// Starts with a copy of a policy.
    pub fn new(site: &'static Site, policy: &Policy) -> Self {
        Self { settings: *policy.settings(), site }
    }

    fn lay(self, settings: Settings<'static>) -> Self {
        Self { settings: self.settings.over(settings), ..self }
    }

    /// Replaces backoff and jitter together.
    pub fn strategy(self, strategy: Strategy) -> Self {
        self.lay(Settings::of(strategy))
    }

    /// Replaces backoff and jitter by a strategy that is asked for each delay; the policy's own is none.
    pub fn custom(self) -> Self {
        self.lay(CUSTOM)
    }

    /// Replaces the jitter.
    pub fn jitter(self, jitter: Jitter) -> Self {
        let jitter = match jitter {
            Jitter::Ratio(ratio) if ratio.is_nan() || ratio < 0.0 => {
                self.adjusted("jitter", format_args!("{ratio} is used as 0"));
                Jitter::Ratio(0.0)
            }
            Jitter::Ratio(ratio) if ratio > 1.0 => {
                self.adjusted("jitter", format_args!("{ratio} is used as 1"));
                Jitter::Ratio(1.0)
            }
            jitter => jitter,
        };
        let kind = self.settings.kind();
        if kind.is_random() && kind.own_jitter().is_none() {
            self.adjusted("jitter", format_args!("`{}` keeps its own jitter", kind.name()));
            return self;
        }
        self.lay(Settings { jitter: Some(jitter), ..Settings::NONE })
    }

    /// Replaces the base.
    pub fn base(self, base: Duration) -> Self {
        self.lay(Settings { base: Some(from_duration(base)), ..Settings::NONE })
    }

    /// Replaces the cap.
    pub fn cap(self, cap: Duration) -> Self {
        self.lay(Settings { cap: Some(from_duration(cap)), ..Settings::NONE })
    }

    /// Replaces the factor.
    pub fn factor(self, factor: f64) -> Self {
        let factor = if factor.is_nan() || factor < 1.0 {
            self.adjusted("factor", format_args!("{factor} is used as 1"));
            1.0
        } else if factor.is_infinite() {
            self.adjusted("factor", format_args!("{factor} is used as {:e}", f64::MAX));
            f64::MAX
        } else {
            factor
        };
        self.lay(Settings { factor: Some(factor), ..Settings::NONE })
    }

    /// Replaces the increment.
    pub fn increment(self, increment: Duration) -> Self {
        self.lay(Settings { increment: Some(from_duration(increment)), ..Settings::NONE })
    }

    /// Replaces the number of attempts.
    pub fn max(self, attempts: u32) -> Self {
        if attempts == 0 {
            self.adjusted("max", format_args!("0 is used as 1"));
        }
        self.lay(Settings { max: Some(Attempts::AtMost(attempts.max(1))), ..Settings::NONE })
    }

    /// Takes the limit of attempts away.
    pub fn unlimited(self) -> Self {
        self.lay(Settings { max: Some(Attempts::Unlimited), ..Settings::NONE })
    }

    /// Replaces the deadline.
    pub fn deadline(self, deadline: Duration) -> Self {
        self.lay(Settings { deadline: Some(from_duration(deadline)), ..Settings::NONE })
    }

    /// Replaces the longest hint.
    pub fn max_hint(self, max_hint: Duration) -> Self {
        self.lay(Settings { max_hint: Some(from_duration(max_hint)), ..Settings::NONE })
    }

    /// Brings settings into range that contradict each other, and hands out the policy.
    pub fn policy(mut self) -> Policy {
        let (cap, base) = (self.settings.cap(), self.settings.base());
        if self.settings.kind().takes(Setting::Cap) && cap < base {
            let (cap, base) = (Duration::from_nanos(cap), Duration::from_nanos(base));
            self.adjusted("cap", format_args!("{cap:?} is shorter than `base` ({base:?}): every delay is the cap"));
        }
        if self.settings.max().is_none() && self.settings.deadline().is_none() {
            self.adjusted("max", format_args!("unlimited without a deadline is used as {DEFAULT_MAX}"));
            self.settings.max = Some(Attempts::AtMost(DEFAULT_MAX));
        }
        Policy::new(self.settings)
    }

    #[cold]
    fn adjusted(&self, key: &'static str, change: fmt::Arguments<'_>) {
        adjusted(self.site, key, change);
    }
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
