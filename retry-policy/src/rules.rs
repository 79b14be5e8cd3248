//! Rules: the values that a setting can have, and the settings that fit together.
//!
//! It is the only judge of settings, at compile time and at run time. It writes no messages.

use crate::policy_error::PolicyError;
use crate::setting::{Setting, SettingSet};
use crate::settings::{Attempts, Deadline, Settings};
use crate::strategy::{Jitter, Kind};
use core::time::Duration;

/// A rule that settings break.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BrokenRule {
    /// The error, with the values.
    pub error: PolicyError,
    /// The setting to change.
    pub setting: Setting,
    /// The settings that it does not fit to, the likeliest first. Empty if the setting is wrong by itself.
    pub beside: &'static [Setting],
}

impl BrokenRule {
    /// Returns whether the rule holds only for source code, where breaking it is a mistake. At run time the value may be
    /// computed.
    pub const fn is_for_source_alone(&self) -> bool {
        matches!(self.error, PolicyError::Zero { .. } | PolicyError::JitterOfNothing)
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
        self.first_error(Later::NOTHING, false)
    }

    /// Returns the first error in settings that override others at run time.
    pub const fn judge_part(&self) -> Option<PolicyError> {
        self.first_error(Later::POLICY, false)
    }

    /// Returns what is wrong with values that are written as source code, whatever else is laid under or over them.
    pub const fn judge_source(&self) -> Option<PolicyError> {
        self.first_error(Later::POLICY, true)
    }

    const fn first_error(&self, later: Later, is_about_values: bool) -> Option<PolicyError> {
        let broken = self.broken_rules(later);
        let mut rules = broken.as_slice();
        while let [rule, rest @ ..] = rules {
            if let Some(rule) = rule {
                let is_asked_for = if is_about_values {
                    rule.beside.is_empty() || matches!(rule.error, PolicyError::CapBelowBase { .. })
                } else {
                    !rule.is_for_source_alone()
                };
                if is_asked_for {
                    return Some(rule.error);
                }
            }
            rules = rest;
        }
        None
    }

    /// Checks each rule, those about one setting alone first. A rule that depends on unknown values is not broken.
    pub const fn broken_rules(&self, later: Later) -> [Option<BrokenRule>; 19] {
        let (factor, kind) = (self.factor(), self.kind());
        let has_factor_in_range = factor >= 1.0 && factor.is_finite();
        let ratio = if let Some(Jitter::Ratio(ratio)) = self.jitter { ratio } else { 0.0 };
        let has_ratio_in_range = ratio >= 0.0 && ratio <= 1.0;
        let has_no_attempts = matches!(self.max, Some(Attempts::AtMost(0)));
        let has_no_steps = matches!(self.strategy, Some(Kind::Steps))
            && self.steps.is_empty()
            && !later.written.has(Setting::Strategy);
        let has_two_jitters = self.is_known_kind(later) && kind.is_random() && self.is_written(Setting::Jitter, later);
        let has_jitter_of_nothing = matches!(self.strategy, Some(Kind::Immediate))
            && matches!(self.jitter, Some(Jitter::Full | Jitter::Equal | Jitter::Ratio(_)));
        let is_silently_endless =
            matches!(self.max, Some(Attempts::Unlimited)) && self.deadline.is_none() && !later.has(Setting::Deadline);
        [
            when(!has_factor_in_range, Setting::Factor, &[], PolicyError::Factor { factor }),
            when(!has_ratio_in_range, Setting::Jitter, &[], PolicyError::Ratio { ratio }),
            when(has_no_attempts, Setting::Max, &[], PolicyError::NoAttempts),
            when(has_no_steps, Setting::Strategy, &[], PolicyError::NoSteps),
            self.zero(Setting::Base),
            self.zero(Setting::Cap),
            self.zero(Setting::Increment),
            self.zero(Setting::Deadline),
            when(matches!(self.reset_after, Some(0)), Setting::ResetAfter, &[], PolicyError::ResetAfterZero),
            self.unused(Setting::Base, later),
            self.unused(Setting::Cap, later),
            self.unused(Setting::Factor, later),
            self.unused(Setting::Increment, later),
            when(has_two_jitters, Setting::Jitter, STRATEGY, PolicyError::JitterTwice { strategy: kind.name() }),
            when(has_jitter_of_nothing, Setting::Jitter, STRATEGY, PolicyError::JitterOfNothing),
            self.cap_below_base(later),
            when(is_silently_endless, Setting::Max, &[], PolicyError::Endless),
            self.final_attempt_without_deadline(later),
            self.deadline_too_short(later),
        ]
    }

    const fn zero(&self, setting: Setting) -> Option<BrokenRule> {
        let is_zero = matches!(self.nanos(setting), Some(0));
        when(is_zero, setting, &[], PolicyError::Zero { setting: setting.name() })
    }

    const fn unused(&self, setting: Setting, later: Later) -> Option<BrokenRule> {
        let kind = self.kind();
        let is_unused = self.is_known_kind(later) && self.is_written(setting, later) && !kind.takes(setting);
        when(is_unused, setting, STRATEGY, PolicyError::Unused { strategy: kind.name(), setting: setting.name() })
    }

    const fn cap_below_base(&self, later: Later) -> Option<BrokenRule> {
        let Some(cap) = self.cap else { return None };
        let base = self.base();
        // Another rule reports that the strategy has no base.
        let takes_base = !self.is_known_kind(later) || self.kind().takes(Setting::Base);
        let is_base_known = self.base.is_some() || takes_base && !later.has(Setting::Base);
        let error = PolicyError::CapBelowBase { cap: Duration::from_nanos(cap), base: Duration::from_nanos(base) };
        when(is_base_known && cap < base, Setting::Cap, &[Setting::Base], error)
    }

    const fn deadline_too_short(&self, later: Later) -> Option<BrokenRule> {
        let Some(deadline) = self.deadline() else { return None };
        let kind = self.kind();
        let is_first_known = match kind {
            // The delays of a custom strategy are unknown until it is called.
            Kind::Custom => false,
            Kind::Steps => !later.written.has(Setting::Strategy),
            _ => self.is_known_kind(later),
        };
        let is_known = is_first_known
            && self.is_known(Setting::Base, later)
            && self.is_known(Setting::Cap, later)
            && self.is_known(Setting::FinalAttempt, later)
            && (kind.is_random() || self.is_known(Setting::Jitter, later));
        let has_retries = !matches!(self.max, Some(Attempts::AtMost(1)));
        let first = self.shortest_first();
        // A final attempt begins at the deadline, however long the first delay is.
        let is_too_short = is_known && has_retries && first >= deadline && !self.final_attempt();
        let (deadline, first) = (Duration::from_nanos(deadline), Duration::from_nanos(first));
        let error = PolicyError::DeadlineTooShort { deadline, first };
        when(is_too_short, Setting::Deadline, &[Setting::Base, Setting::Strategy], error)
    }

    const fn final_attempt_without_deadline(&self, later: Later) -> Option<BrokenRule> {
        let has_no_deadline = match self.deadline {
            Some(Deadline::After(_)) => false,
            Some(Deadline::Never) => true,
            None => !later.has(Setting::Deadline),
        };
        let is_alone = matches!(self.final_attempt, Some(true)) && has_no_deadline;
        when(is_alone, Setting::FinalAttempt, &[], PolicyError::FinalAttemptWithoutDeadline)
    }

    const fn is_known_kind(&self, later: Later) -> bool {
        self.strategy.is_some() || !later.has(Setting::Strategy)
    }

    const fn is_written(&self, setting: Setting, later: Later) -> bool {
        self.has(setting) || later.written.has(setting)
    }

    /// Returns whether the value of a setting is known, or is not used.
    const fn is_known(&self, setting: Setting, later: Later) -> bool {
        self.has(setting) || !later.has(setting) || !self.kind().takes(setting)
    }
}

/// The setting that most others depend on.
const STRATEGY: &[Setting] = &[Setting::Strategy];

/// Returns the rule if it is broken.
const fn when(is_broken: bool, setting: Setting, beside: &'static [Setting], error: PolicyError) -> Option<BrokenRule> {
    if is_broken { Some(BrokenRule { error, setting, beside }) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::Strategy;

    const SECOND: u64 = 1_000_000_000;
    const NONE: Settings<'_> = Settings::NONE;
    const CONSTANT: Settings<'_> = Settings::of(Strategy::Constant);

    /// Returns the errors by all rules.
    fn all(settings: &Settings<'_>, later: Later) -> Vec<PolicyError> {
        settings.broken_rules(later).into_iter().flatten().map(|rule| rule.error).collect()
    }

    #[test]
    fn each_rule_is_found_broken_alone() {
        let second = Duration::from_secs(1);
        let base = Duration::from_millis(100);
        for (settings, error) in [
            (Settings { factor: Some(0.5), ..NONE }, PolicyError::Factor { factor: 0.5 }),
            (Settings { factor: Some(f64::INFINITY), ..NONE }, PolicyError::Factor { factor: f64::INFINITY }),
            (Settings { jitter: Some(Jitter::Ratio(1.5)), ..CONSTANT }, PolicyError::Ratio { ratio: 1.5 }),
            (Settings { jitter: Some(Jitter::Ratio(-0.5)), ..CONSTANT }, PolicyError::Ratio { ratio: -0.5 }),
            (Settings { max: Some(Attempts::AtMost(0)), ..NONE }, PolicyError::NoAttempts),
            (Settings::of(Strategy::Steps(&[])), PolicyError::NoSteps),
            (Settings { reset_after: Some(0), ..NONE }, PolicyError::ResetAfterZero),
            (Settings { cap: Some(SECOND), ..CONSTANT }, PolicyError::Unused { strategy: "constant", setting: "cap" }),
            (
                Settings { increment: Some(1), ..NONE },
                PolicyError::Unused { strategy: "full_jitter", setting: "increment" },
            ),
            (Settings { jitter: Some(Jitter::Full), ..NONE }, PolicyError::JitterTwice { strategy: "full_jitter" }),
            (Settings { cap: Some(1), ..NONE }, PolicyError::CapBelowBase { cap: Duration::from_nanos(1), base }),
            (
                Settings { cap: Some(1), ..Settings::of(Strategy::Immediate) },
                PolicyError::Unused { strategy: "immediate", setting: "cap" },
            ),
            (Settings { max: Some(Attempts::Unlimited), ..NONE }, PolicyError::Endless),
            (Settings { final_attempt: Some(true), ..NONE }, PolicyError::FinalAttemptWithoutDeadline),
            (
                Settings { final_attempt: Some(true), deadline: Some(Deadline::Never), ..NONE },
                PolicyError::FinalAttemptWithoutDeadline,
            ),
            (
                Settings { base: Some(SECOND), deadline: Some(Deadline::After(SECOND)), ..CONSTANT },
                PolicyError::DeadlineTooShort { deadline: second, first: second },
            ),
            (
                Settings {
                    deadline: Some(Deadline::After(1)),
                    ..Settings::of(Strategy::Steps(const { &[Duration::from_secs(1)] }))
                },
                PolicyError::DeadlineTooShort { deadline: Duration::from_nanos(1), first: second },
            ),
        ] {
            assert_eq!(all(&settings, Later::NOTHING), [error]);
            assert_eq!(settings.judge(), Some(error));
        }
    }

    #[test]
    fn values_at_the_edge_of_what_is_allowed_break_no_rule() {
        for settings in [
            Settings { factor: Some(1.0), ..NONE },
            Settings { jitter: Some(Jitter::Ratio(0.0)), ..CONSTANT },
            Settings { jitter: Some(Jitter::Ratio(1.0)), ..CONSTANT },
            Settings { base: Some(5), cap: Some(5), ..NONE },
            Settings { max: Some(Attempts::AtMost(1)), deadline: Some(Deadline::After(1)), ..CONSTANT },
            Settings { base: Some(1), deadline: Some(Deadline::After(2)), ..CONSTANT },
        ] {
            assert!(all(&settings, Later::NOTHING).is_empty(), "{settings:?}");
        }
    }

    #[test]
    fn a_deadline_of_zero_is_called_that() {
        for strategy in [Strategy::Immediate, Strategy::Constant, Strategy::FullJitter] {
            let settings = Settings { deadline: Some(Deadline::After(0)), ..Settings::of(strategy) };
            let error = settings.judge().expect("no retry could begin");
            let words = "`deadline` must be longer than zero, or there could be no retry; write `deadline = \"30s\"`";
            assert_eq!((error.in_words(&settings).as_str(), error.summary()), (words, words));
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
        assert!(judged(Settings { deadline: Some(Deadline::Never), ..endless }, Later::NOTHING).is_empty());
        let short = Settings { deadline: Some(Deadline::After(1)), ..CONSTANT };
        assert_eq!(judged(short, Later::NOTHING).len(), 1);
        assert!(judged(Settings { final_attempt: Some(true), ..short }, Later::NOTHING).is_empty());
        assert_eq!(judged(Settings { final_attempt: Some(false), ..short }, Later::NOTHING).len(), 1);
        assert!(judged(short, Later::NOTHING.with(Setting::FinalAttempt)).is_empty());
        let no_deadline = Settings { final_attempt: Some(true), ..NONE };
        assert!(judged(no_deadline, Later::POLICY).is_empty());
        assert!(judged(no_deadline, Later::NOTHING.with(Setting::Deadline)).is_empty());
        for later in [Later::POLICY, Later::NOTHING.with(Setting::Base), Later::NOTHING.with(Setting::Jitter)] {
            assert!(judged(short, later).is_empty());
        }
        let growing = Settings { strategy: Some(Kind::Linear), ..short };
        assert_eq!(judged(growing, Later::NOTHING).len(), 1);
        assert!(judged(growing, Later::NOTHING.with(Setting::Cap)).is_empty());
        let list = Settings { deadline: Some(Deadline::After(1)), ..Settings { strategy: Some(Kind::Steps), ..NONE } };
        assert!(judged(list, Later::NOTHING.with(Setting::Strategy)).is_empty());
        // Of a deadline of zero, the rule about zero speaks, and not the one about a first delay that is not known.
        let at_once = Settings { deadline: Some(Deadline::After(0)), ..list };
        let zero = PolicyError::Zero { setting: "deadline" };
        assert_eq!(judged(at_once, Later::NOTHING.with(Setting::Strategy)), [zero]);
        assert_eq!(judged(Settings { strategy: Some(Kind::Custom), ..at_once }, Later::NOTHING), [zero]);
        assert!(
            judged(Settings { deadline: Some(Deadline::After(1)), ..NONE }, Later::NOTHING.with(Setting::Strategy))
                .is_empty()
        );
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
            Settings { deadline: Some(Deadline::After(1)), ..CONSTANT },
        ] {
            assert_eq!(settings.judge_source(), None);
        }
    }

    #[test]
    fn a_part_is_judged_by_what_is_written_in_it() {
        assert_eq!(Settings { cap: Some(1), deadline: Some(Deadline::After(1)), ..NONE }.judge_part(), None);
        let both = Settings { cap: Some(1), base: Some(2), ..NONE };
        assert!(matches!(both.judge_part(), Some(PolicyError::CapBelowBase { .. })));
        assert_eq!(Settings { factor: Some(0.0), ..NONE }.judge_part(), Some(PolicyError::Factor { factor: 0.0 }));
    }
}
