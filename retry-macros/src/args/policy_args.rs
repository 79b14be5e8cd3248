//! The policy's keys: reads them one by one, and checks them with the rules of the policy core.
//!
//! It serves `#[retry]` and `policy!` alike and knows no function.

use crate::args::arguments::{Arguments, Entry};
use crate::args::key::Key;
use crate::args::key_value::Value;
use crate::args::other_key;
use crate::args::value::{ArgValue, ValueReader};
use crate::faults::{self, Faults};
use crate::syntax::{duration_tokens, expr, source_text};
use proc_macro2::Span;
use quote::{quote, quote_spanned};
use reattempt_policy::nanos;
use reattempt_policy::notation::{unknown_deadline_message, unknown_strategy_message};
use reattempt_policy::parse_error::excerpt;
use reattempt_policy::settings::{self, NO_DEADLINE, UNLIMITED};
use reattempt_policy::strategy::Kind;
use reattempt_policy::suggestion::did_you_mean;
use reattempt_policy::{Attempts, BrokenRule, Deadline, Later, PolicyError, Setting, SettingSet, Settings};
use std::time::Duration;
use syn::spanned::Spanned;
use syn::{Expr, ExprArray, LitStr};

/// The policy's keys.
#[derive(Default)]
pub(crate) struct PolicyArgs {
    /// The policy that the other keys override.
    pub(crate) policy: Option<Expr>,
    /// A strategy of the user's own.
    pub(crate) custom: Option<Expr>,
    /// The entries of a list of delays: literals and constants.
    pub(crate) list: Vec<ArgValue<Duration>>,
    /// The same entries, with zero for a constant.
    steps: Vec<Duration>,
    /// The other literals.
    literals: Settings<'static>,
    /// The span of the deadline, if there is one.
    pub(crate) deadline: Option<Span>,
    /// The settings that are not literals.
    pub(crate) others: Vec<OtherSetting>,
}

/// A setting that is not a literal.
pub(crate) struct OtherSetting {
    pub(crate) setting: Setting,
    pub(crate) expression: Expr,
    /// Whether it is a run-time value.
    pub(crate) is_runtime: bool,
}

impl PolicyArgs {
    /// Reads the policy's keys. Reports the faults of each key, then those of several keys together.
    pub(crate) fn read(arguments: &Arguments, reader: &ValueReader<'_>, faults: &mut Faults) -> Self {
        let mut args = Self { policy: arguments.expression(Key::Policy).cloned(), ..Self::default() };
        let value = |setting| arguments.expression(Key::Setting(setting));
        for setting in Setting::DURATIONS {
            let duration = value(setting).map(|value| reader.duration(setting.name(), value));
            if let Some(duration) = args.sort(setting, duration, faults) {
                args.literals.set_nanos(setting, nanos::from_duration(duration));
            }
        }
        let deadline = value(Setting::Deadline).map(|value| read_deadline(value, reader));
        args.literals.deadline = args.sort(Setting::Deadline, deadline, faults);
        let has_deadline = args.literals.deadline != Some(Deadline::Never);
        args.deadline = value(Setting::Deadline).filter(|_| has_deadline).map(Spanned::span);
        args.literals.strategy = value(Setting::Strategy).and_then(|value| args.read_strategy(value, reader, faults));
        let final_attempt = value(Setting::FinalAttempt).map(|value| reader.flag(Setting::FinalAttempt.name(), value));
        args.literals.final_attempt = args.sort(Setting::FinalAttempt, final_attempt, faults);
        let jitter = value(Setting::Jitter).map(|value| reader.jitter(value));
        let mut no_jitter = Faults::default();
        args.literals.jitter = args.sort(Setting::Jitter, jitter, &mut no_jitter);
        let factor = value(Setting::Factor).map(|value| reader.factor(value));
        args.literals.factor = args.sort(Setting::Factor, factor, faults);
        if let Some(max) = value(Setting::Max).map(|value| read_max(value, reader)) {
            args.literals.max = args.sort(Setting::Max, Some(max), faults);
        }
        // A value does not matter where its key is refused.
        if !args.judge(arguments, faults).has(Setting::Jitter) {
            faults.take(no_jitter.result(()));
        }
        args
    }

    /// Returns the value of a literal, and stores any other value.
    fn sort<T>(&mut self, setting: Setting, value: Option<syn::Result<ArgValue<T>>>, faults: &mut Faults) -> Option<T> {
        let value = faults.take(value?)?;
        let is_runtime = value.is_runtime();
        match value {
            ArgValue::Literal(value, _) => return Some(value),
            ArgValue::Constant(expression) | ArgValue::Runtime(expression) => {
                self.others.push(OtherSetting { setting, expression: *expression, is_runtime });
            }
        }
        None
    }

    /// Returns the settings that are literals.
    pub(crate) fn literals(&self) -> Settings<'_> {
        Settings { steps: &self.steps, ..self.literals }
    }

    /// Returns a setting, if it is not a literal.
    pub(crate) fn other(&self, setting: Setting) -> Option<&OtherSetting> {
        self.others.iter().find(|other| other.setting == setting)
    }

    /// Returns whether the macro knows a setting: it is a literal, or it has its default and no policy is overridden. A strategy of the user's own
    /// is not known.
    pub(crate) fn knows(&self, setting: Setting) -> bool {
        let is_other = match setting {
            Setting::Strategy => {
                self.custom.is_some() || self.list.iter().any(|entry| !matches!(entry, ArgValue::Literal(..)))
            }
            setting => self.other(setting).is_some(),
        };
        !is_other && (self.policy.is_none() || self.literals.has(setting))
    }

    /// Returns whether the macro knows all settings of the policy. A strategy of the user's own is not considered.
    pub(crate) fn is_literal(&self) -> bool {
        let mut list = self.list.iter();
        self.policy.is_none() && self.others.is_empty() && list.all(|entry| matches!(entry, ArgValue::Literal(..)))
    }

    /// Returns whether the policy may have a final attempt.
    pub(crate) fn may_have_final_attempt(&self) -> bool {
        self.literals.final_attempt == Some(true)
            || self.other(Setting::FinalAttempt).is_some()
            || (self.policy.is_some() && self.literals.final_attempt.is_none())
    }

    /// Returns the settings that look like local variables: one word in small letters.
    pub(crate) fn local_variables(&self) -> impl Iterator<Item = &Expr> {
        let is_local = |other: &&OtherSetting| other.is_runtime && expr::name(&other.expression).is_some();
        self.others.iter().filter(is_local).map(|other| &other.expression)
    }

    fn read_strategy(&mut self, value: &Expr, reader: &ValueReader<'_>, faults: &mut Faults) -> Option<Kind> {
        if let Expr::Array(list) = expr::peel(value) {
            return self.read_list(list, reader, faults);
        }
        let message = match (expr::text(value).map(LitStr::value), expr::literal(value)) {
            (Some(name), _) => match Kind::from_name(&name) {
                Some(kind) => return Some(kind),
                None => unknown_strategy_message(&name),
            },
            (None, Some(literal)) => no_strategy(&quote!(#literal).to_string(), Setting::Strategy.example()),
            (None, None) => match reader.unquoted(value, &Kind::ALL_NAMED.map(Kind::name)) {
                Some(name) => format!("strategies are named in quotes; write `strategy = \"{name}\"`"),
                None => match other_key::strategy(value, reader.local_names) {
                    Some(meant) => no_strategy(&source_text::of(value), &meant),
                    None => {
                        self.custom = Some(value.clone());
                        return Some(Kind::Custom);
                    }
                },
            },
        };
        faults.on(value, message);
        None
    }

    fn read_list(&mut self, list: &ExprArray, reader: &ValueReader<'_>, faults: &mut Faults) -> Option<Kind> {
        let entries: Vec<_> = list.elems.iter().filter_map(|entry| faults.take(reader.list_entry(entry))).collect();
        if entries.len() < list.elems.len() {
            return None;
        }
        if entries.iter().any(ArgValue::is_runtime) {
            // An array of durations is a strategy by itself, of which only its length is known here.
            let max = self.policy.is_none().then(|| settings::attempts_for(entries.len()));
            self.literals.max = max.map(Attempts::AtMost);
            let entries = entries.iter().map(|entry| entry.tokens(duration_tokens));
            self.custom = Some(Expr::Verbatim(quote_spanned!(list.span()=> [#(#entries),*])));
            return Some(Kind::Custom);
        }
        let step = |entry: &ArgValue<Duration>| match entry {
            ArgValue::Literal(duration, _) => *duration,
            _ => Duration::ZERO,
        };
        self.steps = entries.iter().map(step).collect();
        self.list = entries;
        Some(Kind::Steps)
    }

    /// Reports each rule that the literals break. Returns the settings that are refused.
    fn judge(&self, arguments: &Arguments, faults: &mut Faults) -> SettingSet {
        let entry = |setting: Setting| arguments.get(Key::Setting(setting));
        let settings = self.literals();
        let mut later = if self.policy.is_some() { Later::POLICY } else { Later::NOTHING };
        for setting in Setting::ALL {
            let is_known =
                settings.has(setting) && (setting != Setting::Strategy || self.custom.is_some() || self.knows(setting));
            if arguments.mentions(Key::Setting(setting)) && !is_known {
                later = later.with(setting);
            }
        }
        let (mut wrong, mut refused) = (SettingSet::EMPTY, SettingSet::EMPTY);
        for rule in settings.broken_rules(later).into_iter().flatten() {
            let BrokenRule { error, setting, beside } = rule;
            // A key without an entry has a value that could not be parsed. That is reported already.
            let Some(here) = entry(setting) else { continue };
            // A fault that follows from another fault is not reported.
            if wrong.has(setting) || beside.iter().any(|setting| wrong.has(*setting)) {
                continue;
            }
            if beside.is_empty() {
                wrong = wrong.with(setting);
            }
            refused = refused.with(setting);
            let (here, message) = (place(here, &rule), error.in_words(&settings));
            match (beside.iter().find_map(|setting| entry(*setting)), error.other_side()) {
                (Some(other), Some(explanation)) => {
                    let is_two_values = matches!(error, PolicyError::CapBelowBase { .. });
                    let there = if is_two_values { place(other, &rule) } else { other.span };
                    faults.between(here, message, there, explanation);
                }
                _ => faults.at(here, message),
            }
        }
        refused
    }
}

/// Returns the span of a broken rule: the value, or the key if it should be removed.
fn place(entry: &Entry, rule: &BrokenRule) -> Span {
    let is_about_key = rule.beside == [Setting::Strategy]
        || matches!(rule.error, PolicyError::Endless | PolicyError::FinalAttemptWithoutDeadline);
    match &entry.value {
        Value::Expression(value) if !is_about_key => faults::place(value),
        _ => entry.span,
    }
}

/// Returns the message for a value that is not a strategy.
fn no_strategy(found: &str, meant: &str) -> String {
    format!(
        "`strategy` expects a name, a list of durations, or a value that implements `Backoff`, found `{found}`; write `{meant}`"
    )
}

fn read_deadline(value: &Expr, reader: &ValueReader<'_>) -> syn::Result<ArgValue<Deadline>> {
    let message = match expr::text(value).map(LitStr::value) {
        Some(text) if text == NO_DEADLINE => return Ok(ArgValue::Literal(Deadline::Never, faults::place(value))),
        Some(word) if word.starts_with(char::is_alphabetic) => unknown_deadline_message(&word),
        None if reader.unquoted(value, &[NO_DEADLINE, "None"]).is_some() => {
            "the word \"none\" stands in quotes; write `deadline = \"none\"`".to_owned()
        }
        _ => {
            let duration = reader.duration(Setting::Deadline.name(), value)?;
            return Ok(duration.map(|duration| Deadline::After(nanos::from_duration(duration))));
        }
    };
    Err(faults::spanning(value, message))
}

fn read_max(value: &Expr, reader: &ValueReader<'_>) -> syn::Result<ArgValue<Attempts>> {
    let message = match expr::text(value).map(LitStr::value) {
        Some(text) if text == UNLIMITED => return Ok(ArgValue::Literal(Attempts::Unlimited, faults::place(value))),
        Some(text) => {
            let advice = match text.parse::<u32>() {
                Ok(number) => format!("; write `max = {number}`"),
                Err(_) => did_you_mean(&text, &[UNLIMITED]),
            };
            format!(
                "`max` expects a number of attempts, or \"unlimited\" beside a `deadline`, found {:?}{advice}",
                excerpt(&text)
            )
        }
        None if reader.unquoted(value, &[UNLIMITED]).is_some() => {
            "the word \"unlimited\" stands in quotes; write `max = \"unlimited\"` beside a `deadline`".to_owned()
        }
        None => return Ok(reader.count("max", u32::MAX, value)?.map(Attempts::AtMost)),
    };
    Err(faults::spanning(value, message))
}
