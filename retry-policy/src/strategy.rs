//! Strategies: how delays grow, how they are spread, and the table of all strategies.
//!
//! It knows no defaults, no limits and no state of a call. A new strategy gets a variant in [`Kind`] and [`Strategy`], a row in
//! the table, and its formula in [`backoff`](crate::backoff) and [`delay`](crate::delay).

use crate::setting::{Setting, SettingSet};
use core::time::Duration;

/// A named strategy: how long to wait before each retry.
///
/// n is the number of the retry (1, 2, ...), and `e(n) = min(cap, base * factor^(n-1))`. No delay passes the cap.
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
    /// `U(0, e(n))`, evenly spread. This is the default. From Brooker, "Exponential Backoff And Jitter", 2015.
    FullJitter,
    /// `e(n)/2 + U(0, e(n)/2)`. From the same source.
    EqualJitter,
    /// `min(cap, U(base, 3 * previous))`, where the previous delay starts at `base`. From the same source.
    ///
    /// The result is clamped after the draw, as published, so many delays are equal to the cap. `FullJitter` does not have this.
    DecorrelatedJitter,
    /// `base * (f(t) - f(t'))` with `f(t) = 2^t * tanh(sqrt(4t)) / 1.4`, `t = (n-1) + U(0, 1)`, and t' is the t of the previous retry.
    ///
    /// Once `base * f(n)` passes the cap, it is `U(cap/2, cap)`. From Polly, `DecorrelatedJitterBackoffV2`.
    DecorrelatedJitterV2,
    /// The n-th entry, then the last one for all later retries. An empty list has no delay.
    Steps(&'static [Duration]),
}

impl Strategy {
    /// Returns the name in the attribute. It is `steps` for a list.
    pub const fn name(&self) -> &'static str {
        self.kind().name()
    }

    /// Returns the kind of the strategy.
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

    /// Returns the delays of a list. Empty for all other strategies.
    pub const fn steps(&self) -> &'static [Duration] {
        match self {
            Self::Steps(steps) => steps,
            _ => &[],
        }
    }
}

/// How a nominal delay is spread. Fits every strategy that has no jitter of its own.
///
/// No delay passes the cap. Delays at the cap are spread like all others: the window is moved down until it fits.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Jitter {
    /// A random delay in `[0, nominal]`.
    Full,
    /// A random delay in `[nominal / 2, nominal]`.
    Equal,
    /// The nominal delay times a random factor in `[1 - ratio, 1 + ratio]`. The ratio is in `[0, 1]`.
    Ratio(f64),
    /// The nominal delay plus a random duration in `[0, this]`.
    Spread(Duration),
}

/// The kind of a strategy, without its data.
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
    /// Depends on the previous delay.
    DecorrelatedJitter,
    /// Polly's smooth curve.
    DecorrelatedJitterV2,
    /// A list of delays.
    Steps,
    /// A strategy of the user's own, which computes each delay.
    Custom,
}

/// A row of the table of strategies.
struct Row {
    name: &'static str,
    /// The strategy, without the entries of a list.
    strategy: Strategy,
    /// The settings that this strategy uses and not all others do.
    takes: SettingSet,
    /// The name in documentation, as in "at most 3 attempts, with ...".
    words: &'static str,
}

const NOTHING: SettingSet = SettingSet::EMPTY;
const BASE: SettingSet = SettingSet::EMPTY.with(Setting::Base);
const CAPPED: SettingSet = BASE.with(Setting::Cap);
const LINEAR: SettingSet = CAPPED.with(Setting::Increment);
const EXPONENTIAL: SettingSet = CAPPED.with(Setting::Factor);

impl Row {
    const fn new(strategy: Strategy, name: &'static str, takes: SettingSet, words: &'static str) -> Self {
        Self { name, strategy, takes, words }
    }
}

/// All strategies, in the order of [`Kind`].
const TABLE: [Row; 11] = [
    Row::new(Strategy::Immediate, "immediate", NOTHING, "no delay"),
    Row::new(Strategy::Constant, "constant", BASE, "a constant delay"),
    Row::new(Strategy::Linear, "linear", LINEAR, "linearly growing delays"),
    Row::new(Strategy::Exponential, "exponential", EXPONENTIAL, "exponentially growing delays"),
    Row::new(Strategy::Fibonacci, "fibonacci", CAPPED, "Fibonacci delays"),
    Row::new(Strategy::FullJitter, "full_jitter", EXPONENTIAL, "exponential backoff with full jitter"),
    Row::new(Strategy::EqualJitter, "equal_jitter", EXPONENTIAL, "exponential backoff with equal jitter"),
    Row::new(Strategy::DecorrelatedJitter, "decorrelated_jitter", CAPPED, "decorrelated jitter"),
    Row::new(Strategy::DecorrelatedJitterV2, "decorrelated_jitter_v2", CAPPED, "decorrelated jitter (smooth)"),
    Row::new(Strategy::Steps(&[]), "steps", NOTHING, "delays of"),
    Row::new(Strategy::Immediate, "custom", NOTHING, "a strategy of its own"),
];

/// The names of strategies in other libraries and in everyday words.
const OTHER_NAMES: [(Kind, &[&str]); 10] = [
    (Kind::Immediate, &["none", "no_delay", "zero", "instant", "no_backoff", "wait_none"]),
    (Kind::Constant, &["fixed", "fixed_delay", "fixed_interval", "fixed_backoff", "interval", "constant_builder"]),
    (Kind::Linear, &["incremental", "arithmetic", "linear_backoff", "wait_incrementing"]),
    (Kind::Exponential, &["exp", "exponential_backoff", "exponential_builder", "geometric", "power"]),
    (Kind::Exponential, &["exponential_backoff_builder", "exponential_factor_backoff", "enable_exponential_backoff"]),
    (Kind::Exponential, &["wait_exponential_jitter", "exponential_jitter"]),
    (Kind::Fibonacci, &["fib", "fibo", "fibonacci_backoff", "fibonacci_builder"]),
    (Kind::FullJitter, &["full", "jitter", "random", "wait_random_exponential", "exponential_random_backoff"]),
    (Kind::EqualJitter, &["equal"]),
    (Kind::DecorrelatedJitter, &["decorrelated", "aws"]),
];

impl Kind {
    /// All strategies that are set by name.
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

    /// The default strategy.
    pub const DEFAULT: Self = Self::FullJitter;

    const fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// Returns the name in the attribute. It is `steps` for a list, and `custom` for a strategy of the user's own.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns the strategy with this name. `steps` and `custom` are not names in the attribute.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL_NAMED.iter().copied().find(|kind| kind.name() == name)
    }

    /// Returns the strategy that has this name in other libraries or in everyday words.
    pub fn by_another_name(name: &str) -> Option<Self> {
        OTHER_NAMES.iter().find(|(_, names)| names.contains(&name)).map(|(kind, _)| *kind)
    }

    /// Returns the strategy, with these steps for a list. For a strategy of the user's own it is [`Strategy::Immediate`].
    pub const fn strategy(self, steps: &'static [Duration]) -> Strategy {
        match self {
            Self::Steps => Strategy::Steps(steps),
            _ => self.row().strategy,
        }
    }

    /// Returns whether the strategy uses a setting. All strategies use the settings that are not about delays.
    pub const fn takes(self, setting: Setting) -> bool {
        match setting {
            Setting::Base | Setting::Cap | Setting::Factor | Setting::Increment => self.row().takes.has(setting),
            _ => true,
        }
    }

    /// Returns the jitter that belongs to the strategy.
    pub const fn own_jitter(self) -> Option<Jitter> {
        match self {
            Self::FullJitter => Some(Jitter::Full),
            Self::EqualJitter => Some(Jitter::Equal),
            _ => None,
        }
    }

    /// Returns whether the strategy has its own randomness, so that `jitter` beside it makes no sense.
    pub const fn is_random(self) -> bool {
        self.own_jitter().is_some() || matches!(self, Self::DecorrelatedJitter | Self::DecorrelatedJitterV2)
    }

    /// Returns the name in documentation.
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
