//! Tuning: lays settings that are only known at run time over a policy, and brings them into range.
//!
//! The table of what is brought into range, and to what, is in [`Policy`]'s documentation. Each site tells of it once.

use crate::observe::event::Event;
use crate::observe::observers;
use crate::observe::site::Site;
use crate::policy::strategy::{Curve, Jitter, Strategy};
use crate::policy::{DEFAULT_MAX, Policy};
use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;

/// A policy in the making, for generated code: one for each call of a site with run-time values.
#[derive(Debug)]
#[must_use = "the policy is what it is made for"]
pub struct Tuning {
    policy: Policy,
    site: &'static Site,
}

impl Policy {
    /// The same without backoff and jitter, for a strategy that is asked for each delay.
    pub(crate) const fn with_strategy_of_its_own(self) -> Self {
        Self { curve: Curve::Immediate, jitter: None, cap: None, ..self }
    }
}

impl Tuning {
    /// Starts with a copy of a policy.
    pub fn new(site: &'static Site, policy: &Policy) -> Self {
        Self { policy: *policy, site }
    }

    /// Replaces backoff and jitter together.
    pub fn strategy(mut self, strategy: Strategy) -> Self {
        self.policy.curve = strategy.curve();
        self.policy.jitter = strategy.own_jitter();
        self
    }

    /// Replaces backoff and jitter by a strategy that is asked for each delay; the policy's own is none.
    pub fn custom(mut self) -> Self {
        self.policy = self.policy.with_strategy_of_its_own();
        self
    }

    /// Replaces the jitter.
    pub fn jitter(mut self, jitter: Jitter) -> Self {
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
        if matches!(self.policy.curve, Curve::Decorrelated | Curve::Smooth) {
            let name = self.policy.strategy().name();
            self.adjusted("jitter", format_args!("`{name}` keeps its own jitter"));
        } else {
            self.policy.jitter = Some(jitter);
        }
        self
    }

    /// Replaces the base.
    pub fn base(mut self, base: Duration) -> Self {
        self.policy.base = base;
        self
    }

    /// Replaces the cap.
    pub fn cap(mut self, cap: Duration) -> Self {
        self.policy.cap = Some(cap);
        self
    }

    /// Replaces the factor.
    pub fn factor(mut self, factor: f64) -> Self {
        self.policy.factor = if factor.is_nan() || factor < 1.0 {
            self.adjusted("factor", format_args!("{factor} is used as 1"));
            1.0
        } else if factor.is_infinite() {
            self.adjusted("factor", format_args!("{factor} is used as {:e}", f64::MAX));
            f64::MAX
        } else {
            factor
        };
        self
    }

    /// Replaces the increment.
    pub fn increment(mut self, increment: Duration) -> Self {
        self.policy.increment = Some(increment);
        self
    }

    /// Replaces the number of attempts.
    pub fn max(mut self, attempts: u32) -> Self {
        let max = NonZeroU32::new(attempts);
        if max.is_none() {
            self.adjusted("max", format_args!("0 is used as 1"));
        }
        self.policy.max = max.or(Some(NonZeroU32::MIN));
        self
    }

    /// Takes the limit of attempts away.
    pub fn unlimited(mut self) -> Self {
        self.policy.max = None;
        self
    }

    /// Replaces the deadline.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.policy.deadline = Some(deadline);
        self
    }

    /// Replaces the longest hint.
    pub fn max_hint(mut self, max_hint: Duration) -> Self {
        self.policy.max_hint = max_hint;
        self
    }

    /// Brings settings into range that contradict each other, and hands out the policy.
    pub fn policy(mut self) -> Policy {
        let (cap, base) = (self.policy.cap(), self.policy.base);
        let takes_both = !matches!(self.policy.curve, Curve::Immediate | Curve::Constant | Curve::Steps(_));
        if takes_both && cap < base {
            self.adjusted("cap", format_args!("{cap:?} is shorter than `base` ({base:?}): every delay is the cap"));
        }
        if self.policy.max.is_none() && self.policy.deadline.is_none() {
            self.adjusted("max", format_args!("unlimited without a deadline is used as {DEFAULT_MAX}"));
            self.policy.max = Some(DEFAULT_MAX);
        }
        self.policy.quickened()
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
    if observers::is_observed() && site.is_first_adjustment() {
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
        assert!(
            self.0 >= 0.0 && self.0 <= 1.0,
            "a `jitter` ratio must be between 0 and 1; 0.2 spreads delays by a fifth either way"
        );
        Jitter::Ratio(self.0)
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
        match self.0 {
            Jitter::Ratio(ratio) => JitterValue(ratio).checked(),
            jitter => jitter,
        }
    }
}
