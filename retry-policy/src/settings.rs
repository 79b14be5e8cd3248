//! Settings: everything that can be set in a policy, and the defaults.
//!
//! It judges nothing and computes no delay.

use crate::nanos;
use crate::setting::Setting;
use crate::strategy::{Jitter, Kind, Strategy};
use core::time::Duration;

/// The limit of attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempts {
    /// This number of attempts in all, the first one included.
    AtMost(u32),
    /// No limit.
    Unlimited,
}

/// The limit of the time in which attempts may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// This time after the start of the call, in nanoseconds.
    After(u64),
    /// No limit.
    Never,
}

/// The settings of a policy. `None` is a setting that is not set. Durations are in nanoseconds.
///
/// The methods of the same names return the value in effect, which is the default if the setting is not set.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Settings<'a> {
    /// The strategy. For [`Kind::Steps`] the list is in `steps`.
    pub strategy: Option<Kind>,
    /// The delays of a list.
    pub steps: &'a [Duration],
    /// The jitter beside the strategy.
    pub jitter: Option<Jitter>,
    /// The first nominal delay.
    pub base: Option<u64>,
    /// The longest delay.
    pub cap: Option<u64>,
    /// The growth of exponential strategies.
    pub factor: Option<f64>,
    /// The growth of the linear strategy.
    pub increment: Option<u64>,
    /// The limit of attempts.
    pub max: Option<Attempts>,
    /// The time after the start of the call until which attempts may begin.
    pub deadline: Option<Deadline>,
    /// Whether a last attempt begins at the deadline.
    pub final_attempt: Option<bool>,
    /// The longest server hint that is obeyed.
    pub max_hint: Option<u64>,
    /// The time after which an attempt that fails begins a new series.
    pub reset_after: Option<u64>,
}

/// The value of a setting, in the form in which it is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Written<'a> {
    /// A strategy, a jitter, or one of the words for "no limit".
    Name(&'static str),
    /// The delays of a list.
    List(&'a [Duration]),
    /// A duration, in nanoseconds.
    Nanos(u64),
    /// A factor or a ratio.
    Number(f64),
    /// A number of attempts.
    Count(u32),
    /// A setting that is on or off.
    Flag(bool),
}

/// The name of [`Jitter::Full`].
pub const FULL: &str = "full";
/// The name of [`Jitter::Equal`].
pub const EQUAL: &str = "equal";
/// The name of [`Attempts::Unlimited`].
pub const UNLIMITED: &str = "unlimited";
/// The name of [`Deadline::Never`].
pub const NO_DEADLINE: &str = "none";

/// The default base, in nanoseconds.
pub const DEFAULT_BASE: u64 = 100_000_000;
/// The default cap, in nanoseconds, if `base` is not longer.
pub const DEFAULT_CAP: u64 = 10 * nanos::PER_SECOND;
/// The default factor.
pub const DEFAULT_FACTOR: f64 = 2.0;
/// The default number of attempts, if the strategy is not a list.
pub const DEFAULT_MAX: u32 = 3;
/// The default for the longest hint, in nanoseconds.
pub const DEFAULT_MAX_HINT: u64 = 60 * nanos::PER_SECOND;

impl Settings<'_> {
    /// No setting is set: all have their defaults.
    pub const NONE: Self = Self {
        strategy: None,
        steps: &[],
        jitter: None,
        base: None,
        cap: None,
        factor: None,
        increment: None,
        max: None,
        deadline: None,
        final_attempt: None,
        max_hint: None,
        reset_after: None,
    };

    /// Returns settings with a strategy alone.
    pub const fn of(strategy: Strategy) -> Self {
        let (kind, steps) = (strategy.kind(), strategy.steps());
        Self { strategy: Some(kind), steps, ..Self::NONE }
    }

    /// Returns the value of a setting that is a duration, in nanoseconds, if it is set.
    pub const fn nanos(&self, setting: Setting) -> Option<u64> {
        match setting {
            Setting::Base => self.base,
            Setting::Cap => self.cap,
            Setting::Increment => self.increment,
            Setting::Deadline => self.deadline(),
            Setting::MaxHint => self.max_hint,
            Setting::ResetAfter => self.reset_after,
            Setting::Strategy | Setting::Factor | Setting::Jitter | Setting::Max | Setting::FinalAttempt => None,
        }
    }

    /// Sets a setting that is a duration and nothing else.
    pub const fn set_nanos(&mut self, setting: Setting, nanos: u64) {
        let place = match setting {
            Setting::Base => &mut self.base,
            Setting::Cap => &mut self.cap,
            Setting::Increment => &mut self.increment,
            Setting::MaxHint => &mut self.max_hint,
            Setting::ResetAfter => &mut self.reset_after,
            Setting::Strategy
            | Setting::Factor
            | Setting::Jitter
            | Setting::Max
            | Setting::Deadline
            | Setting::FinalAttempt => return,
        };
        *place = Some(nanos);
    }

    /// Returns the value of a setting, if it is set.
    pub fn written(&self, setting: Setting) -> Option<Written<'_>> {
        Some(match setting {
            Setting::Strategy => match self.strategy? {
                Kind::Steps => Written::List(self.steps),
                kind => Written::Name(kind.name()),
            },
            Setting::Jitter => match self.jitter? {
                Jitter::Full => Written::Name(FULL),
                Jitter::Equal => Written::Name(EQUAL),
                Jitter::Ratio(ratio) => Written::Number(ratio),
                Jitter::Spread(width) => Written::Nanos(nanos::from_duration(width)),
            },
            Setting::Max => match self.max? {
                Attempts::AtMost(attempts) => Written::Count(attempts),
                Attempts::Unlimited => Written::Name(UNLIMITED),
            },
            Setting::Deadline => match self.deadline? {
                Deadline::After(nanos) => Written::Nanos(nanos),
                Deadline::Never => Written::Name(NO_DEADLINE),
            },
            Setting::FinalAttempt => Written::Flag(self.final_attempt?),
            Setting::Factor => Written::Number(self.factor?),
            duration => Written::Nanos(self.nanos(duration)?),
        })
    }

    /// Returns whether a setting is set.
    pub const fn has(&self, setting: Setting) -> bool {
        match setting {
            Setting::Strategy => self.strategy.is_some(),
            Setting::Jitter => self.jitter.is_some(),
            Setting::Max => self.max.is_some(),
            Setting::Deadline => self.deadline.is_some(),
            Setting::FinalAttempt => self.final_attempt.is_some(),
            Setting::Factor => self.factor.is_some(),
            duration => self.nanos(duration).is_some(),
        }
    }

    /// Returns the strategy.
    #[inline]
    pub const fn kind(&self) -> Kind {
        unwrap_or(self.strategy, Kind::DEFAULT)
    }

    /// Returns the jitter of the delays: the `jitter` setting, or the strategy's own.
    #[inline]
    pub const fn jitter(&self) -> Option<Jitter> {
        or(self.jitter, self.kind().own_jitter())
    }

    /// Returns the first nominal delay.
    #[inline]
    pub const fn base(&self) -> u64 {
        unwrap_or(self.base, DEFAULT_BASE)
    }

    /// Returns the longest delay. It is `u64::MAX` if the strategy has no cap.
    #[inline]
    pub const fn cap(&self) -> u64 {
        self.cap_of(self.kind(), self.base())
    }

    /// Returns the cap for a strategy and a base that the caller knows already.
    #[inline]
    pub(crate) const fn cap_of(&self, kind: Kind, base: u64) -> u64 {
        match (kind, self.cap) {
            (Kind::Custom, _) | (Kind::Immediate | Kind::Constant | Kind::Steps, None) => u64::MAX,
            (_, Some(cap)) => cap,
            (_, None) if base > DEFAULT_CAP => base,
            (_, None) => DEFAULT_CAP,
        }
    }

    /// Returns the growth of exponential strategies.
    #[inline]
    pub const fn factor(&self) -> f64 {
        unwrap_or(self.factor, DEFAULT_FACTOR)
    }

    /// Returns the growth of the linear strategy.
    #[inline]
    pub const fn increment(&self) -> u64 {
        unwrap_or(self.increment, self.base())
    }

    /// Returns the number of attempts in all. `None` is unlimited.
    #[inline]
    pub const fn max(&self) -> Option<u32> {
        match self.max {
            Some(Attempts::AtMost(attempts)) => Some(attempts),
            Some(Attempts::Unlimited) => None,
            None if matches!(self.kind(), Kind::Steps) => Some(attempts_for(self.steps.len())),
            None => Some(DEFAULT_MAX),
        }
    }

    /// Returns the time after the start of the call until which attempts may begin, in nanoseconds.
    #[inline]
    pub const fn deadline(&self) -> Option<u64> {
        match self.deadline {
            Some(Deadline::After(nanos)) => Some(nanos),
            Some(Deadline::Never) | None => None,
        }
    }

    /// Returns whether a last attempt begins at the deadline.
    #[inline]
    pub const fn final_attempt(&self) -> bool {
        matches!(self.final_attempt, Some(true)) && self.deadline().is_some()
    }

    /// Returns whether nothing but a success or a permanent failure ends a call: neither attempts nor time are limited.
    pub const fn is_endless(&self) -> bool {
        self.max().is_none() && self.deadline().is_none()
    }

    /// Returns the longest server hint that is obeyed.
    #[inline]
    pub const fn max_hint(&self) -> u64 {
        unwrap_or(self.max_hint, DEFAULT_MAX_HINT)
    }

    /// Returns the time after which an attempt that fails begins a new series.
    #[inline]
    pub const fn reset_after(&self) -> Option<u64> {
        self.reset_after
    }

    /// Returns the strategy by its most exact name. Exponential delays with full or equal jitter have names of their own. An exponential
    /// strategy with another jitter is [`Kind::Exponential`].
    pub const fn shown_kind(&self) -> Kind {
        match (self.kind(), self.jitter()) {
            (Kind::Exponential | Kind::FullJitter | Kind::EqualJitter, Some(Jitter::Full)) => Kind::FullJitter,
            (Kind::Exponential | Kind::FullJitter | Kind::EqualJitter, Some(Jitter::Equal)) => Kind::EqualJitter,
            (Kind::FullJitter | Kind::EqualJitter, _) => Kind::Exponential,
            (kind, _) => kind,
        }
    }

    /// Returns the same settings with their defaults as values, and without unused settings. `cap` and `increment` stay unset, since
    /// their defaults follow `base`.
    #[must_use]
    pub fn explicit(&self) -> Self {
        let kind = self.shown_kind();
        let used = |setting, value: Option<u64>| value.filter(|_| kind.takes(setting));
        Self {
            strategy: Some(kind),
            steps: if kind == Kind::Steps { self.steps } else { &[] },
            jitter: self.jitter().filter(|_| !kind.is_random()),
            base: used(Setting::Base, Some(self.base())),
            cap: used(Setting::Cap, self.cap),
            factor: kind.takes(Setting::Factor).then_some(self.factor()),
            increment: used(Setting::Increment, self.increment),
            max: Some(self.max().map_or(Attempts::Unlimited, Attempts::AtMost)),
            // Beside a limit of attempts, `none` is the default.
            deadline: self.deadline.filter(|deadline| *deadline != Deadline::Never || self.is_endless()),
            final_attempt: self.final_attempt().then_some(true),
            max_hint: Some(self.max_hint()),
            reset_after: self.reset_after,
        }
    }

    /// Overrides these settings with others: each setting that is set there replaces the one here. A strategy replaces backoff and jitter
    /// together.
    #[inline]
    #[must_use]
    pub const fn over(self, other: &Self) -> Self {
        let mut all = self;
        if other.strategy.is_some() {
            (all.strategy, all.steps, all.jitter) = (other.strategy, other.steps, None);
        }
        all.jitter = or(other.jitter, all.jitter);
        all.base = or(other.base, all.base);
        all.cap = or(other.cap, all.cap);
        all.factor = or(other.factor, all.factor);
        all.increment = or(other.increment, all.increment);
        all.max = or(other.max, all.max);
        all.deadline = or(other.deadline, all.deadline);
        all.final_attempt = or(other.final_attempt, all.final_attempt);
        all.max_hint = or(other.max_hint, all.max_hint);
        all.reset_after = or(other.reset_after, all.reset_after);
        all
    }
}

/// `Option::or` at compile time.
#[inline]
const fn or<T: Copy>(first: Option<T>, second: Option<T>) -> Option<T> {
    if first.is_some() { first } else { second }
}

/// `Option::unwrap_or` at compile time.
#[inline]
const fn unwrap_or<T: Copy>(value: Option<T>, default: T) -> T {
    if let Some(value) = value { value } else { default }
}

/// Returns the number of attempts for a list: one more than it has delays.
#[expect(clippy::cast_possible_truncation, reason = "saturates by the comparison before it")]
pub const fn attempts_for(steps: usize) -> u32 {
    if steps >= u32::MAX as usize { u32::MAX } else { (steps as u32).saturating_add(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_written_has_its_default() {
        let none = Settings::NONE;
        assert_eq!((none.kind(), none.jitter()), (Kind::FullJitter, Some(Jitter::Full)));
        assert_eq!((none.base(), none.cap()), (DEFAULT_BASE, DEFAULT_CAP));
        assert_eq!((none.increment(), none.max(), none.deadline()), (DEFAULT_BASE, Some(3), None));
        assert_eq!((none.max_hint(), none.reset_after()), (60_000_000_000, None));
        let long = Settings { base: Some(DEFAULT_CAP + 1), ..none };
        assert_eq!((long.cap(), long.increment()), (DEFAULT_CAP + 1, DEFAULT_CAP + 1));
        for kind in [Kind::Immediate, Kind::Constant, Kind::Steps, Kind::Custom] {
            assert_eq!(Settings { strategy: Some(kind), ..none }.cap(), u64::MAX);
        }
        assert_eq!(Settings::of(Strategy::Steps(&[Duration::ZERO; 4])).max(), Some(5));
    }

    #[test]
    fn a_strategy_laid_over_another_replaces_its_jitter_too() {
        let below = Settings { jitter: Some(Jitter::Full), base: Some(5), ..Settings::of(Strategy::Constant) };
        let above = Settings { max: Some(Attempts::Unlimited), ..Settings::of(Strategy::Linear) };
        let both = below.over(&above);
        assert_eq!((both.kind(), both.jitter(), both.base(), both.max()), (Kind::Linear, None, 5, None));
        let spread = below.over(&Settings { jitter: Some(Jitter::Equal), ..Settings::NONE });
        assert_eq!((spread.kind(), spread.jitter()), (Kind::Constant, Some(Jitter::Equal)));
    }

    #[test]
    fn no_deadline_laid_over_one_takes_it_away() {
        let limited = Settings { deadline: Some(Deadline::After(5)), max: Some(Attempts::Unlimited), ..Settings::NONE };
        let endless = limited.over(&Settings { deadline: Some(Deadline::Never), ..Settings::NONE });
        assert_eq!((limited.deadline(), limited.is_endless()), (Some(5), false));
        assert_eq!((endless.deadline(), endless.is_endless()), (None, true));
        assert_eq!(limited.over(&Settings::NONE).deadline(), Some(5));
    }

    #[test]
    fn what_means_the_same_is_written_the_same() {
        let off = Settings { final_attempt: Some(false), ..Settings::NONE };
        assert_eq!(off.explicit(), Settings::NONE.explicit());
        let without_deadline = Settings { deadline: Some(Deadline::Never), ..Settings::NONE };
        assert_eq!(without_deadline.explicit(), Settings::NONE.explicit());
        let endless = Settings { max: Some(Attempts::Unlimited), ..without_deadline };
        assert_eq!(endless.explicit().deadline, Some(Deadline::Never));
        let spread = Settings { jitter: Some(Jitter::Full), factor: Some(2.0), ..Settings::of(Strategy::Exponential) };
        assert_eq!(spread.explicit(), Settings::NONE.explicit());
        let unused = Settings { factor: Some(3.0), cap: Some(5), ..Settings::of(Strategy::Immediate) };
        assert_eq!(unused.explicit(), Settings::of(Strategy::Immediate).explicit());
        assert_eq!(spread.explicit().explicit(), spread.explicit());
        assert_eq!(Settings::NONE.explicit().jitter, None);
        let constant = Settings { jitter: Some(Jitter::Equal), ..Settings::of(Strategy::Constant) };
        assert_eq!(constant.explicit().jitter, Some(Jitter::Equal));
        let list = Settings::of(Strategy::Steps(&[Duration::ZERO; 4]));
        assert_eq!((list.explicit().steps, constant.explicit().steps), (list.steps, constant.steps));
    }

    #[test]
    fn exponential_delays_with_a_known_jitter_have_its_name() {
        let shown = |strategy, jitter| Settings { jitter, ..Settings::of(strategy) }.shown_kind();
        assert_eq!(shown(Strategy::Exponential, Some(Jitter::Full)), Kind::FullJitter);
        assert_eq!(shown(Strategy::FullJitter, Some(Jitter::Ratio(0.5))), Kind::Exponential);
        assert_eq!(shown(Strategy::FullJitter, None), Kind::FullJitter);
        assert_eq!(shown(Strategy::Linear, Some(Jitter::Full)), Kind::Linear);
    }
}
