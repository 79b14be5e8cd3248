//! The strategies by name, and which keys each of them takes.
//!
//! One table; it judges nothing.

use crate::args::key::Key;

/// A strategy that has a name.
pub(crate) struct Named {
    /// As the attribute writes it.
    pub(crate) name: &'static str,
    /// As the runtime's `Strategy` names it.
    pub(crate) variant: &'static str,
    /// The settings that it uses.
    pub(crate) takes: &'static [Key],
    /// Whether it is spread by itself, so that `jitter` has no place.
    pub(crate) is_random: bool,
    /// The rule in words, for documentation.
    pub(crate) words: &'static str,
}

const EXPONENTIAL: &[Key] = &[Key::Base, Key::Factor, Key::Cap];
const CAPPED: &[Key] = &[Key::Base, Key::Cap];

/// All strategies that have a name.
pub(crate) const STRATEGIES: [Named; 9] = [
    Named { name: "immediate", variant: "Immediate", takes: &[], is_random: false, words: "no delay" },
    Named { name: "constant", variant: "Constant", takes: &[Key::Base], is_random: false, words: "a constant delay" },
    Named {
        name: "linear",
        variant: "Linear",
        takes: &[Key::Base, Key::Increment, Key::Cap],
        is_random: false,
        words: "linearly growing delays",
    },
    Named {
        name: "exponential",
        variant: "Exponential",
        takes: EXPONENTIAL,
        is_random: false,
        words: "exponentially growing delays",
    },
    Named { name: "fibonacci", variant: "Fibonacci", takes: CAPPED, is_random: false, words: "Fibonacci delays" },
    Named {
        name: "full_jitter",
        variant: "FullJitter",
        takes: EXPONENTIAL,
        is_random: true,
        words: "exponential backoff with full jitter",
    },
    Named {
        name: "equal_jitter",
        variant: "EqualJitter",
        takes: EXPONENTIAL,
        is_random: true,
        words: "exponential backoff with equal jitter",
    },
    Named {
        name: "decorrelated_jitter",
        variant: "DecorrelatedJitter",
        takes: CAPPED,
        is_random: true,
        words: "decorrelated jitter",
    },
    Named {
        name: "decorrelated_jitter_v2",
        variant: "DecorrelatedJitterV2",
        takes: CAPPED,
        is_random: true,
        words: "decorrelated jitter (smooth)",
    },
];

/// The strategy of that name.
pub(crate) fn named(name: &str) -> Option<&'static Named> {
    STRATEGIES.iter().find(|strategy| strategy.name == name)
}

/// The strategy that other libraries, or everyday words, call by that name.
pub(crate) fn by_another_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "none" | "no_delay" | "zero" | "instant" => "immediate",
        "fixed" | "fixed_delay" | "fixed_interval" | "interval" => "constant",
        "incremental" | "arithmetic" => "linear",
        "exp" | "exponential_backoff" | "geometric" | "power" => "exponential",
        "fib" => "fibonacci",
        "full" | "jitter" | "random" | "exponential_jitter" => "full_jitter",
        "equal" => "equal_jitter",
        "decorrelated" | "aws" => "decorrelated_jitter",
        _ => return None,
    })
}

/// The strategy where none is written.
pub(crate) fn default() -> &'static Named {
    named("full_jitter").unwrap_or(&STRATEGIES[0])
}
