//! Rules: which settings a policy can have, each by itself and together.
//!
//! The only judge of settings, at compile time and at run time. It finds what is wrong and words nothing.

use crate::policy_error::PolicyError;
use crate::setting::{Setting, SettingSet};
use crate::settings::{Attempts, DEFAULT_BASE, Settings};
use crate::strategy::{Jitter, Kind};
use core::time::Duration;

/// A rule that settings can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `factor` is a finite number of at least 1.
    Factor,
    /// A jitter ratio is in `[0, 1]`.
    Ratio,
    /// There is at least one attempt.
    NoAttempts,
    /// A list has an entry.
    NoSteps,
    /// This duration is not zero. Only for what is written as source code.
    Zero(Setting),
    /// The strategy uses this setting.
    Unused(Setting),
    /// Jitter does not join a strategy that has its own.
    JitterTwice,
    /// Jitter that is a part of the delay does not join a strategy without delays. Only for what is written as source code.
    JitterOfNothing,
    /// `cap` is not shorter than `base`.
    CapBelowBase,
    /// There is a limit of attempts or a deadline.
    Endless,
    /// The first retry can begin before the deadline.
    DeadlineTooShort,
}

impl Rule {
    /// All rules, first those about one setting alone.
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

    /// Whether the rule holds only for what is written as source code, where it is a mistake for sure. At run time the same can come
    /// from a computation.
    pub const fn is_for_source_alone(self) -> bool {
        matches!(self, Self::Zero(_) | Self::JitterOfNothing)
    }

    /// The setting to change.
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

    /// The settings that it does not fit to, the likeliest first; empty where the setting is wrong by itself.
    pub const fn beside(self) -> &'static [Setting] {
        match self {
            Self::Unused(_) | Self::JitterTwice | Self::JitterOfNothing => &[Setting::Strategy],
            Self::CapBelowBase => &[Setting::Base],
            Self::DeadlineTooShort => &[Setting::Base, Setting::Strategy],
            _ => &[],
        }
    }
}

/// What else belongs to the settings, where not everything is known when they are judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Later {
    written: SettingSet,
    is_over_policy: bool,
}

impl Later {
    /// Everything is known: what is not written has its default.
    pub const NOTHING: Self = Self { written: SettingSet::EMPTY, is_over_policy: false };

    /// Nothing is known of what is not written: it comes from a policy that these settings are laid over.
    pub const POLICY: Self = Self { is_over_policy: true, ..Self::NOTHING };

    /// The same where one more setting is written, with a value that comes later. For [`Setting::Strategy`] beside a known
    /// [`Kind::Steps`], the entries of the list come later.
    #[must_use]
    pub const fn with(self, setting: Setting) -> Self {
        Self { written: self.written.with(setting), ..self }
    }

    /// Whether a setting that is not written in the settings has a value from somewhere else than the defaults.
    const fn has(self, setting: Setting) -> bool {
        self.is_over_policy || self.written.has(setting)
    }
}

impl Settings<'_> {
    /// Returns what is wrong with the settings of a whole policy: the first rule that they break, without those for source code alone.
    pub const fn judge(&self) -> Option<PolicyError> {
        self.judge_with(Later::NOTHING)
    }

    /// Returns what is wrong with settings that are laid over others at run time.
    pub const fn judge_part(&self) -> Option<PolicyError> {
        self.judge_with(Later::POLICY)
    }

    const fn judge_with(&self, later: Later) -> Option<PolicyError> {
        let mut rules = Rule::ALL.as_slice();
        while let [rule, rest @ ..] = rules {
            if !rule.is_for_source_alone() {
                if let Some(error) = self.refusal(*rule, later) {
                    return Some(error);
                }
            }
            rules = rest;
        }
        None
    }

    /// Returns what is wrong by one rule. A rule that depends on values that are not known yet is not broken.
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
        let value = match setting {
            Setting::Base => self.base,
            Setting::Cap => self.cap,
            Setting::Increment => self.increment,
            Setting::Deadline => self.deadline,
            _ => None,
        };
        match value {
            Some(0) => Some(PolicyError::Zero { setting: setting.name() }),
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
            // That the strategy has no base at all is another rule.
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
        // A strategy of the user's own says nothing before it is asked.
        let is_known = !matches!(kind, Kind::Custom)
            && !(matches!(kind, Kind::Steps) && later.written.has(Setting::Strategy))
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

    /// The strategy, where it is known which one it is.
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

    /// Whether the value of a setting is known, or plays no part.
    const fn is_known(&self, setting: Setting, kind: Kind, later: Later) -> bool {
        self.has(setting) || !later.has(setting) || !kind.takes(setting)
    }
}
