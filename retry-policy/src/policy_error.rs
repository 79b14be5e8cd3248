//! The messages for wrong settings, the same for attribute, builder and configuration files.
//!
//! This module does not judge.

use crate::setting::Setting;
use crate::settings::Settings;
use crate::strategy::Kind;
use crate::suggestion::listed;
use core::fmt;
use core::time::Duration;

/// The reason why settings are not a policy. The message names both sides and one way to correct it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum PolicyError {
    /// `factor` is below 1, infinite or not a number.
    Factor {
        /// The factor.
        factor: f64,
    },
    /// A jitter ratio is outside `[0, 1]`.
    Ratio {
        /// The ratio.
        ratio: f64,
    },
    /// `max` is 0, which allows no attempt.
    NoAttempts,
    /// A list of delays is empty.
    NoSteps,
    /// A duration is zero. The builder accepts zero.
    Zero {
        /// The setting's name.
        setting: &'static str,
    },
    /// The strategy does not use a setting.
    Unused {
        /// The strategy's name.
        strategy: &'static str,
        /// The setting's name.
        setting: &'static str,
    },
    /// The strategy has its own jitter, and another one is set.
    JitterTwice {
        /// The strategy's name.
        strategy: &'static str,
    },
    /// The strategy has no delays, and a jitter relative to the delay is set. The builder accepts this.
    JitterOfNothing,
    /// `cap` is shorter than `base`.
    CapBelowBase {
        /// The cap.
        cap: Duration,
        /// The base, or its default.
        base: Duration,
    },
    /// There is neither a limit of attempts nor a word about the deadline.
    Endless,
    /// A final attempt is set, and there is no deadline at which it could begin.
    FinalAttemptWithoutDeadline,
    /// `reset_after` is zero, so that every failure would begin a new series.
    ResetAfterZero,
    /// The first retry can never begin before the deadline.
    DeadlineTooShort {
        /// The deadline.
        deadline: Duration,
        /// The shortest delay before the first retry.
        first: Duration,
    },
}

impl PolicyError {
    /// Returns the message without values, for panics at compile time, which cannot format.
    pub const fn summary(&self) -> &'static str {
        match self {
            Self::Factor { .. } => {
                "`factor` must be a finite number of at least 1, or delays would shrink; write `factor = 2.0`"
            }
            Self::Ratio { .. } => {
                "a `jitter` ratio must be between 0 and 1; write `jitter = 0.2` for a fifth either way"
            }
            Self::NoAttempts => {
                "`max` must be at least 1: it counts all attempts, the first one included; write `max = 1` or more"
            }
            Self::NoSteps => "the list of delays is empty; write at least one, or `strategy = \"immediate\"`",
            Self::Zero { setting } => match setting.as_bytes() {
                b"base" => {
                    "`base` must be longer than zero; for no delay at all write `strategy = \"immediate\"` instead"
                }
                b"cap" => {
                    "`cap` must be longer than zero; for no delay at all write `strategy = \"immediate\"` instead"
                }
                b"increment" => {
                    "`increment` must be longer than zero; for delays that do not grow write `strategy = \"constant\"` instead"
                }
                _ => "`deadline` must be longer than zero, or there could be no retry; write `deadline = \"30s\"`",
            },
            Self::ResetAfterZero => {
                "`reset_after` must be longer than zero, or every failure would begin a new series and no limit would hold; write `reset_after = \"10min\"`"
            }
            Self::Unused { .. } => "a setting is not used by this strategy; remove it, or choose another strategy",
            Self::JitterTwice { .. } => {
                "this strategy has jitter of its own; remove `jitter`, or choose another strategy"
            }
            Self::JitterOfNothing => {
                "`jitter` spreads a part of the delay, and the strategy `immediate` has none; remove it, or write a duration, such as `jitter = \"50ms\"`"
            }
            Self::CapBelowBase { .. } => {
                "`cap` is shorter than `base`, so no delay could reach `base`; raise `cap` or lower `base`"
            }
            Self::DeadlineTooShort { deadline, .. } if deadline.is_zero() => {
                Self::Zero { setting: "deadline" }.summary()
            }
            Self::DeadlineTooShort { .. } => {
                "`deadline` ends before the first retry can begin, so nothing would be retried; raise `deadline` or lower the first delay"
            }
            Self::FinalAttemptWithoutDeadline => {
                "`final_attempt` needs a `deadline`, at which the final attempt begins; write `deadline = \"30s\"` beside it"
            }
            Self::Endless => {
                "unlimited attempts need a `deadline`; write one, such as `deadline = \"30s\"`, or `deadline = \"none\"` to attempt without end"
            }
        }
    }

    /// Returns the message for these settings. It marks values that are defaults.
    pub fn in_words(&self, settings: &Settings<'_>) -> String {
        self.message(settings.strategy.is_some(), settings.base.is_some())
    }

    /// Returns the message with values: the start names them, the rest is that of the summary.
    fn message(&self, has_strategy: bool, has_base: bool) -> String {
        let summary = self.summary();
        let from = |text| summary.find(text).and_then(|start| summary.get(start..)).unwrap_or_default();
        let strategy_word = if has_strategy { "strategy" } else { "default strategy" };
        match self {
            Self::Factor { factor } => format!("`factor` is {}, but {}", short(*factor), from("must")),
            Self::Ratio { ratio } => format!("the `jitter` ratio is {}, but {}", short(*ratio), from("must")),
            Self::Unused { strategy, setting } => {
                let taker = match *strategy {
                    "steps" => "a list of delays".to_owned(),
                    "custom" => "a strategy of your own".to_owned(),
                    name => format!("the {strategy_word} `{name}`"),
                };
                format!("`{setting}` is not used by {taker}; remove it, or {}", advice(setting))
            }
            Self::JitterTwice { strategy } => format!(
                "the {strategy_word} `{strategy}` has jitter of its own; remove `jitter`, or write `strategy = \"exponential\"` beside it"
            ),
            Self::CapBelowBase { cap, base } => {
                let the_default = if has_base { "" } else { "the default " };
                format!("`cap` ({cap:?}) is shorter than {the_default}`base` ({base:?}){}", from(", so"))
            }
            Self::DeadlineTooShort { deadline, first } if !deadline.is_zero() => format!(
                "`deadline` ({deadline:?}) ends before the first retry can begin ({first:?} after the start at the earliest){}",
                from(", so")
            ),
            _ => summary.to_owned(),
        }
    }

    /// Returns the part of the message about the second setting of two that do not fit together.
    pub fn other_side(&self) -> Option<String> {
        Some(match self {
            Self::Unused { setting, .. } => format!("the strategy that has no `{setting}`"),
            Self::JitterTwice { .. } => "the strategy that has jitter of its own".to_owned(),
            Self::JitterOfNothing => "the strategy that has no delay".to_owned(),
            Self::CapBelowBase { .. } => "the `base` that `cap` is shorter than".to_owned(),
            Self::DeadlineTooShort { .. } => "the first delay comes from here".to_owned(),
            _ => return None,
        })
    }
}

/// Returns a number as text, with an exponent if it would be long without.
fn short(number: f64) -> String {
    let text = number.to_string();
    if text.len() > 20 { format!("{number:e}") } else { text }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(true, true))
    }
}

impl core::error::Error for PolicyError {}

/// Names the strategies that use a setting.
fn advice(setting: &str) -> String {
    let mut takers = Vec::new();
    for kind in Kind::ALL_NAMED {
        if Setting::from_name(setting).is_some_and(|it| kind.takes(it)) {
            takers.push(kind.name());
        }
    }
    match takers.as_slice() {
        [one] => format!("write `strategy = \"{one}\"`"),
        several => format!("use one of the strategies {}", listed(several, "\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_that_nobody_wrote_is_called_one() {
        let jitter = PolicyError::JitterTwice { strategy: "full_jitter" };
        let beside = "has jitter of its own; remove `jitter`, or write `strategy = \"exponential\"` beside it";
        assert_eq!(jitter.to_string(), format!("the strategy `full_jitter` {beside}"));
        assert_eq!(jitter.in_words(&Settings::NONE), format!("the default strategy `full_jitter` {beside}"));
        let cap = PolicyError::CapBelowBase { cap: Duration::from_millis(1), base: Duration::from_millis(100) };
        let why = "so no delay could reach `base`; raise `cap` or lower `base`";
        assert_eq!(cap.to_string(), format!("`cap` (1ms) is shorter than `base` (100ms), {why}"));
        let words = cap.in_words(&Settings::NONE);
        assert_eq!(words, format!("`cap` (1ms) is shorter than the default `base` (100ms), {why}"));
    }

    #[test]
    fn strategies_that_use_the_setting_are_named() {
        let unused = |strategy, setting| PolicyError::Unused { strategy, setting }.to_string();
        assert_eq!(
            unused("linear", "factor"),
            "`factor` is not used by the strategy `linear`; remove it, or use one of the strategies \"exponential\", \
             \"full_jitter\", \"equal_jitter\""
        );
        assert_eq!(
            unused("steps", "increment"),
            "`increment` is not used by a list of delays; remove it, or write `strategy = \"linear\"`"
        );
        assert!(unused("custom", "cap").starts_with("`cap` is not used by a strategy of your own; "));
    }

    #[test]
    fn a_message_says_what_was_found_and_what_to_write() {
        let (second, zero) = (Duration::from_secs(1), |setting| PolicyError::Zero { setting });
        for (error, words) in [
            (PolicyError::Factor { factor: 0.5 }, "`factor` is 0.5, but must be a finite number of at least 1, or "),
            (PolicyError::Factor { factor: -f64::MAX }, "`factor` is -1.7976931348623157e308, but must be a finite "),
            (PolicyError::Ratio { ratio: 1.5 }, "the `jitter` ratio is 1.5, but must be between 0 and 1; write "),
            (
                PolicyError::Ratio { ratio: -0.123_456_789_012_345_68 },
                "the `jitter` ratio is -0.12345678901234568, but ",
            ),
            (
                PolicyError::NoAttempts,
                "`max` must be at least 1: it counts all attempts, the first one included; write ",
            ),
            (PolicyError::NoSteps, "the list of delays is empty; write at least one, or `strategy = \"immediate\"`"),
            (zero("base"), "`base` must be longer than zero; for no delay at all write "),
            (zero("cap"), "`cap` must be longer than zero; for no delay at all write "),
            (zero("increment"), "`increment` must be longer than zero; for delays that do not grow write "),
            (zero("deadline"), "`deadline` must be longer than zero, or there could be no retry; write "),
            (PolicyError::ResetAfterZero, "`reset_after` must be longer than zero, or every failure would begin "),
            (PolicyError::JitterOfNothing, "`jitter` spreads a part of the delay, and the strategy `immediate` has "),
            (
                PolicyError::DeadlineTooShort { deadline: second, first: 5 * second },
                "`deadline` (1s) ends before the first retry can begin (5s after the start at the earliest), so nothing ",
            ),
            (PolicyError::FinalAttemptWithoutDeadline, "`final_attempt` needs a `deadline`, at which the final "),
            (
                PolicyError::Endless,
                "unlimited attempts need a `deadline`; write one, such as `deadline = \"30s\"`, or ",
            ),
        ] {
            assert!(error.to_string().starts_with(words), "{error}");
        }
    }

    #[test]
    fn the_second_of_two_settings_is_named() {
        let (setting, strategy, zero) = ("cap", "constant", Duration::ZERO);
        for (error, words, summary) in [
            (
                PolicyError::Unused { strategy, setting },
                Some("the strategy that has no `cap`"),
                "a setting is not used by this strategy; remove it, ",
            ),
            (
                PolicyError::JitterTwice { strategy },
                Some("the strategy that has jitter of its own"),
                "this strategy has jitter of its own; remove `jitter`, ",
            ),
            (PolicyError::JitterOfNothing, Some("the strategy that has no delay"), "`jitter` spreads a part "),
            (
                PolicyError::CapBelowBase { cap: zero, base: zero },
                Some("the `base` that `cap` is shorter than"),
                "`cap` is shorter than `base`, so no delay could reach `base`; ",
            ),
            (
                PolicyError::DeadlineTooShort { deadline: zero, first: zero },
                Some("the first delay comes from here"),
                "`deadline` must be longer than zero, ",
            ),
            (PolicyError::Endless, None, "unlimited attempts need a `deadline`"),
        ] {
            assert_eq!(error.other_side().as_deref(), words);
            assert!(error.summary().starts_with(summary), "{}", error.summary());
        }
    }
}
