//! Rules: the values that a setting can have, and the settings that fit together.
//!
//! It is the only judge of settings, at compile time and at run time. It writes no messages.

use crate::policy_error::PolicyError;
use crate::setting::{Setting, SettingSet};
use crate::settings::{Attempts, DEFAULT_BASE, Settings};
use crate::strategy::{Jitter, Kind};
use core::time::Duration;

/// A rule for settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `factor` is a finite number of at least 1.
    Factor,
    /// A jitter ratio is in `[0, 1]`.
    Ratio,
    /// There is at least one attempt.
    NoAttempts,
    /// A list has at least one entry.
    NoSteps,
    /// This duration is not zero. Only for source code.
    Zero(Setting),
    /// The strategy uses this setting.
    Unused(Setting),
    /// A strategy with its own jitter has no `jitter` setting.
    JitterTwice,
    /// A strategy without delays has no jitter relative to the delay. Only for source code.
    JitterOfNothing,
    /// `cap` is not shorter than `base`.
    CapBelowBase,
    /// There is a limit of attempts or a deadline.
    Endless,
    /// The first retry can begin before the deadline.
    DeadlineTooShort,
}

impl Rule {
    /// All rules. Those about one setting alone come first.
    pub const ALL: [Self; 17] = [
        Self::Factor,
        Self::Ratio,
        Self::NoAttempts,
        Self::NoSteps,
        Self::Zero(Setting::Base),
        Self::Zero(Setting::Cap),
        Self::Zero(Setting::Increment),
        Self::Zero(Setting::Deadline),
        Self::Unused(Setting::Base),
        Self::Unused(Setting::Cap),
        Self::Unused(Setting::Factor),
        Self::Unused(Setting::Increment),
        Self::JitterTwice,
        Self::JitterOfNothing,
        Self::CapBelowBase,
        Self::Endless,
        Self::DeadlineTooShort,
    ];

    /// Returns whether the rule holds only for source code, where breaking it is a mistake. At run time the value may be
    /// computed.
    pub const fn is_for_source_alone(self) -> bool {
        matches!(self, Self::Zero(_) | Self::JitterOfNothing)
    }

    /// Returns the setting to change.
    pub const fn setting(self) -> Setting {
        match self {
            Self::Factor => Setting::Factor,
            Self::Ratio | Self::JitterTwice | Self::JitterOfNothing => Setting::Jitter,
            Self::NoAttempts | Self::Endless => Setting::Max,
            Self::NoSteps => Setting::Strategy,
            Self::Zero(setting) | Self::Unused(setting) => setting,
            Self::CapBelowBase => Setting::Cap,
            Self::DeadlineTooShort => Setting::Deadline,
        }
    }

    /// Returns the settings that the first one does not fit to, the likeliest first. Empty if the setting is wrong by itself.
    pub const fn beside(self) -> &'static [Setting] {
        match self {
            Self::Unused(_) | Self::JitterTwice | Self::JitterOfNothing => &[Setting::Strategy],
            Self::CapBelowBase => &[Setting::Base],
            Self::DeadlineTooShort => &[Setting::Base, Setting::Strategy],
            _ => &[],
        }
    }
}

/// The settings that are not known yet when the others are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Later {
    written: SettingSet,
    is_over_policy: bool,
}

impl Later {
    /// All settings are known: a setting without a value has its default.
    pub const NOTHING: Self = Self { written: SettingSet::EMPTY, is_over_policy: false };

    /// A setting without a value is unknown: it comes from a policy that these settings override.
    pub const POLICY: Self = Self { is_over_policy: true, ..Self::NOTHING };

    /// As [`NOTHING`](Self::NOTHING), but one more setting has a value, which is known later. For [`Setting::Strategy`] beside
    /// [`Kind::Steps`], only the entries of the list are known later.
    #[must_use]
    pub const fn with(self, setting: Setting) -> Self {
        Self { written: self.written.with(setting), ..self }
    }

    /// Returns whether a setting without a value here has a value that is not the default.
    const fn has(self, setting: Setting) -> bool {
        self.is_over_policy || self.written.has(setting)
    }
}

impl Settings<'_> {
    /// Returns the first error in the settings of a whole policy. The rules for source code alone are not checked.
    pub const fn judge(&self) -> Option<PolicyError> {
        self.first_broken(Later::NOTHING, false)
    }

    /// Returns the first error in settings that override others at run time.
    pub const fn judge_part(&self) -> Option<PolicyError> {
        self.first_broken(Later::POLICY, false)
    }

    /// Returns what is wrong with values that are written as source code, whatever else is laid under or over them.
    pub const fn judge_source(&self) -> Option<PolicyError> {
        self.first_broken(Later::POLICY, true)
    }

    const fn first_broken(&self, later: Later, is_about_values: bool) -> Option<PolicyError> {
        let mut rules = Rule::ALL.as_slice();
        while let [rule, rest @ ..] = rules {
            let applies = if is_about_values {
                rule.beside().is_empty() || matches!(rule, Rule::CapBelowBase)
            } else {
                !rule.is_for_source_alone()
            };
            if applies {
                if let Some(error) = self.refusal(*rule, later) {
                    return Some(error);
                }
            }
            rules = rest;
        }
        None
    }

    /// Returns the error by one rule. A rule that depends on unknown values is not broken.
    pub const fn refusal(&self, rule: Rule, later: Later) -> Option<PolicyError> {
        match rule {
            Rule::Factor => match self.factor {
                Some(factor) if !(factor >= 1.0 && factor.is_finite()) => Some(PolicyError::Factor { factor }),
                _ => None,
            },
            Rule::Ratio => match self.jitter {
                Some(Jitter::Ratio(ratio)) if !(ratio >= 0.0 && ratio <= 1.0) => Some(PolicyError::Ratio { ratio }),
                _ => None,
            },
            Rule::NoAttempts => match self.max {
                Some(Attempts::AtMost(0)) => Some(PolicyError::NoAttempts),
                _ => None,
            },
            Rule::NoSteps => match self.strategy {
                Some(Kind::Steps) if self.steps.is_empty() && !later.written.has(Setting::Strategy) => {
                    Some(PolicyError::NoSteps)
                }
                _ => None,
            },
            Rule::Zero(setting) => self.zero(setting),
            Rule::Unused(setting) => self.unused(setting, later),
            Rule::JitterTwice => match self.known_kind(later) {
                Some(kind) if kind.is_random() && self.is_written(Setting::Jitter, later) => {
                    Some(PolicyError::JitterTwice { strategy: kind.name() })
                }
                _ => None,
            },
            Rule::JitterOfNothing => match (self.strategy, self.jitter) {
                (Some(Kind::Immediate), Some(Jitter::Full | Jitter::Equal | Jitter::Ratio(_))) => {
                    Some(PolicyError::JitterOfNothing)
                }
                _ => None,
            },
            Rule::CapBelowBase => self.cap_below_base(later),
            Rule::Endless => match self.max {
                Some(Attempts::Unlimited) if self.deadline.is_none() && !later.has(Setting::Deadline) => {
                    Some(PolicyError::Endless)
                }
                _ => None,
            },
            Rule::DeadlineTooShort => self.deadline_too_short(later),
        }
    }

    const fn zero(&self, setting: Setting) -> Option<PolicyError> {
        match self.nanos(setting) {
            // A limit of zero obeys no hint.
            Some(0) if !matches!(setting, Setting::MaxHint) => Some(PolicyError::Zero { setting: setting.name() }),
            _ => None,
        }
    }

    const fn unused(&self, setting: Setting, later: Later) -> Option<PolicyError> {
        match self.known_kind(later) {
            Some(kind) if self.is_written(setting, later) && !kind.takes(setting) => {
                Some(PolicyError::Unused { strategy: kind.name(), setting: setting.name() })
            }
            _ => None,
        }
    }

    const fn cap_below_base(&self, later: Later) -> Option<PolicyError> {
        let Some(cap) = self.cap else { return None };
        let base = match (self.base, self.known_kind(later)) {
            (Some(base), _) => base,
            (None, _) if later.has(Setting::Base) => return None,
            // Another rule reports that the strategy has no base.
            (None, Some(kind)) if !kind.takes(Setting::Base) => return None,
            (None, _) => DEFAULT_BASE,
        };
        if cap >= base {
            return None;
        }
        Some(PolicyError::CapBelowBase { cap: Duration::from_nanos(cap), base: Duration::from_nanos(base) })
    }

    const fn deadline_too_short(&self, later: Later) -> Option<PolicyError> {
        let (Some(deadline), false) = (self.deadline, matches!(self.max, Some(Attempts::AtMost(1)))) else {
            return None;
        };
        let Some(kind) = self.known_kind(later) else { return None };
        // The delays of a custom strategy are unknown until it is called.
        let has_first_delay = match kind {
            Kind::Custom => false,
            Kind::Steps => !later.written.has(Setting::Strategy),
            _ => true,
        };
        let is_known = has_first_delay
            && self.is_known(Setting::Base, kind, later)
            && self.is_known(Setting::Cap, kind, later)
            && (kind.is_random() || self.is_known(Setting::Jitter, kind, later));
        let first = self.shortest_first();
        if !is_known || first < deadline {
            return None;
        }
        let (deadline, first) = (Duration::from_nanos(deadline), Duration::from_nanos(first));
        Some(PolicyError::DeadlineTooShort { deadline, first })
    }

    /// Returns the strategy, if it is known.
    const fn known_kind(&self, later: Later) -> Option<Kind> {
        match self.strategy {
            Some(kind) => Some(kind),
            None if later.has(Setting::Strategy) => None,
            None => Some(Kind::DEFAULT),
        }
    }

    const fn is_written(&self, setting: Setting, later: Later) -> bool {
        self.has(setting) || later.written.has(setting)
    }

    /// Returns whether the value of a setting is known, or is not used.
    const fn is_known(&self, setting: Setting, kind: Kind, later: Later) -> bool {
        self.has(setting) || !later.has(setting) || !kind.takes(setting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::Strategy;

    const SECOND: u64 = 1_000_000_000;
    const NONE: Settings<'_> = Settings::NONE;
    const CONSTANT: Settings<'_> = Settings::of(Strategy::Constant);

    /// Returns the first error by any rule.
    fn all(settings: &Settings<'_>, later: Later) -> Vec<PolicyError> {
        Rule::ALL.into_iter().filter_map(|rule| settings.refusal(rule, later)).collect()
    }

    #[test]
    fn each_rule_is_found_broken_alone() {
        let second = Duration::from_secs(1);
        let base = Duration::from_millis(100);
        for (settings, error) in [
            (Settings { factor: Some(0.5), ..NONE }, PolicyError::Factor { factor: 0.5 }),
            (Settings { factor: Some(f64::INFINITY), ..NONE }, PolicyError::Factor { factor: f64::INFINITY }),
            (Settings { jitter: Some(Jitter::Ratio(1.5)), ..CONSTANT }, PolicyError::Ratio { ratio: 1.5 }),
            (Settings { max: Some(Attempts::AtMost(0)), ..NONE }, PolicyError::NoAttempts),
            (Settings::of(Strategy::Steps(&[])), PolicyError::NoSteps),
            (Settings { cap: Some(SECOND), ..CONSTANT }, PolicyError::Unused { strategy: "constant", setting: "cap" }),
            (
                Settings { increment: Some(1), ..NONE },
                PolicyError::Unused { strategy: "full_jitter", setting: "increment" },
            ),
            (Settings { jitter: Some(Jitter::Full), ..NONE }, PolicyError::JitterTwice { strategy: "full_jitter" }),
            (Settings { cap: Some(1), ..NONE }, PolicyError::CapBelowBase { cap: Duration::from_nanos(1), base }),
            (Settings { max: Some(Attempts::Unlimited), ..NONE }, PolicyError::Endless),
            (
                Settings { base: Some(SECOND), deadline: Some(SECOND), ..CONSTANT },
                PolicyError::DeadlineTooShort { deadline: second, first: second },
            ),
        ] {
            assert_eq!(all(&settings, Later::NOTHING), [error]);
            assert_eq!(settings.judge(), Some(error));
        }
    }

    #[test]
    fn some_rules_hold_for_source_alone() {
        let zero = |setting| PolicyError::Zero { setting };
        let growing = Settings::of(Strategy::Linear);
        for (settings, error) in [
            (Settings { base: Some(0), ..NONE }, zero("base")),
            (Settings { base: Some(0), cap: Some(0), ..NONE }, zero("cap")),
            (Settings { increment: Some(0), ..growing }, zero("increment")),
            (
                Settings { jitter: Some(Jitter::Full), ..Settings::of(Strategy::Immediate) },
                PolicyError::JitterOfNothing,
            ),
        ] {
            assert!(all(&settings, Later::NOTHING).contains(&error), "{error}");
            assert_eq!(settings.judge(), None);
        }
        assert!(all(&Settings { max_hint: Some(0), ..NONE }, Later::NOTHING).is_empty());
        let spread =
            Settings { jitter: Some(Jitter::Spread(Duration::from_secs(1))), ..Settings::of(Strategy::Immediate) };
        assert!(all(&spread, Later::NOTHING).is_empty());
    }

    #[test]
    fn what_is_not_known_yet_breaks_no_rule() {
        let judged = |settings: Settings<'_>, later: Later| all(&settings, later);
        let capped = Settings { cap: Some(1), ..NONE };
        assert!(judged(capped, Later::POLICY).is_empty());
        assert!(judged(capped, Later::NOTHING.with(Setting::Base)).is_empty());
        let endless = Settings { max: Some(Attempts::Unlimited), ..NONE };
        assert!(judged(endless, Later::POLICY).is_empty());
        assert!(judged(endless, Later::NOTHING.with(Setting::Deadline)).is_empty());
        let short = Settings { deadline: Some(1), ..CONSTANT };
        assert_eq!(judged(short, Later::NOTHING).len(), 1);
        for later in [Later::POLICY, Later::NOTHING.with(Setting::Base), Later::NOTHING.with(Setting::Jitter)] {
            assert!(judged(short, later).is_empty());
        }
        let list = Settings { deadline: Some(1), ..Settings { strategy: Some(Kind::Steps), ..NONE } };
        assert!(judged(list, Later::NOTHING.with(Setting::Strategy)).is_empty());
        assert!(judged(Settings { deadline: Some(1), ..NONE }, Later::NOTHING.with(Setting::Strategy)).is_empty());
    }

    #[test]
    fn a_setting_with_a_later_value_is_written_all_the_same() {
        let unused = PolicyError::Unused { strategy: "constant", setting: "cap" };
        assert_eq!(all(&CONSTANT, Later::NOTHING.with(Setting::Cap)), [unused]);
        assert_eq!(all(&CONSTANT, Later::POLICY.with(Setting::Cap)), [unused]);
        let twice = PolicyError::JitterTwice { strategy: "full_jitter" };
        assert_eq!(all(&NONE, Later::NOTHING.with(Setting::Jitter)), [twice]);
        assert!(all(&NONE, Later::POLICY.with(Setting::Jitter)).is_empty());
    }

    #[test]
    fn source_is_judged_by_its_values() {
        assert_eq!(Settings { base: Some(0), ..NONE }.judge_source(), Some(PolicyError::Zero { setting: "base" }));
        assert_eq!(Settings { factor: Some(0.0), ..NONE }.judge_source(), Some(PolicyError::Factor { factor: 0.0 }));
        let both = Settings { cap: Some(1), base: Some(2), ..NONE };
        assert!(matches!(both.judge_source(), Some(PolicyError::CapBelowBase { .. })));
        for settings in [
            Settings { cap: Some(1), ..NONE },
            Settings { max: Some(Attempts::Unlimited), ..NONE },
            Settings { deadline: Some(1), ..CONSTANT },
        ] {
            assert_eq!(settings.judge_source(), None);
        }
    }

    #[test]
    fn a_part_is_judged_by_what_is_written_in_it() {
        assert_eq!(Settings { cap: Some(1), deadline: Some(1), ..NONE }.judge_part(), None);
        let both = Settings { cap: Some(1), base: Some(2), ..NONE };
        assert!(matches!(both.judge_part(), Some(PolicyError::CapBelowBase { .. })));
        assert_eq!(Settings { factor: Some(0.0), ..NONE }.judge_part(), Some(PolicyError::Factor { factor: 0.0 }));
    }
}
