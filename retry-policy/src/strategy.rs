//! Strategies: how delays grow, how they are spread, and the table of what belongs to each strategy.
//!
//! It knows no defaults, no limits and no state of a call. A new strategy gets a variant in [`Kind`] and [`Strategy`], a row in
//! the table, and its formula in [`backoff`](crate::backoff) and [`delay`](crate::delay).

use crate::setting::{Setting, SettingSet};
use core::time::Duration;

/// A strategy by name: how long to wait before each retry.
///
/// With n the number of the retry (1, 2, ...) and `e(n) = min(cap, base * factor^(n-1))`. No delay passes the cap.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Strategy {
    /// No delay at all.
    Immediate,
    /// `base`, each time.
    Constant,
    /// `min(cap, base + (n-1) * increment)`.
    Linear,
    /// `e(n)`.
    Exponential,
    /// `min(cap, base * F(n))` with the Fibonacci numbers F = 1, 1, 2, 3, 5, ...
    Fibonacci,
    /// `U(0, e(n))`, evenly spread: the default. From Brooker, "Exponential Backoff And Jitter", 2015.
    FullJitter,
    /// `e(n)/2 + U(0, e(n)/2)`. From the same.
    EqualJitter,
    /// `min(cap, U(base, 3 * previous))`, where the previous delay starts at `base`. From the same.
    ///
    /// It clamps after the draw, as published, and so piles up at the cap; `FullJitter` does not.
    DecorrelatedJitter,
    /// `base * (f(t) - f(t'))` with `f(t) = 2^t * tanh(sqrt(4t)) / 1.4`, `t = (n-1) + U(0, 1)` and t' the t of the retry before.
    ///
    /// From where `base * f(n)` passes the cap it is `U(cap/2, cap)`. From Polly, `DecorrelatedJitterBackoffV2`.
    DecorrelatedJitterV2,
    /// The n-th entry, the last one from then on; no delay where there is no entry.
    Steps(&'static [Duration]),
}

impl Strategy {
    /// The name as the attribute writes it; `steps` for a list.
    pub const fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// Which strategy it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Immediate => Kind::Immediate,
            Self::Constant => Kind::Constant,
            Self::Linear => Kind::Linear,
            Self::Exponential => Kind::Exponential,
            Self::Fibonacci => Kind::Fibonacci,
            Self::FullJitter => Kind::FullJitter,
            Self::EqualJitter => Kind::EqualJitter,
            Self::DecorrelatedJitter => Kind::DecorrelatedJitter,
            Self::DecorrelatedJitterV2 => Kind::DecorrelatedJitterV2,
            Self::Steps(_) => Kind::Steps,
        }
    }

    /// The delays of a list; empty for all other strategies.
    pub const fn steps(&self) -> &'static [Duration] {
        match self {
            Self::Steps(steps) => steps,
            _ => &[],
        }
    }
}

/// How a nominal delay is spread; joins any strategy that has no jitter of its own.
///
/// No delay passes the cap, and delays at the cap are spread like all others: the window is moved down below it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Jitter {
    /// Anything in `[0, nominal]`.
    Full,
    /// Anything in `[nominal / 2, nominal]`.
    Equal,
    /// The nominal delay times something in `[1 - ratio, 1 + ratio]`; the ratio is in `[0, 1]`.
    Ratio(f64),
    /// The nominal delay plus something in `[0, this]`.
    Spread(Duration),
}

/// Which strategy it is, without what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No delay.
    Immediate,
    /// The same delay each time.
    Constant,
    /// Grows by the increment.
    Linear,
    /// Grows by the factor.
    Exponential,
    /// Grows like the Fibonacci numbers.
    Fibonacci,
    /// Exponential, with full jitter.
    FullJitter,
    /// Exponential, with equal jitter.
    EqualJitter,
    /// Depends on the delay before.
    DecorrelatedJitter,
    /// Polly's smooth curve.
    DecorrelatedJitterV2,
    /// A list of delays.
    Steps,
    /// A strategy of the user's own, which is asked for each delay.
    Custom,
}

/// What belongs to a strategy.
struct Row {
    name: &'static str,
    /// The strategy itself, without the entries of a list.
    strategy: Strategy,
    /// The settings that only some strategies take.
    takes: SettingSet,
    own_jitter: Option<Jitter>,
    /// Whether delays are random without a jitter beside it.
    is_random: bool,
    /// For documentation, as in "at most 3 attempts, with ...".
    words: &'static str,
    /// How other libraries, or everyday words, call it.
    other_names: &'static [&'static str],
}

const NOTHING: SettingSet = SettingSet::EMPTY;
const BASE: SettingSet = SettingSet::EMPTY.with(Setting::Base);
const CAPPED: SettingSet = BASE.with(Setting::Cap);
const LINEAR: SettingSet = CAPPED.with(Setting::Increment);
const EXPONENTIAL: SettingSet = CAPPED.with(Setting::Factor);

impl Row {
    const fn new(strategy: Strategy, name: &'static str, takes: SettingSet, words: &'static str) -> Self {
        Self { name, strategy, takes, own_jitter: None, is_random: false, words, other_names: &[] }
    }

    const fn random(mut self) -> Self {
        self.is_random = true;
        self
    }

    const fn with_jitter(mut self, jitter: Jitter) -> Self {
        self.own_jitter = Some(jitter);
        self.random()
    }

    const fn also(mut self, other_names: &'static [&'static str]) -> Self {
        self.other_names = other_names;
        self
    }
}

/// All strategies, in the order of [`Kind`].
const TABLE: [Row; 11] = [
    Row::new(Strategy::Immediate, "immediate", NOTHING, "no delay").also(&["none", "no_delay", "zero", "instant"]),
    Row::new(Strategy::Constant, "constant", BASE, "a constant delay").also(&[
        "fixed",
        "fixed_delay",
        "fixed_interval",
        "interval",
    ]),
    Row::new(Strategy::Linear, "linear", LINEAR, "linearly growing delays").also(&["incremental", "arithmetic"]),
    Row::new(Strategy::Exponential, "exponential", EXPONENTIAL, "exponentially growing delays").also(&[
        "exp",
        "exponential_backoff",
        "geometric",
        "power",
    ]),
    Row::new(Strategy::Fibonacci, "fibonacci", CAPPED, "Fibonacci delays").also(&["fib"]),
    Row::new(Strategy::FullJitter, "full_jitter", EXPONENTIAL, "exponential backoff with full jitter")
        .with_jitter(Jitter::Full)
        .also(&["full", "jitter", "random", "exponential_jitter"]),
    Row::new(Strategy::EqualJitter, "equal_jitter", EXPONENTIAL, "exponential backoff with equal jitter")
        .with_jitter(Jitter::Equal)
        .also(&["equal"]),
    Row::new(Strategy::DecorrelatedJitter, "decorrelated_jitter", CAPPED, "decorrelated jitter")
        .random()
        .also(&["decorrelated", "aws"]),
    Row::new(Strategy::DecorrelatedJitterV2, "decorrelated_jitter_v2", CAPPED, "decorrelated jitter (smooth)").random(),
    Row::new(Strategy::Steps(&[]), "steps", NOTHING, "delays of"),
    Row::new(Strategy::Immediate, "custom", NOTHING, "a strategy of its own"),
];

impl Kind {
    /// The strategies that are written by name.
    pub const ALL_NAMED: [Self; 9] = [
        Self::Immediate,
        Self::Constant,
        Self::Linear,
        Self::Exponential,
        Self::Fibonacci,
        Self::FullJitter,
        Self::EqualJitter,
        Self::DecorrelatedJitter,
        Self::DecorrelatedJitterV2,
    ];

    /// The strategy where none is written.
    pub const DEFAULT: Self = Self::FullJitter;

    const fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The name as the attribute writes it; `steps` for a list, `custom` for a strategy of the user's own.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The strategy of that name; not for `steps` and `custom`, which are written in other ways.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL_NAMED.into_iter().find(|kind| kind.name() == name)
    }

    /// The strategy that other libraries, or everyday words, call by that name.
    pub fn by_another_name(name: &str) -> Option<Self> {
        Self::ALL_NAMED.into_iter().find(|kind| kind.row().other_names.contains(&name))
    }

    /// The strategy itself; a list gets these steps, and [`Strategy::Immediate`] stands for one of the user's own.
    pub const fn strategy(self, steps: &'static [Duration]) -> Strategy {
        match self {
            Self::Steps => Strategy::Steps(steps),
            _ => self.row().strategy,
        }
    }

    /// Whether the strategy uses a setting. All use those that say nothing about delays.
    pub const fn takes(self, setting: Setting) -> bool {
        match setting {
            Setting::Base | Setting::Cap | Setting::Factor | Setting::Increment => self.row().takes.has(setting),
            _ => true,
        }
    }

    /// The jitter that belongs to the strategy.
    pub const fn own_jitter(self) -> Option<Jitter> {
        self.row().own_jitter
    }

    /// Whether the strategy is spread by itself, so that `jitter` beside it makes no sense.
    pub const fn is_random(self) -> bool {
        self.row().is_random
    }

    /// The strategy in words, for documentation.
    pub const fn words(self) -> &'static str {
        self.row().words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_strategy_has_its_own_row() {
        for kind in Kind::ALL_NAMED.into_iter().chain([Kind::Steps]) {
            assert_eq!(kind.strategy(&[]).kind(), kind);
        }
        assert_eq!((Kind::Steps.name(), Kind::Custom.name()), ("steps", "custom"));
    }

    #[test]
    fn each_strategy_is_found_by_its_names() {
        for kind in Kind::ALL_NAMED {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
            assert_eq!(Kind::by_another_name(kind.name()), None);
        }
        assert_eq!(Kind::from_name("steps"), None);
        assert_eq!(Kind::from_name("custom"), None);
        assert_eq!(Kind::by_another_name("fixed"), Some(Kind::Constant));
        assert_eq!(Kind::by_another_name("aws"), Some(Kind::DecorrelatedJitter));
    }
}
